//! A KPI over time: its line with interval, on the bands that judge it, against its target.
//!
//! Connects nothing across a gap; everything is labelled where it is, at the right edge.

use serde::{Deserialize, Serialize};

use super::axes::{Tick, period_axis, value_axis, value_gutter};
use super::canvas::{Anchor, Canvas, Label, Path};
use super::foot::{Sample, break_vertical, foot};
use super::palette::{self, tone};
use super::placement::{Slot, room, spread};
use super::scale::{Fit, Scale, finite, finite_interval};
use super::{Axis, Band, Frame, Mark};
use crate::judgement::Status;

/// One period of a trend.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TrendPoint {
    /// The period as the axis shows it ("Oct").
    pub label: String,
    /// The year, shown once below its periods; empty where the label says it.
    pub group: String,
    /// The KPI's value; none is a gap.
    pub value: Option<f64>,
    /// Its interval, where the KPI has one.
    pub interval: Option<(f64, f64)>,
    /// The figure may still change: drawn hollow.
    pub provisional: bool,
    /// What a pointer shows ("Oct 2026: 52 (46 to 58), n = 412"); empty shows nothing.
    pub hint: String,
}

/// A KPI over time.
#[derive(Clone, Debug)]
pub struct Trend<'a> {
    /// The periods in order, all of one grain.
    pub points: Vec<TrendPoint>,
    /// The bands in force at the last period; those outside the data's range are left out.
    pub bands: Vec<Band>,
    /// The target in force at the last period.
    pub target: Option<Mark>,
    /// The last defined value, as shown.
    pub value_label: String,
    /// The value axis.
    pub axis: Axis<'a>,
    /// Key of the ribbon ("95 % interval").
    pub interval_label: String,
    /// Key of the hollow points ("provisional").
    pub provisional_label: String,
    /// What to say where no period has a value.
    pub empty_label: String,
}

/// A point with what is not finite taken out.
struct Placed<'t> {
    x: f64,
    value: Option<f64>,
    interval: Option<(f64, f64)>,
    point: &'t TrendPoint,
}

/// Draws a KPI over time.
pub fn trend(frame: &Frame, data: &Trend) -> String {
    let mut canvas = Canvas::new(frame, 240.0);
    let mut points: Vec<Placed> = data.points.iter().map(Placed::of).collect();
    let target = data.target.as_ref().filter(|target| finite(Some(target.value)).is_some());
    let shown = points.iter().flat_map(|point| {
        let (lo, hi) = point.interval.unzip();
        [point.value, lo, hi].into_iter().flatten()
    });
    let scale = Scale::of(shown.chain(target.map(|target| target.value)), &data.axis, Fit::CALM);

    let gutter = Gutter::of(&canvas, data, target, &scale);
    let left = canvas.left + value_gutter(&canvas, &scale);
    let right = canvas.right - gutter.width();
    let top = canvas.top + 8.0;
    let base = top + gutter.height().max(if canvas.compact { 184.0 } else { 208.0 });
    let scale = scale.between(base, top);
    place(&mut points, left, right);

    for band in &data.bands {
        if let Some((from, to)) = extent(band, &scale) {
            let class = format!("c-tint-{}", tone(Some(band.status)));
            // A seam, for neighbours may share a colour.
            let seam = if from > scale.lo { 1.5 } else { 0.0 };
            canvas.rect(&class, left, scale.at(to), right - left, scale.at(from) - scale.at(to) - seam).end();
        }
    }
    value_axis(&mut canvas, &scale, left, right, base);
    if let Some(target) = target {
        let y = scale.at(target.value);
        canvas.line("c-target", (left, y), (right, y)).num("stroke-width", 1.5).text("stroke-dasharray", "5 4").end();
    }
    draw_data(&mut canvas, &points, &scale);
    gutter.draw(&mut canvas, &points, &scale, (right, top, base));
    if points.iter().all(|point| point.value.is_none()) {
        let words = Label::new(&data.empty_label, canvas.types.strong, "c-muted", right - left - 16.0);
        let middle = f64::midpoint(top, base);
        if !words.is_empty() {
            let (w, h) = (words.width + 16.0, words.height + 8.0);
            let x = f64::midpoint(left, right);
            canvas.rect("c-surface", x - w / 2.0, middle - h / 2.0, w, h).num("rx", 4.0).end();
            canvas.label(&words, x, middle, Anchor::Middle);
        }
    }
    let ticks: Vec<Tick> =
        points.iter().map(|p| Tick { x: p.x, label: &p.point.label, group: &p.point.group }).collect();
    let mut bottom = period_axis(&mut canvas, &ticks, base);
    if scale.cut {
        break_vertical(&mut canvas, left, base);
    }
    let ribbon = points.iter().any(|point| point.value.is_some() && point.interval.is_some());
    let open = points.iter().any(|point| point.value.is_some() && point.point.provisional);
    let keys = [
        (Sample::Ribbon, if ribbon { data.interval_label.as_str() } else { "" }),
        (Sample::Open, if open { data.provisional_label.as_str() } else { "" }),
        (Sample::Break, if scale.cut { data.axis.cut_note.as_str() } else { "" }),
    ];
    bottom = foot(&mut canvas, &keys, bottom);
    canvas.finish(bottom)
}

