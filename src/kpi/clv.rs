//! Customer lifetime value of the next twelve months: what customers who need no contract are expected to buy.
//!
//! A model fitted to all customers, applied to each segment; see [`crate::stats::btyd`].

use std::collections::BTreeMap;

use super::columns::{BUYER, ORDER_AMOUNT, ORDERED_AT};
use super::reading::whole;
use super::{Better, Context, Definition, DrawsOn, Reading, Undefined, Unit};
use crate::stats::btyd::{History, Purchases, Spend, Spending};
use crate::tally::{Buyer, Buyers, Tallies};

/// Twelve months in weeks: 365.25 / 7.
const YEAR: f64 = 365.25 / 7.0;

/// Customers who bought again, below which nothing is fitted.
const FEWEST: u64 = 10;

/// Expected revenue of a customer in the next twelve months, from orders.
pub const CLV_12M: Definition = Definition {
    id: "clv_12m",
    unit: Unit::Money,
    better: Better::Higher,
    formula: "Σ expected purchases of the next 12 months × expected amount of a purchase / customers with an order; \
              BG/NBD × Gamma–Gamma by maximum likelihood on the total",
    source: "Fader, Hardie & Lee (2005), Marketing Science 24 (2); Fader & Hardie (2013), The Gamma-Gamma Model of \
             Monetary Value; no interval",
    range: 0.0..=f64::INFINITY,
    needs: &[&[BUYER, ORDERED_AT, ORDER_AMOUNT]],
    segments_only: false,
    draws_on: DrawsOn::Buyers,
    rows_of: None,
    parts: None,
    compute: |tallies, context| {
        next_year(tallies, context)
            .unwrap_or_else(|why| Reading { n: customers(&tallies.buyers), ..Reading::undefined(why) })
    },
};

fn next_year(tallies: &Tallies, context: &Context) -> Result<Reading, Undefined> {
    let n = customers(&tallies.buyers);
    if n == 0 {
        return Err(Undefined::NoDenominator);
    }
    let buying = context.buying.ok_or(Undefined::NotIdentifiable)?;
    let expected = |(buyer, count): &(Buyer, u32)| Some(f64::from(*count) * buying.expected_revenue(buyer)?);
    let sum = tallies.buyers.counts().iter().map(expected).sum::<Option<f64>>().ok_or(Undefined::NotIdentifiable)?;
    let value = sum / to_f64(n);
    let reading = Reading { n, numerator: Some(sum), denominator: Some(to_f64(n)), ..Reading::untested(Some(value)) };
    Ok(reading.remarking(buying.parameters()))
}

fn customers(buyers: &Buyers) -> u64 {
    buyers.counts().iter().map(|(_, count)| u64::from(*count)).sum()
}

/// How customers buy: both models, and what they expect of the next year.
#[derive(Clone, Debug)]
pub struct Buying {
    purchases: Purchases,
    spend: Spend,
    /// (x, T in days) → purchases of the next year expected of a customer who is still there.
    if_alive: BTreeMap<(u32, u32), f64>,
}

impl Buying {
    /// Fits both models to customers; none if too few bought again or their histories cannot tell.
    pub fn fit(buyers: &Buyers) -> Option<Self> {
        let counts = buyers.counts();
        let spendings: Vec<Spending> = counts.iter().filter_map(|(buyer, count)| spending(buyer, *count)).collect();
        if spendings.iter().map(|of| u64::from(of.customers)).sum::<u64>() < FEWEST {
            return None;
        }
        let spend = Spend::fit(&spendings)?;
        // How often has nothing to do with how much: the same history at another price is one.
        let mut histories: Vec<History> = Vec::new();
        for (buyer, customers) in counts {
            let of = History { repeats: buyer.repeats, last: weeks(buyer.last), age: weeks(buyer.age), customers: 0 };
            match histories.last_mut() {
                Some(last) if History { customers: 0, ..*last } == of => last.customers += customers,
                _ => histories.push(History { customers: *customers, ..of }),
            }
        }
        let purchases = Purchases::fit(&histories)?;
        let expected = |(buyer, _): &(Buyer, u32)| {
            let expected = purchases.expected_if_alive(buyer.repeats, weeks(buyer.age), YEAR)?;
            Some(((buyer.repeats, buyer.age), expected))
        };
        let mut once: Vec<&(Buyer, u32)> = counts.iter().collect();
        once.sort_unstable_by_key(|(buyer, _)| (buyer.repeats, buyer.age));
        once.dedup_by_key(|(buyer, _)| (buyer.repeats, buyer.age));
        let if_alive = once.into_iter().map(expected).collect::<Option<_>>()?;
        Some(Self { purchases, spend, if_alive })
    }

