//! The shipped company, whose true figures were counted by plain counters while it was invented: 36 months, exactly.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![expect(clippy::print_stdout, reason = "how much was compared is part of the result")]

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::process::Command;

/// A month's true figures by column.
type Truth = BTreeMap<String, BTreeMap<String, Number>>;

/// A decimal number as an integer of millionths: nothing is compared as a float.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Number(i128);

impl Number {
    fn parse(text: &str) -> Option<Self> {
        let (sign, digits) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
        let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
        if part.len() > 6 {
            return None;
        }
        let whole: i128 = whole.parse().ok()?;
        let part: i128 = format!("{part:0<6}").parse().ok()?;
        Some(Self(sign * (whole * 1_000_000 + part)))
    }

    /// A quotient of whole millionths, as farol writes any other: the nearest `f64`, in its shortest text.
    fn over(self, divisor: i128) -> String {
        #[expect(clippy::cast_precision_loss, reason = "both are far below 2^53")]
        let quotient = (self.0 / 1_000_000) as f64 / divisor as f64;
        quotient.to_string()
    }
}

/// `truth.csv`, every cell a number.
fn truth() -> Truth {
    let mut reader = csv::Reader::from_path("sample-data/truth.csv").unwrap();
    let names: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let month = |row: csv::StringRecord| {
        let cells = names.iter().zip(row.iter()).skip(1);
        let cells = cells.map(|(name, cell)| (name.clone(), Number::parse(cell).unwrap())).collect();
        (row[0].to_owned(), cells)
    };
    reader.records().map(Result::unwrap).map(month).collect()
}

/// Figures by period, dimension, segment and KPI; each by column.
type Figures = HashMap<[String; 4], HashMap<String, String>>;

/// Backfills a range of every KPI over the shipped data and configuration, with other choices in the place of `kpis.yaml`.
fn figures(kpis: &str, grain: &str, range: (&str, &str)) -> Figures {
    let home = tempfile::tempdir().unwrap();
    let config = home.path().join("config");
    fs::create_dir(&config).unwrap();
    let data = fs::canonicalize("sample-data").unwrap();
    let farol = fs::read_to_string("config/farol.yaml").unwrap().replace("../sample-data", data.to_str().unwrap());
    // The reports that the schedule names are not those of this test.
    let before = farol.split("\nschedule:").next().unwrap();
    fs::write(config.join("farol.yaml"), format!("{before}\n")).unwrap();
    fs::write(config.join("kpis.yaml"), kpis).unwrap();
    let report = format!(
        "truth: {{ title: {{ en: Truth }}, grain: {grain}, kpis: all, segments: [plan, region, [plan, region]], history: 1 }}\n"
    );
    fs::write(config.join("reports.yaml"), report).unwrap();
    let out = home.path().join("out");
    let output = Command::new(env!("CARGO_BIN_EXE_farol"))
        .args(["backfill", "--only", "figures", "--from", range.0, "--to", range.1, "--config"])
        .arg(&config)
        .arg("--out")
        .arg(&out)
        .arg("--state")
        .arg(home.path().join("state"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut reader = csv::Reader::from_path(out.join("truth/figures.csv")).unwrap();
    let names: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let row = |row: csv::StringRecord| {
        let key = [0, 2, 3, 4].map(|index| row[index].to_owned());
        (key, names.iter().cloned().zip(row.iter().map(str::to_owned)).collect())
    };
    reader.records().map(Result::unwrap).map(row).collect()
}

/// A cell of the total.
fn cell<'a>(figures: &'a Figures, period: &str, kpi: &str, column: &str) -> &'a str {
    let key = [period, "total", "total", kpi].map(str::to_owned);
    figures.get(&key).unwrap_or_else(|| panic!("no figure {key:?}"))[column].as_str()
}

