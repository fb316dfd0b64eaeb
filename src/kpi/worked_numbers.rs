//! The cases of `tests/outside/hand_cases/worked_numbers.csv`: expected values are read from it, inputs built by case.
//!
//! For tests only.

use std::path::Path;

use super::cost::CRC;
use super::goals::GOAL_ATTAINMENT;
use super::growth::TURNOVER_INDEX;
use super::health::CHI;
use super::loyalty::{CSAT, CSAT_SATISFIED, NPS};
use super::retention::CUSTOMER_CHURN_RATE;
use super::revenue::{MRR_CHURNED, NRR, REVENUE_CHURN_RATE};
use super::service::FCR;
use super::survival::{SURVIVAL_MEDIAN_MONTHS, curve};
use super::testing::{choices, csat, customers, lifetimes, mrr, nps, nps_counts, read, value};
use super::value::{AVERAGE_TICKET, LIFETIME_MONTHS, LTV};
use super::{Definition, Undefined};
use crate::config::{Choices, FcrDenominator, LifetimeMethod, TurnoverMethod, ValueSource};
use crate::tally::{RatioSums, Tallies};

/// What a case comes to, in the unit of the file (rates as ratios there).
enum Outcome {
    Value(Result<f64, Undefined>),
    /// Each `S(t)=value` of a curve.
    Survival(Vec<(i64, f64)>),
    /// A curve and its median, as the file writes them.
    Text(String),
    /// Not a figure's doing: the stage that decides it.
    Elsewhere(&'static str),
}

const CONTRACT: Outcome = Outcome::Elsewhere("tables: the contract refuses the row");
const SCORES: Outcome = Outcome::Elsewhere("panel: one customer's score, and config: its weights");
const TICKETS: Outcome = Outcome::Elsewhere("tally: which tickets count");
const ATTAINMENT: Outcome = Outcome::Elsewhere("tally: the attainment of one goal, within 0–1");
const BANDS: Outcome = Outcome::Elsewhere("judgement: bands, in its own tests from the same file");
const THEMES: Outcome = Outcome::Elsewhere("panel: themes of comments, in tests/themes.rs through the whole program");
const MONTHS: Outcome = Outcome::Elsewhere("calendar: whole months");

fn choosing(choose: impl FnOnce(&mut Choices)) -> Choices {
    let mut choices = choices();
    choose(&mut choices);
    choices
}

fn lifetime_by(method: LifetimeMethod, source: ValueSource) -> Choices {
    choosing(|choices| {
        choices.lifetime.method = method;
        choices.value.source = Some(source);
    })
}

fn of(definition: &Definition, tallies: &Tallies) -> Outcome {
    Outcome::Value(value(definition, tallies))
}

fn share_of(definition: &Definition, tallies: &Tallies) -> Outcome {
    Outcome::Value(value(definition, tallies).map(|percent| percent / 100.0))
}

fn under(definition: &Definition, tallies: &Tallies, choices: &Choices) -> Outcome {
    Outcome::Value(read(definition, tallies, choices).value)
}

/// The month of folder T02: 100 → 150, 200 → 120, 60 → 0, 0 → 80.
fn mid_month_changes() -> Tallies {
    mrr(&[(100, 150), (200, 120), (60, 0), (0, 80)])
}

/// Durations 2 ended, 3 running, 4 ended, 4 running, 5 ended.
fn five_lifetimes() -> Tallies {
    lifetimes(&[2, 4, 5], &[3, 4])
}

/// ARPA 100 from 20 customers, and a year in which `lost` of 100 left.
fn arpa_100(lost: u64) -> Tallies {
    let mut tallies = mrr(&[(100, 100); 20]);
    (tallies.lifetimes.lost_in_window, tallies.lifetimes.opening_in_window) = (lost, 100);
    tallies
}

/// Customers with orders of an amount in each of their two months.
fn two_orders(amounts: [i64; 2]) -> Tallies {
    let mut tallies = lifetimes(&[], &[2, 2, 2]);
    for _ in 0..3 {
        tallies.orders.per_active_month.push(2, amounts.iter().sum::<i64>() * 1_000_000);
    }
    tallies
}

fn tickets_resolved(resolved: u64, first_contact: u64) -> Tallies {
    let mut tallies = Tallies::default();
    (tallies.service.resolved, tallies.service.resolved_first_contact) = (resolved, first_contact);
    tallies
}

fn spend(amount: i128, retained: u64) -> Tallies {
    let mut tallies = Tallies::default();
    (tallies.costs.spend, tallies.costs.retained) = (amount * 1_000_000, retained);
    tallies.costs.whole_base = true;
    tallies
}

fn happiness(millionths: i64) -> Tallies {
    let mut tallies = Tallies::default();
    tallies.scores.chi.push(millionths);
    tallies
}

/// The telco set: 7 043 customers pay 456 116.60 a month and have been there for 227 990 months.
fn telco() -> Tallies {
    let mut tallies = lifetimes(&[], &[]);
    let n = 7043;
    tallies.lifetimes.censored = crate::tally::Histogram::from_values(
        std::iter::repeat_n(32, 4429).chain(std::iter::repeat_n(33, 2614)).collect(),
    );
    tallies.revenue.per_customer =
        RatioSums { n, x: n.into(), y: 456_116_600_000, xx: n.into(), xy: 456_116_600_000, ..RatioSums::default() };
    tallies
}

fn outcome(case: &str) -> Outcome {
    match case {
        "NPS-01" => of(&NPS, &nps_counts(70, 20, 10)),
        "NPS-02" => of(&NPS, &nps(&[10, 9, 9, 8, 7, 7, 6, 0])),
        "NPS-04" => of(&NPS, &nps(&[6])),
        "NPS-05" => of(&NPS, &nps(&[8])),
        "NPS-07" => of(&NPS, &nps(&[9, 9, 11, -1])),
        "NPS-10" => of(&NPS, &nps_counts(8, 9, 22)),
        "NPS-11" => of(&NPS, &nps_counts(74, 75, 35)),
        "CS-01" => of(&CSAT, &csat(&[10, 8, 6])),
        "CS-02" => of(&CSAT_SATISFIED, &csat(&[10, 8, 6])),
        "CS-04" => of(&CSAT, &csat(&[])),
        "CS-05" => of(&CSAT_SATISFIED, &csat(&[])),
        "CS-07" => of(&CSAT, &csat(&[7, 7, 7, 8])),
        "CS-08" => of(&CSAT_SATISFIED, &csat(&[7, 7, 7, 8])),
        "CC-01" => share_of(&CUSTOMER_CHURN_RATE, &customers(200, 20)),
        "CC-03" => share_of(&CUSTOMER_CHURN_RATE, &customers(200, 0)),
        "CC-04" => share_of(&CUSTOMER_CHURN_RATE, &mrr(&[(0, 10); 10])),
        "CC-06" => share_of(&CUSTOMER_CHURN_RATE, &hundred_with_early_losses()),
        "CC-07" => share_of(&CUSTOMER_CHURN_RATE, &customers(500, 50)),
        "CC-10" => ninety_employees(),
        "RC-02" => Outcome::Value(value(&NRR, &mid_month_changes()).map(|percent| 1.0 - percent / 100.0)),
        "RC-03" => share_of(&NRR, &mid_month_changes()),
        "RC-05" => Outcome::Value(value(&NRR, &mrr(&[(5, 0), (95, 115)])).map(|percent| 1.0 - percent / 100.0)),
        "RC-06" => share_of(&REVENUE_CHURN_RATE, &mrr(&[(0, 50)])),
        "RC-08" => of(&MRR_CHURNED, &mrr(&[(1200 / 12, 0)])),
        "LTV-01" => under(&LTV, &arpa_100(5), &by_churn()),
        "LTV-03" => under(&LTV, &arpa_100(0), &by_churn()),
        "LTV-04" => under(&LTV, &two_orders([130, 130]), &by_orders()),
        "LTV-06" => under(&LTV, &telco(), &lifetime_by(LifetimeMethod::Observed, ValueSource::Subscriptions)),
        "LTV-07" => of(&LTV, &Tallies::default()),
        "LTV-09" => under(&LTV, &two_orders([100, -100]), &by_orders()),
        "KM-01" => survival_of_five(),
        "KM-02" => Outcome::Value(standard_error_at_four()),
        "KM-04" => Outcome::Text(curve_and_median(&lifetimes(&[], &[3, 6, 9]))),
        "KM-05" => Outcome::Text(curve_and_median(&lifetimes(&[3, 3, 3], &[]))),
        "KM-07" => of(&SURVIVAL_MEDIAN_MONTHS, &lifetimes(&[1, 2, 3, 4], &[])),
        "KM-08" => under(&LIFETIME_MONTHS, &lost_four_in_a_hundred(), &by_churn()),
        "KM-10" | "KM-11" => of(&LIFETIME_MONTHS, &five_lifetimes()),
        "HS-01" => of(&CHI, &happiness(10_000_000)),
        "HS-03" => of(&CHI, &happiness(0)),
        "FC-01" => resolved(&tickets_resolved(100, 72)),
        "FC-02" => resolved(&tickets_resolved(0, 0)),
        "CR-02" => of(&CRC, &spend(5000, 0)),
        "CR-03" => of(&CRC, &spend(0, 180)),
        "GO-08" => share_of(&GOAL_ATTAINMENT, &attained(1_000_000)),
        "NPS-08" | "FC-07" => CONTRACT,
        "HS-04" | "HS-06" | "HS-07" => SCORES,
        "FC-04" | "FC-05" => TICKETS,
        "GO-02" | "GO-03" | "GO-05" => ATTAINMENT,
        "KM-13" => MONTHS,
        case if case.starts_with("NB-") => BANDS,
        case if case.starts_with("TH-") => THEMES,
        case => panic!("no rule for the case {case}"),
    }
}

fn by_churn() -> Choices {
    lifetime_by(LifetimeMethod::InverseChurn, ValueSource::Subscriptions)
}

fn by_orders() -> Choices {
    lifetime_by(LifetimeMethod::Observed, ValueSource::Orders)
}

fn resolved(tallies: &Tallies) -> Outcome {
    let choices = choosing(|choices| choices.fcr.denominator = FcrDenominator::Resolved);
    Outcome::Value(read(&FCR, tallies, &choices).value.map(|percent| percent / 100.0))
}

/// 100 at the start lose 5; of 30 who came, 4 left again: in neither.
fn hundred_with_early_losses() -> Tallies {
    let mut tallies = customers(100, 5);
    (tallies.customers.new, tallies.customers.early_losses) = (26, 4);
    tallies.customers.closing += 26;
    tallies
}

/// 90 at the end of December, 110 at the end of January, 5 left in between.
fn ninety_employees() -> Outcome {
    let mut tallies = Tallies::default();
    let of = &mut tallies.staff;
    (of.opening, of.closing, of.joined, of.left) = (90, 110, 25, 5);
    let choices = choosing(|choices| choices.turnover = TurnoverMethod::Leavers);
    Outcome::Value(read(&TURNOVER_INDEX, &tallies, &choices).value.map(|percent| percent / 100.0))
}

fn lost_four_in_a_hundred() -> Tallies {
    let mut tallies = Tallies::default();
    (tallies.lifetimes.lost_in_window, tallies.lifetimes.opening_in_window) = (4, 100);
    tallies
}

fn attained(millionths: i64) -> Tallies {
    let mut tallies = Tallies::default();
    tallies.goals.attainment.push(1_000_000, millionths);
    tallies
}

fn survival_of_five() -> Outcome {
    let curve = curve(&five_lifetimes().lifetimes).unwrap();
    Outcome::Survival([2, 3, 4, 5].map(|time| (time, curve.at(time, 0.95).unwrap().value)).to_vec())
}

/// `S(3)=0; median 3`; a curve that never falls is 1 everywhere.
fn curve_and_median(tallies: &Tallies) -> String {
    let curve = curve(&tallies.lifetimes).unwrap();
    let at = |time| curve.at(time, 0.95).unwrap().value;
    let steps: Vec<String> = curve.steps().iter().map(|step| format!("S({})={}", step.time, at(step.time))).collect();
    let is_one = [0, 3, 6, 9].iter().all(|&time| time > curve.longest() || at(time) >= 1.0);
    let path = if is_one { "S=1 everywhere".to_owned() } else { steps.join(";") };
    let median = match value(&SURVIVAL_MEDIAN_MONTHS, tallies) {
        Ok(months) => months.to_string(),
        Err(Undefined::NotReached) => "null".to_owned(),
        Err(why) => panic!("{why:?}"),
    };
    format!("{path}; median {median}")
}

fn standard_error_at_four() -> Result<f64, Undefined> {
    let curve = curve(&five_lifetimes().lifetimes).ok_or(Undefined::NoDenominator)?;
    curve.at(4, 0.95).and_then(|survival| survival.standard_error).ok_or(Undefined::TooFew)
}

/// `S(2)=0.8;S(3)=0.8` → (2, 0.8), (3, 0.8).
fn printed_curve(text: &str) -> Vec<(i64, f64)> {
    let point = |part: &str| {
        let (time, survival) = part.strip_prefix("S(")?.split_once(")=")?;
        Some((time.parse().ok()?, survival.parse().ok()?))
    };
    text.split(';').map(|part| point(part).unwrap_or_else(|| panic!("{part}"))).collect()
}

#[test]
fn every_worked_number_comes_out_and_none_of_the_wrong_ones() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/outside/hand_cases/worked_numbers.csv");
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_path(path).unwrap();
    let (mut decided, mut elsewhere, mut no_kpi, mut largest) = (0, Vec::new(), 0, 0.0_f64);
    for record in reader.records() {
        let record = record.unwrap();
        // A formula with an unquoted comma would shift cells to the right; none may.
        assert_eq!(record.len(), 8, "{record:?}");
        let (case, expected, rule) = (&record[1], &record[4], &record[7]);
        if rule == "no" {
            no_kpi += 1;
            continue;
        }
        match outcome(case) {
            Outcome::Elsewhere(stage) => elsewhere.push(format!("{case} ({stage})")),
            Outcome::Survival(points) => {
                decided += 1;
                for ((time, got), (at, expected)) in points.into_iter().zip(printed_curve(expected)) {
                    assert!(time == at && (got - expected).abs() < 1e-9, "{case}: S({time}) = {got}");
                }
            }
            Outcome::Text(got) => {
                decided += 1;
                assert_eq!(got, expected, "{case}");
            }
            Outcome::Value(Err(why)) => {
                decided += 1;
                assert_eq!(expected, "null", "{case} is undefined: {why:?}");
            }
            Outcome::Value(Ok(got)) => {
                decided += 1;
                let expected: f64 = expected.parse().unwrap_or_else(|_| panic!("{case} is {got}, not {expected}"));
                let deviation = (got - expected).abs();
                if rule == "negative" {
                    assert!(deviation > 0.1, "{case}: {got} must not come out");
                } else {
                    largest = largest.max(deviation / expected.abs().max(1.0));
                    assert!(deviation <= 1e-9 * expected.abs().max(1.0), "{case}: {got} is not {expected}");
                }
            }
        }
    }
    println!(
        "{decided} decided here, largest deviation {largest:.1e}; {no_kpi} concern no KPI; elsewhere: {elsewhere:#?}"
    );
    assert!(decided >= 45, "{decided}");
}

