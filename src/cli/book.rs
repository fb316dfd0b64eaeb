//! The daemon's book of slots, kept in the ledger; and the look at incidents and metrics after something happened.

use std::collections::BTreeMap;
use std::path::PathBuf;

use chrono::{DateTime, Utc};

use crate::calendar::{Calendar, Moment};
use crate::cli::Console;
use crate::config::Config;
use crate::daemon::{Book, Fate, Missed, Open, Recorded, SlotKey};
use crate::delivery::stop::Stop;
use crate::diagnostic::{Diagnostic, counted};
use crate::error::{Exit, Failure, Result};
use crate::ledger::{LEFT_TO_THE_OUTBOX, Ledger, MADE_FOR_SOME, Slot, SlotState};
use crate::watch::{self, Incidents, LastRun, Trouble};

/// The ledger of a state folder as a book of slots. It is opened for each look, so that a ledger that was restored meanwhile
/// is the one that is read.
pub(super) struct LedgerBook<'a> {
    pub(super) state: PathBuf,
    /// Folders that tell whether there has been a ledger.
    pub(super) witnesses: Vec<PathBuf>,
    /// The company's.
    pub(super) calendar: Calendar,
    /// Whether a ledger has mail that is to be tried.
    pub(super) has_mail_due: &'a dyn Fn(&Ledger, DateTime<Utc>) -> Result<bool>,
}

impl Book for LedgerBook<'_> {
    fn read(&mut self, reports: &BTreeMap<String, String>, since: &dyn Fn(&str) -> Moment) -> Result<Recorded> {
        let mut ledger = Ledger::open_witnessed(&self.state, &self.witnesses)?;
        let newest = ledger.newest_slots(&SlotState::ALL)?;
        let mut recorded = Recorded::default();
        for (report, since) in ledger.scheduled_since(reports, &|report| since(report).utc())? {
            let newest = newest.get(&report).map_or(since, |slot| slot.at.max(since));
            recorded.accounted.insert(report, Moment::from(newest));
        }
        recorded.open = ledger.open_slots()?.into_iter().map(open).collect();
        Ok(recorded)
    }

    fn is_delivered(&mut self, key: &SlotKey) -> Result<bool> {
        let ledger = Ledger::open_witnessed(&self.state, &self.witnesses)?;
        // Mail that was sent before the period had ended is not what the slot is for.
        if !watch::is_written(&ledger, self.calendar, &key.report, &key.period)? {
            return Ok(false);
        }
        let deliveries = ledger.deliveries(&key.report, &key.period)?;
        Ok(!deliveries.is_empty() && deliveries.iter().all(|delivery| delivery.state.has_ended()))
    }

    fn has_mail_due(&mut self, now: Moment) -> Result<bool> {
        let found = Ledger::find_witnessed(&self.state, &self.witnesses)?;
        found.map_or(Ok(false), |ledger| (self.has_mail_due)(&ledger, now.utc()))
    }

    fn record(&mut self, fates: &[(SlotKey, Fate)], now: Moment) -> Result<()> {
        let mut ledger = Ledger::open_witnessed(&self.state, &self.witnesses)?;
        let open = ledger.open_slots()?;
        let mut slots = Vec::new();
        for (key, fate) in fates {
            let known = open.iter().find(|slot| slot.report == key.report && slot.civil == key.civil);
            let mut slot = noted(key, *fate, known, now);
            // One code for data that are refused, and for readers whose part of them is empty: the outbox tells them apart.
            if *fate == Fate::Ended(Exit::DataRefused as u8)
                && watch::is_written(&ledger, self.calendar, &key.report, &key.period)?
            {
                slot.reason = String::from(MADE_FOR_SOME);
            }
            // Its report was made; what is missed of it, if anything, is mail.
            if slot.state == SlotState::Missed
                && slot.attempts > 0
                && watch::is_written(&ledger, self.calendar, &key.report, &key.period)?
            {
                slot.state = SlotState::Done;
                slot.exit = Some(LEFT_TO_THE_OUTBOX);
            }
            slots.push(slot);
        }
        ledger.note_slots(&slots)
    }
}

fn open(slot: Slot) -> Open {
    let key = SlotKey { at: Moment::from(slot.at), report: slot.report, civil: slot.civil, period: slot.period };
    Open { key, attempts: slot.attempts, not_before: slot.not_before.map(Moment::from) }
}

/// A slot's row after something has happened to it.
fn noted(key: &SlotKey, fate: Fate, known: Option<&Slot>, now: Moment) -> Slot {
    let mut slot = Slot {
        report: key.report.clone(),
        civil: key.civil,
        at: key.at.utc(),
        period: key.period.clone(),
        state: SlotState::Started,
        reason: String::new(),
        attempts: known.map_or(0, |known| known.attempts),
        exit: known.and_then(|known| known.exit),
        not_before: None,
        updated: now.utc(),
    };
    match fate {
        Fate::Started => slot.attempts += 1,
        Fate::Waiting(code, not_before) => {
            slot.state = SlotState::Waiting;
            slot.exit = Some(code);
            slot.not_before = Some(not_before.utc());
        }
        Fate::Ended(code) => {
            slot.state = SlotState::Done;
            slot.exit = Some(code);
        }
        Fate::Delivered => {
            slot.state = SlotState::Done;
            slot.exit = Some(0);
            slot.reason = String::from("its mail had been delivered before");
        }
        Fate::Missed(why) => {
            slot.state = if why == Missed::Overlapped { SlotState::SkippedOverlap } else { SlotState::Missed };
            slot.reason = String::from(why.words());
        }
    }
    slot
}

