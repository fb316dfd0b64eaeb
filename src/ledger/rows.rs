//! The ledger's rows in SQL: how each is written and how it is read back.
//!
//! Checks no seal and opens no transaction; [`super::Ledger`] does both.

use chrono::{DateTime, Utc};
use rusqlite::types::Type;
use rusqlite::{Row, Transaction, params};

use crate::digest::sha256;

use super::decisions::{self, Choice};
use super::record::{Delivery, Figure, NewDelivery, Run, RunRecord, State, figures_digest, written};
use super::{rights, told};

/// Every delivery with the name of its run.
pub(super) const DELIVERIES: &str = "SELECT d.id, d.run, r.report, r.period, r.revision, d.recipient, d.locale, d.sender, \
    d.message_id, d.message, d.state, d.dot_intent, d.not_before, d.deliver_by, d.reply, d.attempts, d.resends, d.updated, \
    d.seal, r.finished \
    FROM deliveries d JOIN runs r ON r.id = d.run";

/// Every run with the digest of its figures.
pub(super) const RUNS: &str = "SELECT id, report, period, revision, started, finished, as_of, configuration, inputs, version, \
    status, warnings, figures, seal FROM runs";

/// Writes a run, its figures, its messages and its deliveries.
pub(super) fn insert(
    transaction: &Transaction<'_>,
    run: &Run,
    figures: &[Figure],
    deliveries: &[NewDelivery],
) -> rusqlite::Result<i64> {
    let id = transaction.query_row("SELECT coalesce(max(id), 0) + 1 FROM runs", [], |row| row.get(0))?;
    let all = figures_digest(figures);
    let record = RunRecord { id, run: run.clone() };
    let warnings = serde_json::Value::from(run.warnings.clone()).to_string();
    transaction.execute(
        "INSERT INTO runs VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
        params![
            id,
            run.report,
            run.period,
            run.revision,
            written(run.started),
            written(run.finished),
            written(run.as_of),
            run.configuration,
            run.inputs,
            run.version,
            if run.complete { "complete" } else { "failed" },
            warnings,
            all,
            record.seal(&all),
        ],
    )?;
    insert_figures(transaction, id, figures)?;
    for delivery in deliveries {
        insert_delivery(transaction, &record, delivery)?;
    }
    Ok(id)
}

/// Writes the figures of a run.
fn insert_figures(transaction: &Transaction<'_>, run: i64, figures: &[Figure]) -> rusqlite::Result<()> {
    let mut statement =
        transaction.prepare("INSERT INTO figures VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)")?;
    for (position, figure) in figures.iter().enumerate() {
        statement.execute(params![
            run,
            i64::try_from(position).unwrap_or(i64::MAX),
            figure.dimension,
            figure.segment,
            figure.kpi,
            figure.unit,
            figure.value,
            figure.n.map(|n| i64::try_from(n).unwrap_or(i64::MAX)),
            figure.numerator,
            figure.denominator,
            figure.low,
            figure.high,
            figure.note,
        ])?;
    }
    Ok(())
}

/// Writes a message and the delivery that waits for it.
fn insert_delivery(transaction: &Transaction<'_>, run: &RunRecord, new: &NewDelivery) -> rusqlite::Result<()> {
    let sha256 = sha256(&new.message);
    transaction.execute("INSERT OR IGNORE INTO messages VALUES (?1, ?2)", params![sha256, new.message])?;
    let delivery = Delivery {
        id: transaction.query_row("SELECT coalesce(max(id), 0) + 1 FROM deliveries", [], |row| row.get(0))?,
        run: run.id,
        report: run.run.report.clone(),
        period: run.run.period.clone(),
        revision: run.run.revision,
        recipient: new.recipient.clone(),
        locale: new.locale.clone(),
        sender: new.sender.clone(),
        message_id: new.message_id.clone(),
        message: sha256,
        state: State::Pending,
        dot_intent: None,
        not_before: None,
        deliver_by: Some(new.deliver_by),
        reply: None,
        attempts: 0,
        resends: 0,
        updated: run.run.finished,
        recorded: run.run.finished,
    };
    transaction.execute(
        "INSERT INTO deliveries VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, NULL, NULL, ?9, NULL, 0, 0, ?10, ?11)",
        params![
            delivery.id,
            delivery.run,
            delivery.recipient,
            delivery.locale,
            delivery.sender,
            delivery.message_id,
            delivery.message,
            delivery.state.id(),
            written(new.deliver_by),
            written(delivery.updated),
            delivery.seal(),
        ],
    )?;
    told::insert(transaction, run.id, delivery.id, &new.told)?;
    rights::insert(transaction, delivery.id, new)
}

