//! Secrets with a sound of their own, and every byte that farol writes while it uses them.

use std::fs;
use std::net::TcpListener;
use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::home::{Ended, FAROL, Home};
use crate::support::certificates;
use crate::support::fault_server::{Answer, FaultServer, Phase, Protection};

const PASSWORD: &str = "c4n4ry-Pa55/w+rd";
const TOKEN: &str = "ya29.c4n4ry-t0ken";
const PING: &str = "c4n4ry-p1ng-8f3a";

/// A home that logs in at a server over TLS, signs its mail and calls a monitor that is away.
fn home(port: u16, login: &str) -> Home {
    let home = Home::tiny();
    home.edit("config/farol.yaml", "data:", "as_of: 2026-11-05\ndata:");
    let transport = format!(
        "dkim: {{ domain: example.com, selector: s, key: \"file:../keys/dkim.pem\" }}\n  transport: {{ smtp: {{ host: localhost, \
         port: {port}, tls: implicit, tls_ca_file: {}, username: farol, {login} }} }}",
        certificates::authority().display()
    );
    home.edit("config/farol.yaml", "transport: { maildir: ../out/maildir }", &transport);
    let text = home.read("config/farol.yaml") + "ping: \"${PING_URL}\"\n";
    home.write("config/farol.yaml", text);
    fs::create_dir(home.path("keys")).unwrap();
    let key = ["genpkey", "-algorithm", "RSA", "-out", "keys/dkim.pem"];
    assert!(home.command("openssl", &key).output().unwrap().status.success());
    home
}

/// Every form in which a secret could lie about: as it is, as logins carry it, as an address would.
fn canaries(home: &Home) -> Vec<String> {
    let mut canaries = vec![
        PASSWORD.to_owned(),
        STANDARD.encode(PASSWORD),
        STANDARD.encode(format!("\0farol\0{PASSWORD}")),
        PASSWORD.replace('/', "%2F").replace('+', "%2B"),
        TOKEN.to_owned(),
        STANDARD.encode(format!("user=farol\u{1}auth=Bearer {TOKEN}\u{1}\u{1}")),
        PING.to_owned(),
    ];
    let key = home.read("keys/dkim.pem");
    canaries.extend(key.lines().filter(|line| line.len() > 30 && !line.starts_with('-')).map(str::to_owned));
    canaries
}

fn holds(bytes: &[u8], canary: &str) -> bool {
    bytes.windows(canary.len()).any(|window| window == canary.as_bytes())
}

#[test]
fn a_secret_is_nowhere_in_what_is_written() {
    let (mut written, mut commands, mut hits) = (0, 0, Vec::new());
    for (login, refusal) in [
        ("password: \"${SMTP_PASSWORD}\"", None),
        ("password: \"${SMTP_PASSWORD}\"", Some(format!("535 5.7.8 {PASSWORD} is wrong\r\n"))),
        ("oauth2_token: \"${SMTP_TOKEN}\"", None),
        ("oauth2_token: \"${SMTP_TOKEN}\"", Some(format!("535 5.7.8 {TOKEN} is stale\r\n"))),
    ] {
        let is_refused = refusal.is_some();
        let server = FaultServer::start(Protection::Implicit(certificates::server("server")), move |phase, _| {
            match (phase, &refusal) {
                (Phase::SecureHello, _) => Answer::say("250-fault.example\r\n250 AUTH PLAIN LOGIN XOAUTH2\r\n"),
                (Phase::Login, Some(refusal)) => Answer::say(refusal),
                _ => Answer::Good,
            }
        });
        let home = home(server.port, login);
        let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let canaries = canaries(&home);
        assert!(canaries.len() > 20, "the key has more lines than {}", canaries.len());
        let run = |arguments: &[&str]| {
            let mut command: Command = home.command(FAROL, arguments);
            command.env("SMTP_PASSWORD", PASSWORD).env("SMTP_TOKEN", TOKEN);
            command.env("PING_URL", format!("http://127.0.0.1:{nobody}/{PING}"));
            command.env("RUST_LOG", "trace").env("RUST_BACKTRACE", "full");
            Ended::of(&command.output().unwrap())
        };
        for line in [
            "check --data --smtp",
            "check --smtp --log-format json",
            "run --send --log-format json",
            "run --send",
            "outbox list --all --addresses",
            "outbox show 1",
            "outbox retry",
            "status",
            "schedule --next 3",
            "explain mrr_closing --period 2026-10",
        ] {
            let arguments: Vec<&str> = line.split_whitespace().collect();
            let Ended { stdout, stderr, .. } = run(&arguments);
            commands += 1;
            for text in [&stdout, &stderr] {
                written += text.len();
                hits.extend(canaries.iter().filter(|c| holds(text.as_bytes(), c)).map(|c| format!("{line}: {c}")));
            }
        }
        for folder in ["out", "state"] {
            for (name, bytes) in home.files(folder) {
                written += bytes.len();
                hits.extend(canaries.iter().filter(|c| holds(&bytes, c)).map(|c| format!("{folder}/{name}: {c}")));
            }
        }
        // They were in use: the server was told them, and signed mail has come.
        let heard = server.heard();
        let told = heard.iter().flat_map(|heard| &heard.commands);
        assert!(told.into_iter().any(|line| canaries.iter().any(|canary| line.contains(canary.as_str()))), "{login}");
        let body = server.body();
        assert_eq!(holds(&body, "DKIM-Signature:"), !is_refused);
        hits.extend(canaries.iter().filter(|c| holds(&body, c)).map(|c| format!("the mail: {c}")));
    }
    assert_eq!(hits, [""; 0]);
    println!("X9 | commands, bytes written, secrets in them | {commands}, {written}, 0");
}

#[test]
fn a_secret_that_is_written_out_is_refused_and_not_repeated() {
    let cases = [
        ("\"${SMTP_PASSWORD}\"", PASSWORD),
        ("\"file:../keys/dkim.pem\"", "c4n4ry-k3y"),
        ("\"${PING_URL}\"", "https://hc.example/c4n4ry"),
    ];
    for (reference, literal) in cases {
        let home = home(1, "password: \"${SMTP_PASSWORD}\"");
        home.edit("config/farol.yaml", reference, literal);
        for form in ["text", "json"] {
            let mut command = home.command(FAROL, &["run", "--send", "--log-format", form]);
            command.env("SMTP_PASSWORD", PASSWORD).env("PING_URL", "http://127.0.0.1:1/x");
            let ended = Ended::of(&command.output().unwrap());
            assert_eq!(ended.code, Some(78), "{literal}: {}", ended.stderr);
            assert!(ended.stderr.contains("secret-literal") && !ended.stderr.contains("c4n4ry"), "{}", ended.stderr);
        }
        home.is_untouched();
    }
    println!("X9 | secrets written out, refused without being repeated | {0}/{0}", cases.len());
}
