//! Customer ids as dense numbers, so that every later stage works on arrays instead of strings.
//!
//! Knows ids only; which ids exist is the `customers` table's say.

mod serial;

use std::collections::{BTreeSet, HashMap};

use foldhash::fast::FixedState;

use crate::tables::index::serial::Serial;

/// Longest id that fits a key of 16 bytes together with its length; almost every id in practice.
const SHORT: usize = 12;

/// A dense `u32` index over the distinct customer ids, in ascending (byte) order of id, so that it does not depend on the
/// order of rows.
#[derive(Clone, Debug, Default)]
pub struct CustomerIndex {
    /// Ascending, distinct.
    ids: Vec<Box<str>>,
    /// Length → all ids of that length, if they are serial numbers.
    serial: [Option<Serial>; SHORT + 1],
    /// Other ids of at most [`SHORT`] bytes by their bytes packed into one number: one comparison, no pointer to follow.
    short: HashMap<u128, u32, FixedState>,
    /// All longer ids.
    long: HashMap<Box<str>, u32, FixedState>,
    /// Ids of rows that do not exist yet; some may be numbered all the same, by an earlier row.
    later: BTreeSet<String>,
}

impl CustomerIndex {
    /// Numbers the distinct ids; repeated ones count once. At most 2³² − 2 ids are numbered, later ones are unknown.
    pub fn new<'a>(ids: impl IntoIterator<Item = &'a str>) -> Self {
        let mut ids: Vec<Box<str>> = ids.into_iter().map(Box::from).collect();
        ids.sort_unstable();
        ids.dedup();
        let mut by_length: [Vec<(&str, u32)>; SHORT + 1] = Default::default();
        let mut index = Self::default();
        for (number, id) in (0..u32::MAX).zip(&ids) {
            match by_length.get_mut(id.len()) {
                Some(short) => short.push((id, number)),
                None => _ = index.long.insert(id.clone(), number),
            }
        }
        for (serial, short) in index.serial.iter_mut().zip(&by_length) {
            *serial = Serial::of(short);
            if serial.is_none() {
                index.short.extend(short.iter().filter_map(|(id, number)| Some((packed(id.as_bytes())?, *number))));
            }
        }
        index.ids = ids;
        index
    }

    /// Knows also the ids of rows that do not exist yet.
    pub(crate) fn with_later(self, later: BTreeSet<String>) -> Self {
        Self { later, ..self }
    }

    /// Whether an id without a number is one of a customer to come.
    pub(crate) fn is_to_come(&self, id: &str) -> bool {
        self.later.contains(id)
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
    #[inline]
    pub(crate) fn get_packed(&self, key: u128) -> Option<u32> {
        match self.serial.get(length(key)) {
            Some(Some(serial)) => serial.get(key),
            _ => self.get_short(key),
        }
    }

    /// Apart, so that the common way is short enough to stand in its caller's loop.
    #[inline(never)]
    fn get_short(&self, key: u128) -> Option<u32> {
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

/// How many bytes were packed: the lowest 32 bits.
fn length(key: u128) -> usize {
    (key & u128::from(u32::MAX)) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Serial numbers, other short ids and long ones, of all of which some are unknown.
        #[test]
        fn an_id_is_found_if_and_only_if_it_was_numbered(
            known in prop::collection::btree_set("C[0-9]{3}|[0-9]{1,2}|[a-c]{0,2}|K-[0-9]{11}", 0..80),
            asked in prop::collection::vec("C[0-9]{3}|[0-9]{1,2}|[a-c]{0,2}|K-[0-9]{11}|C[0-9/:]{3}|D[0-9]{3}", 0..80),
        ) {
            let index = CustomerIndex::new(known.iter().map(String::as_str));
            for id in known.iter().chain(&asked) {
                let expected = known.iter().position(|have| have == id);
                prop_assert_eq!(index.get(id).map(|number| number as usize), expected, "{}", id);
            }
        }
    }

    /// All of 64 neighbours, some of them, none; and beside them ids of another length, which stand between them in the order.
    #[test]
    fn neighbours_are_found_with_and_without_gaps() {
        let ids: Vec<String> =
            (0..300).filter(|n| *n < 140 || *n > 210 && n % 3 == 0).map(|n| format!("K{n:05}")).collect();
        for more in [&[][..], &["K00007x", "K0013"][..]] {
            let mut known: Vec<&str> = ids.iter().map(String::as_str).chain(more.iter().copied()).collect();
            known.sort_unstable();
            let index = CustomerIndex::new(known.iter().copied());
            for n in 0..400 {
                let id = format!("K{n:05}");
                let place = known.binary_search(&id.as_str()).ok();
                assert_eq!(index.get(&id).map(|number| number as usize), place, "{id}");
            }
        }
    }

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