/// The wrong way round: 200 / 20 = 10 has the digits of 10 %. 15 of 120 is 12.5 %, where 120 / 15 is 8.
#[test]
fn churn_is_lost_over_opening_and_not_the_other_way_round() {
    assert_eq!(value(&CUSTOMER_CHURN_RATE, &customers(200, 20)), Ok(10.0));
    assert_eq!(value(&CUSTOMER_CHURN_RATE, &customers(120, 15)), Ok(12.5));
}

/// 30 a week, four weeks a month, for 12 months: 1 440.
#[test]
fn thirty_a_week_for_a_year_of_four_week_months_is_1440() {
    let mut tallies = lifetimes(&[12], &[]);
    tallies.orders.per_active_month.push(12, 12 * 4 * 30_000_000);
    assert_eq!(read(&LTV, &tallies, &by_orders()).value, Ok(1440.0));
}

/// 7 043 customers who pay 456 116.60 pay 64.76 each.
#[test]
fn the_telco_base_pays_what_was_published() {
    let ticket = value(&AVERAGE_TICKET, &telco()).unwrap();
    assert!((ticket - 64.761_692_46).abs() < 1e-8, "{ticket}");
}

/// The net scores that other tools print, from the answers beside them.
#[test]
fn printed_net_scores_come_out() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/outside/ci_examples/expected.csv");
    let mut compared = 0;
    for record in csv::ReaderBuilder::new().flexible(true).from_path(path).unwrap().records() {
        let record = record.unwrap();
        let (metric, segment) = (&record[0], &record[1]);
        let numbers = || segment.split(['/', ',', ' ', '=']).filter_map(|part| part.parse().ok());
        let (answers, scale) = match metric {
            "nps (-1..1)" if segment.contains("alone") => continue,
            "nps (-1..1)" => (nps(&numbers().collect::<Vec<i64>>()), 0.01),
            "nps" => {
                let counts: Vec<usize> = segment.split(['/', ',', ' ']).filter_map(|part| part.parse().ok()).collect();
                (nps_counts(counts[0], counts[1], counts[2]), 1.0)
            }
            _ => continue,
        };
        let (expected, tolerance): (f64, f64) = (record[3].parse().unwrap(), record[4].parse().unwrap());
        let got = value(&NPS, &answers).unwrap() * scale;
        assert!((got - expected).abs() <= tolerance + 1e-10, "{segment}: {got} is not {expected}");
        compared += 1;
    }
    assert_eq!(compared, 16);
}
