//! Yes and no in the languages that exports speak.
//!
//! Knows one cell.

use crate::tables::quarantine::Reason;

const YES: &[&str] = &["1", "true", "t", "yes", "y", "sim", "s", "sí", "si", "verdadeiro", "verdadero", "x"];
const NO: &[&str] = &["0", "false", "f", "no", "n", "não", "nao", "falso"];

/// Reads a cell, whatever its case.
pub(crate) fn parse(text: &str) -> Result<bool, Reason> {
    let text = text.trim();
    let is_in = |words: &[&str]| words.iter().any(|word| word.eq_ignore_ascii_case(text));
    if is_in(YES) {
        return Ok(true);
    }
    if is_in(NO) {
        return Ok(false);
    }
    // "NÃO", "SÍ": letters beyond ASCII change their bytes with their case.
    let lower = text.to_lowercase();
    match (YES.contains(&lower.as_str()), NO.contains(&lower.as_str())) {
        (true, _) => Ok(true),
        (_, true) => Ok(false),
        _ => Err(Reason::NotAFlag),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yes_is_yes_in_three_languages() {
        for text in ["yes", "Sim", "SÍ", "si", "1", "TRUE", " y "] {
            assert_eq!(parse(text), Ok(true), "{text}");
        }
        for text in ["no", "NÃO", "nao", "0", "False"] {
            assert_eq!(parse(text), Ok(false), "{text}");
        }
        for text in ["", "maybe", "2", "-"] {
            assert_eq!(parse(text), Err(Reason::NotAFlag), "{text}");
        }
    }
}
