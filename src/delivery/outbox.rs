//! The outbox: who still has to get a report, and the attempts to bring it there, each step recorded before the next.
//!
//! Writes no message and computes nothing; a delivery is retried from the bytes that the ledger keeps.

mod held;
mod mailing;
mod pause;
mod summary;

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use super::address::{Envelope, masked};
use super::stop::Stop;
use super::transport::{Outcome, Transport};
use crate::config::OnUnknown;
use crate::error::Result;
use crate::ledger::{Delivery, Ledger, RunLock, Settlement, State, TRIAL};

pub use held::{blocked, doubt, obstacle, stands};
pub use mailing::{Mailing, Obstacle, scope_text};
pub use summary::Summary;

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

/// Who needs a letter. Without `resend` only those who never had one of this report and period, and those whose letter has not
/// left and was written for other rights than they have now; with it everybody, in a new revision.
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
            Some(delivery) if !is_written_anew(ledger, mailing, &delivery)? => plan.standing.push(delivery),
            _ => plan.recipients.push(recipient.clone()),
        }
    }
    Ok(plan)
}

/// Carries what waits, mailing by mailing, for as long as the server talks to us: once it has not, nobody is tried any more.
/// A conversation that breaks at a reader costs the next one nothing; two in a row that do so at different readers are the server's
/// fault.
pub struct Postman<'a> {
    transport: &'a mut dyn Transport,
    on_unknown: OnUnknown,
    clock: &'a dyn Fn() -> DateTime<Utc>,
    closed: Option<Closed>,
    /// The reader at whom the latest conversation broke, if it did.
    broken_at: Option<String>,
    /// What has had its attempt.
    tried: BTreeSet<i64>,
    stop: Stop,
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
        Self {
            transport,
            on_unknown,
            clock,
            closed: None,
            broken_at: None,
            tried: BTreeSet::new(),
            stop: Stop::default(),
        }
    }

    /// The same, who begins nothing more once the process was told to end.
    #[must_use]
    pub fn until(mut self, stop: &Stop) -> Self {
        self.stop = stop.clone();
        self
    }

    /// Tries every delivery of a mailing that has not ended, once: those never tried, those deferred whose pause is over, and those
    /// with an unknown end that have not been tried again yet, with the same bytes and the same Message-ID. What has waited for
    /// too long is dead. Whoever has been tried less comes first, so that nobody's faults starve the others. Stops at the first
    /// sign that the server talks to nobody.
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
            // Whatever keeps a mail from being tried, its time goes on.
            let delivery = self.expire(ledger, delivery)?;
            match mailing.obstacle(ledger, &delivery)? {
                Some(Obstacle::Unnamed) => summary.held.push(delivery),
                Some(Obstacle::Outdated) => summary.outdated.push(delivery),
                None if self.may_be_tried(&delivery) => waiting.push(delivery),
                None => {}
            }
        }
        waiting.sort_by_key(|delivery| (delivery.attempts, delivery.id));
        self.carry(ledger, &waiting, &mut summary)?;
        for recipient in &mailing.recipients {
            summary.deliveries.extend(ledger.standing(&mailing.report, &mailing.period, recipient)?);
        }
        Ok(self.close(summary, was_closed))
    }

    /// Tries deliveries at once that have not been taken over, pause or not, because somebody decided so. Those that had ended wait
    /// again first, until `deliver_by`. One of unknown end that was tried once has its second attempt, after which none comes by
    /// itself.
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
            let is_second = delivery.state == State::Unknown && delivery.resends == 0;
            waiting.push(if delivery.state == State::Pending || is_second {
                delivery.clone()
            } else {
                ledger.retry(delivery.id, reason, deliver_by, (self.clock)())?
            });
        }
        self.carry(ledger, &waiting, &mut summary)?;
        for delivery in &waiting {
            let now = (self.clock)();
            let is_over = |delivery: &Delivery| delivery.deliver_by.is_some_and(|limit| limit <= now);
            // What somebody wanted tried has its time anew, also if it was its second attempt.
            if let Some(delivery) = ledger.delivery(delivery.id)?
                && delivery.state == State::Deferred
                && is_over(&delivery)
            {
                ledger.retry(delivery.id, reason, deliver_by, now)?;
            }
        }
        for delivery in &waiting {
            summary.deliveries.extend(ledger.delivery(delivery.id)?);
        }
        Ok(self.close(summary, false))
    }

    /// Tries each, and has those that the server was not asked for wait as long as the one that found it closed.
    fn carry(&mut self, ledger: &mut Ledger, waiting: &[Delivery], summary: &mut Summary) -> Result<()> {
        let mut left = waiting.iter();
        let stop = self.stop.clone();
        stop.while_busy(|| self.try_each(ledger, &mut left, summary))?;
        let Some(closed) = &self.closed else { return Ok(()) };
        let left = left.filter(|delivery| matches!(delivery.state, State::Pending | State::Deferred));
        ledger.postpone(&left.map(|delivery| delivery.id).collect::<Vec<_>>(), closed.until, (self.clock)())
    }

    fn try_each(
        &mut self,
        ledger: &mut Ledger,
        left: &mut std::slice::Iter<'_, Delivery>,
        summary: &mut Summary,
    ) -> Result<()> {
        while self.closed.is_none()
            && !self.stop.is_told()
            && let Some(delivery) = left.next()
        {
            let (begun, outcome) = self.attempt(ledger, delivery)?;
            let has_left = matches!(outcome, Outcome::Sent(_) | Outcome::Unknown(_));
            if has_left && begun.resends > 0 {
                summary.tried_twice.push(begun);
            }
            if let Outcome::Sent(_) = outcome {
                summary.sent_now.push(delivery.id);
            }
        }
        Ok(())
    }

    /// What the summary says of the server and of the time.
    fn close(&self, mut summary: Summary, was_closed: bool) -> Summary {
        summary.at = (self.clock)();
        summary.unreachable = self.closed.as_ref().map(|closed| closed.reason.clone());
        summary.is_known_unreachable = was_closed;
        summary.is_stopped = self.stop.is_told();
        summary
    }

    /// Ends trials that have waited for too long; nobody tries them by themselves. Returns them.
    ///
    /// # Errors
    /// Those of the ledger.
    pub fn end_trials(&self, ledger: &mut Ledger) -> Result<Vec<Delivery>> {
        let mut ended = Vec::new();
        for delivery in late_trials(ledger, (self.clock)())? {
            ended.push(self.expire(ledger, delivery)?);
        }
        Ok(ended)
    }

    /// Ends what has waited for too long.
    fn expire(&self, ledger: &mut Ledger, delivery: Delivery) -> Result<Delivery> {
        let now = (self.clock)();
        let Some(limit) = delivery.deliver_by.filter(|limit| *limit <= now) else { return Ok(delivery) };
        if !matches!(delivery.state, State::Pending | State::Deferred) {
            return Ok(delivery);
        }
        let utc = |at: DateTime<Utc>| at.format("%Y-%m-%d %H:%M UTC").to_string();
        let last = match &delivery.reply {
            Some(reply) if delivery.attempts > 0 => format!("its last attempt: {reply}"),
            _ => "it was never tried".to_owned(),
        };
        let reply = format!("not delivered by {}; the clock showed {}; {last}", utc(limit), utc(now));
        ledger.settle(delivery.id, Settlement::Dead(reply), now)
    }

    /// Whether another attempt may be made now.
    fn may_be_tried(&self, delivery: &Delivery) -> bool {
        let now = (self.clock)();
        is_to_come(delivery, self.on_unknown, now) && !is_paused(delivery, now) && !self.tried.contains(&delivery.id)
    }

    /// One attempt, from the ledger's bytes to the ledger's verdict; and the delivery as it was while the attempt went on.
    fn attempt(&mut self, ledger: &mut Ledger, delivery: &Delivery) -> Result<(Delivery, Outcome)> {
        let clock = self.clock;
        let message = ledger.message(&delivery.message)?;
        let envelope = Envelope::new(&delivery.sender, &delivery.recipient)?;
        let begun = ledger.begin(delivery.id, clock())?;
        let mut intent = || ledger.intend(delivery.id, clock()).map(|_| ());
        self.tried.insert(delivery.id);
        let outcome = self.transport.deliver(&envelope, &message, &mut intent)?;
        let settlement = match &outcome {
            Outcome::Sent(reply) => Settlement::Sent(reply.clone()),
            Outcome::Deferred(reason) | Outcome::Broken(reason) | Outcome::Unreachable(reason) => {
                Settlement::Deferred(reason.clone())
            }
            Outcome::Refused(reason) => Settlement::Failed(reason.clone()),
            Outcome::Unknown(reason) => Settlement::Unknown(reason.clone()),
        };
        let settled = ledger.settle(delivery.id, settlement, clock())?;
        let until = settled.updated + pause::after(begun.attempts, &settled.message_id);
        if settled.state == State::Deferred {
            ledger.postpone(&[delivery.id], until, clock())?;
        }
        let breaks = matches!(outcome, Outcome::Broken(_) | Outcome::Unknown(_));
        let broken_at = std::mem::replace(&mut self.broken_at, breaks.then(|| delivery.recipient.clone()));
        // Several mails to one reader tell nothing of the others.
        let breaks_again = breaks && broken_at.is_some_and(|reader| reader != delivery.recipient);
        if matches!(outcome, Outcome::Unreachable(_)) || breaks_again {
            let reason = outcome.reason().replace(&delivery.recipient, &masked(&delivery.recipient));
            self.closed = Some(Closed { reason, until });
        }
        Ok((begun, outcome))
    }
}

