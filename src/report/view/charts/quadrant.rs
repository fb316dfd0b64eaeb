//! Single customers by health and revenue, for readers who may see names: whom to keep and whom to rescue.

use super::{Chart, money_axis, table};
use crate::config::{RENEWAL_HORIZON_DAYS, Status};
use crate::kpi::Unit;
use crate::report::chart::{Customer, Way};
use crate::report::view::calls::renewal;
use crate::report::view::facts::Facts;
use crate::report::view::{CustomerMap, Drawing, Standing, ValueAxis, clean};

/// Customers below which there is no picture of how they lie.
const LEAST_CUSTOMERS: usize = 3;
/// Customers whose names stand beside their marks.
const MOST_NAMES: usize = 20;
/// A change of health by fewer points is no trend.
const CLEAR_CHANGE: f64 = 5.0;

/// Where the quarters part.
struct Split {
    health: f64,
    mrr: f64,
}

impl Split {
    fn is_large(&self, customer: &Standing) -> bool {
        customer.mrr >= self.mrr
    }

    /// Whether it is where somebody should act first.
    fn is_to_rescue(&self, customer: &Standing) -> bool {
        self.is_large(customer) && customer.health < self.health
    }
}

/// The chart, where its reader may see names.
pub(super) fn chart(facts: &Facts<'_>) -> Option<Chart> {
    let standings = facts.input.standings.filter(|_| facts.input.names)?;
    let split = Split { health: healthy_from(facts), mrr: median(&standings.customers)? };
    if standings.customers.len() < LEAST_CUSTOMERS {
        return None;
    }
    // Those to rescue first, each part the largest first.
    let mut customers: Vec<&Standing> = standings.customers.iter().collect();
    customers.sort_by_key(|customer| !split.is_to_rescue(customer));
    let title = facts.text("chart-quadrant");
    let columns = ["calls-customer", "calls-mrr", "calls-health", "chart-quadrant-change", "calls-renewal"];
    let quarters = ["rescue", "keep", "watch", "grow"].map(|id| facts.text(&format!("chart-quadrant-{id}")));
    let points = facts.locale.number(CLEAR_CHANGE, 0);
    let ways = ["up", "down", "steady", "unknown"];
    let way_labels = ways.map(|id| facts.say(&format!("chart-quadrant-{id}"), &[("points", &points)]));
    Some(Chart {
        anchor: "health-and-revenue".to_owned(),
        finding: finding(facts, &split, &customers),
        note: Some(note(facts, &split, standings.are_all, customers.len())),
        wide: true,
        in_mail: false,
        table: table(
            facts,
            title.clone(),
            &columns,
            standings.customers.iter().map(|customer| row(facts, customer)).collect(),
        ),
        drawing: Drawing::Quadrant(Box::new(CustomerMap {
            customers: customers.iter().enumerate().map(|(rank, of)| mark(facts, of, rank < MOST_NAMES)).collect(),
            split: (split.health, split.mrr),
            quarters,
            x: ValueAxis {
                unit: Unit::Score.id().to_owned(),
                currency: String::new(),
                floor: Some(0.0),
                ceiling: Some(100.0),
                cut_note: String::new(),
            },
            x_label: facts.text("chart-quadrant-health"),
            y: money_axis(facts),
            y_label: facts.text("chart-quadrant-mrr"),
            logarithmic_note: facts.text("chart-quadrant-logarithmic"),
            way_labels,
            renews_label: facts.say("chart-quadrant-renews", &[("days", &facts.locale.days_long(horizon()))]),
        })),
        title,
    })
}

/// From which score on a customer is healthy: where the green band begins, else the middle.
fn healthy_from(facts: &Facts<'_>) -> f64 {
    let green = facts.input.choices.health.bands.iter().find(|band| band.status == Status::Green);
    green.map(|band| band.from).filter(|edge| edge.is_finite()).unwrap_or(50.0)
}

/// The middle revenue; the customers come largest first.
fn median(customers: &[Standing]) -> Option<f64> {
    let upper = customers.get(customers.len().checked_sub(1)? / 2)?;
    let lower = customers.get(customers.len() / 2)?;
    Some(f64::midpoint(upper.mrr, lower.mrr))
}

