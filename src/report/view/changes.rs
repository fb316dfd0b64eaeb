//! What changed: the changes that are real, each with the segment that drives it; those on the previous period before
//! those on the year before, largest effect first.
//!
//! Whether a change is real was decided before; here it is only ranked and put into words.

use super::facts::{Facts, TOTAL, anchor, direction_of, tone};
use super::{ChangeRow, Changes, Tone};
use crate::judgement::{Change, Verdict};
use crate::kpi::{Definition, Sampling};

/// Rows of the table; whoever wants more has the segment tables.
const MOST_ROWS: usize = 12;
/// Of these at most so many are counts and sums, whose changes are facts and not findings.
const MOST_COUNTS: usize = 3;

/// A change worth telling.
pub(crate) struct Finding<'a> {
    pub(crate) definition: &'static Definition,
    pub(crate) verdict: &'a Verdict,
    pub(crate) change: &'a Change,
    pub(crate) driver: Option<&'a Verdict>,
    /// Standardised size: Cohen's h for shares, d for means and estimates; not comparable for counts.
    pub(crate) effect: f64,
}

/// The real changes of the total on the previous period, largest effect first.
pub(crate) fn findings<'a>(facts: &Facts<'a>) -> Vec<Finding<'a>> {
    let mut findings: Vec<Finding<'a>> = facts
        .kpis
        .iter()
        .filter_map(|definition| {
            let verdict = facts.total(definition.id).verdict()?;
            let change = verdict.previous.as_ref().filter(|change| change.significant == Some(true))?;
            Some(finding(facts, definition, verdict, change, true))
        })
        .collect();
    largest_first(&mut findings);
    findings
}

/// The table.
pub(super) fn build(facts: &Facts<'_>) -> Changes {
    let all = if facts.is_open() { Vec::new() } else { everything(facts) };
    let previous = facts.input.company.calendar.previous(facts.input.period);
    let previous = previous.map_or_else(String::new, |period| facts.locale.period_short(&period));
    let none = if facts.is_open() { "report-changes-open" } else { "report-changes-none" };
    let rows: Vec<ChangeRow> = all.iter().take(MOST_ROWS).map(|finding| row(facts, finding)).collect();
    Changes {
        has_drivers: rows.iter().any(|row| !row.driver.is_empty()),
        note: facts.say("report-changes-note", &[("confidence", &facts.locale.percent(5.0, 0))]),
        rows,
        none: facts.say(none, &[("period", &previous)]),
    }
}

fn everything<'a>(facts: &Facts<'a>) -> Vec<Finding<'a>> {
    let mut all = findings(facts);
    all.extend(in_segments_alone(facts));
    largest_first(&mut all);
    all.extend(on_the_year_before(facts));
    let mut counts = of_counts(facts);
    counts.truncate(MOST_COUNTS);
    all.truncate(MOST_ROWS - counts.len());
    all.extend(counts);
    all
}

/// The real changes of the total on the year before, largest effect first.
pub(crate) fn on_the_year_before<'a>(facts: &Facts<'a>) -> Vec<Finding<'a>> {
    let found = facts.kpis.iter().filter_map(|definition| {
        let verdict = facts.total(definition.id).verdict()?;
        let change = verdict.year_before.as_ref().filter(|change| change.significant == Some(true))?;
        let is_the_same = verdict.previous.as_ref().is_some_and(|previous| previous.against == change.against);
        (!is_the_same).then(|| finding(facts, definition, verdict, change, false))
    });
    let mut found: Vec<Finding<'a>> = found.collect();
    largest_first(&mut found);
    found
}

/// Segments that moved while the total did not, or moved the other way.
fn in_segments_alone<'a>(facts: &Facts<'a>) -> Vec<Finding<'a>> {
    let mut found = Vec::new();
    for definition in &facts.kpis {
        let total = facts.total(definition.id).verdict().and_then(|verdict| verdict.previous.as_ref());
        let of_total =
            total.filter(|change| change.significant == Some(true)).map(|change| direction_of(change.difference));
        for verdict in moved_segments(facts, definition.id) {
            let Some(change) = &verdict.previous else { continue };
            if of_total != Some(direction_of(change.difference)) {
                found.push(finding(facts, definition, verdict, change, false));
            }
        }
    }
    found
}

