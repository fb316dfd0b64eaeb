//! The choices of `kpis.yaml`, as the program relies on them.
//!
//! Values only; `kpis` reads them, `usual` has the defaults.

use std::collections::BTreeMap;

use super::company::Translated;
use super::scores::{ChiChoices, HealthChoices};

/// `kpis.yaml`: every choice that changes a number.
#[derive(Clone, Debug)]
pub struct Choices {
    /// Confidence level of intervals, 0–1.
    pub confidence: f64,
    /// Days after an order for which a customer counts as active.
    pub active_window_days: i64,
    /// Days a customer may be away without its lifetime ending.
    pub churn_gap_days: i64,
    /// NPS.
    pub nps: NpsChoices,
    /// CSAT scale, and the lowest satisfied score.
    pub csat: CsatChoices,
    /// CES.
    pub ces: CesChoices,
    /// FCR.
    pub fcr: FcrChoices,
    /// Value.
    pub value: ValueChoices,
    /// Lifetime.
    pub lifetime: LifetimeChoices,
    /// Days in which on-boarding must complete.
    pub onboarding_window_days: i64,
    /// Days in which a lead must convert.
    pub conversion_window_days: i64,
    /// Turnover.
    pub turnover: TurnoverMethod,
    /// What comments may be about, by an id of the company's own.
    pub themes: BTreeMap<String, Theme>,
    /// Health score.
    pub health: HealthChoices,
    /// CHI.
    pub chi: ChiChoices,
}

/// A theme of comments.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Theme {
    /// Its name by language; without one, its id.
    pub label: Translated,
    /// Language (`pt`, `es`, `en`) → stems as written: beginnings of words, or whole words that end in a vowel.
    pub stems: BTreeMap<String, Vec<String>>,
}

/// NPS choices.
#[derive(Clone, Debug)]
pub struct NpsChoices {
    /// The kind that counts where the column has any of it; `all` counts every kind.
    pub kind: String,
    /// Role group → roles.
    pub roles: BTreeMap<String, Vec<String>>,
    /// Days in which an answer may still come.
    pub answer_window_days: i64,
}

/// CSAT choices.
#[derive(Clone, Debug)]
pub struct CsatChoices {
    /// Lowest and highest score.
    pub scale: (i64, i64),
    /// Lowest satisfied score.
    pub satisfied: i64,
}

/// CES choices.
#[derive(Clone, Debug)]
pub struct CesChoices {
    /// Lowest and highest score.
    pub scale: (i64, i64),
    /// Whether a higher score is better.
    pub higher_is_better: bool,
}

/// Which tickets FCR divides by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FcrDenominator {
    /// All opened in the period.
    Opened,
    /// Those resolved in the period.
    Resolved,
}

impl FcrDenominator {
    /// How the file writes each.
    pub const NAMES: [(&'static str, Self); 2] = [("opened", Self::Opened), ("resolved", Self::Resolved)];
}

/// FCR choices.
#[derive(Clone, Debug)]
pub struct FcrChoices {
    /// Denominator.
    pub denominator: FcrDenominator,
    /// Days in which a ticket may still be reopened.
    pub reopen_window_days: i64,
}

/// Where value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueSource {
    /// MRR.
    Subscriptions,
    /// Orders.
    Orders,
}

impl ValueSource {
    /// How the file writes each.
    pub const NAMES: [(&'static str, Self); 2] = [("subscriptions", Self::Subscriptions), ("orders", Self::Orders)];
}

/// Value choices.
#[derive(Clone, Debug)]
pub struct ValueChoices {
    /// Source; unset: subscriptions if that table is configured, else orders.
    pub source: Option<ValueSource>,
    /// Months of the window for frequency.
    pub window_months: u32,
    /// Margin on revenue, 0–1.
    pub gross_margin: f64,
}

/// How lifetime is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LifetimeMethod {
    /// Restricted mean of the Kaplan–Meier curve.
    KaplanMeier,
    /// 1 / churn.
    InverseChurn,
    /// Mean of what was observed, biased low.
    Observed,
}

impl LifetimeMethod {
    /// How the file writes each.
    pub const NAMES: [(&'static str, Self); 3] =
        [("kaplan_meier", Self::KaplanMeier), ("inverse_churn", Self::InverseChurn), ("observed", Self::Observed)];
}

/// Lifetime choices.
#[derive(Clone, Debug)]
pub struct LifetimeChoices {
    /// Method.
    pub method: LifetimeMethod,
    /// Horizon of the restricted mean, in months.
    pub horizon_months: i64,
}

/// How turnover is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TurnoverMethod {
    /// ((joined + left) / 2) / head-count at start.
    Rotation,
    /// left / mean head-count.
    Leavers,
}

impl TurnoverMethod {
    /// How the file writes each.
    pub const NAMES: [(&'static str, Self); 2] = [("rotation", Self::Rotation), ("leavers", Self::Leavers)];
}

/// How the file writes a value that has a name.
pub fn written<T: PartialEq>(names: &[(&'static str, T)], value: &T) -> &'static str {
    names.iter().find(|(_, named)| named == value).map_or("", |(name, _)| name)
}
