//! `farol schedule`: runs what is due when it is due, or says what will be.

use std::cell::RefCell;
use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use clap::Args;

use crate::calendar::Moment;
use crate::cli::book::{LedgerBook, News, is_trouble, keep_book, sound_alarm};
use crate::cli::run::{listen, warn};
use crate::cli::teller::Teller;
use crate::cli::{Common, Console, LogFormat, World, configuration, configuration_with_secrets};
use crate::config::Config;
use crate::daemon::{self, Child, Clock, Entry, Event, Missed, Signals, SlotKey, signal_of, upcoming};
use crate::delivery::stop::Stop;
use crate::diagnostic::{Diagnostic, Place, counted};
use crate::error::{Exit, Failure, Result};
use crate::ledger::{Ledger, RunLock};
use crate::pipeline;
use crate::watch::{Trouble, of_run};

/// How long is waited for mail to operators once the last child has ended. Like mail to readers, the one that is on its way has 15
/// seconds from when the daemon was told to stop (`delivery/stop.rs`), and no other begins.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(17);

#[derive(Debug, Args)]
pub(super) struct Options {
    /// Print the next N firings and end
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    next: Option<u16>,
}

pub(super) fn run(options: &Options, common: &Common, world: &World, console: &Console) -> Result<u8> {
    // The daemon's children need them.
    let read = if options.next.is_some() { configuration } else { configuration_with_secrets };
    let config = read(common, world, console)?;
    let entries = daemon::entries(&config)?;
    if entries.is_empty() {
        let fault = Diagnostic::error("no-schedule", "nothing is scheduled")
            .help("add `schedule: [{ report: …, cron: \"0 7 5 * *\" }]` to farol.yaml");
        return Err(Failure::new(Exit::Config, fault));
    }
    if let Some(warning) = stands_still(&config) {
        console.diagnostic(&warning);
    }
    if let Some(count) = options.next {
        print_next(&entries, usize::from(count), &config, world, console);
        return Ok(0);
    }
    keep(entries, &config, common, world, console).inspect_err(|failure| {
        let stop = listen().unwrap_or_default();
        sound_alarm(&config, failure, (world.clock)().utc(), &stop, console);
    })
}

/// A configuration that takes one day for every day, and schedules reports of other days.
pub(super) fn stands_still(config: &Config) -> Option<Diagnostic> {
    let day = config.as_of.filter(|_| !config.schedule.is_empty())?;
    let what = format!(
        "`as_of: {day}` stands beside `schedule:`: whenever a report is due, it is made as if it were that day"
    );
    let place = Place::file(config.folder.join("farol.yaml"));
    Some(Diagnostic::warning("as-of-scheduled", what).at(place).help("leave `as_of` out once the data are live"))
}

fn print_next(entries: &[Entry], count: usize, config: &Config, world: &World, console: &Console) {
    for (at, report, period) in upcoming(entries, world.now, count, config.company.calendar) {
        let local = config.company.calendar.local(at).unwrap_or_default();
        console.print(&format!(
            "{} {} ({}) `{report}` {period}",
            local.format("%a %Y-%m-%d %H:%M"),
            config.company.calendar.zone,
            at.utc().format("%Y-%m-%dT%H:%M:%SZ")
        ));
    }
}

/// Where Linux tells for how long it has been up, its sleep included.
const UPTIME: &str = "/proc/uptime";

/// Names another file that tells it.
const UPTIME_VARIABLE: &str = "FAROL_UPTIME";

/// The wall clock of the world. While time passes, it is heard what has become of the mails to operators.
struct WallClock<'a> {
    uptime: PathBuf,
    world: &'a World,
    teller: &'a Teller,
    console: &'a Console,
}

impl Clock for WallClock<'_> {
    fn now(&self) -> Moment {
        (self.world.clock)()
    }

    fn since_boot(&self) -> Option<std::time::Duration> {
        let text = std::fs::read_to_string(&self.uptime).ok()?;
        std::time::Duration::try_from_secs_f64(text.split_whitespace().next()?.parse().ok()?).ok()
    }

    fn sleep(&self, duration: std::time::Duration) {
        std::thread::sleep(duration);
        self.teller.report(self.console);
    }
}

