//! A run: compute once, then judge, render, write and hand over each report of each period.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use crate::calendar::{Moment, Period};
use crate::config::{Config, ReportPlan};
use crate::delivery::outbox::{self, Mailing, Summary};
use crate::delivery::stop::Stop;
use crate::delivery::transport;
use crate::diagnostic::Diagnostic;
use crate::error::{Exit, Result};
use crate::insight::CustomerState;
use crate::judgement::{Figure, Keys, Verdict};
use crate::ledger::{self, Ledger, RunLock};
use crate::pipeline::calls;
use crate::pipeline::courses::{Stays, stays};
use crate::pipeline::edition::{Of, write_folder};
use crate::pipeline::figures::{Computed, compute};
use crate::pipeline::jobs::{self, Form, Job};
use crate::pipeline::judging::judged_period;
use crate::pipeline::kept::Kept;
use crate::pipeline::mail::{Dispatch, Post, Recorded, Sending, ledger_name, may_have_both, original, recipients};
use crate::pipeline::missed::missed;
use crate::pipeline::publish::{sweep, write_whole};
use crate::pipeline::quality::provenance;
use crate::pipeline::quotes::{self, Said};
use crate::pipeline::reach::{again, is_anything_to_send, people, plan_in_words, unfinished};
use crate::pipeline::scope::Scope;
use crate::pipeline::standings::{AllStandings, standings};
use crate::pipeline::told::{self, Earlier};
use crate::pipeline::waiting::{Carried, carry, stopped};
use crate::pipeline::{Progress, Task};
use crate::report::{Again, Renderer, figures as figures_csv};
use crate::tables::Intake;

/// Where, in the state's folder, a run finds what earlier ones kept.
const KEPT: &str = "cache";

/// What a run writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Output {
    /// Whole reports.
    Reports,
    /// `figures.csv` alone.
    Figures,
}

/// What a command asks for.
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
#[derive(Clone, Debug)]
pub struct Request {
    /// What is to be made.
    pub jobs: Vec<Job>,
    /// The run's now.
    pub today: Moment,
    /// Rows stamped at or after it do not exist.
    pub as_of: Moment,
    /// What is to be written.
    pub output: Output,
    /// Also write one `figures.csv` for all periods of each report.
    pub with_range: bool,
    /// Make a report again even if it was made from the same data and configuration.
    pub force: bool,
    /// Hand the reports over; never together with [`Output::Figures`].
    pub sending: Option<Sending>,
    /// Say what would be done, and do nothing.
    pub dry_run: bool,
    /// Read everything, and keep nothing of it for the next run.
    pub no_cache: bool,
}

/// What came of a run.
#[derive(Debug, Default)]
pub struct Outcome {
    /// What a person should read, in order.
    pub lines: Vec<String>,
    /// Faults that were survived, and mail that did not go out.
    pub diagnostics: Vec<Diagnostic>,
    /// Reports that were made, but not for some of their readers, and why.
    pub unserved: Vec<Unserved>,
    /// Mails that were taken over.
    pub sent: usize,
    /// How the command ends; none: well.
    pub exit: Option<Exit>,
}

/// A report of a period that was made, but not for all of its readers.
#[derive(Clone, Debug)]
pub struct Unserved {
    /// Report id.
    pub report: String,
    /// Period id.
    pub period: String,
    /// Why.
    pub faults: Vec<Diagnostic>,
}

/// The surroundings of a run.
pub struct Surroundings<'a> {
    /// Hears how far it has come.
    pub progress: &'a dyn Progress,
    /// The time now, for the mail's date and the ledger.
    pub clock: &'a dyn Fn() -> DateTime<Utc>,
    /// Whether the process was told to end.
    pub stop: &'a Stop,
}

