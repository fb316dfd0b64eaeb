//! Scores: signals of a customer, weighted and scaled into health and happiness.
//!
//! Says how scores are made up; `panel` computes them.

use super::bands::{Band, Status};
use super::codes;
use super::company::Translated;
use super::page::{Fields, Spot, shortened};

/// A customer's measurable trait at a period's end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Signal {
    /// Days with usage in the window.
    ActiveDays,
    /// Events in the window.
    Events,
    /// Distinct features used in the window.
    DistinctFeatures,
    /// Events of the window ÷ events of the one before.
    UsageTrend,
    /// Days since the last usage.
    DaysSinceUsage,
    /// Mean of each respondent's latest NPS score in the window.
    LastNps,
    /// Mean of each respondent's latest CSAT score in the window.
    LastCsat,
    /// Tickets opened in the window.
    Tickets,
    /// Tickets open at the end.
    OpenTickets,
    /// Share of own tickets in the window resolved at first contact, 0–100.
    Fcr,
    /// Interactions in the window.
    Interactions,
    /// Goal attainment in the window, 0–100.
    GoalAttainment,
    /// Whole months since first activity.
    TenureMonths,
    /// MRR ÷ MRR a window ago.
    MrrTrend,
    /// Days to the next renewal.
    DaysToRenewal,
}

/// Every signal by its name in YAML.
const SIGNALS: &[(&str, Signal)] = &[
    ("active_days", Signal::ActiveDays),
    ("events", Signal::Events),
    ("distinct_features", Signal::DistinctFeatures),
    ("usage_trend", Signal::UsageTrend),
    ("days_since_usage", Signal::DaysSinceUsage),
    ("last_nps", Signal::LastNps),
    ("last_csat", Signal::LastCsat),
    ("tickets", Signal::Tickets),
    ("open_tickets", Signal::OpenTickets),
    ("fcr", Signal::Fcr),
    ("interactions", Signal::Interactions),
    ("goal_attainment", Signal::GoalAttainment),
    ("tenure_months", Signal::TenureMonths),
    ("mrr_trend", Signal::MrrTrend),
    ("days_to_renewal", Signal::DaysToRenewal),
];

impl Signal {
    /// Its name in YAML.
    pub fn id(self) -> &'static str {
        SIGNALS.iter().find(|(_, signal)| *signal == self).map_or("", |(id, _)| id)
    }

    /// Whether it looks back over a window; the others are of the period's end alone.
    pub fn has_window(self) -> bool {
        !matches!(self, Self::DaysSinceUsage | Self::OpenTickets | Self::TenureMonths | Self::DaysToRenewal)
    }
}

/// A length of time before a period's end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Window {
    /// Civil days.
    Days(i64),
    /// Civil months.
    Months(u32),
}

/// What a missing signal does to a score.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// Its weight leaves.
    Skip,
    /// It scores half.
    Neutral,
    /// It scores nothing.
    Zero,
}

/// One weighted part of a score.
#[derive(Clone, Debug)]
pub struct Component {
    /// Its id.
    pub id: String,
    /// What it measures.
    pub signal: Signal,
    /// Only interactions of this kind.
    pub kind: Option<String>,
    /// Over how long; a signal of the period's end alone has 30 days here and does not look at them.
    pub window: Window,
    /// Its weight.
    pub weight: f64,
    /// Piecewise linear: (signal, score), ascending by signal, clamped at its ends.
    pub scale: Vec<(f64, f64)>,
    /// What if it is unknown.
    pub missing: Missing,
}

/// Health score choices.
#[derive(Clone, Debug)]
pub struct HealthChoices {
    /// Least share of the weight that must be known, 0–1.
    pub min_coverage: f64,
    /// Parts; scores 0–100.
    pub components: Vec<Component>,
    /// Bands 0–100.
    pub bands: Vec<Band>,
    /// Component id → advice by language.
    pub playbook: std::collections::BTreeMap<String, Translated>,
}

/// CHI choices.
#[derive(Clone, Debug)]
pub struct ChiChoices {
    /// Least share of the weight that must be known, 0–1.
    pub min_coverage: f64,
    /// Parts; scores 0–1, weights sum to 10.
    pub criteria: Vec<Component>,
}

/// Days before a renewal in which a healthy, growing customer is a candidate for expansion.
pub const RENEWAL_HORIZON_DAYS: i64 = 90;

/// Growth of usage as a candidate for expansion shows it: events of the last 90 days ÷ those of the 90 before.
pub fn usage_growth() -> Component {
    Component {
        id: String::new(),
        signal: Signal::UsageTrend,
        kind: None,
        window: Window::Days(90),
        weight: 0.0,
        scale: Vec::new(),
        missing: Missing::Skip,
    }
}

/// Whether a customer is a candidate for expansion: healthy, using more than before, and renewing within
/// [`RENEWAL_HORIZON_DAYS`]. One whose usage or renewal is not known is none.
pub fn is_ready_to_expand(status: Option<Status>, usage_trend: Option<f64>, days_to_renewal: Option<i64>) -> bool {
    status == Some(Status::Green)
        && usage_trend.is_some_and(|trend| trend > 1.0)
        && days_to_renewal.is_some_and(|days| (0..=RENEWAL_HORIZON_DAYS).contains(&days))
}

