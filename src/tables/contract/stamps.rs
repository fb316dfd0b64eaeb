//! Time in a row: what lies in the future, what does not exist yet, what has not happened yet.
//!
//! Knows stamps only.

use std::collections::HashSet;

use crate::tables::contract::{Contract, Judged};
use crate::tables::quarantine::Reason;
use crate::tables::schema::{Event, Table};
use crate::tables::typed::{NO_DAY, NO_INT, Typed};

impl Contract<'_> {
    /// Events of the future are bad; rows at or after `as of` do not exist.
    pub(super) fn check_stamps(&mut self, judged: &mut Judged, height: usize) {
        let (today, as_of) = (self.reading.today, self.reading.as_of);
        let (first_day_today, first_day_gone) = (self.clock.first_day_from(today), self.clock.first_day_from(as_of));
        let Judged { cells, breaches, gone } = judged;
        let mut stamps: Vec<i64> = Vec::new();
        for (cells, &slot) in cells.iter().zip(&self.used) {
            let Some(spec) = self.slots.get(slot).and_then(|slot| slot.spec) else { continue };
            let is_row = spec.event == Event::Row || (spec.event == Event::Ahead && !spec.may_be_empty);
            let may_lie_ahead = spec.event == Event::Ahead;
            if spec.event == Event::No {
                continue;
            }
            let mut judge = |row: usize, is_future: bool, is_gone: bool| {
                if is_future && !may_lie_ahead {
                    breaches.push((row, Some(slot), Reason::Future));
                } else if is_gone
                    && is_row
                    && let Some(gone) = gone.get_mut(row)
                {
                    *gone = true;
                }
            };
            match cells {
                Typed::Int(cells) => {
                    let latest = cells.iter().copied().max().unwrap_or(NO_INT);
                    stamps.push(latest);
                    if latest >= as_of.0 {
                        for (row, at) in cells.iter().enumerate() {
                            judge(row, *at >= today.0, *at >= as_of.0);
                        }
                    }
                }
                Typed::Day(cells) => {
                    let latest = cells.iter().copied().max().unwrap_or(NO_DAY);
                    stamps.push(if latest == NO_DAY { NO_INT } else { self.clock.midnight(latest) });
                    if latest >= first_day_gone {
                        for (row, day) in cells.iter().enumerate() {
                            judge(row, *day >= first_day_today, *day >= first_day_gone);
                        }
                    }
                }
                _ => {}
            }
        }
        self.findings.latest = stamps.into_iter().filter(|at| *at != NO_INT).max().max(self.findings.latest);
        // An answer without an invitation's date is a row whose only stamp is its answer.
        if self.spec.table == Table::Surveys
            && let Some(answered) = self.ints(judged, "responded_at")
        {
            let sent = self.ints(judged, "sent_at");
            let is_unsent = |row: usize| sent.is_none_or(|sent| sent.get(row) == Some(&NO_INT));
            let late =
                |row: &usize| answered.get(*row).is_some_and(|at| *at >= as_of.0 && *at < today.0) && is_unsent(*row);
            let rows: Vec<usize> = (0..height).filter(late).collect();
            for row in rows {
                if let Some(gone) = judged.gone.get_mut(row) {
                    *gone = true;
                }
            }
        }
        // What does not exist cannot be bad.
        let Judged { breaches, gone, .. } = judged;
        breaches.retain(|(row, ..)| !gone.get(*row).is_some_and(|gone| *gone));
    }

    /// Empties what has not happened at `as of`, and remembers the newest and the oldest stamp of what has.
    pub(super) fn empty_what_lies_ahead(&mut self, judged: &mut Judged, keep: &[bool]) {
        let as_of = self.reading.as_of.0;
        let first_day_gone = self.clock.first_day_from(self.reading.as_of);
        let mut unanswered: Vec<usize> = Vec::new();
        let (mut newest, mut oldest) = (NO_INT, i64::MAX);
        for (cells, &slot) in judged.cells.iter_mut().zip(&self.used) {
            let Some(spec) = self.slots.get(slot).and_then(|slot| slot.spec) else { continue };
            if spec.event == Event::No {
                continue;
            }
            // What happens to a row later is no older than the row, and is its date where it has no other.
            let is_of_row = matches!(spec.event, Event::Row | Event::Later);
            match cells {
                Typed::Int(cells) => {
                    for (row, (at, _)) in cells.iter_mut().zip(keep).enumerate().filter(|(_, (_, keep))| **keep) {
                        if *at < as_of {
                            newest = newest.max(*at);
                            if is_of_row && *at != NO_INT {
                                oldest = oldest.min(*at);
                            }
                        } else {
                            *at = NO_INT;
                            unanswered.push(row);
                        }
                    }
                }
                Typed::Day(cells) => {
                    let days = cells.iter().zip(keep).filter(|(day, keep)| **keep && **day < first_day_gone);
                    let days = days.map(|(day, _)| *day).filter(|day| *day != NO_DAY);
                    let ends = days.fold(None, |ends: Option<(i32, i32)>, day| {
                        Some(ends.map_or((day, day), |(first, last)| (first.min(day), last.max(day))))
                    });
                    if let Some((first, last)) = ends {
                        newest = newest.max(self.clock.midnight(last));
                        oldest = oldest.min(self.clock.midnight(first));
                    }
                }
                _ => {}
            }
        }
        if newest != NO_INT {
            self.findings.newest = self.findings.newest.max(Some(newest));
        }
        if oldest != i64::MAX {
            self.findings.oldest = Some(self.findings.oldest.map_or(oldest, |first| first.min(oldest)));
        }
        if self.spec.table == Table::Surveys && !unanswered.is_empty() {
            self.unanswer(judged, &unanswered);
        }
    }

    /// An answer that has not come yet has no score and no words.
    fn unanswer(&self, judged: &mut Judged, rows: &[usize]) {
        if let Some(Typed::Int(scores)) = self.place("score").and_then(|place| judged.cells.get_mut(place)) {
            for row in rows {
                if let Some(score) = scores.get_mut(*row) {
                    *score = NO_INT;
                }
            }
        }
        if let Some(Typed::Text(comments)) = self.place("comment").and_then(|place| judged.cells.get_mut(place)) {
            let rows: HashSet<usize> = rows.iter().copied().collect();
            *comments = comments.iter().enumerate().map(|(row, text)| text.filter(|_| !rows.contains(&row))).collect();
        }
    }
}
