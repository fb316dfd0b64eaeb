//! How a column writes its numbers and dates, found by looking at the whole column; never guessed.
//!
//! Reads no file; it is shown cells.

use std::cmp::Ordering;
use std::path::{Path, PathBuf};

use crate::config::Dialect;
use crate::diagnostic::{Diagnostic, Place};
use crate::tables::date::{DateFormat, Look, Order, look};
use crate::tables::number::{Mark, mark};
use crate::tables::schema::CellType;

/// A cell that said something.
#[derive(Clone, Debug)]
struct Example {
    file: PathBuf,
    row: u64,
    text: String,
}

/// What the cells of one column have said so far.
#[derive(Clone, Debug, Default)]
pub(crate) struct Evidence {
    dot: Option<Example>,
    dots: u64,
    comma: Option<Example>,
    commas: u64,
    either_mark: Option<Example>,
    has_year_first: bool,
    has_serial: bool,
    day_first: Option<Example>,
    month_first: Option<Example>,
    either_date: Option<Example>,
    has_same: bool,
}

/// How a column writes its numbers and dates.
#[derive(Clone, Debug)]
pub(crate) struct Format {
    /// Decimal mark.
    pub(crate) decimal: u8,
    /// Dates.
    pub(crate) date: DateFormat,
}

/// One cell among this many that writes the other decimal mark is a slip of its own, and becomes a bad row; more are two
/// habits in one column, which nobody should guess at.
const STRAYS: u64 = 100;

/// What kind of format a type of cell needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Needs {
    /// None: text.
    Nothing,
    /// A decimal mark.
    Decimal,
    /// A date format.
    Date,
}

impl Needs {
    /// What a type of cell needs.
    pub(crate) fn of(cell: CellType) -> Self {
        match cell {
            CellType::Moment | CellType::Day => Self::Date,
            CellType::Money
            | CellType::MoneyNotNegative
            | CellType::Count
            | CellType::Whole
            | CellType::Number
            | CellType::NumberNotNegative
            | CellType::Rating => Self::Decimal,
            CellType::Text | CellType::Flag | CellType::OneOf(_) => Self::Nothing,
        }
    }
}

impl Evidence {
    /// Looks at a cell.
    pub(crate) fn see(&mut self, needs: Needs, text: &str, currency: Option<&str>, at: impl Fn() -> (PathBuf, u64)) {
        let slot = match needs {
            Needs::Nothing => return,
            Needs::Decimal if !text.bytes().any(|b| b == b'.' || b == b',') => return,
            Needs::Decimal => match mark(text, currency) {
                Mark::Silent => return,
                Mark::Dot => {
                    self.dots += 1;
                    &mut self.dot
                }
                Mark::Comma => {
                    self.commas += 1;
                    &mut self.comma
                }
                Mark::Either => &mut self.either_mark,
            },
            Needs::Date => match look(text) {
                Look::Silent => return,
                Look::YearFirst => return self.has_year_first = true,
                Look::Serial => return self.has_serial = true,
                Look::Same => return self.has_same = true,
                Look::DayFirst => &mut self.day_first,
                Look::MonthFirst => &mut self.month_first,
                Look::Either => &mut self.either_date,
            },
        };
        if slot.is_none() {
            let (file, row) = at();
            *slot = Some(Example { file, row, text: text.trim().chars().take(40).collect() });
        }
    }

    /// What the column's format is; what is pinned wins.
    pub(crate) fn format(&self, needs: Needs, dialect: &Dialect, column: &str) -> Result<Format, Diagnostic> {
        let decimal = match (needs, dialect.decimal) {
            (_, Some(mark)) => u8::try_from(mark).unwrap_or(b'.'),
            (Needs::Decimal, None) => self.decimal(column)?,
            _ => b'.',
        };
        let date = match (needs, &dialect.date) {
            (Needs::Date, Some(pattern)) => DateFormat::pinned(pattern).ok_or_else(|| {
                Diagnostic::error("bad-date-pattern", format!("`{pattern}` is no pattern of a whole date"))
                    .help("write a strftime pattern such as `%d/%m/%Y`")
            })?,
            (Needs::Date, None) => self.date(column)?,
            _ => DateFormat::found(true, None, false),
        };
        Ok(Format { decimal, date })
    }

    /// The decimal mark that was seen.
    fn decimal(&self, column: &str) -> Result<u8, Diagnostic> {
        const HELP: &str = "pin the decimal mark: `csv: { decimal: \",\" }` or `csv: { decimal: \".\" }`";
        match (&self.dot, &self.comma, &self.either_mark) {
            (Some(_), Some(_), _) if self.commas.saturating_mul(STRAYS) <= self.dots => Ok(b'.'),
            (Some(_), Some(_), _) if self.dots.saturating_mul(STRAYS) <= self.commas => Ok(b','),
            (Some(dot), Some(comma), _) => Err(ambiguous(
                "ambiguous-decimal",
                format!("`{column}` writes `{}` here and `{}` in row {}", comma.text, dot.text, dot.row),
                comma,
                HELP,
            )),
            (None, None, Some(either)) => Err(ambiguous(
                "ambiguous-decimal",
                format!("`{}` in `{column}` may be a thousand or a fraction, and no row decides", either.text),
                either,
                HELP,
            )),
            (None, Some(_), _) => Ok(b','),
            _ => Ok(b'.'),
        }
    }

