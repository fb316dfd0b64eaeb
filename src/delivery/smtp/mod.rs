//! Delivery by SMTP: one conversation per message, one recipient per conversation, one exact code per step.
//!
//! Retries nothing and keeps no connection. A message is sent when a 250 answers its final dot, and not otherwise.

mod login;
mod reply;
mod tls;
mod wire;

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use lettre::transport::smtp::commands::{Data, Ehlo, Mail, Quit, Rcpt, Starttls};
use lettre::transport::smtp::extension::{ClientId, MailParameter};
use rustls::ClientConfig;

use self::reply::Reply;
use self::wire::{Fault, LOOK, Wire};
use super::address::Envelope;
use super::stop::Stop;
use super::transport::{Outcome, Transport};
use crate::config::{self, Login, Tls};
use crate::diagnostic::Diagnostic;
use crate::error::{Exit, Failure, Result};

/// How long a server may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadlines {
    /// To be found and to accept the connection.
    pub connect: Duration,
    /// For one command, its reply and, where one follows, the TLS handshake.
    pub command: Duration,
    /// To take the whole body.
    pub body: Duration,
    /// To answer the final dot; RFC 5321 asks for ten minutes, since a client that leaves early gets its mail twice.
    pub dot: Duration,
    /// For everything together.
    pub total: Duration,
}

impl Default for Deadlines {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self { connect: seconds(30), command: seconds(60), body: seconds(180), dot: seconds(600), total: seconds(900) }
    }
}

/// A mail server, and how to talk to it.
#[derive(Clone, Debug)]
pub struct Smtp {
    host: String,
    port: u16,
    protection: Tls,
    trust: Arc<ClientConfig>,
    login: Option<Login>,
    deadlines: Deadlines,
    /// Least time from the beginning of one conversation to that of the next.
    pace: Duration,
    begun: Option<Instant>,
    stop: Stop,
}

/// Where in the conversation something happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Connect,
    Greeting,
    Hello,
    StartTls,
    Handshake,
    Login,
    Sender,
    Recipient,
    Announce,
    Body,
    Dot,
}

impl Step {
    /// As a reason names it.
    fn name(self) -> &'static str {
        match self {
            Self::Connect => "connecting",
            Self::Greeting => "the greeting",
            Self::Hello => "EHLO",
            Self::StartTls => "STARTTLS",
            Self::Handshake => "the TLS handshake",
            Self::Login => "AUTH",
            Self::Sender => "MAIL FROM",
            Self::Recipient => "RCPT TO",
            Self::Announce => "DATA",
            Self::Body => "the body",
            Self::Dot => "the final dot",
        }
    }
}

/// What the server offers, each line of its answer to EHLO in capitals.
#[derive(Debug, Default)]
struct Offers(Vec<String>);

impl Offers {
    /// The words after a keyword, if the keyword is offered.
    fn words(&self, keyword: &str) -> Option<Vec<&str>> {
        self.0.iter().find_map(|line| {
            let mut words = line.split_whitespace();
            (words.next() == Some(keyword)).then(|| words.collect())
        })
    }
}

/// A step that did not end as it must, already judged.
type Steps<T> = std::result::Result<T, Outcome>;

impl Smtp {
    /// A server as the configuration describes it.
    ///
    /// # Errors
    /// [`Exit::Config`] if the CA file cannot be read or holds no certificate.
    pub fn new(server: &config::Smtp) -> Result<Self> {
        Ok(Self {
            host: server.host.clone(),
            port: server.port,
            protection: server.tls,
            trust: tls::client(server.tls_ca_file.as_deref())?,
            login: server.login.clone(),
            deadlines: Deadlines::default(),
            pace: server.max_per_minute.map_or(Duration::ZERO, |most| Duration::from_mins(1) / most.max(1)),
            begun: None,
            stop: Stop::default(),
        })
    }

    /// The same server, for a process that may be told to end.
    #[must_use]
    pub fn until(mut self, stop: &Stop) -> Self {
        self.stop = stop.clone();
        self
    }

