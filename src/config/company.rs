//! The company: its name, language, currency and calendar.
//!
//! Knows which languages, currencies and zones exist; formats nothing.

use chrono_tz::{TZ_VARIANTS, Tz};

use super::codes;
use super::currency::CURRENCIES;
use super::page::Spot;
use super::surroundings::Surroundings;
use crate::calendar::Calendar;
use crate::languages::{self, LANGUAGES};

/// The company.
#[derive(Clone, Debug)]
pub struct Company {
    /// Its name.
    pub name: String,
    /// Default language of its readers, a BCP 47 tag.
    pub locale: String,
    /// ISO 4217 code of the reporting currency.
    pub currency: String,
    /// Zone and fiscal year.
    pub calendar: Calendar,
}

impl Company {
    /// What stands in for a company that could not be read; the run stops before anyone sees it.
    pub(super) fn unread() -> Self {
        Self {
            name: String::new(),
            locale: "en".to_owned(),
            currency: "USD".to_owned(),
            calendar: Calendar { zone: Tz::UTC, fiscal_year_start: 1 },
        }
    }
}

/// Reads `company:`.
pub(super) fn read(spot: Spot<'_>, surroundings: &Surroundings<'_>) -> Company {
    let mut company = Company::unread();
    let fields = spot.fields(&["name", "locale", "currency", "timezone", "fiscal_year_start"]);
    if let Some(name) = fields.required("name", "write `name: \"…\"`: it heads every report") {
        company.name = surroundings.text(name).unwrap_or_default();
    }
    if let Some(code) = fields.required("currency", "write `currency: EUR`, the code of the reporting currency") {
        company.currency = currency(code).unwrap_or(company.currency);
    }
    if let Some(name) = fields.required("timezone", "write `timezone: Europe/Madrid`: periods start at its midnights") {
        company.calendar.zone = timezone(name).unwrap_or(Tz::UTC);
    }
    if let Some(tag) = fields.get("locale").and_then(locale) {
        company.locale = tag;
    }
    if let Some(month) = fields.get("fiscal_year_start").and_then(|month| month.whole(1..=12)) {
        company.calendar.fiscal_year_start = u32::try_from(month).unwrap_or(1);
    }
    company
}

fn currency(spot: Spot<'_>) -> Option<String> {
    let code = spot.text()?;
    if CURRENCIES.contains(&code) {
        return Some(code.to_owned());
    }
    spot.unknown(codes::UNKNOWN_CURRENCY, "currency", code, CURRENCIES);
    None
}

/// An IANA time zone.
pub(super) fn timezone(spot: Spot<'_>) -> Option<Tz> {
    let name = spot.text()?;
    name.parse().ok().or_else(|| {
        let names: Vec<&str> = TZ_VARIANTS.iter().map(|zone| zone.name()).collect();
        spot.unknown(codes::UNKNOWN_TIMEZONE, "time zone", name, &names);
        None
    })
}

/// The tags that may stand here: those of the languages, and the regions whose formats are known.
fn known_tags() -> Vec<&'static str> {
    languages::tags().map(|(tag, _)| tag).filter(|tag| is_locale(tag)).collect()
}

/// A language tag: that of a language, or a regional form of one of them.
pub(super) fn locale(spot: Spot<'_>) -> Option<String> {
    let tag = spot.text()?;
    if is_locale(tag) {
        return Some(tag.to_owned());
    }
    spot.unknown(codes::UNKNOWN_LOCALE, "locale", tag, &known_tags());
    None
}

/// Whether reports can be written for a tag: its language is known, and its region is two letters or three digits.
pub(super) fn is_locale(tag: &str) -> bool {
    let is_region = |region: &str| {
        region.len() == 2 && region.bytes().all(|b| b.is_ascii_uppercase())
            || region.len() == 3 && region.bytes().all(|b| b.is_ascii_digit())
    };
    match tag.split_once('-') {
        None => LANGUAGES.iter().any(|language| language.id == tag),
        Some((base, region)) => {
            is_region(region) && LANGUAGES.iter().any(|language| language.id.split('-').next() == Some(base))
        }
    }
}

/// A text in several languages: tag → text.
pub type Translated = std::collections::BTreeMap<String, String>;

/// Reads `{ en: …, pt-BR: …, es: … }`.
pub(super) fn translated(spot: Spot<'_>) -> Translated {
    if !spot.is_map() {
        spot.wrong_type("a map of languages", format!("write `{}: {{ en: \"…\" }}`", spot.name));
        return Translated::new();
    }
    let mut texts = Translated::new();
    for (tag, text) in spot.entries() {
        let is_known = is_locale(tag.text()) || tag.is_one_of(&known_tags(), codes::UNKNOWN_LOCALE, "locale");
        if let (true, Some(text)) = (is_known, text.scalar()) {
            texts.insert(tag.text().to_owned(), text.to_owned());
        }
    }
    texts
}
