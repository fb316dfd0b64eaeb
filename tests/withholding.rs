//! Somebody who solves the linear system of everything that one reader gets learns of no group that is too small.

#![expect(clippy::unwrap_used, reason = "a test that fails shows what it met")]

#[path = "withholding/attacker.rs"]
mod attacker;
#[path = "withholding/mailbox.rs"]
mod mailbox;
#[path = "withholding/surveys.rs"]
mod surveys;

use attacker::{Aim, Attacker};
use surveys::Surveys;

const LEAST: u64 = 5;
const TABLES: u64 = 2000;

/// How many withheld cells and how many small groups an attacker learns of from some files, of scores and of invitations.
fn learnt(surveys: &Surveys, withheld: &[Vec<bool>; 2], files: &[String]) -> usize {
    let of = |(aim, withheld): (Aim, &Vec<bool>)| {
        let attacker = Attacker::reading(surveys, files, aim);
        let cells = (0..surveys.sums.len()).filter(|&sum| withheld[sum] && surveys.people(sum, aim.people()) > 0);
        let known: Vec<usize> = cells.filter(|&sum| attacker.knows(&surveys.sums[sum].holds)).collect();
        for &sum in &known {
            // What it says it knows is so.
            assert_eq!(attacker.value(&surveys.sums[sum].holds), i128::from(surveys.people(sum, aim.truth())));
        }
        known.len() + attacker.small_groups(LEAST)
    };
    [Aim::Scores, Aim::Invitations].into_iter().zip(withheld).map(of).sum()
}

fn count(withheld: &[Vec<bool>; 2]) -> (usize, usize) {
    let hidden = withheld.iter().flatten().filter(|is| **is).count();
    (hidden, withheld.iter().map(Vec::len).sum::<usize>() - hidden)
}

/// Months and their quarter, plans, regions in countries, their crosses, roles, and one region's own report: shares to full
/// precision, answers and invitations.
#[test]
fn nobody_solves_for_a_withheld_cell_or_a_small_group() {
    let (mut hidden, mut shown) = (0, 0);
    for seed in 0..TABLES {
        let surveys = Surveys::random(seed);
        let withheld = surveys.withheld(LEAST);
        assert_eq!(learnt(&surveys, &withheld, &surveys.published(&withheld)), 0, "seed {seed}");
        let (of_hidden, of_shown) = count(&withheld);
        (hidden, shown) = (hidden + of_hidden, shown + of_shown);
    }
    println!("{TABLES} tables, {shown} sums published, {hidden} withheld, none learnt");
    // Not by withholding everything.
    assert!(shown > hidden);
}

/// The control: the same attacker against rules that look at less.
#[test]
fn the_same_attacker_succeeds_where_less_is_withheld() {
    let (mut naive, mut by_dimension) = (0, 0);
    let tables = TABLES / 10;
    for seed in 0..tables {
        let surveys = Surveys::random(seed);
        let is_beaten =
            |withheld: &[Vec<bool>; 2]| u64::from(learnt(&surveys, withheld, &surveys.published(withheld)) > 0);
        naive += is_beaten(&surveys.small(LEAST));
        by_dimension += is_beaten(&surveys.small_and_the_next_of_the_dimension(LEAST));
    }
    println!(
        "of {tables} tables beaten: {naive} where only small cells are withheld, {by_dimension} by single dimensions"
    );
    assert!(naive * 2 > tables && by_dimension * 2 > tables, "{naive}, {by_dimension}");
}

/// From the program's own mail: seven letters of three reports, one of them of a part of the customers, to one address that
/// is written in two ways.
#[test]
fn nobody_solves_for_anything_from_the_letters_of_one_mailbox() {
    for seed in [1, 2] {
        let surveys = Surveys::mailed(seed);
        let home = tempfile::tempdir().unwrap();
        let files = mailbox::mailed(&surveys, home.path());
        let hidden = |kpi: &str| surveys.sums.iter().map(|sum| !sum.is_in(&files, kpi)).collect::<Vec<bool>>();
        let withheld = [hidden("nps"), hidden("nps_response_rate")];
        let (of_hidden, of_shown) = count(&withheld);
        println!("seed {seed}: {of_shown} sums in the mail, {of_hidden} withheld");
        assert_eq!(learnt(&surveys, &withheld, &files), 0, "seed {seed}");
        assert!(of_hidden > 0 && of_shown > of_hidden);
        // The file that stays is whole.
        let own = std::fs::read_to_string(home.path().join("out/monthly/2026-05/figures.csv")).unwrap();
        assert!(!own.contains("withheld"));
    }
}
