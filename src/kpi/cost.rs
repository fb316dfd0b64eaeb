//! Cost: what it takes to keep a customer.
//!
//! Knows spend by its date, as paid; nothing is spread over later periods.

use super::columns::{
    BUYER, FIRST_CONTACT, MRR, ORDERED_AT, SPEND, SPENT_AT, SPENT_ON, SUBSCRIBER, SUBSCRIPTION_END, SUBSCRIPTION_START,
};
use super::reading::{MILLION, RatioOf, amounts};
use super::{Better, Definition, DrawsOn, Reading, Unit};
use crate::money;
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
            RatioOf::money_per_unit(&of.per_retained).read(context)
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
            ..Reading::untested(value)
        }
    },
};

/// All that was spent on a retained customer since its first contact.
pub const CRC_SINCE_FIRST_CONTACT: Definition = Definition {
    id: "crc_since_first_contact",
    unit: Unit::Money,
    better: Better::Lower,
    formula: "mean over customers active at the start and at the end of the spend on each from its first contact to the end",
    source: "interval: Student (1908)",
    range: f64::NEG_INFINITY..=f64::INFINITY,
    needs: &[
        &[FIRST_CONTACT, SPENT_ON, SPENT_AT, SPEND, SUBSCRIBER, SUBSCRIPTION_START, SUBSCRIPTION_END, MRR],
        &[FIRST_CONTACT, SPENT_ON, SPENT_AT, SPEND, BUYER, ORDERED_AT],
    ],
    segments_only: false,
    draws_on: DrawsOn::Plain,
    rows_of: None,
    parts: None,
    compute: |tallies, context| {
        let of = &tallies.costs.since_first_contact;
        Reading::mean(&of.into(), MILLION, &amounts(of.has_negative), context)
    },
};

/// What retention spend brought back, if those that it reached would have stayed as the others did: an association, for
/// nobody was chosen at random.
pub const RETENTION_ROI: Definition = Definition {
    id: "retention_roi",
    unit: Unit::Percent,
    better: Better::Higher,
    formula: "100 × ((retention of the customers that spend reached − retention of the others) × MRR at the start of those reached × gross margin − spend) / spend, which is all retention spend dated in the period",
    source: "a comparison of groups that nobody drew at random; no interval",
    range: f64::NEG_INFINITY..=f64::INFINITY,
    needs: &[&[SPENT_ON, SPENT_AT, SPEND, SUBSCRIBER, SUBSCRIPTION_START, SUBSCRIPTION_END, MRR]],
    segments_only: false,
    draws_on: DrawsOn::Plain,
    rows_of: Some(Table::RetentionCosts),
    parts: None,
    compute: |tallies, context| {
        let of = &tallies.reach;
        let (reached, others) = (i128::from(of.reached), i128::from(of.others));
        // The difference of the two shares over one denominator, so that equal shares differ by exactly nothing.
        let more_retained = i128::from(of.reached_retained) * others - i128::from(of.others_retained) * reached;
        let kept = divide(more_retained * of.reached_mrr, reached * others * MILLION);
        // What was spent on the whole base, or on customers who came later, has to be earned too.
        let spend = money::to_units(tallies.costs.spend);
        let gain = kept.map(|kept| kept * context.choices.value.gross_margin - spend);
        let value = gain.filter(|_| tallies.costs.spend != 0).map(|gain| 100.0 * gain / spend);
        Reading { n: of.reached + of.others, numerator: gain, denominator: Some(spend), ..Reading::untested(value) }
    },
};

#[cfg(test)]
mod tests {
    use super::super::testing::{choices, mrr, read, value};
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

    /// 7, 5 and 0 on three customers: variance (49 + 25 + 0 − 3 · 16) / 2 = 13, 4 ± 4.3027 · √(13/3) = 4 ± 8.957, of which
    /// nothing lies below 0.
    #[test]
    fn spend_since_first_contact_is_a_mean_over_those_retained() {
        let mut tallies = Tallies::default();
        for spent in [7, 5, 0] {
            tallies.costs.since_first_contact.push(spent * 1_000_000);
        }
        let mean = read(&CRC_SINCE_FIRST_CONTACT, &tallies, &choices());
        assert_eq!((mean.value, mean.n, mean.numerator, mean.denominator), (Ok(4.0), 3, Some(12.0), Some(3.0)));
        let (limits, half) = (mean.interval.unwrap(), 4.302_652_73 * (13.0_f64 / 3.0).sqrt());
        assert!((limits.high - 4.0 - half).abs() < 1e-6, "{limits:?}");
        assert_eq!(limits.low.total_cmp(&0.0), std::cmp::Ordering::Equal, "{limits:?}");
        assert_eq!(value(&CRC_SINCE_FIRST_CONTACT, &Tallies::default()), Err(Undefined::NoDenominator));
    }

