//! What is written is the same every time, and the true figures are those of the rows.

use std::collections::{BTreeMap, BTreeSet};

use super::*;

/// Data up to October 2026, with troubles where there is room for them.
fn asked(customers: u32, months: u32, seed: u64, out: &Path) -> Request {
    let end = NaiveDate::from_ymd_opt(2026, 11, 1).unwrap();
    Request { customers, months, seed, out: out.to_path_buf(), end, troubles: customers >= troubles::FEWEST_CUSTOMERS }
}

/// The shipped sample: `farol sample --customers 560 --months 36 --seed 2026 --troubles --out sample-data`.
fn shipped(out: &Path) -> Request {
    asked(560, 36, 2026, out)
}

fn committed() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-data")
}

type Rows = Vec<BTreeMap<String, String>>;

/// The rows of a CSV file by column name.
fn rows(folder: &Path, name: &str) -> Rows {
    let bytes = std::fs::read(folder.join(name)).unwrap();
    let (text, delimiter) = if name == "clientes.csv" {
        (encoding_rs::WINDOWS_1252.decode_without_bom_handling(&bytes).0.into_owned(), b';')
    } else {
        (String::from_utf8(bytes).unwrap(), b',')
    };
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(text.as_bytes());
    let header = reader.headers().unwrap().clone();
    let named = |row: csv::StringRecord| header.iter().map(str::to_owned).zip(row.iter().map(str::to_owned)).collect();
    reader.records().map(|row| named(row.unwrap())).collect()
}

/// A column of `truth.csv` by month.
fn truth(folder: &Path, column: &str) -> BTreeMap<String, f64> {
    rows(folder, "truth.csv").iter().map(|row| (row["month"].clone(), row[column].parse().unwrap())).collect()
}

/// Counts something per month within the window.
fn per_month(folder: &Path, months: impl Iterator<Item = (String, f64)>) -> BTreeMap<String, f64> {
    let mut counts: BTreeMap<String, f64> = truth(folder, "signups").into_keys().map(|month| (month, 0.0)).collect();
    for (stamp, amount) in months {
        if let Some(count) = counts.get_mut(stamp.get(..7).unwrap_or_default()) {
            *count += amount;
        }
    }
    counts
}

#[test]
fn the_shipped_sample_is_what_its_command_writes() {
    let draft = tempfile::tempdir().unwrap();
    let summary = write(&shipped(draft.path())).unwrap();
    for (name, _) in &summary.files {
        let made = std::fs::read(draft.path().join(name)).unwrap();
        let kept = std::fs::read(committed().join(name)).unwrap_or_default();
        assert!(made == kept, "{name} differs: run `cargo test --lib rewrite_the_shipped_sample -- --ignored`");
    }
    let bytes: u64 = summary.files.iter().map(|(name, _)| committed().join(name).metadata().unwrap().len()).sum();
    assert!(bytes <= 5_000_000, "{bytes} bytes");
    let entries = std::fs::read_dir(draft.path()).unwrap().count();
    assert_eq!(entries, 15, "11 CSV files, the folder of usage, the truth in two files, the README, no draft");
}

#[test]
#[ignore = "writes into the repository; run after a change of the generator"]
fn rewrite_the_shipped_sample() {
    write(&shipped(&committed())).unwrap();
}

#[test]
fn the_seed_decides_every_byte() {
    let folder = || tempfile::tempdir().unwrap();
    let made = |seed| {
        let out = folder();
        let summary = write(&asked(40, 6, seed, out.path())).unwrap();
        let bytes = |(name, _): &(String, _)| (name.clone(), std::fs::read(out.path().join(name)).unwrap());
        summary.files.iter().map(bytes).collect::<BTreeMap<_, _>>()
    };
    let (one, again, other) = (made(1), made(1), made(2));
    assert_eq!(one, again);
    let same: Vec<_> = one.keys().filter(|name| one.get(*name) == other.get(*name)).collect();
    assert_eq!(same, Vec::<&String>::new());
}

#[test]
fn the_true_bridges_close_and_chain() {
    let folder = committed();
    let of = |column: &str| truth(&folder, column);
    let columns = ["opening", "new", "reactivated", "lost", "closing"].map(|name| of(&format!("customers_{name}")));
    let [opening, new, reactivated, lost, closing] = columns;
    for month in opening.keys() {
        assert!(
            (opening[month] + new[month] + reactivated[month] - lost[month] - closing[month]).abs() < 1e-9,
            "{month}"
        );
    }
    let columns = ["opening", "new", "reactivated", "expansion", "contraction", "churned", "closing"]
        .map(|name| of(&format!("mrr_{name}")));
    let [opening, new, reactivated, expansion, contraction, churned, closing] = columns;
    for month in opening.keys() {
        let sum =
            opening[month] + new[month] + reactivated[month] + expansion[month] - contraction[month] - churned[month];
        assert!((sum - closing[month]).abs() < 0.005, "{month}");
    }
    assert!(closing.values().zip(opening.values().skip(1)).all(|(closing, next)| (closing - next).abs() < 0.005));
}

