//! The view model: everything a report says, already in words, in the order in which it is read.
//!
//! Knows no computing: what is compared, tested or judged was so before. Stored as `report.json`, it renders again to the
//! same bytes.

mod calls;
mod cards;
pub(super) mod changes;
mod charts;
mod drawing;
mod facts;
mod input;
mod method;
mod quality;
mod segments;
mod text;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use charts::companions;
pub use drawing::*;
pub(super) use facts::Facts;
pub use input::{Call, CustomerRow, Input, Provenance, SourceQuality};
pub(super) use text::{at_start, clean, cut, within_sentence};

use super::narrative;
use crate::diagnostic::Diagnostic;
use crate::error::{Exit, Failure, Result};
use crate::locale::Locale;

/// The version of `report.json` that this program writes.
pub const FORMAT: u32 = 1;

/// A whole report for one language and one scope of recipients.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct View {
    /// Version of this structure.
    pub format: u32,
    /// The report's id.
    pub report: String,
    /// The locale's tag, also HTML's `lang`.
    pub language: String,
    /// `ltr` or `rtl`.
    pub direction: String,
    /// The company's name.
    pub company: String,
    /// The report's name without its period: `Customer success`.
    pub report_name: String,
    /// The report's name with its period.
    pub title: String,
    /// The period shown.
    pub period: PeriodView,
    /// What part of the customers it covers; none if all.
    pub scope: Option<String>,
    /// `revision 2`; none for the first.
    pub revision: Option<String>,
    /// The mail's subject: one line of at most 200 characters.
    pub subject: String,
    /// The line that mailboxes show after the subject.
    pub preheader: String,
    /// One sentence that says the period.
    pub headline: String,
    /// What is real, why, and what to do.
    pub narrative: Vec<Sentence>,
    /// How many figures stand in each colour.
    pub pulse: Pulse,
    /// Sections and their anchors, in order.
    pub contents: Vec<Link>,
    /// What intervals and changes mean.
    pub figures_note: String,
    /// The figures, most important first.
    pub cards: Vec<Card>,
    /// Figures beyond the cards.
    pub more: DataTable,
    /// The KPIs that cannot be computed, in one sentence.
    pub not_configured: Option<String>,
    /// What changed.
    pub changes: Changes,
    /// What the segment tables hold.
    pub segments_note: String,
    /// One table a dimension.
    pub tables: Vec<SegmentTable>,
    /// Whom to call.
    pub calls: Calls,
    /// What charts show.
    pub charts_note: String,
    /// The charts.
    pub charts: Vec<Chart>,
    /// How the data arrived.
    pub quality: Quality,
    /// What the definitions are.
    pub method_note: String,
    /// How each figure is counted.
    pub method: Vec<Method>,
    /// Where the figures come from.
    pub provenance: ProvenanceView,
    /// Titles and labels of the templates.
    pub words: BTreeMap<String, String>,
}

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
    /// Largest effect first.
    pub rows: Vec<ChangeRow>,
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
    /// The total first, then the segments, largest first.
    pub rows: Vec<SegmentRow>,
    /// How many segments are left out.
    pub note: Option<String>,
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
}

/// Whom to call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Calls {
    /// How many there are, and what the list leaves out.
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
    /// Days to renewal.
    pub renewal: String,
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
}

/// How the data arrived.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quality {
    /// The whole in one sentence.
    pub note: String,
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

impl View {
    /// As `report.json` holds it: readable, with a line end at its end.
    ///
    /// # Errors
    ///
    /// `Exit::Internal` if it cannot be written, which no view is known to cause.
    pub fn to_json(&self) -> Result<String> {
        let text = serde_json::to_string_pretty(self).map_err(|fault| {
            Failure::new(
                Exit::Internal,
                Diagnostic::error("view-unwritable", format!("cannot write the view: {fault}")),
            )
        })?;
        Ok(text + "\n")
    }

    /// Reads `report.json`.
    ///
    /// # Errors
    ///
    /// `Exit::DataRefused` for what is no view model, or one of another version.
    pub fn from_json(text: &str) -> Result<Self> {
        let refused = |message: String| {
            let fault = Diagnostic::error("view-unreadable", message);
            Failure::new(Exit::DataRefused, fault.help("make the report again with `farol run`"))
        };
        let view: Self =
            serde_json::from_str(text).map_err(|fault| refused(format!("this is no stored report: {fault}")))?;
        if view.format != FORMAT {
            return Err(refused(format!("the stored report has format {}, this program reads {FORMAT}", view.format)));
        }
        Ok(view)
    }
}

/// Puts facts into words and into order.
pub fn build(input: &Input<'_>, locale: &Locale) -> View {
    let facts = Facts::new(input, locale);
    let story = narrative::tell(&facts);
    let (cards, more) = cards::build(&facts);
    let changes = changes::build(&facts);
    let tables = segments::build(&facts);
    let calls = calls::build(&facts);
    let charts = charts::build(&facts);
    View {
        format: FORMAT,
        report: input.report_id.to_owned(),
        language: locale.html_lang().to_owned(),
        direction: "ltr".to_owned(),
        company: clean(&input.company.name),
        report_name: text::report_name(&facts),
        title: text::title(&facts),
        period: text::period(&facts),
        scope: input.scope.map(clean),
        revision: text::revision(&facts),
        subject: narrative::subject(&facts, &text::report_name(&facts)),
        preheader: story.preheader,
        headline: story.headline,
        narrative: story.sentences,
        pulse: cards::pulse(&facts),
        contents: text::contents(&facts, !tables.is_empty(), !calls.note.is_empty(), !charts.is_empty()),
        figures_note: text::figures_note(&facts),
        not_configured: text::not_configured(&facts),
        segments_note: facts.text("report-segments-note"),
        charts_note: facts.text("report-charts-note"),
        quality: quality::build(&facts),
        method_note: facts.text("report-method-note"),
        method: method::build(&facts),
        provenance: quality::provenance(&facts),
        words: text::words(locale),
        cards,
        more,
        changes,
        tables,
        calls,
        charts,
    }
}
