//! Customers and MRR between two snapshots, and lifetimes: the rows by which each customer is active.
//!
//! Money is counted row by row; a customer is counted by one row, the first by which it is active.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::{Book, CUSTOMER_COUNTED, Entry, MILLION, OTHER_SEGMENT, OUTSIDE, Quotient, plain};
use crate::calendar::{Moment, months_rounded_up, whole_months, window_months};
use crate::config::LifetimeMethod;
use crate::error::Result;
use crate::explain::look::{Look, Stay, Stays};
use crate::panel::Span;
use crate::panel::activity::{Activity, Lifetime};
use crate::panel::records;
use crate::tables::schema::Table;

/// A row together with what its customer does between the two snapshots.
struct Case {
    /// What the row pays at the start and at the end.
    pays: (i128, i128),
    /// What the customer pays.
    opening: i128,
    closing: i128,
    /// Whether the customer was one before the start.
    was_customer: bool,
    /// Whether this row stands for the customer at the start, and at the end.
    stands: (bool, bool),
    /// Whether it stands for a customer who came and left within the period.
    stands_within: bool,
}

/// Which set of customers a figure is of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Of {
    /// By what they were at the start.
    Flow,
    /// The same, or by the row that ended last.
    Loss,
    /// By what they are at the end.
    Stock,
    /// Those who came into the set.
    Entered,
    /// Those who left it.
    Left,
}

impl Case {
    /// What the customer did.
    fn movement(&self) -> &'static str {
        match (self.opening > 0, self.closing > 0) {
            (true, false) => "lost",
            (false, true) if self.was_customer => "reactivated",
            (false, true) => "new",
            (false, false) => "came_and_left",
            (true, true) if self.closing > self.opening => "expanded",
            (true, true) if self.closing < self.opening => "contracted",
            (true, true) => "kept",
        }
    }

    fn is(&self, movement: &str) -> bool {
        self.movement() == movement
    }

    /// What the row adds to a KPI's numerator and denominator, in micro-units or customers; `None` for other KPIs.
    fn adds(&self, kpi: &str) -> Option<(Of, i128, i128)> {
        use Of::{Entered, Flow, Left, Loss, Stock};
        let one = |counts: bool| i128::from(counts);
        let money = |counts: bool, money: i128| if counts { money } else { 0 };
        let (at_start, at_end) = self.pays;
        let (stands, stands_at_end) = self.stands;
        let (is_opening, is_lost) = (self.opening > 0, self.is("lost"));
        let less = money(is_lost || self.is("contracted"), at_start - at_end);
        let kept_of_opening = if self.is("contracted") { at_end } else { money(!is_lost, at_start) };
        Some(match kpi {
            "customer_churn_rate" => (Flow, one(stands && is_lost), one(stands)),
            "customer_retention_rate" => (Flow, one(stands && !is_lost), one(stands)),
            "customers_opening" => (Flow, one(stands), 0),
            "customers_new" => (Flow, one(stands_at_end && self.is("new")), 0),
            "customers_reactivated" => (Flow, one(stands_at_end && self.is("reactivated")), 0),
            "customers_lost" => (Loss, one(stands && is_lost), 0),
            "customers_closing" => (Stock, one(stands_at_end), 0),
            "early_losses" => (Flow, one(self.stands_within && self.is("came_and_left")), 0),
            "customers_transferred_in" => (Entered, one(stands_at_end), 0),
            "customers_transferred_out" => (Left, one(stands_at_end), 0),
            "mrr_opening" => (Flow, at_start, 0),
            "mrr_new" => (Flow, money(self.is("new"), at_end), 0),
            "mrr_reactivated" => (Flow, money(self.is("reactivated"), at_end), 0),
            "mrr_expansion" => (Flow, money(self.is("expanded"), at_end - at_start), 0),
            "mrr_contraction" => (Flow, money(self.is("contracted"), at_start - at_end), 0),
            "mrr_churned" => (Loss, money(is_lost, at_start), 0),
            "mrr_closing" => (Stock, at_end, 0),
            "mrr_transferred_in" => (Entered, at_end, 0),
            "mrr_transferred_out" => (Left, at_end, 0),
            "revenue_churn_rate" => (Flow, less, at_start),
            "grr" => (Flow, money(is_opening, kept_of_opening), at_start),
            "nrr" => (Flow, money(is_opening, at_end), at_start),
            _ => return None,
        })
    }
}

