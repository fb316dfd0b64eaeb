//! Titles, labels and the cleaning of foreign text.

use std::collections::BTreeMap;

use super::facts::Facts;
use super::segments::dimension_name;
use super::{Again, Link, PeriodView};
use crate::calendar::Period;
use crate::locale::{Arg, Locale};

/// Characters that a foreign text may bring; beyond, it is cut and says so.
const LONGEST_TEXT: usize = 160;
/// KPIs that a mail names as not computed; beyond, it says how many more there are.
const MOST_MISSING: usize = 6;

/// Foreign text made fit for one line anywhere: no control characters or line breaks, nothing that turns the direction of
/// reading or hides, no runs of blanks, at most 160 characters. Escaping for HTML is the template's work.
pub(crate) fn clean(text: &str) -> String {
    let is_hidden = |c: char| matches!(c, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}');
    let visible = text.chars().filter(|c| !is_hidden(*c)).map(|c| if c.is_control() { ' ' } else { c });
    let mut line = String::new();
    let mut after_blank = true;
    for c in visible.map(|c| if c.is_whitespace() && c != '\u{a0}' && c != '\u{202f}' { ' ' } else { c }) {
        if c != ' ' || !after_blank {
            line.push(c);
        }
        after_blank = c == ' ';
    }
    cut(line.trim_end(), LONGEST_TEXT)
}

/// A text of at most so many characters. A cut one ends with a word, an ellipsis, and what closes its quotes and brackets;
/// a word as long as half the text is cut in two.
pub(crate) fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let shortened = (0..most).rev().map(|room| {
        let kept = up_to_a_word(text, room);
        format!("{kept}…{}", closing(kept))
    });
    shortened.into_iter().find(|short| short.chars().count() <= most).unwrap_or_default()
}

/// The same, but what stands in brackets is there whole or not at all.
pub(crate) fn cut_outside_brackets(text: &str, most: usize) -> String {
    let short = cut(text, most);
    let kept = if short == text { "" } else { short.rfind('…').map_or("", |end| &short[..end]) };
    let bracket = open(kept).into_iter().find(|(_, close)| matches!(close, ')' | ']'));
    match bracket.map(|(at, _)| without_mark(&kept[..at])) {
        Some(before) if !before.is_empty() => format!("{before}…{}", closing(before)),
        _ => short,
    }
}

/// The whole words in the first characters, without a mark that leads to what is cut.
fn up_to_a_word(text: &str, room: usize) -> &str {
    let end = text.char_indices().nth(room).map_or(text.len(), |(at, _)| at);
    let (kept, rest) = text.split_at(end);
    let whole = match kept.rfind(' ').filter(|_| !rest.starts_with(' ')) {
        Some(blank) if 2 * kept[..blank].chars().count() >= room => &kept[..blank],
        _ => kept,
    };
    without_mark(whole)
}

fn without_mark(text: &str) -> &str {
    text.trim_end_matches(|c: char| c.is_whitespace() || ",;:·–—".contains(c) || PAIRS.iter().any(|pair| pair.0 == c))
}

/// Marks that open and close.
const PAIRS: [(char, char); 4] = [('“', '”'), ('«', '»'), ('(', ')'), ('[', ']')];

/// What closes all that a text leaves open, innermost first.
fn closing(text: &str) -> String {
    open(text).into_iter().rev().map(|(_, close)| close).collect()
}

/// Where a text opens what it does not close, and what would close it, outermost first.
fn open(text: &str) -> Vec<(usize, char)> {
    let mut open: Vec<(usize, char)> = Vec::new();
    for (at, c) in text.char_indices() {
        if let Some((_, close)) = PAIRS.iter().find(|(mark, _)| *mark == c) {
            open.push((at, *close));
        } else if open.last().is_some_and(|(_, close)| *close == c) {
            open.pop();
        }
    }
    open
}

