//! Figures of a KPI's unit: values, differences and intervals, in full and short.
//!
//! Chooses decimals by unit and nothing by KPI; money takes its currency's own decimals.

use super::Locale;
use super::currency::minor_digits;
use super::number::Rounded;
use super::words::Arg;
use crate::kpi::Unit;

/// How much room a figure has.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Room {
    /// A table's cell or a sentence.
    Full,
    /// A card.
    Short,
}

/// Decimals of a unit: what a reader can act on, never more than the data can tell.
pub(super) fn decimals(unit: Unit, room: Room, currency: &str) -> u8 {
    match (unit, room) {
        (Unit::Money, _) => minor_digits(currency),
        (Unit::Score | Unit::Ratio, Room::Full) => 2,
        (Unit::Count, _) | (Unit::Points, Room::Short) => 0,
        _ => 1,
    }
}

impl Locale {
    /// A percentage that is already one (3.1 for 3.1 %): `3,1%`, in Spanish `3,1 %`.
    pub fn percent(&self, value: f64, decimals: u8) -> String {
        match Rounded::to_decimals(value, decimals) {
            Some(rounded) => {
                format!("{}{}", rounded.minus(), self.with_percent_sign(&self.numerals.write(rounded.digits)))
            }
            None => self.text("not-available"),
        }
    }

    /// NPS points with one decimal: `52,3`.
    pub fn points(&self, value: f64) -> String {
        self.number(value, 1)
    }

    /// A duration in months: `14,2 meses`, `1 mês`; whole months without decimals.
    pub fn months_long(&self, value: f64) -> String {
        self.value(value, Unit::Months, "")
    }

    /// A duration in days: `3 dias`.
    pub fn days_long(&self, value: f64) -> String {
        self.value(value, Unit::Days, "")
    }

    /// A duration in hours: `3,4 h`.
    pub fn hours(&self, value: f64) -> String {
        self.value(value, Unit::Hours, "")
    }

    /// A value with its unit, in full. Points, scores, counts and ratios are bare numbers.
    pub fn value(&self, value: f64, unit: Unit, currency: &str) -> String {
        self.written(value, unit, currency, Room::Full)
    }

    /// A value for a card: money to three significant digits, points without decimals, scores with one.
    pub fn value_compact(&self, value: f64, unit: Unit, currency: &str) -> String {
        self.written(value, unit, currency, Room::Short)
    }

    /// A difference between two values, with its sign; percentages differ by percentage points: `+0,4 p.p.`.
    /// One that rounds to zero has no sign.
    pub fn difference(&self, difference: f64, unit: Unit, currency: &str) -> String {
        self.differing(difference, unit, currency, Room::Full)
    }

    /// A difference for a card.
    pub fn difference_compact(&self, difference: f64, unit: Unit, currency: &str) -> String {
        self.differing(difference, unit, currency, Room::Short)
    }

    /// An interval, both ends with their unit: `2,1% a 4,3%`.
    pub fn interval(&self, low: f64, high: f64, unit: Unit, currency: &str) -> String {
        self.between(&self.value(low, unit, currency), &self.value(high, unit, currency))
    }

    /// An interval for a card.
    pub fn interval_compact(&self, low: f64, high: f64, unit: Unit, currency: &str) -> String {
        self.between(&self.value_compact(low, unit, currency), &self.value_compact(high, unit, currency))
    }

    fn between(&self, low: &str, high: &str) -> String {
        self.text_with("range", &[("low", Arg::Text(low)), ("high", Arg::Text(high))])
    }

    fn written(&self, value: f64, unit: Unit, currency: &str, room: Room) -> String {
        match self.unsigned(value, unit, currency, room) {
            Some((rounded, text)) => format!("{}{text}", rounded.minus()),
            None => self.text("not-available"),
        }
    }

