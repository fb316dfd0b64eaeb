//! The narrative: what it says over random companies, and how long it says that something has been so.

use std::collections::{BTreeMap, BTreeSet};

use farol::calendar::Period;
use farol::config::{Alerts, Status, Target};
use farol::judgement::{Alert, Figure, Key, Maturity, Setting, TargetMet, Verdict, judge};
use farol::kpi::{Definition, Reading, Undefined, catalogue};
use farol::locale::Locale;
use farol::report::view::{Basis, Call, Sentence, View};
use farol::report::{build, render_html};
use proptest::prelude::*;
use rand::SeedableRng as _;
use rand_chacha::ChaCha8Rng;

use super::company::{self, Made};
use super::hard;

const LANGUAGES: [&str; 3] = ["en", "pt-BR", "es"];

/// The aurora company with other figures, judged as the program judges them: calm or wild, of many customers or few, with
/// targets that change on the way, alerts, withheld figures, months that are not over.
fn shaken(seed: u64) -> Made {
    let mut dice = ChaCha8Rng::seed_from_u64(seed);
    let mut made = company::aurora();
    let noise = [0.0, 0.003, 0.04, 0.3][dice.random_range(0..4)];
    let crowd: u64 = [3, 60, 1_300, 90_000][dice.random_range(0..4)];
    let mut figures: Vec<Figure> = Vec::new();
    let mut levels: BTreeMap<(String, String, &str), f64> = BTreeMap::new();
    let mut old = std::mem::take(&mut made.verdicts);
    old.sort_by(|a, b| a.key.cmp(&b.key));
    for verdict in &old {
        let place = (verdict.key.dimension.to_string(), verdict.key.segment.to_string(), verdict.key.kpi);
        let first = verdict.reading.value.unwrap_or(0.0);
        let level = levels.entry(place).or_insert(first);
        *level *= 1.0 + noise * dice.random_range(-1.0..1.0);
        if dice.random_bool(0.03) {
            *level *= dice.random_range(0.4..1.8);
        }
        let reading = match dice.random_range(0..40) {
            0 => Reading {
                value: Err(Undefined::NoDenominator),
                interval: None,
                ..company::reading(verdict.key.kpi, *level, crowd)
            },
            _ => company::reading(verdict.key.kpi, *level, crowd),
        };
        figures.push(Figure { key: verdict.key.clone(), reading });
    }
    for (kpi, benchmark) in &mut made.benchmarks {
        let level = levels[&("total".to_owned(), "total".to_owned(), catalogue::definition(kpi).unwrap().id)];
        let starts = ["2025-01-01", "2026-03-01", "2026-08-01"];
        let target = |from: &&str, dice: &mut ChaCha8Rng| Target {
            from: from.parse().unwrap(),
            total: Some(level * dice.random_range(0.8..1.25)),
            segments: BTreeMap::new(),
        };
        let targets = starts.iter().filter(|_| dice.random_bool(0.6)).collect::<Vec<_>>();
        benchmark.targets = targets.into_iter().map(|from| target(from, &mut dice)).collect();
        benchmark.alert = Alerts {
            below: dice.random_bool(0.2).then_some(level * 1.02),
            above: dice.random_bool(0.2).then_some(level * 0.98),
            drop_of: dice.random_bool(0.2).then_some(level.abs() * 0.05),
            rise_of: dice.random_bool(0.2).then_some(level.abs() * 0.05),
        };
    }
    made.withheld = figures.iter().filter(|_| dice.random_bool(0.03)).map(|figure| figure.key.clone()).collect();
    let today = ["2026-11-05", "2026-11-05", "2026-11-05", "2026-10-20"][dice.random_range(0..4)];
    rejudge(&mut made, &figures, today);
    if dice.random_bool(0.3) {
        made.customers.clear();
    }
    made.names = dice.random_bool(0.5);
    made
}

/// Judges figures period by period, as a run does.
fn rejudge(made: &mut Made, figures: &[Figure], today: &str) {
    let calendar = made.company.calendar;
    let setting = Setting {
        calendar: &calendar,
        as_of: calendar.midnight(today.parse().unwrap()),
        close_lag_days: 2,
        choices: &made.choices,
        withheld: &made.withheld,
        first_rows: None,
    };
    let periods: BTreeSet<&Period> = figures.iter().map(|figure| &figure.key.period).collect();
    let mut verdicts = Vec::new();
    for period in periods {
        let beside = [Some(period.clone()), calendar.previous(period), calendar.year_before(period)];
        let is_beside = |figure: &&Figure| beside.iter().flatten().any(|other| *other == figure.key.period);
        let together: Vec<Figure> = figures.iter().filter(is_beside).cloned().collect();
        verdicts.extend(judge(&together, std::slice::from_ref(period), &made.benchmarks, &setting));
    }
    made.verdicts = verdicts;
}

