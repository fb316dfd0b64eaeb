//! What is to be made: reports, their periods, and everything that has to be computed for them.

use std::collections::BTreeSet;

use crate::calendar::{Calendar, Period};
use crate::config::{Config, Recipient, ReportPlan};
use crate::diagnostic::Diagnostic;
use crate::digest::file_part;
use crate::error::{Exit, Failure, Result};
use crate::kpi::DrawsOn;
use crate::kpi::catalogue::asked_for;
use crate::pipeline::known_id;
use crate::pipeline::scope::Scope;
use crate::report::view::companions;

/// One report and the periods that are to be made of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// The report's id.
    pub report: String,
    /// Its periods, oldest first.
    pub periods: Vec<Period>,
}

/// KPIs from which the list of customers to call is made.
const CALLS_NEED: &str = "health_score";

impl Job {
    /// The report's plan.
    ///
    /// # Errors
    /// A report that the configuration does not have.
    pub fn plan<'a>(&self, config: &'a Config) -> Result<&'a ReportPlan> {
        config.reports.get(&self.report).ok_or_else(|| unknown_report(&self.report, config))
    }
}

/// A report that is not there, and those that are.
pub fn unknown_report(id: &str, config: &Config) -> Failure {
    let known: Vec<String> = config.reports.keys().map(|id| format!("`{id}`")).collect();
    let help = if known.is_empty() {
        "describe it in reports.yaml".to_owned()
    } else {
        format!("reports.yaml has {}", known.join(", "))
    };
    let place = crate::diagnostic::Place::file(config.folder.join("reports.yaml"));
    let fault = Diagnostic::error("unknown-report", format!("there is no report `{id}`")).at(place).help(help);
    Failure::new(Exit::Usage, fault)
}

/// The periods that a report of `shown` needs: itself, the one before, the same one a year before, and its history.
pub(super) fn periods_behind(shown: &Period, history: u32, calendar: Calendar) -> BTreeSet<Period> {
    let mut needed: BTreeSet<Period> = BTreeSet::from([shown.clone()]);
    needed.extend(calendar.previous(shown));
    needed.extend(calendar.year_before(shown));
    needed.extend(trend(shown, history, calendar));
    needed
}

/// The periods of a trend that ends with `shown`, oldest first.
pub(super) fn trend(shown: &Period, history: u32, calendar: Calendar) -> Vec<Period> {
    let mut periods = vec![shown.clone()];
    while periods.len() < history as usize {
        let Some(earlier) = periods.last().and_then(|period| calendar.previous(period)) else { break };
        periods.push(earlier);
    }
    periods.reverse();
    periods
}

/// The KPIs of a report, and whether those that only its charts and lists need are among them.
pub fn kpis(plan: &ReportPlan, with_companions: bool) -> BTreeSet<&'static str> {
    let asked = asked_for(plan.kpis.iter().map(String::as_str));
    let mut kpis: BTreeSet<&'static str> = asked.into_iter().map(|definition| definition.id).collect();
    if with_companions {
        kpis.extend(companions(&plan.kpis).into_iter().filter_map(known_id));
    }
    kpis
}

/// Whether a report names customers to call.
pub(super) fn lists_customers(plan: &ReportPlan) -> bool {
    plan.kpis.iter().any(|id| id == CALLS_NEED)
}

/// Whether a report says how long customers stay.
pub(super) fn shows_lifetimes(plan: &ReportPlan) -> bool {
    let shown = asked_for(plan.kpis.iter().map(String::as_str));
    shown.into_iter().any(|definition| definition.draws_on == DrawsOn::Lifetimes)
}

/// The parts of the customers that somebody sees by name.
pub(super) fn named_scopes(config: &Config, plan: &ReportPlan) -> impl Iterator<Item = Scope> {
    Form::all(config, plan).into_iter().filter(|form| form.names).map(|form| form.scope)
}

/// Whether a report says what comments are about.
pub(super) fn shows_themes(plan: &ReportPlan) -> bool {
    let shown = asked_for(plan.kpis.iter().map(String::as_str));
    shown.into_iter().any(|definition| definition.draws_on == DrawsOn::Themes)
}

/// The parts of the customers that a report's recipients see, the whole first.
pub(super) fn scopes(plan: &ReportPlan) -> BTreeSet<Scope> {
    let mut scopes = BTreeSet::from([Scope::new()]);
    scopes.extend(plan.recipients.iter().map(|recipient| recipient.only.clone()));
    scopes
}

/// One form of a report: for whom it is computed, in which language, with or without names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Form {
    pub(super) scope: Scope,
    pub(super) locale: String,
    pub(super) names: bool,
}

impl Form {
    pub(super) fn of(recipient: &Recipient) -> Self {
        Self { scope: recipient.only.clone(), locale: recipient.locale.clone(), names: recipient.names }
    }

    /// The operators' own form: all customers, in the company's language.
    pub(super) fn own(config: &Config) -> Self {
        Self { scope: Scope::new(), locale: config.company.locale.clone(), names: true }
    }

    /// Every form that a report's recipients need, the operators' own first.
    pub(super) fn all(config: &Config, plan: &ReportPlan) -> Vec<Self> {
        let own = Self::own(config);
        let others: BTreeSet<Self> = plan.recipients.iter().map(Self::of).filter(|form| *form != own).collect();
        std::iter::once(own).chain(others).collect()
    }

    /// The scope in words: `region: Sul`; none if it is everybody.
    pub(super) fn scope_label(&self) -> Option<String> {
        let parts: Vec<String> = self.scope.iter().map(|(attribute, value)| format!("{attribute}: {value}")).collect();
        (!parts.is_empty()).then(|| parts.join(", "))
    }

    /// What tells its files from those of other forms: nothing for the operators' own; unique, and safe as part of a
    /// file name whatever the segments are called.
    pub(super) fn suffix(&self, config: &Config) -> String {
        if *self == Self::own(config) {
            return String::new();
        }
        let mut suffix = format!(".{}", self.locale);
        if let Some(label) = self.scope_label() {
            suffix = format!("{suffix}.{}", file_part(&label));
        }
        if !self.names {
            suffix.push_str(".no-names");
        }
        suffix
    }
}
