//! Shares that make up a whole, period by period: promoters, passives and detractors.
//!
//! Parts are told apart by order and by their names at the right edge. Where columns are too narrow for their numbers, the
//! last one's stand with the names.

use serde::{Deserialize, Serialize};

use super::Frame;
use super::axes::{Tick, period_axis, spaced_row, value_axis, value_gutter};
use super::canvas::{Anchor, Canvas, Label};
use super::palette::{text_class, tone};
use super::placement::{Slot, room, spread};
use super::scale::{Scale, finite};
use crate::judgement::Status;

/// A part of the whole.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Part {
    /// Its name.
    pub name: String,
    /// Its colour; none is neutral.
    pub status: Option<Status>,
}

/// One period.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Column {
    /// The period as the axis shows it.
    pub label: String,
    /// Its year, or empty.
    pub group: String,
    /// One share from 0 to 1 for each part, in the parts' order; empty where the period has none. Shares are drawn
    /// relative to their sum.
    pub shares: Vec<f64>,
    /// The shares as shown inside the bars, short ("57").
    pub share_labels: Vec<String>,
    /// What stands above the column (the NPS); may be empty.
    pub head: String,
    /// What a pointer shows.
    pub hint: String,
}

/// Shares over time.
#[derive(Clone)]
pub struct Composition<'a> {
    /// The parts, from the bottom up.
    pub parts: Vec<Part>,
    /// The periods in order.
    pub columns: Vec<Column>,
    /// Writes a share (0 to 1) on the axis.
    pub format: &'a dyn Fn(f64) -> String,
    /// What the figures above the columns are ("NPS"); may be empty.
    pub head_label: String,
    /// What to say where no period has shares.
    pub empty_label: String,
}

impl std::fmt::Debug for Composition<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Composition")
            .field("parts", &self.parts)
            .field("columns", &self.columns)
            .finish_non_exhaustive()
    }
}

/// How much of its place a column fills, and how wide it gets.
const BAR: f64 = 0.78;
const WIDEST_BAR: f64 = 52.0;
/// What a number leaves of its column's width.
const INSET: f64 = 5.0;

/// Draws shares over time.
pub fn composition(frame: &Frame, data: &Composition) -> String {
    let mut canvas = Canvas::new(frame, 240.0);
    let shares: Vec<Vec<f64>> = data.columns.iter().map(|column| normalised(column, data.parts.len())).collect();
    let scale = Scale::fixed(0.0, 1.0, data.format, if canvas.compact { 2.0 } else { 4.0 });
    let left = canvas.left + value_gutter(&canvas, &scale);
    #[expect(clippy::cast_precision_loss, reason = "far fewer than 2^52 periods")]
    let count = data.columns.len().max(1) as f64;
    let right_of = |names: &[Label]| {
        let gutter = names.iter().map(|name| name.width).fold(0.0, f64::max);
        canvas.right - if gutter > 0.0 { gutter + 12.0 } else { 0.0 }
    };
    let bar_of = |right: f64| ((right - left) / count * BAR).clamp(1.0, WIDEST_BAR);
    let mut names = names(&canvas, data, &[]);
    let numbers = data.columns.iter().flat_map(|column| &column.share_labels);
    let widest = numbers.map(|words| canvas.types.tick.width(words)).fold(0.0, f64::max);
    if widest > bar_of(right_of(&names)) - INSET {
        let last = data.columns.iter().zip(&shares).rfind(|(_, shares)| !shares.is_empty());
        names = self::names(&canvas, data, last.map_or(&[], |(column, _)| column.share_labels.as_slice()));
    }
    let right = right_of(&names);
    let heads = data.columns.iter().any(|column| !column.head.is_empty());
    let top = canvas.top + if heads { canvas.types.strong.line() + 11.0 } else { 4.0 };
    let last = shares.iter().rev().find(|shares| !shares.is_empty());
    let slots: Vec<Slot> = names
        .iter()
        .zip(levels(last.map_or(&[][..], Vec::as_slice), data.parts.len()))
        .map(|(name, (from, to))| Slot { wish: f64::midpoint(from, to), size: name.height, weight: 1.0 })
        .collect();
    let base = top + room(&slots, 2.0).max(if canvas.compact { 210.0 } else { 200.0 });
    let scale = scale.between(base, top);

    value_axis(&mut canvas, &scale, left, right, base);
    let (pitch, bar) = ((right - left) / count, bar_of(right));
    let mut x = left + pitch / 2.0;
    let mut ticks = Vec::with_capacity(data.columns.len());
    for (column, shares) in data.columns.iter().zip(&shares) {
        draw_column(&mut canvas, data, column, shares, &scale, (x - bar / 2.0, bar));
        ticks.push(Tick { x, label: &column.label, group: &column.group });
        x += pitch;
    }
    draw_heads(&mut canvas, data, &ticks, top);
    let wishes: Vec<Slot> = slots.iter().map(|slot| Slot { wish: scale.at(slot.wish), ..*slot }).collect();
    for (name, centre) in names.iter().zip(spread(&wishes, 2.0, top, base)) {
        canvas.label(name, right + 12.0, centre, Anchor::Start);
    }
    if last.is_none() {
        let words = Label::new(&data.empty_label, canvas.types.strong, "c-muted", right - left);
        canvas.label(&words, f64::midpoint(left, right), f64::midpoint(top, base), Anchor::Middle);
    }
    let bottom = period_axis(&mut canvas, &ticks, base);
    canvas.finish(bottom)
}

