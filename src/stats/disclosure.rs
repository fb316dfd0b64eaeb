//! Disclosure: which sums may be published so that nobody can solve for a small group of people.
//!
//! Knows cells and the sums over them; not what is summed. Works for everything that adds up over people: counts, scores,
//! their squares, and whatever is divided afterwards.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;

/// People whom every sum treats alike.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cell {
    /// The sums that they enter, ascending.
    pub sums: Vec<u32>,
    /// Who they are, ascending, each once; at least one.
    pub people: Vec<u32>,
}

/// A sum that somebody would like to publish.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sum {
    /// Sums of one step are decided together; what an earlier step published is never taken back.
    pub step: u32,
    /// Sums of one split share no person unless they overlap in time: the segments of a dimension, months.
    pub split: u32,
}

/// Cells of a group that is searched for without knowing how it comes about.
const MOST_CELLS: usize = 4;
/// Small cells beyond which only pairs are searched: there would be too many to combine.
const MOST_SMALL_CELLS: usize = 4096;

/// Which of some sums are to be withheld, in their order, which is that of precedence.
///
/// - **Takes** the cells of each question asked: a sum is published for all questions or for none. What is withheld
///   `already` stays so.
/// - **Withholds** each sum of at least one and fewer than `least` people; then each that, with those published before
///   it, would let somebody who knows which cells are empty solve for a group of fewer than `least` people, or for a sum
///   that is withheld.
/// - **Finds** every such group of up to four cells (with five people at least, those are all), and of more cells where
///   they are what is left of a sum after those of one split.
/// - **How**: a group can be solved for if its indicator is a combination of the published sums. That is so if every table
///   that would publish the same gives the group the same sum. A random one of the tables that publish nothing but zeros,
///   over a field of 2⁶¹ − 1 elements, tells by a sum of 0, and a second one confirms it.
pub fn withheld(sums: &[Sum], questions: &[Vec<Cell>], least: usize, already: &[bool]) -> Vec<bool> {
    let mut systems: Vec<System<'_>> = questions.iter().map(|cells| System::new(sums, cells, least)).collect();
    let is_small = |sum: usize| systems.iter().any(|system| (1..least).contains(&system.people[sum]));
    let is_already = |sum: usize| already.get(sum).copied().unwrap_or_default();
    let mut withheld: Vec<bool> = (0..sums.len()).map(|sum| is_already(sum) || is_small(sum)).collect();
    let mut from = 0;
    for step in sums.chunk_by(|a, b| a.step == b.step) {
        decide(&mut systems, from..from + step.len(), &mut withheld);
        from += step.len();
    }
    withheld
}

/// Withholds from one step what it must: each sum by which something becomes known.
fn decide(systems: &mut [System<'_>], step: Range<usize>, withheld: &mut [bool]) {
    let from_start = withheld[step.clone()].to_vec();
    let mut found: Vec<Vec<Cells>> = vec![Vec::new(); systems.len()];
    // Of sets that are known only what they are made of is found, which may become known later than they: it is looked
    // again, and decided anew, until nothing that must not be is known.
    loop {
        withheld[step.clone()].copy_from_slice(&from_start);
        for system in systems.iter_mut() {
            system.publish_from(step.start, &step, withheld);
        }
        let mut sets = found.clone();
        while let Some(first) = systems.iter().zip(&mut sets).filter_map(|(of, sets)| of.first(&step, sets)).min() {
            withheld[first] = true;
            for (system, sets) in systems.iter_mut().zip(&mut sets) {
                system.publish_from(first, &step, withheld);
                sets.push(system.cells_of[first].clone());
            }
        }
        let known: Vec<Vec<Cells>> = systems.iter().map(|system| system.faults(&step, withheld)).collect();
        if known.iter().all(Vec::is_empty) {
            return;
        }
        for (found, known) in found.iter_mut().zip(known) {
            found.extend(known);
        }
    }
}

/// A set of cells.
type Cells = Vec<usize>;

/// The sums of one question, and those of them that are published, eliminated in their order.
struct System<'a> {
    sums: &'a [Sum],
    cells: &'a [Cell],
    least: usize,
    /// Sum → its cells.
    cells_of: Vec<Cells>,
    /// Sum → how many people, counted up to `least`.
    people: Vec<usize>,
    /// The published sums that do not follow from those before them.
    rows: Vec<Row>,
}

