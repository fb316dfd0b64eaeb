//! Laws that hold between figures, whatever the company: over made-up companies, every grain and every segment.

use std::collections::BTreeMap;

use crate::home::{FAROL, Home};

/// Period, dimension, segment, KPI.
type Place = [String; 4];

/// Cells of one figure.
struct Figure {
    value: Option<f64>,
    numerator: Option<f64>,
    denominator: Option<f64>,
    low: Option<f64>,
    high: Option<f64>,
    note: String,
}

struct Figures(BTreeMap<Place, Figure>);

impl Figures {
    fn read(home: &Home, report: &str) -> Self {
        let text = home.read(&format!("out/{report}/figures.csv"));
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let header = reader.headers().unwrap().clone();
        let at = |name: &str| header.iter().position(|column| column == name).unwrap();
        let figure = |row: csv::StringRecord| {
            let place = ["period", "dimension", "segment", "kpi"].map(|name| row[at(name)].to_owned());
            let number = |name: &str| row[at(name)].parse().ok();
            let figure = Figure {
                value: number("value"),
                numerator: number("numerator"),
                denominator: number("denominator"),
                low: number("ci_low"),
                high: number("ci_high"),
                note: row[at("note")].to_owned(),
            };
            (place, figure)
        };
        Self(reader.records().map(|row| figure(row.unwrap())).collect())
    }

    fn value(&self, period: &str, dimension: &str, segment: &str, kpi: &str) -> Option<f64> {
        self.0.get(&[period, dimension, segment, kpi].map(str::to_owned))?.value
    }

    /// Period, dimension and segment of everything that has a figure.
    fn places(&self) -> Vec<[String; 3]> {
        let mut places: Vec<[String; 3]> =
            self.0.keys().map(|[p, d, s, _]| [p.clone(), d.clone(), s.clone()]).collect();
        places.dedup();
        places
    }
}

/// A report of each grain, and the periods it is made for. The first two are those of the shipped schedule.
const GRAINS: [(&str, &str, &str, &str); 5] = [
    ("executive", "month", "2025-09", "2026-10"),
    ("board", "quarter", "2025-Q4", "2026-Q3"),
    ("weekly", "week", "2026-W30", "2026-W38"),
    ("yearly", "year", "2025", "2026"),
    ("windows", "3m", "2025-12.3m", "2026-10.3m"),
];

/// A made-up company, every KPI by plan (which changes), region and their cross, in every grain.
fn company(seed: u32) -> Home {
    let home = Home::small();
    std::fs::remove_dir_all(home.path("sample-data")).unwrap();
    let seed = seed.to_string();
    let made = ["sample", "--customers", "45", "--months", "15", "--end", "2026-11-01", "--seed", &seed];
    assert!(home.command(FAROL, &[&made[..], &["--out", "sample-data"]].concat()).output().unwrap().status.success());
    let report = |name: &str, grain: &str| {
        format!("{name}: {{ grain: {grain}, kpis: all, segments: [plan, region, [plan, region]] }}\n")
    };
    let reports = GRAINS.map(|(name, grain, ..)| report(name, grain)).concat();
    home.write("config/reports.yaml", reports);
    home
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-6 * a.abs().max(b.abs()).max(1.0)
}

/// Parts that do not add up to the whole, and why.
fn is_not_a_sum(kpi: &str) -> Option<&'static str> {
    match kpi {
        "crc" | "crc_to_arpa" => Some("costs that name no customer are in the total alone"),
        "lifetime_months" | "ltv" => Some("areas under curves"),
        "retention_roi" => Some("each part compares those reached with its own others"),
        kpi if kpi.contains("transferred") => Some("the total has none"),
        _ => None,
    }
}

/// Where the segments partition customers, numerators and denominators of the segments add up to those of the total.
fn the_total_is_the_sum_of_its_segments(figures: &Figures) -> usize {
    let mut sums: BTreeMap<(String, String, String), (f64, f64)> = BTreeMap::new();
    for ([period, dimension, _, kpi], figure) in &figures.0 {
        if ["plan", "region", "plan×region"].contains(&dimension.as_str()) {
            let sum = sums.entry((period.clone(), dimension.clone(), kpi.clone())).or_default();
            sum.0 += figure.numerator.unwrap_or(0.0);
            sum.1 += figure.denominator.unwrap_or(0.0);
        }
    }
    let mut compared = 0;
    for ((period, dimension, kpi), (numerator, denominator)) in
        sums.iter().filter(|(key, _)| is_not_a_sum(&key.2).is_none())
    {
        let total = &figures.0[&[period, "total", "total", kpi].map(str::to_owned)];
        for (name, sum, whole) in
            [("numerator", numerator, total.numerator), ("denominator", denominator, total.denominator)]
        {
            if let Some(whole) = whole {
                assert!(close(*sum, whole), "{period} {dimension} {kpi}: the {name}s add up to {sum}, not {whole}");
                compared += 1;
            }
        }
    }
    compared
}

