//! Usage, goals and scores of customers: passes over what the panel holds.

use std::collections::{BTreeMap, HashMap};

use crate::config::{HealthChoices, Status, is_ready_to_expand, usage_growth};
use crate::panel::Span;
use crate::panel::activity::Activity;
use crate::panel::records::{Assessment, SHARE};
use crate::panel::scores::{Recipe, status};
use crate::panel::segments::Segments;
use crate::panel::signals::Measure;
use crate::panel::usage::{DayWindow, UsageGrid};
use crate::tables::schema::Table;
use crate::tally::table::TallyTable;
use crate::tally::{HealthMoves, Scores};

/// Adds up who used the product in some periods, and on how many days.
pub fn add_usage(
    table: &mut TallyTable,
    periods: &[usize],
    segments: &Segments,
    activity: Option<&Activity>,
    grid: &UsageGrid,
    customers: u32,
) {
    for &period in periods {
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
                *weight = weight.saturating_add(assessment.weight);
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
    /// Whether health is also compared between the two ends of a period.
    pub wants_moves: bool,
    /// CHI.
    pub chi: Option<Recipe<'a>>,
}

/// Customer → colour of its health at an instant; none where it is not active or has no score.
type Colours = Vec<Option<Status>>;

/// Adds up the scores of the customers active at the end of some periods, and how health moved since their starts.
pub fn add_scores(
    table: &mut TallyTable,
    periods: &[usize],
    segments: &Segments,
    activity: &Activity,
    measure: &Measure<'_>,
    recipes: ScoreRecipes<'_>,
) {
    let growth = usage_growth();
    let mut colours: BTreeMap<i64, Colours> = BTreeMap::new();
    for &period in periods {
        let span = table.timeline.spans[period].clone();
        let mut at_end: Colours = vec![None; activity.mrr_at(span.end).len()];
        for (customer, mrr) in (0..).zip(activity.mrr_at(span.end)).filter(|(_, mrr)| **mrr > 0) {
            let mut scores = Scores::default();
            if let Some(choices) = recipes.health {
                let health = health(choices, measure, customer, &span);
                add_health(&mut scores, health, if activity.has_revenue { *mrr } else { 0 });
                at_end[customer as usize] = health.and_then(|(_, colour)| colour);
            }
            if let Some(chi) = recipes.chi.and_then(|recipe| recipe.score(&recipe.parts(measure, customer, &span))) {
                scores.chi.push(chi);
            }
            if scores.green > 0 {
                let trend = measure.signal(&growth, customer, &span);
                let renewal = measure.days_to_renewal(customer, &span);
                scores.ready_to_expand = u64::from(is_ready_to_expand(at_end[customer as usize], trend, renewal));
            }
            for cell in segments.stock_cells(period, customer) {
                table.at(period, cell).scores += &scores;
            }
        }
        colours.insert(span.end, at_end);
    }
    if let Some(choices) = recipes.health.filter(|_| recipes.wants_moves) {
        add_health_moves(table, periods, segments, activity, measure, choices, &mut colours);
    }
}

/// Adds one active customer's health, if it could be scored.
fn add_health(scores: &mut Scores, health: Option<(i64, Option<Status>)>, mrr: i64) {
    let Some((score, colour)) = health else {
        scores.unscored += 1;
        return;
    };
    scores.health.push(score);
    match colour {
        Some(Status::Green) => scores.green += 1,
        Some(Status::Yellow) => scores.yellow += 1,
        Some(Status::Red) => {
            scores.red += 1;
            scores.red_mrr += i128::from(mrr);
        }
        None => {}
    }
}

/// A customer's health at a period's end, and its colour.
fn health(choices: &HealthChoices, measure: &Measure<'_>, customer: u32, span: &Span) -> Option<(i64, Option<Status>)> {
    let recipe = Recipe::health(choices);
    let score = recipe.score(&recipe.parts(measure, customer, span))?;
    Some((score, status(&choices.bands, score)))
}

/// Adds up where the customers that were red or green at a period's start are at its end. The start is the end of the
/// period before; if that one was scored, its `colours` are there.
fn add_health_moves(
    table: &mut TallyTable,
    periods: &[usize],
    segments: &Segments,
    activity: &Activity,
    measure: &Measure<'_>,
    choices: &HealthChoices,
    colours: &mut BTreeMap<i64, Colours>,
) {
    for &period in periods {
        let span = table.timeline.spans[period].clone();
        let Some(before) = span.before(&measure.calendar) else { continue };
        colours.entry(span.start).or_insert_with(|| {
            let colour = |(customer, mrr): (u32, &i64)| {
                let health = (*mrr > 0).then(|| health(choices, measure, customer, &before));
                health.flatten().and_then(|(_, colour)| colour)
            };
            (0..).zip(activity.mrr_at(span.start)).map(colour).collect()
        });
        let (Some(at_start), Some(at_end)) = (colours.get(&span.start), colours.get(&span.end)) else { continue };
        let closing = activity.mrr_at(span.end).iter().map(|mrr| *mrr > 0);
        for (customer, ((was, is), is_here)) in (0..).zip(at_start.iter().zip(at_end).zip(closing)) {
            let Some(moves) = moves(*was, *is, is_here) else { continue };
            for cell in segments.flow_cells(period, customer) {
                table.at(period, cell).health_moves += &moves;
            }
        }
    }
}

/// How one customer's health moved; nothing of one that was neither red nor green. One without a score at the end has
/// neither recovered nor declined, unless it is no longer a customer.
fn moves(was: Option<Status>, is: Option<Status>, is_here: bool) -> Option<HealthMoves> {
    let mut moves = HealthMoves::default();
    match was? {
        Status::Red => {
            moves.red = 1;
            moves.recovered = u64::from(is_here && matches!(is, Some(Status::Yellow | Status::Green)));
        }
        Status::Green => {
            moves.green = 1;
            moves.declined = u64::from(!is_here || matches!(is, Some(Status::Yellow | Status::Red)));
        }
        Status::Yellow => return None,
    }
    Some(moves)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn health_moves_from_red_and_from_green() {
        use Status::{Green, Red, Yellow};
        let recovered = |is, is_here| moves(Some(Red), is, is_here).map(|of| (of.red, of.recovered, of.green));
        assert_eq!(recovered(Some(Yellow), true), Some((1, 1, 0)));
        assert_eq!(recovered(Some(Green), true), Some((1, 1, 0)));
        assert_eq!(recovered(Some(Red), true), Some((1, 0, 0)));
        assert_eq!(recovered(None, true), Some((1, 0, 0)));
        assert_eq!(recovered(None, false), Some((1, 0, 0)));
        let declined = |is, is_here| moves(Some(Green), is, is_here).map(|of| (of.green, of.declined, of.red));
        assert_eq!(declined(Some(Yellow), true), Some((1, 1, 0)));
        assert_eq!(declined(Some(Red), true), Some((1, 1, 0)));
        assert_eq!(declined(Some(Green), true), Some((1, 0, 0)));
        assert_eq!(declined(None, true), Some((1, 0, 0)));
        assert_eq!(declined(None, false), Some((1, 1, 0)));
        assert_eq!((moves(Some(Yellow), Some(Red), true), moves(None, Some(Red), true)), (None, None));
    }
}
