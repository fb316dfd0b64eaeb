//! Which slots are due: those that have fired and are not accounted for, and those that have begun and not ended.
//!
//! Plain values in and out; never asks what the time is.

use std::collections::BTreeMap;

use chrono::{Duration, NaiveDate, NaiveDateTime};

use crate::calendar::slots::Slots;
use crate::calendar::{Calendar, Grain, Moment, Period};
use crate::config::{Config, Misfire, Schedule};
use crate::diagnostic::Diagnostic;
use crate::error::{Exit, Failure, Result};

/// Minutes for which a slot is on time; later, it is one that passed while nobody ran.
const ON_TIME_MINUTES: i64 = 5;

/// Nothing is looked for further back than this.
const MEMORY_DAYS: i64 = 400;

/// So many children's times are remembered.
const LONGEST_MEMORY: usize = 256;

/// A scheduled report.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The report's id.
    pub report: String,
    /// The report's grain; a slot is for the newest period of it that has ended.
    pub grain: Grain,
    /// When it fires.
    pub slots: Slots,
    /// The same in words that are others when it changes.
    pub expression: String,
    /// What to do with slots that passed while nobody ran.
    pub misfire: Misfire,
    /// Hours after which a slot is too late to run at all.
    pub max_lateness_hours: i64,
    /// Hours after which a slot whose report nobody has is an alarm.
    pub grace_hours: i64,
}

/// The schedule of a configuration, read.
///
/// # Errors
/// [`Exit::Config`] for an expression that is none; a configuration that was loaded has none such.
pub fn entries(config: &Config) -> Result<Vec<Entry>> {
    let entry = |entry: &Schedule| {
        let slots = entry.slots().map_err(|(why, remedy)| {
            let fault = Diagnostic::error("cron", format!("`{}`: {why}", entry.cron)).help(remedy);
            Failure::new(Exit::Config, fault)
        })?;
        let grain = config.reports.get(&entry.report).map(|plan| plan.grain);
        Ok(grain.map(|grain| Entry {
            report: entry.report.clone(),
            grain,
            slots,
            expression: entry.to_string(),
            misfire: entry.misfire,
            max_lateness_hours: entry.max_lateness_hours,
            grace_hours: entry.grace_hours,
        }))
    };
    config.schedule.iter().map(entry).filter_map(Result::transpose).collect()
}

/// What names a slot of a report, in the ledger too.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SlotKey {
    /// When it fires.
    pub at: Moment,
    /// The report's id.
    pub report: String,
    /// The local date and time that the expression names.
    pub civil: NaiveDateTime,
    /// The id of the period that it is for.
    pub period: String,
}

/// Why a slot is not run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missed {
    /// A newer slot of the same entry runs instead (`misfire: latest`).
    Superseded,
    /// It passed while nobody ran (`misfire: skip`).
    Skipped,
    /// It is later than `max_lateness` allows.
    TooLate,
    /// It fired while the same report of the same period was being made.
    Overlapped,
    /// It waited for another try, and its report is no longer scheduled.
    Unscheduled,
}

impl Missed {
    /// All reasons.
    pub const ALL: [Self; 5] = [Self::Superseded, Self::Skipped, Self::TooLate, Self::Overlapped, Self::Unscheduled];

    /// The reason, for a log and the ledger.
    pub fn words(self) -> &'static str {
        match self {
            Self::Superseded => "a newer slot runs instead (misfire: latest)",
            Self::Skipped => "it passed while nobody ran (misfire: skip)",
            Self::TooLate => "it is later than max_lateness allows",
            Self::Overlapped => "it fired while its report was being made",
            Self::Unscheduled => "its report is no longer scheduled",
        }
    }

    /// Whether nobody made up for it: its report was not made when it was due, nor soon after.
    pub fn is_a_loss(self) -> bool {
        matches!(self, Self::Skipped | Self::TooLate)
    }
}

/// A slot that has begun and not come to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Open {
    /// The slot.
    pub key: SlotKey,
    /// Times that a child was started for it.
    pub attempts: u32,
    /// Not to be tried before; `None`: it was cut off together with the daemon.
    pub not_before: Option<Moment>,
}

