//! Survey rows: invitations and answers, and which of a respondent's answers counts.

use std::collections::HashMap;

use super::{Book, CUSTOMER_COUNTED, Entry, MILLION, OTHER_SEGMENT, OUTSIDE};
use crate::error::Result;
use crate::explain::look::Look;
use crate::panel::answers::{Answer, Survey};
use crate::panel::frame;
use crate::tables::schema::Table;

/// The question behind a KPI.
fn question(kpi: &str) -> Option<Survey> {
    match kpi {
        "nps" | "nps_promoters" | "nps_passives" | "nps_detractors" | "nps_response_rate" | "nps_by_account"
        | "nps_role_gap" => Some(Survey::Nps),
        "csat" | "csat_satisfied" => Some(Survey::Csat),
        "ces" => Some(Survey::Ces),
        _ => None,
    }
}

/// What a score is called, and what it adds to the numerator.
fn reading_of(look: &Look<'_>, kpi: &str, score: i64) -> Option<(&'static str, i128)> {
    let kind = match score {
        9..=10 => "promoter",
        7..=8 => "passive",
        _ => "detractor",
    };
    let on = |(low, high): (i64, i64)| low <= score && score <= high;
    let is = |name: &str| i128::from(kind == name);
    match kpi {
        "nps" | "nps_by_account" if on((0, 10)) => Some((kind, is("promoter") - is("detractor"))),
        "nps_promoters" if on((0, 10)) => Some((kind, is("promoter"))),
        "nps_passives" if on((0, 10)) => Some((kind, is("passive"))),
        "nps_detractors" if on((0, 10)) => Some((kind, is("detractor"))),
        "csat" if on(look.choices.csat.scale) => Some(("answer", score.into())),
        "csat_satisfied" if on(look.choices.csat.scale) => {
            let is_satisfied = score >= look.choices.csat.satisfied;
            Some((if is_satisfied { "satisfied" } else { "not_satisfied" }, is_satisfied.into()))
        }
        "ces" if on(look.choices.ces.scale) => Some(("answer", score.into())),
        _ => None,
    }
}

/// The rows behind a survey's figure.
pub(super) fn rows(look: &Look<'_>, kpi: &str) -> Result<Option<Book>> {
    if kpi.starts_with("theme_") {
        return themes(look, kpi);
    }
    let (Some(asked), Some(table), Some(answers)) =
        (question(kpi), look.seen.tables.get(&Table::Surveys), &look.seen.panel.answers)
    else {
        return Ok(None);
    };
    let is_by_account = kpi == "nps_by_account";
    let mut book = Book::new(&[Table::Surveys], (if is_by_account { MILLION } else { 1 }, 1));
    let origins = look.origins(Table::Surveys)?;
    let (customers, questions) = (frame::customers(table)?, frame::texts(table, "survey")?);
    let by_row: HashMap<u32, &Answer> = answers.rows.iter().map(|answer| (answer.row, answer)).collect();
    let latest = latest(look, &answers.rows);
    let mut accounts = if is_by_account { accounts(look, &answers.rows, &latest) } else { HashMap::new() };
    let asks = |text: Option<&str>| {
        matches!((text, asked), (Some("nps"), Survey::Nps) | (Some("csat"), Survey::Csat) | (Some("ces"), Survey::Ces))
    };
    for (row, index) in (0..).zip(0..table.height()) {
        let entry = match by_row.get(&row) {
            _ if !asks(questions[index]) => Entry::not("other_survey"),
            // What asks the same and was not read is of a kind that does not count.
            None => Entry::not("other_kind"),
            Some(answer) if kpi == "nps_response_rate" => invitation(look, answer),
            Some(answer) => {
                let entry = self::answer(look, kpi, answer, &latest);
                if is_by_account && entry.is_counted {
                    by_account(entry, accounts.remove(&answer.customer))
                } else {
                    entry
                }
            }
        };
        book.enter((Table::Surveys, &origins), row, customers[index], entry);
    }
    Ok(Some(book))
}

/// Respondent and question.
type Asked = (u32, Survey, Option<u32>, Option<u32>);

fn asked(answer: &Answer) -> Asked {
    (answer.respondent, answer.survey, answer.kind, answer.touchpoint)
}

/// The latest answer of each respondent to each question by the period's end.
fn latest(look: &Look<'_>, answers: &[Answer]) -> HashMap<Asked, (i64, u32)> {
    let mut latest: HashMap<Asked, (i64, u32)> = HashMap::new();
    for answer in answers.iter().filter(|answer| answer.score.is_some()) {
        let Some(at) = answer.responded_at.filter(|at| *at < look.span.end) else { continue };
        let kept = latest.entry(asked(answer)).or_insert((at, answer.tie_rank));
        *kept = (*kept).max((at, answer.tie_rank));
    }
    latest
}

fn invitation(look: &Look<'_>, answer: &Answer) -> Entry {
    match (answer.sent_at, answer.responded_at) {
        (None, _) => Entry::not("no_invitation_date"),
        (Some(sent), _) if !look.span.contains(sent) => Entry::not(OUTSIDE),
        _ if !look.has_row(Table::Surveys, answer.row, Some(answer.customer)) => Entry::not(OTHER_SEGMENT),
        (_, Some(_)) => Entry::counted("answered", 1, 1),
        (_, None) => Entry::counted("not_answered", 0, 1),
    }
}

