//! What customers write, through the whole program: small tables in, figures and a report out.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "themes/quotes.rs"]
mod quotes;

use std::collections::HashMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

const THEMES: &str = "
themes:
  delivery: { pt: [entreg], en: [late], label: { en: \"Delivery <on time>\" } }
  price: { pt: [preço], es: [precio] }
  support: { pt: [suporte], es: [soporte], en: [support] }
  wait: { pt: [demora] }
";

/// A company's tables, and what farol makes of them for a reader of one month.
struct Made {
    home: tempfile::TempDir,
    figures: HashMap<[String; 4], HashMap<String, String>>,
}

impl Made {
    /// Runs farol for a month over customers and answers, both as CSV without their headers.
    fn of(customers: &str, answers: &str, period: &str) -> Self {
        let reports = "cases:\n  history: 2\n  kpis: [theme_mentions, theme_share, theme_score, theme_promoters, \
             theme_detractors, term_log_odds]\n";
        Self::with("customer_id,name,signup_date", customers, answers, period, "", reports)
    }

    /// The same with further columns of customers, further settings and another reports.yaml.
    fn with(columns: &str, customers: &str, answers: &str, period: &str, settings: &str, reports: &str) -> Self {
        let home = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| fs::write(home.path().join(name), text).unwrap();
        write("customers.csv", &format!("{columns}\n{customers}"));
        write("surveys.csv", &format!("customer_id,respondent_id,survey,score,comment,lang,responded_at\n{answers}"));
        let farol = "company: { name: Case, locale: en, currency: BRL, timezone: UTC }\nas_of: 2026-09-10\n\
             data:\n  customers: { path: customers.csv }\n  surveys: { path: surveys.csv }\n";
        write("farol.yaml", &format!("{farol}{settings}"));
        write("kpis.yaml", THEMES);
        write("reports.yaml", reports);
        let output = Command::new(env!("CARGO_BIN_EXE_farol"))
            .args(["run", "--report", "cases", "--period", period, "--config"])
            .arg(home.path())
            .arg("--out")
            .arg(home.path().join("out"))
            .arg("--state")
            .arg(home.path().join("state"))
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let folder = home.path().join("out/cases").join(period);
        Self { figures: read(&folder.join("figures.csv")), home }
    }

    /// A cell of a theme's or a term's figure.
    fn cell(&self, place: [&str; 4], column: &str) -> &str {
        let row = self.figures.get(&place.map(str::to_owned)).unwrap_or_else(|| panic!("no figure {place:?}"));
        row[column].as_str()
    }

    fn theme(&self, period: &str, theme: &str, kpi: &str) -> &str {
        self.cell([period, "theme", theme, kpi], "value")
    }

    /// The terms of a period.
    fn terms(&self, period: &str) -> Vec<&str> {
        let of = self.figures.keys().filter(|key| key[0] == period && key[1] == "term");
        let mut terms: Vec<&str> = of.map(|key| key[2].as_str()).collect();
        terms.sort_unstable();
        terms
    }

    fn file(&self, name: &str) -> String {
        fs::read_to_string(self.home.path().join("out/cases").join(name)).unwrap()
    }
}

fn read(file: &Path) -> HashMap<[String; 4], HashMap<String, String>> {
    let mut reader = csv::Reader::from_path(file).unwrap();
    let names: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let row = |row: csv::StringRecord| {
        let key = [0, 2, 3, 4].map(|column| row[column].to_owned());
        (key, names.iter().cloned().zip(row.iter().map(str::to_owned)).collect())
    };
    reader.records().map(Result::unwrap).map(row).collect()
}

/// Customers C01 to C99, called `Company 1` and so on.
fn customers() -> String {
    (1..=99).fold(String::new(), |mut text, number| {
        writeln!(text, "C{number:02},Company {number},2025-01-01").unwrap();
        text
    })
}

/// Seven respondents of June. Five comments have text: Ana's, Bea's, Cas's, Dan's and Fay's; Eva's first one is no longer
/// her answer, and her second says nothing.
const JUNE: &str = "\
C01,ana,nps,3,Preço CARO e suporte ruim,pt-BR,2026-06-02
C02,bea,nps,9,\"El soporte, preciosa\",es,2026-06-02
C03,cas,csat,5,Not late; support never late,en,2026-06-02
C04,dan,nps,2,Entregaram tarde. Preços!,,2026-06-03
C05,eva,nps,1,preço preço,pt,2026-06-01
C05,eva,nps,8,,pt,2026-06-20
C06,fay,ces,4,<script>alert('preço')</script>,pt,2026-06-30T23:59:59Z
C07,gil,nps,10,\"   \",pt,2026-06-05
C07,gil,nps,10,suporte,pt,2026-07-01
";

/// TH-02 and TH-05: one comment, two themes; `preciosa` is no price. Price: Ana, Dan and Fay, 3 of 5; scores 3 and 2.
/// Support: Ana, Bea and Cas, scores 3 and 9. Delivery: Cas (negated) and Dan (language unknown).
#[test]
fn themes_are_counted_over_the_answers_that_count() {
    let made = Made::of(&customers(), JUNE, "2026-06");
    let of = |theme: &str| {
        ["theme_mentions", "theme_share", "theme_score", "theme_promoters", "theme_detractors"]
            .map(|kpi| made.theme("2026-06", theme, kpi).to_owned())
    };
    assert_eq!(of("price"), ["3", "60", "2.5", "0", "2"]);
    assert_eq!(of("support"), ["3", "60", "6", "1", "1"]);
    assert_eq!(of("delivery"), ["2", "40", "2", "0", "1"]);
    assert_eq!(of("wait"), ["0", "0", "", "0", "0"]);
    let price = ["2026-06", "theme", "price", "theme_share"];
    assert_eq!(
        [made.cell(price, "numerator"), made.cell(price, "denominator"), made.cell(price, "n")],
        ["3", "5", "5"]
    );
    assert_eq!(made.cell(price, "note"), "smallest_group=3");
    assert_eq!(made.cell(["2026-06", "theme", "wait", "theme_score"], "note"), "no_denominator");
}

/// Three people or fewer mention each theme, and five wrote: only what nobody said leaves.
#[test]
fn themes_of_few_people_stay_in_the_operators_own_file() {
    let made = Made::of(&customers(), JUNE, "2026-06");
    let page = made.file("2026-06/report.html");
    let section = page.split("aria-labelledby=\"themes\"").nth(1).unwrap().split("</section>").next().unwrap();
    assert!(section.contains("Delivery &lt;on time&gt;"), "{section}");
    assert_eq!(section.matches("withheld").count(), 3 * 5, "{section}");
    assert!(!section.contains("60 %") && !section.contains("40 %") && !page.contains("alert("));
    assert!(section.contains("No term sets detractors clearly apart"), "{section}");
}

/// TH-06: ten respondents, four of them with comments, one about the price: a quarter, not a tenth. TH-03: blanks are no
/// comments, and a share of nothing is none.
#[test]
fn the_share_is_of_comments_with_text() {
    let answers = (1..=10).fold(String::new(), |mut text, number| {
        let comment = ["O preço subiu", "bom", "ok", "👍"].get(number - 1).unwrap_or(&"");
        writeln!(text, "C{number:02},p{number},nps,7,{comment},pt,2026-05-04").unwrap();
        text
    });
    let blank =
        "C01,p1,nps,7,,pt,2026-04-02\nC02,p2,nps,7,\"   \",pt,2026-04-02\nC03,p3,nps,7,\"\t\u{a0}\",,2026-04-02\n";
    let made = Made::of(&customers(), &format!("{answers}{blank}"), "2026-05");
    assert_eq!(made.theme("2026-05", "price", "theme_share"), "25");
    let made = Made::of(&customers(), blank, "2026-04");
    assert_eq!(made.theme("2026-04", "price", "theme_share"), "");
    assert_eq!(made.theme("2026-04", "price", "theme_mentions"), "0");
    assert_eq!(made.cell(["2026-04", "theme", "price", "theme_share"], "note"), "no_denominator");
}

/// 40 detractors say "demora", four of them a person's name; 40 promoters say that there is no waiting. In June 80 people
/// said something else. C01 is called Acme, and everybody says so, with an address and numbers.
///
/// Terms of July by comments: demora 40, fulano 4, `not_demora` 40, otimo 40; detractors' 44, promoters' 80, all 124.
/// For demora α = 44 · 40/124 = 14.1935, δ = ln(54.1935 / 33.8065) − ln(14.1935 / 109.8065), σ² = 1/54.1935 + 1/14.1935.
#[test]
fn terms_set_detractors_apart_and_name_nobody() {
    let mut answers = String::new();
    for number in 1..=80 {
        let (score, text) = if number <= 40 { (2, "Demora") } else { (10, "Ótimo, não demora") };
        let person = if number <= 4 { " Fulano" } else { "" };
        writeln!(answers, "C{number:02},p{number},nps,9,muito bom,pt,2026-06-15").unwrap();
        writeln!(
            answers,
            "C{number:02},p{number},nps,{score},\"{text} ACME joao@acme.com tel:55123 ref99{person}\",pt,2026-07-15"
        )
        .unwrap();
    }
    let made = Made::of(&customers().replace("Company 1,", "Acme Ltda,"), &answers, "2026-07");
    assert_eq!(made.terms("2026-07"), ["demora", "not_demora", "otimo"]);
    let z: f64 = made.cell(["2026-07", "term", "demora", "term_log_odds"], "value").parse().unwrap();
    assert!((z - 8.444_241_985_174_568).abs() < 1e-9, "{z}");
    assert_eq!(made.cell(["2026-07", "term", "otimo", "term_log_odds"], "note"), "written=ótimo");
    assert_eq!(made.cell(["2026-07", "term", "otimo", "term_log_odds"], "n"), "40");
    // All 80 speak of waiting, a negated word mentions its theme; in June none of 80 did.
    let wait = ["2026-07", "theme", "wait", "theme_share"];
    assert_eq!([made.cell(wait, "value"), made.cell(wait, "change")], ["100", "100"]);
    assert_eq!(made.cell(wait, "change_significant"), "true");
    let page = made.file("2026-07/report.html");
    assert!(page.contains("not demora") && page.contains("ótimo") && page.contains("40 people"));
    for secret in ["acme", "joao", "ulano", "55123", "ref99"] {
        assert!(!page.to_lowercase().contains(secret), "{secret}");
    }
    assert!(!made.figures.keys().any(|key| key[2].contains("fulano") || key[2].contains("acme")));
}

/// One customer's rows that name no respondent are one person, however often it writes.
#[test]
fn one_voice_repeated_is_no_group() {
    let answers = (1..=30).fold(String::new(), |mut text, number| {
        let (customer, score, comment) = if number <= 20 { (1, 0, "fulano demora") } else { (number, 10, "bom") };
        writeln!(text, "C{customer:02},,nps,{score},{comment},pt,2026-07-02T10:{number:02}:00Z").unwrap();
        text
    });
    let made = Made::of(&customers(), &answers, "2026-07");
    assert!(!made.terms("2026-07").contains(&"fulano"), "{:?}", made.terms("2026-07"));
    assert_eq!(made.cell(["2026-07", "theme", "wait", "theme_share"], "note"), "smallest_group=1");
}