/// What is recorded of slots.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recorded {
    /// Those that have not come to their end.
    pub open: Vec<Open>,
    /// Up to when each report's slots are accounted for: the newest slot that has a record, or since when its slots count.
    pub accounted: BTreeMap<String, Moment>,
}

/// A slot whose time has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// The slot.
    pub key: SlotKey,
    /// Why it does not run; `None`: it is to run.
    pub missed: Option<Missed>,
    /// Times that it was started before.
    pub attempts: u32,
    /// Not to be tried before.
    pub not_before: Option<Moment>,
}

/// A child's time.
#[derive(Clone, Debug)]
pub struct Span {
    /// The report that it made.
    pub report: String,
    /// The period that it made it for.
    pub period: String,
    /// When it began.
    pub from: Moment,
    /// When it ended.
    pub to: Moment,
}

/// When the children of this process ran, oldest first.
#[derive(Clone, Debug, Default)]
pub struct Work(Vec<Span>);

impl Work {
    /// Adds a child's time; only so many are remembered.
    pub fn add(&mut self, span: Span) {
        if self.0.len() >= LONGEST_MEMORY {
            self.0.remove(0);
        }
        self.0.push(span);
    }

    /// Whether a slot fired while its report was being made for its period.
    fn overlaps(&self, key: &SlotKey) -> bool {
        let is_same = |span: &&Span| span.report == key.report && span.period == key.period;
        self.0.iter().filter(is_same).any(|span| span.from < key.at && key.at <= span.to)
    }

    /// Until when whoever fired at an instant had to wait: the end of the work that went on, without a pause.
    pub(super) fn waited_until(&self, at: Moment) -> Option<Moment> {
        let mut spans = self.0.iter().skip_while(|span| at > span.to).peekable();
        let first = spans.next_if(|span| span.from <= at)?;
        let follows = |end: Moment| move |span: &&Span| minutes_between(end, span.from) <= ON_TIME_MINUTES;
        let mut end = first.to;
        while let Some(next) = spans.next_if(follows(end)) {
            end = next.to;
        }
        Some(end)
    }
}

/// Whole minutes from one instant to a later one.
fn minutes_between(earlier: Moment, later: Moment) -> i64 {
    later.0.saturating_sub(earlier.0) / 60_000_000
}

/// The period that a slot is for: the newest one of the report's grain that had ended when the slot's day began.
pub fn period_of(calendar: Calendar, grain: Grain, civil_day: NaiveDate) -> Option<Period> {
    calendar.last_closed(grain, calendar.midnight(civil_day), 0)
}

/// The slots up to `now` that are not accounted for, and those that have not come to their end, in order of time, each with
/// what to do. Looks back 400 days at most.
pub fn due(entries: &[Entry], recorded: &Recorded, now: Moment, work: &Work, calendar: Calendar) -> Vec<Due> {
    let mut found: BTreeMap<SlotKey, Due> = BTreeMap::new();
    for (index, entry) in entries.iter().enumerate() {
        let is_own = |open: &&Open| owner(entries, &open.key) == Some(index);
        let open: Vec<&Open> = recorded.open.iter().filter(is_own).collect();
        for due in due_of(entry, &open, recorded, now, work, calendar) {
            found.entry(due.key.clone()).or_insert(due);
        }
    }
    let strays = recorded.open.iter().filter(|open| owner(entries, &open.key).is_none());
    for Open { key, attempts, not_before } in strays {
        let missed = Some(Missed::Unscheduled);
        found.insert(key.clone(), Due { key: key.clone(), missed, attempts: *attempts, not_before: *not_before });
    }
    found.into_values().collect()
}

/// The entry that a slot is of: one whose expression has it, else any of the same report.
fn owner(entries: &[Entry], key: &SlotKey) -> Option<usize> {
    let has = |entry: &Entry| entry.report == key.report && entry.slots.has(key.civil);
    let of_report = |entry: &Entry| entry.report == key.report;
    entries.iter().position(has).or_else(|| entries.iter().position(of_report))
}

