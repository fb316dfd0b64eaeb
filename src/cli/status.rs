//! `farol status` and `farol health`: how it stands, for a person and for a monitor.

use clap::Args;

use crate::cli::{Common, Console, World, configuration};
use crate::error::{Exit, Failure, Result};
use crate::watch;

#[derive(Debug, Args)]
pub(super) struct HealthOptions {
    /// Expect this period of every report of its grain, whatever the schedule says: 2026-10
    #[arg(long, value_name = "PERIOD")]
    expect: Option<String>,
}

pub(super) fn status(common: &Common, world: &World, console: &Console) -> Result<u8> {
    let config = configuration(common, world, console)?;
    watch::status(&config, world.now)?.iter().for_each(|line| console.print(line));
    Ok(0)
}

pub(super) fn health(options: &HealthOptions, common: &Common, world: &World, console: &Console) -> Result<u8> {
    let config = configuration(common, world, console)?;
    let expected = options.expect.as_deref().map(|id| super::run::period(id, &config)).transpose()?;
    let faults = watch::health(&config, world.now, expected.as_ref())?;
    if !faults.is_empty() {
        return Err(Failure::many(Exit::TryAgain, faults));
    }
    let besides = watch::wrong_besides(&config, world.now)?;
    console.print(&match besides.len() {
        0 => "well: nothing is overdue".to_owned(),
        1 => "nothing is overdue, but 1 trouble is open; `farol status` shows what mends it:".to_owned(),
        open => format!("nothing is overdue, but {open} troubles are open; `farol status` shows what mends them:"),
    });
    for cause in besides {
        console.print(&format!("  {cause}"));
    }
    Ok(0)
}
