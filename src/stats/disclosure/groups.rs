//! The search for small groups of cells by their values in a random table.

use std::collections::HashMap;

use super::{Cells, field, unite};

/// Small cells beyond which only pairs are searched: there would be too many to combine.
const MOST_SMALL_CELLS: usize = 4096;

/// Cells that no published sum tells apart.
#[derive(Clone, Debug, Default)]
pub(super) struct Class {
    pub(super) cells: Cells,
    /// Counted up to as many as are needed.
    pub(super) people: Vec<u32>,
    /// Its value in the table of before the step.
    pub(super) before: u64,
    /// Its value in the table of after the step.
    pub(super) value: u64,
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
pub(super) fn small_groups(classes: &[Class], least: usize) -> Vec<Cells> {
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
