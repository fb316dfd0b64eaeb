//! What readers are told, for the ledger to keep; and what they were told before, held against the data of now.
//!
//! Compares no figure: the report does.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::calendar::Period;
use crate::config::{Config, ReportPlan};
use crate::delivery::outbox::scope_text;
use crate::error::Result;
use crate::insight;
use crate::judgement::{Keys, Maturity, Verdict};
use crate::ledger::{Ledger, Telling, ToldFigure, ToldRecord};
use crate::pipeline::jobs;
use crate::pipeline::quality::inputs_json;
use crate::pipeline::scope::Scope;
use crate::tables::Intake;

/// What the readers of each part of the customers were told before.
pub(super) type Earlier = BTreeMap<Scope, Vec<insight::Told>>;

/// What the readers of a report were told of the periods that it shows in its trends.
pub(super) fn earlier(
    ledger: &Ledger,
    config: &Config,
    (report, plan): (&str, &ReportPlan),
    period: &Period,
    intakes: &[Intake],
) -> Result<Earlier> {
    let shown = jobs::trend(period, plan.history, config.company.calendar);
    let shown: BTreeSet<&str> = shown.iter().map(|period| period.id.as_str()).collect();
    let inputs = digests(&inputs_json(intakes));
    let mut earlier = Earlier::new();
    for scope in jobs::scopes(plan) {
        let records = ledger.told(report, &scope_text(&scope))?;
        let told = records.into_iter().filter(|record| shown.contains(record.period.as_str()));
        let told = told.map(|record| as_told(record, config, &inputs)).collect();
        earlier.insert(scope, told);
    }
    Ok(earlier)
}

/// What the readers of a part of the customers are told: the report's own figures of the period that have a value to see.
pub(super) fn telling(
    config: &Config,
    plan: &ReportPlan,
    scope: &Scope,
    (shown, hidden): (&[Verdict], &Keys),
) -> Arc<Telling> {
    let kpis = jobs::kpis(plan, false);
    let figure = |verdict: &Verdict| {
        let key = &verdict.key;
        let value = verdict.reading.value.ok().filter(|value| value.is_finite() && !hidden.contains(key))?;
        Some(ToldFigure {
            dimension: key.dimension.to_string(),
            segment: key.segment.to_string(),
            kpi: key.kpi.to_owned(),
            value,
            may_change: verdict.maturity != Maturity::Final,
        })
    };
    let figures = shown.iter().filter(|verdict| kpis.contains(verdict.key.kpi)).filter_map(figure).collect();
    Arc::new(Telling { scope: scope_text(scope), definitions: config.definitions.clone(), figures })
}

fn as_told(record: ToldRecord, config: &Config, inputs: &BTreeMap<String, Vec<String>>) -> insight::Told {
    let then = digests(&record.inputs);
    let tables: BTreeSet<&String> = then.keys().chain(inputs.keys()).collect();
    let since = insight::Since {
        tables: tables.into_iter().filter(|table| then.get(*table) != inputs.get(*table)).cloned().collect(),
        definitions: record.telling.definitions != config.definitions,
        program: record.version != env!("CARGO_PKG_VERSION"),
    };
    let figure = |figure: ToldFigure| {
        let ToldFigure { dimension, segment, kpi, value, may_change } = figure;
        insight::ToldFigure { dimension, segment, kpi, value, may_change }
    };
    insight::Told {
        period: record.period,
        sent: local_day(config, record.sent),
        figures: record.telling.figures.into_iter().map(figure).collect(),
        since,
    }
}

/// The day of an instant where the company is.
fn local_day(config: &Config, at: DateTime<Utc>) -> chrono::NaiveDate {
    let local = config.company.calendar.local(at.into());
    local.map_or_else(|| at.date_naive(), |local| local.date())
}

/// Table → digests of its files, of inputs as the ledger keeps them.
fn digests(inputs: &str) -> BTreeMap<String, Vec<String>> {
    let inputs: serde_json::Value = serde_json::from_str(inputs).unwrap_or_default();
    let text = |value: &serde_json::Value| value.as_str().map(str::to_owned);
    let of = |input: &serde_json::Value| {
        let files = input["files"].as_array()?.iter().filter_map(|file| text(&file["sha256"]));
        Some((text(&input["table"])?, files.collect()))
    };
    inputs.as_array().into_iter().flatten().filter_map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_the_customers_has_one_name() {
        let scope = Scope::from([("region".to_owned(), "Sul".to_owned()), ("plan".to_owned(), "\"Pro\"".to_owned())]);
        assert_eq!(scope_text(&scope), r#"{"plan":"\"Pro\"","region":"Sul"}"#);
        assert_eq!(scope_text(&Scope::new()), "{}");
    }

    #[test]
    fn inputs_are_known_by_the_digests_of_their_files() {
        let inputs =
            r#"[{"table":"usage","files":[{"sha256":"aa","rows":1},{"sha256":"bb"}]},{"table":"staff","files":[]}]"#;
        let expected = [("staff".to_owned(), vec![]), ("usage".to_owned(), vec!["aa".to_owned(), "bb".to_owned()])];
        assert_eq!(digests(inputs), BTreeMap::from(expected));
        assert_eq!(digests("what is this"), BTreeMap::new());
    }
}
