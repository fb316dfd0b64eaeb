//! Every KPI there is, in the order in which they are told.
//!
//! A list and its index; each definition lives with its family.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::Definition;
use super::clv::CLV_12M;
use super::cost::{CRC, CRC_SINCE_FIRST_CONTACT, CRC_TO_ARPA, RETENTION_ROI};
use super::engagement::{ACTIVE_RATE, STICKINESS};
use super::goals::{GOAL_ATTAINMENT, VALUE_GAP};
use super::growth::{CONVERSION_RATE, TURNOVER_INDEX};
use super::health::{
    AT_RISK_SHARE, CHI, EXPANSION_CANDIDATES, HEALTH_DECLINE_RATE, HEALTH_RECOVERY_RATE, HEALTH_SCORE, HEALTHY_SHARE,
    MRR_AT_RISK,
};
use super::loyalty::{
    CES, CSAT, CSAT_SATISFIED, NPS, NPS_BY_ACCOUNT, NPS_DETRACTORS, NPS_PASSIVES, NPS_PROMOTERS, NPS_RESPONSE_RATE,
    NPS_ROLE_GAP,
};
use super::onboarding::{ONBOARDING_COMPLETION, TIME_TO_VALUE_DAYS};
use super::retention::{
    CHURN_REASONS, COHORT_RETENTION, CUSTOMER_CHURN_RATE, CUSTOMER_RETENTION_RATE, CUSTOMERS_CLOSING, CUSTOMERS_LOST,
    CUSTOMERS_NEW, CUSTOMERS_OPENING, CUSTOMERS_REACTIVATED, CUSTOMERS_TRANSFERRED_IN, CUSTOMERS_TRANSFERRED_OUT,
    EARLY_LOSSES, RENEWAL_RATE,
};
use super::revenue::{
    GRR, MRR_CHURNED, MRR_CLOSING, MRR_CONTRACTION, MRR_EXPANSION, MRR_NEW, MRR_OPENING, MRR_REACTIVATED,
    MRR_TRANSFERRED_IN, MRR_TRANSFERRED_OUT, NRR, REVENUE_CHURN_RATE,
};
use super::service::{
    BACKLOG, FCR, FIRST_RESPONSE_HOURS, FIRST_RESPONSE_HOURS_P90, RESOLUTION_HOURS, RESOLUTION_HOURS_P90, TICKET_RATE,
};
use super::survival::{SURVIVAL_6M, SURVIVAL_12M, SURVIVAL_24M, SURVIVAL_MEDIAN_MONTHS};
use super::themes::{TERM_LOG_ODDS, THEME_DETRACTORS, THEME_MENTIONS, THEME_PROMOTERS, THEME_SCORE, THEME_SHARE};
use super::value::{AVERAGE_TICKET, LIFETIME_MONTHS, LTV, PURCHASE_FREQUENCY};

/// Every definition, by family.
pub const CATALOGUE: &[&Definition] = &[
    &NPS,
    &NPS_PROMOTERS,
    &NPS_PASSIVES,
    &NPS_DETRACTORS,
    &NPS_BY_ACCOUNT,
    &NPS_ROLE_GAP,
    &NPS_RESPONSE_RATE,
    &CSAT,
    &CSAT_SATISFIED,
    &CES,
    &THEME_MENTIONS,
    &THEME_SHARE,
    &THEME_SCORE,
    &THEME_PROMOTERS,
    &THEME_DETRACTORS,
    &TERM_LOG_ODDS,
    &CUSTOMER_CHURN_RATE,
    &CUSTOMER_RETENTION_RATE,
    &CUSTOMERS_OPENING,
    &CUSTOMERS_NEW,
    &CUSTOMERS_REACTIVATED,
    &CUSTOMERS_LOST,
    &CUSTOMERS_CLOSING,
    &CHURN_REASONS,
    &EARLY_LOSSES,
    &CUSTOMERS_TRANSFERRED_IN,
    &CUSTOMERS_TRANSFERRED_OUT,
    &MRR_OPENING,
    &MRR_NEW,
    &MRR_REACTIVATED,
    &MRR_EXPANSION,
    &MRR_CONTRACTION,
    &MRR_CHURNED,
    &MRR_CLOSING,
    &MRR_TRANSFERRED_IN,
    &MRR_TRANSFERRED_OUT,
    &REVENUE_CHURN_RATE,
    &GRR,
    &NRR,
    &RENEWAL_RATE,
    &COHORT_RETENTION,
    &SURVIVAL_6M,
    &SURVIVAL_12M,
    &SURVIVAL_24M,
    &SURVIVAL_MEDIAN_MONTHS,
    &AVERAGE_TICKET,
    &PURCHASE_FREQUENCY,
    &LIFETIME_MONTHS,
    &LTV,
    &CLV_12M,
    &FCR,
    &FIRST_RESPONSE_HOURS,
    &FIRST_RESPONSE_HOURS_P90,
    &RESOLUTION_HOURS,
    &RESOLUTION_HOURS_P90,
    &TICKET_RATE,
    &BACKLOG,
    &HEALTH_SCORE,
    &HEALTHY_SHARE,
    &AT_RISK_SHARE,
    &HEALTH_RECOVERY_RATE,
    &HEALTH_DECLINE_RATE,
    &MRR_AT_RISK,
    &EXPANSION_CANDIDATES,
    &CHI,
    &ACTIVE_RATE,
    &STICKINESS,
    &ONBOARDING_COMPLETION,
    &TIME_TO_VALUE_DAYS,
    &GOAL_ATTAINMENT,
    &VALUE_GAP,
    &CRC,
    &CRC_SINCE_FIRST_CONTACT,
    &CRC_TO_ARPA,
    &RETENTION_ROI,
    &CONVERSION_RATE,
    &TURNOVER_INDEX,
];

