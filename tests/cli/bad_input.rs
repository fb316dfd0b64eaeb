//! Bad input, one kind a test: one clear message, its exit code, and nothing written or sent.

use std::fs;

use crate::home::{Home, MONTH};

/// What the command line of each of these tests is.
const RUN: [&str; 4] = ["run", "--report", "executive", "--send"];

/// Spoils the small company, runs it, and expects this end; everything that was said comes back.
fn refused(code: i32, complaint: &str, spoil: impl FnOnce(&Home)) -> String {
    let home = Home::small();
    spoil(&home);
    let ended = home.farol(&RUN);
    assert_eq!((ended.code, ended.complaint()), (Some(code), complaint), "{}", ended.stderr);
    home.is_untouched();
    ended.stderr
}

#[test]
fn a_missing_column_is_named_with_the_header_that_is_there() {
    let said = refused(
        65,
        "sample-data/subscriptions.csv:1: error[missing-column]: there is no column `mrr`; the header is \
         `subscription_id`, `customer_id`, `start_date`, `end_date`, `mmr`, `plan`, `cancel_reason`, `renewal_date`, \
         `currency`",
        |home| home.edit("sample-data/subscriptions.csv", ",mrr,", ",mmr,"),
    );
    assert!(said.contains("help: name the file's own column: `columns: { mrr: … }`"), "{said}");
}

/// The configuration alone can only suspect it: the file may have a column of that name.
#[test]
fn a_segment_that_no_file_has_is_refused_and_not_shown_as_not_set() {
    let suspicion = "config/farol.yaml:56:26: warning[undeclared-attribute]: no mapping names the attribute `zona`; \
                     the customers' file must have a column of that name";
    let said = refused(65, suspicion, |home| {
        home.edit("config/farol.yaml", "segments: [plan, region,", "segments: [plan, region, zona,");
    });
    let fault = "config/farol.yaml: error[missing-attribute]: `segments:` names `zona`, which no customer has";
    assert!(said.contains(fault) && said.contains("correct `segments:`, or map the column"), "{said}");
}

#[test]
fn a_column_that_cuts_rows_is_named_as_it_is_written() {
    let said = refused(
        65,
        "config/farol.yaml: error[missing-attribute]: `row_segments:` names `chanel`, which no table of rows has",
        |home| home.edit("config/farol.yaml", "segments: [plan", "row_segments: [chanel]\nsegments: [plan"),
    );
    assert!(said.contains("help: surveys, tickets,"), "{said}");
}

/// A conversation's number in place of its channel: nothing is cut by it, and the figures stand.
#[test]
fn a_column_of_single_things_cuts_nothing_and_says_so() {
    let home = Home::small();
    home.edit("config/farol.yaml", "tickets.csv }", "tickets.csv, columns: { channel: ticket_id } }");
    home.edit("config/farol.yaml", "segments: [plan", "row_segments: [channel, respondent_role]\nsegments: [plan");
    let ended = home.does(&["run", "--report", "executive", "--only", "figures"]);
    let warning =
        "warning[too-many-values]: `tickets.channel` has more than 200 values, so that no figure is cut by it";
    assert!(ended.stderr.contains(warning), "{}", ended.stderr);
    let figures = home.read(&format!("out/executive/{MONTH}/figures.csv"));
    assert!(!figures.contains(",channel,") && figures.contains(",respondent_role,"), "{figures}");
}

#[test]
fn a_recipient_whose_part_holds_nobody_gets_no_empty_mail() {
    let home = Home::small();
    home.edit("config/reports.yaml", "region: Sul", "region: Suul");
    let ended = home.farol(&RUN);
    let fault =
        "config/reports.yaml: error[empty-scope]: `only: { region: Suul }` holds nobody: no customer has that region";
    assert_eq!((ended.code, ended.complaint()), (Some(65), fault), "{}", ended.stderr);
    assert!(ended.stderr.contains("help: customers have `Centro-Oeste`"), "{}", ended.stderr);
    let files = home.files(&format!("out/executive/{MONTH}"));
    assert!(files.contains_key("report.html") && !files.keys().any(|name| name.contains("Suul")), "{:?}", files.keys());
    let mut to: Vec<String> = home.letters().iter().map(crate::home::Letter::to).collect();
    to.sort();
    assert_eq!(to, ["board@aurora.example", "diretoria@aurora.example"]);
}

