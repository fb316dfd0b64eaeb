//! What a run keeps for the next one: the tables, part by part of their files, and what closed periods add up to.
//!
//! A part is known again by the bytes that stand in it and by everything that decides what they are read as. What is kept of
//! it depends on nothing else: neither on customers' attributes nor on the periods, windows and segments that are asked
//! for; so it is of use until its bytes change, or one of its customers leaves the `customers` table, or enters it.

mod past;
mod register;
mod rows;
mod tallies;

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::cache::Cache;
use crate::diagnostic::{Diagnostic, Place};
use crate::digest::Key;
use crate::pipeline::kept::register::Register;
use crate::tables::schema::Table;
use crate::tables::{CustomerIndex, Findings, Intake};

pub(super) use past::Past;
pub(super) use rows::KeptRows;
pub(super) use tallies::{KeptTallies, Kind};

/// Where a run finds what earlier ones kept, and when it is.
#[derive(Clone, Debug)]
pub struct Kept {
    /// The folder; each table has one of its own in it.
    pub folder: PathBuf,
    /// Now.
    pub now: SystemTime,
}

/// Where earlier runs kept tables, and the customers that they named.
pub(super) struct Shelf {
    kept: Kept,
    register: Register,
}

impl Shelf {
    /// What was kept, read with the customers of today in mind. Nothing, and their intake says so, if these cannot be kept:
    /// nobody would understand their numbers later.
    pub(super) fn open(kept: &Kept, index: &CustomerIndex, customers: &mut Intake) -> Option<Self> {
        let folder = kept.folder.join(Table::Customers.name());
        let mut cache = Cache::open(&folder, kept.now);
        let register = Register::open(&mut cache, index);
        is_closed(cache, &folder, customers).then(|| Self { kept: kept.clone(), register })
    }
}

/// What earlier runs kept of a table, and what this one will.
pub(super) struct Memory<'a> {
    folder: PathBuf,
    cache: Cache,
    knows_any: bool,
    pub(super) register: &'a Register,
}

impl<'a> Memory<'a> {
    /// What was kept of a table.
    pub(super) fn open(shelf: &'a Shelf, table: Table) -> Self {
        let folder = shelf.kept.folder.join(table.name());
        let cache = Cache::open(&folder, shelf.kept.now);
        Self { folder, knows_any: !cache.is_empty(), cache, register: &shelf.register }
    }

    /// Whether anything is kept.
    pub(super) fn knows_any(&self) -> bool {
        self.knows_any
    }

    /// What is kept under a key, and what was found in its rows, if it is whole, `holds`, and its customers' numbers are
    /// understood.
    pub(super) fn get(&mut self, key: &Key, holds: &dyn Fn(&Findings) -> bool) -> Option<(Findings, Vec<u8>)> {
        let mut bytes = self.cache.get(key)?;
        let (register, rest) = bytes.split_first_chunk::<32>()?;
        let (findings, rest) = Findings::from_bytes(rest)?;
        if !self.register.has_been(register) || !holds(&findings) {
            return None;
        }
        let start = bytes.len() - rest.len();
        Some((findings, bytes.split_off(start)))
    }

    /// Keeps something under a key.
    pub(super) fn put(&mut self, key: &Key, findings: &Findings, bytes: &[u8]) {
        if let Some(findings) = findings.to_bytes() {
            self.cache.put(key, &[self.register.state(), &findings, bytes].concat());
        }
    }

    /// Removes what nobody needs any more; where nothing can be kept, the table's intake says so.
    pub(super) fn close(self, intake: &mut Intake) {
        is_closed(self.cache, &self.folder, intake);
    }
}

/// Closes a cache; if something could not be kept, the intake says so.
fn is_closed(cache: Cache, folder: &Path, intake: &mut Intake) -> bool {
    let trouble = close(cache, folder);
    let is_closed = trouble.is_none();
    intake.warnings.extend(trouble);
    is_closed
}

/// Closes a cache; what could not be kept.
fn close(cache: Cache, folder: &Path) -> Option<Diagnostic> {
    let message = format!("what this run has read or added up cannot be kept for the next one: {}", cache.close()?);
    let fault = Diagnostic::warning("not-kept", message).at(Place::file(folder));
    Some(fault.help("let the user that runs farol write there; the figures are not affected"))
}
