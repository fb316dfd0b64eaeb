//! The period in sentences: headline, narrative, subject line; from tested facts only.
//!
//! Says nothing about a period that still runs, calls nothing a change that may be chance, and never guesses a cause.

use super::view::{Call, Direction, Facts, Sentence, Tone, at_start, changes, clean, cut, within_sentence};
use crate::config::Status;
use crate::judgement::{Alert, Maturity, TargetMet, Verdict};
use crate::kpi::Definition;

/// Characters of a subject line, so that no mail header grows too long.
pub(super) const LONGEST_SUBJECT: usize = 200;
/// Sentences of a narrative.
const MOST_SENTENCES: usize = 5;
/// Changes that get a sentence of their own.
const MOST_CHANGES: usize = 2;

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

/// Tells the shown period.
pub(super) fn tell(facts: &Facts<'_>) -> Story {
    if facts.is_open() {
        let period = facts.locale.period(facts.input.period);
        return Story {
            headline: facts.say("headline-open", &[("period", &period)]),
            preheader: facts.text("narrative-open"),
            sentences: vec![Sentence { tone: Tone::Neutral, text: facts.text("narrative-open") }],
        };
    }
    let settled = settled(facts);
    let mut sentences = changed(facts);
    sentences.extend(targets(facts, &settled));
    sentences.extend(weakest_segment(facts));
    sentences.extend(alerts(facts, &settled));
    sentences.truncate(MOST_SENTENCES - 1);
    sentences.extend(action(facts));
    let preheader = sentences.first().map(|sentence| sentence.text.clone()).unwrap_or_default();
    Story { headline: headline(facts, &settled), preheader: cut(&preheader, 160), sentences }
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
        (None, None) if settled.is_empty() => facts.text("headline-nothing"),
        (None, None) => facts.text("headline-quiet"),
    };
    at_start(&headline)
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

/// The largest real changes with their drivers, or that there is none.
fn changed(facts: &Facts<'_>) -> Vec<Sentence> {
    let findings = changes::findings(facts);
    if findings.is_empty() {
        return vec![nothing_changed(facts)];
    }
    let rest = findings.len().saturating_sub(MOST_CHANGES);
    let mut sentences: Vec<Sentence> =
        findings.iter().take(MOST_CHANGES).map(|finding| change_sentence(facts, finding)).collect();
    if rest > 0 {
        let names: Vec<String> =
            findings.iter().skip(MOST_CHANGES).map(|finding| short(facts, finding.definition)).collect();
        let text = facts.say("narrative-also-changed", &[("names", &facts.locale.list(&names))]);
        sentences.push(Sentence { tone: Tone::Neutral, text });
    }
    sentences
}

fn nothing_changed(facts: &Facts<'_>) -> Sentence {
    let tested = facts.kpis.iter().filter_map(|definition| facts.total(definition.id).verdict()?.previous.as_ref());
    let tested: Vec<_> = tested.filter(|change| change.significant.is_some()).collect();
    let text = match tested.first() {
        Some(change) => {
            let n = u64::try_from(tested.len()).unwrap_or(u64::MAX);
            facts.count("narrative-no-change", n, &[("period", &facts.against(&change.against))])
        }
        None => facts.text("narrative-not-compared"),
    };
    Sentence { tone: Tone::Neutral, text }
}

fn change_sentence(facts: &Facts<'_>, finding: &changes::Finding<'_>) -> Sentence {
    let changes::Finding { definition, verdict, change, driver, .. } = finding;
    let value = verdict.reading.value.map(|value| facts.compact(definition, value)).unwrap_or_default();
    let (name, before) = (facts.name(definition.id), facts.compact(definition, change.value));
    let difference = facts.unsigned_difference(definition, change.difference);
    let against = facts.against(&change.against);
    let texts = [
        ("name", name.as_str()),
        ("difference", difference.as_str()),
        ("value", value.as_str()),
        ("before", before.as_str()),
        ("period", against.as_str()),
    ];
    let moved = facts.moved(definition, verdict, change);
    let id = if moved.direction == Direction::Fall { "narrative-fell" } else { "narrative-rose" };
    let crossed = crossed_band(facts, verdict, &change.against);
    let driver = driver.map(|driver| facts.say("narrative-driver", &[("driver", &changes::driver_text(facts, definition, driver))]));
    let parts = [Some(facts.say(id, &texts)), crossed, driver];
    Sentence { tone: moved.tone, text: parts.into_iter().flatten().collect::<Vec<_>>().join(" ") }
}