impl<'t> Placed<'t> {
    fn of(point: &'t TrendPoint) -> Self {
        Self { x: 0.0, value: finite(point.value), interval: finite_interval(point.interval), point }
    }
}

fn place(points: &mut [Placed], left: f64, right: f64) {
    #[expect(clippy::cast_precision_loss, reason = "a trend has far fewer than 2^52 periods")]
    let (count, inset) = (points.len() as f64, 12.0);
    let room = right - left - 2.0 * inset;
    let mut at = 0.0;
    for point in points {
        point.x = if count > 1.0 { left + inset + room * at / (count - 1.0) } else { left + inset + room / 2.0 };
        at += 1.0;
    }
}

/// The part of a band that the axis shows; none where it shows nothing of it.
fn extent(band: &Band, scale: &Scale) -> Option<(f64, f64)> {
    let from = finite(band.from).unwrap_or(scale.lo).max(scale.lo);
    let to = finite(band.to).unwrap_or(scale.hi).min(scale.hi);
    (to > from).then_some((from, to))
}

/// Stretches of neighbouring points that all have what `has` asks for.
fn runs<'p, 't>(points: &'p [Placed<'t>], has: fn(&Placed) -> bool) -> impl Iterator<Item = &'p [Placed<'t>]> {
    points.split(move |point| !has(point)).filter(|run| !run.is_empty())
}

fn draw_data(canvas: &mut Canvas, points: &[Placed], scale: &Scale) {
    for run in runs(points, |point| point.value.is_some() && point.interval.is_some()) {
        let ends = || run.iter().filter_map(|point| Some((point.x, point.interval?)));
        if let [only] = run {
            if let Some((lo, hi)) = only.interval {
                let (y1, y2) = (scale.at(lo), scale.at(hi));
                canvas.rect("c-ribbon", only.x - 5.0, y2, 10.0, y1 - y2).num("rx", 3.0).end();
            }
            continue;
        }
        let mut path = Path::default();
        ends().for_each(|(x, (_, hi))| path.to(x, scale.at(hi)));
        ends().rev().for_each(|(x, (lo, _))| path.to(x, scale.at(lo)));
        path.close();
        canvas.path("c-ribbon", &path).end();
    }
    let mut path = Path::default();
    for run in runs(points, |point| point.value.is_some()) {
        for (i, (x, value)) in run.iter().filter_map(|point| Some((point.x, point.value?))).enumerate() {
            if i == 0 {
                path.start(x, scale.at(value));
            } else {
                path.to(x, scale.at(value));
            }
        }
        if let [Placed { x, value: Some(value), .. }] = run {
            canvas.circle("c-dot", *x, scale.at(*value), 3.0).end();
        }
    }
    if !path.is_empty() {
        canvas
            .path("c-line", &path)
            .num("stroke-width", 2.5)
            .text("stroke-linejoin", "round")
            .text("stroke-linecap", "round")
            .end();
    }
    for point in points {
        let Some(value) = point.value else { continue };
        let y = scale.at(value);
        if point.point.provisional {
            canvas.circle("c-line c-open", point.x, y, 4.0).num("stroke-width", 2.0).end();
        }
        if !point.point.hint.is_empty() {
            canvas.circle("c-dot", point.x, y, 9.0).num("opacity", 0.0).hint(&point.point.hint);
        }
    }
}

