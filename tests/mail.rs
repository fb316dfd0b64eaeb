//! Whole messages: what a mail reader finds in them, what a misbehaving server does to them, and that a real one delivers them.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on has failed")]

#[path = "mail/cells.rs"]
mod cells;
#[path = "mail/encryption.rs"]
mod encryption;
#[path = "mail/faults.rs"]
mod faults;
#[path = "mail/letters.rs"]
mod letters;
#[path = "mail/posting.rs"]
mod posting;
#[path = "mail/real_posting.rs"]
mod real_posting;
#[path = "mail/real_server.rs"]
mod real_server;
#[path = "mail/signed.rs"]
mod signed;
mod support;
#[path = "mail/waiting.rs"]
mod waiting;
