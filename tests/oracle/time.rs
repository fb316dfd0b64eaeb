//! Civil days, instants and periods, straight from chrono.

use chrono::{DateTime, Datelike, Days, Duration, Months, NaiveDate, NaiveDateTime, TimeZone};
use chrono_tz::Tz;

/// Microseconds since 1970 UTC.
pub(crate) type Instant = i64;

/// An instant of local time: of two the earlier; of none, the first one after the gap.
pub(crate) fn instant(zone: Tz, local: NaiveDateTime) -> Instant {
    let mut local = local;
    loop {
        if let Some(found) = zone.from_local_datetime(&local).earliest() {
            return found.timestamp_micros();
        }
        local = local.date().and_time(chrono::Timelike::with_second(&local.time(), 0).unwrap()) + Duration::minutes(1);
    }
}

/// A day's first instant.
pub(crate) fn midnight(zone: Tz, day: NaiveDate) -> Instant {
    instant(zone, day.and_hms_opt(0, 0, 0).unwrap())
}

/// The local day of an instant.
pub(crate) fn day_of(zone: Tz, at: Instant) -> NaiveDate {
    DateTime::from_timestamp_micros(at).unwrap().with_timezone(&zone).date_naive()
}

/// The same local time so many days later.
pub(crate) fn days_later(zone: Tz, at: Instant, days: i64) -> Instant {
    let local = DateTime::from_timestamp_micros(at).unwrap().with_timezone(&zone).naive_local();
    instant(zone, local + Duration::days(days))
}

/// Reads `2024-03-31`, `2024-03-31 02:30:00` and `2024-03-31 02:30:00+02:00`; empty is none.
pub(crate) fn parse(zone: Tz, text: &str) -> Option<Instant> {
    if text.is_empty() {
        return None;
    }
    if let Ok(day) = NaiveDate::parse_from_str(text, "%Y-%m-%d") {
        return Some(midnight(zone, day));
    }
    if let Ok(fixed) = DateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%:z") {
        return Some(fixed.timestamp_micros());
    }
    Some(instant(zone, NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S").unwrap()))
}

/// So many months later: the same day, or the last one of a shorter month.
pub(crate) fn months_after(day: NaiveDate, months: i64) -> NaiveDate {
    let step = Months::new(u32::try_from(months.abs()).unwrap());
    if months < 0 { day - step } else { day + step }
}

/// So many days later.
pub(crate) fn days_after(day: NaiveDate, days: i64) -> NaiveDate {
    let step = Days::new(days.unsigned_abs());
    if days < 0 { day - step } else { day + step }
}

/// A period: its name, its first day, and the first day after it.
#[derive(Clone, Debug)]
pub(crate) struct Period {
    pub(crate) name: String,
    pub(crate) grain: &'static str,
    pub(crate) first: NaiveDate,
    pub(crate) after: NaiveDate,
}

fn month_start(year: i32, month: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, 1).unwrap()
}

impl Period {
    /// The periods of a grain that begin within some days; fiscal years begin in a month of their own.
    pub(crate) fn all(grain: &'static str, from: NaiveDate, to: NaiveDate, fiscal_start: u32) -> Vec<Self> {
        let mut found = Vec::new();
        let mut day = from;
        while day <= to {
            if let Some(period) = Self::beginning(grain, day, fiscal_start) {
                found.push(period);
            }
            day = days_after(day, 1);
        }
        found
    }

    fn beginning(grain: &'static str, day: NaiveDate, fiscal_start: u32) -> Option<Self> {
        let into_year = (day.month() + 12 - fiscal_start) % 12;
        let fiscal_year = |first: NaiveDate| {
            // A fiscal year carries the number of the year in which it ends.
            days_after(months_after(first, 12 - i64::from(into_year)), -1).year()
        };
        let trailing = |months: i64| {
            let last = months_after(day, months - 1);
            (format!("{:04}-{:02}.{months}m", last.year(), last.month()), months_after(day, months))
        };
        let (name, after) = match grain {
            "week" => {
                let week = day.iso_week();
                (day.weekday() == chrono::Weekday::Mon)
                    .then(|| (format!("{:04}-W{:02}", week.year(), week.week()), days_after(day, 7)))?
            }
            _ if day.day() != 1 => return None,
            "month" => (format!("{:04}-{:02}", day.year(), day.month()), months_after(day, 1)),
            "quarter" if into_year.is_multiple_of(3) => {
                (format!("{:04}-Q{}", fiscal_year(day), into_year / 3 + 1), months_after(day, 3))
            }
            "year" if into_year == 0 => (format!("{:04}", fiscal_year(day)), months_after(day, 12)),
            "3m" => trailing(3),
            "12m" => trailing(12),
            _ => return None,
        };
        Some(Self { name, grain, first: day, after })
    }

    /// The month of its last day: year and month.
    pub(crate) fn last_month(&self) -> NaiveDate {
        let last = days_after(self.after, -1);
        month_start(last.year(), last.month())
    }
}

/// The day so many civil days or months before another: `30d`, `12M`.
pub(crate) fn window_start(end: NaiveDate, window: &str) -> NaiveDate {
    let (number, unit) = window.split_at(window.len() - 1);
    let number: i64 = number.parse().unwrap();
    if unit == "M" { months_after(end, -number) } else { days_after(end, -number) }
}
