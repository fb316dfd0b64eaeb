//! The report as its readers get it: from figures made by hand to HTML, mail and CSV.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "report/causes.rs"]
mod causes;
#[path = "report/company.rs"]
mod company;
#[path = "report/hard.rs"]
mod hard;
#[path = "report/narrative.rs"]
mod narrative;
#[path = "report/reading.rs"]
mod reading;
#[path = "report/workbook.rs"]
mod sheets;
#[path = "report/story.rs"]
mod story;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use farol::calendar::Grain;
use farol::error::Exit;
use farol::judgement::{Keys, Maturity, Verdict};
use farol::kpi::{Interval, catalogue};
use farol::locale::Locale;
use farol::report::view::{CustomerRow, Drawing};
use farol::report::{LARGEST_HTML, Renderer, View, build, figures, render_email, render_html};

/// Writes what a reader would open, for browsers and eyes: `target/tmp/report/NAME/`.
fn publish(name: &str, view: &View) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("report").join(name);
    std::fs::create_dir_all(&folder).unwrap();
    let html = render_html(view).unwrap();
    let email = render_email(view).unwrap();
    std::fs::write(folder.join("report.html"), html).unwrap();
    std::fs::write(folder.join("report.json"), view.to_json().unwrap()).unwrap();
    let mut preview = email.html.clone();
    for image in &email.images {
        let file = format!("{}.png", image.cid.replace('@', "-"));
        std::fs::write(folder.join(&file), &image.png).unwrap();
        preview = preview.replace(&format!("cid:{}", image.cid), &file);
    }
    std::fs::write(folder.join("email.html"), preview).unwrap();
    std::fs::write(folder.join("email.txt"), &email.text).unwrap();
    std::fs::write(folder.join("subject.txt"), &email.subject).unwrap();
    folder
}

fn view(made: &company::Made, tag: &str) -> View {
    let locale = Locale::load(tag, None).unwrap();
    let view = build(&made.input(), &locale);
    assert_eq!(locale.faults(), [], "every word exists");
    view
}

/// Everything that a reader or a program gets of a report.
fn documents(view: &View) -> Vec<(&'static str, String)> {
    let email = render_email(view).unwrap();
    let documents = vec![
        ("report.html", render_html(view).unwrap()),
        ("email.html", email.html),
        ("email.txt", email.text),
        ("subject", email.subject),
        ("preheader", email.preheader),
        ("report.json", view.to_json().unwrap()),
    ];
    for (name, text) in &documents {
        assert_no_broken_number(name, text);
    }
    documents
}

/// No number of any document is one that a division went wrong for.
fn assert_no_broken_number(name: &str, text: &str) {
    // Fonts are base64, in which anything can turn up.
    let text: String = text.lines().filter(|line| !line.contains("base64,")).collect::<Vec<_>>().join("\n");
    let words = text.split(|c: char| !c.is_alphanumeric());
    let broken: Vec<&str> =
        words.filter(|word| matches!(*word, "NaN" | "nan" | "inf" | "Infinity" | "infinity")).collect();
    assert_eq!(broken, Vec::<&str>::new(), "{name}");
}

#[test]
fn every_language_renders() {
    let made = company::aurora();
    for (tag, subject) in [
        ("en", "Customer success · Oct 2026 · NPS 52 (very good), churn 3.1% above target"),
        ("pt-BR", "Sucesso do cliente · out/2026 · NPS 52 (muito bom), churn 3,1% acima da meta"),
        ("es", "Éxito del cliente · oct 2026 · NPS 52 (muy bueno), churn 3,1 % por encima de la meta"),
    ] {
        let view = view(&made, tag);
        publish(tag, &view);
        let documents = documents(&view);
        let email = render_email(&view).unwrap();
        assert_eq!(email.subject.replace('\u{a0}', " "), subject);
        assert!(email.html.len() <= LARGEST_HTML);
        assert_eq!(email.images.len(), 2);
        for image in &email.images {
            assert!(image.cid.is_ascii() && email.html.contains(&format!("src=\"cid:{}\"", image.cid)));
            assert!(image.png.starts_with(b"\x89PNG") && !image.alt.is_empty());
        }
        for (name, text) in &documents {
            for remote in ["http://", "https://", "<script", "javascript:", "url(h", "@import"] {
                let found = text.replace("http://www.w3.org/2000/svg", "").contains(remote);
                assert!(!found, "{name} has {remote}");
            }
        }
    }
}

