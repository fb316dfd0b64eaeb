//! The tags that farol speaks, and the language of words behind each.
//!
//! A closed list: a region whose formats nobody has checked is refused, not guessed.

use icu_locale::Locale as Parsed;

use crate::diagnostic::Diagnostic;
use crate::error::{Exit, Failure, Result};
use crate::languages::{self, LANGUAGES, Language};

/// The supported tag that a text spells; for another region of a language that is supported, the tag whose habits most
/// of that language's countries share.
pub(super) fn find(text: &str) -> Result<(&'static str, &'static Language)> {
    let base = |tag: &str| tag.split('-').next().unwrap_or_default().to_ascii_lowercase();
    let spelled = languages::tags().find(|(tag, _)| tag.eq_ignore_ascii_case(text));
    let elsewhere = || {
        let is_region = text.contains('-');
        let language = LANGUAGES.iter().find(|language| is_region && base(language.id) == base(text))?;
        Some((*language.tags.first()?, language))
    };
    spelled.or_else(elsewhere).ok_or_else(|| {
        let tags: Vec<&str> = languages::tags().map(|(tag, _)| tag).collect();
        let fault = Diagnostic::error("unknown-locale", format!("no words or formats for the locale `{text}`"));
        Failure::new(Exit::Config, fault.help(format!("use one of {}", tags.join(", "))))
    })
}

/// The tag as the CLDR data know it.
pub(super) fn parsed(tag: &'static str) -> Result<Parsed> {
    Parsed::try_from_str(tag).map_err(|error| missing_data(&format!("`{tag}` is no language tag: {error}")))
}

/// Built-in data that turn out not to be there: never the user's fault.
pub(super) fn missing_data(what: &str) -> Failure {
    Failure::new(
        Exit::Internal,
        Diagnostic::error("locale-data", what).help("report this: the locale data are built into farol"),
    )
}
