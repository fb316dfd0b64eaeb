//! Customers and MRR between two snapshots, and lifetimes: one pass over the panel's activity.

use crate::calendar::{Calendar, Moment, months_rounded_up, whole_months, window_months};
use crate::panel::activity::{Activity, Lifetime};
use crate::panel::segments::Segments;
use crate::tables::schema::Table;
use crate::tally::table::TallyTable;
use crate::tally::{Customers, Revenue};

/// What one customer does between two snapshots.
#[derive(Clone, Copy, Debug)]
struct Movement {
    opening: i64,
    closing: i64,
    was_customer_before: bool,
}

impl Movement {
    fn count(self, sums: &mut Customers) {
        sums.opening += u64::from(self.opening > 0);
        match (self.opening > 0, self.closing > 0) {
            (true, false) => sums.lost += 1,
            (false, true) if self.was_customer_before => sums.reactivated += 1,
            (false, true) => sums.new += 1,
            _ => {}
        }
    }

    fn add(self, sums: &mut Revenue) {
        let (opening, closing) = (i128::from(self.opening), i128::from(self.closing));
        sums.opening += opening;
        if self.opening == 0 {
            let came = if self.was_customer_before { &mut sums.reactivated } else { &mut sums.new };
            *came += closing;
            return;
        }
        if self.closing == 0 {
            sums.churned += opening;
        } else if closing < opening {
            sums.contraction += opening - closing;
            sums.contracting += 1;
        } else if closing > opening {
            sums.expansion += closing - opening;
            sums.expanding += 1;
        }
        sums.loss.push(self.opening, (self.opening - self.closing).max(0));
        sums.retained.push(self.opening, self.closing);
    }
}

/// Customer and instant → row of the subscription that ended last by then, if rows are kept.
pub type LastRows<'a> = dyn Fn(u32, i64) -> Option<u32> + 'a;

/// Adds up who came, stayed and left, and with how much MRR.
///
/// The movement of a customer stands in the segment of its flows; what it pays at the end stands in the segment it is in
/// then, and where the two differ the customer is transferred, so that every segment's bridge closes.
///
/// `last_rows` names, for each customer, the subscription that ended last at each period's end: its values cut the losses.
pub fn add_movements(table: &mut TallyTable, segments: &Segments, activity: &Activity, last_rows: &LastRows<'_>) {
    for period in table.timeline.periods() {
        let (start, end) = (table.timeline.spans[period].start, table.timeline.spans[period].end);
        let pairs = activity.mrr_at(start).iter().zip(activity.mrr_at(end));
        for (customer, (opening, closing)) in (0..).zip(pairs) {
            if *opening == 0 && *closing == 0 {
                let was_here = activity.spells(customer).iter().any(|spell| spell.start < end && start < spell.end);
                if was_here {
                    for cell in segments.flow_cells(period, customer) {
                        table.at(period, cell).customers.early_losses += 1;
                    }
                }
                continue;
            }
            let was_customer_before = activity.first(customer).is_some_and(|first| first < start);
            let movement = Movement { opening: *opening, closing: *closing, was_customer_before };
            let mut add = |cell| {
                let tallies = table.at(period, cell);
                movement.count(&mut tallies.customers);
                if activity.has_revenue {
                    movement.add(&mut tallies.revenue);
                }
            };
            segments.flow_cells(period, customer).for_each(&mut add);
            if *opening > 0
                && *closing == 0
                && let Some(row) = last_rows(customer, end)
            {
                segments.row_cells(Table::Subscriptions, period, row, Some(customer)).for_each(add);
            }
            if *closing > 0 {
                add_closing(table, segments, activity.has_revenue, period, customer, *closing);
            }
        }
    }
}

/// Adds what a customer is at the end to the segments it is then in.
fn add_closing(
    table: &mut TallyTable,
    segments: &Segments,
    has_revenue: bool,
    period: usize,
    customer: u32,
    closing: i64,
) {
    for cell in segments.stock_cells(period, customer) {
        let tallies = table.at(period, cell);
        tallies.customers.closing += 1;
        if has_revenue {
            tallies.revenue.closing += i128::from(closing);
            tallies.revenue.per_customer.push(1, closing);
        }
    }
    for (from, to) in segments.moves(period, customer).filter(|(from, to)| from != to) {
        let money = if has_revenue { i128::from(closing) } else { 0 };
        let left = table.at(period, from);
        left.customers.transferred_out += 1;
        left.revenue.transferred_out += money;
        let entered = table.at(period, to);
        entered.customers.transferred_in += 1;
        entered.revenue.transferred_in += money;
    }
}

/// Adds up lifetimes as known at each period's end; an absence of up to `gap_days` civil days ends none.
pub fn add_lifetimes(
    table: &mut TallyTable,
    segments: &Segments,
    activity: &Activity,
    calendar: Calendar,
    customer_count: u32,
    gap_days: i64,
) {
    let elapsed = |end: i64| calendar.days_later(Moment(end), gap_days).0;
    let date = |at: i64| calendar.local(Moment(at)).map(|local| local.date());
    let firsts: Vec<_> = (0..customer_count).map(|customer| activity.first(customer).and_then(date)).collect();
    for period in table.timeline.periods() {
        let span = table.timeline.spans[period].clone();
        for (customer, first) in (0..customer_count).zip(&firsts) {
            let Some(first) = *first else { continue };
            let (months, is_ended) = match activity.lifetime(customer, span.end, elapsed) {
                Lifetime::NotBegun => continue,
                Lifetime::Ended { to, .. } => (date(to).map_or(0, |to| months_rounded_up(first, to)), true),
                Lifetime::Running { .. } => (whole_months(first, span.period.end).max(0), false),
            };
            table.longest_follow_up[period] = table.longest_follow_up[period].max(months);
            for cell in segments.lifetime_cells(period, customer) {
                let lifetimes = &mut table.at(period, cell).lifetimes;
                let histogram = if is_ended { &mut lifetimes.ended } else { &mut lifetimes.censored };
                histogram.add_one(months);
            }
        }
    }
}

/// Adds to each period the losses and opening customers of its 12 months, from a table of months.
pub fn add_churn_window(table: &mut TallyTable, months: &TallyTable) {
    for period in table.timeline.periods() {
        let window = window_months(&table.timeline.spans[period].period, 12);
        // Cells of rows, which no month is cut by, stand behind those of customers.
        for cell in 0..months.cells.len() {
            let in_window = months.timeline.spans.iter().enumerate().filter(|(_, span)| window.contains(&span.period));
            let (mut lost, mut opening) = (0, 0);
            for tallies in in_window.filter_map(|(month, _)| months.get(month, cell)) {
                lost += tallies.customers.lost;
                opening += tallies.customers.opening;
            }
            if opening > 0 {
                let lifetimes = &mut table.at(period, cell).lifetimes;
                lifetimes.lost_in_window = lost;
                lifetimes.opening_in_window = opening;
            }
        }
    }
}
