//! Usage: on which days each customer used the product, and how much in each window.
//!
//! Fed by one pass over the usage table in batches of any order; a bit per customer and day, so that a base of 200 000
//! customers over three years takes 27 MB whatever the number of rows.

pub mod part;

use std::collections::{HashMap, HashSet};

use crate::panel::zeros;

/// A window of civil days `[first, end)` for which events are summed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DayWindow {
    /// First day.
    pub first: i32,
    /// The day after the last.
    pub end: i32,
}

/// The features that the rows name, numbered as they come.
#[derive(Clone, Debug, Default)]
pub struct Features(HashMap<String, u32>);

impl Features {
    /// The number of a feature.
    pub fn number(&mut self, name: &str) -> u32 {
        let next = self.count();
        self.0.get(name).copied().unwrap_or_else(|| *self.0.entry(name.to_owned()).or_insert(next))
    }

    /// How many there are.
    pub fn count(&self) -> u32 {
        u32::try_from(self.0.len()).unwrap_or(u32::MAX)
    }
}

/// Days of a block.
const DAYS: usize = u8::BITS as usize;

/// Usage of every customer over a range of days.
#[derive(Clone, Debug)]
pub struct UsageGrid {
    range: DayWindow,
    customer_count: usize,
    /// Block of eight days → customer → a bit a day. Logs come by date: the rows of a day touch one block alone, which fits
    /// the processor's cache where all of a customer's blocks side by side, or blocks of more days, would not.
    days: Vec<u8>,
    /// The last day of use before the range.
    last_before: Vec<i32>,
    windows: Vec<DayWindow>,
    /// Day (from the range's first) → the windows that hold it.
    windows_of_day: Vec<Vec<u32>>,
    /// Where a window begins or ends, ascending. What lies between two of them is a stretch: windows overlap, stretches do not,
    /// so that a row is added up once.
    edges: Vec<i32>,
    /// Day (from the range's first) → its stretch, where a window holds it.
    stretch_of_day: Vec<Option<u32>>,
    /// Stretch → customer → events; nothing of one that no window holds.
    events: Vec<Vec<i64>>,
    features: Option<HashSet<(u32, u32, u32), foldhash::fast::RandomState>>,
}

impl UsageGrid {
    /// An empty grid. Days outside `range` are kept only as "last used before". `windows` are those that need sums of
    /// events; `counts_features` keeps which features were used in each.
    pub fn new(customer_count: usize, range: DayWindow, mut windows: Vec<DayWindow>, counts_features: bool) -> Self {
        windows.sort_unstable();
        windows.dedup();
        let length = usize::try_from(range.end - range.first).unwrap_or(0);
        let mut windows_of_day = vec![Vec::new(); length];
        for (index, window) in (0..).zip(&windows) {
            for day in window.first.max(range.first)..window.end.min(range.end) {
                if let Some(slot) = usize::try_from(day - range.first).ok().and_then(|day| windows_of_day.get_mut(day))
                {
                    slot.push(index);
                }
            }
        }
        let mut edges: Vec<i32> = windows.iter().flat_map(|window| [window.first, window.end]).collect();
        edges.sort_unstable();
        edges.dedup();
        let is_held = |first: i32| windows.iter().any(|window| window.first <= first && first < window.end);
        let stretch = |first: &i32| if is_held(*first) { zeros(customer_count) } else { Vec::new() };
        let stretch_of = |(day, windows): (i32, &Vec<u32>)| {
            let after = edges.partition_point(|edge| *edge <= day);
            u32::try_from(after.checked_sub(1)?).ok().filter(|_| !windows.is_empty())
        };
        Self {
            range,
            customer_count,
            days: zeros(customer_count * length.div_ceil(DAYS)),
            last_before: vec![i32::MIN; customer_count],
            events: edges.iter().map(stretch).collect(),
            stretch_of_day: (range.first..range.end).zip(&windows_of_day).map(stretch_of).collect(),
            edges,
            windows,
            windows_of_day,
            features: counts_features.then(HashSet::default),
        }
    }

    /// Whether sums of events are wanted at all; if not, the events column need not be read.
    pub fn sums_events(&self) -> bool {
        !self.windows.is_empty()
    }

