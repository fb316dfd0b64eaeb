//! Cohorts: who came together, and who of them is left.

use std::fs;

use serde_json::Value;

use crate::books::{Books, assert_share};

const CUSTOMERS: &str = "
customer_id,signup_date
a1,2026-01-05
a2,2026-01-10
a3,2026-01-20
b1,2026-02-01
b2,2026-02-10
c1,2026-03-31
d1,2026-04-15
";

/// a2 leaves in February and returns in April; a3 comes and leaves within January; b1 comes at the first instant of
/// February; b2's last day is the last of March.
const SUBSCRIPTIONS: &str = "
customer_id,start_date,end_date,mrr,plan
a1,2026-01-05,,100,Basic
a2,2026-01-10,2026-02-20,100,Pro
a2,2026-04-02,,100,Pro
a3,2026-01-20,2026-01-25,100,Basic
b1,2026-02-01,,100,Basic
b2,2026-02-10,2026-04-01,100,Pro
c1,2026-03-31,,100,Basic
d1,2026-04-15,,100,Basic
";

fn books(reports: &str) -> Books {
    let tables = [("customers", CUSTOMERS), ("subscriptions", SUBSCRIPTIONS)];
    Books::new(&tables, "segments: [plan]\nattributes: { plan: subscriptions.plan }", reports)
}

