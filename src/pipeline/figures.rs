//! From tables to figures: panel, tallies, readings, for the whole company and for each scope.

use std::collections::{BTreeMap, BTreeSet};
use std::thread::ScopedJoinHandle;

use polars::prelude::DataFrame;
use rayon::prelude::*;

use crate::calendar::Period;
use crate::config::{Dimension, LifetimeMethod, usage_growth};
use crate::diagnostic::{Diagnostic, Place};
use crate::error::{Exit, Failure, Result};
use crate::judgement::{Figure, FirstRows, Key};
use crate::kpi::clv::Buying;
use crate::kpi::retention::CHURN_REASONS;
use crate::kpi::{Context, Definition, DrawsOn, Reading, Undefined, missing_columns};
use crate::name::Name;
use crate::panel::Span;
use crate::panel::build::{Frames, Panel};
use crate::panel::comments::CommentsWanted;
use crate::panel::request::{AnswerCells, Request};
use crate::panel::segments::{Cell, MOST_ROW_VALUES, NOT_SET, RowDimension};
use crate::panel::side_by_side;
use crate::pipeline::intake::{
    check_attributes, columns_of, needed_tables, open_all, reading, take_customers, take_small, take_usage,
};
use crate::pipeline::judging::first_rows;
use crate::pipeline::readers::{Readers, Withheld};
use crate::pipeline::usage::{UsageRow, UsageTaken};
use crate::pipeline::{Progress, Task, column_names, definitions};
use crate::tables::schema::{Column, ROW_SEGMENTS, Table};
use crate::tables::{Intake, OpenTable};
use crate::tally::Tallies;
use crate::tally::pass::{Wanted, add_up, add_up_use};
use crate::tally::table::TallyTable;

/// All customers, as a dimension.
pub(super) static TOTAL: Dimension = Dimension(Vec::new());

/// How the dimension of all customers, and its one segment, are called.
pub(super) const TOTAL_NAME: &str = "total";

/// A part of the customers: those with these values of these attributes. Empty: all of them.
pub type Scope = BTreeMap<String, String>;

/// Everything a run computed.
#[derive(Debug)]
pub struct Computed {
    /// Scope → every figure, sorted by key.
    pub figures: BTreeMap<Scope, Vec<Figure>>,
    /// Parts of the customers that hold nobody, and what is wrong with each: it is their readers' trouble alone.
    pub empty_scopes: BTreeMap<Scope, Vec<Diagnostic>>,
    /// Figures that do not leave by mail.
    pub withheld: Withheld,
    /// KPIs that cannot be computed, and the columns that they miss.
    pub not_configured: Vec<(&'static str, Vec<String>)>,
    /// What came of reading each table.
    pub intakes: Vec<Intake>,
    /// When each of them begins.
    pub first_rows: FirstRows,
    /// What somebody should look at and no table's intake says.
    pub warnings: Vec<Diagnostic>,
}

impl Computed {
    /// Everything that somebody should look at.
    pub fn warnings(&self) -> impl Iterator<Item = &Diagnostic> {
        self.intakes.iter().flat_map(|intake| &intake.warnings).chain(&self.warnings)
    }
}

/// Reads the data once and computes every figure of every period and scope.
///
/// `look` sees the rows and the panel while they are there, for what is said of single customers.
///
/// # Errors
/// Whatever the tables' contracts refuse.
pub fn compute(task: &Task<'_>, progress: &dyn Progress, look: &mut dyn FnMut(&Seen<'_>)) -> Result<Computed> {
    pass(task, false, progress, look)
}

/// The same for somebody who takes a figure apart: every row says where it comes from, and `look` sees the rows, the
/// panel and the sums while they are there.
///
/// # Errors
/// As [`compute`].
pub fn inspect(task: &Task<'_>, progress: &dyn Progress, look: &mut dyn FnMut(&Seen<'_>)) -> Result<Computed> {
    pass(task, true, progress, look)
}

