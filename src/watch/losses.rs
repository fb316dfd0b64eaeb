//! What operators are told of mails that somebody has to decide on: one trouble for each cause, with everybody whom it hits and the
//! commands that mend it.

use std::collections::BTreeMap;

use chrono::{NaiveDate, NaiveTime};

use super::incidents::{Trouble, of_period};
use crate::ledger::{Delivery, Incident, State};

/// The mails of each report, period and cause.
pub(super) fn by_cause(mails: Vec<Delivery>) -> Vec<Vec<Delivery>> {
    sorted(mails, cause)
}

/// The mails of each report and period.
pub(super) fn by_period(mails: Vec<Delivery>) -> Vec<Vec<Delivery>> {
    sorted(mails, |mail| of_period(&mail.report, &mail.period))
}

fn sorted(mails: Vec<Delivery>, subject: impl Fn(&Delivery) -> String) -> Vec<Vec<Delivery>> {
    let mut causes: BTreeMap<String, Vec<Delivery>> = BTreeMap::new();
    for mail in mails {
        causes.entry(subject(&mail)).or_default().push(mail);
    }
    causes
        .into_values()
        .map(|mut mails| {
            mails.sort_by_key(|mail| mail.id);
            mails
        })
        .collect()
}

/// Whether a trouble of mails that were lost, or of which nobody knows, names a mail.
pub(super) fn is_about(incident: &Incident, mail: &Delivery) -> bool {
    ["undeliverable", "unknown"].contains(&incident.kind.as_str())
        && incident.cause.starts_with(&name(mail))
        && incident.cause.split_whitespace().any(|word| word.trim_end_matches([':', ',']) == mail.recipient)
}

/// How a trouble names the report and the period of a mail.
fn name(mail: &Delivery) -> String {
    format!("`{}` {} ", mail.report, mail.period)
}

/// What a trouble of a mail is about: its report, its period, how it stands, and what the server said but for what differs from mail to mail,
/// addresses, times and the server's own numbers.
fn cause(mail: &Delivery) -> String {
    let differs = |word: &&str| {
        word.contains('@')
            || is_time(word)
            || (word.contains(|c: char| c.is_ascii_digit()) && word.contains(char::is_alphabetic))
    };
    let reply = mail.reply.as_deref().unwrap_or_default();
    let said: Vec<&str> = reply.split_whitespace().filter(|word| !differs(word)).collect();
    let doubt = if mail.may_have_arrived() && mail.state != State::Unknown { " may have arrived" } else { "" };
    format!("{} {} {}{doubt} {}", mail.report, mail.period, mail.state.id(), said.join(" "))
}

/// Whether a word is a day or a time of day.
fn is_time(word: &str) -> bool {
    let word = word.trim_end_matches([',', ';', ':']);
    NaiveDate::parse_from_str(word, "%Y-%m-%d").is_ok() || NaiveTime::parse_from_str(word, "%H:%M").is_ok()
}

/// Mails of one cause that were refused, or not taken over in time; all of them may have arrived at an earlier attempt, or none.
pub(super) fn lost_mails(mails: &[Delivery]) -> Trouble {
    let may_have_arrived = mails.iter().any(Delivery::may_have_arrived);
    let remedy = |ids: &str, again: &str| {
        let refused = |mail: &Delivery| mail.state == State::Failed;
        let first = if mails.iter().any(|mail| refused(mail) && mail.is_refused_for_its_address()) {
            format!(
                "# if an address is wrong: correct it in reports.yaml, and give the old mail up\n{again}\n\
                 farol outbox discard {ids} --reason \"another address\"\n# if not: have the mail server take it, then\n"
            )
        } else if mails.iter().any(refused) {
            format!(
                "# it is the mail that is refused and not the address: send less of it (`attach`)\n\
                 # whoever has the report already gets a revision too:\n{again} --resend --reason \"a smaller mail\"\n# or have the mail server take it, then\n"
            )
        } else {
            let tried = if mails.iter().any(|mail| mail.attempts > 0) {
                ", and why the mail server did not take it before"
            } else {
                ""
            };
            format!("# see whether the clock was right that ended it{tried}; then\n")
        };
        let retry = format!("{first}farol outbox retry {ids}");
        if may_have_arrived { unless_it_is_there(ids, &retry) } else { retry }
    };
    let what =
        if may_have_arrived { "may have reached at an earlier attempt, and not at the last," } else { "did not reach" };
    trouble("undeliverable", cause, (what, said), mails, remedy)
}

/// Mails of one cause that may have arrived; `is_outdated`: what has not is written anew.
pub(super) fn unknown_mails(mails: &[Delivery], is_outdated: bool) -> Trouble {
    let remedy = |ids: &str, again: &str| {
        let anew = if is_outdated { format!("\n{again}") } else { String::new() };
        unless_it_is_there(ids, &format!("farol outbox retry {ids}{anew}"))
    };
    trouble("unknown", cause, ("may or may not have reached", said), mails, remedy)
}

/// A remedy for mails that have not arrived, and what to do about those that have.
fn unless_it_is_there(ids: &str, remedy: &str) -> String {
    format!(
        "# ask them, or look into the mail server's log for the Message-ID; what has not arrived:\n{remedy}\n\
         # what has:\nfarol outbox discard {ids} --reason \"it has arrived\""
    )
}

/// Mails of a report and period to people whom the configuration no longer names for it.
pub(super) fn held_mails(mails: &[Delivery]) -> Trouble {
    let remedy = |ids: &str, _: &str| {
        format!(
            "# name them there again, or give the mail up:\nfarol outbox discard {ids} --reason \"no longer a reader\""
        )
    };
    let why = |_: &Delivery| ", and reports.yaml no longer names them for it".to_owned();
    trouble("held", |mail| of_period(&mail.report, &mail.period), ("waits for", why), mails, remedy)
}

/// Mails of a report and period that were written for other rights than their readers have now.
pub(super) fn outdated_mails(mails: &[Delivery]) -> Trouble {
    let remedy = |_: &str, again: &str| format!("# writes it as the configuration has it now:\n{again}");
    let why = |_: &Delivery| ", written for another part, language or right to names than they have now".to_owned();
    trouble("outdated", |mail| of_period(&mail.report, &mail.period), ("waits for", why), mails, remedy)
}

/// What was said about a mail's latest attempt, after what became of it.
fn said(mail: &Delivery) -> String {
    format!(": {}", mail.reply.as_deref().unwrap_or_default())
}

fn trouble(
    kind: &'static str,
    subject: impl Fn(&Delivery) -> String,
    (what, why): (&str, impl Fn(&Delivery) -> String),
    mails: &[Delivery],
    remedy: impl Fn(&str, &str) -> String,
) -> Trouble {
    let Some(first) = mails.first() else {
        return Trouble { kind, subject: String::new(), cause: String::new(), remedy: String::new() };
    };
    let (name, why) = (name(first), why(first));
    let cause = if mails.len() == 1 {
        format!("{name}{what} {}{why}", first.recipient)
    } else {
        let who: Vec<String> = mails.iter().map(|mail| format!("{} (mail {})", mail.recipient, mail.id)).collect();
        let why = why.replace(&first.recipient, "the reader");
        format!("{name}{what} {} readers{why}\n{}", mails.len(), who.join("\n"))
    };
    let ids: Vec<String> = mails.iter().map(|mail| mail.id.to_string()).collect();
    Trouble { kind, subject: subject(first), cause, remedy: remedy(&ids.join(" "), &first.made_by()) }
}
