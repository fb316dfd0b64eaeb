//! Recurring revenue: what comes in, what grows, what shrinks, what leaves between two snapshots.
//!
//! Knows money per month at `start` and at `end`; never a subscription.

use super::columns::REVENUE;
use super::reading::{MILLION, RatioOf};
use super::{Better, Context, Definition, DrawsOn, Reading, Unit};
use crate::stats::moments::RatioMoments;
use crate::tables::schema::Table;
use crate::tally::Tallies;

const SNAPSHOTS: &str = "two snapshots of MRR per customer; interval: linearised ratio, Cochran (1977), 6.4";

const BRIDGE: &str =
    "opening + new + reactivated + expansion − contraction − churned = closing, transfers added in a segment";

/// Opening revenue that was lost: customers who left and customers who pay less.
pub const REVENUE_CHURN_RATE: Definition = Definition {
    id: "revenue_churn_rate",
    unit: Unit::Percent,
    better: Better::Lower,
    formula: "100 × (churned + contraction) / opening MRR",
    source: SNAPSHOTS,
    range: 0.0..=100.0,
    needs: REVENUE,
    segments_only: false,
    draws_on: DrawsOn::Plain,
    rows_of: None,
    parts: None,
    compute: |tallies, context| {
        RatioOf::percent((&tallies.revenue.loss).into(), MILLION, REVENUE_CHURN_RATE.range).read(context)
    },
};

/// Gross revenue retention: 100 − revenue churn. Growth of one customer does not make up for the loss of another.
pub const GRR: Definition = Definition {
    id: "grr",
    unit: Unit::Percent,
    better: Better::Higher,
    formula: "100 × Σ min(MRR at the start, at the end) / opening MRR",
    source: SNAPSHOTS,
    range: 0.0..=100.0,
    needs: REVENUE,
    segments_only: false,
    draws_on: DrawsOn::Plain,
    rows_of: None,
    parts: None,
    compute: |tallies, context| {
        let lost = RatioMoments::from(&tallies.revenue.loss);
        RatioOf::percent(lost.complement(), MILLION, GRR.range).read(context)
    },
};

/// Net revenue retention. Above 100 the opening customers grew.
pub const NRR: Definition = Definition {
    id: "nrr",
    unit: Unit::Percent,
    better: Better::Higher,
    formula: "100 × MRR at the end of the opening customers / opening MRR",
    source: SNAPSHOTS,
    range: 0.0..=f64::INFINITY,
    needs: REVENUE,
    segments_only: false,
    draws_on: DrawsOn::Plain,
    rows_of: None,
    parts: None,
    compute: |tallies, context| RatioOf::percent((&tallies.revenue.retained).into(), MILLION, NRR.range).read(context),
};

/// A line of the bridge of revenue.
const fn line(
    id: &'static str,
    better: Better,
    formula: &'static str,
    compute: fn(&Tallies, &Context) -> Reading,
) -> Definition {
    Definition {
        id,
        unit: Unit::Money,
        better,
        formula,
        source: BRIDGE,
        range: 0.0..=f64::INFINITY,
        needs: REVENUE,
        segments_only: false,
        draws_on: DrawsOn::Plain,
        rows_of: None,
        parts: None,
        compute,
    }
}

/// MRR at the start.
pub const MRR_OPENING: Definition = line("mrr_opening", Better::Neutral, "MRR at the start", |tallies, _| {
    Reading::amount(tallies.revenue.opening, tallies.customers.opening)
});

/// MRR of customers who came for the first time.
pub const MRR_NEW: Definition =
    line("mrr_new", Better::Higher, "MRR at the end of customers who never had any before", |tallies, _| {
        Reading::amount(tallies.revenue.new, tallies.customers.new)
    });

/// MRR of customers who came back.
pub const MRR_REACTIVATED: Definition = line(
    "mrr_reactivated",
    Better::Higher,
    "MRR at the end of customers who had none at the start, but once before",
    |tallies, _| Reading::amount(tallies.revenue.reactivated, tallies.customers.reactivated),
);

/// What opening customers added.
pub const MRR_EXPANSION: Definition =
    line("mrr_expansion", Better::Higher, "Σ of what opening customers pay more at the end", |tallies, _| {
        Reading::amount(tallies.revenue.expansion, tallies.revenue.expanding)
    });

/// What opening customers who stayed took away, as a positive amount.
pub const MRR_CONTRACTION: Definition = line(
    "mrr_contraction",
    Better::Lower,
    "Σ of what opening customers who stayed pay less at the end",
    |tallies, _| Reading::amount(tallies.revenue.contraction, tallies.revenue.contracting),
);

