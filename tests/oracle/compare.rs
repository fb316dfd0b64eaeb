//! The program's figures against the oracle's, row by row, both ways.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write;
use std::path::Path;
use std::process::Command;

use super::figure::{Figure, Limits};
use super::health::Scores;
use super::time::Period;
use super::view::{Cell, Known, View, shown};
use super::{clv, engagement, goals, growth, health, loyalty, retention, service, survival, themes, value};

/// Figures that only cut dimensions have: nothing moves into or out of the total.
const IN_SEGMENTS_ONLY: &[&str] =
    &["customers_transferred_in", "customers_transferred_out", "mrr_transferred_in", "mrr_transferred_out"];

/// Dimensions of customers.
const DECLARED: &[&str] = &["plan", "region", "plan×region"];

/// Figures that have no row of their own.
const WITHOUT_ROWS: &[&str] = &["churn_reasons"];

/// Figures that a company without subscriptions has not.
const NEED_SUBSCRIPTIONS: &[&str] = &[
    "mrr_opening",
    "mrr_new",
    "mrr_reactivated",
    "mrr_expansion",
    "mrr_contraction",
    "mrr_churned",
    "mrr_closing",
    "mrr_transferred_in",
    "mrr_transferred_out",
    "revenue_churn_rate",
    "grr",
    "nrr",
    "mrr_at_risk",
    "crc_to_arpa",
    "renewal_rate",
    "expansion_candidates",
    "retention_roi",
    "churn_reasons",
];

/// Figures made of two parts with units of their own: without a value nothing says which of them `n` counts.
const UNITS_OF_VALUES: &[&str] = &["lifetime_months", "ltv"];

/// Figures by a dimension of their own.
const BY_PARTS: &[&str] = &[
    "cohort_retention",
    "theme_mentions",
    "theme_share",
    "theme_score",
    "theme_promoters",
    "theme_detractors",
    "term_log_odds",
];

/// Figures that are cut by columns of the rows they count.
const CUT_BY: &[(&[&str], &[&str])] = &[
    (&["cancel_reason"], &["customers_lost", "mrr_churned"]),
    (
        &["respondent_role", "kind", "touchpoint"],
        &[
            "nps",
            "nps_promoters",
            "nps_passives",
            "nps_detractors",
            "nps_response_rate",
            "nps_by_account",
            "csat",
            "csat_satisfied",
            "ces",
        ],
    ),
    (
        &["channel", "category"],
        &[
            "fcr",
            "first_response_hours",
            "first_response_hours_p90",
            "resolution_hours",
            "resolution_hours_p90",
            "backlog",
        ],
    ),
    (&["program", "kind"], &["crc", "retention_roi"]),
    (&["stakeholder"], &["goal_attainment", "value_gap"]),
    (&["source"], &["conversion_rate"]),
    (&["team"], &["turnover_index"]),
];

/// The oracle's figure of a cell.
fn figure(view: &View, scores: &Scores, kpi: &str, cell: &Cell) -> Option<Figure> {
    loyalty::figure(view, kpi, cell)
        .or_else(|| retention::figure(view, kpi, cell))
        .or_else(|| survival::figure(view, kpi, cell))
        .or_else(|| value::figure(view, kpi, cell))
        .or_else(|| service::figure(view, kpi, cell))
        .or_else(|| goals::figure(view, kpi, cell))
        .or_else(|| growth::figure(view, kpi, cell))
        .or_else(|| health::figure(view, scores, kpi, cell))
        .or_else(|| engagement::figure(view, kpi, cell))
}

/// The oracle's figures of a KPI that has a dimension of its own.
fn parts(view: &View, kpi: &str) -> Vec<(String, String, Figure)> {
    let named = |dimension: &str, found: Vec<(String, Figure)>| {
        found.into_iter().map(|(segment, figure)| (dimension.to_owned(), segment, figure)).collect()
    };
    match kpi {
        "cohort_retention" => named("cohort", retention::cohorts(view)),
        "term_log_odds" => named("term", themes::by_term(view)),
        other => named("theme", themes::by_theme(view, other)),
    }
}

