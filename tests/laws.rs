//! Laws of tallies: merging is a commutative monoid, so that no grouping and no order of rows shows in a sum.

use farol::tally::{Buyer, Buyers, Cohort, Histogram, Tallies, TermSums, ThemeSums};
use proptest::prelude::*;

/// A tally of a few customers, each of whom touches every part of it.
fn tallies() -> impl Strategy<Value = Tallies> {
    let customer = (-5_000_000_i64..5_000_000, 0_i64..1_000_000, 0_u64..1000, any::<bool>());
    prop::collection::vec(customer, 0..12).prop_map(|customers| {
        let mut sums = Tallies::default();
        for (signed, positive, count, flag) in customers {
            sums += &one(signed, positive, count, flag);
        }
        sums
    })
}

/// What one customer adds.
fn one(signed: i64, positive: i64, count: u64, flag: bool) -> Tallies {
    let mut of = Tallies::default();
    of.customers.opening = count;
    of.customers.lost = count / 2;
    of.customers.transferred_in = u64::from(flag);
    of.revenue.opening = i128::from(signed);
    of.revenue.expanding = u64::from(flag);
    of.revenue.loss.push(positive, signed);
    of.revenue.per_customer.push(1, positive);
    of.lifetimes.ended = Histogram::from_values(vec![positive % 7, positive % 7, signed % 5]);
    of.lifetimes.censored.add_one(positive % 3);
    of.lifetimes.lost_in_window = count;
    of.loyalty.nps.add_one(positive % 11);
    of.loyalty.nps_sent = count;
    of.comments.with_text = count;
    let theme =
        ThemeSums { mentions: count, people: 1, nps: Histogram::from_values(vec![positive % 11]), nps_people: 1 };
    of.comments.themes = [(format!("theme{}", positive % 3).into(), theme)].into();
    let term =
        TermSums { comments: count, promoters: 1, detractors: 2, people: 3, written: [("é".into(), count)].into() };
    of.comments.terms = [(format!("term{}", positive % 5).into(), term)].into();
    of.loyalty.nps_accounts.push(signed);
    of.loyalty.nps_users.add_one(positive % 10);
    of.loyalty.nps_decision_makers.add_one(positive % 9);
    of.renewals.due = count;
    of.renewals.renewed = count / 3;
    of.cohorts.add(24_300 + i32::try_from(positive % 5).unwrap_or(0), 7, &Cohort { size: count, active: count / 4 });
    of.service.backlog = count / 5;
    of.service.per_customer.push(i64::from(flag), positive % 4);
    of.service.opened = count;
    of.service.resolution_seconds = Histogram::from_values(vec![positive, positive / 2]);
    of.engagement.days_used.push(1, positive % 31);
    of.scores.health.push(positive);
    of.scores.red_mrr = i128::from(signed);
    of.scores.ready_to_expand = u64::from(flag);
    (of.health_moves.red, of.health_moves.recovered) = (count, count / 2);
    (of.health_moves.green, of.health_moves.declined) = (count / 2, count / 3);
    (of.onboarding.signups, of.onboarding.completed) = (count, count / 2);
    of.onboarding.days_to_value.add_one(positive % 40);
    of.onboarding.days_without_value.add_one(signed % 40);
    of.goals.attainment.push(positive, positive / 2);
    of.goals.value_gap.push(signed);
    of.orders.ticket.push(positive % 9, signed);
    let buyer = Buyer { repeats: u32::from(flag), last: 1, age: 2, revenue: signed };
    of.buyers = Buyers::from_sorted([buyer, Buyer { repeats: 9, ..buyer }]);
    of.costs.spend = i128::from(signed);
    of.costs.whole_base = flag;
    of.costs.since_first_contact.push(signed);
    (of.reach.reached, of.reach.reached_retained) = (count, count / 2);
    (of.reach.others, of.reach.others_retained) = (count / 3, count / 4);
    of.reach.reached_mrr = i128::from(positive);
    of.leads.created = count;
    of.staff.joined = count;
    of
}

proptest! {
    #[test]
    fn merging_does_not_mind_the_grouping(a in tallies(), b in tallies(), c in tallies()) {
        prop_assert_eq!((a.clone() + b.clone()) + c.clone(), a + (b + c));
    }

    #[test]
    fn merging_does_not_mind_the_order(a in tallies(), b in tallies()) {
        prop_assert_eq!(a.clone() + b.clone(), b + a);
    }

    #[test]
    fn nothing_merged_changes_nothing(a in tallies()) {
        prop_assert_eq!(a.clone() + Tallies::default(), a.clone());
        prop_assert_eq!(Tallies::default() + a.clone(), a);
    }

    /// Counting values one by one, all at once or in two halves is the same.
    /// The greatest numbers too, at which sums stop.
    #[test]
    fn what_is_kept_comes_back_the_same(mut a in tallies(), greatest in any::<bool>()) {
        if greatest {
            (a.revenue.opening, a.revenue.loss.yy) = (i128::MIN, i128::MAX);
            (a.customers.opening, a.service.backlog) = (u64::MAX, u64::MAX);
            a.lifetimes.ended.add_one(i64::MIN);
        }
        let bytes = rmp_serde::to_vec(&a).map_err(|error| TestCaseError::fail(error.to_string()))?;
        let back: Tallies = rmp_serde::from_slice(&bytes).map_err(|error| TestCaseError::fail(error.to_string()))?;
        prop_assert_eq!(back, a);
    }

    #[test]
    fn a_histogram_is_its_values(values in prop::collection::vec(-50_i64..50, 0..80), cut in 0_usize..80) {
        let whole = Histogram::from_values(values.clone());
        let mut one_by_one = Histogram::default();
        for &value in &values {
            one_by_one.add_one(value);
        }
        prop_assert_eq!(&one_by_one, &whole);
        let (left, right) = values.split_at(cut.min(values.len()));
        let mut halves = Tallies::default();
        halves.loyalty.nps = Histogram::from_values(left.to_vec());
        let mut other = Tallies::default();
        other.loyalty.nps = Histogram::from_values(right.to_vec());
        halves += &other;
        prop_assert_eq!(&halves.loyalty.nps, &whole);
        prop_assert_eq!(whole.total(), values.len() as u64);
        prop_assert!(whole.counts().is_sorted_by(|a, b| a.0 < b.0));
    }
}