/// A published sum less what follows from those before it.
struct Row {
    sum: usize,
    /// A cell that no later row holds; its factor is 1.
    pivot: usize,
    /// Cells and their factors.
    factors: Vec<(usize, u64)>,
}

impl<'a> System<'a> {
    fn new(sums: &'a [Sum], cells: &'a [Cell], least: usize) -> Self {
        let mut cells_of = vec![Vec::new(); sums.len()];
        let mut seen: Vec<Vec<u32>> = vec![Vec::new(); sums.len()];
        for (at, cell) in cells.iter().enumerate() {
            for &sum in &cell.sums {
                cells_of[sum as usize].push(at);
                unite(&mut seen[sum as usize], &cell.people, least);
            }
        }
        let people = seen.iter().map(Vec::len).collect();
        Self { sums, cells, least, cells_of, people, rows: Vec::new() }
    }

    fn publish(&mut self, sum: usize) {
        let left = self.reduced(sum);
        let factors: Vec<(usize, u64)> = left.iter().copied().enumerate().filter(|(_, factor)| *factor > 0).collect();
        // The cell of the fewest sums keeps later rows short.
        let pivot = factors.iter().min_by_key(|(cell, _)| (self.cells[*cell].sums.len(), *cell)).copied();
        let Some((pivot, factor)) = pivot else { return };
        let inverse = field::inverse(factor);
        let factors = factors.into_iter().map(|(cell, factor)| (cell, field::times(factor, inverse))).collect();
        self.rows.push(Row { sum, pivot, factors });
    }

    /// Publishes a step anew from one of its sums on.
    fn publish_from(&mut self, from: usize, step: &Range<usize>, withheld: &[bool]) {
        self.rows.truncate(self.rows_before(from));
        for sum in (from..step.end).filter(|&sum| !withheld[sum]) {
            self.publish(sum);
        }
    }

    /// What is left of a sum after those that are published, by cell.
    fn reduced(&self, sum: usize) -> Vec<u64> {
        let mut left = vec![0; self.cells.len()];
        for &cell in &self.cells_of[sum] {
            left[cell] = 1;
        }
        for row in &self.rows {
            let times = left[row.pivot];
            if times > 0 {
                for &(cell, factor) in &row.factors {
                    left[cell] = field::less(left[cell], field::times(times, factor));
                }
            }
        }
        left
    }

    /// What becomes known by the sums of a step and must not.
    fn faults(&self, step: &Range<usize>, withheld: &[bool]) -> Vec<Cells> {
        if self.rows_before(step.start) == self.rows.len() {
            return Vec::new();
        }
        let is_fault = self.known_by_step(step);
        let hidden = (0..step.end).filter(|&sum| withheld[sum]).map(|sum| &self.cells_of[sum]);
        let mut found: Vec<Cells> = hidden.filter(|cells| is_fault(cells)).cloned().collect();
        let reach = self.reach(step, withheld);
        let [before, after] = [self.rows_before(step.start), self.rows.len()].map(|rows| self.table(rows, Draw::First));
        let classes = self.classes(&reach, &before, &after);
        found.extend(small_groups(&classes, self.least).into_iter().filter(&is_fault));
        if self.least > MOST_CELLS + 1 {
            found.extend(self.remainders(step, &reach).into_iter().filter(&is_fault));
        }
        found
    }

