//! Readers of a part of the customers: what their figures are held against.

use crate::written::Written;

/// S01 has A and B, who pay 60 each, and S02 has C, who pays 1 000; nobody leaves. S01 has a target of 100 of its own, S02
/// has none: 1 000 against the company's 500 000 would say nothing of it. A rate is the company's for both.
#[test]
fn a_part_is_held_against_its_own_target() {
    let file = |name: &str, text: &str| (name.to_owned(), text.to_owned());
    let company = Written::new(&[
        file(
            "config/farol.yaml",
            "company: { name: Case, locale: en, currency: BRL, timezone: America/Sao_Paulo }\nas_of: 2026-07-10\n\
             data:\n  customers: { path: ../data/customers.csv, columns: { sector: sector } }\n  \
             subscriptions: { path: ../data/subscriptions.csv }\nsegments: [sector]\n",
        ),
        file(
            "config/benchmarks.yaml",
            "mrr_closing: { targets: [{ from: 2026-01, total: 500000, sector: { S01: 100 } }] }\n\
             customer_churn_rate: { targets: [{ from: 2026-01, total: 2 }] }\n",
        ),
        file(
            "config/reports.yaml",
            "monthly:\n  kpis: [mrr_closing, customer_churn_rate]\n  history: 1\n  attach: [html]\n  recipients:\n    \
             - { to: \"one@case.example\", locale: pt-BR, only: { sector: S01 } }\n    \
             - { to: \"two@case.example\", locale: es, only: { sector: S02 } }\n",
        ),
        file(
            "data/customers.csv",
            "customer_id,signup_date,sector\nA,2025-01-01,S01\nB,2025-01-01,S01\nC,2025-01-01,S02\n",
        ),
        file(
            "data/subscriptions.csv",
            "customer_id,start_date,end_date,mrr\nA,2025-01-01,,60\nB,2025-01-01,,60\nC,2025-01-01,,1000\n",
        ),
    ]);
    company.figures(&["run", "--period", "2026-06"]);
    let targets = |locale: &str| {
        let cards = company.report("2026-06", locale)["cards"].take();
        [0, 1].map(|at| cards[at]["target"]["label"].as_str().map(|label| label.replace('\u{a0}', " ")))
    };
    let said = |label: &str| Some(label.to_owned());
    assert_eq!(targets(""), [said("Target R$500K"), said("Target 2.0%")]);
    assert_eq!(targets("pt-BR"), [said("Meta R$ 100,00"), said("Meta 2,0%")]);
    assert_eq!(targets("es"), [None, said("Meta 2,0 %")]);
}
