//! Histories of orders: how often each customer bought, when last, since when, and for how much.
//!
//! Orders of one local day are one purchase. Knows what happened by a period's end; expects nothing.

use crate::calendar::{Calendar, Moment};
use crate::panel::day_number;
use crate::panel::records::Order;
use crate::panel::segments::Segments;
use crate::panel::signals::ByCustomer;
use crate::tally::Merge;
use crate::tally::table::TallyTable;

/// A history of purchases.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub struct Buyer {
    /// Purchases after the first.
    pub repeats: u32,
    /// Days from the first purchase to the last.
    pub last: u32,
    /// Days from the first purchase to the period's last day.
    pub age: u32,
    /// What the repeats came to, refunds taken off, in micro-units.
    pub revenue: i64,
}

/// How many customers have each history, ascending by history.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Buyers(Vec<(Buyer, u32)>);

impl Buyers {
    /// Counts histories in ascending order.
    pub fn from_sorted(buyers: impl IntoIterator<Item = Buyer>) -> Self {
        let mut counts = Self::default();
        buyers.into_iter().for_each(|buyer| counts.push(buyer));
        counts
    }

    /// Counts one more customer, whose history is not before any that is there.
    fn push(&mut self, buyer: Buyer) {
        match self.0.last_mut() {
            Some((last, count)) if *last == buyer => *count += 1,
            _ => self.0.push((buyer, 1)),
        }
    }

    /// `(history, customers)` pairs, ascending; no count is zero.
    pub fn counts(&self) -> &[(Buyer, u32)] {
        &self.0
    }
}

impl Merge for Buyers {
    fn merge(&mut self, other: &Self) {
        if other.0.is_empty() {
            return;
        }
        let mut merged: Vec<(Buyer, u32)> = Vec::with_capacity(self.0.len() + other.0.len());
        let (mut left, mut right) = (self.0.iter().peekable(), other.0.iter().peekable());
        while let Some(&(buyer, count)) = match (left.peek(), right.peek()) {
            (Some(mine), Some(theirs)) if mine.0 <= theirs.0 => left.next(),
            (Some(_), None) => left.next(),
            _ => right.next(),
        } {
            match merged.last_mut() {
                Some((last, customers)) if *last == buyer => *customers += count,
                _ => merged.push((buyer, count)),
            }
        }
        self.0 = merged;
    }
}

/// Adds up the histories of all customers with an order, as known at each period's end. A customer stands in the segment
/// of its lifetime.
pub fn add_buyers(
    table: &mut TallyTable,
    segments: &Segments,
    calendar: Calendar,
    orders: &ByCustomer<Order>,
    customers: u32,
) {
    let day = |at: i64| calendar.local(Moment(at)).map_or(0, |local| day_number(local.date()));
    let days: Vec<Vec<i32>> =
        (0..customers).map(|customer| orders.of(customer).iter().map(|(at, _)| day(*at)).collect()).collect();
    for period in table.timeline.periods() {
        let (end, end_day) = (table.timeline.spans[period].end, table.timeline.spans[period].end_day);
        let history = |(customer, days): (u32, &Vec<i32>)| {
            let rows = orders.within(customer, i64::MIN, end);
            Some((history(days, rows, end_day - 1)?, customer))
        };
        let mut buyers: Vec<(Buyer, u32)> = (0..customers).zip(&days).filter_map(history).collect();
        // Sorted once, they arrive in order wherever they belong.
        buyers.sort_unstable();
        for (buyer, customer) in buyers {
            for cell in segments.lifetime_cells(period, customer) {
                table.at(period, cell).buyers.push(buyer);
            }
        }
    }
}

/// A customer's history by a day; none without an order. A refund lowers what was bought on its day, or else what was
/// bought last before it.
fn history(days: &[i32], orders: &[(i64, Order)], last_day: i32) -> Option<Buyer> {
    let (mut first, mut buyer) = (None, Buyer::default());
    let mut rows = orders.iter().zip(days).peekable();
    while let Some(&(_, &day)) = rows.peek() {
        let (mut amount, mut is_purchase) = (0_i64, false);
        while let Some(((_, order), _)) = rows.next_if(|(_, on)| **on == day) {
            amount = order.amount.saturating_add(amount);
            is_purchase |= !order.is_refund();
        }
        match first {
            None if is_purchase => first = Some(day),
            Some(first) if is_purchase => {
                buyer.repeats += 1;
                buyer.last = days_between(first, day);
                buyer.revenue = buyer.revenue.saturating_add(amount);
            }
            // Of the first purchase nothing is kept but its day.
            Some(_) if buyer.repeats > 0 => buyer.revenue = buyer.revenue.saturating_add(amount),
            _ => {}
        }
    }
    buyer.age = days_between(first?, last_day);
    Some(buyer)
}

fn days_between(from: i32, to: i32) -> u32 {
    u32::try_from(to.saturating_sub(from)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Orders and refunds as (day, amount); the instants do not matter.
    fn of(rows: &[(i32, i64)], last_day: i32) -> Option<Buyer> {
        let days: Vec<i32> = rows.iter().map(|(day, _)| *day).collect();
        let orders: Vec<_> =
            rows.iter().map(|(_, amount)| (0, Order { customer: 0, at: 0, amount: *amount })).collect();
        history(&days, &orders, last_day)
    }

    /// Days 10, 12 and 20: twice again, ten days from the first to the last, 15 until day 25; 7 + 5 on day 12, 3 on day 20.
    #[test]
    fn orders_of_a_day_are_one_purchase() {
        let history = of(&[(10, 100), (10, 4), (12, 7), (12, 5), (20, 3)], 25);
        assert_eq!(history, Some(Buyer { repeats: 2, last: 10, age: 15, revenue: 15 }));
        assert_eq!(of(&[(10, 100), (10, 4)], 10), Some(Buyer::default()));
    }

    /// Day 12 comes to 7 − 2; the refund of day 15 is of the purchase of day 12, that of day 11 of the first one.
    #[test]
    fn a_refund_lowers_a_purchase_and_is_none() {
        let history = of(&[(9, -8), (10, 100), (11, -1), (12, -2), (12, 7), (15, -4)], 20);
        assert_eq!(history, Some(Buyer { repeats: 1, last: 2, age: 10, revenue: 1 }));
        assert_eq!(of(&[(9, -8)], 20), None);
        assert_eq!(of(&[], 20), None);
        // Free of charge is a purchase.
        assert_eq!(of(&[(10, 0), (11, 0)], 20), Some(Buyer { repeats: 1, last: 1, age: 10, revenue: 0 }));
    }
}
