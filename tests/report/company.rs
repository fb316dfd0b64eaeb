//! A company made by hand: thirteen months of figures with every state that a report can show.

#![expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a few thousand customers"
)]

use std::collections::BTreeMap;

use farol::calendar::{Calendar, Grain, Period};
use farol::config::{Alerts, Band, Benchmark, Choices, Company, Dimension, ReportPlan, Status, Target};
use farol::insight::Told;
use farol::judgement::{Alert, Change, Courses, Key, Keys, Maturity, TargetMet, Verdict};
use farol::kpi::survival::{Course, CourseMonth};
use farol::kpi::{Better, Interval, Reading, Sampling, Undefined, catalogue};
use farol::report::view::{Call, CustomerRow, Input, Missed, Provenance, Quote, SourceQuality, Standing, Standings};

/// Everything that an [`Input`] borrows.
pub(crate) struct Made {
    pub(crate) plan: ReportPlan,
    pub(crate) company: Company,
    pub(crate) benchmarks: BTreeMap<String, Benchmark>,
    pub(crate) choices: Choices,
    pub(crate) period: Period,
    pub(crate) verdicts: Vec<Verdict>,
    pub(crate) withheld: Keys,
    pub(crate) not_configured: Vec<(&'static str, Vec<String>)>,
    pub(crate) customers: Vec<CustomerRow>,
    pub(crate) courses: Option<Courses>,
    pub(crate) standings: Option<Standings>,
    pub(crate) quotes: Vec<Quote>,
    pub(crate) told: Vec<Told>,
    pub(crate) quality: Vec<SourceQuality>,
    pub(crate) provenance: Provenance,
    pub(crate) missed: Vec<Missed>,
    pub(crate) revision: u32,
    pub(crate) scope: BTreeMap<String, String>,
    pub(crate) names: bool,
}

impl Made {
    pub(crate) fn input(&self) -> Input<'_> {
        Input {
            report_id: "executive",
            plan: &self.plan,
            company: &self.company,
            benchmarks: &self.benchmarks,
            choices: &self.choices,
            period: &self.period,
            verdicts: &self.verdicts,
            withheld: &self.withheld,
            min_group: 5,
            not_configured: &self.not_configured,
            customers: &self.customers,
            courses: self.courses.as_ref(),
            standings: self.standings.as_ref(),
            quotes: &self.quotes,
            told: &self.told,
            data_quality: &self.quality,
            provenance: &self.provenance,
            missed: &self.missed,
            revision: self.revision,
            reason: None,
            scope: &self.scope,
            names: self.names,
        }
    }
}

const KPIS: [&str; 12] = [
    "nps",
    "customer_churn_rate",
    "nrr",
    "csat",
    "ltv",
    "crc",
    "fcr",
    "health_score",
    "chi",
    "goal_attainment",
    "mrr_closing",
    "turnover_index",
];

fn calendar() -> Calendar {
    Calendar { zone: chrono_tz::America::Sao_Paulo, fiscal_year_start: 1 }
}

fn texts(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(key, text)| ((*key).to_owned(), (*text).to_owned())).collect()
}

