//! Loyalty and satisfaction: `surveys`.

use std::collections::HashMap;

use super::figure::{Figure, Limits};
use super::reading::Survey;
use super::view::{Cell, View};

fn columns(row: &Survey) -> [(&str, &str); 3] {
    [("respondent_role", &row.role), ("kind", &row.kind), ("touchpoint", &row.touchpoint)]
}

/// Whether NPS counts a row's kind: the chosen kind wherever the column has any of it, else all.
pub(crate) fn kind_counts(view: &View, row: &Survey) -> bool {
    let kind = view.known.choices.nps_kind;
    let has_any = view.known.data.surveys.iter().any(|row| row.kind == kind);
    kind == "all" || !has_any || row.kind == kind
}

/// The period's answers to a survey: of several of one respondent the latest.
pub(crate) fn answers<'a>(view: &View<'a>, survey: &str) -> Vec<&'a Survey> {
    let all = || {
        ["nps", "csat", "ces"]
            .into_iter()
            .map(|survey| (survey, choose(view, survey)))
            .collect::<std::collections::BTreeMap<_, _>>()
    };
    view.answers.get_or_init(all)[survey].clone()
}

fn choose<'a>(view: &View<'a>, survey: &str) -> Vec<&'a Survey> {
    let mut latest: HashMap<(usize, String, &str, &str), &Survey> = HashMap::new();
    let mut alone = Vec::new();
    for row in &view.known.data.surveys {
        let Some(at) = row.answered else { continue };
        if row.question != survey || !view.holds(at) || survey == "nps" && !kind_counts(view, row) {
            continue;
        }
        if row.respondent.is_empty() {
            alone.push(row);
            continue;
        }
        let slot = latest.entry((row.customer, row.respondent.clone(), &row.kind, &row.touchpoint)).or_insert(row);
        if (row.answered, &row.id, row.row) > (slot.answered, &slot.id, slot.row) {
            *slot = row;
        }
    }
    alone.extend(latest.into_values());
    alone.sort_by_key(|row| row.row);
    alone
}

/// A cell's answers.
fn of_cell<'a>(view: &View<'a>, cell: &Cell, survey: &str) -> Vec<&'a Survey> {
    let mut found = answers(view, survey);
    found.retain(|row| cell.flow[row.customer] && cell.takes(&columns(row)));
    found
}

fn promotes(row: &Survey) -> bool {
    row.score.unwrap() >= 9
}

fn detracts(row: &Survey) -> bool {
    row.score.unwrap() <= 6
}

/// The adjusted score, 0–1, and its variance: three answers more, ¾ of them promoters and ¾ detractors.
fn adjusted(rows: &[&Survey]) -> (f64, f64) {
    let n = rows.len() as f64 + 3.0;
    let p = (rows.iter().filter(|row| promotes(row)).count() as f64 + 0.75) / n;
    let d = (rows.iter().filter(|row| detracts(row)).count() as f64 + 0.75) / n;
    (p - d, (p + d - (p - d) * (p - d)) / n)
}

fn raw(rows: &[&Survey]) -> f64 {
    let up = rows.iter().filter(|row| promotes(row)).count() as f64;
    let down = rows.iter().filter(|row| detracts(row)).count() as f64;
    up - down
}

pub(crate) fn figure(view: &View, kpi: &str, cell: &Cell) -> Option<Figure> {
    let choices = &view.known.choices;
    let (z, confidence) = (view.known.z, choices.confidence);
    let share = |survey: &str, counts: &dyn Fn(&Survey) -> bool| {
        let rows = of_cell(view, cell, survey);
        Figure::share(rows.iter().filter(|row| counts(row)).count(), rows.len(), z)
    };
    let mean = |survey: &str, range: (f64, f64)| {
        let scores: Vec<f64> = of_cell(view, cell, survey).iter().map(|row| row.score.unwrap() as f64).collect();
        Figure::mean(&scores, confidence, range)
    };
    Some(match kpi {
        "nps" => nps(&of_cell(view, cell, "nps"), z),
        "nps_promoters" => share("nps", &promotes),
        "nps_passives" => share("nps", &|row| !promotes(row) && !detracts(row)),
        "nps_detractors" => share("nps", &detracts),
        "nps_by_account" => by_account(&of_cell(view, cell, "nps"), confidence),
        "nps_role_gap" => role_gap(&of_cell(view, cell, "nps"), z),
        "nps_response_rate" => response_rate(view, cell),
        "csat" => mean("csat", (1.0, choices.csat_top as f64)),
        "csat_satisfied" => share("csat", &|row| row.score.unwrap() >= choices.satisfied),
        "ces" => mean("ces", (1.0, 7.0)),
        _ => return None,
    })
}

fn nps(rows: &[&Survey], z: f64) -> Figure {
    let n = rows.len() as f64;
    let mut figure = Figure::quotient(raw(rows), n, 100.0, rows.len());
    if let Some(value) = figure.value {
        let (centre, variance) = adjusted(rows);
        let half = z * variance.sqrt();
        let low = (100.0 * (centre - half)).max(-100.0).min(value);
        let high = (100.0 * (centre + half)).min(100.0).max(value);
        figure.limits = Limits::Are(low, high);
    }
    figure
}

/// The mean over customers of each one's own NPS.
fn by_account(rows: &[&Survey], confidence: f64) -> Figure {
    let mut of: HashMap<usize, Vec<&Survey>> = HashMap::new();
    for row in rows {
        of.entry(row.customer).or_default().push(row);
    }
    let mut scores: Vec<f64> =
        of.values().map(|rows| super::figure::rounded(100.0 * raw(rows) / rows.len() as f64)).collect();
    scores.sort_by(f64::total_cmp);
    Figure::mean(&scores, confidence, (-100.0, 100.0))
}

/// NPS of everyday users less NPS of decision makers.
fn role_gap(rows: &[&Survey], z: f64) -> Figure {
    let users: Vec<_> = rows.iter().copied().filter(|row| row.role == "user").collect();
    let deciders: Vec<_> =
        rows.iter().copied().filter(|row| ["manager", "executive"].contains(&row.role.as_str())).collect();
    let n = users.len() + deciders.len();
    if users.is_empty() || deciders.is_empty() {
        return Figure::plain(None, n);
    }
    let gap = 100.0 * (raw(&users) / users.len() as f64 - raw(&deciders) / deciders.len() as f64);
    let ((of_users, one), (of_deciders, other)) = (adjusted(&users), adjusted(&deciders));
    let (centre, half) = (of_users - of_deciders, z * (one + other).sqrt());
    let low = (100.0 * (centre - half)).max(-200.0).min(gap);
    let high = (100.0 * (centre + half)).min(200.0).max(gap);
    Figure { limits: Limits::Are(low, high), ..Figure::plain(Some(gap), n) }
}

/// Of the invitations sent in the period, those that were answered by now.
fn response_rate(view: &View, cell: &Cell) -> Figure {
    let (mut sent, mut answered) = (0, 0);
    for row in &view.known.data.surveys {
        let in_cell = cell.flow[row.customer] && cell.takes(&columns(row));
        if row.question == "nps" && kind_counts(view, row) && row.sent.is_some_and(|at| view.holds(at)) && in_cell {
            sent += 1;
            answered += usize::from(row.answered.is_some());
        }
    }
    let figure = Figure::share(answered, sent, view.known.z);
    view.until(figure, view.known.choices.answer_window, "provisional")
}
