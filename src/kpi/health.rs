//! Health and happiness: the scores that the panel gave each customer, averaged.
//!
//! Knows scores, not what they are made of; a customer whose data cover too little has none.

use super::columns::{
    ACTIVITY, MRR, RENEWAL_DATE, REVENUE, SUBSCRIBER, SUBSCRIPTION_END, SUBSCRIPTION_START, USAGE_EVENTS, USED_ON, USER,
};
use super::reading::MILLION;
use super::{Better, Context, Definition, DrawsOn, Reading, Undefined, Unit};
use crate::tally::{MeanSums, Scores, Tallies};

const SCORED: &str = "weights and scales of kpis.yaml";
const MOVED: &str = "weights and scales of kpis.yaml; interval: Wilson (1927)";

/// Mean health of the scored customers, 0–100.
pub const HEALTH_SCORE: Definition = Definition {
    id: "health_score",
    unit: Unit::Score,
    better: Better::Higher,
    formula: "mean over active customers of the weighted mean of their signals' scores, 0–100; too little known, no score",
    source: SCORED,
    range: 0.0..=100.0,
    needs: ACTIVITY,
    segments_only: false,
    draws_on: DrawsOn::Health,
    rows_of: None,
    parts: None,
    compute: |tallies, context| {
        let configured = has_health(context);
        mean(&tallies.scores, &tallies.scores.health, configured, &HEALTH_SCORE, context)
    },
};

/// Share of the scored customers in a green band.
pub const HEALTHY_SHARE: Definition = share_of_scored(
    "healthy_share",
    Better::Higher,
    "100 × customers in a green health band / scored customers",
    DrawsOn::Health,
    |tallies, context| of_the_scored(&tallies.scores, share(tallies.scores.green, scored(&tallies.scores), context)),
);

/// Share of the scored customers in a red band.
pub const AT_RISK_SHARE: Definition = share_of_scored(
    "at_risk_share",
    Better::Lower,
    "100 × customers in a red health band / scored customers",
    DrawsOn::Health,
    |tallies, context| of_the_scored(&tallies.scores, share(tallies.scores.red, scored(&tallies.scores), context)),
);

/// MRR of the customers in a red band; none where nobody could be scored.
pub const MRR_AT_RISK: Definition = Definition {
    id: "mrr_at_risk",
    unit: Unit::Money,
    better: Better::Lower,
    formula: "MRR at the end of customers in a red health band",
    source: SCORED,
    range: 0.0..=f64::INFINITY,
    needs: REVENUE,
    segments_only: false,
    draws_on: DrawsOn::Health,
    rows_of: None,
    parts: None,
    compute: |tallies, context| {
        let of = &tallies.scores;
        if !has_health(context) {
            return Reading::undefined(Undefined::NotConfigured);
        }
        if scored(of) == 0 {
            return Reading::undefined(nobody_scored(of));
        }
        Reading::amount(of.red_mrr, of.red)
    },
};

/// A share of the customers in a colour, at the end or between the two ends.
const fn share_of_scored(
    id: &'static str,
    better: Better,
    formula: &'static str,
    draws_on: DrawsOn,
    compute: fn(&Tallies, &Context) -> Reading,
) -> Definition {
    Definition {
        id,
        unit: Unit::Percent,
        better,
        formula,
        source: SCORED,
        range: 0.0..=100.0,
        needs: ACTIVITY,
        segments_only: false,
        draws_on,
        rows_of: None,
        parts: None,
        compute,
    }
}

/// Of the customers that were red at the start, the share that is no longer red, and still a customer, at the end.
pub const HEALTH_RECOVERY_RATE: Definition = Definition {
    source: MOVED,
    ..share_of_scored(
        "health_recovery_rate",
        Better::Higher,
        "100 × customers red at the start that are active and yellow or green at the end / customers red at the start",
        DrawsOn::HealthAtStart,
        |tallies, context| share(tallies.health_moves.recovered, tallies.health_moves.red, context),
    )
};

