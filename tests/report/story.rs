//! One story: headline, subject, preheader, narrative and the mail's chart tell the same news, the clearest first.

use farol::config::Status;
use farol::judgement::{Alert, Change, TargetMet, Verdict};
use farol::kpi::{Interval, Sampling};
use farol::report::{View, render_email, render_html};

use super::company::{self, Made};
use super::reading::{fallen_since_last_year, narrative, plain, quiet, unjudged};
use super::{hard, view};

/// October's figure of all customers.
fn total<'m>(made: &'m mut Made, kpi: &str) -> &'m mut Verdict {
    let is_it = |verdict: &&mut Verdict| {
        verdict.key.period == made.period && verdict.key.dimension == "total" && verdict.key.kpi == kpi
    };
    made.verdicts.iter_mut().find(is_it).unwrap()
}

fn in_mail(view: &View) -> Vec<&str> {
    view.charts.iter().filter(|chart| chart.in_mail).map(|chart| chart.anchor.as_str()).collect()
}

/// A company whose only compared figure is MRR, which has gone from 300 million to nothing: a fact that needs no test.
fn lost() -> Made {
    let mut made = unjudged(|verdict| (verdict.previous, verdict.year_before) = (None, None));
    made.plan.kpis = ["customer_churn_rate", "mrr_closing"].map(str::to_owned).to_vec();
    made.customers.clear();
    made.verdicts.retain(|verdict| verdict.key.kpi != "mrr_at_risk");
    let mrr = total(&mut made, "mrr_closing");
    mrr.reading.value = Ok(0.0);
    mrr.previous =
        Some(Change { against: "2026-09".into(), value: 3e8, difference: -3e8, p_value: None, significant: None });
    made
}

#[test]
fn a_total_loss_is_not_denied() {
    for (tag, headline, sentence) in [
        (
            "en",
            "MRR at the end: from R$300M to R$0.00",
            "Not tested, since Sep ’26: MRR at the end (from R$300M to R$0.00).",
        ),
        (
            "pt-BR",
            "MRR no fim: de R$ 300 mi para R$ 0,00",
            "Sem teste estatístico, desde set/26: MRR no fim (de R$ 300 mi para R$ 0,00).",
        ),
        (
            "es",
            "MRR al final: de 300 M BRL a 0,00 BRL",
            "Sin prueba estadística, desde sept ’26: MRR al final (de 300 M BRL a 0,00 BRL).",
        ),
    ] {
        let view = view(&lost(), tag);
        assert_eq!((plain(&view.headline).as_str(), narrative(&view)), (headline, vec![sentence.to_owned()]));
        assert!(in_mail(&view).contains(&"trend-mrr-closing"), "{tag}");
    }
}

/// Nothing earlier, or something earlier that no test can use.
#[test]
fn what_is_not_compared_is_not_called_unchanged() {
    let mut made = lost();
    total(&mut made, "mrr_closing").previous = None;
    let view = view(&made, "en");
    assert_eq!(view.headline, "Figures of October 2026");
    assert_eq!(narrative(&view), ["There is nothing earlier to compare with yet."]);
    total(&mut made, "customer_churn_rate").previous =
        Some(Change { against: "2026-09".into(), value: 1.0, difference: 2.1, p_value: None, significant: None });
    assert_eq!(narrative(&super::view(&made, "en")), ["None of the figures can be tested against chance."]);
}

#[test]
fn headline_subject_and_chart_know_a_fall_since_last_year() {
    let view = view(&fallen_since_last_year(), "en");
    assert_eq!(plain(&view.headline), "CSAT fell clearly to 7.4 (vs Oct ’25)");
    assert!(plain(&view.subject).ends_with("NPS 52, CSAT 7.4 (clear fall)"), "{}", view.subject);
    assert!(in_mail(&view).contains(&"trend-csat"));
}

/// Churn of 3.12 % sets off the alert above 3 %, which its interval of 2.2 to 4.1 holds.
#[test]
fn a_clear_change_comes_before_an_alert_that_may_be_chance() {
    let mut made = fallen_since_last_year();
    total(&mut made, "customer_churn_rate").alerts = vec![Alert::Above(3.0)];
    let view = view(&made, "en");
    let sentences = narrative(&view);
    assert!(sentences[0].starts_with("Customer satisfaction (CSAT) fell clearly"), "{sentences:?}");
    assert!(sentences[1].starts_with("Customer churn stands at 3.1%; this sets off the alert"), "{sentences:?}");
    assert!(view.headline.starts_with("CSAT fell clearly"), "{}", view.headline);
}