fn told(made: &Made, tag: &str) -> View {
    let locale = Locale::load(tag, None).unwrap();
    let view = build(&made.input(), &locale);
    assert_eq!(locale.faults(), [], "every word exists");
    view
}

fn verdict<'m>(made: &'m Made, basis: &Basis) -> &'m Verdict {
    let is_it = |verdict: &&Verdict| {
        let Key { period, dimension, segment, kpi } = &verdict.key;
        [period.id.as_str(), dimension, segment, kpi] == [&basis.period, &basis.dimension, &basis.segment, &basis.kpi]
    };
    made.verdicts.iter().find(is_it).unwrap_or_else(|| panic!("no figure {basis:?}"))
}

/// Every way in which a figure's own numbers may be written.
fn written(made: &Made, locale: &Locale, verdict: &Verdict) -> Vec<String> {
    let currency = &made.company.currency;
    let Definition { unit, .. } = *catalogue::definition(verdict.key.kpi).unwrap();
    let mut texts = Vec::new();
    let mut values: Vec<f64> = verdict.reading.value.ok().into_iter().chain(verdict.target).collect();
    values.extend(verdict.previous.iter().chain(&verdict.year_before).map(|change| change.value));
    let mut steps: Vec<f64> =
        verdict.previous.iter().chain(&verdict.year_before).map(|change| change.difference).collect();
    for alert in &verdict.alerts {
        match alert {
            Alert::Below(limit) | Alert::Above(limit) => values.push(*limit),
            Alert::Drop(limit) | Alert::Rise(limit) => steps.push(*limit),
        }
    }
    for value in values {
        texts.extend([locale.value_compact(value, unit, currency), locale.value(value, unit, currency)]);
    }
    for step in steps {
        let text = locale.difference_compact(step, unit, currency);
        texts.extend([text.trim_start_matches('+').to_owned(), text]);
    }
    texts
}

/// What is left of a sentence without its names and without the numbers of the figures that it rests on.
fn unexplained(made: &Made, locale: &Locale, sentence: &Sentence) -> String {
    let mut known: Vec<String> = Vec::new();
    for definition in catalogue::CATALOGUE {
        let id = format!("kpi-{}", definition.id.replace('_', "-"));
        known.extend([locale.text(&id), locale.text(&format!("{id}.short"))]);
    }
    known.extend(made.customers.iter().map(|customer| customer.name.clone()));
    known.extend(made.verdicts.iter().map(|verdict| locale.period_short(&verdict.key.period)));
    for basis in &sentence.figures {
        known.extend(written(made, locale, verdict(made, basis)));
    }
    if sentence.tone == farol::report::view::Tone::Act {
        let at_risk: Vec<f64> = made
            .customers
            .iter()
            .filter(|customer| customer.call == Call::AtRisk)
            .map(|customer| customer.mrr)
            .collect();
        let sums = [at_risk.first().copied().unwrap_or(0.0), at_risk.iter().sum()];
        known.extend(sums.map(|sum| locale.value_compact(sum, farol::kpi::Unit::Money, &made.company.currency)));
    }
    known.sort_by_key(|text| std::cmp::Reverse(text.len()));
    known.dedup();
    known
        .iter()
        .filter(|text| text.contains(|c: char| c.is_ascii_digit()))
        .fold(sentence.text.clone(), |rest, text| rest.replace(text.as_str(), " "))
}

