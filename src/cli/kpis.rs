//! `farol kpis`: the catalogue.

use crate::cli::{Common, Console, World, configuration};
use crate::error::Result;
use crate::pipeline;

pub(super) fn run(common: &Common, world: &World, console: &Console) -> Result<u8> {
    // Without a configuration the catalogue is still worth reading.
    let config =
        if common.config.join("farol.yaml").exists() { Some(configuration(common, world, console)?) } else { None };
    let today = config.as_ref().map_or(world.now, |config| crate::cli::today(config, world));
    for line in pipeline::catalogue(config.as_ref(), today)? {
        console.print(&line);
    }
    Ok(0)
}
