//! A figure's formula with its numbers put in, and numbers as a terminal shows them.
//!
//! English formats: what the commands print is for operators, and the same everywhere.

use super::look::Look;
use crate::config::{LifetimeMethod, TurnoverMethod};
use crate::kpi::value::{AVERAGE_TICKET, LIFETIME_MONTHS};
use crate::kpi::{Definition, Reading, Unit};
use crate::locale::Locale;
use crate::money::to_units;

/// A sum of parts as an exact decimal, as far as six places hold it.
pub(super) fn exact(sum: i128, parts: i128) -> String {
    const PLACES: i128 = 1_000_000;
    if parts == 0 {
        return String::new();
    }
    let scaled = (sum * PLACES * 2 + parts * sum.signum()) / (parts * 2);
    let (whole, rest) = (scaled.unsigned_abs() / 1_000_000, scaled.unsigned_abs() % 1_000_000);
    let sign = if scaled < 0 { "-" } else { "" };
    let text = format!("{sign}{whole}.{rest:06}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Numbers and units in English.
pub(super) struct Words<'a> {
    pub(super) locale: &'a Locale,
    pub(super) currency: &'a str,
}

impl Words<'_> {
    /// A number with as many decimals as it takes to be told from its neighbours.
    pub(super) fn number(&self, value: f64) -> String {
        let decimals = match value.abs() {
            size if size.fract() == 0.0 => 0,
            size if size < 0.1 => 4,
            _ => 2,
        };
        terminal(&self.locale.number(value, decimals))
    }

    /// A value in its unit.
    pub(super) fn value(&self, value: f64, unit: Unit) -> String {
        match unit {
            Unit::Percent => terminal(&self.locale.percent(value, 2)),
            Unit::Points => format!("{} points", terminal(&self.locale.number(value, 1))),
            Unit::Score | Unit::Ratio => terminal(&self.locale.number(value, 2)),
            Unit::Money => terminal(&self.locale.money(value, self.currency, 2)),
            Unit::Count => self.number(value),
            Unit::Months | Unit::Days | Unit::Hours => {
                format!("{} {}", terminal(&self.locale.number(value, 2)), unit.id())
            }
        }
    }

    /// The formula with its numbers, and what comes out; `None` where there is no value.
    pub(super) fn formula(&self, look: &Look<'_>, definition: &Definition, reading: &Reading) -> Option<String> {
        let value = self.value(reading.value.ok()?, definition.unit);
        Some(format!("{} = {value}", self.left_side(look, definition, reading)?))
    }

    fn left_side(&self, look: &Look<'_>, definition: &Definition, reading: &Reading) -> Option<String> {
        let of = look.tallies;
        let count = |count: u64| terminal(&self.locale.count(count));
        let lifetimes = || {
            let (ended, running) = (of.lifetimes.ended.total(), of.lifetimes.censored.total());
            format!("the Kaplan–Meier curve of {} lifetimes, {} of them ended", count(ended + running), count(ended))
        };
        Some(match definition.id {
            "nps" => {
                let (promoters, detractors) =
                    (of.loyalty.nps.count_where(|score| score >= 9), of.loyalty.nps.count_where(|score| score <= 6));
                let (promoters, detractors) = (count(promoters), count(detractors));
                format!("100 × ({promoters} promoters − {detractors} detractors) / {} answers", count(reading.n))
            }
            "turnover_index" => {
                let staff = &of.staff;
                match look.choices.turnover {
                    TurnoverMethod::Rotation => format!(
                        "100 × (({} joined + {} left) / 2) / {} at the start",
                        count(staff.joined),
                        count(staff.left),
                        count(staff.opening)
                    ),
                    TurnoverMethod::Leavers => format!(
                        "100 × {} left / (({} at the start + {} at the end) / 2)",
                        count(staff.left),
                        count(staff.opening),
                        count(staff.closing)
                    ),
                }
            }
            "ltv" => {
                let months = (LIFETIME_MONTHS.compute)(of, &look.context).value.ok()?;
                let margin = look.choices.value.gross_margin;
                let monthly = reading.value.ok()? / months / margin;
                let (monthly, months) = (self.value(monthly, Unit::Money), self.value(months, Unit::Months));
                format!("{monthly} a customer and month × {months} × margin {}", self.number(margin))
            }
            "lifetime_months" if look.choices.lifetime.method == LifetimeMethod::KaplanMeier => {
                let horizon = reading.remark.as_deref().and_then(|remark| remark.strip_prefix("tau="));
                let horizon = horizon.and_then(|rest| rest.split(';').next()).unwrap_or("?");
                format!("area under {} up to {horizon} months", lifetimes())
            }
            "survival_median_months" => format!("where {} falls to 50 %", lifetimes()),
            id if id.starts_with("survival_") => format!("100 × {}", lifetimes()),
            "retention_roi" => format!(
                "100 × ((({} of {} reached kept) − ({} of {} others)) × {} × margin {} − {}) / {}",
                count(of.reach.reached_retained),
                count(of.reach.reached),
                count(of.reach.others_retained),
                count(of.reach.others),
                self.number(to_units(of.reach.reached_mrr)),
                self.number(look.choices.value.gross_margin),
                self.number(to_units(of.costs.spend)),
                self.number(to_units(of.costs.spend))
            ),
            "time_to_value_days" => format!("median of {} sign-ups, waiting ones unfinished", count(reading.n)),
            id if id.ends_with("_hours") => format!("median of {} waiting times", count(reading.n)),
            id if id.ends_with("_hours_p90") => format!("90th percentile of {} waiting times", count(reading.n)),
            id if id == AVERAGE_TICKET.id || reading.denominator.is_some() => {
                let times = if matches!(definition.unit, Unit::Percent | Unit::Points) { "100 × " } else { "" };
                format!("{times}{} / {}", self.number(reading.numerator?), self.number(reading.denominator?))
            }
            // A count or an amount is its own numerator.
            _ => return None,
        })
    }
}

/// Text for a terminal: no-break spaces are for typeset lines.
fn terminal(text: &str) -> String {
    text.replace(['\u{a0}', '\u{202f}'], " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_written_as_they_are() {
        assert_eq!(exact(1_500_000, 1_000_000), "1.5");
        assert_eq!(exact(-263_800_000, 1_000_000), "-263.8");
        assert_eq!(exact(3, 2), "1.5");
        assert_eq!(exact(2, 3), "0.666667");
        assert_eq!(exact(-2, 3), "-0.666667");
        assert_eq!(exact(7, 1), "7");
    }
}
