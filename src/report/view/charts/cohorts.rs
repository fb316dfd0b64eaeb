//! Who came in the same month, month by month: a cohort is a row, its age a column.

use std::collections::BTreeMap;

use super::Chart;
use crate::calendar::{Calendar, Grain, Period};
use crate::kpi::Definition;
use crate::kpi::retention::{COHORT, COHORT_RETENTION};
use crate::report::chart::{Cell, Cohort};
use crate::report::view::facts::{Facts, Seen};
use crate::report::view::{DataTable, Drawing};

/// Rows of the chart, the newest; more are no picture.
const MOST_COHORTS: usize = 13;

/// Cohort → months later → its figure, and the period that ends so many months later.
type Rows<'a> = BTreeMap<&'a str, BTreeMap<usize, (Seen<'a>, &'a Period)>>;

/// The cohorts that began within the history, where at least two have a value. Only months, and windows that end with
/// each of them, show a cohort at every age.
pub(super) fn chart(facts: &Facts<'_>) -> Option<Chart> {
    let definition = facts.kpis.iter().copied().find(|definition| definition.id == COHORT_RETENTION.id)?;
    let moves_by_months = matches!(facts.input.period.grain, Grain::Month | Grain::Trailing(_));
    let rows = rows(facts, definition);
    if !moves_by_months || rows.len() < 2 {
        return None;
    }
    let columns = 1 + rows.values().filter_map(|ages| ages.keys().next_back().copied()).max()?;
    let ages: Vec<String> = (0..columns).map(|age| facts.locale.number(small(age), 0)).collect();
    let title = facts.name(definition.id);
    Some(Chart {
        anchor: "cohorts".to_owned(),
        finding: finding(facts, definition, &rows),
        note: Some(facts.text("chart-cohorts-note")),
        wide: true,
        in_mail: false,
        drawing: Drawing::Cohorts {
            rows: rows.iter().map(|(id, ages)| row(facts, definition, id, ages, columns)).collect(),
            ages: ages.clone(),
        },
        table: DataTable {
            caption: title.clone(),
            columns: std::iter::once(facts.text("chart-cohorts-cohort")).chain(ages).collect(),
            rows: rows.iter().map(|(id, ages)| cells(facts, definition, id, ages, columns)).collect(),
            ..DataTable::default()
        },
        title,
    })
}

fn rows<'a>(facts: &Facts<'a>, definition: &Definition) -> Rows<'a> {
    let mut rows = Rows::new();
    for period in &facts.periods {
        for segment in facts.segments_at(&period.id, COHORT) {
            let Some((id, age)) = segment.split_once('+') else { continue };
            let Ok(age) = age.parse() else { continue };
            let seen = facts.at(&period.id, COHORT, segment, definition.id);
            rows.entry(id).or_default().insert(age, (seen, *period));
        }
    }
    // A cohort that began before the history would begin in the middle of its row.
    rows.retain(|_, ages| ages.contains_key(&0) && ages.values().any(|(seen, _)| seen.value().is_some()));
    let surplus = rows.len().saturating_sub(MOST_COHORTS);
    rows.into_iter().skip(surplus).collect()
}

/// A cohort's month as the reader's language writes it.
pub(in crate::report::view) fn name(facts: &Facts<'_>, id: &str) -> String {
    let calendar: &Calendar = &facts.input.company.calendar;
    calendar.parse(id).map_or_else(|| id.to_owned(), |month| facts.period_short(&month))
}

fn row(
    facts: &Facts<'_>,
    definition: &Definition,
    id: &str,
    ages: &BTreeMap<usize, (Seen<'_>, &Period)>,
    columns: usize,
) -> Cohort {
    let name = name(facts, id);
    let cell = |age: usize| {
        let Some((seen, period)) = ages.get(&age) else { return Cell::default() };
        let Some((verdict, value)) = seen.verdict().zip(seen.value()) else { return Cell::default() };
        let n = facts.say("chart-n", &[("n", &facts.locale.count(verdict.reading.n))]);
        let period = facts.period_short(period);
        Cell {
            value: Some(value),
            label: facts.locale.number(value, 0),
            hint: format!("{name} → {period}: {} · {n}", facts.value(definition, value)),
        }
    };
    Cohort { cells: (0..columns).map(cell).collect(), name: name.clone() }
}

fn cells(
    facts: &Facts<'_>,
    definition: &Definition,
    id: &str,
    ages: &BTreeMap<usize, (Seen<'_>, &Period)>,
    columns: usize,
) -> Vec<String> {
    let value = |age: usize| ages.get(&age).and_then(|(seen, _)| seen.value());
    let cell = |age| value(age).map(|value| facts.value(definition, value)).unwrap_or_default();
    std::iter::once(name(facts, id)).chain((0..columns).map(cell)).collect()
}

/// How many are left of the cohort that is shown for longest.
fn finding(facts: &Facts<'_>, definition: &Definition, rows: &Rows<'_>) -> String {
    let last = rows.iter().next().and_then(|(id, ages)| {
        let (value, period) = ages.values().rev().find_map(|(seen, period)| Some((seen.value()?, period)))?;
        Some((name(facts, id), facts.compact(definition, value), facts.period_short(period)))
    });
    let Some((cohort, value, period)) = last else { return String::new() };
    facts.say("chart-cohorts-finding", &[("cohort", &cohort), ("value", &value), ("period", &period)])
}

#[expect(clippy::cast_precision_loss, reason = "a number of months")]
fn small(age: usize) -> f64 {
    age as f64
}
