//! Names of periods: in prose, in a subject line and on an axis.
//!
//! The number of a fiscal year or quarter is read from the period's id, which has it.

use chrono::{Datelike, NaiveDate};

use super::words::Arg;
use super::{Locale, NO_BREAK_SPACE};
use crate::calendar::{Grain, Period};

impl Locale {
    /// A period in prose, lower case where the language has it so: `outubro de 2026`, `4th quarter of 2026`,
    /// `12 months to October 2026`. Quarters and years that are not the civil ones say their months.
    pub fn period(&self, period: &Period) -> String {
        let last = last_day(period);
        match period.grain {
            Grain::Month => self.month_year(period.first),
            Grain::Week => {
                let week = period.first.iso_week();
                let number = self.count(u64::from(week.week()));
                let year = week.year().to_string();
                let dates = self.dates(period.first, last);
                let args = [("week", Arg::Text(&number)), ("year", Arg::Text(&year)), ("dates", Arg::Text(&dates))];
                self.text_with("period-week", &args)
            }
            Grain::Quarter => {
                let (year, quarter) = period.id.split_once("-Q").unwrap_or((&period.id, ""));
                let is_civil = (period.first.month() - 1) / 3 + 1 == quarter.parse().unwrap_or(0);
                let name = self.text(&format!("quarter-{quarter}"));
                let months = self.months(period.first, last);
                let args = [("quarter", Arg::Text(&name)), ("year", Arg::Text(year)), ("months", Arg::Text(&months))];
                self.text_with(if is_civil { "period-quarter" } else { "period-quarter-fiscal" }, &args)
            }
            Grain::Year if period.first.month() == 1 => period.id.to_string(),
            Grain::Year => {
                let months = self.months(period.first, last);
                self.text_with("period-year-fiscal", &[("year", Arg::Text(&period.id)), ("months", Arg::Text(&months))])
            }
            Grain::Trailing(months) => {
                let shown = self.count(u64::from(months));
                let month = self.month_year(last);
                let count = Arg::Number { raw: f64::from(months), shown };
                self.text_with("period-trailing", &[("months", count), ("month", Arg::Text(&month))])
            }
        }
    }

    /// A period for a subject line, with its year in full: `out/2026`, `Oct 2026`, `T4 2026`.
    pub fn period_medium(&self, period: &Period) -> String {
        self.abbreviated(period, &last_day(period).year().to_string())
    }

    /// A period for an axis: `out/26`, `Oct ’26`, `T4/26`; weeks without their year.
    pub fn period_short(&self, period: &Period) -> String {
        let year = last_day(period).year().rem_euclid(100);
        self.abbreviated(period, &self.text_with("year-short", &[("year", Arg::Text(&format!("{year:02}")))]))
    }

    /// A period shortened, with a year that is already written; fiscal years carry the year in which they end.
    fn abbreviated(&self, period: &Period, year: &str) -> String {
        let last = last_day(period);
        let name = match period.grain {
            Grain::Month => self.month_short(period.first),
            Grain::Week => {
                let iso = period.first.iso_week();
                let week = self.text_with("period-week-short", &[("week", Arg::Text(&iso.week().to_string()))]);
                // On an axis the years are plain from the place; a subject must not be that of a year ago.
                return if year.len() == 4 { self.name_and_year(&week, &iso.year().to_string()) } else { week };
            }
            Grain::Quarter => {
                let (fiscal_year, quarter) = period.id.split_once("-Q").unwrap_or((&period.id, ""));
                let year = if year.len() == 4 { fiscal_year } else { &self.short_year(fiscal_year) };
                let quarter = self.text_with("period-quarter-short", &[("quarter", Arg::Text(quarter))]);
                return self.name_and_year(&quarter, year);
            }
            Grain::Year => return period.id.to_string(),
            Grain::Trailing(months) => {
                format!("{}{NO_BREAK_SPACE}", self.months_before(months)) + &self.month_short(last)
            }
        };
        self.name_and_year(&name, year)
    }

