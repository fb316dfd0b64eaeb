//! Local days and times as instants, remembered day by day: time-zone rules are asked once a day, not once a cell.
//!
//! Knows the company's zone, and that of the clock by which a source writes its times.

use chrono::{DateTime, Duration, NaiveDate, NaiveTime};
use chrono_tz::Tz;

use crate::calendar::{Calendar, Moment};
use crate::tables::date::{DAY_MICROS, Stamp, days_since_1970};

/// First remembered day, 1900-01-01, and how many there are, until 2200.
const FIRST: i32 = -25_567;
const DAYS: usize = 109_938;
/// Not asked yet; asked, and the day is not 24 plain hours long.
const UNKNOWN: i64 = i64::MIN;
const IRREGULAR: i64 = i64::MAX;

/// The company's clock, and a source's.
#[derive(Debug)]
pub(crate) struct LocalClock {
    calendar: Calendar,
    /// The same calendar by the source's clock, where that is another one.
    source: Option<Calendar>,
    /// Midnight of each day, where every hour of the day is as far from it as the clock shows.
    midnights: Vec<i64>,
}

impl LocalClock {
    /// A clock that remembers nothing yet.
    pub(crate) fn new(calendar: Calendar, zone: Tz) -> Self {
        let source = (zone != calendar.zone).then_some(Calendar { zone, ..calendar });
        Self { calendar, source, midnights: vec![UNKNOWN; DAYS] }
    }

    /// The instant of a local day's start.
    pub(crate) fn midnight(&mut self, day: i32) -> i64 {
        match self.regular_midnight(day) {
            Some(midnight) => midnight,
            None => self.calendar.midnight(date(day)).0,
        }
    }

    /// The instant of a time, `micros` after the midnight that the source's clock shows.
    pub(crate) fn instant(&mut self, day: i32, micros: i64) -> i64 {
        if let Some(source) = self.source {
            return moment(source, day, micros);
        }
        match self.regular_midnight(day) {
            Some(midnight) => midnight + micros,
            None => moment(self.calendar, day, micros),
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
            Stamp::Day(day) => Some(day),
            Stamp::Local(day, micros) => match self.source {
                None => Some(day),
                Some(source) => self.day_of(moment(source, day, micros)),
            },
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

/// The instant at which a calendar's clock shows a time, `micros` after midnight.
fn moment(calendar: Calendar, day: i32, micros: i64) -> i64 {
    calendar.moment(date(day).and_time(NaiveTime::MIN) + Duration::microseconds(micros)).0
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
            let mut clock = LocalClock::new(calendar, zone);
            let start = NaiveDate::from_ymd_opt(2025, 1, 1).unwrap();
            for half_hour in 0..(2 * 365 * 48) {
                let local = start.and_time(NaiveTime::MIN) + Duration::minutes(30 * half_hour);
                let micros = (local.time() - NaiveTime::MIN).num_microseconds().unwrap();
                let got = clock.instant(days_since_1970(local.date()), micros);
                assert_eq!(got, calendar.moment(local).0, "{zone} {local}");
            }
        }
    }

    /// Where clocks stand three hours behind, one o'clock UTC is ten in the evening before; a bare day is the company's, and
    /// an offset says its own.
    #[test]
    fn a_source_may_write_by_another_clock() {
        let calendar = Calendar { zone: chrono_tz::America::Sao_Paulo, fiscal_year_start: 1 };
        let mut clock = LocalClock::new(calendar, chrono_tz::UTC);
        let first = NaiveDate::from_ymd_opt(2026, 3, 1).unwrap();
        let (day, hour) = (days_since_1970(first), 3_600_000_000);
        let one = first.and_hms_opt(1, 0, 0).unwrap().and_utc().timestamp_micros();
        assert_eq!((clock.stamp(Stamp::Local(day, hour)), clock.day(Stamp::Local(day, hour))), (one, Some(day - 1)));
        assert_eq!((clock.stamp(Stamp::Day(day)), clock.day(Stamp::Day(day))), (calendar.midnight(first).0, Some(day)));
        assert_eq!(clock.stamp(Stamp::Instant(7)), 7);
    }

    #[test]
    fn a_day_counts_as_begun_only_at_its_midnight() {
        let calendar = Calendar { zone: chrono_tz::America::Sao_Paulo, fiscal_year_start: 1 };
        let mut clock = LocalClock::new(calendar, calendar.zone);
        let midnight = calendar.midnight(NaiveDate::from_ymd_opt(2026, 11, 5).unwrap());
        let day = days_since_1970(NaiveDate::from_ymd_opt(2026, 11, 5).unwrap());
        assert_eq!(clock.first_day_from(midnight), day);
        assert_eq!(clock.first_day_from(Moment(midnight.0 + 1)), day + 1);
        assert_eq!(clock.first_day_from(Moment(midnight.0 - 1)), day);
    }
}
