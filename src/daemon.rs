//! `farol schedule`: which slots are due and not yet done, one child process for each, one after the other.
//!
//! Knows no stage and no file: the book of what became of slots, what runs and what the time is are given. That only one
//! daemon runs is a lock's business.

mod child;
mod due;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};

use chrono::{DateTime, TimeDelta};

use crate::calendar::{Calendar, Moment};
use crate::diagnostic::Diagnostic;
use crate::error::{Exit, Failure, Result};

pub use child::{Child, Signals, end_with_parent, in_words, signal_of};
pub use due::{
    Due, Entry, Missed, Open, Recorded, SlotKey, Span, Work, beginning, due, entries, newest, period_of, upcoming,
};

/// The longest that the daemon sleeps before it looks at the clock again.
const NAP_SECONDS: i64 = 30;

/// Minutes by which a clock may go back without anybody being told.
pub const CLOCK_SLACK_MINUTES: i64 = 5;

/// Seconds between two times that mail which waits is tried: each mail has its own pause besides.
const MAIL_SECONDS: i64 = 60;

/// Minutes after a first failure that is worth another try; doubled with each.
const FIRST_RETRY_MINUTES: i64 = 1;

/// Minutes after which a failure is tried again at the latest.
const LONGEST_RETRY_MINUTES: i64 = 60;

/// So often a slot is started whose child is ended by a signal: for lack of memory, most likely, which may pass, or not.
const MOST_STARTS: u32 = 5;

/// Minutes for which a clock that has jumped ahead is not believed, unless it is set right before.
const DOUBT_MINUTES: u64 = 60;

/// No farol ran before this instant, 2026-01-01 UTC: a clock that shows less is wrong.
const OLDEST_CLOCK: Moment = Moment(1_767_225_600_000_000);

/// What becomes of a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// A child starts.
    Started,
    /// It ended with a code that another try may mend; not before then.
    Waiting(u8, Moment),
    /// It ended with this code, for good.
    Ended(u8),
    /// The mail of its period had been delivered before.
    Delivered,
    /// It will not run.
    Missed(Missed),
}

/// Where what became of slots outlives the process.
pub trait Book {
    /// What is recorded of the scheduled reports, given with their expressions. Of a report that is new, or has other expressions than
    /// before, it is recorded that it is scheduled, and that its slots count since what `since` says.
    ///
    /// # Errors
    /// The book cannot be read.
    fn read(&mut self, reports: &BTreeMap<String, String>, since: &dyn Fn(&str) -> Moment) -> Result<Recorded>;

    /// Whether all mail of a slot's period has come to its end.
    ///
    /// # Errors
    /// The book cannot be read.
    fn is_delivered(&mut self, key: &SlotKey) -> Result<bool>;

    /// Whether mail waits that is to be tried now, or has waited too long.
    ///
    /// # Errors
    /// The book cannot be read.
    fn has_mail_due(&mut self, now: Moment) -> Result<bool>;

    /// Records what became of slots, all or nothing.
    ///
    /// # Errors
    /// The book cannot be written.
    fn record(&mut self, fates: &[(SlotKey, Fate)], now: Moment) -> Result<()>;
}

/// Whether a clock shows a time before farol existed.
///
/// # Errors
/// [`Exit::TryAgain`] if it does.
pub fn check_clock(now: Moment) -> Result<()> {
    if now < OLDEST_CLOCK { Err(wrong_clock(now)) } else { Ok(()) }
}

/// The time, and the passing of it.
pub trait Clock {
    /// The instant by the wall clock.
    fn now(&self) -> Moment;
    /// How long the machine has been up, its sleep included, by a clock that nobody sets; `None` where it does not tell.
    fn since_boot(&self) -> Option<std::time::Duration> {
        None
    }
    /// Lets time pass; returns early or late without harm.
    fn sleep(&self, duration: std::time::Duration);
}

/// What runs a slot.
pub trait Launcher {
    /// Runs a slot to its end and returns the exit code (sysexits); of a child that a signal has ended, as [`signal_of`] reads it.
    ///
    /// # Errors
    /// The child could not be started.
    fn launch(&mut self, key: &SlotKey) -> std::io::Result<u8>;

    /// Tries the mail that is due, and returns the exit code.
    ///
    /// # Errors
    /// The child could not be started.
    fn deliver(&mut self) -> std::io::Result<u8>;
}

