//! Value and cost.

use super::customers::{endings, subscribers};
use super::operations::{per, reached};
use super::{ANYBODY, Other, Way, wide};
use crate::config::{Choices, LifetimeMethod, ValueSource};
use crate::error::Result;
use crate::explain::look::Look;
use crate::kpi::value::{LIFETIME_MONTHS, LTV};
use crate::kpi::{Context, Reading, Unit};
use crate::money::to_units;

/// ARPA / churn; the six-month mean of the churn that `ChartMogul` takes today is not taken here.
const CHARTMOGUL_LTV: &str =
    "https://help.chartmogul.com/hc/en-us/articles/203359061-Metric-Customer-Lifetime-Value-LTV-";
/// Total MRR / subscribers.
const CHARTMOGUL_ARPA: &str =
    "https://help.chartmogul.com/hc/en-us/articles/203359061-Chart-Customer-Lifetime-Value-LTV";
/// Average MRR per customer / user churn.
const BAREMETRICS_LTV: &str = "https://help.baremetrics.com/en/articles/5380345-ltv-lifetime-value";
/// Average revenue per subscriber / subscriber churn.
const STRIPE_LTV: &str = "https://support.stripe.com/questions/calculating-subscriber-lifetime-value-in-billing";

/// Average ticket.
pub(super) fn ticket(look: &Look<'_>) -> Result<Vec<Other>> {
    let (revenue, customers) = (&look.tallies.revenue, &look.tallies.customers);
    let mut ways = Vec::new();
    if look.activity().is_some_and(|activity| activity.has_revenue) {
        let (opening, closing) = (to_units(revenue.opening), to_units(revenue.closing));
        ways.push(per(
            Way::new("ARPA", "ChartMogul", "MRR / customers at the end").described_at(CHARTMOGUL_ARPA),
            closing,
            wide(customers.closing),
        ));
        ways.push(per(
            Way::new("ARPA of the average base", ANYBODY, "mean of MRR at both ends / mean of customers at both ends"),
            f64::midpoint(opening, closing),
            f64::midpoint(wide(customers.opening), wide(customers.closing)),
        ));
        let way = Way::new("ARPA at the start", ANYBODY, "MRR / customers at the start");
        ways.push(per(way, opening, wide(customers.opening)));
    }
    if let Some(orders) = look.orders()? {
        let counted = orders.iter().filter(|(_, of)| look.span.contains(of.at) && look.has_flow(of.customer));
        let (mut net, mut gross, mut count) = (0_i128, 0_i128, 0);
        for (_, order) in counted {
            net += i128::from(order.amount);
            gross += i128::from(order.amount.max(0));
            count += u64::from(!order.is_refund());
        }
        let way = Way::new("per order", ANYBODY, "revenue less refunds / orders of the period");
        ways.push(per(way, to_units(net), wide(count)));
        let way = Way::new("per order, gross", ANYBODY, "revenue before refunds / orders of the period");
        ways.push(per(way, to_units(gross), wide(count)));
    }
    Ok(ways)
}

/// A reading under another method.
fn under(look: &Look<'_>, method: LifetimeMethod, compute: fn(&crate::tally::Tallies, &Context) -> Reading) -> Reading {
    let mut choices: Choices = look.choices.clone();
    choices.lifetime.method = method;
    let context = Context { choices: &choices, ..look.context.clone() };
    compute(look.tallies, &context)
}

/// Lifetime.
pub(super) fn lifetime(look: &Look<'_>) -> Vec<Other> {
    let read = |way: Way, method| {
        let reading = under(look, method, LIFETIME_MONTHS.compute);
        Other {
            numerator: reading.numerator,
            denominator: reading.denominator,
            ..way.value(reading.value.ok(), Unit::Months)
        }
    };
    let of = &look.tallies.customers;
    vec![
        read(
            Way::new("Kaplan–Meier", ANYBODY, "restricted mean up to the horizon; those who stay count as unfinished"),
            LifetimeMethod::KaplanMeier,
        ),
        read(
            Way::new("1 / churn of 12 months", ANYBODY, "Σ customers at the starts of 12 months / Σ lost in them"),
            LifetimeMethod::InverseChurn,
        ),
        read(
            Way::new(
                "observed",
                "simple texts; biased low",
                "mean of first to last activity, those who stay as if they left now",
            ),
            LifetimeMethod::Observed,
        ),
        Way::new(
            "1 / churn of the period",
            ANYBODY,
            "customers at the start / customers lost, in months of the period",
        )
        .quotient(wide(of.opening), wide(of.lost), look.context.period_months, Unit::Months),
    ]
}

