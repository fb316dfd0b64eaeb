//! One customer's life: its health month by month, and the contracts that follow from it.
//!
//! Everything else that a customer does is in [`super::activity`].

use chrono::{Datelike, Duration, Months, NaiveDate};

use super::dice::Dice;
use super::model::{Model, Span, season};
use super::names;

/// A plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Plan {
    Starter,
    Pro,
    Enterprise,
}

impl Plan {
    /// As `subscriptions.csv` writes it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Starter => "Starter",
            Self::Pro => "Pro",
            Self::Enterprise => "Enterprise",
        }
    }

    /// List price at the beginning of the history, BRL a month, from and to.
    fn price(self) -> (f64, f64) {
        match self {
            Self::Starter => (290.0, 590.0),
            Self::Pro => (1190.0, 2900.0),
            Self::Enterprise => (4500.0, 12_000.0),
        }
    }

    fn above(self) -> Self {
        if self == Self::Starter { Self::Pro } else { Self::Enterprise }
    }

    fn below(self) -> Self {
        if self == Self::Enterprise { Self::Pro } else { Self::Starter }
    }
}

/// One row of `subscriptions.csv`.
#[derive(Clone, Debug)]
pub(super) struct Contract {
    pub(super) start: NaiveDate,
    /// First day no longer active.
    pub(super) end: Option<NaiveDate>,
    /// MRR in cents.
    pub(super) cents: i64,
    pub(super) plan: Plan,
    pub(super) reason: Option<&'static str>,
    /// Of annual contracts.
    pub(super) renewal: Option<NaiveDate>,
}

/// A customer.
pub(super) struct Life {
    /// From 0.
    pub(super) number: u32,
    pub(super) id: String,
    pub(super) name: String,
    pub(super) signup: NaiveDate,
    pub(super) first_contact: NaiveDate,
    pub(super) region: &'static str,
    pub(super) size: &'static str,
    /// Language of its comments.
    pub(super) lang: &'static str,
    pub(super) contracts: Vec<Contract>,
    /// Every change of MRR as it happened: (day, cents from that day on); what the truth is counted from.
    pub(super) changes: Vec<(NaiveDate, i64)>,
    /// Health, 0–1, of each simulated month from that of the sign-up on: (month, health).
    pub(super) health: Vec<(u32, f64)>,
}

impl Life {
    /// MRR in cents on a day, by the log of changes.
    pub(super) fn cents_on(&self, day: NaiveDate) -> i64 {
        self.changes.iter().rev().find(|(from, _)| *from <= day).map_or(0, |(_, cents)| *cents)
    }

    /// The plan in force on a day, or the last one before it.
    pub(super) fn plan_on(&self, day: NaiveDate) -> Plan {
        self.contracts
            .iter()
            .rev()
            .find(|contract| contract.start <= day)
            .map_or(Plan::Starter, |contract| contract.plan)
    }

    /// Opens a contract and notes the change.
    fn open(&mut self, start: NaiveDate, plan: Plan, cents: i64, renewal: Option<NaiveDate>) {
        self.contracts.push(Contract { start, end: None, cents, plan, reason: None, renewal });
        self.changes.push((start, cents));
    }

    /// Ends the running contract for good and notes the change.
    fn leave(&mut self, end: NaiveDate, reason: &'static str) {
        if let Some(contract) = self.contracts.last_mut() {
            contract.end = Some(end);
            contract.reason = Some(reason);
        }
        self.changes.push((end, 0));
    }

    /// Ends the running contract on the day the next one starts.
    fn replace(&mut self, day: NaiveDate, plan: Plan, cents: i64, renewal: Option<NaiveDate>) {
        if let Some(contract) = self.contracts.last_mut() {
            contract.end = Some(day);
        }
        self.open(day, plan, cents, renewal);
    }
}

