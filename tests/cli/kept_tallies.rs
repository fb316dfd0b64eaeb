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

/// A day by which everything in the files has happened.
const AS_OF: &str = "2026-11-05";

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
    home.write(
        "config/reports.yaml",
        "executive: { kpis: all, segments: [plan, region] }\nboard: { grain: quarter, kpis: [nps] }\n",
    );
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
    for row in rows {
        writer.write_byte_record(row).unwrap();
    }
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
    assert!(!cold.contains("an earlier run"), "{cold}");
    let (warm, cold) = (home.files("out"), home.files("cold"));
    assert_eq!(warm.keys().collect::<Vec<_>>(), cold.keys().collect::<Vec<_>>());
    for (name, bytes) in &cold {
        assert!(*bytes == warm[name] || name.ends_with("run.json"), "{what}: {name} is another from what was kept");
    }
    numbers(&said)
}

/// What a run says of the periods whose sums it knew.
fn numbers(said: &str) -> (usize, usize) {
    let line = said.lines().find(|line| line.contains("added up by an earlier run")).unwrap_or_default();
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
    for step in 0..50 {
        // Customers, and what they pay for, decide where all other rows count.
        let pick = dice.below(FILES.len() + 4);
        let file = FILES[if pick < FILES.len() { pick } else { pick % 2 }];
        let mut all = rows(&home, file);
        let (at, other) = (1 + dice.below(all.len() - 1), 1 + dice.below(all.len() - 1));
        let column = if file == FILES[0] { [0, 3, 4, 4, 4][dice.below(5)] } else { dice.below(all[0].len()) };
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
        let as_of = [AS_OF, AS_OF, "2026-10-09", "2026-09-03"][dice.below(4)];
        let (known, all) = known(&home, as_of, &format!("step {step}, {what} in {}", file.0));
        seen[if known == 0 { 0 } else { 1 + usize::from(known == all) }] += 1;
    }
    assert!(seen[0] >= 3 && seen[1] >= 15 && seen[2] >= 1, "none, some or all were known so often: {seen:?}");
}

/// A cell of the first row that is meant becomes another.
fn change(home: &Home, file: (&str, u8), is_meant: &dyn Fn(&ByteRecord) -> bool, column: usize, cell: &[u8]) {
    let mut all = rows(home, file);
    let row = all.iter().position(is_meant).unwrap();
    all[row] = with(&all[row], column, cell);
    put(home, file, &all);
}

fn file(name: &str) -> (&str, u8) {
    *FILES.iter().find(|(file, _)| *file == name).unwrap()
}

/// March to August of 2026, February, and March to August of 2025, which they are compared with: 13 periods. What happens in
/// one is no business of the periods before it; what stood in a table is another from then on.
#[test]
fn a_period_that_nothing_happened_to_is_not_added_up_again() {
    let home = home();
    let known = |what: &str| known(&home, AS_OF, what);
    assert_eq!(known("first").0, 0);
    assert_eq!(known("again"), (13, 13));
    let contacts = |row: &ByteRecord| row[2].starts_with(b"2026-05-1");
    change(&home, file("tickets.csv"), &contacts, 5, b"77");
    assert_eq!(known("a ticket of May 2026").0, 9);
    assert_eq!(known("and again"), (13, 13));
    let events = |row: &ByteRecord| row[1].starts_with(b"2026-10");
    change(&home, file("usage/2.csv"), &events, 3, b"700");
    assert_eq!(known("usage of October, in a part that begins before March 2026 ends").0, 7);
    // Usage counts as long as something looks back: this part ends with 8 August 2025. Of 2026 February alone looks back so far:
    // health as it began, growth over twice 90 days, is from 5 August on.
    change(&home, file("usage/0.csv"), &|row| row[1].starts_with(b"2025-01"), 3, b"700");
    assert_eq!(known("usage of January 2025").0, 6);
    // Answered in August, sent in July.
    let answer = |row: &ByteRecord| row[10].starts_with(b"2026-07") && row[11].starts_with(b"2026-08");
    change(&home, file("surveys.csv"), &answer, 7, b"0");
    assert_eq!(known("an answer to an invitation of July 2026").0, 11);
    // A word is added up by all words there are, and kept nowhere.
    change(&home, file("surveys.csv"), &answer, 8, b"caro, caro, caro");
    assert_eq!(known("what it says"), (13, 13));
    // Only one report of many asks for it: what it wants is kept apart.
    home.edit("config/reports.yaml", "kpis: all, segments: [plan, region]", "kpis: [nps, fcr], segments: [plan]");
    assert_eq!((known("fewer KPIs").0, known("fewer KPIs again").0), (0, 13));
    home.edit("config/reports.yaml", "kpis: [nps, fcr], segments: [plan]", "kpis: all, segments: [plan, region]");
    assert_eq!(known("all of them"), (13, 13));
    home.edit("config/kpis.yaml", "window: 30d, weight: 40", "window: 30d, weight: 41");
    assert_eq!(known("another weight").0, 0);
}

