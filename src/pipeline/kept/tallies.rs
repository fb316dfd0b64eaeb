//! What closed periods add up to, by segment.
//!
//! It is kept under the period and the definitions, and holds as long as the digest of everything that it hangs on is what it
//! was: of the rows that were there by the period's end, and of what their customers are.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::cache::Cache;
use crate::calendar::{Moment, Period};
use crate::diagnostic::Diagnostic;
use crate::digest::{Key, MAKING, digest};
use crate::panel::request::Request;
use crate::panel::segments::{Cell, Segments};
use crate::panel::{Span, Timeline};
use crate::pipeline::kept::register::Register;
use crate::pipeline::kept::{Past, Shelf, close};
use crate::tables::Intake;
use crate::tally::Tallies;
use crate::tally::pass::Wanted;
use crate::tally::table::TallyTable;

/// Which sums of a period; they are kept apart, since they are added up at different times.
#[derive(Clone, Copy, Debug)]
pub(in crate::pipeline) enum Kind<'a> {
    /// Of records alone.
    Records,
    /// Of usage too, if that is configured.
    Use(Option<&'a Intake>),
}

/// Sums as they are kept.
#[derive(Serialize, Deserialize)]
struct Entry<'a> {
    /// The register's number of the first customer who was not there.
    newcomer: u32,
    /// Digest of everything that they hang on.
    inputs: Key,
    longest_follow_up: i64,
    cells: Vec<(Name, Cow<'a, Tallies>)>,
}

/// What tells a cell from the others of any run: the table whose rows it cuts, and its labels.
type Name = (Option<String>, Vec<(String, String)>);

/// The sums that earlier runs kept, and those that this one will.
pub(in crate::pipeline) struct KeptTallies<'a> {
    folder: PathBuf,
    cache: Cache,
    register: &'a Register,
    past: Past,
    /// Digest of the definitions.
    ways: Key,
    timeline: Timeline,
    cells: Vec<Cell>,
    places: HashMap<Name, usize>,
    /// Periods that had to be added up.
    added_up: BTreeSet<usize>,
}

impl<'a> KeptTallies<'a> {
    /// What was kept for these definitions, of periods whose `past` is known. Nothing, if two cells have the same name.
    pub(in crate::pipeline) fn open(
        shelf: &'a Shelf,
        past: Past,
        request: &Request<'_>,
        wanted: &Wanted,
        (timeline, segments): (&Timeline, &Segments),
    ) -> Option<Self> {
        let cells = segments.cells.clone();
        let places: HashMap<Name, usize> = cells.iter().zip(0..).map(|(cell, at)| (name(cell), at)).collect();
        if places.len() < cells.len() {
            return None;
        }
        // The run's day, its other periods and what other readers get say nothing of a period that has ended.
        let request = Request { as_of: Moment(0), periods: &[], answer_cells: None, ..*request };
        let ways = format!("{MAKING}\n{request:?}\n{wanted:?}\n{:?}\n{}", segments.too_varied, past.columns);
        let folder = shelf.kept.folder.join("tallies");
        Some(Self {
            cache: Cache::open(&folder, shelf.kept.now),
            folder,
            register: &shelf.register,
            past,
            ways: digest(&[ways.as_bytes()]),
            timeline: timeline.clone(),
            cells,
            places,
            added_up: BTreeSet::new(),
        })
    }

    /// The sums of all periods: as they are kept where that holds; the others by adding up, and these are kept.
    pub(in crate::pipeline) fn of(
        &mut self,
        kind: Kind<'_>,
        add_up: impl FnOnce(&Timeline) -> TallyTable,
    ) -> TallyTable {
        let mut table = TallyTable::new(self.timeline.clone(), self.cells.clone());
        let periods = self.timeline.periods().into_iter();
        let known: Vec<usize> = periods.filter(|period| self.recall(kind, *period, &mut table).is_some()).collect();
        let others = self.timeline.leaving_out(known);
        let added = add_up(&others);
        for period in others.periods() {
            self.keep(kind, period, &added);
            self.added_up.insert(period);
        }
        table.merge(added);
        table
    }

    /// Puts a period's sums into a table, if what is kept of it holds.
    fn recall(&mut self, kind: Kind<'_>, period: usize, table: &mut TallyTable) -> Option<()> {
        let rows = self.rows(kind, period)?;
        let bytes = self.cache.get(&self.key(kind, period))?;
        let entry: Entry<'_> = rmp_serde::from_slice(&bytes).ok()?;
        if self.inputs(period, &rows, entry.newcomer) != entry.inputs {
            return None;
        }
        let place = |(name, tallies): (Name, Cow<'_, Tallies>)| Some((*self.places.get(&name)?, tallies.into_owned()));
        let cells: Vec<(usize, Tallies)> = entry.cells.into_iter().map(place).collect::<Option<_>>()?;
        for (cell, tallies) in cells {
            *table.at(period, cell) = tallies;
        }
        table.longest_follow_up[period] = entry.longest_follow_up;
        Some(())
    }

    /// Keeps a period's sums, if they last.
    fn keep(&mut self, kind: Kind<'_>, period: usize, table: &TallyTable) {
        let Some(rows) = self.rows(kind, period) else { return };
        let newcomer = self.register.next_number();
        let cells = self.cells.iter().zip(0..);
        let entry = Entry {
            newcomer,
            inputs: self.inputs(period, &rows, newcomer),
            longest_follow_up: table.longest_follow_up[period],
            cells: cells.filter_map(|(cell, at)| Some((name(cell), Cow::Borrowed(table.get(period, at)?)))).collect(),
        };
        if let Ok(bytes) = rmp_serde::to_vec(&entry) {
            self.cache.put(&self.key(kind, period), &bytes);
        }
    }

    /// The digest of the rows that a period's sums hang on; none while it has not ended, or where a later run might find others.
    fn rows(&self, kind: Kind<'_>, period: usize) -> Option<Key> {
        let records = self.past.records(period)?;
        match kind {
            Kind::Records | Kind::Use(None) => Some(records),
            Kind::Use(Some(usage)) => Some(digest(&[&records, &self.past.usage(period, usage)?])),
        }
    }

    /// The digest of everything that sums hang on. A customer who was not there as they were added up, and of whom no row
    /// is among theirs, is none of their business.
    fn inputs(&self, period: usize, rows: &Key, newcomer: u32) -> Key {
        let was_there = |customer| self.register.number(customer) < newcomer;
        digest(&[rows, &self.past.customers(period, was_there)])
    }

    fn key(&self, kind: Kind<'_>, period: usize) -> Key {
        let kind = match kind {
            Kind::Records => "records",
            Kind::Use(None) => "scores",
            Kind::Use(Some(_)) => "use",
        };
        let Span { period: Period { id, .. }, start, end, .. } = &self.timeline.spans[period];
        digest(&[&self.ways, format!("{kind} {id} {start} {end}").as_bytes()])
    }

    /// How many periods were known, and of how many; what could not be kept.
    pub(in crate::pipeline) fn close(self) -> ((usize, usize), Option<Diagnostic>) {
        let (all, added_up) = (self.timeline.spans.len(), self.added_up.len());
        ((all - added_up, all), close(self.cache, &self.folder))
    }
}

fn name(cell: &Cell) -> Name {
    (cell.rows_of.map(|table| table.name().to_owned()), cell.labels.clone())
}
