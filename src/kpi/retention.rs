//! Retention: who was there when the period began, who came, who is gone when it ends.
//!
//! Knows customers at two snapshots; never what they pay.

use super::columns::ACTIVITY;
use super::{Better, Context, Definition, Reading, Unit};
use crate::tally::Tallies;

const SNAPSHOTS: &str = "two snapshots of the customer base; interval: Wilson (1927)";

const BRIDGE: &str = "opening + new + reactivated − lost = closing, transfers added in a segment";

/// Customers lost, of those who were there.
pub const CUSTOMER_CHURN_RATE: Definition = Definition {
    id: "customer_churn_rate",
    unit: Unit::Percent,
    better: Better::Lower,
    formula: "100 × customers active at the start and not at the end / customers active at the start",
    source: SNAPSHOTS,
    range: 0.0..=100.0,
    needs: ACTIVITY,
    segments_only: false,
    compute: |tallies, context| {
        let of = &tallies.customers;
        Reading::share(of.lost, of.opening, context)
    },
};

/// Customers kept, of those who were there: 100 − churn.
pub const CUSTOMER_RETENTION_RATE: Definition = Definition {
    id: "customer_retention_rate",
    unit: Unit::Percent,
    better: Better::Higher,
    formula: "100 × customers active at the start and at the end / customers active at the start",
    source: SNAPSHOTS,
    range: 0.0..=100.0,
    needs: ACTIVITY,
    segments_only: false,
    compute: |tallies, context| {
        let of = &tallies.customers;
        Reading::share(of.opening.saturating_sub(of.lost), of.opening, context)
    },
};

/// A line of the bridge of customers.
const fn line(
    id: &'static str,
    better: Better,
    formula: &'static str,
    compute: fn(&Tallies, &Context) -> Reading,
) -> Definition {
    Definition {
        id,
        unit: Unit::Count,
        better,
        formula,
        source: BRIDGE,
        range: 0.0..=f64::INFINITY,
        needs: ACTIVITY,
        segments_only: false,
        compute,
    }
}

/// Customers active at the start.
pub const CUSTOMERS_OPENING: Definition =
    line("customers_opening", Better::Neutral, "customers active at the start", |tallies, _| {
        Reading::count(tallies.customers.opening)
    });

/// Customers who came for the first time.
pub const CUSTOMERS_NEW: Definition =
    line("customers_new", Better::Higher, "customers active at the end who never were before", |tallies, _| {
        Reading::count(tallies.customers.new)
    });

/// Customers who came back.
pub const CUSTOMERS_REACTIVATED: Definition = line(
    "customers_reactivated",
    Better::Higher,
    "customers active at the end, not at the start, but once before",
    |tallies, _| Reading::count(tallies.customers.reactivated),
);

/// Customers who left.
pub const CUSTOMERS_LOST: Definition =
    line("customers_lost", Better::Lower, "customers active at the start and not at the end", |tallies, _| {
        Reading::count(tallies.customers.lost)
    });

/// Customers active at the end.
pub const CUSTOMERS_CLOSING: Definition =
    line("customers_closing", Better::Higher, "customers active at the end", |tallies, _| {
        Reading::count(tallies.customers.closing)
    });

/// Customers who came and left within the period, and so are in neither snapshot.
pub const EARLY_LOSSES: Definition =
    line("early_losses", Better::Lower, "customers who came and left within the period", |tallies, _| {
        Reading::count(tallies.customers.early_losses)
    });

/// A line that stands only in segments.
const fn transfer(id: &'static str, formula: &'static str, of: fn(&Tallies, &Context) -> Reading) -> Definition {
    Definition { segments_only: true, ..line(id, Better::Neutral, formula, of) }
}

/// Customers who entered the segment.
pub const CUSTOMERS_TRANSFERRED_IN: Definition = transfer(
    "customers_transferred_in",
    "customers active at both ends who entered the segment in between",
    |tallies, _| Reading::count(tallies.customers.transferred_in),
);

/// Customers who left the segment.
pub const CUSTOMERS_TRANSFERRED_OUT: Definition = transfer(
    "customers_transferred_out",
    "customers active at both ends who left the segment in between",
    |tallies, _| Reading::count(tallies.customers.transferred_out),
);
