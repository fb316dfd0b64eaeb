//! `farol outbox`: mail that is not sent.

use chrono::{DateTime, TimeDelta, Utc};
use clap::{Args, Subcommand};

use crate::cli::book::{News, keep_book, keep_watch};
use crate::cli::{Common, Console, Glance, World, configuration, glance};
use crate::config::Config;
use crate::delivery::address::{masked, without_addresses};
use crate::delivery::outbox::{self, Obstacle, doubt, stands};
use crate::delivery::stop::Stop;
use crate::diagnostic::counted;
use crate::error::Result;
use crate::ledger::{Delivery, Figure, Ledger, RunRecord, State};
use crate::pipeline::{self, Outcome, Which};
use crate::watch::Call;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// What is not sent: state, attempts, age, and what the mail server said
    List(List),
    /// One mail exactly as it was sent or waits to be, byte for byte
    Show(Show),
    /// Try at once what waits, and by its number what does not, the same bytes under the same Message-ID
    Retry(Retry),
    /// Try what is due: each mail after its pause, until its time is over; the daemon does so by itself
    Deliver(Deliver),
    /// Give mail up, for good
    Discard(Discard),
}

#[derive(Debug, Args)]
pub(super) struct List {
    /// Also what is sent or given up
    #[arg(long)]
    all: bool,
    /// Show addresses in full
    #[arg(long)]
    addresses: bool,
}

#[derive(Debug, Args)]
pub(super) struct Show {
    /// The number that `list` shows
    id: i64,
    /// Instead of the mail: the run that made it, its inputs and figures, and what became of the mail
    #[arg(long)]
    figures: bool,
}

#[derive(Debug, Args)]
pub(super) struct Retry {
    /// The numbers that `list` shows, also of mail that is tried no more by itself; without any, what would be tried by itself after
    /// its pause, with `on_unknown: resend_once` also what may have arrived
    id: Vec<i64>,
    /// Everything that is not sent: also what was refused or is dead, however old, and what may have arrived and is tried no more by
    /// itself
    #[arg(long, conflicts_with = "id")]
    all: bool,
    /// Say what would be done, and do nothing
    #[arg(long)]
    dry_run: bool,
}

#[derive(Debug, Args)]
pub(super) struct Deliver {
    /// Say what would be done, and do nothing
    #[arg(long)]
    dry_run: bool,
}

#[derive(Debug, Args)]
pub(super) struct Discard {
    /// The numbers that `list` shows
    #[arg(required = true)]
    id: Vec<i64>,
    /// Why; kept in the ledger
    #[arg(long, value_name = "WHY", value_parser = super::run::words)]
    reason: String,
    /// Say what would be done, and do nothing
    #[arg(long)]
    dry_run: bool,
}

pub(super) fn run(command: &Command, common: &Common, world: &World, console: &Console) -> Result<u8> {
    let surroundings = (common, world, console);
    match command {
        Command::List(options) => list(options, &glance(common, world, console)?, world, console),
        Command::Show(options) => show(options, &glance(common, world, console)?, console),
        Command::Retry(options) => {
            let which = match options.id.as_slice() {
                [] if options.all => Which::All,
                [] => Which::Waiting,
                ids => Which::These(ids),
            };
            act(options.dry_run, surroundings, |config, stop, clock| {
                pipeline::retry(config, which, stop, options.dry_run, clock)
            })
        }
        Command::Deliver(options) => act(options.dry_run, surroundings, |config, stop, clock| {
            pipeline::deliver(config, stop, options.dry_run, clock)
        }),
        Command::Discard(options) => act(options.dry_run, surroundings, |config, _, clock| {
            pipeline::discard(config, &options.id, &options.reason, options.dry_run, clock)
        }),
    }
}

fn list(options: &List, glance: &Glance, world: &World, console: &Console) -> Result<u8> {
    let mut mails = Vec::new();
    if let Some(ledger) = Ledger::look(&glance.state, &glance.witnessed)? {
        for delivery in pipeline::waiting(&ledger, options.all)? {
            let config = glance.config.as_ref();
            let obstacle = config.map(|config| outbox::obstacle(&ledger, config, &delivery)).transpose()?.flatten();
            let state = stands(obstacle, &delivery, ledger.may_have_arrived(&delivery)?);
            mails.push(Listed { delivery, obstacle, state });
        }
    }
    for line in table(&mails, options.addresses, (world.clock)().utc()) {
        console.print(&line);
    }
    Ok(0)
}

