//! The period in sentences: headline, narrative, subject line; from tested facts only.
//!
//! Says nothing about a period that still runs, calls nothing a change that may be chance, and never guesses a cause.

mod draft;
mod history;
mod matters;
mod sentences;
mod subject;

pub(super) use subject::{LONGEST_SUBJECT, subject};

use self::matters::Matter;
use super::view::{
    Facts, Places, Sentence, TOTAL, Themes, Tone, at_start, changes, cut_outside_brackets, within_sentence,
};
use crate::judgement::{Alert, Maturity, Verdict};
use crate::kpi::Definition;

/// Characters of a preheader: no mailbox shows more.
const LONGEST_PREHEADER: usize = 160;
/// Sentences of a narrative.
const MOST_SENTENCES: usize = 5;
/// What matters weigh that are no news: from that a figure is in the green to that it is on target as well.
const LEAST: f64 = 1.0;
const QUIET: f64 = 3.1;
/// KPIs that get a sentence of their own.
const MOST_MATTERS: usize = 3;

/// The period in words.
pub(super) struct Story {
    pub(super) headline: String,
    pub(super) preheader: String,
    pub(super) sentences: Vec<Sentence>,
    /// The KPIs that headline and narrative tell of.
    pub(super) told: Vec<&'static str>,
}

/// A KPI of the total whose figure will not change any more, of the shown period or the one before.
struct Settled<'a> {
    definition: &'static Definition,
    verdict: &'a Verdict,
    value: f64,
}

/// Tells the shown period; names lead to `places` of the report.
pub(super) fn tell(facts: &Facts<'_>, places: &Places, themes: &Themes) -> Story {
    if facts.is_open() {
        let period = facts.locale.period(facts.input.period);
        return Story {
            headline: facts.say("headline-open", &[("period", &period)]),
            preheader: facts.text("narrative-open"),
            sentences: vec![draft::Draft::new(Tone::Neutral, facts.text("narrative-open")).finish()],
            told: Vec::new(),
        };
    }
    if !facts.has_data() {
        let is_missing = facts.kpis.is_empty() && !facts.input.not_configured.is_empty();
        let why = if is_missing { "not-configured" } else { "nothing" };
        let nothing = draft::Draft::new(Tone::Neutral, facts.text(&format!("narrative-{why}"))).finish();
        let (headline, preheader) = (facts.text(&format!("headline-{why}")), nothing.text.clone());
        return Story { headline, preheader, sentences: vec![nothing], told: Vec::new() };
    }
    if facts.with_a_total().next().is_none() {
        return of_themes(facts, themes);
    }
    let settled = settled(facts);
    let matters = all_matters(facts);
    let (headline, mut told) = headline(facts, &matters);
    let sentences = sentences(facts, places, &settled, matters);
    told.extend(named(facts, places, &sentences));
    let preheader = preheader(facts, places, &sentences, &told);
    Story { headline, preheader: cut_outside_brackets(&preheader, LONGEST_PREHEADER), sentences, told }
}

/// The KPIs whose names in sentences lead to their figures of all customers.
fn named<'s>(
    facts: &'s Facts<'_>,
    places: &'s Places,
    sentences: &'s [Sentence],
) -> impl Iterator<Item = &'static str> + 's {
    let spans = || sentences.iter().flat_map(|sentence| &sentence.spans);
    let is_named = move |id: &&'static str| spans().any(|span| span.anchor.as_ref() == Some(&places.kpi(id)));
    facts.kpis.iter().map(|definition| definition.id).filter(is_named)
}

/// A report that shows nothing but what comments are about: the theme that most of them mention.
fn of_themes(facts: &Facts<'_>, themes: &Themes) -> Story {
    let first = themes.rows.first().and_then(|row| Some((row, row.cells.first()?)));
    let said = first.filter(|(_, cell)| cell.bar.is_some());
    let headline = said.map_or_else(
        || facts.text("report-themes"),
        |(row, cell)| facts.say("headline-theme", &[("name", &row.name), ("value", &cell.value)]),
    );
    let note = [&themes.note, &themes.terms_note].into_iter().find(|note| !note.is_empty());
    let text = note.cloned().unwrap_or_else(|| facts.text("narrative-untested"));
    let sentence = draft::Draft::new(Tone::Neutral, text).finish();
    Story {
        headline,
        preheader: cut_outside_brackets(&sentence.text, LONGEST_PREHEADER),
        sentences: vec![sentence],
        told: Vec::new(),
    }
}

