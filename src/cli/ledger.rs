//! `farol ledger`: a copy of it, made while it is in use, and put back when it is needed.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::cli::{Common, Console, World, configuration};
use crate::config::Config;
use crate::diagnostic::{Diagnostic, Place};
use crate::error::{Exit, Failure, Result};
use crate::ledger::{Ledger, RunLock};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Write the whole ledger, as of one moment, into a new file; others may write meanwhile
    Backup(Backup),
    /// Put a copy in the place of the ledger, after it has been checked; what stood there is kept beside it
    Restore(Restore),
}

#[derive(Debug, Args)]
pub(super) struct Backup {
    /// The new file
    file: PathBuf,
    /// Say what would be done, and do nothing
    #[arg(long)]
    dry_run: bool,
}

#[derive(Debug, Args)]
pub(super) struct Restore {
    /// The copy
    file: PathBuf,
    /// Even if mails that are sent would be forgotten, and sent again
    #[arg(long)]
    force: bool,
    /// Say what would be done, and do nothing
    #[arg(long)]
    dry_run: bool,
}

pub(super) fn run(command: &Command, common: &Common, world: &World, console: &Console) -> Result<u8> {
    let config = configuration(common, world, console)?;
    match command {
        Command::Backup(options) => back_up(options, &config, console),
        Command::Restore(options) => restore(options, &config, world, console),
    }
}

fn back_up(options: &Backup, config: &Config, console: &Console) -> Result<u8> {
    let Some(ledger) = Ledger::find(&config.state)? else {
        let fault = Diagnostic::error("no-ledger", "there is no ledger: nothing was ever sent");
        let help = "name the folder of the ledger with --state, or run farol run --send first";
        return Err(Failure::new(Exit::InputMissing, fault.at(Place::file(&config.state)).help(help)));
    };
    if options.dry_run {
        console.log("would-write", &format!("would write {}", options.file.display()));
        return Ok(0);
    }
    ledger.back_up(&options.file)?;
    console.log("wrote", &format!("wrote {}", options.file.display()));
    Ok(0)
}

fn restore(options: &Restore, config: &Config, world: &World, console: &Console) -> Result<u8> {
    let now = (world.clock)().utc();
    let lock = if options.dry_run { None } else { Some(RunLock::acquire(&config.state, now)?) };
    let forgotten = Ledger::forgotten(&config.state, &options.file)?;
    if forgotten > 0 && !options.force {
        let fault = format!("the copy does not know of {forgotten} mails that are sent; they would be sent again");
        let help = "restore a newer copy, or let them be sent again with --force";
        let fault = Diagnostic::error("ledger-would-forget", fault).at(Place::file(&options.file)).help(help);
        return Err(Failure::new(Exit::Usage, fault));
    }
    let Some(lock) = lock else {
        console.log(
            "would-restore",
            &format!("the copy is whole; would put it in the place of the ledger in {}", config.state.display()),
        );
        return Ok(0);
    };
    Ledger::restore(&config.state, &options.file, &lock, now)?;
    console.log("restored", &format!("restored {}; what stood there is kept beside it", options.file.display()));
    Ok(0)
}
