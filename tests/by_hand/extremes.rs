//! Files that say more than any business has, and people told apart twice: a figure or a fault, never a crash.

use crate::books::{Books, assert_share, assert_value};

const MONTHLY: &str = "monthly: { kpis: all, segments: [], history: 2 }";

const CUSTOMERS: &str = "
customer_id,signup_date,first_contact_date
A,2025-01-01,2025-01-01
B,2025-01-01,2025-01-01
C,2025-01-01,2025-01-01
D,2025-01-01,2025-01-01
";

/// The most that one cell may say: 2⁶³ − 1 millionths. A says it twice of the same instant, and its sum stops there; three
/// customers' squares of it are more than 128 bits hold. D leaves in April 2026: 1 of 4 is lost.
#[test]
fn sums_of_subscriptions_stop_at_the_greatest_number() {
    let subscriptions = "
subscription_id,customer_id,start_date,end_date,mrr
1,A,2025-01-01,,9223372036854.775807
2,A,2025-02-01,,9223372036854.775807
3,B,2025-01-01,,9223372036854.775807
4,C,2025-01-01,,9223372036854.775807
5,D,2025-01-01,2026-04-10,9223372036854.775807
";
    let costs = "
cost_id,customer_id,date,program,amount
1,A,2026-04-01,care,9223372036854.775807
2,A,2026-04-02,care,9223372036854.775807
3,B,2026-04-02,care,-9223372036854.775807
4,B,2026-04-03,care,-9223372036854.775807
";
    let usage = "
customer_id,date,events
A,2026-04-01,9223372036854775807
A,2026-04-02,9223372036854775807
";
    let goals = "
goal_id,customer_id,target,achieved,weight,assessed_at
1,A,5,5,9223372036854,2026-04-02
2,A,5,5,9223372036854,2026-04-02
";
    let tables = [
        ("customers", CUSTOMERS),
        ("subscriptions", subscriptions),
        ("retention_costs", costs),
        ("usage", usage),
        ("goals", goals),
    ];
    let figures = Books::new(&tables, "", MONTHLY).figures("2026-04");
    let of = |kpi| ["2026-04", "total", "total", kpi];
    assert_share(&figures, of("customer_churn_rate"), 1.0, 4.0);
    assert_value(&figures, of("mrr_closing"), 27_670_116_110_564.33, 3.0);
    assert_value(&figures, of("average_ticket"), 9_223_372_036_854.775, 3.0);
    assert_value(&figures, of("goal_attainment"), 100.0, 1.0);
    assert_value(&figures, of("active_rate"), 25.0, 4.0);
}

/// The same of orders, with refunds as great. Of the four orders of April A's purchase and B's are no refunds.
#[test]
fn sums_of_orders_stop_at_the_greatest_number() {
    let orders = "
order_id,customer_id,ordered_at,amount
1,A,2026-04-01,9223372036854.775807
2,A,2026-03-02,9223372036854.775807
3,A,2026-04-03,-9223372036854.775807
4,B,2026-04-02,1
5,B,2026-04-02,-9223372036854.775807
6,B,2026-02-02,-9223372036854.775807
7,C,2026-02-02,9223372036854.775807
8,C,2026-02-02,9223372036854.775807
9,C,2026-03-02,9223372036854.775807
10,C,2026-03-02,9223372036854.775807
";
    let figures = Books::new(&[("customers", CUSTOMERS), ("orders", orders)], "", MONTHLY).figures("2026-04");
    let place = ["2026-04", "total", "total", "average_ticket"];
    assert_value(&figures, place, (1.0 - 9_223_372_036_854.775) / 2.0, 2.0);
}

/// A goal cannot weigh less than nothing: with −1 and 1 there would be nothing to divide by.
#[test]
fn a_weight_below_nothing_is_a_bad_row() {
    let subscriptions = "customer_id,start_date,end_date,mrr\nA,2025-01-01,,1\n";
    let goals = "goal_id,customer_id,target,achieved,weight,assessed_at\n1,A,5,5,-1,2026-04-02\n2,A,5,0,0,2026-04-02\n";
    let tables = [("customers", CUSTOMERS), ("subscriptions", subscriptions), ("goals", goals)];
    let output = Books::new(&tables, "", MONTHLY).farol(&["run", "--period", "2026-04"]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(65), "{said}");
    assert!(said.contains("goals.csv:2: error[negative]: column `weight`, `-1`: must not be negative"), "{said}");
    assert!(!said.contains("goals.csv:3"), "{said}");
}

/// The customers' own fault hides none of the other tables'.
#[test]
fn faults_of_customers_and_of_other_tables_are_told_at_once() {
    let customers = "customer_id,signup_date\nA,2025-01-01\nA,2025-02-01\n";
    let subscriptions = "customer_id,start_date,end_date,mrr\nA,2025-01-01,,much\n";
    let usage = "customer_id,date,events\nA,2026-04-01,few\n";
    let tables = [("customers", customers), ("subscriptions", subscriptions), ("usage", usage)];
    let output = Books::new(&tables, "", MONTHLY).farol(&["run", "--period", "2026-04"]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(65), "{said}");
    for fault in
        ["customers.csv:3: error[repeated-key]", "subscriptions.csv:2: error[not-a-number]", "usage.csv:2: error"]
    {
        assert!(said.contains(fault), "{fault}: {said}");
    }
}

/// The row as a whole is bad: there is no cell to show.
#[test]
fn a_repeated_row_is_told_without_a_cell() {
    let subscriptions = "customer_id,start_date,end_date,mrr\nA,2025-01-01,,1\nA,2025-01-01,,1\n";
    let tables = [("customers", CUSTOMERS), ("subscriptions", subscriptions)];
    let output = Books::new(&tables, "", MONTHLY).farol(&["run", "--period", "2026-04"]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("subscriptions.csv:3: error[repeated-row]: an earlier row is the same\n"), "{said}");
}

/// Every customer would be "(not set)", and nobody would know why; an attribute of the customers' is refused likewise.
#[test]
fn an_attribute_of_subscriptions_needs_its_column() {
    let subscriptions = "customer_id,start_date,end_date,mrr\nA,2025-01-01,,1\n";
    let tables = [("customers", CUSTOMERS), ("subscriptions", subscriptions)];
    let settings = "segments: [plan]\nattributes: { plan: subscriptions.plan }";
    for command in [&["run", "--period", "2026-04"][..], &["check", "--data"]] {
        let output = Books::new(&tables, settings, MONTHLY).farol(command);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(65), "{said}");
        let fault =
            "error[missing-attribute]: `attributes:` takes `plan` from `subscriptions.plan`, which is not there";
        assert!(said.contains(fault), "{said}");
    }
}

/// People write reasons with commas; the figure of such a one can be taken apart like any other.
#[test]
fn a_segment_may_have_a_comma() {
    let subscriptions = "customer_id,start_date,end_date,mrr,cancel_reason\nA,2025-01-01,2026-04-05,30,\"dear, and slow\"\n\
                         B,2025-01-01,2026-04-05,10,dear\n";
    let books = Books::new(&[("customers", CUSTOMERS), ("subscriptions", subscriptions)], "", MONTHLY);
    let segment = "cancel_reason=dear, and slow";
    let output = books.farol(&["explain", "mrr_churned", "--period", "2026-04", "--segment", segment]);
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(told.contains("segment     cancel_reason dear, and slow") && told.contains("numerator   30"), "{told}");
}
