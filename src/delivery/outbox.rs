//! The outbox: who still has to get a report, and the attempts to bring it there, each step recorded before the next.
//!
//! Writes no message and computes nothing; a delivery is retried from the bytes that the ledger keeps.

use chrono::{DateTime, Utc};

use super::address::{Envelope, masked};
use super::transport::{Outcome, Transport};
use crate::diagnostic::Diagnostic;
use crate::error::{Exit, Result};
use crate::ledger::{Delivery, Ledger, RunLock, Settlement, State};

/// A report of a period, and whom the configuration wants to have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mailing {
    /// Report id.
    pub report: String,
    /// Period id.
    pub period: String,
    /// Bare addresses in lower case ([`super::address::identity`]), each once.
    pub recipients: Vec<String>,
}

/// What is to be written before the outbox is worked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The revision of what is written now.
    pub revision: u32,
    /// Who needs a letter: the others have one, sent or still to be sent.
    pub recipients: Vec<String>,
    /// The newest delivery of each of the others.
    pub standing: Vec<Delivery>,
}

/// How a mailing stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// The newest delivery of each recipient that has one, in the recipients' order.
    pub deliveries: Vec<Delivery>,
    /// Numbers of the deliveries that were sent just now.
    pub sent_now: Vec<i64>,
    /// Deliveries to people whom the configuration no longer names; they are not tried.
    pub held: Vec<Delivery>,
    /// Why no conversation with the server was possible, if none was.
    pub unreachable: Option<String>,
}

/// Who needs a letter. Without `resend` only those who never had one of this report and period; with it everybody, in a new revision.
///
/// # Errors
/// Those of the ledger.
pub fn plan(ledger: &Ledger, mailing: &Mailing, resend: bool) -> Result<Plan> {
    let (report, period) = (mailing.report.as_str(), mailing.period.as_str());
    if resend {
        let revision = ledger.next_revision(report, period)?;
        return Ok(Plan { revision, recipients: mailing.recipients.clone(), standing: Vec::new() });
    }
    let mut plan =
        Plan { revision: ledger.revision(report, period)?.max(1), recipients: Vec::new(), standing: Vec::new() };
    for recipient in &mailing.recipients {
        match ledger.standing(report, period, recipient)? {
            Some(delivery) => plan.standing.push(delivery),
            None => plan.recipients.push(recipient.clone()),
        }
    }
    Ok(plan)
}

/// Tries every delivery of a mailing that has not ended, once: those never tried, those deferred, and those with an unknown end
/// that have not been tried again yet, with the same bytes and the same Message-ID. Stops at the first sign that the server
/// talks to nobody.
///
/// # Errors
/// Those of the ledger: what cannot be recorded is not sent.
pub fn work(
    ledger: &mut Ledger,
    lock: &RunLock,
    transport: &mut dyn Transport,
    mailing: &Mailing,
    clock: &dyn Fn() -> DateTime<Utc>,
) -> Result<Summary> {
    ledger.recover(lock, clock())?;
    let mut summary = Summary::default();
    for delivery in ledger.deliveries(&mailing.report, &mailing.period)? {
        if matches!(delivery.state, State::Sent | State::Failed) {
            continue;
        }
        if !mailing.recipients.contains(&delivery.recipient) {
            summary.held.push(delivery);
        } else if summary.unreachable.is_none() && may_be_tried(&delivery) {
            let outcome = attempt(ledger, transport, &delivery, clock)?;
            match outcome {
                Outcome::Sent(_) => summary.sent_now.push(delivery.id),
                Outcome::Unreachable(reason) => summary.unreachable = Some(reason),
                _ => {}
            }
        }
    }
    for recipient in &mailing.recipients {
        summary.deliveries.extend(ledger.standing(&mailing.report, &mailing.period, recipient)?);
    }
    Ok(summary)
}

/// Whether another attempt may be made.
fn may_be_tried(delivery: &Delivery) -> bool {
    match delivery.state {
        State::Pending | State::Deferred => true,
        State::Unknown => delivery.resends == 0,
        State::Sending | State::Sent | State::Failed => false,
    }
}

