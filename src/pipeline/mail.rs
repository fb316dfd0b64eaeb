//! Handing a report over: letters, the ledger, the outbox.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use crate::config::{Config, Dkim, Recipient};
use crate::delivery::address;
use crate::delivery::dkim::Signer;
use crate::delivery::message::{Attachment, Image, Letter, compose, edition};
use crate::delivery::outbox::{Mailing, Postman, Summary};
use crate::delivery::transport::Transport;
use crate::diagnostic::Diagnostic;
use crate::error::Result;
use crate::ledger::{self, Delivery, Ledger, NewDelivery, RunLock, State, TRIAL, Telling};
use crate::pipeline::jobs::Form;
use crate::pipeline::run::Surroundings;
use crate::report::Email;

/// How a report is to be sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sending {
    /// To this address only, as a trial that the ledger keeps apart.
    pub tester: Option<String>,
    /// Send again what was sent before, as a revision, for this reason.
    pub resend: Option<String>,
}

/// A rendered form of a report, ready to be put into envelopes.
#[derive(Clone, Debug)]
pub(super) struct Rendered {
    pub(super) email: Email,
    pub(super) attachments: Vec<Attachment>,
    /// The figures that it tells.
    pub(super) told: Arc<Telling>,
    /// The same for who has had no revision before, where there is somebody.
    pub(super) first: Option<Box<Rendered>>,
}

/// The report as the ledger knows it: a trial is another report, so that it never counts as sent.
pub(super) fn ledger_name(report: &str, sending: &Sending) -> String {
    match &sending.tester {
        None => report.to_owned(),
        Some(_) => format!("{report}{TRIAL}"),
    }
}

/// Who gets the report: its recipients, or the tester, in the form that is the tester's own or else the first recipient's.
pub(super) fn recipients(plan: &[Recipient], sending: &Sending, config: &Config) -> Vec<Recipient> {
    let Some(tester) = &sending.tester else { return plan.to_vec() };
    let own = Form::own(config);
    let first = whose_mail(plan, tester).cloned().unwrap_or(Recipient {
        to: String::new(),
        locale: own.locale,
        names: own.names,
        only: own.scope,
    });
    vec![Recipient { to: tester.clone(), ..first }]
}

/// Whose mail a tester gets: its own, or else the first recipient's.
pub(super) fn whose_mail<'a>(plan: &'a [Recipient], tester: &str) -> Option<&'a Recipient> {
    let identity = |address: &str| address::identity(address).ok();
    plan.iter().find(|recipient| identity(&recipient.to) == identity(tester)).or(plan.first())
}

/// What is recorded of a run besides its messages.
pub(super) struct Recorded<'a> {
    pub(super) run: ledger::Run,
    pub(super) figures: &'a [ledger::Figure],
}

/// How mail leaves, for as long as a run lasts.
pub(super) struct Dispatch<'a> {
    pub(super) postman: Postman<'a>,
    dkim: Option<&'a Dkim>,
}

impl<'a> Dispatch<'a> {
    /// Whether everything is known that sending takes.
    ///
    /// # Errors
    /// [`crate::error::Exit::Config`] for a password, a token or a key that is not known, or a key that cannot sign.
    pub(super) fn ready(config: &Config) -> Result<()> {
        config.delivery.transport.ready()?;
        config.delivery.dkim.as_ref().map(Signer::new).transpose().map(|_| ())
    }

    /// By a transport, as the configuration says.
    pub(super) fn new(config: &'a Config, transport: &'a mut dyn Transport, surroundings: &Surroundings<'a>) -> Self {
        let postman = Postman::new(transport, config.delivery.on_unknown, surroundings.clock);
        Self { postman: postman.until(surroundings.stop), dkim: config.delivery.dkim.as_ref() }
    }
}

/// Everything that delivery needs.
pub(super) struct Post<'a, 'b> {
    pub(super) config: &'a Config,
    pub(super) ledger: &'a mut Ledger,
    pub(super) lock: &'a RunLock,
    pub(super) clock: &'a dyn Fn() -> DateTime<Utc>,
    pub(super) dispatch: &'a mut Dispatch<'b>,
}

