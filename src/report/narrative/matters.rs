//! What there is to tell of the KPIs of the total, what matters most first: headline, subject, narrative and the mail's
//! chart all follow this one order.
//!
//! Everything that is to be said of one KPI goes into one sentence, so that none is told twice.

use super::draft::Draft;
use super::history::{self, Run};
use super::{Settled, apart, beside_target, long, short};
use crate::config::Status;
use crate::judgement::{Alert, TargetMet, Verdict};
use crate::kpi::Definition;
use crate::report::view::{Direction, Facts, Places, Sentence, Tone, changes, within_sentence};

/// Remarks that a sentence carries besides what it begins with.
const MOST_REMARKS: usize = 3;

/// What there is to tell of a KPI.
pub(super) struct Matter<'a> {
    pub(super) definition: &'static Definition,
    verdict: &'a Verdict,
    value: f64,
    /// Whether it is worth a sentence of its own.
    pub(super) is_news: bool,
    /// Whether it is of the period before: the shown one's figure is not final.
    is_late: bool,
    /// A real change that shows at the printed rounding.
    change: Option<changes::Finding<'a>>,
    /// How a count or a sum moved, which is a fact.
    fact: Option<changes::Finding<'a>>,
    /// The periods that the target has been missed in.
    missed: Option<Run<'a>>,
    /// The periods after which it is met again.
    back: Option<Run<'a>>,
    /// The periods in the red of a KPI without a target.
    red: Option<Run<'a>>,
    stands_out: Option<(Direction, Vec<&'a Verdict>)>,
    tone: Tone,
    /// 0 where there is nothing to tell.
    pub(super) weight: f64,
}

/// What there is to tell of each KPI, what matters most first; of equal weight in the plan's order.
pub(super) fn matters<'a>(facts: &Facts<'a>, settled: &[Settled<'a>]) -> Vec<Matter<'a>> {
    let mut changed: Vec<changes::Finding<'a>> = changes::findings(facts);
    for finding in changes::on_the_year_before(facts) {
        if !changed.iter().any(|known| known.definition.id == finding.definition.id) {
            changed.push(finding);
        }
    }
    changed.retain(|finding| shown_change(facts, finding).is_some());
    changed.extend(changes::of_counts(facts));
    let mut found: Vec<Matter<'a>> = settled.iter().map(|one| matter(facts, one, &mut changed)).collect();
    found.sort_by(|a, b| b.weight.total_cmp(&a.weight));
    found
}

fn matter<'a>(facts: &Facts<'a>, one: &Settled<'a>, changed: &mut Vec<changes::Finding<'a>>) -> Matter<'a> {
    let id = one.definition.id;
    let is_late = one.verdict.key.period != *facts.input.period;
    let at = changed.iter().position(|finding| finding.definition.id == id).filter(|_| !is_late);
    let (change, fact) = match at.map(|at| changed.swap_remove(at)) {
        Some(finding) if finding.is_tested => (Some(finding), None),
        fact => (None, fact),
    };
    let verdict = one.verdict;
    let is_missed = verdict.target_met == Some(TargetMet::No);
    let is_red = verdict.target.is_none() && verdict.status == Some(Status::Red);
    let mut matter = Matter {
        definition: one.definition,
        verdict,
        value: one.value,
        is_news: false,
        is_late,
        change,
        fact,
        missed: is_missed.then(|| history::missed(facts, verdict)),
        back: history::missed_before(facts, verdict),
        red: is_red.then(|| history::red(facts, verdict)),
        stands_out: history::stands_out(facts, verdict).filter(|_| !is_late),
        tone: Tone::Neutral,
        weight: 0.0,
    };
    matter.tone = tone(facts, &matter);
    // What misses its target for the first time is told with the other targets, if it is of the shown period.
    let is_again = matter.missed.as_ref().is_some_and(|run| run.len() > 1 || is_late) || matter.red.is_some();
    matter.is_news = matter.change.is_some() || matter.back.is_some() || is_again || !verdict.alerts.is_empty();
    if matter.is_news || !is_late {
        matter.weight = weight(facts, &matter);
    }
    matter
}

