//! In their words: which comments of a period are quoted to whom.
//!
//! Shows a reader comments of the reader's own part of the customers only, and none of a theme that few people are behind.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::calendar::Period;
use crate::error::Result;
use crate::kpi::themes::LEAST_PEOPLE;
use crate::panel::answers::Survey;
use crate::panel::quotes::{Passage, Quoting};
use crate::pipeline::figures::Seen;
use crate::pipeline::scope::Scope;
use crate::report::view::{Quote, QuoteSide};
use crate::tables::schema::Table;
use crate::tally::loyalty::each_counted;

/// A comment of a period that mentions a theme.
#[derive(Clone, Debug)]
pub(super) struct Said {
    theme: Arc<str>,
    /// Who wrote it, for counting people.
    person: u32,
    side: Option<QuoteSide>,
    /// The values of the customer's attributes, as flows count them.
    labels: BTreeSet<(String, String)>,
    /// The best part of it that may be shown.
    passage: Option<Passage>,
}

/// Everything that was said of themes in some periods of the panel.
pub(super) fn said(
    seen: &Seen<'_>,
    periods: &BTreeSet<&Period>,
    min_group: u64,
) -> Result<BTreeMap<Period, Vec<Said>>> {
    let panel = seen.panel;
    let (Some(answers), Some(comments), Some(surveys)) =
        (&panel.answers, &panel.comments, seen.tables.get(&Table::Surveys))
    else {
        return Ok(BTreeMap::new());
    };
    let quoting = Quoting::new(surveys, &answers.rows, comments, min_group.max(LEAST_PEOPLE))?;
    let mut counted = Vec::new();
    each_counted(&panel.timeline, &answers.rows, &mut |period, answer, score| {
        if periods.contains(&panel.timeline.spans[period].period) {
            counted.push((period, answer.row, score));
        }
    });
    let by_row: BTreeMap<u32, _> = answers.rows.iter().map(|answer| (answer.row, answer)).collect();
    let mut found: BTreeMap<Period, Vec<Said>> = BTreeMap::new();
    for (period, row, score) in counted {
        let (Some(answer), Some(comment)) = (by_row.get(&row), comments.of(row)) else { continue };
        let cells = panel.segments.flow_cells(period, answer.customer);
        let labels: BTreeSet<(String, String)> =
            cells.flat_map(|cell| panel.segments.cells[cell].labels.iter().cloned()).collect();
        for theme in &comment.themes {
            found.entry(panel.timeline.spans[period].period.clone()).or_default().push(Said {
                theme: Arc::clone(&comments.themes[usize::from(*theme)]),
                person: comment.person,
                side: (answer.survey == Survey::Nps).then(|| side(score)).flatten(),
                labels: labels.clone(),
                passage: quoting.passages(answer, *theme)?.into_iter().next(),
            });
        }
    }
    Ok(found)
}

fn side(score: i64) -> Option<QuoteSide> {
    match score {
        9.. => Some(QuoteSide::Promoter),
        ..=6 => Some(QuoteSide::Detractor),
        _ => None,
    }
}

/// The quotes of a part of the customers: of each theme one of a detractor and one of a promoter, each only where enough
/// people stand on that side; else one that does not say whose it is. No two of one person, and no text twice.
///
/// The same comments give the same quotes: what hides least comes first, then the alphabet.
pub(super) fn quotes(said: &[Said], scope: &Scope, min_group: u64) -> Vec<Quote> {
    let has = |said: &Said| scope.iter().all(|(name, value)| said.labels.contains(&(name.clone(), value.clone())));
    let mut by_theme: BTreeMap<&str, Vec<&Said>> = BTreeMap::new();
    for one in said.iter().filter(|said| has(said)) {
        by_theme.entry(&one.theme).or_default().push(one);
    }
    let mut chosen = Chosen::default();
    for (theme, mut all) in by_theme {
        if people(all.iter().copied()) < min_group {
            continue;
        }
        all.sort_by_key(|said| (said.passage.as_ref(), said.person));
        let before = chosen.quotes.len();
        for side in [QuoteSide::Detractor, QuoteSide::Promoter] {
            let of_side = || all.iter().copied().filter(move |said| said.side == Some(side));
            if people(of_side()) >= min_group {
                chosen.first(theme, Some(side), of_side());
            }
        }
        if chosen.quotes.len() == before {
            chosen.first(theme, None, all.into_iter());
        }
    }
    chosen.quotes
}

