//! Comments made fit to be quoted: what could tell who wrote is hidden, and what is left is chosen word by word.
//!
//! A word is shown only if several people of the data wrote it, so that what is rare stays hidden, whatever it is. That
//! hides most names and not all of them: what many write in small letters counts as a word.

use std::collections::HashMap;

use polars::prelude::DataFrame;
use unicode_normalization::UnicodeNormalization;

use crate::error::Result;
use crate::panel::answers::Answer;
use crate::panel::comments::Comments;
use crate::panel::frame;
use crate::panel::words::{self, fold, is_part, is_unseen};

/// A map with a fast hash that is the same in every run; its order reaches nothing.
type Map<K, V> = HashMap<K, V, foldhash::fast::FixedState>;

/// Characters of a quote.
const SHORTEST: usize = 30;
const LONGEST: usize = 200;
/// Words of a quote at least, and how many of all its words are shown for each one that is hidden.
const FEWEST_WORDS: usize = 4;
const SHOWN_PER_HIDDEN: usize = 3;
/// Letters of the longest word that is shown.
const LONGEST_WORD: usize = 40;

/// What stands for what is hidden.
pub const HIDDEN: &str = "[…]";

/// A part of a comment that may be shown.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Passage {
    /// How often something is hidden in it.
    pub hidden: usize,
    /// The text: words, blanks, commas and the like, and [`HIDDEN`].
    pub text: String,
}

/// How many people write a word, and how many of them without a capital.
#[derive(Clone, Copy, Debug, Default)]
struct Usage {
    people: u64,
    small: u64,
    last: Option<u32>,
    last_small: Option<u32>,
}

/// Reads and hides; knows which words are common.
#[derive(Debug)]
pub struct Quoting<'a> {
    surveys: &'a DataFrame,
    comments: &'a Comments,
    by_word: Map<String, Usage>,
    /// People who must write a word for it to be shown.
    least: u64,
}

impl<'a> Quoting<'a> {
    /// Counts who writes which word, over every comment that some period counts.
    ///
    /// # Errors
    /// A frame whose columns are not of their contract's types.
    pub fn new(surveys: &'a DataFrame, answers: &[Answer], comments: &'a Comments, least: u64) -> Result<Self> {
        let text = frame::text_at(surveys, "comment")?;
        let known = answers.iter().filter_map(|answer| Some((comments.of(answer.row)?.person, answer.row)));
        let mut rows: Vec<(u32, u32)> = known.collect();
        rows.sort_unstable();
        let mut by_word: Map<String, Usage> = Map::default();
        for (person, row) in rows {
            let written = visible(text(row as usize).unwrap_or_default());
            for word in written.split(|c| !is_part(c)).filter(|word| !word.is_empty()) {
                let usage = by_word.entry(fold(word).into_owned()).or_default();
                usage.people += u64::from(usage.last.replace(person) != Some(person));
                if !has_capital(word) {
                    usage.small += u64::from(usage.last_small.replace(person) != Some(person));
                }
            }
        }
        Ok(Self { surveys, comments, by_word, least })
    }

    /// The passages of an answer's comment that mention a theme and may be shown, best first: the whole comment if it is
    /// short enough, else its sentences.
    ///
    /// # Errors
    /// A frame whose columns are not of their contract's types.
    pub fn passages(&self, answer: &Answer, theme: u16) -> Result<Vec<Passage>> {
        let at = answer.row as usize;
        let cell =
            |column| Ok::<_, crate::error::Failure>(frame::text_at(self.surveys, column)?(at).unwrap_or_default());
        let (text, lang, respondent) = (visible(cell("comment")?), cell("lang")?, fold(cell("respondent_id")?));
        let own: Vec<&str> = words::words(&respondent).iter().map(|word| word.text).collect();
        let is_shown = |word: &str| {
            let folded = fold(word);
            self.is_common(&folded, has_capital(word))
                && !own.contains(&folded.as_ref())
                && !self.comments.names.has(answer.customer, &folded)
        };
        let parts = if text.chars().count() <= LONGEST { vec![text.as_str()] } else { sentences(&text) };
        let mut passages: Vec<Passage> = parts
            .into_iter()
            .filter_map(|part| redacted(part, is_shown))
            .filter(|passage| self.comments.mentions(&passage.text, words::Language::of_tag(lang), theme))
            .collect();
        passages.sort();
        Ok(passages)
    }

    fn is_common(&self, folded: &str, is_capital: bool) -> bool {
        let usage = self.by_word.get(folded).copied().unwrap_or_default();
        usage.people >= self.least && (!is_capital || usage.small >= self.least)
    }
}

/// A text without signs that nobody sees, in the usual form of its letters.
fn visible(text: &str) -> String {
    text.nfkc()
        .filter(|c| !is_unseen(*c))
        .map(|c| if matches!(c, '’' | '‘' | 'ʼ' | '`' | '´') { '\'' } else { c })
        .collect()
}

fn has_capital(word: &str) -> bool {
    word.chars().any(char::is_uppercase)
}

/// The sentences of a text, by full stops and the like before a blank, and by line ends.
fn sentences(text: &str) -> Vec<&str> {
    let mut sentences = Vec::new();
    let mut start = 0;
    let mut ends = false;
    for (at, c) in text.char_indices() {
        if c == '\n' || c == '\r' || (ends && c.is_whitespace()) {
            sentences.push(text[start..at].trim());
            start = at;
        }
        ends = matches!(c, '.' | '!' | '?' | '…');
    }
    sentences.push(text[start..].trim());
    sentences
}

