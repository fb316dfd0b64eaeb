//! Goals, leads and staff.

use std::collections::{BTreeSet, HashMap};

use super::{Book, CUSTOMER_COUNTED, Entry, MILLION, OTHER_SEGMENT, OUTSIDE, plain};
use crate::calendar::Moment;
use crate::config::TurnoverMethod;
use crate::error::Result;
use crate::explain::look::Look;
use crate::explain::numbers::exact;
use crate::panel::frame;
use crate::panel::records::SHARE;
use crate::tables::schema::Table;
use crate::tally::value::is_within;

/// The rows behind a figure of goals, leads or staff.
pub(super) fn rows(look: &Look<'_>, kpi: &str) -> Result<Option<Book>> {
    match kpi {
        "goal_attainment" => goals(look, false),
        "value_gap" => goals(look, true),
        "conversion_rate" => leads(look),
        "turnover_index" => staff(look),
        "onboarding_completion" => signups(look, false),
        "time_to_value_days" => signups(look, true),
        _ => Ok(None),
    }
}

/// The latest assessment of each goal in the period.
fn goals(look: &Look<'_>, is_gap: bool) -> Result<Option<Book>> {
    let Some(assessments) = &look.seen.panel.assessments else { return Ok(None) };
    // Weights are in millionths, shares finer still; each customer's sum is rounded to millionths once.
    let parts = if is_gap { (MILLION, 1) } else { (MILLION * i128::from(SHARE), MILLION) };
    let mut book = Book::new(&[Table::Goals], parts);
    book.rounds_customers = !is_gap;
    let origins = look.origins(Table::Goals)?;
    let mut latest: HashMap<u32, (i64, u32)> = HashMap::new();
    for of in assessments.iter().filter(|of| look.span.contains(of.at)) {
        let kept = latest.entry(of.goal).or_insert((of.at, of.row));
        *kept = (*kept).max((of.at, of.row));
    }
    for of in assessments {
        let says = if is_gap { of.gap } else { of.attainment };
        let entry = if !look.span.contains(of.at) {
            Entry::not(OUTSIDE)
        } else if !look.has_row(Table::Goals, of.row, Some(of.customer)) {
            Entry::not(OTHER_SEGMENT)
        } else if latest.get(&of.goal) != Some(&(of.at, of.row)) {
            Entry::not("superseded_assessment")
        } else {
            match says {
                None => Entry::not(if is_gap { "no_ratings" } else { "result_unknown" }),
                Some(gap) if is_gap => Entry::counted("rated", gap.into(), 1),
                Some(share) => {
                    let why = if share >= SHARE { "met" } else { "not_met" };
                    Entry::counted(why, i128::from(of.weight) * i128::from(share), of.weight.into())
                }
            }
        };
        let entry = match says {
            Some(gap) if is_gap => entry.saying(plain(gap)),
            Some(share) => entry.saying(exact(share.into(), SHARE.into())),
            None => entry,
        };
        book.enter((Table::Goals, &origins), of.row, Some(of.customer), entry);
    }
    Ok(Some(book))
}

/// Leads created in the period.
fn leads(look: &Look<'_>) -> Result<Option<Book>> {
    let Some(leads) = &look.seen.panel.leads else { return Ok(None) };
    let mut book = Book::new(&[Table::Leads], (1, 1));
    let origins = look.origins(Table::Leads)?;
    let (calendar, window) = (look.seen.panel.calendar, look.choices.conversion_window_days);
    for lead in leads {
        let entry = if !look.span.contains(lead.from) {
            Entry::not(OUTSIDE)
        } else if !look.has_row(Table::Leads, lead.row, None) {
            Entry::not(OTHER_SEGMENT)
        } else {
            match lead.to {
                None => Entry::counted("not_converted", 0, 1),
                Some(at) if is_within(calendar, lead.from, at, window) => Entry::counted("converted", 1, 1),
                Some(_) => Entry::counted("converted_too_late", 0, 1),
            }
        };
        book.enter((Table::Leads, &origins), lead.row, None, entry);
    }
    Ok(Some(book))
}

