//! The mail: two bodies of the same content, and pictures by content id.
//!
//! Keeps the HTML below the size at which Gmail clips; addresses and MIME are the delivery's.

use std::sync::Arc;

use rayon::prelude::*;
use serde_json::{Value, json};
use tera::Context;

use super::Renderer;
use crate::diagnostic::Diagnostic;
use crate::error::{Exit, Failure, Result};
use crate::locale::Locale;
use crate::report::chart::{Frame, Theme};
use crate::report::draw;
use crate::report::narrative::LONGEST_SUBJECT;
use crate::report::view::{Calls, Card, CellState, Chart, SegmentRow, SegmentTable, View, clean, cut};
use crate::report::view::{calls, segments};

/// Bytes of HTML at most: Gmail clips at 102 kB, and what carries the mail adds some.
pub const LARGEST_HTML: usize = 90_000;

/// Cards of the mail; the other figures stand in rows.
const HEROES: usize = 4;
/// Columns of the mail's segment table.
const MOST_COLUMNS: usize = 4;
/// Width of a chart's view box, and pixels to a unit of it. On a phone of 375 px the mail has 339 for it, on which the
/// smallest letters are 11 px high.
const CHART_WIDTH: f64 = 412.0;
const CHART_SCALE: f32 = 2.0;

/// A mail without addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Email {
    /// One line, at most 200 characters, no control characters.
    pub subject: String,
    /// What mailboxes show after the subject; the HTML body holds it already.
    pub preheader: String,
    /// At most [`LARGEST_HTML`] bytes; refers to the pictures as `cid:…`.
    pub html: String,
    /// Every number, as plain text with `\n` line ends.
    pub text: String,
    /// The pictures of the HTML body, in its order.
    pub images: Vec<Picture>,
}

/// An inline picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// Content id without brackets, ASCII.
    pub cid: String,
    /// A PNG.
    pub png: Arc<[u8]>,
    /// The finding that it shows.
    pub alt: String,
}

/// How much of the detail is left out so that the mail is not clipped.
#[derive(Clone, Copy, Debug)]
struct Cut {
    segments: usize,
    customers: usize,
    changes: usize,
    rows: usize,
}

/// From everything to the least that still is the report.
const CUTS: [Cut; 5] = [
    Cut { segments: 12, customers: 5, changes: 8, rows: 60 },
    Cut { segments: 8, customers: 4, changes: 6, rows: 40 },
    Cut { segments: 5, customers: 3, changes: 5, rows: 24 },
    Cut { segments: 0, customers: 3, changes: 3, rows: 12 },
    Cut { segments: 0, customers: 0, changes: 0, rows: 6 },
];

/// The charts of the mail, drawn.
pub(super) fn drawn(view: &View, locale: &Locale) -> Vec<String> {
    shown(view).map(|chart| svg(chart, locale)).collect()
}

fn shown(view: &View) -> impl Iterator<Item = &Chart> {
    view.charts.iter().filter(|chart| chart.in_mail)
}

/// From the view, its charts as drawn, and its fields.
pub(super) fn compose(renderer: &Renderer, view: &View, svgs: Vec<String>, mut context: Context) -> Result<Email> {
    let locale = renderer.locale(view)?;
    let shown: Vec<&Chart> = shown(view).collect();
    let drawn = shown.par_iter().zip(svgs).map(|(chart, svg)| picture(renderer, chart, svg));
    let drawn: Vec<Result<Option<Picture>>> = drawn.collect();
    let drawn: Vec<Option<Picture>> = drawn.into_iter().collect::<Result<_>>()?;
    let fields = shown.iter().zip(&drawn).map(|(chart, picture)| picture_field(chart, picture.as_ref()));
    context.insert("pictures", &fields.collect::<Vec<_>>());
    Ok(Email {
        subject: cut(&clean(&renderer.fill("email/subject.txt", &context)?), LONGEST_SUBJECT),
        preheader: view.preheader.clone(),
        text: tidy(&renderer.fill("email/body.txt", &context)?),
        html: html(renderer, view, &locale, context)?,
        images: drawn.into_iter().flatten().collect(),
    })
}

/// The first cut that fits.
fn html(renderer: &Renderer, view: &View, locale: &Locale, mut context: Context) -> Result<String> {
    let mut size = 0;
    for cut in CUTS {
        cut_short(&mut context, view, locale, cut);
        let html = inlined(&renderer.fill("email/body.html", &context)?)?;
        if html.len() <= LARGEST_HTML {
            return Ok(html);
        }
        size = html.len();
    }
    let message = format!("the mail's HTML has {size} bytes, more than the {LARGEST_HTML} that mail programs show");
    let fault = Diagnostic::error("mail-too-large", message);
    Err(Failure::new(Exit::Config, fault.help("shorten the mail's template, or show fewer KPIs in this report")))
}

