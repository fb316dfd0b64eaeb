//! `farol run`: one period of each report, or of one.

use chrono::{DateTime, NaiveDate, Utc};
use clap::{Args, ValueEnum};

use crate::calendar::{Grain, Moment, Period};
use crate::cli::{Common, Console, World, configuration, today};
use crate::config::Config;
use crate::delivery::address::identity;
use crate::diagnostic::Diagnostic;
use crate::error::{Exit, Failure, Result};
use crate::pipeline::{self, Job, Outcome, Request, Sending, Surroundings};

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
}

/// Parts of the output that can be had alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Only {
    /// figures.csv
    Figures,
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
    #[arg(long, value_name = "WHY", requires = "resend")]
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
    if let Some(tester) = &options.to {
        check_domain(tester, &config.delivery.allowed_domains)?;
    }
    let as_of = options.what.as_of(&config, world)?;
    let jobs = jobs(options, &config, as_of)?;
    let order = Order { jobs, sending: options.mail.sending(options.to.as_ref()), with_range: false, force: true };
    execute(&config, order, &options.what, world, console)
}

/// A trial holds the same figures as the mail itself, so it keeps to the same domains.
fn check_domain(tester: &str, allowed: &[String]) -> Result<()> {
    let identity = identity(tester).map_err(|failure| Failure { exit: Exit::Usage, ..failure })?;
    let is_allowed = |name: &String| identity.rsplit_once('@').is_some_and(|(_, domain)| domain == name);
    if allowed.is_empty() || allowed.iter().any(is_allowed) {
        return Ok(());
    }
    let fault = Diagnostic::error("tester-not-allowed", format!("`--to {tester}` is outside `allowed_domains`"))
        .help(format!("name an address in {}, or add its domain in farol.yaml", allowed.join(", ")));
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
        let today = today(config, world);
        let Some(day) = self.as_of else { return Ok(today) };
        let as_of = config.company.calendar.midnight(day);
        if as_of > today {
            let fault = Diagnostic::error("as-of-ahead", format!("`--as-of {day}` lies in the future of this run"))
                .help("name a day that has come; `as_of:` in farol.yaml says what day a run on fixed data takes for today");
            return Err(Failure::new(Exit::Usage, fault));
        }
        Ok(as_of)
    }
}

/// Runs the jobs and says what came of it.
pub(super) fn execute(config: &Config, order: Order, what: &What, world: &World, console: &Console) -> Result<u8> {
    let request = Request {
        jobs: order.jobs,
        today: today(config, world),
        as_of: what.as_of(config, world)?,
        only_figures: what.only == Some(Only::Figures),
        with_range: order.with_range,
        force: order.force,
        sending: order.sending,
        dry_run: what.dry_run,
    };
    let clock = || -> DateTime<Utc> { DateTime::from_timestamp_micros((world.clock)().0).unwrap_or_default() };
    let outcome = pipeline::run(config, &request, &Surroundings { progress: console, clock: &clock })?;
    Ok(tell(&outcome, console))
}

fn tell(outcome: &Outcome, console: &Console) -> u8 {
    outcome.diagnostics.iter().for_each(|diagnostic| console.diagnostic(diagnostic));
    outcome.lines.iter().for_each(|line| console.log(line));
    outcome.exit.map_or(0, |exit| exit as u8)
}

/// The reports that are meant, each with its one period.
fn jobs(options: &Options, config: &Config, as_of: Moment) -> Result<Vec<Job>> {
    let calendar = &config.company.calendar;
    let asked = options.period.as_deref().map(|id| period(id, config)).transpose()?;
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

/// A period by its name.
pub(super) fn period(id: &str, config: &Config) -> Result<Period> {
    config.company.calendar.parse(id).ok_or_else(|| {
        let fault = Diagnostic::error("not-a-period", format!("`{id}` names no period"))
            .help("write 2026-10 for a month, 2026-W41 for a week, 2026-Q4, 2026, or 2026-10.12m for twelve months");
        Failure::new(Exit::Usage, fault)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trial_keeps_to_the_domains_that_may_receive_mail() {
        let allowed = ["aurora.example".to_owned()];
        for tester in ["ana@aurora.example", "Ana <ANA@Aurora.Example>"] {
            assert!(check_domain(tester, &allowed).is_ok(), "{tester}");
        }
        for tester in ["ana@elsewhere.example", "ana@sub.aurora.example", "ana@evilaurora.example", "ana"] {
            assert_eq!(check_domain(tester, &allowed).unwrap_err().exit, Exit::Usage, "{tester}");
        }
        assert!(check_domain("ana@elsewhere.example", &[]).is_ok());
    }
}
