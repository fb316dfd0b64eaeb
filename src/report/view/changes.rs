//! What changed: the changes that are real, each with the segment that drives it; those on the previous period before
//! those on the year before, largest effect first.
//!
//! Whether a change is real was decided before; here it is only ranked and put into words.

use super::facts::{Facts, TOTAL, tone};
use super::text::within_sentence;
use super::{ChangeRow, Changes, Places, Tone};
use crate::insight::Baseline;
use crate::judgement::{Change, Verdict};
use crate::kpi::{Definition, Sampling, catalogue};

/// Rows of the table; whoever wants more has the segment tables.
const MOST_ROWS: usize = 12;
/// So many of these are kept for counts and sums, whose changes are facts and not findings.
const LEAST_COUNTS: usize = 3;

/// A change worth telling.
pub(crate) struct Finding<'a> {
    pub(crate) definition: &'static Definition,
    pub(crate) verdict: &'a Verdict,
    pub(crate) change: &'a Change,
    /// Whether it was found by a test; else it is a count or a sum that moved.
    pub(crate) is_tested: bool,
    pub(crate) driver: Option<&'a Verdict>,
}

/// The real changes of the total on the previous period, largest effect first.
pub(crate) fn findings<'a>(facts: &Facts<'a>) -> Vec<Finding<'a>> {
    of_total(facts, Baseline::Previous)
}

/// The real changes of the total on the year before, largest effect first.
pub(crate) fn on_the_year_before<'a>(facts: &Facts<'a>) -> Vec<Finding<'a>> {
    of_total(facts, Baseline::YearBefore)
}

/// The real change of a segment on the previous period that has the largest effect, where no total really changed.
pub(crate) fn of_a_segment_alone<'a>(facts: &Facts<'a>) -> Option<Finding<'a>> {
    let all = on_baseline(facts, Baseline::Previous);
    let is_alone = all.iter().all(|finding| finding.verdict.key.dimension != TOTAL);
    all.into_iter().next().filter(|_| is_alone)
}

/// The totals whose change on the previous period was tested.
pub(crate) fn tested<'a>(facts: &Facts<'a>) -> Vec<&'a Verdict> {
    let verdicts = facts.kpis.iter().filter_map(|definition| facts.total(definition.id).verdict());
    let is_tested = |verdict: &&Verdict| verdict.previous.as_ref().is_some_and(|change| change.significant.is_some());
    verdicts.filter(is_tested).collect()
}

/// Why nothing was tested: there is nothing earlier, or nothing that a test could tell from chance.
pub(crate) fn why_untested(facts: &Facts<'_>) -> &'static str {
    let mut verdicts = facts.kpis.iter().filter_map(|definition| facts.total(definition.id).verdict());
    if verdicts.any(|verdict| verdict.previous.is_some()) { "narrative-untested" } else { "narrative-not-compared" }
}

/// A count or a sum before and now, in the words of a message.
pub(crate) fn fact(facts: &Facts<'_>, id: &str, finding: &Finding<'_>) -> String {
    let name = within_sentence(&facts.plain_name(finding.definition.id));
    let now = finding.verdict.reading.value.unwrap_or(finding.change.value);
    let [before, now] = [finding.change.value, now].map(|value| facts.compact(finding.definition, value));
    facts.say(id, &[("name", &name), ("before", &before), ("value", &now)])
}

fn of_total<'a>(facts: &Facts<'a>, baseline: Baseline) -> Vec<Finding<'a>> {
    let mut findings = on_baseline(facts, baseline);
    findings.retain(|finding| finding.verdict.key.dimension == TOTAL);
    findings
}

/// The table.
pub(super) fn build(facts: &Facts<'_>, places: &Places) -> Changes {
    let (all, more) = if facts.is_open() { (Vec::new(), 0) } else { everything(facts) };
    let previous = facts.input.company.calendar.previous(facts.input.period);
    let previous = previous.map_or_else(String::new, |period| facts.period_short(&period));
    let none = match tested(facts).is_empty() {
        _ if facts.is_open() => "report-changes-open",
        false => "report-changes-none",
        true => why_untested(facts),
    };
    let rows: Vec<ChangeRow> = all.iter().map(|finding| row(facts, places, finding)).collect();
    Changes {
        has_drivers: rows.iter().any(|row| !row.driver.is_empty()),
        note: note(facts, all.iter().any(|finding| !finding.is_tested)),
        more: (more > 0).then(|| facts.count("report-changes-more", more, &[])),
        rows,
        none: facts.say(none, &[("period", &previous)]),
    }
}

