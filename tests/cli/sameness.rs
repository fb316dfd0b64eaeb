//! The same input gives the same bytes: in any year, on any number of threads, in any order of rows.

use std::fmt::Write;

use crate::home::{Ended, FAROL, Home, MONTH};

const FIGURES: [&str; 5] = ["run", "--report", "executive", "--only", "figures"];

/// `as_of` in the configuration is the run's day; the machine's clock only dates the mail.
#[test]
fn the_clock_of_the_machine_does_not_show() {
    let home = Home::small();
    home.does(&["run", "--report", "executive"]);
    let today = home.files("out");
    for (years, folder) in [("+2y", "ahead"), ("-1y", "back")] {
        let ended = home.at(years, &["run", "--report", "executive", "--out", folder, "--state", "other"]);
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
        let then = home.files(folder);
        assert_eq!(then.keys().collect::<Vec<_>>(), today.keys().collect::<Vec<_>>());
        for (name, bytes) in then.iter().filter(|(name, _)| !name.ends_with("/run.json")) {
            assert!(*bytes == today[name], "{name} differs {years}");
        }
        let run = format!("executive/{MONTH}/run.json");
        assert!(then[&run] != today[&run], "the clock was really moved: the run says when it was");
    }
}

/// A row of dice, the same every time: a linear congruential generator with Knuth's constants.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % bound
    }

    fn shuffle<T>(&mut self, rows: &mut [T]) {
        for last in (1..rows.len()).rev() {
            rows.swap(last, self.below(last + 1));
        }
    }
}

/// The small company with its usage in a CSV file, which a test can take apart.
fn home() -> Home {
    let home = Home::small();
    let mut dice = Dice(5);
    let mut usage = "customer_id,date,feature,events\n".to_owned();
    for row in 0..4000 {
        let (year, month) = (2025 + row % 2, 1 + dice.below(10));
        let (customer, day, feature) = (1 + dice.below(60), 1 + dice.below(28), dice.below(5));
        writeln!(usage, "C{customer:05},{year}-{month:02}-{day:02},f{feature},{}", dice.below(40)).unwrap();
    }
    home.write("sample-data/usage.csv", usage);
    home.edit("config/farol.yaml", "../sample-data/usage/*.parquet", "../sample-data/usage.csv");
    let reports = "executive: { kpis: all, segments: [plan, region] }\nboard: { grain: quarter, kpis: [nps] }\n";
    home.write("config/reports.yaml", reports);
    home
}

/// The CSV tables of the company, by file: delimiter, header and rows, as they stand.
fn tables(home: &Home) -> Vec<(String, u8, Vec<csv::ByteRecord>)> {
    let names = home.files("sample-data").into_keys();
    let tables = names.filter(|name| name.ends_with(".csv") && name != "truth.csv");
    tables
        .map(|name| {
            let delimiter = if name == "clientes.csv" { b';' } else { b',' };
            let path = home.path(&format!("sample-data/{name}"));
            let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).has_headers(false).from_path(path).unwrap();
            (name, delimiter, reader.byte_records().map(Result::unwrap).collect())
        })
        .collect()
}

fn put(home: &Home, name: &str, delimiter: u8, rows: &[csv::ByteRecord]) {
    let path = home.path(&format!("sample-data/{name}"));
    let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_path(path).unwrap();
    for row in rows {
        writer.write_byte_record(row).unwrap();
    }
    writer.flush().unwrap();
}

fn figures(home: &Home, arguments: &[&str]) -> String {
    home.does(&[&FIGURES[..], arguments].concat());
    home.read(&format!("out/executive/{MONTH}/figures.csv"))
}

/// Every KPI of the catalogue, by plan and region.
#[test]
fn threads_and_the_order_of_rows_do_not_show() {
    let home = home();
    let figures_as_they_are = figures(&home, &[]);
    assert!(figures_as_they_are.lines().count() > 300);
    for threads in ["1", "2"] {
        let mut command = home.command(FAROL, &FIGURES);
        let ended = Ended::of(&command.env("POLARS_MAX_THREADS", threads).output().unwrap());
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
        let again = home.read(&format!("out/executive/{MONTH}/figures.csv"));
        assert!(again == figures_as_they_are, "{threads} threads give other figures");
    }
    let mut dice = Dice(11);
    for (name, delimiter, mut rows) in tables(&home) {
        dice.shuffle(&mut rows[1..]);
        put(&home, &name, delimiter, &rows);
    }
    differ_nowhere(&figures_as_they_are, &figures(&home, &[]), "shuffled rows");
}

