//! Local days and times as instants, remembered day by day: time-zone rules are asked once a day, not once a cell.
//!
//! Knows the company's zone only.

use chrono::{DateTime, Duration, NaiveDate, NaiveTime};

use crate::calendar::{Calendar, Moment};
use crate::tables::date::{DAY_MICROS, Stamp, days_since_1970};

/// First remembered day, 1900-01-01, and how many there are, until 2200.
const FIRST: i32 = -25_567;
const DAYS: usize = 109_938;
/// Not asked yet; asked, and the day is not 24 plain hours long.
const UNKNOWN: i64 = i64::MIN;
const IRREGULAR: i64 = i64::MAX;

/// The company's clock.
#[derive(Debug)]
pub(crate) struct LocalClock {
    calendar: Calendar,
    /// Midnight of each day, where every hour of the day is as far from it as the clock shows.
    midnights: Vec<i64>,
}

impl LocalClock {
    /// A clock that remembers nothing yet.
    pub(crate) fn new(calendar: Calendar) -> Self {
        Self { calendar, midnights: vec![UNKNOWN; DAYS] }
    }

    /// The instant of a local day's start.
    pub(crate) fn midnight(&mut self, day: i32) -> i64 {
        match self.regular_midnight(day) {
            Some(midnight) => midnight,
            None => self.calendar.midnight(date(day)).0,
        }
    }

    /// The instant of a local time, `micros` after the midnight that its clock shows.
    pub(crate) fn instant(&mut self, day: i32, micros: i64) -> i64 {
        match self.regular_midnight(day) {
            Some(midnight) => midnight + micros,
            None => self.calendar.moment(date(day).and_time(NaiveTime::MIN) + Duration::microseconds(micros)).0,
        }
    }

    /// The instant of a cell.
    pub(crate) fn stamp(&mut self, stamp: Stamp) -> i64 {
        match stamp {
            Stamp::Day(day) => self.midnight(day),
            Stamp::Local(day, micros) => self.instant(day, micros),
            Stamp::Instant(micros) => micros,
        }
    }

    /// The local day of a cell.
    pub(crate) fn day(&self, stamp: Stamp) -> Option<i32> {
        match stamp {
            Stamp::Day(day) | Stamp::Local(day, _) => Some(day),
            Stamp::Instant(micros) => self.day_of(micros),
        }
    }

    /// The local day of an instant.
    pub(crate) fn day_of(&self, micros: i64) -> Option<i32> {
        self.calendar.local(Moment(micros)).map(|local| days_since_1970(local.date()))
    }

    /// The first local day that does not start before an instant.
    pub(crate) fn first_day_from(&mut self, at: Moment) -> i32 {
        let Some(day) = self.day_of(at.0) else { return i32::MAX };
        if self.midnight(day) >= at.0 { day } else { day.saturating_add(1) }
    }

    /// Midnight of a day of 24 hours on which no clock changes.
    fn regular_midnight(&mut self, day: i32) -> Option<i64> {
        let index = usize::try_from(day.checked_sub(FIRST)?).ok()?;
        let known = *self.midnights.get(index)?;
        if known != UNKNOWN {
            return (known != IRREGULAR).then_some(known);
        }
        let today = date(day);
        let midnight = self.calendar.midnight(today).0;
        let is_plain = |hour: i64| {
            let shown = today.and_time(NaiveTime::MIN) + Duration::hours(hour);
            self.calendar.moment(shown).0 == midnight + hour * 3_600_000_000
        };
        // Changes happen on the hour or half past, and never twice within three hours.
        let is_regular = self.calendar.midnight(today + Duration::days(1)).0 == midnight + DAY_MICROS
            && self.calendar.local(Moment(midnight)) == Some(today.and_time(NaiveTime::MIN))
            && (3..24).step_by(3).all(is_plain);
        if let Some(slot) = self.midnights.get_mut(index) {
            *slot = if is_regular { midnight } else { IRREGULAR };
        }
        is_regular.then_some(midnight)
    }
}

/// The date of a day number; days that are no dates were refused before.
fn date(day: i32) -> NaiveDate {
    DateTime::from_timestamp(i64::from(day) * 86_400, 0).map_or(NaiveDate::MIN, |at| at.date_naive())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every half hour of two years in four zones, with and without clock changes.
    #[test]
    fn the_remembered_clock_agrees_with_the_calendar() {
        for zone in
            [chrono_tz::UTC, chrono_tz::Europe::Madrid, chrono_tz::America::Santiago, chrono_tz::Australia::Lord_Howe]
        {
            let calendar = Calendar { zone, fiscal_year_start: 1 };
            let mut clock = LocalClock::new(calendar);
            let start = NaiveDate::from_ymd_opt(2025, 1, 1).unwrap();
            for half_hour in 0..(2 * 365 * 48) {
                let local = start.and_time(NaiveTime::MIN) + Duration::minutes(30 * half_hour);
                let micros = (local.time() - NaiveTime::MIN).num_microseconds().unwrap();
                let got = clock.instant(days_since_1970(local.date()), micros);
                assert_eq!(got, calendar.moment(local).0, "{zone} {local}");
            }
        }
    }

    #[test]
    fn a_day_counts_as_begun_only_at_its_midnight() {
        let calendar = Calendar { zone: chrono_tz::America::Sao_Paulo, fiscal_year_start: 1 };
        let mut clock = LocalClock::new(calendar);
        let midnight = calendar.midnight(NaiveDate::from_ymd_opt(2026, 11, 5).unwrap());
        let day = days_since_1970(NaiveDate::from_ymd_opt(2026, 11, 5).unwrap());
        assert_eq!(clock.first_day_from(midnight), day);
        assert_eq!(clock.first_day_from(Moment(midnight.0 + 1)), day + 1);
        assert_eq!(clock.first_day_from(Moment(midnight.0 - 1)), day);
    }
}