/// Column of the truth → the cells of farol that must hold the same number.
const SAME: &[(&str, &[(&str, &str)])] = &[
    (
        "customers_opening",
        &[
            ("customers_opening", "value"),
            ("customer_churn_rate", "denominator"),
            ("customer_retention_rate", "denominator"),
            ("grr", "n"),
            ("nrr", "n"),
        ],
    ),
    ("customers_new", &[("customers_new", "value"), ("mrr_new", "n")]),
    ("customers_reactivated", &[("customers_reactivated", "value"), ("mrr_reactivated", "n")]),
    ("customers_lost", &[("customers_lost", "value"), ("customer_churn_rate", "numerator"), ("mrr_churned", "n")]),
    ("customers_closing", &[("customers_closing", "value"), ("average_ticket", "denominator")]),
    ("early_losses", &[("early_losses", "value")]),
    ("mrr_opening", &[("mrr_opening", "value"), ("grr", "denominator"), ("revenue_churn_rate", "denominator")]),
    ("mrr_new", &[("mrr_new", "value")]),
    ("mrr_reactivated", &[("mrr_reactivated", "value")]),
    ("mrr_expansion", &[("mrr_expansion", "value")]),
    ("mrr_contraction", &[("mrr_contraction", "value")]),
    ("mrr_churned", &[("mrr_churned", "value")]),
    ("mrr_closing", &[("mrr_closing", "value"), ("average_ticket", "numerator")]),
    ("nps_promoters", &[("nps_promoters", "numerator")]),
    ("nps_passives", &[("nps_passives", "numerator")]),
    ("nps_detractors", &[("nps_detractors", "numerator")]),
    ("nps_invitations", &[("nps_response_rate", "denominator"), ("nps_response_rate", "n")]),
    ("nps_invitations_answered", &[("nps_response_rate", "numerator")]),
    ("csat_answers", &[("csat", "n"), ("csat", "denominator"), ("csat_satisfied", "denominator")]),
    ("csat_score_sum", &[("csat", "numerator")]),
    ("csat_satisfied", &[("csat_satisfied", "numerator")]),
    ("ces_answers", &[("ces", "n"), ("ces", "denominator")]),
    ("ces_score_sum", &[("ces", "numerator")]),
    ("tickets_first_contact", &[("fcr", "numerator")]),
    ("usage_customers", &[("stickiness", "denominator"), ("stickiness", "n")]),
    ("retention_amount", &[("crc", "numerator")]),
    // Every assessment of the sample rates what was expected and what was perceived.
    ("goals_assessed", &[("value_gap", "n"), ("value_gap", "denominator")]),
    ("leads_created", &[("conversion_rate", "denominator"), ("conversion_rate", "n")]),
    ("leads_converted_within_30_days", &[("conversion_rate", "numerator")]),
    ("staff_opening", &[("turnover_index", "denominator")]),
];

/// Cells of farol that are a sum or difference of the truth's columns: `+` and `-` before each.
const SUMS: &[(&str, &str, &[&str])] = &[
    ("nps", "numerator", &["+nps_promoters", "-nps_detractors"]),
    ("nps", "denominator", &["+nps_promoters", "+nps_passives", "+nps_detractors"]),
    ("nps", "n", &["+nps_promoters", "+nps_passives", "+nps_detractors"]),
    ("nps_promoters", "denominator", &["+nps_promoters", "+nps_passives", "+nps_detractors"]),
    ("fcr", "denominator", &["+tickets_opened", "-tickets_without_contact"]),
    ("customer_retention_rate", "numerator", &["+customers_opening", "-customers_lost"]),
    ("crc", "denominator", &["+customers_opening", "-customers_lost"]),
    ("revenue_churn_rate", "numerator", &["+mrr_churned", "+mrr_contraction"]),
    ("grr", "numerator", &["+mrr_opening", "-mrr_churned", "-mrr_contraction"]),
    ("nrr", "numerator", &["+mrr_opening", "-mrr_churned", "-mrr_contraction", "+mrr_expansion"]),
];

/// Columns compared elsewhere in this file.
const ELSEWHERE: &[&str] = &[
    "tickets_opened",
    "tickets_without_contact",
    "usage_customer_days",
    "orders",
    "orders_amount",
    "staff_joined",
    "staff_left",
];

/// Columns that no figure of this version holds, and why.
const NOT_COMPARED: &[(&str, &str)] = &[
    ("usage_events", "events are a signal of single customers; no figure sums them"),
    ("interactions", "contacts are a signal of single customers; no figure counts them"),
    ("signups", "a sign-up is not yet a paying customer; on-boarding figures are not in this version"),
];

