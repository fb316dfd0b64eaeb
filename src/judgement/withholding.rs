//! Withholding: what is left of a figure that its reader may not see.
//!
//! Which figures those are is decided where people are counted; here are only those that stand by themselves.

use std::collections::BTreeSet;

use super::{Figure, Key};
use crate::kpi::loyalty::Question;
use crate::kpi::{Reading, Sampling, Undefined, catalogue};

/// Figures of surveys with a dimension of their own (themes of comments) of which there are at least one and fewer than
/// `min_group` answers. They overlap, and no published sum is made of them: each stands by itself, with every figure of
/// the same segment.
pub fn small_by_themselves(figures: &[Figure], min_group: u64) -> BTreeSet<Key> {
    let is_own = |figure: &&Figure| {
        let definition = catalogue::definition(figure.key.kpi);
        definition.is_some_and(|definition| definition.is_of_surveys() && Question::behind(definition.id).is_none())
    };
    let own: Vec<&Figure> = figures.iter().filter(is_own).collect();
    let is_small = |figure: &&&Figure| (1..min_group).contains(&figure.reading.smallest_group());
    let place = |figure: &Figure| (figure.key.period.clone(), figure.key.dimension.clone(), figure.key.segment.clone());
    let small: BTreeSet<_> = own.iter().filter(is_small).map(|figure| place(figure)).collect();
    own.iter().filter(|figure| small.contains(&place(figure))).map(|figure| figure.key.clone()).collect()
}

/// What is left of a reading that is withheld: nothing.
pub(super) fn emptied() -> Reading {
    Reading {
        value: Err(Undefined::TooFew),
        n: 0,
        numerator: None,
        denominator: None,
        interval: None,
        sampling: Sampling::None,
        remark: None,
    }
}
