//! What reaches one reader together, and what is withheld from it.
//!
//! Decides by everything that a reader gets over all reports, periods and parts of the customers; scores do not matter.

mod gallery;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use crate::calendar::{Calendar, Grain, Period};
use crate::config::{Config, Dimension, Recipient};
use crate::delivery::address;
use crate::judgement::Keys;
use crate::kpi::loyalty::Question;
use crate::panel::build::Panel;
use crate::panel::segments::RowDimension;
use crate::pipeline::figures::{Scope, TOTAL, scoped_dimension, with_scope_crosses};
use crate::pipeline::readers::gallery::{Gallery, Wall};
use crate::pipeline::{Task, jobs};

/// A report, of a part of the customers.
pub(super) type Part = (String, Scope);

/// Figures that do not leave by mail, by report and part of the customers.
pub type Withheld = BTreeMap<Part, Keys>;

/// What the readers get, sorted by who gets what together.
#[derive(Debug)]
pub(super) struct Readers {
    /// Parts that one reader gets, or several who have a part in common.
    audiences: Vec<BTreeSet<Part>>,
    /// Every period that is to be looked at.
    pub(super) periods: Vec<Period>,
    /// Every dimension, the crosses that scopes need included.
    pub(super) dimensions: Vec<Dimension>,
    /// Parts of the customers that somebody sees alone.
    pub(super) scopes: Vec<Dimension>,
}

impl Readers {
    /// The readers of what a task computes. Reports are of the same audience if one address receives both, and so is
    /// everything that each of their recipients receives.
    pub(super) fn of(task: &Task<'_>) -> Self {
        let config = task.config;
        let grains: BTreeSet<Grain> = task.periods.iter().map(|period| period.grain).collect();
        let is_computed = |(report, scope): &Part| {
            task.scopes.contains(scope) && config.reports.get(report).is_some_and(|plan| grains.contains(&plan.grain))
        };
        let mut audiences = audiences(config);
        audiences.retain(|parts| parts.iter().any(is_computed));
        let scopes: BTreeSet<&Scope> = audiences.iter().flatten().map(|(_, scope)| scope).collect();
        let scopes: Vec<Scope> = scopes.into_iter().cloned().collect();
        let mut periods: BTreeSet<Period> = task.periods.iter().cloned().collect();
        for parts in &audiences {
            periods.extend(periods_of(config, parts, task.periods));
        }
        Self {
            periods: periods.into_iter().collect(),
            dimensions: with_scope_crosses(&config.dimensions, &scopes),
            scopes: scopes.iter().map(|scope| scoped_dimension(&TOTAL, scope)).collect(),
            audiences,
        }
    }

    /// What is withheld from each of them.
    pub(super) fn withheld(&self, task: &Task<'_>, panel: &Panel<'_>, row_dimensions: &[RowDimension]) -> Withheld {
        let mut withheld = Withheld::new();
        let Some(answers) = &panel.answers else { return withheld };
        let own = (&panel.timeline, &panel.segments);
        let whereabouts = panel.answer_cells.as_ref().map_or(own, |(timeline, cells)| (timeline, cells));
        let least = usize::try_from(task.config.privacy.min_group).unwrap_or(usize::MAX);
        for question in Question::ALL {
            let gallery = Gallery::new(task, whereabouts, row_dimensions, question);
            let walls: Vec<Wall<'_>> = self.audiences.iter().map(|parts| gallery.wall(parts)).collect();
            for (wall, ways) in walls.iter().zip(gallery.people(&walls, &answers.0)) {
                for (part, keys) in gallery.hidden(wall, ways, least) {
                    withheld.entry(part).or_default().extend(keys);
                }
            }
        }
        withheld
    }
}

/// Reports with their parts of the customers, joined where they have a recipient in common.
fn audiences(config: &Config) -> Vec<BTreeSet<Part>> {
    let mut audiences: Vec<(BTreeSet<Part>, BTreeSet<String>)> = Vec::new();
    for (report, plan) in &config.reports {
        for scope in jobs::scopes(plan) {
            let whose = plan.recipients.iter().filter(|recipient| recipient.only == scope);
            let name =
                |recipient: &Recipient| address::identity(&recipient.to).unwrap_or_else(|_| recipient.to.clone());
            let names: BTreeSet<String> = whose.map(name).collect();
            let mut joined = (BTreeSet::from([(report.clone(), scope)]), names);
            let (same, others) =
                audiences.into_iter().partition(|(_, names): &(_, BTreeSet<String>)| !names.is_disjoint(&joined.1));
            audiences = others;
            let same: Vec<(BTreeSet<Part>, BTreeSet<String>)> = same;
            for (parts, names) in same {
                joined.0.extend(parts);
                joined.1.extend(names);
            }
            audiences.push(joined);
        }
    }
    audiences.into_iter().map(|(parts, _)| parts).collect()
}

/// The periods by which an audience could work something out: those computed of its grains, and those of its other grains
/// that reached it before them and share a day with them.
fn periods_of(config: &Config, parts: &BTreeSet<Part>, computed: &[Period]) -> BTreeSet<Period> {
    let grains: BTreeSet<Grain> =
        parts.iter().filter_map(|(report, _)| Some(config.reports.get(report)?.grain)).collect();
    let mut periods = BTreeSet::new();
    for period in computed.iter().filter(|period| grains.contains(&period.grain)) {
        periods.insert(period.clone());
        let others = grains.iter().filter(|&&grain| grain != period.grain);
        periods.extend(others.flat_map(|&grain| before(config.company.calendar, grain, period)));
    }
    periods
}

/// The periods of a grain that end within a period and not after it.
fn before(calendar: Calendar, grain: Grain, period: &Period) -> Vec<Period> {
    let mut found = Vec::new();
    let mut next = calendar.containing(grain, period.first);
    while let Some(one) = next.filter(|one| one.end <= period.end) {
        next = calendar.containing(grain, one.end);
        found.push(one);
    }
    found.retain(|one| order(one) < order(period));
    found
}

/// What reaches a reader first: what ends first, then what is shorter.
fn order(period: &Period) -> (chrono::NaiveDate, Reverse<chrono::NaiveDate>, Grain) {
    (period.end, Reverse(period.first), period.grain)
}