/// What a change means; without one, or against it, whether leadership's mark is missed or met; else what a fact means.
fn tone(facts: &Facts<'_>, matter: &Matter<'_>) -> Tone {
    let means = |finding: &changes::Finding<'_>| changes::tone_of(facts, matter.definition, finding.change);
    let is_green = matter.verdict.status == Some(Status::Green);
    match (matter.change.as_ref().map(means), matter.is_off()) {
        (Some(Tone::Good), true) => Tone::Neutral,
        (_, true) => Tone::Bad,
        (Some(tone), false) => tone,
        (None, false) if matter.is_met() || is_green => Tone::Good,
        (None, false) => far(facts, matter).map_or(Tone::Neutral, means),
    }
}

/// The fact, if it is news by itself.
fn far<'m, 'a>(facts: &Facts<'_>, matter: &'m Matter<'a>) -> Option<&'m changes::Finding<'a>> {
    matter.fact.as_ref().filter(|fact| changes::is_far(facts, fact))
}

/// What weighs how much. What is clear comes first, whatever it is compared with: a change on the previous period is the
/// news, one over a year less so; an alert is what leadership asked to be told, but by a value that may be chance it is
/// not clear; a streak weighs more the longer it is; bad news comes before good. Then come facts that moved far, what is
/// as it should be, and the other facts.
fn weight(facts: &Facts<'_>, matter: &Matter<'_>) -> f64 {
    let streak = |run: &Option<Run<'_>>, first: f64| {
        let more = run.as_ref().map_or(0, |run| run.len().saturating_sub(1).min(5));
        run.as_ref().map_or(0.0, |_| first + 4.0 * f64::from(u8::try_from(more).unwrap_or(u8::MAX)))
    };
    let moved = matter.fact.as_ref().map_or(0.0, |fact| changes::share(fact.change).min(1.0));
    let if_so = |is_so: bool, weight: f64| if is_so { weight } else { 0.0 };
    let is_new = matter.change.is_some() && !matter.is_over_a_year();
    let alerts = matter.verdict.alerts.iter().map(|alert| if is_clear(matter.verdict, alert) { 35.0 } else { 20.0 });
    let parts = [
        if_so(is_new, 75.0),
        if_so(matter.is_over_a_year(), 40.0).max(streak(&matter.missed, 30.0)).max(streak(&matter.red, 25.0)),
        alerts.fold(0.0, f64::max),
        if_so(matter.back.is_some(), 25.0),
        if_so(is_new && crossed(facts, matter).is_some(), 15.0),
        if_so(matter.stands_out.is_some(), 10.0),
        if_so(matter.is_bad(), 5.0),
        if_so(matter.missed.is_some() && matter.verdict.status == Some(Status::Red), 3.0),
        moved * if far(facts, matter).is_some() { 20.0 } else { 0.1 },
        if_so(matter.is_met(), 2.0),
        if_so(matter.verdict.status == Some(Status::Green), 1.0),
    ];
    parts.into_iter().sum()
}

/// Whether an alert is no matter of chance: the interval does not hold its limit, or the change that set it off is real.
fn is_clear(verdict: &Verdict, alert: &Alert) -> bool {
    match *alert {
        Alert::Below(limit) | Alert::Above(limit) => !verdict.reading.interval.is_some_and(|own| own.holds(limit)),
        Alert::Drop(_) | Alert::Rise(_) => true,
    }
}

/// The values before and now of a change, in as many decimals as tell them apart; none if no printed decimal does.
pub(super) fn shown_change(facts: &Facts<'_>, finding: &changes::Finding<'_>) -> Option<(String, String)> {
    apart(facts, finding.definition, finding.change.value, finding.verdict.reading.value.ok()?)
}

