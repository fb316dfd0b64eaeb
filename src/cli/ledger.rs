//! `farol ledger`: a copy of it, made while it is in use, and put back when it is needed; what it knows, and what it need not keep.

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::{Args, Subcommand};

use crate::cli::{Common, Console, World, configuration, who};
use crate::config::Config;
use crate::diagnostic::{Diagnostic, Place};
use crate::error::{Exit, Failure, Result};
use crate::ledger::{Ledger, Pruning, RunLock};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Write the whole ledger, as of one moment, into a new file; others may write meanwhile
    Backup(Backup),
    /// Put a copy in the place of the ledger, after it has been checked; what stood there is kept beside it
    Restore(Restore),
    /// Say who was told a figure, when, and from which files
    Who(who::Options),
    /// Give up the bytes of mails that were sent long ago; who got what, when and with which figures stays
    Prune(Prune),
}

#[derive(Debug, Args)]
pub(super) struct Prune {
    /// Of mails that were sent, or given up, before this day
    #[arg(long, value_name = "DATE")]
    before: NaiveDate,
    /// Say what would be done, and do nothing
    #[arg(long)]
    dry_run: bool,
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
        Command::Who(options) => who::run(options, &config, console),
        Command::Prune(options) => prune(options, &config, world, console),
    }
}

fn back_up(options: &Backup, config: &Config, console: &Console) -> Result<u8> {
    let ledger = Ledger::look(&config.state, &config.witnessed)?.ok_or_else(|| none(config))?;
    if options.dry_run {
        console.log("would-write", &format!("would write {}", options.file.display()));
        return Ok(0);
    }
    ledger.back_up(&options.file)?;
    console.log("wrote", &format!("wrote {}", options.file.display()));
    Ok(0)
}

fn existing(config: &Config) -> Result<Ledger> {
    Ledger::find_witnessed(&config.state, &config.witnessed)?.ok_or_else(|| none(config))
}

fn none(config: &Config) -> Failure {
    let fault = Diagnostic::error("no-ledger", "there is no ledger: nothing was ever sent");
    let help = "name the folder of the ledger with --state, or run farol run --send first";
    Failure::new(Exit::InputMissing, fault.at(Place::file(&config.state)).help(help))
}

fn prune(options: &Prune, config: &Config, world: &World, console: &Console) -> Result<u8> {
    let now = (world.clock)();
    let before = config.company.calendar.midnight(options.before);
    if before > now {
        let fault = Diagnostic::error("before-ahead", format!("`--before {}` lies in the future", options.before));
        return Err(Failure::new(Exit::Usage, fault.help("name a day that has come")));
    }
    let mut ledger = existing(config)?;
    let _lock = if options.dry_run { None } else { Some(RunLock::acquire(&config.state, now.utc())?) };
    let Pruning { messages, bytes } =
        if options.dry_run { ledger.prunable(before.utc())? } else { ledger.prune(before.utc(), now.utc())? };
    let (event, verb) = if options.dry_run { ("would-prune", "would prune") } else { ("pruned", "pruned") };
    let what = format!("{verb} {messages} mails of before {}, {bytes} bytes", options.before);
    console.log(event, &format!("{what}; who got what, when and with which figures is kept"));
    Ok(0)
}

fn restore(options: &Restore, config: &Config, world: &World, console: &Console) -> Result<u8> {
    let now = (world.clock)().utc();
    let lock = if options.dry_run { None } else { Some(RunLock::acquire(&config.state, now)?) };
    let _own = if options.dry_run { None } else { Some(RunLock::for_operators(&config.state, now)?) };
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
    let is_kept = Ledger::restore(&config.state, &options.file, &lock, now)?;
    let what_was = if is_kept { "what stood there is kept beside it" } else { "nothing stood there" };
    // Two ledgers that are both in use mail everybody twice.
    let is_elsewhere = config.witnessed.len() > 1;
    let from_now_on =
        if is_elsewhere { "; name this folder as `state:` in farol.yaml before anything is sent" } else { "" };
    console.log("restored", &format!("restored {}; {what_was}{from_now_on}", options.file.display()));
    Ok(0)
}
