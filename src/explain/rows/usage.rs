//! Use of the product, day by day.

use std::collections::BTreeSet;

use super::{Book, CUSTOMER_COUNTED, Entry, OTHER_SEGMENT, enter_active};
use crate::error::Result;
use crate::explain::look::Look;
use crate::tables::schema::Table;

/// The rows behind a figure of usage. Rows outside the period are too many to be listed.
pub(super) fn rows(look: &Look<'_>, kpi: &str) -> Result<Option<Book>> {
    match kpi {
        "active_rate" => active_rate(look),
        "stickiness" => Ok(Some(stickiness(look))),
        _ => Ok(None),
    }
}

/// Each active customer by the row that makes it one, and by the first row of its usage.
fn active_rate(look: &Look<'_>) -> Result<Option<Book>> {
    let (Some(activity), Some(stays)) = (look.activity(), look.stays()?) else { return Ok(None) };
    let mut book = Book::new(&[stays.table, Table::Usage], (1, 1));
    let start = look.span.start;
    enter_active(look, &stays, &mut book)?;
    let mut seen = BTreeSet::new();
    enter_usage(look, &mut book, |row| {
        let is_active = activity.mrr_at(start).get(row.customer as usize).is_some_and(|paid| *paid > 0);
        if !is_active {
            Entry::not("not_active_at_start")
        } else if seen.insert(row.customer) {
            Entry::counted("first_use", 1, 0)
        } else {
            Entry::not(CUSTOMER_COUNTED)
        }
    });
    Ok(Some(book))
}

/// Each customer's days by their first rows, and the customer by the first of all.
fn stickiness(look: &Look<'_>) -> Book {
    let mut book = Book::new(&[Table::Usage], (i128::from(look.context.period_days), 1));
    let (mut days, mut users) = (BTreeSet::new(), BTreeSet::new());
    enter_usage(look, &mut book, |row| {
        if days.insert((row.customer, row.day)) {
            let is_first = users.insert(row.customer);
            Entry::counted(if is_first { "first_use" } else { "day_of_use" }, 1, is_first.into())
        } else {
            Entry::not("day_counted")
        }
    });
    book
}

/// Enters every row of usage within the period; `judge` sees those of the set that are use at all.
fn enter_usage(look: &Look<'_>, book: &mut Book, mut judge: impl FnMut(&crate::pipeline::UsageRow) -> Entry) {
    let days = look.span.first_day..look.span.end_day;
    book.unlisted = Some(Table::Usage);
    for row in look.seen.usage.iter().filter(|row| days.contains(&row.day)) {
        let entry = if row.events <= 0 {
            Entry::not("no_events")
        } else if look.has_flow(row.customer) {
            judge(row)
        } else {
            Entry::not(OTHER_SEGMENT)
        };
        let place = (Table::Usage, usize::try_from(row.file).unwrap_or(0), row.row.unsigned_abs());
        book.enter_at(place, Some(row.customer), entry.saying(row.events.to_string()));
    }
}
