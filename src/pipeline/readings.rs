//! From sums to readings: every figure of one part of the customers.

use std::collections::BTreeSet;

use crate::calendar::Period;
use crate::config::Dimension;
use crate::judgement::{Figure, Key};
use crate::kpi::clv::Buying;
use crate::kpi::{Context, Definition, DrawsOn, Reading, Undefined};
use crate::name::Name;
use crate::panel::segments::{Cell, RowDimension};
use crate::panel::{Span, side_by_side};
use crate::pipeline::Task;
use crate::pipeline::scope::{Scope, TOTAL, TOTAL_NAME, is_within, scope_name, scoped_dimension, shown_as};
use crate::tables::schema::{Column, Table};
use crate::tally::Tallies;
use crate::tally::table::TallyTable;

/// Every figure of one scope, sorted by key.
pub(super) fn scoped_figures(
    task: &Task<'_>,
    table: &TallyTable,
    definitions: &[&'static Definition],
    row_dimensions: &[RowDimension],
    scope: &Scope,
    available: &BTreeSet<Column>,
) -> Vec<Figure> {
    let empty = Tallies::default();
    let of_customers = std::iter::once(&TOTAL).chain(&task.config.dimensions).map(|shown| (shown.clone(), None));
    let of_rows = row_dimensions.iter().map(|rows| (Dimension(vec![rows.column.clone()]), Some(rows.table)));
    let mut cells = Vec::new();
    for (dimension, rows_of) in of_customers.chain(of_rows) {
        let inner = scoped_dimension(&dimension, scope);
        let name = scope_name(&inner);
        // What counts leads or staff has nothing to say of a part of the customers.
        let is_counted = |of: &&'static Definition| match rows_of {
            Some(_) => of.rows_of == rows_of,
            None => (dimension == TOTAL && scope.is_empty()) || !of.counts_others_than_customers(),
        };
        let mut counted: Vec<&'static Definition> = definitions.iter().copied().filter(is_counted).collect();
        counted.sort_unstable_by_key(|definition| definition.id);
        let is_shown = |cell: &Cell| cell.dimension == name && cell.rows_of == rows_of && is_within(cell, scope);
        let shown = table.cells.iter().enumerate().filter(|(_, cell)| is_shown(cell));
        cells.extend(
            shown.map(|(index, cell)| (shown_as(cell, &dimension), index, dimension == TOTAL, counted.clone())),
        );
    }
    // Made in the order of their keys, but for parts, figures are soon sorted.
    cells.sort_by(|(a, ..), (b, ..)| a.cmp(b));
    let buying = buying(table, definitions, scope);
    let mut figures = Vec::new();
    for (period, span) in table.timeline.spans.iter().enumerate() {
        let context = Context {
            buying: buying.get(period).and_then(Option::as_ref),
            ..context(task, table, period, span, available)
        };
        for (shown, cell, is_total, counted) in &cells {
            let tallies = match table.get(period, *cell) {
                Some(tallies) => tallies,
                None if table.cells[*cell].is_always_shown || shown.1 == TOTAL_NAME => &empty,
                None => continue,
            };
            figures.extend(readings(counted, tallies, &context, &span.period, shown));
            if *is_total {
                figures.extend(parts(definitions, tallies, &context, &span.period));
            }
        }
    }
    figures.sort_by(|a, b| a.key.cmp(&b.key));
    figures
}

/// How the customers of a scope buy, by period, if somebody asks: fitted to them alone and to each period alone, so that
/// neither other customers nor the choice of periods shows in it.
pub(super) fn buying(table: &TallyTable, definitions: &[&'static Definition], scope: &Scope) -> Vec<Option<Buying>> {
    let inner = scoped_dimension(&TOTAL, scope);
    let name = if inner.0.is_empty() { TOTAL_NAME.to_owned() } else { inner.name() };
    let is_total = |cell: &Cell| cell.dimension == name && cell.rows_of.is_none() && is_within(cell, scope);
    let total = table.cells.iter().position(is_total);
    let Some(total) = total.filter(|_| definitions.iter().any(|of| of.draws_on == DrawsOn::Buyers)) else {
        return Vec::new();
    };
    let fit = |period| Buying::fit(&table.get(period, total)?.buyers);
    // Two at a time: the even ones here, the odd ones beside.
    let periods = table.timeline.spans.len();
    let every_other = |first| (first..periods).step_by(2).map(fit).collect::<Vec<_>>();
    let (even, odd) = side_by_side(|| every_other(0), || every_other(1));
    let (mut even, mut odd) = (even.into_iter(), odd.into_iter());
    (0..periods).map(|period| if period % 2 == 0 { even.next() } else { odd.next() }.flatten()).collect()
}

/// The values that some definitions have by a dimension of their own.
fn parts(
    definitions: &[&'static Definition],
    tallies: &Tallies,
    context: &Context<'_>,
    period: &Period,
) -> Vec<Figure> {
    let of = |definition: &&'static Definition| {
        let (kpi, parts) = (definition.id, definition.parts?);
        let figure = move |(segment, reading): (String, Reading)| {
            let key = Key { period: period.clone(), dimension: parts.dimension.into(), segment: segment.into(), kpi };
            Figure { key, reading }
        };
        Some((parts.compute)(tallies, context).into_iter().map(figure))
    };
    definitions.iter().filter_map(of).flatten().collect()
}

fn readings(
    definitions: &[&'static Definition],
    tallies: &Tallies,
    context: &Context<'_>,
    period: &Period,
    (dimension, segment): &(Name, Name),
) -> Vec<Figure> {
    definitions
        .iter()
        .filter(|definition| !(definition.segments_only && segment == TOTAL_NAME))
        .map(|definition| {
            let key = Key {
                period: period.clone(),
                dimension: dimension.clone(),
                segment: segment.clone(),
                kpi: definition.id,
            };
            let reading = (definition.compute)(tallies, context);
            Figure { key, reading }
        })
        .filter(|figure| figure.reading.value != Err(Undefined::NotConfigured))
        .collect()
}

pub(super) fn context<'a>(
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
        buying: None,
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
