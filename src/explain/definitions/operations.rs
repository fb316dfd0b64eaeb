//! Tickets, use, goals, leads and staff.

use std::collections::{BTreeMap, BTreeSet};

use super::{ANYBODY, Other, Way, wide};
use crate::explain::look::Look;
use crate::kpi::Unit;
use crate::panel::records::SHARE;
use crate::panel::usage::DayWindow;
use crate::tables::schema::Table;

/// Over the total number of tickets.
const HDI: &str = "http://dc.ubm-us.com/i/352670-pearls-of-wisdom-hdi-research-brief-compilation-2013-2014/26";
/// Over the tickets resolved in the period.
const FRESHSERVICE: &str =
    "https://support.freshservice.com/en/support/solutions/articles/50000004904-how-do-you-calculate-fcr-";
/// Separations over the average number of employees.
const SHRM: &str =
    "https://www.shrm.org/resourcesandtools/tools-and-samples/how-to-guides/pages/determineturnoverrate.aspx";

/// FCR.
pub(super) fn first_contact(look: &Look<'_>) -> Vec<Other> {
    let of = &look.tallies.service;
    let opened = look.seen.panel.tickets.iter().flatten().filter(|ticket| {
        look.span.contains(ticket.opened_at) && look.has_row(Table::Tickets, ticket.row, Some(ticket.customer))
    });
    let once = opened.filter(|ticket| ticket.contacts == 1 && ticket.resolved_at.is_some()).count() as u64;
    vec![
        Way::new(
            "of those opened",
            ANYBODY,
            "resolved with one contact, never reopened / tickets opened in the period",
        )
        .percent(wide(of.opened_first_contact), wide(of.opened)),
        Way::new(
            "of those resolved",
            "Freshservice",
            "resolved with one contact, never reopened / tickets resolved in the period",
        )
        .described_at(FRESHSERVICE)
        .percent(wide(of.resolved_first_contact), wide(of.resolved)),
        Way::new(
            "of all tickets",
            "HDI",
            "resolved with one contact, never reopened / tickets opened, those without any contact too",
        )
        .described_at(HDI)
        .percent(wide(of.opened_first_contact), wide(of.opened + of.without_contact)),
        Way::new(
            "reopened ones too",
            ANYBODY,
            "resolved with one contact, reopened or not / tickets opened in the period",
        )
        .percent(wide(once), wide(of.opened)),
    ]
}

/// Who uses the product.
pub(super) fn active(look: &Look<'_>) -> Vec<Other> {
    let panel = look.seen.panel;
    let (Some((grid, _)), Some(activity)) = (panel.sources.usage, look.activity()) else { return Vec::new() };
    let window = DayWindow { first: look.span.first_day, end: look.span.end_day };
    let used = |customer: u32| grid.days_used(customer, window) > 0;
    let is_active = |at: i64, customer: u32| activity.mrr_at(at).get(customer as usize).is_some_and(|paid| *paid > 0);
    let (start, end) = (look.span.start, look.span.end);
    let everybody: Vec<u32> = (0..panel.customer_count).filter(|customer| look.has_flow(*customer)).collect();
    let count = |condition: &dyn Fn(u32) -> bool| {
        wide(everybody.iter().filter(|customer| condition(**customer)).count() as u64)
    };
    vec![
        Way::new(
            "of those at the end",
            ANYBODY,
            "customers active at the end with usage in the period / customers active at the end",
        )
        .percent(count(&|of| is_active(end, of) && used(of)), count(&|of| is_active(end, of))),
        Way::new("whoever used it", ANYBODY, "all customers with usage, new ones too / customers active at the start")
            .percent(count(&used), count(&|of| is_active(start, of))),
        Way::new("of both ends", ANYBODY, "customers active at the start or at the end with usage / all of these")
            .percent(
                count(&|of| (is_active(start, of) || is_active(end, of)) && used(of)),
                count(&|of| is_active(start, of) || is_active(end, of)),
            ),
    ]
}

/// Promises reached.
#[expect(clippy::cast_precision_loss, reason = "sums of millionths, for people")]
pub(super) fn goals(look: &Look<'_>) -> Vec<Other> {
    let assessments = look
        .seen
        .panel
        .assessments
        .iter()
        .flatten()
        .filter(|of| look.span.contains(of.at) && look.has_row(Table::Goals, of.row, Some(of.customer)));
    let mut latest: BTreeMap<u32, _> = BTreeMap::new();
    for of in assessments {
        let kept = latest.entry(of.goal).or_insert(of);
        if (kept.at, kept.row) < (of.at, of.row) {
            *kept = of;
        }
    }
    let shares: Vec<i64> = latest.values().filter_map(|of| of.attainment).collect();
    let (count, all) = (wide(shares.len() as u64), wide(latest.len() as u64));
    let met = wide(shares.iter().filter(|share| **share >= SHARE).count() as u64);
    let sum = shares.iter().map(|share| *share as f64 / SHARE as f64).sum();
    vec![
        Way::new("unweighted", ANYBODY, "mean attainment of the goals, each alike").percent(sum, count),
        Way::new("share met", ANYBODY, "goals reached in full / goals with a known result").percent(met, count),
        Way::new("unknown as missed", ANYBODY, "mean attainment, a result that nobody knows as 0").percent(sum, all),
    ]
}

/// Leads that become customers.
pub(super) fn conversion(look: &Look<'_>) -> Vec<Other> {
    let leads = look.seen.panel.leads.iter().flatten().filter(|lead| look.has_row(Table::Leads, lead.row, None));
    let (mut created, mut ever, mut converted) = (0, 0, 0);
    for lead in leads {
        let is_created = look.span.contains(lead.from);
        created += u64::from(is_created);
        ever += u64::from(is_created && lead.to.is_some());
        converted += u64::from(lead.to.is_some_and(|at| look.span.contains(at)));
    }
    vec![
        Way::new(
            "ever",
            ANYBODY,
            "leads created in the period that have converted by now / leads created in the period",
        )
        .percent(wide(ever), wide(created)),
        Way::new(
            "by date of conversion",
            ANYBODY,
            "leads converted in the period, whenever they came / leads created in the period",
        )
        .percent(wide(converted), wide(created)),
    ]
}

/// Turnover of the team.
pub(super) fn turnover(look: &Look<'_>) -> Vec<Other> {
    let of = &look.tallies.staff;
    let mean = f64::midpoint(wide(of.opening), wide(of.closing));
    let rotation = f64::midpoint(wide(of.joined), wide(of.left));
    vec![
        Way::new("rotation", ANYBODY, "((joined + left) / 2) / head-count at the start")
            .percent(rotation, wide(of.opening)),
        Way::new("leavers", "SHRM", "left / mean head-count").described_at(SHRM).percent(wide(of.left), mean),
        Way::new("leavers of the opening", ANYBODY, "left / head-count at the start")
            .percent(wide(of.left), wide(of.opening)),
        Way::new("rotation over the mean", ANYBODY, "((joined + left) / 2) / mean head-count").percent(rotation, mean),
    ]
}

/// Customers that some cost of the period names.
pub(super) fn reached(look: &Look<'_>) -> u64 {
    let costs = look.seen.panel.costs.iter().flatten();
    let named = costs
        .filter(|cost| look.span.contains(cost.at) && look.has_row(Table::RetentionCosts, cost.row, cost.customer));
    named.filter_map(|cost| cost.customer).collect::<BTreeSet<u32>>().len() as u64
}

/// Money per something.
pub(super) fn per(way: Way, money: f64, divisor: f64) -> Other {
    way.quotient(money, divisor, 1.0, Unit::Money)
}
