//! The set that is asked for: `plan=Pro`, `plan=Pro,region=Sul`, `channel=email`, `cohort=2025-03+06`.
//!
//! Finds the dimension and the segment; computes nothing.

use std::collections::{BTreeMap, BTreeSet};

use crate::config::{Config, Dimension};
use crate::diagnostic::Diagnostic;
use crate::error::{Exit, Failure, Result};
use crate::kpi::Definition;
use crate::panel::segments::Cell;
use crate::pipeline::Scope;
use crate::tables::schema::ROW_SEGMENTS;

/// How the dimension of all customers, and its one segment, are called.
pub(super) const TOTAL: &str = "total";

/// Where a figure is to be found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wanted {
    /// The part of the customers that the pass is restricted to: attributes beside a column of rows.
    pub(super) scope: Scope,
    /// Attributes that are crossed, if the set is one of customers; empty for all of them.
    pub(super) attributes: Dimension,
    /// What every cell of the set is labelled with: attributes, and a column of rows.
    labels: Vec<(String, String)>,
    /// Whether it is rows that are cut.
    cuts_rows: bool,
    /// The dimension as `figures.csv` writes it.
    pub(super) dimension: String,
    /// The segment.
    pub(super) segment: String,
    /// Whether the KPI itself makes the dimension.
    pub(super) is_part: bool,
}

/// Reads `name=value,name=value`. A comma with no `=` after it is one of the value, such as a reason in whole sentences.
///
/// # Errors
/// Text that is no such list, a name that cuts nothing here.
pub(super) fn wanted(text: Option<&str>, definition: &Definition, config: &Config) -> Result<Wanted> {
    let mut pairs: Vec<(String, String)> = Vec::new();
    for part in text.unwrap_or("").split(',') {
        match (part.split_once('='), pairs.last_mut()) {
            (Some((name, value)), _) => pairs.push((name.trim().to_owned(), value.trim_start().to_owned())),
            (None, Some((_, value))) => *value = format!("{value},{part}"),
            (None, None) if part.trim().is_empty() => {}
            (None, None) => {
                return Err(usage(format!("`{part}` is no segment"), "write it as attribute=value: plan=Pro"));
            }
        }
    }
    for (_, value) in &mut pairs {
        value.truncate(value.trim_end_matches([',', ' ']).len());
    }
    let known = attributes(config);
    let columns = columns(definition, config);
    let part = definition.parts.map(|parts| parts.dimension);
    let mut own = None;
    let mut chosen: Vec<(String, String)> = Vec::new();
    for (name, value) in pairs {
        if chosen.iter().any(|(have, _)| *have == name) || own.as_ref().is_some_and(|(have, _)| *have == name) {
            return Err(usage(format!("`{name}` stands twice"), "name each attribute once"));
        }
        // An attribute may be called like the dimension that the KPI itself makes; the KPI has figures in its own alone.
        if part == Some(name.as_str()) && own.is_none() {
            own = Some((name, value));
        } else if known.contains(name.as_str()) {
            chosen.push((name, value));
        } else if columns.contains(name.as_str()) && own.is_none() {
            own = Some((name, value));
        } else {
            return Err(unknown(&name, &known, &columns, part, definition));
        }
    }
    if definition.counts_others_than_customers() && !chosen.is_empty() {
        let what =
            format!("`{}` counts what belongs to no customer, so that no part of the customers has it", definition.id);
        let by: Vec<String> = columns.iter().map(|name| format!("`{name}`")).collect();
        let help =
            if by.is_empty() { "leave `--segment` out".to_owned() } else { format!("it is cut by {}", by.join(", ")) };
        return Err(usage(what, help));
    }
    Ok(place(chosen, own, part, config))
}

