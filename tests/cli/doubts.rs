//! Mail that left, and of which nobody knows whether it arrived: whatever is done about it, and however a later attempt ends, that is
//! said, and nobody gets another mail, or a second copy, without a word.

use std::sync::{Arc, Mutex};

use farol::ledger::{Delivery, Ledger, OPERATORS, State};
use mail_parser::MessageParser;

use crate::fault_server::{Answer, FaultServer, Phase, Protection};
use crate::home::Home;

const SEND: [&str; 2] = ["run", "--send"];
const RESEND: [&str; 5] = ["run", "--send", "--resend", "--reason", "another sender"];
const MAILDIR: &str = "transport: { maildir: ../out/maildir }";

/// How head's mail ends at a server that takes everything else.
#[derive(Clone, Copy, PartialEq)]
enum Mood {
    Good,
    /// The whole mail was taken, and no answer came.
    Lost,
    /// Greylisted.
    Later,
    /// No such user.
    Refused,
    /// The sender may not send at all.
    Forbidden,
}

/// A server that changes its mind.
struct Server {
    server: FaultServer,
    mood: Arc<Mutex<Mood>>,
}

impl Server {
    fn start() -> Self {
        let mood = Arc::new(Mutex::new(Mood::Lost));
        let (now, is_head) = (Arc::clone(&mood), Mutex::new(false));
        let server = FaultServer::start(Protection::None, move |phase, command| {
            if phase == Phase::Recipient {
                *is_head.lock().unwrap() = command.contains("head@");
            }
            let mood = *now.lock().unwrap();
            match (mood, phase) {
                (Mood::Forbidden, Phase::Sender) => Answer::say("550 5.7.1 not your address\r\n"),
                _ if !*is_head.lock().unwrap() => Answer::Good,
                (Mood::Lost, Phase::Dot) => Answer::Close,
                (Mood::Later, Phase::Recipient) => Answer::say("451 4.3.0 come again\r\n"),
                (Mood::Refused, Phase::Recipient) => Answer::say("550 5.1.1 unknown user\r\n"),
                _ => Answer::Good,
            }
        });
        Self { server, mood }
    }

    fn is(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }
}

/// Head's mail is lost at 10:00, bob has his.
fn lost() -> (Home, Server) {
    let server = Server::start();
    let home = Home::tiny();
    let way = format!("transport: {{ smtp: {{ host: 127.0.0.1, port: {}, tls: none }} }}", server.server.port);
    home.edit("config/farol.yaml", MAILDIR, &way);
    home.edit("config/farol.yaml", "data:\n", "segments: [plan]\ndata:\n");
    home.edit(
        "config/reports.yaml",
        "{ to: \"head@example.com\" }",
        "{ to: head@example.com, only: { plan: S } }, { to: bob@example.com }",
    );
    assert_eq!(home.at("2026-11-05 10:00:00", &SEND).code, Some(75));
    assert_eq!(states(&home), [State::Unknown, State::Sent]);
    (home, server)
}

fn ledger(home: &Home) -> Ledger {
    Ledger::open(&home.path("state")).unwrap()
}

/// The mails to readers, in the order in which they were recorded.
fn mails(home: &Home) -> Vec<Delivery> {
    ledger(home).deliveries("monthly", "2026-10").unwrap()
}

fn states(home: &Home) -> Vec<State> {
    mails(home).iter().map(|mail| mail.state).collect()
}

/// Subject, and the Message-ID that a mail replies to.
fn head_of(home: &Home, mail: &Delivery) -> (String, Option<String>) {
    let bytes = ledger(home).message(&mail.message).unwrap();
    let message = MessageParser::default().parse(&bytes).unwrap();
    let reply = message.in_reply_to().as_text().map(|id| format!("<{id}>"));
    (message.subject().unwrap().to_owned(), reply)
}

/// The line of a mail in a listing of all mail.
fn listed(home: &Home, id: i64) -> String {
    let all = home.does(&["outbox", "list", "--all"]).stdout;
    all.lines().find(|line| line.starts_with(&format!("{id} "))).unwrap().to_owned()
}

fn state_line(home: &Home, id: &str) -> String {
    let shown = home.does(&["outbox", "show", id, "--figures"]).stdout;
    shown.lines().find(|line| line.starts_with("state ")).unwrap().to_owned()
}

