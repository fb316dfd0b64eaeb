//! A mail server on raw sockets that answers each step as a test tells it, and remembers every byte that it was sent.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// What the server is answering.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    Greeting,
    Hello,
    StartTls,
    SecureHello,
    Login,
    Sender,
    Recipient,
    Data,
    Dot,
    Quit,
}

/// How it answers.
#[derive(Clone, Debug)]
pub(crate) enum Answer {
    /// What a good server says.
    Good,
    /// These bytes, in one write.
    Say(Vec<u8>),
    /// These bytes, one at a time, so far apart.
    Drip(Vec<u8>, Duration),
    /// Nothing, until the client leaves.
    Hang,
    /// The end of the connection.
    Close,
    /// The same, by a reset.
    Reset,
    /// This line again and again, so many bytes in all.
    Flood(&'static str, usize),
}

impl Answer {
    /// A text as an answer.
    pub(crate) fn say(text: &str) -> Self {
        Self::Say(text.as_bytes().to_vec())
    }
}

/// What the server was told in one connection.
#[derive(Clone, Debug, Default)]
pub(crate) struct Heard {
    /// Every command line, in order, without its line end.
    pub(crate) commands: Vec<String>,
    /// Every byte after the 354, dots and all.
    pub(crate) body: Vec<u8>,
}

/// The rule by which it answers: the phase and the command line.
type Rule = dyn Fn(Phase, &str) -> Answer + Send + Sync;

/// The server; it ends with its value.
pub(crate) struct FaultServer {
    pub(crate) port: u16,
    heard: Arc<Mutex<Vec<Heard>>>,
    over: Arc<AtomicBool>,
}

/// How the server protects a connection.
#[derive(Clone)]
pub(crate) enum Protection {
    None,
    Starttls(Arc<ServerConfig>),
    Implicit(Arc<ServerConfig>),
}

impl FaultServer {
    /// A server on a free port of the loopback address.
    pub(crate) fn start(protection: Protection, rule: impl Fn(Phase, &str) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (heard, over) = (Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicBool::new(false)));
        let rule: Arc<Rule> = Arc::new(rule);
        let (memory, end) = (Arc::clone(&heard), Arc::clone(&over));
        thread::spawn(move || {
            for connection in listener.incoming() {
                if end.load(Ordering::SeqCst) {
                    return;
                }
                let number = {
                    let mut memory = memory.lock().unwrap();
                    memory.push(Heard::default());
                    memory.len() - 1
                };
                let Ok(connection) = connection else { return };
                let session = Session {
                    raw: connection.try_clone().unwrap(),
                    memory: Arc::clone(&memory),
                    number,
                    rule: Arc::clone(&rule),
                    protection: protection.clone(),
                };
                thread::spawn(move || session.serve(connection));
            }
        });
        Self { port, heard, over }
    }

    /// What was heard so far, connection by connection.
    pub(crate) fn heard(&self) -> Vec<Heard> {
        self.heard.lock().unwrap().clone()
    }

    /// Every body byte of every connection. A farewell to a server that had refused DATA is not one.
    pub(crate) fn body(&self) -> Vec<u8> {
        let bodies = self.heard().into_iter().map(|heard| heard.body).filter(|body| body != b"QUIT\r\n");
        bodies.flatten().collect()
    }
}

impl Drop for FaultServer {
    fn drop(&mut self) {
        self.over.store(true, Ordering::SeqCst);
        // Wakes the listener.
        let _ = TcpStream::connect(("127.0.0.1", self.port));
    }
}

/// Something to talk through.
trait Line: Read + Write {}
impl<T: Read + Write> Line for T {}

/// One connection.
struct Session {
    memory: Arc<Mutex<Vec<Heard>>>,
    number: usize,
    rule: Arc<Rule>,
    protection: Protection,
    /// The socket below whatever protects it.
    raw: TcpStream,
}

/// What comes after an answer.
enum Next {
    GoOn,
    Encrypt,
    Leave,
}

