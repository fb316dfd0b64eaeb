//! Civil periods and the company's time zone: what "October 2026" is, to the microsecond.
//!
//! Never asks what the time is; it is told. Scheduling is in [`slots`].

pub mod slots;

use std::fmt;

use chrono::{DateTime, Datelike, Duration, LocalResult, NaiveDate, NaiveDateTime, NaiveTime, TimeZone, Utc, Weekday};
use chrono_tz::Tz;

use crate::name::Name;

/// The years in which dates and periods lie; whoever names another is mistaken.
const YEARS: std::ops::RangeInclusive<i32> = 1900..=2200;

/// An instant: microseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(pub i64);

impl Moment {
    /// As a date and time in UTC; 1970 where no calendar reaches.
    pub fn utc(self) -> DateTime<Utc> {
        DateTime::from_timestamp_micros(self.0).unwrap_or_default()
    }
}

impl From<DateTime<Utc>> for Moment {
    fn from(at: DateTime<Utc>) -> Self {
        Self(at.timestamp_micros())
    }
}

/// The kind of a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Grain {
    /// A civil month, `2026-10`.
    Month,
    /// An ISO week, `2026-W41`.
    Week,
    /// A (fiscal) quarter, `2026-Q4`.
    Quarter,
    /// A (fiscal) year, `2026`.
    Year,
    /// The N months that end with a month, `2026-10.12m`.
    Trailing(u32),
}

impl fmt::Display for Grain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Month => f.write_str("month"),
            Self::Week => f.write_str("week"),
            Self::Quarter => f.write_str("quarter"),
            Self::Year => f.write_str("year"),
            Self::Trailing(months) => write!(f, "{months}m"),
        }
    }
}

/// A span of civil days `[first, end)` with its name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period {
    /// First day.
    pub first: NaiveDate,
    /// The day after the last.
    pub end: NaiveDate,
    /// What kind of span.
    pub grain: Grain,
    /// Its name: `2026-10`, `2026-W41`, `2026-Q4`, `2026`, `2026-10.12m`.
    pub id: Name,
}

impl Period {
    /// Length in civil days.
    pub fn days(&self) -> i64 {
        (self.end - self.first).num_days()
    }
}

/// The company's time zone and fiscal year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Calendar {
    /// IANA zone.
    pub zone: Tz,
    /// Month in which the fiscal year starts, 1–12.
    pub fiscal_year_start: u32,
}

impl Calendar {
    /// The instant of a local date and time: one that a clock change skips is the first instant after the gap,
    /// one that it repeats is the earlier.
    pub fn moment(&self, local: NaiveDateTime) -> Moment {
        let instant = match self.zone.from_local_datetime(&local) {
            LocalResult::Single(at) | LocalResult::Ambiguous(at, _) => at.with_timezone(&Utc),
            LocalResult::None => self.after_gap(local),
        };
        instant.into()
    }

    /// The first instant after the gap that holds `local`.
    fn after_gap(self, local: NaiveDateTime) -> DateTime<Utc> {
        // Two instants that surely lie on either side of the change; the offset jumps once between them.
        let mut before = Utc.from_utc_datetime(&(local - Duration::hours(36)));
        let mut after = Utc.from_utc_datetime(&(local + Duration::hours(36)));
        let is_before = |at: DateTime<Utc>| at.with_timezone(&self.zone).naive_local() < local;
        while after - before > Duration::microseconds(1) {
            let middle = before + (after - before) / 2;
            if is_before(middle) {
                before = middle;
            } else {
                after = middle;
            }
        }
        after
    }

    /// The instant at which a local day starts.
    pub fn midnight(&self, day: NaiveDate) -> Moment {
        self.moment(day.and_time(NaiveTime::MIN))
    }

    /// The local date and time of an instant; `None` outside the years that the calendar knows.
    pub fn local(&self, at: Moment) -> Option<NaiveDateTime> {
        DateTime::from_timestamp_micros(at.0).map(|utc| utc.with_timezone(&self.zone).naive_local())
    }

    /// The same local time so many civil days later: counted in hours, a bare date on the other side of a clock change
    /// would be an hour off. Beyond the years that the calendar knows, days of 24 hours.
    pub fn days_later(&self, at: Moment, days: i64) -> Moment {
        if days == 0 {
            return at;
        }
        let later = || self.local(at)?.checked_add_signed(Duration::try_days(days)?);
        let beyond = || Moment(at.0.saturating_add(days.saturating_mul(86_400_000_000)));
        later().map_or_else(beyond, |local| self.moment(local))
    }

