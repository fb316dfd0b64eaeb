//! How we count: the definition of every figure shown, the variant that the configuration chose, and whose bands judge it.

use super::facts::Facts;
use super::{Method, clean, variants};
use crate::kpi::cost::CRC;
use crate::kpi::{Definition, Sampling};

/// One entry for each KPI shown.
pub(super) fn build(facts: &Facts<'_>) -> Vec<Method> {
    facts.kpis.iter().map(|definition| entry(facts, definition)).collect()
}

fn entry(facts: &Facts<'_>, definition: &Definition) -> Method {
    let id = format!("kpi-{}.definition", definition.id.replace('_', "-"));
    let formula = if facts.locale.has(&id) { facts.text(&id) } else { definition.formula.to_owned() };
    let bands = facts.input.benchmarks.get(definition.id).and_then(|benchmark| facts.translated(&benchmark.source));
    let bands = bands.map(|source| facts.say("method-bands", &[("source", &clean(source))]));
    let untested = facts
        .total(definition.id)
        .verdict()
        .is_some_and(|verdict| verdict.reading.sampling == Sampling::None)
        .then(|| facts.text(if definition.id == CRC.id { "method-general-costs" } else { "method-untested" }));
    Method {
        anchor: format!("method-{}", definition.id.replace('_', "-")),
        name: facts.name(definition.id),
        formula,
        lines: variants::lines(facts, definition).into_iter().chain([bands, untested].into_iter().flatten()).collect(),
    }
}
