//! Who is what, when: activity, revenue, attributes and cells, at both ends of a period.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::figure;
use super::reading::{Data, Micro, Survey};
use super::survival::Lifetime;
use super::time::{Instant, Period, day_of, days_after, midnight};
use super::world::Choices;

/// How an empty attribute shows.
pub(crate) fn shown(text: &str) -> String {
    if text.is_empty() { "(not set)".to_owned() } else { text.to_owned() }
}

/// The data, and what follows from them whatever the period.
pub(crate) struct Known {
    pub(crate) data: Data,
    pub(crate) choices: Choices,
    pub(crate) z: f64,
    pub(crate) as_of: Instant,
    /// Of each customer: when it is active, merged and in order.
    pub(crate) spells: Vec<Vec<(Instant, Instant)>>,
    subscriptions_of: Vec<Vec<usize>>,
    orders_of: Vec<Vec<usize>>,
    usage_of: Vec<Vec<usize>>,
}

impl Known {
    pub(crate) fn new(data: Data, choices: Choices) -> Self {
        let count = data.customers.len();
        let mut subscriptions_of = vec![Vec::new(); count];
        for (index, row) in data.subscriptions.iter().enumerate() {
            subscriptions_of[row.customer].push(index);
        }
        let mut orders_of = vec![Vec::new(); count];
        for (index, row) in data.orders.iter().enumerate() {
            orders_of[row.customer].push(index);
        }
        let mut usage_of = vec![Vec::new(); count];
        for (index, row) in data.usage.iter().enumerate() {
            usage_of[row.customer].push(index);
        }
        let mut raw: Vec<Vec<(Instant, Instant)>> = vec![Vec::new(); count];
        if choices.has_subscriptions {
            for row in &data.subscriptions {
                let end = row.end.unwrap_or(i64::MAX);
                if row.mrr > 0 && row.start < end {
                    raw[row.customer].push((row.start, end));
                }
            }
        } else {
            for order in data.orders.iter().filter(|order| order.amount >= 0) {
                raw[order.customer]
                    .push((order.at, super::time::days_later(choices.zone, order.at, choices.active_window)));
            }
        }
        let spells = raw.into_iter().map(merged).collect();
        let as_of = midnight(choices.zone, choices.as_of);
        Self { z: figure::z(choices.confidence), data, choices, as_of, spells, subscriptions_of, orders_of, usage_of }
    }

    /// A day's first instant.
    pub(crate) fn midnight(&self, day: NaiveDate) -> Instant {
        midnight(self.choices.zone, day)
    }

    /// The local day of an instant.
    pub(crate) fn day(&self, at: Instant) -> NaiveDate {
        day_of(self.choices.zone, at)
    }

    /// The same local time so many days later.
    pub(crate) fn days_later(&self, at: Instant, days: i64) -> Instant {
        super::time::days_later(self.choices.zone, at, days)
    }

    /// What a customer pays a month, at an instant.
    pub(crate) fn mrr(&self, customer: usize, at: Instant) -> Micro {
        let mut sum = 0;
        for &index in &self.subscriptions_of[customer] {
            let row = &self.data.subscriptions[index];
            if row.start <= at && row.end.is_none_or(|end| at < end) {
                sum += row.mrr;
            }
        }
        sum
    }

    pub(crate) fn is_active(&self, customer: usize, at: Instant) -> bool {
        // An order within the window before the instant: not at that instant, but as long ago as the window is wide.
        let by_order = !self.choices.has_subscriptions;
        let holds = |(from, to): &(Instant, Instant)| {
            if by_order { *from < at && at <= *to } else { *from <= at && at < *to }
        };
        self.spells[customer].iter().any(holds)
    }

    /// A customer's rows of subscriptions.
    pub(crate) fn subscriptions(&self, customer: usize) -> impl Iterator<Item = &super::reading::Subscription> {
        self.subscriptions_of[customer].iter().map(|index| &self.data.subscriptions[*index])
    }

    /// A customer's orders.
    pub(crate) fn orders(&self, customer: usize) -> impl Iterator<Item = &super::reading::Order> {
        self.orders_of[customer].iter().map(|index| &self.data.orders[*index])
    }

    /// A customer's usage.
    pub(crate) fn usage(&self, customer: usize) -> impl Iterator<Item = &super::reading::Usage> {
        self.usage_of[customer].iter().map(|index| &self.data.usage[*index])
    }

