//! The outbox against servers that refuse, vanish and come back: who gets what, how often, and what the run adds up to.

use std::collections::{BTreeMap, VecDeque};
use std::path::Path;
use std::sync::Mutex;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use farol::config::{OnUnknown, Tls};
use farol::delivery::address::{Envelope, identity};
use farol::delivery::message::{Letter, compose};
use farol::delivery::outbox::{self, Mailing, Postman, Summary};
use farol::delivery::smtp::{Deadlines, Smtp};
use farol::delivery::transport::{Outcome, Transport};
use farol::diagnostic::Diagnostic;
use farol::error::{Exit, Failure, Result};
use farol::ledger::{Ledger, NewDelivery, Run, RunLock, State, Telling};

use super::faults::server;
use crate::support::fault_server::{Answer, FaultServer, Phase, Protection};
use crate::support::{letter, noon};

pub(crate) const ANA: &str = "ana@example.test";
pub(crate) const EVA: &str = "eva@example.test";

/// A transport that does as it is told, and remembers what it carried.
#[derive(Default)]
pub(crate) struct Scripted {
    outcomes: VecDeque<Outcome>,
    /// Whether the process dies before the intent, or after it.
    dies: Option<bool>,
    pub(crate) carried: Vec<(String, Vec<u8>)>,
}

impl Scripted {
    pub(crate) fn of(outcomes: impl IntoIterator<Item = Outcome>) -> Self {
        Self { outcomes: outcomes.into_iter().collect(), ..Self::default() }
    }

    /// Whether every outcome has come about.
    pub(crate) fn is_spent(&self) -> bool {
        self.outcomes.is_empty()
    }
}

impl Transport for Scripted {
    fn deliver(
        &mut self,
        envelope: &Envelope,
        message: &[u8],
        intent: &mut dyn FnMut() -> Result<()>,
    ) -> Result<Outcome> {
        let died = || Failure::new(Exit::Internal, Diagnostic::error("died", "killed"));
        if self.dies == Some(false) {
            return Err(died());
        }
        let outcome = self.outcomes.pop_front().expect("an outcome");
        if matches!(outcome, Outcome::Sent(_) | Outcome::Unknown(_)) {
            intent()?;
            self.carried.push((envelope.to.to_string(), message.to_vec()));
        }
        if self.dies == Some(true) { Err(died()) } else { Ok(outcome) }
    }

    fn probe(&mut self) -> Result<()> {
        Ok(())
    }
}

pub(crate) fn sent() -> Outcome {
    Outcome::Sent("250 ok".into())
}

pub(crate) fn mailing(recipients: &[&str]) -> Mailing {
    Mailing {
        report: "executive".into(),
        period: "2026-10".into(),
        recipients: recipients.iter().map(|to| identity(to).unwrap()).collect(),
        rights: BTreeMap::new(),
    }
}

/// An hour after noon: every first pause is over.
fn later() -> DateTime<Utc> {
    noon() + TimeDelta::hours(1)
}

/// Plans, writes, records and works the outbox, as a run at noon does.
fn post(state: &Path, transport: &mut dyn Transport, recipients: &[&str], resend: bool) -> Result<Summary> {
    post_at(noon(), OnUnknown::ResendOnce, state, transport, recipients, resend)
}

