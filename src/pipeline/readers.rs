//! What reaches one reader together, and what is withheld from it.
//!
//! Decides by everything that a reader gets over all reports, periods and parts of the customers, and by what it was told
//! before; scores do not matter.

mod gallery;
mod known;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use crate::calendar::{Calendar, Grain, Period};
use crate::config::{Config, Dimension, Recipient};
use crate::delivery::address;
use crate::diagnostic::{Diagnostic, Place};
use crate::judgement::{Key, Keys};
use crate::kpi::loyalty::Question;
use crate::panel::build::Panel;
use crate::panel::segments::RowDimension;
use crate::pipeline::readers::gallery::{Gallery, Viewer};
use crate::pipeline::readers::known::Known;
use crate::pipeline::scope::{Scope, TOTAL, TOTAL_NAME, dimension_named, scoped_dimension, with_scope_crosses};
use crate::pipeline::{Task, jobs};

/// A report, of a part of the customers.
pub(super) type Part = (String, Scope);

/// Figures that do not leave by mail, by report and part of the customers.
pub type Withheld = BTreeMap<Part, Keys>;

/// What stays hidden from somebody.
pub(super) type Hidden = Vec<(Part, Vec<Key>)>;

/// Who gets the same.
#[derive(Debug, Default)]
struct Audience<'a> {
    /// Parts that one reader gets, or several who have a part in common.
    parts: BTreeSet<Part>,
    /// Their bare addresses.
    readers: BTreeSet<String>,
    /// What each of them was told before, or may have been, the same of several once.
    known: Vec<Known<'a>>,
}

/// What the readers get, sorted by who gets what together.
#[derive(Debug)]
pub(super) struct Readers<'a> {
    audiences: Vec<Audience<'a>>,
    /// The periods that are shown, or were before them.
    shown: BTreeSet<Period>,
    /// Every period that is to be looked at: these, and those that somebody was told of.
    pub(super) periods: Vec<Period>,
    /// Every dimension, the crosses that scopes need included.
    pub(super) dimensions: Vec<Dimension>,
    /// Parts of the customers that somebody sees alone.
    pub(super) scopes: Vec<Dimension>,
}

impl<'a> Readers<'a> {
    /// The readers of what a task computes, of customers with some attributes. Reports are of the same audience if one address
    /// receives both, and so is everything that each of their recipients receives.
    pub(super) fn of(task: &Task<'a>, attributes: &BTreeSet<String>) -> Self {
        let config = task.config;
        let grains: BTreeSet<Grain> = task.periods.iter().map(|period| period.grain).collect();
        let is_computed = |(report, scope): &Part| {
            task.scopes.contains(scope) && config.reports.get(report).is_some_and(|plan| grains.contains(&plan.grain))
        };
        let mut audiences = audiences(config);
        audiences.retain(|audience| audience.parts.iter().any(is_computed));
        let scopes: BTreeSet<&Scope> = audiences.iter().flat_map(|of| &of.parts).map(|(_, scope)| scope).collect();
        let scopes: Vec<Scope> = scopes.into_iter().cloned().collect();
        let mut dimensions = with_scope_crosses(&config.dimensions, &scopes);
        let mut scopes: Vec<Dimension> = scopes.iter().map(|scope| scoped_dimension(&TOTAL, scope)).collect();
        let mut shown: BTreeSet<Period> = task.periods.iter().cloned().collect();
        for audience in &audiences {
            shown.extend(periods_of(config, &audience.parts, task.periods));
        }
        let mut periods = shown.clone();
        let by_reader = known::by_reader(task.told);
        for audience in &mut audiences {
            let served = audience.readers.iter().filter(|reader| task.readers.is_some_and(|all| all.contains(*reader)));
            audience.known = known::of_readers(served, &by_reader);
        }
        for told in audiences.iter().flat_map(|of| &of.known).flat_map(BTreeMap::values) {
            periods.insert(told.period.clone());
            let scope = scoped_dimension(&TOTAL, &told.scope);
            let placed = told.figures.iter().map(|figures| dimension_named(&figures.dimension));
            for dimension in placed.map(|dimension| scoped_dimension(&dimension, &told.scope)).chain([scope.clone()]) {
                let is_there = dimension.0.iter().all(|attribute| attributes.contains(attribute));
                if is_there && !dimension.0.is_empty() && !dimensions.contains(&dimension) {
                    dimensions.push(dimension);
                }
            }
            if !scopes.contains(&scope) {
                scopes.push(scope);
            }
        }
        Self { shown, periods: periods.into_iter().collect(), dimensions, scopes, audiences }
    }

    /// What is withheld from each of them; and a word where a whole report's figure is, because somebody gets another report
    /// too, or was told other figures before.
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
        let of_question = |question: &Question| {
            let gallery = Gallery::new(task, whereabouts, (row_dimensions, &self.shown), *question);
            let look = |viewers: &[Viewer<'_>]| gallery.hidden_from(viewers, &answers.rows, least);
            let viewers: Vec<Viewer<'_>> = self.audiences.iter().map(Audience::viewer).collect();
            let hidden = look(&viewers);
            let of_audiences = self.audiences.iter().zip(&hidden);
            let warnings: Vec<Diagnostic> =
                of_audiences.flat_map(|(audience, hidden)| audience.lost(task, hidden, &look)).collect();
            (hidden, warnings)
        };
        let found: Vec<_> = Question::ALL.par_iter().map(of_question).collect();
        for (hidden, of_question) in found {
            for (part, keys) in hidden.into_iter().flatten() {
                withheld.entry(part).or_default().extend(keys);
            }
            warnings.extend(of_question);
        }
        (withheld, warnings)
    }
}

