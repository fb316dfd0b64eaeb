//! Somebody who has the files of one reader, knows which cells are empty, and solves.
//!
//! Exact: fractions of whole numbers, no rounding.

use std::collections::HashMap;

use crate::surveys::{Atom, Surveys};

/// What somebody solves for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Aim {
    /// What people answered: the promoters among them stand for it.
    Scores,
    /// How many answered, by the day of the answer and by that of the invitation.
    Answers,
    /// Who was asked.
    Invitations,
}

impl Aim {
    /// The people that it is about.
    pub(crate) fn people(self) -> fn(&Atom) -> u64 {
        if self == Self::Invitations { Atom::invited } else { Atom::answers }
    }

    /// What is solved for.
    pub(crate) fn truth(self) -> fn(&Atom) -> u64 {
        if self == Self::Scores { |atom| atom.promoters } else { self.people() }
    }
}

/// A fraction; the denominator is positive and shares no divisor with the numerator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Fraction(i128, i128);

const ZERO: Fraction = Fraction(0, 1);

impl Fraction {
    fn new(numerator: i128, denominator: i128) -> Self {
        let divisor = divisor(numerator.abs(), denominator.abs()).max(1) * denominator.signum();
        Self(numerator / divisor, denominator / divisor)
    }

    fn less(self, times: Self, other: Self) -> Self {
        if times.0 == 0 || other.0 == 0 {
            return self;
        }
        let (n, d) = (times.0 * other.0, times.1 * other.1);
        if d == 1 && self.1 == 1 { Self(self.0 - n, 1) } else { Self::new(self.0 * d - n * self.1, self.1 * d) }
    }

    fn over(self, other: Self) -> Self {
        if other == Self(1, 1) { self } else { Self::new(self.0 * other.1, self.1 * other.0) }
    }
}

fn divisor(a: i128, b: i128) -> i128 {
    if b == 0 { a } else { divisor(b, a % b) }
}

/// What was read, solved.
pub(crate) struct Attacker {
    /// Atom → its unknown; none for an empty one.
    unknowns: Vec<Option<usize>>,
    /// Unknown → how it moves along each direction in which the published numbers do not change.
    freedom: Vec<Vec<i128>>,
    /// Unknown → its value in one table that would be published like this.
    solution: Vec<Fraction>,
    /// Unknown → how many people.
    people: Vec<u64>,
}

impl Attacker {
    /// Reads the files and solves for every atom that is not empty.
    pub(crate) fn reading(surveys: &Surveys, files: &[String], aim: Aim) -> Self {
        let mut unknowns = vec![None; surveys.atoms.len()];
        let mut people = Vec::new();
        for (atom, unknown) in surveys.atoms.iter().zip(&mut unknowns).filter(|(atom, _)| (aim.people())(atom) > 0) {
            *unknown = Some(people.len());
            people.push((aim.people())(atom));
        }
        let mut rows = Vec::new();
        for (file, text) in files.iter().enumerate() {
            for (place, are_invitations, value) in values(text, aim) {
                let sum = surveys.at(file, [&place.0, &place.1, &place.2]);
                let mut row = vec![ZERO; people.len() + 1];
                for unknown in surveys.sums[sum].atoms(are_invitations).iter().filter_map(|&atom| unknowns[atom]) {
                    row[unknown] = Fraction(1, 1);
                }
                row[people.len()] = Fraction(value, 1);
                rows.push(row);
            }
        }
        let pivots = eliminate(&mut rows, people.len());
        let mut solution = vec![ZERO; people.len()];
        let free: Vec<usize> = (0..people.len()).filter(|unknown| !pivots.contains(unknown)).collect();
        let mut freedom = vec![vec![ZERO; free.len()]; people.len()];
        for (at, &unknown) in free.iter().enumerate() {
            freedom[unknown][at] = Fraction(1, 1);
        }
        for (row, &pivot) in rows.iter().zip(&pivots) {
            solution[pivot] = row[people.len()];
            freedom[pivot] = free.iter().map(|&unknown| Fraction(-row[unknown].0, row[unknown].1)).collect();
        }
        Self { unknowns, freedom: whole(&freedom), solution, people }
    }

    fn unknowns(&self, atoms: &[usize]) -> impl Iterator<Item = usize> {
        atoms.iter().filter_map(|&atom| self.unknowns[atom])
    }

    /// Whether the sum over some atoms is the same in every table that would be published like this.
    pub(crate) fn knows(&self, atoms: &[usize]) -> bool {
        let directions = self.freedom.first().map_or(0, Vec::len);
        (0..directions).all(|at| self.unknowns(atoms).map(|unknown| self.freedom[unknown][at]).sum::<i128>() == 0)
    }

    /// The sum over some atoms that it knows.
    pub(crate) fn value(&self, atoms: &[usize]) -> i128 {
        let minus = Fraction(-1, 1);
        let sum = self.unknowns(atoms).fold(ZERO, |sum, unknown| sum.less(minus, self.solution[unknown]));
        assert_eq!(sum.1, 1);
        sum.0
    }

