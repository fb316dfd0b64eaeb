//! How long customers stay: Kaplan–Meier, drawn by hand.

use std::collections::BTreeMap;

use super::figure::{Figure, Limits};
use super::time::months_after;
use super::view::{Cell, View};

/// A lifetime in whole months (or days), and whether it ended.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lifetime {
    pub(crate) length: i64,
    pub(crate) ended: bool,
}

/// Whether what is dated at an instant is felt at the period's end: an order after its instant, a subscription at it.
fn is_past(view: &View, at: i64) -> bool {
    if view.known.choices.has_subscriptions { at <= view.end } else { at < view.end }
}

/// The end of the first spell that is followed by a gap longer than allowed, if it has elapsed at the period's end.
fn end_of_life(view: &View, customer: usize) -> Option<i64> {
    let spells = &view.known.spells[customer];
    for (index, (_, to)) in spells.iter().enumerate() {
        if !is_past(view, *to) {
            return None;
        }
        // Who returns at that very instant was away for no longer than is allowed.
        let allowed = view.known.days_later(*to, view.known.choices.churn_gap_days);
        let next = spells.get(index + 1).map_or(i64::MAX, |(from, _)| *from);
        if is_past(view, allowed) && next > allowed {
            return Some(*to);
        }
    }
    None
}

/// A customer's lifetime as it is known at the period's end, if it ever was active.
pub(crate) fn lifetime(view: &View, customer: usize) -> Option<Lifetime> {
    let first = view.known.spells[customer].first()?.0;
    if !is_past(view, first) {
        return None;
    }
    let born = view.known.day(first);
    if let Some(end) = end_of_life(view, customer) {
        let day = view.known.day(end);
        let mut length = 0;
        while months_after(born, length) < day {
            length += 1;
        }
        return Some(Lifetime { length, ended: true });
    }
    let mut length = 0;
    while months_after(born, length + 1) <= view.period.after {
        length += 1;
    }
    Some(Lifetime { length, ended: false })
}

/// A step of the curve.
pub(crate) struct Step {
    pub(crate) at: i64,
    pub(crate) survival: f64,
    /// Greenwood's sum up to here.
    pub(crate) greenwood: f64,
    pub(crate) at_risk: f64,
    pub(crate) ends: f64,
}

/// The curve's steps, in order; at ties ends come before censorings.
pub(crate) fn curve(lifetimes: &[Lifetime]) -> Vec<Step> {
    let mut ends: BTreeMap<i64, f64> = BTreeMap::new();
    for one in lifetimes.iter().filter(|one| one.ended) {
        *ends.entry(one.length).or_default() += 1.0;
    }
    let (mut survival, mut greenwood) = (1.0, 0.0);
    let mut steps = Vec::new();
    for (at, ends) in ends {
        let at_risk = lifetimes.iter().filter(|one| one.length >= at).count() as f64;
        survival *= 1.0 - ends / at_risk;
        greenwood += ends / (at_risk * (at_risk - ends));
        steps.push(Step { at, survival, greenwood, at_risk, ends });
    }
    steps
}

/// Limits of a survival on the log(−log) scale.
fn limits(survival: f64, greenwood: f64, z: f64) -> Option<(f64, f64)> {
    if survival <= 0.0 || survival >= 1.0 {
        return None;
    }
    let spread = (z * greenwood.sqrt() / survival.ln().abs()).exp();
    Some((survival.powf(spread), survival.powf(1.0 / spread)))
}

/// Survival at a month.
pub(crate) fn survival_at(lifetimes: &[Lifetime], month: i64, z: f64) -> Figure {
    let n = lifetimes.len();
    if n == 0 {
        return Figure::plain(None, 0);
    }
    let steps = curve(lifetimes);
    let last = steps.iter().rev().find(|step| step.at <= month);
    let (survival, greenwood) = last.map_or((1.0, 0.0), |step| (step.survival, step.greenwood));
    let longest = lifetimes.iter().map(|one| one.length).max().unwrap();
    if longest < month && survival > 0.0 {
        return Figure { reason: "not_reached", ..Figure::plain(None, n) };
    }
    let mut figure = Figure::plain(Some(100.0 * survival), n);
    figure.limits = match limits(survival, greenwood, z) {
        Some((low, high)) => Limits::Are(100.0 * low, 100.0 * high),
        None => Limits::TooFew,
    };
    figure
}

/// The smallest time with survival at or under one half; its limits where the curve's limits get there.
pub(crate) fn median(lifetimes: &[Lifetime], z: f64) -> Figure {
    let n = lifetimes.len();
    if n == 0 {
        return Figure::plain(None, 0);
    }
    let steps = curve(lifetimes);
    let half = 0.5 + 1e-12;
    let Some(median) = steps.iter().find(|step| step.survival <= half) else {
        return Figure { reason: "not_reached", ..Figure::plain(None, n) };
    };
    let mut figure = Figure::plain(Some(median.at as f64), n);
    let low = steps.iter().find(|step| {
        step.survival <= 0.0 || limits(step.survival, step.greenwood, z).is_some_and(|(low, _)| low <= half)
    });
    let high = steps.iter().find(|step| {
        step.survival > 0.0 && limits(step.survival, step.greenwood, z).is_some_and(|(_, high)| high <= half)
    });
    figure.limits = match (low, high) {
        (Some(low), Some(high)) => Limits::Are(low.at as f64, high.at as f64),
        _ => Limits::TooFew,
    };
    figure
}

/// The area under the curve up to τ, and its variance.
pub(crate) fn restricted_mean(lifetimes: &[Lifetime], tau: i64) -> (f64, f64) {
    let steps = curve(lifetimes);
    let survival = |month: i64| steps.iter().rev().find(|step| step.at <= month).map_or(1.0, |step| step.survival);
    let area = |from: i64| (from..tau).map(survival).sum::<f64>();
    let mut variance = 0.0;
    for step in steps.iter().filter(|step| step.at < tau && step.at_risk > step.ends) {
        variance += area(step.at).powi(2) * step.ends / (step.at_risk * (step.at_risk - step.ends));
    }
    (area(0), variance)
}

/// Lifetimes of the customers who began in a cell.
pub(crate) fn lifetimes(view: &View, cell: &Cell) -> Vec<Lifetime> {
    let all = view.lifetimes.get_or_init(|| (0..view.customers.len()).map(|id| lifetime(view, id)).collect());
    (0..view.customers.len()).filter(|id| cell.life[*id]).filter_map(|id| all[id]).collect()
}

pub(crate) fn figure(view: &View, kpi: &str, cell: &Cell) -> Option<Figure> {
    let z = view.known.z;
    Some(match kpi {
        "survival_6m" => survival_at(&lifetimes(view, cell), 6, z),
        "survival_12m" => survival_at(&lifetimes(view, cell), 12, z),
        "survival_24m" => survival_at(&lifetimes(view, cell), 24, z),
        "survival_median_months" => median(&lifetimes(view, cell), z),
        _ => return None,
    })
}
