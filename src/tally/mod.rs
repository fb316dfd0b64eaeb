//! Mergeable sums: what a set of customers adds up to in a period, before anything is divided.
//!
//! Every type here is a commutative monoid under `+` with `default()` as its identity: the tally of two disjoint sets of
//! customers is the sum of their tallies, exactly. Money is in micro-units, scores are in millionths, squares are `i128`.

pub mod buyers;
pub mod cohorts;
pub mod comments;
pub mod customers;
pub mod engagement;
pub mod loyalty;
pub mod onboarding;
pub mod pass;
pub mod renewals;
pub mod respondents;
pub mod service;
mod sums;
pub mod table;
pub mod value;

use std::collections::BTreeMap;
use std::sync::Arc;

pub use self::buyers::{Buyer, Buyers};
pub use self::sums::{Histogram, MeanSums, RatioSums};
use self::sums::{Merge, mergeable};

mergeable! {
/// Customers between the snapshots at `start` and at `end`.
/// opening + new + reactivated − lost + transferred in − transferred out = closing.
pub struct Customers {
    /// Active at `start`.
    pub opening: u64,
    /// Active at `end`, not at `start`, never before.
    pub new: u64,
    /// Active at `end`, not at `start`, once before.
    pub reactivated: u64,
    /// Active at `start`, not at `end`.
    pub lost: u64,
    /// Active at `end`.
    pub closing: u64,
    /// Came and left within the period.
    pub early_losses: u64,
    /// Entered the segment while active (segments of attributes that change).
    pub transferred_in: u64,
    /// Left the segment while active.
    pub transferred_out: u64,
}
}

mergeable! {
/// Monthly recurring revenue between the snapshots at `start` and at `end`, in micro-units.
/// opening + new + reactivated + expansion − contraction − churned + transferred in − transferred out = closing.
pub struct Revenue {
    /// MRR at `start`.
    pub opening: i128,
    /// MRR at `end` of customers who had none at `start` or ever before.
    pub new: i128,
    /// MRR at `end` of customers who had none at `start` but once before.
    pub reactivated: i128,
    /// What opening customers added.
    pub expansion: i128,
    /// What opening customers who stayed took away; not negative.
    pub contraction: i128,
    /// MRR at `start` of customers who have none at `end`; not negative.
    pub churned: i128,
    /// MRR at `end`.
    pub closing: i128,
    /// MRR at `end` of customers who entered the segment.
    pub transferred_in: i128,
    /// MRR at `end` of customers who left the segment.
    pub transferred_out: i128,
    /// Customers behind `expansion`.
    pub expanding: u64,
    /// Customers behind `contraction`.
    pub contracting: u64,
    /// Over opening customers: x = MRR at `start`, y = churned + contraction.
    pub loss: RatioSums,
    /// Over opening customers: x = MRR at `start`, y = MRR at `end`.
    pub retained: RatioSums,
    /// Over customers active at `end`: x = 1, y = MRR at `end`.
    pub per_customer: RatioSums,
}
}

mergeable! {
/// Customer lifetimes in whole months since first activity, as known at `end`.
pub struct Lifetimes {
    /// Durations that ended.
    pub ended: Histogram,
    /// Durations still running (censored).
    pub censored: Histogram,
    /// Over the 12 months to `end`: customers lost, summed.
    pub lost_in_window: u64,
    /// Over the 12 months to `end`: opening customers, summed.
    pub opening_in_window: u64,
}
}

mergeable! {
/// Customers who came in the same month, so many months later.
pub struct Cohort {
    /// All that came.
    pub size: u64,
    /// Of those, active at `end`.
    pub active: u64,
}
}

/// Cohorts by the month of first activity, as months since January of the year 0, and the months from it to the month
/// that ends the period.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Cohorts(BTreeMap<(i32, u32), Cohort>);

impl Cohorts {
    /// Adds customers to a cohort.
    pub fn add(&mut self, month: i32, months_later: u32, cohort: &Cohort) {
        *self.0.entry((month, months_later)).or_default() += cohort;
    }

    /// Month, months later and cohort, ascending.
    pub fn iter(&self) -> impl Iterator<Item = (i32, u32, &Cohort)> {
        self.0.iter().map(|((month, months_later), cohort)| (*month, *months_later, cohort))
    }
}

