//! Decisions: what somebody decided is written down, and what nobody decided does not happen.

use super::*;

#[test]
fn what_is_decided_is_written_down_with_its_reason() {
    let folder = tempfile::tempdir().unwrap();
    let mut ledger = with_one(folder.path());
    bring(&mut ledger, State::Failed);
    let again = ledger.retry(1, "the mailbox is back", at(9000), at(20)).unwrap();
    assert_eq!((again.state, again.attempts, again.deliver_by), (State::Pending, 1, Some(at(9000))));
    ledger.begin(1, at(21)).unwrap();
    ledger.settle(1, Settlement::Failed("550".into()), at(22)).unwrap();
    ledger.discard(1, "she has left", at(30)).unwrap();
    let decision =
        |at, choice, reason: &str| Decision { delivery: 1, at, choice, was: State::Failed, reason: reason.into() };
    assert_eq!(
        ledger.decisions(1).unwrap(),
        [decision(at(20), Choice::Retry, "the mailbox is back"), decision(at(30), Choice::Discard, "she has left"),]
    );
    assert_eq!(ledger.delivery(1).unwrap().unwrap().reply.as_deref(), Some("discarded: she has left"));
}

#[test]
fn a_revision_is_the_decision_to_give_up_the_older_one() {
    let folder = tempfile::tempdir().unwrap();
    let mut ledger = with_one(folder.path());
    ledger.record(&run(2), &[], &[delivery("ana@aurora.example", 2)]).unwrap();
    let decisions = ledger.decisions(1).unwrap();
    assert_eq!((decisions.len(), decisions[0].reason.as_str()), (1, "given up for revision 2"));
    assert_eq!(decisions[0].was, State::Pending);
}

/// Another program may not bring back, give up or prolong what nobody has decided, nor rewrite a decision.
#[test]
fn nothing_is_decided_from_outside_without_a_trace() {
    let folder = tempfile::tempdir().unwrap();
    let mut ledger = with_one(folder.path());
    bring(&mut ledger, State::Failed);
    ledger.retry(1, "by hand", at(9000), at(20)).unwrap();
    ledger.begin(1, at(21)).unwrap();
    ledger.settle(1, Settlement::Failed("550".into()), at(22)).unwrap();
    let shell = Connection::open(folder.path().join("farol.db")).unwrap();
    for sql in [
        "UPDATE deliveries SET state = 'pending'",
        "UPDATE deliveries SET state = 'discarded'",
        // An old decision is not a new one.
        "UPDATE deliveries SET state = 'pending', dot_intent = NULL, updated = '2026-11-05T10:41:00.000000Z'",
        "UPDATE deliveries SET deliver_by = '2099-01-01T00:00:00.000000Z'",
        "UPDATE decisions SET reason = 'x'",
        "DELETE FROM decisions",
        "INSERT INTO decisions VALUES (2, 1, 'x', 'forget', 'failed', 'x', 'x')",
    ] {
        let error = shell.execute(sql, []).unwrap_err();
        assert_eq!(error.sqlite_error_code(), Some(rusqlite::ErrorCode::ConstraintViolation), "{sql}: {error}");
    }
    shell.execute_batch("DROP TRIGGER decisions_stay; UPDATE decisions SET reason = 'x'").unwrap();
    assert_eq!(ledger.decisions(1).unwrap_err().exit, Exit::Io);
}
