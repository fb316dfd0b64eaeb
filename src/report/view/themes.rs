//! In their words: what comments are about, and the terms that set detractors apart from promoters.
//!
//! Shows comments only as quotes that were redacted before; of few people neither quotes nor themes nor terms.

use super::facts::{Facts, Seen};
use super::input::{Quote, QuoteSide};
use super::{QuoteView, TermList, TermView, ThemeCell, ThemeColumn, ThemeRow, Themes, clean};
use crate::judgement::{Maturity, Verdict};
use crate::kpi::themes::{
    LEAST_PEOPLE, TERM_LOG_ODDS, THEME_DETRACTORS, THEME_MENTIONS, THEME_PROMOTERS, THEME_SCORE, THEME_SHARE, WRITTEN,
};
use crate::kpi::{Definition, Parts};

/// The columns in their order, and which of them a phone has room for.
const COLUMNS: [(&Definition, bool); 5] = [
    (&THEME_SHARE, true),
    (&THEME_SCORE, true),
    (&THEME_MENTIONS, false),
    (&THEME_DETRACTORS, false),
    (&THEME_PROMOTERS, false),
];

/// What stands before a term that a negation turns around.
const NEGATED: &str = "not_";

/// The section; empty unless the report shows a KPI of it.
pub(super) fn build(facts: &Facts<'_>) -> Themes {
    let shown = |definition: &Definition| facts.kpis.iter().any(|known| known.id == definition.id);
    let columns: Vec<(&Definition, bool)> = COLUMNS.into_iter().filter(|(definition, _)| shown(definition)).collect();
    let rows = rows(facts, &columns);
    let (terms, terms_note) = if shown(&TERM_LOG_ODDS) { terms(facts) } else { (Vec::new(), String::new()) };
    if rows.is_empty() && terms_note.is_empty() {
        return Themes::default();
    }
    let quotes_note = quotes_note(facts, &rows, &columns);
    let column = |(definition, on_phones): &(&Definition, bool)| ThemeColumn {
        title: facts.short(definition.id),
        on_phones: *on_phones,
    };
    Themes {
        note: note(facts, !rows.is_empty()),
        has_changes: rows.iter().any(|row| row.moved.is_some()),
        columns: columns.iter().map(column).collect(),
        rows,
        terms,
        terms_note,
        quotes_note,
    }
}

fn dimension(definition: &Definition) -> &'static str {
    definition.parts.map_or("", |Parts { dimension, .. }| dimension)
}

/// How many comments there are, unless they are too few to say so.
fn note(facts: &Facts<'_>, has_themes: bool) -> String {
    if !has_themes {
        return String::new();
    }
    let of = dimension(&THEME_SHARE);
    let verdicts = facts.segments(of).into_iter().filter_map(|theme| facts.now(of, theme, THEME_SHARE.id).verdict());
    match verdicts.map(|verdict| verdict.reading.n).max() {
        Some(comments) => facts.count("themes-note", comments, &[]),
        None => facts.text("themes-note-bare"),
    }
}

/// One row a theme, the most mentioned first; those that nobody mentions last, by name.
fn rows(facts: &Facts<'_>, columns: &[(&Definition, bool)]) -> Vec<ThemeRow> {
    let mut themes: Vec<(&str, f64)> = columns
        .iter()
        .flat_map(|(definition, _)| facts.segments(dimension(definition)))
        .collect::<std::collections::BTreeSet<_>>()
        .into_iter()
        .map(|theme| (theme, size(facts, theme)))
        .collect();
    themes.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(b.0)));
    let row = |(theme, _): (&str, f64)| ThemeRow {
        name: name(facts, theme),
        cells: columns.iter().map(|(definition, _)| cell(facts, definition, theme)).collect(),
        moved: columns.iter().find(|(definition, _)| definition.id == THEME_SHARE.id).and_then(|_| moved(facts, theme)),
        quotes: quotes(facts, columns, theme),
    };
    themes.into_iter().map(row).collect()
}

