//! Cost: what it takes to keep a customer.
//!
//! Knows spend by its date, as paid; nothing is spread over later periods.

use super::columns::{BUYER, MRR, ORDERED_AT, SPEND, SPENT_AT, SUBSCRIBER, SUBSCRIPTION_END, SUBSCRIPTION_START};
use super::reading::{MILLION, RatioOf};
use super::{Better, Definition, DrawsOn, Reading, Unit};
use crate::stats::moments::divide;
use crate::tables::schema::Table;
use crate::tally::Tallies;

/// Customer Retention Cost: spend per retained customer. Its spread is unknown where some spend names no customer.
pub const CRC: Definition = Definition {
    id: "crc",
    unit: Unit::Money,
    better: Better::Lower,
    formula: "retention spend dated in the period / customers active at the start and at the end",
    source: "interval: linearised ratio over customers, Cochran (1977), 6.4, if every cost names its customer",
    range: f64::NEG_INFINITY..=f64::INFINITY,
    needs: &[
        &[SPENT_AT, SPEND, SUBSCRIBER, SUBSCRIPTION_START, SUBSCRIPTION_END, MRR],
        &[SPENT_AT, SPEND, BUYER, ORDERED_AT],
    ],
    segments_only: false,
    draws_on: DrawsOn::Plain,
    rows_of: Some(Table::RetentionCosts),
    parts: None,
    compute: |tallies, context| {
        let of = &tallies.costs;
        let reading = if of.whole_base {
            Reading::plain(spend_per_retained(tallies))
        } else {
            RatioOf::money_per_unit(&of.per_retained, CRC.range).read(context)
        };
        Reading {
            n: of.retained,
            numerator: divide(of.spend, MILLION),
            denominator: divide(of.retained.into(), 1),
            ..reading
        }
    },
};

/// Spend per retained customer, in units of the currency.
fn spend_per_retained(tallies: &Tallies) -> Option<f64> {
    divide(tallies.costs.spend, i128::from(tallies.costs.retained) * MILLION)
}

/// Customer Retention Cost as a share of what a customer pays in a month.
pub const CRC_TO_ARPA: Definition = Definition {
    id: "crc_to_arpa",
    unit: Unit::Percent,
    better: Better::Lower,
    formula: "100 × customer retention cost / average revenue per active customer at the end",
    source: "a quotient of two figures; no interval",
    range: f64::NEG_INFINITY..=f64::INFINITY,
    needs: &[&[SPENT_AT, SPEND, SUBSCRIBER, SUBSCRIPTION_START, SUBSCRIPTION_END, MRR]],
    segments_only: false,
    draws_on: DrawsOn::Plain,
    rows_of: None,
    parts: None,
    compute: |tallies, _context| {
        let (costs, arpa) = (&tallies.costs, &tallies.revenue.per_customer);
        let value = divide(100 * costs.spend * arpa.x, i128::from(costs.retained) * arpa.y);
        Reading {
            n: costs.retained,
            numerator: spend_per_retained(tallies),
            denominator: divide(arpa.y, arpa.x * MILLION),
            ..Reading::plain(value)
        }
    },
};

#[cfg(test)]
mod tests {
    use super::super::testing::{choices, mrr, read};
    use super::*;
    use crate::kpi::{Sampling, Undefined};

    /// 100, 20 and nothing spent on three who stay, 60 on one who left: 180 / 3.
    fn named_costs() -> Tallies {
        let mut tallies = mrr(&[(100, 100), (100, 100), (100, 100), (100, 0)]);
        let of = &mut tallies.costs;
        for (is_retained, spend) in [(1, 100), (1, 20), (1, 0), (0, 60)] {
            of.per_retained.push(is_retained, spend * 1_000_000);
            of.spend += i128::from(spend) * 1_000_000;
        }
        of.retained = 3;
        tallies
    }

    #[test]
    fn what_was_spent_on_those_who_left_counts_too() {
        let crc = read(&CRC, &named_costs(), &choices());
        assert_eq!((crc.value, crc.n, crc.numerator, crc.denominator), (Ok(60.0), 3, Some(180.0), Some(3.0)));
        assert!(crc.interval.is_some());
    }

    #[test]
    fn a_cost_of_the_whole_base_leaves_no_interval() {
        let mut tallies = named_costs();
        tallies.costs.whole_base = true;
        tallies.costs.spend += 120_000_000;
        let crc = read(&CRC, &tallies, &choices());
        assert_eq!((crc.value, crc.interval, crc.sampling, crc.remark), (Ok(100.0), None, Sampling::None, None));
    }

    /// 60 to keep a customer who pays 100 a month.
    #[test]
    fn cost_is_measured_against_what_a_customer_pays() {
        let share = read(&CRC_TO_ARPA, &named_costs(), &choices());
        assert_eq!((share.value, share.numerator, share.denominator), (Ok(60.0), Some(60.0), Some(100.0)));
        assert_eq!(read(&CRC_TO_ARPA, &Tallies::default(), &choices()).value, Err(Undefined::NoDenominator));
    }
}
