//! What holds of every reading, whatever the customers: laws over random tallies.
//!
//! For tests only.

use proptest::prelude::*;

use super::catalogue::CATALOGUE;
use super::retention::{CUSTOMER_CHURN_RATE, CUSTOMER_RETENTION_RATE};
use super::revenue::{
    GRR, MRR_CHURNED, MRR_CLOSING, MRR_CONTRACTION, MRR_EXPANSION, MRR_NEW, MRR_OPENING, NRR, REVENUE_CHURN_RATE,
};
use super::testing::{choices, lifetimes, mrr, nps, read, read_parts, value};
use crate::config::{Choices, LifetimeMethod, TurnoverMethod, ValueSource};
use crate::tally::{Cohort, Histogram, Tallies, TermSums, ThemeSums};

fn movements() -> impl Strategy<Value = Vec<(i64, i64)>> {
    let amount = prop_oneof![Just(0_i64), 1_i64..2000];
    prop::collection::vec((amount.clone(), amount), 0..40)
}

/// Every part of a tally filled from a few numbers, as customers might fill it.
fn anything() -> impl Strategy<Value = Tallies> {
    let numbers = || prop::collection::vec(0_i64..40, 0..30);
    (movements(), numbers(), numbers(), numbers(), any::<bool>()).prop_map(|(moves, a, b, c, is_general)| {
        let mut tallies = mrr(&moves) + nps(&a) + lifetimes(&b, &c);
        tallies.loyalty.csat = Histogram::from_values(b.clone());
        tallies.loyalty.ces = Histogram::from_values(c.clone());
        (tallies.loyalty.nps_sent, tallies.loyalty.nps_answered) = (a.len() as u64, a.len() as u64 / 2);
        tallies.service.opened = b.len() as u64;
        tallies.service.opened_first_contact = b.len() as u64 / 3;
        (tallies.service.resolved, tallies.service.resolved_first_contact) = (c.len() as u64, c.len() as u64);
        tallies.service.resolution_seconds = Histogram::from_values(a.iter().map(|x| x * 1000).collect());
        tallies.service.first_response_seconds = Histogram::from_values(b.iter().map(|x| x * 77).collect());
        (tallies.renewals.due, tallies.renewals.renewed) = (b.len() as u64, b.len() as u64 / 2);
        (tallies.loyalty.nps_users, tallies.loyalty.nps_decision_makers) = (nps(&b).loyalty.nps, nps(&c).loyalty.nps);
        tallies.service.backlog = c.len() as u64;
        (tallies.lifetimes.opening_in_window, tallies.lifetimes.lost_in_window) = (a.len() as u64, a.len() as u64 / 9);
        for (x, y) in b.iter().zip(&c) {
            tallies.engagement.days_used.push(1, (y % 30) + 1);
            tallies.goals.attainment.push(1_000_000, y * 25_000);
            tallies.loyalty.nps_accounts.push((x % 3 - 1) * 100_000_000 / (y + 1));
            tallies.service.per_customer.push(x % 2, y % 5);
            tallies.goals.value_gap.push((x - y) * 1_000_000);
            tallies.scores.health.push(x * 2_000_000);
            tallies.scores.chi.push(y * 200_000);
            tallies.orders.ticket.push(*x, (y - 20) * 1_000_000);
            tallies.orders.frequency.push(*x, y * 1_000_000);
            tallies.orders.per_active_month.push(*x, y * 7_000_000);
            tallies.costs.per_retained.push(x % 2, *y);
            tallies.costs.retained += u64::from(x % 2 == 1);
            tallies.costs.spend += i128::from(*y);
        }
        (tallies.engagement.active, tallies.engagement.active_with_usage) = (b.len() as u64, b.len() as u64 / 4);
        (tallies.scores.green, tallies.scores.red) = (a.len() as u64, b.len() as u64);
        tallies.costs.whole_base = is_general;
        for x in &a {
            tallies.costs.since_first_contact.push(x * 3_000_000);
        }
        let (halves, thirds) = (b.len() as u64 / 2, c.len() as u64 / 3);
        let of = &mut tallies.reach;
        (of.reached, of.reached_retained, of.others, of.others_retained) =
            (b.len() as u64, halves, c.len() as u64, thirds);
        of.reached_mrr = a.iter().map(|x| i128::from(*x) * 7).sum();
        let of = &mut tallies.health_moves;
        (of.red, of.recovered, of.green, of.declined) = (b.len() as u64, halves, c.len() as u64, thirds);
        tallies.scores.ready_to_expand = thirds;
        (tallies.onboarding.signups, tallies.onboarding.completed) = (b.len() as u64, halves);
        tallies.onboarding.days_to_value = Histogram::from_values(b.clone());
        tallies.onboarding.days_without_value = Histogram::from_values(c.clone());
        (tallies.leads.created, tallies.leads.converted) = (c.len() as u64, c.len() as u64 / 7);
        (tallies.staff.opening, tallies.staff.left, tallies.staff.closing) = (a.len() as u64, 1, b.len() as u64);
        for (at, x) in (0..).zip(&a) {
            let size = x.unsigned_abs();
            tallies.cohorts.add(12 * 2025 + at, at.unsigned_abs(), &Cohort { size, active: size / 2 });
            tallies.comments.terms.insert(format!("term{at}").into(), term(size));
        }
        let (with_text, nps, nps_people) = (b.len() as u64, Histogram::from_values(c), thirds);
        let theme = ThemeSums { mentions: halves, people: halves, nps, nps_people };
        (tallies.comments.with_text, tallies.comments.people) = (with_text, with_text);
        tallies.comments.themes.insert("support".into(), theme);
        tallies
    })
}

