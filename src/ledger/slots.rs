//! What became of each slot of the schedule: one row a report and local time, so that a daemon that starts again neither
//! repeats nor forgets.
//!
//! Knows no cron expression and no clock; which changes of a row are legal stands in the file itself.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDateTime, Utc};
use rusqlite::{Connection, OptionalExtension, Params, Row, TransactionBehavior, params};

use super::record::{Seal, written};
use super::rows::{self, time, unreadable};
use super::{Ledger, file};
use crate::error::{Exit, Result};

/// How far a slot has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SlotState {
    /// A child runs, or was cut off with the daemon.
    Started,
    /// It failed in a way that may pass; it is tried again, not before [`Slot::not_before`].
    Waiting,
    /// It came to an end: done, delivered before, or failed for good. [`Slot::exit`] says which.
    Done,
    /// It never ran, or was given up; [`Slot::reason`] says why.
    Missed,
    /// It fired while the same report was being made.
    SkippedOverlap,
}

impl SlotState {
    /// All states.
    pub const ALL: [Self; 5] = [Self::Started, Self::Waiting, Self::Done, Self::Missed, Self::SkippedOverlap];

    /// As the ledger writes it.
    pub fn id(self) -> &'static str {
        match self {
            Self::Started => "started",
            Self::Waiting => "waiting",
            Self::Done => "done",
            Self::Missed => "missed",
            Self::SkippedOverlap => "skipped_overlap",
        }
    }

    fn read(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.id() == id)
    }
}

/// [`Slot::reason`] of one that ended with 65, refused data, while mail of its final figures stands in the outbox: some readers' part
/// of the customers holds nobody, and the others have their report.
pub const MADE_FOR_SOME: &str = "made, but not for all of its readers";

/// [`Slot::exit`] of one that ended although another try would have helped: it may not be run any more, its report was made, and the
/// outbox goes on with the mail.
pub const LEFT_TO_THE_OUTBOX: u8 = Exit::TryAgain as u8;

/// A slot as the ledger knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slot {
    /// Report id.
    pub report: String,
    /// The local time that the expression names.
    pub civil: NaiveDateTime,
    /// When it fired.
    pub at: DateTime<Utc>,
    /// Id of the period that it is for.
    pub period: String,
    /// How far it has come.
    pub state: SlotState,
    /// Why it was missed, or what else is to be known, as [`MADE_FOR_SOME`]; may be empty.
    pub reason: String,
    /// Times that a child was started for it.
    pub attempts: u32,
    /// Exit code of the latest attempt that ended.
    pub exit: Option<u8>,
    /// Set while it waits: when it may be tried again.
    pub not_before: Option<DateTime<Utc>>,
    /// When this was recorded.
    pub updated: DateTime<Utc>,
}

/// A local time as the ledger writes it.
const CIVIL: &str = "%Y-%m-%dT%H:%M:%S";

const SLOTS: &str =
    "SELECT report, civil, at, period, state, reason, attempts, exit, not_before, updated, seal FROM slots";

