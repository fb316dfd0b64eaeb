//! Quotes through the whole program: hostile comments, small groups, parts of the customers, and nothing at all.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;

use super::Made;

/// What forty people say of support, twenty on either side; ten more say what nobody may see of them.
///
/// Of the secrets the e-mail address, the link, the telephone, the CPF and the amount are hidden by their form; Joana by
/// being rare, Acme by being the customer's name, Ricardo (whom six people name, with a capital) by never being written
/// small.
fn answers() -> String {
    let mut text = String::new();
    for number in 1..=20 {
        writeln!(text, "C{number:02},p{number},nps,2,o suporte demora muito para responder e nunca resolve nada,pt,2026-07-{number:02}").unwrap();
        writeln!(
            text,
            "C{:02},q{number},nps,10,\"o suporte sempre responde, e resolve tudo muito bem\",pt,2026-07-{number:02}",
            number + 20
        )
        .unwrap();
    }
    let hostile = [
        "o suporte demora muito, Joana nunca responde e resolve nada",
        "<b>o suporte</b> demora <script>alert(1)</script> muito para responder e nunca resolve nada",
        "o suporte demora\u{202e} muito e nunca responde: joana@acme.com.br ou (11) 98765-4321",
        "o suporte Acme demora muito e nunca responde, CPF 123.456.789-09, R$ 1.500,00",
        "o suporte demora muito, veja https://acme.com/x\r\nBcc: todos@acme.com e nunca responde",
    ];
    for (place, comment) in hostile.iter().enumerate() {
        let number = 41 + place;
        writeln!(text, "C{number},r{number},nps,1,\"{comment}\",pt,2026-07-25").unwrap();
    }
    for number in 46..=51 {
        writeln!(text, "C{number},s{number},nps,0,o suporte Ricardo demora muito e nunca responde nada,pt,2026-07-26")
            .unwrap();
    }
    let long = "o suporte nunca resolve nada e demora muito. ".repeat(9);
    writeln!(text, "C52,t52,nps,3,{long},pt,2026-07-27").unwrap();
    text
}

const SECRETS: [&str; 12] = [
    "oana",
    "cme",
    "icardo",
    "98765",
    "123.456",
    "1.500",
    "https",
    "<script>alert",
    "Bcc",
    "\u{202e}",
    "todos@",
    "R$ 1",
];

/// The customers, the first one called Acme; every second one in the South.
fn customers() -> String {
    (1..=99).fold(String::new(), |mut text, number| {
        let name = if number == 44 { "Acme Ltda".to_owned() } else { format!("Empresa {number}") };
        writeln!(text, "C{number:02},{name},2025-01-01,{}", if number % 2 == 0 { "Sul" } else { "Norte" }).unwrap();
        text
    })
}

const REPORTS: &str = "cases:\n  history: 2\n  kpis: [theme_mentions, theme_share, theme_score, theme_promoters, theme_detractors]\n  attach: [csv]\n";

fn made(settings: &str, recipients: &str) -> Made {
    let farol = format!("{settings}segments: [region]\n");
    Made::with(
        "customer_id,name,signup_date,region",
        &customers(),
        &answers(),
        "2026-07",
        &farol,
        &format!("{REPORTS}{recipients}"),
    )
}

/// The files of a report by name, without fonts.
fn files(made: &Made) -> BTreeMap<String, String> {
    let folder = made.home.path().join("out/cases/2026-07");
    let named = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_file());
    let text = |path: std::path::PathBuf| {
        let bytes = fs::read(&path).unwrap();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let lines: Vec<&str> = text.lines().filter(|line| !line.contains("base64,")).collect();
        (path.file_name().unwrap().to_string_lossy().into_owned(), lines.join("\n"))
    };
    named.map(text).filter(|(name, _)| name != "quarantine.csv").collect()
}

fn quotes(html: &str) -> Vec<String> {
    let parts = html.split("<blockquote>").skip(1).map(|part| part.split("</blockquote>").next().unwrap());
    parts
        .map(|part| {
            part.replace("<p dir=\"auto\">", "").replace("</p>", "").replace("<footer>", " | ").replace("</footer>", "")
        })
        .collect()
}

