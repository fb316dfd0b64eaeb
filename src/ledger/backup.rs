//! A copy of the ledger, made while others write, and put back in its place when it is needed.

use std::collections::BTreeSet;
use std::path::Path;

use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, Row, params};

use super::record::{Seal, written};
use super::rows::time;
use super::{Ledger, RunLock, file};
use crate::diagnostic::{Diagnostic, Place};
use crate::error::{Exit, Failure, Result};

impl Ledger {
    /// Writes the ledger as of this moment, whole and for its owner alone, into a new file.
    ///
    /// # Errors
    /// [`Exit::Usage`] if the file is there already; [`Exit::Io`] or [`Exit::Permission`] if it cannot be written.
    pub fn back_up(&self, target: &Path) -> Result<()> {
        // Even a link that leads nowhere is something.
        if target.symlink_metadata().is_ok() {
            let fault = Diagnostic::error("backup-exists", "there is a file of that name; a backup replaces nothing");
            let help = "name a new file, with the date in it";
            return Err(Failure::new(Exit::Usage, fault.at(Place::file(target)).help(help)));
        }
        file::copy_whole(&self.connection, &self.path, target)
    }

    /// How many mails the ledger of a state folder knows as sent that a copy does not: with the copy in its place they would be
    /// sent again. Nothing, where the ledger cannot be asked any more. The copy is checked, and left as it is.
    ///
    /// # Errors
    /// [`Exit::Io`] if the copy is no ledger, or a damaged one.
    pub fn forgotten(state: &Path, copy: &Path) -> Result<usize> {
        let folder = tempfile::tempdir().map_err(|error| file::unusable(copy, &error))?;
        let staged = file::stage(copy, folder.path())?;
        let copied = Self::of_copy(staged.path(), copy)?.sent()?;
        let Ok(Some(current)) = Self::find(state) else { return Ok(0) };
        Ok(current.sent()?.difference(&copied).count())
    }

    /// Puts a copy in the place of the ledger, which is kept beside it under the name of the instant; returns
    /// whether there was one.
    ///
    /// # Errors
    /// [`Exit::Io`] if the copy is no ledger or a damaged one; then the ledger is as it was.
    pub fn restore(state: &Path, copy: &Path, _lock: &RunLock, now: DateTime<Utc>) -> Result<bool> {
        let staged = file::stage(copy, state)?;
        let ledger = Self::of_copy(staged.path(), copy)?;
        ledger.note_restore(now)?;
        // Closing folds the write-ahead log into the file.
        ledger.connection.close().map_err(|(_, error)| file::storage(copy, &error))?;
        let mut log = staged.path().as_os_str().to_owned();
        log.push("-wal");
        if Path::new(&log).exists() {
            let error = std::io::Error::other("its write-ahead log could not be folded in");
            return Err(file::unusable(copy, &error));
        }
        file::replace(state, staged, now)
    }

    /// Records that this ledger is put in the place of another: what is written from now on is told from what that one wrote.
    fn note_restore(&self, now: DateTime<Utc>) -> Result<()> {
        let put = || {
            let id: i64 =
                self.connection.query_row("SELECT coalesce(max(id), 0) + 1 FROM restores", [], |row| row.get(0))?;
            let row = params![id, written(now), restore_seal(id, now)];
            self.connection.execute("INSERT INTO restores VALUES (?1, ?2, ?3)", row)
        };
        put().map(|_| ()).map_err(|error| self.fault(&error))
    }

    /// When this ledger was last put in the place of another, if ever.
    ///
    /// # Errors
    /// As [`Ledger`] says.
    pub fn restored(&self) -> Result<Option<DateTime<Utc>>> {
        let read = |row: &Row<'_>| Ok((row.get(0)?, time(row, 1)?, row.get(2)?));
        let last: Option<(i64, DateTime<Utc>, String)> = self
            .connection
            .query_row("SELECT id, at, seal FROM restores ORDER BY id DESC LIMIT 1", [], read)
            .optional()
            .map_err(|error| self.fault(&error))?;
        match last {
            Some((id, at, seal)) if seal != restore_seal(id, at) => {
                Err(self.damaged("when the ledger was put back is not as it was recorded"))
            }
            last => Ok(last.map(|(_, at, _)| at)),
        }
    }

    /// A copy under the name that it has for now, checked; what is wrong with it is told of the copy.
    fn of_copy(staged: &Path, copy: &Path) -> Result<Self> {
        let of_the_copy = |mut failure: Failure| {
            failure.diagnostics.iter_mut().for_each(|fault| fault.place = Some(Place::file(copy)));
            failure
        };
        let checked = file::connect(staged).and_then(|connection| file::check(connection, staged, false));
        let connection = checked.map_err(of_the_copy)?;
        let ledger = Self { connection, path: copy.to_owned(), checked: None };
        ledger.check_seals()?;
        Ok(ledger)
    }

    /// Message-IDs of everything that was taken over.
    fn sent(&self) -> Result<BTreeSet<String>> {
        let all = self.select("WHERE d.state = 'sent'", [])?;
        Ok(all.into_iter().map(|delivery| delivery.message_id).collect())
    }
}

fn restore_seal(id: i64, at: DateTime<Utc>) -> String {
    Seal::default().text(&id.to_string()).text(&written(at)).close()
}
