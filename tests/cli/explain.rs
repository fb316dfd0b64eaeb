//! `farol explain`: one figure taken apart, held against hand counts and against the figure itself.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::home::{Home, MONTH};

const COMPANY: &str =
    "company: { name: Hand, locale: en, currency: EUR, timezone: Europe/Madrid }\nas_of: 2026-07-20\n";

/// A company of customers and subscriptions alone.
fn subscribers(rows: &str) -> Home {
    let home = Home::empty();
    let ids: std::collections::BTreeSet<&str> = rows.lines().filter_map(|row| row.split(',').next()).collect();
    let customers: Vec<String> = ids.iter().map(|id| format!("{id},2025-01-01\n")).collect();
    home.write("data/customers.csv", format!("customer_id,signup_date\n{}", customers.concat()));
    home.write("data/subscriptions.csv", format!("customer_id,start_date,end_date,mrr\n{rows}"));
    let sources = "data:\n  customers: { path: ../data/customers.csv }\n  \
                   subscriptions: { path: ../data/subscriptions.csv, max_bad_rows: 50% }\n";
    home.write("config/farol.yaml", format!("{COMPANY}{sources}"));
    home
}

fn json(home: &Home, arguments: &[&str]) -> Value {
    let ended = home.does(&[&["explain", "--json"], arguments].concat());
    serde_json::from_str(&ended.stdout).unwrap()
}

/// Definition → value, of those that have one.
fn definitions(home: &Home, kpi: &str) -> BTreeMap<String, f64> {
    let told = json(home, &[kpi, "--period", "2026-06", "--definitions"]);
    let told = told["definitions"].as_array().unwrap().clone();
    let value = |of: &Value| Some((of["name"].as_str()?.to_owned(), of["value"].as_f64()?));
    told.iter().filter_map(value).collect()
}

fn are(found: &BTreeMap<String, f64>, expected: &[(&str, f64)]) {
    for (name, value) in expected {
        let found = found.get(*name).unwrap_or_else(|| panic!("no `{name}` among {found:?}"));
        assert!((found - value).abs() < 1e-9, "{name}: {found} instead of {value}");
    }
}

/// 100 customers at the start, 8 of whom are gone at the end; 40 came, 4 of whom left again.
/// farol and `ProfitWell`: 8 / 100 = 8.0 %. Stripe: (8 + 4) / (100 + 40) = 12 / 140 = 8.57 %. Baremetrics: (8 + 4) / 100 = 12 %.
#[test]
fn one_data_set_has_a_churn_of_8_or_8_57_or_12_percent() {
    let row = |number: u32| match number {
        0..92 => format!("K{number:03},2026-01-01,,10\n"),
        92..100 => format!("K{number:03},2026-01-01,2026-06-20,10\n"),
        100..136 => format!("K{number:03},2026-06-05,,10\n"),
        _ => format!("K{number:03},2026-06-05,2026-06-25,10\n"),
    };
    let home = subscribers(&(0..140).map(row).collect::<String>());
    let expected = [
        ("farol", 8.0),
        ("new customers in both", 100.0 * 12.0 / 140.0),
        ("new customers in the numerator", 12.0),
        ("new customers in neither", 8.0),
        ("average base", 100.0 * 8.0 / 114.0),
        ("closing base", 100.0 * 8.0 / 128.0),
    ];
    are(&definitions(&home, "customer_churn_rate"), &expected);
    let text = home.does(&["explain", "customer_churn_rate", "--period", "2026-06", "--definitions"]).stdout;
    for line in [
        "  farol                            8.00%     ours  8 / 100",
        "  new customers in both            8.57%    +0.57  12 / 140",
        "  new customers in the numerator  12.00%       +4  12 / 100",
    ] {
        assert!(text.lines().any(|have| have == line), "{line}\n{text}");
    }
}

