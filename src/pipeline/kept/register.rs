//! The register: a number for every customer that was ever seen, so that what is kept names customers in a byte or two.
//!
//! It only ever grows, so that a number means the same customer for good; where it is lost or was written by another hand,
//! whatever was kept under it is lost too.

use std::collections::HashSet;

use crate::cache::Cache;
use crate::digest::{Key, digest};
use crate::tables::CustomerIndex;

/// No customer, no number.
const NONE: u32 = u32::MAX;

/// Customers' numbers then and now.
#[derive(Debug)]
pub(in crate::pipeline) struct Register {
    /// The register's state after each time that it grew; what was kept under one of them is still understood.
    states: Vec<Key>,
    /// Number → customer of today, or [`NONE`].
    customers: Vec<u32>,
    /// Customer of today → number.
    numbers: Vec<u32>,
}

impl Register {
    /// The register of earlier runs, and the customers of today who were not in it.
    pub(in crate::pipeline) fn open(cache: &mut Cache, index: &CustomerIndex) -> Self {
        let key = digest(&[b"register of customers 1"]);
        let mut blocks = cache.get(&key).and_then(|bytes| blocks(&bytes)).unwrap_or_default();
        // A register that is mostly of others would be dead weight.
        if blocks.iter().map(Vec::len).sum::<usize>() > 4 * index.len() + 100_000 {
            blocks.clear();
        }
        let mut register = Self { states: Vec::new(), customers: Vec::new(), numbers: vec![NONE; index.len()] };
        for block in &blocks {
            register.grow(block, index);
        }
        let unnumbered = (0..).zip(&register.numbers).filter(|(_, number)| **number == NONE);
        let new: Vec<String> = unnumbered.map(|(customer, _)| index.id(customer).to_owned()).collect();
        if !new.is_empty() {
            register.grow(&new, index);
            blocks.push(new);
            if let Ok(bytes) = serde_json::to_vec(&blocks) {
                cache.put(&key, &bytes);
            }
        }
        register
    }

    /// Numbers the customers of a block.
    fn grow(&mut self, block: &[String], index: &CustomerIndex) {
        let mut state = self.states.last().map_or_else(Vec::new, |state| state.to_vec());
        for id in block {
            let customer = index.get(id).unwrap_or(NONE);
            if let Some(number) = self.numbers.get_mut(customer as usize) {
                *number = u32::try_from(self.customers.len()).unwrap_or(NONE);
            }
            self.customers.push(customer);
            state.extend_from_slice(&(id.len() as u64).to_le_bytes());
            state.extend_from_slice(id.as_bytes());
        }
        self.states.push(digest(&[&state]));
    }

    /// What the numbers of today hang on.
    pub(in crate::pipeline) fn state(&self) -> &[u8] {
        self.states.last().map_or(&[0; 32], |state| state)
    }

    /// The number of the next customer who is new.
    pub(in crate::pipeline) fn next_number(&self) -> u32 {
        u32::try_from(self.customers.len()).unwrap_or(NONE)
    }

    /// Whether the register was once in a state: its numbers of then are still understood.
    pub(in crate::pipeline) fn has_been(&self, state: &Key) -> bool {
        self.states.contains(state)
    }

    /// The customer of today of a number.
    #[inline]
    pub(in crate::pipeline) fn customer(&self, number: u32) -> Option<u32> {
        self.customers.get(number as usize).copied().filter(|customer| *customer != NONE)
    }

    /// The number of a customer of today.
    #[inline]
    pub(in crate::pipeline) fn number(&self, customer: u32) -> u32 {
        self.numbers.get(customer as usize).copied().unwrap_or(NONE)
    }
}

/// The customers' ids, each time that the register grew; `None` if they cannot be read or one of them is there twice.
fn blocks(bytes: &[u8]) -> Option<Vec<Vec<String>>> {
    let blocks: Vec<Vec<String>> = serde_json::from_slice(bytes).ok()?;
    let mut seen = HashSet::with_hasher(foldhash::fast::FixedState::default());
    let mut is_new = |id| seen.insert(id);
    blocks.iter().flatten().all(&mut is_new).then_some(blocks)
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::*;

    fn index(ids: &[&str]) -> CustomerIndex {
        CustomerIndex::new(ids.iter().copied())
    }

    /// B leaves, C comes: A keeps its number, C gets a new one, B's is nobody's. Then B comes back.
    #[test]
    fn a_number_means_the_same_customer_for_good() {
        let home = tempfile::tempdir().unwrap();
        let open = |ids: &[&str]| {
            let mut cache = Cache::open(home.path(), SystemTime::UNIX_EPOCH);
            Register::open(&mut cache, &index(ids))
        };
        let first = open(&["B", "A"]);
        let then: Key = first.state().try_into().unwrap();
        assert_eq!((first.number(0), first.number(1)), (0, 1));
        let second = open(&["A", "C"]);
        assert!(second.has_been(&then) && second.state() != then);
        assert_eq!([0, 1, 2, 3].map(|number| second.customer(number)), [Some(0), None, Some(1), None]);
        let third = open(&["A", "B", "C"]);
        assert_eq!(third.state(), second.state(), "nobody is new");
        assert_eq!([0, 1, 2].map(|number| third.customer(number)), [Some(0), Some(1), Some(2)]);
        assert_eq!([0, 1, 2].map(|customer| third.number(customer)), [0, 1, 2]);
    }

    /// The same ids in other blocks are other numbers to be wary of: "A", "B" and "AB" must not be mixed up.
    #[test]
    fn another_register_is_another_state() {
        let state = |ids: &[&str]| {
            let home = tempfile::tempdir().unwrap();
            let mut cache = Cache::open(home.path(), SystemTime::UNIX_EPOCH);
            Register::open(&mut cache, &index(ids)).state().to_vec()
        };
        assert_ne!(state(&["A", "B"]), state(&["AB"]));
        assert_ne!(state(&["A", "B"]), state(&["A", "C"]));
        assert_eq!(state(&["A", "B"]), state(&["B", "A"]));
    }
}
