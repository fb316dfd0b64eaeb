//! What reaches one reader together, and what is withheld from it.
//!
//! Decides by everything that a reader gets over all reports, periods and parts of the customers; scores do not matter.

mod gallery;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use crate::calendar::{Calendar, Grain, Period};
use crate::config::{Config, Dimension, Recipient};
use crate::delivery::address;
use crate::diagnostic::{Diagnostic, Place};
use crate::judgement::{Key, Keys};
use crate::kpi::loyalty::Question;
use crate::panel::build::Panel;
use crate::panel::segments::RowDimension;
use crate::pipeline::readers::gallery::Gallery;
use crate::pipeline::scope::{Scope, TOTAL, TOTAL_NAME, scoped_dimension, with_scope_crosses};
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

    /// What is withheld from each of them; and a word where a whole report's figure is, because somebody gets another report
    /// too.
    pub(super) fn withheld(
        &self,
        task: &Task<'_>,
        panel: &Panel<'_>,
        row_dimensions: &[RowDimension],
    ) -> (Withheld, Vec<Diagnostic>) {
        let (mut withheld, mut warnings) = (Withheld::new(), Vec::new());
        let Some(answers) = &panel.answers else { return (withheld, warnings) };
        let own = (&panel.timeline, &panel.segments);
        let whereabouts = panel.answer_cells.as_ref().map_or(own, |(timeline, cells)| (timeline, cells));
        let least = usize::try_from(task.config.privacy.min_group).unwrap_or(usize::MAX);
        for question in Question::ALL {
            let gallery = Gallery::new(task, whereabouts, row_dimensions, question);
            for (parts, hidden) in self.audiences.iter().zip(gallery.hidden_from(&self.audiences, &answers.0, least)) {
                let alone: Vec<BTreeSet<Part>> = parts.iter().map(|part| BTreeSet::from([part.clone()])).collect();
                let lost = totals(task, &hidden);
                if parts.len() > 1 && !lost.is_empty() {
                    let alone = gallery.hidden_from(&alone, &answers.0, least);
                    let hidden_anyway = totals(task, &alone.concat());
                    let lost = lost.difference(&hidden_anyway).next();
                    warnings.extend(lost.map(|(part, key)| withheld_together(task, part, key, parts)));
                }
                for (part, keys) in hidden {
                    withheld.entry(part).or_default().extend(keys);
                }
            }
        }
        (withheld, warnings)
    }
}

/// Of hidden figures, those of everybody in the newest period of each grain.
fn totals(task: &Task<'_>, hidden: &[(Part, Vec<Key>)]) -> BTreeSet<(Part, Key)> {
    let newest = |grain| task.periods.iter().filter(|period| period.grain == grain).max_by_key(|period| period.end);
    let is_total = |key: &&Key| key.dimension == *TOTAL_NAME && newest(key.period.grain) == Some(&key.period);
    let of = |(part, keys): &(Part, Vec<Key>)| {
        keys.iter().filter(is_total).map(|key| (part.clone(), key.clone())).collect::<Vec<_>>()
    };
    hidden.iter().flat_map(of).collect()
}

/// Says that a figure of a report is withheld for the sake of another one that somebody gets besides.
fn withheld_together(task: &Task<'_>, part: &Part, key: &Key, parts: &BTreeSet<Part>) -> Diagnostic {
    let others: BTreeSet<&str> = parts.iter().map(|(report, _)| report.as_str()).filter(|of| *of != part.0).collect();
    let others = others.into_iter().map(|report| format!("`{report}`")).collect::<Vec<_>>().join(", ");
    let besides = if others.is_empty() { "another part of the customers".to_owned() } else { others };
    let what = format!(
        "`{}` of `{}` is withheld in {}, because somebody who gets it also gets {besides}: together they would tell what \
         fewer than {} people answered",
        key.kpi, part.0, key.period.id, task.config.privacy.min_group
    );
    Diagnostic::warning("withheld-together", what)
        .at(Place::file(task.config.folder.join("reports.yaml")))
        .help("leave the figures of surveys out of one of them (`kpis:`), or send them to different people")
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
