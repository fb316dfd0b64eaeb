//! Real processes under a clock that a test sets, while they run too.

use std::fs;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use farol::ledger::{Ledger, Slot, SlotState};

use crate::home::{Ended, FAROL, Home};

/// The library that shows another time; the loader knows what `$LIB` is. Not by the program `faketime`, which gives up where an
/// earlier process of the same number has left its semaphore behind.
const LIBRARY: &str = "/usr/$LIB/faketime/libfaketimeMT.so.1";

impl Home {
    /// Sets the clock of this home: `2026-11-05 10:00:00`, UTC, where it stands until it is set anew, or `+4d` from now, where it goes.
    pub(crate) fn set_clock(&self, time: &str) {
        self.write("clock.new", format!("{time}\n"));
        fs::rename(self.path("clock.new"), self.path("clock")).unwrap();
    }

    /// A command under this home's clock.
    pub(crate) fn timed(&self, arguments: &[&str]) -> Command {
        let mut command = self.command(FAROL, arguments);
        command.env("LD_PRELOAD", LIBRARY).env("FAKETIME_TIMESTAMP_FILE", self.path("clock"));
        command.env("FAKETIME_NO_CACHE", "1").env("FAKETIME_DONT_FAKE_MONOTONIC", "1").env("TZ", "UTC");
        // What has really passed is another matter than this clock's time; only a test of that asks for it.
        command.env("FAROL_UPTIME", self.path("unknown"));
        command
    }

    /// Runs farol at a time.
    pub(crate) fn at(&self, time: &str, arguments: &[&str]) -> Ended {
        self.set_clock(time);
        Ended::of(&self.timed(arguments).output().unwrap())
    }

    /// Starts the daemon at a time; its log goes to a file.
    pub(crate) fn daemon(&self, utc: &str) -> Daemon {
        self.set_clock(utc);
        let log = fs::OpenOptions::new().create(true).append(true).open(self.path("daemon.log")).unwrap();
        let mut command = self.timed(&["schedule", "--log-format", "json"]);
        Daemon(command.stdout(Stdio::null()).stderr(log).spawn().unwrap())
    }

    /// The same, in a daemon that knows how much time has really passed.
    pub(crate) fn daemon_that_knows_the_uptime(&self, utc: &str) -> Daemon {
        self.set_clock(utc);
        let log = fs::File::create(self.path("daemon.log")).unwrap();
        let mut command = self.timed(&["schedule", "--log-format", "json"]);
        command.env_remove("FAROL_UPTIME");
        Daemon(command.stdout(Stdio::null()).stderr(log).spawn().unwrap())
    }

    /// All slots of the ledger, oldest first; none before there is one.
    pub(crate) fn slots(&self) -> Vec<Slot> {
        let Some(ledger) = Ledger::find(&self.path("state")).unwrap() else { return Vec::new() };
        let mut slots = ledger.last_slots(10_000).unwrap();
        slots.reverse();
        slots
    }

    /// Month and day of each slot, and what became of it.
    pub(crate) fn fates(&self) -> Vec<(String, SlotState, Option<u8>)> {
        self.slots().iter().map(|slot| (slot.civil.format("%m-%d").to_string(), slot.state, slot.exit)).collect()
    }
}

/// A daemon; killed with its value.
pub(crate) struct Daemon(pub(crate) Child);

impl Daemon {
    /// As a crash or `kill -9` ends it.
    pub(crate) fn kill(mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }

    /// Sends a signal by name.
    pub(crate) fn signal(&self, name: &str) {
        send(name, self.0.id());
    }

    /// Tells it to stop, and waits; its exit code.
    pub(crate) fn stop(mut self) -> Option<i32> {
        self.signal("TERM");
        self.0.wait().unwrap().code()
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

pub(crate) fn send(signal: &str, pid: u32) {
    let arguments = [format!("-{signal}"), pid.to_string()];
    assert!(Command::new("kill").args(arguments).status().unwrap().success());
}

/// Waits until something holds; that it ever does is what is tested, not when.
pub(crate) fn wait_for(what: &str, holds: impl Fn() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < Duration::from_mins(10), "waited in vain: {what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// The folder of the maildir's letters, for tests that count them while a daemon writes.
pub(crate) fn letters_in(home: &Home) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(home.path("out/maildir/new")) else { return Vec::new() };
    entries.map(|entry| entry.unwrap().path()).collect()
}
