//! Opening a table: its files found, recognised and understood; then read, once, batch by batch.
//!
//! Judges no row; `contract` does.

use std::path::{Path, PathBuf};

use polars::prelude::{DataFrame, DataType};

use crate::config::{Dialect, Source};
use crate::diagnostic::{Diagnostic, Place};
use crate::error::{Exit, Failure, Result};
use crate::tables::contract::{Contract, Position, age_days};
use crate::tables::evidence::{Evidence, Format, Needs, place};
use crate::tables::file::{self, Content, Fault};
use crate::tables::index::CustomerIndex;
use crate::tables::intake::{FileRead, Intake, Reading, Rows};
use crate::tables::mapping::{self, Origin, Slot};
use crate::tables::records::{self, Broken, RowNumbers};
use crate::tables::scan::{self, Stop};
use crate::tables::schema::{Table, TableSpec};
use crate::tables::{encoding, typed};

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
    max_bad_rows: f64,
    max_age_days: Option<i64>,
    columns: Columns,
    slots: Vec<Slot>,
    formats: Vec<Format>,
    files: Vec<OpenFile>,
    intake: Intake,
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
    Parquet { handle: Option<std::fs::File>, kinds: Vec<DataType> },
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
        Some(slots) => opening.formats(slots, &mut files),
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
        max_bad_rows: source.max_bad_rows,
        max_age_days: source.max_age_days,
        columns,
        slots,
        formats,
        files,
        intake,
    })
}

/// A table while it is being opened.
struct Opening<'a> {
    spec: &'static TableSpec,
    source: &'a Source,
    reading: &'a Reading<'a>,
    faults: Vec<Fault>,
    intake: Intake,
}