    fn differing(&self, difference: f64, unit: Unit, currency: &str, room: Room) -> String {
        let unit_of_figure = match unit {
            // Points of NPS and percentage points are named; the figure itself is a bare number.
            Unit::Percent => Unit::Points,
            other => other,
        };
        // One decimal always: a change of a point is too much to round away.
        let room_of_figure = if unit_of_figure == Unit::Points { Room::Full } else { room };
        let Some((rounded, text)) = self.unsigned(difference, unit_of_figure, currency, room_of_figure) else {
            return self.text("not-available");
        };
        let figure = Arg::Number { raw: rounded_value(&rounded), shown: format!("{}{text}", rounded.sign()) };
        match unit {
            Unit::Percent => self.text_with("difference-percentage-points", &[("figure", figure)]),
            Unit::Points => self.text_with("difference-points", &[("figure", figure)]),
            _ => format!("{}{text}", rounded.sign()),
        }
    }

    /// The figure without its sign, and the number behind it as rounded; `None` for what is not finite.
    fn unsigned(&self, value: f64, unit: Unit, currency: &str, room: Room) -> Option<(Rounded, String)> {
        if unit == Unit::Money && room == Room::Short {
            return self.compact_money_digits(value, currency);
        }
        let mut rounded = Rounded::to_decimals(value, decimals(unit, room, currency))?;
        if matches!(unit, Unit::Months | Unit::Days) {
            rounded.digits.trim_end_if_integer();
        }
        if unit == Unit::Count
            && room == Room::Short
            && let Some(text) = self.compact_count(value)
        {
            return Some((rounded, text));
        }
        let number = self.numerals.write(rounded.digits.clone());
        let counted = |number: String| [("figure", Arg::Number { raw: rounded_value(&rounded), shown: number })];
        let text = match unit {
            Unit::Percent => self.with_percent_sign(&number),
            Unit::Money => self.unsigned_money(rounded.digits.clone(), currency),
            Unit::Months => self.text_with("duration-months", &counted(number)),
            Unit::Days => self.text_with("duration-days", &counted(number)),
            Unit::Hours => self.text_with("duration-hours", &counted(number)),
            Unit::Points | Unit::Score | Unit::Count | Unit::Ratio => number,
        };
        Some((rounded, text))
    }

    pub(super) fn with_percent_sign(&self, number: &str) -> String {
        // CLDR drops the blank in Portuguese and in parts of Spanish America; SI and the academies keep it.
        self.text_with("percent", &[("figure", Arg::Text(number))])
    }
}

