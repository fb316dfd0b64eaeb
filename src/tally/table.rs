//! The table of tallies: one per period and segment, filled by one pass per source table.

use crate::panel::Timeline;
use crate::panel::segments::Cell;
use crate::tally::Tallies;

/// Tallies by period and cell. A cell that nothing entered has none, which is the same as an empty one.
#[derive(Clone, Debug)]
pub struct TallyTable {
    /// The periods.
    pub timeline: Timeline,
    /// The segments; cell 0 is the total.
    pub cells: Vec<Cell>,
    rows: Vec<Vec<Option<Box<Tallies>>>>,
    /// Period → longest lifetime observed so far among all customers, in whole months.
    pub longest_follow_up: Vec<i64>,
}

impl TallyTable {
    /// An empty table.
    pub fn new(timeline: Timeline, cells: Vec<Cell>) -> Self {
        let periods = timeline.spans.len();
        let rows = (0..periods).map(|_| std::iter::repeat_with(|| None).take(cells.len()).collect()).collect();
        Self { timeline, cells, rows, longest_follow_up: vec![0; periods] }
    }

    /// The tallies of a cell in a period, made on first use.
    #[inline]
    pub fn at(&mut self, period: usize, cell: usize) -> &mut Tallies {
        self.rows[period][cell].get_or_insert_default()
    }

    /// The tallies of a cell in a period, if anything entered it.
    pub fn get(&self, period: usize, cell: usize) -> Option<&Tallies> {
        self.rows[period][cell].as_deref()
    }

    /// Adds another table of the same periods and cells: sums are sums of sums.
    pub fn merge(&mut self, other: Self) {
        for (mine, theirs) in self.rows.iter_mut().flatten().zip(other.rows.into_iter().flatten()) {
            match (mine, theirs) {
                (Some(mine), Some(theirs)) => **mine += &theirs,
                (mine, Some(theirs)) => *mine = Some(theirs),
                (_, None) => {}
            }
        }
        for (mine, theirs) in self.longest_follow_up.iter_mut().zip(other.longest_follow_up) {
            *mine = (*mine).max(theirs);
        }
    }
}
