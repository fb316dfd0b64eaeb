//! The same data under the field's other definitions, side by side with farol's.
//!
//! These live here alone: no report, no `figures.csv` knows them. A definition bears a vendor's name only where the
//! vendor's own pages say it, and then with the page; the others are called by what they are. Vendors count over the last
//! 30 days; here everything is counted over the period that is asked for.

mod customers;
mod operations;
mod surveys;
mod value;

use serde::Serialize;

use super::look::Look;
use crate::error::Result;
use crate::kpi::{Definition, Reading, Unit};

/// One definition and what it gives.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Other {
    /// What it is called.
    pub name: &'static str,
    /// Who counts like this, as far as that is known.
    pub used_by: &'static str,
    /// The formula in words.
    pub formula: &'static str,
    /// Where it is described.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<&'static str>,
    /// Numerator, in its natural unit.
    pub numerator: Option<f64>,
    /// Denominator, in its natural unit.
    pub denominator: Option<f64>,
    /// The value; none where there is nothing to divide by.
    pub value: Option<f64>,
    /// Unit of the value.
    #[serde(skip)]
    pub unit: Unit,
    /// Value less farol's, where both are in one unit.
    pub difference: Option<f64>,
    /// Whether it is the one that the reports use under the choices in force.
    pub is_ours: bool,
}

/// A definition before anything is counted.
struct Way {
    name: &'static str,
    used_by: &'static str,
    formula: &'static str,
    source: Option<&'static str>,
}

/// Nobody in particular.
const ANYBODY: &str = "—";

impl Way {
    const fn new(name: &'static str, used_by: &'static str, formula: &'static str) -> Self {
        Self { name, used_by, formula, source: None }
    }

    const fn described_at(self, source: &'static str) -> Self {
        Self { source: Some(source), ..self }
    }

    /// A quotient times a factor.
    fn quotient(self, numerator: f64, denominator: f64, times: f64, unit: Unit) -> Other {
        let value = (denominator != 0.0).then(|| times * numerator / denominator);
        Other { numerator: Some(numerator), denominator: Some(denominator), ..self.value(value, unit) }
    }

    /// A percentage.
    fn percent(self, numerator: f64, denominator: f64) -> Other {
        self.quotient(numerator, denominator, 100.0, Unit::Percent)
    }

    /// A value of no one quotient.
    fn value(self, value: Option<f64>, unit: Unit) -> Other {
        Other {
            name: self.name,
            used_by: self.used_by,
            formula: self.formula,
            source: self.source,
            numerator: None,
            denominator: None,
            value: value.filter(|value| value.is_finite()),
            unit,
            difference: None,
            is_ours: false,
        }
    }
}

/// The KPIs that have other definitions.
pub(super) const TOLD: &[&str] = &[
    "nps",
    "csat",
    "csat_satisfied",
    "ces",
    "customer_churn_rate",
    "revenue_churn_rate",
    "grr",
    "nrr",
    "average_ticket",
    "lifetime_months",
    "ltv",
    "fcr",
    "active_rate",
    "goal_attainment",
    "crc",
    "conversion_rate",
    "turnover_index",
];

/// A KPI under every definition that is told of it, farol's first.
pub(super) fn definitions(look: &Look<'_>, definition: &Definition, reading: &Reading) -> Result<Option<Vec<Other>>> {
    let others = match definition.id {
        "customer_churn_rate" => customers::churn(look),
        "revenue_churn_rate" => customers::revenue_churn(look),
        "grr" | "nrr" => customers::retained_revenue(look, definition.id),
        "nps" => surveys::recommendation(look)?,
        "csat" | "csat_satisfied" => surveys::satisfaction(look),
        "ces" => surveys::effort(look),
        "fcr" => operations::first_contact(look),
        "active_rate" => operations::active(look),
        "goal_attainment" => operations::goals(look),
        "conversion_rate" => operations::conversion(look),
        "turnover_index" => operations::turnover(look),
        "average_ticket" => value::ticket(look)?,
        "lifetime_months" => value::lifetime(look),
        "ltv" => value::lifetime_value(look),
        "crc" => value::retention_cost(look),
        _ => return Ok(None),
    };
    let ours = Other {
        numerator: reading.numerator,
        denominator: reading.denominator,
        is_ours: true,
        ..Way { name: "farol", used_by: "these reports", formula: definition.formula, source: None }
            .value(reading.value.ok(), definition.unit)
    };
    let mut told = vec![ours];
    told.extend(others);
    for other in &mut told {
        let is_comparable = other.unit == definition.unit;
        other.difference =
            other.value.zip(reading.value.ok()).filter(|_| is_comparable).map(|(other, ours)| other - ours);
    }
    Ok(Some(told))
}

/// A count as a float.
#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
fn wide(count: u64) -> f64 {
    count as f64
}
