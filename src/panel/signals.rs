//! Signals: what can be measured of a customer at a period's end, from what precedes it.
//!
//! Each signal is a number or unknown; what unknown does to a score is decided in [`crate::panel::scores`].

use chrono::{Days, Months, NaiveDate};

use crate::calendar::{Calendar, Moment, whole_months};
use crate::config::{Component, Signal, Window};
use crate::panel::activity::Activity;
use crate::panel::answers::{Answer, Survey};
use crate::panel::records::{Assessment, Interaction, SHARE, SubscriptionRow, Ticket};
use crate::panel::usage::{DayWindow, UsageGrid};
use crate::panel::{Span, day_number};

/// Records grouped by customer, each group ascending by instant.
#[derive(Clone, Debug)]
pub struct ByCustomer<T> {
    offsets: Vec<usize>,
    rows: Vec<(i64, T)>,
}

impl<T: Copy> ByCustomer<T> {
    /// Groups `(customer, instant, record)`.
    pub fn new(customer_count: usize, rows: impl Iterator<Item = (u32, i64, T)>) -> Self {
        let mut rows: Vec<(u32, i64, T)> = rows.collect();
        rows.sort_by_key(|(customer, at, _)| (*customer, *at));
        let mut offsets = vec![0; customer_count + 1];
        for (customer, _, _) in &rows {
            offsets[*customer as usize + 1] += 1;
        }
        for index in 0..customer_count {
            offsets[index + 1] += offsets[index];
        }
        Self { offsets, rows: rows.into_iter().map(|(_, at, row)| (at, row)).collect() }
    }

    /// A customer's records.
    pub fn of(&self, customer: u32) -> &[(i64, T)] {
        &self.rows[self.offsets[customer as usize]..self.offsets[customer as usize + 1]]
    }

    /// A customer's records within `[from, to)`.
    pub fn within(&self, customer: u32, from: i64, to: i64) -> &[(i64, T)] {
        let rows = self.of(customer);
        let first = rows.partition_point(|(at, _)| *at < from);
        let after = rows.partition_point(|(at, _)| *at < to);
        &rows[first.min(after)..after]
    }
}

/// Everything that signals are measured from; `None` where the table is not configured.
#[derive(Clone, Debug, Default)]
pub struct Sources<'a> {
    /// Answered NPS surveys of the chosen kind, by answer.
    pub nps: Option<ByCustomer<Answer>>,
    /// Answered CSAT surveys, by answer.
    pub csat: Option<ByCustomer<Answer>>,
    /// Tickets, by opening.
    pub tickets: Option<ByCustomer<Ticket>>,
    /// Interactions.
    pub interactions: Option<ByCustomer<Interaction<'a>>>,
    /// Goal assessments.
    pub assessments: Option<ByCustomer<Assessment>>,
    /// Usage, and how many distinct features it knows.
    pub usage: Option<(&'a UsageGrid, u32)>,
}

impl Sources<'_> {
    /// Takes the answers to one survey.
    pub fn answers(customer_count: usize, answers: &[Answer], survey: Survey) -> ByCustomer<Answer> {
        let answered = answers.iter().filter(|answer| answer.survey == survey && answer.score.is_some());
        ByCustomer::new(
            customer_count,
            answered.filter_map(|answer| Some((answer.customer, answer.responded_at?, *answer))),
        )
    }
}

/// The first day of a window that ends (exclusively) with `end`.
pub fn window_start(window: Window, end: NaiveDate) -> NaiveDate {
    let start = match window {
        Window::Days(days) => end.checked_sub_days(Days::new(days.unsigned_abs())),
        Window::Months(months) => end.checked_sub_months(Months::new(months)),
    };
    start.unwrap_or(NaiveDate::MIN)
}

/// The windows of days for which a component sums events at a period's end.
pub fn event_windows(component: &Component, span: &Span) -> Vec<DayWindow> {
    let (window, before) = usage_windows(component.window, span);
    match component.signal {
        Signal::Events | Signal::DistinctFeatures => vec![window],
        Signal::UsageTrend => vec![window, before],
        _ => Vec::new(),
    }
}

