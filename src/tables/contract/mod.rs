//! The contract of a table's rows: what one batch must hold, which rows break it, which do not exist yet.
//!
//! Reads no file. Rows come in the order of the files, and of two rows with one key the later is bad.

mod identity;
mod rules;
mod stamps;

use std::collections::{BTreeSet, HashSet};
use std::path::Path;

use chrono_tz::Tz;
use polars::prelude::{Column, DataFrame, DataType, StringChunked, UInt32Chunked};

use crate::tables::clock::LocalClock;
use crate::tables::evidence::Format;
use crate::tables::findings::{Bad, Findings};
use crate::tables::index::CustomerIndex;
use crate::tables::intake::{FILE, Intake, ROW, Reading};
use crate::tables::mapping::{Origin, Slot};
use crate::tables::quarantine::{BadRow, Reason};
use crate::tables::records::RowNumbers;
use crate::tables::schema::{CellType, Event, Table, TableSpec};
use crate::tables::typed::{Misfit, NO_INT, Typed, Ways, constant, convert};

/// No customer.
const NOBODY: u32 = u32::MAX;

/// A broken rule: row of the batch, slot if one column is meant, why.
type Breach = (usize, Option<usize>, Reason);

/// Where a batch stands.
pub(crate) struct Position<'a> {
    /// The file.
    pub(crate) path: &'a Path,
    /// Its row numbers.
    pub(crate) rows: &'a RowNumbers,
    /// Records of the file before this batch.
    pub(crate) before: u64,
}

/// Holds rows against their contract, batch after batch.
pub(crate) struct Contract<'a> {
    spec: &'static TableSpec,
    slots: &'a [Slot],
    formats: &'a [Format],
    /// Slots that are read and checked.
    used: Vec<usize>,
    /// Slots that are handed on, with the names they get.
    wanted: Vec<(usize, String)>,
    reading: Reading<'a>,
    customers: Option<&'a CustomerIndex>,
    clock: LocalClock,
    /// Slots that name a row; empty: the whole row does, or nothing if rows are not compared.
    key: Vec<usize>,
    seen: HashSet<u128, foldhash::fast::FixedState>,
    /// Whether the rows' identities are to be among the findings.
    tells_identities: bool,
    /// Rows that the files say they have.
    rows_expected: usize,
    /// Whether each row says where it comes from.
    is_traced: bool,
    intake: Intake,
    /// What came of the rows that were not settled yet.
    findings: Findings,
}

/// A batch's rows while they are judged.
struct Judged {
    /// Per used slot.
    cells: Vec<Typed>,
    breaches: Vec<Breach>,
    /// Rows that do not exist yet.
    gone: Vec<bool>,
}

impl<'a> Contract<'a> {
    /// A contract before its first row.
    pub(crate) fn new(
        spec: &'static TableSpec,
        (slots, formats): (&'a [Slot], &'a [Format]),
        wanted: &[&str],
        customers: Option<&'a CustomerIndex>,
        reading: Reading<'a>,
        intake: Intake,
    ) -> Self {
        let position = |name: &str| slots.iter().position(|slot| slot.name == name);
        let is_index = |name: &str| name == "customer_id" && spec.table != Table::Customers;
        let mut names: Vec<&str> = Vec::new();
        names.extend(wanted.iter().filter(|name| !is_index(name)));
        let mut handed_on: Vec<(usize, String)> = Vec::new();
        for name in names {
            if let Some(slot) = position(name)
                && !handed_on.iter().any(|(have, _)| *have == slot)
            {
                handed_on.push((slot, name.to_owned()));
            }
        }
        let key: Vec<usize> = match spec.key.first().and_then(|first| position(first)) {
            Some(_) => spec.key.iter().filter_map(|name| position(name)).collect(),
            None => Vec::new(),
        };
        let used = used(spec, slots, &handed_on, customers.is_some());
        Self {
            spec,
            slots,
            formats,
            used,
            wanted: handed_on,
            reading,
            customers,
            clock: LocalClock::new(reading.calendar, reading.calendar.zone),
            key,
            seen: HashSet::default(),
            tells_identities: false,
            rows_expected: 0,
            is_traced: false,
            intake,
            findings: Findings::default(),
        }
    }

    /// Reads times without an offset as a clock in this zone shows them.
    pub(crate) fn in_zone(self, zone: Tz) -> Self {
        Self { clock: LocalClock::new(self.reading.calendar, zone), ..self }
    }

