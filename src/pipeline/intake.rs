//! Taking the tables in: each one that somebody needs, once.

use std::collections::{BTreeMap, BTreeSet};

use polars::prelude::DataFrame;

use crate::calendar::Moment;
use crate::config::{Choices, Config, Signal};
use crate::diagnostic::{Diagnostic, Place};
use crate::error::{Exit, Failure, Result};
use crate::kpi::Definition;
use crate::panel::frame;
use crate::panel::request::Request;
use crate::pipeline::Progress;
use crate::pipeline::kept::{Kept, KeptRows, Shelf};
use crate::pipeline::usage::{UsageTaken, read_usage};
use crate::tables::schema::{Column, TABLES, Table};
use crate::tables::{CustomerIndex, Intake, OpenTable, Reading, open};

/// The customers, read and held to their contract; every other table refers to them.
pub(super) struct CustomerBase {
    pub(super) index: CustomerIndex,
    pub(super) rows: DataFrame,
    /// What earlier runs kept of the other tables.
    pub(super) shelf: Option<Shelf>,
}

/// The columns that the stages after the tables use, where they are there.
const USED: &[(Table, &[&str])] = &[
    (
        Table::Subscriptions,
        &["subscription_id", "customer_id", "start_date", "end_date", "mrr", "renewal_date", "currency"],
    ),
    (Table::Orders, &["order_id", "customer_id", "ordered_at", "amount", "currency"]),
    (
        Table::Surveys,
        &[
            "response_id",
            "customer_id",
            "respondent_id",
            "respondent_role",
            "survey",
            "kind",
            "touchpoint",
            "score",
            "sent_at",
            "responded_at",
        ],
    ),
    (
        Table::Tickets,
        &["ticket_id", "customer_id", "opened_at", "first_response_at", "resolved_at", "contacts", "reopened"],
    ),
    (Table::Usage, &["customer_id", "date", "events"]),
    (Table::Interactions, &["customer_id", "at", "kind"]),
    (Table::RetentionCosts, &["cost_id", "customer_id", "date", "amount"]),
    (
        Table::Goals,
        &[
            "goal_id",
            "customer_id",
            "target",
            "achieved",
            "direction",
            "weight",
            "expected_rating",
            "perceived_rating",
            "assessed_at",
        ],
    ),
    (Table::Onboarding, &["customer_id", "started_at", "completed_at", "first_value_at"]),
    (Table::Leads, &["lead_id", "created_at", "converted_at"]),
    (Table::Staff, &["employee_id", "hired_at", "left_at"]),
];

/// What the tables are read under.
pub(super) fn reading(config: &Config, today: Moment, as_of: Moment) -> Reading<'_> {
    Reading {
        calendar: config.company.calendar,
        today,
        as_of,
        currency: &config.company.currency,
        csat_scale: config.choices.csat.scale,
        ces_scale: config.choices.ces.scale,
    }
}

/// Opens every configured table; the faults of all of them together.
pub(super) fn open_all(config: &Config, reading: &Reading<'_>) -> Result<BTreeMap<Table, OpenTable>> {
    let mut failures = Failures::default();
    let opened = open_each(config, reading, &mut failures);
    failures.end(opened)
}

/// Opens every configured table that can be, and keeps the faults of the others.
pub(super) fn open_each(config: &Config, reading: &Reading<'_>, failures: &mut Failures) -> BTreeMap<Table, OpenTable> {
    let mut opened = BTreeMap::new();
    for spec in TABLES {
        let Some(source) = config.sources.get(spec.name) else { continue };
        if let Some(table) = failures.collect(open(spec.table, source, reading)) {
            opened.insert(spec.table, table);
        }
    }
    if !opened.contains_key(&Table::Customers) && failures.is_empty() {
        let fault = Diagnostic::error("no-customers", "no source is configured for the table `customers`")
            .help("every figure is about customers: add `data: { customers: { path: … } }` to farol.yaml");
        failures.collect::<()>(Err(Failure::new(Exit::Config, fault)));
    }
    opened
}

/// The attributes that customers have, by their own file or by another table.
pub(super) fn attributes_of(
    opened: &BTreeMap<Table, OpenTable>,
    elsewhere: &BTreeMap<String, String>,
) -> BTreeSet<String> {
    let own = opened.get(&Table::Customers).map_or(&[][..], |customers| &customers.columns().attributes);
    own.iter().chain(elsewhere.keys()).cloned().collect()
}