/// What a KPI can be cut by besides the declared dimensions, with the values that are there.
fn row_cells(view: &View, kpi: &str) -> Vec<Cell> {
    let data = &view.known.data;
    let mut cells = Vec::new();
    for (dimensions, _) in CUT_BY.iter().filter(|(_, kpis)| kpis.contains(&kpi)) {
        for dimension in *dimensions {
            let values: BTreeSet<String> = match *dimension {
                "cancel_reason" => data.subscriptions.iter().map(|row| shown(&row.reason)).collect(),
                "respondent_role" => data.surveys.iter().map(|row| shown(&row.role)).collect(),
                "touchpoint" => data.surveys.iter().map(|row| shown(&row.touchpoint)).collect(),
                "kind" if dimensions.contains(&"program") => data.costs.iter().map(|row| shown(&row.kind)).collect(),
                "kind" => data.surveys.iter().map(|row| shown(&row.kind)).collect(),
                "channel" => data.tickets.iter().map(|row| shown(&row.channel)).collect(),
                "category" => data.tickets.iter().map(|row| shown(&row.category)).collect(),
                "program" => data.costs.iter().map(|row| shown(&row.program)).collect(),
                "stakeholder" => data.goals.iter().map(|row| shown(&row.stakeholder)).collect(),
                "source" => data.leads.iter().map(|row| shown(&row.source)).collect(),
                "team" => data.staff.iter().map(|row| shown(&row.team)).collect(),
                other => panic!("no column {other}"),
            };
            cells.extend(values.iter().map(|value| view.whole(dimension, value, true)));
        }
    }
    cells
}

/// A row of figures.csv, by column.
type Row = HashMap<String, String>;

/// Dimension, segment and KPI.
type Key = (String, String, String);

fn read(path: &Path) -> BTreeMap<String, BTreeMap<Key, Row>> {
    let mut found: BTreeMap<String, BTreeMap<Key, Row>> = BTreeMap::new();
    let mut reader = csv::Reader::from_path(path).unwrap();
    let header = reader.headers().unwrap().clone();
    for record in reader.records().map(Result::unwrap) {
        let row: Row =
            header.iter().zip(record.iter()).map(|(name, cell)| (name.to_owned(), cell.to_owned())).collect();
        let key = (row["dimension"].clone(), row["segment"].clone(), row["kpi"].clone());
        let before = found.entry(row["period"].clone()).or_default().insert(key.clone(), row);
        assert!(before.is_none(), "the row {key:?} is there twice");
    }
    found
}

/// Differences by KPI and column: how many, and the first ones in full.
#[derive(Default)]
pub(crate) struct Differences {
    found: BTreeMap<(String, String), (usize, Vec<String>)>,
    /// Rows that were held against each other.
    pub(crate) rows: usize,
    /// KPIs with at least one value.
    with_value: BTreeSet<String>,
}

impl Differences {
    fn add(&mut self, kpi: &str, column: &str, text: String) {
        let slot = self.found.entry((kpi.to_owned(), column.to_owned())).or_default();
        slot.0 += 1;
        if slot.1.len() < 3 {
            slot.1.push(text);
        }
    }

    /// Whether a KPI had a value anywhere, or has none of its own.
    pub(crate) fn has_value(&self, kpi: &str) -> bool {
        WITHOUT_ROWS.contains(&kpi) || self.with_value.contains(kpi)
    }

    /// Adds what another part of the worlds found.
    pub(crate) fn merge(&mut self, other: Self) {
        self.rows += other.rows;
        self.with_value.extend(other.with_value);
        for (key, (count, examples)) in other.found {
            let slot = self.found.entry(key).or_default();
            slot.0 += count;
            slot.1.extend(examples);
            slot.1.truncate(3);
        }
    }

    /// All of them, for people; empty if there is none.
    pub(crate) fn told(&self) -> String {
        let mut text = String::new();
        for ((kpi, column), (count, examples)) in &self.found {
            writeln!(text, "{kpi} {column}: {count}").unwrap();
            for example in examples {
                writeln!(text, "    {example}").unwrap();
            }
        }
        text
    }
}

/// Equal but for rounding.
fn equal(one: f64, other: f64, tolerance: f64) -> bool {
    (one - other).abs() <= tolerance * one.abs().max(other.abs()).max(1.0)
}

/// What exact arithmetic differs by.
const EXACT: f64 = 1e-9;

/// What parameters that are printed to six digits allow.
const SIX_DIGITS: f64 = 1e-4;