/// A name as it stands within a sentence: its first letter small, unless it is an abbreviation or a proper name (another
/// word of it has a capital and then a small letter).
pub(crate) fn within_sentence(name: &str) -> String {
    let is_title = |word: &str| {
        let mut letters = word.chars().filter(|c| c.is_alphabetic());
        letters.next().is_some_and(char::is_uppercase) && letters.next().is_some_and(char::is_lowercase)
    };
    let mut words = name.split_whitespace();
    if !words.next().is_some_and(is_title) || words.any(is_title) {
        return name.to_owned();
    }
    change_first(name, |c| c.to_lowercase().collect())
}

/// A text as it starts a sentence: its first letter capital.
pub(crate) fn at_start(text: &str) -> String {
    change_first(text, |c| c.to_uppercase().collect())
}

/// A message with one counted thing, `$n`, and texts.
#[expect(clippy::cast_precision_loss, reason = "only chooses a plural")]
pub(crate) fn counted(locale: &Locale, id: &str, n: u64, texts: &[(&str, &str)]) -> String {
    let mut args: Vec<(&str, Arg<'_>)> = texts.iter().map(|(name, text)| (*name, Arg::Text(text))).collect();
    args.push(("n", Arg::Number { raw: n as f64, shown: locale.count(n) }));
    locale.text_with(id, &args)
}

fn change_first(text: &str, change: impl Fn(char) -> String) -> String {
    let mut rest = text.chars();
    rest.next().map(change).unwrap_or_default() + rest.as_str()
}

/// The report's title with its period.
pub(super) fn title(facts: &Facts<'_>) -> String {
    clean(&own_title(facts).replace("{period}", &facts.locale.period(facts.input.period)))
}

/// The report's title without its period and the mark before it.
pub(super) fn report_name(facts: &Facts<'_>) -> String {
    let title = clean(&own_title(facts).replace("{period}", ""));
    let name =
        title.trim_matches(|c: char| c.is_whitespace() || matches!(c, ',' | '-' | '–' | '—' | '·' | ':' | '(' | ')'));
    if name.is_empty() { facts.text("report-name") } else { name.to_owned() }
}

fn own_title(facts: &Facts<'_>) -> String {
    facts.translated(&facts.input.plan.title).map_or_else(|| facts.text("report-name"), str::to_owned)
}

pub(super) fn period(facts: &Facts<'_>) -> PeriodView {
    let period = facts.input.period;
    PeriodView {
        id: period.id.to_string(),
        title: at_start(&facts.locale.period(period)),
        long: facts.locale.period(period),
        short: facts.locale.period_medium(period),
        first: period.first.to_string(),
        span: span(facts),
    }
}

/// First and last day of the period.
pub(super) fn span(facts: &Facts<'_>) -> String {
    let period = facts.input.period;
    facts.locale.dates(period.first, period.end.pred_opt().unwrap_or(period.first))
}

/// What part of the customers the report covers: `Region: Sul`.
pub(super) fn scope(facts: &Facts<'_>) -> Option<String> {
    let part = |(attribute, value): (&String, &String)| {
        format!("{}: {}", at_start(&dimension_name(facts, attribute)), facts.segment(value))
    };
    let parts: Vec<String> = facts.input.scope.iter().map(part).collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

pub(super) fn revision(facts: &Facts<'_>) -> Option<String> {
    let revision = facts.input.revision;
    (revision > 1).then(|| facts.say("report-revision", &[("n", &facts.locale.count(u64::from(revision)))]))
}

/// Why a revision is sent.
pub(super) fn sent_again(facts: &Facts<'_>) -> Option<String> {
    Some(match facts.input.reason? {
        Again::For(reason) => facts.say("report-sent-again", &[("reason", &clean(reason))]),
        Again::Ended => facts.text("report-sent-final"),
    })
}

pub(super) fn figures_note(facts: &Facts<'_>) -> String {
    let confidence = facts.locale.percent(100.0 * facts.input.choices.confidence, 0);
    let id = if facts.is_open() { "report-figures-open" } else { "report-figures-note" };
    let note = facts.say(id, &[("confidence", &confidence)]);
    if facts.is_open() || !is_of_other_periods(facts) {
        return note;
    }
    format!("{} {note}", facts.text("report-figures-unjudged"))
}

/// Whether bands and targets are set, but all of them for other kinds of period than the report's.
fn is_of_other_periods(facts: &Facts<'_>) -> bool {
    let own = Some(facts.input.period.grain);
    let mut held = facts.kpis.iter().filter_map(|of| facts.input.benchmarks.get(of.id)).map(|of| of.per).peekable();
    held.peek().is_some() && held.all(|per| per != own)
}

/// The first of the KPIs of the plan that cannot be computed, for a mail: without what they lack.
pub(super) fn not_configured_short(facts: &Facts<'_>) -> Option<String> {
    let missing = facts.input.not_configured;
    let mut names: Vec<String> = missing.iter().take(MOST_MISSING).map(|(kpi, _)| facts.short(kpi)).collect();
    let more = u64::try_from(missing.len().saturating_sub(MOST_MISSING)).unwrap_or(u64::MAX);
    names.extend((more > 0).then(|| facts.count("list-more", more, &[])));
    (!names.is_empty()).then(|| facts.say("report-not-configured", &[("names", &facts.locale.list(&names))]))
}

/// The KPIs of the plan that cannot be computed, each with what it lacks.
pub(super) fn not_configured(facts: &Facts<'_>) -> Option<String> {
    let missing = facts.input.not_configured;
    if missing.is_empty() {
        return None;
    }
    let name = |(kpi, columns): &(&'static str, Vec<String>)| match columns.as_slice() {
        [] => facts.short(kpi),
        columns => {
            format!("{} ({})", facts.short(kpi), columns.iter().map(|c| clean(c)).collect::<Vec<_>>().join(", "))
        }
    };
    let names: Vec<String> = missing.iter().map(name).collect();
    Some(facts.say("report-not-configured", &[("names", &facts.locale.list(&names))]))
}

/// The sections that this report has; `optional` are those between the changes and the data, and whether they are there.
pub(super) fn contents(facts: &Facts<'_>, optional: &[(&str, bool)]) -> Vec<Link> {
    let has_figures = facts.with_a_total().next().is_some() || !facts.input.not_configured.is_empty();
    let before = [("figures", has_figures), ("changes", true)];
    let after = [("quality", true), ("method", true), ("provenance", true)];
    before
        .iter()
        .chain(optional)
        .chain(&after)
        .filter(|(_, is_there)| *is_there)
        .map(|(anchor, _)| Link { anchor: (*anchor).to_owned(), title: facts.text(&format!("report-{anchor}")) })
        .collect()
}

/// Words that the templates place: key → message.
const WORDS: &[(&str, &str)] = &[
    ("advice", "calls-advice"),
    ("against", "report-against"),
    ("calls", "report-calls"),
    ("change", "report-change"),
    ("changes", "report-changes"),
    ("charts", "report-charts"),
    ("contents", "report-contents"),
    ("customer", "calls-customer"),
    ("data", "chart-data"),
    ("driver", "report-driver-title"),
    ("figures", "report-figures"),
    ("footer", "mail-footer"),
    ("from", "report-from"),
    ("health", "calls-health"),
    ("interval", "report-interval"),
    ("kpi", "report-kpi"),
    ("method", "report-method"),
    ("more", "report-more"),
    ("mrr", "calls-mrr"),
    ("n", "report-n"),
    ("narrative", "report-narrative"),
    ("provenance", "report-provenance"),
    ("quality", "report-quality"),
    ("reasons", "calls-reasons"),
    ("period", "report-period"),
    ("restated", "report-restated"),
    ("restated_now", "restated-now"),
    ("restated_sent", "restated-sent"),
    ("restated_was", "restated-was"),
    ("restated_why", "restated-why"),
    ("renewal", "calls-renewal"),
    ("segment", "report-segment"),
    ("segments", "report-segments"),
    ("skip", "report-skip"),
    ("theme", "themes-theme"),
    ("theme_change", "themes-change"),
    ("themes", "report-themes"),
    ("to", "report-to"),
    ("unjudged", "status-none"),
    ("unknown", "not-available"),
    ("value", "report-value"),
];

pub(super) fn words(facts: &Facts<'_>) -> BTreeMap<String, String> {
    let mut words: BTreeMap<String, String> =
        WORDS.iter().map(|(key, id)| ((*key).to_owned(), facts.text(id))).collect();
    words.insert("shortened".to_owned(), shortened(facts));
    words
}

/// Where a reader of a shortened mail finds the rest.
fn shortened(facts: &Facts<'_>) -> String {
    if !facts.input.plan.attaches("html") {
        return facts.text("mail-shortened");
    }
    facts.say("mail-shortened-attached", &[("file", &page_name(facts.input.period))])
}

/// The name under which a report's page is attached to its mail.
pub(crate) fn page_name(period: &Period) -> String {
    format!("report-{}.html", period.id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_text_is_one_visible_line() {
        assert_eq!(clean(" a\r\n\tb\u{202e}c\u{0}d\u{feff} \u{200b} e "), "a bc d e");
        assert_eq!(clean("R$\u{a0}1"), "R$\u{a0}1", "a figure keeps its no-break space");
        assert_eq!(clean("नमस्ते 👩\u{200d}💻"), "नमस्ते 👩\u{200d}💻", "joiners are part of letters");
        assert_eq!(clean(&"x".repeat(500)).chars().count(), LONGEST_TEXT);
        assert_eq!(clean("\u{202e}\n"), "");
    }

    #[test]
    fn a_cut_text_ends_with_a_word_and_closes_what_it_opened() {
        for (text, most, expected) in [
            ("CSAT de “bom” para “razoável”.", 27, "CSAT de “bom” para…"),
            ("CSAT de “bom” para “não muito razoável”.", 34, "CSAT de “bom” para “não muito…”"),
            ("Churn (3.1% against 2.0%) and more", 20, "Churn (3.1%…)"),
            ("Churn, 3.1%, against", 8, "Churn…"),
            ("one two three", 13, "one two three"),
            ("one two three", 8, "one two…"),
            ("Donaudampfschifffahrt", 8, "Donauda…"),
            ("a Donaudampfschifffahrt", 8, "a Donau…"),
            ("abc", 1, "…"),
            ("abc", 0, ""),
        ] {
            assert_eq!(cut(text, most), expected, "{text:?} in {most}");
        }
    }

    #[test]
    fn a_bracket_that_does_not_fit_is_left_out() {
        for (text, most, expected) in [
            ("el que más pesa es Enterprise (allí, −0,9) y más", 38, "el que más pesa es Enterprise…"),
            ("Churn (3.1%) fell (from 4.0%) again", 27, "Churn (3.1%) fell…"),
            ("Churn (3.1%) fell again", 19, "Churn (3.1%) fell…"),
            ("CSAT de “bom (8,2) para” ruim", 17, "CSAT de “bom…”"),
            ("Churn (3.1%)", 12, "Churn (3.1%)"),
            ("(all of it in brackets)", 12, "(all of it…)"),
        ] {
            assert_eq!(cut_outside_brackets(text, most), expected, "{text:?} in {most}");
        }
    }

    #[test]
    fn names_start_small_within_a_sentence_unless_they_are_proper() {
        for (name, within) in [
            ("Churn", "churn"),
            ("Customer churn", "customer churn"),
            ("Customer satisfaction (CSAT)", "customer satisfaction (CSAT)"),
            ("Índice de saúde", "índice de saúde"),
            ("NPS", "NPS"),
            ("MRR at risk", "MRR at risk"),
            ("Net Promoter Score", "Net Promoter Score"),
            ("6-month survival", "6-month survival"),
            ("", ""),
        ] {
            assert_eq!(within_sentence(name), within);
        }
        assert_eq!(at_start("índice"), "Índice");
        assert_eq!(at_start(""), "");
    }
}
