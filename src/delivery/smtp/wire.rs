//! Bytes to and from a mail server, within a time that the server cannot stretch.
//!
//! Knows lines and replies, not what they mean. It is not lettre's connection, because that one bounds each read but not their
//! sum, cannot be ended from outside, refuses replies that are not UTF-8, and carries bytes that came before TLS over into it.

use std::fmt;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream, ToSocketAddrs};
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};

use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, StreamOwned};

use super::reply::{Reply, ReplyLine};
use crate::delivery::stop::Stop;

/// Longest line of a reply, in bytes; RFC 5321 grants 512.
const LONGEST_LINE: usize = 4096;

/// Longest reply, in bytes.
const LONGEST_REPLY: usize = 64 * 1024;

/// How often is looked whether the process was told to end.
pub(super) const LOOK: Duration = Duration::from_millis(250);

/// How long a conversation may go on after the process was told to end.
const GRACE: Duration = Duration::from_secs(15);

/// Why the conversation broke off.
#[derive(Debug)]
pub(super) enum Fault {
    /// The server ended it.
    Closed,
    /// The time was up.
    Slow,
    /// The operating system or TLS says why.
    Broken(io::Error),
    /// The server said what is no reply, or spoke out of turn.
    Garbled(&'static str),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Closed => f.write_str("the server closed the connection"),
            Self::Slow => f.write_str("the server did not answer in time"),
            Self::Broken(error) => write!(f, "{error}"),
            Self::Garbled(what) => f.write_str(what),
        }
    }
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => Self::Slow,
            io::ErrorKind::UnexpectedEof
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::BrokenPipe => Self::Closed,
            _ => Self::Broken(error),
        }
    }
}

/// How long is waited for, and no longer than some seconds once the process was told to end.
#[derive(Debug)]
struct Patience {
    until: Instant,
    stop: Stop,
    told: Option<Instant>,
}

impl Patience {
    fn new(until: Instant, stop: &Stop) -> Self {
        Self { until, stop: stop.clone(), told: None }
    }

    /// What is left of the time, but no more than until the next look at whether it has become less.
    fn next(&mut self) -> io::Result<Duration> {
        let now = Instant::now();
        if self.stop.is_told() {
            self.until = self.until.min(*self.told.get_or_insert(now) + GRACE);
        }
        let remaining = self.until.saturating_duration_since(now);
        if remaining.is_zero() { Err(io::ErrorKind::TimedOut.into()) } else { Ok(remaining.min(LOOK)) }
    }
}

/// A socket whose every read and write ends by a given instant, however many of them TLS makes.
#[derive(Debug)]
struct Socket {
    tcp: TcpStream,
    patience: Patience,
}

impl Socket {
    /// Does something that waits for the other side, look by look.
    fn wait(&mut self, mut act: impl FnMut(&mut TcpStream, Duration) -> io::Result<usize>) -> io::Result<usize> {
        use io::ErrorKind::{Interrupted, TimedOut, WouldBlock};
        loop {
            let next = self.patience.next()?;
            match act(&mut self.tcp, next) {
                Err(error) if matches!(error.kind(), Interrupted | TimedOut | WouldBlock) => {}
                done => return done,
            }
        }
    }
}

impl Read for Socket {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.wait(|tcp, time| {
            tcp.set_read_timeout(Some(time))?;
            tcp.read(buffer)
        })
    }
}

impl Write for Socket {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.wait(|tcp, time| {
            tcp.set_write_timeout(Some(time))?;
            tcp.write(bytes)
        })
    }

    fn flush(&mut self) -> io::Result<()> {
        self.tcp.flush()
    }
}

/// The socket, bare or under TLS.
enum Stream {
    Plain(Socket),
    Tls(Box<StreamOwned<ClientConnection, Socket>>),
}

impl Stream {
    fn socket(&mut self) -> &mut Socket {
        match self {
            Self::Plain(socket) => socket,
            Self::Tls(stream) => &mut stream.sock,
        }
    }

    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(socket) => socket.read(buffer),
            Self::Tls(stream) => stream.read(buffer),
        }
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Self::Plain(socket) => socket.write_all(bytes),
            Self::Tls(stream) => stream.write_all(bytes).and_then(|()| stream.flush()),
        }
    }
}

/// One conversation.
pub(super) struct Wire {
    stream: Stream,
    /// What the server said and nobody has read yet.
    unread: Vec<u8>,
    /// When the whole conversation must be over.
    end: Instant,
}

