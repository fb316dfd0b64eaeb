//! Cohorts: who came in the same month, and who of them is still there so many months later.

use chrono::{Datelike, NaiveDate};

use crate::calendar::{Calendar, Grain, Moment};
use crate::panel::activity::Activity;
use crate::panel::segments::Segments;
use crate::tally::Cohort;
use crate::tally::table::TallyTable;

/// Months since January of the year 0.
fn month_number(day: NaiveDate) -> i32 {
    12 * day.year() + i32::try_from(day.month0()).unwrap_or(0)
}

/// Adds up, for each period that ends with a month, every cohort that had begun by then. Weeks have none: a week ends
/// within a month, whose own end says how many are left.
///
/// A customer stands in the segment of its lifetime, so that who left stays in the segment that it left from.
pub fn add_cohorts(
    table: &mut TallyTable,
    segments: &Segments,
    activity: &Activity,
    calendar: Calendar,
    customer_count: u32,
) {
    let month_of = |at: i64| calendar.local(Moment(at)).map(|local| month_number(local.date()));
    let firsts: Vec<Option<i32>> =
        (0..customer_count).map(|customer| activity.first(customer).and_then(month_of)).collect();
    let Some(oldest) = firsts.iter().flatten().min().copied() else { return };
    for period in 0..table.timeline.spans.len() {
        let span = &table.timeline.spans[period];
        let Some(last) = span.period.end.pred_opt().map(month_number) else { continue };
        let Ok(months) = usize::try_from(last - oldest + 1) else { continue };
        if span.period.grain == Grain::Week {
            continue;
        }
        // A base has many customers and few months: they are counted in a plain list first, cell × months + month.
        let mut counts = vec![Cohort::default(); table.cells.len() * months];
        for ((customer, first), mrr) in (0..).zip(&firsts).zip(activity.mrr_at(span.end)) {
            let Some(first) = first.filter(|first| *first <= last) else { continue };
            let month = usize::try_from(first - oldest).unwrap_or(0);
            for cell in segments.lifetime_cells(period, customer) {
                let count = &mut counts[cell * months + month];
                count.size += 1;
                count.active += u64::from(*mrr > 0);
            }
        }
        for (place, count) in counts.iter().enumerate().filter(|(_, count)| count.size > 0) {
            let month = oldest + i32::try_from(place % months).unwrap_or(0);
            let months_later = u32::try_from(last - month).unwrap_or(0);
            table.at(period, place / months).cohorts.add(month, months_later, count);
        }
    }
}