#[test]
fn figures_of_36_months_are_what_was_counted_while_the_data_were_invented() {
    let truth = truth();
    let kpis = fs::read_to_string("config/kpis.yaml").unwrap();
    let figures = figures(&kpis, "month", ("2023-11", "2026-10"));
    assert_eq!(truth.len(), 36);
    let mut compared = 0;
    let mut wrong = Vec::new();
    let mut compare = |month: &str, kpi: &str, column: &str, expected: Number| {
        let ours = cell(&figures, month, kpi, column);
        compared += 1;
        if Number::parse(ours) != Some(expected) {
            wrong.push(format!("{month} {kpi}.{column}: farol {ours}, counted {expected:?}"));
        }
    };
    for (month, counted) in &truth {
        for (name, cells) in SAME {
            for (kpi, column) in *cells {
                compare(month, kpi, column, counted[*name]);
            }
        }
        for (kpi, column, terms) in SUMS {
            let term = |term: &&str| {
                let Number(value) = counted[&term[1..]];
                if term.starts_with('-') { -value } else { value }
            };
            compare(month, kpi, column, Number(terms.iter().map(term).sum()));
        }
        // Rotation: half of those who joined and those who left.
        let moved = counted["staff_joined"].0 + counted["staff_left"].0;
        compare(month, "turnover_index", "numerator", Number(moved / 2));
    }
    // Customers with usage per day: the pairs of customer and day over the days of the month.
    for (month, counted) in &truth {
        let (year, number) = month.split_once('-').unwrap();
        let first = chrono::NaiveDate::from_ymd_opt(year.parse().unwrap(), number.parse().unwrap(), 1).unwrap();
        let days = i128::from((first + chrono::Months::new(1) - first).num_days());
        let ours = cell(&figures, month, "stickiness", "numerator");
        assert_eq!(ours, counted["usage_customer_days"].over(days), "{month}");
        compared += 1;
    }
    assert!(wrong.is_empty(), "{} of {compared} differ:\n{}", wrong.len(), wrong.join("\n"));
    println!("{compared} values of 36 months compared, all equal");

    let columns: Vec<&String> = truth.values().next().unwrap().keys().collect();
    let is_named = |name: &&&String| {
        SAME.iter().any(|(column, _)| column == *name)
            || ELSEWHERE.contains(&name.as_str())
            || NOT_COMPARED.iter().any(|(column, _)| column == *name)
    };
    assert_eq!(columns.iter().filter(|name| !is_named(name)).count(), 0, "a column is passed over in silence");
    for (column, why) in NOT_COMPARED {
        println!("not compared: {column}: {why}");
    }
    partitions_add_up(&figures, &truth);
}

/// Counts and money that add up over the regions (which never change) to the truth of the whole, and over the plans
/// with what was transferred between them.
fn partitions_add_up(figures: &Figures, truth: &Truth) {
    let mut compared = 0;
    for (month, counted) in truth {
        let sum = |dimension: &str, kpi: &str, column: &str| -> i128 {
            let own = figures.iter().filter(|(key, _)| key[0] == *month && key[1] == dimension && key[3] == kpi);
            own.map(|(_, row)| if row[column].is_empty() { 0 } else { Number::parse(&row[column]).unwrap().0 }).sum()
        };
        for (kpi, column, name) in [
            ("customers_opening", "value", "customers_opening"),
            ("customers_lost", "value", "customers_lost"),
            ("customers_closing", "value", "customers_closing"),
            ("early_losses", "value", "early_losses"),
            ("mrr_opening", "value", "mrr_opening"),
            ("mrr_churned", "value", "mrr_churned"),
            ("mrr_closing", "value", "mrr_closing"),
            ("nps_promoters", "numerator", "nps_promoters"),
            ("csat", "numerator", "csat_score_sum"),
            ("fcr", "numerator", "tickets_first_contact"),
            ("stickiness", "denominator", "usage_customers"),
        ] {
            for dimension in ["region", "plan", "plan×region"] {
                assert_eq!(Number(sum(dimension, kpi, column)), counted[name], "{month} {kpi} over {dimension}");
                compared += 1;
            }
        }
        for dimension in ["region", "plan", "plan×region"] {
            let of = |kpi: &str| sum(dimension, kpi, "value");
            let (came, went) = (of("mrr_transferred_in"), of("mrr_transferred_out"));
            assert_eq!(came, went, "{month}: what leaves one segment enters another");
            let gains = of("mrr_new") + of("mrr_reactivated") + of("mrr_expansion");
            let losses = of("mrr_contraction") + of("mrr_churned");
            assert_eq!(of("mrr_opening") + gains - losses, of("mrr_closing"), "{month}: the bridge of {dimension}");
            compared += 2;
        }
    }
    println!("{compared} sums over segments compared, all equal");
}