/// The counts that a sentence may say of the figures that it rests on.
fn counts(made: &Made, sentence: &Sentence) -> BTreeSet<usize> {
    let on: Vec<&Verdict> = sentence.figures.iter().map(|basis| verdict(made, basis)).collect();
    let with = |met: TargetMet| on.iter().filter(|verdict| verdict.target_met == Some(met)).count();
    let red = on.iter().filter(|verdict| verdict.status == Some(Status::Red)).count();
    let own = on.first().map_or(0, |first| {
        on.iter().filter(|other| (&other.key.segment, other.key.kpi) == (&first.key.segment, first.key.kpi)).count()
    });
    let judged = on.iter().filter(|verdict| verdict.target_met.is_some()).count();
    let mut counts =
        BTreeSet::from([with(TargetMet::Yes), with(TargetMet::No), with(TargetMet::CannotTell), red, judged, on.len()]);
    // What changed over a year stands beside how many could be tested against the period before.
    let is_tested = |on: &&&Verdict| on.previous.as_ref().is_some_and(|change| change.significant.is_some());
    counts.insert(on.iter().filter(is_tested).count());
    let has_moved = |on: &&&Verdict| on.year_before.as_ref().is_some_and(|change| change.significant == Some(true));
    counts.extend((4..=7).filter_map(|others| on.iter().filter(has_moved).count().checked_sub(others)));
    // A streak is of the periods listed, with or without the one before; lists name four and count the rest.
    counts.extend((own.saturating_sub(2)..=own).filter(|n| *n > 0));
    counts.extend(on.len().checked_sub(4));
    // Up to three of those that missed have a sentence of their own.
    counts.extend((4..=7).filter_map(|others| with(TargetMet::No).checked_sub(others)));
    counts.extend(on.iter().map(|verdict| verdict.alerts.len()).sum::<usize>().checked_sub(4));
    counts.extend(
        on.iter()
            .map(|verdict| usize::try_from(verdict.reading.n).unwrap())
            .filter(|_| sentence.tone == farol::report::view::Tone::Act),
    );
    if sentence.tone == farol::report::view::Tone::Act {
        counts.insert(made.customers.iter().filter(|customer| customer.call == Call::AtRisk).count());
    }
    counts
}

fn numbers(text: &str) -> Vec<usize> {
    let digits = text.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty());
    digits.map(|part| part.parse().unwrap()).collect()
}

fn is_seen(made: &Made, verdict: &Verdict) -> bool {
    verdict.reading.value.is_ok_and(f64::is_finite) && !made.withheld.contains(&verdict.key)
}

