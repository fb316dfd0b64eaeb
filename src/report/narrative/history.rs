//! How long a figure has been so: runs of consecutive settled periods that end with the shown one.
//!
//! Each period is taken as it was judged, by the target in force then; nothing is judged anew.

use crate::calendar::{Grain, Period};
use crate::config::Status;
use crate::judgement::{Maturity, TargetMet, Verdict};
use crate::kpi::Sampling;
use crate::report::view::{Direction, Facts, TOTAL};

/// Periods of which a value must stand out before it is called the highest or the lowest.
const FEWEST_PERIODS: usize = 6;

/// Consecutive periods in which something held, newest first.
pub(super) struct Run<'a> {
    pub(super) verdicts: Vec<&'a Verdict>,
    /// Whether it may have begun earlier than can be seen.
    pub(super) may_be_longer: bool,
}

impl Run<'_> {
    pub(super) fn len(&self) -> usize {
        self.verdicts.len()
    }

    /// Whether one target was in force all the time.
    pub(super) fn has_one_target(&self) -> bool {
        self.verdicts.windows(2).all(|pair| pair[0].target == pair[1].target)
    }
}

/// Periods in which the target was missed, up to that of a figure.
pub(super) fn missed<'a>(facts: &Facts<'a>, now: &Verdict) -> Run<'a> {
    run(facts, now.key.kpi, &now.key.period, is_missed)
}

/// Periods in which the target was missed, up to the one before that of a figure, if that one meets it again.
pub(super) fn missed_before<'a>(facts: &Facts<'a>, now: &Verdict) -> Option<Run<'a>> {
    let previous = facts.input.company.calendar.previous(&now.key.period)?;
    let previous = facts.periods.iter().find(|period| ***period == previous)?;
    let run = run(facts, now.key.kpi, previous, is_missed);
    // Of a sample without an interval nobody knows whether it is chance.
    let is_sure = now.reading.interval.is_some() || now.reading.sampling == Sampling::None;
    (now.target_met == Some(TargetMet::Yes) && is_sure && run.len() > 0).then_some(run)
}

/// Periods in which a figure stood in the red, up to its own.
pub(super) fn red<'a>(facts: &Facts<'a>, now: &Verdict) -> Run<'a> {
    run(facts, now.key.kpi, &now.key.period, |verdict| verdict.status == Some(Status::Red))
}

fn is_missed(verdict: &Verdict) -> bool {
    verdict.target_met == Some(TargetMet::No)
}

/// The consecutive periods back from one. Trailing windows share their months: of them a second one is no second time.
fn run<'a>(facts: &Facts<'a>, kpi: &str, from: &Period, holds: impl Fn(&Verdict) -> bool) -> Run<'a> {
    let mut verdicts = Vec::new();
    let most = if matches!(from.grain, Grain::Trailing(_)) { 1 } else { usize::MAX };
    for period in backwards(facts, from).take(most) {
        let seen = facts.at(&period.id, TOTAL, TOTAL, kpi);
        match seen.verdict().filter(|verdict| verdict.maturity == Maturity::Final) {
            Some(verdict) if holds(verdict) => verdicts.push(verdict),
            Some(_) => return Run { verdicts, may_be_longer: false },
            None => return Run { verdicts, may_be_longer: !seen.is_undefined() },
        }
    }
    Run { verdicts, may_be_longer: true }
}

/// The periods of the history from one back, for as long as none is left out between two.
fn backwards<'f>(facts: &'f Facts<'_>, from: &Period) -> impl Iterator<Item = &'f Period> {
    let mut expected = Some(from.clone());
    let periods = facts.periods.iter().rev().copied().skip_while(move |period| period.end > from.end);
    periods.take_while(move |period| {
        let is_next = expected.as_ref() == Some(*period);
        expected = facts.input.company.calendar.previous(period);
        is_next
    })
}

/// The earlier periods that a value lies clearly above or below, newest first, and on which side: none unless it is a
/// real change and there are enough of them. Clearly: the intervals have no value in common.
pub(super) fn stands_out<'a>(facts: &Facts<'a>, now: &Verdict) -> Option<(Direction, Vec<&'a Verdict>)> {
    let own = now.reading.interval?;
    let change = now.previous.as_ref().filter(|change| change.significant == Some(true))?;
    if matches!(now.key.period.grain, Grain::Trailing(_)) {
        return None;
    }
    let direction = if change.difference > 0.0 { Direction::Rise } else { Direction::Fall };
    let mut earlier = Vec::new();
    for period in backwards(facts, &now.key.period).skip(1) {
        let verdict = facts.at(&period.id, TOTAL, TOTAL, now.key.kpi).verdict();
        let settled = verdict.filter(|verdict| verdict.maturity == Maturity::Final);
        let Some((verdict, other)) = settled.and_then(|verdict| Some((verdict, verdict.reading.interval?))) else {
            break;
        };
        let is_apart = if direction == Direction::Rise { own.low > other.high } else { own.high < other.low };
        if !is_apart {
            break;
        }
        earlier.push(verdict);
    }
    (earlier.len() + 1 >= FEWEST_PERIODS).then_some((direction, earlier))
}
