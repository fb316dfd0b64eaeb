//! The sentences about several figures at once: what else changed, targets, alerts, the weakest segment, what to do.
//!
//! Leaves out the KPIs that have a sentence of their own.

use super::draft::Draft;
use super::matters::{Matter, shown_change};
use super::{Settled, apart, beside_target, limit, long, number, short};
use crate::config::Status;
use crate::judgement::{Maturity, TargetMet, Verdict};
use crate::kpi::{Definition, Sampling, Unit};
use crate::report::view::{Call, Facts, Places, Sentence, Tone, changes, clean, within_sentence};

/// Names that a sentence lists; beyond, it says how many more there are.
const MOST_NAMES: usize = 4;

/// A named figure: the KPI, its short name, and what stands in the sentence for it.
struct Named<'a> {
    definition: &'static Definition,
    text: String,
    on: &'a Verdict,
}

/// A list of names, not too long.
fn list(facts: &Facts<'_>, named: &[Named<'_>]) -> String {
    let mut texts: Vec<String> = named.iter().take(MOST_NAMES).map(|one| one.text.clone()).collect();
    match named.len().saturating_sub(MOST_NAMES) {
        0 => {}
        more => texts.push(facts.count("list-more", number(more), &[])),
    }
    facts.locale.list(&texts)
}

/// Rests on the figures listed, and leads to each of them that is named by its short name.
fn naming(mut draft: Draft, facts: &Facts<'_>, places: &Places, named: &[Named<'_>]) -> Draft {
    for one in named.iter().take(MOST_NAMES) {
        draft = draft.naming(places, one.definition.id, &short(facts, one.definition));
    }
    draft.on(named.iter().map(|one| one.on))
}

/// The clear change of a segment, where no total changed clearly: else nobody would read of it.
pub(super) fn segment_alone(facts: &Facts<'_>, places: &Places) -> Option<Sentence> {
    segment_changed(facts, places, &changes::of_a_segment_alone(facts)?)
}

/// The clear change of a segment that the total did not go with.
pub(super) fn segment(facts: &Facts<'_>, places: &Places) -> Option<Sentence> {
    segment_changed(facts, places, &changes::of_a_segment(facts)?)
}

fn segment_changed(facts: &Facts<'_>, places: &Places, finding: &changes::Finding<'_>) -> Option<Sentence> {
    let (before, value) = shown_change(facts, finding)?;
    let changes::Finding { definition, verdict, change, .. } = *finding;
    let (name, segment) = (long(facts, definition), facts.segment(&verdict.key.segment));
    let grammar = facts.grammar(definition.id);
    let subject = facts.say("narrative-subject", &[("grammar", &grammar), ("name", &name)]);
    let subject = facts.say("narrative-in-segment", &[("name", &subject), ("segment", &segment)]);
    let id = if change.difference > 0.0 { "narrative-rose" } else { "narrative-fell" };
    let texts = [
        ("grammar", grammar.as_str()),
        ("name", &subject),
        ("value", &value),
        ("before", &before),
        ("period", &facts.against(&change.against)),
    ];
    let text = facts.say("narrative-sentence", &[("text", &facts.say(id, &texts))]);
    let earlier = facts.at(&change.against, &verdict.key.dimension, &verdict.key.segment, definition.id).verdict();
    let draft = Draft::new(changes::tone_of(facts, definition, change), text).on([verdict]).on(earlier);
    Some(draft.naming_figure(places, verdict, &name).naming_segment(facts, places, verdict).finish())
}

