//! What the user wrote, checked: four YAML files in, typed and trustworthy values out.
//!
//! Runs nothing and reads no data.

use std::collections::BTreeMap;
use std::path::PathBuf;

use chrono::NaiveDate;

use crate::calendar::{Calendar, Grain};

/// The names that a configuration may use; the pipeline fills it from the catalogue and the schema, so that this module
/// knows neither.
#[derive(Clone, Debug)]
pub struct Vocabulary {
    /// Every KPI.
    pub kpis: Vec<KpiName>,
    /// Every table with its canonical columns: (table, columns, whether other columns pass through as attributes).
    pub tables: Vec<(&'static str, Vec<&'static str>, bool)>,
}

/// What benchmarks need to know of a KPI.
#[derive(Clone, Copy, Debug)]
pub struct KpiName {
    /// Its id.
    pub id: &'static str,
    /// Smallest value.
    pub low: f64,
    /// Greatest value; may be infinite.
    pub high: f64,
}

/// The whole configuration; only `pipeline` and `cli` see all of it, every stage gets its slice.
#[derive(Clone, Debug)]
pub struct Config {
    /// The folder it was read from.
    pub folder: PathBuf,
    /// sha256 over the four files, hexadecimal.
    pub hash: String,
    /// Name, language, currency, calendar.
    pub company: Company,
    /// Pinned "today", for fixed data.
    pub as_of: Option<NaiveDate>,
    /// Folder of ledger and caches, resolved against the configuration's folder.
    pub state: PathBuf,
    /// Folder of the reports.
    pub out: PathBuf,
    /// Table name → where it comes from; only names of the vocabulary.
    pub sources: BTreeMap<String, Source>,
    /// Declared dimensions, in the order written; `total` is always there and not listed.
    pub dimensions: Vec<Dimension>,
    /// Attributes that live in another table: attribute → table.column.
    pub attributes: BTreeMap<String, String>,
    /// Days after its end at which a period is closed.
    pub close_lag_days: i64,
    /// Small groups and quotes.
    pub privacy: Privacy,
    /// What runs when.
    pub schedule: Vec<Schedule>,
    /// How mail leaves.
    pub delivery: Delivery,
    /// `kpis.yaml`.
    pub choices: Choices,
    /// `benchmarks.yaml`: KPI id → benchmark.
    pub benchmarks: BTreeMap<String, Benchmark>,
    /// `reports.yaml`: report id → report, in alphabetical order.
    pub reports: BTreeMap<String, ReportPlan>,
}

/// The company.
#[derive(Clone, Debug)]
pub struct Company {
    /// Its name.
    pub name: String,
    /// Default language of its readers, a BCP 47 tag.
    pub locale: String,
    /// ISO 4217 code of the reporting currency.
    pub currency: String,
    /// Zone and fiscal year.
    pub calendar: Calendar,
}

/// One table's source.
#[derive(Clone, Debug, PartialEq)]
pub struct Source {
    /// Paths or globs, resolved against the configuration's folder.
    pub paths: Vec<PathBuf>,
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

/// A way of cutting the customers: one attribute, or several crossed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dimension(pub Vec<String>);

impl Dimension {
    /// `plan`, `plan×region`.
    pub fn name(&self) -> String {
        self.0.join("×")
    }
}

/// What is withheld from mail.
#[derive(Clone, Debug)]
pub struct Privacy {
    /// Fewest respondents of a survey figure.
    pub min_group: u64,
    /// Whether comments may be quoted, redacted.
    pub quotes: bool,
}

/// One cron entry.
#[derive(Clone, Debug)]
pub struct Schedule {
    /// The report's id.
    pub report: String,
    /// The expression as written.
    pub cron: String,
    /// What to do with slots that passed while nobody ran.
    pub misfire: Misfire,
    /// Hours after which a slot is too late.
    pub max_lateness_hours: i64,
}

/// What to do with missed slots.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Misfire {
    /// Run the newest only.
    Latest,
    /// Run all, in order.
    All,
    /// Run none.
    Skip,
}

/// How mail leaves.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// Sender, `Name <address>`.
    pub from: String,
    /// Who hears of faults.
    pub operators: Vec<String>,
    /// Domains that may receive mail; empty: any.
    pub allowed_domains: Vec<String>,
    /// The way.
    pub transport: Transport,
}

/// The way mail leaves.
#[derive(Clone, Debug)]
pub enum Transport {
    /// Files in a maildir; needs no server.
    Maildir(PathBuf),
    /// A mail server.
    Smtp(Smtp),
}

/// A mail server.
#[derive(Clone, Debug)]
pub struct Smtp {
    /// Host name, as its certificate says it.
    pub host: String,
    /// Port.
    pub port: u16,
    /// How the connection is protected.
    pub tls: Tls,
    /// PEM file of the CA to trust besides the public ones.
    pub tls_ca_file: Option<PathBuf>,
    /// User and password, resolved.
    pub credentials: Option<(Secret, Secret)>,
}