/// What the template places, with detail left out.
fn cut_short(context: &mut Context, view: &View, locale: &Locale, cut: Cut) {
    let (mut changes, mut calls) = (view.changes.clone(), view.calls.clone());
    changes.rows.truncate(cut.changes);
    for list in &mut calls.lists {
        list.rows.truncate(cut.customers);
        list.shown = calls::shown(locale, list.rows.len(), list.count);
    }
    calls.lists.retain(|list| !list.rows.is_empty());
    let heroes = HEROES.min(view.cards.len());
    let (first, rest) = view.cards.split_at_checked(heroes).unwrap_or_default();
    let plain = || view.tables.iter().find(|table| !table.dimension.contains('×'));
    let table = told_of(view).or_else(plain).or(view.tables.first());
    let table = table.filter(|_| cut.segments > 0).map(|table| narrow(view, table, locale, cut.segments));
    let customers = |calls: &Calls| calls.lists.iter().map(|list| list.rows.len()).sum::<usize>();
    let is_shortened = view.changes.rows.len() > cut.changes
        || customers(&view.calls) > customers(&calls)
        || rest.len() > cut.rows
        || !view.more.rows.is_empty()
        || view.tables.len() > usize::from(table.is_some())
        || table.as_ref().zip(view.tables.first()).is_some_and(|(shown, whole)| shown.rows.len() < whole.rows.len());
    // Cards two by two; an odd one stands beside nothing.
    let pairs: Vec<[Option<&Card>; 2]> = first.chunks(2).map(|pair| [pair.first(), pair.get(1)]).collect();
    context.insert("changes", &changes);
    context.insert("calls", &calls);
    context.insert("heroes", &pairs);
    context.insert("rest", rest.get(..cut.rows.min(rest.len())).unwrap_or_default());
    context.insert("table", &table);
    context.insert("without_changes", &(cut.changes == 0));
    context.insert("shortened", &is_shortened);
}

/// The table of the segments that the narrative tells of: of what it says the mail shows the figures.
fn told_of(view: &View) -> Option<&SegmentTable> {
    named(view).find_map(|anchor| view.tables.iter().find(|table| table.rows.iter().any(|row| leads_to(anchor, row))))
}

/// The places that names in the narrative lead to.
fn named(view: &View) -> impl Iterator<Item = &str> {
    view.narrative.iter().flat_map(|sentence| &sentence.spans).filter_map(|span| span.anchor.as_deref())
}

