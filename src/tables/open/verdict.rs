//! The table as a whole, after its last row: whether it has rows, few enough bad ones, and new ones.
//!
//! Knows counts, no rows.

use std::path::{Path, PathBuf};

use crate::calendar::Moment;
use crate::config::Source;
use crate::diagnostic::{Diagnostic, Place};
use crate::error::{Exit, Failure, Result};
use crate::tables::date::DAY_MICROS;
use crate::tables::intake::Intake;
use crate::tables::quarantine::Reason;

/// What a table as a whole must hold.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    max_bad_rows: f64,
    max_age_days: Option<i64>,
    as_of: Moment,
}

impl Limits {
    /// As configured; ages count back from `as_of`.
    pub(super) fn of(source: &Source, as_of: Moment) -> Self {
        Self { max_bad_rows: source.max_bad_rows, max_age_days: source.max_age_days, as_of }
    }

    /// Refuses a table that does not hold them, with every reason.
    pub(super) fn check(&self, intake: &mut Intake, paths: &[PathBuf]) -> Result<()> {
        let name = intake.table.name();
        let path = paths.first().cloned().unwrap_or_default();
        let refuse = |faults| Err(Failure::many(Exit::DataRefused, faults));
        if intake.rows_read == 0 {
            let fault = Diagnostic::error("empty-table", format!("`{name}` has no rows"));
            let help = "look at the export, or leave the table out of `data:`";
            return refuse(vec![fault.at(Place::file(path)).help(help)]);
        }
        intake.warnings.extend(alike(intake, &path));
        let mut faults = Vec::new();
        #[expect(clippy::cast_precision_loss, reason = "a share, for a threshold")]
        let share = intake.rows_quarantined as f64 / intake.rows_read as f64;
        if share > self.max_bad_rows {
            faults.extend(too_many(intake, share, self.max_bad_rows, &path));
        }
        faults.extend(too_great(intake, &path));
        match (self.max_age_days, intake.newest) {
            (Some(limit), Some(newest)) => {
                let age_days = (self.as_of.0 - newest.0).div_euclid(DAY_MICROS);
                if age_days > limit {
                    let message = format!(
                        "the newest row of `{name}` is {age_days} days old, more than `max_age: {limit}d` allows"
                    );
                    let help = "look at why the export stands still, or raise `max_age`";
                    faults.push(Diagnostic::error("too-old", message).at(Place::file(&path)).help(help));
                }
            }
            (Some(_), None) => {
                let message = format!("no row of `{name}` has a date by which `max_age` could judge it");
                intake.warnings.push(Diagnostic::warning("no-age", message).at(Place::file(&path)));
            }
            (None, _) => {}
        }
        if faults.is_empty() { Ok(()) } else { refuse(faults) }
    }
}

/// Columns whose numbers add up to more than a sum of theirs, or of their squares in 128 bits, could hold. No sum of some of
/// the rows is greater than that of all, so that none has to be looked after where it is made.
fn too_great(intake: &Intake, path: &Path) -> Vec<Diagnostic> {
    let great = intake.totals.iter().filter(|(_, total)| **total > i64::MAX.unsigned_abs());
    let fault = |(column, _): (&String, &u64)| {
        let name = intake.table.name();
        let message = format!("the numbers of `{column}` in `{name}` add up to more than farol can add up");
        let help =
            "see whether it holds what it should: sums end at 9.2 × 10¹² of money, and 9.2 × 10¹⁸ of what is counted";
        Diagnostic::error("sum-too-great", message).at(Place::file(path)).help(help)
    };
    great.map(fault).collect()
}

/// Rows that were taken for an earlier one because they are the same, where a key could have told them apart.
fn alike(intake: &Intake, path: &Path) -> Option<Diagnostic> {
    let (count, key) = (intake.reasons.get(&Reason::RepeatedRow)?, intake.table.spec().key.first()?);
    let name = intake.table.name();
    let (rows, are, were) = if *count == 1 { ("row", "is", "was") } else { ("rows", "are", "were") };
    let message =
        format!("{count} {rows} of `{name}` {are} in every column the same as an earlier row, and {were} left out");
    let help = format!("if these are things of their own, map `{key}`, which tells them apart");
    Some(Diagnostic::warning("repeated-rows", message).at(Place::file(path)).help(help))
}

/// Examples of bad rows in a fault.
const EXAMPLES: usize = 5;

/// Too many bad rows: how many, why, the first of them, and what to do.
fn too_many(intake: &Intake, share: f64, limit: f64, path: &Path) -> Vec<Diagnostic> {
    let reasons: Vec<_> = intake.reasons.iter().map(|(reason, count)| format!("{count} {}", reason.code())).collect();
    let message = format!(
        "{} of {} rows of `{}` break their contract ({:.2} %), more than `max_bad_rows: {}%` allows: {}",
        intake.rows_quarantined,
        intake.rows_read,
        intake.table.name(),
        100.0 * share,
        100.0 * limit,
        reasons.join(", ")
    );
    let help = if intake.reasons.contains_key(&Reason::CustomerNotYetValid) {
        "give these customers a row of `customers` with an empty `valid_from`, for the time before; or raise `max_bad_rows`"
    } else {
        "correct the rows where they come from, map their values, or raise `max_bad_rows`"
    };
    let mut faults = vec![Diagnostic::error("too-many-bad-rows", message).at(Place::file(path)).help(help)];
    faults.extend(intake.quarantined.iter().take(EXAMPLES).map(|bad| {
        let value: String = bad.value.chars().take(40).collect();
        // A row that is bad as a whole has neither a column nor a value.
        let cell = if bad.column.is_empty() && value.is_empty() {
            String::new()
        } else if bad.column.is_empty() {
            format!("`{value}`: ")
        } else {
            format!("column `{}`, `{value}`: ", bad.column)
        };
        let message = format!("{cell}{}", bad.reason.words());
        let place = Place { file: bad.file.clone(), line: usize::try_from(bad.row).ok(), column: None };
        Diagnostic::error(bad.reason.code(), message).at(place)
    }));
    faults
}
