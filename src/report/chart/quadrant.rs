//! Customers by health and revenue, in four quarters: whom to keep, whom to rescue.
//!
//! Customers' names stand only where they touch nothing, in the order given; every other point has its hint.

use super::axes::{value_axis, value_gutter, value_row};
use super::canvas::{Anchor, Canvas, Label};
use super::foot::{Sample, foot};
use super::scale::{Fit, Scale, finite};
use super::{Axis, Frame};
use crate::judgement::Status;

/// One customer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Customer {
    /// On the horizontal axis: health.
    pub x: f64,
    /// On the vertical axis: MRR.
    pub y: f64,
    /// The area of the mark, relative to the others'; not negative.
    pub weight: f64,
    /// Shape and colour: where the trend points.
    pub status: Option<Status>,
    /// Renews soon: drawn with a ring.
    pub renews: bool,
    /// Written beside the mark where there is room; empty for readers who may not see names.
    pub name: String,
    /// What a pointer shows.
    pub hint: String,
}

/// Customers in four quarters.
#[derive(Clone, Debug)]
pub struct Quadrant<'a> {
    /// The customers, most important first.
    pub customers: Vec<Customer>,
    /// Where the quarters part: horizontal, vertical.
    pub split: (f64, f64),
    /// Names of the quarters: top left, top right, bottom left, bottom right.
    pub quarters: [String; 4],
    /// The horizontal axis.
    pub x: Axis<'a>,
    /// What it counts.
    pub x_label: String,
    /// The vertical axis.
    pub y: Axis<'a>,
    /// Key of the ring ("renews within 90 days").
    pub renews_label: String,
}

/// A taken rectangle: left, top, right, bottom.
type Taken = (f64, f64, f64, f64);

/// Quiet, for the colours belong to the marks.
const QUARTER_GROUNDS: [&str; 4] = ["c-track", "c-surface", "c-surface", "c-track"];

/// Draws customers in four quarters.
pub fn quadrant(frame: &Frame, data: &Quadrant) -> String {
    let mut canvas = Canvas::new(frame, 280.0);
    let customers: Vec<&Customer> = data
        .customers
        .iter()
        .filter(|customer| finite(Some(customer.x)).and(finite(Some(customer.y))).is_some())
        .collect();
    let split = (finite(Some(data.split.0)), finite(Some(data.split.1)));
    let xs = Scale::of(customers.iter().map(|c| c.x).chain(split.0), &data.x, Fit::CALM);
    let ys = Scale::of(customers.iter().map(|c| c.y).chain(split.1), &data.y, Fit { room: 0.1, ..Fit::CALM });
    let (left, right) = (canvas.left + value_gutter(&canvas, &ys), canvas.right);
    let (top, base) = (canvas.top + 8.0, canvas.top + 8.0 + if canvas.compact { 300.0 } else { 320.0 });
    // The heaviest mark has a radius of 12.
    let (xs, ys) = (xs.between(left + 12.0, right - 12.0), ys.between(base, top + 12.0));

    let (x, y) = (xs.at(split.0.unwrap_or(xs.lo)), ys.at(split.1.unwrap_or(ys.lo)));
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
        4.0 + 8.0 * share.clamp(0.0, 1.0).sqrt()
    };
    // The most important last, so that it lies on top.
    for customer in customers.iter().rev() {
        let (x, y, r) = (xs.at(customer.x), ys.at(customer.y), radius(customer));
        canvas.status_mark(customer.status, x, y, r, &customer.hint);
        if customer.renews {
            canvas.circle("c-whisker", x, y, r + 4.0).num("stroke-width", 1.5).end();
        }
        let r = if customer.renews { r + 5.0 } else { r };
        taken.push((x - r, y - r, x + r, y + r));
    }
    quarter_names(&mut canvas, data, &areas, &mut taken);
    for customer in &customers {
        let place = (xs.at(customer.x), ys.at(customer.y), radius(customer) + if customer.renews { 5.0 } else { 1.0 });
        write_name(&mut canvas, &customer.name, place, &mut taken, (left, top, right, base));
    }
    let mut bottom = value_row(&mut canvas, &xs, base);
    let unit = Label::new(&data.x_label, canvas.types.tick, "c-muted", right - left);
    canvas.label(&unit, f64::midpoint(left, right), bottom + unit.height / 2.0, Anchor::Middle);
    bottom += unit.height;
    let keys = [(Sample::Ring, if customers.iter().any(|c| c.renews) { data.renews_label.as_str() } else { "" })];
    bottom = foot(&mut canvas, &keys, bottom);
    canvas.finish(bottom)
}

fn free(taken: &[Taken], wanted: Taken) -> bool {
    taken.iter().all(|t| wanted.2 <= t.0 || t.2 <= wanted.0 || wanted.3 <= t.1 || t.3 <= wanted.1)
}

fn within(outer: Taken, inner: Taken) -> bool {
    inner.0 >= outer.0 && inner.1 >= outer.1 && inner.2 <= outer.2 && inner.3 <= outer.3
}

/// Each quarter's name in the first of its corners, outer ones first, that no mark covers; where marks cover all or
/// the quarter is too small, not at all.
fn quarter_names(canvas: &mut Canvas, data: &Quadrant, areas: &[Taken; 4], taken: &mut Vec<Taken>) {
    for (i, (name, area)) in data.quarters.iter().zip(areas).enumerate() {
        let label = Label::new(name, canvas.types.strong, "c-muted", area.2 - area.0 - 16.0);
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
            canvas.label(&label, place.0, f64::midpoint(place.1, place.3), Anchor::Start);
            taken.push(place);
        }
    }
}

/// A name right of, left of, above or below its mark, whichever is free first.
fn write_name(canvas: &mut Canvas, name: &str, (x, y, r): (f64, f64, f64), taken: &mut Vec<Taken>, plot: Taken) {
    let label = Label::one_line(name, canvas.types.tick, "c-ink", canvas.width * 0.3);
    let (width, height) = (label.width, label.height);
    if width <= 0.0 {
        return;
    }
    let corners = [
        (x + r + 4.0, y - height / 2.0),
        (x - r - 4.0 - width, y - height / 2.0),
        (x - width / 2.0, y - r - height),
        (x - width / 2.0, y + r),
    ];
    let free = corners
        .into_iter()
        .map(|(left, top)| (left, top, left + width, top + height))
        .find(|wanted| within(plot, *wanted) && free(taken, *wanted));
    if let Some(place) = free {
        canvas.label(&label, place.0, f64::midpoint(place.1, place.3), Anchor::Start);
        taken.push(place);
    }
}
