//! Loyalty and satisfaction: what customers answer when they are asked.
//!
//! Knows answers by score; which of a respondent's answers counts was decided before.

use super::columns::{RESPONDED_AT, RESPONDENT, SCORE, SENT_AT, SURVEY};
use super::reading::{wide, within};
use super::{Better, Context, Definition, Reading, Sampling, Unit};
use crate::stats::interval;
use crate::stats::moments::divide;
use crate::tables::schema::Column;
use crate::tally::Tallies;

const ANSWERS: &[&[Column]] = &[&[RESPONDENT, SURVEY, SCORE, RESPONDED_AT]];

const REICHHELD: &str = "Reichheld, F. (2003), The One Number You Need to Grow, Harvard Business Review 81 (12)";

/// Answers to the recommendation question by kind; scores off the 0–10 scale are none of them.
struct Recommendations {
    promoters: u64,
    passives: u64,
    detractors: u64,
}

impl Recommendations {
    fn of(tallies: &Tallies) -> Self {
        let count = |low, high| tallies.loyalty.nps.count_where(|score| within(score, (low, high)));
        Self { promoters: count(9, 10), passives: count(7, 8), detractors: count(0, 6) }
    }

    fn answers(&self) -> u64 {
        self.promoters + self.passives + self.detractors
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
    compute: net_promoter_score,
};

fn net_promoter_score(tallies: &Tallies, context: &Context) -> Reading {
    let of = Recommendations::of(tallies);
    let net = i128::from(of.promoters) - i128::from(of.detractors);
    let value = divide(100 * net, i128::from(of.answers()));
    let adjusted = interval::net_score(of.promoters, of.passives, of.detractors);
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

/// Share of promoters.
pub const NPS_PROMOTERS: Definition = Definition {
    id: "nps_promoters",
    unit: Unit::Percent,
    better: Better::Higher,
    formula: "100 × answers of 9 or 10 / answers",
    source: REICHHELD,
    range: 0.0..=100.0,
    needs: ANSWERS,
    segments_only: false,
    compute: |tallies, context| {
        let of = Recommendations::of(tallies);
        Reading::share(of.promoters, of.answers(), context)
    },
};

/// Share of passives.
pub const NPS_PASSIVES: Definition = Definition {
    id: "nps_passives",
    unit: Unit::Percent,
    better: Better::Neutral,
    formula: "100 × answers of 7 or 8 / answers",
    source: REICHHELD,
    range: 0.0..=100.0,
    needs: ANSWERS,
    segments_only: false,
    compute: |tallies, context| {
        let of = Recommendations::of(tallies);
        Reading::share(of.passives, of.answers(), context)
    },
};

/// Share of detractors.
pub const NPS_DETRACTORS: Definition = Definition {
    id: "nps_detractors",
    unit: Unit::Percent,
    better: Better::Lower,
    formula: "100 × answers of 0 to 6 / answers",
    source: REICHHELD,
    range: 0.0..=100.0,
    needs: ANSWERS,
    segments_only: false,
    compute: |tallies, context| {
        let of = Recommendations::of(tallies);
        Reading::share(of.detractors, of.answers(), context)
    },
};

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
    compute: |tallies, context| Reading::score(&tallies.loyalty.ces, context.choices.ces.scale, context),
};