    /// The first sum of a step by which one of some sets becomes known; sets that are known by none are left out.
    fn first(&self, step: &Range<usize>, sets: &mut Vec<Cells>) -> Option<usize> {
        sets.retain(self.known_by_step(step));
        if sets.is_empty() {
            return None;
        }
        let (mut none, mut some) = (self.rows_before(step.start), self.rows.len());
        while none + 1 < some {
            let middle = none.midpoint(some);
            if sets.iter().any(self.known_by(middle)) {
                some = middle;
            } else {
                none = middle;
            }
        }
        Some(self.rows[none].sum)
    }

    /// Whether a set is known by the sums of a step, and was not before it.
    fn known_by_step(&self, step: &Range<usize>) -> impl Fn(&Cells) -> bool + use<> {
        let [before, after] = [self.rows_before(step.start), self.rows.len()].map(|rows| self.known_by(rows));
        move |cells| after(cells) && !before(cells)
    }

    /// Whether a set is known by so many rows: whether its sum is zero in a table that is not the one it was found by.
    fn known_by(&self, rows: usize) -> impl Fn(&Cells) -> bool + use<> {
        let table = self.table(rows, Draw::Second);
        move |cells| sum_of(cells, &table) == 0
    }

    /// How many rows come from sums before one.
    fn rows_before(&self, sum: usize) -> usize {
        self.rows.partition_point(|row| row.sum < sum)
    }

    /// Everything that the published sums of a step are connected with, by way of other published sums.
    fn reach(&self, step: &Range<usize>, withheld: &[bool]) -> Reach {
        let is_published = |sum: usize| sum < step.end && !withheld[sum];
        let mut reach = Reach { sums: vec![false; self.sums.len()], cells: vec![false; self.cells.len()] };
        let mut waiting: Vec<usize> = step.clone().filter(|&sum| is_published(sum)).collect();
        while let Some(sum) = waiting.pop() {
            if std::mem::replace(&mut reach.sums[sum], true) {
                continue;
            }
            for &cell in &self.cells_of[sum] {
                if !std::mem::replace(&mut reach.cells[cell], true) {
                    let sums = self.cells[cell].sums.iter().map(|&sum| sum as usize);
                    waiting.extend(sums.filter(|&sum| is_published(sum)));
                }
            }
        }
        reach
    }

    /// The cells within reach that no published sum tells apart, with their values in a random table that publishes nothing
    /// but zeros before a step, and in one after it.
    fn classes(&self, reach: &Reach, before: &[u64], after: &[u64]) -> Vec<Class> {
        let mut places: HashMap<Vec<u32>, usize, foldhash::fast::FixedState> = HashMap::default();
        let mut classes: Vec<Class> = Vec::new();
        for (at, cell) in self.cells.iter().enumerate().filter(|(at, _)| reach.cells[*at]) {
            let sums = cell.sums.iter().copied().filter(|&sum| reach.sums[sum as usize]).collect();
            let place = *places.entry(sums).or_insert(classes.len());
            if place == classes.len() {
                classes.push(Class::default());
            }
            let class = &mut classes[place];
            class.cells.push(at);
            unite(&mut class.people, &cell.people, self.least);
            class.before = field::plus(class.before, before[at]);
            class.value = field::plus(class.value, after[at]);
        }
        classes
    }

    /// A random table for which every published sum of so many rows is zero.
    fn table(&self, rows: usize, draw: Draw) -> Vec<u64> {
        let seed = |cell: usize| 2 * cell + usize::from(draw == Draw::Second);
        let mut table: Vec<u64> = (0..self.cells.len()).map(|cell| field::scattered(seed(cell))).collect();
        for row in self.rows[..rows].iter().rev() {
            let others = row.factors.iter().filter(|(cell, _)| *cell != row.pivot);
            let sum = others.fold(0, |sum, &(cell, factor)| field::plus(sum, field::times(factor, table[cell])));
            table[row.pivot] = field::less(0, sum);
        }
        table
    }

