//! Figures by a column of their own rows.

use crate::books::{Books, assert_share, assert_value};
use crate::figures::Figures;

const TABLES: &[(&str, &str)] = &[
    (
        "customers",
        "
customer_id,signup_date,region
P,2025-01-01,Sul
Q,2025-01-01,Sul
R,2025-01-01,Norte
S,2025-01-01,Norte
T,2025-01-01,Norte
",
    ),
    (
        // Q, R and T leave in March; of Q's rows the last that ended says why.
        "subscriptions",
        "
customer_id,start_date,end_date,mrr,cancel_reason
P,2025-01-01,,100,
Q,2025-01-01,2026-02-01,50,unused
Q,2025-01-01,2026-03-10,200,price
R,2025-01-01,2026-03-20,300,competitor
S,2025-01-01,,400,
T,2025-01-01,2026-03-05,50,
",
    ),
    (
        "surveys",
        "
customer_id,respondent_id,respondent_role,survey,touchpoint,score,responded_at
P,p1,user,nps,,10,2026-03-02
P,p2,manager,nps,,0,2026-03-02
R,r1,user,nps,,9,2026-03-02
P,p1,user,csat,support,9,2026-03-03
P,p1,user,csat,onboarding,5,2026-03-03
R,r1,user,csat,support,6,2026-03-03
",
    ),
    (
        "tickets",
        "
customer_id,opened_at,resolved_at,contacts,reopened,channel
P,2026-03-02,2026-03-03,1,no,mail
P,2026-03-04,2026-03-05,2,no,mail
R,2026-03-06,2026-03-07,1,no,mail
R,2026-03-08,,1,no,chat
S,2026-03-09,2026-03-10,1,no,chat
",
    ),
    (
        "retention_costs",
        "
customer_id,date,program,amount
P,2026-03-02,gift,30
R,2026-03-03,gift,50
Q,2026-03-04,gift,20
,2026-03-05,webinar,60
",
    ),
    (
        "goals",
        "
goal_id,customer_id,stakeholder,target,achieved,expected_rating,perceived_rating,assessed_at
g1,P,user,10,5,80,60,2026-03-05
g2,P,manager,10,10,90,50,2026-03-06
g3,R,user,10,10,70,70,2026-03-07
",
    ),
    (
        "staff",
        "
employee_id,hired_at,left_at,team
e1,2024-01-01,,support
e2,2024-01-01,2026-03-10,support
e3,2026-03-15,,support
e4,2024-01-01,,sales
",
    ),
    (
        "leads",
        "
lead_id,created_at,converted_at,source
l1,2026-03-01,2026-03-20,web
l2,2026-03-02,,web
l3,2026-03-03,2026-03-05,fair
l4,2026-03-04,2026-04-20,fair
l5,2026-03-05,,
l6,2026-03-06,,web
",
    ),
];

const KPIS: &str = "nps, csat, fcr, crc, value_gap, goal_attainment, turnover_index, conversion_rate, churn_reasons";

fn books(settings: &str) -> Books {
    let reports = format!(
        "monthly: {{ kpis: [{KPIS}], segments: [], attach: [csv], recipients: [{{ to: all@aurora.example }}, \
         {{ to: sul@aurora.example, only: {{ region: Sul }} }}] }}"
    );
    Books::new(TABLES, &format!("segments: [region]\n{settings}"), &reports)
}

fn march<'a>(dimension: &'a str, segment: &'a str, kpi: &'a str) -> [&'a str; 4] {
    ["2026-03", dimension, segment, kpi]
}

/// `cancel_reason` is not among the columns named, and is there because `churn_reasons` is asked for.
const NAMED: &str = "row_segments: [respondent_role, touchpoint, channel, program, stakeholder, team, source]";

/// What a share of rows says, by what, and of how many.
fn assert_shares(figures: &Figures, wanted: &[(&str, &str, &str, f64, f64)]) {
    for (dimension, segment, kpi, numerator, denominator) in wanted {
        assert_share(figures, march(dimension, segment, kpi), *numerator, *denominator);
    }
}

fn assert_values(figures: &Figures, wanted: &[(&str, &str, &str, f64, f64)]) {
    for (dimension, segment, kpi, value, n) in wanted {
        assert_value(figures, march(dimension, segment, kpi), *value, *n);
    }
}

