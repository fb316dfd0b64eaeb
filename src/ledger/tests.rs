//! What the ledger lets happen, what it refuses, and what it makes of a damaged file.

mod answers;
mod damage;
mod decided;
mod migration;
mod pruned;
mod traffic;

use std::path::Path;
use std::sync::Arc;

use rusqlite::Connection;

use super::*;

fn at(second: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_793_875_200 + second, 0).unwrap()
}

fn run(revision: u32) -> Run {
    Run {
        report: "executive".into(),
        period: "2026-10".into(),
        revision,
        started: at(0),
        finished: at(5),
        as_of: at(0),
        configuration: "ab".repeat(32),
        inputs: r#"[{"file":"clientes.csv","rows":400}]"#.into(),
        version: "0.1.0".into(),
        complete: true,
        warnings: vec!["3 rows quarantined".into()],
    }
}

fn figure(kpi: &str, value: Option<f64>) -> Figure {
    Figure {
        dimension: "total".into(),
        segment: "total".into(),
        kpi: kpi.into(),
        unit: "percent".into(),
        value,
        n: Some(200),
        numerator: value,
        denominator: Some(2.0),
        low: None,
        high: None,
        note: String::new(),
    }
}

fn delivery(recipient: &str, revision: u32) -> NewDelivery {
    NewDelivery {
        recipient: recipient.into(),
        locale: "pt-BR".into(),
        names: true,
        sender: "farol@aurora.example".into(),
        message_id: format!("<{recipient}{revision}@aurora.example>"),
        message: format!("To: {recipient}\r\n\r\nRevisão {revision}\r\n").into_bytes(),
        told: telling("{}", f64::from(revision)),
        deliver_by: at(72 * 3600),
    }
}

/// What a part of the customers is told: one figure.
fn telling(scope: &str, value: f64) -> Arc<Telling> {
    let figure = ToldFigure {
        dimension: "plan".into(),
        segment: "Pro \"×\" Sul".into(),
        kpi: "nps".into(),
        value,
        may_change: true,
    };
    Arc::new(Telling { scope: scope.into(), definitions: "d1".into(), figures: vec![figure], answers: [].into() })
}

/// A ledger with one run and one delivery, number 1.
fn with_one(state: &Path) -> Ledger {
    let mut ledger = Ledger::open(state).unwrap();
    ledger.record(&run(1), &[figure("nps", Some(52.0))], &[delivery("ana@aurora.example", 1)]).unwrap();
    ledger
}

/// Brings delivery 1 to a state by legal steps.
fn bring(ledger: &mut Ledger, state: State) {
    match state {
        State::Pending => {}
        State::Sending => {
            ledger.begin(1, at(10)).unwrap();
        }
        State::Deferred | State::Failed => {
            ledger.begin(1, at(10)).unwrap();
            let settlement = if state == State::Failed {
                Settlement::Failed("550".into())
            } else {
                Settlement::Deferred("451".into())
            };
            ledger.settle(1, settlement, at(11)).unwrap();
        }
        State::Dead => {
            ledger.settle(1, Settlement::Dead("too late".into()), at(10)).unwrap();
        }
        State::Discarded => {
            ledger.discard(1, "not wanted", at(10)).unwrap();
        }
        State::Sent | State::Unknown => {
            ledger.begin(1, at(10)).unwrap();
            ledger.intend(1, at(11)).unwrap();
            let settlement =
                if state == State::Sent { Settlement::Sent("250".into()) } else { Settlement::Unknown("gone".into()) };
            ledger.settle(1, settlement, at(12)).unwrap();
        }
    }
    assert_eq!(ledger.standing("executive", "2026-10", "ana@aurora.example").unwrap().unwrap().state, state);
}

