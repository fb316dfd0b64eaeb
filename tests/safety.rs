//! What an attacker, a slip of the pen or a hostile name could do: nothing of it reaches another reader, a log, or a file
//! that is not farol's.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![expect(clippy::case_sensitive_file_extension_comparisons, reason = "the files are our own")]
#![allow(dead_code, reason = "the other tests' helpers are not all needed")]

#[path = "safety/addresses.rs"]
mod addresses;
#[path = "report/company.rs"]
mod company;
#[path = "report/hard.rs"]
mod hard;
#[path = "cli/home.rs"]
mod home;
#[path = "safety/markup.rs"]
mod markup;
#[path = "safety/names.rs"]
mod names;
#[path = "safety/places.rs"]
mod places;
#[path = "safety/scopes.rs"]
mod scopes;
#[path = "safety/secrets.rs"]
mod secrets;
#[path = "safety/sentinels.rs"]
mod sentinels;
#[path = "safety/supply.rs"]
mod supply;
mod support;
#[path = "safety/templates.rs"]
mod templates;
