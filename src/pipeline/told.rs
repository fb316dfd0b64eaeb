//! What readers are told, for the ledger to keep; and what they were told before, held against the data of now.
//!
//! Compares no figure: the report does. What figures of answers tell together, [`readers`](super::readers) decides.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::calendar::Period;
use crate::config::{Config, ReportPlan};
use crate::delivery::address::identity;
use crate::delivery::outbox::scope_text;
use crate::error::Result;
use crate::insight;
use crate::judgement::{Keys, Maturity, Verdict};
use crate::kpi::loyalty::Question;
use crate::ledger::{AnswersTold, Knowing, Ledger, Telling, ToldFigure, ToldRecord};
use crate::pipeline::jobs::{self, Job};
use crate::pipeline::mail::{Sending, whose_mail};
use crate::pipeline::quality::inputs_json;
use crate::pipeline::scope::Scope;
use crate::tables::Intake;

/// What the readers of each part of the customers were told before.
pub(super) type Earlier = BTreeMap<Scope, Vec<insight::Told>>;

/// What the readers of a report were told of the periods that it shows in its trends.
pub(super) fn earlier(
    ledger: &Ledger,
    config: &Config,
    (report, plan): (&str, &ReportPlan),
    period: &Period,
    intakes: &[Intake],
) -> Result<Earlier> {
    let shown = jobs::trend(period, plan.history, config.company.calendar);
    let shown: BTreeSet<&str> = shown.iter().map(|period| period.id.as_str()).collect();
    let inputs = digests(&inputs_json(intakes));
    let mut earlier = Earlier::new();
    for scope in jobs::scopes(plan) {
        let records = ledger.told(report, &scope_text(&scope))?;
        let told = records.into_iter().filter(|record| shown.contains(record.period.as_str()));
        let told = told.map(|record| as_told(record, config, &inputs)).collect();
        earlier.insert(scope, told);
    }
    Ok(earlier)
}

/// Figures of people's answers that readers were told, or may have been.
#[derive(Clone, Debug)]
pub struct ToldAnswers {
    /// By which report.
    pub report: String,
    /// Of which period.
    pub period: Period,
    /// Of which part of the customers.
    pub scope: Scope,
    /// Where in it, and which figures.
    pub figures: Vec<AnswersTold>,
    /// Bare addresses, and whether it is certain that they were told.
    pub readers: Arc<BTreeMap<String, bool>>,
}

/// Who is sent some reports, by bare addresses; of a trial the reader whose mail it is.
pub(super) fn readers(config: &Config, jobs: &[Job], sending: &Sending) -> Result<BTreeSet<String>> {
    let mut readers = BTreeSet::new();
    for job in jobs {
        let recipients = &job.plan(config)?.recipients;
        let whose = sending.tester.as_ref().map(|tester| whose_mail(recipients, tester));
        for recipient in whose.map_or(&recipients[..], |whose| whose.map_or(&[], std::slice::from_ref)) {
            readers.insert(identity(&recipient.to)?);
        }
    }
    Ok(readers)
}

/// What some readers were told of answers, the same of several mails once.
pub(super) fn answers(config: &Config, readers: &BTreeSet<String>) -> Result<Vec<ToldAnswers>> {
    let Some(ledger) = Ledger::find_witnessed(&config.state, &config.witnessed)? else { return Ok(Vec::new()) };
    let mut places: BTreeMap<Told, BTreeMap<(String, String), BTreeSet<String>>> = BTreeMap::new();
    for Knowing { report, period, scope, readers, told } in ledger.answers_told(readers)? {
        let kpis = places.entry((report, period, scope, readers)).or_default();
        for AnswersTold { dimension, segment, kpis: more } in told {
            kpis.entry((dimension, segment)).or_default().extend(more);
        }
    }
    let answers = places.into_iter().filter_map(|((report, period, scope, readers), figures)| {
        let (period, scope) = (config.company.calendar.parse(&period)?, serde_json::from_str(&scope).ok()?);
        Some(ToldAnswers { report, period, scope, figures: listed(figures), readers })
    });
    Ok(answers.collect())
}

/// Report, period, part of the customers, and who was told.
type Told = (String, String, String, Arc<BTreeMap<String, bool>>);

/// Figures by dimension and segment, as a list.
fn listed(figures: BTreeMap<(String, String), BTreeSet<String>>) -> Vec<AnswersTold> {
    let one = |((dimension, segment), kpis): (_, BTreeSet<String>)| {
        let kpis = kpis.into_iter().collect();
        AnswersTold { dimension, segment, kpis }
    };
    figures.into_iter().map(one).collect()
}

