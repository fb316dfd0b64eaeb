//! Which column of a file feeds which canonical column or attribute.
//!
//! Knows names only; reads no cell.

use std::collections::{BTreeMap, HashSet};
use std::path::Path;

use crate::config::{ColumnSource, Source};
use crate::diagnostic::{Diagnostic, Place};
use crate::tables::schema::{ColumnSpec, TableSpec};

/// Where a slot's cells come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// The file's column of that name.
    Column(String),
    /// The same text in every row.
    Constant(String),
}

/// One column of the typed table.
#[derive(Clone, Debug)]
pub(crate) struct Slot {
    /// Canonical name, or the attribute's.
    pub(crate) name: String,
    /// Its contract; none for an attribute.
    pub(crate) spec: Option<&'static ColumnSpec>,
    /// Where it comes from.
    pub(crate) origin: Origin,
    /// Value as written → canonical value.
    pub(crate) values: BTreeMap<String, String>,
}

impl Slot {
    /// The name that the user knows it by: the file's, or for a constant the canonical one.
    pub(crate) fn shown(&self) -> &str {
        match &self.origin {
            Origin::Column(name) => name,
            Origin::Constant(_) => &self.name,
        }
    }

    /// A cell's text after value mapping.
    pub(crate) fn mapped<'a>(&'a self, text: &'a str) -> &'a str {
        if self.values.is_empty() {
            return text;
        }
        self.values.get(text).or_else(|| self.values.get(text.trim())).map_or(text, String::as_str)
    }
}

/// Columns that a delimiter's guess is judged by: every name that the file may have.
pub(crate) fn expected(spec: &TableSpec, source: &Source) -> Vec<String> {
    let canonical = spec.columns.iter().filter(|column| !source.columns.contains_key(column.name));
    let mapped = source.columns.values().filter_map(|origin| match origin {
        ColumnSource::Column(name) => Some(name.clone()),
        ColumnSource::Constant(_) => None,
    });
    canonical.map(|column| column.name.to_owned()).chain(mapped).collect()
}

/// Feeds the canonical columns, in the schema's order, then the attributes, in the file's.
///
/// # Errors
/// Every required or mapped column that the header lacks, each with the nearest name that it has; every other that it has
/// in other letters.
pub(crate) fn slots(
    spec: &'static TableSpec,
    source: &Source,
    header: &[String],
    path: &Path,
) -> Result<Vec<Slot>, Vec<Diagnostic>> {
    let (mut slots, mut faults) = (Vec::new(), Vec::new());
    let values = |name: &str| source.values.get(name).cloned().unwrap_or_default();
    for column in spec.columns {
        let origin = match source.columns.get(column.name) {
            Some(ColumnSource::Constant(text)) => Origin::Constant(text.clone()),
            Some(ColumnSource::Column(name)) => Origin::Column(name.clone()),
            None if header.iter().any(|name| name == column.name) || column.required => {
                Origin::Column(column.name.to_owned())
            }
            None => {
                faults.extend(otherwise_written(column, source, header, path));
                continue;
            }
        };
        match &origin {
            Origin::Column(name) if !header.contains(name) => faults.push(missing(name, column.name, header, path)),
            _ => slots.push(Slot {
                name: column.name.to_owned(),
                spec: Some(column),
                origin,
                values: values(column.name),
            }),
        }
    }
    let used: HashSet<&str> = slots.iter().map(Slot::shown).collect();
    let mut attributes = Vec::new();
    if spec.has_attributes {
        let renamed = source.columns.iter().filter(|(name, _)| spec.column(name).is_none());
        for (name, origin) in renamed {
            let origin = match origin {
                ColumnSource::Constant(text) => Origin::Constant(text.clone()),
                ColumnSource::Column(from) if header.contains(from) => Origin::Column(from.clone()),
                ColumnSource::Column(from) => {
                    faults.push(missing(from, name, header, path));
                    continue;
                }
            };
            attributes.push(Slot { name: name.clone(), spec: None, origin, values: values(name) });
        }
        let renamed: HashSet<String> = attributes.iter().map(|slot| slot.shown().to_owned()).collect();
        let taken: HashSet<String> = attributes.iter().map(|slot| slot.name.clone()).collect();
        for name in header {
            let is_free = !used.contains(name.as_str()) && !renamed.contains(name) && !taken.contains(name);
            if is_free && !name.trim().is_empty() && spec.column(name).is_none() {
                let origin = Origin::Column(name.clone());
                attributes.push(Slot { name: name.clone(), spec: None, origin, values: values(name) });
            }
        }
        let position = |slot: &Slot| header.iter().position(|name| name == slot.shown()).unwrap_or(usize::MAX);
        attributes.sort_by_key(position);
    }
    slots.extend(attributes);
    if faults.is_empty() { Ok(slots) } else { Err(faults) }
}

