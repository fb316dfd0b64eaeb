//! Days and instants as people write them: `2026-12-31`, `31/12/2026 08:00`, `2026-12-31T08:00:00-03:00`, Excel's 46022.
//!
//! Knows one cell and one format; which format a column uses is `evidence`'s to find. Knows no time zone but the offset
//! that stands in the cell.

use chrono::format::{Item, Parsed, StrftimeItems, parse as chrono_parse, parse_and_remainder};
use chrono::{Datelike, NaiveDate};

use crate::tables::quarantine::Reason;

/// Microseconds in a day.
pub(crate) const DAY_MICROS: i64 = 86_400_000_000;
/// Days from 1970-01-01 to 1900-01-01.
const FIRST_DAY: i32 = -25_567;
/// Days from 1970-01-01 to 2201-01-01.
const END_DAY: i32 = 84_371;
/// Excel counts days from 1899-12-30 (it takes 1900 for a leap year).
const EXCEL_ZERO: i32 = -25_569;

/// What a cell says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stamp {
    /// A local day, in days since 1970.
    Day(i32),
    /// A local day and the microseconds since its midnight as a clock shows them.
    Local(i32, i64),
    /// An instant, in microseconds since 1970 UTC.
    Instant(i64),
}

/// Which of the two short numbers comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    /// 31/12/2026
    DayFirst,
    /// 12/31/2026
    MonthFirst,
}

/// How a column writes its dates.
#[derive(Clone, Debug)]
pub(crate) struct DateFormat {
    /// `2026-12-31`, `2026/12/31`, `20261231`.
    pub(crate) year_first: bool,
    /// `31/12/2026`, `31.12.2026`, `31-12-2026` or their American sisters.
    pub(crate) order: Option<Order>,
    /// Excel serial numbers.
    pub(crate) serial: bool,
    /// Any other pinned pattern.
    pattern: Option<Vec<Item<'static>>>,
}

impl DateFormat {
    /// A format found by looking at the column.
    pub(crate) fn found(year_first: bool, order: Option<Order>, serial: bool) -> Self {
        Self { year_first, order, serial, pattern: None }
    }

    /// A pinned strftime pattern; `None` if it is none, or names no whole day. A year-first date is never ambiguous and is
    /// read under any pin that does not itself start with the year.
    pub(crate) fn pinned(pattern: &str) -> Option<Self> {
        let plain = pattern.replace(['.', '-'], "/");
        let (year_first, order) = match plain.as_str() {
            "%Y/%m/%d" => (true, None),
            "%d/%m/%Y" => (true, Some(Order::DayFirst)),
            "%m/%d/%Y" => (true, Some(Order::MonthFirst)),
            _ => {
                let items = StrftimeItems::new(pattern).parse_to_owned().ok()?;
                let sample = NaiveDate::from_ymd_opt(2026, 12, 31)?.and_hms_opt(13, 14, 15)?.and_utc();
                let written = sample.format_with_items(items.iter()).to_string();
                let format = Self {
                    year_first: !pattern.trim_start().starts_with("%Y"),
                    order: None,
                    serial: false,
                    pattern: Some(items),
                };
                return format.parse(&written).is_ok().then_some(format);
            }
        };
        Some(Self { year_first, order, serial: false, pattern: None })
    }

    /// Reads a cell.
    pub(crate) fn parse(&self, text: &str) -> Result<Stamp, Reason> {
        let text = text.trim();
        if let Some(items) = &self.pattern
            && let Some(stamp) = by_pattern(items, text)
        {
            return stamp;
        }
        let shape = shape(text).ok_or(Reason::NotADate)?;
        let (year, month, day) = match (shape.kind, self.order) {
            (Kind::YearFirst, _) if self.year_first => shape.numbers,
            (Kind::YearLast, Some(Order::DayFirst)) => (shape.numbers.2, shape.numbers.1, shape.numbers.0),
            (Kind::YearLast, Some(Order::MonthFirst)) => (shape.numbers.2, shape.numbers.0, shape.numbers.1),
            (Kind::Serial, _) if self.serial => return serial(shape.numbers.0, shape.rest),
            _ => return Err(Reason::NotADate),
        };
        let date = i32::try_from(year).ok().and_then(|year| NaiveDate::from_ymd_opt(year, month, day));
        stamp(date.ok_or(Reason::NotADate)?, shape.rest)
    }
}

