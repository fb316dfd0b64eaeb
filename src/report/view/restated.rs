//! Changed since we told you: figures that these readers were sent and that are others now.
//!
//! Shows only what a reader would see at the printed rounding, and nothing of what is withheld now.

use super::facts::{Facts, Seen, TOTAL};
use super::{Places, Restated, RestatedRow};
use crate::insight::{self, Now, Told, ToldFigure};
use crate::kpi::catalogue;

/// Rows; beyond, it says how many more there are.
const MOST_ROWS: usize = 10;

/// The section; empty if nothing has moved.
pub(super) fn build(facts: &Facts<'_>, places: &Places) -> Restated {
    let moved = insight::restated(facts.input.told, |told, figure| now(facts, told, figure));
    let mut rows: Vec<RestatedRow> = Vec::new();
    for row in moved.iter().filter_map(|one| row(facts, places, one)) {
        // Two dimensions may have a segment of one name and of the same customers.
        let is_alike = |other: &RestatedRow| RestatedRow { anchor: row.anchor.clone(), ..other.clone() } == row;
        if !rows.iter().any(is_alike) {
            rows.push(row);
        }
    }
    rows.sort_by_key(|row| row.segment.is_some());
    let more = u64::try_from(rows.len().saturating_sub(MOST_ROWS)).unwrap_or(u64::MAX);
    rows.truncate(MOST_ROWS);
    Restated {
        note: if rows.is_empty() { String::new() } else { facts.text("restated-note") },
        more: (more > 0).then(|| facts.count("restated-more", more, &[])),
        rows,
    }
}

/// A figure as the reader sees it now.
fn now(facts: &Facts<'_>, told: &Told, figure: &ToldFigure) -> Now {
    // Segments of dimensions that the report no longer has, and KPIs that it no longer shows, are no restatements.
    match facts.at(&told.period, &figure.dimension, &figure.segment, &figure.kpi) {
        Seen::Value(_, value) => Now::Value(value),
        Seen::Undefined(_) => Now::Gone,
        Seen::Withheld | Seen::Absent => Now::Unseen,
    }
}

fn row(facts: &Facts<'_>, places: &Places, restated: &insight::Restated<'_>) -> Option<RestatedRow> {
    let insight::Restated { told, figure, now } = restated;
    let definition = catalogue::definition(&figure.kpi)?;
    let was = facts.value(definition, figure.value);
    let now = now.map_or_else(|| facts.text("not-available"), |now| facts.value(definition, now));
    let is_total = figure.dimension == TOTAL;
    (was != now).then(|| RestatedRow {
        anchor: places
            .figure(definition.id, &figure.dimension, &figure.segment)
            .unwrap_or_else(|| places.kpi(definition.id)),
        name: facts.name(definition.id),
        segment: (!is_total).then(|| facts.segment(&figure.segment)),
        period: facts.against(&told.period),
        was,
        now,
        sent: facts.locale.date_short(told.sent),
        why: why(facts, told, figure, definition),
    })
}

/// Why, as far as it is known: what has changed since, of what the figure is made of.
fn why(facts: &Facts<'_>, told: &Told, figure: &ToldFigure, definition: &crate::kpi::Definition) -> String {
    let needed = definition.needs.iter().copied().flatten().map(|column| column.0.name());
    // Who belongs to which segment is a matter of customers too.
    let needed: Vec<&str> = needed.chain((figure.dimension != TOTAL).then_some("customers")).collect();
    let tables: Vec<String> = told
        .since
        .tables
        .iter()
        .filter(|table| needed.contains(&table.as_str()))
        .map(|table| facts.text(&format!("table-{}", table.replace('_', "-"))))
        .collect();
    let reasons = [
        figure.may_change.then(|| facts.text("restated-not-final")),
        (!tables.is_empty()).then(|| facts.say("restated-data", &[("tables", &facts.locale.list(&tables))])),
        told.since.definitions.then(|| facts.text("restated-definitions")),
        told.since.program.then(|| facts.text("restated-program")),
    ];
    let reasons: Vec<String> = reasons.into_iter().flatten().collect();
    if reasons.is_empty() { facts.text("restated-unknown") } else { super::at_start(&reasons.join("; ")) }
}
