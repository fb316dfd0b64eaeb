//! The view model: everything a report says, already in words, in the order in which it is read.
//!
//! Knows no computing: what is compared, tested or judged was so before. Stored as `report.json`, it renders again to the
//! same bytes.

mod anchors;
pub(super) mod calls;
mod cards;
pub(super) mod changes;
mod charts;
mod drawing;
mod facts;
mod input;
mod method;
mod parts;
mod places;
mod quality;
mod restated;
pub(super) mod segments;
mod sheets;
mod text;
mod themes;
mod variants;
mod workbook;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use charts::companions;
pub use drawing::*;
pub(super) use facts::{Facts, TOTAL};
pub use input::{
    Again, Call, CustomerRow, Input, Missed, Provenance, Quote, QuoteSide, SourceQuality, Standing, Standings,
};
pub use parts::*;
pub(super) use places::Places;
pub(crate) use text::page_name;
pub(super) use text::{at_start, clean, cut, cut_outside_brackets, within_sentence};
pub use workbook::*;

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
    /// `Sent again: WHY`; none for the first.
    pub sent_again: Option<String>,
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
    /// The first of them, without what they lack; none in a report stored by an earlier version.
    #[serde(default)]
    pub not_configured_short: Option<String>,
    /// What changed.
    pub changes: Changes,
    /// What the segment tables hold.
    pub segments_note: String,
    /// One table a dimension.
    pub tables: Vec<SegmentTable>,
    /// Whom to call.
    pub calls: Calls,
    /// What comments are about.
    #[serde(default)]
    pub themes: Themes,
    /// What charts show.
    pub charts_note: String,
    /// The charts.
    pub charts: Vec<Chart>,
    /// What was sent before and is no longer so.
    #[serde(default)]
    pub restated: Restated,
    /// How the data arrived.
    pub quality: Quality,
    /// What the definitions are.
    pub method_note: String,
    /// How each figure is counted.
    pub method: Vec<Method>,
    /// Where the figures come from.
    pub provenance: ProvenanceView,
    /// The workbook, where the report is sent with one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub workbook: Option<Workbook>,
    /// Titles and labels of the templates.
    pub words: BTreeMap<String, String>,
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
    let (cards, more) = cards::build(&facts);
    let tables = segments::build(&facts);
    let calls = calls::build(&facts);
    let places = Places::new(&cards, &more, &tables, &calls);
    let themes = themes::build(&facts);
    let story = narrative::tell(&facts, &places, &themes);
    let changes = changes::build(&facts, &places);
    let charts = charts::build(&facts, &story.sentences);
    let restated = restated::build(&facts, &places);
    let method = method::build(&facts);
    let (title, scope) = (text::title(&facts), text::scope(&facts));
    View {
        format: FORMAT,
        report: input.report_id.to_owned(),
        language: locale.html_lang().to_owned(),
        direction: "ltr".to_owned(),
        company: clean(&input.company.name),
        report_name: text::report_name(&facts),
        workbook: sheets::build(&facts, &title, scope.as_deref(), &method),
        title,
        period: text::period(&facts),
        scope,
        revision: text::revision(&facts),
        sent_again: text::sent_again(&facts),
        subject: narrative::subject(&facts, &text::report_name(&facts), &story.told),
        preheader: story.preheader,
        headline: story.headline,
        narrative: story.sentences,
        pulse: cards::pulse(&facts),
        contents: text::contents(
            &facts,
            &[
                ("segments", !tables.is_empty()),
                ("calls", !calls.note.is_empty()),
                ("themes", !themes.is_empty()),
                ("charts", !charts.is_empty()),
                ("restated", !restated.rows.is_empty()),
            ],
        ),
        figures_note: text::figures_note(&facts),
        not_configured: text::not_configured(&facts),
        not_configured_short: text::not_configured_short(&facts),
        segments_note: facts.text("report-segments-note"),
        charts_note: facts.text("report-charts-note"),
        quality: quality::build(&facts),
        method_note: facts.text("report-method-note"),
        method,
        provenance: quality::provenance(&facts),
        words: text::words(&facts),
        cards,
        more,
        changes,
        tables,
        calls,
        themes,
        charts,
        restated,
    }
}