impl Post<'_, '_> {
    /// Writes the run, its figures and its messages down in one transaction.
    pub(super) fn record(
        &mut self,
        recorded: &Recorded<'_>,
        recipients: &[Recipient],
        forms: &BTreeMap<Form, Rendered>,
    ) -> Result<()> {
        let signer = self.dispatch.dkim.map(Signer::new).transpose()?;
        let mut deliveries = Vec::new();
        for recipient in recipients {
            let Some(rendered) = forms.get(&Form::of(recipient)) else { continue };
            let replaces = self.original(&recorded.run, &recipient.to)?.map(|mail| mail.message_id);
            let first = rendered.first.as_deref().filter(|_| replaces.is_none());
            let letter = self.letter(recipient, first.unwrap_or(rendered), &recorded.run, replaces)?;
            let mut message = compose(&letter)?;
            if let Some(signer) = &signer {
                message.bytes = signer.sign(&message.bytes, letter.date)?;
            }
            deliveries.push(NewDelivery {
                recipient: message.recipient,
                locale: recipient.locale.clone(),
                names: recipient.names,
                sender: message.envelope.from.to_string(),
                message_id: message.id,
                message: message.bytes,
                told: Arc::clone(&rendered.told),
                deliver_by: deliver_by(self.config, recorded.run.finished),
            });
        }
        self.ledger.record(&recorded.run, recorded.figures, &deliveries).map(|_| ())
    }

    fn letter(
        &self,
        recipient: &Recipient,
        rendered: &Rendered,
        run: &ledger::Run,
        replaces: Option<String>,
    ) -> Result<Letter> {
        let email = &rendered.email;
        let image = |image: &crate::report::Picture| Image {
            cid: image.cid.clone(),
            name: format!("{}.png", image.cid),
            png: Arc::clone(&image.png),
        };
        Ok(Letter {
            from: self.config.delivery.from.clone(),
            to: recipient.to.clone(),
            subject: email.subject.clone(),
            text: email.text.clone(),
            html: email.html.clone(),
            images: email.images.iter().map(image).collect(),
            attachments: rendered.attachments.clone(),
            report: run.report.clone(),
            period: run.period.clone(),
            revision: run.revision,
            edition: self.edition(run, &recipient.to)?,
            replaces,
            list_unsubscribe: self.config.delivery.list_unsubscribe.clone(),
            date: (self.clock)(),
        })
    }

    /// What tells a mail from those of the same revision that the same person was to have before.
    fn edition(&self, run: &ledger::Run, recipient: &str) -> Result<String> {
        let identity = address::identity(recipient)?;
        let all = self.ledger.deliveries(&run.report, &run.period)?;
        let before = all.iter().filter(|mail| mail.recipient == identity && mail.revision == run.revision).count();
        Ok(edition(self.ledger.restored()?, before))
    }

    fn original(&self, run: &ledger::Run, recipient: &str) -> Result<Option<Delivery>> {
        original(self.ledger, (&run.report, &run.period), recipient)
    }

    /// Tries everything that waits for this mailing.
    pub(super) fn deliver(&mut self, mailing: &Mailing) -> Result<Summary> {
        self.dispatch.postman.work(self.ledger, self.lock, mailing)
    }
}

/// The first mail of a report of a period that a person has got, or else may have got, to which a revision replies.
pub(super) fn original(ledger: &Ledger, (report, period): (&str, &str), recipient: &str) -> Result<Option<Delivery>> {
    let identity = address::identity(recipient)?;
    let mut doubtful = None;
    for mail in ledger.deliveries(report, period)?.into_iter().filter(|mail| mail.recipient == identity) {
        if mail.state == State::Sent {
            return Ok(Some(mail));
        }
        if doubtful.is_none() && ledger.may_have_arrived(&mail)? {
            doubtful = Some(mail);
        }
    }
    Ok(doubtful)
}

/// That somebody is written another mail who may have one already.
pub(super) fn may_have_both(earlier: &Delivery) -> Diagnostic {
    let Delivery { id, report, period, recipient, message_id, .. } = earlier;
    let what = format!(
        "`{}` may have got `{report}` {period} before, by mail {id}, and is written another: they may have both",
        address::masked(recipient)
    );
    Diagnostic::warning("mail-may-be-both", what).help(format!(
        "the new one is a reply to the Message-ID {message_id}, by which the mail server's log tells them apart"
    ))
}

/// Until when mail is tried that is written, or tried again, at an instant.
pub(super) fn deliver_by(config: &Config, at: DateTime<Utc>) -> DateTime<Utc> {
    at + TimeDelta::hours(config.delivery.deliver_by_hours)
}
