//! A look at a ledger that may not be written: its folder is mounted read-only, or its disk is full. What is wrong can then still be
//! seen, and the ledger be copied.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};

use super::{Ledger, file, schema};
use crate::error::{Failure, Result};

/// What keeps a ledger from being opened as usual, and not from being read.
const SURVIVED: [&str; 4] = ["ledger-permission", "ledger-disk-full", "ledger-io", "state-unusable"];

impl Ledger {
    /// The ledger as [`Ledger::find_witnessed`] gives it, or, where it may not be written, as it can be read; nothing is to be
    /// recorded in it.
    ///
    /// # Errors
    /// As [`Ledger::find_witnessed`].
    pub fn look(state: &Path, witnesses: &[PathBuf]) -> Result<Option<Self>> {
        Self::find_witnessed(state, witnesses).or_else(|failure| {
            let is_survived = failure.diagnostics.iter().any(|fault| SURVIVED.contains(&fault.code));
            if is_survived { Self::as_it_lies(state, failure).map(Some) } else { Err(failure) }
        })
    }

    /// A ledger's file as it lies, checked whole; why it could not be opened as usual, if that cannot be read either.
    fn as_it_lies(state: &Path, failure: Failure) -> Result<Self> {
        let path = state.join(file::FILE);
        let log = state.join(format!("{}-wal", file::FILE));
        // What stands in the log alone would be missed.
        if log.metadata().is_ok_and(|log| log.len() > 0) {
            return Err(failure);
        }
        let Some(name) = path.to_str() else { return Err(failure) };
        let name = name.replace('%', "%25").replace('?', "%3f").replace('#', "%23");
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let Ok(connection) = Connection::open_with_flags(format!("file:{name}?immutable=1"), flags) else {
            return Err(failure);
        };
        if schema::found(&connection).ok() != Some(schema::version()) {
            return Err(failure);
        }
        let connection = file::check_as_it_is(connection, &path)?;
        let ledger = Self { connection, path, checked: None };
        ledger.check_seals()?;
        Ok(ledger)
    }
}