fn mark(facts: &Facts<'_>, customer: &Standing, is_named: bool) -> Customer {
    let mut hint = row(facts, customer);
    hint.retain(|cell| !cell.is_empty());
    Customer {
        x: customer.health,
        y: customer.mrr,
        weight: customer.mrr,
        way: way(facts, customer),
        renews: renews(customer),
        name: if is_named { clean(&customer.name) } else { String::new() },
        hint: hint.join(" · "),
    }
}

/// How health moved since the period before, where that is a part of this report's history: what other reports of the
/// same run look at must not show here.
fn change(facts: &Facts<'_>, customer: &Standing) -> Option<f64> {
    customer.health_before.filter(|_| facts.input.plan.history > 1).map(|before| customer.health - before)
}

fn way(facts: &Facts<'_>, customer: &Standing) -> Way {
    match change(facts, customer) {
        None => Way::Unknown,
        Some(change) if change >= CLEAR_CHANGE => Way::Up,
        Some(change) if change <= -CLEAR_CHANGE => Way::Down,
        Some(_) => Way::Steady,
    }
}

fn renews(customer: &Standing) -> bool {
    customer.days_to_renewal.is_some_and(|days| (0..=RENEWAL_HORIZON_DAYS).contains(&days))
}

/// Name, revenue, health, its change, renewal.
fn row(facts: &Facts<'_>, customer: &Standing) -> Vec<String> {
    let change = change(facts, customer).map(|change| facts.locale.difference_compact(change, Unit::Points, ""));
    vec![
        clean(&customer.name),
        money(facts, customer.mrr),
        facts.locale.number(customer.health, 0),
        change.unwrap_or_default(),
        customer.days_to_renewal.map(|days| renewal(facts, days)).unwrap_or_default(),
    ]
}

fn money(facts: &Facts<'_>, amount: f64) -> String {
    facts.locale.value_compact(amount, Unit::Money, &facts.input.company.currency)
}

/// How many large customers are not healthy, what they pay, and how many of them renew soon.
fn finding(facts: &Facts<'_>, split: &Split, customers: &[&Standing]) -> String {
    let to_rescue: Vec<&&Standing> = customers.iter().filter(|customer| split.is_to_rescue(customer)).collect();
    let health = facts.locale.number(split.health, 0);
    let Ok(n @ 1..) = u64::try_from(to_rescue.len()) else {
        return facts.say("chart-quadrant-none", &[("health", &health)]);
    };
    let mrr = money(facts, to_rescue.iter().map(|customer| customer.mrr).sum());
    let stand = facts.count("chart-quadrant-finding", n, &[("mrr", &mrr), ("health", &health)]);
    let renewing = u64::try_from(to_rescue.iter().filter(|customer| renews(customer)).count()).unwrap_or_default();
    let days = facts.locale.days_long(horizon());
    let renewing = (renewing > 0).then(|| facts.count("chart-quadrant-renewing", renewing, &[("days", &days)]));
    [Some(stand), renewing].into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// What parts large from small, and who is not drawn.
fn note(facts: &Facts<'_>, split: &Split, are_all: bool, shown: usize) -> String {
    let large = facts.say("chart-quadrant-large", &[("mrr", &money(facts, split.mrr))]);
    let shown = u64::try_from(shown).unwrap_or(u64::MAX);
    let most = (!are_all).then(|| facts.count("chart-quadrant-most", shown, &[]));
    [most, Some(large), lists(facts), Some(facts.text("chart-quadrant-note"))]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(" ")
}

/// How the list of those to call differs: it has whoever pays and is in the red, large or not.
fn lists(facts: &Facts<'_>) -> Option<String> {
    let red = facts.input.choices.health.bands.iter().find(|band| band.status == Status::Red)?.to;
    red.is_finite().then(|| facts.say("chart-quadrant-lists", &[("health", &facts.locale.number(red, 0))]))
}

#[expect(clippy::cast_precision_loss, reason = "a number of days")]
fn horizon() -> f64 {
    RENEWAL_HORIZON_DAYS as f64
}
