//! `farol schedule`: runs what is due when it is due, or says what will be.

use std::ffi::OsString;
use std::sync::atomic::Ordering;

use chrono::{DateTime, Utc};
use clap::Args;

use crate::calendar::Moment;
use crate::calendar::slots::Slots;
use crate::cli::{Common, Console, World, configuration};
use crate::config::Config;
use crate::daemon::{self, Child, Clock, Entry, Event, Signals, SlotKey, upcoming};
use crate::diagnostic::Diagnostic;
use crate::error::{Exit, Failure, Result};
use crate::ledger::{Ledger, RunLock, State};

#[derive(Debug, Args)]
pub(super) struct Options {
    /// Print the next N firings and end
    #[arg(long, value_name = "N")]
    next: Option<usize>,
}

pub(super) fn run(options: &Options, common: &Common, world: &World, console: &Console) -> Result<u8> {
    let config = configuration(common, world, console)?;
    let entries = entries(&config)?;
    if entries.is_empty() {
        let fault = Diagnostic::error("no-schedule", "nothing is scheduled")
            .help("add `schedule: [{ report: …, cron: \"0 7 5 * *\" }]` to farol.yaml");
        return Err(Failure::new(Exit::Config, fault));
    }
    if let Some(count) = options.next {
        print_next(&entries, count, &config, world, console);
        return Ok(0);
    }
    keep(entries, &config, common, world, console)
}

/// The configuration's schedule, read; it was validated before, so that a fault here is one of the configuration.
fn entries(config: &Config) -> Result<Vec<Entry>> {
    let entry = |entry: &crate::config::Schedule| {
        let slots = Slots::parse(&entry.cron).map_err(|(why, remedy)| {
            let fault = Diagnostic::error("cron", format!("`{}`: {why}", entry.cron)).help(remedy);
            Failure::new(Exit::Config, fault)
        })?;
        let grain = config.reports.get(&entry.report).map(|plan| plan.grain);
        Ok(grain.map(|grain| Entry {
            report: entry.report.clone(),
            grain,
            slots,
            misfire: entry.misfire,
            max_lateness_hours: entry.max_lateness_hours,
        }))
    };
    config.schedule.iter().map(entry).filter_map(Result::transpose).collect()
}

fn print_next(entries: &[Entry], count: usize, config: &Config, world: &World, console: &Console) {
    for (at, report, period) in upcoming(entries, world.now, count, config.company.calendar) {
        let local = config.company.calendar.local(at).unwrap_or_default();
        console.print(&format!(
            "{} {} `{report}` {period}",
            local.format("%a %Y-%m-%d %H:%M"),
            config.company.calendar.zone
        ));
    }
}

/// The wall clock of the world.
struct WallClock<'a>(&'a World);

impl Clock for WallClock<'_> {
    fn now(&self) -> Moment {
        (self.0.clock)()
    }

    fn sleep(&self, duration: std::time::Duration) {
        std::thread::sleep(duration);
    }
}

/// Runs until it is told to stop.
fn keep(entries: Vec<Entry>, config: &Config, common: &Common, world: &World, console: &Console) -> Result<u8> {
    let now = DateTime::<Utc>::from_timestamp_micros(world.now.0).unwrap_or_default();
    // Each run takes the state folder's own lock; the daemon's stands beside it, so that there is one daemon.
    let _lock = RunLock::acquire(&config.state.join("schedule"), now)?;
    let signals = Signals::listen().map_err(|error| {
        Failure::new(Exit::Internal, Diagnostic::error("signals", format!("cannot listen for signals: {error}")))
    })?;
    let Some(program) = world.program.clone() else {
        let fault = Diagnostic::error("own-program", "this program's own file cannot be found")
            .help("start farol by its full path");
        return Err(Failure::new(Exit::Internal, fault));
    };
    let lateness = entries.iter().map(|entry| entry.max_lateness_hours).max().unwrap_or(0);
    let since = Moment(world.now.0 - lateness * 3_600_000_000);
    let mut launcher = Child { program, arguments: arguments(common) };
    let done = |key: &SlotKey| is_delivered(config, key);
    let mut reload = || reloaded(common, world, console);
    let mut log = |event: Event| console.log(&in_words(&event, config));
    console.log(&format!("scheduling {} entries; SIGTERM ends, SIGHUP reads the configuration again", entries.len()));
    let mut surroundings = daemon::World {
        calendar: config.company.calendar,
        clock: &WallClock(world),
        launcher: &mut launcher,
        done: &done,
        reload: &mut reload,
        log: &mut log,
    };
    daemon::run(entries, since, &mut surroundings, &signals.stop, &signals.reload)?;
    signals.stop.store(false, Ordering::Relaxed);
    Ok(0)
}

/// What the child is told of this command line.
fn arguments(common: &Common) -> Vec<OsString> {
    let mut arguments: Vec<OsString> = vec!["--config".into(), common.config.clone().into()];
    for (name, folder) in [("--out", &common.out), ("--state", &common.state)] {
        if let Some(folder) = folder {
            arguments.extend([name.into(), folder.clone().into()]);
        }
    }
    if common.quiet {
        arguments.push("--quiet".into());
    }
    arguments
}

/// Whether the ledger knows mail of this slot's period, and all of it has come to an end. A ledger that cannot be read
/// says no: the child will say what is wrong with it.
fn is_delivered(config: &Config, key: &SlotKey) -> bool {
    let deliveries = Ledger::open(&config.state).and_then(|ledger| ledger.deliveries(&key.report, &key.period));
    deliveries.is_ok_and(|deliveries| {
        !deliveries.is_empty()
            && deliveries.iter().all(|delivery| matches!(delivery.state, State::Sent | State::Failed))
    })
}

fn reloaded(common: &Common, world: &World, console: &Console) -> Option<Vec<Entry>> {
    match configuration(common, world, console).and_then(|config| entries(&config)) {
        Ok(entries) => Some(entries),
        Err(failure) => {
            console.failure(&failure);
            console.log("the configuration has faults; the old schedule stays in force");
            None
        }
    }
}

fn in_words(event: &Event, config: &Config) -> String {
    let slot = |key: &SlotKey| format!("`{}` {} (due {})", key.report, key.period, key.civil.format("%Y-%m-%d %H:%M"));
    let local =
        |at: &Moment| config.company.calendar.local(*at).unwrap_or_default().format("%Y-%m-%d %H:%M").to_string();
    match event {
        Event::Started(key) => format!("starting {}", slot(key)),
        Event::Ended(key, 0) => format!("done: {}", slot(key)),
        Event::Ended(key, code) => format!("{} ended with exit code {code}", slot(key)),
        Event::NotStarted(key, why) => format!("{} could not be started: {why}", slot(key)),
        Event::Missed(key, why) => format!("{} is not run: {}", slot(key), why.words()),
        Event::ClockWentBack { from, to } => {
            format!("the clock went back from {} to {}; nothing runs until it has caught up", local(from), local(to))
        }
        Event::Reloaded => "the new configuration is in force".to_owned(),
        Event::Stopping => "stopping, as told".to_owned(),
    }
}
