//! What some rows of usage add up to, as bytes: who used the product on which day, and how much.
//!
//! Knows no window and no period: whatever is asked for later is made from it. Customers are numbers of the caller's choice.

use std::collections::HashMap;
use std::ops::Range;

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

/// Most rows that are gathered; a part of more is not kept.
const MOST_ROWS: usize = 1 << 23;

/// The usage of some rows, in any order. A row without events is no use and is not in it.
#[derive(Debug)]
pub struct UsagePart {
    detail: Detail,
    days: Vec<i32>,
    customers: Vec<u32>,
    /// Not with [`Detail::Days`].
    events: Vec<i64>,
    /// With [`Detail::Features`] alone. 0: none is named; else one more than its place in the list.
    features: Vec<u32>,
    names: Vec<String>,
    numbers: HashMap<String, u32>,
    is_overfull: bool,
    tally: Tally,
}

impl UsagePart {
    /// No usage.
    pub fn new(detail: Detail) -> Self {
        Self {
            detail,
            days: Vec::new(),
            customers: Vec::new(),
            events: Vec::new(),
            features: Vec::new(),
            names: Vec::new(),
            numbers: HashMap::new(),
            is_overfull: false,
            tally: Tally::default(),
        }
    }

    /// Notes a row.
    #[inline]
    pub fn push(&mut self, customer: u32, day: i32, events: i64, feature: Option<&str>) {
        if events <= 0 || self.is_overfull {
            return;
        }
        self.days.push(day);
        self.customers.push(customer);
        if self.detail != Detail::Days {
            self.events.push(events);
        }
        if self.detail == Detail::Features {
            let feature = feature.map_or(0, |name| self.number(name));
            self.features.push(feature);
        }
        self.check_size();
    }

    /// Notes many rows, as [`Self::push`] does one. For a part without events.
    pub fn mark(&mut self, customers: impl Iterator<Item = u32>, days: &[i32], events: &[i64]) {
        if self.is_overfull || events.iter().any(|events| *events <= 0) {
            for ((customer, day), events) in customers.zip(days).zip(events) {
                self.push(customer, *day, *events, None);
            }
            return;
        }
        self.customers.extend(customers);
        self.days.extend_from_slice(days);
        self.check_size();
    }

    fn check_size(&mut self) {
        if self.days.len() > MOST_ROWS {
            self.clear();
            self.is_overfull = true;
        }
    }

    /// Forgets all rows, to begin the next part in the same place.
    fn clear(&mut self) {
        self.days.clear();
        self.customers.clear();
        self.events.clear();
        self.features.clear();
        self.names.clear();
        self.numbers.clear();
        self.is_overfull = false;
    }

    fn number(&mut self, name: &str) -> u32 {
        if let Some(number) = self.numbers.get(name) {
            return *number;
        }
        self.names.push(name.to_owned());
        let number = u32::try_from(self.names.len()).unwrap_or(0);
        self.numbers.insert(name.to_owned(), number);
        number
    }

    /// Puts the rows in the order of their days; logs mostly are.
    fn sort_by_day(&mut self) {
        if self.days.is_sorted() {
            return;
        }
        let first = self.days.iter().copied().min().unwrap_or(0);
        let last = self.days.iter().copied().max().unwrap_or(0);
        let offset = |day: i32| usize::try_from(day - first).unwrap_or(0);
        let mut starts = vec![0_usize; offset(last) + 1];
        for day in &self.days {
            starts[offset(*day)] += 1;
        }
        let mut before = 0;
        for start in &mut starts {
            (before, *start) = (before + *start, before);
        }
        let places: Vec<usize> = self
            .days
            .iter()
            .map(|day| {
                let start = &mut starts[offset(*day)];
                *start += 1;
                *start - 1
            })
            .collect();
        moved(&mut self.days, &places);
        moved(&mut self.customers, &places);
        moved(&mut self.events, &places);
        moved(&mut self.features, &places);
    }