/// What is there while figures are computed.
pub struct Seen<'a> {
    task: &'a Task<'a>,
    available: &'a BTreeSet<Column>,
    /// Period → how customers buy, where that is wanted.
    buying: &'a [Option<Buying>],
    /// Customers and their doings.
    pub panel: &'a Panel<'a>,
    /// The sums.
    pub table: &'a TallyTable,
    /// Rows of `customers`, traced.
    pub customers: &'a DataFrame,
    /// Rows of the other small tables, traced.
    pub tables: &'a BTreeMap<Table, DataFrame>,
    /// Rows of usage within the task's periods.
    pub usage: &'a [UsageRow],
    /// What came of reading each table.
    pub intakes: &'a [Intake],
}

impl Seen<'_> {
    /// What formulas may know of a period besides its sums.
    pub fn context(&self, period: usize) -> Context<'_> {
        let context = context(self.task, self.table, period, &self.panel.timeline.spans[period], self.available);
        Context { buying: self.buying.get(period).and_then(Option::as_ref), ..context }
    }
}

fn pass(
    task: &Task<'_>,
    is_traced: bool,
    progress: &dyn Progress,
    look: &mut dyn FnMut(&Seen<'_>),
) -> Result<Computed> {
    let config = task.config;
    let opened = open_all(config, &reading(config, task.today, task.as_of))?;
    check_attributes(config, &opened)?;
    // Whoever compares definitions of a lifetime wants the months of 1 / churn too, whatever the choice.
    let mut choices = config.choices.clone();
    let mut opened = opened;
    if is_traced {
        choices.lifetime.method = LifetimeMethod::InverseChurn;
        opened = opened.into_iter().map(|(table, opened)| (table, opened.traced())).collect();
    }
    let available = columns_of(&opened);
    let (computable, not_configured) = computable(task.kpis, &available);
    let wanted = Wanted::new(computable.iter().map(|definition| definition.draws_on));
    let dimensions = with_scope_crosses(&config.dimensions, task.scopes);
    let row_dimensions = row_dimensions(task, &computable, &opened)?;
    let scope_totals: Vec<Dimension> = task.scopes.iter().map(|scope| scoped_dimension(&TOTAL, scope)).collect();
    let readers = Readers::of(task);
    let looks_further = readers.periods != task.periods
        || readers.dimensions.iter().any(|of| !dimensions.contains(of))
        || readers.scopes.iter().any(|of| !scope_totals.contains(of));
    let asks = task.has_readers && computable.iter().any(|definition| definition.is_of_surveys());
    let request = Request {
        calendar: config.company.calendar,
        as_of: task.as_of,
        periods: task.periods,
        dimensions: &dimensions,
        row_dimensions: &row_dimensions,
        scopes: &scope_totals,
        attributes: &config.attributes,
        choices: &choices,
        wants_scores: wanted.measures_signals(),
        wants_start_scores: wanted.has(DrawsOn::HealthAtStart),
        comments: CommentsWanted { themes: wanted.has(DrawsOn::Themes), terms: wanted.has(DrawsOn::Terms) },
        other_signals: &[usage_growth()],
        answer_cells: (asks && looks_further).then_some(AnswerCells {
            periods: &readers.periods,
            dimensions: &readers.dimensions,
            scopes: &readers.scopes,
        }),
    };
    let needed = needed_tables(&computable, &config.choices, request.wants_scores, &config.attributes, &opened);
    opened.retain(|table, _| needed.contains(table));
    progress.stage("reading", needed.len() as u64);
    let (customers, intake) = take_customers(&mut opened, &request, task.kept)?;
    progress.step();
    let usage = opened.remove(&Table::Usage);
    std::thread::scope(|scope| {
        // The great table takes longest: what does not need it is done beside it.
        let usage = usage.map(|source| scope.spawn(|| take_usage(source, &customers, &request)));
        let join = |thread: ScopedJoinHandle<'_, Result<(UsageTaken, Intake)>>| {
            let taken = thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            progress.step();
            taken
        };
        let (tables, intakes) = match take_small(opened, &customers, &request, progress) {
            Ok(taken) => taken,
            Err(failure) => {
                let of_usage = usage.and_then(|thread| join(thread).err());
                return Err(of_usage.into_iter().fold(failure, Failure::with));
            }
        };
        let (used, of_usage);
        let frames = Frames { customers: &customers.rows, index: &customers.index, tables: &tables };
        let mut panel = Panel::build(frames, &request)?;
        let empty_scopes = empty_scopes(task, &panel.segments.cells);
        let mut table = add_up(&panel, &config.choices, &wanted);
        (used, of_usage) = usage.map(join).transpose()?.unzip();
        progress.stage("adding up", 1);
        if let Some(used) = &used {
            panel.take_usage(&used.grid, used.features);
        }
        add_up_use(&mut table, &panel, &config.choices, &wanted);
        let bought = if is_traced { buying(&table, &computable, &Scope::new()) } else { Vec::new() };
        let (withheld, mut warnings) =
            if asks { readers.withheld(task, &panel, &row_dimensions) } else { Default::default() };
        let mut intakes: Vec<Intake> = std::iter::once(intake).chain(intakes).chain(of_usage).collect();
        intakes.sort_by_key(|intake| intake.table);
        look(&Seen {
            task,
            available: &available,
            buying: &bought,
            panel: &panel,
            table: &table,
            customers: &customers.rows,
            tables: &tables,
            usage: used.as_ref().map_or(&[], |used| &used.rows),
            intakes: &intakes,
        });
        progress.step();
        let of_scope = |scope: &Scope| scoped_figures(task, &table, &computable, &row_dimensions, scope, &available);
        let figures = task.scopes.par_iter().map(|scope| (scope.clone(), of_scope(scope))).collect();
        warnings.extend(panel.segments.too_varied.iter().map(too_varied));
        let first_rows = first_rows(&intakes);
        Ok(Computed { figures, empty_scopes, withheld, not_configured, intakes, first_rows, warnings })
    })
}

