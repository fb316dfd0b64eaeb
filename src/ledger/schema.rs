//! The ledger's tables and how they came about: one step per version of the file.
//!
//! A step that has been released never changes; what changes is a new step.

use std::sync::OnceLock;

use rusqlite::{Connection, TransactionBehavior};

/// Tells our files from other people's `SQLite` files: "Faro".
pub(super) const APPLICATION_ID: i32 = 0x4661_726f;

/// The first step makes version 1 out of nothing, each further one the next version.
const STEPS: &[&str] = &[
    include_str!("schema.sql"),
    include_str!("schema-2.sql"),
    include_str!("schema-3.sql"),
    include_str!("schema-4.sql"),
    include_str!("schema-5.sql"),
    include_str!("schema-6.sql"),
    include_str!("schema-7.sql"),
];

/// The version that this program writes.
pub(super) fn version() -> u32 {
    (1..).zip(STEPS).last().map_or(0, |(version, _)| version)
}

/// The version of a file; 0 if nothing is laid in it yet.
pub(super) fn found(connection: &Connection) -> rusqlite::Result<u32> {
    connection.pragma_query_value(None, "user_version", |row| row.get(0))
}

/// Brings a file to this program's version, each step whole or not at all.
pub(super) fn migrate(connection: &mut Connection) -> rusqlite::Result<()> {
    if found(connection)? >= version() {
        return Ok(());
    }
    // A table that is made anew is away for a moment, and others refer to it. It cannot be said within a transaction.
    connection.pragma_update(None, "foreign_keys", "OFF")?;
    let migrated = steps(connection);
    connection.pragma_update(None, "foreign_keys", "ON")?;
    migrated
}

fn steps(connection: &mut Connection) -> rusqlite::Result<()> {
    for (version, sql) in (1_u32..).zip(STEPS) {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        // Another process may have been quicker: only within the transaction is it sure.
        if found(&transaction)? >= version {
            continue;
        }
        transaction.execute_batch(sql)?;
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
        transaction.pragma_update(None, "user_version", version)?;
        transaction.commit()?;
    }
    Ok(())
}

/// Every table, index and trigger as it is laid in a file, in one text.
pub(super) fn laid(connection: &Connection) -> rusqlite::Result<String> {
    let mut statement =
        connection.prepare("SELECT type, name, coalesce(sql, '') FROM sqlite_schema ORDER BY type, name")?;
    let rows = statement.query_map([], |row| {
        let (kind, name, sql): (String, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        Ok(format!("{kind} {name}\n{sql}\n"))
    })?;
    rows.collect()
}

/// The same of a new file; it is the same for as long as the program runs.
pub(super) fn expected() -> rusqlite::Result<&'static str> {
    static EXPECTED: OnceLock<String> = OnceLock::new();
    if let Some(known) = EXPECTED.get() {
        return Ok(known);
    }
    let mut fresh = Connection::open_in_memory()?;
    migrate(&mut fresh)?;
    let laid = laid(&fresh)?;
    Ok(EXPECTED.get_or_init(|| laid))
}
