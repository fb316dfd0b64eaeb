//! How long customers stay: survival curves with the numbers behind them, of everybody or of the largest segments.

use super::{Chart, interval_label, table};
use crate::judgement::{Courses, differ};
use crate::kpi::survival::{Course, CourseMonth};
use crate::kpi::{Interval, Unit};
use crate::report::chart::{Curve, CurveStep, Mark};
use crate::report::view::Drawing;
use crate::report::view::facts::Facts;
use crate::report::view::segments::dimension_name;
use crate::report::view::variants::horizon_months;

/// Steps between the months at which numbers stand: the first with which the axis has at most so many.
const STEPS: [usize; 7] = [1, 2, 3, 6, 12, 24, 60];
const MOST_TIMES: usize = 8;
/// The months that a sentence may speak of, the best known first.
const READ_AT: [usize; 4] = [12, 6, 24, 3];
/// KPIs that count lifetimes up to a horizon.
const TO_A_HORIZON: [&str; 2] = ["ltv", "lifetime_months"];

/// The chart, where there are curves of enough customers.
pub(super) fn chart(facts: &Facts<'_>) -> Option<Chart> {
    let courses = facts.input.courses?;
    let longest = courses.curves.iter().map(|(_, course)| course.months.len().saturating_sub(1)).max()?;
    let tau = TO_A_HORIZON
        .into_iter()
        .filter(|kpi| facts.kpis.iter().any(|definition| definition.id == *kpi))
        .find_map(|kpi| horizon_months(facts, kpi));
    let times = times(longest, tau);
    let title = match &courses.dimension {
        Some(dimension) => facts.say("chart-survival-by", &[("dimension", &dimension_name(facts, dimension))]),
        None => facts.text("chart-survival"),
    };
    let columns =
        ["report-segment", "chart-survival-month", "chart-survival-share", "report-interval", "chart-survival-at-risk"];
    Some(Chart {
        anchor: "survival".to_owned(),
        finding: finding(facts, courses),
        note: Some(note(facts, courses)),
        wide: false,
        in_mail: false,
        table: table(facts, title.clone(), &columns, rows(facts, courses, &times)),
        drawing: Drawing::Survival {
            curves: courses
                .curves
                .iter()
                .map(|(segment, course)| curve(facts, segment, course, (&times, longest)))
                .collect(),
            times: times.iter().map(|month| small(*month)).collect(),
            time_label: facts.text("chart-survival-time"),
            horizon: tau.map(f64::from).map(|months| Mark { value: months, label: horizon(facts, months) }),
            at_risk_label: facts.text("chart-survival-at-risk"),
            interval_label: interval_label(facts),
        },
        title,
    })
}

/// Months from 0 to the first one at or beyond the curves' end and the horizon.
fn times(longest: usize, tau: Option<u16>) -> Vec<usize> {
    let end = longest.max(tau.unwrap_or_default().into());
    let step = STEPS.into_iter().find(|step| end.div_ceil(*step) <= MOST_TIMES).unwrap_or(end.div_ceil(MOST_TIMES));
    (0..=end.div_ceil(step)).map(|time| time * step).collect()
}

fn horizon(facts: &Facts<'_>, months: f64) -> String {
    facts.say("chart-survival-horizon", &[("months", &facts.locale.months_long(months))])
}

/// A step wherever the share changes, and one at the end, for the line goes on as long as customers are followed.
fn curve(facts: &Facts<'_>, segment: &str, course: &Course, (times, longest): (&[usize], usize)) -> Curve {
    let mut last = None;
    let end = course.months.len().saturating_sub(1);
    let step = |(month, at): (usize, &CourseMonth)| {
        let interval = at.interval.map(|limits| (limits.low, limits.high));
        let state = (at.survival.to_bits(), interval.map(|(low, high)| (low.to_bits(), high.to_bits())));
        let is_step = last.replace(state) != Some(state) || month == end;
        is_step.then_some(CurveStep { time: small(month), share: at.survival, interval })
    };
    Curve {
        name: name(facts, segment),
        steps: course.months.iter().enumerate().filter_map(step).collect(),
        at_risk: times
            .iter()
            .map(|month| if *month <= longest { at_risk(facts, course.months.get(*month)) } else { String::new() })
            .collect(),
    }
}

fn name(facts: &Facts<'_>, segment: &str) -> String {
    facts.segment(segment)
}

/// How many are followed for so long; a dash beyond the end of this curve, be it nobody or too few to tell.
fn at_risk(facts: &Facts<'_>, month: Option<&CourseMonth>) -> String {
    month.map_or_else(|| "–".to_owned(), |month| facts.locale.count(month.at_risk))
}

