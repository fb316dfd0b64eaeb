//! Cron expressions over civil time: which slots an expression has, and the instant at which each one fires.
//!
//! The cron crate matches fields only, over local time that it takes for UTC: asked in a zone it skips what a clock
//! change skips and doubles what it repeats. Instants come from [`Calendar::moment`]. Never asks what the time is.

mod unix;

use std::collections::BTreeSet;
use std::str::FromStr;
use std::sync::Arc;

use chrono::{Datelike, NaiveDate, NaiveDateTime};

use super::{Calendar, Moment};

/// Why an expression is refused, and what to write instead.
pub type Refusal = (String, String);

/// No schedule is this long; what is longer is not read.
const MAX_CHARS: usize = 256;

/// The last year that the cron crate knows.
const LAST_YEAR: i32 = 2100;

/// farol is younger than this: an expression whose last slot lies before it can never fire again.
const OLDEST_CLOCK: Option<NaiveDate> = NaiveDate::from_ymd_opt(2026, 1, 1);

/// The fields of the crate's own dialect: name in the plural, and what is allowed.
const CRATE_FIELDS: [(&str, &str); 7] = [
    ("seconds", "0 to 59"),
    ("minutes", "0 to 59"),
    ("hours", "0 to 23"),
    ("days of the month", "1 to 31"),
    ("months", "1 to 12 or JAN to DEC"),
    ("weekdays", "SUN, MON, TUE, WED, THU, FRI, SAT, ranges from an earlier to a later one of these"),
    ("years", "1970 to 2100"),
];

/// One firing: its name in local time, and its instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slot {
    /// The local date and time that the expression names; of several that a clock change makes one instant, the last.
    pub civil: NaiveDateTime,
    /// When it fires: the first instant after a gap that swallows `civil`, the first of two that `civil` may mean.
    pub at: Moment,
}

/// A schedule that fires at least once.
#[derive(Clone, Debug)]
pub struct Slots {
    /// A slot of any of these is a slot: two where day of month and day of week are alternatives.
    schedules: Vec<cron::Schedule>,
    /// The only day of each month that counts.
    on: Option<BusinessDay>,
}

/// The N-th day of a month that is neither Saturday, Sunday nor a holiday.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BusinessDay {
    /// From 1.
    pub number: u32,
    /// Days on which nobody works.
    pub holidays: Arc<BTreeSet<NaiveDate>>,
}

impl BusinessDay {
    /// Whether a day is the one of its month.
    pub fn is(&self, day: NaiveDate) -> bool {
        let works = |day: &NaiveDate| day.weekday().number_from_monday() <= 5 && !self.holidays.contains(day);
        let so_far = day.with_day(1).into_iter().flat_map(|first| first.iter_days()).take_while(|other| *other <= day);
        works(&day) && so_far.filter(works).count() == self.number as usize
    }
}

/// Says whether an expression is a schedule.
///
/// # Errors
/// Why it is none, naming field and column where it can, and the remedy.
pub fn validate(expression: &str) -> Result<(), Refusal> {
    Slots::parse(expression).map(|_| ())
}

impl Slots {
    /// Reads an expression: five fields are Unix cron (crontab(5)), six or seven the cron crate's dialect (seconds
    /// first, perhaps years last) with weekdays by name only, or one of `@yearly @monthly @weekly @daily @hourly`.
    ///
    /// # Errors
    /// As [`validate`].
    pub fn parse(expression: &str) -> Result<Self, Refusal> {
        if expression.chars().count() > MAX_CHARS {
            return Err((
                format!("the cron expression is longer than {MAX_CHARS} characters"),
                "use ranges and steps, or several schedule entries".to_owned(),
            ));
        }
        let written = expression.trim();
        let fields = fields_of(expression);
        let translated = if written.starts_with('@') {
            vec![nickname(written)?]
        } else {
            match fields.as_slice() {
                [minute, hour, day, month, weekday] => unix::translate([*minute, *hour, *day, *month, *weekday])?,
                [_, _, _, _, _, _] | [_, _, _, _, _, _, _] => vec![checked_crate_fields(&fields)?],
                _ => return Err(wrong_count(written, fields.len())),
            }
        };
        let schedules = translated
            .iter()
            .map(|text| cron::Schedule::from_str(text))
            .collect::<Result<Vec<_>, _>>()
            .map_err(|_| (format!("`{written}` is no cron expression"), FIVE_FIELDS.to_owned()))?;
        Self { schedules, on: None }.firing(&format!("`{written}`"))
    }

    /// The same schedule, on one business day of each month alone.
    ///
    /// # Errors
    /// As [`validate`], if the two never meet.
    pub fn on(self, day: BusinessDay) -> Result<Self, Refusal> {
        let name = format!("business day {} with this `cron`", day.number);
        let slots = Self { on: Some(day), ..self };
        slots.firing(&name).map_err(|(why, _)| {
            (why, "let the expression match every day: `0 7 * * *`; `business_day` then picks the one".to_owned())
        })
    }

    /// The schedule, if it ever fires.
    fn firing(self, what: &str) -> Result<Self, Refusal> {
        let floor = OLDEST_CLOCK.unwrap_or_default().and_time(chrono::NaiveTime::MIN);
        match self.civil_after(floor) {
            Some(_) => Ok(self),
            None => Err((
                format!("{what} never fires"),
                format!("no such day lies between {} and {LAST_YEAR}: check day, month and year", floor.year()),
            )),
        }
    }