/// Runs what is asked for. What came of it is told even of a run that fails: mail that waited has gone out before.
///
/// # Errors
/// The first stage that fails ends the run; reports that were already written stay.
pub fn run(config: &Config, request: &Request, surroundings: &Surroundings<'_>, outcome: &mut Outcome) -> Result<()> {
    let Some(needs) = needs(config, request)? else {
        outcome.lines.push("nothing to do: no report was asked for".to_owned());
        return Ok(());
    };
    if request.dry_run {
        outcome.lines = plan_in_words(config, request)?;
        return Ok(());
    }
    if request.sending.is_some() {
        Ledger::check_home(&config.state, &config.witnessed)?;
    }
    // The lock comes first, so that two runs never compute the same thing only to find out at the end.
    let started = (surroundings.clock)();
    let lock = RunLock::acquire(&config.state, started)?;
    // What is wrong with the way out is said before anything is computed.
    if let Some(sending) = &request.sending
        && let Err(failure) = Dispatch::ready(config)
        && is_anything_to_send(config, request, sending)?
    {
        return Err(failure);
    }
    let way = request.sending.as_ref();
    let mut way = way.map(|_| transport::open_until(&config.delivery.transport, surroundings.stop)).transpose()?;
    let mut dispatch = way.as_mut().map(|way| Dispatch::new(config, way.as_mut(), surroundings));
    let mut carried = Carried::new();
    if let Some(dispatch) = &mut dispatch {
        carried = carry(config, request, &lock, &mut dispatch.postman, outcome)?;
    }
    let made = if surroundings.stop.is_told() {
        outcome.exit = Some(Exit::TryAgain);
        Ok(())
    } else {
        make(config, request, surroundings, &needs, (started, &lock, dispatch, &mut carried), outcome)
    };
    // Of reports that were not made, what waited of them is told here.
    for ((report, period), summary) in &carried {
        say_sent(summary, (report, period), outcome);
        say_waiting(summary, outcome);
    }
    stopped(surroundings.stop, outcome);
    made
}

/// What a run has before it makes anything: when it began, its lock, how mail leaves, and what has left already.
type Begun<'a, 'b> = (DateTime<Utc>, &'a RunLock, Option<Dispatch<'b>>, &'a mut Carried);

/// Computes, and makes each report.
fn make(
    config: &Config,
    request: &Request,
    surroundings: &Surroundings<'_>,
    needs: &Needs,
    (started, lock, dispatch, carried): Begun<'_, '_>,
    outcome: &mut Outcome,
) -> Result<()> {
    for job in &request.jobs {
        sweep(&config.out.join(&job.report))?;
    }
    let kept = (!request.no_cache).then(|| Kept { folder: config.state.join(KEPT), now: started.into() });
    let reported: BTreeSet<Period> = request.jobs.iter().flat_map(|job| job.periods.iter().cloned()).collect();
    let shown: BTreeSet<&Period> = reported.iter().collect();
    let sending = request.sending.as_ref();
    let readers = sending.map(|sending| told::readers(config, &request.jobs, sending)).transpose()?;
    let told = readers.as_ref().map(|readers| told::answers(config, readers)).transpose()?.unwrap_or_default();
    let task = Task {
        config,
        today: request.today,
        as_of: request.as_of,
        periods: &needs.periods,
        kpis: &needs.kpis,
        scopes: &needs.scopes,
        reported: &reported,
        has_readers: request.output == Output::Reports,
        told: &told,
        readers: readers.as_ref(),
        kept: kept.as_ref(),
    };
    let mut states: BTreeMap<Period, Vec<CustomerState>> = BTreeMap::new();
    let mut said = Ok(BTreeMap::new());
    let (mut all_stays, mut all_standings) = (Stays::new(), AllStandings::new());
    let computed = compute(&task, surroundings.progress, &mut |seen| {
        if needs.lists_customers {
            let spans = seen.panel.timeline.spans.iter().enumerate();
            for (index, span) in spans.filter(|(_, span)| shown.contains(&span.period)) {
                states.insert(span.period.clone(), calls::states(seen.panel, index, &config.choices));
            }
        }
        if has_revenue(config) {
            all_standings = standings(seen.panel, &shown, &needs.named_scopes, &config.choices);
        }
        if needs.lifetimes {
            all_stays = stays(seen, &shown, &needs.scopes, config);
        }
        if needs.quotes {
            said = quotes::said(seen, &shown, config.privacy.min_group);
        }
    })?;
    let said = said?;
    outcome.diagnostics.extend(computed.warnings().cloned());
    outcome.lines.extend(recalled(&computed.intakes));
    outcome.lines.extend(recalled_tallies(computed.tallies_known));
    let renderer = Renderer::new(None)?;
    let material = Material {
        config,
        request,
        computed: &computed,
        states: &states,
        said: &said,
        stays: &all_stays,
        standings: &all_standings,
        renderer: &renderer,
    };
    let mut making = Making { material, surroundings, started, lock, dispatch, carried };
    surroundings.progress.stage("reports", request.jobs.iter().map(|job| job.periods.len() as u64).sum());
    for job in &request.jobs {
        making.job(job, outcome)?;
    }
    surroundings.progress.done();
    Ok(())
}

/// How much of the tables was known from an earlier run.
fn recalled(intakes: &[Intake]) -> Option<String> {
    let known = intakes.iter().filter(|intake| intake.units_recalled > 0);
    let parts = known.map(|intake| {
        let (name, units, recalled) = (intake.table.name(), intake.units, intake.units_recalled);
        format!("{recalled} of {units} parts of `{name}`")
    });
    let parts: Vec<String> = parts.collect();
    (!parts.is_empty()).then(|| format!("as an earlier run read them: {}", parts.join(", ")))
}

/// Of how many periods the sums were known from an earlier run.
fn recalled_tallies(sums: Option<(usize, usize)>) -> Option<String> {
    let (known, all) = sums.filter(|(known, _)| *known > 0)?;
    Some(format!("added up by an earlier run: {known} of {all} periods, those compared with included"))
}

/// Everything that has to be computed for a request.
struct Needs {
    periods: Vec<Period>,
    kpis: BTreeSet<&'static str>,
    scopes: Vec<Scope>,
    lists_customers: bool,
    /// The parts of the customers whose names some report shows.
    named_scopes: BTreeSet<Scope>,
    lifetimes: bool,
    quotes: bool,
}

/// Whether customers have monthly revenue.
pub(super) fn has_revenue(config: &Config) -> bool {
    config.sources.contains_key("subscriptions")
}

fn needs(config: &Config, request: &Request) -> Result<Option<Needs>> {
    let calendar = config.company.calendar;
    let mut periods = BTreeSet::new();
    let mut kpis = BTreeSet::new();
    let mut scopes = BTreeSet::from([Scope::new()]);
    let mut lists_customers = false;
    let mut named_scopes = BTreeSet::new();
    let (mut lifetimes, mut quotes) = (false, false);
    for job in &request.jobs {
        let plan = job.plan(config)?;
        let history = if request.output == Output::Figures { 1 } else { plan.history };
        for period in &job.periods {
            periods.extend(jobs::periods_behind(period, history, calendar));
        }
        kpis.extend(jobs::kpis(plan, request.output == Output::Reports));
        if request.output == Output::Reports {
            scopes.extend(jobs::scopes(plan));
            if jobs::lists_customers(plan) {
                lists_customers = true;
                named_scopes.extend(jobs::named_scopes(config, plan));
            }
            lifetimes |= jobs::shows_lifetimes(plan);
            quotes |= config.privacy.quotes && jobs::shows_themes(plan);
        }
    }
    let (periods, scopes) = (periods.into_iter().collect(), scopes.into_iter().collect());
    let needs = Needs { periods, kpis, scopes, lists_customers, named_scopes, lifetimes, quotes };
    Ok((!needs.periods.is_empty()).then_some(needs))
}

/// What the reports of a run are made of; threads may share it.
#[derive(Clone, Copy)]
pub(super) struct Material<'a> {
    pub(super) config: &'a Config,
    pub(super) request: &'a Request,
    pub(super) computed: &'a Computed,
    pub(super) states: &'a BTreeMap<Period, Vec<CustomerState>>,
    pub(super) said: &'a BTreeMap<Period, Vec<Said>>,
    pub(super) stays: &'a Stays,
    pub(super) standings: &'a AllStandings,
    pub(super) renderer: &'a Renderer,
}

