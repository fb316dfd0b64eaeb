//! Tickets.

use super::{Book, Entry, OTHER_SEGMENT, OUTSIDE};
use crate::config::FcrDenominator;
use crate::error::Result;
use crate::explain::look::Look;
use crate::panel::records::Ticket;
use crate::tables::schema::Table;

/// The rows behind a figure of tickets.
pub(super) fn rows(look: &Look<'_>, kpi: &str) -> Result<Option<Book>> {
    let judge: fn(&Look<'_>, &Ticket) -> Entry = match kpi {
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