/// The bands that a real change on the previous period led from and to.
fn crossed<'a>(facts: &Facts<'a>, matter: &Matter<'a>) -> Option<(&'a Verdict, String, String)> {
    let finding = matter.change.as_ref()?;
    let key = &matter.verdict.key;
    let earlier = facts.at(&finding.change.against, &key.dimension, &key.segment, key.kpi).verdict()?;
    let (from, to) = (facts.band(earlier)?, facts.band(matter.verdict)?);
    (earlier.band != matter.verdict.band).then(|| (earlier, within_sentence(&from), within_sentence(&to)))
}

/// A remark, what it rests on, and how much it is wanted: the lowest first.
struct Remark<'a> {
    wanted: u8,
    text: String,
    on: Vec<&'a Verdict>,
}

impl<'a> Matter<'a> {
    /// Whether it tells of a real change.
    pub(super) fn has_changed(&self) -> bool {
        self.change.is_some()
    }

    /// Whether its real change is one on the year before.
    fn is_over_a_year(&self) -> bool {
        self.change.as_ref().is_some_and(|finding| Some(finding.change) != self.verdict.previous.as_ref())
    }

    fn is_met(&self) -> bool {
        self.verdict.target_met == Some(TargetMet::Yes)
    }

    /// Whether leadership's mark is missed: target, band or alert.
    fn is_off(&self) -> bool {
        self.missed.is_some() || self.verdict.status == Some(Status::Red) || !self.verdict.alerts.is_empty()
    }

    /// Whether it is bad news.
    pub(super) fn is_bad(&self) -> bool {
        self.tone == Tone::Bad
    }

    /// Whether it tells no more than how a count or a sum moved, which nobody tested.
    pub(super) fn is_mere_fact(&self) -> bool {
        let is_judged = self.is_off() || self.is_met() || self.verdict.status.is_some();
        self.fact.is_some() && !is_judged
    }

    /// What headlines say of it.
    pub(super) fn clause(&self, facts: &Facts<'_>) -> String {
        let name = short(facts, self.definition);
        let name = if self.is_late { self.of_its_period(facts, &name) } else { name };
        let (value, target) = if self.missed.is_some() || self.change.is_none() {
            beside_target(facts, self.definition, self.verdict, self.value)
        } else {
            (facts.compact(self.definition, self.value), String::new())
        };
        let side = |above: &'static str, below: &'static str| {
            if self.verdict.target.is_some_and(|target| self.value > target) { above } else { below }
        };
        let say = |id: &str| {
            let band = facts.band(self.verdict).map(|band| within_sentence(&band)).unwrap_or_default();
            facts.say(id, &[("name", &name), ("value", &value), ("target", &target), ("band", &band)])
        };
        if let Some(finding) = &self.change {
            let fell = finding.change.difference < 0.0;
            let mut text = say(if fell { "clause-clear-fall" } else { "clause-clear-rise" });
            if self.is_over_a_year() {
                let against = facts.say("clause-against", &[("period", &facts.against(&finding.change.against))]);
                text = format!("{text} {against}");
            }
            if self.missed.is_some() {
                text += &say(side("narrative-above", "narrative-below"));
            }
            return text;
        }
        if self.missed.is_some() {
            return say(side("clause-missed-above", "clause-missed-below"));
        }
        if self.verdict.status == Some(Status::Red) {
            return say("clause-red");
        }
        if let Some(alert) = self.verdict.alerts.first() {
            let (id, limit) = super::limit(facts, self.definition, alert);
            return facts.say(id, &[("name", &name), ("limit", &limit)]);
        }
        match &self.fact {
            _ if self.is_met() => say("clause-met"),
            Some(fact) if self.verdict.status.is_none() => changes::fact(facts, "clause-fact", fact),
            _ => say("clause-green"),
        }
    }

    /// The name of a figure of another period than the one shown.
    fn of_its_period(&self, facts: &Facts<'_>, name: &str) -> String {
        let period = facts.against(&self.verdict.key.period.id);
        facts.say("narrative-of-period", &[("name", name), ("period", &period)])
    }

