//! Opening: each file recognised and taken apart, columns mapped, formats found; every fault collected.
//!
//! Reads what it must to understand a file; judges no row.

use std::path::Path;

use crate::config::{Dialect, Source};
use crate::diagnostic::{Diagnostic, Place};
use crate::digest::sha256;
use crate::error::{Exit, Failure};
use crate::tables::evidence::{Evidence, Format, Needs};
use crate::tables::file::{self, Content, Fault};
use crate::tables::intake::{FileRead, Intake, Reading};
use crate::tables::mapping::{self, Origin, Slot};
use crate::tables::open::look::look_at;
use crate::tables::open::{Body, OpenFile};
use crate::tables::records;
use crate::tables::schema::{CellType, TableSpec};
use crate::tables::{encoding, typed};

/// A table while it is being opened.
pub(super) struct Opening<'a> {
    pub(super) spec: &'static TableSpec,
    pub(super) source: &'a Source,
    pub(super) reading: &'a Reading<'a>,
    pub(super) faults: Vec<Fault>,
    pub(super) intake: Intake,
}

impl Opening<'_> {
    /// Opens one file and takes it apart.
    pub(super) fn file(&mut self, path: &Path, keep_handle: bool) -> Result<OpenFile, Vec<Fault>> {
        match file::open(path, keep_handle).map_err(|fault| vec![fault])? {
            Content::Text(bytes) => self.text(path, bytes),
            Content::Parquet(parquet) => {
                let (header, kinds) = parquet.columns.into_iter().unzip();
                let body =
                    Body::Parquet { handle: parquet.handle, kinds, stamp: parquet.stamp, groups: parquet.groups };
                Ok(OpenFile { path: path.to_path_buf(), header, rows: parquet.rows, body })
            }
        }
    }

    /// Takes a CSV text apart. A fault of its header and one of its structure are both reported.
    fn text(&mut self, path: &Path, bytes: Vec<u8>) -> Result<OpenFile, Vec<Fault>> {
        let refused = |fault| vec![(Exit::DataRefused, fault)];
        if bytes.is_empty() {
            return Err(refused(records::empty(path)));
        }
        let (hash, length) = (sha256(&bytes), bytes.len() as u64);
        let mut decoded = encoding::decode(bytes, self.source.dialect.encoding.as_deref(), path).map_err(refused)?;
        let declared = declared_delimiter(&decoded.text);
        if let Some((_, length)) = declared {
            // The line stays, as a blank one: rows are counted as in the file.
            decoded.text.drain(..length);
        }
        if decoded.text.trim().is_empty() {
            return Err(refused(records::empty(path)));
        }
        if let Some(what) = not_csv(&decoded.text) {
            let help = "look at what the export wrote: an error page, perhaps";
            let fault = Diagnostic::error("not-a-table", format!("this is {what}, neither CSV nor Parquet"));
            return Err(refused(fault.at(Place::file(path)).help(help)));
        }
        let delimiter = self.delimiter(&decoded.text, declared.map(|(delimiter, _)| delimiter));
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
        let read = FileRead { path: path.to_path_buf(), sha256: hash, bytes: length, rows };
        let body = Body::Text {
            read,
            body: records.body,
            delimiter,
            numbers: records.rows,
            broken: records.broken,
            units: records.units,
        };
        Ok(OpenFile { path: path.to_path_buf(), header: records.header, rows: records.count, body })
    }

    /// The delimiter that is pinned, else the one that the file declares, else the one under which the header has most of
    /// the names that it may have.
    fn delimiter(&self, text: &str, declared: Option<u8>) -> u8 {
        if let Some(known) = self.source.dialect.delimiter.or(declared) {
            return known;
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
    pub(super) fn slots(&mut self, files: &[OpenFile]) -> Option<Vec<Slot>> {
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
    pub(super) fn formats(&mut self, slots: &[Slot], files: &[OpenFile]) -> Vec<Format> {
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

/// The delimiter that a first line `sep=;` declares to Excel, and how long the line is without its end.
fn declared_delimiter(text: &str) -> Option<(u8, usize)> {
    let is_delimiter = |mark: &char| [',', ';', '\t', '|'].contains(mark);
    let line = text.lines().next()?;
    // A spreadsheet that has saved the file again has filled the line up to the table's width, with the delimiter of its own.
    let filled = line.chars().last().filter(is_delimiter);
    let cell = filled.map_or(line, |mark| line.trim_end_matches(mark));
    let bare = cell.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(cell);
    let (name, written) = bare.split_at_checked(4)?;
    let declared = match written {
        "" => None,
        "\\t" => Some('\t'),
        mark => Some(mark.parse().ok().filter(is_delimiter)?),
    };
    let mark = u8::try_from(filled.or(declared)?).ok()?;
    name.eq_ignore_ascii_case("sep=").then_some((mark, line.len()))
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
fn words(cell: CellType) -> &'static str {
    match cell {
        CellType::Text => "text",
        CellType::Moment => "a date or an instant",
        CellType::Day => "a date",
        CellType::Money | CellType::MoneyNotNegative => "money",
        CellType::Count | CellType::Whole => "a whole number",
        CellType::Number | CellType::NumberNotNegative | CellType::Rating => "a number",
        CellType::Flag => "yes or no",
        CellType::OneOf(_) => "a word of a short list",
    }
}

/// All faults as one failure. Its exit code is that of the worst: bad data, then configuration, permission, a missing file.
pub(super) fn failure(faults: Vec<Fault>) -> Failure {
    let order = [Exit::DataRefused, Exit::Config, Exit::Permission, Exit::InputMissing];
    let exit = order.into_iter().find(|exit| faults.iter().any(|(have, _)| have == exit)).unwrap_or(Exit::DataRefused);
    Failure::many(exit, faults.into_iter().map(|(_, fault)| fault).collect())
}