/// The sender is refused when head's mail is tried again, and the remedy that is told writes another to everybody.
#[test]
fn another_mail_to_somebody_who_may_have_one_is_a_revision_and_is_said() {
    let (home, server) = lost();
    server.is(Mood::Forbidden);
    let refused = home.at("2026-11-05 11:00:00", &["outbox", "retry", "1"]);
    assert_eq!(refused.code, Some(75), "{}", refused.stderr);
    assert!(refused.stderr.contains("whoever has the report already gets a revision too"), "{}", refused.stderr);
    assert_eq!(
        state_line(&home, "1"),
        "state          deferred since 2026-11-05 11:00:00 UTC, after 2 attempts, may have arrived"
    );
    server.is(Mood::Good);
    let resent = home.at("2026-11-05 12:00:00", &RESEND);
    assert_eq!(resent.code, Some(0), "{}", resent.stderr);
    let warning = "warning[mail-may-be-both]: `h…@example.com` may have got `monthly` 2026-10 before, by mail 1,";
    assert!(resent.stderr.contains(warning), "{}", resent.stderr);
    assert_eq!(resent.stderr.matches("mail-may-be-both").count(), 1, "bob has his for sure: {}", resent.stderr);
    let mails = mails(&home);
    assert_eq!(states(&home), [State::Discarded, State::Sent, State::Sent, State::Sent]);
    for (mail, original) in [(&mails[2], &mails[0]), (&mails[3], &mails[1])] {
        let (subject, reply) = head_of(&home, mail);
        assert!(subject.contains("revision 2"), "{subject}");
        assert_eq!(reply.as_ref(), Some(&original.message_id), "{}", mail.recipient);
    }
    assert!(listed(&home, 1).starts_with("1   discarded, may have arrived  monthly"), "{}", listed(&home, 1));
    assert!(state_line(&home, "1").ends_with("after 2 attempts, may have arrived"), "{}", state_line(&home, "1"));
    let told = home.does(&["ledger", "who", "mrr_closing", "--report", "monthly", "--period", "2026-10"]).stdout;
    assert_eq!(told.matches("discarded, may have arrived").count(), 1, "{told}");
    assert!(state_line(&home, "3").ends_with("after 1 attempt"), "{}", state_line(&home, "3"));
    println!("D18 | another mail to somebody who may have one: a revision, a reply to it, and warned of | 1 of 1");
}

/// Straight from `unknown`, given up by hand; and, of what somebody has said not to have arrived, nothing of all that.
#[test]
fn what_was_given_up_may_be_there_unless_somebody_has_said_that_it_is_not() {
    let (home, server) = lost();
    server.is(Mood::Good);
    home.at("2026-11-05 10:30:00", &["outbox", "discard", "1", "--reason", "it has arrived"]);
    assert!(listed(&home, 1).starts_with("1   discarded, may have arrived"), "{}", listed(&home, 1));
    let resent = home.at("2026-11-05 11:00:00", &RESEND);
    assert!(resent.stderr.contains("mail-may-be-both"), "{}", resent.stderr);
    assert!(head_of(&home, &mails(&home)[2]).0.contains("revision 2"));

    let (home, server) = lost();
    server.is(Mood::Later);
    home.at("2026-11-05 10:30:00", &SEND);
    home.edit("config/reports.yaml", "plan: S", "plan: E");
    server.is(Mood::Good);
    let denied = home.at("2026-11-05 11:00:00", &["outbox", "retry", "1"]);
    assert_eq!(denied.code, Some(0), "{}", denied.stderr);
    assert!(listed(&home, 1).contains("pending, outdated"), "{}", listed(&home, 1));
    let written = home.at("2026-11-05 11:10:00", &SEND);
    assert_eq!(written.code, Some(0), "{}", written.stderr);
    assert!(!written.stderr.contains("mail-may-be-both"), "{}", written.stderr);
    let anew = mails(&home).pop().unwrap();
    assert_eq!((anew.revision, anew.state, head_of(&home, &anew).1), (1, State::Sent, None));
    assert!(listed(&home, 1).contains("discarded  "), "{}", listed(&home, 1));
}

/// Lost, then greylisted, then taken: whoever has it tried, it is said before and after.
#[test]
fn a_second_copy_is_announced_whoever_has_it_sent() {
    for way in
        [&["outbox", "retry"][..], &["outbox", "retry", "1"], &["outbox", "retry", "--all"], &["outbox", "deliver"]]
    {
        let (home, server) = lost();
        server.is(Mood::Later);
        assert_eq!(home.at("2026-11-05 10:30:00", &SEND).code, Some(75));
        server.is(Mood::Good);
        let would = home.at("2026-11-05 11:00:00", &[way, &["--dry-run"]].concat());
        let line = "would try 1: `monthly` 2026-10 to `h…@example.com`, deferred, may have arrived";
        assert!(would.stderr.contains(line), "{way:?}: {}", would.stderr);
        let tried = home.at("2026-11-05 11:00:00", way);
        assert_eq!(tried.code, Some(0), "{}", tried.stderr);
        let warning = "warning[mail-tried-twice]: `h…@example.com` may have it more than once";
        assert!(tried.stderr.contains(warning), "{way:?}: {}", tried.stderr);
        assert!(listed(&home, 1).starts_with("1   sent, perhaps more than once"), "{}", listed(&home, 1));
        assert!(state_line(&home, "1").ends_with("after 3 attempts, perhaps more than once"));
        assert!(!listed(&home, 2).contains("perhaps"), "{}", listed(&home, 2));
    }
    println!("D8 | second copies by retry, retry ID, retry --all, deliver: announced | 4 of 4");
}

