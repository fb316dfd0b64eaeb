//! Whole numbers modulo the prime 2⁶¹ − 1.

const PRIME: u64 = (1 << 61) - 1;

pub(super) fn plus(a: u64, b: u64) -> u64 {
    let sum = a + b;
    if sum >= PRIME { sum - PRIME } else { sum }
}

pub(super) fn less(a: u64, b: u64) -> u64 {
    if a >= b { a - b } else { a + PRIME - b }
}

#[expect(clippy::cast_possible_truncation, reason = "both parts of a product of 122 bits have 61")]
pub(super) fn times(a: u64, b: u64) -> u64 {
    if a == 1 {
        return b;
    }
    let product = u128::from(a) * u128::from(b);
    let (low, high) = ((product as u64) & PRIME, (product >> 61) as u64);
    plus(low, high)
}

/// By Fermat: a to the power of p − 2.
pub(super) fn inverse(a: u64) -> u64 {
    if a == 1 {
        return 1;
    }
    let (mut result, mut power, mut exponent) = (1, a, PRIME - 2);
    while exponent > 0 {
        if exponent & 1 == 1 {
            result = times(result, power);
        }
        power = times(power, power);
        exponent >>= 1;
    }
    result
}

/// A number that looks random, the same each time (`SplitMix64`).
pub(super) fn scattered(seed: usize) -> u64 {
    let mut z = (seed as u64).wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    (z ^ (z >> 31)) % PRIME
}
