//! What a customer is worth: `orders`, or `subscriptions`.

use super::figure::{Figure, Limits, amounts, money, ratio_variance};
use super::survival::{Lifetime, lifetimes, restricted_mean};
use super::time::months_after;
use super::view::{Cell, View};

/// Per customer with orders in the period: revenue and orders. Refunds lower revenue; they are no orders.
fn orders_of(view: &View, cell: &Cell, from: i64, to: i64) -> Vec<(f64, f64)> {
    let mut pairs = Vec::new();
    for id in 0..view.customers.len() {
        let (mut revenue, mut orders) = (0, 0.0);
        for order in view.known.orders(id) {
            if from <= order.at && order.at < to && cell.flow[id] {
                revenue += order.amount;
                orders += f64::from(u8::from(order.amount >= 0));
            }
        }
        pairs.push((money(revenue), orders));
    }
    units(pairs)
}

/// Those who are behind a ratio at all.
fn units(mut pairs: Vec<(f64, f64)>) -> Vec<(f64, f64)> {
    pairs.retain(|pair| *pair != (0.0, 0.0));
    pairs
}

/// MRR of each customer that is active at the end.
fn mrr_of(view: &View, cell: &Cell) -> Vec<(f64, f64)> {
    let all = view.customers.iter().enumerate();
    all.filter(|(id, of)| cell.stock[*id] && of.mrr_end > 0).map(|(_, of)| (money(of.mrr_end), 1.0)).collect()
}

/// Of each customer over the value window: orders, revenue, and the months at whose end it was active.
fn over_window(view: &View, cell: &Cell) -> Vec<(f64, f64, f64)> {
    let window = view.known.choices.value_window;
    let edges: Vec<i64> =
        (0..=window).rev().map(|back| view.known.midnight(months_after(view.period.after, -back))).collect();
    let mut found = Vec::new();
    for id in (0..view.customers.len()).filter(|id| cell.stock[*id]) {
        let (mut orders, mut revenue) = (0.0, 0);
        for order in view.known.orders(id) {
            if edges[0] <= order.at && order.at < view.end {
                revenue += order.amount;
                orders += f64::from(u8::from(order.amount >= 0));
            }
        }
        let months = edges[1..].iter().filter(|at| view.known.is_active(id, **at)).count();
        found.push((orders, money(revenue), months as f64));
    }
    found
}

/// A lifetime: its value, its variance if there is one, and what is told of it.
struct Length {
    figure: Figure,
    variance: Option<f64>,
}

/// τ: the horizon, or the longest follow-up of all customers if that is shorter.
fn tau(view: &View) -> i64 {
    let longest = lifetimes(view, &view.whole("total", "total", false)).iter().map(|one| one.length).max();
    longest.unwrap_or(0).min(view.known.choices.horizon)
}

fn length(view: &View, cell: &Cell) -> Length {
    match view.known.choices.lifetime {
        "kaplan_meier" => kaplan_meier(view, cell),
        "inverse_churn" => inverse_churn(view, cell),
        _ => observed(view, cell),
    }
}

fn kaplan_meier(view: &View, cell: &Cell) -> Length {
    let lifetimes: Vec<Lifetime> = lifetimes(view, cell);
    let n = lifetimes.len();
    if n == 0 {
        return Length { figure: Figure::plain(None, 0), variance: None };
    }
    let tau = tau(view);
    if tau < 1 {
        return Length { figure: Figure { reason: "not_identifiable", ..Figure::plain(None, n) }, variance: None };
    }
    let (mean, variance) = restricted_mean(&lifetimes, tau);
    let mut figure = Figure::plain(Some(mean), n);
    figure.notes.push(format!("tau={tau}"));
    let half = view.known.z * variance.sqrt();
    let varies = variance > 0.0;
    figure.limits =
        if varies { Limits::Are((mean - half).max(0.0), (mean + half).min(tau as f64)) } else { Limits::TooFew };
    Length { figure, variance: varies.then_some(variance) }
}

