//! Charts: data with words already chosen and figures already written, drawn as SVG.
//!
//! Pure functions that know no locale, no clock and no file; a value that is not finite is a gap, and the same data
//! give the same bytes on every machine.

mod axes;
mod bridge;
mod bullet;
mod canvas;
mod cohorts;
mod composition;
mod font;
mod foot;
mod letters;
mod paint;
mod palette;
mod placement;
mod quadrant;
mod raster;
mod rows;
mod scale;
mod segments;
mod sparkline;
mod survival;
mod svg;
mod trend;

#[cfg(test)]
mod tests;

pub use bridge::{Bridge, Step, StepKind, bridge};
pub use bullet::{Bullet, BulletRow, bullet};
pub use cohorts::{Cell, Cohort, Cohorts, cohorts};
pub use composition::{Column, Composition, Part, composition};
pub use palette::inline_css;
pub(super) use palette::paper;
pub use quadrant::{Customer, Quadrant, Way, quadrant};
pub use raster::{RasteriseError, rasterise, size};
pub use scale::Axis;
pub use segments::{SegmentRow, Segments, segments};
pub use sparkline::{Sparkline, sparkline};
pub use survival::{Curve, CurveStep, Survival, survival};
pub use trend::{Trend, TrendPoint, trend};

use serde::{Deserialize, Serialize};

use crate::judgement::Status;

/// Where a chart's colours come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    /// From the page's style sheet ([`inline_css`]), so that dark mode follows the reader; no background.
    Page,
    /// Fixed, on white; for PNG.
    Light,
    /// Fixed, on dark; for PNG.
    Dark,
}

/// What every chart has around its data.
#[derive(Clone, Debug)]
pub struct Frame<'a> {
    /// Width of the view box; the height follows from the data. 640 in the report; 440 and less for phones, where rows
    /// stack and type grows.
    pub width: f64,
    /// Colours.
    pub theme: Theme,
    /// Starts every id, and must differ between the charts of a page.
    pub id_prefix: &'a str,
    /// The chart's name, for `<title>`.
    pub title: &'a str,
    /// The finding in a sentence, for `<desc>`.
    pub description: &'a str,
    /// The title is drawn as a heading too; not where the page already has one.
    pub titled: bool,
}

/// A stretch of the value axis with a judgement.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Band {
    /// Lower edge; none is open.
    pub from: Option<f64>,
    /// Upper edge; none is open.
    pub to: Option<f64>,
    /// Its colour and shape.
    pub status: Status,
    /// Its word, as shown ("very good").
    pub name: String,
}

/// A value to compare with: a target or a reference.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Mark {
    /// On the value axis.
    pub value: f64,
    /// As shown, figure included ("target 50").
    pub label: String,
}
