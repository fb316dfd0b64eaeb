//! Usage: the great table, into its grid; of the parts of its files that an earlier run has read, what they added up to.

use polars::prelude::DataFrame;

use crate::digest::{Key, digest};
use crate::error::Result;
use crate::panel::request::Request;
use crate::panel::usage::part::{Detail, KeptPart, UsagePart};
use crate::panel::usage::{Features, UsageGrid};
use crate::panel::{Span, Timeline, frame};
use crate::pipeline::kept::{Memory, Shelf};
use crate::tables::schema::Table;
use crate::tables::{CustomerIndex, FILE, Findings, Intake, OpenTable, ROW, Taker};

/// One row of usage and where it comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UsageRow {
    /// Index of the customer.
    pub customer: u32,
    /// Civil day, since 1970.
    pub day: i32,
    /// Events.
    pub events: i64,
    /// Number of the file.
    pub file: i64,
    /// Row of the file.
    pub row: i64,
}

/// Usage, taken in.
#[derive(Debug)]
pub(super) struct UsageTaken {
    pub(super) grid: UsageGrid,
    /// How many distinct features it knows.
    pub(super) features: u32,
    /// Of a traced table, of which nothing is kept: its rows within the periods.
    pub(super) rows: Vec<UsageRow>,
}

/// Usage, batch by batch or as it was kept, into the grid.
pub(super) fn read_usage(
    source: OpenTable,
    wanted: &[&str],
    index: &CustomerIndex,
    request: &Request<'_>,
    shelf: Option<&Shelf>,
) -> Result<(UsageTaken, Intake)> {
    let mut grid = request.usage_grid(index.len());
    let detail = match (request.counts_features(), grid.sums_events()) {
        (true, _) => Detail::Features,
        (false, true) => Detail::Events,
        (false, false) => Detail::Days,
    };
    let mut features = Features::default();
    let parts = shelf.map(|shelf| Parts::open(shelf, detail));
    let spans = Timeline::new(request.periods, &request.calendar).spans;
    let mut usage = Usage { grid: &mut grid, features: &mut features, parts, spans, traced: Vec::new() };
    let mut intake = source.stream_to(wanted, Some(index), &mut usage)?;
    if let Some(parts) = usage.parts {
        parts.memory.close(&mut intake);
    }
    let rows = usage.traced;
    Ok((UsageTaken { grid, features: features.count(), rows }, intake))
}

/// Usage while it is taken in.
struct Usage<'a> {
    grid: &'a mut UsageGrid,
    features: &'a mut Features,
    parts: Option<Parts<'a>>,
    /// The periods.
    spans: Vec<Span>,
    /// Traced rows within them.
    traced: Vec<UsageRow>,
}

/// What parts of the table add up to: what is kept of those that earlier runs read, and the rows of the one that is read.
struct Parts<'a> {
    memory: Memory<'a>,
    detail: Detail,
    /// The rows since the last part ended.
    part: UsagePart,
}

impl<'a> Parts<'a> {
    fn open(shelf: &'a Shelf, detail: Detail) -> Self {
        Self { memory: Memory::open(shelf, Table::Usage), detail, part: UsagePart::new(detail) }
    }

    /// The key of what is kept of a part: less is kept where less is asked for.
    fn key(&self, part: &Key) -> Key {
        digest(&[b"usage 1 ", self.detail.name().as_bytes(), part])
    }

    /// What is kept of a part, if it is whole, `holds`, and knows today's customers.
    fn recall(&mut self, part: &Key, holds: &dyn Fn(&Findings) -> bool) -> Option<(Findings, KeptPart)> {
        let (findings, bytes) = self.memory.get(&self.key(part), holds)?;
        let register = self.memory.register;
        Some((findings, KeptPart::from_bytes(&bytes, |number| register.customer(number))?))
    }

    /// Keeps what the rows since the last part add up to, if that lasts.
    fn keep(&mut self, part: &Key, findings: Option<&Findings>) {
        let bytes = self.part.take_bytes();
        if let (Some(findings), Some(bytes)) = (findings, bytes) {
            self.memory.put(&self.key(part), findings, &bytes);
        }
    }
}

impl Taker for Usage<'_> {
    fn recognises(&self) -> bool {
        self.parts.is_some()
    }

    fn knows_any(&self) -> bool {
        self.parts.as_ref().is_some_and(|parts| parts.memory.knows_any())
    }

    fn recall(&mut self, key: &Key, holds: &dyn Fn(&Findings) -> bool) -> Option<Findings> {
        let (findings, part) = self.parts.as_mut()?.recall(key, holds)?;
        part.add_to(self.grid, self.features);
        Some(findings)
    }

    fn rows(&mut self, batch: DataFrame) -> Result<()> {
        if frame::has(&batch, ROW) {
            let spans = &self.spans;
            let is_within =
                |row: &UsageRow| spans.iter().any(|span| span.first_day <= row.day && row.day < span.end_day);
            self.traced.extend(traced_rows(&batch)?.into_iter().filter(is_within));
        }
        let mut parts = self.parts.as_mut();
        if !self.grid.sums_events()
            && let Some(customers) = frame::plain_customers(&batch)?
            && let Some(days) = frame::plain_days(&batch, "date")?
            && let Some(events) = frame::plain_integers(&batch, "events")?
        {
            self.grid.mark(customers, days, events);
            if let Some(Parts { part, memory: Memory { register, .. }, .. }) = parts {
                part.mark(customers.iter().map(|customer| register.number(*customer)), days, events);
            }
            return Ok(());
        }
        let names = frame::texts(&batch, "feature")?;
        let events = frame::integers(&batch, "events")?;
        let rows = frame::customers(&batch)?.into_iter().zip(frame::days(&batch, "date")?).zip(events).zip(names);
        for (((customer, day), events), name) in rows {
            let (Some(customer), Some(day), Some(events)) = (customer, day, events) else { continue };
            self.grid.push(customer, day, events, name.map(|name| self.features.number(name)));
            if let Some(parts) = &mut parts {
                parts.part.push(parts.memory.register.number(customer), day, events, name);
            }
        }
        Ok(())
    }

    fn end(&mut self, key: &Key, findings: Option<&Findings>) {
        if let Some(parts) = &mut self.parts {
            parts.keep(key, findings);
        }
    }
}

/// The rows of a traced batch.
fn traced_rows(batch: &DataFrame) -> Result<Vec<UsageRow>> {
    let (customers, days) = (frame::customers(batch)?, frame::days(batch, "date")?);
    let (events, files, rows) =
        (frame::integers(batch, "events")?, frame::integers(batch, FILE)?, frame::integers(batch, ROW)?);
    let row = |at: usize| {
        Some(UsageRow {
            customer: customers[at]?,
            day: days[at]?,
            events: events[at].unwrap_or(0),
            file: files[at]?,
            row: rows[at]?,
        })
    };
    Ok((0..batch.height()).filter_map(row).collect())
}
