//! Disclosure: which sums may be published so that nobody can solve for a small group of people.
//!
//! Knows cells and the sums over them; not what is summed. Works for everything that adds up over people: counts, scores,
//! their squares, and whatever is divided afterwards.

use std::collections::HashMap;

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
/// Small cells beyond which only pairs are searched: more pairs of them would not fit.
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
///   that would publish the same gives the group the same sum; a random one of those tables, over a field of 2⁶¹ − 1
///   elements, tells by a sum of 0, and the elimination confirms it.
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

/// Withholds from one step what it must.
fn decide(systems: &mut [System<'_>], step: std::ops::Range<usize>, withheld: &mut [bool]) {
    let mut from = step.start;
    loop {
        for sum in (from..step.end).filter(|&sum| !withheld[sum]) {
            for system in systems.iter_mut() {
                system.publish(sum);
            }
        }
        let mut faults: Vec<Known> = systems.iter().flat_map(|system| system.faults(&step, withheld)).collect();
        faults.sort_by_key(|fault| fault.last);
        let Some(first) = faults.first().map(|fault| fault.last) else { return };
        // A fault that needs a sum which is withheld by now may be none any more: the next round tells.
        for fault in faults {
            if fault.needs.iter().all(|&sum| !withheld[sum]) {
                withheld[fault.last] = true;
            }
        }
        for system in systems.iter_mut() {
            system.take_back(first);
        }
        from = first + 1;
    }
}

/// How a set of cells becomes known.
struct Known {
    /// The sum by which it does.
    last: usize,
    /// All sums of that one's step that it takes, ascending.
    needs: Vec<usize>,
}

/// The sums of one question, and those of them that are published, eliminated in their order.
struct System<'a> {
    sums: &'a [Sum],
    cells: &'a [Cell],
    least: usize,
    /// Sum → its cells.
    cells_of: Vec<Vec<u32>>,
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
    /// The sums of its step that it is made of, ascending.
    needs: Vec<usize>,
}

impl<'a> System<'a> {
    fn new(sums: &'a [Sum], cells: &'a [Cell], least: usize) -> Self {
        let mut cells_of = vec![Vec::new(); sums.len()];
        let mut seen: Vec<Vec<u32>> = vec![Vec::new(); sums.len()];
        for (at, cell) in (0..).zip(cells) {
            for &sum in &cell.sums {
                cells_of[sum as usize].push(at);
                unite(&mut seen[sum as usize], &cell.people, least);
            }
        }
        let people = seen.iter().map(Vec::len).collect();
        Self { sums, cells, least, cells_of, people, rows: Vec::new() }
    }

    fn publish(&mut self, sum: usize) {
        let (left, mut taken) = self.reduced(self.cells_of[sum].iter().map(|&cell| cell as usize));
        let factors: Vec<(usize, u64)> = left.iter().copied().enumerate().filter(|(_, factor)| *factor > 0).collect();
        // The cell of the fewest sums keeps later rows short.
        let pivot = factors.iter().min_by_key(|(cell, _)| (self.cells[*cell].sums.len(), *cell)).copied();
        let Some((pivot, factor)) = pivot else { return };
        let inverse = field::inverse(factor);
        let factors = factors.into_iter().map(|(cell, factor)| (cell, field::times(factor, inverse))).collect();
        taken[sum] = true;
        let needs = self.of_step(&taken, sum);
        self.rows.push(Row { sum, pivot, factors, needs });
    }

    /// Takes back a sum and all after it.
    fn take_back(&mut self, sum: usize) {
        let kept = self.rows.partition_point(|row| row.sum < sum);
        self.rows.truncate(kept);
    }

    /// Of some sums those of one's step.
    fn of_step(&self, taken: &[bool], of: usize) -> Vec<usize> {
        let is_one = |&sum: &usize| taken[sum] && self.sums[sum].step == self.sums[of].step;
        (0..taken.len()).filter(is_one).collect()
    }

    /// What is left of a set of cells after the published sums, by cell, and which sums it took.
    fn reduced(&self, cells: impl Iterator<Item = usize>) -> (Vec<u64>, Vec<bool>) {
        let mut left = vec![0; self.cells.len()];
        for cell in cells {
            left[cell] = 1;
        }
        let mut taken = vec![false; self.sums.len()];
        for row in &self.rows {
            let times = left[row.pivot];
            if times > 0 {
                row.needs.iter().for_each(|&sum| taken[sum] = true);
                for &(cell, factor) in &row.factors {
                    left[cell] = field::less(left[cell], field::times(times, factor));
                }
            }
        }
        (left, taken)
    }