fn show(options: &Show, glance: &Glance, console: &Console) -> Result<u8> {
    let ledger = Ledger::look(&glance.state, &glance.witnessed)?;
    for delivery in pipeline::chosen(ledger.as_ref(), &[options.id])? {
        let Some(ledger) = &ledger else { continue };
        if options.figures {
            for line in record(ledger, &delivery)? {
                console.print(&line);
            }
        } else {
            console.bytes(&ledger.message(&delivery.message)?);
        }
    }
    Ok(0)
}

/// Does something about mail, says what came of it, and looks at what is wrong then.
fn act(
    is_idle: bool,
    (common, world, console): (&Common, &World, &Console),
    deed: impl FnOnce(&Config, &Stop, &dyn Fn() -> DateTime<Utc>) -> Result<Outcome>,
) -> Result<u8> {
    let config = configuration(common, world, console)?;
    let clock = || (world.clock)().utc();
    let stop = if is_idle { Stop::default() } else { super::run::listen()? };
    let outcome = deed(&config, &stop, &clock)?;
    let code = super::run::tell(&outcome, console);
    decided(&config, &outcome, is_idle, (&clock, &stop), console);
    Ok(code)
}

/// Looks at what is still wrong after mail was tried or given up, and tells operators, if that can be done from here; and the monitor,
/// if what a run had to leave has gone out and nothing is wrong any more.
fn decided(
    config: &Config,
    outcome: &Outcome,
    is_idle: bool,
    (clock, stop): (&dyn Fn() -> DateTime<Utc>, &Stop),
    console: &Console,
) {
    if is_idle || stop.is_told() {
        return;
    }
    let watched = if config.delivery.transport.ready().is_ok() {
        keep_watch(config, &News::default(), clock, stop)
    } else {
        keep_book(config, &News::default(), clock).map(|()| Vec::new())
    };
    super::run::warn(watched.unwrap_or_else(|failure| failure.diagnostics), console);
    if outcome.sent > 0 && outcome.exit.is_none() && is_well(config).unwrap_or(false) {
        super::run::call(config, Call::Success, console);
    }
}

/// Whether no reader waits for anything and no trouble is open: what a monitor was told of a failure holds until it is mended.
fn is_well(config: &Config) -> Result<bool> {
    let Some(ledger) = Ledger::look(&config.state, &config.witnessed)? else { return Ok(false) };
    let waits = ledger.undelivered()?.iter().any(Delivery::is_to_a_reader);
    Ok(!waits && ledger.open_incidents()?.is_empty())
}

/// A delivery and how it stands.
struct Listed {
    delivery: Delivery,
    obstacle: Option<Obstacle>,
    state: String,
}

/// The deliveries in columns; at the end of each line what the server said, and of what is not tried why, and what mends it.
fn table(mails: &[Listed], addresses: bool, now: DateTime<Utc>) -> Vec<String> {
    if mails.is_empty() {
        return vec!["nothing waits".to_owned()];
    }
    let shown = |delivery: &Delivery| {
        if addresses { delivery.recipient.clone() } else { masked(&delivery.recipient) }
    };
    let row = |Listed { delivery, obstacle, state }: &Listed| {
        let obstacle = obstacle.filter(|_| !matches!(delivery.state, State::Sent | State::Discarded));
        let reply = obstacle.map_or_else(
            || delivery.said().to_owned(),
            |obstacle| format!("{}; {}: {}", delivery.said(), obstacle.why(delivery), obstacle.remedy(delivery)),
        );
        [
            delivery.id.to_string(),
            state.clone(),
            delivery.report.clone(),
            delivery.period.clone(),
            delivery.revision.to_string(),
            shown(delivery),
            delivery.attempts.to_string(),
            age(now - delivery.recorded),
            if addresses { reply } else { without_addresses(&reply) },
        ]
    };
    let head = ["id", "state", "report", "period", "revision", "to", "attempts", "age", "reply"];
    columns(head, mails.iter().map(row))
}

/// Rows under a heading, in columns as wide as they must be.
pub(super) fn columns<const N: usize>(head: [&str; N], rows: impl Iterator<Item = [String; N]>) -> Vec<String> {
    let rows: Vec<[String; N]> = std::iter::once(head.map(str::to_owned)).chain(rows).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..N).map(width).collect();
    let line = |row: &[String; N]| {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect()
}