/// The window of usage days before a period's end, and the one of the same length before it.
pub fn usage_windows(window: Window, span: &Span) -> (DayWindow, DayWindow) {
    let start = window_start(window, span.period.end);
    let before = window_start(window, start);
    let (start, before) = (day_number(start), day_number(before));
    (DayWindow { first: start, end: span.end_day }, DayWindow { first: before, end: start })
}

/// Measures signals at a period's end.
#[derive(Clone, Copy, Debug)]
pub struct Measure<'a> {
    /// Where from.
    pub sources: &'a Sources<'a>,
    /// Subscriptions, by start.
    pub subscriptions: Option<&'a ByCustomer<SubscriptionRow<'a>>>,
    /// Revenue and lifetimes.
    pub activity: &'a Activity,
    /// The company's calendar.
    pub calendar: Calendar,
}

impl Measure<'_> {
    /// One component's signal for a customer at the end of a period; `None` if it is unknown.
    #[expect(clippy::cast_precision_loss, reason = "counts and sums of events are far below 2^53")]
    pub fn signal(&self, component: &Component, customer: u32, span: &Span) -> Option<f64> {
        let from = || self.calendar.midnight(window_start(component.window, span.period.end)).0;
        let count = |n: usize| Some(n as f64);
        match component.signal {
            Signal::ActiveDays
            | Signal::Events
            | Signal::DistinctFeatures
            | Signal::UsageTrend
            | Signal::DaysSinceUsage => self.usage(component, customer, span),
            Signal::LastNps => mean_of_latest(self.sources.nps.as_ref()?.within(customer, from(), span.end)),
            Signal::LastCsat => mean_of_latest(self.sources.csat.as_ref()?.within(customer, from(), span.end)),
            Signal::Tickets => count(self.sources.tickets.as_ref()?.within(customer, from(), span.end).len()),
            Signal::OpenTickets => {
                let opened = self.sources.tickets.as_ref()?.within(customer, i64::MIN, span.end);
                count(opened.iter().filter(|(_, ticket)| ticket.resolved_at.is_none_or(|at| at >= span.end)).count())
            }
            Signal::Fcr => {
                let opened = self.sources.tickets.as_ref()?.within(customer, from(), span.end);
                let counted = opened.iter().filter(|(_, ticket)| ticket.contacts > 0);
                let (mut n, mut first) = (0, 0);
                for (_, ticket) in counted {
                    n += 1;
                    let is_resolved = ticket.resolved_at.is_some_and(|at| at < span.end);
                    first += u32::from(is_resolved && ticket.contacts == 1 && !ticket.is_reopened);
                }
                (n > 0).then(|| 100.0 * f64::from(first) / f64::from(n))
            }
            Signal::Interactions => {
                let rows = self.sources.interactions.as_ref()?.within(customer, from(), span.end);
                let is_wanted =
                    |row: &Interaction<'_>| component.kind.is_none() || row.kind == component.kind.as_deref();
                count(rows.iter().filter(|(_, row)| is_wanted(row)).count())
            }
            Signal::GoalAttainment => attainment(self.sources.assessments.as_ref()?.within(customer, from(), span.end)),
            Signal::TenureMonths => {
                let first = self.activity.first(customer).filter(|first| *first <= span.end)?;
                let first = self.calendar.local(Moment(first))?.date();
                Some(whole_months(first, span.period.end) as f64)
            }
            Signal::MrrTrend => {
                let before = *self.activity.mrr_at(from()).get(customer as usize)?;
                let now = *self.activity.mrr_at(span.end).get(customer as usize)?;
                (before > 0).then(|| now as f64 / before as f64)
            }
            Signal::DaysToRenewal => self.days_to_renewal(customer, span).map(|days| days as f64),
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "sums of events are far below 2^53")]
    fn usage(&self, component: &Component, customer: u32, span: &Span) -> Option<f64> {
        let (grid, feature_count) = self.sources.usage?;
        let (window, before) = usage_windows(component.window, span);
        match component.signal {
            Signal::ActiveDays => Some(f64::from(grid.days_used(customer, window))),
            Signal::Events => grid.events(customer, window).map(|events| events as f64),
            Signal::DistinctFeatures => grid.distinct_features(customer, window, feature_count).map(f64::from),
            Signal::UsageTrend => {
                let (now, before) = (grid.events(customer, window)?, grid.events(customer, before)?);
                (before > 0).then(|| now as f64 / before as f64)
            }
            _ => grid.last_used_before(customer, span.end_day).map(|last| f64::from(span.end_day - last)),
        }
    }

    /// Civil days from a period's end to the customer's next renewal, among the rows active at that end.
    pub fn days_to_renewal(&self, customer: u32, span: &Span) -> Option<i64> {
        let rows = self.subscriptions?.of(customer);
        let active = rows.iter().filter(|(start, row)| *start <= span.end && span.end < row.subscription.end);
        let next = active.filter_map(|(_, row)| row.renewal_at).filter(|at| *at >= span.end).min()?;
        Some((self.calendar.local(Moment(next))?.date() - span.period.end).num_days())
    }
}