    /// Has each row say where it comes from.
    pub(crate) fn traced(self, is_traced: bool) -> Self {
        Self { is_traced, ..self }
    }

    /// Has what is found in the rows tell their identities.
    pub(crate) fn with_identities(self, tells_identities: bool) -> Self {
        Self { tells_identities, ..self }
    }

    /// Slots to be read.
    pub(crate) fn used(&self) -> &[usize] {
        &self.used
    }

    /// Whether a batch must bring every column of the file, because only whole rows can be told apart.
    pub(crate) fn compares_whole_rows(&self) -> bool {
        self.key.is_empty() && !self.spec.streamed
    }

    /// What came of it so far.
    pub(crate) fn intake(&mut self) -> &mut Intake {
        &mut self.intake
    }

    /// Says how many rows are to come, as far as the files are to be believed: room is made for them.
    pub(crate) fn expect(&mut self, rows: usize) {
        self.rows_expected = rows.min(1 << 22);
    }

    /// Whether what was found in some rows would be found in them by any run of this day, among these customers.
    pub(crate) fn agrees_with(&self, findings: &Findings) -> bool {
        findings.hold_for(self.reading.as_of, self.customers)
    }

    /// Whether none of some rows was there before.
    pub(crate) fn are_new(&self, findings: &Findings) -> bool {
        findings.identities.iter().all(|identity| !self.seen.contains(identity))
    }

    /// Makes room for the rows that are expected.
    fn make_room(&mut self) {
        if self.seen.is_empty() {
            self.seen.reserve(self.rows_expected);
        }
    }

    /// Adds what came of the rows since the last time to the whole, and returns it; `at` is where the first of them stands.
    pub(crate) fn settle(&mut self, at: &Position<'_>) -> Findings {
        let findings = std::mem::take(&mut self.findings);
        findings.add_to(&mut self.intake, at.path, at.rows, at.before);
        findings
    }

    /// Adds what came of rows in an earlier run to the whole, as if they had been judged; `at` is where the first stands.
    pub(crate) fn remember(&mut self, findings: &Findings, at: &Position<'_>) {
        if !findings.identities.is_empty() {
            self.make_room();
            self.seen.extend(&findings.identities);
        }
        findings.add_to(&mut self.intake, at.path, at.rows, at.before);
        self.intake.units_recalled += 1;
    }

    /// What came of it.
    pub(crate) fn into_intake(self) -> Intake {
        self.intake
    }

    /// Notes a row that is bad before it has a type.
    pub(crate) fn quarantine(&mut self, path: &Path, row: u64, column: &str, value: String, reason: Reason) {
        *self.intake.reasons.entry(reason).or_default() += 1;
        if self.intake.quarantined.len() < Intake::KEPT_IN_DETAIL {
            let (file, column) = (path.to_path_buf(), column.to_owned());
            self.intake.quarantined.push(BadRow { table: self.spec.table, file, row, column, value, reason });
        }
    }

    /// Judges a batch: its columns are the file's, named by the number of their slot (and `r` with a position where whole
    /// rows are compared), the first of its rows stands `at` a place. Returns the wanted columns of the rows that hold their
    /// contract.
    ///
    /// # Errors
    /// polars cannot convert a column.
    pub(crate) fn batch(&mut self, raw: &DataFrame, at: &Position<'_>) -> polars::error::PolarsResult<DataFrame> {
        let height = raw.height();
        let mut judged = self.convert(raw)?;
        self.check_stamps(&mut judged, height);
        self.note_customers_to_come(&judged);
        let mut bad = vec![false; height];
        mark(&judged.breaches, &mut bad);
        self.check_rows(&mut judged, &bad);
        mark(&judged.breaches, &mut bad);
        let index = self.references(&mut judged, &bad);
        mark(&judged.breaches, &mut bad);
        self.check_repeats(raw, &mut judged, &bad);
        mark(&judged.breaches, &mut bad);
        self.count(raw, &judged, &bad);
        let keep: Vec<bool> = bad.iter().zip(&judged.gone).map(|(bad, gone)| !bad && !gone).collect();
        self.empty_what_lies_ahead(&mut judged, &keep);
        self.add_up(&judged, &keep);
        let origins = self.is_traced.then(|| self.origins(&judged.gone, &keep, at));
        let mut frame = self.finish(judged, index, &keep)?;
        for (name, numbers) in origins.into_iter().flatten() {
            frame.with_column(Column::new(name.into(), numbers))?;
        }
        Ok(frame)
    }

