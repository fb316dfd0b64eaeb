//! Figures of what customers go through in a period, from small files through the whole program: health at both ends,
//! on-boarding, retention spend and leads, with every expectation worked out by hand.

#![expect(clippy::float_cmp, reason = "exact by construction")]

use chrono::NaiveDate;

use crate::figures::Row;
use crate::written::Written;

const REPORTS: &str = "monthly: { kpis: all, history: 2, segments: [plan, region] }\n";

/// A configuration for the tables that are given, each as (name, CSV), in a time zone, as of a day.
fn company(zone: &str, as_of: &str, tables: &[(&str, String)], kpis: &str, reports: &str) -> Written {
    let mut sources = String::new();
    for (table, _) in tables {
        sources = format!("{sources}  {table}: {{ path: ../data/{table}.csv }}\n");
    }
    let farol = format!(
        "company: {{ name: Case, locale: en, currency: BRL, timezone: {zone} }}\nas_of: {as_of}\ndata:\n{sources}\
         segments: [plan, region]\n"
    );
    let settings = [("farol", farol), ("kpis", kpis.to_owned()), ("reports", reports.to_owned())];
    let settings = settings.map(|(name, text)| (format!("config/{name}.yaml"), text));
    let data = tables.iter().map(|(table, rows)| (format!("data/{table}.csv"), rows.clone()));
    let files: Vec<(String, String)> = settings.into_iter().chain(data).collect();
    Written::new(&files)
}

/// Value, n, numerator and denominator; what is empty is NaN.
fn numbers(row: &Row<'_>) -> [f64; 4] {
    ["value", "n", "numerator", "denominator"].map(|column| row.text(column).parse().unwrap_or(f64::NAN))
}

fn close(row: &Row<'_>, expected: [f64; 4]) {
    for (ours, expected) in numbers(row).into_iter().zip(expected) {
        assert!((ours - expected).abs() < 1e-9 || (ours.is_nan() && expected.is_nan()), "{ours} is not {expected}");
    }
}

/// One component: a day of use in the last thirty is worth ten points, ten days are healthy. Unknown usage is no use.
const DAYS_OF_USE: &str = "health:
  min_coverage: 0.5
  components:
    - { id: usage, signal: active_days, window: 30d, weight: 1, scale: { 0: 0, 10: 100 }, missing: zero }
  bands:
    - { to: 40, status: red }
    - { from: 40, to: 70, status: yellow }
    - { from: 70, status: green }
";

/// A row of use, with so many events, on each of so many days from one on.
fn used(rows: &mut String, customer: &str, from: &str, days: u64, events: u32) {
    let first: NaiveDate = from.parse().unwrap();
    for day in first.iter_days().take(usize::try_from(days).unwrap()) {
        *rows = format!("{rows}{customer},{day},{events}\n");
    }
}

/// June 2026. The window of the start is 2 to 31 May, that of the end 1 to 30 June.
///
/// | | plan | start | end | |
/// | --- | --- | --- | --- | --- |
/// | A | Basic, Pro from 10 June | 2 days, red | 5 days, yellow | recovered |
/// | B | Basic | 1 day, red | no day, red | |
/// | C | Pro | no day, red | left | |
/// | D | Basic, Pro from 10 June | 8 days, green | 5 days, yellow | declined |
/// | E | Pro | 7 days, green | 10 days, green | |
/// | F | Pro | 6 days and 1 May, yellow | no day, red | in neither |
/// | G | Pro | 9 days, green | left | declined |
/// | H | Pro | not yet a customer | 10 days, green | in neither |
fn healths() -> Vec<(&'static str, String)> {
    let mut customers = "customer_id,signup_date,valid_from,plan,region\n".to_owned();
    for (id, plan, region) in [
        ("A", "Basic", "Sul"),
        ("B", "Basic", "Norte"),
        ("C", "Pro", "Sul"),
        ("D", "Basic", "Sul"),
        ("E", "Pro", "Sul"),
        ("F", "Pro", "Sul"),
        ("G", "Pro", "Norte"),
        ("H", "Pro", "Sul"),
    ] {
        customers = format!("{customers}{id},2025-01-01,2025-01-01,{plan},{region}\n");
    }
    customers += "A,2025-01-01,2026-06-10,Pro,Sul\nD,2025-01-01,2026-06-10,Pro,Sul\n";
    let mut subscriptions = "customer_id,start_date,end_date,mrr\n".to_owned();
    for (id, start, end) in [
        ("A", "2025-01-01", ""),
        ("B", "2025-01-01", ""),
        ("C", "2025-01-01", "2026-06-15"),
        ("D", "2025-01-01", ""),
        ("E", "2025-01-01", ""),
        ("F", "2025-01-01", ""),
        ("G", "2025-01-01", "2026-06-15"),
        ("H", "2026-06-05", ""),
    ] {
        subscriptions = format!("{subscriptions}{id},{start},{end},100\n");
    }
    let mut usage = "customer_id,date,events\n".to_owned();
    for (id, from, days) in [
        ("A", "2026-05-10", 2),
        ("A", "2026-06-01", 5),
        ("B", "2026-05-31", 1),
        ("D", "2026-05-02", 8),
        ("D", "2026-06-26", 5),
        ("E", "2026-05-20", 7),
        ("E", "2026-06-01", 10),
        ("F", "2026-05-01", 7),
        ("G", "2026-05-02", 9),
        ("H", "2026-06-10", 10),
    ] {
        used(&mut usage, id, from, days, 1);
    }
    vec![("customers", customers), ("subscriptions", subscriptions), ("usage", usage)]
}

