//! What waits of earlier runs: due by itself until it is delivered or has waited too long, whatever becomes of the next report.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use crate::config::Config;
use crate::delivery::outbox::{self, Mailing, Postman, Summary};
use crate::delivery::stop::Stop;
use crate::delivery::transport;
use crate::diagnostic::Diagnostic;
use crate::error::{Exit, Result};
use crate::ledger::{Delivery, Ledger, RunLock};
use crate::pipeline::outbox::named;
use crate::pipeline::reach::again;
use crate::pipeline::run::{Outcome, Request, say_sent, say_waiting};

/// What became of mail that waited, by report and period.
pub(super) type Carried = BTreeMap<(String, String), Summary>;

/// The mailings to readers of which something has not ended; a report that the configuration no longer has is one without readers.
fn mailings(config: &Config, ledger: &Ledger) -> Result<Vec<Mailing>> {
    let undelivered = ledger.undelivered()?;
    let to_readers = undelivered.into_iter().filter(Delivery::is_to_a_reader);
    let named: BTreeSet<(String, String)> = to_readers.map(|delivery| (delivery.report, delivery.period)).collect();
    let mut found = Vec::new();
    for (report, period) in named {
        let readers = config.reports.get(&report).map_or(&[][..], |plan| &plan.recipients);
        // Who has what is known by an index, and a damaged one is found before anything is sent by it.
        ledger.check_mailing(&report, &period)?;
        found.push(Mailing::of(&report, &period, readers)?);
    }
    Ok(found)
}

/// Mail that is to be tried now, its report and its reader being those of the configuration; and whatever has waited too long.
///
/// # Errors
/// Those of the ledger.
pub fn due(config: &Config, ledger: &Ledger, now: DateTime<Utc>) -> Result<Vec<Delivery>> {
    let mut due = Vec::new();
    for mailing in mailings(config, ledger)? {
        due.extend(outbox::due(ledger, &mailing, config.delivery.on_unknown, now)?);
    }
    due.extend(outbox::late_trials(ledger, now)?);
    Ok(due)
}

/// Says which trials have come to their end untried for too long; whoever made them sees why.
fn say_ended(ended: &[Delivery], outcome: &mut Outcome) {
    outcome.lines.extend(ended.iter().map(|mail| format!("{}: {}", named(mail), mail.said())));
}

/// Tries what is due, of every report and period.
///
/// # Errors
/// [`Exit::TryAgain`] if a run goes on; those of the ledger and of the way out.
pub fn deliver(config: &Config, stop: &Stop, dry_run: bool, clock: &dyn Fn() -> DateTime<Utc>) -> Result<Outcome> {
    let mut outcome = Outcome::default();
    let Some(mut ledger) = Ledger::find_witnessed(&config.state, &config.witnessed)? else {
        outcome.lines.push("nothing was ever sent".to_owned());
        return Ok(outcome);
    };
    if dry_run {
        let due = due(config, &ledger, clock())?;
        outcome.lines.extend(due.iter().map(|delivery| format!("would try {}", named(delivery))));
        return Ok(outcome);
    }
    let lock = RunLock::acquire(&config.state, clock())?;
    if !due(config, &ledger, clock())?.is_empty() {
        config.delivery.transport.ready()?;
    }
    let mut way = transport::open_until(&config.delivery.transport, stop)?;
    let mut postman = Postman::new(way.as_mut(), config.delivery.on_unknown, clock).until(stop);
    for mailing in mailings(config, &ledger)? {
        let summary = postman.work(&mut ledger, &lock, &mailing)?;
        say_sent(&summary, (&mailing.report, &mailing.period), &mut outcome);
        say_waiting(&summary, &mut outcome);
    }
    say_ended(&postman.end_trials(&mut ledger)?, &mut outcome);
    if outcome.lines.is_empty() && outcome.diagnostics.is_empty() {
        outcome.lines.push("no mail to readers is due".to_owned());
    }
    stopped(stop, &mut outcome);
    Ok(outcome)
}

/// Tries what waits of the reports of a request, before anything is computed, and tells what waits of reports that there are no more. What waits of the very reports that are to be made
/// is given back, for it is told together with them.
pub(super) fn carry(
    config: &Config,
    request: &Request,
    lock: &RunLock,
    postman: &mut Postman<'_>,
    outcome: &mut Outcome,
) -> Result<Carried> {
    let mut own = Carried::new();
    let Some(sending) = request.sending.as_ref().filter(|sending| sending.tester.is_none()) else { return Ok(own) };
    let Some(mut ledger) = Ledger::find_witnessed(&config.state, &config.witnessed)? else { return Ok(own) };
    say_ended(&postman.end_trials(&mut ledger)?, outcome);
    for mailing in mailings(config, &ledger)? {
        let job = request.jobs.iter().find(|job| job.report == mailing.report);
        if job.is_none() && config.reports.contains_key(&mailing.report) {
            continue;
        }
        let made_now = job.and_then(|job| job.periods.iter().find(|period| period.id == mailing.period));
        // Nobody gets the old one when a new one is about to take its place.
        if let Some(period) = made_now
            && again(config, request.as_of, Some(&ledger), sending, (&mailing, period))?.is_some()
        {
            continue;
        }
        let is_made_now = made_now.is_some();
        let summary = postman.work(&mut ledger, lock, &mailing)?;
        if is_made_now {
            own.insert((mailing.report, mailing.period), summary);
        } else {
            say_sent(&summary, (&mailing.report, &mailing.period), outcome);
            say_waiting(&summary, outcome);
        }
    }
    Ok(own)
}

/// Says that a process was told to end before it had done everything.
pub(super) fn stopped(stop: &Stop, outcome: &mut Outcome) {
    if stop.is_told() && outcome.exit == Some(Exit::TryAgain) {
        let fault = Diagnostic::warning("stopped", "farol was told to end, and has begun nothing more");
        outcome.diagnostics.push(fault.help("run again: what is left goes out, and nothing twice"));
    }
}
