//! Customer lifetime value of the next twelve months: what customers who need no contract are expected to buy.
//!
//! A model fitted to all customers, applied to each segment; see [`crate::stats::btyd`].

use std::collections::BTreeMap;

use super::columns::{BUYER, ORDER_AMOUNT, ORDERED_AT};
use super::reading::whole;
use super::{Better, Context, Definition, DrawsOn, Reading, Undefined, Unit};
use crate::stats::btyd::{History, Purchases, Spend, Spending};
use crate::tally::{Buyer, Buyers, Tallies};

/// Twelve months in weeks: 365.25 / 7.
const YEAR: f64 = 365.25 / 7.0;

/// Customers who bought again, below which nothing is fitted.
const FEWEST: u64 = 10;

/// Expected revenue of a customer in the next twelve months, from orders.
pub const CLV_12M: Definition = Definition {
    id: "clv_12m",
    unit: Unit::Money,
    better: Better::Higher,
    formula: "Σ expected purchases of the next 12 months × expected amount of a purchase / customers with an order; \
              BG/NBD × Gamma–Gamma by maximum likelihood on the total",
    source: "Fader, Hardie & Lee (2005), Marketing Science 24 (2); Fader & Hardie (2013), The Gamma-Gamma Model of \
             Monetary Value; no interval",
    range: 0.0..=f64::INFINITY,
    needs: &[&[BUYER, ORDERED_AT, ORDER_AMOUNT]],
    segments_only: false,
    draws_on: DrawsOn::Buyers,
    rows_of: None,
    parts: None,
    compute: |tallies, context| next_year(tallies, context).unwrap_or_else(|why| Reading {
        n: customers(&tallies.buyers),
        ..Reading::undefined(why)
    }),
};

fn next_year(tallies: &Tallies, context: &Context) -> Result<Reading, Undefined> {
    let n = customers(&tallies.buyers);
    if n == 0 {
        return Err(Undefined::NoDenominator);
    }
    let buying = context.buying.ok_or(Undefined::NotIdentifiable)?;
    let expected = |(buyer, count): &(Buyer, u32)| Some(f64::from(*count) * buying.expected_revenue(buyer)?);
    let sum = tallies.buyers.counts().iter().map(expected).sum::<Option<f64>>().ok_or(Undefined::NotIdentifiable)?;
    let value = sum / to_f64(n);
    let reading = Reading { n, numerator: Some(sum), denominator: Some(to_f64(n)), ..Reading::plain(Some(value)) };
    Ok(reading.remarking(buying.parameters()))
}

fn customers(buyers: &Buyers) -> u64 {
    buyers.counts().iter().map(|(_, count)| u64::from(*count)).sum()
}

/// How customers buy: both models, and what they expect of the next year.
#[derive(Clone, Debug)]
pub struct Buying {
    purchases: Purchases,
    spend: Spend,
    /// (x, T in days) → purchases of the next year expected of a customer who is still there.
    if_alive: BTreeMap<(u32, u32), f64>,
}

impl Buying {
    /// Fits both models to customers; none if too few bought again or their histories cannot tell.
    pub fn fit(buyers: &Buyers) -> Option<Self> {
        let counts = buyers.counts();
        let spendings: Vec<Spending> = counts.iter().filter_map(|(buyer, count)| spending(buyer, *count)).collect();
        if spendings.iter().map(|of| u64::from(of.customers)).sum::<u64>() < FEWEST {
            return None;
        }
        let spend = Spend::fit(&spendings)?;
        // How often has nothing to do with how much: the same history at another price is one.
        let mut histories: Vec<History> = Vec::new();
        for (buyer, customers) in counts {
            let of = History { repeats: buyer.repeats, last: weeks(buyer.last), age: weeks(buyer.age), customers: 0 };
            match histories.last_mut() {
                Some(last) if History { customers: 0, ..*last } == of => last.customers += customers,
                _ => histories.push(History { customers: *customers, ..of }),
            }
        }
        let purchases = Purchases::fit(&histories)?;
        let expected = |(buyer, _): &(Buyer, u32)| {
            let expected = purchases.expected_if_alive(buyer.repeats, weeks(buyer.age), YEAR)?;
            Some(((buyer.repeats, buyer.age), expected))
        };
        let mut once: Vec<&(Buyer, u32)> = counts.iter().collect();
        once.sort_unstable_by_key(|(buyer, _)| (buyer.repeats, buyer.age));
        once.dedup_by_key(|(buyer, _)| (buyer.repeats, buyer.age));
        let if_alive = once.into_iter().map(expected).collect::<Option<_>>()?;
        Some(Self { purchases, spend, if_alive })
    }

    /// What a customer with this history, one of those fitted, is expected to pay in the next year.
    fn expected_revenue(&self, buyer: &Buyer) -> Option<f64> {
        let alive = self.purchases.alive(buyer.repeats, weeks(buyer.last), weeks(buyer.age));
        // Who got more back than was paid pays nothing; a negative price is none.
        let mean = spending(buyer, 1).map_or(0.0, |of| of.mean);
        Some(alive * self.if_alive.get(&(buyer.repeats, buyer.age))? * self.spend.expected(buyer.repeats, mean))
    }

    /// The parameters, as a figure's note gives them.
    fn parameters(&self) -> String {
        let (of, spend) = (&self.purchases, &self.spend);
        let named = [
            ("r", of.r),
            ("alpha", of.alpha),
            ("a", of.a),
            ("b", of.b),
            ("p", spend.p),
            ("q", spend.q),
            ("gamma", spend.gamma),
        ];
        named.map(|(name, value)| format!("{name}={}", six_digits(value))).join(";")
    }
}

/// A customer's repeat purchases, if they came to anything.
fn spending(buyer: &Buyer, customers: u32) -> Option<Spending> {
    let mean = whole(buyer.revenue) / 1e6 / f64::from(buyer.repeats.max(1));
    (buyer.repeats > 0 && mean > 0.0).then_some(Spending { repeats: buyer.repeats, mean, customers })
}

fn weeks(days: u32) -> f64 {
    f64::from(days) / 7.0
}

/// Six significant digits, without an exponent.
fn six_digits(value: f64) -> String {
    format!("{value:.5e}").parse::<f64>().map_or_else(|_| String::new(), |rounded| rounded.to_string())
}

#[expect(clippy::cast_precision_loss, reason = "customers are far below 2^53")]
fn to_f64(count: u64) -> f64 {
    count as f64
}
