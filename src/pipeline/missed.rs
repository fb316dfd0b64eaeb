//! Which earlier reports of a schedule readers have not had, for the next one to say in one line.

use std::collections::BTreeMap;

use crate::calendar::{Calendar, Period};
use crate::error::Result;
use crate::ledger::{Ledger, State};
use crate::report::view::Missed;

/// The reports of earlier periods that were due since one was last made on schedule, were not made then, were not sent by hand
/// since either, and do not wait to be sent.
pub(super) fn missed(ledger: &Ledger, calendar: Calendar, report: &str, period: &Period) -> Result<Vec<Missed>> {
    let mut found: BTreeMap<Period, bool> = BTreeMap::new();
    for slot in ledger.missed_since_made(report, &period.id)? {
        let Some(earlier) = calendar.parse(&slot.period) else { continue };
        if earlier.grain != period.grain || earlier.first >= period.first {
            continue;
        }
        if !ledger
            .deliveries(report, &slot.period)?
            .iter()
            .any(|mail| mail.state == State::Sent || !mail.state.has_ended())
        {
            *found.entry(earlier).or_default() |= slot.attempts > 0;
        }
    }
    let mut missed: Vec<Missed> = found.into_iter().map(|(period, was_tried)| Missed { period, was_tried }).collect();
    missed.sort_by_key(|one| one.period.first);
    Ok(missed)
}
