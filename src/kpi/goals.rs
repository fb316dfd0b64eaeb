//! Goals: what was promised against what was reached, and what was expected against what is perceived.
//!
//! Knows assessed goals only; a result that nobody knows is unknown, not missed.

use super::columns::{ASSESSED_AT, EXPECTED_RATING, GOAL, GOAL_ACHIEVED, GOAL_CUSTOMER, GOAL_TARGET, PERCEIVED_RATING};
use super::reading::{MILLION, RatioOf};
use super::{Better, Definition, DrawsOn, Reading, Unit};
use crate::tables::schema::Table;

/// How much of what was promised has been reached.
pub const GOAL_ATTAINMENT: Definition = Definition {
    id: "goal_attainment",
    unit: Unit::Percent,
    better: Better::Higher,
    formula: "100 × Σ weight × attainment / Σ weight, attainment = achieved / target within 0–1 (target / achieved where less is better)",
    source: "interval: linearised ratio over customers, Cochran (1977), 6.4",
    range: 0.0..=100.0,
    needs: &[&[GOAL, GOAL_CUSTOMER, GOAL_TARGET, GOAL_ACHIEVED, ASSESSED_AT]],
    segments_only: false,
    draws_on: DrawsOn::Plain,
    rows_of: Some(Table::Goals),
    parts: None,
    compute: |tallies, context| {
        RatioOf::percent((&tallies.goals.attainment).into(), MILLION, GOAL_ATTAINMENT.range).read(context)
    },
};

/// How far what is perceived falls short of what was expected, in rating points; negative where it exceeds it.
pub const VALUE_GAP: Definition = Definition {
    id: "value_gap",
    unit: Unit::Score,
    better: Better::Lower,
    formula: "mean of expected rating − perceived rating of the value delivered, each 0–100",
    source: "interval: Student (1908)",
    range: -100.0..=100.0,
    needs: &[&[GOAL, GOAL_CUSTOMER, EXPECTED_RATING, PERCEIVED_RATING, ASSESSED_AT]],
    segments_only: false,
    draws_on: DrawsOn::Plain,
    rows_of: Some(Table::Goals),
    parts: None,
    compute: |tallies, context| Reading::mean(&(&tallies.goals.value_gap).into(), MILLION, &VALUE_GAP.range, context),
};

#[cfg(test)]
mod tests {
    use super::super::testing::{choices, read};
    use super::*;
    use crate::tally::Tallies;

    /// A customer's goals weigh 3 and are reached by a half, another's weigh 1 and are reached: 2.5 / 4.
    #[test]
    fn attainment_is_weighted() {
        let mut tallies = Tallies::default();
        tallies.goals.attainment.push(3_000_000, 1_500_000);
        tallies.goals.attainment.push(1_000_000, 1_000_000);
        let attainment = read(&GOAL_ATTAINMENT, &tallies, &choices());
        assert_eq!((attainment.value, attainment.n), (Ok(62.5), 2));
        assert_eq!((attainment.numerator, attainment.denominator), (Some(2.5), Some(4.0)));
    }

    /// Expected 90 and 70, perceived 60 and 80: gaps 30 and −10.
    #[test]
    fn a_gap_may_be_negative() {
        let mut tallies = Tallies::default();
        tallies.goals.value_gap.push(30_000_000);
        tallies.goals.value_gap.push(-10_000_000);
        assert_eq!(read(&VALUE_GAP, &tallies, &choices()).value, Ok(10.0));
    }
}
