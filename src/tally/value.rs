//! Orders, retention spend, leads and staff: one pass each.

use std::collections::BTreeMap;

use crate::calendar::{Calendar, Moment, window_months};
use crate::panel::Span;
use crate::panel::activity::Activity;
use crate::panel::records::{Cost, Order, Stay};
use crate::panel::segments::Segments;
use crate::panel::signals::ByCustomer;
use crate::tables::schema::Table;
use crate::tally::table::TallyTable;
use crate::tally::{Costs, Reach};

/// A customer's sum, or the greatest that its number holds: files may say what no business has.
fn held(sum: i128) -> i64 {
    i64::try_from(sum).unwrap_or(if sum < 0 { i64::MIN } else { i64::MAX })
}

/// Orders and revenue of some rows; a refund lowers revenue and is no order.
fn totals(rows: &[(i64, Order)]) -> (i64, i64) {
    let revenue: i128 = rows.iter().map(|(_, order)| i128::from(order.amount)).sum();
    (rows.iter().map(|(_, order)| i64::from(!order.is_refund())).sum(), held(revenue))
}

/// Adds up orders of each period, and of the window of `window_length` months that ends with it.
pub fn add_orders(
    table: &mut TallyTable,
    segments: &Segments,
    activity: &Activity,
    calendar: Calendar,
    orders: &ByCustomer<Order>,
    customers: u32,
    window_length: u32,
) {
    for period in table.timeline.periods() {
        let span = table.timeline.spans[period].clone();
        let months: Vec<Span> =
            window_months(&span.period, window_length).iter().map(|month| Span::new(month, &calendar)).collect();
        let window_start = months.last().map_or(span.start, |month| month.start);
        for customer in 0..customers {
            let (count, revenue) = totals(orders.within(customer, span.start, span.end));
            if count != 0 || revenue != 0 {
                for cell in segments.flow_cells(period, customer) {
                    table.at(period, cell).orders.ticket.push(count, revenue);
                }
            }
            let (count, revenue) = totals(orders.within(customer, window_start, span.end));
            let active = months.iter().filter(|month| activity.is_active(customer, month.end)).count();
            let active = i64::try_from(active).unwrap_or(i64::MAX);
            if active != 0 || count != 0 || revenue != 0 {
                for cell in segments.stock_cells(period, customer) {
                    let sums = &mut table.at(period, cell).orders;
                    sums.frequency.push(active, count.saturating_mul(1_000_000));
                    sums.per_active_month.push(active, revenue);
                }
            }
        }
    }
}

/// Adds up spend by customer, against the customers retained (active at start and at end), and sets the opening customers
/// that it reached against the others.
pub fn add_costs(table: &mut TallyTable, segments: &Segments, activity: &Activity, costs: &[Cost]) {
    let mut by_period: Vec<Spend> = vec![Spend::default(); table.timeline.spans.len()];
    for cost in costs {
        let periods: Vec<usize> = table.timeline.containing(cost.at).collect();
        for period in periods {
            let rows = segments.row_cells(Table::RetentionCosts, period, cost.row, cost.customer);
            if let Some(customer) = cost.customer {
                let spend = &mut by_period[period];
                *spend.by_customer.entry(customer).or_default() += i128::from(cost.amount);
                for cell in rows {
                    *spend.by_row_cell.entry(cell).or_default().entry(customer).or_default() += i128::from(cost.amount);
                }
            } else {
                for cell in std::iter::once(0).chain(rows) {
                    let total = &mut table.at(period, cell).costs;
                    total.spend += i128::from(cost.amount);
                    total.whole_base = true;
                }
            }
        }
    }
    for period in table.timeline.periods() {
        let mut spend = std::mem::take(&mut by_period[period]);
        let ends = {
            let span = &table.timeline.spans[period];
            Ends { opening: activity.mrr_at(span.start), closing: activity.mrr_at(span.end) }
        };
        for customer in (0..).take(ends.opening.len().min(ends.closing.len())) {
            let named = spend.by_customer.remove(&customer).map(held);
            if ends.opening[customer as usize] == 0 && named.is_none() {
                continue;
            }
            for cell in segments.flow_cells(period, customer) {
                let tallies = table.at(period, cell);
                ends.add_cost(&mut tallies.costs, customer, named.unwrap_or(0));
                ends.add_reach(&mut tallies.reach, customer, named.is_some());
            }
        }
        // What a programme costs is divided by all that were retained, whomever it reached.
        for (cell, within) in segments.cells_of_rows(Table::RetentionCosts) {
            let on = spend.by_row_cell.remove(&cell).unwrap_or_default();
            let is_empty = on.is_empty() && table.get(period, cell).is_none();
            let Some(all) = table.get(period, within).filter(|_| !is_empty) else { continue };
            let (retained, all) = (all.costs.retained, all.reach.clone());
            let tallies = table.at(period, cell);
            let mut untouched = retained;
            for (customer, amount) in on {
                let amount = held(amount);
                ends.add_cost(&mut tallies.costs, customer, amount);
                ends.add_reach(&mut tallies.reach, customer, true);
                untouched -= u64::from(ends.is_retained(customer));
            }
            tallies.costs.retained = retained;
            tallies.costs.per_retained.push_alike(1, 0, untouched);
            // Whom another programme reached is among the others of this one.
            let reach = &mut tallies.reach;
            reach.others = all.reached + all.others - reach.reached;
            reach.others_retained = all.reached_retained + all.others_retained - reach.reached_retained;
        }
    }
}

