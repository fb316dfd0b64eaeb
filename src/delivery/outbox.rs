//! The outbox: who still has to get a report, and the attempts to bring it there, each step recorded before the next.
//!
//! Writes no message and computes nothing; a delivery is retried from the bytes that the ledger keeps.

mod pause;
mod summary;

use chrono::{DateTime, Utc};

use super::address::Envelope;
use super::transport::{Outcome, Transport};
use crate::config::OnUnknown;
use crate::error::Result;
use crate::ledger::{Delivery, Ledger, RunLock, Settlement, State};

pub use summary::Summary;

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

/// Who needs a letter. Without `resend` only those who never had one of this report and period; with it everybody, in a new revision.
///
/// # Errors
/// Those of the ledger.
pub fn plan(ledger: &Ledger, mailing: &Mailing, resend: bool) -> Result<Plan> {
    let (report, period) = (mailing.report.as_str(), mailing.period.as_str());
    ledger.check_mailing(report, period)?;
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

/// Carries what waits, mailing by mailing, for as long as the server talks to us: once it has not, nobody is tried any more.
pub struct Postman<'a> {
    transport: &'a mut dyn Transport,
    on_unknown: OnUnknown,
    clock: &'a dyn Fn() -> DateTime<Utc>,
    closed: Option<Closed>,
}

/// A server that talks to nobody.
struct Closed {
    reason: String,
    /// Until then it is left alone.
    until: DateTime<Utc>,
}

impl<'a> Postman<'a> {
    /// A postman who has not set out yet.
    pub fn new(transport: &'a mut dyn Transport, on_unknown: OnUnknown, clock: &'a dyn Fn() -> DateTime<Utc>) -> Self {
        Self { transport, on_unknown, clock, closed: None }
    }

    /// Tries every delivery of a mailing that has not ended, once: those never tried, those deferred whose pause is over, and those
    /// with an unknown end that have not been tried again yet, with the same bytes and the same Message-ID. What has waited for
    /// too long is dead. Stops at the first sign that the server talks to nobody.
    ///
    /// # Errors
    /// Those of the ledger: what cannot be recorded is not sent.
    pub fn work(&mut self, ledger: &mut Ledger, lock: &RunLock, mailing: &Mailing) -> Result<Summary> {
        ledger.recover(lock, (self.clock)())?;
        let was_closed = self.closed.is_some();
        let mut summary = Summary::new(self.on_unknown);
        let mut waiting = Vec::new();
        for delivery in ledger.deliveries(&mailing.report, &mailing.period)? {
            if delivery.state.has_ended() {
                continue;
            }
            if !mailing.recipients.contains(&delivery.recipient) {
                summary.held.push(delivery);
                continue;
            }
            let delivery = self.expire(ledger, delivery)?;
            if self.may_be_tried(&delivery) {
                waiting.push(delivery);
            }
        }
        self.carry(ledger, &waiting, &mut summary)?;
        for recipient in &mailing.recipients {
            summary.deliveries.extend(ledger.standing(&mailing.report, &mailing.period, recipient)?);
        }
        Ok(self.close(summary, was_closed))
    }

    /// Tries deliveries at once that have not been taken over, pause or not, because somebody decided so. Those that had ended,
    /// or whose end is unknown, wait again first, until `deliver_by`.
    ///
    /// # Errors
    /// As [`Self::work`].
    pub fn retry(
        &mut self,
        ledger: &mut Ledger,
        deliveries: &[Delivery],
        (reason, deliver_by): (&str, DateTime<Utc>),
    ) -> Result<Summary> {
        let mut summary = Summary::new(self.on_unknown);
        let mut waiting = Vec::new();
        for delivery in deliveries {
            waiting.push(if delivery.state == State::Pending {
                delivery.clone()
            } else {
                ledger.retry(delivery.id, reason, deliver_by, (self.clock)())?
            });
        }
        self.carry(ledger, &waiting, &mut summary)?;
        for delivery in &waiting {
            summary.deliveries.extend(ledger.delivery(delivery.id)?);
        }
        Ok(self.close(summary, false))
    }