#[test]
fn health_recovers_and_declines_between_the_two_ends_of_a_period() {
    let company = company("America/Sao_Paulo", "2026-07-10", &healths(), DAYS_OF_USE, REPORTS);
    let figures = company.figures(&["run", "--only", "figures", "--period", "2026-06"]);
    // Red at the start: A, B and C; green: D, E and G.
    close(&figures.row("2026-06", "total", "total", "health_recovery_rate"), [100.0 / 3.0, 3.0, 1.0, 3.0]);
    close(&figures.row("2026-06", "total", "total", "health_decline_rate"), [200.0 / 3.0, 3.0, 2.0, 3.0]);
    // Wilson's limits of 1 of 3 at 95 %.
    let row = figures.row("2026-06", "total", "total", "health_recovery_rate");
    assert!((row.number("ci_low") - 6.149).abs() < 0.001 && (row.number("ci_high") - 79.234).abs() < 0.001);
    // Whoever changes plan within the period moves under the plan that it had at the start: Basic has A, B and D.
    close(&figures.row("2026-06", "plan", "Basic", "health_recovery_rate"), [50.0, 2.0, 1.0, 2.0]);
    close(&figures.row("2026-06", "plan", "Basic", "health_decline_rate"), [100.0, 1.0, 1.0, 1.0]);
    close(&figures.row("2026-06", "plan", "Pro", "health_recovery_rate"), [0.0, 1.0, 0.0, 1.0]);
    close(&figures.row("2026-06", "plan", "Pro", "health_decline_rate"), [50.0, 2.0, 1.0, 2.0]);
    close(&figures.row("2026-06", "region", "Norte", "health_recovery_rate"), [0.0, 1.0, 0.0, 1.0]);
    // May: on 1 May nobody has used anything for thirty days, so that all seven are red; on 1 June D, E, F and G are not.
    let may = 400.0 / 7.0;
    let row = figures.row("2026-06", "total", "total", "health_recovery_rate");
    assert!((row.number("previous") - may).abs() < 1e-9, "{}", row.text("previous"));
}