/// Everybody who was employed at some time in the period. Both sides are halves: who came and who left by rotation, who
/// was there at the start and at the end by leavers.
fn staff(look: &Look<'_>) -> Result<Option<Book>> {
    let Some(staff) = &look.seen.panel.staff else { return Ok(None) };
    let mut book = Book::new(&[Table::Staff], (2, 2));
    let origins = look.origins(Table::Staff)?;
    let span = look.span;
    for stay in staff {
        let is_here = |at: i64| stay.from <= at && stay.to.is_none_or(|left| at < left);
        let (joined, left) = (span.contains(stay.from), stay.to.is_some_and(|left| span.contains(left)));
        let one = |is: bool| i128::from(is);
        let (numerator, denominator) = match look.choices.turnover {
            TurnoverMethod::Rotation => (one(joined) + one(left), 2 * one(is_here(span.start))),
            TurnoverMethod::Leavers => (2 * one(left), one(is_here(span.start)) + one(is_here(span.end))),
        };
        let why = match (joined, left) {
            (true, true) => "joined_and_left",
            (true, false) => "joined",
            (false, true) => "left",
            (false, false) => "stayed",
        };
        let entry = if numerator == 0 && denominator == 0 {
            Entry::not(OUTSIDE)
        } else if look.has_row(Table::Staff, stay.row, None) {
            Entry::counted(why, numerator, denominator)
        } else {
            Entry::not(OTHER_SEGMENT)
        };
        book.enter((Table::Staff, &origins), stay.row, None, entry);
    }
    Ok(Some(book))
}

/// Sign-ups of the period, each by the first of its rows that says when.
fn signups(look: &Look<'_>, is_of_value: bool) -> Result<Option<Book>> {
    let Some(onboarding) = &look.seen.panel.onboarding else { return Ok(None) };
    let panel = look.seen.panel;
    let mut book = Book::new(&[Table::Customers], (1, 1));
    let origins = look.origins(Table::Customers)?;
    let ids = frame::texts(look.seen.customers, "customer_id")?;
    let stamps = frame::integers(look.seen.customers, "signup_date")?;
    let numbers: HashMap<&str, u32> =
        (0..panel.customer_count).map(|customer| (panel.id(customer), customer)).collect();
    let day = |at: i64| panel.calendar.local(Moment(at)).map(|local| local.date());
    let mut seen = BTreeSet::new();
    for (row, (id, stamp)) in (0..).zip(ids.iter().zip(&stamps)) {
        let Some(customer) = id.and_then(|id| numbers.get(id).copied()) else { continue };
        let signup = panel.signups.get(customer as usize).copied().flatten();
        let begun = signup.filter(|at| *at < panel.as_of.0);
        let entry = match begun {
            None => Entry::not("not_begun"),
            Some(at) if !look.span.contains(at) => Entry::not(OUTSIDE),
            Some(_) if !look.has_flow(customer) => Entry::not(OTHER_SEGMENT),
            Some(at) if *stamp != Some(at) || !seen.insert(customer) => Entry::not(CUSTOMER_COUNTED),
            Some(at) => {
                let of = onboarding.get(customer as usize).copied().unwrap_or_default();
                let since = |to: i64| Some((day(to)? - day(at)?).num_days().max(0));
                if is_of_value {
                    let waited = of.first_value_at.map_or(panel.as_of.0, |to| to);
                    let why = if of.first_value_at.is_some() { "first_value" } else { "waiting" };
                    Entry::counted(why, 0, 1).saying(since(waited).unwrap_or(0).to_string())
                } else {
                    completion(of.completed_at.and_then(since), look.choices.onboarding_window_days)
                }
            }
        };
        book.enter((Table::Customers, &origins), row, Some(customer), entry);
    }
    Ok(Some(book))
}

/// How far a sign-up came, by the days that it took.
fn completion(days: Option<i64>, window: i64) -> Entry {
    match days {
        None => Entry::counted("not_completed", 0, 1),
        Some(days) if days <= window => Entry::counted("completed", 1, 1).saying(days.to_string()),
        Some(days) => Entry::counted("completed_too_late", 0, 1).saying(days.to_string()),
    }
}