/// How the connection is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tls {
    /// TLS from the first byte (port 465).
    Implicit,
    /// STARTTLS, required (port 587).
    Starttls,
    /// None: only to a loopback address.
    None,
}

/// A secret that shows itself to nobody by accident.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Hides a value.
    pub fn new(value: String) -> Self {
        Self(value)
    }

    /// The value, for the one place that sends it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("(secret)")
    }
}

/// The colour of a band.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Bad.
    Red,
    /// Middling.
    Yellow,
    /// Good.
    Green,
}

impl Status {
    /// As YAML and `figures.csv` write it.
    pub fn id(self) -> &'static str {
        match self {
            Self::Red => "red",
            Self::Yellow => "yellow",
            Self::Green => "green",
        }
    }
}

/// A KPI's benchmark.
#[derive(Clone, Debug, Default)]
pub struct Benchmark {
    /// The grain that bands and targets hold for.
    pub per: Option<Grain>,
    /// Half-open bands, ascending, the last one closed, covering the KPI's range.
    pub bands: Vec<Band>,
    /// Where the bands come from.
    pub source: Option<String>,
    /// Targets, oldest first.
    pub targets: Vec<Target>,
    /// Alerts.
    pub alert: Alerts,
}

/// A half-open band `[from, to)`.
#[derive(Clone, Debug)]
pub struct Band {
    /// Lower limit, −∞ if open.
    pub from: f64,
    /// Upper limit, +∞ if open.
    pub to: f64,
    /// Its id; defaults to its status.
    pub id: String,
    /// Its colour.
    pub status: Status,
    /// Its name by language tag.
    pub label: BTreeMap<String, String>,
}

/// A target from a month on.
#[derive(Clone, Debug)]
pub struct Target {
    /// First day from which it holds.
    pub from: NaiveDate,
    /// For the total.
    pub total: Option<f64>,
    /// Dimension → segment → target.
    pub segments: BTreeMap<String, BTreeMap<String, f64>>,
}

/// When to raise an alarm.
#[derive(Clone, Debug, Default)]
pub struct Alerts {
    /// Below this value.
    pub below: Option<f64>,
    /// Above this value.
    pub above: Option<f64>,
    /// Fell by this much, really.
    pub drop_of: Option<f64>,
    /// Rose by this much, really.
    pub rise_of: Option<f64>,
}

/// A text in several languages: tag → text.
pub type Translated = BTreeMap<String, String>;

/// One report of `reports.yaml`.
#[derive(Clone, Debug)]
pub struct ReportPlan {
    /// Title with `{period}`.
    pub title: Translated,
    /// Grain of its periods.
    pub grain: Grain,
    /// KPI ids, in order, from the catalogue; `all` is resolved to every one.
    pub kpis: Vec<String>,
    /// Dimensions shown; each is declared in `segments:` of farol.yaml.
    pub segments: Vec<Dimension>,
    /// Periods in the trend charts.
    pub history: u32,
    /// Attachments: `html` (the full report), `csv` (figures).
    pub attach: Vec<String>,
    /// Who gets it.
    pub recipients: Vec<Recipient>,
}

/// Who gets a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipient {
    /// Address, perhaps with a name.
    pub to: String,
    /// Language tag.
    pub locale: String,
    /// May see customers' names.
    pub names: bool,
    /// Attribute → value: only these customers are added up for this recipient.
    pub only: BTreeMap<String, String>,
}

/// `kpis.yaml`: every choice that changes a number.
#[derive(Clone, Debug)]
pub struct Choices {
    /// Confidence level of intervals, 0–1.
    pub confidence: f64,
    /// Days after an order for which a customer counts as active.
    pub active_window_days: i64,
    /// Days a customer may be away without its lifetime ending.
    pub churn_gap_days: i64,
    /// NPS.
    pub nps: NpsChoices,
    /// CSAT scale, and the lowest satisfied score.
    pub csat: CsatChoices,
    /// CES.
    pub ces: CesChoices,
    /// FCR.
    pub fcr: FcrChoices,
    /// Value.
    pub value: ValueChoices,
    /// Lifetime.
    pub lifetime: LifetimeChoices,
    /// Days in which on-boarding must complete.
    pub onboarding_window_days: i64,
    /// Days in which a lead must convert.
    pub conversion_window_days: i64,
    /// Turnover.
    pub turnover: TurnoverMethod,
    /// Theme id → language → stems.
    pub themes: BTreeMap<String, BTreeMap<String, Vec<String>>>,
    /// Health score.
    pub health: HealthChoices,
    /// CHI.
    pub chi: ChiChoices,
}

