//! What is worth a sentence of its own: the KPIs of the total with news, what matters most first.
//!
//! Everything that is to be said of one KPI goes into one sentence, so that none is told twice.

use super::draft::Draft;
use super::history::{self, Run};
use super::{Settled, badness, long};
use crate::config::Status;
use crate::judgement::{TargetMet, Verdict};
use crate::kpi::Definition;
use crate::report::view::{Direction, Facts, Places, Sentence, Tone, changes, within_sentence};

/// Remarks that a sentence carries besides what it begins with.
const MOST_REMARKS: usize = 3;

/// A KPI with news.
pub(super) struct Matter<'a> {
    pub(super) definition: &'static Definition,
    verdict: &'a Verdict,
    value: f64,
    /// A real change that shows at the printed rounding.
    change: Option<changes::Finding<'a>>,
    /// The periods that the target has been missed in.
    missed: Option<Run<'a>>,
    /// The periods after which it is met again.
    back: Option<Run<'a>>,
    /// The periods in the red of a KPI without a target.
    red: Option<Run<'a>>,
    stands_out: Option<(Direction, Vec<&'a Verdict>)>,
    weight: f64,
}

/// The KPIs with news of their own, what matters most first; of equal weight in the plan's order.
pub(super) fn matters<'a>(facts: &Facts<'a>, settled: &[Settled<'a>]) -> Vec<Matter<'a>> {
    let mut changed: Vec<changes::Finding<'a>> = changes::findings(facts);
    for finding in changes::on_the_year_before(facts) {
        if !changed.iter().any(|known| known.definition.id == finding.definition.id) {
            changed.push(finding);
        }
    }
    changed.retain(|finding| shown_change(facts, finding).is_some());
    let mut found: Vec<Matter<'a>> = settled.iter().filter_map(|one| matter(facts, one, &mut changed)).collect();
    found.sort_by(|a, b| b.weight.total_cmp(&a.weight));
    found
}

fn matter<'a>(facts: &Facts<'a>, one: &Settled<'a>, changed: &mut Vec<changes::Finding<'a>>) -> Option<Matter<'a>> {
    let id = one.definition.id;
    let at = changed.iter().position(|finding| finding.definition.id == id);
    let change = at.map(|at| changed.swap_remove(at));
    let verdict = one.verdict;
    let is_missed = verdict.target_met == Some(TargetMet::No);
    let is_red = verdict.target.is_none() && verdict.status == Some(Status::Red);
    let mut matter = Matter {
        definition: one.definition,
        verdict,
        value: one.value,
        change,
        missed: is_missed.then(|| history::missed(facts, id)),
        back: history::missed_before(facts, verdict),
        red: is_red.then(|| history::red(facts, id)),
        stands_out: history::stands_out(facts, verdict),
        weight: 0.0,
    };
    let is_again = [&matter.missed, &matter.red].into_iter().flatten().any(|run| run.len() > 1);
    let is_news = matter.change.is_some() || matter.back.is_some() || is_again || !verdict.alerts.is_empty();
    matter.weight = weight(facts, one, &matter);
    is_news.then_some(matter)
}

/// What weighs how much: a real change on the previous period is the news; an alert is what leadership asked to be told;
/// a streak weighs more the longer it is; what changed over a year is hardly news; bad news comes before good.
fn weight(facts: &Facts<'_>, one: &Settled<'_>, matter: &Matter<'_>) -> f64 {
    let streak = |run: &Option<Run<'_>>, first: f64| {
        let more = run.as_ref().map_or(0, |run| run.len().saturating_sub(1).min(5));
        run.as_ref().map_or(0.0, |_| first + 4.0 * f64::from(u8::try_from(more).unwrap_or(u8::MAX)))
    };
    let on_previous = |finding: &changes::Finding<'_>| Some(finding.change) == matter.verdict.previous.as_ref();
    let is_new = matter.change.as_ref().is_some_and(on_previous);
    let change = match (is_new, &matter.change) {
        (true, _) => 75.0,
        (false, Some(_)) => 8.0,
        (false, None) => 0.0,
    };
    let parts = [
        change,
        streak(&matter.missed, 30.0),
        streak(&matter.red, 25.0),
        if matter.verdict.alerts.is_empty() { 0.0 } else { 35.0 },
        if matter.back.is_some() { 25.0 } else { 0.0 },
        if is_new && crossed(facts, matter).is_some() { 15.0 } else { 0.0 },
        if matter.stands_out.is_some() { 10.0 } else { 0.0 },
        if badness(facts, one).is_some() { 5.0 } else { 0.0 },
    ];
    parts.into_iter().sum()
}

