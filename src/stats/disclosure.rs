//! Disclosure: which sums may be published so that nobody can solve for a small group of people.
//!
//! Knows cells and the sums over them; not what is summed. Works for everything that adds up over people: counts, scores,
//! their squares, and whatever is divided afterwards.

mod field;
mod groups;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;

use self::groups::{Class, small_groups};

/// People whom every sum treats alike.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cell {
    /// The sums that they enter, ascending.
    pub sums: Vec<u32>,
    /// Who they are, ascending, each once; at least one.
    pub people: Vec<u32>,
}

/// A sum that somebody would like to publish, or that was published.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sum {
    /// Sums of one step are decided together; what an earlier step published is never taken back.
    pub step: u32,
    /// Sums of one split share no person unless they overlap in time: the segments of a dimension, months.
    pub split: u32,
    /// Whether it is to be published. Others are there because some reader knows them.
    pub is_offered: bool,
    /// A sum of an earlier step that is offered too: where that is withheld, so is this.
    pub with: Option<u32>,
}

/// Cells of a group that is searched for without knowing how it comes about.
const MOST_CELLS: usize = 4;

/// What is to be decided.
#[derive(Clone, Copy, Debug)]
pub struct Proposal<'a> {
    /// The sums, in the order of precedence, step by step.
    pub sums: &'a [Sum],
    /// The cells of each question asked: a sum is published for all questions or for none.
    pub questions: &'a [Vec<Cell>],
    /// Fewer people than these are a small group.
    pub least: usize,
    /// What readers know before: for each of them, sum → whether it does. None: there is one, who knows nothing.
    pub told: &'a [Vec<bool>],
}

/// Which sums are to be withheld.
///
/// - **Withholds** each sum of at least one and fewer than `least` people; then each that, with those published before
///   it and with what a reader was told before everything else, would let somebody who knows which cells are empty solve for
///   a group of fewer than `least` people, or for a sum that is withheld. What is too much for one reader is withheld from all.
/// - **Finds** every such group of up to four cells (with five people at least, those are all), and of more cells where
///   they are what is left of a sum after those of one split.
/// - **How**: a group can be solved for if its indicator is a combination of the published sums. That is so if every table
///   that would publish the same gives the group the same sum. A random one of the tables that publish nothing but zeros,
///   over a field of 2⁶¹ − 1 elements, tells by a sum of 0, and a second one confirms it.
pub fn withheld(proposal: &Proposal<'_>) -> Vec<bool> {
    let is_offered = |told: &Vec<bool>| told.iter().zip(proposal.sums).all(|(is_told, sum)| !is_told || sum.is_offered);
    if proposal.told.iter().all(is_offered) {
        let anew = withheld_from(proposal, &BTreeSet::from([&[][..]]));
        let is_shown_anew = |told: &Vec<bool>| told.iter().zip(&anew).all(|(is_told, is)| !(is_told & is));
        // Who was told nothing but what anybody may see knows no more than anybody: it would be decided as it was.
        if proposal.told.iter().all(is_shown_anew) {
            return anew;
        }
    }
    withheld_from(proposal, &proposal.told.iter().map(Vec::as_slice).collect())
}

/// Which sums are withheld from readers of whom each knows something before, sum by sum.
fn withheld_from(proposal: &Proposal<'_>, knowing: &BTreeSet<&[bool]>) -> Vec<bool> {
    let Proposal { sums, questions, least, .. } = *proposal;
    let of_reader = |told| questions.iter().enumerate().map(move |question| System::new(sums, question, least, told));
    let mut systems: Vec<System<'_>> = knowing.iter().flat_map(|told| of_reader(told)).collect();
    let is_small = |sum: usize| systems.iter().any(|system| system.is_small(sum));
    let mut withheld: Vec<bool> = (0..sums.len()).map(|sum| !sums[sum].is_offered || is_small(sum)).collect();
    let mut from = 0;
    for step in sums.chunk_by(|a, b| a.step == b.step) {
        for sum in from..from + step.len() {
            withheld[sum] |= sums[sum].with.is_some_and(|other| withheld[other as usize]);
        }
        decide(&mut systems, from..from + step.len(), &mut withheld);
        from += step.len();
    }
    withheld
}