/// The week of 1 to 7 June: its end's window is 9 May to 7 June. A has 2 + 5 days, green, and recovered; B 1; C none. D has
/// the one day of 9 May left of eight, E 7 + 7, G 2 of 9 to 10 May.
#[test]
fn health_moves_by_the_week_and_by_the_quarter_too() {
    let reports = "weekly: { kpis: [health_recovery_rate, health_decline_rate], grain: week, history: 2 }\n\
                   quarterly: { kpis: [health_recovery_rate, health_decline_rate], grain: quarter, history: 2 }\n\
                   window: { kpis: [health_recovery_rate, health_decline_rate], grain: 2m, history: 2 }\n";
    let company = company("America/Sao_Paulo", "2026-07-10", &healths(), DAYS_OF_USE, reports);
    let figures = company.figures(&["run", "--report", "weekly", "--only", "figures", "--period", "2026-W23"]);
    close(&figures.row("2026-W23", "total", "total", "health_recovery_rate"), [100.0 / 3.0, 3.0, 1.0, 3.0]);
    close(&figures.row("2026-W23", "total", "total", "health_decline_rate"), [200.0 / 3.0, 3.0, 2.0, 3.0]);
    // At the start of April, and so of May, all seven are red; at the end of June A, D and E are not.
    for (report, period) in [("quarterly", "2026-Q2"), ("window", "2026-06.2m")] {
        let figures = company.figures(&["run", "--report", report, "--only", "figures", "--period", period]);
        close(&figures.row(period, "total", "total", "health_recovery_rate"), [300.0 / 7.0, 7.0, 3.0, 7.0]);
        assert_eq!(figures.row(period, "total", "total", "health_decline_rate").text("note"), "no_denominator");
    }
}

/// The readers of the South get the figures of A, C, D, E and F alone: of the red A and C one recovered, of the green D and
/// E one declined. The page says what is red, and how a score is made.
#[test]
fn a_recipient_of_a_region_sees_its_customers_health_alone() {
    let reports = "monthly:\n  kpis: [health_recovery_rate, health_decline_rate, health_score]\n  history: 2\n  attach: [html]\n  recipients:\n\
                   \x20   - { to: \"sul@case.example\", locale: pt-BR, only: { region: Sul } }\n";
    let company = company("America/Sao_Paulo", "2026-07-10", &healths(), DAYS_OF_USE, reports);
    company.figures(&["run", "--period", "2026-06"]);
    let report = company.report("2026-06", "pt-BR");
    let text = report.to_string();
    assert!(report["cards"].as_array().is_some_and(|cards| cards.len() == 3), "{text}");
    assert!(text.matches("50,0%").count() + text.matches("50,0\u{a0}%").count() >= 2, "{text}");
    assert!(text.contains("vermelho de 0 a 40; amarelo de 40 a 70; verde de 70 a 100"), "{text}");
    assert!(text.contains("Dias com uso em 30\u{a0}dias, peso 1, escala 0 → 0, 10 → 100; vale zero"), "{text}");
}

/// At the end of June: the last ninety days are 2 April to 30 June, those before 2 January to 1 April.
///
/// | | health | events before → last | renewal | |
/// | --- | --- | --- | --- | --- |
/// | A | green | 10 → 11 | 29 September, 90 days | candidate |
/// | B | green | 10 → 11 | 30 September, 91 days | |
/// | C | green | 10 → 10 | 15 August | |
/// | D | green | 0 → 20 | 15 August | |
/// | E | yellow | 1 → 6 | 15 August | |
/// | F | green | 5 → 50 | 1 July, no day | candidate |
/// | G | green | 5 → 50 | none | |
/// | H | green | 5 → 50 | 15 August | left on 1 July |
#[test]
fn candidates_for_expansion_are_healthy_growing_and_about_to_renew() {
    let mut customers = "customer_id,signup_date,valid_from,plan,region\n".to_owned();
    let mut subscriptions = "customer_id,start_date,end_date,mrr,renewal_date\n".to_owned();
    for (id, renewal, end) in [
        ("A", "2026-09-29", ""),
        ("B", "2026-09-30", ""),
        ("C", "2026-08-15", ""),
        ("D", "2026-08-15", ""),
        ("E", "2026-08-15", ""),
        ("F", "2026-07-01", ""),
        ("G", "", ""),
        ("H", "2026-08-15", "2026-07-01"),
    ] {
        customers = format!("{customers}{id},2025-01-01,2025-01-01,Basic,Sul\n");
        subscriptions = format!("{subscriptions}{id},2025-01-01,{end},100,{renewal}\n");
    }
    // A stock has the plan of the end.
    customers += "A,2025-01-01,2026-06-20,Pro,Sul\n";
    let mut usage = "customer_id,date,events\n".to_owned();
    for (id, from, days, events) in [
        ("A", "2026-04-01", 1, 10),
        ("A", "2026-04-02", 1, 1),
        ("A", "2026-06-10", 10, 1),
        ("B", "2026-04-01", 1, 10),
        ("B", "2026-04-02", 1, 1),
        ("B", "2026-06-10", 10, 1),
        ("C", "2026-01-02", 1, 10),
        ("C", "2026-06-10", 10, 1),
        ("D", "2026-01-01", 1, 99),
        ("D", "2026-06-10", 10, 2),
        ("E", "2026-02-01", 1, 1),
        ("E", "2026-06-10", 6, 1),
        ("F", "2026-02-01", 1, 5),
        ("F", "2026-06-10", 10, 5),
        ("G", "2026-02-01", 1, 5),
        ("G", "2026-06-10", 10, 5),
        ("H", "2026-02-01", 1, 5),
        ("H", "2026-06-10", 10, 5),
    ] {
        used(&mut usage, id, from, days, events);
    }
    let tables = [("customers", customers), ("subscriptions", subscriptions), ("usage", usage)];
    let company = company("America/Sao_Paulo", "2026-07-10", &tables, DAYS_OF_USE, REPORTS);
    let figures = company.figures(&["run", "--period", "2026-06"]);
    let count = |dimension, segment| numbers(&figures.row("2026-06", dimension, segment, "expansion_candidates"));
    assert_eq!(count("total", "total")[..3], [2.0, 2.0, 2.0]);
    assert_eq!(count("plan", "Pro")[..2], [1.0, 1.0]);
    assert_eq!(count("plan", "Basic")[..2], [1.0, 1.0]);
    // The list of whom to call holds as many.
    let report = company.report("2026-06", "");
    assert!(report.to_string().contains("2 healthy customers are ready to renew or expand."), "{report}");
}

