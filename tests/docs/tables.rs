//! Tables that are generated: the catalogue of KPIs and the columns of the data.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::Path;

use farol::kpi::catalogue::CATALOGUE;
use farol::kpi::{Better, Definition};
use farol::locale::Locale;
use farol::tables::schema::{CellType, ColumnSpec, TABLES};

/// Compares a generated table with what stands between its marks, or puts it there.
pub(crate) fn hold(page: &str, name: &str, table: &str) {
    let text = fs::read_to_string(page).unwrap();
    let (begin, end) = (format!("<!-- {name}:begin -->\n"), format!("<!-- {name}:end -->"));
    let (before, rest) = text.split_once(&begin).unwrap_or_else(|| panic!("{page} has no {begin}"));
    let (now, after) = rest.split_once(&end).unwrap_or_else(|| panic!("{page} has no {end}"));
    if std::env::var_os("FAROL_BLESS").is_some() {
        fs::write(page, format!("{before}{begin}{table}{end}{after}")).unwrap();
    } else {
        assert!(now == table, "{page} is not what the code says: FAROL_BLESS=1 cargo test --test docs writes it anew");
    }
}

#[test]
fn the_figures_are_those_of_the_catalogue() {
    let english = Locale::load("en", None).unwrap();
    let mut table = "| id | name | unit | bounds | better | formula | source | needs |\n".to_owned();
    table.push_str("| --- | --- | --- | --- | --- | --- | --- | --- |\n");
    for definition in CATALOGUE {
        let name = english.text(&format!("kpi-{}", definition.id.replace('_', "-")));
        writeln!(
            table,
            "| `{}` | {name} | {} | {} | {} | {} | {} | {} |",
            definition.id,
            definition.unit.id(),
            bounds(definition),
            better(definition.better),
            definition.formula,
            definition.source,
            needs(definition),
        )
        .unwrap();
    }
    hold("docs/how-we-count.md", "kpis", &table);
}

/// `0…100`, `0…`, or nothing where every number will do.
fn bounds(definition: &Definition) -> String {
    let (low, high) = (*definition.range.start(), *definition.range.end());
    let shown = |limit: f64| if limit.is_finite() { limit.to_string().replace('-', "−") } else { String::new() };
    if low.is_finite() || high.is_finite() { format!("{}…{}", shown(low), shown(high)) } else { String::new() }
}

fn better(better: Better) -> &'static str {
    match better {
        Better::Higher => "higher",
        Better::Lower => "lower",
        Better::Neutral => "",
    }
}

/// The columns of each way in the order of the schema, tables named once.
fn needs(definition: &Definition) -> String {
    let way = |columns: &&[farol::tables::schema::Column]| {
        let tables: BTreeSet<_> = columns.iter().map(|column| column.0).collect();
        let of = |table: &farol::tables::schema::Table| {
            let names: Vec<&str> = columns.iter().filter(|column| column.0 == *table).map(|column| column.1).collect();
            format!("{}.{}", table.name(), names.join(", "))
        };
        tables.iter().map(of).collect::<Vec<_>>().join("; ")
    };
    definition.needs.iter().map(way).collect::<Vec<_>>().join(" or ")
}

#[test]
fn the_columns_are_those_of_the_schema() {
    let mut table = "| table | key | columns | attributes |\n| --- | --- | --- | --- |\n".to_owned();
    for spec in TABLES {
        let columns: Vec<String> = spec.columns.iter().map(column).collect();
        let key = if spec.key.is_empty() { "–".to_owned() } else { spec.key.join(" + ") };
        let attributes = if spec.has_attributes { "yes" } else { "" };
        writeln!(table, "| `{}` | {key} | {} | {attributes} |", spec.name, columns.join("; ")).unwrap();
    }
    hold("docs/data.md", "tables", &table);
}

fn column(spec: &ColumnSpec) -> String {
    let kind = match spec.cell {
        CellType::Text => "text".to_owned(),
        CellType::Moment => "moment".to_owned(),
        CellType::Day => "day".to_owned(),
        CellType::Money => "money".to_owned(),
        CellType::MoneyNotNegative => "money ≥ 0".to_owned(),
        CellType::Count => "whole ≥ 0".to_owned(),
        CellType::Whole => "whole".to_owned(),
        CellType::Number => "number".to_owned(),
        CellType::NumberNotNegative => "number ≥ 0".to_owned(),
        CellType::Rating => "number 0–100".to_owned(),
        CellType::Flag => "flag".to_owned(),
        CellType::OneOf(words) => words.join(", "),
    };
    let name = if spec.required { format!("**{}**", spec.name) } else { spec.name.to_owned() };
    let empty = if spec.required && spec.may_be_empty { ", may be empty" } else { "" };
    format!("{name} ({kind}{empty})")
}

/// Reasons are told by code in `quarantine.csv`; the page must have each of them.
#[test]
fn every_reason_of_a_bad_row_is_explained() {
    let code = fs::read_to_string("src/tables/quarantine.rs").unwrap();
    let code = code.split("fn code(self)").nth(1).unwrap().split("fn words(self)").next().unwrap();
    let codes: BTreeSet<&str> = code.split('"').skip(1).step_by(2).collect();
    let page = super::markdown::section(Path::new("docs/data.md"), "## Rows that break the contract");
    let explained: BTreeSet<&str> = page
        .lines()
        .filter_map(|line| line.strip_prefix("| ")?.split(" | ").next())
        .flat_map(|cell| cell.split('`').skip(1).step_by(2))
        .collect();
    assert!(codes.len() > 20, "{codes:?}");
    assert_eq!(explained, codes);
}
