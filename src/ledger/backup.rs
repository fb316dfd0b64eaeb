//! A copy of the ledger, made while others write.

use std::path::Path;

use super::{Ledger, file};
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
            return Err(Failure::new(
                Exit::Usage,
                fault.at(Place::file(target)).help("name a new file, with the date in it"),
            ));
        }
        file::copy_whole(&self.connection, &self.path, target)
    }
}