/// A3 has no plan: there is a reader for such customers, and their part holds one. Where everybody has a plan, nobody is
/// in it.
#[test]
fn a_part_of_those_without_a_value_is_a_part() {
    let report = "monthly: { kpis: [customers_closing], recipients: [{ to: eve@example.com, only: { plan: \"(not set)\" } }] }\n";
    let home = Home::tiny();
    home.write("config/reports.yaml", report);
    home.edit("config/farol.yaml", "schedule:", "segments: [plan]\nschedule:");
    let run = ["run", "--period", "2026-04", "--as-of", "2026-05-10", "--send"];
    let ended = home.farol(&run);
    assert_eq!(ended.code, Some(65), "{}", ended.stderr);
    assert!(ended.stderr.contains("`only: { plan: (not set) }` holds nobody"), "{}", ended.stderr);
    assert!(ended.stderr.contains("help: customers have `E`, `S`; correct"), "{}", ended.stderr);
    home.edit("data/customers.csv", "Lua,2025-03-01,S", "Lua,2025-03-01,");
    home.edit("config/reports.yaml", "(not set)", "none");
    assert!(home.farol(&run).stderr.contains("help: customers have `(not set)`, `E`, `S`; correct"));
    home.edit("config/reports.yaml", "none", "(not set)");
    home.does(&run);
    assert_eq!(home.letters().len(), 1);
}

/// S is there and Norte too, but no customer is both.
#[test]
fn a_part_that_nobody_is_in_by_all_its_attributes_gets_no_empty_mail() {
    let home = Home::tiny();
    home.edit("config/farol.yaml", "schedule:", "segments: [plan]\nschedule:");
    let reader = |name: &str| format!("{{ to: eve@example.com, only: {{ plan: S, name: {name} }} }}");
    home.edit("config/reports.yaml", "{ to: \"head@example.com\" }", &reader("Norte"));
    let ended = home.farol(&["run", "--period", "2026-04", "--as-of", "2026-05-10", "--send"]);
    let fault = "error[empty-scope]: `only: { name: Norte, plan: S }` holds nobody: no customer has all of these";
    assert!(ended.code == Some(65) && ended.stderr.contains(fault), "{}", ended.stderr);
    home.edit("config/reports.yaml", "Norte", "Lua");
    let sent = home.does(&["run", "--period", "2026-04", "--as-of", "2026-05-10", "--send"]);
    assert!(!sent.stderr.contains("attribute `name`"), "the column is there: {}", sent.stderr);
    assert_eq!(home.letters().len(), 1);
}

#[test]
fn a_truncated_parquet_file_is_no_parquet_file() {
    let said = refused(
        65,
        "sample-data/usage/2025.parquet: error[broken-parquet]: this is no whole Parquet file: of 3000 bytes: \
         parquet: File out of specification: The file must end with PAR1",
        |home| {
            let bytes = fs::read(home.path("sample-data/usage/2025.parquet")).unwrap();
            home.write("sample-data/usage/2025.parquet", &bytes[..3000]);
        },
    );
    assert!(said.contains("help: it was cut off or damaged on its way: export or copy it again"), "{said}");
}

/// The comments of the surveys have accents; a pin to UTF-8 is broken by the first one in Windows-1252.
#[test]
fn a_csv_in_another_encoding_than_the_pinned_one_is_refused_where_it_shows() {
    let said =
        refused(65, "sample-data/surveys.csv:20:86: error[wrong-encoding]: a character here is not UTF-8", |home| {
            let text = home.read("sample-data/surveys.csv");
            home.write("sample-data/surveys.csv", latin_1(&text));
            let source = "surveys: { path: ../sample-data/surveys.csv }";
            let pinned = "surveys: { path: ../sample-data/surveys.csv, csv: { encoding: utf-8 } }";
            home.edit("config/farol.yaml", source, pinned);
        });
    assert!(said.contains("help: pin the file's real encoding with `csv: { encoding: windows-1252 }`"), "{said}");
}

