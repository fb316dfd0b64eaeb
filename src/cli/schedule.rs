//! `farol schedule`.

use clap::Args;

use crate::cli::{Common, Console, World};
use crate::error::Result;

#[derive(Debug, Args)]
pub(super) struct Options {
    /// Print the next firings and end
    #[arg(long, value_name = "N")]
    next: Option<usize>,
}

pub(super) fn run(_: &Options, _: &Common, _: &World, _: &Console) -> Result<u8> {
    Ok(0)
}
