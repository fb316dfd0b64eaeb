//! The module as a whole: folders in, configurations or faults out.

mod broken;
mod shipped;

use std::path::Path;

use super::{KpiName, Loaded, Vocabulary, load};
use crate::error::Failure;
use crate::tables::schema::TABLES;

/// The KPIs by range.
const RATES: &[&str] = &[
    "nps_promoters",
    "nps_passives",
    "nps_detractors",
    "nps_response_rate",
    "csat_satisfied",
    "customer_churn_rate",
    "customer_retention_rate",
    "revenue_churn_rate",
    "grr",
    "survival_6m",
    "survival_12m",
    "survival_24m",
    "fcr",
    "health_score",
    "healthy_share",
    "at_risk_share",
    "goal_attainment",
    "active_rate",
    "stickiness",
    "conversion_rate",
    "theme_share",
];
const AMOUNTS: &[&str] = &[
    "theme_mentions",
    "theme_score",
    "theme_promoters",
    "theme_detractors",
    "ces",
    "csat",
    "customers_opening",
    "customers_new",
    "customers_reactivated",
    "customers_lost",
    "customers_closing",
    "early_losses",
    "customers_transferred_in",
    "customers_transferred_out",
    "mrr_opening",
    "mrr_new",
    "mrr_reactivated",
    "mrr_expansion",
    "mrr_contraction",
    "mrr_churned",
    "mrr_closing",
    "mrr_transferred_in",
    "mrr_transferred_out",
    "nrr",
    "survival_median_months",
    "purchase_frequency",
    "lifetime_months",
    "first_response_hours",
    "first_response_hours_p90",
    "resolution_hours",
    "resolution_hours_p90",
    "mrr_at_risk",
    "turnover_index",
];
const ANY: &[&str] = &["average_ticket", "ltv", "crc", "crc_to_arpa", "term_log_odds"];

/// The words that the sample's configuration is written in.
pub(super) fn vocabulary() -> Vocabulary {
    let of = |ids: &'static [&'static str], low: f64, high: f64| ids.iter().map(move |id| KpiName { id, low, high });
    let mut kpis = vec![
        KpiName { id: "nps", low: -100.0, high: 100.0 },
        KpiName { id: "chi", low: 0.0, high: 10.0 },
        KpiName { id: "value_gap", low: -100.0, high: 100.0 },
    ];
    kpis.extend(of(RATES, 0.0, 100.0).chain(of(AMOUNTS, 0.0, f64::INFINITY)));
    kpis.extend(of(ANY, f64::NEG_INFINITY, f64::INFINITY));
    let columns = |table: &crate::tables::schema::TableSpec| table.columns.iter().map(|column| column.name).collect();
    Vocabulary {
        kpis,
        tables: TABLES.iter().map(|table| (table.name, columns(table), table.has_attributes)).collect(),
        texts_of_customers: vec!["customer_id", "name", "parent_id"],
    }
}

/// Loads a folder, with the variables of the tests.
pub(super) fn load_folder(folder: &Path) -> Result<Loaded, Failure> {
    let environment = |name: &str| match name {
        "SMTP_USER" => Some("farol".to_owned()),
        "SMTP_PASSWORD" => Some("c4n4ry-S3cret".to_owned()),
        "SAMPLE" => Some("/srv/sample".to_owned()),
        _ => None,
    };
    load(folder, &environment, &vocabulary())
}

/// Writes files into a new folder and loads it.
pub(super) fn load_files(files: &[(&str, &[u8])]) -> (tempfile::TempDir, Result<Loaded, Failure>) {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in files {
        std::fs::write(folder.path().join(name), content).unwrap();
    }
    let loaded = load_folder(folder.path());
    (folder, loaded)
}
