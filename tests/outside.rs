//! Other people's data through the whole product, by configuration alone; their numbers come out.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![expect(clippy::print_stdout, reason = "how close the figures came is part of the result")]

mod company;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use company::{Company, Figures};

/// The largest deviation seen of each kind of figure, printed so that a reader sees how close "equal" is.
#[derive(Default)]
struct Deviations(BTreeMap<String, (f64, usize)>);

impl Deviations {
    fn compare(&mut self, what: &str, ours: f64, theirs: f64, tolerance: f64) {
        let deviation = (ours - theirs).abs() / theirs.abs().max(1.0);
        assert!(deviation <= tolerance, "{what}: {ours} is not {theirs}");
        let (largest, count) = self.0.entry(what.split(' ').next().unwrap_or(what).to_owned()).or_default();
        *largest = largest.max(deviation);
        *count += 1;
    }
}

impl Drop for Deviations {
    fn drop(&mut self) {
        for (what, (largest, count)) in &self.0 {
            println!("{what}: {count} values, largest relative deviation {largest:.2e}");
        }
    }
}

fn telco() -> Figures {
    let company = Company::at(Path::new("tests/outside/telco/config"));
    company.figures(&["run", "--only", "figures", "--period", "2019-12"])
}

/// December 2019 by contract, internet service, payment method and the cross of the first two, from pandas and
/// statsmodels. Eleven customers start on 1 January and are in nobody's opening base.
#[test]
fn telco_december_is_what_pandas_and_statsmodels_say() {
    let figures = telco();
    let mut deviations = Deviations::default();
    let expected = fs::read_to_string("tests/outside/telco/expected_2019-12.csv").unwrap();
    let mut rows = 0;
    for row in csv::Reader::from_reader(expected.as_bytes()).records().map(Result::unwrap) {
        let cell = |i: usize| row.get(i).unwrap_or_default();
        let ours = figures.row("2019-12", cell(0), cell(1), cell(2));
        let name = format!("{} {}/{}", cell(2), cell(0), cell(1));
        for (column, index) in [("value", 3), ("n", 4), ("ci_low", 5), ("ci_high", 6)] {
            // Where the published file gives no n or limit, it claims nothing.
            if let Ok(theirs) = cell(index).parse::<f64>() {
                let is_count_of_money = column == "n" && cell(2).starts_with("mrr_");
                if !is_count_of_money {
                    deviations.compare(&name, ours.number(column), theirs, 1e-9);
                }
            }
        }
        rows += 1;
    }
    assert_eq!(rows, 80);
}

/// Survival by contract, with its limits, from lifelines and R.
#[test]
fn telco_survival_is_what_lifelines_says() {
    let figures = telco();
    let mut deviations = Deviations::default();
    let expected = fs::read_to_string("tests/outside/telco/expected.csv").unwrap();
    let mut compared = 0;
    for row in csv::Reader::from_reader(expected.as_bytes()).records().map(Result::unwrap) {
        let (metric, segment, value) = (&row[0], &row[1], &row[3]);
        let (dimension, segment) = match segment.strip_prefix("Contract=") {
            Some(contract) if !contract.contains(';') => ("contract", contract),
            None if segment == "all" => ("total", "total"),
            _ => continue,
        };
        let (kpi, column, scale) = match metric {
            "km_S(6)" => ("survival_6m", "value", 100.0),
            "km_S(6)_ci_lo" => ("survival_6m", "ci_low", 100.0),
            "km_S(6)_ci_hi" => ("survival_6m", "ci_high", 100.0),
            "km_S(12)" => ("survival_12m", "value", 100.0),
            "km_S(12)_ci_lo" => ("survival_12m", "ci_low", 100.0),
            "km_S(12)_ci_hi" => ("survival_12m", "ci_high", 100.0),
            "km_S(24)" => ("survival_24m", "value", 100.0),
            "km_S(24)_ci_lo" => ("survival_24m", "ci_low", 100.0),
            "km_S(24)_ci_hi" => ("survival_24m", "ci_high", 100.0),
            "km_median_tenure" => ("survival_median_months", "value", 1.0),
            "km_rmst_72" => ("lifetime_months", "value", 1.0),
            _ => continue,
        };
        // R computes some of the rows that lifelines also gives; both are compared.
        let ours = figures.row("2019-12", dimension, segment, kpi);
        match value.parse::<f64>() {
            // A curve that never fell has no variance: no interval here, the point itself in lifelines.
            Ok(theirs) if theirs.is_finite() && ours.text(column).is_empty() => {
                deviations.compare(&format!("{kpi} {dimension}/{segment}"), ours.number("value"), scale * theirs, 1e-9);
                assert!(ours.text("note").contains("too_few"));
            }
            Ok(theirs) if theirs.is_finite() => {
                deviations.compare(
                    &format!("{kpi} {dimension}/{segment} {column}"),
                    ours.number(column),
                    scale * theirs,
                    1e-7,
                );
            }
            _ => assert!(ours.text("note").contains("not_reached"), "{kpi} {segment}: {}", ours.text("note")),
        }
        compared += 1;
    }
    assert!(compared >= 40, "{compared}");
}