/// Counts and sums that moved, largest share of the earlier value first.
fn of_counts<'a>(facts: &Facts<'a>) -> Vec<Finding<'a>> {
    let mut found: Vec<Finding<'a>> = facts
        .kpis
        .iter()
        .filter_map(|definition| {
            let verdict = facts.total(definition.id).verdict()?;
            let change = verdict.previous.as_ref().filter(|change| change.difference != 0.0)?;
            let is_count = verdict.reading.sampling == Sampling::None && change.significant.is_none();
            is_count.then(|| finding(facts, definition, verdict, change, false))
        })
        .collect();
    largest_first(&mut found);
    found
}

fn largest_first(findings: &mut [Finding<'_>]) {
    findings.sort_by(|a, b| b.effect.total_cmp(&a.effect).then_with(|| a.verdict.key.cmp(&b.verdict.key)));
}

fn finding<'a>(
    facts: &Facts<'a>,
    definition: &'static Definition,
    verdict: &'a Verdict,
    change: &'a Change,
    with_driver: bool,
) -> Finding<'a> {
    let driver = if with_driver { driver(facts, definition.id, change) } else { None };
    Finding { definition, verdict, change, driver, effect: effect(verdict, change) }
}

/// The segments whose own change on the previous period is real.
fn moved_segments<'a>(facts: &Facts<'a>, kpi: &str) -> Vec<&'a Verdict> {
    let dimensions = facts.input.plan.segments.iter().map(crate::config::Dimension::name);
    dimensions
        .flat_map(|dimension| {
            let segments = facts.segments(&dimension);
            segments.into_iter().filter_map(|segment| facts.now(&dimension, segment, kpi).verdict()).collect::<Vec<_>>()
        })
        .filter(|verdict| verdict.previous.as_ref().is_some_and(|change| change.significant == Some(true)))
        .collect()
}

/// The segment that moved the same way and weighs most: its difference times its units.
#[expect(clippy::cast_precision_loss, reason = "only ranks segments")]
fn driver<'a>(facts: &Facts<'a>, kpi: &str, change: &Change) -> Option<&'a Verdict> {
    let weight = |verdict: &Verdict| {
        verdict.previous.as_ref().map_or(0.0, |change| change.difference.abs() * verdict.reading.n as f64)
    };
    let same_way = |verdict: &&Verdict| {
        verdict.previous.as_ref().is_some_and(|own| direction_of(own.difference) == direction_of(change.difference))
    };
    moved_segments(facts, kpi)
        .into_iter()
        .filter(same_way)
        .max_by(|a, b| weight(a).total_cmp(&weight(b)).then_with(|| b.key.cmp(&a.key)))
}

/// How large a change is in standard deviations of one unit, so that unlike KPIs can be ranked (Cohen 1988, chapters 2 and
/// 6); for counts, its share of the earlier value. Never NaN; 0 where it cannot be told.
#[expect(clippy::cast_precision_loss, reason = "only ranks changes")]
fn effect(verdict: &Verdict, change: &Change) -> f64 {
    let size = match verdict.reading.sampling {
        Sampling::Proportion { successes, trials } if trials > 0 => {
            let angle = |share: f64| 2.0 * share.clamp(0.0, 1.0).sqrt().asin();
            let now = successes as f64 / trials as f64;
            // The tested share may be the complement of the figure: the angle's distance is the same.
            (angle(now) - angle(now - change.difference / 100.0)).abs()
        }
        Sampling::Mean { variance, .. } => change.difference.abs() / variance.sqrt(),
        Sampling::Normal { standard_error, .. } => {
            change.difference.abs() / (standard_error * (verdict.reading.n as f64).sqrt())
        }
        _ => change.difference.abs() / change.value.abs(),
    };
    if size.is_finite() { size } else { 0.0 }
}