    /// What is left of each published sum after the published sums of one split that lie within it, where that is few
    /// people, and one of all these sums may be of the step.
    fn remainders(&self, step: &Range<usize>, reach: &Reach) -> Vec<Cells> {
        let mut found = Vec::new();
        let of_step = step.clone().filter(|&sum| reach.sums[sum] && !self.cells_of[sum].is_empty());
        let around = |sum: usize| self.cells[self.cells_of[sum][0]].sums.iter().map(|&whole| whole as usize);
        let wholes: BTreeSet<usize> = of_step.flat_map(around).filter(|&sum| reach.sums[sum]).collect();
        for (whole, cells) in wholes.into_iter().map(|whole| (whole, &self.cells_of[whole])) {
            let mut shared: HashMap<u32, usize, foldhash::fast::FixedState> = HashMap::default();
            let parts_of = |cell: usize| self.cells[cell].sums.iter().copied().filter(|&sum| reach.sums[sum as usize]);
            for part in cells.iter().flat_map(|&cell| parts_of(cell)) {
                *shared.entry(part).or_default() += 1;
            }
            let is_within = |part: u32| part as usize != whole && shared[&part] == self.cells_of[part as usize].len();
            let mut covered: BTreeMap<u32, Vec<bool>> = BTreeMap::new();
            for (at, &cell) in cells.iter().enumerate() {
                for part in parts_of(cell).filter(|&part| is_within(part)) {
                    covered.entry(self.sums[part as usize].split).or_insert_with(|| vec![false; cells.len()])[at] =
                        true;
                }
            }
            for is_covered in covered.into_values() {
                let left: Cells = cells.iter().zip(is_covered).filter(|(_, is)| !is).map(|(&cell, _)| cell).collect();
                let mut people = Vec::new();
                for &cell in &left {
                    unite(&mut people, &self.cells[cell].people, self.least);
                }
                if (1..self.least).contains(&people.len()) {
                    found.push(left);
                }
            }
        }
        found
    }
}

/// Which of two random tables.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Draw {
    First,
    Second,
}

/// The sum of a set of cells in a table.
fn sum_of(cells: &[usize], table: &[u64]) -> u64 {
    cells.iter().fold(0, |sum, &cell| field::plus(sum, table[cell]))
}

/// Sums and cells that are connected.
struct Reach {
    sums: Vec<bool>,
    cells: Vec<bool>,
}

/// Cells that no published sum tells apart.
#[derive(Clone, Debug, Default)]
struct Class {
    cells: Cells,
    /// Counted up to as many as are needed.
    people: Vec<u32>,
    /// Its value in the table of before the step.
    before: u64,
    /// Its value in the table of after the step.
    value: u64,
}

impl Class {
    /// Whether the step has an influence on it. Both tables are drawn alike: what the step makes known holds such a class.
    fn is_moved(&self) -> bool {
        self.before != self.value
    }
}

