//! The highest point of a smooth function of a few positive parameters, by L-BFGS on their logarithms.
//!
//! The optimiser walks; whether it arrived is judged here, by the slope. No randomness and no clock: the same function
//! and start give the same point.

use std::cell::Cell;

use argmin::core::{CostFunction, Error, Executor, Gradient};
use argmin::solver::linesearch::MoreThuenteLineSearch;
use argmin::solver::quasinewton::LBFGS;

/// Logarithms of parameters keep within ±this (10⁻⁷ to 10⁷). Further out rounding would make hills of its own, and a
/// parameter that gets there stands for one that grows for ever.
const FURTHEST: f64 = 16.0;

/// A slope below this is as flat as sums of doubles can tell; one below `FLAT_ENOUGH` is not worth another walk.
const FLAT: f64 = 1e-9;
const FLAT_ENOUGH: f64 = 1e-8;

/// A slope below this is a maximum; a walk that stops on a steeper one did not arrive. Most maxima are flatter by far; at
/// an edge, where a parameter goes on growing for next to nothing, slopes fade slowly.
const ARRIVED: f64 = 1e-4;

/// Points that one walk may look at.
const LOOKS: u32 = 300;

/// Points in a row that are no lower than the lowest: from there on rounding hides the way down, and a line search would
/// go on for ever.
const IN_VAIN: u32 = 8;

/// Walks, each from the lowest point so far, with no memory of the last.
const WALKS: usize = 4;

/// A function's value and its slope at a point.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Height<const N: usize> {
    /// The value.
    pub(super) value: f64,
    /// The partial derivatives, with respect to the parameters themselves.
    pub(super) slope: [f64; N],
}

/// The point at which `height` is highest, from `start`; none if there is none to be found. `height` is of order one (a
/// mean over customers), and its parameters are positive and in units in which they are of order one.
pub(super) fn highest<const N: usize>(start: [f64; N], height: &dyn Fn([f64; N]) -> Height<N>) -> Option<[f64; N]> {
    let valley =
        Valley { height, best: Cell::new(None), last: Cell::new(None), looks: Cell::new(0), in_vain: Cell::new(0) };
    let mut from = start.map(f64::ln);
    for _ in 0..WALKS {
        // How a walk ended does not matter: the lowest point that it saw is kept, and judged by its slope.
        let _ = valley.walk(from);
        let best = valley.best.get()?;
        if best.steepness() <= FLAT_ENOUGH || best.is_at(&from) {
            break;
        }
        from = best.at;
    }
    let best = valley.best.get()?;
    (best.steepness() <= ARRIVED).then(|| best.at.map(f64::exp))
}

/// The function upside down, as optimisers want it, over logarithms of the parameters.
struct Valley<'a, const N: usize> {
    height: &'a dyn Fn([f64; N]) -> Height<N>,
    /// The lowest point seen.
    best: Cell<Option<Place<N>>>,
    /// The last point seen.
    last: Cell<Option<Place<N>>>,
    /// Points seen on this walk, and those since the lowest.
    looks: Cell<u32>,
    in_vain: Cell<u32>,
}

/// One point of the valley.
#[derive(Clone, Copy, Debug)]
struct Place<const N: usize> {
    at: [f64; N],
    depth: f64,
    slope: [f64; N],
}

impl<const N: usize> Place<N> {
    fn is_at(&self, other: &[f64; N]) -> bool {
        self.at.iter().zip(other).all(|(mine, theirs)| mine.total_cmp(theirs).is_eq())
    }

    /// The largest of its slopes, by how much a parameter changes in proportion.
    fn steepness(&self) -> f64 {
        self.slope.iter().fold(0.0, |most, slope| if slope.is_nan() { f64::NAN } else { slope.abs().max(most) })
    }
}

impl<const N: usize> Valley<'_, N> {
    /// Optimisers ask for value and slope of a point one after the other; both are computed once.
    fn look(&self, at: &[f64]) -> Result<Place<N>, Error> {
        let mut asked = [0.0; N];
        asked.iter_mut().zip(at).for_each(|(to, from)| *to = from.clamp(-FURTHEST, FURTHEST));
        if let Some(last) = self.last.get().filter(|last| last.is_at(&asked)) {
            return Ok(last);
        }
        self.looks.set(self.looks.get() + 1);
        let parameters = asked.map(f64::exp);
        let Height { value, mut slope } = (self.height)(parameters);
        slope.iter_mut().zip(parameters).for_each(|(slope, parameter)| *slope *= -parameter);
        let place = Place { at: asked, depth: -value, slope };
        let is_lost = self.looks.get() > LOOKS || self.in_vain.get() > IN_VAIN;
        if is_lost || !place.depth.is_finite() || !place.steepness().is_finite() {
            return Err(Error::msg("nowhere to go"));
        }
        self.last.set(Some(place));
        let is_lower = |best: Place<N>| {
            place.depth < best.depth || (place.depth <= best.depth && place.steepness() < best.steepness())
        };
        self.in_vain.set(self.in_vain.get() + 1);
        if self.best.get().is_none_or(is_lower) {
            self.best.set(Some(place));
            self.in_vain.set(0);
        }
        Ok(place)
    }

    /// One walk downhill.
    fn walk(&self, from: [f64; N]) -> Result<(), Error> {
        self.looks.set(0);
        self.in_vain.set(0);
        let line_search = MoreThuenteLineSearch::new();
        let solver = LBFGS::new(line_search, 2 * N).with_tolerance_grad(FLAT)?.with_tolerance_cost(0.0)?;
        Executor::new(self, solver)
            .configure(|state| state.param(from.to_vec()).max_iters(LOOKS.into()))
            .timer(false)
            .run()?;
        Ok(())
    }
}

impl<const N: usize> CostFunction for &Valley<'_, N> {
    type Param = Vec<f64>;
    type Output = f64;

    fn cost(&self, at: &Vec<f64>) -> Result<f64, Error> {
        Ok(self.look(at)?.depth)
    }
}

impl<const N: usize> Gradient for &Valley<'_, N> {
    type Param = Vec<f64>;
    type Gradient = Vec<f64>;

    fn gradient(&self, at: &Vec<f64>) -> Result<Vec<f64>, Error> {
        Ok(self.look(at)?.slope.to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// −(x − 3)² − 2 (y − ½)² − (x − 3)(y − ½): highest at (3, ½).
    #[test]
    fn the_top_of_a_hill_is_found() {
        let hill = |[x, y]: [f64; 2]| {
            let (x, y) = (x - 3.0, y - 0.5);
            Height { value: -x * x - 2.0 * y * y - x * y, slope: [-2.0 * x - y, -4.0 * y - x] }
        };
        let [x, y] = highest([1.0, 1.0], &hill).unwrap();
        assert!((x - 3.0).abs() < 1e-9 && (y - 0.5).abs() < 1e-9, "{x} {y}");
    }

    #[test]
    fn a_slope_without_a_top_has_no_highest_point() {
        assert_eq!(highest([1.0], &|[x]| Height { value: x.ln(), slope: [1.0 / x] }), None);
        assert_eq!(highest([1.0], &|[_]| Height { value: f64::NAN, slope: [f64::NAN] }), None);
    }
}
