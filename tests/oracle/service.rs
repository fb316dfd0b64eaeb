//! Help desk: `tickets`.

use super::figure::{Figure, quantile};
use super::reading::Ticket;
use super::view::{Cell, View};

fn in_cell(cell: &Cell, who: &[bool], row: &Ticket) -> bool {
    who[row.customer] && cell.takes(&[("channel", &row.channel), ("category", &row.category)])
}

/// Hours from opening to another moment, of tickets opened in the period that have one, in whole seconds.
fn hours(view: &View, cell: &Cell, until: fn(&Ticket) -> Option<i64>) -> Vec<f64> {
    let mut found = Vec::new();
    for row in &view.known.data.tickets {
        if let Some(at) = until(row).filter(|_| view.holds(row.opened) && in_cell(cell, &cell.flow, row)) {
            found.push(((at - row.opened) / 1_000_000) as f64 / 3600.0);
        }
    }
    found.sort_by(f64::total_cmp);
    found
}

pub(crate) fn figure(view: &View, kpi: &str, cell: &Cell) -> Option<Figure> {
    let choices = &view.known.choices;
    let tickets = || view.known.data.tickets.iter();
    Some(match kpi {
        "fcr" => {
            let (mut all, mut first) = (0, 0);
            for row in tickets() {
                let at = if choices.fcr == "opened" { Some(row.opened) } else { row.resolved };
                if row.contacts > 0 && at.is_some_and(|at| view.holds(at)) && in_cell(cell, &cell.flow, row) {
                    all += 1;
                    first += usize::from(row.resolved.is_some() && row.contacts == 1 && !row.reopened);
                }
            }
            view.until(Figure::share(first, all, view.known.z), choices.reopen_window, "provisional")
        }
        "first_response_hours" => quantile(&hours(view, cell, |row| row.first_response), 0.5, choices.confidence),
        "first_response_hours_p90" => quantile(&hours(view, cell, |row| row.first_response), 0.9, choices.confidence),
        "resolution_hours" => quantile(&hours(view, cell, |row| row.resolved), 0.5, choices.confidence),
        "resolution_hours_p90" => quantile(&hours(view, cell, |row| row.resolved), 0.9, choices.confidence),
        "backlog" => {
            let open = |row: &&Ticket| row.opened < view.end && row.resolved.is_none_or(|at| at >= view.end);
            Figure::count(tickets().filter(open).filter(|row| in_cell(cell, &cell.stock, row)).count())
        }
        "ticket_rate" => {
            let mut pairs = Vec::new();
            for (id, customer) in view.customers.iter().enumerate().filter(|(id, _)| cell.flow[*id]) {
                let opened = tickets().filter(|row| row.customer == id && view.holds(row.opened)).count();
                let x = f64::from(u8::from(customer.at_start));
                if opened > 0 || x > 0.0 {
                    pairs.push((opened as f64, x));
                }
            }
            Figure::ratio(&pairs, 100.0, choices.confidence, (0.0, f64::INFINITY))
        }
        _ => return None,
    })
}
