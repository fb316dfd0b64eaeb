//! Value: what a customer pays, how often, for how long, and what that comes to.
//!
//! Revenue is what was sold, not what was earned: only a margin in `kpis.yaml` makes it that.

use super::columns::{ACTIVITY, BUYER, MRR, ORDERED_AT, SUBSCRIBER, SUBSCRIPTION_END, SUBSCRIPTION_START, VALUE};
use super::reading::{MILLION, RatioOf, whole, wide};
use super::survival::{curve, lifetimes};
use super::{Better, Context, Definition, DrawsOn, Interval, Reading, Undefined, Unit};
use crate::config::{LifetimeMethod, ValueSource};
use crate::stats::interval;
use crate::stats::moments::{Moments, divide};
use crate::tally::{Lifetimes, Tallies};

const EVERYTHING: std::ops::RangeInclusive<f64> = f64::NEG_INFINITY..=f64::INFINITY;

/// Revenue per order; per customer and month where value comes from subscriptions (ARPA). Refunds are negative orders.
pub const AVERAGE_TICKET: Definition = Definition {
    id: "average_ticket",
    unit: Unit::Money,
    better: Better::Higher,
    formula: "revenue / orders of the period; with subscriptions: MRR / active customers at the end (ARPA)",
    source: "interval: linearised ratio over customers, Cochran (1977), 6.4",
    range: EVERYTHING,
    needs: VALUE,
    segments_only: false,
    draws_on: DrawsOn::Plain,
    rows_of: None,
    parts: None,
    compute: |tallies, context| {
        let sums = match context.value_source() {
            ValueSource::Subscriptions => &tallies.revenue.per_customer,
            ValueSource::Orders => &tallies.orders.ticket,
        };
        RatioOf::money_per_unit(sums).read(context)
    },
};

/// Orders per active customer-month; a subscription is bought once a month.
pub const PURCHASE_FREQUENCY: Definition = Definition {
    id: "purchase_frequency",
    unit: Unit::Ratio,
    better: Better::Higher,
    formula: "orders / months in which customers were active, over the value window; with subscriptions: 1",
    source: "interval: linearised ratio over customers, Cochran (1977), 6.4",
    range: 0.0..=f64::INFINITY,
    needs: &[&[SUBSCRIBER, SUBSCRIPTION_START, SUBSCRIPTION_END, MRR], &[BUYER, ORDERED_AT]],
    segments_only: false,
    draws_on: DrawsOn::Plain,
    rows_of: None,
    parts: None,
    compute: |tallies, context| match context.value_source() {
        ValueSource::Subscriptions => {
            let n = tallies.customers.closing;
            Reading { n, ..Reading::plain((n > 0).then_some(1.0)) }
        }
        ValueSource::Orders => {
            let sums = (&tallies.orders.frequency).into();
            RatioOf { sums, parts_of_y: MILLION, parts_of_x: 1, times: (1, 1), range: PURCHASE_FREQUENCY.range }
                .read(context)
        }
    },
};

/// How long a customer stays, by the method of `kpis.yaml`.
pub const LIFETIME_MONTHS: Definition = Definition {
    id: "lifetime_months",
    unit: Unit::Months,
    better: Better::Higher,
    formula: "restricted mean of the Kaplan–Meier curve up to the horizon; or 1 / monthly churn; or the mean observed so far",
    source: "Klein & Moeschberger, Survival Analysis (2003), 4.5; delta method for 1 / churn",
    range: 0.0..=f64::INFINITY,
    needs: ACTIVITY,
    segments_only: false,
    draws_on: DrawsOn::Lifetimes,
    rows_of: None,
    parts: None,
    compute: |tallies, context| match Lifetime::of(&tallies.lifetimes, context) {
        Err(why) => Reading { n: lifetimes(&tallies.lifetimes), ..Reading::undefined(why) },
        Ok(lifetime) => lifetime.read(),
    },
};

