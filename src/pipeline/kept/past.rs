//! What the sums of a period hang on: every row that was there by its end, and what its customers are.
//!
//! Knows rows and instants, not what they are added up to.

use std::iter::once;

use chrono::NaiveDate;
use polars::prelude::{DataFrame, PlSmallStr};
use rayon::prelude::*;
use xxhash_rust::xxh3::xxh3_128;

use crate::digest::{Key, digest};
use crate::error::Result;
use crate::panel::build::{Frames, Panel};
use crate::panel::request::Request;
use crate::panel::{Span, frame};
use crate::tables::schema::{CellType, Table};
use crate::tables::{Intake, PartRead};

/// What stands by the end of each period.
pub(in crate::pipeline) struct Past {
    /// Period → digest of the records that were there by its end; none where it has not ended.
    records: Vec<Option<Key>>,
    /// Period → the first instant after it.
    ends: Vec<i64>,
    /// Period → the first instant whose usage it may hang on, and the first one after its last day's.
    use_of: Vec<(i64, i64)>,
    customers: Vec<Known>,
    /// Which tables are looked at, and which columns of each.
    pub(super) columns: String,
}

/// What is known of a customer from an instant on.
struct Known {
    customer: u32,
    from: i64,
    hash: u128,
}

impl Past {
    /// Reads what the frames say by the end of each period that has ended.
    ///
    /// # Errors
    /// A frame whose columns are not of their contract's types.
    pub(in crate::pipeline) fn read(frames: Frames<'_>, panel: &Panel<'_>, request: &Request<'_>) -> Result<Self> {
        let ids: Vec<u128> =
            (0..panel.customer_count).map(|customer| xxh3_128(panel.id(customer).as_bytes())).collect();
        let spans = &panel.timeline.spans;
        let ends: Vec<i64> = spans.iter().map(|span| span.end).collect();
        let midnight = |day| NaiveDate::from_epoch_days(day).map(|day| request.calendar.midnight(day).0);
        let use_of = |span: &Span| {
            let since = request.usage_since(span).and_then(midnight).unwrap_or(i64::MIN);
            // A last day that the zone skipped begins where the period ends; a file may have rows of it all the same.
            (since, midnight(span.end_day - 1).map_or(span.end, |last| span.end.max(last + 1)))
        };
        let use_of = spans.iter().map(use_of).collect();
        // Onboarding is added up by the run's day, whatever is kept.
        let tables = frames.tables.par_iter().filter(|(table, _)| **table != Table::Onboarding);
        let cuts = |table, name: &str| request.row_dimensions.iter().any(|of| of.table == table && of.column == name);
        let of_tables = tables.map(|(table, rows)| {
            let names = rows.get_column_names().into_iter().map(PlSmallStr::as_str);
            // What comments say is not kept, unless they are taken for something else.
            let is_words = |name: &&str| *table == Table::Surveys && *name == "comment" && !cuts(*table, name);
            standing(*table, rows, &names.filter(|name| !is_words(name)).collect::<Vec<_>>(), &ids, &ends)
        });
        let (headings, of_tables): (Vec<String>, Vec<Vec<Key>>) =
            of_tables.collect::<Result<Vec<_>>>()?.into_iter().unzip();
        let columns = headings.join("\n");
        let has_kind = [u8::from(panel.answers.as_ref().is_some_and(|answers| answers.has_kind))];
        let records = spans.iter().enumerate().map(|(period, span)| {
            let tables = of_tables.iter().map(|periods| periods[period].as_slice());
            span.has_ended(request.as_of).then(|| digest(&once(has_kind.as_slice()).chain(tables).collect::<Vec<_>>()))
        });
        let customers = customers(frames, panel, request, &ids)?;
        Ok(Self { records: records.collect(), ends, use_of, customers, columns })
    }

    /// The digest of the records that were there by the end of a period; none while it has not ended.
    pub(super) fn records(&self, period: usize) -> Option<Key> {
        self.records[period]
    }

    /// The digest of some customers as they were by the end of a period, in whatever order.
    pub(super) fn customers(&self, period: usize, is_meant: impl Fn(u32) -> bool) -> Key {
        let known = self.customers.iter().filter(|known| known.from <= self.ends[period] && is_meant(known.customer));
        let (count, sum) = known.fold((0_u64, 0_u128), |(count, sum), known| (count + 1, sum.wrapping_add(known.hash)));
        digest(&[&count.to_le_bytes(), &sum.to_le_bytes()])
    }