/// Mailboxes thread by subject: neither another period nor a revision may have the same one.
#[test]
fn no_two_periods_have_one_subject() {
    let mut made = company::aurora();
    made.verdicts.clear();
    let mut subjects = BTreeSet::new();
    let ids = [
        "2025-10",
        "2026-10",
        "2025-W41",
        "2026-W41",
        "2025-Q4",
        "2026-Q4",
        "2025",
        "2026",
        "2025-10.12m",
        "2026-10.12m",
    ];
    for tag in ["en", "pt-BR", "es"] {
        for id in ids {
            made.period = made.company.calendar.parse(id).unwrap();
            for revision in 1..=3 {
                made.revision = revision;
                let subject = view(&made, tag).subject;
                assert!(subjects.insert((tag, subject.clone())), "{tag} {id}: {subject}");
            }
        }
    }
}

/// Mailboxes show the preheader right after the subject: it says something else.
#[test]
fn the_preheader_goes_on_where_the_subject_ends() {
    for tag in ["en", "pt-BR", "es"] {
        let view = view(&company::aurora(), tag);
        let sentence = view.narrative.iter().find(|sentence| sentence.text == view.preheader).unwrap();
        for kpi in ["nps", "customer_churn_rate"] {
            assert!(sentence.figures.iter().all(|figure| figure.kpi != kpi), "{}", view.preheader);
        }
        assert!(!sentence.figures.is_empty());
    }
}

#[test]
fn the_text_mail_reads_as_approved() {
    let email = render_email(&view(&company::aurora(), "en")).unwrap();
    insta::assert_snapshot!("email_text", email.text.replace('\u{a0}', "~"));
}

/// Figures in every state, numbers that shorter decimals would lose, and a segment that needs quotes.
#[test]
fn figures_are_written_in_full_and_in_order() {
    let made = company::aurora();
    let figure = |segment: &str, kpi: &str| {
        let is_it = |verdict: &&Verdict| {
            verdict.key.period == made.period && verdict.key.segment == segment && verdict.key.kpi == kpi
        };
        made.verdicts.iter().find(is_it).cloned().unwrap()
    };
    let mut rows = vec![
        figure("total", "nps"),
        figure("total", "fcr"),
        figure("Trial", "ltv"),
        figure("Trial", "nps"),
        figure("Pro", "csat"),
        figure("Pro", "chi"),
        figure("Pro", "customer_churn_rate"),
    ];
    let hidden = rows[3].key.clone();
    rows[4].key.segment = "a \"b\", c".into();
    rows[4].reading.value = Ok(0.1 + 0.2);
    rows[5].reading.value = Ok(f64::NAN);
    (rows[5].previous, rows[6].previous) = (None, None);
    rows[6].reading.numerator = Some(-0.0);
    rows[6].reading.denominator = Some(460.0);
    rows[6].maturity = Maturity::OpenPeriod;
    let csv = figures::write(&rows, &Keys::from_iter([hidden])).unwrap();
    insta::assert_snapshot!("figures_csv", csv);
    let again = figures::write(&rows.iter().rev().cloned().collect::<Vec<_>>(), &Keys::default()).unwrap();
    assert_eq!(again.lines().count(), rows.len() + 1);
    assert_no_broken_number("figures.csv", &csv);
}

