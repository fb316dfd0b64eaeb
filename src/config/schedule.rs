//! `schedule:` of farol.yaml: which report is made when.
//!
//! Reads and checks; what is due is the daemon's business.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use chrono::NaiveDate;

use super::codes;
use super::page::Spot;
use super::reports::ReportPlan;
use crate::calendar::Grain;
use crate::calendar::slots::{self, BusinessDay, Slots};

/// One cron entry.
#[derive(Clone, Debug)]
pub struct Schedule {
    /// The report's id.
    pub report: String,
    /// The expression as written.
    pub cron: String,
    /// The only day of each month that counts.
    pub on: Option<BusinessDay>,
    /// What to do with slots that passed while nobody ran.
    pub misfire: Misfire,
    /// Hours after which a slot is too late.
    pub max_lateness_hours: i64,
    /// Hours after which a slot whose report nobody has is an alarm.
    pub grace_hours: i64,
}

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.cron)?;
        self.on.as_ref().map_or(Ok(()), |day| write!(f, ", business day {}", day.number))
    }
}

impl Schedule {
    /// When it fires.
    ///
    /// # Errors
    /// Why it never does, and the remedy; what was loaded does.
    pub fn slots(&self) -> Result<Slots, slots::Refusal> {
        let slots = Slots::parse(&self.cron)?;
        self.on.clone().map_or(Ok(slots.clone()), |day| slots.on(day))
    }
}

/// What to do with missed slots.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Misfire {
    /// Run the newest only.
    Latest,
    /// Run all, in order.
    All,
    /// Run none.
    Skip,
}

/// A cron entry with the spots that `reports.yaml` decides on.
pub(super) struct Planned<'a> {
    pub(super) schedule: Schedule,
    report: Spot<'a>,
    period: Option<(Spot<'a>, Grain)>,
}

/// Reads an entry.
pub(super) fn planned<'a>(spot: Spot<'a>, holidays: &Arc<BTreeSet<NaiveDate>>) -> Option<Planned<'a>> {
    let fields = spot.fields(&["report", "cron", "business_day", "period", "misfire", "max_lateness", "grace"]);
    let report = fields.required("report", "write `report:`, an id of reports.yaml");
    let cron = fields.required("cron", "write `cron: \"0 7 5 * *\"`: minute, hour, day, month, weekday");
    let misfire = [("latest", Misfire::Latest), ("all", Misfire::All), ("skip", Misfire::Skip)];
    let misfire = fields.get("misfire").and_then(|spot| spot.choice(&misfire)).unwrap_or(Misfire::Latest);
    let lateness = fields.get("max_lateness").and_then(|spot| spot.counted('h', "a number of hours", 1..=8_784));
    let grace = fields.get("grace").and_then(|spot| spot.counted('h', "a number of hours", 1..=8_784));
    let periods = [
        ("previous-month", Grain::Month),
        ("previous-week", Grain::Week),
        ("previous-quarter", Grain::Quarter),
        ("previous-year", Grain::Year),
    ];
    let period = fields.get("period").and_then(|spot| Some((spot, spot.choice(&periods)?)));
    let on = fields.get("business_day").map(|spot| (spot, spot.whole(1..=20)));
    let expression = cron.and_then(|spot| expression(spot));
    let report = report?;
    let number = on.and_then(|(_, number)| number).and_then(|number| u32::try_from(number).ok());
    let schedule = Schedule {
        report: report.text()?.to_owned(),
        cron: expression?,
        on: number.map(|number| BusinessDay { number, holidays: Arc::clone(holidays) }),
        misfire,
        max_lateness_hours: lateness.unwrap_or(36),
        grace_hours: grace.unwrap_or(2),
    };
    if let (Some((spot, Some(_))), Err((why, remedy))) = (on, schedule.slots()) {
        spot.fault(codes::BAD_CRON, why, remedy);
    }
    Some(Planned { schedule, report, period })
}

fn expression(spot: Spot<'_>) -> Option<String> {
    let text = spot.text()?;
    match Slots::parse(text) {
        Ok(slots) => {
            if slots.takes_either_day() {
                let message = "day of month and weekday are both restricted: either will do";
                let help = "`farol check` shows what that means; write `*` for one of them, or `business_day`";
                spot.warn(codes::CRON_EITHER, message, help);
            }
            Some(text.to_owned())
        }
        Err((why, remedy)) => {
            spot.fault(codes::BAD_CRON, why, remedy);
            None
        }
    }
}

/// Checks what is scheduled against the reports that exist.
pub(super) fn check(schedule: &[Planned<'_>], reports: &BTreeMap<String, ReportPlan>) {
    let ids: Vec<&str> = reports.keys().map(String::as_str).collect();
    for planned in schedule {
        let Some(report) = reports.get(&planned.schedule.report) else {
            planned.report.unknown(codes::UNKNOWN_REPORT, "report", &planned.schedule.report, &ids);
            continue;
        };
        if let Some((spot, grain)) = planned.period
            && grain != report.grain
        {
            let message = format!("report `{}` is by {}, not by {grain}", planned.schedule.report, report.grain);
            spot.fault(
                codes::PERIOD_MISMATCH,
                message,
                "leave `period` out: a run takes the report's last closed period",
            );
        }
    }
}