    /// 8, 5 and −1: variance (64 + 25 + 1 − 3 · 16) / 2 = 21, 4 ± 4.3027 · √7 = −7.384 to 15.384. Who has seen a refund
    /// cannot rule out that refunds outweigh what is spent.
    #[test]
    fn with_a_refund_the_mean_may_lie_below_nothing() {
        let mut tallies = Tallies::default();
        for spent in [8, 5, -1] {
            tallies.costs.since_first_contact.push(spent * 1_000_000);
        }
        let limits = read(&CRC_SINCE_FIRST_CONTACT, &tallies, &choices()).interval.unwrap();
        assert!((limits.low + 7.384).abs() < 1e-3 && (limits.high - 15.384).abs() < 1e-3, "{limits:?}");
    }

    /// 50 on one and 0 on another: 25, variance 2/1 · (25² + 25²) / 4 = 625, 25 ± 12.706 · 25 = 25 ± 317.66. With 51 and −1
    /// it is 25 ± 12.706 · 26 = 25 ± 330.36.
    #[test]
    fn what_a_customer_costs_is_not_less_than_nothing_unless_money_came_back() {
        let limits = |spend: [i64; 2]| {
            let mut tallies = Tallies::default();
            for spend in spend {
                tallies.costs.per_retained.push(1, spend * 1_000_000);
                tallies.costs.spend += i128::from(spend) * MILLION;
            }
            tallies.costs.retained = 2;
            read(&CRC, &tallies, &choices()).interval.map(|limits| (limits.low, limits.high)).unwrap()
        };
        let (low, high) = limits([50, 0]);
        assert!(low.abs() < 1e-12 && (high - 342.66).abs() < 5e-3, "{low} {high}");
        let (low, high) = limits([51, -1]);
        assert!((low + 305.36).abs() < 5e-3 && (high - 355.36).abs() < 5e-3, "{low} {high}");
    }

    /// 9 of 10 reached stay, 8 of 40 others.
    fn reach() -> Tallies {
        let mut tallies = Tallies::default();
        let of = &mut tallies.reach;
        (of.reached, of.reached_retained, of.others, of.others_retained) = (10, 9, 40, 8);
        of.reached_mrr = 1_000 * MILLION;
        tallies.costs.spend = 200 * MILLION;
        tallies
    }

    /// 70 points more of an MRR of 1 000 are 700. At a cost of 200 that is (700 − 200) / 200; at a margin of 40 %,
    /// (280 − 200) / 200.
    #[test]
    fn what_spend_brings_is_the_margin_on_those_who_stayed_for_it() {
        let roi = read(&RETENTION_ROI, &reach(), &choices());
        assert_eq!((roi.value, roi.n, roi.numerator, roi.denominator), (Ok(250.0), 50, Some(500.0), Some(200.0)));
        assert_eq!((roi.interval, roi.sampling), (None, Sampling::Unknown));
        let mut choices = choices();
        choices.value.gross_margin = 0.4;
        let roi = read(&RETENTION_ROI, &reach(), &choices);
        assert!((roi.value.unwrap() - 40.0).abs() < 1e-12 && (roi.numerator.unwrap() - 80.0).abs() < 1e-12);
    }

    #[test]
    fn nobody_to_compare_with_or_nothing_spent_is_no_return() {
        let with = |change: fn(&mut crate::tally::Reach)| {
            let mut tallies = reach();
            change(&mut tallies.reach);
            value(&RETENTION_ROI, &tallies)
        };
        let nothing_spent = Tallies { costs: crate::tally::Costs::default(), ..reach() };
        assert_eq!(with(|of| (of.reached, of.reached_retained) = (0, 0)), Err(Undefined::NoDenominator));
        assert_eq!(with(|of| (of.others, of.others_retained) = (0, 0)), Err(Undefined::NoDenominator));
        assert_eq!(value(&RETENTION_ROI, &nothing_spent), Err(Undefined::NoDenominator));
        // As many of the others stay: all that was spent is lost.
        assert_eq!(with(|of| of.others_retained = 36), Ok(-100.0));
    }

    /// 60 to keep a customer who pays 100 a month.
    #[test]
    fn cost_is_measured_against_what_a_customer_pays() {
        let share = read(&CRC_TO_ARPA, &named_costs(), &choices());
        assert_eq!((share.value, share.numerator, share.denominator), (Ok(60.0), Some(60.0), Some(100.0)));
        assert_eq!(read(&CRC_TO_ARPA, &Tallies::default(), &choices()).value, Err(Undefined::NoDenominator));
    }
}
