//! From one total to the next by its changes: the MRR bridge.
//!
//! Totals are bars where the axis starts at zero. Where it does not, a bar would be as long as the axis happens to be cut,
//! so that they are marks at their level.
//!
//! Columns where their names fit beneath them, rows otherwise, so that no name is ever cut or dropped.

use serde::{Deserialize, Serialize};

use super::axes::{value_axis, value_gutter, value_row};
use super::canvas::{Anchor, Canvas, Label};
use super::foot::{Sample, break_horizontal, break_vertical, foot};
use super::rows::{Notes, Row, lay};
use super::scale::{Fit, Scale, finite};
use super::{Axis, Frame};

/// Whether a step states a level or changes it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum StepKind {
    /// A level: the opening or the closing figure.
    Total,
    /// A change of the level before it; its sign says which way.
    #[default]
    Change,
}

/// One step of a bridge.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// Its name; wraps.
    pub name: String,
    /// Level or change, signed; none draws nothing.
    pub value: Option<f64>,
    /// As shown, with its sign where it is a change.
    pub label: String,
    /// Level or change.
    pub kind: StepKind,
    /// What a pointer shows.
    pub hint: String,
}

/// From one total to the next.
#[derive(Clone, Debug)]
pub struct Bridge<'a> {
    /// The steps in order.
    pub steps: Vec<Step>,
    /// The value axis; its floor is taken as zero where none is given.
    pub axis: Axis<'a>,
}

/// A step as it is drawn.
#[derive(Clone, Copy, Debug)]
struct Bar {
    /// Level before and after; for a total, the base of the axis and the total.
    from: Option<f64>,
    to: f64,
    class: &'static str,
    ink: &'static str,
}

/// How thick the mark of a total is, where it is no bar.
const LEVEL: f64 = 4.0;

impl Bar {
    /// Where it begins on the canvas and how far it goes, given where its two levels lie; a change is never so small that
    /// it is not seen. None where nothing changed.
    fn extent(&self, is_cut: bool, from: f64, to: f64) -> Option<(f64, f64)> {
        match self.from {
            None if is_cut => Some((to - LEVEL / 2.0, LEVEL)),
            Some(level) if (level - self.to).abs() <= 0.0 => None,
            _ => Some((from.min(to), (from - to).abs().max(2.0))),
        }
    }
}

/// Draws a bridge.
pub fn bridge(frame: &Frame, data: &Bridge) -> String {
    let mut canvas = Canvas::new(frame, 260.0);
    let bars = bars(&data.steps);
    let scale = scale(&bars, &data.axis);
    let bottom = match columns(&canvas, data, &scale) {
        Some(columns) => draw_columns(&mut canvas, data, &bars, &scale, &columns),
        None => draw_rows(&mut canvas, data, &bars, &scale),
    };
    let note = if scale.cut { data.axis.cut_note.as_str() } else { "" };
    let bottom = foot(&mut canvas, &[(Sample::Break, note)], bottom);
    canvas.finish(bottom)
}

fn bars(steps: &[Step]) -> Vec<Option<Bar>> {
    let mut level = 0.0;
    steps
        .iter()
        .map(|step| {
            let value = finite(step.value)?;
            let bar = match step.kind {
                StepKind::Total => Bar { from: None, to: value, class: "c-mark-total", ink: "c-ink" },
                StepKind::Change => {
                    let to = finite(Some(level + value))?;
                    let (class, ink) = if value < 0.0 {
                        ("c-mark-red", "c-text-red")
                    } else if value > 0.0 {
                        ("c-mark-green", "c-text-green")
                    } else {
                        // Nothing came and nothing left: neither good nor bad.
                        ("c-mark-none", "c-muted")
                    };
                    Bar { from: Some(level), to, class, ink }
                }
            };
            level = bar.to;
            Some(bar)
        })
        .collect()
}

/// From zero, unless the changes would vanish beside the totals.
fn scale(bars: &[Option<Bar>], axis: &Axis) -> Scale {
    let levels = || bars.iter().flatten().flat_map(|bar| bar.from.into_iter().chain([bar.to]));
    let least = levels().fold(f64::INFINITY, f64::min);
    let greatest = levels().fold(f64::NEG_INFINITY, f64::max);
    let floor = Some(axis.floor.unwrap_or(0.0));
    let axis = Axis { format: axis.format, floor, ceiling: axis.ceiling, cut_note: String::new() };
    if least > 0.0 && least.is_finite() && least > greatest * 0.5 {
        // Room below the lowest level, so that it does not lie on the axis.
        let room = (greatest - least).max(greatest * 0.02) * 0.2;
        Scale::of([least - room, greatest].into_iter(), &axis, Fit { room: 0.0, ..Fit::CALM })
    } else {
        Scale::of(levels().chain([0.0]), &axis, Fit { room: 0.0, ..Fit::CALM })
    }
}

struct Columns {
    left: f64,
    pitch: f64,
    names: Vec<Label>,
    values: Vec<Label>,
}

