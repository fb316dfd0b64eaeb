//! What reaches one reader together, and what is withheld from it.
//!
//! Decides by everything that a reader gets over all reports, periods and parts of the customers; scores do not matter.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use crate::calendar::{Calendar, Grain, Period};
use crate::config::{Config, Dimension, Recipient, ReportPlan};
use crate::delivery::address;
use crate::judgement::Key;
use crate::kpi::loyalty::{NPS_RESPONSE_RATE, Question};
use crate::panel::Timeline;
use crate::panel::build::Panel;
use crate::panel::records::{Answer, Survey};
use crate::panel::segments::{RowDimension, Segments};
use crate::pipeline::figures::{Scope, TOTAL, is_within, scope_name, scoped_dimension, shown_as, with_scope_crosses};
use crate::pipeline::{Task, jobs};
use crate::stats::disclosure::{Cell, Sum, withheld};
use crate::tables::schema::Table;
use crate::tally::respondents::{Group, groups};

/// A report, of a part of the customers.
pub(super) type Part = (String, Scope);

/// Figures that do not leave by mail, by report and part of the customers.
pub type Withheld = BTreeMap<Part, BTreeSet<Key>>;

/// What the readers get, sorted by who gets what together.
#[derive(Debug)]
pub(super) struct Readers {
    /// Parts that one reader gets, or several who have a part in common.
    audiences: Vec<BTreeSet<Part>>,
    /// Every period that is to be looked at.
    pub(super) periods: Vec<Period>,
    /// Every dimension, the crosses that scopes need included.
    pub(super) dimensions: Vec<Dimension>,
    /// Parts of the customers that somebody sees alone.
    pub(super) scopes: Vec<Dimension>,
}

impl Readers {
    /// The readers of what a task computes. Reports are of the same audience if one address receives both, and so is
    /// everything that each of their recipients receives.
    pub(super) fn of(task: &Task<'_>) -> Self {
        let config = task.config;
        let grains: BTreeSet<Grain> = task.periods.iter().map(|period| period.grain).collect();
        let is_computed = |(report, scope): &Part| {
            task.scopes.contains(scope) && config.reports.get(report).is_some_and(|plan| grains.contains(&plan.grain))
        };
        let mut audiences = audiences(config);
        audiences.retain(|parts| parts.iter().any(is_computed));
        let scopes: BTreeSet<&Scope> = audiences.iter().flatten().map(|(_, scope)| scope).collect();
        let scopes: Vec<Scope> = scopes.into_iter().cloned().collect();
        let mut periods: BTreeSet<Period> = task.periods.iter().cloned().collect();
        for parts in &audiences {
            periods.extend(periods_of(config, parts, task.periods));
        }
        Self {
            periods: periods.into_iter().collect(),
            dimensions: with_scope_crosses(&config.dimensions, &scopes),
            scopes: scopes.iter().map(|scope| scoped_dimension(&TOTAL, scope)).collect(),
            audiences,
        }
    }

    /// What is withheld from each of them.
    pub(super) fn withheld(&self, task: &Task<'_>, panel: &Panel<'_>, row_dimensions: &[RowDimension]) -> Withheld {
        let mut withheld = Withheld::new();
        let Some(answers) = &panel.answers else { return withheld };
        let (timeline, segments) = panel
            .answer_cells
            .as_ref()
            .map_or((&panel.timeline, &panel.segments), |(timeline, cells)| (timeline, cells));
        for question in Question::ALL {
            let gallery = Gallery { task, timeline, segments, row_dimensions, question };
            let shown: Vec<Shown> = self.audiences.iter().map(|parts| gallery.shown(parts)).collect();
            for (shown, groups) in shown.iter().zip(people(&gallery, &shown, &answers.0)) {
                for (part, keys) in shown.withheld(&gallery, groups, config_least(task.config)) {
                    withheld.entry(part).or_default().extend(keys);
                }
            }
        }
        withheld
    }
}

fn config_least(config: &Config) -> usize {
    usize::try_from(config.privacy.min_group).unwrap_or(usize::MAX)
}

