//! How a spreadsheet is to show a cell that holds a number or a day: number formats as ECMA-376 (18.8.31) has them.
//!
//! The reader's own program writes the separators; symbols, signs and the order of a date are chosen here. Percentages
//! are not divided by 100: the cell holds the number that the report shows.

use super::Locale;
use super::currency::{Place, minor_digits, place, symbol};
use super::quantity::{Room, decimals};
use super::words::Arg;
use crate::kpi::Unit;

/// A tag's region as Windows numbers it (MS-LCID), which is how a format names the region of a currency.
fn region(tag: &str) -> &'static str {
    match tag {
        "en-GB" => "809",
        "pt" | "pt-BR" => "416",
        "pt-PT" => "816",
        "es" | "es-ES" => "C0A",
        "es-419" => "580A",
        "es-AR" => "2C0A",
        "es-CL" => "340A",
        "es-CO" => "240A",
        "es-MX" => "80A",
        _ => "409",
    }
}

impl Locale {
    /// The format of a value, with the decimals that [`Self::value`] writes: `[$R$-416] #,##0.00`, `#,##0.0" %"`.
    pub fn cell_format(&self, unit: Unit, currency: &str) -> String {
        let number = pattern(decimals(unit, Room::Full, currency));
        match unit {
            Unit::Money => self.money_format(&pattern(minor_digits(currency)), currency),
            Unit::Percent => number + &literal(&self.with_percent_sign("")),
            _ => number,
        }
    }

    /// The format of a difference: its sign always, except at zero, and percentage points by their name.
    pub fn cell_difference_format(&self, unit: Unit, currency: &str) -> String {
        let value = match unit {
            Unit::Percent => {
                let nothing = Arg::Number { raw: 0.0, shown: String::new() };
                let points = self.text_with("difference-percentage-points", &[("figure", nothing)]);
                pattern(decimals(unit, Room::Full, currency)) + &literal(&points)
            }
            _ => self.cell_format(unit, currency),
        };
        format!("+{value};-{value};{value}")
    }

    /// The format of a day, in the order of the reader's region.
    pub fn cell_date_format(&self) -> &'static str {
        match self.tag {
            // Day and month cannot be told apart across regions of English; ISO 8601 leaves no doubt.
            "en" | "en-US" => "yyyy-mm-dd",
            _ => "dd/mm/yyyy",
        }
    }

    fn money_format(&self, number: &str, currency: &str) -> String {
        let symbol = symbol(self.tag, currency);
        let tagged = format!("[${symbol}-{}]", region(self.tag));
        let is_code = symbol.ends_with(char::is_alphabetic);
        match place(self.tag, self.language) {
            Place::Before if !is_code => format!("{tagged}{number}"),
            Place::Before | Place::BeforeWithBlank => format!("{tagged} {number}"),
            Place::After => format!("{number} {tagged}"),
        }
    }
}

fn pattern(decimals: u8) -> String {
    let mut pattern = "#,##0".to_owned();
    if decimals > 0 {
        pattern.push('.');
        pattern.extend(std::iter::repeat_n('0', usize::from(decimals)));
    }
    pattern
}

/// Text within a format. A quotation mark would end it.
fn literal(text: &str) -> String {
    format!("\"{}\"", text.replace('"', ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn format(tag: &str, unit: Unit, currency: &str) -> String {
        Locale::load(tag, None).unwrap().cell_format(unit, currency).replace('\u{a0}', "_")
    }

    #[test]
    fn money_names_its_symbol_and_its_region() {
        for (tag, currency, expected) in [
            ("pt-BR", "BRL", "[$R$-416] #,##0.00"),
            ("en", "USD", "[$$-409]#,##0.00"),
            ("en", "CHF", "[$CHF-409] #,##0.00"),
            ("es-ES", "EUR", "#,##0.00 [$€-C0A]"),
            ("es-419", "BRL", "[$BRL-580A] #,##0.00"),
            ("es-CL", "CLP", "[$$-340A]#,##0"),
            ("en-GB", "KWD", "[$KWD-809] #,##0.000"),
        ] {
            assert_eq!(format(tag, Unit::Money, currency), expected, "{tag} {currency}");
        }
    }

    #[test]
    fn percentages_stay_what_they_are_and_differ_by_points() {
        assert_eq!(format("pt-BR", Unit::Percent, "BRL"), "#,##0.0\"%\"");
        assert_eq!(format("en", Unit::Percent, "BRL"), "#,##0.0\"%\"");
        let locale = Locale::load("pt-BR", None).unwrap();
        let difference = |unit| locale.cell_difference_format(unit, "BRL").replace('\u{a0}', "_");
        assert_eq!(difference(Unit::Percent), "+#,##0.0\"_p.p.\";-#,##0.0\"_p.p.\";#,##0.0\"_p.p.\"");
        assert_eq!(difference(Unit::Count), "+#,##0;-#,##0;#,##0");
        assert_eq!(locale.faults(), []);
    }
}
