//! Growth: leads that become customers, and the team that looks after them.
//!
//! Knows counts; neither leads nor employees are customers here.

use super::columns::{HIRED_AT, LEAD_CONVERTED_AT, LEAD_CREATED_AT, LEFT_AT};
use super::reading::wide;
use super::{Better, Definition, DrawsOn, Reading, Unit};
use crate::config::TurnoverMethod;
use crate::stats::moments::divide;
use crate::tables::schema::Table;

/// Share of the period's leads that convert within the conversion window; immature while that runs.
pub const CONVERSION_RATE: Definition = Definition {
    id: "conversion_rate",
    unit: Unit::Percent,
    better: Better::Higher,
    formula: "100 × leads created in the period that converted within the window / leads created in the period",
    source: "interval: Wilson (1927)",
    range: 0.0..=100.0,
    needs: &[&[LEAD_CREATED_AT, LEAD_CONVERTED_AT]],
    segments_only: false,
    draws_on: DrawsOn::Plain,
    rows_of: Some(Table::Leads),
    parts: None,
    compute: |tallies, context| Reading::share(tallies.leads.converted, tallies.leads.created, context),
};

/// Turnover of the team, by the method of `kpis.yaml`; n is everybody who was employed at some time in the period.
pub const TURNOVER_INDEX: Definition = Definition {
    id: "turnover_index",
    unit: Unit::Percent,
    better: Better::Lower,
    formula: "100 × ((joined + left) / 2) / head-count at the start; or 100 × left / mean head-count",
    source: "human-resources practice; no interval",
    range: 0.0..=f64::INFINITY,
    needs: &[&[HIRED_AT, LEFT_AT]],
    segments_only: false,
    draws_on: DrawsOn::Plain,
    rows_of: Some(Table::Staff),
    parts: None,
    compute: |tallies, context| {
        let of = &tallies.staff;
        // Both are halves: counted twice they are whole.
        let (twice_moved, twice_there) = match context.choices.turnover {
            TurnoverMethod::Rotation => (of.joined + of.left, 2 * of.opening),
            TurnoverMethod::Leavers => (2 * of.left, of.opening + of.closing),
        };
        let (moved, there) = (i128::from(twice_moved), i128::from(twice_there));
        Reading {
            n: of.opening + of.joined,
            numerator: Some(wide(moved) / 2.0),
            denominator: Some(wide(there) / 2.0),
            ..Reading::plain(divide(100 * moved, there))
        }
    },
};

#[cfg(test)]
mod tests {
    use super::super::testing::{choices, read};
    use super::*;
    use crate::tally::Tallies;

    /// 20 at the start, 5 joined, 3 left: 4 moves of 20; 3 leavers of (20 + 22) / 2.
    #[test]
    fn turnover_is_by_the_method_chosen() {
        let mut tallies = Tallies::default();
        let of = &mut tallies.staff;
        (of.opening, of.joined, of.left, of.closing) = (20, 5, 3, 22);
        let mut choices = choices();
        let rotation = read(&TURNOVER_INDEX, &tallies, &choices);
        assert_eq!((rotation.value, rotation.n), (Ok(20.0), 25));
        assert_eq!((rotation.numerator, rotation.denominator), (Some(4.0), Some(20.0)));
        choices.turnover = TurnoverMethod::Leavers;
        assert_eq!(read(&TURNOVER_INDEX, &tallies, &choices).value, Ok(300.0 / 21.0));
    }

    #[test]
    fn conversion_is_of_the_periods_leads() {
        let mut tallies = Tallies::default();
        (tallies.leads.created, tallies.leads.converted) = (40, 10);
        assert_eq!(read(&CONVERSION_RATE, &tallies, &choices()).value, Ok(25.0));
    }
}