    /// How a set of cells becomes known; none if it does not.
    fn known(&self, cells: impl Iterator<Item = usize>) -> Option<Known> {
        let (left, taken) = self.reduced(cells);
        if left.iter().any(|&factor| factor > 0) {
            return None;
        }
        let last = taken.iter().rposition(|&is_taken| is_taken)?;
        Some(Known { last, needs: self.of_step(&taken, last) })
    }

    /// What becomes known by the sums of a step and must not.
    fn faults(&self, step: &std::ops::Range<usize>, withheld: &[bool]) -> Vec<Known> {
        let reach = self.reach(step, withheld);
        let table = self.table(&reach);
        // Few sets do: the elimination, which is slow, is asked of no others.
        let is_zero = |cells: &[usize]| cells.iter().fold(0, |sum, &cell| field::plus(sum, table[cell])) == 0;
        let hidden = (0..step.end).filter(|&sum| {
            withheld[sum] && self.people[sum] > 0 && self.cells_of[sum].iter().all(|&cell| reach.cells[cell as usize])
        });
        let sums = hidden.map(|sum| self.cells_of[sum].iter().map(|&cell| cell as usize).collect::<Vec<_>>());
        let (classes, values) = self.classes(&reach, &table);
        let mut groups = small_groups(&classes, &values, self.least);
        if self.least > MOST_CELLS + 1 {
            groups.extend(self.remainders(&reach));
        }
        let found = sums.chain(groups).filter(|cells| is_zero(cells));
        found.filter_map(|cells| self.known(cells.into_iter())).filter(|known| step.contains(&known.last)).collect()
    }

    /// Everything that the published sums of a step are connected with, by way of other published sums.
    fn reach(&self, step: &std::ops::Range<usize>, withheld: &[bool]) -> Reach {
        let is_published = |sum: usize| sum < step.end && !withheld[sum];
        let mut reach = Reach { sums: vec![false; self.sums.len()], cells: vec![false; self.cells.len()] };
        let mut waiting: Vec<usize> = step.clone().filter(|&sum| is_published(sum)).collect();
        while let Some(sum) = waiting.pop() {
            if std::mem::replace(&mut reach.sums[sum], true) {
                continue;
            }
            for &cell in &self.cells_of[sum] {
                if !std::mem::replace(&mut reach.cells[cell as usize], true) {
                    let sums = self.cells[cell as usize].sums.iter().map(|&sum| sum as usize);
                    waiting.extend(sums.filter(|&sum| is_published(sum)));
                }
            }
        }
        reach
    }

    /// The cells within reach that no published sum tells apart, and the value of each such class in a random table that
    /// publishes nothing but zeros.
    fn classes(&self, reach: &Reach, table: &[u64]) -> (Vec<Class>, Vec<u64>) {
        let mut places: HashMap<Vec<u32>, usize, foldhash::fast::FixedState> = HashMap::default();
        let (mut classes, mut values): (Vec<Class>, Vec<u64>) = (Vec::new(), Vec::new());
        for (at, cell) in self.cells.iter().enumerate().filter(|(at, _)| reach.cells[*at]) {
            let sums = cell.sums.iter().copied().filter(|&sum| reach.sums[sum as usize]).collect();
            let place = *places.entry(sums).or_insert(classes.len());
            if place == classes.len() {
                classes.push(Class::default());
                values.push(0);
            }
            classes[place].cells.push(at);
            unite(&mut classes[place].people, &cell.people, self.least);
            values[place] = field::plus(values[place], table[at]);
        }
        (classes, values)
    }

    /// A random table for which every published sum is zero.
    fn table(&self, reach: &Reach) -> Vec<u64> {
        let mut table: Vec<u64> = (0..self.cells.len()).map(field::scattered).collect();
        for row in self.rows.iter().rev().filter(|row| reach.cells[row.pivot]) {
            let others = row.factors.iter().filter(|(cell, _)| *cell != row.pivot);
            let sum = others.fold(0, |sum, &(cell, factor)| field::plus(sum, field::times(factor, table[cell])));
            table[row.pivot] = field::less(0, sum);
        }
        table
    }

