//! The contract of a table's rows: what one batch must hold, which rows break it, which do not exist yet.
//!
//! Reads no file. Rows come in the order of the files, and of two rows with one key the later is bad.

use std::collections::{BTreeSet, HashSet};
use std::hash::BuildHasher;
use std::path::Path;

use foldhash::quality::FixedState;
use polars::prelude::{Column, DataFrame, DataType, StringChunked, UInt32Chunked};

use crate::calendar::Moment;
use crate::tables::clock::LocalClock;
use crate::tables::date::DAY_MICROS;
use crate::tables::evidence::Format;
use crate::tables::index::CustomerIndex;
use crate::tables::intake::{Intake, Reading};
use crate::tables::mapping::{Origin, Slot};
use crate::tables::quarantine::{BadRow, Reason};
use crate::tables::records::RowNumbers;
use crate::tables::schema::{Event, Table, TableSpec};
use crate::tables::typed::{Misfit, NO_DAY, NO_INT, Typed, Ways, constant, convert};

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
    intake: Intake,
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
            clock: LocalClock::new(reading.calendar),
            key,
            seen: HashSet::default(),
            intake,
        }
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
    /// rows are compared). Returns the wanted columns of the rows that hold their contract.
    ///
    /// # Errors
    /// polars cannot convert a column.
    pub(crate) fn batch(&mut self, raw: &DataFrame, at: &Position<'_>) -> polars::error::PolarsResult<DataFrame> {
        let height = raw.height();
        let mut judged = self.convert(raw)?;
        self.check_stamps(&mut judged, height);
        let mut bad = vec![false; height];
        mark(&judged.breaches, &mut bad);
        self.check_rows(&mut judged, &bad);
        mark(&judged.breaches, &mut bad);
        let index = self.references(&mut judged, &bad);
        mark(&judged.breaches, &mut bad);
        self.check_repeats(raw, &mut judged, &bad);
        mark(&judged.breaches, &mut bad);
        self.count(raw, &judged, &bad, at);
        let keep: Vec<bool> = bad.iter().zip(&judged.gone).map(|(bad, gone)| !bad && !gone).collect();
        self.empty_what_lies_ahead(&mut judged, &keep);
        self.finish(judged, index, &keep)
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

    /// Events of the future are bad; rows at or after `as of` do not exist.
    fn check_stamps(&mut self, judged: &mut Judged, height: usize) {
        let (today, as_of) = (self.reading.today, self.reading.as_of);
        let (first_day_today, first_day_gone) = (self.clock.first_day_from(today), self.clock.first_day_from(as_of));
        let Judged { cells, breaches, gone } = judged;
        for (cells, &slot) in cells.iter().zip(&self.used) {
            let Some(spec) = self.slots.get(slot).and_then(|slot| slot.spec) else { continue };
            let is_row = spec.event == Event::Row || (spec.event == Event::Ahead && !spec.may_be_empty);
            let may_lie_ahead = spec.event == Event::Ahead;
            if spec.event == Event::No {
                continue;
            }
            let mut judge = |row: usize, is_future: bool, is_gone: bool| {
                if is_future && !may_lie_ahead {
                    breaches.push((row, Some(slot), Reason::Future));
                } else if is_gone
                    && is_row
                    && let Some(gone) = gone.get_mut(row)
                {
                    *gone = true;
                }
            };
            match cells {
                Typed::Int(cells) if cells.iter().any(|at| *at >= as_of.0) => {
                    for (row, at) in cells.iter().enumerate() {
                        judge(row, *at >= today.0, *at >= as_of.0);
                    }
                }
                Typed::Day(cells) if cells.iter().any(|day| *day >= first_day_gone) => {
                    for (row, day) in cells.iter().enumerate() {
                        judge(row, *day >= first_day_today, *day >= first_day_gone);
                    }
                }
                _ => {}
            }
        }
        // An answer without an invitation's date is a row whose only stamp is its answer.
        if self.spec.table == Table::Surveys
            && let Some(answered) = self.ints(judged, "responded_at")
        {
            let sent = self.ints(judged, "sent_at");
            let is_unsent = |row: usize| sent.is_none_or(|sent| sent.get(row) == Some(&NO_INT));
            let late =
                |row: &usize| answered.get(*row).is_some_and(|at| *at >= as_of.0 && *at < today.0) && is_unsent(*row);
            let rows: Vec<usize> = (0..height).filter(late).collect();
            for row in rows {
                if let Some(gone) = judged.gone.get_mut(row) {
                    *gone = true;
                }
            }
        }
        // What does not exist cannot be bad.
        let Judged { breaches, gone, .. } = judged;
        breaches.retain(|(row, ..)| !gone.get(*row).is_some_and(|gone| *gone));
    }

    /// Rules between the columns of a row.
    fn check_rows(&self, judged: &mut Judged, bad: &[bool]) {
        let mut breaches = Vec::new();
        let is_open = |row: usize| bad.get(row) == Some(&false) && judged.gone.get(row) == Some(&false);
        for (earlier, later) in self.spec.ordered {
            let (Some(first), Some(second)) = (self.ints(judged, earlier), self.ints(judged, later)) else { continue };
            let slot = self.place(later).and_then(|place| self.used.get(place).copied());
            for (row, (first, second)) in first.iter().zip(second).enumerate() {
                if second < first && *second != NO_INT && is_open(row) {
                    breaches.push((row, slot, Reason::WrongOrder));
                }
            }
        }
        self.check_currency(judged, &is_open, &mut breaches);
        if self.spec.table == Table::Surveys {
            self.check_scores(judged, &is_open, &mut breaches);
        }
        judged.breaches.extend(breaches);
    }

    /// Money in another currency than the company's.
    fn check_currency(&self, judged: &Judged, is_open: &impl Fn(usize) -> bool, breaches: &mut Vec<Breach>) {
        let Some(currency) = self.text(judged, "currency") else { return };
        let slot = self.place("currency").and_then(|place| self.used.get(place).copied());
        for (row, text) in currency.iter().enumerate() {
            if text.is_some_and(|text| !text.trim().eq_ignore_ascii_case(self.reading.currency)) && is_open(row) {
                breaches.push((row, slot, Reason::ForeignCurrency));
            }
        }
    }

    /// Scores lie on their survey's scale, and come with the date of their answer.
    fn check_scores(&self, judged: &Judged, is_open: &impl Fn(usize) -> bool, breaches: &mut Vec<Breach>) {
        let (Some(scores), Some(dates)) = (self.ints(judged, "score"), self.ints(judged, "responded_at")) else {
            return;
        };
        let Some(surveys) = self.text(judged, "survey") else { return };
        let slot = |name| self.place(name).and_then(|place| self.used.get(place).copied());
        let (score_slot, date_slot) = (slot("score"), slot("responded_at"));
        for (row, ((score, date), survey)) in scores.iter().zip(dates).zip(surveys.iter()).enumerate() {
            if !is_open(row) {
                continue;
            }
            let (low, high) = match survey {
                Some("nps") => (0, 10),
                Some("csat") => self.reading.csat_scale,
                _ => self.reading.ces_scale,
            };
            match (*score != NO_INT, *date != NO_INT) {
                (true, false) => breaches.push((row, date_slot, Reason::ScoreWithoutDate)),
                (false, true) => breaches.push((row, score_slot, Reason::DateWithoutScore)),
                (true, true) if *score < low || *score > high => breaches.push((row, score_slot, Reason::OutOfRange)),
                _ => {}
            }
        }
    }

    /// The customers' numbers; a customer that nobody knows, or none where one is required, is a breach.
    fn references(&mut self, judged: &mut Judged, bad: &[bool]) -> Option<Vec<u32>> {
        let customers = self.customers.filter(|_| self.spec.table != Table::Customers)?;
        let place = self.place("customer_id")?;
        let slot = self.used.get(place).copied();
        let is_required = self.spec.column("customer_id").is_some_and(|column| !column.may_be_empty);
        let Some(Typed::Text(ids)) = judged.cells.get(place) else { return None };
        let (numbers, unknown) = numbered(ids, customers);
        for row in unknown {
            if bad.get(row) != Some(&false) || judged.gone.get(row) != Some(&false) {
                continue;
            }
            if ids.get(row).is_some() {
                self.intake.orphans += 1;
                judged.breaches.push((row, slot, Reason::Orphan));
            } else {
                self.intake.empty_references += 1;
                if is_required {
                    judged.breaches.push((row, slot, Reason::EmptyReference));
                }
            }
        }
        Some(numbers)
    }

    /// The same key, or the same row, twice.
    fn check_repeats(&mut self, raw: &DataFrame, judged: &mut Judged, bad: &[bool]) {
        let (hashes, reason) = if !self.key.is_empty() {
            (self.key_hashes(judged, raw.height()), Reason::RepeatedKey)
        } else if self.compares_whole_rows() {
            (whole_row_hashes(raw), Reason::RepeatedRow)
        } else {
            return;
        };
        let slot = self.key.first().copied();
        for (row, hash) in hashes.into_iter().enumerate() {
            let is_open = bad.get(row) == Some(&false) && judged.gone.get(row) == Some(&false);
            if let Some(hash) = hash
                && is_open
                && !self.seen.insert(hash)
            {
                judged.breaches.push((row, slot, reason));
            }
        }
    }

    /// A number per row out of its key's cells; none where the key's first cell is empty.
    fn key_hashes(&self, judged: &Judged, height: usize) -> Vec<Option<u128>> {
        let mut hashes: Vec<Option<u128>> = vec![Some(0); height];
        for (nth, slot) in self.key.iter().enumerate() {
            let Some(cells) = self.used.iter().position(|used| used == slot).and_then(|at| judged.cells.get(at)) else {
                continue;
            };
            match cells {
                Typed::Text(cells) => {
                    for (hash, text) in hashes.iter_mut().zip(cells.iter()) {
                        *hash = if nth == 0 && text.is_none() { None } else { hash.map(|hash| mixed(hash, &text)) };
                    }
                }
                Typed::Int(cells) => {
                    for (hash, value) in hashes.iter_mut().zip(cells) {
                        *hash = hash.map(|hash| mixed(hash, value));
                    }
                }
                Typed::Day(_) | Typed::Float(_) | Typed::Flag(_) => {}
            }
        }
        hashes
    }

    /// Counts a batch's rows, and lists the bad ones in their order.
    fn count(&mut self, raw: &DataFrame, judged: &Judged, bad: &[bool], at: &Position<'_>) {
        let count = |flags: &[bool]| flags.iter().filter(|flag| **flag).count() as u64;
        let (height, gone, bad) = (raw.height() as u64, count(&judged.gone), count(bad));
        self.intake.rows_read += height;
        self.intake.rows_after_as_of += gone;
        self.intake.rows_quarantined += bad;
        self.intake.rows_kept += height - gone - bad;
        let breaches: BTreeSet<Breach> = judged.breaches.iter().copied().collect();
        for (row, slot, reason) in breaches {
            let slot = slot.map(|number| (number, self.slots.get(number)));
            let value = slot.and_then(|(number, slot)| match &slot?.origin {
                Origin::Column(_) => shown(raw.column(&number.to_string()).ok()?, row),
                Origin::Constant(text) => Some(text.clone()),
            });
            let column = slot.and_then(|(_, slot)| slot).map_or_else(String::new, |slot| slot.shown().to_owned());
            let row = at.rows.row(at.before + row as u64);
            self.quarantine(at.path, row, &column, value.unwrap_or_default(), reason);
        }
    }

    /// Empties what has not happened at `as of`, and remembers the newest stamp of what has.
    fn empty_what_lies_ahead(&mut self, judged: &mut Judged, keep: &[bool]) {
        let as_of = self.reading.as_of.0;
        let first_day_gone = self.clock.first_day_from(self.reading.as_of);
        let mut unanswered: Vec<usize> = Vec::new();
        let mut newest = NO_INT;
        for (cells, &slot) in judged.cells.iter_mut().zip(&self.used) {
            let Some(spec) = self.slots.get(slot).and_then(|slot| slot.spec) else { continue };
            if spec.event == Event::No {
                continue;
            }
            match cells {
                Typed::Int(cells) => {
                    for (row, (at, _)) in cells.iter_mut().zip(keep).enumerate().filter(|(_, (_, keep))| **keep) {
                        if *at < as_of {
                            newest = newest.max(*at);
                        } else {
                            *at = NO_INT;
                            unanswered.push(row);
                        }
                    }
                }
                Typed::Day(cells) => {
                    let days = cells.iter().zip(keep).filter(|(day, keep)| **keep && **day < first_day_gone);
                    let day = days.map(|(day, _)| *day).max().filter(|day| *day != NO_DAY);
                    newest = newest.max(day.map_or(NO_INT, |day| self.clock.midnight(day)));
                }
                _ => {}
            }
        }
        if newest != NO_INT {
            self.intake.newest = self.intake.newest.max(Some(Moment(newest)));
        }
        if self.spec.table == Table::Surveys && !unanswered.is_empty() {
            self.unanswer(judged, &unanswered);
        }
    }

    /// An answer that has not come yet has no score and no words.
    fn unanswer(&self, judged: &mut Judged, rows: &[usize]) {
        if let Some(Typed::Int(scores)) = self.place("score").and_then(|place| judged.cells.get_mut(place)) {
            for row in rows {
                if let Some(score) = scores.get_mut(*row) {
                    *score = NO_INT;
                }
            }
        }
        if let Some(Typed::Text(comments)) = self.place("comment").and_then(|place| judged.cells.get_mut(place)) {
            let rows: HashSet<usize> = rows.iter().copied().collect();
            *comments = comments.iter().enumerate().map(|(row, text)| text.filter(|_| !rows.contains(&row))).collect();
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
        Some(column) => {
            column.name == "currency" || !column.may_be_empty || column.cell != crate::tables::schema::CellType::Text
        }
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

/// Customers' numbers, and the rows that have none.
fn numbered(ids: &StringChunked, customers: &CustomerIndex) -> (Vec<u32>, Vec<usize>) {
    let mut numbers = Vec::with_capacity(ids.len());
    let mut unknown = Vec::new();
    // Neighbouring rows are often one customer's.
    let (mut last, mut last_number) = (u128::MAX, NOBODY);
    if ids.null_count() > 0 {
        for id in ids.iter() {
            let number = id.and_then(|id| customers.get(id)).unwrap_or(NOBODY);
            if number == NOBODY {
                unknown.push(numbers.len());
            }
            numbers.push(number);
        }
        return (numbers, unknown);
    }
    for chunk in ids.downcast_iter() {
        for (row, view) in chunk.views().iter().enumerate() {
            let number = if view.length <= 12 {
                // A short string lies in its view: length, then its bytes, then zeros.
                let key = u128::from(view.length)
                    | u128::from(view.prefix) << 32
                    | u128::from(view.buffer_idx) << 64
                    | u128::from(view.offset) << 96;
                if key != last {
                    (last, last_number) = (key, customers.get_packed(key).unwrap_or(NOBODY));
                }
                last_number
            } else {
                customers.get(chunk.value(row)).unwrap_or(NOBODY)
            };
            if number == NOBODY {
                unknown.push(numbers.len());
            }
            numbers.push(number);
        }
    }
    (numbers, unknown)
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

/// A hash with one more cell in it; 128 bits, so that two different rows of any table that fits a disk do not meet.
fn mixed<T: std::hash::Hash>(hash: u128, cell: &T) -> u128 {
    let (high, low) = (FixedState::with_seed(17), FixedState::with_seed(34_259));
    u128::from(high.hash_one((hash, cell))) << 64 | u128::from(low.hash_one((hash, cell)))
}

/// A number per row out of all its cells as the file holds them (columns whose name starts with `r`).
fn whole_row_hashes(raw: &DataFrame) -> Vec<Option<u128>> {
    let mut hashes = vec![0_u128; raw.height()];
    for column in raw.columns().iter().filter(|column| column.name().starts_with('r')) {
        let Ok(text) = column.cast(&DataType::String) else { continue };
        let Ok(text) = text.str() else { continue };
        for (hash, text) in hashes.iter_mut().zip(text.iter()) {
            *hash = mixed(*hash, &text.filter(|text| !text.is_empty()));
        }
    }
    hashes.into_iter().map(Some).collect()
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

/// Days as microseconds, for the age of a table.
pub(crate) fn age_days(newest: Moment, as_of: Moment) -> i64 {
    (as_of.0 - newest.0).div_euclid(DAY_MICROS)
}