    /// Where the kept rows come from, as columns; notes where those stand that do not exist yet.
    fn origins(&mut self, gone: &[bool], keep: &[bool], at: &Position<'_>) -> [(&'static str, Vec<i64>); 2] {
        // A file is listed once it has been read: the one being read has the next number.
        let file = self.intake.files.len();
        let row = |index: usize| at.rows.row(at.before + index as u64);
        let late = gone.iter().enumerate().filter(|(_, gone)| **gone);
        self.intake.after_as_of.extend(late.map(|(index, _)| (file, row(index))));
        let rows = keep.iter().enumerate().filter(|(_, keep)| **keep).map(|(index, _)| row(index).cast_signed());
        let rows: Vec<i64> = rows.collect();
        [(FILE, vec![i64::try_from(file).unwrap_or(i64::MAX); rows.len()]), (ROW, rows)]
    }

    /// No row, with the columns that rows would have.
    ///
    /// # Errors
    /// polars cannot build it.
    pub(crate) fn nothing(&mut self) -> polars::error::PolarsResult<DataFrame> {
        let empty = |slot: &usize| Column::new_empty(slot.to_string().into(), &DataType::String);
        let raw = DataFrame::new(0, self.used.iter().map(empty).collect())?;
        self.batch(&raw, &Position { path: Path::new(""), rows: &RowNumbers::default(), before: 0 })
    }

    /// The position of a slot among the used ones, by its canonical name.
    fn place(&self, name: &str) -> Option<usize> {
        self.used
            .iter()
            .position(|slot| self.slots.get(*slot).is_some_and(|slot| slot.name == name && slot.spec.is_some()))
    }

    /// The cells of a whole-number column by its canonical name.
    fn ints<'j>(&self, judged: &'j Judged, name: &str) -> Option<&'j [i64]> {
        match judged.cells.get(self.place(name)?)? {
            Typed::Int(cells) => Some(cells),
            _ => None,
        }
    }

    /// The cells of a text column by its canonical name.
    fn text<'j>(&self, judged: &'j Judged, name: &str) -> Option<&'j StringChunked> {
        match judged.cells.get(self.place(name)?)? {
            Typed::Text(cells) => Some(cells),
            _ => None,
        }
    }

    /// Gives every used column its type.
    fn convert(&mut self, raw: &DataFrame) -> polars::error::PolarsResult<Judged> {
        let height = raw.height();
        let mut judged = Judged { cells: Vec::new(), breaches: Vec::new(), gone: vec![false; height] };
        let mut misfits: Vec<Misfit> = Vec::new();
        for &number in &self.used {
            let (Some(slot), Some(format)) = (self.slots.get(number), self.formats.get(number)) else { continue };
            let column = match &slot.origin {
                Origin::Column(_) => raw.column(&number.to_string())?.clone(),
                Origin::Constant(text) => constant(&slot.name, text, height),
            };
            let mut ways = Ways { format, clock: &mut self.clock, currency: self.reading.currency };
            judged.cells.push(convert(&column, slot, &mut ways, &mut misfits)?);
            judged.breaches.extend(misfits.drain(..).map(|(row, reason)| (row, Some(number), reason)));
        }
        Ok(judged)
    }

    /// Counts a batch's rows, and lists the bad ones in their order.
    fn count(&mut self, raw: &DataFrame, judged: &Judged, bad: &[bool]) {
        let count = |flags: &[bool]| flags.iter().filter(|flag| **flag).count() as u64;
        let (height, gone, bad) = (raw.height() as u64, count(&judged.gone), count(bad));
        let before = self.findings.rows_read;
        self.findings.rows_read += height;
        self.findings.rows_after_as_of += gone;
        self.findings.rows_quarantined += bad;
        self.findings.rows_kept += height - gone - bad;
        let breaches: BTreeSet<Breach> = judged.breaches.iter().copied().collect();
        for (row, slot, reason) in breaches {
            *self.findings.reasons.entry(reason).or_default() += 1;
            if self.intake.quarantined.len() + self.findings.bad.len() >= Intake::KEPT_IN_DETAIL {
                continue;
            }
            let slot = slot.map(|number| (number, self.slots.get(number)));
            let value = slot.and_then(|(number, slot)| match &slot?.origin {
                Origin::Column(_) => shown(raw.column(&number.to_string()).ok()?, row),
                Origin::Constant(text) => Some(text.clone()),
            });
            let column = slot.and_then(|(_, slot)| slot).map_or_else(String::new, |slot| slot.shown().to_owned());
            let bad = Bad { record: before + row as u64, column, value: value.unwrap_or_default(), reason };
            self.findings.bad.push(bad);
        }
    }

    /// Adds up what will be added up later, so that it is known whether a number can hold it.
    fn add_up(&mut self, judged: &Judged, keep: &[bool]) {
        for (cells, &slot) in judged.cells.iter().zip(&self.used) {
            let Some(spec) = self.slots.get(slot).and_then(|slot| slot.spec) else { continue };
            if let (CellType::Money | CellType::MoneyNotNegative | CellType::Count, Typed::Int(cells)) =
                (spec.cell, cells)
            {
                // No cell says more than 10^17, so that 64 of them fit 64 bits.
                let counted =
                    |(cell, keep): (&i64, &bool)| if *keep && *cell != NO_INT { cell.unsigned_abs() } else { 0 };
                let few = |(cells, keep): (&[i64], &[bool])| cells.iter().zip(keep).map(counted).sum::<u64>();
                let sum: u128 = cells.chunks(64).zip(keep.chunks(64)).map(few).map(u128::from).sum();
                let total = self.findings.totals.entry(spec.name.to_owned()).or_default();
                *total = total.saturating_add(u64::try_from(sum).unwrap_or(u64::MAX));
            }
        }
    }

    /// The wanted columns of the kept rows.
    fn finish(&self, judged: Judged, index: Option<Vec<u32>>, keep: &[bool]) -> polars::error::PolarsResult<DataFrame> {
        let keep = if keep.iter().all(|keep| *keep) { None } else { Some(keep) };
        let height = keep.map_or(judged.gone.len(), |keep| keep.iter().filter(|keep| **keep).count());
        let mut columns: Vec<Column> = Vec::new();
        if let Some(index) = index {
            columns.push(customer_column(index, keep));
        }
        let mut cells: Vec<Option<Typed>> = judged.cells.into_iter().map(Some).collect();
        for (slot, name) in &self.wanted {
            let place = self.used.iter().position(|used| used == slot);
            if let Some(cells) = place.and_then(|place| cells.get_mut(place)).and_then(Option::take) {
                columns.push(cells.into_column(name, keep)?);
            }
        }
        DataFrame::new(height, columns)
    }
}

