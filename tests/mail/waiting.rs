//! Pauses, limits and decisions: when what waits is tried again, when no more, and what by hand.

use std::collections::BTreeMap;
use std::path::Path;

use chrono::{DateTime, TimeDelta, Utc};
use farol::config::OnUnknown::{Hold, ResendOnce};
use farol::delivery::outbox::{Postman, Summary, is_written_anew, stands};
use farol::delivery::transport::Outcome;
use farol::error::Exit;
use farol::ledger::{Ledger, Rights, State};

use super::posting::{ANA, EVA, Scripted, lock, mailing, post_at, sent, states};
use crate::support::noon;

fn deferred() -> Outcome {
    Outcome::Deferred("RCPT TO: 451 come again".into())
}

fn after(minutes: i64) -> DateTime<Utc> {
    noon() + TimeDelta::minutes(minutes)
}

fn post(minutes: i64, state: &Path, transport: &mut Scripted) -> Summary {
    post_at(after(minutes), ResendOnce, state, transport, &[ANA], false).unwrap()
}

/// Pauses of 1, 5, 15, 60, 60 minutes at most: a run every minute for two hours makes seven attempts at least, by their sum, and
/// none within a pause that the ledger holds.
#[test]
fn a_run_within_a_pause_tries_nothing() {
    let state = tempfile::tempdir().unwrap();
    let mut transport = Scripted::of(std::iter::repeat_with(deferred).take(500));
    let mut attempts = Vec::new();
    let mut until = noon();
    for minute in 0..=200 {
        let summary = post(minute, state.path(), &mut transport);
        assert_eq!(summary.exit(), Some(Exit::TryAgain));
        let delivery = &summary.deliveries[0];
        if usize::try_from(delivery.attempts).unwrap() > attempts.len() {
            assert!(until <= after(minute), "tried at {minute} min within a pause until {until}");
            attempts.push(minute);
        }
        until = delivery.not_before.unwrap();
    }
    let longest = [1, 5, 15, 60, 60, 60, 60];
    for (pair, longest) in attempts.windows(2).zip(longest.iter().chain(std::iter::repeat(&60))) {
        assert!(pair[1] - pair[0] <= longest + 1, "{attempts:?}");
    }
    assert!((5..40).contains(&attempts.len()), "{attempts:?}");
}

/// After its time nothing is tried any more; a decision gives it a new time, and the same bytes go out.
#[test]
fn what_has_waited_too_long_is_dead_until_somebody_decides() {
    let state = tempfile::tempdir().unwrap();
    let mut transport = Scripted::of([deferred(), sent()]);
    post(0, state.path(), &mut transport);
    let summary = post(72 * 60, state.path(), &mut transport);
    assert_eq!((states(&summary), summary.exit()), (vec![State::Dead], Some(Exit::Undeliverable)));
    let told = summary.diagnostics()[0].to_string();
    let why = "not delivered by 2026-11-08 12:00 UTC; the clock showed 2026-11-08 12:00 UTC; its last attempt: \
               RCPT TO: 451 come again";
    assert!(told.contains(why), "{told}");
    assert_eq!(transport.carried.len(), 0);
    let dead = summary.deliveries[0].clone();

    let now = after(80 * 60);
    let mut ledger = Ledger::open(state.path()).unwrap();
    let retried = Postman::new(&mut transport, ResendOnce, &|| now)
        .retry(&mut ledger, std::slice::from_ref(&dead), ("by hand", now + TimeDelta::hours(72)))
        .unwrap();
    assert_eq!((states(&retried), retried.exit()), (vec![State::Sent], None));
    assert_eq!(transport.carried[0].1, ledger.message(&dead.message).unwrap());
    assert_eq!(retried.deliveries[0].message_id, dead.message_id);
    println!("D12 | after deliver_by | dead, exit 69; by hand sent, same bytes");
}

