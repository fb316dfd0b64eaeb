//! What a run writes and sends, to whom, and how often.

use std::collections::BTreeSet;
use std::fs;

use crate::home::{Home, Letter, MONTH};

const SEND: [&str; 4] = ["run", "--report", "executive", "--send"];

/// The letter to an address about the monthly report.
fn letter_to<'a>(letters: &'a [Letter], to: &str) -> &'a Letter {
    let found: Vec<&Letter> =
        letters.iter().filter(|letter| letter.to() == to && !letter.subject().contains("for the board")).collect();
    assert_eq!(found.len(), 1, "{to}");
    found[0]
}

/// Customers of the sample: name and region as the report shows it.
fn customers(home: &Home) -> Vec<(String, &'static str)> {
    let bytes = fs::read(home.path("sample-data/clientes.csv")).unwrap();
    // Of windows-1252 the sample uses what it shares with Latin-1.
    let text: String = bytes.into_iter().map(char::from).collect();
    let mut reader = csv::ReaderBuilder::new().delimiter(b';').flexible(true).from_reader(text.as_bytes());
    let region = |code: &str| match code {
        "S" => "Sul",
        "SE" => "Sudeste",
        "NE" => "Nordeste",
        "N" => "Norte",
        "CO" => "Centro-Oeste",
        other => panic!("{other}"),
    };
    // The file ends in blank lines, one of them of spaces.
    let rows = reader.records().map(Result::unwrap).filter(|row| row.len() == 6);
    rows.map(|row| (row[1].to_owned(), region(&row[4]))).collect()
}

/// HTML's text without its escapes.
fn unescaped(text: &str) -> String {
    let pairs = [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#x27;", "'"),
        ("&#39;", "'"),
        ("&nbsp;", "\u{a0}"),
        ("&amp;", "&"),
    ];
    pairs.iter().fold(text.to_owned(), |text, (escaped, plain)| text.replace(escaped, plain))
}

fn has_word(text: &str, word: &str) -> bool {
    let is_part = |letter: Option<char>| letter.is_some_and(char::is_alphanumeric);
    text.match_indices(word)
        .any(|(at, _)| !is_part(text[..at].chars().next_back()) && !is_part(text[at + word.len()..].chars().next()))
}

/// The reader of a part sees a trial of that part's mail; a stranger that of the first reader, who sees everything.
#[test]
fn a_trial_to_a_reader_is_that_readers_own_mail() {
    let home = Home::small();
    for to in ["sul@aurora.example", "me@aurora.example"] {
        home.does(&[&SEND[..], &["--to", to]].concat());
    }
    let letters = home.all_letters();
    let languages: Vec<(String, bool)> =
        letters.iter().map(|letter| (letter.to(), letter.subject().contains("Éxito del cliente"))).collect();
    assert_eq!(languages.len(), 2);
    assert!(languages.contains(&("sul@aurora.example".to_owned(), true)), "{languages:?}");
    assert!(languages.contains(&("me@aurora.example".to_owned(), false)), "{languages:?}");
}