/// A run in the making.
struct Making<'a, 'b> {
    material: Material<'a>,
    surroundings: &'a Surroundings<'a>,
    started: DateTime<Utc>,
    lock: &'a RunLock,
    /// How mail leaves, if any is to.
    dispatch: Option<Dispatch<'b>>,
    /// What became of mail of these reports before they were made anew.
    carried: &'a mut Carried,
}

impl Making<'_, '_> {
    fn job(&mut self, job: &Job, outcome: &mut Outcome) -> Result<()> {
        let plan = job.plan(self.material.config)?;
        let mut range: Vec<Verdict> = Vec::new();
        for period in &job.periods {
            if self.surroundings.stop.is_told() {
                outcome.exit = Some(Exit::TryAgain);
                break;
            }
            let verdicts = judged_period(
                self.material.config,
                self.material.request.as_of,
                plan,
                (self.whole(), &self.material.computed.first_rows),
                period,
            );
            if self.material.request.output == Output::Figures {
                let folder = self.material.config.out.join(&job.report).join(&period.id);
                let figures = figures_csv::write(&verdicts, &Keys::default())?;
                write_whole(&folder.join("figures.csv"), figures.as_bytes())?;
            } else if self.is_made(job, period) {
                let folder = self.material.config.out.join(&job.report).join(&period.id);
                outcome
                    .lines
                    .push(format!("{} is as it would be made again; --force makes it again", folder.display()));
            } else {
                self.report(job, plan, period, &verdicts, outcome)?;
            }
            if self.material.request.with_range {
                range.extend(verdicts);
            }
            self.surroundings.progress.step();
        }
        if self.material.request.with_range {
            let path = self.material.config.out.join(&job.report).join("figures.csv");
            write_whole(&path, figures_csv::write(&range, &Keys::default())?.as_bytes())?;
            outcome.lines.push(format!("wrote {}", path.display()));
        }
        Ok(())
    }

