//! Survey answers: one pass, de-duplicated within each period.

use crate::panel::Timeline;
use crate::panel::answers::{Answer, Survey};
use crate::panel::segments::Segments;
use crate::tables::schema::Table;
use crate::tally::Loyalty;
use crate::tally::table::TallyTable;

/// Adds up invitations and answers.
pub fn add_answers(table: &mut TallyTable, segments: &Segments, answers: &[Answer]) {
    let timeline = table.timeline.clone();
    for answer in answers.iter().filter(|answer| answer.survey == Survey::Nps) {
        let Some(sent_at) = answer.sent_at else { continue };
        for period in timeline.containing(sent_at) {
            for cell in cells_of(segments, period, answer) {
                let loyalty = &mut table.at(period, cell).loyalty;
                loyalty.nps_sent += 1;
                loyalty.nps_answered += u64::from(answer.responded_at.is_some());
            }
        }
    }
    let mut account = Account::default();
    each_counted(&timeline, answers, &mut |period, answer, score| {
        // One customer's answers come together, so that each has its own NPS before the next one's turn.
        if account.customer != Some(answer.customer) {
            account.close(table);
            account.customer = Some(answer.customer);
        }
        for cell in cells_of(segments, period, answer) {
            count(&mut table.at(period, cell).loyalty, answer, score);
            if answer.survey == Survey::Nps {
                account.answers.push((period, cell, side(score)));
            }
        }
    });
    account.close(table);
}

/// Gives every answer that counts, customer by customer, with each period that counts it and its score.
///
/// Several answers of one respondent to the same question stand side by side, by time: of those in a period the latest
/// counts, which is the one whose successor comes after the period's end.
pub(crate) fn each_counted(timeline: &Timeline, answers: &[Answer], count: &mut dyn FnMut(usize, &Answer, i64)) {
    let question =
        |answer: &Answer| (answer.customer, answer.respondent, answer.survey, answer.kind, answer.touchpoint);
    // What they are sorted by lies side by side, where the answers do not.
    let mut sorted: Vec<_> = answers
        .iter()
        .filter_map(|answer| Some((question(answer), answer.responded_at?, answer.tie_rank, answer.score?, answer)))
        .collect();
    sorted.sort_unstable_by_key(|(question, at, tie_rank, ..)| (*question, *at, *tie_rank));
    for (place, (question, at, _, score, answer)) in sorted.iter().enumerate() {
        let next = sorted.get(place + 1).filter(|next| next.0 == *question).map(|next| next.1);
        for period in timeline.containing(*at) {
            if next.is_some_and(|next| next < timeline.spans[period].end) {
                continue;
            }
            count(period, answer, *score);
        }
    }
}

/// Counts one answer by its score.
fn count(loyalty: &mut Loyalty, answer: &Answer, score: i64) {
    match answer.survey {
        Survey::Nps => {
            loyalty.nps.add_one(score);
            if answer.roles.is_user {
                loyalty.nps_users.add_one(score);
            }
            if answer.roles.is_decision_maker {
                loyalty.nps_decision_makers.add_one(score);
            }
        }
        Survey::Csat => loyalty.csat.add_one(score),
        Survey::Ces => loyalty.ces.add_one(score),
    }
}

/// 1 for a promoter, −1 for a detractor, 0 for a passive.
fn side(score: i64) -> i64 {
    i64::from(score >= 9) - i64::from(score <= 6)
}

/// One customer's answers to NPS, until all of them are known.
#[derive(Debug, Default)]
struct Account {
    customer: Option<u32>,
    /// Period, cell, and which side the answer takes.
    answers: Vec<(usize, usize, i64)>,
}

impl Account {
    /// Adds the customer's own NPS in every period and cell that it answered in, and forgets the answers.
    fn close(&mut self, table: &mut TallyTable) {
        self.answers.sort_unstable();
        for of in self.answers.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)) {
            let (period, cell, _) = of[0];
            let net: i64 = of.iter().map(|(_, _, side)| side).sum();
            let answers = i64::try_from(of.len()).unwrap_or(i64::MAX);
            table.at(period, cell).loyalty.nps_accounts.push(rounded_quotient(100_000_000 * net, answers));
        }
        self.answers.clear();
    }
}

/// The nearest whole number to a quotient, halves away from zero; the divisor is positive.
fn rounded_quotient(dividend: i64, divisor: i64) -> i64 {
    dividend.signum() * ((2 * dividend.abs() + divisor) / (2 * divisor))
}

/// The cells that an answer or invitation enters: its customer's, and those of its own values.
pub(super) fn cells_of(segments: &Segments, period: usize, answer: &Answer) -> impl Iterator<Item = usize> {
    let rows = segments.row_cells(Table::Surveys, period, answer.row, Some(answer.customer));
    segments.flow_cells(period, answer.customer).chain(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 100 / 3 is 33.333333 and −200 / 3 is −66.666667; 1 / 2 millionth is one, and so is its negative.
    #[test]
    fn a_customers_own_score_is_rounded_once() {
        assert_eq!(rounded_quotient(100_000_000, 3), 33_333_333);
        assert_eq!(rounded_quotient(-200_000_000, 3), -66_666_667);
        assert_eq!((rounded_quotient(1, 2), rounded_quotient(-1, 2), rounded_quotient(0, 7)), (1, -1, 0));
    }

    #[test]
    fn six_and_seven_and_eight_and_nine_take_different_sides() {
        assert_eq!([0, 6, 7, 8, 9, 10].map(side), [-1, -1, 0, 0, 1, 1]);
    }
}
