//! Every KPI once more, in plain loops, from the CSV that a random small company wrote.
//!
//! Uses nothing of the library but the catalogue's ids; the figures of the program come from its `figures.csv`.

#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test that cannot go on has failed; how many worlds it makes is the caller's choice"
)]
#![expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "small worlds: every count is far below what the types hold"
)]

#[path = "oracle/clv.rs"]
mod clv;
#[path = "oracle/compare.rs"]
mod compare;
#[path = "oracle/dice.rs"]
mod dice;
#[path = "oracle/engagement.rs"]
mod engagement;
#[path = "oracle/figure.rs"]
mod figure;
#[path = "oracle/goals.rs"]
mod goals;
#[path = "oracle/growth.rs"]
mod growth;
#[path = "oracle/health.rs"]
mod health;
#[path = "oracle/loyalty.rs"]
mod loyalty;
#[path = "oracle/reading.rs"]
mod reading;
#[path = "oracle/retention.rs"]
mod retention;
#[path = "oracle/service.rs"]
mod service;
#[path = "oracle/survival.rs"]
mod survival;
#[path = "oracle/themes.rs"]
mod themes;
#[path = "oracle/time.rs"]
mod time;
#[path = "oracle/value.rs"]
mod value;
#[path = "oracle/view.rs"]
mod view;
#[path = "oracle/world.rs"]
mod world;

use compare::Differences;
use farol::kpi::catalogue::CATALOGUE;
use time::Period;

/// What a world is run for, besides months.
const GRAINS: &[&str] = &["week", "quarter", "12m", "year", "3m"];

fn hold_world(seed: u64, catalogue: &[&str], differences: &mut Differences) {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join(format!("world{seed}"));
    let mut world = world::World::new(seed);
    world.write(&folder);
    let data = reading::read(&folder, world.choices.zone, world.choices.as_of);
    let known = view::Known::new(data, world.choices.clone());
    let other = GRAINS[usize::try_from(seed).unwrap() % GRAINS.len()];
    for grain in ["month", other] {
        let all = Period::all(grain, world.from, world.to, world.choices.fiscal_start);
        // The last closed ones, and the first that is open at the as-of day.
        let closed = all.iter().filter(|period| period.after <= world.choices.as_of).count();
        let keep = if grain == "month" { 14 } else { 6 };
        let periods = &all[closed.saturating_sub(keep)..all.len().min(closed + 1)];
        compare::compare(&folder, &known, catalogue, grain, periods, differences);
    }
}

#[test]
fn every_figure_comes_out_the_same_by_plain_loops() {
    let catalogue: Vec<&str> = CATALOGUE.iter().map(|definition| definition.id).collect();
    let asked = |name: &str, usual: u64| std::env::var(name).map_or(usual, |count| count.parse().unwrap());
    let (first, worlds) = (asked("FAROL_ORACLE_FIRST", 0), asked("FAROL_ORACLE_WORLDS", 12));
    // Every second world on the other processor.
    let part = |offset: u64| {
        let mut differences = Differences::default();
        for seed in (first + offset..first + worlds).step_by(2) {
            hold_world(seed, &catalogue, &mut differences);
        }
        differences
    };
    let differences = std::thread::scope(|scope| {
        let other = scope.spawn(|| part(1));
        let mut differences = part(0);
        differences.merge(other.join().unwrap());
        differences
    });
    let told = differences.told();
    assert!(told.is_empty(), "{} rows held against each other; differences:\n{told}", differences.rows);
    if worlds >= 12 && first == 0 {
        let never: Vec<_> = catalogue.iter().filter(|kpi| !differences.has_value(kpi)).collect();
        assert!(never.is_empty(), "no value of {never:?} in any world");
    }
}