const NO_WINDOW: Window = Window::Days(30);

/// Reads the weighted parts of a score whose scales end at `highest`.
pub(super) fn components(list: Spot<'_>, highest: f64) -> Vec<Component> {
    let mut components: Vec<Component> = Vec::new();
    for item in list.nonempty_list() {
        let fields = item.fields(&["id", "signal", "kind", "window", "weight", "scale", "missing"]);
        let Some(component) = component(fields, highest) else { continue };
        if components.iter().any(|earlier| earlier.id == component.id) {
            let spot = fields.get("id").unwrap_or(item);
            let message = format!("`{}` is there twice", shortened(&component.id));
            spot.fault(codes::DUPLICATE_NAME, message, "give each an id of its own");
        }
        components.push(component);
    }
    components
}

fn component(fields: Fields<'_>, highest: f64) -> Option<Component> {
    let id = fields.required("id", "write `id:`, a name for this part of the score").and_then(Spot::scalar);
    let signal = fields.required("signal", "write `signal:`, such as `active_days`");
    let signal = signal.and_then(|spot| spot.choice_of(SIGNALS, codes::UNKNOWN_SIGNAL, "signal"));
    let window = signal.and_then(|signal| read_window(fields, signal));
    let kind = fields.get("kind").and_then(|spot| kind(spot, signal));
    let weight = fields.required("weight", "write `weight:`, a number above 0").and_then(Spot::positive);
    let points = fields.required("scale", &format!("write `scale: {{ 0: 0, 20: {highest} }}`: signal and score"));
    let points = points.and_then(|spot| scale(spot, highest));
    let words = [("skip", Missing::Skip), ("neutral", Missing::Neutral), ("zero", Missing::Zero)];
    let missing = fields.get("missing").map_or(Some(Missing::Skip), |spot| spot.choice(&words));
    Some(Component {
        id: id?.to_owned(),
        signal: signal?,
        kind,
        window: window?,
        weight: weight?,
        scale: points?,
        missing: missing?,
    })
}

fn read_window(fields: Fields<'_>, signal: Signal) -> Option<Window> {
    if signal.has_window() {
        return fields
            .required("window", "write `window: 30d` or `window: 12M`: this signal looks back")
            .and_then(window);
    }
    if let Some(spot) = fields.get("window") {
        spot.warn(codes::UNUSED_KEY, "`window` says nothing to a signal of the period's end alone", "delete it");
    }
    Some(NO_WINDOW)
}

fn kind(spot: Spot<'_>, signal: Option<Signal>) -> Option<String> {
    if signal.is_some_and(|signal| signal != Signal::Interactions) {
        spot.fault(
            codes::UNUSED_KEY,
            "only `interactions` have a `kind`",
            "delete it, or write `signal: interactions`",
        );
    }
    spot.scalar().map(ToOwned::to_owned)
}

/// Days or months: `30d`, `12M`.
fn window(spot: Spot<'_>) -> Option<Window> {
    let is_months = spot.scalar()?.ends_with('M');
    if is_months {
        let months = spot.counted('M', "a number of months", 1..=120)?;
        return u32::try_from(months).ok().map(Window::Months);
    }
    spot.counted('d', "a number of days or months", 1..=3_660).map(Window::Days)
}

/// Points of a piecewise linear scale: signals ascend, scores lie from 0 to `highest`.
fn scale(spot: Spot<'_>, highest: f64) -> Option<Vec<(f64, f64)>> {
    let entries = spot.entries();
    let mut points: Vec<(f64, f64)> = Vec::new();
    let mut is_whole = spot.is_map();
    for (key, value) in &entries {
        let signal = key.text().parse::<f64>().ok().filter(|signal| signal.is_finite());
        let Some(signal) = signal else {
            key.fault(
                codes::WRONG_TYPE,
                format!("a scale's keys are numbers, found `{}`", shortened(key.text())),
                "write `SIGNAL: SCORE`",
            );
            is_whole = false;
            continue;
        };
        let score = value.number();
        if let Some(score) = score.filter(|score| !(0.0..=highest).contains(score)) {
            let message = format!("a score must lie from 0 to {highest}, found {score}");
            value.fault(codes::SCALE_RANGE, message, format!("write a score from 0 to {highest}"));
            is_whole = false;
        }
        if let Some((before, _)) = points.last()
            && *before >= signal
        {
            let message = format!("the scale goes from {before} to {signal}: its signals must ascend");
            key.fault(codes::SCALE_ORDER, message, "write the points in ascending order of the signal");
            is_whole = false;
        }
        points.push((signal, score.unwrap_or_default()));
        is_whole &= score.is_some();
    }
    if is_whole && points.len() < 2 {
        spot.fault(codes::SCALE_RANGE, "a scale needs two points", format!("write `{{ 0: 0, 20: {highest} }}`"));
        is_whole = false;
    }
    is_whole.then_some(points)
}

/// Weights are decimals: they are added in millionths, so that 3.3 + 3.3 + 3.4 is 10.
pub(super) fn millionths(weight: f64) -> i64 {
    #[expect(clippy::cast_possible_truncation, reason = "`as` saturates, and no weight is that large")]
    let millionths = (weight * 1e6).round() as i64;
    millionths
}