/// Days since 1970, if they lie in the years that are believed.
pub(crate) fn believable(days: i32) -> Result<i32, Reason> {
    if (FIRST_DAY..END_DAY).contains(&days) { Ok(days) } else { Err(Reason::DateOutOfRange) }
}

/// Microseconds since 1970, if they lie in the years that are believed.
pub(crate) fn believable_micros(micros: i64) -> Result<i64, Reason> {
    let range = i64::from(FIRST_DAY) * DAY_MICROS..i64::from(END_DAY) * DAY_MICROS;
    if range.contains(&micros) { Ok(micros) } else { Err(Reason::DateOutOfRange) }
}

/// Days from 1970-01-01 to a date.
pub(crate) fn days_since_1970(date: NaiveDate) -> i32 {
    // 719163 days lie between 0000-12-31 and 1970-01-01.
    date.num_days_from_ce() - 719_163
}

/// A date and what follows it in the cell.
fn stamp(date: NaiveDate, rest: &str) -> Result<Stamp, Reason> {
    let day = believable(days_since_1970(date))?;
    let rest = rest.trim_end();
    if rest.is_empty() {
        return Ok(Stamp::Day(day));
    }
    let (time, offset) = clock(rest).ok_or(Reason::NotADate)?;
    Ok(match offset {
        None => Stamp::Local(day, time),
        Some(offset) => Stamp::Instant(i64::from(day) * DAY_MICROS + time - offset),
    })
}

/// What chrono makes of a pinned pattern: `None` if the text is not in it.
fn by_pattern(items: &[Item<'static>], text: &str) -> Option<Result<Stamp, Reason>> {
    let mut parsed = Parsed::new();
    let mut rest = "";
    if chrono_parse(&mut parsed, text, items.iter()).is_err() {
        parsed = Parsed::new();
        rest = parse_and_remainder(&mut parsed, text, items.iter()).ok()?;
        rest.starts_with([' ', 'T', 't']).then_some(())?;
    }
    let date = parsed.to_naive_date().ok()?;
    if parsed.hour_mod_12().is_none() && parsed.hour_div_12().is_none() {
        return Some(stamp(date, rest));
    }
    let day = match believable(days_since_1970(date)) {
        Ok(day) => day,
        Err(reason) => return Some(Err(reason)),
    };
    let time = (parsed.to_naive_time().ok()? - chrono::NaiveTime::MIN).num_microseconds()?;
    Some(Ok(match parsed.offset() {
        None => Stamp::Local(day, time),
        Some(seconds) => Stamp::Instant(i64::from(day) * DAY_MICROS + time - i64::from(seconds) * 1_000_000),
    }))
}

/// An Excel serial: whole days, and the time as a fraction, to the second.
fn serial(days: u32, rest: &str) -> Result<Stamp, Reason> {
    let day = i32::try_from(days).ok().and_then(|days| days.checked_add(EXCEL_ZERO)).ok_or(Reason::NotADate)?;
    let day = believable(day)?;
    if rest.is_empty() {
        return Ok(Stamp::Day(day));
    }
    let fraction: f64 = format!("0{}", rest.replace(',', ".")).parse().map_err(|_| Reason::NotADate)?;
    #[expect(clippy::cast_possible_truncation, reason = "at most a day in seconds")]
    let seconds = (fraction * 86_400.0).round() as i64;
    Ok(Stamp::Local(day, (seconds * 1_000_000).min(DAY_MICROS - 1)))
}

/// How a cell looks, before anyone knows which number is the month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    YearFirst,
    YearLast,
    Serial,
}

