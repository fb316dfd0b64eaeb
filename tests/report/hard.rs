//! Companies whose reports are hard to lay out.

use std::collections::{BTreeMap, BTreeSet};

use farol::config::Dimension;
use farol::insight::{Since, Told, ToldFigure};
use farol::kpi::{Reading, Sampling, Undefined};

use super::company::{Made, aurora};

/// A name that would be markup, a header or a template if anybody let it.
pub(crate) const HOSTILE: &str = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'>\r\nBcc: a@b.example\u{202e}gpj.exe\u{0}\u{7}{{ 7*7 }}{% raw %}";

/// The aurora report with one name in every place where a name can stand.
pub(crate) fn named(name: &str) -> Made {
    let mut made = aurora();
    name.clone_into(&mut made.company.name);
    made.scope = BTreeMap::from([(name.to_owned(), name.to_owned())]);
    for title in made.plan.title.values_mut() {
        *title = format!("{name}, {{period}}");
    }
    made.plan.segments = vec![Dimension(vec![name.to_owned()])];
    for verdict in &mut made.verdicts {
        if verdict.key.dimension == "plan" {
            verdict.key.dimension = name.into();
            if verdict.key.segment == "Trial" {
                verdict.key.segment = name.into();
            }
        }
        if verdict.key.kpi == "customer_churn_rate" {
            verdict.band = verdict.band.as_ref().map(|_| name.to_owned());
        }
    }
    for band in &mut made.benchmarks.get_mut("nps").unwrap().bands {
        band.label.values_mut().for_each(|label| name.clone_into(label));
    }
    made.benchmarks.get_mut("nps").unwrap().source = [(String::new(), name.to_owned())].into();
    for customer in &mut made.customers {
        name.clone_into(&mut customer.name);
        customer.segment = Some(name.to_owned());
        customer.reasons = vec![name.to_owned()];
    }
    for standing in &mut made.standings.as_mut().unwrap().customers {
        name.clone_into(&mut standing.name);
    }
    let courses = made.courses.as_mut().unwrap();
    courses.dimension = Some(name.to_owned());
    name.clone_into(&mut courses.curves[0].0);
    let advice = BTreeMap::from([("en".to_owned(), name.to_owned())]);
    made.choices.health.playbook.insert(name.to_owned(), advice);
    for source in &mut made.quality {
        name.clone_into(&mut source.table);
        source.quarantined = BTreeMap::from([(name.to_owned(), 3)]);
    }
    made.not_configured[0].1 = vec![name.to_owned()];
    name.clone_into(&mut made.provenance.run);
    name.clone_into(&mut made.provenance.inputs[0].0);
    made
}

/// No figure has a value, and nothing is known of anybody.
pub(crate) fn nothing() -> Made {
    let mut made = aurora();
    for verdict in &mut made.verdicts {
        verdict.reading = Reading::undefined(Undefined::NoDenominator);
        (verdict.previous, verdict.year_before, verdict.band, verdict.status) = (None, None, None, None);
        (verdict.target_met, verdict.alerts) = (None, Vec::new());
    }
    made.customers.clear();
    (made.courses, made.standings) = (None, None);
    made.quality.clear();
    made
}

/// One customer in one month: no intervals, nothing to compare with, one line in each table.
pub(crate) fn one_customer() -> Made {
    let mut made = aurora();
    made.verdicts.retain(|verdict| verdict.key.period == made.period && verdict.key.dimension == "total");
    for verdict in &mut made.verdicts {
        verdict.reading.n = 1;
        verdict.reading.interval = None;
        verdict.reading.sampling = Sampling::Normal { estimate: 1.0, standard_error: 0.0 };
        (verdict.previous, verdict.year_before) = (None, None);
    }
    made.courses = None;
    made.standings.as_mut().unwrap().customers.truncate(1);
    made
}

/// Forty plans.
pub(crate) fn many_segments() -> Made {
    let mut made = aurora();
    let plan: Vec<_> = made.verdicts.iter().filter(|verdict| verdict.key.segment == "Pro").cloned().collect();
    for number in 1..=36 {
        made.verdicts.extend(plan.iter().cloned().map(|mut verdict| {
            verdict.key.segment = format!("Plan {number}").into();
            verdict
        }));
    }
    made
}

/// Every figure of the two months before was told a tenth lower, with every reason that there can be for another one now.
pub(crate) fn restated() -> Made {
    let mut made = aurora();
    let tables = ["customers", "surveys", "subscriptions", "tickets"].map(str::to_owned);
    for (period, since) in [
        ("2026-09", Since { tables: BTreeSet::from(tables), ..Since::default() }),
        ("2026-08", Since { definitions: true, program: true, ..Since::default() }),
    ] {
        let own = made.verdicts.iter().filter(|verdict| verdict.key.period.id == period);
        let told = own.filter_map(|verdict| {
            Some(ToldFigure {
                dimension: verdict.key.dimension.to_string(),
                segment: verdict.key.segment.to_string(),
                kpi: verdict.key.kpi.to_owned(),
                value: verdict.reading.value.ok()? * 0.9,
                may_change: verdict.key.kpi == "fcr",
            })
        });
        let figures = told.collect();
        let sent = chrono::NaiveDate::from_ymd_opt(2026, 10, 5).unwrap();
        made.told.push(Told { period: period.to_owned(), sent, figures, since });
    }
    made
}

/// Money of nine digits before the comma, and more.
pub(crate) fn nine_digits() -> Made {
    let mut made = aurora();
    let factor = 4_321.0;
    for verdict in made.verdicts.iter_mut().filter(|verdict| {
        let id = verdict.key.kpi;
        id.starts_with("mrr_") || id == "ltv" || id == "crc"
    }) {
        let reading = &mut verdict.reading;
        reading.value = reading.value.map(|value| value * factor);
        if let Some(interval) = &mut reading.interval {
            (interval.low, interval.high) = (interval.low * factor, interval.high * factor);
        }
        for change in [&mut verdict.previous, &mut verdict.year_before].into_iter().flatten() {
            (change.value, change.difference) = (change.value * factor, change.difference * factor);
        }
    }
    for customer in &mut made.customers {
        customer.mrr *= factor;
    }
    made
}

/// What German compounds and legal forms do to a column.
pub(crate) const LONG: &str = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft & Söhne Participações e Empreendimentos S.A.";
