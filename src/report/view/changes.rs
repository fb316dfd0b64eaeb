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
    Changes {
        note: facts.say("report-changes-note", &[("confidence", &facts.locale.percent(5.0, 0))]),
        rows: all.iter().take(MOST_ROWS).map(|finding| row(facts, finding)).collect(),
        none: facts.say(none, &[("period", &previous)]),
    }
}

fn everything<'a>(facts: &Facts<'a>) -> Vec<Finding<'a>> {
    let mut all = findings(facts);
    all.extend(in_segments_alone(facts));
    largest_first(&mut all);
    let mut year_before = on_the_year_before(facts);
    largest_first(&mut year_before);
    all.extend(year_before);
    let mut counts = of_counts(facts);
    counts.truncate(MOST_COUNTS);
    all.truncate(MOST_ROWS - counts.len());
    all.extend(counts);
    all
}

fn on_the_year_before<'a>(facts: &Facts<'a>) -> Vec<Finding<'a>> {
    let found = facts.kpis.iter().filter_map(|definition| {
        let verdict = facts.total(definition.id).verdict()?;
        let change = verdict.year_before.as_ref().filter(|change| change.significant == Some(true))?;
        let is_the_same = verdict.previous.as_ref().is_some_and(|previous| previous.against == change.against);
        (!is_the_same).then(|| finding(facts, definition, verdict, change, false))
    });
    found.collect()
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
    let texts = [
        ("segment", facts.segment(&driver.key.segment)),
        ("difference", facts.difference(definition, difference)),
    ];
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
