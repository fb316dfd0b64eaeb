//! Tables that begin later than the report's history: what was not written down is no 0 that something rose from.

use std::fmt::Write as _;
use std::fs;

use crate::books::Books;

const CUSTOMERS: usize = 40;

/// Rows of one customer after the other, under a header.
fn rows(header: &str, customers: std::ops::Range<usize>, row: impl Fn(usize) -> String) -> String {
    customers.fold(format!("{header}\n"), |mut table, customer| {
        let _ = writeln!(table, "{}", row(customer));
        table
    })
}

/// Forty customers of long ago. On 2 June 2026 the first usage is recorded: 36 of them in June, 38 in July. From the 5th on
/// there are costs, 10 for each customer in June and 15 in July, and a ticket of every other one in either month.
fn books() -> Books {
    let customers = rows("customer_id,signup_date", 0..CUSTOMERS, |id| format!("C{id:02},2025-01-01"));
    let subscriptions =
        rows("customer_id,start_date,end_date,mrr", 0..CUSTOMERS, |id| format!("C{id:02},2025-01-01,,100"));
    let mut usage = rows("customer_id,date,events", 0..36, |id| format!("C{id:02},2026-06-02,3"));
    usage += rows("", 0..38, |id| format!("C{id:02},2026-07-02,3")).trim_start();
    let mut costs = rows("customer_id,date,amount", 0..CUSTOMERS, |id| format!("C{id:02},2026-06-05,{}", 8 + id % 5));
    costs += rows("", 0..CUSTOMERS, |id| format!("C{id:02},2026-07-05,{}", 13 + id % 5)).trim_start();
    let mut tickets = rows("customer_id,opened_at,contacts", 0..20, |id| format!("C{id:02},2026-06-05,1"));
    tickets += rows("", 0..20, |id| format!("C{id:02},2026-07-05,1")).trim_start();
    let tables = [
        ("customers", customers),
        ("subscriptions", subscriptions),
        ("usage", usage),
        ("retention_costs", costs),
        ("tickets", tickets),
    ];
    let tables = tables.each_ref().map(|(name, rows)| (*name, rows.as_str()));
    Books::new(&tables, "", "monthly: { kpis: [active_rate, crc, ticket_rate, mrr_closing], history: 4 }\n")
}

/// Of May there is no use, cost or ticket: the file for other programs says so, and that June's are not compared with it.
/// July's are, with June's: 90 % and 95 %, 10 and 15, 50 and 50.
#[test]
fn nothing_is_compared_with_a_month_before_the_first_row() {
    let books = books();
    for (period, expected) in [
        ("2026-05", [("active_rate", "0", "", ""), ("crc", "0", "", ""), ("ticket_rate", "0", "", "")]),
        ("2026-06", [("active_rate", "90", "", ""), ("crc", "10", "", ""), ("ticket_rate", "50", "", "")]),
        ("2026-07", [("active_rate", "95", "90", "5"), ("crc", "15", "10", "5"), ("ticket_rate", "50", "50", "0")]),
    ] {
        let figures = books.figures(period);
        for (kpi, value, previous, change) in expected {
            let row = figures.row(period, "total", "total", kpi);
            let found = ["value", "previous", "change"].map(|column| row.text(column));
            assert_eq!(found, [value, previous, change], "{kpi} {period}");
        }
        // Contracts hold for times of which nothing was written down.
        let mrr = figures.row(period, "total", "total", "mrr_closing");
        assert_eq!(["value", "previous", "change"].map(|column| mrr.text(column)), ["4000", "4000", "0"]);
    }
}

/// June's report shows no point and tells no rise; it says since when there are rows. May's shows no 0.
#[test]
fn a_report_shows_a_gap_and_why() {
    let books = books();
    let report = |period: &str| -> serde_json::Value {
        assert!(books.farol(&["run", "--period", period]).status.success());
        let text = fs::read_to_string(books.path(&format!("out/monthly/{period}/report.json"))).unwrap();
        serde_json::from_str(&text).unwrap()
    };
    let june = report("2026-06");
    let news = june["narrative"].to_string() + &june["changes"].to_string();
    assert!(!["Active", "CRC", "etention cost", "icket"].iter().any(|word| news.contains(word)), "{news}");
    let remarks = june["quality"]["remarks"].to_string().replace('\u{a0}', " ");
    for words in
        ["Product usage: rows from Jun 2, 2026 on.", "Retention costs: rows from Jun 5, 2026 on.", "Tickets: rows"]
    {
        assert!(remarks.contains(words), "{words}: {remarks}");
    }
    // July's trends: four months, of which the first two are gaps.
    let july = report("2026-07");
    let charts = july["charts"].as_array().unwrap();
    for kpi in ["trend-active-rate", "trend-crc", "trend-ticket-rate"] {
        let chart = charts.iter().find(|chart| chart["anchor"] == kpi).unwrap_or_else(|| panic!("no {kpi}"));
        let points = chart["drawing"]["points"].as_array().unwrap();
        let is_gap: Vec<bool> = points.iter().map(|point| point["value"].is_null()).collect();
        assert_eq!(is_gap, [true, true, false, false], "{kpi}: {chart}");
        assert!(chart["note"].to_string().contains("no rows to count yet"), "{kpi}: {chart}");
    }
    let may = report("2026-05");
    let shown: Vec<String> = may["cards"].as_array().unwrap().iter().map(ToString::to_string).collect();
    assert_eq!(shown.iter().filter(|card| card.contains("no rows yet in the period")).count(), 3, "{shown:?}");
}
