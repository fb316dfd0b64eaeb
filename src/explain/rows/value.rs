//! Value and cost: orders, MRR at the end, retention spend.

use std::collections::{BTreeMap, BTreeSet};

use super::{Book, CUSTOMER_COUNTED, Entry, MILLION, OTHER_SEGMENT, OUTSIDE, Quotient, plain};
use crate::calendar::{Moment, window_months};
use crate::config::ValueSource;
use crate::error::Result;
use crate::explain::look::{Look, Stays};
use crate::panel::Span;
use crate::panel::records::Cost;
use crate::tables::schema::Table;

/// The rows behind a figure of value or cost.
pub(super) fn rows(look: &Look<'_>, kpi: &str) -> Result<Option<Book>> {
    let from = look.context.value_source();
    let book = match (kpi, from) {
        ("average_ticket" | "purchase_frequency" | "ltv", ValueSource::Subscriptions) => closing(look, (MILLION, 1)),
        ("average_ticket", ValueSource::Orders) => tickets(look).map(Some),
        ("purchase_frequency", ValueSource::Orders) => window(look, false),
        ("ltv", ValueSource::Orders) => window(look, true),
        ("crc", _) => costs(look, false),
        ("crc_to_arpa", _) => costs(look, true),
        ("crc_since_first_contact", _) => since_first_contact(look),
        ("retention_roi", _) => return reach(look),
        ("clv_12m", _) => return buyers(look),
        _ => Ok(None),
    };
    // Lifetime value is no one quotient: its rows are those of what a customer pays in a month.
    let monthly = match from {
        ValueSource::Subscriptions => &look.tallies.revenue.per_customer,
        ValueSource::Orders => &look.tallies.orders.per_active_month,
    };
    let quotient = (kpi == "ltv").then_some(Quotient {
        numerator: monthly.y,
        denominator: monthly.x,
        of: "revenue, and the customers or their months behind it: what one pays in a month",
    });
    let of_quotient = |book: Book| Book { quotient, ..book };
    Ok(book?.map(of_quotient))
}

/// MRR at the end, row by row; each customer once.
fn closing(look: &Look<'_>, parts: (i128, i128)) -> Result<Option<Book>> {
    let Some(stays) = look.stays()?.filter(|stays| stays.table == Table::Subscriptions) else { return Ok(None) };
    let mut book = Book::new(&[Table::Subscriptions], parts);
    enter_closing(look, &stays, &mut book, 1)?;
    Ok(Some(book))
}

/// Enters what each row pays at the end, `times` over, and each customer once in the denominator.
fn enter_closing(look: &Look<'_>, stays: &Stays, book: &mut Book, customer: i128) -> Result<()> {
    let origins = look.origins(stays.table)?;
    let end = look.span.end;
    let first = stays.first_at(end, look.seen.panel.customer_count);
    for stay in &stays.rows {
        let pays = stay.at(end);
        let stands = first[stay.customer as usize] == Some(stay.row);
        let entry = if stay.weight == 0 {
            Entry::not("no_revenue")
        } else if pays == 0 {
            Entry::not(if stay.end <= look.span.start || stay.start > end { OUTSIDE } else { "not_active_at_end" })
        } else if look.has_stock(stay.customer) {
            Entry::counted("active_at_end", pays.into(), if stands { customer } else { 0 })
        } else {
            Entry::not(OTHER_SEGMENT)
        };
        book.enter((stays.table, &origins), stay.row, Some(stay.customer), entry.saying(plain(stay.weight)));
    }
    Ok(())
}

/// Orders of the period: revenue over orders; a refund lowers the one and is none of the other.
fn tickets(look: &Look<'_>) -> Result<Book> {
    let mut book = Book::new(&[Table::Orders], (MILLION, 1));
    let origins = look.origins(Table::Orders)?;
    for (row, order) in look.orders()?.unwrap_or_default() {
        let why = if order.is_refund() { "refund" } else { "order" };
        let entry = if !look.span.contains(order.at) {
            Entry::not(OUTSIDE)
        } else if look.has_flow(order.customer) {
            Entry::counted(why, order.amount.into(), i128::from(!order.is_refund()))
        } else {
            Entry::not(OTHER_SEGMENT)
        };
        book.enter((Table::Orders, &origins), row, Some(order.customer), entry.saying(plain(order.amount)));
    }
    Ok(book)
}

