//! `farol explain`: one figure taken apart.

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::Args;

use crate::cli::run::{as_of, begun, period};
use crate::cli::{Common, Console, World, configuration, today};
use crate::error::Result;
use crate::explain::{Question, explain, text};

#[derive(Debug, Args)]
pub(super) struct Options {
    /// Which figure: an id of `farol kpis`
    kpi: String,
    /// Of which period: 2026-10, 2026-W41, 2026-Q4, 2026, 2026-10.12m
    #[arg(long, value_name = "PERIOD")]
    period: String,
    /// Of which segment: plan=Pro, or plan=Pro,region=Sul, or a column of the rows that are counted: channel=email
    #[arg(long, value_name = "ATTRIBUTE=VALUE")]
    segment: Option<String>,
    /// As a run of this day has it: what is dated on it or later does not exist
    #[arg(long, value_name = "DATE")]
    as_of: Option<NaiveDate>,
    /// Also the same data under the definitions that others use
    #[arg(long)]
    definitions: bool,
    /// As one JSON document
    #[arg(long)]
    json: bool,
    /// Write every row that could have counted to this file: whether it did, for how much, and why not
    #[arg(long, value_name = "FILE.csv")]
    rows: Option<PathBuf>,
}

pub(super) fn run(options: &Options, common: &Common, world: &World, console: &Console) -> Result<u8> {
    let config = configuration(common, world, console)?;
    let as_of = as_of(options.as_of, &config, world)?;
    let question = Question {
        kpi: options.kpi.clone(),
        period: begun(period(&options.period, &config)?, as_of, &config)?,
        segment: options.segment.clone(),
        definitions: options.definitions,
        rows: options.rows.is_some(),
        today: today(&config, world),
        as_of,
    };
    let explained = explain(&config, &question, console)?;
    console.print(&if options.json { explained.json()? } else { text(&explained)? });
    if let (Some(path), Some(csv)) = (&options.rows, &explained.csv) {
        crate::pipeline::write_whole(path, csv.as_bytes())?;
        console.log("wrote", &format!("wrote {}", path.display()));
    }
    explained.check().map(|()| 0)
}