    /// Whether a report stands there that was made from the same data and configuration, and nothing is to be sent.
    fn is_made(&self, job: &Job, period: &Period) -> bool {
        if self.material.request.force || self.material.request.sending.is_some() {
            return false;
        }
        let path = self.material.config.out.join(&job.report).join(&period.id).join("run.json");
        let made: Option<serde_json::Value> =
            std::fs::read(path).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
        let would_be = provenance(
            self.material.config,
            self.material.request.as_of,
            &self.material.computed.intakes,
            &job.report,
            period,
        )
        .run;
        made.is_some_and(|made| made["run"] == would_be.as_str() && made["version"] == env!("CARGO_PKG_VERSION"))
    }

    fn whole(&self) -> &[Figure] {
        self.material.computed.figures.get(&Scope::new()).map_or(&[], Vec::as_slice)
    }

    /// Makes one report of one period: every form of it, its folder, and its mail.
    fn report(
        &mut self,
        job: &Job,
        plan: &ReportPlan,
        period: &Period,
        verdicts: &[Verdict],
        outcome: &mut Outcome,
    ) -> Result<()> {
        let mut revision = 1;
        let mut sending = None;
        if let Some(wanted) = &self.material.request.sending {
            let who = recipients(&plan.recipients, wanted, self.material.config);
            let mailing = Mailing::of(&ledger_name(&job.report, wanted), &period.id, &who)?;
            let ledger = Ledger::open_witnessed(&self.material.config.state, &self.material.config.witnessed)?;
            sending = Some((wanted, who, mailing, ledger));
        }
        let mut fresh = Vec::new();
        let mut earlier = Earlier::new();
        let mut not_had = Vec::new();
        let mut why = None;
        if let Some((wanted, who, mailing, ledger)) = &sending {
            let Material { config, request, .. } = self.material;
            why = again(config, request.as_of, Some(ledger), wanted, (mailing, period))?;
            let written = outbox::plan(ledger, mailing, why.is_some())?;
            revision = written.revision;
            earlier = told::earlier(
                ledger,
                self.material.config,
                (&job.report, plan),
                period,
                &self.material.computed.intakes,
            )?;
            not_had = missed(ledger, self.material.config.company.calendar, &job.report, period)?;
            fresh = who
                .iter()
                .filter(|recipient| {
                    crate::delivery::address::identity(&recipient.to).is_ok_and(|id| written.recipients.contains(&id))
                })
                .cloned()
                .collect();
        }
        let empty = &self.material.computed.empty_scopes;
        // Whose part holds nobody gets no empty mail; the others get theirs.
        fresh.retain(|recipient| !empty.contains_key(&recipient.only));
        let mut first = BTreeSet::new();
        let mut doubts = Vec::new();
        if let Some((_, _, mailing, ledger)) = &sending {
            for recipient in &fresh {
                match original(ledger, (&mailing.report, &mailing.period), &recipient.to)? {
                    None => drop(first.insert(Form::of(recipient))),
                    Some(mail) if mail.state == ledger::State::Sent => {}
                    Some(mail) => doubts.push(may_have_both(&mail)),
                }
            }
        }
        let of = Of {
            job,
            plan,
            period,
            verdicts,
            revision,
            first: &first,
            earlier: &earlier,
            missed: &not_had,
            again: why,
        };
        let forms = write_folder(self.material, &of, self.started, self.surroundings.clock)?;
        outcome.lines.push(format!("wrote {}", self.material.config.out.join(&job.report).join(&period.id).display()));
        self.unserved(job, plan, period, outcome);
        let run = sending.as_ref().map(|(_, _, mailing, _)| self.recorded_run(&mailing.report, period, revision, why));
        if let (Some((_, _, mailing, mut ledger)), Some(run), Some(dispatch)) = (sending, run, &mut self.dispatch) {
            let (ledger, clock) = (&mut ledger, self.surroundings.clock);
            let mut post = Post { config: self.material.config, ledger, lock: self.lock, clock, dispatch };
            if !fresh.is_empty() {
                outcome.diagnostics.extend(unfinished(self.material, job, period));
                outcome.diagnostics.append(&mut doubts);
                let figures: Vec<ledger::Figure> = verdicts.iter().map(recorded_figure).collect();
                post.record(&Recorded { run, figures: &figures }, &fresh, &forms)?;
            }
            let mut summary = post.deliver(&mailing)?;
            if let Some(before) = self.carried.remove(&(job.report.clone(), period.id.to_string())) {
                summary.follow(before);
            }
            say(&summary, job, period, outcome);
        }
        Ok(())
    }

