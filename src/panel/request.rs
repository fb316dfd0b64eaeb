//! What the panel is built for, and what that needs of usage and of instants.

use std::collections::BTreeMap;

use crate::calendar::{Calendar, Moment, Period, window_months};
use crate::config::{Choices, Component, Dimension, LifetimeMethod, Signal};
use crate::panel::comments::CommentsWanted;
use crate::panel::segments::RowDimension;
use crate::panel::signals::{event_windows, usage_windows, window_start};
use crate::panel::usage::{DayWindow, UsageGrid};
use crate::panel::{Span, Timeline};

/// What the panel is built for.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The company's calendar.
    pub calendar: Calendar,
    /// What is stamped at or after it has not happened.
    pub as_of: Moment,
    /// Every period that figures are wanted for.
    pub periods: &'a [Period],
    /// Every dimension, the crosses that scopes need included.
    pub dimensions: &'a [Dimension],
    /// Columns that cut rows, of the tables that are there.
    pub row_dimensions: &'a [RowDimension],
    /// Parts of the customers that somebody sees alone, among `dimensions`.
    pub scopes: &'a [Dimension],
    /// Attributes that live in another table: attribute → `subscriptions.column`.
    pub attributes: &'a BTreeMap<String, String>,
    /// The choices of `kpis.yaml`.
    pub choices: &'a Choices,
    /// Whether health and CHI are wanted.
    pub wants_scores: bool,
    /// Whether they are wanted at the periods' starts too.
    pub wants_start_scores: bool,
    /// What is read of comments.
    pub comments: CommentsWanted,
    /// Signals that are measured besides those of the scores, if these are wanted.
    pub other_signals: &'a [Component],
    /// Where answers are to be found besides, for what is withheld of them.
    pub answer_cells: Option<AnswerCells<'a>>,
}

/// Periods and dimensions by which answers alone are placed.
#[derive(Clone, Copy, Debug)]
pub struct AnswerCells<'a> {
    /// The periods.
    pub periods: &'a [Period],
    /// The dimensions.
    pub dimensions: &'a [Dimension],
    /// Parts of the customers that somebody sees alone, among `dimensions`.
    pub scopes: &'a [Dimension],
}

