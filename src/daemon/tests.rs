//! Which slots run, which are missed and why, and how the daemon lives through failures, jumps of the clock and signals.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeSet, VecDeque};

use chrono::{Duration, NaiveDateTime};
use chrono_tz::Tz;

use super::*;
use crate::calendar::Grain;
use crate::calendar::slots::Slots;
use crate::config::Misfire;

/// São Paulo, three hours behind UTC all year.
const CALENDAR: Calendar = Calendar { zone: Tz::America__Sao_Paulo, fiscal_year_start: 1 };

fn at(local: &str) -> Moment {
    CALENDAR.moment(local.parse().unwrap())
}

fn entry(report: &str, cron: &str, grain: Grain, misfire: Misfire) -> Entry {
    let slots = Slots::parse(cron).unwrap();
    let (report, expression) = (report.to_owned(), cron.to_owned());
    Entry { report, grain, slots, expression, misfire, max_lateness_hours: 36, grace_hours: 2 }
}

/// 07:00 every day.
fn daily(misfire: Misfire) -> Vec<Entry> {
    vec![entry("ops", "0 7 * * *", Grain::Month, misfire)]
}

/// Civil times and fates.
fn fates(due: &[Due]) -> Vec<(String, Option<Missed>)> {
    due.iter().map(|due| (due.key.civil.format("%m-%d").to_string(), due.missed)).collect()
}

fn of(day: &str, missed: Option<Missed>) -> (String, Option<Missed>) {
    (day.to_owned(), missed)
}

/// Every entry's report is accounted for up to an instant.
fn accounted(entries: &[Entry], since: Moment) -> Recorded {
    let accounted = entries.iter().map(|entry| (entry.report.clone(), since)).collect();
    Recorded { open: Vec::new(), accounted }
}

/// What is due since an instant, with nothing recorded after it.
fn due_since(entries: &[Entry], since: Moment, now: Moment, calendar: Calendar) -> Vec<Due> {
    due(entries, &accounted(entries, since), now, &Work::default(), calendar)
}

/// Down from the 2nd, back on the 5th at 08:00: four slots passed, those of the 2nd and 3rd more than 36 hours ago.
#[test]
fn latest_runs_the_newest_of_the_slots_that_passed() {
    let due = due_since(&daily(Misfire::Latest), at("2026-11-01T12:00:00"), at("2026-11-05T08:00:00"), CALENDAR);
    let late = Some(Missed::TooLate);
    assert_eq!(
        fates(&due),
        [of("11-02", late), of("11-03", late), of("11-04", Some(Missed::Superseded)), of("11-05", None)]
    );
}

#[test]
fn all_runs_every_slot_that_is_not_too_late_in_order() {
    let due = due_since(&daily(Misfire::All), at("2026-11-01T12:00:00"), at("2026-11-05T08:00:00"), CALENDAR);
    let late = Some(Missed::TooLate);
    assert_eq!(fates(&due), [of("11-02", late), of("11-03", late), of("11-04", None), of("11-05", None)]);
}

#[test]
fn skip_runs_only_what_is_on_time() {
    let since = at("2026-11-04T12:00:00");
    let at_once = due_since(&daily(Misfire::Skip), since, at("2026-11-05T07:00:20"), CALENDAR);
    assert_eq!(fates(&at_once), [of("11-05", None)]);
    let later = due_since(&daily(Misfire::Skip), since, at("2026-11-05T08:00:00"), CALENDAR);
    assert_eq!(fates(&later), [of("11-05", Some(Missed::Skipped))]);
}

/// 36 hours after 07:00 on the 5th is 19:00 on the 6th.
#[test]
fn a_slot_may_be_as_late_as_allowed_and_no_later() {
    let monthly = [entry("executive", "0 7 5 * *", Grain::Month, Misfire::Latest)];
    let fate = |now: &str| due_since(&monthly, at("2026-11-01T00:00:00"), at(now), CALENDAR)[0].missed;
    assert_eq!(fate("2026-11-06T19:00:00"), None);
    assert_eq!(fate("2026-11-06T19:00:01"), Some(Missed::TooLate));
}

