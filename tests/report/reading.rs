//! What a reader would stumble over: numbers that contradict each other, days counted from another day, words for nothing.

use std::collections::BTreeSet;

use farol::report::{View, render_email};

use crate::company::{self, Made};
use crate::view;

/// As a reader sees it: no-break blanks are blanks.
fn plain(text: &str) -> String {
    text.replace(['\u{a0}', '\u{202f}'], " ")
}

/// The narrative, sentence by sentence.
fn narrative(view: &View) -> Vec<String> {
    view.narrative.iter().map(|sentence| plain(&sentence.text)).collect()
}

/// October ends with the 31st: 0 days on is 1 November, 23 days are the 24th, and 4 days before is 28 October.
#[test]
fn renewals_are_days_of_the_calendar() {
    let mut made = company::aurora();
    made.customers[1].days_to_renewal = Some(0);
    for (tag, written) in [
        ("en", ["Nov 24, 2026", "Nov 1, 2026", "", "overdue since Oct 28, 2026"]),
        ("pt-BR", ["24/11/2026", "01/11/2026", "", "vencida desde 28/10/2026"]),
        ("es", ["24/11/2026", "1/11/2026", "", "vencida desde el 28/10/2026"]),
    ] {
        let view = view(&made, tag);
        let renewals: Vec<String> = view.calls.lists[0].rows.iter().map(|row| plain(&row.renewal)).collect();
        assert_eq!(renewals, written, "{tag}");
        let email = render_email(&view).unwrap();
        for document in [email.html.replace("&nbsp;", " "), email.text] {
            assert!(plain(&document).contains(written[0]), "{tag}");
        }
    }
}

/// A made company whose report shows a week of 2026, compared with the week before and that of the year before.
fn weekly() -> Made {
    let mut made = company::aurora();
    let calendar = made.company.calendar;
    let weeks = ["2025-W44", "2026-W43", "2026-W44"].map(|id| calendar.parse(id).unwrap());
    let months = ["2025-10", "2026-09", "2026-10"];
    let mut verdicts = Vec::new();
    for (month, week) in months.iter().zip(&weeks) {
        for verdict in made.verdicts.iter().filter(|verdict| &*verdict.key.period.id == *month) {
            let mut verdict = verdict.clone();
            verdict.key.period = week.clone().into();
            for (change, against) in [(&mut verdict.previous, &weeks[1]), (&mut verdict.year_before, &weeks[0])] {
                if let Some(change) = change {
                    change.against = against.id.clone().into();
                }
            }
            verdicts.push(verdict);
        }
    }
    made.plan.grain = farol::calendar::Grain::Week;
    made.period = weeks[2].clone();
    made.verdicts = verdicts;
    made
}

#[test]
fn a_week_is_never_compared_with_a_week_of_its_own_name() {
    let view = view(&weekly(), "pt-BR");
    let nps = &view.cards[0];
    let against: Vec<String> = nps.changes.iter().map(|change| plain(&change.text)).collect();
    assert!(against[0].ends_with("ante sem. 43"), "{against:?}");
    assert!(against[1].ends_with("ante sem. 44/2025"), "{against:?}");
    for (name, text) in crate::documents(&view) {
        assert!(!plain(&text).contains("ante sem. 44 ") && !plain(&text).contains("ante sem. 44\n"), "{name}");
    }
    let trend = view.charts.iter().find(|chart| chart.anchor == "trend-nps").unwrap();
    let weeks: Vec<String> = trend.table.rows.iter().map(|row| plain(&row[0])).collect();
    assert_eq!(weeks, ["sem. 44/2025", "sem. 43", "sem. 44"]);
}

/// Seven of the made company’s KPIs have targets. FCR, the only one that is provisional, is judged neither way: its card
/// says so, and the tally counts it apart.
#[test]
fn the_tally_of_targets_is_what_the_cards_say() {
    let made = company::aurora();
    let view = view(&made, "en");
    let said: Vec<(&str, &str)> = view
        .cards
        .iter()
        .filter_map(|card| Some((card.kpi.as_str(), card.target.as_ref()?.text.as_str())))
        .collect();
    let count = |word: &str| said.iter().filter(|(_, text)| *text == word).count();
    let expected = format!(
        "Targets met: {}; missed: {}; too close to call: {}. Not judged yet, because the figure may still change: {}.",
        count("met"),
        count("missed"),
        count("too close to call"),
        count("not judged"),
    );
    let overview = view.charts.iter().find(|chart| chart.anchor == "overview").unwrap();
    assert_eq!(plain(&overview.finding), expected);
    assert!(said.contains(&("fcr", "not judged")) && count("not judged") == 1, "{said:?}");
    assert_eq!(said.len(), 7);
}

/// Twelve customers at risk: the report lists ten, the mail five, and each says so of itself.
#[test]
fn every_document_says_how_many_of_its_list_it_shows() {
    let mut made = company::aurora();
    let customer = made.customers[0].clone();
    made.customers = vec![customer; 12];
    let view = view(&made, "en");
    assert_eq!(view.calls.lists[0].rows.len(), 10);
    let email = render_email(&view).unwrap();
    assert_eq!(email.html.matches("► Book a working session").count(), 5);
    for (name, text, said) in [
        ("report.html", farol::report::render_html(&view).unwrap(), "10 of 12 are shown."),
        ("email.html", email.html, "5 of 12 are shown."),
        ("email.txt", email.text, "10 of 12 are shown."),
    ] {
        assert_eq!(text.matches("of 12 are shown").count(), 1, "{name}");
        assert!(text.contains(said), "{name}");
    }
}

/// Forty segments, the last of them the one with the most revenue: it comes first, and what is left out is counted from
/// what is shown, 30 in the report and 12 in the mail.
#[test]
fn segments_that_are_left_out_are_the_smallest_and_are_counted() {
    let mut made = company::aurora();
    let is_enterprise = |verdict: &&farol::judgement::Verdict| &*verdict.key.segment == "Enterprise";
    let enterprise: Vec<_> = made.verdicts.iter().filter(is_enterprise).cloned().collect();
    made.verdicts.retain(|verdict| &*verdict.key.dimension == "total");
    made.plan.segments.truncate(1);
    for segment in 1..=40 {
        for verdict in &enterprise {
            let mut verdict = verdict.clone();
            verdict.key.segment = format!("S{segment:02}").into();
            if verdict.key.kpi == "mrr_closing" {
                verdict.reading.value = Ok(1_000.0 * f64::from(segment));
                verdict.reading.n = 41 - segment;
            }
            made.verdicts.push(verdict);
        }
    }
    made.verdicts.sort_by(|a, b| a.key.cmp(&b.key));
    let view = view(&made, "pt-BR");
    let table = &view.tables[0];
    assert_eq!((table.rows.len(), table.rows[1].name.as_str()), (31, "S40"));
    let email = render_email(&view).unwrap();
    let shown: BTreeSet<usize> = (1..=40).filter(|at| email.html.contains(&format!(">S{at:02}<"))).collect();
    assert_eq!(shown, (29..=40).collect());
    for (name, text, said) in [
        ("email.html", email.html, "Mais 28 segmentos, de menor receita, não aparecem aqui."),
        ("email.txt", email.text, "Mais 10 segmentos, de menor receita, não aparecem aqui."),
    ] {
        assert!(text.contains(said), "{name}");
        assert!(!text.contains("figures.csv"), "{name}");
    }
}
