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
        let of = |[p, q, gamma]: [f64; 3]| counted.mean_log_likelihood(Self { p, q, gamma });
        let [p, q, gamma] = highest([1.0, 2.0, counted.mean], &of)?;
        Some(Self { p, q, gamma }).filter(|_| q > 1.0)
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
            value += customers * (ln_gamma(both) - ln_gamma(shape) - ln_gamma(q));
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
        Height {
            value: value / self.customers - self.log_mean,
            slope: slope.map(|slope| slope / self.customers),
        }
    }
}