#[test]
fn a_value_and_a_target_that_round_alike_are_told_apart() {
    let mut made = quiet(|_| ());
    made.plan.kpis = vec!["mrr_closing".to_owned()];
    let mrr = total(&mut made, "mrr_closing");
    mrr.reading.value = Ok(1_187_036.86);
    (mrr.target, mrr.target_met) = (Some(1_190_000.0), Some(TargetMet::No));
    let headline = plain(&view(&made, "en").headline);
    assert_eq!(headline, "MRR at R$1,187,036.86, below the target of R$1,190,000.00");
}

/// Of seven targets that of the first-contact resolution is not judged yet.
#[test]
fn targets_that_nobody_can_call_are_not_called_unmissed() {
    let made = quiet(|verdict| verdict.target_met = verdict.target.map(|_| TargetMet::CannotTell));
    for (tag, said) in [
        ("en", "All 6 targets are too close to call."),
        ("pt-BR", "Em nenhuma das 6 metas dá para afirmar se foi atingida."),
        ("es", "En ninguna de las 6 metas puede afirmarse si se cumple."),
    ] {
        let sentences = narrative(&view(&made, tag));
        assert!(sentences.iter().any(|sentence| sentence == said), "{tag}: {sentences:?}");
    }
}

#[test]
fn a_sample_without_an_interval_says_so_beside_its_target() {
    let mut made = company::aurora();
    let csat = total(&mut made, "csat");
    (csat.reading.interval, csat.reading.sampling) = (None, Sampling::Unknown);
    csat.target_met = Some(TargetMet::Yes);
    for (tag, said) in
        [("en", "met (no interval)"), ("pt-BR", "atingida (sem intervalo)"), ("es", "cumplida (sin intervalo)")]
    {
        let card = view(&made, tag).cards.into_iter().find(|card| card.kpi == "csat").unwrap();
        assert_eq!(card.target.unwrap().text, said);
    }
}

/// Two figures of Nordeste in the red: below 95 % and below 6.5. An interval that reaches beyond may be chance.
#[test]
fn the_weakest_segment_is_red_beyond_chance() {
    let weakest = |nrr: (f64, f64)| {
        let mut made = unjudged(|_| ());
        made.benchmarks = company::aurora().benchmarks;
        for verdict in made.verdicts.iter_mut().filter(|verdict| verdict.key.segment == "Nordeste") {
            let (value, low, high) = match verdict.key.kpi {
                "nrr" => (93.0, nrr.0, nrr.1),
                "csat" => (6.0, 5.8, 6.2),
                _ => continue,
            };
            (verdict.reading.value, verdict.reading.interval) = (Ok(value), Some(Interval { low, high }));
            verdict.status = Some(Status::Red);
        }
        let sentences = narrative(&view(&made, "en"));
        sentences.into_iter().find(|sentence| sentence.starts_with("Weakest segment"))
    };
    let sure = weakest((91.5, 94.5)).unwrap();
    assert_eq!(sure, "Weakest segment: Nordeste, with 2 figures clearly in the red (NRR and CSAT).");
    assert_eq!(weakest((90.5, 95.5)), None);
}

/// A reader of the plan Pro: all of them are of that plan, so that a table by plan would say the total twice.
#[test]
fn a_part_is_not_compared_with_itself() {
    let mut made = company::aurora();
    made.scope = [("plan".to_owned(), "Pro".to_owned())].into();
    made.verdicts.retain(|verdict| verdict.key.dimension != "plan" || verdict.key.segment == "Pro");
    let view = view(&made, "en");
    let captions: Vec<&str> = view.tables.iter().map(|table| table.caption.as_str()).collect();
    assert_eq!((captions, view.tables[0].rows[0].name.as_str()), (vec!["By region"], "Pro"));
    assert!(narrative(&view).iter().all(|sentence| !sentence.contains("Pro")), "{:?}", view.narrative);
}

/// Of forty plans the smallest has two figures in the red, each far from any other band.
#[test]
fn a_segment_that_a_sentence_names_is_in_every_table() {
    let mut made = hard::many_segments();
    made.plan.segments.truncate(1);
    made.benchmarks.clear();
    for verdict in &mut made.verdicts {
        (verdict.previous, verdict.year_before, verdict.target_met) = (None, None, None);
        (verdict.status, verdict.alerts) = (None, Vec::new());
    }
    for verdict in made.verdicts.iter_mut().filter(|verdict| verdict.key.dimension == "plan") {
        let is_last = verdict.key.segment == "Plan 36";
        verdict.status = (is_last && matches!(verdict.key.kpi, "nrr" | "csat")).then_some(Status::Red);
        if is_last && verdict.key.kpi == "mrr_closing" {
            verdict.reading.value = Ok(1.0);
        }
    }
    let view = view(&made, "en");
    assert!(narrative(&view).iter().any(|sentence| sentence.starts_with("Weakest segment: Plan 36")));
    let email = render_email(&view).unwrap();
    assert!(email.html.contains(">Plan 36<") && email.text.contains("\nPlan 36\n"));
    assert!(render_html(&view).unwrap().contains(">Plan 36<"));
    assert_eq!((view.tables[0].rows.len(), view.tables[0].left_out), (1 + 40, 0));
}

