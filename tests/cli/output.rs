//! What the commands that only look say.

use std::fmt::Write as _;

use crate::home::{Ended, Home};

/// A command under a clock that stands at noon of 10 November 2026 (São Paulo, UTC−3), as the shell would start it.
fn at_noon(home: &Home, arguments: &[&str]) -> Ended {
    let ended = home.at("2026-11-10 15:00:00", arguments);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    ended
}

/// The fifth of a month, and the eighth of a quarter's first month, at seven.
#[test]
fn the_next_firings_are_said_in_the_companys_time() {
    let home = Home::small();
    assert_eq!(
        at_noon(&home, &["schedule", "--next", "3"]).stdout,
        "Sat 2026-12-05 07:00 America/Sao_Paulo (2026-12-05T10:00:00Z) `executive` 2026-11\n\
         Tue 2027-01-05 07:00 America/Sao_Paulo (2027-01-05T10:00:00Z) `executive` 2026-12\n\
         Fri 2027-01-08 07:00 America/Sao_Paulo (2027-01-08T10:00:00Z) `board` 2026-Q4\n",
    );
}

#[test]
fn a_check_of_a_good_configuration_says_so_and_when_it_fires() {
    let home = Home::small();
    assert_eq!(
        at_noon(&home, &["check"]).stdout,
        "configuration in config: no fault\n\
         `executive` (0 7 5 * *): Sat 2026-12-05 07:00, Tue 2027-01-05 07:00, Fri 2027-02-05 07:00, \
         Fri 2027-03-05 07:00, Mon 2027-04-05 07:00\n\
         `board` (0 7 8 1,4,7,10 *): Fri 2027-01-08 07:00, Thu 2027-04-08 07:00, Thu 2027-07-08 07:00, \
         Fri 2027-10-08 07:00, Sat 2028-01-08 07:00\n",
    );
    home.is_untouched();
}

/// Neither stops anything today.
#[test]
fn a_check_says_what_will_be_missed_one_day() {
    let home = Home::tiny();
    // The folder of `../farol.prom` is the current one, which is there.
    let told = home.does(&["check"]).stderr;
    assert!(!told.contains("no-metrics-folder"), "{told}");
    home.edit("config/farol.yaml", "metrics: ../farol.prom", "metrics: ../textfile/farol.prom");
    home.edit("config/farol.yaml", "  operators: [ops@example.com]\n", "");
    let way = "transport: { smtp: { host: 127.0.0.1, port: 2525, tls: none } }";
    home.edit("config/farol.yaml", "transport: { maildir: ../out/maildir }", way);
    let told = home.does(&["check"]).stderr;
    for code in ["warning[no-operators]", "warning[no-metrics-folder]"] {
        assert_eq!(told.matches(code).count(), 1, "{code}: {told}");
    }
}

/// Rows and troubles as `sample-data/README.md` lists them.
#[test]
fn a_check_of_the_data_counts_what_holds_and_what_does_not() {
    let home = Home::shipped();
    let ended = home.does(&["check", "--data"]);
    // Blank lines at the end of a file are nobody's concern; that the sample stands still, and is scheduled, is.
    assert!(ended.complaint().contains("warning[as-of-scheduled]: `as_of: 2026-11-05`"), "{}", ended.stderr);
    assert_eq!(ended.stderr.matches('[').count(), 1, "{}", ended.stderr);
    let tables: Vec<&str> = ended.stdout.lines().skip(3).collect();
    assert_eq!(
        tables,
        [
            "customers: 560 rows hold their contract",
            "subscriptions: 1654 rows hold their contract, 2 do not (1 negative, 1 wrong-order)",
            "orders: 2818 rows hold their contract, 2 do not (1 not-a-number, 1 in-the-future)",
            "surveys: 16982 rows hold their contract, 3 do not (1 out-of-range, 1 wrong-order, 1 orphan)",
            "tickets: 12274 rows hold their contract, 1 do not (1 repeated-key)",
            "usage: 199557 rows hold their contract",
            "interactions: 6210 rows hold their contract, 2 do not (1 repeated-row, 1 empty-reference)",
            "retention_costs: 1022 rows hold their contract",
            "goals: 2351 rows hold their contract",
            "onboarding: 298 rows hold their contract",
            "leads: 1134 rows hold their contract",
            "staff: 39 rows hold their contract",
        ],
    );
    home.is_untouched();
}