/// The labels at the right edge: last value, target, names of bands.
struct Gutter {
    value: Label,
    target: Option<(f64, Label)>,
    bands: Vec<(f64, Status, Label)>,
}

const MARK_ROOM: f64 = 16.0;
const GAP: f64 = 2.0;

impl Gutter {
    fn of(canvas: &Canvas, data: &Trend, target: Option<&Mark>, scale: &Scale) -> Self {
        let widest = (canvas.width * 0.3).max(60.0);
        let label = |text: &str, type_, class| Label::new(text, type_, class, widest - MARK_ROOM);
        let bands = data.bands.iter().filter_map(|band| {
            let (from, to) = extent(band, scale)?;
            let name = label(&band.name, canvas.types.tick, palette::text_class(Some(band.status)));
            (!name.is_empty()).then_some((f64::midpoint(from, to), band.status, name))
        });
        Self {
            value: if canvas.types.value.width(&data.value_label) <= widest {
                Label::new(&data.value_label, canvas.types.value, "c-accent", f64::INFINITY)
            } else {
                label(&data.value_label, canvas.types.strong, "c-accent")
            },
            target: target
                .map(|target| (target.value, label(&target.label, canvas.types.strong, "c-ink")))
                .filter(|(_, label)| !label.is_empty()),
            bands: bands.collect(),
        }
    }

    fn width(&self) -> f64 {
        let plain = self.value.width.max(self.target.as_ref().map_or(0.0, |(_, label)| label.width));
        let named = self.bands.iter().map(|(.., label)| label.width + MARK_ROOM).fold(0.0, f64::max);
        let widest = plain.max(named);
        if widest > 0.0 { widest + 12.0 } else { 0.0 }
    }

    fn height(&self) -> f64 {
        room(&self.slots(&|_| 0.0, None), GAP)
    }

    /// One slot for the value, one for the target, one for each band, in that order.
    fn slots(&self, at: &dyn Fn(f64) -> f64, value: Option<f64>) -> Vec<Slot> {
        let mut slots = vec![Slot { wish: at(value.unwrap_or(0.0)), size: self.value.height, weight: 8.0 }];
        slots.extend(self.target.iter().map(|(value, label)| Slot {
            wish: at(*value),
            size: label.height,
            weight: 3.0,
        }));
        slots.extend(self.bands.iter().map(|(middle, _, label)| Slot {
            wish: at(*middle),
            size: label.height,
            weight: 1.0,
        }));
        slots
    }

    fn draw(&self, canvas: &mut Canvas, points: &[Placed], scale: &Scale, (right, top, base): (f64, f64, f64)) {
        let last = points.iter().rev().find_map(|point| Some((point, point.value?)));
        let x = right + 12.0;
        let slots = self.slots(&|value| scale.at(value), last.map(|(_, value)| value));
        let mut centres = spread(&slots, GAP, top - 4.0, base + 4.0).into_iter();
        let value_centre = centres.next();
        if let (Some((point, value)), Some(centre)) = (last, value_centre) {
            let y = scale.at(value);
            if point.x < right - 13.0 {
                canvas
                    .line("c-line", (point.x, y), (right, y))
                    .num("stroke-width", 1.0)
                    .text("stroke-dasharray", "1 3")
                    .end();
            }
            if !point.point.provisional {
                canvas.circle("c-dot c-edge", point.x, y, 5.0).num("stroke-width", 2.0).hint(&point.point.hint);
            }
            canvas.label(&self.value, x, centre, Anchor::Start);
        }
        if let Some((_, label)) = &self.target {
            let centre = centres.next().unwrap_or(base);
            canvas.label(label, x, centre, Anchor::Start);
        }
        for ((_, status, label), centre) in self.bands.iter().zip(centres) {
            canvas.status_mark(Some(*status), x + 5.0, centre, 4.0, "");
            canvas.label(label, x + MARK_ROOM, centre, Anchor::Start);
        }
    }
}