/// The README's first command, then the same again.
#[test]
fn the_first_run_writes_and_delivers_the_second_sends_nothing() {
    let home = Home::shipped();
    let ended = home.does(&["run", "--send"]);
    for line in [
        "wrote out/board/2026-Q3",
        "sent `board` 2026-Q3 to 1 recipient",
        "wrote out/executive/2026-10",
        "sent `executive` 2026-10 to 3 recipients",
    ] {
        assert!(ended.stderr.lines().any(|said| said == line), "{line}\n{}", ended.stderr);
    }
    let first = home.files("out");
    let folder = format!("executive/{MONTH}/");
    let names: Vec<&str> =
        first.keys().filter_map(|name| name.strip_prefix(&folder)).filter(|name| !name.ends_with(".png")).collect();
    let sul = "es-419.regionSul-bc361161.no-names";
    let mut expected: Vec<String> = ["figures.csv", "quarantine.csv", "run.json"].map(str::to_owned).to_vec();
    for form in ["", ".en.no-names", &format!(".{sul}")] {
        for file in ["report.html", "report.json", "report.xlsx", "email.html", "email.txt"] {
            expected.push(file.replacen('.', &format!("{form}."), 1));
        }
    }
    expected.sort();
    assert_eq!(names, expected);
    pictures_stand_beside(&home, &first, &folder);
    assert_eq!(home.open_to_others("out"), [""; 0]);
    assert_eq!(home.open_to_others("state"), [""; 0]);

    let letters = home.letters();
    let mut recipients: Vec<String> = letters.iter().map(Letter::to).collect();
    recipients.sort();
    let expected = ["board@aurora.example", "board@aurora.example", "diretoria@aurora.example", "sul@aurora.example"];
    assert_eq!(recipients, expected);
    let ids: BTreeSet<String> = letters.iter().map(|letter| letter.parsed().message_id().unwrap().to_owned()).collect();
    assert_eq!(ids.len(), 4);
    nobody_sees_what_is_not_theirs(&home, &letters);
    charts_are_for_those_who_may_see_them(&home, &folder);

    let again = home.does(&["run", "--send"]);
    assert!(again.stderr.contains("`executive` 2026-10 was already sent to 3 recipients"), "{}", again.stderr);
    assert!(again.stderr.contains("`board` 2026-Q3 was already sent to 1 recipient"), "{}", again.stderr);
    assert_eq!(home.letters().len(), 4);
    let second = home.files("out");
    assert_eq!(first.keys().collect::<Vec<_>>(), second.keys().collect::<Vec<_>>());
    for (name, bytes) in &first {
        if name.ends_with("/run.json") {
            assert_eq!(without_timings(bytes), without_timings(&second[name]), "{name}");
        } else {
            assert_eq!(bytes, &second[name], "{name}");
        }
    }
}

/// The mail on disk shows pictures that are there, and nothing that is not.
fn pictures_stand_beside(home: &Home, files: &std::collections::BTreeMap<String, Vec<u8>>, folder: &str) {
    let html = home.read(&format!("out/{folder}email.html"));
    let shown: BTreeSet<&str> = html.split("src=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    assert!(!shown.is_empty());
    for picture in shown {
        let bytes = files.get(&format!("{folder}{picture}")).unwrap_or_else(|| panic!("no {picture}"));
        assert!(bytes.starts_with(b"\x89PNG"), "{picture}");
    }
}

/// Single customers are drawn for who may see names; no curve tells of fewer than five customers, whoever sees it.
fn charts_are_for_those_who_may_see_them(home: &Home, folder: &str) {
    let forms = [("", true), (".en.no-names", false), (".es-419.regionSul-bc361161.no-names", false)];
    for (form, has_names) in forms {
        let report: serde_json::Value =
            serde_json::from_str(&home.read(&format!("out/{folder}report{form}.json"))).unwrap();
        let chart = |anchor: &str| report["charts"].as_array().unwrap().iter().find(|chart| chart["anchor"] == anchor);
        assert_eq!(chart("health-and-revenue").is_some(), has_names, "{form}");
        let curves = &chart("survival").unwrap()["drawing"]["curves"];
        let at_risk: Vec<u64> = curves
            .as_array()
            .unwrap()
            .iter()
            .flat_map(|curve| curve["at_risk"].as_array().unwrap())
            .filter_map(|count| count.as_str().unwrap().parse().ok())
            .collect();
        assert!(at_risk.len() >= 9 && at_risk.iter().all(|count| *count >= 5), "{form}: {at_risk:?}");
        // 560 customers in three plans; 129 of them in Sul.
        let begun: u64 = curves
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|curve| curve["at_risk"][0].as_str()?.parse::<u64>().ok())
            .sum();
        assert_eq!(begun, if form.contains("Sul") { 129 } else { 560 }, "{form}");
    }
}

/// `run.json` without what may differ.
fn without_timings(bytes: &[u8]) -> serde_json::Value {
    let mut run: serde_json::Value = serde_json::from_slice(bytes).unwrap();
    let timings = run.as_object_mut().unwrap().remove("timings").unwrap();
    for moment in ["started", "computed", "rendered", "written"] {
        timings[moment].as_str().unwrap().parse::<chrono::DateTime<chrono::Utc>>().unwrap();
    }
    run
}

