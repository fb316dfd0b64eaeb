//! What people do about mail that is not sent: look at it, try it again, give it up.
//!
//! Renders nothing: the bytes are the ledger's.

use chrono::{DateTime, Utc};

use crate::config::{Config, Recipient};
use crate::delivery::address::{identity, masked};
use crate::delivery::outbox::Postman;
use crate::delivery::transport;
use crate::diagnostic::Diagnostic;
use crate::error::{Exit, Failure, Result};
use crate::ledger::{Delivery, Ledger, OPERATORS, RunLock, State};
use crate::pipeline::mail::{TRIAL, deliver_by, rights};
use crate::pipeline::run::Outcome;

/// Why a delivery is tried again, as its decision says.
const BY_HAND: &str = "farol outbox retry";

/// What is neither sent nor given up, in the order in which it was recorded; with `all`, every delivery.
///
/// # Errors
/// Those of the ledger.
pub fn waiting(ledger: &Ledger, all: bool) -> Result<Vec<Delivery>> {
    let mut deliveries = ledger.all_deliveries()?;
    deliveries.retain(|delivery| all || !matches!(delivery.state, State::Sent | State::Discarded));
    Ok(deliveries)
}

/// The deliveries of these numbers, in their order.
///
/// # Errors
/// [`Exit::Usage`] for a number that no delivery has; those of the ledger.
pub fn chosen(ledger: Option<&Ledger>, ids: &[i64]) -> Result<Vec<Delivery>> {
    let mut found: Vec<Delivery> = Vec::new();
    for id in ids {
        let delivery = ledger.map(|ledger| ledger.delivery(*id)).transpose()?.flatten();
        let Some(delivery) = delivery else {
            let fault = Diagnostic::error("no-delivery", format!("the ledger knows no delivery {id}"));
            return Err(Failure::new(Exit::Usage, fault.help("farol outbox list --all shows their numbers")));
        };
        if found.iter().all(|known| known.id != delivery.id) {
            found.push(delivery);
        }
    }
    Ok(found)
}

/// Tries deliveries again at once, the same bytes under the same Message-ID: those of the numbers, or all that are not sent.
///
/// # Errors
/// [`Exit::Usage`] if one of the numbers may not be tried; [`Exit::TryAgain`] if a run goes on; those of the ledger.
pub fn retry(config: &Config, ids: &[i64], dry_run: bool, clock: &dyn Fn() -> DateTime<Utc>) -> Result<Outcome> {
    let mut outcome = Outcome::default();
    let Some(mut ledger) = Ledger::find_witnessed(&config.state, &config.witnessed)? else {
        chosen(None, ids)?;
        outcome.lines.push("nothing was ever sent".to_owned());
        return Ok(outcome);
    };
    let lock = if dry_run { None } else { Some(RunLock::acquire(&config.state, clock())?) };
    if let Some(lock) = &lock {
        ledger.recover(lock, clock())?;
    }
    let deliveries = if ids.is_empty() { waiting(&ledger, false)? } else { chosen(Some(&ledger), ids)? };
    let mut tried = Vec::new();
    for delivery in deliveries {
        match obstacle(&ledger, config, &delivery)? {
            None => tried.push(delivery),
            Some(why) => {
                let fault =
                    format!("delivery {} to `{}` is not tried: {why}", delivery.id, masked(&delivery.recipient));
                if !ids.is_empty() {
                    let help = "name only deliveries that may be tried; farol outbox list shows them";
                    return Err(Failure::new(Exit::Usage, Diagnostic::error("not-retried", fault).help(help)));
                }
                outcome.diagnostics.push(Diagnostic::warning("not-retried", fault));
            }
        }
    }
    if dry_run {
        outcome.lines.extend(tried.iter().map(|delivery| format!("would try {}", named(delivery))));
        return Ok(outcome);
    }
    if !tried.is_empty() {
        config.delivery.transport.ready()?;
    }
    let mut way = transport::open(&config.delivery.transport)?;
    let mut postman = Postman::new(way.as_mut(), config.delivery.on_unknown, clock);
    let summary = postman.retry(&mut ledger, &tried, (BY_HAND, deliver_by(config, clock())))?;
    outcome.lines.push(format!("sent {} of {} mails", summary.sent_now.len(), tried.len()));
    outcome.diagnostics.extend(summary.diagnostics());
    outcome.exit = summary.exit();
    Ok(outcome)
}