/// Reports with their parts of the customers, joined where they have a recipient in common.
fn audiences(config: &Config) -> Vec<BTreeSet<Part>> {
    let mut audiences: Vec<(BTreeSet<Part>, BTreeSet<String>)> = Vec::new();
    for (report, plan) in &config.reports {
        for scope in jobs::scopes(plan) {
            let whose = plan.recipients.iter().filter(|recipient| recipient.only == scope);
            let name =
                |recipient: &Recipient| address::identity(&recipient.to).unwrap_or_else(|_| recipient.to.clone());
            let names: BTreeSet<String> = whose.map(name).collect();
            let mut joined = (BTreeSet::from([(report.clone(), scope)]), names);
            let (same, others) =
                audiences.into_iter().partition(|(_, names): &(_, BTreeSet<String>)| !names.is_disjoint(&joined.1));
            audiences = others;
            let same: Vec<(BTreeSet<Part>, BTreeSet<String>)> = same;
            for (parts, names) in same {
                joined.0.extend(parts);
                joined.1.extend(names);
            }
            audiences.push(joined);
        }
    }
    audiences.into_iter().map(|(parts, _)| parts).collect()
}

/// The periods by which an audience could work something out: those computed of its grains, and those of its other grains
/// that reached it before them and share a day with them.
fn periods_of(config: &Config, parts: &BTreeSet<Part>, computed: &[Period]) -> BTreeSet<Period> {
    let grains: BTreeSet<Grain> =
        parts.iter().filter_map(|(report, _)| Some(config.reports.get(report)?.grain)).collect();
    let mut periods = BTreeSet::new();
    for period in computed.iter().filter(|period| grains.contains(&period.grain)) {
        periods.insert(period.clone());
        let others = grains.iter().filter(|&&grain| grain != period.grain);
        periods.extend(others.flat_map(|&grain| before(config.company.calendar, grain, period)));
    }
    periods
}

/// The periods of a grain that end within a period and not after it.
fn before(calendar: Calendar, grain: Grain, period: &Period) -> Vec<Period> {
    let mut found = Vec::new();
    let mut next = calendar.containing(grain, period.first);
    while let Some(one) = next.filter(|one| one.end <= period.end) {
        next = calendar.containing(grain, one.end);
        found.push(one);
    }
    found.retain(|one| order(one) < order(period));
    found
}

/// What reaches a reader first: what ends first, then what is shorter.
fn order(period: &Period) -> (chrono::NaiveDate, Reverse<chrono::NaiveDate>, Grain) {
    (period.end, Reverse(period.first), period.grain)
}

/// Where the sums over one question's answers hang.
struct Gallery<'a> {
    task: &'a Task<'a>,
    timeline: &'a Timeline,
    segments: &'a Segments,
    row_dimensions: &'a [RowDimension],
    question: Question,
}

/// A sum as somebody sees it.
struct Place<'a> {
    part: &'a Part,
    dimension: String,
    segment: String,
}

/// The sums that an audience sees of one question's answers, by period and cell.
struct Shown<'a> {
    /// Period and cell → its number.
    numbers: BTreeMap<(usize, usize), u32>,
    /// Number → where it is, its precedence among those of its period, and everything that it is shown as.
    sums: Vec<((usize, usize), usize, Vec<Place<'a>>)>,
}