    /// Notes whose parts of the customers hold nobody: these readers get nothing, and the run's end says so.
    fn unserved(&self, job: &Job, plan: &ReportPlan, period: &Period, outcome: &mut Outcome) {
        let scopes = jobs::scopes(plan);
        let empty = self.material.computed.empty_scopes.iter().filter(|(scope, _)| scopes.contains(*scope));
        let faults: Vec<Diagnostic> = empty.flat_map(|(_, faults)| faults.iter().cloned()).collect();
        if faults.is_empty() {
            return;
        }
        for fault in &faults {
            // Several reports and periods may have readers of one part.
            if !outcome.diagnostics.contains(fault) {
                outcome.diagnostics.push(fault.clone());
            }
        }
        outcome.unserved.push(Unserved { report: job.report.clone(), period: period.id.to_string(), faults });
        // Said after what may still go out, and before what never arrives.
        if outcome.exit != Some(Exit::TryAgain) {
            outcome.exit = Some(Exit::DataRefused);
        }
    }

    fn recorded_run(&self, report: &str, period: &Period, revision: u32, again: Option<Again<'_>>) -> ledger::Run {
        let now = (self.surroundings.clock)();
        let mut warnings: Vec<String> = self.material.computed.warnings().map(ToString::to_string).collect();
        warnings.extend(again.map(|again| match again {
            Again::For(reason) => format!("sent again: {reason}"),
            Again::Ended => "sent again: the period had not ended when it was first sent".to_owned(),
        }));
        ledger::Run {
            report: report.to_owned(),
            period: period.id.to_string(),
            revision,
            started: self.started,
            finished: now,
            as_of: DateTime::from_timestamp_micros(self.material.request.as_of.0).unwrap_or(now),
            configuration: self.material.config.hash.clone(),
            inputs: crate::pipeline::quality::inputs_json(&self.material.computed.intakes),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            complete: true,
            warnings,
        }
    }
}

/// A verdict as the ledger keeps it.
fn recorded_figure(verdict: &Verdict) -> ledger::Figure {
    let reading = &verdict.reading;
    let definition = crate::kpi::catalogue::definition(verdict.key.kpi);
    ledger::Figure {
        dimension: verdict.key.dimension.to_string(),
        segment: verdict.key.segment.to_string(),
        kpi: verdict.key.kpi.to_owned(),
        unit: definition.map_or("", |definition| definition.unit.id()).to_owned(),
        value: reading.value.ok(),
        n: Some(reading.n),
        numerator: reading.numerator,
        denominator: reading.denominator,
        low: reading.interval.map(|interval| interval.low),
        high: reading.interval.map(|interval| interval.high),
        note: reading.value.err().map_or("", crate::kpi::Undefined::code).to_owned(),
    }
}

/// Says what became of the mail.
fn say(summary: &Summary, job: &Job, period: &Period, outcome: &mut Outcome) {
    let sent_now = summary.sent_now.len();
    let sent_before = summary.count(ledger::State::Sent) - sent_now.min(summary.count(ledger::State::Sent));
    say_sent(summary, (&job.report, &period.id), outcome);
    let name = format!("`{}` {}", job.report, period.id);
    if sent_before > 0 {
        let who = people(sent_before);
        outcome.lines.push(format!("{name} was already sent to {who}; nothing was sent to them again"));
    }
    if summary.deliveries.is_empty() {
        outcome.lines.push(format!("{name} has no recipients"));
    }
    say_waiting(summary, outcome);
}

/// Says to how many a report went just now, if to anybody.
pub(super) fn say_sent(summary: &Summary, (report, period): (&str, &str), outcome: &mut Outcome) {
    let sent_now = summary.sent_now.len();
    outcome.sent += sent_now;
    if sent_now > 0 {
        outcome.lines.push(format!("sent `{report}` {period} to {}", people(sent_now)));
    }
}

/// Says what has not gone out, and how a run with it ends.
pub(super) fn say_waiting(summary: &Summary, outcome: &mut Outcome) {
    outcome.diagnostics.extend(summary.diagnostics());
    if let Some(exit) = summary.exit() {
        // Something that may still go out is the more useful thing to say.
        if outcome.exit.is_none() || exit == Exit::TryAgain {
            outcome.exit = Some(exit);
        }
    }
}
