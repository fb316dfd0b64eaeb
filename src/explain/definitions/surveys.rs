//! What customers answer.

use std::collections::{BTreeMap, HashMap};

use super::{ANYBODY, Other, Way, wide};
use crate::error::Result;
use crate::explain::look::Look;
use crate::kpi::Unit;
use crate::panel::frame;
use crate::tables::schema::Table;
use crate::tally::Histogram;

/// Each customer weighs alike, however many answered.
const CUSTOMER_GAUGE: &str = "https://customergauge.com/blog/how-to-calculate-the-net-promoter-score-why-factoring-in-differences-isnt-as-important-as-you-think/";
/// All responses count.
const SATRIX: &str = "https://www.satrixsolutions.com/blog/3-methods-calculate-net-promoter-score-b2b-companies";
/// 4 and 5 of 5 over all responses.
const DELIGHTED: &str = "https://help.delighted.com/article/240-how-is-csat-calculated";
/// On a scale from 1 to 10, 9 and 10.
const QUESTION_PRO: &str = "https://www.questionpro.com/help/customer-experience/csat-cx.html";
/// The average of the ratings.
const NICEREPLY: &str = "https://support.nicereply.com/article/244-what-is-customer-effort-score-ces";

/// Promoters less detractors, and answers.
#[derive(Clone, Copy, Default)]
struct Net {
    net: i64,
    answers: u64,
}

impl Net {
    fn push(&mut self, score: i64) {
        self.net += match score {
            9.. => 1,
            7..=8 => 0,
            _ => -1,
        };
        self.answers += 1;
    }

    fn of(scores: &Histogram) -> Self {
        let mut net = Self::default();
        for (score, count) in scores.counts() {
            (0..*count).for_each(|_| net.push(*score));
        }
        net
    }

    #[expect(clippy::cast_precision_loss, reason = "a count of answers")]
    fn points(self) -> Option<f64> {
        (self.answers > 0).then(|| 100.0 * self.net as f64 / wide(self.answers))
    }

    #[expect(clippy::cast_precision_loss, reason = "a count of answers")]
    fn told(self, way: Way) -> Other {
        way.quotient(self.net as f64, wide(self.answers), 100.0, Unit::Points)
    }
}

/// An answer to the recommendation question in the period and the set, of whatever kind.
struct Answer<'a> {
    customer: u32,
    /// Who was asked what, where the row says who.
    key: Option<(u32, &'a str, Option<&'a str>, Option<&'a str>)>,
    at: (i64, u32),
    is_chosen: bool,
    score: i64,
}

fn answers<'a>(look: &Look<'a>) -> Result<Vec<Answer<'a>>> {
    let Some(rows) = look.seen.tables.get(&Table::Surveys) else { return Ok(Vec::new()) };
    let (customers, questions) = (frame::customers(rows)?, frame::texts(rows, "survey")?);
    let (kinds, touchpoints) = (frame::texts(rows, "kind")?, frame::texts(rows, "touchpoint")?);
    let respondents = frame::texts(rows, "respondent_id")?;
    let (scores, dates) = (frame::integers(rows, "score")?, frame::integers(rows, "responded_at")?);
    let chosen = Some(look.choices.nps.kind.as_str());
    let has_kind = questions.iter().zip(&kinds).any(|(question, kind)| *question == Some("nps") && *kind == chosen);
    let answer = |(row, at): (u32, usize)| {
        let (customer, score, date) = (customers[at]?, scores[at]?, dates[at]?);
        let is_in = questions[at] == Some("nps")
            && look.span.contains(date)
            && look.has_row(Table::Surveys, row, Some(customer));
        is_in.then(|| Answer {
            customer,
            key: respondents[at].map(|who| (customer, who, kinds[at], touchpoints[at])),
            at: (date, row),
            is_chosen: !has_kind || kinds[at] == chosen,
            score,
        })
    };
    Ok((0..).zip(0..rows.height()).filter_map(answer).collect())
}

/// The latest answer of each respondent to each question, and every one of those who have no name.
fn latest<'r, 'a>(answers: impl Iterator<Item = &'r Answer<'a>>) -> Vec<&'r Answer<'a>>
where
    'a: 'r,
{
    let mut last: HashMap<_, &Answer<'_>> = HashMap::new();
    let mut kept = Vec::new();
    for answer in answers {
        match answer.key {
            None => kept.push(answer),
            Some(key) => {
                let slot = last.entry(key).or_insert(answer);
                if slot.at < answer.at {
                    *slot = answer;
                }
            }
        }
    }
    kept.extend(last.into_values());
    kept.sort_by_key(|answer| answer.at);
    kept
}

fn net<'r, 'a: 'r>(answers: impl IntoIterator<Item = &'r Answer<'a>>) -> Net {
    let mut net = Net::default();
    answers.into_iter().for_each(|answer| net.push(answer.score));
    net
}