impl Session {
    /// Talks until one side has had enough.
    fn serve(&self, tcp: TcpStream) {
        let mut line: BufReader<Box<dyn Line>> = BufReader::new(match &self.protection {
            Protection::Implicit(config) => {
                Box::new(StreamOwned::new(ServerConnection::new(Arc::clone(config)).unwrap(), tcp))
            }
            _ => Box::new(tcp),
        });
        let mut encrypted = matches!(self.protection, Protection::Implicit(_));
        if !matches!(self.answer(&mut line, Phase::Greeting, ""), Next::GoOn) {
            return;
        }
        loop {
            let mut command = Vec::new();
            if line.read_until(b'\n', &mut command).unwrap_or(0) == 0 {
                return;
            }
            let command = String::from_utf8_lossy(&command).trim_end().to_owned();
            self.note(|heard| heard.commands.push(command.clone()));
            let phase = match command.split(' ').next().unwrap_or("") {
                "EHLO" if encrypted => Phase::SecureHello,
                "EHLO" => Phase::Hello,
                "STARTTLS" => Phase::StartTls,
                "MAIL" => Phase::Sender,
                "RCPT" => Phase::Recipient,
                "DATA" => Phase::Data,
                "QUIT" => Phase::Quit,
                _ => Phase::Login,
            };
            match self.answer(&mut line, phase, &command) {
                Next::GoOn => {}
                Next::Encrypt => {
                    let Protection::Starttls(config) = &self.protection else { return };
                    let tls = ServerConnection::new(Arc::clone(config)).unwrap();
                    line = BufReader::new(Box::new(StreamOwned::new(tls, self.raw.try_clone().unwrap())));
                    encrypted = true;
                }
                Next::Leave => return,
            }
            if phase == Phase::Data && !self.take_body(&mut line) {
                return;
            }
        }
    }

    /// Reads up to the final dot, and answers it. False if the client, or we, left.
    fn take_body(&self, line: &mut BufReader<Box<dyn Line>>) -> bool {
        let mut body = Vec::new();
        while !body.ends_with(b"\r\n.\r\n") {
            let mut byte = [0];
            if line.read(&mut byte).unwrap_or(0) == 0 {
                return false;
            }
            self.note(|heard| heard.body.extend(byte));
            body.extend(byte);
        }
        matches!(self.answer(line, Phase::Dot, ""), Next::GoOn)
    }

    /// Says what the rule wants said.
    fn answer(&self, line: &mut BufReader<Box<dyn Line>>, phase: Phase, command: &str) -> Next {
        let answer = (self.rule)(phase, command);
        let stream = line.get_mut();
        match answer {
            Answer::Good => {
                let said = stream.write_all(self.good(phase).as_bytes()).and_then(|()| stream.flush());
                match (said, phase) {
                    (Err(_), _) | (_, Phase::Quit) => Next::Leave,
                    (Ok(()), Phase::StartTls) => Next::Encrypt,
                    _ => Next::GoOn,
                }
            }
            Answer::Say(bytes) => match stream.write_all(&bytes).and_then(|()| stream.flush()) {
                Ok(()) => Self::after(phase, &bytes),
                Err(_) => Next::Leave,
            },
            Answer::Drip(bytes, pause) => {
                for byte in &bytes {
                    if stream.write_all(&[*byte]).and_then(|()| stream.flush()).is_err() {
                        return Next::Leave;
                    }
                    thread::sleep(pause);
                }
                Self::after(phase, &bytes)
            }
            Answer::Hang => {
                let _ = stream.read(&mut [0; 64]);
                Next::Leave
            }
            Answer::Close => Next::Leave,
            Answer::Reset => {
                socket2::SockRef::from(&self.raw).set_linger(Some(Duration::ZERO)).unwrap();
                Next::Leave
            }
            Answer::Flood(said, length) => {
                let piece = said.repeat(10_000);
                for _ in 0..length / piece.len() {
                    if stream.write_all(piece.as_bytes()).is_err() {
                        break;
                    }
                }
                Next::Leave
            }
        }
    }

    /// What comes after these words: an invitation to TLS is meant, however it is said.
    fn after(phase: Phase, said: &[u8]) -> Next {
        if phase == Phase::StartTls && said.starts_with(b"220") { Next::Encrypt } else { Next::GoOn }
    }

    /// What a good server says.
    fn good(&self, phase: Phase) -> &'static str {
        match phase {
            Phase::Greeting => "220 fault.example ESMTP\r\n",
            Phase::Hello if matches!(self.protection, Protection::Starttls(_)) => {
                "250-fault.example\r\n250 STARTTLS\r\n"
            }
            Phase::Hello | Phase::SecureHello => "250-fault.example\r\n250-SIZE 10000000\r\n250 AUTH PLAIN LOGIN\r\n",
            Phase::StartTls => "220 go on\r\n",
            Phase::Login => "235 2.7.0 welcome\r\n",
            Phase::Sender | Phase::Recipient => "250 2.1.0 ok\r\n",
            Phase::Data => "354 end with a dot\r\n",
            Phase::Dot => "250 2.0.0 queued as 4711\r\n",
            Phase::Quit => "221 2.0.0 bye\r\n",
        }
    }

    /// Remembers.
    fn note(&self, what: impl FnOnce(&mut Heard)) {
        what(&mut self.memory.lock().unwrap()[self.number]);
    }
}
