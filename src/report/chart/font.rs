//! The embedded Inter: advances, wrapping and the characters that it lacks.
//!
//! Adds up advances without shaping, so kerning makes the drawn text a hair narrower than measured, never a surprise wider.

use std::sync::LazyLock;

use skrifa::instance::{LocationRef, Size};
use skrifa::{FontRef, MetadataProvider};

/// Inter 400 for measuring and drawing.
const REGULAR: &[u8] = include_bytes!("../../../templates/fonts/Inter-Regular.ttf");
/// Inter 600.
const SEMI_BOLD: &[u8] = include_bytes!("../../../templates/fonts/Inter-SemiBold.ttf");
/// Inter 700.
const BOLD: &[u8] = include_bytes!("../../../templates/fonts/Inter-Bold.ttf");

/// Distance between two baselines, in font sizes; Inter's own box is 1.21 high.
const LINE: f64 = 1.28;
/// A label longer than this ends in an ellipsis; its full text stays in the hint.
const MAX_LINES: usize = 6;

/// The three weights that are embedded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Weight {
    Regular,
    SemiBold,
    Bold,
}

impl Weight {
    pub(super) const ALL: [Self; 3] = [Self::Regular, Self::SemiBold, Self::Bold];

    /// The font's file.
    pub(super) fn data(self) -> &'static [u8] {
        match self {
            Self::Regular => REGULAR,
            Self::SemiBold => SEMI_BOLD,
            Self::Bold => BOLD,
        }
    }

    pub(super) fn css(self) -> &'static str {
        match self {
            Self::Regular => "400",
            Self::SemiBold => "600",
            Self::Bold => "700",
        }
    }

    fn advances(self) -> &'static Advances {
        static ALL: LazyLock<[Advances; 3]> = LazyLock::new(|| Weight::ALL.map(|weight| Advances::of(weight.data())));
        let [regular, semi_bold, bold] = &*ALL;
        match self {
            Self::Regular => regular,
            Self::SemiBold => semi_bold,
            Self::Bold => bold,
        }
    }
}

/// Advances in font sizes, sorted by character.
struct Advances(Vec<(char, f64)>);

impl Advances {
    fn of(data: &[u8]) -> Self {
        let Ok(font) = FontRef::new(data) else { return Self(Vec::new()) };
        let metrics = font.glyph_metrics(Size::new(1.0), LocationRef::default());
        let mut advances: Vec<(char, f64)> = font
            .charmap()
            .mappings()
            .filter_map(|(code, glyph)| Some((char::from_u32(code)?, f64::from(metrics.advance_width(glyph)?))))
            .collect();
        advances.sort_unstable_by_key(|(c, _)| *c);
        Self(advances)
    }

    fn get(&self, c: char) -> Option<f64> {
        let at = self.0.binary_search_by_key(&c, |(known, _)| *known).ok()?;
        self.0.get(at).map(|(_, advance)| *advance)
    }
}

/// A size in view-box units and a weight.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Type {
    pub(super) size: f64,
    pub(super) weight: Weight,
}

impl Type {
    pub(super) const fn new(size: f64, weight: Weight) -> Self {
        Self { size, weight }
    }

    /// Width of one line; a character that the font lacks counts one em, as a browser's fallback may draw it.
    pub(super) fn width(self, text: &str) -> f64 {
        let advances = self.weight.advances();
        text.chars().map(|c| advances.get(c).unwrap_or(1.0)).sum::<f64>() * self.size
    }

    /// Height that one line takes.
    pub(super) fn line(self) -> f64 {
        self.size * LINE
    }

    /// Width of the longest piece that wrapping keeps together.
    pub(super) fn longest_word(self, text: &str) -> f64 {
        words(text).iter().map(|word| self.width(word.trim_end())).fold(0.0, f64::max)
    }

    /// Breaks after spaces, hyphens, slashes and middle dots; inside a word only where it alone is too wide.
    pub(super) fn wrap(self, text: &str, max_width: f64) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        let mut line = String::new();
        for word in words(text) {
            if self.width(&line) + self.width(word.trim_end()) <= max_width {
                line.push_str(word);
                continue;
            }
            push_line(&mut lines, &mut line);
            for c in word.chars() {
                if !line.is_empty() && self.width(&line) + self.width(c.encode_utf8(&mut [0; 4]).trim_end()) > max_width
                {
                    push_line(&mut lines, &mut line);
                }
                line.push(c);
            }
        }
        push_line(&mut lines, &mut line);
        if lines.len() > MAX_LINES {
            lines.truncate(MAX_LINES);
            if let Some(last) = lines.last_mut() {
                last.push('…');
                *last = self.shorten(last, max_width);
            }
        }
        lines
    }

    /// The text, or as much of its beginning as fits with an ellipsis.
    pub(super) fn shorten(self, text: &str, max_width: f64) -> String {
        let mut line = text.trim().to_owned();
        if self.width(&line) <= max_width {
            return line;
        }
        while line.ends_with('…') || (!line.is_empty() && self.width(&line) + self.width("…") > max_width) {
            line.pop();
        }
        line.push('…');
        line
    }
}

