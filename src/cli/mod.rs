//! The command line: what the user asks for, where output goes, how a command ends.
//!
//! One file a subcommand; none knows how a stage works.

mod backfill;
mod book;
mod check;
mod console;
mod explain;
mod kpis;
mod ledger;
mod outbox;
mod run;
mod sample;
mod schedule;
mod status;
mod teller;
mod who;

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::calendar::Moment;
use crate::config::{Config, Vocabulary, is_unknown_secret};
use crate::daemon;
use crate::diagnostic::{Diagnostic, Severity, counted};
use crate::error::{Exit, Failure, Result};
use crate::pipeline;

pub use console::{Console, Environment, World};

/// Customer-success reporting that can be trusted.
#[derive(Debug, Parser)]
#[command(name = "farol", version, propagate_version = true, max_term_width = 100)]
pub struct Arguments {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    command: Command,
}

/// What every command understands.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Everywhere")]
struct Common {
    /// Folder of the configuration
    #[arg(long, global = true, value_name = "DIR", default_value = "config")]
    config: PathBuf,
    /// Folder of the output, instead of the configuration's
    #[arg(long, global = true, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Folder of the ledger, instead of the configuration's
    #[arg(long, global = true, value_name = "DIR")]
    state: Option<PathBuf>,
    /// Say only what went wrong
    #[arg(long, short, global = true)]
    quiet: bool,
    /// How to write log lines
    #[arg(long, global = true, value_name = "FORMAT", default_value = "text")]
    log_format: LogFormat,
    /// Colour on a terminal
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    color: Color,
}

/// How log lines are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// When to use colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Color {
    /// On a terminal.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Compute, judge and render one period; with --send, deliver
    Run(run::Options),
    /// The same for every period of a range, reading each file once
    Backfill(backfill::Options),
    /// Run what is due, when it is due
    Schedule(schedule::Options),
    /// Say what fires next, what ran, what waits in the outbox, what failed
    Status,
    /// End with 0 if all is well, and with 75 and the reason if a report is overdue
    Health(status::HealthOptions),
    /// Report every fault of the configuration, and if asked of the data and the mail server
    Check(check::Options),
    /// Take one figure apart: formula with numbers, rows, other definitions
    Explain(explain::Options),
    /// Mail that is not sent: what it is, what it says, try it again, give it up
    #[command(subcommand)]
    Outbox(outbox::Command),
    /// The memory of what was sent to whom
    #[command(subcommand)]
    Ledger(ledger::Command),
    /// List every KPI, and whether this configuration can compute it
    Kpis,
    /// Write realistic sample data of any size
    Sample(sample::Options),
}

/// Runs one command and says how it ended.
pub fn main(arguments: impl IntoIterator<Item = OsString>, world: &World) -> u8 {
    daemon::end_with_parent(&*world.environment);
    let written: Vec<OsString> = arguments.into_iter().collect();
    let arguments = match Arguments::try_parse_from(&written) {
        Ok(arguments) => arguments,
        Err(error) if error.use_stderr() && wants_json(&written) => {
            let console = Console::plain_json(world);
            let fault = Diagnostic::error("usage", error.to_string().trim_end().to_owned());
            console.diagnostic(&fault);
            console.end(Exit::Usage as u8);
            return Exit::Usage as u8;
        }
        Err(error) => {
            // Help and version are answers, not faults; a closed pipe is nobody's fault.
            let _ = error.print();
            return if error.use_stderr() { Exit::Usage as u8 } else { 0 };
        }
    };
    let console = Console::new(world, &arguments.common);
    let ended = or_bug(|| dispatch(&arguments, world, &console));
    let code = match ended.and_then(|code| console.written().map(|()| code)) {
        Ok(code) => code,
        Err(failure) => {
            console.failure(&failure);
            failure.exit as u8
        }
    };
    console.end(code);
    code
}

/// Whether a command line that cannot be read asks for JSON all the same.
fn wants_json(arguments: &[OsString]) -> bool {
    let is_flag = |pair: &[OsString]| pair[0] == "--log-format" && pair[1] == "json";
    arguments.windows(2).any(is_flag) || arguments.iter().any(|argument| argument == "--log-format=json")
}

/// What a command gives back; a panic, which has told where it was, is a bug and ends as one.
fn or_bug(command: impl FnOnce() -> Result<u8>) -> Result<u8> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(command)).unwrap_or_else(|_| {
        let fault = Diagnostic::error("bug", "farol has met a fault of its own, told above, and has stopped")
            .help("report those lines with the command; what was written before stands");
        Err(Failure::new(Exit::Internal, fault))
    })
}