    fn lives_in_subscriptions(&self, attribute: &str) -> bool {
        attribute == "plan" && self.choices.has_subscriptions
    }

    /// An attribute at an instant: none where nothing says one.
    fn attribute(&self, customer: usize, name: &str, at: Instant) -> Option<String> {
        if self.lives_in_subscriptions(name) {
            let mut best: Option<(Micro, &str)> = None;
            for row in self.subscriptions(customer) {
                let active = row.start <= at && row.end.is_none_or(|end| at < end);
                if active && best.is_none_or(|(mrr, _)| row.mrr > mrr) {
                    best = Some((row.mrr, &row.plan));
                }
            }
            return best.map(|(_, plan)| plan.to_owned());
        }
        let history = &self.data.customers[customer].history;
        history.iter().rev().find(|since| since.from <= at).map(|since| since.attributes[name].clone())
    }

    /// When an attribute of a customer may change, in order.
    fn changes(&self, customer: usize, name: &str) -> Vec<Instant> {
        let mut changes: Vec<Instant> = if self.lives_in_subscriptions(name) {
            self.subscriptions(customer).flat_map(|row| [Some(row.start), row.end]).flatten().collect()
        } else {
            self.data.customers[customer].history.iter().map(|since| since.from).collect()
        };
        changes.sort_unstable();
        changes
    }

    /// The attribute at an instant, or the first one up to another instant: who comes at the very end is in the closing
    /// snapshot.
    fn first_between(&self, customer: usize, name: &str, from: Instant, to: Instant) -> Option<String> {
        let later = self.changes(customer, name).into_iter().filter(|at| from < *at && *at <= to);
        std::iter::once(from).chain(later).find_map(|at| self.attribute(customer, name, at))
    }

    /// The attribute at an instant, or the last one before it.
    fn last_until(&self, customer: usize, name: &str, to: Instant) -> Option<String> {
        let earlier = self.changes(customer, name).into_iter().rev().filter(|at| *at < to);
        std::iter::once(to).chain(earlier).find_map(|at| self.attribute(customer, name, at))
    }
}

/// Spells joined where they touch or overlap.
fn merged(mut raw: Vec<(Instant, Instant)>) -> Vec<(Instant, Instant)> {
    raw.sort_unstable();
    let mut joined: Vec<(Instant, Instant)> = Vec::new();
    for (from, to) in raw {
        match joined.last_mut() {
            Some(last) if from <= last.1 => last.1 = last.1.max(to),
            _ => joined.push((from, to)),
        }
    }
    joined
}

/// A customer in a period.
#[expect(clippy::struct_excessive_bools, reason = "each is a question of its own")]
pub(crate) struct Customer {
    pub(crate) mrr_start: Micro,
    pub(crate) mrr_end: Micro,
    pub(crate) at_start: bool,
    pub(crate) at_end: bool,
    /// Was active at some instant before the start.
    pub(crate) before: bool,
    /// Was active at some instant of the period.
    pub(crate) within: bool,
}

/// A dimension's segment, and who is in it.
pub(crate) struct Cell {
    pub(crate) dimension: String,
    pub(crate) segment: String,
    /// By the value at the start, or the first one after it.
    pub(crate) flow: Vec<bool>,
    /// By the value at the end.
    pub(crate) stock: Vec<bool>,
    /// By the value at the end, or the last one before it: of those who have left too.
    pub(crate) life: Vec<bool>,
    /// A cell of all customers, and of what belongs to none.
    pub(crate) is_whole: bool,
    /// Only rows whose column of the dimension's name has the segment's value.
    pub(crate) cuts_rows: bool,
}

impl Cell {
    /// Whether the cell takes a row in, by the columns that could cut it.
    pub(crate) fn takes(&self, columns: &[(&str, &str)]) -> bool {
        if !self.cuts_rows {
            return true;
        }
        columns.iter().any(|(name, value)| *name == self.dimension && shown(value) == self.segment)
    }
}

/// A period, with every customer in it.
pub(crate) struct View<'a> {
    pub(crate) known: &'a Known,
    pub(crate) period: &'a Period,
    pub(crate) start: Instant,
    pub(crate) end: Instant,
    pub(crate) customers: Vec<Customer>,
    /// Lifetimes and answers, told once a period.
    pub(crate) lifetimes: OnceCell<Vec<Option<Lifetime>>>,
    pub(crate) answers: OnceCell<BTreeMap<&'static str, Vec<&'a Survey>>>,
}

