//! The ledger: which runs there were, what figures they came to, and who got what; one `SQLite` file, `farol.db`.
//!
//! Plain values in and out: it knows neither how to send nor how to compute, and it is never told a password.

mod answers;
mod backup;
mod checked;
mod decisions;
mod file;
mod incidents;
mod look;
mod overview;
mod prune;
mod record;
mod rights;
mod rows;
mod schema;
mod slots;
mod told;
mod witness;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, Params, Transaction, TransactionBehavior, params};

use crate::diagnostic::Diagnostic;
use crate::digest::sha256;
use crate::error::{Exit, Failure, Result};

pub use answers::{AnswersTold, Knowing};
pub use decisions::{Choice, Decision};
pub use file::RunLock;
pub use incidents::{Incident, OPERATORS, TRIAL};
pub use overview::{DatedAhead, Outbox};
pub use prune::Pruning;
pub use record::{Delivery, Figure, NewDelivery, Run, RunRecord, SentRecord, Settlement, State};
pub use rights::Rights;
pub use slots::{LEFT_TO_THE_OUTBOX, MADE_FOR_SOME, Slot, SlotState};
pub use told::{Telling, ToldFigure, ToldRecord};

use record::figures_digest;
use rows::{DELIVERIES, RUNS};

/// The open ledger. Every method fails with [`Exit::Io`] if the file is damaged or the disk is full, and with
/// [`Exit::TryAgain`] if another process writes for longer than five seconds; what failed has changed nothing.
#[derive(Debug)]
pub struct Ledger {
    connection: Connection,
    path: PathBuf,
    /// Falls after the connection: what it says holds of a file that is closed.
    checked: Option<checked::Checked>,
}

impl Ledger {
    /// Opens the ledger of a state folder, or makes one where there has never been any, and checks the whole of it: the pages,
    /// the tables, the seal of every run and every delivery. A file that was checked within a day, and that nothing but this
    /// program has touched since, is not checked again; [`checked`] says how that is known.
    ///
    /// # Errors
    /// [`Exit::Io`] if it is damaged, lost or of a newer farol; [`Exit::Permission`] if it may not be written.
    pub fn open(state: &Path) -> Result<Self> {
        let file::Opened { connection, path, checked, is_new_to_us } = file::open(state)?;
        let mut ledger = Self { connection, path, checked: None };
        if is_new_to_us {
            ledger.check_seals()?;
        }
        ledger.checked = Some(checked);
        Ok(ledger)
    }

    /// Reads every run and every delivery, for their seals.
    fn check_seals(&self) -> Result<()> {
        self.select_runs("", [])?;
        self.select("", []).map(|_| ())
    }

    /// Holds the mails of a report of a period, as the index and their rows have them, against the table that they stand in: a mail
    /// that is not found would be sent again. Reads the whole table, so once for a report that is to be sent.
    ///
    /// # Errors
    /// [`Exit::Io`] if they differ, or if a row is not as it was recorded.
    pub fn check_mailing(&self, report: &str, period: &str) -> Result<()> {
        let ids = |deliveries: &str, runs: &str| -> Result<BTreeSet<i64>> {
            let query = format!(
                "SELECT id FROM deliveries {deliveries} WHERE run IN (SELECT id FROM runs {runs} WHERE report = ?1 AND period = ?2)"
            );
            Ok(self.all(&query, [report, period], |row| row.get(0))?.into_iter().collect())
        };
        let in_index = ids("INDEXED BY deliveries_by_run", "INDEXED BY runs_by_report")?;
        let in_table = ids("NOT INDEXED", "NOT INDEXED")?;
        // All of them, and not one person's: a name with a flipped letter is found by its seal alone.
        let read: BTreeSet<i64> = self.deliveries(report, period)?.iter().map(|delivery| delivery.id).collect();
        if in_index == in_table && in_table == read {
            return Ok(());
        }
        Err(self.damaged(&format!("the mails of `{report}` {period} are not all found where they stand")))
    }

    /// The same, where there is one; `None` where there has never been any.
    ///
    /// # Errors
    /// As [`Ledger::open`].
    pub fn find(state: &Path) -> Result<Option<Self>> {
        if file::has_been(state)? { Self::open(state).map(Some) } else { Ok(None) }
    }

