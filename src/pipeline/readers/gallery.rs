//! The sums over one question's answers that an audience is shown, who is behind them, and which of them stay hidden.

mod recalled;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::{Hidden, Part, order};
use crate::calendar::{Grain, Period};
use crate::config::{Dimension, ReportPlan};
use crate::judgement::Key;
use crate::kpi::loyalty::{NPS_RESPONSE_RATE, NPS_ROLE_GAP, Question};
use crate::name::Name;
use crate::panel::Timeline;
use crate::panel::answers::{Answer, Survey};
use crate::panel::segments::{RowDimension, Segments};
use crate::pipeline::readers::known::Known;
use crate::pipeline::scope::{TOTAL, is_within, scope_name, scoped_dimension, shown_as};
use crate::pipeline::{Task, jobs};
use crate::stats::disclosure::{Cell, Proposal, Sum, withheld};
use crate::tables::schema::Table;
use crate::tally::respondents::{Counted, Entry, Group, Placing, groups};

/// Who looks at the sums.
#[derive(Clone, Copy)]
pub(super) struct Viewer<'a> {
    /// What of the reports it gets.
    pub(super) parts: &'a BTreeSet<Part>,
    /// What it knows before, if it does, or what several know.
    pub(super) known: &'a [Known<'a>],
}

impl<'a> Viewer<'a> {
    /// One who was told nothing.
    pub(super) fn anew(parts: &'a BTreeSet<Part>) -> Self {
        Self { parts, known: &[] }
    }
}

/// Where the sums over one question's answers hang.
pub(super) struct Gallery<'a> {
    task: &'a Task<'a>,
    timeline: &'a Timeline,
    segments: &'a Segments,
    row_dimensions: &'a [RowDimension],
    /// The periods that are shown; of others it is only known what was told.
    shown: &'a BTreeSet<Period>,
    question: Question,
    /// Report → its KPIs that are made of the question's answers.
    kpis: BTreeMap<&'a str, Vec<&'static str>>,
    /// Dimension → its cells.
    cells: BTreeMap<&'a str, Vec<usize>>,
}

/// Where a sum's answers are: period, cell, and what it counts.
type Source = (usize, usize, Counted);

/// A sum as somebody sees it.
struct Place<'a> {
    part: &'a Part,
    dimension: Name,
    segment: Name,
}

/// A sum that an audience sees.
struct Shown<'a> {
    source: Source,
    /// Its place among the dimensions of its period.
    precedence: usize,
    /// Everything that it is shown as; nothing, if somebody only knows it.
    places: Vec<Place<'a>>,
}

/// All that an audience sees of one question's answers, by number.
#[derive(Default)]
struct Wall<'a> {
    numbers: BTreeMap<Source, u32>,
    sums: Vec<Shown<'a>>,
    /// What somebody of it knows before, by the sums' numbers.
    known: Vec<BTreeSet<usize>>,
}

/// A way of counting people → groups of them, by the numbers of a wall.
type Ways = Vec<Vec<Group>>;

impl<'a> Gallery<'a> {
    pub(super) fn new(
        task: &'a Task<'a>,
        (timeline, segments): (&'a Timeline, &'a Segments),
        (row_dimensions, shown): (&'a [RowDimension], &'a BTreeSet<Period>),
        question: Question,
    ) -> Self {
        let own = |plan| jobs::kpis(plan, true).into_iter().filter(|kpi| Question::behind(kpi) == Some(question));
        let kpis = task.config.reports.iter().map(|(report, plan)| (report.as_str(), own(plan).collect())).collect();
        let mut cells: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (at, cell) in segments.cells.iter().enumerate() {
            cells.entry(&cell.dimension).or_default().push(at);
        }
        Self { task, timeline, segments, row_dimensions, shown, question, kpis, cells }
    }

