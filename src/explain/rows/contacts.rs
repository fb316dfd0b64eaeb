//! Tickets.

use super::{Book, Entry, OTHER_SEGMENT, OUTSIDE, enter_active};
use crate::config::FcrDenominator;
use crate::error::Result;
use crate::explain::look::Look;
use crate::panel::records::Ticket;
use crate::tables::schema::Table;

/// The rows behind a figure of tickets.
pub(super) fn rows(look: &Look<'_>, kpi: &str) -> Result<Option<Book>> {
    let judge: fn(&Look<'_>, &Ticket) -> Entry = match kpi {
        "backlog" => waiting,
        "ticket_rate" => return rate(look),
        "fcr" => first_contact,
        "first_response_hours" | "first_response_hours_p90" => {
            |look, ticket| wait(look, ticket, ticket.first_response_at)
        }
        "resolution_hours" | "resolution_hours_p90" => |look, ticket| wait(look, ticket, ticket.resolved_at),
        _ => return Ok(None),
    };
    let Some(tickets) = &look.seen.panel.tickets else { return Ok(None) };
    let mut book = Book::new(&[Table::Tickets], (1, 1));
    let origins = look.origins(Table::Tickets)?;
    for ticket in tickets {
        book.enter((Table::Tickets, &origins), ticket.row, Some(ticket.customer), judge(look, ticket));
    }
    Ok(Some(book))
}

fn has(look: &Look<'_>, ticket: &Ticket) -> bool {
    look.has_row(Table::Tickets, ticket.row, Some(ticket.customer))
}

fn first_contact(look: &Look<'_>, ticket: &Ticket) -> Entry {
    let dated = match look.choices.fcr.denominator {
        FcrDenominator::Opened => Some(ticket.opened_at),
        FcrDenominator::Resolved => ticket.resolved_at,
    };
    let entry = match dated {
        None => Entry::not("open_ticket"),
        Some(at) if !look.span.contains(at) => Entry::not(OUTSIDE),
        _ if !has(look, ticket) => Entry::not(OTHER_SEGMENT),
        _ if ticket.contacts == 0 => Entry::not("no_contact"),
        _ if ticket.resolved_at.is_none() => Entry::counted("open_ticket", 0, 1),
        _ if ticket.is_reopened => Entry::counted("reopened", 0, 1),
        _ if ticket.contacts > 1 => Entry::counted("several_contacts", 0, 1),
        _ => Entry::counted("first_contact", 1, 1),
    };
    entry.saying(ticket.contacts.to_string())
}

/// A waiting time, in whole seconds as the figure counts them.
fn wait(look: &Look<'_>, ticket: &Ticket, until: Option<i64>) -> Entry {
    if !look.span.contains(ticket.opened_at) {
        return Entry::not(OUTSIDE);
    }
    if !has(look, ticket) {
        return Entry::not(OTHER_SEGMENT);
    }
    let Some(until) = until else { return Entry::not("not_yet") };
    let seconds = (until - ticket.opened_at).div_euclid(1_000_000);
    Entry::counted("waited", 0, 1).saying(super::super::numbers::exact(i128::from(seconds) * 10_000 / 36, 1_000_000))
}

/// Open at the period's end.
fn waiting(look: &Look<'_>, ticket: &Ticket) -> Entry {
    if ticket.opened_at >= look.span.end {
        return Entry::not(OUTSIDE);
    }
    if ticket.resolved_at.is_some_and(|at| at < look.span.end) {
        return Entry::not("resolved");
    }
    if !look.has_row_stock(Table::Tickets, ticket.row, ticket.customer) {
        return Entry::not(OTHER_SEGMENT);
    }
    Entry::counted("open_at_end", 1, 0)
}

/// Tickets over customers, each of whom is counted by the first row by which it is active at the start.
fn rate(look: &Look<'_>) -> Result<Option<Book>> {
    let (Some(tickets), Some(stays)) = (&look.seen.panel.tickets, look.stays()?) else { return Ok(None) };
    let mut book = Book::new(&[Table::Tickets, stays.table], (1, 1));
    let origins = look.origins(Table::Tickets)?;
    for ticket in tickets {
        let entry = if !look.span.contains(ticket.opened_at) {
            Entry::not(OUTSIDE)
        } else if look.has_flow(ticket.customer) {
            Entry::counted("opened", 1, 0)
        } else {
            Entry::not(OTHER_SEGMENT)
        };
        book.enter((Table::Tickets, &origins), ticket.row, Some(ticket.customer), entry);
    }
    enter_active(look, &stays, &mut book)?;
    Ok(Some(book))
}
