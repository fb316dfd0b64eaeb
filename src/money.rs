//! Exact money: whole micro-units (10⁻⁶) of the reporting currency, so that sums do not depend on order or threads.

/// Micro-units in one unit of the currency.
pub const MICROS: i64 = 1_000_000;

/// Micro-units as a number of currency units; the one place where money becomes a float.
#[expect(clippy::cast_precision_loss, reason = "the single division of a sum that was exact until here")]
pub fn to_units(micros: i128) -> f64 {
    micros as f64 / MICROS as f64
}