/// `only: { region: Sul }` sees no other region's name and no customer of one; without `names: true` no customer at all.
fn nobody_sees_what_is_not_theirs(home: &Home, letters: &[Letter]) {
    let customers = customers(home);
    assert_eq!(customers.len(), 560);
    let sul = letter_to(letters, "sul@aurora.example").readable();
    let board = letter_to(letters, "board@aurora.example").readable();
    let leaders = letter_to(letters, "diretoria@aurora.example").readable();
    // Subject, HTML, text, and three attachments: nothing that a reader could open is left out.
    assert_eq!(sul.len(), 6, "{:?}", sul.iter().map(|(kind, _)| kind).collect::<Vec<_>>());

    let workbook = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet report-2026-10.xlsx";
    // A reader of one region has no table of regions.
    assert!(sul.iter().any(|(kind, text)| kind == workbook && has_word(text, "Starter")));
    for (kind, text) in &sul {
        for region in ["Sudeste", "Nordeste", "Norte", "Centro-Oeste"] {
            assert!(!has_word(text, region), "{region} in {kind}");
        }
    }
    assert!(sul.iter().any(|(_, text)| has_word(text, "Sul")));
    assert!(board.iter().filter(|(_, text)| has_word(text, "Nordeste")).count() >= 3, "the search finds what is there");

    for (letter, who) in [(&sul, "sul"), (&board, "board")] {
        for (kind, text) in letter {
            let text = unescaped(text);
            for (name, _) in &customers {
                assert!(!text.contains(name.as_str()), "{who}: `{name}` in {kind}");
            }
            let ids = text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| {
                word.len() == 6 && word.starts_with('C') && word[1..].bytes().all(|byte| byte.is_ascii_digit())
            });
            assert_eq!(ids.collect::<Vec<_>>(), [""; 0], "{who}: customers' ids in {kind}");
        }
    }
    let named = |text: &str| customers.iter().filter(|(name, _)| unescaped(text).contains(name.as_str())).count();
    let bodies = leaders.iter().filter(|(kind, text)| !kind.contains(".csv") && named(text) > 0).count();
    assert_eq!(
        bodies, 4,
        "mail's HTML and text, the attached report and the workbook name customers to who may see them"
    );

    // Its own total is the region's figure.
    let own = &sul.iter().find(|(kind, _)| kind.contains("figures-2026-10.csv")).unwrap().1;
    let all = home.read(&format!("out/executive/{MONTH}/figures.csv"));
    let figure = |text: &str, dimension: &str, segment: &str, kpi: &str| {
        let start = format!("2026-10,month,{dimension},{segment},{kpi},");
        text.lines().find_map(|line| line.strip_prefix(&start)).unwrap().split(',').next().unwrap().to_owned()
    };
    for kpi in ["mrr_closing", "nps", "customer_churn_rate", "chi"] {
        let (ours, theirs) = (figure(own, "total", "total", kpi), figure(&all, "region", "Sul", kpi));
        assert!(!ours.is_empty() && ours == theirs, "{kpi}: {ours} {theirs}");
    }
}

/// With names, but of the South: whoever may call customers may call only those.
#[test]
fn a_scoped_reader_who_may_see_names_sees_those_of_the_scope() {
    let home = Home::shipped();
    home.edit(
        "config/reports.yaml",
        "locale: es-419, only: { region: Sul }",
        "locale: es-419, names: true, only: { region: Sul }",
    );
    home.does(&SEND);
    let letters = home.letters();
    let customers = customers(&home);
    let text = letter_to(&letters, "sul@aurora.example").readable();
    let text = unescaped(&text.into_iter().map(|(_, text)| text).collect::<Vec<_>>().concat());
    let seen: Vec<_> = customers.iter().filter(|(name, _)| text.contains(name.as_str())).collect();
    // Customers of several regions may have one name.
    let of_sul: BTreeSet<&str> =
        customers.iter().filter(|(_, region)| *region == "Sul").map(|(name, _)| name.as_str()).collect();
    let foreign: Vec<_> = seen.iter().filter(|(name, _)| !of_sul.contains(name.as_str())).collect();
    assert!(seen.len() > 20 && foreign.is_empty(), "{foreign:?}");
}