/// One attempt, from the ledger's bytes to the ledger's verdict.
fn attempt(
    ledger: &mut Ledger,
    transport: &mut dyn Transport,
    delivery: &Delivery,
    clock: &dyn Fn() -> DateTime<Utc>,
) -> Result<Outcome> {
    let message = ledger.message(&delivery.message)?;
    let envelope = Envelope::new(&delivery.sender, &delivery.recipient)?;
    ledger.begin(delivery.id, clock())?;
    let outcome = transport.deliver(&envelope, &message, &mut || ledger.intend(delivery.id, clock()).map(|_| ()))?;
    let settlement = match &outcome {
        Outcome::Sent(reply) => Settlement::Sent(reply.clone()),
        Outcome::Deferred(reason) | Outcome::Unreachable(reason) => Settlement::Deferred(reason.clone()),
        Outcome::Refused(reason) => Settlement::Failed(reason.clone()),
        Outcome::Unknown(reason) => Settlement::Unknown(reason.clone()),
    };
    ledger.settle(delivery.id, settlement, clock())?;
    Ok(outcome)
}

impl Summary {
    /// How many deliveries stand like this.
    pub fn count(&self, state: State) -> usize {
        self.deliveries.iter().filter(|delivery| delivery.state == state).count()
    }

    /// The exit code that the mailing adds up to, `None` if everybody has it: [`Exit::TryAgain`] as long as another attempt is to
    /// come for anybody, else [`Exit::Undeliverable`] if somebody never gets it or nobody knows.
    pub fn exit(&self) -> Option<Exit> {
        if self.deliveries.iter().any(may_be_tried) {
            Some(Exit::TryAgain)
        } else if self.deliveries.iter().any(|delivery| delivery.state != State::Sent) {
            Some(Exit::Undeliverable)
        } else {
            None
        }
    }

    /// What somebody should know, addresses masked: the unreachable server once, and each delivery that is not sent.
    pub fn diagnostics(&self) -> Vec<Diagnostic> {
        let mut all = Vec::new();
        if let Some(reason) = &self.unreachable {
            all.push(
                Diagnostic::error("mail-server", format!("the mail could not be handed over: {reason}"))
                    .help("nothing was sent; run again when the mail server is there, or check delivery.transport"),
            );
        }
        all.extend(self.deliveries.iter().filter_map(|delivery| told(delivery, self.unreachable.is_some())));
        all.extend(self.held.iter().map(|delivery| {
            let who = masked(&delivery.recipient);
            Diagnostic::warning(
                "mail-held",
                format!("a mail to `{who}` waits, but the configuration no longer names them"),
            )
            .help("name them again in reports.yaml, or leave it: it will not be sent")
        }));
        all
    }
}

/// What is to be said about a delivery, if anything; with the server unreachable, deferral goes without saying.
fn told(delivery: &Delivery, server_is_unreachable: bool) -> Option<Diagnostic> {
    let who = masked(&delivery.recipient);
    let reply = delivery.reply.as_deref().unwrap_or("not tried yet").replace(&delivery.recipient, &who);
    match delivery.state {
        State::Sent => None,
        State::Pending | State::Deferred if server_is_unreachable => None,
        State::Pending | State::Sending | State::Deferred => Some(
            Diagnostic::warning("mail-deferred", format!("`{who}` has not got it yet: {reply}"))
                .help("run again: the same mail is tried again"),
        ),
        State::Failed => Some(
            Diagnostic::error("mail-refused", format!("`{who}` will not get it: {reply}"))
                .help("correct the address in reports.yaml, or have the mail server take it and send again on purpose"),
        ),
        State::Unknown if delivery.resends == 0 => Some(
            Diagnostic::warning("mail-unknown", format!("`{who}` may have got it: {reply}"))
                .help("run again: the same mail is tried once more, under the same Message-ID"),
        ),
        State::Unknown => Some(
            Diagnostic::error("mail-unknown", format!("`{who}` may have got it, twice asked: {reply}"))
                .help("ask them, or look into the mail server's log for the Message-ID"),
        ),
    }
}
