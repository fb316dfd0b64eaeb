//! Which figures of answers readers know, by the mail that they have, may have, or may still get.

use super::*;

fn shown(segment: &str, kpis: &[&str]) -> AnswersTold {
    let kpis = kpis.iter().map(ToString::to_string).collect();
    AnswersTold { dimension: "plan".into(), segment: segment.into(), kpis }
}

/// A mail that shows two periods.
fn mail(recipient: &str) -> NewDelivery {
    let own = vec![shown("Pro \"×\" Sul", &["nps"]), shown("Basic", &["nps", "nps_response_rate"])];
    let answers = [("2026-10".to_owned(), own), ("2026-09".to_owned(), vec![shown("Basic", &["nps"])])].into();
    NewDelivery { told: Arc::new(Telling { answers, ..(*telling("{}", 1.0)).clone() }), ..delivery(recipient, 1) }
}

/// What Ana was told of a period.
fn known(ledger: &Ledger, period: &str) -> Vec<Knowing> {
    let mut known = ledger.answers_told(&["ana@aurora.example".to_owned()].into()).unwrap();
    known.retain(|known| known.period == period);
    known
}

#[test]
fn each_period_has_what_was_told_of_it_and_whom() {
    let folder = tempfile::tempdir().unwrap();
    let mut ledger = Ledger::open(folder.path()).unwrap();
    ledger.record(&run(1), &[], &[mail("ana@aurora.example"), mail("eva@aurora.example")]).unwrap();
    bring(&mut ledger, State::Sent);
    let both = ["ana@aurora.example", "eva@aurora.example"].map(str::to_owned).into();
    let of = ledger.answers_told(&both).unwrap();
    let periods: Vec<&str> = of.iter().map(|known| known.period.as_str()).collect();
    assert_eq!(periods, ["2026-09", "2026-10"], "mails of one part of the customers tell the same");
    assert_eq!(
        (of[0].report.as_str(), of[0].scope.as_str(), &of[0].told),
        ("executive", "{}", &vec![shown("Basic", &["nps"])])
    );
    assert_eq!(known(&ledger, "2026-10")[0].told.len(), 2);
    // Ana has it; Eva may still get it.
    let readers = [("ana@aurora.example", true), ("eva@aurora.example", false)];
    assert_eq!(*of[0].readers, readers.map(|(to, is)| (to.to_owned(), is)).into());
    assert_eq!(known(&ledger, "2026-08"), []);
}

#[test]
fn nobody_knows_what_never_left_and_was_not_given_up() {
    for (state, is_known) in [
        (State::Pending, true),
        (State::Unknown, true),
        (State::Deferred, true),
        (State::Failed, false),
        (State::Dead, false),
        (State::Discarded, true),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let mut ledger = Ledger::open(folder.path()).unwrap();
        ledger.record(&run(1), &[], &[mail("ana@aurora.example")]).unwrap();
        bring(&mut ledger, state);
        assert_eq!(!known(&ledger, "2026-10").is_empty(), is_known, "{state:?}");
    }
}

/// Mail of an older farol: its own period, whatever is told of it.
#[test]
fn of_older_mail_the_figures_of_its_own_period_are_known() {
    let folder = tempfile::tempdir().unwrap();
    let mut ledger = with_one(folder.path());
    bring(&mut ledger, State::Sent);
    assert_eq!(ledger.answers_told(&["ana@aurora.example".to_owned()].into()).unwrap().len(), 1);
    assert_eq!(known(&ledger, "2026-10")[0].told, [shown("Pro \"×\" Sul", &["nps"])]);
}

#[test]
fn what_was_told_of_answers_cannot_be_changed_unseen() {
    let folder = tempfile::tempdir().unwrap();
    let mut ledger = Ledger::open(folder.path()).unwrap();
    ledger.record(&run(1), &[], &[mail("ana@aurora.example")]).unwrap();
    let outside = Connection::open(folder.path().join("farol.db")).unwrap();
    for change in ["UPDATE told_answers SET figures = '[]'", "DELETE FROM told_answers"] {
        assert!(outside.execute(change, []).is_err(), "{change}");
    }
    outside.execute_batch("DROP TRIGGER told_answers_stay; UPDATE told_answers SET figures = '[]'").unwrap();
    assert_eq!(ledger.answers_told(&["ana@aurora.example".to_owned()].into()).unwrap_err().exit, Exit::Io);
}
