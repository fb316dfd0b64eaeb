//! What somebody wrote, as words: folded, cut apart, with its language and its negations.
//!
//! Knows three languages and no theme; what a word is counted for is decided elsewhere.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;

/// A language that themes can be written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Language {
    /// `pt`.
    Portuguese,
    /// `es`.
    Spanish,
    /// `en`.
    English,
}

impl Language {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Portuguese, Self::Spanish, Self::English];

    /// Its ISO 639-1 code, as `kpis.yaml` writes it.
    pub fn code(self) -> &'static str {
        match self {
            Self::Portuguese => "pt",
            Self::Spanish => "es",
            Self::English => "en",
        }
    }

    /// The language of a tag: `pt`, `pt-BR`, `PT_br`, `por`. None for any other.
    pub fn of_tag(tag: &str) -> Option<Self> {
        let primary = tag.trim().split(['-', '_']).next().unwrap_or_default();
        match primary.to_ascii_lowercase().as_str() {
            "pt" | "por" => Some(Self::Portuguese),
            "es" | "spa" => Some(Self::Spanish),
            "en" | "eng" => Some(Self::English),
            _ => None,
        }
    }

    /// The language whose small words a text has most of; none if two have as many.
    pub fn guessed(words: &[Word<'_>]) -> Option<Self> {
        let mut found = Self::ALL
            .map(|language| (words.iter().filter(|word| language.small_words().contains(word.text)).count(), language));
        found.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
        (found[0].0 > found[1].0).then_some(found[0].1)
    }

    /// Words that only join others.
    fn small_words(self) -> &'static HashSet<&'static str> {
        static SMALL: LazyLock<[HashSet<&'static str>; 3]> =
            LazyLock::new(|| [PORTUGUESE, SPANISH, ENGLISH].map(|words| words.split_ascii_whitespace().collect()));
        &SMALL[self as usize]
    }

    /// Whether a word turns the next one around.
    fn negates(self, word: &str) -> bool {
        match self {
            Self::Portuguese => matches!(word, "nao" | "nem" | "sem" | "nunca" | "jamais"),
            Self::Spanish => matches!(word, "no" | "nunca" | "sin" | "ni" | "jamas" | "tampoco"),
            Self::English => {
                matches!(word, "no" | "not" | "never" | "without" | "cannot" | "dont" | "doesnt" | "didnt" | "isnt")
                    || word.ends_with("n't")
            }
        }
    }
}

/// Small words, folded: articles, prepositions, pronouns, forms of to be and to have, and adverbs of degree.
const PORTUGUESE: &str = "a agora ai ainda algo alguem algum alguma alguns algumas ali ante antes ao aos aquela aquelas \
    aquele aqueles aquilo aqui as assim ate bem cada com como contra da das de dela delas dele deles demais depois desde \
    dessa desse desta deste disso disto do dos e eh ela elas ele eles em entre era eram essa essas esse esses esta estao fica ficar ficou tive tivemos \
    estar estas estava este estes estou eu faz fazer foi for foram ha isso isto ja la lhe logo mais mas me mesma mesmo \
    meu meus minha minhas muita muitas muito muitos na nas nem no nos nossa nossas nosso nossos num numa o os ou para \
    pela pelas pelo pelos per pois por porem porque pra pro qual quando quanto que quem sao se seja sempre ser sera seu \
    seus so sobre sua suas tal tambem tao te tem tenho ter teve tinha toda todas todo todos tudo um uma umas uns vai \
    vcs voce voces nos";

const SPANISH: &str = "a ahora al algo alguien algun alguna algunas alguno algunos alli ante antes aqui asi aun aunque \
    bien cada como con contra cual cuando cuanto de del desde despues donde dos e el ella ellas ellos en entre era eran \
    es esa esas ese eso esos esta estaba estan estar estas este esto estos estoy fue fueron ha hace hacer han hasta hay \
    he la las le les lo los mas me mi mientras mis mismo mucha muchas mucho muchos muy nada ni nos nosotros nuestra \
    nuestras nuestro nuestros o os otra otras otro otros para pero poco por porque pues que quien se sea ser si siempre \
    sobre solo son soy su sus tal tambien tan tanto te tengo tiene tienen toda todas todo todos tu tus un una unas uno \
    unos va vez y ya yo";

const ENGLISH: &str = "a about after again all also always am an and any are as at be because been before being both but \
    by can could did do does doing done each ever every few for from get gets got had has have having he her here hers \
    him his how i if in into is it its itself just let ll lot lots made make makes many me more most much my no nor now \
    of off on once one only or other our ours out over own quite rather re really s same she should so some still such \
    t than that the their theirs them then there these they this those through to too under until up us ve very was we \
    were what when where which while who whom why will with would yet you your yours";

/// A word of a text, folded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Word<'t> {
    /// Letters and digits; `n't` keeps its apostrophe.
    pub text: &'t str,
    /// Whether a sentence or a part of one begins with it: a negation does not reach it from before.
    pub starts: bool,
    /// Whether it is bound, without a blank, to a digit, an address or a link.
    pub is_bound: bool,
}