fn push_line(lines: &mut Vec<String>, line: &mut String) {
    let kept = line.trim();
    if !kept.is_empty() {
        lines.push(kept.to_owned());
    }
    line.clear();
}

/// The pieces between which a line may break, each with its trailing space.
fn words(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut start = 0;
    for (at, c) in text.char_indices() {
        let end = at + c.len_utf8();
        if matches!(c, ' ' | '-' | '–' | '/' | '·' | '×' | '\t' | '\n') && end > start {
            words.push(&text[start..end]);
            start = end;
        }
    }
    if start < text.len() {
        words.push(&text[start..]);
    }
    words
}

/// What XML cannot hold, and what would turn the rest of a line around, goes; line breaks become spaces.
pub(super) fn clean(text: &str) -> String {
    text.chars()
        .filter_map(|c| match c {
            '\n' | '\r' | '\t' => Some(' '),
            '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{200E}' | '\u{200F}' | '\u{FFFE}' | '\u{FFFF}' => {
                None
            }
            c if c.is_control() => None,
            c => Some(c),
        })
        .collect()
}

/// The characters of `text` that the embedded font cannot draw, each once, in order of first appearance; empty means
/// that a PNG shows the text whole.
///
/// Such a text is not drawn at all: the mail says in words what the picture would have said.
pub(super) fn missing_glyphs(text: &str) -> Vec<char> {
    let advances = Weight::Regular.advances();
    let mut missing = Vec::new();
    for c in clean(text).chars() {
        if advances.get(c).is_none() && !missing.contains(&c) {
            missing.push(c);
        }
    }
    missing
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_renderer_draws_text_as_wide_as_it_is_measured() {
        for (weight, text) in
            [(Weight::Regular, "Médio porte 88 %"), (Weight::Bold, "108,4 %"), (Weight::SemiBold, "NPS −12")]
        {
            let css = weight.css();
            let svg = format!(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 900 90\"><text y=\"60\" font-family=\"Inter\" \
                 font-size=\"50\" font-weight=\"{css}\">{text}</text></svg>"
            );
            let drawn = f64::from(super::super::tests::tree(&svg).root().abs_bounding_box().width());
            let measured = Type::new(50.0, weight).width(text);
            assert!((drawn - measured).abs() < measured * 0.03, "{text}: drawn {drawn}, measured {measured}");
        }
    }

    #[test]
    fn the_three_weights_hold_the_same_characters() {
        let keys = |weight: Weight| weight.advances().0.iter().map(|(c, _)| *c).collect::<Vec<_>>();
        assert!(keys(Weight::Regular).len() > 200);
        assert_eq!(keys(Weight::Regular), keys(Weight::SemiBold));
        assert_eq!(keys(Weight::Regular), keys(Weight::Bold));
    }

    #[test]
    fn the_characters_of_three_languages_are_there() {
        let text = "ÁÂÃÀÇÉÊÍÑÓÔÕÚÜáâãàçéêíñóôõúü ¿¡ «» “” ‘’ 0123456789 % R$ € £ − × ± · – — … ≥ ≤ ▲ ▼ → º ª \u{a0}";
        assert_eq!(missing_glyphs(text), Vec::<char>::new());
    }

    #[test]
    fn a_missing_character_is_named_once() {
        assert_eq!(missing_glyphs("客户 客"), vec!['客', '户']);
    }

    #[test]
    fn wrapping_keeps_every_word_and_the_width() {
        let type_ = Type::new(12.0, Weight::Regular);
        let lines = type_.wrap("Médio porte · Região Sul/Sudeste", 90.0);
        assert!(lines.len() > 1);
        assert!(lines.iter().all(|line| type_.width(line) <= 90.0), "{lines:?}");
        assert_eq!(lines.concat().replace(' ', ""), "Médioporte·RegiãoSul/Sudeste");
    }

    #[test]
    fn a_word_wider_than_the_line_breaks_inside() {
        let type_ = Type::new(12.0, Weight::Regular);
        let lines = type_.wrap("Donaudampfschifffahrtsgesellschaft", 60.0);
        assert!(lines.len() > 1 && lines.iter().all(|line| type_.width(line) <= 60.0), "{lines:?}");
    }

    #[test]
    fn a_line_breaks_not_at_a_non_breaking_space() {
        let type_ = Type::new(12.0, Weight::Regular);
        assert_eq!(type_.wrap("meta 50\u{a0}%", type_.width("meta 50")), vec!["meta", "50\u{a0}%"]);
    }
}
