//! What came of judging the rows of one part of a file, so that a later run need not judge them again.
//!
//! Judges nothing; `contract` does.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::calendar::Moment;
use crate::digest::{Key, digest};
use crate::tables::index::CustomerIndex;
use crate::tables::intake::{Intake, PartRead};
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
    /// The oldest day of a kept row itself, in microseconds.
    pub(crate) oldest: Option<i64>,
    /// The newest stamp of any row, bad ones included.
    pub(crate) latest: Option<i64>,
    pub(crate) orphans: u64,
    pub(crate) empty_references: u64,
    /// The ids of the orphans.
    pub(crate) strangers: BTreeSet<String>,
    /// Column → what its numbers add up to without their signs, where columns are added up; stops at the greatest `u64`.
    pub(crate) totals: BTreeMap<String, u64>,
    /// What tells the rows from those of other parts: a number each, where rows are told apart.
    #[serde(skip)]
    pub(crate) identities: Vec<u128>,
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
    /// As bytes, to be kept; `None` if they are too many.
    pub fn to_bytes(&self) -> Option<Vec<u8>> {
        let rest = serde_json::to_vec(self).ok()?;
        let length = |length: usize| u32::try_from(length).ok();
        let mut bytes = Vec::with_capacity(8 + 16 * self.identities.len() + rest.len());
        bytes.extend(length(rest.len())?.to_le_bytes());
        bytes.extend(length(self.identities.len())?.to_le_bytes());
        bytes.extend(rest);
        self.identities.iter().for_each(|identity| bytes.extend(identity.to_le_bytes()));
        Some(bytes)
    }

    /// From such bytes, and what comes after them; `None` if they are no such bytes.
    pub fn from_bytes(bytes: &[u8]) -> Option<(Self, &[u8])> {
        let length = |bytes: &[u8; 4]| usize::try_from(u32::from_le_bytes(*bytes)).ok();
        let (rest, bytes) = bytes.split_first_chunk::<4>()?;
        let (identities, bytes) = bytes.split_first_chunk::<4>()?;
        let (rest, bytes) = bytes.split_at_checked(length(rest)?)?;
        let (identities, bytes) = bytes.split_at_checked(length(identities)?.checked_mul(16)?)?;
        let (identities, _) = identities.as_chunks::<16>();
        let identities = identities.iter().map(|identity| u128::from_le_bytes(*identity)).collect();
        Some((Self { identities, ..serde_json::from_slice(rest).ok()? }, bytes))
    }

    /// Whether a later run would find the same, given what [`Self::hold_for`] asks: nothing depended on the run's day or on
    /// other parts, and every bad row is listed.
    fn are_lasting(&self) -> bool {
        self.rows_after_as_of == 0
            && ![Reason::Future, Reason::RepeatedKey, Reason::RepeatedRow, Reason::CustomerNotYetValid]
                .iter()
                .any(|reason| self.reasons.contains_key(reason))
            && self.reasons.values().sum::<u64>() == self.bad.len() as u64
            && self.bad.len() <= MOST_BAD
    }

    /// Whether the same rows would come to the same on another day and among other customers: every one of them has
    /// happened, and whoever was unknown still is. That known customers are still known is for the keeper to see.
    pub(crate) fn hold_for(&self, as_of: Moment, customers: Option<&CustomerIndex>) -> bool {
        self.are_lasting()
            && self.latest.is_none_or(|latest| latest < as_of.0)
            && customers.is_none_or(|customers| {
                self.strangers.iter().all(|id| customers.get(id).is_none() && !customers.is_to_come(id))
            })
    }

    /// What the kept rows are known by, if there are any; `key` is the part's, where the same rows would be kept on another day.
    pub(crate) fn part(&self, key: Option<&Key>) -> Option<PartRead> {
        // Who is unknown is not decided by the part's own bytes.
        let strangers = || self.strangers.iter().flat_map(|id| [id.as_bytes(), b"\0"]);
        let content = key.map(|key| digest(&std::iter::once(key.as_slice()).chain(strangers()).collect::<Vec<_>>()));
        (self.rows_kept > 0).then_some(PartRead { oldest: self.oldest, newest: self.newest, content })
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
        intake.oldest = [intake.oldest, self.oldest.map(Moment)].into_iter().flatten().min();
        for (column, total) in &self.totals {
            let sum = intake.totals.entry(column.clone()).or_default();
            *sum = sum.saturating_add(*total);
        }
        intake.orphans += self.orphans;
        intake.empty_references += self.empty_references;
    }
}