/// That a figure left its band, where it did.
fn crossed_band(facts: &Facts<'_>, verdict: &Verdict, before: &str) -> Option<String> {
    let earlier = facts.at(before, &verdict.key.dimension, &verdict.key.segment, verdict.key.kpi).verdict()?;
    let (from, to) = (within_sentence(&facts.band(earlier)?), within_sentence(&facts.band(verdict)?));
    (earlier.band != verdict.band).then(|| facts.say("narrative-crossed", &[("from", &from), ("to", &to)]))
}

/// Which targets are missed, how many are met.
fn targets(facts: &Facts<'_>, settled: &[Settled<'_>]) -> Option<Sentence> {
    let of = |wanted: TargetMet| settled.iter().filter(move |one| one.verdict.target_met == Some(wanted));
    let (met, open) = (of(TargetMet::Yes).count(), of(TargetMet::CannotTell).count());
    let missed: Vec<String> = of(TargetMet::No).map(|one| clause(facts, "narrative-missed-one", one)).collect();
    let number = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
    let all = met + open + missed.len();
    if all == 0 {
        return None;
    }
    let of_all = facts.locale.count(number(all));
    let open_text = if open > 0 { facts.count("narrative-targets-open", number(open), &[]) } else { String::new() };
    let (tone, text) = if missed.is_empty() {
        let tone = if open == 0 { Tone::Good } else { Tone::Neutral };
        (tone, facts.count("narrative-targets-none-missed", number(met), &[("all", &of_all)]))
    } else {
        let names = facts.locale.list(&missed);
        (Tone::Bad, facts.count("narrative-targets-missed", number(missed.len()), &[("all", &of_all), ("names", &names)]))
    };
    Some(Sentence { tone, text: [text, open_text].join(" ").trim_end().to_owned() })
}

/// The segment with the most figures in the red, where it has at least two.
fn weakest_segment(facts: &Facts<'_>) -> Option<Sentence> {
    let mut worst: Option<(usize, Vec<String>, &str)> = None;
    for dimension in facts.input.plan.segments.iter().filter(|dimension| dimension.0.len() == 1) {
        let name = dimension.name();
        for segment in facts.segments(&name) {
            let is_red = |definition: &&&'static Definition| {
                let verdict = facts.now(&name, segment, definition.id).verdict();
                verdict.is_some_and(|verdict| verdict.status == Some(Status::Red) && verdict.maturity == Maturity::Final)
            };
            let red: Vec<String> = facts.kpis.iter().filter(is_red).map(|definition| short(facts, definition)).collect();
            if red.len() >= 2 && worst.as_ref().is_none_or(|(most, ..)| red.len() > *most) {
                worst = Some((red.len(), red, segment));
            }
        }
    }
    let (n, names, segment) = worst?;
    let (segment, names) = (facts.segment(segment), facts.locale.list(&names));
    let text = facts.count("narrative-weakest", u64::try_from(n).unwrap_or(u64::MAX), &[("segment", &segment), ("names", &names)]);
    Some(Sentence { tone: Tone::Bad, text })
}

