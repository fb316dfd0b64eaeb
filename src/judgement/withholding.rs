//! Withholding: survey figures of groups so small that an answer could be traced to who gave it.
//!
//! Works within one dimension of one period; the operators' own files are not withheld from.

use std::collections::{BTreeMap, BTreeSet};

use crate::judgement::{Key, Verdict};
use crate::kpi::catalogue;

/// The figures that must not leave by mail.
///
/// A survey figure with at least one and fewer than `min_group` answers is withheld. Since a total minus its published
/// segments gives what was withheld, more segments of the same dimension are withheld, smallest first, until those
/// withheld hold at least `min_group` answers together. Themes and terms are no parts of a total: a comment may have
/// several, so that none can be worked out from the others, and each is withheld for itself.
pub fn withheld(verdicts: &[Verdict], min_group: u64) -> BTreeSet<Key> {
    let mut withheld = BTreeSet::new();
    let mut groups: BTreeMap<(&str, &str, &str), Vec<&Verdict>> = BTreeMap::new();
    for verdict in verdicts.iter().filter(|verdict| is_of_surveys(verdict)) {
        let key = &verdict.key;
        groups.entry((&key.period.id, &key.dimension, key.kpi)).or_default().push(verdict);
    }
    for mut group in groups.into_values() {
        let size = |verdict: &Verdict| verdict.reading.smallest_group();
        group.retain(|verdict| size(verdict) > 0);
        group.sort_by(|a, b| size(a).cmp(&size(b)).then_with(|| a.key.cmp(&b.key)));
        let mut hidden = 0;
        for verdict in group {
            let is_small = size(verdict) < min_group;
            let could_be_solved_for = hidden > 0 && hidden < min_group && !overlaps_others(verdict);
            if is_small || could_be_solved_for {
                hidden += size(verdict);
                withheld.insert(verdict.key.clone());
            }
        }
    }
    withheld
}

fn is_of_surveys(verdict: &Verdict) -> bool {
    catalogue::definition(verdict.key.kpi).is_some_and(crate::kpi::Definition::is_of_surveys)
}

/// Whether a figure's people may be behind other segments of its dimension too.
fn overlaps_others(verdict: &Verdict) -> bool {
    let parts = catalogue::definition(verdict.key.kpi).and_then(|definition| definition.parts);
    parts.is_some_and(|parts| parts.dimension == verdict.key.dimension)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::Calendar;
    use crate::judgement::Maturity;
    use crate::kpi::{Reading, Sampling};

    fn verdict(segment: &str, n: u64) -> Verdict {
        let calendar = Calendar { zone: chrono_tz::UTC, fiscal_year_start: 1 };
        Verdict {
            key: Key {
                period: calendar.parse("2026-10").unwrap(),
                dimension: "plan".to_owned(),
                segment: segment.to_owned(),
                kpi: "nps",
            },
            reading: Reading {
                value: Ok(0.0),
                n,
                numerator: None,
                denominator: None,
                interval: None,
                sampling: Sampling::None,
                remark: None,
            },
            maturity: Maturity::Final,
            band: None,
            status: None,
            target: None,
            target_met: None,
            previous: None,
            year_before: None,
            alerts: Vec::new(),
        }
    }

    /// Segments of 2, 40 and 50 with five at least: 2 is withheld, and with it 40, or the total would give 2 away.
    #[test]
    fn a_withheld_segment_cannot_be_solved_for_from_the_total() {
        let hidden = withheld(&[verdict("A", 2), verdict("B", 50), verdict("C", 40), verdict("D", 0)], 5);
        let segments: Vec<&str> = hidden.iter().map(|key| key.segment.as_str()).collect();
        assert_eq!(segments, ["A", "C"]);
    }

    /// 3 and 4 are withheld for themselves, and hold seven answers together: enough.
    #[test]
    fn two_small_segments_hide_each_other() {
        let hidden = withheld(&[verdict("A", 3), verdict("B", 50), verdict("C", 4)], 5);
        assert_eq!(hidden.len(), 2);
    }

    /// Of 100 comments two people wrote the three that mention A: its share has n = 100 and is theirs all the same. B and C
    /// stay, since comments of A may be of B too.
    #[test]
    fn a_theme_of_few_people_is_withheld_alone() {
        let of_theme = |theme: &str, people: u64| {
            let mut share = verdict(theme, 100);
            "theme".clone_into(&mut share.key.dimension);
            share.key.kpi = "theme_share";
            share.reading.remark = Some(format!("smallest_group={people}"));
            share
        };
        let hidden = withheld(&[of_theme("A", 2), of_theme("B", 6), of_theme("C", 40)], 5);
        assert_eq!(hidden.iter().map(|key| key.segment.as_str()).collect::<Vec<_>>(), ["A"]);
    }

    #[test]
    fn nothing_is_withheld_from_large_groups() {
        assert!(withheld(&[verdict("A", 5), verdict("B", 50)], 5).is_empty());
    }
}
