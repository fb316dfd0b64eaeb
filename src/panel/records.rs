//! Rows of the small tables as plain records, customers already resolved to indexes.
//!
//! Takes frames that hold their contract; decides nothing about periods or segments.

use std::collections::HashMap;

use polars::prelude::DataFrame;

use crate::config::NpsChoices;
use crate::error::Result;
use crate::panel::activity::Subscription;
use crate::panel::frame;

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
        let customer = frame::customer_at(surveys)?;
        let question = frame::text_at(surveys, "survey")?;
        let kind = frame::text_at(surveys, "kind")?;
        let respondent = frame::text_at(surveys, "respondent_id")?;
        let role = frame::text_at(surveys, "respondent_role")?;
        let kind_codes = frame::codes(surveys, "kind")?;
        let touchpoints = frame::codes(surveys, "touchpoint")?;
        let score = frame::integer_at(surveys, "score")?;
        let sent = frame::integer_at(surveys, "sent_at")?;
        let responded = frame::integer_at(surveys, "responded_at")?;
        let ranks = tie_ranks(surveys)?;

        let has_kind = (0..surveys.height()).any(|row| question(row) == Some("nps") && kind(row) == Some(nps_kind));
        // Room for one in four rows: a table that grows on the way moves everything each time.
        let mut people: HashMap<(u32, &str), u32, foldhash::fast::RandomState> =
            HashMap::with_capacity_and_hasher(surveys.height() / 4, foldhash::fast::RandomState::default());
        let mut next = 0;
        let mut answers = Vec::with_capacity(surveys.height());
        for row in 0..surveys.height() {
            let survey = match question(row) {
                Some("nps") if !has_kind || kind(row) == Some(nps_kind) => Survey::Nps,
                Some("csat") => Survey::Csat,
                Some("ces") => Survey::Ces,
                _ => continue,
            };
            let Some(customer) = customer(row) else { continue };
            let responded_at = responded(row);
            let mut fresh = || {
                next += 1;
                next - 1
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
                kind: kind_codes[row],
                touchpoint: touchpoints[row],
                score: score(row),
                sent_at: sent(row),
                responded_at,
                tie_rank: ranks[row],
            });
        }
        Ok(Self(answers))
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

/// One ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ticket {
    /// Index of the customer.
    pub customer: u32,
    /// Row of the frame.
    pub row: u32,
    /// When it was opened.
    pub opened_at: i64,
    /// When somebody first answered.
    pub first_response_at: Option<i64>,
    /// When it was resolved.
    pub resolved_at: Option<i64>,
    /// How many contacts it took.
    pub contacts: i64,
    /// Whether it was opened again.
    pub is_reopened: bool,
}

/// Reads the `tickets` frame.
pub(crate) fn tickets(rows: &DataFrame) -> Result<Vec<Ticket>> {
    let customer = frame::customer_at(rows)?;
    let opened = frame::integer_at(rows, "opened_at")?;
    let responded = frame::integer_at(rows, "first_response_at")?;
    let resolved = frame::integer_at(rows, "resolved_at")?;
    let contacts = frame::integer_at(rows, "contacts")?;
    let reopened = frame::flag_at(rows, "reopened")?;
    Ok((0..rows.height())
        .filter_map(|row| {
            Some(Ticket {
                customer: customer(row)?,
                row: short(row),
                opened_at: opened(row)?,
                first_response_at: responded(row),
                resolved_at: resolved(row),
                contacts: contacts(row)?,
                is_reopened: reopened(row) == Some(true),
            })
        })
        .collect())
}

/// One subscription row with what signals and segments want of it.
#[derive(Clone, Copy, Debug)]
pub struct SubscriptionRow<'a> {
    /// Row of the frame.
    pub row: u32,
    /// Interval and MRR.
    pub subscription: Subscription,
    /// When it comes up for renewal.
    pub renewal_at: Option<i64>,
    /// The text of the column that an attribute lives in.
    pub attribute: Option<&'a str>,
}