impl Opening<'_> {
    /// Opens one file and takes it apart.
    fn file(&mut self, path: &Path, keep_handle: bool) -> std::result::Result<OpenFile, Vec<Fault>> {
        match file::open(path, keep_handle).map_err(|fault| vec![fault])? {
            Content::Text(bytes) => self.text(path, bytes),
            Content::Parquet(parquet) => {
                let (header, kinds) = parquet.columns.into_iter().unzip();
                let body = Body::Parquet { handle: parquet.handle, kinds };
                Ok(OpenFile { path: path.to_path_buf(), header, rows: parquet.rows, body })
            }
        }
    }

    /// Takes a CSV text apart. A fault of its header and one of its structure are both reported.
    fn text(&mut self, path: &Path, bytes: Vec<u8>) -> std::result::Result<OpenFile, Vec<Fault>> {
        let refused = |fault| vec![(Exit::DataRefused, fault)];
        if bytes.is_empty() {
            return Err(refused(records::empty(path)));
        }
        let (sha256, length) = (file::hash(&bytes), bytes.len() as u64);
        let decoded = encoding::decode(bytes, self.source.dialect.encoding.as_deref(), path).map_err(refused)?;
        if decoded.text.trim().is_empty() {
            return Err(refused(records::empty(path)));
        }
        if let Some(what) = not_csv(&decoded.text) {
            let help = "look at what the export wrote: an error page, perhaps";
            let fault = Diagnostic::error("not-a-table", format!("this is {what}, neither CSV nor Parquet"));
            return Err(refused(fault.at(Place::file(path)).help(help)));
        }
        let delimiter = self.delimiter(&decoded.text);
        let header = records::first_line(&decoded.text, delimiter);
        let mut faults: Vec<Fault> = Vec::new();
        for name in mapping::repeated(&header) {
            let fault = Diagnostic::error("repeated-column", format!("two columns are called `{name}`"));
            let place = Place { file: path.to_path_buf(), line: Some(1), column: None };
            faults.push((Exit::DataRefused, fault.at(place).help("rename one of them in the export")));
        }
        let records = match records::records(decoded.text, delimiter, path) {
            Ok(records) => records,
            Err(fault) => {
                // Without a first line there is no header to find fault with.
                if !header.is_empty()
                    && let Err(missing) = mapping::slots(self.spec, self.source, &header, path)
                {
                    faults.extend(missing.into_iter().map(|fault| (Exit::DataRefused, fault)));
                }
                faults.push((Exit::DataRefused, fault));
                return Err(faults);
            }
        };
        if !faults.is_empty() {
            return Err(faults);
        }
        if decoded.concluded {
            let message = format!("the file is not UTF-8; it was read as {}", decoded.label);
            let help = format!("pin it: `csv: {{ encoding: {} }}`", decoded.label);
            self.intake
                .warnings
                .push(Diagnostic::warning("encoding-concluded", message).at(Place::file(path)).help(help));
        }
        if records.blank_lines > 0 {
            let message = format!("{} blank lines stand between the rows", records.blank_lines);
            self.intake.warnings.push(Diagnostic::warning("blank-lines", message).at(Place::file(path)));
        }
        self.intake.dialect.delimiter.get_or_insert(char::from(delimiter));
        self.intake.dialect.encoding.get_or_insert(decoded.label);
        let rows = records.count + records.broken.len() as u64;
        let read = FileRead { path: path.to_path_buf(), sha256, bytes: length, rows };
        let body = Body::Text { read, body: records.body, delimiter, numbers: records.rows, broken: records.broken };
        Ok(OpenFile { path: path.to_path_buf(), header: records.header, rows: records.count, body })
    }

    /// The pinned delimiter, or the one under which the header has most of the names that it may have.
    fn delimiter(&self, text: &str) -> u8 {
        if let Some(pinned) = self.source.dialect.delimiter {
            return pinned;
        }
        let expected = mapping::expected(self.spec, self.source);
        let known = |delimiter: u8| {
            let header = records::first_line(text, delimiter);
            (header.iter().filter(|name| expected.contains(name)).count(), header.len())
        };
        // Of equals the last wins; the comma is the usual one.
        [b'|', b'\t', b';', b','].into_iter().max_by_key(|delimiter| known(*delimiter)).unwrap_or(b',')
    }

    /// The columns of the first file; every other file must have them too.
    fn slots(&mut self, files: &[OpenFile]) -> Option<Vec<Slot>> {
        let first = files.first()?;
        let slots = match mapping::slots(self.spec, self.source, &first.header, &first.path) {
            Ok(slots) => slots,
            Err(faults) => {
                self.faults.extend(faults.into_iter().map(|fault| (Exit::DataRefused, fault)));
                return None;
            }
        };
        for file in files {
            self.check_drift(&slots, first, file);
            self.check_kinds(&slots, file);
        }
        Some(slots)
    }

    /// A later file that lacks a column of the first is refused, one that has more is mentioned.
    fn check_drift(&mut self, slots: &[Slot], first: &OpenFile, file: &OpenFile) {
        for slot in slots {
            if let Origin::Column(name) = &slot.origin
                && !file.header.contains(name)
            {
                let message = format!("this file has no column `{name}`, which `{}` has", first.path.display());
                let place = Place { file: file.path.clone(), line: Some(1), column: None };
                let help = "files of one table have the same columns: export this one again, or take it out of `path:`";
                self.faults.push((Exit::DataRefused, Diagnostic::error("schema-drift", message).at(place).help(help)));
            }
        }
        let new: Vec<_> =
            file.header.iter().filter(|name| !first.header.contains(name)).map(|name| format!("`{name}`")).collect();
        if !new.is_empty() {
            let message =
                format!("columns that `{}` does not have are left out: {}", first.path.display(), new.join(", "));
            self.intake.warnings.push(Diagnostic::warning("new-column", message).at(Place::file(&file.path)));
        }
    }

    /// Parquet columns whose type cannot hold what the schema asks for.
    fn check_kinds(&mut self, slots: &[Slot], file: &OpenFile) {
        let Body::Parquet { kinds, .. } = &file.body else { return };
        for slot in slots {
            let Origin::Column(name) = &slot.origin else { continue };
            let kind = file.header.iter().position(|have| have == name).and_then(|at| kinds.get(at));
            let Some(kind) = kind.filter(|kind| !typed::fits(kind, slot.spec.map(|spec| spec.cell))) else { continue };
            let place = Place::file(&file.path);
            let (message, help) = match slot.spec {
                Some(spec) => (
                    format!(
                        "column `{name}` is of type {kind}, which cannot hold `{}`: {}",
                        slot.name,
                        words(spec.cell)
                    ),
                    "cast the column where the file is written",
                ),
                None => (
                    format!("column `{name}` is of type {kind}, which is no attribute"),
                    "cast the column to text where the file is written, or leave it out",
                ),
            };
            self.faults.push((Exit::DataRefused, Diagnostic::error("wrong-type", message).at(place).help(help)));
        }
    }

    /// How each column writes its numbers and dates, by looking at all of it.
    fn formats(&mut self, slots: &[Slot], files: &mut [OpenFile]) -> Vec<Format> {
        let needs: Vec<Needs> = slots.iter().map(|slot| self.needs(slot)).collect();
        let mut evidence = vec![Evidence::default(); slots.len()];
        if self.faults.is_empty() {
            for file in files {
                if let Err(fault) = look_at(file, slots, &needs, &mut evidence, self.reading.currency) {
                    self.faults.push(fault);
                }
            }
        }
        let mut formats = Vec::new();
        for (slot, evidence) in slots.iter().zip(&evidence) {
            let needs = slot.spec.map_or(Needs::Nothing, |spec| Needs::of(spec.cell));
            match evidence.format(needs, &self.source.dialect, slot.shown()) {
                Ok(format) => formats.push(format),
                Err(fault) if fault.place.is_some() => self.faults.push((Exit::DataRefused, fault)),
                Err(fault) => {
                    let path = self.source.paths.first().cloned().unwrap_or_default();
                    self.faults.push((Exit::Config, fault.at(Place::file(path))));
                }
            }
            self.report(slot, needs, evidence);
        }
        formats
    }

    /// What must be found out by looking: what is pinned need not.
    fn needs(&self, slot: &Slot) -> Needs {
        let Dialect { decimal, date, .. } = &self.source.dialect;
        match slot.spec.map_or(Needs::Nothing, |spec| Needs::of(spec.cell)) {
            Needs::Decimal if decimal.is_some() => Needs::Nothing,
            Needs::Date if date.is_some() => Needs::Nothing,
            needs => needs,
        }
    }

    /// Says how a column was found to be written.
    fn report(&mut self, slot: &Slot, needs: Needs, evidence: &Evidence) {
        let (found, pinned) = (&mut self.intake.dialect, &self.source.dialect);
        let name = slot.shown().to_owned();
        match needs {
            Needs::Nothing => {}
            Needs::Decimal => {
                if let Some(mark) = pinned.decimal.or_else(|| evidence.decimal_seen()) {
                    found.decimal.insert(name, mark);
                }
            }
            Needs::Date => {
                if let Some(dates) = pinned.date.clone().or_else(|| evidence.dates_seen()) {
                    found.dates.insert(name, dates);
                }
            }
        }
    }
}