#[test]
fn an_unknown_end_is_held_if_the_configuration_says_so() {
    let state = tempfile::tempdir().unwrap();
    let lost = || Outcome::Unknown("the final dot: gone".into());
    let mut transport = Scripted::of([lost(), sent()]);
    let run = |transport: &mut Scripted| post_at(noon(), Hold, state.path(), transport, &[ANA], false).unwrap();
    assert_eq!(run(&mut transport).exit(), Some(Exit::Undeliverable));
    let held = run(&mut transport);
    assert_eq!((states(&held), transport.carried.len()), (vec![State::Unknown], 1));
    let advice = held.diagnostics()[0].help.clone().unwrap();
    assert!(advice.contains("farol outbox retry 1"), "{advice}");
    // The other rule sends it once more.
    assert_eq!(states(&post(0, state.path(), &mut transport)), [State::Sent]);
    assert!(transport.carried[0] == transport.carried[1]);
}

/// By hand it has its second attempt, which is told as one; after it none comes by itself, whoever made it.
#[test]
fn a_second_attempt_by_hand_is_the_last_that_comes_by_itself() {
    let state = tempfile::tempdir().unwrap();
    let lost = || Outcome::Unknown("the final dot: gone".into());
    let mut transport = Scripted::of([lost(), lost(), lost(), sent()]);
    let first = post(0, state.path(), &mut transport);
    assert_eq!((states(&first), first.exit()), (vec![State::Unknown], Some(Exit::TryAgain)));
    let by_hand = |transport: &mut Scripted, minutes: i64| {
        let now = after(minutes);
        let mut ledger = Ledger::open(state.path()).unwrap();
        let mail = ledger.all_deliveries().unwrap();
        let limit = now + TimeDelta::hours(72);
        Postman::new(transport, ResendOnce, &|| now).retry(&mut ledger, &mail, ("by hand", limit)).unwrap()
    };
    let second = by_hand(&mut transport, 10);
    let is_told = |summary: &Summary| summary.diagnostics().iter().any(|told| told.code == "mail-tried-twice");
    assert!(is_told(&second), "{:?}", second.diagnostics());
    assert_eq!((states(&second), second.exit()), (vec![State::Unknown], Some(Exit::Undeliverable)));
    // Runs for a day: there is no third copy.
    for minutes in [20, 90, 24 * 60] {
        post(minutes, state.path(), &mut transport);
    }
    assert_eq!(transport.carried.len(), 2);
    // Unless somebody wants it, and then it is said again.
    let third = by_hand(&mut transport, 25 * 60);
    assert!(is_told(&third), "{:?}", third.diagnostics());
    assert_eq!(transport.carried.len(), 3);
    post(26 * 60, state.path(), &mut transport);
    assert_eq!(transport.carried.len(), 3);
}

/// The whole mail left, and no answer came; then the server is away, or refuses the reader. That one may have arrived is not
/// forgotten: nothing is called a second copy that did not leave, and nobody is written something else meanwhile.
#[test]
fn what_may_have_arrived_stays_so_after_an_attempt_that_handed_nothing_over() {
    let lost = || Outcome::Unknown("the final dot: gone".into());
    let is_told = |summary: &Summary, code| summary.diagnostics().iter().any(|told| told.code == code);
    let away = Outcome::Unreachable("connect: refused".into());
    let refused = Outcome::Refused("RCPT TO: 550 nobody".into());
    for (second, state_then) in [(away, State::Deferred), (refused, State::Failed)] {
        let state = tempfile::tempdir().unwrap();
        let mut transport = Scripted::of([lost(), second, sent()]);
        assert_eq!(states(&post(0, state.path(), &mut transport)), [State::Unknown]);
        let summary = post(10, state.path(), &mut transport);
        assert_eq!((states(&summary), is_told(&summary, "mail-tried-twice")), (vec![state_then], false));
        let mail = &summary.deliveries[0];
        assert!(mail.may_have_arrived() && stands(None, mail, true).ends_with("may have arrived"));
        // Its reader has another language now.
        let mut other = mailing(&[ANA]);
        let rights = Rights { scope: "{}".into(), locale: "es".into(), names: true };
        other.rights.insert(mail.recipient.clone(), rights);
        let ledger = Ledger::open(state.path()).unwrap();
        assert!(!is_written_anew(&ledger, &other, mail).unwrap());
        drop(ledger);
        let third = post(100, state.path(), &mut transport);
        if state_then == State::Deferred {
            assert_eq!((states(&third), is_told(&third, "mail-tried-twice")), (vec![State::Sent], true));
            assert!(transport.carried[0] == transport.carried[1] && transport.carried.len() == 2);
        } else {
            assert_eq!((states(&third), transport.carried.len()), (vec![State::Failed], 1));
            assert!(third.diagnostics()[0].to_string().contains("may have got it, and not again"), "{third:?}");
        }
    }
    println!(
        "D8, D18 | may have arrived, then nothing handed over: called so, written anew, told as twice | 2 of 2, 0, 0"
    );
}

