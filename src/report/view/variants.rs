//! The choices of `kpis.yaml` in words: under each figure those that change it.
//!
//! Says what is in force, defaults included; judges nothing.

use super::facts::Facts;
use super::text::{at_start, clean};
use crate::config::{Component, FcrDenominator, LifetimeMethod, Missing, Status, TurnoverMethod, ValueSource, Window};
use crate::kpi::{Definition, DrawsOn};

/// The choices that change a figure, and the level of its interval.
pub(super) fn lines(facts: &Facts<'_>, definition: &Definition) -> Vec<String> {
    let mut lines = of_kpi(facts, definition.id);
    if definition.is_of_active_customers() && !has_subscriptions(facts) {
        let window = days(facts, facts.input.choices.active_window_days);
        lines.push(facts.say("variant-active-window", &[("days", &window)]));
    }
    if is_of_health(definition) {
        lines.extend(health(facts, definition));
    }
    if facts.total(definition.id).verdict().is_some_and(|verdict| verdict.reading.interval.is_some()) {
        let confidence = percent(facts, facts.input.choices.confidence);
        lines.push(facts.say("method-interval", &[("confidence", &confidence)]));
    }
    lines
}

fn of_kpi(facts: &Facts<'_>, kpi: &str) -> Vec<String> {
    let choices = facts.input.choices;
    match kpi {
        "nps" | "nps_by_account" | "nps_promoters" | "nps_passives" | "nps_detractors" => nps(facts),
        "nps_role_gap" => {
            let roles = |group: &str| {
                let roles = choices.nps.roles.get(group).map(Vec::as_slice).unwrap_or_default();
                facts.locale.list(&roles.iter().map(|role| facts.segment(role)).collect::<Vec<_>>())
            };
            let (users, deciders) = (roles("user"), roles("decision_maker"));
            let groups = facts.say("variant-roles", &[("users", &users), ("deciders", &deciders)]);
            nps(facts).into_iter().chain([groups]).collect()
        }
        "nps_response_rate" => {
            let window = days(facts, choices.nps.answer_window_days);
            vec![nps_kind(facts), facts.say("variant-answer-window", &[("days", &window)])]
        }
        "csat" => vec![scale(facts, choices.csat.scale)],
        "csat_satisfied" => {
            let satisfied = score(facts, choices.csat.satisfied);
            vec![scale(facts, choices.csat.scale), facts.say("variant-satisfied", &[("score", &satisfied)])]
        }
        "ces" => {
            let way = if choices.ces.higher_is_better { "variant-ces-higher" } else { "variant-ces-lower" };
            vec![scale(facts, choices.ces.scale), facts.text(way)]
        }
        "fcr" => {
            let denominator = match choices.fcr.denominator {
                FcrDenominator::Opened => "variant-fcr-opened",
                FcrDenominator::Resolved => "variant-fcr-resolved",
            };
            let window = days(facts, choices.fcr.reopen_window_days);
            vec![facts.text(denominator), facts.say("variant-reopen-window", &[("days", &window)])]
        }
        "survival_6m" | "survival_12m" | "survival_24m" | "survival_median_months" => vec![churn_gap(facts)],
        "average_ticket" => vec![source(facts)],
        "purchase_frequency" => vec![source(facts)].into_iter().chain(value_window(facts)).collect(),
        "lifetime_months" => lifetime(facts, kpi),
        "ltv" => {
            let value = std::iter::once(source(facts)).chain(value_window(facts));
            value.chain([margin(facts)]).chain(lifetime(facts, kpi)).collect()
        }
        "retention_roi" => vec![margin(facts)],
        "turnover_index" => vec![facts.text(match choices.turnover {
            TurnoverMethod::Rotation => "variant-turnover-rotation",
            TurnoverMethod::Leavers => "variant-turnover-leavers",
        })],
        "chi" => {
            let parts = choices.chi.criteria.iter().map(|criterion| part(facts, criterion));
            std::iter::once(coverage(facts, choices.chi.min_coverage)).chain(parts).collect()
        }
        "conversion_rate" => vec![window(facts, choices.conversion_window_days)],
        "onboarding_completion" => vec![window(facts, choices.onboarding_window_days)],
        _ => Vec::new(),
    }
}

