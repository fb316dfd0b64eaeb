//! The panel: one row per customer and period, with its segments, revenue, signals and scores at the edges of the period.
//!
//! Knows customers and instants; adds nothing up over customers.

pub mod activity;
pub mod answers;
pub mod build;
pub mod comments;
mod customers;
pub mod frame;
pub mod quotes;
pub mod records;
pub mod request;
pub mod scores;
pub mod segments;
pub mod signals;
pub mod usage;
pub mod words;

use chrono::{Datelike, NaiveDate};

use crate::calendar::{Calendar, Moment, Period};

/// A period with its edges as instants (µs UTC) and civil days (since 1970).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// The period.
    pub period: Period,
    /// First instant.
    pub start: i64,
    /// First instant after it.
    pub end: i64,
    /// First civil day.
    pub first_day: i32,
    /// First civil day after it.
    pub end_day: i32,
}

impl Span {
    /// Resolves a period in the company's zone.
    pub fn new(period: &Period, calendar: &Calendar) -> Self {
        Self {
            start: calendar.midnight(period.first).0,
            end: calendar.midnight(period.end).0,
            first_day: day_number(period.first),
            end_day: day_number(period.end),
            period: period.clone(),
        }
    }

    /// The span of the same grain that ends where this one starts.
    pub fn before(&self, calendar: &Calendar) -> Option<Self> {
        calendar.previous(&self.period).map(|period| Self::new(&period, calendar))
    }

    /// Whether nothing can happen in it any more by an instant.
    pub fn has_ended(&self, by: Moment) -> bool {
        self.end <= by.0
    }

    /// Whether an instant lies in it.
    pub fn contains(&self, at: i64) -> bool {
        self.start <= at && at < self.end
    }
}

/// Days since 1970-01-01.
pub fn day_number(day: NaiveDate) -> i32 {
    day.num_days_from_ce() - 719_163
}

/// Runs two things that do not depend on each other, each on a thread; a panic of either is passed on.
pub fn side_by_side<A: Send, B: Send>(one: impl FnOnce() -> A + Send, other: impl FnOnce() -> B + Send) -> (A, B) {
    std::thread::scope(|scope| {
        let other = scope.spawn(other);
        let one = one();
        (one, other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    })
}

/// Zeros, written. `vec![0; n]` leaves that to the first access of each page, which costs twice where it is a reading one, as
/// that of a sum is, and stops the other processor meanwhile.
fn zeros<T: Copy + Default>(n: usize) -> Vec<T> {
    let mut zeros = Vec::with_capacity(n);
    zeros.resize(n, T::default());
    zeros
}

/// Finds the periods that contain an instant. Periods of one grain do not overlap (but trailing windows do), so a sorted
/// search finds the first and a short walk the rest.
#[derive(Clone, Debug)]
pub struct Timeline {
    /// The periods, by start.
    pub spans: Vec<Span>,
    /// The longest span in microseconds: how far back a containing one can start.
    longest: i64,
    /// Period → whether nothing is to be placed in it.
    left_out: Vec<bool>,
}

impl Timeline {
    /// Sorts the periods of a run.
    pub fn new(periods: &[Period], calendar: &Calendar) -> Self {
        let mut spans: Vec<Span> = periods.iter().map(|period| Span::new(period, calendar)).collect();
        spans.sort_by(|a, b| a.period.cmp(&b.period));
        spans.dedup();
        let longest = spans.iter().map(|span| span.end - span.start).max().unwrap_or(0);
        Self { left_out: vec![false; spans.len()], spans, longest }
    }

    /// The same periods, in some of which nothing is to be placed.
    #[must_use]
    pub fn leaving_out(&self, periods: impl IntoIterator<Item = usize>) -> Self {
        let mut timeline = self.clone();
        for period in periods {
            if let Some(is_left_out) = timeline.left_out.get_mut(period) {
                *is_left_out = true;
            }
        }
        timeline
    }

    /// The indexes of the periods in which something is to be placed.
    pub fn periods(&self) -> Vec<usize> {
        (0..self.spans.len()).filter(|period| !self.left_out[*period]).collect()
    }

    /// The indexes of the periods that contain an instant, but for those that are left out.
    pub fn containing(&self, at: i64) -> impl Iterator<Item = usize> {
        let from = self.spans.partition_point(|span| span.start <= at - self.longest);
        self.spans[from..]
            .iter()
            .take_while(move |span| span.start <= at)
            .enumerate()
            .filter(move |(_, span)| at < span.end)
            .map(move |(index, _)| from + index)
            .filter(|period| !self.left_out[*period])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn overlapping_windows_all_contain_the_instant() {
        let calendar = Calendar { zone: chrono_tz::UTC, fiscal_year_start: 1 };
        let periods: Vec<Period> = ["2026-01.2m", "2026-02.2m", "2026-03.2m", "2026-02", "2026"]
            .iter()
            .map(|id| calendar.parse(id).unwrap())
            .collect();
        let timeline = Timeline::new(&periods, &calendar);
        let at = calendar.midnight(NaiveDate::from_ymd_opt(2026, 2, 10).unwrap()).0;
        let mut ids: Vec<&str> = timeline.containing(at).map(|i| timeline.spans[i].period.id.as_str()).collect();
        ids.sort_unstable();
        assert_eq!(ids, ["2026", "2026-02", "2026-02.2m", "2026-03.2m"]);
        let year = timeline.spans.iter().position(|span| span.period.id == "2026").unwrap();
        let others = timeline.leaving_out([year]);
        assert!(timeline.periods().len() == 5 && !others.periods().contains(&year));
        assert_eq!(others.containing(at).count(), 3);
        assert_eq!((others.spans.len(), others.leaving_out(0..9).periods().len()), (5, 0));
    }
}