impl Slot {
    fn seal(&self) -> String {
        Seal::default()
            .text(&self.report)
            .text(&self.civil.format(CIVIL).to_string())
            .text(&written(self.at))
            .text(&self.period)
            .text(self.state.id())
            .text(&self.reason)
            .text(&self.attempts.to_string())
            .optional(self.exit.map(|code| code.to_string()).as_deref())
            .optional(self.not_before.map(written).as_deref())
            .text(&written(self.updated))
            .close()
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<(Slot, String)> {
    let (civil, state): (String, String) = (row.get(1)?, row.get(4)?);
    let not_before: Option<String> = row.get(8)?;
    let slot = Slot {
        report: row.get(0)?,
        civil: NaiveDateTime::parse_from_str(&civil, CIVIL).map_err(|_| unreadable(1, &civil))?,
        at: time(row, 2)?,
        period: row.get(3)?,
        state: SlotState::read(&state).ok_or_else(|| unreadable(4, &state))?,
        reason: row.get(5)?,
        attempts: row.get(6)?,
        exit: row.get(7)?,
        not_before: not_before.map(|_| time(row, 8)).transpose()?,
        updated: time(row, 9)?,
    };
    Ok((slot, row.get(10)?))
}

impl Ledger {
    /// Records what became of slots, all of it or nothing.
    ///
    /// # Errors
    /// [`crate::error::Exit::Internal`] for a change that the file's rules do not allow.
    pub fn note_slots(&mut self, slots: &[Slot]) -> Result<()> {
        let path = self.path.clone();
        let fault = |error: rusqlite::Error| file::storage(&path, &error);
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(fault)?;
        for slot in slots {
            put(&transaction, slot).map_err(fault)?;
        }
        transaction.commit().map_err(fault)
    }

    /// Since when each report is scheduled by the expressions that it has now; for one that is new, or has others than before,
    /// since what `since` says. Reports that are not named are scheduled no more.
    ///
    /// # Errors
    /// As [`Ledger`] says.
    pub fn scheduled_since(
        &mut self,
        reports: &BTreeMap<String, String>,
        since: &dyn Fn(&str) -> DateTime<Utc>,
    ) -> Result<BTreeMap<String, DateTime<Utc>>> {
        let path = self.path.clone();
        let fault = |error: rusqlite::Error| file::storage(&path, &error);
        let known = scheduled(&self.connection).map_err(fault)?;
        let mut now = BTreeMap::new();
        for (report, expressions) in reports {
            let same = known.get(report).filter(|(before, _)| before == expressions);
            now.insert(report.clone(), (expressions.clone(), same.map_or_else(|| since(report), |(_, since)| *since)));
        }
        if now != known {
            let transaction =
                self.connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(fault)?;
            transaction.execute("DELETE FROM scheduled", []).map_err(fault)?;
            for (report, (expressions, since)) in &now {
                transaction
                    .execute("INSERT INTO scheduled VALUES (?1, ?2, ?3)", params![report, expressions, written(*since)])
                    .map_err(fault)?;
            }
            transaction.commit().map_err(fault)?;
        }
        Ok(now.into_iter().map(|(report, (_, since))| (report, since)).collect())
    }

    /// Since when a report is known to be scheduled, if a daemon has ever seen it.
    ///
    /// # Errors
    /// As [`Ledger`] says.
    pub fn known_since(&self, report: &str) -> Result<Option<DateTime<Utc>>> {
        self.connection
            .query_row("SELECT since FROM scheduled WHERE report = ?1", [report], |row| time(row, 0))
            .optional()
            .map_err(|error| self.fault(&error))
    }

    /// Slots that have begun and not ended, by time.
    ///
    /// # Errors
    /// As [`Ledger`] says.
    pub fn open_slots(&self) -> Result<Vec<Slot>> {
        self.select_slots("WHERE state IN ('started', 'waiting') ORDER BY at, report", [])
    }

    /// The slots that fired last, newest first.
    ///
    /// # Errors
    /// As [`Ledger`] says.
    pub fn last_slots(&self, count: u32) -> Result<Vec<Slot>> {
        self.select_slots("ORDER BY at DESC, report LIMIT ?1", [count])
    }

    /// The newest slot of each report in one of some states, by report.
    ///
    /// # Errors
    /// As [`Ledger`] says.
    pub fn newest_slots(&self, states: &[SlotState]) -> Result<BTreeMap<String, Slot>> {
        let names: Vec<&str> = states.iter().map(|state| state.id()).collect();
        self.newest("state IN (SELECT value FROM json_each(?1))", [serde_json::json!(names).to_string()])
    }

    /// The newest slot of each report for which it was made, whatever became of later ones, by report.
    ///
    /// # Errors
    /// As [`Ledger`] says.
    pub fn newest_made(&self) -> Result<BTreeMap<String, Slot>> {
        self.newest(&made(), [])
    }

    /// The newest slot of each report that meets a condition.
    fn newest<P: Params>(&self, condition: &str, parameters: P) -> Result<BTreeMap<String, Slot>> {
        let newest = format!("SELECT report, max(at) FROM slots WHERE {condition} GROUP BY report");
        // Ordered by time: of each report the last one stays.
        let of_it = format!("WHERE {condition} AND (report, at) IN ({newest}) ORDER BY at, civil");
        let slots = self.select_slots(&of_it, parameters)?;
        Ok(slots.into_iter().map(|slot| (slot.report.clone(), slot)).collect())
    }

    /// The slots of a report that were missed since it was last made on schedule, or left to the outbox, by time; slots of `period`
    /// count for neither: asked while that period is being made, or made again, the answer is the same.
    ///
    /// # Errors
    /// As [`Ledger`] says.
    pub fn missed_since_made(&self, report: &str, period: &str) -> Result<Vec<Slot>> {
        let of_another = "report = ?1 AND period <> ?2 AND";
        let last = format!("SELECT max(at) FROM slots WHERE {of_another} {}", made());
        self.select_slots(
            &format!(
                "WHERE {of_another} (state = 'missed' OR (state = 'done' AND exit = {LEFT_TO_THE_OUTBOX})) \
                 AND at > coalesce(({last}), '') ORDER BY at"
            ),
            [report, period],
        )
    }

    /// How many slots of each report stand like this.
    ///
    /// # Errors
    /// As [`Ledger`] says.
    pub fn count_slots(&self, state: SlotState) -> Result<BTreeMap<String, u64>> {
        let query = "SELECT report, count(*) FROM slots WHERE state = ?1 GROUP BY report";
        let counts = self.all(query, [state.id()], |row| Ok((row.get(0)?, rows::count(row, 1)?)))?;
        Ok(counts.into_iter().collect())
    }

    /// Slots, each with its seal checked.
    fn select_slots<P: Params>(&self, condition: &str, parameters: P) -> Result<Vec<Slot>> {
        let rows = self.all(&format!("{SLOTS} {condition}"), parameters, read)?;
        let is_sound = |(slot, seal): &(Slot, String)| slot.seal() == *seal;
        let rows = self.sealed(rows, is_sound, |(slot, _)| format!("the slot {} of `{}`", slot.civil, slot.report))?;
        Ok(rows.into_iter().map(|(slot, _)| slot).collect())
    }
}

/// The condition that a slot's report was made. 69: one reader could not be reached.
fn made() -> String {
    format!("state = 'done' AND (exit IN (0, 69) OR reason = '{MADE_FOR_SOME}')")
}

/// Each scheduled report with its expressions, and since when it has them.
fn scheduled(connection: &Connection) -> rusqlite::Result<BTreeMap<String, (String, DateTime<Utc>)>> {
    let mut statement = connection.prepare("SELECT report, expressions, since FROM scheduled")?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, (row.get(1)?, time(row, 2)?))))?;
    rows.collect()
}