/// One over the monthly churn of the last twelve months.
fn inverse_churn(view: &View, cell: &Cell) -> Length {
    let (mut lost, mut opening) = (0.0, 0.0);
    for back in (1..=12).rev() {
        let from = view.known.midnight(months_after(view.period.after, -back));
        let to = view.known.midnight(months_after(view.period.after, 1 - back));
        for id in (0..view.customers.len()).filter(|id| view.flows_through(cell, *id, from, to)) {
            if view.known.is_active(id, from) {
                opening += 1.0;
                lost += f64::from(u8::from(!view.known.is_active(id, to)));
            }
        }
    }
    let mut figure = Figure::quotient(opening, lost, 1.0, opening as usize);
    if figure.value.is_none() {
        figure.reason = if opening > 0.0 { "not_identifiable" } else { "no_denominator" };
        (figure.numerator, figure.denominator) = (None, None);
        return Length { figure, variance: None };
    }
    // Delta method: var(1/p) = var(p) / p⁴.
    let p = lost / opening;
    let variance = p * (1.0 - p) / opening / p.powi(4);
    let half = view.known.z * variance.sqrt();
    let mean = opening / lost;
    figure.limits = if variance > 0.0 { Limits::Are((mean - half).max(0.0), mean + half) } else { Limits::TooFew };
    Length { figure, variance: (variance > 0.0).then_some(variance) }
}

/// The mean of what was seen so far.
fn observed(view: &View, cell: &Cell) -> Length {
    let months: Vec<f64> = lifetimes(view, cell).iter().map(|one| one.length as f64).collect();
    if months.is_empty() {
        return Length { figure: Figure::plain(None, 0), variance: None };
    }
    let figure = Figure::mean(&months, view.known.choices.confidence, (0.0, f64::INFINITY));
    let variance = ratio_variance(&months.iter().map(|months| (*months, 1.0)).collect::<Vec<_>>());
    Length { figure, variance }
}

/// Revenue of an active customer's month, times its months, times the margin.
fn ltv(view: &View, cell: &Cell) -> Figure {
    let choices = &view.known.choices;
    let pairs: Vec<(f64, f64)> = if choices.value_source == "orders" {
        units(over_window(view, cell).into_iter().map(|(_, revenue, months)| (revenue, months)).collect())
    } else {
        mrr_of(view, cell)
    };
    let length = length(view, cell);
    let (y, x) = pairs.iter().fold((0.0, 0.0), |sum, pair| (sum.0 + pair.0, sum.1 + pair.1));
    let n = pairs.len();
    if x == 0.0 {
        return Figure::plain(None, n);
    }
    let Some(months) = length.figure.value else {
        return Figure { reason: length.figure.reason, ..Figure::plain(None, n) };
    };
    let (revenue, margin) = (y / x, choices.gross_margin);
    let mut figure = Figure::plain(Some(revenue * months * margin), n);
    figure.notes = length.figure.notes;
    figure.limits = match (ratio_variance(&pairs), length.variance) {
        (Some(of_revenue), Some(of_months)) => {
            let variance = months * months * of_revenue + revenue * revenue * of_months;
            let half = view.known.z * variance.sqrt() * margin;
            let (least, _) = amounts(pairs.iter().map(|pair| pair.0));
            Limits::Are((revenue * months * margin - half).max(least), revenue * months * margin + half)
        }
        _ => Limits::TooFew,
    };
    figure
}

/// Money a month of a customer that is active at the end, or an order's: without limits, for other quotients.
pub(crate) fn arpa(view: &View, cell: &Cell) -> Option<f64> {
    let pairs = mrr_of(view, cell);
    (!pairs.is_empty()).then(|| pairs.iter().map(|pair| pair.0).sum::<f64>() / pairs.len() as f64)
}

pub(crate) fn figure(view: &View, kpi: &str, cell: &Cell) -> Option<Figure> {
    let choices = &view.known.choices;
    let by_orders = choices.value_source == "orders";
    Some(match kpi {
        "average_ticket" => {
            let pairs = if by_orders { orders_of(view, cell, view.start, view.end) } else { mrr_of(view, cell) };
            let range = amounts(pairs.iter().map(|pair| pair.0));
            Figure::ratio(&pairs, 1.0, choices.confidence, range)
        }
        "purchase_frequency" if by_orders => {
            let pairs: Vec<_> = over_window(view, cell).iter().map(|(orders, _, months)| (*orders, *months)).collect();
            Figure::ratio(&units(pairs), 1.0, choices.confidence, (0.0, f64::INFINITY))
        }
        "purchase_frequency" => {
            let n = mrr_of(view, cell).len();
            Figure::plain((n > 0).then_some(1.0), n)
        }
        "lifetime_months" => length(view, cell).figure,
        "ltv" => ltv(view, cell),
        _ => return None,
    })
}