/// Every fate that a row can meet. Three customers at the start (A, B, F), of whom B is lost: 33⅓ %.
#[test]
fn every_row_says_whether_it_was_counted_and_why() {
    let home = subscribers(
        "A,2026-01-01,,100\n\
         A,2026-02-01,,20\n\
         B,2026-01-01,2026-06-15,50\n\
         C,2026-06-10,,30\n\
         D,2026-06-05,2026-06-20,10\n\
         E,2025-01-01,2026-05-01,10\n\
         F,2026-01-01,2026-06-10,40\n\
         F,2026-06-20,,40\n\
         G,2026-01-01,,0\n\
         H,2026-01-01,,-5\n\
         A,2026-08-01,,5\n",
    );
    let ended = home.does(&["explain", "customer_churn_rate", "--period", "2026-06", "--rows", "rows.csv"]);
    assert_eq!(ended.stderr, "wrote rows.csv\n");
    assert!(ended.stdout.contains("  in numbers  100 × 1 / 3 = 33.33%\n"), "{}", ended.stdout);
    assert!(
        ended.stdout.ends_with("  sums        numerator 1, denominator 3\n  adds up     yes\n"),
        "{}",
        ended.stdout
    );
    let rows = home.read("rows.csv").replace("subscriptions,data/subscriptions.csv,", "");
    assert_eq!(
        rows,
        "table,file,row,customer_id,used,why,value,numerator,denominator\n\
         2,A,denominator,kept,100,0,1\n\
         3,A,not,customer_counted,20,,\n\
         4,B,numerator,lost,50,1,1\n\
         5,C,not,new,30,,\n\
         6,D,not,came_and_left,10,,\n\
         7,E,not,outside_period,10,,\n\
         8,F,denominator,kept,40,0,1\n\
         9,F,not,not_active_at_start,40,,\n\
         10,G,not,no_revenue,0,,\n\
         11,,not,quarantined:negative,,,\n\
         12,,not,after_as_of,,,\n"
    );
}

/// A small company with something to tell under every definition; the sums stand beside the tests.
fn hand_made() -> Home {
    let home = Home::empty();
    let tables = [
        (
            "customers",
            "customer_id,signup_date,plan\nA,2026-01-01,Pro\nB,2026-01-01,Pro\nC,2026-01-01,Basic\nD,2026-06-20,Basic\nE,2026-01-01,Basic\nF,2025-01-01,Basic\n",
        ),
        (
            "subscriptions",
            "customer_id,start_date,end_date,mrr\nA,2026-01-01,,100\nB,2026-01-01,2026-06-15,100\nC,2026-01-01,2026-06-10,100\nC,2026-06-10,,150\n\
             E,2026-01-01,2026-06-05,60\nE,2026-06-05,,40\nD,2026-06-20,,200\nF,2025-01-01,2026-01-01,50\nF,2026-06-12,,80\n",
        ),
        (
            "orders",
            "order_id,customer_id,ordered_at,amount\n1,A,2026-06-03,30\n2,A,2026-06-04,50\n3,B,2026-06-05,-10\n",
        ),
        (
            "surveys",
            "response_id,customer_id,respondent_id,survey,kind,score,sent_at,responded_at\n\
             1,A,r1,nps,relational,10,2026-06-01,2026-06-02\n2,A,r1,nps,relational,6,2026-06-18,2026-06-20\n\
             3,A,r2,nps,relational,9,2026-06-01,2026-06-03\n4,B,r3,nps,relational,8,2026-06-01,2026-06-04\n\
             5,C,r4,nps,relational,9,2026-06-01,2026-06-05\n6,A,r1,nps,transactional,10,2026-06-01,2026-06-06\n\
             7,A,r1,csat,,10,2026-06-01,2026-06-02\n8,A,r2,csat,,9,2026-06-01,2026-06-02\n9,B,r3,csat,,8,2026-06-01,2026-06-02\n\
             10,C,r4,csat,,5,2026-06-01,2026-06-02\n11,E,r5,csat,,2,2026-06-01,2026-06-02\n\
             12,A,r1,ces,,7,2026-06-01,2026-06-02\n13,B,r3,ces,,6,2026-06-01,2026-06-02\n14,C,r4,ces,,5,2026-06-01,2026-06-02\n\
             15,E,r5,ces,,2,2026-06-01,2026-06-02\n",
        ),
        (
            "tickets",
            "ticket_id,customer_id,opened_at,resolved_at,contacts,reopened\n1,A,2026-06-02,2026-06-02,1,no\n2,A,2026-06-03,2026-06-04,1,yes\n\
             3,B,2026-06-05,2026-06-09,3,no\n4,B,2026-06-28,,1,no\n5,C,2026-06-10,2026-06-10,0,no\n6,C,2026-05-30,2026-06-01,1,no\n",
        ),
        ("usage", "customer_id,date,events\nA,2026-06-02,1\nD,2026-06-22,1\nF,2026-06-22,1\n"),
        (
            "retention_costs",
            "cost_id,customer_id,date,amount\n1,A,2026-06-02,30\n2,,2026-06-03,60\n3,B,2026-06-04,20\n",
        ),
        (
            "goals",
            "goal_id,customer_id,target,achieved,weight,assessed_at\n1,A,10,5,3,2026-06-02\n2,B,10,10,1,2026-06-02\n3,C,10,,1,2026-06-02\n",
        ),
        (
            "leads",
            "lead_id,created_at,converted_at\n1,2026-06-01,2026-06-11\n2,2026-06-02,2026-07-15\n3,2026-06-03,\n4,2026-05-01,2026-06-20\n",
        ),
        (
            "staff",
            "employee_id,hired_at,left_at\n1,2025-01-01,\n2,2025-01-01,2026-06-10\n3,2025-01-01,\n4,2026-06-05,\n5,2026-06-07,\n",
        ),
    ];
    let mut sources = String::new();
    for (table, rows) in tables {
        home.write(&format!("data/{table}.csv"), rows);
        sources = format!("{sources}  {table}: {{ path: ../data/{table}.csv }}\n");
    }
    home.write("config/farol.yaml", format!("{COMPANY}segments: [plan]\ndata:\n{sources}"));
    home.write("config/kpis.yaml", "value: { gross_margin: 0.5 }\n");
    home
}