/// Half a minute after 08:00, with 36 hours to look back on: 2160 slots of every minute. Those on time are of 07:56 and after.
#[test]
fn a_report_that_is_scheduled_for_the_first_time_has_missed_nothing() {
    let (since, now) = (at("2026-11-03T20:00:30"), at("2026-11-05T08:00:30"));
    let begun = |cron: &str, misfire, max_lateness_hours| {
        let entries = [Entry { max_lateness_hours, ..entry("ops", cron, Grain::Month, misfire) }];
        let found = due_since(&entries, beginning(&entries, "ops", since, now, CALENDAR), now, CALENDAR);
        assert!(found.iter().all(|due| due.missed.is_none()), "{cron} {misfire:?}: {found:?}");
        found.iter().map(|due| due.key.civil.format("%d %H:%M").to_string()).collect::<Vec<_>>()
    };
    assert_eq!(begun("* * * * *", Misfire::Latest, 36), ["05 08:00"]);
    assert_eq!(begun("* * * * *", Misfire::Skip, 36), ["05 07:56", "05 07:57", "05 07:58", "05 07:59", "05 08:00"]);
    assert_eq!(begun("0 7 * * *", Misfire::All, 36), ["04 07:00", "05 07:00"]);
    assert_eq!(begun("0 7 * * *", Misfire::Skip, 36), [""; 0]);
    // Another report of the same schedule may be later, and is what 36 hours were looked back for.
    assert_eq!(begun("30 6 * * *", Misfire::Latest, 1), [""; 0]);
}

#[test]
fn what_is_accounted_for_is_not_due() {
    let now = at("2026-11-05T08:00:00");
    let third = at("2026-11-03T07:00:00");
    // 25 hours late on the 5th, and so not too late.
    assert_eq!(fates(&due_since(&daily(Misfire::All), third, now, CALENDAR)), [of("11-04", None), of("11-05", None)]);
    assert_eq!(due_since(&daily(Misfire::All), now, now, CALENDAR), [], "nothing fired since now");
    let first_second = at("2026-11-05T07:00:00");
    assert_eq!(due_since(&daily(Misfire::All), first_second, now, CALENDAR), [], "since is not included");
    assert_eq!(due_since(&daily(Misfire::All), at("2026-11-05T06:00:00"), first_second, CALENDAR).len(), 1);
}

fn key(civil: &str) -> SlotKey {
    let civil: NaiveDateTime = civil.parse().unwrap();
    SlotKey { at: CALENDAR.moment(civil), report: "ops".to_owned(), civil, period: "2026-10".to_owned() }
}

/// A slot that was cut off, or that waits, is due beside those that came after it.
#[test]
fn what_has_begun_and_not_ended_is_due() {
    let entries = daily(Misfire::All);
    let mut recorded = accounted(&entries, at("2026-11-05T07:00:00"));
    let not_before = Some(at("2026-11-05T09:30:00"));
    recorded.open.push(Open { key: key("2026-11-05T07:00:00"), attempts: 3, not_before });
    let found = due(&entries, &recorded, at("2026-11-06T08:00:00"), &Work::default(), CALENDAR);
    assert_eq!(fates(&found), [of("11-05", None), of("11-06", None)]);
    assert_eq!((found[0].attempts, found[0].not_before, found[1].attempts), (3, not_before, 0));
    // Nobody was away: what was tried on time is tried again, whatever misfire says of the others.
    let skipping = daily(Misfire::Skip);
    let found = due(&skipping, &recorded, at("2026-11-05T12:00:00"), &Work::default(), CALENDAR);
    assert_eq!(fates(&found), [of("11-05", None)]);
    // The report has left the schedule.
    let other = [entry("board", "0 7 * * *", Grain::Month, Misfire::All)];
    let found = due(&other, &recorded, at("2026-11-05T12:00:00"), &Work::default(), CALENDAR);
    assert_eq!(fates(&found), [of("11-05", Some(Missed::Unscheduled))]);
}