/// A cell taken apart.
struct Shape<'a> {
    kind: Kind,
    numbers: (u32, u32, u32),
    rest: &'a str,
}

/// Takes a cell apart; `None` if it looks like no date.
fn shape(text: &str) -> Option<Shape<'_>> {
    let (first, first_length, rest) = number(text)?;
    let Some(separator) = rest.chars().next().filter(|c| matches!(c, '-' | '/' | '.')) else {
        return shape_without_separator(first, first_length, rest);
    };
    let after = rest.get(1..)?;
    let Some((second, second_length @ 1..=2, rest_2)) = number(after) else {
        let is_fraction = separator == '.' && after.bytes().all(|b| b.is_ascii_digit()) && !after.is_empty();
        return (is_fraction && is_serial(first, first_length)).then_some(Shape {
            kind: Kind::Serial,
            numbers: (first, 0, 0),
            rest,
        });
    };
    let Some((third, third_length, rest_3)) = rest_2.strip_prefix(separator).and_then(number) else {
        return (separator == '.' && rest_2.is_empty() && is_serial(first, first_length)).then_some(Shape {
            kind: Kind::Serial,
            numbers: (first, 0, 0),
            rest,
        });
    };
    // A date that begins with its year and ends short may have lost a digit: it is not read as another day.
    let kind = match (first_length, second_length, third_length) {
        (4, 2, 2) => Kind::YearFirst,
        (1..=2, _, 4) => Kind::YearLast,
        _ => return None,
    };
    Some(Shape { kind, numbers: (first, second, third), rest: rest_3 })
}

/// `20261231`, or a serial.
fn shape_without_separator(number: u32, length: usize, rest: &str) -> Option<Shape<'_>> {
    if length == 8 {
        let numbers = (number / 10_000, number / 100 % 100, number % 100);
        return Some(Shape { kind: Kind::YearFirst, numbers, rest });
    }
    let fraction = rest.strip_prefix(',').unwrap_or(rest);
    let is_plain = rest.is_empty() || (fraction.len() < rest.len() && fraction.bytes().all(|b| b.is_ascii_digit()));
    (is_plain && is_serial(number, length)).then_some(Shape { kind: Kind::Serial, numbers: (number, 0, 0), rest })
}

/// Serials of the years 1954 to 2119.
fn is_serial(number: u32, length: usize) -> bool {
    length == 5 && (20_000..80_000).contains(&number)
}

/// Leading digits: their value, how many, and what follows. `None` for none, or for more than nine.
fn number(text: &str) -> Option<(u32, usize, &str)> {
    let length = text.bytes().take_while(u8::is_ascii_digit).count();
    let value = text.get(..length).filter(|digits| (1..=9).contains(&digits.len()))?.parse().ok()?;
    Some((value, length, text.get(length..)?))
}

/// `T08:00:59.123-03:00`: (microseconds since midnight, microseconds east of Greenwich).
fn clock(text: &str) -> Option<(i64, Option<i64>)> {
    let text = text.strip_prefix(['T', 't', ' '])?.trim_start();
    let (mut hour, 1..=2, rest) = number(text)? else { return None };
    let (minute, 2, mut rest) = number(rest.strip_prefix(':')?)? else { return None };
    let (mut second, mut micros) = (0, 0);
    if let Some(after) = rest.strip_prefix(':') {
        let (value, 2, after) = number(after)? else { return None };
        (second, rest) = (value, after);
        if let Some(after) = rest.strip_prefix(['.', ',']) {
            let length = after.bytes().take_while(u8::is_ascii_digit).count();
            let digits = after.get(..length).filter(|digits| !digits.is_empty())?;
            micros =
                digits.bytes().chain(std::iter::repeat(b'0')).take(6).fold(0, |sum, b| sum * 10 + i64::from(b - b'0'));
            rest = after.get(length..)?;
        }
    }
    rest = rest.trim_start();
    if let Some(half) = rest.get(..2).filter(|half| half.eq_ignore_ascii_case("am") || half.eq_ignore_ascii_case("pm"))
    {
        if !(1..=12).contains(&hour) {
            return None;
        }
        hour = hour % 12 + if half.eq_ignore_ascii_case("pm") { 12 } else { 0 };
        rest = rest.get(2..)?.trim_start();
    }
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let time = (i64::from(hour) * 3600 + i64::from(minute) * 60 + i64::from(second)) * 1_000_000 + micros;
    Some((time, if rest.is_empty() { None } else { Some(offset(rest)?) }))
}