/// The whole company, October 2026.
pub(crate) fn aurora() -> Made {
    let calendar = calendar();
    let (from, period) = (calendar.parse("2025-10").unwrap(), calendar.parse("2026-10").unwrap());
    let periods = calendar.range(&from, &period);
    let benchmarks = benchmarks();
    Made {
        plan: ReportPlan {
            title: texts(&[
                ("en", "Customer success, {period}"),
                ("pt-BR", "Sucesso do cliente, {period}"),
                ("es", "Éxito del cliente, {period}"),
            ]),
            grain: Grain::Month,
            kpis: KPIS.iter().chain(&["value_gap"]).map(|kpi| (*kpi).to_owned()).collect(),
            segments: vec![Dimension(vec!["plan".to_owned()]), Dimension(vec!["region".to_owned()])],
            history: 13,
            attach: vec!["html".to_owned()],
            recipients: Vec::new(),
        },
        company: Company {
            name: "Aurora Software".to_owned(),
            locale: "pt-BR".to_owned(),
            currency: "BRL".to_owned(),
            calendar,
        },
        verdicts: verdicts(&periods, &benchmarks),
        benchmarks,
        choices: choices(),
        period,
        withheld: Keys::default(),
        not_configured: vec![(
            "value_gap",
            vec!["goals.expected_rating".to_owned(), "goals.perceived_rating".to_owned()],
        )],
        customers: customers(),
        courses: Some(courses()),
        standings: Some(standings()),
        quotes: Vec::new(),
        told: Vec::new(),
        quality: quality(),
        missed: Vec::new(),
        provenance: Provenance {
            version: "0.1.0".to_owned(),
            run: "2026-11-05T07:00-executive".to_owned(),
            as_of: "2026-11-05T00:00:00".parse().unwrap(),
            config_hash: "9f2b6c1de07a44558c0b1b7a3d5e9f2b6c1de07a44558c0b1b7a3d5e9f2b6c1d".to_owned(),
            inputs: ["customers.csv", "subscriptions.csv", "surveys.csv", "usage.parquet", "tickets.csv"]
                .iter()
                .zip(1_u64..)
                .map(|(file, i)| ((*file).to_owned(), format!("{:064x}", i * 0x9e37_79b9_7f4a), 1_200 * i * i))
                .collect(),
        },
        revision: 1,
        scope: BTreeMap::new(),
        names: true,
    }
}

fn choices() -> Choices {
    let mut choices = Choices::default();
    choices.health.playbook = [
        (
            "usage",
            "Book a working session with the daily users.",
            "Marcar uma sessão de trabalho com quem usa no dia a dia.",
            "Agendar una sesión de trabajo con los usuarios diarios.",
        ),
        (
            "support",
            "Have support call back on every open ticket.",
            "Pedir ao suporte retorno sobre cada chamado aberto.",
            "Pedir a soporte que responda cada ticket abierto.",
        ),
        (
            "nps",
            "Ask the sponsor what is missing.",
            "Perguntar ao patrocinador o que falta.",
            "Preguntar al patrocinador qué falta.",
        ),
    ]
    .iter()
    .map(|(id, en, pt, es)| ((*id).to_owned(), texts(&[("en", en), ("pt-BR", pt), ("es", es)])))
    .collect();
    choices
}

/// Bands by their inner edges, worst or best first as the KPI has it.
fn bands(edges: [f64; 2], better: Better) -> Vec<Band> {
    let [low, high] = edges;
    let colours = match better {
        Better::Lower => [Status::Green, Status::Yellow, Status::Red],
        _ => [Status::Red, Status::Yellow, Status::Green],
    };
    let limits = [(f64::NEG_INFINITY, low), (low, high), (high, f64::INFINITY)];
    limits
        .into_iter()
        .zip(colours)
        .map(|((from, to), status)| Band { from, to, id: status.id().to_owned(), status, label: BTreeMap::new() })
        .collect()
}

