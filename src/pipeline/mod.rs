//! The pipeline: the order of the stages, and nothing of how any of them works.
//!
//! The only module that sees every stage and the whole configuration.

mod adding;
mod calls;
mod check;
mod courses;
mod edition;
mod figures;
mod intake;
mod jobs;
mod judging;
mod kept;
mod mail;
mod missed;
mod outbox;
mod publish;
mod quality;
mod quotes;
mod reach;
mod readers;
mod readings;
mod run;
mod scope;
mod standings;
mod told;
mod usage;
mod waiting;

use std::collections::BTreeSet;

use crate::calendar::{Moment, Period};
use crate::config::{Config, KpiName, Vocabulary};
use crate::error::Result;
use crate::kpi::catalogue::{CATALOGUE, definition};
use crate::kpi::{Definition, missing_columns};
use crate::tables::schema::{CellType, Column, TABLES, Table};

pub use check::check_data;
pub use figures::{Computed, Seen, compute, inspect};
pub use intake::table_of;
pub use jobs::{Job, kpis, unknown_report};
pub use judging::judged_period;
pub use kept::Kept;
pub use mail::Sending;
pub use outbox::{Which, chosen, discard, retry, waiting};
pub use publish::write_whole;
pub use quality::shown_path;
pub use readers::Withheld;
pub use run::{Outcome, Output, Request, Surroundings, Unserved, run};
pub use scope::Scope;
pub use told::ToldAnswers;
pub use usage::UsageRow;
pub use waiting::{deliver, due};

/// Hears how far a run has come.
pub trait Progress {
    /// A stage begins, with so many steps.
    fn stage(&self, name: &str, steps: u64);
    /// One step of it is done.
    fn step(&self);
    /// The last stage is done.
    fn done(&self);
}

/// The names that a configuration may use.
pub fn vocabulary() -> Vocabulary {
    let kpi = |definition: &&Definition| KpiName {
        id: definition.id,
        low: *definition.range.start(),
        high: *definition.range.end(),
    };
    let table = |spec: &crate::tables::schema::TableSpec| {
        (spec.name, spec.columns.iter().map(|column| column.name).collect(), spec.has_attributes)
    };
    let customers = TABLES.iter().filter(|spec| spec.table == Table::Customers).flat_map(|spec| spec.columns);
    let texts = customers.filter(|column| column.cell == CellType::Text);
    Vocabulary {
        kpis: CATALOGUE.iter().map(kpi).collect(),
        tables: TABLES.iter().map(table).collect(),
        texts_of_customers: texts.map(|column| column.name).collect(),
    }
}

/// What a run computes: when it is, and which periods and KPIs are wanted.
#[derive(Clone, Copy, Debug)]
pub struct Task<'a> {
    /// The configuration.
    pub config: &'a Config,
    /// The run's now.
    pub today: Moment,
    /// Rows stamped at or after it do not exist.
    pub as_of: Moment,
    /// Every period that figures are wanted for, those compared with included.
    pub periods: &'a [Period],
    /// Of these, the ones that reports are made of.
    pub reported: &'a BTreeSet<Period>,
    /// KPI ids, of the catalogue.
    pub kpis: &'a BTreeSet<&'static str>,
    /// Parts of the customers that somebody may see, the whole included.
    pub scopes: &'a [Scope],
    /// Whether readers get what is computed, so that what is withheld from them has to be known.
    pub has_readers: bool,
    /// What readers were told before, so that what they get now does not add up with it to what few people answered.
    pub told: &'a [ToldAnswers],
    /// Bare addresses of those who are sent what is computed; none: nobody is.
    pub readers: Option<&'a BTreeSet<String>>,
    /// Where earlier runs kept what parts of the data add up to; none: everything is read.
    pub kept: Option<&'a Kept>,
}

/// The catalogue as lines of a table; with a configuration, whether it can compute each KPI.
///
/// # Errors
/// A source that cannot be opened.
pub fn catalogue(config: Option<&Config>, today: Moment) -> Result<Vec<String>> {
    let available = config.map(|config| intake::available_columns(config, today)).transpose()?;
    let mut lines = vec![format!("{:<28} {:<8} {:<16} {}", "kpi", "unit", "computable", "definition")];
    for definition in CATALOGUE {
        let computable = match &available {
            None => "-".to_owned(),
            Some(columns) => match missing_columns(definition, &|column| columns.contains(&column)).as_slice() {
                [] => "yes".to_owned(),
                missing => format!("needs {}", column_names(missing).join(", ")),
            },
        };
        lines.push(format!(
            "{:<28} {:<8} {:<16} {}",
            definition.id,
            definition.unit.id(),
            computable,
            definition.formula
        ));
    }
    Ok(lines)
}

/// `surveys.score`, for people.
fn column_names(columns: &[Column]) -> Vec<String> {
    columns.iter().map(|Column(table, name)| format!("{}.{name}", table.name())).collect()
}

/// The definitions of some ids, in the catalogue's order.
fn definitions(ids: &BTreeSet<&'static str>) -> Vec<&'static Definition> {
    CATALOGUE.iter().copied().filter(|definition| ids.contains(definition.id)).collect()
}

/// An id as the catalogue writes it.
pub fn known_id(id: &str) -> Option<&'static str> {
    definition(id).map(|definition| definition.id)
}
