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

/// How many withheld cells and how many small groups an attacker learns of from some files: of scores, of how many answered,
/// of invitations.
fn learnt_by_aim(surveys: &Surveys, [scores, rates]: &[Vec<bool>; 2], files: &[String]) -> [(usize, usize); 3] {
    [(Aim::Scores, scores), (Aim::Answers, scores), (Aim::Invitations, rates)].map(|(aim, withheld)| {
        let (attacker, are_invitations) = (Attacker::reading(surveys, files, aim), aim == Aim::Invitations);
        let is_hidden = |sum: &usize| withheld[*sum] && surveys.people(*sum, are_invitations, aim.people()) > 0;
        let is_known = |sum: &usize| attacker.knows(surveys.sums[*sum].atoms(are_invitations));
        let known: Vec<usize> = (0..surveys.sums.len()).filter(is_hidden).filter(is_known).collect();
        for &sum in &known {
            // What it says it knows is so.
            let value = attacker.value(surveys.sums[sum].atoms(are_invitations));
            assert_eq!(value, i128::from(surveys.people(sum, are_invitations, aim.truth())));
        }
        (known.len(), attacker.small_groups(LEAST))
    })
}

/// All that it learns.
fn learnt(surveys: &Surveys, withheld: &[Vec<bool>; 2], files: &[String]) -> usize {
    learnt_by_aim(surveys, withheld, files).iter().map(|(cells, groups)| cells + groups).sum()
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
    assert!(shown > hidden / 2);
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

/// A reader gets some of the sums at first, and later all of them: what the later mail withholds is held against what the
/// first one told. The control: a later mail that is decided as if there had been no earlier one.
///
/// A rate is withheld with its answers also where it is known, from what was told, how many of a large group were asked.
#[test]
fn nobody_solves_for_anything_with_what_was_sent_before() {
    let (mut more, mut beaten) = (0, 0);
    for seed in 0..TABLES {
        let surveys = Surveys::random(seed);
        let first = surveys.withheld_after(LEAST, &surveys.some_dimensions(seed), None);
        let told = first.map(|withheld| withheld.iter().map(|is| !is).collect::<Vec<bool>>());
        let learnt = |later: &[Vec<bool>; 2]| {
            let unseen = |aim: usize| later[aim].iter().zip(&told[aim]).map(|(is, told)| *is && !told).collect();
            let unseen = [0, 1].map(unseen);
            let [scores, answers, (_, of_invitations)] = learnt_by_aim(&surveys, &unseen, &surveys.published(&unseen));
            scores.0 + scores.1 + answers.0 + answers.1 + of_invitations
        };
        let anew = surveys.withheld(LEAST);
        let later = surveys.withheld_after(LEAST, &vec![true; surveys.sums.len()], Some(&told));
        assert_eq!(learnt(&later), 0, "seed {seed}");
        more += usize::from(later != anew);
        beaten += usize::from(learnt(&anew) > 0);
    }
    println!("{TABLES} tables: more is withheld in {more}, something would have been learnt in {beaten}");
    assert!(beaten > 100 && more < 2 * beaten, "{more}, {beaten}");
}

/// From the program's own mail: seven letters of three reports, one of them of a part of the customers, to one address that
/// is written in two ways.
#[test]
fn nobody_solves_for_anything_from_the_letters_of_one_mailbox() {
    for seed in [1, 2] {
        let home = tempfile::tempdir().unwrap();
        nothing_is_learnt(seed, &[mailbox::ALL], home.path());
        // The file that stays is whole.
        let own = std::fs::read_to_string(home.path().join("out/monthly/2026-05/figures.csv")).unwrap();
        assert!(!own.contains("withheld"));
    }
}

/// The same reports, of which the monthly one is new when the others have been sent; or takes their place.
#[test]
fn nobody_solves_for_anything_with_the_letters_of_reports_that_came_before() {
    for seed in 1..=4 {
        for later in [mailbox::MONTHLY_BESIDES, mailbox::MONTHLY_INSTEAD] {
            nothing_is_learnt(seed, &[mailbox::OTHERS, later], tempfile::tempdir().unwrap().path());
        }
    }
}

fn nothing_is_learnt(seed: u64, posts: &[mailbox::Post], home: &std::path::Path) {
    let surveys = Surveys::mailed(seed);
    let files = mailbox::mailed(&surveys, posts, home);
    let hidden = |kpi: &str| surveys.sums.iter().map(|sum| !sum.is_in(&files, kpi)).collect::<Vec<bool>>();
    let withheld = [hidden("nps"), hidden("nps_response_rate")];
    let (of_hidden, of_shown) = count(&withheld);
    assert_eq!(learnt(&surveys, &withheld, &files), 0, "seed {seed}");
    assert!(of_hidden > 0 && of_shown > of_hidden / 2, "{of_shown} sums in the mail, {of_hidden} withheld");
}
