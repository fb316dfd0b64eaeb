//! Rules between the cells of one row: order of dates, currency, scales of surveys.
//!
//! Knows one row at a time.

use crate::calendar::Moment;
use crate::tables::contract::{Breach, Contract, Judged};
use crate::tables::quarantine::Reason;
use crate::tables::schema::Table;
use crate::tables::typed::{NO_INT, Typed};

impl Contract<'_> {
    /// Rules between the columns of a row.
    pub(super) fn check_rows(&self, judged: &mut Judged, bad: &[bool]) {
        let mut breaches = self.check_order(judged, bad);
        let is_open = |row: usize| bad.get(row) == Some(&false) && judged.gone.get(row) == Some(&false);
        self.check_currency(judged, &is_open, &mut breaches);
        if self.spec.table == Table::Surveys {
            self.check_scores(judged, &is_open, &mut breaches);
        }
        judged.breaches.extend(breaches);
    }

    /// Dates that must follow others. One that is the bare day of the other's time does: it counts at that time, for the
    /// day holds it.
    fn check_order(&self, judged: &mut Judged, bad: &[bool]) -> Vec<Breach> {
        let calendar = self.reading.calendar;
        let day_of = |at: i64| calendar.local(Moment(at)).map(|local| calendar.midnight(local.date()).0);
        let Judged { cells, gone, .. } = judged;
        let is_open = |row: usize| bad.get(row) == Some(&false) && gone.get(row) == Some(&false);
        let mut breaches = Vec::new();
        for (earlier, later) in self.spec.ordered {
            let (Some(first), Some(second)) = (self.place(earlier), self.place(later)) else { continue };
            let slot = self.used.get(second).copied();
            let Ok([Typed::Int(first), Typed::Int(second)]) = cells.get_disjoint_mut([first, second]) else { continue };
            for (row, (first, second)) in first.iter().zip(second).enumerate() {
                if *second >= *first || *second == NO_INT || !is_open(row) {
                    continue;
                }
                if day_of(*first) == Some(*second) {
                    *second = *first;
                } else {
                    breaches.push((row, slot, Reason::WrongOrder));
                }
            }
        }
        breaches
    }

    /// Money in another currency than the company's.
    fn check_currency(&self, judged: &Judged, is_open: &impl Fn(usize) -> bool, breaches: &mut Vec<Breach>) {
        let Some(currency) = self.text(judged, "currency") else { return };
        let slot = self.place("currency").and_then(|place| self.used.get(place).copied());
        for (row, text) in currency.iter().enumerate() {
            if text.is_some_and(|text| !text.trim().eq_ignore_ascii_case(self.reading.currency)) && is_open(row) {
                breaches.push((row, slot, Reason::ForeignCurrency));
            }
        }
    }

    /// Scores lie on their survey's scale, and come with the date of their answer.
    fn check_scores(&self, judged: &Judged, is_open: &impl Fn(usize) -> bool, breaches: &mut Vec<Breach>) {
        let (Some(scores), Some(dates)) = (self.ints(judged, "score"), self.ints(judged, "responded_at")) else {
            return;
        };
        let Some(surveys) = self.text(judged, "survey") else { return };
        let slot = |name| self.place(name).and_then(|place| self.used.get(place).copied());
        let (score_slot, date_slot) = (slot("score"), slot("responded_at"));
        for (row, ((score, date), survey)) in scores.iter().zip(dates).zip(surveys.iter()).enumerate() {
            if !is_open(row) {
                continue;
            }
            let (low, high) = match survey {
                Some("nps") => (0, 10),
                Some("csat") => self.reading.csat_scale,
                _ => self.reading.ces_scale,
            };
            match (*score != NO_INT, *date != NO_INT) {
                (true, false) => breaches.push((row, date_slot, Reason::ScoreWithoutDate)),
                (false, true) => breaches.push((row, score_slot, Reason::DateWithoutScore)),
                (true, true) if *score < low || *score > high => breaches.push((row, score_slot, Reason::OutOfRange)),
                _ => {}
            }
        }
    }
}