/// - NPS: users 10 and 9, the manager 0. CSAT: support 9 and 6, on-boarding 5.
/// - FCR: of three by mail two at once; of two chats one, the other is open.
/// - CRC over the two retained, P and S: gifts 100, the webinar 60; 160 in all.
/// - Gap: users 20 and 0, the manager 40. Attainment: users 0.5 and 1 of 2.
/// - Turnover: in support one came and one left, of two; in sales nobody.
/// - Conversion within 30 days: web one of three, fair one of two (l4 took 47 days), of no source none of one.
/// - Lost: Q with 200 for the price, R with 300 to a competitor, T with 50 for a reason that it kept to itself.
#[test]
fn each_figure_is_cut_by_the_columns_of_its_rows() {
    let figures = books(NAMED).figures("2026-03");
    assert_values(
        &figures,
        &[
            ("respondent_role", "user", "nps", 100.0, 2.0),
            ("respondent_role", "manager", "nps", -100.0, 1.0),
            ("touchpoint", "support", "csat", 7.5, 2.0),
            ("touchpoint", "onboarding", "csat", 5.0, 1.0),
            ("stakeholder", "user", "value_gap", 10.0, 2.0),
            ("stakeholder", "manager", "value_gap", 40.0, 1.0),
            ("cancel_reason", "price", "customers_lost", 1.0, 1.0),
            ("cancel_reason", "competitor", "customers_lost", 1.0, 1.0),
            ("cancel_reason", "(not set)", "customers_lost", 1.0, 1.0),
            ("cancel_reason", "price", "mrr_churned", 200.0, 1.0),
            ("cancel_reason", "competitor", "mrr_churned", 300.0, 1.0),
            ("cancel_reason", "(not set)", "mrr_churned", 50.0, 1.0),
        ],
    );
    assert_shares(
        &figures,
        &[
            ("channel", "mail", "fcr", 2.0, 3.0),
            ("channel", "chat", "fcr", 1.0, 2.0),
            ("stakeholder", "user", "goal_attainment", 1.5, 2.0),
            ("team", "support", "turnover_index", 1.0, 2.0),
            ("team", "sales", "turnover_index", 0.0, 1.0),
            ("source", "web", "conversion_rate", 1.0, 3.0),
            ("source", "fair", "conversion_rate", 1.0, 2.0),
            ("source", "(not set)", "conversion_rate", 0.0, 1.0),
        ],
    );
    for (dimension, segment, cost) in
        [("total", "total", 80.0), ("program", "gift", 50.0), ("program", "webinar", 30.0)]
    {
        let found = figures.row("2026-03", dimension, segment, "crc").number("value");
        assert!((found - cost).abs() < 1e-9, "{segment}: {found}");
    }
    // A figure is cut by the columns of its own rows only, and no subscription that ended before is a reason.
    assert!(figures.find(march("channel", "mail", "nps")).is_none());
    assert!(figures.find(march("cancel_reason", "unused", "customers_lost")).is_none());
    assert!(figures.find(march("cancel_reason", "price", "churn_reasons")).is_none());
}

/// In Sul are P and Q: the user's 10 and the manager's 0, P's mails, P's and Q's gifts over P alone, P's goals, Q's reason.
/// The webinar, the team and the leads belong to no customer, hence to no part of them.
#[test]
fn a_recipient_sees_the_rows_of_its_own_customers() {
    let figures = books(NAMED).mailed("2026-03", "sul@aurora.example");
    assert_values(
        &figures,
        &[
            ("respondent_role", "user", "nps", 100.0, 1.0),
            ("respondent_role", "manager", "nps", -100.0, 1.0),
            ("touchpoint", "support", "csat", 9.0, 1.0),
            ("touchpoint", "onboarding", "csat", 5.0, 1.0),
            ("stakeholder", "user", "value_gap", 20.0, 1.0),
            ("stakeholder", "manager", "value_gap", 40.0, 1.0),
            ("cancel_reason", "price", "customers_lost", 1.0, 1.0),
            ("cancel_reason", "price", "mrr_churned", 200.0, 1.0),
        ],
    );
    assert_shares(
        &figures,
        &[("channel", "mail", "fcr", 1.0, 2.0), ("stakeholder", "user", "goal_attainment", 0.5, 1.0)],
    );
    let gifts = figures.row("2026-03", "program", "gift", "crc").number("value");
    assert!((gifts - 50.0).abs() < 1e-9, "{gifts}");
    for (dimension, segment, kpi) in [
        ("program", "webinar", "crc"),
        ("cancel_reason", "competitor", "customers_lost"),
        ("channel", "chat", "fcr"),
        ("team", "support", "turnover_index"),
        ("source", "web", "conversion_rate"),
        ("total", "total", "conversion_rate"),
    ] {
        assert!(figures.find(march(dimension, segment, kpi)).is_none(), "{dimension} {segment} {kpi}");
    }
}

/// Without `row_segments` the canonical columns cut, and no others; with an empty list only the reasons that were asked for.
#[test]
fn the_columns_that_cut_are_chosen() {
    let usual = books("").figures("2026-03");
    assert!(usual.find(march("channel", "mail", "fcr")).is_some());
    assert!(usual.find(march("source", "web", "conversion_rate")).is_none());
    let none = books("row_segments: []").figures("2026-03");
    assert!(none.find(march("channel", "mail", "fcr")).is_none());
    assert!(none.find(march("cancel_reason", "price", "customers_lost")).is_some());
}
