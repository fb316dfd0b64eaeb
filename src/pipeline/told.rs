//! What readers are told, for the ledger to keep; and what they were told before, held against the data of now.
//!
//! Compares no figure: the report does. What figures of answers tell together, [`readers`](super::readers) decides.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::calendar::Period;
use crate::config::{Config, ReportPlan};
use crate::delivery::outbox::scope_text;
use crate::error::Result;
use crate::insight;
use crate::judgement::{Keys, Maturity, Verdict};
use crate::kpi::loyalty::Question;
use crate::ledger::{AnswersTold, Knowing, Ledger, Telling, ToldFigure, ToldRecord};
use crate::pipeline::jobs;
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

/// What readers were told of answers in periods that share a day with some others, or with one that does: a quarter that was
/// told tells of its first month together with the other two.
pub(super) fn answers(config: &Config, periods: &[Period]) -> Result<Vec<ToldAnswers>> {
    let Some(ledger) = Ledger::find_witnessed(&config.state, &config.witnessed)? else { return Ok(Vec::new()) };
    let calendar = config.company.calendar;
    let all: Vec<Period> = ledger.periods_told()?.iter().filter_map(|id| calendar.parse(id)).collect();
    let near = sharing_a_day(&all, periods);
    let told = sharing_a_day(&all, &[periods, &near].concat());
    let told: BTreeMap<String, Period> = told.into_iter().map(|period| (period.id.to_string(), period)).collect();
    let of = |Knowing { report, period, scope, readers, told: figures }: Knowing| {
        let (period, scope) = (told.get(&period)?.clone(), serde_json::from_str(&scope).ok()?);
        Some(ToldAnswers { report, period, scope, figures, readers })
    };
    Ok(ledger.answers_told(&told.keys().cloned().collect())?.into_iter().filter_map(of).collect())
}

/// Of periods those that share a day with some others.
fn sharing_a_day(periods: &[Period], others: &[Period]) -> Vec<Period> {
    let shares = |period: &&Period| others.iter().any(|other| other.first < period.end && period.first < other.end);
    periods.iter().filter(shares).cloned().collect()
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
    let mut told: BTreeMap<(&str, &str, &str), BTreeSet<&str>> = BTreeMap::new();
    let of_answers = |verdict: &&Verdict| verdict.reading.n > 0 && Question::behind(verdict.key.kpi).is_some();
    for Verdict { key, previous, year_before, .. } in history.iter().filter(of_answers) {
        let changes = previous.iter().chain(year_before).filter(|_| key.period == *period);
        for period in changes.map(|change| change.against.as_str()).chain([key.period.id.as_str()]) {
            told.entry((period, &key.dimension, &key.segment)).or_default().insert(key.kpi);
        }
    }
    let mut answers: BTreeMap<String, Vec<AnswersTold>> = BTreeMap::new();
    for ((period, dimension, segment), kpis) in told {
        let (dimension, segment) = (dimension.to_owned(), segment.to_owned());
        let kpis = kpis.into_iter().map(str::to_owned).collect();
        answers.entry(period.to_owned()).or_default().push(AnswersTold { dimension, segment, kpis });
    }
    answers
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
