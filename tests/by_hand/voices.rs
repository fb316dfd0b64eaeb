//! NPS by customer, and of one group of roles against another.

use crate::books::{Books, assert_nothing_to_divide_by, assert_value};

const CUSTOMERS: &str = "
customer_id,signup_date,region
X,2025-01-01,Sul
Y,2025-01-01,Norte
Z,2025-01-01,Sul
";

/// X has three respondents, of whom x1 answers twice; z3 answers to another kind of survey. y1 has a bad February.
const SURVEYS: &str = "
customer_id,respondent_id,respondent_role,survey,kind,touchpoint,score,responded_at
Y,y1,user,nps,relational,call,0,2026-02-05
X,x1,user,nps,relational,renewal,0,2026-03-02
X,x2,user,nps,relational,renewal,6,2026-03-03
X,x3,manager,nps,relational,call,9,2026-03-04
Y,y1,user,nps,relational,call,9,2026-03-05
Z,z1,executive,nps,relational,renewal,3,2026-03-06
Z,z2,guest,nps,relational,call,8,2026-03-07
Z,z3,user,nps,transactional,call,0,2026-03-08
X,x1,user,nps,relational,renewal,10,2026-03-09
";

fn books(reports: &str) -> Books {
    Books::new(&[("customers", CUSTOMERS), ("surveys", SURVEYS)], "segments: [region]", reports)
}

const KPIS: &str = "nps, nps_by_account, nps_role_gap";

/// X: 10, 6 and 9, a third of 100; Y: 9, 100; Z: 3 and 8, −50. Their mean is 83.333 / 3 = 27.778, where the six answers
/// together make 100 × (3 − 2) / 6 = 16.667.
///
/// By role: users are X with 0 and Y with 100; managers X with 100; executives Z with −100; guests Z with 0.
/// By touchpoint: renewal is X with 0 and Z with −100; call is X with 100, Y with 100 and Z with 0.
#[test]
fn every_customer_counts_once() {
    let figures = books(&Books::every_grain(KPIS, "region")).figures("2026-03");
    for (dimension, segment, value, n) in [
        ("total", "total", 250.0 / 9.0, 3.0),
        ("region", "Sul", -25.0 / 3.0, 2.0),
        ("region", "Norte", 100.0, 1.0),
        ("respondent_role", "user", 50.0, 2.0),
        ("respondent_role", "manager", 100.0, 1.0),
        ("respondent_role", "executive", -100.0, 1.0),
        ("respondent_role", "guest", 0.0, 1.0),
        ("touchpoint", "renewal", -50.0, 2.0),
        ("touchpoint", "call", 200.0 / 3.0, 3.0),
        ("kind", "relational", 250.0 / 9.0, 3.0),
    ] {
        assert_value(&figures, ["2026-03", dimension, segment, "nps_by_account"], value, n);
    }
    assert_value(&figures, ["2026-03", "total", "total", "nps"], 100.0 / 6.0, 6.0);
    assert!(figures.find(["2026-03", "kind", "transactional", "nps_by_account"]).is_none());
}

/// Users: 10, 6 and 9, a third of 100. Decision makers: the manager's 9 and the executive's 3, 0. In Sul the users are 10
/// and 6, 0; Norte has no decision maker.
#[test]
fn the_gap_is_between_the_roles_of_the_configuration() {
    let figures = books(&Books::every_grain(KPIS, "region")).figures("2026-03");
    let of = |dimension, segment| ["2026-03", dimension, segment, "nps_role_gap"];
    assert_value(&figures, of("total", "total"), 100.0 / 3.0, 5.0);
    assert_value(&figures, of("region", "Sul"), 0.0, 4.0);
    assert_nothing_to_divide_by(&figures, of("region", "Norte"));
    assert!(figures.find(of("respondent_role", "user")).is_none());
}

/// February has y1's 0 alone. In the quarter, the year and the two months to March y1's later answer counts, so that they
/// are like March. Of the week from 2 to 8 March x1's first answer is the latest: X is 0, 6 and 9, a third of −100; with Y's
/// 100 and Z's −50 that makes 16.667 / 3. Users: 0, 6 and 9, −33.333; decision makers 0.
#[test]
fn answers_are_one_per_respondent_in_every_grain() {
    let books = books(&Books::every_grain(KPIS, ""));
    for (period, value, n, gap) in [
        ("2026-02", -100.0, 1.0, None),
        ("2026-Q1", 250.0 / 9.0, 3.0, Some(100.0 / 3.0)),
        ("2026", 250.0 / 9.0, 3.0, Some(100.0 / 3.0)),
        ("2026-03.2m", 250.0 / 9.0, 3.0, Some(100.0 / 3.0)),
        ("2026-W10", 50.0 / 9.0, 3.0, Some(-100.0 / 3.0)),
    ] {
        let figures = books.figures(period);
        assert_value(&figures, [period, "total", "total", "nps_by_account"], value, n);
        let place = [period, "total", "total", "nps_role_gap"];
        match gap {
            Some(gap) => assert_value(&figures, place, gap, 5.0),
            None => assert_nothing_to_divide_by(&figures, place),
        }
    }
}

/// Sul is X and Z: users X with 0; managers X with 100; executives Z with −100; call X with 100 and Z with 0.
#[test]
fn a_recipient_sees_the_roles_of_its_own_customers() {
    let reports = format!(
        "monthly: {{ kpis: [{KPIS}], segments: [], attach: [csv], \
         recipients: [{{ to: sul@aurora.example, only: {{ region: Sul }} }}] }}"
    );
    let figures = books(&reports).mailed("2026-03", "sul@aurora.example");
    for (dimension, segment, value, n) in [
        ("total", "total", -25.0 / 3.0, 2.0),
        ("respondent_role", "user", 0.0, 1.0),
        ("respondent_role", "manager", 100.0, 1.0),
        ("respondent_role", "executive", -100.0, 1.0),
        ("touchpoint", "call", 50.0, 2.0),
    ] {
        assert_value(&figures, ["2026-03", dimension, segment, "nps_by_account"], value, n);
    }
    assert_value(&figures, ["2026-03", "total", "total", "nps_role_gap"], 0.0, 4.0);
}
