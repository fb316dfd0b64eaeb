//! Usage: the great table, into its grid; of the parts of its files that an earlier run has read, what they added up to.
//!
//! A part is known again by the bytes that stand in it and by everything that decides what they are read as. What is kept
//! of it depends on nothing else: neither on customers' attributes nor on the periods, windows and segments that are asked
//! for; so it is of use until its bytes change, or one of its customers leaves the `customers` table, or enters it.

mod register;

use std::path::PathBuf;
use std::time::SystemTime;

use polars::prelude::DataFrame;

use crate::cache::Cache;
use crate::diagnostic::{Diagnostic, Place};
use crate::digest::{Key, digest};
use crate::error::Result;
use crate::panel::request::Request;
use crate::panel::usage::part::{Detail, KeptPart, UsagePart};
use crate::panel::usage::{Features, UsageGrid};
use crate::panel::{Span, Timeline, frame};
use crate::pipeline::usage::register::Register;
use crate::tables::{CustomerIndex, FILE, Findings, Intake, OpenTable, ROW, Taker};

/// Where a run finds what earlier ones kept, and when it is.
#[derive(Clone, Debug)]
pub struct Kept {
    /// The folder.
    pub folder: PathBuf,
    /// Now.
    pub now: SystemTime,
}

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

/// Usage, batch by batch or as it was kept, into the grid; how many features it knows; and of a traced table, of which
/// nothing is kept, the rows within the periods.
pub(super) fn read_usage(
    source: OpenTable,
    wanted: &[&str],
    index: &CustomerIndex,
    request: &Request<'_>,
    kept: Option<&Kept>,
) -> Result<(UsageGrid, u32, Vec<UsageRow>, Intake)> {
    let mut grid = request.usage_grid(index.len());
    let detail = match (request.counts_features(), grid.sums_events()) {
        (true, _) => Detail::Features,
        (false, true) => Detail::Events,
        (false, false) => Detail::Days,
    };
    let mut features = Features::default();
    let memory = kept.map(|kept| Memory::open(kept, index, detail));
    let spans = Timeline::new(request.periods, &request.calendar).spans;
    let mut usage = Usage { grid: &mut grid, features: &mut features, memory, spans, traced: Vec::new() };
    let mut intake = source.stream_to(wanted, Some(index), &mut usage)?;
    if let (Some(memory), Some(kept)) = (usage.memory, kept)
        && let Some(trouble) = memory.cache.close()
    {
        let message = format!("what this run has read cannot be kept for the next one: {trouble}");
        let fault = Diagnostic::warning("not-kept", message).at(Place::file(&kept.folder));
        intake.warnings.push(fault.help("let the user that runs farol write there; the figures are not affected"));
    }
    let traced = usage.traced;
    Ok((grid, features.count(), traced, intake))
}

/// Usage while it is taken in.
struct Usage<'a> {
    grid: &'a mut UsageGrid,
    features: &'a mut Features,
    memory: Option<Memory>,
    /// The periods.
    spans: Vec<Span>,
    /// Traced rows within them.
    traced: Vec<UsageRow>,
}

/// What earlier runs kept, and what this one will.
struct Memory {
    cache: Cache,
    knows_any: bool,
    register: Register,
    detail: Detail,
    /// The rows since the last part ended.
    part: UsagePart,
}

impl Memory {
    fn open(kept: &Kept, index: &CustomerIndex, detail: Detail) -> Self {
        let mut cache = Cache::open(&kept.folder, kept.now);
        let knows_any = !cache.is_empty();
        let register = Register::open(&mut cache, index);
        Self { cache, knows_any, register, detail, part: UsagePart::new(detail) }
    }

    /// The key of what is kept of a part: less is kept where less is asked for.
    fn key(&self, part: &Key) -> Key {
        digest(&[b"usage 1 ", self.detail.name().as_bytes(), part])
    }

    /// What is kept of a part, if it is whole, `holds`, and knows today's customers.
    fn recall(&mut self, key: &Key, holds: &dyn Fn(&Findings) -> bool) -> Option<(Findings, KeptPart)> {
        let bytes = self.cache.get(key)?;
        let (register, rest) = bytes.split_first_chunk::<32>()?;
        let (length, rest) = rest.split_first_chunk::<4>()?;
        let (findings, rest) = rest.split_at_checked(usize::try_from(u32::from_le_bytes(*length)).ok()?)?;
        let findings: Findings = serde_json::from_slice(findings).ok()?;
        if !self.register.has_been(register) || !holds(&findings) {
            return None;
        }
        Some((findings, KeptPart::from_bytes(rest, |number| self.register.customer(number))?))
    }

    /// Keeps what the rows since the last part add up to.
    fn keep(&mut self, key: &Key, findings: &Findings) {
        let part = self.part.take_bytes().filter(|_| findings.are_lasting());
        let (Ok(findings), Some(part)) = (serde_json::to_vec(findings), part) else { return };
        let Ok(length) = u32::try_from(findings.len()) else { return };
        let key = self.key(key);
        self.cache.put(&key, &[self.register.state(), &length.to_le_bytes(), &findings, &part].concat());
    }
}

impl Taker for Usage<'_> {
    fn recognises(&self) -> bool {
        self.memory.is_some()
    }

    fn knows_any(&self) -> bool {
        self.memory.as_ref().is_some_and(|memory| memory.knows_any)
    }

    fn recall(&mut self, key: &Key, holds: &dyn Fn(&Findings) -> bool) -> Option<Findings> {
        let memory = self.memory.as_mut()?;
        let key = memory.key(key);
        let (findings, part) = memory.recall(&key, holds)?;
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
        let mut memory = self.memory.as_mut();
        if !self.grid.sums_events()
            && let Some(customers) = frame::plain_customers(&batch)?
            && let Some(days) = frame::plain_days(&batch, "date")?
            && let Some(events) = frame::plain_integers(&batch, "events")?
        {
            self.grid.mark(customers, days, events);
            if let Some(memory) = memory {
                let Memory { part, register, .. } = memory;
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
            if let Some(memory) = &mut memory {
                memory.part.push(memory.register.number(customer), day, events, name);
            }
        }
        Ok(())
    }

    fn end(&mut self, key: &Key, findings: &Findings) {
        if let Some(memory) = &mut self.memory {
            memory.keep(key, findings);
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
