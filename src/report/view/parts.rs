//! The parts of a report, each as finished text with the numbers that only machines read.
//!
//! Structures without behaviour: templates place their fields, nothing computes with them.

use serde::{Deserialize, Serialize};

use super::drawing::Drawing;

/// A period as it is written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PeriodView {
    /// `2026-10`.
    pub id: String,
    /// `October 2026`, as it stands in a sentence.
    pub long: String,
    /// The same as it stands alone: `Outubro de 2026`.
    pub title: String,
    /// `Oct 2026`.
    pub short: String,
    /// First day, ISO 8601: for machines.
    pub first: String,
    /// First and last day: `1–31 October 2026`.
    pub span: String,
}

/// What a statement means for the reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tone {
    /// Good news.
    Good,
    /// Bad news.
    Bad,
    /// Neither, or not known.
    Neutral,
    /// Something to do.
    Act,
}

/// Which way a figure moved, as far as can be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// Up.
    Rise,
    /// Down.
    Fall,
    /// Nowhere, or nowhere that can be told from chance.
    Steady,
}

/// One sentence of the narrative.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sentence {
    /// Good or bad news.
    pub tone: Tone,
    /// The sentence.
    pub text: String,
    /// The same, cut where names lead to their place in the report; empty in a report stored by an earlier version.
    #[serde(default)]
    pub spans: Vec<Span>,
    /// The figures that it rests on; none if it rests on the list of customers alone.
    #[serde(default)]
    pub figures: Vec<Basis>,
}

/// A part of a sentence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// The text.
    pub text: String,
    /// Id of the place in the report that it leads to.
    pub anchor: Option<String>,
}

/// Which figure a sentence rests on, by the keys of `figures.csv`; of names only what can be seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Basis {
    /// The period's id.
    pub period: String,
    /// `total`, `plan`.
    pub dimension: String,
    /// `total`, `Pro`.
    pub segment: String,
    /// The KPI's id.
    pub kpi: String,
}

/// A label and what it says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact {
    /// The label.
    pub label: String,
    /// The value.
    pub value: String,
}

/// A link within the report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// The target's id.
    pub anchor: String,
    /// What is there.
    pub title: String,
}

/// The state of the figures at a glance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pulse {
    /// What is counted.
    pub title: String,
    /// Best first; no part is empty.
    pub parts: Vec<PulsePart>,
    /// Two or three sizes that put the rest in proportion.
    pub facts: Vec<Fact>,
}

/// How many figures stand in one colour.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PulsePart {
    /// `green`, `yellow`, `red`, or `none` for what is not judged.
    pub status: String,
    /// How many.
    pub count: u64,
    /// What they are.
    pub label: String,
}

/// One KPI of the total.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Card {
    /// Id of its place in the report.
    pub anchor: String,
    /// The KPI's id.
    pub kpi: String,
    /// Its name.
    pub name: String,
    /// Its name where room is short.
    pub short: String,
    /// Whether there is a value.
    pub known: bool,
    /// The value, compact, or "n/a".
    pub value: String,
    /// The value in full.
    pub full: String,
    /// The value in full precision for machines; empty if there is none.
    pub exact: String,
    /// Unit where the value does not carry it.
    pub unit: Option<String>,
    /// Why there is no value.
    pub why: Option<String>,
    /// `provisional` and the like; none if final.
    pub maturity: Option<String>,
    /// `green`, `yellow`, `red` or `none`.
    pub status: String,
    /// The band's name.
    pub band: Option<String>,
    /// `46 to 58`.
    pub interval: Option<String>,
    /// Units behind it.
    pub n: Option<String>,
    /// On the previous period, then on the year before.
    pub changes: Vec<Moved>,
    /// The target.
    pub target: Option<TargetView>,
    /// Its values over the history; only for two and more.
    pub spark: Option<Drawing>,
}

/// A change against an earlier period.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moved {
    /// Which way.
    pub direction: Direction,
    /// What that means.
    pub tone: Tone,
    /// `clear rise`, `clear fall`, `no clear change`.
    pub word: String,
    /// `+4 on Sep 2026`.
    pub text: String,
}

/// A target and whether it is met.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TargetView {
    /// What that means.
    pub tone: Tone,
    /// `Target 55`.
    pub label: String,
    /// `met`, `missed`, `cannot tell`.
    pub text: String,
}