/// MRR of every customer at a period's start and at its end.
#[derive(Clone, Copy, Debug)]
struct Ends<'a> {
    opening: &'a [i64],
    closing: &'a [i64],
}

impl Ends<'_> {
    fn is_retained(self, customer: u32) -> bool {
        self.opening[customer as usize] > 0 && self.closing[customer as usize] > 0
    }

    /// Adds what was spent on a customer.
    fn add_cost(self, costs: &mut Costs, customer: u32, amount: i64) {
        let is_retained = self.is_retained(customer);
        costs.spend += i128::from(amount);
        costs.retained += u64::from(is_retained);
        costs.per_retained.push(i64::from(is_retained), amount);
    }

    /// Adds an opening customer to those reached, if a cost names it, else to the others.
    fn add_reach(self, reach: &mut Reach, customer: u32, is_named: bool) {
        let opening = self.opening[customer as usize];
        if opening == 0 {
            return;
        }
        let is_retained = u64::from(self.is_retained(customer));
        if is_named {
            reach.reached += 1;
            reach.reached_retained += is_retained;
            reach.reached_mrr += i128::from(opening);
        } else {
            reach.others += 1;
            reach.others_retained += is_retained;
        }
    }
}

/// When each customer was first in contact.
#[derive(Clone, Copy, Debug)]
pub struct FirstContacts<'a> {
    /// Customer → instant, where it is known.
    pub at: &'a [Option<i64>],
    /// The company's calendar.
    pub calendar: Calendar,
}

/// Adds up what has been spent on each retained customer since the day of its first contact; on one whose first contact
/// is not known, all that was ever spent on it.
pub fn add_costs_since_first_contact(
    table: &mut TallyTable,
    segments: &Segments,
    activity: &Activity,
    costs: &[Cost],
    first: FirstContacts<'_>,
) {
    let named = costs.iter().filter_map(|cost| Some((cost.customer?, cost.at, cost.amount)));
    let by_customer = ByCustomer::new(first.at.len(), named);
    // A contact at noon does not leave out what is dated on the same day without a time.
    let day = |at: i64| first.calendar.local(Moment(at)).map_or(at, |local| first.calendar.midnight(local.date()).0);
    let from: Vec<i64> = first.at.iter().map(|at| at.map_or(i64::MIN, day)).collect();
    for period in table.timeline.periods() {
        let span = table.timeline.spans[period].clone();
        let ends = Ends { opening: activity.mrr_at(span.start), closing: activity.mrr_at(span.end) };
        for (customer, from) in (0..).zip(&from).take(ends.opening.len().min(ends.closing.len())) {
            if !ends.is_retained(customer) {
                continue;
            }
            let spent =
                by_customer.within(customer, *from, span.end).iter().map(|(_, amount)| i128::from(*amount)).sum();
            let spent = held(spent);
            for cell in segments.flow_cells(period, customer) {
                table.at(period, cell).costs.since_first_contact.push(spent);
            }
        }
    }
}

/// What was spent on whom in one period, in micro-units.
#[derive(Clone, Debug, Default)]
struct Spend {
    by_customer: BTreeMap<u32, i128>,
    /// Cell of a row dimension → customer → spend.
    by_row_cell: BTreeMap<usize, BTreeMap<u32, i128>>,
}

