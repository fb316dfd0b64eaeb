//! From when on there are rows to count: what was counted before is nothing that was measured.

use std::collections::BTreeMap;

use crate::calendar::Moment;
use crate::kpi::{Table, catalogue};

/// When each table that was read begins.
#[derive(Clone, Debug, Default)]
pub struct FirstRows(BTreeMap<Table, Begin>);

/// When a table begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Begin {
    /// Its rows are no events (contracts, people): they hold for times of which nothing was written down.
    Undated,
    /// With this row.
    At(Moment),
    /// It has no row.
    Never,
}

impl FirstRows {
    /// Of every table that was read.
    pub fn new(tables: impl IntoIterator<Item = (Table, Begin)>) -> Self {
        Self(tables.into_iter().collect())
    }

    /// Whether what a KPI counts was written down at any time before the `end` of a period: by one of the ways of
    /// computing it, every table has a row.
    pub fn reach_before(&self, end: Moment, kpi: &str) -> bool {
        let has_begun = |begin: &Begin| match begin {
            Begin::Undated => true,
            Begin::At(first) => *first < end,
            Begin::Never => false,
        };
        if self.0.values().all(has_begun) {
            return true;
        }
        catalogue::definition(kpi).is_none_or(|definition| {
            let has_rows =
                |way: &&[_]| way.iter().all(|column: &crate::kpi::Column| self.0.get(&column.0).is_some_and(has_begun));
            definition.needs.iter().any(has_rows)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: Moment = Moment(100);

    fn reach(tables: &[(Table, Begin)], end: i64, kpi: &str) -> bool {
        FirstRows::new(tables.iter().copied()).reach_before(Moment(end), kpi)
    }

    /// A period that ends with the instant of the first row has none of it.
    #[test]
    fn what_counts_rows_of_a_table_is_measured_from_its_first_row_on() {
        let tables = [(Table::Subscriptions, Begin::Undated), (Table::Usage, Begin::At(FIRST))];
        assert!(!reach(&tables, 100, "active_rate") && reach(&tables, 101, "active_rate"));
        assert!(reach(&tables, 100, "mrr_closing") && reach(&tables, 100, "customer_churn_rate"));
        let empty = [(Table::Subscriptions, Begin::Undated), (Table::Usage, Begin::Never)];
        assert!(!reach(&empty, i64::MAX, "active_rate") && reach(&empty, 0, "mrr_closing"));
    }

    /// Who is active is told by subscriptions or by orders: one of the two is enough, if it is there.
    #[test]
    fn one_way_of_computing_a_figure_is_enough() {
        let orders = (Table::Orders, Begin::At(FIRST));
        assert!(!reach(&[orders], 100, "customers_closing") && reach(&[orders], 101, "customers_closing"));
        assert!(reach(&[orders, (Table::Subscriptions, Begin::Undated)], 100, "customers_closing"));
        let tickets = (Table::Tickets, Begin::At(Moment(200)));
        assert!(!reach(&[orders, tickets], 150, "ticket_rate") && reach(&[orders, tickets], 201, "ticket_rate"));
    }
}
