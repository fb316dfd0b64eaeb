//! What a run keeps for the next one: the figures are byte for byte those of a run that keeps nothing, whatever has changed
//! since; and what has not changed is really not read again.

use std::fmt::Write;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use polars::prelude::{Column, DataFrame, DataType, ParquetWriter};

use crate::home::{Home, MONTH};

const KEPT: &str = "state/cache/usage";

/// A row of usage: customer, day since 1970, feature, events.
type Row = (String, i32, String, i64);

/// 1 January 2025.
const FIRST_DAY: i32 = 20_089;

/// 4,000 rows of 60 customers from January 2025 to October 2026, in the order of their days, as logs are; three of somebody
/// unknown and one that breaks its contract.
fn rows() -> Vec<Row> {
    let mut state = 7_u64;
    let mut below = |bound: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % bound
    };
    let mut rows: Vec<Row> = (0..4000)
        .map(|row| {
            let (customer, feature, events) = (1 + below(60), below(5), below(40));
            let day = FIRST_DAY + row / 6;
            (format!("C{customer:05}"), day, format!("f{feature}"), i64::try_from(events).unwrap())
        })
        .collect();
    for at in [600, 601, 3990] {
        "C09999".clone_into(&mut rows[at].0);
    }
    rows[1100].3 = -1;
    rows
}

/// Writes usage as one Parquet file of row groups of 250 rows.
fn put(home: &Home, name: &str, rows: &[Row]) {
    let column = |name: &str, cells: Vec<&str>| Column::new(name.into(), cells);
    let days = Column::new("date".into(), rows.iter().map(|row| row.1).collect::<Vec<_>>());
    let columns = vec![
        column("customer_id", rows.iter().map(|row| row.0.as_str()).collect()),
        days.cast(&DataType::Date).unwrap(),
        column("feature", rows.iter().map(|row| row.2.as_str()).collect()),
        Column::new("events".into(), rows.iter().map(|row| row.3).collect::<Vec<_>>()),
    ];
    let frame = DataFrame::new(rows.len(), columns).unwrap();
    let file = fs::File::create(home.path(name)).unwrap();
    let mut writer = ParquetWriter::new(file).batched(frame.schema()).unwrap();
    for first in (0..rows.len()).step_by(250) {
        writer.write_batch(&frame.slice(i64::try_from(first).unwrap(), 250)).unwrap();
    }
    writer.finish().unwrap();
}

/// The small company with that usage, and every KPI of the catalogue by plan and region.
fn home() -> Home {
    let home = Home::small();
    put(&home, "sample-data/usage.parquet", &rows());
    home.edit("config/farol.yaml", "\"../sample-data/usage/*.parquet\"", "../sample-data/usage.parquet");
    home.edit(
        "config/kpis.yaml",
        "signal: active_days,     window: 30d, weight: 40",
        "signal: events, window: 30d, weight: 40",
    );
    let reports = "executive: { kpis: all, segments: [plan, region] }\nboard: { grain: quarter, kpis: [nps] }\n";
    home.write("config/reports.yaml", reports);
    home
}

/// How many parts a run knew, of how many; 0 of 0 if it says nothing of them.
fn recalled(said: &str) -> (u64, u64) {
    let parts = said.split([':', ',']).find(|part| part.contains("parts of `usage`"));
    let numbers = parts.map(|line| line.split_whitespace().filter_map(|word| word.parse().ok()).collect::<Vec<u64>>());
    numbers.map_or((0, 0), |numbers| (numbers[0], numbers[1]))
}

/// A month's figures, by a run that may use what was kept and by one that may not: the same bytes. Returns how many parts
/// were known, of how many, and the figures.
fn figures(home: &Home, more: &[&str]) -> ((u64, u64), String) {
    let arguments = [&["run", "--report", "executive", "--only", "figures"][..], more].concat();
    let said = home.does(&arguments).stderr;
    let month = if more.contains(&"--as-of") { "2026-08" } else { MONTH };
    let name = format!("executive/{month}/figures.csv");
    let warm = home.read(&format!("out/{name}"));
    let cold_said = home.does(&[&arguments[..], &["--no-cache", "--out", "cold"]].concat()).stderr;
    assert_eq!(recalled(&cold_said), (0, 0));
    assert!(warm == home.read(&format!("cold/{name}")), "{more:?}: what was kept gives other figures");
    (recalled(&said), warm)
}