/// What changed beyond chance.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Changes {
    /// What was compared and how.
    pub note: String,
    /// Those on the previous period, those on the year before, then counts; of each, largest effect first.
    pub rows: Vec<ChangeRow>,
    /// Whether any row says what drives it.
    pub has_drivers: bool,
    /// How many more there are.
    #[serde(default)]
    pub more: Option<String>,
    /// What is said if there is none.
    pub none: String,
}

/// One change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChangeRow {
    /// Where its figure stands in the report.
    pub anchor: String,
    /// The KPI's name.
    pub name: String,
    /// The segment; none for the total.
    pub segment: Option<String>,
    /// Which way.
    pub direction: Direction,
    /// What that means.
    pub tone: Tone,
    /// `+4 points`.
    pub difference: String,
    /// `clear rise`.
    pub word: String,
    /// The earlier value.
    pub from: String,
    /// The value now.
    pub to: String,
    /// The period compared with.
    pub against: String,
    /// The segment that drives it, in words.
    pub driver: String,
}

/// Segments against KPIs for one dimension.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SegmentTable {
    /// What it shows.
    pub caption: String,
    /// The dimension's name as the reader knows it.
    pub dimension: String,
    /// Names of the KPIs.
    pub columns: Vec<String>,
    /// How the ids of a column's cells begin; a dot and the row's anchor follow.
    #[serde(default)]
    pub anchors: Vec<String>,
    /// The total first, then the segments, largest first.
    pub rows: Vec<SegmentRow>,
    /// How many segments are left out, in words.
    pub note: Option<String>,
    /// What a dash in place of a figure means, where there is one.
    #[serde(default)]
    pub dash: Option<String>,
    /// How many segments are left out.
    #[serde(default)]
    pub left_out: u64,
    /// By what the segments are ordered.
    #[serde(default)]
    pub order: Order,
}

/// What makes a segment large.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Order {
    /// Its monthly revenue.
    Revenue,
    /// Its customers.
    Customers,
    /// The cases behind its figures.
    #[default]
    Cases,
}

/// One segment's figures.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SegmentRow {
    /// Id of its place in the report.
    pub anchor: String,
    /// Its name.
    pub name: String,
    /// Whether it is the total.
    pub is_total: bool,
    /// One cell a column.
    pub cells: Vec<SegmentCell>,
}

/// One segment's figure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SegmentCell {
    /// The value or "n/a".
    pub value: String,
    /// `green`, `yellow`, `red` or `none`.
    pub status: String,
    /// The band's name.
    pub band: Option<String>,
    /// Why there is no value, or what else is to be said.
    pub note: Option<String>,
    /// A change that is real, in words; none otherwise.
    pub moved: Option<String>,
    /// Its direction.
    pub direction: Direction,
    /// Its meaning.
    pub tone: Tone,
    /// Why it is there or not, as far as a shorter table needs to know.
    #[serde(default)]
    pub state: CellState,
}

/// What a shorter table goes by when it chooses segments and figures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CellState {
    /// A value.
    #[default]
    Known,
    /// A value in the red, or one that misses its target.
    Trouble,
    /// No value.
    Absent,
    /// A value that may not be seen.
    Withheld,
}

/// Whom to call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Calls {
    /// How many there are.
    pub note: String,
    /// Those at risk, then those to renew or expand; empty for who may not see names.
    pub lists: Vec<CallList>,
}

/// Customers to call for one reason.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CallList {
    /// Why they are listed.
    pub caption: String,
    /// Most important first.
    pub rows: Vec<CallRow>,
    /// Whether any row says why or what to do.
    pub has_reasons: bool,
    /// Whether any row says what to do.
    #[serde(default)]
    pub has_advice: bool,
    /// What to do about most of them, where that is one thing; then only the others say what to do.
    #[serde(default)]
    pub advice: Option<String>,
    /// How many customers there are, shown or not.
    #[serde(default)]
    pub count: u64,
    /// How many of them are shown, where not all are.
    #[serde(default)]
    pub shown: Option<String>,
}

/// One customer to call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallRow {
    /// Name.
    pub name: String,
    /// Segment.
    pub segment: Option<String>,
    /// Monthly revenue.
    pub mrr: String,
    /// Health score.
    pub health: Option<String>,
    /// Its colour.
    pub status: String,
    /// What pulls it down.
    pub reasons: String,
    /// What to do.
    pub advice: String,
    /// The day of the next renewal.
    pub renewal: String,
}