fn row(facts: &Facts<'_>, finding: &Finding<'_>) -> ChangeRow {
    let Finding { definition, verdict, change, driver, .. } = finding;
    let moved = facts.moved(definition, verdict, change);
    let is_total = verdict.key.dimension == TOTAL;
    ChangeRow {
        anchor: if is_total { anchor(definition.id) } else { "segments".to_owned() },
        name: facts.name(definition.id),
        segment: (!is_total).then(|| facts.segment(&verdict.key.segment)),
        direction: moved.direction,
        tone: moved.tone,
        difference: facts.difference(definition, change.difference),
        word: moved.word,
        from: facts.compact(definition, change.value),
        to: verdict.reading.value.map_or_else(|why| facts.why(why), |value| facts.compact(definition, value)),
        against: facts.against(&change.against),
        driver: driver.map_or_else(|| no_driver(facts, finding), |driver| driver_text(facts, definition, driver)),
    }
}

/// Whether a change is good news.
pub(crate) fn tone_of(facts: &Facts<'_>, definition: &Definition, change: &Change) -> Tone {
    tone(facts.better(definition), change.difference)
}

/// A driving segment and its own change.
pub(crate) fn driver_text(facts: &Facts<'_>, definition: &Definition, driver: &Verdict) -> String {
    let difference = driver.previous.as_ref().map_or(0.0, |change| change.difference);
    let texts =
        [("segment", facts.segment(&driver.key.segment)), ("difference", facts.difference(definition, difference))];
    facts.say("report-driver", &texts.each_ref().map(|(name, text)| (*name, text.as_str())))
}

/// What stands in place of a driver.
fn no_driver(facts: &Facts<'_>, finding: &Finding<'_>) -> String {
    let is_searched = finding.verdict.key.dimension == TOTAL
        && finding.change.significant == Some(true)
        && finding.verdict.previous.as_ref() == Some(finding.change)
        && !facts.input.plan.segments.is_empty();
    if is_searched { facts.text("report-driver-none") } else { String::new() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::{Grain, Period};
    use crate::judgement::{Key, Maturity};
    use crate::kpi::Reading;

    fn size(sampling: Sampling, n: u64, before: f64, difference: f64) -> f64 {
        let day = |text: &str| text.parse().unwrap();
        let period =
            Period { first: day("2026-10-01"), end: day("2026-11-01"), grain: Grain::Month, id: "2026-10".to_owned() };
        let verdict = Verdict {
            key: Key { period, dimension: TOTAL.to_owned(), segment: TOTAL.to_owned(), kpi: "nps" },
            reading: Reading {
                value: Ok(before + difference),
                n,
                numerator: None,
                denominator: None,
                interval: None,
                sampling,
                remark: None,
            },
            maturity: Maturity::Final,
            band: None,
            status: None,
            target: None,
            target_met: None,
            previous: None,
            year_before: None,
            alerts: Vec::new(),
        };
        let against = "2026-09".to_owned();
        effect(&verdict, &Change { against, value: before, difference, p_value: None, significant: None })
    }

    /// Cohen 1988, table 6.2.2: φ(.50) = 1.571 and φ(.25) = 1.047, so h = 0.524. A mean 3 up at a standard deviation of 6
    /// is d = 0.5; an estimate with standard error 2 over 100 units has a deviation of 20, so 5 is 0.25. 30 more than 120
    /// is a quarter.
    #[test]
    fn effects_of_unlike_kpis_are_in_standard_deviations() {
        let close = |a: f64, b: f64| (a - b).abs() < 5e-4;
        assert!(close(size(Sampling::Proportion { successes: 50, trials: 100 }, 100, 25.0, 25.0), 0.524));
        assert!(close(size(Sampling::Mean { mean: 10.0, variance: 36.0, n: 9 }, 9, 7.0, 3.0), 0.5));
        assert!(close(size(Sampling::Normal { estimate: 40.0, standard_error: 2.0 }, 100, 35.0, 5.0), 0.25));
        assert!(close(size(Sampling::None, 1, 120.0, 30.0), 0.25));
    }

    #[test]
    fn an_effect_that_cannot_be_told_is_none() {
        let sizes = [
            size(Sampling::Mean { mean: 1.0, variance: 0.0, n: 2 }, 2, 0.0, 1.0),
            size(Sampling::None, 1, 0.0, 5.0),
            size(Sampling::Normal { estimate: 1.0, standard_error: 0.0 }, 0, 0.0, 1.0),
        ];
        assert!(sizes.iter().all(|size| size.abs() < f64::EPSILON), "{sizes:?}");
    }
}
