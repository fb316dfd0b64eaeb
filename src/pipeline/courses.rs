//! How long customers stay: the survival curves of each part of the customers that somebody sees.

use std::collections::{BTreeMap, BTreeSet};

use crate::calendar::Period;
use crate::config::{Config, Dimension, ReportPlan};
use crate::judgement::{Courses, shown_courses};
use crate::kpi::survival::Course;
use crate::pipeline::figures::Seen;
use crate::pipeline::scope::{Scope, TOTAL, is_within, scope_name, scoped_dimension, shown_as};

/// Curves of one chart; more are not told apart.
const MOST_CURVES: usize = 4;

/// Period and scope → dimension → its segments and their curves. The total is a dimension too.
pub(super) type Stays = BTreeMap<(Period, Scope), BTreeMap<String, Vec<(String, Course)>>>;

/// The curves of the shown periods: of everybody in each scope, and of the segments of each single attribute.
pub(super) fn stays(seen: &Seen<'_>, shown: &BTreeSet<&Period>, scopes: &[Scope], config: &Config) -> Stays {
    let plain = config.dimensions.iter().filter(|dimension| is_plain(dimension));
    let dimensions: Vec<&Dimension> = std::iter::once(&TOTAL).chain(plain).collect();
    let mut stays = Stays::new();
    let spans = seen.table.timeline.spans.iter().enumerate();
    for (index, span) in spans.filter(|(_, span)| shown.contains(&span.period)) {
        for scope in scopes {
            let of_scope = stays.entry((span.period.clone(), scope.clone())).or_default();
            for dimension in &dimensions {
                let name = scope_name(&scoped_dimension(dimension, scope));
                for (at, cell) in seen.table.cells.iter().enumerate() {
                    if cell.dimension != name || cell.rows_of.is_some() || !is_within(cell, scope) {
                        continue;
                    }
                    let lifetimes = seen.table.get(index, at).map(|tallies| &tallies.lifetimes);
                    let course = lifetimes.and_then(|of| Course::of(of, config.choices.confidence));
                    let (dimension, segment) = shown_as(cell, dimension);
                    let named = course.map(|course| (segment.to_string(), course));
                    of_scope.entry(dimension.to_string()).or_default().extend(named);
                }
            }
        }
    }
    stays
}

/// What a report shows of them.
pub(super) fn courses(
    stays: &Stays,
    plan: &ReportPlan,
    (period, scope): (&Period, &Scope),
    min_group: u64,
) -> Option<Courses> {
    let found = stays.get(&(period.clone(), scope.clone()))?;
    let total = scope_name(&TOTAL);
    let of_all = found.get(&total).and_then(|segments| segments.first()).map(|(_, course)| course.clone());
    let names = plan.segments.iter().filter(|dimension| is_plain(dimension)).map(Dimension::name);
    let splits = names.filter_map(|name| Some((name.clone(), found.get(&name)?.clone()))).collect();
    shown_courses((&total, of_all), splits, min_group, MOST_CURVES)
}

fn is_plain(dimension: &Dimension) -> bool {
    dimension.0.len() == 1
}
