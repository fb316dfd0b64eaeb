//! Signals and scores of each customer at an instant, and what is made of them.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

use chrono::NaiveDate;

use super::figure::{Figure, rounded};
use super::goals::{attainment, latest};
use super::loyalty::kind_counts;
use super::time::{months_after, window_start};
use super::view::{Cell, View};
use super::world::{Part, Score};

/// Scores by the day at whose first instant they stand.
#[derive(Default)]
pub(crate) struct Scores {
    health: RefCell<HashMap<NaiveDate, Rc<Vec<Option<f64>>>>>,
    chi: RefCell<HashMap<NaiveDate, Rc<Vec<Option<f64>>>>>,
}

impl Scores {
    fn health(&self, view: &View, day: NaiveDate) -> Rc<Vec<Option<f64>>> {
        let mut known = self.health.borrow_mut();
        known.entry(day).or_insert_with(|| Rc::new(scores(view, &view.known.choices.health, 100.0, day))).clone()
    }

    fn chi(&self, view: &View, day: NaiveDate) -> Rc<Vec<Option<f64>>> {
        let mut known = self.chi.borrow_mut();
        known.entry(day).or_insert_with(|| Rc::new(scores(view, &view.known.choices.chi, 1.0, day))).clone()
    }
}

/// Everybody's score; `top` is a component's best.
fn scores(view: &View, score: &Score, top: f64, day: NaiveDate) -> Vec<Option<f64>> {
    (0..view.customers.len())
        .map(|id| {
            let (mut sum, mut weight, mut observed, mut whole) = (0.0, 0.0, 0.0, 0.0);
            for part in &score.parts {
                whole += part.weight;
                let given = signal(view, part, id, day).map(|value| on_scale(&part.scale, value));
                if given.is_some() {
                    observed += part.weight;
                }
                let given = given.or(match part.missing {
                    "neutral" => Some(top / 2.0),
                    "zero" => Some(0.0),
                    _ => None,
                });
                if let Some(given) = given {
                    sum += part.weight * given;
                    weight += part.weight;
                }
            }
            if observed / whole < score.min_coverage || weight == 0.0 {
                return None;
            }
            // CHI's criteria run to 1 and its weights to 10: the weighted mean is stretched to 10.
            let times = if top > 1.0 { 1.0 } else { 10.0 };
            Some(rounded(sum / weight * times))
        })
        .collect()
}

/// Straight lines between points, clamped at both ends.
fn on_scale(scale: &[(f64, f64)], value: f64) -> f64 {
    if value <= scale[0].0 {
        return scale[0].1;
    }
    for pair in scale.windows(2) {
        let ((left, low), (right, high)) = (pair[0], pair[1]);
        if value <= right {
            return low + (value - left) / (right - left) * (high - low);
        }
    }
    scale[scale.len() - 1].1
}

/// A customer's signal at a day's first instant; none if it is not known.
fn signal(view: &View, part: &Part, id: usize, day: NaiveDate) -> Option<f64> {
    let known = view.known;
    let end = known.midnight(day);
    let first_day = if part.window.is_empty() { day } else { window_start(day, part.window) };
    let from = known.midnight(first_day);
    let usage = || known.usage(id).filter(move |row| row.day < day);
    let in_window = || usage().filter(|row| row.day >= first_day);
    let tickets = || known.data.tickets.iter().filter(move |row| row.customer == id && row.opened < end);
    match part.signal {
        "active_days" => {
            let days: BTreeSet<_> = in_window().filter(|row| row.events > 0).map(|row| row.day).collect();
            Some(days.len() as f64)
        }
        "events" => Some(in_window().map(|row| row.events).sum::<i64>() as f64),
        "distinct_features" => {
            let named = in_window().filter(|row| row.events > 0 && !row.feature.is_empty());
            Some(named.map(|row| row.feature.as_str()).collect::<BTreeSet<_>>().len() as f64)
        }
        "usage_trend" => {
            let before_day = window_start(first_day, part.window);
            let earlier: i64 =
                usage().filter(|row| before_day <= row.day && row.day < first_day).map(|row| row.events).sum();
            (earlier > 0).then(|| in_window().map(|row| row.events).sum::<i64>() as f64 / earlier as f64)
        }
        "days_since_usage" => {
            let last = usage().filter(|row| row.events > 0).map(|row| row.day).max()?;
            Some((day - last).num_days() as f64)
        }
        "last_nps" => last_score(view, id, "nps", from, end),
        "last_csat" => last_score(view, id, "csat", from, end),
        "tickets" => Some(tickets().filter(|row| row.opened >= from).count() as f64),
        "open_tickets" => Some(tickets().filter(|row| row.resolved.is_none_or(|at| at >= end)).count() as f64),
        "fcr" => {
            let own: Vec<_> = tickets().filter(|row| row.opened >= from && row.contacts > 0).collect();
            let first =
                own.iter().filter(|row| row.contacts == 1 && !row.reopened && row.resolved.is_some_and(|at| at < end));
            (!own.is_empty()).then(|| 100.0 * first.count() as f64 / own.len() as f64)
        }
        "interactions" => {
            let rows =
                known.data.interactions.iter().filter(|row| row.customer == id && from <= row.at && row.at < end);
            Some(rows.filter(|row| part.kind.is_none_or(|kind| row.kind == kind)).count() as f64)
        }
        "goal_attainment" => {
            let own = known.data.goals.iter().filter(|goal| goal.customer == id && from <= goal.at && goal.at < end);
            let (mut reached, mut weight) = (0.0, 0.0);
            for goal in latest(own) {
                if let Some(share) = attainment(goal) {
                    reached += goal.weight * share;
                    weight += goal.weight;
                }
            }
            (weight > 0.0).then(|| 100.0 * reached / weight)
        }
        "tenure_months" => {
            let first = known.spells[id].first()?.0;
            let born = known.day(first);
            let mut months = 0;
            while months_after(born, months + 1) <= day {
                months += 1;
            }
            (first <= end).then_some(months as f64)
        }
        "mrr_trend" => {
            let then = known.mrr(id, from);
            (then > 0).then(|| known.mrr(id, end) as f64 / then as f64)
        }
        "days_to_renewal" => days_to_renewal(view, id, day),
        other => panic!("the oracle does not know the signal {other}"),
    }
}