fn benchmarks() -> BTreeMap<String, Benchmark> {
    let target = |total: f64, plan: &[(&str, f64)]| Target {
        from: "2026-01-01".parse().unwrap(),
        total: Some(total),
        segments: BTreeMap::from([(
            "plan".to_owned(),
            plan.iter().map(|(segment, target)| ((*segment).to_owned(), *target)).collect(),
        )]),
    };
    let benchmark = |bands: Vec<Band>, targets: Vec<Target>| Benchmark {
        per: Some(Grain::Month),
        bands,
        source: BTreeMap::new(),
        targets,
        alert: Alerts::default(),
    };
    let nps = [
        (-100.0, 0.0, "poor", Status::Red, "Poor", "Ruim", "Malo"),
        (0.0, 50.0, "fair", Status::Yellow, "Fair", "Razoável", "Regular"),
        (50.0, 75.0, "very_good", Status::Green, "Very good", "Muito bom", "Muy bueno"),
        (75.0, 100.0, "excellent", Status::Green, "Excellent", "Excelente", "Excelente"),
    ]
    .iter()
    .map(|(from, to, id, status, en, pt, es)| Band {
        from: *from,
        to: *to,
        id: (*id).to_owned(),
        status: *status,
        label: texts(&[("en", en), ("pt-BR", pt), ("es", es)]),
    })
    .collect();
    let mut nps = benchmark(nps, vec![target(55.0, &[("Enterprise", 65.0)])]);
    nps.source = [(String::new(), "usual bands of the field, 2026".to_owned())].into();
    BTreeMap::from([
        ("nps".to_owned(), nps),
        ("customer_churn_rate".to_owned(), benchmark(bands([2.0, 5.0], Better::Lower), vec![target(2.0, &[])])),
        ("nrr".to_owned(), benchmark(bands([95.0, 102.0], Better::Higher), vec![target(105.0, &[])])),
        ("csat".to_owned(), benchmark(bands([6.5, 8.0], Better::Higher), vec![target(8.2, &[])])),
        ("ltv".to_owned(), benchmark(Vec::new(), vec![target(60_000.0, &[])])),
        ("fcr".to_owned(), benchmark(bands([60.0, 75.0], Better::Higher), vec![target(75.0, &[])])),
        ("health_score".to_owned(), benchmark(bands([40.0, 70.0], Better::Higher), vec![])),
        ("chi".to_owned(), benchmark(bands([5.0, 7.5], Better::Higher), vec![])),
        ("goal_attainment".to_owned(), benchmark(bands([60.0, 85.0], Better::Higher), vec![target(85.0, &[])])),
    ])
}

/// How a KPI's figure is made from its level: what is random in it.
pub(crate) fn reading(kpi: &'static str, level: f64, customers: u64) -> Reading {
    let units = customers as f64;
    let (n, sampling, half): (u64, Sampling, Option<f64>) = match kpi {
        "customer_churn_rate" | "fcr" | "nps_promoters" | "nps_passives" | "nps_detractors" => {
            let trials = if kpi == "fcr" { customers * 3 } else { customers };
            let share = level / 100.0;
            let successes = (share * trials as f64).round() as u64;
            let half = 196.0 * (share * (1.0 - share) / trials as f64).sqrt();
            (trials, Sampling::Proportion { successes, trials }, Some(half))
        }
        "csat" | "health_score" | "chi" | "goal_attainment" => {
            let spread = if matches!(kpi, "health_score" | "goal_attainment") { 22.0 } else { 1.9 };
            let n = customers / 2;
            let sampling = Sampling::Mean { mean: level, variance: spread * spread, n };
            (n, sampling, Some(1.96 * spread / (n as f64).sqrt()))
        }
        "nps" => {
            let n = customers / 3;
            let error = 68.0 / (n as f64).sqrt();
            (n, Sampling::Normal { estimate: level, standard_error: error }, Some(1.96 * error))
        }
        "nrr" | "ltv" | "crc" => {
            let error = level * 0.4 / units.sqrt();
            (customers, Sampling::Normal { estimate: level, standard_error: error }, Some(1.96 * error))
        }
        _ => (customers, Sampling::None, None),
    };
    Reading {
        value: Ok(level),
        n,
        numerator: None,
        denominator: None,
        interval: half.map(|half| Interval { low: level - half, high: level + half }),
        sampling,
        remark: (kpi == "ltv").then(|| "tau=57".to_owned()),
    }
}

