//! Customers by health and revenue, in four quarters: whom to keep, whom to rescue.
//!
//! Customers' names stand only where they touch nothing, whole, in the order given; every other point has its hint.

use serde::{Deserialize, Serialize};

use super::axes::{value_axis, value_gutter, value_row};
use super::canvas::{Anchor, Canvas, Label};
use super::foot::{Sample, foot};
use super::scale::{Fit, Scale, finite};
use super::{Axis, Frame};

/// Where a customer's health moves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Way {
    /// Clearly up.
    Up,
    /// Clearly down.
    Down,
    /// Neither.
    Steady,
    /// Nobody knows where it was.
    #[default]
    Unknown,
}

/// One customer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Customer {
    /// On the horizontal axis: health.
    pub x: f64,
    /// On the vertical axis: MRR.
    pub y: f64,
    /// The area of the mark, relative to the others'; not negative.
    pub weight: f64,
    /// Shape and colour: where the trend points.
    pub way: Way,
    /// Renews soon: drawn with a ring.
    pub renews: bool,
    /// Written beside the mark where there is room; empty for those that are not to stand out.
    pub name: String,
    /// What a pointer shows.
    pub hint: String,
}

/// What either side has of the width at least.
const LEAST_SHARE: f64 = 0.35;

/// Customers in four quarters.
#[derive(Clone, Debug)]
pub struct Quadrant<'a> {
    /// The customers, most important first; the later ones lie below and are named last.
    pub customers: Vec<Customer>,
    /// Where the quarters part: horizontal, vertical.
    pub split: (f64, f64),
    /// Names of the quarters: top left, top right, bottom left, bottom right.
    pub quarters: [String; 4],
    /// The horizontal axis.
    pub x: Axis<'a>,
    /// What it counts.
    pub x_label: String,
    /// The vertical axis; logarithmic where that shows more.
    pub y: Axis<'a>,
    /// What it counts.
    pub y_label: String,
    /// What is said where it is logarithmic.
    pub logarithmic_note: String,
    /// Keys of the trends that occur: up, down, neither, not known.
    pub way_labels: [String; 4],
    /// Key of the ring ("renews within 90 days").
    pub renews_label: String,
}

/// A taken rectangle: left, top, right, bottom.
type Taken = (f64, f64, f64, f64);

/// Quiet, for the colours belong to the marks; the eye goes to the first.
const QUARTER_GROUNDS: [&str; 4] = ["c-tint-red", "c-surface", "c-track", "c-surface"];
/// How far a ring reaches beyond its mark.
const RING: f64 = 5.0;

