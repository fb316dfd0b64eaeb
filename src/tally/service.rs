//! Tickets: one pass.

use crate::panel::records::Ticket;
use crate::panel::segments::Segments;
use crate::tables::schema::Table;
use crate::tally::Histogram;
use crate::tally::table::TallyTable;

/// Whole seconds by period and cell, until they are counted: period × cells + cell.
type Durations = Vec<Vec<i64>>;

/// Adds up tickets by when they were opened, and by when they were resolved.
pub fn add_tickets(table: &mut TallyTable, segments: &Segments, tickets: &[Ticket]) {
    let timeline = table.timeline.clone();
    let cells = table.cells.len();
    let mut resolutions: Durations = vec![Vec::new(); cells * table.timeline.spans.len()];
    let mut responses = resolutions.clone();
    for ticket in tickets {
        let is_first_contact = ticket.resolved_at.is_some() && ticket.contacts == 1 && !ticket.is_reopened;
        for period in timeline.containing(ticket.opened_at) {
            for cell in cells_of(segments, period, ticket) {
                let service = &mut table.at(period, cell).service;
                if ticket.contacts == 0 {
                    service.without_contact += 1;
                } else {
                    service.opened += 1;
                    service.opened_first_contact += u64::from(is_first_contact);
                }
                if let Some(resolved_at) = ticket.resolved_at {
                    resolutions[period * cells + cell].push(seconds(ticket.opened_at, resolved_at));
                }
                if let Some(responded_at) = ticket.first_response_at {
                    responses[period * cells + cell].push(seconds(ticket.opened_at, responded_at));
                }
            }
        }
        let Some(resolved_at) = ticket.resolved_at.filter(|_| ticket.contacts > 0) else { continue };
        for period in timeline.containing(resolved_at) {
            for cell in cells_of(segments, period, ticket) {
                let service = &mut table.at(period, cell).service;
                service.resolved += 1;
                service.resolved_first_contact += u64::from(is_first_contact);
            }
        }
    }
    let known = |durations: Durations| durations.into_iter().enumerate().filter(|(_, values)| !values.is_empty());
    for (place, values) in known(resolutions) {
        table.at(place / cells, place % cells).service.resolution_seconds = Histogram::from_values(values);
    }
    for (place, values) in known(responses) {
        table.at(place / cells, place % cells).service.first_response_seconds = Histogram::from_values(values);
    }
}

/// The cells that a ticket enters: its customer's, and those of its own values.
fn cells_of(segments: &Segments, period: usize, ticket: &Ticket) -> impl Iterator<Item = usize> {
    let rows = segments.row_cells(Table::Tickets, period, ticket.row, Some(ticket.customer));
    segments.flow_cells(period, ticket.customer).chain(rows)
}

/// Whole seconds between two instants.
fn seconds(from: i64, to: i64) -> i64 {
    (to - from).div_euclid(1_000_000)
}