/// What happened, for those who watch.
#[derive(Default)]
pub(super) struct News {
    /// Troubles that were met.
    pub(super) met: Vec<Trouble>,
    /// Troubles that are over: kind and subject.
    pub(super) over: Vec<(&'static str, String)>,
    /// A run that has ended.
    pub(super) last: Option<LastRun>,
}

/// Keeps the book of incidents, tells operators, and writes the metrics; returns what is to be said of mail to operators. Where no
/// ledger is and nothing is wrong, none is made.
///
/// # Errors
/// What could not be recorded, written or told; the work itself is done, so that nobody ends because of it.
pub(super) fn keep_watch(
    config: &Config,
    news: &News,
    clock: &dyn Fn() -> DateTime<Utc>,
    stop: &Stop,
) -> Result<Vec<Diagnostic>> {
    watch_over(config, news, clock, Some(stop))
}

/// The same without telling operators: that may take long.
///
/// # Errors
/// As [`keep_watch`].
pub(super) fn keep_book(config: &Config, news: &News, clock: &dyn Fn() -> DateTime<Utc>) -> Result<()> {
    watch_over(config, news, clock, None).map(|_| ())
}

fn watch_over(
    config: &Config,
    news: &News,
    clock: &dyn Fn() -> DateTime<Utc>,
    teller: Option<&Stop>,
) -> Result<Vec<Diagnostic>> {
    let found = Ledger::find_witnessed(&config.state, &config.witnessed)?;
    if news.met.is_empty() && found.is_none() {
        return Ok(Vec::new());
    }
    let mut ledger = found.map_or_else(|| Ledger::open_witnessed(&config.state, &config.witnessed), Ok)?;
    watch::end_alarm(config);
    let mut incidents = Incidents::new(config, &mut ledger, clock);
    for (kind, subject) in &news.over {
        incidents.over(kind, subject)?;
    }
    for trouble in &news.met {
        incidents.met(trouble)?;
    }
    incidents.review()?;
    let told = teller.map_or(Ok(Vec::new()), |stop| incidents.tell(stop));
    watch::write_metrics(config, &ledger, news.last.as_ref())?;
    told
}

/// Tells operators of a ledger that cannot be used, and says so.
pub(super) fn sound_alarm(config: &Config, failure: &Failure, now: DateTime<Utc>, stop: &Stop, console: &Console) {
    if !watch::is_of_ledger(failure) {
        return;
    }
    match watch::alarm(config, failure, now, stop) {
        Ok(0) => {}
        Ok(told) => {
            let who = counted(told, "operator", "operators");
            console.log("told-without-ledger", &format!("told {who} by mail; the ledger has no record of it"));
        }
        Err(failure) => super::run::warn(failure.diagnostics, console),
    }
}

/// Whether a code says that somebody has to do something: neither done, nor to be tried again, nor one reader's affair.
pub(super) fn is_trouble(code: u8) -> bool {
    code != 0 && code != Exit::TryAgain as u8 && code != Exit::Undeliverable as u8
}

#[cfg(test)]
mod tests {
    use std::cell::{Cell, RefCell};
    use std::sync::atomic::{AtomicBool, Ordering};

    use chrono_tz::Tz;

    use super::*;
    use crate::calendar::Grain;
    use crate::calendar::slots::Slots;
    use crate::config::Misfire;
    use crate::daemon::{self, Clock, Entry, Event, Launcher, World};

    const CALENDAR: Calendar = Calendar { zone: Tz::America__Sao_Paulo, fiscal_year_start: 1 };

    /// A clock on which 300 seconds pass in each second of sleep; stops the daemon at a given time.
    struct Fast<'a> {
        now: Cell<Moment>,
        stop_at: Cell<Moment>,
        stop: &'a AtomicBool,
    }

    impl Clock for Fast<'_> {
        fn now(&self) -> Moment {
            self.now.get()
        }

