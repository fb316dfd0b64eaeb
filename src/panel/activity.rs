//! Activity: when a customer is a customer, and how much it pays at which instant.
//!
//! A business with subscriptions is active while MRR > 0; one without, for a window after each order.

use crate::panel::segments::{History, NOT_SET};
use crate::panel::zeros;

/// One subscription: half-open interval, money per month in micro-units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subscription {
    /// Index of the customer.
    pub customer: u32,
    /// First active instant.
    pub start: i64,
    /// First instant no longer active; `i64::MAX` if it runs on.
    pub end: i64,
    /// MRR in micro-units, not negative.
    pub mrr: i64,
}

/// A stretch of uninterrupted activity `[start, end)`; `end` is `i64::MAX` if it runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spell {
    /// First active instant.
    pub start: i64,
    /// First instant no longer active.
    pub end: i64,
}

/// What is known of one customer's lifetime at an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lifetime {
    /// Not yet a customer.
    NotBegun,
    /// It ended, from first activity to the first gap that was long enough.
    Ended {
        /// First activity.
        from: i64,
        /// Start of the gap.
        to: i64,
    },
    /// It still runs.
    Running {
        /// First activity.
        from: i64,
    },
}

/// An order counts from the instant after its own: what precedes an instant decides who is active at it.
pub(crate) const ORDER_LAG: i64 = 1;

/// Spells and MRR of every customer.
#[derive(Clone, Debug)]
pub struct Activity {
    /// Customer → its spells, merged and ascending. A customer's spells are `spells[offsets[c]..offsets[c + 1]]`.
    offsets: Vec<usize>,
    spells: Vec<Spell>,
    /// The instants at which MRR is known, ascending.
    instants: Vec<i64>,
    /// Instant → customer → MRR in micro-units (1 per active customer in a business without subscriptions).
    mrr: Vec<Vec<i64>>,
    /// Whether MRR is money (else it only says active or not).
    pub has_revenue: bool,
    /// How long after its instant a spell's start, and its end, is felt: [`ORDER_LAG`] for orders, else 0.
    lag: i64,
}

impl Activity {
    /// Activity from subscriptions, with MRR at each of `instants`.
    pub fn from_subscriptions(customer_count: usize, subscriptions: &[Subscription], mut instants: Vec<i64>) -> Self {
        instants.sort_unstable();
        instants.dedup();
        // Instant by instant, so that one snapshot is written at a time: row by row every write would touch another one.
        let snapshot = |at: &i64| {
            let mut snapshot = zeros(customer_count);
            for row in subscriptions.iter().filter(|row| row.start <= *at && *at < row.end) {
                let sum: &mut i64 = &mut snapshot[row.customer as usize];
                *sum = sum.saturating_add(row.mrr);
            }
            snapshot
        };
        let mrr = instants.iter().map(snapshot).collect();
        let active = subscriptions.iter().filter(|row| row.mrr > 0 && row.start < row.end);
        let intervals = active.map(|row| (row.customer, Spell { start: row.start, end: row.end })).collect();
        let (offsets, spells) = merged(customer_count, intervals);
        Self { offsets, spells, instants, mrr, has_revenue: true, lag: 0 }
    }

    /// Activity from orders: a customer is active after each, up to and with the instant that `until` gives for it.
    pub fn from_orders(
        customer_count: usize,
        orders: &[(u32, i64)],
        until: impl Fn(i64) -> i64,
        mut instants: Vec<i64>,
    ) -> Self {
        instants.sort_unstable();
        instants.dedup();
        let intervals =
            orders.iter().map(|(customer, at)| (*customer, Spell { start: *at, end: until(*at) })).collect();
        let (offsets, spells) = merged(customer_count, intervals);
        let mut activity = Self { offsets, spells, instants, mrr: Vec::new(), has_revenue: false, lag: ORDER_LAG };
        let count = u32::try_from(customer_count).unwrap_or(u32::MAX);
        activity.mrr = activity
            .instants
            .iter()
            .map(|at| (0..count).map(|customer| i64::from(activity.is_active(customer, *at))).collect())
            .collect();
        activity
    }

    /// MRR of every customer at an instant that was asked for when this was built; empty for any other.
    pub fn mrr_at(&self, at: i64) -> &[i64] {
        self.instants.binary_search(&at).map_or(&[], |index| &self.mrr[index])
    }