/// A report that takes from 07:00 to 07:25 while it fires every ten minutes; another one has to wait for it.
#[test]
fn what_fires_while_its_own_report_is_made_is_skipped_and_others_wait() {
    let mut work = Work::default();
    let (from, to) = (at("2026-11-05T07:00:01"), at("2026-11-05T07:25:00"));
    work.add(Span { report: "ops".to_owned(), period: "2026-10".to_owned(), from, to });
    for misfire in [Misfire::All, Misfire::Latest, Misfire::Skip] {
        let entries =
            [entry("ops", "*/10 * * * *", Grain::Month, misfire), entry("board", "5 7 * * *", Grain::Month, misfire)];
        let recorded = accounted(&entries, at("2026-11-05T07:00:00"));
        let found = due(&entries, &recorded, to, &work, CALENDAR);
        let told: Vec<_> = found
            .iter()
            .map(|due| (due.key.report.as_str(), due.key.civil.format("%H:%M").to_string(), due.missed))
            .collect();
        let skipped = Some(Missed::Overlapped);
        let expected = [("board", "07:05", None), ("ops", "07:10", skipped), ("ops", "07:20", skipped)];
        assert_eq!(told, expected.map(|(report, civil, missed)| (report, civil.to_owned(), missed)), "{misfire:?}");
    }
    println!("S11 | slots that fired during their own report, overlaps | 2, 0");
    // A child of another report went on at once: what waits, waits for both.
    let span = |from, to| Span { report: "x".to_owned(), period: "y".to_owned(), from: at(from), to: at(to) };
    work.add(span("2026-11-05T07:26:00", "2026-11-05T07:50:00"));
    assert_eq!(work.waited_until(at("2026-11-05T07:10:00")), Some(at("2026-11-05T07:50:00")));
    work.add(span("2026-11-05T09:00:00", "2026-11-05T09:10:00"));
    assert_eq!(work.waited_until(at("2026-11-05T07:10:00")), Some(at("2026-11-05T07:50:00")));
    assert_eq!(work.waited_until(at("2026-11-05T08:10:00")), None);
}

#[test]
fn a_long_absence_looks_back_no_further_than_its_memory() {
    let due = due_since(&daily(Misfire::Latest), Moment(0), at("2026-11-05T08:00:00"), CALENDAR);
    assert_eq!(due.len(), 400);
    assert_eq!(due.iter().filter(|due| due.missed.is_none()).count(), 1);
}

#[test]
fn slots_of_several_reports_come_in_order_of_time() {
    let entries = [
        entry("weekly", "0 6 * * MON", Grain::Week, Misfire::Latest),
        entry("executive", "0 7 2 * *", Grain::Month, Misfire::Latest),
        entry("board", "0 6 2 * *", Grain::Quarter, Misfire::Latest),
    ];
    // 2026-11-02 is a Monday: ISO week 44 ended the day before.
    let now = at("2026-11-02T08:00:00");
    let due = due_since(&entries, at("2026-11-01T00:00:00"), now, CALENDAR);
    let named: Vec<_> = due.iter().map(|due| (due.key.report.as_str(), due.key.period.as_str())).collect();
    assert_eq!(named, [("board", "2026-Q3"), ("weekly", "2026-W44"), ("executive", "2026-10")]);
}

#[test]
fn a_slot_is_for_the_newest_period_that_ended_before_its_day() {
    let period = |grain, day: &str| period_of(CALENDAR, grain, day.parse().unwrap()).unwrap().id;
    assert_eq!(period(Grain::Month, "2026-11-05"), "2026-10");
    assert_eq!(period(Grain::Month, "2026-11-01"), "2026-10");
    assert_eq!(period(Grain::Month, "2026-10-31"), "2026-09");
    assert_eq!(period(Grain::Week, "2026-11-01"), "2026-W43");
    assert_eq!(period(Grain::Quarter, "2027-01-05"), "2026-Q4");
    assert_eq!(period(Grain::Year, "2026-12-31"), "2025");
    assert_eq!(period(Grain::Trailing(12), "2026-11-05"), "2026-10.12m");
}

#[test]
fn the_next_firings_are_listed_over_all_entries() {
    let entries = [
        entry("executive", "0 7 5 * *", Grain::Month, Misfire::Latest),
        entry("weekly", "0 6 * * MON", Grain::Week, Misfire::Latest),
    ];
    let next = upcoming(&entries, at("2026-11-01T00:00:00"), 3, CALENDAR);
    let expected = [
        ("2026-11-02T06:00:00", "weekly", "2026-W44"),
        ("2026-11-05T07:00:00", "executive", "2026-10"),
        ("2026-11-09T06:00:00", "weekly", "2026-W45"),
    ];
    assert_eq!(next, expected.map(|(when, report, period)| (at(when), report.to_owned(), period.to_owned())));
}

/// Madrid repeats 02:00–03:00 on 2026-10-25: the slot of 02:30 fires at 00:30 UTC and never again at 01:30 UTC.
#[test]
fn the_repeated_hour_fires_nothing_twice() {
    let madrid = Calendar { zone: Tz::Europe__Madrid, fiscal_year_start: 1 };
    let entries = [entry("ops", "30 2 * * *", Grain::Month, Misfire::All)];
    let utc = |text: &str| Moment(text.parse::<DateTime<chrono::Utc>>().unwrap().timestamp_micros());
    // 00:45 UTC is 02:45, and 01:15 UTC is 02:15 for the second time.
    for since in ["2026-10-25T00:45:00Z", "2026-10-25T01:15:00Z"] {
        assert_eq!(due_since(&entries, utc(since), utc("2026-10-25T12:00:00Z"), madrid), []);
    }
}

