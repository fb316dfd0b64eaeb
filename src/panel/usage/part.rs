//! What some rows of usage add up to, as bytes: who used the product on which day, and how much.
//!
//! Knows no window and no period: whatever is asked for later is made from it. Customers are numbers of the caller's choice.

use std::collections::HashMap;

use crate::panel::usage::{Features, UsageGrid};

/// What is kept of each row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// The day.
    Days,
    /// The day and its events.
    Events,
    /// The day, its events and their feature.
    Features,
}

impl Detail {
    /// A name for keys.
    pub fn name(self) -> &'static str {
        match self {
            Self::Days => "days",
            Self::Events => "events",
            Self::Features => "features",
        }
    }
}

/// Events of a customer on a day by a feature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    place: u64,
    /// 0: none is named; else one more than its place in the list.
    feature: u32,
    events: i64,
}

/// Entries that are gathered before equal ones are added up; then twice as many as were left.
const FEWEST: usize = 1 << 20;

/// The usage of some rows, in any order, added up.
#[derive(Debug)]
pub struct UsagePart {
    detail: Detail,
    /// With [`Detail::Days`]: the places alone.
    places: Vec<u64>,
    /// Otherwise.
    entries: Vec<Entry>,
    features: Vec<String>,
    places_of_features: HashMap<String, u32>,
    most: usize,
    /// Sums that no number holds; such a part is of no use.
    is_overfull: bool,
}

/// Day and customer as one number, ordered by day, then customer.
fn place(day: i32, customer: u32) -> u64 {
    u64::from(day.cast_unsigned() ^ (1 << 31)) << 32 | u64::from(customer)
}

/// The day and the customer of a place.
#[expect(clippy::cast_possible_truncation, reason = "each half is one number")]
fn day_and_customer(place: u64) -> (i32, u32) {
    (((place >> 32) as u32 ^ (1 << 31)).cast_signed(), place as u32)
}

impl UsagePart {
    /// No usage.
    pub fn new(detail: Detail) -> Self {
        Self {
            detail,
            places: Vec::new(),
            entries: Vec::new(),
            features: Vec::new(),
            places_of_features: HashMap::new(),
            most: FEWEST,
            is_overfull: false,
        }
    }

    /// Notes a row; one without events is no use.
    #[inline]
    pub fn push(&mut self, customer: u32, day: i32, events: i64, feature: Option<&str>) {
        if events <= 0 {
            return;
        }
        if self.detail == Detail::Days {
            self.places.push(place(day, customer));
        } else {
            let feature = feature.filter(|_| self.detail == Detail::Features).map_or(0, |name| self.feature(name));
            self.entries.push(Entry { place: place(day, customer), feature, events });
        }
        if self.places.len() + self.entries.len() >= self.most {
            self.add_up();
            self.most = FEWEST.max(2 * (self.places.len() + self.entries.len()));
        }
    }

    fn feature(&mut self, name: &str) -> u32 {
        if let Some(feature) = self.places_of_features.get(name) {
            return *feature;
        }
        self.features.push(name.to_owned());
        let feature = u32::try_from(self.features.len()).unwrap_or(0);
        self.places_of_features.insert(name.to_owned(), feature);
        feature
    }

    /// Sorts what was gathered and makes one of equal entries.
    fn add_up(&mut self) {
        sort_places(&mut self.places);
        self.places.dedup();
        self.entries.sort_unstable();
        let mut is_overfull = false;
        self.entries.dedup_by(|next, kept| {
            let is_same = (next.place, next.feature) == (kept.place, kept.feature);
            if is_same {
                match kept.events.checked_add(next.events) {
                    Some(sum) => kept.events = sum,
                    None => is_overfull = true,
                }
            }
            is_same
        });
        self.is_overfull |= is_overfull;
    }

    /// As bytes: the features, then each day with its customers in ascending order. `None` if it cannot be kept.
    pub fn into_bytes(mut self) -> Option<Vec<u8>> {
        self.add_up();
        if self.is_overfull {
            return None;
        }
        let mut bytes = vec![self.detail as u8];
        put(&mut bytes, self.features.len() as u64);
        for name in &self.features {
            put(&mut bytes, name.len() as u64);
            bytes.extend_from_slice(name.as_bytes());
        }
        let same_day = |a: u64, b: u64| a >> 32 == b >> 32;
        if self.detail == Detail::Days {
            for places in self.places.chunk_by(|a, b| same_day(*a, *b)) {
                put_day(&mut bytes, places.iter().copied(), places.len());
            }
        } else {
            for entries in self.entries.chunk_by(|a, b| same_day(a.place, b.place)) {
                put_day(&mut bytes, entries.iter().map(|entry| entry.place), entries.len());
                entries.iter().for_each(|entry| put(&mut bytes, entry.events.cast_unsigned()));
                if self.detail == Detail::Features {
                    entries.iter().for_each(|entry| put(&mut bytes, u64::from(entry.feature)));
                }
            }
        }
        Some(bytes)
    }
}

