//! As much of an IMAP client (RFC 3501) as reading a mailbox takes.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use rustls::pki_types::ServerName;
use rustls::{ClientConnection, StreamOwned};

use super::certificates;

/// A mailbox that is open.
struct Mailbox {
    stream: BufReader<StreamOwned<ClientConnection, TcpStream>>,
    commands: u32,
}

/// The messages of a user's inbox, once there are as many as `count`; what is there after `patience` if there are not.
pub(crate) fn inbox(port: u16, user: &str, password: &str, count: usize, patience: Duration) -> Vec<Vec<u8>> {
    let started = Instant::now();
    loop {
        let messages = Mailbox::open(port, user, password).messages();
        if messages.len() >= count || started.elapsed() > patience {
            return messages;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
}

impl Mailbox {
    fn open(port: u16, user: &str, password: &str) -> Self {
        let tcp = TcpStream::connect(("127.0.0.1", port)).unwrap();
        tcp.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let name = ServerName::try_from("localhost").unwrap();
        let tls = ClientConnection::new(certificates::client(), name).unwrap();
        let mut mailbox = Self { stream: BufReader::new(StreamOwned::new(tls, tcp)), commands: 0 };
        assert!(mailbox.line().starts_with("* OK"));
        mailbox.command(&format!("LOGIN \"{user}\" \"{password}\""));
        mailbox.command("SELECT INBOX");
        mailbox
    }

    /// Every message, whole.
    fn messages(&mut self) -> Vec<Vec<u8>> {
        let found =
            self.command("SEARCH ALL").0.into_iter().find_map(|line| line.strip_prefix("* SEARCH").map(str::to_owned));
        let numbers: Vec<u32> = found.unwrap().split_whitespace().map(|number| number.parse().unwrap()).collect();
        numbers.into_iter().map(|number| self.command(&format!("FETCH {number} BODY.PEEK[]")).1.remove(0)).collect()
    }

    /// Says a command; returns the lines and the literals of the answer.
    fn command(&mut self, command: &str) -> (Vec<String>, Vec<Vec<u8>>) {
        self.commands += 1;
        let tag = format!("a{}", self.commands);
        self.stream.get_mut().write_all(format!("{tag} {command}\r\n").as_bytes()).unwrap();
        let (mut lines, mut literals) = (Vec::new(), Vec::new());
        loop {
            let line = self.line();
            if let Some(verdict) = line.strip_prefix(&format!("{tag} ")) {
                assert!(verdict.starts_with("OK"), "{line}");
                return (lines, literals);
            }
            if let Some(length) = line.strip_suffix('}').and_then(|line| line.rsplit_once('{')) {
                let mut literal = vec![0; length.1.parse().unwrap()];
                self.stream.read_exact(&mut literal).unwrap();
                literals.push(literal);
            }
            lines.push(line);
        }
    }

    /// One line without its end.
    fn line(&mut self) -> String {
        let mut line = String::new();
        self.stream.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }
}
