//! Parts of the customers: how a report that shows one alone sees dimensions and segments.

use std::collections::{BTreeMap, BTreeSet};

use crate::config::Dimension;
use crate::diagnostic::{Diagnostic, Place};
use crate::name::Name;
use crate::panel::segments::{Cell, NOT_SET, Segments};
use crate::pipeline::Task;

/// All customers, as a dimension.
pub(super) static TOTAL: Dimension = Dimension(Vec::new());

/// How the dimension of all customers, and its one segment, are called.
pub(super) const TOTAL_NAME: &str = "total";

/// A part of the customers: those with these values of these attributes. Empty: all of them.
pub type Scope = BTreeMap<String, String>;

/// Scopes that hold nobody: their mail would say nothing, to the wrong people's surprise.
pub(super) fn empty_scopes(task: &Task<'_>, segments: &Segments) -> BTreeMap<Scope, Vec<Diagnostic>> {
    let place = Place::file(task.config.folder.join("reports.yaml"));
    let fault = |(attribute, value): (&String, &String)| {
        let cells = segments.cells.iter().enumerate();
        let labelled = cells.flat_map(|(at, cell)| cell.labels.iter().map(move |(name, label)| (at, name, label)));
        let of_attribute: Vec<(usize, &str)> =
            labelled.filter(|(_, name, _)| *name == attribute).map(|(at, _, label)| (at, label.as_str())).collect();
        // Every attribute has a cell for those without a value, whether there are any or not; to look for them takes long.
        let is_there = |(cell, label): &(usize, &str)| *label != NOT_SET || segments.hold_anybody_in(*cell);
        if of_attribute.iter().filter(|(_, label)| label == value).any(is_there) {
            return None;
        }
        let known: BTreeSet<&str> = of_attribute.iter().copied().filter(is_there).map(|(_, label)| label).collect();
        let known: Vec<String> = known.into_iter().map(|label| format!("`{label}`")).collect();
        let what = format!("`only: {{ {attribute}: {value} }}` holds nobody: no customer has that {attribute}");
        let help = format!("customers have {}; correct `only:`", known.join(", "));
        Some(Diagnostic::error("empty-scope", what).at(place.clone()).help(help))
    };
    let of_all = |scope: &Scope| {
        let is_it = |labels: &[(String, String)]| {
            labels.len() == scope.len() && labels.iter().all(|(name, label)| scope.get(name) == Some(label))
        };
        let mut cells = segments.cells.iter().enumerate().filter(|(_, cell)| is_it(&cell.labels));
        if scope.len() < 2 || cells.any(|(cell, _)| segments.hold_anybody_in(cell)) {
            return None;
        }
        let only: Vec<String> = scope.iter().map(|(attribute, value)| format!("{attribute}: {value}")).collect();
        let what = format!("`only: {{ {} }}` holds nobody: no customer has all of these", only.join(", "));
        Some(Diagnostic::error("empty-scope", what).at(place.clone()).help("correct `only:`"))
    };
    let faults = |scope: &Scope| {
        let of_each: Vec<Diagnostic> = scope.iter().filter_map(fault).collect();
        if of_each.is_empty() { of_all(scope).into_iter().collect() } else { of_each }
    };
    let each = task.scopes.iter().map(|scope| (scope.clone(), faults(scope)));
    each.filter(|(_, faults)| !faults.is_empty()).collect()
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

/// The dimension of such a name.
pub(super) fn dimension_named(name: &str) -> Dimension {
    if name == TOTAL_NAME { TOTAL.clone() } else { Dimension(name.split('×').map(str::to_owned).collect()) }
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
