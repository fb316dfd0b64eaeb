//! `farol schedule`: which slots are due and not yet done, one child process for each, one after the other.
//!
//! Knows no stage: what is done, what runs and what the time is are given. That only one daemon runs is the ledger's lock's
//! business.

mod child;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};

use chrono::{DateTime, Duration, NaiveDate, NaiveDateTime};

use crate::calendar::slots::Slots;
use crate::calendar::{Calendar, Grain, Moment, Period};
use crate::config::Misfire;
use crate::diagnostic::Diagnostic;
use crate::error::{Exit, Failure, Result};

pub use child::{Child, Signals};

/// Minutes for which a slot is on time; later, it is one that passed while nobody ran.
const ON_TIME_MINUTES: i64 = 5;

/// Nothing is looked for further back than this.
const MEMORY_DAYS: i64 = 400;

/// The longest that the daemon sleeps before it looks at the clock again.
const NAP_SECONDS: i64 = 30;

/// Minutes by which a clock may go back without anybody being told.
const CLOCK_SLACK_MINUTES: i64 = 5;

/// Minutes after a first failure that is worth another try; doubled with each, up to an hour.
const FIRST_RETRY_MINUTES: i64 = 1;

/// No farol ran before this instant, 2026-01-01 UTC: a clock that shows less is wrong.
const OLDEST_CLOCK: Moment = Moment(1_767_225_600_000_000);

/// A scheduled report.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The report's id.
    pub report: String,
    /// The report's grain; a slot is for the newest period of it that has ended.
    pub grain: Grain,
    /// When it fires.
    pub slots: Slots,
    /// What to do with slots that passed while nobody ran.
    pub misfire: Misfire,
    /// Hours after which a slot is too late to run at all.
    pub max_lateness_hours: i64,
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
}

impl Missed {
    /// The reason, for a log.
    pub fn words(self) -> &'static str {
        match self {
            Self::Superseded => "a newer slot runs instead (misfire: latest)",
            Self::Skipped => "it passed while nobody ran (misfire: skip)",
            Self::TooLate => "it is later than max_lateness allows",
        }
    }
}

/// A slot whose time has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// The slot.
    pub key: SlotKey,
    /// Why it does not run; `None`: it is to run.
    pub missed: Option<Missed>,
}

/// The period that a slot is for: the newest one of the report's grain that had ended when the slot's day began.
pub fn period_of(calendar: Calendar, grain: Grain, civil_day: NaiveDate) -> Option<Period> {
    calendar.last_closed(grain, calendar.midnight(civil_day), 0)
}

/// The slots in `(since, now]` that come after the last done one of their entry, in order of time, each with what to do.
///
/// `since` is when scheduling began; looks back 400 days at most. `done` says what the ledger knows.
pub fn due(
    entries: &[Entry],
    done: &dyn Fn(&SlotKey) -> bool,
    since: Moment,
    now: Moment,
    calendar: Calendar,
) -> Vec<Due> {
    let mut found: Vec<Due> = entries.iter().flat_map(|entry| due_of(entry, done, since, now, calendar)).collect();
    found.sort_by(|a, b| a.key.cmp(&b.key));
    found
}

fn due_of(entry: &Entry, done: &dyn Fn(&SlotKey) -> bool, since: Moment, now: Moment, calendar: Calendar) -> Vec<Due> {
    let since = since.max(earlier(now, Duration::days(MEMORY_DAYS)));
    let passed: Vec<SlotKey> = keys(entry, since, calendar).take_while(|key| key.at <= now).collect();
    let undone = passed.iter().rposition(done).map_or(0, |last_done| last_done + 1);
    let open = passed.get(undone..).unwrap_or_default();
    let newest = open.last().map(|key| key.at);
    let reason = |key: &SlotKey| {
        let lateness = Duration::microseconds(now.0 - key.at.0);
        if lateness > Duration::hours(entry.max_lateness_hours) {
            return Some(Missed::TooLate);
        }
        match entry.misfire {
            Misfire::All => None,
            Misfire::Latest => (Some(key.at) != newest).then_some(Missed::Superseded),
            Misfire::Skip => (lateness > Duration::minutes(ON_TIME_MINUTES)).then_some(Missed::Skipped),
        }
    };
    open.iter().map(|key| Due { key: key.clone(), missed: reason(key) }).collect()
}