/// MRR 360 at the start (A, B and C 100, E 60). B's 100 left, E pays 20 less, C 50 more, F came back with 80, D came with
/// 200: 570 at the end. Four customers at the start, five at the end.
#[test]
fn revenue_is_lost_and_kept_under_each_definition() {
    let home = hand_made();
    let percent = |part: f64, whole: f64| 100.0 * part / whole;
    are(
        &definitions(&home, "revenue_churn_rate"),
        &[
            ("farol", percent(120.0, 360.0)),
            ("gross", percent(120.0, 360.0)),
            ("net", percent(120.0 - 50.0 - 80.0, 360.0)),
            ("net of expansion alone", percent(70.0, 360.0)),
            ("cancellations alone", percent(100.0, 360.0)),
            ("logo churn", 25.0),
        ],
    );
    are(
        &definitions(&home, "nrr"),
        &[
            ("farol", percent(290.0, 360.0)),
            ("gross", percent(240.0, 360.0)),
            ("100 − net MRR churn", percent(370.0, 360.0)),
            ("cancellations alone", percent(260.0, 360.0)),
            ("growth of all MRR", percent(570.0, 360.0)),
            ("logo retention", 75.0),
        ],
    );
    are(&definitions(&home, "grr"), &[("farol", percent(240.0, 360.0)), ("net", percent(290.0, 360.0))]);
    // Stripe: B alone stopped, of the 4 at the start and D and F.
    let churn = [("farol", 25.0), ("new customers in both", percent(1.0, 6.0)), ("average base", percent(1.0, 4.5))];
    are(&definitions(&home, "customer_churn_rate"), &churn);
}

/// 570 over 5 customers is 114; a quarter left, so 114 / ¼ = 456, or 684 with Stripe's sixth. Spend 110, A and B named.
#[test]
fn value_and_cost_under_each_definition() {
    let home = hand_made();
    are(
        &definitions(&home, "average_ticket"),
        &[
            ("farol", 114.0),
            ("ARPA", 114.0),
            ("ARPA of the average base", 465.0 / 4.5),
            ("ARPA at the start", 90.0),
            ("per order", 35.0),
            ("per order, gross", 40.0),
        ],
    );
    are(&definitions(&home, "lifetime_months"), &[("1 / churn of the period", 4.0)]);
    are(
        &definitions(&home, "ltv"),
        &[
            ("ARPA / churn", 456.0),
            ("ARPA / churn with new customers", 456.0),
            ("ARPS / churn", 684.0),
            ("ARPA × margin / churn", 228.0),
        ],
    );
    are(
        &definitions(&home, "crc"),
        &[
            ("farol", 110.0 / 3.0),
            ("per customer at the start", 27.5),
            ("per customer at the end", 22.0),
            ("per average customer", 110.0 / 4.5),
            ("per customer reached", 55.0),
        ],
    );
}

