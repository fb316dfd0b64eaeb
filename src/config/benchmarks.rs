//! `benchmarks.yaml`: what leadership expects of each KPI.
//!
//! Knows the KPIs' names and ranges, not how they are computed.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::bands::{self, Band, Scope};
use super::codes;
use super::company::{Translated, translated};
use super::dates;
use super::farol::Dimension;
use super::page::{Fields, Key, Page, Spot};
use super::reports::grain;
use super::words::suggestion;
use super::{KpiName, Vocabulary};
use crate::calendar::Grain;

/// A KPI's benchmark.
#[derive(Clone, Debug, Default)]
pub struct Benchmark {
    /// The grain that bands and targets hold for.
    pub per: Option<Grain>,
    /// Half-open bands, ascending, the last one closed, covering the KPI's range.
    pub bands: Vec<Band>,
    /// Where the bands come from, by language; under no language what holds in all.
    pub source: Translated,
    /// Targets, oldest first.
    pub targets: Vec<Target>,
    /// Alerts.
    pub alert: Alerts,
}

/// A target from a month on.
#[derive(Clone, Debug)]
pub struct Target {
    /// First day from which it holds.
    pub from: NaiveDate,
    /// For the total.
    pub total: Option<f64>,
    /// Dimension → segment → target.
    pub segments: BTreeMap<String, BTreeMap<String, f64>>,
}

/// When to raise an alarm.
#[derive(Clone, Debug, Default)]
pub struct Alerts {
    /// Below this value.
    pub below: Option<f64>,
    /// Above this value.
    pub above: Option<f64>,
    /// Fell by this much, really.
    pub drop_of: Option<f64>,
    /// Rose by this much, really.
    pub rise_of: Option<f64>,
}

/// Reads the file. `dimensions` are those of farol.yaml, or none where that could not be read.
pub(super) fn read(
    page: &Page,
    vocabulary: &Vocabulary,
    dimensions: Option<&[Dimension]>,
) -> BTreeMap<String, Benchmark> {
    let mut benchmarks = BTreeMap::new();
    let ids: Vec<&str> = vocabulary.kpis.iter().map(|kpi| kpi.id).collect();
    for (key, spot) in page.root().map(Spot::entries).unwrap_or_default() {
        if key.is_one_of(&ids, codes::UNKNOWN_KPI, "KPI")
            && let Some(kpi) = vocabulary.kpis.iter().find(|kpi| kpi.id == key.text())
        {
            benchmarks.insert(key.text().to_owned(), benchmark(spot, *kpi, dimensions));
        }
    }
    benchmarks
}

fn benchmark(spot: Spot<'_>, kpi: KpiName, dimensions: Option<&[Dimension]>) -> Benchmark {
    let fields = spot.fields(&["per", "bands", "source", "targets", "alert"]);
    let scope = Scope { name: kpi.id, low: kpi.low, high: kpi.high };
    let mut targets: Vec<Target> = Vec::new();
    for item in fields.get("targets").map(Spot::list).unwrap_or_default() {
        if let Some(target) = target(item, scope, dimensions) {
            if targets.iter().any(|earlier| earlier.from == target.from) {
                let message = format!("`{}` has two targets from {}", kpi.id, target.from);
                item.fault(codes::DUPLICATE_TARGET, message, "write what holds from one day as one target");
            }
            targets.push(target);
        }
    }
    targets.sort_by_key(|target| target.from);
    Benchmark {
        per: fields.get("per").map_or(Some(Grain::Month), grain),
        bands: fields.get("bands").map(|spot| bands::read(spot, scope)).unwrap_or_default(),
        source: fields.get("source").map(source).unwrap_or_default(),
        targets,
        alert: fields.get("alert").map(alerts).unwrap_or_default(),
    }
}

/// A text, or one for each language.
fn source(spot: Spot<'_>) -> Translated {
    if spot.is_map() {
        return translated(spot);
    }
    spot.text().map(|text| (String::new(), text.to_owned())).into_iter().collect()
}

fn target(spot: Spot<'_>, scope: Scope<'_>, dimensions: Option<&[Dimension]>) -> Option<Target> {
    if !spot.is_map() {
        spot.wrong_type("a map", "write `{ from: 2026-01, total: 55 }`");
        return None;
    }
    let mut target = Target { from: NaiveDate::MIN, total: None, segments: BTreeMap::new() };
    let mut from = None;
    for (key, value) in spot.entries() {
        match key.text() {
            "from" => from = Some(value),
            "total" => target.total = expected(value, scope),
            _ if is_dimension(key, dimensions) => {
                let segments = value.entries();
                let segments =
                    segments.iter().filter_map(|(name, spot)| Some((name.text().to_owned(), expected(*spot, scope)?)));
                target.segments.insert(key.text().to_owned(), segments.collect());
            }
            _ => {}
        }
    }
    let Some(from) = from else {
        spot.fault(
            codes::MISSING_KEY,
            "a target has no `from`",
            "write `from: 2026-01`, the first month that it holds for",
        );
        return None;
    };
    target.from = dates::day_or_month(from)?;
    Some(target)
}

/// Whether a key of a target is a dimension of the company's.
fn is_dimension(key: Key<'_>, dimensions: Option<&[Dimension]>) -> bool {
    let Some(dimensions) = dimensions else { return true };
    let names: Vec<String> = dimensions.iter().map(Dimension::name).collect();
    if names.iter().any(|name| name == key.text()) {
        return true;
    }
    let known: Vec<&str> = names.iter().map(String::as_str).chain(["from", "total"]).collect();
    let message = format!("`{}` is not declared in `segments` of farol.yaml", key.text());
    key.fault(codes::UNDECLARED_SEGMENT, message, suggestion(key.text(), &known));
    false
}

/// A target's value, which the KPI must be able to take.
fn expected(spot: Spot<'_>, scope: Scope<'_>) -> Option<f64> {
    let value = spot.number()?;
    if value < scope.low || value > scope.high {
        let side = if value < scope.low { format!("below {}", scope.low) } else { format!("above {}", scope.high) };
        let message = format!("`{}` never goes {side}, so it cannot reach {value}", scope.name);
        spot.fault(codes::TARGET_UNREACHABLE, message, "correct the target");
        return None;
    }
    Some(value)
}

fn alerts(spot: Spot<'_>) -> Alerts {
    let fields: Fields<'_> = spot.fields(&["below", "above", "drop_of", "rise_of"]);
    Alerts {
        below: fields.get("below").and_then(Spot::number),
        above: fields.get("above").and_then(Spot::number),
        drop_of: fields.get("drop_of").and_then(Spot::positive),
        rise_of: fields.get("rise_of").and_then(Spot::positive),
    }
}
