//! Which figures of people's answers readers were shown, of which period, and who these readers are.
//!
//! Knows no values: what can be worked out of figures hangs on which they are.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rusqlite::{Row, Transaction, params};

use super::record::{Seal, State};
use super::told::{Telling, ToldFigure, figures_of};
use super::{Delivery, Ledger};
use crate::error::{Failure, Result};

/// The figures of people's answers that were shown in one place of a period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnswersTold {
    /// `total`, `plan`.
    pub dimension: String,
    /// `total`, `Pro`.
    pub segment: String,
    /// KPI ids.
    pub kpis: Vec<String>,
}

/// Who was told what of a period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Knowing {
    /// Report id.
    pub report: String,
    /// Period id.
    pub period: String,
    /// The part of the customers, as JSON with sorted keys.
    pub scope: String,
    /// Bare addresses, and whether the mail was taken over; of others it may have been, or may still be.
    pub readers: Arc<BTreeMap<String, bool>>,
    /// What they were told. Of mail that a ledger older than version 7 recorded also what is of no answers, and nothing of
    /// earlier periods.
    pub told: Vec<AnswersTold>,
}

/// What was told of a period.
struct Recorded {
    report: String,
    period: String,
    scope: String,
    figures: Vec<AnswersTold>,
}

/// The figures as the file holds them: a list of lists.
type Cells = Vec<(String, String, Vec<String>)>;

fn written(told: &[AnswersTold]) -> String {
    let cells =
        told.iter().map(|AnswersTold { dimension, segment, kpis }| serde_json::json!([dimension, segment, kpis]));
    serde_json::Value::Array(cells.collect()).to_string()
}

fn read(text: &str) -> Option<Vec<AnswersTold>> {
    let cells: Cells = serde_json::from_str(text).ok()?;
    Some(cells.into_iter().map(|(dimension, segment, kpis)| AnswersTold { dimension, segment, kpis }).collect())
}

fn seal(told: i64, scope: &str, period: &str, figures: &str) -> String {
    [told.to_string().as_str(), scope, period, figures].into_iter().fold(Seal::default(), Seal::text).close()
}

/// Writes what a telling shows of each period.
pub(super) fn insert(transaction: &Transaction<'_>, told: i64, telling: &Telling) -> rusqlite::Result<()> {
    for (period, figures) in &telling.answers {
        let figures = written(figures);
        let seal = seal(told, &telling.scope, period, &figures);
        transaction
            .execute("INSERT INTO told_answers VALUES (?1, ?2, ?3, ?4)", params![told, period, figures, seal])?;
    }
    Ok(())
}

impl Ledger {
    /// What some readers, by their bare addresses, were told of answers, or may have been or may still be.
    ///
    /// # Errors
    /// As [`Ledger`] says.
    pub fn answers_told(&self, readers: &BTreeSet<String>) -> Result<Vec<Knowing>> {
        let mut readers_of: BTreeMap<i64, BTreeMap<String, bool>> = BTreeMap::new();
        for reader in readers {
            for mail in self.select("WHERE d.recipient = ?1 ORDER BY d.id", [reader])? {
                if self.may_be_read(&mail)? {
                    for told in self.all("SELECT told FROM told_to WHERE delivery = ?1", [mail.id], |row| row.get(0))? {
                        let is_certain = readers_of.entry(told).or_default().entry(reader.clone()).or_default();
                        *is_certain |= mail.state == State::Sent;
                    }
                }
            }
        }
        let mut all = Vec::new();
        for (told, readers) in readers_of {
            let readers = Arc::new(readers);
            let knowing = |Recorded { report, period, scope, figures }| Knowing {
                report,
                period,
                scope,
                readers: Arc::clone(&readers),
                told: figures,
            };
            let own = self.recorded(told)?;
            all.extend(if own.is_empty() { self.recorded_before(told)? } else { own }.into_iter().map(knowing));
        }
        Ok(all)
    }

    /// What was told of each period.
    fn recorded(&self, told: i64) -> Result<Vec<Recorded>> {
        let query = "SELECT r.report, a.period, t.scope, a.figures, a.seal FROM told_answers a \
                     JOIN told t ON t.id = a.told JOIN runs r ON r.id = t.run WHERE a.told = ?1 ORDER BY a.period";
        let row = |row: &Row<'_>| Ok([row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?]);
        let found: Vec<[String; 5]> = self.all(query, [told], row)?;
        let rows = found.into_iter().map(|[report, period, scope, figures, recorded]| {
            let is_whole = seal(told, &scope, &period, &figures) == recorded;
            let figures = read(&figures).filter(|_| is_whole).ok_or_else(|| self.other_answers(told))?;
            Ok(Recorded { report, period, scope, figures })
        });
        rows.collect()
    }

    /// The same of mail that was recorded without its answers: the figures of its own period.
    fn recorded_before(&self, told: i64) -> Result<Vec<Recorded>> {
        let query = "SELECT t.run, t.scope, t.definitions, t.figures, t.seal, r.report, r.period FROM told t \
                     JOIN runs r ON r.id = t.run WHERE t.id = ?1";
        let row = |row: &Row<'_>| {
            let telling = Telling { scope: row.get(1)?, definitions: row.get(2)?, ..Telling::default() };
            Ok((row.get(0)?, telling, [row.get(3)?, row.get(4)?, row.get(5)?, row.get(6)?]))
        };
        let found: Vec<(i64, Telling, [String; 4])> = self.all(query, [told], row)?;
        let one = |ToldFigure { dimension, segment, kpi, .. }| AnswersTold { dimension, segment, kpis: vec![kpi] };
        let rows = found.into_iter().map(|(run, telling, [cells, recorded, report, period])| {
            let figures = figures_of(told, run, &telling, &cells, &recorded);
            let figures = figures.ok_or_else(|| self.other_answers(told))?.into_iter().map(one).collect();
            Ok(Recorded { report, period, scope: telling.scope, figures })
        });
        rows.collect()
    }

    /// Whether somebody has a mail, may have it, or may still get it.
    fn may_be_read(&self, mail: &Delivery) -> Result<bool> {
        match mail.state {
            State::Failed | State::Dead => self.may_have_arrived(mail),
            // Who gives a mail up by hand may have told its reader what it says.
            _ => Ok(true),
        }
    }

    fn other_answers(&self, told: i64) -> Failure {
        self.damaged(&format!("which answers telling {told} shows is not as it was recorded"))
    }
}
