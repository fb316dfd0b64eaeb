//! The true figures, counted by plain counters while the company is invented; `truth.csv`.
//!
//! Shares nothing with the code that computes KPIs, so that the two can be held against each other.

use std::collections::BTreeMap;

use chrono::NaiveDateTime;

use super::files::money;
use super::life::Life;
use super::model::Span;

/// Declares the counters of a month, in the order of the columns of `truth.csv`.
macro_rules! counters {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// What happened in one month of the window; names that start with `mrr` or end with `amount` count cents.
        #[derive(Clone, Debug, Default)]
        pub(super) struct Month { $($(#[$doc])* pub(super) $name: i64,)* }

        /// The columns of `truth.csv` after `month`.
        const COLUMNS: &[&str] = &[$(stringify!($name)),*];

        impl Month {
            fn values(&self) -> Vec<i64> { vec![$(self.$name),*] }
        }
    };
}

counters! {
    customers_opening, customers_new, customers_reactivated, customers_lost, customers_closing, early_losses,
    mrr_opening, mrr_new, mrr_reactivated, mrr_expansion, mrr_contraction, mrr_churned, mrr_closing,
    /// Relational answers, of each respondent the latest of the month.
    nps_promoters, nps_passives, nps_detractors,
    /// Relational invitations sent in the month, and those of them that were answered, ever.
    nps_invitations, nps_invitations_answered,
    /// Of each respondent and touchpoint the latest answer of the month.
    csat_answers, csat_score_sum, csat_satisfied, ces_answers, ces_score_sum,
    /// Rows; those with 0 contacts among them; those resolved by the end of the data with one contact, never reopened.
    tickets_opened, tickets_without_contact, tickets_first_contact,
    /// Distinct pairs of customer and day with usage; distinct customers; events.
    usage_customer_days, usage_customers, usage_events,
    orders, orders_amount, interactions, retention_amount, goals_assessed, signups,
    leads_created, leads_converted_within_30_days, staff_opening, staff_joined, staff_left,
}

/// One answer to a survey.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    pub(super) survey: &'static str,
    pub(super) kind: &'static str,
    pub(super) touchpoint: &'static str,
    pub(super) respondent: String,
    pub(super) at: NaiveDateTime,
    /// Grows from row to row, as the response id does.
    pub(super) number: u64,
    pub(super) score: i64,
}

/// Every month of the window.
pub(super) struct Truth {
    span: Span,
    months: Vec<Month>,
}

impl Truth {
    /// Nothing counted yet.
    pub(super) fn new(span: Span) -> Self {
        Self { span, months: vec![Month::default(); span.window() as usize] }
    }

    /// The counters of the month that holds a day; `None` outside the window.
    pub(super) fn on(&mut self, day: chrono::NaiveDate) -> Option<&mut Month> {
        let month = self.span.window_month(day)?;
        self.months.get_mut(month)
    }

    /// Counts a customer's revenue at the boundaries of every month.
    pub(super) fn revenue(&mut self, life: &Life) {
        let first = self.span.total() - self.span.window();
        for (index, month) in self.months.iter_mut().enumerate() {
            let number = first + u32::try_from(index).unwrap_or(u32::MAX);
            let (start, end) = (self.span.start(number), self.span.start(number + 1));
            let (opening, closing) = (life.cents_on(start), life.cents_on(end));
            month.mrr_opening += opening;
            month.mrr_closing += closing;
            month.customers_opening += i64::from(opening > 0);
            month.customers_closing += i64::from(closing > 0);
            if opening == 0 && closing > 0 {
                let was_customer = life.changes.iter().any(|(day, cents)| *day < start && *cents > 0);
                let (customers, mrr) = if was_customer {
                    (&mut month.customers_reactivated, &mut month.mrr_reactivated)
                } else {
                    (&mut month.customers_new, &mut month.mrr_new)
                };
                *customers += 1;
                *mrr += closing;
            } else if opening > 0 && closing == 0 {
                month.customers_lost += 1;
                month.mrr_churned += opening;
            } else {
                month.mrr_expansion += (closing - opening).max(0);
                month.mrr_contraction += (opening - closing).max(0);
            }
            let came = |(day, cents): &(chrono::NaiveDate, i64)| *cents > 0 && *day >= start && *day < end;
            if opening == 0 && closing == 0 && life.changes.iter().any(came) {
                month.early_losses += 1;
            }
        }
    }

    /// Counts one customer's answers: of one respondent to the same survey, kind and touchpoint in a month, the latest.
    pub(super) fn answers(&mut self, answers: &[Answer]) {
        let mut latest: BTreeMap<_, &Answer> = BTreeMap::new();
        for answer in answers {
            let Some(month) = self.span.window_month(answer.at.date()) else { continue };
            let key = (answer.survey, answer.kind, answer.touchpoint, answer.respondent.as_str(), month);
            let kept = latest.entry(key).or_insert(answer);
            if (answer.at, answer.number) > (kept.at, kept.number) {
                *kept = answer;
            }
        }
        for answer in latest.values() {
            let Some(month) = self.on(answer.at.date()) else { continue };
            match (answer.survey, answer.kind) {
                ("nps", "relational") if answer.score >= 9 => month.nps_promoters += 1,
                ("nps", "relational") if answer.score >= 7 => month.nps_passives += 1,
                ("nps", "relational") => month.nps_detractors += 1,
                ("csat", _) => {
                    month.csat_answers += 1;
                    month.csat_score_sum += answer.score;
                    month.csat_satisfied += i64::from(answer.score >= 8);
                }
                ("ces", _) => {
                    month.ces_answers += 1;
                    month.ces_score_sum += answer.score;
                }
                _ => {}
            }
        }
    }

    /// The text of `truth.csv`.
    pub(super) fn to_csv(&self) -> String {
        let mut text = format!("month,{}\n", COLUMNS.join(","));
        let first = self.span.total() - self.span.window();
        for (number, month) in (first..).zip(&self.months) {
            text.push_str(&self.span.start(number).format("%Y-%m").to_string());
            for (name, value) in COLUMNS.iter().zip(month.values()) {
                let is_money = name.starts_with("mrr") || name.ends_with("amount");
                text.push(',');
                text.push_str(&if is_money { money(value) } else { value.to_string() });
            }
            text.push('\n');
        }
        text
    }
}
