//! Customer ids as dense numbers, so that every later stage works on arrays instead of strings.
//!
//! Knows ids only; which ids exist is the `customers` table's say.

use std::collections::HashMap;

use foldhash::fast::FixedState;

/// Longest id that fits a key of 16 bytes together with its length; almost every id in practice.
const SHORT: usize = 12;

/// A dense `u32` index over the distinct customer ids, in ascending (byte) order of id, so that it does not depend on the
/// order of rows.
#[derive(Clone, Debug, Default)]
pub struct CustomerIndex {
    /// Ascending, distinct.
    ids: Vec<Box<str>>,
    /// Ids of at most [`SHORT`] bytes by their bytes packed into one number: one comparison, no pointer to follow.
    short: HashMap<u128, u32, FixedState>,
    /// All longer ids.
    long: HashMap<Box<str>, u32, FixedState>,
}

impl CustomerIndex {
    /// Numbers the distinct ids; repeated ones count once. At most 2³² − 2 ids are numbered, later ones are unknown.
    pub fn new<'a>(ids: impl IntoIterator<Item = &'a str>) -> Self {
        let mut ids: Vec<Box<str>> = ids.into_iter().map(Box::from).collect();
        ids.sort_unstable();
        ids.dedup();
        let mut index = Self { ids: Vec::new(), short: HashMap::default(), long: HashMap::default() };
        for (number, id) in (0..u32::MAX).zip(&ids) {
            match packed(id.as_bytes()) {
                Some(key) => index.short.insert(key, number),
                None => index.long.insert(id.clone(), number),
            };
        }
        index.ids = ids;
        index
    }

    /// The number of an id.
    pub fn get(&self, id: &str) -> Option<u32> {
        match packed(id.as_bytes()) {
            Some(key) => self.get_packed(key),
            None => self.long.get(id).copied(),
        }
    }

    /// The number of an id of at most twelve bytes, packed as [`packed`] does; also the layout of a short Arrow string
    /// view.
    pub(crate) fn get_packed(&self, key: u128) -> Option<u32> {
        self.short.get(&key).copied()
    }

    /// The id of a number; empty for a number that [`Self::get`] never gave.
    pub fn id(&self, number: u32) -> &str {
        self.ids.get(number as usize).map_or("", |id| id)
    }

    /// How many customers there are; numbers run from 0 to one less.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }
}

/// At most twelve bytes and their number in one integer: length in the lowest 32 bits, then the bytes, then zeros, as an
/// Arrow string view holds a short string. `None` for more bytes.
fn packed(bytes: &[u8]) -> Option<u128> {
    let mut view = [0_u8; 16];
    let length = u32::try_from(bytes.len()).ok()?;
    view.get_mut(..4)?.copy_from_slice(&length.to_le_bytes());
    view.get_mut(4..4 + bytes.len()).filter(|_| bytes.len() <= SHORT)?.copy_from_slice(bytes);
    Some(u128::from_le_bytes(view))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_numbered_in_their_order_whatever_the_rows() {
        let long = "a-customer-id-of-more-than-twelve-bytes";
        let index = CustomerIndex::new(["C2", "C10", long, "C2", "", "ação"]);
        assert_eq!(index.len(), 5);
        let found: Vec<_> = ["", "C10", "C2", long, "ação"].iter().map(|id| index.get(id)).collect();
        assert_eq!(found, [Some(0), Some(1), Some(2), Some(3), Some(4)]);
        assert_eq!((index.id(2), index.id(9)), ("C2", ""));
        assert_eq!((index.get("C1"), index.get("C2 "), index.get("C2\0")), (None, None, None));
    }
}