/// A day, how many entries it has, and the steps from each one's customer to the next one's.
fn put_day(bytes: &mut Vec<u8>, places: impl Iterator<Item = u64> + Clone, count: usize) {
    let day = places.clone().next().map_or(0, |place| place >> 32);
    put(bytes, day);
    put(bytes, count as u64);
    let mut last = 0;
    for place in places {
        let customer = place & u64::from(u32::MAX);
        put(bytes, customer - last);
        last = customer;
    }
}

/// A part that was kept, its customers and features those of today.
#[derive(Debug)]
pub struct KeptPart {
    days: Vec<KeptDay>,
    features: Vec<String>,
}

#[derive(Debug)]
struct KeptDay {
    day: i32,
    customers: Vec<u32>,
    events: Vec<i64>,
    features: Vec<u32>,
}

impl KeptPart {
    /// Reads a part. `customer` gives the number of today for one of then; `None` if there is none for one of them, or the
    /// bytes are no part.
    pub fn from_bytes(mut bytes: &[u8], customer: impl Fn(u32) -> Option<u32>) -> Option<Self> {
        let (detail, rest) = bytes.split_first()?;
        bytes = rest;
        let mut features = Vec::new();
        for _ in 0..take(&mut bytes)? {
            let length = usize::try_from(take(&mut bytes)?).ok()?;
            let (name, rest) = bytes.split_at_checked(length)?;
            features.push(std::str::from_utf8(name).ok()?.to_owned());
            bytes = rest;
        }
        let mut days = Vec::new();
        while !bytes.is_empty() {
            let day = u32::try_from(take(&mut bytes)?).ok()?;
            let (day, _) = day_and_customer(u64::from(day) << 32);
            let count = usize::try_from(take(&mut bytes)?).ok().filter(|count| *count <= bytes.len())?;
            let mut last = 0_u64;
            let mut customers = Vec::with_capacity(count);
            for _ in 0..count {
                last = last.checked_add(take(&mut bytes)?)?;
                customers.push(customer(u32::try_from(last).ok()?)?);
            }
            let events = if *detail >= Detail::Events as u8 { taken(&mut bytes, count)? } else { Vec::new() };
            let named = if *detail >= Detail::Features as u8 { taken(&mut bytes, count)? } else { Vec::new() };
            let is_listed = |feature: &u64| *feature <= features.len() as u64;
            if !named.iter().all(is_listed) {
                return None;
            }
            days.push(KeptDay {
                day,
                customers,
                events: events.into_iter().map(u64::cast_signed).collect(),
                features: named.into_iter().map(|feature| u32::try_from(feature).unwrap_or(0)).collect(),
            });
        }
        Some(Self { days, features })
    }

    /// Adds its usage to a grid, as if its rows had been pushed.
    pub fn add_to(&self, grid: &mut UsageGrid, features: &mut Features) {
        let names: Vec<u32> = self.features.iter().map(|name| features.number(name)).collect();
        for day in &self.days {
            if day.events.is_empty() {
                grid.mark_day(day.day, &day.customers);
                continue;
            }
            for (at, (customer, events)) in day.customers.iter().zip(&day.events).enumerate() {
                let named = day.features.get(at).and_then(|feature| names.get(feature.checked_sub(1)? as usize));
                grid.push(*customer, day.day, *events, named.copied());
            }
        }
    }
}

/// Numbers in a row.
fn taken(bytes: &mut &[u8], count: usize) -> Option<Vec<u64>> {
    (0..count).map(|_| take(bytes)).collect()
}

/// Appends a number, seven bits a byte, the lowest first; the last byte is below 128.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "seven bits a byte")]
fn put(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 128 {
        bytes.push(number as u8 | 128);
        number >>= 7;
    }
    bytes.push(number as u8);
}