/// Every file of every form but run.json, by one thread and by several at once.
#[test]
fn the_number_of_threads_shows_in_no_report() {
    let home = Home::shipped();
    let made = |threads: &str| {
        let out = format!("out{threads}");
        let mut command = home.command(FAROL, &["run", "--report", "executive", "--out", &out]);
        let ended = Ended::of(&command.env("RAYON_NUM_THREADS", threads).output().unwrap());
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
        let mut files = home.files(&out);
        files.retain(|name, _| !name.ends_with("/run.json"));
        files
    };
    let (one, several) = (made("1"), made("5"));
    assert!(one.len() > 15, "{:?}", one.keys());
    assert_eq!(one.keys().collect::<Vec<_>>(), several.keys().collect::<Vec<_>>());
    let other: Vec<&String> =
        one.iter().filter(|(name, bytes)| several[*name] != **bytes).map(|(name, _)| name).collect();
    assert_eq!(other, Vec::<&String>::new());
}

/// The same Parquet files, listed from the newest to the oldest.
#[test]
fn the_order_of_files_does_not_show() {
    let home = Home::small();
    let in_order = figures(&home, &[]);
    let reversed =
        "[../sample-data/usage/2026.parquet, ../sample-data/usage/2025.parquet, ../sample-data/usage/2024.parquet]";
    home.edit("config/farol.yaml", "\"../sample-data/usage/*.parquet\"", reversed);
    differ_nowhere(&in_order, &figures(&home, &[]), "reversed files");
}

fn differ_nowhere(expected: &str, actual: &str, what: &str) {
    let other: Vec<_> = expected.lines().zip(actual.lines()).filter(|(a, b)| a != b).take(5).collect();
    assert!(other.is_empty() && expected.len() == actual.len(), "{what}: {other:#?}");
}

/// A column with a later day, and the columns that are empty before it.
type Untold = &'static [(&'static str, &'static [&'static str])];

/// What each table says of the day a row came to be, and what a later day has not yet told: column → the columns that
/// are empty before it.
const STAMPS: &[(&str, &str, Untold)] = &[
    ("orders.csv", "ordered_at", &[]),
    ("surveys.csv", "sent_at", &[("responded_at", &["responded_at", "score", "comment"])]),
    ("tickets.csv", "opened_at", &[("first_response_at", &["first_response_at"]), ("resolved_at", &["resolved_at"])]),
    ("usage.csv", "date", &[]),
    ("interactions.csv", "at", &[]),
    ("retention_costs.csv", "date", &[]),
    ("goals.csv", "assessed_at", &[]),
    ("leads.csv", "created_at", &[("converted_at", &["converted_at"])]),
    ("staff.csv", "hired_at", &[("left_at", &["left_at"])]),
    ("subscriptions.csv", "start_date", &[("end_date", &["end_date", "cancel_reason"])]),
];

/// The tables as they would have been exported on 3 September. Stamps of the sample are of one zone, so that their text
/// orders as they do.
fn exported_on(home: &Home, day: &str) -> usize {
    let mut changed = 0;
    for (name, delimiter, rows) in tables(home) {
        let Some((_, stamp, later)) = STAMPS.iter().find(|(table, ..)| *table == name) else { continue };
        let header = rows[0].clone();
        let column = |wanted: &str| header.iter().position(|cell| cell == wanted.as_bytes()).unwrap();
        let is_future = |cell: &[u8]| !cell.is_empty() && cell >= day.as_bytes();
        let mut kept = vec![header.clone()];
        for row in &rows[1..] {
            if is_future(&row[column(stamp)]) {
                changed += 1;
                continue;
            }
            let mut cells: Vec<Vec<u8>> = row.iter().map(<[u8]>::to_vec).collect();
            for (at, empty) in *later {
                if is_future(&cells[column(at)]) {
                    changed += 1;
                    empty.iter().for_each(|name| cells[column(name)].clear());
                }
            }
            kept.push(cells.into_iter().collect());
        }
        put(home, &name, delimiter, &kept);
    }
    changed
}

/// `--as-of` on today's data gives what the data of that day would have given.
#[test]
fn as_of_a_day_is_as_if_that_days_export_were_read() {
    let home = home();
    let period = ["--period", "2026-08"];
    let figures = |arguments: &[&str]| {
        home.does(&[&FIGURES[..], &period, arguments].concat());
        home.read("out/executive/2026-08/figures.csv")
    };
    let today = figures(&[]);
    let then = figures(&["--as-of", "2026-09-03"]);
    let kpis = |a: &str, b: &str| {
        let kpi = |line: &str| line.split(',').nth(4).unwrap().to_owned();
        let changed = a.lines().zip(b.lines()).filter(|(a, b)| a != b).map(|(a, _)| kpi(a));
        changed.collect::<std::collections::BTreeSet<_>>()
    };
    let changed = kpis(&today, &then);
    // Answers, resolutions and conversions came later than the third of September; churn of August did not.
    for kpi in ["nps_response_rate", "resolution_hours_p90"] {
        assert!(changed.contains(kpi), "{kpi} is not among {changed:?}");
    }
    for kpi in ["customer_churn_rate", "mrr_closing", "csat", "stickiness", "crc"] {
        assert!(!changed.contains(kpi), "{kpi}");
    }
    assert!(exported_on(&home, "2026-09-03") > 500);
    differ_nowhere(&then, &figures(&["--as-of", "2026-09-03"]), "that day's export");
}