#[test]
fn what_was_recorded_reads_back_after_the_file_was_closed() {
    let state = tempfile::tempdir().unwrap();
    let figures = [figure("nps", Some(52.5)), figure("churn", None), figure("crc", Some(-0.0))];
    let id = Ledger::open(state.path())
        .unwrap()
        .record(&run(1), &figures, &[delivery("ana@aurora.example", 1), delivery("eva@aurora.example", 1)])
        .unwrap();

    let ledger = Ledger::open(state.path()).unwrap();
    assert_eq!(ledger.figures(id).unwrap(), figures);
    assert_eq!(ledger.runs("executive", "2026-10").unwrap(), [RunRecord { id, run: run(1) }]);
    let waiting = ledger.undelivered().unwrap();
    assert_eq!(
        waiting.iter().map(|d| d.recipient.as_str()).collect::<Vec<_>>(),
        ["ana@aurora.example", "eva@aurora.example"]
    );
    assert_eq!(ledger.message(&waiting[1].message).unwrap(), delivery("eva@aurora.example", 1).message);
    assert_eq!(ledger.revision("executive", "2026-10").unwrap(), 1);
    assert_eq!(ledger.revision("executive", "2026-11").unwrap(), 0);
}

#[test]
fn a_run_that_delivers_nothing_makes_no_revision() {
    let state = tempfile::tempdir().unwrap();
    let mut ledger = Ledger::open(state.path()).unwrap();
    ledger.record(&run(1), &[], &[]).unwrap();
    ledger.record(&Run { complete: false, ..run(1) }, &[], &[]).unwrap();
    assert_eq!(ledger.next_revision("executive", "2026-10").unwrap(), 1);
    ledger.record(&run(1), &[], &[delivery("ana@aurora.example", 1)]).unwrap();
    assert_eq!(ledger.next_revision("executive", "2026-10").unwrap(), 2);
}

/// A run with one message that is known already leaves nothing behind, not even its figures.
#[test]
fn a_run_is_recorded_whole_or_not_at_all() {
    let state = tempfile::tempdir().unwrap();
    let mut ledger = with_one(state.path());
    let again = [delivery("eva@aurora.example", 1), delivery("ana@aurora.example", 1)];
    let failure = ledger.record(&run(1), &[figure("nps", Some(1.0))], &again).unwrap_err();
    assert_eq!(failure.exit, Exit::Internal, "{failure}");
    assert_eq!(ledger.runs("executive", "2026-10").unwrap().len(), 1);
    assert_eq!(ledger.undelivered().unwrap().len(), 1);
    for bad in [f64::NAN, f64::INFINITY] {
        assert!(ledger.record(&run(1), &[figure("nps", Some(bad))], &[]).is_err());
    }
    let twice = [figure("nps", Some(1.0)), figure("nps", Some(2.0))];
    assert!(ledger.record(&run(1), &twice, &[]).is_err());
}

#[test]
fn only_a_sent_delivery_counts_as_sent() {
    for state in State::ALL {
        let folder = tempfile::tempdir().unwrap();
        let mut ledger = with_one(folder.path());
        bring(&mut ledger, state);
        let sent = ledger.already_sent("executive", "2026-10", "ana@aurora.example").unwrap();
        let expected = SentRecord {
            at: at(12),
            revision: 1,
            message_id: "<ana@aurora.example1@aurora.example>".into(),
            reply: "250".into(),
        };
        assert_eq!(sent, (state == State::Sent).then_some(expected));
        assert_eq!(ledger.already_sent("executive", "2026-09", "ana@aurora.example").unwrap(), None);
        assert_eq!(ledger.already_sent("executive", "2026-10", "eva@aurora.example").unwrap(), None);
    }
}

