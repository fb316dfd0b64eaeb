//! The period in sentences: headline, narrative, subject line; from tested facts only.
//!
//! Says nothing about a period that still runs, calls nothing a change that may be chance, and never guesses a cause.

mod draft;
mod history;
mod matters;
mod sentences;
mod subject;

pub(super) use subject::{LONGEST_SUBJECT, subject};

use super::view::{Facts, Places, Sentence, Tone, at_start, changes, cut, within_sentence};
use crate::config::Status;
use crate::judgement::{Alert, Maturity, TargetMet, Verdict};
use crate::kpi::Definition;

/// Sentences of a narrative.
const MOST_SENTENCES: usize = 5;
/// KPIs that get a sentence of their own.
const MOST_MATTERS: usize = 3;

/// The period in words.
pub(super) struct Story {
    pub(super) headline: String,
    pub(super) preheader: String,
    pub(super) sentences: Vec<Sentence>,
}

/// A KPI of the total whose figure will not change any more.
struct Settled<'a> {
    definition: &'static Definition,
    verdict: &'a Verdict,
    value: f64,
}

/// Tells the shown period; names lead to `places` of the report.
pub(super) fn tell(facts: &Facts<'_>, places: &Places) -> Story {
    if facts.is_open() {
        let period = facts.locale.period(facts.input.period);
        return Story {
            headline: facts.say("headline-open", &[("period", &period)]),
            preheader: facts.text("narrative-open"),
            sentences: vec![draft::Draft::new(Tone::Neutral, facts.text("narrative-open")).finish()],
        };
    }
    if !facts.has_data() {
        let nothing = draft::Draft::new(Tone::Neutral, facts.text("narrative-nothing")).finish();
        let (headline, preheader) = (facts.text("headline-nothing"), nothing.text.clone());
        return Story { headline, preheader, sentences: vec![nothing] };
    }
    let settled = settled(facts);
    let sentences = sentences(facts, places, &settled);
    let preheader = preheader(facts, &sentences);
    Story { headline: headline(facts, &settled), preheader: cut(&preheader, 160), sentences }
}

/// What mailboxes show after the subject, on locked screens too: the first sentence that says nothing of the KPIs in it,
/// but none about a customer.
fn preheader(facts: &Facts<'_>, sentences: &[Sentence]) -> String {
    let told = subject::kpis(facts);
    let continues = |sentence: &&Sentence| {
        let mut kpis = sentence.figures.iter().map(|figure| figure.kpi.as_str());
        !kpis.any(|kpi| told.contains(&kpi))
    };
    let is_of_all = |sentence: &&Sentence| sentence.tone != Tone::Act;
    let next = sentences.iter().filter(is_of_all).find(continues);
    let next = next.or(sentences.iter().find(is_of_all)).or(sentences.last());
    next.map(|sentence| sentence.text.clone()).unwrap_or_default()
}

/// What matters most first, what to do last.
fn sentences(facts: &Facts<'_>, places: &Places, settled: &[Settled<'_>]) -> Vec<Sentence> {
    let mut matters = matters::matters(facts, settled);
    let action = sentences::action(facts, places);
    let segment = sentences::segment_alone(facts, places);
    let room = MOST_SENTENCES - usize::from(action.is_some()) - usize::from(segment.is_some());
    // Fewer KPIs by themselves, as long as what leadership set has no room beside them: targets, alerts.
    let mut most = MOST_MATTERS;
    let about_several = loop {
        matters.truncate(most);
        let several = [
            sentences::nothing_changed(facts, &matters),
            sentences::alerts(facts, places, settled, &matters),
            sentences::targets(facts, places, settled, &matters),
        ];
        let several: Vec<Sentence> = several.into_iter().flatten().collect();
        if matters.len() + several.len() <= room || most == 1 {
            break several;
        }
        most -= 1;
    };
    let mut sentences: Vec<Sentence> = matters.iter().map(|matter| matter.sentence(facts, places)).collect();
    sentences.extend(about_several);
    sentences.extend(sentences::also_changed(facts, places, &matters));
    sentences.extend(sentences::weakest_segment(facts, places));
    sentences.truncate(room);
    segment.into_iter().chain(sentences).chain(action).collect()
}

fn settled<'a>(facts: &Facts<'a>) -> Vec<Settled<'a>> {
    facts
        .kpis
        .iter()
        .filter_map(|definition| {
            let seen = facts.total(definition.id);
            let (verdict, value) = (seen.verdict()?, seen.value()?);
            (verdict.maturity == Maturity::Final).then_some(Settled { definition, verdict, value })
        })
        .collect()
}

/// How bad news a figure is: missed and red, missed, red, clearly worse. Higher is worse; none is no bad news.
fn badness(facts: &Facts<'_>, settled: &Settled<'_>) -> Option<u8> {
    let missed = settled.verdict.target_met == Some(TargetMet::No);
    let red = settled.verdict.status == Some(Status::Red);
    match (missed, red, clear_tone(facts, settled)) {
        (true, true, _) => Some(4),
        (true, false, _) => Some(3),
        (false, true, _) => Some(2),
        (false, false, Some(Tone::Bad)) => Some(1),
        _ => None,
    }
}

