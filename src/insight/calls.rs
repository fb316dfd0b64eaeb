//! Whom to call: the customers whose leaving would cost most, and the healthy ones to renew or to expand.
//!
//! Sorts and picks from states that are handed in; scores nobody and hides no name.

use std::cmp::Reverse;

use crate::config::{Status, is_ready_to_expand};

/// One customer at the end of a period, as plain values.
#[derive(Clone, Debug, PartialEq)]
pub struct CustomerState {
    /// Its number in the panel; breaks no tie, names nobody.
    pub index: u32,
    /// Its id in the data.
    pub id: String,
    /// Its name; its id where it has none.
    pub name: String,
    /// Dimension and segment that it is in, in the order of the configuration.
    pub segments: Vec<(String, String)>,
    /// Monthly recurring revenue in micro-units of the currency.
    pub mrr: i64,
    /// Health score in millionths, 0–100 000 000; none if too little is known.
    pub health: Option<i64>,
    /// Colour of the health band; none without a score.
    pub status: Option<Status>,
    /// Health score at the end of the period before.
    pub previous_health: Option<i64>,
    /// Ids of the health components that scored lowest, lowest first.
    pub reasons: Vec<String>,
    /// Events of the usage window ÷ events of the one before; none without usage before. Finite.
    pub usage_trend: Option<f64>,
    /// Whole days from the period's end to the next renewal; negative once it has passed.
    pub days_to_renewal: Option<i64>,
}

impl CustomerState {
    /// How the health score moved since the period before, in millionths; none unless both are known.
    pub fn health_change(&self) -> Option<i64> {
        Some(self.health? - self.previous_health?)
    }

    /// Whether it pays and its health is in a red band: what `mrr_at_risk` adds up.
    pub fn is_at_risk(&self) -> bool {
        self.mrr > 0 && self.status == Some(Status::Red)
    }

    /// Whether it is what `expansion_candidates` counts: a paying customer that [`is_ready_to_expand`].
    pub fn is_expansion_candidate(&self) -> bool {
        self.mrr > 0 && is_ready_to_expand(self.status, self.usage_trend, self.days_to_renewal)
    }
}

/// Customers to call for one reason.
#[derive(Clone, Debug, PartialEq)]
pub struct CallList<'a> {
    /// The first ones, most important first.
    pub customers: Vec<&'a CustomerState>,
    /// How many there are in all.
    pub count: usize,
    /// Monthly recurring revenue of all of them, in micro-units.
    pub mrr: i128,
}

/// The two lists.
#[derive(Clone, Debug, PartialEq)]
pub struct WhomToCall<'a> {
    /// Red customers, largest revenue first; then the less healthy, then the sooner renewed.
    pub at_risk: CallList<'a>,
    /// Candidates for expansion, soonest renewal first; then the larger revenue.
    pub expansion: CallList<'a>,
}

/// Picks whom to call, at most `most` customers a list. The order of `customers` does not matter.
pub fn whom_to_call(customers: &[CustomerState], most: usize) -> WhomToCall<'_> {
    let mut at_risk: Vec<&CustomerState> = customers.iter().filter(|customer| customer.is_at_risk()).collect();
    at_risk.sort_by_key(|customer| {
        let renewal = customer.days_to_renewal.unwrap_or(i64::MAX);
        (Reverse(customer.mrr), customer.health, renewal, &customer.id)
    });
    let mut expansion: Vec<&CustomerState> =
        customers.iter().filter(|customer| customer.is_expansion_candidate()).collect();
    expansion.sort_by_key(|customer| (customer.days_to_renewal, Reverse(customer.mrr), &customer.id));
    WhomToCall { at_risk: list(at_risk, most), expansion: list(expansion, most) }
}

fn list(mut customers: Vec<&CustomerState>, most: usize) -> CallList<'_> {
    let count = customers.len();
    let mrr = customers.iter().map(|customer| i128::from(customer.mrr)).sum();
    customers.truncate(most);
    CallList { customers, count, mrr }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::MICROS;

    fn customer(id: &str, mrr: i64, status: Status) -> CustomerState {
        let health = match status {
            Status::Red => 20,
            Status::Yellow => 50,
            Status::Green => 90,
        };
        CustomerState {
            index: 0,
            id: id.to_owned(),
            name: id.to_uppercase(),
            segments: vec![("plan".to_owned(), "Pro".to_owned())],
            mrr: mrr * MICROS,
            health: Some(health * MICROS),
            status: Some(status),
            previous_health: None,
            reasons: vec!["usage".to_owned()],
            usage_trend: Some(1.5),
            days_to_renewal: Some(30),
        }
    }

    fn ids<'a>(list: &CallList<'a>) -> Vec<&'a str> {
        list.customers.iter().map(|customer| customer.id.as_str()).collect()
    }

    /// 900 + 500 + 500 + 100 = 2 000 at risk; the list is cut, the sum is not.
    #[test]
    fn those_at_risk_are_called_by_revenue_and_all_are_added_up() {
        let mut sicker = customer("c", 500, Status::Red);
        sicker.health = Some(10 * MICROS);
        let customers = [
            customer("a", 100, Status::Red),
            customer("b", 500, Status::Red),
            sicker,
            customer("d", 900, Status::Red),
            customer("e", 5_000, Status::Yellow),
            customer("f", 0, Status::Red),
        ];
        let called = whom_to_call(&customers, 3).at_risk;
        assert_eq!(ids(&called), ["d", "c", "b"]);
        assert_eq!((called.count, called.mrr), (4, i128::from(2_000 * MICROS)));
    }

    #[test]
    fn the_order_of_the_rows_does_not_matter() {
        let mut customers: Vec<CustomerState> =
            ["x", "b", "m"].iter().map(|id| customer(id, 500, Status::Red)).collect();
        let forward: Vec<String> =
            ids(&whom_to_call(&customers, 9).at_risk).iter().map(|id| (*id).to_owned()).collect();
        customers.reverse();
        assert_eq!(ids(&whom_to_call(&customers, 9).at_risk), forward);
        assert_eq!(forward, ["b", "m", "x"]);
    }

    /// Of eight green customers only those count that pay, use more than before and renew in 0 to 90 days.
    #[test]
    fn candidates_for_expansion_are_healthy_growing_and_about_to_renew() {
        let with = |id: &str, trend: Option<f64>, days: Option<i64>| CustomerState {
            usage_trend: trend,
            days_to_renewal: days,
            ..customer(id, 500, Status::Green)
        };
        let customers = [
            with("late", Some(1.2), Some(90)),
            with("today", Some(1.2), Some(0)),
            with("too-late", Some(1.2), Some(91)),
            with("overdue", Some(1.2), Some(-1)),
            with("no-renewal", Some(1.2), None),
            with("steady", Some(1.0), Some(30)),
            with("unknown", None, Some(30)),
            CustomerState { mrr: 0, ..with("gone", Some(1.2), Some(30)) },
            CustomerState { status: None, health: None, ..with("unscored", Some(1.2), Some(30)) },
        ];
        assert_eq!(ids(&whom_to_call(&customers, 9).expansion), ["today", "late"]);
        assert_eq!(whom_to_call(&customers, 9).at_risk.count, 0);
    }

    #[test]
    fn a_health_change_needs_both_scores() {
        let mut customer = customer("a", 100, Status::Red);
        assert_eq!(customer.health_change(), None);
        customer.previous_health = Some(35 * MICROS);
        assert_eq!(customer.health_change(), Some(-15 * MICROS));
        customer.health = None;
        assert_eq!(customer.health_change(), None);
    }
}
