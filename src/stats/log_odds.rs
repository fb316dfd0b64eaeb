//! How much more one group of texts says a word than another: log-odds with an informative Dirichlet prior.
//!
//! Counts in, a z-score out; what a word or a text is, is decided elsewhere.

/// How often a word is said, or how often all words are said together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Said {
    /// In the first group.
    pub first: u64,
    /// In the second group.
    pub second: u64,
    /// In the whole corpus, which shapes the prior; both groups are part of it.
    pub corpus: u64,
}

/// The z-score of a word's log-odds ratio: positive where the first group says it more.
///
/// With y the word's count in a group, n that of all words, π the word's share of the corpus, α₀ the smaller n and
/// α = α₀ π:
/// δ = ln((y₁ + α) / (n₁ + α₀ − y₁ − α)) − ln((y₂ + α) / (n₂ + α₀ − y₂ − α)), σ² = 1 / (y₁ + α) + 1 / (y₂ + α), z = δ / σ.
/// The prior draws what is rare towards what everybody says, so that a word of three texts is no finding; it weighs as
/// much as the smaller group, since the whole corpus would outweigh both.
///
/// None if a group says nothing, or the word is not in the corpus, is the only one there, or is said more often than all
/// words are.
///
/// Source: Monroe, Colaresi & Quinn (2008), Fightin' Words, Political Analysis 16 (4), 372–403, with the
/// corpus itself as the informative prior.
pub fn z_score(word: Said, all: Said) -> Option<f64> {
    let prior = wide(all.first.min(all.second));
    if prior <= 0.0 || all.corpus == 0 {
        return None;
    }
    let of_word = prior * wide(word.corpus) / wide(all.corpus);
    let in_group = |said: u64, of: u64| {
        let with_prior = wide(said) + of_word;
        let others = wide(of) + prior - with_prior;
        (with_prior > 0.0 && others > 0.0).then_some((with_prior, others))
    };
    let (first, first_others) = in_group(word.first, all.first)?;
    let (second, second_others) = in_group(word.second, all.second)?;
    let difference = (first / first_others).ln() - (second / second_others).ln();
    let variance = 1.0 / first + 1.0 / second;
    Some(difference / variance.sqrt())
}

#[expect(clippy::cast_precision_loss, reason = "counts of words are far below 2^53")]
fn wide(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(first: u64, second: u64, corpus: u64) -> Said {
        Said { first, second, corpus }
    }

    fn is_close(z: Option<f64>, expected: f64) {
        assert!((z.unwrap() - expected).abs() < 1e-12, "{z:?} is not {expected}");
    }

    /// 20 of the first group's 400 words, none of the second's 400, in a corpus of 800: π = 0.025, α₀ = 400, α = 10:
    /// δ = ln(30 / 770) − ln(10 / 790) = 1.124255, σ² = 1/30 + 1/10, z = 3.078898 (Python's `math`).
    #[test]
    fn what_one_group_alone_says_sets_it_apart_either_way() {
        is_close(z_score(said(20, 0, 20), said(400, 400, 800)), 3.078_898_350_660_435);
        is_close(z_score(said(0, 20, 20), said(400, 400, 800)), -3.078_898_350_660_435);
    }

    /// Groups of unlike size and a corpus with more than both: α = 250 × 55 / 1500 = 9 1/6,
    /// ln(39.1667 / 460.8333) − ln(19.1667 / 1130.8333), 1/39.1667 + 1/19.1667 (Python).
    #[test]
    fn groups_of_unlike_size_are_compared_by_their_odds() {
        is_close(z_score(said(30, 10, 55), said(250, 900, 1500)), 5.783_974_139_791_677);
        is_close(z_score(said(3, 3, 6), said(20, 20, 40)), 0.0);
    }

    /// Three texts against none are far from 1.96, though the raw ratio is without bound: α = 1.5,
    /// ln(4.5 / 795.5) − ln(1.5 / 798.5), 1/4.5 + 1/1.5.
    #[test]
    fn a_rare_word_is_no_finding() {
        is_close(z_score(said(3, 0, 3), said(400, 400, 800)), 1.169_246_750_853_717_4);
    }

    #[test]
    fn what_cannot_be_counted_has_no_score() {
        assert_eq!(z_score(said(0, 0, 0), said(4, 4, 8)), None);
        assert_eq!(z_score(said(2, 0, 2), said(2, 0, 2)), None, "a group that says nothing");
        assert_eq!(z_score(said(2, 2, 4), said(2, 2, 4)), None, "the only word there is");
        assert_eq!(z_score(said(9, 0, 9), said(4, 4, 8)), None, "more than all");
    }
}
