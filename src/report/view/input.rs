//! What a report is made of: everything that the stages before it found out, as values.
//!
//! Holds facts only; no formatted text, and no address of whoever receives the report.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::calendar::Period;
use crate::config::{Benchmark, Choices, Company, ReportPlan, Status};
use crate::insight::Told;
use crate::judgement::{Courses, Keys, Verdict};

/// Everything a report says, for one period and one scope of recipients.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    /// The report's id in `reports.yaml`.
    pub report_id: &'a str,
    /// What it shows.
    pub plan: &'a ReportPlan,
    /// Whose report it is.
    pub company: &'a Company,
    /// KPI id → bands and targets.
    pub benchmarks: &'a BTreeMap<String, Benchmark>,
    /// The choices behind the numbers.
    pub choices: &'a Choices,
    /// The period shown.
    pub period: &'a Period,
    /// Figures of the shown period and of every earlier one in the history, in any order; for the charts, also those of
    /// [`companions`](super::companions).
    pub verdicts: &'a [Verdict],
    /// Figures that this scope may not see because too few people are behind them.
    pub withheld: &'a Keys,
    /// Fewest respondents of a figure that is shown.
    pub min_group: u64,
    /// KPIs of the plan that cannot be computed: id and the columns that are missing (`surveys.score`).
    pub not_configured: &'a [(&'static str, Vec<String>)],
    /// Whom to call, most important first; empty if nobody, or if nothing is known.
    pub customers: &'a [CustomerRow],
    /// How long customers stay, where the report tells of it.
    pub courses: Option<&'a Courses>,
    /// Where single customers stand; only for those who may see names.
    pub standings: Option<&'a Standings>,
    /// What customers wrote of themes, redacted, in the order in which it is shown; empty where nothing may be quoted.
    pub quotes: &'a [Quote],
    /// What these readers were told before, of periods of the history.
    pub told: &'a [Told],
    /// Every source that was read.
    pub data_quality: &'a [SourceQuality],
    /// Where the figures come from.
    pub provenance: &'a Provenance,
    /// Earlier reports that readers have not had, by period.
    pub missed: &'a [Missed],
    /// 1 for the first time this report is made for this period; above, a revision.
    pub revision: u32,
    /// Why it is sent again.
    pub reason: Option<Again<'a>>,
    /// What part of the customers the recipients see, attribute → value; empty if all.
    pub scope: &'a BTreeMap<String, String>,
    /// Whether the recipients may see customers' names.
    pub names: bool,
}

/// Why a report is sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Again<'a> {
    /// In the words of whoever sends it.
    For(&'a str),
    /// It was sent before its period had ended.
    Ended,
}

/// A comment, or a part of one, in which what could tell who wrote it is hidden.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quote {
    /// The theme that it mentions.
    pub theme: String,
    /// Whose it is, where enough people stand on that side.
    pub side: Option<QuoteSide>,
    /// The text.
    pub text: String,
}

/// On which side of NPS somebody stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum QuoteSide {
    /// Scores of 0 to 6.
    Detractor,
    /// Scores of 9 and 10.
    Promoter,
}

/// Why a customer is on the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Call {
    /// May leave.
    AtRisk,
    /// May renew early or buy more.
    Expansion,
}

/// A customer to call.
#[derive(Clone, Debug, PartialEq)]
pub struct CustomerRow {
    /// Why.
    pub call: Call,
    /// The customer's name, or its id where it has none.
    pub name: String,
    /// The segment that tells the reader most (`Pro`, `Enterprise`).
    pub segment: Option<String>,
    /// Monthly revenue in units of the currency.
    pub mrr: f64,
    /// Health score, 0–100.
    pub health: Option<f64>,
    /// The colour of its band.
    pub status: Option<Status>,
    /// Ids of the health components that pull it down most, worst first; the first one's playbook is the advice.
    pub reasons: Vec<String>,
    /// Whole days until the next renewal; negative if it has passed.
    pub days_to_renewal: Option<i64>,
}

/// Where customers stand at the period's end.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Standings {
    /// The largest first.
    pub customers: Vec<Standing>,
    /// Whether no customer of known health is missing.
    pub are_all: bool,
}

/// Where one paying customer stands.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Standing {
    /// The customer's name, or its id where it has none.
    pub name: String,
    /// Monthly revenue in units of the currency; above 0.
    pub mrr: f64,
    /// Health score, 0–100.
    pub health: f64,
    /// The same at the end of the period before, where it is known.
    pub health_before: Option<f64>,
    /// Whole days until the next renewal; negative if it has passed.
    pub days_to_renewal: Option<i64>,
}

/// How one source arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceQuality {
    /// Canonical table.
    pub table: String,
    /// Rows that hold the contract.
    pub rows: u64,
    /// Day of its newest row.
    pub newest: Option<NaiveDate>,
    /// Day of its first row; none where its rows are no events.
    pub oldest: Option<NaiveDate>,
    /// Whether that day is older than the configuration allows.
    pub is_stale: bool,
    /// Reason code → rows that were set aside for it.
    pub quarantined: BTreeMap<String, u64>,
}

/// An earlier report that was due and that nobody has had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missed {
    /// What it would have been of.
    pub period: Period,
    /// Whether it was tried, and not done in time; else nobody was there to try.
    pub was_tried: bool,
}

/// Where the figures come from, so that they can be made again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Provenance {
    /// Version of the program.
    pub version: String,
    /// The run's id.
    pub run: String,
    /// The instant as of which the data are read, as local date and time of the company.
    pub as_of: chrono::NaiveDateTime,
    /// sha256 of the configuration, hexadecimal.
    pub config_hash: String,
    /// Input file (as the user named it) → sha256, hexadecimal, and rows.
    pub inputs: Vec<(String, String, u64)>,
}
