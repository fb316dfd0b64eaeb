//! Money: where each region puts the symbol, and how it shortens thousands and millions.
//!
//! Symbols and patterns follow CLDR 44, written by hand because ICU4X has no stable currency formatter yet.

use fixed_decimal::{UnsignedDecimal, UnsignedRoundingMode};

use super::number::{Rounded, digits};
use super::words::Arg;
use super::{Locale, NO_BREAK_SPACE};
use crate::languages::Language;

/// Decimals of a currency's amounts, as ISO 4217 has them.
pub(super) fn minor_digits(currency: &str) -> u8 {
    match currency {
        "CLP" | "ISK" | "JPY" | "KRW" | "PYG" | "UGX" | "VND" | "XAF" | "XOF" => 0,
        "BHD" | "JOD" | "KWD" | "OMR" | "TND" => 3,
        _ => 2,
    }
}

/// What readers of a tag write for a currency; the code where they have no symbol for it.
pub(super) fn symbol<'a>(tag: &str, currency: &'a str) -> &'a str {
    match (tag, currency) {
        ("es-MX", "MXN") | ("es-AR", "ARS") | ("es-CL", "CLP") | ("es-CO", "COP") | ("en" | "en-US", "USD") => "$",
        ("es-419" | "es-MX", _) => currency,
        ("es-AR" | "es-CL" | "es-CO" | "es" | "es-ES", "USD") => "US$",
        ("es" | "es-ES", "EUR") => "€",
        (tag, _) if tag.starts_with("es") => currency,
        (_, "USD") => "US$",
        (_, "EUR") => "€",
        (_, "GBP") => "£",
        (_, "BRL") => "R$",
        (_, "MXN") => "MX$",
        (_, "CAD") => "CA$",
        _ => currency,
    }
}

/// Where the symbol stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Before the amount; a code keeps its distance, a symbol does not.
    Before,
    /// Before the amount, always at a distance.
    BeforeWithBlank,
    /// After the amount.
    After,
}

/// The place of a region's own habit, else that of the language.
pub(super) fn place(tag: &str, language: &Language) -> Place {
    match (tag, language.money) {
        ("es-AR" | "es-CO", _) => Place::BeforeWithBlank,
        ("pt-PT" | "es" | "es-ES", _) | (_, ["after"]) => Place::After,
        (_, ["before-with-blank"]) => Place::BeforeWithBlank,
        _ => Place::Before,
    }
}

/// The words for thousands, millions, milliards and billions (10³, 10⁶, 10⁹, 10¹²); an empty one is not in use, and the
/// next smaller one carries more digits.
fn scale_words(tag: &str, language: &Language) -> [&'static str; 4] {
    match (tag, language.scales) {
        ("en-GB", _) => ["k", "m", "bn", "tn"],
        ("pt-PT", _) => ["mil", "M", "mM", "Bi"],
        ("es-MX", _) => ["k", "M", "", "B"],
        ("es" | "es-ES", _) => ["mil", "M", "", "B"],
        (_, &[thousand, million, milliard, billion]) => {
            [thousand, million, milliard, billion].map(|word| if word == "–" { "" } else { word })
        }
        _ => [""; 4],
    }
}

