//! `farol sample`: realistic, reproducible data of any size.

use clap::Args;

use crate::cli::{Common, Console, World};
use crate::diagnostic::Diagnostic;
use crate::error::{Exit, Failure, Result};
use crate::sample::{Request, write};

#[derive(Debug, Args)]
pub(super) struct Options {
    /// How many customers
    #[arg(long, default_value_t = 500, value_parser = clap::value_parser!(u32).range(1..))]
    customers: u32,
    /// How many months
    #[arg(long, default_value_t = 36, value_parser = clap::value_parser!(u32).range(1..=600))]
    months: u32,
    /// The same seed gives the same bytes
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// First day after the data, the first of a month
    #[arg(long, value_name = "DATE", default_value = "2026-11-01")]
    end: chrono::NaiveDate,
    /// With one of every trouble that real exports have
    #[arg(long)]
    troubles: bool,
}

pub(super) fn run(options: &Options, common: &Common, _: &World, console: &Console) -> Result<u8> {
    let Some(out) = common.out.clone() else {
        let fault = Diagnostic::error("sample-out", "`farol sample` does not know where to write")
            .help("name a folder: farol sample --out DIR");
        return Err(Failure::new(Exit::Usage, fault));
    };
    let request = Request {
        customers: options.customers,
        months: options.months,
        seed: options.seed,
        out: out.clone(),
        end: options.end,
        troubles: options.troubles,
    };
    let summary = write(&request)?;
    console.log(
        "wrote",
        &format!(
            "wrote {} customers over {} months to {}: {summary}",
            options.customers,
            options.months,
            out.display()
        ),
    );
    Ok(0)
}
