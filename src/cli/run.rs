//! `farol run`: one period of each report, or of one.

use chrono::NaiveDate;
use clap::{Args, ValueEnum};

use crate::calendar::{Grain, Moment, Period};
use crate::cli::book::{News, keep_book, keep_watch, sound_alarm};
use crate::cli::{Common, Console, World, configuration, today};
use crate::config::Config;
use crate::delivery::address::identity;
use crate::delivery::stop::Stop;
use crate::diagnostic::{Diagnostic, Severity};
use crate::error::{Exit, Failure, Result};
use crate::pipeline::{self, Job, Outcome, Output, Request, Sending, Surroundings, Unserved};
use crate::watch::{Call, LastRun, Trouble, of_period, of_run, of_unserved, ping};

#[derive(Debug, Args)]
pub(super) struct Options {
    /// Only this report
    #[arg(long, value_name = "REPORT")]
    report: Option<String>,
    /// This period instead of the last closed one: 2026-10, 2026-W41, 2026-Q4, 2026, 2026-10.12m
    #[arg(long, value_name = "PERIOD")]
    period: Option<String>,
    /// With --send: to this address only, as a trial
    #[arg(long, value_name = "ADDRESS", requires = "send")]
    to: Option<String>,
    #[command(flatten)]
    what: What,
    #[command(flatten)]
    mail: Mail,
}

/// What `run` and `backfill` share.
#[derive(Debug, Args)]
pub(super) struct What {
    /// As if today were this day: what is dated on it or later does not exist
    #[arg(long, value_name = "DATE")]
    as_of: Option<NaiveDate>,
    /// Write nothing but this
    #[arg(long, value_enum)]
    only: Option<Only>,
    /// Say what would be done, and do nothing
    #[arg(long)]
    dry_run: bool,
    /// Read all data anew, and keep nothing of it for the next run
    #[arg(long)]
    no_cache: bool,
}

/// Parts of the output that can be had alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Only {
    /// figures.csv
    Figures,
}

/// A reason that says something, in one line: it stands in tables.
pub(super) fn words(reason: &str) -> std::result::Result<String, String> {
    let reason = reason.split_whitespace().collect::<Vec<_>>().join(" ");
    if reason.is_empty() { Err("say why".to_owned()) } else { Ok(reason) }
}

/// How to hand the reports over.
#[derive(Debug, Args)]
pub(super) struct Mail {
    /// Deliver the report to its recipients
    #[arg(long, conflicts_with = "only")]
    send: bool,
    /// With --send: send again what was sent before, as a revision
    #[arg(long, requires = "send", requires = "reason")]
    resend: bool,
    /// With --resend: why
    #[arg(long, value_name = "WHY", requires = "resend", value_parser = words)]
    reason: Option<String>,
}

impl Mail {
    /// How to send, if at all.
    pub(super) fn sending(&self, tester: Option<&String>) -> Option<Sending> {
        self.send.then(|| Sending { tester: tester.cloned(), resend: self.reason.clone() })
    }
}

pub(super) fn run(options: &Options, common: &Common, world: &World, console: &Console) -> Result<u8> {
    let config = configuration(common, world, console)?;
    options.to.as_deref().map_or(Ok(()), |to| tester(to, &config))?;
    let as_of = options.what.as_of(&config, world)?;
    let jobs = jobs(options, &config, as_of)?;
    let order = Order { jobs, sending: options.mail.sending(options.to.as_ref()), with_range: false, force: true };
    execute(&config, order, &options.what, world, console)
}

/// Whether a trial may go to an address: no mail leaves for another domain, whoever asks.
fn tester(to: &str, config: &Config) -> Result<()> {
    let identity = identity(to).map_err(|failure| Failure { exit: Exit::Usage, ..failure })?;
    let allowed = &config.delivery.allowed_domains;
    let domain = identity.rsplit('@').next().unwrap_or_default();
    if allowed.is_empty() || allowed.iter().any(|name| name == domain) {
        return Ok(());
    }
    let fault = Diagnostic::error("recipient-not-allowed", format!("`{to}` is outside `allowed_domains`"))
        .help(format!("name an address in one of: {}", allowed.join(", ")));
    Err(Failure::new(Exit::Usage, fault))
}

/// What a command orders of the pipeline.
pub(super) struct Order {
    pub(super) jobs: Vec<Job>,
    pub(super) sending: Option<Sending>,
    pub(super) with_range: bool,
    pub(super) force: bool,
}

