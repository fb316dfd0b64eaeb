//! Several KPIs, each on the scale of its own bands, against its target.
//!
//! The value is a point on the bands, not a bar, for most KPIs' scales do not start at zero.

use super::canvas::{Anchor, Canvas, Label};
use super::foot::{Sample, foot, whisker};
use super::palette::{self, tone};
use super::rows::{Notes, Row, lay};
use super::scale::{Scale, finite, finite_interval};
use super::{Band, Frame, Mark};
use crate::judgement::Status;

/// One KPI.
#[derive(Clone)]
pub struct BulletRow<'a> {
    /// The KPI's name; wraps.
    pub name: String,
    /// Its value; none draws no point.
    pub value: Option<f64>,
    /// Its interval.
    pub interval: Option<(f64, f64)>,
    /// The value as shown, or why there is none.
    pub value_label: String,
    /// The band's word, as shown after the value.
    pub band_label: String,
    /// Shape and colour.
    pub status: Option<Status>,
    /// The target, where there is one; its label stands above the strip.
    pub target: Option<Mark>,
    /// The bands, lowest first.
    pub bands: Vec<Band>,
    /// Writes a band's edge.
    pub format: &'a dyn Fn(f64) -> String,
    /// The least value that the KPI can take.
    pub floor: Option<f64>,
    /// The greatest.
    pub ceiling: Option<f64>,
    /// What a pointer shows.
    pub hint: String,
}

impl std::fmt::Debug for BulletRow<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BulletRow").field("name", &self.name).field("value", &self.value).finish_non_exhaustive()
    }
}

/// Several KPIs.
#[derive(Clone, Debug, Default)]
pub struct Bullet<'a> {
    /// The KPIs in the order to show.
    pub rows: Vec<BulletRow<'a>>,
    /// Key of the error bar ("95 % interval").
    pub interval_label: String,
}

const STRIP: f64 = 12.0;

/// Draws KPIs on their bands.
pub fn bullet(frame: &Frame, data: &Bullet) -> String {
    let mut canvas = Canvas::new(frame, 260.0);
    let words: Vec<Row> = data
        .rows
        .iter()
        .map(|row| Row {
            name: &row.name,
            value: &row.value_label,
            value_class: if finite(row.value).is_some() { palette::text_class(row.status) } else { "c-muted" },
            note: &row.band_label,
        })
        .collect();
    let ticks_height = canvas.types.tick.line() + 4.0;
    // The target above the strip, the bands' edges below it.
    let lane = STRIP + 2.0 * ticks_height + 4.0;
    let top = canvas.top;
    let lanes = lay(&mut canvas, &words, Notes::Below, lane, top);
    for (row, middle) in data.rows.iter().zip(&lanes.middles) {
        let scale = domain(row).between(lanes.left, lanes.right);
        draw_row(&mut canvas, row, &scale, *middle);
    }
    let with_interval = data.rows.iter().any(|row| finite(row.value).and(finite_interval(row.interval)).is_some());
    let keys = [(Sample::Whisker, if with_interval { data.interval_label.as_str() } else { "" })];
    let bottom = foot(&mut canvas, &keys, lanes.bottom);
    canvas.finish(bottom)
}

/// From below the lowest to above the highest of edges, value, interval and target.
fn domain(row: &BulletRow) -> Scale {
    let (interval_lo, interval_hi) = finite_interval(row.interval).unzip();
    let marks = [finite(row.value), target(row).map(|mark| mark.value), interval_lo, interval_hi];
    let (lo, hi) = edges(row)
        .into_iter()
        .chain(marks.into_iter().flatten())
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(lo, hi), v| (lo.min(v), hi.max(v)));
    if lo > hi {
        return Scale::fixed(0.0, 1.0, row.format, 1.0);
    }
    let room = if hi > lo { (hi - lo) * 0.18 } else { hi.abs() * 0.2 + 1.0 };
    let floor = finite(row.floor).filter(|floor| *floor <= lo).unwrap_or(f64::NEG_INFINITY);
    let ceiling = finite(row.ceiling).filter(|ceiling| *ceiling >= hi).unwrap_or(f64::INFINITY);
    Scale::fixed((lo - room).max(floor), (hi + room).min(ceiling), row.format, 1.0)
}

fn target<'r>(row: &'r BulletRow) -> Option<&'r Mark> {
    row.target.as_ref().filter(|mark| finite(Some(mark.value)).is_some())
}

/// The finite edges of the bands, each once, ascending.
fn edges(row: &BulletRow) -> Vec<f64> {
    let mut edges: Vec<f64> =
        row.bands.iter().flat_map(|band| [finite(band.from), finite(band.to)]).flatten().collect();
    edges.sort_by(f64::total_cmp);
    edges.dedup();
    edges
}

fn draw_row(canvas: &mut Canvas, row: &BulletRow, scale: &Scale, middle: f64) {
    let (left, right, top) = (scale.at(scale.lo), scale.at(scale.hi), middle - STRIP / 2.0);
    canvas.rect("c-track", left, top, right - left, STRIP).num("rx", 2.0).end();
    for band in &row.bands {
        let from = scale.at(finite(band.from).unwrap_or(scale.lo));
        let to = scale.at(finite(band.to).unwrap_or(scale.hi));
        if to > from {
            let class = format!("c-band-{}", tone(Some(band.status)));
            let inset = if to < right { 1.0 } else { 0.0 };
            canvas.rect(&class, from, top, (to - from - inset).max(0.5), STRIP).hint(&band.name);
        }
    }
    edge_labels(canvas, row, scale, top + STRIP);
    if let Some(mark) = target(row) {
        let x = scale.at(mark.value);
        canvas.line("c-target", (x, top - 4.0), (x, top + STRIP + 4.0)).num("stroke-width", 2.5).end();
        let label = Label::one_line(&mark.label, canvas.types.tick, "c-ink", right - left);
        let half = label.width / 2.0;
        canvas.label(&label, x.min(right - half).max(left + half), top - 6.0 - label.height / 2.0, Anchor::Middle);
    }
    if let Some(value) = finite(row.value) {
        if let Some((lo, hi)) = finite_interval(row.interval) {
            whisker(canvas, scale.at(lo), scale.at(hi), middle);
        }
        canvas.status_mark_in("c-ink", row.status, (scale.at(value), middle), 7.0, &row.hint);
    }
}

/// The bands' edges below the strip; one that would touch its left neighbour is left to the axis of its own.
fn edge_labels(canvas: &mut Canvas, row: &BulletRow, scale: &Scale, strip_bottom: f64) {
    let type_ = canvas.types.tick;
    let mut taken = f64::NEG_INFINITY;
    for edge in edges(row) {
        let label = super::font::clean(&(row.format)(edge));
        let half = type_.width(&label) / 2.0;
        let x = scale.at(edge).min(scale.at(scale.hi) - half).max(scale.at(scale.lo) + half);
        if x - half >= taken + 6.0 || taken == f64::NEG_INFINITY {
            let middle = strip_bottom + 5.0 + type_.line() / 2.0;
            canvas.line_of_text(&label, type_, "c-muted", (x, middle), Anchor::Middle);
            taken = x + half;
        }
    }
}