impl Merge for Cohorts {
    fn merge(&mut self, other: &Self) {
        for (month, months_later, cohort) in other.iter() {
            self.add(month, months_later, cohort);
        }
    }
}

mergeable! {
/// Renewal dates of a period, one per customer and date.
pub struct Renewals {
    /// Of subscriptions that were active the day before.
    pub due: u64,
    /// Of those, of customers with MRR the day after.
    pub renewed: u64,
}
}

mergeable! {
/// Survey answers of a period, after de-duplication.
pub struct Loyalty {
    /// NPS answers by score 0–10, of the chosen kind.
    pub nps: Histogram,
    /// NPS invitations sent in the period.
    pub nps_sent: u64,
    /// Of those, answered by now.
    pub nps_answered: u64,
    /// CSAT answers by score.
    pub csat: Histogram,
    /// CES answers by score.
    pub ces: Histogram,
    /// Over customers with NPS answers: 100 × (promoters − detractors) / answers, in millionths of a point.
    pub nps_accounts: MeanSums,
    /// NPS answers by score of everyday users.
    pub nps_users: Histogram,
    /// NPS answers by score of decision makers.
    pub nps_decision_makers: Histogram,
}
}

mergeable! {
/// What the comments of one theme add up to.
pub struct ThemeSums {
    /// Comments that mention it.
    pub mentions: u64,
    /// People who wrote them.
    pub people: u64,
    /// Scores of the NPS answers that mention it.
    pub nps: Histogram,
    /// People who gave these answers.
    pub nps_people: u64,
}
}

mergeable! {
/// How many comments say a term, each comment once.
pub struct TermSums {
    /// Of all surveys.
    pub comments: u64,
    /// With an NPS score of 9 or 10.
    pub promoters: u64,
    /// With an NPS score of 0 to 6.
    pub detractors: u64,
    /// People who say it.
    pub people: u64,
    /// With accents, as it is written in comments that write it so → how many.
    pub written: BTreeMap<Arc<str>, u64>,
}
}

mergeable! {
/// The comments of a period's answers, after de-duplication. People are those whom the rows name; the rows of one
/// customer that name nobody are one person.
pub struct Comments {
    /// Comments with text.
    pub with_text: u64,
    /// People who wrote them.
    pub people: u64,
    /// Theme → its sums; one that nobody mentions is not there.
    pub themes: BTreeMap<Arc<str>, ThemeSums>,
    /// Term → its sums.
    pub terms: BTreeMap<Arc<str>, TermSums>,
}
}

mergeable! {
/// Tickets of a period.
pub struct Service {
    /// Opened in the period, with at least one contact.
    pub opened: u64,
    /// Of those, resolved with one contact and never reopened.
    pub opened_first_contact: u64,
    /// Resolved in the period, with at least one contact.
    pub resolved: u64,
    /// Of those, with one contact and never reopened.
    pub resolved_first_contact: u64,
    /// Opened in the period with no contact at all (machine, merged): in neither.
    pub without_contact: u64,
    /// Whole seconds from opening to resolution of tickets opened in the period.
    pub resolution_seconds: Histogram,
    /// Whole seconds from opening to first response of tickets opened in the period.
    pub first_response_seconds: Histogram,
    /// Opened before `end` and not resolved by then, whatever their contacts.
    pub backlog: u64,
    /// Over customers: x = 1 if active at `start`, y = tickets opened in the period, whatever their contacts.
    pub per_customer: RatioSums,
}
}

mergeable! {
/// Use of the product in a period.
pub struct Engagement {
    /// Customers active at `start`.
    pub active: u64,
    /// Of those, with usage in the period.
    pub active_with_usage: u64,
    /// Over customers with usage in the period: x = 1, y = days with usage.
    pub days_used: RatioSums,
}
}

mergeable! {
/// Scores of the customers active at `end`.
pub struct Scores {
    /// Health score 0–100 of the scored customers, in millionths.
    pub health: MeanSums,
    /// Scored customers in a green band.
    pub green: u64,
    /// Scored customers in a yellow band.
    pub yellow: u64,
    /// Scored customers in a red band.
    pub red: u64,
    /// Active customers whose data cover too little for a health score.
    pub unscored: u64,
    /// MRR at `end` of red customers, in micro-units.
    pub red_mrr: i128,
    /// Customer Happiness Index 0–10 of the scored customers, in millionths.
    pub chi: MeanSums,
    /// Customers in a green band that use more than before and renew soon.
    pub ready_to_expand: u64,
}
}

