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
use super::tag::missing_data;
use crate::diagnostic::{Diagnostic, Place};
use crate::error::{Exit, Failure, Result};
use crate::languages::Language;

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
    pub(super) fn load(tag: &str, language: &Language, overrides: Option<&Path>) -> Result<Self> {
        let words = LanguageIdentifier::from_bytes(language.id.as_bytes());
        let words = words.map_err(|error| missing_data(&format!("`{}`: {error}", language.id)))?;
        let mut bundle = FluentBundle::new_concurrent(vec![words]);
        // Isolating marks are for mixed writing directions; here they would only litter mail and CSV.
        bundle.set_use_isolating(false);
        let resource = messages::parse(language.words.to_owned()).map_err(|fault| {
            let (line, _) = messages::line_and_column(language.words, fault.offset);
            missing_data(&format!("`{}.ftl`, line {line}: {}", language.id, fault.what))
        })?;
        let messages = messages::variables(&resource);
        bundle.add_resource_overriding(resource);
        if let Some((_, text)) = language.regions.iter().find(|(region, _)| *region == tag) {
            let resource = messages::parse((*text).to_owned());
            let resource = resource.map_err(|fault| missing_data(&format!("`{tag}.ftl`: {}", fault.what)))?;
            bundle.add_resource_overriding(resource);
        }
        if let Some(folder) = overrides {
            let mut names = vec![language.id, tag];
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

    pub(super) fn ids(&self) -> Vec<String> {
        self.messages.keys().cloned().collect()
    }

    pub(super) fn has(&self, id: &str) -> bool {
        self.messages.contains_key(id)
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

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::Arg;
    use crate::languages::{LANGUAGES, Language};
    use crate::locale::Locale;
    use crate::locale::messages::{self, Variables};

    fn variables(language: &Language) -> BTreeMap<String, Variables> {
        let resource = messages::parse(language.words.to_owned()).map_err(|fault| fault.what).unwrap();
        messages::variables(&resource)
    }

    fn language_of(tag: &str) -> &'static Language {
        crate::locale::tag::find(tag).unwrap().1
    }

    /// Which words go with a name's gender and number is each language's own.
    fn without_grammar(mut variables: Variables) -> Variables {
        variables.remove("grammar");
        variables
    }

    /// A message is replaced with all that belongs to it: of what a region says anew nothing may be missing.
    #[test]
    fn a_region_says_anew_what_its_language_says() {
        for language in LANGUAGES {
            let known = variables(language);
            for (tag, text) in language.regions {
                let resource = messages::parse((*text).to_owned()).map_err(|fault| fault.what).unwrap();
                let own = messages::variables(&resource);
                let whole = |id: &str| id.split('.').next().unwrap().to_owned();
                let replaced: BTreeSet<String> = own.keys().map(|id| whole(id)).collect();
                let expected: BTreeMap<String, Variables> = known
                    .iter()
                    .filter(|(id, _)| replaced.contains(&whole(id)))
                    .map(|(id, of)| (id.clone(), of.clone()))
                    .collect();
                assert_eq!(own, expected, "{tag}");
            }
        }
        let name = |tag: &str| Locale::load(tag, None).unwrap().text("kpi-average-ticket");
        assert_eq!(
            [name("es-ES"), name("es-MX"), name("es")].map(|name| name),
            ["Ticket medio", "Ticket promedio", "Ticket promedio"]
        );
    }

    #[test]
    fn the_languages_have_the_same_messages_with_the_same_variables() {
        let english = variables(language_of("en"));
        assert!(english.len() > 300, "{}", english.len());
        for language in LANGUAGES {
            let own = variables(language);
            for (id, variables) in &english {
                let own = own.get(id).cloned().map(without_grammar);
                assert_eq!(own, Some(without_grammar(variables.clone())), "{id} in {}", language.id);
            }
            let foreign: Vec<&String> = own.keys().filter(|id| !english.contains_key(*id)).collect();
            assert!(foreign.is_empty(), "only in {}: {foreign:?}", language.id);
        }
    }

    #[test]
    fn every_message_is_written_once_and_says_something_without_misusing_figures() {
        for language in LANGUAGES {
            let resource = messages::parse(language.words.to_owned()).map_err(|fault| fault.what).unwrap();
            let patterns = messages::patterns(&resource);
            let variables = messages::variables(&resource);
            assert_eq!(patterns.len(), variables.len(), "a message of {} is written twice", language.id);
            let locale = Locale::load(language.id, None).unwrap();
            for (id, pattern) in patterns {
                assert_eq!(messages::misused_figures(pattern), Vec::<String>::new(), "{id} in {}", language.id);
                let names: Vec<&str> = variables[&id].iter().map(|name| name.trim_end_matches("_raw")).collect();
                for raw in [0.0, 1.0, 2.0, 1_000_000.0] {
                    let args: Vec<(&str, Arg<'_>)> =
                        names.iter().map(|name| (*name, Arg::Number { raw, shown: "…".to_owned() })).collect();
                    let text = locale.text_with(&id, &args);
                    assert!(!text.trim().is_empty(), "{id} in {}", language.id);
                    assert!(!text.contains(['{', '}', '$']) && text.trim() == text, "{id} in {}: {text}", language.id);
                }
            }
            assert_eq!(locale.faults(), [], "{}", language.id);
        }
    }

    #[test]
    fn every_kpi_has_a_name_a_short_name_and_a_definition() {
        for language in LANGUAGES {
            let locale = Locale::load(language.id, None).unwrap();
            for definition in crate::kpi::catalogue::CATALOGUE {
                let id = format!("kpi-{}", definition.id.replace('_', "-"));
                for message in [id.clone(), format!("{id}.short"), format!("{id}.grammar"), format!("{id}.definition")]
                {
                    assert!(locale.has(&message), "{message} in {}", language.id);
                }
                assert!(locale.text(&format!("{id}.short")).chars().count() <= 18, "{id} in {}", language.id);
                assert!(locale.text(&format!("{id}.definition")).ends_with('.'), "{id} in {}", language.id);
            }
        }
    }

    #[test]
    fn plurals_follow_the_number_and_not_its_text() {
        let rows = |tag: &str, raw: f64| {
            let locale = Locale::load(tag, None).unwrap();
            let n = Arg::Number { raw, shown: locale.number(raw, 0) };
            locale.text_with("calls-expansion", &[("n", n)])
        };
        assert_eq!(rows("en", 1.0), "1 healthy customer is ready to renew or expand.");
        assert_eq!(rows("en", 0.0), "0 healthy customers are ready to renew or expand.");
        assert_eq!(rows("pt-BR", 1.0), "1 cliente saudável está pronto para renovar ou expandir.");
        assert_eq!(rows("pt-BR", 1234.0), "1.234 clientes saudáveis estão prontos para renovar ou expandir.");
        assert_eq!(rows("es-MX", 1.0), "1 cliente sano está listo para renovar o ampliar.");
        assert_eq!(rows("es-MX", 1_234_567.0), "1,234,567 clientes sanos están listos para renovar o ampliar.");
        assert_eq!(rows("es-ES", 1234.0), "1234 clientes sanos están listos para renovar o ampliar.");
    }

    #[test]
    fn a_number_that_is_none_takes_the_default_form() {
        let locale = Locale::load("en", None).unwrap();
        let n = Arg::Number { raw: f64::NAN, shown: "n/a".to_owned() };
        assert_eq!(locale.text_with("provenance-inputs", &[("n", n)]), "n/a input files");
    }

    #[test]
    fn what_is_asked_for_in_vain_is_remembered() {
        let locale = Locale::load("en", None).unwrap();
        assert_eq!(locale.text("nps-title"), "[nps-title]");
        assert_eq!(locale.text("kpi-nps.long"), "[kpi-nps.long]");
        locale.text_with("target-value", &[("amount", Arg::Text("55"))]);
        let faults: Vec<String> = locale.faults().into_iter().map(|fault| fault.message).collect();
        assert_eq!(faults.len(), 3, "{faults:?}");
        assert!(faults[0].contains("`target-value`") && faults[0].contains("$value"), "{}", faults[0]);
        assert_eq!(faults[1..], ["no message `kpi-nps.long`", "no message `nps-title`"]);
    }

    #[test]
    fn an_unknown_locale_names_those_that_are_known() {
        let failure = Locale::load("fr-FR", None).unwrap_err();
        assert_eq!(failure.exit, crate::error::Exit::Config);
        let text = failure.to_string();
        assert!(text.contains("unknown-locale") && text.contains("`fr-FR`") && text.contains("pt-BR"), "{text}");
        assert_eq!(Locale::load("PT-br", None).unwrap().tag(), "pt-BR");
    }

    /// Three faults: an id nobody uses (near a known one), a variable nobody gives, a plural chosen by text.
    #[test]
    fn every_fault_of_an_overriding_file_is_named_with_its_line() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("locales")).unwrap();
        let file = folder.path().join("locales/en.ftl");
        let text = "report-figures = Numbers\nreport-figurs = Numbers\ntarget-value = Goal { $goal }\n\
            provenance-inputs = { $n ->\n    [one] a file\n   *[other] files\n}\n";
        std::fs::write(&file, text).unwrap();
        let failure = Locale::load("en-GB", Some(folder.path())).unwrap_err();
        let found: Vec<(&str, Option<usize>)> =
            failure.diagnostics.iter().map(|d| (d.code, d.place.as_ref().and_then(|place| place.line))).collect();
        let expected = [("unknown-message", Some(2)), ("unknown-variable", Some(3)), ("misused-figure", Some(4))];
        assert_eq!(found, expected);
        assert_eq!(failure.diagnostics[0].help.as_deref(), Some("did you mean `report-figures`?"));

        std::fs::write(&file, "report-figures = Numbers\ntarget-value Goal\n").unwrap();
        let failure = Locale::load("en-GB", Some(folder.path())).unwrap_err();
        assert_eq!((failure.diagnostics[0].code, failure.diagnostics.len()), ("locale-syntax", 1));
        assert_eq!(failure.diagnostics[0].place.as_ref().and_then(|place| place.line), Some(2));
    }

    #[test]
    fn a_region_overrides_its_language_and_both_the_built_in_words() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("locales")).unwrap();
        let write = |name: &str, text: &str| std::fs::write(folder.path().join("locales").join(name), text).unwrap();
        write("es.ftl", "report-figures = Cifras\nreport-charts = Dibujos\n");
        write("es-MX.ftl", "report-figures = Números\n");
        let texts = |tag: &str| {
            let locale = Locale::load(tag, Some(folder.path())).unwrap();
            ["report-figures", "report-charts", "report-calls"].map(|id| locale.text(id))
        };
        assert_eq!(texts("es-MX"), ["Números", "Dibujos", "A quién llamar"]);
        assert_eq!(texts("es-ES"), ["Cifras", "Dibujos", "A quién llamar"]);
        assert_eq!(texts("en"), ["Key figures", "Charts", "Whom to call"]);
    }

    #[test]
    fn lists_end_in_and_as_the_language_says_it() {
        let list = |tag: &str, items: &[&str]| {
            let items: Vec<String> = items.iter().map(|item| (*item).to_owned()).collect();
            Locale::load(tag, None).unwrap().list(&items)
        };
        assert_eq!(list("pt-BR", &["a", "b", "c"]), "a, b e c");
        assert_eq!(list("en", &["a", "b"]), "a and b");
        assert_eq!(list("es", &["NPS", "ingresos"]), "NPS e ingresos");
        assert_eq!(list("es", &["agua", "hielo"]), "agua y hielo");
        assert_eq!(list("es", &["aguja", "hilo"]), "aguja e hilo");
        assert_eq!(list("es", &["a"]), "a");
        assert_eq!(list("es", &[]), "");
    }
}