/// A clock whose sleep is what makes time pass; stops the daemon at a given time, jumps at another.
struct Script {
    now: Cell<Moment>,
    stop_at: Moment,
    jump: Cell<Option<(Moment, Moment)>>,
    /// A second jump, after the first.
    back: Cell<Option<(Moment, Moment)>>,
    /// Microseconds that have passed, where that is known.
    up: Cell<Option<u64>>,
    stop: AtomicBool,
    naps: Cell<u32>,
    /// Seconds that pass in a second.
    pace: i64,
    most_naps: u32,
}

impl Script {
    fn new(from: &str, until: &str) -> Self {
        let (now, jump, stop) = (Cell::new(at(from)), Cell::new(None), AtomicBool::new(false));
        let (back, up) = (Cell::new(None), Cell::new(None));
        Self { now, stop_at: at(until), jump, back, up, stop, naps: Cell::new(0), pace: 1, most_naps: u32::MAX }
    }
}

impl Clock for Script {
    fn now(&self) -> Moment {
        self.now.get()
    }

    fn since_boot(&self) -> Option<std::time::Duration> {
        self.up.get().map(std::time::Duration::from_micros)
    }

    fn sleep(&self, duration: std::time::Duration) {
        self.naps.set(self.naps.get() + 1);
        let mut now = Moment(self.now.get().0 + self.pace * i64::try_from(duration.as_micros()).unwrap());
        if let Some((_, to)) = self.jump.get().filter(|(from, _)| now >= *from) {
            self.jump.set(self.back.take());
            now = to;
        }
        self.up.set(self.up.get().map(|up| up + u64::try_from(duration.as_micros()).unwrap()));
        self.now.set(now);
        self.stop.store(now >= self.stop_at || self.naps.get() >= self.most_naps, Ordering::Relaxed);
    }
}

/// A child that takes no time and ends with the codes given, then with 0.
struct Fake<'a> {
    codes: VecDeque<u8>,
    book: &'a RefCell<Memo>,
}

impl Launcher for Fake<'_> {
    fn launch(&mut self, key: &SlotKey) -> std::io::Result<u8> {
        let code = self.codes.pop_front().unwrap_or(0);
        if code == 0 {
            self.book.borrow_mut().delivered.insert((key.report.clone(), key.civil));
        }
        Ok(code)
    }

    fn deliver(&mut self) -> std::io::Result<u8> {
        panic!("no mail waits")
    }
}

/// A book in memory that outlives a daemon, and that fails on a change that the ledger would not allow.
#[derive(Default)]
struct Memo {
    /// Each slot's attempts and latest fate.
    slots: BTreeMap<SlotKey, (u32, Fate)>,
    since: BTreeMap<String, Moment>,
    delivered: BTreeSet<(String, NaiveDateTime)>,
}

impl Memo {
    fn ended(&self) -> usize {
        self.slots.values().filter(|(_, fate)| *fate == Fate::Ended(0)).count()
    }
}

struct Shared<'a>(&'a RefCell<Memo>);

impl Book for Shared<'_> {
    fn read(&mut self, reports: &BTreeMap<String, String>, since: &dyn Fn(&str) -> Moment) -> Result<Recorded> {
        let mut memo = self.0.borrow_mut();
        let mut recorded = Recorded::default();
        for report in reports.keys() {
            let first = *memo.since.entry(report.clone()).or_insert_with(|| since(report));
            let newest = memo.slots.keys().filter(|key| key.report == *report).map(|key| key.at).max();
            recorded.accounted.insert(report.clone(), newest.unwrap_or(first).max(first));
        }
        for (key, (attempts, fate)) in &memo.slots {
            let not_before = match fate {
                Fate::Started => None,
                Fate::Waiting(_, at) => Some(*at),
                _ => continue,
            };
            recorded.open.push(Open { key: key.clone(), attempts: *attempts, not_before });
        }
        Ok(recorded)
    }

    fn is_delivered(&mut self, key: &SlotKey) -> Result<bool> {
        Ok(self.0.borrow().delivered.contains(&(key.report.clone(), key.civil)))
    }

    fn has_mail_due(&mut self, _now: Moment) -> Result<bool> {
        Ok(false)
    }

    fn record(&mut self, fates: &[(SlotKey, Fate)], _now: Moment) -> Result<()> {
        let mut memo = self.0.borrow_mut();
        for (key, fate) in fates {
            let before = memo.slots.get(key).copied();
            let is_open = before.is_none_or(|(_, fate)| matches!(fate, Fate::Started | Fate::Waiting(..)));
            assert!(is_open, "{key:?} ended as {before:?} and now {fate:?}");
            let attempts = before.map_or(0, |(attempts, _)| attempts) + u32::from(*fate == Fate::Started);
            memo.slots.insert(key.clone(), (attempts, *fate));
        }
        Ok(())
    }
}

