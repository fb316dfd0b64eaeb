//! What a chart draws, as it is stored in `report.json`: numbers, and words that are already chosen.
//!
//! Draws nothing; axes are written when a chart is drawn, by the view's own language.

use serde::{Deserialize, Serialize};

use crate::config::Status;
use crate::report::chart::{
    Band, Cohort, Column, Curve, Customer, Mark, Part, SegmentRow, Sparkline, Step, TrendPoint,
};

/// A value axis.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ValueAxis {
    /// Id of the unit, as `figures.csv` writes it.
    pub unit: String,
    /// ISO 4217 code, for money.
    pub currency: String,
    /// The least value that the KPI can take, where there is one.
    pub floor: Option<f64>,
    /// The greatest.
    pub ceiling: Option<f64>,
    /// What is said where the axis starts above the floor.
    pub cut_note: String,
}

/// One KPI of a bullet chart.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BulletLine {
    /// The KPI's name.
    pub name: String,
    /// Its value.
    pub value: Option<f64>,
    /// Its interval.
    pub interval: Option<(f64, f64)>,
    /// The value as shown, or why there is none.
    pub value_label: String,
    /// The band's word.
    pub band_label: String,
    /// Its colour.
    pub status: Option<Status>,
    /// The target, as shown at its tick.
    pub target: Option<Mark>,
    /// The bands, lowest first.
    pub bands: Vec<Band>,
    /// What a pointer shows.
    pub hint: String,
    /// Its own axis: unlike KPIs share none.
    pub axis: ValueAxis,
}

/// Where single customers stand.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CustomerMap {
    /// The customers, most important first.
    pub customers: Vec<Customer>,
    /// Where the quarters part: health, revenue.
    pub split: (f64, f64),
    /// Names of the quarters: top left, top right, bottom left, bottom right.
    pub quarters: [String; 4],
    /// Health.
    pub x: ValueAxis,
    /// What it counts.
    pub x_label: String,
    /// Revenue.
    pub y: ValueAxis,
    /// What it counts.
    pub y_label: String,
    /// What is said where the revenue axis is logarithmic.
    pub logarithmic_note: String,
    /// Keys of the trends: up, down, neither, not known.
    pub way_labels: [String; 4],
    /// Key of the ring.
    pub renews_label: String,
}

/// A chart's data by its kind.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Drawing {
    /// A KPI over time.
    Trend {
        /// The periods in order.
        points: Vec<TrendPoint>,
        /// The bands in force.
        bands: Vec<Band>,
        /// The target in force.
        target: Option<Mark>,
        /// The last value as shown.
        value_label: String,
        /// Values.
        axis: ValueAxis,
        /// Key of the ribbon.
        interval_label: String,
        /// Key of hollow points.
        provisional_label: String,
        /// What is said if nothing is known.
        empty_label: String,
    },
    /// Shares over time.
    Composition {
        /// From the bottom up.
        parts: Vec<Part>,
        /// The periods in order.
        columns: Vec<Column>,
        /// What stands above the columns.
        head_label: String,
        /// What is said if nothing is known.
        empty_label: String,
    },
    /// Who is left of those that came together.
    Cohorts {
        /// The cohorts, oldest first.
        rows: Vec<Cohort>,
        /// The ages as shown.
        ages: Vec<String>,
    },
    /// From one level to the next.
    Bridge {
        /// The steps in order.
        steps: Vec<Step>,
        /// Values.
        axis: ValueAxis,
    },
    /// One KPI across segments.
    Segments {
        /// The segments in order.
        rows: Vec<SegmentRow>,
        /// What they are compared with.
        reference: Option<Mark>,
        /// Values.
        axis: ValueAxis,
        /// Key of the error bars.
        interval_label: String,
    },
    /// Who is still there after so long.
    Survival {
        /// The groups.
        curves: Vec<Curve>,
        /// The months at which numbers stand, ascending; the last ends the axis.
        times: Vec<f64>,
        /// What the axis counts.
        time_label: String,
        /// How far lifetimes are counted.
        horizon: Option<Mark>,
        /// Heads the numbers at risk.
        at_risk_label: String,
        /// Key of the ribbons.
        interval_label: String,
    },
    /// Single customers by health and revenue.
    Quadrant(Box<CustomerMap>),
    /// Several KPIs on their bands.
    Bullet {
        /// The KPIs in order.
        rows: Vec<BulletLine>,
        /// Key of the error bars.
        interval_label: String,
    },
    /// A recent course, without axes.
    Spark(Sparkline),
}

impl Default for Drawing {
    /// Nothing.
    fn default() -> Self {
        Self::Spark(Sparkline::default())
    }
}
