//! The ledger at a glance, for `farol status`, `farol health` and whoever watches: counts, last times, what waits.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, params};

use super::record::written;
use super::rows::{self, parse_time, unreadable};
use super::{Delivery, Ledger, RunRecord, State};
use crate::error::Result;

/// How many deliveries stand like this, by state.
pub type Outbox = BTreeMap<State, u64>;

/// A run of a report whose clock was ahead: after it, an earlier time was shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DatedAhead {
    /// The run.
    pub record: RunRecord,
    /// The earliest time that was shown after it.
    pub seen: DateTime<Utc>,
    /// The latest time that was recorded before it and lies no later than `seen`.
    pub before: Option<DateTime<Utc>>,
}

impl Ledger {
    /// The runs that were recorded last, newest first, without mails to operators.
    ///
    /// # Errors
    /// As [`Ledger`] says.
    pub fn last_runs(&self, count: u32) -> Result<Vec<RunRecord>> {
        self.select_runs("WHERE report <> '(operators)' ORDER BY id DESC LIMIT ?1", [count])
    }

    /// The newest run of each report, by report.
    ///
    /// # Errors
    /// As [`Ledger`] says.
    pub fn newest_runs(&self) -> Result<BTreeMap<String, RunRecord>> {
        let runs = self.select_runs(
            "WHERE report <> '(operators)' AND id IN (SELECT max(id) FROM runs GROUP BY report) ORDER BY id",
            [],
        )?;
        Ok(runs.into_iter().map(|run| (run.run.report.clone(), run)).collect())
    }

    /// When each report was last delivered, by report: when the last mail was taken over of a run of which nothing waits any more.
    ///
    /// # Errors
    /// As [`Ledger`] says.
    pub fn last_sent(&self) -> Result<BTreeMap<String, DateTime<Utc>>> {
        let query = "SELECT r.report, max(d.updated) FROM deliveries d JOIN runs r ON r.id = d.run \
                     WHERE d.state = 'sent' AND NOT EXISTS (SELECT 1 FROM deliveries w WHERE w.run = d.run \
                     AND w.state IN ('pending', 'sending', 'deferred', 'unknown')) GROUP BY r.report";
        let times = self.all(query, [], |row| Ok((row.get(0)?, rows::time(row, 1)?)))?;
        Ok(times.into_iter().collect())
    }

    /// How many deliveries to readers there are in each state, trials left out; every state is there.
    ///
    /// # Errors
    /// As [`Ledger`] says.
    pub fn outbox(&self) -> Result<Outbox> {
        let query = "SELECT d.state, count(*) FROM deliveries d JOIN runs r ON r.id = d.run \
                     WHERE r.report <> '(operators)' AND r.report NOT LIKE '% (trial)' GROUP BY d.state";
        let counts = self.all(query, [], |row| Ok((row.get(0)?, rows::count(row, 1)?)))?;
        let counts: BTreeMap<String, u64> = counts.into_iter().collect();
        Ok(State::ALL.into_iter().map(|state| (state, counts.get(state.id()).copied().unwrap_or(0))).collect())
    }

    /// The deliveries that failed for good in the newest revision of their report and period, newest first.
    ///
    /// # Errors
    /// As [`Ledger`] says.
    pub fn failed(&self, count: u32) -> Result<Vec<Delivery>> {
        self.select(
            "WHERE d.state IN ('failed', 'dead') AND r.report <> '(operators)' AND r.revision = (SELECT max(n.revision) FROM runs n \
             WHERE n.report = r.report AND n.period = r.period) ORDER BY d.id DESC LIMIT ?1",
            [count],
        )
    }

    /// The mails to operators that failed for good, newest first.
    ///
    /// # Errors
    /// As [`Ledger`] says.
    pub fn failed_to_operators(&self, count: u32) -> Result<Vec<Delivery>> {
        let condition = "WHERE d.state IN ('failed', 'dead') AND r.report = '(operators)' ORDER BY d.id DESC LIMIT ?1";
        self.select(condition, [count])
    }

    /// The newest delivery of a report to a person, of whatever period.
    ///
    /// # Errors
    /// As [`Ledger`] says.
    pub fn last_to(&self, report: &str, recipient: &str) -> Result<Option<Delivery>> {
        let condition = "WHERE r.report = ?1 AND d.recipient = ?2 ORDER BY d.id DESC LIMIT 1";
        Ok(self.select(condition, [report, recipient])?.pop())
    }

    /// The latest time that anything was recorded of the newest run, by the clock of then; where there was none, of the slots. A run
    /// under a clock that was wrong counts no longer once there is one under a clock that is right.
    ///
    /// # Errors
    /// As [`Ledger`] says.
    pub fn latest_time(&self) -> Result<Option<DateTime<Utc>>> {
        let query = "WITH newest AS (SELECT max(id) AS run FROM runs) \
                     SELECT coalesce(max(at), (SELECT max(updated) FROM slots)) FROM (SELECT finished AS at FROM runs \
                     JOIN newest ON id = run UNION ALL SELECT updated FROM deliveries JOIN newest USING (run))";
        let text: Option<Option<String>> =
            self.connection.query_row(query, [], |row| row.get(0)).optional().map_err(|error| self.fault(&error))?;
        let parsed = |text: String| parse_time(&text).ok_or_else(|| self.fault(&unreadable(0, &text)));
        text.flatten().map(parsed).transpose()
    }

    /// The runs of reports to readers that are dated later than a run recorded after them, or than now, oldest first.
    ///
    /// # Errors
    /// As [`Ledger`] says.
    pub fn dated_ahead(&self, now: DateTime<Utc>) -> Result<Vec<DatedAhead>> {
        // One pass, newest first.
        let query = "WITH shown AS (SELECT id, report, finished, min(?1, coalesce(min(finished) OVER \
                     (ORDER BY id DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), ?1)) AS seen FROM runs) \
                     SELECT id, seen, (SELECT max(b.finished) FROM runs b WHERE b.id < shown.id AND b.finished <= seen) FROM shown \
                     WHERE finished > seen AND report <> '(operators)' AND report NOT LIKE '% (trial)' ORDER BY id";
        let read =
            |row: &rusqlite::Row<'_>| Ok((row.get::<_, i64>(0)?, rows::time(row, 1)?, rows::optional_time(row, 2)?));
        let mut found = Vec::new();
        for (id, seen, before) in self.all(query, params![written(now)], read)? {
            found.extend(self.run(id)?.map(|record| DatedAhead { record, seen, before }));
        }
        Ok(found)
    }
}
