//! What tests of figures start from: the default choices, and tallies of a few customers.
//!
//! For tests only.

use super::{Context, Definition, Reading};
use crate::config::{Choices, Component, Missing, Signal, Window};
use crate::tally::{Histogram, Tallies};

/// The documented defaults, with one component in each score so that the scores are configured.
pub(crate) fn choices() -> Choices {
    let component = |id: &str, weight| Component {
        id: id.to_owned(),
        signal: Signal::ActiveDays,
        kind: None,
        window: Window::Days(90),
        weight,
        scale: vec![(0.0, 0.0), (30.0, 100.0)],
        missing: Missing::Skip,
    };
    let mut choices = Choices::default();
    choices.health.components = vec![component("usage", 1.0)];
    choices.chi.criteria = vec![component("usage", 10.0)];
    choices
}

/// A month of 30 days in a business with subscriptions that has been followed for as long as its longest lifetime.
pub(crate) fn context<'a>(tallies: &Tallies, choices: &'a Choices) -> Context<'a> {
    let of = &tallies.lifetimes;
    let durations = of.ended.counts().iter().chain(of.censored.counts());
    Context {
        choices,
        period_days: 30,
        period_months: 1.0,
        longest_follow_up: durations.map(|&(months, _)| months).max().unwrap_or(0),
        buying: None,
        has_subscriptions: true,
    }
}

/// The reading in that context.
pub(crate) fn read(definition: &Definition, tallies: &Tallies, choices: &Choices) -> Reading {
    (definition.compute)(tallies, &context(tallies, choices))
}

/// The values by the definition's own dimension, in that context.
pub(crate) fn read_parts(definition: &Definition, tallies: &Tallies, choices: &Choices) -> Vec<(String, Reading)> {
    definition.parts.map_or_else(Vec::new, |parts| (parts.compute)(tallies, &context(tallies, choices)))
}

/// The value under the default choices.
pub(crate) fn value(definition: &Definition, tallies: &Tallies) -> Result<f64, super::Undefined> {
    read(definition, tallies, &choices()).value
}

/// Customers by number.
pub(crate) fn customers(opening: u64, lost: u64) -> Tallies {
    let mut tallies = Tallies::default();
    tallies.customers.opening = opening;
    tallies.customers.lost = lost;
    tallies.customers.closing = opening - lost;
    tallies
}

/// Customers with their MRR at `start` and at `end`, in units of the currency; none was a customer before.
pub(crate) fn mrr(customers: &[(i64, i64)]) -> Tallies {
    let mut tallies = Tallies::default();
    for &(opening, closing) in customers {
        let (opening, closing) = (opening * 1_000_000, closing * 1_000_000);
        let of = &mut tallies.revenue;
        of.opening += i128::from(opening);
        of.closing += i128::from(closing);
        if closing > 0 {
            of.per_customer.push(1, closing);
            tallies.customers.closing += 1;
        }
        if opening == 0 {
            of.new += i128::from(closing);
            tallies.customers.new += 1;
            continue;
        }
        tallies.customers.opening += 1;
        tallies.customers.lost += u64::from(closing == 0);
        of.expansion += i128::from((closing - opening).max(0));
        of.churned += i128::from(if closing == 0 { opening } else { 0 });
        of.contraction += i128::from(if closing > 0 { (opening - closing).max(0) } else { 0 });
        of.loss.push(opening, (opening - closing).max(0));
        of.retained.push(opening, closing);
    }
    tallies
}

/// Answers to the recommendation question.
pub(crate) fn nps(scores: &[i64]) -> Tallies {
    let mut tallies = Tallies::default();
    tallies.loyalty.nps = Histogram::from_values(scores.to_vec());
    tallies
}

/// Promoters, passives and detractors by number.
pub(crate) fn nps_counts(promoters: usize, passives: usize, detractors: usize) -> Tallies {
    nps(&[vec![9; promoters], vec![7; passives], vec![6; detractors]].concat())
}

/// Answers to the satisfaction question.
pub(crate) fn csat(scores: &[i64]) -> Tallies {
    let mut tallies = Tallies::default();
    tallies.loyalty.csat = Histogram::from_values(scores.to_vec());
    tallies
}

/// Lifetimes in months, ended and still running.
pub(crate) fn lifetimes(ended: &[i64], censored: &[i64]) -> Tallies {
    let mut tallies = Tallies::default();
    tallies.lifetimes.ended = Histogram::from_values(ended.to_vec());
    tallies.lifetimes.censored = Histogram::from_values(censored.to_vec());
    tallies
}
