//! What readers were told: the figures of a report as one part of the customers saw them, and when they left.
//!
//! Compares nothing.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, Row, Transaction, params};
use serde::{Deserialize, Serialize};

use super::Ledger;
use super::answers::{self, AnswersTold};
use super::record::Seal;
use super::rows::time;
use crate::error::{Failure, Result};

/// A figure as a reader saw it: only those that had a value to see.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ToldFigure {
    /// `total`, `plan`.
    pub dimension: String,
    /// `total`, `Pro`.
    pub segment: String,
    /// KPI id.
    pub kpi: String,
    /// The value. Finite.
    pub value: f64,
    /// Whether it was said to be able to change by time alone.
    pub may_change: bool,
}

/// What the readers of one part of the customers are told by a run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Telling {
    /// The part of the customers, as JSON with sorted keys.
    pub scope: String,
    /// Digest of the definitions of the figures.
    pub definitions: String,
    /// The figures.
    pub figures: Vec<ToldFigure>,
    /// Period → the figures of people's answers that are shown of it. Only [`Ledger::answers_told`] reads them back.
    pub answers: BTreeMap<String, Vec<AnswersTold>>,
}

/// What was told and has arrived.
#[derive(Clone, Debug, PartialEq)]
pub struct ToldRecord {
    /// The period told of.
    pub period: String,
    /// When the first mail that tells it was taken over.
    pub sent: DateTime<Utc>,
    /// The run's inputs, as JSON.
    pub inputs: String,
    /// The version of the program.
    pub version: String,
    /// What was told.
    pub telling: Telling,
}

/// The figures as the file holds them: a list of lists.
type Cells = Vec<(String, String, String, f64, bool)>;

fn written(figures: &[ToldFigure]) -> String {
    let cells = figures.iter().map(|figure| {
        let ToldFigure { dimension, segment, kpi, value, may_change } = figure;
        serde_json::json!([dimension, segment, kpi, value, may_change])
    });
    serde_json::Value::Array(cells.collect()).to_string()
}

fn read(text: &str) -> serde_json::Result<Vec<ToldFigure>> {
    let cells: Cells = serde_json::from_str(text)?;
    let figure =
        |(dimension, segment, kpi, value, may_change)| ToldFigure { dimension, segment, kpi, value, may_change };
    Ok(cells.into_iter().map(figure).collect())
}

fn seal(id: i64, run: i64, scope: &str, definitions: &str, figures: &str) -> String {
    let numbers = [id, run].map(|number| number.to_string());
    [numbers[0].as_str(), &numbers[1], scope, definitions, figures]
        .into_iter()
        .fold(Seal::default(), Seal::text)
        .close()
}

/// Writes what a delivery tells; mails of one run and one part of the customers share it.
pub(super) fn insert(
    transaction: &Transaction<'_>,
    run: i64,
    delivery: i64,
    telling: &Arc<Telling>,
) -> rusqlite::Result<()> {
    let known = transaction
        .query_row("SELECT id FROM told WHERE run = ?1 AND scope = ?2", params![run, telling.scope], |row| row.get(0))
        .optional()?;
    let id: i64 = if let Some(id) = known {
        id
    } else {
        let id = transaction.query_row("SELECT coalesce(max(id), 0) + 1 FROM told", [], |row| row.get(0))?;
        let figures = written(&telling.figures);
        let seal = seal(id, run, &telling.scope, &telling.definitions, &figures);
        transaction.execute(
            "INSERT INTO told VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![id, run, telling.scope, telling.definitions, figures, seal],
        )?;
        answers::insert(transaction, id, telling)?;
        id
    };
    transaction.execute("INSERT INTO told_to VALUES (?1, ?2)", params![delivery, id])?;
    Ok(())
}

/// The figures of a row, if its seal holds.
pub(super) fn figures_of(id: i64, run: i64, of: &Telling, cells: &str, recorded: &str) -> Option<Vec<ToldFigure>> {
    let is_whole = seal(id, run, &of.scope, &of.definitions, cells) == recorded;
    read(cells).ok().filter(|_| is_whole)
}

/// A row before its seal is checked.
struct Found {
    id: i64,
    run: i64,
    figures: String,
    seal: String,
    record: ToldRecord,
}

fn found(row: &Row<'_>) -> rusqlite::Result<Found> {
    let telling = Telling { scope: row.get(2)?, definitions: row.get(3)?, ..Telling::default() };
    Ok(Found {
        id: row.get(0)?,
        run: row.get(1)?,
        figures: row.get(4)?,
        seal: row.get(5)?,
        record: ToldRecord {
            period: row.get(6)?,
            sent: time(row, 9)?,
            inputs: row.get(7)?,
            version: row.get(8)?,
            telling,
        },
    })
}

impl Ledger {
    /// What the readers of a part of the customers were last told of each period of a report, by period; only what has
    /// arrived with one of them.
    ///
    /// # Errors
    /// As [`Ledger`] says.
    pub fn told(&self, report: &str, scope: &str) -> Result<Vec<ToldRecord>> {
        let query = "SELECT t.id, t.run, t.scope, t.definitions, t.figures, t.seal, r.period, r.inputs, r.version, \
                     min(d.updated) FROM told t JOIN runs r ON r.id = t.run JOIN told_to x ON x.told = t.id \
                     JOIN deliveries d ON d.id = x.delivery \
                     WHERE r.report = ?1 AND t.scope = ?2 AND d.state = 'sent' GROUP BY t.id ORDER BY r.revision, t.id";
        let rows = (|| {
            let mut statement = self.connection.prepare(query)?;
            let rows = statement.query_map([report, scope], found)?;
            rows.collect::<rusqlite::Result<Vec<_>>>()
        })()
        .map_err(|error| self.fault(&error))?;
        let mut newest = BTreeMap::new();
        for row in rows {
            let Found { id, run, figures: cells, seal, mut record } = row;
            let figures = figures_of(id, run, &record.telling, &cells, &seal);
            record.telling.figures = figures.ok_or_else(|| self.other_told(run))?;
            newest.insert(record.period.clone(), record);
        }
        Ok(newest.into_values().collect())
    }

    /// What each mail of a report of a period tells, by the number of the delivery, whatever has become of it.
    ///
    /// # Errors
    /// As [`Ledger`] says.
    pub fn tellings(&self, report: &str, period: &str) -> Result<BTreeMap<i64, Telling>> {
        let query = "SELECT x.delivery, t.id, t.run, t.scope, t.definitions, t.figures, t.seal \
                     FROM told t JOIN told_to x ON x.told = t.id JOIN runs r ON r.id = t.run WHERE r.report = ?1 AND r.period = ?2";
        let row = |row: &Row<'_>| {
            let telling = Telling { scope: row.get(3)?, definitions: row.get(4)?, ..Telling::default() };
            let numbers: [i64; 3] = [row.get(0)?, row.get(1)?, row.get(2)?];
            Ok((numbers, telling, row.get::<_, String>(5)?, row.get::<_, String>(6)?))
        };
        let mut told = BTreeMap::new();
        for ([delivery, id, run], mut telling, cells, seal) in self.all(query, [report, period], row)? {
            telling.figures = figures_of(id, run, &telling, &cells, &seal).ok_or_else(|| self.other_told(run))?;
            told.insert(delivery, telling);
        }
        Ok(told)
    }

    fn other_told(&self, run: i64) -> Failure {
        self.damaged(&format!("what run {run} told is not as it was recorded"))
    }
}