/// What comments are about, and in which terms.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Themes {
    /// How many comments there are.
    pub note: String,
    /// The figures of a theme.
    pub columns: Vec<ThemeColumn>,
    /// The themes, the most mentioned first.
    pub rows: Vec<ThemeRow>,
    /// Whether any theme is compared with the period before.
    pub has_changes: bool,
    /// The terms of detractors, and those of promoters.
    pub terms: Vec<TermList>,
    /// What these are, or that there are none; empty if nobody asks for them.
    pub terms_note: String,
    /// What quotes are, and what is hidden in them; empty if there are none.
    #[serde(default)]
    pub quotes_note: String,
}

impl Themes {
    /// Whether there is nothing to show.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty() && self.terms_note.is_empty()
    }
}

/// A figure that every theme has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ThemeColumn {
    /// Its title.
    pub title: String,
    /// Whether a phone shows it.
    pub on_phones: bool,
}

/// A theme.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ThemeRow {
    /// Its name.
    pub name: String,
    /// Its figures, as wide as the columns.
    pub cells: Vec<ThemeCell>,
    /// How its share moved.
    pub moved: Option<Moved>,
    /// What people wrote of it.
    #[serde(default)]
    pub quotes: Vec<QuoteView>,
}

/// A comment, redacted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuoteView {
    /// The text.
    pub text: String,
    /// Whose it is; none if that is not said.
    pub who: Option<String>,
}

/// A figure of a theme.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ThemeCell {
    /// Its value.
    pub value: String,
    /// Its interval, or why there is no value.
    pub note: Option<String>,
    /// The length of its bar in percent.
    pub bar: Option<f64>,
}

/// Terms of one side.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TermList {
    /// Who says them more.
    pub caption: String,
    /// The terms, the most telling first.
    pub terms: Vec<TermView>,
}

/// A term.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TermView {
    /// As it is written.
    pub term: String,
    /// How many people say it.
    pub people: String,
}

/// Figures that were sent before and are others now.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Restated {
    /// What they are; empty if there are none.
    pub note: String,
    /// Totals before segments, largest difference first.
    pub rows: Vec<RestatedRow>,
    /// How many more there are.
    pub more: Option<String>,
}

/// One figure that has moved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RestatedRow {
    /// Where the KPI stands in the report.
    pub anchor: String,
    /// The KPI's name.
    pub name: String,
    /// The segment; none for the total.
    pub segment: Option<String>,
    /// The period of the figure.
    pub period: String,
    /// The value that was sent.
    pub was: String,
    /// The value now.
    pub now: String,
    /// The day on which it was sent.
    pub sent: String,
    /// Why, as far as it is known.
    pub why: String,
}

/// A chart, the finding it shows, and its numbers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Chart {
    /// Id of its place in the report.
    pub anchor: String,
    /// What it draws.
    pub title: String,
    /// What it shows, in one sentence.
    pub finding: String,
    /// A remark under it.
    pub note: Option<String>,
    /// Whether it takes the whole width.
    pub wide: bool,
    /// Whether the mail shows it too.
    pub in_mail: bool,
    /// What is drawn.
    pub drawing: Drawing,
    /// The numbers behind it.
    pub table: DataTable,
}

/// A table of finished text; the first column names the row.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DataTable {
    /// What it shows.
    pub caption: String,
    /// Column titles.
    pub columns: Vec<String>,
    /// Rows, as wide as the titles.
    pub rows: Vec<Vec<String>>,
    /// Ids of the rows, where links lead to them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub anchors: Vec<String>,
}

/// How the data arrived.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quality {
    /// The whole in one sentence.
    pub note: String,
    /// Earlier reports that readers have not had; also the first of the remarks.
    pub missed: Vec<String>,
    /// Each source.
    pub sources: DataTable,
    /// Quarantine by reason, stale sources, what is provisional.
    pub remarks: Vec<String>,
}

/// How one figure is counted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Method {
    /// Id of its place in the report.
    pub anchor: String,
    /// The KPI's name.
    pub name: String,
    /// Its definition.
    pub formula: String,
    /// The variant chosen, the source of its bands.
    pub lines: Vec<String>,
}

/// Where the figures come from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProvenanceView {
    /// Run, period, time zone, configuration, version.
    pub facts: Vec<Fact>,
    /// Input files and their hashes.
    pub inputs: DataTable,
}