    /// The date format that was seen.
    fn date(&self, column: &str) -> Result<DateFormat, Diagnostic> {
        const HELP: &str = "pin the format: `csv: { date: \"%d/%m/%Y\" }` or `csv: { date: \"%m/%d/%Y\" }`";
        let order = match (&self.day_first, &self.month_first, &self.either_date) {
            (Some(day), Some(month), _) => {
                let message = format!(
                    "`{column}` writes the day first here, `{}`, and the month first in row {}, `{}`",
                    day.text, month.row, month.text
                );
                return Err(ambiguous("ambiguous-date", message, day, HELP));
            }
            (None, None, Some(either)) => {
                let message =
                    format!("`{}` in `{column}` may begin with its day or its month, and no row decides", either.text);
                return Err(ambiguous("ambiguous-date", message, either, HELP));
            }
            (None, Some(_), _) => Some(Order::MonthFirst),
            (Some(_), None, _) => Some(Order::DayFirst),
            (None, None, None) => self.has_same.then_some(Order::DayFirst),
        };
        // Among written dates a bare number is a slip, not an Excel serial.
        let has_written = self.has_year_first || order.is_some();
        Ok(DateFormat::found(true, order, self.has_serial && !has_written))
    }

    /// The decimal mark for the report, if one was seen.
    pub(crate) fn decimal_seen(&self) -> Option<char> {
        match self.dots.cmp(&self.commas) {
            Ordering::Greater => Some('.'),
            Ordering::Less => Some(','),
            Ordering::Equal => None,
        }
    }

    /// The date format for the report, if one was seen.
    pub(crate) fn dates_seen(&self) -> Option<String> {
        let written = if self.month_first.is_some() {
            "%m/%d/%Y"
        } else if self.day_first.is_some() || self.has_same {
            "%d/%m/%Y"
        } else if self.has_year_first {
            "%Y-%m-%d"
        } else if self.has_serial {
            "Excel serial"
        } else {
            return None;
        };
        Some(written.to_owned())
    }
}

/// The fault of a column that cannot be told.
fn ambiguous(code: &'static str, message: String, example: &Example, help: &str) -> Diagnostic {
    let line = usize::try_from(example.row).ok();
    Diagnostic::error(code, message).at(Place { file: example.file.clone(), line, column: None }).help(help)
}

/// Where a cell stands, for [`Evidence::see`].
pub(crate) fn place(file: &Path, row: u64) -> (PathBuf, u64) {
    (file.to_path_buf(), row)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn format(needs: Needs, cells: &[&str]) -> Result<Format, &'static str> {
        let mut evidence = Evidence::default();
        for (row, cell) in (2..).zip(cells) {
            evidence.see(needs, cell, Some("BRL"), || place(Path::new("f.csv"), row));
        }
        evidence.format(needs, &Dialect::default(), "x").map_err(|fault| fault.code)
    }

    #[test]
    fn one_row_that_decides_decides_for_its_column() {
        let decimal = |cells: &[&str]| format(Needs::Decimal, cells).map(|format| char::from(format.decimal));
        assert_eq!(decimal(&["1.234", "12,5"]), Ok(','));
        assert_eq!(decimal(&["1.234", "1.5"]), Ok('.'));
        assert_eq!(decimal(&["7", "n/a"]), Ok('.'));
        assert_eq!(decimal(&["1.234", "5.678"]), Err("ambiguous-decimal"));
        assert_eq!(decimal(&["1,5", "1.5"]), Err("ambiguous-decimal"));

        let slip: Vec<&str> = std::iter::repeat_n("263.80", 100).chain(["R$ 1.234,56"]).collect();
        assert_eq!(decimal(&slip), Ok('.'));
        assert_eq!(decimal(&slip[1..]), Err("ambiguous-decimal"));

        let order = |cells: &[&str]| format(Needs::Date, cells).map(|format| format.date.order);
        assert_eq!(order(&["01/02/2026", "13/02/2026"]), Ok(Some(Order::DayFirst)));
        assert_eq!(order(&["01/02/2026", "02/13/2026", "2026-01-01"]), Ok(Some(Order::MonthFirst)));
        assert_eq!(order(&["01/02/2026", "03/04/2026"]), Err("ambiguous-date"));
        assert_eq!(order(&["13/02/2026", "02/13/2026"]), Err("ambiguous-date"));
        assert_eq!(order(&["05/05/2026"]), Ok(Some(Order::DayFirst)));
    }

    #[test]
    fn a_bare_number_is_a_serial_only_among_its_like() {
        let serial = |cells: &[&str]| format(Needs::Date, cells).map(|format| format.date.serial);
        assert_eq!(serial(&["46387", "46388.5"]), Ok(true));
        assert_eq!(serial(&["46387", "2026-12-31"]), Ok(false));
    }
}
