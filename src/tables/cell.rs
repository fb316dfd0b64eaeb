//! One cell by itself, read as a column of its kind reads it: for those who hold the readers against laws, or against others.

use crate::tables::date::DateFormat;
use crate::tables::quarantine::Reason;
use crate::tables::{flag as flags, number as numbers};

pub use crate::tables::date::Stamp;

/// Money of a currency (ISO 4217) in micro-units; `decimal` is `.` or `,`.
///
/// # Errors
/// Why it is none.
pub fn money(text: &str, decimal: char, currency: &str) -> Result<i64, Reason> {
    numbers::parse(text, mark(decimal), Some(currency))?.micros()
}

/// A number; `decimal` is `.` or `,`.
///
/// # Errors
/// Why it is none.
pub fn number(text: &str, decimal: char) -> Result<f64, Reason> {
    numbers::parse(text, mark(decimal), None).map(numbers::Exact::float)
}

/// Yes or no.
///
/// # Errors
/// Why it is neither.
pub fn flag(text: &str) -> Result<bool, Reason> {
    flags::parse(text)
}

/// A day or an instant in a column whose dates are pinned to a strftime pattern; nothing if that is no pattern of a whole date. The
/// inner error says why it is none.
pub fn stamp(text: &str, pattern: &str) -> Option<Result<Stamp, Reason>> {
    DateFormat::pinned(pattern).map(|format| format.parse(text))
}

fn mark(decimal: char) -> u8 {
    if decimal == ',' { b',' } else { b'.' }
}