/// Counted again from the rows, by a loop that shares nothing with the generator.
#[test]
fn the_true_revenue_is_that_of_the_subscriptions() {
    let folder = committed();
    let good: Rows = rows(&folder, "subscriptions.csv")
        .into_iter()
        .filter(|row| {
            !row["mrr"].starts_with('-') && (row["end_date"].is_empty() || row["end_date"] > row["start_date"])
        })
        .collect();
    let (opening, customers) = (truth(&folder, "mrr_opening"), truth(&folder, "customers_opening"));
    for month in opening.keys() {
        let first = format!("{month}-01");
        let active = |row: &&BTreeMap<String, String>| {
            row["start_date"] <= first && (row["end_date"].is_empty() || row["end_date"] > first)
        };
        let sum: f64 = good.iter().filter(active).map(|row| row["mrr"].parse::<f64>().unwrap()).sum();
        let distinct: BTreeSet<_> = good.iter().filter(active).map(|row| &row["customer_id"]).collect();
        assert!((sum - opening[month]).abs() < 0.005, "{month}: {sum}");
        assert!((f64::from(u32::try_from(distinct.len()).unwrap()) - customers[month]).abs() < 0.5, "{month}");
    }
}

/// The latest relational answer of each respondent in each month, from the rows.
#[test]
fn the_true_scores_and_tickets_are_those_of_the_rows() {
    let folder = committed();
    let mut latest: BTreeMap<(String, String), BTreeMap<String, String>> = BTreeMap::new();
    for row in rows(&folder, "surveys.csv") {
        let counts = row["survey"] == "nps" && row["kind"] == "relational" && !row["score"].is_empty();
        if counts && row["score"] != "11" {
            let key = (row["respondent_id"].clone(), row["responded_at"][..7].to_owned());
            if latest.get(&key).is_none_or(|kept| kept["responded_at"] < row["responded_at"]) {
                latest.insert(key, row);
            }
        }
    }
    let share = |low: i64, high: i64| {
        let scores = latest.values().filter(|row| (low..=high).contains(&row["score"].parse().unwrap()));
        per_month(&folder, scores.map(|row| (row["responded_at"].clone(), 1.0)))
    };
    assert_eq!(share(9, 10), truth(&folder, "nps_promoters"));
    assert_eq!(share(7, 8), truth(&folder, "nps_passives"));
    assert_eq!(share(0, 6), truth(&folder, "nps_detractors"));

    let mut seen = BTreeSet::new();
    let tickets: Rows =
        rows(&folder, "tickets.csv").into_iter().filter(|row| seen.insert(row["ticket_id"].clone())).collect();
    let opened = per_month(&folder, tickets.iter().map(|row| (row["opened_at"].clone(), 1.0)));
    assert_eq!(opened, truth(&folder, "tickets_opened"));
    let first = tickets
        .iter()
        .filter(|row| row["contacts"] == "1" && row["reopened"] == "false" && !row["resolved_at"].is_empty());
    assert_eq!(
        per_month(&folder, first.map(|row| (row["opened_at"].clone(), 1.0))),
        truth(&folder, "tickets_first_contact")
    );
}

#[test]
fn every_month_has_the_answers_that_a_report_needs() {
    let folder = committed();
    let columns = ["promoters", "passives", "detractors"].map(|name| truth(&folder, &format!("nps_{name}")));
    let [promoters, passives, detractors] = columns;
    let csat = truth(&folder, "csat_answers");
    for month in promoters.keys() {
        assert!(promoters[month] + passives[month] + detractors[month] >= 60.0, "{month}");
        assert!(csat[month] >= 100.0, "{month}");
    }
    let (lost, opening) = (truth(&folder, "customers_lost"), truth(&folder, "customers_opening"));
    let churn = 100.0 * lost.values().sum::<f64>() / opening.values().sum::<f64>();
    assert!((1.5..3.0).contains(&churn), "{churn}");
}

/// The decline of the north-east is in the data: its CSAT falls by more than a point, nobody else's by half of one.
#[test]
fn the_region_whose_support_got_worse_can_be_seen() {
    let folder = committed();
    let regions: BTreeMap<String, String> = rows(&folder, "clientes.csv")
        .into_iter()
        .filter_map(|mut row| Some((row.remove("id_cliente")?, row.remove("regiao")?)))
        .collect();
    let mut sums: BTreeMap<(String, bool), (f64, f64)> = BTreeMap::new();
    for row in rows(&folder, "surveys.csv") {
        if let Some(region) =
            regions.get(&row["customer_id"]).filter(|_| row["survey"] == "csat" && !row["score"].is_empty())
        {
            let is_late = row["responded_at"].as_str() >= "2026-08";
            let sum = sums.entry((region.clone(), is_late)).or_default();
            *sum = (sum.0 + row["score"].parse::<f64>().unwrap(), sum.1 + 1.0);
        }
    }
    for region in ["SE", "S", "NE", "CO", "N"] {
        let mean = |is_late| {
            let (sum, count) = sums[&(region.to_owned(), is_late)];
            sum / count
        };
        let fall = mean(false) - mean(true);
        assert!(if region == "NE" { fall > 1.0 } else { fall < 0.5 }, "{region} fell by {fall}");
    }
}