    /// A customer's spells, ascending.
    pub fn spells(&self, customer: u32) -> &[Spell] {
        let customer = customer as usize;
        &self.spells[self.offsets[customer]..self.offsets[customer + 1]]
    }

    /// Whether a customer is active at an instant.
    pub fn is_active(&self, customer: u32, at: i64) -> bool {
        let at = at.saturating_sub(self.lag);
        let spells = self.spells(customer);
        let after = spells.partition_point(|spell| spell.start <= at);
        after > 0 && at < spells[after - 1].end
    }

    /// How often a customer ceased to be active after one instant and up to another.
    pub fn endings(&self, customer: u32, after: i64, up_to: i64) -> usize {
        let (after, up_to) = (after.saturating_sub(self.lag), up_to.saturating_sub(self.lag));
        self.spells(customer).iter().filter(|spell| after < spell.end && spell.end <= up_to).count()
    }

    /// A customer's first activity ever: the stamp of what made it active.
    pub fn first(&self, customer: u32) -> Option<i64> {
        self.spells(customer).first().map(|spell| spell.start)
    }

    /// A customer's lifetime as known at an instant: it ended with the first gap that has elapsed by then, which
    /// is one that lasts beyond the instant that `elapsed` gives for its start; later spells do not count.
    pub fn lifetime(&self, customer: u32, at: i64, elapsed: impl Fn(i64) -> i64) -> Lifetime {
        let at = at.saturating_sub(self.lag);
        let spells = self.spells(customer);
        let Some(from) = spells.first().map(|spell| spell.start).filter(|start| *start <= at) else {
            return Lifetime::NotBegun;
        };
        for (index, spell) in spells.iter().enumerate() {
            let elapsed = elapsed(spell.end);
            if elapsed > at {
                break;
            }
            let is_resumed = spells.get(index + 1).is_some_and(|next| next.start <= elapsed);
            if !is_resumed {
                return Lifetime::Ended { from, to: spell.end };
            }
        }
        Lifetime::Running { from }
    }
}

/// Groups intervals by customer and merges those that touch.
fn merged(customer_count: usize, mut intervals: Vec<(u32, Spell)>) -> (Vec<usize>, Vec<Spell>) {
    intervals.sort_unstable_by_key(|(customer, spell)| (*customer, spell.start, spell.end));
    let mut offsets = Vec::with_capacity(customer_count + 1);
    let mut spells: Vec<Spell> = Vec::with_capacity(intervals.len());
    let mut rows = intervals.into_iter().peekable();
    for customer in 0..customer_count {
        let first = spells.len();
        offsets.push(first);
        while let Some((_, spell)) = rows.next_if(|(owner, _)| *owner as usize == customer) {
            match spells[first..].last_mut() {
                Some(last) if spell.start <= last.end => last.end = last.end.max(spell.end),
                _ => spells.push(spell),
            }
        }
    }
    offsets.push(spells.len());
    (offsets, spells)
}

/// One subscription's plan, for [`plan_history`].
#[derive(Clone, Copy, Debug)]
pub struct PlanRow<'a> {
    /// The interval and its MRR.
    pub subscription: Subscription,
    /// The plan.
    pub plan: Option<&'a str>,
}

