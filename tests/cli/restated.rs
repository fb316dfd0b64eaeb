//! Changed since we told you: what was sent before and is no longer so, in the next mail to the same readers.

use std::fmt::Write as _;

use crate::home::{Home, Letter};

const FARM: &str = "company: { name: Case, locale: en, currency: BRL, timezone: UTC }
as_of: 2026-11-10
out: ../out/
state: ../state/
data:
  customers: { path: ../data/customers.csv }
  surveys: { path: ../data/surveys.csv }
segments: [region]
delivery:
  from: \"Farol <farol@case.example>\"
  allowed_domains: [case.example]
  transport: { maildir: ../out/maildir }
";

const REPORTS: &str = "cases:
  kpis: [nps, nps_promoters]
  segments: [region]
  history: 3
  attach: [html]
  recipients:
    - { to: \"all@case.example\", locale: en }
    - { to: \"south@case.example\", locale: en, only: { region: South } }
";

/// Twenty customers in the North, twenty in the South, three in the West. In September half of each answer 10 and half
/// 0, in October the same: NPS 0 in the North and in the South.
fn company() -> Home {
    let home = Home::empty();
    home.write("config/farol.yaml", FARM);
    home.write("config/kpis.yaml", "{}");
    home.write("config/reports.yaml", REPORTS);
    let mut customers = "customer_id,signup_date,region\n".to_owned();
    let mut surveys = "customer_id,respondent_id,survey,score,responded_at\n".to_owned();
    for number in 1..=43 {
        let region = match number {
            1..=20 => "North",
            21..=40 => "South",
            _ => "West",
        };
        writeln!(customers, "C{number:02},2025-01-01,{region}").unwrap();
        for month in ["09", "10"] {
            let score = if number % 2 == 0 { 10 } else { 0 };
            writeln!(surveys, "C{number:02},p{number},nps,{score},2026-{month}-10").unwrap();
        }
    }
    home.write("data/customers.csv", customers);
    home.write("data/surveys.csv", surveys);
    home
}

fn send(home: &Home, period: &str) {
    home.does(&["run", "--report", "cases", "--period", period, "--send"]);
}

/// The section in the text of the newest letter to an address, without its heading; none if it has none.
fn section(home: &Home, to: &str, month: &str) -> Option<Vec<String>> {
    let letters = home.letters();
    let of: Vec<&Letter> =
        letters.iter().filter(|letter| letter.to() == to && letter.subject().contains(month)).collect();
    let readable = of.last().unwrap().readable();
    let (_, text) = readable.iter().find(|(name, _)| name == "text/plain body").unwrap();
    let (_, page) = readable.iter().find(|(name, _)| name.starts_with("text/html report")).unwrap();
    let text = text.replace('\r', "");
    let section =
        text.split("== Changed since we told you ==\n").nth(1).map(|rest| rest.split("\n== ").next().unwrap());
    assert_eq!(section.is_some(), page.contains("id=\"restated\""), "the page and the mail say the same");
    let lines = section?.lines().map(|line| line.trim().replace('\u{a0}', " ")).filter(|line| !line.is_empty()).skip(1);
    Some(lines.collect())
}

/// The first answer of September was 0 and becomes 10: of 43 answers 22 are promoters and 21 detractors instead of 21
/// and 22. NPS from −100/43 = −2.3 to 2.3, in the North from 0 to 10; promoters from 48.8 % to 51.2 %, from 50 % to 55 %.
#[test]
fn the_next_mail_says_what_was_told_otherwise() {
    let home = company();
    send(&home, "2026-09");
    home.edit("data/surveys.csv", "C01,p1,nps,0,2026-09-10", "C01,p1,nps,10,2026-09-10");
    send(&home, "2026-10");
    let lines = section(&home, "all@case.example", "Oct").unwrap();
    let told: Vec<&str> = lines.iter().map(|line| line.split(" (Sent").next().unwrap()).collect();
    assert_eq!(
        told,
        [
            "- Net Promoter Score, Sep ’26: was −2.3, is now 2.3",
            "- NPS promoters, Sep ’26: was 48.8%, is now 51.2%",
            "- Net Promoter Score, North, Sep ’26: was 0.0, is now 10.0",
            "- NPS promoters, North, Sep ’26: was 50.0%, is now 55.0%",
        ]
    );
    assert!(lines.iter().all(|line| line.ends_with("; New data: Surveys)")), "{lines:?}");
    assert_eq!(section(&home, "south@case.example", "Oct"), None, "nothing has moved in the South");
}

#[test]
fn nothing_is_said_where_nothing_moved_or_nothing_was_sent() {
    let home = company();
    send(&home, "2026-09");
    send(&home, "2026-10");
    assert_eq!(section(&home, "all@case.example", "Sep"), None);
    assert_eq!(section(&home, "all@case.example", "Oct"), None);
    let home = company();
    // Written, never sent; and a trial is no telling either.
    home.does(&["run", "--report", "cases", "--period", "2026-09"]);
    home.does(&["run", "--report", "cases", "--period", "2026-09", "--send", "--to", "me@case.example"]);
    home.edit("data/surveys.csv", "C01,p1,nps,0,2026-09-10", "C01,p1,nps,10,2026-09-10");
    send(&home, "2026-10");
    assert_eq!(section(&home, "all@case.example", "Oct"), None);
}

/// Three answers of the West are too few to be shown, before and after: the whole moves, the West is named nowhere.
#[test]
fn what_is_withheld_is_not_restated() {
    let home = company();
    send(&home, "2026-09");
    home.edit("data/surveys.csv", "C41,p41,nps,0,2026-09-10", "C41,p41,nps,10,2026-09-10");
    send(&home, "2026-10");
    let lines = section(&home, "all@case.example", "Oct").unwrap();
    assert!(lines[0].starts_with("- Net Promoter Score, Sep ’26: was −2.3, is now 2.3"), "{lines:?}");
    assert!(lines.iter().all(|line| !line.contains("West")), "{lines:?}");
}

/// A score of 8 satisfies by default; from 9 on it does not: no row has changed.
#[test]
fn a_definition_that_changed_is_named_as_the_reason() {
    let home = company();
    home.edit("config/reports.yaml", "[nps, nps_promoters]", "[csat_satisfied]");
    let surveys = home.read("data/surveys.csv").replace(",nps,10,", ",csat,8,").replace(",nps,0,", ",csat,2,");
    home.write("data/surveys.csv", surveys);
    send(&home, "2026-09");
    home.write("config/kpis.yaml", "csat: { scale: [1, 10], satisfied: 9 }");
    home.does(&["run", "--report", "cases", "--period", "2026-09", "--send", "--resend", "--reason", "definition"]);
    let lines = section(&home, "all@case.example", "revision 2").unwrap();
    assert!(lines[0].starts_with("- Satisfied customers (CSAT), Sep ’26: was 48.8%, is now 0.0%"), "{lines:?}");
    assert!(lines.iter().all(|line| line.ends_with("; Other definitions)")), "{lines:?}");
}
