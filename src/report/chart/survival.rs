//! Survival curves: the share still there after so long, with intervals and the numbers at risk below.
//!
//! Steps as estimated, never smoothed; told apart by name at their ends and by dash, not by colour alone.

use serde::{Deserialize, Serialize};

use super::axes::{value_axis, value_gutter};
use super::canvas::{Anchor, Canvas, Label, Path};
use super::foot::{Sample, foot};
use super::placement::{Slot, every_kth, room, spread};
use super::scale::{Scale, finite, finite_interval};
use super::{Frame, Mark};

/// A step of a survival curve.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CurveStep {
    /// When, in the time axis' unit, counted from the start.
    pub time: f64,
    /// Share from 0 to 1 that survives from then on.
    pub share: f64,
    /// Its interval.
    pub interval: Option<(f64, f64)>,
}

/// One group's curve.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Curve {
    /// The group's name, its last share included if wished.
    pub name: String,
    /// Steps in order of time; before the first, everyone survives.
    pub steps: Vec<CurveStep>,
    /// How many were still watched at each of the chart's times, as shown.
    pub at_risk: Vec<String>,
}

/// Survival of one or more groups.
#[derive(Clone)]
pub struct Survival<'a> {
    /// The groups; the first four have colours of their own.
    pub curves: Vec<Curve>,
    /// Ascending times at which the axis is labelled and the numbers at risk stand; the last ends the axis.
    pub times: Vec<f64>,
    /// Writes a time.
    pub time_format: &'a dyn Fn(f64) -> String,
    /// Writes a share.
    pub share_format: &'a dyn Fn(f64) -> String,
    /// What the time axis counts ("months since the start").
    pub time_label: String,
    /// A time to look at: how far lifetimes are counted.
    pub horizon: Option<Mark>,
    /// Heads the numbers at risk.
    pub at_risk_label: String,
    /// Key of the ribbons.
    pub interval_label: String,
}

impl std::fmt::Debug for Survival<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Survival").field("curves", &self.curves).field("times", &self.times).finish_non_exhaustive()
    }
}

/// Stroke, ribbon, text and dash of each curve; later curves start over.
const STYLES: [(&str, &str, &str, &str); 4] = [
    ("c-series-1", "c-veil-1", "c-name-1", ""),
    ("c-series-2", "c-veil-2", "c-name-2", "7 3"),
    ("c-series-3", "c-veil-3", "c-name-3", "2 3"),
    ("c-series-4", "c-veil-4", "c-name-4", "9 3 2 3"),
];

/// Draws survival curves.
pub fn survival(frame: &Frame, data: &Survival) -> String {
    let mut canvas = Canvas::new(frame, 240.0);
    let styles = || STYLES.iter().cycle();
    let names: Vec<Label> = data
        .curves
        .iter()
        .zip(styles())
        .map(|(curve, style)| Label::new(&curve.name, canvas.types.strong, style.2, (canvas.width * 0.26).max(60.0)))
        .collect();
    let shares = Scale::fixed(0.0, 1.0, data.share_format, if canvas.compact { 2.0 } else { 5.0 });
    let times: Vec<f64> = data.times.iter().copied().filter(|time| finite(Some(*time)).is_some()).collect();
    let end = times.iter().copied().fold(0.0, f64::max);
    let gutter = names.iter().map(|name| name.width).fold(0.0, f64::max);
    let left = canvas.left + value_gutter(&canvas, &shares).max(18.0);
    // The last column of numbers is centred at the plot's end, and the names stand beside it.
    let count = |curve: &Curve| curve.at_risk.last().map_or(0.0, |count| number(&canvas, count, "c-muted").width);
    let apart = 8.0 + data.curves.iter().map(count).fold(8.0, f64::max) / 2.0;
    let right = canvas.right - if gutter > 0.0 { gutter + apart } else { 12.0 };
    let horizon = data.horizon.as_ref().filter(|mark| finite(Some(mark.value)).is_some_and(|at| at > 0.0 && at <= end));
    let horizon = horizon
        .map(|mark| (mark.value, Label::new(&mark.label, canvas.types.tick, "c-ink", right - left)))
        .filter(|(_, label)| !label.is_empty());
    let top = canvas.top + 8.0 + horizon.as_ref().map_or(0.0, |(_, label)| label.height + 4.0);
    let ends: Vec<f64> = data.curves.iter().map(last_share).collect();
    let slots: Vec<Slot> =
        names.iter().zip(&ends).map(|(name, end)| Slot { wish: *end, size: name.height, weight: 1.0 }).collect();
    let base = top + room(&slots, 2.0).max(210.0);
    let shares = shares.between(base, top);
    let time = Scale::fixed(0.0, end, &|_| String::new(), 1.0).between(left, right);

    value_axis(&mut canvas, &shares, left, right, base);
    if let Some((at, label)) = &horizon {
        let x = time.at(*at);
        canvas
            .line("c-target", (x, top - 4.0), (x, base))
            .num("stroke-width", 1.25)
            .text("stroke-dasharray", "5 4")
            .end();
        let centre = x.min(right - label.width / 2.0).max(left + label.width / 2.0);
        canvas.label(label, centre, top - 6.0 - label.height / 2.0, Anchor::Middle);
    }
    for (curve, style) in data.curves.iter().zip(styles()) {
        draw_curve(&mut canvas, curve, style, &time, &shares);
    }
    let wishes: Vec<Slot> = slots.iter().map(|slot| Slot { wish: shares.at(slot.wish), ..*slot }).collect();
    for (name, centre) in names.iter().zip(spread(&wishes, 2.0, top - 4.0, base + 4.0)) {
        canvas.label(name, right + apart, centre, Anchor::Start);
    }
    let mut bottom = time_rows(&mut canvas, data, &times, (&time, &names, right + apart), base);
    let ribbon = data.curves.iter().flat_map(|curve| &curve.steps).any(|step| finite_interval(step.interval).is_some());
    bottom = foot(&mut canvas, &[(Sample::Ribbon, if ribbon { data.interval_label.as_str() } else { "" })], bottom);
    canvas.finish(bottom)
}

