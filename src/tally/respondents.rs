//! Who is behind the sums of a survey: groups of people whose answers enter the same sums.
//!
//! Counts people where [`loyalty`](super::loyalty) counts answers; knows no score.

use std::collections::HashMap;

use crate::panel::Timeline;
use crate::panel::answers::Answer;
use crate::panel::segments::Segments;
use crate::tally::loyalty::cells_of;

/// People whose answers, or invitations, enter the same sums.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Group {
    /// The sums, ascending.
    pub sums: Vec<u32>,
    /// The people, ascending, each once.
    pub people: Vec<u32>,
}

/// A sum that the answers of a cell enter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its number.
    pub sum: u32,
    /// Whose answers.
    pub of: Respondent,
}

/// Whose answers a sum is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Respondent {
    /// Everybody's.
    Anybody,
    /// Those of everyday users.
    User,
    /// Those of decision makers.
    DecisionMaker,
}

impl Entry {
    fn takes(self, answer: &Answer) -> bool {
        match self.of {
            Respondent::Anybody => true,
            Respondent::User => answer.roles.is_user,
            Respondent::DecisionMaker => answer.roles.is_decision_maker,
        }
    }
}

/// Sorts answers by the sums that they enter.
///
/// - `at` is the instant that places an answer in time; none if it is not counted at all.
/// - `sums_of` names the sums of a period and cell, by their indexes in the timeline and the segments.
/// - An answer that a later one of the same respondent replaces in a longer period is in that period's sum all the same:
///   what replaces what is not told apart.
pub fn groups<'s>(
    answers: &[Answer],
    timeline: &Timeline,
    segments: &Segments,
    at: impl Fn(&Answer) -> Option<i64>,
    sums_of: impl Fn(usize, usize) -> &'s [Entry],
) -> Vec<Group> {
    let mut people: HashMap<Vec<u32>, Vec<u32>, foldhash::fast::FixedState> = HashMap::default();
    let mut sums = Vec::new();
    for (answer, at) in answers.iter().filter_map(|answer| Some((answer, at(answer)?))) {
        sums.clear();
        for period in timeline.containing(at) {
            for cell in cells_of(segments, period, answer) {
                let entries = sums_of(period, cell).iter().filter(|entry| entry.takes(answer));
                sums.extend(entries.map(|entry| entry.sum));
            }
        }
        if sums.is_empty() {
            continue;
        }
        sums.sort_unstable();
        sums.dedup();
        match people.get_mut(&sums) {
            Some(people) => people.push(answer.respondent),
            None => _ = people.insert(sums.clone(), vec![answer.respondent]),
        }
    }
    let mut groups: Vec<Group> = people.into_iter().map(|(sums, people)| Group { sums, people }).collect();
    for group in &mut groups {
        group.people.sort_unstable();
        group.people.dedup();
    }
    groups.sort_unstable_by(|a, b| a.sums.cmp(&b.sums));
    groups
}
