//! What carries a message: one interface for a mail server and for a folder, and what may come of an attempt.
//!
//! Knows no report, no ledger; retrying is the outbox's decision.

use std::fmt;

use super::address::Envelope;
use super::maildir::Maildir;
use super::smtp::Smtp;
use super::stop::Stop;
use crate::config;
use crate::error::Result;

/// What came of one attempt to deliver one message to one person. Each carries the reason, or the server's reply, as text
/// on one line without secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The other side took the message over: a 250 after the final dot, a file in the maildir.
    Sent(String),
    /// Not now: nothing was taken over, and another attempt may do.
    Deferred(String),
    /// Never: the server refuses this recipient or this message.
    Refused(String),
    /// The whole message left, and no verdict came back: it may have been taken over.
    Unknown(String),
    /// The conversation broke at this recipient or message, in a way that tells nothing about the next one: nothing was taken
    /// over, and another attempt may do.
    Broken(String),
    /// Nothing is wrong with the message: no conversation is possible with this server. Nothing was taken over, and
    /// whoever is next would fare no better.
    Unreachable(String),
}

impl Outcome {
    /// The reason or the reply.
    pub fn reason(&self) -> &str {
        match self {
            Self::Sent(text)
            | Self::Deferred(text)
            | Self::Refused(text)
            | Self::Unknown(text)
            | Self::Broken(text)
            | Self::Unreachable(text) => text,
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = match self {
            Self::Sent(_) => "sent",
            Self::Deferred(_) => "deferred",
            Self::Refused(_) => "refused",
            Self::Unknown(_) => "unknown",
            Self::Broken(_) => "broken",
            Self::Unreachable(_) => "unreachable",
        };
        write!(f, "{word}: {}", self.reason())
    }
}

/// Something that carries messages, one at a time.
pub trait Transport {
    /// Carries one message to one person. `intent` is called at most once, at the last moment at which nothing has left yet:
    /// after it the message may arrive, without it it cannot have.
    ///
    /// # Errors
    /// Only what `intent` returned; then the message did not leave. Everything else is an [`Outcome`].
    fn deliver(
        &mut self,
        envelope: &Envelope,
        message: &[u8],
        intent: &mut dyn FnMut() -> Result<()>,
    ) -> Result<Outcome>;

    /// Goes as far as one can without sending anything: connection, TLS, authentication; a folder that can be written.
    ///
    /// # Errors
    /// [`crate::error::Exit::TryAgain`] with what stands in the way.
    fn probe(&mut self) -> Result<()>;
}

/// The transport that the configuration asks for.
///
/// # Errors
/// [`crate::error::Exit::Config`] if the CA file cannot be read or holds no certificate.
pub fn open(way: &config::Transport) -> Result<Box<dyn Transport>> {
    open_until(way, &Stop::default())
}

/// The same, for a process that may be told to end: a conversation then has some seconds left.
///
/// # Errors
/// As [`open`].
pub fn open_until(way: &config::Transport, stop: &Stop) -> Result<Box<dyn Transport>> {
    Ok(match way {
        config::Transport::Maildir(folder) => Box::new(Maildir::new(folder)),
        config::Transport::Smtp(server) => Box::new(Smtp::new(server)?.until(stop)),
    })
}