#[test]
fn whatever_changes_the_figures_are_those_of_a_run_from_scratch() {
    let home = home();
    let backfill = ["backfill", "--report", "executive", "--from", "2026-07", "--to", "2026-09", "--only", "figures"];
    assert_eq!(recalled(&home.does(&backfill).stderr), (0, 0));
    let (known, before) = figures(&home, &[]);
    assert_eq!(known, (16, 16), "the month after a backfill reads nothing of usage again");

    // A month is appended: the last row group, of 250 rows, was full; three more follow.
    let mut rows = rows();
    rows.extend((0..600).map(|row| (format!("C{:05}", 1 + row % 60), FIRST_DAY + 667 + row / 100, "f1".to_owned(), 3)));
    put(&home, "sample-data/usage.parquet", &rows);
    let (known, appended) = figures(&home, &[]);
    assert_eq!(known, (16, 19));
    assert!(before != appended);

    // One row of February 2025.
    rows[200].3 += 1;
    put(&home, "sample-data/usage.parquet", &rows);
    assert_eq!(figures(&home, &[]).0, (18, 19));
    // One of the month.
    let in_october = rows.iter().position(|row| row.1 == FIRST_DAY + 650).unwrap();
    rows[in_october].3 += 1000;
    put(&home, "sample-data/usage.parquet", &rows);
    let (known, changed) = figures(&home, &[]);
    assert_eq!(known, (18, 19));
    assert!(changed != appended);

    // Attributes, choices, answers and segments are no business of the usage table.
    let customers = fs::read(home.path("sample-data/clientes.csv")).unwrap();
    let moved: Vec<u8> = customers.iter().map(|byte| if *byte == b'E' { b'O' } else { *byte }).collect();
    home.edit("config/farol.yaml", "CO: Centro-Oeste", "CO: Centro-Oeste, SO: Sudoeste, \"NO\": Noroeste");
    home.write("sample-data/clientes.csv", moved);
    let (known, moved) = figures(&home, &[]);
    assert!(known == (19, 19) && moved != changed);
    home.edit("config/kpis.yaml", "signal: events, window: 30d", "signal: events, window: 60d");
    let (known, chosen) = figures(&home, &[]);
    assert!(known == (19, 19) && chosen != moved);
    let surveys = home.read("sample-data/surveys.csv");
    let late = surveys.lines().filter(|line| !line.contains(",2026-10-1")).collect::<Vec<_>>().join("\n");
    home.write("sample-data/surveys.csv", late + "\n");
    let (known, answered) = figures(&home, &[]);
    assert!(known == (19, 19) && answered != chosen);
    home.edit("config/farol.yaml", "segments: [plan, region, [plan, region]]", "segments: [plan, region, size]");
    home.edit("config/reports.yaml", "segments: [plan, region]", "segments: [plan, region, size]");
    let (known, segmented) = figures(&home, &[]);
    assert!(known == (19, 19) && segmented != answered);
}

/// 3 September is in the fifteenth part: what was kept of it and of the parts after it says nothing of that day.
#[test]
fn an_earlier_day_reads_what_had_not_happened() {
    let home = home();
    assert_eq!(figures(&home, &[]).0, (0, 0));
    // Rows come six a day: day 610 of the data (3 September 2026) is row 3660, in the part of rows 3500 to 3749.
    assert_eq!(FIRST_DAY + 610, 20_699, "3 September 2026 is day 20,699");
    let then = ["--period", "2026-08", "--as-of", "2026-09-03"];
    assert_eq!(figures(&home, &then).0, (14, 16));
    assert_eq!(figures(&home, &then).0, (14, 16), "what is cut off by a day is not kept");
    assert_eq!(figures(&home, &[]).0, (16, 16));
}

/// Whoever leaves `customers` makes orphans of rows that were none, whoever enters it the other way round.
#[test]
fn customers_who_come_and_go_are_noticed() {
    let home = home();
    let all = fs::read(home.path("sample-data/clientes.csv")).unwrap();
    let (_, before) = figures(&home, &[]);
    // Somebody new, of whom the usage says nothing.
    home.write("sample-data/clientes.csv", with_customer(&all, "C77777"));
    assert_eq!(figures(&home, &[]).0, (16, 16));
    // Somebody whose rows were orphans: in the parts of rows 500 to 749 and 3750 to 3999.
    home.write("sample-data/clientes.csv", with_customer(&all, "C09999"));
    let (known, entered) = figures(&home, &[]);
    assert_eq!(known, (14, 16));
    assert!(entered != before);
    // Gone again: these parts were read with them.
    home.write("sample-data/clientes.csv", &all);
    let (known, left) = figures(&home, &[]);
    assert_eq!(known, (14, 16));
    assert!(left == before);
}

