//! Whom to call: the customers that the panel shows in trouble, or ready for more, at a period's end.

use std::collections::BTreeMap;

use crate::config::{Choices, Component, Missing, Signal, Status, Window};
use crate::money;
use crate::panel::build::Panel;
use crate::panel::scores::{Recipe, status};
use crate::pipeline::figures::Scope;
use crate::report::view::{Call, CustomerRow};

/// A customer worth a call, with the values of its attributes, by which scopes are told apart.
#[derive(Clone, Debug)]
pub(super) struct Candidate {
    labels: Vec<(String, String)>,
    row: CustomerRow,
}

impl Candidate {
    fn is_within(&self, scope: &Scope) -> bool {
        scope
            .iter()
            .all(|(attribute, value)| self.labels.iter().any(|(name, label)| name == attribute && label == value))
    }
}

/// Longest list of each kind.
const LONGEST: usize = 10;
/// Days to the renewal within which a healthy customer is a candidate.
const RENEWAL_HORIZON_DAYS: i64 = 90;

/// The customers of one period, at risk by revenue first, then the healthy ones that grow and renew soon.
pub(super) fn candidates(panel: &Panel<'_>, period: usize, choices: &Choices) -> Vec<Candidate> {
    let (Some(measure), Some(activity)) = (panel.measure(), &panel.activity) else { return Vec::new() };
    let span = &panel.timeline.spans[period];
    let recipe = Recipe::health(&choices.health);
    let trend = trend_component();
    let mut found = Vec::new();
    for (customer, mrr) in (0..).zip(activity.mrr_at(span.end)).filter(|(_, mrr)| **mrr > 0) {
        let parts = recipe.parts(&measure, customer, span);
        let Some(score) = recipe.score(&parts) else { continue };
        let colour = status(&choices.health.bands, score);
        let days_to_renewal = measure.days_to_renewal(customer, span);
        let renews_soon = days_to_renewal.is_some_and(|days| days <= RENEWAL_HORIZON_DAYS);
        let is_growing = || measure.signal(&trend, customer, span).is_some_and(|trend| trend > 1.0);
        let call = match colour {
            Some(Status::Red) => Call::AtRisk,
            Some(Status::Green) if renews_soon && is_growing() => Call::Expansion,
            _ => continue,
        };
        let labels = labels(panel, period, customer);
        let row = CustomerRow {
            call,
            name: name(panel, customer),
            segment: labels.first().map(|(_, label)| label.clone()),
            mrr: if activity.has_revenue { money::to_units(i128::from(*mrr)) } else { 0.0 },
            health: Some(score_units(score)),
            status: colour,
            reasons: reasons(&choices.health.components, &parts),
            days_to_renewal,
        };
        found.push(Candidate { labels, row });
    }
    found.sort_by(|a, b| {
        (a.row.call.cmp(&b.row.call)).then(b.row.mrr.total_cmp(&a.row.mrr)).then_with(|| a.row.name.cmp(&b.row.name))
    });
    found
}

/// The rows that one scope may see.
pub(super) fn rows(candidates: &[Candidate], scope: &Scope) -> Vec<CustomerRow> {
    let of = |call: Call| {
        let wanted =
            candidates.iter().filter(move |candidate| candidate.row.call == call && candidate.is_within(scope));
        wanted.take(LONGEST).map(|candidate| candidate.row.clone())
    };
    of(Call::AtRisk).chain(of(Call::Expansion)).collect()
}

/// Growth of usage over the last 90 days, as `expansion_candidates` asks for it.
pub(super) fn trend_component() -> Component {
    Component {
        id: String::new(),
        signal: Signal::UsageTrend,
        kind: None,
        window: TREND_WINDOW,
        weight: 0.0,
        scale: Vec::new(),
        missing: Missing::Skip,
    }
}

const TREND_WINDOW: Window = Window::Days(90);

/// The values of a customer's attributes at a period's end, in the order in which the dimensions declare them.
fn labels(panel: &Panel<'_>, period: usize, customer: u32) -> Vec<(String, String)> {
    let mut seen = BTreeMap::new();
    let mut labels = Vec::new();
    for cell in panel.segments.stock_cells(period, customer) {
        for (attribute, label) in &panel.segments.cells[cell].labels {
            if seen.insert(attribute.clone(), ()).is_none() {
                labels.push((attribute.clone(), label.clone()));
            }
        }
    }
    labels
}

/// A customer's name, or its id where it has none.
fn name(panel: &Panel<'_>, customer: u32) -> String {
    let name = panel.names.get(customer as usize).copied().flatten();
    name.map_or_else(|| panel.id(customer).to_owned(), str::to_owned)
}

#[expect(clippy::cast_precision_loss, reason = "a score is at most 10^8 millionths")]
fn score_units(score: i64) -> f64 {
    score as f64 / 1e6
}

/// The components that cost a score most, worst first: those that lose at least a tenth of what they could give.
fn reasons(components: &[Component], parts: &[Option<f64>]) -> Vec<String> {
    let mut losses: Vec<(f64, &str)> = components
        .iter()
        .zip(parts)
        .filter_map(|(component, part)| Some((component.weight * (1.0 - (*part)?), component)))
        .filter(|(loss, component)| *loss >= 0.1 * component.weight)
        .map(|(loss, component)| (loss, component.id.as_str()))
        .collect();
    losses.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(b.1)));
    losses.into_iter().map(|(_, id)| id.to_owned()).take(3).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Weights 40, 20, 20: losses of 40 × 0.5 = 20, 20 × 1 = 20 and 20 × 0.05 = 1, which is too little to name.
    #[test]
    fn reasons_are_what_costs_most() {
        let component = |id: &str, weight| Component { id: id.to_owned(), weight, ..trend_component() };
        let components = [component("usage", 40.0), component("nps", 20.0), component("support", 20.0)];
        assert_eq!(reasons(&components, &[Some(0.5), Some(0.0), Some(0.95)]), ["nps", "usage"]);
        assert_eq!(reasons(&components, &[None, Some(1.0), Some(1.0)]), Vec::<String>::new());
    }
}