/// How good news a figure is: clearly better, on target, in the green.
fn goodness(facts: &Facts<'_>, settled: &Settled<'_>) -> Option<u8> {
    let met = settled.verdict.target_met == Some(TargetMet::Yes);
    let green = settled.verdict.status == Some(Status::Green);
    match (clear_tone(facts, settled), met, green) {
        _ if badness(facts, settled).is_some() => None,
        (Some(Tone::Good), _, _) => Some(3),
        (_, true, _) => Some(2),
        (_, _, true) => Some(1),
        _ => None,
    }
}

/// What a real change on the previous period means; none if there is none.
fn clear_tone(facts: &Facts<'_>, settled: &Settled<'_>) -> Option<Tone> {
    let change = settled.verdict.previous.as_ref().filter(|change| change.significant == Some(true))?;
    Some(changes::tone_of(facts, settled.definition, change))
}

/// The first of the greatest: the plan's order breaks ties.
fn most<'s, 'a>(settled: &'s [Settled<'a>], rank: impl Fn(&Settled<'a>) -> Option<u8>) -> Option<&'s Settled<'a>> {
    settled.iter().filter_map(|one| Some((rank(one)?, one))).rev().max_by_key(|(rank, _)| *rank).map(|(_, one)| one)
}

/// One sentence that says the period: the worst news, then the best.
fn headline(facts: &Facts<'_>, settled: &[Settled<'_>]) -> String {
    let bad = most(settled, |one| badness(facts, one)).map(|one| bad_clause(facts, one));
    let good = most(settled, |one| goodness(facts, one)).map(|one| good_clause(facts, one));
    let headline = match (bad, good) {
        (Some(bad), Some(good)) => facts.say("headline-both", &[("bad", &bad), ("good", &good)]),
        (Some(only), None) | (None, Some(only)) => facts.say("headline-one", &[("clause", &only)]),
        (None, None) => segment_clause(facts).unwrap_or_else(|| facts.text("headline-quiet")),
    };
    at_start(&headline)
}

/// The clear change of a segment, where that is all there is to tell.
fn segment_clause(facts: &Facts<'_>) -> Option<String> {
    let finding = changes::of_a_segment_alone(facts)?;
    let segment = facts.segment(&finding.verdict.key.segment);
    let name = facts.say("narrative-in-segment", &[("name", &short(facts, finding.definition)), ("segment", &segment)]);
    let value = facts.compact(finding.definition, finding.verdict.reading.value.ok()?);
    let id = if finding.change.difference < 0.0 { "clause-clear-fall" } else { "clause-clear-rise" };
    Some(facts.say(id, &[("name", &name), ("value", &value)]))
}

/// A count as the messages take it.
fn number(n: usize) -> u64 {
    u64::try_from(n).unwrap_or(u64::MAX)
}

/// The message of an alert, and its limit in words.
fn limit(facts: &Facts<'_>, definition: &Definition, alert: &Alert) -> (&'static str, String) {
    match *alert {
        Alert::Below(limit) => ("alert-below", facts.compact(definition, limit)),
        Alert::Above(limit) => ("alert-above", facts.compact(definition, limit)),
        Alert::Drop(limit) => ("alert-drop", facts.unsigned_difference(definition, limit)),
        Alert::Rise(limit) => ("alert-rise", facts.unsigned_difference(definition, limit)),
    }
}

/// A KPI's name within a sentence.
fn long(facts: &Facts<'_>, definition: &Definition) -> String {
    within_sentence(&facts.name(definition.id))
}

/// A KPI's short name within a sentence.
fn short(facts: &Facts<'_>, definition: &Definition) -> String {
    within_sentence(&facts.short(definition.id))
}

fn clause(facts: &Facts<'_>, id: &str, one: &Settled<'_>) -> String {
    let target = one.verdict.target.map(|target| facts.compact(one.definition, target)).unwrap_or_default();
    let band = facts.band(one.verdict).map(|band| within_sentence(&band)).unwrap_or_default();
    let value = facts.compact(one.definition, one.value);
    let name = short(facts, one.definition);
    facts.say(id, &[("name", &name), ("value", &value), ("target", &target), ("band", &band)])
}

fn bad_clause(facts: &Facts<'_>, one: &Settled<'_>) -> String {
    let id = match badness(facts, one) {
        Some(3 | 4) => side_of_target(one, "clause-missed-above", "clause-missed-below"),
        Some(2) => "clause-red",
        _ => side_of_change(one, "clause-clear-rise", "clause-clear-fall"),
    };
    clause(facts, id, one)
}

fn good_clause(facts: &Facts<'_>, one: &Settled<'_>) -> String {
    let id = match goodness(facts, one) {
        Some(3) => side_of_change(one, "clause-clear-rise", "clause-clear-fall"),
        Some(2) => "clause-met",
        _ => "clause-green",
    };
    clause(facts, id, one)
}

fn side_of_target(one: &Settled<'_>, above: &'static str, below: &'static str) -> &'static str {
    if one.verdict.target.is_some_and(|target| one.value > target) { above } else { below }
}

fn side_of_change(one: &Settled<'_>, rise: &'static str, fall: &'static str) -> &'static str {
    let falls = one.verdict.previous.as_ref().is_some_and(|change| change.difference < 0.0);
    if falls { fall } else { rise }
}

/// The KPIs that the period is about, most important first: what changed clearly, then what is off its target or in the
/// red.
pub(super) fn news(facts: &Facts<'_>) -> Vec<&'static str> {
    let settled = settled(facts);
    let changed = changes::findings(facts).into_iter().map(|finding| finding.definition.id);
    changed.chain(most(&settled, |one| badness(facts, one)).map(|one| one.definition.id)).collect()
}