/// CDNOW from two files and a few lines of configuration: the published parameters of BG/NBD and Gamma–Gamma in the note,
/// and the value that scipy finds, in total and by cohort.
#[test]
fn cdnow_buyers_have_the_published_parameters() {
    let company = Company::at(Path::new("tests/outside/cdnow/config"));
    let figures = company.figures(&["run", "--only", "figures", "--period", "1997-09"]);
    let parameters = |dimension: &str, segment: &str| {
        let note = figures.row("1997-09", dimension, segment, "clv_12m").text("note").to_owned();
        let pair = |part: &str| part.split_once('=').map(|(name, value)| (name.to_owned(), value.parse().unwrap()));
        note.split(';').filter_map(pair).collect::<BTreeMap<String, f64>>()
    };
    let found = parameters("total", "total");
    let mut deviations = Deviations::default();
    for row in csv::Reader::from_path("tests/outside/cdnow/expected.csv").unwrap().records().map(Result::unwrap) {
        let Some((model, name)) = row[0].split_once('_') else { continue };
        let name = name.trim_end_matches("_mle").trim_end_matches("_lifetimes");
        if let Some(ours) = found.get(name).filter(|_| ["bgnbd", "gammagamma"].contains(&model)) {
            let (theirs, tolerance): (f64, f64) = (row[3].parse().unwrap(), row[4].parse().unwrap());
            deviations.compare(&format!("published_{name}"), *ours, theirs, tolerance / theirs.max(1.0));
        }
    }
    assert_eq!(deviations.0.values().map(|(_, count)| count).sum::<usize>(), 18);
    for row in csv::Reader::from_path("tests/outside/cdnow/expected_1997-09.csv").unwrap().records().map(Result::unwrap)
    {
        let theirs: f64 = row[3].parse().unwrap();
        if &row[0] == "only" {
            deviations.compare("clv_12m_of_a_scope", of_a_scope(&row[1]), theirs, 1e-6);
        } else if &row[2] == "clv_12m" {
            let ours = figures.row("1997-09", &row[0], &row[1], "clv_12m");
            deviations.compare("clv_12m", ours.number("value"), theirs, 1e-6);
            assert_eq!(ours.text("n"), &row[4]);
            assert_eq!(parameters(&row[0], &row[1]), found, "one fit serves all segments");
        } else {
            // Six digits, and a simplex stops short of the last.
            deviations.compare("scipy", found[&row[2]], theirs, 1e-5);
        }
    }
}

/// The value that a recipient gets who sees one cohort only: fitted to its customers alone.
fn of_a_scope(cohort: &str) -> f64 {
    let company = Company::at(Path::new("tests/outside/cdnow/config"));
    assert!(company.run(&["run", "--period", "1997-09"]).status.success());
    let name = format!("cohort{}", cohort.replace('-', ""));
    let files = fs::read_dir(company.out().join("cdnow/1997-09")).unwrap().map(|file| file.unwrap().path());
    let is_its = |file: &std::path::PathBuf| {
        let stem = file.file_stem().unwrap().to_string_lossy();
        stem.starts_with("report.") && stem.contains(&name) && file.extension().is_some_and(|of| of == "json")
    };
    let file = files.into_iter().find(is_its).unwrap();
    let report: serde_json::Value = serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
    report["cards"][0]["exact"].as_str().unwrap().parse().unwrap()
}

/// What the tables of `hand_cases` call a figure, and what farol calls it: KPI, and how many of ours make one of theirs.
fn known_as(metric: &str) -> Option<(&'static str, f64)> {
    Some(match metric {
        "active_start" => ("customers_opening", 1.0),
        "active_end" => ("customers_closing", 1.0),
        "customer_churn_rate"
        | "customer_churn_rate (base = active on day 1, starts on day 1 included)"
        | "customer_churn_rate (end_date exclusive)" => ("customer_churn_rate", 100.0),
        "mrr_start" => ("mrr_opening", 1.0),
        "mrr_end" => ("mrr_closing", 1.0),
        "new_mrr" => ("mrr_new", 1.0),
        "expansion_mrr" => ("mrr_expansion", 1.0),
        "contraction_mrr" => ("mrr_contraction", 1.0),
        "churned_mrr" => ("mrr_churned", 1.0),
        "revenue_churn_gross" => ("revenue_churn_rate", 100.0),
        "nrr" => ("nrr", 100.0),
        "grr" => ("grr", 100.0),
        "arpa_end" => ("average_ticket", 1.0),
        "nps" | "nps by responded_at" => ("nps", 1.0),
        "response_rate by sent_at" => ("nps_response_rate", 100.0),
        _ => return None,
    })
}

