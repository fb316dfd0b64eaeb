//! Drawings of the view model as SVG: gives each chart the axis that its reader's language writes.
//!
//! Knows no figure's meaning; what a chart shows was decided when the view was built.

use super::chart::{self, Axis, BulletRow, Frame};
use super::view::{BulletLine, CustomerMap, Drawing, ValueAxis};
use crate::kpi::Unit;
use crate::locale::Locale;

/// Draws one chart; the same drawing gives the same bytes.
pub(super) fn svg(drawing: &Drawing, frame: &Frame<'_>, locale: &Locale) -> String {
    match drawing {
        Drawing::Trend { axis, .. } => trend(drawing, frame, &|value| tick(locale, axis, value)),
        Drawing::Composition { parts, columns, head_label, empty_label } => {
            let data = chart::Composition {
                parts: parts.clone(),
                columns: columns.clone(),
                format: &|share| locale.percent(100.0 * share, 0),
                head_label: head_label.clone(),
                empty_label: empty_label.clone(),
            };
            chart::composition(frame, &data)
        }
        Drawing::Cohorts { rows, ages } => {
            chart::cohorts(frame, &chart::Cohorts { rows: rows.clone(), ages: ages.clone() })
        }
        Drawing::Bridge { steps, axis } => {
            let format = |value| tick(locale, axis, value);
            chart::bridge(frame, &chart::Bridge { steps: steps.clone(), axis: value_axis(axis, &format) })
        }
        Drawing::Segments { rows, reference, axis, interval_label } => {
            let format = |value| tick(locale, axis, value);
            let data = chart::Segments {
                rows: rows.clone(),
                reference: reference.clone(),
                axis: value_axis(axis, &format),
                interval_label: interval_label.clone(),
            };
            chart::segments(frame, &data)
        }
        Drawing::Survival { curves, times, time_label, horizon, at_risk_label, interval_label } => {
            let data = chart::Survival {
                curves: curves.clone(),
                times: times.clone(),
                time_format: &|months| locale.number(months, 0),
                share_format: &|share| locale.percent(100.0 * share, 0),
                time_label: time_label.clone(),
                horizon: horizon.clone(),
                at_risk_label: at_risk_label.clone(),
                interval_label: interval_label.clone(),
            };
            chart::survival(frame, &data)
        }
        Drawing::Quadrant(map) => quadrant(map, frame, locale),
        Drawing::Bullet { rows, interval_label } => {
            let formats: Vec<_> = rows.iter().map(|row| move |value| tick(locale, &row.axis, value)).collect();
            let data = chart::Bullet {
                rows: rows.iter().zip(&formats).map(|(row, format)| bullet_row(row, format)).collect(),
                interval_label: interval_label.clone(),
            };
            chart::bullet(frame, &data)
        }
        Drawing::Spark(sparkline) => chart::sparkline(frame, sparkline),
    }
}

fn quadrant(map: &CustomerMap, frame: &Frame<'_>, locale: &Locale) -> String {
    let (health, money) = (|value| tick(locale, &map.x, value), |value| tick(locale, &map.y, value));
    let data = chart::Quadrant {
        customers: map.customers.clone(),
        split: map.split,
        quarters: map.quarters.clone(),
        x: value_axis(&map.x, &health),
        x_label: map.x_label.clone(),
        y: value_axis(&map.y, &money),
        y_label: map.y_label.clone(),
        logarithmic_note: map.logarithmic_note.clone(),
        way_labels: map.way_labels.clone(),
        renews_label: map.renews_label.clone(),
    };
    chart::quadrant(frame, &data)
}

fn trend(drawing: &Drawing, frame: &Frame<'_>, format: &dyn Fn(f64) -> String) -> String {
    let Drawing::Trend { points, bands, target, value_label, axis, interval_label, provisional_label, empty_label } =
        drawing
    else {
        return String::new();
    };
    let data = chart::Trend {
        points: points.clone(),
        bands: bands.clone(),
        target: target.clone(),
        value_label: value_label.clone(),
        axis: value_axis(axis, format),
        interval_label: interval_label.clone(),
        provisional_label: provisional_label.clone(),
        empty_label: empty_label.clone(),
    };
    chart::trend(frame, &data)
}

fn bullet_row<'a>(line: &BulletLine, format: &'a dyn Fn(f64) -> String) -> BulletRow<'a> {
    BulletRow {
        name: line.name.clone(),
        value: line.value,
        interval: line.interval,
        value_label: line.value_label.clone(),
        band_label: line.band_label.clone(),
        status: line.status,
        target: line.target.clone(),
        bands: line.bands.clone(),
        format,
        floor: line.axis.floor,
        ceiling: line.axis.ceiling,
        hint: line.hint.clone(),
    }
}

fn value_axis<'a>(axis: &ValueAxis, format: &'a dyn Fn(f64) -> String) -> Axis<'a> {
    Axis { format, floor: axis.floor, ceiling: axis.ceiling, cut_note: axis.cut_note.clone() }
}

/// A tick in the unit of its axis, with no more decimals than it needs.
fn tick(locale: &Locale, axis: &ValueAxis, value: f64) -> String {
    let decimals = (0..2_u8).find(|decimals| is_whole(value * 10_f64.powi(i32::from(*decimals)))).unwrap_or(2);
    match axis.unit.as_str() {
        "money" => locale.value_compact(value, Unit::Money, &axis.currency),
        "percent" => locale.percent(value, decimals),
        "hours" => format!("{}\u{a0}h", locale.number(value, decimals)),
        _ => locale.number(value, decimals),
    }
}

fn is_whole(value: f64) -> bool {
    (value - value.round()).abs() < 1e-6
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_have_no_more_decimals_than_they_need() {
        let locale = Locale::load("pt-BR", None).unwrap();
        let tick = |unit: &str, value| {
            let axis = ValueAxis {
                unit: unit.to_owned(),
                currency: "BRL".to_owned(),
                floor: None,
                ceiling: None,
                cut_note: String::new(),
            };
            super::tick(&locale, &axis, value).replace('\u{a0}', " ")
        };
        assert_eq!(tick("percent", 5.0), "5%");
        assert_eq!(tick("percent", 98.5), "98,5%");
        assert_eq!(tick("score", 0.25), "0,25");
        assert_eq!(tick("points", -50.0), "−50");
        assert_eq!(tick("hours", 24.0), "24 h");
        assert_eq!(tick("money", 2_000_000.0), "R$ 2,00 mi");
    }
}