/// Sign-ups in Lisbon, October 2026, where 25 October has 25 hours; as of 15 December.
///
/// | | plan | sign-up | complete | first value |
/// | --- | --- | --- | --- | --- |
/// | P | Basic, Pro from 28 October | 20 October | 19 November, day 30 | 25 October, day 5 |
/// | Q | Basic | 1 October | 1 November, day 31 | 11 October, day 10 |
/// | R | Pro | 31 October | no row | none in 45 days |
/// | S | Pro | 5 October | 6 October | before it, day 0 |
/// | T | Pro | 30 September | of September | |
fn sign_ups() -> Vec<(&'static str, String)> {
    let customers = "customer_id,signup_date,valid_from,plan,region\n\
                     P,2026-10-20,2026-10-20,Basic,Sul\nP,2026-10-28,2026-10-28,Pro,Sul\n\
                     Q,2026-10-01,2026-10-01,Basic,Norte\nR,2026-10-31,2026-10-31,Pro,Sul\n\
                     S,2026-10-05,2026-10-05,Pro,Norte\nT,2026-09-30,2026-09-30,Pro,Sul\n";
    let onboarding = "customer_id,started_at,completed_at,first_value_at\n\
                      P,2026-10-20,2026-11-19,2026-10-25\nQ,2026-10-02,2026-11-01,2026-10-11\n\
                      S,2026-09-20,2026-10-06,2026-10-01\nT,2026-09-30,2026-10-01,2026-10-30\n";
    vec![("customers", customers.to_owned()), ("onboarding", onboarding.to_owned())]
}

#[test]
fn onboarding_is_complete_within_the_window_and_value_comes_by_the_median() {
    let company = company("Europe/Lisbon", "2026-12-15", &sign_ups(), "", REPORTS);
    let figures = company.figures(&["run", "--only", "figures", "--period", "2026-10"]);
    let row = |dimension, segment, kpi| figures.row("2026-10", dimension, segment, kpi);
    // P and S of four. Days 0, 5 and 10, and 45 still waiting: S(0) = 3/4, S(5) = 1/2.
    close(&row("total", "total", "onboarding_completion"), [50.0, 4.0, 2.0, 4.0]);
    close(&row("total", "total", "time_to_value_days"), [5.0, 4.0, f64::NAN, f64::NAN]);
    // A flow has the first plan of whoever comes within the period: P and Q are Basic, R and S are Pro.
    close(&row("plan", "Basic", "onboarding_completion"), [50.0, 2.0, 1.0, 2.0]);
    close(&row("plan", "Basic", "time_to_value_days"), [5.0, 2.0, f64::NAN, f64::NAN]);
    close(&row("plan", "Pro", "onboarding_completion"), [50.0, 2.0, 1.0, 2.0]);
    close(&row("plan", "Pro", "time_to_value_days"), [0.0, 2.0, f64::NAN, f64::NAN]);
    assert_eq!(row("total", "total", "onboarding_completion").text("note"), "");
    // September has T alone, complete on day 1, with value on day 30.
    assert_eq!(row("total", "total", "onboarding_completion").number("previous"), 100.0);
    assert_eq!(row("total", "total", "time_to_value_days").number("previous"), 30.0);
}