/// NPS counts A's 6 (which supersedes a 10) and 9, B's 8, C's 9: (2 − 1) / 4. A's own score is 0, B's 0, C's 100.
/// Pro has 0 of three answers, Basic 100 of one.
#[test]
fn answers_under_each_definition() {
    let home = hand_made();
    are(
        &definitions(&home, "nps"),
        &[
            ("farol", 25.0),
            ("by account", 100.0 / 3.0),
            ("every answer", 40.0),
            ("every kind", 40.0),
            ("mean of segments", 50.0),
        ],
    );
    // 10, 9, 8, 5 and 2 of 10; satisfied from 8, hence dissatisfied to 3.
    are(
        &definitions(&home, "csat"),
        &[
            ("farol", 6.8),
            ("mean", 6.8),
            ("satisfied", 60.0),
            ("top box", 20.0),
            ("top two boxes", 40.0),
            ("without neutrals", 75.0),
        ],
    );
    are(&definitions(&home, "csat_satisfied"), &[("farol", 60.0), ("top box", 20.0)]);
    // 7, 6, 5 and 2 of 7.
    are(
        &definitions(&home, "ces"),
        &[("farol", 5.0), ("mean", 5.0), ("share who agree", 75.0), ("top two boxes", 50.0)],
    );
}

/// Tickets: five opened, one without contact; one solved at once, one solved at once and reopened; of four resolved in June
/// two at once. Leads: three came, one converted in time and one late; one of May converted in June. Staff: 3, 2 joined,
/// 1 left, 4. Goals: ½ with weight 3, 1 with weight 1, one unknown. Usage: A of A, B, C, E; A, D and F of A, C, D, E, F.
#[test]
fn operations_under_each_definition() {
    let home = hand_made();
    are(
        &definitions(&home, "fcr"),
        &[
            ("farol", 25.0),
            ("of those opened", 25.0),
            ("of those resolved", 50.0),
            ("of all tickets", 20.0),
            ("reopened ones too", 50.0),
        ],
    );
    let third = 100.0 / 3.0;
    are(
        &definitions(&home, "conversion_rate"),
        &[("farol", third), ("ever", 2.0 * third), ("by date of conversion", 2.0 * third)],
    );
    are(
        &definitions(&home, "turnover_index"),
        &[
            ("farol", 50.0),
            ("rotation", 50.0),
            ("leavers", 100.0 / 3.5),
            ("leavers of the opening", third),
            ("rotation over the mean", 150.0 / 3.5),
        ],
    );
    are(
        &definitions(&home, "goal_attainment"),
        &[("farol", 62.5), ("unweighted", 75.0), ("share met", 50.0), ("unknown as missed", 50.0)],
    );
    are(
        &definitions(&home, "active_rate"),
        &[("farol", 25.0), ("of those at the end", 60.0), ("whoever used it", 75.0), ("of both ends", 50.0)],
    );
}