/// Names are not run, and a negative number stays one.
#[test]
fn figures_csv_runs_no_formula() {
    let made = company::aurora();
    let mut row = made.verdicts.iter().find(|verdict| verdict.key.period == made.period).cloned().unwrap();
    row.key.segment = "=1+1".into();
    row.key.dimension = "@plan".into();
    row.band = Some("-low".to_owned());
    row.reading.value = Ok(-12.5);
    row.reading.remark = Some("+1".to_owned());
    let csv = figures::write(&[row], &Keys::default()).unwrap();
    let line = csv.lines().nth(1).unwrap();
    assert!(line.contains(",'@plan,'=1+1,"), "{line}");
    assert!(line.contains(",-12.5,") && line.contains(",'-low,") && line.ends_with(",'+1"), "{line}");
}

#[test]
fn a_stored_report_renders_to_the_same_bytes() {
    let first = view(&company::aurora(), "es");
    let stored = View::from_json(&first.to_json().unwrap()).unwrap();
    assert_eq!(render_html(&stored).unwrap(), render_html(&first).unwrap());
    assert_eq!(render_email(&stored).unwrap(), render_email(&first).unwrap());
    assert_eq!(View::from_json("{}").unwrap_err().exit, Exit::DataRefused);
}

/// The markup outside charts, each element by its name: names must not change it.
fn skeleton(html: &str) -> Vec<String> {
    let mut outside = String::new();
    let mut rest = html;
    while let Some((before, from)) = rest.split_once("<svg") {
        outside.push_str(before);
        rest = from.split_once("</svg>").map_or("", |(_, after)| after);
    }
    outside.push_str(rest);
    let tag = |part: &str| part.chars().take_while(|c| c.is_alphanumeric() || *c == '/').collect();
    outside.split('<').skip(1).map(tag).collect()
}

#[test]
fn hostile_names_stay_names_wherever_they_stand() {
    let (harmless, hostile) = (view(&hard::named("Padaria"), "en"), view(&hard::named(hard::HOSTILE), "en"));
    publish("hostile", &hostile);
    for ((name, good), (_, bad)) in documents(&harmless).into_iter().zip(documents(&hostile)) {
        for (what, needle) in [("override", "\u{202e}"), ("return", "\r"), ("null", "\u{0}"), ("bell", "\u{7}")] {
            assert!(!bad.contains(needle), "{name}: {what}");
        }
        if name.contains("html") {
            assert_eq!(skeleton(&bad), skeleton(&good), "{name}");
            assert!(!bad.contains("<script") && !bad.contains("<img src=x"), "{name}");
            assert!(bad.contains("&lt;script&gt;") && bad.contains("{{ 7*7 }}"), "{name}: the name is shown as it is");
        }
        if matches!(name, "subject" | "preheader") {
            assert!(!bad.contains('\n') && bad.chars().count() <= 200, "{name}");
        }
    }
}

#[test]
fn a_report_without_any_value_says_so() {
    let view = view(&hard::nothing(), "en");
    publish("nothing", &view);
    assert_eq!(view.headline, "No data for this period");
    assert!(view.cards.iter().all(|card| card.value == "n/a"
        && matches!(card.why.as_deref(), Some("no cases in the period" | "no answers in the period"))));
    assert!(view.charts.is_empty() && view.pulse.parts.is_empty() && view.changes.rows.is_empty());
    assert_eq!(view.subject, "Customer success · Oct\u{a0}2026 · no data");
    documents(&view);
}

/// Bands and targets of quarters judge no month, and the report says why nothing in it has a colour; with one of months
/// something is judged.
#[test]
fn what_is_set_for_other_periods_judges_nothing_and_says_so() {
    let said = "No figure is judged: the bands and targets that are set hold for periods of another length.";
    let mut made = company::aurora();
    made.benchmarks.values_mut().for_each(|benchmark| benchmark.per = Some(Grain::Quarter));
    assert!(view(&made, "en").figures_note.starts_with(said));
    made.benchmarks.get_mut("nps").unwrap().per = Some(Grain::Month);
    assert!(!view(&made, "en").figures_note.contains(said));
    made.benchmarks.clear();
    assert!(!view(&made, "en").figures_note.contains(said), "nothing is set at all");
}