impl Gallery<'_> {
    fn shown<'p>(&self, parts: &'p BTreeSet<Part>) -> Shown<'p> {
        let mut shown = Shown { numbers: BTreeMap::new(), sums: Vec::new() };
        let config = self.task.config;
        let asks =
            |plan: &ReportPlan| jobs::kpis(plan, true).iter().any(|kpi| Question::behind(kpi) == Some(self.question));
        let wanted = parts.iter().filter_map(|part| Some((part, config.reports.get(&part.0)?)));
        for (part, plan) in wanted.filter(|(_, plan)| asks(plan)) {
            for (precedence, (dimension, rows_of)) in self.dimensions(plan).into_iter().enumerate() {
                let name = scope_name(&scoped_dimension(&dimension, &part.1));
                let cells =
                    self.segments.cells.iter().enumerate().filter(|(_, cell)| {
                        cell.dimension == name && cell.rows_of == rows_of && is_within(cell, &part.1)
                    });
                for (at, cell) in cells {
                    let (dimension, segment) = shown_as(cell, &dimension);
                    let spans = self.timeline.spans.iter().enumerate();
                    for (period, _) in spans.filter(|(_, span)| span.period.grain == plan.grain) {
                        let place = Place { part, dimension: dimension.clone(), segment: segment.clone() };
                        shown.add((period, at), precedence, place);
                    }
                }
            }
        }
        shown
    }

    /// The dimensions of a report in their precedence: all customers, their segments, their crosses, their answers' own.
    fn dimensions(&self, plan: &ReportPlan) -> Vec<(Dimension, Option<Table>)> {
        let mut of_customers: Vec<Dimension> = plan.segments.clone();
        of_customers.sort_by_key(|dimension| dimension.0.len());
        let of_answers = self.row_dimensions.iter().filter(|rows| rows.table == Table::Surveys);
        std::iter::once(TOTAL.clone())
            .chain(of_customers)
            .map(|dimension| (dimension, None))
            .chain(of_answers.map(|rows| (Dimension(vec![rows.column.clone()]), Some(rows.table))))
            .collect()
    }

    /// The ways of counting a question's answers, by the instants that place them: first the answers themselves, then,
    /// for the response rate, the invitations that were answered and all of them.
    fn ways(&self) -> Vec<Way> {
        match self.question {
            Question::Nps => vec![
                |answer| (answer.survey == Survey::Nps).then_some(answer.score.and(answer.responded_at))?,
                |answer| (answer.survey == Survey::Nps).then_some(answer.responded_at.and(answer.sent_at))?,
                |answer| (answer.survey == Survey::Nps).then_some(answer.sent_at)?,
            ],
            Question::Csat => {
                vec![|answer| (answer.survey == Survey::Csat).then_some(answer.score.and(answer.responded_at))?]
            }
            Question::Ces => {
                vec![|answer| (answer.survey == Survey::Ces).then_some(answer.score.and(answer.responded_at))?]
            }
        }
    }
}

/// The instant that places an answer; none if it is not counted.
type Way = fn(&Answer) -> Option<i64>;

/// Audience → way of counting → groups of people, by the audience's own numbers: one pass a way for all audiences.
fn people(gallery: &Gallery<'_>, shown: &[Shown<'_>], answers: &[Answer]) -> Vec<Vec<Vec<Group>>> {
    let mut starts = vec![0];
    let place = |period: usize, cell: usize| period * gallery.segments.cells.len() + cell;
    let mut sums: Vec<Vec<u32>> = vec![Vec::new(); place(gallery.timeline.spans.len(), 0)];
    for one in shown {
        let start: u32 = starts.last().copied().unwrap_or_default();
        for (&(period, cell), number) in &one.numbers {
            sums[place(period, cell)].push(start + number);
        }
        starts.push(start + u32::try_from(one.numbers.len()).unwrap_or(u32::MAX));
    }
    let mut found = vec![Vec::new(); shown.len()];
    for at in gallery.ways() {
        let sums_of = |period, cell| sums[place(period, cell)].as_slice();
        let mut own: Vec<BTreeMap<Vec<u32>, Vec<u32>>> = vec![BTreeMap::new(); shown.len()];
        for group in groups(answers, gallery.timeline, gallery.segments, at, sums_of) {
            let audience_of = |sum: u32| starts.partition_point(|&start| start <= sum) - 1;
            for sums in group.sums.chunk_by(|a, b| audience_of(*a) == audience_of(*b)) {
                let audience = audience_of(sums[0]);
                let local = sums.iter().map(|sum| sum - starts[audience]).collect();
                own[audience].entry(local).or_default().extend_from_slice(&group.people);
            }
        }
        for (found, own) in found.iter_mut().zip(own) {
            found.push(own.into_iter().map(|(sums, people)| Group { sums, people }).collect());
        }
    }
    found
}

impl<'a> Shown<'a> {
    fn add(&mut self, at: (usize, usize), precedence: usize, place: Place<'a>) {
        let next = u32::try_from(self.sums.len()).unwrap_or(u32::MAX);
        let number = *self.numbers.entry(at).or_insert(next);
        if number == next {
            self.sums.push((at, precedence, Vec::new()));
        }
        let (_, first, places) = &mut self.sums[number as usize];
        *first = precedence.min(*first);
        places.push(place);
    }

