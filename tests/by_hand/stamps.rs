//! What the stamps of a row say beside each other, and that the order of rows says nothing.

use std::fs;

use crate::books::{Books, assert_share};

const CUSTOMERS: &str = "customer_id,signup_date\nA,2026-01-05\nB,2026-01-05\nC,2026-01-05\n";

/// A bare day beside a time of that day is not before it. Of four leads created at 10:30 two convert on that day; the third
/// does so never, the fourth three days later: 3 of 4. A's contract ends on the day on which it began at 10:30, and C's, as
/// bare days: neither was ever active. Of two tickets one is resolved on its day, at once, the other after 90 minutes: the
/// median of 0 and 1.5 hours is 0.75.
#[test]
fn a_bare_day_holds_every_time_of_that_day() {
    let leads = "lead_id,created_at,converted_at\n1,2026-02-03 10:30,2026-02-03\n2,2026-02-04 10:30,2026-02-04\n\
                 3,2026-02-05 10:30,\n4,2026-02-06 10:30,2026-02-09\n";
    let subscriptions = "customer_id,start_date,end_date,mrr\nA,2026-02-05 10:30,2026-02-05,10\nB,2026-02-05 10:30,,10\n\
                         C,2026-02-06,2026-02-06,10\n";
    let tickets = "customer_id,opened_at,resolved_at,contacts,reopened\nB,2026-02-09 10:30,2026-02-09,1,no\n\
                   B,2026-02-10 10:30,2026-02-10 12:00,2,no\n";
    let tables = [("customers", CUSTOMERS), ("leads", leads), ("subscriptions", subscriptions), ("tickets", tickets)];
    let kpis = "[conversion_rate, customers_new, early_losses, customers_closing, resolution_hours, fcr]";
    let figures = Books::new(&tables, "", &format!("m: {{ kpis: {kpis} }}")).figures("2026-02");
    assert_share(&figures, ["2026-02", "total", "total", "conversion_rate"], 3.0, 4.0);
    assert_share(&figures, ["2026-02", "total", "total", "fcr"], 1.0, 2.0);
    for (kpi, value) in
        [("customers_new", "1"), ("early_losses", "0"), ("customers_closing", "1"), ("resolution_hours", "0.75")]
    {
        assert_eq!(figures.row("2026-02", "total", "total", kpi).text("value"), value, "{kpi}");
    }
}

/// The day before is before it, and so is an earlier time of the day.
#[test]
fn an_earlier_day_or_time_is_out_of_order() {
    for converted in ["2026-02-02", "2026-02-03 10:29"] {
        let leads = format!("lead_id,created_at,converted_at\n1,2026-02-03 10:30,{converted}\n");
        let books = Books::new(&[("customers", CUSTOMERS), ("leads", &leads)], "", "m: { kpis: [conversion_rate] }");
        let output = books.farol(&["run", "--only", "figures", "--period", "2026-02"]);
        assert_eq!(output.status.code(), Some(65), "{converted}");
        assert!(String::from_utf8_lossy(&output.stderr).contains("wrong-order"), "{converted}");
    }
}

/// Two like rows of A end together, and say different reasons: the greater id counts, or without ids the greater word.
#[test]
fn whichever_row_stands_first_the_reason_is_the_same() {
    let file = |header: &str, rows: &[&str]| {
        let table = format!("{header}\n{}\n", rows.join("\n"));
        let tables = [("customers", CUSTOMERS), ("subscriptions", table.as_str())];
        let books = Books::new(&tables, "", "m: { kpis: [churn_reasons, customers_lost] }");
        let figures = books.figures("2026-03");
        let lost = |reason| figures.find(["2026-03", "cancel_reason", reason, "customers_lost"]);
        assert_eq!(lost("product").map(|row| row.text("value")), Some("1"));
        assert!(lost("price").is_none_or(|row| row.text("value") == "0"));
        fs::read(books.path("out/m/2026-03/figures.csv")).unwrap()
    };
    let header = "subscription_id,customer_id,start_date,end_date,mrr,cancel_reason";
    let rows = ["1,A,2026-01-05,2026-03-10,100,price", "2,A,2026-01-05,2026-03-10,100,product", "3,B,2026-01-05,,20,"];
    let [price, product, stays] = rows;
    assert_eq!(file(header, &rows), file(header, &[stays, product, price]));
    let unnamed = rows.map(|row| &row[2..]);
    let [price, product, stays] = unnamed;
    let header = header.trim_start_matches("subscription_id,");
    assert_eq!(file(header, &unnamed), file(header, &[stays, product, price]));
}

/// A's only row of `customers` is valid from 1 February on. As of 20 January there is no A yet, and its January ticket is
/// refused with the reason; as of March it counts.
#[test]
fn a_customer_whose_first_row_is_of_later_is_told_from_a_stranger() {
    let customers = "customer_id,signup_date,valid_from\nA,2026-01-05,2026-02-01\nB,2026-01-05,\n";
    let tickets = "ticket_id,customer_id,opened_at,resolved_at,contacts\n1,A,2026-01-10,,1\n2,B,2026-01-10,,1\n3,X,2026-01-10,,1\n";
    let books = Books::new(&[("customers", customers), ("tickets", tickets)], "", "m: { kpis: [backlog] }");
    let said = |as_of| {
        let output = books.farol(&["run", "--only", "figures", "--period", "2026-01", "--as-of", as_of]);
        assert_eq!(output.status.code(), Some(65), "{as_of}");
        String::from_utf8(output.stderr).unwrap()
    };
    let early = said("2026-01-20");
    for words in [
        "tickets.csv:2: error[customer-not-yet-valid]: column `customer_id`, `A`: the customer's first row in",
        "tickets.csv:4: error[orphan]: column `customer_id`, `X`",
        "1 orphan, 1 customer-not-yet-valid",
        "a row of `customers` with an empty `valid_from`",
    ] {
        assert!(early.contains(words), "{words}: {early}");
    }
    let late = said("2026-03-01");
    assert!(late.contains("1 of 3 rows of `tickets`") && !late.contains("not-yet-valid"), "{late}");
}
