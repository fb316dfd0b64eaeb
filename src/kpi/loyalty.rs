//! Loyalty and satisfaction: what customers answer when they are asked.
//!
//! Knows answers by score; which of a respondent's answers counts was decided before.

use super::columns::{RESPONDED_AT, RESPONDENT, RESPONDENT_ROLE, SCORE, SENT_AT, SURVEY};
use super::reading::{MILLION, wide, within};
use super::{Better, Context, Definition, DrawsOn, Reading, Sampling, Undefined, Unit};
use crate::stats::interval::{self, NetScore};
use crate::stats::moments::divide;
use crate::tables::schema::{Column, Table};
use crate::tally::{Histogram, Tallies};

const ANSWERS: &[&[Column]] = &[&[RESPONDENT, SURVEY, SCORE, RESPONDED_AT]];

const REICHHELD: &str = "Reichheld, F. (2003), The One Number You Need to Grow, Harvard Business Review 81 (12)";

/// What people are asked; answers to one question are shown or withheld together, whatever is made of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Question {
    /// Whether they would recommend; who answers it at all is part of it.
    Nps,
    /// Whether they are satisfied.
    Csat,
    /// How much effort it took.
    Ces,
}

impl Question {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Nps, Self::Csat, Self::Ces];

    /// The question whose answers a KPI is made of, by the KPI's id; none if it is made of something else.
    pub fn behind(kpi: &str) -> Option<Self> {
        match kpi.split('_').next()? {
            "nps" => Some(Self::Nps),
            "csat" => Some(Self::Csat),
            "ces" => Some(Self::Ces),
            _ => None,
        }
    }
}

/// Answers to the recommendation question by kind; scores off the 0–10 scale are none of them.
struct Recommendations {
    promoters: u64,
    passives: u64,
    detractors: u64,
}

impl Recommendations {
    fn of(scores: &Histogram) -> Self {
        let count = |low, high| scores.count_where(|score| within(score, (low, high)));
        Self { promoters: count(9, 10), passives: count(7, 8), detractors: count(0, 6) }
    }

    fn answers(&self) -> u64 {
        self.promoters + self.passives + self.detractors
    }

    /// The score after Rocks' adjustment, as a ratio −1…1.
    fn adjusted(&self) -> Option<NetScore> {
        interval::net_score(self.promoters, self.passives, self.detractors)
    }
}

/// Net Promoter Score, −100…100.
pub const NPS: Definition = Definition {
    id: "nps",
    unit: Unit::Points,
    better: Better::Higher,
    formula: "100 × (promoters − detractors) / answers; promoters score 9–10, passives 7–8, detractors 0–6",
    source: REICHHELD,
    range: -100.0..=100.0,
    needs: ANSWERS,
    segments_only: false,
    draws_on: DrawsOn::Plain,
    rows_of: Some(Table::Surveys),
    parts: None,
    compute: net_promoter_score,
};

fn net_promoter_score(tallies: &Tallies, context: &Context) -> Reading {
    let of = Recommendations::of(&tallies.loyalty.nps);
    let net = i128::from(of.promoters) - i128::from(of.detractors);
    let value = divide(100 * net, i128::from(of.answers()));
    let adjusted = of.adjusted();
    let limits = adjusted.and_then(|score| score.limits(context.choices.confidence)).map(|limits| limits.times(100.0));
    let sampling = adjusted.map_or(Sampling::None, |score| Sampling::Normal {
        estimate: 100.0 * score.adjusted,
        standard_error: 100.0 * score.standard_error,
    });
    Reading {
        n: of.answers(),
        numerator: Some(wide(net)),
        denominator: Some(wide(i128::from(of.answers()))),
        sampling,
        ..Reading::estimate(value, None, limits)
    }
}

