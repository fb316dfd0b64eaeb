//! Whether a figure may still change by time alone.
//!
//! Knows which KPIs wait for something, and for how long.

use chrono::Duration;

use super::{Maturity, Setting};
use crate::calendar::{Moment, Period};
use crate::kpi::growth::CONVERSION_RATE;
use crate::kpi::loyalty::NPS_RESPONSE_RATE;
use crate::kpi::onboarding::ONBOARDING_COMPLETION;
use crate::kpi::service::FCR;

/// A period on the day of the setting.
pub(super) struct Age<'a> {
    period: &'a Period,
    setting: &'a Setting<'a>,
    is_closed: bool,
    end: Moment,
}

impl<'a> Age<'a> {
    pub(super) fn of(period: &'a Period, setting: &'a Setting<'a>) -> Self {
        let is_closed = setting.calendar.is_closed(period, setting.as_of, setting.close_lag_days);
        Self { period, setting, is_closed, end: setting.calendar.midnight(period.end) }
    }

    /// Whether what a KPI counts was written down by the end of the period.
    pub(super) fn is_recorded(&self, kpi: &str) -> bool {
        self.setting.first_rows.is_none_or(|first_rows| first_rows.reach_before(self.end, kpi))
    }

    /// The maturity of a KPI's figures of the period.
    pub(super) fn maturity(&self, kpi: &str) -> Maturity {
        if self.is_closed { waiting(kpi, self.period, self.setting) } else { Maturity::OpenPeriod }
    }
}

/// The maturity of a figure of a closed period.
fn waiting(kpi: &str, period: &Period, setting: &Setting) -> Maturity {
    let Setting { calendar, as_of, choices, .. } = *setting;
    let waiting = match kpi {
        kpi if kpi == NPS_RESPONSE_RATE.id => Some((choices.nps.answer_window_days, Maturity::Provisional)),
        kpi if kpi == FCR.id => Some((choices.fcr.reopen_window_days, Maturity::Provisional)),
        kpi if kpi == CONVERSION_RATE.id => Some((choices.conversion_window_days, Maturity::Immature)),
        kpi if kpi == ONBOARDING_COMPLETION.id => Some((choices.onboarding_window_days, Maturity::Immature)),
        _ => None,
    };
    let still = |days: i64| {
        let last = Duration::try_days(days).and_then(|days| period.end.checked_add_signed(days));
        last.is_none_or(|last| as_of < calendar.midnight(last))
    };
    match waiting {
        Some((days, maturity)) if still(days) => maturity,
        _ => Maturity::Final,
    }
}