    /// Records a run with its figures and with the messages that it wants delivered, all or nothing. What earlier runs of the
    /// same report still had to deliver to the same people is given up: nobody gets the old after the new. Returns the run's
    /// number.
    ///
    /// # Errors
    /// [`Exit::Internal`] if a figure is not finite or appears twice, or if the Message-ID is known already.
    pub fn record(&mut self, run: &Run, figures: &[Figure], deliveries: &[NewDelivery]) -> Result<i64> {
        if let Some(figure) = figures.iter().find(|figure| !is_finite(figure)) {
            let what = format!("`{}` of `{}` is not finite", figure.kpi, figure.segment);
            return Err(Failure::new(Exit::Internal, Diagnostic::error("figure-not-finite", what)));
        }
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(|error| file::storage(&self.path, &error))?;
        let id = rows::insert(&transaction, run, figures, deliveries)
            .and_then(|id| {
                for delivery in deliveries {
                    rows::give_up_older(&transaction, (id, run), &delivery.recipient)?;
                }
                transaction.commit()?;
                Ok(id)
            })
            .map_err(|error| file::storage(&self.path, &error))?;
        Ok(id)
    }

    /// The newest revision that was meant to be delivered to anybody; 0 if there is none.
    ///
    /// # Errors
    /// As [`Ledger`] says.
    pub fn revision(&self, report: &str, period: &str) -> Result<u32> {
        self.connection
            .query_row(
                "SELECT coalesce(max(revision), 0) FROM runs r WHERE report = ?1 AND period = ?2 \
                 AND EXISTS (SELECT 1 FROM deliveries d WHERE d.run = r.id)",
                [report, period],
                |row| row.get(0),
            )
            .map_err(|error| self.fault(&error))
    }

    /// The revision that the next delivery on purpose will have.
    ///
    /// # Errors
    /// As [`Ledger`] says.
    pub fn next_revision(&self, report: &str, period: &str) -> Result<u32> {
        Ok(self.revision(report, period)?.saturating_add(1))
    }

    /// The newest delivery of a report of a period to a person, whatever has become of it.
    ///
    /// # Errors
    /// As [`Ledger`] says.
    pub fn standing(&self, report: &str, period: &str, recipient: &str) -> Result<Option<Delivery>> {
        let found = self.select(
            "WHERE r.report = ?1 AND r.period = ?2 AND d.recipient = ?3 ORDER BY r.revision, d.id",
            [report, period, recipient],
        )?;
        Ok(found.into_iter().next_back())
    }

    /// The newest delivery of a report of a period that a person has got, if any.
    ///
    /// # Errors
    /// As [`Ledger`] says.
    pub fn already_sent(&self, report: &str, period: &str, recipient: &str) -> Result<Option<SentRecord>> {
        let found = self.select(
            "WHERE r.report = ?1 AND r.period = ?2 AND d.recipient = ?3 AND d.state = 'sent' ORDER BY r.revision, d.id",
            [report, period, recipient],
        )?;
        Ok(found.into_iter().next_back().map(|delivery| SentRecord {
            at: delivery.updated,
            revision: delivery.revision,
            message_id: delivery.message_id,
            reply: delivery.reply.unwrap_or_default(),
        }))
    }

    /// Every delivery of a report of a period, in the order in which they were recorded.
    ///
    /// # Errors
    /// As [`Ledger`] says.
    pub fn deliveries(&self, report: &str, period: &str) -> Result<Vec<Delivery>> {
        self.select("WHERE r.report = ?1 AND r.period = ?2 ORDER BY d.id", [report, period])
    }

    /// Every delivery that has not ended, of any report, in the order in which they were recorded.
    ///
    /// # Errors
    /// As [`Ledger`] says.
    pub fn undelivered(&self) -> Result<Vec<Delivery>> {
        self.select("WHERE d.state NOT IN ('sent', 'failed', 'dead', 'discarded') ORDER BY d.id", [])
    }

    /// Every delivery of every report, in the order in which they were recorded.
    ///
    /// # Errors
    /// As [`Ledger`] says.
    pub fn all_deliveries(&self) -> Result<Vec<Delivery>> {
        self.select("ORDER BY d.id", [])
    }

    /// A delivery by its number.
    ///
    /// # Errors
    /// As [`Ledger`] says.
    pub fn delivery(&self, id: i64) -> Result<Option<Delivery>> {
        Ok(self.select("WHERE d.id = ?1", [id])?.pop())
    }

    /// A run by its number.
    ///
    /// # Errors
    /// As [`Ledger`] says.
    pub fn run(&self, id: i64) -> Result<Option<RunRecord>> {
        Ok(self.select_runs("WHERE id = ?1", [id])?.pop())
    }

    /// The runs of a report for a period, oldest first.
    ///
    /// # Errors
    /// As [`Ledger`] says.
    pub fn runs(&self, report: &str, period: &str) -> Result<Vec<RunRecord>> {
        self.select_runs("WHERE report = ?1 AND period = ?2 ORDER BY id", [report, period])
    }