/// What mailboxes show after the subject, on locked screens too: the first sentence that says nothing of all customers in
/// the KPIs of the subject; of counts that nobody tested only where there is nothing else, and none about a customer.
fn preheader(facts: &Facts<'_>, places: &Places, sentences: &[Sentence], told: &[&str]) -> String {
    let (told, facts_alone) = (subject::kpis(facts, told), sentences::moved(facts, places));
    let continues = |sentence: &&Sentence| {
        let of_all = sentence.figures.iter().filter(|figure| figure.dimension == TOTAL);
        !of_all.into_iter().any(|figure| told.contains(&figure.kpi.as_str()))
    };
    let is_of_all = |sentence: &&Sentence| sentence.tone != Tone::Act;
    let is_tested = |sentence: &&Sentence| is_of_all(sentence) && Some(*sentence) != facts_alone.as_ref();
    let next = sentences.iter().filter(is_tested).find(continues);
    let next = next.or(sentences.iter().find(is_tested)).or(sentences.iter().find(is_of_all)).or(sentences.last());
    next.map(|sentence| sentence.text.clone()).unwrap_or_default()
}

/// What matters most first, what to do last.
fn sentences<'a>(
    facts: &Facts<'a>,
    places: &Places,
    settled: &[Settled<'a>],
    mut matters: Vec<Matter<'a>>,
) -> Vec<Sentence> {
    matters.retain(|matter| matter.is_news);
    let action = sentences::action(facts, places);
    let alone = sentences::segment_alone(facts, places);
    let of_segment = || if alone.is_none() { sentences::segment(facts, places) } else { None };
    let weakest = sentences::weakest_segment(facts, places).or_else(of_segment);
    let kept = [&action, &alone, &weakest].into_iter().flatten().count();
    let room = MOST_SENTENCES - kept;
    // Fewer KPIs by themselves, as long as what leadership set has no room beside them: targets, alerts.
    let mut most = MOST_MATTERS;
    let about_several = loop {
        matters.truncate(most);
        let several = [
            sentences::nothing_changed(facts, places, &matters),
            sentences::alerts(facts, places, settled, &matters),
            sentences::targets(facts, places, settled, &matters),
        ];
        let several: Vec<Sentence> = several.into_iter().flatten().collect();
        if matters.len() + several.len() <= room || most == 1 {
            break several;
        }
        most -= 1;
    };
    let others = [sentences::also_changed(facts, places, &matters), sentences::moved(facts, places)];
    let news = matters.iter().map(|matter| matter.sentence(facts, places));
    let mut told: Vec<Sentence> = news.chain(about_several).chain(others.into_iter().flatten()).take(room).collect();
    // After the news of the whole; where there is none, after that.
    let at = matters.len().max(1).min(told.len());
    told.splice(at..at, weakest);
    alone.into_iter().chain(told).chain(action).collect()
}

/// The final figures of the shown period.
fn settled<'a>(facts: &Facts<'a>) -> Vec<Settled<'a>> {
    let of = |definition: &&'static Definition| settled_at(facts, &facts.input.period.id, definition);
    facts.kpis.iter().filter_map(of).collect()
}

/// The figures of the period before that have become final since that one was told of, where those of the shown one are not
/// final yet: a report that is sent before a figure is final would never speak of it.
fn late<'a>(facts: &Facts<'a>) -> Vec<Settled<'a>> {
    let Some(previous) = facts.input.company.calendar.previous(facts.input.period) else { return Vec::new() };
    let is_unsettled = |definition: &&&'static Definition| {
        let now = facts.total(definition.id).verdict();
        now.is_some_and(|now| matches!(now.maturity, Maturity::Provisional | Maturity::Immature))
    };
    facts.kpis.iter().filter(is_unsettled).filter_map(|kpi| settled_at(facts, &previous.id, kpi)).collect()
}