/// What people take for a table, by the first character of its text.
fn not_csv(text: &str) -> Option<&'static str> {
    match text.trim_start().chars().next() {
        Some('<') => Some("HTML or XML"),
        Some('{' | '[') => Some("JSON"),
        _ => None,
    }
}

/// A type of cell for people.
fn words(cell: crate::tables::schema::CellType) -> &'static str {
    use crate::tables::schema::CellType;
    match cell {
        CellType::Text => "text",
        CellType::Moment => "a date or an instant",
        CellType::Day => "a date",
        CellType::Money | CellType::MoneyNotNegative => "money",
        CellType::Count | CellType::Whole => "a whole number",
        CellType::Number | CellType::Rating => "a number",
        CellType::Flag => "yes or no",
        CellType::OneOf(_) => "a word of a short list",
    }
}

/// Shows the cells of a file to the evidence. This is the pass of the independent CSV reader: it must count as many records
/// as the structure has.
fn look_at(
    file: &mut OpenFile,
    slots: &[Slot],
    needs: &[Needs],
    evidence: &mut [Evidence],
    currency: &str,
) -> std::result::Result<(), Fault> {
    let path = file.path.clone();
    let position = |slot: &Slot| match &slot.origin {
        Origin::Column(name) => file.header.iter().position(|have| have == name),
        Origin::Constant(_) => None,
    };
    let watched: Vec<(usize, usize)> = (0..slots.len())
        .filter(|slot| needs.get(*slot).is_some_and(|needs| *needs != Needs::Nothing))
        .filter_map(|slot| Some((slot, position(slots.get(slot)?)?)))
        .collect();
    let mut see = |slot: usize, text: &str, row: &dyn Fn() -> u64| {
        if let (Some(mapped), Some(needs), Some(evidence)) = (slots.get(slot), needs.get(slot), evidence.get_mut(slot))
        {
            evidence.see(*needs, mapped.mapped(text), Some(currency), || place(&path, row()));
        }
    };
    match &mut file.body {
        Body::Text { body, delimiter, numbers, .. } => {
            let mut reader =
                csv::ReaderBuilder::new().has_headers(false).delimiter(*delimiter).from_reader(body.as_bytes());
            let (mut record, mut count) = (csv::StringRecord::new(), 0_u64);
            loop {
                match reader.read_record(&mut record) {
                    Ok(false) => break,
                    Ok(true) => {
                        for (slot, at) in &watched {
                            see(*slot, record.get(*at).unwrap_or(""), &|| numbers.row(count));
                        }
                        count += 1;
                    }
                    Err(error) => return Err(readers_disagree(&path, &file::one_line(&error.to_string()))),
                }
            }
            if count == file.rows {
                Ok(())
            } else {
                Err(readers_disagree(&path, &format!("one counts {} rows, the other {count}", file.rows)))
            }
        }
        Body::Parquet { handle, kinds } => {
            let is_text = |at: usize| matches!(kinds.get(at), Some(DataType::String | DataType::Categorical(..)));
            let watched: Vec<(usize, usize)> = watched.into_iter().filter(|(_, at)| is_text(*at)).collect();
            if watched.is_empty() {
                return Ok(());
            }
            let reads: Vec<scan::Read> = watched.iter().map(|(slot, at)| (*at, slot.to_string())).collect();
            let open = open_again(&path, handle)?;
            let mut before = 0;
            parquet_batches(&path, open, &file.header, &reads, &mut |batch| {
                for (slot, _) in &watched {
                    let text = batch.column(&slot.to_string())?.cast(&DataType::String)?;
                    for (row, text) in (1 + before..).zip(text.str()?.iter()) {
                        see(*slot, text.unwrap_or(""), &|| row);
                    }
                }
                before += batch.height() as u64;
                Ok(())
            })
        }
    }
}

