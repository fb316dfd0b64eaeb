//! KPIs: definitions as data, and readings with their intervals.
//!
//! Knows sums and the choices of `kpis.yaml`; never rows, dates, files or words for people.

use std::ops::RangeInclusive;

use crate::config::Choices;
use crate::tables::schema::Column;
use crate::tally::Tallies;

/// What a value counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unit {
    /// NPS points, −100…100.
    Points,
    /// A score on a scale of its own.
    Score,
    /// A percentage, 0–100 (or more).
    Percent,
    /// Units of the reporting currency.
    Money,
    /// A number of things.
    Count,
    /// Months.
    Months,
    /// Days.
    Days,
    /// Hours.
    Hours,
    /// A plain ratio.
    Ratio,
}

impl Unit {
    /// As `figures.csv` writes it.
    pub fn id(self) -> &'static str {
        match self {
            Self::Points => "points",
            Self::Score => "score",
            Self::Percent => "percent",
            Self::Money => "money",
            Self::Count => "count",
            Self::Months => "months",
            Self::Days => "days",
            Self::Hours => "hours",
            Self::Ratio => "ratio",
        }
    }
}

/// Which way is good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Better {
    /// More is better.
    Higher,
    /// Less is better.
    Lower,
    /// Neither in itself.
    Neutral,
}

/// Why there is no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Undefined {
    /// Nothing to divide by.
    NoDenominator,
    /// A table or column is not configured.
    NotConfigured,
    /// The data cannot tell (zero churn has no lifetime).
    NotIdentifiable,
    /// The curve never gets there (a median).
    NotReached,
    /// Too few units.
    TooFew,
}

impl Undefined {
    /// The code in the `note` column of `figures.csv`.
    pub fn code(self) -> &'static str {
        match self {
            Self::NoDenominator => "no_denominator",
            Self::NotConfigured => "not_configured",
            Self::NotIdentifiable => "not_identifiable",
            Self::NotReached => "not_reached",
            Self::TooFew => "too_few",
        }
    }
}

/// A two-sided confidence interval in the unit of its value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// Lower limit.
    pub low: f64,
    /// Upper limit.
    pub high: f64,
}

/// How a value varies from sample to sample: what a test of its change needs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Sampling {
    /// Not a sample (a count, a sum): a change is a fact, untested.
    None,
    /// Successes of trials: two proportions are compared by score test, or Fisher's where counts are small.
    Proportion {
        /// Successes.
        successes: u64,
        /// Trials.
        trials: u64,
    },
    /// A mean with its variance over n units: Welch's test.
    Mean {
        /// Mean, in the KPI's unit.
        mean: f64,
        /// Sample variance of a unit (n − 1).
        variance: f64,
        /// Units.
        n: u64,
    },
    /// An estimate with a standard error, in the KPI's unit: z test. For NPS both are the adjusted ones.
    Normal {
        /// Estimate.
        estimate: f64,
        /// Its standard error.
        standard_error: f64,
    },
}

/// One computed figure, not yet judged.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// The value in the KPI's unit, or why there is none. Always finite.
    pub value: Result<f64, Undefined>,
    /// Sampling units behind it.
    pub n: u64,
    /// Numerator, in the natural unit of the KPI.
    pub numerator: Option<f64>,
    /// Denominator, in the natural unit of the KPI.
    pub denominator: Option<f64>,
    /// Confidence interval; contains the value.
    pub interval: Option<Interval>,
    /// How it varies.
    pub sampling: Sampling,
    /// A fact that belongs beside the value: `tau=60`.
    pub remark: Option<String>,
}

/// A KPI: everything that is true of it whatever the data.
pub struct Definition {
    /// Its name everywhere: YAML, `figures.csv`, the command line.
    pub id: &'static str,
    /// Unit of its value.
    pub unit: Unit,
    /// Which way is good.
    pub better: Better,
    /// The formula in plain words.
    pub formula: &'static str,
    /// Where the formula or its interval comes from.
    pub source: &'static str,
    /// The values it can take.
    pub range: RangeInclusive<f64>,
    /// Columns it cannot do without.
    pub needs: &'static [Column],
    /// Whether it stands only in segments (transfers between segments) and not in the total.
    pub segments_only: bool,
    /// Its value for one period and segment.
    pub compute: fn(&Tallies, &Context) -> Reading,
}

/// What a formula may know besides the tallies.
#[derive(Clone, Debug)]
pub struct Context<'a> {
    /// The choices of `kpis.yaml`.
    pub choices: &'a Choices,
    /// Civil days of the period (up to today in an open one).
    pub period_days: u32,
    /// Months of the period: 1, 3, 12 or N; for a week 12/52.
    pub period_months: f64,
    /// Longest follow-up in months over all customers (`total`): bounds the horizon of the restricted mean lifetime.
    pub longest_follow_up: i64,
    /// Whether the business has subscriptions (else activity comes from orders).
    pub has_subscriptions: bool,
}