/// A length of time in its largest unit.
fn age(time: TimeDelta) -> String {
    match (time.num_days(), time.num_hours(), time.num_minutes()) {
        (days, ..) if days > 1 => format!("{days} d"),
        (_, hours, _) if hours > 1 => format!("{hours} h"),
        (.., minutes) => format!("{} min", minutes.max(0)),
    }
}

/// Who got which figures when, made of which files.
fn record(ledger: &Ledger, delivery: &Delivery) -> Result<Vec<String>> {
    let at = |time: DateTime<Utc>| time.format("%Y-%m-%d %H:%M:%S UTC").to_string();
    let mut lines = vec![
        format!("report         {} {}, revision {}", delivery.report, delivery.period, delivery.revision),
        format!("to             {}", masked(&delivery.recipient)),
        format!("message-id     {}", delivery.message_id),
        format!("message        sha256 {}", delivery.message),
        format!(
            "state          {} since {}, after {}{}",
            delivery.state.id(),
            at(delivery.updated),
            counted(delivery.attempts, "attempt", "attempts"),
            doubt(delivery, ledger.may_have_arrived(delivery)?)
        ),
    ];
    if let Some((when, bytes)) = ledger.pruned(&delivery.message)? {
        lines.push(format!("pruned         at {}: its {bytes} bytes are gone", at(when)));
    }
    let reply = delivery.reply.as_deref().map(without_addresses);
    lines.extend(reply.map(|reply| format!("reply          {reply}")));
    lines.extend(delivery.not_before.map(|time| format!("not before     {}", at(time))));
    lines.extend(delivery.deliver_by.map(|time| format!("deliver by     {}", at(time))));
    for decision in ledger.decisions(delivery.id)? {
        let (when, what, was) = (at(decision.at), decision.choice.id(), decision.was.id());
        lines.push(format!("decided        {what} of {was} at {when}: {}", decision.reason));
    }
    if let Some(RunRecord { id, run }) = ledger.run(delivery.run)? {
        lines.push(format!("run            {id}, {} to {}", at(run.started), at(run.finished)));
        lines.push(format!("as of          {}", at(run.as_of)));
        lines.push(format!("version        {}", run.version));
        lines.push(format!("configuration  sha256 {}", run.configuration));
        lines.extend(inputs(&run.inputs));
        lines.extend(run.warnings.iter().map(|warning| format!("warning        {warning}")));
    }
    lines.push(String::new());
    lines.push("dimension,segment,kpi,unit,value,n,numerator,denominator,low,high,note".to_owned());
    lines.extend(ledger.figures(delivery.run)?.iter().map(figure));
    Ok(lines)
}

/// A file that a run has read.
pub(super) struct InputFile {
    pub(super) table: String,
    pub(super) path: String,
    pub(super) sha256: String,
    pub(super) rows: serde_json::Value,
}

/// The files of a run, as the ledger keeps them.
pub(super) fn input_files(json: &str) -> Vec<InputFile> {
    let tables: Vec<serde_json::Value> = serde_json::from_str(json).unwrap_or_default();
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let of_table = |table: &serde_json::Value| {
        let name = text(&table["table"]);
        let files = table["files"].as_array().cloned().unwrap_or_default();
        files.into_iter().map(move |file| InputFile {
            table: name.clone(),
            path: text(&file["path"]),
            sha256: text(&file["sha256"]),
            rows: file["rows"].clone(),
        })
    };
    tables.iter().flat_map(of_table).collect()
}

/// The same, one a line.
pub(super) fn inputs(json: &str) -> Vec<String> {
    let line = |InputFile { table, path, sha256, rows }| {
        format!("input          {table}: {path}, {rows} rows, sha256 {sha256}")
    };
    input_files(json).into_iter().map(line).collect()
}

/// A figure as a line of CSV, in full precision.
fn figure(figure: &Figure) -> String {
    let quoted = |text: &str| {
        if text.contains([',', '"', '\n']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
    };
    let number = |value: Option<f64>| value.map_or(String::new(), |value| value.to_string());
    [
        quoted(&figure.dimension),
        quoted(&figure.segment),
        figure.kpi.clone(),
        figure.unit.clone(),
        number(figure.value),
        figure.n.map_or(String::new(), |n| n.to_string()),
        number(figure.numerator),
        number(figure.denominator),
        number(figure.low),
        number(figure.high),
        quoted(&figure.note),
    ]
    .join(",")
}
