//! What a change is put down to, what is told before what, and what is not told.

use farol::judgement::{Change, Verdict};

use super::company::Made;
use super::reading::{narrative, plain, unjudged};
use super::view;

/// A verdict of October, of any place.
fn of<'m>(made: &'m mut Made, kpi: &str, segment: &str) -> &'m mut Verdict {
    let is_it = |v: &&mut Verdict| v.key.period == made.period && v.key.kpi == kpi && &*v.key.segment == segment;
    made.verdicts.iter_mut().find(is_it).unwrap()
}

fn set(change: &mut Option<Change>, from: f64, to: f64) {
    let change = change.as_mut().unwrap();
    (change.value, change.difference, change.significant) = (from, to - from, Some(true));
}

/// CSAT of all falls from 8.0 to 7.0 on the year before, and so does that of Nordeste, from 8.0 to 4.0: of 1 284 customers,
/// 264 times 4.0 is 0.82 of it.
fn fallen_in_nordeste() -> Made {
    let mut made = unjudged(|_| ());
    for (segment, to) in [("total", 7.0), ("Nordeste", 4.0)] {
        let verdict = of(&mut made, "csat", segment);
        verdict.reading.value = Ok(to);
        set(&mut verdict.year_before, 8.0, to);
    }
    made
}

#[test]
fn a_change_on_the_year_before_names_what_drives_it() {
    for (tag, said) in [
        ("en", "; the segment that weighs most is Nordeste (there −4.0)."),
        ("pt-BR", "; o segmento que mais pesa é Nordeste (lá, −4,0)."),
        ("es", "; el segmento que más pesa es Nordeste (allí, −4,0)."),
    ] {
        let sentences = narrative(&view(&fallen_in_nordeste(), tag));
        assert!(sentences[0].ends_with(said), "{tag}: {sentences:?}");
    }
}

/// Nordeste withheld leaves 0.82 of the fall, and no other segment moved: the report does not say that none drives it.
#[test]
fn what_is_withheld_is_not_called_no_single_segment() {
    let mut made = fallen_in_nordeste();
    let key = of(&mut made, "csat", "Nordeste").key.clone();
    of(&mut made, "csat", "Nordeste").reading.value = Err(farol::kpi::Undefined::TooFew);
    made.withheld.insert(key);
    for (tag, said) in [
        ("en", "Cannot be told: segments withheld"),
        ("pt-BR", "Não dá para dizer: há segmentos omitidos"),
        ("es", "No puede decirse: hay segmentos omitidos"),
    ] {
        let view = view(&made, tag);
        assert_eq!(view.changes.rows[0].driver, said);
        assert!(!narrative(&view)[0].contains("Nordeste"), "{:?}", narrative(&view));
    }
}

/// Two customers of whom both left: a test may call it clear, nobody is told of it; of ten, everybody is.
#[test]
fn list_headline_and_narrative_agree_on_small_segments() {
    for (n, is_told) in [(2, false), (10, true)] {
        let mut made = unjudged(|_| ());
        let is_it = |v: &&mut Verdict| v.key.kpi == "customer_churn_rate" && &*v.key.segment == "Trial";
        made.verdicts.iter_mut().filter(is_it).for_each(|verdict| verdict.reading.n = n);
        let churn = of(&mut made, "customer_churn_rate", "Trial");
        churn.reading.value = Ok(100.0);
        set(&mut churn.previous, 0.0, 100.0);
        let view = view(&made, "en");
        assert_eq!(view.changes.rows.iter().any(|row| row.segment.as_deref() == Some("Trial")), is_told);
        assert_eq!(narrative(&view).iter().any(|sentence| sentence.contains("in Trial rose clearly")), is_told);
        assert_eq!(view.headline.contains("Trial"), is_told, "{}", view.headline);
    }
}

/// Team of 22: (1 + 0) / 2 moved in September, nobody in October. 60 of 220 and 20 of 220: 40 is more than 1.96 √80 = 17.5.
#[test]
fn a_percentage_of_few_is_no_news() {
    for (team, before, is_news) in [(22.0, 0.5, false), (220.0, 60.0, true)] {
        let mut made = unjudged(|_| ());
        made.plan.kpis = ["nps", "turnover_index"].map(str::to_owned).to_vec();
        let now = if is_news { 20.0 } else { 0.0 };
        for verdict in made.verdicts.iter_mut().filter(|v| v.key.kpi == "turnover_index") {
            let part = if verdict.key.period == made.period { now } else { before };
            let reading = &mut verdict.reading;
            (reading.value, reading.numerator) = (Ok(100.0 * part / team), Some(part));
            reading.denominator = Some(team);
        }
        let turnover = of(&mut made, "turnover_index", "total");
        let change = turnover.previous.as_mut().unwrap();
        (change.value, change.difference) = (100.0 * before / team, 100.0 * (now - before) / team);
        let headline = plain(&view(&made, "en").headline).to_lowercase();
        assert_eq!(headline.contains("turnover: from"), is_news, "{headline}");
    }
}

