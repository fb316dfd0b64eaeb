//! Somebody who solves the linear system of everything that one reader gets learns of no group that is too small.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a test that fails shows what it met")]

#[path = "withholding/attacker.rs"]
mod attacker;
#[path = "withholding/surveys.rs"]
mod surveys;

use attacker::Attacker;
use surveys::Surveys;

const LEAST: u64 = 5;
const TABLES: u64 = 2000;

/// What an attacker learns from one set of surveys, if a rule says what is withheld.
struct Learnt {
    cells: usize,
    groups: usize,
    withheld: usize,
    shown: usize,
}

fn learnt(surveys: &Surveys, withheld: &[bool]) -> Learnt {
    let attacker = Attacker::reading(surveys, &surveys.published(withheld));
    let cells = (0..surveys.sums.len()).filter(|&sum| withheld[sum] && surveys.people(sum) > 0);
    let known: Vec<usize> = cells.filter(|&sum| attacker.knows(&surveys.sums[sum].holds)).collect();
    for &sum in &known {
        // What it says it knows is so.
        assert_eq!(attacker.promoters(&surveys.sums[sum].holds), surveys.promoters(sum));
    }
    Learnt {
        cells: known.len(),
        groups: attacker.small_groups(LEAST),
        withheld: withheld.iter().filter(|is| **is).count(),
        shown: withheld.iter().filter(|is| !**is).count(),
    }
}

/// Months and their quarter, plans, regions in countries, their crosses, roles, and one region's own report: shares to full
/// precision, answers and invitations.
#[test]
fn nobody_solves_for_a_withheld_cell_or_a_small_group() {
    let (mut withheld, mut shown) = (0, 0);
    for seed in 0..TABLES {
        let surveys = Surveys::random(seed);
        let learnt = learnt(&surveys, &surveys.withheld(LEAST));
        assert_eq!((learnt.cells, learnt.groups), (0, 0), "seed {seed}: {surveys:#?}");
        (withheld, shown) = (withheld + learnt.withheld, shown + learnt.shown);
    }
    println!("{TABLES} tables, {shown} sums published, {withheld} withheld, none learnt");
    // Not by withholding everything.
    assert!(shown > withheld);
}

/// The control: the same attacker against rules that look at less.
#[test]
fn the_same_attacker_succeeds_where_only_small_cells_are_withheld() {
    let (mut naive, mut by_dimension) = (0, 0);
    for seed in 0..TABLES / 10 {
        let surveys = Surveys::random(seed);
        let beaten = |withheld: &[bool]| {
            let learnt = learnt(&surveys, withheld);
            u64::from(learnt.cells + learnt.groups > 0)
        };
        naive += beaten(&surveys.small(LEAST));
        by_dimension += beaten(&surveys.small_and_the_next_of_the_dimension(LEAST));
    }
    let tables = TABLES / 10;
    println!("of {tables} tables beaten: {naive} where only small cells are withheld, {by_dimension} where each dimension is looked at alone");
    assert!(naive * 2 > tables && by_dimension * 4 > tables, "{naive}, {by_dimension}");
}
