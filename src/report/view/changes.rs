//! What changed: the changes that are real, each with the segment that drives it; those on the previous period before
//! those on the year before, largest effect first.
//!
//! Whether a change is real was decided before; here it is only ranked and put into words.

use super::facts::{Facts, TOTAL, tone};
use super::text::within_sentence;
use super::{ChangeRow, Changes, Places, Tone};
use crate::config::Status;
use crate::insight::{Baseline, Driver};
use crate::judgement::{Change, Verdict};
use crate::kpi::{Definition, Sampling, Unit, catalogue};

/// Rows of the table; whoever wants more has the segment tables.
const MOST_ROWS: usize = 12;
/// The share of its earlier value by which a fact must have moved before it is news.
const FAR: f64 = 0.25;
/// What is less than this share of the whole does not matter to it, however far it moved: one in a hundred of revenue, as
/// auditors hold it; of percentages a whole point.
const MATERIAL: f64 = 0.01;
/// Chances below this would be rare, if there were nothing else that was tested.
const RARE: f64 = 0.05;
/// So many of these are kept for counts and sums, whose changes are facts and not findings.
const LEAST_COUNTS: usize = 3;

/// A change worth telling.
pub(crate) struct Finding<'a> {
    pub(crate) definition: &'static Definition,
    pub(crate) verdict: &'a Verdict,
    pub(crate) change: &'a Change,
    /// Whether it was found by a test; else it is a count or a sum that moved.
    pub(crate) is_tested: bool,
    pub(crate) driver: Option<Driver<'a>>,
    /// Whether there is none because figures are withheld.
    hides_driver: bool,
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
    of_a_segment(facts).filter(|_| findings(facts).is_empty())
}

/// The real change of a segment on the previous period that has the largest effect, where the total did not go with it: no
/// fall of what is still as good as can be.
pub(crate) fn of_a_segment<'a>(facts: &Facts<'a>) -> Option<Finding<'a>> {
    let all = on_baseline(facts, Baseline::Previous).into_iter();
    all.filter(|finding| finding.verdict.key.dimension != TOTAL).find(|finding| {
        let is_harmless = finding.verdict.status == Some(Status::Green)
            && tone_of(facts, finding.definition, finding.change) == Tone::Bad;
        !is_harmless
    })
}

/// The totals whose change on the previous period was tested.
pub(crate) fn tested<'a>(facts: &Facts<'a>) -> Vec<&'a Verdict> {
    let verdicts = facts.kpis.iter().filter_map(|definition| facts.total(definition.id).verdict());
    let is_tested = |verdict: &&Verdict| verdict.previous.as_ref().is_some_and(|change| change.significant.is_some());
    verdicts.filter(is_tested).collect()
}

/// Of tested figures, none of which is found to have really changed, the one whose change is the least likely by chance, if
/// by itself it would be rare: one in twenty.
pub(crate) fn least_likely<'a>(tested: &[&'a Verdict]) -> Option<&'a Verdict> {
    let chance = |verdict: &Verdict| verdict.previous.as_ref().and_then(|change| change.p_value);
    let rare = tested.iter().copied().filter_map(|verdict| Some((chance(verdict).filter(|p| *p < RARE)?, verdict)));
    rare.min_by(|(a, _), (b, _)| a.total_cmp(b)).map(|(_, verdict)| verdict)
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
            let (driver, hides_driver) = (fact.drivers.first().copied(), fact.hides_driver);
            Some(Finding {
                definition,
                verdict: fact.verdict,
                change: fact.change,
                is_tested: true,
                driver,
                hides_driver,
            })
        })
        .collect()
}

/// Counts and sums that moved: those that are news first, then by the share of the earlier value.
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
            (is_count && is_seen).then_some(Finding {
                definition,
                verdict,
                change,
                is_tested: false,
                driver: None,
                hides_driver: false,
            })
        })
        .collect();
    let rank = |finding: &Finding<'_>| (is_far(facts, finding), share(finding.change));
    found.sort_by(|a, b| {
        let ((far_a, share_a), (far_b, share_b)) = (rank(a), rank(b));
        far_b.cmp(&far_a).then(share_b.total_cmp(&share_a)).then_with(|| a.verdict.key.cmp(&b.verdict.key))
    });
    found
}