fn due_of(
    entry: &Entry,
    open: &[&Open],
    recorded: &Recorded,
    now: Moment,
    work: &Work,
    calendar: Calendar,
) -> Vec<Due> {
    let accounted = recorded.accounted.get(&entry.report).copied().unwrap_or(now);
    let since = accounted.max(earlier(now, Duration::days(MEMORY_DAYS)));
    let fired = keys(entry, since, calendar).take_while(|key| key.at <= now);
    let fresh = fired.map(|key| Due { key, missed: None, attempts: 0, not_before: None });
    let begun = open.iter().map(|open| Due {
        key: open.key.clone(),
        missed: None,
        attempts: open.attempts,
        not_before: open.not_before,
    });
    let mut all: Vec<Due> = begun.chain(fresh).collect();
    let newest = all.iter().map(|due| due.key.at).max();
    for due in &mut all {
        due.missed = reason(entry, due, newest, now, work);
    }
    all
}

/// Why a slot is not to run, if so.
fn reason(entry: &Entry, due: &Due, newest: Option<Moment>, now: Moment, work: &Work) -> Option<Missed> {
    let lateness = |until: Moment| Duration::microseconds(until.0.saturating_sub(due.key.at.0));
    if lateness(now) > Duration::hours(entry.max_lateness_hours) {
        return Some(Missed::TooLate);
    }
    if due.attempts == 0 && work.overlaps(&due.key) {
        return Some(Missed::Overlapped);
    }
    match entry.misfire {
        Misfire::All => None,
        Misfire::Latest => (Some(due.key.at) != newest).then_some(Missed::Superseded),
        Misfire::Skip => {
            // What fired while the daemon was at work waited for its turn; nobody was away.
            let could_run = work.waited_until(due.key.at).unwrap_or(due.key.at);
            let nobody_ran =
                Duration::microseconds(now.0.saturating_sub(could_run.0)) > Duration::minutes(ON_TIME_MINUTES);
            (due.attempts == 0 && nobody_ran).then_some(Missed::Skipped)
        }
    }
}

/// Since when the slots of a report count that is scheduled for the first time, or anew: since just before the oldest one after `since`
/// that is to run, else since now. What it would have missed before, it was not scheduled for.
pub fn beginning(entries: &[Entry], report: &str, since: Moment, now: Moment, calendar: Calendar) -> Moment {
    let unrecorded = Recorded { open: Vec::new(), accounted: BTreeMap::from([(report.to_owned(), since)]) };
    let found = due(entries, &unrecorded, now, &Work::default(), calendar);
    let to_run = found.into_iter().find(|due| due.missed.is_none());
    to_run.map_or(now, |due| earlier(due.key.at, Duration::microseconds(1)))
}

/// The next `count` firings after `now` over all entries: instant, report, period.
pub fn upcoming(entries: &[Entry], now: Moment, count: usize, calendar: Calendar) -> Vec<(Moment, String, String)> {
    let mut next: Vec<SlotKey> = entries.iter().flat_map(|entry| keys(entry, now, calendar).take(count)).collect();
    next.sort();
    next.truncate(count);
    next.into_iter().map(|key| (key.at, key.report, key.period)).collect()
}

/// The newest slot of an entry that fired in `(after, until]`.
pub fn newest(entry: &Entry, after: Moment, until: Moment, calendar: Calendar) -> Option<SlotKey> {
    let after = after.max(earlier(until, Duration::days(MEMORY_DAYS)));
    keys(entry, after, calendar).take_while(|key| key.at <= until).last()
}

/// The slots of an entry that fire after an instant, in order.
fn keys(entry: &Entry, after: Moment, calendar: Calendar) -> impl Iterator<Item = SlotKey> {
    let civil = calendar.local(after).unwrap_or(NaiveDateTime::MAX);
    // In an hour that is repeated a later local time may be an earlier instant.
    let slots = entry.slots.after(&calendar, civil).filter(move |slot| slot.at > after);
    slots.filter_map(move |slot| {
        let period = period_of(calendar, entry.grain, slot.civil.date())?.id.to_string();
        Some(SlotKey { at: slot.at, report: entry.report.clone(), civil: slot.civil, period })
    })
}

/// An instant some time before another.
pub(super) fn earlier(at: Moment, by: Duration) -> Moment {
    Moment(at.0.saturating_sub(by.num_microseconds().unwrap_or(i64::MAX)))
}