    /// What somebody sees, and what it knows before.
    fn wall<'p>(&self, viewer: &Viewer<'p>) -> Wall<'p> {
        let mut wall = Wall::default();
        for part in viewer.parts {
            let Some(plan) = self.task.config.reports.get(&part.0) else { continue };
            let kpis = self.kpis(part);
            if !kpis.is_empty() {
                for (precedence, shown) in self.dimensions(plan).into_iter().enumerate() {
                    self.hang(&mut wall, (part, plan), precedence, &shown, &counted_by(kpis.iter().copied()));
                }
            }
        }
        for known in viewer.known {
            let sums = known.values().flat_map(|told| self.recalled(&mut wall, told)).collect();
            wall.known.push(sums);
        }
        wall
    }

    /// Hangs one dimension of a report in all its periods.
    fn hang<'p>(
        &self,
        wall: &mut Wall<'p>,
        (part, plan): (&'p Part, &ReportPlan),
        precedence: usize,
        (dimension, rows_of): &(Dimension, Option<Table>),
        counted: &BTreeSet<Counted>,
    ) {
        let name = scope_name(&scoped_dimension(dimension, &part.1));
        // Roles that cut answers are not compared with each other again.
        let counted =
            counted.iter().filter(|of| rows_of.is_none() || matches!(of, Counted::Answers | Counted::Invitations));
        for &at in self.cells.get(name.as_str()).map_or(&[][..], Vec::as_slice) {
            let cell = &self.segments.cells[at];
            if cell.rows_of != *rows_of || !is_within(cell, &part.1) {
                continue;
            }
            let (dimension, segment) = shown_as(cell, dimension);
            let spans = self.timeline.spans.iter().enumerate();
            let is_shown = |period: &Period| period.grain == plan.grain && self.shown.contains(period);
            for (period, _) in spans.filter(|(_, span)| is_shown(&span.period)) {
                for &of in counted.clone() {
                    let place = Place { part, dimension: dimension.clone(), segment: segment.clone() };
                    wall.add((period, at, of), precedence, place);
                }
            }
        }
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

    /// The ways of counting people: first those who answered, at the day of the answer for what they say and at the day of
    /// the invitation for the response rate; then, for that rate, all who were asked.
    fn ways(&self) -> Vec<fn(&Answer) -> Placing> {
        fn of(survey: Survey, answer: &Answer) -> Placing {
            let is_it = answer.survey == survey;
            let as_answer = answer.score.and(answer.responded_at).filter(|_| is_it);
            Placing { as_answer, as_invitation: answer.responded_at.and(answer.sent_at).filter(|_| is_it) }
        }
        match self.question {
            Question::Nps => vec![|answer| of(Survey::Nps, answer), |answer| Placing {
                as_answer: None,
                as_invitation: answer.sent_at.filter(|_| answer.survey == Survey::Nps),
            }],
            Question::Csat => vec![|answer| of(Survey::Csat, answer)],
            Question::Ces => vec![|answer| of(Survey::Ces, answer)],
        }
    }

    /// Who is behind the sums of each wall: one pass over the answers for each way of counting.
    fn people(&self, walls: &[Wall<'_>], answers: &[Answer]) -> Vec<Ways> {
        let mut starts = vec![0];
        let place = |period: usize, cell: usize| period * self.segments.cells.len() + cell;
        let mut entries: Vec<Vec<Entry>> = vec![Vec::new(); place(self.timeline.spans.len(), 0)];
        for wall in walls {
            let start: u32 = starts.last().copied().unwrap_or_default();
            for (&(period, cell, of), number) in &wall.numbers {
                entries[place(period, cell)].push(Entry { sum: start + number, of });
            }
            starts.push(start + u32::try_from(wall.numbers.len()).unwrap_or(u32::MAX));
        }
        let sums_of = |period, cell| entries[place(period, cell)].as_slice();
        let mut found = vec![Vec::new(); walls.len()];
        for way in self.ways() {
            let mut own: Vec<BTreeMap<Vec<u32>, Vec<u32>>> = vec![BTreeMap::new(); walls.len()];
            for group in groups(answers, self.timeline, self.segments, way, sums_of) {
                let wall_of = |sum: u32| starts.partition_point(|&start| start <= sum) - 1;
                for sums in group.sums.chunk_by(|a, b| wall_of(*a) == wall_of(*b)) {
                    let wall = wall_of(sums[0]);
                    let local = sums.iter().map(|sum| sum - starts[wall]).collect();
                    own[wall].entry(local).or_default().extend_from_slice(&group.people);
                }
            }
            for (found, own) in found.iter_mut().zip(own) {
                found.push(own.into_iter().map(|(sums, people)| Group { sums, people }).collect());
            }
        }
        found
    }

    /// The figures that stay hidden from each viewer.
    pub(super) fn hidden_from(&self, viewers: &[Viewer<'_>], answers: &[Answer], least: usize) -> Vec<Hidden> {
        let walls: Vec<Wall<'_>> = viewers.iter().map(|viewer| self.wall(viewer)).collect();
        let people = self.people(&walls, answers);
        walls.par_iter().zip(people).map(|(wall, ways)| self.hidden(wall, ways, least)).collect()
    }

    /// The figures of a wall that stay hidden, given who is behind its sums.
    fn hidden(&self, wall: &Wall<'_>, ways: Ways, least: usize) -> Hidden {
        let ordered = self.ordered(wall, &ways);
        let mut places = vec![0; ordered.len()];
        for (place, &sum) in (0..).zip(&ordered) {
            places[sum] = place;
        }
        let sums = self.sums(wall, &ordered, &places);
        let cell = |Group { sums, mut people }: Group| {
            let mut sums: Vec<u32> = sums.into_iter().map(|sum| places[sum as usize]).collect();
            sums.sort_unstable();
            people.sort_unstable();
            people.dedup();
            Cell { sums, people }
        };
        let questions: Vec<Vec<Cell>> = ways.into_iter().map(|groups| groups.into_iter().map(cell).collect()).collect();
        let is_known = |known: &BTreeSet<usize>| ordered.iter().map(|sum| known.contains(sum)).collect();
        let told: Vec<Vec<bool>> = wall.known.iter().map(is_known).collect();
        let withheld = withheld(&Proposal { sums: &sums, questions: &questions, least, told: &told });
        let hidden = ordered.iter().zip(withheld).filter(|(_, is_hidden)| *is_hidden).map(|(&sum, _)| &wall.sums[sum]);
        hidden.flat_map(|shown| shown.places.iter().map(|place| self.keys(shown.source, place))).collect()
    }

    /// The sums in the order in which they reach the reader: by period, the whole first, then the larger ones, so that the
    /// smaller are withheld.
    fn ordered(&self, wall: &Wall<'_>, ways: &Ways) -> Vec<usize> {
        let mut people = vec![0; wall.sums.len()];
        for group in ways.iter().flatten() {
            for &sum in &group.sums {
                people[sum as usize] += group.people.len();
            }
        }
        let mut ordered: Vec<usize> = (0..wall.sums.len()).collect();
        ordered.sort_by_key(|&sum| {
            let Shown { source, precedence, places } = &wall.sums[sum];
            let scope = places.iter().map(|place| place.part.1.len()).min();
            let period = order(&self.timeline.spans[source.0].period);
            (period, class(source.2), scope, *precedence, Reverse(people[sum]), *source)
        });
        ordered
    }

    /// Each sum as a proposal.
    fn sums(&self, wall: &Wall<'_>, ordered: &[usize], places: &[u32]) -> Vec<Sum> {
        let split = |sum: usize| {
            let (period, cell, of) = wall.sums[sum].source;
            // One role or another: what is left of all answers is those of neither.
            (self.timeline.spans[period].period.grain, class(of), self.segments.cells[cell].dimension.as_str())
        };
        let splits: BTreeSet<(Grain, u32, &str)> = ordered.iter().map(|&sum| split(sum)).collect();
        let splits: BTreeMap<_, u32> = splits.into_iter().zip(0..).collect();
        let steps = self.steps();
        let is_offered = |sum: usize| !wall.sums[sum].places.is_empty();
        let sum = |&sum: &usize| {
            let (period, cell, of) = wall.sums[sum].source;
            // Who answered at all is not said where what they answered is not.
            let answers = wall.numbers.get(&(period, cell, Counted::Answers)).map(|&number| number as usize);
            let with = answers.filter(|&answers| of == Counted::Invitations && is_offered(answers));
            Sum {
                step: 3 * steps[period] + class(of),
                split: splits[&split(sum)],
                is_offered: is_offered(sum),
                with: with.map(|answers| places[answers]),
            }
        };
        ordered.iter().map(sum).collect()
    }

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

    /// The figures that are made of a sum at a place.
    fn keys(&self, (period, _, of): Source, place: &Place<'_>) -> (Part, Vec<Key>) {
        let period: &Period = &self.timeline.spans[period].period;
        let key = |kpi| Key {
            period: period.clone(),
            dimension: place.dimension.clone(),
            segment: place.segment.clone(),
            kpi,
        };
        let made = self.kpis(place.part).iter().copied().filter(|kpi| counted_by([*kpi]).contains(&of));
        (place.part.clone(), made.map(key).collect())
    }

    fn kpis(&self, part: &Part) -> &[&'static str] {
        self.kpis.get(part.0.as_str()).map_or(&[], Vec::as_slice)
    }
}

/// What some figures of answers count.
fn counted_by<'k>(kpis: impl IntoIterator<Item = &'k str>) -> BTreeSet<Counted> {
    let counted = |kpi: &str| match kpi {
        _ if kpi == NPS_RESPONSE_RATE.id => vec![Counted::Invitations],
        // A gap between roles tells of each of them.
        _ if kpi == NPS_ROLE_GAP.id => vec![Counted::OfUsers, Counted::OfDecisionMakers],
        _ => vec![Counted::Answers],
    };
    kpis.into_iter().flat_map(counted).collect()
}

/// What is withheld last: what everybody says is not for the sake of a gap between roles, nor either of who answered.
fn class(of: Counted) -> u32 {
    match of {
        Counted::Answers => 0,
        Counted::OfUsers | Counted::OfDecisionMakers => 1,
        Counted::Invitations => 2,
    }
}

impl<'a> Wall<'a> {
    /// The number of a sum, a new one if it has none.
    fn number(&mut self, source: Source) -> u32 {
        let next = u32::try_from(self.sums.len()).unwrap_or(u32::MAX);
        let number = *self.numbers.entry(source).or_insert(next);
        if number == next {
            self.sums.push(Shown { source, precedence: usize::MAX, places: Vec::new() });
        }
        number
    }

    fn add(&mut self, source: Source, precedence: usize, place: Place<'a>) {
        let number = self.number(source);
        let shown = &mut self.sums[number as usize];
        shown.precedence = precedence.min(shown.precedence);
        shown.places.push(place);
    }
}
