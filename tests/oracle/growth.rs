//! What keeping and winning customers costs and brings: `retention_costs`, `leads`, `staff`, `onboarding`.

use std::collections::HashMap;

use super::figure::{Figure, amounts, money};
use super::reading::{Cost, Staff};
use super::survival::{Lifetime, median};
use super::view::{Cell, View};

fn columns(row: &Cost) -> [(&str, &str); 2] {
    [("program", &row.program), ("kind", &row.kind)]
}

/// The period's costs that a cell takes in.
fn costs<'a>(view: &View<'a>, cell: &Cell) -> Vec<&'a Cost> {
    let mut found = Vec::new();
    for row in &view.known.data.costs {
        let whose = row.customer.map_or(cell.is_whole, |id| cell.flow[id]);
        if view.holds(row.at) && whose && cell.takes(&columns(row)) {
            found.push(row);
        }
    }
    found
}

fn retained(view: &View, cell: &Cell, id: usize) -> bool {
    cell.flow[id] && view.customers[id].at_start && view.customers[id].at_end
}

fn crc(view: &View, cell: &Cell) -> Figure {
    let costs = costs(view, cell);
    let mut of: HashMap<usize, (f64, f64)> = HashMap::new();
    for id in (0..view.customers.len()).filter(|id| retained(view, cell, *id)) {
        of.insert(id, (0.0, 1.0));
    }
    let n = of.len();
    for row in &costs {
        if let Some(id) = row.customer {
            of.entry(id).or_default().0 += money(row.amount);
        }
    }
    let spend: i128 = costs.iter().map(|row| row.amount).sum();
    let mut figure = Figure::quotient(money(spend), n as f64, 1.0, n);
    if figure.value.is_some() && costs.iter().all(|row| row.customer.is_some()) {
        let pairs: Vec<_> = of.into_values().collect();
        let range = amounts(pairs.iter().map(|pair| pair.0));
        figure.limits = Figure::ratio(&pairs, 1.0, view.known.choices.confidence, range).limits;
    }
    figure
}

/// What retained customers have cost since they were first in touch.
fn since_first_contact(view: &View, cell: &Cell) -> Figure {
    let mut spent = Vec::new();
    for id in (0..view.customers.len()).filter(|id| retained(view, cell, *id)) {
        let from = view.known.data.customers[id].first_contact.unwrap_or(i64::MIN);
        let rows = view.known.data.costs.iter().filter(|row| row.customer == Some(id));
        spent.push(money(rows.filter(|row| from <= row.at && row.at < view.end).map(|row| row.amount).sum()));
    }
    let range = amounts(spent.iter().copied());
    Figure::mean(&spent, view.known.choices.confidence, range)
}

/// What a programme kept of those it reached, against those it did not reach, for its price.
fn roi(view: &View, cell: &Cell) -> Figure {
    let opens = |id: usize| cell.flow[id] && view.customers[id].at_start;
    let rows = costs(view, cell);
    let spend = money(rows.iter().map(|row| row.amount).sum());
    let (mut reached, mut kept, mut others, mut others_kept, mut mrr) = (0.0, 0.0, 0.0, 0.0, 0);
    for id in (0..view.customers.len()).filter(|id| opens(*id)) {
        let stayed = f64::from(u8::from(view.customers[id].at_end));
        if rows.iter().any(|row| row.customer == Some(id)) {
            (reached, kept, mrr) = (reached + 1.0, kept + stayed, mrr + view.customers[id].mrr_start);
        } else {
            (others, others_kept) = (others + 1.0, others_kept + stayed);
        }
    }
    let n = (reached + others) as usize;
    if reached == 0.0 || others == 0.0 || spend == 0.0 {
        return Figure { denominator: Some(spend), ..Figure::plain(None, n) };
    }
    let gained = (kept / reached - others_kept / others) * money(mrr) * view.known.choices.gross_margin;
    Figure::quotient(gained - spend, spend, 100.0, n)
}

