//! The canonical columns that definitions need.
//!
//! Names only; `tables::schema` says what they hold.

use crate::tables::schema::{Column, Table};

const fn of(table: Table, name: &'static str) -> Column {
    Column(table, name)
}

pub(super) const SUBSCRIBER: Column = of(Table::Subscriptions, "customer_id");
pub(super) const SUBSCRIPTION_START: Column = of(Table::Subscriptions, "start_date");
pub(super) const SUBSCRIPTION_END: Column = of(Table::Subscriptions, "end_date");
pub(super) const MRR: Column = of(Table::Subscriptions, "mrr");
pub(super) const CANCEL_REASON: Column = of(Table::Subscriptions, "cancel_reason");
pub(super) const RENEWAL_DATE: Column = of(Table::Subscriptions, "renewal_date");

pub(super) const BUYER: Column = of(Table::Orders, "customer_id");
pub(super) const ORDERED_AT: Column = of(Table::Orders, "ordered_at");
pub(super) const ORDER_AMOUNT: Column = of(Table::Orders, "amount");

pub(super) const RESPONDENT: Column = of(Table::Surveys, "customer_id");
pub(super) const RESPONDENT_ROLE: Column = of(Table::Surveys, "respondent_role");
pub(super) const SURVEY: Column = of(Table::Surveys, "survey");
pub(super) const SCORE: Column = of(Table::Surveys, "score");
pub(super) const COMMENT: Column = of(Table::Surveys, "comment");
pub(super) const SENT_AT: Column = of(Table::Surveys, "sent_at");
pub(super) const RESPONDED_AT: Column = of(Table::Surveys, "responded_at");

pub(super) const TICKET_CUSTOMER: Column = of(Table::Tickets, "customer_id");
pub(super) const OPENED_AT: Column = of(Table::Tickets, "opened_at");
pub(super) const FIRST_RESPONSE_AT: Column = of(Table::Tickets, "first_response_at");
pub(super) const RESOLVED_AT: Column = of(Table::Tickets, "resolved_at");
pub(super) const CONTACTS: Column = of(Table::Tickets, "contacts");
pub(super) const REOPENED: Column = of(Table::Tickets, "reopened");

pub(super) const USER: Column = of(Table::Usage, "customer_id");
pub(super) const USED_ON: Column = of(Table::Usage, "date");
pub(super) const USAGE_EVENTS: Column = of(Table::Usage, "events");

pub(super) const SIGNED_UP_AT: Column = of(Table::Customers, "signup_date");
pub(super) const FIRST_CONTACT: Column = of(Table::Customers, "first_contact_date");

pub(super) const ONBOARDED: Column = of(Table::Onboarding, "customer_id");
pub(super) const COMPLETED_AT: Column = of(Table::Onboarding, "completed_at");
pub(super) const FIRST_VALUE_AT: Column = of(Table::Onboarding, "first_value_at");

pub(super) const GOAL: Column = of(Table::Goals, "goal_id");
pub(super) const GOAL_CUSTOMER: Column = of(Table::Goals, "customer_id");
pub(super) const GOAL_TARGET: Column = of(Table::Goals, "target");
pub(super) const GOAL_ACHIEVED: Column = of(Table::Goals, "achieved");
pub(super) const EXPECTED_RATING: Column = of(Table::Goals, "expected_rating");
pub(super) const PERCEIVED_RATING: Column = of(Table::Goals, "perceived_rating");
pub(super) const ASSESSED_AT: Column = of(Table::Goals, "assessed_at");

pub(super) const SPENT_ON: Column = of(Table::RetentionCosts, "customer_id");
pub(super) const SPENT_AT: Column = of(Table::RetentionCosts, "date");
pub(super) const SPEND: Column = of(Table::RetentionCosts, "amount");

pub(super) const LEAD_CREATED_AT: Column = of(Table::Leads, "created_at");
pub(super) const LEAD_CONVERTED_AT: Column = of(Table::Leads, "converted_at");

pub(super) const HIRED_AT: Column = of(Table::Staff, "hired_at");
pub(super) const LEFT_AT: Column = of(Table::Staff, "left_at");

/// Recurring revenue.
pub(super) const REVENUE: &[&[Column]] = &[&[SUBSCRIBER, SUBSCRIPTION_START, SUBSCRIPTION_END, MRR]];

/// Who is active when: by subscriptions, else by orders.
pub(super) const ACTIVITY: &[&[Column]] =
    &[&[SUBSCRIBER, SUBSCRIPTION_START, SUBSCRIPTION_END, MRR], &[BUYER, ORDERED_AT]];

/// What customers pay: by subscriptions, else by orders.
pub(super) const VALUE: &[&[Column]] =
    &[&[SUBSCRIBER, SUBSCRIPTION_START, SUBSCRIPTION_END, MRR], &[BUYER, ORDERED_AT, ORDER_AMOUNT]];
