//! Rows that break their contract: what they are, why, and the file that lists them.
//!
//! Judges nothing; `contract` does.

use std::fmt;
use std::io::Write;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::diagnostic::{Diagnostic, Place};
use crate::error::{Exit, Failure, Result};
use crate::formula::harmless;
use crate::tables::schema::Table;

/// Why a row is bad. One row may be bad for several reasons.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Reason {
    /// The record has fewer or more cells than the header.
    Width,
    /// A quotation mark inside a cell that is not quoted.
    StrayQuote,
    /// A cell of more than a mebibyte.
    TooLong,
    /// A cell that must not be empty is.
    Empty,
    /// Not a day or an instant in this column's format.
    NotADate,
    /// A date before 1900 or after 2200.
    DateOutOfRange,
    /// Not a number in this column's format.
    NotANumber,
    /// Not a whole number.
    NotWhole,
    /// Money with more than six decimals.
    TooFine,
    /// A number that is too great to hold.
    TooGreat,
    /// Negative where it may not be.
    Negative,
    /// Outside 0 to 100, or outside the survey's scale.
    OutOfRange,
    /// Neither yes nor no.
    NotAFlag,
    /// None of the words that the column knows.
    UnknownWord,
    /// An event that has not happened yet at the run.
    Future,
    /// A date before the one that it must follow.
    WrongOrder,
    /// A score without the date of its answer.
    ScoreWithoutDate,
    /// The date of an answer without a score.
    DateWithoutScore,
    /// Money in another currency than the company's.
    ForeignCurrency,
    /// The same key as an earlier row.
    RepeatedKey,
    /// The same row as an earlier one.
    RepeatedRow,
    /// The customer is not in `customers`.
    Orphan,
    /// The rows of the customer in `customers` are all valid only from the run's day or later.
    CustomerNotYetValid,
    /// The customer is missing.
    EmptyReference,
}

impl Reason {
    /// Its final name, as `quarantine.csv` writes it.
    pub fn code(self) -> &'static str {
        match self {
            Self::Width => "wrong-width",
            Self::StrayQuote => "stray-quote",
            Self::TooLong => "cell-too-long",
            Self::Empty => "empty-cell",
            Self::NotADate => "not-a-date",
            Self::DateOutOfRange => "date-out-of-range",
            Self::NotANumber => "not-a-number",
            Self::NotWhole => "not-whole",
            Self::TooFine => "too-many-decimals",
            Self::TooGreat => "too-great",
            Self::Negative => "negative",
            Self::OutOfRange => "out-of-range",
            Self::NotAFlag => "not-a-flag",
            Self::UnknownWord => "unknown-word",
            Self::Future => "in-the-future",
            Self::WrongOrder => "wrong-order",
            Self::ScoreWithoutDate => "score-without-date",
            Self::DateWithoutScore => "date-without-score",
            Self::ForeignCurrency => "foreign-currency",
            Self::RepeatedKey => "repeated-key",
            Self::RepeatedRow => "repeated-row",
            Self::Orphan => "orphan",
            Self::CustomerNotYetValid => "customer-not-yet-valid",
            Self::EmptyReference => "empty-reference",
        }
    }

    /// In words, for people who read English.
    pub fn words(self) -> &'static str {
        match self {
            Self::Width => "the record has not as many cells as the header",
            Self::StrayQuote => "a quotation mark inside a cell that is not quoted",
            Self::TooLong => "the cell is longer than 1 MiB",
            Self::Empty => "the cell must not be empty",
            Self::NotADate => "not a date in this column's format",
            Self::DateOutOfRange => "a date before 1900 or after 2200",
            Self::NotANumber => "not a number",
            Self::NotWhole => "not a whole number",
            Self::TooFine => "more than six decimals",
            Self::TooGreat => "the number is too great",
            Self::Negative => "must not be negative",
            Self::OutOfRange => "outside the range that the column allows",
            Self::NotAFlag => "neither yes nor no",
            Self::UnknownWord => "none of the words that the column knows",
            Self::Future => "lies in the future of the run",
            Self::WrongOrder => "lies before the date that it must follow",
            Self::ScoreWithoutDate => "a score without the date of its answer",
            Self::DateWithoutScore => "the date of an answer without a score",
            Self::ForeignCurrency => "another currency than the company's",
            Self::RepeatedKey => "an earlier row has the same key",
            Self::RepeatedRow => "an earlier row is the same",
            Self::Orphan => "the customer is not in `customers`",
            Self::CustomerNotYetValid => "the customer's first row in `customers` is valid only from a later day",
            Self::EmptyReference => "the customer is missing",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code(), self.words())
    }
}

/// One broken rule of one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadRow {
    /// The table.
    pub table: Table,
    /// The file as the user named it.
    pub file: PathBuf,
    /// Row as a spreadsheet shows it (the header is row 1) for CSV; from 1 for Parquet.
    pub row: u64,
    /// The file's own name of the column; empty where the whole row is meant.
    pub column: String,
    /// The cell as written, cut after 200 characters.
    pub value: String,
    /// Why.
    pub reason: Reason,
}

/// Writes `quarantine.csv`: table, file, row, column, value, reason. Cells that a spreadsheet would run as a formula are
/// prefixed with an apostrophe. The file appears whole or not at all.
///
/// # Errors
/// The folder cannot be written to, or the disk is full ([`Exit::Io`]).
pub fn write_quarantine(path: &Path, rows: &[BadRow]) -> Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let write = || -> std::io::Result<()> {
        let mut writer = csv::Writer::from_writer(tempfile::NamedTempFile::new_in(folder)?);
        writer.write_record(["table", "file", "row", "column", "value", "reason"])?;
        for bad in rows {
            writer.write_record([
                bad.table.name(),
                &harmless(&bad.file.display().to_string()),
                &bad.row.to_string(),
                &harmless(&bad.column),
                &harmless(&bad.value),
                &bad.reason.to_string(),
            ])?;
        }
        let mut file = writer.into_inner().map_err(csv::IntoInnerError::into_error)?;
        file.flush()?;
        file.as_file().sync_all()?;
        file.persist(path).map_err(|error| error.error)?;
        Ok(())
    };
    write().map_err(|error| {
        let fault =
            Diagnostic::error("quarantine-not-written", format!("the quarantined rows cannot be written: {error}"))
                .at(Place::file(path))
                .help("make room on the disk, or let the folder be written to");
        Failure::new(Exit::Io, fault)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_quarantine_runs_no_formula() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("quarantine.csv");
        let bad = BadRow {
            table: Table::Orders,
            file: "orders.csv".into(),
            row: 7,
            column: "amount".into(),
            value: "=HYPERLINK(\"http://x\")".into(),
            reason: Reason::NotANumber,
        };
        write_quarantine(&path, &[bad]).unwrap();
        assert_eq!(
            std::fs::read_to_string(&path).unwrap(),
            "table,file,row,column,value,reason\n\
             orders,orders.csv,7,amount,\"'=HYPERLINK(\"\"http://x\"\")\",not-a-number: not a number\n"
        );
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
