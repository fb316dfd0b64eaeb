//! Renewals: one pass over the subscriptions that come up for renewal.

use chrono::NaiveDate;

use crate::calendar::{Calendar, Moment};
use crate::panel::activity::Activity;
use crate::panel::records::SubscriptionRow;
use crate::panel::segments::Segments;
use crate::panel::signals::ByCustomer;
use crate::tally::table::TallyTable;

/// Adds up the renewal dates of each period, and how many of them the customer outlived.
///
/// A date counts once per customer, however many of its rows name it, if one of these was active as the day before began.
/// It is renewed if the customer has MRR as the day after begins: by the same row, or by any other.
pub fn add_renewals(
    table: &mut TallyTable,
    segments: &Segments,
    activity: &Activity,
    subscriptions: &ByCustomer<SubscriptionRow<'_>>,
    calendar: Calendar,
    customer_count: u32,
) {
    let timeline = table.timeline.clone();
    let midnight = |day: Option<NaiveDate>| day.map(|day| calendar.midnight(day).0);
    for customer in 0..customer_count {
        let rows = subscriptions.of(customer).iter().map(|(_, row)| row);
        let due = rows.filter_map(|row| {
            // Most rows have no renewal date, or one of another time; calendar days are only worked out for the rest.
            let at = row.renewal_at.filter(|at| timeline.containing(*at).next().is_some())?;
            let day = calendar.local(Moment(at))?.date();
            let day_before = midnight(day.pred_opt())?;
            let of = &row.subscription;
            (of.mrr > 0 && of.start <= day_before && day_before < of.end).then_some(day)
        });
        let mut days: Vec<NaiveDate> = due.collect();
        days.sort_unstable();
        days.dedup();
        for day in days {
            let is_renewed = midnight(day.succ_opt()).is_some_and(|day_after| activity.is_active(customer, day_after));
            for period in timeline.containing(calendar.midnight(day).0) {
                for cell in segments.flow_cells(period, customer) {
                    let renewals = &mut table.at(period, cell).renewals;
                    renewals.due += 1;
                    renewals.renewed += u64::from(is_renewed);
                }
            }
        }
    }
}
