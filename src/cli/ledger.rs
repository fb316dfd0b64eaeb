//! `farol ledger`: a copy of it, made while it is in use.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::cli::{Common, Console, World, configuration};
use crate::diagnostic::{Diagnostic, Place};
use crate::error::{Exit, Failure, Result};
use crate::ledger::Ledger;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Write the whole ledger, as of one moment, into a new file; others may write meanwhile
    Backup(Backup),
}

#[derive(Debug, Args)]
pub(super) struct Backup {
    /// The new file
    file: PathBuf,
    /// Say what would be done, and do nothing
    #[arg(long)]
    dry_run: bool,
}

pub(super) fn run(command: &Command, common: &Common, world: &World, console: &Console) -> Result<u8> {
    let Command::Backup(backup) = command;
    let config = configuration(common, world, console)?;
    let Some(ledger) = Ledger::find(&config.state)? else {
        let fault = Diagnostic::error("no-ledger", "there is no ledger: nothing was ever sent");
        let help = "name the folder of the ledger with --state, or run farol run --send first";
        return Err(Failure::new(Exit::InputMissing, fault.at(Place::file(&config.state)).help(help)));
    };
    if backup.dry_run {
        console.log(&format!("would write {}", backup.file.display()));
        return Ok(0);
    }
    ledger.back_up(&backup.file)?;
    console.log(&format!("wrote {}", backup.file.display()));
    Ok(0)
}