/// Whether there is nothing in a cell; where rows are cut, a share of no rows counts as such, be there a base or not.
fn is_void(figure: &Figure, cuts_rows: bool) -> bool {
    let nothing = figure.n == 0 || figure.value == Some(0.0) || cuts_rows && figure.value.is_none();
    figure.numerator.unwrap_or(0.0) == 0.0 && nothing
}

fn number(text: &str) -> Option<f64> {
    (!text.is_empty()).then(|| text.parse().unwrap())
}

/// Holds one row against the oracle's figure.
fn hold(place: &str, row: &Row, expected: &Figure, is_open: bool, differences: &mut Differences) {
    let kpi = &row["kpi"];
    let tolerance = if kpi == "clv_12m" { SIX_DIGITS } else { EXACT };
    differences.rows += 1;
    if expected.value.is_some() {
        differences.with_value.insert(kpi.clone());
    }
    let (low, high) = match expected.limits {
        Limits::Are(low, high) => (Some(low), Some(high)),
        _ => (None, None),
    };
    let limits = |value: Option<f64>| value.filter(|value| value.is_finite());
    let columns = [
        ("value", expected.value),
        ("n", Some(expected.n as f64).filter(|_| expected.value.is_some() || !UNITS_OF_VALUES.contains(&kpi.as_str()))),
        ("numerator", expected.numerator),
        ("denominator", expected.denominator),
        ("ci_low", limits(low)),
        ("ci_high", limits(high)),
    ];
    for (column, expected) in columns {
        let got = number(&row[column]).filter(|_| column != "n" || expected.is_some());
        let same = match (got, expected) {
            (Some(got), Some(expected)) => equal(got, expected, tolerance),
            (None, None) => true,
            _ => false,
        };
        if !same {
            differences.add(kpi, column, format!("{place}: farol {got:?}, oracle {expected:?} [{}]", row["note"]));
        }
    }
    let mut notes: BTreeSet<String> = BTreeSet::new();
    if expected.value.is_none() {
        notes.insert(expected.reason.to_owned());
    } else if expected.limits == Limits::TooFew {
        notes.insert("too_few".to_owned());
    }
    // An open period says all that a running window would say.
    let states = ["provisional", "immature"];
    notes.extend(expected.notes.iter().filter(|note| !is_open || !states.contains(&note.as_str())).cloned());
    if is_open {
        notes.insert("open_period".to_owned());
    }
    // Of how many people a figure tells something is for withholding, which is no business of a figure.
    let counts = |note: &&str| !note.is_empty() && !note.starts_with("smallest_group=");
    let got: BTreeSet<String> = row["note"].split(';').filter(counts).map(str::to_owned).collect();
    if got != notes {
        differences.add(kpi, "note", format!("{place}: farol {got:?}, oracle {notes:?}"));
    }
}

/// The parameters that the total's note prints, and the note's parts that print them.
fn parameters(row: &Row) -> Option<(clv::Parameters, Vec<String>)> {
    let names = ["r", "alpha", "a", "b", "p", "q", "gamma"];
    let parts: Vec<String> = row["note"].split(';').map(str::to_owned).collect();
    let mut found = [0.0; 7];
    let mut told = Vec::new();
    for (slot, name) in found.iter_mut().zip(names) {
        let part = parts.iter().find(|part| part.split_once('=').is_some_and(|(left, _)| left == name))?;
        *slot = part.split_once('=')?.1.parse().unwrap();
        told.push(part.clone());
    }
    Some((found, told))
}

/// The value of the next year by the parameters that the program found, which must be the best ones.
fn next_year(
    view: &View,
    cells: &[Cell],
    rows: &BTreeMap<Key, Row>,
    differences: &mut Differences,
) -> Vec<(String, String, Figure)> {
    let key = ("total".to_owned(), "total".to_owned(), "clv_12m".to_owned());
    let printed = parameters(&rows[&key]);
    let payers = clv::with_repeats(view);
    let mut found = Vec::new();
    if let Some((best, _)) = &printed {
        let rise = clv::rise(view, *best);
        if rise > 0.01 || payers < 10 {
            differences.add(
                "clv_12m",
                "note",
                format!("{}: {payers} pay again, likelihood rises {rise}", view.period.name),
            );
        }
    }
    for cell in cells {
        found.push((cell.dimension.clone(), cell.segment.clone(), next_year_of(view, cell, printed.as_ref())));
    }
    found
}

