//! Placing labels along a line so that none touches another.
//!
//! Deterministic: the least total movement (isotonic regression), ties in the order given.

/// A label that wants to be centred at `wish` and is `size` long.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slot {
    pub(super) wish: f64,
    pub(super) size: f64,
    /// How hard it resists being moved; positive.
    pub(super) weight: f64,
}

/// Room that the slots need at least, gaps included.
pub(super) fn room(slots: &[Slot], gap: f64) -> f64 {
    slots.iter().map(|slot| slot.size + gap).sum::<f64>() - if slots.is_empty() { 0.0 } else { gap }
}

/// Neighbours that touch and move together.
struct Block {
    /// Sum of weight times wished shift.
    pull: f64,
    weight: f64,
    /// Slot and its centre when all are packed from zero.
    members: Vec<(usize, f64)>,
}

impl Block {
    fn shift(&self) -> f64 {
        self.pull / self.weight
    }
}

/// Centres for all slots, in the slots' order, inside `lo..hi` where that has room for them.
pub(super) fn spread(slots: &[Slot], gap: f64, lo: f64, hi: f64) -> Vec<f64> {
    let mut order: Vec<(usize, Slot)> = slots.iter().copied().enumerate().collect();
    order.sort_by(|(_, a), (_, b)| a.wish.total_cmp(&b.wish));
    // Packed from zero, each slot has an offset; what is left to choose is one non-decreasing shift per slot.
    let mut offset = 0.0;
    let mut blocks: Vec<Block> = Vec::new();
    for (index, slot) in order {
        let centre = offset + slot.size / 2.0;
        offset += slot.size + gap;
        let mut block =
            Block { pull: slot.weight * (slot.wish - centre), weight: slot.weight, members: vec![(index, centre)] };
        while let Some(mut last) = blocks.pop_if(|last| last.shift() > block.shift()) {
            last.pull += block.pull;
            last.weight += block.weight;
            last.members.append(&mut block.members);
            block = last;
        }
        blocks.push(block);
    }
    let greatest = (hi - (offset - gap)).max(lo);
    let mut centres = vec![0.0; slots.len()];
    for block in blocks {
        let shift = block.shift().clamp(lo, greatest);
        for (index, centre) in block.members {
            if let Some(slot) = centres.get_mut(index) {
                *slot = shift + centre;
            }
        }
    }
    centres
}

/// Which of the labels, centred at their wishes in ascending order, can stand without touching: every `k`th counted
/// back from the last, with the least `k`.
pub(super) fn every_kth(slots: &[Slot], gap: f64) -> Vec<usize> {
    let n = slots.len();
    for k in 1..=n {
        let kept: Vec<usize> = (0..n).rev().step_by(k).collect();
        let clear = kept.windows(2).all(|pair| {
            let [right, left] = *pair else { return true };
            let (Some(right), Some(left)) = (slots.get(right), slots.get(left)) else { return true };
            right.wish - left.wish >= f64::midpoint(right.size, left.size) + gap
        });
        if clear {
            return kept.into_iter().rev().collect();
        }
    }
    Vec::new()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn slot(wish: f64, size: f64) -> Slot {
        Slot { wish, size, weight: 1.0 }
    }

    #[test]
    fn labels_with_room_stay_where_they_want_to_be() {
        assert_eq!(spread(&[slot(20.0, 10.0), slot(50.0, 10.0)], 2.0, 0.0, 100.0), vec![20.0, 50.0]);
    }

    #[test]
    fn two_labels_at_one_place_part_evenly() {
        // Each 10 long with a gap of 2: centres 12 apart around 50.
        assert_eq!(spread(&[slot(50.0, 10.0), slot(50.0, 10.0)], 2.0, 0.0, 100.0), vec![44.0, 56.0]);
    }

    #[test]
    fn the_last_label_is_always_kept() {
        let slots: Vec<Slot> = (0..7).map(|i| slot(f64::from(i) * 10.0, 14.0)).collect();
        assert_eq!(every_kth(&slots, 4.0), vec![0, 2, 4, 6]);
    }

    proptest! {
        #[test]
        fn nothing_touches_and_nothing_leaves(
            wishes in prop::collection::vec((-50.0..150.0f64, 1.0..12.0f64, 0.1..9.0f64), 0..8),
        ) {
            let slots: Vec<Slot> = wishes.iter().map(|&(wish, size, weight)| Slot { wish, size, weight }).collect();
            let centres = spread(&slots, 1.0, 0.0, 100.0);
            let mut spans: Vec<(f64, f64)> =
                slots.iter().zip(&centres).map(|(s, c)| (c - s.size / 2.0, c + s.size / 2.0)).collect();
            spans.sort_by(|a, b| a.0.total_cmp(&b.0));
            for pair in spans.windows(2) {
                prop_assert!(pair[1].0 - pair[0].1 >= 1.0 - 1e-9);
            }
            for (start, end) in spans {
                prop_assert!(start >= -1e-9 && end <= 100.0 + 1e-9);
            }
        }
    }
}