/// Trials that wait and have waited too long.
///
/// # Errors
/// Those of the ledger.
pub fn late_trials(ledger: &Ledger, now: DateTime<Utc>) -> Result<Vec<Delivery>> {
    let is_late = |mail: &Delivery| {
        mail.report.ends_with(TRIAL)
            && matches!(mail.state, State::Pending | State::Deferred)
            && mail.deliver_by.is_some_and(|limit| limit <= now)
    };
    Ok(ledger.undelivered()?.into_iter().filter(is_late).collect())
}

/// The mail of a mailing that is to be tried now, or that has waited too long.
///
/// # Errors
/// Those of the ledger.
pub fn due(ledger: &Ledger, mailing: &Mailing, on_unknown: OnUnknown, now: DateTime<Utc>) -> Result<Vec<Delivery>> {
    let mut due = Vec::new();
    for delivery in ledger.deliveries(&mailing.report, &mailing.period)? {
        let is_cut_off = delivery.state == State::Sending;
        let is_over = delivery.deliver_by.is_some_and(|limit| limit <= now);
        let is_tried = is_cut_off || (is_to_come(&delivery, on_unknown, now) && !is_paused(&delivery, now));
        let is_waiting = matches!(delivery.state, State::Pending | State::Deferred);
        if (is_over && is_waiting) || (is_tried && mailing.obstacle(ledger, &delivery)?.is_none()) {
            due.push(delivery);
        }
    }
    Ok(due)
}

/// Whether the next run of its report and period writes a mail anew: nothing of it can have arrived, or somebody has had it wait all
/// the same; it was not given up, and it was written for other rights than its reader has now.
///
/// # Errors
/// Those of the ledger.
pub fn is_written_anew(ledger: &Ledger, mailing: &Mailing, delivery: &Delivery) -> Result<bool> {
    let has_not_left = matches!(delivery.state, State::Pending | State::Deferred | State::Failed | State::Dead);
    Ok(has_not_left && !delivery.is_undecided() && mailing.obstacle(ledger, delivery)? == Some(Obstacle::Outdated))
}

/// Whether its pause still runs. One that was begun by a clock that was ahead is none.
fn is_paused(delivery: &Delivery, now: DateTime<Utc>) -> bool {
    delivery.updated <= now && delivery.not_before.is_some_and(|start| start > now)
}

/// Whether another attempt is to come by itself, now or after a pause.
pub fn is_to_come(delivery: &Delivery, on_unknown: OnUnknown, now: DateTime<Utc>) -> bool {
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