/// Which steps may be taken from which state; everything else is refused and changes nothing.
#[test]
fn a_delivery_takes_legal_steps_only() {
    const STEPS: [&str; 10] =
        ["begin", "intend", "sent", "deferred", "failed", "unknown", "dead", "postpone", "retry", "discard"];
    let mut right = 0;
    for state in State::ALL {
        let legal: &[&str] = match state {
            State::Pending => &["begin", "dead", "postpone", "discard"],
            State::Deferred => &["begin", "dead", "postpone", "retry", "discard"],
            State::Unknown => &["begin", "retry", "discard"],
            // Without an intent nothing has left: neither sent nor unknown.
            State::Sending => &["intend", "deferred", "failed"],
            State::Failed | State::Dead => &["retry", "discard"],
            State::Sent | State::Discarded => &[],
        };
        for step in STEPS {
            let folder = tempfile::tempdir().unwrap();
            let mut ledger = with_one(folder.path());
            bring(&mut ledger, state);
            let before = ledger.deliveries("executive", "2026-10").unwrap();
            let decided = ledger.decisions(1).unwrap();
            let done = match step {
                "begin" => ledger.begin(1, at(20)).map(|_| ()),
                "intend" => ledger.intend(1, at(20)).map(|_| ()),
                "postpone" => ledger.postpone(&[1], at(80), at(20)),
                "retry" => ledger.retry(1, "by hand", at(999), at(20)).map(|_| ()),
                "discard" => ledger.discard(1, "not wanted", at(20)).map(|_| ()),
                _ => {
                    let reply = "said".to_owned();
                    let settlement = match step {
                        "sent" => Settlement::Sent(reply),
                        "deferred" => Settlement::Deferred(reply),
                        "failed" => Settlement::Failed(reply),
                        "dead" => Settlement::Dead(reply),
                        _ => Settlement::Unknown(reply),
                    };
                    ledger.settle(1, settlement, at(20)).map(|_| ())
                }
            };
            assert_eq!(done.is_ok(), legal.contains(&step), "{state:?} {step} {done:?}");
            if let Err(failure) = done {
                assert_eq!(failure.exit, Exit::Internal);
                assert_eq!(ledger.deliveries("executive", "2026-10").unwrap(), before);
                assert_eq!(ledger.decisions(1).unwrap(), decided);
            }
            right += 1;
        }
    }
    assert_eq!(right, State::ALL.len() * STEPS.len());
}

#[test]
fn an_unknown_end_is_tried_again_once() {
    let folder = tempfile::tempdir().unwrap();
    let mut ledger = with_one(folder.path());
    bring(&mut ledger, State::Unknown);
    let again = ledger.begin(1, at(20)).unwrap();
    assert_eq!((again.attempts, again.resends, again.dot_intent), (2, 1, None));
    ledger.intend(1, at(21)).unwrap();
    ledger.settle(1, Settlement::Unknown("gone again".into()), at(22)).unwrap();
    assert_eq!(ledger.begin(1, at(30)).unwrap_err().exit, Exit::Internal);
}

/// Other programs obey the same rules: they are in the file.
#[test]
fn history_cannot_be_rewritten_from_outside() {
    let folder = tempfile::tempdir().unwrap();
    let mut ledger = with_one(folder.path());
    bring(&mut ledger, State::Sent);
    drop(ledger);
    let shell = Connection::open(folder.path().join("farol.db")).unwrap();
    for sql in [
        "DELETE FROM deliveries",
        "DELETE FROM runs",
        "DELETE FROM figures",
        "DELETE FROM messages",
        "UPDATE runs SET period = '2026-11'",
        "UPDATE figures SET value = 53",
        "UPDATE messages SET bytes = x'00'",
        "UPDATE deliveries SET recipient = 'eva@aurora.example'",
        "UPDATE deliveries SET state = 'pending'",
        "UPDATE deliveries SET reply = 'x'",
        "INSERT INTO deliveries SELECT 2, run, recipient, locale, sender, 'x', message, state, dot_intent, NULL, NULL, \
         reply, attempts, resends, updated, seal FROM deliveries",
        "INSERT INTO deliveries SELECT 2, 99, recipient, locale, sender, 'x', message, 'pending', NULL, NULL, NULL, NULL, \
         0, 0, updated, seal FROM deliveries",
    ] {
        shell.pragma_update(None, "foreign_keys", "ON").unwrap();
        let error = shell.execute(sql, []).unwrap_err();
        assert_eq!(error.sqlite_error_code(), Some(rusqlite::ErrorCode::ConstraintViolation), "{sql}: {error}");
    }
}

#[test]
fn a_new_revision_ends_what_the_old_one_had_not_delivered() {
    for state in [State::Pending, State::Deferred, State::Unknown, State::Failed, State::Dead] {
        let folder = tempfile::tempdir().unwrap();
        let mut ledger = with_one(folder.path());
        bring(&mut ledger, state);
        ledger.record(&run(2), &[], &[delivery("ana@aurora.example", 2)]).unwrap();
        let all = ledger.deliveries("executive", "2026-10").unwrap();
        assert_eq!(
            all.iter().map(|d| (d.revision, d.state)).collect::<Vec<_>>(),
            [(1, State::Discarded), (2, State::Pending)],
            "{state:?}"
        );
        assert_eq!(all[0].reply.as_deref(), Some("given up for revision 2"));
        assert_eq!(ledger.decisions(1).unwrap().last().unwrap().was, state);
        assert_eq!(ledger.standing("executive", "2026-10", "ana@aurora.example").unwrap().unwrap().id, 2);
    }
}