#[test]
fn a_report_whose_data_are_not_configured_says_so() {
    let mut made = company::aurora();
    made.plan.kpis = vec!["value_gap".to_owned()];
    made.verdicts.clear();
    made.customers.clear();
    made.quality.truncate(1);
    made.quality[0].rows = 1;
    for (tag, headline, note) in [
        ("en", "No figure can be computed yet", "1 row was read; none was set aside."),
        ("pt-BR", "Ainda não dá para calcular nenhum indicador", "1 linha lida; nenhuma foi separada."),
        ("es", "Todavía no puede calcularse ningún indicador", "Se leyó 1 fila; no se apartó ninguna."),
    ] {
        let view = view(&made, tag);
        assert_eq!((view.headline.as_str(), view.quality.note.as_str()), (headline, note));
    }
}

/// Nine tested totals, each changed on two baselines, and two counts that moved: twenty changes, of which twelve are shown.
#[test]
fn changes_that_are_not_shown_are_counted() {
    let mut made = unjudged(|_| ());
    made.plan.segments.clear();
    for verdict in &mut made.verdicts {
        for change in [&mut verdict.previous, &mut verdict.year_before].into_iter().flatten() {
            change.significant = change.significant.map(|_| true);
        }
    }
    let view = view(&made, "en");
    let counts = view.changes.rows.iter().filter(|row| row.word == "up" || row.word == "down").count();
    assert_eq!((view.changes.rows.len(), counts), (12, 2));
    let more = "8 more figures have changed; each stands with its change among the figures.";
    assert_eq!(view.changes.more.as_deref(), Some(more));
    assert!(render_email(&view).unwrap().text.contains(more) && render_html(&view).unwrap().contains(more));
}

#[test]
fn restated_totals_come_before_segments_and_no_row_stands_twice() {
    let mut made = hard::restated();
    let again = made.told.clone();
    made.told.extend(again);
    let rows = view(&made, "en").restated.rows;
    assert_eq!(rows.len(), 10);
    assert!(rows.iter().all(|row| row.segment.is_none()), "{rows:?}");
    for (at, row) in rows.iter().enumerate() {
        assert!(!rows[..at].contains(row), "{row:?}");
    }
}

#[test]
fn advice_of_most_is_given_once_and_a_column_of_none_is_not_there() {
    let mut made = company::aurora();
    made.customers = [0, 0, 0, 1].map(|at| made.customers[at].clone()).to_vec();
    let most = render_email(&view(&made, "en")).unwrap().text;
    assert!(most.contains("► Where nothing else is said: Book a working session with the daily users."), "{most}");
    assert_eq!(most.matches("Book a working session").count(), 1);
    assert_eq!(most.matches("  ► Have support call back on every open ticket.").count(), 1);
    made.choices.health.playbook.clear();
    assert!(!render_html(&view(&made, "en")).unwrap().contains(">What to do<"));
}

/// The data are read as of 5 November: the 3rd lies between the period's end and then.
#[test]
fn a_renewal_that_has_passed_since_is_marked_and_the_list_is_dated() {
    let mut made = company::aurora();
    (made.customers[4].days_to_renewal, made.customers[5].days_to_renewal) = (Some(2), Some(4));
    made.customers[4].health = Some(39.75);
    let calls = view(&made, "en").calls;
    let rows: Vec<String> = calls.lists[1].rows.iter().map(|row| plain(&row.renewal)).collect();
    assert_eq!(rows, ["Nov 5, 2026", "Nov 3, 2026, passed since"]);
    assert!(plain(&calls.note).contains("As they stood on Oct 31, 2026."), "{}", calls.note);
    // Not 40, which would be another band.
    assert_eq!(calls.lists[1].rows[1].health.as_deref(), Some("39.8"));
}

/// The sixteenth figure and those after it stand in lines, without a place for what they lack.
#[test]
fn figures_beyond_the_cards_leave_no_gaps_in_a_mail() {
    let mut made = company::aurora();
    for kpi in ["customers_closing", "mrr_opening", "mrr_new", "mrr_churned", "mrr_at_risk"] {
        made.plan.kpis.insert(0, kpi.to_owned());
    }
    let text = plain(&render_email(&view(&made, "en")).unwrap().text);
    assert!(
        text.contains("\nMRR at the end · R$2,041,100.00 · up: +R$16.0K vs Sep ’26; up: +R$192K vs Oct ’25\n"),
        "{text}"
    );
    assert!(!text.contains("·  ·") && text.contains("\n\n== What changed =="));
}

