//! KPIs: definitions as data, and readings with their intervals.
//!
//! Knows sums and the choices of `kpis.yaml`; never rows, dates, files or words for people.

pub mod catalogue;
pub mod clv;
mod columns;
pub mod cost;
pub mod engagement;
pub mod goals;
pub mod growth;
pub mod health;
#[cfg(test)]
mod laws;
pub mod loyalty;
pub mod onboarding;
mod reading;
pub mod retention;
pub mod revenue;
pub mod service;
pub mod survival;
#[cfg(test)]
pub(crate) mod testing;
pub mod themes;
pub mod value;
#[cfg(test)]
mod worked_numbers;

use std::ops::RangeInclusive;

pub use self::reading::{Reading, Sampling, Undefined};
use crate::config::{Choices, ValueSource};
pub use crate::stats::interval::Interval;
pub use crate::tables::schema::{Column, Table};
use crate::tally::Tallies;
pub use crate::tally::pass::DrawsOn;

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

/// A KPI: everything that is true of it whatever the data.
pub struct Definition {
    /// Its name everywhere: YAML, `figures.csv`, the command line.
    pub id: &'static str,
    /// Unit of its value.
    pub unit: Unit,
    /// Which way is good, with the default choices; [`Definition::better_under`] knows of others.
    pub better: Better,
    /// The formula in plain words.
    pub formula: &'static str,
    /// Where the formula or its interval comes from.
    pub source: &'static str,
    /// The values it can take, with the default choices; [`Definition::range_under`] knows of others.
    pub range: RangeInclusive<f64>,
    /// Columns it cannot do without, as alternatives: it can be computed if **any** of them is there **whole**.
    /// Customers are active by their subscriptions or, without that table, by their orders.
    pub needs: &'static [&'static [Column]],
    /// Whether it stands only in segments (transfers between segments) and not in the total.
    pub segments_only: bool,
    /// Which of the dearer tallies it is computed from, so that they are filled only where somebody asks.
    pub draws_on: DrawsOn,
    /// The table whose rows it counts one by one: a column of these rows may cut it.
    pub rows_of: Option<Table>,
    /// A dimension of its own, for which it has several values at once.
    pub parts: Option<Parts>,
    /// Its value for one period and segment. One that stands only by its [`Self::parts`] is never "configured" here.
    pub compute: fn(&Tallies, &Context) -> Reading,
}

/// The values of a KPI by a dimension that only this KPI has.
#[derive(Clone, Copy)]
pub struct Parts {
    /// The dimension's name.
    pub dimension: &'static str,
    /// Segment and value, from the tallies of all customers or of one recipient's part of them.
    pub compute: fn(&Tallies, &Context) -> Vec<(String, Reading)>,
}

impl Definition {
    /// Whether it asks which customers are active, which orders tell where there are no subscriptions.
    pub fn is_of_active_customers(&self) -> bool {
        let is_of_lifetimes = self.draws_on == DrawsOn::Lifetimes;
        let is_amount = |way: &[Column]| way.contains(&columns::ORDER_AMOUNT) && !is_of_lifetimes;
        self.needs.iter().any(|way| way.contains(&columns::ORDERED_AT) && !is_amount(way))
    }

    /// Whether it adds up what its customers have, so that a part of them has less of it.
    pub fn is_sum(&self) -> bool {
        self.unit == Unit::Count || (self.unit == Unit::Money && self.id.starts_with("mrr_"))
    }

    /// Whether its rows belong to no customer, so that it has a total and row segments only.
    pub fn counts_others_than_customers(&self) -> bool {
        matches!(self.rows_of, Some(Table::Leads | Table::Staff))
    }

    /// Whether people's answers are behind it, so that a small group could be recognised.
    pub fn is_of_surveys(&self) -> bool {
        self.needs.iter().flat_map(|way| way.iter()).any(|column| column.0 == Table::Surveys)
    }
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
    /// How customers buy, fitted to all of them (to all of a recipient's part in a recipient's figures); none where nobody
    /// asks or the orders cannot tell.
    pub buying: Option<&'a clv::Buying>,
    /// Whether the business has subscriptions (else activity comes from orders).
    pub has_subscriptions: bool,
}

impl Definition {
    /// The values it can take under some choices: scores keep to their configured scale.
    pub fn range_under(&self, choices: &Choices) -> RangeInclusive<f64> {
        let (low, high) = match self.id {
            "csat" => choices.csat.scale,
            "ces" => choices.ces.scale,
            _ => return self.range.clone(),
        };
        reading::whole(low)..=reading::whole(high)
    }

    /// Which way is good under some choices: an effort score may ask for effort or for ease.
    pub fn better_under(&self, choices: &Choices) -> Better {
        match self.id {
            "ces" if choices.ces.higher_is_better => Better::Higher,
            "ces" => Better::Lower,
            _ => self.better,
        }
    }
}

impl Context<'_> {
    /// Where value comes from: as chosen, else subscriptions if there are any.
    pub fn value_source(&self) -> ValueSource {
        let default = if self.has_subscriptions { ValueSource::Subscriptions } else { ValueSource::Orders };
        self.choices.value.source.unwrap_or(default)
    }
}

/// What is missing to compute a KPI: nothing if one of its alternatives is there whole, else the gaps of the alternative
/// with the fewest (the first of several).
pub fn missing_columns(definition: &Definition, available: &dyn Fn(Column) -> bool) -> Vec<Column> {
    definition
        .needs
        .iter()
        .map(|columns| columns.iter().copied().filter(|&column| !available(column)).collect::<Vec<_>>())
        .min_by_key(Vec::len)
        .unwrap_or_default()
}
