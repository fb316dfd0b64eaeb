//! Tickets: by when they were opened and resolved, by who opened them, and those that are open.

use crate::panel::activity::Activity;
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

/// Adds up the tickets that are open at each period's end.
pub fn add_backlog(table: &mut TallyTable, segments: &Segments, tickets: &[Ticket]) {
    let periods = table.timeline.periods().into_iter();
    let mut ends: Vec<(i64, usize)> = periods.map(|period| (table.timeline.spans[period].end, period)).collect();
    ends.sort_unstable();
    for ticket in tickets {
        let from = ends.partition_point(|(end, _)| *end <= ticket.opened_at);
        let is_open = |end: i64| ticket.resolved_at.is_none_or(|resolved_at| end <= resolved_at);
        for (_, period) in ends[from..].iter().take_while(|(end, _)| is_open(*end)) {
            let rows = segments.row_stock_cells(Table::Tickets, *period, ticket.row, Some(ticket.customer));
            for cell in segments.stock_cells(*period, ticket.customer).chain(rows) {
                table.at(*period, cell).service.backlog += 1;
            }
        }
    }
}

/// Adds up the tickets that each customer opened, against whether it was active at the period's start.
pub fn add_ticket_rates(table: &mut TallyTable, segments: &Segments, activity: &Activity, tickets: &[Ticket]) {
    let mut openers: Vec<Vec<u32>> = vec![Vec::new(); table.timeline.spans.len()];
    for ticket in tickets {
        for period in table.timeline.containing(ticket.opened_at) {
            openers[period].push(ticket.customer);
        }
    }
    for period in table.timeline.periods() {
        let opening = activity.mrr_at(table.timeline.spans[period].start);
        let mut opened = vec![0_i64; opening.len()];
        for customer in &openers[period] {
            opened[*customer as usize] += 1;
        }
        // Most customers open none: these are counted, and added at once.
        let mut quiet = vec![0_u64; table.cells.len()];
        for ((customer, mrr), opened) in (0..).zip(opening).zip(opened) {
            let is_active = *mrr > 0;
            if opened == 0 && !is_active {
                continue;
            }
            for cell in segments.flow_cells(period, customer) {
                if opened == 0 {
                    quiet[cell] += 1;
                } else {
                    table.at(period, cell).service.per_customer.push(i64::from(is_active), opened);
                }
            }
        }
        for (cell, customers) in quiet.into_iter().enumerate().filter(|(_, customers)| *customers > 0) {
            table.at(period, cell).service.per_customer.push_alike(1, 0, customers);
        }
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::calendar::Calendar;
    use crate::panel::Timeline;

    /// Opened at the first instant of March: not of February's backlog. Resolved at the last instant of March: not of
    /// March's; resolved at the first of April: of March's, and of the week's that ends on the 8th.
    #[test]
    fn the_end_belongs_to_what_comes_after_it() {
        let calendar = Calendar { zone: chrono_tz::UTC, fiscal_year_start: 1 };
        let ids = ["2026-02", "2026-W10", "2026-03"];
        let timeline = Timeline::new(&ids.map(|id| calendar.parse(id).unwrap()), &calendar);
        let place = |id: &str| timeline.spans.iter().position(|span| span.period.id == id).unwrap();
        let [february, week, month] = ids.map(place);
        let (march, april) = (timeline.spans[month].start, timeline.spans[month].end);
        let ticket = |row, resolved_at| Ticket {
            customer: 0,
            row,
            opened_at: march,
            first_response_at: None,
            resolved_at,
            contacts: 1,
            is_reopened: false,
        };
        let segments = Segments::new(1, &[], &BTreeMap::new(), &timeline.spans);
        let mut table = TallyTable::new(timeline, segments.cells.clone());
        add_backlog(&mut table, &segments, &[ticket(0, Some(april - 1)), ticket(1, Some(april)), ticket(2, None)]);
        let open = |period| table.get(period, 0).map(|of| of.service.backlog);
        assert_eq!((open(february), open(week), open(month)), (None, Some(3), Some(2)));
    }
}