    /// What is left of each published sum after the published sums of one split that lie within it, where that is few
    /// people.
    fn remainders(&self, reach: &Reach) -> Vec<Vec<usize>> {
        let mut found = Vec::new();
        for (whole, cells) in self.cells_of.iter().enumerate().filter(|(sum, _)| reach.sums[*sum]) {
            let mut shared: HashMap<u32, usize, foldhash::fast::FixedState> = HashMap::default();
            let parts_of =
                |cell: u32| self.cells[cell as usize].sums.iter().copied().filter(|&sum| reach.sums[sum as usize]);
            for part in cells.iter().flat_map(|&cell| parts_of(cell)) {
                *shared.entry(part).or_default() += 1;
            }
            let is_within = |part: u32| part as usize != whole && shared[&part] == self.cells_of[part as usize].len();
            let mut splits: Vec<u32> =
                shared.keys().filter(|&&part| is_within(part)).map(|&part| self.sums[part as usize].split).collect();
            splits.sort_unstable();
            splits.dedup();
            for split in splits {
                let covers = |part: u32| is_within(part) && self.sums[part as usize].split == split;
                let left: Vec<usize> =
                    cells.iter().filter(|&&cell| !parts_of(cell).any(covers)).map(|&cell| cell as usize).collect();
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

/// Sums and cells that are connected.
struct Reach {
    sums: Vec<bool>,
    cells: Vec<bool>,
}

/// Cells that no published sum tells apart.
#[derive(Clone, Debug, Default)]
struct Class {
    cells: Vec<usize>,
    /// Counted up to as many as are needed.
    people: Vec<u32>,
}

/// The groups of fewer than `least` people among up to four classes whose values sum to zero, as cells.
///
/// Of three or four classes whoever stands in several is counted in each.
fn small_groups(classes: &[Class], values: &[u64], least: usize) -> Vec<Vec<usize>> {
    let mut small: Vec<usize> = (0..classes.len()).filter(|&class| classes[class].people.len() < least).collect();
    let mut found: Vec<Vec<usize>> = small.iter().filter(|&&one| values[one] == 0).map(|&one| vec![one]).collect();
    small.retain(|&one| values[one] != 0);
    let mut by_value: HashMap<u64, Vec<usize>, foldhash::fast::FixedState> = HashMap::default();
    for &one in &small {
        by_value.entry(values[one]).or_default().push(one);
    }
    let of_value = |value: u64| by_value.get(&value).map_or(&[][..], Vec::as_slice);
    for &one in &small {
        let others = of_value(field::less(0, values[one])).iter().filter(|&&other| other > one);
        found.extend(others.map(|&other| vec![one, other]));
    }
    // Two more, or one, must find room beside a pair.
    let size = |class: usize| classes[class].people.len();
    small.retain(|&one| size(one) + 2 < least);
    let mut pairs = Vec::new();
    if small.len() <= MOST_SMALL_CELLS {
        for (at, &one) in small.iter().enumerate() {
            let others = small[at + 1..].iter().filter(|&&other| size(one) + size(other) + 1 < least);
            pairs.extend(others.map(|&other| (field::plus(values[one], values[other]), one, other)));
        }
    }
    for &(sum, one, other) in &pairs {
        let thirds = of_value(field::less(0, sum)).iter().filter(|&&third| third != one && third != other);
        found.extend(thirds.map(|&third| vec![one, other, third]));
    }
    // Two pairs that sum to zero each were found before: together they tell no more.
    let cancel = |one: usize, other: usize| field::plus(values[one], values[other]) == 0;
    pairs.retain(|&(_, one, other)| size(one) + size(other) + 2 < least && !cancel(one, other));
    pairs.sort_unstable();
    for &(sum, one, other) in &pairs {
        let opposite = field::less(0, sum);
        let from = pairs.partition_point(|&(value, ..)| value < opposite);
        let others = pairs[from..].iter().take_while(|&&(value, ..)| value == opposite);
        let apart = others.filter(|&&(_, third, fourth)| one < third && other != third && other != fourth);
        let apart = apart.filter(|&&(_, third, fourth)| !cancel(one, third) && !cancel(one, fourth));
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

    #[test]
    fn nothing_is_withheld_of_nothing() {
        assert_eq!(withheld(&[], &[], 5, &[]), Vec::<bool>::new());
        assert_eq!(decided(3, &[(&[0, 1], 9)], 5), Vec::<usize>::new());
    }
}