/// Orders of the value window over the months in which their customers were active; a month is counted by the first
/// row that makes the customer active at its end.
fn window(look: &Look<'_>, counts_revenue: bool) -> Result<Option<Book>> {
    let (Some(stays), Some(orders)) = (look.stays()?, look.orders()?) else { return Ok(None) };
    let mut book = Book::new(&[Table::Orders, stays.table], (if counts_revenue { MILLION } else { 1 }, 1));
    let calendar = look.seen.panel.calendar;
    let months: Vec<Span> = window_months(&look.span.period, look.choices.value.window_months)
        .iter()
        .map(|month| Span::new(month, &calendar))
        .collect();
    let from = months.last().map_or(look.span.start, |month| month.start);
    let mut active = vec![0_i128; stays.rows.iter().map(|stay| stay.row as usize + 1).max().unwrap_or(0)];
    for month in &months {
        for row in stays.first_at(month.end, look.seen.panel.customer_count).into_iter().flatten() {
            active[row as usize] += 1;
        }
    }
    let origins = look.origins(Table::Orders)?;
    let is_same_table = stays.table == Table::Orders;
    for (row, order) in orders {
        let within = from <= order.at && order.at < look.span.end;
        let months = if is_same_table { active.get(row as usize).copied().unwrap_or(0) } else { 0 };
        let amount = match (within, counts_revenue) {
            (false, _) => 0,
            (true, true) => order.amount.into(),
            (true, false) => i128::from(!order.is_refund()),
        };
        let entry = if !within && months == 0 {
            Entry::not("outside_window")
        } else if look.has_stock(order.customer) {
            Entry::counted(if order.is_refund() { "refund" } else { "order" }, amount, months)
        } else {
            Entry::not(OTHER_SEGMENT)
        };
        book.enter((Table::Orders, &origins), row, Some(order.customer), entry.saying(plain(order.amount)));
    }
    if !is_same_table {
        let origins = look.origins(stays.table)?;
        for stay in &stays.rows {
            let months = active[stay.row as usize];
            let entry = if months == 0 {
                Entry::not("at_no_months_end")
            } else if look.has_stock(stay.customer) {
                Entry::counted("active", 0, months).saying(months.to_string())
            } else {
                Entry::not(OTHER_SEGMENT)
            };
            book.enter((stays.table, &origins), stay.row, Some(stay.customer), entry);
        }
    }
    Ok(Some(book))
}

/// Retention spend of the period over the customers retained; against ARPA, both sides are quotients themselves, so that
/// each row counts for its share of one.
fn costs(look: &Look<'_>, is_against_arpa: bool) -> Result<Option<Book>> {
    let (Some(costs), Some(stays)) = (&look.seen.panel.costs, look.stays()?) else { return Ok(None) };
    let retained = i128::from(look.tallies.costs.retained);
    let parts = if is_against_arpa {
        (MILLION * retained, MILLION * look.tallies.revenue.per_customer.x)
    } else {
        (MILLION, 1)
    };
    let mut book = Book::new(&[Table::RetentionCosts, stays.table], parts);
    let origins = look.origins(Table::RetentionCosts)?;
    for cost in costs {
        let entry = spent(look, cost).map_or_else(Entry::not, |why| Entry::counted(why, cost.amount.into(), 0));
        book.enter((Table::RetentionCosts, &origins), cost.row, cost.customer, entry.saying(plain(cost.amount)));
    }
    if is_against_arpa {
        let mut arpa = Book::new(&[stays.table], parts);
        enter_closing(look, &stays, &mut arpa, 0)?;
        // What is paid at the end is the denominator here.
        for line in &mut arpa.lines {
            (line.numerator, line.denominator) = (0, line.numerator);
        }
        book.lines.extend(arpa.lines);
    } else {
        enter_retained(look, &stays, &mut book)?;
    }
    Ok(Some(book))
}