    /// What a customer with this history, one of those fitted, is expected to pay in the next year.
    fn expected_revenue(&self, buyer: &Buyer) -> Option<f64> {
        let alive = self.purchases.alive(buyer.repeats, weeks(buyer.last), weeks(buyer.age));
        // Who got more back than was paid pays nothing; a negative price is none.
        let mean = spending(buyer, 1).map_or(0.0, |of| of.mean);
        Some(alive * self.if_alive.get(&(buyer.repeats, buyer.age))? * self.spend.expected(buyer.repeats, mean))
    }

    /// The parameters, as a figure's note gives them.
    fn parameters(&self) -> String {
        let (of, spend) = (&self.purchases, &self.spend);
        let named = [
            ("r", of.r),
            ("alpha", of.alpha),
            ("a", of.a),
            ("b", of.b),
            ("p", spend.p),
            ("q", spend.q),
            ("gamma", spend.gamma),
        ];
        named.map(|(name, value)| format!("{name}={}", six_digits(value))).join(";")
    }
}

/// A customer's repeat purchases, if they came to anything.
fn spending(buyer: &Buyer, customers: u32) -> Option<Spending> {
    let mean = whole(buyer.revenue) / 1e6 / f64::from(buyer.repeats.max(1));
    (buyer.repeats > 0 && mean > 0.0).then_some(Spending { repeats: buyer.repeats, mean, customers })
}

fn weeks(days: u32) -> f64 {
    f64::from(days) / 7.0
}

/// Six significant digits, without an exponent.
fn six_digits(value: f64) -> String {
    format!("{value:.5e}").parse::<f64>().map_or_else(|_| String::new(), |rounded| rounded.to_string())
}