/// A second handle to the same open file, or the file opened anew if its handle was not kept.
fn open_again(path: &Path, handle: &Option<std::fs::File>) -> std::result::Result<std::fs::File, Fault> {
    match handle {
        Some(handle) => handle.try_clone().map_err(|error| file::unreadable(path, &error)),
        None => file::regular(path),
    }
}

/// The batches of some columns of a Parquet file, for a look.
fn parquet_batches(
    path: &Path,
    open: std::fs::File,
    header: &[String],
    reads: &[scan::Read],
    each: &mut dyn FnMut(DataFrame) -> polars::error::PolarsResult<()>,
) -> std::result::Result<(), Fault> {
    let frame = scan::parquet(open, header, reads)
        .map_err(|error| file::not_parquet(path, &file::one_line(&error.to_string())))?;
    scan::batches(frame, each).map_err(|stop| match stop {
        Stop::Reader(message) => file::not_parquet(path, &file::one_line(&message)),
        Stop::Panic => file::not_parquet(path, "the reader broke off"),
        Stop::Consumer(error) => file::not_parquet(path, &file::one_line(&error.to_string())),
    })
}

/// The fault of two CSV readers that see different tables.
fn readers_disagree(path: &Path, how: &str) -> Fault {
    let fault = Diagnostic::error("readers-disagree", format!("two readers see two tables in this file: {how}"));
    (Exit::DataRefused, fault.at(Place::file(path)).help("export the file again, with every text cell quoted"))
}

/// All faults as one failure. Its exit code is that of the worst: bad data, then configuration, permission, a missing file.
fn failure(faults: Vec<Fault>) -> Failure {
    let order = [Exit::DataRefused, Exit::Config, Exit::Permission, Exit::InputMissing];
    let exit = order.into_iter().find(|exit| faults.iter().any(|(have, _)| have == exit)).unwrap_or(Exit::DataRefused);
    Failure::many(exit, faults.into_iter().map(|(_, fault)| fault).collect())
}

