//! Promoters, passives and detractors over the history.

use super::{COMPOSITION, table};
use crate::calendar::Period;
use crate::config::Status;
use crate::report::chart::{Column, Part};
use crate::report::view::facts::{Facts, TOTAL};
use crate::report::view::{Chart, Drawing};

/// The chart, where at least one period has all three shares.
pub(super) fn chart(facts: &Facts<'_>) -> Option<Chart> {
    let shares: Vec<(&Period, Vec<f64>)> =
        facts.periods.iter().map(|period| (*period, shares(facts, period))).collect();
    let (last, latest) = shares.iter().rfind(|(_, shares)| !shares.is_empty())?;
    let title = facts.text("chart-composition");
    let [promoters, detractors] =
        [0, 2].map(|part| facts.locale.percent(latest.get(part).copied().unwrap_or_default(), 0));
    let texts = [("period", facts.period_short(last)), ("promoters", promoters), ("detractors", detractors)];
    let statuses = [Some(Status::Green), None, Some(Status::Red)];
    let part = |(id, status): (&&str, Option<Status>)| Part { name: facts.short(id), status };
    Some(Chart {
        anchor: "nps-composition".to_owned(),
        finding: facts.say("chart-composition-finding", &texts.each_ref().map(|(name, text)| (*name, text.as_str()))),
        note: None,
        wide: false,
        in_mail: false,
        drawing: Drawing::Composition {
            parts: COMPOSITION.iter().zip(statuses).map(part).collect(),
            columns: shares.iter().map(|(period, shares)| column(facts, period, shares)).collect(),
            head_label: facts.short("nps"),
            empty_label: facts.text("chart-empty"),
        },
        table: table(
            facts,
            title.clone(),
            &["report-period", "kpi-nps-promoters.short", "kpi-nps-passives.short", "kpi-nps-detractors.short"],
            shares.iter().map(|(period, shares)| row(facts, period, shares)).collect(),
        ),
        title,
    })
}

/// The three shares in percent, or nothing.
fn shares(facts: &Facts<'_>, period: &Period) -> Vec<f64> {
    let share = |id: &&str| facts.at(&period.id, TOTAL, TOTAL, id).value();
    COMPOSITION.iter().map(share).collect::<Option<Vec<f64>>>().unwrap_or_default()
}

fn column(facts: &Facts<'_>, period: &Period, shares: &[f64]) -> Column {
    let (label, group) = super::trend::axis_label(facts, period);
    let nps = facts.at(&period.id, TOTAL, TOTAL, "nps").value();
    Column {
        label,
        group,
        shares: shares.iter().map(|share| share / 100.0).collect(),
        share_labels: shares.iter().map(|share| facts.locale.number(*share, 0)).collect(),
        head: nps.map(|nps| facts.locale.number(nps, 0)).unwrap_or_default(),
        hint: row(facts, period, shares).join(" · "),
    }
}

fn row(facts: &Facts<'_>, period: &Period, shares: &[f64]) -> Vec<String> {
    let cells = (0..COMPOSITION.len()).map(|part| {
        shares.get(part).map_or_else(|| facts.text("not-available"), |share| facts.locale.percent(*share, 1))
    });
    std::iter::once(facts.period_short(period)).chain(cells).collect()
}