/// What is hidden in quotes, and whose voice is missing among them; empty without quotes.
fn quotes_note(facts: &Facts<'_>, rows: &[ThemeRow], columns: &[(&Definition, bool)]) -> String {
    if rows.iter().all(|row| row.quotes.is_empty()) {
        return String::new();
    }
    let hidden = facts.count("themes-quotes-note", LEAST_PEOPLE.max(facts.input.min_group), &[]);
    let themes = facts.input.quotes.iter().filter(|quote| quote.side.is_some()).map(|quote| quote.theme.as_str());
    let is_shown = |definition: &Definition| columns.iter().any(|(shown, _)| shown.id == definition.id);
    let is_missing = themes.into_iter().any(|theme| {
        let sides = [(QuoteSide::Detractor, &THEME_DETRACTORS), (QuoteSide::Promoter, &THEME_PROMOTERS)];
        sides.into_iter().filter(|(_, definition)| is_shown(definition)).any(|(side, definition)| {
            let is_quoted = |quote: &Quote| quote.theme == theme && quote.side == Some(side);
            let answers = facts.now(dimension(definition), theme, definition.id).value().unwrap_or_default();
            !facts.input.quotes.iter().any(is_quoted) && answers > 0.0 && answers < fewest(facts)
        })
    });
    let missing = is_missing.then(|| facts.count("themes-quotes-sides", facts.input.min_group, &[]));
    [Some(hidden), missing].into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// The fewest people whose side is quoted.
#[expect(clippy::cast_precision_loss, reason = "a small number")]
fn fewest(facts: &Facts<'_>) -> f64 {
    facts.input.min_group as f64
}

/// What people wrote of a theme; nothing where one of its figures is withheld.
fn quotes(facts: &Facts<'_>, columns: &[(&Definition, bool)], theme: &str) -> Vec<QuoteView> {
    let is_withheld = |(definition, _): &(&Definition, bool)| {
        matches!(facts.now(dimension(definition), theme, definition.id), Seen::Withheld)
    };
    if columns.iter().any(is_withheld) {
        return Vec::new();
    }
    let who = |side| match side {
        QuoteSide::Detractor => facts.text("themes-detractor"),
        QuoteSide::Promoter => facts.text("themes-promoter"),
    };
    let of = facts.input.quotes.iter().filter(|quote| quote.theme == theme);
    of.map(|quote| QuoteView { text: quote.text.clone(), who: quote.side.map(who) }).collect()
}

/// What themes are sorted by: the share or, where the report has none, the number of mentions.
fn size(facts: &Facts<'_>, theme: &str) -> f64 {
    let of = |definition: &Definition| facts.now(dimension(definition), theme, definition.id).value();
    of(&THEME_SHARE).or_else(|| of(&THEME_MENTIONS)).unwrap_or(-1.0)
}

/// A theme's name in the reader's language, else its id.
pub(super) fn name(facts: &Facts<'_>, theme: &str) -> String {
    let label = facts.input.choices.themes.get(theme).and_then(|theme| facts.translated(&theme.label));
    label.map_or_else(|| clean(&theme.replace('_', " ")), clean)
}

fn cell(facts: &Facts<'_>, definition: &Definition, theme: &str) -> ThemeCell {
    let absent = |note: String| ThemeCell { value: facts.text("not-available"), note: Some(note), bar: None };
    match facts.now(dimension(definition), theme, definition.id) {
        Seen::Value(verdict, value) => ThemeCell {
            value: facts.compact(definition, value),
            note: interval(facts, definition, verdict),
            bar: (definition.id == THEME_SHARE.id).then(|| value.clamp(0.0, 100.0)),
        },
        Seen::Undefined(why) => absent(facts.why(definition, why)),
        Seen::Withheld => absent(facts.withheld()),
        Seen::Absent => absent(facts.text("undefined-no-figure")),
    }
}

fn interval(facts: &Facts<'_>, definition: &Definition, verdict: &Verdict) -> Option<String> {
    let interval = verdict.reading.interval?;
    let currency = &facts.input.company.currency;
    Some(facts.locale.interval_compact(interval.low, interval.high, definition.unit, currency))
}

/// How the share moved since the period before, unless that one may not be seen.
fn moved(facts: &Facts<'_>, theme: &str) -> Option<super::Moved> {
    let of = dimension(&THEME_SHARE);
    let verdict = facts.now(of, theme, THEME_SHARE.id).verdict()?;
    let change = verdict.previous.as_ref().filter(|_| verdict.maturity != Maturity::OpenPeriod)?;
    let before = facts.at(&change.against, of, theme, THEME_SHARE.id);
    (!matches!(before, Seen::Withheld)).then(|| facts.moved(&THEME_SHARE, verdict, change))
}

/// The terms of detractors and those of promoters, the most telling first, and what they are.
fn terms(facts: &Facts<'_>) -> (Vec<TermList>, String) {
    let of = dimension(&TERM_LOG_ODDS);
    let seen = facts.segments(of).into_iter().map(|term| (term, facts.now(of, term, TERM_LOG_ODDS.id)));
    let mut found: Vec<(&str, &Verdict, f64)> = seen
        .filter_map(|(term, seen)| match seen {
            Seen::Value(verdict, z) => Some((term, verdict, z)),
            _ => None,
        })
        .collect();
    found.sort_by(|a, b| b.2.abs().total_cmp(&a.2.abs()).then_with(|| a.0.cmp(b.0)));
    let list = |caption: &str, is_of_detractors: bool| {
        let of_side = found.iter().filter(|(_, _, z)| (*z > 0.0) == is_of_detractors);
        TermList {
            caption: facts.text(caption),
            terms: of_side.map(|(term, verdict, _)| term_view(facts, term, verdict)).collect(),
        }
    };
    let lists = [list("themes-terms-detractors", true), list("themes-terms-promoters", false)];
    let lists: Vec<TermList> = lists.into_iter().filter(|list| !list.terms.is_empty()).collect();
    let note = if lists.is_empty() {
        facts.text("themes-terms-none")
    } else {
        facts.count("themes-terms-note", LEAST_PEOPLE.max(facts.input.min_group), &[])
    };
    (lists, note)
}

fn term_view(facts: &Facts<'_>, term: &str, verdict: &Verdict) -> TermView {
    TermView { term: term_name(facts, term, verdict), people: facts.count("themes-people", verdict.reading.n, &[]) }
}

/// A term as most write it, a negated one in the reader's language.
pub(super) fn term_name(facts: &Facts<'_>, term: &str, verdict: &Verdict) -> String {
    let mut remarks = verdict.reading.remark.iter().flat_map(|remarks| remarks.split(';'));
    let written = remarks.find_map(|remark| remark.strip_prefix(WRITTEN)).unwrap_or(term);
    match written.strip_prefix(NEGATED) {
        Some(word) => facts.say("themes-not", &[("term", &clean(word))]),
        None => clean(written),
    }
}