/// One sign that the server talks to nobody is enough for a whole run, whatever else is to be sent in it.
#[test]
fn a_closed_server_is_asked_once_in_a_run() {
    let state = tempfile::tempdir().unwrap();
    let mut transport = Scripted::of([Outcome::Unreachable("AUTH: 535".into())]);
    post_at(noon(), ResendOnce, state.path(), &mut Scripted::of([deferred(), deferred()]), &[ANA, EVA], false).unwrap();
    let now = after(60);
    let mut ledger = Ledger::open(state.path()).unwrap();
    let lock = lock(state.path(), now);
    let clock = || now;
    let mut postman = Postman::new(&mut transport, ResendOnce, &clock);
    let first = postman.work(&mut ledger, &lock, &mailing(&[ANA])).unwrap();
    let second = postman.work(&mut ledger, &lock, &mailing(&[EVA])).unwrap();
    let alarms = |summary: &Summary| summary.diagnostics().iter().filter(|told| told.code == "mail-server").count();
    assert_eq!((alarms(&first), alarms(&second)), (1, 0));
    assert_eq!((first.exit(), second.exit()), (Some(Exit::TryAgain), Some(Exit::TryAgain)));
    let attempts: Vec<u32> = ledger.all_deliveries().unwrap().iter().map(|delivery| delivery.attempts).collect();
    assert_eq!(attempts, [2, 1], "nobody else is burnt");
}

/// Five hundred people, a server that is away for two hours, a run every minute: few conversations are begun, and all get it.
#[test]
fn a_server_that_comes_back_is_not_run_over() {
    const PEOPLE: usize = 500;
    let state = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
    let people: Vec<String> = (0..PEOPLE).map(|number| format!("p{number}@example.test")).collect();
    let people: Vec<&str> = people.iter().map(String::as_str).collect();
    let away = || Outcome::Unreachable("connecting: refused".into());
    let (mut asked, mut minute) = (0, 0);
    let mut attempts = BTreeMap::new();
    while minute < 120 {
        let mut transport = Scripted::of([away()]);
        let summary = post_at(after(minute), ResendOnce, state.path(), &mut transport, &people, false).unwrap();
        asked += usize::from(transport.is_spent());
        attempts.extend(summary.deliveries.iter().map(|delivery| (delivery.id, delivery.attempts)));
        // Runs in between would find everybody in a pause; each is checked above, in the test of one.
        minute += 5;
    }
    let most = attempts.values().max().copied().unwrap();
    let mut transport = Scripted::of(std::iter::repeat_with(sent).take(PEOPLE));
    let summary = post_at(after(240), ResendOnce, state.path(), &mut transport, &people, false).unwrap();
    assert_eq!((summary.count(State::Sent), summary.exit()), (PEOPLE, None));
    println!("D13 | 500 recipients, 2 h away | {asked} conversations, at most {most} attempts a recipient, all sent");
    assert!((2..=24).contains(&asked), "{asked}");
    assert_eq!(transport.carried.len(), PEOPLE);
}

/// Removed and changed people: what waits for them stays, nothing reaches them.
#[test]
fn nobody_gets_a_mail_that_the_configuration_no_longer_names() {
    let state = tempfile::tempdir().unwrap();
    let mut transport = Scripted::of([deferred(), deferred()]);
    post_at(noon(), ResendOnce, state.path(), &mut transport, &[ANA, EVA], false).unwrap();
    let mut transport = Scripted::of([sent(), sent(), sent()]);
    let changed = ["ana.maria@example.test", EVA];
    let summary = post_at(after(60), ResendOnce, state.path(), &mut transport, &changed, false).unwrap();
    let held: Vec<&str> = summary.held.iter().map(|delivery| delivery.recipient.as_str()).collect();
    assert_eq!(held, [ANA]);
    let got: Vec<&str> = transport.carried.iter().map(|(to, _)| to.as_str()).collect();
    assert!(!got.contains(&ANA), "{got:?}");
    assert_eq!(got.len(), 2);
    println!("D17 | mails to people removed | 0");
}
