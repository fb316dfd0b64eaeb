//! Reading: the files of an opened table, unit by unit where somebody may know some of them already.
//!
//! Judges no row; `contract` does.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, channel};
use std::thread::ScopedJoinHandle;

use chrono_tz::Tz;
use polars::prelude::{DataFrame, LazyFrame, PolarsResult};

use crate::digest::{Key, MAKING};
use crate::error::{Failure, Result};
use crate::tables::contract::{Contract, Position};
use crate::tables::file::{self, Fault, FileStamp};
use crate::tables::findings::Findings;
use crate::tables::index::CustomerIndex;
use crate::tables::intake::{FileRead, Intake, Reading};
use crate::tables::mapping::Origin;
use crate::tables::open::{Body, OpenFile, OpenTable, bug, open_again, readers_disagree};
use crate::tables::records::{Broken, RowNumbers};
use crate::tables::scan::{self, Stop};
use crate::tables::schema::Table;
use crate::tables::unit::{Unit, Watch, within};

/// Takes the rows of a table, and may know what some parts of its files come to.
pub trait Taker {
    /// Whether the parts are to be recognised at all: that takes a second digest of every byte.
    fn recognises(&self) -> bool {
        false
    }

    /// Whether any part may be known, so that it pays to ask for each before anything is read.
    fn knows_any(&self) -> bool {
        false
    }

    /// Knows what a part comes to, if `holds` says that it would be so today. A file's parts are asked for before any of it is
    /// read; the turn of each that is known comes later.
    fn recall(&mut self, _key: &Key, _holds: &dyn Fn(&Findings) -> bool) -> Option<Findings> {
        None
    }

    /// The turn of a part that is known has come: it is to be taken as it is known; or not, since rows of it stand in an
    /// earlier part, and it will be read. For a taker to whom the order of the rows matters.
    ///
    /// # Errors
    /// Whatever ends the reading.
    fn turn(&mut self, _is_to_be_taken: bool) -> Result<()> {
        Ok(())
    }

    /// Takes rows.
    ///
    /// # Errors
    /// Whatever ends the reading.
    fn rows(&mut self, batch: DataFrame) -> Result<()>;

    /// All rows of a part were taken, since the last such call; what was found in them, if a later run would find the same.
    fn end(&mut self, _key: &Key, _findings: Option<&Findings>) {}
}

/// Takes rows, and knows nothing.
struct Each<'a>(&'a mut dyn FnMut(DataFrame) -> Result<()>);

impl Taker for Each<'_> {
    fn rows(&mut self, batch: DataFrame) -> Result<()> {
        (self.0)(batch)
    }
}

/// A file while it is read.
struct Source<'a> {
    path: &'a Path,
    header: &'a [String],
    rows: u64,
    numbers: RowNumbers,
    cells: Cells<'a>,
}

/// Where its cells are.
enum Cells<'a> {
    Text { body: String, delimiter: u8 },
    Parquet { handle: Option<&'a std::fs::File> },
}

/// The parts of a file, and their keys in turn as they become known; no keys if nobody asks for them.
struct Parts<'a> {
    units: Vec<Unit>,
    keys: Box<dyn Iterator<Item = Key> + 'a>,
    are_known: bool,
}

impl OpenTable {
    /// The table batch by batch; see [`crate::tables::stream`]. `each` is called at least once, if only with an empty batch.
    ///
    /// # Errors
    /// As [`crate::tables::stream`].
    pub fn stream(
        self,
        wanted: &[&str],
        customers: Option<&CustomerIndex>,
        each: &mut dyn FnMut(DataFrame) -> Result<()>,
    ) -> Result<Intake> {
        self.stream_to(wanted, customers, &mut Each(each))
    }