    /// What the subject says of it: no news that neither headline nor narrative tells of.
    pub(super) fn subject(&self, facts: &Facts<'_>, is_told: bool) -> String {
        let is_above = self.verdict.target.is_some_and(|target| self.value > target);
        let news = match &self.change {
            _ if !is_told => None,
            Some(finding) if finding.change.difference < 0.0 => Some("change-clear-fall"),
            Some(_) => Some("change-clear-rise"),
            None => Some("subject-alert").filter(|_| !self.verdict.alerts.is_empty()),
        };
        let (news, band) = (news.map(|id| facts.text(id)), facts.band(self.verdict).map(|band| within_sentence(&band)));
        // A good band does not say why something is bad news.
        let is_told_by_band = !self.is_bad() || self.verdict.status == Some(Status::Red);
        let word = if is_told_by_band { band.or(news) } else { news.or(band) };
        let id = match (&self.missed, &word) {
            (Some(_), _) if is_told && is_above => "subject-above-target",
            (Some(_), _) if is_told => "subject-below-target",
            (_, Some(_)) => "subject-band",
            (_, None) => "subject-value",
        };
        let (value, word) = (facts.compact(self.definition, self.value), word.unwrap_or_default());
        facts.say(id, &[("name", &short(facts, self.definition)), ("value", &value), ("band", &word)])
    }

    /// The sentence: how the figure moved or where it stands, then what is to be remarked of it.
    pub(super) fn sentence(&self, facts: &Facts<'a>, places: &Places) -> Sentence {
        let name = long(facts, self.definition);
        let (mut text, before) = self.beginning(facts, &name);
        let mut draft = Draft::new(self.tone, "").on([self.verdict]).on(before);
        let mut remarks = self.remarks(facts);
        // In the order in which they are read, without those that are wanted least.
        let mut wanted: Vec<u8> = remarks.iter().map(|remark| remark.wanted).collect();
        wanted.sort_unstable();
        let last = wanted.get(MOST_REMARKS - 1).copied().unwrap_or(u8::MAX);
        remarks.retain(|remark| remark.wanted <= last);
        for remark in remarks {
            text.push_str(&remark.text);
            draft = draft.on(remark.on);
        }
        let driver = self.change.as_ref().and_then(|finding| finding.driver);
        draft = draft.naming(places, self.definition.id, &name);
        if let Some(driver) = driver {
            draft = draft.naming_figure(places, driver.verdict, &facts.segment(&driver.verdict.key.segment));
        }
        draft.with_text(facts.say("narrative-sentence", &[("text", &text)])).finish()
    }

    fn beginning(&self, facts: &Facts<'a>, name: &str) -> (String, Option<&'a Verdict>) {
        let grammar = facts.grammar(self.definition.id);
        let subject = facts.say("narrative-subject", &[("grammar", &grammar), ("name", name)]);
        let Some((finding, (before, value))) =
            self.change.as_ref().and_then(|finding| Some((finding, shown_change(facts, finding)?)))
        else {
            let (value, _) = beside_target(facts, self.definition, self.verdict, self.value);
            let subject = if self.is_late { self.of_its_period(facts, &subject) } else { subject };
            let texts = [("grammar", grammar.as_str()), ("name", &subject), ("value", &value)];
            return (facts.say("narrative-stands", &texts), None);
        };
        let id = if finding.change.difference > 0.0 { "narrative-rose" } else { "narrative-fell" };
        let period = facts.against(&finding.change.against);
        let texts = [
            ("grammar", grammar.as_str()),
            ("name", &subject),
            ("value", &value),
            ("before", &before),
            ("period", &period),
        ];
        let key = &self.verdict.key;
        let earlier = facts.at(&finding.change.against, &key.dimension, &key.segment, key.kpi).verdict();
        (facts.say(id, &texts), earlier)
    }

