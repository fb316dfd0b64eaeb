//! Orders, retention spend, leads and staff: one pass each.

use std::collections::BTreeMap;

use crate::calendar::{Calendar, Moment, window_months};
use crate::panel::activity::Activity;
use crate::panel::records::{Cost, Order, Stay};
use crate::panel::segments::Segments;
use crate::panel::signals::ByCustomer;
use crate::panel::{Span, Timeline};
use crate::tables::schema::Table;
use crate::tally::table::TallyTable;

/// Orders and revenue of some rows; a refund lowers revenue and is no order.
fn totals(rows: &[(i64, Order)]) -> (i64, i64) {
    rows.iter()
        .fold((0, 0), |(count, revenue), (_, order)| (count + i64::from(!order.is_refund()), revenue + order.amount))
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
    for period in 0..table.timeline.spans.len() {
        let span = table.timeline.spans[period].clone();
        let months: Vec<Span> = window_months(&span.period, window_length)
            .iter()
            .map(|month| Span::new(month, &calendar))
            .collect();
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

/// Adds up spend by customer, against the customers retained: active at start and at end.
pub fn add_costs(table: &mut TallyTable, segments: &Segments, activity: &Activity, costs: &[Cost]) {
    let mut by_period: Vec<Spend> = vec![Spend::default(); table.timeline.spans.len()];
    for cost in costs {
        let periods: Vec<usize> = table.timeline.containing(cost.at).collect();
        for period in periods {
            let rows = segments.row_cells(Table::RetentionCosts, period, cost.row, cost.customer);
            if let Some(customer) = cost.customer {
                let spend = &mut by_period[period];
                *spend.by_customer.entry(customer).or_default() += cost.amount;
                for cell in rows {
                    *spend.by_row_cell.entry(cell).or_default().entry(customer).or_default() += cost.amount;
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
    for (period, mut spend) in by_period.into_iter().enumerate() {
        let (opening, closing) = {
            let span = &table.timeline.spans[period];
            (activity.mrr_at(span.start), activity.mrr_at(span.end))
        };
        let is_retained = |customer: usize| opening[customer] > 0 && closing[customer] > 0;
        for customer in (0..).take(opening.len().min(closing.len())) {
            let is_retained = is_retained(customer as usize);
            let amount = spend.by_customer.remove(&customer).unwrap_or(0);
            if !is_retained && amount == 0 {
                continue;
            }
            for cell in segments.flow_cells(period, customer) {
                let costs = &mut table.at(period, cell).costs;
                costs.spend += i128::from(amount);
                costs.retained += u64::from(is_retained);
                costs.per_retained.push(i64::from(is_retained), amount);
            }
        }
        // What a programme costs is divided by all that were retained, whomever it reached.
        for (cell, within) in segments.cells_of_rows(Table::RetentionCosts) {
            let on = spend.by_row_cell.remove(&cell).unwrap_or_default();
            let is_empty = on.is_empty() && table.get(period, cell).is_none();
            let Some(retained) = table.get(period, within).map(|of| of.costs.retained).filter(|_| !is_empty) else {
                continue;
            };
            let costs = &mut table.at(period, cell).costs;
            costs.retained = retained;
            let mut untouched = retained;
            for (customer, amount) in on {
                let is_retained = is_retained(customer as usize);
                costs.spend += i128::from(amount);
                costs.per_retained.push(i64::from(is_retained), amount);
                untouched -= u64::from(is_retained);
            }
            costs.per_retained.push_alike(1, 0, untouched);
        }
    }
}

/// What was spent on whom in one period, in micro-units.
#[derive(Clone, Debug, Default)]
struct Spend {
    by_customer: BTreeMap<u32, i64>,
    /// Cell of a row dimension → customer → spend.
    by_row_cell: BTreeMap<usize, BTreeMap<u32, i64>>,
}

/// Adds up leads by when they were created: one converts in time up to the same local time `window_days` later.
pub fn add_leads(table: &mut TallyTable, segments: &Segments, leads: &[Stay], calendar: Calendar, window_days: i64) {
    for lead in leads {
        let in_time = calendar.days_later(Moment(lead.from), window_days).0;
        let periods: Vec<usize> = table.timeline.containing(lead.from).collect();
        for period in periods {
            for cell in std::iter::once(0).chain(segments.row_cells(Table::Leads, period, lead.row, None)) {
                let sums = &mut table.at(period, cell).leads;
                sums.created += 1;
                sums.converted += u64::from(lead.to.is_some_and(|to| to <= in_time));
            }
        }
    }
}

/// Adds up the team of each period: who was there as it began, who came, who left, who was there as it ended. As with
/// subscriptions, somebody hired at an instant is there at that instant, and somebody who leaves at it is not.
pub fn add_staff(table: &mut TallyTable, segments: &Segments, staff: &[Stay]) {
    let timeline: Timeline = table.timeline.clone();
    for (period, span) in timeline.spans.iter().enumerate() {
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