    /// The table batch by batch, but for the parts that the taker knows.
    ///
    /// # Errors
    /// As [`crate::tables::stream`].
    pub fn stream_to(
        mut self,
        wanted: &[&str],
        customers: Option<&CustomerIndex>,
        taker: &mut dyn Taker,
    ) -> Result<Intake> {
        let reading = Reading { currency: &self.currency, ..self.reading };
        let files = std::mem::take(&mut self.files);
        let intake = std::mem::replace(&mut self.intake, Intake::new(self.table));
        let parts = (self.slots.as_slice(), self.formats.as_slice());
        let mut contract =
            Contract::new(self.table.spec(), parts, wanted, customers, reading, intake).traced(self.is_traced);
        contract = contract.in_zone(self.zone).with_identities(taker.recognises());
        let paths: Vec<PathBuf> = files.iter().map(|file| file.path.clone()).collect();
        contract.expect(files.iter().map(|file| usize::try_from(file.rows).unwrap_or(0)).sum());
        for file in files {
            let read = self.file(file, &mut contract, taker)?;
            contract.intake().files.push(read);
        }
        if contract.intake().rows_read == contract.intake().rows_quarantined {
            taker.rows(contract.nothing().map_err(|error| bug(&error))?)?;
        }
        let mut intake = contract.into_intake();
        self.limits.check(&mut intake, &paths)?;
        Ok(intake)
    }

    /// Reads one file.
    fn file(&self, file: OpenFile, contract: &mut Contract<'_>, taker: &mut dyn Taker) -> Result<FileRead> {
        let OpenFile { path, header, rows, body } = file;
        match body {
            Body::Text { read, body, delimiter, numbers, broken, units } => {
                for Broken { row, cell, value, reason } in broken {
                    let column = cell.and_then(|cell| header.get(cell)).map_or("", String::as_str);
                    contract.quarantine(&path, row, column, value, reason);
                    contract.intake().rows_read += 1;
                    contract.intake().rows_quarantined += 1;
                }
                if rows == 0 {
                    return Ok(read);
                }
                let parts = if taker.recognises() {
                    // Its bytes are the records alone: which cell is which column the header said.
                    let cells = format!("text {delimiter} {:?}", self.reads(&header, contract));
                    let ways = self.ways(contract, &cells);
                    let keys: Vec<Key> = units.iter().map(|unit| unit.key_in(&ways, &body)).collect();
                    Parts { units, keys: Box::new(keys.into_iter()), are_known: true }
                } else {
                    let whole = vec![Unit::of_text(rows, 0..body.len() as u64)];
                    Parts { units: whole, keys: Box::new(std::iter::empty()), are_known: false }
                };
                let cells = Cells::Text { body, delimiter };
                let source = Source { path: &path, header: &header, rows, numbers, cells };
                self.parts(source, parts, contract, taker)?;
                Ok(read)
            }
            Body::Parquet { handle, kinds, stamp, groups } => {
                let columns = self.columns_read(&header, contract);
                let units = if taker.recognises() { Unit::of_parquet(&groups, &columns) } else { None };
                let is_sound = |units: &[Unit]| {
                    units.iter().map(|unit| unit.rows).sum::<u64>() == rows
                        && units.iter().all(|unit| unit.end() <= stamp.0)
                };
                let units = units.filter(|units| is_sound(units));
                let kinds: Vec<String> = columns.iter().filter_map(|name| kind_of(name, &header, &kinds)).collect();
                let ways = self.ways(contract, &format!("Parquet {kinds:?}"));
                let hashed = open_again(&path, handle.as_ref()).map_err(fail)?;
                let source = Source {
                    path: &path,
                    header: &header,
                    rows,
                    numbers: RowNumbers::from_one(),
                    cells: Cells::Parquet { handle: handle.as_ref() },
                };
                // The hashes of a Parquet file are made beside its reading, so that its bytes come from the disk once.
                std::thread::scope(|scope| {
                    let (send, keys) = channel();
                    let watch = units.as_ref().map(|units| Watch::new(units, &ways));
                    let hash = scope.spawn(move || hash_unchanged(hashed, stamp, watch, &mut |key| _ = send.send(key)));
                    let are_known = units.is_some();
                    let units = units.unwrap_or_else(|| vec![Unit::of_text(rows, 0..0)]);
                    let keys: Receiver<Key> = keys;
                    self.parts(source, Parts { units, keys: Box::new(keys.into_iter()), are_known }, contract, taker)?;
                    let (sha256, bytes) = hash_of(hash, &path)?;
                    Ok(FileRead { path: path.clone(), sha256, bytes, rows })
                })
            }
        }
    }