/// The value that a customer's largest active row carries, over time: an attribute that lives in subscriptions. Ties go
/// to the row that started later, then to the value that sorts first. An active row without one says that it is not set;
/// without an active row nothing says any.
pub fn plan_history(customer_count: usize, rows: &[PlanRow<'_>]) -> Vec<History> {
    let mut by_customer: Vec<Vec<&PlanRow<'_>>> = vec![Vec::new(); customer_count];
    for row in rows {
        by_customer[row.subscription.customer as usize].push(row);
    }
    by_customer
        .into_iter()
        .map(|rows| {
            let mut instants: Vec<i64> =
                rows.iter().flat_map(|row| [row.subscription.start, row.subscription.end]).collect();
            instants.sort_unstable();
            instants.dedup();
            let mut history: History = Vec::new();
            for at in instants.into_iter().filter(|at| *at != i64::MAX) {
                let active = rows.iter().filter(|row| row.subscription.start <= at && at < row.subscription.end);
                let largest = active.max_by(|a, b| {
                    let size = |row: &PlanRow<'_>| (row.subscription.mrr, row.subscription.start);
                    size(a).cmp(&size(b)).then_with(|| b.plan.cmp(&a.plan))
                });
                let value = largest.map(|row| row.plan.unwrap_or(NOT_SET).to_owned());
                if history.last().is_none_or(|(_, last)| *last != value) {
                    history.push((at, value));
                }
            }
            history
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(start: i64, end: i64, mrr: i64) -> Subscription {
        Subscription { customer: 0, start, end, mrr }
    }

    #[test]
    fn an_upgrade_is_one_spell_and_counts_from_its_first_instant() {
        let activity = Activity::from_subscriptions(1, &[row(0, 10, 5), row(10, i64::MAX, 8)], vec![9, 10, -1]);
        assert_eq!(activity.spells(0), [Spell { start: 0, end: i64::MAX }]);
        assert_eq!((activity.mrr_at(-1)[0], activity.mrr_at(9)[0], activity.mrr_at(10)[0]), (0, 5, 8));
    }

    #[test]
    fn only_a_gap_that_is_longer_than_allowed_and_has_elapsed_ends_a_lifetime() {
        let activity = Activity::from_subscriptions(1, &[row(0, 10, 1), row(15, 40, 1)], vec![]);
        let lifetime = |at, gap| activity.lifetime(0, at, |end| end.saturating_add(gap));
        assert_eq!(lifetime(-1, 0), Lifetime::NotBegun);
        assert_eq!(lifetime(9, 0), Lifetime::Running { from: 0 });
        assert_eq!(lifetime(10, 0), Lifetime::Ended { from: 0, to: 10 });
        assert_eq!(lifetime(30, 0), Lifetime::Ended { from: 0, to: 10 });
        // A gap of exactly five is not longer than five.
        assert_eq!(lifetime(30, 5), Lifetime::Running { from: 0 });
        assert_eq!(lifetime(44, 5), Lifetime::Running { from: 0 });
        assert_eq!(lifetime(45, 5), Lifetime::Ended { from: 0, to: 40 });
    }

    /// Orders at 0 and at 15, each good for ten: active after 0 up to and with 10, and after 15 up to and with 25.
    #[test]
    fn an_order_counts_after_its_instant_and_through_the_last_of_its_window() {
        let instants = vec![0, 1, 10, 11, 15, 16, 25, 26];
        let activity = Activity::from_orders(1, &[(0, 0), (0, 15)], |at| at + 10, instants.clone());
        let active: Vec<i64> = instants.iter().filter(|at| activity.mrr_at(**at)[0] == 1).copied().collect();
        assert_eq!(active, [1, 10, 16, 25]);
        assert_eq!(activity.first(0), Some(0));
        // The first absence ends a lifetime once the window is over: not while its last instant lasts.
        let lifetime = |at, gap| activity.lifetime(0, at, |end| end + gap);
        assert_eq!((lifetime(0, 0), lifetime(10, 0)), (Lifetime::NotBegun, Lifetime::Running { from: 0 }));
        assert_eq!(lifetime(11, 0), Lifetime::Ended { from: 0, to: 10 });
        assert_eq!(lifetime(30, 5), Lifetime::Running { from: 0 });
        assert_eq!((activity.endings(0, 0, 10), activity.endings(0, 10, 11), activity.endings(0, 0, 30)), (0, 1, 2));
        // An order at the last instant of a window leaves no gap.
        let touching = Activity::from_orders(1, &[(0, 0), (0, 10)], |at| at + 10, vec![]);
        assert!((1..=20).all(|at| touching.is_active(0, at)) && !touching.is_active(0, 21));
    }

    #[test]
    fn free_rows_and_empty_intervals_are_no_activity() {
        let activity = Activity::from_subscriptions(1, &[row(0, 10, 0), row(5, 5, 9)], vec![5]);
        assert_eq!((activity.first(0), activity.mrr_at(5)[0]), (None, 0));
    }

    #[test]
    fn the_largest_active_row_names_the_plan() {
        let plan = |start, end, mrr, plan| PlanRow { subscription: row(start, end, mrr), plan: Some(plan) };
        let rows = [plan(0, 20, 10, "Basic"), plan(5, 15, 30, "Pro")];
        let some = |text: &str| Some(text.to_owned());
        let expected = vec![(0, some("Basic")), (5, some("Pro")), (15, some("Basic")), (20, None)];
        assert_eq!(plan_history(1, &rows), [expected]);
        let unnamed = PlanRow { subscription: row(0, 20, 10), plan: None };
        assert_eq!(plan_history(1, &[unnamed]), [vec![(0, some("(not set)")), (20, None)]]);
    }
}