/// Draws customers in four quarters.
pub fn quadrant(frame: &Frame, data: &Quadrant) -> String {
    let mut canvas = Canvas::new(frame, 280.0);
    let customers: Vec<&Customer> = data
        .customers
        .iter()
        .filter(|customer| finite(Some(customer.x)).and(finite(Some(customer.y))).is_some())
        .collect();
    let split = (finite(Some(data.split.0)), finite(Some(data.split.1)));
    let x_values = || customers.iter().map(|c| c.x).chain(split.0);
    let xs = Scale::of(
        x_values().chain(room(x_values(), split.0)),
        &data.x,
        Fit { intervals: 6.0, reach: 0.0, ..Fit::CALM },
    );
    let y_values = || customers.iter().map(|c| c.y).chain(split.1);
    let ys = Scale::logarithmic(y_values(), data.y.format)
        .unwrap_or_else(|| Scale::of(y_values(), &data.y, Fit { room: 0.1, ..Fit::CALM }));
    let heading = Label::new(&data.y_label, canvas.types.tick, "c-muted", canvas.right - canvas.left);
    canvas.label(&heading, canvas.left, canvas.top + heading.height / 2.0, Anchor::Start);
    let (left, right) = (canvas.left + value_gutter(&canvas, &ys), canvas.right);
    let top = canvas.top + heading.height + 8.0;
    let base = top + (canvas.width * 0.42).clamp(if canvas.compact { 380.0 } else { 345.0 }, 460.0);
    // The least and the greatest radius of a mark; a ring adds to either.
    let radii = if canvas.compact { (3.0, 8.0) } else { (4.0, 11.0) };
    let margin = radii.1 + RING;
    let xs = xs.between(left + margin, right - margin);
    let x = xs.at(split.0.unwrap_or(xs.lo));
    let names = [x - left, right - x, x - left, right - x]
        .into_iter()
        .zip(&data.quarters)
        .map(|(width, name)| Label::new(name, canvas.types.strong, "c-muted", width - 16.0))
        .collect::<Vec<_>>();
    // A strip at either end of the plot is the quarters' names' own.
    let strip = |names: &[Label]| names.iter().map(|name| name.height).fold(0.0, f64::max).min(44.0) + 8.0;
    let (above, below) = (names.get(..2).map_or(0.0, strip), names.get(2..).map_or(0.0, strip));
    let ys = ys.between(base - margin - below, top + margin + above);
    let y = ys.at(split.1.unwrap_or(ys.lo));
    let areas = [(left, top, x, y), (x, top, right, y), (left, y, x, base), (x, y, right, base)];
    for (area, ground) in areas.iter().zip(QUARTER_GROUNDS) {
        canvas.rect(ground, area.0, area.1, area.2 - area.0, area.3 - area.1).end();
    }
    value_axis(&mut canvas, &ys, left, right, base);
    for (from, to) in [((x, top), (x, base)), ((left, y), (right, y))] {
        canvas.line("c-axis", from, to).num("stroke-width", 1.0).text("stroke-dasharray", "4 4").end();
    }
    let mut taken: Vec<Taken> = Vec::new();
    let heaviest = customers.iter().filter_map(|c| finite(Some(c.weight))).fold(0.0, f64::max);
    let radius = |customer: &Customer| {
        let share = finite(Some(customer.weight)).map_or(0.0, |w| w.max(0.0)) / heaviest.max(f64::MIN_POSITIVE);
        radii.0 + (radii.1 - radii.0) * share.clamp(0.0, 1.0).sqrt()
    };
    // The most important last, so that it lies on top.
    for customer in customers.iter().rev() {
        let (x, y, r) = (xs.at(customer.x), ys.at(customer.y), radius(customer));
        canvas.way_mark(customer.way, (x, y), r, &customer.hint);
        if customer.renews {
            canvas.circle("c-whisker", x, y, r + RING - 1.0).num("stroke-width", 1.5).end();
        }
        let r = if customer.renews { r + RING } else { r };
        taken.push((x - r, y - r, x + r, y + r));
    }
    quarter_names(&mut canvas, &names, &areas, &mut taken);
    for customer in &customers {
        let place = (xs.at(customer.x), ys.at(customer.y), radius(customer) + if customer.renews { RING } else { 1.0 });
        // A name within another quarter would be read as one of its customers.
        let across = if place.0 < x { (left, x) } else { (x, right) };
        let down = if place.1 < y { (top, y) } else { (y, base) };
        write_name(&mut canvas, &customer.name, place, &mut taken, (across.0, down.0, across.1, down.1));
    }
    let mut bottom = value_row(&mut canvas, &xs, base);
    let unit = Label::new(&data.x_label, canvas.types.tick, "c-muted", right - left);
    canvas.label(&unit, f64::midpoint(left, right), bottom + unit.height / 2.0, Anchor::Middle);
    bottom += unit.height;
    let ways = [Way::Up, Way::Down, Way::Steady, Way::Unknown];
    let of_way = |way: Way| customers.iter().any(|customer| customer.way == way);
    let mut keys: Vec<(Sample, &str)> = ways
        .into_iter()
        .zip(&data.way_labels)
        .filter(|(way, _)| of_way(*way))
        .map(|(way, label)| (Sample::Way(way), label.as_str()))
        .collect();
    keys.extend(customers.iter().any(|c| c.renews).then_some((Sample::Ring, data.renews_label.as_str())));
    bottom = foot(&mut canvas, &keys, bottom);
    let note = if ys.logarithmic { data.logarithmic_note.as_str() } else { "" };
    let note = Label::new(note, canvas.types.tick, "c-muted", canvas.right - canvas.left);
    if !note.is_empty() {
        canvas.label(&note, canvas.left, bottom + 6.0 + note.height / 2.0, Anchor::Start);
        bottom += 6.0 + note.height;
    }
    canvas.finish(bottom)
}