#[test]
fn nothing_happens_in_a_dry_run() {
    let home = Home::small();
    let ended = home.does(&["run", "--send", "--dry-run"]);
    let said: Vec<&str> = ended.stderr.lines().collect();
    assert_eq!(
        said,
        [
            "would write out/board/2026-Q3",
            "would send `board` 2026-Q3 to 1 recipient",
            "would write out/executive/2026-10",
            "would send `executive` 2026-10 to 3 recipients",
        ],
    );
    assert!(!home.path("out").exists() && !home.path("state").exists());
}

/// Trial, then in earnest, then once more with a reason.
#[test]
fn a_trial_counts_for_nobody_and_a_resend_is_a_revision() {
    let home = Home::small();
    home.does(&[&SEND[..], &["--to", "me@aurora.example"]].concat());
    let trial = home.letters();
    assert_eq!(trial.iter().map(Letter::to).collect::<Vec<_>>(), ["me@aurora.example"]);

    let ended = home.does(&SEND);
    assert!(ended.stderr.contains("sent `executive` 2026-10 to 3 recipients"), "{}", ended.stderr);
    let sent = home.letters();
    assert_eq!(sent.len(), 4);
    let leaders = letter_to(&sent, "diretoria@aurora.example");
    assert!(trial[0].readable() == leaders.readable(), "a trial is the mail that the first recipient gets");
    let subject = leaders.subject();
    assert!(!subject.contains("revis"), "{subject}");

    let ended = home.does(&[&SEND[..], &["--resend", "--reason", "tickets were late"]].concat());
    assert!(ended.stderr.contains("sent `executive` 2026-10 to 3 recipients"), "{}", ended.stderr);
    let letters = home.letters();
    assert_eq!(letters.len(), 7);
    let to_leaders: Vec<_> = letters.iter().filter(|letter| letter.to() == "diretoria@aurora.example").collect();
    let mut subjects: Vec<String> = to_leaders.iter().map(|letter| letter.subject()).collect();
    subjects.sort_by_key(String::len);
    assert_eq!(subjects.len(), 2);
    assert_eq!(subjects[0], subject);
    assert!(subjects[1].contains("revisão 2"), "{subjects:?}");
    let ids: BTreeSet<String> =
        to_leaders.iter().map(|letter| letter.parsed().message_id().unwrap().to_owned()).collect();
    assert_eq!(ids.len(), 2, "a revision is a message of its own");
    let revision = to_leaders.iter().find(|letter| letter.subject() == subjects[1]).unwrap();
    let parsed = revision.parsed();
    let original = leaders.parsed().message_id().unwrap().to_owned();
    assert_eq!(parsed.in_reply_to().as_text(), Some(original.as_str()));
    assert_eq!(parsed.references().as_text(), Some(original.as_str()));
    for (kind, text) in revision.readable().into_iter().filter(|(kind, _)| kind.ends_with("body")) {
        assert!(text.contains("Enviado novamente: tickets were late"), "{kind}");
    }

    let ended = home.does(&SEND);
    assert!(ended.stderr.contains("already sent to 3 recipients"), "{}", ended.stderr);
    assert_eq!(home.letters().len(), 7);
}

#[test]
fn only_figures_writes_the_same_figures_and_nothing_else() {
    let home = Home::small();
    home.does(&["run", "--report", "executive", "--only", "figures"]);
    let figures = home.files("out");
    let name = format!("executive/{MONTH}/figures.csv");
    assert_eq!(figures.keys().collect::<Vec<_>>(), [&name]);
    assert_eq!(home.open_to_others("out"), [""; 0]);
    home.does(&["run", "--report", "executive", "--out", "whole", "--state", "other"]);
    assert!(home.files("whole")[&name] == figures[&name], "the figures of a whole run differ");
}
