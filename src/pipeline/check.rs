//! Reading the data only to hold it to its contract.

use std::collections::BTreeSet;

use crate::calendar::Moment;
use crate::config::Config;
use crate::diagnostic::Diagnostic;
use crate::error::{Exit, Failure, Result};
use crate::panel::frame;
use crate::pipeline::figures::compute;
use crate::pipeline::intake::{Failures, check_attributes, open_each, reading};
use crate::pipeline::scope::Scope;
use crate::pipeline::{Progress, Task, jobs};
use crate::tables::schema::Table;
use crate::tables::{CustomerIndex, Intake};

/// Reads every configured table whole and says how each one stands.
///
/// # Errors
/// Every table that is refused, with everything that is wrong with it.
pub fn check_data(config: &Config, today: Moment, progress: &dyn Progress) -> Result<Vec<String>> {
    let mut failures = Failures::default();
    let mut opened = open_each(config, &reading(config, today, today), &mut failures);
    // What a table that could not be opened would have had, nobody knows.
    if failures.is_empty() {
        failures.collect(check_attributes(config, &opened));
    }
    progress.stage("checking", opened.len() as u64);
    let mut lines = Vec::new();
    let mut index = None;
    if let Some(customers) = opened.remove(&Table::Customers) {
        let columns: Vec<&str> = customers.columns().canonical.clone();
        if let Some(rows) = failures.collect(customers.rows(&columns, None, None)) {
            let ids = frame::texts(&rows.frame, "customer_id")?;
            index = Some(CustomerIndex::new(ids.into_iter().flatten()));
            lines.push(in_words(&rows.intake));
        }
    }
    for (_, table) in opened {
        let columns: Vec<&str> = table.columns().canonical.clone();
        if let Some(intake) = failures.collect(table.stream(&columns, index.as_ref(), &mut |_| Ok(()))) {
            lines.push(in_words(&intake));
        }
        progress.step();
    }
    let lines = failures.end(lines)?;
    let faults = empty_parts(config, today, progress)?;
    progress.done();
    if faults.is_empty() { Ok(lines) } else { Err(Failure::many(Exit::DataRefused, faults)) }
}

/// What readers' parts of the customers hold nobody, as a run of the last closed period of each report would find it.
fn empty_parts(config: &Config, today: Moment, progress: &dyn Progress) -> Result<Vec<Diagnostic>> {
    let calendar = config.company.calendar;
    let (mut periods, mut scopes) = (BTreeSet::new(), BTreeSet::new());
    for plan in config.reports.values() {
        let Some(last) = calendar.last_closed(plan.grain, today, config.close_lag_days) else { continue };
        periods.extend(jobs::periods_behind(&last, plan.history, calendar));
        scopes.extend(jobs::scopes(plan));
    }
    if scopes.iter().all(Scope::is_empty) {
        return Ok(Vec::new());
    }
    let (periods, scopes): (Vec<_>, Vec<_>) = (periods.into_iter().collect(), scopes.into_iter().collect());
    let task = Task {
        config,
        today,
        as_of: today,
        periods: &periods,
        kpis: &BTreeSet::new(),
        scopes: &scopes,
        reported: &BTreeSet::new(),
        has_readers: false,
        told: &[],
        readers: None,
        kept: None,
    };
    let mut faults: Vec<Diagnostic> = Vec::new();
    for fault in compute(&task, progress, &mut |_| {})?.empty_scopes.into_values().flatten() {
        // Two parts may have a value in common.
        if !faults.contains(&fault) {
            faults.push(fault);
        }
    }
    Ok(faults)
}

fn in_words(intake: &Intake) -> String {
    let hold = if intake.rows_kept == 1 { "row holds its contract" } else { "rows hold their contract" };
    let line = format!("{}: {} {hold}", intake.table.name(), intake.rows_kept);
    if intake.rows_quarantined > 0 {
        let reasons: Vec<String> = intake.reasons.iter().map(|(reason, n)| format!("{n} {}", reason.code())).collect();
        return format!("{line}, {} do not ({})", intake.rows_quarantined, reasons.join(", "));
    }
    line
}