/// Lifetime value.
pub(super) fn lifetime_value(look: &Look<'_>) -> Vec<Other> {
    let of = &look.tallies.customers;
    let margin = look.choices.value.gross_margin;
    // What a customer pays a month, as the figure itself takes it.
    let sums = match look.context.value_source() {
        ValueSource::Subscriptions => &look.tallies.revenue.per_customer,
        ValueSource::Orders => &look.tallies.orders.per_active_month,
    };
    let monthly = crate::stats::moments::divide(sums.y, sums.x * 1_000_000);
    let months = look.context.period_months;
    let over = |churn: f64, times: f64| monthly.filter(|_| churn > 0.0).map(|monthly| times * months * monthly / churn);
    let share = |lost: u64, base: u64| if base > 0 { wide(lost) / wide(base) } else { 0.0 };
    let simple = share(of.lost, of.opening);
    let baremetrics = share(of.lost + of.early_losses, of.opening);
    let stripe = share(endings(look), subscribers(look));
    // Where nobody left, Stripe takes 1.67 % a month.
    let stripe = if stripe > 0.0 { stripe } else { 0.0167 * months };
    let read = |way: Way, method| way.value(under(look, method, LTV.compute).value.ok(), Unit::Money);
    vec![
        read(
            Way::new("Kaplan–Meier × revenue", ANYBODY, "revenue a month × restricted mean lifetime × margin"),
            LifetimeMethod::KaplanMeier,
        ),
        Way::new(
            "ARPA / churn",
            "ChartMogul",
            "revenue a month / customers lost ÷ customers at the start, before margin",
        )
        .described_at(CHARTMOGUL_LTV)
        .value(over(simple, 1.0), Unit::Money),
        Way::new(
            "ARPA / churn with new customers",
            "Baremetrics",
            "revenue a month / Baremetrics' churn, before margin",
        )
        .described_at(BAREMETRICS_LTV)
        .value(over(baremetrics, 1.0), Unit::Money),
        Way::new(
            "ARPS / churn",
            "Stripe",
            "revenue a month / Stripe's churn, before margin; no churn counts as 1.67 %",
        )
        .described_at(STRIPE_LTV)
        .value(over(stripe, 1.0), Unit::Money),
        Way::new("ARPA × margin / churn", ANYBODY, "the same as ARPA / churn, times the gross margin")
            .value(over(simple, margin), Unit::Money),
        read(
            Way::new(
                "revenue × 1 / churn of 12 months",
                ANYBODY,
                "revenue a month / churn of the last 12 months × margin",
            ),
            LifetimeMethod::InverseChurn,
        ),
        read(
            Way::new("observed", "simple texts; biased low", "revenue a month × mean observed lifetime × margin"),
            LifetimeMethod::Observed,
        ),
    ]
}

/// Cost of retention.
pub(super) fn retention_cost(look: &Look<'_>) -> Vec<Other> {
    let (spend, of) = (to_units(look.tallies.costs.spend), &look.tallies.customers);
    vec![
        per(Way::new("per customer at the start", ANYBODY, "spend / customers at the start"), spend, wide(of.opening)),
        per(
            Way::new("per customer at the end", ANYBODY, "spend / customers at the end, new ones too"),
            spend,
            wide(of.closing),
        ),
        per(
            Way::new("per average customer", ANYBODY, "spend / mean of the customers at both ends"),
            spend,
            f64::midpoint(wide(of.opening), wide(of.closing)),
        ),
        per(
            Way::new("per customer reached", ANYBODY, "spend / customers that a cost of the period names"),
            spend,
            wide(reached(look)),
        ),
    ]
}