/// The fault of a column that is not there.
fn missing(name: &str, canonical: &str, header: &[String], path: &Path) -> Diagnostic {
    let wanted = if name == canonical { String::new() } else { format!(", which `columns:` names for `{canonical}`") };
    // A file read in a wrong encoding or without its delimiter has one cell as long as itself.
    let cut = |name: &String| match name.char_indices().nth(40) {
        Some((end, _)) => format!("`{}…`", &name[..end]),
        None => format!("`{name}`"),
    };
    let shown = header.iter().take(30).map(cut).collect::<Vec<_>>().join(", ");
    let more = if header.len() > 30 { format!(" and {} more", header.len() - 30) } else { String::new() };
    let near = header
        .iter()
        .map(|have| (strsim::jaro_winkler(&have.trim().to_lowercase(), &name.to_lowercase()), have))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0));
    // A delimiter that is pinned, or declared by the file's first line, leaves one column where it is not the header's.
    let unparted = match header {
        [whole] => [(';', ";"), (',', ","), ('\t', "\\t"), ('|', "|")].iter().find(|(mark, _)| whole.contains(*mark)),
        _ => None,
    };
    let hint = match (unparted, near) {
        (Some((_, mark)), _) => {
            format!("that is one column: if `{mark}` parts it, write `csv: {{ delimiter: \"{mark}\" }}`")
        }
        (None, Some((_, have))) => format!("if `{have}` is it, write `columns: {{ {canonical}: \"{have}\" }}`"),
        (None, None) => format!("name the file's own column: `columns: {{ {canonical}: … }}`"),
    };
    Diagnostic::error("missing-column", format!("there is no column `{name}`{wanted}; the header is {shown}{more}"))
        .at(Place { file: path.to_path_buf(), line: Some(1), column: None })
        .help(hint)
}

/// The fault of a column that may be missing and seems to be there, in other letters: without it figures would be others,
/// and nothing would say so.
fn otherwise_written(spec: &ColumnSpec, source: &Source, header: &[String], path: &Path) -> Option<Diagnostic> {
    let name = spec.name;
    let is_mapped = |have: &String| {
        source.columns.values().any(|origin| matches!(origin, ColumnSource::Column(from) if from == have))
    };
    let is_it = |have: &&String| have.trim().to_lowercase().replace([' ', '-'], "_") == name && !is_mapped(have);
    let have = header.iter().find(is_it)?;
    let fault = Diagnostic::error("column-otherwise-written", format!("`{have}` is not `{name}`, but it may be meant"));
    let help = format!(
        "if it is, write `columns: {{ {name}: \"{have}\" }}`; if not, `columns: {{ {name}: {{ const: \"\" }} }}`"
    );
    Some(fault.at(Place { file: path.to_path_buf(), line: Some(1), column: None }).help(help))
}

/// Names that stand twice in a header; empty names may.
pub(crate) fn repeated<'a>(header: &'a [String]) -> Vec<&'a str> {
    let mut seen = HashSet::new();
    let is_repeated = |name: &&'a str| !name.is_empty() && !seen.insert(*name);
    header.iter().map(String::as_str).filter(is_repeated).collect()
}
