//! A KPI's recent course in the size of a word, for cards.
//!
//! Shape only: no axis, no figures; the card says those.

use serde::{Deserialize, Serialize};

use super::Frame;
use super::canvas::{Canvas, Path};
use super::scale::{Axis, Fit, Scale, finite};
use crate::judgement::Status;

/// A KPI's recent course.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Sparkline {
    /// The values in order; none is a gap.
    pub values: Vec<Option<f64>>,
    /// Drawn as a quiet dashed line.
    pub target: Option<f64>,
    /// Shape and colour of the last point.
    pub status: Option<Status>,
}

/// Draws a sparkline, about four times as wide as high.
pub fn sparkline(frame: &Frame, data: &Sparkline) -> String {
    let plain = Frame { titled: false, ..frame.clone() };
    let mut canvas = Canvas::new(&plain, 48.0);
    let values: Vec<Option<f64>> = data.values.iter().map(|value| finite(*value)).collect();
    let target = finite(data.target);
    let room = 7.0;
    let (left, right) = (canvas.left + room, canvas.right - room);
    let (top, bottom) = (canvas.top + room, canvas.top + (canvas.width * 0.27).max(26.0) - room);
    let axis = Axis { format: &|_| String::new(), floor: None, ceiling: None, cut_note: String::new() };
    let shown = values.iter().flatten().copied().chain(target);
    let (lo, hi) = shown.clone().fold((f64::INFINITY, f64::NEG_INFINITY), |(lo, hi), v| (lo.min(v), hi.max(v)));
    let scale = if hi - lo > (hi.abs().max(lo.abs())) * 1e-9 {
        Scale::fixed(lo, hi, axis.format, 1.0)
    } else {
        Scale::of(shown, &axis, Fit::CALM)
    }
    .between(bottom, top);
    if let Some(target) = target {
        let y = scale.at(target);
        canvas
            .line("c-axis", (left - 3.0, y), (right + 3.0, y))
            .num("stroke-width", 1.0)
            .text("stroke-dasharray", "3 3")
            .end();
    }
    #[expect(clippy::cast_precision_loss, reason = "a sparkline has far fewer than 2^52 points")]
    let x = |i: usize| {
        let last = values.len().saturating_sub(1);
        if last == 0 { right } else { left + (right - left) * i as f64 / last as f64 }
    };
    let mut path = Path::default();
    for (i, value) in values.iter().enumerate() {
        let Some(value) = *value else { continue };
        let (before, after) = (i.checked_sub(1).and_then(|i| values.get(i)), values.get(i + 1));
        let joined = |neighbour: Option<&Option<f64>>| neighbour.is_some_and(Option::is_some);
        if joined(before) {
            path.to(x(i), scale.at(value));
        } else {
            path.start(x(i), scale.at(value));
            if !joined(after) {
                canvas.circle("c-dot", x(i), scale.at(value), 1.5).end();
            }
        }
    }
    if values.iter().flatten().next().is_none() {
        let y = f64::midpoint(top, bottom);
        canvas.line("c-axis", (left, y), (right, y)).num("stroke-width", 1.5).text("stroke-dasharray", "1 5").end();
    }
    if !path.is_empty() {
        canvas
            .path("c-line", &path)
            .num("stroke-width", 2.0)
            .text("stroke-linejoin", "round")
            .text("stroke-linecap", "round")
            .end();
    }
    if let Some((i, Some(value))) = values.iter().enumerate().rfind(|(_, value)| value.is_some()) {
        canvas.status_mark(data.status, x(i), scale.at(*value), 4.5, "");
    }
    canvas.finish(bottom + room)
}