/// The number that is shown, without its sign: plurals go by it and not by what was rounded away.
fn rounded_value(rounded: &Rounded) -> f64 {
    rounded.digits.to_string().parse().unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::Unit;
    use crate::locale::Locale;

    fn visible(text: &str) -> String {
        text.replace('\u{a0}', "_")
    }

    fn value(tag: &str, value: f64, unit: Unit) -> String {
        visible(&Locale::load(tag, None).unwrap().value(value, unit, "BRL"))
    }

    fn short(tag: &str, value: f64, unit: Unit) -> String {
        visible(&Locale::load(tag, None).unwrap().value_compact(value, unit, "BRL"))
    }

    fn difference(tag: &str, value: f64, unit: Unit) -> String {
        let locale = Locale::load(tag, None).unwrap();
        let text = visible(&locale.difference(value, unit, "BRL"));
        assert_eq!(locale.faults(), []);
        text
    }

    #[test]
    fn each_unit_is_written_with_its_decimals_and_sign() {
        for (unit, value_of, en, pt, es) in [
            (Unit::Points, 52.34, "52.3", "52,3", "52,3"),
            (Unit::Score, 8.456, "8.46", "8,46", "8,46"),
            (Unit::Percent, 108.44, "108.4%", "108,4%", "108,4_%"),
            (Unit::Money, 2_041_100.0, "R$2,041,100.00", "R$_2.041.100,00", "2.041.100,00_BRL"),
            (Unit::Count, 1234.0, "1,234", "1.234", "1234"),
            (Unit::Months, 14.23, "14.2_months", "14,2_meses", "14,2_meses"),
            (Unit::Months, 1.04, "1_month", "1_mês", "1_mes"),
            (Unit::Days, 3.0, "3_days", "3_dias", "3_días"),
            (Unit::Hours, 3.44, "3.4_h", "3,4_h", "3,4_h"),
            (Unit::Ratio, 1.0, "1.00", "1,00", "1,00"),
        ] {
            assert_eq!(value("en", value_of, unit), en);
            assert_eq!(value("pt-BR", value_of, unit), pt);
            assert_eq!(value("es", value_of, unit), es);
        }
        assert_eq!(value("pt-BR", -3.0, Unit::Points), "−3,0");
    }

    #[test]
    fn cards_are_shorter_than_tables() {
        assert_eq!(short("pt-BR", 74.96, Unit::Points), "75");
        assert_eq!(short("pt-BR", 2_041_100.0, Unit::Money), "R$_2,04_mi");
        assert_eq!(short("en", 8.456, Unit::Score), "8.5");
        assert_eq!(short("en", 12_345.0, Unit::Count), "12,345");
        assert_eq!(short("es-ES", 1_234_567.0, Unit::Count), "1,23_M");
        assert_eq!(short("pt-BR", 3.13, Unit::Percent), "3,1%");
    }

    #[test]
    fn differences_have_signs_and_percentages_differ_by_points() {
        assert_eq!(difference("pt-BR", 0.44, Unit::Percent), "+0,4_p.p.");
        assert_eq!(difference("en", -0.44, Unit::Percent), "−0.4_pp");
        assert_eq!(difference("es", 1.0, Unit::Percent), "+1,0_p._p.");
        assert_eq!(difference("en", -3.25, Unit::Points), "−3.3_points");
        assert_eq!(difference("pt-BR", 1.0, Unit::Points), "+1,0_ponto");
        assert_eq!(difference("pt-BR", 12_300.0, Unit::Money), "+R$_12.300,00");
        assert_eq!(difference("es-ES", -12.0, Unit::Count), "−12");
        assert_eq!(difference("en", 1.0, Unit::Months), "+1_month");
    }

    #[test]
    fn a_difference_that_rounds_to_zero_has_no_sign() {
        assert_eq!(difference("pt-BR", -0.04, Unit::Percent), "0,0_p.p.");
        assert_eq!(difference("en", 0.04, Unit::Points), "0.0_points");
        assert_eq!(difference("en", -0.0, Unit::Money), "R$0.00");
    }

    #[test]
    fn an_interval_names_both_ends() {
        let locale = Locale::load("pt-BR", None).unwrap();
        assert_eq!(visible(&locale.interval(-2.13, 4.0, Unit::Percent, "BRL")), "−2,1% a 4,0%");
    }

    proptest::proptest! {
        /// Whatever the figure: it stays on one line, its minus is a true one, and a zero has no sign.
        #[test]
        fn a_figure_is_one_piece_with_a_true_sign(
            figure in proptest::num::f64::NORMAL | proptest::num::f64::ZERO | proptest::num::f64::SUBNORMAL,
            small in -2.0..2.0_f64,
            tag in proptest::sample::select(crate::languages::tags().map(|(tag, _)| tag).collect::<Vec<_>>()),
        ) {
            const UNITS: [Unit; 9] = [
                Unit::Points, Unit::Score, Unit::Percent, Unit::Money, Unit::Count, Unit::Months, Unit::Days, Unit::Hours,
                Unit::Ratio,
            ];
            let locale = Locale::load(tag, None).unwrap();
            for (value, unit) in UNITS.iter().flat_map(|unit| [(figure, *unit), (small, *unit)]) {
                for text in [
                    locale.value(value, unit, "EUR"),
                    locale.value_compact(value, unit, "EUR"),
                    locale.difference(value, unit, "EUR"),
                    locale.difference_compact(value, unit, "EUR"),
                ] {
                    proptest::prop_assert!(!text.contains([' ', '-', '\u{202f}']), "{tag} {value} {unit:?}: {text}");
                    let is_zero = text.chars().filter(char::is_ascii_digit).all(|digit| digit == '0');
                    let is_signed = text.starts_with(['\u{2212}', '+']);
                    proptest::prop_assert!(!(is_zero && is_signed), "{tag} {value} {unit:?}: {text}");
                }
            }
        }
    }
}
