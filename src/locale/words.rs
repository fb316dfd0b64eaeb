//! The catalogues: Fluent messages of one language, the built-in ones and a user's over them.
//!
//! Formats nothing itself: figures come in as text, with the raw number beside it for the choice of plurals.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

use super::messages::{self, Variables};
use super::tag::{Language, missing_data};
use crate::diagnostic::{Diagnostic, Place};
use crate::error::{Exit, Failure, Result};

/// The built-in catalogue of a language.
pub(super) fn built_in(language: Language) -> &'static str {
    match language {
        Language::En => include_str!("../../templates/locales/en.ftl"),
        Language::PtBr => include_str!("../../templates/locales/pt-BR.ftl"),
        Language::Es => include_str!("../../templates/locales/es.ftl"),
    }
}

/// A variable's value.
#[derive(Clone, Debug, PartialEq)]
pub enum Arg<'a> {
    /// Text that goes in as it is.
    Text(&'a str),
    /// A figure called `n`: `{ $n }` shows the text, `{ $n_raw -> … }` chooses a plural by the number.
    Number {
        /// As a number; finite, or no plural but the default is chosen.
        raw: f64,
        /// As the reader sees it.
        shown: String,
    },
}

/// One language's messages.
pub(super) struct Catalogue {
    bundle: FluentBundle<FluentResource>,
    /// Message (or `message.attribute`) → its variables.
    messages: BTreeMap<String, Variables>,
    /// What was asked for in vain.
    faults: Mutex<BTreeSet<String>>,
}

impl fmt::Debug for Catalogue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Catalogue({} messages)", self.messages.len())
    }
}

impl Catalogue {
    /// The built-in messages of a language, and over them those of a user's template folder.
    pub(super) fn load(tag: &str, language: Language, overrides: Option<&Path>) -> Result<Self> {
        let words = LanguageIdentifier::from_bytes(language.id().as_bytes());
        let words = words.map_err(|error| missing_data(&format!("`{}`: {error}", language.id())))?;
        let mut bundle = FluentBundle::new_concurrent(vec![words]);
        // Isolating marks are for mixed writing directions; here they would only litter mail and CSV.
        bundle.set_use_isolating(false);
        let resource = messages::parse(built_in(language).to_owned());
        let resource = resource.map_err(|fault| missing_data(&format!("{}.ftl: {}", language.id(), fault.what)))?;
        let messages = messages::variables(&resource);
        bundle.add_resource_overriding(resource);
        if let Some(folder) = overrides {
            let mut names = vec![language.id(), tag];
            names.dedup();
            for name in names {
                let file = folder.join("locales").join(format!("{name}.ftl"));
                if let Some(resource) = read_overriding(&file, &messages)? {
                    bundle.add_resource_overriding(resource);
                }
            }
        }
        Ok(Self { bundle, messages, faults: Mutex::default() })
    }

    pub(super) fn has(&self, id: &str) -> bool {
        self.messages.contains_key(id)
    }

    pub(super) fn ids(&self) -> Vec<String> {
        self.messages.keys().cloned().collect()
    }

    /// A message filled in; what is wrong with it is remembered.
    pub(super) fn text(&self, id: &str, args: &[(&str, Arg<'_>)]) -> String {
        let (message, attribute) = id.split_once('.').map_or((id, None), |(id, attribute)| (id, Some(attribute)));
        let message = self.bundle.get_message(message);
        let pattern = message.and_then(|message| match attribute {
            Some(name) => message.get_attribute(name).map(|attribute| attribute.value()),
            None => message.value(),
        });
        let Some(pattern) = pattern else {
            self.remember(format!("no message `{id}`"));
            return format!("[{id}]");
        };
        let mut errors = Vec::new();
        let args = fluent_args(args);
        let text = self.bundle.format_pattern(pattern, Some(&args), &mut errors).into_owned();
        for error in errors {
            self.remember(format!("message `{id}`: {error}"));
        }
        text
    }

    fn remember(&self, fault: String) {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner).insert(fault);
    }

    pub(super) fn faults(&self) -> Vec<Diagnostic> {
        let faults = self.faults.lock().unwrap_or_else(PoisonError::into_inner);
        let fault = |what: &String| {
            Diagnostic::error("missing-message", what).help("add it to the files in `locales/` of the templates")
        };
        faults.iter().map(fault).collect()
    }
}

/// Variables as Fluent takes them; a figure brings its raw number along under a name of its own.
fn fluent_args<'a>(args: &'a [(&str, Arg<'_>)]) -> FluentArgs<'a> {
    let mut fluent = FluentArgs::new();
    for (name, arg) in args {
        match arg {
            Arg::Text(text) => fluent.set(*name, *text),
            Arg::Number { raw, shown } => {
                fluent.set(*name, shown.as_str());
                // Fluent's plural rules panic on what is not finite.
                let raw = if raw.is_finite() { FluentValue::from(*raw) } else { FluentValue::from("") };
                fluent.set(format!("{name}{}", messages::RAW), raw);
            }
        }
    }
    fluent
}

/// A user's catalogue, checked against the built-in one; none if there is no such file.
fn read_overriding(file: &Path, known: &BTreeMap<String, Variables>) -> Result<Option<FluentResource>> {
    let text = match std::fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => {
            let fault = Diagnostic::error("locale-unreadable", format!("cannot be read: {error}"));
            let fault = fault.at(Place::file(file)).help("make it a readable file in UTF-8, or remove it");
            return Err(Failure::new(Exit::Config, fault));
        }
    };
    let resource = messages::parse(text.clone()).map_err(|fault| {
        let (line, column) = messages::line_and_column(&text, fault.offset);
        let fault = Diagnostic::error("locale-syntax", fault.what).at(Place::at(file, line, column));
        Failure::new(Exit::Config, fault.help("write messages as `id = text`, in Fluent's syntax"))
    })?;
    let faults = messages::against(file, &text, &resource, known);
    if faults.is_empty() { Ok(Some(resource)) } else { Err(Failure::many(Exit::Config, faults)) }
}

/// Whether a Spanish word begins with the sound of i, before which "y" becomes "e": `Internet`, `hilo`, not `hielo`.
pub(super) fn starts_with_i_sound(word: &str) -> bool {
    let word: String = word.to_lowercase().chars().take(3).collect();
    let sound = word.strip_prefix('h').unwrap_or(&word);
    let mut letters = sound.chars();
    matches!(letters.next(), Some('i' | 'í')) && !matches!(letters.next(), Some('a' | 'e' | 'o'))
}