/// Adds up leads by when they were created. One that converts at the same local time `window_days` later, or before, has
/// converted within the window.
pub fn add_leads(table: &mut TallyTable, segments: &Segments, leads: &[Stay], calendar: Calendar, window_days: i64) {
    for lead in leads {
        let is_converted = lead.to.is_some_and(|to| is_within(calendar, lead.from, to, window_days));
        let periods: Vec<usize> = table.timeline.containing(lead.from).collect();
        for period in periods {
            for cell in std::iter::once(0).chain(segments.row_cells(Table::Leads, period, lead.row, None)) {
                let sums = &mut table.at(period, cell).leads;
                sums.created += 1;
                sums.converted += u64::from(is_converted);
            }
        }
    }
}

/// Whether `to` is at most so many civil days after `from`, by the clock on the wall; of a local time that a clock change
/// repeats both count as the same.
pub fn is_within(calendar: Calendar, from: i64, to: i64, days: i64) -> bool {
    let last = calendar.days_later(Moment(from), days);
    to <= last.0 || calendar.local(Moment(to)) <= calendar.local(last)
}

/// Adds up the team of each period: who was there as it began, who came, who left, who was there as it ended. As with
/// subscriptions, somebody hired at an instant is there at that instant, and somebody who leaves at it is not.
pub fn add_staff(table: &mut TallyTable, segments: &Segments, staff: &[Stay]) {
    for period in table.timeline.periods() {
        let span = table.timeline.spans[period].clone();
        for stay in staff {
            let is_here = |at: i64| stay.from <= at && stay.to.is_none_or(|left| at < left);
            for cell in std::iter::once(0).chain(segments.row_cells(Table::Staff, period, stay.row, None)) {
                let sums = &mut table.at(period, cell).staff;
                sums.opening += u64::from(is_here(span.start));
                sums.closing += u64::from(is_here(span.end));
                sums.joined += u64::from(span.contains(stay.from));
                sums.left += u64::from(stay.to.is_some_and(|left| span.contains(left)));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::panel::Timeline;
    use crate::panel::activity::Subscription;
    use crate::panel::segments::{RowDimension, RowValues};

    fn calendar(zone: chrono_tz::Tz) -> Calendar {
        Calendar { zone, fiscal_year_start: 1 }
    }

    fn at(calendar: Calendar, local: &str) -> i64 {
        calendar.moment(local.parse().unwrap()).0
    }

    /// Lisbon's clocks go back on 25 October 2026: 20 October to 19 November are thirty days and an hour, and thirty days
    /// by the calendar. They go forward on 28 March 2027, and a second too late is too late all the same.
    #[test]
    fn thirty_days_across_a_clock_change_are_thirty_days() {
        let lisbon = calendar(chrono_tz::Europe::Lisbon);
        let within = |from: &str, to: &str| is_within(lisbon, at(lisbon, from), at(lisbon, to), 30);
        assert!(within("2026-10-20T00:00:00", "2026-11-19T00:00:00"));
        assert!(!within("2026-10-20T00:00:00", "2026-11-19T00:00:01"));
        assert!(within("2027-03-10T09:30:00", "2027-04-09T09:30:00"));
        assert!(!within("2027-03-10T09:30:00", "2027-04-09T09:30:01"));
        assert!(within("2026-10-20T00:00:00", "2026-10-19T00:00:00"));
    }

    /// Santiago's 6 September 2026 begins at 01:00: a bare 6 September is thirty days after a bare 7 August all the same.
    #[test]
    fn a_window_that_ends_in_a_skipped_hour_ends_after_it() {
        let santiago = calendar(chrono_tz::America::Santiago);
        let from = at(santiago, "2026-08-07T00:00:00");
        assert!(is_within(santiago, from, at(santiago, "2026-09-06T00:00:00"), 30));
        assert!(!is_within(santiago, from, at(santiago, "2026-09-06T01:00:01"), 30));
    }

    fn october() -> (Calendar, Timeline) {
        let calendar = calendar(chrono_tz::UTC);
        (calendar, Timeline::new(&[calendar.parse("2026-10").unwrap()], &calendar))
    }

    /// Five customers at the start; the second leaves, and so does the fifth.
    fn five(timeline: &Timeline) -> Activity {
        let span = &timeline.spans[0];
        let row = |customer, mrr: i64, end| Subscription { customer, start: span.start - 1, end, mrr: mrr * 1_000_000 };
        let rows = [
            row(0, 100, i64::MAX),
            row(1, 40, span.end - 1),
            row(2, 10, i64::MAX),
            row(3, 10, i64::MAX),
            row(4, 10, span.end - 1),
        ];
        Activity::from_subscriptions(6, &rows, vec![span.start, span.end])
    }

    /// Costs name customers 0 (twice) and 1 by programme A, 0 and 2 by B, and 5, who is no customer yet, by A.
    #[test]
    fn those_that_a_programme_reached_are_set_against_all_others() {
        let (_, timeline) = october();
        let mut segments = Segments::new(6, &[], &BTreeMap::new(), &timeline.spans);
        let dimension = RowDimension { table: Table::RetentionCosts, column: "program".to_owned() };
        let codes = [0, 0, 0, 1, 1, 0].map(Some).to_vec();
        segments.cut_rows(vec![RowValues { dimension, codes, values: vec!["A", "B"] }], &[]);
        let costs: Vec<Cost> = [(0, 5), (0, 6), (1, 7), (0, 20), (2, 30), (5, 9)]
            .into_iter()
            .zip(0..)
            .map(|((customer, amount), row)| Cost {
                customer: Some(customer),
                row,
                at: timeline.spans[0].start,
                amount: amount * 1_000_000,
            })
            .collect();
        let mut table = TallyTable::new(timeline.clone(), segments.cells.clone());
        add_costs(&mut table, &segments, &five(&timeline), &costs);

        let tallies = |segment: &str| {
            let cell = table.cells.iter().position(|cell| cell.segment == segment).unwrap();
            table.get(0, cell).unwrap()
        };
        let reach = |segment: &str| {
            let (of, spend) = (&tallies(segment).reach, tallies(segment).costs.spend);
            ([of.reached, of.reached_retained, of.others, of.others_retained], [of.reached_mrr, spend])
        };
        let million = |units: [i128; 2]| units.map(|units| units * 1_000_000);
        // All: 0, 1 and 2 are reached, 1 leaves; 3 and 4 are not, 4 leaves. Spend is 5 + 6 + 7 + 20 + 30, and 9 on 5.
        assert_eq!(reach("total"), ([3, 2, 2, 1], million([150, 77])));
        // A: 0 and 1 against 2, 3 and 4.
        assert_eq!(reach("A"), ([2, 1, 3, 2], million([140, 27])));
        // B: 0 and 2 against 1, 3 and 4.
        assert_eq!(reach("B"), ([2, 2, 3, 1], million([110, 50])));
        // What customer 5 costs is spend like any other: 18 + 9, over the 3 retained.
        let costs = &tallies("A").costs;
        assert_eq!((costs.spend, costs.retained), (27_000_000, 3));
    }

    /// Customer 0, in contact since noon of 10 September: 3 of that day and 4 of October, not the 2 of the day before nor
    /// the 8 of November. Customer 2, of whom nothing is known: all 5. Customer 3: nothing. 1 and 4 are not retained.
    #[test]
    fn spend_is_counted_from_the_day_of_the_first_contact() {
        let (utc, timeline) = october();
        let segments = Segments::new(6, &[], &BTreeMap::new(), &timeline.spans);
        let cost = |customer, day: &str, amount: i64| {
            let at = utc.midnight(day.parse().unwrap()).0;
            Cost { customer, row: 0, at, amount: amount * 1_000_000 }
        };
        let costs = [
            cost(Some(0), "2026-09-09", 2),
            cost(Some(0), "2026-09-10", 3),
            cost(Some(0), "2026-10-31", 4),
            cost(Some(0), "2026-11-01", 8),
            cost(Some(1), "2026-10-05", 100),
            cost(Some(2), "2020-01-01", 5),
            cost(None, "2026-10-05", 1_000),
        ];
        let first = [Some(at(utc, "2026-09-10T12:00:00")), None, None, None, None, None];
        let mut table = TallyTable::new(timeline.clone(), segments.cells.clone());
        let from = FirstContacts { at: &first, calendar: utc };
        add_costs_since_first_contact(&mut table, &segments, &five(&timeline), &costs, from);

        // 7, 5 and 0: the sum is 12, of squares 74.
        let sums = &table.get(0, 0).unwrap().costs.since_first_contact;
        assert_eq!((sums.n, sums.sum, sums.squares), (3, 12_000_000, 74_000_000_000_000));
    }
}