/// Refunds by month: rows of the file with a negative amount; a refund lowers revenue and is no order.
fn refunds() -> HashMap<String, i128> {
    let mut refunds = HashMap::new();
    for row in csv::Reader::from_path("sample-data/orders.csv").unwrap().records().map(Result::unwrap) {
        if row[3].starts_with('-') {
            *refunds.entry(row[2][..7].to_owned()).or_insert(0) += 1;
        }
    }
    refunds
}

/// With orders as the source of value, the average ticket is revenue over orders. Stamps of the file are São Paulo's,
/// so that their text tells the month.
#[test]
fn orders_and_their_revenue_are_what_was_counted() {
    let kpis = fs::read_to_string("config/kpis.yaml").unwrap();
    assert!(kpis.contains("source: subscriptions"));
    let figures = figures(&kpis.replace("source: subscriptions", "source: orders"), "month", ("2023-11", "2026-10"));
    let refunds = refunds();
    assert!(refunds.len() > 10);
    for (month, counted) in truth() {
        let revenue = cell(&figures, &month, "average_ticket", "numerator");
        assert_eq!(Number::parse(revenue), Some(counted["orders_amount"]), "{month}");
        let bought = counted["orders"].0 - 1_000_000 * refunds.get(&month).copied().unwrap_or(0);
        let orders = cell(&figures, &month, "average_ticket", "denominator");
        assert_eq!(Number::parse(orders), Some(Number(bought)), "{month}");
    }
    println!("72 values of 36 months compared, all equal");
}

/// A quarter is made from the rows: what is counted once per event adds up over its months; its bridge begins with its
/// first month and ends with its last.
#[test]
fn quarters_are_what_their_months_make_them() {
    let kpis = fs::read_to_string("config/kpis.yaml").unwrap();
    let figures = figures(&kpis, "quarter", ("2024-Q1", "2026-Q3"));
    let truth = truth();
    let months: Vec<_> = truth.iter().filter(|(month, _)| ("2024-01".."2026-10").contains(&month.as_str())).collect();
    let mut compared = 0;
    for (quarter, months) in (0..).zip(months.chunks(3)) {
        let id = format!("{}-Q{}", 2024 + quarter / 4, 1 + quarter % 4);
        let sum = |name: &str| Number(months.iter().map(|(_, counted)| counted[name].0).sum());
        let ours = |kpi: &str, column: &str| Number::parse(cell(&figures, &id, kpi, column));
        for (kpi, column, expected) in [
            ("customers_opening", "value", months[0].1["customers_opening"]),
            ("mrr_opening", "value", months[0].1["mrr_opening"]),
            ("customers_closing", "value", months[2].1["customers_closing"]),
            ("mrr_closing", "value", months[2].1["mrr_closing"]),
            ("nps_response_rate", "denominator", sum("nps_invitations")),
            ("nps_response_rate", "numerator", sum("nps_invitations_answered")),
            ("fcr", "numerator", sum("tickets_first_contact")),
            ("fcr", "denominator", Number(sum("tickets_opened").0 - sum("tickets_without_contact").0)),
            ("crc", "numerator", sum("retention_amount")),
            ("conversion_rate", "denominator", sum("leads_created")),
            ("conversion_rate", "numerator", sum("leads_converted_within_30_days")),
            ("turnover_index", "denominator", months[0].1["staff_opening"]),
        ] {
            assert_eq!(ours(kpi, column), Some(expected), "{id} {kpi} {column}");
            compared += 1;
        }
    }
    println!("{compared} values of 11 quarters compared, all equal");
}
