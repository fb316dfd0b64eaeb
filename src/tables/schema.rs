//! The twelve canonical tables: which columns they have, of which type, and what a row must hold.
//!
//! Says what data look like; reads none.

/// A canonical table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Table {
    /// Customers and their attributes, perhaps with history.
    Customers,
    /// Subscription intervals with MRR.
    Subscriptions,
    /// Orders and refunds.
    Orders,
    /// Survey invitations and answers.
    Surveys,
    /// Help-desk tickets.
    Tickets,
    /// Product usage per customer and day.
    Usage,
    /// Contacts with a customer.
    Interactions,
    /// Money spent on keeping customers.
    RetentionCosts,
    /// What was promised and what was reached.
    Goals,
    /// On-boarding.
    Onboarding,
    /// Leads.
    Leads,
    /// The customer-success team.
    Staff,
}

/// A column of a table, by its canonical name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Column(pub Table, pub &'static str);

/// What a cell holds, and how the typed frame stores it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CellType {
    /// Text; `String`.
    Text,
    /// A day or an instant; `Int64` microseconds since 1970 UTC (a bare day is its local midnight).
    Moment,
    /// A civil day in the company's zone; `Int32` days since 1970.
    Day,
    /// Money; `Int64` micro-units.
    Money,
    /// Money that is not negative; `Int64` micro-units.
    MoneyNotNegative,
    /// A whole number ≥ 0; `Int64`.
    Count,
    /// A whole number; `Int64`.
    Whole,
    /// A finite number; `Float64`.
    Number,
    /// A finite number that is not negative; `Float64`.
    NumberNotNegative,
    /// A finite number from 0 to 100; `Float64`.
    Rating,
    /// Yes or no; `Boolean`.
    Flag,
    /// One of a few words (after value mapping); `String`.
    OneOf(&'static [&'static str]),
}

/// One column's contract.
#[derive(Clone, Copy, Debug)]
pub struct ColumnSpec {
    /// Canonical name.
    pub name: &'static str,
    /// What it holds.
    pub cell: CellType,
    /// The column must be mapped.
    pub required: bool,
    /// A cell may be empty.
    pub may_be_empty: bool,
    /// The stamp of an event that has happened: must not lie in the future of the run, and at or after `as of` the row
    /// (if it is the row's own stamp) or the cell (if it is a later one) does not exist yet.
    pub event: Event,
}

/// How a moment relates to the as-of rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// Not an event's stamp.
    No,
    /// The row happened then: at or after `as of` the row does not exist.
    Row,
    /// Something that happened to the row later: at or after `as of` the cell is empty.
    Later,
    /// May lie ahead; an end at or after `as of` has not happened: the cell is empty.
    Ahead,
}

/// A table's contract.
#[derive(Clone, Copy, Debug)]
pub struct TableSpec {
    /// The table.
    pub table: Table,
    /// Its name in `farol.yaml`.
    pub name: &'static str,
    /// Its columns.
    pub columns: &'static [ColumnSpec],
    /// Columns that together name a row uniquely, if they are mapped; without them the whole row must be unique.
    pub key: &'static [&'static str],
    /// Pairs that must be in order: (earlier, later).
    pub ordered: &'static [(&'static str, &'static str)],
    /// Columns beyond these pass through as attributes.
    pub has_attributes: bool,
    /// Too big to keep: read in batches, and repeated rows are not looked for.
    pub streamed: bool,
}

/// Canonical columns that cut a table's rows for the KPIs that count them, wherever the column is there.
pub const ROW_SEGMENTS: &[(Table, &[&str])] = &[
    (Table::Subscriptions, &["cancel_reason"]),
    (Table::Surveys, &["respondent_role", "kind", "touchpoint"]),
    (Table::Tickets, &["channel", "category"]),
    (Table::RetentionCosts, &["program", "kind"]),
    (Table::Goals, &["stakeholder"]),
    (Table::Leads, &[]),
    (Table::Staff, &["team"]),
];

/// The stamp that says how fresh a table is, if any, is the newest `Event::Row` column.
const fn column(name: &'static str, cell: CellType, required: bool, may_be_empty: bool, event: Event) -> ColumnSpec {
    ColumnSpec { name, cell, required, may_be_empty, event }
}

/// A required column whose cells are never empty.
const fn must(name: &'static str, cell: CellType) -> ColumnSpec {
    column(name, cell, true, false, Event::No)
}

/// A column that may be missing, and whose cells may be empty.
const fn may(name: &'static str, cell: CellType) -> ColumnSpec {
    column(name, cell, false, true, Event::No)
}

use CellType::{Count, Day, Flag, Moment, Money, MoneyNotNegative, Number, NumberNotNegative, OneOf, Rating, Text};