/// A share of the answers to the recommendation question.
const fn share_of_answers(
    id: &'static str,
    better: Better,
    formula: &'static str,
    compute: fn(&Tallies, &Context) -> Reading,
) -> Definition {
    Definition { id, unit: Unit::Percent, better, formula, range: 0.0..=100.0, compute, ..NPS }
}

/// Share of promoters.
pub const NPS_PROMOTERS: Definition =
    share_of_answers("nps_promoters", Better::Higher, "100 × answers of 9 or 10 / answers", |tallies, context| {
        answers_of(tallies, context, |of| of.promoters)
    });

/// Share of passives.
pub const NPS_PASSIVES: Definition =
    share_of_answers("nps_passives", Better::Neutral, "100 × answers of 7 or 8 / answers", |tallies, context| {
        answers_of(tallies, context, |of| of.passives)
    });

/// Share of detractors.
pub const NPS_DETRACTORS: Definition =
    share_of_answers("nps_detractors", Better::Lower, "100 × answers of 0 to 6 / answers", |tallies, context| {
        answers_of(tallies, context, |of| of.detractors)
    });

fn answers_of(tallies: &Tallies, context: &Context, part: impl Fn(&Recommendations) -> u64) -> Reading {
    let of = Recommendations::of(&tallies.loyalty.nps);
    Reading::share(part(&of), of.answers(), context)
}

/// The mean of customers' own scores: many respondents of one customer count once.
pub const NPS_BY_ACCOUNT: Definition = Definition {
    id: "nps_by_account",
    unit: Unit::Points,
    better: Better::Higher,
    formula: "mean over customers of each customer's own 100 × (promoters − detractors) / answers",
    source: "Reichheld (2003), by account; interval: Student (1908)",
    range: -100.0..=100.0,
    needs: ANSWERS,
    segments_only: false,
    draws_on: DrawsOn::Plain,
    rows_of: Some(Table::Surveys),
    parts: None,
    compute: |tallies, context| {
        Reading::mean(&(&tallies.loyalty.nps_accounts).into(), MILLION, &NPS_BY_ACCOUNT.range, context)
    },
};

/// How much better those who use the product every day rate it than those who decide on it; −200…200.
pub const NPS_ROLE_GAP: Definition = Definition {
    id: "nps_role_gap",
    unit: Unit::Points,
    better: Better::Neutral,
    formula: "NPS of everyday users − NPS of decision makers, by the roles of kpis.yaml",
    source: "Reichheld (2003); interval: sum of both adjusted variances, Rocks (2016)",
    range: -200.0..=200.0,
    needs: &[&[RESPONDENT, RESPONDENT_ROLE, SURVEY, SCORE, RESPONDED_AT]],
    segments_only: false,
    draws_on: DrawsOn::Plain,
    rows_of: None,
    parts: None,
    compute: role_gap,
};

fn role_gap(tallies: &Tallies, context: &Context) -> Reading {
    let users = Recommendations::of(&tallies.loyalty.nps_users);
    let deciders = Recommendations::of(&tallies.loyalty.nps_decision_makers);
    let n = users.answers() + deciders.answers();
    let Some((of_users, of_deciders)) = users.adjusted().zip(deciders.adjusted()) else {
        return Reading { n, ..Reading::undefined(Undefined::NoDenominator) };
    };
    // One division, so that a whole result is exact.
    let part = |of: &Recommendations, others: &Recommendations| {
        (i128::from(of.promoters) - i128::from(of.detractors)) * i128::from(others.answers())
    };
    let net = part(&users, &deciders) - part(&deciders, &users);
    let value = divide(100 * net, i128::from(users.answers()) * i128::from(deciders.answers()));
    let estimate = 100.0 * (of_users.adjusted - of_deciders.adjusted);
    let error = 100.0 * of_users.standard_error.hypot(of_deciders.standard_error);
    let limits = interval::normal(estimate, error, context.choices.confidence)
        .map(|limits| limits.clamped(*NPS_ROLE_GAP.range.start(), *NPS_ROLE_GAP.range.end()));
    let sampling = Sampling::Normal { estimate, standard_error: error };
    Reading { n, sampling, ..Reading::estimate(value, None, limits) }
}

