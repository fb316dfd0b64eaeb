//! Where the largest customers stand: health and revenue of each, for those who may see names.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use crate::calendar::Period;
use crate::config::Choices;
use crate::money;
use crate::panel::build::Panel;
use crate::panel::scores::Recipe;
use crate::pipeline::calls::{name, score_units};
use crate::pipeline::scope::{Scope, is_within};
use crate::report::view::{Standing, Standings};

/// Customers of one chart; more are a cloud in which nobody is found.
const MOST_CUSTOMERS: usize = 200;

/// Period and scope → where its largest customers stand.
pub(super) type AllStandings = BTreeMap<(Period, Scope), Standings>;

/// The largest customers of each scope at the ends of the shown periods, of those whose health is known.
pub(super) fn standings(
    panel: &Panel<'_>,
    shown: &BTreeSet<&Period>,
    scopes: &BTreeSet<Scope>,
    choices: &Choices,
) -> AllStandings {
    let spans = panel.timeline.spans.iter().enumerate().filter(|(_, span)| shown.contains(&span.period));
    let each = spans.flat_map(|(index, span)| scopes.iter().map(move |scope| (index, span, scope)));
    each.map(|(index, span, scope)| {
        ((span.period.clone(), scope.clone()), of_scope(panel, index, scope, choices).unwrap_or_default())
    })
    .collect()
}

/// Scores from the largest customer down, and only as many as are shown.
fn of_scope(panel: &Panel<'_>, period: usize, scope: &Scope, choices: &Choices) -> Option<Standings> {
    let (measure, activity) = (panel.measure()?, panel.activity.as_ref()?);
    let span = &panel.timeline.spans[period];
    let before = panel.calendar.previous(&span.period);
    let before = panel.timeline.spans.iter().find(|span| Some(&span.period) == before.as_ref());
    let recipe = Recipe::health(&choices.health);
    let within = |customer: u32| {
        scope.is_empty()
            || panel.segments.stock_cells(period, customer).any(|cell| is_within(&panel.segments.cells[cell], scope))
    };
    let mut paying: Vec<(i64, u32)> = (0..)
        .zip(activity.mrr_at(span.end))
        .filter(|(customer, mrr)| **mrr > 0 && within(*customer))
        .map(|(customer, mrr)| (*mrr, customer))
        .collect();
    paying.sort_unstable_by_key(|(mrr, customer)| (Reverse(*mrr), panel.id(*customer)));
    let health = |customer, span| recipe.score(&recipe.parts(&measure, customer, span)).map(score_units);
    let mut scored = paying.iter().filter_map(|(mrr, customer)| Some((*mrr, *customer, health(*customer, span)?)));
    let customers = scored
        .by_ref()
        .take(MOST_CUSTOMERS)
        .map(|(mrr, customer, score)| Standing {
            name: name(panel, customer),
            mrr: money::to_units(i128::from(mrr)),
            health: score,
            health_before: before.and_then(|before| health(customer, before)),
            days_to_renewal: measure.days_to_renewal(customer, span),
        })
        .collect();
    Some(Standings { customers, are_all: scored.next().is_none() })
}
