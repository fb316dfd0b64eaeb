//! Which slots run, which are missed and why, and how the daemon lives through failures, jumps of the clock and signals.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;

use chrono_tz::Tz;

use super::*;

/// São Paulo, three hours behind UTC all year.
const CALENDAR: Calendar = Calendar { zone: Tz::America__Sao_Paulo, fiscal_year_start: 1 };

fn at(local: &str) -> Moment {
    CALENDAR.moment(local.parse().unwrap())
}

fn entry(report: &str, cron: &str, grain: Grain, misfire: Misfire) -> Entry {
    let slots = Slots::parse(cron).unwrap();
    Entry { report: report.to_owned(), grain, slots, misfire, max_lateness_hours: 36 }
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

const NOTHING: &dyn Fn(&SlotKey) -> bool = &|_| false;

/// Down from the 2nd, back on the 5th at 08:00: four slots passed, those of the 2nd and 3rd more than 36 hours ago.
#[test]
fn latest_runs_the_newest_of_the_slots_that_passed() {
    let due = due(&daily(Misfire::Latest), NOTHING, at("2026-11-01T12:00:00"), at("2026-11-05T08:00:00"), CALENDAR);
    let late = Some(Missed::TooLate);
    assert_eq!(
        fates(&due),
        [of("11-02", late), of("11-03", late), of("11-04", Some(Missed::Superseded)), of("11-05", None)]
    );
}

#[test]
fn all_runs_every_slot_that_is_not_too_late_in_order() {
    let due = due(&daily(Misfire::All), NOTHING, at("2026-11-01T12:00:00"), at("2026-11-05T08:00:00"), CALENDAR);
    let late = Some(Missed::TooLate);
    assert_eq!(fates(&due), [of("11-02", late), of("11-03", late), of("11-04", None), of("11-05", None)]);
}

#[test]
fn skip_runs_only_what_is_on_time() {
    let since = at("2026-11-04T12:00:00");
    let at_once = due(&daily(Misfire::Skip), NOTHING, since, at("2026-11-05T07:00:20"), CALENDAR);
    assert_eq!(fates(&at_once), [of("11-05", None)]);
    let later = due(&daily(Misfire::Skip), NOTHING, since, at("2026-11-05T08:00:00"), CALENDAR);
    assert_eq!(fates(&later), [of("11-05", Some(Missed::Skipped))]);
}

/// 36 hours after 07:00 on the 5th is 19:00 on the 6th.
#[test]
fn a_slot_may_be_as_late_as_allowed_and_no_later() {
    let monthly = [entry("executive", "0 7 5 * *", Grain::Month, Misfire::Latest)];
    let fate = |now: &str| due(&monthly, NOTHING, at("2026-11-01T00:00:00"), at(now), CALENDAR)[0].missed;
    assert_eq!(fate("2026-11-06T19:00:00"), None);
    assert_eq!(fate("2026-11-06T19:00:01"), Some(Missed::TooLate));
}

#[test]
fn what_is_done_and_what_came_before_it_is_not_due() {
    let since = at("2026-11-01T12:00:00");
    let now = at("2026-11-05T08:00:00");
    let third = |key: &SlotKey| key.civil.to_string().starts_with("2026-11-03");
    assert_eq!(fates(&due(&daily(Misfire::All), &third, since, now, CALENDAR)), [of("11-04", None), of("11-05", None)]);
    assert_eq!(due(&daily(Misfire::All), &|_| true, since, now, CALENDAR), []);
    assert_eq!(due(&daily(Misfire::All), NOTHING, now, now, CALENDAR), [], "nothing fired since now");
    let first_second = at("2026-11-05T07:00:00");
    assert_eq!(due(&daily(Misfire::All), NOTHING, first_second, now, CALENDAR), [], "since is not included");
    assert_eq!(due(&daily(Misfire::All), NOTHING, at("2026-11-05T06:00:00"), first_second, CALENDAR).len(), 1);
}

#[test]
fn a_long_absence_looks_back_no_further_than_its_memory() {
    let due = due(&daily(Misfire::Latest), NOTHING, Moment(0), at("2026-11-05T08:00:00"), CALENDAR);
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
    let due = due(&entries, NOTHING, at("2026-11-01T00:00:00"), now, CALENDAR);
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
        assert_eq!(due(&entries, NOTHING, utc(since), utc("2026-10-25T12:00:00Z"), madrid), []);
    }
}

/// A clock whose sleep is what makes time pass; stops the daemon at a given time, jumps at another.
struct Script {
    now: Cell<Moment>,
    stop_at: Moment,
    jump: Cell<Option<(Moment, Moment)>>,
    stop: AtomicBool,
    naps: Cell<u32>,
}

impl Script {
    fn new(from: &str, until: &str) -> Self {
        let (now, jump, stop) = (Cell::new(at(from)), Cell::new(None), AtomicBool::new(false));
        Self { now, stop_at: at(until), jump, stop, naps: Cell::new(0) }
    }
}

impl Clock for Script {
    fn now(&self) -> Moment {
        self.now.get()
    }

    fn sleep(&self, duration: std::time::Duration) {
        self.naps.set(self.naps.get() + 1);
        let mut now = Moment(self.now.get().0 + i64::try_from(duration.as_micros()).unwrap());
        if let Some((_, to)) = self.jump.get().filter(|(from, _)| now >= *from) {
            self.jump.set(None);
            now = to;
        }
        self.now.set(now);
        self.stop.store(now >= self.stop_at, Ordering::Relaxed);
    }
}