/// Reads the `subscriptions` frame; `attribute` names the column that an attribute lives in.
pub(crate) fn subscriptions<'a>(rows: &'a DataFrame, attribute: &str) -> Result<Vec<SubscriptionRow<'a>>> {
    let customers = frame::customers(rows)?;
    let start = frame::integers(rows, "start_date")?;
    let end = frame::integers(rows, "end_date")?;
    let mrr = frame::integers(rows, "mrr")?;
    let renewal = frame::integers(rows, "renewal_date")?;
    let attributes = frame::texts(rows, attribute)?;
    Ok((0..rows.height())
        .filter_map(|row| {
            let subscription = Subscription {
                customer: customers[row]?,
                start: start[row]?,
                end: end[row].unwrap_or(i64::MAX),
                mrr: mrr[row]?,
            };
            Some(SubscriptionRow {
                row: short(row),
                subscription,
                renewal_at: renewal[row],
                attribute: attributes[row],
            })
        })
        .collect())
}

/// One order or refund.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Order {
    /// Index of the customer.
    pub customer: u32,
    /// When.
    pub at: i64,
    /// Micro-units; negative for a refund, which is no order of its own.
    pub amount: i64,
}

impl Order {
    /// A refund lowers revenue and is neither an order nor activity.
    pub fn is_refund(&self) -> bool {
        self.amount < 0
    }
}

/// Reads the `orders` frame.
pub(crate) fn orders(rows: &DataFrame) -> Result<Vec<Order>> {
    let customers = frame::customers(rows)?;
    let at = frame::integers(rows, "ordered_at")?;
    let amount = frame::integers(rows, "amount")?;
    Ok((0..rows.height())
        .filter_map(|row| Some(Order { customer: customers[row]?, at: at[row]?, amount: amount[row]? }))
        .collect())
}

/// One contact with a customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interaction<'a> {
    /// Index of the customer.
    pub customer: u32,
    /// When.
    pub at: i64,
    /// What kind.
    pub kind: Option<&'a str>,
}

/// Reads the `interactions` frame.
pub(crate) fn interactions(rows: &DataFrame) -> Result<Vec<Interaction<'_>>> {
    let customers = frame::customers(rows)?;
    let at = frame::integers(rows, "at")?;
    let kinds = frame::texts(rows, "kind")?;
    Ok((0..rows.height())
        .filter_map(|row| Some(Interaction { customer: customers[row]?, at: at[row]?, kind: kinds[row] }))
        .collect())
}

/// One assessment of one promise.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Assessment {
    /// Index of the customer.
    pub customer: u32,
    /// Code of the goal.
    pub goal: u32,
    /// When it was assessed.
    pub at: i64,
    /// Row of the frame; settles ties.
    pub row: u32,
    /// Weight in millionths.
    pub weight: i64,
    /// Share reached, 0–1 in units of [`SHARE`], so fine that a sum of some need not know; `None` if unknown.
    pub attainment: Option<i64>,
    /// Expected minus perceived rating in millionths, if both are known.
    pub gap: Option<i64>,
}

/// Reads the `goals` frame.
pub(crate) fn assessments(rows: &DataFrame) -> Result<Vec<Assessment>> {
    let customers = frame::customers(rows)?;
    let goals = frame::codes(rows, "goal_id")?;
    let at = frame::integers(rows, "assessed_at")?;
    let target = frame::numbers(rows, "target")?;
    let achieved = frame::numbers(rows, "achieved")?;
    let direction = frame::texts(rows, "direction")?;
    let weight = frame::numbers(rows, "weight")?;
    let expected = frame::numbers(rows, "expected_rating")?;
    let perceived = frame::numbers(rows, "perceived_rating")?;
    Ok((0..rows.height())
        .filter_map(|row| {
            let is_down = direction[row] == Some("down");
            let share = target[row].zip(achieved[row]).map(|(target, achieved)| attainment(target, achieved, is_down));
            Some(Assessment {
                customer: customers[row]?,
                goal: goals[row]?,
                at: at[row]?,
                row: short(row),
                weight: millionths(weight[row].unwrap_or(1.0)),
                attainment: share.map(fine_share),
                gap: expected[row].zip(perceived[row]).map(|(expected, perceived)| millionths(expected - perceived)),
            })
        })
        .collect())
}

/// Units of 1 in which a goal's attainment is kept: what a customer reached is rounded once, when it is summed.
pub const SHARE: i64 = 1_000_000_000_000;

/// A share of 0–1 in units of [`SHARE`].
#[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "0–1, in 10¹² units")]
fn fine_share(share: f64) -> i64 {
    (share * SHARE as f64).round() as i64
}

