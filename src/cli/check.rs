//! `farol check`: every fault, before it matters.

use clap::Args;

use crate::cli::schedule::stands_still;
use crate::cli::{Common, Console, World, configuration_with_secrets, today};
use crate::config::{Config, Transport};
use crate::delivery::dkim::Signer;
use crate::diagnostic::{Diagnostic, Place, Severity};
use crate::error::{Exit, Result};
use crate::ledger::Ledger;
use crate::pipeline;
use crate::watch;

#[derive(Debug, Args)]
pub(super) struct Options {
    /// Also read every configured table and hold it to its contract
    #[arg(long)]
    data: bool,
    /// Also go to the mail server, as far as one can without sending
    #[arg(long)]
    smtp: bool,
}

/// How many firings of each schedule are shown.
const SHOWN_FIRINGS: usize = 5;

pub(super) fn run(options: &Options, common: &Common, world: &World, console: &Console) -> Result<u8> {
    let config = configuration_with_secrets(common, world, console)?;
    if let Some(dkim) = config.delivery.dkim.as_ref().filter(|dkim| dkim.key.reveal().is_ok()) {
        Signer::new(dkim)?;
    }
    console.print(&format!("configuration in {}: no fault", config.folder.display()));
    for reminder in reminders(&config) {
        console.diagnostic(&reminder);
    }
    for line in firings(&config, world) {
        console.print(&line);
    }
    for early in early(&config, world)? {
        console.diagnostic(&early);
    }
    if options.data {
        for line in pipeline::check_data(&config, today(&config, world), console)? {
            console.print(&line);
        }
    }
    if options.smtp {
        config.delivery.transport.ready()?;
        crate::delivery::transport::open(&config.delivery.transport)?.probe()?;
        console.print("mail: the way is open");
    }
    Ok(0)
}

/// What is no fault, and will be missed one day.
fn reminders(config: &Config) -> Vec<Diagnostic> {
    let mut reminders: Vec<Diagnostic> = stands_still(config).into_iter().collect();
    let place = || Place::file(config.folder.join("farol.yaml"));
    if matches!(config.delivery.transport, Transport::Smtp(_)) && config.delivery.operators.is_empty() {
        let text = "nobody is told of a mail that is refused, or of data that are not there";
        let help = "name somebody in `delivery: { operators: […] }`";
        reminders.push(Diagnostic::warning("no-operators", text).at(place()).help(help));
    }
    let folder = config.watchers.metrics.as_deref().map(watch::metrics_folder).filter(|folder| !folder.is_dir());
    if let Some(folder) = folder {
        let text = format!("the folder of `metrics` is not there: {}", folder.display());
        reminders
            .push(Diagnostic::warning("no-metrics-folder", text).at(place()).help("make it, or name another file"));
    }
    reminders
}

/// What a clock that was ahead has sent before its time, and what keeps that from being known.
///
/// # Errors
/// A ledger that is gone or damaged, which stops every run that sends.
fn early(config: &Config, world: &World) -> Result<Vec<Diagnostic>> {
    let found = Ledger::look(&config.state, &config.witnessed).and_then(|ledger| {
        ledger.map_or(Ok(Vec::new()), |ledger| watch::early_faults(config, &ledger, world.now.utc()))
    });
    let faults = match found {
        Err(failure) if failure.exit == Exit::Io => return Err(failure),
        // Another writes to it, or it is for another user to read.
        Err(failure) => failure.diagnostics,
        Ok(faults) => faults,
    };
    Ok(faults.into_iter().map(|fault| Diagnostic { severity: Severity::Warning, ..fault }).collect())
}

/// What each schedule will do next, so that a wrong expression is seen before it fires.
fn firings(config: &Config, world: &World) -> Vec<String> {
    let calendar = &config.company.calendar;
    let Some(now) = calendar.local(world.now) else { return Vec::new() };
    config
        .schedule
        .iter()
        .filter_map(|entry| {
            let slots = entry.slots().ok()?;
            let next: Vec<String> = slots
                .next(calendar, now, SHOWN_FIRINGS)
                .iter()
                .map(|slot| slot.civil.format("%a %Y-%m-%d %H:%M").to_string())
                .collect();
            Some(format!("`{}` ({entry}): {}", entry.report, next.join(", ")))
        })
        .collect()
}
