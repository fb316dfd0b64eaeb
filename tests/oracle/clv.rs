//! The value of the next twelve months: the likelihoods and expectations of the papers, held against printed parameters.
//!
//! Nothing is fitted here: parameters that are the best ones are those beside which no others do better.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use statrs::function::gamma::ln_gamma;

use super::figure::money;
use super::view::{Cell, View};

/// Weeks in twelve months.
const YEAR: f64 = 365.25 / 7.0;

/// A customer's purchases: repeats, weeks to the last one, weeks seen, mean amount of the repeats.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Purchases {
    x: f64,
    last: f64,
    seen: f64,
    mean: f64,
}

/// The purchases of each customer that has any before the period's end.
fn purchases(view: &View) -> BTreeMap<usize, Purchases> {
    let mut found = BTreeMap::new();
    for id in 0..view.customers.len() {
        let mut days: BTreeMap<NaiveDate, (bool, i128)> = BTreeMap::new();
        for order in view.known.orders(id).filter(|order| order.at < view.end) {
            let day = days.entry(view.known.day(order.at)).or_default();
            day.0 |= order.amount >= 0;
            day.1 += order.amount;
        }
        // A refund on a day without a purchase lowers the purchase before it.
        let mut bought: Vec<(NaiveDate, i128)> = Vec::new();
        for (day, (is_purchase, amount)) in days {
            if is_purchase {
                bought.push((day, amount));
            } else if let Some(last) = bought.last_mut() {
                last.1 += amount;
            }
        }
        let Some(&(first, _)) = bought.first() else { continue };
        let weeks = |day: NaiveDate| (day - first).num_days() as f64 / 7.0;
        let x = (bought.len() - 1) as f64;
        let repeats: i128 = bought[1..].iter().map(|(_, amount)| amount).sum();
        let mean = if x > 0.0 { money(repeats) / x } else { 0.0 };
        let last_day = super::time::days_after(view.period.after, -1);
        found.insert(id, Purchases { x, last: weeks(bought[bought.len() - 1].0), seen: weeks(last_day), mean });
    }
    found
}

/// r, α, a, b of BG/NBD and p, q, γ of Gamma–Gamma.
pub(crate) type Parameters = [f64; 7];

/// FHL (2005), equation 6, of one customer.
fn bg_nbd(of: &Purchases, [r, alpha, a, b, ..]: Parameters) -> f64 {
    let shared = ln_gamma(r + of.x) - ln_gamma(r) + r * alpha.ln() + ln_gamma(a + b) - ln_gamma(b) + ln_gamma(b + of.x)
        - ln_gamma(a + b + of.x);
    let alive = -(r + of.x) * (alpha + of.seen).ln();
    if of.x == 0.0 {
        return shared + alive;
    }
    let gone = (a / (b + of.x - 1.0)).ln() - (r + of.x) * (alpha + of.last).ln();
    let top = alive.max(gone);
    shared + top + ((alive - top).exp() + (gone - top).exp()).ln()
}

/// Fader & Hardie (2013), of one customer with repeats.
fn gamma_gamma(of: &Purchases, [.., p, q, gamma]: Parameters) -> f64 {
    let px = p * of.x;
    ln_gamma(px + q) - ln_gamma(px) - ln_gamma(q) + q * gamma.ln() + (px - 1.0) * of.mean.ln() + px * of.x.ln()
        - (px + q) * (gamma + of.x * of.mean).ln()
}

/// The hypergeometric series at `z` below 1, term by term.
#[expect(clippy::many_single_char_names, reason = "as it is written everywhere")]
fn hypergeometric(a: f64, b: f64, c: f64, z: f64) -> f64 {
    let (mut term, mut sum) = (1.0_f64, 1.0_f64);
    for step in 0..100_000 {
        let j = f64::from(step);
        term *= (a + j) * (b + j) / (c + j) * z / (j + 1.0);
        sum += term;
        if term.abs() < sum.abs() * 1e-15 {
            break;
        }
    }
    sum
}

/// FHL (2005), equation 10: expected purchases of the next year.
fn expected_purchases(of: &Purchases, [r, alpha, a, b, ..]: Parameters) -> f64 {
    let reach = alpha + of.seen + YEAR;
    let series = hypergeometric(r + of.x, b + of.x, a + b + of.x - 1.0, YEAR / reach);
    let rest = ((r + of.x) * ((alpha + of.seen) / reach).ln()).exp() * series;
    let gone = if of.x > 0.0 {
        a / (b + of.x - 1.0) * ((r + of.x) * ((alpha + of.seen) / (alpha + of.last)).ln()).exp()
    } else {
        0.0
    };
    (a + b + of.x - 1.0) / (a - 1.0) * (1.0 - rest) / (1.0 + gone)
}

/// Expected amount of a purchase, by what was seen of its customer.
fn expected_amount(of: &Purchases, [.., p, q, gamma]: Parameters) -> f64 {
    (gamma + of.mean.max(0.0) * of.x) * p / (p * of.x + q - 1.0)
}

/// How many customers are behind a cell's value.
pub(crate) fn count(view: &View, cell: &Cell) -> usize {
    purchases(view).keys().filter(|id| cell.life[**id]).count()
}

/// The customers by whom amounts can be fitted.
pub(crate) fn with_repeats(view: &View) -> usize {
    purchases(view).values().filter(|of| of.x > 0.0 && of.mean > 0.0).count()
}

/// Σ expected revenue of a cell's customers.
pub(crate) fn expected(view: &View, cell: &Cell, parameters: Parameters) -> f64 {
    let all = purchases(view);
    let own = all.iter().filter(|(id, _)| cell.life[**id]);
    own.map(|(_, of)| expected_purchases(of, parameters) * expected_amount(of, parameters)).sum()
}

/// By how much the likelihood rises at the best of many steps away from some parameters; nothing at the best ones.
pub(crate) fn rise(view: &View, parameters: Parameters) -> f64 {
    let all = purchases(view);
    let payers: Vec<&Purchases> = all.values().filter(|of| of.x > 0.0 && of.mean > 0.0).collect();
    let whole = |parameters: Parameters| {
        all.values().map(|of| bg_nbd(of, parameters)).sum::<f64>()
            + payers.iter().map(|of| gamma_gamma(of, parameters)).sum::<f64>()
    };
    let here = whole(parameters);
    let mut best = here;
    for first in 0..7 {
        for second in first..7 {
            for (one, other) in [(0.02, 0.02), (-0.02, 0.02), (0.02, -0.02), (-0.02, -0.02_f64)] {
                let mut moved = parameters;
                moved[first] *= f64::exp(one);
                if second != first {
                    moved[second] *= f64::exp(other);
                }
                best = best.max(whole(moved));
            }
        }
    }
    best - here
}