impl What {
    /// The instant as of which the data are read.
    pub(super) fn as_of(&self, config: &Config, world: &World) -> Result<Moment> {
        as_of(self.as_of, config, world)
    }
}

/// The instant as of which the data are read: a day that was asked for, which must have come, or today.
pub(super) fn as_of(day: Option<NaiveDate>, config: &Config, world: &World) -> Result<Moment> {
    let today = today(config, world);
    let Some(day) = day else { return Ok(today) };
    let as_of = config.company.calendar.midnight(day);
    if as_of > today {
        let fault = Diagnostic::error("as-of-ahead", format!("`--as-of {day}` lies in the future of this run"))
            .help("name a day that has come; `as_of:` in farol.yaml says what day a run on fixed data takes for today");
        return Err(Failure::new(Exit::Usage, fault));
    }
    Ok(as_of)
}

/// Runs the jobs and says what came of it. A run that sends is watched: whoever watches is told that it starts and how it
/// ended.
pub(super) fn execute(config: &Config, order: Order, what: &What, world: &World, console: &Console) -> Result<u8> {
    let request = Request {
        jobs: order.jobs,
        today: today(config, world),
        as_of: what.as_of(config, world)?,
        output: if what.only == Some(Only::Figures) { Output::Figures } else { Output::Reports },
        with_range: order.with_range,
        force: order.force,
        sending: order.sending,
        dry_run: what.dry_run,
        no_cache: what.no_cache,
    };
    let clock = || (world.clock)().utc();
    let stop = if request.sending.is_some() && !request.dry_run { listen()? } else { Stop::default() };
    let surroundings = Surroundings { progress: console, clock: &clock, stop: &stop };
    let is_watched = !request.dry_run && request.sending.as_ref().is_some_and(|sending| sending.tester.is_none());
    let mut outcome = Outcome::default();
    if !is_watched {
        let result = pipeline::run(config, &request, &surroundings, &mut outcome);
        let code = tell(&outcome, console);
        return result.map(|()| code);
    }
    call(config, Call::Start, console);
    let began = std::time::Instant::now();
    let result = pipeline::run(config, &request, &surroundings, &mut outcome);
    let took = began.elapsed();
    // What went wrong is said first, and then who could not be told of it.
    let code = tell(&outcome, console);
    let (code, faults) = match result {
        Ok(()) => (code, Vec::new()),
        Err(failure) => {
            console.failure(&failure);
            (failure.exit as u8, failure.diagnostics)
        }
    };
    watched(config, &request, (&faults, &outcome.unserved), (code, took), &surroundings, console);
    // A run that is tried again is neither well nor lost: if it stays so, the monitor hears nothing, which is its alarm.
    if code == 0 {
        call(config, Call::Success, console);
    } else if code != Exit::TryAgain as u8 {
        call(config, Call::Fail(code), console);
    }
    Ok(code)
}

/// Hears from now on that the process is told to end.
pub(super) fn listen() -> Result<Stop> {
    Stop::listen().map_err(|error| {
        Failure::new(Exit::Internal, Diagnostic::error("signals", format!("cannot listen for signals: {error}")))
    })
}

/// Keeps incidents and metrics after a run; what fails here is a warning, for the run has ended as it has.
fn watched(
    config: &Config,
    request: &Request,
    (faults, unserved): (&[Diagnostic], &[Unserved]),
    (code, took): (u8, std::time::Duration),
    Surroundings { clock, stop, .. }: &Surroundings<'_>,
    console: &Console,
) {
    // Another run holds the lock, and tells how it ended.
    if faults.iter().any(|fault| fault.code == "run-locked") {
        return;
    }
    let mut news = News::default();
    for job in &request.jobs {
        let period = job.periods.last().map_or("", |period| &period.id);
        let of_job = unserved.iter().filter(|one| one.report == job.report);
        let mut met: Vec<Trouble> =
            of_job.map(|Unserved { report, period, faults }| of_unserved(report, period, faults)).collect();
        // Without a fault the run came to its end, whatever became of its mail or of other reports' readers.
        met.extend(of_run(&job.report, period, code, faults).filter(|_| !faults.is_empty()));
        if met.is_empty() && code != Exit::TryAgain as u8 {
            let made = job.periods.iter().map(|period| ("run-failed", of_period(&job.report, &period.id)));
            news.over.extend(made);
        }
        news.met.append(&mut met);
    }
    let reports = request.jobs.iter().map(|job| job.report.clone()).collect();
    news.last = Some(LastRun { reports, exit: code, took });
    // Whoever is told to end does not begin another conversation; operators hear of it from the next run.
    let kept = if stop.is_told() {
        keep_book(config, &news, clock).map(|()| Vec::new())
    } else {
        keep_watch(config, &news, clock, stop)
    };
    let mut said = kept.unwrap_or_else(|failure| {
        if !stop.is_told() {
            sound_alarm(config, &failure, clock(), stop, console);
        }
        failure.diagnostics
    });
    // A ledger that stopped the run stops this too, and has been told.
    said.retain(|fault| faults.iter().all(|told| told.code != fault.code));
    warn(said, console);
}