/// Alerts of the benchmarks that went off, in one sentence.
fn alerts(facts: &Facts<'_>, settled: &[Settled<'_>]) -> Option<Sentence> {
    let mut raised: Vec<String> = Vec::new();
    for one in settled {
        for alert in &one.verdict.alerts {
            let (id, limit, is_step) = match alert {
                Alert::Below(limit) => ("alert-below", *limit, false),
                Alert::Above(limit) => ("alert-above", *limit, false),
                Alert::Drop(limit) => ("alert-drop", *limit, true),
                Alert::Rise(limit) => ("alert-rise", *limit, true),
            };
            let limit = if is_step {
                facts.unsigned_difference(one.definition, limit)
            } else {
                facts.compact(one.definition, limit)
            };
            raised.push(facts.say(id, &[("name", &short(facts, one.definition)), ("limit", &limit)]));
        }
    }
    let n = u64::try_from(raised.len()).unwrap_or(u64::MAX);
    (n > 0).then(|| Sentence {
        tone: Tone::Bad,
        text: facts.count("narrative-alerts", n, &[("alerts", &facts.locale.list(&raised))]),
    })
}

/// What to do: whom to call first, or how much revenue is at risk.
fn action(facts: &Facts<'_>) -> Option<Sentence> {
    let at_risk: Vec<_> = facts.input.customers.iter().filter(|customer| customer.call == Call::AtRisk).collect();
    let money = |amount: f64| {
        facts.locale.value_compact(amount, crate::kpi::Unit::Money, &facts.input.company.currency)
    };
    let act = |text: String| Some(Sentence { tone: Tone::Act, text });
    if let Some(first) = at_risk.first() {
        let n = u64::try_from(at_risk.len()).unwrap_or(u64::MAX);
        let sum = money(at_risk.iter().map(|customer| customer.mrr).sum());
        return act(if facts.input.names {
            let (name, own) = (clean(&first.name), money(first.mrr));
            facts.count("narrative-call-first", n, &[("sum", &sum), ("name", &name), ("mrr", &own)])
        } else {
            facts.count("narrative-call", n, &[("sum", &sum)])
        });
    }
    let verdict = facts.total("mrr_at_risk").verdict().filter(|verdict| verdict.reading.n > 0)?;
    let value = verdict.reading.value.ok().filter(|value| *value > 0.0)?;
    act(facts.count("narrative-at-risk", verdict.reading.n, &[("sum", &money(value))]))
}

/// The subject line: report, period, the first KPI, the worst news, the revision.
pub(super) fn subject(facts: &Facts<'_>, report_name: &str) -> String {
    let period = facts.locale.period_medium(facts.input.period);
    let revision = match facts.input.revision {
        0 | 1 => String::new(),
        n => format!(" ({})", facts.say("report-revision", &[("n", &facts.locale.count(u64::from(n)))])),
    };
    let scope = facts.input.scope.map(clean);
    let start: Vec<&str> =
        [Some(report_name), scope.as_deref(), Some(&period)].into_iter().flatten().filter(|part| !part.is_empty()).collect();
    let start = cut(&start.join(" · "), LONGEST_SUBJECT - revision.chars().count());
    let clauses = if facts.is_open() { vec![facts.text("subject-open")] } else { subject_clauses(facts) };
    // Fewer clauses rather than half of one.
    (0..=clauses.len())
        .rev()
        .map(|kept| match clauses.get(..kept).unwrap_or_default() {
            [] => format!("{start}{revision}"),
            kept => format!("{start} · {}{revision}", kept.join(", ")),
        })
        .find(|subject| subject.chars().count() <= LONGEST_SUBJECT)
        .unwrap_or_else(|| cut(report_name, LONGEST_SUBJECT))
}

fn subject_clauses(facts: &Facts<'_>) -> Vec<String> {
    let settled = settled(facts);
    let lead = settled.first();
    let worst = most(&settled, |one| badness(facts, one)).filter(|worst| lead.is_none_or(|lead| lead.definition.id != worst.definition.id));
    let second = worst.or_else(|| settled.get(1));
    lead.into_iter().chain(second).map(|one| subject_clause(facts, one)).collect()
}

fn subject_clause(facts: &Facts<'_>, one: &Settled<'_>) -> String {
    let id = match (badness(facts, one), &one.verdict.band) {
        (Some(3 | 4), _) => side_of_target(one, "subject-above-target", "subject-below-target"),
        (_, Some(_)) => "subject-band",
        (_, None) => "subject-value",
    };
    clause(facts, id, one)
}
