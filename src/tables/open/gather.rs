//! Gathering: a table's rows as one frame, those of each part from its file or from whoever kept them.
//!
//! Judges no row; `contract` does.

use std::collections::VecDeque;

use polars::prelude::DataFrame;

use crate::digest::Key;
use crate::error::Result;
use crate::tables::findings::Findings;
use crate::tables::open::{Taker, bug};

/// Keeps the rows of parts of a table's files from one run to the next.
pub trait Keeper {
    /// Whether anything is kept.
    fn knows_any(&self) -> bool;

    /// The rows of a part and what was found in them, if they are kept and `holds` says that it would be so today.
    fn get(&mut self, part: &Key, holds: &dyn Fn(&Findings) -> bool) -> Option<(Findings, DataFrame)>;

    /// Keeps the rows of a part, and what was found in them.
    fn put(&mut self, part: &Key, findings: &Findings, rows: DataFrame);
}

/// A frame that grows.
#[derive(Default)]
struct Growing(Option<DataFrame>);

impl Growing {
    fn push(&mut self, batch: DataFrame) -> Result<()> {
        match &mut self.0 {
            None => self.0 = Some(batch),
            Some(frame) => frame.vstack_mut_owned(batch).map(|_| ()).map_err(|error| bug(&error))?,
        }
        Ok(())
    }
}

/// A table's rows while they come.
pub(super) struct Gather<'a> {
    keeper: Option<&'a mut dyn Keeper>,
    whole: Growing,
    /// The rows since the last part ended.
    part: Growing,
    /// The rows of parts that the keeper knows and whose turn has not come.
    kept: VecDeque<DataFrame>,
}

impl<'a> Gather<'a> {
    pub(super) fn new(keeper: Option<&'a mut dyn Keeper>) -> Self {
        Self { keeper, whole: Growing::default(), part: Growing::default(), kept: VecDeque::new() }
    }

    /// Everything that came, each column in one piece.
    pub(super) fn into_frame(self) -> DataFrame {
        let mut frame = self.whole.0.unwrap_or_default();
        frame.rechunk_mut();
        frame
    }
}

impl Taker for Gather<'_> {
    fn recognises(&self) -> bool {
        self.keeper.is_some()
    }

    fn knows_any(&self) -> bool {
        self.keeper.as_ref().is_some_and(|keeper| keeper.knows_any())
    }

    fn recall(&mut self, key: &Key, holds: &dyn Fn(&Findings) -> bool) -> Option<Findings> {
        let (findings, rows) = self.keeper.as_mut()?.get(key, holds)?;
        self.kept.push_back(rows);
        Some(findings)
    }

    fn turn(&mut self, is_to_be_taken: bool) -> Result<()> {
        match self.kept.pop_front().filter(|_| is_to_be_taken) {
            Some(rows) => self.whole.push(rows),
            None => Ok(()),
        }
    }

    fn rows(&mut self, batch: DataFrame) -> Result<()> {
        if self.keeper.is_some() {
            self.part.push(batch.clone())?;
        }
        self.whole.push(batch)
    }

    fn end(&mut self, key: &Key, findings: Option<&Findings>) {
        let rows = self.part.0.take();
        if let (Some(keeper), Some(findings), Some(rows)) = (&mut self.keeper, findings, rows) {
            keeper.put(key, findings, rows);
        }
    }
}
