//! Where the tables come from: paths, dialects, and how their columns and values map to the canonical ones.
//!
//! Opens no file: whether one is there, and what it holds, is `tables`' to find out.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use chrono::format::{Item, Parsed, StrftimeItems, parse};
use chrono::{DateTime, TimeZone, Utc};
use chrono_tz::Tz;

use super::Vocabulary;
use super::codes;
use super::company::timezone;
use super::page::{Key, Spot, shortened};
use super::surroundings::Surroundings;
use super::words::nearest;

/// One table's source.
#[derive(Clone, Debug, PartialEq)]
pub struct Source {
    /// Paths or globs, resolved against the configuration's folder.
    pub paths: Vec<PathBuf>,
    /// Zone of its times without an offset; none: the company's.
    pub timezone: Option<Tz>,
    /// How its CSV files are written.
    pub dialect: Dialect,
    /// Canonical column → where its cells come from.
    pub columns: BTreeMap<String, ColumnSource>,
    /// Canonical column → (value as written → canonical value).
    pub values: BTreeMap<String, BTreeMap<String, String>>,
    /// Share of bad rows above which the run stops, 0–1.
    pub max_bad_rows: f64,
    /// Age in days of the newest row above which the run stops.
    pub max_age_days: Option<i64>,
}

/// Where a canonical column's cells come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ColumnSource {
    /// A column of the file.
    Column(String),
    /// The same text in every row.
    Constant(String),
}

/// How a CSV file is written; what is not pinned is detected, or refused where it is ambiguous.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dialect {
    /// `,` `;` tab or `|`.
    pub delimiter: Option<u8>,
    /// A WHATWG label: `utf-8`, `windows-1252`, `utf-16le`.
    pub encoding: Option<String>,
    /// Decimal mark, `.` or `,`.
    pub decimal: Option<char>,
    /// strftime pattern of dates.
    pub date: Option<String>,
}

/// Share of bad rows that a table may have unless it says otherwise.
const MAX_BAD_ROWS: f64 = 0.01;

/// A table as the vocabulary has it.
struct Table<'v> {
    name: &'v str,
    columns: &'v [&'static str],
    has_attributes: bool,
}

/// Reads `data:`.
pub(super) fn read(
    spot: Spot<'_>,
    surroundings: &Surroundings<'_>,
    vocabulary: &Vocabulary,
) -> BTreeMap<String, Source> {
    let names: Vec<&str> = vocabulary.tables.iter().map(|(name, _, _)| *name).collect();
    let mut sources = BTreeMap::new();
    for (key, spot) in spot.entries() {
        if !key.is_one_of(&names, codes::UNKNOWN_TABLE, "table") {
            continue;
        }
        let Some((name, columns, has_attributes)) = vocabulary.tables.iter().find(|(name, _, _)| *name == key.text())
        else {
            continue;
        };
        let table = Table { name, columns, has_attributes: *has_attributes };
        if let Some(source) = source(spot, surroundings, &table) {
            sources.insert(key.text().to_owned(), source);
        }
    }
    if spot.is_map() && !spot.entries().iter().any(|(key, _)| key.text() == "customers") {
        let help = "write `customers: { path: … }`: every figure is about customers";
        spot.fault(codes::MISSING_KEY, "`data` has no `customers`", help);
    }
    sources
}

/// Attributes of customers that the mapping names: their columns beyond the canonical ones.
pub(super) fn mapped_attributes(sources: &BTreeMap<String, Source>, vocabulary: &Vocabulary) -> BTreeSet<String> {
    let canonical = canonical_columns("customers", vocabulary);
    let columns = sources.get("customers").into_iter().flat_map(|source| source.columns.keys());
    columns.filter(|name| !canonical.contains(&name.as_str())).cloned().collect()
}

/// The canonical columns of a table; none of an unknown one.
pub(super) fn canonical_columns<'v>(table: &str, vocabulary: &'v Vocabulary) -> &'v [&'static str] {
    vocabulary.tables.iter().find(|(name, _, _)| *name == table).map_or(&[], |(_, columns, _)| columns)
}