/// As of 19 November P has not completed. Windows run until 1 December: the last sign-up of October has 30 November. Until
/// then nothing is tested against September; after that, two of four are no clear change from one of one.
#[test]
fn onboarding_is_immature_until_the_last_window_has_run() {
    let company = company("Europe/Lisbon", "2026-12-15", &sign_ups(), "", REPORTS);
    for (as_of, value, note, significant) in
        [("2026-11-19", 25.0, "immature", ""), ("2026-11-30", 50.0, "immature", ""), ("2026-12-01", 50.0, "", "false")]
    {
        let figures = company.figures(&["run", "--only", "figures", "--period", "2026-10", "--as-of", as_of]);
        let row = figures.row("2026-10", "total", "total", "onboarding_completion");
        assert_eq!(
            (row.number("value"), row.text("note"), row.text("change_significant")),
            (value, note, significant),
            "{as_of}"
        );
    }
}

/// The fourth quarter of the year, and the year, hold the four sign-ups of October; week 43 (19 to 25 October) holds P.
#[test]
fn onboarding_by_quarter_year_and_week() {
    let kpis = "kpis: [onboarding_completion, time_to_value_days]";
    let reports = format!(
        "q: {{ {kpis}, grain: quarter, history: 1 }}\ny: {{ {kpis}, grain: year, history: 1 }}\nw: {{ {kpis}, grain: week, history: 1 }}\n"
    );
    let company = company("Europe/Lisbon", "2027-03-01", &sign_ups(), "", &reports);
    for (report, period, completion, days, n) in
        [("q", "2026-Q4", 50.0, 5.0, 4.0), ("y", "2026", 60.0, 10.0, 5.0), ("w", "2026-W43", 100.0, 5.0, 1.0)]
    {
        let figures = company.figures(&["run", "--report", report, "--only", "figures", "--period", period]);
        let completed = figures.row(period, "total", "total", "onboarding_completion");
        assert_eq!(numbers(&completed)[..2], [completion, n], "{period}");
        assert_eq!(numbers(&figures.row(period, "total", "total", "time_to_value_days"))[..2], [days, n], "{period}");
    }
}

/// Three of four are still waiting: half of them has had no value yet, and nobody can tell when it will.
#[test]
fn a_median_that_nobody_has_seen_is_not_reached() {
    let customers = "customer_id,signup_date,plan,region\nP,2026-10-02,Basic,Sul\nQ,2026-10-03,Basic,Sul\n\
                     R,2026-10-04,Basic,Sul\nS,2026-10-05,Basic,Sul\n";
    let onboarding = "customer_id,completed_at,first_value_at\nP,,2026-10-04\n";
    let tables = [("customers", customers.to_owned()), ("onboarding", onboarding.to_owned())];
    let company = company("Europe/Lisbon", "2026-12-15", &tables, "", REPORTS);
    let figures = company.figures(&["run", "--only", "figures", "--period", "2026-10"]);
    let row = figures.row("2026-10", "total", "total", "time_to_value_days");
    assert_eq!((row.text("value"), row.text("note"), row.number("n")), ("", "not_reached", 4.0));
}

