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

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::panel::Timeline;
    use crate::panel::activity::Subscription;

    /// In São Paulo 4 November 2018 began at one o'clock. Customer 0's contract comes up and ends on that day, customer 1's
    /// comes up and runs on; customer 2's only began on the day before, at noon, and was not active as that day began.
    #[test]
    fn a_day_that_begins_late_has_a_day_before_and_a_day_after() {
        let calendar = Calendar { zone: chrono_tz::America::Sao_Paulo, fiscal_year_start: 1 };
        let midnight = |day| calendar.midnight(NaiveDate::from_ymd_opt(2018, 11, day).unwrap()).0;
        let noon = midnight(3) + 12 * 3_600_000_000;
        let row = |customer, start, end| SubscriptionRow {
            row: customer,
            subscription: Subscription { customer, start, end, mrr: 5 },
            renewal_at: Some(midnight(4)),
            attribute: None,
            tie: (None, None),
        };
        let rows = [row(0, 0, midnight(4)), row(1, 0, i64::MAX), row(2, noon, i64::MAX)];
        let activity = Activity::from_subscriptions(3, &rows.map(|row| row.subscription), Vec::new());
        let timeline = Timeline::new(&["2018-11", "2018"].map(|id| calendar.parse(id).unwrap()), &calendar);
        let segments = Segments::new(3, &[], &BTreeMap::new(), &timeline.spans);
        let mut table = TallyTable::new(timeline, segments.cells.clone());
        let rows = rows.into_iter().map(|row| (row.subscription.customer, row.subscription.start, row));
        add_renewals(&mut table, &segments, &activity, &ByCustomer::new(3, rows), calendar, 3);
        for period in [0, 1] {
            let renewals = &table.get(period, 0).unwrap().renewals;
            assert_eq!((renewals.due, renewals.renewed), (2, 1));
        }
    }
}