/// Text in small letters without accents: `Preço`, `PREÇO` and `preco` are one. Signs that nobody sees are gone.
pub fn fold(text: &str) -> Cow<'_, str> {
    if is_plain(text) {
        return Cow::Borrowed(text);
    }
    let is_kept = |c: &char| !is_accent(*c) && !is_unseen(*c);
    Cow::Owned(apostrophes(text).nfkd().filter(is_kept).flat_map(char::to_lowercase).filter(is_kept).collect())
}

/// Text in small letters with its accents, in their composed form.
pub fn lower(text: &str) -> Cow<'_, str> {
    if is_plain(text) {
        return Cow::Borrowed(text);
    }
    let is_kept = |c: &char| !is_unseen(*c);
    Cow::Owned(apostrophes(text).filter(is_kept).nfkc().flat_map(char::to_lowercase).nfc().collect())
}

/// Whether a text is folded as it stands.
fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase() && byte != b'`')
}

/// An accent that stands alone is somebody's apostrophe; it must be seen before letters are taken apart.
fn apostrophes(text: &str) -> impl Iterator<Item = char> {
    text.chars().map(|c| if matches!(c, '’' | '‘' | 'ʼ' | '`' | '´') { '\'' } else { c })
}

fn is_accent(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}')
}

pub(super) fn is_unseen(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// The words of a text, folded or in small letters.
pub fn words(folded: &str) -> Vec<Word<'_>> {
    let mut words = Vec::new();
    let mut starts = true;
    for piece in folded.split_whitespace() {
        let is_bound =
            piece.chars().any(|c| c.is_numeric() || c == '@') || piece.contains("://") || piece.starts_with("www.");
        let mut rest = piece;
        while let Some(from) = rest.find(is_part) {
            starts |= rest[..from].contains(ends_clause);
            let word = &rest[from..];
            let length = length_of_word(word);
            words.push(Word { text: &word[..length], starts, is_bound });
            starts = false;
            rest = &word[length..];
        }
        starts |= rest.contains(ends_clause);
    }
    words
}

/// Whether a character belongs to a word. Marks that are no accents are letters of their scripts.
pub(super) fn is_part(c: char) -> bool {
    c.is_alphanumeric() || unicode_normalization::char::is_combining_mark(c)
}

fn ends_clause(c: char) -> bool {
    matches!(c, '.' | ',' | ';' | ':' | '!' | '?' | '…' | '(' | ')')
}

/// How many bytes the word takes that a text begins with. `don't` is one word, `it's` and `d'água` are two.
fn length_of_word(text: &str) -> usize {
    let end = text.find(|c| !is_part(c)).unwrap_or(text.len());
    let is_negation =
        text[..end].ends_with('n') && text[end..].strip_prefix("'t").is_some_and(|after| !after.starts_with(is_part));
    if is_negation { end + 2 } else { end }
}

/// Letters beyond which a word is none.
const LONGEST_WORD: usize = 40;

/// What stands before a word that a negation turns around.
pub const NEGATED: &str = "not_";

/// A word that says something.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Term {
    /// Folded, after [`NEGATED`] where a negation turns it around.
    pub folded: String,
    /// The same with its accents, as it was written.
    pub written: String,
}

