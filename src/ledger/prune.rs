//! Messages whose bytes are given up: long after they were sent, on somebody's order, and never what may still be sent.
//!
//! Everything else about them stays: who got them, when, in which state, their digest, and the figures that they told.

use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, Row, TransactionBehavior, params};

use super::record::{Seal, written};
use super::rows::time;
use super::{Ledger, file};
use crate::diagnostic::Diagnostic;
use crate::error::{Exit, Failure, Result};

/// What stands where bytes stood that are given up.
const NOTHING: [u8; 1] = [0];

/// Messages whose bytes went, or would go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pruning {
    /// How many messages.
    pub messages: u64,
    /// How many bytes.
    pub bytes: u64,
}

/// Of each message that has ended for everybody before an instant, and whose bytes are there: its digest and length.
const OLD: &str = "SELECT m.sha256, length(m.bytes) FROM messages m WHERE EXISTS (SELECT 1 FROM deliveries d WHERE d.message = m.sha256) \
    AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.message = m.sha256 AND (d.state NOT IN ('sent', 'discarded') OR d.updated >= ?1)) \
    AND NOT EXISTS (SELECT 1 FROM pruned p WHERE p.message = m.sha256)";

fn seal(message: &str, at: DateTime<Utc>, length: i64) -> String {
    Seal::default().text(message).text(&written(at)).text(&length.to_string()).close()
}

impl Ledger {
    /// What [`Ledger::prune`] would give up.
    ///
    /// # Errors
    /// As [`Ledger`] says.
    pub fn prunable(&self, before: DateTime<Utc>) -> Result<Pruning> {
        self.old(before).map(|old| total(&old))
    }

    /// Gives up the bytes of the messages that were sent, or given up, before an instant, all or nothing; then gives the room
    /// back to the disk, for which there must be room for the ledger once more.
    ///
    /// # Errors
    /// As [`Ledger`] says; if only the room could not be given back, the messages are pruned all the same.
    pub fn prune(&mut self, before: DateTime<Utc>, now: DateTime<Utc>) -> Result<Pruning> {
        let old = self.old(before)?;
        if old.is_empty() {
            return Ok(total(&old));
        }
        let path = self.path.clone();
        let fault = |error: rusqlite::Error| file::storage(&path, &error);
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(fault)?;
        for (message, length) in &old {
            let row = params![message, written(now), length, seal(message, now, *length)];
            transaction.execute("INSERT INTO pruned VALUES (?1, ?2, ?3, ?4)", row).map_err(fault)?;
            let row = params![message, NOTHING];
            transaction.execute("UPDATE messages SET bytes = ?2 WHERE sha256 = ?1", row).map_err(fault)?;
        }
        transaction.commit().map_err(fault)?;
        self.connection.execute_batch("VACUUM").map_err(fault)?;
        Ok(total(&old))
    }

    fn old(&self, before: DateTime<Utc>) -> Result<Vec<(String, i64)>> {
        self.all(OLD, [written(before)], |row| Ok((row.get(0)?, row.get(1)?)))
    }

    /// When the bytes of a message were given up, if they were, and how many they were.
    ///
    /// # Errors
    /// As [`Ledger`] says.
    pub fn pruned(&self, digest: &str) -> Result<Option<(DateTime<Utc>, u64)>> {
        let read = |row: &Row<'_>| Ok((time(row, 0)?, row.get::<_, i64>(1)?, row.get::<_, String>(2)?));
        let query = "SELECT at, length, seal FROM pruned WHERE message = ?1";
        let found = self.connection.query_row(query, [digest], read).optional().map_err(|error| self.fault(&error))?;
        let Some((at, length, recorded)) = found else { return Ok(None) };
        if seal(digest, at, length) == recorded {
            return Ok(Some((at, u64::try_from(length).unwrap_or(0))));
        }
        Err(self.damaged(&format!("that message {digest} was pruned is not as it was recorded")))
    }

    /// Bytes that are not those of a message: it was pruned, or the ledger is damaged.
    pub(super) fn no_message(&self, digest: &str, bytes: Option<&[u8]>) -> Failure {
        match self.pruned(digest) {
            Ok(Some((at, length))) if bytes == Some(&NOTHING) => {
                let when = at.format("%Y-%m-%d %H:%M UTC");
                let what = format!(
                    "this mail was pruned at {when}: its {length} bytes are gone, and all else about it is kept"
                );
                let fault = Diagnostic::error("message-pruned", what);
                Failure::new(Exit::InputMissing, fault.help("farol outbox show ID --figures shows what is kept"))
            }
            Err(failure) => failure,
            _ => self.damaged(&format!("message {digest} is not the one that was recorded")),
        }
    }
}

/// All of them together.
fn total(old: &[(String, i64)]) -> Pruning {
    let bytes = old.iter().map(|(_, length)| u64::try_from(*length).unwrap_or(0)).sum();
    Pruning { messages: u64::try_from(old.len()).unwrap_or(u64::MAX), bytes }
}