/// Runs `--rows` and adds the file up: the sums must be the figure's numerator and denominator, or its n.
fn adds_up(home: &Home, arguments: &[&str]) {
    let told = json(home, &[arguments, &["--rows", "rows.csv"]].concat());
    assert_eq!(told["rows"]["adds_up"], true, "{arguments:?}");
    let file = home.read("rows.csv");
    let mut reader = csv::Reader::from_reader(file.as_bytes());
    let (mut numerator, mut denominator, mut rows) = (0.0, 0.0, 0);
    for row in reader.records().map(Result::unwrap) {
        let number = |cell: &str| if cell.is_empty() { 0.0 } else { cell.parse::<f64>().unwrap() };
        assert_eq!(&row[4] == "not", row[7].is_empty(), "{row:?}");
        numerator += number(&row[7]);
        denominator += number(&row[8]);
        rows += 1;
    }
    let groups = told["rows"]["groups"].as_array().unwrap();
    assert_eq!(groups.iter().map(|group| group["rows"].as_u64().unwrap()).sum::<u64>(), rows, "{arguments:?}");
    // Shares of a row are written with six decimals.
    let is = |sum: f64, figure: &Value| figure.as_f64().is_none_or(|figure| (sum - figure).abs() < 1e-3);
    // A return is a comparison of two groups, an expectation a model's: only their denominators are sums of rows.
    let is_sum = !["retention_roi", "clv_12m"].contains(&arguments[0]);
    assert!(
        !is_sum || is(numerator, &told["numerator"]),
        "{arguments:?}: numerator {numerator}, {}",
        told["numerator"]
    );
    assert!(is(denominator, &told["denominator"]), "{arguments:?}: denominator {denominator}, {}", told["denominator"]);
    // Lifetime value tells the rows of one of its factors, and zero churn has rows but no lifetime.
    let is_of_one_sum = arguments[0] != "ltv" && !told["value"].is_null();
    if told["numerator"].is_null() && told["denominator"].is_null() && is_of_one_sum {
        assert!(is(denominator, &told["n"]), "{arguments:?}: {denominator} rows, n = {}", told["n"]);
    }
}

/// KPIs whose rows are not told one by one.
const WITHOUT_ROWS: &[&str] = &["churn_reasons", "term_log_odds"];

/// The small company, judged by nobody, so that only what a figure needs is read.
fn unjudged() -> Home {
    let home = Home::small();
    home.write("config/reports.yaml", "executive: { kpis: [nps] }\nboard: { grain: quarter, kpis: [nps] }\n");
    home
}

#[test]
fn the_rows_of_every_kpi_add_up_to_its_figure() {
    let home = unjudged();
    let catalogue = home.does(&["kpis"]).stdout;
    let kpis: Vec<&str> = catalogue.lines().skip(1).filter_map(|line| line.split_whitespace().next()).collect();
    assert!(kpis.len() > 50);
    for kpi in kpis.into_iter().filter(|kpi| !WITHOUT_ROWS.contains(kpi)) {
        let segment: &[&str] = match kpi {
            "cohort_retention" => &["--segment", "cohort=2025-10+12"],
            kpi if kpi.starts_with("theme_") => &["--segment", "theme=delivery"],
            kpi if kpi.contains("_transferred_") => &["--segment", "plan=Pro"],
            _ => &[],
        };
        adds_up(&home, &[&[kpi, "--period", MONTH], segment].concat());
    }
}

#[test]
fn the_rows_of_a_segment_add_up_however_it_is_cut() {
    let home = unjudged();
    for (kpi, segment) in [
        ("customer_churn_rate", "plan=Pro"),
        ("nrr", "region=Sul,plan=Pro"),
        ("mrr_closing", "plan=Enterprise"),
        ("nps", "respondent_role=user"),
        ("nps_response_rate", "region=Sul"),
        ("fcr", "channel=email"),
        ("fcr", "channel=email,region=Sul"),
        ("resolution_hours", "category=bug"),
        ("backlog", "channel=email"),
        ("health_decline_rate", "plan=Pro"),
        ("onboarding_completion", "region=Sudeste"),
        ("crc_since_first_contact", "region=Sul"),
        ("retention_roi", "program=Health rescue"),
        ("ticket_rate", "plan=Pro"),
        ("renewal_rate", "plan=Pro"),
        ("cohort_retention", "cohort=2025-06+16,region=Sul"),
        ("nps_by_account", "respondent_role=user"),
        ("nps_role_gap", "plan=Pro"),
        ("crc", "program=Loyalty points"),
        ("crc", "program=Health rescue"),
        ("crc", "region=Sul"),
        ("goal_attainment", "stakeholder=user"),
        ("turnover_index", "team=Support"),
        ("health_score", "plan=Pro"),
        ("stickiness", "plan=Pro"),
        ("lifetime_months", "plan=Pro"),
        ("average_ticket", "region=Sul"),
    ] {
        adds_up(&home, &[kpi, "--period", MONTH, "--segment", segment]);
    }
    // Another grain, and a year of losses by their reasons.
    adds_up(&home, &["customers_lost", "--period", "2026-10.12m", "--segment", "cancel_reason=price"]);
    adds_up(&home, &["csat", "--period", "2026-W41"]);
}