    /// The same server with other deadlines.
    #[must_use]
    pub fn with_deadlines(mut self, deadlines: Deadlines) -> Self {
        self.deadlines = deadlines;
        self
    }

    /// Up to the point where mail can be handed over: connected, encrypted, logged in.
    fn open(&self) -> Steps<(Wire, Offers)> {
        let end = Instant::now() + self.deadlines.total;
        let mut wire = Wire::connect(&self.host, self.port, self.deadlines.connect, end, &self.stop)
            .map_err(|fault| broken(Step::Connect, &fault))?;
        let (local, peer) = wire.ends().map_err(|fault| broken(Step::Connect, &fault))?;
        if self.protection == Tls::None && !peer.ip().is_loopback() {
            return Err(Outcome::Unreachable(format!("{peer} is another machine: not without TLS")));
        }
        if self.protection == Tls::Implicit {
            wire = self.encrypt(wire)?;
        }
        self.hear(&mut wire, Step::Greeting, 220)?;
        let mut offers = self.hello(&mut wire, local)?;
        if self.protection == Tls::Starttls {
            if offers.words("STARTTLS").is_none() {
                return Err(Outcome::Unreachable("the server offers no STARTTLS: not without TLS".to_owned()));
            }
            self.ask(&mut wire, Step::StartTls, &Starttls.to_string(), 220)?;
            wire = self.encrypt(wire)?;
            // What was offered in the clear may have been forged.
            offers = self.hello(&mut wire, local)?;
        }
        if let Some(login) = &self.login {
            self.log_in(&mut wire, &offers, login)?;
        }
        Ok((wire, offers))
    }

    /// Waits until the next conversation may begin; false if there is to be none any more.
    fn keep_pace(&mut self) -> bool {
        if let Some(begun) = self.begun {
            while !self.stop.is_told() && begun.elapsed() < self.pace {
                std::thread::sleep(self.pace.saturating_sub(begun.elapsed()).min(LOOK));
            }
        }
        self.begun = Some(Instant::now());
        !self.stop.is_told()
    }

    /// Begins TLS.
    fn encrypt(&self, mut wire: Wire) -> Steps<Wire> {
        wire.allow(self.deadlines.command);
        wire.encrypt(&self.trust, &self.host).map_err(|fault| broken(Step::Handshake, &fault))
    }

    /// Says who we are, by address: a name would tell the reader of the mail's header what our machines are called.
    fn hello(&self, wire: &mut Wire, local: SocketAddr) -> Steps<Offers> {
        let name = match local.ip() {
            IpAddr::V4(address) => ClientId::Ipv4(address),
            IpAddr::V6(address) => ClientId::Ipv6(address),
        };
        let reply = self.ask(wire, Step::Hello, &Ehlo::new(name).to_string(), 250)?;
        Ok(Offers(reply.lines.iter().skip(1).map(|line| line.to_ascii_uppercase()).collect()))
    }

    /// Names sender and recipient, and has the server wait for the body.
    fn address(&self, wire: &mut Wire, offers: &Offers, envelope: &Envelope, length: usize) -> Steps<()> {
        let mut parameters = Vec::new();
        if let Some(limit) = offers.words("SIZE") {
            let limit = limit.first().and_then(|limit| limit.parse::<usize>().ok()).unwrap_or(0);
            if limit > 0 && length > limit {
                // The server's limit may be raised; and who has a smaller mail gets it.
                return Err(Outcome::Deferred(format!("the mail has {length} bytes, the server takes {limit}")));
            }
            parameters.push(MailParameter::Size(length));
        }
        if [&envelope.from, &envelope.to].iter().any(|address| !address.to_string().is_ascii()) {
            if offers.words("SMTPUTF8").is_none() {
                return Err(Outcome::Refused("the address is not ASCII, and the server takes no other".to_owned()));
            }
            parameters.push(MailParameter::SmtpUtfEight);
        }
        let sender = Mail::new(Some(envelope.from.clone()), parameters);
        self.ask(wire, Step::Sender, &sender.to_string(), 250)?;
        let recipient = Rcpt::new(envelope.to.clone(), Vec::new());
        self.ask(wire, Step::Recipient, &recipient.to_string(), 250)?;
        self.ask(wire, Step::Announce, &Data.to_string(), 354)?;
        Ok(())
    }