/// Lifetime value of a customer, over the horizon that the lifetime is measured to.
pub const LTV: Definition = Definition {
    id: "ltv",
    unit: Unit::Money,
    better: Better::Higher,
    formula: "revenue per active customer-month × lifetime in months × gross margin",
    source: "ticket × frequency as one ratio; interval: delta method, covariance 0",
    range: EVERYTHING,
    needs: VALUE,
    segments_only: false,
    draws_on: DrawsOn::Lifetimes,
    rows_of: None,
    parts: None,
    compute: lifetime_value,
};

fn lifetime_value(tallies: &Tallies, context: &Context) -> Reading {
    let sums = match context.value_source() {
        ValueSource::Subscriptions => &tallies.revenue.per_customer,
        ValueSource::Orders => &tallies.orders.per_active_month,
    };
    let monthly = RatioOf::money_per_unit(sums);
    let Ok(revenue) = monthly.read(context).value else { return Reading::undefined(Undefined::NoDenominator) };
    let lifetime = match Lifetime::of(&tallies.lifetimes, context) {
        Ok(lifetime) => lifetime,
        Err(why) => return Reading { n: sums.n, ..Reading::undefined(why) },
    };
    let margin = context.choices.value.gross_margin;
    let error = monthly
        .standard_error()
        .zip(lifetime.standard_error)
        .map(|(revenue_error, months_error)| margin * (lifetime.months * revenue_error).hypot(revenue * months_error));
    let value = revenue * lifetime.months * margin;
    let limits = error.and_then(|error| interval::normal(value, error, context.choices.confidence));
    let limits = limits.map(|limits| limits.clamped(*monthly.range.start(), *monthly.range.end()));
    lifetime.over_horizon(Reading { n: sums.n, ..Reading::estimate(Some(value), error, limits) })
}

/// A mean lifetime, however it was measured.
struct Lifetime {
    months: f64,
    standard_error: Option<f64>,
    limits: Option<Interval>,
    n: u64,
    parts: Option<(f64, f64)>,
    horizon: Option<i64>,
}

impl Lifetime {
    fn of(tally: &Lifetimes, context: &Context) -> Result<Self, Undefined> {
        match context.choices.lifetime.method {
            LifetimeMethod::KaplanMeier => Self::restricted_mean(tally, context),
            LifetimeMethod::InverseChurn => Self::inverse_churn(tally, context),
            LifetimeMethod::Observed => Self::observed(tally, context),
        }
    }

    /// Up to the horizon or the longest follow-up in the total, whichever is shorter: the same in every segment.
    fn restricted_mean(tally: &Lifetimes, context: &Context) -> Result<Self, Undefined> {
        let curve = curve(tally).ok_or(Undefined::NoDenominator)?;
        let horizon = context.choices.lifetime.horizon_months.min(context.longest_follow_up);
        if horizon < 1 {
            return Err(Undefined::NotIdentifiable);
        }
        let mean = curve.restricted_mean(horizon);
        let error = mean.variance.sqrt();
        let limits = interval::normal(mean.value, error, context.choices.confidence);
        Ok(Self {
            months: mean.value,
            standard_error: Some(error).filter(|&error| error > 0.0),
            limits: limits.map(|limits| limits.clamped(0.0, whole(horizon))),
            n: lifetimes(tally),
            parts: None,
            horizon: Some(horizon),
        })
    }

    /// 1 / c for the monthly churn c = Σ lost / Σ opening; its standard error is that of c over c².
    fn inverse_churn(tally: &Lifetimes, context: &Context) -> Result<Self, Undefined> {
        let (lost, opening) = (tally.lost_in_window, tally.opening_in_window);
        if opening == 0 {
            return Err(Undefined::NoDenominator);
        }
        let months = divide(opening.into(), lost.into()).ok_or(Undefined::NotIdentifiable)?;
        let (lost, openings) = (wide(lost.into()), wide(opening.into()));
        let churn = lost / openings;
        let error = (churn * (1.0 - churn) / openings).sqrt() / (churn * churn);
        let limits = interval::normal(months, error, context.choices.confidence);
        Ok(Self {
            months,
            standard_error: Some(error).filter(|&error| error > 0.0),
            limits: limits.map(|limits| limits.clamped(0.0, f64::INFINITY)),
            n: opening,
            parts: Some((openings, lost)),
            horizon: None,
        })
    }

