//! The rows behind a figure as CSV.

use std::collections::BTreeMap;
use std::fmt::Display;

use super::look::Look;
use super::numbers;
use super::refusals::internal;
use super::rows::Book;
use crate::config::Config;
use crate::error::Result;
use crate::formula::harmless;
use crate::pipeline;

/// Every row as CSV.
pub(super) fn csv(book: &Book, look: &Look<'_>, config: &Config) -> Result<String> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let fault = |error: &dyn Display| internal(&format!("the rows cannot be written: {error}"));
    let header = ["table", "file", "row", "customer_id", "used", "why", "value", "numerator", "denominator"];
    writer.write_record(header).map_err(|error| fault(&error))?;
    let file = |table, number: usize| {
        let intake = look.seen.intakes.iter().find(|intake| intake.table == table);
        let file = intake.and_then(|intake| intake.files.get(number));
        file.map_or_else(String::new, |file| pipeline::shown_path(config, &file.path))
    };
    let mut paths: BTreeMap<_, String> = BTreeMap::new();
    for line in &book.lines {
        let path = paths.entry((line.table, line.file)).or_insert_with(|| file(line.table, line.file));
        let adds = |sum: i128, parts: i128| if line.is_counted { numbers::exact(sum, parts) } else { String::new() };
        let record = [
            line.table.name(),
            &harmless(path),
            &line.row.to_string(),
            &harmless(line.customer.map_or("", |customer| look.seen.panel.id(customer))),
            line.used(),
            &line.why,
            line.value.as_deref().unwrap_or(""),
            &adds(line.numerator, book.parts.0),
            &adds(line.denominator, book.parts.1),
        ];
        writer.write_record(record).map_err(|error| fault(&error))?;
    }
    let bytes = writer.into_inner().map_err(|error| fault(&error))?;
    String::from_utf8(bytes).map_err(|error| fault(&error))
}