    /// Takes the parts of a file in their order: those that are known as they are known, the others by reading them.
    fn parts(
        &self,
        mut source: Source<'_>,
        mut parts: Parts<'_>,
        contract: &mut Contract<'_>,
        taker: &mut dyn Taker,
    ) -> Result<()> {
        let mut known: Vec<Option<Findings>> = Vec::new();
        let mut keys: Vec<Key> = Vec::new();
        if parts.are_known && taker.knows_any() {
            let holds = |findings: &Findings| contract.agrees_with(findings);
            for key in parts.keys.by_ref() {
                known.push(taker.recall(&key, &holds));
                keys.push(key);
            }
        }
        known.resize(parts.units.len(), None);
        let mut keys = keys.into_iter().chain(parts.keys);
        let (mut at, mut before) = (0, 0);
        while let Some(unit) = parts.units.get(at) {
            if let Some(findings) = known.get_mut(at).and_then(Option::take) {
                let are_new = contract.are_new(&findings);
                taker.turn(are_new)?;
                if are_new {
                    let place = Position { path: source.path, rows: &source.numbers, before };
                    contract.remember(&findings, &place);
                    (at, before) = (at + 1, before + unit.rows);
                    contract.intake().parts.extend(findings.part(keys.next().as_ref()));
                    continue;
                }
            }
            let unknown = known.iter().skip(at).take_while(|known| known.is_none()).count();
            let run = parts.units.get(at..at + unknown).unwrap_or(&[]);
            let ends = parts.are_known.then_some(&mut keys as &mut dyn Iterator<Item = Key>);
            self.run(&mut source, run, before, ends, contract, taker)?;
            (at, before) = (at + unknown, before + run.iter().map(|unit| unit.rows).sum::<u64>());
        }
        if parts.are_known {
            contract.intake().units += parts.units.len() as u64;
        }
        Ok(())
    }

    /// Reads neighbouring parts of a file, of which the first begins after `before` records.
    fn run(
        &self,
        source: &mut Source<'_>,
        run: &[Unit],
        before: u64,
        mut keys: Option<&mut dyn Iterator<Item = Key>>,
        contract: &mut Contract<'_>,
        taker: &mut dyn Taker,
    ) -> Result<()> {
        let path = source.path;
        let rows: u64 = run.iter().map(|unit| unit.rows).sum();
        let frame = self.frame(source, run, before, contract)?;
        let refused = |message: &str| fail(file::not_parquet(path, &file::one_line(message)));
        let frame = frame.map_err(|error| refused(&error.to_string()))?;
        let (mut units, mut in_unit, mut read) = (run.iter(), 0, 0);
        let mut unit = units.next();
        scan::batches(frame, &mut |batch| {
            let mut offset = 0;
            while offset < batch.height() {
                let left = unit.map_or(u64::MAX, |unit| unit.rows - in_unit);
                let height = (batch.height() - offset).min(usize::try_from(left).unwrap_or(usize::MAX));
                let piece = batch.slice(offset.cast_signed() as i64, height);
                let place = Position { path, rows: &source.numbers, before: before + read };
                taker.rows(contract.batch(&piece, &place).map_err(|error| bug(&error))?)?;
                offset += height;
                (in_unit, read) = (in_unit + height as u64, read + height as u64);
                if unit.is_some_and(|unit| unit.rows == in_unit) {
                    let place = Position { path, rows: &source.numbers, before: before + read - in_unit };
                    let findings = contract.settle(&place);
                    let lasts = contract.agrees_with(&findings);
                    let key = keys.as_mut().and_then(Iterator::next);
                    if let Some(key) = &key {
                        taker.end(key, Some(&findings).filter(|_| lasts));
                    }
                    contract.intake().parts.extend(findings.part(key.as_ref().filter(|_| lasts)));
                    (unit, in_unit) = (units.next(), 0);
                }
            }
            Ok(())
        })
        .map_err(|stop| match stop {
            Stop::Consumer(failure) => failure,
            Stop::Reader(message) => refused(&message),
            Stop::Panic => refused("the reader broke off"),
        })?;
        if read == rows {
            return Ok(());
        }
        let how = format!("{} rows stand in the file, {} were read", before + rows, before + read);
        Err(fail(readers_disagree(path, &how)))
    }