/// A text with everything hidden that `is_shown` does not name; none if too little is left, or if it is too long.
fn redacted(text: &str, is_shown: impl Fn(&str) -> bool) -> Option<Passage> {
    let mut line = Line::default();
    for piece in text.split_whitespace() {
        line.space();
        if is_private(piece) {
            line.hide();
            continue;
        }
        let mut rest = piece;
        while let Some(c) = rest.chars().next() {
            let end = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
            if end == 0 {
                if is_punctuation(c) {
                    line.mark(c);
                } else {
                    line.space();
                }
                rest = &rest[c.len_utf8()..];
                continue;
            }
            let (word, after) = rest.split_at(end);
            if word.chars().count() <= LONGEST_WORD && is_shown(word) {
                line.show(word);
            } else {
                line.hide();
            }
            rest = after;
        }
    }
    let text = line.text.trim().to_owned();
    let is_enough = line.shown >= FEWEST_WORDS && line.shown >= SHOWN_PER_HIDDEN * line.hidden;
    let fits = (SHORTEST..=LONGEST).contains(&text.chars().count());
    (is_enough && fits).then_some(Passage { hidden: line.hidden, text })
}

/// What is bound together without a blank and holds a digit, an address, a link or an amount is hidden as a whole.
fn is_private(piece: &str) -> bool {
    let inner = piece.trim_matches(|c: char| !is_part(c));
    piece.chars().any(|c| c.is_numeric() || matches!(c, '@' | '$' | '€' | '£' | '#'))
        || piece.contains("://")
        || piece.to_lowercase().starts_with("www.")
        || inner.contains(['.', '/', '\\', '_', '='])
}

fn is_punctuation(c: char) -> bool {
    matches!(c, '.' | ',' | ';' | ':' | '!' | '?' | '\'' | '-' | '…' | '(' | ')')
}

/// A quote in the making.
#[derive(Default)]
struct Line {
    text: String,
    shown: usize,
    hidden: usize,
}

impl Line {
    /// One blank, unless a line begins or one stands there.
    fn space(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with(' ') {
            self.text.push(' ');
        }
    }

    /// A comma and the like stands right after what comes before it.
    fn mark(&mut self, c: char) {
        if !matches!(c, '(' | '-' | '\'') && self.text.ends_with(' ') {
            self.text.pop();
        }
        self.text.push(c);
    }

    fn show(&mut self, word: &str) {
        self.text.push_str(word);
        self.shown += 1;
    }

    /// Several hidden words side by side are one.
    fn hide(&mut self) {
        if !self.text.trim_end().ends_with(HIDDEN) {
            self.text.push_str(HIDDEN);
            self.hidden += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Everything but the names in it.
    fn shown(text: &str, secrets: &[&str]) -> Option<String> {
        let is_shown = |word: &str| !secrets.contains(&fold(word).as_ref());
        redacted(&visible(text), is_shown).map(|passage| passage.text)
    }

    #[test]
    fn addresses_links_numbers_documents_and_amounts_are_hidden() {
        for (text, quote) in [
            (
                "o suporte demora, escrevam para ana@acme.com.br por favor",
                "o suporte demora, escrevam para […] por favor",
            ),
            (
                "o suporte demora, vejam sempre https://acme.com/caso/7 ou bit.ly/x",
                "o suporte demora, vejam sempre […] ou […]",
            ),
            ("o suporte não ligou para (11) 99999-1234 na data certa", "o suporte não ligou para […] na data certa"),
            ("meu CPF é 123.456.789-09 e o suporte nunca confere nada", "meu CPF é […] e o suporte nunca confere nada"),
            (
                "cobraram R$ 1.500,00 a mais e o suporte nunca respondeu",
                "cobraram […] a mais e o suporte nunca respondeu",
            ),
            (
                "a fatura da acme-12 e o suporte que nunca me responde",
                "a fatura da […] e o suporte que nunca me responde",
            ),
            ("o suporte ｊｏａｏ＠ａｃｍｅ não sabe de nada mesmo assim", "o suporte […] não sabe de nada mesmo assim"),
        ] {
            assert_eq!(shown(text, &[]).as_deref(), Some(quote));
        }
    }

    #[test]
    fn a_quote_is_one_line_of_words() {
        let hostile = "<b>o suporte</b>\r\nBcc: demora\u{202e} e nunca\u{0}  responde, sempre assim\u{200b}!";
        let quote = "[…] o […]: demora e nunca responde, sempre assim!";
        assert_eq!(shown(hostile, &["b", "bcc"]).as_deref(), Some(quote));
        let line = shown("o «suporte» & a equipe\r\n\tdemoram\u{202e} <i> sempre\u{200b} muito…", &["i"]).unwrap();
        assert_eq!(line, "o suporte a equipe demoram […] sempre muito...");
    }

    #[test]
    fn what_is_short_long_or_mostly_hidden_is_no_quote() {
        assert_eq!(shown("o suporte demora muito", &[]), None);
        assert_eq!(shown(&"o suporte demora ".repeat(20), &[]), None);
        assert_eq!(
            shown("a joana do suporte demora para responder joao", &["joana", "joao"]).as_deref(),
            Some("a […] do suporte demora para responder […]")
        );
        assert_eq!(shown("a joana e o joao e o pedro demoram muito", &["joana", "joao", "pedro"]), None);
        assert_eq!(
            shown("a joana joao pedro do suporte demora para responder", &["joana", "joao", "pedro"]).as_deref(),
            Some("a […] do suporte demora para responder"),
            "side by side they are one"
        );
    }

    #[test]
    fn a_text_falls_into_sentences() {
        assert_eq!(sentences("Um. Dois!\nTrês? v1.2 quatro"), ["Um.", "Dois!", "Três?", "v1.2 quatro"]);
        assert_eq!(sentences(""), [""]);
    }
}