/// A term that so many detractors say, and half as many promoters.
fn term(said: u64) -> TermSums {
    TermSums { comments: 2 * said, promoters: said / 2, detractors: said, people: said, ..TermSums::default() }
}

fn every_choice() -> Vec<Choices> {
    let mut all = Vec::new();
    for method in [LifetimeMethod::KaplanMeier, LifetimeMethod::InverseChurn, LifetimeMethod::Observed] {
        for source in [ValueSource::Subscriptions, ValueSource::Orders] {
            let mut choices = choices();
            (choices.lifetime.method, choices.value.source) = (method, Some(source));
            choices.turnover =
                if source == ValueSource::Orders { TurnoverMethod::Leavers } else { TurnoverMethod::Rotation };
            all.push(choices);
        }
    }
    all
}

#[test]
fn a_value_without_customers_is_none_unless_it_counts() {
    for choices in every_choice() {
        for definition in CATALOGUE {
            let reading = read(definition, &Tallies::default(), &choices);
            let counts = reading.denominator.is_none() && reading.numerator == Some(0.0);
            assert!(reading.value.is_err() || (counts && reading.value == Ok(0.0)), "{}", definition.id);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn every_value_is_finite_and_lies_in_its_range_and_in_its_interval(tallies in anything()) {
        for choices in every_choice() {
            let own = |definition| read_parts(definition, &tallies, &choices).into_iter().map(|(_, reading)| reading);
            let all = CATALOGUE.iter().flat_map(|definition| {
                let one = std::iter::once(read(definition, &tallies, &choices));
                one.chain(own(definition)).map(move |reading| (definition, reading))
            });
            for (definition, reading) in all {
                let Ok(value) = reading.value else {
                    prop_assert!(reading.interval.is_none(), "{}", definition.id);
                    continue;
                };
                let range = definition.range_under(&choices);
                prop_assert!(value.is_finite() && range.contains(&value), "{}: {value}", definition.id);
                prop_assert!(reading.numerator.is_none_or(f64::is_finite), "{}", definition.id);
                prop_assert!(reading.denominator.is_none_or(f64::is_finite), "{}", definition.id);
                if let Some(interval) = reading.interval {
                    prop_assert!(interval.holds(value), "{}: {value} {interval:?}", definition.id);
                    prop_assert!(interval.low.is_finite() && interval.high.is_finite(), "{}", definition.id);
                    prop_assert!(range.contains(&interval.low) && range.contains(&interval.high), "{} {interval:?}", definition.id);
                }
            }
        }
    }

    #[test]
    fn gross_retention_is_at_most_a_hundred_and_at_most_the_net_one(moves in movements()) {
        let tallies = mrr(&moves);
        if let (Ok(gross), Ok(net), Ok(churn)) =
            (value(&GRR, &tallies), value(&NRR, &tallies), value(&REVENUE_CHURN_RATE, &tallies))
        {
            prop_assert!(gross <= 100.0 && gross <= net + 1e-12, "{gross} {net}");
            prop_assert!((gross + churn - 100.0).abs() < 1e-12, "{gross} {churn}");
        } else {
            prop_assert!(moves.iter().all(|&(opening, _)| opening == 0));
        }
    }

    #[test]
    fn retention_and_churn_are_a_hundred(moves in movements()) {
        let tallies = mrr(&moves);
        let (retention, churn) = (value(&CUSTOMER_RETENTION_RATE, &tallies), value(&CUSTOMER_CHURN_RATE, &tallies));
        prop_assert_eq!(retention.is_ok(), churn.is_ok());
        if let (Ok(retention), Ok(churn)) = (retention, churn) {
            prop_assert!((retention + churn - 100.0).abs() < 1e-12, "{retention} {churn}");
        }
    }

    #[test]
    fn the_bridge_of_revenue_closes_to_the_cent(moves in movements()) {
        let tallies = mrr(&moves);
        let line = |definition| value(definition, &tallies).unwrap();
        let closing = line(&MRR_OPENING) + line(&MRR_NEW) + line(&MRR_EXPANSION) - line(&MRR_CONTRACTION) - line(&MRR_CHURNED);
        prop_assert!((closing - line(&MRR_CLOSING)).abs() < 1e-9);
    }

    /// The order of rows, and where they are cut into segments, leaves no trace in any bit of any reading.
    #[test]
    fn a_total_is_the_merge_of_its_segments(moves in movements(), cut in 0_usize..40) {
        let cut = cut.min(moves.len());
        let mut reversed = moves.clone();
        reversed.reverse();
        let parts = mrr(&moves[cut..]) + mrr(&moves[..cut]);
        for whole in [mrr(&moves), mrr(&reversed)] {
            prop_assert_eq!(&parts, &whole);
            for definition in CATALOGUE {
                prop_assert_eq!(read(definition, &parts, &choices()), read(definition, &whole, &choices()));
            }
        }
    }
}