/// What the daemon tells its log.
#[derive(Clone, Debug)]
pub enum Event {
    /// A child starts.
    Started(SlotKey),
    /// It has ended with this exit code, for good.
    Ended(SlotKey, u8),
    /// It has ended with this exit code, and is tried again.
    PutOff(SlotKey, u8),
    /// It could not be started, and why.
    NotStarted(SlotKey, String),
    /// Mail that waited was tried, and the child has ended with this exit code.
    MailTried(u8),
    /// A slot will not run.
    Missed(SlotKey, Missed),
    /// The book is in use by somebody else; it is asked again soon.
    Waiting(Failure),
    /// The clock went back by more than five minutes; nothing runs until it has caught up, or the daemon starts anew.
    ClockWentBack {
        /// The latest time seen.
        from: Moment,
        /// The time now.
        to: Moment,
    },
    /// The clock went ahead by more than five minutes beyond what has passed; nothing runs until it is set right, an hour has
    /// passed, or the daemon starts anew.
    ClockWentAhead {
        /// What it should show.
        from: Moment,
        /// What it shows.
        to: Moment,
    },
    /// The clock is right again, or was ahead for so long that it is believed; what is due runs again.
    ClockCaughtUp,
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
    /// What is recorded of slots; asked anew each time.
    pub book: &'a mut dyn Book,
    /// The entries of a configuration that was read again and is valid; `None` keeps the old ones.
    pub reload: &'a mut dyn FnMut() -> Option<Vec<Entry>>,
    /// Hears what happens.
    pub log: &'a mut dyn FnMut(Event),
}

/// What one process remembers; nothing of what is due.
#[derive(Default)]
struct Memory {
    /// The latest time seen.
    latest: Option<Moment>,
    /// It has been told that the clock is behind `latest`.
    has_told_of_clock: bool,
    /// What the clock showed when it was last looked at, and how long the machine had been up.
    last_look: Option<(Moment, std::time::Duration)>,
    /// The same of the moment at which the clock jumped ahead, with what it should have shown.
    ahead: Option<(Moment, std::time::Duration)>,
    /// A new configuration holds: what waits need not wait any longer.
    is_afresh: bool,
    /// Slots that do not wait for the end of their pause.
    hurried: BTreeSet<SlotKey>,
    /// When its children ran.
    work: Work,
    /// When mail that waited was last tried.
    tried_mail: Option<Moment>,
}

