//! Text that a spreadsheet could take for a formula.
//!
//! Knows characters only; whoever writes a file decides which of its cells are text.

/// Whether a spreadsheet that opens this text as a cell of a CSV file, or has it edited, may run it.
pub fn is_one(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n'])
}

/// A text cell of a CSV file that no spreadsheet runs: what could be a formula gets an apostrophe in front. Not for
/// numbers: a negative one must stay a number.
pub fn harmless(text: &str) -> String {
    if is_one(text) { format!("'{text}") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The characters that OWASP names for CSV injection.
    #[test]
    fn what_starts_a_formula_gets_an_apostrophe() {
        for first in ['=', '+', '-', '@', '\t', '\r', '\n'] {
            assert_eq!(harmless(&format!("{first}1+1")), format!("'{first}1+1"));
        }
        for text in ["", "Pro", "a=b", "'=1", " =1", "2025-03+06"] {
            assert_eq!(harmless(text), text);
        }
    }
}
