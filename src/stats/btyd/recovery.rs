//! Customers drawn from known parameters: the fit finds these, and what it expects happens.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Beta, Distribution, Exp, Gamma};

use super::{History, Purchases, Spend, Spending};

/// Customers and weeks seen of them; those that enter last are seen for half as long.
const CUSTOMERS: u32 = 6000;
const WEEKS: f64 = 104.0;

/// A customer's history, and its purchases of the year after.
fn one(truth: Purchases, draws: &mut ChaCha8Rng) -> (History, u32) {
    let rate = Gamma::new(truth.r, 1.0 / truth.alpha).unwrap().sample(draws);
    let chance_to_leave = Beta::new(truth.a, truth.b).unwrap().sample(draws);
    let age = WEEKS * (1.0 - 0.5 * draws.random::<f64>());
    let wait = Exp::new(f64::max(rate, 1e-300)).unwrap();
    let (mut repeats, mut last, mut later, mut at) = (0, 0.0, 0, 0.0);
    loop {
        at += wait.sample(draws);
        if at > age + 52.0 {
            break;
        }
        if at <= age {
            (repeats, last) = (repeats + 1, at);
        } else {
            later += 1;
        }
        if draws.random::<f64>() < chance_to_leave {
            break;
        }
    }
    (History { repeats, last, age, customers: 1 }, later)
}

fn near(what: &str, got: f64, expected: f64, tolerance: f64) {
    assert!((got / expected - 1.0).abs() < tolerance, "{what}: {got} is not {expected}");
}

/// Shops as different as a record seller, a supermarket and a business whose customers hardly ever leave. Parameters
/// are found to a fifth (a and b are known only together: their ratio to a tenth), and purchases of a year that the fit
/// has not seen come out as it expects.
#[test]
fn purchases_drawn_from_known_parameters_are_told_and_foretold() {
    for (seed, [r, alpha, a, b]) in [(1, [0.25, 4.5, 0.8, 2.5]), (2, [2.0, 3.0, 0.5, 8.0]), (3, [0.8, 10.0, 0.3, 3.0])]
    {
        let truth = Purchases { r, alpha, a, b };
        let mut draws = ChaCha8Rng::seed_from_u64(seed);
        let seen: Vec<(History, u32)> = (0..CUSTOMERS).map(|_| one(truth, &mut draws)).collect();
        let histories: Vec<History> = seen.iter().map(|(history, _)| *history).collect();
        let fit = Purchases::fit(&histories).unwrap();
        near("r", fit.r, r, 0.2);
        near("alpha", fit.alpha, alpha, 0.2);
        near("a / (a + b)", fit.a / (fit.a + fit.b), a / (a + b), 0.1);
        let expected: f64 = histories.iter().map(|of| fit.expected(of.repeats, of.last, of.age, 52.0).unwrap()).sum();
        let happened: u32 = seen.iter().map(|(_, later)| later).sum();
        near("the next year", expected, f64::from(happened), 0.05);
        let likelier = fit.log_likelihood(&histories).unwrap() - truth.log_likelihood(&histories).unwrap();
        // Twice the difference is a χ² of four degrees: under 18.5 in 999 of 1000 samples.
        assert!((0.0..18.5 / 2.0).contains(&likelier), "{likelier}");
    }
}

#[test]
fn payments_drawn_from_known_parameters_are_told() {
    let truth = Spend { p: 6.0, q: 4.0, gamma: 15.0 };
    let mut draws = ChaCha8Rng::seed_from_u64(4);
    let scales = Gamma::new(truth.q, 1.0 / truth.gamma).unwrap();
    let payments: Vec<Spending> = (0..CUSTOMERS)
        .map(|customer| {
            let repeats = 1 + customer % 5;
            let amounts = Gamma::new(truth.p * f64::from(repeats), 1.0 / scales.sample(&mut draws)).unwrap();
            Spending { repeats, mean: amounts.sample(&mut draws) / f64::from(repeats), customers: 1 }
        })
        .collect();
    let fit = Spend::fit(&payments).unwrap();
    near("p", fit.p, truth.p, 0.1);
    near("q", fit.q, truth.q, 0.1);
    near("gamma", fit.gamma, truth.gamma, 0.15);
    near("mean", fit.expected(0, 0.0), truth.expected(0, 0.0), 0.03);
    let likelier = fit.log_likelihood(&payments).unwrap() - truth.log_likelihood(&payments).unwrap();
    // χ² of three degrees.
    assert!((0.0..16.3 / 2.0).contains(&likelier), "{likelier}");
}
