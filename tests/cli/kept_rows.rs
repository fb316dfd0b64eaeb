//! Rows that a run keeps for the next one: reports are byte for byte those of a run that reads everything, also where a row
//! of one part is told apart from those of another.

use std::fs;

use crate::home::{Home, MONTH};

/// The tables that are cut into many files here, a part each.
const CUT: [&str; 4] = ["surveys", "tickets", "subscriptions", "interactions"];

/// Rows of a file.
const ROWS: usize = 40;

/// The small company, four of its tables in files of forty rows, and a KPI of each by plan.
fn home() -> Home {
    let home = Home::small();
    for table in CUT {
        let text = home.read(&format!("sample-data/{table}.csv"));
        let (header, rows) = text.split_once('\n').unwrap();
        fs::create_dir(home.path(&format!("sample-data/{table}"))).unwrap();
        // Comments of several lines are not among the sample's, so that a line is a row.
        for (at, rows) in rows.lines().collect::<Vec<_>>().chunks(ROWS).enumerate() {
            put(&home, table, at, header, rows);
        }
        home.edit(
            "config/farol.yaml",
            &format!("../sample-data/{table}.csv"),
            &format!("\"../sample-data/{table}/*.csv\""),
        );
    }
    let reports = "executive: { kpis: [nps, csat, fcr, nrr, health_score, chi], segments: [plan] }\nboard: { grain: quarter, kpis: [nps] }\n";
    home.write("config/reports.yaml", reports);
    home
}

fn file(table: &str, at: usize) -> String {
    format!("sample-data/{table}/{at:03}.csv")
}

fn put(home: &Home, table: &str, at: usize, header: &str, rows: &[&str]) {
    home.write(&file(table, at), format!("{header}\n{}\n", rows.join("\n")));
}

fn count(home: &Home, table: &str) -> u64 {
    fs::read_dir(home.path(&format!("sample-data/{table}"))).unwrap().count() as u64
}

/// Cells of a row of a file, by its line there.
fn cells(home: &Home, table: &str, at: usize, line: usize) -> Vec<String> {
    home.read(&file(table, at)).lines().nth(line).unwrap().split(',').map(str::to_owned).collect()
}

/// Replaces a whole row of a file.
fn replace(home: &Home, table: &str, at: usize, line: usize, cells: &[String]) {
    let text = home.read(&file(table, at));
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    lines[line] = cells.join(",");
    home.write(&file(table, at), lines.join("\n") + "\n");
}

/// What a run that may use what was kept writes and one that may not: the same files, but for the timings. Returns what the
/// first one knew.
fn report(home: &Home, more: &[&str]) -> Known {
    let arguments = [&["run", "--report", "executive"][..], more].concat();
    let said = home.does(&arguments).stderr;
    let cold = home.does(&[&arguments[..], &["--no-cache", "--out", "cold"]].concat()).stderr;
    assert!(!cold.contains("as an earlier run read"), "{cold}");
    let (warm, cold) = (home.files("out"), home.files("cold"));
    assert_eq!(warm.keys().collect::<Vec<_>>(), cold.keys().collect::<Vec<_>>());
    for (name, bytes) in cold.iter().filter(|(name, _)| !name.ends_with("/run.json")) {
        assert!(*bytes == warm[name], "{name} is another if it is made from what was kept");
    }
    Known(said)
}

/// The same of the figures alone.
fn figures(home: &Home, more: &[&str]) -> Known {
    report(home, &[&["--only", "figures"], more].concat())
}

/// What a run said of the parts that it knew.
struct Known(String);

impl Known {
    /// How many parts of a table.
    fn of(&self, table: &str) -> u64 {
        let line = self.0.lines().find(|line| line.contains("as an earlier run read them")).unwrap_or("");
        let parts = line.split([':', ',']).find(|parts| parts.contains(&format!("parts of `{table}`")));
        parts.and_then(|parts| parts.split_whitespace().next()?.parse().ok()).unwrap_or(0)
    }
}

#[test]
fn only_what_has_changed_is_read_again() {
    let home = home();
    let all: Vec<u64> = CUT.iter().map(|table| count(&home, table)).collect();
    assert!(all.iter().all(|count| *count >= 3), "{all:?}");
    let known = figures(&home, &[]);
    assert_eq!(known.of("tickets"), 0);
    let known = figures(&home, &[]);
    assert_eq!(["surveys", "tickets", "interactions"].map(|table| known.of(table)), [all[0], all[1], all[3]]);
    // A subscription that ends or is renewed ahead depends on the day.
    assert!(known.of("subscriptions") < all[2]);

    // A ticket of long ago took a contact more; an answer of this month was a worse one.
    let mut ticket = cells(&home, "tickets", 1, 7);
    ticket[5] = "9".to_owned();
    replace(&home, "tickets", 1, 7, &ticket);
    let known = figures(&home, &[]);
    assert_eq!((known.of("tickets"), known.of("surveys")), (all[1] - 1, all[0]));
    let known = figures(&home, &[]);
    assert_eq!(known.of("tickets"), all[1]);

    // A file more, in the middle of the others.
    let mut ticket = cells(&home, "tickets", 0, 1);
    ticket[0] = "T-new".to_owned();
    let header = home.read(&file("tickets", 0)).lines().next().unwrap().to_owned();
    home.write("sample-data/tickets/001a.csv", format!("{header}\n{}\n", ticket.join(",")));
    let known = figures(&home, &[]);
    assert_eq!(known.of("tickets"), all[1]);
    assert_eq!(figures(&home, &[]).of("tickets"), all[1] + 1);
}

