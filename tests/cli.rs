//! The real program, as a shell, a scheduler and a disk see it: what it writes, what it says, how it ends.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![expect(clippy::case_sensitive_file_extension_comparisons, reason = "the files are our own")]
#![expect(clippy::print_stdout, reason = "a skipped test says so, and figures are collected")]

#[path = "cli/backfill.rs"]
mod backfill;
#[path = "cli/bad_input.rs"]
mod bad_input;
#[path = "cli/clockwork.rs"]
mod clockwork;
#[path = "cli/codes.rs"]
mod codes;
#[path = "cli/daemon.rs"]
mod daemon;
#[path = "cli/deadman.rs"]
mod deadman;
#[path = "cli/doubts.rs"]
mod doubts;
#[path = "cli/early.rs"]
mod early;
#[path = "cli/explain.rs"]
mod explain;
#[path = "support/fault_server.rs"]
#[expect(dead_code, reason = "other tests use the rest")]
mod fault_server;
#[path = "cli/home.rs"]
mod home;
#[path = "cli/incidents.rs"]
mod incidents;
#[path = "cli/kept.rs"]
mod kept;
#[path = "cli/kept_rows.rs"]
mod kept_rows;
#[path = "cli/kept_tallies.rs"]
mod kept_tallies;
#[path = "cli/laws.rs"]
mod laws;
#[path = "cli/ledger.rs"]
mod ledger;
#[path = "cli/mail.rs"]
mod mail;
#[path = "cli/older.rs"]
mod older;
#[path = "cli/outbox.rs"]
mod outbox;
#[path = "cli/output.rs"]
mod output;
#[path = "cli/restated.rs"]
mod restated;
#[path = "cli/sameness.rs"]
mod sameness;
#[path = "cli/secrets.rs"]
mod secrets;
#[path = "cli/soak.rs"]
mod soak;
#[path = "cli/surroundings.rs"]
mod surroundings;
#[path = "cli/telling.rs"]
mod telling;
#[path = "cli/term.rs"]
mod term;
#[path = "cli/waits.rs"]
mod waits;
#[path = "cli/watching.rs"]
mod watching;
#[path = "cli/ways_out.rs"]
mod ways_out;
