//! What is said of one figure, as it is serialised.
//!
//! Values only; nothing is found out here.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use serde::Serialize;

use super::definitions::Other;
use super::numbers;
use super::refusals::internal;
use super::rows::Book;
use crate::config::Status;
use crate::diagnostic::Diagnostic;
use crate::error::{Exit, Failure, Result};
use crate::judgement::{Change, TargetMet, Verdict};
use crate::kpi::Reading;
use crate::pipeline::Scope;
use crate::tables::schema::Table;

/// Everything that is to be said of one figure.
#[derive(Clone, Debug, Serialize)]
pub struct Explanation {
    /// The KPI's id.
    pub kpi: &'static str,
    /// Its name in English.
    pub name: String,
    /// The period and its days.
    pub period: Days,
    /// `total`, `plan`, `channel`.
    pub dimension: String,
    /// `total`, `Pro`, `email`.
    pub segment: String,
    /// The part of the customers that rows, or a dimension of the KPI's own, are cut within.
    pub within: Scope,
    /// The value, unrounded; none: [`Explanation::note`] says why.
    pub value: Option<f64>,
    /// As people read it.
    pub shown: String,
    /// Its unit.
    pub unit: &'static str,
    /// ISO 4217 code of money.
    pub currency: String,
    /// Why there is no value, or how far it may still move: a code.
    pub note: Option<&'static str>,
    /// What else is to be known of the value, as codes.
    pub remark: Option<String>,
    /// The formula in words.
    pub formula: &'static str,
    /// The formula with its numbers.
    pub in_numbers: Option<String>,
    /// Numerator, in its natural unit.
    pub numerator: Option<f64>,
    /// Denominator, in its natural unit.
    pub denominator: Option<f64>,
    /// Sampling units.
    pub n: u64,
    /// Confidence interval.
    pub interval: Option<Range>,
    /// Where formula and interval come from.
    pub source: &'static str,
    /// How it is judged.
    pub judgement: Judged,
    /// Choices of kpis.yaml that change it.
    pub choices: Vec<Choice>,
    /// Files behind it.
    pub sources: Vec<Source>,
    /// The rows that were counted; none for a KPI whose rows are not told.
    pub rows: Option<Counted>,
    /// Under other definitions, if that was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub definitions: Option<Vec<Other>>,
    /// `--rows` as CSV, if that was asked.
    #[serde(skip)]
    pub csv: Option<String>,
}

/// A period's civil days.
#[derive(Clone, Debug, Serialize)]
pub struct Days {
    /// Its name.
    pub id: String,
    /// First day.
    pub first: String,
    /// Last day.
    pub last: String,
    /// IANA zone of its midnights.
    pub timezone: String,
    /// What is stamped then or later does not exist.
    pub as_of: String,
}

/// An interval.
#[derive(Clone, Debug, Serialize)]
pub struct Range {
    /// Lower limit.
    pub low: f64,
    /// Upper limit.
    pub high: f64,
    /// Confidence, 0–1.
    pub confidence: f64,
}

/// Band, target and change.
#[derive(Clone, Debug, Serialize)]
pub struct Judged {
    /// The report as in which it is judged; none: alone.
    pub report: Option<String>,
    /// `final`, `provisional`, `immature`, `open_period`.
    pub maturity: &'static str,
    /// Id of the band.
    pub band: Option<String>,
    /// Its colour.
    pub status: Option<&'static str>,
    /// The target in force.
    pub target: Option<f64>,
    /// `yes`, `no`, `cannot_tell`.
    pub target_met: Option<&'static str>,
    /// Against the previous period, and a year before.
    pub changes: Vec<Compared>,
}

/// A change.
#[derive(Clone, Debug, Serialize)]
pub struct Compared {
    /// `previous` or `year_before`.
    pub with: &'static str,
    /// The earlier period.
    pub against: String,
    /// Its value.
    pub value: f64,
    /// This value less that one.
    pub difference: f64,
    /// p-value of the test, if one was made.
    pub p_value: Option<f64>,
    /// Real after control of the false-discovery rate.
    pub significant: Option<bool>,
}

/// A choice in force.
#[derive(Clone, Debug, Serialize)]
pub struct Choice {
    /// Key of kpis.yaml.
    pub key: String,
    /// Its value.
    pub value: String,
}