/// Retention spend, June 2026.
///
/// | | region | MRR | June | spend |
/// | --- | --- | --- | --- | --- |
/// | R1 | Sul | 100 | stays | 10 for points in June; 5 on 1 March, its first contact; 7 the day before |
/// | R2 | Norte | 60 | leaves | 20 for visits in June |
/// | R3 | Sul | 40 | stays | 4 in January; its first contact is not known |
/// | R4 | Sul | 50 | leaves | |
/// | R5 | Norte | 30 | comes | 9 for points in June |
/// | R6 | Norte | 10 | leaves | |
///
/// and 1 000 for an event, which names nobody.
fn spend() -> Vec<(&'static str, String)> {
    let customers = "customer_id,signup_date,first_contact_date,plan,region\n\
                     R1,2026-03-10,2026-03-01,Basic,Sul\nR2,2025-01-01,2025-01-01,Basic,Norte\nR3,2025-01-01,,Basic,Sul\n\
                     R4,2025-01-01,2025-01-01,Basic,Sul\nR5,2026-06-10,2026-06-01,Basic,Norte\n\
                     R6,2025-01-01,2025-01-01,Basic,Norte\n";
    let subscriptions = "customer_id,start_date,end_date,mrr\nR1,2026-03-10,,100\nR2,2025-01-01,2026-06-12,60\n\
                         R3,2025-01-01,,40\nR4,2025-01-01,2026-06-30,50\nR5,2026-06-10,,30\nR6,2025-01-01,2026-06-20,10\n";
    let costs = "customer_id,date,program,kind,amount\n\
                 R1,2026-06-05,Points,reward,10\nR1,2026-03-01,Points,reward,5\nR1,2026-02-28,Points,reward,7\n\
                 R2,2026-06-10,Visits,other,20\nR3,2026-01-01,Points,reward,4\nR5,2026-06-20,Points,reward,9\n\
                 ,2026-06-15,Events,promotion,1000\nR1,2026-07-01,Points,reward,500\n";
    vec![
        ("customers", customers.to_owned()),
        ("subscriptions", subscriptions.to_owned()),
        ("retention_costs", costs.to_owned()),
    ]
}

#[test]
fn retention_spend_is_set_against_what_those_it_reached_paid() {
    let company = company("America/Sao_Paulo", "2026-07-10", &spend(), "", REPORTS);
    let figures = company.figures(&["run", "--only", "figures", "--period", "2026-06"]);
    let roi = |dimension, segment| figures.row("2026-06", dimension, segment, "retention_roi");
    // Reached: R1 and R2, one of whom stays; the others: R3, R4 and R6, one of whom stays. Spend is all of June's, as
    // `crc` counts it: 10 + 20, 9 on R5, who came in June, and the 1 000 of the event. (1/2 − 1/3) · 160 − 1 039.
    let gain = 160.0 / 6.0 - 1_039.0;
    close(&roi("total", "total"), [100.0 * gain / 1_039.0, 5.0, gain, 1_039.0]);
    assert_eq!(figures.row("2026-06", "total", "total", "crc").text("numerator"), "1039");
    assert_eq!((roi("total", "total").text("ci_low"), roi("total", "total").text("change_significant")), ("", ""));
    // Points reached R1, who stays, of the others one of four does: (1 − 1/4) · 100 − 19: R5 costs 9.
    close(&roi("program", "Points"), [5_600.0 / 19.0, 5.0, 56.0, 19.0]);
    close(&roi("kind", "reward"), [5_600.0 / 19.0, 5.0, 56.0, 19.0]);
    // Visits reached R2, who leaves, of the others two of four stay: (0 − 1/2) · 60 − 20.
    close(&roi("program", "Visits"), [-250.0, 5.0, -50.0, 20.0]);
    assert_eq!(roi("program", "Events").text("note"), "no_denominator");
    // South: R1 against R3 and R4, (1 − 1/2) · 100 − 10; North: R2 against R6, all of 20 and R5's 9 is lost.
    close(&roi("region", "Sul"), [400.0, 3.0, 40.0, 10.0]);
    close(&roi("region", "Norte"), [-100.0, 2.0, -29.0, 29.0]);
}

#[test]
fn spend_since_first_contact_is_a_mean_over_those_retained() {
    let company = company("America/Sao_Paulo", "2026-07-10", &spend(), "", REPORTS);
    let figures = company.figures(&["run", "--only", "figures", "--period", "2026-06"]);
    // R1: 5 + 10, R3: 4.
    let row = figures.row("2026-06", "total", "total", "crc_since_first_contact");
    close(&row, [9.5, 2.0, 19.0, 2.0]);
    // Student's t of one degree, 12.7062, times √(60.5 / 2): the variance of 15 and 4 is 60.5.
    assert!((row.number("ci_high") - 9.5 - 12.706_204_736 * 30.25_f64.sqrt()).abs() < 1e-6);
    let north = figures.row("2026-06", "region", "Norte", "crc_since_first_contact");
    assert_eq!(north.text("note"), "no_denominator");
    // In May R1, R2, R3, R4 and R6 are retained: 5, 0, 4, 0 and 0.
    assert!((row.number("previous") - 1.8).abs() < 1e-12, "{}", row.text("previous"));
}