/// The rows of the bridges of customers and MRR, and of lifetimes.
pub(super) fn rows(look: &Look<'_>, kpi: &str) -> Result<Option<Book>> {
    match kpi {
        "renewal_rate" => return renewals(look),
        "cohort_retention" => return cohort(look),
        _ => {}
    }
    let is_lifetime = kpi.starts_with("survival_") || kpi == "lifetime_months";
    let nothing = Case {
        pays: (0, 0),
        opening: 0,
        closing: 0,
        was_customer: false,
        stands: (false, false),
        stands_within: false,
    };
    if !is_lifetime && nothing.adds(kpi).is_none() {
        return Ok(None);
    }
    let (Some(activity), Some(stays)) = (look.activity(), look.stays()?) else { return Ok(None) };
    if is_lifetime {
        lifetimes(look, kpi, activity, &stays).map(Some)
    } else {
        bridge(look, kpi, activity, &stays).map(Some)
    }
}

fn bridge(look: &Look<'_>, kpi: &str, activity: &Activity, stays: &Stays) -> Result<Book> {
    let is_money = kpi.starts_with("mrr_") || ["revenue_churn_rate", "grr", "nrr"].contains(&kpi);
    let parts = if is_money { MILLION } else { 1 };
    let mut book = Book::new(&[stays.table], (parts, parts));
    let origins = look.origins(stays.table)?;
    let (start, end) = (look.span.start, look.span.end);
    let customers = look.seen.panel.customer_count;
    let (first, last) = (stays.first_at(start, customers), stays.first_at(end, customers));
    let within = stays.first_of_each(customers, |stay| stay.weight > 0 && stay.start < end && start < stay.end);
    let paid = |at: i64, customer: u32| activity.mrr_at(at).get(customer as usize).copied().unwrap_or(0);
    for stay in &stays.rows {
        let customer = stay.customer;
        let is_first = |of: &[Option<u32>]| of[customer as usize] == Some(stay.row);
        let case = Case {
            pays: (stay.at(start).into(), stay.at(end).into()),
            opening: paid(start, customer).into(),
            closing: paid(end, customer).into(),
            was_customer: activity.first(customer).is_some_and(|first| first < start),
            stands: (is_first(&first), is_first(&last)),
            stands_within: is_first(&within),
        };
        let Some((of, numerator, denominator)) = case.adds(kpi) else { continue };
        let entry = if numerator == 0 && denominator == 0 {
            Entry::not(why_not(look, stay, &case, of))
        } else if is_in(look, customer, of) {
            Entry::counted(case.movement(), numerator, denominator)
        } else {
            Entry::not(OTHER_SEGMENT)
        };
        let entry = if activity.has_revenue { entry.saying(plain(stay.weight)) } else { entry };
        book.enter((stays.table, &origins), stay.row, Some(customer), entry);
    }
    Ok(book)
}

/// Whether a customer is of the set.
fn is_in(look: &Look<'_>, customer: u32, of: Of) -> bool {
    let segments = &look.seen.panel.segments;
    let mut moves = segments.moves(look.period, customer).filter(|(from, to)| from != to);
    match of {
        Of::Flow => look.has_flow(customer),
        Of::Stock => look.has_stock(customer),
        Of::Entered => moves.any(|(_, to)| to == look.cell),
        Of::Left => moves.any(|(from, _)| from == look.cell),
        Of::Loss => {
            look.has_flow(customer)
                || look.seen.panel.last_ended_row(customer, look.span.end).is_some_and(|row| {
                    let mut cells = segments.row_cells(Table::Subscriptions, look.period, row, Some(customer));
                    cells.any(|cell| cell == look.cell)
                })
        }
    }
}

