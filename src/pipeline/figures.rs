//! From tables to figures: panel, tallies, readings, for the whole company and for each scope.

use std::collections::{BTreeMap, BTreeSet};

use crate::calendar::Period;
use crate::config::Dimension;
use crate::diagnostic::{Diagnostic, Place};
use crate::error::{Exit, Failure, Result};
use crate::judgement::{Figure, Key};
use crate::kpi::{Context, Definition, DrawsOn, Undefined, missing_columns};
use crate::panel::Span;
use crate::panel::build::{Frames, Panel, Request};
use crate::panel::segments::{Cell, NOT_SET};
use crate::pipeline::calls::trend_component;
use crate::pipeline::intake::{Company, check_attributes, columns_of, needed_tables, open_all, reading, take_in};
use crate::pipeline::{Progress, Task, column_names, definitions};
use crate::tables::Intake;
use crate::tables::schema::{Column, Table};
use crate::tally::Tallies;
use crate::tally::pass::{Wanted, add_up};
use crate::tally::table::TallyTable;

/// A part of the customers: those with these values of these attributes. Empty: all of them.
pub type Scope = BTreeMap<String, String>;

/// Everything a run computed.
#[derive(Debug)]
pub struct Computed {
    /// Scope → every figure, sorted by key.
    pub figures: BTreeMap<Scope, Vec<Figure>>,
    /// KPIs that cannot be computed, and the columns that they miss.
    pub not_configured: Vec<(&'static str, Vec<String>)>,
    /// What came of reading each table.
    pub intakes: Vec<Intake>,
}

/// Reads the data once and computes every figure of every period and scope.
///
/// `look` sees the panel while it is there, for what is said of single customers.
///
/// # Errors
/// Whatever the tables' contracts refuse.
pub fn compute(task: &Task<'_>, progress: &dyn Progress, look: &mut dyn FnMut(&Panel<'_>)) -> Result<Computed> {
    let config = task.config;
    let opened = open_all(config, &reading(config, task.today, task.as_of))?;
    check_attributes(config, &opened)?;
    let available = columns_of(&opened);
    let (computable, not_configured) = computable(task.kpis, &available);
    let draws_on = |dear: DrawsOn| computable.iter().any(|definition| definition.draws_on == dear);
    let wanted = Wanted {
        lifetimes: draws_on(DrawsOn::Lifetimes),
        health: draws_on(DrawsOn::Health),
        chi: draws_on(DrawsOn::Chi),
    };
    let dimensions = with_scope_crosses(&config.dimensions, task.scopes);
    let request = Request {
        calendar: config.company.calendar,
        periods: task.periods,
        dimensions: &dimensions,
        attributes: &config.attributes,
        choices: &config.choices,
        wants_scores: wanted.health || wanted.chi,
        other_signals: &[trend_component()],
    };
    let needed = needed_tables(&computable, &config.choices, request.wants_scores, &config.attributes, &opened);
    let company = take_in(opened, &needed, &request, progress)?;
    progress.stage("adding up", 1);
    let panel = Panel::build(frames(&company), &request)?;
    check_scopes(task, &panel.segments.cells)?;
    let table = add_up(&panel, &config.choices, wanted);
    look(&panel);
    progress.step();
    let figures = task
        .scopes
        .iter()
        .map(|scope| (scope.clone(), scoped_figures(task, &table, &computable, scope, &available)))
        .collect();
    Ok(Computed { figures, not_configured, intakes: company.intakes })
}

/// Refuses scopes that hold nobody: their mail would say nothing, to the wrong people's surprise.
fn check_scopes(task: &Task<'_>, cells: &[Cell]) -> Result<()> {
    let mut faults = Vec::new();
    for (attribute, value) in task.scopes.iter().flatten() {
        let labels: BTreeSet<&str> = cells
            .iter()
            .flat_map(|cell| &cell.labels)
            .filter(|(name, label)| name == attribute && label != NOT_SET)
            .map(|(_, label)| label.as_str())
            .collect();
        if !labels.contains(value.as_str()) {
            let known: Vec<String> = labels.iter().map(|label| format!("`{label}`")).collect();
            let what = format!("`only: {{ {attribute}: {value} }}` holds nobody: no customer has that {attribute}");
            faults.push(
                Diagnostic::error("empty-scope", what)
                    .at(Place::file(task.config.folder.join("reports.yaml")))
                    .help(format!("customers have {}", known.join(", "))),
            );
        }
    }
    faults.dedup();
    if faults.is_empty() { Ok(()) } else { Err(Failure::many(Exit::DataRefused, faults)) }
}

fn frames(company: &Company) -> Frames<'_> {
    Frames {
        customers: &company.customers,
        index: &company.index,
        tables: &company.tables,
        usage: company.usage.as_ref().map(|(grid, features)| (grid, *features)),
    }
}

