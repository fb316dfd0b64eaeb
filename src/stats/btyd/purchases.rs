//! BG/NBD: while a customer is there it buys at random, at a rate of its own; after each purchase it may leave for good,
//! with a chance of its own. Rates are gamma(r, α) over customers, chances beta(a, b).
//!
//! Source: Fader, Hardie & Lee (2005), "Counting Your Customers" the Easy Way, Marketing Science 24(2), 275–284.

use super::super::maximum::{Height, highest};

/// Customers with one history. Times are in any one unit; α is in the same.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct History {
    /// x: purchases after the first.
    pub repeats: u32,
    /// t_x: time from the first purchase to the last; 0 without repeats.
    pub last: f64,
    /// T: time from the first purchase to the end of what is known.
    pub age: f64,
    /// How many customers.
    pub customers: u32,
}

/// The model with its parameters, all positive.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Purchases {
    /// Shape of the purchase rates.
    pub r: f64,
    /// Scale of the purchase rates: a time.
    pub alpha: f64,
    /// First shape of the chances to leave.
    pub a: f64,
    /// Second shape of the chances to leave.
    pub b: f64,
}

/// Terms after which a sum that has not settled is given up.
const MOST_TERMS: u32 = 5_000_000;

/// The weight of a term at which a sum is scaled down, so that it never overflows.
const HEAVY: f64 = 1e250;

impl Purchases {
    /// The parameters under which these histories are likeliest; none if the histories cannot tell (nobody bought again,
    /// all of them left or never would).
    pub fn fit(histories: &[History]) -> Option<Self> {
        let counted = Counted::new(histories)?;
        let of = |[r, alpha, a, b]: [f64; 4]| counted.mean_log_likelihood(Self { r, alpha, a, b });
        let start = [1.0, 1.0 / counted.purchases_per_time, 1.0, 1.0];
        let [r, alpha, a, b] = highest(start, &of)?;
        Some(Self { r, alpha, a, b })
    }

    /// The logarithm of the likelihood of histories, equation (6); none of nothing.
    pub fn log_likelihood(&self, histories: &[History]) -> Option<f64> {
        let counted = Counted::new(histories)?;
        Some(counted.mean_log_likelihood(*self).value * counted.customers)
    }

    /// P(alive): that a customer with this history has not left by its age. One that never bought again cannot have left:
    /// customers leave after a repeat purchase.
    pub fn alive(&self, repeats: u32, last: f64, age: f64) -> f64 {
        if repeats == 0 {
            return 1.0;
        }
        let x = f64::from(repeats);
        let odds_of_gone =
            (self.a / (self.b + x - 1.0)).ln() + (self.r + x) * ((self.alpha + age) / (self.alpha + last)).ln();
        1.0 / (1.0 + odds_of_gone.exp())
    }

    /// E[Y(t) | x, t_x, T]: purchases expected within `time` after its age of a customer with this history, equation (10).
    pub fn expected(&self, repeats: u32, last: f64, age: f64, time: f64) -> Option<f64> {
        Some(self.alive(repeats, last, age) * self.expected_if_alive(repeats, age, time)?)
    }

    /// E[X(t)]: purchases after the first expected of a new customer within `time`, equation (9).
    pub fn expected_of_new(&self, time: f64) -> Option<f64> {
        self.expected_if_alive(0, 0.0, time)
    }

    /// The same as [`Self::expected`] of one known to be there: it depends on how often it bought, not on when last.
    ///
    /// Equation (10) has (1 − z)^A ₂F₁(A, B; C; z) with A = r + x, B = b + x, C = a + b + x − 1, z = t / (α + T + t). The
    /// powers and coefficients of that series are the chances of n purchases of a customer that could not leave, a
    /// negative binomial of A and z, and (B)ₙ/(C)ₙ belongs to those of the n that it stays for. Summed as expected
    /// purchases of n, Σ (b + x)ⱼ/(a + b + x)ⱼ over j < n, every term is positive: nothing cancels, and neither a = 1 nor
    /// a + b = 1, where the printed formula divides 0 by 0, is special. None if the sum does not settle.
    pub fn expected_if_alive(&self, repeats: u32, age: f64, time: f64) -> Option<f64> {
        let x = f64::from(repeats);
        let known = self.alpha + age;
        let z = time / (known + time);
        let (shape, stay, all) = (self.r + x, self.b + x, self.a + self.b + x);
        let mut scale = -shape * (time / known).ln_1p();
        let (mut weight, mut weights, mut sum) = (1.0, 1.0, 0.0);
        // Purchases made of n, and the chance that the next one is made too.
        let (mut made, mut is_there) = (0.0, 1.0);
        for n in (0..MOST_TERMS).map(f64::from) {
            weight *= (shape + n) / (n + 1.0) * z;
            made += is_there;
            is_there *= (stay + n) / (all + n);
            weights += weight;
            sum += weight * made;
            if weight > HEAVY {
                scale += HEAVY.ln();
                (weight, weights, sum) = (weight / HEAVY, weights / HEAVY, sum / HEAVY);
            }
            // What is left falls at least as fast as a geometric series from here.
            let falls = (shape + n + 1.0) / (n + 2.0) * z * (1.0 + 1.0 / (n + 1.0));
            if falls < 1.0 && weight * made <= 1e-15 * (1.0 - falls) * sum {
                return Some(sum * scale.exp()).filter(|expected| expected.is_finite());
            }
        }
        None
    }
}