/// The steps that can be drawn: finite, inside 0 to 1.
fn drawable(curve: &Curve) -> impl Iterator<Item = CurveStep> + '_ {
    curve
        .steps
        .iter()
        .copied()
        .filter(|step| finite(Some(step.time)).is_some_and(|time| time >= 0.0) && (0.0..=1.0).contains(&step.share))
}

fn last_share(curve: &Curve) -> f64 {
    drawable(curve).last().map_or(1.0, |step| step.share)
}

fn draw_curve(
    canvas: &mut Canvas,
    curve: &Curve,
    (stroke, veil, _, dash): &(&'static str, &'static str, &'static str, &'static str),
    time: &Scale,
    shares: &Scale,
) {
    let (mut line, mut upper, mut lower) = (Path::default(), Path::default(), Vec::new());
    let mut at = (1.0, (1.0, 1.0));
    line.to(time.at(0.0), shares.at(1.0));
    upper.to(time.at(0.0), shares.at(1.0));
    lower.push((time.at(0.0), shares.at(1.0)));
    let mut ribbon = false;
    for step in drawable(curve).filter(|step| step.time <= time.hi) {
        let x = time.at(step.time);
        line.to(x, shares.at(at.0));
        line.to(x, shares.at(step.share));
        let interval = finite_interval(step.interval);
        ribbon |= interval.is_some();
        let (lo, hi) = interval.unwrap_or((step.share, step.share));
        upper.to(x, shares.at(at.1.1));
        upper.to(x, shares.at(hi));
        lower.push((x, shares.at(at.1.0)));
        lower.push((x, shares.at(lo)));
        at = (step.share, (lo, hi));
    }
    if ribbon {
        lower.iter().rev().for_each(|(x, y)| upper.to(*x, *y));
        upper.close();
        canvas.path(veil, &upper).end();
    }
    let mut element = canvas.path(stroke, &line).num("stroke-width", 2.25).text("stroke-linejoin", "round");
    if !dash.is_empty() {
        element = element.text("stroke-dasharray", dash);
    }
    element.end();
}

/// The times, what they count, and below each the numbers at risk; columns thinned out together.
fn time_rows(
    canvas: &mut Canvas,
    data: &Survival,
    times: &[f64],
    (scale, names, names_at): (&Scale, &[Label], f64),
    base: f64,
) -> f64 {
    let type_ = canvas.types.tick;
    let columns: Vec<Vec<Label>> = times
        .iter()
        .enumerate()
        .map(|(i, time)| {
            let count = |curve: &Curve| number(canvas, curve.at_risk.get(i).map_or("", String::as_str), "c-ink");
            let time = number(canvas, &(data.time_format)(*time), "c-muted");
            std::iter::once(time).chain(data.curves.iter().map(count)).collect()
        })
        .collect();
    let slots: Vec<Slot> = columns
        .iter()
        .zip(times)
        .map(|(column, time)| {
            let size = column.iter().map(|label| label.width).fold(0.0, f64::max);
            Slot { wish: canvas.inside(scale.at(*time), size), size, weight: 1.0 }
        })
        .collect();
    let kept = every_kth(&slots, 8.0);
    let mut y = base + 8.0;
    let write = |canvas: &mut Canvas, row: usize, middle: f64| {
        for i in &kept {
            if let (Some(slot), Some(label)) = (slots.get(*i), columns.get(*i).and_then(|column| column.get(row))) {
                canvas.label(label, slot.wish, middle, Anchor::Middle);
            }
        }
    };
    write(canvas, 0, y + type_.line() / 2.0);
    y += type_.line() + 1.0;
    let unit = Label::new(&data.time_label, type_, "c-muted", canvas.right - canvas.left);
    canvas.label(
        &unit,
        canvas.inside(f64::midpoint(scale.at(scale.lo), scale.at(scale.hi)), unit.width),
        y + unit.height / 2.0,
        Anchor::Middle,
    );
    y += unit.height;
    if data.curves.iter().all(|curve| curve.at_risk.is_empty()) {
        return y;
    }
    y += 10.0;
    let head = Label::new(&data.at_risk_label, canvas.types.strong, "c-ink", canvas.right - canvas.left);
    canvas.label(&head, canvas.left, y + head.height / 2.0, Anchor::Start);
    y += head.height + 3.0;
    for (row, name) in names.iter().enumerate() {
        let height = name.height.max(type_.line());
        write(canvas, row + 1, y + height / 2.0);
        canvas.label(name, names_at, y + height / 2.0, Anchor::Start);
        y += height + 4.0;
    }
    y
}

/// A number below the plot.
fn number(canvas: &Canvas, text: &str, class: &'static str) -> Label {
    Label::one_line(text, canvas.types.tick, class, canvas.width * 0.2)
}
