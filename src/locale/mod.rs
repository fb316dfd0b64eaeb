//! Words, numbers and dates as a reader of one language and region writes them.
//!
//! Knows no figure, no period's meaning and no template: it is handed values and hands back text.

mod currency;
mod date;
mod messages;
mod number;
mod period;
mod quantity;
mod spreadsheet;
mod tag;
mod words;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::Path;
use std::rc::Rc;

use crate::diagnostic::Diagnostic;
use crate::error::Result;
use crate::languages::Language;

pub use words::Arg;

/// The no-break space that holds a figure together.
pub(crate) const NO_BREAK_SPACE: char = '\u{a0}';
/// The sign of a negative figure; a hyphen is shorter than a plus and reads as a dash.
pub(crate) const MINUS: char = '\u{2212}';

/// One reader's language and region: the language chooses the words, the whole tag the formats.
#[derive(Debug)]
pub struct Locale {
    tag: &'static str,
    language: &'static Language,
    words: words::Catalogue,
    numerals: number::Numerals,
    dates: date::Dates,
}

impl Locale {
    /// The locale of a BCP 47 tag (case does not matter), one of [`tags`](crate::languages::tags).
    ///
    /// `overrides` is a user's template folder: messages in `locales/LANGUAGE.ftl` and then `locales/TAG.ftl` below it
    /// replace the built-in ones of the same id.
    ///
    /// # Errors
    /// `Exit::Config` for a tag that is not supported, and for every fault of the overriding files: what is not Fluent,
    /// ids and variables that no template uses, figures misused.
    pub fn load(tag: &str, overrides: Option<&Path>) -> Result<Self> {
        let (tag, language) = tag::find(tag)?;
        let parsed = tag::parsed(tag)?;
        Ok(Self {
            tag,
            language,
            words: words::Catalogue::load(tag, language, overrides)?,
            numerals: number::Numerals::load(&parsed)?,
            dates: date::Dates::load(&parsed, language)?,
        })
    }

    /// The built-in locale of a tag as this thread has it. Loading takes milliseconds, and formatters do not pass from one
    /// thread to another.
    ///
    /// # Errors
    /// As [`Self::load`].
    pub fn built_in(tag: &str) -> Result<Rc<Self>> {
        thread_local! {
            static LOADED: RefCell<BTreeMap<&'static str, Rc<Locale>>> = const { RefCell::new(BTreeMap::new()) };
        }
        let (name, _) = tag::find(tag)?;
        if let Some(locale) = LOADED.with_borrow(|loaded| loaded.get(name).cloned()) {
            return Ok(locale);
        }
        let locale = Rc::new(Self::load(name, None)?);
        LOADED.with_borrow_mut(|loaded| loaded.insert(name, Rc::clone(&locale)));
        Ok(locale)
    }

    /// The tag in its usual spelling: `pt-BR`, `es-419`.
    pub fn tag(&self) -> &'static str {
        self.tag
    }

    /// The language of the words: `en`, `pt-BR` or `es`.
    pub fn language(&self) -> &'static str {
        self.language.id
    }

    /// The value of HTML's `lang`: the language that the words are in, with the reader's region.
    pub fn html_lang(&self) -> &'static str {
        self.tag
    }

    /// A message without variables; `id.attribute` reads an attribute. One that does not exist shows as `[id]` and is
    /// remembered in [`Self::faults`].
    pub fn text(&self, id: &str) -> String {
        self.words.text(id, &[])
    }

    /// A message with its variables filled in; unknown messages and variables that are not given are remembered in
    /// [`Self::faults`].
    pub fn text_with(&self, id: &str, args: &[(&str, Arg<'_>)]) -> String {
        self.words.text(id, args)
    }

    /// Every message's id, sorted, attributes as `id.attribute`.
    pub fn message_ids(&self) -> Vec<String> {
        self.words.ids()
    }

    /// Whether there is such a message.
    pub fn has(&self, id: &str) -> bool {
        self.words.has(id)
    }

    /// What has been asked for in vain since the locale was loaded, each once, sorted: for the renderer to refuse.
    pub fn faults(&self) -> Vec<Diagnostic> {
        self.words.faults()
    }

    /// "a, b e c": at least one item, in the order given; nothing gives an empty text.
    pub fn list(&self, items: &[String]) -> String {
        let Some((last, before)) = items.split_last() else { return String::new() };
        if before.is_empty() {
            return last.clone();
        }
        // Where a language has one "and" for all words, both messages say it.
        let and = if words::starts_with_i_sound(last) { self.text("list-and-before-i") } else { self.text("list-and") };
        format!("{} {and} {last}", before.join(", "))
    }
}