#[expect(clippy::cast_precision_loss, reason = "customers are far below 2^53")]
fn to_f64(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::super::testing::{choices, context, read};
    use super::*;
    use crate::kpi::Sampling;

    fn buyer(repeats: u32, last: u32, age: u32, revenue: i64) -> Buyer {
        Buyer { repeats, last, age, revenue }
    }

    fn tallies(buyers: &[Buyer]) -> Tallies {
        let mut buyers = buyers.to_vec();
        buyers.sort_unstable();
        Tallies { buyers: Buyers::from_sorted(buyers), ..Tallies::default() }
    }

    fn reading(tallies: &Tallies, buying: Option<&Buying>) -> Reading {
        let choices = choices();
        (CLV_12M.compute)(tallies, &Context { buying, ..context(tallies, &choices) })
    }

    /// Customers of a shop: some who came once, some often, at prices of their own.
    fn shop() -> Vec<Buyer> {
        (0..60)
            .map(|of: u32| match of % 5 {
                0 | 1 => buyer(0, 0, 300 + of, 0),
                2 => buyer(1, 40, 300, 20_000_000 + 500_000 * i64::from(of)),
                3 => buyer(3, 200 + of, 310, 60_000_000 + 900_000 * i64::from(of)),
                _ => buyer(8, 250, 280 + of, 400_000_000 - 5_000_000 * i64::from(of)),
            })
            .collect()
    }

    /// With the parameters of the papers, by mpmath: 1.5632081 purchases at 24.664042 of one who bought for 22.35 twice,
    /// until day 213 of 272; 0.2528485 at 35.218978 of one who never came back. What was refunded counts as 0 each time.
    #[test]
    fn expected_revenue_is_purchases_times_their_price() {
        let purchases = Purchases { r: 0.243, alpha: 4.414, a: 0.793, b: 2.426 };
        let spend = Spend { p: 6.25, q: 3.74, gamma: 15.44 };
        let expected = |x| ((x, 272), purchases.expected_if_alive(x, weeks(272), YEAR).unwrap());
        let buying = Buying { purchases, spend, if_alive: [0, 2].map(expected).into() };
        let close = |buyer: Buyer, value: f64| {
            let expected = buying.expected_revenue(&buyer).unwrap();
            assert!((expected - value).abs() < 1e-10, "{expected} is not {value}");
        };
        close(buyer(2, 213, 272, 44_700_000), 38.554_516_886_291_16);
        close(buyer(0, 0, 272, 0), 8.905_067_411_294_12);
        close(buyer(2, 213, 272, -1), 9.898_266_390_494_44);
        assert_eq!(buying.parameters(), "r=0.243;alpha=4.414;a=0.793;b=2.426;p=6.25;q=3.74;gamma=15.44");
        // Another history than those fitted is none of these customers.
        assert_eq!(buying.expected_revenue(&buyer(5, 213, 272, 1)), None);
    }

    #[test]
    fn six_digits_are_written_without_an_exponent() {
        let written = [0.242_592_91, 123_456_789.0, 1.712_272_7e-9, 5.0].map(six_digits);
        assert_eq!(written, ["0.242593", "123457000", "0.00000000171227", "5"]);
    }

    /// One fit for all: what segments expect adds up to what the total expects.
    #[test]
    fn a_total_is_the_merge_of_its_segments() {
        let shop = shop();
        let (one, other) = (tallies(&shop[..25]), tallies(&shop[25..]));
        let all = one.clone() + other.clone();
        assert_eq!(all, tallies(&shop));
        let buying = Buying::fit(&all.buyers).unwrap();
        let [one, other, all] = [one, other, all].map(|of| reading(&of, Some(&buying)));
        let sum = one.numerator.unwrap() + other.numerator.unwrap();
        assert!((sum - all.numerator.unwrap()).abs() < 1e-9 * sum);
        assert_eq!((all.n, all.denominator.unwrap(), all.interval, all.sampling), (60, 60.0, None, Sampling::Unknown));
        assert!((all.value.unwrap() - sum / 60.0).abs() < 1e-9);
        assert!(all.remark.unwrap().starts_with("r="));
    }

    #[test]
    fn too_few_who_came_again_have_no_value() {
        let nine: Vec<Buyer> = shop().into_iter().filter(|of| of.repeats > 0).take(9).collect();
        let with_others = tallies(&[nine.clone(), vec![buyer(0, 0, 300, 0); 50]].concat());
        assert!(Buying::fit(&with_others.buyers).is_none());
        let unfitted = reading(&with_others, None);
        assert_eq!((unfitted.value, unfitted.n, unfitted.remark), (Err(Undefined::NotIdentifiable), 59, None));
        // Nine whose repeats came to something, and one who got all back.
        assert!(Buying::fit(&tallies(&[nine, vec![buyer(1, 5, 300, 0)]].concat()).buyers).is_none());
        assert_eq!(read(&CLV_12M, &Tallies::default(), &choices()).value, Err(Undefined::NoDenominator));
    }

    /// The same customers in another order are the same tally, and the same fit to the last bit.
    #[test]
    fn the_order_of_customers_does_not_matter() {
        let (mut backwards, shop) = (shop(), shop());
        backwards.reverse();
        let [one, other] = [tallies(&shop), tallies(&backwards)].map(|of| {
            let buying = Buying::fit(&of.buyers).unwrap();
            reading(&of, Some(&buying))
        });
        assert_eq!(one, other);
    }
}