    /// The plain mean of durations, those still running as if they ended now: too short, and asked for by name.
    fn observed(tally: &Lifetimes, context: &Context) -> Result<Self, Undefined> {
        let durations: Vec<_> = tally.ended.counts().iter().chain(tally.censored.counts()).copied().collect();
        let sample = Moments::from_counts(&durations);
        let months = sample.mean().ok_or(Undefined::NoDenominator)?;
        let n = wide(sample.n.into());
        Ok(Self {
            months,
            standard_error: sample.variance().filter(|&variance| variance > 0.0).map(|variance| (variance / n).sqrt()),
            limits: interval::mean(&sample, context.choices.confidence)
                .map(|limits| limits.clamped(0.0, f64::INFINITY)),
            n: sample.n,
            parts: Some((wide(sample.sum), n)),
            horizon: None,
        })
    }

    fn read(&self) -> Reading {
        self.over_horizon(Reading {
            n: self.n,
            numerator: self.parts.map(|(numerator, _)| numerator),
            denominator: self.parts.map(|(_, denominator)| denominator),
            ..Reading::estimate(Some(self.months), self.standard_error, self.limits)
        })
    }

    /// Says over how many months a value was taken, where it was.
    fn over_horizon(&self, reading: Reading) -> Reading {
        match self.horizon {
            Some(months) => reading.remarking(format!("tau={months}")),
            None => reading,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{choices, lifetimes as tally, mrr, read, value};
    use super::*;
    use crate::config::Choices;
    use crate::kpi::Sampling;

    fn choosing(method: LifetimeMethod, source: ValueSource) -> Choices {
        let mut choices = choices();
        (choices.lifetime.method, choices.value.source) = (method, Some(source));
        choices
    }

    /// Durations 2, 3+, 4, 4+, 5 to τ = 5: 4.13 months with variance (32/15)²/20 + (8/15)²/6 = 0.27496.
    #[test]
    #[expect(clippy::float_cmp, reason = "exact by construction")]
    fn a_lifetime_is_taken_up_to_the_longest_follow_up() {
        let lifetime = read(&LIFETIME_MONTHS, &tally(&[2, 4, 5], &[3, 4]), &choices());
        assert!((lifetime.value.unwrap() - 4.133_333_333).abs() < 1e-9);
        assert_eq!((lifetime.n, lifetime.remark.as_deref()), (5, Some("tau=5")));
        let half = 1.959_964 * 0.274_963_f64.sqrt();
        let interval = lifetime.interval.unwrap();
        // The upper limit, 5.16, is beyond what can be seen.
        assert!((interval.low - (4.133_333 - half)).abs() < 1e-5 && interval.high == 5.0, "{interval:?}");
    }

    #[test]
    fn a_horizon_cuts_a_lifetime_off() {
        let mut choices = choices();
        choices.lifetime.horizon_months = 1;
        let lifetime = read(&LIFETIME_MONTHS, &tally(&[2, 4, 5], &[3, 4]), &choices);
        assert_eq!((lifetime.value, lifetime.remark.as_deref()), (Ok(1.0), Some("tau=1;too_few")));
        assert_eq!(value(&LIFETIME_MONTHS, &tally(&[], &[0, 0])), Err(Undefined::NotIdentifiable));
    }

    /// 4 lost of 100: 25 months; error √(.04 · .96 / 100) / .04² = 12.247, so 25 ± 24.004.
    #[test]
    fn inverse_churn_has_its_delta_interval_and_none_without_churn() {
        let choices = choosing(LifetimeMethod::InverseChurn, ValueSource::Subscriptions);
        let mut year = Tallies::default();
        (year.lifetimes.lost_in_window, year.lifetimes.opening_in_window) = (4, 100);
        let lifetime = read(&LIFETIME_MONTHS, &year, &choices);
        let interval = lifetime.interval.unwrap();
        assert_eq!((lifetime.value, lifetime.n, lifetime.remark), (Ok(25.0), 100, None));
        assert!((interval.low - 0.995_53).abs() < 1e-3 && (interval.high - 49.004_47).abs() < 1e-3, "{interval:?}");
        year.lifetimes.lost_in_window = 0;
        assert_eq!(read(&LIFETIME_MONTHS, &year, &choices).value, Err(Undefined::NotIdentifiable));
        let nobody = read(&LIFETIME_MONTHS, &Tallies::default(), &choices);
        assert_eq!(nobody.value, Err(Undefined::NoDenominator));
    }

    /// 18 months over 5 customers, those still there as if they were gone.
    #[test]
    fn the_observed_mean_is_what_it_says() {
        let choices = choosing(LifetimeMethod::Observed, ValueSource::Subscriptions);
        let lifetime = read(&LIFETIME_MONTHS, &tally(&[2, 4, 5], &[3, 4]), &choices);
        assert_eq!((lifetime.value, lifetime.numerator, lifetime.denominator), (Ok(3.6), Some(18.0), Some(5.0)));
    }

    /// ARPA of 80 and 120: 100, error √(2/1 · 800/4) = 20. Lifetime 25, error 12.247. Value 2 500 · ½ = 1 250;
    /// error ½ √((25 · 20)² + (100 · 12.247)²) = 661.4; ± 1 296.4.
    #[test]
    fn the_interval_of_a_lifetime_value_is_the_delta_methods() {
        let mut choices = choosing(LifetimeMethod::InverseChurn, ValueSource::Subscriptions);
        choices.value.gross_margin = 0.5;
        let mut year = mrr(&[(80, 80), (120, 120)]);
        (year.lifetimes.lost_in_window, year.lifetimes.opening_in_window) = (4, 100);
        let ltv = read(&LTV, &year, &choices);
        assert_eq!((ltv.value, ltv.n), (Ok(1250.0), 2));
        let Sampling::Normal { standard_error, .. } = ltv.sampling else { panic!("{:?}", ltv.sampling) };
        assert!((standard_error - 661.44).abs() < 0.01, "{standard_error}");
        let interval = ltv.interval.unwrap();
        assert!((interval.high - (1250.0 + 1.959_964 * 661.44)).abs() < 0.02);
        // 1 250 − 1 296 would be a customer who is paid.
        assert!(interval.low.abs() < 1e-12, "{interval:?}");
    }

    /// Orders 100 and −100 of one customer and 90 of another: 90 / 3 = 30 a ticket; 3 orders in 4 active months.
    #[test]
    fn refunds_are_negative_orders() {
        let choices = choosing(LifetimeMethod::KaplanMeier, ValueSource::Orders);
        let mut month = Tallies::default();
        month.orders.ticket.push(2, 0);
        month.orders.ticket.push(1, 90_000_000);
        month.orders.frequency.push(3, 2_000_000);
        month.orders.frequency.push(1, 1_000_000);
        let ticket = read(&AVERAGE_TICKET, &month, &choices);
        assert_eq!((ticket.value, ticket.n), (Ok(30.0), 2));
        assert_eq!((ticket.numerator, ticket.denominator), (Some(90.0), Some(3.0)));
        let frequency = read(&PURCHASE_FREQUENCY, &month, &choices);
        assert_eq!((frequency.value, frequency.numerator, frequency.denominator), (Ok(0.75), Some(3.0), Some(4.0)));
    }

    #[test]
    fn a_subscription_is_bought_once_a_month() {
        assert_eq!(value(&PURCHASE_FREQUENCY, &mrr(&[(80, 80)])), Ok(1.0));
        assert_eq!(value(&PURCHASE_FREQUENCY, &Tallies::default()), Err(Undefined::NoDenominator));
        assert_eq!(value(&AVERAGE_TICKET, &mrr(&[(80, 80), (100, 120)])), Ok(100.0));
    }
}
