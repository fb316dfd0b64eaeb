//! In the customer's words: what comments are about, and which terms set detractors apart.
//!
//! Knows sums by theme and by term; the text was read before. Each KPI has a dimension of its own and no figure of all
//! comments together.

use super::columns::{COMMENT, RESPONDED_AT, RESPONDENT, SCORE, SURVEY};
use super::{Better, Context, Definition, DrawsOn, Parts, Reading, Undefined, Unit};
use crate::stats::log_odds::{self, Said};
use crate::tables::schema::{Column, Table};
use crate::tally::{Tallies, TermSums, ThemeSums};

const COMMENTS: &[&[Column]] = &[&[RESPONDENT, SURVEY, SCORE, RESPONDED_AT, COMMENT]];

/// The scale of NPS answers.
const SCALE: (i64, i64) = (0, 10);

/// People who must say a term for it to be shown to anybody, whatever the configuration allows: fewer could be known by it.
pub const LEAST_PEOPLE: u64 = 5;
/// The remark of how a term is written with its accents.
pub const WRITTEN: &str = "written=";
/// Terms shown either way.
const MOST_TERMS: usize = 20;
/// The z-score that chance exceeds once in twenty.
const NOTABLE: f64 = 1.96;

/// A KPI by theme.
const fn by_theme(
    id: &'static str,
    (unit, better): (Unit, Better),
    formula: &'static str,
    compute: fn(&Tallies, &Context) -> Vec<(String, Reading)>,
) -> Definition {
    Definition {
        id,
        unit,
        better,
        formula,
        source: "whole words by a dictionary of stems; interval: Wilson (1927), Student (1908)",
        range: 0.0..=f64::INFINITY,
        needs: COMMENTS,
        segments_only: false,
        draws_on: DrawsOn::Themes,
        rows_of: Some(Table::Surveys),
        parts: Some(Parts { dimension: "theme", compute }),
        compute: |_, _| Reading::undefined(Undefined::NotConfigured),
    }
}

/// How many comments mention the theme.
pub const THEME_MENTIONS: Definition = by_theme(
    "theme_mentions",
    (Unit::Count, Better::Neutral),
    "comments that mention the theme; one comment may mention several",
    |tallies, context| {
        each_theme(tallies, context, |theme| remarking_group(Reading::count(theme.mentions), about(tallies, theme)))
    },
);

/// The share of comments with text that mention the theme.
pub const THEME_SHARE: Definition = Definition {
    range: 0.0..=100.0,
    ..by_theme(
        "theme_share",
        (Unit::Percent, Better::Neutral),
        "100 × comments that mention the theme / comments with text",
        |tallies, context| {
            each_theme(tallies, context, |theme| {
                let share = Reading::share(theme.mentions, tallies.comments.with_text, context);
                remarking_group(share, about(tallies, theme))
            })
        },
    )
};

/// The mean NPS score of the answers that mention the theme.
pub const THEME_SCORE: Definition = Definition {
    range: 0.0..=10.0,
    ..by_theme(
        "theme_score",
        (Unit::Score, Better::Higher),
        "mean score of the NPS answers whose comment mentions the theme",
        |tallies, context| {
            each_theme(tallies, context, |theme| {
                remarking_group(Reading::score(&theme.nps, SCALE, context), answering(tallies, theme))
            })
        },
    )
};

/// How many promoters mention the theme.
pub const THEME_PROMOTERS: Definition = by_theme(
    "theme_promoters",
    (Unit::Count, Better::Higher),
    "NPS answers of 9 or 10 whose comment mentions the theme",
    |tallies, context| {
        each_theme(tallies, context, |theme| {
            let promoters = theme.nps.count_where(|score| (9..=10).contains(&score));
            remarking_group(Reading::count(promoters), answering(tallies, theme))
        })
    },
);

/// How many detractors mention the theme.
pub const THEME_DETRACTORS: Definition = by_theme(
    "theme_detractors",
    (Unit::Count, Better::Lower),
    "NPS answers of 0 to 6 whose comment mentions the theme",
    |tallies, context| {
        each_theme(tallies, context, |theme| {
            let detractors = theme.nps.count_where(|score| (0..=6).contains(&score));
            remarking_group(Reading::count(detractors), answering(tallies, theme))
        })
    },
);

/// The terms that detractors and promoters say unequally often.
pub const TERM_LOG_ODDS: Definition = Definition {
    id: "term_log_odds",
    unit: Unit::Score,
    better: Better::Neutral,
    formula: "z-score of the log-odds ratio of a term, detractors against promoters, the prior shaped by all comments of the period; from 1.96 on, said by five people or more, at most 20 either way",
    source: "Monroe, B., Colaresi, M., Quinn, K. (2008), Fightin' Words, Political Analysis 16 (4)",
    range: f64::NEG_INFINITY..=f64::INFINITY,
    needs: COMMENTS,
    segments_only: false,
    draws_on: DrawsOn::Terms,
    rows_of: Some(Table::Surveys),
    parts: Some(Parts { dimension: "term", compute: |tallies, _| notable_terms(tallies) }),
    compute: |_, _| Reading::undefined(Undefined::NotConfigured),
};