/// The words of a text that say something, each once, sorted: without small words, digits and addresses, and with a
/// negation kept before the word that it turns around. `words` are those of the folded text; `is_private` names words
/// that must not be repeated.
pub fn terms(
    text: &str,
    words: &[Word<'_>],
    language: Option<Language>,
    is_private: impl Fn(&str) -> bool,
) -> Vec<Term> {
    let spoken = language.or_else(|| Language::guessed(words));
    let in_any = |has: &dyn Fn(Language) -> bool| spoken.map_or_else(|| Language::ALL.into_iter().any(has), has);
    let lowered = lower(text);
    let accented = self::words(&lowered);
    let mut terms = Vec::new();
    let mut is_negated = false;
    for (place, word) in words.iter().enumerate() {
        is_negated &= !word.starts;
        if in_any(&|language| language.negates(word.text)) {
            is_negated = true;
        } else if !in_any(&|language| language.small_words().contains(word.text)) {
            if !word.is_bound && is_term(word.text) && !is_private(word.text) {
                let accented = accented.get(place).map(|word| word.text).filter(|accented| fold(accented) == word.text);
                let sign = if is_negated { NEGATED } else { "" };
                let written = accented.unwrap_or(word.text);
                terms.push(Term { folded: format!("{sign}{}", word.text), written: format!("{sign}{written}") });
            }
            is_negated = false;
        }
    }
    terms.sort_unstable();
    terms.dedup_by(|a, b| a.folded == b.folded);
    terms
}

/// At least two letters, and nothing but letters.
fn is_term(word: &str) -> bool {
    let letters = word.chars().count();
    (2..=LONGEST_WORD).contains(&letters) && word.chars().all(|c| is_part(c) && !c.is_numeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<String> {
        words(&fold(text)).iter().map(|word| word.text.to_owned()).collect()
    }

    fn said(text: &str, language: Option<Language>) -> Vec<String> {
        terms(text, &words(&fold(text)), language, |_| false).into_iter().map(|term| term.folded).collect()
    }

    #[test]
    fn accents_and_capitals_do_not_count_however_they_are_written() {
        for written in ["Preço", "PREÇO", "preco", "prec\u{327}o", "pre\u{ad}ço", "ｐｒｅｃｏ", "pre\u{200b}co"]
        {
            assert_eq!(fold(written), "preco", "{written:?}");
        }
        assert_eq!(fold("AÑO İzmir"), "ano izmir");
        assert_eq!(fold("it isn´t"), "it isn't");
        assert_eq!(fold("😀 ok"), "😀 ok");
    }

    #[test]
    fn words_end_at_signs_and_negations_keep_their_apostrophe() {
        assert_eq!(texts("Caro.Suporte/ruim—d'água, it's"), ["caro", "suporte", "ruim", "d", "agua", "it", "s"]);
        assert_eq!(texts("It doesn’t, can't; don'table"), ["it", "doesn't", "can't", "don", "table"]);
        assert_eq!(texts(" \t!? 😀 "), Vec::<String>::new());
    }

    #[test]
    fn a_negation_stays_with_the_next_word_that_says_something() {
        let (pt, es, en) = (Some(Language::Portuguese), Some(Language::Spanish), Some(Language::English));
        assert_eq!(said("Não é caro, e não cai", pt), ["not_cai", "not_caro"]);
        assert_eq!(said("Entrega sem sustos nem atrasos", pt), ["entrega", "not_atrasos", "not_sustos"]);
        assert_eq!(said("No es caro; nunca tarda, sin cortes", es), ["not_caro", "not_cortes", "not_tarda"]);
        assert_eq!(
            said("It isn't late, never slow, not very cheap, without delay", en),
            ["not_cheap", "not_delay", "not_late", "not_slow"]
        );
        // A sentence that ends ends its negation.
        assert_eq!(said("Não. Bom produto", pt), ["bom", "produto"]);
    }

    /// "no" is "in the" in Portuguese, and "not" in Spanish.
    #[test]
    fn what_negates_depends_on_the_language_also_where_it_must_be_guessed() {
        assert_eq!(said("demora no suporte", Some(Language::Portuguese)), ["demora", "suporte"]);
        assert_eq!(said("o suporte demora no atendimento", None), ["atendimento", "demora", "suporte"]);
        assert_eq!(said("el soporte no responde", None), ["not_responde", "soporte"]);
        assert_eq!(said("no funciona", None), ["not_funciona"]);
    }

    #[test]
    fn what_could_name_somebody_is_no_term() {
        let text = "Fale com joao@acme.com, tel:11-99999, user123 @ana R$100 https://acme.com/x www.acme.com Sol ok";
        let terms = terms(text, &words(&fold(text)), Some(Language::Portuguese), |word| word == "sol");
        assert_eq!(terms.iter().map(|term| term.folded.as_str()).collect::<Vec<_>>(), ["fale", "ok"]);
        assert_eq!(said("ｊｏａｏ＠acme.com ２ kg", None), ["kg"], "a wide sign is the sign");
        assert_eq!(said(&"x".repeat(41), None), Vec::<String>::new());
        assert_eq!(said("caro caro CARO", Some(Language::Portuguese)), ["caro"], "once a text");
    }

    #[test]
    fn a_term_knows_how_it_was_written() {
        let text = "A Implantac\u{327}a\u{303}o NÃO Atrasou";
        let written: Vec<String> = terms(text, &words(&fold(text)), None, |_| false)
            .into_iter()
            .map(|term| format!("{} {}", term.folded, term.written))
            .collect();
        assert_eq!(written, ["implantacao implantação", "not_atrasou not_atrasou"]);
    }

    #[test]
    fn a_tag_may_have_a_region() {
        let tags = ["pt", "pt-BR", "PT_br", " por ", "es-419", "en", "fr", ""].map(Language::of_tag);
        let (pt, es, en) = (Some(Language::Portuguese), Some(Language::Spanish), Some(Language::English));
        assert_eq!(tags, [pt, pt, pt, pt, es, en, None, None]);
    }
}