fn dispatch(arguments: &Arguments, world: &World, console: &Console) -> Result<u8> {
    let common = &arguments.common;
    match &arguments.command {
        Command::Run(options) => run::run(options, common, world, console),
        Command::Backfill(options) => backfill::run(options, common, world, console),
        Command::Schedule(options) => schedule::run(options, common, world, console),
        Command::Status => status::status(common, world, console),
        Command::Health(options) => status::health(options, common, world, console),
        Command::Check(options) => check::run(options, common, world, console),
        Command::Explain(options) => explain::run(options, common, world, console),
        Command::Outbox(command) => outbox::run(command, common, world, console),
        Command::Ledger(command) => ledger::run(command, common, world, console),
        Command::Kpis => kpis::run(common, world, console),
        Command::Sample(options) => sample::run(options, common, world, console),
    }
}

/// The configuration, with the folders that the command line overrides. That a secret is not known is told to whoever needs it.
fn configuration(common: &Common, world: &World, console: &Console) -> Result<Config> {
    configured(common, world, console, false)
}

/// The same, and says which secrets are not known.
fn configuration_with_secrets(common: &Common, world: &World, console: &Console) -> Result<Config> {
    configured(common, world, console, true)
}

fn configured(common: &Common, world: &World, console: &Console, tells_of_secrets: bool) -> Result<Config> {
    let vocabulary: Vocabulary = pipeline::vocabulary();
    let loaded = crate::config::load(&common.config, &*world.environment, &vocabulary)?;
    let is_told = |warning: &&Diagnostic| tells_of_secrets || !is_unknown_secret(warning);
    loaded.warnings.iter().filter(is_told).for_each(|warning| console.diagnostic(warning));
    let mut config = loaded.config;
    redirect(common, [&mut config.state, &mut config.out], &mut config.witnessed)?;
    Ok(config)
}

/// Takes the folders of the command line over those of the configuration, of ledger and reports, in this order.
fn redirect(common: &Common, [state, out]: [&mut PathBuf; 2], witnessed: &mut Vec<PathBuf>) -> Result<()> {
    if let Some(named) = &common.out {
        out.clone_from(named);
    }
    if let Some(named) = &common.state {
        // A ledger in the folders that the configuration names has sent the same reports.
        witnessed.push(std::mem::replace(state, named.clone()));
        witnessed.insert(0, out.clone());
    }
    if is_inside(state, out) {
        let fault =
            Diagnostic::error("state-inside-out", "the folder of the ledger lies inside the folder of the output")
                .help("what is deleted to make room must not be what says who got which mail: name another --state");
        return Err(Failure::new(Exit::Usage, fault));
    }
    Ok(())
}

/// What a look at the ledger goes by.
struct Glance {
    state: PathBuf,
    witnessed: Vec<PathBuf>,
    /// None if it has faults.
    config: Option<Config>,
}

/// What a look at the ledger goes by: the configuration, or of a faulty one, of which it warns, the folders alone.
fn glance(common: &Common, world: &World, console: &Console) -> Result<Glance> {
    let failure = match configuration(common, world, console) {
        Ok(config) => {
            return Ok(Glance {
                state: config.state.clone(),
                witnessed: config.witnessed.clone(),
                config: Some(config),
            });
        }
        Err(failure) => failure,
    };
    let folders = (failure.exit == Exit::Config).then(|| crate::config::folders(&common.config, &*world.environment));
    let Some([mut state, mut out]) = folders.flatten() else { return Err(failure) };
    let mut witnessed = vec![out.clone()];
    redirect(common, [&mut state, &mut out], &mut witnessed)?;
    let faults = failure.diagnostics.iter().filter(|fault| fault.severity == Severity::Error).count();
    let what = format!(
        "the configuration has {}: what it says of mail that waits, that it is held or to be written anew, is not shown",
        counted(faults, "fault", "faults")
    );
    console.diagnostic(&Diagnostic::warning("faulty-configuration", what).help("farol check names each with its line"));
    Ok(Glance { state, witnessed, config: None })
}

/// Whether a folder is another one or lies below it, whether they exist or not.
fn is_inside(inner: &Path, outer: &Path) -> bool {
    let absolute = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    absolute(inner).starts_with(absolute(outer))
}

/// The run's "today": the configuration's, or the clock's.
fn today(config: &Config, world: &World) -> Moment {
    config.as_of.map_or(world.now, |day| config.company.calendar.midnight(day))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_ends_as_a_bug_and_not_with_the_code_of_the_language() {
        let ended = or_bug(|| panic!("a fault that nobody expects"));
        assert_eq!(ended.unwrap_err().exit as u8, 70);
        assert_eq!(or_bug(|| Ok(3)).unwrap(), 3);
    }
}