    /// The slots strictly after a local date and time, in order of time; ends with the year 2100.
    ///
    /// Slots that a clock change maps to one instant are one slot, so that instants strictly increase and no slot
    /// depends on where the iteration starts.
    pub fn after(&self, calendar: &Calendar, civil: NaiveDateTime) -> impl Iterator<Item = Slot> + use<> {
        let (slots, calendar) = (self.clone(), *calendar);
        let civils = std::iter::successors(slots.civil_after(civil), move |last| slots.civil_after(*last));
        timed(civils, calendar)
    }

    /// The first `count` slots after a local date and time.
    pub fn next(&self, calendar: &Calendar, civil: NaiveDateTime, count: usize) -> Vec<Slot> {
        self.after(calendar, civil).take(count).collect()
    }

    /// Whether day of month and day of week are both restricted, so that either will do, as in Unix cron.
    pub fn takes_either_day(&self) -> bool {
        self.schedules.len() > 1
    }

    /// Whether the expression names this local date and time.
    pub fn has(&self, civil: NaiveDateTime) -> bool {
        let before = civil.checked_sub_signed(chrono::TimeDelta::seconds(1));
        before.and_then(|before| self.civil_after(before)) == Some(civil)
    }

    /// The first slot after a local date and time.
    fn civil_after(&self, civil: NaiveDateTime) -> Option<NaiveDateTime> {
        let mut after = civil;
        loop {
            let next = self.matching_after(after)?;
            match &self.on {
                Some(on) if !on.is(next.date()) => after = next.date().and_hms_opt(23, 59, 59)?,
                _ => return Some(next),
            }
        }
    }

    /// The first local date and time after another that matches the expression.
    fn matching_after(&self, civil: NaiveDateTime) -> Option<NaiveDateTime> {
        if civil.year() > LAST_YEAR {
            return None;
        }
        self.schedules.iter().filter_map(|s| s.after(&civil.and_utc()).next()).map(|slot| slot.naive_utc()).min()
    }
}

/// Gives local times, in order, their instants; of those with the same instant the last stays.
fn timed(civils: impl Iterator<Item = NaiveDateTime>, calendar: Calendar) -> impl Iterator<Item = Slot> {
    let mut slots = civils.map(move |civil| Slot { civil, at: calendar.moment(civil) }).peekable();
    std::iter::from_fn(move || {
        let mut slot = slots.next()?;
        while let Some(same_instant) = slots.next_if(|next| next.at <= slot.at) {
            slot = same_instant;
        }
        Some(slot)
    })
}

/// A field of an expression and where it starts.
#[derive(Clone, Copy, Debug)]
struct FieldText<'a> {
    /// As written.
    text: &'a str,
    /// Counted from 1, in characters.
    column: usize,
}

/// The fields between white space.
fn fields_of(expression: &str) -> Vec<FieldText<'_>> {
    expression
        .split_whitespace()
        .map(|text| {
            let bytes_before = text.as_ptr() as usize - expression.as_ptr() as usize;
            let column = expression.get(..bytes_before).map_or(0, |before| before.chars().count()) + 1;
            FieldText { text, column }
        })
        .collect()
}

/// The remedy where nothing better is known.
const FIVE_FIELDS: &str =
    "write five fields: minute hour day-of-month month day-of-week; `0 7 5 * *` is 07:00 on the 5th of every month";

/// Neither five, six nor seven fields.
fn wrong_count(written: &str, count: usize) -> Refusal {
    let why = match count {
        0 => "the cron expression is empty".to_owned(),
        _ => format!("`{written}` has {count} fields"),
    };
    (why, FIVE_FIELDS.to_owned())
}

/// A nickname that the crate reads.
fn nickname(written: &str) -> Result<String, Refusal> {
    if ["@yearly", "@monthly", "@weekly", "@daily", "@hourly"].contains(&written) {
        return Ok(written.to_owned());
    }
    let remedy = match written {
        "@annually" => "write @yearly",
        "@midnight" => "write @daily",
        "@reboot" => "a report belongs to a period, not to a start of the machine: write a time",
        _ => "one of @yearly, @monthly, @weekly, @daily, @hourly",
    };
    Err((format!("`{written}` is no schedule"), remedy.to_owned()))
}

/// Six or seven fields as the crate reads them, each looked at alone so that the fault has a place.
fn checked_crate_fields(fields: &[FieldText<'_>]) -> Result<String, Refusal> {
    for (index, (field, (name, allowed))) in fields.iter().zip(CRATE_FIELDS).enumerate() {
        let place = format!("field {} at column {}", index + 1, field.column);
        if name == "weekdays" && has_weekday_number(field.text) {
            return Err((
                format!("`{}` are weekdays by number ({place})", field.text),
                "1 means Sunday here; write MON-FRI, or five fields, where 1 is Monday".to_owned(),
            ));
        }
        let mut alone = ["*"; 7];
        alone[index] = field.text;
        if cron::Schedule::from_str(&alone.join(" ")).is_err() {
            return Err((format!("`{}` are no {name} ({place})", field.text), format!("{name} are {allowed}")));
        }
    }
    let texts: Vec<&str> = fields.iter().map(|field| field.text).collect();
    Ok(texts.join(" "))
}

/// Whether a weekday field names a day by number; a number after `/` is a step.
fn has_weekday_number(field: &str) -> bool {
    field.split(',').any(|item| item.split('/').next().unwrap_or(item).contains(|c: char| c.is_ascii_digit()))
}

#[cfg(test)]
mod tests;