/// Gives deliveries up.
///
/// # Errors
/// [`Exit::Usage`] if one of them is sent or given up; [`Exit::TryAgain`] if a run goes on; those of the ledger.
pub fn discard(
    config: &Config,
    ids: &[i64],
    reason: &str,
    dry_run: bool,
    clock: &dyn Fn() -> DateTime<Utc>,
) -> Result<Outcome> {
    let mut outcome = Outcome::default();
    let mut ledger = Ledger::find_witnessed(&config.state, &config.witnessed)?;
    let lock = if dry_run { None } else { Some(RunLock::acquire(&config.state, clock())?) };
    if let (Some(ledger), Some(lock)) = (&mut ledger, &lock) {
        ledger.recover(lock, clock())?;
    }
    let deliveries = chosen(ledger.as_ref(), ids)?;
    let is_to_operators = deliveries.iter().any(|delivery| delivery.report == OPERATORS);
    let own = (is_to_operators && !dry_run).then(|| RunLock::for_operators(&config.state, clock())).transpose()?;
    if let (Some(ledger), Some(own)) = (&mut ledger, &own) {
        ledger.recover(own, clock())?;
    }
    let deliveries = if own.is_some() { chosen(ledger.as_ref(), ids)? } else { deliveries };
    if let Some(ended) = deliveries.iter().find(|delivery| matches!(delivery.state, State::Sent | State::Discarded)) {
        let fault = Diagnostic::error("not-discarded", format!("{} is {} already", which(ended), ended.state.id()));
        return Err(Failure::new(Exit::Usage, fault.help("name only deliveries that farol outbox list shows")));
    }
    for delivery in &deliveries {
        if let (false, Some(ledger)) = (dry_run, &mut ledger) {
            ledger.discard(delivery.id, reason, clock())?;
            outcome.lines.push(format!("gave up {}", named(delivery)));
        } else {
            outcome.lines.push(format!("would give up {}", named(delivery)));
        }
    }
    Ok(outcome)
}

/// Why a delivery may not be tried, if it may not.
fn obstacle(ledger: &Ledger, config: &Config, delivery: &Delivery) -> Result<Option<&'static str>> {
    let newest = ledger.standing(&delivery.report, &delivery.period, &delivery.recipient)?;
    Ok(if delivery.state == State::Sent {
        Some("it is sent")
    } else if delivery.state == State::Discarded {
        Some("it was given up for good")
    } else if newest.is_some_and(|newest| newest.id != delivery.id) {
        Some("a newer revision has taken its place")
    } else if !is_named(config, delivery)? {
        Some("the configuration no longer names this recipient")
    } else if is_outdated(ledger, config, delivery)? {
        Some(
            "it was written for another part, language or right to names; farol run --send of its report and period writes it anew",
        )
    } else {
        None
    })
}

/// Whether a mail was written for what its reader may see no longer, or not in this way.
fn is_outdated(ledger: &Ledger, config: &Config, delivery: &Delivery) -> Result<bool> {
    let Some(reader) = reader(config, delivery)? else { return Ok(false) };
    Ok(ledger.rights(delivery)?.is_some_and(|then| then != rights(reader)))
}

/// Whether the configuration still wants the report to go to this person; a trial may go wherever mail may go at all.
fn is_named(config: &Config, delivery: &Delivery) -> Result<bool> {
    if let Some(report) = delivery.report.strip_suffix(TRIAL) {
        let domains = &config.delivery.allowed_domains;
        let domain = delivery.recipient.rsplit('@').next().unwrap_or_default();
        return Ok(config.reports.contains_key(report)
            && (domains.is_empty() || domains.iter().any(|allowed| allowed == domain)));
    }
    Ok(reader(config, delivery)?.is_some())
}

/// The recipient of today whom a mail is for.
fn reader<'a>(config: &'a Config, delivery: &Delivery) -> Result<Option<&'a Recipient>> {
    for recipient in config.reports.get(&delivery.report).map_or(&[][..], |plan| &plan.recipients) {
        if identity(&recipient.to)? == delivery.recipient {
            return Ok(Some(recipient));
        }
    }
    Ok(None)
}

/// A delivery in a line of a log, its address masked, and how it stands.
pub(super) fn named(delivery: &Delivery) -> String {
    format!("{}, {}", which(delivery), delivery.state.id())
}

fn which(delivery: &Delivery) -> String {
    let who = masked(&delivery.recipient);
    format!("{}: `{}` {} to `{who}`", delivery.id, delivery.report, delivery.period)
}