/// Which surveys count, and from how many answers.
fn nps(facts: &Facts<'_>) -> Vec<String> {
    let least = facts.input.min_group;
    let withheld = (least > 0).then(|| facts.say("variant-min-group", &[("n", &facts.locale.count(least))]));
    std::iter::once(nps_kind(facts)).chain(withheld).collect()
}

fn nps_kind(facts: &Facts<'_>) -> String {
    facts.text(match facts.input.choices.nps.kind.as_str() {
        "relational" => "variant-nps-kind-relational",
        "transactional" => "variant-nps-kind-transactional",
        _ => "variant-nps-kind-all",
    })
}

fn scale(facts: &Facts<'_>, (low, high): (i64, i64)) -> String {
    facts.say("variant-scale", &[("low", &score(facts, low)), ("high", &score(facts, high))])
}

fn churn_gap(facts: &Facts<'_>) -> String {
    match facts.input.choices.churn_gap_days {
        0 => facts.text("variant-churn-gap-none"),
        gap => facts.say("variant-churn-gap", &[("days", &days(facts, gap))]),
    }
}

/// Whether subscriptions were read; without them orders say who is active, and what it is worth.
fn has_subscriptions(facts: &Facts<'_>) -> bool {
    facts.input.data_quality.iter().any(|source| source.table == "subscriptions")
}

fn is_from_subscriptions(facts: &Facts<'_>) -> bool {
    match facts.input.choices.value.source {
        Some(source) => source == ValueSource::Subscriptions,
        None => has_subscriptions(facts),
    }
}

fn source(facts: &Facts<'_>) -> String {
    facts.text(if is_from_subscriptions(facts) { "variant-value-subscriptions" } else { "variant-value-orders" })
}

/// The window of orders; with subscriptions there is none.
fn value_window(facts: &Facts<'_>) -> Option<String> {
    let months = || facts.locale.months_long(f64::from(facts.input.choices.value.window_months));
    (!is_from_subscriptions(facts)).then(|| facts.say("variant-value-window", &[("months", &months())]))
}

fn margin(facts: &Facts<'_>) -> String {
    facts.say("variant-margin", &[("share", &percent(facts, facts.input.choices.value.gross_margin))])
}

fn lifetime(facts: &Facts<'_>, kpi: &str) -> Vec<String> {
    match facts.input.choices.lifetime.method {
        LifetimeMethod::KaplanMeier => vec![horizon(facts, kpi), churn_gap(facts)],
        LifetimeMethod::InverseChurn => vec![facts.text("variant-lifetime-inverse-churn")],
        LifetimeMethod::Observed => vec![facts.text("variant-lifetime-observed"), churn_gap(facts)],
    }
}

/// The horizon that a lifetime was really cut at (`tau=`), in months, as the reading remarks it.
pub(super) fn horizon_months(facts: &Facts<'_>, kpi: &str) -> Option<u16> {
    let remark = facts.total(kpi).verdict()?.reading.remark.as_deref()?;
    remark.split(';').find_map(|part| part.trim().strip_prefix("tau=")?.parse().ok())
}

fn horizon(facts: &Facts<'_>, kpi: &str) -> String {
    match horizon_months(facts, kpi).map(|months| facts.locale.months_long(f64::from(months))) {
        Some(months) => facts.say("variant-lifetime-kaplan-meier", &[("months", &months)]),
        None => facts.text("variant-lifetime-kaplan-meier-bare"),
    }
}

fn is_of_health(definition: &Definition) -> bool {
    matches!(definition.draws_on, DrawsOn::Health | DrawsOn::HealthAtStart)
}

