//! The daemon over thirty days: what it holds of handles, memory and disk stays what it was.

use std::fs;

use farol::ledger::SlotState::Done;

use crate::clockwork::wait_for;
use crate::home::Home;

/// What a process holds: open handles, pages of memory, threads; and bytes of write-ahead log.
#[derive(Clone, Copy, Debug)]
struct Held {
    handles: usize,
    kilobytes: usize,
    threads: usize,
    log: u64,
}

impl Held {
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
