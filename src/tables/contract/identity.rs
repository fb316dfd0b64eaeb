//! Who a row is about, and whether it was there before.
//!
//! Knows ids and keys; two rows with one key are told apart by their order alone.

use std::hash::BuildHasher;

use foldhash::quality::FixedState;
use polars::prelude::{DataFrame, DataType, StringChunked};

use crate::tables::contract::{Contract, Judged, NOBODY};
use crate::tables::index::CustomerIndex;
use crate::tables::quarantine::Reason;
use crate::tables::schema::Table;
use crate::tables::typed::Typed;

impl Contract<'_> {
    /// The customers' numbers; a customer that nobody knows, or none where one is required, is a breach.
    pub(super) fn references(&mut self, judged: &mut Judged, bad: &[bool]) -> Option<Vec<u32>> {
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
            if let Some(id) = ids.get(row) {
                self.findings.orphans += 1;
                self.findings.strangers.insert(id.to_owned());
                let reason = if customers.is_to_come(id) { Reason::CustomerNotYetValid } else { Reason::Orphan };
                judged.breaches.push((row, slot, reason));
            } else {
                self.findings.empty_references += 1;
                if is_required {
                    judged.breaches.push((row, slot, Reason::EmptyReference));
                }
            }
        }
        Some(numbers)
    }

    /// Remembers of `customers` whose rows do not exist yet.
    pub(super) fn note_customers_to_come(&mut self, judged: &Judged) {
        if self.spec.table != Table::Customers || !judged.gone.contains(&true) {
            return;
        }
        let Some(ids) = self.text(judged, "customer_id") else { return };
        let gone = ids.iter().zip(&judged.gone).filter(|(_, gone)| **gone);
        let to_come: Vec<String> = gone.filter_map(|(id, _)| id).map(str::to_owned).collect();
        self.intake.customers_to_come.extend(to_come);
    }

    /// The same key, or the same row, twice.
    pub(super) fn check_repeats(&mut self, raw: &DataFrame, judged: &mut Judged, bad: &[bool]) {
        let (hashes, reason) = if !self.key.is_empty() {
            (self.key_hashes(judged, raw.height()), Reason::RepeatedKey)
        } else if self.compares_whole_rows() {
            (whole_row_hashes(raw), Reason::RepeatedRow)
        } else {
            return;
        };
        if hashes.iter().any(Option::is_some) {
            self.make_room();
        }
        let slot = self.key.first().copied();
        for (row, hash) in hashes.into_iter().enumerate() {
            let is_open = bad.get(row) == Some(&false) && judged.gone.get(row) == Some(&false);
            let Some(hash) = hash.filter(|_| is_open) else { continue };
            if !self.seen.insert(hash) {
                judged.breaches.push((row, slot, reason));
            } else if self.tells_identities {
                self.findings.identities.push(hash);
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
