//! For whom each mail was written: what its reader may see. Mail of a ledger that was older than version 6 says nothing of it.

use rusqlite::{OptionalExtension, Row, Transaction, params};

use super::Ledger;
use super::record::{Delivery, NewDelivery, Seal};
use crate::error::Result;

/// What a reader of a report may see, and in which language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rights {
    /// The part of the customers, as JSON with sorted keys.
    pub scope: String,
    /// Language tag.
    pub locale: String,
    /// Whether customers are named.
    pub names: bool,
}

fn seal(delivery: i64, scope: &str, names: bool) -> String {
    Seal::default().text(&delivery.to_string()).text(scope).text(if names { "names" } else { "" }).close()
}

/// Writes for whom a mail was written.
pub(super) fn insert(transaction: &Transaction<'_>, delivery: i64, new: &NewDelivery) -> rusqlite::Result<()> {
    let scope = &new.told.scope;
    let row = params![delivery, scope, new.names, seal(delivery, scope, new.names)];
    transaction.execute("INSERT INTO rights VALUES (?1, ?2, ?3, ?4)", row).map(|_| ())
}

impl Ledger {
    /// For whom a mail was written, if that is known.
    ///
    /// # Errors
    /// As [`Ledger`] says.
    pub fn rights(&self, delivery: &Delivery) -> Result<Option<Rights>> {
        let read = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
        let query = "SELECT scope, names, seal FROM rights WHERE delivery = ?1";
        let found: Option<(String, bool, String)> =
            self.connection.query_row(query, [delivery.id], read).optional().map_err(|error| self.fault(&error))?;
        let Some((scope, names, recorded)) = found else { return Ok(None) };
        if seal(delivery.id, &scope, names) == recorded {
            Ok(Some(Rights { scope, locale: delivery.locale.clone(), names }))
        } else {
            Err(self.damaged(&format!("for whom mail {} was written is not as it was recorded", delivery.id)))
        }
    }
}