    /// In the order in which they are read.
    fn remarks(&self, facts: &Facts<'a>) -> Vec<Remark<'a>> {
        let highest = self.stands_out.as_ref().map(|(direction, earlier)| {
            let id = if *direction == Direction::Rise { "narrative-highest" } else { "narrative-lowest" };
            let span = span(facts, earlier.len() + 1, false);
            Remark { wanted: 5, text: facts.say(id, &[("span", &span)]), on: earlier.clone() }
        });
        let crossed = crossed(facts, self).map(|(earlier, from, to)| {
            let text = facts.say("narrative-crossed", &[("from", &from), ("to", &to)]);
            Remark { wanted: 4, text, on: vec![earlier] }
        });
        let driver = self.change.as_ref().and_then(|finding| finding.driver).map(|driver| {
            let text = changes::driver_text(facts, "narrative-driver", self.definition, &driver);
            Remark { wanted: 3, text, on: vec![driver.verdict] }
        });
        let alerts = self.verdict.alerts.iter().map(|alert| {
            let (id, limit) = super::limit(facts, self.definition, alert);
            Remark { wanted: 2, text: facts.say(&format!("narrative-{id}"), &[("limit", &limit)]), on: Vec::new() }
        });
        let others = [highest, self.target(facts), self.rating(facts), crossed, driver];
        let late = self.is_late.then(|| {
            let text = facts.say("narrative-not-final", &[("period", &facts.period_short(facts.input.period))]);
            Remark { wanted: 0, text, on: Vec::new() }
        });
        others.into_iter().flatten().chain(alerts).chain(late).collect()
    }

    /// Against the target: missed, for how long; or met again, after how long; or met for the first time that is known.
    fn target(&self, facts: &Facts<'a>) -> Option<Remark<'a>> {
        let (_, target) = beside_target(facts, self.definition, self.verdict, self.value);
        if let Some(run) = &self.missed {
            let is_above = self.verdict.target.is_some_and(|target| self.value > target);
            let side = if is_above { "narrative-above" } else { "narrative-below" };
            let mut text = facts.say(side, &[("target", &target)]);
            if run.len() > 1 {
                let row = row(facts, run);
                text = if run.has_one_target() {
                    format!("{text} {row}")
                } else {
                    text + &facts.say("narrative-missed-again", &[("row", &row)])
                };
            }
            return Some(Remark { wanted: 1, text, on: run.verdicts.clone() });
        }
        let run = self.back.as_ref()?;
        let span = span(facts, run.len(), run.may_be_longer);
        let id = match run.len() {
            _ if run.may_be_longer => "narrative-met-first",
            1 => "narrative-back",
            _ => "narrative-back-after",
        };
        let text = facts.say(id, &[("target", &target), ("span", &span)]);
        Some(Remark { wanted: 1, text, on: run.verdicts.clone() })
    }

    /// The band of a figure in the red that has no target, and for how long it has been there.
    fn rating(&self, facts: &Facts<'a>) -> Option<Remark<'a>> {
        let run = self.red.as_ref()?;
        let band = within_sentence(&facts.band(self.verdict)?);
        let mut text = facts.say("narrative-rated", &[("band", &band)]);
        if run.len() > 1 {
            text = format!("{text} {}", row(facts, run));
        }
        Some(Remark { wanted: 1, text, on: run.verdicts.clone() })
    }
}

/// `for the third month in a row`.
fn row(facts: &Facts<'_>, run: &Run<'_>) -> String {
    let grain = grain(facts);
    let id = if run.may_be_longer { format!("row-at-least-{grain}") } else { format!("row-{grain}") };
    facts.count(&id, super::number(run.len()), &[])
}

/// `3 months`, `at least 3 months`.
fn span(facts: &Facts<'_>, periods: usize, at_least: bool) -> String {
    let grain = grain(facts);
    let id = if at_least { format!("span-at-least-{grain}") } else { format!("span-{grain}") };
    facts.count(&id, super::number(periods), &[])
}

fn grain(facts: &Facts<'_>) -> &'static str {
    use crate::calendar::Grain;
    match facts.input.period.grain {
        Grain::Week => "week",
        Grain::Quarter => "quarter",
        Grain::Year => "year",
        Grain::Month | Grain::Trailing(_) => "month",
    }
}