/// What the readers of a part of the customers are told: the report's own figures of the period that have a value to see, and
/// all figures of answers in its `history`.
pub(super) fn telling(
    config: &Config,
    (plan, period): (&ReportPlan, &Period),
    scope: &Scope,
    (history, hidden): (&[Verdict], &Keys),
) -> Arc<Telling> {
    let shown = history.iter().filter(|verdict| verdict.key.period == *period);
    let kpis = jobs::kpis(plan, false);
    let figure = |verdict: &Verdict| {
        let key = &verdict.key;
        let value = verdict.reading.value.ok().filter(|value| value.is_finite() && !hidden.contains(key))?;
        Some(ToldFigure {
            dimension: key.dimension.to_string(),
            segment: key.segment.to_string(),
            kpi: key.kpi.to_owned(),
            value,
            may_change: verdict.maturity != Maturity::Final,
        })
    };
    let figures = shown.filter(|verdict| kpis.contains(verdict.key.kpi)).filter_map(figure).collect();
    let definitions = config.definitions.clone();
    Arc::new(Telling { scope: scope_text(scope), definitions, figures, answers: answers_in(history, period) })
}

/// Period → the figures of answers that a history tells of it, by themselves or as what those of the period shown are compared
/// with. Of what is withheld it has no number.
fn answers_in(history: &[Verdict], period: &Period) -> BTreeMap<String, Vec<AnswersTold>> {
    let mut told: BTreeMap<String, BTreeMap<(String, String), BTreeSet<String>>> = BTreeMap::new();
    let of_answers = |verdict: &&Verdict| verdict.reading.n > 0 && Question::behind(verdict.key.kpi).is_some();
    for Verdict { key, previous, year_before, .. } in history.iter().filter(of_answers) {
        let changes = previous.iter().chain(year_before).filter(|_| key.period == *period);
        for period in changes.map(|change| change.against.as_str()).chain([key.period.id.as_str()]) {
            let place = (key.dimension.to_string(), key.segment.to_string());
            told.entry(period.to_owned()).or_default().entry(place).or_default().insert(key.kpi.to_owned());
        }
    }
    told.into_iter().map(|(period, figures)| (period, listed(figures))).collect()
}

fn as_told(record: ToldRecord, config: &Config, inputs: &BTreeMap<String, Vec<String>>) -> insight::Told {
    let then = digests(&record.inputs);
    let tables: BTreeSet<&String> = then.keys().chain(inputs.keys()).collect();
    let since = insight::Since {
        tables: tables.into_iter().filter(|table| then.get(*table) != inputs.get(*table)).cloned().collect(),
        definitions: record.telling.definitions != config.definitions,
        program: record.version != env!("CARGO_PKG_VERSION"),
    };
    let figure = |figure: ToldFigure| {
        let ToldFigure { dimension, segment, kpi, value, may_change } = figure;
        insight::ToldFigure { dimension, segment, kpi, value, may_change }
    };
    insight::Told {
        period: record.period,
        sent: local_day(config, record.sent),
        figures: record.telling.figures.into_iter().map(figure).collect(),
        since,
    }
}

/// The day of an instant where the company is.
fn local_day(config: &Config, at: DateTime<Utc>) -> chrono::NaiveDate {
    let local = config.company.calendar.local(at.into());
    local.map_or_else(|| at.date_naive(), |local| local.date())
}

/// Table → digests of its files, of inputs as the ledger keeps them.
fn digests(inputs: &str) -> BTreeMap<String, Vec<String>> {
    let inputs: serde_json::Value = serde_json::from_str(inputs).unwrap_or_default();
    let text = |value: &serde_json::Value| value.as_str().map(str::to_owned);
    let of = |input: &serde_json::Value| {
        let files = input["files"].as_array()?.iter().filter_map(|file| text(&file["sha256"]));
        Some((text(&input["table"])?, files.collect()))
    };
    inputs.as_array().into_iter().flatten().filter_map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_the_customers_has_one_name() {
        let scope = Scope::from([("region".to_owned(), "Sul".to_owned()), ("plan".to_owned(), "\"Pro\"".to_owned())]);
        assert_eq!(scope_text(&scope), r#"{"plan":"\"Pro\"","region":"Sul"}"#);
        assert_eq!(scope_text(&Scope::new()), "{}");
    }

    #[test]
    fn inputs_are_known_by_the_digests_of_their_files() {
        let inputs =
            r#"[{"table":"usage","files":[{"sha256":"aa","rows":1},{"sha256":"bb"}]},{"table":"staff","files":[]}]"#;
        let expected = [("staff".to_owned(), vec![]), ("usage".to_owned(), vec!["aa".to_owned(), "bb".to_owned()])];
        assert_eq!(digests(inputs), BTreeMap::from(expected));
        assert_eq!(digests("what is this"), BTreeMap::new());
    }
}
