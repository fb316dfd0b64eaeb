//! Where things stand in the report: the ids that names may lead to, and no others.
//!
//! Knows the finished parts, so that a link leads to what is really there.

use std::collections::{BTreeMap, BTreeSet};

use super::facts::{Facts, anchor};
use super::segments::dimension_name;
use super::{Calls, Card, SegmentTable};

/// The ids of a report's places.
pub(crate) struct Places {
    /// KPIs that have a card.
    cards: BTreeSet<String>,
    /// Dimension and segment, as they are named → row.
    segments: BTreeMap<(String, String), String>,
    has_calls: bool,
}

impl Places {
    pub(super) fn new(cards: &[Card], tables: &[SegmentTable], calls: &Calls) -> Self {
        let mut segments = BTreeMap::new();
        for table in tables {
            for row in table.rows.iter().filter(|row| !row.is_total) {
                segments.entry((table.dimension.clone(), row.name.clone())).or_insert_with(|| row.anchor.clone());
            }
        }
        let cards = cards.iter().map(|card| card.kpi.clone()).collect();
        Self { cards, segments, has_calls: !calls.note.is_empty() }
    }

    /// A KPI's card, or the section of all figures.
    pub(crate) fn kpi(&self, kpi: &str) -> String {
        if self.cards.contains(kpi) { anchor(kpi) } else { "figures".to_owned() }
    }

    /// A segment's row in the tables; none if it has none.
    pub(crate) fn segment(&self, facts: &Facts<'_>, dimension: &str, segment: &str) -> Option<String> {
        self.segments.get(&(dimension_name(facts, dimension), facts.segment(segment))).cloned()
    }

    /// The list of customers to call, if there is one.
    pub(crate) fn calls(&self) -> Option<&'static str> {
        self.has_calls.then_some("calls")
    }
}