/// What was compared and how; counts among the rows are no findings of a test.
fn note(facts: &Facts<'_>, has_counts: bool) -> String {
    let note = facts.say("report-changes-note", &[("confidence", &facts.locale.percent(5.0, 0))]);
    if has_counts { format!("{note} {}", facts.text("report-changes-counts")) } else { note }
}

/// What the table has room for, and how many changes it has none for.
fn everything<'a>(facts: &Facts<'a>) -> (Vec<Finding<'a>>, u64) {
    let mut all = on_baseline(facts, Baseline::Previous);
    all.extend(on_baseline(facts, Baseline::YearBefore));
    let mut counts = of_counts(facts);
    let found = all.len() + counts.len();
    counts.truncate(LEAST_COUNTS.max(MOST_ROWS.saturating_sub(all.len())));
    all.truncate(MOST_ROWS - counts.len());
    all.extend(counts);
    let more = u64::try_from(found - all.len()).unwrap_or(u64::MAX);
    (all, more)
}

/// The real changes against one baseline, of the total and of segments that did not go with it, largest effect first.
fn on_baseline<'a>(facts: &Facts<'a>, baseline: Baseline) -> Vec<Finding<'a>> {
    let found = facts.changes.iter().filter(|fact| fact.baseline == baseline);
    found
        .filter_map(|fact| {
            let definition = catalogue::definition(fact.verdict.key.kpi)?;
            let driver = fact.drivers.first().map(|driver| driver.verdict);
            Some(Finding { definition, verdict: fact.verdict, change: fact.change, is_tested: true, driver })
        })
        .collect()
}

/// Counts and sums that moved, largest share of the earlier value first.
pub(crate) fn of_counts<'a>(facts: &Facts<'a>) -> Vec<Finding<'a>> {
    let mut found: Vec<Finding<'a>> = facts
        .kpis
        .iter()
        .filter_map(|definition| {
            let verdict = facts.total(definition.id).verdict()?;
            let change = verdict.previous.as_ref().filter(|change| change.difference != 0.0)?;
            let is_count = verdict.reading.sampling == Sampling::None && change.significant.is_none();
            // What shows as the same number twice has not moved for a reader.
            let shown = |value: f64| facts.compact(definition, value);
            let is_seen = verdict.reading.value.is_ok_and(|now| shown(now) != shown(change.value));
            (is_count && is_seen).then_some(Finding { definition, verdict, change, is_tested: false, driver: None })
        })
        .collect();
    found.sort_by(|a, b| share(b.change).total_cmp(&share(a.change)).then_with(|| a.verdict.key.cmp(&b.verdict.key)));
    found
}

/// A change as a share of the earlier value; 0 where that was 0.
pub(crate) fn share(change: &Change) -> f64 {
    let share = change.difference.abs() / change.value.abs();
    if share.is_finite() { share } else { 0.0 }
}

fn row(facts: &Facts<'_>, places: &Places, finding: &Finding<'_>) -> ChangeRow {
    let Finding { definition, verdict, change, driver, .. } = finding;
    let moved = facts.moved(definition, verdict, change);
    let is_total = verdict.key.dimension == TOTAL;
    let place = places.figure(definition.id, &verdict.key.dimension, &verdict.key.segment);
    ChangeRow {
        anchor: place.unwrap_or_else(|| "figures".to_owned()),
        name: facts.name(definition.id),
        segment: (!is_total).then(|| facts.segment(&verdict.key.segment)),
        direction: moved.direction,
        tone: moved.tone,
        difference: facts.difference(definition, change.difference),
        word: moved.word,
        from: facts.compact(definition, change.value),
        to: verdict
            .reading
            .value
            .map_or_else(|why| facts.why(definition, why), |value| facts.compact(definition, value)),
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
        && finding.is_tested
        && finding.verdict.previous.as_ref() == Some(finding.change)
        && facts.splits().next().is_some();
    if is_searched { facts.text("report-driver-none") } else { String::new() }
}