/// Whether a place is a segment's row or a figure in it.
fn leads_to(anchor: &str, row: &SegmentRow) -> bool {
    !row.is_total && anchor.strip_suffix(&row.anchor).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// A table that fits a mail: columns that have something to tell, the segments that the narrative names, those in trouble
/// and the largest.
fn narrow(view: &View, table: &SegmentTable, locale: &Locale, most: usize) -> SegmentTable {
    let mut shown = table.clone();
    // The total stands before the segments, and these by size.
    let columns = telling(table.rows.get(..=most).unwrap_or(&table.rows), table.columns.len());
    let picked = |values: &[String]| columns.iter().filter_map(|at| values.get(*at).cloned()).collect();
    (shown.columns, shown.anchors) = (picked(&table.columns), picked(&table.anchors));
    for (row, whole) in shown.rows.iter_mut().zip(&table.rows) {
        row.cells = columns.iter().filter_map(|at| whole.cells.get(*at).cloned()).collect();
    }
    let is_named = |row: &SegmentRow| named(view).any(|anchor| leads_to(anchor, row));
    let is_in_trouble = |row: &SegmentRow| row.cells.iter().any(|cell| cell.state == CellState::Trouble);
    let (told, mut others): (Vec<usize>, Vec<usize>) =
        (1..shown.rows.len()).partition(|at| shown.rows.get(*at).is_some_and(is_named));
    others.sort_by_key(|at| !shown.rows.get(*at).is_some_and(is_in_trouble));
    let left_out = others.split_off(others.len().min(most.saturating_sub(told.len())));
    let is_by_size = others.iter().max() < left_out.iter().min();
    shown.left_out += u64::try_from(left_out.len()).unwrap_or(u64::MAX);
    shown.note = segments::note(locale, Some(shown.order).filter(|_| is_by_size), shown.left_out);
    let rows = std::mem::take(&mut shown.rows).into_iter().enumerate();
    shown.rows = rows.filter(|(at, _)| !left_out.contains(at)).map(|(_, row)| row).collect();
    let mut cells = shown.rows.iter().flat_map(|row| &row.cells);
    shown.dash = shown.dash.filter(|_| cells.any(|cell| cell.state == CellState::Withheld));
    shown
}

/// The columns of a mail: first those that have a value in most of the rows, in the order of the plan.
fn telling(rows: &[SegmentRow], columns: usize) -> Vec<usize> {
    let is_there = |row: &&SegmentRow, at: usize| {
        row.cells.get(at).is_some_and(|cell| matches!(cell.state, CellState::Known | CellState::Trouble))
    };
    let known = |at: usize| rows.iter().filter(|row| is_there(row, at)).count();
    let mut ranked: Vec<usize> = (0..columns).collect();
    ranked.sort_by_key(|at| 2 * known(*at) <= rows.len());
    ranked.truncate(MOST_COLUMNS);
    ranked.sort_unstable();
    ranked
}

fn cid(chart: &Chart) -> String {
    format!("{}@farol", chart.anchor)
}

/// What the template places: the finding alone where there is no picture.
fn picture_field(chart: &Chart, picture: Option<&Picture>) -> Value {
    let cid = picture.map(|picture| &picture.cid);
    json!({ "cid": cid, "title": chart.title, "finding": chart.finding, "alt": chart.finding })
}

/// A chart as the mail shows it.
fn svg(chart: &Chart, locale: &Locale) -> String {
    let frame = Frame {
        width: CHART_WIDTH,
        theme: Theme::Light,
        id_prefix: &chart.anchor,
        title: &chart.title,
        description: &chart.finding,
        titled: false,
    };
    draw::svg(&chart.drawing, &frame, locale)
}

/// A chart's picture; none where the embedded font lacks letters that it shows.
fn picture(renderer: &Renderer, chart: &Chart, svg: String) -> Result<Option<Picture>> {
    let png = renderer.pictures.png(svg, CHART_SCALE).map_err(|fault| {
        let message = format!("chart `{}` cannot be drawn: {fault}", chart.anchor);
        Failure::new(Exit::Internal, Diagnostic::error("chart-undrawable", message))
    })?;
    Ok(png.map(|png| Picture { cid: cid(chart), png, alt: chart.finding.clone() }))
}

/// Rules moved to the elements that they style: mail programs drop style sheets.
fn inlined(html: &str) -> Result<String> {
    let inliner = css_inline::CSSInliner::options().load_remote_stylesheets(false).build();
    inliner.inline(html).map(|html| escape_attributes(&html)).map_err(|fault| {
        let fault = Diagnostic::error("mail-styles", format!("the mail's styles cannot be inlined: {fault}"));
        Failure::new(Exit::Config, fault.help("check the first <style> of `email/body.html`"))
    })
}

/// Angle brackets in attributes written as entities. The inliner's serialiser leaves them bare, which HTML allows, but mail
/// filters that read tags by pattern would take a name like `<script>` for an element.
fn escape_attributes(html: &str) -> String {
    let mut escaped = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(open) = rest.find('<') {
        let (before, tag) = rest.split_at(open);
        escaped.push_str(before);
        let end = if tag.starts_with("<!--") { tag.find("-->").map(|at| at + 3) } else { tag_end(tag) };
        let (tag, after) = tag.split_at(end.unwrap_or(tag.len()));
        if tag.starts_with("<!") {
            escaped.push_str(tag);
        } else {
            // Quotes part a tag into what is outside and what is inside of attributes, in turns.
            let parts = tag.split('"').enumerate();
            let part = |(at, part): (usize, &str)| match at % 2 {
                0 => part.to_owned(),
                _ => part.replace('<', "&lt;").replace('>', "&gt;"),
            };
            escaped.push_str(&parts.map(part).collect::<Vec<_>>().join("\""));
        }
        rest = after;
    }
    escaped + rest
}

/// Where a tag ends: after the first `>` outside of double quotes.
fn tag_end(tag: &str) -> Option<usize> {
    let mut is_quoted = false;
    tag.char_indices().find_map(|(at, c)| {
        is_quoted ^= c == '"';
        (c == '>' && !is_quoted).then_some(at + 1)
    })
}

/// No blanks at line ends, never two empty lines in a row, one line end at the end.
fn tidy(text: &str) -> String {
    let mut lines: Vec<&str> = Vec::new();
    for line in text.lines().map(str::trim_end) {
        if !(line.is_empty() && lines.last().is_none_or(|last| last.is_empty())) {
            lines.push(line);
        }
    }
    let mut text = lines.join("\n").trim_end().to_owned();
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_attributes_are_escaped() {
        let html =
            "<!doctype html><!--[if mso]><p class=\"x\"><![endif]--><p title=\"a<b>\" lang=\"en\">1 &lt; 2</p> a > b";
        let expected = "<!doctype html><!--[if mso]><p class=\"x\"><![endif]--><p title=\"a&lt;b&gt;\" lang=\"en\">1 &lt; 2</p> a > b";
        assert_eq!(escape_attributes(html), expected);
        for broken in ["<", "<p title=\"", "a<!--", ""] {
            assert_eq!(escape_attributes(broken), broken);
        }
    }

    #[test]
    fn text_has_single_empty_lines_and_one_end() {
        assert_eq!(tidy("\n\na  \n\n\nb\n\n"), "a\n\nb\n");
    }
}