/// Says that operators or monitors could not be told.
pub(super) fn warn(said: Vec<Diagnostic>, console: &Console) {
    for fault in said {
        console.diagnostic(&Diagnostic { severity: Severity::Warning, ..fault });
    }
}

/// Calls the monitor, if there is one.
pub(super) fn call(config: &Config, call: Call, console: &Console) {
    if let Some(warning) = ping(config, call) {
        console.diagnostic(&warning);
    }
}

pub(super) fn tell(outcome: &Outcome, console: &Console) -> u8 {
    outcome.diagnostics.iter().for_each(|diagnostic| console.diagnostic(diagnostic));
    outcome.lines.iter().for_each(|line| console.log("done", line));
    outcome.exit.map_or(0, |exit| exit as u8)
}

/// The reports that are meant, each with its one period.
fn jobs(options: &Options, config: &Config, as_of: Moment) -> Result<Vec<Job>> {
    let calendar = &config.company.calendar;
    let asked = options.period.as_deref().map(|id| begun(period(id, config)?, as_of, config)).transpose()?;
    let mut jobs = Vec::new();
    for (id, plan) in chosen_reports(options.report.as_deref(), asked.as_ref().map(|period| period.grain), config)? {
        let period = match &asked {
            Some(period) => Some(period.clone()),
            None => calendar.last_closed(plan.grain, as_of, config.close_lag_days),
        };
        jobs.extend(period.map(|period| Job { report: id.clone(), periods: vec![period] }));
    }
    Ok(jobs)
}

/// One report, or all of a grain.
pub(super) fn chosen_reports<'a>(
    asked: Option<&str>,
    grain: Option<Grain>,
    config: &'a Config,
) -> Result<Vec<(&'a String, &'a crate::config::ReportPlan)>> {
    let is_of_grain = |plan: &crate::config::ReportPlan| grain.is_none_or(|grain| grain == plan.grain);
    let Some(asked) = asked else {
        let found: Vec<_> = config.reports.iter().filter(|(_, plan)| is_of_grain(plan)).collect();
        if found.is_empty() {
            let what =
                grain.map_or("no report is described".to_owned(), |grain| format!("no report is made by {grain}"));
            let fault = Diagnostic::error("no-report", what).help("describe one in reports.yaml, with that `grain:`");
            return Err(Failure::new(Exit::Usage, fault));
        }
        return Ok(found);
    };
    let Some((id, plan)) = config.reports.get_key_value(asked) else {
        return Err(pipeline::unknown_report(asked, config));
    };
    if let Some(grain) = grain.filter(|grain| *grain != plan.grain) {
        let fault = Diagnostic::error("other-grain", format!("`{id}` is made by {}, not by {grain}", plan.grain))
            .help(format!("name a period of that grain, or change `grain:` of `{id}` in reports.yaml"));
        return Err(Failure::new(Exit::Usage, fault));
    }
    Ok(vec![(id, plan)])
}

/// A period that has begun: of a later one there is nothing to tell.
pub(super) fn begun(period: Period, as_of: Moment, config: &Config) -> Result<Period> {
    let calendar = &config.company.calendar;
    if calendar.midnight(period.first) < as_of {
        return Ok(period);
    }
    let today = calendar.local(as_of).unwrap_or_default().date();
    let fault =
        Diagnostic::error("period-ahead", format!("`{}` has not begun: as of {today} it is all future", period.id))
            .help("name a period that has begun; `--as-of` and `as_of:` in farol.yaml say what day it is taken to be");
    Err(Failure::new(Exit::Usage, fault))
}

/// A period by its name.
pub(super) fn period(id: &str, config: &Config) -> Result<Period> {
    config.company.calendar.parse(id).ok_or_else(|| {
        let fault = Diagnostic::error("not-a-period", format!("`{id}` names no period"))
            .help("write 2026-10 for a month, 2026-W41 for a week, 2026-Q4, 2026, or 2026-10.12m for twelve months");
        Failure::new(Exit::Usage, fault)
    })
}