/// Of the customers that were green at the start, the share that is yellow, red or gone at the end.
pub const HEALTH_DECLINE_RATE: Definition = Definition {
    source: MOVED,
    ..share_of_scored(
        "health_decline_rate",
        Better::Lower,
        "100 × customers green at the start that are yellow, red or no longer active at the end / customers green at the start",
        DrawsOn::HealthAtStart,
        |tallies, context| share(tallies.health_moves.declined, tallies.health_moves.green, context),
    )
};

/// Healthy customers that use more than before and renew soon; none where there are customers and no score.
pub const EXPANSION_CANDIDATES: Definition = Definition {
    id: "expansion_candidates",
    unit: Unit::Count,
    better: Better::Higher,
    formula: "customers in a green health band with more usage events in the last 90 days than in the 90 before that renew within 90 days",
    source: SCORED,
    range: 0.0..=f64::INFINITY,
    needs: &[&[SUBSCRIBER, SUBSCRIPTION_START, SUBSCRIPTION_END, MRR, RENEWAL_DATE, USER, USED_ON, USAGE_EVENTS]],
    segments_only: false,
    draws_on: DrawsOn::Health,
    rows_of: None,
    parts: None,
    compute: |tallies, context| {
        let of = &tallies.scores;
        if !has_health(context) {
            return Reading::undefined(Undefined::NotConfigured);
        }
        // Where nobody can be scored nobody can be told to be healthy; where nobody is, nobody is a candidate.
        if scored(of) == 0 && of.unscored > 0 {
            return Reading::undefined(Undefined::Unscored);
        }
        Reading::count(of.ready_to_expand)
    },
};

/// Customer Happiness Index, 0–10.
pub const CHI: Definition = Definition {
    id: "chi",
    unit: Unit::Score,
    better: Better::Higher,
    formula: "mean over active customers of Σ weight × criterion, weights summing to 10, rescaled over the known criteria",
    source: SCORED,
    range: 0.0..=10.0,
    needs: ACTIVITY,
    segments_only: false,
    draws_on: DrawsOn::Chi,
    rows_of: None,
    parts: None,
    compute: |tallies, context| {
        let configured = !context.choices.chi.criteria.is_empty();
        mean(&tallies.scores, &tallies.scores.chi, configured, &CHI, context)
    },
};

fn has_health(context: &Context) -> bool {
    !context.choices.health.components.is_empty()
}

fn scored(of: &Scores) -> u64 {
    of.green + of.yellow + of.red
}

/// Why nobody has a score: nobody is there, or of nobody enough is known.
fn nobody_scored(of: &Scores) -> Undefined {
    if scored(of) + of.unscored > 0 { Undefined::Unscored } else { Undefined::NoDenominator }
}

/// The same figure, with the reason why nobody has a score where nobody has.
fn of_the_scored(of: &Scores, mut reading: Reading) -> Reading {
    if reading.value == Err(Undefined::NoDenominator) {
        reading.value = Err(nobody_scored(of));
    }
    reading
}

fn share(part: u64, of: u64, context: &Context) -> Reading {
    if has_health(context) { Reading::share(part, of, context) } else { Reading::undefined(Undefined::NotConfigured) }
}