/// Withholds from one step what it must: each sum by which something becomes known.
fn decide(systems: &mut [System<'_>], step: Range<usize>, withheld: &mut [bool]) {
    let from_start = withheld[step.clone()].to_vec();
    let mut found: BTreeMap<usize, BTreeSet<Cells>> = BTreeMap::new();
    // Of sets that are known only what they are made of is found, which may become known later than they: it is looked
    // again, and decided anew, until nothing that must not be is known.
    loop {
        withheld[step.clone()].copy_from_slice(&from_start);
        for system in systems.iter_mut() {
            system.publish_from(step.start, &step, withheld);
        }
        // What one reader must not know, nobody must who is asked the same.
        let of_question = |of: &System<'_>| found.get(&of.question).into_iter().flatten().cloned().collect();
        let mut sets: Vec<Vec<Cells>> = systems.iter().map(of_question).collect();
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
        for (system, known) in systems.iter().zip(known) {
            found.entry(system.question).or_default().extend(known);
        }
    }
}

/// A set of cells.
type Cells = Vec<usize>;

/// The sums of one question, and those of them that are published, eliminated in their order.
struct System<'a> {
    sums: &'a [Sum],
    /// Which question.
    question: usize,
    cells: &'a [Cell],
    least: usize,
    /// Sum → its cells.
    cells_of: Vec<Cells>,
    /// Sum → how many people, counted up to `least`.
    people: Vec<usize>,
    /// Sum → whether the reader knows it before everything else; may be empty.
    told: &'a [bool],
    /// The published sums that do not follow from those before them; first of all those that were told.
    rows: Vec<Row>,
    /// How many of these were told.
    told_rows: usize,
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
    fn new(sums: &'a [Sum], (question, cells): (usize, &'a Vec<Cell>), least: usize, told: &'a [bool]) -> Self {
        let mut cells_of = vec![Vec::new(); sums.len()];
        let mut seen: Vec<Vec<u32>> = vec![Vec::new(); sums.len()];
        for (at, cell) in cells.iter().enumerate() {
            for &sum in &cell.sums {
                cells_of[sum as usize].push(at);
                unite(&mut seen[sum as usize], &cell.people, least);
            }
        }
        let people = seen.iter().map(Vec::len).collect();
        let mut system = Self { sums, question, cells, least, cells_of, people, told, rows: Vec::new(), told_rows: 0 };
        for sum in (0..sums.len()).filter(|&sum| system.is_told(sum)).collect::<Vec<_>>() {
            system.publish(sum);
        }
        system.told_rows = system.rows.len();
        system
    }

    fn is_told(&self, sum: usize) -> bool {
        self.told.get(sum).copied().unwrap_or_default()
    }

    /// Whether a sum is one of few people.
    fn is_small(&self, sum: usize) -> bool {
        (1..self.least).contains(&self.people[sum])
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
        let is_hidden = |sum: &usize| *sum < step.end && withheld[*sum] && self.sums[*sum].is_offered;
        let hidden = (0..self.sums.len()).filter(|sum| is_hidden(sum) || self.is_small(*sum));
        let hidden = hidden.map(|sum| &self.cells_of[sum]);
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

    /// How many rows come from what was told and from sums before one.
    fn rows_before(&self, sum: usize) -> usize {
        self.told_rows + self.rows[self.told_rows..].partition_point(|row| row.sum < sum)
    }

    /// Everything that the published sums of a step are connected with, by way of other published sums.
    fn reach(&self, step: &Range<usize>, withheld: &[bool]) -> Reach {
        let is_published = |sum: usize| self.is_told(sum) || sum < step.end && !withheld[sum];
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