/// Who comes says nothing of what was before; who was there and is another now does, and so does who goes.
#[test]
fn customers_who_come_leave_what_was_before_alone() {
    let home = home();
    let known = |what: &str| known(&home, AS_OF, what);
    known("first");
    let (customers, usage, subscriptions) = (file("clientes.csv"), file("usage/2.csv"), file("subscriptions.csv"));
    let add = |file: (&str, u8), cells: &[&str]| {
        let mut all = rows(&home, file);
        all.push(ByteRecord::from(cells));
        put(&home, file, &all);
    };
    add(customers, &["A00001", "Nova", "03/09/2026", "01/09/2026", "SE", "P"]);
    assert_eq!(known("somebody new"), (13, 13));
    let bought = ["S99999", "A00001", "2026-09-03", "", "500.00", "Nova", "", "", "BRL"];
    add(subscriptions, &bought);
    assert_eq!(known("buys a plan that nobody had"), (13, 13));
    change(&home, subscriptions, &|row| &row[0] == b"S99999", 2, b"2026-07-03");
    assert_eq!(known("and did so in July").0, 11);
    // Its rows of usage were a stranger's, who came: they were there in a part that has not changed.
    change(&home, usage, &|row| row[1].starts_with(b"2026-09"), 0, b"Z00001");
    known("a stranger's usage");
    add(customers, &["Z00001", "Velha", "01/02/2025", "01/02/2025", "NE", "P"]);
    assert_eq!(known("who is a customer now").0, 7);
    change(&home, customers, &|row| &row[0] == b"C00007", 4, b"CO");
    assert_eq!(known("somebody moved, and always was there").0, 0);
    let gone: Vec<ByteRecord> = rows(&home, customers).into_iter().filter(|row| &row[0] != b"Z00001").collect();
    put(&home, customers, &gone);
    assert_eq!(known("somebody is no more").0, 0);
}

/// Rows of every kind count where none is of the kind that is chosen: one that is, of whatever day, changes all periods.
#[test]
fn the_first_answer_of_the_chosen_kind_changes_every_period() {
    let home = home();
    let surveys = file("surveys.csv");
    let other: Vec<ByteRecord> = rows(&home, surveys)
        .iter()
        .map(|row| if &row[5] == b"relational" { with(row, 5, b"transactional") } else { row.clone() })
        .collect();
    put(&home, surveys, &other);
    known(&home, AS_OF, "none of the kind");
    assert_eq!(known(&home, AS_OF, "none of the kind still"), (13, 13));
    let last = |row: &ByteRecord| &row[4] == b"nps" && row[10].starts_with(b"2026-10");
    change(&home, surveys, &last, 5, b"relational");
    assert_eq!(known(&home, AS_OF, "one of the kind, of October").0, 0);
}

/// Columns that mostly say nothing of any sum cut rows here: a language, and what is called a comment but is a channel.
#[test]
fn rows_are_cut_by_whatever_column_is_named() {
    let home = home();
    home.edit("config/farol.yaml", "# row_segments: [cancel_reason,", "row_segments: [lang, comment] # [");
    let tickets = "path: ../sample-data/tickets.csv";
    home.edit("config/farol.yaml", tickets, &format!("{tickets}, columns: {{ comment: channel }}"));
    assert_eq!(known(&home, AS_OF, "first").0, 0);
    let answered = |row: &ByteRecord| &row[4] == b"nps" && row[11].starts_with(b"2026-05");
    change(&home, file("surveys.csv"), &answered, 9, b"es");
    assert!(known(&home, AS_OF, "another language of May, or the month before").0 < 13);
    let opened = |row: &ByteRecord| row[2].starts_with(b"2026-05-1");
    change(&home, file("tickets.csv"), &opened, 7, b"phone");
    assert_eq!(known(&home, AS_OF, "another channel of May").0, 9);
}

/// A whole report, its mail and its lists of customers, made as a month is in production: what is known are the
/// periods of which nothing has been heard since.
#[test]
fn the_month_after_is_made_of_what_is_kept_and_the_month() {
    let home = home();
    let run = |more: &[&str]| home.does(&[&["run", "--report", "executive"][..], more].concat()).stderr;
    // Usage of October comes in a file of its own; the other tables are whole exports, of which the day cuts off what is later.
    let (header, usage) = (rows(&home, file("usage/2.csv"))[0].clone(), rows(&home, file("usage/2.csv")));
    let (october, before): (Vec<_>, Vec<_>) = usage.into_iter().partition(|row| row[1].starts_with(b"2026-10"));
    put(&home, file("usage/2.csv"), &before);
    run(&["--period", "2026-09", "--as-of", "2026-10-05"]);
    put(&home, ("usage/3.csv", b','), &[vec![header], october].concat());
    let (known, all) = numbers(&run(&[]));
    // Tickets and invitations of September have been resolved and answered since.
    assert_eq!((known, all), (11, 13));
    run(&["--no-cache", "--out", "cold"]);
    let (warm, cold) = (home.files("out"), home.files("cold"));
    let month = format!("executive/{MONTH}/");
    for (name, bytes) in cold.iter().filter(|(name, _)| name.starts_with(&month) && !name.ends_with("/run.json")) {
        assert!(*bytes == warm[name], "{name}");
    }
    assert!(cold.contains_key(&format!("{month}report.html")));
}

/// Cut off, emptied, another's: none is believed.
#[test]
fn damaged_tallies_are_added_up_again() {
    let home = home();
    known(&home, AS_OF, "first");
    let folder = home.path("state/cache/tallies");
    let paths: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(paths.len(), 26, "records and use of thirteen periods");
    let bytes: Vec<Vec<u8>> = paths.iter().map(|path| fs::read(path).unwrap()).collect();
    for (at, path) in paths.iter().enumerate() {
        let other = &bytes[(at + 1) % bytes.len()];
        fs::write(path, [&bytes[at][..bytes[at].len() - 1], &[], other][at % 3]).unwrap();
    }
    assert_eq!(known(&home, AS_OF, "damaged").0, 0);
    assert_eq!(known(&home, AS_OF, "whole again"), (13, 13));
    assert_eq!(home.open_to_others("state/cache"), [""; 0]);
}