fn answer(look: &Look<'_>, kpi: &str, answer: &Answer, latest: &HashMap<Asked, (i64, u32)>) -> Entry {
    let entry = match counted_answer(look, answer, latest) {
        Err(why) => Entry::not(why),
        Ok(_) if kpi == "nps_role_gap" => match (answer.roles.is_user, answer.roles.is_decision_maker) {
            (true, true) => Entry::counted("user_and_decision_maker", 0, 2),
            (true, false) => Entry::counted("user", 0, 1),
            (false, true) => Entry::counted("decision_maker", 0, 1),
            (false, false) => Entry::not("other_role"),
        },
        Ok(score) => reading_of(look, kpi, score)
            .map_or(Entry::not("off_the_scale"), |(why, numerator)| Entry::counted(why, numerator, 1)),
    };
    match answer.score {
        Some(score) => entry.saying(score.to_string()),
        None => entry,
    }
}

/// Each customer's own score in millionths of a point, rounded once.
fn accounts(look: &Look<'_>, answers: &[Answer], latest: &HashMap<Asked, (i64, u32)>) -> HashMap<u32, i128> {
    let mut sums: HashMap<u32, (i128, i128)> = HashMap::new();
    for answer in answers.iter().filter(|answer| answer.survey == Survey::Nps) {
        let entry = self::answer(look, "nps_by_account", answer, latest);
        if entry.is_counted {
            let (net, count) = sums.entry(answer.customer).or_default();
            (*net, *count) = (*net + entry.numerator, *count + 1);
        }
    }
    let own = |(net, count): (i128, i128)| net.signum() * ((2 * 100 * MILLION * net.abs() + count) / (2 * count));
    sums.into_iter().map(|(customer, sums)| (customer, own(sums))).collect()
}

/// A customer's own score stands at its first answer; the others have entered it.
fn by_account(entry: Entry, own: Option<i128>) -> Entry {
    match own {
        Some(own) => Entry { numerator: own, ..entry },
        None => Entry { value: entry.value, ..Entry::not(CUSTOMER_COUNTED) },
    }
}

/// The comments of the answers that count, and whether each mentions the theme.
fn themes(look: &Look<'_>, kpi: &str) -> Result<Option<Book>> {
    let panel = look.seen.panel;
    let (Some(theme), Some(table), Some(answers), Some(comments)) =
        (look.part, look.seen.tables.get(&Table::Surveys), &panel.answers, &panel.comments)
    else {
        return Ok(None);
    };
    let mut book = Book::new(&[Table::Surveys], (1, 1));
    let origins = look.origins(Table::Surveys)?;
    let customers = frame::customers(table)?;
    let by_row: HashMap<u32, &Answer> = answers.rows.iter().map(|answer| (answer.row, answer)).collect();
    let latest = latest(look, &answers.rows);
    let number = comments.themes.iter().position(|name| **name == *theme).and_then(|at| u16::try_from(at).ok());
    for (row, customer) in (0..).zip(customers) {
        let entry = match by_row.get(&row) {
            None => Entry::not("other_kind"),
            Some(answer) => match counted_answer(look, answer, &latest) {
                Err(why) => Entry::not(why),
                Ok(score) => match comments.of(row) {
                    None => Entry::not("no_comment"),
                    Some(comment) => {
                        let mentions = number.is_some_and(|number| comment.themes.contains(&number));
                        mention(kpi, mentions, (answer.survey == Survey::Nps).then_some(score))
                    }
                },
            },
        };
        book.enter((Table::Surveys, &origins), row, customer, entry);
    }
    Ok(Some(book))
}

/// What a comment adds to a theme's figure; `nps` is the score that it comes with, if it was given to that question.
fn mention(kpi: &str, mentions: bool, nps: Option<i64>) -> Entry {
    if !mentions {
        let is_share = kpi == "theme_share";
        return if is_share { Entry::counted("other_words", 0, 1) } else { Entry::not("other_words") };
    }
    match (kpi, nps) {
        ("theme_mentions", _) => Entry::counted("mentions", 1, 0),
        ("theme_share", _) => Entry::counted("mentions", 1, 1),
        (_, None) => Entry::not("other_survey"),
        ("theme_score", Some(score)) => Entry::counted("mentions", score.into(), 1).saying(score.to_string()),
        ("theme_promoters", Some(9..)) => Entry::counted("promoter", 1, 0),
        ("theme_detractors", Some(..=6)) => Entry::counted("detractor", 1, 0),
        (_, Some(score)) => Entry::not("other_score").saying(score.to_string()),
    }
}

/// The score of an answer that counts in the period and the set, or why it does not.
fn counted_answer(
    look: &Look<'_>,
    answer: &Answer,
    latest: &HashMap<Asked, (i64, u32)>,
) -> std::result::Result<i64, &'static str> {
    let (Some(at), Some(score)) = (answer.responded_at, answer.score) else { return Err("not_answered") };
    if !look.span.contains(at) {
        Err(OUTSIDE)
    } else if !look.has_row(Table::Surveys, answer.row, Some(answer.customer)) {
        Err(OTHER_SEGMENT)
    } else if latest.get(&asked(answer)) != Some(&(at, answer.tie_rank)) {
        Err("superseded_answer")
    } else {
        Ok(score)
    }
}
