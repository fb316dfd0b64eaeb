//! A range of periods: the same as one by one, resumable, each file read once.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::time::Duration;

use crate::home::{FAROL, Home};

/// A range of the monthly report.
fn backfill<'a>(from: &'a str, to: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    [&["backfill", "--report", "executive", "--from", from, "--to", to], more].concat()
}

fn months(from: (u32, u32), count: u32) -> Vec<String> {
    (0..count).map(|i| from.1 - 1 + i).map(|month| format!("{}-{:02}", from.0 + month / 12, month % 12 + 1)).collect()
}

/// Across a year's end, with what is compared a year before lying outside the range.
#[test]
fn a_range_is_its_periods_one_by_one_and_its_file_all_of_them() {
    let home = Home::small();
    let months = months((2025, 8), 15);
    assert_eq!((months[0].as_str(), months[14].as_str()), ("2025-08", "2026-10"));
    home.does(&backfill("2025-08", "2026-10", &["--only", "figures"]));
    let range = home.files("out");
    assert_eq!(range.len(), 16);

    let mut whole = String::new();
    for month in &months {
        let name = format!("executive/{month}/figures.csv");
        home.does(&["run", "--report", "executive", "--period", month, "--only", "figures", "--out", "single"]);
        let single = home.read(&format!("single/{name}"));
        assert!(range[&name] == single.as_bytes(), "{month} of the range is not the month alone");
        let body = single.split_once('\n').unwrap();
        if whole.is_empty() {
            whole.push_str(body.0);
            whole.push('\n');
        }
        whole.push_str(body.1);
    }
    assert!(whole.as_bytes() == range["executive/figures.csv"], "the range's file is not its months in their order");
}

/// Each report's folder, by its inode: a report that is made again is another folder.
fn folders(home: &Home) -> BTreeMap<String, u64> {
    let entries = fs::read_dir(home.path("out/executive")).unwrap().map(Result::unwrap);
    let folders = entries.filter(|entry| entry.path().is_dir());
    folders.map(|entry| (entry.file_name().into_string().unwrap(), entry.metadata().unwrap().ino())).collect()
}

fn unchanged(said: &str) -> usize {
    said.lines().filter(|line| line.ends_with("is as it would be made again; --force makes it again")).count()
}

#[test]
fn what_is_made_is_skipped_until_something_changes() {
    let home = Home::small();
    let range = backfill("2026-08", "2026-10", &[]);
    home.does(&range);
    assert_eq!(home.letters().len(), 0, "a backfill mails only when told to");
    let first = folders(&home);
    assert_eq!(first.len(), 3);

    let skipped = unchanged(&home.does(&range).stderr);
    assert_eq!(skipped, 3);
    assert_eq!(folders(&home), first);
    println!("S16 | periods, made the second time, mails | 3, {}, {}", 3 - skipped, home.letters().len());

    let forced = home.does(&backfill("2026-10", "2026-10", &["--force"]));
    assert_eq!(unchanged(&forced.stderr), 0);
    let second = folders(&home);
    let again: Vec<&String> = first.keys().filter(|month| first[*month] != second[*month]).collect();
    assert_eq!(again, ["2026-10"]);

    // One row of data, one choice of the configuration.
    let spend = home.read("sample-data/retention_costs.csv");
    home.write("sample-data/retention_costs.csv", format!("{spend}K999999,,2026-09-09,Party,other,12.50\n"));
    assert_eq!(unchanged(&home.does(&range).stderr), 0);
    assert_eq!(unchanged(&home.does(&range).stderr), 3);
    home.edit("config/kpis.yaml", "satisfied: 8", "satisfied: 9");
    assert_eq!(unchanged(&home.does(&range).stderr), 0);
}

/// Killed as soon as the first of four reports stands, that is while the second is being made.
#[test]
fn a_killed_backfill_leaves_whole_reports_and_goes_on_from_there() {
    let home = Home::small();
    let range = backfill("2026-07", "2026-10", &[]);
    let mut child = home.command(FAROL, &range).spawn().unwrap();
    while !home.path("out/executive/2026-07").exists() {
        assert!(child.try_wait().unwrap().is_none(), "it ended before its first report");
        std::thread::sleep(Duration::from_millis(1));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let kept: Vec<String> = folders(&home).into_keys().filter(|name| !name.starts_with('.')).collect();
    assert!(!kept.is_empty() && kept.len() < 4, "{kept:?}");

    let ended = home.does(&range);
    assert_eq!(unchanged(&ended.stderr), kept.len());
    let resumed = home.files("out");
    home.does(&[&range[..], &["--out", "whole", "--state", "other"]].concat());
    let whole = home.files("whole");
    assert_eq!(
        resumed.keys().collect::<Vec<_>>(),
        whole.keys().collect::<Vec<_>>(),
        "nothing half-written, nothing missing"
    );
    assert_eq!(folders(&home).len(), 4);
    for (name, bytes) in resumed.iter().filter(|(name, _)| !name.ends_with("/run.json")) {
        assert!(*bytes == whole[name], "{name}");
    }
}

/// 36 months of the shipped company, watched by strace: every data file is opened once.
#[test]
fn a_backfill_of_36_months_opens_each_data_file_once() {
    let home = Home::shipped();
    let watch = ["-f", "-e", "trace=open,openat,openat2", "-o", "calls", FAROL];
    let arguments = [&watch[..], &backfill("2023-11", "2026-10", &["--only", "figures"])].concat();
    let output = home.command("strace", &arguments).output().expect("strace (tests/tools/install.sh)");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let calls = home.read("calls");
    let mut opened = BTreeMap::new();
    for line in calls.lines().filter(|line| line.contains("sample-data/") && !line.contains("O_DIRECTORY")) {
        let path = line.split('"').nth(1).unwrap();
        // An unfinished call ends in a line of its own, which says no path.
        assert!(!line.contains(" = -1 "), "{line}");
        *opened.entry(path.rsplit("sample-data/").next().unwrap().to_owned()).or_insert(0) += 1;
    }
    let used: Vec<String> = home
        .files("sample-data")
        .into_keys()
        .filter(|name| !["README.md", "truth.csv", "truth.yaml", "onboarding.csv"].contains(&name.as_str()))
        .collect();
    println!("{opened:?}");
    assert_eq!(used.len(), 14);
    for file in used {
        assert_eq!(opened.remove(&file), Some(1), "{file}");
    }
    // No KPI of this version is made from on-boarding: its header is looked at, and nothing else.
    assert!(opened.iter().all(|(file, times)| file == "onboarding.csv" && *times == 1), "{opened:?}");
}
