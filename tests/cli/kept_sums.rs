//! Sums of closed periods that a run keeps for the next one: they are those of a run from scratch whatever becomes of the
//! data, and a period that nothing has happened to is not added up again.

use std::fmt::Write;
use std::fs;

use csv::ByteRecord;

use crate::home::{Home, MONTH};

/// The files of the small company, and what parts their cells.
const FILES: [(&str, u8); 14] = [
    ("clientes.csv", b';'),
    ("subscriptions.csv", b','),
    ("orders.csv", b','),
    ("surveys.csv", b','),
    ("tickets.csv", b','),
    ("usage/0.csv", b','),
    ("usage/1.csv", b','),
    ("usage/2.csv", b','),
    ("interactions.csv", b','),
    ("retention_costs.csv", b','),
    ("goals.csv", b','),
    ("onboarding.csv", b','),
    ("leads.csv", b','),
    ("staff.csv", b','),
];

/// Whole numbers that look random; the same seed gives the same ones.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % bound
    }
}

/// The small company with usage as text, in three files from January 2025 to October 2026, any number of bad rows, and
/// every KPI of the catalogue by plan and region.
fn home() -> Home {
    let home = Home::small();
    fs::remove_dir_all(home.path("sample-data/usage")).unwrap();
    fs::create_dir(home.path("sample-data/usage")).unwrap();
    let first = chrono::NaiveDate::from_ymd_opt(2025, 1, 1).unwrap();
    let mut dice = Dice(11);
    for file in 0..3 {
        let mut text = "customer_id,date,feature,events\n".to_owned();
        for row in 0..700 {
            let date = first + chrono::Days::new(file * 220 + row * 220 / 700);
            let (customer, feature, events) = (1 + dice.below(60), dice.below(5), 1 + dice.below(40));
            writeln!(text, "C{customer:05},{date},f{feature},{events}").unwrap();
        }
        home.write(&format!("sample-data/usage/{file}.csv"), text);
    }
    home.edit("config/farol.yaml", "usage/*.parquet", "usage/*.csv");
    for (name, _) in FILES.iter().filter(|(name, _)| !name.starts_with("usage")) {
        home.edit(
            "config/farol.yaml",
            &format!("path: ../sample-data/{name}"),
            &format!("max_bad_rows: 100%, path: ../sample-data/{name}").replace(
                "max_bad_rows: 100%, path: ../sample-data/clientes.csv",
                "max_bad_rows: 100%\n    path: ../sample-data/clientes.csv",
            ),
        );
    }
    home.edit("config/farol.yaml", ", max_bad_rows: 1%, max_age: 40d", "");
    home.edit("config/farol.yaml", "usage: { ", "usage: { max_bad_rows: 100%, ");
    home.edit(
        "config/kpis.yaml",
        "signal: active_days,     window: 30d, weight: 40",
        "signal: events, window: 30d, weight: 40",
    );
    home.write("config/reports.yaml", "executive: { kpis: all, segments: [plan, region] }\nboard: { grain: quarter, kpis: [nps] }\n");
    home
}

/// A file's rows, the header first.
fn rows(home: &Home, (name, delimiter): (&str, u8)) -> Vec<ByteRecord> {
    let bytes = fs::read(home.path(&format!("sample-data/{name}"))).unwrap();
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).has_headers(false).from_reader(bytes.as_slice());
    reader.byte_records().map(Result::unwrap).collect()
}

fn put(home: &Home, (name, delimiter): (&str, u8), rows: &[ByteRecord]) {
    let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(Vec::new());
    rows.iter().for_each(|row| writer.write_byte_record(row).unwrap());
    home.write(&format!("sample-data/{name}"), writer.into_inner().unwrap());
}

/// The row with another cell.
fn with(row: &ByteRecord, at: usize, cell: &[u8]) -> ByteRecord {
    row.iter().enumerate().map(|(column, old)| if column == at { cell } else { old }).collect()
}