    /// The rows since the last call, as bytes: the features, then each day with its customers in ascending order. `None` if
    /// they cannot be kept.
    pub fn take_bytes(&mut self) -> Option<Vec<u8>> {
        let bytes = if self.is_overfull { None } else { self.bytes() };
        self.clear();
        bytes
    }

    fn bytes(&mut self) -> Option<Vec<u8>> {
        self.sort_by_day();
        let mut bytes = Vec::with_capacity(self.days.len() * 2 + 64);
        bytes.push(self.detail as u8);
        put(&mut bytes, self.names.len() as u64);
        for name in &self.names {
            put(&mut bytes, name.len() as u64);
            bytes.extend_from_slice(name.as_bytes());
        }
        let mut tally = std::mem::take(&mut self.tally);
        let mut start = 0;
        for days in self.days.chunk_by(|a, b| a == b) {
            let rows = start..start + days.len();
            put(&mut bytes, u64::from(days[0].cast_unsigned() ^ (1 << 31)));
            self.put_day(&mut bytes, rows.clone(), &mut tally)?;
            start = rows.end;
        }
        self.tally = tally;
        Some(bytes)
    }

    /// The rows of a day, equal ones added up: how many, the steps from each one's customer to the next one's, their events
    /// and their features.
    fn put_day(&self, bytes: &mut Vec<u8>, rows: Range<usize>, tally: &mut Tally) -> Option<()> {
        let customers = &self.customers[rows.clone()];
        if self.detail == Detail::Features {
            let entries = rows.map(|row| ((self.customers[row], self.features[row]), self.events[row]));
            let entries = added_up(entries.collect())?;
            put(bytes, entries.len() as u64);
            let mut steps = Steps::default();
            for ((customer, _), _) in &entries {
                steps.put(bytes, *customer);
            }
            for (_, events) in &entries {
                put(bytes, events.cast_unsigned());
            }
            for ((_, feature), _) in &entries {
                put(bytes, u64::from(*feature));
            }
            return Some(());
        }
        tally.add_up(customers, self.events.get(rows).unwrap_or(&[]))?;
        put(bytes, tally.customers.len() as u64);
        let mut steps = Steps::default();
        tally.customers.iter().for_each(|customer| steps.put(bytes, *customer));
        if self.detail == Detail::Events {
            tally.events.iter().for_each(|events| put(bytes, events.cast_unsigned()));
        }
        Some(())
    }
}

/// Numbers that ascend, each as the step from the one before.
#[derive(Debug, Default)]
struct Steps(u32);

impl Steps {
    #[inline]
    fn put(&mut self, bytes: &mut Vec<u8>, number: u32) {
        put(bytes, u64::from(number - self.0));
        self.0 = number;
    }
}

/// Customer and feature, and events.
type Entry = ((u32, u32), i64);

/// Each cell at its place.
fn moved<T: Copy + Default>(cells: &mut Vec<T>, places: &[usize]) {
    let mut moved = vec![T::default(); cells.len()];
    for (cell, place) in cells.iter().zip(places) {
        moved[*place] = *cell;
    }
    *cells = moved;
}

/// Entries in their order, equal ones added up; `None` if no number holds a sum.
fn added_up(mut entries: Vec<Entry>) -> Option<Vec<Entry>> {
    entries.sort_unstable();
    let mut sums: Vec<Entry> = Vec::with_capacity(entries.len());
    for (of, events) in entries {
        match sums.last_mut() {
            Some((last, sum)) if *last == of => *sum = sum.checked_add(events)?,
            _ => sums.push((of, events)),
        }
    }
    Some(sums)
}

/// Adds up the events of a day's customers.
#[derive(Debug, Default)]
struct Tally {
    /// The customers, ascending.
    customers: Vec<u32>,
    /// The events of each, if they are counted.
    events: Vec<i64>,
    /// A bit a customer, all 0 between two days.
    bits: Vec<u64>,
    /// Customer → events, all 0 between two days.
    sums: Vec<i64>,
}