/// An amount shortened to three significant digits: its digits and the word for its scale; `None` below a thousand or
/// for what is not finite.
fn shortened(value: f64, words: [&'static str; 4]) -> Option<(UnsignedDecimal, &'static str)> {
    let mut digits = digits(value)?;
    let first = digits.nonzero_magnitude_start();
    if first < 3 {
        return None;
    }
    digits.round_with_mode(first - 2, UnsignedRoundingMode::HalfExpand);
    // 999 950 rounds to the next power of ten: 1,00 million and not 1000 thousand.
    let first = digits.nonzero_magnitude_start();
    let (power, word) =
        [3_i16, 6, 9, 12].into_iter().zip(words).rfind(|(power, word)| *power <= first && !word.is_empty())?;
    digits.multiply_pow10(-power);
    let digits = digits.trimmed_end().padded_end((first - power - 2).min(0));
    Some((digits, word))
}

impl Locale {
    /// An amount of a currency (ISO 4217) with that many decimals: `R$ 1.234,56`, `1234,56 €`, `−$1,234.56`.
    pub fn money(&self, value: f64, currency: &str, decimals: u8) -> String {
        match Rounded::to_decimals(value, decimals) {
            Some(rounded) => format!("{}{}", rounded.minus(), self.unsigned_money(rounded.digits, currency)),
            None => self.text("not-available"),
        }
    }

    /// An amount to three significant digits: `R$ 2,04 mi`, `$2.04M`; below a thousand it is written in full.
    pub fn money_compact(&self, value: f64, currency: &str) -> String {
        match self.compact_money_digits(value, currency) {
            Some((rounded, text)) => format!("{}{text}", rounded.minus()),
            None => self.text("not-available"),
        }
    }

    /// The amount without its sign, and what its sign is after rounding.
    pub(super) fn compact_money_digits(&self, value: f64, currency: &str) -> Option<(Rounded, String)> {
        if let Some((digits, word)) = shortened(value, scale_words(self.tag, self.language)) {
            let rounded = Rounded::signed(value, digits.clone());
            return Some((rounded, self.with_symbol(&self.with_scale(digits, word), currency)));
        }
        let rounded = Rounded::to_decimals(value, minor_digits(currency))?;
        let text = self.unsigned_money(rounded.digits.clone(), currency);
        Some((rounded, text))
    }

    /// A number from a million on to three significant digits: `1,23 mi`; `None` below.
    pub(super) fn compact_count(&self, value: f64) -> Option<String> {
        let (digits, word) = shortened(value, scale_words(self.tag, self.language)).filter(|_| value.abs() >= 1e6)?;
        Some(self.with_scale(digits, word))
    }

    pub(super) fn unsigned_money(&self, digits: UnsignedDecimal, currency: &str) -> String {
        self.with_symbol(&self.numerals.write(digits), currency)
    }

    fn with_scale(&self, digits: UnsignedDecimal, word: &str) -> String {
        let amount = self.numerals.write(digits);
        self.text_with("scaled", &[("figure", Arg::Text(&amount)), ("scale", Arg::Text(word))])
    }

    fn with_symbol(&self, amount: &str, currency: &str) -> String {
        let symbol = symbol(self.tag, currency);
        let is_code = symbol.ends_with(char::is_alphabetic);
        match place(self.tag, self.language) {
            Place::Before if !is_code => format!("{symbol}{amount}"),
            Place::Before | Place::BeforeWithBlank => format!("{symbol}{NO_BREAK_SPACE}{amount}"),
            Place::After => format!("{amount}{NO_BREAK_SPACE}{symbol}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::locale::Locale;

    fn locale(tag: &str) -> Locale {
        Locale::load(tag, None).unwrap()
    }

    fn visible(text: &str) -> String {
        text.replace('\u{a0}', "_")
    }

    /// As ICU 74 writes them (Node 20, `Intl.NumberFormat`).
    #[test]
    fn the_symbol_stands_where_the_region_puts_it() {
        for (tag, currency, written) in [
            ("en", "USD", "$1,234.56"),
            ("en", "BRL", "R$1,234.56"),
            ("en", "CHF", "CHF_1,234.56"),
            ("en-GB", "GBP", "£1,234.56"),
            ("en-GB", "USD", "US$1,234.56"),
            ("pt-BR", "BRL", "R$_1.234,56"),
            ("pt-BR", "EUR", "€_1.234,56"),
            ("pt-PT", "EUR", "1234,56_€"),
            ("es", "EUR", "1234,56_€"),
            ("es-ES", "EUR", "1234,56_€"),
            ("es-ES", "USD", "1234,56_US$"),
            ("es-ES", "BRL", "1234,56_BRL"),
            ("es-419", "USD", "USD_1,234.56"),
            ("es-MX", "MXN", "$1,234.56"),
            ("es-MX", "EUR", "EUR_1,234.56"),
            ("es-AR", "ARS", "$_1.234,56"),
            ("es-CO", "USD", "US$_1.234,56"),
        ] {
            assert_eq!(visible(&locale(tag).money(1234.56, currency, 2)), written, "{tag} {currency}");
        }
        assert_eq!(visible(&locale("es-ES").money(1_234_567.89, "EUR", 2)), "1.234.567,89_€");
        assert_eq!(visible(&locale("pt-BR").money(-1234.56, "BRL", 2)), "−R$_1.234,56");
        assert_eq!(visible(&locale("es-ES").money(-0.004, "EUR", 2)), "0,00_€");
    }

    /// As ICU 74 writes them with three significant digits (Node 20, `notation: compact`); only that it would leave
    /// the four digits of 2,040 M ungrouped in Mexico, where every other figure is grouped.
    #[test]
    fn a_short_amount_has_three_significant_digits() {
        for (tag, currency, millions, thousands, milliards) in [
            ("en", "USD", "$2.04M", "$20.4K", "$2.04B"),
            ("en-GB", "GBP", "£2.04m", "£20.4k", "£2.04bn"),
            ("pt-BR", "BRL", "R$_2,04_mi", "R$_20,4_mil", "R$_2,04_bi"),
            ("pt-PT", "EUR", "2,04_M_€", "20,4_mil_€", "2,04_mM_€"),
            ("es-ES", "EUR", "2,04_M_€", "20,4_mil_€", "2040_M_€"),
            ("es-MX", "MXN", "$2.04_M", "$20.4_k", "$2,040_M"),
            ("es-419", "USD", "USD_2.04_M", "USD_20.4_K", "USD_2,040_M"),
        ] {
            let locale = locale(tag);
            let compact = |value| visible(&locale.money_compact(value, currency));
            assert_eq!(compact(2_041_100.0), millions, "{tag}");
            assert_eq!(compact(20_411.0), thousands, "{tag}");
            assert_eq!(compact(2_041_100_000.0), milliards, "{tag}");
        }
    }

    #[test]
    fn a_short_amount_rounds_up_into_the_next_scale() {
        let locale = locale("pt-BR");
        let compact = |value| visible(&locale.money_compact(value, "BRL"));
        assert_eq!(compact(999_499.0), "R$_999_mil");
        assert_eq!(compact(999_500.0), "R$_1,00_mi");
        assert_eq!(compact(999.994), "R$_999,99");
        assert_eq!(compact(-149.9), "−R$_149,90");
        assert_eq!(compact(0.0), "R$_0,00");
        assert_eq!(compact(2_000_000.0), "R$_2,00_mi");
    }
}