/// Two names in the first line change places, and no byte below them.
#[test]
fn columns_are_what_the_header_says_today() {
    let home = home();
    // Some goals have not reached anything yet, but all have a target.
    home.edit("config/farol.yaml", "goals: { ", "goals: { max_bad_rows: 20%, ");
    let goals = home.read("sample-data/goals.csv");
    figures(&home, &[]);
    let swapped = goals.replacen("target,achieved", "achieved,target", 1);
    assert!(swapped != goals);
    home.write("sample-data/goals.csv", swapped);
    assert_eq!(figures(&home, &[]).of("goals"), 0);
    home.write("sample-data/goals.csv", goals);
    assert_eq!(figures(&home, &[]).of("goals"), 1);
}

/// Of two rows with one key the later is bad, whichever of them was read this time.
#[test]
fn a_key_that_comes_twice_is_found_across_what_was_kept() {
    let home = home();
    let all = count(&home, "tickets");
    let last = usize::try_from(all).unwrap() - 1;
    figures(&home, &[]);
    let original = cells(&home, "tickets", 0, 3);
    let later = cells(&home, "tickets", last, 2);
    let mut same = original.clone();
    same[0].clone_from(&later[0]);
    // The earlier part has changed: the later one, which has not, has a bad row now.
    replace(&home, "tickets", 0, 3, &same);
    home.edit("config/farol.yaml", "tickets: { ", "tickets: { max_bad_rows: 5%, ");
    let quarantine = format!("out/executive/{MONTH}/quarantine.csv");
    let is_told = || home.read(&quarantine).contains(&format!("{last:03}.csv,3,ticket_id,{},repeated-key", later[0]));
    for unread in [2, 1] {
        assert_eq!(report(&home, &[]).of("tickets"), all - unread);
        assert!(is_told(), "{}", home.read(&quarantine));
    }
    // As it was: both parts are known as they were.
    replace(&home, "tickets", 0, 3, &original);
    assert_eq!(figures(&home, &[]).of("tickets"), all);
    // The later part repeats what stands in an earlier one: it is read each time, for what is found depends on the other.
    let mut repeated = later.clone();
    repeated[0].clone_from(&original[0]);
    replace(&home, "tickets", last, 2, &repeated);
    for _ in 0..2 {
        assert_eq!(report(&home, &[]).of("tickets"), all - 1);
        assert!(home.read(&quarantine).contains(&format!("{last:03}.csv,3,ticket_id,{},repeated-key", original[0])));
    }
    // A whole row that comes twice, in a table without a key.
    let row = cells(&home, "interactions", 0, 1);
    replace(&home, "interactions", 1, 1, &row);
    home.edit("config/farol.yaml", "interactions: { ", "interactions: { max_bad_rows: 5%, ");
    assert_eq!(report(&home, &[]).of("interactions"), count(&home, "interactions") - 1);
    assert!(home.read(&quarantine).contains("interactions/001.csv,2,"), "{}", home.read(&quarantine));
}

/// On 3 September an answer or a solution of October has not happened: nothing of that day is taken for another's.
#[test]
fn what_lies_ahead_of_one_day_does_not_lie_ahead_of_another() {
    let home = home();
    let (surveys, tickets) = (count(&home, "surveys"), count(&home, "tickets"));
    let then = ["--period", "2026-08", "--as-of", "2026-09-03"];
    figures(&home, &then);
    let known = figures(&home, &then);
    assert!(known.of("tickets") < tickets && known.of("surveys") < surveys, "{}", known.0);
    assert!(figures(&home, &[]).of("tickets") < tickets);
    assert_eq!(figures(&home, &[]).of("tickets"), tickets);
    assert!(figures(&home, &then).of("tickets") < tickets);
}

/// The rows name customers by a number of the register: others may have other places in the table now.
#[test]
fn customers_keep_their_rows() {
    let home = home();
    let tickets = count(&home, "tickets");
    figures(&home, &[]);
    let all = fs::read(home.path("sample-data/clientes.csv")).unwrap();
    let lines: Vec<&[u8]> = all.split_inclusive(|byte| *byte == b'\n').collect();
    let like = lines.iter().find(|line| line.starts_with(b"C00060;")).unwrap();
    let first = [b"A00001".as_slice(), &like[6..]].concat();
    // Somebody before all others, the others in the opposite order.
    let others = lines[1..].iter().rev().copied();
    let turned: Vec<&[u8]> = [lines[0], &first].into_iter().chain(others).collect();
    home.write("sample-data/clientes.csv", turned.concat());
    assert_eq!(figures(&home, &[]).of("tickets"), tickets);
    // Somebody leaves: the rows of theirs are orphans.
    let remaining: Vec<&[u8]> = lines.iter().copied().filter(|line| !line.starts_with(b"C00002;")).collect();
    home.write("sample-data/clientes.csv", remaining.concat());
    home.edit("config/farol.yaml", "max_bad_rows: 1%", "max_bad_rows: 50%");
    for table in ["orders", "surveys", "tickets", "usage", "interactions", "retention_costs", "goals", "onboarding"] {
        home.edit("config/farol.yaml", &format!("  {table}: {{ "), &format!("  {table}: {{ max_bad_rows: 50%, "));
    }
    assert!(report(&home, &[]).of("tickets") < tickets);
    assert!(home.read(&format!("out/executive/{MONTH}/quarantine.csv")).contains("C00002,orphan"));
}

/// The scale of an answer decides whether it is bad: no business of the tickets.
#[test]
fn another_scale_judges_the_answers_anew() {
    let home = home();
    let (surveys, tickets) = (count(&home, "surveys"), count(&home, "tickets"));
    figures(&home, &[]);
    home.edit("config/kpis.yaml", "scale: [1, 10]", "scale: [1, 11]");
    let known = figures(&home, &[]);
    assert_eq!((known.of("surveys"), known.of("tickets")), (0, tickets));
    assert_eq!(figures(&home, &[]).of("surveys"), surveys);
}
