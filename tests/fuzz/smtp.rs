//! What a mail server says, with a zero byte where it stops and listens. The first byte chooses whether farol logs in.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use farol::config::{self, Login, Proof, Secret, Tls};
use farol::delivery::address::Envelope;
use farol::delivery::smtp::Smtp;
use farol::delivery::transport::{Outcome, Transport};

use super::is_one_line;

const PASSWORD: &str = "c4n4ry-S3cret";
/// What fits into one read of the other side.
const LONGEST: usize = 2000;
const MESSAGE: &[u8] = b"Subject: x\r\n\r\n.\r\n";

/// Says its part; hears a command, or the whole message, after each piece.
fn converse(mut stream: TcpStream, said: &[u8]) {
    let mut heard = Vec::new();
    for piece in said.split(|byte| *byte == 0) {
        if stream.write_all(piece).is_err() {
            return;
        }
        if code(piece).is_none() {
            // Whoever waits for the rest waits for long.
            break;
        }
        let is_whole = |heard: &[u8]| {
            if heard.starts_with(b"Subject") { heard.ends_with(b"\r\n.\r\n") } else { heard.ends_with(b"\r\n") }
        };
        heard.clear();
        let mut buffer = [0; 4096];
        while !is_whole(&heard) {
            match stream.read(&mut buffer) {
                Ok(0) | Err(_) => return,
                Ok(read) => heard.extend_from_slice(&buffer[..read]),
            }
        }
    }
    let _ = stream.shutdown(Shutdown::Write);
    let _ = stream.read_to_end(&mut heard);
}

/// A server that takes its words from a channel, one conversation each; and two ways to it, with a login and without.
fn begin() -> (Sender<Vec<u8>>, [Smtp; 2]) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (say, words): (Sender<Vec<u8>>, Receiver<Vec<u8>>) = channel();
    thread::spawn(move || {
        for said in words {
            converse(listener.accept().unwrap().0, &said);
        }
    });
    let login = Login { user: Secret::new("farol".into()), proof: Proof::Password(Secret::new(PASSWORD.into())) };
    let ways = [None, Some(login)].map(|login| {
        let host = "127.0.0.1".to_owned();
        Smtp::new(&config::Smtp { host, port, tls: Tls::None, tls_ca_file: None, login, max_per_minute: None }).unwrap()
    });
    (say, ways)
}

/// The code of a reply and whether nothing follows it, in plain words: each line begins with the same three digits, and all but the
/// last go on with a hyphen.
fn code(mut piece: &[u8]) -> Option<(&[u8], bool)> {
    let code = piece.get(..3).filter(|code| code.iter().all(u8::is_ascii_digit))?;
    loop {
        let end = piece.iter().position(|byte| *byte == b'\n')?;
        let line = piece[..end].strip_suffix(b"\r").unwrap_or(&piece[..end]);
        piece = &piece[end + 1..];
        match line.strip_prefix(code)? {
            [] | [b' ', ..] => return Some((code, piece.is_empty())),
            [b'-', ..] => {}
            _ => return None,
        }
    }
}

pub(super) fn run(bytes: &[u8]) {
    thread_local!(static ENDS: std::cell::RefCell<(Sender<Vec<u8>>, [Smtp; 2])> = std::cell::RefCell::new(begin()));
    let &[choice, ref said @ ..] = bytes else { return };
    if said.len() > LONGEST {
        return;
    }
    let logs_in = choice % 2 == 1;
    let envelope = Envelope::new("farol@case.example", "ana@case.example").unwrap();
    let mut intents = 0;
    let outcome = ENDS.with_borrow_mut(|(say, ways)| {
        say.send(said.to_vec()).unwrap();
        let mut intent = || {
            intents += 1;
            Ok(())
        };
        ways[usize::from(logs_in)].deliver(&envelope, MESSAGE, &mut intent).unwrap()
    });
    assert!(is_one_line(outcome.reason()) && outcome.reason().chars().count() < 500, "{outcome:?}");
    if outcome.reason().starts_with("AUTH") {
        assert!(!outcome.reason().contains(PASSWORD), "{outcome}");
    }
    let codes: Vec<_> = said.split(|byte| *byte == 0).map(code).collect();
    let welcomes: [&[u8]; 6] = [b"220", b"250", b"250", b"250", b"354", b"250"];
    let is_welcome = |step: usize| {
        // What is said after the last verdict changes nothing.
        let said = codes.get(step).copied().flatten();
        said.is_some_and(|(code, is_alone)| code == welcomes[step] && (is_alone || step == 5))
    };
    let went = |steps: usize| (0..steps).all(is_welcome);
    assert!(intents <= 1);
    match outcome {
        Outcome::Sent(_) => assert!(intents == 1 && (logs_in || went(6)), "{codes:?}"),
        Outcome::Unknown(_) => assert!(intents == 1 && (logs_in || went(5) && !went(6)), "{codes:?}"),
        _ => assert!(
            logs_in || !went(6) || said.to_ascii_uppercase().windows(4).any(|word| word == b"SIZE"),
            "{outcome}"
        ),
    }
}