impl Request<'_> {
    /// Components of the scores that are wanted.
    fn components(&self) -> impl Iterator<Item = &Component> {
        let wanted = self.wants_scores.then_some(self.choices);
        wanted
            .into_iter()
            .flat_map(|choices| choices.health.components.iter().chain(&choices.chi.criteria).chain(self.other_signals))
    }

    /// Whether any wanted component counts the features that were used.
    pub fn counts_features(&self) -> bool {
        self.components().any(|component| component.signal == Signal::DistinctFeatures)
    }

    /// The spans at whose ends scores are wanted: the periods, and those that end where a period starts.
    fn scored_spans(&self, timeline: &Timeline) -> Vec<Span> {
        let starts = timeline.spans.iter().filter(|_| self.wants_start_scores);
        let before = starts.filter_map(|span| span.before(&self.calendar));
        timeline.spans.iter().cloned().chain(before).collect()
    }

    /// An empty grid for the usage that the periods and the scores need.
    pub fn usage_grid(&self, customer_count: usize) -> UsageGrid {
        let timeline = Timeline::new(self.periods, &self.calendar);
        let mut first = timeline.spans.iter().map(|span| span.first_day).min().unwrap_or(0);
        let end = timeline.spans.iter().map(|span| span.end_day).max().unwrap_or(0);
        let scored = self.scored_spans(&timeline);
        let mut windows = Vec::new();
        for component in self.components() {
            let reads_days = matches!(component.signal, Signal::ActiveDays);
            for span in &scored {
                windows.extend(event_windows(component, span));
                if reads_days {
                    first = first.min(usage_windows(component.window, span).0.first);
                }
            }
        }
        first = windows.iter().map(|window: &DayWindow| window.first).min().unwrap_or(first).min(first);
        UsageGrid::new(customer_count, DayWindow { first, end }, windows, self.counts_features())
    }

    /// The first day whose usage a period's sums may hang on; none: any day may count.
    pub fn usage_since(&self, span: &Span) -> Option<i32> {
        let before = if self.wants_start_scores { span.before(&self.calendar) } else { None };
        let of_components = self.components().filter_map(|component| match component.signal {
            Signal::DaysSinceUsage => Some(None),
            Signal::ActiveDays | Signal::Events | Signal::DistinctFeatures | Signal::UsageTrend => {
                Some(Some(usage_windows(component.window, before.as_ref().unwrap_or(span)).1.first))
            }
            _ => None,
        });
        // Nothing is less than a day.
        of_components.fold(Some(span.first_day), Ord::min)
    }

    /// The instants at which the MRR of every customer is needed.
    pub(super) fn instants(&self, timeline: &Timeline) -> Vec<i64> {
        let mut instants: Vec<i64> = timeline.spans.iter().flat_map(|span| [span.start, span.end]).collect();
        if self.choices.lifetime.method == LifetimeMethod::InverseChurn {
            let months = self.periods.iter().flat_map(|period| window_months(period, 12));
            instants.extend(months.map(|month| Span::new(&month, &self.calendar)).flat_map(|s| [s.start, s.end]));
        }
        for component in self.components().filter(|component| component.signal == Signal::MrrTrend) {
            let scored = self.scored_spans(timeline);
            let starts = scored.iter().map(|span| window_start(component.window, span.period.end));
            instants.extend(starts.map(|start| self.calendar.midnight(start).0));
        }
        instants
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Missing, Window};

    /// Of June alone: its start needs 2 to 31 May and the MRR of 2 May, its end the MRR of 1 June.
    #[test]
    fn a_score_at_the_start_has_its_window_and_its_instants_too() {
        let calendar = Calendar { zone: chrono_tz::UTC, fiscal_year_start: 1 };
        let component = |id: &str, signal| Component {
            id: id.to_owned(),
            signal,
            kind: None,
            window: Window::Days(30),
            weight: 1.0,
            scale: vec![(0.0, 0.0), (1.0, 100.0)],
            missing: Missing::Skip,
        };
        let mut choices = Choices::default();
        choices.chi.criteria.clear();
        let signals = [("days", Signal::ActiveDays), ("events", Signal::Events), ("mrr", Signal::MrrTrend)];
        choices.health.components = signals.into_iter().map(|(id, signal)| component(id, signal)).collect();
        let periods = [calendar.parse("2026-06").unwrap()];
        let request = |wants_start_scores| Request {
            calendar,
            as_of: calendar.midnight("2026-07-10".parse().unwrap()),
            periods: &periods,
            dimensions: &[],
            row_dimensions: &[],
            scopes: &[],
            attributes: const { &BTreeMap::new() },
            choices: &choices,
            wants_scores: true,
            wants_start_scores,
            comments: CommentsWanted::default(),
            other_signals: &[],
            answer_cells: None,
        };
        let day = |text: &str| crate::panel::day_number(text.parse().unwrap());
        let may = DayWindow { first: day("2026-05-02"), end: day("2026-06-01") };
        let used = |wants_start_scores| {
            let mut grid = request(wants_start_scores).usage_grid(1);
            grid.push(0, day("2026-05-02"), 3, None);
            (grid.days_used(0, may), grid.events(0, may))
        };
        assert_eq!((used(true), used(false)), ((1, Some(3)), (0, None)));
        // The 30 days before June ends or starts, and for a trend the 30 before these: whatever is older has no say.
        let june = Span::new(&periods[0], &calendar);
        let since = |wants_start_scores| request(wants_start_scores).usage_since(&june);
        assert_eq!((since(true), since(false)), (Some(day("2026-04-02")), Some(day("2026-05-02"))));
        let needs_mrr = |wants_start_scores, text: &str| {
            let timeline = Timeline::new(&periods, &calendar);
            request(wants_start_scores).instants(&timeline).contains(&calendar.midnight(text.parse().unwrap()).0)
        };
        assert!(needs_mrr(true, "2026-05-02") && needs_mrr(true, "2026-06-01"));
        assert!(!needs_mrr(false, "2026-05-02") && needs_mrr(false, "2026-06-01"));
    }
}
