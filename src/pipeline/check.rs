//! Reading the data only to hold it to its contract.

use crate::calendar::Moment;
use crate::config::Config;
use crate::error::Result;
use crate::panel::frame;
use crate::pipeline::Progress;
use crate::pipeline::intake::{Failures, check_attributes, open_each, reading};
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
    progress.done();
    failures.end(lines)
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