    fn short_year(&self, year: &str) -> String {
        let digits = year.get(year.len().saturating_sub(2)..).unwrap_or(year);
        self.text_with("year-short", &[("year", Arg::Text(digits))])
    }

    fn months_before(&self, months: u32) -> String {
        self.text_with("period-trailing-short", &[("months", Arg::Text(&months.to_string()))])
    }

    fn name_and_year(&self, name: &str, year: &str) -> String {
        self.text_with("period-name-and-year", &[("name", Arg::Text(name)), ("year", Arg::Text(year))])
    }

    /// First and last month of a span: `abril de 2025 – março de 2026`.
    fn months(&self, first: NaiveDate, last: NaiveDate) -> String {
        format!("{}{NO_BREAK_SPACE}– {}", self.month_year(first), self.month_year(last))
    }
}

/// A period's last day; its first where the calendar ends.
fn last_day(period: &Period) -> NaiveDate {
    period.end.pred_opt().unwrap_or(period.first)
}

#[cfg(test)]
mod tests {
    use crate::calendar::Calendar;
    use crate::locale::Locale;

    fn written(tag: &str, fiscal_year_start: u32, id: &str) -> [String; 3] {
        let calendar = Calendar { zone: chrono_tz::UTC, fiscal_year_start };
        let period = calendar.parse(id).unwrap();
        let locale = Locale::load(tag, None).unwrap();
        let names = [locale.period(&period), locale.period_medium(&period), locale.period_short(&period)];
        assert_eq!(locale.faults(), []);
        names.map(|name| name.replace('\u{a0}', " "))
    }

    #[test]
    fn months_are_named_in_three_lengths() {
        assert_eq!(written("en", 1, "2026-10"), ["October 2026", "Oct 2026", "Oct ’26"]);
        assert_eq!(written("pt-BR", 1, "2026-10"), ["outubro de 2026", "out/2026", "out/26"]);
        assert_eq!(written("es", 1, "2026-10"), ["octubre de 2026", "oct 2026", "oct ’26"]);
        assert_eq!(written("es-MX", 1, "2027-01"), ["enero de 2027", "ene 2027", "ene ’27"]);
    }

    #[test]
    fn quarters_and_years_say_their_months_only_where_they_are_fiscal() {
        assert_eq!(written("en", 1, "2026-Q4"), ["4th quarter of 2026", "Q4 2026", "Q4 ’26"]);
        assert_eq!(written("pt-BR", 1, "2026-Q1"), ["1º trimestre de 2026", "1T/2026", "1T/26"]);
        assert_eq!(written("es", 1, "2026-Q3"), ["3.er trimestre de 2026", "T3 2026", "T3 ’26"]);
        assert_eq!(written("es", 1, "2026-Q2")[0], "2.º trimestre de 2026");
        assert_eq!(written("en", 1, "2026"), ["2026", "2026", "2026"]);
        assert_eq!(written("en", 4, "2026-Q4")[0], "4th quarter of fiscal year 2026 (January 2026 – March 2026)");
        assert_eq!(
            written("en", 4, "2026-Q1"),
            ["1st quarter of fiscal year 2026 (April 2025 – June 2025)", "Q1 2026", "Q1 ’26"]
        );
        assert_eq!(written("pt-BR", 4, "2026")[0], "exercício de 2026 (abril de 2025 – março de 2026)");
    }

    #[test]
    fn weeks_say_their_days_and_windows_their_length() {
        assert_eq!(
            written("en", 1, "2026-W41"),
            ["week 41 of 2026 (Oct 5, 2026 – Oct 11, 2026)", "wk 41 2026", "wk 41"]
        );
        assert_eq!(written("es", 1, "2026-W41")[0], "semana 41 de 2026 (5/10/2026 – 11/10/2026)");
        assert_eq!(
            written("pt-BR", 1, "2026-10.12m"),
            ["12 meses até outubro de 2026", "12 m até out/2026", "12 m até out/26"]
        );
        assert_eq!(written("en", 1, "2026-10.1m")[0], "1 month to October 2026");
    }
}
