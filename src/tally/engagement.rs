//! Usage, goals and scores of customers: passes over what the panel holds.

use std::collections::{BTreeMap, HashMap};

use crate::config::{HealthChoices, Status};
use crate::panel::activity::Activity;
use crate::panel::records::{Assessment, SHARE};
use crate::panel::scores::{Recipe, status};
use crate::panel::segments::Segments;
use crate::panel::signals::Measure;
use crate::panel::usage::{DayWindow, UsageGrid};
use crate::tables::schema::Table;
use crate::tally::table::TallyTable;

/// Adds up who used the product, and on how many days.
pub fn add_usage(
    table: &mut TallyTable,
    segments: &Segments,
    activity: Option<&Activity>,
    grid: &UsageGrid,
    customers: u32,
) {
    for period in 0..table.timeline.spans.len() {
        let span = &table.timeline.spans[period];
        let window = DayWindow { first: span.first_day, end: span.end_day };
        let opening: &[i64] = activity.map_or(&[], |activity| activity.mrr_at(span.start));
        // A period has few days and a base many customers: they are counted here, and multiplied once per number of days.
        let width = usize::try_from(window.end - window.first).unwrap_or(0) + 1;
        let mut counts = vec![Used::default(); table.cells.len() * width];
        for customer in 0..customers {
            let days = grid.days_used(customer, window) as usize;
            let is_active = opening.get(customer as usize).is_some_and(|mrr| *mrr > 0);
            if days == 0 && !is_active {
                continue;
            }
            for cell in segments.flow_cells(period, customer) {
                let count = &mut counts[cell * width + days];
                count.customers += 1;
                count.active += u64::from(is_active);
            }
        }
        for (place, count) in counts.iter().enumerate().filter(|(_, count)| count.customers > 0) {
            let days = i64::try_from(place % width).unwrap_or(i64::MAX);
            let engagement = &mut table.at(period, place / width).engagement;
            engagement.active += count.active;
            if days > 0 {
                engagement.active_with_usage += count.active;
                engagement.days_used.push_alike(1, days, count.customers);
            }
        }
    }
}

/// Customers with one number of days of use in a period.
#[derive(Clone, Copy, Debug, Default)]
struct Used {
    customers: u64,
    /// Of these, active at the period's start.
    active: u64,
}

/// Adds up goals: the latest assessment of each in the period.
pub fn add_goals(table: &mut TallyTable, segments: &Segments, assessments: &[Assessment]) {
    let mut latest: HashMap<(usize, u32), &Assessment, foldhash::fast::RandomState> = HashMap::default();
    for assessment in assessments {
        for period in table.timeline.containing(assessment.at) {
            let kept = latest.entry((period, assessment.goal)).or_insert(assessment);
            if (kept.at, kept.row) < (assessment.at, assessment.row) {
                *kept = assessment;
            }
        }
    }
    // Customers are the sampling units, so what one of them adds to a cell is summed before it is squared.
    let mut sums: BTreeMap<(usize, usize, u32), (i64, i128)> = BTreeMap::new();
    for ((period, _), assessment) in latest {
        let rows = segments.row_cells(Table::Goals, period, assessment.row, Some(assessment.customer));
        for cell in segments.flow_cells(period, assessment.customer).chain(rows) {
            if let Some(share) = assessment.attainment {
                let (weight, reached) = sums.entry((period, cell, assessment.customer)).or_default();
                *weight += assessment.weight;
                *reached += i128::from(assessment.weight) * i128::from(share);
            }
            if let Some(gap) = assessment.gap {
                table.at(period, cell).goals.value_gap.push(gap);
            }
        }
    }
    for ((period, cell, _), (weight, reached)) in sums {
        table.at(period, cell).goals.attainment.push(weight, in_millionths(reached));
    }
}

/// A sum of weights in millionths times fine shares, in millionths, rounded half up once; it is not negative.
fn in_millionths(reached: i128) -> i64 {
    let share = i128::from(SHARE);
    i64::try_from((reached + share / 2) / share).unwrap_or(i64::MAX)
}

/// Which scores to add up.
#[derive(Clone, Copy, Debug)]
pub struct ScoreRecipes<'a> {
    /// Health, with its bands.
    pub health: Option<&'a HealthChoices>,
    /// CHI.
    pub chi: Option<Recipe<'a>>,
}

/// Adds up the scores of the customers active at each period's end.
pub fn add_scores(
    table: &mut TallyTable,
    segments: &Segments,
    activity: &Activity,
    measure: &Measure<'_>,
    recipes: ScoreRecipes<'_>,
) {
    for period in 0..table.timeline.spans.len() {
        let span = table.timeline.spans[period].clone();
        for (customer, mrr) in (0..).zip(activity.mrr_at(span.end)).filter(|(_, mrr)| **mrr > 0) {
            let score = |recipe: Recipe<'_>| recipe.score(&recipe.parts(measure, customer, &span));
            let health = recipes.health.map(|choices| {
                let score = score(Recipe::health(choices));
                (score, score.and_then(|score| status(&choices.bands, score)))
            });
            let chi = recipes.chi.and_then(score);
            for cell in segments.stock_cells(period, customer) {
                let scores = &mut table.at(period, cell).scores;
                if let Some(chi) = chi {
                    scores.chi.push(chi);
                }
                match health {
                    Some((Some(score), colour)) => {
                        scores.health.push(score);
                        match colour {
                            Some(Status::Green) => scores.green += 1,
                            Some(Status::Yellow) => scores.yellow += 1,
                            Some(Status::Red) => {
                                scores.red += 1;
                                scores.red_mrr += i128::from(if activity.has_revenue { *mrr } else { 0 });
                            }
                            None => {}
                        }
                    }
                    Some((None, _)) => scores.unscored += 1,
                    None => {}
                }
            }
        }
    }
}
