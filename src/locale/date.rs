//! Civil dates and times in the order and with the names of the locale.
//!
//! Gregorian only; instants are made local before they come here.

use chrono::{Datelike, NaiveDate, NaiveDateTime, Timelike};
use icu_calendar::{Date, Iso};
use icu_datetime::DateTimeFormatter;
use icu_datetime::fieldsets::{M, T, YMD};
use icu_datetime::input::Time;
use icu_datetime::options::YearStyle;
use icu_locale::Locale as Parsed;

use super::number::no_break;
use super::tag::missing_data;
use super::words::Arg;
use super::{Locale, NO_BREAK_SPACE};
use crate::error::Result;
use crate::languages::Language;

/// The date formats of one locale.
#[derive(Debug)]
pub(super) struct Dates {
    long: DateTimeFormatter<YMD>,
    short: DateTimeFormatter<YMD>,
    month: DateTimeFormatter<M>,
    month_short: DateTimeFormatter<M>,
    time: DateTimeFormatter<T>,
}

impl Dates {
    pub(super) fn load(locale: &Parsed, language: &Language) -> Result<Self> {
        let prefs = || locale.into();
        // 10/11/26 is October in one English and November in the other: names there, four-digit years elsewhere.
        let is_named = language.short_dates.contains(&"named");
        let short = if is_named { YMD::medium() } else { YMD::short() };
        let formatters = || {
            Ok::<_, icu_datetime::DateTimeFormatterLoadError>(Self {
                long: DateTimeFormatter::try_new(prefs(), YMD::long())?,
                short: DateTimeFormatter::try_new(prefs(), short.with_year_style(YearStyle::Full))?,
                month: DateTimeFormatter::try_new(prefs(), M::long())?,
                month_short: DateTimeFormatter::try_new(prefs(), M::medium())?,
                time: DateTimeFormatter::try_new(prefs(), T::hm())?,
            })
        };
        formatters().map_err(|error| missing_data(&format!("no date formats for `{locale}`: {error}")))
    }
}

/// A civil date as ICU takes it; none outside the years ±9999.
fn iso(date: NaiveDate) -> Option<Date<Iso>> {
    Date::try_new_iso(date.year(), u8::try_from(date.month()).ok()?, u8::try_from(date.day()).ok()?).ok()
}

impl Locale {
    /// A date in words: `31 de outubro de 2026`.
    pub fn date(&self, date: NaiveDate) -> String {
        iso(date).map_or_else(|| date.to_string(), |iso| self.dates.long.format(&iso).to_string())
    }

    /// A date for tables: `31/10/2026`; in English with the month's name, because the order of figures is not agreed.
    pub fn date_short(&self, date: NaiveDate) -> String {
        iso(date).map_or_else(|| date.to_string(), |iso| no_break(&self.dates.short.format(&iso).to_string()))
    }

    /// A local date and time: `5 de novembro de 2026, 08:00`.
    pub fn date_time(&self, at: NaiveDateTime) -> String {
        let part = |value: u32| u8::try_from(value).unwrap_or(0);
        let time = Time::try_new(part(at.hour()), part(at.minute()), 0, 0).ok();
        let time =
            time.map_or_else(|| at.time().to_string(), |time| no_break(&self.dates.time.format(&time).to_string()));
        format!("{}, {time}", self.date(at.date()))
    }

    /// The month of a date with its year: `outubro de 2026`. Joined by the catalogue, because the data for year and month
    /// in `icu_datetime` 2.4 spell Portuguese as `outubro de Y`.
    pub fn month_year(&self, date: NaiveDate) -> String {
        let (month, year) = (self.month(date), date.year().to_string());
        self.text_with("month-and-year", &[("month", Arg::Text(&month)), ("year", Arg::Text(&year))])
    }

    /// The month of a date alone: `outubro`.
    pub fn month(&self, date: NaiveDate) -> String {
        iso(date).map_or_else(String::new, |iso| self.dates.month.format(&iso).to_string())
    }

    /// The month of a date, shortened and without a full stop: `out`.
    pub fn month_short(&self, date: NaiveDate) -> String {
        let name = iso(date).map_or_else(String::new, |iso| self.dates.month_short.format(&iso).to_string());
        name.trim_end_matches('.').to_owned()
    }

    /// The first and the last day of a span, both in full: `05/10/2026 – 11/10/2026`.
    pub fn dates(&self, first: NaiveDate, last: NaiveDate) -> String {
        let short = |date| self.date_short(date);
        format!("{}{NO_BREAK_SPACE}–{NO_BREAK_SPACE}{}", short(first), short(last))
    }
}

#[cfg(test)]
mod tests {
    use crate::locale::Locale;

    #[test]
    fn dates_are_written_as_each_region_does() {
        let day = "2026-10-31".parse().unwrap();
        for (tag, long, short, month_year, month_short) in [
            ("en", "October 31, 2026", "Oct_31,_2026", "October 2026", "Oct"),
            ("en-GB", "31 October 2026", "31_Oct_2026", "October 2026", "Oct"),
            ("pt-BR", "31 de outubro de 2026", "31/10/2026", "outubro de 2026", "out"),
            ("pt-PT", "31 de outubro de 2026", "31/10/2026", "outubro de 2026", "out"),
            ("es", "31 de octubre de 2026", "31/10/2026", "octubre de 2026", "oct"),
            ("es-MX", "31 de octubre de 2026", "31/10/2026", "octubre de 2026", "oct"),
            ("es-CL", "31 de octubre de 2026", "31-10-2026", "octubre de 2026", "oct"),
        ] {
            let locale = Locale::load(tag, None).unwrap();
            assert_eq!(locale.date(day), long, "{tag}");
            assert_eq!(locale.date_short(day).replace('\u{a0}', "_"), short, "{tag}");
            assert_eq!(locale.month_year(day), month_year, "{tag}");
            assert_eq!(locale.month_short(day), month_short, "{tag}");
        }
    }

    #[test]
    fn times_follow_the_clock_of_the_region() {
        let at = "2026-11-05T20:05:59".parse().unwrap();
        for (tag, written) in [
            ("en", "November 5, 2026, 8:05_PM"),
            ("en-GB", "5 November 2026, 20:05"),
            ("pt-BR", "5 de novembro de 2026, 20:05"),
            ("es-ES", "5 de noviembre de 2026, 20:05"),
        ] {
            let locale = Locale::load(tag, None).unwrap();
            assert_eq!(locale.date_time(at).replace('\u{a0}', "_"), written, "{tag}");
        }
    }
}