/// Every table farol reads.
pub const TABLES: &[TableSpec] = &[
    TableSpec {
        table: Table::Customers,
        name: "customers",
        columns: &[
            must("customer_id", Text),
            may("name", Text),
            must("signup_date", Moment),
            may("first_contact_date", Moment),
            may("parent_id", Text),
            column("valid_from", Moment, false, true, Event::Row),
        ],
        key: &["customer_id", "valid_from"],
        ordered: &[],
        has_attributes: true,
        streamed: false,
    },
    TableSpec {
        table: Table::Subscriptions,
        name: "subscriptions",
        columns: &[
            may("subscription_id", Text),
            must("customer_id", Text),
            column("start_date", Moment, true, false, Event::Ahead),
            column("end_date", Moment, true, true, Event::Ahead),
            must("mrr", MoneyNotNegative),
            may("plan", Text),
            may("cancel_reason", Text),
            may("renewal_date", Moment),
            may("currency", Text),
        ],
        key: &["subscription_id"],
        ordered: &[("start_date", "end_date")],
        has_attributes: false,
        streamed: false,
    },
    TableSpec {
        table: Table::Orders,
        name: "orders",
        columns: &[
            may("order_id", Text),
            must("customer_id", Text),
            column("ordered_at", Moment, true, false, Event::Row),
            must("amount", Money),
            may("currency", Text),
        ],
        key: &["order_id"],
        ordered: &[],
        has_attributes: false,
        streamed: false,
    },
    TableSpec {
        table: Table::Surveys,
        name: "surveys",
        columns: &[
            may("response_id", Text),
            must("customer_id", Text),
            may("respondent_id", Text),
            may("respondent_role", Text),
            must("survey", OneOf(&["nps", "csat", "ces"])),
            may("kind", OneOf(&["relational", "transactional"])),
            may("touchpoint", Text),
            column("score", CellType::Whole, true, true, Event::No),
            may("comment", Text),
            may("lang", Text),
            column("sent_at", Moment, false, true, Event::Row),
            column("responded_at", Moment, true, true, Event::Later),
        ],
        key: &["response_id"],
        ordered: &[("sent_at", "responded_at")],
        has_attributes: true,
        streamed: false,
    },
    TableSpec {
        table: Table::Tickets,
        name: "tickets",
        columns: &[
            may("ticket_id", Text),
            must("customer_id", Text),
            column("opened_at", Moment, true, false, Event::Row),
            column("first_response_at", Moment, false, true, Event::Later),
            column("resolved_at", Moment, false, true, Event::Later),
            must("contacts", Count),
            may("reopened", Flag),
            may("channel", Text),
            may("category", Text),
        ],
        key: &["ticket_id"],
        ordered: &[("opened_at", "first_response_at"), ("opened_at", "resolved_at")],
        has_attributes: true,
        streamed: false,
    },
    TableSpec {
        table: Table::Usage,
        name: "usage",
        columns: &[
            must("customer_id", Text),
            column("date", Day, true, false, Event::Row),
            may("feature", Text),
            must("events", Count),
            may("users", Count),
        ],
        key: &[],
        ordered: &[],
        has_attributes: false,
        streamed: true,
    },
    TableSpec {
        table: Table::Interactions,
        name: "interactions",
        columns: &[must("customer_id", Text), column("at", Moment, true, false, Event::Row), must("kind", Text)],
        key: &[],
        ordered: &[],
        has_attributes: false,
        streamed: false,
    },
    TableSpec {
        table: Table::RetentionCosts,
        name: "retention_costs",
        columns: &[
            may("cost_id", Text),
            may("customer_id", Text),
            column("date", Moment, true, false, Event::Row),
            may("program", Text),
            may("kind", OneOf(&["reward", "benefit", "promotion", "other"])),
            must("amount", Money),
        ],
        key: &["cost_id"],
        ordered: &[],
        has_attributes: true,
        streamed: false,
    },
    TableSpec {
        table: Table::Goals,
        name: "goals",
        columns: &[
            must("goal_id", Text),
            must("customer_id", Text),
            may("stakeholder", Text),
            may("promise", Text),
            must("target", Number),
            column("achieved", Number, true, true, Event::No),
            may("direction", OneOf(&["up", "down"])),
            may("weight", NumberNotNegative),
            may("expected_rating", Rating),
            may("perceived_rating", Rating),
            column("assessed_at", Moment, true, false, Event::Row),
        ],
        key: &["goal_id", "assessed_at"],
        ordered: &[],
        has_attributes: false,
        streamed: false,
    },
    TableSpec {
        table: Table::Onboarding,
        name: "onboarding",
        columns: &[
            must("customer_id", Text),
            column("started_at", Moment, false, true, Event::Row),
            column("completed_at", Moment, false, true, Event::Later),
            column("first_value_at", Moment, false, true, Event::Later),
        ],
        key: &["customer_id"],
        ordered: &[("started_at", "completed_at"), ("started_at", "first_value_at")],
        has_attributes: false,
        streamed: false,
    },
    TableSpec {
        table: Table::Leads,
        name: "leads",
        columns: &[
            may("lead_id", Text),
            column("created_at", Moment, true, false, Event::Row),
            column("converted_at", Moment, false, true, Event::Later),
            may("customer_id", Text),
        ],
        key: &["lead_id"],
        ordered: &[("created_at", "converted_at")],
        has_attributes: true,
        streamed: false,
    },
    TableSpec {
        table: Table::Staff,
        name: "staff",
        columns: &[
            may("employee_id", Text),
            column("hired_at", Moment, true, false, Event::Ahead),
            column("left_at", Moment, false, true, Event::Ahead),
            may("team", Text),
        ],
        key: &["employee_id"],
        ordered: &[("hired_at", "left_at")],
        has_attributes: true,
        streamed: false,
    },
];

impl Table {
    /// Its contract.
    pub fn spec(self) -> &'static TableSpec {
        // The enum and the list stand in the same order; a test holds that.
        &TABLES[self as usize]
    }

    /// Its name in `farol.yaml`.
    pub fn name(self) -> &'static str {
        self.spec().name
    }
}

impl TableSpec {
    /// The contract of a column.
    pub fn column(&self, name: &str) -> Option<&'static ColumnSpec> {
        self.columns.iter().find(|column| column.name == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_in_the_order_of_the_enum() {
        for (index, spec) in TABLES.iter().enumerate() {
            assert_eq!(spec.table as usize, index, "{}", spec.name);
        }
    }
}