/// Share of the invitations sent in the period that are answered by now; provisional until the answer window has passed.
pub const NPS_RESPONSE_RATE: Definition = Definition {
    id: "nps_response_rate",
    unit: Unit::Percent,
    better: Better::Higher,
    formula: "100 × of the invitations sent in the period, those answered by now / invitations sent",
    source: "survey practice; interval: Wilson (1927)",
    range: 0.0..=100.0,
    needs: &[&[RESPONDENT, SURVEY, SENT_AT, RESPONDED_AT]],
    segments_only: false,
    draws_on: DrawsOn::Plain,
    rows_of: Some(Table::Surveys),
    parts: None,
    compute: |tallies, context| Reading::share(tallies.loyalty.nps_answered, tallies.loyalty.nps_sent, context),
};

/// Mean satisfaction, on the scale of `kpis.yaml`.
pub const CSAT: Definition = Definition {
    id: "csat",
    unit: Unit::Score,
    better: Better::Higher,
    formula: "mean satisfaction score",
    source: "survey practice; interval: Student (1908)",
    range: 1.0..=10.0,
    needs: ANSWERS,
    segments_only: false,
    draws_on: DrawsOn::Plain,
    rows_of: Some(Table::Surveys),
    parts: None,
    compute: |tallies, context| Reading::score(&tallies.loyalty.csat, context.choices.csat.scale, context),
};

/// Share of answers at or above the lowest satisfied score.
pub const CSAT_SATISFIED: Definition = Definition {
    id: "csat_satisfied",
    unit: Unit::Percent,
    better: Better::Higher,
    formula: "100 × answers at or above the lowest satisfied score / answers, neutral ones included",
    source: "survey practice; interval: Wilson (1927)",
    range: 0.0..=100.0,
    needs: ANSWERS,
    segments_only: false,
    draws_on: DrawsOn::Plain,
    rows_of: Some(Table::Surveys),
    parts: None,
    compute: |tallies, context| {
        let of = &context.choices.csat;
        let answers = tallies.loyalty.csat.count_where(|score| within(score, of.scale));
        let satisfied = tallies.loyalty.csat.count_where(|score| within(score, of.scale) && score >= of.satisfied);
        Reading::share(satisfied, answers, context)
    },
};

/// Mean effort score; whether more is better is chosen in `kpis.yaml`.
pub const CES: Definition = Definition {
    id: "ces",
    unit: Unit::Score,
    better: Better::Higher,
    formula: "mean effort score",
    source: "Dixon, M., Freeman, K., Toman, N. (2010), Stop Trying to Delight Your Customers, Harvard Business Review 88",
    range: 1.0..=7.0,
    needs: ANSWERS,
    segments_only: false,
    draws_on: DrawsOn::Plain,
    rows_of: Some(Table::Surveys),
    parts: None,
    compute: |tallies, context| Reading::score(&tallies.loyalty.ces, context.choices.ces.scale, context),
};

#[cfg(test)]
mod tests {
    use super::super::testing::{choices, csat, nps_counts, read, value};
    use super::*;
    use crate::kpi::Interval;

    /// One promoter: 100, adjusted 25 ± 73.5, widened to hold 100 (printed: −48.5…98.5).
    #[test]
    #[expect(clippy::float_cmp, reason = "exact by construction")]
    fn an_interval_of_nps_holds_the_raw_score_and_stays_within_a_hundred() {
        let one = read(&NPS, &nps_counts(1, 0, 0), &choices());
        let interval = one.interval.unwrap();
        assert_eq!((one.value, one.n, one.numerator, one.denominator), (Ok(100.0), 1, Some(1.0), Some(1.0)));
        assert!((interval.low + 48.498_649_420_3).abs() < 1e-8 && interval.high == 100.0, "{interval:?}");
        let ten = read(&NPS, &nps_counts(10, 0, 0), &choices()).interval.unwrap();
        assert!((ten.low - 47.503_551_544_8).abs() < 1e-8 && ten.high == 100.0, "{ten:?}");
    }

