//! What respondents wrote, read once: each comment as the themes it mentions and the terms it says.
//!
//! What is counted later are numbers of themes and of terms; of the text nothing goes on from here. Where quotes are
//! wanted, [`quotes`](super::quotes) reads it again.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use polars::prelude::DataFrame;

use crate::config::Theme;
use crate::error::Result;
use crate::panel::answers::Answers;
use crate::panel::words::{self, Language, Word, fold};
use crate::panel::{Timeline, frame};

/// A map with a fast hash that is the same in every run; its order reaches nothing.
type Map<K, V> = HashMap<K, V, foldhash::fast::FixedState>;

/// Customers who share a word of their names, from which on that word names none of them.
const COMMON_NAME: usize = 5;

/// A stem as it is compared: folded.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Stem {
    /// The word itself and its plurals.
    Whole(Vec<String>),
    /// The beginning of words.
    Beginning(String),
}

impl Stem {
    /// A stem that ends in a, e or o is a whole word: itself, with an s, and with -ões or -ães for -ão. Any other is a
    /// beginning, so that `entreg` finds entrega, entregas and entregou, and `precio` does not find preciosa.
    fn new(written: &str) -> Self {
        let stem = fold(written).into_owned();
        if !stem.ends_with(['a', 'e', 'o']) {
            return Self::Beginning(stem);
        }
        let plural = stem.strip_suffix("ao").map(|root| [format!("{root}oes"), format!("{root}aes")]);
        let forms = [format!("{stem}s"), stem];
        Self::Whole(forms.into_iter().chain(plural.into_iter().flatten()).collect())
    }

    fn matches(&self, word: &str) -> bool {
        match self {
            Self::Whole(forms) => forms.iter().any(|form| form == word),
            Self::Beginning(stem) => word.starts_with(stem.as_str()),
        }
    }
}

/// The themes of `kpis.yaml`, ready to be found in texts.
#[derive(Clone, Debug, Default)]
pub struct Dictionary {
    /// Ids, in alphabetical order.
    ids: Vec<Arc<str>>,
    /// Theme → language → stems.
    stems: Vec<BTreeMap<&'static str, Vec<Stem>>>,
}

impl Dictionary {
    /// Folds every stem.
    pub fn new(themes: &BTreeMap<String, Theme>) -> Self {
        let of_language = |theme: &Theme, language: Language| {
            let stems = theme.stems.get(language.code());
            (language.code(), stems.into_iter().flatten().map(|stem| Stem::new(stem)).collect())
        };
        let stems = themes.values().map(|theme| Language::ALL.map(|language| of_language(theme, language)).into());
        Self { ids: themes.keys().map(|id| Arc::from(id.as_str())).collect(), stems: stems.collect() }
    }

    /// The numbers of the themes that a text mentions, ascending: by the stems of its language, or of all of them where
    /// that is none of ours. A word that is negated mentions its theme all the same.
    fn mentioned(&self, words: &[Word<'_>], language: Option<Language>) -> Box<[u16]> {
        let mentions = |by_language: &BTreeMap<&str, Vec<Stem>>| {
            let of = by_language.iter().filter(|(code, _)| language.is_none_or(|language| language.code() == **code));
            of.flat_map(|(_, stems)| stems).any(|stem| words.iter().any(|word| stem.matches(word.text)))
        };
        (0..).zip(&self.stems).filter(|(_, stems)| mentions(stems)).map(|(number, _)| number).collect()
    }
}

/// A comment with text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment {
    /// Who wrote it, for counting people: rows of a customer that name no respondent are one person, so that nobody is
    /// counted twice.
    pub person: u32,
    /// Numbers of the themes that it mentions.
    pub themes: Box<[u16]>,
    /// Numbers of the terms that it says, and of how each is written with its accents.
    pub terms: Box<[(u32, u32)]>,
}

/// What is read of comments.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CommentsWanted {
    /// The themes that they mention.
    pub themes: bool,
    /// The terms that they say.
    pub terms: bool,
}

impl CommentsWanted {
    /// Whether they are read at all.
    pub fn any(self) -> bool {
        self.themes || self.terms
    }
}

/// The comments of the answers that some period counts.
#[derive(Clone, Debug, Default)]
pub struct Comments {
    by_row: Map<u32, Comment>,
    /// Number of a theme → its id.
    pub themes: Vec<Arc<str>>,
    /// Number of a term, or of a way of writing it → its text.
    pub vocabulary: Vec<Arc<str>>,
    /// By which themes are found.
    dictionary: Dictionary,
    /// What names customers.
    pub(super) names: Names,
}

