//! What stands below a plot: the keys that direct labels cannot give, and notes.
//!
//! Flows in rows and wraps; says nothing of its own.

use super::Way;
use super::canvas::{Anchor, Canvas, Label, Path};

/// The sample in front of a key's word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sample {
    /// A patch of the ribbon.
    Ribbon,
    /// A hollow point.
    Open,
    /// A point with its error bar.
    Whisker,
    /// A ring around a point.
    Ring,
    /// A point that moves.
    Way(Way),
    /// The two strokes of a cut axis.
    Break,
}

/// Draws the keys, empty words left out; gives the bottom.
pub(super) fn foot(canvas: &mut Canvas, keys: &[(Sample, &str)], top: f64) -> f64 {
    let type_ = canvas.types.tick;
    let sample_width = 26.0;
    let (mut x, mut y, mut row) = (canvas.left, top + 10.0, 0.0f64);
    let mut any = false;
    for (sample, words) in keys {
        let label = Label::new(words, type_, "c-muted", canvas.right - canvas.left - sample_width);
        if label.is_empty() {
            continue;
        }
        if any && x + sample_width + label.width > canvas.right {
            (x, y, row) = (canvas.left, y + row + 4.0, 0.0);
        }
        any = true;
        row = row.max(label.height);
        draw(canvas, *sample, x, y + type_.line() / 2.0);
        canvas.label(&label, x + sample_width, y + label.height / 2.0, Anchor::Start);
        x += sample_width + label.width + 22.0;
    }
    if any { y + row } else { top }
}

fn draw(canvas: &mut Canvas, sample: Sample, x: f64, y: f64) {
    match sample {
        Sample::Ribbon => {
            canvas.rect("c-ribbon", x, y - 6.0, 20.0, 12.0).num("rx", 2.0).end();
            canvas.line("c-line", (x, y), (x + 20.0, y)).num("stroke-width", 2.0).end();
        }
        Sample::Open => canvas.circle("c-line c-open", x + 10.0, y, 4.0).num("stroke-width", 2.0).end(),
        Sample::Whisker => {
            whisker(canvas, x, x + 20.0, y);
            canvas.status_mark(None, x + 10.0, y, 4.5, "");
        }
        Sample::Ring => {
            canvas.status_mark(None, x + 10.0, y, 3.5, "");
            canvas.circle("c-whisker", x + 10.0, y, 7.5).num("stroke-width", 1.5).end();
        }
        Sample::Way(way) => canvas.way_mark(way, (x + 10.0, y), 5.5, ""),
        Sample::Break => break_horizontal(canvas, x, x + 20.0, y),
    }
}

/// A horizontal error bar with its caps.
pub(super) fn whisker(canvas: &mut Canvas, x1: f64, x2: f64, y: f64) {
    let mut path = Path::default();
    path.start(x1, y);
    path.to(x2, y);
    for x in [x1, x2] {
        path.start(x, y - 4.0);
        path.to(x, y + 4.0);
    }
    canvas.path("c-whisker", &path).num("stroke-width", 1.5).end();
}

/// The mark of a cut axis on a horizontal line.
pub(super) fn break_horizontal(canvas: &mut Canvas, x1: f64, x2: f64, y: f64) {
    let middle = f64::midpoint(x1, x2);
    let mut path = Path::default();
    path.start(x1, y);
    path.to(middle - 3.0, y);
    path.start(middle + 3.0, y);
    path.to(x2, y);
    for x in [middle - 3.0, middle + 3.0] {
        path.start(x - 2.5, y + 5.0);
        path.to(x + 2.5, y - 5.0);
    }
    canvas.path("c-axis", &path).num("stroke-width", 1.5).end();
}

/// The mark of a cut axis on a vertical line that stands on `bottom`.
pub(super) fn break_vertical(canvas: &mut Canvas, x: f64, bottom: f64) {
    let middle = bottom - 11.0;
    let mut path = Path::default();
    path.start(x, bottom);
    path.to(x, middle + 3.0);
    path.start(x, middle - 3.0);
    path.to(x, middle - 11.0);
    for y in [middle - 3.0, middle + 3.0] {
        path.start(x - 5.0, y + 2.5);
        path.to(x + 5.0, y - 2.5);
    }
    canvas.path("c-axis", &path).num("stroke-width", 1.5).end();
}
