//! Survey answers: one pass, de-duplicated within each period.

use std::collections::HashMap;

use crate::panel::records::{Answer, Survey};
use crate::panel::segments::Segments;
use crate::tally::table::TallyTable;

/// Several answers of one respondent to the same survey, kind and touchpoint in a period are one.
type Question = (usize, u32, Survey, Option<u32>, Option<u32>);

/// Adds up invitations and answers.
pub fn add_answers(table: &mut TallyTable, segments: &Segments, answers: &[Answer]) {
    let answered = answers.iter().filter(|answer| answer.score.is_some()).count();
    let mut latest: HashMap<Question, &Answer, foldhash::fast::RandomState> =
        HashMap::with_capacity_and_hasher(answered, foldhash::fast::RandomState::default());
    for answer in answers {
        if let Some(sent_at) = answer.sent_at.filter(|_| answer.survey == Survey::Nps) {
            let periods: Vec<usize> = table.timeline.containing(sent_at).collect();
            for period in periods {
                for cell in segments.flow_cells(period, answer.customer) {
                    let loyalty = &mut table.at(period, cell).loyalty;
                    loyalty.nps_sent += 1;
                    loyalty.nps_answered += u64::from(answer.responded_at.is_some());
                }
            }
        }
        let Some(responded_at) = answer.responded_at.filter(|_| answer.score.is_some()) else { continue };
        for period in table.timeline.containing(responded_at) {
            let question = (period, answer.respondent, answer.survey, answer.kind, answer.touchpoint);
            let kept = latest.entry(question).or_insert(answer);
            if (kept.responded_at, kept.tie_rank) < (answer.responded_at, answer.tie_rank) {
                *kept = answer;
            }
        }
    }
    // Counting does not depend on the order in which the map gives its entries.
    for ((period, ..), answer) in latest {
        let Some(score) = answer.score else { continue };
        for cell in segments.flow_cells(period, answer.customer) {
            let loyalty = &mut table.at(period, cell).loyalty;
            match answer.survey {
                Survey::Nps => loyalty.nps.add_one(score),
                Survey::Csat => loyalty.csat.add_one(score),
                Survey::Ces => loyalty.ces.add_one(score),
            }
        }
    }
}