impl<'a> View<'a> {
    pub(crate) fn new(known: &'a Known, period: &'a Period) -> Self {
        let (start, end) = (known.midnight(period.first), known.midnight(period.after));
        let customers = (0..known.data.customers.len())
            .map(|customer| {
                let spells = &known.spells[customer];
                Customer {
                    mrr_start: known.mrr(customer, start),
                    mrr_end: known.mrr(customer, end),
                    at_start: known.is_active(customer, start),
                    at_end: known.is_active(customer, end),
                    before: spells.iter().any(|(from, _)| *from < start),
                    within: spells.iter().any(|(from, to)| *from < end && *to > start),
                }
            })
            .collect();
        let (lifetimes, answers) = (OnceCell::new(), OnceCell::new());
        Self { known, period, start, end, customers, lifetimes, answers }
    }

    pub(crate) fn holds(&self, at: Instant) -> bool {
        self.start <= at && at < self.end
    }

    /// Every cell of declared dimensions, and the total.
    pub(crate) fn cells(&self) -> Vec<Cell> {
        let mut cells = vec![self.whole("total", "total", false)];
        for attributes in [&["plan"][..], &["region"], &["plan", "region"]] {
            let dimension = attributes.join("×");
            let names = |value: &dyn Fn(usize, &str) -> Option<String>| -> Vec<String> {
                (0..self.customers.len())
                    .map(|customer| {
                        let parts: Vec<_> =
                            attributes.iter().map(|name| shown(&value(customer, name).unwrap_or_default())).collect();
                        parts.join("×")
                    })
                    .collect()
            };
            let flow = names(&|customer, name| self.known.first_between(customer, name, self.start, self.end));
            let stock = names(&|customer, name| self.known.attribute(customer, name, self.end));
            let life = names(&|customer, name| self.known.last_until(customer, name, self.end));
            let segments: BTreeSet<&String> = flow.iter().chain(&stock).chain(&life).collect();
            for segment in segments {
                let is = |names: &[String]| names.iter().map(|name| name == segment).collect();
                cells.push(Cell {
                    dimension: dimension.clone(),
                    segment: segment.clone(),
                    flow: is(&flow),
                    stock: is(&stock),
                    life: is(&life),
                    is_whole: false,
                    cuts_rows: false,
                });
            }
        }
        cells
    }

    /// Whether a cell takes a customer in as a flow of another span than the period.
    pub(crate) fn flows_through(&self, cell: &Cell, customer: usize, from: Instant, to: Instant) -> bool {
        if cell.is_whole {
            return true;
        }
        let value = |name| shown(&self.known.first_between(customer, name, from, to).unwrap_or_default());
        cell.segment == cell.dimension.split('×').map(value).collect::<Vec<_>>().join("×")
    }

    /// A cell of all customers.
    pub(crate) fn whole(&self, dimension: &str, segment: &str, cuts_rows: bool) -> Cell {
        let all = vec![true; self.customers.len()];
        Cell {
            dimension: dimension.to_owned(),
            segment: segment.to_owned(),
            flow: all.clone(),
            stock: all.clone(),
            life: all,
            is_whole: true,
            cuts_rows,
        }
    }

    /// A cell of nobody.
    pub(crate) fn empty(&self, dimension: &str, segment: &str) -> Cell {
        let nobody = vec![false; self.customers.len()];
        Cell {
            dimension: dimension.to_owned(),
            segment: segment.to_owned(),
            flow: nobody.clone(),
            stock: nobody.clone(),
            life: nobody,
            is_whole: false,
            cuts_rows: false,
        }
    }

    /// Adds a state in which the figure may still move: an open period says it all.
    pub(crate) fn until(&self, mut figure: figure::Figure, window_days: i64, state: &str) -> figure::Figure {
        let settled = self.known.midnight(days_after(self.period.after, window_days));
        if self.known.as_of < settled {
            figure.notes.push(state.to_owned());
        }
        figure
    }

    /// Whether the period is not closed at the as-of day.
    pub(crate) fn is_open(&self) -> bool {
        self.known.as_of < self.known.midnight(days_after(self.period.after, self.known.choices.close_lag))
    }
}
