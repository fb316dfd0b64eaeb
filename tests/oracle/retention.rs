//! Customers and their revenue between two snapshots: `subscriptions`.

use std::collections::BTreeSet;

use super::figure::{Figure, money};
use super::reading::Micro;
use super::time::{days_after, months_after};
use super::view::{Cell, Customer, View, shown};

/// The reason on the row that ended last, of a customer who has left.
fn reason(view: &View, customer: usize) -> String {
    // Of two that ended at once the one that paid more, then the one with the greater id.
    let mut last: Option<((i64, Micro, &str), &str)> = None;
    for row in view.known.subscriptions(customer) {
        let Some(end) = row.end.filter(|end| *end <= view.end) else { continue };
        let rank = (end, row.mrr, row.id.as_str());
        if row.mrr > 0 && row.start < end && last.is_none_or(|(latest, _)| rank > latest) {
            last = Some((rank, &row.reason));
        }
    }
    last.map_or(String::new(), |(_, reason)| reason.to_owned())
}

/// What a customer's move adds to one line of the bridge.
fn line(kpi: &str, customer: &Customer) -> Option<Micro> {
    let (start, end) = (customer.mrr_start, customer.mrr_end);
    let is = |holds: bool, amount: Micro| holds.then_some(amount);
    match kpi {
        "mrr_new" => is(start == 0 && end > 0 && !customer.before, end),
        "mrr_reactivated" => is(start == 0 && end > 0 && customer.before, end),
        "mrr_expansion" => is(start > 0 && end > start, end - start),
        "mrr_contraction" => is(end > 0 && end < start, start - end),
        "mrr_churned" => is(start > 0 && end == 0, start),
        _ => None,
    }
}

pub(crate) fn figure(view: &View, kpi: &str, cell: &Cell) -> Option<Figure> {
    let (z, confidence) = (view.known.z, view.known.choices.confidence);
    let all = || view.customers.iter().enumerate();
    let count = |counts: &dyn Fn(usize, &Customer) -> bool| all().filter(|(id, of)| counts(*id, of)).count();
    let opening = count(&|id, of| cell.flow[id] && of.at_start);
    let lost = |id: usize, of: &Customer| {
        cell.flow[id] && of.at_start && !of.at_end && (!cell.cuts_rows || shown(&reason(view, id)) == cell.segment)
    };
    let amount = |of_customer: &dyn Fn(usize, &Customer) -> Option<Micro>| {
        let found: Vec<Micro> = all().filter_map(|(id, of)| of_customer(id, of)).collect();
        Figure::amount(found.iter().sum(), found.len())
    };
    let ratio = |of_customer: &dyn Fn(&Customer) -> Micro, top: f64| {
        let pairs: Vec<(f64, f64)> = all()
            .filter(|(id, of)| cell.flow[*id] && of.mrr_start > 0)
            .map(|(_, of)| (money(of_customer(of)), money(of.mrr_start)))
            .collect();
        Figure::ratio(&pairs, 100.0, confidence, (0.0, top))
    };
    Some(match kpi {
        "customer_churn_rate" => Figure::share(count(&lost), opening, z),
        "customer_retention_rate" => Figure::share(opening - count(&lost), opening, z),
        "customers_opening" => Figure::count(opening),
        "customers_new" => Figure::count(count(&|id, of| cell.flow[id] && !of.at_start && of.at_end && !of.before)),
        "customers_reactivated" => {
            Figure::count(count(&|id, of| cell.flow[id] && !of.at_start && of.at_end && of.before))
        }
        "customers_lost" => Figure::count(count(&lost)),
        "customers_closing" => Figure::count(count(&|id, of| cell.stock[id] && of.at_end)),
        "early_losses" => Figure::count(count(&|id, of| cell.flow[id] && !of.at_start && !of.at_end && of.within)),
        "customers_transferred_in" => Figure::count(count(&|id, of| of.at_end && cell.stock[id] && !cell.flow[id])),
        "customers_transferred_out" => Figure::count(count(&|id, of| of.at_end && cell.flow[id] && !cell.stock[id])),
        "mrr_opening" => amount(&|id, of| (cell.flow[id] && of.mrr_start > 0).then_some(of.mrr_start)),
        "mrr_closing" => amount(&|id, of| (cell.stock[id] && of.mrr_end > 0).then_some(of.mrr_end)),
        "mrr_churned" if cell.cuts_rows => amount(&|id, of| lost(id, of).then_some(of.mrr_start)),
        "mrr_new" | "mrr_reactivated" | "mrr_expansion" | "mrr_contraction" | "mrr_churned" => {
            amount(&|id, of| line(kpi, of).filter(|_| cell.flow[id]))
        }
        "mrr_transferred_in" => {
            amount(&|id, of| (of.mrr_end > 0 && cell.stock[id] && !cell.flow[id]).then_some(of.mrr_end))
        }
        "mrr_transferred_out" => {
            amount(&|id, of| (of.mrr_end > 0 && cell.flow[id] && !cell.stock[id]).then_some(of.mrr_end))
        }
        "revenue_churn_rate" => ratio(&|of| (of.mrr_start - of.mrr_end).max(0), 100.0),
        "grr" => ratio(&|of| of.mrr_start.min(of.mrr_end), 100.0),
        "nrr" => ratio(&|of| of.mrr_end, f64::INFINITY),
        "renewal_rate" => renewals(view, cell),
        _ => return None,
    })
}

/// Of the renewals that fell due in the period, those whose customer still pays the day after.
fn renewals(view: &View, cell: &Cell) -> Figure {
    let mut due = BTreeSet::new();
    for row in &view.known.data.subscriptions {
        let Some(day) = row.renewal.map(|at| view.known.day(at)) else { continue };
        let before = view.known.midnight(days_after(day, -1));
        let active = row.mrr > 0 && row.start <= before && row.end.is_none_or(|end| before < end);
        if view.period.first <= day && day < view.period.after && active && cell.flow[row.customer] {
            due.insert((row.customer, day));
        }
    }
    let renewed =
        due.iter().filter(|(customer, day)| view.known.mrr(*customer, view.known.midnight(days_after(*day, 1))) > 0);
    Figure::share(renewed.count(), due.len(), view.known.z)
}

/// Each cohort's share that is still there at the end: a diagonal of the triangle.
pub(crate) fn cohorts(view: &View) -> Vec<(String, Figure)> {
    if view.period.grain == "week" {
        return Vec::new();
    }
    let month = view.period.last_month();
    let mut cohorts: std::collections::BTreeMap<chrono::NaiveDate, (usize, usize)> = std::collections::BTreeMap::new();
    for (id, spells) in view.known.spells.iter().enumerate() {
        let Some((first, _)) = spells.first() else { continue };
        let born = chrono::Datelike::with_day(&view.known.day(*first), 1).unwrap();
        if born <= month {
            let cohort = cohorts.entry(born).or_default();
            cohort.0 += 1;
            cohort.1 += usize::from(view.customers[id].at_end);
        }
    }
    let mut found = Vec::new();
    for (born, (size, left)) in cohorts {
        let mut months = 0;
        while months_after(born, months) < month {
            months += 1;
        }
        found.push((format!("{}+{months:02}", born.format("%Y-%m")), Figure::share(left, size, view.known.z)));
    }
    found
}