#[test]
fn a_company_of_one_customer_has_a_report() {
    let view = view(&hard::one_customer(), "en");
    publish("one", &view);
    assert!(view.tables.is_empty());
    assert!(view.cards.iter().all(|card| card.interval.is_none() && card.changes.is_empty() && card.spark.is_none()));
    assert!(view.narrative.iter().any(|sentence| sentence.text == "There is nothing earlier to compare with yet."));
    documents(&view);
}

/// Long words, forty segments, money of nine digits: every document of them is whole, and their mail is not clipped.
#[test]
fn what_is_hard_to_lay_out_has_every_document() {
    for made in [hard::named(hard::LONG), hard::many_segments(), hard::nine_digits(), hard::restated()] {
        let view = view(&made, "pt-BR");
        documents(&view);
        let email = render_email(&view).unwrap();
        assert!(email.html.len() <= LARGEST_HTML, "{} bytes", email.html.len());
    }
}

#[test]
fn a_value_that_is_not_finite_is_no_value() {
    let mut made = company::aurora();
    for (verdict, broken) in made.verdicts.iter_mut().zip([f64::NAN, f64::INFINITY, f64::NEG_INFINITY].iter().cycle()) {
        verdict.reading.value = Ok(*broken);
        verdict.reading.interval = None;
    }
    documents(&view(&made, "pt-BR"));
    assert_no_broken_number("figures.csv", &figures::write(&made.verdicts, &Keys::default()).unwrap());
}

#[test]
fn nothing_is_judged_or_compared_while_the_period_runs() {
    let mut made = company::aurora();
    for verdict in made.verdicts.iter_mut().filter(|verdict| verdict.key.period == made.period) {
        verdict.maturity = Maturity::OpenPeriod;
        (verdict.band, verdict.status, verdict.target_met) = (None, None, None);
    }
    let view = view(&made, "en");
    assert_eq!(view.headline, "Figures so far: October 2026 is still running");
    assert_eq!(view.subject.replace('\u{a0}', " "), "Customer success · Oct 2026 · period still open");
    assert_eq!(view.narrative.len(), 1);
    assert!(view.changes.rows.is_empty() && view.cards.iter().all(|card| card.changes.is_empty()));
    documents(&view);
}

/// The sentinel stands in one figure only; whoever may not see it finds it nowhere.
#[test]
fn a_withheld_figure_is_nowhere() {
    let mut made = company::aurora();
    let secret = made
        .verdicts
        .iter_mut()
        .find(|verdict| verdict.key.period == made.period && verdict.key.segment == "Trial" && verdict.key.kpi == "nps")
        .unwrap();
    secret.reading.value = Ok(-73.519);
    secret.reading.n = 90_417;
    secret.reading.interval = Some(Interval { low: -81.223, high: -61.337 });
    let key = secret.key.clone();
    let sentinels = ["73.5", "-73", "−73", "−74", "74", "90,417", "90417", "81.2", "61.3"];
    let shown = documents(&view(&made, "en"));
    assert!(sentinels[..4].iter().any(|sentinel| shown[0].1.contains(sentinel)), "it shows where it may");
    made.withheld.insert(key);
    for (name, text) in documents(&view(&made, "en")) {
        let text: String = text.lines().filter(|line| !line.contains("base64,")).collect();
        for sentinel in ["73.519", "−73", "−74", "90,417", "90417", "81.223", "61.337"] {
            assert!(!text.contains(sentinel), "{name} has {sentinel}");
        }
        if name.starts_with("report.html") || name == "email.txt" {
            let text = text.replace("&lt;", "<").replace('\u{a0}', " ");
            assert!(text.contains("withheld (for groups < 5)"), "{name} says that it is withheld");
        }
    }
    assert!(!figures::write(&made.verdicts, &made.withheld).unwrap().contains("73.519"));
}