#[test]
fn the_rows_add_up_under_other_choices_and_without_subscriptions() {
    let home = unjudged();
    home.write(
        "config/kpis.yaml",
        "nps: { kind: all }\nfcr: { denominator: resolved }\nvalue: { source: orders }\n\
         lifetime: { method: inverse_churn }\nturnover: { method: leavers }\n",
    );
    for kpi in ["nps", "fcr", "average_ticket", "purchase_frequency", "ltv", "lifetime_months", "turnover_index"] {
        adds_up(&home, &[kpi, "--period", MONTH]);
    }
    adds_up(&home, &["lifetime_months", "--period", MONTH, "--segment", "region=Sul"]);
    home.write("config/kpis.yaml", "lifetime: { method: observed }\n");
    adds_up(&home, &["lifetime_months", "--period", MONTH]);
    let farol = home.read("config/farol.yaml");
    let without: Vec<&str> = farol
        .lines()
        .filter(|line| !line.starts_with("  subscriptions:") && !line.starts_with("attributes:"))
        .collect();
    home.write("config/farol.yaml", without.join("\n").replace("[plan, region, [plan, region]]", "[region]"));
    home.write("config/benchmarks.yaml", "");
    for kpi in
        ["customer_churn_rate", "customers_closing", "average_ticket", "purchase_frequency", "active_rate", "crc"]
    {
        adds_up(&home, &[kpi, "--period", MONTH]);
    }
}

/// A figure of an earlier day is explained as it was on that day: tickets that were resolved since are not resolved yet.
#[test]
fn a_figure_of_an_earlier_day_is_explained_as_of_that_day() {
    let home = Home::small();
    let as_of = ["--period", "2026-09", "--as-of", "2026-10-02"];
    home.does(&[&["run", "--report", "executive", "--only", "figures"], &as_of[..]].concat());
    let figures = home.read("out/executive/2026-09/figures.csv");
    let mut reader = csv::Reader::from_reader(figures.as_bytes());
    let mut rows = reader.records().map(Result::unwrap);
    let row = rows.find(|row| &row[2] == "total" && &row[4] == "resolution_hours").unwrap();
    let told = json(&home, &[&["resolution_hours"], &as_of[..]].concat());
    let numbers = |of: &Value| ["value", "n"].map(|name| of[name].as_f64().unwrap());
    assert_eq!(numbers(&told), [5, 7].map(|column| row[column].parse::<f64>().unwrap()));
    assert!(told["period"]["as_of"].as_str().unwrap().starts_with("2026-10-02"), "{}", told["period"]);
    let today = json(&home, &["resolution_hours", "--period", "2026-09"]);
    assert!(numbers(&today)[1] > numbers(&told)[1], "{:?} {:?}", numbers(&today), numbers(&told));
    let ended = home.farol(&["explain", "fcr", "--period", "2026-09", "--as-of", "2027-01-01"]);
    assert_eq!((ended.code, ended.stderr.contains("as-of-ahead")), (Some(2), true), "{}", ended.stderr);
}