/// The customers' file with somebody more, who is like C00060 but for the id.
fn with_customer(file: &[u8], id: &str) -> Vec<u8> {
    let like = file.split_inclusive(|byte| *byte == b'\n').find(|line| line.starts_with(b"C00060;")).unwrap();
    let (before, after) = file.split_at(file.windows(like.len()).position(|bytes| bytes == like).unwrap());
    [before, id.as_bytes(), &like[6..], after].concat()
}

/// What decides how the same bytes are read: the zone, a column, a value; and what is asked for.
#[test]
fn another_way_of_reading_knows_nothing() {
    let home = home();
    figures(&home, &[]);
    home.edit("config/farol.yaml", "America/Sao_Paulo", "America/Manaus");
    assert_eq!(figures(&home, &[]).0, (0, 0));
    assert_eq!(figures(&home, &[]).0, (16, 16));
    let usage = "usage: { path: ../sample-data/usage.parquet }";
    home.edit(
        "config/farol.yaml",
        usage,
        "usage: { path: ../sample-data/usage.parquet, values: { customer_id: { C00001: C00002 } } }",
    );
    assert_eq!(figures(&home, &[]).0, (0, 0));
    assert_eq!(figures(&home, &[]).0, (16, 16));
}

/// The same rows in other files, and their files in another order.
#[test]
fn a_part_is_known_whatever_file_it_lies_in() {
    let home = home();
    let (_, before) = figures(&home, &[]);
    let (old, new) = (rows()[..2000].to_vec(), rows()[2000..].to_vec());
    put(&home, "sample-data/b.parquet", &old);
    put(&home, "sample-data/a.parquet", &new);
    home.edit(
        "config/farol.yaml",
        "../sample-data/usage.parquet",
        "[../sample-data/a.parquet, ../sample-data/b.parquet]",
    );
    let (known, moved) = figures(&home, &[]);
    assert_eq!(known, (16, 16));
    assert!(moved == before);
}

/// A CSV text is taken apart every 100,000 records: one that grows is known but for its last part.
#[test]
fn a_text_that_grows_is_known_but_for_its_end() {
    let home = home();
    let write = |count: usize, changed: usize| {
        let mut text = "customer_id,date,feature,events\nC00001,2026-10-01,broken,1,2\n".to_owned();
        for (at, (customer, day, feature, events)) in rows().iter().cycle().take(count).enumerate() {
            let date = chrono::NaiveDate::from_epoch_days(*day).unwrap();
            let events = events + i64::from(at == changed);
            writeln!(text, "{customer},{date},{feature},{events}").unwrap();
        }
        home.write("sample-data/usage.csv", text);
    };
    home.edit("config/farol.yaml", "../sample-data/usage.parquet", "../sample-data/usage.csv");
    write(205_000, usize::MAX);
    assert_eq!(figures(&home, &[]).0, (0, 0));
    write(210_000, usize::MAX);
    assert_eq!(figures(&home, &[]).0, (2, 3));
    // A record of the second part.
    write(210_000, 151_700);
    assert_eq!(figures(&home, &[]).0, (2, 3));
}

/// The rows that were set aside, and where they stand, are told as if they had been read.
#[test]
fn a_whole_report_from_what_was_kept_is_the_same_but_for_its_timings() {
    let home = home();
    home.write("config/reports.yaml", fs::read("config/reports.yaml").unwrap());
    home.does(&["run", "--report", "executive", "--out", "cold"]);
    assert_eq!(recalled(&home.does(&["run", "--report", "executive"]).stderr), (16, 16));
    let (cold, warm) = (home.files("cold"), home.files("out"));
    assert_eq!(cold.keys().collect::<Vec<_>>(), warm.keys().collect::<Vec<_>>());
    for (name, bytes) in cold.iter().filter(|(name, _)| !name.ends_with("/run.json")) {
        assert!(*bytes == warm[name], "{name}");
    }
    let quarantine = home.read(&format!("out/executive/{MONTH}/quarantine.csv"));
    for row in ["601,customer_id,C09999,orphan", "3991,customer_id,C09999,orphan", "1101,events,'-1,negative"] {
        assert!(quarantine.contains(row), "{row}: {quarantine}");
    }
    let run: serde_json::Value = serde_json::from_str(&home.read(&format!("out/executive/{MONTH}/run.json"))).unwrap();
    let timings = |name: &str| run["timings"][name].as_u64().unwrap();
    // The subscriptions, which end or are renewed after this day, are read each time: one file, one part.
    assert_eq!(timings("parts_recalled"), timings("parts") - 1);
}

