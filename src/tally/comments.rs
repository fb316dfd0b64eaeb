//! Comments: one pass over the answers that count, into sums by theme and by term.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use crate::panel::answers::{Answer, Survey};
use crate::panel::comments::{Comment, Comments};
use crate::panel::segments::Segments;
use crate::tally::loyalty::each_counted;
use crate::tally::table::TallyTable;
use crate::tally::{self, TermSums, ThemeSums};

/// A map with a fast hash that is the same in every run; its order reaches nothing.
type Map<K, V> = HashMap<K, V, foldhash::fast::FixedState>;

/// The lowest score of a promoter, and the highest of a detractor.
const PROMOTERS_FROM: i64 = 9;
const DETRACTORS_TO: i64 = 6;

/// Adds up the comments of answers, for everybody and for each scope; the answers that count are those of the scores.
pub fn add_comments(table: &mut TallyTable, segments: &Segments, answers: &[Answer], comments: &Comments) {
    let timeline = table.timeline.clone();
    let mut said: Vec<Vec<Said<'_>>> = vec![Vec::new(); timeline.spans.len()];
    each_counted(&timeline, answers, &mut |period, answer, score| {
        let comment = comments.of(answer.row);
        let nps = (answer.survey == Survey::Nps).then_some(score);
        said[period].extend(comment.map(|comment| Said { customer: answer.customer, nps, comment }));
    });
    for (period, mut said) in said.into_iter().enumerate() {
        // Side by side, so that a person is counted once by looking at the one before.
        said.sort_by_key(|said| said.comment.person);
        let mut cells: BTreeMap<usize, Gathered> = BTreeMap::new();
        for one in &said {
            for cell in segments.whole_cells(period, one.customer) {
                cells.entry(cell).or_default().add(one);
            }
        }
        for (cell, gathered) in cells {
            table.at(period, cell).comments += &gathered.finished(comments);
        }
    }
}

/// A comment that counts.
#[derive(Clone, Copy, Debug)]
struct Said<'c> {
    customer: u32,
    /// The score of an answer to NPS.
    nps: Option<i64>,
    comment: &'c Comment,
}

/// Counts people who come side by side.
#[derive(Debug, Default)]
struct People {
    last: Option<u32>,
    count: u64,
}

impl People {
    fn add(&mut self, person: u32) {
        self.count += u64::from(self.last != Some(person));
        self.last = Some(person);
    }
}

/// The comments of one cell in the making: sums by number, people apart.
#[derive(Debug, Default)]
struct Gathered {
    with_text: u64,
    people: People,
    themes: BTreeMap<u16, (ThemeSums, People, People)>,
    terms: Map<u32, (TermSums, People)>,
    /// Term and a way of writing it with accents → comments.
    written: Map<(u32, u32), u64>,
}

impl Gathered {
    fn add(&mut self, said: &Said<'_>) {
        let person = said.comment.person;
        self.with_text += 1;
        self.people.add(person);
        for theme in &said.comment.themes {
            let (sums, people, nps_people) = self.themes.entry(*theme).or_default();
            sums.mentions += 1;
            people.add(person);
            if let Some(score) = said.nps {
                sums.nps.add_one(score);
                nps_people.add(person);
            }
        }
        for (term, written) in &said.comment.terms {
            let (sums, people) = self.terms.entry(*term).or_default();
            sums.comments += 1;
            sums.promoters += u64::from(said.nps.is_some_and(|score| score >= PROMOTERS_FROM));
            sums.detractors += u64::from(said.nps.is_some_and(|score| score <= DETRACTORS_TO));
            people.add(person);
            if written != term {
                *self.written.entry((*term, *written)).or_default() += 1;
            }
        }
    }

    fn finished(mut self, comments: &Comments) -> tally::Comments {
        for ((term, written), count) in self.written {
            if let Some((sums, _)) = self.terms.get_mut(&term) {
                sums.written.insert(Arc::clone(&comments.vocabulary[written as usize]), count);
            }
        }
        let theme = |(number, (sums, people, nps_people)): (u16, (ThemeSums, People, People))| {
            let sums = ThemeSums { people: people.count, nps_people: nps_people.count, ..sums };
            (Arc::clone(&comments.themes[usize::from(number)]), sums)
        };
        let term = |(number, (sums, people)): (u32, (TermSums, People))| {
            (Arc::clone(&comments.vocabulary[number as usize]), TermSums { people: people.count, ..sums })
        };
        tally::Comments {
            with_text: self.with_text,
            people: self.people.count,
            themes: self.themes.into_iter().map(theme).collect(),
            terms: self.terms.into_iter().map(term).collect(),
        }
    }
}
