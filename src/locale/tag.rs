//! The tags that farol speaks, and the language of words behind each.
//!
//! A closed list: a region whose formats nobody has checked is refused, not guessed.

use icu_locale::Locale as Parsed;

use crate::diagnostic::Diagnostic;
use crate::error::{Exit, Failure, Result};

/// A language that farol has words in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// English.
    En,
    /// Brazilian Portuguese.
    PtBr,
    /// Spanish, neutral.
    Es,
}

impl Language {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::En, Self::PtBr, Self::Es];

    /// The name of its catalogue, and the key of translations in YAML.
    pub fn id(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::PtBr => "pt-BR",
            Self::Es => "es",
        }
    }
}

/// Every tag that can be asked for, with the language of its words.
pub const SUPPORTED: [(&str, Language); 13] = [
    ("en", Language::En),
    ("en-GB", Language::En),
    ("en-US", Language::En),
    ("es", Language::Es),
    ("es-419", Language::Es),
    ("es-AR", Language::Es),
    ("es-CL", Language::Es),
    ("es-CO", Language::Es),
    ("es-ES", Language::Es),
    ("es-MX", Language::Es),
    ("pt", Language::PtBr),
    ("pt-BR", Language::PtBr),
    ("pt-PT", Language::PtBr),
];

/// The supported tag that a text spells; for another region of a language that is supported, the tag whose habits most
/// of that language's countries share.
pub(super) fn find(text: &str) -> Result<(&'static str, Language)> {
    let spelled = |text: &str| SUPPORTED.into_iter().find(|(tag, _)| tag.eq_ignore_ascii_case(text));
    let elsewhere = || {
        let (language, _) = text.split_once('-')?;
        let shared = match language.to_ascii_lowercase().as_str() {
            "en" => "en",
            "es" => "es-419",
            "pt" => "pt-BR",
            _ => return None,
        };
        spelled(shared)
    };
    spelled(text).or_else(elsewhere).ok_or_else(|| {
        let tags: Vec<&str> = SUPPORTED.iter().map(|(tag, _)| *tag).collect();
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