/// Histories with what their likelihood needs, computed once.
struct Counted {
    /// Distinct times.
    times: Vec<f64>,
    rows: Vec<Row>,
    customers: f64,
    most_repeats: u32,
    purchases_per_time: f64,
}

/// A history whose times are numbers of `times`.
struct Row {
    repeats: usize,
    last: usize,
    age: usize,
    customers: f64,
}

/// What a likelihood takes from the number of repeats: logarithms of ratios of gamma functions, which for whole numbers
/// are sums of logarithms, and their slopes.
#[derive(Clone, Copy, Default)]
struct OfRepeats {
    value: f64,
    by_r: f64,
    by_a: f64,
    by_b: f64,
}

impl Counted {
    fn new(histories: &[History]) -> Option<Self> {
        let mut times: Vec<f64> = histories.iter().flat_map(|of| [of.last, of.age]).collect();
        times.sort_unstable_by(f64::total_cmp);
        times.dedup();
        let number = |time: f64| times.partition_point(|known| *known < time);
        let rows: Vec<Row> = histories
            .iter()
            .map(|of| Row {
                repeats: of.repeats as usize,
                last: number(of.last),
                age: number(of.age),
                customers: f64::from(of.customers),
            })
            .collect();
        let sum = |of: &dyn Fn(&History) -> f64| histories.iter().map(|row| of(row) * f64::from(row.customers)).sum::<f64>();
        let (customers, repeats, time) = (sum(&|_| 1.0), sum(&|of| f64::from(of.repeats)), sum(&|of| of.age));
        let most_repeats = histories.iter().map(|of| of.repeats).max()?;
        let is_told = repeats > 0.0 && time > 0.0;
        is_told.then_some(Self { times, rows, customers, most_repeats, purchases_per_time: repeats / time })
    }

    /// ln L / customers and its slope, from ln L = ln (r)ₓ + ln (b)ₓ/(a + b)ₓ + r ln α + ln(e^u + e^v), where u = −(r + x)
    /// ln(α + T) is of those still there, and v = ln(a/(b + x − 1)) − (r + x) ln(α + t_x), with x > 0, of those gone.
    fn mean_log_likelihood(&self, of: Purchases) -> Height<4> {
        let Purchases { r, alpha, a, b } = of;
        let logs: Vec<f64> = self.times.iter().map(|time| (alpha + time).ln()).collect();
        let inverses: Vec<f64> = self.times.iter().map(|time| 1.0 / (alpha + time)).collect();
        let by_repeats = self.of_repeats(of);
        let (log_alpha, log_a) = (alpha.ln(), a.ln());
        let (mut value, mut slope) = (0.0, [0.0; 4]);
        for row in &self.rows {
            let x = small(row.repeats);
            let there = -(r + x) * logs[row.age];
            let (mut total, mut is_gone) = (there, 0.0);
            if row.repeats > 0 {
                let gone = log_a - (b + x - 1.0).ln() - (r + x) * logs[row.last];
                let ratio = (-(there - gone).abs()).exp();
                total = there.max(gone) + ratio.ln_1p();
                is_gone = if gone > there { 1.0 / (1.0 + ratio) } else { ratio / (1.0 + ratio) };
            }
            let is_there = 1.0 - is_gone;
            let known = by_repeats[row.repeats];
            value += row.customers * (known.value + r * log_alpha + total);
            let log_time = is_there * logs[row.age] + is_gone * logs[row.last];
            let inverse_time = is_there * inverses[row.age] + is_gone * inverses[row.last];
            slope[0] += row.customers * (known.by_r + log_alpha - log_time);
            slope[1] += row.customers * (r / alpha - (r + x) * inverse_time);
            slope[2] += row.customers * (known.by_a + is_gone / a);
            // Without repeats nobody is gone, and b + x − 1 may be 0.
            let of_gone = if row.repeats > 0 { is_gone / (b + x - 1.0) } else { 0.0 };
            slope[3] += row.customers * (known.by_b - of_gone);
        }
        Height { value: value / self.customers, slope: slope.map(|slope| slope / self.customers) }
    }

    fn of_repeats(&self, of: Purchases) -> Vec<OfRepeats> {
        let mut so_far = OfRepeats::default();
        let mut all = vec![so_far];
        for j in (0..self.most_repeats).map(f64::from) {
            let (r, b, both) = (of.r + j, of.b + j, of.a + of.b + j);
            so_far.value += (r * (b / both)).ln();
            so_far.by_r += 1.0 / r;
            so_far.by_a -= 1.0 / both;
            so_far.by_b += 1.0 / b - 1.0 / both;
            all.push(so_far);
        }
        all
    }
}

#[expect(clippy::cast_precision_loss, reason = "purchases of one customer are far below 2^53")]
fn small(count: usize) -> f64 {
    count as f64
}
