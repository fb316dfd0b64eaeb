//! Retention: who was there when the period began, who came, who is gone when it ends.
//!
//! Knows customers at two snapshots; never what they pay.

use super::columns::{ACTIVITY, CANCEL_REASON, MRR, RENEWAL_DATE, SUBSCRIBER, SUBSCRIPTION_END, SUBSCRIPTION_START};
use super::{Better, Context, Definition, DrawsOn, Parts, Reading, Undefined, Unit};
use crate::tables::schema::Table;
use crate::tally::{Cohort, Tallies};

const SNAPSHOTS: &str = "two snapshots of the customer base; interval: Wilson (1927)";

const BRIDGE: &str = "opening + new + reactivated − lost = closing, transfers added in a segment";

/// Customers lost, of those who were there.
pub const CUSTOMER_CHURN_RATE: Definition = Definition {
    id: "customer_churn_rate",
    unit: Unit::Percent,
    better: Better::Lower,
    formula: "100 × customers active at the start and not at the end / customers active at the start",
    source: SNAPSHOTS,
    range: 0.0..=100.0,
    needs: ACTIVITY,
    segments_only: false,
    draws_on: DrawsOn::Plain,
    rows_of: None,
    parts: None,
    compute: |tallies, context| {
        let of = &tallies.customers;
        Reading::share(of.lost, of.opening, context)
    },
};

/// Customers kept, of those who were there: 100 − churn.
pub const CUSTOMER_RETENTION_RATE: Definition = Definition {
    id: "customer_retention_rate",
    better: Better::Higher,
    formula: "100 × customers active at the start and at the end / customers active at the start",
    compute: |tallies, context| {
        let of = &tallies.customers;
        Reading::share(of.opening.saturating_sub(of.lost), of.opening, context)
    },
    ..CUSTOMER_CHURN_RATE
};

/// Contracts that came up for renewal and were renewed.
pub const RENEWAL_RATE: Definition = Definition {
    id: "renewal_rate",
    unit: Unit::Percent,
    better: Better::Higher,
    formula: "100 × customers with MRR the day after their renewal date / customers with a renewal date in the period and that subscription active the day before; one per customer and date",
    source: "subscription practice; interval: Wilson (1927)",
    range: 0.0..=100.0,
    needs: &[&[SUBSCRIBER, SUBSCRIPTION_START, SUBSCRIPTION_END, MRR, RENEWAL_DATE]],
    segments_only: false,
    draws_on: DrawsOn::Plain,
    rows_of: None,
    parts: None,
    compute: |tallies, context| {
        let of = &tallies.renewals;
        Reading::share(of.renewed, of.due, context)
    },
};

/// Customers still there, by the month in which they came and the months since. It has no figure of its own.
pub const COHORT_RETENTION: Definition = Definition {
    id: "cohort_retention",
    unit: Unit::Percent,
    better: Better::Higher,
    formula: "by month of first activity and months from it to the period's end: 100 × of the customers who came in that month, those active at the end / all who came",
    source: "cohort analysis; interval: Wilson (1927)",
    range: 0.0..=100.0,
    needs: ACTIVITY,
    segments_only: false,
    draws_on: DrawsOn::Cohorts,
    rows_of: None,
    parts: Some(Parts { dimension: COHORT, compute: cohorts }),
    compute: |_, _| Reading::undefined(Undefined::NotConfigured),
};

/// The dimension of cohorts.
pub const COHORT: &str = "cohort";

/// Each cohort as `2025-03+06`: the customers of March 2025, six months later.
fn cohorts(tallies: &Tallies, context: &Context) -> Vec<(String, Reading)> {
    let of = |(month, later, cohort): (i32, u32, &Cohort)| {
        let name = format!("{:04}-{:02}+{later:02}", month.div_euclid(12), month.rem_euclid(12) + 1);
        (name, Reading::share(cohort.active, cohort.size, context))
    };
    tallies.cohorts.iter().map(of).collect()
}

/// A line of the bridge of customers.
const fn line(
    id: &'static str,
    better: Better,
    formula: &'static str,
    compute: fn(&Tallies, &Context) -> Reading,
) -> Definition {
    Definition {
        id,
        unit: Unit::Count,
        better,
        formula,
        source: BRIDGE,
        range: 0.0..=f64::INFINITY,
        needs: ACTIVITY,
        segments_only: false,
        draws_on: DrawsOn::Plain,
        rows_of: None,
        parts: None,
        compute,
    }
}

/// Customers active at the start.
pub const CUSTOMERS_OPENING: Definition =
    line("customers_opening", Better::Neutral, "customers active at the start", |tallies, _| {
        Reading::count(tallies.customers.opening)
    });

/// Customers who came for the first time.
pub const CUSTOMERS_NEW: Definition =
    line("customers_new", Better::Higher, "customers active at the end who never were before", |tallies, _| {
        Reading::count(tallies.customers.new)
    });

/// Customers who came back.
pub const CUSTOMERS_REACTIVATED: Definition = line(
    "customers_reactivated",
    Better::Higher,
    "customers active at the end, not at the start, but once before",
    |tallies, _| Reading::count(tallies.customers.reactivated),
);

/// Customers who left.
pub const CUSTOMERS_LOST: Definition = Definition {
    rows_of: Some(Table::Subscriptions),
    ..line("customers_lost", Better::Lower, "customers active at the start and not at the end", |tallies, _| {
        Reading::count(tallies.customers.lost)
    })
};

/// Customers active at the end.
pub const CUSTOMERS_CLOSING: Definition =
    line("customers_closing", Better::Higher, "customers active at the end", |tallies, _| {
        Reading::count(tallies.customers.closing)
    });