impl Audience<'_> {
    fn viewer(&self) -> Viewer<'_> {
        Viewer { parts: &self.parts, known: &self.known }
    }

    /// A word on hidden figures of everybody that would be seen by who gets its report alone, one for each report and period.
    fn lost(&self, task: &Task<'_>, hidden: &Hidden, look: &dyn Fn(&[Viewer<'_>]) -> Vec<Hidden>) -> Vec<Diagnostic> {
        let told: BTreeSet<&str> =
            self.known.iter().flat_map(BTreeMap::values).map(|told| told.report.as_str()).collect();
        let lost = totals(task, hidden);
        if lost.is_empty() || (self.parts.len() == 1 && told.is_empty()) {
            return Vec::new();
        }
        let parts: Vec<BTreeSet<Part>> = self.parts.iter().map(|part| BTreeSet::from([part.clone()])).collect();
        let alone: Vec<Viewer<'_>> = parts.iter().map(Viewer::anew).collect();
        let hidden_anyway = totals(task, &look(&alone).concat());
        let mut lost: Vec<(Part, Key)> = lost.difference(&hidden_anyway).cloned().collect();
        lost.dedup_by(|(part, key), (before, first)| part == before && key.period == first.period);
        let hidden_anew = if lost.is_empty() || told.is_empty() {
            BTreeSet::new()
        } else {
            totals(task, &look(&[Viewer::anew(&self.parts)]).concat())
        };
        let word = |lost: &(Part, Key)| {
            let is_for_others = told.is_empty() || hidden_anew.contains(lost);
            withheld_together(task, lost, if is_for_others { Sake::Others(&self.parts) } else { Sake::Told(&told) })
        };
        lost.iter().map(word).collect()
    }
}

/// For the sake of what a figure is withheld.
#[derive(Clone, Copy)]
enum Sake<'a> {
    /// Of everything that somebody gets.
    Others(&'a BTreeSet<Part>),
    /// Of what somebody got before, by these reports.
    Told(&'a BTreeSet<&'a str>),
}

/// Of hidden figures those of everybody, in the periods that reports are made of.
fn totals(task: &Task<'_>, hidden: &[(Part, Vec<Key>)]) -> BTreeSet<(Part, Key)> {
    let is_total = |key: &&Key| key.dimension == *TOTAL_NAME && task.reported.contains(&key.period);
    let of = |(part, keys): &(Part, Vec<Key>)| {
        keys.iter().filter(is_total).map(|key| (part.clone(), key.clone())).collect::<Vec<_>>()
    };
    hidden.iter().flat_map(of).collect()
}

/// Says that a figure of a report is withheld for the sake of something else.
fn withheld_together(task: &Task<'_>, (part, key): &(Part, Key), sake: Sake<'_>) -> Diagnostic {
    let named = |reports: BTreeSet<&str>| {
        reports.into_iter().map(|report| format!("`{report}`")).collect::<Vec<_>>().join(", ")
    };
    let (besides, help) = match sake {
        Sake::Others(parts) => {
            let others = parts.iter().map(|(report, _)| report.as_str()).filter(|of| *of != part.0).collect();
            let others = named(others);
            let others = if others.is_empty() { "another part of the customers" } else { others.as_str() };
            let help = "leave the figures of surveys out of one of them (`kpis:`), or send them to different people";
            (format!("also gets {others}"), help)
        }
        Sake::Told(reports) => (
            format!("was sent other figures of these answers before, by {}", named(reports.clone())),
            "a later period may have it again; else leave the figures of surveys out of a report (`kpis:`), or send it to \
             people who did not get the others",
        ),
    };
    let what = format!(
        "`{}` of `{}` is withheld in {}, because somebody who gets it {besides}: together they would tell what \
         fewer than {} people answered",
        key.kpi, part.0, key.period.id, task.config.privacy.min_group
    );
    Diagnostic::warning("withheld-together", what).at(Place::file(task.config.folder.join("reports.yaml"))).help(help)
}

/// Reports with their parts of the customers, joined where they have a recipient in common.
fn audiences<'a>(config: &Config) -> Vec<Audience<'a>> {
    let mut audiences: Vec<Audience<'a>> = Vec::new();
    for (report, plan) in &config.reports {
        for scope in jobs::scopes(plan) {
            let whose = plan.recipients.iter().filter(|recipient| recipient.only == scope);
            let name =
                |recipient: &Recipient| address::identity(&recipient.to).unwrap_or_else(|_| recipient.to.clone());
            let readers: BTreeSet<String> = whose.map(name).collect();
            let mut joined =
                Audience { parts: BTreeSet::from([(report.clone(), scope)]), readers, ..Audience::default() };
            let (same, others): (Vec<_>, Vec<_>) =
                audiences.into_iter().partition(|audience| !audience.readers.is_disjoint(&joined.readers));
            audiences = others;
            for Audience { parts, readers, .. } in same {
                joined.parts.extend(parts);
                joined.readers.extend(readers);
            }
            audiences.push(joined);
        }
    }
    audiences
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