/// That nothing changed beyond chance, or that nothing can be compared; none where something did change. What the
/// sentences before tell of, another baseline or a segment, is set apart, and what else changed over a year comes first;
/// counts that moved have a sentence themselves.
pub(super) fn nothing_changed(facts: &Facts<'_>, places: &Places, told: &[Matter<'_>]) -> Option<Sentence> {
    if !changes::findings(facts).is_empty() {
        return None;
    }
    let tested = changes::tested(facts);
    let Some(change) = tested.first().and_then(|verdict| verdict.previous.as_ref()) else {
        let is_told = !changes::of_counts(facts).is_empty();
        return (!is_told).then(|| Draft::new(Tone::Neutral, facts.text(changes::why_untested(facts))).finish());
    };
    let also = untold(facts, told);
    let least = changes::least_likely(&tested);
    let id = if changes::of_a_segment_alone(facts).is_some() {
        "narrative-no-change-whole"
    } else if !also.is_empty() || told.iter().any(Matter::has_changed) {
        "narrative-no-change-alone"
    } else if least.is_some() {
        "narrative-no-change-but"
    } else {
        "narrative-no-change"
    };
    let none = facts.count(id, number(tested.len()), &[("period", &facts.against(&change.against))]);
    let also_text = (!also.is_empty()).then(|| also_text(facts, &also));
    let stands_out = least.and_then(|verdict| stands_out(facts, verdict, told, &also));
    let stands_out_text = stands_out.as_ref().map(|one| facts.say("narrative-stands-out", &[("name", &one.text)]));
    let text = also_text.into_iter().chain([none]).chain(stands_out_text).collect::<Vec<_>>().join(" ");
    let mut draft = naming(Draft::new(Tone::Neutral, text).on(tested), facts, places, &also);
    if let Some(one) = &stands_out {
        draft = draft.naming(places, one.definition.id, &within_sentence(&facts.plain_name(one.definition.id)));
    }
    Some(draft.finish())
}

/// The figure whose change by itself would hardly be chance, `NPS (from 49 to 35)`, unless something else is said of it.
fn stands_out<'a>(
    facts: &Facts<'_>,
    verdict: &'a Verdict,
    told: &[Matter<'_>],
    also: &[Named<'_>],
) -> Option<Named<'a>> {
    let definition = facts.kpis.iter().copied().find(|definition| definition.id == verdict.key.kpi)?;
    let is_said = is_told(told, definition)
        || also.iter().any(|one| one.definition.id == definition.id)
        || verdict.target_met == Some(TargetMet::No)
        || !verdict.alerts.is_empty();
    let (before, value) =
        apart(facts, definition, verdict.previous.as_ref()?.value, verdict.reading.value.ok()?).filter(|_| !is_said)?;
    let name = within_sentence(&facts.plain_name(definition.id));
    let text = facts.say("narrative-moved-one", &[("name", &name), ("before", &before), ("value", &value)]);
    Some(Named { definition, text, on: verdict })
}

/// The counts and sums that moved, which are facts: where a test found a change, those alone that are news beside it.
pub(super) fn moved(facts: &Facts<'_>, places: &Places) -> Option<Sentence> {
    let mut moved = changes::of_counts(facts);
    if !changes::findings(facts).is_empty() {
        moved.retain(|finding| changes::is_far(facts, finding));
    }
    let against = facts.against(&moved.first()?.change.against);
    let named: Vec<Named<'_>> = moved
        .iter()
        .map(|finding| Named {
            definition: finding.definition,
            text: changes::fact(facts, "narrative-moved-one", finding),
            on: finding.verdict,
        })
        .collect();
    let text = facts.say("narrative-moved", &[("period", &against), ("names", &list(facts, &named))]);
    let mut draft = Draft::new(Tone::Neutral, text).on(named.iter().map(|one| one.on));
    for one in named.iter().take(MOST_NAMES) {
        draft = draft.naming(places, one.definition.id, &within_sentence(&facts.plain_name(one.definition.id)));
    }
    Some(draft.finish())
}

/// The real changes that have no sentence of their own; where none is on the period before, they stand beside what is said
/// of that.
pub(super) fn also_changed(facts: &Facts<'_>, places: &Places, told: &[Matter<'_>]) -> Option<Sentence> {
    let named = untold(facts, told);
    let is_beside = changes::findings(facts).is_empty() && !changes::tested(facts).is_empty();
    let is_here = !named.is_empty() && !is_beside;
    is_here.then(|| naming(Draft::new(Tone::Neutral, also_text(facts, &named)), facts, places, &named).finish())
}

fn also_text(facts: &Facts<'_>, named: &[Named<'_>]) -> String {
    facts.count("narrative-also-changed", number(named.len()), &[("names", &list(facts, named))])
}