fn source(spot: Spot<'_>, surroundings: &Surroundings<'_>, table: &Table<'_>) -> Option<Source> {
    let fields =
        spot.fields(&["path", "timezone", "csv", "columns", "values", "max_bad_rows", "max_age", "adbc", "query"]);
    if let Some(unsupported) = fields.get("adbc").or_else(|| fields.get("query")) {
        let message = format!("`{}` reads from a database, which this version cannot", table.name);
        let help = "export the table to CSV or Parquet and write `path:`";
        unsupported.fault(codes::SOURCE_NOT_SUPPORTED, message, help);
        return None;
    }
    let paths = fields.required("path", "write `path: FILE`, a list of files or a glob such as `usage/*.parquet`");
    Some(Source {
        paths: paths.map(|spot| read_paths(spot, surroundings)).unwrap_or_default(),
        timezone: fields.get("timezone").and_then(timezone),
        dialect: fields.get("csv").map(dialect).unwrap_or_default(),
        columns: fields.get("columns").map(|spot| columns(spot, table)).unwrap_or_default(),
        values: fields.get("values").map(|spot| values(spot, table)).unwrap_or_default(),
        max_bad_rows: fields.get("max_bad_rows").and_then(percent).unwrap_or(MAX_BAD_ROWS),
        max_age_days: fields.get("max_age").and_then(|spot| spot.days(1..=36_500)),
    })
}

fn read_paths(spot: Spot<'_>, surroundings: &Surroundings<'_>) -> Vec<PathBuf> {
    let items = if spot.is_list() { spot.nonempty_list() } else { vec![spot] };
    items.into_iter().filter_map(|item| path(item, surroundings)).collect()
}

fn path(spot: Spot<'_>, surroundings: &Surroundings<'_>) -> Option<PathBuf> {
    let written = spot.text()?;
    if let Some((scheme, _)) = written.split_once("://") {
        let message = format!("`{}://` is an object store, which this version cannot read", shortened(scheme));
        spot.fault(codes::SOURCE_NOT_SUPPORTED, message, "copy the files to a local folder first");
        return None;
    }
    surroundings.path(spot)
}

fn dialect(spot: Spot<'_>) -> Dialect {
    let fields = spot.fields(&["delimiter", "encoding", "decimal", "date"]);
    let delimiters = [(",", b','), (";", b';'), ("\t", b'\t'), ("tab", b'\t'), ("|", b'|')];
    Dialect {
        delimiter: fields.get("delimiter").and_then(|spot| character(spot, &delimiters, "`,`, `;`, `|` or `tab`")),
        encoding: fields.get("encoding").and_then(encoding),
        decimal: fields.get("decimal").and_then(|spot| character(spot, &[(".", '.'), (",", ',')], "`.` or `,`")),
        date: fields.get("date").and_then(date_pattern),
    }
}

/// One of a few marks. A tab is blank and yet no empty text, so it is read before the blank check.
fn character<T: Copy>(spot: Spot<'_>, marks: &[(&str, T)], expected: &str) -> Option<T> {
    let text = spot.raw_text()?;
    let mark = marks.iter().find(|(mark, _)| *mark == text).map(|(_, value)| *value);
    if mark.is_none() {
        let message = format!("unknown value of `{}`: `{}`", spot.name, shortened(text));
        spot.fault(codes::UNKNOWN_VALUE, message, format!("write {expected}, in quotes"));
    }
    mark
}

fn encoding(spot: Spot<'_>) -> Option<String> {
    let label = spot.text()?;
    if encoding_rs::Encoding::for_label(label.as_bytes()).is_some() {
        return Some(label.to_owned());
    }
    let common = ["utf-8", "windows-1252", "iso-8859-1", "iso-8859-15", "utf-16le", "utf-16be", "macintosh"];
    spot.unknown(codes::UNKNOWN_ENCODING, "encoding", label, &common);
    None
}

/// A strftime pattern from which a day can be read back.
fn date_pattern(spot: Spot<'_>) -> Option<String> {
    let pattern = spot.text()?;
    let items: Vec<Item<'_>> = StrftimeItems::new(pattern).collect();
    let help = "write year, month and day, such as `\"%d/%m/%Y\"` or `\"%Y-%m-%d %H:%M:%S\"`";
    if items.iter().any(|item| matches!(item, Item::Error)) {
        spot.fault(codes::BAD_DATE_FORMAT, format!("`{}` is not a strftime pattern", shortened(pattern)), help);
        return None;
    }
    if !reads_back(&items) {
        let message = format!("no day can be read by the pattern `{}`", shortened(pattern));
        spot.fault(codes::BAD_DATE_FORMAT, message, help);
        return None;
    }
    Some(pattern.to_owned())
}

