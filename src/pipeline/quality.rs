//! What a report says of its own data: sources, freshness, what was set aside, and where the figures come from.

use std::collections::BTreeMap;

use chrono::{DateTime, SecondsFormat, Utc};

use crate::calendar::{Moment, Period};
use crate::config::Config;
use crate::digest::sha256;
use crate::pipeline::figures::Computed;
use crate::pipeline::run::Request;
use crate::report::view::{Provenance, SourceQuality};
use crate::tables::Intake;

/// Each source as the report's data-quality section shows it.
pub(super) fn source_quality(config: &Config, as_of: Moment, intakes: &[Intake]) -> Vec<SourceQuality> {
    let calendar = config.company.calendar;
    intakes
        .iter()
        .map(|intake| {
            let day = |at: Option<Moment>| at.and_then(|at| calendar.local(at)).map(|local| local.date());
            let newest = day(intake.newest);
            let max_age = config.sources.get(intake.table.name()).and_then(|source| source.max_age_days);
            let today = calendar.local(as_of).map(|local| local.date());
            let age = newest.zip(today).map(|(newest, today)| (today - newest).num_days());
            SourceQuality {
                table: intake.table.name().to_owned(),
                rows: intake.rows_kept,
                newest,
                oldest: day(intake.oldest),
                is_stale: age.zip(max_age).is_some_and(|(age, max)| age > max),
                quarantined: intake.reasons.iter().map(|(reason, n)| (reason.code().to_owned(), *n)).collect(),
            }
        })
        .collect()
}

/// Where the figures come from. The run's id follows from its inputs, so that the same input gives the same bytes.
pub(super) fn provenance(
    config: &Config,
    as_of: Moment,
    intakes: &[Intake],
    report: &str,
    period: &Period,
) -> Provenance {
    let inputs: Vec<(String, String, u64)> = intakes
        .iter()
        .flat_map(|intake| &intake.files)
        .map(|file| (shown_path(config, &file.path), file.sha256.clone(), file.rows))
        .collect();
    let mut identity = format!("{report}|{}|{}|{}", period.id, config.hash, as_of.0);
    for (_, digest, _) in &inputs {
        identity.push_str(digest);
    }
    let run = sha256(identity.as_bytes())[..12].to_owned();
    let local = config.company.calendar.local(as_of).unwrap_or_default();
    Provenance {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        run,
        as_of: local,
        config_hash: config.hash.clone(),
        inputs,
    }
}

/// A path as the reader of a report may see it: below the folder of the configuration, else its last part.
pub fn shown_path(config: &Config, path: &std::path::Path) -> String {
    let home = config.folder.parent().unwrap_or(&config.folder);
    let below = path.components().collect::<std::path::PathBuf>();
    below
        .strip_prefix(home)
        .ok()
        .or_else(|| path.file_name().map(std::path::Path::new))
        .unwrap_or(path)
        .display()
        .to_string()
}

/// The inputs as the ledger keeps them.
pub(super) fn inputs_json(intakes: &[Intake]) -> String {
    serde_json::Value::Array(intakes.iter().map(intake_json).collect()).to_string()
}

fn intake_json(intake: &Intake) -> serde_json::Value {
    let files: Vec<_> = intake
        .files
        .iter()
        .map(|file| serde_json::json!({ "path": file.path, "sha256": file.sha256, "bytes": file.bytes, "rows": file.rows }))
        .collect();
    let reasons: BTreeMap<&str, u64> = intake.reasons.iter().map(|(reason, n)| (reason.code(), *n)).collect();
    serde_json::json!({
        "table": intake.table.name(),
        "files": files,
        "rows_read": intake.rows_read,
        "rows_kept": intake.rows_kept,
        "rows_after_as_of": intake.rows_after_as_of,
        "rows_quarantined": intake.rows_quarantined,
        "reasons": reasons,
    })
}

/// When the stages of a run were done.
pub(super) struct Timings {
    pub(super) started: DateTime<Utc>,
    /// The figures were there, and the first form was begun.
    pub(super) computed: DateTime<Utc>,
    /// The last form was on the disk.
    pub(super) rendered: DateTime<Utc>,
    pub(super) written: DateTime<Utc>,
    /// How many forms there are.
    pub(super) forms: usize,
}

/// `run.json`; only its timings differ between runs on the same input.
pub(super) fn run_json(
    provenance: &Provenance,
    computed: &Computed,
    request: &Request,
    config: &Config,
    timings: &Timings,
) -> String {
    let moment = |at: DateTime<Utc>| at.to_rfc3339_opts(SecondsFormat::Millis, true);
    let warnings: Vec<String> = computed.warnings().map(ToString::to_string).collect();
    let document = serde_json::json!({
        "run": provenance.run,
        "version": provenance.version,
        "as_of": provenance.as_of.to_string(),
        "today": config.company.calendar.local(request.today).map(|local| local.to_string()),
        "timezone": config.company.calendar.zone.name(),
        "configuration": provenance.config_hash,
        "inputs": computed.intakes.iter().map(intake_json).collect::<Vec<_>>(),
        "warnings": warnings,
        "timings": {
            "started": moment(timings.started),
            "computed": moment(timings.computed),
            "rendered": moment(timings.rendered),
            "written": moment(timings.written),
            "forms": timings.forms,
            "parts": computed.intakes.iter().map(|intake| intake.units).sum::<u64>(),
            "parts_recalled": computed.intakes.iter().map(|intake| intake.units_recalled).sum::<u64>(),
            "periods_recalled": computed.tallies_known.map_or(0, |(known, _)| known),
        },
    });
    format!("{document:#}\n")
}
