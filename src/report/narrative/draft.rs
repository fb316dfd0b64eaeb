//! A sentence in the making: its text, the figures that it rests on, and the names in it that lead somewhere.
//!
//! Decides nothing of what is said.

use crate::judgement::Verdict;
use crate::report::view::{Basis, Facts, Places, Sentence, Span, Tone, at_start, clean};

/// A name within a sentence and the place in the report that tells more of it.
struct Name {
    text: String,
    anchor: String,
}

/// A sentence in the making.
pub(super) struct Draft {
    tone: Tone,
    text: String,
    basis: Vec<Basis>,
    names: Vec<Name>,
}

impl Draft {
    pub(super) fn new(tone: Tone, text: impl Into<String>) -> Self {
        Self { tone, text: text.into(), basis: Vec::new(), names: Vec::new() }
    }

    /// The same with another text.
    pub(super) fn with_text(mut self, text: String) -> Self {
        self.text = text;
        self
    }

    /// Rests on these figures too.
    pub(super) fn on<'v>(mut self, verdicts: impl IntoIterator<Item = &'v Verdict>) -> Self {
        for verdict in verdicts {
            let key = &verdict.key;
            let basis = Basis {
                period: key.period.id.to_string(),
                dimension: clean(&key.dimension),
                segment: clean(&key.segment),
                kpi: key.kpi.to_owned(),
            };
            if !self.basis.contains(&basis) {
                self.basis.push(basis);
            }
        }
        self
    }

    /// The name of a KPI, as the sentence writes it, leads to its figure.
    pub(super) fn naming(mut self, places: &Places, kpi: &str, name: &str) -> Self {
        self.names.push(Name { text: name.to_owned(), anchor: places.kpi(kpi) });
        self
    }

    /// The name of whatever a figure is told of leads to that figure, if the report shows it.
    pub(super) fn naming_figure(self, places: &Places, of: &Verdict, name: &str) -> Self {
        let place = places.figure(of.key.kpi, &of.key.dimension, &of.key.segment);
        self.naming_section(place.as_deref(), name)
    }

    /// The name of a figure's segment leads to its row, if the report has one.
    pub(super) fn naming_segment(self, facts: &Facts<'_>, places: &Places, of: &Verdict) -> Self {
        let row = places.segment(&of.key.dimension, &of.key.segment);
        self.naming_section(row.as_deref(), &facts.segment(&of.key.segment))
    }

    /// The name of whatever stands in another section leads there.
    pub(super) fn naming_section(mut self, anchor: Option<&str>, name: &str) -> Self {
        self.names.extend(anchor.map(|anchor| Name { text: name.to_owned(), anchor: anchor.to_owned() }));
        self
    }

    pub(super) fn finish(self) -> Sentence {
        let text = at_start(&self.text);
        Sentence { tone: self.tone, spans: spans(&text, &self.names), text, figures: self.basis }
    }
}

/// A text cut at the names in it. Each name is found once, the longest first, so that "churn" is not looked for within
/// "revenue churn"; the first letter of a sentence may have become a capital.
fn spans(text: &str, names: &[Name]) -> Vec<Span> {
    let mut longest: Vec<&Name> = names.iter().filter(|name| !name.text.is_empty()).collect();
    longest.sort_by_key(|name| std::cmp::Reverse(name.text.len()));
    let mut found: Vec<(usize, usize, &str)> = Vec::new();
    for name in longest {
        let capital = at_start(&name.text);
        let at_the_start = text.starts_with(&capital).then_some((0, capital.len()));
        let within = text.match_indices(&name.text).map(|(from, part)| (from, from + part.len()));
        let is_free = |(from, to): &(usize, usize)| {
            found.iter().all(|(other_from, other_to, _)| to <= other_from || from >= other_to)
                && is_whole(text, *from, *to)
        };
        if let Some((from, to)) = at_the_start.into_iter().chain(within).find(is_free) {
            found.push((from, to, &name.anchor));
        }
    }
    found.sort_unstable();
    let mut spans = Vec::new();
    let mut end = 0;
    let mut push = |text: &str, anchor: Option<&str>| {
        if !text.is_empty() {
            spans.push(Span { text: text.to_owned(), anchor: anchor.map(str::to_owned) });
        }
    };
    for (from, to, anchor) in found {
        push(&text[end..from], None);
        push(&text[from..to], Some(anchor));
        end = to;
    }
    push(&text[end..], None);
    spans
}

/// Whether a part of a text neither begins nor ends within a word.
fn is_whole(text: &str, from: usize, to: usize) -> bool {
    let before = text[..from].chars().next_back();
    let after = text[to..].chars().next();
    [before, after].into_iter().flatten().all(|c| !c.is_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str, names: &[&str]) -> Vec<String> {
        let names: Vec<Name> =
            names.iter().map(|name| Name { text: (*name).to_owned(), anchor: format!("#{name}") }).collect();
        let mark = |span: Span| span.anchor.map_or(span.text.clone(), |anchor| format!("[{}]({anchor})", span.text));
        spans(text, &names).into_iter().map(mark).collect()
    }

    #[test]
    fn names_are_found_whole_and_the_longest_first() {
        assert_eq!(
            cut("Churn and revenue churn rose.", &["churn", "revenue churn"]),
            ["[Churn](#churn)", " and ", "[revenue churn](#revenue churn)", " rose."]
        );
        assert_eq!(cut("The healthy ones", &["health"]), ["The healthy ones"]);
        assert_eq!(
            cut("Índice de saúde caiu.", &["índice de saúde"]),
            ["[Índice de saúde](#índice de saúde)", " caiu."]
        );
        assert_eq!(cut("", &["x"]), Vec::<String>::new());
        assert_eq!(cut("Sul fell", &["Sul", "Sul"]), ["[Sul](#Sul)", " fell"], "once each");
    }
}