/// Refuses dimensions whose attribute no file has: every customer would be "(not set)", and nobody would know why.
pub(super) fn check_attributes(config: &Config, opened: &BTreeMap<Table, OpenTable>) -> Result<()> {
    let Some(customers) = opened.get(&Table::Customers) else { return Ok(()) };
    let there = &customers.columns().attributes;
    let wanted: BTreeSet<&String> = config.dimensions.iter().flat_map(|dimension| &dimension.0).collect();
    let missing = wanted.into_iter().filter(|name| !config.attributes.contains_key(*name) && !there.contains(name));
    let faults: Vec<Diagnostic> = missing
        .map(|name| {
            let known: Vec<String> = there.iter().map(|name| format!("`{name}`")).collect();
            let help = format!("the customers' file has {}; correct `segments:`, or map the column", known.join(", "));
            Diagnostic::error("missing-attribute", format!("`segments:` names `{name}`, which no customer has"))
                .at(Place::file(config.folder.join("farol.yaml")))
                .help(help)
        })
        .collect();
    let faults: Vec<Diagnostic> = faults.into_iter().chain(absent_columns(config, opened)).collect();
    if faults.is_empty() { Ok(()) } else { Err(Failure::many(Exit::DataRefused, faults)) }
}

/// Attributes that are to live in a column of subscriptions that no file has.
fn absent_columns(config: &Config, opened: &BTreeMap<Table, OpenTable>) -> Vec<Diagnostic> {
    let Some(subscriptions) = opened.get(&Table::Subscriptions) else { return Vec::new() };
    let there = &subscriptions.columns().canonical;
    let absent = config.attributes.iter().filter_map(|(name, place)| {
        let column = place.strip_prefix("subscriptions.").filter(|column| !there.contains(column))?;
        let message = format!("`attributes:` takes `{name}` from `{place}`, which is not there");
        let help = format!("map the file's column: `subscriptions: {{ columns: {{ {column}: … }} }}`");
        let place = Place::file(config.folder.join("farol.yaml"));
        Some(Diagnostic::error("missing-attribute", message).at(place).help(help))
    });
    absent.collect()
}

/// The canonical columns that the configured sources have.
pub(super) fn available_columns(config: &Config, today: Moment) -> Result<BTreeSet<Column>> {
    Ok(columns_of(&open_all(config, &reading(config, today, today))?))
}

/// The canonical columns of opened tables.
pub(super) fn columns_of(opened: &BTreeMap<Table, OpenTable>) -> BTreeSet<Column> {
    let of = |(table, opened): (&Table, &OpenTable)| {
        let table = *table;
        opened.columns().canonical.iter().map(move |name| Column(table, name)).collect::<Vec<_>>()
    };
    opened.iter().flat_map(of).collect()
}

/// The tables that some definitions, the scores if wanted, and the segments need.
pub(super) fn needed_tables(
    definitions: &[&Definition],
    choices: &Choices,
    wants_scores: bool,
    attributes: &BTreeMap<String, String>,
    opened: &BTreeMap<Table, OpenTable>,
) -> BTreeSet<Table> {
    let mut needed: BTreeSet<Table> =
        definitions.iter().flat_map(|d| d.needs.iter().flat_map(|columns| columns.iter())).map(|c| c.0).collect();
    if wants_scores {
        let components = choices.health.components.iter().chain(&choices.chi.criteria);
        needed.extend(components.map(|component| table_of(component.signal)));
    }
    if attributes.values().any(|place| place.starts_with("subscriptions.")) {
        needed.insert(Table::Subscriptions);
    }
    needed.insert(Table::Customers);
    needed.retain(|table| opened.contains_key(table));
    needed
}

/// The table that a signal is measured from.
pub fn table_of(signal: Signal) -> Table {
    match signal {
        Signal::ActiveDays
        | Signal::Events
        | Signal::DistinctFeatures
        | Signal::UsageTrend
        | Signal::DaysSinceUsage => Table::Usage,
        Signal::LastNps | Signal::LastCsat => Table::Surveys,
        Signal::Tickets | Signal::OpenTickets | Signal::Fcr => Table::Tickets,
        Signal::Interactions => Table::Interactions,
        Signal::GoalAttainment => Table::Goals,
        Signal::TenureMonths | Signal::MrrTrend | Signal::DaysToRenewal => Table::Subscriptions,
    }
}

/// Takes the customers out of the opened tables, and reads them.
pub(super) fn take_customers(
    opened: &mut BTreeMap<Table, OpenTable>,
    request: &Request<'_>,
    kept: Option<&Kept>,
) -> Result<(CustomerBase, Intake)> {
    let customers = match read_customers(opened, request) {
        Ok(customers) => customers,
        Err(failure) => return Err(with_the_others(failure, std::mem::take(opened), request)),
    };
    let ids = frame::texts(&customers.frame, "customer_id")?;
    let mut intake = customers.intake;
    let to_come = std::mem::take(&mut intake.customers_to_come);
    let index = CustomerIndex::new(ids.into_iter().flatten()).with_later(to_come);
    let shelf = kept.and_then(|kept| Shelf::open(kept, &index, &mut intake));
    Ok((CustomerBase { index, rows: customers.frame, shelf }, intake))
}

/// What is wrong with the other tables, besides a fault of the customers; whether these rows name customers that there are
/// nobody can tell then.
fn with_the_others(of_customers: Failure, opened: BTreeMap<Table, OpenTable>, request: &Request<'_>) -> Failure {
    let faults = |(table, source): (Table, OpenTable)| {
        source.stream(&wanted_columns(table, request), None, &mut |_| Ok(())).err()
    };
    opened.into_iter().filter_map(faults).fold(of_customers, Failure::with)
}

