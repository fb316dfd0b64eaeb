//! A value against bands, targets and alerts.
//!
//! Compares unrounded, finite values only; whether a benchmark holds for the figure's grain was asked before.

use super::{Alert, Change, Key, Maturity, TargetMet, Verdict};
use crate::config::{Alerts, Band, Target};
use crate::kpi::{Better, Interval, Sampling};

/// The band that holds a value: half-open, the last one closed; none for what is not finite or lies outside.
pub(super) fn band(bands: &[Band], value: f64) -> Option<&Band> {
    if !value.is_finite() {
        return None;
    }
    // Only the last band's upper limit belongs to it: any other is the lower limit of the next.
    let closes = |band: &Band| bands.last().is_some_and(|last| std::ptr::eq(last, band)) && value <= band.to;
    bands.iter().find(|band| band.from <= value && (value < band.to || closes(band)))
}

/// The target in force: of those that name this segment, the one with the latest start by the period's first day.
///
/// A target of the total is not one of its segments.
pub(super) fn target(targets: &[Target], key: &Key) -> Option<f64> {
    let stated = |target: &Target| match key.dimension.as_str() {
        "total" => target.total,
        dimension => target.segments.get(dimension)?.get(key.segment.as_str()).copied(),
    };
    targets
        .iter()
        .filter(|target| target.from <= key.period.first)
        .filter_map(|target| Some((target.from, stated(target)?)))
        .max_by_key(|(from, _)| *from)
        .map(|(_, value)| value)
}

/// Whether a target is met: cannot tell while the interval holds it; exactly at it is met where there is no interval.
/// None where neither direction is the good one.
pub(super) fn target_met(value: f64, interval: Option<Interval>, target: f64, better: Better) -> Option<TargetMet> {
    let is_met = match better {
        Better::Higher => value >= target,
        Better::Lower => value <= target,
        Better::Neutral => return None,
    };
    Some(match interval {
        Some(interval) if interval.holds(target) => TargetMet::CannotTell,
        _ if is_met => TargetMet::Yes,
        _ => TargetMet::No,
    })
}

/// Alerts that a figure sets off: by its value unless it is still open or immature, by its fall or rise on the previous
/// period where that is real (significant, or of a figure that is no sample).
pub(super) fn alerts(verdict: &Verdict, when: &Alerts) -> Vec<Alert> {
    let mut alerts = Vec::new();
    let Ok(value) = verdict.reading.value else { return alerts };
    // What still matures moves one way only: below today says nothing about below tomorrow.
    if matches!(verdict.maturity, Maturity::Final | Maturity::Provisional) {
        alerts.extend(when.below.filter(|&limit| value < limit).map(Alert::Below));
        alerts.extend(when.above.filter(|&limit| value > limit).map(Alert::Above));
    }
    if let Some(change) = verdict.previous.as_ref().filter(|change| is_real(verdict, change)) {
        alerts.extend(when.drop_of.filter(|&by| -change.difference >= by).map(Alert::Drop));
        alerts.extend(when.rise_of.filter(|&by| change.difference >= by).map(Alert::Rise));
    }
    alerts
}

fn is_real(verdict: &Verdict, change: &Change) -> bool {
    match change.significant {
        Some(significant) => significant,
        None => verdict.reading.sampling == Sampling::None && verdict.maturity == Maturity::Final,
    }
}