/// The real changes that have no sentence of their own, those on the period before first; one on the year before says so.
fn untold<'a>(facts: &Facts<'a>, told: &[Matter<'_>]) -> Vec<Named<'a>> {
    let mut named: Vec<Named<'a>> = Vec::new();
    let mut push = |finding: &changes::Finding<'a>, text: String| {
        let (definition, on) = (finding.definition, finding.verdict);
        if !is_told(told, definition) && named.iter().all(|known| known.definition.id != definition.id) {
            named.push(Named { definition, text, on });
        }
    };
    for finding in changes::findings(facts) {
        push(&finding, short(facts, finding.definition));
    }
    for finding in changes::on_the_year_before(facts) {
        if shown_change(facts, &finding).is_some() {
            let against = facts.say("clause-against", &[("period", &facts.against(&finding.change.against))]);
            push(&finding, format!("{} {against}", short(facts, finding.definition)));
        }
    }
    named
}

fn is_told(told: &[Matter<'_>], definition: &Definition) -> bool {
    told.iter().any(|matter| matter.definition.id == definition.id)
}

/// Which targets are missed, how many are met; none if every missed one has a sentence of its own.
pub(super) fn targets(
    facts: &Facts<'_>,
    places: &Places,
    settled: &[Settled<'_>],
    told: &[Matter<'_>],
) -> Option<Sentence> {
    let of = |wanted: TargetMet| settled.iter().filter(move |one| one.verdict.target_met == Some(wanted));
    let (met, open, missed) =
        (of(TargetMet::Yes).count(), of(TargetMet::CannotTell).count(), of(TargetMet::No).count());
    let named: Vec<Named<'_>> = of(TargetMet::No)
        .filter(|one| !is_told(told, one.definition))
        .map(|one| Named { definition: one.definition, text: against_target(facts, one), on: one.verdict })
        .collect();
    if met + open + missed == 0 || (named.is_empty() && missed > 0) {
        return None;
    }
    let all = facts.locale.count(number(met + open + missed));
    let is_unknown = met + missed == 0;
    let open_text = (open > 0 && !is_unknown).then(|| facts.count("narrative-targets-open", number(open), &[]));
    let (tone, text) = match (missed, named.len() == missed) {
        _ if is_unknown => (Tone::Neutral, facts.count("narrative-targets-unknown", number(open), &[])),
        (0, _) => {
            let tone = if open == 0 { Tone::Good } else { Tone::Neutral };
            (tone, facts.count("narrative-targets-none-missed", number(met), &[("all", &all)]))
        }
        (_, is_all) => {
            let id = if is_all { "narrative-targets-missed" } else { "narrative-targets-also" };
            (Tone::Bad, facts.count(id, number(missed), &[("all", &all), ("names", &list(facts, &named))]))
        }
    };
    let text = [Some(text), open_text].into_iter().flatten().collect::<Vec<_>>().join(" ");
    let judged = settled.iter().filter(|one| one.verdict.target_met.is_some()).map(|one| one.verdict);
    Some(naming(Draft::new(tone, text), facts, places, &named).on(judged).finish())
}

/// `churn (3.1% against 2.0%)`.
fn against_target(facts: &Facts<'_>, one: &Settled<'_>) -> String {
    let (value, target) = beside_target(facts, one.definition, one.verdict, one.value);
    let name = short(facts, one.definition);
    facts.say("narrative-missed-one", &[("name", &name), ("value", &value), ("target", &target)])
}

/// Whether a figure stands in the red whatever chance did: it is final, and no other band holds any of its interval. Of
/// what is a sample without an interval nobody can tell.
fn is_clearly_red(facts: &Facts<'_>, verdict: &Verdict) -> bool {
    let bands = facts.input.benchmarks.get(verdict.key.kpi).map(|benchmark| benchmark.bands.as_slice());
    let is_clear = match verdict.reading.interval {
        Some(own) => {
            let mut others = bands.unwrap_or_default().iter().filter(|band| band.status != Status::Red);
            others.all(|band| own.high < band.from || own.low >= band.to)
        }
        None => verdict.reading.sampling == Sampling::None,
    };
    verdict.status == Some(Status::Red) && verdict.maturity == Maturity::Final && is_clear
}

/// The segment with the most figures clearly in the red, where it has at least two.
pub(super) fn weakest_segment(facts: &Facts<'_>, places: &Places) -> Option<Sentence> {
    let mut worst: Vec<Named<'_>> = Vec::new();
    for dimension in facts.splits().filter(|dimension| dimension.0.len() == 1) {
        let name = dimension.name();
        for segment in facts.segments(&name) {
            let red = |definition: &'static Definition| {
                let on = facts.now(&name, segment, definition.id).verdict()?;
                is_clearly_red(facts, on).then(|| Named { definition, text: short(facts, definition), on })
            };
            let red: Vec<Named<'_>> = facts.kpis.iter().filter_map(|definition| red(definition)).collect();
            if red.len() >= 2 && red.len() > worst.len() {
                worst = red;
            }
        }
    }
    let first = worst.first()?.on;
    let segment = facts.segment(&first.key.segment);
    let names = list(facts, &worst);
    let text = facts.count("narrative-weakest", number(worst.len()), &[("segment", &segment), ("names", &names)]);
    let mut draft = Draft::new(Tone::Bad, text).on(worst.iter().map(|one| one.on));
    for one in worst.iter().take(MOST_NAMES) {
        draft = draft.naming_figure(places, one.on, &one.text);
    }
    Some(draft.naming_segment(facts, places, first).finish())
}

/// Alerts of the benchmarks that went off and have no sentence of their own.
pub(super) fn alerts(
    facts: &Facts<'_>,
    places: &Places,
    settled: &[Settled<'_>],
    told: &[Matter<'_>],
) -> Option<Sentence> {
    let mut raised: Vec<Named<'_>> = Vec::new();
    for one in settled.iter().filter(|one| !is_told(told, one.definition)) {
        for alert in &one.verdict.alerts {
            let (id, limit) = limit(facts, one.definition, alert);
            let text = facts.say(id, &[("name", &short(facts, one.definition)), ("limit", &limit)]);
            raised.push(Named { definition: one.definition, text, on: one.verdict });
        }
    }
    let text = facts.count("narrative-alerts", number(raised.len()), &[("alerts", &list(facts, &raised))]);
    (!raised.is_empty()).then(|| naming(Draft::new(Tone::Bad, text), facts, places, &raised).finish())
}

/// What to do: whom to call first, or how much revenue is at risk, where the report has the list or that figure.
pub(super) fn action(facts: &Facts<'_>, places: &Places) -> Option<Sentence> {
    let at_risk: Vec<_> = facts.input.customers.iter().filter(|customer| customer.call == Call::AtRisk).collect();
    let money = |amount: f64| facts.locale.value_compact(amount, Unit::Money, &facts.input.company.currency);
    let known = facts.total("mrr_at_risk").verdict();
    if let Some(first) = at_risk.first() {
        let n = number(at_risk.len());
        let sum = money(at_risk.iter().map(|customer| customer.mrr).sum());
        let calls = places.calls();
        return Some(if facts.input.names {
            let (name, own) = (clean(&first.name), money(first.mrr));
            let text = facts.count("narrative-call-first", n, &[("sum", &sum), ("name", &name), ("mrr", &own)]);
            Draft::new(Tone::Act, text).naming_section(calls, &name).on(known).finish()
        } else {
            Draft::new(Tone::Act, facts.count("narrative-call", n, &[("sum", &sum)])).on(known).finish()
        });
    }
    // Charts bring figures that the report does not show.
    let is_shown = facts.kpis.iter().any(|definition| definition.id == "mrr_at_risk");
    let is_told = |verdict: &&Verdict| is_shown && verdict.reading.n > 0 && verdict.maturity == Maturity::Final;
    let verdict = known.filter(is_told)?;
    let value = verdict.reading.value.ok().filter(|value| *value > 0.0)?;
    let text = facts.count("narrative-at-risk", verdict.reading.n, &[("sum", &money(value))]);
    Some(Draft::new(Tone::Act, text).on([verdict]).finish())
}