/// `Z`, `UTC`, `-03`, `-0300`, `-03:00` in microseconds east.
fn offset(text: &str) -> Option<i64> {
    if text.eq_ignore_ascii_case("z") || text.eq_ignore_ascii_case("utc") {
        return Some(0);
    }
    let (sign, digits) = match text.split_at_checked(1)? {
        ("+", digits) => (1, digits),
        ("-", digits) => (-1, digits),
        _ => return None,
    };
    let (hours, minutes) = match number(digits)? {
        (hours, 2, "") => (hours, 0),
        (both, 4, "") => (both / 100, both % 100),
        (hours, 2, rest) => match number(rest.strip_prefix(':')?)? {
            (minutes, 2, "") => (hours, minutes),
            _ => return None,
        },
        _ => return None,
    };
    (hours <= 18 && minutes <= 59).then(|| sign * (i64::from(hours) * 3600 + i64::from(minutes) * 60) * 1_000_000)
}

/// What a cell says about how its column writes dates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Look {
    /// Nothing: it looks like no date.
    Silent,
    /// The year stands first.
    YearFirst,
    /// Only the first number can be the day.
    DayFirst,
    /// Only the second number can be the day.
    MonthFirst,
    /// Both can be either.
    Either,
    /// Both are the same, so it does not matter.
    Same,
    /// An Excel serial.
    Serial,
}