/// Runs until it is told to stop.
fn keep(entries: Vec<Entry>, config: &Config, common: &Common, world: &World, console: &Console) -> Result<u8> {
    Ledger::check_home(&config.state, &config.witnessed)?;
    // Each run takes the state folder's own lock; the daemon's stands beside it, so that there is one daemon.
    let _lock = RunLock::acquire(&config.state.join("schedule"), world.now.utc())?;
    let signals = Signals::listen().map_err(|error| {
        Failure::new(Exit::Internal, Diagnostic::error("signals", format!("cannot listen for signals: {error}")))
    })?;
    let Some(program) = world.program.clone() else {
        let fault = Diagnostic::error("own-program", "this program's own file cannot be found")
            .help("start farol by its full path");
        return Err(Failure::new(Exit::Internal, fault));
    };
    let lateness = entries.iter().map(|entry| entry.max_lateness_hours).max().unwrap_or(0);
    let look_back = chrono::TimeDelta::hours(lateness);
    let mut launcher = Child { program, arguments: arguments(common), stop: Arc::clone(&signals.stop) };
    let count = entries.len();
    // The configuration that is in force; a child reads its own.
    let in_force = RefCell::new(config.clone());
    let has_mail_due = |ledger: &Ledger, now| Ok(!pipeline::due(&in_force.borrow(), ledger, now)?.is_empty());
    let mut book = LedgerBook {
        state: config.state.clone(),
        witnesses: config.witnessed.clone(),
        calendar: config.company.calendar,
        has_mail_due: &has_mail_due,
    };
    let teller = Teller::start(Arc::clone(&world.clock), Stop::by(Arc::clone(&signals.stop)));
    let note = |news: &News| {
        keep_incidents(&in_force.borrow(), news, world, console);
        // Whoever is told to end does not begin a conversation; the next daemon begins with what is to be told.
        if !signals.stop.load(Ordering::Relaxed) {
            teller.tell(&in_force.borrow());
        }
    };
    let mut reload = || reloaded(common, world, console, &in_force, &note);
    let mut log = |event: Event| {
        if let Some(news) = told(&event, &in_force.borrow(), console) {
            note(&news);
        }
    };
    let text = format!(
        "scheduling {}; SIGTERM ends, SIGHUP reads the configuration again",
        counted(count, "entry", "entries")
    );
    console.log("scheduling", &text);
    let afresh = News { over: ["configuration", "clock"].map(|kind| (kind, String::new())).into(), ..News::default() };
    note(&afresh);
    let uptime = (world.environment)(UPTIME_VARIABLE).map_or_else(|| UPTIME.into(), PathBuf::from);
    let mut surroundings = daemon::World {
        calendar: config.company.calendar,
        clock: &WallClock { uptime, world, teller: &teller, console },
        launcher: &mut launcher,
        book: &mut book,
        reload: &mut reload,
        log: &mut log,
    };
    let ended = daemon::run(entries, look_back, &mut surroundings, &signals.stop, &signals.reload);
    teller.end(PATIENCE, console);
    ended?;
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
    if common.log_format == LogFormat::Json {
        arguments.extend(["--log-format".into(), "json".into()]);
    }
    arguments
}

fn reloaded(
    common: &Common,
    world: &World,
    console: &Console,
    in_force: &RefCell<Config>,
    note: &dyn Fn(&News),
) -> Option<Vec<Entry>> {
    let read =
        configuration_with_secrets(common, world, console).and_then(|config| Ok((daemon::entries(&config)?, config)));
    match read {
        Ok((entries, config)) => {
            in_force.replace(config);
            note(&News { over: vec![("configuration", String::new())], ..News::default() });
            Some(entries)
        }
        Err(failure) => {
            console.failure(&failure);
            console.log(
                "reload-refused",
                "the configuration has faults; the old schedule stays in force, and reports that are due wait",
            );
            let met = vec![faulty_configuration(&failure, &in_force.borrow())];
            note(&News { met, ..News::default() });
            None
        }
    }
}

/// A configuration that the daemon could not take over.
fn faulty_configuration(failure: &Failure, config: &Config) -> Trouble {
    let hash = config.hash.get(..12).unwrap_or_default();
    Trouble {
        kind: "configuration",
        subject: String::new(),
        cause: format!(
            "the configuration has faults; the daemon goes on with the old schedule ({hash}), and reports that are due wait until it is \
             valid\n{failure}"
        ),
        remedy: "farol check\n# correct what it says, then send SIGHUP to the daemon".to_owned(),
    }
}

