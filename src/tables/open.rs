//! Opening a table: its files found and understood, ready to be read once.
//!
//! Judges no row; `contract` does.

use polars::prelude::DataFrame;

use crate::config::Source;
use crate::error::Result;
use crate::tables::index::CustomerIndex;
use crate::tables::intake::{Intake, Reading, Rows};
use crate::tables::schema::Table;

/// Which columns a table has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Columns {
    /// Canonical columns that are mapped, in the schema's order.
    pub canonical: Vec<&'static str>,
    /// Columns that pass through as attributes, by their names after mapping, in the file's order.
    pub attributes: Vec<String>,
}

/// A table whose files were found and whose headers are as they should be.
#[derive(Debug)]
pub struct OpenTable {
    columns: Columns,
}

/// Finds a table's files and understands how they are written.
///
/// # Errors
/// Every fault of every file: missing, unreadable, not a table, a required column missing, an encoding, delimiter, decimal
/// mark or date format that cannot be told.
pub fn open(table: Table, source: &Source, reading: &Reading<'_>) -> Result<OpenTable> {
    let _ = (table, source, reading);
    todo!()
}

impl OpenTable {
    /// Which columns are there.
    pub fn columns(&self) -> &Columns {
        &self.columns
    }

    /// The whole table as one frame.
    ///
    /// # Errors
    /// As [`read`].
    pub fn rows(self, wanted: &[&str], customers: Option<&CustomerIndex>) -> Result<Rows> {
        let _ = (wanted, customers);
        todo!()
    }

    /// The table batch by batch.
    ///
    /// # Errors
    /// As [`stream`].
    pub fn stream(
        self,
        wanted: &[&str],
        customers: Option<&CustomerIndex>,
        each: &mut dyn FnMut(DataFrame) -> Result<()>,
    ) -> Result<Intake> {
        let _ = (wanted, customers, each);
        todo!()
    }
}

/// Reads a whole table.
///
/// # Errors
/// As [`open`]; too many bad rows, no rows, too old.
pub fn read(
    table: Table,
    source: &Source,
    wanted: &[&str],
    customers: Option<&CustomerIndex>,
    reading: &Reading<'_>,
) -> Result<Rows> {
    open(table, source, reading)?.rows(wanted, customers)
}

/// Reads a table batch by batch.
///
/// # Errors
/// As [`read`], and whatever `each` fails with. Rows of batches before the failure were already handed on.
pub fn stream(
    table: Table,
    source: &Source,
    wanted: &[&str],
    customers: Option<&CustomerIndex>,
    reading: &Reading<'_>,
    each: &mut dyn FnMut(DataFrame) -> Result<()>,
) -> Result<Intake> {
    open(table, source, reading)?.stream(wanted, customers, each)
}