/// Why customers leave: customers lost and MRR churned, by the reason that the subscription which ended last gives. It has
/// no figure of its own.
pub const CHURN_REASONS: Definition = Definition {
    needs: &[&[SUBSCRIBER, SUBSCRIPTION_START, SUBSCRIPTION_END, MRR, CANCEL_REASON]],
    parts: Some(Parts { dimension: "cancel_reason", compute: |_, _| Vec::new() }),
    ..line(
        "churn_reasons",
        Better::Neutral,
        "customers lost and MRR churned by the reason of the subscription that ended last",
        |_, _| Reading::undefined(Undefined::NotConfigured),
    )
};

/// Customers who came and left within the period, and so are in neither snapshot.
pub const EARLY_LOSSES: Definition =
    line("early_losses", Better::Lower, "customers who came and left within the period", |tallies, _| {
        Reading::count(tallies.customers.early_losses)
    });

/// A line that stands only in segments.
const fn transfer(id: &'static str, formula: &'static str, of: fn(&Tallies, &Context) -> Reading) -> Definition {
    Definition { segments_only: true, ..line(id, Better::Neutral, formula, of) }
}

/// Customers who entered the segment.
pub const CUSTOMERS_TRANSFERRED_IN: Definition = transfer(
    "customers_transferred_in",
    "customers active at both ends who entered the segment in between",
    |tallies, _| Reading::count(tallies.customers.transferred_in),
);

/// Customers who left the segment.
pub const CUSTOMERS_TRANSFERRED_OUT: Definition = transfer(
    "customers_transferred_out",
    "customers active at both ends who left the segment in between",
    |tallies, _| Reading::count(tallies.customers.transferred_out),
);

#[cfg(test)]
mod tests {
    use super::super::testing::{choices, customers, read, read_parts, value};
    use super::*;

    /// 95 of 110 stay: 86.4 %. The mean of the two segments (90 % and 50 %) would say 70 %.
    #[test]
    fn total_is_not_the_mean_of_its_segments() {
        let total = customers(100, 10) + customers(10, 5);
        assert_eq!(value(&CUSTOMER_RETENTION_RATE, &total), Ok(100.0 * 95.0 / 110.0));
    }

    /// IBM Telco, December 2019: 1 869 of 7 032 left; statsmodels' Wilson limits.
    #[test]
    fn churn_of_a_real_base_has_the_limits_that_statsmodels_gives() {
        let churn = read(&CUSTOMER_CHURN_RATE, &customers(7032, 1869), &choices());
        let interval = churn.interval.unwrap();
        assert!((churn.value.unwrap() - 26.578_498_293_515_36).abs() < 1e-12);
        assert!((interval.low - 25.558_999_571_119_134).abs() < 1e-9, "{interval:?}");
        assert!((interval.high - 27.623_572_559_320_53).abs() < 1e-9, "{interval:?}");
        assert_eq!((churn.n, churn.numerator, churn.denominator), (7032, Some(1869.0), Some(7032.0)));
    }

    /// 9 of 10 contracts renewed: 90 %, Wilson's limits 59.585 and 98.212.
    #[test]
    fn the_renewal_rate_is_a_share_of_what_was_due() {
        let mut tallies = Tallies::default();
        (tallies.renewals.due, tallies.renewals.renewed) = (10, 9);
        let rate = read(&RENEWAL_RATE, &tallies, &choices());
        assert_eq!((rate.value, rate.n), (Ok(90.0), 10));
        let interval = rate.interval.unwrap();
        assert!((interval.low - 59.585).abs() < 1e-2 && (interval.high - 98.212).abs() < 1e-2, "{interval:?}");
    }

    /// Of five who came in March 2025, four are there nine months later (December is month 12 × 2025 + 11); of two who
    /// came in December, both.
    #[test]
    fn a_cohort_is_named_by_its_month_and_its_age() {
        let mut tallies = Tallies::default();
        tallies.cohorts.add(12 * 2025 + 2, 9, &Cohort { size: 5, active: 4 });
        tallies.cohorts.add(12 * 2025 + 11, 0, &Cohort { size: 2, active: 2 });
        let choices = choices();
        let found = read_parts(&COHORT_RETENTION, &tallies, &choices);
        let values: Vec<_> = found.iter().map(|(name, of)| (name.as_str(), of.value, of.n)).collect();
        assert_eq!(values, [("2025-03+09", Ok(80.0), 5), ("2025-12+00", Ok(100.0), 2)]);
        assert_eq!(read(&COHORT_RETENTION, &tallies, &choices).value, Err(Undefined::NotConfigured));
    }

    /// 7 at the start, 3 new, 1 back, 2 lost, 1 moved in from another segment, 4 moved out: 6 at the end.
    #[test]
    #[expect(clippy::float_cmp, reason = "exact by construction")]
    fn the_bridge_closes_in_a_segment() {
        let mut tallies = Tallies::default();
        let of = &mut tallies.customers;
        (of.opening, of.new, of.reactivated, of.lost) = (7, 3, 1, 2);
        (of.transferred_in, of.transferred_out, of.closing) = (1, 4, 6);
        let count = |definition| value(definition, &tallies).unwrap();
        let came = count(&CUSTOMERS_NEW) + count(&CUSTOMERS_REACTIVATED) + count(&CUSTOMERS_TRANSFERRED_IN);
        let went = count(&CUSTOMERS_LOST) + count(&CUSTOMERS_TRANSFERRED_OUT);
        assert_eq!(count(&CUSTOMERS_OPENING) + came - went, count(&CUSTOMERS_CLOSING));
        assert_eq!(count(&EARLY_LOSSES), 0.0);
    }
}
