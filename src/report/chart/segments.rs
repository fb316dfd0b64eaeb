//! One KPI across segments: a point with its error bar for each, against a reference.
//!
//! Positions, not bars from zero, so that an axis may start where the data do without misleading.

use serde::{Deserialize, Serialize};

use super::axes::value_row;
use super::canvas::{Anchor, Canvas, Label};
use super::foot::{Sample, break_horizontal, foot, whisker};
use super::palette;
use super::rows::{Notes, Row, lay};
use super::scale::{Fit, Scale, finite, finite_interval};
use super::{Axis, Frame, Mark};
use crate::judgement::Status;

/// One segment.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SegmentRow {
    /// The segment's name; wraps.
    pub name: String,
    /// The KPI's value there; none draws no point.
    pub value: Option<f64>,
    /// Its interval.
    pub interval: Option<(f64, f64)>,
    /// The value as shown, or why there is none ("withheld (for groups < 5)").
    pub value_label: String,
    /// What stands after it ("n = 412").
    pub note: String,
    /// Shape and colour.
    pub status: Option<Status>,
    /// What a pointer shows.
    pub hint: String,
}

/// One KPI across segments.
#[derive(Clone, Debug)]
pub struct Segments<'a> {
    /// The segments in the order to show.
    pub rows: Vec<SegmentRow>,
    /// The line to compare with: the total, or the target.
    pub reference: Option<Mark>,
    /// The value axis.
    pub axis: Axis<'a>,
    /// Key of the error bars ("95 % interval").
    pub interval_label: String,
}

/// Draws one KPI across segments.
pub fn segments(frame: &Frame, data: &Segments) -> String {
    let mut canvas = Canvas::new(frame, 260.0);
    let reference = data.reference.as_ref().filter(|mark| finite(Some(mark.value)).is_some());
    let words: Vec<Row> = data
        .rows
        .iter()
        .map(|row| Row {
            name: &row.name,
            value: &row.value_label,
            value_class: if finite(row.value).is_some() { palette::text_class(row.status) } else { "c-muted" },
            note: &row.note,
        })
        .collect();
    let label =
        reference.map(|mark| Label::new(&mark.label, canvas.types.strong, "c-ink", (canvas.right - canvas.left) * 0.6));
    let top = canvas.top + label.as_ref().filter(|l| !l.is_empty()).map_or(0.0, |label| label.height + 8.0);
    let lane = if canvas.compact { 22.0 } else { 20.0 };
    let lanes = lay(&mut canvas, &words, Notes::Beside, lane, top);
    let shown = data.rows.iter().flat_map(|row| {
        let (lo, hi) = finite_interval(row.interval).filter(|_| finite(row.value).is_some()).unzip();
        [finite(row.value), lo, hi].into_iter().flatten()
    });
    let scale = Scale::of(shown.chain(reference.map(|mark| mark.value)), &data.axis, Fit { reach: 0.6, ..Fit::CALM })
        .between(lanes.left, lanes.right);

    let bottom = lanes.bottom + 2.0;
    for (value, _) in &scale.ticks {
        let x = scale.at(*value);
        for (from, to) in lanes.clear(top, bottom) {
            canvas.line("c-grid", (x, from), (x, to)).num("stroke-width", 1.0).end();
        }
    }
    for middle in &lanes.middles {
        canvas.line("c-grid", (lanes.left, *middle), (lanes.right, *middle)).num("stroke-width", 1.0).end();
    }
    canvas.line("c-axis", (lanes.left, bottom), (lanes.right, bottom)).num("stroke-width", 1.0).end();
    if let (Some(mark), Some(label)) = (reference, &label) {
        let x = scale.at(mark.value);
        for (from, to) in lanes.clear(top - 5.0, bottom) {
            canvas.line("c-target", (x, from), (x, to)).num("stroke-width", 1.5).text("stroke-dasharray", "5 4").end();
        }
        let centre = canvas.inside(x, label.width);
        canvas.label(label, centre, canvas.top + label.height / 2.0, Anchor::Middle);
    }
    for (row, middle) in data.rows.iter().zip(&lanes.middles) {
        let Some(value) = finite(row.value) else { continue };
        if let Some((lo, hi)) = finite_interval(row.interval) {
            whisker(&mut canvas, scale.at(lo), scale.at(hi), *middle);
        }
        canvas.status_mark(row.status, scale.at(value), *middle, 6.0, &row.hint);
    }
    let mut end = value_row(&mut canvas, &scale, bottom);
    if scale.cut {
        canvas.rect("c-surface", lanes.left - 1.0, bottom - 1.0, 24.0, 2.0).end();
        break_horizontal(&mut canvas, lanes.left - 1.0, lanes.left + 23.0, bottom);
    }
    let barred = data.rows.iter().any(|row| row.value.is_some() && finite_interval(row.interval).is_some());
    let keys = [
        (Sample::Whisker, if barred { data.interval_label.as_str() } else { "" }),
        (Sample::Break, if scale.cut { data.axis.cut_note.as_str() } else { "" }),
    ];
    end = foot(&mut canvas, &keys, end);
    canvas.finish(end)
}