        fn sleep(&self, duration: std::time::Duration) {
            let passed = i64::try_from(duration.as_micros()).unwrap_or(0) * 300;
            self.now.set(Moment(self.now.get().0 + passed));
            self.stop.store(self.now.get() >= self.stop_at.get(), Ordering::Relaxed);
        }
    }

    /// A child that takes 20 minutes; every fifth one cannot reach its mail server.
    struct Slow<'a> {
        clock: &'a Fast<'a>,
        starts: &'a RefCell<Vec<SlotKey>>,
    }

    impl Launcher for Slow<'_> {
        fn launch(&mut self, key: &SlotKey) -> std::io::Result<u8> {
            self.clock.now.set(Moment(self.clock.now.get().0 + 20 * 60_000_000));
            self.starts.borrow_mut().push(key.clone());
            Ok(if self.starts.borrow().len().is_multiple_of(5) { 75 } else { 0 })
        }

        fn deliver(&mut self) -> std::io::Result<u8> {
            panic!("no mail waits")
        }
    }

    fn entry(report: &str, cron: &str, grain: Grain) -> Entry {
        let slots = Slots::parse(cron).unwrap();
        let (report, expression) = (report.to_owned(), cron.to_owned());
        Entry { report, grain, slots, expression, misfire: Misfire::All, max_lateness_hours: 36, grace_hours: 2 }
    }

    /// Monthly on the fifth until December, then every Monday: the Mondays before that were never scheduled.
    #[test]
    fn another_expression_misses_nothing_that_it_never_named() {
        let at = |text: &str| CALENDAR.moment(text.parse().unwrap());
        let folder = tempfile::tempdir().unwrap();
        let mut book = LedgerBook {
            state: folder.path().join("state"),
            witnesses: vec![folder.path().join("out")],
            calendar: CALENDAR,
            has_mail_due: &|_, _| Ok(false),
        };
        let mut due = |cron: &str, now: &str| {
            let entries = [entry("ops", cron, Grain::Month)];
            let reports = BTreeMap::from([("ops".to_owned(), cron.to_owned())]);
            let recorded = book.read(&reports, &|_| Moment(at(now).0 - 36 * 3_600_000_000)).unwrap();
            let found = daemon::due(&entries, &recorded, at(now), &daemon::Work::default(), CALENDAR);
            let fates: Vec<_> = found.iter().map(|due| (due.key.clone(), Fate::Ended(0))).collect();
            book.record(&fates, at(now)).unwrap();
            fates.into_iter().map(|(key, _)| key.civil.format("%m-%d").to_string()).collect::<Vec<_>>()
        };
        assert_eq!(due("0 7 5 * *", "2026-11-05T07:00:00"), ["11-05"]);
        assert_eq!(due("0 7 5 * *", "2026-11-30T06:00:00"), [""; 0]);
        // Monday 30 November was 26 hours ago.
        assert_eq!(due("0 7 * * MON", "2026-12-01T09:00:00"), ["11-30"]);
        assert_eq!(due("0 7 * * MON", "2026-12-07T07:00:00"), ["12-07"]);
    }

    /// 2027 has 365 days, 52 Mondays and 12 fifths of a month. The daemon is stopped every 31 hours and started anew, with
    /// nothing but the ledger between its lives.
    #[test]
    fn a_year_of_reports_is_made_once_each_over_many_lives_of_the_daemon() {
        let at = |text: &str| CALENDAR.moment(text.parse().unwrap());
        let entries = [
            entry("daily", "0 6 * * *", Grain::Month),
            entry("weekly", "0 6 * * MON", Grain::Week),
            entry("monthly", "0 7 5 * *", Grain::Month),
        ];
        let folder = tempfile::tempdir().unwrap();
        let (stop, never, starts) = (AtomicBool::new(false), AtomicBool::new(false), RefCell::default());
        let begin = at("2027-01-01T00:00:00");
        let clock = Fast { now: Cell::new(begin), stop_at: Cell::new(begin), stop: &stop };
        let end = at("2028-01-01T00:00:00");
        let mut lives = 0;
        while clock.now() < end {
            clock.stop_at.set(end.min(Moment(clock.now().0 + 31 * 3_600_000_000)));
            stop.store(false, Ordering::Relaxed);
            let mut book = LedgerBook {
                state: folder.path().join("state"),
                witnesses: vec![folder.path().join("out")],
                calendar: CALENDAR,
                has_mail_due: &|_, _| Ok(false),
            };
            let mut world = World {
                calendar: CALENDAR,
                clock: &clock,
                launcher: &mut Slow { clock: &clock, starts: &starts },
                book: &mut book,
                reload: &mut || None,
                log: &mut |event| assert!(!matches!(event, Event::Missed(..)), "{event:?}"),
            };
            daemon::run(entries.to_vec(), chrono::TimeDelta::zero(), &mut world, &stop, &never).unwrap();
            lives += 1;
        }
        let ledger = Ledger::open(&folder.path().join("state")).unwrap();
        let mut done: BTreeMap<String, u64> = BTreeMap::new();
        for slot in ledger.last_slots(10_000).unwrap() {
            assert_eq!((slot.state, slot.exit), (SlotState::Done, Some(0)), "{slot:?}");
            *done.entry(slot.report).or_default() += 1;
        }
        let expected = [("daily", 365), ("monthly", 12), ("weekly", 52)];
        assert_eq!(done, expected.map(|(report, count)| (report.to_owned(), count)).into());
        let failed = starts.borrow().len() - 429;
        assert_eq!(failed, starts.borrow().len() / 5, "what was started and not done could not reach its server");
        println!(
            "S15 | a year in {lives} lives, expected 365+52+12, done {}+{}+{}, tries that failed | {failed}",
            done["daily"], done["weekly"], done["monthly"]
        );
    }
}