/// A child that takes no time, ends with the codes given and then with 0, and is in the ledger if it ended with 0.
struct Fake<'a> {
    codes: VecDeque<u8>,
    ledger: &'a RefCell<BTreeSet<SlotKey>>,
}

impl Launcher for Fake<'_> {
    fn launch(&mut self, key: &SlotKey) -> std::io::Result<u8> {
        let code = self.codes.pop_front().unwrap_or(0);
        if code == 0 {
            self.ledger.borrow_mut().insert(key.clone());
        }
        Ok(code)
    }
}

/// Runs a daemon through a script; returns what it told, with the local times of its starts.
fn live(
    entries: Vec<Entry>,
    script: &Script,
    codes: &[u8],
    ledger: &RefCell<BTreeSet<SlotKey>>,
) -> (Vec<Event>, Vec<String>) {
    let since = script.now();
    let (mut events, mut starts) = (Vec::new(), Vec::new());
    let mut launcher = Fake { codes: codes.iter().copied().collect(), ledger };
    let done = |key: &SlotKey| ledger.borrow().contains(key);
    let mut world = World {
        calendar: CALENDAR,
        clock: script,
        launcher: &mut launcher,
        done: &done,
        reload: &mut || None,
        log: &mut |event| {
            if let Event::Started(_) = event {
                starts.push(CALENDAR.local(script.now()).unwrap().format("%d %H:%M").to_string());
            }
            events.push(event);
        },
    };
    run(entries, since, &mut world, &script.stop, &AtomicBool::new(false)).unwrap();
    (events, starts)
}

#[test]
fn a_daemon_runs_each_slot_once_and_ends_when_told() {
    let script = Script::new("2026-11-04T06:00:00", "2026-11-06T08:00:00");
    let ledger = RefCell::default();
    let (events, starts) = live(daily(Misfire::Latest), &script, &[], &ledger);
    assert_eq!(starts, ["04 07:00", "05 07:00", "06 07:00"]);
    assert_eq!(events.last(), Some(&Event::Stopping));
    assert_eq!(ledger.borrow().len(), 3);
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

#[test]
fn a_clock_that_goes_back_runs_nothing_twice() {
    let script = Script::new("2026-11-04T06:00:00", "2026-11-04T09:00:00");
    script.jump.set(Some((at("2026-11-04T07:30:00"), at("2026-11-04T06:30:00"))));
    let ledger = RefCell::default();
    let (events, starts) = live(daily(Misfire::Latest), &script, &[], &ledger);
    assert_eq!(starts, ["04 07:00"]);
    assert_eq!(events.iter().filter(|event| matches!(event, Event::ClockWentBack { .. })).count(), 1);
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
    let mut launcher = Fake { codes: VecDeque::new(), ledger: &ledger };
    let mut world = World {
        calendar: CALENDAR,
        clock: &script,
        launcher: &mut launcher,
        done: NOTHING,
        reload: &mut || None,
        log: &mut |_| {},
    };
    let off = AtomicBool::new(false);
    let failure = run(daily(Misfire::Latest), Moment(0), &mut world, &script.stop, &off).unwrap_err();
    assert_eq!(failure.exit, Exit::TryAgain);
}

#[test]
fn a_valid_new_configuration_replaces_the_old() {
    let script = Script::new("2026-11-04T06:00:00", "2026-11-04T09:00:00");
    let ledger = RefCell::default();
    let mut launcher = Fake { codes: VecDeque::new(), ledger: &ledger };
    let mut events = Vec::new();
    let mut world = World {
        calendar: CALENDAR,
        clock: &script,
        launcher: &mut launcher,
        done: &|key| ledger.borrow().contains(key),
        reload: &mut || Some(vec![entry("new", "30 6 * * *", Grain::Month, Misfire::Latest)]),
        log: &mut |event| events.push(event),
    };
    run(daily(Misfire::Latest), script.now(), &mut world, &script.stop, &AtomicBool::new(true)).unwrap();
    assert_eq!(events.first(), Some(&Event::Reloaded));
    let ran: Vec<_> = ledger.borrow().iter().map(|key| key.report.clone()).collect();
    assert_eq!(ran, ["new"]);
}

/// A shell stands in for the program: it ends with 7 if it was given the arguments of the slot.
#[cfg(unix)]
#[test]
fn a_child_gets_the_slot_as_arguments_and_its_exit_code_comes_back() {
    let script = r#"test "$*" = "--config conf run --report ops --period 2026-10 --send" && exit 7; exit 9"#;
    let arguments = ["-c", script, "farol", "--config", "conf"].map(Into::into).to_vec();
    let mut child = Child { program: "/bin/sh".into(), arguments };
    let key = SlotKey {
        at: at("2026-11-05T07:00:00"),
        report: "ops".to_owned(),
        civil: "2026-11-05T07:00:00".parse().unwrap(),
        period: "2026-10".to_owned(),
    };
    assert_eq!(child.launch(&key).unwrap(), 7);
    let mut absent = Child { program: "/nowhere/farol".into(), arguments: Vec::new() };
    assert!(absent.launch(&key).is_err());
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