/// Why a row adds nothing.
fn why_not(look: &Look<'_>, stay: &Stay, case: &Case, of: Of) -> &'static str {
    let (start, end) = (look.span.start, look.span.end);
    if stay.weight == 0 {
        return "no_revenue";
    }
    if stay.end <= start || stay.start > end {
        return OUTSIDE;
    }
    if !is_in(look, stay.customer, of) {
        return OTHER_SEGMENT;
    }
    let (is_at_start, is_at_end) = (case.pays.0 > 0, case.pays.1 > 0);
    match of {
        Of::Stock | Of::Entered | Of::Left if !is_at_end => "not_active_at_end",
        Of::Stock | Of::Entered | Of::Left => CUSTOMER_COUNTED,
        Of::Flow | Of::Loss if case.opening == 0 && case.closing > 0 => case.movement(),
        Of::Flow | Of::Loss if case.opening == 0 => "came_and_left",
        Of::Flow | Of::Loss if !is_at_start && !is_at_end => "not_active_at_start",
        Of::Flow | Of::Loss if is_at_start && !case.stands.0 => CUSTOMER_COUNTED,
        Of::Flow | Of::Loss if !is_at_start => "not_active_at_start",
        Of::Flow | Of::Loss => case.movement(),
    }
}

/// Each customer by the first row that ever made it one; with 1 / churn, by the rows at the starts of the months.
fn lifetimes(look: &Look<'_>, kpi: &str, activity: &Activity, stays: &Stays) -> Result<Book> {
    if kpi == "lifetime_months" && look.choices.lifetime.method == LifetimeMethod::InverseChurn {
        return months_of_churn(look, activity, stays);
    }
    let is_mean = kpi == "lifetime_months" && look.choices.lifetime.method == LifetimeMethod::Observed;
    let mut book = Book::new(&[stays.table], (1, 1));
    let origins = look.origins(stays.table)?;
    let calendar = look.seen.panel.calendar;
    let elapsed = |at: i64| calendar.days_later(Moment(at), look.choices.churn_gap_days).0;
    let date = |at: i64| calendar.local(Moment(at)).map(|local| local.date());
    let is_begin = |stay: &Stay| stay.weight > 0 && activity.first(stay.customer) == Some(stay.stamp);
    let first = stays.first_of_each(look.seen.panel.customer_count, is_begin);
    for stay in &stays.rows {
        let begun = activity.first(stay.customer).and_then(date);
        let known = begun.and_then(|begun| match activity.lifetime(stay.customer, look.span.end, elapsed) {
            Lifetime::NotBegun => None,
            Lifetime::Ended { to, .. } => Some(("ended", date(to).map_or(0, |to| months_rounded_up(begun, to)))),
            Lifetime::Running { .. } => Some(("running", whole_months(begun, look.span.period.end).max(0))),
        });
        let entry = match known {
            _ if stay.weight == 0 => Entry::not("no_revenue"),
            None => Entry::not("not_begun"),
            Some(_) if !look.has_lifetime(stay.customer) => Entry::not(OTHER_SEGMENT),
            Some(_) if first[stay.customer as usize] != Some(stay.row) => Entry::not(CUSTOMER_COUNTED),
            Some((why, months)) => {
                let numerator = if is_mean { months.into() } else { 0 };
                Entry::counted(why, numerator, 1).saying(months.to_string())
            }
        };
        book.enter((stays.table, &origins), stay.row, Some(stay.customer), entry);
    }
    Ok(book)
}

/// 1 / churn: the numerator counts customers at the start of each of twelve months, the denominator those lost in it.
fn months_of_churn(look: &Look<'_>, activity: &Activity, stays: &Stays) -> Result<Book> {
    let mut book = Book::new(&[stays.table], (1, 1));
    let origins = look.origins(stays.table)?;
    let (calendar, customers) = (look.seen.panel.calendar, look.seen.panel.customer_count);
    let window: Vec<Span> =
        window_months(&look.span.period, 12).iter().map(|month| Span::new(month, &calendar)).collect();
    let of = &look.tallies.lifetimes;
    // Without any loss there is no quotient, and the sums are those all the same.
    book.quotient = Some(Quotient {
        numerator: of.opening_in_window.into(),
        denominator: of.lost_in_window.into(),
        of: "customers at the starts of twelve months, and those lost in them",
    });
    let Some((timeline, segments)) = &look.seen.panel.churn_window else { return Ok(book) };
    let mut counts = vec![(0, 0); stays.rows.iter().map(|stay| stay.row as usize + 1).max().unwrap_or(0)];
    for month in &window {
        let Some(index) = timeline.spans.iter().position(|span| span == month) else { continue };
        for (customer, row) in (0..).zip(stays.first_at(month.start, customers)) {
            let is_in = segments.flow_cells(index, customer).any(|cell| cell == look.cell);
            if let (Some(row), true) = (row, is_in) {
                let is_lost = activity.mrr_at(month.end).get(customer as usize) == Some(&0);
                let count = &mut counts[row as usize];
                *count = (count.0 + 1, count.1 + i128::from(is_lost));
            }
        }
    }
    for stay in &stays.rows {
        let (months, lost) = counts[stay.row as usize];
        let entry = match (months, lost) {
            (0, _) => Entry::not("at_no_months_start"),
            (_, 0) => Entry::counted("kept", months, 0).saying(months.to_string()),
            _ => Entry::counted("lost", months, lost).saying(months.to_string()),
        };
        book.enter((stays.table, &origins), stay.row, Some(stay.customer), entry);
    }
    Ok(book)
}

/// Renewal dates of the period, one per customer and date: by the first row that names it and was active the day before.
fn renewals(look: &Look<'_>) -> Result<Option<Book>> {
    let (Some(activity), Some(rows)) = (look.activity(), look.seen.tables.get(&Table::Subscriptions)) else {
        return Ok(None);
    };
    let mut book = Book::new(&[Table::Subscriptions], (1, 1));
    let origins = look.origins(Table::Subscriptions)?;
    let calendar = look.seen.panel.calendar;
    let midnight = |day: Option<NaiveDate>| day.map(|day| calendar.midnight(day).0);
    let mut seen = BTreeSet::new();
    for row in records::subscriptions(rows, "plan")? {
        let of = row.subscription;
        let day = row.renewal_at.and_then(|at| calendar.local(Moment(at))).map(|local| local.date());
        let is_due = midnight(day.and_then(|day| day.pred_opt()))
            .is_some_and(|before| of.mrr > 0 && of.start <= before && before < of.end);
        let is_renewed =
            midnight(day.and_then(|day| day.succ_opt())).is_some_and(|after| activity.is_active(of.customer, after));
        let entry = match day {
            None => Entry::not("no_renewal_date"),
            Some(day) if !look.span.contains(calendar.midnight(day).0) => Entry::not(OUTSIDE),
            Some(_) if !is_due => Entry::not("not_active_the_day_before"),
            Some(_) if !look.has_flow(of.customer) => Entry::not(OTHER_SEGMENT),
            Some(day) if !seen.insert((of.customer, day)) => Entry::not(CUSTOMER_COUNTED),
            Some(_) if is_renewed => Entry::counted("renewed", 1, 1),
            Some(_) => Entry::counted("not_renewed", 0, 1),
        };
        let entry = match day {
            Some(day) => entry.saying(day.to_string()),
            None => entry,
        };
        book.enter((Table::Subscriptions, &origins), row.row, Some(of.customer), entry);
    }
    Ok(Some(book))
}

/// The customers of one cohort, each by the first row that ever made it one.
fn cohort(look: &Look<'_>) -> Result<Option<Book>> {
    let (Some(activity), Some(stays), Some(part)) = (look.activity(), look.stays()?, look.part) else {
        return Ok(None);
    };
    let mut book = Book::new(&[stays.table], (1, 1));
    let origins = look.origins(stays.table)?;
    let calendar = look.seen.panel.calendar;
    let is_begin = |stay: &Stay| stay.weight > 0 && activity.first(stay.customer) == Some(stay.stamp);
    let first = stays.first_of_each(look.seen.panel.customer_count, is_begin);
    for stay in &stays.rows {
        let begun = activity.first(stay.customer).and_then(|at| calendar.local(Moment(at)));
        let month = begun.map(|begun| begun.format("%Y-%m").to_string()).unwrap_or_default();
        let is_active = activity.mrr_at(look.span.end).get(stay.customer as usize).is_some_and(|paid| *paid > 0);
        let entry = if part.split('+').next() != Some(month.as_str()) {
            Entry::not("other_cohort")
        } else if !look.has_lifetime(stay.customer) {
            Entry::not(OTHER_SEGMENT)
        } else if first[stay.customer as usize] != Some(stay.row) {
            Entry::not(CUSTOMER_COUNTED)
        } else if is_active {
            Entry::counted("active_at_end", 1, 1)
        } else {
            Entry::counted("gone", 0, 1)
        };
        book.enter((stays.table, &origins), stay.row, Some(stay.customer), entry.saying(month));
    }
    Ok(Some(book))
}