/// What the outbox would try by itself a bare retry tries; what nobody would, it leaves.
#[test]
fn a_bare_retry_goes_as_far_as_on_unknown_allows() {
    let (home, server) = lost();
    server.is(Mood::Good);
    home.edit("config/farol.yaml", "delivery:\n", "delivery:\n  on_unknown: hold\n");
    let held = home.at("2026-11-05 10:30:00", &["outbox", "retry"]);
    assert!(held.stderr.contains("1 mail does not wait to be tried"), "{}", held.stderr);
    // As `deliver` says it too: somebody has to decide, and a script must not take it for done.
    for ended in [&held, &home.at("2026-11-05 10:30:00", &["outbox", "deliver"])] {
        let fault = "error[mail-unknown]: `h…@example.com` may have got it, and nobody can tell";
        assert!(ended.code == Some(69) && ended.stderr.contains(fault), "{}", ended.stderr);
        assert!(ended.stderr.contains("then farol outbox retry 1, or discard it"), "{}", ended.stderr);
    }
    assert_eq!(home.at("2026-11-05 10:30:00", &["outbox", "retry", "--dry-run"]).code, Some(0));
    home.edit("config/reports.yaml", "plan: S", "plan: E");
    let outdated = home.at("2026-11-05 10:30:00", &["outbox", "retry"]);
    assert_eq!(outdated.code, Some(69), "{}", outdated.stderr);
    assert!(outdated.stderr.contains("warning[mail-outdated]"), "{}", outdated.stderr);
    home.edit("config/reports.yaml", "plan: E", "plan: S");
    assert_eq!(states(&home), [State::Unknown, State::Sent]);
    home.edit("config/farol.yaml", "on_unknown: hold", "on_unknown: resend_once");
    let tried = home.at("2026-11-05 10:31:00", &["outbox", "retry"]);
    assert!(tried.stderr.contains("warning[mail-tried-twice]"), "{}", tried.stderr);
    assert_eq!(states(&home), [State::Sent; 2]);
}

/// Twice it left without an answer, the third time it did not; then somebody says that it is there.
#[test]
fn operators_are_told_that_it_is_over_when_somebody_knows() {
    let (home, server) = lost();
    assert_eq!(home.at("2026-11-05 10:30:00", &SEND).code, Some(69));
    server.is(Mood::Refused);
    let refused = home.at("2026-11-05 11:00:00", &["outbox", "retry", "1"]);
    assert_eq!(refused.code, Some(69), "{}", refused.stderr);
    let discard = "farol outbox discard 1 --reason \"it has arrived\"";
    assert!(refused.stderr.contains(discard), "{}", refused.stderr);
    let causes: Vec<(String, String)> =
        ledger(&home).open_incidents().unwrap().into_iter().map(|open| (open.cause, open.remedy)).collect();
    let begins = [
        "`monthly` 2026-10 may or may not have reached head@example.com: ",
        "`monthly` 2026-10 may have reached at an earlier attempt, and not at the last, head@example.com: RCPT TO: 550",
    ];
    assert_eq!(causes.len(), 2, "{causes:?}");
    for ((cause, remedy), begin) in causes.iter().zip(begins) {
        assert!(cause.starts_with(begin) && remedy.ends_with(discard), "{cause}\n{remedy}");
        assert!(remedy.contains("farol outbox retry 1"), "{remedy}");
    }
    let status = home.at("2026-11-05 11:01:00", &["status"]).stdout;
    assert_eq!(status.matches(discard).count(), 2, "{status}");
    // Nor is it over while it waits to be tried once more.
    server.is(Mood::Later);
    assert_eq!(home.at("2026-11-05 11:10:00", &["outbox", "retry", "1"]).code, Some(75));
    let over = || {
        let all = ledger(&home).all_deliveries().unwrap().into_iter();
        all.filter(|mail| mail.report == OPERATORS && mail.revision == 2).map(|mail| mail.period).collect::<Vec<_>>()
    };
    assert_eq!(over(), [""; 0]);
    home.at("2026-11-05 11:20:00", &["outbox", "discard", "1", "--reason", "it has arrived"]);
    // The third: that it waits.
    assert_eq!(over(), ["incident-1", "incident-2", "incident-3"]);
    assert_eq!(ledger(&home).open_incidents().unwrap().len(), 0);
}

/// Whom it may have reached does not "still wait"; and what was written for another part is no mail of somebody who is held.
#[test]
fn what_may_be_there_is_not_told_as_missing() {
    let (home, server) = lost();
    let ill = home.at("2026-11-05 10:30:00", &["health", "--expect", "2026-10"]);
    assert_eq!(ill.code, Some(75));
    assert!(ill.stderr.contains("1 of 2 readers may or may not have it: the final dot"), "{}", ill.stderr);
    server.is(Mood::Refused);
    home.edit("config/reports.yaml", ", { to: bob@example.com }", "");
    home.at("2026-11-05 11:00:00", &["outbox", "retry", "1"]);
    let ill = home.at("2026-11-05 11:30:00", &["health", "--expect", "2026-10"]);
    assert!(ill.stderr.contains("and nobody is known to have it"), "{}", ill.stderr);
    home.edit("config/reports.yaml", "plan: S", "plan: E");
    let left = home.at("2026-11-05 11:31:00", &["outbox", "retry", "--all"]);
    assert!(left.stderr.contains("sent 0 of 0 mails; 1 was not tried, as told"), "{}", left.stderr);
}