/// The mean of each respondent's latest score in the window.
fn last_score(view: &View, id: usize, survey: &str, from: i64, end: i64) -> Option<f64> {
    let mut latest: BTreeMap<String, (i64, &str, usize, i64)> = BTreeMap::new();
    for row in &view.known.data.surveys {
        let (Some(at), Some(score)) = (row.answered, row.score) else { continue };
        let counts = row.customer == id && row.question == survey && from <= at && at < end;
        if !counts || survey == "nps" && !kind_counts(view, row) {
            continue;
        }
        let who = if row.respondent.is_empty() { format!("row {}", row.row) } else { row.respondent.clone() };
        let slot = latest.entry(who).or_insert((at, &row.id, row.row, score));
        if (at, row.id.as_str(), row.row) > (slot.0, slot.1, slot.2) {
            *slot = (at, &row.id, row.row, score);
        }
    }
    let n = latest.len() as f64;
    (n > 0.0).then(|| latest.values().map(|slot| slot.3 as f64).sum::<f64>() / n)
}

/// Days to the next renewal of a row that is active.
fn days_to_renewal(view: &View, id: usize, day: NaiveDate) -> Option<f64> {
    let end = view.known.midnight(day);
    let active = |row: &&super::reading::Subscription| row.start <= end && row.end.is_none_or(|until| end < until);
    let days = view.known.subscriptions(id).filter(active).filter_map(|row| Some(view.known.day(row.renewal?)));
    days.filter(|renewal| *renewal >= day).map(|renewal| (renewal - day).num_days() as f64).min_by(f64::total_cmp)
}

fn is_red(score: f64) -> bool {
    score < 40.0
}

fn is_green(score: f64) -> bool {
    score >= 70.0
}

pub(crate) fn figure(view: &View, scores: &Scores, kpi: &str, cell: &Cell) -> Option<Figure> {
    let (z, confidence) = (view.known.z, view.known.choices.confidence);
    let known = |all: &[Option<f64>]| -> Vec<(usize, f64)> {
        let active = (0..view.customers.len()).filter(|id| cell.stock[*id] && view.customers[*id].at_end);
        active.filter_map(|id| Some((id, all[id]?))).collect()
    };
    let at_end = || scores.health(view, view.period.after);
    let at_start = || scores.health(view, view.period.first);
    let values = |found: &[(usize, f64)]| found.iter().map(|(_, score)| *score).collect::<Vec<_>>();
    Some(match kpi {
        "health_score" => Figure::mean(&values(&known(&at_end())), confidence, (0.0, 100.0)),
        "chi" => Figure::mean(&values(&known(&scores.chi(view, view.period.after))), confidence, (0.0, 10.0)),
        "healthy_share" | "at_risk_share" => {
            let found = known(&at_end());
            let counts = if kpi == "healthy_share" { is_green } else { is_red };
            Figure::share(found.iter().filter(|(_, score)| counts(*score)).count(), found.len(), z)
        }
        "mrr_at_risk" => {
            let found = known(&at_end());
            if found.is_empty() {
                return Some(Figure::plain(None, 0));
            }
            let red: Vec<i128> =
                found.iter().filter(|(_, score)| is_red(*score)).map(|(id, _)| view.customers[*id].mrr_end).collect();
            Figure::amount(red.iter().sum(), red.len())
        }
        "health_recovery_rate" | "health_decline_rate" => {
            let (start, end) = (at_start(), at_end());
            let recovers = kpi == "health_recovery_rate";
            let (mut all, mut some) = (0, 0);
            for (id, customer) in view.customers.iter().enumerate() {
                let Some(before) = start[id].filter(|_| cell.flow[id] && customer.at_start) else { continue };
                if recovers && is_red(before) {
                    all += 1;
                    some += usize::from(customer.at_end && end[id].is_some_and(|score| !is_red(score)));
                } else if !recovers && is_green(before) {
                    all += 1;
                    some += usize::from(!customer.at_end || end[id].is_some_and(|score| !is_green(score)));
                }
            }
            Figure::share(some, all, z)
        }
        "expansion_candidates" => {
            let part = |signal| Part { signal, kind: None, window: "90d", weight: 1.0, scale: vec![], missing: "skip" };
            let grows = |id| signal(view, &part("usage_trend"), id, view.period.after).is_some_and(|trend| trend > 1.0);
            let renews = |id| days_to_renewal(view, id, view.period.after).is_some_and(|days| days <= 90.0);
            let found = known(&at_end());
            let has_customers = (0..view.customers.len()).any(|id| cell.stock[id] && view.customers[id].at_end);
            if has_customers && found.is_empty() {
                return Some(Figure::plain(None, 0));
            }
            let green = found.into_iter().filter(|(_, score)| is_green(*score));
            Figure::count(green.filter(|(id, _)| grows(*id) && renews(*id)).count())
        }
        _ => return None,
    })
}
