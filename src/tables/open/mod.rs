//! Opening a table: its files found, recognised and understood; then read, once, batch by batch.
//!
//! Judges no row; `contract` does.

mod look;
mod opening;
mod verdict;

use std::path::{Path, PathBuf};

use polars::prelude::{DataFrame, DataType};

use crate::config::Source;
use crate::diagnostic::{Diagnostic, Place};
use crate::error::{Exit, Failure, Result};
use crate::tables::contract::{Contract, Position};
use crate::tables::evidence::Format;
use crate::tables::file::{self, Fault, FileStamp};
use crate::tables::index::CustomerIndex;
use crate::tables::intake::{FileRead, Intake, Reading, Rows};
use crate::tables::mapping::{Origin, Slot};
use crate::tables::open::opening::{Opening, failure};
use crate::tables::open::verdict::Limits;
use crate::tables::records::{Broken, RowNumbers};
use crate::tables::scan::{self, Stop};
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
    table: Table,
    currency: String,
    reading: Reading<'static>,
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
    Text { read: FileRead, body: String, delimiter: u8, numbers: RowNumbers, broken: Vec<Broken> },
    Parquet { handle: Option<std::fs::File>, kinds: Vec<DataType>, stamp: FileStamp },
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

/// The hash and length of a file that is still as it was at opening; `None` if it is not.
fn hash_unchanged(mut file: std::fs::File, stamp: FileStamp) -> std::io::Result<Option<(String, u64)>> {
    let (sha256, bytes) = file::hash_file(&mut file)?;
    Ok((file::stamp(&file)? == stamp && bytes == stamp.0).then_some((sha256, bytes)))
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
    /// [`crate::tables::ROW`].
    #[must_use]
    pub fn traced(self) -> Self {
        Self { is_traced: true, ..self }
    }

    /// The whole table as one frame; see [`read`].
    ///
    /// # Errors
    /// As [`read`].
    pub fn rows(self, wanted: &[&str], customers: Option<&CustomerIndex>) -> Result<Rows> {
        let mut whole: Option<DataFrame> = None;
        let mut intake = self.stream(wanted, customers, &mut |batch| {
            match &mut whole {
                None => whole = Some(batch),
                Some(whole) => whole.vstack_mut_owned(batch).map(|_| ()).map_err(|error| bug(&error))?,
            }
            Ok(())
        })?;
        let mut frame = whole.unwrap_or_default();
        frame.rechunk_mut();
        if frame.height() == 0 && intake.rows_read > 0 {
            let message =
                format!("no row of `{}` is left: all are quarantined or later than `as_of`", intake.table.name());
            intake.warnings.push(Diagnostic::warning("no-row-left", message));
        }
        Ok(Rows { frame, intake })
    }

    /// The table batch by batch; see [`stream`]. `each` is called at least once, if only with an empty batch.
    ///
    /// # Errors
    /// As [`stream`].
    pub fn stream(
        mut self,
        wanted: &[&str],
        customers: Option<&CustomerIndex>,
        each: &mut dyn FnMut(DataFrame) -> Result<()>,
    ) -> Result<Intake> {
        let reading = Reading { currency: &self.currency, ..self.reading };
        let files = std::mem::take(&mut self.files);
        let intake = std::mem::replace(&mut self.intake, Intake::new(self.table));
        let parts = (self.slots.as_slice(), self.formats.as_slice());
        let mut contract =
            Contract::new(self.table.spec(), parts, wanted, customers, reading, intake).traced(self.is_traced);
        let mut was_called = false;
        let paths: Vec<PathBuf> = files.iter().map(|file| file.path.clone()).collect();
        for file in files {
            let read = self.file(file, &mut contract, &mut |batch| {
                was_called = true;
                each(batch)
            })?;
            contract.intake().files.push(read);
        }
        if !was_called {
            each(contract.nothing().map_err(|error| bug(&error))?)?;
        }
        let mut intake = contract.into_intake();
        self.limits.check(&mut intake, &paths)?;
        Ok(intake)
    }

    /// Reads one file.
    fn file(
        &self,
        file: OpenFile,
        contract: &mut Contract<'_>,
        each: &mut dyn FnMut(DataFrame) -> Result<()>,
    ) -> Result<FileRead> {
        let OpenFile { path, header, rows, body } = file;
        let fail = |(exit, fault): Fault| Failure::new(exit, fault);
        let reads = self.reads(&header, contract);
        let (frame, read, numbers, hashing) = match body {
            Body::Text { read, body, delimiter, numbers, broken } => {
                for Broken { row, cell, value, reason } in broken {
                    let column = cell.and_then(|cell| header.get(cell)).map_or("", String::as_str);
                    contract.quarantine(&path, row, column, value, reason);
                    contract.intake().rows_read += 1;
                    contract.intake().rows_quarantined += 1;
                }
                if rows == 0 {
                    return Ok(read);
                }
                (scan::csv(body, delimiter, &reads), read, numbers, None)
            }
            Body::Parquet { handle, stamp, .. } => {
                let file = open_again(&path, handle.as_ref()).map_err(fail)?;
                let hashed = open_again(&path, handle.as_ref()).map_err(fail)?;
                let read = FileRead { path: path.clone(), sha256: String::new(), bytes: 0, rows };
                (scan::parquet(file, &header, &reads), read, RowNumbers::from_one(), Some((hashed, stamp)))
            }
        };
        let frame = frame.map_err(|error| fail(file::not_parquet(&path, &file::one_line(&error.to_string()))))?;
        // The hash of a Parquet file is made beside its reading, so that its bytes come from the disk once.
        std::thread::scope(|scope| {
            let hash = hashing.map(|(file, stamp)| scope.spawn(move || hash_unchanged(file, stamp)));
            let mut before = 0;
            let scanned = scan::batches(frame, &mut |batch| {
                let at = Position { path: &path, rows: &numbers, before };
                before += batch.height() as u64;
                let typed = contract.batch(&batch, &at).map_err(|error| bug(&error))?;
                each(typed)
            });
            scanned.map_err(|stop| match stop {
                Stop::Consumer(failure) => failure,
                Stop::Reader(message) => fail(file::not_parquet(&path, &file::one_line(&message))),
                Stop::Panic => fail(file::not_parquet(&path, "the reader broke off")),
            })?;
            if before != rows {
                let how = format!("{rows} rows stand in the file, {before} were read");
                return Err(fail(readers_disagree(&path, &how)));
            }
            match hash.map(std::thread::ScopedJoinHandle::join) {
                None => Ok(read),
                Some(Ok(Ok(Some((sha256, bytes))))) => Ok(FileRead { sha256, bytes, ..read }),
                Some(Ok(Ok(None))) => Err(fail(file::changed(&path))),
                Some(Ok(Err(error))) => Err(fail(file::unreadable(&path, &error))),
                Some(Err(_)) => Err(fail(file::not_parquet(&path, "its hash could not be made"))),
            }
        })
    }

    /// Columns to be read from a file: every used slot by its number, and the whole row where rows are compared.
    fn reads(&self, header: &[String], contract: &Contract<'_>) -> Vec<scan::Read> {
        let by_slot = contract.used().iter().filter_map(|slot| match &self.slots.get(*slot)?.origin {
            Origin::Column(name) => Some((header.iter().position(|have| have == name)?, slot.to_string())),
            Origin::Constant(_) => None,
        });
        let mut reads: Vec<scan::Read> = by_slot.collect();
        if contract.compares_whole_rows() || reads.is_empty() {
            reads.extend((0..header.len()).map(|at| (at, format!("r{at}"))));
        }
        reads
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
    open(table, source, reading)?.rows(wanted, customers)
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
