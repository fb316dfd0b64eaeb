//! Withholding: figures of so few people that their reader may not see them, each by itself.
//!
//! What could be worked out from its neighbours is found where people are counted.

use super::{Figure, Keys};
use crate::kpi::catalogue;
use crate::kpi::loyalty::Question;

/// Figures of what people wrote (themes, terms) that tell something of at least one and fewer than `min_group` people.
///
/// They are no parts of a total: a comment may have several, so that none can be worked out from the others, and each is
/// withheld for itself.
pub fn small_by_themselves(figures: &[Figure], min_group: u64) -> Keys {
    let is_own = |figure: &&Figure| {
        let definition = catalogue::definition(figure.key.kpi);
        definition.is_some_and(|definition| definition.is_of_surveys() && Question::behind(definition.id).is_none())
    };
    let is_small = |figure: &&Figure| (1..min_group).contains(&figure.reading.smallest_group());
    figures.iter().filter(is_own).filter(is_small).map(|figure| figure.key.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::Calendar;
    use crate::judgement::Key;
    use crate::kpi::{Reading, Undefined};

    /// Of 100 comments two people wrote the three that mention A: its share has n = 100 and is theirs all the same. B and C
    /// stay, since comments of A may be of B too.
    #[test]
    fn a_theme_of_few_people_is_withheld_alone() {
        let calendar = Calendar { zone: chrono_tz::UTC, fiscal_year_start: 1 };
        let of_theme = |theme: &str, people: u64| Figure {
            key: Key {
                period: calendar.parse("2026-10").unwrap(),
                dimension: "theme".into(),
                segment: theme.into(),
                kpi: "theme_share",
            },
            reading: Reading {
                value: Ok(3.0),
                n: 100,
                remark: Some(format!("smallest_group={people}")),
                ..Reading::undefined(Undefined::TooFew)
            },
        };
        let hidden = small_by_themselves(&[of_theme("A", 2), of_theme("B", 6), of_theme("C", 40)], 5);
        assert_eq!(hidden.iter().map(|key| key.segment.as_str()).collect::<Vec<_>>(), ["A"]);
    }
}