fn turnover(view: &View, cell: &Cell) -> Figure {
    let rows: Vec<&Staff> =
        view.known.data.staff.iter().filter(|row| cell.is_whole && cell.takes(&[("team", &row.team)])).collect();
    let there = |at: i64| rows.iter().filter(|row| row.hired <= at && row.left.is_none_or(|left| at < left)).count();
    let (at_start, at_end) = (there(view.start) as f64, there(view.end) as f64);
    let joined = rows.iter().filter(|row| view.holds(row.hired)).count() as f64;
    let left = rows.iter().filter(|row| row.left.is_some_and(|at| view.holds(at))).count() as f64;
    let n = at_start as usize + joined as usize;
    match view.known.choices.turnover {
        "rotation" => Figure::quotient(f64::midpoint(joined, left), at_start, 100.0, n),
        _ => Figure::quotient(left, f64::midpoint(at_start, at_end), 100.0, n),
    }
}

fn conversion(view: &View, cell: &Cell) -> Figure {
    let days = view.known.choices.conversion_days;
    let (mut leads, mut converted) = (0, 0);
    for row in &view.known.data.leads {
        if cell.is_whole && view.holds(row.created) && cell.takes(&[("source", &row.source)]) {
            leads += 1;
            let within = |at: i64| at <= view.known.days_later(row.created, days);
            converted += usize::from(row.converted.is_some_and(within));
        }
    }
    view.until(Figure::share(converted, leads, view.known.z), days, "immature")
}

/// Customers who signed up in the period.
fn sign_ups(view: &View, cell: &Cell) -> Vec<usize> {
    let signup = |id: &usize| view.known.data.customers[*id].signup;
    let signed = |id: &usize| view.holds(signup(id)) && signup(id) < view.known.as_of;
    (0..view.customers.len()).filter(|id| cell.flow[*id]).filter(signed).collect()
}

fn onboarding(view: &View, cell: &Cell) -> Figure {
    let days = view.known.choices.onboarding_days;
    let signed = sign_ups(view, cell);
    let mut completed = 0;
    for &id in &signed {
        let signup = view.known.day(view.known.data.customers[id].signup);
        let rows = view.known.data.onboarding.iter().filter(|row| row.customer == id);
        let first = rows.filter_map(|row| row.completed).min();
        completed += usize::from(first.is_some_and(|at| (view.known.day(at) - signup).num_days() <= days));
    }
    view.until(Figure::share(completed, signed.len(), view.known.z), days, "immature")
}

fn time_to_value(view: &View, cell: &Cell) -> Figure {
    let mut waits = Vec::new();
    for id in sign_ups(view, cell) {
        let signup = view.known.data.customers[id].signup;
        let rows = view.known.data.onboarding.iter().filter(|row| row.customer == id);
        let value = rows.filter_map(|row| row.first_value).min();
        let until = view.known.day(value.unwrap_or(view.known.as_of));
        let length = (until - view.known.day(signup)).num_days().max(0);
        waits.push(Lifetime { length, ended: value.is_some() });
    }
    median(&waits, view.known.z)
}

pub(crate) fn figure(view: &View, kpi: &str, cell: &Cell) -> Option<Figure> {
    Some(match kpi {
        "crc" => crc(view, cell),
        "crc_to_arpa" => {
            let crc = crc(view, cell);
            let arpa = super::value::arpa(view, cell);
            let value = crc.value.zip(arpa).map(|(crc, arpa)| 100.0 * crc / arpa);
            let mut figure = Figure::plain(value, crc.n);
            (figure.numerator, figure.denominator) = (crc.value, arpa);
            figure
        }
        "crc_since_first_contact" => since_first_contact(view, cell),
        "retention_roi" => roi(view, cell),
        "conversion_rate" => conversion(view, cell),
        "turnover_index" => turnover(view, cell),
        "onboarding_completion" => onboarding(view, cell),
        "time_to_value_days" => time_to_value(view, cell),
        _ => return None,
    })
}
