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
    /// `t_x`: time from the first purchase to the last; 0 without repeats.
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
        // α in units of the mean time between purchases.
        let scale = 1.0 / counted.purchases_per_time;
        let of = |[r, alpha, a, b]: [f64; 4]| {
            let mut height = counted.mean_log_likelihood(Self { r, alpha: alpha * scale, a, b });
            height.slope[1] *= scale;
            height
        };
        let [r, alpha, a, b] = highest([1.0; 4], &of)?;
        Some(Self { r, alpha: alpha * scale, a, b })
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

    /// `E[Y(t) | x, t_x, T]`: purchases expected within `time` after its age of a customer with this history, equation (10).
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
        let sum =
            |of: &dyn Fn(&History) -> f64| histories.iter().map(|row| of(row) * f64::from(row.customers)).sum::<f64>();
        let (customers, repeats, time) = (sum(&|_| 1.0), sum(&|of| f64::from(of.repeats)), sum(&|of| of.age));
        let most_repeats = histories.iter().map(|of| of.repeats).max()?;
        let is_told = repeats > 0.0 && time > 0.0;
        is_told.then_some(Self { times, rows, customers, most_repeats, purchases_per_time: repeats / time })
    }

    /// ln L / customers and its slope, from ln L = ln (r)ₓ + ln (b)ₓ/(a + b)ₓ − x ln α + ln(e^u + e^v), where u = −(r + x)
    /// ln(1 + T/α) is of those still there, and v = ln(a/(b + x − 1)) − (r + x) ln(1 + τ/α), τ = `t_x`, with x > 0, of those gone.
    fn mean_log_likelihood(&self, of: Purchases) -> Height<4> {
        let Purchases { r, alpha, a, b } = of;
        let logs: Vec<f64> = self.times.iter().map(|time| (time / alpha).ln_1p()).collect();
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
            value += row.customers * (known.value - x * log_alpha + total);
            let log_time = is_there * logs[row.age] + is_gone * logs[row.last];
            let inverse_time = is_there * inverses[row.age] + is_gone * inverses[row.last];
            slope[0] += row.customers * (known.by_r - log_time);
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The parameters that Fader, Hardie & Lee (2005) print in table 2, weeks.
    const CDNOW: Purchases = Purchases { r: 0.243, alpha: 4.414, a: 0.793, b: 2.426 };

    fn close(got: f64, expected: f64, tolerance: f64) {
        assert!((got - expected).abs() <= tolerance * expected.abs().max(1.0), "{got} is not {expected}");
    }

    fn history(repeats: u32, last: f64, age: f64, customers: u32) -> History {
        History { repeats, last, age, customers }
    }

    /// Equation (6) as printed, with gamma functions, in mpmath 1.4.1 at 60 digits. The third is of a customer with 2000
    /// purchases, whose gamma functions no double holds; in the last b + x − 1 is 0.05.
    #[test]
    fn the_likelihood_is_that_of_equation_6() {
        let of =
            |model: Purchases, repeats, last, age| model.log_likelihood(&[history(repeats, last, age, 1)]).unwrap();
        close(of(CDNOW, 2, 30.43, 38.86), -9.458_606_307_066_27, 1e-13);
        let many = Purchases { r: 3.0, alpha: 20.0, a: 1.5, b: 0.5 };
        close(of(many, 2000, 700.0, 730.0), 32.612_058_464_677_86, 1e-10);
        close(of(Purchases { r: 0.5, alpha: 2.0, a: 0.9, b: 0.05 }, 1, 3.0, 700.0), -2.814_764_286_113_824_3, 1e-13);
        // A lone customer without repeats has a likelihood beside others: their sum less theirs.
        let both = CDNOW.log_likelihood(&[history(0, 0.0, 38.86, 1), history(2, 30.43, 38.86, 1)]).unwrap();
        close(both - of(CDNOW, 2, 30.43, 38.86), -0.554_713_276_438_158_5, 1e-12);
    }

    /// Equation (10) as printed, with ₂F₁, in mpmath 1.4.1 at 60 digits: the paper's customer; a regular; a = 1 and
    /// a + b = 1, where the print divides by 0; customers of whom almost nothing is known, whose series is long; and those
    /// who buy much, whose series overflows.
    #[test]
    fn expected_purchases_are_those_of_equation_10() {
        let year = 52.1786;
        let model = |r, alpha, a, b| Purchases { r, alpha, a, b };
        for (model, repeats, last, age, time, expected) in [
            (CDNOW, 2, 30.43, 38.86, 39.0, 1.226_028_174_767_144_4),
            (CDNOW, 29, 37.0, 38.86, year, 23.336_912_830_385_4),
            (model(0.243, 4.414, 1.0, 2.426), 3, 20.0, 39.0, year, 1.172_315_281_954_523),
            (model(0.3, 0.5, 0.4, 0.6), 0, 0.0, 10.0, year, 0.872_721_485_344_280_4),
            (model(0.3, 0.5, 0.4, 0.6), 0, 0.0, 0.0, year, 6.376_920_180_886_518),
            (model(0.05, 0.01, 0.2, 0.3), 0, 0.0, 0.0, year, 39.995_976_656_622_09),
            (model(50.0, 200.0, 1.5, 20.0), 400, 100.0, 104.0, year, 28.475_491_560_791_997),
            (model(2.0, 0.1, 0.01, 100.0), 1500, 155.0, 156.0, year, 456.866_753_852_994_6),
            (model(1e4, 1e5, 1e-9, 2.0), 3, 20.0, 30.0, year, 5.217_859_994_309_064),
        ] {
            close(model.expected(repeats, last, age, time).unwrap(), expected, 1e-11);
        }
        close(CDNOW.expected_of_new(78.0).unwrap(), 1.860_519_057_942_768_5, 1e-12);
    }

    /// By hand: 1 / (1 + 0.793/3.426 · ((4.414 + 38.86)/(4.414 + 30.43))^2.243).
    #[test]
    fn a_customer_not_seen_for_long_has_probably_left() {
        let odds = 0.793 / 3.426 * (43.274_f64 / 34.844).powf(2.243);
        close(CDNOW.alive(2, 30.43, 38.86), 1.0 / (1.0 + odds), 1e-14);
        close(CDNOW.alive(0, 0.0, 38.86), 1.0, 0.0);
        assert!(CDNOW.alive(1000, 1.0, 1e6) < 1e-300);
    }

    #[test]
    fn histories_that_cannot_tell_have_no_fit() {
        assert_eq!(Purchases::fit(&[]), None);
        assert_eq!(Purchases::fit(&[history(0, 0.0, 10.0, 50)]), None);
        assert_eq!(Purchases::fit(&[history(0, 0.0, 0.0, 50)]), None);
    }

    /// Counted one by one or together, a history weighs the same.
    #[test]
    fn like_customers_are_computed_once() {
        let together = [history(0, 0.0, 20.0, 3), history(4, 9.0, 20.0, 2)];
        let apart: Vec<_> =
            together.iter().flat_map(|of| vec![History { customers: 1, ..*of }; of.customers as usize]).collect();
        close(CDNOW.log_likelihood(&together).unwrap(), CDNOW.log_likelihood(&apart).unwrap(), 1e-14);
    }

    fn base() -> impl Strategy<Value = Vec<History>> {
        let one = (0_u32..12, 0.0..=1.0_f64, 1_u32..60, 1_u32..40);
        let history = one.prop_map(|(repeats, share, weeks, customers)| {
            let age = f64::from(weeks);
            History { repeats, last: if repeats == 0 { 0.0 } else { share * age }, age, customers }
        });
        prop::collection::vec(history, 12..60)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn nothing_nearby_is_likelier_than_the_fit(base in base()) {
            let Some(fit) = Purchases::fit(&base) else { return Ok(()) };
            let best = fit.log_likelihood(&base).unwrap();
            let parameters = [fit.r, fit.alpha, fit.a, fit.b];
            for change in [0.9, 0.99, 1.01, 1.1] {
                for at in 0..4 {
                    let mut changed = parameters;
                    changed[at] *= change;
                    let [r, alpha, a, b] = changed;
                    let there = Purchases { r, alpha, a, b }.log_likelihood(&base).unwrap();
                    prop_assert!(there <= best + 1e-9 * best.abs(), "{fit:?}: {there} > {best}");
                }
            }
        }

        #[test]
        fn the_slope_is_that_of_the_likelihood(base in base(), r in 0.1..5.0_f64, alpha in 0.5..30.0_f64, a in 0.1..5.0_f64, b in 0.1..5.0_f64) {
            let Some(counted) = Counted::new(&base) else { return Ok(()) };
            let of = |[r, alpha, a, b]: [f64; 4]| counted.mean_log_likelihood(Purchases { r, alpha, a, b });
            let at = [r, alpha, a, b];
            let slope = of(at).slope;
            for (index, slope) in slope.iter().enumerate() {
                let step = 1e-5 * at[index];
                let (mut up, mut down) = (at, at);
                up[index] += step;
                down[index] -= step;
                let quotient = (of(up).value - of(down).value) / (2.0 * step);
                prop_assert!((slope - quotient).abs() < 1e-6 * (1.0 + slope.abs()), "{index}: {slope} {quotient}");
            }
        }

        #[test]
        fn more_time_brings_more_purchases(r in 0.05..5.0_f64, alpha in 0.5..30.0_f64, a in 0.1..5.0_f64, b in 0.1..5.0_f64, x in 0_u32..30, age in 0.0..100.0_f64, time in 0.1..60.0_f64) {
            let model = Purchases { r, alpha, a, b };
            let last = if x == 0 { 0.0 } else { age * 0.7 };
            let expected = |time| model.expected(x, last, age, time).unwrap();
            prop_assert!(expected(time) > 0.0);
            prop_assert!(expected(time * 1.5) > expected(time));
            // Nobody buys more than one who never leaves would: (r + x) t / (α + T).
            prop_assert!(expected(time) <= (r + f64::from(x)) * time / (alpha + age) * (1.0 + 1e-12));
        }
    }
}
