//! Whether a figure may still change by time alone.
//!
//! Knows which KPIs wait for something, and for how long.

use chrono::Duration;

use super::{Key, Maturity, Setting};
use crate::kpi::growth::CONVERSION_RATE;
use crate::kpi::loyalty::NPS_RESPONSE_RATE;
use crate::kpi::onboarding::ONBOARDING_COMPLETION;
use crate::kpi::service::FCR;

/// The maturity of a figure on the day of the setting.
pub(super) fn of(key: &Key, setting: &Setting) -> Maturity {
    let Setting { calendar, as_of, choices, .. } = *setting;
    if !calendar.is_closed(&key.period, as_of, setting.close_lag_days) {
        return Maturity::OpenPeriod;
    }
    let waiting = match key.kpi {
        kpi if kpi == NPS_RESPONSE_RATE.id => Some((choices.nps.answer_window_days, Maturity::Provisional)),
        kpi if kpi == FCR.id => Some((choices.fcr.reopen_window_days, Maturity::Provisional)),
        kpi if kpi == CONVERSION_RATE.id => Some((choices.conversion_window_days, Maturity::Immature)),
        kpi if kpi == ONBOARDING_COMPLETION.id => Some((choices.onboarding_window_days, Maturity::Immature)),
        _ => None,
    };
    let still = |days: i64| {
        let last = Duration::try_days(days).and_then(|days| key.period.end.checked_add_signed(days));
        last.is_none_or(|last| as_of < calendar.midnight(last))
    };
    match waiting {
        Some((days, maturity)) if still(days) => maturity,
        _ => Maturity::Final,
    }
}
