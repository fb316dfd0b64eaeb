//! What somebody was told before, among the sums of a wall.

use super::{Gallery, Wall, counted_by};
use crate::kpi::loyalty::Question;
use crate::pipeline::ToldAnswers;
use crate::pipeline::scope::{dimension_named, is_within, scope_name, scoped_dimension, shown_as};
use crate::tables::schema::Table;

impl Gallery<'_> {
    /// The numbers of the sums that were told; what does not hang on the wall is added.
    pub(super) fn recalled(&self, wall: &mut Wall<'_>, told: &ToldAnswers) -> Vec<usize> {
        let spans = &self.timeline.spans;
        let Some(period) = spans.iter().position(|span| span.period == told.period) else { return Vec::new() };
        let mut sums = Vec::new();
        for figures in &told.figures {
            let of_question = |kpi: &&str| Question::behind(kpi) == Some(self.question);
            let counted = counted_by(figures.kpis.iter().map(String::as_str).filter(of_question));
            if counted.is_empty() {
                continue;
            }
            if let Some(cell) = self.cell(told, &figures.dimension, &figures.segment) {
                sums.extend(counted.into_iter().map(|of| wall.number((period, cell, of)) as usize));
            }
        }
        sums
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
