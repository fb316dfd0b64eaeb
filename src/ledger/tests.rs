//! What the ledger lets happen, what it refuses, and what it makes of a damaged file.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use proptest::prelude::*;
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
        sender: "farol@aurora.example".into(),
        message_id: format!("<{recipient}{revision}@aurora.example>"),
        message: format!("To: {recipient}\r\n\r\nRevisão {revision}\r\n").into_bytes(),
        told: telling("{}", f64::from(revision)),
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
    Arc::new(Telling { scope: scope.into(), definitions: "d1".into(), figures: vec![figure] })
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

/// Which of the three steps may be taken from which state; everything else is refused and changes nothing.
#[test]
fn a_delivery_takes_legal_steps_only() {
    for state in State::ALL {
        let legal = |step: &str| match state {
            State::Pending | State::Deferred | State::Unknown => step == "begin",
            // Without an intent nothing has left: neither sent nor unknown.
            State::Sending => matches!(step, "intend" | "deferred" | "failed"),
            State::Sent | State::Failed => false,
        };
        for step in ["begin", "intend", "sent", "deferred", "failed", "unknown"] {
            let folder = tempfile::tempdir().unwrap();
            let mut ledger = with_one(folder.path());
            bring(&mut ledger, state);
            let before = ledger.deliveries("executive", "2026-10").unwrap();
            let done = match step {
                "begin" => ledger.begin(1, at(20)),
                "intend" => ledger.intend(1, at(20)),
                "sent" => ledger.settle(1, Settlement::Sent("250".into()), at(20)),
                "deferred" => ledger.settle(1, Settlement::Deferred("451".into()), at(20)),
                "failed" => ledger.settle(1, Settlement::Failed("550".into()), at(20)),
                _ => ledger.settle(1, Settlement::Unknown("gone".into()), at(20)),
            };
            // What waits may be given up.
            let gives_up = step == "failed" && matches!(state, State::Pending | State::Deferred | State::Unknown);
            assert_eq!(done.is_ok(), legal(step) || gives_up, "{state:?} {step} {done:?}");
            if let Err(failure) = done {
                assert_eq!(failure.exit, Exit::Internal);
                assert_eq!(ledger.deliveries("executive", "2026-10").unwrap(), before);
            }
        }
    }
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
        "INSERT INTO deliveries SELECT 2, run, recipient, locale, sender, 'x', message, state, dot_intent, reply, \
         attempts, resends, updated, seal FROM deliveries",
        "INSERT INTO deliveries SELECT 2, 99, recipient, locale, sender, 'x', message, 'pending', NULL, NULL, 0, 0, \
         updated, seal FROM deliveries",
    ] {
        shell.pragma_update(None, "foreign_keys", "ON").unwrap();
        let error = shell.execute(sql, []).unwrap_err();
        assert_eq!(error.sqlite_error_code(), Some(rusqlite::ErrorCode::ConstraintViolation), "{sql}: {error}");
    }
}

#[test]
fn a_new_revision_ends_what_the_old_one_still_had_to_deliver() {
    let folder = tempfile::tempdir().unwrap();
    let mut ledger = with_one(folder.path());
    bring(&mut ledger, State::Deferred);
    ledger.record(&run(2), &[], &[delivery("ana@aurora.example", 2)]).unwrap();
    let all = ledger.deliveries("executive", "2026-10").unwrap();
    assert_eq!(
        all.iter().map(|d| (d.revision, d.state)).collect::<Vec<_>>(),
        [(1, State::Failed), (2, State::Pending)]
    );
    assert_eq!(all[0].reply.as_deref(), Some("given up for revision 2"));
    assert_eq!(ledger.standing("executive", "2026-10", "ana@aurora.example").unwrap().unwrap().id, 2);
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

#[test]
fn a_ledger_that_is_gone_is_not_made_anew() {
    let folder = tempfile::tempdir().unwrap();
    drop(with_one(folder.path()));
    fs::remove_file(folder.path().join("farol.db")).unwrap();
    let failure = Ledger::open(folder.path()).unwrap_err();
    assert_eq!(failure.exit, Exit::Io);
    assert!(failure.to_string().contains("error[ledger-missing]"), "{failure}");
    assert!(!folder.path().join("farol.db").exists());
}

#[test]
fn a_file_that_is_no_ledger_is_refused_and_left_alone() {
    let contents: [&[u8]; 5] = [b"", b"x", &[0; 4096], b"SQLite format 3\0", "não é um banco".as_bytes()];
    for content in contents {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("farol.db");
        fs::write(&path, content).unwrap();
        let failure = Ledger::open(folder.path()).unwrap_err();
        assert_eq!(failure.exit, Exit::Io, "{failure}");
        assert!(failure.to_string().contains("error[ledger-damaged]"), "{failure}");
        assert_eq!(fs::read(&path).unwrap(), content);
    }
    let folder = tempfile::tempdir().unwrap();
    Connection::open(folder.path().join("farol.db")).unwrap().execute("CREATE TABLE other (x)", []).unwrap();
    assert_eq!(Ledger::open(folder.path()).unwrap_err().exit, Exit::Io);
}

#[test]
fn a_ledger_of_a_newer_farol_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    drop(with_one(folder.path()));
    Connection::open(folder.path().join("farol.db")).unwrap().pragma_update(None, "user_version", 99).unwrap();
    let failure = Ledger::open(folder.path()).unwrap_err();
    assert!(failure.to_string().contains("error[ledger-newer]"), "{failure}");
}

