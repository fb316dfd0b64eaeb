//! Where things stand in the report: the ids that names may lead to, and no others.
//!
//! Knows the finished parts, so that a link leads to what is really there.

use std::collections::BTreeSet;

use super::facts::TOTAL;
use super::{Calls, Card, DataTable, SegmentTable, anchors};

/// The ids of a report's places.
pub(crate) struct Places {
    /// Of figures and of rows of segments.
    known: BTreeSet<String>,
    has_calls: bool,
}

impl Places {
    pub(super) fn new(cards: &[Card], more: &DataTable, tables: &[SegmentTable], calls: &Calls) -> Self {
        let mut known: BTreeSet<String> = cards.iter().map(|card| card.anchor.clone()).collect();
        known.extend(more.anchors.iter().cloned());
        for table in tables {
            for row in &table.rows {
                known.insert(row.anchor.clone());
                known.extend(table.anchors.iter().map(|kpi| anchors::in_row(kpi, &row.anchor)));
            }
        }
        Self { known, has_calls: !calls.note.is_empty() }
    }

    /// A KPI's total, or the section of all figures.
    pub(crate) fn kpi(&self, kpi: &str) -> String {
        let place = anchors::kpi(kpi);
        if self.known.contains(&place) { place } else { "figures".to_owned() }
    }

    /// A figure: of all customers its card, of a segment its cell; none if it is nowhere.
    pub(crate) fn figure(&self, kpi: &str, dimension: &str, segment: &str) -> Option<String> {
        if dimension == TOTAL {
            return Some(self.kpi(kpi));
        }
        let row = anchors::row(None, dimension, Some(segment));
        Some(anchors::in_row(&anchors::kpi(kpi), &row)).filter(|place| self.known.contains(place))
    }

    /// A segment's row in the tables; none if it has none.
    pub(crate) fn segment(&self, dimension: &str, segment: &str) -> Option<String> {
        Some(anchors::row(None, dimension, Some(segment))).filter(|place| self.known.contains(place))
    }

    /// The list of customers to call, if there is one.
    pub(crate) fn calls(&self) -> Option<&'static str> {
        self.has_calls.then_some("calls")
    }
}