/// A reading of every theme of the dictionary, also of one that nobody mentions.
fn each_theme(tallies: &Tallies, context: &Context, read: impl Fn(&ThemeSums) -> Reading) -> Vec<(String, Reading)> {
    let nobody = ThemeSums::default();
    let of = |id: &String| tallies.comments.themes.get(id.as_str()).unwrap_or(&nobody);
    context.choices.themes.keys().map(|id| (id.clone(), read(of(id)))).collect()
}

/// The people whom a theme's mentions tell something of: those who mention it; where nobody does, all who wrote.
fn about(tallies: &Tallies, theme: &ThemeSums) -> u64 {
    if theme.people > 0 { theme.people } else { tallies.comments.people }
}

/// The fewest people whom a theme's scores tell something of: those who gave them, or those whose scores are left when
/// they are taken from all NPS answers.
fn answering(tallies: &Tallies, theme: &ThemeSums) -> u64 {
    let left = tallies.loyalty.nps.total().saturating_sub(theme.nps.total());
    if left > 0 && theme.nps_people > 0 { theme.nps_people.min(left) } else { theme.nps_people }
}

/// Says how small a group could be recognised by a reading.
fn remarking_group(reading: Reading, people: u64) -> Reading {
    if people == 0 { reading } else { reading.remarking(format!("{}{people}", Reading::SMALLEST_GROUP)) }
}

/// The terms whose z-score is notable, those of detractors and those of promoters, the most telling of each.
fn notable_terms(tallies: &Tallies) -> Vec<(String, Reading)> {
    let terms = &tallies.comments.terms;
    let said = |of: &TermSums| Said { first: of.detractors, second: of.promoters, corpus: of.comments };
    let all = terms.values().map(said).fold(Said { first: 0, second: 0, corpus: 0 }, |all, one| Said {
        first: all.first + one.first,
        second: all.second + one.second,
        corpus: all.corpus + one.corpus,
    });
    let scored = terms.iter().filter(|(_, of)| of.people >= LEAST_PEOPLE).filter_map(|(term, of)| {
        let z = log_odds::z_score(said(of), all).filter(|z| z.is_finite() && z.abs() >= NOTABLE)?;
        Some((term, of, z))
    });
    let (mut more, mut less): (Vec<_>, Vec<_>) = scored.partition(|(_, _, z)| *z > 0.0);
    for terms in [&mut more, &mut less] {
        terms.sort_by(|a, b| b.2.abs().total_cmp(&a.2.abs()).then_with(|| a.0.cmp(b.0)));
        terms.truncate(MOST_TERMS);
    }
    // A z-score is a test itself; its difference from another month's is none, and no fact either.
    let reading = |of: &TermSums, z| Reading {
        n: of.people,
        remark: usual_writing(of).map(|written| format!("{WRITTEN}{written}")),
        ..Reading::untested(Some(z))
    };
    more.into_iter().chain(less).map(|(term, of, z)| (term.to_string(), reading(of, z))).collect()
}