#[test]
fn a_course_without_a_course_is_told_once() {
    let mut made = company::aurora();
    for verdict in made.verdicts.iter_mut().filter(|verdict| verdict.key.kpi == "chi") {
        verdict.reading.value = Ok(7.6);
    }
    let charts = view(&made, "en").charts;
    let finding = |anchor: &str| charts.iter().find(|chart| chart.anchor == anchor).unwrap().finding.clone();
    assert!(
        plain(&finding("trend-chi")).starts_with("7.6 in Oct ’26, as in all the time shown."),
        "{}",
        finding("trend-chi")
    );
}

/// October's FCR is provisional, so that no report of October may judge it; September's has become final since.
#[test]
fn a_figure_that_is_final_only_later_is_told_a_period_later() {
    let company = |edit: fn(&mut Verdict)| {
        let mut made = quiet(|_| ());
        made.plan.kpis = ["nps", "fcr"].map(str::to_owned).to_vec();
        let is_fcr = |verdict: &&mut Verdict| verdict.key.kpi == "fcr" && verdict.key.dimension == "total";
        made.verdicts.iter_mut().filter(is_fcr).for_each(edit);
        made
    };
    for (tag, clause, sentence) in [
        (
            "en",
            "FCR of Sep ’26 at 73.3%, below the target of 75.0%",
            "First-contact resolution (FCR) of Sep ’26 stands at 73.3%, below the target of 75.0% for 9 months in a row; the figure of Oct ’26 is not final yet.",
        ),
        (
            "pt-BR",
            "FCR de set/26 em 73,3%, abaixo da meta de 75,0%",
            "A resolução no primeiro contato (FCR) de set/26 está em 73,3%, abaixo da meta de 75,0% há 9 meses seguidos; o número de out/26 ainda não é definitivo.",
        ),
        (
            "es",
            "FCR de sept ’26 en 73,3 %, por debajo de la meta de 75,0 %",
            "La resolución en el primer contacto (FCR) de sept ’26 está en 73,3 %, por debajo de la meta de 75,0 % desde hace 9 meses seguidos; la cifra de oct ’26 aún no es definitiva.",
        ),
    ] {
        let view = view(&company(|_| ()), tag);
        assert!(plain(&view.headline).contains(clause), "{tag}: {}", view.headline);
        assert!(narrative(&view).contains(&sentence.to_owned()), "{tag}: {:?}", narrative(&view));
        assert!(!view.subject.contains("FCR"), "the subject is of the period alone: {}", view.subject);
    }
    let told_late = |made: &Made| narrative(&view(made, "en")).iter().any(|sentence| sentence.contains("of Sep"));
    assert!(!told_late(&company(|fcr| fcr.maturity = farol::judgement::Maturity::Final)), "October's own is told");
    assert!(!told_late(&company(|fcr| fcr.target_met = fcr.target.map(|_| TargetMet::Yes))), "nothing to tell");
}

/// Of some R$2 million, one in a hundred is R$20,000. From 5 to 9 customers is less than two counts differ by chance:
/// 1.96 √14 = 7.3; from 5 to 16 is more: 1.96 √21 = 9.0.
#[test]
fn facts_are_news_only_where_they_matter_to_the_whole() {
    for (kpi, before, now, is_news) in [
        ("mrr_at_risk", 6_480.0, 536.0, false),
        ("mrr_at_risk", 7_050.0, 26_000.0, false),
        ("mrr_at_risk", 7_050.0, 29_400.0, true),
        ("customers_lost", 5.0, 9.0, false),
        ("customers_lost", 5.0, 16.0, true),
        ("customers_lost", 0.0, 1.0, false),
    ] {
        let mut made = unjudged(|_| ());
        let closing = total(&mut made, "mrr_closing").clone();
        made.plan.kpis = ["nps", kpi].map(str::to_owned).to_vec();
        made.customers.clear();
        made.verdicts.retain(|verdict| verdict.key.kpi != kpi);
        let key = farol::judgement::Key { kpi, ..closing.key.clone() };
        let change = Change {
            against: "2026-09".into(),
            value: before,
            difference: now - before,
            p_value: None,
            significant: None,
        };
        let reading = farol::kpi::Reading { value: Ok(now), ..closing.reading.clone() };
        made.verdicts.push(Verdict { key, reading, previous: Some(change), year_before: None, ..closing });
        made.verdicts.sort_by(|a, b| a.key.cmp(&b.key));
        let headline = plain(&view(&made, "en").headline);
        assert_eq!(headline.contains(": from "), is_news, "{kpi}: {before} to {now}: {headline}");
        assert_eq!(headline.starts_with("No clear change in the key figures"), !is_news, "{headline}");
    }
}
