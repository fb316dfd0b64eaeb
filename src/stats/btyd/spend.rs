//! Gamma–Gamma: what a customer pays each time varies around a mean of its own. Payments are gamma(p, ν), and the ν are
//! gamma(q, γ) over customers; how much has nothing to do with how often.
//!
//! Source: Fader & Hardie (2013), The Gamma-Gamma Model of Monetary Value, brucehardie.com/notes/025.

use statrs::function::gamma::{digamma, ln_gamma};

use super::super::maximum::{Height, highest};

/// Customers who bought as often for the same mean amount.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spending {
    /// x: purchases after the first, at least 1.
    pub repeats: u32,
    /// Mean amount of these, above 0.
    pub mean: f64,
    /// How many customers.
    pub customers: u32,
}

/// The model with its parameters, all positive; γ is an amount.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spend {
    /// Shape of one customer's payments.
    pub p: f64,
    /// Shape of the customers' scales.
    pub q: f64,
    /// Scale of the customers' scales.
    pub gamma: f64,
}

impl Spend {
    /// The parameters under which these payments are likeliest; none if they cannot tell, or if amounts scatter so widely
    /// that the model has no mean (q ≤ 1).
    pub fn fit(spendings: &[Spending]) -> Option<Self> {
        let counted = Counted::new(spendings)?;
        // γ in units of the mean amount.
        let of = |[p, q, gamma]: [f64; 3]| {
            let mut height = counted.mean_log_likelihood(Self { p, q, gamma: gamma * counted.mean });
            height.slope[2] *= counted.mean;
            height
        };
        let [p, q, gamma] = highest([1.0, 2.0, 1.0], &of)?;
        Some(Self { p, q, gamma: gamma * counted.mean }).filter(|_| q > 1.0)
    }

    /// The logarithm of the likelihood of payments, equation (1a); none of nothing.
    pub fn log_likelihood(&self, spendings: &[Spending]) -> Option<f64> {
        let counted = Counted::new(spendings)?;
        Some(counted.mean_log_likelihood(*self).value * counted.customers)
    }

    /// E[M | x, m]: what a customer is expected to pay each time, equation (5): the mean over all customers, drawn towards
    /// its own the more often it bought.
    pub fn expected(&self, repeats: u32, mean: f64) -> f64 {
        let x = f64::from(repeats);
        self.p * (self.gamma + x * mean) / (self.p * x + self.q - 1.0)
    }
}

/// Payments with what their likelihood needs, computed once.
struct Counted {
    rows: Vec<Row>,
    /// Distinct x → how many customers bought so often.
    by_repeats: Vec<(f64, f64)>,
    customers: f64,
    mean: f64,
    /// Mean over customers of ln m.
    log_mean: f64,
}

struct Row {
    repeats: f64,
    total: f64,
    customers: f64,
}

impl Counted {
    fn new(spendings: &[Spending]) -> Option<Self> {
        if spendings.is_empty() || spendings.iter().any(|of| of.repeats == 0 || of.mean <= 0.0) {
            return None;
        }
        let mut repeats: Vec<(u32, f64)> = spendings.iter().map(|of| (of.repeats, f64::from(of.customers))).collect();
        repeats.sort_unstable_by_key(|(repeats, _)| *repeats);
        let mut by_repeats: Vec<(f64, f64)> = Vec::new();
        for (x, customers) in repeats.into_iter().map(|(x, customers)| (f64::from(x), customers)) {
            match by_repeats.last_mut() {
                Some((last, count)) if *last >= x => *count += customers,
                _ => by_repeats.push((x, customers)),
            }
        }
        let row = |of: &Spending| {
            let repeats = f64::from(of.repeats);
            Row { repeats, total: repeats * of.mean, customers: f64::from(of.customers) }
        };
        let customers: f64 = spendings.iter().map(|of| f64::from(of.customers)).sum();
        let mean = |value: fn(f64) -> f64| {
            spendings.iter().map(|of| f64::from(of.customers) * value(of.mean)).sum::<f64>() / customers
        };
        Some(Self {
            rows: spendings.iter().map(row).collect(),
            by_repeats,
            customers,
            mean: mean(|mean| mean),
            log_mean: mean(f64::ln),
        })
    }

    /// ln L / customers and its slope, from ln L = ln Γ(px + q) − ln Γ(px) − ln Γ(q) + q ln γ + (px − 1) ln m + px ln x −
    /// (px + q) ln(γ + xm).
    fn mean_log_likelihood(&self, of: Spend) -> Height<3> {
        let Spend { p, q, gamma } = of;
        let (mut value, mut slope) = (0.0, [0.0; 3]);
        for (x, customers) in &self.by_repeats {
            let (shape, both) = (p * x, p * x + q);
            value += customers * (ln_gamma_ratio(shape, q) - ln_gamma(q));
            let psi = digamma(both);
            slope[0] += customers * x * (psi - digamma(shape));
            slope[1] += customers * (psi - digamma(q));
        }
        // (px − 1) ln m + px ln x − (px + q) ln(γ + xm) + q ln γ = −ln m − px ln(1 + γ/(xm)) − q ln(1 + xm/γ).
        for row in &self.rows {
            let (of_gamma, of_total) = ((gamma / row.total).ln_1p(), (row.total / gamma).ln_1p());
            value -= row.customers * (p * row.repeats * of_gamma + q * of_total);
            slope[0] -= row.customers * row.repeats * of_gamma;
            slope[1] -= row.customers * of_total;
            let both = p * row.repeats + q;
            slope[2] += row.customers * (q / gamma - both / (gamma + row.total));
        }
        Height { value: value / self.customers - self.log_mean, slope: slope.map(|slope| slope / self.customers) }
    }
}