/// How a term is written, if most comments that say it write it with accents: the commonest way.
fn usual_writing(of: &TermSums) -> Option<&str> {
    let accented: u64 = of.written.values().sum();
    let usual = of.written.iter().rev().max_by_key(|(_, count)| **count)?;
    (2 * accented > of.comments).then_some(usual.0)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::Arc;

    use super::super::testing::{choices, read_parts};
    use super::*;
    use crate::config::{Choices, Theme};
    use crate::kpi::Sampling;
    use crate::tally::{Comments, Histogram};

    /// The themes `delivery` and `price` of a dictionary; what they match was decided before.
    fn two_themes() -> Choices {
        let mut choices = choices();
        choices.themes = ["delivery", "price"].map(|id| (id.to_owned(), Theme::default())).into();
        choices
    }

    fn parts(definition: &Definition, tallies: &Tallies, choices: &Choices) -> BTreeMap<String, Reading> {
        read_parts(definition, tallies, choices).into_iter().collect()
    }

    /// 40 comments by 36 people; 12, by 10 people, mention the price, 8 of them with NPS scores.
    fn of_price() -> Tallies {
        let mut tallies = Tallies::default();
        tallies.loyalty.nps = Histogram::from_values([vec![10; 20], vec![2, 4, 6, 6, 7, 8, 9, 10]].concat());
        let nps = Histogram::from_values(vec![2, 4, 6, 6, 7, 8, 9, 10]);
        let price = ThemeSums { mentions: 12, people: 10, nps, nps_people: 8 };
        let themes = BTreeMap::from([(Arc::from("price"), price)]);
        tallies.comments = Comments { with_text: 40, people: 36, themes, terms: BTreeMap::new() };
        tallies
    }

    /// 12 of 40 are 30 %; (2 + 4 + 6 + 6 + 7 + 8 + 9 + 10) / 8 = 52 / 8 = 6.5; two promoters, four detractors.
    #[test]
    fn a_theme_has_its_mentions_share_score_and_sides() {
        let of = |definition| parts(definition, &of_price(), &two_themes()).remove("price").unwrap();
        let [mentions, share, score, promoters, detractors] =
            [&THEME_MENTIONS, &THEME_SHARE, &THEME_SCORE, &THEME_PROMOTERS, &THEME_DETRACTORS].map(of);
        assert_eq!((mentions.value, mentions.n), (Ok(12.0), 12));
        assert_eq!((share.value, share.numerator, share.denominator), (Ok(30.0), Some(12.0), Some(40.0)));
        assert_eq!(share.sampling, Sampling::Proportion { successes: 12, trials: 40 });
        assert_eq!((score.value, score.n), (Ok(6.5), 8));
        assert!(score.interval.is_some_and(|interval| interval.holds(6.5)));
        assert_eq!((promoters.value, detractors.value), (Ok(2.0), Ok(4.0)));
    }

    /// Ten people mention the price in any survey, eight with a score. A share that nobody is in is about all who wrote.
    #[test]
    fn a_figure_knows_how_few_people_it_tells_of() {
        let group = |definition, theme: &str| parts(definition, &of_price(), &two_themes())[theme].smallest_group();
        assert_eq!(group(&THEME_SHARE, "price"), 10);
        assert_eq!((group(&THEME_SCORE, "price"), group(&THEME_DETRACTORS, "price")), (8, 8));
        assert_eq!(group(&THEME_SHARE, "delivery"), 36);
        // Two NPS answers are left when the theme's are taken from all ten: the score would give theirs away.
        let mut tallies = of_price();
        tallies.loyalty.nps = Histogram::from_values(vec![2, 4, 6, 6, 7, 8, 9, 10, 1, 1]);
        assert_eq!(parts(&THEME_SCORE, &tallies, &two_themes())["price"].smallest_group(), 2);
    }

    #[test]
    fn a_theme_that_nobody_mentions_is_nought_and_without_comments_there_is_no_share() {
        let nobody = |definition, tallies: &Tallies| parts(definition, tallies, &two_themes())["delivery"].value;
        assert_eq!(nobody(&THEME_MENTIONS, &of_price()), Ok(0.0));
        assert_eq!(nobody(&THEME_SHARE, &of_price()), Ok(0.0));
        assert_eq!(nobody(&THEME_SCORE, &of_price()), Err(Undefined::NoDenominator));
        assert_eq!(nobody(&THEME_SHARE, &Tallies::default()), Err(Undefined::NoDenominator));
    }

    /// Terms by comments of all surveys, of promoters, of detractors, and people.
    fn saying(terms: &[(&str, u64, u64, u64, u64)]) -> Tallies {
        let sums = |&(term, comments, promoters, detractors, people): &(&str, u64, u64, u64, u64)| {
            (Arc::from(term), TermSums { comments, promoters, detractors, people, written: BTreeMap::new() })
        };
        let mut tallies = Tallies::default();
        tallies.comments.terms = terms.iter().map(sums).collect();
        tallies
    }

    /// 400 detractors' words, 400 promoters', 800 in all. `slow`: π = 20/800, α = 10, δ = ln(30 / 770) − ln(10 / 790),
    /// σ² = 1/30 + 1/10, z = 3.078898; `good` is its mirror. `acme` is said as unequally, but by four people.
    #[test]
    fn terms_that_set_detractors_apart_have_a_high_score_and_enough_people() {
        let terms = [("slow", 20, 0, 20, 20), ("good", 20, 20, 0, 20), ("acme", 20, 20, 0, 4)];
        let others = [("use", 370, 180, 190, 300), ("month", 370, 180, 190, 300)];
        let terms = [&terms[..], &others].concat();
        let found = parts(&TERM_LOG_ODDS, &saying(&terms), &choices());
        assert_eq!(found.keys().map(String::as_str).collect::<Vec<_>>(), ["good", "slow"]);
        assert!((found["slow"].value.unwrap() - 3.078_898_351).abs() < 1e-9);
        assert!((found["good"].value.unwrap() + 3.078_898_351).abs() < 1e-9);
        assert_eq!((found["slow"].n, found["slow"].smallest_group()), (20, 20));
    }

    /// Of 20 comments twelve write `atenção`, eight `atencao`.
    #[test]
    fn a_term_is_shown_as_most_write_it() {
        let sums = |accented| TermSums {
            comments: 20,
            written: [("atenção".into(), accented), ("atençao".into(), 1)].into(),
            ..TermSums::default()
        };
        assert_eq!(usual_writing(&sums(12)), Some("atenção"));
        assert_eq!(usual_writing(&sums(7)), None);
    }

    #[test]
    fn at_most_twenty_terms_stand_on_either_side() {
        let names: Vec<String> = (0..30).map(|number| format!("term{number:02}")).collect();
        let terms: Vec<_> = names.iter().map(|name| (name.as_str(), 50, 0, 50, 40)).collect();
        let found = parts(&TERM_LOG_ODDS, &saying(&[terms, vec![("rest", 2000, 1500, 0, 900)]].concat()), &choices());
        assert_eq!(found.values().filter(|reading| reading.value.unwrap() > 0.0).count(), 20);
    }
}