    /// Notes that a customer used the product on a day. A row with no events is no use.
    #[inline]
    pub fn push(&mut self, customer: u32, day: i32, events: i64, feature: Option<u32>) {
        if events <= 0 {
            return;
        }
        let customer_at = customer as usize;
        let Ok(offset) = usize::try_from(day - self.range.first) else {
            let last = &mut self.last_before[customer_at];
            *last = (*last).max(day);
            return;
        };
        if day >= self.range.end {
            return;
        }
        self.days[offset / DAYS * self.customer_count + customer_at] |= 1 << (offset % DAYS);
        let Some(stretch) = self.stretch_of_day[offset] else { return };
        // A file may say what no number holds; a sum that stops at the greatest is the same in any order.
        let sum = &mut self.events[stretch as usize][customer_at];
        *sum = sum.saturating_add(events);
        if let (Some(features), Some(feature)) = (&mut self.features, feature) {
            features.extend(self.windows_of_day[offset].iter().map(|window| (*window, customer, feature)));
        }
    }

    /// Notes many rows at once, as [`Self::push`] does one. For a grid that sums no events.
    pub fn mark(&mut self, customers: &[u32], days: &[i32], events: &[i64]) {
        let length = self.range.end.saturating_sub(self.range.first).unsigned_abs();
        for ((customer, day), events) in customers.iter().zip(days).zip(events) {
            let offset = day.wrapping_sub(self.range.first).cast_unsigned();
            if offset < length && *events > 0 {
                let offset = offset as usize;
                let block = offset / DAYS * self.customer_count;
                self.days[block + *customer as usize] |= 1 << (offset % DAYS);
            } else {
                self.push(*customer, *day, *events, None);
            }
        }
    }

    /// Notes that customers used the product on a day. For a grid that sums no events.
    pub fn mark_day(&mut self, day: i32, customers: &[u32]) {
        let offset = usize::try_from(day - self.range.first).ok().filter(|_| day < self.range.end);
        let block = offset.and_then(|offset| {
            let first = offset / DAYS * self.customer_count;
            Some((self.days.get_mut(first..first + self.customer_count)?, 1 << (offset % DAYS)))
        });
        match block {
            Some((block, bit)) => customers.iter().for_each(|customer| block[*customer as usize] |= bit),
            None => customers.iter().for_each(|customer| self.push(*customer, day, 1, None)),
        }
    }

    /// Days with usage within a window; days outside the grid's range do not count.
    pub fn days_used(&self, customer: u32, window: DayWindow) -> u32 {
        let first = usize::try_from(window.first.max(self.range.first) - self.range.first).unwrap_or(0);
        let end = usize::try_from(window.end.min(self.range.end) - self.range.first).unwrap_or(0);
        if first >= end {
            return 0;
        }
        let (from, to) = (first / DAYS, (end - 1) / DAYS);
        let head = u8::MAX << (first % DAYS);
        let tail = u8::MAX >> (DAYS - 1 - (end - 1) % DAYS);
        if from == to {
            return (self.block(from, customer) & head & tail).count_ones();
        }
        let middle: u32 = (from + 1..to).map(|block| self.block(block, customer).count_ones()).sum();
        (self.block(from, customer) & head).count_ones() + middle + (self.block(to, customer) & tail).count_ones()
    }

    /// The last day of use before a day, if there was any.
    pub fn last_used_before(&self, customer: u32, day: i32) -> Option<i32> {
        let end = usize::try_from(day.min(self.range.end) - self.range.first).unwrap_or(0);
        for block in (0..end.div_ceil(DAYS)).rev() {
            let keep = if (block + 1) * DAYS <= end { u8::MAX } else { (1 << (end % DAYS)) - 1 };
            let bits = self.block(block, customer) & keep;
            if bits != 0 {
                let offset = block * DAYS + DAYS - 1 - bits.leading_zeros() as usize;
                return i32::try_from(offset).ok().map(|offset| self.range.first + offset);
            }
        }
        Some(self.last_before[customer as usize]).filter(|last| *last != i32::MIN && *last < day)
    }

    /// Events within a window that was asked for when the grid was made.
    pub fn events(&self, customer: u32, window: DayWindow) -> Option<i64> {
        self.windows.binary_search(&window).ok()?;
        let edge = |day: i32| self.edges.partition_point(|edge| *edge < day);
        let stretches = &self.events[edge(window.first)..edge(window.end)];
        Some(stretches.iter().map(|events| events[customer as usize]).fold(0, i64::saturating_add))
    }