impl Comments {
    /// The comment of a row of surveys; none if there is no text.
    pub fn of(&self, row: u32) -> Option<&Comment> {
        self.by_row.get(&row)
    }

    /// Reads the comments of the `surveys` frame that belong to answers within some period.
    pub(crate) fn read(
        surveys: &DataFrame,
        answers: &Answers,
        timeline: &Timeline,
        dictionary: &Dictionary,
        names: &Names,
        wanted: CommentsWanted,
    ) -> Result<Self> {
        let text = frame::text_at(surveys, "comment")?;
        let lang = frame::text_at(surveys, "lang")?;
        let respondent = frame::text_at(surveys, "respondent_id")?;
        let mut people: Map<(u32, Option<&str>), u32> = Map::default();
        let mut numbers: Map<String, u32> = Map::default();
        let mut comments = Self {
            themes: dictionary.ids.clone(),
            dictionary: dictionary.clone(),
            names: names.clone(),
            ..Self::default()
        };
        for answer in &answers.rows {
            let is_counted = answer.score.is_some()
                && answer.responded_at.is_some_and(|at| timeline.containing(at).next().is_some());
            let written = text(answer.row as usize).filter(|text| is_counted && !is_blank(text));
            let Some(written) = written else { continue };
            let folded = fold(written);
            let words = words::words(&folded);
            let language = lang(answer.row as usize).and_then(Language::of_tag);
            let next = short(people.len());
            let person = *people.entry((answer.customer, respondent(answer.row as usize))).or_insert(next);
            let themes = if wanted.themes { dictionary.mentioned(&words, language) } else { Box::default() };
            let terms = if wanted.terms {
                let terms = words::terms(written, &words, language, |word| names.has(answer.customer, word));
                let mut number = |text| comments.number(&mut numbers, text);
                terms.into_iter().map(|term| (number(term.folded), number(term.written))).collect()
            } else {
                Box::default()
            };
            comments.by_row.insert(answer.row, Comment { person, themes, terms });
        }
        Ok(comments)
    }

    /// Whether a text in some language, or in none that is known, mentions a theme.
    pub(super) fn mentions(&self, text: &str, language: Option<Language>, theme: u16) -> bool {
        let folded = fold(text);
        self.dictionary.mentioned(&words::words(&folded), language).contains(&theme)
    }

    /// The number of a text, a new one for a new text.
    fn number(&mut self, numbers: &mut Map<String, u32>, text: String) -> u32 {
        if let Some(number) = numbers.get(&text) {
            return *number;
        }
        let number = short(self.vocabulary.len());
        self.vocabulary.push(Arc::from(text.as_str()));
        numbers.insert(text, number);
        number
    }
}