/// How much of a goal is reached, 0–1: the ratio where both numbers are positive, else met (1) or missed (0).
fn attainment(target: f64, achieved: f64, is_down: bool) -> f64 {
    if target > 0.0 && achieved > 0.0 {
        let ratio = if is_down { target / achieved } else { achieved / target };
        return ratio.clamp(0.0, 1.0);
    }
    let is_met = if is_down { achieved <= target } else { achieved >= target };
    if is_met { 1.0 } else { 0.0 }
}

/// A number in millionths, rounded half away from zero.
#[expect(clippy::cast_possible_truncation, reason = "ratings, weights and shares are far inside the range of i64")]
pub fn millionths(value: f64) -> i64 {
    (value * 1e6).round() as i64
}

/// Money spent on keeping customers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cost {
    /// Index of the customer; none: the whole base.
    pub customer: Option<u32>,
    /// Row of the frame.
    pub row: u32,
    /// When.
    pub at: i64,
    /// Micro-units.
    pub amount: i64,
}

/// Reads the `retention_costs` frame.
pub(crate) fn costs(rows: &DataFrame) -> Result<Vec<Cost>> {
    let customers = frame::customers(rows)?;
    let at = frame::integers(rows, "date")?;
    let amount = frame::integers(rows, "amount")?;
    Ok((0..rows.height())
        .filter_map(|row| Some(Cost { customer: customers[row], row: short(row), at: at[row]?, amount: amount[row]? }))
        .collect())
}

/// How far a customer's on-boarding has come: of several rows the earliest of each stamp.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Onboarding {
    /// When it was complete.
    pub completed_at: Option<i64>,
    /// When the customer first had something of it.
    pub first_value_at: Option<i64>,
}

/// Reads the `onboarding` frame: customer → record.
pub(crate) fn onboarding(rows: &DataFrame, customer_count: usize) -> Result<Vec<Onboarding>> {
    let customers = frame::customers(rows)?;
    let completed = frame::integers(rows, "completed_at")?;
    let first_value = frame::integers(rows, "first_value_at")?;
    let mut records = vec![Onboarding::default(); customer_count];
    for ((customer, completed), first_value) in customers.into_iter().zip(completed).zip(first_value) {
        if let Some(record) = customer.and_then(|customer| records.get_mut(customer as usize)) {
            record.completed_at = earlier(record.completed_at, completed);
            record.first_value_at = earlier(record.first_value_at, first_value);
        }
    }
    Ok(records)
}

/// The earlier of two instants, as far as they are known.
pub(crate) fn earlier(one: Option<i64>, other: Option<i64>) -> Option<i64> {
    one.into_iter().chain(other).min()
}

/// A row's number, as records keep it; a table of more than four thousand million rows is streamed, not kept.
fn short(row: usize) -> u32 {
    u32::try_from(row).unwrap_or(u32::MAX)
}

/// Two stamps of something that belongs to no customer: leads and staff.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stay {
    /// Row of the frame.
    pub row: u32,
    /// Created or hired.
    pub from: i64,
    /// Converted or left.
    pub to: Option<i64>,
}

/// Reads two stamps of a frame.
pub(crate) fn stays(rows: &DataFrame, from: &str, to: &str) -> Result<Vec<Stay>> {
    let from = frame::integers(rows, from)?;
    let to = frame::integers(rows, to)?;
    Ok((0..)
        .zip(from.into_iter().zip(to))
        .filter_map(|(row, (from, to))| Some(Stay { row, from: from?, to }))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_known_is_never_the_earlier() {
        assert_eq!(
            (earlier(Some(2), Some(1)), earlier(None, Some(1)), earlier(Some(2), None)),
            (Some(1), Some(1), Some(2))
        );
        assert_eq!(earlier(None, None), None);
    }

    /// Actual churn 4 % against a target of 5 %, less being better, is met; NPS −10 against 20 is missed, with no ratio;
    /// 50 against 50 is met.
    #[test]
    fn attainment_is_a_ratio_only_where_both_are_positive() {
        let close = |a: f64, b: f64| assert!((a - b).abs() < 1e-12, "{a} {b}");
        close(attainment(5.0, 4.0, true), 1.0);
        close(attainment(4.0, 5.0, true), 0.8);
        close(attainment(20.0, -10.0, false), 0.0);
        close(attainment(0.0, 0.0, false), 1.0);
        close(attainment(50.0, 50.0, false), 1.0);
        close(attainment(50.0, 25.0, false), 0.5);
    }
}
