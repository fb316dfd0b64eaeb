//! The sums over one question's answers that an audience is shown, who is behind them, and which of them stay hidden.

mod recalled;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use self::recalled::KnownSums;
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
use crate::tally::respondents::{Entry, Group, Respondent, groups};

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

/// Where a sum's answers are: period, cell, and whose.
type Source = (usize, usize, Respondent);

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
    /// What somebody of it knows before.
    known: Vec<KnownSums>,
}

/// The instant that places an answer; none if it is not counted.
type Way = fn(&Answer) -> Option<i64>;

/// A way of counting → groups of people, by the numbers of a wall.
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
                    self.hang(&mut wall, part, plan, precedence, &shown, kpis.contains(&NPS_ROLE_GAP.id));
                }
            }
        }
        for known in viewer.known {
            let mut sums = KnownSums::default();
            for told in known.values() {
                self.recall(&mut wall, told, &mut sums);
            }
            wall.known.push(sums);
        }
        wall
    }

    /// Hangs one dimension of a report in all its periods. A gap between roles tells of each of them.
    fn hang<'p>(
        &self,
        wall: &mut Wall<'p>,
        part: &'p Part,
        plan: &ReportPlan,
        precedence: usize,
        (dimension, rows_of): &(Dimension, Option<Table>),
        has_gap: bool,
    ) {
        let name = scope_name(&scoped_dimension(dimension, &part.1));
        let is_of_roles = has_gap && self.question == Question::Nps && rows_of.is_none();
        let everybody = [Respondent::Anybody, Respondent::User, Respondent::DecisionMaker];
        let whose = if is_of_roles { &everybody[..] } else { &everybody[..1] };
        for &at in self.cells.get(name.as_str()).map_or(&[][..], Vec::as_slice) {
            let cell = &self.segments.cells[at];
            if cell.rows_of != *rows_of || !is_within(cell, &part.1) {
                continue;
            }
            let (dimension, segment) = shown_as(cell, dimension);
            let spans = self.timeline.spans.iter().enumerate();
            let is_shown = |period: &Period| period.grain == plan.grain && self.shown.contains(period);
            for (period, _) in spans.filter(|(_, span)| is_shown(&span.period)) {
                for &whose in whose {
                    let place = Place { part, dimension: dimension.clone(), segment: segment.clone() };
                    wall.add((period, at, whose), precedence, place);
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
        let mut found = vec![Vec::new(); walls.len()];
        for (way, at) in self.ways().into_iter().enumerate() {
            if way == 1 {
                // Invitations are not told apart by role.
                for entries in &mut entries {
                    entries.retain(|entry| entry.of == Respondent::Anybody);
                }
            }
            let mut own: Vec<BTreeMap<Vec<u32>, Vec<u32>>> = vec![BTreeMap::new(); walls.len()];
            let sums_of = |period, cell| entries[place(period, cell)].as_slice();
            for group in groups(answers, self.timeline, self.segments, at, sums_of) {
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
        let [sums, sums_of_invitations] = [false, true].map(|are_asked| self.sums(wall, &ordered, are_asked));
        let mut places = vec![0; ordered.len()];
        for (place, &sum) in (0..).zip(&ordered) {
            places[sum] = place;
        }
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
        let told = |known: fn(&KnownSums) -> &BTreeSet<usize>| -> Vec<Vec<bool>> {
            let is_known = |of: &KnownSums| ordered.iter().map(|sum| known(of).contains(sum)).collect();
            wall.known.iter().map(is_known).collect()
        };
        let (told_answers, told_invitations) = (told(|of| &of.answers), told(|of| &of.invitations));
        let proposal = Proposal { sums: &sums, questions: &answers, least, already: &[], told: &told_answers };
        let of_answers = withheld(&proposal).into_iter().zip(&sums).map(|(is, sum)| is && sum.is_offered);
        let of_answers: Vec<bool> = of_answers.collect();
        // Who answered at all is not said where what they answered is not.
        let of_invitations = withheld(&Proposal {
            sums: &sums_of_invitations,
            questions: &invitations,
            already: &of_answers,
            told: &told_invitations,
            ..proposal
        });
        let mut found = Vec::new();
        for (at, &sum) in ordered.iter().enumerate() {
            let shown = &wall.sums[sum];
            let is_hidden = |kpi: &str| match shown.source.2 {
                Respondent::Anybody if kpi == NPS_RESPONSE_RATE.id => of_invitations[at],
                Respondent::Anybody => of_answers[at],
                _ => kpi == NPS_ROLE_GAP.id && of_answers[at],
            };
            found.extend(shown.places.iter().map(|place| self.keys(shown.source.0, place, is_hidden)));
        }
        found
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
            // What is shown of everybody is not withheld for the sake of a gap between roles.
            (period, source.2 != Respondent::Anybody, scope, *precedence, Reverse(people[sum]), *source)
        });
        ordered
    }

    /// Each sum's step and split, and whether it is offered, for its answers or for its invitations.
    fn sums(&self, wall: &Wall<'_>, ordered: &[usize], are_of_invitations: bool) -> Vec<Sum> {
        let split = |sum: usize| {
            let (period, cell, whose) = wall.sums[sum].source;
            (self.timeline.spans[period].period.grain, whose, self.segments.cells[cell].dimension.as_str())
        };
        let splits: BTreeSet<(Grain, Respondent, &str)> = ordered.iter().map(|&sum| split(sum)).collect();
        let splits: BTreeMap<_, u32> = splits.into_iter().zip(0..).collect();
        let steps = self.steps();
        let sum = |&sum: &usize| {
            let (period, _, whose) = wall.sums[sum].source;
            let step = 2 * steps[period] + u32::from(whose != Respondent::Anybody);
            Sum { step, split: splits[&split(sum)], is_offered: self.is_offered(&wall.sums[sum], are_of_invitations) }
        };
        ordered.iter().map(sum).collect()
    }

    /// Whether any report shows a figure that is made of a sum, of its answers or of its invitations.
    fn is_offered(&self, shown: &Shown<'_>, are_of_invitations: bool) -> bool {
        let tells = |kpi: &&'static str| match shown.source.2 {
            Respondent::Anybody if are_of_invitations => *kpi == NPS_RESPONSE_RATE.id,
            Respondent::Anybody => ![NPS_RESPONSE_RATE.id, NPS_ROLE_GAP.id].contains(kpi),
            _ => *kpi == NPS_ROLE_GAP.id && !are_of_invitations,
        };
        shown.places.iter().any(|place| self.kpis(place.part).iter().any(&tells))
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

    /// The figures that are made of a question's answers at a place, and are hidden there.
    fn keys(&self, period: usize, place: &Place<'_>, is_hidden: impl Fn(&str) -> bool) -> (Part, Vec<Key>) {
        let period: &Period = &self.timeline.spans[period].period;
        let key = |kpi| Key {
            period: period.clone(),
            dimension: place.dimension.clone(),
            segment: place.segment.clone(),
            kpi,
        };
        let hidden = self.kpis(place.part).iter().copied().filter(|kpi| is_hidden(kpi));
        (place.part.clone(), hidden.map(key).collect())
    }

    fn kpis(&self, part: &Part) -> &[&'static str] {
        self.kpis.get(part.0.as_str()).map_or(&[], Vec::as_slice)
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