    /// The body, the dot, the verdict.
    fn hand_over(&self, wire: &mut Wire, message: &[u8]) -> Steps<Reply> {
        wire.allow(self.deadlines.body);
        // The dot goes apart: until it has left, a broken line means that nothing was taken over.
        wire.send(&stuffed(message)).map_err(|fault| broken(Step::Body, &fault))?;
        wire.allow(self.deadlines.dot);
        wire.send(b".\r\n").map_err(|fault| broken(Step::Dot, &fault))?;
        verdict(wire, Step::Dot, 250)
    }

    /// Says one command and hears its reply.
    fn ask(&self, wire: &mut Wire, step: Step, command: &str, expected: u16) -> Steps<Reply> {
        wire.allow(self.deadlines.command);
        wire.send(command.as_bytes()).map_err(|fault| broken(step, &fault))?;
        verdict(wire, step, expected)
    }

    /// Hears a reply that no command asked for.
    fn hear(&self, wire: &mut Wire, step: Step, expected: u16) -> Steps<Reply> {
        wire.allow(self.deadlines.command);
        verdict(wire, step, expected)
    }

    /// Takes leave. The server's answer changes nothing, so it is not waited for.
    fn close(&self, wire: &mut Wire) {
        wire.allow(self.deadlines.command.min(Duration::from_secs(2)));
        let _ = wire.send(Quit.to_string().as_bytes());
    }
}

impl Transport for Smtp {
    fn deliver(
        &mut self,
        envelope: &Envelope,
        message: &[u8],
        intent: &mut dyn FnMut() -> Result<()>,
    ) -> Result<Outcome> {
        if !self.keep_pace() {
            return Ok(Outcome::Deferred("farol was told to end before it was tried".to_owned()));
        }
        let (mut wire, offers) = match self.open() {
            Ok(open) => open,
            Err(outcome) => return Ok(outcome),
        };
        let outcome = match self.address(&mut wire, &offers, envelope, message.len()) {
            Ok(()) => {
                // If it fails the connection drops here, in the middle of DATA: without the dot there is no mail.
                intent()?;
                self.hand_over(&mut wire, message)
            }
            Err(outcome) => Err(outcome),
        };
        let outcome = outcome.map_or_else(|outcome| outcome, |reply| Outcome::Sent(reply.summary()));
        // Whoever is out of step might take a farewell for something else.
        if matches!(outcome, Outcome::Sent(_) | Outcome::Deferred(_) | Outcome::Refused(_)) {
            self.close(&mut wire);
        }
        Ok(outcome)
    }

    fn probe(&mut self) -> Result<()> {
        match self.open() {
            Ok((mut wire, _)) => {
                self.close(&mut wire);
                Ok(())
            }
            Err(outcome) => Err(Failure::new(
                Exit::TryAgain,
                Diagnostic::error("mail-server", format!("`{}:{}`: {}", self.host, self.port, outcome.reason()))
                    .help("check delivery.transport.smtp: host, port, tls, tls_ca_file, username and password"),
            )),
        }
    }
}

/// The reply, if it has the one code that this step may have.
fn verdict(wire: &mut Wire, step: Step, expected: u16) -> Steps<Reply> {
    let reply = wire.reply().map_err(|fault| broken(step, &fault))?;
    if reply.code == expected { Ok(reply) } else { Err(unexpected(step, expected, &reply)) }
}

/// What a broken conversation means for the message, by how far it got.
fn broken(step: Step, fault: &Fault) -> Outcome {
    let reason = format!("{}: {fault}", step.name());
    match (step, fault) {
        (Step::Dot, _) => Outcome::Unknown(reason),
        // It may be this recipient or this message only that the server minds.
        (Step::Recipient | Step::Announce | Step::Body, _) => Outcome::Broken(reason),
        _ => Outcome::Unreachable(reason),
    }
}