    /// The period of a grain that contains a day.
    pub fn containing(&self, grain: Grain, day: NaiveDate) -> Option<Period> {
        match grain {
            Grain::Month => self.months(day.year(), day.month(), 1, grain),
            Grain::Week => {
                let first = day - Duration::days(i64::from(day.weekday().num_days_from_monday()));
                let week = first.iso_week();
                let id = format!("{}-W{:02}", week.year(), week.week()).into();
                Some(Period { first, end: first + Duration::days(7), grain, id })
            }
            Grain::Quarter => {
                let into_year = (day.month() + 12 - self.fiscal_year_start) % 12;
                let (year, month) = shift_month(day.year(), day.month(), -i64::from(into_year % 3))?;
                self.months(year, month, 3, grain)
            }
            Grain::Year => {
                let into_year = (day.month() + 12 - self.fiscal_year_start) % 12;
                let (year, month) = shift_month(day.year(), day.month(), -i64::from(into_year))?;
                self.months(year, month, 12, grain)
            }
            Grain::Trailing(months) => {
                let (year, month) = shift_month(day.year(), day.month(), 1 - i64::from(months))?;
                self.months(year, month, months, grain)
            }
        }
    }

    /// A period of whole months, with its name.
    fn months(self, year: i32, month: u32, count: u32, grain: Grain) -> Option<Period> {
        let first = NaiveDate::from_ymd_opt(year, month, 1)?;
        let (end_year, end_month) = shift_month(year, month, i64::from(count))?;
        let end = NaiveDate::from_ymd_opt(end_year, end_month, 1)?;
        let last = end.pred_opt()?;
        // Fiscal years carry the number of the year in which they end.
        let id = match grain {
            Grain::Month | Grain::Week => format!("{year:04}-{month:02}"),
            Grain::Quarter => {
                let into_year = (month + 12 - self.fiscal_year_start) % 12;
                let (year_end, _) = shift_month(year, month, 11 - i64::from(into_year))?;
                format!("{year_end:04}-Q{}", into_year / 3 + 1)
            }
            Grain::Year => format!("{:04}", last.year()),
            Grain::Trailing(n) => format!("{:04}-{:02}.{n}m", last.year(), last.month()),
        };
        Some(Period { first, end, grain, id: id.into() })
    }

    /// Reads a period's name; `None` if it is none, or lies in years of which no date is read.
    pub fn parse(&self, id: &str) -> Option<Period> {
        let period = if let Some((month, trailing)) = id.split_once('.') {
            let months: u32 = trailing.strip_suffix('m')?.parse().ok()?;
            let day = NaiveDate::parse_from_str(&format!("{month}-01"), "%Y-%m-%d").ok()?;
            if months == 0 {
                return None;
            }
            self.containing(Grain::Trailing(months), day)
        } else if let Some((year, week)) = id.split_once("-W") {
            let first = NaiveDate::from_isoywd_opt(year.parse().ok()?, week.parse().ok()?, Weekday::Mon)?;
            self.containing(Grain::Week, first)
        } else if let Some((year, quarter)) = id.split_once("-Q") {
            let quarter: i64 = quarter.parse().ok()?;
            let year = self.parse(year)?;
            let (y, m) = shift_month(year.first.year(), year.first.month(), 3 * (quarter - 1))?;
            self.containing(Grain::Quarter, NaiveDate::from_ymd_opt(y, m, 1)?)
        } else if id.len() == 4 {
            let year: i32 = id.parse().ok()?;
            // A fiscal year that starts in month m > 1 ends in the month before, of the year that names it.
            let first_year = if self.fiscal_year_start == 1 { year } else { year - 1 };
            self.containing(Grain::Year, NaiveDate::from_ymd_opt(first_year, self.fiscal_year_start, 1)?)
        } else {
            let day = NaiveDate::parse_from_str(&format!("{id}-01"), "%Y-%m-%d").ok()?;
            self.containing(Grain::Month, day)
        }?;
        // "2026-1" and "2026-Q7" read as something else than they say: not names.
        (period.id == id && YEARS.contains(&period.first.year())).then_some(period)
    }

    /// The period just before; for a trailing window the one N months before, which shares no day with it.
    pub fn previous(&self, period: &Period) -> Option<Period> {
        self.containing(period.grain, period.first.pred_opt()?)
    }