/// The definition with an id.
pub fn definition(id: &str) -> Option<&'static Definition> {
    static BY_ID: LazyLock<HashMap<&str, &Definition, foldhash::fast::FixedState>> =
        LazyLock::new(|| CATALOGUE.iter().map(|definition| (definition.id, *definition)).collect());
    BY_ID.get(id).copied()
}

/// The definitions of a list of ids, in its order, each once, with those that one brings: the reasons for leaving have no
/// figures of their own. Ids that nobody knows are passed over.
pub fn asked_for<'a>(ids: impl IntoIterator<Item = &'a str>) -> Vec<&'static Definition> {
    let mut found: Vec<&'static Definition> = Vec::new();
    for asked in ids.into_iter().filter_map(definition) {
        let brought: &[&'static Definition] =
            if asked.id == CHURN_REASONS.id { &[&CUSTOMERS_LOST, &MRR_CHURNED] } else { &[] };
        for definition in std::iter::once(asked).chain(brought.iter().copied()) {
            if !found.iter().any(|known| known.id == definition.id) {
                found.push(definition);
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::missing_columns;
    use super::*;
    use crate::tables::schema::{Column, Table};

    #[test]
    fn every_id_is_there_once() {
        let ids: BTreeSet<_> = CATALOGUE.iter().map(|definition| definition.id).collect();
        assert_eq!(ids.len(), CATALOGUE.len());
        for definition in CATALOGUE {
            assert_eq!(super::definition(definition.id).unwrap().formula, definition.formula);
            assert!(!definition.formula.is_empty() && !definition.source.is_empty());
            assert!(definition.range.start() < definition.range.end(), "{}", definition.id);
        }
        assert!(super::definition("npss").is_none());
    }

    #[test]
    fn every_needed_column_is_in_the_schema() {
        for definition in CATALOGUE {
            assert!(!definition.needs.is_empty(), "{}", definition.id);
            for &Column(table, name) in definition.needs.iter().copied().flatten() {
                assert!(table.spec().column(name).is_some(), "{} needs {}.{name}", definition.id, table.name());
            }
        }
    }

    #[test]
    fn customers_can_be_active_by_orders_alone_but_revenue_needs_subscriptions() {
        let orders_only = |column: Column| column.0 == Table::Orders;
        for id in
            ["customer_churn_rate", "customers_closing", "survival_12m", "lifetime_months", "ltv", "average_ticket"]
        {
            assert_eq!(missing_columns(super::definition(id).unwrap(), &orders_only), [], "{id}");
        }
        let missing = missing_columns(&NRR, &orders_only);
        assert_eq!(missing.len(), 4);
        assert!(missing.contains(&Column(Table::Subscriptions, "mrr")));
        let active = missing_columns(&ACTIVE_RATE, &orders_only);
        assert_eq!(active, [Column(Table::Usage, "customer_id"), Column(Table::Usage, "date")]);
    }
}
