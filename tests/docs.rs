//! The documentation holds: links lead somewhere, examples are valid, commands exist, tables say what the code says.
//!
//! `FAROL_BLESS=1 cargo test --test docs` writes the generated tables anew.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "docs/commands.rs"]
mod commands;
#[path = "docs/examples.rs"]
mod examples;
#[path = "docs/explained.rs"]
mod explained;
#[path = "docs/kubernetes.rs"]
mod kubernetes;
#[path = "docs/licences.rs"]
mod licences;
#[path = "docs/links.rs"]
mod links;
#[path = "docs/markdown.rs"]
mod markdown;
#[path = "docs/proofs.rs"]
mod proofs;
#[path = "docs/tables.rs"]
mod tables;
#[path = "docs/words.rs"]
mod words;
