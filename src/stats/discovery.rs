//! How many of many findings are false: control of the false discovery rate.
//!
//! Takes p-values and gives verdicts in the same order; what was tested it does not know.

/// Which hypotheses are rejected at a false discovery rate of `q`: those up to the largest rank k with p₍ₖ₎ ≤ k/m · q.
///
/// Source: Benjamini & Hochberg (1995), Journal of the Royal Statistical Society B 57 (1), 289–300.
pub fn benjamini_hochberg(p_values: &[f64], q: f64) -> Vec<bool> {
    let mut ascending: Vec<f64> = p_values.to_vec();
    ascending.sort_by(f64::total_cmp);
    #[expect(clippy::cast_precision_loss, reason = "ranks of one report's comparisons")]
    let line = |rank: usize| (rank + 1) as f64 / ascending.len() as f64 * q;
    let largest = ascending.iter().enumerate().rev().find(|&(rank, &p)| p <= line(rank)).map(|(_, &p)| p);
    p_values.iter().map(|&p| largest.is_some_and(|limit| p <= limit)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The fifteen comparisons of the paper's section 4.1 (thrombolysis after infarction): the first four are rejected,
    /// where Bonferroni's rule rejects three.
    #[test]
    fn the_papers_example_rejects_four_of_fifteen() {
        let p = [
            0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528,
            0.7590, 1.0000,
        ];
        let rejected = benjamini_hochberg(&p, 0.05);
        assert_eq!(rejected.iter().filter(|&&yes| yes).count(), 4);
        assert!(rejected[..4].iter().all(|&yes| yes));
        assert_eq!(p.iter().filter(|&&p| p <= 0.05 / 15.0).count(), 3);
    }

    /// 0.04 alone is above ½ · 0.05, but it stands below the line of rank 2: both fall.
    #[test]
    fn a_larger_p_that_passes_carries_the_smaller_ones() {
        assert_eq!(benjamini_hochberg(&[0.04, 0.03], 0.05), [true, true]);
        assert_eq!(benjamini_hochberg(&[0.04, 0.06], 0.05), [false, false]);
        assert_eq!(benjamini_hochberg(&[], 0.05), Vec::<bool>::new());
    }
}
