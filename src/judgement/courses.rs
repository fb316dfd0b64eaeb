//! Survival curves as their reader may see them: none of few customers, and none from which few could be worked out.
//!
//! Cuts and leaves out; estimates nothing.

use crate::kpi::survival::{Course, CourseMonth};
use crate::stats::survival;

/// The curves that one chart shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Courses {
    /// The dimension whose segments they are; none: the one curve is that of all customers.
    pub dimension: Option<String>,
    /// Segment and curve, the largest segment first.
    pub curves: Vec<(String, Course)>,
    /// How many segments of the dimension have no curve here.
    pub left_out: usize,
}

/// The curves of the first split whose segments may be shown, else that of all customers; none of too few.
///
/// - **Takes** `total`, and each `splits` as dimension and its segments.
/// - **Shows** at most `most` segments, the largest, and at least two. A curve ends with the last month that at least
///   `least` customers were followed for.
/// - **Withholds** a split in which whoever is left out would be fewer than `least`: the total of all customers stands
///   elsewhere in the report, and the difference would tell of them. For the same reason the total never stands beside
///   segments.
pub fn shown_courses(
    (name, total): (&str, Option<Course>),
    splits: Vec<(String, Vec<(String, Course)>)>,
    least: u64,
    most: usize,
) -> Option<Courses> {
    let split = splits.into_iter().find_map(|(dimension, segments)| {
        let (curves, left_out) = shown_segments(segments, least, most)?;
        Some(Courses { dimension: Some(dimension), curves, left_out })
    });
    split.or_else(|| {
        let course = cut(total?, least)?;
        Some(Courses { dimension: None, curves: vec![(name.to_owned(), course)], left_out: 0 })
    })
}

/// Whether two of so many curves differ at a month by more than chance; none where either has no interval. The two are
/// not picked blindly, so that all pairs share the risk of a false finding.
pub fn differ(a: &CourseMonth, b: &CourseMonth, curves: u32, confidence: f64) -> Option<bool> {
    let pairs = f64::from(curves) * (f64::from(curves) - 1.0) / 2.0;
    Some(survival::differ((a.survival, a.interval?), (b.survival, b.interval?), pairs, confidence))
}

/// The largest segments, and how many others there are.
fn shown_segments(
    mut segments: Vec<(String, Course)>,
    least: u64,
    most: usize,
) -> Option<(Vec<(String, Course)>, usize)> {
    let size = |course: &Course| course.months.first().map_or(0, |month| month.at_risk);
    segments.retain(|(_, course)| size(course) > 0);
    segments.sort_by(|(a, course), (b, other)| size(other).cmp(&size(course)).then_with(|| a.cmp(b)));
    let (mut shown, mut left_out, mut customers_left_out) = (Vec::new(), 0, 0);
    for (name, course) in segments {
        let customers = size(&course);
        if let Some(course) = cut(course, least).filter(|_| shown.len() < most) {
            shown.push((name, course));
        } else {
            left_out += 1;
            customers_left_out += customers;
        }
    }
    let tells_of_few = (1..least).contains(&customers_left_out);
    (shown.len() >= 2 && !tells_of_few).then_some((shown, left_out))
}

/// A curve as far as at least `least` customers were followed; none if that is not even a month.
fn cut(mut course: Course, least: u64) -> Option<Course> {
    let long = course.months.iter().take_while(|month| month.at_risk >= least.max(1)).count();
    course.months.truncate(long);
    course.median = course.median.filter(|median| *median < long);
    (long >= 2).then_some(course)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kpi::Interval;

    /// A curve with so many customers followed for 0, 1, … months.
    fn course(at_risk: &[u64]) -> Course {
        let month = |at_risk: &u64| CourseMonth { at_risk: *at_risk, survival: 1.0, interval: None };
        Course { months: at_risk.iter().map(month).collect(), median: Some(3) }
    }

    fn named(segments: &[(&str, &[u64])]) -> Vec<(String, Course)> {
        segments.iter().map(|(name, at_risk)| ((*name).to_owned(), course(at_risk))).collect()
    }

    fn shown(segments: &[(&str, &[u64])], most: usize) -> Courses {
        let total = ("total", Some(course(&[100, 90, 3])));
        shown_courses(total, vec![("plan".to_owned(), named(segments))], 5, most).unwrap()
    }

    fn names(courses: &Courses) -> Vec<&str> {
        courses.curves.iter().map(|(name, _)| name.as_str()).collect()
    }

    #[test]
    fn a_curve_ends_before_the_first_month_of_few() {
        let courses = shown(&[("A", &[9, 8, 6, 4, 4]), ("B", &[20, 5, 5, 5])], 4);
        assert_eq!(names(&courses), ["B", "A"]);
        let lengths: Vec<usize> = courses.curves.iter().map(|(_, course)| course.months.len()).collect();
        assert_eq!(lengths, [4, 3]);
        assert!(courses.curves.iter().all(|(_, course)| course.months.iter().all(|month| month.at_risk >= 5)));
        // A's median of 3 months lies beyond its end.
        assert_eq!(courses.curves.iter().map(|(_, course)| course.median).collect::<Vec<_>>(), [Some(3), None]);
    }

    /// 100 in all less 60 and 37 are the 3 of C: with A and B beside the total's n, C would be known.
    #[test]
    fn a_split_that_tells_of_few_is_not_shown() {
        let courses = shown(&[("A", &[60, 50]), ("B", &[37, 30]), ("C", &[3, 3])], 4);
        assert_eq!((courses.dimension.as_deref(), names(&courses)), (None, vec!["total"]));
        assert_eq!(courses.curves[0].1.months.len(), 2);
        // 3 and 4 left out are 7 together, whom nobody can tell apart.
        let courses = shown(&[("A", &[60, 50]), ("B", &[33, 30]), ("C", &[3, 3]), ("D", &[4, 3])], 4);
        assert_eq!(
            (courses.dimension.as_deref(), names(&courses), courses.left_out),
            (Some("plan"), vec!["A", "B"], 2)
        );
    }

    /// Three pairs of three curves ask for 2.394 errors, six pairs of four for 2.638; these are 2.424 apart.
    #[test]
    fn the_two_ends_of_many_curves_must_be_further_apart() {
        let month = |survival, low, high| CourseMonth { at_risk: 50, survival, interval: Some(Interval { low, high }) };
        let (high, low) = (month(0.8, 0.679_52, 0.879_08), month(0.6, 0.472_49, 0.706_06));
        assert_eq!([2, 3, 4].map(|curves| differ(&high, &low, curves, 0.95)), [Some(true), Some(true), Some(false)]);
        assert_eq!(differ(&high, &CourseMonth { interval: None, ..low }, 2, 0.95), None);
    }

    #[test]
    fn the_largest_segments_are_shown_and_one_alone_is_no_split() {
        let courses = shown(&[("A", &[10, 9]), ("B", &[30, 9]), ("C", &[20, 9])], 2);
        assert_eq!((names(&courses), courses.left_out), (vec!["B", "C"], 1));
        assert_eq!(names(&shown(&[("A", &[100, 90])], 4)), ["total"]);
        assert_eq!(shown_courses(("total", Some(course(&[4, 4]))), Vec::new(), 5, 4), None);
    }
}