/// A cohort at an age, those active at the end, and all that came.
type Aged = (&'static str, f64, f64);

/// The diagonal of each month.
const DIAGONALS: [(&str, &[Aged]); 4] = [
    ("2026-01", &[("2026-01+00", 2.0, 3.0)]),
    ("2026-02", &[("2026-01+01", 1.0, 3.0), ("2026-02+00", 2.0, 2.0)]),
    ("2026-03", &[("2026-01+02", 1.0, 3.0), ("2026-02+01", 1.0, 2.0), ("2026-03+00", 1.0, 1.0)]),
    (
        "2026-04",
        &[("2026-01+03", 2.0, 3.0), ("2026-02+02", 1.0, 2.0), ("2026-03+01", 1.0, 1.0), ("2026-04+00", 1.0, 1.0)],
    ),
];

#[test]
fn each_month_has_one_diagonal_of_the_cohorts() {
    let books = books("monthly: { kpis: [cohort_retention], segments: [] }");
    for (period, diagonal) in DIAGONALS {
        let figures = books.figures(period);
        assert_eq!(books.rows(period, "cohort_retention"), diagonal.len(), "{period}");
        for (cohort, active, size) in diagonal {
            assert_share(&figures, [period, "cohort", cohort, "cohort_retention"], *active, *size);
        }
    }
}

/// A quarter, a year and a window show what the month that ends them shows; a week shows none.
#[test]
fn longer_periods_show_the_month_that_ends_them() {
    let books = books(&Books::every_grain("cohort_retention, customers_closing", ""));
    for (period, month) in [("2026-Q1", 2), ("2026-04.2m", 3), ("2026-03.2m", 2), ("2026-W05", usize::MAX)] {
        let figures = books.figures(period);
        let diagonal = DIAGONALS.get(month).map_or(&[][..], |(_, diagonal)| diagonal);
        assert_eq!(books.rows(period, "cohort_retention"), diagonal.len(), "{period}");
        for (cohort, active, size) in diagonal {
            assert_share(&figures, [period, "cohort", cohort, "cohort_retention"], *active, *size);
        }
    }
}

/// Of Pro there are a2 and b2. In March a2 is away, and still of the plan that it left from: 0 of 1; b2 has gone with the
/// month: 0 of 1. In April a2 is back.
#[test]
fn a_recipient_sees_the_cohorts_of_its_own_customers() {
    let books = books(
        "monthly: { kpis: [cohort_retention], segments: [], attach: [csv], \
         recipients: [{ to: pro@aurora.example, only: { plan: Pro } }] }",
    );
    for (period, months) in [("2026-03", ["2026-01+02", "2026-02+01"]), ("2026-04", ["2026-01+03", "2026-02+02"])] {
        let figures = books.mailed(period, "pro@aurora.example");
        let is_back = if period == "2026-04" { 1.0 } else { 0.0 };
        assert_share(&figures, [period, "cohort", months[0], "cohort_retention"], is_back, 1.0);
        assert_share(&figures, [period, "cohort", months[1], "cohort_retention"], 0.0, 1.0);
        assert!(figures.find([period, "cohort", "2026-03+00", "cohort_retention"]).is_none());
    }
}

/// The report of April, over four months: a row a cohort, in whole percentages; no card, for there is no total. Of the three
/// of January two are there in April, 66.7 %.
#[test]
fn the_report_draws_the_cohorts_of_its_history() {
    let books = books("monthly: { kpis: [cohort_retention, customers_closing], segments: [], history: 4 }");
    let output = books.farol(&["run", "--period", "2026-04"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let report: Value =
        serde_json::from_slice(&fs::read(books.path("out/monthly/2026-04/report.json")).unwrap()).unwrap();
    let chart = report["charts"].as_array().unwrap().iter().find(|chart| chart["anchor"] == "cohorts").unwrap();
    let labels = |row: &Value| -> Vec<String> {
        let cells = row["cells"].as_array().unwrap().iter();
        cells.map(|cell| cell["label"].as_str().unwrap().to_owned()).collect()
    };
    let rows: Vec<Vec<String>> = chart["drawing"]["rows"].as_array().unwrap().iter().map(labels).collect();
    let wanted = [["67", "33", "33", "67"], ["100", "50", "50", ""], ["100", "100", "", ""], ["100", "", "", ""]];
    assert_eq!(rows, wanted);
    let finding = chart["finding"].as_str().unwrap();
    assert!(finding.contains("Jan") && finding.contains("66.7") && finding.contains("Apr"), "{finding}");
    let cards: Vec<&str> =
        report["cards"].as_array().unwrap().iter().map(|card| card["kpi"].as_str().unwrap()).collect();
    assert_eq!(cards, ["customers_closing"]);
}

/// An attribute of the customers may be called `cohort`, and even have a value that looks like a cohort at an age. The KPI
/// has its own: of the three of January two are there in April. The others are cut by the attribute.
#[test]
fn an_attribute_may_be_called_like_the_dimension_of_the_cohorts() {
    let named = |row: &str| if row.starts_with("customer_id") { "cohort" } else { "2026-01+03" }.to_owned();
    let customers: Vec<String> = CUSTOMERS.trim().lines().map(|row| format!("{row},{}", named(row))).collect();
    let tables = [("customers", &*format!("{}\n", customers.join("\n"))), ("subscriptions", SUBSCRIPTIONS)];
    let reports = "monthly: { kpis: [cohort_retention, customer_churn_rate], segments: [cohort], history: 4 }";
    let books = Books::new(&tables, "segments: [cohort]", reports);
    let figures = books.figures("2026-04");
    assert_share(&figures, ["2026-04", "cohort", "2026-01+03", "cohort_retention"], 2.0, 3.0);
    assert_share(&figures, ["2026-04", "cohort", "2026-01+03", "customer_churn_rate"], 0.0, 3.0);

    let output = books.farol(&["run", "--period", "2026-04"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let report: Value =
        serde_json::from_slice(&fs::read(books.path("out/monthly/2026-04/report.json")).unwrap()).unwrap();
    let anchors: Vec<&str> =
        report["charts"].as_array().unwrap().iter().map(|chart| chart["anchor"].as_str().unwrap()).collect();
    assert!(anchors.contains(&"cohorts") && !anchors.contains(&"by-0-cohort-retention"), "{anchors:?}");

    let output = books.farol(&["explain", "cohort_retention", "--period", "2026-04", "--segment", "cohort=2026-02+02"]);
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && told.contains("numerator   1\n  denominator 2\n"), "{told}");
    let output =
        books.farol(&["explain", "customer_churn_rate", "--period", "2026-04", "--segment", "cohort=2026-01+03"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// Bare dates are midnights. Active at an instant is who ordered in the ninety days before it: on 1 February o1 (5 January)
/// and o2 (31 January); o3 and o4, whose first order is of that very instant, are February's, and in none of January's
/// counts. o5 ordered on 3 November: 27 + 31 + 31 = 89 days later is 31 January, ninety are 1 February, when it still
/// counts; a day later it is over, so that o5 is lost in February.
#[test]
fn an_order_at_the_very_border_is_of_the_period_that_begins() {
    let customers =
        "customer_id,signup_date\no1,2024-01-05\no2,2024-01-05\no3,2024-02-01\no4,2024-02-01\no5,2023-11-01\n";
    let orders = "order_id,customer_id,ordered_at,amount\n1,o1,2024-01-05,10\n2,o2,2024-01-31,10\n3,o3,2024-02-01,10\n\
                  4,o4,2024-02-01,10\n5,o5,2023-11-03,10\n";
    let kpis = "[customers_opening, customers_new, customers_lost, customers_closing, survival_6m, cohort_retention]";
    let books = Books::new(&[("customers", customers), ("orders", orders)], "", &format!("m: {{ kpis: {kpis} }}"));
    for (period, opening, new, lost, closing, begun) in [("2024-01", 1, 2, 0, 3, 3), ("2024-02", 3, 2, 1, 4, 5)] {
        let figures = books.figures(period);
        for (kpi, expected) in [
            ("customers_opening", opening),
            ("customers_new", new),
            ("customers_lost", lost),
            ("customers_closing", closing),
        ] {
            assert_eq!(
                figures.row(period, "total", "total", kpi).text("value"),
                expected.to_string(),
                "{kpi} {period}"
            );
        }
        assert_eq!(figures.row(period, "total", "total", "survival_6m").text("n"), begun.to_string(), "{period}");
    }
    // Cohorts go by the order's own day: two came in January, of whom both are active at its end and a month later.
    assert_share(&books.figures("2024-01"), ["2024-01", "cohort", "2024-01+00", "cohort_retention"], 2.0, 2.0);
    assert_share(&books.figures("2024-02"), ["2024-02", "cohort", "2024-02+00", "cohort_retention"], 2.0, 2.0);
    // What is taken apart adds up to the same: rows of o1 and o2 are new, the others are not.
    let output = books.farol(&["explain", "customers_new", "--period", "2024-01"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