/// Lives the life of customer `number` of `count`; customers are numbered in the order of their sign-up.
pub(super) fn live(model: &Model, span: Span, dice: &mut Dice, number: u32, count: u32) -> Life {
    let (month, signup) = signup(model, span, dice, number, count);
    let region = model.regions.get(dice.weighted(&model.regions.iter().map(|r| r.1).collect::<Vec<_>>()));
    let (region, _, region_health) = region.copied().unwrap_or(("SE", 1.0, 0.6));
    let size = model.sizes.get(dice.weighted(&model.sizes.iter().map(|s| s.1).collect::<Vec<_>>()));
    let (size, _, size_health) = size.copied().unwrap_or(("M", 1.0, 0.0));
    let mut life = Life {
        number,
        id: format!("C{:05}", number + 1),
        name: names::business(dice),
        signup,
        first_contact: signup - Duration::days(dice.whole(4, 60)),
        region,
        size,
        lang: ["pt", "es", "en"].get(dice.weighted(&[0.72, 0.15, 0.13])).copied().unwrap_or("pt"),
        contracts: Vec::new(),
        changes: Vec::new(),
        health: Vec::new(),
    };
    let tendency = (region_health + size_health + model.health_spread * dice.bell()).clamp(0.12, 0.96);
    let annual = begin(&mut life, span, dice, signup);
    let mut health = (tendency + 0.08 * dice.bell()).clamp(0.05, 0.98);
    life.health.push((month, health));
    if !annual && dice.chance(0.08) {
        // An early loss: came and left within its first month, if the month is long enough.
        let end = signup + Duration::days(dice.whole(1, 20));
        if end < span.start(month + 1) {
            life.leave(end, "no_use");
        }
    }
    let mut left_for_months = 0;
    for month in month + 1..span.total() {
        let (start, end) = (span.start(month), span.start(month + 1));
        let decline = model.decline(region, start).map_or(0.0, |decline| decline.health);
        let step = model.health_return * (tendency - decline - health) + model.health_noise * dice.bell();
        health = (health + step - if decline > 0.0 { 0.03 } else { 0.0 }).clamp(0.03, 0.98);
        life.health.push((month, health));
        // A contract that begins on the month's first day is not touched within that month.
        let active = life.cents_on(start - Duration::days(1)) > 0;
        if active {
            left_for_months = 0;
            pass_month(&mut life, model, dice, (start, end), health);
        } else if left_for_months < 12 {
            left_for_months += 1;
            if dice.chance(model.return_chance) {
                health = 0.62;
                let day = start + Duration::days(dice.whole(2, 25));
                begin(&mut life, span, dice, day);
            }
        }
    }
    if life.cents_on(span.end()) > 0 && dice.chance(0.012) {
        // Notice has been given: the end lies ahead of the data.
        let end = span.end() + Duration::days(dice.whole(8, 45));
        life.leave(end, "price");
    }
    life
}

/// The month and day of a sign-up: equal steps through the growing, seasonal stream of sign-ups.
fn signup(model: &Model, span: Span, dice: &mut Dice, number: u32, count: u32) -> (u32, NaiveDate) {
    let weight = |month: u32| {
        let growth = 1.0 + (model.growth - 1.0) * f64::from(month) / f64::from(span.total());
        growth * season(&model.signup_season, span.start(month))
    };
    let all: f64 = (0..span.total()).map(weight).sum();
    let mut left = all * (f64::from(number) + dice.share()) / f64::from(count.max(1));
    let mut month = 0;
    while month + 1 < span.total() && left >= weight(month) {
        left -= weight(month);
        month += 1;
    }
    let start = span.start(month);
    let days = (span.start(month + 1) - start).num_days();
    let into = (0..days).find(|day| left < weight(month) * share_of(*day + 1, days)).unwrap_or(days - 1);
    (month, start + Duration::days(into))
}

/// A small quotient.
fn share_of(part: i64, whole: i64) -> f64 {
    let small = |number: i64| f64::from(i32::try_from(number).unwrap_or(i32::MAX));
    small(part) / small(whole.max(1))
}

/// Opens a first contract, or one after a return; says whether it is annual.
fn begin(life: &mut Life, span: Span, dice: &mut Dice, day: NaiveDate) -> bool {
    let weights = match life.size {
        "P" => [0.78, 0.22, 0.0],
        "M" => [0.22, 0.66, 0.12],
        _ => [0.0, 0.38, 0.62],
    };
    let plan = [Plan::Starter, Plan::Pro, Plan::Enterprise].get(dice.weighted(&weights)).copied().unwrap_or(Plan::Pro);
    let annual = dice.chance(match plan {
        Plan::Starter => 0.25,
        Plan::Pro => 0.55,
        Plan::Enterprise => 0.92,
    });
    let (low, high) = plan.price();
    let years = f64::from(day.year() - span.start(0).year());
    let list = dice.between(low, high) * (1.0 + 0.04 * years);
    // Ten per cent off a year's price, billed in twelfths: cents that no monthly price has.
    let cents = if annual { cents(list.round() * 12.0 * 0.9 / 12.0) } else { cents(list.round()) };
    let renewal = if annual { day.checked_add_months(Months::new(12)) } else { None };
    life.open(day, plan, cents, renewal);
    annual
}

/// Whole cents of an amount.
#[expect(clippy::cast_possible_truncation, reason = "prices are far below 2⁵³ cents")]
fn cents(amount: f64) -> i64 {
    (amount * 100.0).round() as i64
}

/// A price times a factor, in whole cents.
#[expect(clippy::cast_precision_loss, reason = "prices are far below 2⁵³ cents")]
fn scaled(price_cents: i64, factor: f64) -> i64 {
    cents(price_cents as f64 / 100.0 * factor)
}