/// Reads tables that do not depend on each other side by side: the rows of one are judged while those of another are
/// decoded, so that no processor waits. Their intakes are in the tables' order, whichever was first.
pub(super) fn take_small(
    opened: BTreeMap<Table, OpenTable>,
    customers: &CustomerBase,
    request: &Request<'_>,
    progress: &dyn Progress,
) -> Result<(BTreeMap<Table, DataFrame>, Vec<Intake>)> {
    let mut failures = Failures::default();
    let (mut tables, mut intakes) = (BTreeMap::new(), Vec::new());
    std::thread::scope(|scope| {
        let read = |(table, source): (Table, OpenTable)| {
            let wanted = wanted_columns(table, request);
            (table, scope.spawn(move || read_rows(table, source, &wanted, customers)))
        };
        let threads: Vec<_> = opened.into_iter().map(read).collect();
        for (table, thread) in threads {
            let read = thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            progress.step();
            if let Some(rows) = failures.collect(read) {
                tables.insert(table, rows.frame);
                intakes.push(rows.intake);
            }
        }
    });
    failures.end((tables, intakes))
}

/// Reads the usage table.
pub(super) fn take_usage(
    source: OpenTable,
    customers: &CustomerBase,
    request: &Request<'_>,
) -> Result<(UsageTaken, Intake)> {
    read_usage(source, &wanted_columns(Table::Usage, request), &customers.index, request, customers.shelf.as_ref())
}

/// Reads a table that fits in memory, but for the parts that an earlier run has kept.
fn read_rows(
    table: Table,
    source: OpenTable,
    wanted: &[&str],
    customers: &CustomerBase,
) -> Result<crate::tables::Rows> {
    let index = &customers.index;
    let Some(shelf) = &customers.shelf else { return source.rows(wanted, Some(index), None) };
    let mut keeper = KeptRows::open(shelf, table, wanted);
    let mut rows = source.rows(wanted, Some(index), Some(&mut keeper))?;
    keeper.close(&mut rows.intake);
    Ok(rows)
}

fn read_customers(opened: &mut BTreeMap<Table, OpenTable>, request: &Request<'_>) -> Result<crate::tables::Rows> {
    let Some(customers) = opened.remove(&Table::Customers) else {
        let fault = Diagnostic::error("no-customers", "the table `customers` was not opened");
        return Err(Failure::new(Exit::Internal, fault));
    };
    let mut wanted = vec!["customer_id", "name", "signup_date", "first_contact_date", "valid_from"];
    let of_answers = request.answer_cells.map_or(&[][..], |cells| cells.dimensions);
    let attributes = request.dimensions.iter().chain(of_answers).flat_map(|dimension| &dimension.0);
    for name in attributes.filter(|name| !request.attributes.contains_key(*name)) {
        if !wanted.contains(&name.as_str()) {
            wanted.push(name);
        }
    }
    customers.rows(&wanted, None, None)
}

fn wanted_columns<'a>(table: Table, request: &Request<'a>) -> Vec<&'a str> {
    let used = USED.iter().find(|(of, _)| *of == table).map_or(&[][..], |(_, columns)| columns);
    let mut wanted: Vec<&str> = used.to_vec();
    let prefix = format!("{}.", table.name());
    for column in request.attributes.values().filter_map(|place| place.strip_prefix(&prefix)) {
        if !wanted.contains(&column) {
            wanted.push(column);
        }
    }
    for rows in request.row_dimensions.iter().filter(|rows| rows.table == table) {
        if !wanted.contains(&rows.column.as_str()) {
            wanted.push(&rows.column);
        }
    }
    // It settles which of two like rows ended last, and gave the reason.
    if table == Table::Subscriptions && request.row_dimensions.iter().any(|rows| rows.table == table) {
        wanted.push("subscription_id");
    }
    if table == Table::Surveys && request.comments.any() {
        wanted.extend(["comment", "lang"].into_iter().filter(|column| !used.contains(column)));
    }
    if table == Table::Usage && request.counts_features() {
        wanted.push("feature");
    }
    wanted
}

/// The faults of several steps, all of them, ending with the first one's exit code.
#[derive(Debug, Default)]
pub(super) struct Failures {
    first: Option<Exit>,
    diagnostics: Vec<Diagnostic>,
}

impl Failures {
    /// The result, or nothing and its faults kept.
    pub(super) fn collect<T>(&mut self, result: Result<T>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(failure) => {
                self.first.get_or_insert(failure.exit);
                self.diagnostics.extend(failure.diagnostics);
                None
            }
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.first.is_none()
    }

    /// A value if nothing failed, else every fault.
    pub(super) fn end<T>(self, value: T) -> Result<T> {
        match self.first {
            None => Ok(value),
            Some(exit) => Err(Failure::many(exit, self.diagnostics)),
        }
    }
}
