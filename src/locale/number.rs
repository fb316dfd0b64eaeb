//! Digits: rounding half away from zero, grouping and decimal marks of the locale.
//!
//! Numbers arrive as shortest decimals, so 2.675 is rounded as it is written and not as it is stored.

use fixed_decimal::{Decimal, Sign, UnsignedDecimal, UnsignedRoundingMode};
use icu_decimal::DecimalFormatter;
use icu_decimal::options::DecimalFormatterOptions;
use icu_locale::Locale as Parsed;

use super::tag::missing_data;
use super::{Locale, MINUS, NO_BREAK_SPACE};
use crate::error::Result;

/// A number rounded for display: sign and digits apart.
#[derive(Clone, Debug)]
pub(super) struct Rounded {
    /// Below zero also after rounding: zero has no sign.
    pub(super) is_negative: bool,
    /// Above zero also after rounding.
    pub(super) is_positive: bool,
    /// The digits.
    pub(super) digits: UnsignedDecimal,
}

impl Rounded {
    /// To a number of decimals, padded with zeros; `None` for what is not finite.
    pub(super) fn to_decimals(value: f64, decimals: u8) -> Option<Self> {
        let mut digits = digits(value)?;
        digits.round_with_mode(-i16::from(decimals), UnsignedRoundingMode::HalfExpand);
        digits.pad_end(-i16::from(decimals));
        Some(Self::signed(value, digits))
    }

    /// Joins digits with the sign of the value that they came from.
    pub(super) fn signed(value: f64, digits: UnsignedDecimal) -> Self {
        let is_zero = digits.is_zero();
        Self { is_negative: value < 0.0 && !is_zero, is_positive: value > 0.0 && !is_zero, digits }
    }

    /// The sign of a value: a minus or nothing.
    pub(super) fn minus(&self) -> String {
        if self.is_negative { MINUS.to_string() } else { String::new() }
    }

    /// The sign of a difference: minus, plus, or nothing at zero.
    pub(super) fn sign(&self) -> String {
        if self.is_positive { "+".to_owned() } else { self.minus() }
    }
}

/// The shortest decimal digits that name a value, without its sign.
pub(super) fn digits(value: f64) -> Option<UnsignedDecimal> {
    UnsignedDecimal::try_from_str(&value.abs().to_string()).ok().filter(|_| value.is_finite())
}

/// The digits and marks of one locale.
#[derive(Debug)]
pub(super) struct Numerals(DecimalFormatter);

impl Numerals {
    pub(super) fn load(locale: &Parsed) -> Result<Self> {
        DecimalFormatter::try_new(locale.into(), DecimalFormatterOptions::default())
            .map(Self)
            .map_err(|error| missing_data(&format!("no number formats for `{locale}`: {error}")))
    }

    /// Digits with the locale's marks; every blank among them is a no-break one.
    pub(super) fn write(&self, digits: UnsignedDecimal) -> String {
        no_break(&self.0.format(&Decimal::new(Sign::None, digits)).to_string())
    }
}

/// The same text with every kind of blank made a plain no-break space, which every font has.
pub(super) fn no_break(text: &str) -> String {
    text.chars().map(|c| if c.is_whitespace() { NO_BREAK_SPACE } else { c }).collect()
}

impl Locale {
    /// A bare number with that many decimals: `1.234,5`; what is not finite is `n/a`.
    pub fn number(&self, value: f64, decimals: u8) -> String {
        match Rounded::to_decimals(value, decimals) {
            Some(rounded) => format!("{}{}", rounded.minus(), self.numerals.write(rounded.digits)),
            None => self.text("not-available"),
        }
    }

    /// A number of things: `1.234`.
    pub fn count(&self, value: u64) -> String {
        self.numerals.write(UnsignedDecimal::from(value))
    }
}

#[cfg(test)]
mod tests {
    use crate::locale::Locale;

    fn number(tag: &str, value: f64, decimals: u8) -> String {
        Locale::load(tag, None).unwrap().number(value, decimals).replace('\u{a0}', "_")
    }

    /// As ICU 74 writes them (Node 20, `Intl.NumberFormat`), but with a true minus.
    #[test]
    fn each_region_groups_digits_in_its_own_way() {
        for (tag, large, four_digits) in [
            ("en", "−1,234,567.89", "1,234"),
            ("en-GB", "−1,234,567.89", "1,234"),
            ("pt-BR", "−1.234.567,89", "1.234"),
            ("pt-PT", "−1_234_567,89", "1234"),
            ("es", "−1.234.567,89", "1234"),
            ("es-ES", "−1.234.567,89", "1234"),
            ("es-419", "−1,234,567.89", "1,234"),
            ("es-MX", "−1,234,567.89", "1,234"),
            ("es-AR", "−1.234.567,89", "1.234"),
        ] {
            assert_eq!(number(tag, -1_234_567.891, 2), large, "{tag}");
            assert_eq!(number(tag, 1234.0, 0), four_digits, "{tag}");
        }
        assert_eq!(number("es-ES", 12345.0, 0), "12.345");
    }

    /// 2.675 and 1.005 are stored a little below what they say; 0.125 and 2.5 exactly.
    #[test]
    fn halves_round_away_from_zero_as_they_are_written() {
        for (value, decimals, written) in [
            (2.675, 2, "2.68"),
            (1.005, 2, "1.01"),
            (0.125, 2, "0.13"),
            (2.5, 0, "3"),
            (-2.5, 0, "−3"),
            (-0.5, 0, "−1"),
            (74.96, 0, "75"),
            (1e21, 0, "1,000,000,000,000,000,000,000"),
        ] {
            assert_eq!(number("en", value, decimals), written, "{value}");
        }
    }

    #[test]
    fn zero_is_never_negative() {
        for value in [-0.0, -0.04, -1e-300] {
            assert_eq!(number("en", value, 1), "0.0");
        }
    }

    #[test]
    fn what_is_not_finite_is_not_available() {
        assert_eq!(number("pt-BR", f64::NAN, 1), "n/d");
        assert_eq!(number("en", f64::INFINITY, 1), "n/a");
    }
}
