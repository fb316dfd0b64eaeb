//! Health and happiness: each active customer by the first row by which it is active at the end, with its score.

use super::{Book, CUSTOMER_COUNTED, Entry, MILLION, OTHER_SEGMENT, OUTSIDE, plain};
use crate::config::{Status, is_ready_to_expand, usage_growth};
use crate::error::Result;
use crate::explain::look::Look;
use crate::panel::Span;
use crate::panel::scores::{Recipe, status};
use crate::panel::signals::Measure;

/// The rows behind a figure of scores.
pub(super) fn rows(look: &Look<'_>, kpi: &str) -> Result<Option<Book>> {
    let (recipe, parts) = match kpi {
        "health_recovery_rate" => return moves(look, Status::Red),
        "health_decline_rate" => return moves(look, Status::Green),
        "health_score" | "mrr_at_risk" => (Recipe::health(&look.choices.health), (MILLION, 1)),
        "healthy_share" | "at_risk_share" | "expansion_candidates" => (Recipe::health(&look.choices.health), (1, 1)),
        "chi" => (Recipe::chi(&look.choices.chi), (MILLION, 1)),
        _ => return Ok(None),
    };
    let (Some(measure), Some(stays)) = (look.seen.panel.measure(), look.stays()?) else { return Ok(None) };
    let mut book = Book::new(&[stays.table], parts);
    let origins = look.origins(stays.table)?;
    let end = look.span.end;
    let first = stays.first_at(end, look.seen.panel.customer_count);
    for stay in &stays.rows {
        let customer = stay.customer;
        let stands = first[customer as usize] == Some(stay.row);
        let entry = if stay.end <= look.span.start || stay.start > end {
            Entry::not(OUTSIDE)
        } else if stay.at(end) == 0 {
            Entry::not("not_active_at_end")
        } else if !look.has_stock(customer) {
            Entry::not(OTHER_SEGMENT)
        } else if !stands && kpi != "mrr_at_risk" {
            Entry::not(CUSTOMER_COUNTED)
        } else {
            let score = recipe.score(&recipe.parts(&measure, customer, look.span));
            match score {
                None => Entry::not("too_little_known"),
                Some(score) if kpi == "expansion_candidates" => candidate(look, &measure, customer, score),
                Some(score) => scored(look, kpi, score, stay.at(end)),
            }
        };
        book.enter((stays.table, &origins), stay.row, Some(customer), entry);
    }
    Ok(Some(book))
}

/// What a scored customer adds.
fn scored(look: &Look<'_>, kpi: &str, score: i64, paid: i64) -> Entry {
    let colour = status(&look.choices.health.bands, score);
    let is = |status: Status| i128::from(colour == Some(status));
    let name = colour.map_or("in_no_band", Status::id);
    let entry = match kpi {
        "healthy_share" => Entry::counted(name, is(Status::Green), 1),
        "at_risk_share" => Entry::counted(name, is(Status::Red), 1),
        "mrr_at_risk" if colour == Some(Status::Red) => Entry::counted(name, paid.into(), 0),
        "mrr_at_risk" => Entry::not(name),
        "health_score" => Entry::counted(name, score.into(), 1),
        _ => Entry::counted("scored", score.into(), 1),
    };
    entry.saying(plain(score))
}

/// A customer that may want more.
fn candidate(look: &Look<'_>, measure: &Measure<'_>, customer: u32, score: i64) -> Entry {
    let colour = status(&look.choices.health.bands, score);
    let trend = measure.signal(&usage_growth(), customer, look.span);
    let entry = if is_ready_to_expand(colour, trend, measure.days_to_renewal(customer, look.span)) {
        Entry::counted("candidate", 1, 0)
    } else if colour != Some(Status::Green) {
        Entry::not("not_green")
    } else if trend.is_none_or(|trend| trend <= 1.0) {
        Entry::not("no_growth_of_usage")
    } else {
        Entry::not("no_renewal_soon")
    };
    entry.saying(plain(score))
}

/// Customers of one colour at the start, each by the first row by which it is active then, and where they are at the end.
fn moves(look: &Look<'_>, from: Status) -> Result<Option<Book>> {
    let (Some(measure), Some(activity), Some(stays)) = (look.seen.panel.measure(), look.activity(), look.stays()?)
    else {
        return Ok(None);
    };
    let Some(before) = look.span.before(&look.seen.panel.calendar) else { return Ok(None) };
    let recipe = Recipe::health(&look.choices.health);
    let colour = |customer: u32, span: &Span| {
        recipe
            .score(&recipe.parts(&measure, customer, span))
            .and_then(|score| status(&look.choices.health.bands, score))
    };
    let mut book = Book::new(&[stays.table], (1, 1));
    let origins = look.origins(stays.table)?;
    let (start, end) = (look.span.start, look.span.end);
    let first = stays.first_at(start, look.seen.panel.customer_count);
    for stay in &stays.rows {
        let customer = stay.customer;
        let entry = if stay.end <= start || stay.start > end {
            Entry::not(OUTSIDE)
        } else if stay.at(start) == 0 {
            Entry::not("not_active_at_start")
        } else if !look.has_flow(customer) {
            Entry::not(OTHER_SEGMENT)
        } else if first[customer as usize] != Some(stay.row) {
            Entry::not(CUSTOMER_COUNTED)
        } else if colour(customer, &before) != Some(from) {
            Entry::not(if from == Status::Red { "not_red_at_start" } else { "not_green_at_start" })
        } else {
            let is_here = activity.mrr_at(end).get(customer as usize).is_some_and(|paid| *paid > 0);
            let is = if is_here { colour(customer, look.span) } else { None };
            let has_moved = match from {
                Status::Red => matches!(is, Some(Status::Yellow | Status::Green)),
                _ => !is_here || matches!(is, Some(Status::Yellow | Status::Red)),
            };
            let why = if is_here { is.map_or("too_little_known", Status::id) } else { "gone" };
            Entry::counted(why, has_moved.into(), 1)
        };
        book.enter((stays.table, &origins), stay.row, Some(customer), entry);
    }
    Ok(Some(book))
}