/// Level of each KPI in the last month, and what a month adds on the way to it.
fn level(kpi: &str, months_ago: f64, lift: f64) -> f64 {
    let wave = (months_ago * 1.7).sin();
    match kpi {
        "nps" => 52.4 - 1.1 * months_ago + 2.2 * wave + 9.0 * lift,
        "customer_churn_rate" => (if months_ago == 0.0 { 3.12 } else { 1.86 + 0.22 * wave }) * (1.0 - 0.55 * lift),
        "nrr" => 103.6 - 0.2 * months_ago + 1.1 * wave + 5.0 * lift,
        "csat" => 8.31 - 0.03 * months_ago + 0.08 * wave + 0.4 * lift,
        "ltv" => (58_400.0 - 420.0 * months_ago + 600.0 * wave) * (1.0 + 0.6 * lift),
        "crc" => (214.0 + 3.0 * months_ago + 9.0 * wave) * (1.0 + 0.5 * lift),
        "fcr" => (if months_ago == 0.0 { 77.9 } else { 72.4 + 0.9 * wave }) + 6.0 * lift,
        "health_score" => 68.2 - 0.3 * months_ago + 0.8 * wave + 8.0 * lift,
        "chi" => 7.6 + 0.05 * wave + 0.6 * lift,
        "goal_attainment" => 81.5 + 0.4 * months_ago + 1.2 * wave + 5.0 * lift,
        "turnover_index" => 6.3 + 0.6 * wave,
        "nps_promoters" => 61.2 - 0.8 * months_ago + 1.2 * wave,
        "nps_detractors" => 8.8 + 0.3 * months_ago - wave,
        "nps_passives" => 30.0 + 0.5 * months_ago - 0.2 * wave,
        "customers_closing" => 1284.0 - 11.0 * months_ago,
        "mrr_opening" => 1_842_500.0 - 16_000.0 * months_ago,
        "mrr_new" => 214_300.0,
        "mrr_reactivated" => 18_200.0,
        "mrr_expansion" => 96_800.0,
        "mrr_contraction" => 42_100.0,
        "mrr_churned" => 88_600.0,
        "mrr_closing" => 2_041_100.0 - 16_000.0 * months_ago,
        "mrr_at_risk" => 148_300.0 + 4_000.0 * wave,
        _ => 0.0,
    }
}

/// Segments with their customers and how far they stand above the whole.
const PLANS: [(&str, u64, f64); 4] =
    [("Enterprise", 180, 1.0), ("Pro", 460, 0.3), ("Starter", 590, -0.7), ("Trial", 54, -1.4)];
const REGIONS: [(&str, u64, f64); 4] =
    [("Sudeste", 610, 0.4), ("Sul", 350, 0.1), ("Nordeste", 264, -0.4), ("(not set)", 60, -0.9)];

fn verdicts(periods: &[Period], benchmarks: &BTreeMap<String, Benchmark>) -> Vec<Verdict> {
    let extra = [
        "nps_promoters",
        "nps_passives",
        "nps_detractors",
        "customers_closing",
        "mrr_opening",
        "mrr_new",
        "mrr_reactivated",
        "mrr_expansion",
        "mrr_contraction",
        "mrr_churned",
        "mrr_at_risk",
    ];
    let mut all: Vec<Verdict> = Vec::new();
    let places = std::iter::once(("total", "total", 1284, 0.0))
        .chain(PLANS.iter().map(|(segment, n, lift)| ("plan", *segment, *n, *lift)))
        .chain(REGIONS.iter().map(|(segment, n, lift)| ("region", *segment, *n, *lift)));
    for (dimension, segment, customers, lift) in places {
        for kpi in KPIS.iter().chain(&extra).copied() {
            let is_total = dimension == "total";
            if !is_total && (extra.contains(&kpi) || kpi == "turnover_index") {
                continue;
            }
            let mut series: Vec<Verdict> = Vec::new();
            for (at, period) in periods.iter().enumerate() {
                let months_ago = (periods.len() - 1 - at) as f64;
                let share = if is_total { 1.0 } else { customers as f64 / 1284.0 };
                let value = match kpi {
                    "mrr_closing" if !is_total => level(kpi, months_ago, 0.0) * share * (1.0 + 0.5 * lift),
                    _ => level(kpi, months_ago, lift),
                };
                let mut reading = reading(catalogue::definition(kpi).unwrap().id, value, customers);
                // Nobody on trial has a lifetime, and few answer.
                if segment == "Trial" && matches!(kpi, "ltv" | "crc") {
                    reading = Reading {
                        value: Err(Undefined::NotIdentifiable),
                        interval: None,
                        sampling: Sampling::None,
                        ..reading
                    };
                }
                let key = Key {
                    period: period.clone(),
                    dimension: dimension.into(),
                    segment: segment.into(),
                    kpi: catalogue::definition(kpi).unwrap().id,
                };
                let maturity = if kpi == "fcr" && months_ago == 0.0 { Maturity::Provisional } else { Maturity::Final };
                series.push(judged(key, reading, maturity, benchmarks.get(kpi), &series));
            }
            all.extend(series);
        }
    }
    all
}

