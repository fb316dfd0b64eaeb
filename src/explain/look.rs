//! One figure's place in a pass: which period, which set of customers or rows, and everything that was seen of it.
//!
//! Answers whether a customer or a row is in the set; adds nothing up.

use crate::calendar::Moment;
use crate::config::Choices;
use crate::error::Result;
use crate::kpi::Context;
use crate::panel::activity::{Activity, ORDER_LAG};
use crate::panel::records::{self, Order, SubscriptionRow};
use crate::panel::{Span, frame};
use crate::pipeline::Seen;
use crate::tables::schema::Table;
use crate::tables::{FILE, ROW};
use crate::tally::Tallies;

/// One figure's place.
pub(super) struct Look<'a> {
    pub(super) seen: &'a Seen<'a>,
    pub(super) choices: &'a Choices,
    /// Index of the period.
    pub(super) period: usize,
    /// The period itself.
    pub(super) span: &'a Span,
    /// Index of the set.
    pub(super) cell: usize,
    /// The segment of the KPI's own dimension, if it is one.
    pub(super) part: Option<&'a str>,
    /// What the set adds up to.
    pub(super) tallies: &'a Tallies,
    /// What formulas may know besides.
    pub(super) context: Context<'a>,
}

impl<'a> Look<'a> {
    /// Whether a customer's flows of the period enter the set.
    pub(super) fn has_flow(&self, customer: u32) -> bool {
        self.seen.panel.segments.flow_cells(self.period, customer).any(|cell| cell == self.cell)
    }

    /// Whether a customer's stocks at the period's end enter the set.
    pub(super) fn has_stock(&self, customer: u32) -> bool {
        self.seen.panel.segments.stock_cells(self.period, customer).any(|cell| cell == self.cell)
    }

    /// Whether a customer's lifetime enters the set.
    pub(super) fn has_lifetime(&self, customer: u32) -> bool {
        self.seen.panel.segments.lifetime_cells(self.period, customer).any(|cell| cell == self.cell)
    }

    /// Whether a row enters the set, by its customer or by its own values. A row without a customer is in the total.
    pub(super) fn has_row(&self, table: Table, row: u32, customer: Option<u32>) -> bool {
        let by_customer = customer.map_or(self.cell == 0, |customer| self.has_flow(customer));
        by_customer
            || self.seen.panel.segments.row_cells(table, self.period, row, customer).any(|cell| cell == self.cell)
    }

    /// The same for a stock at the period's end.
    pub(super) fn has_row_stock(&self, table: Table, row: u32, customer: u32) -> bool {
        let segments = &self.seen.panel.segments;
        self.has_stock(customer)
            || segments.row_stock_cells(table, self.period, row, Some(customer)).any(|cell| cell == self.cell)
    }

    /// Who is active when, if anything says so.
    pub(super) fn activity(&self) -> Option<&'a Activity> {
        self.seen.panel.activity.as_ref()
    }

    /// The rows that make customers active: subscriptions, or orders for a while after each.
    pub(super) fn stays(&self) -> Result<Option<Stays>> {
        if let Some(rows) = self.seen.tables.get(&Table::Subscriptions) {
            let rows = records::subscriptions(rows, "plan")?;
            let stay = |row: &SubscriptionRow<'_>| {
                let of = row.subscription;
                let (start, end) = (of.start, of.end);
                Stay { row: row.row, customer: of.customer, stamp: start, start, end, weight: of.mrr }
            };
            return Ok(Some(Stays { table: Table::Subscriptions, rows: rows.iter().map(stay).collect() }));
        }
        let Some(orders) = self.orders()? else { return Ok(None) };
        let (calendar, window) = (self.seen.panel.calendar, self.choices.active_window_days);
        let stay = |(row, order): (u32, Order)| Stay {
            row,
            customer: order.customer,
            stamp: order.at,
            start: order.at.saturating_add(ORDER_LAG),
            end: calendar.days_later(Moment(order.at), window).0.saturating_add(ORDER_LAG),
            weight: i64::from(!order.is_refund()),
        };
        Ok(Some(Stays { table: Table::Orders, rows: orders.into_iter().map(stay).collect() }))
    }

    /// Orders with their rows.
    pub(super) fn orders(&self) -> Result<Option<Vec<(u32, Order)>>> {
        let Some(rows) = self.seen.tables.get(&Table::Orders) else { return Ok(None) };
        let (customers, at) = (frame::customers(rows)?, frame::integers(rows, "ordered_at")?);
        let amount = frame::integers(rows, "amount")?;
        let order = |(row, index): (u32, usize)| {
            Some((row, Order { customer: customers[index]?, at: at[index]?, amount: amount[index]? }))
        };
        Ok(Some((0..).zip(0..rows.height()).filter_map(order).collect()))
    }

    /// Where the rows of a table come from.
    pub(super) fn origins(&self, table: Table) -> Result<Origins> {
        let customers = (table == Table::Customers).then_some(self.seen.customers);
        let Some(rows) = customers.or_else(|| self.seen.tables.get(&table)) else { return Ok(Origins::default()) };
        Ok(Origins { files: frame::integers(rows, FILE)?, rows: frame::integers(rows, ROW)? })
    }
}

/// Rows that make customers active.
pub(super) struct Stays {
    /// Whose rows they are.
    pub(super) table: Table,
    /// In the order of the frame.
    pub(super) rows: Vec<Stay>,
}

/// One row that makes a customer active for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stay {
    /// Row of the frame.
    pub(super) row: u32,
    pub(super) customer: u32,
    /// Its date.
    pub(super) stamp: i64,
    /// First active instant.
    pub(super) start: i64,
    /// First instant no longer active.
    pub(super) end: i64,
    /// MRR in micro-units; 1 for an order, 0 for a refund.
    pub(super) weight: i64,
}

impl Stay {
    /// What it pays at an instant.
    pub(super) fn at(&self, at: i64) -> i64 {
        if self.start <= at && at < self.end { self.weight } else { 0 }
    }
}

impl Stays {
    /// Customer → the first row by which it is active at an instant: the row that stands for it there.
    pub(super) fn first_at(&self, at: i64, customers: u32) -> Vec<Option<u32>> {
        self.first_of_each(customers, |stay| stay.at(at) > 0)
    }

    /// Customer → its first row that fulfils a condition.
    pub(super) fn first_of_each(&self, customers: u32, condition: impl Fn(&Stay) -> bool) -> Vec<Option<u32>> {
        let mut first = vec![None; customers as usize];
        for stay in self.rows.iter().filter(|stay| condition(stay)) {
            first[stay.customer as usize].get_or_insert(stay.row);
        }
        first
    }
}

/// File and row of each row of a frame.
#[derive(Default)]
pub(super) struct Origins {
    files: Vec<Option<i64>>,
    rows: Vec<Option<i64>>,
}

impl Origins {
    /// Number of the file and row of it.
    pub(super) fn of(&self, row: u32) -> (usize, u64) {
        let known = |numbers: &[Option<i64>]| numbers.get(row as usize).copied().flatten().unwrap_or(0);
        (usize::try_from(known(&self.files)).unwrap_or(0), known(&self.rows).unsigned_abs())
    }
}