/// Twelve months before twelve months are those of the year before: one comparison, told once. Of a month there are two.
#[test]
fn a_comparison_is_told_once() {
    let home = Home::small();
    let against = |period: &str| {
        let told = json(&home, &["customer_churn_rate", "--period", period]);
        let changes = told["judgement"]["changes"].as_array().unwrap().clone();
        changes.iter().map(|change| change["against"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(against("2026-10.12m"), ["2025-10.12m"]);
    assert_eq!(against(MONTH), ["2026-09", "2025-10"]);
}

/// What a report says of its figures, `explain` says of each.
#[test]
fn a_figure_is_judged_as_in_its_report() {
    let home = Home::small();
    home.does(&["run", "--report", "executive", "--only", "figures"]);
    let figures = home.read(&format!("out/executive/{MONTH}/figures.csv"));
    let mut reader = csv::Reader::from_reader(figures.as_bytes());
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    for (kpi, dimension, segment) in
        [("nps", "total", "total"), ("customer_churn_rate", "plan", "Pro"), ("fcr", "total", "total")]
    {
        let row = rows.iter().find(|row| &row[2] == dimension && &row[3] == segment && &row[4] == kpi).unwrap();
        let cut = format!("{dimension}={segment}");
        let segment: &[&str] = if dimension == "total" { &[] } else { &["--segment", &cut] };
        let told = json(&home, &[&[kpi, "--period", MONTH], segment].concat());
        let text = |value: &Value| match value {
            Value::Null => String::new(),
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let judged = &told["judgement"];
        assert_eq!(judged["report"], "executive");
        assert_eq!((text(&judged["band"]), text(&judged["status"])), (row[17].to_owned(), row[18].to_owned()), "{kpi}");
        let number = |cell: &str| cell.parse::<f64>().ok();
        assert_eq!(told["value"].as_f64(), number(&row[5]), "{kpi}");
        assert_eq!(judged["target"].as_f64(), number(&row[15]), "{kpi}");
        let previous = judged["changes"].as_array().unwrap().iter().find(|change| change["with"] == "previous");
        assert_eq!(previous.and_then(|change| change["difference"].as_f64()), number(&row[13]), "{kpi}");
    }
}

#[test]
fn what_cannot_be_explained_is_said_with_its_remedy() {
    let home = Home::small();
    let complains = |arguments: &[&str], code: i32, expected: &str| {
        let ended = home.farol(&[&["explain"], arguments].concat());
        assert_eq!(
            (ended.code, ended.stderr.as_str(), ended.stdout.as_str()),
            (Some(code), expected, ""),
            "{arguments:?}"
        );
    };
    complains(
        &["npps", "--period", MONTH],
        2,
        "error[unknown-kpi]: there is no KPI `npps`\n  help: did you mean `nps`? `farol kpis` lists them all\n",
    );
    complains(
        &["nps", "--period", "2026-13"],
        2,
        "error[not-a-period]: `2026-13` names no period\n  help: write 2026-10 for a month, 2026-W41 for a week, 2026-Q4, 2026, or 2026-10.12m for twelve months\n",
    );
    complains(
        &["nps", "--period", MONTH, "--segment", "plna=Pro"],
        2,
        "error[unknown-segment]: nothing cuts `nps` by `plna`\n  help: did you mean `plan`?\n",
    );
    complains(
        &["nps", "--period", MONTH, "--segment", "plan=Prro"],
        2,
        "error[unknown-segment]: `plan` has no segment `Prro`\n  help: it has `(not set)`, `Enterprise`, `Pro`, `Starter`\n",
    );
    complains(
        &["mrr_transferred_in", "--period", MONTH],
        2,
        "error[only-in-segments]: `mrr_transferred_in` stands only in segments: nobody enters or leaves the total\n  help: name one: --segment plan=…\n",
    );
    complains(
        &["churn_reasons", "--period", MONTH],
        2,
        "error[no-figure]: `churn_reasons` has no figure for the total\n  help: explain `customers_lost` or `mrr_churned` with --segment cancel_reason=…\n",
    );
    home.edit("config/farol.yaml", "  tickets: { path: ../sample-data/tickets.csv }\n", "");
    complains(
        &["resolution_hours", "--period", MONTH],
        78,
        "config/farol.yaml: error[not-configured]: `resolution_hours` cannot be computed: `tickets.customer_id`, `tickets.opened_at`, `tickets.resolved_at` missing\n  help: map these columns under `data:`; `farol kpis` says what every KPI lacks\n",
    );
    home.is_untouched();
}

/// Counted once in the CSV itself: 52 tickets opened in October, one without contact, 31 solved at once; of 51 resolved in
/// it with a contact 32 at once.
#[test]
fn the_whole_page_of_one_figure() {
    let home = Home::small();
    let ended = home.does(&["explain", "fcr", "--period", MONTH, "--definitions"]);
    assert_eq!(ended.stdout, include_str!("explain.txt"));
}
