//! A KPI over the history, with its bands, interval and target.

use chrono::Datelike;

use super::{axis, bands, interval_label, table};
use crate::calendar::{Grain, Period};
use crate::judgement::{Change, Maturity, Verdict};
use crate::kpi::Definition;
use crate::report::chart::TrendPoint;
use crate::report::view::facts::{Facts, Seen, TOTAL};
use crate::report::view::{Chart, Drawing, at_start};

/// The id of a KPI's trend.
pub(super) fn anchor(kpi: &str) -> String {
    format!("trend-{}", kpi.replace('_', "-"))
}

/// The trend, where at least two periods have a value.
pub(super) fn chart(facts: &Facts<'_>, definition: &'static Definition) -> Option<Chart> {
    let seen: Vec<(&Period, Seen<'_>)> =
        facts.periods.iter().map(|period| (*period, facts.at(&period.id, TOTAL, TOTAL, definition.id))).collect();
    let known: Vec<(&Period, f64)> = seen.iter().filter_map(|(period, seen)| Some((*period, seen.value()?))).collect();
    let (_, last) = known.last().filter(|_| known.len() >= 2)?;
    let verdict = seen.iter().rev().find_map(|(_, seen)| seen.verdict())?;
    let target = verdict.target.map(|value| super::target(facts, definition, value));
    let name = facts.name(definition.id);
    let rows: Vec<Vec<String>> = seen.iter().map(|(period, seen)| row(facts, definition, period, *seen)).collect();
    Some(Chart {
        anchor: anchor(definition.id),
        finding: finding(facts, definition, &known),
        note: (seen.iter().any(|(_, seen)| seen.is_unrecorded())).then(|| facts.text("chart-not-recorded")),
        wide: false,
        in_mail: false,
        drawing: Drawing::Trend {
            points: seen.iter().zip(&rows).map(|((period, seen), row)| point(facts, period, *seen, row)).collect(),
            bands: bands(facts, definition.id),
            target,
            value_label: facts.compact(definition, *last),
            axis: axis(facts, definition),
            interval_label: interval_label(facts),
            provisional_label: facts.text("chart-provisional"),
            empty_label: facts.text("chart-empty"),
        },
        table: table(
            facts,
            facts.say("chart-table", &[("name", &name)]),
            &["report-period", "report-value", "report-interval", "report-n", "report-band"],
            rows,
        ),
        title: name,
    })
}

/// A point whose pointer shows the row of the table.
fn point(facts: &Facts<'_>, period: &Period, seen: Seen<'_>, row: &[String]) -> TrendPoint {
    let (label, group) = axis_label(facts, period);
    let reading = seen.verdict().map(|verdict| &verdict.reading);
    TrendPoint {
        label,
        group,
        value: seen.value(),
        interval: reading.and_then(|reading| reading.interval).map(|interval| (interval.low, interval.high)),
        provisional: seen.verdict().is_some_and(|verdict| verdict.maturity != Maturity::Final),
        hint: row.iter().filter(|cell| !cell.is_empty()).map(String::as_str).collect::<Vec<_>>().join(" · "),
    }
}

/// A period on an axis: months below their year, others by their short name.
pub(super) fn axis_label(facts: &Facts<'_>, period: &Period) -> (String, String) {
    match period.grain {
        Grain::Month => (facts.locale.month_short(period.first), period.first.year().to_string()),
        _ => (facts.locale.period_short(period), String::new()),
    }
}

/// Period, value, interval, n and band.
fn row(facts: &Facts<'_>, definition: &Definition, period: &Period, seen: Seen<'_>) -> Vec<String> {
    let period = facts.period_short(period);
    let verdict = match seen {
        Seen::Value(verdict, _) => verdict,
        Seen::Undefined(why) => {
            return vec![period, facts.text("not-available"), String::new(), String::new(), facts.why(definition, why)];
        }
        Seen::Withheld => {
            return vec![period, facts.text("not-available"), String::new(), String::new(), facts.withheld()];
        }
        Seen::Absent => return vec![period, facts.text("not-available"), String::new(), String::new(), String::new()],
    };
    let reading = &verdict.reading;
    let interval = reading.interval.map(|interval| {
        facts.locale.interval(interval.low, interval.high, definition.unit, &facts.input.company.currency)
    });
    let value = reading.value.map(|value| facts.value(definition, value)).unwrap_or_default();
    let judged = [facts.band(verdict), facts.maturity(verdict.maturity)].into_iter().flatten().collect::<Vec<_>>();
    vec![period, value, interval.unwrap_or_default(), facts.locale.count(reading.n), judged.join(", ")]
}

/// The change on the previous period, unless only that on the year before is clear: the report tells of that one.
fn change_of_note(verdict: &Verdict) -> Option<&Change> {
    let is_clear = |change: &&Change| change.significant == Some(true);
    let [previous, year_before] = [verdict.previous.as_ref(), verdict.year_before.as_ref()];
    previous.filter(is_clear).or(year_before.filter(is_clear)).or(previous)
}

/// The last value, and between what it moved.
fn finding(facts: &Facts<'_>, definition: &'static Definition, known: &[(&Period, f64)]) -> String {
    let by_value = |a: &&(&Period, f64), b: &&(&Period, f64)| a.1.total_cmp(&b.1);
    let (Some(low), Some(high), Some(last)) =
        (known.iter().min_by(by_value), known.iter().max_by(by_value), known.last())
    else {
        return String::new();
    };
    let of = |(period, value): &(&Period, f64)| (facts.compact(definition, *value), facts.period_short(period));
    let ((value, period), (lowest, lowest_at), (highest, highest_at)) = (of(last), of(low), of(high));
    let texts = [
        ("value", value.as_str()),
        ("period", period.as_str()),
        ("low", lowest.as_str()),
        ("low_period", lowest_at.as_str()),
        ("high", highest.as_str()),
        ("high_period", highest_at.as_str()),
    ];
    let is_flat = lowest == highest;
    let course = facts.say(if is_flat { "chart-finding-flat" } else { "chart-finding" }, &texts);
    let change = facts
        .total(definition.id)
        .verdict()
        .and_then(|verdict| Some(facts.moved(definition, verdict, change_of_note(verdict)?)))
        .map(|moved| facts.say("chart-finding-change", &[("word", &at_start(&moved.word)), ("change", &moved.text)]));
    [Some(course), change].into_iter().flatten().collect::<Vec<_>>().join(" ")
}