    /// The runs of a report that were recorded after another run, oldest first.
    ///
    /// # Errors
    /// As [`Ledger`] says.
    pub fn runs_after(&self, report: &str, run: i64) -> Result<Vec<RunRecord>> {
        self.select_runs("WHERE report = ?1 AND id > ?2 ORDER BY id", params![report, run])
    }

    /// The figures that a run came to, in the order in which they were recorded.
    ///
    /// # Errors
    /// [`Exit::Io`] if they are not the ones that were recorded, or if there is no such run.
    pub fn figures(&self, run: i64) -> Result<Vec<Figure>> {
        let query = "SELECT dimension, segment, kpi, unit, value, n, numerator, denominator, low, high, note \
                     FROM figures WHERE run = ?1 ORDER BY position";
        let figures = self.all(query, [run], rows::read_figure)?;
        let recorded: Option<String> = self
            .connection
            .query_row("SELECT figures FROM runs WHERE id = ?1", [run], |row| row.get(0))
            .optional()
            .map_err(|error| self.fault(&error))?;
        if recorded.as_deref() == Some(figures_digest(&figures).as_str()) {
            Ok(figures)
        } else {
            Err(self.damaged(&format!("the figures of run {run} are not the ones that were recorded")))
        }
    }

    /// The bytes of a message, by its sha256.
    ///
    /// # Errors
    /// [`Exit::Io`] if they are not the ones that were recorded, or if there is no such message; [`Exit::InputMissing`] if they
    /// were pruned.
    pub fn message(&self, digest: &str) -> Result<Vec<u8>> {
        let bytes: Option<Vec<u8>> = self
            .connection
            .query_row("SELECT bytes FROM messages WHERE sha256 = ?1", [digest], |row| row.get(0))
            .optional()
            .map_err(|error| self.fault(&error))?;
        match bytes {
            Some(bytes) if sha256(&bytes) == digest => Ok(bytes),
            other => Err(self.no_message(digest, other.as_deref())),
        }
    }

    /// Records that an attempt begins.
    ///
    /// # Errors
    /// [`Exit::Internal`] if the delivery has ended, is being tried, or was tried once more after an unknown end.
    pub fn begin(&mut self, id: i64, now: DateTime<Utc>) -> Result<Delivery> {
        self.change(id, now, |delivery| {
            delivery.attempts += 1;
            if delivery.state == State::Unknown {
                delivery.resends += 1;
            }
            delivery.state = State::Sending;
            delivery.dot_intent = None;
            delivery.not_before = None;
        })
    }

    /// Records that the message is about to leave. What crashes after this is unknown, what crashes before it has not left.
    ///
    /// # Errors
    /// [`Exit::Internal`] if no attempt goes on, or if this was recorded before.
    pub fn intend(&mut self, id: i64, now: DateTime<Utc>) -> Result<Delivery> {
        self.change(id, now, |delivery| delivery.dot_intent = Some(now))
    }

    /// Records how an attempt ended, or that what waits has waited too long.
    ///
    /// # Errors
    /// [`Exit::Internal`] if no attempt goes on (for dead: if one does), or if the message is said to have left without an intent.
    pub fn settle(&mut self, id: i64, settlement: Settlement, now: DateTime<Utc>) -> Result<Delivery> {
        let (state, reply) = match settlement {
            Settlement::Sent(reply) => (State::Sent, reply),
            Settlement::Deferred(reply) => (State::Deferred, reply),
            Settlement::Failed(reply) => (State::Failed, reply),
            Settlement::Unknown(reply) => (State::Unknown, reply),
            Settlement::Dead(reply) => (State::Dead, reply),
        };
        self.change(id, now, |delivery| {
            delivery.state = state;
            delivery.reply = Some(reply);
        })
    }

    /// Records that what waits is not to be tried before a time, of all of them or of none.
    ///
    /// # Errors
    /// [`Exit::Internal`] if one of them is neither pending nor deferred.
    pub fn postpone(&mut self, ids: &[i64], until: DateTime<Utc>, now: DateTime<Utc>) -> Result<()> {
        let path = self.path.clone();
        let fault = |error: rusqlite::Error| file::storage(&path, &error);
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(fault)?;
        for id in ids {
            let mut delivery = sound(&transaction, *id, &path)?;
            delivery.not_before = Some(until);
            delivery.updated = now;
            rows::update(&transaction, &delivery).map_err(fault)?;
        }
        transaction.commit().map_err(fault)
    }

