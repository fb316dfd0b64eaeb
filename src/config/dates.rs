//! Civil dates in YAML: a day, or a month that stands for its first day.
//!
//! Reads dates of the configuration only; those of data have patterns of their own.

use chrono::NaiveDate;

use super::codes;
use super::page::{Spot, shortened};

/// A day: `2026-11-05`.
pub(super) fn day(spot: Spot<'_>) -> Option<NaiveDate> {
    let text = spot.scalar()?;
    parse_day(text).or_else(|| {
        let message = format!("`{}` must be a day, found `{}`", spot.name, shortened(text));
        spot.fault(codes::BAD_DATE, message, "write year, month and day: `2026-11-05`");
        None
    })
}

/// A day, or a month: `2026-01` is its first day.
pub(super) fn day_or_month(spot: Spot<'_>) -> Option<NaiveDate> {
    let text = spot.scalar()?;
    parse_day(text).or_else(|| parse_day(&format!("{text}-01"))).or_else(|| {
        let message = format!("`{}` must be a month or a day, found `{}`", spot.name, shortened(text));
        spot.fault(codes::BAD_DATE, message, "write `2026-01` or `2026-01-15`");
        None
    })
}

/// Years from 1900 to 2200, written with all their digits.
fn parse_day(text: &str) -> Option<NaiveDate> {
    use chrono::Datelike;
    let has_all_digits = text.len() == 10 && text.bytes().filter(u8::is_ascii_digit).count() == 8;
    let day = text.parse::<NaiveDate>().ok().filter(|_| has_all_digits)?;
    (1900..=2200).contains(&day.year()).then_some(day)
}
