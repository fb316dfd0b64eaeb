//! A value against bands, targets and alerts.
//!
//! Compares unrounded, finite values only; whether a benchmark holds for the figure's grain was asked before.

use std::collections::BTreeMap;

use super::{Alert, Change, Key, Maturity, TargetMet, Verdict};
use crate::config::{Alerts, Band, Benchmark, Target};
use crate::kpi::{Better, Definition, Interval, Sampling, catalogue};

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

/// The benchmarks as they hold for a part of the customers (`only:`), whose figures stand as totals.
///
/// A target of that very segment is the part's. Without one a rate keeps the company's; a sum is judged by nothing, for
/// neither bands nor targets of the whole say anything of a part.
pub fn for_part(
    benchmarks: &BTreeMap<String, Benchmark>,
    part: &BTreeMap<String, String>,
) -> BTreeMap<String, Benchmark> {
    if part.is_empty() {
        return benchmarks.clone();
    }
    let of_part = |(kpi, benchmark): (&String, &Benchmark)| {
        let is_sum = catalogue::definition(kpi).is_some_and(Definition::is_sum);
        let mut own = benchmark.clone();
        let whole = own.targets.clone();
        for target in &mut own.targets {
            target.total = own_target(target, part);
            if is_sum {
                target.segments.clear();
            }
        }
        if is_sum {
            (own.bands, own.alert) = (Vec::new(), Alerts::default());
        } else if own.targets.iter().all(|target| target.total.is_none()) {
            own.targets = whole;
        }
        (kpi.clone(), own)
    };
    benchmarks.iter().map(of_part).collect()
}

/// The target that a list names for the segment of exactly these attributes, in whatever order it crosses them.
fn own_target(target: &Target, part: &BTreeMap<String, String>) -> Option<f64> {
    target.segments.iter().find_map(|(dimension, segments)| {
        let names: Vec<&str> = dimension.split('×').collect();
        let values = names.iter().map(|name| part.get(*name).map(String::as_str)).collect::<Option<Vec<_>>>()?;
        (names.len() == part.len()).then(|| segments.get(&values.join("×")).copied())?
    })
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
