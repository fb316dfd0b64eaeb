//! Troubles that operators are told of: when each one began, whether it was told, when it was over.
//!
//! Whether it was told is read from the runs: its mails are deliveries like all others, under a name of their own.

use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, Params, Row, TransactionBehavior, params};

use super::record::{Seal, written};
use super::rows::{optional_time, time};
use super::{Ledger, file};
use crate::error::Result;

/// The report under which mails to operators are recorded; no report of a configuration can be called so.
pub const OPERATORS: &str = "(operators)";

/// What follows the name of a report whose mail is a trial.
pub const TRIAL: &str = " (trial)";

/// A trouble.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incident {
    /// Its number.
    pub id: i64,
    /// What kind of trouble: a short name that never changes.
    pub kind: String,
    /// What it is about; of a kind and a subject one is open at a time.
    pub subject: String,
    /// What happened, in words.
    pub cause: String,
    /// What mends it.
    pub remedy: String,
    /// When it was found.
    pub opened: DateTime<Utc>,
    /// When it was over.
    pub closed: Option<DateTime<Utc>>,
}

impl Incident {
    /// The name of its mails among the deliveries, in the place of a period.
    pub fn name(&self) -> String {
        format!("incident-{}", self.id)
    }

    fn seal(&self) -> String {
        Seal::default()
            .text(&self.id.to_string())
            .text(&self.kind)
            .text(&self.subject)
            .text(&self.cause)
            .text(&self.remedy)
            .text(&written(self.opened))
            .optional(self.closed.map(written).as_deref())
            .close()
    }
}

const INCIDENTS: &str =
    "SELECT i.id, i.kind, i.subject, i.cause, i.remedy, i.opened, i.closed, i.seal FROM incidents i";

/// Whether a mail of a revision was recorded: 1 tells that it began, 2 that it is over.
const TOLD: &str = "EXISTS (SELECT 1 FROM runs r WHERE r.report = '(operators)' AND r.period = 'incident-' || i.id \
    AND r.revision = ";

fn read(row: &Row<'_>) -> rusqlite::Result<(Incident, String)> {
    let incident = Incident {
        id: row.get(0)?,
        kind: row.get(1)?,
        subject: row.get(2)?,
        cause: row.get(3)?,
        remedy: row.get(4)?,
        opened: time(row, 5)?,
        closed: optional_time(row, 6)?,
    };
    Ok((incident, row.get(7)?))
}

impl Ledger {
    /// Opens an incident, unless one of this kind and subject is open; returns whether it is a new one.
    ///
    /// # Errors
    /// As [`Ledger`] says.
    pub fn open_incident(
        &mut self,
        (kind, subject): (&str, &str),
        (cause, remedy): (&str, &str),
        now: DateTime<Utc>,
    ) -> Result<bool> {
        let path = self.path.clone();
        let fault = |error: rusqlite::Error| file::storage(&path, &error);
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(fault)?;
        let known: Option<i64> = transaction
            .query_row(
                "SELECT id FROM incidents WHERE kind = ?1 AND subject = ?2 AND closed IS NULL",
                [kind, subject],
                |row| row.get(0),
            )
            .optional()
            .map_err(fault)?;
        if known.is_some() {
            return Ok(false);
        }
        let id = transaction
            .query_row("SELECT coalesce(max(id), 0) + 1 FROM incidents", [], |row| row.get(0))
            .map_err(fault)?;
        let incident = Incident {
            id,
            kind: kind.to_owned(),
            subject: subject.to_owned(),
            cause: cause.to_owned(),
            remedy: remedy.to_owned(),
            opened: now,
            closed: None,
        };
        transaction
            .execute(
                "INSERT INTO incidents VALUES (?1, ?2, ?3, ?4, ?5, ?6, NULL, ?7)",
                params![id, kind, subject, cause, remedy, written(now), incident.seal()],
            )
            .map_err(fault)?;
        transaction.commit().map_err(fault)?;
        Ok(true)
    }

    /// Records that an incident is over.
    ///
    /// # Errors
    /// As [`Ledger`] says.
    pub fn close_incident(&mut self, incident: &Incident, now: DateTime<Utc>) -> Result<()> {
        let closed = Incident { closed: Some(now), ..incident.clone() };
        self.connection
            .execute(
                "UPDATE incidents SET closed = ?2, seal = ?3 WHERE id = ?1 AND closed IS NULL",
                params![closed.id, written(now), closed.seal()],
            )
            .map(|_| ())
            .map_err(|error| self.fault(&error))
    }

    /// Incidents that are not over, oldest first.
    ///
    /// # Errors
    /// As [`Ledger`] says.
    pub fn open_incidents(&self) -> Result<Vec<Incident>> {
        self.select_incidents("WHERE i.closed IS NULL ORDER BY i.id", [])
    }

    /// Incidents of which a mail is still to be written: those that are open and were not told, and those that are over, were
    /// told, and their end was not.
    ///
    /// # Errors
    /// As [`Ledger`] says.
    pub fn untold_incidents(&self) -> Result<Vec<Incident>> {
        let condition = format!(
            "WHERE CASE WHEN i.closed IS NULL THEN NOT {TOLD} 1) ELSE {TOLD} 1) AND NOT {TOLD} 2) END ORDER BY i.id"
        );
        self.select_incidents(&condition, [])
    }

    /// Incidents, each with its seal checked.
    fn select_incidents<P: Params>(&self, condition: &str, parameters: P) -> Result<Vec<Incident>> {
        let rows = self.all(&format!("{INCIDENTS} {condition}"), parameters, read)?;
        let is_sound = |(incident, seal): &(Incident, String)| incident.seal() == *seal;
        let rows = self.sealed(rows, is_sound, |(incident, _)| format!("incident {}", incident.id))?;
        Ok(rows.into_iter().map(|(incident, _)| incident).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_793_872_800 + second, 0).unwrap()
    }

    #[test]
    fn one_incident_a_kind_and_subject_is_open_at_a_time() {
        let state = tempfile::tempdir().unwrap();
        let mut ledger = Ledger::open(state.path()).unwrap();
        let mut open = |subject: &str, second| {
            ledger.open_incident(("run-failed", subject), ("the data are refused", "farol check --data"), at(second))
        };
        assert!(open("executive", 0).unwrap());
        assert!(!open("executive", 1).unwrap(), "the same trouble again");
        assert!(open("board", 2).unwrap());
        let first = ledger.open_incidents().unwrap().remove(0);
        assert_eq!((first.subject.as_str(), first.opened), ("executive", at(0)));
        ledger.close_incident(&first, at(5)).unwrap();
        assert_eq!(ledger.open_incidents().unwrap().len(), 1);
        // Over before it was told: nobody needs a mail.
        let untold: Vec<_> = ledger.untold_incidents().unwrap().into_iter().map(|incident| incident.subject).collect();
        assert_eq!(untold, ["board"]);
        assert!(ledger.open_incident(("run-failed", "executive"), ("again", ""), at(9)).unwrap(), "a new one");
    }
}