    /// The figures that are withheld, given the groups of people of each way of counting.
    fn withheld(&self, gallery: &Gallery<'_>, ways: Vec<Vec<Group>>, least: usize) -> Vec<(Part, Vec<Key>)> {
        let period_of = |at: (usize, usize)| &gallery.timeline.spans[at.0].period;
        let mut people = vec![0; self.sums.len()];
        for group in ways.iter().flatten() {
            for &sum in &group.sums {
                people[sum as usize] += group.people.len();
            }
        }
        // In the order in which they reach the reader: the whole first, then the larger ones, so that the smaller are withheld.
        let mut ordered: Vec<usize> = (0..self.sums.len()).collect();
        ordered.sort_by_key(|&sum| {
            let (at, precedence, places) = &self.sums[sum];
            let scope = places.iter().map(|place| place.part.1.len()).min();
            (order(period_of(*at)), scope, *precedence, Reverse(people[sum]), *at)
        });
        let mut places = vec![0; ordered.len()];
        for (place, &sum) in (0..).zip(&ordered) {
            places[sum] = place;
        }
        let steps = gallery.steps();
        let splits: BTreeMap<(Grain, &str), u32> = {
            let split = |at: (usize, usize)| (period_of(at).grain, gallery.segments.cells[at.1].dimension.as_str());
            let all: BTreeSet<(Grain, &str)> = self.sums.iter().map(|(at, ..)| split(*at)).collect();
            all.into_iter().zip(0..).collect()
        };
        let sums: Vec<Sum> = ordered
            .iter()
            .map(|&sum| {
                let at = self.sums[sum].0;
                let split = (period_of(at).grain, gallery.segments.cells[at.1].dimension.as_str());
                Sum { step: steps[at.0], split: splits[&split] }
            })
            .collect();
        let cell = |Group { sums, mut people }: Group| {
            let mut sums: Vec<u32> = sums.into_iter().map(|sum| places[sum as usize]).collect();
            sums.sort_unstable();
            people.sort_unstable();
            people.dedup();
            Cell { sums, people }
        };
        let mut ways = ways.into_iter().map(|groups| groups.into_iter().map(cell).collect::<Vec<Cell>>());
        let answers: Vec<Vec<Cell>> = ways.by_ref().take(1).collect();
        let invitations: Vec<Vec<Cell>> = ways.collect();
        let of_answers = withheld(&sums, &answers, least, &[]);
        // Who answered at all is not said where what they answered is not.
        let of_invitations = withheld(&sums, &invitations, least, &of_answers);
        let mut found = Vec::new();
        for (at, &sum) in ordered.iter().enumerate() {
            let (place, _, shown_as) = &self.sums[sum];
            let is_hidden = |kpi: &str| if kpi == NPS_RESPONSE_RATE.id { of_invitations[at] } else { of_answers[at] };
            found.extend(shown_as.iter().map(|place_of| gallery.keys(period_of(*place), place_of, is_hidden)));
        }
        found
    }
}

impl Gallery<'_> {
    /// Period → its place in the order in which they reach a reader.
    fn steps(&self) -> Vec<u32> {
        let spans = &self.timeline.spans;
        let mut ordered: Vec<usize> = (0..spans.len()).collect();
        ordered.sort_by_key(|&at| order(&spans[at].period));
        let mut steps = vec![0; spans.len()];
        for (step, at) in (0..).zip(ordered) {
            steps[at] = step;
        }
        steps
    }

    /// The figures that are made of a question's answers at a place, and are hidden there.
    fn keys(&self, period: &Period, place: &Place<'_>, is_hidden: impl Fn(&str) -> bool) -> (Part, Vec<Key>) {
        let plan = self.task.config.reports.get(&place.part.0);
        let kpis = plan.map(|plan| jobs::kpis(plan, true)).unwrap_or_default();
        let key = |kpi| Key {
            period: period.clone(),
            dimension: place.dimension.clone(),
            segment: place.segment.clone(),
            kpi,
        };
        let kpis = kpis.into_iter().filter(|kpi| Question::behind(kpi) == Some(self.question) && is_hidden(kpi));
        (place.part.clone(), kpis.map(key).collect())
    }
}