fn put(connection: &Connection, slot: &Slot) -> rusqlite::Result<()> {
    connection.execute(
        "INSERT INTO slots VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) ON CONFLICT (report, civil) DO UPDATE SET \
         at = ?3, period = ?4, state = ?5, reason = ?6, attempts = ?7, exit = ?8, not_before = ?9, updated = ?10, seal = ?11",
        params![
            slot.report,
            slot.civil.format(CIVIL).to_string(),
            written(slot.at),
            slot.period,
            slot.state.id(),
            slot.reason,
            slot.attempts,
            slot.exit,
            slot.not_before.map(written),
            written(slot.updated),
            slot.seal(),
        ],
    )?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_793_872_800 + minute * 60, 0).unwrap()
    }

    fn slot(report: &str, day: u32, state: SlotState) -> Slot {
        let is_open = matches!(state, SlotState::Started | SlotState::Waiting);
        Slot {
            report: report.into(),
            civil: format!("2026-11-{day:02}T07:00:00").parse().unwrap(),
            at: at(i64::from(day) * 1440),
            period: "2026-10".into(),
            state,
            reason: if is_open || state == SlotState::Done { String::new() } else { "too late".into() },
            attempts: u32::from(is_open),
            exit: (state == SlotState::Done).then_some(0),
            not_before: (state == SlotState::Waiting).then(|| at(1)),
            updated: at(0),
        }
    }

    #[test]
    fn slots_read_back_and_an_ended_one_never_changes() {
        let state = tempfile::tempdir().unwrap();
        let mut ledger = Ledger::open(state.path()).unwrap();
        let mut first = slot("ops", 4, SlotState::Started);
        let rest = [slot("ops", 5, SlotState::Missed), slot("board", 5, SlotState::Done)];
        ledger.note_slots(std::slice::from_ref(&first)).unwrap();
        ledger.note_slots(&rest).unwrap();
        assert_eq!(ledger.open_slots().unwrap(), [first.clone()]);
        first = Slot { state: SlotState::Waiting, exit: Some(75), not_before: Some(at(3)), ..first };
        ledger.note_slots(std::slice::from_ref(&first)).unwrap();
        first = Slot { state: SlotState::Started, attempts: 2, not_before: None, ..first };
        ledger.note_slots(std::slice::from_ref(&first)).unwrap();
        first = Slot { state: SlotState::Done, exit: Some(65), ..first };
        ledger.note_slots(std::slice::from_ref(&first)).unwrap();

        let ledger = &mut Ledger::open(state.path()).unwrap();
        assert_eq!(ledger.last_slots(9).unwrap(), [rest[1].clone(), rest[0].clone(), first.clone()]);
        assert_eq!(ledger.newest_slots(&SlotState::ALL).unwrap()["ops"], rest[0]);
        assert_eq!(ledger.newest_slots(&[SlotState::Done]).unwrap()["ops"], first);
        assert_eq!(ledger.count_slots(SlotState::Missed).unwrap(), BTreeMap::from([("ops".to_owned(), 1)]));
        for again in [
            Slot { state: SlotState::Started, attempts: 3, ..first.clone() },
            Slot { reason: "another".into(), ..first.clone() },
            slot("ops", 5, SlotState::Started),
        ] {
            assert!(ledger.note_slots(&[again]).is_err());
        }
    }

    #[test]
    fn an_attempt_is_counted_and_the_period_stays() {
        let state = tempfile::tempdir().unwrap();
        let mut ledger = Ledger::open(state.path()).unwrap();
        let first = slot("ops", 4, SlotState::Started);
        ledger.note_slots(std::slice::from_ref(&first)).unwrap();
        for illegal in [
            Slot { attempts: 1, ..first.clone() },
            Slot { attempts: 3, ..first.clone() },
            Slot { attempts: 2, period: "2026-09".into(), ..first.clone() },
            Slot { attempts: 2, at: at(9), ..first.clone() },
        ] {
            assert!(ledger.note_slots(&[illegal]).is_err());
        }
        // A daemon that was cut off starts it once more.
        ledger.note_slots(&[Slot { attempts: 2, ..first }]).unwrap();
    }

    #[test]
    fn a_changed_cell_is_found() {
        let state = tempfile::tempdir().unwrap();
        Ledger::open(state.path()).unwrap().note_slots(&[slot("ops", 4, SlotState::Started)]).unwrap();
        let file = Connection::open(state.path().join("farol.db")).unwrap();
        file.execute("UPDATE slots SET attempts = 2, state = 'started'", []).unwrap();
        let failure = Ledger::open(state.path()).unwrap().open_slots().unwrap_err();
        assert_eq!(failure.diagnostics[0].code, "ledger-damaged");
    }

    #[test]
    fn a_report_is_scheduled_since_it_has_its_expressions() {
        let state = tempfile::tempdir().unwrap();
        let mut ledger = Ledger::open(state.path()).unwrap();
        let mut look = |reports: &[(&str, &str)], since| {
            let reports = reports.iter().map(|(report, cron)| ((*report).to_owned(), (*cron).to_owned())).collect();
            let found = ledger.scheduled_since(&reports, &|_| since).unwrap();
            found.into_iter().collect::<Vec<_>>()
        };
        let of = |report: &str, since| (report.to_owned(), since);
        assert_eq!(look(&[("ops", "0 7 * * *")], at(5)), [of("ops", at(5))]);
        let both = [("board", "0 7 1 * *"), ("ops", "0 7 * * *")];
        assert_eq!(look(&both, at(9)), [of("board", at(9)), of("ops", at(5))]);
        // Another expression is another schedule, and so is one that was gone for a while.
        let changed = [("board", "0 8 1 * *"), ("ops", "0 7 * * *")];
        assert_eq!(look(&changed, at(20)), [of("board", at(20)), of("ops", at(5))]);
        assert_eq!(look(&[], at(30)), []);
        assert_eq!(look(&changed[1..], at(40)), [of("ops", at(40))]);
        assert_eq!(ledger.known_since("ops").unwrap(), Some(at(40)));
        assert_eq!(ledger.known_since("board").unwrap(), None);
    }
}
