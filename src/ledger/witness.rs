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
    /// Opens the ledger of a state folder as [`Ledger::open`] does, and makes none where another folder says that there has been
    /// one. The first of `witnesses`, the folder of the output, gets the sign that there is one.
    ///
    /// # Errors
    /// As [`Ledger::open`] and [`Ledger::check_home`].
    pub fn open_witnessed(state: &Path, witnesses: &[PathBuf]) -> Result<Self> {
        Self::check_home(state, witnesses)?;
        let ledger = Self::open(state)?;
        if let Some(out) = witnesses.first() {
            // Whoever makes a report there is told if nothing can be written; until somebody can, there is the sign beside the ledger.
            let _ = leave(out, &out.join(WITNESS));
        }
        Ok(ledger)
    }

    /// The same, where there is one; `None` where there has never been any. Leaves no sign.
    ///
    /// # Errors
    /// As [`Ledger::open_witnessed`].
    pub fn find_witnessed(state: &Path, witnesses: &[PathBuf]) -> Result<Option<Self>> {
        Self::check_home(state, witnesses)?;
        Self::find(state)
    }

    /// Refuses a state folder that knows of no ledger where another folder has one, or the sign of one. Makes nothing: an empty
    /// folder would stand in the way of the one that is to come back.
    ///
    /// # Errors
    /// [`Exit::Io`] if the ledger is gone together with its folder, or is elsewhere.
    pub fn check_home(state: &Path, witnesses: &[PathBuf]) -> Result<()> {
        if file::has_been(state)? {
            return Ok(());
        }
        // The ledger itself says more than its sign.
        for folder in witnesses.iter().rev() {
            if file::has_been(folder)? {
                return Err(elsewhere(state, folder));
            }
            let witness = folder.join(WITNESS);
            if is_there(&witness) {
                return Err(gone(state, &witness));
            }
        }
        Ok(())
    }
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
    let help = format!(
        "mount `{}`, or restore the ledger from a backup (farol ledger restore); to begin anew on purpose, delete `{}`",
        state.display(),
        witness.display()
    );
    missing(state, "the ledger is gone with its folder; without it everything would be sent again", help)
}

/// The command line names another folder than the configuration, and the ledger stayed where it was.
fn elsewhere(state: &Path, folder: &Path) -> Failure {
    let (state_name, folder) = (state.display(), folder.display());
    let what = format!(
        "there is no ledger here, the one of this configuration is in `{folder}`; a new one would send everything again"
    );
    let help = format!(
        "leave out `--state`, or move that folder to `{state_name}`; a second home that sends by itself has a configuration of its own, \
         with another `state` and `out`"
    );
    missing(state, what, help)
}

fn missing(state: &Path, what: impl Into<String>, help: String) -> Failure {
    let fault = Diagnostic::error("ledger-missing", what).at(Place::file(state.join(file::FILE)));
    Failure::new(Exit::Io, fault.help(help))
}
