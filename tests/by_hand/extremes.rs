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

/// The most that one cell may say is added up exactly: 100 billion of money, a million of weight, 10¹² events. A pays it
/// twice. D leaves in April 2026: 1 of 4 is lost, and MRR is 200 + 100 + 100 billion, of three customers.
#[test]
fn the_most_that_cells_may_say_adds_up() {
    let subscriptions = "
subscription_id,customer_id,start_date,end_date,mrr
1,A,2025-01-01,,100000000000
2,A,2025-02-01,,100000000000
3,B,2025-01-01,,100000000000
4,C,2025-01-01,,100000000000
5,D,2025-01-01,2026-04-10,100000000000
";
    let usage = "
customer_id,date,events
A,2026-04-01,1000000000000
A,2026-04-02,1000000000000
";
    let goals = "
goal_id,customer_id,target,achieved,weight,assessed_at
1,A,5,5,1000000,2026-04-02
2,A,5,5,1000000,2026-04-02
";
    let tables = [("customers", CUSTOMERS), ("subscriptions", subscriptions), ("usage", usage), ("goals", goals)];
    let figures = Books::new(&tables, "", MONTHLY).figures("2026-04");
    let of = |kpi| ["2026-04", "total", "total", kpi];
    assert_share(&figures, of("customer_churn_rate"), 1.0, 4.0);
    assert_value(&figures, of("mrr_closing"), 400e9, 3.0);
    assert_value(&figures, of("goal_attainment"), 100.0, 1.0);
    assert_value(&figures, of("active_rate"), 25.0, 4.0);
}

/// Of the four orders of April A's purchase and B's are no refunds: (100 billion + 1 − 100 − 100 billion) / 2.
#[test]
fn the_greatest_orders_and_refunds_add_up() {
    let orders = "
order_id,customer_id,ordered_at,amount
1,A,2026-04-01,100000000000
2,A,2026-04-03,-100000000000
3,B,2026-04-02,1
4,B,2026-04-02,-100000000000
5,C,2026-02-02,100000000000
";
    let figures = Books::new(&[("customers", CUSTOMERS), ("orders", orders)], "", MONTHLY).figures("2026-04");
    let place = ["2026-04", "total", "total", "average_ticket"];
    assert_value(&figures, place, (1.0 - 100e9) / 2.0, 2.0);
}

/// 92 customers' 100 billion are 9.2 × 10¹², in millionths 9.2 × 10¹⁸: the last that 63 bits hold (9.223 × 10¹⁸). A 93rd is
/// too much to add up, and so are 93 refunds.
#[test]
fn what_no_number_holds_is_not_added_up() {
    let customers = |count| {
        (0..count).fold("customer_id,signup_date\n".to_owned(), |text, at| text + &format!("C{at},2025-01-01\n"))
    };
    let rows = |count, header: &str, amount: &str| {
        (0..count).fold(header.to_owned(), |text, at| text + &format!("{at},C{at},2025-01-01,{amount}\n"))
    };
    let subscriptions = |count| rows(count, "subscription_id,customer_id,start_date,mrr,end_date\n", "100000000000,");
    let orders = |count| rows(count, "order_id,customer_id,ordered_at,amount\n", "-100000000000");
    let (customers, most, more) = (customers(93), subscriptions(92), subscriptions(93));
    let books =
        Books::new(&[("customers", &customers), ("subscriptions", &most), ("orders", &orders(92))], "", MONTHLY);
    assert_value(&books.figures("2026-04"), ["2026-04", "total", "total", "mrr_closing"], 9.2e12, 92.0);
    let books =
        Books::new(&[("customers", &customers), ("subscriptions", &more), ("orders", &orders(93))], "", MONTHLY);
    let output = books.farol(&["run", "--period", "2026-04"]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(65), "{said}");
    for column in ["`mrr` in `subscriptions`", "`amount` in `orders`"] {
        assert!(said.contains(&format!("error[sum-too-great]: the numbers of {column} add up to more")), "{said}");
    }
}

/// One more than that is another column's: nothing is added up of it.
#[test]
fn more_than_any_business_has_is_a_bad_row() {
    let subscriptions = "customer_id,start_date,end_date,mrr\nA,2025-01-01,,100000000000.000001\n";
    let orders = "order_id,customer_id,ordered_at,amount\n1,A,2026-04-01,-9223372036854.775807\n";
    let usage = "customer_id,date,events\nA,2026-04-01,1000000000001\n";
    let goals = "goal_id,customer_id,target,achieved,weight,assessed_at\n1,A,5,5,1000000.5,2026-04-02\n";
    let tables = [
        ("customers", CUSTOMERS),
        ("subscriptions", subscriptions),
        ("orders", orders),
        ("usage", usage),
        ("goals", goals),
    ];
    let output = Books::new(&tables, "", MONTHLY).farol(&["run", "--period", "2026-04"]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(65), "{said}");
    for fault in ["subscriptions.csv:2", "orders.csv:2", "usage.csv:2", "goals.csv:2"] {
        assert!(said.contains(&format!("{fault}: error[too-great]")), "{fault}: {said}");
    }
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