/// Runs a daemon through a script; returns what it told, with the local times of its starts.
fn live(entries: Vec<Entry>, script: &Script, codes: &[u8], memo: &RefCell<Memo>) -> (Vec<Event>, Vec<String>) {
    let (mut events, mut starts) = (Vec::new(), Vec::new());
    let mut launcher = Fake { codes: codes.iter().copied().collect(), book: memo };
    let mut world = World {
        calendar: CALENDAR,
        clock: script,
        launcher: &mut launcher,
        book: &mut Shared(memo),
        reload: &mut || None,
        log: &mut |event| {
            if let Event::Started(_) = event {
                starts.push(CALENDAR.local(script.now()).unwrap().format("%d %H:%M").to_string());
            }
            events.push(event);
        },
    };
    run(entries, TimeDelta::zero(), &mut world, &script.stop, &AtomicBool::new(false)).unwrap();
    (events, starts)
}

#[test]
fn a_daemon_runs_each_slot_once_and_ends_when_told() {
    let script = Script::new("2026-11-04T06:00:00", "2026-11-06T08:00:00");
    let ledger = RefCell::default();
    let (events, starts) = live(daily(Misfire::Latest), &script, &[], &ledger);
    assert_eq!(starts, ["04 07:00", "05 07:00", "06 07:00"]);
    assert!(matches!(events.last(), Some(Event::Stopping)));
    assert_eq!(ledger.borrow().ended(), 3);
}

#[test]
fn a_daemon_that_starts_again_does_not_run_what_the_ledger_knows() {
    let ledger = RefCell::default();
    live(daily(Misfire::Latest), &Script::new("2026-11-04T06:00:00", "2026-11-04T07:01:00"), &[], &ledger);
    let again = Script::new("2026-11-04T06:59:00", "2026-11-04T09:00:00");
    assert_eq!(live(daily(Misfire::Latest), &again, &[], &ledger).1, Vec::<String>::new());
}

/// 75 twice: again after one minute, then after two; 65 once: not again.
#[test]
fn a_temporary_failure_is_tried_again_and_a_lasting_one_is_not() {
    let hours = |codes: &[u8]| {
        let script = Script::new("2026-11-04T06:00:00", "2026-11-04T12:00:00");
        live(daily(Misfire::Latest), &script, codes, &RefCell::default()).1
    };
    assert_eq!(hours(&[75, 75]), ["04 07:00", "04 07:01", "04 07:03"]);
    assert_eq!(hours(&[65]), ["04 07:00"]);
}

/// A signal ends the child each time: five starts, then the slot has ended as the last of them. 128 + 9 stands for SIGKILL.
#[test]
fn a_child_that_is_killed_is_tried_again_a_few_times() {
    let script = Script::new("2026-11-04T06:00:00", "2026-11-04T12:00:00");
    let memo = RefCell::default();
    let (events, starts) = live(daily(Misfire::Latest), &script, &[137; 9], &memo);
    assert_eq!(starts, ["04 07:00", "04 07:01", "04 07:03", "04 07:07", "04 07:15"]);
    assert_eq!(memo.borrow().slots.values().collect::<Vec<_>>(), [&(5, Fate::Ended(137))]);
    let put_off = events.iter().filter(|event| matches!(event, Event::PutOff(_, 137))).count();
    let ended = events.iter().filter(|event| matches!(event, Event::Ended(_, 137))).count();
    assert_eq!((put_off, ended), (4, 1));
    assert_eq!((signal_of(137), signal_of(78), signal_of(128)), (Some(9), None, None));
    assert_eq!((in_words(137), in_words(65)), ("killed by signal 9".to_owned(), "exit code 65".to_owned()));
}

