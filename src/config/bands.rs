//! Bands: which values are good, middling and bad.
//!
//! Holds that they cover a range without gap or overlap; judges nothing.

use std::collections::BTreeMap;

use super::codes;
use super::company::translated;
use super::page::{Fields, Spot};

/// The colour of a band.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Bad.
    Red,
    /// Middling.
    Yellow,
    /// Good.
    Green,
}

impl Status {
    /// As YAML and `figures.csv` write it.
    pub fn id(self) -> &'static str {
        match self {
            Self::Red => "red",
            Self::Yellow => "yellow",
            Self::Green => "green",
        }
    }
}

/// A half-open band `[from, to)`.
#[derive(Clone, Debug)]
pub struct Band {
    /// Lower limit, −∞ if open.
    pub from: f64,
    /// Upper limit, +∞ if open.
    pub to: f64,
    /// Its id; defaults to its status.
    pub id: String,
    /// Its colour.
    pub status: Status,
    /// Its name by language tag.
    pub label: BTreeMap<String, String>,
}

/// What the bands are for: the name in messages, and the values that it can take.
#[derive(Clone, Copy)]
pub(super) struct Scope<'n> {
    pub(super) name: &'n str,
    pub(super) low: f64,
    pub(super) high: f64,
}

/// A band with its spot, and whether its limits could be read.
struct Written<'a> {
    spot: Spot<'a>,
    fields: Fields<'a>,
    limits: Option<(f64, f64)>,
    band: Option<Band>,
}

/// Reads a list of bands that cover a range: ascending, the first open below or starting at its low end, the last open
/// above or ending at its high end.
pub(super) fn read(list: Spot<'_>, scope: Scope<'_>) -> Vec<Band> {
    let items = list.list();
    let count = items.len();
    let written: Vec<Written<'_>> =
        items.into_iter().enumerate().map(|(i, spot)| band(spot, i == 0, i + 1 == count, scope)).collect();
    for pair in written.windows(2) {
        if let [before, after] = pair {
            check_joint(before, after, scope);
        }
    }
    check_ends(&written, scope);
    check_ids(&written);
    written.into_iter().filter_map(|written| written.band).collect()
}

fn band<'a>(spot: Spot<'a>, is_first: bool, is_last: bool, scope: Scope<'_>) -> Written<'a> {
    let fields = spot.fields(&["from", "to", "id", "status", "label"]);
    let statuses = [("red", Status::Red), ("yellow", Status::Yellow), ("green", Status::Green)];
    let status = fields.required("status", "write `status: red`, `yellow` or `green`");
    let status = status.and_then(|spot| spot.choice(&statuses));
    let id = fields.get("id").and_then(Spot::scalar).map(ToOwned::to_owned);
    let label = fields.get("label").map(translated).unwrap_or_default();
    let from = limit(fields, "from", is_first.then_some(f64::NEG_INFINITY), scope);
    let to = limit(fields, "to", is_last.then_some(f64::INFINITY), scope);
    let limits = from.zip(to).filter(|(from, to)| {
        let ascends = from < to;
        if !ascends {
            let message = format!("the band ends at {to}, not above its start {from}");
            spot.fault(codes::BAND_ORDER, message, "write the lower limit as `from` and the upper one as `to`");
        }
        ascends
    });
    let band = limits.zip(status).map(|((from, to), status)| Band {
        from,
        to,
        id: id.unwrap_or_else(|| status.id().to_owned()),
        status,
        label,
    });
    Written { spot, fields, limits, band }
}

/// A limit; only the outermost ones have a default.
fn limit(fields: Fields<'_>, key: &str, open: Option<f64>, scope: Scope<'_>) -> Option<f64> {
    if let (None, Some(open)) = (fields.get(key), open) {
        return Some(open);
    }
    let end = if key == "from" { "first" } else { "last" };
    let spot = fields.required(key, &format!("write `{key}:`; only the {end} band may leave it out"))?;
    let limit = spot.number()?;
    if limit < scope.low || limit > scope.high {
        let side = if limit < scope.low { format!("below {}", scope.low) } else { format!("above {}", scope.high) };
        let message = format!("`{}` never goes {side}, so no band can have its limit at {limit}", scope.name);
        let help = format!("`{}` runs from {} to {}", scope.name, shown(scope.low), shown(scope.high));
        spot.fault(codes::BAND_UNREACHABLE, message, help);
    }
    Some(limit)
}

fn check_joint(before: &Written<'_>, after: &Written<'_>, scope: Scope<'_>) {
    let (Some((start, end)), Some((from, _))) = (before.limits, after.limits) else { return };
    let Some(spot) = after.fields.get("from") else { return };
    if from <= start {
        let message = format!("a band from {from} stands after one from {start}");
        spot.fault(codes::BAND_ORDER, message, "write the bands in ascending order");
    } else if from > end {
        let message = format!("`{}` has no band between {end} and {from}", scope.name);
        spot.fault(codes::BAND_GAP, message, format!("bands are half-open; write `from: {end}`"));
    } else if from < end {
        let message = format!("`{}` has two bands between {from} and {end}", scope.name);
        spot.fault(codes::BAND_OVERLAP, message, format!("bands are half-open; write `from: {end}`"));
    }
}

fn check_ends(written: &[Written<'_>], scope: Scope<'_>) {
    if let Some((first, from)) = written.first().and_then(|first| Some((first, first.limits?.0)))
        && from > scope.low
        && from > f64::NEG_INFINITY
    {
        let spot = first.fields.get("from").unwrap_or(first.spot);
        let gap = gap(scope, scope.low, from);
        spot.fault(codes::BAND_GAP, gap, "leave `from` out of the first band: it is open below");
    }
    if let Some((last, to)) = written.last().and_then(|last| Some((last, last.limits?.1)))
        && to < scope.high
        && to < f64::INFINITY
    {
        let spot = last.fields.get("to").unwrap_or(last.spot);
        let gap = gap(scope, to, scope.high);
        spot.fault(codes::BAND_GAP, gap, "leave `to` out of the last band: it is open above");
    }
}

fn gap(scope: Scope<'_>, from: f64, to: f64) -> String {
    if from.is_infinite() {
        return format!("`{}` has no band below {to}", scope.name);
    }
    if to.is_infinite() {
        return format!("`{}` has no band above {from}", scope.name);
    }
    format!("`{}` has no band between {from} and {to}", scope.name)
}

/// An id that is written out names one band; two bands of one colour need none.
fn check_ids(written: &[Written<'_>]) {
    for (i, later) in written.iter().enumerate() {
        let (Some(spot), Some(band)) = (later.fields.get("id"), &later.band) else { continue };
        let is_taken =
            written.iter().take(i).filter_map(|earlier| earlier.band.as_ref()).any(|earlier| earlier.id == band.id);
        if is_taken {
            spot.fault(
                codes::DUPLICATE_NAME,
                format!("a band above is `{}` too", band.id),
                "give each band an id of its own",
            );
        }
    }
}

/// A limit in words.
fn shown(limit: f64) -> String {
    if limit.is_infinite() { "any number".to_owned() } else { limit.to_string() }
}
