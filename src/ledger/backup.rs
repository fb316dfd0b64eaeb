//! A copy of the ledger, made while others write, and put back in its place when it is needed.

use std::collections::BTreeSet;
use std::path::Path;

use chrono::{DateTime, Utc};

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

    /// Puts a copy in the place of the ledger, which is kept beside it under the name of the instant.
    ///
    /// # Errors
    /// [`Exit::Io`] if the copy is no ledger or a damaged one; then the ledger is as it was.
    pub fn restore(state: &Path, copy: &Path, _lock: &RunLock, now: DateTime<Utc>) -> Result<()> {
        let staged = file::stage(copy, state)?;
        let ledger = Self::of_copy(staged.path(), copy)?;
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
