//! What belongs to the company and to no customer: its staff, leads that came to nothing, money spent on everybody.

use std::io;

use chrono::{Datelike, Duration, NaiveDate};

use super::activity::{Scene, lead_source, next};
use super::dice::Dice;
use super::files::Csv;
use super::model::season;

/// Leads that never convert, for each sign-up to be expected.
const COLD_LEADS: f64 = 3.0;

const TEAMS: [&str; 3] = ["Support", "Customer Success", "Onboarding"];

impl Scene<'_> {
    /// Writes staff, cold leads and spending on the whole base for `customers` customers.
    pub(super) fn play_company(&mut self, dice: &mut Dice, customers: u32) -> io::Result<()> {
        self.staff(dice, customers)?;
        let months = self.span.total() - self.span.window()..self.span.total();
        let expected = f64::from(customers) / f64::from(self.span.total());
        for month in months {
            let (start, end) = (self.span.start(month), self.span.start(month + 1));
            let leads = expected * COLD_LEADS * season(&self.model.signup_season, start);
            self.cold_leads(dice, (start, end), leads)?;
            if matches!(start.month(), 4 | 10) {
                let amount = i64::from(customers) * dice.whole(1_400, 1_900);
                self.cost("", start + Duration::days(dice.whole(8, 18)), ("User conference", "other"), amount)?;
            }
        }
        Ok(())
    }

    fn cold_leads(&mut self, dice: &mut Dice, (start, end): (NaiveDate, NaiveDate), mean: f64) -> io::Result<()> {
        // A fifth up or down, in whole leads: a geometric count would be too wild for a mean of dozens.
        let mut left = mean * dice.between(0.8, 1.2);
        while left > 0.0 && (left >= 1.0 || dice.chance(left)) {
            left -= 1.0;
            let day = start + Duration::days(dice.whole(0, (end - start).num_days() - 1));
            let created = dice.office_time(day);
            let id = format!("L{:06}", next(&mut self.ids.lead));
            let shares: Vec<f64> = self.model.regions.iter().map(|region| region.1).collect();
            let region = self.model.regions.get(dice.weighted(&shares)).map_or("SE", |region| region.0);
            let created_at = self.files.stamp(created);
            self.files.row(Csv::Leads, &[&id, &created_at, "", "", lead_source(dice), region])?;
            if let Some(month) = self.truth.on(created.date()) {
                month.leads_created += 1;
            }
        }
        Ok(())
    }

    /// A team that grows with the base; who leaves is replaced a month later.
    fn staff(&mut self, dice: &mut Dice, customers: u32) -> io::Result<()> {
        let wanted = |month: u32| 6.0 + f64::from(customers) / 30.0 * f64::from(month) / f64::from(self.span.total());
        let mut employees: Vec<(NaiveDate, Option<NaiveDate>, &str)> = Vec::new();
        for month in 0..self.span.total() {
            let (start, end) = (self.span.start(month), self.span.start(month + 1));
            let mut day = || start + Duration::days(dice.whole(0, (end - start).num_days() - 1));
            let (hire, quit) = (day(), day());
            let present = employees.iter().filter(|(_, left, _)| left.is_none()).count();
            let mut missing = wanted(month) - f64::from(u32::try_from(present).unwrap_or(u32::MAX));
            for (hired, left, _) in &mut employees {
                if left.is_none() && *hired < start && dice.chance(0.014) {
                    *left = Some(quit);
                }
            }
            while missing >= 1.0 {
                missing -= 1.0;
                employees.push((hire, None, TEAMS.get(dice.weighted(&[5.0, 4.0, 2.0])).copied().unwrap_or("Support")));
            }
        }
        for (number, (hired, left, team)) in employees.iter().enumerate() {
            let left_at = left.map(|day| day.to_string()).unwrap_or_default();
            self.files.row(Csv::Staff, &[&format!("E{:04}", number + 1), &hired.to_string(), &left_at, team])?;
        }
        for month in self.span.total() - self.span.window()..self.span.total() {
            let (start, end) = (self.span.start(month), self.span.start(month + 1));
            let Some(counted) = self.truth.on(start) else { continue };
            for (hired, left, _) in &employees {
                counted.staff_opening += i64::from(*hired <= start && left.is_none_or(|day| day > start));
                counted.staff_joined += i64::from((start..end).contains(hired));
                counted.staff_left += i64::from(left.is_some_and(|day| (start..end).contains(&day)));
            }
        }
        Ok(())
    }
}
