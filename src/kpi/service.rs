//! Service: whether tickets are solved at once, and how long customers wait.
//!
//! Knows tickets by count and by waiting time; not who opened them.

use super::columns::{
    BUYER, CONTACTS, FIRST_RESPONSE_AT, MRR, OPENED_AT, ORDERED_AT, REOPENED, RESOLVED_AT, SUBSCRIBER,
    SUBSCRIPTION_END, SUBSCRIPTION_START, TICKET_CUSTOMER,
};
use super::reading::RatioOf;
use super::{Better, Context, Definition, DrawsOn, Reading, Unit};
use crate::config::FcrDenominator;
use crate::stats::quantile::{quantile, rank_limits};
use crate::tables::schema::Table;
use crate::tally::{Histogram, Tallies};

const QUANTILE: &str = "Hyndman & Fan (1996), type 7; limits: binomial ranks, Conover (1999), 3.2; error of a change: McKean & Schrader (1984)";

const SECONDS_PER_HOUR: f64 = 3600.0;

/// First contact resolution; provisional until the reopening window has passed.
pub const FCR: Definition = Definition {
    id: "fcr",
    unit: Unit::Percent,
    better: Better::Higher,
    formula: "100 × tickets resolved with one contact and never reopened / tickets opened (or resolved) in the period; without any contact in neither",
    source: "service-desk practice; interval: Wilson (1927)",
    range: 0.0..=100.0,
    needs: &[&[TICKET_CUSTOMER, OPENED_AT, RESOLVED_AT, CONTACTS, REOPENED]],
    segments_only: false,
    draws_on: DrawsOn::Plain,
    rows_of: Some(Table::Tickets),
    parts: None,
    compute: |tallies, context| {
        let of = &tallies.service;
        match context.choices.fcr.denominator {
            FcrDenominator::Opened => Reading::share(of.opened_first_contact, of.opened, context),
            FcrDenominator::Resolved => Reading::share(of.resolved_first_contact, of.resolved, context),
        }
    },
};

/// A waiting time.
const fn wait(
    id: &'static str,
    formula: &'static str,
    needs: &'static [&'static [crate::tables::schema::Column]],
    compute: fn(&Tallies, &Context) -> Reading,
) -> Definition {
    Definition {
        id,
        unit: Unit::Hours,
        better: Better::Lower,
        formula,
        source: QUANTILE,
        range: 0.0..=f64::INFINITY,
        needs,
        segments_only: false,
        draws_on: DrawsOn::Plain,
        rows_of: Some(Table::Tickets),
        parts: None,
        compute,
    }
}

/// A quantile of waiting times in whole seconds, in hours.
fn hours(seconds: &Histogram, p: f64, context: &Context) -> Reading {
    let confidence = context.choices.confidence;
    let value = quantile(seconds.counts(), p).map(|seconds| seconds / SECONDS_PER_HOUR);
    let limits = rank_limits(seconds.counts(), p, confidence).map(|limits| limits.times(1.0 / SECONDS_PER_HOUR));
    let error = limits.map(|limits| limits.standard_error(confidence));
    Reading { n: seconds.total(), ..Reading::estimate(value, error, limits) }
}

/// Median time to the first response.
pub const FIRST_RESPONSE_HOURS: Definition = wait(
    "first_response_hours",
    "median hours from opening to first response, of tickets opened in the period that have one",
    &[&[TICKET_CUSTOMER, OPENED_AT, FIRST_RESPONSE_AT]],
    |tallies, context| hours(&tallies.service.first_response_seconds, 0.5, context),
);

/// Time within which nine of ten tickets get their first response.
pub const FIRST_RESPONSE_HOURS_P90: Definition = wait(
    "first_response_hours_p90",
    "90th percentile of hours from opening to first response, of tickets opened in the period that have one",
    &[&[TICKET_CUSTOMER, OPENED_AT, FIRST_RESPONSE_AT]],
    |tallies, context| hours(&tallies.service.first_response_seconds, 0.9, context),
);

/// Median time to resolution.
pub const RESOLUTION_HOURS: Definition = wait(
    "resolution_hours",
    "median hours from opening to resolution, of tickets opened in the period that have one",
    &[&[TICKET_CUSTOMER, OPENED_AT, RESOLVED_AT]],
    |tallies, context| hours(&tallies.service.resolution_seconds, 0.5, context),
);

/// Time within which nine of ten tickets are resolved.
pub const RESOLUTION_HOURS_P90: Definition = wait(
    "resolution_hours_p90",
    "90th percentile of hours from opening to resolution, of tickets opened in the period that have one",
    &[&[TICKET_CUSTOMER, OPENED_AT, RESOLVED_AT]],
    |tallies, context| hours(&tallies.service.resolution_seconds, 0.9, context),
);

