//! What was promised and what was reached: `goals`.

use std::collections::BTreeMap;

use super::figure::{Figure, rounded};
use super::reading::Goal;
use super::view::{Cell, View};

/// The latest assessment of each goal among some.
pub(crate) fn latest<'a>(goals: impl Iterator<Item = &'a Goal>) -> Vec<&'a Goal> {
    let mut found: BTreeMap<&str, &Goal> = BTreeMap::new();
    for goal in goals {
        let slot = found.entry(&goal.id).or_insert(goal);
        if goal.at > slot.at {
            *slot = goal;
        }
    }
    found.into_values().collect()
}

/// How far a goal was reached, 0–1; unknown if nobody knows.
pub(crate) fn attainment(goal: &Goal) -> Option<f64> {
    let achieved = goal.achieved?;
    let target = goal.target;
    if achieved > 0.0 && target > 0.0 {
        let share = if goal.down { target / achieved } else { achieved / target };
        return Some(share.clamp(0.0, 1.0));
    }
    let met = if goal.down { achieved <= target } else { achieved >= target };
    Some(f64::from(u8::from(met)))
}

pub(crate) fn figure(view: &View, kpi: &str, cell: &Cell) -> Option<Figure> {
    if !["goal_attainment", "value_gap"].contains(&kpi) {
        return None;
    }
    let confidence = view.known.choices.confidence;
    let mut assessed = latest(view.known.data.goals.iter().filter(|goal| view.holds(goal.at)));
    assessed.retain(|goal| cell.flow[goal.customer] && cell.takes(&[("stakeholder", &goal.stakeholder)]));
    if kpi == "value_gap" {
        let gaps: Vec<f64> =
            assessed.iter().filter_map(|goal| Some(rounded(goal.expected? - goal.perceived?))).collect();
        return Some(Figure::mean(&gaps, confidence, (-100.0, 100.0)));
    }
    let mut sums: BTreeMap<usize, (f64, f64)> = BTreeMap::new();
    for goal in assessed {
        if let Some(share) = attainment(goal) {
            let sum = sums.entry(goal.customer).or_default();
            sum.0 += goal.weight * share;
            sum.1 += goal.weight;
        }
    }
    let pairs: Vec<(f64, f64)> = sums.into_values().map(|(y, x)| (rounded(y), rounded(x))).collect();
    Some(Figure::ratio(&pairs, 100.0, confidence, (0.0, 100.0)))
}