/// The values before and now of a change, in as many decimals as tell them apart; none if no printed decimal does.
pub(super) fn shown_change(facts: &Facts<'_>, finding: &changes::Finding<'_>) -> Option<(String, String)> {
    let now = finding.verdict.reading.value.ok()?;
    let write = [Facts::compact, Facts::value];
    let pairs = write
        .map(|write| (write(facts, finding.definition, finding.change.value), write(facts, finding.definition, now)));
    pairs.into_iter().find(|(before, now)| before != now)
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

    /// The sentence: how the figure moved or where it stands, then what is to be remarked of it.
    pub(super) fn sentence(&self, facts: &Facts<'a>, places: &Places) -> Sentence {
        let name = long(facts, self.definition);
        let (mut text, before) = self.beginning(facts, &name);
        let mut draft = Draft::new(self.tone(facts), "").on([self.verdict]).on(before);
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
            draft = draft.naming_figure(places, driver, &facts.segment(&driver.key.segment));
        }
        draft.with_text(facts.say("narrative-sentence", &[("text", &text)])).finish()
    }

    fn beginning(&self, facts: &Facts<'a>, name: &str) -> (String, Option<&'a Verdict>) {
        let grammar = facts.grammar(self.definition.id);
        let subject = facts.say("narrative-subject", &[("grammar", &grammar), ("name", name)]);
        let Some((finding, (before, value))) =
            self.change.as_ref().and_then(|finding| Some((finding, shown_change(facts, finding)?)))
        else {
            let value = facts.compact(self.definition, self.value);
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

    /// What a change means; without one, or against it, whether leadership's mark is missed.
    fn tone(&self, facts: &Facts<'_>) -> Tone {
        let is_bad = self.missed.is_some() || self.red.is_some() || !self.verdict.alerts.is_empty();
        let change = self.change.as_ref().map(|finding| changes::tone_of(facts, self.definition, finding.change));
        match (change, is_bad) {
            (Some(Tone::Good), true) => Tone::Neutral,
            (_, true) => Tone::Bad,
            (Some(tone), false) => tone,
            (None, false) => Tone::Good,
        }
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
            let driver_text = changes::driver_text(facts, self.definition, driver);
            let text = facts.say("narrative-driver", &[("driver", &driver_text)]);
            Remark { wanted: 3, text, on: vec![driver] }
        });
        let alerts = self.verdict.alerts.iter().map(|alert| {
            let (id, limit) = super::limit(facts, self.definition, alert);
            Remark { wanted: 2, text: facts.say(&format!("narrative-{id}"), &[("limit", &limit)]), on: Vec::new() }
        });
        let others = [highest, self.target(facts), self.rating(facts), crossed, driver];
        others.into_iter().flatten().chain(alerts).collect()
    }

    /// Against the target: missed, for how long; or met again, after how long.
    fn target(&self, facts: &Facts<'a>) -> Option<Remark<'a>> {
        let target = facts.compact(self.definition, self.verdict.target?);
        if let Some(run) = &self.missed {
            let is_above = self.value > self.verdict.target.unwrap_or(self.value);
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
        let text = if run.len() == 1 && !run.may_be_longer {
            facts.say("narrative-back", &[("target", &target)])
        } else {
            let span = span(facts, run.len(), run.may_be_longer);
            facts.say("narrative-back-after", &[("target", &target), ("span", &span)])
        };
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