/// The groups of fewer than `least` people among up to four classes, one of them moved, whose values sum to zero, as cells.
///
/// Of three or four classes whoever stands in several is counted in each.
fn small_groups(classes: &[Class], least: usize) -> Vec<Cells> {
    let (size, value) = (|class: usize| classes[class].people.len(), |class: usize| classes[class].value);
    let mut small: Vec<usize> = (0..classes.len()).filter(|&class| size(class) < least).collect();
    small.sort_by_key(|&class| !classes[class].is_moved());
    let moved_of = |small: &[usize]| small.partition_point(|&class| classes[class].is_moved());
    let mut found: Vec<Vec<usize>> =
        small[..moved_of(&small)].iter().filter(|&&one| value(one) == 0).map(|&one| vec![one]).collect();
    small.retain(|&one| value(one) != 0);
    let mut by_value: HashMap<u64, Vec<usize>, foldhash::fast::FixedState> = HashMap::default();
    for &one in &small {
        by_value.entry(value(one)).or_default().push(one);
    }
    // Few sums have an opposite: the others are told apart without a search.
    let marks = Marks::new(by_value.keys().copied(), by_value.len());
    let of_value = |value: u64| {
        let met = if marks.may_have(value) { by_value.get(&value) } else { None };
        met.map_or(&[][..], Vec::as_slice)
    };
    for &one in &small[..moved_of(&small)] {
        let others = of_value(field::less(0, value(one))).iter().filter(|&&other| other != one);
        found.extend(others.map(|&other| vec![one, other]));
    }
    // Two more, or one, must find room beside a pair.
    small.retain(|&one| size(one) + 2 < least);
    let small = if small.len() > MOST_SMALL_CELLS { &[] } else { small.as_slice() };
    let moved = moved_of(small);
    // Pairs of which one is among the first so many, and that leave room for so many people more.
    let pairs = move |first: usize, room: usize| {
        small[..first].iter().enumerate().flat_map(move |(at, &one)| {
            let others = small[at + 1..].iter().filter(move |&&other| size(one) + size(other) + room < least);
            others.map(move |&other| (field::plus(value(one), value(other)), one, other))
        })
    };
    for (sum, one, other) in pairs(moved, 1) {
        let thirds = of_value(field::less(0, sum)).iter().filter(|&&third| third != one && third != other);
        found.extend(thirds.map(|&third| vec![one, other, third]));
    }
    // Two pairs that sum to zero each were found before: together they tell no more.
    let open_pairs = move |first: usize| pairs(first, 2).filter(|&(sum, ..)| sum != 0);
    let marks = Marks::new(open_pairs(moved).map(|(sum, ..)| sum), moved * small.len());
    let has_opposite = |marks: &Marks, sum: u64| marks.may_have(field::less(0, sum));
    let mut opposites: Vec<_> = open_pairs(small.len()).filter(|&(sum, ..)| has_opposite(&marks, sum)).collect();
    opposites.sort_unstable_by_key(|&(sum, ..)| sum);
    let marks = Marks::new(opposites.iter().map(|&(sum, ..)| sum), opposites.len());
    for (sum, one, other) in open_pairs(moved).filter(|&(sum, ..)| has_opposite(&marks, sum)) {
        let opposite = field::less(0, sum);
        let from = opposites.partition_point(|&(sum, ..)| sum < opposite);
        let others = opposites[from..].iter().take_while(|&&(sum, ..)| sum == opposite);
        let apart = others.filter(|&&(_, third, fourth)| ![third, fourth].iter().any(|of| [one, other].contains(of)));
        let cancel = |third| field::plus(value(one), value(third)) == 0;
        let apart = apart.filter(|&&(_, third, fourth)| !cancel(third) && !cancel(fourth));
        found.extend(apart.map(|&(_, third, fourth)| vec![one, other, third, fourth]));
    }
    let is_small = |group: &Vec<usize>| {
        let mut people = Vec::new();
        for &class in group {
            unite(&mut people, &classes[class].people, least);
        }
        people.len() < least
    };
    found.retain(is_small);
    found.into_iter().map(|group| group.into_iter().flat_map(|class| classes[class].cells.clone()).collect()).collect()
}

/// Values that were met, by their last bits.
struct Marks(Vec<u64>);

impl Marks {
    /// With at least eight bits for each of so many values.
    fn new(values: impl Iterator<Item = u64>, many: usize) -> Self {
        let mut marks = Self(vec![0; (many / 8).next_power_of_two()]);
        for value in values {
            let (word, bit) = marks.place(value);
            marks.0[word] |= bit;
        }
        marks
    }

    /// Whether a value may have been met; one in eight of those that were not may.
    fn may_have(&self, value: u64) -> bool {
        let (word, bit) = self.place(value);
        self.0[word] & bit != 0
    }

    fn place(&self, value: u64) -> (usize, u64) {
        ((value >> 6) as usize & (self.0.len() - 1), 1 << (value & 63))
    }
}

