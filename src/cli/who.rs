//! `farol ledger who`: who was told which figure, when, and from which files; from the ledger alone.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, SecondsFormat, Utc};
use clap::Args;
use serde_json::{Value, json};

use crate::cli::Console;
use crate::cli::outbox::{columns, input_files, inputs};
use crate::cli::run::period;
use crate::config::Config;
use crate::delivery::outbox::stands;
use crate::diagnostic::Diagnostic;
use crate::error::{Exit, Failure, Result};
use crate::ledger::{Delivery, Ledger, RunRecord, Telling};
use crate::pipeline;

#[derive(Debug, Args)]
pub(super) struct Options {
    /// Which figure: an id of `farol kpis`
    kpi: String,
    /// Of which report
    #[arg(long, value_name = "REPORT")]
    report: String,
    /// Of which period: 2026-10, 2026-W41, 2026-Q4, 2026, 2026-10.12m
    #[arg(long, value_name = "PERIOD")]
    period: String,
    /// Of which segment, instead of the total: plan=Pro, or plan=Pro,region=Sul
    #[arg(long, value_name = "ATTRIBUTE=VALUE")]
    segment: Option<String>,
    /// As one JSON document
    #[arg(long)]
    json: bool,
}

/// One mail, and the figure as it told it.
struct Told<'a> {
    delivery: &'a Delivery,
    /// Also where it was given up.
    may_have_arrived: bool,
    telling: Option<&'a Telling>,
    value: Option<f64>,
}

pub(super) fn run(options: &Options, config: &Config, console: &Console) -> Result<u8> {
    let period = period(&options.period, config)?.id;
    let segment = options.segment.as_deref().map(segment).transpose()?.unwrap_or_default();
    let Some(ledger) = Ledger::look(&config.state, &config.witnessed)? else {
        return Err(nothing(options, config));
    };
    let deliveries = ledger.deliveries(&options.report, &period)?;
    let tellings = ledger.tellings(&options.report, &period)?;
    let told: Vec<Told<'_>> = deliveries
        .iter()
        .map(|delivery| {
            let telling = tellings.get(&delivery.id);
            let value = telling.and_then(|telling| value(telling, &options.kpi, &segment));
            Ok(Told { delivery, may_have_arrived: ledger.may_have_arrived(delivery)?, telling, value })
        })
        .collect::<Result<_>>()?;
    if deliveries.is_empty() {
        return Err(nothing(options, config));
    }
    let knows = |telling: &Telling| telling.figures.iter().any(|figure| figure.kpi == options.kpi);
    if pipeline::known_id(&options.kpi).is_none() && !tellings.values().any(knows) {
        let fault = Diagnostic::error("unknown-kpi", format!("there is no KPI `{}`", options.kpi));
        return Err(Failure::new(Exit::Usage, fault.help("`farol kpis` lists them all")));
    }
    let mut runs: BTreeMap<i64, (RunRecord, String)> = BTreeMap::new();
    for id in deliveries.iter().map(|delivery| delivery.run).collect::<BTreeSet<_>>() {
        if let Some(run) = ledger.run(id)? {
            let figure = ledger.figures(id)?.into_iter().find(|figure| figure.kpi == options.kpi);
            runs.insert(id, (run, figure.map_or(String::new(), |figure| figure.unit)));
        }
    }
    if options.json {
        console.print(&format!("{:#}", document(options, &period, &told, &runs)));
    } else {
        for line in lines(options, &period, &told, &runs) {
            console.print(&line);
        }
    }
    Ok(0)
}

/// `plan=Pro,region=Sul` as attributes and values.
fn segment(text: &str) -> Result<BTreeSet<(&str, &str)>> {
    let pairs: Option<BTreeSet<_>> = text.split(',').map(|pair| pair.split_once('=')).collect();
    pairs.ok_or_else(|| {
        let fault = Diagnostic::error("usage", format!("`--segment {text}` names no segment"));
        Failure::new(Exit::Usage, fault.help("write ATTRIBUTE=VALUE, as plan=Pro or plan=Pro,region=Sul"))
    })
}

