//! What tallies are made of: sums and histograms that merge.
//!
//! Knows numbers, not what they count.

use std::collections::BTreeMap;
use std::sync::Arc;

/// A struct whose fields merge one by one.
macro_rules! mergeable {
    ($(#[$meta:meta])* pub struct $name:ident { $($(#[$field_meta:meta])* pub $field:ident: $type:ty,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        pub struct $name { $($(#[$field_meta])* pub $field: $type,)* }

        impl std::ops::AddAssign<&$name> for $name {
            fn add_assign(&mut self, other: &$name) {
                $($crate::tally::sums::Merge::merge(&mut self.$field, &other.$field);)*
            }
        }

        impl $crate::tally::sums::Merge for $name {
            fn merge(&mut self, other: &Self) { *self += other; }
        }

        impl std::ops::Add for $name {
            type Output = $name;
            fn add(mut self, other: $name) -> $name { self += &other; self }
        }
    };
}

pub(super) use mergeable;

/// A field that merges.
pub(super) trait Merge {
    fn merge(&mut self, other: &Self);
}

impl Merge for u64 {
    fn merge(&mut self, other: &Self) {
        *self += other;
    }
}

/// Sums stop at the greatest number: files may say what no business has, and squares of it fit nowhere.
impl Merge for i128 {
    fn merge(&mut self, other: &Self) {
        *self = self.saturating_add(*other);
    }
}

impl Merge for bool {
    fn merge(&mut self, other: &Self) {
        *self |= other;
    }
}

/// Sums by name, as themes and terms have.
impl<T: Merge + Clone> Merge for BTreeMap<Arc<str>, T> {
    fn merge(&mut self, other: &Self) {
        for (name, sums) in other {
            match self.get_mut(name) {
                Some(mine) => mine.merge(sums),
                None => {
                    self.insert(Arc::clone(name), sums.clone());
                }
            }
        }
    }
}

/// How often each distinct whole value occurs, ascending by value.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Histogram(Vec<(i64, u64)>);

impl Histogram {
    /// Counts values in any order.
    pub fn from_values(mut values: Vec<i64>) -> Self {
        values.sort_unstable();
        let mut counts: Vec<(i64, u64)> = Vec::new();
        for value in values {
            match counts.last_mut() {
                Some((last, count)) if *last == value => *count += 1,
                _ => counts.push((value, 1)),
            }
        }
        Self(counts)
    }

    /// `(value, count)` pairs, ascending; no count is zero.
    pub fn counts(&self) -> &[(i64, u64)] {
        &self.0
    }

    /// How many values.
    pub fn total(&self) -> u64 {
        self.0.iter().map(|(_, count)| count).sum()
    }

    /// How many values satisfy a condition.
    pub fn count_where(&self, condition: impl Fn(i64) -> bool) -> u64 {
        self.0.iter().filter(|(value, _)| condition(*value)).map(|(_, count)| count).sum()
    }

    /// Counts one more value.
    pub fn add_one(&mut self, value: i64) {
        match self.0.binary_search_by_key(&value, |(v, _)| *v) {
            Ok(at) => self.0[at].1 += 1,
            Err(at) => self.0.insert(at, (value, 1)),
        }
    }
}

impl Merge for Histogram {
    fn merge(&mut self, other: &Self) {
        if self.0.is_empty() || other.0.is_empty() {
            self.0.extend_from_slice(&other.0);
            return;
        }
        let mut merged = Vec::with_capacity(self.0.len() + other.0.len());
        let (mut left, mut right) = (self.0.iter().peekable(), other.0.iter().peekable());
        loop {
            match (left.peek(), right.peek()) {
                (Some(&&(a, n)), Some(&&(b, m))) if a == b => {
                    merged.push((a, n + m));
                    left.next();
                    right.next();
                }
                (Some(&&(a, n)), Some(&&(b, _))) if a < b => {
                    merged.push((a, n));
                    left.next();
                }
                (_, Some(&&pair)) => {
                    merged.push(pair);
                    right.next();
                }
                (Some(&&pair), None) => {
                    merged.push(pair);
                    left.next();
                }
                (None, None) => break,
            }
        }
        self.0 = merged;
    }
}

mergeable! {
/// Sums of a quantity over sampling units (customers, unless it says otherwise): for a mean and its t interval.
pub struct MeanSums {
    /// Units that have a value.
    pub n: u64,
    /// Σ y, in millionths (money: micro-units).
    pub sum: i128,
    /// Σ y², in 10⁻¹².
    pub squares: i128,
    /// Whether any y is negative.
    pub has_negative: bool,
}
}

impl MeanSums {
    /// Adds one unit's value, in millionths.
    pub fn push(&mut self, value: i64) {
        let value = i128::from(value);
        self.n += 1;
        self.sum.merge(&value);
        self.squares.merge(&(value * value));
        self.has_negative |= value < 0;
    }
}

mergeable! {
/// Sums over customers of a numerator `y` and a denominator `x`: for the ratio Σy/Σx and its linearised variance.
/// Both are whole numbers in units that the field says; a customer with x = y = 0 is not a sampling unit.
pub struct RatioSums {
    /// Customers behind the ratio.
    pub n: u64,
    /// Σ x.
    pub x: i128,
    /// Σ y.
    pub y: i128,
    /// Σ x².
    pub xx: i128,
    /// Σ x·y.
    pub xy: i128,
    /// Σ y².
    pub yy: i128,
    /// Whether any y is negative.
    pub has_negative: bool,
}
}

impl RatioSums {
    /// Adds one customer.
    #[inline]
    pub fn push(&mut self, x: i64, y: i64) {
        self.push_alike(x, y, 1);
    }

    /// Adds so many customers with the same x and y.
    #[inline]
    pub fn push_alike(&mut self, x: i64, y: i64, customers: u64) {
        if x == 0 && y == 0 {
            return;
        }
        let (x, y, n) = (i128::from(x), i128::from(y), i128::from(customers));
        self.n += customers;
        self.x.merge(&(n * x));
        self.y.merge(&(n * y));
        self.xx.merge(&n.saturating_mul(x * x));
        self.xy.merge(&n.saturating_mul(x * y));
        self.yy.merge(&n.saturating_mul(y * y));
        self.has_negative |= y < 0;
    }
}
