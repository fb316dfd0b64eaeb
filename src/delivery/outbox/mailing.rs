//! A report of a period, whom the configuration wants to have it, and what that says of a mail that waits.

use std::collections::BTreeMap;

use crate::config::Recipient;
use crate::delivery::address::identity;
use crate::error::Result;
use crate::ledger::{Delivery, Ledger, Rights};

/// A report of a period, and whom the configuration wants to have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mailing {
    /// Report id.
    pub report: String,
    /// Period id.
    pub period: String,
    /// Bare addresses in lower case ([`identity`]), each once.
    pub recipients: Vec<String>,
    /// What each of them may see. Of whom nothing is said here, nothing is compared.
    pub rights: BTreeMap<String, Rights>,
}

/// Why a mail that waits is not tried as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// The configuration no longer names its reader, or no longer has its report.
    Unnamed,
    /// It was written for another part of the customers, another language or another right to names than its reader has now.
    Outdated,
}

impl Mailing {
    /// The mailing of a report to some readers.
    ///
    /// # Errors
    /// An address that is none.
    pub fn of(report: &str, period: &str, readers: &[Recipient]) -> Result<Self> {
        let named = readers.iter().map(|reader| Ok((identity(&reader.to)?, rights(reader))));
        let named: Vec<(String, Rights)> = named.collect::<Result<_>>()?;
        let recipients = named.iter().map(|(identity, _)| identity.clone()).collect();
        let rights = named.into_iter().collect();
        Ok(Self { report: report.to_owned(), period: period.to_owned(), recipients, rights })
    }

    /// What stands in the way of a mail. Of what an older farol has written it is not known for whom.
    ///
    /// # Errors
    /// Those of the ledger.
    pub fn obstacle(&self, ledger: &Ledger, delivery: &Delivery) -> Result<Option<Obstacle>> {
        if !self.recipients.contains(&delivery.recipient) {
            return Ok(Some(Obstacle::Unnamed));
        }
        let Some(now) = self.rights.get(&delivery.recipient) else { return Ok(None) };
        let suits = ledger.rights(delivery)?.is_none_or(|then| then == *now);
        Ok((!suits).then_some(Obstacle::Outdated))
    }
}

/// What a reader may see.
fn rights(reader: &Recipient) -> Rights {
    Rights { scope: scope_text(&reader.only), locale: reader.locale.clone(), names: reader.names }
}

/// A part of the customers as the ledger writes it: JSON with sorted keys.
pub fn scope_text(only: &BTreeMap<String, String>) -> String {
    let named = only.iter().map(|(name, value)| (name.clone(), value.clone()));
    named.collect::<serde_json::Value>().to_string()
}
