//! Bytes that are given up, and what is not.

use std::fs;

use super::*;

/// A ledger with a delivery of a megabyte in each state, and who is in which.
fn in_all_states(state: &Path) -> (Ledger, Vec<(State, Delivery)>) {
    let mut ledger = Ledger::open(state).unwrap();
    let mut all = Vec::new();
    for (number, wanted) in (1..).zip(State::ALL) {
        let who = format!("{}@aurora.example", wanted.id());
        let large = NewDelivery { message: [who.as_bytes(), &vec![b'.'; 1_000_000]].concat(), ..delivery(&who, 1) };
        let report = Run { report: wanted.id().into(), ..run(1) };
        ledger.record(&report, &[figure("nps", Some(52.0))], &[large]).unwrap();
        take_to(&mut ledger, number, wanted);
        all.push((wanted, ledger.delivery(number).unwrap().unwrap()));
    }
    (ledger, all)
}

fn take_to(ledger: &mut Ledger, id: i64, wanted: State) {
    match wanted {
        State::Pending => return,
        State::Dead => drop(ledger.settle(id, Settlement::Dead("late".into()), at(10)).unwrap()),
        State::Discarded => drop(ledger.discard(id, "not wanted", at(10)).unwrap()),
        _ => drop(ledger.begin(id, at(10)).unwrap()),
    }
    let settlement = match wanted {
        State::Sent => Settlement::Sent("250".into()),
        State::Unknown => Settlement::Unknown("gone".into()),
        State::Deferred => Settlement::Deferred("451".into()),
        State::Failed => Settlement::Failed("550".into()),
        _ => return,
    };
    if matches!(wanted, State::Sent | State::Unknown) {
        ledger.intend(id, at(11)).unwrap();
    }
    ledger.settle(id, settlement, at(12)).unwrap();
}

#[test]
fn bytes_of_what_has_ended_go_and_everything_else_stays() {
    let folder = tempfile::tempdir().unwrap();
    let (mut ledger, all) = in_all_states(folder.path());
    let size = || fs::metadata(folder.path().join("farol.db")).unwrap().len();
    assert!(size() > 8_000_000);
    let nothing = Pruning { messages: 0, bytes: 0 };
    assert_eq!(ledger.prune(at(10), at(50)).unwrap(), nothing, "nothing has ended before that");
    let lengths = ["sent@aurora.example", "discarded@aurora.example"].map(|who| 1_000_000 + who.len() as u64);
    let two = Pruning { messages: 2, bytes: lengths.iter().sum() };
    assert_eq!(ledger.prunable(at(40)).unwrap(), two);
    assert_eq!(ledger.prune(at(40), at(50)).unwrap(), two);
    assert_eq!(ledger.prune(at(40), at(60)).unwrap(), nothing, "once");
    drop(ledger);
    assert!(size() < 6_300_000, "{}", size());
    fs::remove_file(folder.path().join("farol.db.checked")).unwrap();

    // Checked as a whole, it is sound.
    let mut ledger = Ledger::open(folder.path()).unwrap();
    for (state, delivery) in all {
        assert_eq!(ledger.delivery(delivery.id).unwrap().unwrap(), delivery);
        assert_eq!(ledger.figures(delivery.run).unwrap().len(), 1);
        let told = ledger.tellings(state.id(), "2026-10").unwrap();
        assert_eq!(told[&delivery.id], *telling("{}", 1.0));
        let bytes = ledger.message(&delivery.message);
        let pruned = ledger.pruned(&delivery.message).unwrap();
        if matches!(state, State::Sent | State::Discarded) {
            let failure = bytes.unwrap_err();
            assert_eq!((failure.exit, failure.diagnostics[0].code), (Exit::InputMissing, "message-pruned"));
            assert!(failure.to_string().contains("was pruned at 2026-11-05 10:40 UTC"), "{failure}");
            assert_eq!(pruned, Some((at(50), 1_000_000 + delivery.recipient.len() as u64)));
        } else {
            assert_eq!((bytes.unwrap().len(), pruned), (1_000_000 + delivery.recipient.len(), None));
        }
    }
    // A failed mail may be tried again: its bytes are there.
    let failed = ledger.deliveries("failed", "2026-10").unwrap().remove(0);
    ledger.retry(failed.id, "by hand", at(9999), at(70)).unwrap();
}

/// The file itself refuses what would take away bytes that are needed, or history.
#[test]
fn nobody_prunes_what_may_still_be_sent() {
    let folder = tempfile::tempdir().unwrap();
    let (mut ledger, all) = in_all_states(folder.path());
    ledger.prune(at(40), at(50)).unwrap();
    let shell = Connection::open(folder.path().join("farol.db")).unwrap();
    shell.pragma_update(None, "foreign_keys", "ON").unwrap();
    let seal = "0".repeat(64);
    let mut refused: Vec<String> = [
        "UPDATE messages SET bytes = x'00' WHERE length(bytes) > 1",
        "UPDATE messages SET bytes = x'4142' WHERE length(bytes) = 1",
        "DELETE FROM messages",
        "DELETE FROM pruned",
        "UPDATE pruned SET at = 'x'",
        "INSERT INTO deliveries SELECT 99, run, recipient, locale, sender, 'new', message, 'pending', NULL, NULL, NULL, NULL, 0, 0, \
         updated, seal FROM deliveries WHERE state = 'sent'",
    ]
    .map(str::to_owned)
    .to_vec();
    for (_, delivery) in all.iter().filter(|(state, _)| !matches!(state, State::Sent | State::Discarded)) {
        refused.push(format!("INSERT INTO pruned VALUES ('{}', 'now', 1, '{seal}')", delivery.message));
    }
    refused.push(format!("INSERT INTO pruned VALUES ('{seal}', 'now', 1, '{seal}')"));
    for sql in refused {
        let error = shell.execute(&sql, []).unwrap_err();
        assert_eq!(error.sqlite_error_code(), Some(rusqlite::ErrorCode::ConstraintViolation), "{sql}: {error}");
    }
    // That it was pruned, and nothing else, is what its seal says.
    shell.execute_batch("DROP TRIGGER pruned_stays; UPDATE pruned SET length = 7").unwrap();
    assert_eq!(ledger.pruned(&all[State::Sent as usize].1.message).unwrap_err().exit, Exit::Io);
}