/// Churn is the worst news of the month; while it may still change, or where it is withheld, no sentence has it.
#[test]
fn what_is_not_final_or_withheld_is_in_no_sentence() {
    let sentences = |made: &company::Made| {
        let view = view(made, "en");
        let narrative = view.narrative.iter().map(|sentence| sentence.text.clone());
        narrative
            .chain([view.headline, view.subject, view.preheader])
            .collect::<Vec<String>>()
            .join("\n")
            .to_lowercase()
    };
    assert!(sentences(&company::aurora()).contains("churn"));
    let is_churn = |made: &company::Made, verdict: &Verdict| {
        verdict.key.period == made.period && verdict.key.kpi == "customer_churn_rate"
    };
    for maturity in [Maturity::Provisional, Maturity::Immature] {
        let mut made = company::aurora();
        let places: Vec<usize> = (0..made.verdicts.len()).filter(|&at| is_churn(&made, &made.verdicts[at])).collect();
        for at in places {
            let verdict = &mut made.verdicts[at];
            verdict.maturity = maturity;
            // Judging tests no such change.
            for change in verdict.previous.iter_mut().chain(&mut verdict.year_before) {
                (change.p_value, change.significant) = (None, None);
            }
        }
        assert!(!sentences(&made).contains("churn"), "{maturity:?}: {}", sentences(&made));
    }
    let mut made = company::aurora();
    made.withheld = made.verdicts.iter().filter(|verdict| is_churn(&made, verdict)).map(|of| of.key.clone()).collect();
    assert!(!sentences(&made).contains("churn"), "{}", sentences(&made));
}

#[test]
fn names_are_for_those_who_may_see_them() {
    let mut made = company::aurora();
    made.names = false;
    let standings = made.standings.as_ref().unwrap();
    let names = made.customers.iter().map(|of| &of.name).chain(standings.customers.iter().map(|of| &of.name));
    let names: BTreeSet<&String> = names.collect();
    let unnamed = view(&made, "pt-BR");
    assert!(unnamed.charts.iter().all(|chart| chart.anchor != "health-and-revenue"));
    assert!(names.iter().all(|name| !unnamed.to_json().unwrap().contains(name.as_str())));
    for (name, text) in documents(&unnamed) {
        for customer in &names {
            assert!(!text.contains(customer.as_str()), "{name} names {customer}");
        }
        if name == "email.txt" {
            assert!(text.contains("4 clientes em risco"));
        }
    }
}

/// Large are the upper half of the 76 customers: those that pay at least what lies between the 38th and the 39th.
#[test]
fn customers_stand_by_health_and_revenue() {
    let made = company::aurora();
    let standings = &made.standings.as_ref().unwrap().customers;
    let median = f64::midpoint(standings[37].mrr, standings[38].mrr);
    let to_rescue = standings.iter().filter(|of| of.mrr >= median && of.health < 70.0).count();
    for (tag, beginning) in
        [("en", "large customers have"), ("pt-BR", "clientes grandes têm"), ("es", "clientes grandes tienen")]
    {
        let view = view(&made, tag);
        let chart = view.charts.iter().find(|chart| chart.anchor == "health-and-revenue").unwrap();
        assert!(chart.finding.starts_with(&format!("{to_rescue} {beginning}")), "{}", chart.finding);
        assert_eq!(chart.table.rows.len(), standings.len());
        assert!(!chart.in_mail);
        let Drawing::Quadrant(map) = &chart.drawing else { panic!("{:?}", chart.drawing) };
        let (customers, split) = (&map.customers, &map.split);
        assert_eq!(*split, (70.0, median));
        // Those to rescue come first, and have their names.
        assert!(customers[..to_rescue].iter().all(|of| of.x < 70.0 && of.y >= median));
        assert_eq!(customers.iter().filter(|of| !of.name.is_empty()).count(), 20);
        let html = render_html(&view).unwrap();
        assert!(html.contains("id=\"w-health-and-revenue-desc\"") && html.contains("id=\"n-health-and-revenue-desc\""));
    }
}