/// Half of UTF-16's code units are letters of some script: the whole file is one cell of the header.
#[test]
fn a_file_read_in_a_wrong_encoding_does_not_flood_the_terminal() {
    let home = Home::small();
    let source = "surveys: { path: ../sample-data/surveys.csv }";
    let pinned = "surveys: { path: ../sample-data/surveys.csv, csv: { encoding: utf-16 } }";
    home.edit("config/farol.yaml", source, pinned);
    let ended = home.farol(&RUN);
    assert_eq!(ended.code, Some(65));
    assert!(ended.complaint().contains("error[missing-column]: there is no column `customer_id`"), "{}", ended.stderr);
    assert!(ended.stderr.chars().count() < 1000, "{} characters", ended.stderr.chars().count());
    home.is_untouched();
}

fn latin_1(text: &str) -> Vec<u8> {
    text.chars().map(|letter| u8::try_from(u32::from(letter)).unwrap_or(b'?')).collect()
}

#[test]
fn a_table_without_rows_is_refused() {
    refused(65, "sample-data/subscriptions.csv: error[empty-table]: `subscriptions` has no rows", |home| {
        let header = home.read("sample-data/subscriptions.csv").lines().next().unwrap().to_owned() + "\n";
        home.write("sample-data/subscriptions.csv", header);
    });
    refused(65, "sample-data/subscriptions.csv: error[empty-file]: the file is empty", |home| {
        home.write("sample-data/subscriptions.csv", "");
    });
}

#[test]
fn an_unknown_kpi_is_named_with_the_one_that_was_meant() {
    let said = refused(78, "config/reports.yaml:22:7: error[unknown-kpi]: unknown KPI `npss`", |home| {
        home.edit("config/reports.yaml", "- nps\n", "- npss\n");
    });
    assert!(said.contains("help: did you mean `nps`?"), "{said}");
}

#[test]
fn every_fault_of_every_configuration_file_is_said_at_once() {
    let said =
        refused(78, "config/benchmarks.yaml:16:53: error[unknown-value]: unknown value of `status`: `grene`", |home| {
            home.edit("config/benchmarks.yaml", "status: green", "status: grene");
            home.edit("config/benchmarks.yaml", "\nchi:", "\nchii:");
            home.edit("config/reports.yaml", "- nps\n", "- npss\n");
        });
    let faults: Vec<&str> = said.lines().filter(|line| line.contains(": error[")).collect();
    assert_eq!(
        faults[1..],
        [
            "config/benchmarks.yaml:150:1: error[unknown-kpi]: unknown KPI `chii`",
            "config/reports.yaml:22:7: error[unknown-kpi]: unknown KPI `npss`",
        ],
    );
}

/// Two columns of one file and a file that is not there.
#[test]
fn every_fault_of_the_data_is_said_at_once() {
    let home = Home::small();
    home.edit("sample-data/surveys.csv", ",score,", ",scor,");
    home.edit("sample-data/surveys.csv", ",survey,", ",which,");
    fs::remove_file(home.path("sample-data/tickets.csv")).unwrap();
    let ended = home.farol(&RUN);
    assert_eq!(ended.code, Some(65));
    let faults: Vec<&str> = ended.stderr.lines().filter_map(|line| line.split("; the header").next()).collect();
    for fault in [
        "sample-data/surveys.csv:1: error[missing-column]: there is no column `survey`",
        "sample-data/surveys.csv:1: error[missing-column]: there is no column `score`",
        "sample-data/tickets.csv: error[no-such-file]: there is no such file",
    ] {
        assert!(faults.contains(&fault), "{fault}\n{}", ended.stderr);
    }
    home.is_untouched();
}

/// A table that cannot be opened does not keep another from being held to its contract.
#[test]
fn a_check_of_the_data_names_what_is_wrong_with_each_table() {
    let home = Home::small();
    home.edit("sample-data/subscriptions.csv", ",mrr,", ",monthly,");
    let header = home.read("sample-data/surveys.csv").lines().next().unwrap().to_owned() + "\n";
    home.write("sample-data/surveys.csv", header);
    let ended = home.farol(&["check", "--data"]);
    assert_eq!(ended.code, Some(65));
    for fault in [
        "sample-data/subscriptions.csv:1: error[missing-column]: there is no column `mrr`",
        "sample-data/surveys.csv: error[empty-table]: `surveys` has no rows",
    ] {
        assert!(ended.stderr.contains(fault), "{fault}\n{}", ended.stderr);
    }
}

