//! Whether customers use what they pay for: `usage`.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::figure::Figure;
use super::view::{Cell, View};

/// Of each customer with usage in the period: the days with some.
fn days(view: &View, cell: &Cell) -> BTreeMap<usize, BTreeSet<NaiveDate>> {
    let mut found: BTreeMap<usize, BTreeSet<NaiveDate>> = BTreeMap::new();
    for row in &view.known.data.usage {
        let inside = view.period.first <= row.day && row.day < view.period.after;
        if inside && row.events > 0 && cell.flow[row.customer] {
            found.entry(row.customer).or_default().insert(row.day);
        }
    }
    found
}

pub(crate) fn figure(view: &View, kpi: &str, cell: &Cell) -> Option<Figure> {
    Some(match kpi {
        "active_rate" => {
            let used = days(view, cell);
            let active: Vec<usize> =
                (0..view.customers.len()).filter(|id| cell.flow[*id] && view.customers[*id].at_start).collect();
            Figure::share(active.iter().filter(|id| used.contains_key(*id)).count(), active.len(), view.known.z)
        }
        "stickiness" => {
            // Of an open period, the days that there were.
            let until = view.period.after.min(view.known.choices.as_of);
            let length = (until - view.period.first).num_days() as f64;
            let pairs: Vec<_> = days(view, cell).values().map(|days| (days.len() as f64 / length, 1.0)).collect();
            Figure::ratio(&pairs, 100.0, view.known.choices.confidence, (0.0, 100.0))
        }
        _ => return None,
    })
}
