//! Handing a report over: letters, the ledger, the outbox.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::config::{Config, Recipient};
use crate::delivery::message::{Attachment, Image, Letter, compose};
use crate::delivery::outbox::{self, Mailing, Summary};
use crate::delivery::{address, transport};
use crate::error::Result;
use crate::ledger::{self, Ledger, NewDelivery, RunLock, Telling};
use crate::pipeline::jobs::Form;
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
}

/// The report as the ledger knows it: a trial is another report, so that it never counts as sent.
pub(super) fn ledger_name(report: &str, sending: &Sending) -> String {
    match &sending.tester {
        None => report.to_owned(),
        Some(_) => format!("{report} (trial)"),
    }
}

/// Who gets the report: its recipients, or the tester in the form of the first of them.
pub(super) fn recipients(plan: &[Recipient], sending: &Sending, config: &Config) -> Vec<Recipient> {
    let Some(tester) = &sending.tester else { return plan.to_vec() };
    let own = Form::own(config);
    let first = plan.first().cloned().unwrap_or(Recipient {
        to: String::new(),
        locale: own.locale,
        names: own.names,
        only: own.scope,
    });
    vec![Recipient { to: tester.clone(), ..first }]
}

/// What is recorded of a run besides its messages.
pub(super) struct Recorded<'a> {
    pub(super) run: ledger::Run,
    pub(super) figures: &'a [ledger::Figure],
}

/// Everything that delivery needs.
pub(super) struct Post<'a> {
    pub(super) config: &'a Config,
    pub(super) ledger: &'a mut Ledger,
    pub(super) lock: &'a RunLock,
    pub(super) clock: &'a dyn Fn() -> DateTime<Utc>,
}

impl Post<'_> {
    /// Which recipients have no message yet, and the revision that they would get.
    pub(super) fn plan(&self, mailing: &Mailing, resend: bool) -> Result<outbox::Plan> {
        outbox::plan(self.ledger, mailing, resend)
    }

    /// Writes the run, its figures and its messages down in one transaction.
    pub(super) fn record(
        &mut self,
        recorded: &Recorded<'_>,
        recipients: &[Recipient],
        forms: &BTreeMap<Form, Rendered>,
    ) -> Result<()> {
        let mut deliveries = Vec::new();
        for recipient in recipients {
            let Some(rendered) = forms.get(&Form::of(recipient)) else { continue };
            let letter = self.letter(recipient, rendered, &recorded.run);
            let message = compose(&letter)?;
            deliveries.push(NewDelivery {
                recipient: message.recipient,
                locale: recipient.locale.clone(),
                sender: message.envelope.from.to_string(),
                message_id: message.id,
                message: message.bytes,
                told: Arc::clone(&rendered.told),
            });
        }
        self.ledger.record(&recorded.run, recorded.figures, &deliveries).map(|_| ())
    }

    fn letter(&self, recipient: &Recipient, rendered: &Rendered, run: &ledger::Run) -> Letter {
        let email = &rendered.email;
        let image = |image: &crate::report::Picture| Image {
            cid: image.cid.clone(),
            name: format!("{}.png", image.cid),
            png: Arc::clone(&image.png),
        };
        Letter {
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
            date: (self.clock)(),
        }
    }

    /// Tries everything that waits for this mailing.
    pub(super) fn deliver(&mut self, mailing: &Mailing) -> Result<Summary> {
        let mut way = transport::open(&self.config.delivery.transport)?;
        outbox::work(self.ledger, self.lock, way.as_mut(), mailing, self.clock)
    }
}

/// The mailing of a report to some recipients.
pub(super) fn mailing(report: &str, period: &str, recipients: &[Recipient]) -> Result<Mailing> {
    let identities = recipients.iter().map(|recipient| address::identity(&recipient.to)).collect::<Result<_>>()?;
    Ok(Mailing { report: report.to_owned(), period: period.to_owned(), recipients: identities })
}