    /// The digest of the parts of usage of which a day may count in a period; none where a later run might find others.
    pub(super) fn usage(&self, period: usize, intake: &Intake) -> Option<Key> {
        let (since, end) = self.use_of[period];
        let counts = |part: &&PartRead| {
            part.oldest.is_none_or(|oldest| oldest < end) && part.newest.is_none_or(|newest| since <= newest)
        };
        let contents: Option<Vec<Key>> = intake.parts.iter().filter(counts).map(|part| part.content).collect();
        let mut contents = contents?;
        contents.sort_unstable();
        Some(digest(&[contents.as_flattened()]))
    }
}

/// The names of a table and its columns, and for each end the digest of the rows that were there by then, in their order: some
/// are told apart by it.
fn standing(table: Table, rows: &DataFrame, names: &[&str], ids: &[u128], ends: &[i64]) -> Result<(String, Vec<Key>)> {
    let mut next = frame::next_row(rows, names, ids)?;
    let mut row = Vec::new();
    let hashes = (0..rows.height()).map(|_| {
        row.clear();
        next(&mut row);
        xxh3_128(&row)
    });
    let mut hashes: Vec<(i64, u128)> = firsts(table, rows)?.into_iter().zip(hashes).collect();
    let mut order: Vec<usize> = (0..ends.len()).collect();
    order.sort_by_key(|period| std::cmp::Reverse(ends[*period]));
    let mut standing = vec![Key::default(); ends.len()];
    let heading = format!("{}: {}", table.name(), names.join(", "));
    let mut bytes: Vec<[u8; 16]> = Vec::with_capacity(hashes.len());
    for period in order {
        hashes.retain(|(first, _)| *first <= ends[period]);
        bytes.clear();
        bytes.extend(hashes.iter().map(|(_, hash)| hash.to_le_bytes()));
        let sum = xxh3_128(bytes.as_flattened()).to_le_bytes();
        standing[period] = digest(&[heading.as_bytes(), &sum]);
    }
    Ok((heading, standing))
}

/// The first instant that each row knows: before it, the row says nothing. One that knows none was always there.
fn firsts(table: Table, rows: &DataFrame) -> Result<Vec<i64>> {
    let mut firsts = vec![i64::MAX; rows.height()];
    for column in table.spec().columns.iter().filter(|column| column.cell == CellType::Moment) {
        if frame::has(rows, column.name) {
            for (first, at) in firsts.iter_mut().zip(frame::integers(rows, column.name)?) {
                *first = at.map_or(*first, |at| at.min(*first));
            }
        }
    }
    let is_timeless = |first: &i64| *first == i64::MAX;
    firsts.iter_mut().filter(|first| is_timeless(first)).for_each(|first| *first = i64::MIN);
    Ok(firsts)
}

/// What sums hang on of every customer: its first contact, and its attributes from when on it has them.
fn customers(frames: Frames<'_>, panel: &Panel<'_>, request: &Request<'_>, ids: &[u128]) -> Result<Vec<Known>> {
    let contacts = (0..).zip(&panel.first_contacts).zip(ids).map(|((customer, at), id)| {
        let hash = xxh3_128(format!("{id} {at:?}").as_bytes());
        Known { customer, from: i64::MIN, hash }
    });
    let mut known: Vec<Known> = contacts.collect();
    let mut names: Vec<&str> =
        request.dimensions.iter().flat_map(|dimension| &dimension.0).map(String::as_str).collect();
    names.extend(["customer_id", "valid_from"]);
    names.sort_unstable();
    names.dedup();
    names.retain(|name| frame::has(frames.customers, name));
    let mut next = frame::next_row(frames.customers, &names, ids)?;
    let owners = frame::text_at(frames.customers, "customer_id")?;
    let from = frame::integers(frames.customers, "valid_from")?;
    let mut row = names.join("\0").into_bytes();
    let heading = row.len();
    for (at, from) in from.into_iter().enumerate() {
        row.truncate(heading);
        next(&mut row);
        if let Some(customer) = owners(at).and_then(|id| frames.index.get(id)) {
            known.push(Known { customer, from: from.unwrap_or(i64::MIN), hash: xxh3_128(&row) });
        }
    }
    Ok(known)
}