    /// The period just after (for a trailing window, the one that ends a month later).
    pub fn next(&self, period: &Period) -> Option<Period> {
        self.containing(period.grain, period.end)
    }

    /// The same period one year earlier.
    pub fn year_before(&self, period: &Period) -> Option<Period> {
        if period.grain == Grain::Week {
            let week = period.first.iso_week();
            let first = NaiveDate::from_isoywd_opt(week.year() - 1, week.week(), Weekday::Mon)?;
            return self.containing(Grain::Week, first);
        }
        let last = period.end.pred_opt()?;
        let (year, month) = shift_month(last.year(), last.month(), -12)?;
        self.containing(period.grain, NaiveDate::from_ymd_opt(year, month, 1)?)
    }

    /// The newest period that is closed at `as_of`: its end, and then `close_lag` days, have passed.
    pub fn last_closed(&self, grain: Grain, as_of: Moment, close_lag_days: i64) -> Option<Period> {
        let today = self.local(as_of)?.date();
        let mut period = self.containing(grain, today)?;
        while !self.is_closed(&period, as_of, close_lag_days) {
            let day = match grain {
                Grain::Trailing(_) => period.end.pred_opt()?.with_day(1)?.pred_opt()?,
                _ => period.first.pred_opt()?,
            };
            period = self.containing(grain, day)?;
        }
        Some(period)
    }

    /// Whether a period is closed at `as_of`.
    pub fn is_closed(&self, period: &Period, as_of: Moment, close_lag_days: i64) -> bool {
        self.midnight(period.end + Duration::days(close_lag_days)) <= as_of
    }

    /// Every period from one to another, both included, oldest first; empty if they are in the wrong order or of two grains.
    pub fn range(&self, from: &Period, to: &Period) -> Vec<Period> {
        let mut periods = Vec::new();
        let mut current = Some(from.clone());
        while let Some(period) = current {
            if period.end > to.end || period.grain != to.grain {
                break;
            }
            current = self.next(&period);
            periods.push(period);
        }
        periods
    }
}

/// The month `by` months away.
fn shift_month(year: i32, month: u32, by: i64) -> Option<(i32, u32)> {
    let index = i64::from(year) * 12 + i64::from(month) - 1 + by;
    Some((i32::try_from(index.div_euclid(12)).ok()?, u32::try_from(index.rem_euclid(12)).ok()? + 1))
}

/// The months of the window of `months` months that ends where a period ends, newest first: calendar months where it
/// ends with one; of a week, months from its end back, since what comes after it must not count.
pub fn window_months(period: &Period, months: u32) -> Vec<Period> {
    let back = |by: u32| period.end.checked_sub_months(chrono::Months::new(by));
    let month = |by: u32| {
        let (first, end) = (back(by + 1)?, back(by)?);
        Some(Period { first, end, grain: Grain::Month, id: format!("{first}/{end}").into() })
    };
    (0..months).map_while(month).collect()
}

/// Whole months from one day to a later one: the anniversary is on the same day of the month, or on the last day of a
/// shorter month. 31 January to 29 February is one; 29 February to 28 February is twelve.
pub fn whole_months(from: NaiveDate, to: NaiveDate) -> i64 {
    let months = i64::from(to.year() - from.year()) * 12 + i64::from(to.month()) - i64::from(from.month());
    let last_day_of_month = to.succ_opt().is_none_or(|next| next.month() != to.month());
    let reached = to.day() >= from.day() || last_day_of_month;
    if reached { months } else { months - 1 }
}