/// MRR that left with its customers, as a positive amount.
pub const MRR_CHURNED: Definition = Definition {
    rows_of: Some(Table::Subscriptions),
    ..line("mrr_churned", Better::Lower, "MRR at the start of customers who have none at the end", |tallies, _| {
        Reading::amount(tallies.revenue.churned, tallies.customers.lost)
    })
};

/// MRR at the end.
pub const MRR_CLOSING: Definition = line("mrr_closing", Better::Higher, "MRR at the end", |tallies, _| {
    Reading::amount(tallies.revenue.closing, tallies.customers.closing)
});

/// A line that stands only in segments.
const fn transfer(id: &'static str, formula: &'static str, of: fn(&Tallies, &Context) -> Reading) -> Definition {
    Definition { segments_only: true, ..line(id, Better::Neutral, formula, of) }
}

/// MRR that entered the segment with its customers.
pub const MRR_TRANSFERRED_IN: Definition =
    transfer("mrr_transferred_in", "MRR at the end of customers who entered the segment in between", |tallies, _| {
        Reading::amount(tallies.revenue.transferred_in, tallies.customers.transferred_in)
    });

/// MRR that left the segment with its customers.
pub const MRR_TRANSFERRED_OUT: Definition =
    transfer("mrr_transferred_out", "MRR at the end of customers who left the segment in between", |tallies, _| {
        Reading::amount(tallies.revenue.transferred_out, tallies.customers.transferred_out)
    });

#[cfg(test)]
mod tests {
    use super::super::testing::{choices, mrr, read, value};
    use super::*;

    /// 100 → 150, 200 → 120, 60 → 0, and 80 that came: of 360, 140 are lost (38.9 %), 220 are kept, 270 are there.
    #[test]
    #[expect(clippy::float_cmp, reason = "exact by construction")]
    fn gains_of_one_customer_make_up_for_losses_of_another_only_in_nrr() {
        let month = mrr(&[(100, 150), (200, 120), (60, 0), (0, 80)]);
        assert_eq!(value(&REVENUE_CHURN_RATE, &month), Ok(14_000.0 / 360.0));
        assert_eq!(value(&GRR, &month), Ok(22_000.0 / 360.0));
        assert_eq!(value(&NRR, &month), Ok(75.0));
        let lines = [&MRR_OPENING, &MRR_NEW, &MRR_EXPANSION, &MRR_CONTRACTION, &MRR_CHURNED, &MRR_CLOSING];
        assert_eq!(lines.map(|line| value(line, &month).unwrap()), [360.0, 80.0, 50.0, 80.0, 60.0, 350.0]);
    }

    #[test]
    fn nrr_may_exceed_a_hundred() {
        assert_eq!(value(&NRR, &mrr(&[(5, 0), (95, 115)])), Ok(115.0));
    }

    /// Losses 0 of 100, 80 of 200, 60 of 60: R = 140/360; residuals −38.9, 2.22, 36.7; Σ² = 2861.7;
    /// 3/2 · 2861.7 / 360² = 0.03312; t(2) = 4.3027: 38.9 ± 78.3, cut to 0–100. GRR mirrors it.
    #[test]
    fn the_interval_of_grr_is_that_of_churn_mirrored() {
        let month = mrr(&[(100, 150), (200, 120), (60, 0)]);
        let (churn, grr) = (read(&REVENUE_CHURN_RATE, &month, &choices()), read(&GRR, &month, &choices()));
        assert_eq!((churn.interval.unwrap().low, churn.interval.unwrap().high), (0.0, 100.0));
        let wide = mrr(&[(100, 100); 30]) + month;
        let (churn, grr_wide) = (
            read(&REVENUE_CHURN_RATE, &wide, &choices()).interval.unwrap(),
            read(&GRR, &wide, &choices()).interval.unwrap(),
        );
        assert!(churn.high < 100.0 && (churn.high - (100.0 - grr_wide.low)).abs() < 1e-9, "{churn:?} {grr_wide:?}");
        assert_eq!((grr.n, grr.numerator, grr.denominator), (3, Some(220.0), Some(360.0)));
    }

    /// Three segments of a month: 0.10, 0.20 and 0.30 of the currency are 0.60 to the cent.
    #[test]
    fn money_is_exact() {
        let mut tallies = Tallies::default();
        for cents in [10, 20, 30] {
            tallies.revenue.closing += cents * 10_000;
        }
        assert_eq!(value(&MRR_CLOSING, &tallies), Ok(0.6));
    }
}