/// NPS.
pub(super) fn recommendation(look: &Look<'_>) -> Result<Vec<Other>> {
    let answers = answers(look)?;
    let counted = latest(answers.iter().filter(|answer| answer.is_chosen));
    let mut accounts: BTreeMap<u32, Net> = BTreeMap::new();
    for answer in &counted {
        accounts.entry(answer.customer).or_default().push(answer.score);
    }
    let scores: Vec<f64> = accounts.values().filter_map(|net| net.points()).collect();
    let mut ways = vec![
        Way::new("by account", "farol as `nps_by_account`", "mean over customers of each customer's own score")
            .described_at(CUSTOMER_GAUGE)
            .quotient(scores.iter().sum(), wide(scores.len() as u64), 1.0, Unit::Points),
        net(answers.iter().filter(|answer| answer.is_chosen)).told(
            Way::new("every answer", "programmes that count everyone", "several answers of one respondent all count")
                .described_at(SATRIX),
        ),
        net(latest(answers.iter())).told(Way::new(
            "every kind",
            ANYBODY,
            "relational and transactional surveys together, the latest answer of each respondent to each",
        )),
    ];
    ways.extend(mean_of_segments(look));
    Ok(ways)
}

/// The mean of the segments' scores, which weighs a segment of ten like one of a thousand: wrong, and often seen.
fn mean_of_segments(look: &Look<'_>) -> Option<Other> {
    if look.cell != 0 {
        return None;
    }
    let cells = &look.seen.table.cells;
    let dimension = &cells.iter().find(|cell| cell.rows_of.is_none() && cell.labels.len() == 1)?.dimension;
    let tallies = cells.iter().enumerate().filter(|(_, cell)| cell.dimension == *dimension && cell.rows_of.is_none());
    let scores: Vec<f64> = tallies
        .filter_map(|(cell, _)| look.seen.table.get(look.period, cell))
        .filter_map(|tallies| Net::of(&tallies.loyalty.nps).points())
        .collect();
    let way = Way::new(
        "mean of segments",
        "spreadsheets; wrong",
        "mean of the scores of the segments of the first dimension, however many answers each has",
    );
    Some(way.quotient(scores.iter().sum(), wide(scores.len() as u64), 1.0, Unit::Points))
}

/// CSAT. Dissatisfied is what mirrors satisfied on the scale; between them is neutral.
pub(super) fn satisfaction(look: &Look<'_>) -> Vec<Other> {
    let scores = &look.tallies.loyalty.csat;
    let (low, high) = look.choices.csat.scale;
    let satisfied = look.choices.csat.satisfied;
    let within = |from: i64, to: i64| wide(scores.count_where(|score| from <= score && score <= to));
    let all = within(low, high);
    let dissatisfied = low + high - satisfied;
    vec![
        mean(scores, (low, high), Way::new("mean", ANYBODY, "mean score")),
        Way::new("satisfied", "farol as `csat_satisfied`", "answers at or above `csat.satisfied` / answers")
            .percent(within(satisfied, high), all),
        Way::new("top box", ANYBODY, "answers with the best score / answers").percent(within(high, high), all),
        Way::new(
            "top two boxes",
            "Delighted (4 and 5 of 5), QuestionPro (9 and 10 of 10)",
            "answers with one of the two best scores / answers",
        )
        .described_at(if high == 10 { QUESTION_PRO } else { DELIGHTED })
        .percent(within(high - 1, high), all),
        Way::new("without neutrals", ANYBODY, "satisfied / (satisfied + dissatisfied), what lies between left out")
            .percent(within(satisfied, high), within(satisfied, high) + within(low, dissatisfied.min(satisfied - 1))),
    ]
}

/// CES.
pub(super) fn effort(look: &Look<'_>) -> Vec<Other> {
    let scores = &look.tallies.loyalty.ces;
    let (low, high) = look.choices.ces.scale;
    let within = |from: i64, to: i64| wide(scores.count_where(|score| from <= score && score <= to));
    let all = within(low, high);
    let easy = |boxes: i64| {
        if look.choices.ces.higher_is_better { within(high - boxes + 1, high) } else { within(low, low + boxes - 1) }
    };
    vec![
        mean(scores, (low, high), Way::new("mean", "Nicereply", "mean score").described_at(NICEREPLY)),
        Way::new(
            "share who agree",
            "CES 2.0 as often told",
            "answers with one of the three easiest scores (5 to 7 of 7) / answers",
        )
        .percent(easy(3), all),
        Way::new("top two boxes", ANYBODY, "answers with one of the two easiest scores / answers")
            .percent(easy(2), all),
    ]
}

#[expect(clippy::cast_precision_loss, reason = "a sum of scores")]
fn mean(scores: &Histogram, (low, high): (i64, i64), way: Way) -> Other {
    let on_scale = scores.counts().iter().filter(|(score, _)| low <= *score && *score <= high);
    let (mut sum, mut count) = (0.0, 0);
    for (score, times) in on_scale {
        sum += *score as f64 * wide(*times);
        count += times;
    }
    way.quotient(sum, wide(count), 1.0, Unit::Score)
}