/// The parts' names, with their shares where these are given.
fn names(canvas: &Canvas, data: &Composition, shares: &[String]) -> Vec<Label> {
    let name = |(index, part): (usize, &Part)| {
        let class = if part.status.is_some() { text_class(part.status) } else { "c-text-none" };
        let words = [part.name.as_str(), shares.get(index).map_or("", String::as_str)].join(" ");
        Label::new(words.trim_end(), canvas.types.strong, class, (canvas.width * 0.26).max(60.0))
    };
    data.parts.iter().enumerate().map(name).collect()
}

/// Shares relative to their sum, one for each part; empty where the column has none that can be drawn.
fn normalised(column: &Column, parts: usize) -> Vec<f64> {
    let shares: Option<Vec<f64>> =
        column.shares.iter().map(|share| finite(Some(*share)).filter(|share| *share >= 0.0)).collect();
    let shares = shares.unwrap_or_default();
    let sum: f64 = shares.iter().sum();
    if shares.len() == parts && sum > 0.0 { shares.iter().map(|share| share / sum).collect() } else { Vec::new() }
}

/// Lower and upper level of each part; evenly spaced where there are no shares.
fn levels(shares: &[f64], parts: usize) -> Vec<(f64, f64)> {
    #[expect(clippy::cast_precision_loss, reason = "a handful of parts")]
    let even = 1.0 / parts.max(1) as f64;
    let mut level = 0.0;
    (0..parts)
        .map(|part| {
            let from = level;
            level += shares.get(part).copied().unwrap_or(even);
            (from, level)
        })
        .collect()
}

fn draw_column(
    canvas: &mut Canvas,
    data: &Composition,
    column: &Column,
    shares: &[f64],
    scale: &Scale,
    (x, width): (f64, f64),
) {
    if shares.is_empty() {
        let (top, base) = (scale.at(1.0), scale.at(0.0));
        canvas
            .rect("c-axis", x + 0.5, top, width - 1.0, base - top)
            .num("stroke-width", 1.0)
            .text("stroke-dasharray", "2 4")
            .num("rx", 2.0)
            .hint(&column.hint);
        return;
    }
    let type_ = canvas.types.tick;
    for (i, (part, (from, to))) in data.parts.iter().zip(levels(shares, data.parts.len())).enumerate() {
        let (y, height) = (scale.at(to), scale.at(from) - scale.at(to));
        let seam = if i > 0 { 1.5 } else { 0.0 };
        canvas
            .rect(&format!("c-mark-{}", tone(part.status)), x, y, width, height - seam)
            .num("rx", 1.5)
            .hint(&column.hint);
        let Some(words) = column.share_labels.get(i) else { continue };
        let class = match part.status {
            Some(Status::Green) => "c-on-green",
            Some(Status::Yellow) => "c-on-yellow",
            Some(Status::Red) => "c-on-red",
            None => "c-on-none",
        };
        let label = Label::new(words, type_, class, f64::INFINITY);
        if !label.is_empty() && label.width <= width - INSET && label.height <= height - seam - 1.0 {
            canvas.label(&label, x + width / 2.0, y + (height - seam) / 2.0, Anchor::Middle);
        }
    }
}

/// The figures above the columns, thinned out evenly where they would touch; what they are stands at the right.
fn draw_heads(canvas: &mut Canvas, data: &Composition, ticks: &[Tick], top: f64) {
    let type_ = canvas.types.strong;
    let middle = top - 9.0 - type_.line() / 2.0;
    let heads: Vec<(f64, &str)> =
        ticks.iter().zip(&data.columns).map(|(tick, column)| (tick.x, column.head.as_str())).collect();
    let Some(end) = spaced_row(canvas, &heads, (type_, "c-ink"), middle) else { return };
    let words = Label::new(&data.head_label, type_, "c-muted", f64::INFINITY);
    if end + 12.0 + words.width <= canvas.right {
        canvas.label(&words, end + 12.0, middle, Anchor::Start);
    }
}