/// The next `count` firings after `now` over all entries: instant, report, period.
pub fn upcoming(entries: &[Entry], now: Moment, count: usize, calendar: Calendar) -> Vec<(Moment, String, String)> {
    let mut next: Vec<SlotKey> = entries.iter().flat_map(|entry| keys(entry, now, calendar).take(count)).collect();
    next.sort();
    next.truncate(count);
    next.into_iter().map(|key| (key.at, key.report, key.period)).collect()
}

/// The slots of an entry that fire after an instant, in order.
fn keys(entry: &Entry, after: Moment, calendar: Calendar) -> impl Iterator<Item = SlotKey> {
    let civil = calendar.local(after).unwrap_or(NaiveDateTime::MAX);
    // In an hour that is repeated a later local time may be an earlier instant.
    let slots = entry.slots.after(&calendar, civil).filter(move |slot| slot.at > after);
    slots.filter_map(move |slot| {
        let period = period_of(calendar, entry.grain, slot.civil.date())?.id;
        Some(SlotKey { at: slot.at, report: entry.report.clone(), civil: slot.civil, period })
    })
}

/// An instant some time before another.
fn earlier(at: Moment, by: Duration) -> Moment {
    Moment(at.0.saturating_sub(by.num_microseconds().unwrap_or(i64::MAX)))
}

/// The time, and the passing of it.
pub trait Clock {
    /// The instant by the wall clock.
    fn now(&self) -> Moment;
    /// Lets time pass; returns early or late without harm.
    fn sleep(&self, duration: std::time::Duration);
}

/// What runs a slot.
pub trait Launcher {
    /// Runs a slot to its end and returns the exit code (sysexits).
    ///
    /// # Errors
    /// The child could not be started.
    fn launch(&mut self, key: &SlotKey) -> std::io::Result<u8>;
}

/// What the daemon tells its log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A child starts.
    Started(SlotKey),
    /// It has ended with this exit code.
    Ended(SlotKey, u8),
    /// It could not be started, and why.
    NotStarted(SlotKey, String),
    /// A slot will not run.
    Missed(SlotKey, Missed),
    /// The clock went back by more than five minutes; nothing runs until it has caught up, or the daemon starts anew.
    ClockWentBack {
        /// The latest time seen.
        from: Moment,
        /// The time now.
        to: Moment,
    },
    /// A new configuration holds.
    Reloaded,
    /// The daemon ends, as it was told to.
    Stopping,
}

/// What a daemon needs of the world.
pub struct World<'a> {
    /// The company's calendar.
    pub calendar: Calendar,
    /// The time.
    pub clock: &'a dyn Clock,
    /// What runs a slot.
    pub launcher: &'a mut dyn Launcher,
    /// What the ledger knows to be done; asked anew each time.
    pub done: &'a dyn Fn(&SlotKey) -> bool,
    /// The entries of a configuration that was read again and is valid; `None` keeps the old ones.
    pub reload: &'a mut dyn FnMut() -> Option<Vec<Entry>>,
    /// Hears what happens.
    pub log: &'a mut dyn FnMut(Event),
}

/// What one process remembers, so that a slot that the ledger does not call done is not run over and over.
#[derive(Default)]
struct Memory {
    /// Slots that ended for good, or that were reported as missed.
    settled: BTreeSet<SlotKey>,
    /// Slots to be tried again: not before when, and after how many minutes the time after that.
    retries: BTreeMap<SlotKey, (Moment, i64)>,
    /// The latest time seen.
    latest: Option<Moment>,
    /// It has been told that the clock is behind `latest`.
    has_told_of_clock: bool,
}

