//! Survey answers: one pass, de-duplicated within each period.

use crate::panel::records::{Answer, Survey};
use crate::panel::segments::Segments;
use crate::tables::schema::Table;
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
    // Several answers of one respondent to the same question stand side by side, by time: of those in a period the latest
    // counts, which is the one whose successor comes after the period's end.
    let answered = answers.iter().filter_map(|answer| Some((answer.responded_at?, answer.score?, answer)));
    let mut sorted: Vec<(i64, i64, &Answer)> = answered.collect();
    let question = |answer: &Answer| (answer.respondent, answer.survey, answer.kind, answer.touchpoint);
    sorted.sort_unstable_by_key(|(at, _, answer)| (question(answer), *at, answer.tie_rank));
    for (place, (at, score, answer)) in sorted.iter().enumerate() {
        let next = sorted.get(place + 1).filter(|(_, _, next)| question(next) == question(answer)).map(|(at, ..)| *at);
        for period in timeline.containing(*at) {
            if next.is_some_and(|next| next < timeline.spans[period].end) {
                continue;
            }
            for cell in cells_of(segments, period, answer) {
                let loyalty = &mut table.at(period, cell).loyalty;
                match answer.survey {
                    Survey::Nps => loyalty.nps.add_one(*score),
                    Survey::Csat => loyalty.csat.add_one(*score),
                    Survey::Ces => loyalty.ces.add_one(*score),
                }
            }
        }
    }
}

/// The cells that an answer or invitation enters: its customer's, and those of its own values.
pub(super) fn cells_of(segments: &Segments, period: usize, answer: &Answer) -> impl Iterator<Item = usize> {
    let rows = segments.row_cells(Table::Surveys, period, answer.row, Some(answer.customer));
    segments.flow_cells(period, answer.customer).chain(rows)
}