fn place(chosen: Vec<(String, String)>, own: Option<(String, String)>, part: Option<&str>, config: &Config) -> Wanted {
    let names: BTreeSet<&String> = chosen.iter().map(|(name, _)| name).collect();
    if let Some((name, value)) = own {
        let is_part = part == Some(name.as_str());
        let mut labels = chosen.clone();
        if !is_part {
            labels.push((name.clone(), value.clone()));
        }
        return Wanted {
            scope: chosen.into_iter().collect(),
            attributes: Dimension(Vec::new()),
            labels,
            cuts_rows: !is_part,
            dimension: name,
            segment: value,
            is_part,
        };
    }
    // A cross that is declared keeps the order in which it is declared.
    let declared = config.dimensions.iter().find(|of| of.0.iter().collect::<BTreeSet<_>>() == names);
    let attributes =
        declared.cloned().unwrap_or_else(|| Dimension(chosen.iter().map(|(name, _)| name.clone()).collect()));
    let values: BTreeMap<String, String> = chosen.iter().cloned().collect();
    let segment: Vec<&str> = attributes.0.iter().filter_map(|name| values.get(name)).map(String::as_str).collect();
    let (dimension, segment) =
        if segment.is_empty() { (TOTAL.to_owned(), TOTAL.to_owned()) } else { (attributes.name(), segment.join("×")) };
    Wanted { scope: Scope::new(), attributes, labels: chosen, cuts_rows: false, dimension, segment, is_part: false }
}

impl Wanted {
    /// The set among the cells of a pass. A KPI's own dimension is read off all customers, or off its scope's.
    pub(super) fn cell(&self, cells: &[Cell], definition: &Definition) -> Option<usize> {
        let mut labels = self.labels.clone();
        labels.sort();
        let rows_of = if self.cuts_rows { definition.rows_of } else { None };
        cells.iter().position(|cell| {
            let mut own = cell.labels.clone();
            own.sort();
            cell.rows_of == rows_of && own == labels
        })
    }

    /// A segment that is not there, and those that are.
    pub(super) fn not_there(&self, cells: &[Cell], parts: &[String]) -> Failure {
        let name = |cell: &Cell| (cell.dimension == self.dimension).then(|| cell.segment.clone());
        let known: BTreeSet<String> =
            if self.is_part { parts.iter().cloned().collect() } else { cells.iter().filter_map(name).collect() };
        let known: Vec<String> = known.iter().map(|segment| format!("`{segment}`")).collect();
        let what = format!("`{}` has no segment `{}`", self.dimension, self.segment);
        let help = if known.is_empty() {
            format!("no row has a `{}` here", self.dimension)
        } else {
            format!("it has {}", known.join(", "))
        };
        usage(what, help)
    }
}

/// The attributes by which customers are cut.
fn attributes(config: &Config) -> BTreeSet<&str> {
    config.dimensions.iter().flat_map(|of| &of.0).map(String::as_str).collect()
}

/// The columns by which the rows behind a KPI are cut.
fn columns<'a>(definition: &Definition, config: &'a Config) -> BTreeSet<&'a str> {
    let usual = ROW_SEGMENTS.iter().find(|(table, _)| Some(*table) == definition.rows_of);
    match (&config.row_segments, usual) {
        (_, None) => BTreeSet::new(),
        (Some(named), Some(_)) => named.iter().map(String::as_str).collect(),
        (None, Some((_, columns))) => columns.iter().copied().collect(),
    }
}

fn unknown(
    name: &str,
    known: &BTreeSet<&str>,
    columns: &BTreeSet<&str>,
    part: Option<&str>,
    definition: &Definition,
) -> Failure {
    let all: Vec<&str> = known.iter().chain(columns).copied().chain(part).collect();
    let quoted: Vec<String> = all.iter().map(|name| format!("`{name}`")).collect();
    let help = match crate::config::nearest(name, &all) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None if all.is_empty() => "declare `segments:` in farol.yaml".to_owned(),
        None => format!("it is cut by {}; others are declared as `segments:` in farol.yaml", quoted.join(", ")),
    };
    usage(format!("nothing cuts `{}` by `{name}`", definition.id), help)
}

fn usage(what: impl Into<String>, help: impl Into<String>) -> Failure {
    Failure::new(Exit::Usage, Diagnostic::error("unknown-segment", what).help(help))
}