/// Five figures are clearly worse than a year before, and MRR rose by half, which nobody tested: the headline is of two that
/// were, and those without a sentence of their own stand beside what is said of September.
#[test]
fn what_was_tested_comes_before_facts() {
    let mut made = unjudged(|_| ());
    made.plan.kpis = ["csat", "ltv", "crc", "nrr", "health_score", "mrr_closing"].map(str::to_owned).to_vec();
    for (kpi, from, to) in [
        ("csat", 8.5, 7.4),
        ("ltv", 60_000.0, 50_000.0),
        ("crc", 200.0, 250.0),
        ("nrr", 105.0, 99.0),
        ("health_score", 80.0, 70.0),
    ] {
        let verdict = of(&mut made, kpi, "total");
        verdict.reading.value = Ok(to);
        set(&mut verdict.year_before, from, to);
    }
    let closing = of(&mut made, "mrr_closing", "total");
    closing.reading.value = Ok(3_000_000.0);
    let change = closing.previous.as_mut().unwrap();
    (change.value, change.difference) = (2_000_000.0, 1_000_000.0);
    let view = view(&made, "en");
    let headline = plain(&view.headline);
    assert!(headline.matches("clearly").count() == 2 && !headline.contains("MRR"), "{headline}");
    let sentences = narrative(&view).join(" ");
    for name in ["CSAT", "lifetime value", "CRC", "NRR", "health"] {
        assert!(sentences.to_lowercase().contains(&name.to_lowercase()), "{name}: {sentences}");
    }
    assert!(sentences.contains("Also clearly changed: ") && sentences.contains("(vs Oct ’25)"), "{sentences}");
}

/// The chart of revenue knows what is at risk; a report with neither that figure nor a list does not speak of it.
#[test]
fn revenue_at_risk_is_told_where_the_report_has_it() {
    for (kpi, is_told) in [("nps", false), ("mrr_at_risk", true)] {
        let mut made = unjudged(|_| ());
        made.plan.kpis = ["mrr_closing", kpi].map(str::to_owned).to_vec();
        made.customers.clear();
        let sentences = narrative(&view(&made, "en"));
        assert_eq!(sentences.iter().any(|sentence| sentence.contains("at risk hold")), is_told, "{sentences:?}");
    }
}

/// CSAT and NRR are in the subject, and MRR, of which there is a sentence, is not tested: Nordeste, in the red, comes first.
#[test]
fn a_preheader_does_not_begin_with_what_nobody_tested() {
    let mut made = unjudged(|_| ());
    made.plan.kpis = ["csat", "nrr", "mrr_closing"].map(str::to_owned).to_vec();
    made.customers.clear();
    made.verdicts.retain(|verdict| verdict.key.kpi != "mrr_at_risk");
    made.benchmarks = super::company::aurora().benchmarks;
    for kpi in ["csat", "nrr"] {
        let verdict = of(&mut made, kpi, "Nordeste");
        verdict.status = Some(farol::config::Status::Red);
        let (value, half) = if kpi == "csat" { (6.0, 0.2) } else { (90.0, 1.0) };
        verdict.reading.value = Ok(value);
        verdict.reading.interval = Some(farol::kpi::Interval { low: value - half, high: value + half });
    }
    let view = view(&made, "en");
    assert!(
        narrative(&view).iter().any(|sentence| sentence.starts_with("Not tested, since")),
        "{:?}",
        narrative(&view)
    );
    assert_eq!(view.preheader, "Weakest segment: Nordeste, with 2 figures clearly in the red (CSAT and NRR).");
}

/// September's NPS was 70, October's is 56: p = 0.014 by itself, and no finding beside all that was compared.
#[test]
fn what_would_be_a_finding_by_itself_is_named_where_all_is_quiet() {
    let made = |p| {
        unjudged(|verdict| {
            if let Some(change) = verdict.previous.as_mut().filter(|change| change.p_value.is_some()) {
                change.p_value = Some(0.4);
                if (&*verdict.key.segment, verdict.key.kpi) == ("total", "nps") {
                    verdict.reading.value = Ok(56.0);
                    (change.value, change.difference, change.p_value) = (70.0, -14.0, Some(p));
                }
            }
        })
    };
    for (tag, said, within) in [
        (
            "en",
            "against Sep ’26. What stands out most is Net Promoter Score (from 70 to 56); among so many comparisons, this may still be chance.",
            "within what chance explains",
        ),
        (
            "pt-BR",
            "em relação a set/26. O que mais chama a atenção: Net Promoter Score (de 70 para 56); entre tantas comparações, ainda pode ser acaso.",
            "cabem no acaso",
        ),
        (
            "es",
            "respecto de sept ’26. Lo que más llama la atención: Net Promoter Score (de 70 a 56); entre tantas comparaciones, aún puede ser azar.",
            "caben en el azar",
        ),
    ] {
        let noticed = view(&made(0.014), tag);
        let sentences = narrative(&noticed).join(" ");
        assert!(sentences.contains(said) && !sentences.contains(within), "{tag}: {sentences}");
        assert!(!noticed.headline.contains("NPS"), "{}", noticed.headline);
        let sentences = narrative(&view(&made(0.06), tag)).join(" ");
        assert!(sentences.contains(within) && !sentences.contains("70"), "{tag}: {sentences}");
    }
    // Its alert has a sentence that tells of it.
    let mut told = made(0.014);
    of(&mut told, "nps", "total").alerts = vec![farol::judgement::Alert::Below(60.0)];
    let sentences = narrative(&view(&told, "en")).join(" ");
    assert!(!sentences.contains("stands out") && !sentences.contains("within what chance"), "{sentences}");
}
