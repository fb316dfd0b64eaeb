//! The daemon over many days: what it holds of handles, memory and disk stays what it was.

use std::fs;
use std::process::Stdio;
use std::time::{Duration, Instant};

use farol::ledger::SlotState::{Done, Missed};

use crate::clockwork::{send, wait_for};
use crate::home::{FAROL, Home};

/// What a process holds: open handles, pages of memory, threads; and bytes of write-ahead log.
#[derive(Clone, Copy, Debug)]
struct Held {
    handles: usize,
    kilobytes: usize,
    threads: usize,
    log: u64,
}

impl Held {
    /// While it sleeps: of several looks the one that finds the fewest handles, for now and then it has the ledger open.
    fn asleep(pid: u32, home: &Home) -> Self {
        let look = |_| {
            std::thread::sleep(Duration::from_millis(100));
            Self::by(pid, home)
        };
        (0..10).map(look).min_by_key(|held| held.handles).unwrap()
    }

    fn by(pid: u32, home: &Home) -> Self {
        let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
        let number = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
            line.split_whitespace().next().unwrap().parse().unwrap()
        };
        Self {
            handles: fs::read_dir(format!("/proc/{pid}/fd")).unwrap().count(),
            kilobytes: number("VmRSS:"),
            threads: number("Threads:"),
            log: fs::metadata(home.path("state/farol.db-wal")).map_or(0, |log| log.len()),
        }
    }
}

/// A slot a day, of a report that nobody receives, so that a child runs for each; and a configuration read again a day.
#[test]
fn thirty_days_leave_a_daemon_as_it_was() {
    const DAYS: u32 = 30;
    let home = Home::tiny();
    home.edit("config/farol.yaml", "0 7 5 * *", "0 7 * * *");
    home.write("config/reports.yaml", "monthly: { kpis: [mrr_closing], recipients: [] }\n");
    home.set_clock("2026-11-01 09:59:00");
    let daemon = home.daemon("2026-11-01 09:59:00");
    let ended = || home.read("daemon.log").matches("\"slot-ended\"").count();
    // Of a report that is new to it, it makes up for the slot of the day before.
    wait_for("the slot of 31 October", || ended() == 1);
    let mut held = Vec::new();
    for day in 1..=DAYS {
        home.set_clock(&format!("2026-11-{day:02} 10:00:01"));
        // It wakes it as well.
        daemon.signal("HUP");
        wait_for("the day's slot", || ended() == 1 + day as usize);
        // What it does after a slot is done when it sleeps again.
        std::thread::sleep(std::time::Duration::from_millis(300));
        held.push(Held::by(daemon.0.id(), &home));
    }
    let fates = home.fates();
    assert_eq!(fates.len(), 1 + DAYS as usize);
    assert!(fates.iter().all(|(_, state, exit)| (*state, *exit) == (Done, Some(0))), "{fates:?}");
    assert_eq!(daemon.stop(), Some(0));
    // Of the first days it is still growing into its memory.
    let (early, late) = (held[4], held[held.len() - 1]);
    assert_eq!((late.handles, late.threads), (early.handles, early.threads), "{held:?}");
    assert!(late.kilobytes < early.kilobytes + 2_000, "{held:?}");
    let log = held.iter().map(|held| held.log).max().unwrap();
    assert!(log < 200_000, "{held:?}");
    println!(
        "O9 | {DAYS} days of a daemon: handles and threads on day 5 and {DAYS}, kB of memory, bytes of log | {}+{} and {}+{}, {} and {}, {log}",
        early.handles, early.threads, late.handles, late.threads, early.kilobytes, late.kilobytes
    );
}

/// For how many minutes [`a_clock_that_runs_leaves_a_daemon_as_it_was`] lasts.
const MINUTES: &str = "FAROL_SOAK_MINUTES";

/// Five seconds are an hour, the daemon's naps included: a slot every two hours, and a configuration read again after each. By the
/// program `faketime`, for the library alone would have each child begin anew at the daemon's first moment.
#[test]
#[expect(clippy::disallowed_methods, reason = "whoever runs it says for how long")]
#[ignore = "takes a quarter of an hour, or as many minutes as FAROL_SOAK_MINUTES says"]
fn a_clock_that_runs_leaves_a_daemon_as_it_was() {
    const SPEED: u64 = 720;
    let minutes: u64 = std::env::var(MINUTES).map_or(15, |minutes| minutes.parse().unwrap());
    let home = Home::tiny();
    home.edit("config/farol.yaml", "0 7 5 * *", "0 */2 * * *");
    home.write("config/reports.yaml", "monthly: { kpis: [mrr_closing], recipients: [] }\n");
    let speed = format!("+0 x{SPEED}");
    let mut command = home.command("faketime", &["-m", "-f", &speed, FAROL, "schedule", "--log-format", "json"]);
    command.env("FAKETIME_DONT_FAKE_MONOTONIC", "1").env("TZ", "UTC").env("FAROL_UPTIME", home.path("unknown"));
    let log = fs::File::create(home.path("daemon.log")).unwrap();
    let mut faketime = command.stdout(Stdio::null()).stderr(log).spawn().unwrap();
    let ended = || home.read("daemon.log").matches("\"slot-ended\"").count();
    wait_for("the slot before", || ended() > 0);
    let children = format!("/proc/{0}/task/{0}/children", faketime.id());
    let daemon: u32 = fs::read_to_string(children).unwrap().trim().parse().unwrap();
    let begun = Instant::now();
    let mut held = Vec::new();
    while begun.elapsed() < Duration::from_mins(minutes) {
        let before = ended();
        send("HUP", daemon);
        wait_for("the next slot", || ended() > before);
        held.push(Held::asleep(daemon, &home));
    }
    let hours = begun.elapsed().as_secs() * SPEED / 3600;
    send("TERM", daemon);
    assert_eq!(faketime.wait().unwrap().code(), Some(0), "{}", home.read("daemon.log"));
    // Of a report that is new to it, it makes up for the last of the slots before.
    let fates: Vec<_> = home.fates().into_iter().skip_while(|(_, state, _)| *state == Missed).collect();
    assert!(fates.iter().all(|(_, state, exit)| (*state, *exit) == (Done, Some(0))), "{fates:?}");
    // Each two hours have their slot: none was lost, none came twice.
    assert!(fates.len().abs_diff(usize::try_from(hours / 2).unwrap()) <= 2, "{hours} hours: {}", fates.len());
    let (early, late) = (held[4], held[held.len() - 1]);
    assert_eq!((late.handles, late.threads), (early.handles, early.threads), "{held:?}");
    assert!(late.kilobytes < early.kilobytes + 2_000, "{held:?}");
    let log = (early.log, late.log);
    assert!(log.1 < 200_000, "{held:?}");
    println!(
        "O9 | {minutes} minutes of a clock {SPEED} times as fast, hours and slots of it, then handles and threads, kB of memory and \
         bytes of log after the fifth slot and the last | {hours}, {}; {}+{} and {}+{}, {} and {}, {} and {}",
        fates.len(),
        early.handles,
        early.threads,
        late.handles,
        late.threads,
        early.kilobytes,
        late.kilobytes,
        log.0,
        log.1
    );
}
