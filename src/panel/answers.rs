//! Survey rows as plain records: who was asked what, when, and what was answered.
//!
//! Decides which kind of NPS survey counts; nothing about periods or segments.

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

impl Survey {
    fn of(name: &str) -> Option<Self> {
        match name {
            "nps" => Some(Self::Nps),
            "csat" => Some(Self::Csat),
            "ces" => Some(Self::Ces),
            _ => None,
        }
    }
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
    fn of(role: &str, choices: &NpsChoices) -> Self {
        let is_in = |group: &str| {
            let roles = choices.roles.get(group);
            roles.is_some_and(|roles| roles.iter().any(|known| known == role))
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
    /// Who answered: the first row that they answered; the row itself where it names nobody or has no answer.
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
pub struct Answers {
    /// The rows.
    pub rows: Vec<Answer>,
    /// Whether any row is of the chosen kind; if none is, those of every kind are there.
    pub has_kind: bool,
}

impl Answers {
    /// Reads the `surveys` frame. NPS rows are kept if they are of the kind chosen, or all if no NPS row is.
    pub(crate) fn read(surveys: &DataFrame, choices: &NpsChoices) -> Result<Self> {
        let (questions, surveys_asked) = frame::coded(surveys, "survey")?;
        let (kinds, kind_names) = frame::coded(surveys, "kind")?;
        let (roles, role_names) = frame::coded(surveys, "respondent_role")?;
        let touchpoints = frame::codes(surveys, "touchpoint")?;
        let asked: Vec<Option<Survey>> = surveys_asked.into_iter().map(Survey::of).collect();
        let role_groups: Vec<Roles> = role_names.into_iter().map(|role| Roles::of(role, choices)).collect();
        let nps_kind = kind_names.iter().zip(0..).find(|(name, _)| **name == choices.kind).map(|(_, code)| code);
        let survey = |row: usize| asked[questions[row]? as usize];
        let is_of_kind = |row: usize| nps_kind.is_some() && kinds[row] == nps_kind;
        let has_kind = (0..surveys.height()).any(|row| is_of_kind(row) && survey(row) == Some(Survey::Nps));
        let counts = |row| survey(row).filter(|survey| *survey != Survey::Nps || !has_kind || is_of_kind(row));
        let customer = frame::customer_at(surveys)?;
        let score = frame::integer_at(surveys, "score")?;
        let sent = frame::integer_at(surveys, "sent_at")?;
        let responded = frame::integer_at(surveys, "responded_at")?;
        let (respondents, ranks) = side_by_side(|| respondents(surveys), || tie_ranks(surveys));
        let (respondents, ranks) = (respondents?, ranks?);
        let answer = |row: usize| {
            Some(Answer {
                customer: customer(row)?,
                row: short(row),
                survey: counts(row)?,
                respondent: respondents[row],
                roles: roles[row].map_or_else(Roles::default, |role| role_groups[role as usize]),
                kind: kinds[row],
                touchpoint: touchpoints[row],
                score: score(row),
                sent_at: sent(row),
                responded_at: responded(row),
                tie_rank: ranks[row],
            })
        };
        Ok(Self { rows: (0..surveys.height()).filter_map(answer).collect(), has_kind })
    }
}

/// Who answered each row: the first row that the same respondent of the same customer answered. Most invitations stay
/// unanswered, and nobody asks who did not answer.
fn respondents(surveys: &DataFrame) -> Result<Vec<u32>> {
    let customer = frame::customer_at(surveys)?;
    let id = frame::text_at(surveys, "respondent_id")?;
    let responded = frame::integer_at(surveys, "responded_at")?;
    let mut firsts: Vec<u32> = (0..short(surveys.height())).collect();
    let answered = firsts.iter().filter_map(|row| {
        responded(*row as usize)?;
        Some((customer(*row as usize)?, *row))
    });
    // Few answers a customer: to compare their ids takes less than a table of all ids.
    let mut by_customer: Vec<(u32, u32)> = answered.collect();
    by_customer.sort_unstable();
    let mut named: Vec<(&str, u32)> = Vec::new();
    for group in by_customer.chunk_by(|a, b| a.0 == b.0) {
        named.clear();
        named.extend(group.iter().filter_map(|(_, row)| Some((id(*row as usize)?, *row))));
        named.sort_unstable();
        for same in named.chunk_by(|a, b| a.0 == b.0) {
            for (_, row) in same {
                firsts[*row as usize] = same[0].1;
            }
        }
    }
    Ok(firsts)
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