mergeable! {
/// Where customers that were red or green at `start` are at `end`.
pub struct HealthMoves {
    /// Active at `start` and red then.
    pub red: u64,
    /// Of those, active at `end` and yellow or green.
    pub recovered: u64,
    /// Active at `start` and green then.
    pub green: u64,
    /// Of those, yellow or red at `end`, or no longer active.
    pub declined: u64,
}
}

mergeable! {
/// Customers that signed up in a period, and how far each has come since, as known at the run's day.
pub struct Onboarding {
    /// Signed up.
    pub signups: u64,
    /// Of those, complete within the window.
    pub completed: u64,
    /// Civil days from sign-up to first value.
    pub days_to_value: Histogram,
    /// Civil days since sign-up of those without value so far (censored).
    pub days_without_value: Histogram,
}
}

mergeable! {
/// Goals assessed in a period, the latest assessment of each.
pub struct Goals {
    /// Over customers: x = Σ weight, y = Σ weight × attainment (0–1), both in millionths.
    pub attainment: RatioSums,
    /// Expected − perceived rating of the value delivered, per assessment that has both, in millionths.
    pub value_gap: MeanSums,
}
}

mergeable! {
/// Orders of a period and of the value window that ends with it. Money in micro-units.
pub struct Orders {
    /// Over customers with orders in the period: x = orders, y = revenue.
    pub ticket: RatioSums,
    /// Over customers in the window: x = months in which the customer was active, y = orders × 10⁶.
    pub frequency: RatioSums,
    /// Over customers in the window: x = months in which the customer was active, y = revenue.
    pub per_active_month: RatioSums,
}
}

mergeable! {
/// What was spent on keeping customers in a period, in micro-units.
pub struct Costs {
    /// All spend of the period.
    pub spend: i128,
    /// Opening customers still active at `end`.
    pub retained: u64,
    /// Over customers: x = 1 if retained, y = spend on this customer.
    pub per_retained: RatioSums,
    /// Some spend names no customer, so that its spread over customers is unknown.
    pub whole_base: bool,
    /// Over the retained customers: spend on each from its first contact to `end`, in micro-units.
    pub since_first_contact: MeanSums,
}
}

mergeable! {
/// Opening customers that retention spend of the period names, and those that it does not.
pub struct Reach {
    /// Named by a cost dated in the period.
    pub reached: u64,
    /// Of those, active at `end`.
    pub reached_retained: u64,
    /// Not named.
    pub others: u64,
    /// Of those, active at `end`.
    pub others_retained: u64,
    /// MRR at `start` of those reached, in micro-units.
    pub reached_mrr: i128,
}
}

mergeable! {
/// Leads created in a period.
pub struct Leads {
    /// Created.
    pub created: u64,
    /// Of those, converted within the conversion window.
    pub converted: u64,
}
}

mergeable! {
/// The team in a period.
pub struct Staff {
    /// Employed at `start`.
    pub opening: u64,
    /// Employed at `end`.
    pub closing: u64,
    /// Hired in the period.
    pub joined: u64,
    /// Left in the period.
    pub left: u64,
}
}

mergeable! {
/// Everything that one set of customers adds up to in one period.
pub struct Tallies {
    /// Customers between two snapshots.
    pub customers: Customers,
    /// MRR between two snapshots.
    pub revenue: Revenue,
    /// Lifetimes.
    pub lifetimes: Lifetimes,
    /// Renewals.
    pub renewals: Renewals,
    /// Cohorts of the month of first activity.
    pub cohorts: Cohorts,
    /// Surveys.
    pub loyalty: Loyalty,
    /// Comments.
    pub comments: Comments,
    /// Tickets.
    pub service: Service,
    /// Usage.
    pub engagement: Engagement,
    /// Health and happiness.
    pub scores: Scores,
    /// Health at both ends.
    pub health_moves: HealthMoves,
    /// Sign-ups.
    pub onboarding: Onboarding,
    /// Goals.
    pub goals: Goals,
    /// Orders.
    pub orders: Orders,
    /// Histories of orders.
    pub buyers: Buyers,
    /// Retention spend.
    pub costs: Costs,
    /// Whom retention spend reached.
    pub reach: Reach,
    /// Leads.
    pub leads: Leads,
    /// Staff.
    pub staff: Staff,
}
}