/// Runs what is due, sleeps, and looks again, until `stop` is set; a running child is waited for.
///
/// What is due is what has fired and is not recorded as done, in this process's life or an earlier one's. Of a report that is
/// scheduled for the first time, or anew, slots are caught up on that have fired no longer ago than `look_back`; it has missed none. A child that ends with 75,
/// that meets a faulty configuration, or that is ended by a signal (five times at most), is tried again after 1, 2, 4 … 60
/// minutes, or once a new configuration holds, while its slot is not too late; any other end settles the slot. Mail that waits is
/// tried beside the slots, until it has waited too long.
///
/// # Errors
/// [`Exit::TryAgain`] if the clock shows a time before farol existed; the book's faults, but for one that is in use.
pub fn run(
    mut entries: Vec<Entry>,
    look_back: TimeDelta,
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
            memory.is_afresh = true;
            (world.log)(Event::Reloaded);
        }
        let now = world.clock.now();
        check_clock(now)?;
        let has_run = if memory.is_in_doubt(now, world) {
            false
        } else {
            let since = due::earlier(now, look_back);
            let done = memory.run_next(&entries, since, now, world);
            match done.and_then(|has_run| Ok(has_run || memory.try_mail(now, world)?)) {
                Err(failure) if failure.exit == Exit::TryAgain => {
                    (world.log)(Event::Waiting(failure));
                    false
                }
                other => other?,
            }
        };
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
    /// Whether the clock is not to be believed.
    fn is_in_doubt(&mut self, now: Moment, world: &mut World<'_>) -> bool {
        self.is_ahead(now, world) || self.is_held_back(now, world)
    }

    /// Whether the clock has jumped ahead of what has passed since it was last looked at.
    fn is_ahead(&mut self, now: Moment, world: &mut World<'_>) -> bool {
        let Some(up) = world.clock.since_boot() else { return false };
        let last_look = self.last_look.replace((now, up));
        let (from, since) = match (self.ahead, last_look) {
            (Some(ahead), _) => ahead,
            (None, Some(last_look)) => last_look,
            (None, None) => return false,
        };
        let passed = up.saturating_sub(since);
        let expected = Moment(from.0.saturating_add(i64::try_from(passed.as_micros()).unwrap_or(i64::MAX)));
        let is_far_ahead = now.0.saturating_sub(expected.0) > CLOCK_SLACK_MINUTES * 60_000_000;
        let is_believed = self.ahead.is_some() && passed.as_secs() >= DOUBT_MINUTES * 60;
        if is_far_ahead && !is_believed {
            if self.ahead.is_none() {
                self.ahead = Some((expected, up));
                (world.log)(Event::ClockWentAhead { from: expected, to: now });
            }
            return true;
        }
        if self.ahead.take().is_some() {
            (world.log)(Event::ClockCaughtUp);
        }
        false
    }

    /// Whether the clock is behind what it has shown before.
    fn is_held_back(&mut self, now: Moment, world: &mut World<'_>) -> bool {
        let latest = *self.latest.get_or_insert(now);
        if now >= latest {
            self.latest = Some(now);
            if std::mem::take(&mut self.has_told_of_clock) {
                (world.log)(Event::ClockCaughtUp);
            }
            return false;
        }
        let is_far_behind = latest.0 - now.0 > CLOCK_SLACK_MINUTES * 60_000_000;
        if is_far_behind && !std::mem::replace(&mut self.has_told_of_clock, true) {
            (world.log)(Event::ClockWentBack { from: latest, to: now });
        }
        is_far_behind
    }

    /// Runs the oldest slot that is to run, and records those that are not; false if there was none to run.
    fn run_next(&mut self, entries: &[Entry], since: Moment, now: Moment, world: &mut World<'_>) -> Result<bool> {
        let mut reports: BTreeMap<String, String> = BTreeMap::new();
        for entry in entries {
            let expressions = reports.entry(entry.report.clone()).or_default();
            expressions.push_str(&entry.expression);
            expressions.push('\n');
        }
        let calendar = world.calendar;
        let recorded = world.book.read(&reports, &|report| beginning(entries, report, since, now, calendar))?;
        let mut settled: Vec<(SlotKey, Fate)> = Vec::new();
        let mut chosen = None;
        let found = due(entries, &recorded, now, &self.work, world.calendar);
        if std::mem::take(&mut self.is_afresh) {
            self.hurried = found.iter().map(|due| due.key.clone()).collect();
        }
        for due in found {
            // A slot with a record may be passed over for now; one without would be forgotten.
            let has_record = due.attempts > 0;
            match due.missed {
                _ if chosen.is_some() && !has_record => break,
                Some(why) => settled.push((due.key, Fate::Missed(why))),
                None if world.book.is_delivered(&due.key)? => settled.push((due.key, Fate::Delivered)),
                None if due.not_before.is_some_and(|start| now < start) && !self.hurried.contains(&due.key) => {}
                None if chosen.is_none() => chosen = Some(due),
                None => {}
            }
        }
        if !settled.is_empty() {
            world.book.record(&settled, now)?;
        }
        for (key, fate) in settled {
            if let Fate::Missed(why) = fate {
                (world.log)(Event::Missed(key, why));
            }
        }
        let Some(due) = chosen else { return Ok(false) };
        self.launch(&due, world)?;
        Ok(true)
    }

    /// Tries the mail that waits, whatever slots there are; false if none is to be tried.
    fn try_mail(&mut self, now: Moment, world: &mut World<'_>) -> Result<bool> {
        let is_too_soon = |last: Moment| now.0 < last.0.saturating_add(MAIL_SECONDS * 1_000_000) && now >= last;
        if self.tried_mail.is_some_and(is_too_soon) || !world.book.has_mail_due(now)? {
            return Ok(false);
        }
        self.tried_mail = Some(now);
        // Not even started: no process to be had, no memory; it may be over in a minute.
        let code = world.launcher.deliver().unwrap_or(Exit::TryAgain as u8);
        (world.log)(Event::MailTried(code));
        Ok(true)
    }

    /// Runs a slot and records how it ended.
    fn launch(&mut self, due: &Due, world: &mut World<'_>) -> Result<()> {
        let key = &due.key;
        let began = world.clock.now();
        world.book.record(&[(key.clone(), Fate::Started)], began)?;
        (world.log)(Event::Started(key.clone()));
        self.hurried.remove(key);
        let attempts = due.attempts.saturating_add(1);
        let (code, event) = match world.launcher.launch(key) {
            Ok(code) if is_put_off(code, attempts) => (code, Event::PutOff(key.clone(), code)),
            Ok(code) => (code, Event::Ended(key.clone(), code)),
            // No process to be had, no memory: may be over in a minute.
            Err(error) => (Exit::TryAgain as u8, Event::NotStarted(key.clone(), error.to_string())),
        };
        let ended = world.clock.now();
        let fate = if is_put_off(code, attempts) {
            let minutes = retry_minutes(attempts);
            Fate::Waiting(code, Moment(ended.0.saturating_add(minutes * 60_000_000)))
        } else {
            Fate::Ended(code)
        };
        self.work.add(Span { report: key.report.clone(), period: key.period.clone(), from: began, to: ended });
        // Whoever hears of it finds it recorded.
        let recorded = world.book.record(&[(key.clone(), fate)], ended);
        (world.log)(event);
        recorded
    }
}

/// Whether another try may mend what a child ended with after so many starts: something temporary; a configuration that somebody will
/// correct, for the command line is ours; a signal, a few times.
fn is_put_off(code: u8, starts: u32) -> bool {
    let may_pass = [Exit::TryAgain, Exit::Config, Exit::Usage].iter().any(|exit| *exit as u8 == code);
    may_pass || (signal_of(code).is_some() && starts < MOST_STARTS)
}

/// Minutes to wait after so many attempts: 1, 2, 4 … 60.
fn retry_minutes(attempts: u32) -> i64 {
    let doubled = attempts.saturating_sub(1).min(6);
    (FIRST_RETRY_MINUTES << doubled).min(LONGEST_RETRY_MINUTES)
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
