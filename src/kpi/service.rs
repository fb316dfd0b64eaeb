//! Service: whether tickets are solved at once, and how long customers wait.
//!
//! Knows tickets by count and by waiting time; not who opened them.

use super::columns::{CONTACTS, FIRST_RESPONSE_AT, OPENED_AT, REOPENED, RESOLVED_AT, TICKET_CUSTOMER};
use super::{Better, Context, Definition, Reading, Unit};
use crate::config::FcrDenominator;
use crate::stats::quantile::{quantile, rank_limits};
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