    /// 25 promoters, 15 passives, 10 detractors: 50, 30 and 20 %, and 30 points between the first and the last.
    #[test]
    fn the_shares_sum_to_a_hundred_and_differ_by_the_score() {
        let answers = nps_counts(25, 15, 10);
        let shares = [&NPS_PROMOTERS, &NPS_PASSIVES, &NPS_DETRACTORS].map(|share| value(share, &answers));
        assert_eq!(shares, [Ok(50.0), Ok(30.0), Ok(20.0)]);
        assert_eq!(value(&NPS, &answers), Ok(30.0));
        assert_eq!(value(&NPS, &nps_counts(0, 0, 0)), Err(Undefined::NoDenominator));
    }

    /// 3 of 4 invitations are answered.
    #[test]
    fn the_response_rate_counts_invitations() {
        let mut tallies = Tallies::default();
        (tallies.loyalty.nps_sent, tallies.loyalty.nps_answered) = (4, 3);
        let rate = read(&NPS_RESPONSE_RATE, &tallies, &choices());
        assert_eq!((rate.value, rate.n), (Ok(75.0), 4));
    }

    /// On a scale to 5, the 10 is off it; 4 and 5 of 3, 4, 5 are satisfied from 4 on.
    #[test]
    #[expect(clippy::float_cmp, reason = "exact by construction")]
    fn satisfaction_keeps_to_the_scale_and_the_threshold_chosen() {
        let mut choices = choices();
        (choices.csat.scale, choices.csat.satisfied) = ((1, 5), 4);
        let answers = csat(&[3, 4, 5, 10]);
        let mean = read(&CSAT, &answers, &choices);
        assert_eq!((mean.value, mean.n, mean.numerator), (Ok(4.0), 3, Some(12.0)));
        // 4 ± t(2) · √(1/3) = 4 ± 2.48, cut to the scale.
        assert!((mean.interval.unwrap().low - 1.515_862).abs() < 1e-5);
        assert_eq!(mean.interval.unwrap().high, 5.0);
        assert_eq!(CSAT.range_under(&choices), 1.0..=5.0);
        let satisfied = read(&CSAT_SATISFIED, &answers, &choices);
        assert_eq!((satisfied.numerator, satisfied.denominator), (Some(2.0), Some(3.0)));
    }

    #[test]
    fn answers_that_do_not_vary_have_a_value_and_no_interval() {
        let same = read(&CSAT, &csat(&[8, 8, 8]), &choices());
        assert_eq!((same.value, same.interval, same.sampling), (Ok(8.0), None, Sampling::Unknown));
        assert_eq!(same.remark.as_deref(), Some("too_few"));
    }

    /// One customer's 100 and another's −50 make 25, whatever number of people spoke for each: ± t(1) · √(11 250/2) is
    /// 12.706 × 75, beyond the scale on either side. Three at 100, 0 and 50: 50 ± t(2) · √(2 500/3) = 50 ± 4.3027 × 28.868.
    #[test]
    #[expect(clippy::float_cmp, reason = "exact by construction")]
    fn every_customer_has_one_voice() {
        let mut tallies = Tallies::default();
        tallies.loyalty.nps_accounts.push(100_000_000);
        tallies.loyalty.nps_accounts.push(-50_000_000);
        let mean = read(&NPS_BY_ACCOUNT, &tallies, &choices());
        assert_eq!((mean.value, mean.n), (Ok(25.0), 2));
        assert_eq!((mean.numerator, mean.denominator), (Some(50.0), Some(2.0)));
        assert_eq!(mean.interval, Some(Interval { low: -100.0, high: 100.0 }));
        let mut three = Tallies::default();
        for own in [100, 0, 50] {
            three.loyalty.nps_accounts.push(own * 1_000_000);
        }
        let mean = read(&NPS_BY_ACCOUNT, &three, &choices());
        let interval = mean.interval.unwrap();
        assert!((interval.low + 74.207).abs() < 1e-2 && interval.high == 100.0, "{interval:?}");
        assert!(matches!(mean.sampling, Sampling::Mean { n: 3, .. }));
        assert_eq!(read(&NPS_BY_ACCOUNT, &Tallies::default(), &choices()).value, Err(Undefined::NoDenominator));
    }

