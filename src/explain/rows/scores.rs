//! Health and happiness: each active customer by the first row by which it is active at the end, with its score.

use super::{Book, CUSTOMER_COUNTED, Entry, MILLION, OTHER_SEGMENT, OUTSIDE, plain};
use crate::config::Status;
use crate::error::Result;
use crate::explain::look::Look;
use crate::panel::scores::{Recipe, status};

/// The rows behind a figure of scores.
pub(super) fn rows(look: &Look<'_>, kpi: &str) -> Result<Option<Book>> {
    let (recipe, parts) = match kpi {
        "health_score" | "mrr_at_risk" => (Recipe::health(&look.choices.health), (MILLION, 1)),
        "healthy_share" | "at_risk_share" => (Recipe::health(&look.choices.health), (1, 1)),
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