/// The same of one cell, by printed parameters if there are any.
fn next_year_of(view: &View, cell: &Cell, printed: Option<&(clv::Parameters, Vec<String>)>) -> Figure {
    let n = clv::count(view, cell);
    match printed {
        _ if n == 0 => Figure::plain(None, 0),
        Some((parameters, told)) => {
            Figure { notes: told.clone(), ..Figure::quotient(clv::expected(view, cell, *parameters), n as f64, 1.0, n) }
        }
        None => Figure { reason: "not_identifiable", ..Figure::plain(None, n) },
    }
}

/// Runs the program over some periods of a grain.
fn run(folder: &Path, grain: &str, periods: &[Period], as_of: &str) {
    let output = Command::new(env!("CARGO_BIN_EXE_farol"))
        .args(["backfill", "--only", "figures", "--quiet", "--report", &format!("of_{grain}"), "--as-of", as_of])
        .args(["--from", &periods[0].name, "--to", &periods[periods.len() - 1].name])
        .arg("--config")
        .arg(folder.join("config"))
        .arg("--out")
        .arg(folder.join("out"))
        .arg("--state")
        .arg(folder.join("state"))
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {grain}: {told}", folder.display());
}

/// Holds every figure of some periods of a grain against the oracle's.
pub(crate) fn compare(
    folder: &Path,
    known: &Known,
    catalogue: &[&str],
    grain: &'static str,
    periods: &[Period],
    differences: &mut Differences,
) {
    run(folder, grain, periods, &known.choices.as_of.to_string());
    let file = read(&folder.join(format!("out/of_{grain}/figures.csv")));
    let names: BTreeSet<_> = periods.iter().map(|period| period.name.clone()).collect();
    assert_eq!(file.keys().cloned().collect::<BTreeSet<_>>(), names);
    let scores = Scores::default();
    for period in periods {
        let view = View::new(known, period);
        let mut rows = file[&period.name].clone();
        let is_open = view.is_open();
        let cells = view.cells();
        for &kpi in catalogue {
            let configured = known.choices.has_subscriptions || !NEED_SUBSCRIPTIONS.contains(&kpi);
            if WITHOUT_ROWS.contains(&kpi) || !configured {
                continue;
            }
            let mut expected: Vec<(String, String, Figure)> = Vec::new();
            if kpi == "clv_12m" {
                expected = next_year(&view, &cells, &rows, differences);
            } else if BY_PARTS.contains(&kpi) {
                expected = parts(&view, kpi);
            } else {
                let own = row_cells(&view, kpi);
                for cell in cells.iter().chain(&own) {
                    if cell.dimension == "total" && IN_SEGMENTS_ONLY.contains(&kpi) {
                        continue;
                    }
                    let figure =
                        figure(&view, &scores, kpi, cell).unwrap_or_else(|| panic!("the oracle does not know {kpi}"));
                    expected.push((cell.dimension.clone(), cell.segment.clone(), figure));
                }
            }
            for (dimension, segment, figure) in expected {
                let place = format!("{} {} {dimension} {segment}", folder.display(), period.name);
                match rows.remove(&(dimension.clone(), segment, kpi.to_owned())) {
                    Some(row) => hold(&place, &row, &figure, is_open, differences),
                    // A cell in which there is nothing at all need not be told.
                    None if dimension != "total" && is_void(&figure, !DECLARED.contains(&dimension.as_str())) => {}
                    None => differences.add(kpi, "missing", format!("{place}: {figure:?}")),
                }
            }
        }
        for ((dimension, segment, kpi), row) in rows {
            let place = format!("{} {} {dimension} {segment}", folder.display(), period.name);
            let declared = DECLARED.contains(&dimension.as_str());
            let nobody = view.empty(&dimension, &segment);
            let empty = match kpi.as_str() {
                "clv_12m" => Some(next_year_of(&view, &nobody, None)),
                kpi => figure(&view, &scores, kpi, &nobody),
            };
            match empty.filter(|_| declared && catalogue.contains(&kpi.as_str())) {
                Some(empty) => hold(&place, &row, &empty, is_open, differences),
                None => differences.add(&kpi, "unexpected", format!("{place}: {row:?}")),
            }
        }
    }
}