#[test]
fn a_check_of_bad_data_fails() {
    let home = Home::small();
    home.edit("sample-data/subscriptions.csv", ",mrr,", ",mmr,");
    let ended = home.farol(&["check", "--data"]);
    assert_eq!(ended.code, Some(65));
    let fault = "\nsample-data/subscriptions.csv:1: error[missing-column]:";
    assert!(ended.stderr.contains(fault), "{}", ended.stderr);
}

#[test]
fn the_catalogue_says_what_can_be_computed_and_what_is_missing() {
    let home = Home::small();
    let whole = home.does(&["kpis"]).stdout;
    let state = |text: &str, kpi: &str| {
        let line = text.lines().find(|line| line.split_whitespace().next() == Some(kpi)).unwrap().to_owned();
        line.split_whitespace().nth(2).unwrap().to_owned()
    };
    assert!(whole.lines().next().unwrap().starts_with("kpi "), "{whole}");
    for kpi in ["nps", "customer_churn_rate", "nrr", "ltv", "fcr", "chi", "crc", "turnover_index"] {
        assert_eq!(state(&whole, kpi), "yes", "{kpi}");
    }
    assert_eq!(whole.lines().skip(1).filter(|line| !line.contains(" yes ")).count(), 0, "{whole}");

    home.edit("config/farol.yaml", "  tickets: { path: ../sample-data/tickets.csv }\n", "");
    home.edit("sample-data/surveys.csv", ",sent_at,", ",posted,");
    let less = home.does(&["kpis"]).stdout;
    assert!(less.contains("needs tickets."), "{less}");
    assert_eq!(state(&less, "fcr"), "needs");
    assert_eq!((state(&less, "nps").as_str(), state(&less, "nps_response_rate").as_str()), ("yes", "needs"));

    // Without a configuration it is a catalogue all the same.
    std::fs::remove_dir_all(home.path("config")).unwrap();
    assert_eq!(state(&home.does(&["kpis"]).stdout, "nps"), "-");
}

/// The command that its README names.
#[test]
fn the_shipped_data_are_what_sample_writes() {
    let home = Home::shipped();
    let readme = home.read("sample-data/README.md");
    let line = readme.lines().find(|line| line.starts_with("farol sample ")).unwrap();
    let arguments: Vec<&str> = line.split_whitespace().skip(1).collect();
    assert_eq!(arguments[arguments.len() - 2..], ["--out", "sample-data"]);
    let shipped = home.files("sample-data");
    std::fs::remove_dir_all(home.path("sample-data")).unwrap();
    let ended = home.does(&arguments);
    assert!(ended.stderr.starts_with("wrote 560 customers over 36 months to sample-data: "), "{}", ended.stderr);
    let made = home.files("sample-data");
    assert_eq!(made.keys().collect::<Vec<_>>(), shipped.keys().collect::<Vec<_>>());
    let other: Vec<_> = made.iter().filter(|(name, bytes)| shipped[*name] != **bytes).map(|(name, _)| name).collect();
    assert!(other.is_empty(), "{other:?}");
}

/// `--quiet` leaves only faults; what JSON lines hold is tested with the exit codes.
#[test]
fn logs_are_quiet_when_asked() {
    let home = Home::small();
    assert_eq!(home.does(&["run", "--report", "executive", "--only", "figures", "--quiet"]).stderr, "");
    let quiet = ["run", "--report", "executive", "--only", "figures", "--quiet", "--log-format", "json"];
    assert_eq!(home.does(&quiet).stderr, "");
}

