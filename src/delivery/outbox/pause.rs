//! How long a delivery waits for its next attempt: longer each time, and each delivery for itself.

use chrono::TimeDelta;

use crate::digest::sha256;

/// The longest pause after the first attempt, the second, and so on; the last one stays.
const LONGEST_MINUTES: [i64; 4] = [1, 5, 15, 60];

/// A share of the longest pause after so many attempts, anything from none to all of it, so that those who were turned away
/// together do not come back together. The share is drawn from the Message-ID, not from chance: a pause can be told in advance.
pub(super) fn after(attempts: u32, message_id: &str) -> TimeDelta {
    let steps = LONGEST_MINUTES.len();
    let step = usize::try_from(attempts.saturating_sub(1)).unwrap_or(usize::MAX).min(steps - 1);
    let longest = LONGEST_MINUTES.get(step).copied().unwrap_or(60) * 60_000;
    let drawn = sha256(format!("{message_id}|{attempts}").as_bytes());
    // Eight hexadecimal digits.
    let drawn = drawn.get(..8).and_then(|digits| i64::from_str_radix(digits, 16).ok()).unwrap_or(0);
    TimeDelta::milliseconds(longest * drawn / 0x1_0000_0000)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2,000 deliveries that are turned away together: of a uniform share of the longest pause, a tenth lies in each tenth
    /// (200 ± 65 is five standard deviations of a binomial share).
    #[test]
    fn pauses_are_spread_over_the_whole_of_the_longest() {
        for (attempts, minutes) in [(1, 1), (2, 5), (3, 15), (4, 60), (40, 60)] {
            let mut tenths = [0; 10];
            for delivery in 0..2000 {
                let pause = after(attempts, &format!("<{delivery}@aurora.example>"));
                let share = pause.num_milliseconds() * 10 / (minutes * 60_000);
                tenths[usize::try_from(share).unwrap()] += 1;
            }
            assert!(tenths.iter().all(|count: &i32| (200 - count).abs() < 65), "{attempts}: {tenths:?}");
        }
    }
}