/// The lock of a state folder. Between fork and exec, a process that another test starts holds whatever is open here.
pub(crate) fn lock(state: &Path, now: DateTime<Utc>) -> RunLock {
    for _ in 0..200 {
        if let Ok(lock) = RunLock::acquire(state, now) {
            return lock;
        }
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    RunLock::acquire(state, now).unwrap()
}

/// The same at another time.
pub(crate) fn post_at(
    now: DateTime<Utc>,
    on_unknown: OnUnknown,
    state: &Path,
    transport: &mut dyn Transport,
    recipients: &[&str],
    resend: bool,
) -> Result<Summary> {
    let lock = lock(state, now);
    let mut ledger = Ledger::open(state)?;
    let mailing = mailing(recipients);
    let plan = outbox::plan(&ledger, &mailing, resend)?;
    let mut deliveries = Vec::new();
    for recipient in &plan.recipients {
        let message = compose(&Letter { revision: plan.revision, ..letter(recipient) })?;
        deliveries.push(NewDelivery {
            recipient: message.recipient,
            locale: "pt-BR".into(),
            names: true,
            sender: message.envelope.from.to_string(),
            message_id: message.id,
            message: message.bytes,
            told: std::sync::Arc::new(Telling { scope: "{}".into(), ..Telling::default() }),
            deliver_by: now + TimeDelta::hours(72),
        });
    }
    let run = Run {
        report: mailing.report.clone(),
        period: mailing.period.clone(),
        revision: plan.revision,
        started: now,
        finished: now,
        as_of: now,
        configuration: String::new(),
        inputs: "[]".into(),
        version: "0.1.0".into(),
        complete: true,
        warnings: Vec::new(),
    };
    if !deliveries.is_empty() {
        ledger.record(&run, &[], &deliveries)?;
    }
    Postman::new(transport, on_unknown, &|| now).work(&mut ledger, &lock, &mailing)
}

pub(crate) fn states(summary: &Summary) -> Vec<State> {
    summary.deliveries.iter().map(|delivery| delivery.state).collect()
}

#[test]
fn the_same_report_goes_to_the_same_person_once() {
    let state = tempfile::tempdir().unwrap();
    let mut transport = Scripted::of([sent(), sent()]);
    let first = post(state.path(), &mut transport, &[ANA, EVA], false).unwrap();
    assert_eq!((first.sent_now.len(), first.exit()), (2, None));

    let second = post(state.path(), &mut transport, &["Ana@EXAMPLE.test", EVA], false).unwrap();
    assert_eq!((second.sent_now.len(), second.exit(), states(&second)), (0, None, vec![State::Sent; 2]));
    assert_eq!(transport.carried.len(), 2);
}

#[test]
fn who_joins_later_gets_the_revision_that_the_others_got() {
    let state = tempfile::tempdir().unwrap();
    let mut transport = Scripted::of([sent(), sent()]);
    post(state.path(), &mut transport, &[ANA], false).unwrap();
    let summary = post(state.path(), &mut transport, &[ANA, EVA], false).unwrap();
    assert_eq!(
        summary.deliveries.iter().map(|d| (d.recipient.as_str(), d.revision)).collect::<Vec<_>>(),
        [(ANA, 1), (EVA, 1)]
    );
    assert_eq!(transport.carried.iter().map(|(to, _)| to.as_str()).collect::<Vec<_>>(), [ANA, EVA]);
}

#[test]
fn on_purpose_everybody_gets_a_new_revision_under_a_new_id() {
    let state = tempfile::tempdir().unwrap();
    let mut transport = Scripted::of([sent(), sent()]);
    let first = post(state.path(), &mut transport, &[ANA], false).unwrap();
    let again = post(state.path(), &mut transport, &[ANA], true).unwrap();
    assert_eq!(again.deliveries[0].revision, 2);
    assert_ne!(again.deliveries[0].message_id, first.deliveries[0].message_id);
}

/// One address refused, one put off: each has its own end, and the run's is "try again" as long as anybody waits.
#[test]
fn one_refused_recipient_does_not_cost_the_others_their_mail() {
    let state = tempfile::tempdir().unwrap();
    let fault_server = FaultServer::start(Protection::None, |phase, command| match phase {
        Phase::Recipient if command.contains("nobody@") => {
            Answer::say("550 5.1.1 <nobody@example.test>: unknown user\r\n")
        }
        Phase::Recipient if command.contains("later@") => Answer::say("451 4.3.0 try later\r\n"),
        _ => Answer::Good,
    });
    let mut smtp = Smtp::new(&server("127.0.0.1", fault_server.port, Tls::None)).unwrap();
    let recipients = ["nobody@example.test", "later@example.test", ANA];
    let summary = post(state.path(), &mut smtp, &recipients, false).unwrap();
    assert_eq!(states(&summary), [State::Failed, State::Deferred, State::Sent]);
    assert_eq!(summary.exit(), Some(Exit::TryAgain));
    let told = summary.diagnostics().iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
    assert!(
        told.contains("`n…@example.test` will not get it: RCPT TO: 550 5.1.1 <n…@example.test>: unknown user"),
        "{told}"
    );
    assert!(!told.contains("nobody@") && !told.contains("ana@"), "{told}");

    let mut transport = Scripted::of([sent()]);
    let summary = post_at(later(), OnUnknown::ResendOnce, state.path(), &mut transport, &recipients, false).unwrap();
    assert_eq!(states(&summary), [State::Failed, State::Sent, State::Sent]);
    assert_eq!(summary.exit(), Some(Exit::Undeliverable));
    assert_eq!(transport.carried[0].0, "later@example.test");
}

/// One recipient whom the server answers in a way that ends the conversation: the others get theirs in the same run, and so does
/// who comes after two such recipients in the next one.
#[test]
fn an_odd_answer_to_one_recipient_starves_nobody() {
    let odd = [
        (Phase::Recipient, Answer::say("421 4.3.2 closing\r\n")),
        (Phase::Recipient, Answer::say("252 cannot verify\r\n")),
        (Phase::Recipient, Answer::say("5501 odd\r\n")),
        (Phase::Recipient, Answer::Hang),
        (Phase::Recipient, Answer::Reset),
        (Phase::Data, Answer::say("250 weird\r\n")),
        (Phase::Dot, Answer::say("421 4.3.2 closing\r\n")),
        (Phase::Dot, Answer::Close),
    ];
    let quick = Deadlines { command: Duration::from_millis(300), ..Deadlines::default() };
    for (step, answer) in odd {
        let state = tempfile::tempdir().unwrap();
        let what = format!("{step:?} {answer:?}");
        // What is said at DATA and at the dot hangs on the recipient that was named before.
        let is_hers = Mutex::new(false);
        let fault_server = FaultServer::start(Protection::None, move |phase, command| {
            if phase == Phase::Recipient {
                *is_hers.lock().unwrap() = command.contains("odd@");
            }
            if phase == step && *is_hers.lock().unwrap() { answer.clone() } else { Answer::Good }
        });
        let mut smtp = Smtp::new(&server("127.0.0.1", fault_server.port, Tls::None)).unwrap().with_deadlines(quick);
        let summary = post(state.path(), &mut smtp, &["odd@example.test", ANA, EVA], false).unwrap();
        assert_eq!(states(&summary)[1..], [State::Sent, State::Sent], "{what}");
        assert_eq!((summary.exit(), summary.unreachable.as_ref()), (Some(Exit::TryAgain), None), "{what}");
    }
}

/// Two in a row end the run, as a server that is ill would have it; the next run begins with those that it did not come to.
#[test]
fn two_conversations_in_a_row_that_break_end_the_run_and_the_next_begins_with_the_others() {
    let state = tempfile::tempdir().unwrap();
    let broken = || Outcome::Broken("RCPT TO: 421 <ana@example.test> closing".into());
    let people = [ANA, EVA, "rui@example.test", "sol@example.test"];
    let mut transport = Scripted::of([broken(), broken()]);
    let summary = post(state.path(), &mut transport, &people, false).unwrap();
    assert_eq!(states(&summary), [State::Deferred, State::Deferred, State::Pending, State::Pending]);
    let told = summary.diagnostics();
    assert_eq!((told.len(), told[0].code), (1, "mail-server"), "{told:?}");
    let mut transport = Scripted::of([sent(), sent(), broken(), broken()]);
    let summary = post_at(later(), OnUnknown::ResendOnce, state.path(), &mut transport, &people, false).unwrap();
    assert_eq!(states(&summary), [State::Deferred, State::Deferred, State::Sent, State::Sent]);
    // One in between who gets it shows that the server is well.
    let state = tempfile::tempdir().unwrap();
    let mut transport = Scripted::of([broken(), sent(), broken(), sent()]);
    let summary = post(state.path(), &mut transport, &people, false).unwrap();
    assert_eq!((summary.count(State::Sent), summary.unreachable), (2, None));
}

/// A server that says one thing at one step, and is well otherwise.
fn saying_at(step: Phase, answer: &'static str) -> FaultServer {
    FaultServer::start(Protection::None, move |phase, _| if phase == step { Answer::say(answer) } else { Answer::Good })
}

/// What mends a refusal hangs on what was refused: an address at RCPT, the mail itself after it.
#[test]
fn a_refusal_is_mended_by_its_cause() {
    for (step, answer, is_address) in [
        (Phase::Recipient, "550 5.1.1 unknown user\r\n", true),
        (Phase::Recipient, "552 5.2.2 mailbox full\r\n", true),
        (Phase::Data, "554 5.7.1 no\r\n", false),
        (Phase::Dot, "552 5.3.4 too large\r\n", false),
        (Phase::Dot, "554 5.7.1 spam\r\n", false),
    ] {
        let state = tempfile::tempdir().unwrap();
        let fault_server = saying_at(step, answer);
        let mut smtp = Smtp::new(&server("127.0.0.1", fault_server.port, Tls::None)).unwrap();
        let summary = post(state.path(), &mut smtp, &[ANA], false).unwrap();
        assert_eq!(states(&summary), [State::Failed], "{answer}");
        let advice = summary.diagnostics()[0].help.clone().unwrap();
        assert_eq!(advice.contains("correct it in reports.yaml, then farol run --report executive"), is_address);
        assert_eq!(advice.contains("farol outbox discard 1"), is_address, "{advice}");
        assert_eq!(advice.contains("the mail that is refused and not the address"), !is_address, "{advice}");
        assert!(advice.contains("farol outbox retry 1"), "{advice}");
    }
}

/// A mail that is too large, or a sender that the server does not take, is no recipient's fault: it is tried again.
#[test]
fn what_the_sender_or_the_server_is_to_blame_for_fails_nobody_for_good() {
    for (step, answer) in [
        (Phase::Hello, "250-fault.example\r\n250 SIZE 100\r\n"),
        (Phase::Sender, "552 5.3.4 message size exceeds the limit\r\n"),
        (Phase::Sender, "550 5.7.1 sender refused\r\n"),
    ] {
        let state = tempfile::tempdir().unwrap();
        let fault_server = saying_at(step, answer);
        let mut smtp = Smtp::new(&server("127.0.0.1", fault_server.port, Tls::None)).unwrap();
        let summary = post(state.path(), &mut smtp, &[ANA, EVA], false).unwrap();
        assert_eq!((summary.count(State::Failed), summary.exit()), (0, Some(Exit::TryAgain)), "{answer}");
        let told = summary.diagnostics().iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
        assert!(!told.contains("correct the address"), "{told}");
    }
}

#[test]
fn a_connection_lost_after_the_dot_is_unknown_and_is_tried_once_more_with_the_same_bytes() {
    let state = tempfile::tempdir().unwrap();
    let lost = || {
        FaultServer::start(Protection::None, |phase, _| if phase == Phase::Dot { Answer::Close } else { Answer::Good })
    };
    let first = lost();
    let mut smtp = Smtp::new(&server("127.0.0.1", first.port, Tls::None)).unwrap();
    let summary = post(state.path(), &mut smtp, &[ANA], false).unwrap();
    assert_eq!((states(&summary), summary.exit()), (vec![State::Unknown], Some(Exit::TryAgain)));

    let second = lost();
    let mut smtp = Smtp::new(&server("127.0.0.1", second.port, Tls::None)).unwrap();
    let summary = post(state.path(), &mut smtp, &[ANA], false).unwrap();
    assert_eq!((states(&summary), summary.exit()), (vec![State::Unknown], Some(Exit::Undeliverable)));
    let told = summary.diagnostics();
    assert!(told.iter().any(|told| told.code == "mail-tried-twice"), "{told:?}");
    assert_eq!(first.body(), second.body());
    assert!(!first.body().is_empty());

    let mut transport = Scripted::default();
    let summary = post(state.path(), &mut transport, &[ANA], false).unwrap();
    assert_eq!((states(&summary), summary.exit()), (vec![State::Unknown], Some(Exit::Undeliverable)));
    println!("D8 | copies of a mail whose server dies after it twice | 2, never a third");
}

#[test]
fn a_server_that_talks_to_nobody_is_asked_once_and_burns_nobody() {
    let state = tempfile::tempdir().unwrap();
    let mut transport = Scripted::of([Outcome::Unreachable("AUTH: 535".into())]);
    let summary = post(state.path(), &mut transport, &[ANA, EVA], false).unwrap();
    assert_eq!(states(&summary), [State::Deferred, State::Pending]);
    assert_eq!((summary.exit(), summary.unreachable.as_deref()), (Some(Exit::TryAgain), Some("AUTH: 535")));
    assert_eq!(summary.diagnostics().len(), 1);

    let mut transport = Scripted::of([sent(), sent()]);
    let summary = post_at(later(), OnUnknown::ResendOnce, state.path(), &mut transport, &[ANA, EVA], false).unwrap();
    assert_eq!((states(&summary), summary.exit()), (vec![State::Sent; 2], None));
}

/// Killed before the intent nothing had left, so it is simply sent; killed after it, it is sent again once, and that may be twice.
#[test]
fn a_killed_run_loses_nothing() {
    for (after_intent, copies) in [(false, 1), (true, 2)] {
        let state = tempfile::tempdir().unwrap();
        let mut dying = Scripted { dies: Some(after_intent), ..Scripted::of([sent()]) };
        post(state.path(), &mut dying, &[ANA], false).unwrap_err();
        let cut_off = Ledger::open(state.path()).unwrap().undelivered().unwrap().remove(0);
        assert_eq!(cut_off.said(), "an attempt goes on, or was cut off");
        let mut transport = Scripted::of([sent()]);
        let summary = post(state.path(), &mut transport, &[ANA], false).unwrap();
        assert_eq!((states(&summary), summary.exit()), (vec![State::Sent], None));
        assert_eq!(summary.deliveries[0].resends, u32::from(after_intent));
        let all: Vec<_> = dying.carried.iter().chain(&transport.carried).collect();
        assert_eq!(all.len(), copies);
        assert!(all.iter().all(|copy| *copy == all[0]));
    }
}

#[test]
fn who_is_no_longer_named_gets_nothing_more() {
    let state = tempfile::tempdir().unwrap();
    post(state.path(), &mut Scripted::of([Outcome::Deferred("451".into()), sent()]), &[ANA, EVA], false).unwrap();
    let mut transport = Scripted::default();
    let summary = post(state.path(), &mut transport, &[EVA], false).unwrap();
    assert_eq!((states(&summary), summary.exit()), (vec![State::Sent], None));
    assert_eq!(summary.held.iter().map(|delivery| delivery.recipient.as_str()).collect::<Vec<_>>(), [ANA]);
}
