//! One KPI across the segments of a dimension, with error bars.

use super::{axis, interval_label, table};
use crate::config::Dimension;
use crate::kpi::Definition;
use crate::report::chart::{Mark, SegmentRow};
use crate::report::view::facts::{Facts, Seen};
use crate::report::view::segments::dimension_name;
use crate::report::view::{Chart, Drawing, Sentence, anchors};

/// Whoever has no segment; without a value too they are no row of a picture.
const NOT_SET: &str = "(not set)";
/// Rows of one chart; more are no picture.
const MOST_ROWS: usize = 12;

/// Whether a chart's id is that of a KPI across segments.
pub(super) fn is_of(anchor: &str, kpi: &str) -> bool {
    anchor.strip_prefix("by-").is_some_and(|rest| rest.ends_with(&format!("-{}", kpi.replace('_', "-"))))
}

/// KPIs with an interval across the segments of the plain dimension that the narrative tells of, else of the plan's first.
pub(super) fn charts(facts: &Facts<'_>, told: &[Sentence]) -> Vec<Chart> {
    let splits: Vec<&Dimension> = facts.splits().collect();
    let plain = || splits.iter().filter(|dimension| dimension.0.len() == 1);
    let chosen = plain().find(|dimension| is_told(dimension, told)).or_else(|| plain().next()).or(splits.first());
    let Some(&dimension) = chosen else { return Vec::new() };
    let at = facts.input.plan.segments.iter().position(|one| one == dimension).unwrap_or_default();
    // A dimension that a KPI itself makes is no way of cutting customers, though an attribute may be called like it.
    let cut = facts.kpis.iter().filter(|definition| definition.parts.is_none());
    cut.filter_map(|definition| chart(facts, definition, dimension, at)).collect()
}

/// Whether a sentence leads to a segment of a dimension.
fn is_told(dimension: &Dimension, told: &[Sentence]) -> bool {
    let row = format!("{}.", anchors::row(None, &dimension.name(), None));
    let mut places = told.iter().flat_map(|sentence| &sentence.spans).filter_map(|span| span.anchor.as_deref());
    // A figure's place ends with that of its row.
    places.any(|place| place.starts_with(&row) || place.contains(&format!(".{row}")))
}

fn chart(facts: &Facts<'_>, definition: &'static Definition, dimension: &Dimension, at: usize) -> Option<Chart> {
    let name = dimension.name();
    let mut seen: Vec<(&str, Seen<'_>)> = facts
        .segments(&name)
        .into_iter()
        .map(|segment| (segment, facts.now(&name, segment, definition.id)))
        .filter(|(segment, seen)| !(matches!(seen, Seen::Absent) || *segment == NOT_SET && seen.value().is_none()))
        .collect();
    let with_interval = seen.iter().filter_map(|(_, seen)| seen.verdict()).filter(|v| v.reading.interval.is_some());
    if with_interval.count() < 2 || seen.len() > MOST_ROWS {
        return None;
    }
    // Highest first; figures without value last, by name.
    seen.sort_by(|a, b| match (a.1.value(), b.1.value()) {
        (Some(a), Some(b)) => b.total_cmp(&a),
        (a, b) => b.is_some().cmp(&a.is_some()),
    });
    let rows: Vec<SegmentRow> = seen.iter().map(|(segment, seen)| row(facts, definition, segment, *seen)).collect();
    let (dimension, kpi) = (dimension_name(facts, &name), facts.name(definition.id));
    let title = facts.say("chart-segments", &[("name", &kpi), ("dimension", &dimension)]);
    let reference = facts
        .total(definition.id)
        .value()
        .map(|value| Mark { value, label: facts.say("chart-total", &[("value", &facts.compact(definition, value))]) });
    Some(Chart {
        anchor: format!("by-{at}-{}", definition.id.replace('_', "-")),
        finding: finding(facts, &rows),
        note: None,
        wide: false,
        in_mail: false,
        table: table(
            facts,
            title.clone(),
            &["report-segment", "report-value", "report-interval", "report-n", "report-band"],
            seen.iter().zip(&rows).map(|((_, seen), row)| cells(facts, definition, *seen, row)).collect(),
        ),
        drawing: Drawing::Segments {
            rows,
            reference,
            axis: axis(facts, definition),
            interval_label: interval_label(facts),
        },
        title,
    })
}

fn row(facts: &Facts<'_>, definition: &Definition, segment: &str, seen: Seen<'_>) -> SegmentRow {
    let verdict = seen.verdict();
    let value_label = match seen {
        Seen::Value(_, value) => facts.compact(definition, value),
        Seen::Undefined(why) => facts.why(definition, why),
        Seen::Withheld => facts.withheld(),
        Seen::Absent => facts.text("not-available"),
    };
    let name = facts.segment(segment);
    let n = verdict.map(|verdict| facts.say("chart-n", &[("n", &facts.locale.count(verdict.reading.n))]));
    SegmentRow {
        value: seen.value(),
        interval: verdict.and_then(|verdict| verdict.reading.interval).map(|interval| (interval.low, interval.high)),
        hint: format!("{name}: {value_label}"),
        value_label,
        note: n.unwrap_or_default(),
        status: verdict.and_then(|verdict| verdict.status),
        name,
    }
}

fn cells(facts: &Facts<'_>, definition: &Definition, seen: Seen<'_>, row: &SegmentRow) -> Vec<String> {
    let verdict = seen.verdict();
    let interval = verdict.and_then(|verdict| verdict.reading.interval).map(|interval| {
        facts.locale.interval(interval.low, interval.high, definition.unit, &facts.input.company.currency)
    });
    let n = verdict.map(|verdict| facts.locale.count(verdict.reading.n));
    let band = verdict.and_then(|verdict| facts.band(verdict));
    let value = seen.value().map_or_else(|| row.value_label.clone(), |value| facts.value(definition, value));
    vec![row.name.clone(), value, interval.unwrap_or_default(), n.unwrap_or_default(), band.unwrap_or_default()]
}

/// The two ends; rows are sorted, so they are the first and the last that have a value.
fn finding(facts: &Facts<'_>, rows: &[SegmentRow]) -> String {
    let known: Vec<&SegmentRow> = rows.iter().filter(|row| row.value.is_some()).collect();
    let (Some(high), Some(low)) = (known.first(), known.last()) else { return String::new() };
    let texts = [
        ("high", high.name.as_str()),
        ("high_value", high.value_label.as_str()),
        ("low", low.name.as_str()),
        ("low_value", low.value_label.as_str()),
    ];
    let is_flat = high.value_label == low.value_label;
    facts.say(if is_flat { "chart-segments-flat" } else { "chart-segments-finding" }, &texts)
}