/// The mean of each respondent's latest score.
#[expect(clippy::cast_precision_loss, reason = "a handful of scores from 0 to 10")]
fn mean_of_latest(answers: &[(i64, Answer)]) -> Option<f64> {
    let mut latest: Vec<(u32, i64, u32, i64)> = answers
        .iter()
        .filter_map(|(at, answer)| Some((answer.respondent, *at, answer.tie_rank, answer.score?)))
        .collect();
    latest.sort_unstable();
    let last_of_each = |index: usize| latest.get(index + 1).is_none_or(|next| next.0 != latest[index].0);
    let scores: Vec<i64> =
        (0..latest.len()).filter(|index| last_of_each(*index)).map(|index| latest[index].3).collect();
    (!scores.is_empty()).then(|| scores.iter().sum::<i64>() as f64 / scores.len() as f64)
}

/// 100 × Σ weight × attainment / Σ weight over the latest known assessment of each goal. In whole numbers, so that the order of
/// the goals, which other rows decide, shows in no digit.
#[expect(clippy::cast_precision_loss, reason = "a ratio, rounded once")]
fn attainment(assessments: &[(i64, Assessment)]) -> Option<f64> {
    let mut latest: Vec<&Assessment> = assessments.iter().map(|(_, assessment)| assessment).collect();
    latest.sort_by_key(|assessment| (assessment.goal, assessment.at, assessment.row));
    latest.reverse();
    latest.dedup_by_key(|assessment| assessment.goal);
    let known = latest.iter().filter_map(|goal| Some((i128::from(goal.weight), i128::from(goal.attainment?))));
    let (weight, reached) = known.fold((0_i128, 0_i128), |(weights, reached), (weight, share)| {
        (weights + weight, reached.saturating_add(weight.saturating_mul(share)))
    });
    (weight > 0).then(|| 100.0 * (reached as f64 / (SHARE as f64 * weight as f64)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Three shares of one weight: (0.6560774024 + 0.0542083488 + 0.4897142338) / 3 = 0.39999999500 exactly, so that the first
    /// wrong digit would round a score the other way. Their goals are numbered as other rows of the file come.
    #[test]
    fn how_goals_are_numbered_shows_in_no_digit() {
        let shares = [656_077_402_400, 54_208_348_800, 489_714_233_800];
        let of = |goals: [u32; 3]| {
            let rows = goals.into_iter().zip(shares).map(|(goal, share)| {
                let weight = 1_000_000;
                (0, Assessment { customer: 0, goal, at: 0, row: goal, weight, attainment: Some(share), gap: None })
            });
            attainment(&rows.collect::<Vec<_>>()).unwrap()
        };
        let orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
        assert_eq!(orders.map(|goals| of(goals).to_bits()), [39.999_999_5_f64.to_bits(); 6]);
    }
}