/// February 2021 has four whole weeks, with 10, 10, 10 and 2 answers.
fn four_weeks() -> Home {
    let home = Home::empty();
    let customers = (0..8).map(|n| format!("C{n},2020-01-01\n")).collect::<Vec<_>>().concat();
    home.write("data/customers.csv", "customer_id,signup_date\n".to_owned() + &customers);
    let days = [("02", 10), ("09", 10), ("16", 10), ("23", 2)];
    let answers = days.iter().flat_map(|(day, answers)| (0..*answers).map(move |n| (day, n)));
    let answers = answers.map(|(day, n)| format!("C{},R{day}{n},9,2021-02-{day},2021-02-{day}\n", n % 8));
    let answers = answers.collect::<Vec<_>>().concat();
    home.write("data/surveys.csv", "customer_id,respondent_id,score,sent_at,responded_at\n".to_owned() + &answers);
    let farol = "company: { name: Case, locale: en, currency: BRL, timezone: America/Sao_Paulo }\nas_of: 2021-03-10\n\
         data:\n  customers: { path: ../data/customers.csv }\n  surveys: { path: ../data/surveys.csv, columns: { survey: { const: nps } } }\n\
         delivery: { allowed_domains: [case.example] }\n";
    home.write("config/farol.yaml", farol);
    home
}

/// A report of its NPS.
fn of_nps(name: &str, grain: &str, to: &str) -> String {
    format!("{name}: {{ grain: {grain}, kpis: [nps], segments: [], history: 2, recipients: [{{ to: {to} }}] }}\n")
}

/// Whoever gets weeks and month could take the three weeks from the month; who gets the month alone sees all of it.
#[test]
fn a_month_that_is_withheld_for_the_sake_of_a_week_is_told_with_the_reason() {
    let home = four_weeks();
    let run = |weekly: &str| {
        let reports = of_nps("monthly", "month", "ana@case.example") + &of_nps("weekly", "week", weekly);
        home.write("config/reports.yaml", reports);
        let ended = home.does(&["run", "--report", "monthly"]);
        (ended.stderr, home.read("out/monthly/2021-02/email.txt").replace('\u{a0}', " "))
    };
    let (apart, mail) = run("bia@case.example");
    assert!(mail.contains("100.0") || mail.contains("100 "), "{mail}");
    assert!(!apart.contains("withheld-together"), "{apart}");
    let (together, mail) = run("ana@case.example");
    assert!(mail.contains("withheld (for groups < 5)"), "{mail}");
    let said = "config/reports.yaml: warning[withheld-together]: `nps` of `monthly` is withheld in 2021-02, because somebody who \
                gets it also gets `weekly`: together they would tell what fewer than 5 people answered";
    assert!(together.contains(said), "{together}");
}

/// Ana got the weeks, by a report that is no more. The month would tell her of the week that was withheld; not Bia.
#[test]
fn a_month_that_is_withheld_for_the_sake_of_weeks_that_were_sent_is_told_with_the_reason() {
    let home = four_weeks();
    home.write("config/reports.yaml", of_nps("weekly", "week", "ana@case.example"));
    home.does(&["backfill", "--report", "weekly", "--from", "2021-W05", "--to", "2021-W08", "--send"]);
    let monthly = |to: &str| {
        home.write("config/reports.yaml", of_nps("monthly", "month", to));
        let ended = home.does(&["run", "--report", "monthly", "--send"]);
        (ended.stderr, home.read("out/monthly/2021-02/email.txt").replace('\u{a0}', " "))
    };
    let (said, mail) = monthly("bia@case.example");
    assert!(!mail.contains("withheld (") && !said.contains("withheld-together"), "{said} {mail}");
    let (said, mail) = monthly("ana@case.example");
    assert!(mail.contains("withheld (for groups < 5)"), "{mail}");
    let expected = "config/reports.yaml: warning[withheld-together]: `nps` of `monthly` is withheld in 2021-02, because somebody who \
                    gets it was sent other figures of these answers before, by `weekly`: together they would tell what fewer than 5 people answered";
    assert!(said.contains(expected), "{said}");
    // A trial to somebody else shows Ana's mail.
    home.does(&["run", "--report", "monthly", "--send", "--to", "carl@case.example"]);
    assert!(home.read("out/monthly/2021-02/email.txt").contains("withheld"));
    // Once it is Bia's, so is the trial.
    home.write("config/reports.yaml", of_nps("monthly", "month", "bia@case.example"));
    home.does(&["run", "--report", "monthly", "--send", "--to", "dora@case.example"]);
    assert!(!home.read("out/monthly/2021-02/email.txt").contains("withheld"));
}