/// What must hold of any narrative.
fn check(made: &Made, tag: &str) -> Result<(), TestCaseError> {
    let locale = Locale::load(tag, None).unwrap();
    let view = told(made, tag);
    let of_now: Vec<&Verdict> = made.verdicts.iter().filter(|verdict| verdict.key.period == made.period).collect();
    prop_assert!((1..=5).contains(&view.narrative.len()), "{:?}", view.narrative);
    if of_now.iter().any(|verdict| verdict.maturity == Maturity::OpenPeriod) {
        prop_assert_eq!(view.narrative.len(), 1);
        prop_assert_eq!(&view.narrative[0].text, &locale.text("narrative-open"));
        prop_assert!(view.narrative[0].figures.is_empty());
        return Ok(());
    }
    for sentence in &view.narrative {
        let text = &sentence.text;
        prop_assert_eq!(&sentence.spans.iter().map(|span| span.text.as_str()).collect::<String>(), text);
        for basis in &sentence.figures {
            let verdict = verdict(made, basis);
            prop_assert!(verdict.maturity == Maturity::Final && is_seen(made, verdict), "{text} on {basis:?}");
        }
        let counts = counts(made, sentence);
        let grouped = |rest: String, n: &usize| match *n {
            1_000.. => rest.replace(&locale.count(*n as u64), " "),
            _ => rest,
        };
        let rest = counts.iter().fold(unexplained(made, &locale, sentence), grouped);
        for number in numbers(&rest) {
            prop_assert!(counts.contains(&number), "{tag}: {number} in {text:?}; {counts:?} {:?}", sentence.figures);
        }
        prop_assert!(
            !text.contains("  ") && !text.contains(" ,") && !text.contains(" ;") && text.ends_with('.'),
            "{}",
            text
        );
    }
    let is_changed = |verdict: &&&Verdict| {
        verdict.key.dimension == "total"
            && is_seen(made, verdict)
            && made.plan.kpis.iter().any(|kpi| kpi == verdict.key.kpi)
            && verdict
                .previous
                .as_ref()
                .is_some_and(|change| change.significant == Some(true) && change.difference != 0.0)
    };
    let says_none = view.narrative.iter().any(|sentence| {
        let text = &sentence.text;
        [
            "no clear change",
            "changed clearly against",
            "can be tested changed clearly",
            "testado não mudou",
            "testados mudou claramente",
            "prueba no cambió con",
            "prueba cambió con claridad",
        ]
        .iter()
        .any(|words| text.contains(words))
            || *text == locale.text("narrative-not-compared")
    });
    prop_assert_eq!(says_none, of_now.iter().find(is_changed).is_none(), "{:?}", view.narrative);
    // The mail's chart is of what the first sentence tells of one figure, and the headline names it.
    let first = &view.narrative[0];
    let told: BTreeSet<(&str, &str)> = first.figures.iter().map(|of| (of.kpi.as_str(), of.segment.as_str())).collect();
    let id = told.first().map(|(kpi, _)| kpi.replace('_', "-")).unwrap_or_default();
    let names_it = first.spans.iter().any(|span| span.anchor.as_deref() == Some(&format!("kpi-{id}")));
    if names_it && told.len() == 1 && told.iter().all(|(_, segment)| *segment == "total") {
        let chart = view.charts.iter().find(|chart| chart.anchor == format!("trend-{id}"));
        prop_assert!(chart.is_none_or(|chart| chart.in_mail), "{id}: {:?}", view.narrative);
        let name = locale.text(&format!("kpi-{id}.short")).to_lowercase();
        prop_assert!(view.headline.to_lowercase().contains(&name), "{}: {:?}", view.headline, view.narrative);
    }
    // What the subject announces is in the headline or in a sentence.
    let marks = ["change-clear-rise", "change-clear-fall", "subject-alert"].map(|id| locale.text(id));
    let target = if tag == "en" { " target" } else { " meta" };
    let announced =
        |clause: &&str| clause.ends_with(target) || marks.iter().any(|mark| clause.ends_with(&format!("({mark})")));
    for clause in view.subject.split(" · ").flat_map(|part| part.split(", ")).filter(announced) {
        let name = |id: &str| locale.text(&format!("kpi-{}.short", id.replace('_', "-")));
        let starts = |id: &&String| clause.to_lowercase().starts_with(&name(id).to_lowercase());
        let id = made.plan.kpis.iter().filter(starts).max_by_key(|id| name(id).len());
        let anchor = id.map(|id| format!("kpi-{}", id.replace('_', "-")));
        let is_told = view.narrative.iter().flat_map(|sentence| &sentence.spans).any(|span| span.anchor == anchor);
        let is_in_headline = id.is_some_and(|id| view.headline.to_lowercase().contains(&name(id).to_lowercase()));
        prop_assert!(
            anchor.is_some() && (is_told || is_in_headline),
            "{clause}: {} {:?}",
            view.headline,
            view.narrative
        );
    }
    // Who has a sentence of its own is in no other.
    for (at, sentence) in view.narrative.iter().enumerate() {
        let kpis: BTreeSet<&str> = sentence.figures.iter().map(|basis| basis.kpi.as_str()).collect();
        let anchor = kpis.first().map(|kpi| format!("kpi-{}", kpi.replace('_', "-")));
        let links = |sentence: &Sentence| sentence.spans.iter().any(|span| span.anchor == anchor);
        if kpis.len() == 1 && links(sentence) && sentence.figures.len() > 1 {
            for other in view.narrative.iter().take(at).chain(view.narrative.iter().skip(at + 1)) {
                prop_assert!(!links(other), "{:?}", view.narrative);
            }
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn every_number_of_a_sentence_is_of_a_settled_figure_that_it_names(seed in any::<u64>(), tag in prop::sample::select(LANGUAGES.to_vec())) {
        check(&shaken(seed), tag)?;
    }
}

/// The ids of a page, and what its links within it lead to.
fn ids_and_links(html: &str) -> (Vec<&str>, BTreeSet<&str>) {
    let after = |mark: &'static str| html.split(mark).skip(1).map(|rest| rest.split('"').next().unwrap());
    (after(" id=\"").collect(), after("href=\"#").collect())
}

#[test]
fn every_link_within_the_report_leads_somewhere() {
    let mut all = company::aurora();
    all.plan.kpis = catalogue::CATALOGUE.iter().rev().map(|definition| definition.id.to_owned()).collect();
    let mut bare = company::aurora();
    bare.verdicts.retain(|verdict| verdict.key.dimension == "total");
    bare.customers.clear();
    let mut linked = 0;
    for made in [company::aurora(), all, bare].into_iter().chain((0..12).map(shaken)) {
        for tag in LANGUAGES {
            let view = told(&made, tag);
            let html = render_html(&view).unwrap();
            let (ids, links) = ids_and_links(&html);
            let known: BTreeSet<&str> = ids.iter().copied().collect();
            assert_eq!(known.len(), ids.len(), "an id stands twice");
            assert_eq!(links.difference(&known).collect::<Vec<_>>(), Vec::<&&str>::new(), "{tag}");
            linked +=
                view.narrative.iter().flat_map(|sentence| &sentence.spans).filter(|span| span.anchor.is_some()).count();
        }
    }
    assert!(linked > 100, "{linked}");
}

/// The parts of a text between two marks.
fn between<'a>(text: &'a str, from: &'static str, to: &'static str) -> impl Iterator<Item = &'a str> {
    text.split(from).skip(1).map(move |rest| rest.split(to).next().unwrap())
}

