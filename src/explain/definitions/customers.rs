//! Customers and revenue that are lost or kept.

use super::{ANYBODY, Other, Way, wide};
use crate::explain::look::Look;
use crate::kpi::Unit;
use crate::money::to_units;

/// Stripe's own page.
const STRIPE_CHURN: &str = "https://support.stripe.com/questions/calculating-churn-rate-in-billing";
/// What Baremetrics divides; that same-window sign-ups count is in <https://changelog.baremetrics.com/churn-update-4pqo9O>.
const BAREMETRICS_CHURN: &str = "https://help.baremetrics.com/en/articles/5380347-user-and-revenue-churn";
/// Whom `ProfitWell` leaves out; what it divides by is not said there, and is taken to be the opening customers.
const PROFITWELL_CHURN: &str = "https://www.paddle.com/help/profitwell-metrics/measure/subscription-retention/are-cancellations-in-the-first-month-counted-as-churn";
/// Gross and net MRR churn, the standard formula; that Baremetrics divides downgrades and cancellations by opening MRR too
/// stands on [`BAREMETRICS_CHURN`].
const CHARTMOGUL_CHURN: &str = "https://help.chartmogul.com/hc/en-us/articles/203359341-Metric-MRR-Churn-Rate";

/// How often a customer of the set stopped paying in the period, whoever came back included.
pub(super) fn endings(look: &Look<'_>) -> u64 {
    let Some(activity) = look.activity() else { return 0 };
    let (start, end) = (look.span.start, look.span.end);
    let customers = (0..look.seen.panel.customer_count).filter(|customer| look.has_flow(*customer));
    customers.map(|customer| activity.endings(customer, start, end) as u64).sum()
}

/// Stripe's subscribers: those at the start, and everybody who subscribed in the period.
pub(super) fn subscribers(look: &Look<'_>) -> u64 {
    let of = &look.tallies.customers;
    of.opening + of.new + of.reactivated + of.early_losses
}

/// Customers lost.
pub(super) fn churn(look: &Look<'_>) -> Vec<Other> {
    let of = &look.tallies.customers;
    let (opening, closing) = (wide(of.opening), wide(of.closing));
    vec![
        Way::new(
            "new customers in both",
            "Stripe",
            "times a customer stopped paying, sign-ups of the period included / customers at the start + all that came in the period",
        )
        .described_at(STRIPE_CHURN)
        .percent(wide(endings(look)), wide(subscribers(look))),
        Way::new(
            "new customers in the numerator",
            "Baremetrics",
            "customers gone at the end, those who came and left in the period included / customers at the start",
        )
        .described_at(BAREMETRICS_CHURN)
        .percent(wide(of.lost + of.early_losses), opening),
        Way::new(
            "new customers in neither",
            "ProfitWell (Paddle)",
            "customers gone at the end, who came and left in one month ignored / customers at the start",
        )
        .described_at(PROFITWELL_CHURN)
        .percent(wide(of.lost), opening),
        Way::new("average base", ANYBODY, "customers lost / mean of the customers at the start and at the end")
            .percent(wide(of.lost), f64::midpoint(opening, closing)),
        Way::new("closing base", ANYBODY, "customers lost / customers at the end").percent(wide(of.lost), closing),
    ]
}

/// Revenue lost.
pub(super) fn revenue_churn(look: &Look<'_>) -> Vec<Other> {
    let of = &look.tallies.revenue;
    let opening = to_units(of.opening);
    let customers = &look.tallies.customers;
    vec![
        Way::new("gross", "ChartMogul, Baremetrics", "(churned + contraction) / opening MRR")
            .described_at(CHARTMOGUL_CHURN)
            .percent(to_units(of.churned + of.contraction), opening),
        Way::new("net", "ChartMogul", "(churned + contraction − expansion − reactivated) / opening MRR")
            .described_at(CHARTMOGUL_CHURN)
            .percent(to_units(of.churned + of.contraction - of.expansion - of.reactivated), opening),
        Way::new("net of expansion alone", ANYBODY, "(churned + contraction − expansion) / opening MRR: 100 − NRR")
            .percent(to_units(of.churned + of.contraction - of.expansion), opening),
        Way::new("cancellations alone", ANYBODY, "churned / opening MRR").percent(to_units(of.churned), opening),
        Way::new("logo churn", ANYBODY, "customers lost / customers at the start")
            .percent(wide(customers.lost), wide(customers.opening)),
    ]
}

/// Revenue kept.
pub(super) fn retained_revenue(look: &Look<'_>, kpi: &str) -> Vec<Other> {
    let of = &look.tallies.revenue;
    let opening = to_units(of.opening);
    let (lost, customers) = (of.churned + of.contraction, &look.tallies.customers);
    let mut ways = Vec::new();
    if kpi == "nrr" {
        ways.push(
            Way::new("gross", ANYBODY, "opening MRR less churned and contraction / opening MRR: GRR")
                .percent(to_units(of.opening - lost), opening),
        );
    } else {
        ways.push(
            Way::new("net", ANYBODY, "MRR at the end of the opening customers / opening MRR: NRR")
                .percent(to_units(of.opening - lost + of.expansion), opening),
        );
    }
    ways.extend([
        Way::new(
            "100 − net MRR churn",
            "ChartMogul",
            "opening MRR less churned and contraction, plus expansion and reactivated / opening MRR",
        )
        .described_at(CHARTMOGUL_CHURN)
        .percent(to_units(of.opening - lost + of.expansion + of.reactivated), opening),
        Way::new("cancellations alone", ANYBODY, "opening MRR less churned / opening MRR")
            .percent(to_units(of.opening - of.churned), opening),
        Way::new("growth of all MRR", ANYBODY, "closing MRR, new customers included / opening MRR")
            .percent(to_units(of.closing), opening),
        Way::new("logo retention", ANYBODY, "customers at the start and at the end / customers at the start").quotient(
            wide(customers.opening.saturating_sub(customers.lost)),
            wide(customers.opening),
            100.0,
            Unit::Percent,
        ),
    ]);
    ways
}