#[test]
fn quotes_hide_what_could_name_somebody_and_stay_in_the_report() {
    let made = made("", "");
    let files = files(&made);
    let said = quotes(&files["report.html"]);
    assert!(
        said.contains(&"o suporte demora muito para responder e nunca resolve nada | a detractor".to_owned()),
        "{said:?}"
    );
    assert!(said.contains(&"o suporte sempre responde, e resolve tudo muito bem | a promoter".to_owned()), "{said:?}");
    assert!(files["report.html"].contains("every word that fewer than 5 people of the data wrote"));
    for (name, text) in &files {
        for secret in SECRETS {
            assert!(!text.contains(secret), "{name} has {secret}");
        }
        let is_quoted = text.contains("nunca resolve nada");
        assert_eq!(is_quoted, matches!(name.as_str(), "report.html" | "report.json"), "{name}");
    }
}

#[test]
fn none_are_shown_where_the_configuration_says_none() {
    let made = made("privacy: { quotes: none }\n", "");
    let page = &files(&made)["report.html"];
    assert!(page.contains("aria-labelledby=\"themes\"") && quotes(page).is_empty() && !page.contains("[…]"));
}

/// 52 people speak of support: a group of 60 is larger.
#[test]
fn none_are_shown_of_a_theme_that_too_few_are_behind() {
    assert!(quotes(&files(&made("privacy: { min_group: 60 }\n", ""))["report.html"]).is_empty());
    assert!(!quotes(&files(&made("privacy: { min_group: 20 }\n", ""))["report.html"]).is_empty());
}

/// In the South nobody but the promoters of even numbers is left when the North's comment is the best one of all.
#[test]
fn a_reader_of_one_region_is_shown_that_region_alone() {
    let recipients = "  recipients:\n    - { to: \"sul@case.example\", locale: en, only: { region: Sul } }\n    - { to: \"norte@case.example\", locale: en, only: { region: Norte } }\n";
    let north_only = answers().replace(
        "C01,p1,nps,2,o suporte demora muito para responder e nunca resolve nada",
        "C01,p1,nps,2,a equipe do suporte demora muito para responder e nunca resolve",
    ) + &(0..9).fold(String::new(), |mut text, number| {
        writeln!(
            text,
            "C{:02},u{number},nps,2,a equipe do suporte demora muito para responder e nunca resolve,pt,2026-07-28",
            61 + 2 * number
        )
        .unwrap();
        text
    });
    let made = Made::with(
        "customer_id,name,signup_date,region",
        &customers(),
        &north_only,
        "2026-07",
        "segments: [region]\n",
        &format!("{}{recipients}", REPORTS.replace("[csv]", "[csv, html]")),
    );
    let files = files(&made);
    let of = |region: &str| {
        let is_it = |name: &&String| {
            name.contains(&format!("region{region}")) && name.starts_with("report") && name.contains(".html")
        };
        quotes(&files[files.keys().find(is_it).unwrap_or_else(|| panic!("{:?}", files.keys()))])
    };
    let of_north = "a equipe do suporte";
    assert!(quotes(&files["report.html"]).iter().any(|quote| quote.starts_with(of_north)), "it is the first of all");
    assert!(of("Norte").iter().any(|quote| quote.starts_with(of_north)));
    let south = of("Sul");
    assert!(!south.is_empty() && !south.iter().any(|quote| quote.starts_with(of_north)), "{south:?}");
}

/// The same data in another order of rows.
#[test]
fn the_choice_does_not_depend_on_the_order_of_rows() {
    let shuffled: Vec<String> = answers().lines().map(str::to_owned).collect();
    // Records with line breaks stay whole: those are left out here.
    let plain: Vec<&String> =
        shuffled.iter().filter(|line| line.starts_with('C') && line.matches('"').count() % 2 == 0).collect();
    let text = |lines: &[&String]| lines.iter().fold(String::new(), |text, line| text + line + "\n");
    let turned: Vec<&String> = plain.iter().rev().copied().collect();
    let of = |answers: &str| {
        let made = Made::with(
            "customer_id,name,signup_date,region",
            &customers(),
            answers,
            "2026-07",
            "segments: [region]\n",
            REPORTS,
        );
        quotes(&files(&made)["report.html"])
    };
    assert_eq!(of(&text(&plain)), of(&text(&turned)));
}

/// Of support 32 people complain and 20 are glad: where 25 must stand on a side, the glad are missing and the note says so.
#[test]
fn the_note_says_whose_voice_is_missing() {
    let page =
        |min_group: u32| files(&made(&format!("privacy: {{ min_group: {min_group} }}\n"), "")).remove("report.html");
    let missing = |min_group: u32| {
        format!("detractors or promoters are quoted only where at least {min_group} of them wrote about it")
    };
    assert!(page(25).unwrap().contains(&missing(25)));
    let all = page(20).unwrap();
    assert!(quotes(&all).iter().any(|quote| quote.ends_with("| a promoter")) && !all.contains(&missing(20)));
}