/// Months from one day to a later one, a begun one counted whole: how long until an end that has happened.
pub fn months_rounded_up(from: NaiveDate, to: NaiveDate) -> i64 {
    let whole = whole_months(from, to);
    match from.checked_add_months(chrono::Months::new(u32::try_from(whole.max(0)).unwrap_or(u32::MAX))) {
        Some(anniversary) if anniversary < to => whole + 1,
        _ => whole,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calendar(zone: Tz, fiscal_year_start: u32) -> Calendar {
        Calendar { zone, fiscal_year_start }
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn names_read_back_as_the_periods_that_they_name() {
        for fiscal_year_start in 1..=12 {
            let calendar = calendar(chrono_tz::America::Sao_Paulo, fiscal_year_start);
            for id in ["2026-10", "2026-W41", "2020-W53", "2026-Q4", "2026-Q1", "2026", "2026-10.12m"] {
                assert_eq!(calendar.parse(id).map(|p| p.id), Some(id.into()), "fiscal year from {fiscal_year_start}");
            }
            for id in [
                "2026-13",
                "2026-1",
                "2026-Q5",
                "2026-Q0",
                "2026-W54",
                "26",
                "2026-10.0m",
                "x",
                "",
                "0000-01",
                "1899-12",
                "2201-W02",
            ] {
                assert_eq!(calendar.parse(id), None, "{id}");
            }
        }
    }

    #[test]
    fn a_fiscal_year_has_the_number_of_the_year_in_which_it_ends() {
        let calendar = calendar(chrono_tz::UTC, 4);
        let year = calendar.parse("2026").unwrap();
        assert_eq!((year.first, year.end), (day("2025-04-01"), day("2026-04-01")));
        let quarter = calendar.containing(Grain::Quarter, day("2026-02-10")).unwrap();
        assert_eq!((quarter.id.as_str(), quarter.first), ("2026-Q4", day("2026-01-01")));
    }

    #[test]
    fn a_trailing_window_compares_with_the_one_before_it() {
        let calendar = calendar(chrono_tz::UTC, 1);
        let window = calendar.parse("2026-10.3m").unwrap();
        assert_eq!((window.first, window.end), (day("2026-08-01"), day("2026-11-01")));
        assert_eq!(calendar.previous(&window).unwrap().id, "2026-07.3m");
    }

    #[test]
    fn a_period_closes_when_its_lag_has_passed() {
        let calendar = calendar(chrono_tz::America::Sao_Paulo, 1);
        let closed = |at: &str| calendar.last_closed(Grain::Month, calendar.midnight(day(at)), 2).unwrap().id;
        assert_eq!(closed("2026-11-02"), "2026-09");
        assert_eq!(closed("2026-11-03"), "2026-10");
    }

    /// Santiago skips midnight of 2026-09-06; Madrid skips 02:00–03:00 on 2026-03-29 and repeats it on 2026-10-25.
    #[test]
    fn a_skipped_local_time_is_the_first_instant_after_the_gap() {
        let santiago = calendar(chrono_tz::America::Santiago, 1);
        let midnight = santiago.midnight(day("2026-09-06"));
        assert_eq!(santiago.local(midnight).unwrap().to_string(), "2026-09-06 01:00:00");
        let madrid = calendar(chrono_tz::Europe::Madrid, 1);
        let gap = madrid.moment("2026-03-29T02:30:00".parse().unwrap());
        assert_eq!(gap.0, "2026-03-29T01:00:00Z".parse::<DateTime<Utc>>().unwrap().timestamp_micros());
        let repeated = madrid.moment("2026-10-25T02:30:00".parse().unwrap());
        assert_eq!(repeated.0, "2026-10-25T00:30:00Z".parse::<DateTime<Utc>>().unwrap().timestamp_micros());
    }

    /// Lisbon's clocks go back on 25 October 2026. Santiago's 6 September 2026 begins at 01:00.
    #[test]
    fn days_later_is_the_same_time_on_the_wall() {
        let local = |calendar: Calendar, text: &str| calendar.moment(text.parse().unwrap());
        let lisbon = calendar(chrono_tz::Europe::Lisbon, 1);
        let later = lisbon.days_later(local(lisbon, "2026-10-20T09:30:00"), 30);
        assert_eq!(later, local(lisbon, "2026-11-19T09:30:00"));
        let santiago = calendar(chrono_tz::America::Santiago, 1);
        let later = santiago.days_later(local(santiago, "2026-08-07T00:00:00"), 30);
        assert_eq!(later, local(santiago, "2026-09-06T01:00:00"));
        assert_eq!(santiago.days_later(Moment(i64::MAX), 30), Moment(i64::MAX));
    }

    #[test]
    fn months_end_on_the_anniversary_or_the_last_day_of_a_shorter_month() {
        assert_eq!(whole_months(day("2024-01-31"), day("2024-02-29")), 1);
        assert_eq!(whole_months(day("2024-02-29"), day("2025-02-28")), 12);
        assert_eq!(whole_months(day("2024-01-31"), day("2024-02-28")), 0);
        assert_eq!(months_rounded_up(day("2024-01-31"), day("2024-02-29")), 1);
        assert_eq!(months_rounded_up(day("2024-01-15"), day("2024-02-16")), 2);
        assert_eq!(months_rounded_up(day("2024-01-15"), day("2024-01-15")), 0);
    }
}
