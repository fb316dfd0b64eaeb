//! What operators are told of mails that somebody has to decide on: one trouble for each cause, with everybody whom it hits and the
//! commands that mend it.

use std::collections::BTreeMap;

use super::incidents::Trouble;
use crate::ledger::{Delivery, State};

/// The mails of each report, period and cause.
pub(super) fn by_cause(mails: Vec<Delivery>) -> Vec<Vec<Delivery>> {
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

/// What a trouble of a mail is about: its report, its period, how it stands, and what the server said but for what differs from mail to mail,
/// addresses and the server's own numbers.
fn subject(mail: &Delivery) -> String {
    let differs = |word: &&str| {
        word.contains('@') || (word.contains(|c: char| c.is_ascii_digit()) && word.contains(char::is_alphabetic))
    };
    let reply = mail.reply.as_deref().unwrap_or_default();
    let said: Vec<&str> = reply.split_whitespace().filter(|word| !differs(word)).collect();
    format!("{} {} {} {}", mail.report, mail.period, mail.state.id(), said.join(" "))
}

/// Mails of one cause that were refused, or not taken over in time.
pub(super) fn lost_mails(mails: &[Delivery]) -> Trouble {
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
                 {again} --resend --reason \"a smaller mail\"\n# or have the mail server take it, then\n"
            )
        } else {
            "# see why the mail server did not take it in time, then\n".to_owned()
        };
        format!("{first}farol outbox retry {ids}")
    };
    trouble("undeliverable", "did not reach", mails, remedy)
}

/// Mails of one cause that may have arrived.
pub(super) fn unknown_mails(mails: &[Delivery]) -> Trouble {
    let remedy = |ids: &str, _: &str| {
        format!(
            "# ask them, or look into the mail server's log for the Message-ID; what has not arrived:\n\
             farol outbox retry {ids}\n# what has:\nfarol outbox discard {ids} --reason \"it has arrived\""
        )
    };
    trouble("unknown", "may or may not have reached", mails, remedy)
}

fn trouble(kind: &'static str, what: &str, mails: &[Delivery], remedy: impl Fn(&str, &str) -> String) -> Trouble {
    let Some(first) = mails.first() else {
        return Trouble { kind, subject: String::new(), cause: String::new(), remedy: String::new() };
    };
    let reply = first.reply.as_deref().unwrap_or_default();
    let name = format!("`{}` {}", first.report, first.period);
    let cause = if mails.len() == 1 {
        format!("{name} {what} {}: {reply}", first.recipient)
    } else {
        let who: Vec<String> = mails.iter().map(|mail| format!("{} (mail {})", mail.recipient, mail.id)).collect();
        let reply = reply.replace(&first.recipient, "the reader");
        format!("{name} {what} {} readers: {reply}\n{}", mails.len(), who.join("\n"))
    };
    let ids: Vec<String> = mails.iter().map(|mail| mail.id.to_string()).collect();
    let again = format!("farol run --report {} --period {} --send", first.report, first.period);
    Trouble { kind, subject: subject(first), cause, remedy: remedy(&ids.join(" "), &again) }
}