/// A faulty configuration (78), or one by which the period has not begun (2), is tried again as a server that is away.
#[test]
fn a_slot_waits_until_the_configuration_is_mended() {
    let script = Script::new("2026-11-04T06:00:00", "2026-11-04T12:00:00");
    let starts = live(daily(Misfire::Latest), &script, &[78, 2, 78], &RefCell::default()).1;
    assert_eq!(starts, ["04 07:00", "04 07:01", "04 07:03", "04 07:07"]);
}

/// Tried at 07:00, then after 1, 2, 4, 8, 16, 32 minutes and every hour; 36 hours after 07:00 the slot is given up, but the
/// one of the next day has superseded it before.
#[test]
fn a_failure_that_never_ends_gives_way_to_the_next_slot() {
    let script = Script::new("2026-11-04T06:00:00", "2026-11-05T07:01:00");
    let (events, starts) = live(daily(Misfire::Latest), &script, &[75; 100], &RefCell::default());
    assert_eq!(
        starts[..8],
        ["04 07:00", "04 07:01", "04 07:03", "04 07:07", "04 07:15", "04 07:31", "04 08:03", "04 09:03"]
    );
    assert!(starts.contains(&"05 07:00".to_owned()));
    let given_up = |event: &Event| matches!(event, Event::Missed(key, Missed::Superseded) if key.civil.to_string().contains("11-04"));
    assert_eq!(events.iter().filter(|event| given_up(event)).count(), 1, "said once");
}

/// The mail server is away while the daemon is stopped twice: 07:00, 07:01 after a minute, then what a new process finds.
#[test]
fn a_retry_survives_a_restart() {
    let ledger = RefCell::default();
    let first = Script::new("2026-11-04T06:59:00", "2026-11-04T07:00:30");
    assert_eq!(live(daily(Misfire::Latest), &first, &[75], &ledger).1, ["04 07:00"]);
    let second = Script::new("2026-11-04T07:00:40", "2026-11-04T07:02:00");
    assert_eq!(live(daily(Misfire::Latest), &second, &[75], &ledger).1, ["04 07:01"], "not at once, and not forgotten");
    let third = Script::new("2026-11-04T07:02:10", "2026-11-04T08:00:00");
    assert_eq!(live(daily(Misfire::Latest), &third, &[], &ledger).1, ["04 07:03"]);
    assert_eq!(ledger.borrow().slots.values().collect::<Vec<_>>(), [&(3, Fate::Ended(0))]);
    let fourth = Script::new("2026-11-04T08:00:10", "2026-11-04T09:00:00");
    assert_eq!(live(daily(Misfire::Latest), &fourth, &[], &ledger).1, [""; 0]);
}

/// A failure for good is one: a daemon that starts again does not try the same data again.
#[test]
fn a_lasting_failure_is_remembered_by_the_next_process() {
    let ledger = RefCell::default();
    live(daily(Misfire::Latest), &Script::new("2026-11-04T06:59:00", "2026-11-04T07:01:00"), &[65], &ledger);
    let again = Script::new("2026-11-04T07:01:10", "2026-11-05T07:01:00");
    assert_eq!(live(daily(Misfire::Latest), &again, &[], &ledger).1, ["05 07:00"]);
}

/// Killed while the child ran: the row says started, and nothing else.
#[test]
fn a_slot_that_was_cut_off_is_run_again() {
    let ledger = RefCell::new(Memo::default());
    ledger.borrow_mut().slots.insert(key("2026-11-04T07:00:00"), (1, Fate::Started));
    let again = Script::new("2026-11-04T08:00:00", "2026-11-04T09:00:00");
    assert_eq!(live(daily(Misfire::Latest), &again, &[], &ledger).1, ["04 08:00"]);
    assert_eq!(ledger.borrow().slots.values().collect::<Vec<_>>(), [&(2, Fate::Ended(0))]);
}

/// Down over 1, 3 and 400 slots of a daily report that may be 1,000 hours late: 41 of 400 are not too late.
#[test]
fn a_daemon_that_was_down_accounts_for_every_slot() {
    let mut told = Vec::new();
    for (down, until) in [(1, "2026-11-04T08:00:00"), (3, "2026-11-06T08:00:00"), (400, "2027-12-08T08:00:00")] {
        for (misfire, runs) in [(Misfire::Latest, 1), (Misfire::All, down.min(42)), (Misfire::Skip, 0)] {
            let entries = vec![Entry { max_lateness_hours: 1000, ..daily(misfire).remove(0) }];
            let ledger = RefCell::default();
            live(entries.clone(), &Script::new("2026-11-04T06:00:00", "2026-11-04T06:01:00"), &[], &ledger);
            let start = CALENDAR.local(at(until)).unwrap();
            let stop = (start + Duration::minutes(1)).format("%Y-%m-%dT%H:%M:%S").to_string();
            live(entries, &Script::new(until, &stop), &[], &ledger);
            let ran = ledger.borrow().ended();
            let missed = ledger.borrow().slots.len() - ran;
            assert_eq!((ran, missed), (runs, down - runs), "{down} {misfire:?}");
            told.push(format!("{misfire:?} {down}: {ran}/{missed}").to_lowercase());
        }
    }
    println!("S7 | down over 1, 3, 400 slots: runs/missed rows | {}", told.join(", "));
}