impl Tally {
    /// Adds up; no `events`: none are counted. `None` if no number holds a sum.
    fn add_up(&mut self, customers: &[u32], events: &[i64]) -> Option<()> {
        self.customers.clear();
        self.events.clear();
        let first = customers.iter().min().map_or(0, |first| *first as usize / 64);
        let last = customers.iter().max().map_or(0, |last| *last as usize / 64);
        if last - first > 2 * customers.len() {
            return self.add_up_few(customers, events);
        }
        // Many customers of a range: a place for each puts them in their order without comparing them.
        if self.bits.len() <= last {
            self.bits.resize(last + 1, 0);
            self.sums.resize(64 * (last + 1), 0);
        }
        for customer in customers {
            self.bits[*customer as usize / 64] |= 1 << (customer % 64);
        }
        for (customer, events) in customers.iter().zip(events) {
            let sum = &mut self.sums[*customer as usize];
            *sum = sum.checked_add(*events)?;
        }
        for (word, bits) in (u32::try_from(first).ok()?..).zip(&mut self.bits[first..=last]) {
            let mut left = std::mem::take(bits);
            while left != 0 {
                self.customers.push(word * 64 + left.trailing_zeros());
                left &= left - 1;
            }
        }
        if !events.is_empty() {
            let sums = &mut self.sums;
            let taken = self.customers.iter().map(|customer| std::mem::take(&mut sums[*customer as usize]));
            self.events.extend(taken);
        }
        Some(())
    }

    /// The same for few customers of a wide range.
    fn add_up_few(&mut self, customers: &[u32], events: &[i64]) -> Option<()> {
        if events.is_empty() {
            self.customers.extend_from_slice(customers);
            self.customers.sort_unstable();
            self.customers.dedup();
            return Some(());
        }
        let entries = customers.iter().zip(events).map(|(customer, events)| ((*customer, 0), *events));
        for ((customer, _), events) in added_up(entries.collect())? {
            self.customers.push(customer);
            self.events.push(events);
        }
        Some(())
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
            let day = (day ^ (1 << 31)).cast_signed();
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
                let used = day.features.get(at).and_then(|feature| names.get(feature.checked_sub(1)? as usize));
                grid.push(*customer, day.day, *events, used.copied());
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
            let bytes = part.take_bytes().unwrap();
            if detail == Detail::Days {
                let (days, events): (Vec<i32>, Vec<i64>) = rows.iter().map(|row| (row.1, row.2)).unzip();
                part.mark(rows.iter().map(|row| 9 - row.0), &days, &events);
                prop_assert_eq!(part.take_bytes().unwrap(), bytes.clone(), "many rows at once are the same");
            }
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
    }

    /// Customers 0 to 199 on a day, each twice with 3 events, and one far off: by places and by comparing.
    #[test]
    fn a_crowded_day_and_a_sparse_one_add_up_alike() {
        for more in [&[][..], &[1_000_000][..]] {
            let mut part = UsagePart::new(Detail::Events);
            let customers: Vec<u32> = (0..200).chain((0..200).rev()).chain(more.iter().copied()).collect();
            for customer in &customers {
                part.push(*customer, 7, 3, None);
            }
            let bytes = part.take_bytes().unwrap();
            let kept = KeptPart::from_bytes(&bytes, Some).unwrap();
            let day = &kept.days[0];
            let expected: Vec<u32> = (0..200).chain(more.iter().copied()).collect();
            assert_eq!((kept.days.len(), day.day, &day.customers), (1, 7, &expected));
            assert_eq!(day.events[..200], [6; 200]);
            assert_eq!(day.events.get(200), more.first().map(|_| &3));
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
        assert_eq!(part.take_bytes(), None);
    }
}