impl Wire {
    /// Finds the host and connects to it, within `connect`; the conversation ends by `end`, or soon once the process was told to.
    pub(super) fn connect(host: &str, port: u16, connect: Duration, end: Instant, stop: &Stop) -> Result<Self, Fault> {
        let until = end.min(Instant::now() + connect);
        let mut patience = Patience::new(until, stop);
        let (connected, answer) = mpsc::channel();
        let host = host.to_owned();
        // The system's resolver knows no deadline, and neither it nor a connect is ended from outside: they run aside, and are left
        // to themselves if they take too long.
        std::thread::spawn(move || {
            // Nobody listens any more if the time was up.
            let _ = connected.send(dial(&host, port, until));
        });
        loop {
            match answer.recv_timeout(patience.next()?) {
                Ok(tcp) => {
                    let socket = Socket { tcp: tcp?, patience };
                    return Ok(Self { stream: Stream::Plain(socket), unread: Vec::new(), end });
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return Err(Fault::Slow),
            }
        }
    }

    /// Gives the next exchanges this long together, or what is left of the whole if that is less.
    pub(super) fn allow(&mut self, time: Duration) {
        self.stream.socket().patience.until = self.end.min(Instant::now() + time);
    }

    /// Our end's address and the server's.
    pub(super) fn ends(&mut self) -> Result<(SocketAddr, SocketAddr), Fault> {
        let tcp = &self.stream.socket().tcp;
        Ok((tcp.local_addr()?, tcp.peer_addr()?))
    }

    /// Goes on under TLS.
    ///
    /// Whatever came before belongs to nobody: an attacker may have put it there, so it ends the conversation.
    pub(super) fn encrypt(self, config: &Arc<ClientConfig>, host: &str) -> Result<Self, Fault> {
        let Stream::Plain(mut socket) = self.stream else { return Err(Fault::Garbled("TLS was on already")) };
        if !self.unread.is_empty() {
            return Err(Fault::Garbled("the server spoke before TLS began: the line may be tampered with"));
        }
        let name = ServerName::try_from(host.to_owned()).map_err(|error| Fault::Broken(io::Error::other(error)))?;
        let mut tls =
            ClientConnection::new(Arc::clone(config), name).map_err(|error| Fault::Broken(io::Error::other(error)))?;
        while tls.is_handshaking() {
            tls.complete_io(&mut socket)?;
        }
        Ok(Self { stream: Stream::Tls(Box::new(StreamOwned::new(tls, socket))), unread: Vec::new(), end: self.end })
    }

    /// Says something. The server must be silent: what it said before it was asked would pass for the answer.
    pub(super) fn send(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        if !self.unread.is_empty() {
            return Err(Fault::Garbled("the server spoke out of turn"));
        }
        Ok(self.stream.write_all(bytes)?)
    }

    /// Hears one whole reply.
    pub(super) fn reply(&mut self) -> Result<Reply, Fault> {
        let mut lines = Vec::new();
        let mut length = 0;
        loop {
            let line = self.line()?;
            length += line.len();
            if length > LONGEST_REPLY {
                return Err(Fault::Garbled("the server's reply has no end"));
            }
            let line = ReplyLine::parse(&line).ok_or(Fault::Garbled("what the server said is no reply"))?;
            lines.push(line);
            if let [.., last] = lines.as_slice()
                && last.last
            {
                let code = last.code;
                if lines.iter().any(|line| line.code != code) {
                    return Err(Fault::Garbled("the lines of the server's reply have different codes"));
                }
                return Ok(Reply { code, lines: lines.into_iter().map(|line| line.text).collect() });
            }
        }
    }

    /// One line with its line end.
    fn line(&mut self) -> Result<Vec<u8>, Fault> {
        loop {
            if let Some(end) = self.unread.iter().position(|byte| *byte == b'\n') {
                let rest = self.unread.split_off(end + 1);
                return Ok(std::mem::replace(&mut self.unread, rest));
            }
            if self.unread.len() > LONGEST_LINE {
                return Err(Fault::Garbled("a line of the server's reply has no end"));
            }
            let mut buffer = [0; 2048];
            let read = self.stream.read(&mut buffer)?;
            if read == 0 {
                return Err(Fault::Closed);
            }
            self.unread.extend(buffer.iter().take(read));
        }
    }
}

/// A connection to the first address of a host that takes one.
fn dial(host: &str, port: u16, until: Instant) -> Result<TcpStream, Fault> {
    let mut failed = None;
    for address in (host, port).to_socket_addrs().map_err(Fault::Broken)? {
        let remaining = until.saturating_duration_since(Instant::now());
        if remaining.is_zero() {
            return Err(Fault::Slow);
        }
        match TcpStream::connect_timeout(&address, remaining) {
            Ok(tcp) => {
                tcp.set_nodelay(true)?;
                return Ok(tcp);
            }
            Err(error) => failed = Some(error),
        }
    }
    Err(failed.map_or(Fault::Broken(io::Error::other("the host has no address")), Fault::from))
}