#[test]
fn a_missing_data_file_is_missing_input() {
    refused(66, "sample-data/tickets.csv: error[no-such-file]: there is no such file", |home| {
        fs::remove_file(home.path("sample-data/tickets.csv")).unwrap();
    });
}

#[test]
fn a_configuration_that_is_not_there_is_a_fault_of_configuration() {
    let complaint = "config/farol.yaml: error[file-missing]: there is no `farol.yaml` in `config`";
    refused(78, complaint, |home| fs::remove_dir_all(home.path("config")).unwrap());
}

/// One bad row in 99 is more than 1 %, with the place of the first ones; one in 100 is not.
#[test]
fn more_bad_rows_than_allowed_stop_the_run() {
    let spoil = |home: &Home, good: usize| {
        let text = home.read("sample-data/tickets.csv");
        let mut lines: Vec<String> = text.lines().take(1 + good).map(str::to_owned).collect();
        lines.push("T999999,C00001,yesterday,,,1,false,chat,bug".into());
        home.write("sample-data/tickets.csv", lines.join("\n") + "\n");
    };
    let said = refused(
        65,
        "sample-data/tickets.csv: error[too-many-bad-rows]: 1 of 99 rows of `tickets` break their contract (1.01 %), \
         more than `max_bad_rows: 1%` allows: 1 not-a-date",
        |home| spoil(home, 98),
    );
    assert!(said.contains("sample-data/tickets.csv:100:"), "{said}");

    let home = Home::small();
    spoil(&home, 99);
    home.does(&["run", "--report", "executive"]);
    let quarantine = home.read(&format!("out/executive/{MONTH}/quarantine.csv"));
    assert_eq!(quarantine.lines().count(), 2, "{quarantine}");
    assert!(quarantine.contains(",101,opened_at,yesterday,"), "{quarantine}");
}

#[test]
fn a_command_line_that_makes_no_sense_is_told_so_before_anything_is_done() {
    let home = Home::small();
    for (arguments, complaint) in [
        ("run --period 2026-13", "error[not-a-period]: `2026-13` names no period"),
        ("run --period 2026-12", "error[period-ahead]: `2026-12` has not begun: as of 2026-11-05 it is all future"),
        ("run --report nope", "config/reports.yaml: error[unknown-report]: there is no report `nope`"),
        ("run --report board --period 2026-10", "error[other-grain]: `board` is made by quarter, not by month"),
        ("run --period 2026-W40", "error[no-report]: no report is made by week"),
        ("run --as-of 2027-01-01", "error[as-of-ahead]: `--as-of 2027-01-01` lies in the future of this run"),
        ("run --to me@aurora.example", "error: the following required arguments were not provided:"),
        ("run --send --to nobody", "error[mail-address]: `nobody` is not a mail address"),
        (
            "run --send --to me@other.example",
            "error[recipient-not-allowed]: `m…@other.example` is outside `allowed_domains`",
        ),
        ("run --send --resend", "error: the following required arguments were not provided:"),
        ("run --send --only figures", "error: the argument '--send' cannot be used with '--only <ONLY>'"),
        ("backfill --from 2026-10 --to 2026-01", "error[empty-range]: there is no period from `2026-10` to `2026-01`"),
        ("backfill --from 2026-Q1 --to 2026-03", "error[empty-range]: there is no period from `2026-Q1` to `2026-03`"),
        (
            "backfill --from 2026-01 --to 2026-12",
            "error[period-ahead]: `2026-12` has not begun: as of 2026-11-05 it is all future",
        ),
        ("backfill --from 2026-01", "error: the following required arguments were not provided:"),
        ("sample", "error[sample-out]: `farol sample` does not know where to write"),
        (
            "run --state out/ledger",
            "error[state-inside-out]: the folder of the ledger lies inside the folder of the output",
        ),
        ("frobnicate", "error: unrecognized subcommand 'frobnicate'"),
        ("", "Customer-success reporting that can be trusted"),
    ] {
        let ended = home.farol(&arguments.split_whitespace().collect::<Vec<_>>());
        assert_eq!((ended.code, ended.complaint()), (Some(2), complaint), "{arguments}: {}", ended.stderr);
    }
    home.is_untouched();
    assert!(!home.path("state").exists());
}
