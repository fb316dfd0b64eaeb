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
    for period in table.timeline.periods() {
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::panel::Timeline;
    use crate::panel::activity::Subscription;

    /// Customer 0 came on the last evening of January where the company is, when it was February elsewhere; customer 1 at
    /// the first instant of February, which is January's end; customer 2 has not come yet. January's cohort is a month old
    /// in February, and two months old at the end of the quarter; a week has no cohorts.
    #[test]
    fn a_cohort_is_of_the_companys_month() {
        let calendar = Calendar { zone: chrono_tz::America::Sao_Paulo, fiscal_year_start: 1 };
        let at = |month, day| calendar.midnight(NaiveDate::from_ymd_opt(2026, month, day).unwrap()).0;
        let evening = at(2, 1) - 3_600_000_000;
        let row = |customer, start, end| Subscription { customer, start, end, mrr: 5 };
        let rows = [row(0, evening, at(3, 1)), row(1, at(2, 1), i64::MAX), row(2, at(4, 1), i64::MAX)];
        let ids = ["2026-01", "2026-02", "2026-W09", "2026-Q1"];
        let timeline = Timeline::new(&ids.map(|id| calendar.parse(id).unwrap()), &calendar);
        let instants = timeline.spans.iter().map(|span| span.end).collect();
        let activity = Activity::from_subscriptions(3, &rows, instants);
        let segments = Segments::new(3, &[], &BTreeMap::new(), &timeline.spans);
        let mut table = TallyTable::new(timeline.clone(), segments.cells.clone());
        add_cohorts(&mut table, &segments, &activity, calendar, 3);
        let january = 12 * 2026;
        let found = |id: &str| {
            let period = timeline.spans.iter().position(|span| span.period.id == id).unwrap();
            let of = |(month, later, cohort): (i32, u32, &Cohort)| (month - january, later, cohort.size, cohort.active);
            table.get(period, 0).map(|of_all| of_all.cohorts.iter().map(of).collect::<Vec<_>>())
        };
        assert_eq!(found("2026-01"), Some(vec![(0, 0, 1, 1)]));
        assert_eq!(found("2026-02"), Some(vec![(0, 1, 1, 0), (1, 0, 1, 1)]));
        assert_eq!(found("2026-Q1"), Some(vec![(0, 2, 1, 0), (1, 1, 1, 1)]));
        assert_eq!(found("2026-W09"), None);
    }
}