/// A verdict as the stage before would give it, with a plain z test for changes.
pub(crate) fn judged(
    key: Key,
    reading: Reading,
    maturity: Maturity,
    benchmark: Option<&Benchmark>,
    earlier: &[Verdict],
) -> Verdict {
    let value = reading.value.ok();
    let band = benchmark.and_then(|b| b.bands.iter().find(|band| value.is_some_and(|v| band.from <= v && v < band.to)));
    let target = benchmark.and_then(|benchmark| {
        let target = benchmark.targets.first().filter(|target| target.from <= key.period.first)?;
        let own = target
            .segments
            .get(key.dimension.as_str())
            .and_then(|segments| segments.get(key.segment.as_str()))
            .copied();
        own.or(target.total)
    });
    let better = catalogue::definition(key.kpi).unwrap().better;
    let target_met = target.zip(value).filter(|_| maturity == Maturity::Final).map(|(target, value)| {
        let holds = reading.interval.is_some_and(|interval| interval.low <= target && target <= interval.high);
        let met = if better == Better::Lower { value <= target } else { value >= target };
        if holds {
            TargetMet::CannotTell
        } else if met {
            TargetMet::Yes
        } else {
            TargetMet::No
        }
    });
    let change = |back: usize| {
        let before = earlier.len().checked_sub(back).and_then(|at| earlier.get(at))?;
        let (old, new) = (before.reading.value.ok()?, value?);
        let error = |reading: &Reading| reading.interval.map(|interval| (interval.high - interval.low) / 3.92);
        let z = error(&reading).zip(error(&before.reading)).map(|(a, b)| (new - old).abs() / a.hypot(b));
        let is_tested = z.is_some() && maturity == Maturity::Final;
        Some(Change {
            against: before.key.period.id.clone(),
            value: old,
            difference: new - old,
            p_value: z.filter(|_| is_tested).map(|z| (-z).exp()),
            significant: z.filter(|_| is_tested).map(|z| z > 2.3),
        })
    };
    Verdict {
        previous: change(1),
        year_before: change(12),
        alerts: if key.kpi == "customer_churn_rate" && value.is_some_and(|v| v > 3.0) && key.dimension == "total" {
            vec![Alert::Above(3.0)]
        } else {
            Vec::new()
        },
        band: band.map(|band| band.id.clone()),
        status: band.map(|band| band.status),
        key,
        reading,
        maturity,
        target,
        target_met,
    }
}

