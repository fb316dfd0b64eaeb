//! `farol backfill`: every period of a range, reading each file once.

use clap::Args;

use crate::cli::run::{Mail, Order, What, begun, chosen_reports, execute, period};
use crate::cli::{Common, Console, World, configuration};
use crate::diagnostic::Diagnostic;
use crate::error::{Exit, Failure, Result};
use crate::pipeline::Job;

#[derive(Debug, Args)]
pub(super) struct Options {
    /// First period
    #[arg(long, value_name = "PERIOD")]
    from: String,
    /// Last period
    #[arg(long, value_name = "PERIOD")]
    to: String,
    /// Only this report
    #[arg(long, value_name = "REPORT")]
    report: Option<String>,
    /// Make reports again that were made from the same data and configuration
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    what: What,
    #[command(flatten)]
    mail: Mail,
}

pub(super) fn run(options: &Options, common: &Common, world: &World, console: &Console) -> Result<u8> {
    let config = configuration(common, world, console)?;
    let (from, to) = (period(&options.from, &config)?, period(&options.to, &config)?);
    let to = begun(to, options.what.as_of(&config, world)?, &config)?;
    let periods = config.company.calendar.range(&from, &to);
    if periods.is_empty() {
        let fault = Diagnostic::error("empty-range", format!("there is no period from `{}` to `{}`", from.id, to.id))
            .help("name two periods of the same kind, the older one first");
        return Err(Failure::new(Exit::Usage, fault));
    }
    let reports = chosen_reports(options.report.as_deref(), Some(from.grain), &config)?;
    let jobs = reports.into_iter().map(|(id, _)| Job { report: id.clone(), periods: periods.clone() }).collect();
    let order = Order { jobs, sending: options.mail.sending(None), with_range: true, force: options.force };
    execute(&config, order, &options.what, world, console)
}