fn people<'s>(said: impl Iterator<Item = &'s Said>) -> u64 {
    said.map(|said| said.person).collect::<BTreeSet<u32>>().len() as u64
}

/// What is quoted so far.
#[derive(Default)]
struct Chosen {
    quotes: Vec<Quote>,
    people: BTreeSet<u32>,
    texts: BTreeSet<String>,
}

impl Chosen {
    /// Takes the first that can be shown, of somebody who is not quoted yet.
    fn first<'s>(&mut self, theme: &str, side: Option<QuoteSide>, said: impl Iterator<Item = &'s Said>) {
        for one in said {
            let Some(passage) = one.passage.as_ref().filter(|_| !self.people.contains(&one.person)) else { continue };
            if self.texts.insert(passage.text.to_lowercase()) {
                self.people.insert(one.person);
                self.quotes.push(Quote { theme: theme.to_owned(), side, text: passage.text.clone() });
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(theme: &str, person: u32, side: Option<QuoteSide>, text: Option<&str>) -> Said {
        Said {
            theme: Arc::from(theme),
            person,
            side,
            labels: BTreeSet::from([("region".to_owned(), if person < 10 { "Sul" } else { "Norte" }.to_owned())]),
            passage: text.map(|text| Passage { hidden: 0, text: text.to_owned() }),
        }
    }

    fn chosen(said: &[Said], scope: &Scope, min_group: u64) -> Vec<(String, Option<QuoteSide>, String)> {
        quotes(said, scope, min_group).into_iter().map(|quote| (quote.theme, quote.side, quote.text)).collect()
    }

    const BAD: Option<QuoteSide> = Some(QuoteSide::Detractor);
    const GOOD: Option<QuoteSide> = Some(QuoteSide::Promoter);

    #[test]
    fn a_side_is_named_only_where_enough_people_stand_on_it() {
        let all = [
            said("a", 1, BAD, Some("x")),
            said("a", 2, BAD, None),
            said("a", 3, GOOD, Some("y")),
            said("a", 4, None, Some("z")),
        ];
        let own = |quotes: &[(&str, Option<QuoteSide>, &str)]| {
            quotes
                .iter()
                .map(|(theme, side, text)| ((*theme).to_owned(), *side, (*text).to_owned()))
                .collect::<Vec<_>>()
        };
        assert_eq!(chosen(&all, &Scope::new(), 1), own(&[("a", BAD, "x"), ("a", GOOD, "y")]));
        assert_eq!(chosen(&all, &Scope::new(), 2), own(&[("a", BAD, "x")]));
        assert_eq!(chosen(&all, &Scope::new(), 3), own(&[("a", None, "x")]));
        assert_eq!(chosen(&all, &Scope::new(), 5), own(&[]));
        let mut turned = all.to_vec();
        turned.reverse();
        assert_eq!(chosen(&turned, &Scope::new(), 3), chosen(&all, &Scope::new(), 3), "whatever the order of rows");
    }

    /// One person may say much, and is one.
    #[test]
    fn nobody_is_quoted_twice_and_one_voice_is_no_group() {
        let all = [
            said("a", 1, BAD, Some("x")),
            said("b", 1, BAD, Some("x")),
            said("b", 2, BAD, Some("X")),
            said("b", 3, BAD, Some("y")),
        ];
        let texts: Vec<String> = chosen(&all, &Scope::new(), 1).into_iter().map(|(.., text)| text).collect();
        assert_eq!(texts, ["x", "y"], "person 1 has spoken, and the text of person 2 is there");
        let alone = vec![said("a", 1, BAD, Some("x")); 9];
        assert_eq!(chosen(&alone, &Scope::new(), 2), []);
    }

    #[test]
    fn a_reader_of_one_part_hears_that_part_alone() {
        let all: Vec<Said> =
            (1..20).map(|person| said("a", person, BAD, Some(if person < 10 { "sul" } else { "norte" }))).collect();
        let of = |region: &str| chosen(&all, &Scope::from([("region".to_owned(), region.to_owned())]), 5);
        assert_eq!(of("Sul").into_iter().map(|(.., text)| text).collect::<Vec<_>>(), ["sul"]);
        assert_eq!(of("Norte").into_iter().map(|(.., text)| text).collect::<Vec<_>>(), ["norte"]);
        assert_eq!(of("Leste"), []);
    }
}