/// ln Γ(z + q) − ln Γ(z). For large z by the difference of two Stirling series, each of which is too large to tell it.
fn ln_gamma_ratio(z: f64, q: f64) -> f64 {
    if z < 1e3 {
        return ln_gamma(z + q) - ln_gamma(z);
    }
    let correction = |z: f64| 1.0 / (12.0 * z) - 1.0 / (360.0 * z.powi(3));
    (z - 0.5) * (q / z).ln_1p() + q * ((z + q).ln() - 1.0) + correction(z + q) - correction(z)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The parameters that Fader & Hardie (2013) print.
    const CDNOW: Spend = Spend { p: 6.25, q: 3.74, gamma: 15.44 };

    fn close(got: f64, expected: f64, tolerance: f64) {
        assert!((got - expected).abs() <= tolerance * expected.abs().max(1.0), "{got} is not {expected}");
    }

    /// Equation (1a) as printed, in mpmath 1.4.1 at 60 digits.
    #[test]
    fn the_likelihood_is_that_of_equation_1a() {
        let of =
            |model: Spend, repeats, mean| model.log_likelihood(&[Spending { repeats, mean, customers: 1 }]).unwrap();
        close(of(CDNOW, 2, 22.35), -3.551_316_759_731_704_7, 1e-12);
        close(of(CDNOW, 1, 11.77), -3.737_709_678_740_84, 1e-12);
        close(of(Spend { p: 0.8, q: 1.5, gamma: 3e6 }, 900, 0.01), -9_141.573_568_556_021, 1e-11);
    }

    /// mpmath 1.4.1; the first two on either side of where the series takes over.
    #[test]
    fn a_ratio_of_gamma_functions_is_told_however_large_they_are() {
        for (z, q, expected) in [
            (999.5, 3.7, 25.561_836_243_310_787),
            (1000.5, 3.7, 25.565_531_259_248_99),
            (250_000.0, 0.001, 0.012_429_214_198_843_054),
            (1e12, 2.5, 69.077_552_789_823_25),
            (2e6, 3e6, 45_107_426.416_798_04),
        ] {
            close(ln_gamma_ratio(z, q), expected, 1e-12);
        }
    }

    /// Without a purchase to go by, the mean over all: pγ/(q − 1) = 6.25 · 15.44/2.74 = 35.219. With 22.35 twice:
    /// 6.25 (15.44 + 44.70)/(12.5 + 2.74) = 24.664.
    #[test]
    fn what_is_expected_lies_between_the_mean_of_all_and_ones_own() {
        close(CDNOW.expected(0, 0.0), 96.5 / 2.74, 1e-14);
        close(CDNOW.expected(2, 22.35), 6.25 * 60.14 / 15.24, 1e-14);
        assert!(CDNOW.expected(1_000_000, 22.35) - 22.35 < 1e-3);
    }

    #[test]
    fn payments_that_cannot_tell_have_no_fit() {
        assert_eq!(Spend::fit(&[]), None);
        assert_eq!(Spend::fit(&[Spending { repeats: 1, mean: 0.0, customers: 3 }]), None);
        // A Pareto tail of index ½, which has no mean: each customer's own is well known, and they have none together.
        let wide = (1..=20).map(|k| Spending { repeats: 30, mean: (21.0 / f64::from(k)).powi(2), customers: 5 });
        assert_eq!(Spend::fit(&wide.collect::<Vec<_>>()), None);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn nothing_nearby_is_likelier_than_the_fit(
            payments in prop::collection::vec((1_u32..9, 1.0..300.0_f64, 1_u32..5), 12..60),
        ) {
            let payments: Vec<_> =
                payments.into_iter().map(|(repeats, mean, customers)| Spending { repeats, mean, customers }).collect();
            let Some(fit) = Spend::fit(&payments) else { return Ok(()) };
            let best = fit.log_likelihood(&payments).unwrap();
            for change in [0.9, 0.99, 1.01, 1.1] {
                for at in 0..3 {
                    let mut changed = [fit.p, fit.q, fit.gamma];
                    changed[at] *= change;
                    let [p, q, gamma] = changed;
                    let there = Spend { p, q, gamma }.log_likelihood(&payments).unwrap();
                    prop_assert!(there <= best + 1e-9 * best.abs(), "{fit:?}: {there} > {best}");
                }
            }
        }

        /// In cents or in euros, the same customers: only γ is another number.
        #[test]
        fn the_currency_does_not_matter(
            payments in prop::collection::vec((1_u32..9, 10.0..40.0_f64), 30..60),
        ) {
            let of = |scale: f64| {
                let scaled = payments.iter().map(|(repeats, mean)| Spending { repeats: *repeats, mean: mean * scale, customers: 1 });
                Spend::fit(&scaled.collect::<Vec<_>>())
            };
            let (Some(one), Some(other)) = (of(1.0), of(100.0)) else { return Ok(()) };
            let (one, other) = (100.0 * one.expected(2, 25.0), other.expected(2, 2500.0));
            prop_assert!((one - other).abs() < 1e-4 * one, "{one} {other}");
        }
    }
}