/// The value of a figure as it was told; of the total where no segment is asked for.
fn value(telling: &Telling, kpi: &str, segment: &BTreeSet<(&str, &str)>) -> Option<f64> {
    let is_meant = |figure: &&crate::ledger::ToldFigure| {
        let pairs = figure.dimension.split('×').zip(figure.segment.split('×'));
        let is_segment =
            if segment.is_empty() { figure.dimension == "total" } else { pairs.collect::<BTreeSet<_>>() == *segment };
        figure.kpi == kpi && is_segment
    };
    telling.figures.iter().find(is_meant).map(|figure| figure.value)
}

/// Nobody was written to: as likely a wrong name as the truth.
fn nothing(options: &Options, config: &Config) -> Failure {
    if !config.reports.contains_key(&options.report) {
        return pipeline::unknown_report(&options.report, config);
    }
    let what = format!("the ledger knows no mail of `{}` {}", options.report, options.period);
    let help = "farol outbox list --all shows which there are";
    Failure::new(Exit::InputMissing, Diagnostic::error("no-delivery", what).help(help))
}

/// The part of the customers that a mail tells of.
fn part(telling: Option<&Telling>) -> String {
    let scope = telling.and_then(|telling| serde_json::from_str::<BTreeMap<String, String>>(&telling.scope).ok());
    let pairs: Vec<String> =
        scope.into_iter().flatten().map(|(attribute, value)| format!("{attribute}={value}")).collect();
    if pairs.is_empty() { "all customers".to_owned() } else { pairs.join(",") }
}

fn instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

type Runs = BTreeMap<i64, (RunRecord, String)>;

fn unit<'a>(runs: &'a Runs, told: &Told<'_>) -> &'a str {
    runs.get(&told.delivery.run).map_or("", |(_, unit)| unit)
}

fn lines(options: &Options, period: &str, told: &[Told<'_>], runs: &Runs) -> Vec<String> {
    let of = options.segment.as_deref().map_or(String::new(), |segment| format!(", {segment}"));
    let mut lines = vec![format!("`{}` of `{}` {period}{of}", options.kpi, options.report), String::new()];
    let row = |told: &Told<'_>| {
        let value = told.value.map_or("not told".to_owned(), |value| format!("{value} {}", unit(runs, told)));
        [
            told.delivery.recipient.clone(),
            stands(None, told.delivery, told.may_have_arrived),
            instant(told.delivery.updated),
            told.delivery.revision.to_string(),
            told.delivery.run.to_string(),
            part(told.telling),
            value,
        ]
    };
    lines.extend(columns(["to", "state", "since", "revision", "run", "of", "value"], told.iter().map(row)));
    for (id, (record, _)) in runs {
        let run = &record.run;
        lines.push(String::new());
        lines.push(format!("run            {id}, {} to {}", instant(run.started), instant(run.finished)));
        lines.push(format!("as of          {}", instant(run.as_of)));
        lines.push(format!("version        {}", run.version));
        lines.push(format!("configuration  sha256 {}", run.configuration));
        lines.extend(inputs(&run.inputs));
    }
    lines
}

fn document(options: &Options, period: &str, told: &[Told<'_>], runs: &Runs) -> Value {
    let mail = |told: &Told<'_>| {
        let Delivery { recipient, state, updated, revision, run, message_id, message, .. } = told.delivery;
        json!({
            "to": recipient, "state": state.id(), "may_have_arrived": told.may_have_arrived, "since": instant(*updated), "revision": revision, "run": run,
            "message_id": message_id, "sha256": message, "of": part(told.telling), "value": told.value,
            "unit": unit(runs, told),
        })
    };
    let run = |(id, (record, _)): (&i64, &(RunRecord, String))| {
        let files: Vec<Value> = input_files(&record.run.inputs)
            .into_iter()
            .map(|file| json!({ "table": file.table, "path": file.path, "sha256": file.sha256, "rows": file.rows }))
            .collect();
        json!({
            "run": id, "started": instant(record.run.started), "finished": instant(record.run.finished),
            "as_of": instant(record.run.as_of), "version": record.run.version,
            "configuration": record.run.configuration, "inputs": files,
        })
    };
    json!({
        "kpi": options.kpi, "report": options.report, "period": period, "segment": options.segment,
        "mails": told.iter().map(mail).collect::<Vec<_>>(), "runs": runs.iter().map(run).collect::<Vec<_>>(),
    })
}
