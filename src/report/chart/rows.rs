//! Charts of rows: name at the left, a lane for the marks, figures at the right.
//!
//! On narrow canvases the name and figures stand above the lane; names always wrap and every row is shown.

use super::canvas::{Anchor, Canvas, Label};
use super::font::Type;

/// The words of a row.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row<'a> {
    pub(super) name: &'a str,
    pub(super) value: &'a str,
    pub(super) value_class: &'static str,
    pub(super) note: &'a str,
}

/// Where the lanes are.
#[derive(Clone, Debug)]
pub(super) struct Lanes {
    pub(super) left: f64,
    pub(super) right: f64,
    /// Middle of each row's lane.
    pub(super) middles: Vec<f64>,
    pub(super) bottom: f64,
    /// Half a lane's height where words stand between the lanes; none where lanes are free from top to bottom.
    between_words: Option<f64>,
}

impl Lanes {
    /// The stretches of a vertical line from `top` to `bottom` that cross no words.
    pub(super) fn clear(&self, top: f64, bottom: f64) -> Vec<(f64, f64)> {
        match self.between_words {
            None => vec![(top, bottom)],
            Some(half) => self.middles.iter().map(|middle| (middle - half, middle + half)).collect(),
        }
    }
}

/// Lays out the rows below `top`, writes their words and gives the lanes, each `lane` high.
pub(super) fn lay(canvas: &mut Canvas, rows: &[Row], notes: Notes, lane: f64, top: f64) -> Lanes {
    if canvas.compact { stacked(canvas, rows, lane, top) } else { side_by_side(canvas, rows, notes, lane, top) }
}

/// Where a wide canvas puts the notes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Notes {
    /// In a column of their own.
    Beside,
    /// Below the values.
    Below,
}

/// The letters in which the longest amount fits so much room, and the room that it takes of it: an amount is not broken as
/// long as the smallest letters can keep it whole.
fn amounts(canvas: &Canvas, rows: &[Row], usual: f64, most: f64) -> (Type, f64) {
    let longest = |type_: Type| rows.iter().map(|row| type_.longest_word(row.value)).fold(0.0, f64::max);
    let letters = [canvas.types.strong, canvas.types.tick];
    let fitting = letters.into_iter().find(|type_| longest(*type_) <= most).unwrap_or(canvas.types.tick);
    // What is measured letter by letter may be a hair wider as a whole.
    (fitting, (longest(fitting) + 0.5).clamp(usual, most.max(usual)))
}

fn columns(canvas: &Canvas, rows: &[Row], name: f64, (letters, value): (Type, f64), note: f64) -> Vec<[Label; 3]> {
    let types = canvas.types;
    rows.iter()
        .map(|row| {
            [
                Label::new(row.name, types.label, "c-ink", name),
                Label::new(row.value, letters, row.value_class, value),
                Label::new(row.note, types.tick, "c-muted", note),
            ]
        })
        .collect()
}

fn widest(labels: &[[Label; 3]], pick: fn(&[Label; 3]) -> &Label) -> f64 {
    labels.iter().map(|row| pick(row).width).fold(0.0, f64::max)
}

fn side_by_side(canvas: &mut Canvas, rows: &[Row], notes: Notes, lane: f64, top: f64) -> Lanes {
    let width = canvas.right - canvas.left;
    let value = amounts(canvas, rows, width * 0.2, width * 0.35);
    let labels = columns(canvas, rows, width * 0.27, value, width * 0.16);
    let (name, value, note) = (widest(&labels, |r| &r[0]), widest(&labels, |r| &r[1]), widest(&labels, |r| &r[2]));
    let padded = |column: f64, gap: f64| if column > 0.0 { column + gap } else { 0.0 };
    let left = canvas.left + padded(name, 18.0);
    let (value_right, right) = match notes {
        Notes::Beside => {
            let value_right = canvas.right - padded(note, 14.0);
            (value_right, value_right - padded(value, 20.0))
        }
        Notes::Below => (canvas.right, canvas.right - padded(value.max(note), 24.0)),
    };
    let mut y = top;
    let mut middles = Vec::with_capacity(rows.len());
    for [name, value, note] in &labels {
        let figures = match notes {
            Notes::Beside => value.height.max(note.height),
            Notes::Below => value.height + note.height,
        };
        let height = lane.max(name.height).max(figures) + 8.0;
        let middle = y + height / 2.0;
        canvas.label(name, canvas.left, middle, Anchor::Start);
        let (value_at, note_at) = match notes {
            Notes::Beside => (middle, middle),
            Notes::Below => (middle - note.height / 2.0, middle + value.height / 2.0),
        };
        canvas.label(value, value_right, value_at, Anchor::End);
        canvas.label(note, canvas.right, note_at, Anchor::End);
        middles.push(middle);
        y += height;
    }
    Lanes { left, right, middles, bottom: y, between_words: None }
}

fn stacked(canvas: &mut Canvas, rows: &[Row], lane: f64, top: f64) -> Lanes {
    let width = canvas.right - canvas.left;
    // A band's word is broken only where it would take the name's room.
    let words = rows.iter().map(|row| canvas.types.tick.longest_word(row.note)).fold(width * 0.18, f64::max);
    let note = words.min(width * 0.26);
    let (letters, value) = amounts(canvas, rows, width * 0.26, width * 0.48);
    let labels = columns(canvas, rows, width * 0.94 - note - value, (letters, value), note);
    let value_column = widest(&labels, |r| &r[1]);
    let mut y = top;
    let mut middles = Vec::with_capacity(rows.len());
    for [name, value, note] in &labels {
        let least = canvas.types.label.line();
        let head = name.height.max(value.height).max(note.height).max(least);
        canvas.label(name, canvas.left, y + name.height / 2.0, Anchor::Start);
        canvas.label(value, canvas.right, y + value.height / 2.0, Anchor::End);
        canvas.label(note, canvas.right - value_column - 10.0, y + note.height.max(least) / 2.0, Anchor::End);
        middles.push(y + head + 3.0 + lane / 2.0);
        y += head + lane + 15.0;
    }
    let (left, right) = (canvas.left + 8.0, canvas.right - 8.0);
    Lanes { left, right, middles, bottom: y - 8.0, between_words: Some(lane / 2.0) }
}