/// Readings of a disputed definition that farol does not follow: its figure must differ from them.
const REJECTED: &[(&str, &str, f64)] =
    &[("customer_churn_rate (end_date inclusive)", "customer_churn_rate", 100.0), ("nps by sent_at", "nps", 1.0)];

/// Figures that farol has no KPI for, each named so that nothing is passed over in silence. Net revenue churn is
/// 100 − NRR, which is compared.
const NO_KPI: &[&str] = &[
    "churn_events",
    "reactivation_events",
    "customer_churn_rate (base = active before day 1, as dbt mrr-playbook)",
    "revenue_churn_net",
    "revenue_recognised customer D (daily proration)",
    "month of churn of I under dbt mrr-playbook rule",
];

/// Runs one folder of hand cases and compares every figure of its `expected.csv`.
fn hand_case(name: &str, zone: &str, period_from: &str, period_to: &str, metric_of_zone: &str) {
    let folder = Path::new("tests/outside/hand_cases").join(name);
    let company = Company::made_for(&folder, zone);
    let figures = company.figures(&["backfill", "--only", "figures", "--from", period_from, "--to", period_to]);
    let expected = fs::read_to_string(folder.join("expected.csv")).unwrap();
    let (mut compared, mut deviations) = (0, Deviations::default());
    for row in csv::Reader::from_reader(expected.as_bytes()).records().map(Result::unwrap) {
        let (metric, segment, period, value) = (&row[0], &row[1], &row[2], &row[3]);
        let metric = metric.strip_suffix(metric_of_zone).map_or(metric, str::trim);
        let (dimension, segment) = match segment.strip_prefix("segment=") {
            Some(segment) => ("segment", segment),
            None => ("total", "total"),
        };
        if let Some((kpi, scale)) = known_as(metric) {
            let ours = figures.row(period, dimension, segment, kpi);
            match value.parse::<f64>() {
                Ok(theirs) => {
                    deviations.compare(&format!("{kpi} {period}"), ours.number("value"), scale * theirs, 1e-9);
                }
                Err(_) => {
                    assert_eq!((ours.text("value"), ours.text("note")), ("", "no_denominator"), "{metric} {period}");
                }
            }
            compared += 1;
        } else if let Some((_, kpi, scale)) = REJECTED.iter().find(|(rejected, ..)| *rejected == metric) {
            let ours = figures.row(period, dimension, segment, kpi).number("value");
            let theirs: f64 = value.parse().unwrap();
            let agrees_by_chance = metric == "nps by sent_at" && period == "2024-02";
            assert!(agrees_by_chance || (ours - scale * theirs).abs() > 1e-9, "{metric} {period} came out");
        } else {
            assert!(NO_KPI.contains(&metric) || metric.starts_with("nps "), "{metric} is neither compared nor excused");
        }
    }
    assert!(compared > 0, "{name} compared nothing");
}

#[test]
fn t01_a_customer_who_returns_within_the_month_is_not_lost() {
    hand_case("T01_same_month_return", "America/Sao_Paulo", "2024-01", "2024-03", "");
}

#[test]
fn t02_changes_of_plan_are_expansion_and_contraction_not_churn() {
    hand_case("T02_mid_month_changes", "America/Sao_Paulo", "2024-01", "2024-01", "");
}

#[test]
fn t03_the_end_date_is_the_first_day_no_longer_active() {
    hand_case("T03_end_date_boundary", "America/Sao_Paulo", "2024-01", "2024-02", "");
}

#[test]
fn t04_an_answer_counts_when_it_was_given_and_an_invitation_when_it_was_sent() {
    hand_case("T04_late_survey_answer", "America/Sao_Paulo", "2024-01", "2024-02", "");
}

#[test]
fn t05_a_month_begins_at_midnight_where_the_company_is() {
    for zone in ["America/Sao_Paulo", "UTC", "Europe/Lisbon"] {
        hand_case("T05_timezone_boundary", zone, "2024-01", "2024-02", zone);
    }
}

#[test]
fn t08_the_total_is_pooled_not_the_mean_of_its_segments() {
    hand_case("T08_pooled_vs_mean", "America/Sao_Paulo", "2024-05", "2024-05", "");
}