    /// How many groups of atoms with at least one and fewer than `least` people it knows the sum of. An atom has at least
    /// one, so that four atoms are the most for five people.
    pub(crate) fn small_groups(&self, least: u64) -> usize {
        assert_eq!(least, 5);
        let small: Vec<usize> = (0..self.people.len()).filter(|&unknown| self.people[unknown] < least).collect();
        let minus = |of: &[i128]| of.iter().map(|n| -n).collect::<Vec<i128>>();
        let mut singles: HashMap<&[i128], Vec<usize>> = HashMap::new();
        for &one in &small {
            singles.entry(&self.freedom[one]).or_default().push(one);
        }
        let mut found = small.iter().filter(|&&one| self.freedom[one].iter().all(|n| *n == 0)).count();
        let mut pairs: HashMap<Vec<i128>, Vec<(usize, usize)>> = HashMap::new();
        for (at, &one) in small.iter().enumerate() {
            for &other in small[at + 1..].iter().filter(|&&other| self.people[one] + self.people[other] < least) {
                let sum = self.freedom[one].iter().zip(&self.freedom[other]).map(|(a, b)| a + b).collect();
                pairs.entry(sum).or_default().push((one, other));
            }
        }
        for (sum, of_sum) in &pairs {
            let opposite = minus(sum);
            for &(one, other) in of_sum {
                let size = self.people[one] + self.people[other];
                found += usize::from(sum.iter().all(|n| *n == 0));
                let thirds = singles.get(opposite.as_slice()).into_iter().flatten();
                found += thirds.filter(|&&third| third > other && size + self.people[third] < least).count();
                let others = pairs.get(&opposite).into_iter().flatten();
                let apart = others.filter(|&&(third, fourth)| {
                    one < third
                        && other != third
                        && other != fourth
                        && size + self.people[third] + self.people[fourth] < least
                });
                found += apart.count();
            }
        }
        found
    }
}

type Place = (String, String, String);

/// Period, dimension and segment of every sum in a file that is not withheld, whether it is one of invitations, and what is
/// solved for: the promoters by their share, to its last digit, of the n beside it; that n, and the answers among the
/// invitations; or the n of a response rate. The other figures must agree.
fn values(text: &str, aim: Aim) -> Vec<(Place, bool, i128)> {
    let mut figures: HashMap<Place, HashMap<String, [String; 3]>> = HashMap::new();
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header = reader.headers().unwrap().clone();
    for row in reader.records().map(Result::unwrap) {
        let cell = |name: &str| row[header.iter().position(|column| column == name).unwrap()].to_owned();
        if cell("note") == "withheld" {
            for column in ["value", "n", "numerator", "denominator", "ci_low", "ci_high", "previous", "change", "band"]
            {
                assert_eq!(cell(column), "", "{row:?}");
            }
            continue;
        }
        let place = (cell("period"), cell("dimension"), cell("segment"));
        figures.entry(place).or_default().insert(cell("kpi"), ["value", "n", "numerator"].map(cell));
    }
    let whole = |text: &str| text.parse::<i128>().unwrap_or_default();
    let of = |kpis: &HashMap<String, [String; 3]>| {
        let (score, rate) = (kpis.get("nps"), kpis.get("nps_response_rate"));
        let shares = || ["promoters", "passives", "detractors"].map(|part| &kpis[&format!("nps_{part}")]);
        match aim {
            Aim::Scores => vec![score.map(|score| (false, promoters(score, shares())))],
            Aim::Answers => {
                vec![score.map(|[_, n, _]| (false, whole(n))), rate.map(|[_, _, answered]| (true, whole(answered)))]
            }
            Aim::Invitations => vec![rate.map(|[_, n, _]| (true, whole(n)))],
        }
    };
    let values = |(place, kpis): (&Place, &HashMap<String, [String; 3]>)| {
        let place = place.clone();
        of(kpis).into_iter().flatten().map(move |(are_invitations, value)| (place.clone(), are_invitations, value))
    };
    figures.iter().flat_map(values).collect()
}

fn promoters([_, n, net]: &[String; 3], shares: [&[String; 3]; 3]) -> i128 {
    let number = |text: &str| text.parse::<f64>().unwrap_or(0.0);
    let [promoters, passives, detractors] = shares.map(|[value, n, _]| {
        let count = number(value) * number(n) / 100.0;
        assert!((count - count.round()).abs() < 1e-9, "{count}");
        #[expect(clippy::cast_possible_truncation, reason = "a small count")]
        let count = count.round() as i128;
        count
    });
    assert_eq!(n.parse::<i128>().unwrap(), promoters + passives + detractors);
    assert_eq!(net.parse::<i128>().unwrap(), promoters - detractors);
    promoters
}

/// Gauss and Jordan's elimination; the pivots of the rows that are left.
fn eliminate(rows: &mut Vec<Vec<Fraction>>, columns: usize) -> Vec<usize> {
    let mut pivots = Vec::new();
    for column in 0..columns {
        let done = pivots.len();
        let Some(at) = (done..rows.len()).find(|&row| rows[row][column] != ZERO) else { continue };
        rows.swap(done, at);
        let factor = rows[done][column];
        let pivot: Vec<Fraction> = rows[done].iter().map(|cell| cell.over(factor)).collect();
        for (at, row) in rows.iter_mut().enumerate().filter(|(at, _)| *at != done) {
            let times = row[column];
            if times != ZERO {
                row.iter_mut().zip(&pivot).for_each(|(cell, of_pivot)| *cell = cell.less(times, *of_pivot));
            }
            debug_assert!(at != done);
        }
        rows[done] = pivot;
        pivots.push(column);
    }
    // Published numbers do not contradict each other.
    assert!(rows[pivots.len()..].iter().all(|row| row[columns] == ZERO));
    rows.truncate(pivots.len());
    pivots
}

/// The same directions in whole numbers.
fn whole(freedom: &[Vec<Fraction>]) -> Vec<Vec<i128>> {
    let directions = freedom.first().map_or(0, Vec::len);
    let common: Vec<i128> = (0..directions)
        .map(|at| freedom.iter().fold(1, |common, row| common / divisor(common, row[at].1) * row[at].1))
        .collect();
    freedom
        .iter()
        .map(|row| row.iter().zip(&common).map(|(cell, common)| cell.0 * (common / cell.1)).collect())
        .collect()
}