impl OpenTable {
    /// Which columns are there.
    pub fn columns(&self) -> &Columns {
        &self.columns
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

    /// The table batch by batch; see [`stream`]. `each` is called at least once for a table with rows, if only with an empty
    /// batch.
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
        let mut contract = Contract::new(self.table.spec(), parts, wanted, customers, reading, intake);
        let paths: Vec<PathBuf> = files.iter().map(|file| file.path.clone()).collect();
        for file in files {
            let read = self.file(file, &mut contract, each)?;
            contract.intake().files.push(read);
        }
        let intake = contract.into_intake();
        self.check_whole(&intake, &paths)?;
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
            Body::Parquet { handle, .. } => {
                let file = open_again(&path, &handle).map_err(fail)?;
                let hashed = open_again(&path, &handle).map_err(fail)?;
                let read = FileRead { path: path.clone(), sha256: String::new(), bytes: 0, rows };
                (scan::parquet(file, &header, &reads), read, RowNumbers::from_one(), Some(hashed))
            }
        };
        let frame = frame.map_err(|error| fail(file::not_parquet(&path, &file::one_line(&error.to_string()))))?;
        // The hash of a Parquet file is made beside its reading, so that its bytes come from the disk once.
        std::thread::scope(|scope| {
            let hash = hashing.map(|mut file| scope.spawn(move || file::hash_file(&mut file)));
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
                Some(Ok(Ok((sha256, bytes)))) => Ok(FileRead { sha256, bytes, ..read }),
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

    /// Rules for the table as a whole: it has rows, few of them bad, the newest not too old.
    fn check_whole(&self, intake: &Intake, paths: &[PathBuf]) -> Result<()> {
        let name = self.table.name();
        let path = paths.first().cloned().unwrap_or_default();
        let refuse = |faults| Err(Failure::many(Exit::DataRefused, faults));
        if intake.rows_read == 0 {
            let fault = Diagnostic::error("empty-table", format!("`{name}` has no rows"));
            let help = "look at the export, or leave the table out of `data:`";
            return refuse(vec![fault.at(Place::file(path)).help(help)]);
        }
        let mut faults = Vec::new();
        #[expect(clippy::cast_precision_loss, reason = "a share, for a threshold")]
        let share = intake.rows_quarantined as f64 / intake.rows_read as f64;
        if share > self.max_bad_rows {
            faults.extend(too_many(intake, share, self.max_bad_rows, &path));
        }
        if let (Some(limit), Some(newest)) = (self.max_age_days, intake.newest) {
            let age = age_days(newest, self.reading.as_of);
            if age > limit {
                let message =
                    format!("the newest row of `{name}` is {age} days old, more than `max_age: {limit}d` allows");
                let help = "look at why the export stands still, or raise `max_age`";
                faults.push(Diagnostic::error("too-old", message).at(Place::file(&path)).help(help));
            }
        }
        if faults.is_empty() { Ok(()) } else { refuse(faults) }
    }
}

/// Examples of bad rows in a fault.
const EXAMPLES: usize = 5;

/// Too many bad rows: how many, why, the first of them, and what to do.
fn too_many(intake: &Intake, share: f64, limit: f64, path: &Path) -> Vec<Diagnostic> {
    let reasons: Vec<_> = intake.reasons.iter().map(|(reason, count)| format!("{count} {}", reason.code())).collect();
    let message = format!(
        "{} of {} rows of `{}` break their contract ({:.2} %), more than `max_bad_rows: {}%` allows: {}",
        intake.rows_quarantined,
        intake.rows_read,
        intake.table.name(),
        100.0 * share,
        100.0 * limit,
        reasons.join(", ")
    );
    let help = "correct the rows where they come from, map their values, or raise `max_bad_rows`";
    let mut faults = vec![Diagnostic::error("too-many-bad-rows", message).at(Place::file(path)).help(help)];
    faults.extend(intake.quarantined.iter().take(EXAMPLES).map(|bad| {
        let value: String = bad.value.chars().take(40).collect();
        let column = if bad.column.is_empty() { String::new() } else { format!("column `{}`, ", bad.column) };
        let message = format!("{column}`{value}`: {}", bad.reason.words());
        let place = Place { file: bad.file.clone(), line: usize::try_from(bad.row).ok(), column: None };
        Diagnostic::error(bad.reason.code(), message).at(place)
    }));
    faults
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
/// Of a streamed table ([`TableSpec::streamed`]) a column that nobody wants is not read, hence not judged.
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