/// A change as a share of the earlier value; the whole of what was nothing before.
pub(crate) fn share(change: &Change) -> f64 {
    let share = change.difference.abs() / change.value.abs();
    if share.is_finite() { share } else { 1.0 }
}

/// Whether a fact has moved far, and by an amount that matters: revenue by a part of all revenue, a count by more than two
/// counts differ by when things just happen, a percentage by a point, and one of counted things by as many of them as a count.
pub(crate) fn is_far(facts: &Facts<'_>, finding: &Finding<'_>) -> bool {
    let Change { value, difference, .. } = *finding.change;
    let least = match finding.definition.unit {
        Unit::Money => MATERIAL * revenue(facts),
        Unit::Count => by_chance(value, value + difference),
        Unit::Percent => 100.0 * MATERIAL,
        _ => 0.0,
    };
    share(finding.change) >= FAR && difference.abs() > least && !is_of_few(facts, finding)
}

/// What two counts differ by in one case of twenty when things just happen: the standard deviation of a difference of
/// Poisson counts is the root of their sum.
fn by_chance(before: f64, now: f64) -> f64 {
    1.96 * (before + now).max(0.0).sqrt()
}

/// Whether no more of the things that a percentage counts moved than counts differ by anyway: one of a team of 22 is 4.5 %.
fn is_of_few(facts: &Facts<'_>, finding: &Finding<'_>) -> bool {
    let key = &finding.verdict.key;
    let before = facts.at(&finding.change.against, &key.dimension, &key.segment, key.kpi).verdict();
    match [before, Some(finding.verdict)].map(|verdict| counted(finding.definition, verdict?)) {
        [Some(before), Some(now)] => (now - before).abs() <= by_chance(before, now),
        _ => false,
    }
}

/// How many are behind a percentage of counted things; halves where comings and goings are averaged.
fn counted(definition: &Definition, verdict: &Verdict) -> Option<f64> {
    let reading = &verdict.reading;
    let (part, of) = (reading.numerator?, reading.denominator?);
    let is_counted = [part, of].iter().all(|n| *n >= 0.0 && (2.0 * n).fract() == 0.0);
    let is_share = reading.value.is_ok_and(|value| (100.0 * part - value * of).abs() <= 1e-6 * of);
    (definition.unit == Unit::Percent && is_counted && is_share).then_some(part)
}

/// The monthly revenue of all customers that the report covers, as large as it was lately; 0 where it is not known.
fn revenue(facts: &Facts<'_>) -> f64 {
    let Some(closing) = facts.total("mrr_closing").verdict() else { return 0.0 };
    let before = closing.previous.as_ref().map_or(0.0, |change| change.value);
    closing.reading.value.unwrap_or_default().max(before)
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
        driver: driver.map_or_else(
            || no_driver(facts, finding),
            |driver| driver_text(facts, "report-driver", definition, &driver),
        ),
    }
}

/// Whether a change is good news.
pub(crate) fn tone_of(facts: &Facts<'_>, definition: &Definition, change: &Change) -> Tone {
    tone(facts.better(definition), change.difference)
}

/// A driving segment and its own change, in the words of a message.
pub(crate) fn driver_text(facts: &Facts<'_>, id: &str, definition: &Definition, driver: &Driver<'_>) -> String {
    let segment = facts.segment(&driver.verdict.key.segment);
    let texts = [("segment", segment), ("difference", facts.difference(definition, driver.change.difference))];
    facts.say(id, &texts.each_ref().map(|(name, text)| (*name, text.as_str())))
}

/// What stands in place of a driver.
fn no_driver(facts: &Facts<'_>, finding: &Finding<'_>) -> String {
    let is_searched = finding.verdict.key.dimension == TOTAL && finding.is_tested && facts.splits().next().is_some();
    match is_searched {
        true if finding.hides_driver => facts.text("report-driver-withheld"),
        true => facts.text("report-driver-none"),
        false => String::new(),
    }
}
