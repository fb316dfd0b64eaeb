//! What the `customers` frame says: names, attributes and first days, with their history if it keeps one.

use std::collections::{BTreeMap, HashMap};

use polars::prelude::DataFrame;

use crate::config::Dimension;
use crate::error::Result;
use crate::panel::comments::Names;
use crate::panel::segments::{AttributeValues, History, NOT_SET};
use crate::panel::{frame, records};
use crate::tables::CustomerIndex;

/// Every name that a customer has or had, and its id.
pub(super) fn all_names(customers: &DataFrame, index: &CustomerIndex) -> Result<Names> {
    let names = frame::texts(customers, "name")?;
    let ids = frame::texts(customers, "customer_id")?;
    let rows = owners(customers, index)?.into_iter().zip(names.into_iter().zip(ids));
    Ok(Names::new(
        rows.filter_map(|(owner, texts)| Some((owner?, texts)))
            .flat_map(|(owner, (name, id))| name.into_iter().chain(id).map(move |text| (owner, text))),
    ))
}

/// Row → customer of the `customers` frame.
fn owners(customers: &DataFrame, index: &CustomerIndex) -> Result<Vec<Option<u32>>> {
    let ids = frame::texts(customers, "customer_id")?;
    Ok(ids.into_iter().map(|id| id.and_then(|id| index.get(id))).collect())
}

/// The attributes that dimensions name and the `customers` frame has, with their history if it keeps one.
pub(super) fn customer_attributes(
    customers: &DataFrame,
    index: &CustomerIndex,
    dimensions: &[Dimension],
) -> Result<BTreeMap<String, AttributeValues>> {
    let owners = owners(customers, index)?;
    let from = frame::integers(customers, "valid_from")?;
    let has_history = frame::has(customers, "valid_from");
    let mut attributes = BTreeMap::new();
    for name in dimensions.iter().flat_map(|dimension| &dimension.0) {
        if attributes.contains_key(name) || !frame::has(customers, name) {
            continue;
        }
        let texts = frame::texts(customers, name)?;
        let rows = owners.iter().zip(&from).zip(texts);
        let values = if has_history {
            let mut histories: Vec<History> = vec![History::new(); index.len()];
            for ((owner, from), text) in rows {
                if let Some(history) = owner.and_then(|owner| histories.get_mut(owner as usize)) {
                    // An empty cell of a row of the history says that the value is not set from then on.
                    history.push((from.unwrap_or(i64::MIN), Some(text.unwrap_or(NOT_SET).to_owned())));
                }
            }
            for history in &mut histories {
                history.sort();
            }
            AttributeValues::Changing(histories)
        } else {
            let mut values = vec![None; index.len()];
            for ((owner, _), text) in rows {
                if let Some(slot) = owner.and_then(|owner| values.get_mut(owner as usize)) {
                    *slot = text.map(str::to_owned);
                }
            }
            AttributeValues::Constant(values)
        };
        attributes.insert(name.clone(), values);
    }
    Ok(attributes)
}

/// Customer → the earliest instant of a column that its rows know.
pub(super) fn earliest(customers: &DataFrame, index: &CustomerIndex, column: &str) -> Result<Vec<Option<i64>>> {
    let mut earliest: Vec<Option<i64>> = vec![None; index.len()];
    for (owner, at) in owners(customers, index)?.into_iter().zip(frame::integers(customers, column)?) {
        if let Some(known) = owner.and_then(|owner| earliest.get_mut(owner as usize)) {
            *known = records::earlier(*known, at);
        }
    }
    Ok(earliest)
}

/// Customer → name: the newest where there is a history.
pub(super) fn names<'a>(customers: &'a DataFrame, index: &CustomerIndex) -> Result<Vec<Option<&'a str>>> {
    let from = frame::integers(customers, "valid_from")?;
    let texts = frame::texts(customers, "name")?;
    let mut newest: HashMap<u32, Option<i64>> = HashMap::new();
    let mut names = vec![None; index.len()];
    for ((owner, from), text) in owners(customers, index)?.into_iter().zip(from).zip(texts) {
        let Some(owner) = owner else { continue };
        if newest.get(&owner).is_none_or(|last| *last <= from) {
            newest.insert(owner, from);
            if let Some(slot) = names.get_mut(owner as usize) {
                *slot = text;
            }
        }
    }
    Ok(names)
}