/// What a reply that should have been another means for the message.
fn unexpected(step: Step, expected: u16, reply: &Reply) -> Outcome {
    let said = if step == Step::Login { reply.codes() } else { reply.summary() };
    let reason = match reply.code {
        400..=599 => format!("{}: {said}", step.name()),
        _ => format!("{}: {said}, but only {expected} will do", step.name()),
    };
    match (step, reply.code) {
        // The server ends the conversation, which may be due to what it has just heard.
        (Step::Recipient | Step::Announce | Step::Dot, 421) => Outcome::Broken(reason),
        // 552 to MAIL is too large for this server, for which the address cannot help: it may be given a higher limit.
        (Step::Recipient | Step::Announce | Step::Dot, 400..=499) | (Step::Sender, 552) => Outcome::Deferred(reason),
        (Step::Recipient | Step::Announce | Step::Dot, 500..=599) => Outcome::Refused(reason),
        (Step::Dot, _) => Outcome::Unknown(reason),
        (Step::Recipient | Step::Announce, _) => Outcome::Broken(reason),
        _ => Outcome::Unreachable(reason),
    }
}

/// A message as DATA carries it: a dot before each dot that begins a line, every line end a CRLF, the last one included. No bare
/// CR or LF leaves, for servers disagree on whether these end a line, and a hidden dot could end the message.
fn stuffed(message: &[u8]) -> Vec<u8> {
    let mut body = Vec::with_capacity(message.len() + message.len() / 32 + 2);
    let mut bytes = message.iter().copied().peekable();
    let mut at_start = true;
    while let Some(byte) = bytes.next() {
        match byte {
            b'\r' | b'\n' => {
                if byte == b'\r' {
                    bytes.next_if_eq(&b'\n');
                }
                body.extend_from_slice(b"\r\n");
                at_start = true;
            }
            _ => {
                if at_start && byte == b'.' {
                    body.push(b'.');
                }
                body.push(byte);
                at_start = false;
            }
        }
    }
    if !at_start {
        body.extend_from_slice(b"\r\n");
    }
    body
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_of_a_body_is_a_lone_dot() {
        assert_eq!(stuffed(b"a\r\n.\r\nb\r\n"), b"a\r\n..\r\nb\r\n");
        assert_eq!(stuffed(b"."), b"..\r\n");
        assert_eq!(stuffed(b".a\r\n..b"), b"..a\r\n...b\r\n");
        assert_eq!(stuffed(b"a.b\r\n"), b"a.b\r\n");
        assert_eq!(stuffed(b""), b"");
    }

    #[test]
    fn a_dot_cannot_hide_behind_a_bare_line_end() {
        assert_eq!(stuffed(b"a\n.\nMAIL FROM"), b"a\r\n..\r\nMAIL FROM\r\n");
        assert_eq!(stuffed(b"a\r.\rb"), b"a\r\n..\r\nb\r\n");
        assert_eq!(stuffed(b"a\r\r\nb\n\r\nc"), b"a\r\n\r\nb\r\n\r\nc\r\n");
    }

    /// Every code from 0 to 999 at every step: only 250 after the dot is sent, and before the dot nothing is unknown.
    #[test]
    fn no_code_but_250_after_the_dot_is_sent_and_nothing_is_unknown_before_it() {
        let steps =
            [Step::Greeting, Step::Hello, Step::StartTls, Step::Login, Step::Sender, Step::Recipient, Step::Announce];
        for code in 0..1000 {
            let reply = Reply { code, lines: vec![String::new()] };
            for step in steps {
                let outcome = unexpected(step, 220, &reply);
                assert!(!matches!(outcome, Outcome::Sent(_) | Outcome::Unknown(_)), "{step:?} {code} {outcome}");
            }
            let expected = match code {
                421 => "broken",
                400..=499 => "deferred",
                500..=599 => "refused",
                _ => "unknown",
            };
            assert!(unexpected(Step::Dot, 250, &reply).to_string().starts_with(expected), "{code}");
        }
    }
}