/// On whom a cost was spent, if it counts; else why it does not.
fn spent(look: &Look<'_>, cost: &Cost) -> std::result::Result<&'static str, &'static str> {
    if !look.span.contains(cost.at) {
        Err(OUTSIDE)
    } else if !look.has_row(Table::RetentionCosts, cost.row, cost.customer) {
        Err(OTHER_SEGMENT)
    } else if cost.customer.is_some() {
        Ok("spent_on_customer")
    } else {
        Ok("spent_on_the_whole_base")
    }
}

/// Customers active at the start and at the end, each by the first row by which it is active at the start. What a
/// programme costs is divided by all of them, whomever it reached.
fn enter_retained(look: &Look<'_>, stays: &Stays, book: &mut Book) -> Result<()> {
    let Some(activity) = look.activity() else { return Ok(()) };
    let origins = look.origins(stays.table)?;
    let cuts = look.seen.panel.segments.cells_of_rows(Table::RetentionCosts).find(|(cell, _)| *cell == look.cell);
    let within = cuts.map_or(look.cell, |(_, within)| within);
    let first = stays.first_at(look.span.start, look.seen.panel.customer_count);
    for stay in &stays.rows {
        let is_kept = activity.mrr_at(look.span.end).get(stay.customer as usize).is_some_and(|paid| *paid > 0);
        let is_in = look.seen.panel.segments.flow_cells(look.period, stay.customer).any(|cell| cell == within);
        let entry = if stay.end <= look.span.start || stay.start > look.span.end {
            Entry::not(OUTSIDE)
        } else if stay.at(look.span.start) == 0 {
            Entry::not("not_active_at_start")
        } else if !is_in {
            Entry::not(OTHER_SEGMENT)
        } else if !is_kept {
            Entry::not("lost")
        } else if look.tallies.costs.retained == 0 {
            // A programme without spend in the period has no figure there.
            Entry::not("nothing_spent")
        } else if first[stay.customer as usize] == Some(stay.row) {
            Entry::counted("retained", 0, 1)
        } else {
            Entry::not(CUSTOMER_COUNTED)
        };
        book.enter((stays.table, &origins), stay.row, Some(stay.customer), entry);
    }
    Ok(())
}

/// What was ever spent on each retained customer since the day of its first contact.
fn since_first_contact(look: &Look<'_>) -> Result<Option<Book>> {
    let (Some(costs), Some(activity), Some(stays)) = (&look.seen.panel.costs, look.activity(), look.stays()?) else {
        return Ok(None);
    };
    let mut book = Book::new(&[Table::RetentionCosts, stays.table], (MILLION, 1));
    let origins = look.origins(Table::RetentionCosts)?;
    let (calendar, span) = (look.seen.panel.calendar, look.span);
    let day = |at: i64| calendar.local(Moment(at)).map_or(at, |local| calendar.midnight(local.date()).0);
    let contacts = &look.seen.panel.first_contacts;
    let pays = |at: i64, customer: u32| activity.mrr_at(at).get(customer as usize).is_some_and(|paid| *paid > 0);
    for cost in costs {
        let entry = match cost.customer {
            None => Entry::not("names_no_customer"),
            Some(_) if cost.at >= span.end => Entry::not(OUTSIDE),
            Some(customer) if !look.has_flow(customer) => Entry::not(OTHER_SEGMENT),
            Some(customer) if !pays(span.start, customer) || !pays(span.end, customer) => Entry::not("not_retained"),
            Some(customer) => match contacts.get(customer as usize).copied().flatten() {
                Some(first) if cost.at < day(first) => Entry::not("before_first_contact"),
                _ => Entry::counted("spent_on_customer", cost.amount.into(), 0),
            },
        };
        book.enter((Table::RetentionCosts, &origins), cost.row, cost.customer, entry.saying(plain(cost.amount)));
    }
    enter_retained(look, &stays, &mut book)?;
    Ok(Some(book))
}