/// Scopes that hold nobody: their mail would say nothing, to the wrong people's surprise.
fn empty_scopes(task: &Task<'_>, cells: &[Cell]) -> BTreeMap<Scope, Vec<Diagnostic>> {
    let place = Place::file(task.config.folder.join("reports.yaml"));
    let fault = |(attribute, value): (&String, &String)| {
        let labels: BTreeSet<&str> = cells
            .iter()
            .flat_map(|cell| &cell.labels)
            .filter(|(name, label)| name == attribute && label != NOT_SET)
            .map(|(_, label)| label.as_str())
            .collect();
        let known: Vec<String> = labels.iter().map(|label| format!("`{label}`")).collect();
        let what = format!("`only: {{ {attribute}: {value} }}` holds nobody: no customer has that {attribute}");
        let help = format!("customers have {}; correct `only:`", known.join(", "));
        let fault = Diagnostic::error("empty-scope", what).at(place.clone()).help(help);
        (!labels.contains(value.as_str())).then_some(fault)
    };
    let faults = |scope: &Scope| scope.iter().filter_map(fault).collect::<Vec<_>>();
    let each = task.scopes.iter().map(|scope| (scope.clone(), faults(scope)));
    each.filter(|(_, faults)| !faults.is_empty()).collect()
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
pub(super) fn with_scope_crosses(declared: &[Dimension], scopes: &[Scope]) -> Vec<Dimension> {
    let mut dimensions = declared.to_vec();
    for scope in scopes {
        for dimension in std::iter::once(&TOTAL).chain(declared) {
            let crossed = scoped_dimension(dimension, scope);
            if !crossed.0.is_empty() && !dimensions.contains(&crossed) {
                dimensions.push(crossed);
            }
        }
    }
    dimensions
}

/// A dimension with a scope's attributes added.
pub(super) fn scoped_dimension(dimension: &Dimension, scope: &Scope) -> Dimension {
    let mut attributes = dimension.0.clone();
    attributes.extend(scope.keys().filter(|attribute| !dimension.0.contains(attribute)).cloned());
    Dimension(attributes)
}

/// The name of a dimension, that of all customers included.
pub(super) fn scope_name(dimension: &Dimension) -> String {
    if dimension.0.is_empty() { TOTAL_NAME.to_owned() } else { dimension.name() }
}

/// Every figure of one scope, sorted by key.
fn scoped_figures(
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
fn buying(table: &TallyTable, definitions: &[&'static Definition], scope: &Scope) -> Vec<Option<Buying>> {
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

/// Says that a column cuts nothing.
fn too_varied(rows: &RowDimension) -> Diagnostic {
    let column = format!("{}.{}", rows.table.name(), rows.column);
    let what = format!("`{column}` has more than {MOST_ROW_VALUES} values, so that no figure is cut by it");
    Diagnostic::warning("too-many-values", what)
        .help("map it with `values:` to a few groups, or leave it out of `row_segments:` in farol.yaml")
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

/// The columns that cut rows: those that the configuration names, or every canonical one that is there; and the reasons
/// for leaving where somebody asks for them. A column that is called like an attribute of customers cuts nothing.
fn row_dimensions(
    task: &Task<'_>,
    definitions: &[&'static Definition],
    opened: &BTreeMap<Table, OpenTable>,
) -> Result<Vec<RowDimension>> {
    let config = task.config;
    let counted: BTreeSet<Table> = definitions.iter().filter_map(|definition| definition.rows_of).collect();
    let attributes: BTreeSet<&String> =
        config.dimensions.iter().flat_map(|of| &of.0).chain(task.scopes.iter().flat_map(BTreeMap::keys)).collect();
    let wants_reasons = definitions.iter().any(|definition| definition.id == CHURN_REASONS.id);
    let mut found = Vec::new();
    let mut unknown: BTreeSet<&String> = config.row_segments.iter().flatten().collect();
    for (table, usual) in ROW_SEGMENTS {
        let Some(columns) = opened.get(table).map(OpenTable::columns) else { continue };
        let there: BTreeSet<&str> =
            columns.canonical.iter().copied().chain(columns.attributes.iter().map(String::as_str)).collect();
        unknown.retain(|name| !there.contains(name.as_str()));
        let mut wanted: Vec<&str> = match &config.row_segments {
            Some(named) => named.iter().map(String::as_str).collect(),
            None => usual.to_vec(),
        };
        if wants_reasons && *table == Table::Subscriptions && !wanted.contains(&"cancel_reason") {
            wanted.push("cancel_reason");
        }
        wanted.retain(|name| counted.contains(table) && there.contains(name));
        wanted.retain(|name| !attributes.iter().any(|attribute| attribute == name));
        found.extend(wanted.into_iter().map(|name| RowDimension { table: *table, column: name.to_owned() }));
    }
    let faults: Vec<Diagnostic> = unknown
        .into_iter()
        .map(|name| {
            Diagnostic::error("missing-attribute", format!("`row_segments:` names `{name}`, which no table of rows has"))
                .at(Place::file(config.folder.join("farol.yaml")))
                .help("surveys, tickets, retention_costs, goals, leads, staff and subscriptions can be cut: map the column there, or leave it out")
        })
        .collect();
    if faults.is_empty() { Ok(found) } else { Err(Failure::many(Exit::DataRefused, faults)) }
}

/// Whether a cell's customers belong to a scope.
pub(super) fn is_within(cell: &Cell, scope: &Scope) -> bool {
    scope.iter().all(|(attribute, value)| cell.labels.iter().any(|(name, label)| name == attribute && label == value))
}

/// How a scope sees a cell: without the attributes that the scope added.
pub(super) fn shown_as(cell: &Cell, dimension: &Dimension) -> (Name, Name) {
    if dimension.0.is_empty() {
        return (TOTAL_NAME.into(), TOTAL_NAME.into());
    }
    let label = |attribute: &String| {
        let found = cell.labels.iter().find(|(name, _)| name == attribute);
        found.map_or(NOT_SET, |(_, label)| label.as_str())
    };
    (dimension.name().into(), dimension.0.iter().map(label).collect::<Vec<_>>().join("×").into())
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