#[test]
fn every_figure_of_a_segment_has_a_place_that_tells_it() {
    let made = company::aurora();
    let places = |made: &Made, tag: &str| -> BTreeSet<String> {
        let html = render_html(&told(made, tag)).unwrap();
        between(&html, "<td id=\"", "\"").map(str::to_owned).collect()
    };
    let of_october = places(&made, "en");
    // Eleven KPIs of four plans, of four regions, and of all customers beside each.
    assert_eq!(of_october.len(), 11 * 2 * (1 + 4));
    for id in ["kpi-nps.by-plan.Enterprise", "kpi-customer-churn-rate.by-plan", "kpi-mrr-closing.by-region.Sul"] {
        assert!(of_october.contains(id), "{id}: {of_october:?}");
    }
    assert_eq!(places(&made, "es"), of_october);
    // Another order changes no id.
    let mut reversed = company::aurora();
    reversed.plan.segments.reverse();
    reversed.plan.kpis.reverse();
    assert_eq!(places(&reversed, "en"), of_october);
}

#[test]
fn a_name_of_a_sentence_leads_to_the_very_figure() {
    let view = told(&company::aurora(), "en");
    let leads = |text: &str| {
        let spans = view.narrative.iter().flat_map(|sentence| &sentence.spans);
        spans.into_iter().find(|span| span.text == text).and_then(|span| span.anchor.clone())
    };
    // The retention cost fell, and most of it in one region.
    assert_eq!(leads("Sudeste").as_deref(), Some("kpi-crc.by-region.Sudeste"));
    let change = view.changes.rows.iter().find(|row| row.segment.is_none()).unwrap();
    assert_eq!(change.anchor, "kpi-crc");
}

/// Columns beside the segments' names, block by block: 12 → 6 + 6, 9 → 5 + 4, 17 → 6 + 6 + 5.
#[test]
fn wide_tables_are_cut_evenly() {
    let mut made = hard::many_segments();
    made.plan.segments.truncate(1);
    let all: Vec<String> = catalogue::CATALOGUE.iter().map(|definition| definition.id.to_owned()).collect();
    let mut model = made.verdicts.clone();
    model.retain(|verdict| verdict.key.dimension != "region");
    for (kpis, expected) in [(8, vec![8]), (9, vec![5, 4]), (12, vec![6, 6]), (17, vec![6, 6, 5])] {
        made.plan.kpis = all.iter().filter(|id| !id.starts_with("mrr_")).take(kpis).cloned().collect();
        // Whatever the figures are: each of these KPIs has one in each plan.
        let of = |id: &String| {
            let kpi = catalogue::definition(id).unwrap().id;
            let nps = model.iter().filter(|verdict| verdict.key.kpi == "nps").cloned();
            nps.map(move |mut verdict| {
                verdict.key.kpi = kpi;
                verdict
            })
        };
        made.verdicts = made.plan.kpis.iter().flat_map(of).collect();
        let html = render_html(&told(&made, "en")).unwrap();
        let heads = between(&html, "<table class=\"heat\">", "</thead>");
        let columns: Vec<usize> = heads.map(|head| head.matches("<th scope=\"col\"").count() - 1).collect();
        assert_eq!(columns, expected);
    }
}