/// Takes such a number from the front.
#[inline]
fn take(bytes: &mut &[u8]) -> Option<u64> {
    let (first, rest) = bytes.split_first()?;
    *bytes = rest;
    if *first < 128 {
        return Some(u64::from(*first));
    }
    let mut number = u64::from(first & 127);
    for shift in (7..64).step_by(7) {
        let (next, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u64::from(next & 127) << shift;
        if *next < 128 {
            return Some(number);
        }
    }
    None
}

/// Bits that a round of sorting looks at.
const DIGIT: u32 = 11;

/// Sorts places: they differ in a few of their bits alone, so that a few rounds over them are cheaper than comparing.
fn sort_places(places: &mut Vec<u64>) {
    let (any, all) = places.iter().fold((0, u64::MAX), |(any, all), place| (any | place, all & place));
    let differing = any ^ all;
    let mut other = vec![0; places.len()];
    for shift in (0..64).step_by(DIGIT as usize) {
        let digit = |place: u64| usize::try_from(place >> shift & ((1 << DIGIT) - 1)).unwrap_or(0);
        if digit(differing) == 0 {
            continue;
        }
        let mut starts = [0_usize; 1 << DIGIT];
        for place in places.iter() {
            starts[digit(*place)] += 1;
        }
        let mut sum = 0;
        for start in &mut starts {
            (sum, *start) = (sum + *start, sum);
        }
        for place in places.iter() {
            let start = &mut starts[digit(*place)];
            other[*start] = *place;
            *start += 1;
        }
        std::mem::swap(places, &mut other);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::panel::usage::DayWindow;
    use proptest::prelude::*;

    type Row = (u32, i32, i64, Option<&'static str>);

    fn rows() -> impl Strategy<Value = Vec<Row>> {
        let feature = prop::sample::select(vec![None, Some("api"), Some("login"), Some("relatório")]);
        prop::collection::vec((0..4_u32, -40..140_i32, -1..5_i64, feature), 0..80)
    }

    fn grid(rows: &[Row], windows: &[DayWindow], detail: Detail) -> UsageGrid {
        let mut grid =
            UsageGrid::new(4, DayWindow { first: 0, end: 130 }, windows.to_vec(), detail == Detail::Features);
        let mut features = Features::default();
        for (customer, day, events, name) in rows {
            grid.push(*customer, *day, *events, name.map(|name| features.number(name)));
        }
        grid
    }

    proptest! {
        /// Kept under other numbers (9 less the customer's), read back, and added: the same answers as from the rows.
        #[test]
        fn a_kept_part_is_as_good_as_its_rows(rows in rows(), detail in 0..3_u8) {
            let detail = [Detail::Days, Detail::Events, Detail::Features][usize::from(detail)];
            let windows = [DayWindow { first: 3, end: 60 }, DayWindow { first: 30, end: 130 }];
            let windows = if detail == Detail::Days { &[][..] } else { &windows[..] };
            let mut part = UsagePart::new(detail);
            for (customer, day, events, name) in &rows {
                part.push(9 - customer, *day, *events, *name);
            }
            let bytes = part.into_bytes().unwrap();
            let expected = grid(&rows, windows, detail);
            let mut actual = grid(&[], windows, detail);
            KeptPart::from_bytes(&bytes, |number| Some(9 - number)).unwrap().add_to(&mut actual, &mut Features::default());
            for customer in 0..4 {
                for day in 0..140 {
                    prop_assert_eq!(expected.last_used_before(customer, day), actual.last_used_before(customer, day));
                }
                for window in windows {
                    prop_assert_eq!(expected.events(customer, *window), actual.events(customer, *window));
                    let distinct = |grid: &UsageGrid| grid.distinct_features(customer, *window, 4);
                    prop_assert_eq!(distinct(&expected), distinct(&actual));
                }
                let days = DayWindow { first: 7, end: 99 };
                prop_assert_eq!(expected.days_used(customer, days), actual.days_used(customer, days));
            }
            // A customer that nobody knows any more.
            let has_3 = rows.iter().any(|(customer, _, events, _)| *customer == 3 && *events > 0);
            let known = |number: u32| (number != 6).then_some(9 - number.min(9));
            prop_assert_eq!(KeptPart::from_bytes(&bytes, known).is_none(), has_3);
        }

        #[test]
        fn bytes_that_are_no_part_are_none_or_some_part_but_no_panic(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
            let _ = KeptPart::from_bytes(&bytes, Some);
        }

        #[test]
        fn places_are_sorted(mut places in prop::collection::vec(any::<u64>(), 0..40)) {
            let mut expected = places.clone();
            expected.sort_unstable();
            sort_places(&mut places);
            prop_assert_eq!(places, expected);
        }
    }

    /// 127 fits one byte, 128 takes two, 2⁶⁴ − 1 ten: seven bits each.
    #[test]
    fn numbers_take_seven_bits_a_byte() {
        for (number, length) in [(0, 1), (127, 1), (128, 2), (16_383, 2), (16_384, 3), (u64::MAX, 10)] {
            let mut bytes = Vec::new();
            put(&mut bytes, number);
            assert_eq!((bytes.len(), take(&mut &bytes[..])), (length, Some(number)));
        }
    }

    #[test]
    fn a_sum_that_no_number_holds_is_not_kept() {
        let mut part = UsagePart::new(Detail::Events);
        part.push(1, 1, i64::MAX, None);
        part.push(1, 1, 1, None);
        assert_eq!(part.into_bytes(), None);
    }
}
