//! Whom to call: names for those who may see them, counts for the others.

use chrono::{NaiveDate, TimeDelta};

use super::facts::{Facts, status};
use super::input::{Call, CustomerRow};
use super::text::counted;
use super::{CallList, CallRow, Calls, clean};
use crate::kpi::Unit;
use crate::locale::Locale;

/// Customers of one list; a longer list is not called but filed.
const MOST_CUSTOMERS: usize = 200;

/// The lists, or how long they would be.
pub(super) fn build(facts: &Facts<'_>) -> Calls {
    let customers = facts.input.customers;
    if customers.is_empty() {
        return Calls { note: String::new(), lists: Vec::new() };
    }
    let [at_risk, expansion] = in_order(facts);
    let revenue = money(facts, at_risk.iter().map(|customer| customer.mrr).sum());
    let sentences = [
        (!at_risk.is_empty()).then(|| facts.count("calls-at-risk", len(&at_risk), &[("mrr", &revenue)])),
        (!expansion.is_empty()).then(|| facts.count("calls-expansion", len(&expansion), &[])),
        facts
            .input
            .period
            .end
            .pred_opt()
            .map(|day| facts.say("calls-as-of", &[("date", &facts.locale.date_short(day))])),
        (!facts.input.names).then(|| facts.text("calls-no-names")),
    ];
    let note = sentences.into_iter().flatten().collect::<Vec<_>>().join(" ");
    let lists = [("calls-list-at-risk", at_risk), ("calls-list-expansion", expansion)];
    let lists = lists.into_iter().filter(|(_, customers)| facts.input.names && !customers.is_empty());
    Calls { note, lists: lists.map(|(caption, customers)| list(facts, caption, &customers)).collect() }
}

/// Those at risk, and those to renew or expand: renewals to come before those that have passed since the period's end.
pub(super) fn in_order<'a>(facts: &Facts<'a>) -> [Vec<&'a CustomerRow>; 2] {
    let of = |call: Call| facts.input.customers.iter().filter(move |customer| customer.call == call);
    let mut expansion: Vec<&CustomerRow> = of(Call::Expansion).collect();
    expansion.sort_by_key(|customer| has_passed(facts, customer));
    [of(Call::AtRisk).collect(), expansion]
}

fn len(customers: &[&CustomerRow]) -> u64 {
    u64::try_from(customers.len()).unwrap_or(u64::MAX)
}

fn money(facts: &Facts<'_>, amount: f64) -> String {
    facts.locale.value_compact(amount, Unit::Money, &facts.input.company.currency)
}

fn list(facts: &Facts<'_>, caption: &str, customers: &[&CustomerRow]) -> CallList {
    let mut rows: Vec<CallRow> = customers.iter().take(MOST_CUSTOMERS).map(|customer| row(facts, customer)).collect();
    let has_reasons = rows.iter().any(|row| !row.reasons.is_empty() || !row.advice.is_empty());
    let advice = common_advice(facts, &mut rows);
    let has_advice = rows.iter().any(|row| !row.advice.is_empty());
    let (count, shown) = (len(customers), shown(facts.locale, rows.len(), len(customers)));
    CallList { caption: facts.text(caption), rows, has_reasons, has_advice, advice, count, shown }
}

/// The advice of most rows, taken out of them; the others keep theirs.
fn common_advice(facts: &Facts<'_>, rows: &mut [CallRow]) -> Option<String> {
    let with = |advice: &str| rows.iter().filter(|row| row.advice == advice).count();
    let is_of_most = |advice: &&String| !advice.is_empty() && rows.len() > 1 && 2 * with(advice) > rows.len();
    let advice = rows.iter().map(|row| &row.advice).find(is_of_most)?.clone();
    let is_of_all = with(&advice) == rows.len();
    for row in rows.iter_mut().filter(|row| row.advice == advice) {
        row.advice.clear();
    }
    Some(if is_of_all { advice } else { facts.say("calls-advice-most", &[("advice", &advice)]) })
}

/// How many of a list are shown, where that is not all of them.
pub(in crate::report) fn shown(locale: &Locale, rows: usize, of: u64) -> Option<String> {
    let rows = u64::try_from(rows).unwrap_or(u64::MAX);
    (rows < of).then(|| counted(locale, "calls-shown", rows, &[("all", &locale.count(of))]))
}

fn row(facts: &Facts<'_>, customer: &CustomerRow) -> CallRow {
    CallRow {
        name: clean(&customer.name),
        segment: customer.segment.as_deref().map(|segment| facts.segment(segment)),
        mrr: money(facts, customer.mrr),
        health: customer.health.map(|score| facts.locale.number(score, 1)),
        status: status(customer.status),
        reasons: facts.locale.list(&customer.reasons.iter().map(|id| reason(facts, id)).collect::<Vec<_>>()),
        advice: customer.reasons.first().and_then(|id| advice(facts, id)).unwrap_or_default(),
        renewal: customer.days_to_renewal.map(|days| renewal(facts, days)).unwrap_or_default(),
    }
}

/// A health component in words: what it measures if it is one that we know, else its own id.
pub(super) fn reason(facts: &Facts<'_>, id: &str) -> String {
    let message = format!("component-{}", id.replace('_', "-"));
    if facts.locale.has(&message) { facts.text(&message) } else { clean(&id.replace('_', " ")) }
}

/// What the playbook says of a component.
pub(super) fn advice(facts: &Facts<'_>, id: &str) -> Option<String> {
    facts.input.choices.health.playbook.get(id).and_then(|texts| facts.translated(texts)).map(clean)
}

/// The day of a renewal, given in days from the period's end; whoever reads it later need not count back.
pub(super) fn renewal_day(facts: &Facts<'_>, days: i64) -> Option<NaiveDate> {
    facts.input.period.end.checked_add_signed(TimeDelta::try_days(days)?)
}

/// Whether the day of a customer's renewal has passed by now.
fn has_passed(facts: &Facts<'_>, customer: &CustomerRow) -> bool {
    let day = customer.days_to_renewal.and_then(|days| renewal_day(facts, days));
    day.is_some_and(|day| day < today(facts))
}

fn today(facts: &Facts<'_>) -> NaiveDate {
    facts.input.provenance.as_of.date()
}

/// That day in words, and whether it had passed when the period ended, or has passed by now.
pub(super) fn renewal(facts: &Facts<'_>, days: i64) -> String {
    let Some(day) = renewal_day(facts, days) else { return String::new() };
    let date = facts.locale.date_short(day);
    match days {
        ..0 => facts.say("calls-renewal-passed", &[("date", &date)]),
        _ if day < today(facts) => facts.say("calls-renewal-since", &[("date", &date)]),
        _ => date,
    }
}