/// After 12 months 0.98¹² = 78.5 % stay in Enterprise and 0.93¹² = 41.9 % in Starter, each give or take less than 13 points.
#[test]
fn survival_is_said_in_words_with_the_numbers_at_risk() {
    let made = company::aurora();
    let sentences = [
        (
            "en",
            "After 12 months, 78.5% are still there in Enterprise and 41.9% in Starter. The difference is more than chance.",
        ),
        (
            "pt-BR",
            "Depois de 12 meses, continuam 78,5% em Enterprise e 41,9% em Starter. A diferença é mais que acaso.",
        ),
        (
            "es",
            "Después de 12 meses, sigue el 78,5 % en Enterprise y el 41,9 % en Starter. La diferencia es más que azar.",
        ),
    ];
    for (tag, sentence) in sentences {
        let view = view(&made, tag);
        let chart = view.charts.iter().find(|chart| chart.anchor == "survival").unwrap();
        assert_eq!(chart.finding.replace('\u{a0}', " "), sentence);
        let Drawing::Survival { curves, times, .. } = &chart.drawing else { panic!("{:?}", chart.drawing) };
        assert_eq!(*times, [0.0, 12.0, 24.0, 36.0, 48.0, 60.0]);
        // 900 · (0.93 · 0.96)¹² = 230.8 and 420 · (0.97 · 0.96)³⁶ = 32.3; Starter is followed for 30 months, Pro for 36, and
        // nobody up to the horizon of 60.
        assert_eq!(curves[0].at_risk[..2], ["900", "230"]);
        assert_eq!((curves[0].at_risk[3].as_str(), curves[1].at_risk[3].as_str()), ("–", "32"));
        assert_eq!((curves[0].at_risk[5].as_str(), curves[1].at_risk[5].as_str()), ("", ""));
        assert_eq!(curves[0].steps.last().map(|step| step.time), Some(30.0));
    }
}

#[test]
fn a_revision_and_a_scope_are_in_the_subject() {
    let mut made = company::aurora();
    made.revision = 2;
    made.scope = BTreeMap::from([("region".to_owned(), "Sul".to_owned())]);
    let view_of_sul = view(&made, "pt-BR");
    assert_eq!(view_of_sul.scope.as_deref(), Some("Região: Sul"));
    let subject = view_of_sul.subject.replace('\u{a0}', " ");
    assert_eq!(
        subject,
        "Sucesso do cliente · Sul · out/2026 · NPS 52 (muito bom), churn 3,1% acima da meta (revisão 2)"
    );
    made.scope = BTreeMap::from([("region".to_owned(), "Região ".repeat(60))]);
    let long = view(&made, "pt-BR").subject;
    assert!(long.chars().count() <= 200 && long.ends_with("(revisão 2)"), "{long}");
}

/// Reports that nobody had are one plain line in the report's section on its data and in the foot of the mail, and nowhere else.
#[test]
fn reports_that_were_missed_are_told_where_completeness_is() {
    let mut made = company::aurora();
    for tag in ["en", "pt-BR", "es"] {
        assert_eq!(view(&made, tag).quality.missed, [""; 0]);
    }
    made.missed = ["2026-07", "2026-08", "2026-09"].map(|id| missed_of(&made, id)).to_vec();
    made.missed[0].was_tried = true;
    for (tag, away, tried) in [
        (
            "en",
            "2 earlier reports were not made, because the program was not running: August 2026 and September 2026.",
            "One earlier report could not be made in time: July 2026.",
        ),
        (
            "pt-BR",
            "2 relatórios anteriores não foram feitos, porque o programa não estava em execução: agosto de 2026 e setembro de 2026.",
            "Um relatório anterior não pôde ser feito a tempo: julho de 2026.",
        ),
        (
            "es",
            "2 informes anteriores no se hicieron, porque el programa no estaba en marcha: agosto de 2026 y septiembre de 2026.",
            "Un informe anterior no se pudo hacer a tiempo: julio de 2026.",
        ),
    ] {
        let view = view(&made, tag);
        for (name, text) in documents(&view) {
            // The stored view has it as what is missing and among the remarks.
            let expected = match name {
                "report.html" | "email.html" | "email.txt" => 1,
                "report.json" => 2,
                _ => 0,
            };
            let text = text.replace('\u{a0}', " ");
            for line in [away, tried] {
                assert_eq!(text.matches(line).count(), expected, "{tag} {name}: {line}");
            }
        }
    }
    made.missed = (1..=9).map(|month| missed_of(&made, &format!("2026-0{month}"))).collect();
    let many = view(&made, "en").quality.missed.remove(0);
    assert!(many.starts_with("9 earlier reports") && many.ends_with("January 2026 – September 2026."), "{many}");
}

