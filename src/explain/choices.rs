//! The choices of `kpis.yaml` that change a figure, as they are in force.
//!
//! Says which and what; why is in the documentation.

use crate::config::{Choices, FcrDenominator, LifetimeMethod, TurnoverMethod, ValueSource, written};

/// Key and value of each choice that changes a KPI. `source` is where value comes from in effect.
pub(super) fn in_force(
    kpi: &str,
    choices: &Choices,
    source: ValueSource,
    has_subscriptions: bool,
) -> Vec<(String, String)> {
    let mut found: Vec<(&str, String)> = Vec::new();
    let range = |(low, high): (i64, i64)| format!("[{low}, {high}]");
    let days = |days: i64| format!("{days}d");
    let is = |names: &[&str]| names.contains(&kpi);
    let is_of = |prefix: &str| kpi.starts_with(prefix);
    if is_of("nps") {
        found.push(("nps.kind", choices.nps.kind.clone()));
    }
    if is(&["nps_role_gap"]) {
        for (group, roles) in &choices.nps.roles {
            let key = if group == "user" { "nps.roles.user" } else { "nps.roles.decision_maker" };
            found.push((key, format!("[{}]", roles.join(", "))));
        }
    }
    if is(&["nps_response_rate"]) {
        found.push(("nps.answer_window", days(choices.nps.answer_window_days)));
    }
    if is_of("csat") {
        found.push(("csat.scale", range(choices.csat.scale)));
    }
    if is(&["csat_satisfied"]) {
        found.push(("csat.satisfied", choices.csat.satisfied.to_string()));
    }
    if is(&["ces"]) {
        found.push(("ces.scale", range(choices.ces.scale)));
        let better = if choices.ces.higher_is_better { "higher" } else { "lower" };
        found.push(("ces.better", better.to_owned()));
    }
    if is(&["fcr"]) {
        found.push(("fcr.denominator", written(&FcrDenominator::NAMES, &choices.fcr.denominator).to_owned()));
        found.push(("fcr.reopen_window", days(choices.fcr.reopen_window_days)));
    }
    if is(&["average_ticket", "purchase_frequency", "ltv"]) {
        found.push(("value.source", written(&ValueSource::NAMES, &source).to_owned()));
    }
    if is(&["purchase_frequency", "ltv"]) && source == ValueSource::Orders {
        found.push(("value.window", format!("{}M", choices.value.window_months)));
    }
    if is(&["ltv", "retention_roi"]) {
        found.push(("value.gross_margin", choices.value.gross_margin.to_string()));
    }
    if is(&["lifetime_months", "ltv"]) {
        found.push(("lifetime.method", written(&LifetimeMethod::NAMES, &choices.lifetime.method).to_owned()));
        if choices.lifetime.method == LifetimeMethod::KaplanMeier {
            found.push(("lifetime.horizon_months", choices.lifetime.horizon_months.to_string()));
        }
    }
    if is(&["lifetime_months", "ltv"]) || is_of("survival_") {
        found.push(("churn_gap_days", choices.churn_gap_days.to_string()));
    }
    if is(&["health_score", "healthy_share", "at_risk_share", "mrr_at_risk", "expansion_candidates"])
        || is_of("health_")
    {
        let parts: Vec<String> =
            choices.health.components.iter().map(|part| format!("{} {}", part.id, part.weight)).collect();
        found.push(("health.components", parts.join(", ")));
        found.push(("health.min_coverage", choices.health.min_coverage.to_string()));
    }
    if is(&["chi"]) {
        let parts: Vec<String> =
            choices.chi.criteria.iter().map(|part| format!("{} {}", part.id, part.weight)).collect();
        found.push(("chi.criteria", parts.join(", ")));
        found.push(("chi.min_coverage", choices.chi.min_coverage.to_string()));
    }
    if is(&["conversion_rate"]) {
        found.push(("conversion.window_days", choices.conversion_window_days.to_string()));
    }
    if is(&["onboarding_completion"]) {
        found.push(("onboarding.window_days", choices.onboarding_window_days.to_string()));
    }
    if is(&["turnover_index"]) {
        found.push(("turnover.method", written(&TurnoverMethod::NAMES, &choices.turnover).to_owned()));
    }
    if !has_subscriptions && is_of("customer") {
        found.push(("active_window", days(choices.active_window_days)));
    }
    found.push(("confidence", choices.confidence.to_string()));
    found.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}