    /// The rows of neighbouring parts of a file, still to be read.
    fn frame(
        &self,
        source: &mut Source<'_>,
        run: &[Unit],
        before: u64,
        contract: &Contract<'_>,
    ) -> Result<PolarsResult<LazyFrame>> {
        let reads = self.reads(source.header, contract);
        let rows = before..before + run.iter().map(|unit| unit.rows).sum::<u64>();
        let is_whole = rows == (0..source.rows);
        match &mut source.cells {
            Cells::Text { body, delimiter } => {
                let start = run.first().and_then(|unit| unit.bytes.first()).map_or(0, |bytes| bytes.start);
                let end = run.last().map_or(0, Unit::end);
                let body = if is_whole {
                    std::mem::take(body)
                } else {
                    body.get(within(&(start..end))).unwrap_or("").to_owned()
                };
                Ok(scan::csv(body, *delimiter, &reads))
            }
            Cells::Parquet { handle } => {
                let file = open_again(source.path, *handle).map_err(fail)?;
                let rows = Some(&rows).filter(|_| !is_whole);
                Ok(scan::parquet(file, source.header, &reads, rows))
            }
        }
    }

    /// Everything besides its own bytes that decides what a part is read as.
    fn ways(&self, contract: &Contract<'_>, cells: &str) -> String {
        let slots = contract.used().iter().filter_map(|slot| Some((self.slots.get(*slot)?, self.formats.get(*slot)?)));
        let slots = slots.map(|(slot, format)| {
            format!(
                "{} {:?} {:?} {format:?} {:?}\n",
                slot.name,
                slot.origin,
                slot.values,
                slot.spec.map(|spec| spec.cell)
            )
        });
        let slots: String = slots.collect();
        let zone = [self.reading.calendar.zone, self.zone].map(Tz::name).join(" ");
        let scales = (self.table == Table::Surveys).then_some((self.reading.csat_scale, self.reading.ces_scale));
        format!("{MAKING}\n{}\n{zone}\n{}\n{scales:?}\n{cells}\n{slots}", self.table.name(), self.currency)
    }

    /// The file's columns that are read.
    fn columns_read<'h>(&self, header: &'h [String], contract: &Contract<'_>) -> Vec<&'h str> {
        self.reads(header, contract).iter().filter_map(|(at, _)| header.get(*at).map(String::as_str)).collect()
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

/// The type of a column of a Parquet file.
fn kind_of(name: &str, header: &[String], kinds: &[polars::prelude::DataType]) -> Option<String> {
    let at = header.iter().position(|have| have == name)?;
    kinds.get(at).map(|kind| format!("{kind:?}"))
}

fn fail((exit, fault): Fault) -> Failure {
    Failure::new(exit, fault)
}

/// The hash and length of a file that is still as it was at opening; `None` if it is not. The keys of its parts go to `done`.
fn hash_unchanged(
    mut file: std::fs::File,
    stamp: FileStamp,
    mut watch: Option<Watch>,
    done: &mut dyn FnMut(Key),
) -> std::io::Result<Option<(String, u64)>> {
    let (sha256, bytes) = file::hash_file(&mut file, &mut |bytes| {
        if let Some(watch) = &mut watch {
            watch.pass(bytes, done);
        }
    })?;
    Ok((file::stamp(&file)? == stamp && bytes == stamp.0).then_some((sha256, bytes)))
}

/// What became of a file's hash.
fn hash_of(thread: ScopedJoinHandle<'_, std::io::Result<Option<(String, u64)>>>, path: &Path) -> Result<(String, u64)> {
    match thread.join() {
        Ok(Ok(Some(hash))) => Ok(hash),
        Ok(Ok(None)) => Err(fail(file::changed(path))),
        Ok(Err(error)) => Err(fail(file::unreadable(path, &error))),
        Err(_) => Err(fail(file::not_parquet(path, "its hash could not be made"))),
    }
}