/// The first week of June: R1 is reached, and everybody stays. The quarter: as June, for its five were there by April.
#[test]
fn the_return_on_spend_by_the_week_and_by_the_quarter() {
    let reports = "w: { kpis: [retention_roi], grain: week, history: 1 }\nq: { kpis: [retention_roi], grain: quarter, history: 1 }\n";
    let company = company("America/Sao_Paulo", "2026-07-10", &spend(), "", reports);
    let figures = company.figures(&["run", "--report", "w", "--only", "figures", "--period", "2026-W23"]);
    close(&figures.row("2026-W23", "total", "total", "retention_roi"), [-100.0, 5.0, -10.0, 10.0]);
    let figures = company.figures(&["run", "--report", "q", "--only", "figures", "--period", "2026-Q2"]);
    let gain = 160.0 / 6.0 - 1_039.0;
    close(&figures.row("2026-Q2", "total", "total", "retention_roi"), [100.0 * gain / 1_039.0, 5.0, gain, 1_039.0]);
}

/// The readers of the South see the return on what was spent on R1, also by programme, and are told that it is no proof.
#[test]
fn a_recipient_of_a_region_sees_the_return_on_its_own_customers() {
    let reports = "monthly:\n  kpis: [retention_roi]\n  history: 2\n  attach: [html]\n  recipients:\n\
                   \x20   - { to: \"sul@case.example\", locale: es, only: { region: Sul } }\n";
    let company = company("America/Sao_Paulo", "2026-07-10", &spend(), "value: { gross_margin: 0.4 }\n", reports);
    company.figures(&["run", "--period", "2026-06"]);
    let text = company.report("2026-06", "es").to_string();
    // (1 − 1/2) · 100 · 40 % − 10 over 10.
    assert!(text.contains("100,0\u{a0}%") && text.contains("Margen bruto: 40\u{a0}%."), "{text}");
    assert!(text.contains("Es una asociación, no prueba"), "{text}");
}

/// Leads of October 2026 in Lisbon. Thirty days after 20 October, on the other side of the clock change, is 19 November.
#[test]
fn a_lead_converts_within_thirty_days_of_the_calendar() {
    let customers = "customer_id,signup_date,plan,region\nA,2026-01-01,Basic,Sul\n";
    let leads = "lead_id,created_at,converted_at\nL1,2026-10-20,2026-11-19\nL2,2026-10-20,2026-11-20\n\
                 L3,2026-10-20 10:00,2026-11-19 10:00\nL4,2026-10-20 10:00,2026-11-19 10:01\nL5,2026-10-20,\n";
    let tables = [("customers", customers.to_owned()), ("leads", leads.to_owned())];
    let company = company("Europe/Lisbon", "2026-12-15", &tables, "", REPORTS);
    let figures = company.figures(&["run", "--only", "figures", "--period", "2026-10"]);
    close(&figures.row("2026-10", "total", "total", "conversion_rate"), [40.0, 5.0, 2.0, 5.0]);
}

/// A sum of the parts of a whole is the whole: plans and regions partition customers.
#[test]
fn what_regions_add_up_to_is_the_total() {
    let company = company("America/Sao_Paulo", "2026-07-10", &healths(), DAYS_OF_USE, REPORTS);
    let figures = company.figures(&["run", "--only", "figures", "--period", "2026-06"]);
    for kpi in ["health_recovery_rate", "health_decline_rate"] {
        for (dimension, segments) in [("plan", ["Basic", "Pro"]), ("region", ["Sul", "Norte"])] {
            let sum =
                |column| segments.iter().map(|s| figures.row("2026-06", dimension, s, kpi).number(column)).sum::<f64>();
            let total = figures.row("2026-06", "total", "total", kpi);
            assert_eq!(
                (sum("numerator"), sum("denominator")),
                (total.number("numerator"), total.number("denominator"))
            );
        }
    }
}