/// The ends of an axis on which neither side of a split is too narrow for a quarter's name.
fn room(values: impl Iterator<Item = f64>, split: Option<f64>) -> Vec<f64> {
    let Some(split) = split else { return Vec::new() };
    let (below, above) = values
        .map(|value| value - split)
        .fold((0.0_f64, 0.0_f64), |(below, above), from| (below.max(-from), above.max(from)));
    let least = LEAST_SHARE / (1.0 - LEAST_SHARE);
    vec![split - below.max(least * above), split + above.max(least * below)]
}

fn free(taken: &[Taken], wanted: Taken) -> bool {
    taken.iter().all(|t| wanted.2 <= t.0 || t.2 <= wanted.0 || wanted.3 <= t.1 || t.3 <= wanted.1)
}

fn within(outer: Taken, inner: Taken) -> bool {
    inner.0 >= outer.0 && inner.1 >= outer.1 && inner.2 <= outer.2 && inner.3 <= outer.3
}

/// Each quarter's name in the first of its corners, outer ones first, that no mark covers; where marks cover all or
/// the quarter is too small, not at all.
fn quarter_names(canvas: &mut Canvas, names: &[Label], areas: &[Taken; 4], taken: &mut Vec<Taken>) {
    for (i, (label, area)) in names.iter().zip(areas).enumerate() {
        let (near, far) = (area.0 + 8.0, area.2 - 8.0 - label.width);
        let (upper, lower) = (area.1 + 6.0, area.3 - 6.0 - label.height);
        let (outer_x, inner_x) = if i % 2 == 1 { (far, near) } else { (near, far) };
        let (outer_y, inner_y) = if i >= 2 { (lower, upper) } else { (upper, lower) };
        let corners = [(outer_x, outer_y), (inner_x, outer_y), (outer_x, inner_y), (inner_x, inner_y)];
        let place = corners
            .into_iter()
            .map(|(left, top)| (left, top, left + label.width, top + label.height))
            .find(|wanted| within(*area, *wanted) && free(taken, *wanted));
        if let Some(place) = place.filter(|_| !label.is_empty()) {
            canvas.label(label, place.0, f64::midpoint(place.1, place.3), Anchor::Start);
            taken.push(place);
        }
    }
}

/// A name right of, left of, above or below its mark, whichever is free first within its quarter: on one line, else on
/// as many as it needs, else not at all. A part of a name may be somebody else's.
fn write_name(canvas: &mut Canvas, name: &str, (x, y, r): (f64, f64, f64), taken: &mut Vec<Taken>, quarter: Taken) {
    const MOST_LINES: f64 = 3.0;
    let type_ = canvas.types.tick;
    let narrow = canvas.width * 0.3;
    if type_.longest_word(name) > narrow {
        return;
    }
    let labels = [f64::INFINITY, narrow].map(|width| Label::new(name, type_, "c-ink", width));
    for label in labels.iter().filter(|label| !label.is_empty() && label.height <= type_.line() * MOST_LINES) {
        let (width, height) = (label.width, label.height);
        let corners = [
            (x + r + 4.0, y - height / 2.0),
            (x - r - 4.0 - width, y - height / 2.0),
            (x - width / 2.0, y - r - height),
            (x - width / 2.0, y + r),
        ];
        let free = corners
            .into_iter()
            .map(|(left, top)| (left, top, left + width, top + height))
            .find(|wanted| within(quarter, *wanted) && free(taken, *wanted));
        if let Some(place) = free {
            canvas.label(label, place.0, f64::midpoint(place.1, place.3), Anchor::Start);
            taken.push(place);
            return;
        }
    }
}
