//! Ids that are serial numbers behind a common beginning, as most systems give them: `C00012345`. The number itself finds
//! the customer, where a hash would wait for memory in every row of a great table.
//!
//! Knows ids of one length, packed into one integer each.

use crate::tables::index::packed;

/// Most digits that are read as a number: as many as fit one register.
const MOST_DIGITS: usize = 8;

/// All ids of one length, each the same beginning and then a number of the same width.
#[derive(Clone, Debug)]
pub(super) struct Serial {
    /// The beginning, and the length, of a packed id.
    beginning: u128,
    /// The bits that hold them.
    mask: u128,
    /// Bits before the digits.
    shift: u32,
    /// How many digits.
    width: u32,
    /// The smallest number.
    first: u32,
    customers: Customers,
}

/// Which customer a number is, the smallest number being 0.
#[derive(Clone, Debug)]
enum Customers {
    /// Customers stand in the order of their numbers without another one between them, as where all ids have one length: the
    /// numbers that somebody has, and how many there are before each 64 of them. 16 bytes for 64 numbers stay in the
    /// processor's cache, where a table of customers would push out the rows.
    InOrder { first: u32, places: Vec<Place> },
    /// A table of them; [`u32::MAX`] for a number that nobody has.
    Listed(Vec<u32>),
}

/// 64 numbers.
#[derive(Clone, Copy, Debug, Default)]
struct Place {
    /// A bit for each that somebody has, the smallest number lowest.
    taken: u64,
    /// How many smaller numbers somebody has.
    before: u32,
}

impl Customers {
    /// Of numbers up to `span`, each with its customer.
    fn of(numbers: &[(u32, u32)], span: usize) -> Option<Self> {
        let (_, first) = *numbers.iter().min()?;
        let mut places = vec![Place::default(); span.div_ceil(64)];
        for (number, _) in numbers {
            places.get_mut(*number as usize / 64)?.taken |= 1 << (number % 64);
        }
        let mut before = 0;
        for place in &mut places {
            place.before = before;
            before += place.taken.count_ones();
        }
        let in_order = Self::InOrder { first, places };
        if numbers.iter().all(|(number, customer)| in_order.get(*number) == Some(*customer)) {
            return Some(in_order);
        }
        let mut customers = vec![u32::MAX; span];
        for (number, customer) in numbers {
            *customers.get_mut(*number as usize)? = *customer;
        }
        Some(Self::Listed(customers))
    }

    #[inline]
    fn get(&self, number: u32) -> Option<u32> {
        match self {
            Self::InOrder { first, places } => {
                let (place, bit) = (places.get(number as usize / 64)?, number % 64);
                if place.taken == u64::MAX {
                    return Some(first + place.before + bit);
                }
                let below = place.taken & !(u64::MAX << bit);
                (place.taken >> bit & 1 == 1).then(|| first + place.before + below.count_ones())
            }
            Self::Listed(customers) => customers.get(number as usize).copied().filter(|customer| *customer != u32::MAX),
        }
    }
}

impl Serial {
    /// Ids of one length of at most twelve bytes with their customers; `None` if they are no serial numbers, or their
    /// numbers lie so far apart that a table of them would be mostly empty.
    pub(super) fn of(ids: &[(&str, u32)]) -> Option<Self> {
        let (sample, _) = ids.first()?;
        let digits = |id: &str| id.bytes().rev().take_while(u8::is_ascii_digit).count().min(MOST_DIGITS);
        let width = ids.iter().map(|(id, _)| digits(id)).min().filter(|width| *width > 0)?;
        let start = sample.len() - width;
        let beginning = sample.as_bytes().get(..start)?;
        if ids.iter().any(|(id, _)| id.as_bytes().get(..start) != Some(beginning)) {
            return None;
        }
        let shift = 32 + 8 * u32::try_from(start).ok()?;
        let mask = (1_u128 << shift) - 1;
        let number = |id: &str| id.get(start..)?.parse::<u32>().ok();
        let first = ids.iter().filter_map(|(id, _)| number(id)).min()?;
        let last = ids.iter().filter_map(|(id, _)| number(id)).max()?;
        let span = (last - first) as usize + 1;
        if span > 4 * ids.len() + 1024 {
            return None;
        }
        let numbers: Option<Vec<(u32, u32)>> =
            ids.iter().map(|(id, customer)| Some((number(id)? - first, *customer))).collect();
        let customers = Customers::of(&numbers?, span)?;
        let beginning = packed(sample.as_bytes())? & mask;
        Some(Self { beginning, mask, shift, width: u32::try_from(width).ok()?, first, customers })
    }

    /// The customer of a packed id of this length.
    #[inline]
    pub(super) fn get(&self, key: u128) -> Option<u32> {
        if key & self.mask != self.beginning {
            return None;
        }
        #[expect(clippy::cast_possible_truncation, reason = "the digits are the lowest `width` bytes")]
        let digits = (key >> self.shift) as u64;
        let number = number(digits, self.width)?;
        self.customers.get(number.checked_sub(self.first)?)
    }
}

/// The number that one to eight ASCII digits write, the first of them in the lowest byte, zeros after the last.
#[inline]
fn number(digits: u64, width: u32) -> Option<u32> {
    const EACH_ZERO: u64 = 0x3030_3030_3030_3030;
    const HIGH_HALVES: u64 = 0xf0f0_f0f0_f0f0_f0f0;
    // Leading zeros make every number one of eight digits.
    let digits = if width == 8 { digits } else { digits << (64 - 8 * width) | EACH_ZERO >> (8 * width) };
    // A byte is a digit if its high half is 3, and still is after adding 6.
    let is_number =
        digits & HIGH_HALVES == EACH_ZERO && digits.wrapping_add(0x0606_0606_0606_0606) & HIGH_HALVES == EACH_ZERO;
    if !is_number {
        return None;
    }
    // Two digits to a number below 100 in every second byte, then two of these, then two of those: three multiplications.
    let pairs = (digits - EACH_ZERO).wrapping_mul(10).wrapping_add((digits - EACH_ZERO) >> 8) & 0x00ff_00ff_00ff_00ff;
    let fours = pairs.wrapping_mul(100).wrapping_add(pairs >> 16) & 0x0000_ffff_0000_ffff;
    u32::try_from(fours.wrapping_mul(10_000).wrapping_add(fours >> 32) & 0xffff_ffff).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Option<u32> {
        let mut bytes = [0; 8];
        bytes[..text.len()].copy_from_slice(text.as_bytes());
        number(u64::from_le_bytes(bytes), u32::try_from(text.len()).unwrap())
    }

    proptest! {
        #[test]
        fn digits_are_read_as_the_number_that_they_write(text in "[0-9]{1,8}") {
            prop_assert_eq!(read(&text), text.parse().ok());
        }

        #[test]
        fn what_is_no_number_is_none(text in "[ -~]{1,8}") {
            prop_assert_eq!(read(&text), text.parse().ok().filter(|_| !text.starts_with('+')));
        }
    }

    /// A table of 100 million places for two customers would be a waste.
    #[test]
    fn numbers_far_apart_are_not_serial() {
        assert!(Serial::of(&[("00000001", 0), ("99999999", 1)]).is_none());
        assert!(Serial::of(&[("A1", 0), ("B2", 1)]).is_none());
        assert!(Serial::of(&[("A1", 0), ("A3", 1)]).is_some());
    }
}
