//! Whom to call: the customers that the panel shows in trouble, or ready for more, at a period's end.

use std::collections::BTreeSet;

use crate::config::{Choices, Component, Status, usage_growth};
use crate::insight::{CallList, CustomerState, whom_to_call};
use crate::money;
use crate::panel::Span;
use crate::panel::build::Panel;
use crate::panel::scores::{Recipe, status};
use crate::pipeline::scope::Scope;
use crate::report::view::{Call, CustomerRow};

/// The customers of one period that may be worth a call; the others are not kept, however many there are.
pub(super) fn states(panel: &Panel<'_>, period: usize, choices: &Choices) -> Vec<CustomerState> {
    let (Some(measure), Some(activity)) = (panel.measure(), &panel.activity) else { return Vec::new() };
    let span = &panel.timeline.spans[period];
    let before = panel.calendar.previous(&span.period);
    let before = panel.timeline.spans.iter().find(|span| Some(&span.period) == before.as_ref());
    let recipe = Recipe::health(&choices.health);
    let health = |customer: u32, span: &Span| recipe.score(&recipe.parts(&measure, customer, span));
    let growth = usage_growth();
    let mut found = Vec::new();
    for (customer, mrr) in (0..).zip(activity.mrr_at(span.end)).filter(|(_, mrr)| **mrr > 0) {
        let parts = recipe.parts(&measure, customer, span);
        let Some(score) = recipe.score(&parts) else { continue };
        let colour = status(&choices.health.bands, score);
        if !matches!(colour, Some(Status::Red | Status::Green)) {
            continue;
        }
        let state = CustomerState {
            index: customer,
            id: panel.id(customer).to_owned(),
            name: name(panel, customer),
            segments: labels(panel, period, customer),
            mrr: *mrr,
            health: Some(score),
            status: colour,
            previous_health: before.and_then(|before| health(customer, before)),
            reasons: reasons(&choices.health.components, &parts),
            usage_trend: measure.signal(&growth, customer, span),
            days_to_renewal: measure.days_to_renewal(customer, span),
        };
        if state.is_at_risk() || state.is_expansion_candidate() {
            found.push(state);
        }
    }
    found
}

/// The lists as one scope may see them, those at risk first. Without revenue (`has_revenue`) none is shown.
pub(super) fn rows(states: &[CustomerState], scope: &Scope, has_revenue: bool) -> Vec<CustomerRow> {
    let is_within = |state: &&CustomerState| {
        let has = |(attribute, value): (&String, &String)| {
            state.segments.iter().any(|(name, label)| name == attribute && label == value)
        };
        scope.iter().all(has)
    };
    let within: Vec<CustomerState> = states.iter().filter(is_within).cloned().collect();
    let lists = whom_to_call(&within, usize::MAX);
    let of = |call: Call, list: &CallList<'_>| {
        list.customers.iter().map(|state| row(call, state, has_revenue)).collect::<Vec<_>>()
    };
    let mut rows = of(Call::AtRisk, &lists.at_risk);
    rows.extend(of(Call::Expansion, &lists.expansion));
    rows
}

fn row(call: Call, state: &CustomerState, has_revenue: bool) -> CustomerRow {
    CustomerRow {
        call,
        name: state.name.clone(),
        segment: state.segments.first().map(|(_, label)| label.clone()),
        mrr: if has_revenue { money::to_units(i128::from(state.mrr)) } else { 0.0 },
        health: state.health.map(score_units),
        status: state.status,
        // What is wrong with a customer is no reason to offer it more.
        reasons: if call == Call::AtRisk { state.reasons.clone() } else { Vec::new() },
        days_to_renewal: state.days_to_renewal,
    }
}

/// The values of a customer's attributes at a period's end, in the order in which the dimensions declare them.
fn labels(panel: &Panel<'_>, period: usize, customer: u32) -> Vec<(String, String)> {
    let mut seen = BTreeSet::new();
    let cells = panel.segments.stock_cells(period, customer);
    let labels = cells.flat_map(|cell| &panel.segments.cells[cell].labels);
    labels.filter(|(attribute, _)| seen.insert(attribute.as_str())).cloned().collect()
}

/// A customer's name, or its id where it has none.
pub(super) fn name(panel: &Panel<'_>, customer: u32) -> String {
    let name = panel.names.get(customer as usize).copied().flatten();
    name.map_or_else(|| panel.id(customer).to_owned(), str::to_owned)
}

/// A score in its own points.
#[expect(clippy::cast_precision_loss, reason = "a score is at most 10^8 millionths")]
pub(super) fn score_units(score: i64) -> f64 {
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
        let component = |id: &str, weight| Component { id: id.to_owned(), weight, ..usage_growth() };
        let components = [component("usage", 40.0), component("nps", 20.0), component("support", 20.0)];
        assert_eq!(reasons(&components, &[Some(0.5), Some(0.0), Some(0.95)]), ["nps", "usage"]);
        assert_eq!(reasons(&components, &[None, Some(1.0), Some(1.0)]), Vec::<String>::new());
    }
}
