//! What came of judging the rows of one part of a file, so that a later run need not judge them again.
//!
//! Judges nothing; `contract` does.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::calendar::Moment;
use crate::tables::index::CustomerIndex;
use crate::tables::intake::Intake;
use crate::tables::quarantine::{BadRow, Reason};
use crate::tables::records::RowNumbers;

/// Most bad rows of a part that is worth remembering.
const MOST_BAD: usize = 10_000;

/// What came of some rows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Findings {
    pub(crate) rows_read: u64,
    pub(crate) rows_kept: u64,
    pub(crate) rows_after_as_of: u64,
    pub(crate) rows_quarantined: u64,
    /// Broken rules by reason: all of them.
    pub(crate) reasons: BTreeMap<Reason, u64>,
    /// Broken rules in the order of the rows, perhaps not all.
    pub(crate) bad: Vec<Bad>,
    /// The newest stamp of a kept row, in microseconds.
    pub(crate) newest: Option<i64>,
    /// The newest stamp of any row, bad ones included.
    pub(crate) latest: Option<i64>,
    pub(crate) orphans: u64,
    pub(crate) empty_references: u64,
    /// The ids of the orphans.
    pub(crate) strangers: BTreeSet<String>,
}

/// A broken rule of one of the rows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Bad {
    /// Record of the part, from 0.
    pub(crate) record: u64,
    pub(crate) column: String,
    pub(crate) value: String,
    pub(crate) reason: Reason,
}

impl Findings {
    /// Whether a later run would find the same, given what [`Self::hold_for`] asks: nothing depended on the run's day, and
    /// every bad row is listed.
    pub fn are_lasting(&self) -> bool {
        self.rows_after_as_of == 0
            && !self.reasons.contains_key(&Reason::Future)
            && self.reasons.values().sum::<u64>() == self.bad.len() as u64
            && self.bad.len() <= MOST_BAD
    }

    /// Whether the same rows would come to the same on another day and among other customers: every one of them has
    /// happened, and whoever was unknown still is. That known customers are still known is for the keeper to see.
    pub(crate) fn hold_for(&self, as_of: Moment, customers: Option<&CustomerIndex>) -> bool {
        self.are_lasting()
            && self.latest.is_none_or(|latest| latest < as_of.0)
            && customers.is_none_or(|customers| self.strangers.iter().all(|id| customers.get(id).is_none()))
    }

    /// Adds them to what came of the table; the first of the rows is the file's record `first`.
    pub(crate) fn add_to(&self, intake: &mut Intake, path: &Path, rows: &RowNumbers, first: u64) {
        intake.rows_read += self.rows_read;
        intake.rows_kept += self.rows_kept;
        intake.rows_after_as_of += self.rows_after_as_of;
        intake.rows_quarantined += self.rows_quarantined;
        for (reason, count) in &self.reasons {
            *intake.reasons.entry(*reason).or_default() += count;
        }
        let room = Intake::KEPT_IN_DETAIL.saturating_sub(intake.quarantined.len());
        let table = intake.table;
        intake.quarantined.extend(self.bad.iter().take(room).map(|bad| BadRow {
            table,
            file: path.to_path_buf(),
            row: rows.row(first + bad.record),
            column: bad.column.clone(),
            value: bad.value.clone(),
            reason: bad.reason,
        }));
        intake.newest = intake.newest.max(self.newest.map(Moment));
        intake.orphans += self.orphans;
        intake.empty_references += self.empty_references;
    }
}