/// The figures of some months as a run makes them that may use what was kept, and as one makes them that may not: the same
/// bytes. Returns of how many periods the sums were known, and of how many they were wanted.
fn known(home: &Home, as_of: &str, what: &str) -> (usize, usize) {
    let months = ["--from", "2026-03", "--to", "2026-08", "--only", "figures", "--force", "--as-of", as_of];
    let arguments = [&["backfill", "--report", "executive"][..], &months].concat();
    let said = home.does(&arguments).stderr;
    let cold = home.does(&[&arguments[..], &["--no-cache", "--out", "cold"]].concat()).stderr;
    assert!(!cold.contains("as an earlier run"), "{cold}");
    let (warm, cold) = (home.files("out"), home.files("cold"));
    assert_eq!(warm.keys().collect::<Vec<_>>(), cold.keys().collect::<Vec<_>>());
    for (name, bytes) in &cold {
        assert!(*bytes == warm[name] || name.ends_with("run.json"), "{what}: {name} is another from what was kept");
    }
    numbers(&said)
}

/// What a run says of the periods whose sums it knew.
fn numbers(said: &str) -> (usize, usize) {
    let line = said.lines().find(|line| line.contains("as an earlier run added them up")).unwrap_or_default();
    let mut numbers = line.split_whitespace().filter_map(|word| word.parse().ok());
    (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0))
}

/// Rows go, come again, change places, take over cells of others; the day changes. After each the figures are those of a
/// run from scratch.
#[test]
fn whatever_becomes_of_the_data_sums_are_those_of_a_run_from_scratch() {
    let home = home();
    let mut dice = Dice(2026);
    let mut seen = [0; 3];
    for step in 0..60 {
        let file = FILES[dice.below(FILES.len())];
        let mut all = rows(&home, file);
        let (at, other) = (1 + dice.below(all.len() - 1), 1 + dice.below(all.len() - 1));
        let column = dice.below(all[0].len());
        let what = match dice.below(5) {
            0 if all.len() > 5 => {
                all.remove(at);
                "a row less"
            }
            1 => {
                let copy = with(&all[at], 0, format!("N{step:05}").as_bytes());
                all.push(copy);
                "a row more"
            }
            2 => {
                all.swap(at, other);
                "two rows in other places"
            }
            _ => {
                all[at] = with(&all[at], column, &all[other][column]);
                "a cell of another row"
            }
        };
        put(&home, file, &all);
        let as_of = ["2026-11-05", "2026-11-05", "2026-10-09", "2026-09-03"][dice.below(4)];
        let (known, all) = known(&home, as_of, &format!("step {step}, {what} in {}", file.0));
        seen[if known == 0 { 0 } else { 1 + usize::from(known == all) }] += 1;
    }
    assert!(seen[0] >= 3 && seen[1] >= 20 && seen[2] >= 1, "none, some or all were known so often: {seen:?}");
}

/// March to August of 2026, February, and March to August of 2025, which they are compared with: 13 periods.
#[test]
fn a_period_that_nothing_happened_to_is_not_added_up_again() {
    let home = home();
    let as_of = "2026-11-05";
    let at = |file: (&str, u8), of: &dyn Fn(&ByteRecord) -> bool| rows(&home, file).iter().position(of).unwrap();
    let change = |file: (&str, u8), row: usize, column: usize, cell: &[u8]| {
        let mut all = rows(&home, file);
        all[row] = with(&all[row], column, cell);
        put(&home, file, &all);
    };
    assert_eq!(known(&home, as_of, "first").0, 0);
    assert_eq!(known(&home, as_of, "again"), (13, 13));
    // What stands by the end of a month is another from May on: four months of thirteen.
    let tickets = FILES[4];
    let in_may = at(tickets, &|row| row[2].starts_with(b"2026-05-1"));
    change(tickets, in_may, 5, b"77");
    assert_eq!(known(&home, as_of, "a ticket of May"), (9, 13));
}