/// Gives up what earlier runs of a report have not delivered to a person, in older revisions or written for other rights: nobody
/// gets the old after the new, by hand either.
pub(super) fn give_up_older(
    transaction: &Transaction<'_>,
    (id, run): (i64, &Run),
    recipient: &str,
) -> rusqlite::Result<()> {
    let condition = "WHERE r.report = ?1 AND r.period = ?2 AND d.recipient = ?3 AND r.id < ?4 AND r.revision <= ?5 \
                     AND d.state IN ('pending', 'deferred', 'unknown', 'failed', 'dead')";
    let mut statement = transaction.prepare(&format!("{DELIVERIES} {condition}"))?;
    let older = statement
        .query_map(params![run.report, run.period, recipient, id, run.revision], read_delivery)?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    for (mut delivery, _) in older {
        let reason = if delivery.revision < run.revision {
            format!("given up for revision {}", run.revision)
        } else {
            String::from("written anew for what its reader may see now")
        };
        decisions::insert(transaction, &delivery, Choice::Discard, &reason, run.finished)?;
        delivery.state = State::Discarded;
        delivery.reply = Some(reason);
        delivery.updated = run.finished;
        update(transaction, &delivery)?;
    }
    Ok(())
}

/// Writes what may change of a delivery, with its new seal.
pub(super) fn update(transaction: &Transaction<'_>, delivery: &Delivery) -> rusqlite::Result<()> {
    transaction.execute(
        "UPDATE deliveries SET state = ?2, dot_intent = ?3, not_before = ?4, deliver_by = ?5, reply = ?6, attempts = ?7, \
         resends = ?8, updated = ?9, seal = ?10 WHERE id = ?1",
        params![
            delivery.id,
            delivery.state.id(),
            delivery.dot_intent.map(written),
            delivery.not_before.map(written),
            delivery.deliver_by.map(written),
            delivery.reply,
            delivery.attempts,
            delivery.resends,
            written(delivery.updated),
            delivery.seal(),
        ],
    )?;
    Ok(())
}

/// A count, which is never negative.
pub(super) fn count(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    let count: i64 = row.get(column)?;
    Ok(u64::try_from(count).unwrap_or(0))
}

/// A time cell.
pub(super) fn time(row: &Row<'_>, column: usize) -> rusqlite::Result<DateTime<Utc>> {
    let text: String = row.get(column)?;
    parse_time(&text).ok_or_else(|| unreadable(column, &text))
}

/// A time cell that may be empty.
pub(super) fn optional_time(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<DateTime<Utc>>> {
    let text: Option<String> = row.get(column)?;
    text.map(|text| parse_time(&text).ok_or_else(|| unreadable(column, &text))).transpose()
}

/// Reads what [`written`] wrote.
pub(super) fn parse_time(text: &str) -> Option<DateTime<Utc>> {
    Some(DateTime::parse_from_rfc3339(text).ok()?.with_timezone(&Utc))
}

/// A cell that is not what was written into it.
pub(super) fn unreadable(column: usize, text: &str) -> rusqlite::Error {
    let what = format!("`{text}` was not written by farol");
    rusqlite::Error::FromSqlConversionFailure(column, Type::Text, what.into())
}

/// A delivery and its seal, from a row of [`DELIVERIES`].
pub(super) fn read_delivery(row: &Row<'_>) -> rusqlite::Result<(Delivery, String)> {
    let state: String = row.get(10)?;
    let delivery = Delivery {
        id: row.get(0)?,
        run: row.get(1)?,
        report: row.get(2)?,
        period: row.get(3)?,
        revision: row.get(4)?,
        recipient: row.get(5)?,
        locale: row.get(6)?,
        sender: row.get(7)?,
        message_id: row.get(8)?,
        message: row.get(9)?,
        state: State::read(&state).ok_or_else(|| unreadable(10, &state))?,
        dot_intent: optional_time(row, 11)?,
        not_before: optional_time(row, 12)?,
        deliver_by: optional_time(row, 13)?,
        reply: row.get(14)?,
        attempts: row.get(15)?,
        resends: row.get(16)?,
        updated: time(row, 17)?,
        recorded: time(row, 19)?,
    };
    Ok((delivery, row.get(18)?))
}

/// A run, the digest of its figures and its seal, from a row of [`RUNS`].
pub(super) fn read_run(row: &Row<'_>) -> rusqlite::Result<(RunRecord, String, String)> {
    let status: String = row.get(10)?;
    let warnings: String = row.get(11)?;
    let run = Run {
        report: row.get(1)?,
        period: row.get(2)?,
        revision: row.get(3)?,
        started: time(row, 4)?,
        finished: time(row, 5)?,
        as_of: time(row, 6)?,
        configuration: row.get(7)?,
        inputs: row.get(8)?,
        version: row.get(9)?,
        complete: status == "complete",
        warnings: serde_json::from_str(&warnings).map_err(|_| unreadable(11, &warnings))?,
    };
    Ok((RunRecord { id: row.get(0)?, run }, row.get(12)?, row.get(13)?))
}

/// A figure, from a row of the query in [`super::Ledger::figures`].
pub(super) fn read_figure(row: &Row<'_>) -> rusqlite::Result<Figure> {
    let n: Option<i64> = row.get(5)?;
    Ok(Figure {
        dimension: row.get(0)?,
        segment: row.get(1)?,
        kpi: row.get(2)?,
        unit: row.get(3)?,
        value: row.get(4)?,
        n: n.and_then(|n| u64::try_from(n).ok()),
        numerator: row.get(6)?,
        denominator: row.get(7)?,
        low: row.get(8)?,
        high: row.get(9)?,
        note: row.get(10)?,
    })
}