/// How customers are scored; what the score is made of stands under the first figure that is made of it.
fn health(facts: &Facts<'_>, definition: &Definition) -> Vec<String> {
    let choices = &facts.input.choices.health;
    let mut lines = vec![bands(facts), coverage(facts, choices.min_coverage)];
    if facts.kpis.iter().find(|of| is_of_health(of)).is_some_and(|first| first.id == definition.id) {
        lines.extend(choices.components.iter().map(|component| part(facts, component)));
    }
    lines
}

fn bands(facts: &Facts<'_>) -> String {
    let number = |limit: f64| facts.locale.number(limit, decimals(limit));
    let bands = facts.input.choices.health.bands.iter().map(|band| {
        let colour = match band.status {
            Status::Red => "variant-band-red",
            Status::Yellow => "variant-band-yellow",
            Status::Green => "variant-band-green",
        };
        facts.say(colour, &[("low", &number(band.from.max(0.0))), ("high", &number(band.to.min(100.0)))])
    });
    facts.say("variant-bands", &[("bands", &bands.collect::<Vec<_>>().join("; "))])
}

fn coverage(facts: &Facts<'_>, share: f64) -> String {
    facts.say("variant-coverage", &[("share", &percent(facts, share))])
}

/// One part of a score: what is measured, its weight and scale, and what if it is not known.
fn part(facts: &Facts<'_>, of: &Component) -> String {
    let number = |value: f64| facts.locale.number(value, decimals(value));
    let mut signal = facts.text(&format!("signal-{}", of.signal.id().replace('_', "-")));
    if let Some(kind) = &of.kind {
        signal = facts.say("variant-part-kind", &[("signal", &signal), ("kind", &clean(kind))]);
    }
    if of.signal.has_window() {
        let window = match of.window {
            Window::Days(window) => days(facts, window),
            Window::Months(window) => facts.locale.months_long(f64::from(window)),
        };
        signal = facts.say("variant-part-over", &[("signal", &signal), ("window", &window)]);
    }
    let points = of.scale.iter().map(|(at, score)| format!("{} → {}", number(*at), number(*score)));
    let missing = facts.text(match of.missing {
        Missing::Skip => "variant-missing-skip",
        Missing::Neutral => "variant-missing-neutral",
        Missing::Zero => "variant-missing-zero",
    });
    let said = [
        ("signal", at_start(&signal)),
        ("weight", number(of.weight)),
        ("scale", points.collect::<Vec<_>>().join(", ")),
        ("missing", missing),
    ];
    facts.say("variant-part", &said.each_ref().map(|(name, text)| (*name, text.as_str())))
}

fn window(facts: &Facts<'_>, window: i64) -> String {
    facts.say("variant-window", &[("days", &days(facts, window))])
}

#[expect(clippy::cast_precision_loss, reason = "days from the configuration, far below 2^52")]
fn days(facts: &Facts<'_>, days: i64) -> String {
    facts.locale.days_long(days as f64)
}

#[expect(clippy::cast_precision_loss, reason = "a score from the configuration, far below 2^52")]
fn score(facts: &Facts<'_>, score: i64) -> String {
    facts.locale.number(score as f64, 0)
}

/// A share of 0–1 as a percentage with as many decimals as it was written with, three at most.
fn percent(facts: &Facts<'_>, share: f64) -> String {
    facts.locale.percent(100.0 * share, decimals(100.0 * share))
}

/// Decimals that a number of the configuration needs to be shown as it was written, three at most.
fn decimals(number: f64) -> u8 {
    let is_enough = |decimals: &u8| {
        let parts = number * 10_f64.powi(i32::from(*decimals));
        (parts - parts.round()).abs() < 1e-6
    };
    (0..3).find(is_enough).unwrap_or(3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_the_configuration_are_shown_as_they_were_written() {
        for (number, expected) in [(95.0, 0), (99.9, 1), (100.0 * 0.55, 0), (0.25, 2), (-5.0, 0), (1.0 / 3.0, 3)] {
            assert_eq!(decimals(number), expected, "{number}");
        }
    }
}