    /// Distinct features used within such a window.
    pub fn distinct_features(&self, customer: u32, window: DayWindow, feature_count: u32) -> Option<u32> {
        let features = self.features.as_ref()?;
        let index = u32::try_from(self.windows.binary_search(&window).ok()?).ok()?;
        let used = (0..feature_count).filter(|feature| features.contains(&(index, customer, *feature))).count();
        u32::try_from(used).ok()
    }

    /// A customer's bits of eight days, the first day lowest.
    #[inline]
    fn block(&self, block: usize, customer: u32) -> u8 {
        self.days[block * self.customer_count + customer as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_day_counts_once_however_often_it_was_used() {
        let range = DayWindow { first: 100, end: 300 };
        let mut grid = UsageGrid::new(2, range, vec![DayWindow { first: 100, end: 130 }], false);
        for (day, events) in [(100, 3), (100, 2), (129, 1), (130, 7), (99, 1), (300, 1), (150, 0)] {
            grid.push(1, day, events, None);
        }
        assert_eq!(grid.days_used(1, range), 3);
        assert_eq!(grid.days_used(1, DayWindow { first: 100, end: 130 }), 2);
        assert_eq!(grid.events(1, DayWindow { first: 100, end: 130 }), Some(6));
        assert_eq!((grid.last_used_before(1, 130), grid.last_used_before(1, 100)), (Some(129), Some(99)));
        assert_eq!((grid.days_used(0, range), grid.last_used_before(0, 300)), (0, None));
        grid.push(0, 100, i64::MAX, None);
        grid.push(0, 101, i64::MAX, None);
        assert_eq!(grid.events(0, DayWindow { first: 100, end: 130 }), Some(i64::MAX));
    }

    proptest! {
        /// Windows that overlap, touch, hold one another or lie partly outside the range.
        #[test]
        fn events_of_a_window_are_those_of_its_days(
            rows in prop::collection::vec((0..2_u32, -20..120_i32, 1..9_i64), 0..80),
            windows in prop::collection::vec((-30..110_i32, 1..60_i32), 1..9),
        ) {
            let range = DayWindow { first: 0, end: 100 };
            let windows: Vec<DayWindow> =
                windows.into_iter().map(|(first, days)| DayWindow { first, end: first + days }).collect();
            let mut grid = UsageGrid::new(2, range, windows.clone(), false);
            for (customer, day, events) in &rows {
                grid.push(*customer, *day, *events, None);
            }
            for window in windows {
                let holds = |day: i32| window.first.max(0) <= day && day < window.end.min(100);
                let expected: i64 = rows.iter().filter(|row| row.0 == 1 && holds(row.1)).map(|row| row.2).sum();
                prop_assert_eq!(grid.events(1, window), Some(expected));
            }
        }

        #[test]
        fn many_rows_at_once_are_the_same_as_one_by_one(rows in prop::collection::vec((0..3_u32, -5..140_i32, 0..3_i64), 0..60)) {
            let empty = UsageGrid::new(3, DayWindow { first: 0, end: 130 }, vec![], false);
            let (mut one_by_one, mut at_once) = (empty.clone(), empty);
            for (customer, day, events) in &rows {
                one_by_one.push(*customer, *day, *events, None);
            }
            let customers: Vec<u32> = rows.iter().map(|row| row.0).collect();
            let days: Vec<i32> = rows.iter().map(|row| row.1).collect();
            let events: Vec<i64> = rows.iter().map(|row| row.2).collect();
            at_once.mark(&customers, &days, &events);
            prop_assert_eq!((one_by_one.days, one_by_one.last_before), (at_once.days, at_once.last_before));
        }

        #[test]
        fn bits_agree_with_a_set_of_days(days in prop::collection::btree_set(-50..400_i32, 0..60), first in 0..200_i32, length in 0..200_i32) {
            let mut grid = UsageGrid::new(1, DayWindow { first: 0, end: 350 }, vec![], false);
            for day in &days {
                grid.push(0, *day, 1, None);
            }
            let window = DayWindow { first, end: (first + length).min(350) };
            let expected = days.iter().filter(|day| window.first <= **day && **day < window.end).count();
            prop_assert_eq!(grid.days_used(0, window) as usize, expected);
            prop_assert_eq!(grid.last_used_before(0, window.end), days.range(..window.end).next_back().copied());
        }
    }
}