fn missed_of(made: &company::Made, id: &str) -> farol::report::view::Missed {
    farol::report::view::Missed { period: made.company.calendar.parse(id).unwrap(), was_tried: false }
}

/// Thirty segments of thirty words and every KPI of the catalogue: the mail is cut, says so, and is not clipped.
#[test]
fn a_large_report_still_fits_a_mail() {
    let mut made = company::aurora();
    made.plan.kpis = catalogue::CATALOGUE.iter().map(|definition| definition.id.to_owned()).collect();
    let plain: Vec<_> =
        made.verdicts.iter().filter(|v| v.key.dimension == "total" && v.key.kpi == "nps").cloned().collect();
    for definition in catalogue::CATALOGUE {
        for verdict in &plain {
            let mut verdict = verdict.clone();
            verdict.key.kpi = definition.id;
            made.verdicts.retain(|known| known.key != verdict.key);
            for segment in 0..30 {
                let mut part = verdict.clone();
                part.key.dimension = "plan".into();
                part.key.segment = format!("{segment} {}", "“quoted” & <long> ".repeat(30)).into();
                made.verdicts.push(part);
            }
            made.verdicts.push(verdict);
        }
    }
    let customer = made.customers[0].clone();
    made.customers = (0..400)
        .map(|i| CustomerRow { name: format!("{i} {}", "Ünïcødé & Söhne ".repeat(20)), ..customer.clone() })
        .collect();
    let email = render_email(&view(&made, "pt-BR")).unwrap();
    assert!(email.html.len() <= LARGEST_HTML, "{} bytes", email.html.len());
    assert!(email.html.contains("Resumido para o e-mail"), "it says that it is shortened");
    let last = made.plan.kpis.last().unwrap();
    let name = Locale::load("pt-BR", None).unwrap().text(&format!("kpi-{}", last.replace('_', "-")));
    assert!(email.text.contains(&name), "the text has every figure");
}

/// The embedded font has no Japanese: a picture would drop the letters, so the mail says the finding without one.
#[test]
fn letters_that_no_picture_can_show_stay_words() {
    let mut made = company::aurora();
    for verdict in &mut made.verdicts {
        verdict.previous = None;
    }
    let bands = &mut made.benchmarks.get_mut("customer_churn_rate").unwrap().bands;
    bands[0].label = BTreeMap::from([("en".to_owned(), "低い".to_owned())]);
    let view = view(&made, "en");
    let email = render_email(&view).unwrap();
    let cids: Vec<&str> = email.images.iter().map(|image| image.cid.as_str()).collect();
    assert_eq!(cids, ["mrr-bridge@farol"]);
    let churn = view.charts.iter().find(|chart| chart.anchor == "trend-customer-churn-rate").unwrap();
    let finding = churn.finding.replace('\u{a0}', "&nbsp;");
    assert!(churn.in_mail && email.html.contains(&finding) && !email.html.contains("cid:trend"));
}

#[test]
fn a_users_template_takes_the_place_of_ours() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("parts")).unwrap();
    let own = folder.path().join("parts/method.html");
    std::fs::write(&own, "<p>{{ company }} counts by hand.</p>").unwrap();
    let view = view(&company::aurora(), "en");
    let html = Renderer::new(Some(folder.path())).unwrap().html(&view).unwrap();
    assert!(html.contains("<p>Aurora Software counts by hand.</p>"));
    std::fs::write(&own, "{{ no_such_field }}").unwrap();
    let fault = Renderer::new(Some(folder.path())).unwrap().html(&view).unwrap_err();
    assert!(fault.to_string().contains("no_such_field"), "{fault}");
    std::fs::write(folder.path().join("parts/method.html.tera"), "x").unwrap();
    let fault = Renderer::new(Some(folder.path())).err().unwrap();
    assert_eq!(fault.diagnostics[0].code, "template-name");
}