#[test]
fn a_rule_that_somebody_took_out_is_missed() {
    let folder = tempfile::tempdir().unwrap();
    drop(with_one(folder.path()));
    Connection::open(folder.path().join("farol.db")).unwrap().execute("DROP TRIGGER deliveries_end", []).unwrap();
    assert_eq!(Ledger::open(folder.path()).unwrap_err().exit, Exit::Io);
}

#[cfg(unix)]
#[test]
fn nobody_else_may_read_the_ledger() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().join("state");
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    drop(with_one(&state));
    let path = state.join("farol.db");
    assert_eq!((mode(&state), mode(&path)), (0o700, 0o600));
    fs::set_permissions(&path, fs::Permissions::from_mode(0o666)).unwrap();
    drop(Ledger::open(&state).unwrap());
    assert_eq!(mode(&path), 0o600);
}

/// Everything that a ledger can be asked.
fn content(ledger: &Ledger) -> Result<String> {
    let mut all = vec![format!("{:?}", ledger.undelivered()?)];
    for run in ledger.runs("executive", "2026-10")? {
        all.push(format!("{run:?} {:?}", ledger.figures(run.id)?));
    }
    for delivery in ledger.deliveries("executive", "2026-10")? {
        all.push(format!("{delivery:?} {:?}", ledger.message(&delivery.message)?));
        all.push(format!("{:?}", ledger.already_sent("executive", "2026-10", &delivery.recipient)?));
    }
    Ok(all.join("\n"))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    /// A byte that changes, or a tail that is cut off, is found, or it was of no account.
    #[test]
    fn damage_is_found_or_without_effect(place in any::<prop::sample::Index>(), new in any::<u8>(), cut in prop::bool::weighted(0.1)) {
        static WHOLE: std::sync::OnceLock<(Vec<u8>, String)> = std::sync::OnceLock::new();
        let (bytes, expected) = WHOLE.get_or_init(|| {
            let folder = tempfile::tempdir().unwrap();
            let mut ledger = with_one(folder.path());
            bring(&mut ledger, State::Sent);
            ledger.record(&run(2), &[figure("nps", Some(53.0))], &[delivery("ana@aurora.example", 2)]).unwrap();
            let expected = content(&ledger).unwrap();
            drop(ledger);
            (fs::read(folder.path().join("farol.db")).unwrap(), expected)
        });
        let folder = tempfile::tempdir().unwrap();
        let mut damaged = bytes.clone();
        let at = place.index(damaged.len());
        if cut { damaged.truncate(at); } else { damaged[at] = new; }
        fs::write(folder.path().join("farol.db"), damaged).unwrap();
        match Ledger::open(folder.path()).and_then(|ledger| content(&ledger)) {
            Ok(found) => prop_assert_eq!(&found, expected),
            Err(failure) => prop_assert_eq!(failure.exit, Exit::Io, "{}", failure),
        }
    }
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

/// A file of version 1 holds runs and deliveries, and nothing of what they told.
#[test]
fn a_ledger_of_the_first_version_is_brought_up() {
    let folder = tempfile::tempdir().unwrap();
    drop(with_one(folder.path()));
    let old = Connection::open(folder.path().join("farol.db")).unwrap();
    old.execute_batch("DROP TABLE scheduled; DROP TABLE slots; DROP TABLE incidents").unwrap();
    old.execute_batch("DROP TABLE told_to; DROP TABLE told; PRAGMA user_version = 1").unwrap();
    drop(old);
    let mut ledger = Ledger::open(folder.path()).unwrap();
    bring(&mut ledger, State::Sent);
    assert_eq!(ledger.told("executive", "{}").unwrap(), []);
    assert_eq!(ledger.deliveries("executive", "2026-10").unwrap().len(), 1);
}
