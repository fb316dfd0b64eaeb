//! What a table was read under, and what came of it.
//!
//! Values only: nothing here reads or judges.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use polars::prelude::DataFrame;

use crate::calendar::{Calendar, Moment};
use crate::diagnostic::Diagnostic;
use crate::digest::Key;
use crate::tables::quarantine::{BadRow, Reason};
use crate::tables::schema::Table;

/// What the rows are read under.
#[derive(Clone, Copy, Debug)]
pub struct Reading<'a> {
    /// The company's zone: what a bare day or a timestamp without offset means.
    pub calendar: Calendar,
    /// The run's now: an event at or after it is a bad row.
    pub today: Moment,
    /// Rows stamped at or after it do not exist; not after `today`.
    pub as_of: Moment,
    /// ISO 4217 code of the company's currency; money in another one is a bad row.
    pub currency: &'a str,
    /// Lowest and highest CSAT score.
    pub csat_scale: (i64, i64),
    /// Lowest and highest CES score.
    pub ces_scale: (i64, i64),
}

/// A table's rows, typed and holding their contract, and what came of reading them.
#[derive(Clone, Debug)]
pub struct Rows {
    /// The wanted columns that are there, in the order of the files and their rows; see [`crate::tables::read`].
    pub frame: DataFrame,
    /// What came of it.
    pub intake: Intake,
}

/// Of a traced table: the column that says in which file a row stands, a number of [`Intake::files`]; `Int64`.
pub const FILE: &str = "#file";
/// Of a traced table: the column that says which row of its file a row is, as a spreadsheet shows it; `Int64`.
pub const ROW: &str = "#row";

/// One file that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileRead {
    /// Its path, as found.
    pub path: PathBuf,
    /// sha256 of its bytes, hexadecimal.
    pub sha256: String,
    /// Its length in bytes.
    pub bytes: u64,
    /// Its data rows, without header and blank lines.
    pub rows: u64,
}

/// How the files turned out to be written; what was pinned is repeated.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DialectFound {
    /// Delimiter of CSV files.
    pub delimiter: Option<char>,
    /// Encoding of CSV files, a WHATWG label.
    pub encoding: Option<&'static str>,
    /// Source column → decimal mark, where one was seen or pinned.
    pub decimal: BTreeMap<String, char>,
    /// Source column → how its dates are written, as a strftime pattern or in words.
    pub dates: BTreeMap<String, String>,
}

/// What came of reading a table.
#[derive(Clone, Debug)]
pub struct Intake {
    /// The table.
    pub table: Table,
    /// Its files, in the order in which they were read.
    pub files: Vec<FileRead>,
    /// Data rows in all files.
    pub rows_read: u64,
    /// Rows handed on: read, less quarantined, less those after `as of`.
    pub rows_kept: u64,
    /// Rows that do not exist yet at `as of`.
    pub rows_after_as_of: u64,
    /// Of a traced table, which rows these are: number of the file and row of it.
    pub after_as_of: Vec<(usize, u64)>,
    /// Rows that broke their contract, each counted once.
    pub rows_quarantined: u64,
    /// Broken rules, a row perhaps with several, in the order of the rows; at most [`Intake::KEPT_IN_DETAIL`].
    pub quarantined: Vec<BadRow>,
    /// Broken rules by reason: all of them.
    pub reasons: BTreeMap<Reason, u64>,
    /// The newest stamp of a kept row that precedes `as of`.
    pub newest: Option<Moment>,
    /// The stamp of the first kept row; none without rows, and in tables whose rows are no events.
    pub oldest: Option<Moment>,
    /// Column → what the numbers of its kept rows add up to without their signs, of columns of money and of counts.
    pub totals: BTreeMap<String, u64>,
    /// Rows whose customer is not in `customers`; they are quarantined.
    pub orphans: u64,
    /// Of `customers`: whose rows do not exist yet.
    pub customers_to_come: BTreeSet<String>,
    /// Rows without a customer: quarantined where a customer is required, kept where none is.
    pub empty_references: u64,
    /// How the files are written.
    pub dialect: DialectFound,
    /// Canonical columns that are there.
    pub columns: Vec<&'static str>,
    /// Attribute columns that are there.
    pub attributes: Vec<String>,
    /// What was noticed and survived.
    pub warnings: Vec<Diagnostic>,
    /// Parts of the files that are recognised by what stands in them; none where nobody asked for that.
    pub units: u64,
    /// Of these, known from an earlier run and not read again.
    pub units_recalled: u64,
    /// The parts that have any kept row.
    pub parts: Vec<PartRead>,
}

/// What the kept rows of a part of a file are known by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PartRead {
    /// The oldest stamp of a row itself, in microseconds; none where rows have none.
    pub oldest: Option<i64>,
    /// The newest stamp, in microseconds; none where rows have none.
    pub newest: Option<i64>,
    /// The digest of everything that decides which rows these are; none where that is not known, or where it is also the
    /// run's day or other parts.
    pub content: Option<Key>,
}

impl Intake {
    /// Broken rules kept in detail; more are counted only, so that a hopeless file does not fill the memory.
    pub const KEPT_IN_DETAIL: usize = 100_000;

    /// Nothing read yet.
    pub fn new(table: Table) -> Self {
        Self {
            table,
            files: Vec::new(),
            rows_read: 0,
            rows_kept: 0,
            rows_after_as_of: 0,
            after_as_of: Vec::new(),
            rows_quarantined: 0,
            quarantined: Vec::new(),
            reasons: BTreeMap::new(),
            newest: None,
            oldest: None,
            totals: BTreeMap::new(),
            orphans: 0,
            customers_to_come: BTreeSet::new(),
            empty_references: 0,
            dialect: DialectFound::default(),
            columns: Vec::new(),
            attributes: Vec::new(),
            warnings: Vec::new(),
            units: 0,
            units_recalled: 0,
            parts: Vec::new(),
        }
    }
}
