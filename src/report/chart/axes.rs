//! Axes: values up the left side or along the bottom, periods below with their years in a second row.
//!
//! Thins out the periods evenly, counted back from the last, never the other way round.

use super::canvas::{Anchor, Canvas, Label};
use super::font::Type;
use super::placement::{Slot, every_kth};
use super::scale::Scale;

/// Room that the value labels need at the left.
pub(super) fn value_gutter(canvas: &Canvas, scale: &Scale) -> f64 {
    let widest = scale.ticks.iter().map(|(_, label)| canvas.types.tick.width(label)).fold(0.0, f64::max);
    if widest > 0.0 { widest + 10.0 } else { 0.0 }
}

/// Gridlines between `left` and `right` with their values at the left; the base line where `base` lies.
pub(super) fn value_axis(canvas: &mut Canvas, scale: &Scale, left: f64, right: f64, base: f64) {
    let type_ = canvas.types.tick;
    let mut taken = f64::INFINITY;
    for (value, label) in &scale.ticks {
        let y = scale.at(*value);
        if (y - base).abs() > 0.5 {
            let class = if *value == 0.0 { "c-axis" } else { "c-grid" };
            canvas.line(class, (left, y), (right, y)).num("stroke-width", 1.0).end();
        }
        if taken - y >= type_.line() {
            canvas.line_of_text(label, type_, "c-muted", (left - 10.0, y), Anchor::End);
            taken = y;
        }
    }
    canvas.line("c-axis", (left, base), (right, base)).num("stroke-width", 1.0).end();
}

/// A period's label and the year it belongs to (empty where the label says it all), at its x.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tick<'a> {
    pub(super) x: f64,
    pub(super) label: &'a str,
    pub(super) group: &'a str,
}

/// Period labels below `top`, years below them; gives the bottom.
pub(super) fn period_axis(canvas: &mut Canvas, ticks: &[Tick], top: f64) -> f64 {
    let type_ = canvas.types.tick;
    let mut bottom = row(canvas, &labels(ticks), top + 8.0);
    let groups = groups(ticks);
    if !groups.is_empty() {
        for pair in groups.windows(2) {
            let [before, after] = pair else { continue };
            let x = f64::midpoint(before.last_x, after.first_x);
            canvas.line("c-axis", (x, top), (x, top + 5.0)).num("stroke-width", 1.0).end();
        }
        let spans: Vec<(f64, &str)> =
            groups.iter().map(|group| (f64::midpoint(group.first_x, group.last_x), group.name)).collect();
        bottom = row(canvas, &spans, bottom + 1.0);
    }
    bottom.max(top + 8.0 + type_.line())
}

fn labels<'a>(ticks: &[Tick<'a>]) -> Vec<(f64, &'a str)> {
    ticks.iter().map(|tick| (tick.x, tick.label)).collect()
}

struct Group<'a> {
    name: &'a str,
    first_x: f64,
    last_x: f64,
}

fn groups<'a>(ticks: &[Tick<'a>]) -> Vec<Group<'a>> {
    let mut groups: Vec<Group> = Vec::new();
    for tick in ticks.iter().filter(|tick| !tick.group.is_empty()) {
        match groups.last_mut() {
            Some(last) if last.name == tick.group => last.last_x = tick.x,
            _ => groups.push(Group { name: tick.group, first_x: tick.x, last_x: tick.x }),
        }
    }
    groups
}

/// The ticks' values below a horizontal axis; gives the bottom.
pub(super) fn value_row(canvas: &mut Canvas, scale: &Scale, axis: f64) -> f64 {
    let labels: Vec<(f64, &str)> =
        scale.ticks.iter().map(|(value, label)| (scale.at(*value), label.as_str())).collect();
    row(canvas, &labels, axis + 8.0)
}

fn row(canvas: &mut Canvas, labels: &[(f64, &str)], top: f64) -> f64 {
    let type_ = canvas.types.tick;
    spaced_row(canvas, labels, (type_, "c-muted"), top + type_.line() / 2.0);
    top + type_.line()
}

/// One row of labels centred at their x, kept inside the view box, thinned out evenly from the last where they would
/// touch; gives the right end of the last.
pub(super) fn spaced_row(
    canvas: &mut Canvas,
    labels: &[(f64, &str)],
    (type_, class): (Type, &'static str),
    middle: f64,
) -> Option<f64> {
    let labels: Vec<(f64, Label)> = labels
        .iter()
        .filter(|(_, text)| !text.is_empty())
        .map(|(x, text)| (*x, Label::one_line(text, type_, class, canvas.width * 0.4)))
        .collect();
    let slots: Vec<Slot> = labels
        .iter()
        .map(|(x, label)| Slot { wish: canvas.inside(*x, label.width), size: label.width, weight: 1.0 })
        .collect();
    let kept = every_kth(&slots, 8.0);
    for i in &kept {
        if let (Some(slot), Some((_, label))) = (slots.get(*i), labels.get(*i)) {
            canvas.label(label, slot.wish, middle, Anchor::Middle);
        }
    }
    let last = slots.get(*kept.last()?)?;
    Some(last.wish + last.size / 2.0)
}