/// Tickets opened in the period per hundred customers.
pub const TICKET_RATE: Definition = Definition {
    id: "ticket_rate",
    unit: Unit::Ratio,
    better: Better::Lower,
    formula: "100 × tickets opened in the period / customers active at the start",
    source: "interval: linearised ratio over customers, Cochran (1977), 6.4",
    range: 0.0..=f64::INFINITY,
    needs: &[
        &[TICKET_CUSTOMER, OPENED_AT, SUBSCRIBER, SUBSCRIPTION_START, SUBSCRIPTION_END, MRR],
        &[TICKET_CUSTOMER, OPENED_AT, BUYER, ORDERED_AT],
    ],
    segments_only: false,
    draws_on: DrawsOn::TicketRates,
    rows_of: None,
    parts: None,
    compute: |tallies, context| {
        RatioOf::percent((&tallies.service.per_customer).into(), 1, TICKET_RATE.range).read(context)
    },
};

/// Tickets that wait at the end.
pub const BACKLOG: Definition = Definition {
    id: "backlog",
    unit: Unit::Count,
    better: Better::Lower,
    formula: "tickets opened before the end and not resolved by then",
    source: "service-desk practice",
    range: 0.0..=f64::INFINITY,
    needs: &[&[TICKET_CUSTOMER, OPENED_AT, RESOLVED_AT]],
    segments_only: false,
    draws_on: DrawsOn::Plain,
    rows_of: Some(Table::Tickets),
    parts: None,
    compute: |tallies, _| Reading::count(tallies.service.backlog),
};

#[cfg(test)]
mod tests {
    use super::super::testing::{choices, read};
    use super::*;
    use crate::kpi::{Sampling, Undefined};

    /// 10 opened, 6 solved at once; of 8 resolved in the period, 6: 60 % or 75 %.
    #[test]
    fn fcr_divides_by_the_tickets_chosen() {
        let mut tallies = Tallies::default();
        let of = &mut tallies.service;
        (of.opened, of.opened_first_contact, of.resolved, of.resolved_first_contact) = (10, 6, 8, 6);
        of.without_contact = 5;
        let mut choices = choices();
        assert_eq!(read(&FCR, &tallies, &choices).value, Ok(60.0));
        choices.fcr.denominator = FcrDenominator::Resolved;
        assert_eq!(read(&FCR, &tallies, &choices).value, Ok(75.0));
    }

    /// Three active customers with 2, 0 and 1 tickets, and one who came later with 1: 4 tickets of 3 customers, 133.3 per
    /// hundred. R = 4/3, residuals y − Rx = 2/3, −4/3, −1/3, 1: Σ² = 30/9; variance 4/3 · (30/9) / 9 = 0.493827,
    /// t(3) = 3.182446: ± 100 × 3.182446 × 0.702728 = 223.64, cut at nothing.
    #[test]
    fn the_ticket_rate_is_a_ratio_over_customers() {
        let mut tallies = Tallies::default();
        for (active, opened) in [(1, 2), (1, 0), (1, 1), (0, 1)] {
            tallies.service.per_customer.push(active, opened);
        }
        let rate = read(&TICKET_RATE, &tallies, &choices());
        assert_eq!((rate.value, rate.n), (Ok(400.0 / 3.0), 4));
        assert_eq!((rate.numerator, rate.denominator), (Some(4.0), Some(3.0)));
        let interval = rate.interval.unwrap();
        assert!(interval.low == 0.0 && (interval.high - 356.973).abs() < 1e-2, "{interval:?}");
        let nobody = read(&TICKET_RATE, &Tallies::default(), &choices());
        assert_eq!(nobody.value, Err(Undefined::NoDenominator));
    }

    #[test]
    fn the_backlog_is_counted() {
        let mut tallies = Tallies::default();
        tallies.service.backlog = 7;
        let backlog = read(&BACKLOG, &tallies, &choices());
        assert_eq!((backlog.value, backlog.n, backlog.denominator), (Ok(7.0), 7, None));
        assert_eq!(backlog.sampling, Sampling::None);
    }

    /// 1 to 10 hours: median 5.5, ranks 2 and 9; 90th percentile 9.1, and too few tickets for its limits.
    #[test]
    fn waiting_times_are_quantiles_with_ranks_for_limits() {
        let mut tallies = Tallies::default();
        tallies.service.resolution_seconds = Histogram::from_values((1..=10).map(|hour| hour * 3600).collect());
        let median = read(&RESOLUTION_HOURS, &tallies, &choices());
        assert_eq!((median.value, median.n), (Ok(5.5), 10));
        let interval = median.interval.unwrap();
        assert!((interval.low - 2.0).abs() < 1e-12 && (interval.high - 9.0).abs() < 1e-12, "{interval:?}");
        assert!(matches!(median.sampling, Sampling::Normal { .. }));
        let ninety = read(&RESOLUTION_HOURS_P90, &tallies, &choices());
        assert!((ninety.value.unwrap() - 9.1).abs() < 1e-12);
        assert_eq!((ninety.interval, ninety.sampling), (None, Sampling::Unknown));
        assert_eq!(ninety.remark.as_deref(), Some("too_few"));
        let none = read(&FIRST_RESPONSE_HOURS, &tallies, &choices());
        assert_eq!((none.value, none.remark), (Err(Undefined::NoDenominator), None));
        assert!(read(&FIRST_RESPONSE_HOURS_P90, &tallies, &choices()).value.is_err());
    }
}
