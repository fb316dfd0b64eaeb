//! Which figures of people's answers readers were shown, of which period, and who these readers are.
//!
//! Knows no values: what can be worked out of figures hangs on which they are.

use std::collections::btree_map::Entry;
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

/// What was told, with its number.
struct Recorded {
    told: i64,
    report: String,
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
    /// The periods that anybody was told of.
    ///
    /// # Errors
    /// As [`Ledger`] says.
    pub fn periods_told(&self) -> Result<BTreeSet<String>> {
        let query = "SELECT period FROM told_answers UNION SELECT r.period FROM told t JOIN runs r ON r.id = t.run";
        Ok(self.all(query, [], |row| row.get(0))?.into_iter().collect())
    }

    /// Who was told what of some periods, or may have been or may still be.
    ///
    /// # Errors
    /// As [`Ledger`] says.
    pub fn answers_told(&self, periods: &BTreeSet<String>) -> Result<Vec<Knowing>> {
        let mut readers: BTreeMap<i64, Arc<BTreeMap<String, bool>>> = BTreeMap::new();
        let mut all = Vec::new();
        for period in periods {
            for Recorded { told, report, scope, figures } in
                self.recorded_of(period)?.into_iter().chain(self.recorded_before(period)?)
            {
                let readers = match readers.entry(told) {
                    Entry::Occupied(known) => Arc::clone(known.get()),
                    Entry::Vacant(place) => Arc::clone(place.insert(Arc::new(self.readers_of(told)?))),
                };
                all.push(Knowing { report, period: period.clone(), scope, readers, told: figures });
            }
        }
        Ok(all)
    }

    /// What was told of a period, each with its number and part of the customers.
    fn recorded_of(&self, period: &str) -> Result<Vec<Recorded>> {
        let query = "SELECT a.told, r.report, t.scope, a.figures, a.seal FROM told_answers a JOIN told t ON t.id = a.told \
                     JOIN runs r ON r.id = t.run WHERE a.period = ?1 ORDER BY a.told";
        let row = |row: &Row<'_>| Ok((row.get(0)?, [row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?]));
        let found: Vec<(i64, [String; 4])> = self.all(query, [period], row)?;
        let rows = found.into_iter().map(|(told, [report, scope, figures, recorded])| {
            let is_whole = seal(told, &scope, period, &figures) == recorded;
            let figures = read(&figures).filter(|_| is_whole).ok_or_else(|| self.other_answers(told))?;
            Ok(Recorded { told, report, scope, figures })
        });
        rows.collect()
    }

    /// The same of mail that was recorded without its answers: the figures of its own period.
    fn recorded_before(&self, period: &str) -> Result<Vec<Recorded>> {
        let query = "SELECT t.id, t.run, t.scope, t.definitions, t.figures, t.seal, r.report FROM told t \
                     JOIN runs r ON r.id = t.run WHERE r.period = ?1 \
                     AND NOT EXISTS (SELECT 1 FROM told_answers a WHERE a.told = t.id) ORDER BY t.id";
        let row = |row: &Row<'_>| {
            let telling = Telling { scope: row.get(2)?, definitions: row.get(3)?, ..Telling::default() };
            Ok((row.get(0)?, row.get(1)?, telling, [row.get(4)?, row.get(5)?, row.get(6)?]))
        };
        let found: Vec<(i64, i64, Telling, [String; 3])> = self.all(query, [period], row)?;
        let one = |ToldFigure { dimension, segment, kpi, .. }| AnswersTold { dimension, segment, kpis: vec![kpi] };
        let rows = found.into_iter().map(|(told, run, telling, [cells, recorded, report])| {
            let figures = figures_of(told, run, &telling, &cells, &recorded);
            let figures = figures.ok_or_else(|| self.other_answers(told))?.into_iter().map(one).collect();
            Ok(Recorded { told, report, scope: telling.scope, figures })
        });
        rows.collect()
    }

    /// Who has, or may have, or may still get what was told.
    fn readers_of(&self, told: i64) -> Result<BTreeMap<String, bool>> {
        let mut readers = BTreeMap::new();
        for mail in self.select("JOIN told_to x ON x.delivery = d.id WHERE x.told = ?1", [told])? {
            if self.may_be_read(&mail)? {
                *readers.entry(mail.recipient).or_default() |= mail.state == State::Sent;
            }
        }
        Ok(readers)
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