fn rows(facts: &Facts<'_>, courses: &Courses, times: &[usize]) -> Vec<Vec<String>> {
    let row = |segment: &str, course: &Course, month: usize| {
        let at = course.months.get(month)?;
        let interval = at.interval.map(|limits| written(facts, limits)).unwrap_or_default();
        let count = facts.locale.count(at.at_risk);
        Some(vec![name(facts, segment), facts.locale.number(small(month), 0), share(facts, at), interval, count])
    };
    let of = |(segment, course): &(String, Course)| {
        times.iter().filter_map(|month| row(segment, course, *month)).collect::<Vec<_>>()
    };
    courses.curves.iter().flat_map(of).collect()
}

fn share(facts: &Facts<'_>, month: &CourseMonth) -> String {
    facts.locale.value(100.0 * month.survival, Unit::Percent, "")
}

fn written(facts: &Facts<'_>, limits: Interval) -> String {
    facts.locale.interval(100.0 * limits.low, 100.0 * limits.high, Unit::Percent, "")
}

/// What stands after the best known month that all curves reach; of segments, the two ends and whether chance may have
/// parted them.
fn finding(facts: &Facts<'_>, courses: &Courses) -> String {
    let reaches = |month: &usize| courses.curves.iter().all(|(_, course)| course.months.len() > *month);
    let Some(month) = READ_AT.into_iter().chain([1]).find(reaches) else { return String::new() };
    let mut read: Vec<(&str, &Course, &CourseMonth)> = courses
        .curves
        .iter()
        .filter_map(|(segment, course)| Some((segment.as_str(), course, course.months.get(month)?)))
        .collect();
    // Highest first; equals in the order of their size.
    read.sort_by(|(.., a), (.., b)| b.survival.total_cmp(&a.survival));
    let months = facts.locale.months_long(small(month));
    match read.as_slice() {
        [] => String::new(),
        [(_, course, at)] => {
            let texts = [("months", months), ("share", share(facts, at))];
            let still = facts.say("chart-survival-finding", &texts.each_ref().map(|(id, text)| (*id, text.as_str())));
            let half = match course.median {
                Some(median) => {
                    let median = facts.locale.months_long(small(median));
                    facts.say("chart-survival-median", &[("months", &median)])
                }
                None => facts.text("chart-survival-no-median"),
            };
            format!("{still} {half}")
        }
        [(high, _, at_high), .., (low, _, at_low)] => {
            let texts = [
                ("months", months),
                ("high", name(facts, high)),
                ("high_share", share(facts, at_high)),
                ("low", name(facts, low)),
                ("low_share", share(facts, at_low)),
            ];
            let ends = facts.say("chart-survival-ends", &texts.each_ref().map(|(id, text)| (*id, text.as_str())));
            let curves = u32::try_from(read.len()).unwrap_or(u32::MAX);
            let differ = differ(at_high, at_low, curves, facts.input.choices.confidence);
            let is_real = differ.map(|differ| if differ { "chart-survival-real" } else { "chart-survival-chance" });
            [Some(ends), is_real.map(|id| facts.text(id))].into_iter().flatten().collect::<Vec<_>>().join(" ")
        }
    }
}

/// How the curves are to be read, where they end, and which segments have none.
fn note(facts: &Facts<'_>, courses: &Courses) -> String {
    let least = facts.input.min_group;
    let left_out = u64::try_from(courses.left_out).unwrap_or(u64::MAX);
    let sentences = [
        Some(facts.text("chart-survival-note")),
        (least > 1).then(|| facts.count("chart-survival-end", least, &[])),
        (left_out > 0).then(|| facts.count("chart-survival-left-out", left_out, &[])),
    ];
    sentences.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

#[expect(clippy::cast_precision_loss, reason = "a number of months")]
fn small(months: usize) -> f64 {
    months as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_on_the_axis_are_round_and_few() {
        assert_eq!(times(5, None), [0, 1, 2, 3, 4, 5]);
        assert_eq!(times(25, None), [0, 6, 12, 18, 24, 30]);
        // The horizon of 36 lies beyond the 30 that are seen.
        assert_eq!(times(30, Some(36)), [0, 6, 12, 18, 24, 30, 36]);
        assert_eq!(times(600, None), [0, 75, 150, 225, 300, 375, 450, 525, 600]);
        assert_eq!(times(1, None), [0, 1]);
    }
}
