//! The sentences of the narrative: what changed and why, targets, the weakest segment, alerts, what to do.

use super::{MOST_CHANGES, Settled, clause, short};
use crate::config::Status;
use crate::judgement::{Alert, Maturity, TargetMet, Verdict};
use crate::kpi::{Definition, Unit};
use crate::report::view::{Call, Direction, Facts, Sentence, Tone, changes, clean, within_sentence};

/// The largest real changes with their drivers, or that there is none; and the largest on the year before that is not
/// told yet.
pub(super) fn changed(facts: &Facts<'_>) -> Vec<Sentence> {
    let findings = changes::findings(facts);
    let is_told = |kpi: &str| findings.iter().any(|finding| finding.definition.id == kpi);
    let year_before = changes::on_the_year_before(facts).into_iter().find(|finding| !is_told(finding.definition.id));
    let year_before = year_before.map(|finding| change_sentence(facts, &finding));
    if findings.is_empty() {
        return std::iter::once(nothing_changed(facts)).chain(year_before).collect();
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
    sentences.extend(year_before);
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
    let driver = driver
        .map(|driver| facts.say("narrative-driver", &[("driver", &changes::driver_text(facts, definition, driver))]));
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
pub(super) fn targets(facts: &Facts<'_>, settled: &[Settled<'_>]) -> Option<Sentence> {
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
        (
            Tone::Bad,
            facts.count("narrative-targets-missed", number(missed.len()), &[("all", &of_all), ("names", &names)]),
        )
    };
    Some(Sentence { tone, text: [text, open_text].join(" ").trim_end().to_owned() })
}

/// The segment with the most figures in the red, where it has at least two.
pub(super) fn weakest_segment(facts: &Facts<'_>) -> Option<Sentence> {
    let mut worst: Option<(usize, Vec<String>, &str)> = None;
    for dimension in facts.input.plan.segments.iter().filter(|dimension| dimension.0.len() == 1) {
        let name = dimension.name();
        for segment in facts.segments(&name) {
            let is_red = |definition: &&&'static Definition| {
                let verdict = facts.now(&name, segment, definition.id).verdict();
                verdict
                    .is_some_and(|verdict| verdict.status == Some(Status::Red) && verdict.maturity == Maturity::Final)
            };
            let red: Vec<String> =
                facts.kpis.iter().filter(is_red).map(|definition| short(facts, definition)).collect();
            if red.len() >= 2 && worst.as_ref().is_none_or(|(most, ..)| red.len() > *most) {
                worst = Some((red.len(), red, segment));
            }
        }
    }
    let (n, names, segment) = worst?;
    let (segment, names) = (facts.segment(segment), facts.locale.list(&names));
    let text = facts.count(
        "narrative-weakest",
        u64::try_from(n).unwrap_or(u64::MAX),
        &[("segment", &segment), ("names", &names)],
    );
    Some(Sentence { tone: Tone::Bad, text })
}

/// Alerts of the benchmarks that went off, in one sentence.
pub(super) fn alerts(facts: &Facts<'_>, settled: &[Settled<'_>]) -> Option<Sentence> {
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
pub(super) fn action(facts: &Facts<'_>) -> Option<Sentence> {
    let at_risk: Vec<_> = facts.input.customers.iter().filter(|customer| customer.call == Call::AtRisk).collect();
    let money = |amount: f64| facts.locale.value_compact(amount, Unit::Money, &facts.input.company.currency);
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
