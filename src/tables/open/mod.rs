//! Opening a table: its files found, recognised and understood; then read, once, batch by batch.
//!
//! Judges no row; `contract` does.

mod gather;
mod look;
mod opening;
mod reading;
mod verdict;

pub use gather::Keeper;
pub use reading::Taker;

use std::path::{Path, PathBuf};

use chrono_tz::Tz;
use polars::prelude::{DataFrame, DataType};

use crate::config::Source;
use crate::diagnostic::{Diagnostic, Place};
use crate::error::{Exit, Failure, Result};
use crate::tables::evidence::Format;
use crate::tables::file::{self, Fault, FileStamp};
use crate::tables::index::CustomerIndex;
use crate::tables::intake::{FileRead, Intake, Reading, Rows};
use crate::tables::mapping::Slot;
use crate::tables::open::gather::Gather;
use crate::tables::open::opening::{Opening, failure};
use crate::tables::open::verdict::Limits;
use crate::tables::records::{Broken, RowNumbers};
use crate::tables::schema::Table;
use crate::tables::unit::{RowGroup, Unit};

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
    table: Table,
    currency: String,
    reading: Reading<'static>,
    /// Zone of its times without an offset.
    zone: Tz,
    limits: Limits,
    columns: Columns,
    slots: Vec<Slot>,
    formats: Vec<Format>,
    files: Vec<OpenFile>,
    intake: Intake,
    is_traced: bool,
}

/// A file, ready to be read.
#[derive(Debug)]
struct OpenFile {
    path: PathBuf,
    header: Vec<String>,
    rows: u64,
    body: Body,
}

/// What there is to be read.
#[derive(Debug)]
enum Body {
    Text { read: FileRead, body: String, delimiter: u8, numbers: RowNumbers, broken: Vec<Broken>, units: Vec<Unit> },
    Parquet { handle: Option<std::fs::File>, kinds: Vec<DataType>, stamp: FileStamp, groups: Vec<RowGroup> },
}

/// Finds a table's files and understands how they are written.
///
/// # Errors
/// Every fault of every file: missing, unreadable, not a table, a required column missing, an encoding, delimiter, decimal
/// mark or date format that cannot be told.
pub fn open(table: Table, source: &Source, reading: &Reading<'_>) -> Result<OpenTable> {
    let spec = table.spec();
    let mut opening = Opening { spec, source, reading, faults: Vec::new(), intake: Intake::new(table) };
    let paths = file::find(&source.paths).unwrap_or_else(|faults| {
        opening.faults.extend(faults);
        Vec::new()
    });
    let mut files: Vec<OpenFile> = Vec::new();
    for path in &paths {
        let keep_handle = paths.len() <= file::MOST_HANDLES;
        match opening.file(path, keep_handle) {
            Ok(file) => files.push(file),
            Err(faults) => opening.faults.extend(faults),
        }
    }
    let slots = opening.slots(&files);
    let formats = match &slots {
        Some(slots) => opening.formats(slots, &files),
        None => Vec::new(),
    };
    let (true, Some(slots)) = (opening.faults.is_empty(), slots) else { return Err(failure(opening.faults)) };
    let canonical = slots.iter().filter_map(|slot| slot.spec.map(|spec| spec.name)).collect();
    let attributes = slots.iter().filter(|slot| slot.spec.is_none()).map(|slot| slot.name.clone()).collect();
    let columns = Columns { canonical, attributes };
    let mut intake = opening.intake;
    intake.columns.clone_from(&columns.canonical);
    intake.attributes.clone_from(&columns.attributes);
    Ok(OpenTable {
        table,
        currency: reading.currency.to_owned(),
        reading: Reading { currency: "", ..*reading },
        zone: source.timezone.unwrap_or(reading.calendar.zone),
        limits: Limits::of(source, reading.as_of),
        columns,
        slots,
        formats,
        files,
        intake,
        is_traced: false,
    })
}

/// A second handle to the same open file, or the file opened anew if its handle was not kept.
fn open_again(path: &Path, handle: Option<&std::fs::File>) -> std::result::Result<std::fs::File, Fault> {
    match handle {
        Some(handle) => handle.try_clone().map_err(|error| file::unreadable(path, &error)),
        None => file::regular(path),
    }
}

/// The fault of two CSV readers that see different tables.
fn readers_disagree(path: &Path, how: &str) -> Fault {
    let fault = Diagnostic::error("readers-disagree", format!("two readers see two tables in this file: {how}"));
    (Exit::DataRefused, fault.at(Place::file(path)).help("export the file again, with every text cell quoted"))
}

impl OpenTable {
    /// Which columns are there.
    pub fn columns(&self) -> &Columns {
        &self.columns
    }

    /// The same table, each row of which says where it comes from: two more columns, [`crate::tables::FILE`] and
    /// [`crate::tables::ROW`]. Not for a taker that recognises parts: what is known of them has no rows.
    #[must_use]
    pub fn traced(self) -> Self {
        Self { is_traced: true, ..self }
    }

    /// The whole table as one frame, but for the parts that a keeper knows from an earlier run; see [`read`].
    ///
    /// # Errors
    /// As [`read`].
    pub fn rows(
        self,
        wanted: &[&str],
        customers: Option<&CustomerIndex>,
        keeper: Option<&mut dyn Keeper>,
    ) -> Result<Rows> {
        let mut gather = Gather::new(keeper);
        let mut intake = self.stream_to(wanted, customers, &mut gather)?;
        let frame = gather.into_frame();
        if frame.height() == 0 && intake.rows_read > 0 {
            let message =
                format!("no row of `{}` is left: all are quarantined or later than `as_of`", intake.table.name());
            intake.warnings.push(Diagnostic::warning("no-row-left", message));
        }
        Ok(Rows { frame, intake })
    }
}

/// polars refuses what was checked before: a fault of ours.
fn bug(error: &polars::error::PolarsError) -> Failure {
    let message = format!("polars refuses a step that should hold: {}", file::one_line(&error.to_string()));
    Failure::new(Exit::Internal, Diagnostic::error("internal", message).help("report this with the file's header"))
}

/// Reads a whole table as one typed frame, in the order of its files and rows.
///
/// - **Takes** `wanted`: canonical columns and attributes; those that are not there are not in the frame
///   ([`OpenTable::columns`] tells).
/// - **Returns** the wanted columns in that order, typed as [`crate::tables::schema::CellType`] says, attributes as text,
///   empty text null. For every table but `customers` that has a `customer_id`, a first column `customer` (`UInt32`, a
///   number of `customers`, null only where a row may be without) stands for it.
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
    open(table, source, reading)?.rows(wanted, customers, None)
}

/// Reads a table batch by batch, in the order of its files and rows; for the one that does not fit in memory.
///
/// Of a streamed table ([`crate::tables::schema::TableSpec::streamed`]) a column that nobody wants is not read, hence not judged.
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