fn short(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// Whether nothing can be seen of a text.
fn is_blank(text: &str) -> bool {
    fold(text).chars().all(|c| c.is_whitespace() || c.is_control())
}

/// The words of customers' names: what a term must not repeat.
#[derive(Clone, Debug, Default)]
pub struct Names(Vec<(String, u32)>);

impl Names {
    /// Cuts names into words; a customer may have had several.
    pub fn new<'n>(names: impl IntoIterator<Item = (u32, &'n str)>) -> Self {
        let mut parts = Vec::new();
        for (customer, name) in names {
            let folded = fold(name);
            parts.extend(words::words(&folded).iter().map(|word| (word.text.to_owned(), customer)));
        }
        parts.sort_unstable();
        parts.dedup();
        Self(parts)
    }

    /// Whether a word is part of the customer's own name, or of the names of so few customers that it could name one.
    pub(super) fn has(&self, customer: u32, word: &str) -> bool {
        let from = self.0.partition_point(|(part, _)| part.as_str() < word);
        let bearers = self.0[from..].iter().take_while(|(part, _)| part == word);
        let mut count = 0;
        for (_, bearer) in bearers {
            count += 1;
            if *bearer == customer {
                return true;
            }
        }
        (1..COMMON_NAME).contains(&count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn theme(stems: &[(&str, &[&str])]) -> Theme {
        let owned = |(language, stems): &(&str, &[&str])| {
            ((*language).to_owned(), stems.iter().map(|stem| (*stem).to_owned()).collect())
        };
        Theme { stems: stems.iter().map(owned).collect(), ..Theme::default() }
    }

    fn dictionary(themes: &[(&str, Theme)]) -> Dictionary {
        Dictionary::new(&themes.iter().map(|(id, theme)| ((*id).to_owned(), theme.clone())).collect())
    }

    fn mentioned(dictionary: &Dictionary, text: &str, language: Option<Language>) -> Vec<String> {
        let folded = fold(text);
        let numbers = dictionary.mentioned(&words::words(&folded), language);
        numbers.iter().map(|number| dictionary.ids[usize::from(*number)].to_string()).collect()
    }

    fn matches(stem: &str, word: &str) -> bool {
        Stem::new(stem).matches(&fold(word))
    }

    #[test]
    fn a_stem_that_is_a_word_has_plurals_and_one_that_is_none_has_endings() {
        for (stem, word) in [
            ("precio", "Precio"),
            ("precio", "precios"),
            ("preço", "PRECOS"),
            ("late", "late"),
            ("price", "prices"),
            ("entreg", "entrega"),
            ("entreg", "entregas"),
            ("entreg", "entregou"),
            ("entreg", "Entregue"),
            ("enví", "envíos"),
            ("integração", "integrações"),
            ("integração", "integração"),
            ("pão", "pães"),
            ("mão", "mãos"),
            ("deliver", "deliveries"),
            ("API", "APIs"),
        ] {
            assert!(matches(stem, word), "{stem} finds {word}");
        }
        for (stem, word) in [
            ("precio", "preciosa"),
            ("precio", "preciosos"),
            ("late", "later"),
            ("late", "latest"),
            ("late", "plate"),
            ("caro", "caroço"),
            ("preço", "apreço"),
            ("tela", "telão"),
            ("entreg", "reentrega"),
            ("suporte", "suporta"),
        ] {
            assert!(!matches(stem, word), "{stem} does not find {word}");
        }
    }

    /// The cases TH-02 and TH-05 of `worked_numbers.csv`.
    #[test]
    fn a_comment_may_have_several_themes_and_whole_words_decide() {
        let themes = dictionary(&[
            ("atendimento", theme(&[("pt", &["suporte"]), ("es", &["soporte"])])),
            ("preco", theme(&[("pt", &["preço"]), ("es", &["precio"])])),
        ]);
        assert_eq!(
            mentioned(&themes, "Preço caro e suporte ruim", Some(Language::Portuguese)),
            ["atendimento", "preco"]
        );
        assert_eq!(mentioned(&themes, "preciosa", Some(Language::Spanish)), Vec::<String>::new());
        assert_eq!(mentioned(&themes, "El PRECIO, no el soporte.", Some(Language::Spanish)), ["atendimento", "preco"]);
    }

    /// "late" is Portuguese for "barks": an English stem.
    #[test]
    fn stems_are_those_of_the_comments_language_or_of_all_where_it_is_unknown() {
        let themes = dictionary(&[("delivery", theme(&[("en", &["late"]), ("pt", &["entreg"])]))]);
        assert_eq!(mentioned(&themes, "O cachorro late", Some(Language::Portuguese)), Vec::<String>::new());
        assert_eq!(mentioned(&themes, "It was late", Some(Language::English)), ["delivery"]);
        assert_eq!(mentioned(&themes, "It was late", None), ["delivery"]);
        assert_eq!(mentioned(&themes, "Não entregaram", None), ["delivery"], "a negated stem mentions its theme");
    }

    /// Customer 0 is Padaria Sol, 1 to 5 are bakeries too; "padaria" names nobody but its own bearer does not say it.
    #[test]
    fn a_name_that_many_share_names_nobody() {
        let bakeries = ["Padaria Sol", "Padaria Mar", "PADARIA Céu", "Padaria Lua", "Padaria Um", "Padaria Dois"];
        let names = Names::new((0..).zip(bakeries).chain([(6, "Acme Ltda")]));
        assert!(names.has(0, "padaria") && names.has(0, "sol") && names.has(9, "sol") && names.has(0, "acme"));
        assert!(!names.has(9, "padaria") && !names.has(9, "suporte"));
        assert!(Names::new((0..4).map(|customer| (customer, "Padaria"))).has(9, "padaria"));
    }

    /// TH-03: an empty comment, and one of blanks, are none.
    #[test]
    fn a_comment_without_text_is_none() {
        for blank in ["", "   ", "\t\r\n", "\u{a0}\u{3000}", "\u{200b}\u{feff}"] {
            assert!(is_blank(blank), "{blank:?}");
        }
        assert!(!is_blank("…") && !is_blank("👍"));
    }
}
