//! Ledgers of older versions are brought up; what they hold stays.

use std::fs;

use super::*;

/// The states of its deliveries, in their order.
const STATES: [State; 6] =
    [State::Sent, State::Failed, State::Deferred, State::Unknown, State::Pending, State::Sending];

/// A ledger as version 2 left it, and before the figures that were told also version 1.
fn older(version: u32, state: &Path) {
    let db = Connection::open(state.join("farol.db")).unwrap();
    db.execute_batch(include_str!("version-2.sql")).unwrap();
    if version == 1 {
        db.execute_batch("DROP TABLE told_to; DROP TABLE told; PRAGMA user_version = 1").unwrap();
    }
}

#[test]
fn older_ledgers_are_brought_up_after_a_copy_and_keep_what_they_hold() {
    for version in [1, 2] {
        let folder = tempfile::tempdir().unwrap();
        older(version, folder.path());
        let mut ledger = Ledger::open(folder.path()).unwrap();
        let all = ledger.deliveries("executive", "2026-10").unwrap();
        let states: Vec<State> = all.iter().map(|delivery| delivery.state).collect();
        assert_eq!(states, STATES);
        assert!(all.iter().all(|delivery| delivery.deliver_by.is_none() && delivery.not_before.is_none()));
        assert_eq!(ledger.message(&all[0].message).unwrap(), "To: sent@aurora.example\r\n\r\nRevisão 1\r\n".as_bytes());
        let run = &ledger.runs("executive", "2026-10").unwrap()[0];
        let figures = ledger.figures(run.id).unwrap();
        assert_eq!(figures.iter().map(|figure| figure.value).collect::<Vec<_>>(), [Some(52.5), None]);
        assert_eq!(ledger.told("executive", "{}").unwrap().len(), usize::from(version > 1));

        // The new states and decisions are there for old deliveries too.
        let lock = RunLock::acquire(folder.path(), at(60)).unwrap();
        assert_eq!(ledger.recover(&lock, at(60)).unwrap(), 1);
        ledger.retry(2, "by hand", at(9999), at(61)).unwrap();
        ledger.discard(3, "not wanted", at(62)).unwrap();
        ledger.begin(5, at(63)).unwrap();
        drop(ledger);
        assert_eq!(Ledger::open(folder.path()).unwrap().delivery(3).unwrap().unwrap().state, State::Discarded);

        let copy = Connection::open(folder.path().join(format!("farol.db.version-{version}"))).unwrap();
        let number = |query: &str| copy.query_row(query, [], |row| row.get::<_, i64>(0)).unwrap();
        assert_eq!(number("PRAGMA user_version"), i64::from(version));
        assert_eq!(number("SELECT count(*) FROM deliveries WHERE state = 'sending'"), 1);
    }
    println!("Q7 | older versions brought up | 2/2");
}

/// What crashed half-way has changed nothing, whatever it was about to do; the next one begins anew and replaces the copy.
#[test]
fn a_migration_that_was_cut_off_begins_anew() {
    let folder = tempfile::tempdir().unwrap();
    older(2, folder.path());
    fs::write(folder.path().join("farol.db.version-2"), "half a copy").unwrap();
    let db = Connection::open(folder.path().join("farol.db")).unwrap();
    db.pragma_update(None, "journal_mode", "WAL").unwrap();
    db.execute_batch("BEGIN IMMEDIATE; CREATE TABLE decisions (id INTEGER); INSERT INTO decisions VALUES (1)").unwrap();
    // The copies lack the commit, as a crash would.
    let crashed = tempfile::tempdir().unwrap();
    for entry in fs::read_dir(folder.path()).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, crashed.path().join(path.file_name().unwrap())).unwrap();
    }
    drop(db);
    let ledger = Ledger::open(crashed.path()).unwrap();
    assert_eq!(ledger.all_deliveries().unwrap().len(), 6);
    assert!(
        Connection::open(crashed.path().join("farol.db.version-2"))
            .unwrap()
            .query_row("SELECT count(*) FROM runs", [], |row| row.get::<_, i64>(0))
            .is_ok()
    );
}

/// A file that somebody else brings up at the same moment is brought up once.
#[test]
fn many_who_open_an_older_ledger_at_once_all_find_it_brought_up() {
    let folder = tempfile::tempdir().unwrap();
    older(2, folder.path());
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| assert_eq!(Ledger::open(folder.path()).unwrap().all_deliveries().unwrap().len(), 6));
        }
    });
}