/// Adds people who are not there yet, until there are `least`.
fn unite(people: &mut Vec<u32>, more: &[u32], least: usize) {
    for one in more {
        if people.len() >= least {
            return;
        }
        if !people.contains(one) {
            people.push(*one);
        }
    }
}

/// Whole numbers modulo the prime 2⁶¹ − 1.
mod field {
    const PRIME: u64 = (1 << 61) - 1;

    pub(super) fn plus(a: u64, b: u64) -> u64 {
        let sum = a + b;
        if sum >= PRIME { sum - PRIME } else { sum }
    }

    pub(super) fn less(a: u64, b: u64) -> u64 {
        if a >= b { a - b } else { a + PRIME - b }
    }

    #[expect(clippy::cast_possible_truncation, reason = "both parts of a product of 122 bits have 61")]
    pub(super) fn times(a: u64, b: u64) -> u64 {
        if a == 1 {
            return b;
        }
        let product = u128::from(a) * u128::from(b);
        let (low, high) = ((product as u64) & PRIME, (product >> 61) as u64);
        plus(low, high)
    }

    /// By Fermat: a to the power of p − 2.
    pub(super) fn inverse(a: u64) -> u64 {
        if a == 1 {
            return 1;
        }
        let (mut result, mut power, mut exponent) = (1, a, PRIME - 2);
        while exponent > 0 {
            if exponent & 1 == 1 {
                result = times(result, power);
            }
            power = times(power, power);
            exponent >>= 1;
        }
        result
    }

