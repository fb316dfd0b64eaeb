//! The charts: which ones a report has, their data, the finding each shows, and the numbers behind it.

mod cohorts;
mod composition;
mod overview;
mod quadrant;
mod segments;
mod survival;
mod trend;

pub(super) use cohorts::name as cohort_name;

use super::facts::Facts;
use super::{Chart, DataTable, Sentence, ValueAxis};
use crate::calendar::Grain;
use crate::config::Benchmark;
use crate::kpi::{Definition, Unit};
use crate::report::chart::{Band, Mark};

/// Trends beyond these are for whoever asks; the figures stand in `figures.csv`.
const MOST_TRENDS: usize = 12;
/// KPIs that are compared across segments.
const MOST_SEGMENT_CHARTS: usize = 4;

/// The bridge from opening to closing MRR.
pub(super) const BRIDGE: [&str; 7] =
    ["mrr_opening", "mrr_new", "mrr_reactivated", "mrr_expansion", "mrr_contraction", "mrr_churned", "mrr_closing"];
/// The parts of the NPS, from the bottom of a column up.
pub(super) const COMPOSITION: [&str; 3] = ["nps_promoters", "nps_passives", "nps_detractors"];

/// KPIs that the report draws or mentions besides those of its plan, for all customers: they are to be computed too.
pub fn companions(kpis: &[String]) -> Vec<&'static str> {
    let has = |id: &str| kpis.iter().any(|kpi| kpi == id);
    let mut companions = vec!["customers_closing", "mrr_at_risk"];
    if has("nps") {
        companions.extend(COMPOSITION);
    }
    companions.extend(BRIDGE);
    companions.retain(|id| !has(id));
    companions
}

/// Every chart that the figures allow, the overview first; segments are those of which something is `told`.
pub(super) fn build(facts: &Facts<'_>, told: &[Sentence]) -> Vec<Chart> {
    let mut charts: Vec<Chart> = Vec::new();
    charts.extend(overview::bullet(facts));
    charts.extend(quadrant::chart(facts));
    charts.extend(overview::bridge(facts));
    charts.extend(composition::chart(facts));
    charts.extend(cohorts::chart(facts));
    charts.extend(survival::chart(facts));
    charts.extend(facts.kpis.iter().filter_map(|definition| trend::chart(facts, definition)).take(MOST_TRENDS));
    charts.extend(segments::charts(facts, told).into_iter().take(MOST_SEGMENT_CHARTS));
    choose_for_mail(facts, &mut charts);
    charts
}

/// The mail shows the course of the KPI that is the news, and the bridge, or else that KPI across segments.
fn choose_for_mail(facts: &Facts<'_>, charts: &mut [Chart]) {
    let candidates = crate::report::narrative::news(facts).into_iter().chain(facts.kpis.iter().map(|kpi| kpi.id));
    let has = |anchor: &str| charts.iter().any(|chart| chart.anchor == anchor);
    let first = candidates.into_iter().find(|kpi| has(&trend::anchor(kpi)));
    let second = match first {
        _ if has(overview::BRIDGE_ANCHOR) => Some(overview::BRIDGE_ANCHOR.to_owned()),
        Some(kpi) => charts.iter().map(|chart| &chart.anchor).find(|anchor| segments::is_of(anchor, kpi)).cloned(),
        None => None,
    };
    let lead = first.map(trend::anchor);
    for chart in charts {
        chart.in_mail = [&lead, &second].into_iter().flatten().any(|anchor| *anchor == chart.anchor);
    }
}

/// The bands in force for the shown grain, open ends as none.
fn bands(facts: &Facts<'_>, kpi: &str) -> Vec<Band> {
    let Some(benchmark) = facts.input.benchmarks.get(kpi) else { return Vec::new() };
    if !holds_for(benchmark, facts.input.period.grain) {
        return Vec::new();
    }
    let edge = |value: f64| value.is_finite().then_some(value);
    let name = |band: &crate::config::Band| facts.band_name(kpi, &band.id);
    let band = |band: &crate::config::Band| Band {
        from: edge(band.from),
        to: edge(band.to),
        status: band.status,
        name: name(band),
    };
    benchmark.bands.iter().map(band).collect()
}

fn holds_for(benchmark: &Benchmark, grain: Grain) -> bool {
    benchmark.per.is_none_or(|per| per == grain)
}

/// The value axis of a KPI.
fn axis(facts: &Facts<'_>, definition: &Definition) -> ValueAxis {
    let range = definition.range_under(facts.input.choices);
    // Zero is what a reader compares with, also where less is possible.
    let floor = Some(range.start().max(0.0));
    let ceiling = Some(*range.end()).filter(|edge| edge.is_finite());
    let cut_note = match floor {
        Some(floor) if floor > 0.0 => facts.say("chart-cut", &[("floor", &facts.compact(definition, floor))]),
        _ => facts.text("chart-cut-zero"),
    };
    ValueAxis {
        unit: definition.unit.id().to_owned(),
        currency: facts.input.company.currency.clone(),
        floor,
        ceiling,
        cut_note,
    }
}

/// The axis of monthly revenue.
fn money_axis(facts: &Facts<'_>) -> ValueAxis {
    ValueAxis {
        unit: Unit::Money.id().to_owned(),
        currency: facts.input.company.currency.clone(),
        floor: Some(0.0),
        ceiling: None,
        cut_note: facts.text("chart-cut-zero"),
    }
}

/// A target with its words.
fn target(facts: &Facts<'_>, definition: &Definition, value: f64) -> Mark {
    Mark { value, label: facts.say("chart-target", &[("value", &facts.compact(definition, value))]) }
}

/// The key of an interval: `95 % interval`.
fn interval_label(facts: &Facts<'_>) -> String {
    let confidence = facts.locale.percent(100.0 * facts.input.choices.confidence, 0);
    facts.say("chart-interval", &[("confidence", &confidence)])
}

/// A table with the report's words as titles.
fn table(facts: &Facts<'_>, caption: String, columns: &[&str], rows: Vec<Vec<String>>) -> DataTable {
    DataTable { caption, columns: columns.iter().map(|id| facts.text(id)).collect(), rows, ..DataTable::default() }
}
