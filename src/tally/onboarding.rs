//! Sign-ups and their on-boarding: one pass over the customers.

use chrono::NaiveDate;

use crate::calendar::{Calendar, Moment};
use crate::panel::records::Onboarding;
use crate::panel::segments::Segments;
use crate::tally::table::TallyTable;

/// What is known of the customers' beginnings.
#[derive(Clone, Copy, Debug)]
pub struct Beginnings<'a> {
    /// Customer → when it signed up.
    pub signups: &'a [Option<i64>],
    /// Customer → its on-boarding.
    pub onboarding: &'a [Onboarding],
    /// The company's calendar.
    pub calendar: Calendar,
    /// What is stamped at or after it has not happened.
    pub as_of: Moment,
}

/// Adds up the sign-ups of each period: whether on-boarding was complete within `window_days` civil days, and the civil
/// days to first value. Who has none so far has waited for as many days as have passed until the run's own.
pub fn add_signups(table: &mut TallyTable, segments: &Segments, of: Beginnings<'_>, window_days: i64) {
    let timeline = table.timeline.clone();
    let day = |at: i64| of.calendar.local(Moment(at)).map(|local| local.date());
    let Some(today) = day(of.as_of.0) else { return };
    for ((customer, signup), stamps) in (0..).zip(of.signups).zip(of.onboarding) {
        let Some(signup) = signup.filter(|at| *at < of.as_of.0) else { continue };
        let Some(first_day) = day(signup) else { continue };
        // Value that came before the sign-up was there from the first day.
        let since = |day: NaiveDate| (day - first_day).num_days().max(0);
        let is_complete = stamps.completed_at.and_then(day).is_some_and(|completed| since(completed) <= window_days);
        let value = stamps.first_value_at.and_then(day);
        for period in timeline.containing(signup) {
            for cell in segments.flow_cells(period, customer) {
                let sums = &mut table.at(period, cell).onboarding;
                sums.signups += 1;
                sums.completed += u64::from(is_complete);
                match value {
                    Some(value) => sums.days_to_value.add_one(since(value)),
                    None => sums.days_without_value.add_one(since(today)),
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

    /// São Paulo, October 2026, as of 15 December. Of five sign-ups on 1 October: complete on 31 October, thirty days later;
    /// complete on 1 November, a day too late; complete before it signed up; neither, so that it has waited 75 days; and
    /// one of which no row is known. One of September and one of January are not of the period.
    #[test]
    fn a_sign_up_is_complete_within_the_window_and_waits_until_the_runs_day() {
        let calendar = Calendar { zone: chrono_tz::America::Sao_Paulo, fiscal_year_start: 1 };
        let at = |local: &str| Some(calendar.moment(local.parse().unwrap()).0);
        let stamps = |completed_at, first_value_at| Onboarding { completed_at, first_value_at };
        let first = at("2026-10-01T18:00:00");
        let signups = [first, first, first, first, first, at("2026-09-30T23:59:59"), at("2027-01-01T00:00:00")];
        let onboarding = [
            stamps(at("2026-10-31T23:59:59"), at("2026-10-11T00:00:00")),
            stamps(at("2026-11-01T00:00:00"), at("2026-10-11T23:00:00")),
            stamps(at("2026-09-20T00:00:00"), at("2026-09-20T00:00:00")),
            stamps(None, None),
            Onboarding::default(),
            stamps(first, first),
            Onboarding::default(),
        ];
        let timeline = Timeline::new(&[calendar.parse("2026-10").unwrap()], &calendar);
        let segments = Segments::new(7, &[], &BTreeMap::new(), &timeline.spans);
        let mut table = TallyTable::new(timeline, segments.cells.clone());
        let as_of = Moment(at("2026-12-15T00:00:00").unwrap());
        let of = Beginnings { signups: &signups, onboarding: &onboarding, calendar, as_of };
        add_signups(&mut table, &segments, of, 30);

        let sums = &table.get(0, 0).unwrap().onboarding;
        assert_eq!((sums.signups, sums.completed), (5, 2));
        assert_eq!(sums.days_to_value.counts(), [(0, 1), (10, 2)]);
        assert_eq!(sums.days_without_value.counts(), [(75, 2)]);
    }

    #[test]
    fn who_signs_up_after_the_runs_day_does_not_exist_yet() {
        let calendar = Calendar { zone: chrono_tz::UTC, fiscal_year_start: 1 };
        let timeline = Timeline::new(&[calendar.parse("2026-10").unwrap()], &calendar);
        let segments = Segments::new(1, &[], &BTreeMap::new(), &timeline.spans);
        let mut table = TallyTable::new(timeline, segments.cells.clone());
        let as_of = calendar.midnight("2026-10-20".parse().unwrap());
        let of = Beginnings { signups: &[Some(as_of.0)], onboarding: &[Onboarding::default()], calendar, as_of };
        add_signups(&mut table, &segments, of, 30);
        assert!(table.get(0, 0).is_none());
    }
}
