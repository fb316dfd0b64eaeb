//! Five-field Unix cron, as crontab(5) tells it, in the terms of the cron crate.
//!
//! Translates; what never fires is found by the caller.

use std::collections::BTreeSet;

use super::{FieldText, Refusal};

/// One of the five fields.
struct Field {
    /// Its values in the plural.
    name: &'static str,
    /// Smallest value.
    low: u32,
    /// Greatest value; 7 is Sunday too.
    high: u32,
    /// Three-letter names, the first of which is `low`.
    names: &'static [&'static str],
}

const MINUTES: Field = Field { name: "minutes", low: 0, high: 59, names: &[] };
const HOURS: Field = Field { name: "hours", low: 0, high: 23, names: &[] };
const DAYS: Field = Field { name: "days of the month", low: 1, high: 31, names: &[] };
const MONTHS: Field = Field {
    name: "months",
    low: 1,
    high: 12,
    names: &["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"],
};
const WEEKDAYS: Field =
    Field { name: "weekdays", low: 0, high: 7, names: &["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"] };

/// The crate's expressions whose union is this one: two if day of month and day of week are both restricted, because
/// either may match; a field that starts with `*` is not restricted, even `*/2`.
///
/// # Errors
/// The first field that cannot be read.
pub(super) fn translate(fields: [FieldText<'_>; 5]) -> Result<Vec<String>, Refusal> {
    let [minute, hour, day, month, weekday] = fields;
    let minutes = list(&MINUTES.parse(minute, 1)?);
    let hours = list(&HOURS.parse(hour, 2)?);
    let days = list(&DAYS.parse(day, 3)?);
    let months = list(&MONTHS.parse(month, 4)?);
    // 0 and 7 are Sunday here; the crate counts Sunday as 1.
    let weekdays: BTreeSet<u32> = WEEKDAYS.parse(weekday, 5)?.into_iter().map(|day| day % 7 + 1).collect();
    let weekdays = list(&weekdays);
    let with = |days: &str, weekdays: &str| format!("0 {minutes} {hours} {days} {months} {weekdays}");
    let both_restricted = !day.text.starts_with('*') && !weekday.text.starts_with('*');
    Ok(if both_restricted { vec![with(&days, "*"), with("*", &weekdays)] } else { vec![with(&days, &weekdays)] })
}

/// Values as the crate reads a list.
fn list(values: &BTreeSet<u32>) -> String {
    values.iter().map(u32::to_string).collect::<Vec<_>>().join(",")
}

impl Field {
    /// The values that a field names.
    fn parse(&self, field: FieldText<'_>, position: usize) -> Result<BTreeSet<u32>, Refusal> {
        let mut values = BTreeSet::new();
        let mut column = field.column;
        for item in field.text.split(',') {
            let refused = |(what, remedy): (String, String)| {
                (format!("{what} (field {position}, {}, at column {column})", self.name), remedy)
            };
            values.extend(self.item(item).map_err(refused)?);
            column += item.chars().count() + 1;
        }
        Ok(values)
    }

    /// One item of a list: `*`, a value, a range, any but a value with a step.
    fn item(&self, item: &str) -> Result<Vec<u32>, Refusal> {
        let (span, step) = match item.split_once('/') {
            Some((span, step)) => (span, Some(self.step(step)?)),
            None => (item, None),
        };
        let (from, to) = if span == "*" {
            (self.low, if self.high == 7 { 6 } else { self.high })
        } else if let Some((from, to)) = span.split_once('-') {
            self.range(from, to)?
        } else {
            let value = self.value(span)?;
            if step.is_some() {
                return Err((
                    format!("`{item}` is a step without a range, which crons read differently"),
                    format!("write `{span}-{}/{}`", self.high, item.split_once('/').map_or("", |(_, step)| step)),
                ));
            }
            (value, value)
        };
        Ok((from..=to).step_by(step.unwrap_or(1)).collect())
    }

    /// A step, at least 1 and no longer than the field.
    fn step(&self, text: &str) -> Result<usize, Refusal> {
        match number(text) {
            Some(step) if (1..=self.high).contains(&step) => Ok(step as usize),
            _ => Err((format!("`/{text}` is no step"), format!("write `/1` to `/{}`", self.high))),
        }
    }

    /// A range, whose end may be Sunday.
    fn range(&self, from: &str, to: &str) -> Result<(u32, u32), Refusal> {
        let (low, mut high) = (self.value(from)?, self.value(to)?);
        if self.high == 7 && high == 0 && low > 0 {
            high = 7;
        }
        if low > high {
            let remedy = match self.names {
                [] => format!("write `{from}-{},{}-{to}`", self.high, self.low),
                names => format!("end it at {} and list the rest", names.last().unwrap_or(&"the last")),
            };
            return Err((format!("`{from}-{to}` runs backwards"), remedy));
        }
        Ok((low, high))
    }

    /// A value by number or by name.
    fn value(&self, text: &str) -> Result<u32, Refusal> {
        let by_name = self.names.iter().zip(self.low..).find(|(name, _)| name.eq_ignore_ascii_case(text));
        let value = by_name.map(|(_, value)| value).or_else(|| number(text));
        value.filter(|value| (self.low..=self.high).contains(value)).ok_or_else(|| {
            let names = match self.names {
                [first, .., last] => format!(" or {first} to {last}"),
                _ => String::new(),
            };
            let what = if text.is_empty() { "an empty item".to_owned() } else { format!("`{text}`") };
            (
                format!("{what} is not among the {}", self.name),
                format!("{} are {} to {}{names}, or *", self.name, self.low, self.high),
            )
        })
    }
}

/// Digits only: no sign, and short enough for any field.
fn number(text: &str) -> Option<u32> {
    let is_number = (1..=4).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| is_number)
}