/// The definitions whose columns are there, and what the others miss.
fn computable(
    ids: &BTreeSet<&'static str>,
    available: &BTreeSet<Column>,
) -> (Vec<&'static Definition>, Vec<(&'static str, Vec<String>)>) {
    let mut computable = Vec::new();
    let mut not_configured = Vec::new();
    for definition in definitions(ids) {
        match missing_columns(definition, &|column| available.contains(&column)).as_slice() {
            [] => computable.push(definition),
            missing => not_configured.push((definition.id, column_names(missing))),
        }
    }
    (computable, not_configured)
}

/// The declared dimensions, and what the scopes need besides: a scope's total is a segment of its own attributes, its
/// plans are segments of plan × attributes.
fn with_scope_crosses(declared: &[Dimension], scopes: &[Scope]) -> Vec<Dimension> {
    let mut dimensions = declared.to_vec();
    for scope in scopes {
        let total = Dimension(Vec::new());
        for dimension in std::iter::once(&total).chain(declared) {
            let crossed = scoped_dimension(dimension, scope);
            if !crossed.0.is_empty() && !dimensions.contains(&crossed) {
                dimensions.push(crossed);
            }
        }
    }
    dimensions
}

/// A dimension with a scope's attributes added.
fn scoped_dimension(dimension: &Dimension, scope: &Scope) -> Dimension {
    let mut attributes = dimension.0.clone();
    attributes.extend(scope.keys().filter(|attribute| !dimension.0.contains(attribute)).cloned());
    Dimension(attributes)
}

/// Every figure of one scope, sorted by key.
fn scoped_figures(
    task: &Task<'_>,
    table: &TallyTable,
    definitions: &[&'static Definition],
    scope: &Scope,
    available: &BTreeSet<Column>,
) -> Vec<Figure> {
    let total = Dimension(Vec::new());
    let empty = Tallies::default();
    let mut figures = Vec::new();
    for dimension in std::iter::once(&total).chain(&task.config.dimensions) {
        let inner = scoped_dimension(dimension, scope);
        let name = if inner.0.is_empty() { "total".to_owned() } else { inner.name() };
        for (cell_index, cell) in table.cells.iter().enumerate().filter(|(_, cell)| cell.dimension == name) {
            if !is_within(cell, scope) {
                continue;
            }
            let shown = shown_as(cell, dimension);
            for (period, span) in table.timeline.spans.iter().enumerate() {
                let tallies = match table.get(period, cell_index) {
                    Some(tallies) => tallies,
                    None if cell.is_always_shown || shown.1 == "total" => &empty,
                    None => continue,
                };
                let context = context(task, table, period, span, available);
                figures.extend(readings(definitions, tallies, &context, &span.period, &shown));
            }
        }
    }
    figures.sort_by(|a, b| a.key.cmp(&b.key));
    figures
}

/// Whether a cell's customers belong to a scope.
fn is_within(cell: &Cell, scope: &Scope) -> bool {
    scope.iter().all(|(attribute, value)| cell.labels.iter().any(|(name, label)| name == attribute && label == value))
}

/// How a scope sees a cell: without the attributes that the scope added.
fn shown_as(cell: &Cell, dimension: &Dimension) -> (String, String) {
    if dimension.0.is_empty() {
        return ("total".to_owned(), "total".to_owned());
    }
    let label = |attribute: &String| {
        let found = cell.labels.iter().find(|(name, _)| name == attribute);
        found.map_or(NOT_SET, |(_, label)| label.as_str())
    };
    (dimension.name(), dimension.0.iter().map(label).collect::<Vec<_>>().join("×"))
}

fn readings(
    definitions: &[&'static Definition],
    tallies: &Tallies,
    context: &Context<'_>,
    period: &Period,
    (dimension, segment): &(String, String),
) -> Vec<Figure> {
    definitions
        .iter()
        .filter(|definition| !(definition.segments_only && segment == "total"))
        .map(|definition| {
            let key = Key {
                period: period.clone(),
                dimension: dimension.clone(),
                segment: segment.clone(),
                kpi: definition.id,
            };
            let reading = (definition.compute)(tallies, context);
            debug_assert!(reading.value.is_ok_and(f64::is_finite) || reading.value.is_err());
            Figure { key, reading }
        })
        .filter(|figure| figure.reading.value != Err(Undefined::NotConfigured))
        .collect()
}

fn context<'a>(
    task: &Task<'a>,
    table: &TallyTable,
    period: usize,
    span: &Span,
    available: &BTreeSet<Column>,
) -> Context<'a> {
    let days = task.config.company.calendar.local(task.as_of).map_or(span.end_day, |today| {
        let today = crate::panel::day_number(today.date());
        today.clamp(span.first_day, span.end_day)
    });
    Context {
        choices: &task.config.choices,
        period_days: u32::try_from(days - span.first_day).unwrap_or(0),
        period_months: months(&span.period),
        longest_follow_up: table.longest_follow_up[period],
        has_subscriptions: available.contains(&Column(Table::Subscriptions, "mrr")),
    }
}

/// The length of a period in months.
fn months(period: &Period) -> f64 {
    use crate::calendar::Grain;
    match period.grain {
        Grain::Week => 12.0 / 52.0,
        Grain::Month => 1.0,
        Grain::Quarter => 3.0,
        Grain::Year => 12.0,
        Grain::Trailing(months) => f64::from(months),
    }
}