fn settled_at<'a>(facts: &Facts<'a>, period: &str, definition: &'static Definition) -> Option<Settled<'a>> {
    let seen = facts.at(period, TOTAL, TOTAL, definition.id);
    let (verdict, value) = (seen.verdict()?, seen.value()?);
    (verdict.maturity == Maturity::Final).then_some(Settled { definition, verdict, value })
}

fn all_matters<'a>(facts: &Facts<'a>) -> Vec<Matter<'a>> {
    let figures: Vec<Settled<'a>> = settled(facts).into_iter().chain(late(facts)).collect();
    matters::matters(facts, &figures)
}

/// One sentence that says the period: what its narrative tells first, and the first news of the other kind; of the two
/// the bad news first, but a fact that nobody tested last. And the KPIs that it tells of.
fn headline(facts: &Facts<'_>, matters: &[Matter<'_>]) -> (String, Vec<&'static str>) {
    // A fact that hardly matters is told only where there is nothing else to say.
    let is_tested = !changes::tested(facts).is_empty();
    let least = if is_tested { LEAST } else { f64::MIN_POSITIVE };
    let news: Vec<&Matter<'_>> = matters.iter().filter(|matter| matter.weight >= least).collect();
    let first = |is_bad: bool| news.iter().copied().find(|matter| matter.is_bad() == is_bad);
    let mut told: Vec<&Matter<'_>> = [first(true), first(false)].into_iter().flatten().collect();
    // A change that was found by a test comes before a fact.
    let is_told = |matter: &Matter<'_>| told.iter().any(|known| known.definition.id == matter.definition.id);
    let untold = news.iter().copied().find(|matter| matter.has_changed() && !is_told(matter));
    if let (Some(fact), Some(change)) = (told.iter_mut().find(|matter| matter.is_mere_fact()), untold) {
        *fact = change;
    }
    told.sort_by_key(|matter| (matter.is_mere_fact(), !matter.is_bad()));
    // Nothing weighs more than that something is as it should be.
    let is_quiet = is_tested
        && changes::of_a_segment_alone(facts).is_none()
        && news.iter().all(|matter| !matter.is_bad() && matter.weight <= QUIET);
    let segment = segment_clause(facts);
    told.truncate(if segment.is_some() { 1 } else { 2 });
    let clauses: Vec<String> = segment.into_iter().chain(told.iter().map(|matter| matter.clause(facts))).collect();
    let text = match clauses.as_slice() {
        [] if is_quiet => facts.text("headline-quiet"),
        [] => facts.say("headline-untested", &[("period", &facts.locale.period(facts.input.period))]),
        [only] if is_quiet => facts.say("headline-both", &[("first", &facts.text("headline-quiet")), ("second", only)]),
        [only] => facts.say("headline-one", &[("clause", only)]),
        [first, second, ..] => facts.say("headline-both", &[("first", first), ("second", second)]),
    };
    (at_start(&text), told.iter().map(|matter| matter.definition.id).collect())
}

/// The clear change of a segment, where no total changed clearly.
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

/// A figure's value and its target, in as many decimals as tell them apart.
fn beside_target(facts: &Facts<'_>, definition: &Definition, verdict: &Verdict, value: f64) -> (String, String) {
    let target = verdict.target.unwrap_or(value);
    apart(facts, definition, value, target)
        .unwrap_or_else(|| (facts.compact(definition, value), facts.compact(definition, target)))
}

/// Two values in as many decimals as tell them apart; none if no printed decimal does.
fn apart(facts: &Facts<'_>, definition: &Definition, a: f64, b: f64) -> Option<(String, String)> {
    let pairs = [Facts::compact, Facts::value].map(|write| (write(facts, definition, a), write(facts, definition, b)));
    pairs.into_iter().find(|(a, b)| a != b)
}

/// The KPIs that the period is about, in the order in which the narrative tells them.
pub(super) fn news(facts: &Facts<'_>) -> Vec<&'static str> {
    let matters = all_matters(facts);
    matters.iter().filter(|matter| matter.is_news || matter.is_bad()).map(|matter| matter.definition.id).collect()
}
