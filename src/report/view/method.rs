//! How we count: the definition of every figure shown, the variant that the configuration chose, and whose bands judge it.

use super::facts::Facts;
use super::{Method, clean};
use crate::config::{FcrDenominator, LifetimeMethod, TurnoverMethod};
use crate::kpi::{Definition, Sampling, Unit};

/// One entry for each KPI shown.
pub(super) fn build(facts: &Facts<'_>) -> Vec<Method> {
    facts.kpis.iter().map(|definition| entry(facts, definition)).collect()
}

fn entry(facts: &Facts<'_>, definition: &Definition) -> Method {
    let id = format!("kpi-{}.definition", definition.id.replace('_', "-"));
    let formula = if facts.locale.has(&id) { facts.text(&id) } else { definition.formula.to_owned() };
    let bands = facts.input.benchmarks.get(definition.id).and_then(|benchmark| benchmark.source.as_deref());
    let bands = bands.map(|source| facts.say("method-bands", &[("source", &clean(source))]));
    let untested = facts
        .total(definition.id)
        .verdict()
        .is_some_and(|verdict| verdict.reading.sampling == Sampling::None)
        .then(|| facts.text("method-untested"));
    Method {
        anchor: format!("method-{}", definition.id.replace('_', "-")),
        name: facts.name(definition.id),
        formula,
        lines: [variant(facts, definition.id), bands, untested].into_iter().flatten().collect(),
    }
}

/// The choice of `kpis.yaml` that changes this figure, in words.
fn variant(facts: &Facts<'_>, kpi: &str) -> Option<String> {
    let choices = facts.input.choices;
    let number = |value: i64| facts.locale.count(value.unsigned_abs());
    let score = |value: f64| facts.locale.number(value, 0);
    match kpi {
        "csat" => {
            let (low, high) = choices.csat.scale;
            Some(facts.say("variant-scale", &[("low", &number(low)), ("high", &number(high))]))
        }
        "csat_satisfied" => Some(facts.say("variant-satisfied", &[("score", &number(choices.csat.satisfied))])),
        "ces" => {
            let (low, high) = choices.ces.scale;
            Some(facts.say("variant-scale", &[("low", &number(low)), ("high", &number(high))]))
        }
        "nps_role_gap" => {
            let roles = |group: &str| {
                let roles = choices.nps.roles.get(group).map(Vec::as_slice).unwrap_or_default();
                facts.locale.list(&roles.iter().map(|role| clean(role)).collect::<Vec<_>>())
            };
            let (users, deciders) = (roles("user"), roles("decision_maker"));
            Some(facts.say("variant-roles", &[("users", &users), ("deciders", &deciders)]))
        }
        "fcr" => Some(facts.text(match choices.fcr.denominator {
            FcrDenominator::Opened => "variant-fcr-opened",
            FcrDenominator::Resolved => "variant-fcr-resolved",
        })),
        "lifetime_months" | "ltv" => Some(match choices.lifetime.method {
            LifetimeMethod::KaplanMeier => horizon(facts, kpi),
            LifetimeMethod::InverseChurn => facts.text("variant-lifetime-inverse-churn"),
            LifetimeMethod::Observed => facts.text("variant-lifetime-observed"),
        }),
        "turnover_index" => Some(facts.text(match choices.turnover {
            TurnoverMethod::Rotation => "variant-turnover-rotation",
            TurnoverMethod::Leavers => "variant-turnover-leavers",
        })),
        "health_score" => Some(coverage(facts, choices.health.min_coverage)),
        "chi" => Some(coverage(facts, choices.chi.min_coverage)),
        "conversion_rate" => {
            Some(facts.say("variant-window", &[("days", &days(facts, choices.conversion_window_days))]))
        }
        "onboarding_completion" => {
            Some(facts.say("variant-window", &[("days", &days(facts, choices.onboarding_window_days))]))
        }
        "nps" if facts.input.min_group > 0 => {
            Some(facts.say("variant-min-group", &[("n", &score(small(facts.input.min_group)))]))
        }
        _ => None,
    }
}

#[expect(clippy::cast_precision_loss, reason = "a small number from the configuration")]
fn small(value: u64) -> f64 {
    value as f64
}

#[expect(clippy::cast_precision_loss, reason = "days from the configuration, far below 2^52")]
fn days(facts: &Facts<'_>, days: i64) -> String {
    facts.locale.value(days as f64, Unit::Days, "")
}

fn coverage(facts: &Facts<'_>, share: f64) -> String {
    facts.say("variant-coverage", &[("share", &facts.locale.percent(100.0 * share, 0))])
}

/// The horizon that the lifetime was really cut at (`tau=`), as the reading remarks it.
fn horizon(facts: &Facts<'_>, kpi: &str) -> String {
    let remark = facts.total(kpi).verdict().and_then(|verdict| verdict.reading.remark.as_deref());
    let tau =
        remark.and_then(|remark| remark.split(';').find_map(|part| part.trim().strip_prefix("tau=")?.parse().ok()));
    let months = tau.map(|months: f64| facts.locale.value(months, Unit::Months, ""));
    match months {
        Some(months) => facts.say("variant-lifetime-kaplan-meier", &[("months", &months)]),
        None => facts.text("variant-lifetime-kaplan-meier-bare"),
    }
}
