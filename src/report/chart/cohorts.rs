//! Retention by cohort: who came together in a row, their age in columns, the share left as shade and figure.
//!
//! The figure stands in every cell that has room for it; shades have seven steps, from the least share to the greatest.

use serde::{Deserialize, Serialize};

use super::Frame;
use super::axes::spaced_row;
use super::canvas::{Anchor, Canvas, Label};
use super::font::Type;
use super::scale::finite;

/// One cohort at one age.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Cell {
    /// The share left, on any scale; none leaves the cell blank.
    pub value: Option<f64>,
    /// As shown, short.
    pub label: String,
    /// What a pointer shows.
    pub hint: String,
}

/// One cohort.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Cohort {
    /// Its name ("Mar 2026").
    pub name: String,
    /// Its cells from age 0 on.
    pub cells: Vec<Cell>,
}

/// Retention by cohort. Where there is little room, ages between the first and the last are left out, so that figures can be read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cohorts {
    /// The cohorts, oldest first.
    pub rows: Vec<Cohort>,
    /// The ages as shown ("M0", "M1").
    pub ages: Vec<String>,
}

/// Between the figures of neighbouring cells.
const GAP: f64 = 4.0;

const SHADES: [(&str, &str); 7] = [
    ("c-heat-1", "c-on-heat-1"),
    ("c-heat-2", "c-on-heat-2"),
    ("c-heat-3", "c-on-heat-3"),
    ("c-heat-4", "c-on-heat-4"),
    ("c-heat-5", "c-on-heat-5"),
    ("c-heat-6", "c-on-heat-6"),
    ("c-heat-7", "c-on-heat-7"),
];

/// Draws retention by cohort.
pub fn cohorts(frame: &Frame, data: &Cohorts) -> String {
    let mut canvas = Canvas::new(frame, 260.0);
    let names: Vec<Label> =
        data.rows.iter().map(|row| Label::new(&row.name, canvas.types.tick, "c-muted", canvas.width * 0.25)).collect();
    let name_width = names.iter().map(|name| name.width).fold(0.0, f64::max);
    let left = canvas.left + if name_width > 0.0 { name_width + 12.0 } else { 0.0 };
    let ages = ages(&canvas, data, canvas.right - left);
    let pitch = (canvas.right - left) / small(ages.len());
    let middle_of = |column: usize| left + (small(column) + 0.5) * pitch;
    let type_ = figure_type(&canvas, data, pitch - GAP);

    let head = canvas.types.tick;
    let mut y = canvas.top;
    if !data.ages.is_empty() {
        let heads = ages.iter().enumerate().filter_map(|(i, age)| Some((middle_of(i), data.ages.get(*age)?.as_str())));
        spaced_row(&mut canvas, &heads.collect::<Vec<_>>(), (head, "c-muted"), y + head.line() / 2.0);
        y += head.line() + 6.0;
    }
    let range = range(data);
    for (row, name) in data.rows.iter().zip(&names) {
        let height = name.height.max(if canvas.compact { 24.0 } else { 26.0 });
        canvas.label(name, left - 12.0, y + height / 2.0, Anchor::End);
        for (i, cell) in ages.iter().enumerate().filter_map(|(i, age)| Some((i, row.cells.get(*age)?))) {
            let Some(value) = finite(cell.value) else { continue };
            let (shade, ink) = shade(value, range);
            let gap = if pitch > 8.0 { 2.0 } else { 0.5 };
            canvas
                .rect(shade, middle_of(i) - pitch / 2.0 + gap / 2.0, y, pitch - gap, height)
                .num("rx", 3.0)
                .hint(&cell.hint);
            if let Some(type_) = type_ {
                let label = Label::one_line(&cell.label, type_, ink, f64::INFINITY);
                canvas.label(&label, middle_of(i), y + height / 2.0, Anchor::Middle);
            }
        }
        y += height + 2.0;
    }
    canvas.finish(y)
}

/// The ages that are drawn: all of them, or in a narrow picture as many as there is room for figures, evenly from the first to the
/// last.
fn ages(canvas: &Canvas, data: &Cohorts, room: f64) -> Vec<usize> {
    let count = data.rows.iter().map(|row| row.cells.len()).max().unwrap_or(0).max(data.ages.len()).max(1);
    let labels = data.rows.iter().flat_map(|row| &row.cells).map(|cell| super::font::clean(&cell.label));
    let widest = labels.map(|label| canvas.types.tick.width(&label)).fold(0.0, f64::max);
    let most = (2..count).rev().find(|most| (widest + GAP) * small(*most) <= room).unwrap_or(2);
    if !canvas.compact || (widest + GAP) * small(count) <= room || count <= most {
        return (0..count).collect();
    }
    (0..most).map(|at| (at * (count - 1) + (most - 1) / 2) / (most - 1)).collect()
}

#[expect(clippy::cast_precision_loss, reason = "far fewer than 2^52 columns")]
fn small(count: usize) -> f64 {
    count as f64
}

/// The largest type in which every figure fits its cell; none where even small type does not.
fn figure_type(canvas: &Canvas, data: &Cohorts, room: f64) -> Option<Type> {
    let normal = canvas.types.tick;
    let labels = || data.rows.iter().flat_map(|row| &row.cells).map(|cell| super::font::clean(&cell.label));
    [normal.size, normal.size - 1.0, normal.size - 2.0, 10.0]
        .into_iter()
        .map(|size| Type { size, ..normal })
        .find(|type_| labels().all(|label| type_.width(&label) <= room))
}

fn range(data: &Cohorts) -> (f64, f64) {
    data.rows
        .iter()
        .flat_map(|row| &row.cells)
        .filter_map(|cell| finite(cell.value))
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(lo, hi), v| (lo.min(v), hi.max(v)))
}

fn shade(value: f64, (lo, hi): (f64, f64)) -> (&'static str, &'static str) {
    let share = if hi > lo { (value - lo) / (hi - lo) } else { 1.0 };
    let mut step = 0.0;
    for shade in SHADES {
        step += 1.0;
        if share <= step / 7.0 {
            return shade;
        }
    }
    SHADES[6]
}