fn mean(of: &Scores, sums: &MeanSums, configured: bool, definition: &Definition, context: &Context) -> Reading {
    if configured {
        of_the_scored(of, Reading::mean(&sums.into(), MILLION, &definition.range, context))
    } else {
        Reading::undefined(Undefined::NotConfigured)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{choices, read};
    use super::*;

    /// Scores 80, 50, 20 (green, yellow, red, the red one pays 70), and one customer without a score.
    fn four_customers() -> Tallies {
        let mut tallies = Tallies::default();
        let of = &mut tallies.scores;
        for score in [80_000_000, 50_000_000, 20_000_000] {
            of.health.push(score);
        }
        (of.green, of.yellow, of.red, of.unscored, of.red_mrr) = (1, 1, 1, 1, 70_000_000);
        of.chi.push(7_500_000);
        of.chi.push(5_000_000);
        tallies
    }

    #[test]
    fn scores_are_means_over_those_who_have_one() {
        let health = read(&HEALTH_SCORE, &four_customers(), &choices());
        assert_eq!((health.value, health.n), (Ok(50.0), 3));
        // 50 ± 4.3027 · 30 / √3 = 50 ± 74.5, cut to 0–100.
        assert_eq!(health.interval.map(|interval| (interval.low, interval.high)), Some((0.0, 100.0)));
        let chi = read(&CHI, &four_customers(), &choices());
        assert_eq!((chi.value, chi.numerator, chi.denominator), (Ok(6.25), Some(12.5), Some(2.0)));
    }

    #[test]
    fn shares_and_money_at_risk_follow_the_bands() {
        let share = |definition| read(definition, &four_customers(), &choices());
        assert_eq!(share(&HEALTHY_SHARE).value, Ok(100.0 / 3.0));
        assert_eq!((share(&AT_RISK_SHARE).numerator, share(&AT_RISK_SHARE).denominator), (Some(1.0), Some(3.0)));
        let money = share(&MRR_AT_RISK);
        assert_eq!((money.value, money.n), (Ok(70.0), 1));
    }

    /// Of 8 red ones 2 recovered, of 20 green ones 3 declined.
    #[test]
    fn recovery_is_of_the_red_and_decline_of_the_green() {
        let mut tallies = Tallies::default();
        let of = &mut tallies.health_moves;
        (of.red, of.recovered, of.green, of.declined) = (8, 2, 20, 3);
        let recovery = read(&HEALTH_RECOVERY_RATE, &tallies, &choices());
        assert_eq!((recovery.value, recovery.n, recovery.numerator), (Ok(25.0), 8, Some(2.0)));
        let decline = read(&HEALTH_DECLINE_RATE, &tallies, &choices());
        assert_eq!((decline.value, decline.n, decline.denominator), (Ok(15.0), 20, Some(20.0)));
        assert!(recovery.interval.is_some() && decline.interval.is_some());
        let nobody = read(&HEALTH_RECOVERY_RATE, &Tallies::default(), &choices());
        assert_eq!(nobody.value, Err(Undefined::NoDenominator));
    }

    #[test]
    fn candidates_are_counted_where_somebody_is_scored_or_nobody_is_there() {
        let mut tallies = four_customers();
        tallies.scores.ready_to_expand = 1;
        let candidates = read(&EXPANSION_CANDIDATES, &tallies, &choices());
        assert_eq!((candidates.value, candidates.n, candidates.interval), (Ok(1.0), 1, None));
        assert_eq!(read(&EXPANSION_CANDIDATES, &Tallies::default(), &choices()).value, Ok(0.0));
        let mut unscored = Tallies::default();
        unscored.scores.unscored = 9;
        assert_eq!(read(&EXPANSION_CANDIDATES, &unscored, &choices()).value, Err(Undefined::Unscored));
    }

    #[test]
    fn without_a_score_there_is_no_risk_to_tell() {
        let mut unscored = Tallies::default();
        unscored.scores.unscored = 9;
        for definition in [&HEALTH_SCORE, &HEALTHY_SHARE, &AT_RISK_SHARE, &MRR_AT_RISK, &CHI] {
            let of = |tallies: &Tallies| read(definition, tallies, &choices()).value;
            assert_eq!(of(&unscored), Err(Undefined::Unscored), "{}", definition.id);
            assert_eq!(of(&Tallies::default()), Err(Undefined::NoDenominator), "{}", definition.id);
        }
        assert_eq!(Undefined::Unscored.code(), "no_denominator", "the codes of figures.csv are fixed");
        let mut no_scores = choices();
        no_scores.health.components.clear();
        no_scores.chi.criteria.clear();
        for definition in [
            &HEALTH_SCORE,
            &HEALTHY_SHARE,
            &AT_RISK_SHARE,
            &MRR_AT_RISK,
            &HEALTH_RECOVERY_RATE,
            &HEALTH_DECLINE_RATE,
            &EXPANSION_CANDIDATES,
            &CHI,
        ] {
            let value = read(definition, &four_customers(), &no_scores).value;
            assert_eq!(value, Err(Undefined::NotConfigured), "{}", definition.id);
        }
    }
}
