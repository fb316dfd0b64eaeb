//! The state of the whole: every judged KPI on its bands, and where the revenue went.

use super::{BRIDGE, axis, bands, interval_label, money_axis, table};
use crate::judgement::{Maturity, TargetMet, Verdict};
use crate::kpi::{Better, Definition, Unit};
use crate::report::chart::{Step, StepKind};
use crate::report::view::facts::Facts;
use crate::report::view::{BulletLine, Chart, Drawing, ValueAxis};

/// The id of the bridge.
pub(super) const BRIDGE_ANCHOR: &str = "mrr-bridge";

/// Every KPI that has bands or a target, where there are at least two and any of them has a value.
pub(super) fn bullet(facts: &Facts<'_>) -> Option<Chart> {
    let judged: Vec<&'static Definition> =
        facts.kpis.iter().copied().filter(|definition| is_judged(facts, definition)).collect();
    if judged.len() < 2 || judged.iter().all(|definition| facts.total(definition.id).value().is_none()) {
        return None;
    }
    let lines: Vec<BulletLine> = judged.iter().map(|definition| line(facts, definition)).collect();
    let title = facts.text("chart-bullet");
    let rows = lines
        .iter()
        .zip(&judged)
        .map(|(line, definition)| {
            let target = line.target.as_ref().map(|target| facts.value(definition, target.value)).unwrap_or_default();
            vec![line.name.clone(), line.value_label.clone(), line.band_label.clone(), target]
        })
        .collect();
    Some(Chart {
        anchor: "overview".to_owned(),
        finding: tally(facts, &judged),
        note: None,
        wide: true,
        in_mail: false,
        drawing: Drawing::Bullet { rows: lines, interval_label: interval_label(facts) },
        table: table(facts, title.clone(), &["report-kpi", "report-value", "report-band", "report-target"], rows),
        title,
    })
}

/// How many targets are met, missed, and neither; those of figures that are not final are counted apart.
fn tally(facts: &Facts<'_>, judged: &[&'static Definition]) -> String {
    let aimed: Vec<&Verdict> = judged
        .iter()
        .filter(|definition| facts.better(definition) != Better::Neutral)
        .filter_map(|definition| facts.total(definition.id).verdict())
        .filter(|verdict| verdict.target.is_some() && verdict.reading.value.is_ok())
        .collect();
    let met = |wanted: TargetMet| aimed.iter().filter(|verdict| verdict.target_met == Some(wanted)).count();
    let pending =
        aimed.iter().filter(|verdict| matches!(verdict.maturity, Maturity::Provisional | Maturity::Immature)).count();
    let count = |n: usize| facts.locale.count(u64::try_from(n).unwrap_or(u64::MAX));
    let [yes, no, open] = [TargetMet::Yes, TargetMet::No, TargetMet::CannotTell].map(met).map(count);
    let tally = facts.say("chart-bullet-finding", &[("met", &yes), ("missed", &no), ("open", &open)]);
    let pending = (pending > 0).then(|| facts.say("chart-bullet-pending", &[("n", &count(pending))]));
    [Some(tally), pending].into_iter().flatten().collect::<Vec<_>>().join(" ")
}

fn is_judged(facts: &Facts<'_>, definition: &Definition) -> bool {
    let has_target = facts.total(definition.id).verdict().is_some_and(|verdict| verdict.target.is_some());
    has_target || !bands(facts, definition.id).is_empty()
}

fn line(facts: &Facts<'_>, definition: &'static Definition) -> BulletLine {
    let seen = facts.total(definition.id);
    let verdict = seen.verdict();
    let value_label =
        seen.value().map_or_else(|| facts.text("not-available"), |value| facts.compact(definition, value));
    let name = facts.short(definition.id);
    BulletLine {
        value: seen.value(),
        interval: verdict.and_then(|verdict| verdict.reading.interval).map(|interval| (interval.low, interval.high)),
        hint: format!("{name}: {value_label}"),
        value_label,
        band_label: verdict.and_then(|verdict| facts.band(verdict)).unwrap_or_default(),
        status: verdict.and_then(|verdict| verdict.status),
        target: verdict.and_then(|verdict| verdict.target).map(|value| super::target(facts, definition, value)),
        bands: bands(facts, definition.id),
        axis: whole_axis(facts, definition),
        name,
    }
}

/// The axis of a strip: it begins where the figure's scale does, below zero too.
fn whole_axis(facts: &Facts<'_>, definition: &'static Definition) -> ValueAxis {
    let least = *definition.range_under(facts.input.choices).start();
    ValueAxis { floor: Some(least).filter(|edge| edge.is_finite()), ..axis(facts, definition) }
}

/// From opening to closing MRR, where all of it is known.
pub(super) fn bridge(facts: &Facts<'_>) -> Option<Chart> {
    let values: Vec<(&'static str, f64)> =
        BRIDGE.iter().map(|id| Some((*id, facts.total(id).value()?))).collect::<Option<_>>()?;
    let ((_, opening), (_, closing)) = (values.first()?, values.last()?);
    let money = |value: f64| facts.locale.value_compact(value, Unit::Money, &facts.input.company.currency);
    let change = facts.locale.difference_compact(closing - opening, Unit::Money, &facts.input.company.currency);
    let title = facts.text("chart-bridge");
    let texts = [("opening", money(*opening)), ("closing", money(*closing)), ("change", change)];
    let steps: Vec<Step> = values.iter().map(|(id, value)| step(facts, id, *value)).collect();
    let rows = steps.iter().map(|step| vec![step.name.clone(), step.hint.clone()]).collect();
    Some(Chart {
        anchor: BRIDGE_ANCHOR.to_owned(),
        finding: facts.say("chart-bridge-finding", &texts.each_ref().map(|(name, text)| (*name, text.as_str()))),
        note: None,
        wide: false,
        in_mail: false,
        drawing: Drawing::Bridge { steps, axis: money_axis(facts) },
        table: table(facts, title.clone(), &["report-kpi", "report-value"], rows),
        title,
    })
}

/// One step; what leaves is negative, whatever sign the figure has.
fn step(facts: &Facts<'_>, id: &str, value: f64) -> Step {
    let currency = &facts.input.company.currency;
    let is_total = matches!(id, "mrr_opening" | "mrr_closing");
    let leaves = matches!(id, "mrr_contraction" | "mrr_churned");
    let signed = if leaves { -value.abs() } else { value };
    let (label, hint) = if is_total {
        (facts.locale.value_compact(signed, Unit::Money, currency), facts.locale.value(signed, Unit::Money, currency))
    } else {
        (
            facts.locale.difference_compact(signed, Unit::Money, currency),
            facts.locale.difference(signed, Unit::Money, currency),
        )
    };
    Step {
        name: facts.text(&format!("chart-bridge-{}", id.trim_start_matches("mrr_"))),
        value: Some(signed),
        label,
        kind: if is_total { StepKind::Total } else { StepKind::Change },
        hint,
    }
}