/// 200 lives of a daemon, each with a jump of the clock by an hour or 30 days, forwards or backwards; it lives on for a day by
/// that clock, held back where the clock is behind, and the next one starts by the clock as it then is. The book panics if
/// a slot that has ended is touched again.
#[test]
fn no_jump_of_the_clock_runs_a_slot_twice() {
    let ledger = RefCell::default();
    let hours = [1, 24 * 30, -1, -24 * 30];
    let (mut now, mut starts, mut held) = (at("2027-03-01T00:00:00"), 0, 0);
    for step in 0..200_i64 {
        let mut script = Script::new("2027-01-01T00:00:00", "2099-01-01T00:00:00");
        (script.pace, script.most_naps) = (60, 24 * 60);
        script.now.set(now);
        let jump = hours[usize::try_from(step % 4).unwrap()];
        let when = Moment(now.0 + (step * 37 % 360) * 60_000_000);
        script.jump.set(Some((when, Moment(when.0 + jump * 3_600_000_000))));
        let events = live(daily(Misfire::All), &script, &[], &ledger).0;
        starts += events.iter().filter(|event| matches!(event, Event::Started(_))).count();
        held += events.iter().filter(|event| matches!(event, Event::ClockWentBack { .. })).count();
        now = script.now();
    }
    let ended = ledger.borrow().ended();
    assert_eq!((starts, held), (ended, 100), "every start is another slot, and every jump back is told");
    assert!(ended > 50, "{ended}");
    println!("S9 | jumps of the clock, runs, slots run twice | 200, {starts}, {}", starts - ended);
}

#[test]
fn a_clock_that_goes_back_runs_nothing_twice() {
    let script = Script::new("2026-11-04T06:00:00", "2026-11-04T09:00:00");
    script.jump.set(Some((at("2026-11-04T07:30:00"), at("2026-11-04T06:30:00"))));
    let ledger = RefCell::default();
    let (events, starts) = live(daily(Misfire::Latest), &script, &[], &ledger);
    assert_eq!(starts, ["04 07:00"]);
    assert_eq!(events.iter().filter(|event| matches!(event, Event::ClockWentBack { .. })).count(), 1);
}

/// What passes by a clock that nobody sets, in a day in which the other one jumps from 06:30 to 10 days later. For an hour nothing
/// runs; if it is set right before, what was due by the right clock runs and nothing else.
#[test]
fn a_clock_that_jumps_ahead_of_what_has_passed_is_doubted_for_an_hour() {
    for (back_after, expected) in [(None, "14 09:00"), (Some(40), "04 07:10")] {
        let mut script = Script::new("2026-11-04T06:00:00", "2026-11-14T12:00:00");
        script.most_naps = 4 * 60 * 60;
        script.up.set(Some(0));
        script.jump.set(Some((at("2026-11-04T06:30:00"), at("2026-11-14T08:00:00"))));
        script.back.set(back_after.map(|minutes| {
            let when = at("2026-11-14T08:00:00").0 + minutes * 60_000_000;
            (Moment(when), at("2026-11-04T07:10:00"))
        }));
        let (events, starts) = live(daily(Misfire::Latest), &script, &[], &RefCell::default());
        assert_eq!(starts.first().map(String::as_str), Some(expected), "{starts:?}");
        let told = |is: fn(&Event) -> bool| events.iter().filter(|event| is(event)).count();
        assert_eq!(told(|event| matches!(event, Event::ClockWentAhead { .. })), 1);
        assert_eq!(told(|event| matches!(event, Event::ClockCaughtUp)), 1);
    }
}

#[test]
fn a_clock_that_jumps_ahead_finds_the_slots_it_jumped_over() {
    let script = Script::new("2026-11-04T06:00:00", "2026-11-14T09:00:00");
    script.jump.set(Some((at("2026-11-04T06:30:00"), at("2026-11-14T08:00:00"))));
    let (events, starts) = live(daily(Misfire::Latest), &script, &[], &RefCell::default());
    assert_eq!(starts, ["14 08:00"]);
    assert_eq!(events.iter().filter(|event| matches!(event, Event::Missed(..))).count(), 10);
}

