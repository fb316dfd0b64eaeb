//! Survey rows as plain records: who was asked what, when, and what was answered.
//!
//! Decides which kind of NPS survey counts; nothing about periods or segments.

use std::collections::HashMap;

use polars::prelude::DataFrame;

use crate::config::NpsChoices;
use crate::error::Result;
use crate::panel::records::short;
use crate::panel::{frame, side_by_side};

/// Which question a survey asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Survey {
    /// Net Promoter Score, 0–10.
    Nps,
    /// Satisfaction.
    Csat,
    /// Effort.
    Ces,
}

/// Which of the groups of `nps.roles` a respondent belongs to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Roles {
    /// Everyday users.
    pub is_user: bool,
    /// Decision makers.
    pub is_decision_maker: bool,
}

impl Roles {
    fn of(role: Option<&str>, choices: &NpsChoices) -> Self {
        let is_in = |group: &str| {
            let roles = choices.roles.get(group);
            role.is_some_and(|role| roles.is_some_and(|roles| roles.iter().any(|known| known == role)))
        };
        Self { is_user: is_in("user"), is_decision_maker: is_in("decision_maker") }
    }
}

/// One survey invitation, perhaps answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Index of the customer.
    pub customer: u32,
    /// Row of the frame.
    pub row: u32,
    /// Which question.
    pub survey: Survey,
    /// Who answered, unique over all customers; a number of its own where the row names nobody or has no answer.
    pub respondent: u32,
    /// What the respondent does at the customer's.
    pub roles: Roles,
    /// Code of the kind.
    pub kind: Option<u32>,
    /// Code of the touchpoint.
    pub touchpoint: Option<u32>,
    /// The score, if answered.
    pub score: Option<i64>,
    /// When it was sent, if that is known.
    pub sent_at: Option<i64>,
    /// When it was answered.
    pub responded_at: Option<i64>,
    /// Its place among rows answered at the same instant: by response id, then by row.
    pub tie_rank: u32,
}

/// All survey rows, the answers to NPS restricted to the chosen kind.
#[derive(Clone, Debug, Default)]
pub struct Answers(pub Vec<Answer>);

impl Answers {
    /// Reads the `surveys` frame. NPS rows are kept if they are of the kind chosen, or all if no NPS row is.
    pub(crate) fn read(surveys: &DataFrame, choices: &NpsChoices) -> Result<Self> {
        let nps_kind = choices.kind.as_str();
        let (question, kind) = (frame::text_at(surveys, "survey")?, frame::text_at(surveys, "kind")?);
        let has_kind = (0..surveys.height()).any(|row| question(row) == Some("nps") && kind(row) == Some(nps_kind));
        let counts = |row| match question(row) {
            Some("nps") if !has_kind || kind(row) == Some(nps_kind) => Some(Survey::Nps),
            Some("csat") => Some(Survey::Csat),
            Some("ces") => Some(Survey::Ces),
            _ => None,
        };
        let codes = (frame::codes(surveys, "kind")?, frame::codes(surveys, "touchpoint")?);
        let half = |half| {
            let (counts, codes) = (&counts, &codes);
            move || Self::of_half(surveys, choices, half, counts, codes)
        };
        let ((even, odd), ranks) = side_by_side(|| side_by_side(half(0), half(1)), || tie_ranks(surveys));
        let (even, odd, ranks) = (even?, odd?, ranks?);
        let mut answers = Vec::with_capacity(even.len() + odd.len());
        let mut odd = odd.into_iter().peekable();
        for answer in even {
            answers.extend(std::iter::from_fn(|| odd.next_if(|other| other.row < answer.row)));
            answers.push(answer);
        }
        answers.extend(odd);
        for answer in &mut answers {
            answer.tie_rank = ranks[answer.row as usize];
        }
        Ok(Self(answers))
    }

    /// The rows of every second customer, before it is known which of two at the same instant comes first. To number the
    /// respondents takes longest; of two halves each takes every second number.
    fn of_half(
        surveys: &DataFrame,
        choices: &NpsChoices,
        half: u32,
        counts: &(impl Fn(usize) -> Option<Survey> + Sync),
        (kinds, touchpoints): &(Vec<Option<u32>>, Vec<Option<u32>>),
    ) -> Result<Vec<Answer>> {
        let customer = frame::customer_at(surveys)?;
        let respondent = frame::text_at(surveys, "respondent_id")?;
        let role = frame::text_at(surveys, "respondent_role")?;
        let score = frame::integer_at(surveys, "score")?;
        let sent = frame::integer_at(surveys, "sent_at")?;
        let responded = frame::integer_at(surveys, "responded_at")?;
        // Room for one in four rows of the half: a table that grows on the way moves everything each time.
        let mut people: HashMap<(u32, &str), u32, foldhash::fast::RandomState> =
            HashMap::with_capacity_and_hasher(surveys.height() / 8, foldhash::fast::RandomState::default());
        let mut next = half;
        let mut answers = Vec::with_capacity(surveys.height() / 2);
        for row in 0..surveys.height() {
            let Some(customer) = customer(row).filter(|customer| customer % 2 == half) else { continue };
            let Some(survey) = counts(row) else { continue };
            let responded_at = responded(row);
            let mut fresh = || {
                next += 2;
                next - 2
            };
            // Most invitations stay unanswered, and nobody asks who did not answer.
            let respondent = match respondent(row).filter(|_| responded_at.is_some()) {
                Some(id) => *people.entry((customer, id)).or_insert_with(fresh),
                None => fresh(),
            };
            answers.push(Answer {
                customer,
                row: short(row),
                survey,
                respondent,
                roles: Roles::of(role(row), choices),
                kind: kinds[row],
                touchpoint: touchpoints[row],
                score: score(row),
                sent_at: sent(row),
                responded_at,
                tie_rank: 0,
            });
        }
        Ok(answers)
    }
}

/// The rank of each row among those answered at the same instant: by response id, then by row. Ids are compared only
/// where instants repeat.
fn tie_ranks(surveys: &DataFrame) -> Result<Vec<u32>> {
    let id = frame::text_at(surveys, "response_id")?;
    let responded = frame::integer_at(surveys, "responded_at")?;
    let answered = (0..surveys.height()).zip(0_u32..).filter_map(|(row, short)| Some((responded(row)?, short)));
    let mut order: Vec<(i64, u32)> = answered.collect();
    order.sort_unstable();
    for group in order.chunk_by_mut(|a, b| a.0 == b.0).filter(|group| group.len() > 1) {
        group.sort_by_key(|(_, row)| id(*row as usize));
    }
    let mut ranks = vec![0; surveys.height()];
    for (rank, (_, row)) in (0..).zip(order) {
        ranks[row as usize] = rank;
    }
    Ok(ranks)
}