/// A table behind a figure.
#[derive(Clone, Debug, Serialize)]
pub struct Source {
    /// The table.
    pub table: &'static str,
    /// Its files.
    pub files: Vec<File>,
    /// Rows that hold their contract.
    pub kept: u64,
    /// Rows that do not exist yet.
    pub after_as_of: u64,
    /// Rows in quarantine.
    pub quarantined: u64,
    /// Broken rules by reason.
    pub reasons: BTreeMap<&'static str, u64>,
}

/// A file that was read.
#[derive(Clone, Debug, Serialize)]
pub struct File {
    /// Its path.
    pub path: String,
    /// Digest of its bytes.
    pub sha256: String,
    /// Its rows.
    pub rows: u64,
}

/// How the rows were counted.
#[derive(Clone, Debug, Serialize)]
pub struct Counted {
    /// Rows by table, use and reason, the most first.
    pub groups: Vec<Group>,
    /// What the counted rows add up to, exactly.
    pub numerator: String,
    /// The same for the denominator.
    pub denominator: String,
    /// Whether these are the figure's.
    pub adds_up: bool,
    /// What the sums are, where the figure is no quotient of sums.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sums_of: Option<&'static str>,
    /// A table whose rows outside the period are not told.
    pub unlisted: Option<&'static str>,
}

/// Rows that met the same end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Group {
    /// The table.
    pub table: &'static str,
    /// `numerator`, `denominator`, `not`.
    pub used: &'static str,
    /// Why.
    pub why: String,
    /// How many.
    pub rows: u64,
}

impl Judged {
    /// A verdict, and the report that it is of.
    pub(super) fn of(verdict: &Verdict, report: Option<&str>) -> Self {
        let compared = |with: &'static str, change: &Change| Compared {
            with,
            against: change.against.to_string(),
            value: change.value,
            difference: change.difference,
            p_value: change.p_value,
            significant: change.significant,
        };
        let previous = verdict.previous.iter().map(|change| compared("previous", change));
        // The twelve months before twelve months are those of the year before.
        let is_told = |change: &&Change| verdict.previous.as_ref().is_some_and(|told| told.against == change.against);
        let year_before = verdict.year_before.iter().filter(|change| !is_told(change));
        let year_before = year_before.map(|change| compared("year_before", change));
        Self {
            report: report.map(str::to_owned),
            maturity: verdict.maturity.code(),
            band: verdict.band.clone(),
            status: verdict.status.map(Status::id),
            target: verdict.target,
            target_met: verdict.target_met.map(TargetMet::code),
            changes: previous.chain(year_before).collect(),
        }
    }
}

impl Counted {
    /// The rows in groups, and whether they add up.
    pub(super) fn of(book: &Book, reading: &Reading) -> Self {
        let mut groups: BTreeMap<(&'static str, &'static str, &str), u64> = BTreeMap::new();
        for line in &book.lines {
            *groups.entry((line.table.name(), line.used(), &line.why)).or_default() += 1;
        }
        let order = |used: &str| ["numerator", "denominator", "not"].iter().position(|of| *of == used);
        let mut groups: Vec<Group> = groups
            .into_iter()
            .map(|((table, used, why), rows)| Group { table, used, why: why.to_owned(), rows })
            .collect();
        let place = |group: &Group| book.tables.iter().position(|table| table.name() == group.table);
        groups.sort_by_key(|group| (place(group), order(group.used), Reverse(group.rows)));
        let (numerator, denominator) = book.sums();
        Self {
            groups,
            numerator: numbers::exact(numerator, book.parts.0),
            denominator: numbers::exact(denominator, book.parts.1),
            adds_up: book.adds_up_to(reading),
            sums_of: book.quotient.map(|quotient| quotient.of),
            unlisted: book.unlisted.map(Table::name),
        }
    }
}

impl Explanation {
    /// The same as one JSON document.
    ///
    /// # Errors
    /// Never for what [`explain`] gives.
    pub fn json(&self) -> Result<String> {
        serde_json::to_string_pretty(self).map_err(|error| internal(&format!("no JSON: {error}")))
    }

    /// Whether the counted rows are the figure; what does not add up is a fault of farol's.
    ///
    /// # Errors
    /// They are not.
    pub fn check(&self) -> Result<()> {
        match &self.rows {
            Some(rows) if !rows.adds_up => {
                let what = format!("the rows counted for `{}` do not add up to the figure", self.kpi);
                let help = "one of the two is wrong: report this with the version and the table's configuration";
                Err(Failure::new(Exit::Internal, Diagnostic::error("does-not-add-up", what).help(help)))
            }
            _ => Ok(()),
        }
    }
}