/// Customers that spend reached, with what they paid at the start, the others, and the spend. The gain is a comparison of
/// the two groups and no sum of rows: what adds up is the revenue at stake and the spend.
fn reach(look: &Look<'_>) -> Result<Option<Book>> {
    let (Some(costs), Some(activity), Some(stays)) = (&look.seen.panel.costs, look.activity(), look.stays()?) else {
        return Ok(None);
    };
    let of = &look.tallies.reach;
    let mut book = Book::new(&[Table::RetentionCosts, stays.table], (MILLION, MILLION));
    book.quotient = Some(Quotient {
        numerator: of.reached_mrr,
        denominator: look.tallies.costs.spend,
        of: "MRR at the start of those reached, and the spend: the gain compares two groups, and is no sum of rows",
    });
    let origins = look.origins(Table::RetentionCosts)?;
    let span = look.span;
    let pays = |at: i64, customer: u32| activity.mrr_at(at).get(customer as usize).is_some_and(|paid| *paid > 0);
    let mut reached = BTreeSet::new();
    for cost in costs {
        let why = spent(look, cost);
        reached.extend(cost.customer.filter(|_| why.is_ok()));
        let entry = why.map_or_else(Entry::not, |why| Entry::counted(why, 0, cost.amount.into()));
        book.enter((Table::RetentionCosts, &origins), cost.row, cost.customer, entry.saying(plain(cost.amount)));
    }
    let origins = look.origins(stays.table)?;
    let segments = &look.seen.panel.segments;
    let cuts = segments.cells_of_rows(Table::RetentionCosts).find(|(cell, _)| *cell == look.cell);
    let within = cuts.map_or(look.cell, |(_, within)| within);
    for stay in &stays.rows {
        let is_kept = pays(span.end, stay.customer);
        let entry = if stay.end <= span.start || stay.start > span.end {
            Entry::not(OUTSIDE)
        } else if stay.at(span.start) == 0 {
            Entry::not("not_active_at_start")
        } else if !segments.flow_cells(look.period, stay.customer).any(|cell| cell == within) {
            Entry::not(OTHER_SEGMENT)
        } else if reached.contains(&stay.customer) {
            Entry::counted(if is_kept { "reached_kept" } else { "reached_lost" }, stay.at(span.start).into(), 0)
        } else {
            Entry::not(if is_kept { "other_kept" } else { "other_lost" })
        };
        book.enter((stays.table, &origins), stay.row, Some(stay.customer), entry.saying(plain(stay.weight)));
    }
    Ok(Some(book))
}

/// Customers with an order before the end, each by its first. What each is expected to buy is a model's, and no sum of rows.
fn buyers(look: &Look<'_>) -> Result<Option<Book>> {
    let Some(orders) = look.orders()? else { return Ok(None) };
    let mut book = Book::new(&[Table::Orders], (MILLION, 1));
    let buyers: i128 = look.tallies.buyers.counts().iter().map(|(_, customers)| i128::from(*customers)).sum();
    book.quotient = Some(Quotient {
        numerator: 0,
        denominator: buyers,
        of: "customers alone: what each is expected to buy is a model's, and is no sum of rows",
    });
    let origins = look.origins(Table::Orders)?;
    let mut first: BTreeMap<u32, (i64, u32)> = BTreeMap::new();
    for (row, order) in orders.iter().filter(|(_, order)| !order.is_refund() && order.at < look.span.end) {
        let kept = first.entry(order.customer).or_insert((order.at, *row));
        *kept = (*kept).min((order.at, *row));
    }
    for (row, order) in orders {
        let entry = if order.at >= look.span.end {
            Entry::not(OUTSIDE)
        } else if !look.has_lifetime(order.customer) {
            Entry::not(OTHER_SEGMENT)
        } else if first.get(&order.customer) == Some(&(order.at, row)) {
            Entry::counted("first_order", 0, 1)
        } else {
            Entry::not(CUSTOMER_COUNTED)
        };
        book.enter((Table::Orders, &origins), row, Some(order.customer), entry.saying(plain(order.amount)));
    }
    Ok(Some(book))
}
