//! What somebody was told before, among the sums of a wall.

use std::collections::BTreeSet;

use super::{Gallery, Wall};
use crate::kpi::loyalty::{NPS_RESPONSE_RATE, NPS_ROLE_GAP, Question};
use crate::pipeline::ToldAnswers;
use crate::pipeline::scope::{dimension_named, is_within, scope_name, scoped_dimension, shown_as};
use crate::tables::schema::Table;
use crate::tally::respondents::Respondent;

/// The sums that somebody knows, by their numbers: of answers, and of invitations.
#[derive(Default)]
pub(super) struct KnownSums {
    pub(super) answers: BTreeSet<usize>,
    pub(super) invitations: BTreeSet<usize>,
}

impl Gallery<'_> {
    /// Adds what was told to what is known, and to the wall where it does not hang there.
    pub(super) fn recall(&self, wall: &mut Wall<'_>, told: &ToldAnswers, known: &mut KnownSums) {
        let spans = &self.timeline.spans;
        let Some(period) = spans.iter().position(|span| span.period == told.period) else { return };
        for figures in &told.figures {
            let of_question = |kpi: &&String| Question::behind(kpi) == Some(self.question);
            let kpis: Vec<&str> = figures.kpis.iter().filter(of_question).map(String::as_str).collect();
            let Some(cell) = self.cell(told, &figures.dimension, &figures.segment).filter(|_| !kpis.is_empty()) else {
                continue;
            };
            let mut number = |whose| wall.number((period, cell, whose)) as usize;
            if kpis.contains(&NPS_RESPONSE_RATE.id) {
                known.invitations.insert(number(Respondent::Anybody));
            }
            if kpis.contains(&NPS_ROLE_GAP.id) {
                known.answers.extend([Respondent::User, Respondent::DecisionMaker].map(&mut number));
            }
            if kpis.iter().any(|kpi| ![NPS_RESPONSE_RATE.id, NPS_ROLE_GAP.id].contains(kpi)) {
                known.answers.insert(number(Respondent::Anybody));
            }
        }
    }

    /// The cell of a segment in a part of the customers, if customers can still be placed there.
    fn cell(&self, told: &ToldAnswers, dimension: &str, segment: &str) -> Option<usize> {
        let dimension = dimension_named(dimension);
        let name = scope_name(&scoped_dimension(&dimension, &told.scope));
        let is_it = |&at: &usize| {
            let cell = &self.segments.cells[at];
            let is_of_answers = cell.rows_of.is_none_or(|of| of == Table::Surveys);
            is_of_answers && is_within(cell, &told.scope) && shown_as(cell, &dimension).1.as_str() == segment
        };
        self.cells.get(name.as_str())?.iter().copied().find(is_it)
    }
}
