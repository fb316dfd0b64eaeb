//! Ids of the report's places, so that a link can lead to each figure.
//!
//! The same figure has the same id in every period and language, whatever stands beside it.

use crate::digest::sha256;
use crate::kpi::Table;

/// A KPI's total: its card, or its row among the other figures.
pub(crate) fn kpi(kpi: &str) -> String {
    format!("kpi-{}", kpi.replace('_', "-"))
}

/// A row of a segment table; without a segment the total's. Columns that cut rows are named by their table too.
pub(super) fn row(rows_of: Option<Table>, dimension: &str, segment: Option<&str>) -> String {
    let by = match rows_of {
        None => format!("by-{}", part(dimension)),
        Some(table) => format!("of-{}-{}", part(table.name()), part(dimension)),
    };
    segment.map_or(by.clone(), |segment| format!("{by}.{}", part(segment)))
}

/// The figure of a KPI in such a row.
pub(super) fn in_row(kpi: &str, row: &str) -> String {
    format!("{kpi}.{row}")
}

/// A name of any letters as part of an id and of an address; one that loses letters gets its digest, so that no two are
/// the same.
fn part(name: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    let plain: String = name.chars().map(|c| if is_plain(c) { c } else { '-' }).take(24).collect();
    if plain == name && !name.is_empty() {
        return plain;
    }
    let digest = sha256(name.as_bytes());
    format!("{plain}~{}", digest.get(..8).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_tells_the_figure() {
        assert_eq!(kpi("customer_churn_rate"), "kpi-customer-churn-rate");
        assert_eq!(row(None, "plan", Some("Enterprise")), "by-plan.Enterprise");
        assert_eq!(row(None, "plan", None), "by-plan");
        assert_eq!(row(Some(Table::Surveys), "kind", Some("nps")), "of-surveys-kind.nps");
        assert_eq!(in_row(&kpi("nps"), "by-plan.Enterprise"), "kpi-nps.by-plan.Enterprise");
    }

    /// Digests by `printf NAME | sha256sum`.
    #[test]
    fn no_two_names_have_one_id() {
        assert_eq!(part("Pro×Sul"), "Pro-Sul~1976cf89");
        assert_eq!(part("Pro Sul"), "Pro-Sul~a9d34e0f");
        assert_eq!(part("Pro-Sul"), "Pro-Sul");
        assert_eq!(part(""), "~e3b0c442");
        assert!(part("\"><script>").chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '~'));
        let long = "a name that goes on and on and on";
        assert_eq!(part(long).len(), 24 + 1 + 8);
    }
}