    /// Users: 6 promoters, 2 passives, 2 detractors, 40. Deciders: 1, 1 and 3, −40. The gap is 80.
    ///
    /// Adjusted: (6.75 − 2.75)/13 = 0.307692, variance (9.5/13 − 0.307692²)/13 = 0.0489303; (1.75 − 3.75)/8 = −0.25,
    /// variance (5.5/8 − 0.0625)/8 = 0.078125. Together 55.7692 ± 1.959964 · 100 · √0.1270553 = 55.7692 ± 69.8625.
    #[test]
    fn the_gap_between_roles_has_the_variance_of_both() {
        let mut tallies = Tallies::default();
        tallies.loyalty.nps_users = nps_counts(6, 2, 2).loyalty.nps;
        assert_eq!(read(&NPS_ROLE_GAP, &tallies, &choices()).value, Err(Undefined::NoDenominator));
        tallies.loyalty.nps_decision_makers = nps_counts(1, 1, 3).loyalty.nps;
        let gap = read(&NPS_ROLE_GAP, &tallies, &choices());
        assert_eq!((gap.value, gap.n, gap.numerator, gap.denominator), (Ok(80.0), 15, None, None));
        let interval = gap.interval.unwrap();
        assert!((interval.low + 14.0933).abs() < 1e-3 && (interval.high - 125.632).abs() < 1e-3, "{interval:?}");
        let Sampling::Normal { estimate, standard_error } = gap.sampling else { panic!("{:?}", gap.sampling) };
        assert!((estimate - 55.7692).abs() < 1e-3 && (standard_error - 35.6448).abs() < 1e-3);
    }

    /// One user at 10 and one decision maker at 0: 200, of which the adjusted gap, 75, knows nothing.
    #[test]
    fn the_interval_of_a_gap_holds_the_raw_gap() {
        let mut tallies = Tallies::default();
        tallies.loyalty.nps_users = nps_counts(1, 0, 0).loyalty.nps;
        tallies.loyalty.nps_decision_makers = nps_counts(0, 0, 1).loyalty.nps;
        let gap = read(&NPS_ROLE_GAP, &tallies, &choices());
        assert_eq!((gap.value, gap.interval.unwrap().high), (Ok(200.0), 200.0));
    }

    #[test]
    fn less_effort_is_better_where_the_scale_says_so() {
        let mut choices = choices();
        let mut tallies = Tallies::default();
        tallies.loyalty.ces = Histogram::from_values(vec![1, 2, 6]);
        assert_eq!(read(&CES, &tallies, &choices).value, Ok(3.0));
        assert_eq!(CES.better_under(&choices), Better::Higher);
        choices.ces.higher_is_better = false;
        assert_eq!(CES.better_under(&choices), Better::Lower);
    }

    #[test]
    fn a_higher_confidence_gives_a_wider_interval() {
        let mut choices = choices();
        let answers = nps_counts(25, 15, 10);
        let width = |interval: Option<Interval>| interval.map(|interval| interval.high - interval.low).unwrap();
        let narrow = width(read(&NPS, &answers, &choices).interval);
        choices.confidence = 0.99;
        assert!(width(read(&NPS, &answers, &choices).interval) > narrow);
    }
}