#[test]
fn an_attempt_that_was_cut_off_is_unknown_only_if_the_message_was_about_to_leave() {
    for intended in [false, true] {
        let folder = tempfile::tempdir().unwrap();
        let mut ledger = with_one(folder.path());
        bring(&mut ledger, State::Sending);
        if intended {
            ledger.intend(1, at(11)).unwrap();
        }
        drop(ledger);

        let lock = RunLock::acquire(folder.path(), at(20)).unwrap();
        let mut ledger = Ledger::open(folder.path()).unwrap();
        assert_eq!(ledger.recover(&lock, at(20)).unwrap(), 1);
        assert_eq!(ledger.recover(&lock, at(20)).unwrap(), 0);
        let state = ledger.undelivered().unwrap()[0].state;
        assert_eq!(state, if intended { State::Unknown } else { State::Deferred });
    }
}

/// The kernel gives a lock back when its holder ends; here the holder is another handle of this process.
#[test]
fn a_second_run_is_told_who_holds_the_lock_and_since_when() {
    let folder = tempfile::tempdir().unwrap();
    let lock = RunLock::acquire(folder.path(), at(0)).unwrap();
    let failure = RunLock::acquire(folder.path(), at(60)).unwrap_err();
    assert_eq!(failure.exit, Exit::TryAgain);
    let told = failure.to_string();
    let holder = format!("(pid {} since 2026-11-05T10:40:00.000000Z)", std::process::id());
    assert!(told.contains(&holder) && told.contains("farol.lock"), "{told}");
    drop(lock);
    assert!(RunLock::acquire(folder.path(), at(60)).is_ok());
}

/// What arrived counts, and of it the newest revision; each part of the customers by itself.
#[test]
fn what_was_told_is_what_arrived() {
    let folder = tempfile::tempdir().unwrap();
    let mut ledger = with_one(folder.path());
    let of = |ledger: &Ledger, scope: &str| ledger.told("executive", scope).unwrap();
    assert_eq!(of(&ledger, "{}"), [], "nothing has left");
    bring(&mut ledger, State::Sent);
    let first = of(&ledger, "{}");
    assert_eq!((first.len(), first[0].period.as_str()), (1, "2026-10"));
    assert_eq!(first[0].telling, *telling("{}", 1.0));
    let sul = NewDelivery { told: telling(r#"{"region":"Sul"}"#, 0.1 + 0.2), ..delivery("sul@aurora.example", 2) };
    let eva = delivery("eva@aurora.example", 2);
    ledger.record(&run(2), &[], &[delivery("ana@aurora.example", 2), sul, eva]).unwrap();
    assert_eq!(of(&ledger, "{}"), first, "revision 2 still waits");
    assert_eq!(of(&ledger, r#"{"region":"Sul"}"#), []);
    for id in [2, 3] {
        ledger.begin(id, at(30)).unwrap();
        ledger.intend(id, at(31)).unwrap();
        ledger.settle(id, Settlement::Sent("250".into()), at(32)).unwrap();
    }
    let second = of(&ledger, "{}");
    assert_eq!(second[0].telling, *telling("{}", 2.0));
    assert_eq!(second[0].sent, at(32));
    let sul = of(&ledger, r#"{"region":"Sul"}"#);
    assert_eq!(sul[0].telling.figures[0].value.to_bits(), (0.1_f64 + 0.2).to_bits(), "to the last bit");
    assert_eq!(ledger.told("other", "{}").unwrap(), []);
}

#[test]
fn what_was_told_cannot_be_changed_unseen() {
    let folder = tempfile::tempdir().unwrap();
    let mut ledger = with_one(folder.path());
    bring(&mut ledger, State::Sent);
    let outside = Connection::open(folder.path().join("farol.db")).unwrap();
    for change in
        ["UPDATE told SET definitions = ''", "DELETE FROM told", "UPDATE told_to SET told = 2", "DELETE FROM told_to"]
    {
        assert!(outside.execute(change, []).is_err(), "{change}");
    }
    outside.execute_batch("DROP TRIGGER told_stays; UPDATE told SET figures = '[]'").unwrap();
    assert_eq!(ledger.told("executive", "{}").unwrap_err().exit, Exit::Io);
}