/// Whether a day that is written by a pattern is the same day when it is read by it.
fn reads_back(items: &[Item<'_>]) -> bool {
    let Some(moment) = Utc.with_ymd_and_hms(2003, 2, 1, 4, 5, 6).single() else { return false };
    let mut written = String::new();
    let delayed = DateTime::<Utc>::format_with_items(&moment, items.iter());
    if std::fmt::Write::write_fmt(&mut written, format_args!("{delayed}")).is_err() {
        return false;
    }
    let mut parsed = Parsed::new();
    parse(&mut parsed, &written, items.iter()).is_ok()
        && parsed.to_naive_date().is_ok_and(|day| day == moment.date_naive())
}

fn columns(spot: Spot<'_>, table: &Table<'_>) -> BTreeMap<String, ColumnSource> {
    let entries = spot.entries();
    let written: Vec<&str> = entries.iter().map(|(key, _)| key.text()).collect();
    let mut columns = BTreeMap::new();
    for (key, spot) in &entries {
        if is_column(*key, table, &written)
            && let Some(source) = column_source(*spot)
        {
            columns.insert(key.text().to_owned(), source);
        }
    }
    columns
}

/// Whether a table can have such a column; an attribute that looks like a mistyped column is worth a warning.
fn is_column(key: Key<'_>, table: &Table<'_>, written: &[&str]) -> bool {
    let name = key.text();
    if table.columns.contains(&name) {
        return true;
    }
    if !table.has_attributes {
        return key.is_one_of(table.columns, codes::UNKNOWN_COLUMN, &format!("column of `{}`:", table.name));
    }
    let unmapped: Vec<&str> = table.columns.iter().filter(|column| !written.contains(*column)).copied().collect();
    if let Some(meant) = nearest(name, &unmapped).filter(|meant| strsim::damerau_levenshtein(meant, name) <= 2) {
        let message = format!("`{name}` will be an attribute of `{}`", table.name);
        key.warn(codes::POSSIBLE_TYPO, message, format!("did you mean the column `{meant}`?"));
    }
    true
}

fn column_source(spot: Spot<'_>) -> Option<ColumnSource> {
    if spot.is_map() {
        let constant = spot.fields(&["const"]).required("const", "write `{ const: VALUE }`")?;
        // Empty text empties a column that the file has and that should not be used.
        return constant.scalar_or_empty().map(|text| ColumnSource::Constant(text.to_owned()));
    }
    spot.scalar().map(|column| ColumnSource::Column(column.to_owned()))
}

fn values(spot: Spot<'_>, table: &Table<'_>) -> BTreeMap<String, BTreeMap<String, String>> {
    let mut values = BTreeMap::new();
    for (key, spot) in spot.entries() {
        if table.has_attributes
            || key.is_one_of(table.columns, codes::UNKNOWN_COLUMN, &format!("column of `{}`:", table.name))
        {
            let pairs = spot.entries();
            let pairs = pairs.iter().filter_map(|(from, to)| Some((from.text().to_owned(), to.scalar()?.to_owned())));
            values.insert(key.text().to_owned(), pairs.collect());
        }
    }
    values
}

/// A percentage as a share: `0.5%` is 0.005.
fn percent(spot: Spot<'_>) -> Option<f64> {
    let text = spot.scalar()?;
    let number = text
        .strip_suffix('%')
        .map(str::trim_end)
        .filter(|number| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit() || b == b'.'));
    match number.and_then(|number| number.parse::<f64>().ok()) {
        Some(percent) if percent <= 100.0 => Some(percent / 100.0),
        Some(_) => {
            spot.fault(
                codes::OUT_OF_RANGE,
                format!("`{}` must lie from 0% to 100%, found {text}", spot.name),
                "write a percentage",
            );
            None
        }
        None => {
            let message = format!("`{}` must be a percentage, found `{}`", spot.name, shortened(text));
            spot.fault(codes::BAD_PERCENT, message, "write the sign too: `0.5%`");
            None
        }
    }
}