/// Slots that must be read: what is wanted, what names, dates or prices a row, and of a table that is not streamed every
/// column that has a rule.
fn used(spec: &TableSpec, slots: &[Slot], wanted: &[(usize, String)], has_customers: bool) -> Vec<usize> {
    let is_ruled = |slot: &Slot| match slot.spec {
        None => false,
        Some(column) if column.name == "customer_id" => has_customers || spec.table == Table::Customers,
        Some(column) if column.event == Event::Row || spec.key.contains(&column.name) => true,
        Some(_) if spec.streamed => false,
        Some(column) => column.name == "currency" || !column.may_be_empty || column.cell != CellType::Text,
    };
    let is_wanted = |number: usize| wanted.iter().any(|(wanted, _)| *wanted == number);
    slots
        .iter()
        .enumerate()
        .filter(|(number, slot)| is_ruled(slot) || is_wanted(*number))
        .map(|(number, _)| number)
        .collect()
}

/// Marks the rows that have a breach.
fn mark(breaches: &[Breach], bad: &mut [bool]) {
    for (row, ..) in breaches {
        if let Some(bad) = bad.get_mut(*row) {
            *bad = true;
        }
    }
}

/// The column of customers' numbers.
fn customer_column(index: Vec<u32>, keep: Option<&[bool]>) -> Column {
    use polars::prelude::IntoSeries;
    let index: Vec<u32> = match keep {
        None => index,
        Some(keep) => index.iter().zip(keep).filter_map(|(number, keep)| keep.then_some(*number)).collect(),
    };
    let column: UInt32Chunked = if index.contains(&NOBODY) {
        index.into_iter().map(|number| (number != NOBODY).then_some(number)).collect()
    } else {
        UInt32Chunked::from_vec("customer".into(), index)
    };
    Column::from(column.with_name("customer".into()).into_series())
}

/// A raw cell for people, cut.
fn shown(column: &Column, row: usize) -> Option<String> {
    let value = column.get(row).ok()?;
    let text = match value {
        polars::prelude::AnyValue::Null => String::new(),
        polars::prelude::AnyValue::String(text) => text.to_owned(),
        other => other.to_string(),
    };
    Some(text.chars().take(200).collect())
}