/// Twelve months of one KPI with a target, ending with October 2026; the values come newest last.
fn churn(values: &[f64], edit: impl FnOnce(&mut Made)) -> Vec<String> {
    let mut made = company::aurora();
    made.plan.kpis = vec!["customer_churn_rate".to_owned()];
    made.plan.segments.clear();
    made.customers.clear();
    let mut periods: Vec<Period> = made.verdicts.iter().map(|verdict| verdict.key.period.clone()).collect();
    periods.sort();
    periods.dedup();
    let figure = |(period, value): (&Period, &f64)| Figure {
        key: Key {
            period: period.clone(),
            dimension: "total".into(),
            segment: "total".into(),
            kpi: "customer_churn_rate",
        },
        reading: company::reading("customer_churn_rate", *value, 40_000),
    };
    let figures: Vec<Figure> = periods[periods.len() - values.len()..].iter().zip(values).map(figure).collect();
    edit(&mut made);
    rejudge(&mut made, &figures, "2026-11-05");
    told(&made, "en").narrative.into_iter().map(|sentence| sentence.text.replace('\u{a0}', " ")).collect()
}

/// The target is 2 %; intervals of 40,000 customers are ± 0.14 points at 2 %.
#[test]
fn a_streak_counts_the_settled_months_that_missed_the_target_then_in_force() {
    let third = "Customer churn stands at 3.0%, above the target of 2.0% for the third month in a row.";
    assert_eq!(churn(&[1.5, 1.5, 3.0, 3.0, 3.0], |_| ())[0], third);
    // In the month before it could not be told: the streak is of two.
    assert!(churn(&[3.0, 2.05, 3.0, 3.0], |_| ())[0].ends_with("for the second month in a row."));
    // Further back nothing is known: it may be longer.
    assert!(churn(&[3.0, 3.0, 3.0], |_| ())[0].ends_with("for at least 3 months in a row."));
    // What is withheld from the reader may have missed it or not.
    let withheld = churn(&[1.5, 3.0, 3.0, 3.0], |made| {
        let august = made.company.calendar.parse("2026-08").unwrap();
        let key =
            Key { period: august, dimension: "total".into(), segment: "total".into(), kpi: "customer_churn_rate" };
        made.withheld.insert(key);
    });
    assert!(withheld[0].ends_with("for at least 2 months in a row."), "{withheld:?}");
    // One month is no streak, and the last one alone does not tell.
    assert!(churn(&[1.5, 1.5, 3.0], |_| ())[0].contains("to 3.0%, above the target of 2.0%"));
    let targets = |made: &mut Made| {
        let target =
            |from: &str, total| Target { from: from.parse().unwrap(), total: Some(total), segments: BTreeMap::new() };
        made.benchmarks.get_mut("customer_churn_rate").unwrap().targets =
            vec![target("2026-01-01", 1.0), target("2026-10-01", 2.0)];
    };
    // 1.5 % missed the target of 1 % that held in August and September.
    let moved = churn(&[0.5, 1.5, 1.5, 3.0], targets);
    assert!(
        moved[0].contains(
            "above the target of 2.0%; the target then in force has been missed for the third month in a row"
        ),
        "{moved:?}"
    );
}

#[test]
fn a_target_that_is_met_again_says_after_how_long() {
    let again = churn(&[1.0, 3.0, 3.0, 3.0, 1.0], |_| ());
    assert!(again[0].contains("to 1.0%, back on the target of 2.0% after 3 months off it; "), "{again:?}");
    let once = churn(&[1.0, 1.0, 3.0, 1.0], |_| ());
    assert!(once[0].contains("back on the target of 2.0%; "), "{once:?}");
    // Of the time before nothing is known: it may never have been met.
    let first = churn(&[3.0, 3.0, 3.0, 1.0], |_| ());
    assert!(first[0].contains("to 1.0%, on the target of 2.0% for the first time in at least 3 months; "), "{first:?}");
    // Too close to call is not back.
    assert!(!churn(&[1.0, 3.0, 3.0, 2.0], |_| ())[0].contains("back on"));
}

/// Intervals of 40,000 customers at 2 % are ± 0.14 points: 1.7 lies apart from 2.1 and above, but not from 1.9.
#[test]
fn the_lowest_value_is_called_so_only_where_it_lies_apart() {
    let months = [2.1, 2.2, 2.1, 2.2, 2.1, 2.2];
    let apart = churn(&[&months[..], &[1.7]].concat(), |_| ());
    assert!(apart[0].contains("to 1.7%, the lowest value in 7 months"), "{apart:?}");
    let near = churn(&[&[1.9], &months[1..], &[1.7]].concat(), |_| ());
    assert!(near[0].contains("the lowest value in 6 months"), "{near:?}");
    let few = churn(&[2.1, 2.2, 2.1, 1.9, 2.2, 1.7], |_| ());
    assert!(few[0].contains("fell clearly") && !few[0].contains("lowest"), "{few:?}");
}
