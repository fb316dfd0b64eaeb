//! Adding up: as earlier runs kept it, and the rest from the panel.

use crate::config::Choices;
use crate::diagnostic::Diagnostic;
use crate::error::Result;
use crate::panel::build::{Frames, Panel};
use crate::panel::request::Request;
use crate::panel::{Timeline, side_by_side};
use crate::pipeline::kept::{KeptTallies, Kind, Past, Shelf};
use crate::tables::Intake;
use crate::tally::pass::{Wanted, add_up_by_now, add_up_records, add_up_use};
use crate::tally::table::TallyTable;

/// Fewest closed periods whose sums are kept: of fewer, to look whether anything has changed takes longer than to add up.
const FEWEST: usize = 6;

/// Adds up a panel, but for the periods whose sums are known.
pub(super) struct Adding<'a> {
    choices: &'a Choices,
    wanted: &'a Wanted,
    kept: Option<KeptTallies<'a>>,
}

impl<'a> Adding<'a> {
    /// Looks what the sums hang on, if there is a shelf where they may be kept and they are worth it.
    ///
    /// # Errors
    /// A frame whose columns are not of their contract's types.
    pub(super) fn open(
        shelf: Option<&'a Shelf>,
        frames: Frames<'_>,
        panel: &Panel<'_>,
        request: &Request<'a>,
        wanted: &'a Wanted,
    ) -> Result<Self> {
        let closed = panel.timeline.spans.iter().filter(|span| span.has_ended(request.as_of)).count();
        let shelf = shelf.filter(|_| closed >= FEWEST);
        let past = shelf.map(|_| Past::read(frames, panel, request)).transpose()?;
        let places = (&panel.timeline, &panel.segments);
        let kept = shelf.zip(past).and_then(|(shelf, past)| KeptTallies::open(shelf, past, request, wanted, places));
        Ok(Self { choices: request.choices, wanted, kept })
    }

    /// The sums of everything but usage and scores.
    pub(super) fn records(&mut self, panel: &Panel<'_>) -> TallyTable {
        let (choices, wanted) = (self.choices, self.wanted);
        let (mut table, by_now) = side_by_side(
            || self.summed(Kind::Records, panel, |timeline| add_up_records(panel, choices, wanted, timeline)),
            || add_up_by_now(panel, choices),
        );
        table.merge(by_now);
        table
    }

    /// The sums of usage, and of scores.
    pub(super) fn of_use(&mut self, panel: &Panel<'_>, usage: Option<&Intake>) -> TallyTable {
        let (choices, wanted) = (self.choices, self.wanted);
        if usage.is_none() && !wanted.measures_signals() {
            return TallyTable::new(panel.timeline.clone(), panel.segments.cells.clone());
        }
        self.summed(Kind::Use(usage), panel, |timeline| add_up_use(panel, choices, wanted, timeline))
    }

    fn summed(
        &mut self,
        kind: Kind<'_>,
        panel: &Panel<'_>,
        add_up: impl FnOnce(&Timeline) -> TallyTable,
    ) -> TallyTable {
        match &mut self.kept {
            Some(kept) => kept.of(kind, add_up),
            None => add_up(&panel.timeline),
        }
    }

    /// Of how many periods the sums were known, and of how many they were wanted, where any are kept; and what could not be
    /// kept.
    pub(super) fn close(self) -> (Option<(usize, usize)>, Option<Diagnostic>) {
        self.kept.map_or((None, None), |kept| {
            let (known, trouble) = kept.close();
            (Some(known), trouble)
        })
    }
}