/// Users and managers of three months: 20 and 6, 20 and 7, 20 and 1. The months show the roles' NPS, but not March's: the one
/// manager would be known. The quarter's gap, in a report of its own, would tell the same.
#[test]
fn a_gap_between_roles_gives_away_nobody_whom_another_report_hides() {
    let home = four_weeks();
    let mut rows = "customer_id,respondent_id,respondent_role,score,sent_at,responded_at\n".to_owned();
    for (month, managers) in [("01", 6), ("02", 7), ("03", 1)] {
        for (role, many) in [("user", 20), ("manager", managers)] {
            for n in 0..many {
                let (day, score) = (format!("2021-{month}-10"), 7 + n % 4);
                writeln!(rows, "C{},{role}{month}{n},{role},{score},{day},{day}", n % 8).unwrap();
            }
        }
    }
    home.write("data/surveys.csv", rows);
    let farol = home.read("config/farol.yaml").replace("as_of: 2021-03-10", "as_of: 2021-04-10");
    home.write("config/farol.yaml", farol);
    let monthly = of_nps("monthly", "month", "ana@case.example");
    let gap = |to: &str| of_nps("gap", "quarter", to).replace("[nps]", "[nps_role_gap]");
    let is_hidden = |reports: String, how: &[&str]| {
        home.write("config/reports.yaml", reports);
        home.does(&[&["run", "--report", "gap"], how].concat());
        home.read("out/gap/2021-Q1/email.txt").contains("withheld")
    };
    assert!(!is_hidden(gap("bia@case.example") + &monthly, &[]));
    assert!(is_hidden(gap("ana@case.example") + &monthly, &[]));
    // The same where the months were sent, by a report that is no more.
    home.write("config/reports.yaml", monthly);
    home.does(&["backfill", "--report", "monthly", "--from", "2021-01", "--to", "2021-03", "--send"]);
    assert!(is_hidden(gap("ana@case.example"), &["--send"]));
    assert!(!is_hidden(gap("bia@case.example"), &["--send"]));
}

/// Fourteen weeks of 2026, 12 answers each; of those that hold a month's end 12 on each side, but 3 in April: all weeks less all
/// months would tell them. No run shows more than one period, and none shares a day with most of the others.
#[test]
fn a_chain_of_weeks_and_months_gives_away_nobody_at_its_end() {
    let home = four_weeks();
    let thursdays = ["01-01", "01-08", "01-15", "01-22", "02-05", "02-12", "02-19", "03-05", "03-12", "03-19", "03-26"];
    let ends = ["01-28", "02-01", "02-25", "03-01", "03-31", "04-01"];
    let mut rows = "customer_id,respondent_id,score,sent_at,responded_at\n".to_owned();
    for day in thursdays.into_iter().chain(ends) {
        for n in 0..if day == "04-01" { 3 } else { 12 } {
            writeln!(rows, "C{},R{day}{n},{},2026-{day},2026-{day}", n % 8, 7 + n % 4).unwrap();
        }
    }
    home.write("data/surveys.csv", rows);
    let farol = home.read("config/farol.yaml").replace("as_of: 2021-03-10", "as_of: 2026-05-10");
    home.write("config/farol.yaml", farol);
    let reports = of_nps("w", "week", "ana@case.example") + &of_nps("m", "month", "ana@case.example");
    home.write("config/reports.yaml", reports.replace("history: 2", "history: 1"));
    let said: Vec<String> = (1..=14)
        .map(|week| ("w", format!("2026-W{week:02}")))
        .chain(["2026-01", "2026-02", "2026-03"].map(|month| ("m", month.to_owned())))
        .map(|(report, period)| home.does(&["run", "--report", report, "--period", &period, "--send"]).stderr)
        .collect();
    let expected = "`nps` of `m` is withheld in 2026-03, because somebody who gets it was sent other figures of these answers before, by `m`, `w`";
    assert!(said[16].contains(expected), "{}", said[16]);
    assert!(said[..16].iter().all(|said| !said.contains("withheld-together")), "{said:?}");
}