/// What a cell says about how its column writes dates.
pub(crate) fn look(text: &str) -> Look {
    let Some(shape) = shape(text.trim()) else { return Look::Silent };
    let is_month = |number| (1..=12).contains(&number);
    let is_day = |number| (1..=31).contains(&number);
    let (first, second, _) = shape.numbers;
    match shape.kind {
        Kind::YearFirst => Look::YearFirst,
        Kind::Serial => Look::Serial,
        Kind::YearLast if is_month(first) && first == second => Look::Same,
        Kind::YearLast if is_month(first) && is_month(second) => Look::Either,
        Kind::YearLast if is_day(first) && is_month(second) => Look::DayFirst,
        Kind::YearLast if is_month(first) && is_day(second) => Look::MonthFirst,
        Kind::YearLast => Look::Silent,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(text: &str) -> i32 {
        days_since_1970(text.parse().unwrap())
    }

    fn all(order: Order) -> DateFormat {
        DateFormat::found(true, Some(order), true)
    }

    #[test]
    fn a_day_is_a_day_however_it_is_written() {
        assert_eq!(days("1970-01-02"), 1);
        let want = Ok(Stamp::Day(days("2026-12-31")));
        for text in ["2026-12-31", "2026/12/31", "20261231", "31/12/2026", "31.12.2026", " 31-12-2026 ", "46387"] {
            assert_eq!(all(Order::DayFirst).parse(text), want, "{text}");
        }
        assert_eq!(all(Order::MonthFirst).parse("12/31/2026"), want);
        assert_eq!(all(Order::MonthFirst).parse("2/1/2026"), Ok(Stamp::Day(days("2026-02-01"))));
        assert_eq!(all(Order::DayFirst).parse("2/1/2026"), Ok(Stamp::Day(days("2026-01-02"))));
    }

    #[test]
    fn an_offset_makes_an_instant_and_its_absence_a_local_time() {
        let day = days("2026-12-31");
        let eight = 8 * 3_600_000_000;
        let format = all(Order::DayFirst);
        for text in [
            "2026-12-31T08:00",
            "2026-12-31 08:00:00",
            "31/12/2026 08:00:00.000",
            "31/12/2026 8:00 AM",
            "46387.3333333",
        ] {
            assert_eq!(format.parse(text), Ok(Stamp::Local(day, eight)), "{text}");
        }
        let utc = Ok(Stamp::Instant(i64::from(day) * DAY_MICROS + eight));
        for text in [
            "2026-12-31T08:00:00Z",
            "2026-12-31 05:00:00-03:00",
            "2026-12-31T13:30:00.0000+0530",
            "2026-12-31 08:00 UTC",
            "2026-12-31T06:00-02",
        ] {
            assert_eq!(format.parse(text), utc, "{text}");
        }
        assert_eq!(
            format.parse("2026-12-31T08:00:00.1234567Z"),
            Ok(Stamp::Instant(i64::from(day) * DAY_MICROS + eight + 123_456))
        );
    }

    #[test]
    fn what_is_no_date_is_refused() {
        let format = all(Order::DayFirst);
        for text in [
            "",
            "x",
            "2026-02-30",
            "20226-01-01",
            "31/12/26",
            "2026-12-31T25:00",
            "2026-12-31x",
            "2026-13-01",
            "12/31/2026",
            "123",
            "2026-12-31T08:00+25:00",
            "0000-00-00",
            "2026-12",
            "7/2026",
            "2026-01-3",
            "2026-1-31",
        ] {
            assert_eq!(format.parse(text), Err(Reason::NotADate), "{text}");
        }
        for text in ["1899-12-31", "2201-01-01", "01/01/9999"] {
            assert_eq!(format.parse(text), Err(Reason::DateOutOfRange), "{text}");
        }
        assert!(format.parse("2024-02-29").is_ok() && format.parse("2023-02-29").is_err());
    }

    #[test]
    fn a_pin_reads_its_own_pattern_and_the_year_first() {
        let american = DateFormat::pinned("%m/%d/%Y").unwrap();
        assert_eq!(american.parse("02/03/2026"), Ok(Stamp::Day(days("2026-02-03"))));
        assert_eq!(american.parse("46387"), Err(Reason::NotADate));
        let short = DateFormat::pinned("%d/%m/%y").unwrap();
        assert_eq!(short.parse("31/12/26"), Ok(Stamp::Day(days("2026-12-31"))));
        assert_eq!(short.parse("2026-12-31"), Ok(Stamp::Day(days("2026-12-31"))));
        assert_eq!(short.parse("31/12/26 08:00"), Ok(Stamp::Local(days("2026-12-31"), 8 * 3_600_000_000)));
        let timed = DateFormat::pinned("%d %b %Y %H:%M:%S %z").unwrap();
        assert_eq!(
            timed.parse("31 Dec 2026 05:00:00 -0300"),
            Ok(Stamp::Instant(i64::from(days("2026-12-31")) * DAY_MICROS + 8 * 3_600_000_000))
        );
        assert!(DateFormat::pinned("%H:%M").is_none() && DateFormat::pinned("%Q").is_none());
    }

    #[test]
    fn only_a_number_above_twelve_tells_day_from_month() {
        assert_eq!(
            [look("31/12/2026"), look("12/31/2026"), look("1/2/2026"), look("5/5/2026")],
            [Look::DayFirst, Look::MonthFirst, Look::Either, Look::Same]
        );
        assert_eq!(
            [look("2026-01-02"), look("46387"), look("46387.5"), look("13/13/2026"), look("N/A")],
            [Look::YearFirst, Look::Serial, Look::Serial, Look::Silent, Look::Silent]
        );
    }
}