    /// Tries each, and has those that the server was not asked for wait as long as the one that found it closed.
    fn carry(&mut self, ledger: &mut Ledger, waiting: &[Delivery], summary: &mut Summary) -> Result<()> {
        let mut left = waiting.iter();
        while self.closed.is_none()
            && let Some(delivery) = left.next()
        {
            if let Outcome::Sent(_) = self.attempt(ledger, delivery)? {
                summary.sent_now.push(delivery.id);
            }
        }
        let Some(closed) = &self.closed else { return Ok(()) };
        let left = left.filter(|delivery| matches!(delivery.state, State::Pending | State::Deferred));
        ledger.postpone(&left.map(|delivery| delivery.id).collect::<Vec<_>>(), closed.until, (self.clock)())
    }

    /// What the summary says of the server and of the time.
    fn close(&self, mut summary: Summary, was_closed: bool) -> Summary {
        summary.at = (self.clock)();
        summary.unreachable = self.closed.as_ref().map(|closed| closed.reason.clone());
        summary.is_known_unreachable = was_closed;
        summary
    }

    /// Ends what has waited for too long.
    fn expire(&self, ledger: &mut Ledger, delivery: Delivery) -> Result<Delivery> {
        let now = (self.clock)();
        let Some(limit) = delivery.deliver_by.filter(|limit| *limit <= now) else { return Ok(delivery) };
        if !matches!(delivery.state, State::Pending | State::Deferred) {
            return Ok(delivery);
        }
        let last = delivery.reply.as_deref().unwrap_or("it was never tried");
        let reply = format!("not delivered by {}: {last}", limit.format("%Y-%m-%d %H:%M UTC"));
        ledger.settle(delivery.id, Settlement::Dead(reply), now)
    }

    /// Whether another attempt may be made now.
    fn may_be_tried(&self, delivery: &Delivery) -> bool {
        let now = (self.clock)();
        is_to_come(delivery, self.on_unknown, now) && delivery.not_before.is_none_or(|start| start <= now)
    }

    /// One attempt, from the ledger's bytes to the ledger's verdict.
    fn attempt(&mut self, ledger: &mut Ledger, delivery: &Delivery) -> Result<Outcome> {
        let clock = self.clock;
        let message = ledger.message(&delivery.message)?;
        let envelope = Envelope::new(&delivery.sender, &delivery.recipient)?;
        let begun = ledger.begin(delivery.id, clock())?;
        let mut intent = || ledger.intend(delivery.id, clock()).map(|_| ());
        let outcome = self.transport.deliver(&envelope, &message, &mut intent)?;
        let settlement = match &outcome {
            Outcome::Sent(reply) => Settlement::Sent(reply.clone()),
            Outcome::Deferred(reason) | Outcome::Unreachable(reason) => Settlement::Deferred(reason.clone()),
            Outcome::Refused(reason) => Settlement::Failed(reason.clone()),
            Outcome::Unknown(reason) => Settlement::Unknown(reason.clone()),
        };
        let settled = ledger.settle(delivery.id, settlement, clock())?;
        if settled.state == State::Deferred {
            let until = settled.updated + pause::after(begun.attempts, &settled.message_id);
            ledger.postpone(&[delivery.id], until, clock())?;
            if let Outcome::Unreachable(reason) = &outcome {
                self.closed = Some(Closed { reason: reason.clone(), until });
            }
        }
        Ok(outcome)
    }
}

/// Whether another attempt is to come by itself, now or after a pause.
fn is_to_come(delivery: &Delivery, on_unknown: OnUnknown, now: DateTime<Utc>) -> bool {
    match delivery.state {
        State::Pending | State::Deferred => true,
        State::Unknown => {
            delivery.resends == 0
                && on_unknown == OnUnknown::ResendOnce
                && delivery.deliver_by.is_none_or(|limit| limit > now)
        }
        State::Sending | State::Sent | State::Failed | State::Dead | State::Discarded => false,
    }
}
