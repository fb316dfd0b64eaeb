//! From tables to figures: panel, tallies, readings, for the whole company and for each scope.

use std::collections::{BTreeMap, BTreeSet};
use std::thread::ScopedJoinHandle;

use polars::prelude::DataFrame;
use rayon::prelude::*;

use crate::config::{Dimension, LifetimeMethod, usage_growth};
use crate::diagnostic::{Diagnostic, Place};
use crate::error::{Exit, Failure, Result};
use crate::judgement::{Figure, FirstRows};
use crate::kpi::clv::Buying;
use crate::kpi::retention::CHURN_REASONS;
use crate::kpi::{Context, Definition, DrawsOn, missing_columns};
use crate::panel::build::{Frames, Panel};
use crate::panel::comments::CommentsWanted;
use crate::panel::request::{AnswerCells, Request};
use crate::panel::segments::{MOST_ROW_VALUES, RowDimension};
use crate::pipeline::adding::Adding;
use crate::pipeline::intake::{
    attributes_of, check_attributes, columns_of, needed_tables, open_all, reading, take_customers, take_small,
    take_usage,
};
use crate::pipeline::judging::first_rows;
use crate::pipeline::readers::{Readers, Withheld};
use crate::pipeline::readings::{buying, context, scoped_figures};
use crate::pipeline::scope::{Scope, TOTAL, empty_scopes, scoped_dimension, with_scope_crosses};
use crate::pipeline::usage::{UsageRow, UsageTaken};
use crate::pipeline::{Progress, Task, column_names, definitions};
use crate::tables::schema::{Column, ROW_SEGMENTS, Table};
use crate::tables::{Intake, OpenTable};
use crate::tally::pass::Wanted;
use crate::tally::table::TallyTable;

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
    /// Of how many periods the sums were known, and of how many they were wanted; none where nothing is kept.
    pub tallies_known: Option<(usize, usize)>,
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
    let asks = task.has_readers && computable.iter().any(|definition| definition.is_of_surveys());
    let row_dimensions = row_dimensions(task, &computable, asks, &opened)?;
    let scope_totals: Vec<Dimension> = task.scopes.iter().map(|scope| scoped_dimension(&TOTAL, scope)).collect();
    let attributes = attributes_of(&opened, &config.attributes);
    let readers = Readers::of(task, &attributes);
    let looks_further = readers.periods != task.periods
        || readers.dimensions.iter().any(|of| !dimensions.contains(of))
        || readers.scopes.iter().any(|of| !scope_totals.contains(of));
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
        let empty_scopes = empty_scopes(task, &panel.segments);
        let mut adding = Adding::open(customers.shelf.as_ref(), frames, &panel, &request, &wanted)?;
        let mut table = adding.records(&panel);
        (used, of_usage) = usage.map(join).transpose()?.unzip();
        progress.stage("adding up", 1);
        if let Some(used) = &used {
            panel.take_usage(&used.grid, used.features);
        }
        table.merge(adding.of_use(&panel, of_usage.as_ref()));
        let (tallies_known, not_kept) = adding.close();
        let bought = if is_traced { buying(&table, &computable, &Scope::new()) } else { Vec::new() };
        let (withheld, mut warnings) = if asks {
            // For somebody who gets many reports it can take longer than all the rest.
            progress.stage("looking what reports tell together", 1);
            readers.withheld(task, &panel, &row_dimensions)
        } else {
            Default::default()
        };
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
        warnings.extend(panel.segments.too_varied.iter().map(too_varied).chain(not_kept));
        let first_rows = first_rows(&intakes);
        Ok(Computed { figures, empty_scopes, withheld, not_configured, intakes, tallies_known, first_rows, warnings })
    })
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

/// Says that a column cuts nothing.
fn too_varied(rows: &RowDimension) -> Diagnostic {
    let column = format!("{}.{}", rows.table.name(), rows.column);
    let what = format!("`{column}` has more than {MOST_ROW_VALUES} values, so that no figure is cut by it");
    Diagnostic::warning("too-many-values", what)
        .help("map it with `values:` to a few groups, or leave it out of `row_segments:` in farol.yaml")
}

/// The columns that cut rows: those that the configuration names, or every canonical one that is there; and the reasons
/// for leaving where somebody asks for them. A column that is called like an attribute of customers cuts nothing.
fn row_dimensions(
    task: &Task<'_>,
    definitions: &[&'static Definition],
    asks: bool,
    opened: &BTreeMap<Table, OpenTable>,
) -> Result<Vec<RowDimension>> {
    let config = task.config;
    let mut counted: BTreeSet<Table> = definitions.iter().filter_map(|definition| definition.rows_of).collect();
    // Another report to the same readers may cut answers where this one does not.
    counted.extend(asks.then_some(Table::Surveys));
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