#[test]
fn troubles_are_where_the_readme_says_and_few() {
    let draft = tempfile::tempdir().unwrap();
    let summary = write(&shipped(draft.path())).unwrap();
    let readme = std::fs::read_to_string(committed().join("README.md")).unwrap();
    let mut per_file: BTreeMap<&str, usize> = BTreeMap::new();
    for trouble in &summary.troubles {
        assert!(readme.contains(&format!("| `{}` | {} | {} |", trouble.file, trouble.line, trouble.what)));
        *per_file.entry(trouble.file).or_default() += 1;
    }
    for (file, count) in per_file {
        let total = summary.files.iter().find(|(name, _)| name == file).unwrap().1.unwrap();
        let bad = if file == "clientes.csv" { 0 } else { count };
        assert!(bad * 100 < total, "{file}: {bad} of {total}");
    }
    let line = |file: &str, what: &str| {
        let trouble = summary.troubles.iter().find(|t| t.file == file && t.what.contains(what)).unwrap();
        let bytes = std::fs::read(committed().join(file)).unwrap();
        let text = encoding_rs::WINDOWS_1252.decode_without_bom_handling(&bytes).0.into_owned();
        text.split('\n').nth(trouble.line - 1).unwrap().to_owned()
    };
    assert!(line("clientes.csv", "HTML").contains("<script>"));
    assert!(line("clientes.csv", "formula").contains("=HYPERLINK("));
    assert!(line("clientes.csv", "delimiter").contains("\"\"Aspas\"\" & Cia; Irmãos"));
    assert!(line("clientes.csv", "capitals").contains("CAFÉ E AÇÚCAR SÃO JOÃO"));
    assert!(line("surveys.csv", "11").contains(",11,"));
    assert!(line("surveys.csv", "not exist").contains("C99999X"));
    assert!(line("subscriptions.csv", "negative").contains(",-490.00,"));
    assert!(line("orders.csv", "decimal comma").contains("\"R$ 1.234,56\""));
    assert!(line("orders.csv", "future").contains("2027-03-01"));
    assert!(line("interactions.csv", "no customer").starts_with(','));
}

#[test]
fn requests_that_cannot_be_met_are_refused() {
    let out = tempfile::tempdir().unwrap();
    let ask = |customers, months| asked(customers, months, 1, out.path());
    let mid_month = Request { end: "2026-10-15".parse().unwrap(), ..ask(10, 3) };
    let crowded = Request { troubles: true, ..ask(10, 3) };
    for request in [ask(0, 3), ask(10, 0), ask(10, 9_999), ask(10, u32::MAX), mid_month, crowded] {
        let failure = write(&request).unwrap_err();
        assert_eq!(failure.exit, Exit::Usage, "{request:?}");
    }
    assert_eq!(std::fs::read_dir(out.path()).unwrap().count(), 0);
    let file = out.path().join("file");
    std::fs::write(&file, "").unwrap();
    let failure = write(&asked(10, 3, 1, &file)).unwrap_err();
    assert_eq!(failure.exit, Exit::Io);
}

/// Distinct pairs of customer and day, and events, from the Parquet files.
#[test]
fn the_true_usage_is_that_of_the_parquet_files() {
    use polars::prelude::{DataType, ParquetReader, SerReader};
    let folder = committed();
    let (mut days, mut events) = (BTreeSet::new(), Vec::new());
    for year in 2023..=2026 {
        let file = std::fs::File::open(folder.join(format!("usage/{year}.parquet"))).unwrap();
        let frame = ParquetReader::new(file).finish().unwrap();
        let dates = frame.column("date").unwrap();
        assert_eq!(dates.dtype(), &DataType::Date);
        let numbers = dates.cast(&DataType::Int32).unwrap();
        let (customers, numbers) = (frame.column("customer_id").unwrap().str().unwrap(), numbers.i32().unwrap());
        let counts = frame.column("events").unwrap().i64().unwrap();
        for row in 0..frame.height() {
            let days_since_1970 = chrono::Duration::days(i64::from(numbers.get(row).unwrap()));
            let day = (NaiveDate::default() + days_since_1970).to_string();
            assert!(day.starts_with(&year.to_string()), "{day} in {year}");
            events.push((day.clone(), f64::from(i32::try_from(counts.get(row).unwrap()).unwrap())));
            days.insert((customers.get(row).unwrap().to_owned(), day));
        }
    }
    let distinct = days.into_iter().map(|(_, day)| (day, 1.0));
    assert_eq!(per_month(&folder, distinct), truth(&folder, "usage_customer_days"));
    assert_eq!(per_month(&folder, events.into_iter()), truth(&folder, "usage_events"));
}