/// Says what happened; returns what those who watch are to know of it, if anything.
fn told(event: &Event, config: &Config, console: &Console) -> Option<News> {
    let text = in_words(event, config);
    let mut news = News::default();
    let name = match event {
        Event::Started(_) => "slot-started",
        Event::Ended(key, code) => {
            // The child has told it with its reasons, unless it was killed or could not read the configuration.
            let is_untold = is_trouble(*code);
            news.met.extend(is_untold.then(|| of_run(&key.report, &key.period, *code, &[])).flatten());
            "slot-ended"
        }
        Event::PutOff(key, code) => {
            // A signal may have been an accident; of a configuration nobody knows but the daemon.
            let is_untold = is_trouble(*code) && signal_of(*code).is_none();
            news.met.extend(is_untold.then(|| of_run(&key.report, &key.period, *code, &[])).flatten());
            "slot-ended"
        }
        Event::NotStarted(..) => "slot-not-started",
        Event::MailTried(_) => "mail-tried",
        Event::Missed(_, why) => {
            if *why == Missed::Overlapped {
                "slot-skipped"
            } else {
                "slot-missed"
            }
        }
        Event::ClockWentBack { .. } | Event::ClockWentAhead { .. } => {
            news.met.push(Trouble {
                kind: "clock",
                subject: String::new(),
                cause: text.clone(),
                remedy: "# set the machine's clock; or start the daemon anew, if the clock is right now".to_owned(),
            });
            if matches!(event, Event::ClockWentBack { .. }) { "clock-went-back" } else { "clock-went-ahead" }
        }
        Event::ClockCaughtUp => {
            news.over.push(("clock", String::new()));
            "clock-caught-up"
        }
        Event::Waiting(_) => "ledger-busy",
        Event::Reloaded => "reloaded",
        Event::Stopping => "stopping",
    };
    console.log(name, &text);
    let is_news = !matches!(event, Event::Started(_) | Event::Waiting(_) | Event::Reloaded | Event::Stopping);
    is_news.then_some(news)
}

/// Keeps incidents and metrics; what fails is said, and tried again when something happens next.
fn keep_incidents(config: &Config, news: &News, world: &World, console: &Console) {
    let clock = || (world.clock)().utc();
    if let Err(failure) = keep_book(config, news, &clock) {
        warn(failure.diagnostics, console);
    }
}

fn in_words(event: &Event, config: &Config) -> String {
    let slot = |key: &SlotKey| format!("`{}` {} (due {})", key.report, key.period, key.civil.format("%Y-%m-%d %H:%M"));
    let local =
        |at: &Moment| config.company.calendar.local(*at).unwrap_or_default().format("%Y-%m-%d %H:%M").to_string();
    match event {
        Event::Started(key) => format!("starting {}", slot(key)),
        Event::Ended(key, 0) => format!("done: {}", slot(key)),
        Event::Ended(key, code) => format!("{} has ended: {}", slot(key), daemon::in_words(*code)),
        Event::PutOff(key, code) => format!("{} has ended, and is tried again: {}", slot(key), daemon::in_words(*code)),
        Event::NotStarted(key, why) => format!("{} could not be started: {why}", slot(key)),
        Event::MailTried(code) => {
            format!("`farol outbox deliver`, for mail that waits, has ended: {}", daemon::in_words(*code))
        }
        Event::Missed(key, why) => format!("{} is not run: {}", slot(key), why.words()),
        Event::ClockWentBack { from, to } => {
            format!("the clock went back from {} to {}; nothing runs until it has caught up", local(from), local(to))
        }
        Event::ClockWentAhead { from, to } => format!(
            "the clock went ahead from {} to {}, which is more than has passed; nothing runs for an hour, unless it is set right",
            local(from),
            local(to)
        ),
        Event::ClockCaughtUp => "the clock is believed again; what is due runs again".to_owned(),
        Event::Waiting(failure) => format!("the ledger is in use, and is asked again soon: {failure}"),
        Event::Reloaded => "the new configuration is in force".to_owned(),
        Event::Stopping => "stopping, as told".to_owned(),
    }
}