fn kept(home: &Home) -> Vec<PathBuf> {
    fs::read_dir(home.path(KEPT)).unwrap().map(|entry| entry.unwrap().path()).collect()
}

/// What becomes of a file's bytes.
type Damage<'a> = &'a dyn Fn(&[u8]) -> Vec<u8>;

/// A bit turned in the middle, cut off, emptied, each other's, of another version: none is believed.
#[test]
fn what_is_damaged_is_read_again() {
    let home = home();
    let (_, before) = figures(&home, &[]);
    assert_eq!(kept(&home).len(), 16);
    let damages: [Damage<'_>; 5] = [
        &|bytes| bytes.iter().enumerate().map(|(at, byte)| byte ^ u8::from(at == bytes.len() / 2)).collect(),
        &|bytes| bytes[..bytes.len() - 1].to_vec(),
        &|_| Vec::new(),
        &|bytes| [&bytes[..48], b"foreign", &bytes[48..]].concat(),
        &|bytes| [b"farol cache 0\n\0\0", &bytes[16..]].concat(),
    ];
    for damage in damages {
        for path in kept(&home) {
            fs::write(&path, damage(&fs::read(&path).unwrap())).unwrap();
        }
        let (known, after) = figures(&home, &[]);
        assert_eq!((known, kept(&home).len()), ((0, 0), 16));
        assert!(after == before);
    }
    let paths = kept(&home);
    let bytes: Vec<Vec<u8>> = paths.iter().map(|path| fs::read(path).unwrap()).collect();
    for (path, bytes) in paths.iter().zip(bytes.iter().cycle().skip(1)) {
        fs::write(path, bytes).unwrap();
    }
    assert_eq!(figures(&home, &[]).0, (0, 0));
    assert_eq!(figures(&home, &[]).0, (16, 16));
}

/// Without the register of customers, nobody knows whom the numbers mean; an older one knows fewer of them.
#[test]
fn a_register_that_is_lost_takes_with_it_what_hung_on_it() {
    let home = home();
    figures(&home, &[]);
    let register = fs::read_dir(home.path("state/cache/customers")).unwrap().next().unwrap().unwrap().path();
    let old = fs::read(&register).unwrap();
    // A customer who sorts before all others comes: the register grows, and is set back.
    let all = fs::read(home.path("sample-data/clientes.csv")).unwrap();
    home.write("sample-data/clientes.csv", with_customer(&all, "A00001"));
    let mut rows = rows();
    rows[0].0 = "A00001".to_owned();
    put(&home, "sample-data/usage.parquet", &rows);
    assert_eq!(figures(&home, &[]).0, (15, 16));
    fs::write(&register, old).unwrap();
    assert_eq!(figures(&home, &[]).0, (16, 16), "the same customer was numbered again");
    fs::remove_file(&register).unwrap();
    // Numbered anew, all in their order: A00001 is the first now.
    assert_eq!(figures(&home, &[]).0, (0, 0));
    assert_eq!(figures(&home, &[]).0, (16, 16));
}

#[test]
fn what_is_kept_is_the_owners_alone_and_never_among_the_reports() {
    let home = home();
    fs::create_dir_all(home.path(KEPT)).unwrap();
    home.write(&format!("{KEPT}/.writing-killed"), "");
    let said = home.does(&["run", "--report", "executive", "--only", "figures", "--no-cache"]).stderr;
    assert!(!said.contains("parts") && kept(&home).len() == 1, "nothing is kept when told so");
    home.does(&["run", "--report", "executive", "--only", "figures"]);
    assert_eq!(kept(&home).len(), 16, "what a killed run left is cleared away");
    fs::remove_dir_all(home.path("state")).unwrap();
    home.does(&["run", "--report", "executive", "--only", "figures"]);
    assert_eq!(home.open_to_others("state/cache"), [""; 0]);
    assert!(home.files("out").keys().all(|name| name.ends_with("figures.csv")));
}

/// A folder that may not be written to: the run says so, and its figures are right.
#[test]
fn what_cannot_be_kept_is_a_warning() {
    let home = home();
    fs::create_dir_all(home.path("state/cache")).unwrap();
    fs::set_permissions(home.path("state"), fs::Permissions::from_mode(0o700)).unwrap();
    home.write(KEPT, "in the way");
    let ended = home.does(&["run", "--report", "executive", "--only", "figures"]);
    assert!(ended.stderr.contains("warning[not-kept]"), "{}", ended.stderr);
}