#[test]
fn a_clock_from_before_farol_schedules_nothing() {
    let script = Script::new("2026-11-04T06:00:00", "2026-11-14T09:00:00");
    script.now.set(Moment(0));
    let ledger = RefCell::default();
    let mut launcher = Fake { codes: VecDeque::new(), book: &ledger };
    let mut world = World {
        calendar: CALENDAR,
        clock: &script,
        launcher: &mut launcher,
        book: &mut Shared(&ledger),
        reload: &mut || None,
        log: &mut |_| {},
    };
    let off = AtomicBool::new(false);
    let failure = run(daily(Misfire::Latest), TimeDelta::zero(), &mut world, &script.stop, &off).unwrap_err();
    assert_eq!(failure.exit, Exit::TryAgain);
}

#[test]
fn a_valid_new_configuration_replaces_the_old() {
    let script = Script::new("2026-11-04T06:00:00", "2026-11-04T09:00:00");
    let ledger = RefCell::default();
    let mut launcher = Fake { codes: VecDeque::new(), book: &ledger };
    let mut events = Vec::new();
    let mut world = World {
        calendar: CALENDAR,
        clock: &script,
        launcher: &mut launcher,
        book: &mut Shared(&ledger),
        reload: &mut || Some(vec![entry("new", "30 6 * * *", Grain::Month, Misfire::Latest)]),
        log: &mut |event| events.push(event),
    };
    run(daily(Misfire::Latest), TimeDelta::zero(), &mut world, &script.stop, &AtomicBool::new(true)).unwrap();
    assert!(matches!(events.first(), Some(Event::Reloaded)));
    let ran: Vec<_> = ledger.borrow().slots.keys().map(|key| key.report.clone()).collect();
    assert_eq!(ran, ["new"]);
}

/// A shell stands in for the program: it ends with 7 if it was given the arguments of the slot.
#[cfg(unix)]
#[test]
fn a_child_gets_the_slot_as_arguments_and_its_exit_code_comes_back() {
    let script = r#"test "$*" = "--config conf run --report ops --period 2026-10 --send" && exit 7; exit 9"#;
    let arguments = ["-c", script, "farol", "--config", "conf"].map(Into::into).to_vec();
    let stop = std::sync::Arc::new(AtomicBool::new(false));
    let mut child = Child { program: "/bin/sh".into(), arguments, stop: stop.clone() };
    let key = SlotKey {
        at: at("2026-11-05T07:00:00"),
        report: "ops".to_owned(),
        civil: "2026-11-05T07:00:00".parse().unwrap(),
        period: "2026-10".to_owned(),
    };
    assert_eq!(child.launch(&key).unwrap(), 7);
    let mut absent = Child { program: "/nowhere/farol".into(), arguments: Vec::new(), stop };
    assert!(absent.launch(&key).is_err());
}

/// One that ends in its time keeps its code; one that hangs is cut short, and its slot is tried again.
#[cfg(unix)]
#[test]
fn a_daemon_that_is_to_stop_waits_for_its_child_but_not_for_ever() {
    let stop = std::sync::Arc::new(AtomicBool::new(true));
    let ended = |script: &str| {
        let arguments = ["-c", script, "farol"].map(Into::into).to_vec();
        let mut child = Child { program: "/bin/sh".into(), arguments, stop: stop.clone() };
        child.launch(&key("2026-11-05T07:00:00")).unwrap()
    };
    assert_eq!(ended("sleep 1; exit 65"), 65);
    assert_eq!(ended("trap '' TERM; exec sleep 600"), 75);
    stop.store(false, Ordering::Relaxed);
    assert_eq!(ended("kill -KILL $$"), 137, "somebody else killed it: 128 + 9");
}

#[cfg(unix)]
#[test]
fn signals_raise_their_flags() {
    let signals = Signals::listen().unwrap();
    let mut kill = std::process::Command::new("/bin/sh");
    kill.args(["-c", &format!("kill -HUP {}", std::process::id())]);
    assert!(kill.status().unwrap().success());
    for _ in 0..200 {
        if signals.reload.load(Ordering::Relaxed) {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    assert!(signals.reload.load(Ordering::Relaxed) && !signals.stop.load(Ordering::Relaxed));
}