/// The columns' labels where every name fits beneath its column in whole words and every value above it.
fn columns(canvas: &Canvas, data: &Bridge, scale: &Scale) -> Option<Columns> {
    let left = canvas.left + value_gutter(canvas, scale);
    #[expect(clippy::cast_precision_loss, reason = "a bridge has a handful of steps")]
    let pitch = (canvas.right - left) / data.steps.len().max(1) as f64;
    let fits = data.steps.iter().all(|step| canvas.types.tick.longest_word(&step.name) <= pitch - 6.0);
    let names: Vec<Label> =
        data.steps.iter().map(|step| Label::new(&step.name, canvas.types.tick, "c-muted", pitch - 6.0)).collect();
    let values: Vec<Label> =
        data.steps.iter().map(|step| Label::new(&step.label, canvas.types.strong, "c-ink", f64::INFINITY)).collect();
    let short = names.iter().all(|name| name.height <= canvas.types.tick.line() * 3.5)
        && values.iter().all(|value| value.width <= pitch - 6.0);
    (fits && short).then_some(Columns { left, pitch, names, values })
}

fn draw_columns(canvas: &mut Canvas, data: &Bridge, bars: &[Option<Bar>], scale: &Scale, columns: &Columns) -> f64 {
    let top = canvas.top + canvas.types.strong.line() + 4.0;
    let base = top + 210.0;
    let scale = scale.clone().between(base, top);
    let width = (columns.pitch * 0.68).min(64.0);
    let right = canvas.right;
    value_axis(canvas, &scale, columns.left, right, base);
    let zero = scale.at(0.0);
    let mut x = columns.left + columns.pitch / 2.0;
    let mut below = 0.0f64;
    let mut previous: Option<(f64, f64)> = None;
    for (((step, bar), name), value) in data.steps.iter().zip(bars).zip(&columns.names).zip(&columns.values) {
        canvas.label(name, x, base + 8.0 + name.height / 2.0, Anchor::Middle);
        below = below.max(name.height);
        if let Some(bar) = bar {
            let (from, to) = (bar.from.map_or(zero, |level| scale.at(level)), scale.at(bar.to));
            let extent = bar.extent(scale.cut, from, to);
            let label = value.in_class(bar.ink);
            let y = extent.map_or(to, |(y, _)| y);
            canvas.label(&label, x, y - 4.0 - label.height / 2.0, Anchor::Middle);
            // Past a change of nothing the level goes straight on.
            if let Some((y, height)) = extent {
                if let Some((end, level)) = previous {
                    connector(canvas, (end, level), (x - width / 2.0, level));
                }
                canvas.rect(bar.class, x - width / 2.0, y, width, height).num("rx", 2.0).hint(&step.hint);
                previous = Some((x + width / 2.0, to));
            }
        } else {
            let label = value.in_class("c-muted");
            let y = previous.map_or(base, |(_, level)| level);
            canvas.label(&label, x, y - 4.0 - label.height / 2.0, Anchor::Middle);
        }
        x += columns.pitch;
    }
    if scale.cut {
        break_vertical(canvas, columns.left, base);
    }
    base + 8.0 + below
}

fn draw_rows(canvas: &mut Canvas, data: &Bridge, bars: &[Option<Bar>], scale: &Scale) -> f64 {
    let words: Vec<Row> = data
        .steps
        .iter()
        .zip(bars)
        .map(|(step, bar)| Row {
            name: &step.name,
            value: &step.label,
            value_class: bar.map_or("c-muted", |bar| bar.ink),
            note: "",
        })
        .collect();
    let (top, lane) = (canvas.top, 18.0);
    let lanes = lay(canvas, &words, Notes::Beside, lane, top);
    let scale = scale.clone().between(lanes.left, lanes.right);
    let zero = scale.at(0.0);
    for (value, _) in &scale.ticks {
        let x = scale.at(*value);
        for (from, to) in lanes.clear(top, lanes.bottom) {
            canvas.line("c-grid", (x, from), (x, to)).num("stroke-width", 1.0).end();
        }
    }
    let mut previous: Option<(f64, f64)> = None;
    for ((step, bar), middle) in data.steps.iter().zip(bars).zip(&lanes.middles) {
        let Some(bar) = bar else { continue };
        let (from, to) = (bar.from.map_or(zero, |level| scale.at(level)), scale.at(bar.to));
        let Some((left, width)) = bar.extent(scale.cut, from, to) else { continue };
        if let Some((x, y)) = previous.filter(|_| !canvas.compact) {
            connector(canvas, (x, y), (x, middle - lane / 2.0));
        }
        canvas.rect(bar.class, left, middle - lane / 2.0, width, lane).num("rx", 2.0).hint(&step.hint);
        previous = Some((to, middle + lane / 2.0));
    }
    let base = lanes.bottom + 2.0;
    if scale.cut {
        canvas.line("c-axis", (lanes.left + 24.0, base), (lanes.right, base)).num("stroke-width", 1.0).end();
        break_horizontal(canvas, lanes.left, lanes.left + 24.0, base);
    } else {
        canvas.line("c-axis", (lanes.left, base), (lanes.right, base)).num("stroke-width", 1.0).end();
    }
    value_row(canvas, &scale, base)
}

fn connector(canvas: &mut Canvas, from: (f64, f64), to: (f64, f64)) {
    canvas.line("c-axis", from, to).num("stroke-width", 1.0).text("stroke-dasharray", "2 3").end();
}