fn customers() -> Vec<CustomerRow> {
    let row = |call, name: &str, segment: &str, mrr, health, status, reasons: &[&str], days| CustomerRow {
        call,
        name: name.to_owned(),
        segment: Some(segment.to_owned()),
        mrr,
        health: Some(health),
        status: Some(status),
        reasons: reasons.iter().map(|reason| (*reason).to_owned()).collect(),
        days_to_renewal: days,
    };
    vec![
        row(Call::AtRisk, "Açúcar União", "Enterprise", 42_300.0, 28.4, Status::Red, &["usage", "support"], Some(23)),
        row(Call::AtRisk, "Panadería Núñez", "Pro", 18_750.0, 33.0, Status::Red, &["support"], Some(61)),
        row(Call::AtRisk, "Ōtani & Söhne", "Pro", 12_400.0, 37.9, Status::Red, &["nps", "usage", "goals"], None),
        row(Call::AtRisk, "Transportes do Vale", "Starter", 1_180.0, 31.2, Status::Red, &["usage"], Some(-4)),
        row(Call::Expansion, "Clínica São Lucas", "Enterprise", 51_900.0, 91.0, Status::Green, &[], Some(47)),
        row(Call::Expansion, "Vidros Atlântico", "Pro", 9_300.0, 86.5, Status::Green, &[], Some(80)),
    ]
}

/// Three plans: of Enterprise 2 % leave each month, of Pro 3 %, of Starter 7 %; each month 4 % less have been followed for so
/// long.
fn courses() -> Courses {
    let course = |customers: f64, monthly_churn: f64, months: i32| {
        let month = |month: i32| {
            let survival = (1.0 - monthly_churn).powi(month);
            let error = 1.5 * (survival * (1.0 - survival) / customers).sqrt();
            let interval = (month > 0).then(|| Interval {
                low: (survival - 1.96 * error).max(0.01),
                high: (survival + 1.96 * error).min(0.99),
            });
            CourseMonth { at_risk: (customers * survival * 0.96_f64.powi(month)) as u64, survival, interval }
        };
        let months: Vec<CourseMonth> = (0..=months).map(month).collect();
        let median = months.iter().position(|month| month.survival <= 0.5);
        Course { months, median }
    };
    let plan = |name: &str, course| (name.to_owned(), course);
    Courses {
        dimension: Some("plan".to_owned()),
        curves: vec![
            plan("Starter", course(900.0, 0.07, 30)),
            plan("Pro", course(420.0, 0.03, 36)),
            plan("Enterprise", course(96.0, 0.02, 33)),
        ],
        left_out: 2,
    }
}

/// Those to call, and seventy more of many sizes.
fn standings() -> Standings {
    let called = customers().into_iter().map(|customer| Standing {
        health_before: customer.health.map(|health| health - if health > 50.0 { 6.0 } else { -7.5 }),
        health: customer.health.unwrap_or_default(),
        name: customer.name,
        mrr: customer.mrr,
        days_to_renewal: customer.days_to_renewal,
    });
    let other = |i: u32| {
        let health = f64::from(30 + (i * 37) % 70);
        Standing {
            name: format!("Cliente {i:02}"),
            mrr: 40_000.0 * 0.93_f64.powi(i32::try_from(i).unwrap_or_default()),
            health,
            health_before: (i % 9 != 4).then(|| health - f64::from(i % 5) * 4.0 + 8.0),
            days_to_renewal: (!i.is_multiple_of(3)).then(|| i64::from(i) * 5),
        }
    };
    let mut customers: Vec<Standing> = called.chain((0..70).map(other)).collect();
    customers.sort_by(|a, b| b.mrr.total_cmp(&a.mrr));
    Standings { customers, are_all: false }
}

fn quality() -> Vec<SourceQuality> {
    let source = |table: &str, rows, newest: &str, is_stale, quarantined: &[(&str, u64)]| SourceQuality {
        table: table.to_owned(),
        rows,
        newest: newest.parse().ok(),
        oldest: None,
        is_stale,
        quarantined: quarantined.iter().map(|(reason, n)| ((*reason).to_owned(), *n)).collect(),
    };
    vec![
        source("customers", 1_562, "", false, &[]),
        source("subscriptions", 4_810, "2026-11-03", false, &[("wrong-order", 3)]),
        source("surveys", 9_344, "2026-11-04", false, &[("out-of-range", 12), ("orphan", 7)]),
        source("tickets", 31_209, "2026-11-04", false, &[]),
        source("usage", 1_204_551, "2026-10-19", true, &[]),
    ]
}
