//! A second sign that there has been a ledger, in the folder of the output: a state folder that is not mounted, or was deleted,
//! takes the first one with it.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::{Ledger, file};
use crate::diagnostic::{Diagnostic, Place};
use crate::error::{Exit, Failure, Result};

/// The sign, in the folder of the output.
const WITNESS: &str = ".farol-ledger";

/// What it says to whoever finds it.
const TEXT: &str = "\
What lies beside this file was made by a farol that has a ledger, farol.db, in its folder `state`. If that folder is gone or not
mounted, farol stops: without the ledger it would send again what it has sent. Delete this file only to begin anew on purpose.
";

impl Ledger {
    /// Opens the ledger of a state folder as [`Ledger::open`] does, and makes none where the folder of the output says that there
    /// has been one.
    ///
    /// # Errors
    /// As [`Ledger::open`]; [`Exit::Io`] too if the ledger is gone together with its folder.
    pub fn open_witnessed(state: &Path, out: &Path) -> Result<Self> {
        let witness = out.join(WITNESS);
        refuse_if_gone(state, &witness)?;
        let ledger = Self::open(state)?;
        // Whoever makes a report there is told if nothing can be written; until somebody can, there is the sign beside the ledger.
        let _ = leave(out, &witness);
        Ok(ledger)
    }

    /// The same, where there is one; `None` where there has never been any. Leaves no sign.
    ///
    /// # Errors
    /// As [`Ledger::open_witnessed`].
    pub fn find_witnessed(state: &Path, out: &Path) -> Result<Option<Self>> {
        refuse_if_gone(state, &out.join(WITNESS))?;
        Self::find(state)
    }
}

/// Refuses a state folder that knows of no ledger where there has been one.
fn refuse_if_gone(state: &Path, witness: &Path) -> Result<()> {
    if file::has_been(state)? || !is_there(witness) { Ok(()) } else { Err(gone(state, witness)) }
}

/// Leaves the sign, if it is not there. The ledger is there before: a sign without one would stop every run.
fn leave(out: &Path, witness: &Path) -> io::Result<()> {
    if is_there(witness) {
        return Ok(());
    }
    file::make_private_folder(out)?;
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    file::private(&mut options);
    match options.open(witness) {
        // Another process was quicker.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Ok(()),
        opened => {
            let mut file = opened?;
            file.write_all(TEXT.as_bytes())?;
            file.sync_all()?;
        }
    }
    File::open(out)?.sync_all()
}

/// Even a link that leads nowhere is something.
fn is_there(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}

fn gone(state: &Path, witness: &Path) -> Failure {
    let path: PathBuf = state.join(file::FILE);
    Failure::new(
        Exit::Io,
        Diagnostic::error(
            "ledger-missing",
            "the ledger is gone with its folder; without it everything would be sent again",
        )
        .at(Place::file(path))
        .help(format!(
            "mount `{}`, or restore the ledger from a backup (farol ledger restore); to begin anew on purpose, delete `{}`",
            state.display(),
            witness.display()
        )),
    )
}