/// Opening and what came and went is what is there at the end, to the millionth, in every segment.
fn bridges_close(figures: &Figures) -> usize {
    let mut closed = 0;
    for [period, dimension, segment] in figures.places() {
        let of = |kpi: &str| figures.value(&period, &dimension, &segment, kpi).unwrap_or(0.0);
        if figures.value(&period, &dimension, &segment, "mrr_closing").is_none() {
            continue;
        }
        let money = of("mrr_opening") + of("mrr_new") + of("mrr_reactivated") + of("mrr_expansion")
            - of("mrr_contraction")
            - of("mrr_churned")
            + of("mrr_transferred_in")
            - of("mrr_transferred_out");
        assert!((money - of("mrr_closing")).abs() < 1e-6, "{period} {segment}: {money} is not {}", of("mrr_closing"));
        let people = of("customers_opening") + of("customers_new") + of("customers_reactivated") - of("customers_lost")
            + of("customers_transferred_in")
            - of("customers_transferred_out");
        assert!(close(people, of("customers_closing")), "{period} {segment}: {people}");
        closed += 1;
    }
    closed
}

/// What is there when a period ends is there when the next one begins.
fn periods_join(figures: &Figures) -> usize {
    let mut joined = 0;
    let places = figures.places();
    for [period, dimension, segment] in &places {
        let next = places.iter().map(|[p, ..]| p).filter(|p| *p > period).min();
        let Some(next) = next.filter(|next| next.len() == period.len() && !next.ends_with('m')) else { continue };
        let pairs = [("customers_closing", "customers_opening"), ("mrr_closing", "mrr_opening")];
        for (end, start) in pairs {
            let ends = figures.value(period, dimension, segment, end).unwrap_or(0.0);
            let starts = figures.value(next, dimension, segment, start);
            if let Some(starts) = starts {
                assert!(close(ends, starts), "{period} → {next} {segment}: {end} {ends}, {start} {starts}");
                joined += 1;
            }
        }
    }
    joined
}

/// Intervals hold their values; parts of a hundred are a hundred; what must not grow does not.
fn figures_agree_with_each_other(figures: &Figures) {
    for ([period, dimension, segment, kpi], figure) in &figures.0 {
        let place = format!("{period} {dimension}/{segment} {kpi}");
        if let (Some(value), Some(low), Some(high)) = (figure.value, figure.low, figure.high) {
            assert!(low <= value && value <= high, "{place}: {value} is not within {low} to {high}");
        }
        let mut codes = figure.note.split(';');
        let has_reason = codes.any(|code| ["no_denominator", "not_reached", "not_identifiable"].contains(&code));
        assert!(figure.value.is_some() != has_reason, "{place}: {}", figure.note);
    }
    for [period, dimension, segment] in figures.places() {
        let of = |kpi: &str| figures.value(&period, &dimension, &segment, kpi);
        let place = format!("{period} {dimension}/{segment}");
        if let (Some(churn), Some(kept)) = (of("customer_churn_rate"), of("customer_retention_rate")) {
            assert!(close(churn + kept, 100.0), "{place}");
        }
        if let (Some(gross), Some(net), Some(churn)) = (of("grr"), of("nrr"), of("revenue_churn_rate")) {
            assert!(gross <= 100.0 && gross <= net + 1e-9 && close(gross + churn, 100.0), "{place}");
        }
        if let (Some(nps), Some(up), Some(between), Some(down)) =
            (of("nps"), of("nps_promoters"), of("nps_passives"), of("nps_detractors"))
        {
            assert!(close(up + between + down, 100.0) && close(nps, up - down), "{place}");
        }
        let never_grows = [of("survival_6m"), of("survival_12m"), of("survival_24m")];
        assert!(never_grows.iter().flatten().is_sorted_by(|a, b| a >= b), "{place}: {never_grows:?}");
        for (median, tail) in
            [("first_response_hours", "first_response_hours_p90"), ("resolution_hours", "resolution_hours_p90")]
        {
            assert!(of(median) <= of(tail), "{place}: {median}");
        }
    }
}

#[test]
fn figures_keep_their_laws_in_every_grain_and_segment() {
    for seed in [3, 14] {
        let home = company(seed);
        for (report, _, from, to) in GRAINS {
            let range = ["--only", "figures", "--report", report, "--from", from, "--to", to];
            home.does(&[&["backfill"][..], &range].concat());
            let figures = Figures::read(&home, report);
            let sums = the_total_is_the_sum_of_its_segments(&figures);
            let bridges = bridges_close(&figures);
            let joints = periods_join(&figures);
            figures_agree_with_each_other(&figures);
            assert!(sums > 100 && bridges > 20, "{report}: {sums} sums, {bridges} bridges");
            assert!(joints > 20 || report == "windows", "{report}: {joints} joints");
        }
    }
}
