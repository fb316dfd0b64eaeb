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
    /// What it counts.
    pub of: Counted,
}

/// What a sum counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Counted {
    /// Answers.
    Answers,
    /// Those of everyday users.
    OfUsers,
    /// Those of decision makers.
    OfDecisionMakers,
    /// Invitations.
    Invitations,
}

/// The instants that place an answer in time; none if it is not counted so.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Placing {
    /// As an answer.
    pub as_answer: Option<i64>,
    /// As an invitation.
    pub as_invitation: Option<i64>,
}

impl Entry {
    fn takes(self, answer: &Answer, are_invitations: bool) -> bool {
        match self.of {
            Counted::Answers => !are_invitations,
            Counted::OfUsers => !are_invitations && answer.roles.is_user,
            Counted::OfDecisionMakers => !are_invitations && answer.roles.is_decision_maker,
            Counted::Invitations => are_invitations,
        }
    }
}

/// Sorts answers by the sums that they enter.
///
/// - `placed` says when an answer is counted.
/// - `sums_of` names the sums of a period and cell, by their indexes in the timeline and the segments.
/// - An answer that a later one of the same respondent replaces in a longer period is in that period's sum all the same:
///   what replaces what is not told apart.
pub fn groups<'s>(
    answers: &[Answer],
    timeline: &Timeline,
    segments: &Segments,
    placed: impl Fn(&Answer) -> Placing,
    sums_of: impl Fn(usize, usize) -> &'s [Entry],
) -> Vec<Group> {
    let mut people: HashMap<Vec<u32>, Vec<u32>, foldhash::fast::FixedState> = HashMap::default();
    let mut sums = Vec::new();
    for answer in answers {
        let Placing { as_answer, as_invitation } = placed(answer);
        sums.clear();
        for (at, are_invitations) in [(as_answer, false), (as_invitation, true)] {
            for period in at.into_iter().flat_map(|at| timeline.containing(at)) {
                for cell in cells_of(segments, period, answer) {
                    let entries = sums_of(period, cell).iter().filter(|entry| entry.takes(answer, are_invitations));
                    sums.extend(entries.map(|entry| entry.sum));
                }
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