/// NPS choices.
#[derive(Clone, Debug)]
pub struct NpsChoices {
    /// The kind that counts where the column has any of it.
    pub kind: String,
    /// Role group → roles.
    pub roles: BTreeMap<String, Vec<String>>,
    /// Days in which an answer may still come.
    pub answer_window_days: i64,
}

/// CSAT choices.
#[derive(Clone, Debug)]
pub struct CsatChoices {
    /// Lowest and highest score.
    pub scale: (i64, i64),
    /// Lowest satisfied score.
    pub satisfied: i64,
}

/// CES choices.
#[derive(Clone, Debug)]
pub struct CesChoices {
    /// Lowest and highest score.
    pub scale: (i64, i64),
    /// Whether a higher score is better.
    pub higher_is_better: bool,
}

/// Which tickets FCR divides by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FcrDenominator {
    /// All opened in the period.
    Opened,
    /// Those resolved in the period.
    Resolved,
}

/// FCR choices.
#[derive(Clone, Debug)]
pub struct FcrChoices {
    /// Denominator.
    pub denominator: FcrDenominator,
    /// Days in which a ticket may still be reopened.
    pub reopen_window_days: i64,
}

/// Where value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueSource {
    /// MRR.
    Subscriptions,
    /// Orders.
    Orders,
}

/// Value choices.
#[derive(Clone, Debug)]
pub struct ValueChoices {
    /// Source; unset: subscriptions if that table is configured, else orders.
    pub source: Option<ValueSource>,
    /// Months of the window for frequency.
    pub window_months: u32,
    /// Margin on revenue, 0–1.
    pub gross_margin: f64,
}

/// How lifetime is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LifetimeMethod {
    /// Restricted mean of the Kaplan–Meier curve.
    KaplanMeier,
    /// 1 / churn.
    InverseChurn,
    /// Mean of what was observed, biased low.
    Observed,
}

/// Lifetime choices.
#[derive(Clone, Debug)]
pub struct LifetimeChoices {
    /// Method.
    pub method: LifetimeMethod,
    /// Horizon of the restricted mean, in months.
    pub horizon_months: i64,
}

/// How turnover is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TurnoverMethod {
    /// ((joined + left) / 2) / head-count at start.
    Rotation,
    /// left / mean head-count.
    Leavers,
}

/// A customer's measurable trait at a period's end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Signal {
    /// Days with usage in the window.
    ActiveDays,
    /// Events in the window.
    Events,
    /// Distinct features used in the window.
    DistinctFeatures,
    /// Events of the window ÷ events of the one before.
    UsageTrend,
    /// Days since the last usage.
    DaysSinceUsage,
    /// Mean of each respondent's latest NPS score in the window.
    LastNps,
    /// Mean of each respondent's latest CSAT score in the window.
    LastCsat,
    /// Tickets opened in the window.
    Tickets,
    /// Tickets open at the end.
    OpenTickets,
    /// Share of own tickets in the window resolved at first contact, 0–100.
    Fcr,
    /// Interactions in the window.
    Interactions,
    /// Goal attainment in the window, 0–100.
    GoalAttainment,
    /// Whole months since first activity.
    TenureMonths,
    /// MRR ÷ MRR a window ago.
    MrrTrend,
    /// Days to the next renewal.
    DaysToRenewal,
}

/// A length of time before a period's end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Window {
    /// Civil days.
    Days(i64),
    /// Civil months.
    Months(u32),
}

/// What a missing signal does to a score.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// Its weight leaves.
    Skip,
    /// It scores half.
    Neutral,
    /// It scores nothing.
    Zero,
}

/// One weighted part of a score.
#[derive(Clone, Debug)]
pub struct Component {
    /// Its id.
    pub id: String,
    /// What it measures.
    pub signal: Signal,
    /// Only interactions of this kind.
    pub kind: Option<String>,
    /// Over how long.
    pub window: Window,
    /// Its weight.
    pub weight: f64,
    /// Piecewise linear: (signal, score), ascending by signal, clamped at its ends.
    pub scale: Vec<(f64, f64)>,
    /// What if it is unknown.
    pub missing: Missing,
}

/// Health score choices.
#[derive(Clone, Debug)]
pub struct HealthChoices {
    /// Least share of the weight that must be known, 0–1.
    pub min_coverage: f64,
    /// Parts; scores 0–100.
    pub components: Vec<Component>,
    /// Bands 0–100.
    pub bands: Vec<Band>,
    /// Component id → advice by language.
    pub playbook: BTreeMap<String, Translated>,
}

/// CHI choices.
#[derive(Clone, Debug)]
pub struct ChiChoices {
    /// Least share of the weight that must be known, 0–1.
    pub min_coverage: f64,
    /// Parts; scores 0–1, weights sum to 10.
    pub criteria: Vec<Component>,
}