    /// A number that looks random, the same each time (`SplitMix64`).
    pub(super) fn scattered(seed: usize) -> u64 {
        let mut z = (seed as u64).wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % PRIME
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    /// Sums of one step, each of a split of its own, over cells of so many people.
    fn decided(sums: u32, cells: &[(&[u32], u32)], least: usize) -> Vec<usize> {
        let sums: Vec<Sum> = (0..sums).map(|split| Sum { step: 0, split }).collect();
        decided_by(&sums, cells, least)
    }

    fn decided_by(sums: &[Sum], cells: &[(&[u32], u32)], least: usize) -> Vec<usize> {
        let mut next = 0;
        let cell = |&(sums, people): &(&[u32], u32)| {
            next += people;
            Cell { sums: sums.to_vec(), people: (next - people..next).collect() }
        };
        let cells = cells.iter().map(cell).collect();
        let withheld = withheld(sums, &[cells], least, &[]);
        withheld.iter().enumerate().filter(|(_, is)| **is).map(|(sum, _)| sum).collect()
    }

    /// 2, 40 and 50: with 2 goes 40, the last of those that stand before it, or the total would give 2 away.
    #[test]
    fn a_small_part_takes_another_with_it() {
        assert_eq!(decided(4, &[(&[0, 1], 50), (&[0, 2], 40), (&[0, 3], 2)], 5), [2, 3]);
    }

    /// 3 and 4 hold seven together: enough.
    #[test]
    fn two_small_parts_hide_each_other() {
        assert_eq!(decided(4, &[(&[0, 1], 50), (&[0, 2], 4), (&[0, 3], 3)], 5), [2, 3]);
        assert_eq!(decided(4, &[(&[0, 1], 50), (&[0, 2], 2), (&[0, 3], 2)], 5), [1, 2, 3]);
        assert_eq!(decided(3, &[(&[0, 1], 50), (&[0, 2], 5)], 5), Vec::<usize>::new());
    }

    /// Country 1 holds regions 3 and 4, country 2 region 5 and 6. Regions 4 (of 3) and 6 (of 4) hide each other in the
    /// total, but each is what its country leaves: 3 and 5 must go too, or the countries.
    #[test]
    fn a_part_of_a_part_is_not_what_the_part_leaves() {
        let cells: [(&[u32], u32); 4] = [(&[0, 1, 3], 30), (&[0, 1, 4], 3), (&[0, 2, 5], 20), (&[0, 2, 6], 4)];
        assert_eq!(decided(7, &cells, 5), [3, 4, 5, 6]);
    }

    /// Plan by region: rows 1, 2, columns 3, 4, the crosses 5 to 8. One cross of 2 takes three others with it.
    #[test]
    fn one_small_cross_hides_in_a_rectangle() {
        let cells: [(&[u32], u32); 4] =
            [(&[0, 1, 3, 5], 20), (&[0, 1, 4, 6], 12), (&[0, 2, 3, 7], 15), (&[0, 2, 4, 8], 2)];
        assert_eq!(decided(9, &cells, 5), [5, 6, 7, 8]);
    }

    /// Three months, of which one has 3 answers, and the quarter, which comes later and would give it away.
    #[test]
    fn a_quarter_waits_for_its_months() {
        let sums = [0, 1, 2, 3].map(|step| Sum { step, split: step / 3 });
        assert_eq!(decided_by(&sums, &[(&[0, 3], 20), (&[1, 3], 3), (&[2, 3], 30)], 5), [1, 3]);
        assert_eq!(decided_by(&sums, &[(&[0, 3], 2), (&[1, 3], 3), (&[2, 3], 30)], 5), [0, 1]);
    }

    /// Seven answers of one person, and forty of others: one person is a small group however much it says.
    #[test]
    fn people_are_counted_and_not_answers() {
        let one = |sums: &[u32]| Cell { sums: sums.to_vec(), people: vec![1] };
        let cells = vec![one(&[0, 1]), one(&[0, 2]), Cell { sums: vec![0, 3], people: (10..50).collect() }];
        let sums = [0, 1, 1, 1].map(|split| Sum { step: 0, split });
        assert_eq!(withheld(&sums, &[cells], 5, &[]), [false, true, true, true]);
    }

    /// A sum that may be seen for one question and not for the other is seen for none, and is not what the total leaves.
    #[test]
    fn a_sum_is_published_for_all_questions_or_for_none() {
        let many = |sum: u32, people: std::ops::Range<u32>| Cell { sums: vec![0, sum], people: people.collect() };
        let asked = vec![many(1, 0..30), many(2, 30..60), many(3, 60..90)];
        let answered = vec![many(1, 0..20), many(2, 30..45), many(3, 60..62)];
        let sums = [0, 1, 1, 1].map(|split| Sum { step: 0, split });
        assert_eq!(withheld(&sums, &[asked, answered], 5, &[]), [false, false, true, true]);
    }

    /// What is withheld already is large here, and not what the total leaves either.
    #[test]
    fn what_is_withheld_already_cannot_be_solved_for() {
        let many = |sum: u32, people: std::ops::Range<u32>| Cell { sums: vec![0, sum], people: people.collect() };
        let cells = vec![many(1, 0..30), many(2, 30..60), many(3, 60..90)];
        let sums = [0, 1, 1, 1].map(|split| Sum { step: 0, split });
        assert_eq!(withheld(&sums, &[cells], 5, &[false, true, false, false]), [false, true, false, true]);
    }

    /// With ten at least, six cells of one person each are a small group of more than four cells: what is left of the total
    /// after the others of its split.
    #[test]
    fn a_remainder_of_many_cells_is_found() {
        let mut cells: Vec<(&[u32], u32)> = vec![(&[0, 1], 30), (&[0, 2], 25)];
        let others: [[u32; 2]; 6] = [[0, 3], [0, 4], [0, 5], [0, 6], [0, 7], [0, 8]];
        cells.extend(others.iter().map(|sums| (&sums[..], 1)));
        let mut sums = vec![Sum { step: 0, split: 0 }];
        sums.extend([1, 1, 2, 3, 4, 5, 6, 7].map(|split| Sum { step: 0, split }));
        let mut crossed: Vec<Sum> = sums.clone();
        crossed.truncate(9);
        assert_eq!(decided_by(&crossed, &cells, 10), [2, 3, 4, 5, 6, 7, 8]);
    }

    /// Whether one row is a combination of others, by plain elimination of fractions modulo a small prime.
    fn follows(rows: &[Vec<i64>], row: &[i64]) -> bool {
        const PRIME: i64 = 1_000_003;
        let rank = |mut rows: Vec<Vec<i64>>| {
            let mut rank = 0;
            for column in 0..row.len() {
                let Some(pivot) = (rank..rows.len()).find(|&at| rows[at][column] != 0) else { continue };
                rows.swap(rank, pivot);
                let (done, below) = rows.split_at_mut(rank + 1);
                for other in below {
                    let (times, by) = (other[column], done[rank][column]);
                    for (to, from) in other.iter_mut().zip(&done[rank]) {
                        *to = (*to * by - times * from).rem_euclid(PRIME);
                    }
                }
                rank += 1;
            }
            rank
        };
        let with: Vec<Vec<i64>> = rows.iter().cloned().chain([row.to_vec()]).collect();
        rank(rows.to_vec()) == rank(with)
    }

    /// What is withheld if sums are published one by one, each that makes nothing known.
    fn one_by_one(sums: &[Sum], cells: &[Cell], least: usize) -> Vec<bool> {
        let row = |is_in: &dyn Fn(usize) -> bool| -> Vec<i64> { (0..cells.len()).map(|at| is_in(at).into()).collect() };
        let rows: Vec<Vec<i64>> = (0..).take(sums.len()).map(|sum| row(&|at| cells[at].sums.contains(&sum))).collect();
        let people = |row: &[i64]| -> usize {
            row.iter().zip(cells).filter(|(is_in, _)| **is_in == 1).map(|(_, cell)| cell.people.len()).sum()
        };
        let is_small = |row: &[i64]| (1..least).contains(&people(row));
        let groups: Vec<Vec<i64>> =
            (1..1 << cells.len()).map(|set: usize| row(&|at| set >> at & 1 == 1)).filter(|row| is_small(row)).collect();
        let mut withheld: Vec<bool> = rows.iter().map(|row| is_small(row)).collect();
        let mut published: Vec<Vec<i64>> = Vec::new();
        for step in sums.chunk_by(|a, b| a.step == b.step) {
            let end = sums.iter().rposition(|sum| sum.step == step[0].step).map_or(0, |last| last + 1);
            let before = published.clone();
            for sum in end - step.len()..end {
                if withheld[sum] {
                    continue;
                }
                published.push(rows[sum].clone());
                let hidden = (0..end).filter(|&sum| withheld[sum] && people(&rows[sum]) > 0).map(|sum| &rows[sum]);
                if hidden.chain(&groups).any(|row| follows(&published, row) && !follows(&before, row)) {
                    published.pop();
                    withheld[sum] = true;
                }
            }
        }
        withheld
    }

    proptest! {
        #[test]
        fn what_is_withheld_is_what_makes_something_known_when_it_comes(
            cells in vec((vec(any::<bool>(), 9), 1_u32..9), 1..8),
            steps in 1_u32..4,
        ) {
            let sums: Vec<Sum> = (0..9).map(|at| Sum { step: at * steps / 9, split: at }).collect();
            let mut next = 0;
            let cells: Vec<Cell> = cells.iter().map(|(is_in, people)| {
                next += people;
                let sums = (0..9).filter(|&sum| is_in[sum as usize]).collect();
                Cell { sums, people: (next - people..next).collect() }
            }).collect();
            let found = withheld(&sums, std::slice::from_ref(&cells), 5, &[]);
            prop_assert_eq!(found, one_by_one(&sums, &cells, 5));
        }
    }

    #[test]
    fn nothing_is_withheld_of_nothing() {
        assert_eq!(withheld(&[], &[], 5, &[]), Vec::<bool>::new());
        assert_eq!(decided(3, &[(&[0, 1], 9)], 5), Vec::<usize>::new());
    }
}
