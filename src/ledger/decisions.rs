//! What people decided about deliveries: to try one again that had ended, or to give one up. Each decision is history.
//!
//! The file itself refuses the change of a delivery that nobody has decided.

use chrono::{DateTime, Utc};
use rusqlite::{Row, Transaction, params};

use super::Ledger;
use super::record::{Delivery, NOT_ARRIVED, Seal, State, written};
use super::rows::{time, unreadable};
use crate::error::Result;

/// What was decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// To try it again.
    Retry,
    /// To give it up.
    Discard,
}

impl Choice {
    /// As the ledger writes it.
    pub fn id(self) -> &'static str {
        match self {
            Self::Retry => "retry",
            Self::Discard => "discard",
        }
    }
}

/// A decision as it is found in the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The delivery's number.
    pub delivery: i64,
    /// When.
    pub at: DateTime<Utc>,
    /// What.
    pub choice: Choice,
    /// The state that the delivery was in.
    pub was: State,
    /// Why.
    pub reason: String,
}

impl Decision {
    fn seal(&self, id: i64) -> String {
        Seal::default()
            .text(&id.to_string())
            .text(&self.delivery.to_string())
            .text(&written(self.at))
            .text(self.choice.id())
            .text(self.was.id())
            .text(&self.reason)
            .close()
    }
}

/// Writes a decision about a delivery that is still as it was.
pub(super) fn insert(
    transaction: &Transaction<'_>,
    delivery: &Delivery,
    choice: Choice,
    reason: &str,
    at: DateTime<Utc>,
) -> rusqlite::Result<()> {
    let id: i64 = transaction.query_row("SELECT coalesce(max(id), 0) + 1 FROM decisions", [], |row| row.get(0))?;
    let decision = Decision { delivery: delivery.id, at, choice, was: delivery.state, reason: reason.to_owned() };
    transaction.execute(
        "INSERT INTO decisions VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        params![id, delivery.id, written(at), choice.id(), delivery.state.id(), reason, decision.seal(id)],
    )?;
    Ok(())
}

/// A decision, its number and its seal.
fn read(row: &Row<'_>) -> rusqlite::Result<(Decision, i64, String)> {
    let (what, was): (String, String) = (row.get(3)?, row.get(4)?);
    let choice = [Choice::Retry, Choice::Discard].into_iter().find(|choice| choice.id() == what);
    let decision = Decision {
        delivery: row.get(1)?,
        at: time(row, 2)?,
        choice: choice.ok_or_else(|| unreadable(3, &what))?,
        was: State::read(&was).ok_or_else(|| unreadable(4, &was))?,
        reason: row.get(5)?,
    };
    Ok((decision, row.get(0)?, row.get(6)?))
}

impl Ledger {
    /// Has a delivery wait again that was deferred, refused, dead or of unknown end, until `deliver_by`, because somebody decided so.
    ///
    /// # Errors
    /// [`crate::error::Exit::Internal`] if it was taken over or given up, is being tried, or waits as it is.
    pub fn retry(&mut self, id: i64, reason: &str, deliver_by: DateTime<Utc>, now: DateTime<Utc>) -> Result<Delivery> {
        self.change_with(id, now, |transaction, delivery| {
            insert(transaction, delivery, Choice::Retry, reason, now)?;
            delivery.state = State::Pending;
            delivery.dot_intent = None;
            delivery.not_before = None;
            delivery.deliver_by = Some(deliver_by);
            if reason == NOT_ARRIVED {
                delivery.reply = Some(NOT_ARRIVED.to_owned());
            }
            Ok(())
        })
    }

    /// Has a delivery that may have arrived wait to be written anew, because somebody has said that it has not.
    ///
    /// # Errors
    /// As [`Ledger::retry`].
    pub fn deny(&mut self, id: i64, deliver_by: DateTime<Utc>, now: DateTime<Utc>) -> Result<Delivery> {
        self.retry(id, NOT_ARRIVED, deliver_by, now)
    }

    /// Whether a delivery may have arrived, also one that was given up: what was given up for a newer mail, or because somebody has
    /// said that it is there, may be there.
    ///
    /// # Errors
    /// As [`Ledger`] says.
    pub fn may_have_arrived(&self, delivery: &Delivery) -> Result<bool> {
        if delivery.state != State::Discarded {
            return Ok(delivery.may_have_arrived());
        }
        let decisions = self.decisions(delivery.id)?;
        let Some((given_up, before)) = decisions.split_last() else { return Ok(false) };
        let is_denied = || before.last().is_some_and(|decision| decision.reason == NOT_ARRIVED);
        Ok(match given_up.was {
            State::Unknown => true,
            State::Pending => delivery.resends > 0 && !is_denied(),
            _ => delivery.resends > 0,
        })
    }

    /// Gives a delivery up that was not taken over, because somebody decided so.
    ///
    /// # Errors
    /// [`crate::error::Exit::Internal`] if it was taken over or given up, or is being tried.
    pub fn discard(&mut self, id: i64, reason: &str, now: DateTime<Utc>) -> Result<Delivery> {
        self.change_with(id, now, |transaction, delivery| {
            insert(transaction, delivery, Choice::Discard, reason, now)?;
            delivery.state = State::Discarded;
            delivery.reply = Some(format!("discarded: {reason}"));
            Ok(())
        })
    }

    /// What was decided about a delivery, oldest first.
    ///
    /// # Errors
    /// As [`Ledger`] says.
    pub fn decisions(&self, delivery: i64) -> Result<Vec<Decision>> {
        let query = "SELECT id, delivery, at, what, was, reason, seal FROM decisions WHERE delivery = ?1 ORDER BY id";
        let rows = self.all(query, [delivery], read)?;
        let is_sound = |(decision, id, seal): &(Decision, i64, String)| decision.seal(*id) == *seal;
        let rows = self.sealed(rows, is_sound, |(_, id, _)| format!("decision {id}"))?;
        Ok(rows.into_iter().map(|(decision, ..)| decision).collect())
    }
}
