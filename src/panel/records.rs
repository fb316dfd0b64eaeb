//! Rows of the small tables as plain records, customers already resolved to indexes.
//!
//! Takes frames that hold their contract; decides nothing about periods or segments.

use polars::prelude::DataFrame;

use crate::error::Result;
use crate::panel::activity::Subscription;
use crate::panel::frame;

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
    /// The row's own id, and why it ended: they settle which of two like rows ended last.
    pub tie: (Option<&'a str>, Option<&'a str>),
}

/// Reads the `subscriptions` frame; `attribute` names the column that an attribute lives in.
pub(crate) fn subscriptions<'a>(rows: &'a DataFrame, attribute: &str) -> Result<Vec<SubscriptionRow<'a>>> {
    let customers = frame::customers(rows)?;
    let start = frame::integers(rows, "start_date")?;
    let end = frame::integers(rows, "end_date")?;
    let mrr = frame::integers(rows, "mrr")?;
    let renewal = frame::integers(rows, "renewal_date")?;
    let attributes = frame::texts(rows, attribute)?;
    let id = frame::text_at(rows, "subscription_id")?;
    let reason = frame::text_at(rows, "cancel_reason")?;
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
                tie: (id(row), reason(row)),
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
pub(super) fn short(row: usize) -> u32 {
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
