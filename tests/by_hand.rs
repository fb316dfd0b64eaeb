//! Small companies written down row by row, through the whole program; what comes out was worked out by hand.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "by_hand/begins.rs"]
mod begins;
#[path = "by_hand/books.rs"]
mod books;
#[path = "by_hand/choices.rs"]
mod choices;
#[path = "by_hand/cohorts.rs"]
mod cohorts;
#[path = "by_hand/extremes.rs"]
mod extremes;
#[path = "company/figures.rs"]
mod figures;
#[path = "by_hand/flows.rs"]
mod flows;
#[path = "by_hand/parts.rs"]
mod parts;
#[path = "by_hand/renewals.rs"]
mod renewals;
#[path = "by_hand/rows.rs"]
mod rows;
#[path = "by_hand/stamps.rs"]
mod stamps;
#[path = "by_hand/tickets.rs"]
mod tickets;
#[path = "by_hand/voices.rs"]
mod voices;
#[path = "by_hand/written.rs"]
mod written;