/// Runs what is due, sleeps, and looks again, until `stop` is set; a running child is waited for.
///
/// A child that ends with 75 is tried again after 1, 2, 4 … 60 minutes while its slot is not too late; any other end settles
/// the slot for this process.
///
/// # Errors
/// [`Exit::TryAgain`] if the clock shows a time before farol existed.
pub fn run(
    mut entries: Vec<Entry>,
    since: Moment,
    world: &mut World<'_>,
    stop: &AtomicBool,
    reload: &AtomicBool,
) -> Result<()> {
    let mut memory = Memory::default();
    while !stop.load(Ordering::Relaxed) {
        if reload.swap(false, Ordering::Relaxed)
            && let Some(valid) = (world.reload)()
        {
            entries = valid;
            (world.log)(Event::Reloaded);
        }
        let now = world.clock.now();
        if now < OLDEST_CLOCK {
            return Err(wrong_clock(now));
        }
        let has_run = !memory.is_held_back(now, world) && memory.run_next(&entries, since, now, world);
        if !has_run {
            nap(&entries, world, stop, reload);
        }
    }
    (world.log)(Event::Stopping);
    Ok(())
}

/// Sleeps in steps of a second until the next slot, half a minute at most, or until there is something to obey.
fn nap(entries: &[Entry], world: &World<'_>, stop: &AtomicBool, reload: &AtomicBool) {
    let start = world.clock.now();
    let next = upcoming(entries, start, 1, world.calendar).first().map_or(i64::MAX, |(at, _, _)| at.0);
    let seconds = (next.saturating_sub(start.0) / 1_000_000 + 1).clamp(1, NAP_SECONDS);
    for _ in 0..seconds {
        if stop.load(Ordering::Relaxed) || reload.load(Ordering::Relaxed) {
            return;
        }
        world.clock.sleep(std::time::Duration::from_secs(1));
    }
}

impl Memory {
    /// Whether the clock is behind what it has shown before.
    fn is_held_back(&mut self, now: Moment, world: &mut World<'_>) -> bool {
        let latest = *self.latest.get_or_insert(now);
        if now >= latest {
            self.latest = Some(now);
            self.has_told_of_clock = false;
            return false;
        }
        let is_far_behind = latest.0 - now.0 > CLOCK_SLACK_MINUTES * 60_000_000;
        if is_far_behind && !std::mem::replace(&mut self.has_told_of_clock, true) {
            (world.log)(Event::ClockWentBack { from: latest, to: now });
        }
        is_far_behind
    }

    /// Runs the oldest slot that is to run, and reports those that are not; false if there was none to run.
    fn run_next(&mut self, entries: &[Entry], since: Moment, now: Moment, world: &mut World<'_>) -> bool {
        for found in due(entries, world.done, since, now, world.calendar) {
            if self.settled.contains(&found.key) {
                continue;
            }
            match found.missed {
                Some(why) => {
                    self.settled.insert(found.key.clone());
                    (world.log)(Event::Missed(found.key, why));
                }
                None if self.retries.get(&found.key).is_some_and(|(not_before, _)| now < *not_before) => {}
                None => {
                    self.launch(&found.key, world);
                    return true;
                }
            }
        }
        false
    }

    /// Runs a slot and notes how it ended.
    fn launch(&mut self, key: &SlotKey, world: &mut World<'_>) {
        (world.log)(Event::Started(key.clone()));
        let code = match world.launcher.launch(key) {
            Ok(code) => {
                (world.log)(Event::Ended(key.clone(), code));
                code
            }
            // No process to be had, no memory: may be over in a minute.
            Err(error) => {
                (world.log)(Event::NotStarted(key.clone(), error.to_string()));
                Exit::TryAgain as u8
            }
        };
        if code == Exit::TryAgain as u8 {
            let minutes = self.retries.get(key).map_or(FIRST_RETRY_MINUTES, |(_, minutes)| *minutes);
            let not_before = Moment(world.clock.now().0.saturating_add(minutes * 60_000_000));
            self.retries.insert(key.clone(), (not_before, (minutes * 2).min(60)));
        } else {
            self.retries.remove(key);
            self.settled.insert(key.clone());
        }
    }
}

/// The clock shows a time at which farol did not exist.
fn wrong_clock(now: Moment) -> Failure {
    let shown = DateTime::from_timestamp_micros(now.0).map(|at| at.to_rfc3339()).unwrap_or_default();
    let fault =
        Diagnostic::error("clock-too-old", format!("the clock shows {shown}; nothing is scheduled by such a clock"));
    Failure::new(Exit::TryAgain, fault.help("set the machine's clock"))
}

#[cfg(test)]
mod tests;