/// What may happen to a running contract in `[start, end)`: a renewal, a departure, a new price, a change of plan.
fn pass_month(life: &mut Life, model: &Model, dice: &mut Dice, (start, end): (NaiveDate, NaiveDate), health: f64) {
    let Some(running) = life.contracts.last().cloned() else { return };
    let hazard = model.hazard_floor + model.hazard_slope * (1.0 - health) * (1.0 - health);
    let day = start + Duration::days(dice.whole(0, (end - start).num_days() - 1));
    if let Some(renewal) = running.renewal.filter(|renewal| (start..end).contains(renewal) && *renewal > running.start)
    {
        if dice.chance((hazard * model.renewal_months).min(0.85)) {
            life.leave(renewal, reason(life, model, dice, renewal));
        } else {
            let price = scaled(running.cents, 1.0 + model.price_adjustment * dice.between(0.5, 1.5));
            let (plan, price) =
                if dice.chance(0.16 * health) { larger(dice, running.plan, price) } else { (running.plan, price) };
            life.replace(renewal, plan, price, renewal.checked_add_months(Months::new(12)));
        }
    } else if day > running.start && dice.chance(if running.renewal.is_some() { hazard / 10.0 } else { hazard }) {
        life.leave(day, reason(life, model, dice, day));
        let back = day + Duration::days(dice.whole(2, 9));
        if back < end && dice.chance(0.05) {
            life.open(back, running.plan, running.cents, running.renewal);
        }
    } else if running.renewal.is_none() && start.month() == 1 && (start - running.start).num_days() > 180 {
        life.replace(start, running.plan, scaled(running.cents, 1.0 + model.price_adjustment), None);
    } else if day > running.start {
        let better = (health - 0.5).max(0.0);
        let worse = (0.6 - health).max(0.0);
        if dice.chance(0.007 + 0.09 * better) {
            let (plan, price) = larger(dice, running.plan, running.cents);
            life.replace(day, plan, price, running.renewal);
        } else if dice.chance(0.002 + 0.04 * worse) {
            let (plan, price) = smaller(dice, running.plan, running.cents);
            life.replace(day, plan, price, running.renewal);
        }
    }
}

/// More seats, or the plan above.
fn larger(dice: &mut Dice, plan: Plan, price: i64) -> (Plan, i64) {
    if plan != Plan::Enterprise && dice.chance(0.25) {
        (plan.above(), scaled(price, dice.between(1.9, 2.8)))
    } else {
        (plan, scaled(price, dice.between(1.06, 1.35)))
    }
}

/// Fewer seats, or the plan below.
fn smaller(dice: &mut Dice, plan: Plan, price: i64) -> (Plan, i64) {
    if plan != Plan::Starter && dice.chance(0.25) {
        (plan.below(), scaled(price, dice.between(0.35, 0.5)))
    } else {
        (plan, scaled(price, dice.between(0.7, 0.92)))
    }
}

/// Why a customer leaves.
fn reason(life: &Life, model: &Model, dice: &mut Dice, day: NaiveDate) -> &'static str {
    const REASONS: [&str; 6] = ["price", "support", "missing_feature", "competitor", "no_use", "closed_business"];
    let support = if model.decline(life.region, day).is_some() { 9.0 } else { 1.5 };
    REASONS.get(dice.weighted(&[3.0, support, 2.0, 2.0, 2.5, 1.0])).copied().unwrap_or("price")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lives(count: u32) -> (Span, Vec<Life>) {
        let span = Span::new("2026-11-01".parse().unwrap(), 36).unwrap();
        let model = Model::new(span);
        let all = (0..count).map(|n| live(&model, span, &mut Dice::new(11, u64::from(n)), n, count)).collect();
        (span, all)
    }

    /// The rows that are written say on every day what the simulation's own log says.
    #[test]
    fn contracts_and_the_log_of_changes_agree_on_every_day() {
        let (span, lives) = lives(120);
        for life in &lives {
            for day in span.start(0).iter_days().take_while(|day| *day < span.end()) {
                let active = |c: &&Contract| c.start <= day && c.end.is_none_or(|end| day < end);
                let rows: i64 = life.contracts.iter().filter(active).map(|c| c.cents).sum();
                assert_eq!(rows, life.cents_on(day), "{} on {day}", life.id);
            }
            for contract in &life.contracts {
                assert!(contract.cents > 0 && contract.end.is_none_or(|end| end > contract.start), "{contract:?}");
            }
        }
    }

    #[test]
    fn customers_are_numbered_in_the_order_of_their_sign_up() {
        let (span, lives) = lives(300);
        assert!(lives.windows(2).all(|pair| pair[0].signup <= pair[1].signup));
        assert!(lives.iter().all(|life| (span.start(0)..span.end()).contains(&life.signup)));
    }
}