    /// Settles the attempts that a crash cut off: unknown if the message was about to leave, deferred if it was not. The lock
    /// shows that no other process is at them, and whose mail they are of. Returns how many there were.
    ///
    /// # Errors
    /// As [`Ledger`] says.
    pub fn recover(&mut self, lock: &RunLock, now: DateTime<Utc>) -> Result<usize> {
        let mut cut_off = self.select("WHERE d.state = 'sending' ORDER BY d.id", [])?;
        cut_off.retain(|delivery| (delivery.report == OPERATORS) == (lock.mail == file::Mail::ToOperators));
        for delivery in &cut_off {
            let settlement = match delivery.dot_intent {
                Some(_) => Settlement::Unknown("cut off when it was about to leave".to_owned()),
                None => Settlement::Deferred("cut off before it left".to_owned()),
            };
            self.settle(delivery.id, settlement, now)?;
        }
        Ok(cut_off.len())
    }

    /// Reads a delivery, changes it and writes it, in one transaction; the file's own rules say whether the change is legal.
    fn change(&mut self, id: i64, now: DateTime<Utc>, change: impl FnOnce(&mut Delivery)) -> Result<Delivery> {
        self.change_with(id, now, |_, delivery| {
            change(delivery);
            Ok(())
        })
    }

    /// The same, where the change writes more than the delivery.
    fn change_with(
        &mut self,
        id: i64,
        now: DateTime<Utc>,
        change: impl FnOnce(&Transaction<'_>, &mut Delivery) -> rusqlite::Result<()>,
    ) -> Result<Delivery> {
        let path = self.path.clone();
        let fault = |error: rusqlite::Error| file::storage(&path, &error);
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(fault)?;
        let mut delivery = sound(&transaction, id, &path)?;
        change(&transaction, &mut delivery).map_err(fault)?;
        delivery.updated = now;
        rows::update(&transaction, &delivery).map_err(fault)?;
        transaction.commit().map_err(fault)?;
        Ok(delivery)
    }

    /// Deliveries, each with its seal checked.
    fn select<P: Params>(&self, condition: &str, parameters: P) -> Result<Vec<Delivery>> {
        let rows = self.all(&format!("{DELIVERIES} {condition}"), parameters, rows::read_delivery)?;
        let is_sound = |(delivery, seal): &(Delivery, String)| delivery.seal() == *seal;
        let rows = self.sealed(rows, is_sound, |(delivery, _)| format!("delivery {}", delivery.id))?;
        Ok(rows.into_iter().map(|(delivery, _)| delivery).collect())
    }

    /// Runs, each with its seal checked.
    fn select_runs<P: Params>(&self, condition: &str, parameters: P) -> Result<Vec<RunRecord>> {
        let rows = self.all(&format!("{RUNS} {condition}"), parameters, rows::read_run)?;
        let is_sound = |(run, figures, seal): &(RunRecord, String, String)| run.seal(figures) == *seal;
        let rows = self.sealed(rows, is_sound, |(run, ..)| format!("run {}", run.id))?;
        Ok(rows.into_iter().map(|(run, ..)| run).collect())
    }

    /// Every row that a query finds.
    fn all<T, P: Params>(
        &self,
        query: &str,
        parameters: P,
        read: impl FnMut(&rusqlite::Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>> {
        let rows = || self.connection.prepare(query)?.query_map(parameters, read)?.collect::<rusqlite::Result<_>>();
        rows().map_err(|error| self.fault(&error))
    }

    /// The same rows, if each is as it was recorded.
    fn sealed<T>(&self, rows: Vec<T>, is_sound: impl Fn(&T) -> bool, name: impl Fn(&T) -> String) -> Result<Vec<T>> {
        match rows.iter().find(|row| !is_sound(row)) {
            Some(row) => Err(self.damaged(&format!("{} is not as it was recorded", name(row)))),
            None => Ok(rows),
        }
    }

    /// Something in the file that is not as it was recorded; whoever opens it next checks all of it.
    fn damaged(&self, what: &str) -> Failure {
        if self.checked.is_some() {
            checked::forget(&self.path);
        }
        file::damaged(&self.path, what)
    }

    /// A fault of the file.
    fn fault(&self, error: &rusqlite::Error) -> Failure {
        file::storage(&self.path, error)
    }
}

/// A delivery, its seal checked.
fn sound(transaction: &Transaction<'_>, id: i64, path: &Path) -> Result<Delivery> {
    let (delivery, seal) = transaction
        .query_row(&format!("{DELIVERIES} WHERE d.id = ?1"), [id], rows::read_delivery)
        .map_err(|error| file::storage(path, &error))?;
    if delivery.seal() == seal {
        Ok(delivery)
    } else {
        checked::forget(path);
        Err(file::damaged(path, &format!("delivery {id} is not as it was recorded")))
    }
}

/// Whether every number of a figure is one.
fn is_finite(figure: &Figure) -> bool {
    [figure.value, figure.numerator, figure.denominator, figure.low, figure.high]
        .iter()
        .flatten()
        .all(|n| n.is_finite())
}

#[cfg(test)]
mod tests;
