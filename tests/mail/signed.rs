//! Signatures of ours, judged by dkimpy.

use std::fs;
use std::path::Path;
use std::process::Command;

use farol::config::{Dkim, Secret};
use farol::delivery::dkim::Signer;
use farol::delivery::message::{Letter, compose};
use farol::error::Exit;

use crate::support::certificates::INSTALL;
use crate::support::{letter, noon};

/// What Python finds wrong with messages; with a key's record also with their signatures.
pub(crate) fn second_opinion(record: Option<&str>, messages: &[&Path]) -> String {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/second_opinion.py");
    // Debian's own Python, for which the packages are.
    let mut command = Command::new("/usr/bin/python3");
    command.arg(script);
    if let Some(record) = record {
        command.args(["--key", record]);
    }
    let output = command.args(messages).output().unwrap_or_else(|error| panic!("{error}: run {INSTALL}"));
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said).into_owned();
    assert_eq!(output.status.success(), said.is_empty(), "{said}\nthe packages come with {INSTALL}");
    said
}

/// A new key, and the record that would stand under its selector; both made by openssl.
pub(crate) fn key(folder: &Path, algorithm: &str) -> (Dkim, String) {
    let openssl = |arguments: &[&str]| {
        let output = Command::new("openssl").args(arguments).current_dir(folder).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    };
    let (kind, skipped) = match algorithm {
        // An Ed25519 key's record holds its 32 bytes alone, without the twelve before them.
        "ED25519" => ("ed25519", 12),
        _ => ("rsa", 0),
    };
    openssl(&["genpkey", "-algorithm", algorithm, "-out", "dkim.pem"]);
    let public = openssl(&["pkey", "-in", "dkim.pem", "-pubout", "-outform", "DER"]);
    let public = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, &public[skipped..]);
    let key = Secret::new(fs::read_to_string(folder.join("dkim.pem")).unwrap());
    let dkim = Dkim { domain: "example.test".into(), selector: "farol".into(), key };
    (dkim, format!("v=DKIM1; k={kind}; p={public}"))
}

#[test]
fn another_program_finds_our_signature_good_and_a_changed_mail_bad() {
    let folder = tempfile::tempdir().unwrap();
    let mut verified = 0;
    for algorithm in ["RSA", "ED25519"] {
        let (dkim, record) = key(folder.path(), algorithm);
        let signer = Signer::new(&dkim).unwrap();
        let mut unusual = letter("Núñez <jose@example.test>");
        unusual.text = "  two  spaces \t and tabs\t\n\n\n.\n\n\n".into();
        unusual.replaces = Some("<original@example.test>".into());
        unusual.list_unsubscribe = Some("<mailto:leave@example.test>".into());
        let empty = Letter {
            text: String::new(),
            html: String::new(),
            images: vec![],
            attachments: vec![],
            ..letter("a@example.test")
        };
        for letter in [letter("Ana Gómez <ana@example.test>"), unusual, empty] {
            let message = compose(&letter).unwrap();
            let whole = signer.sign(&message.bytes, noon()).unwrap();
            assert!(whole.ends_with(&message.bytes));
            assert_eq!(whole, signer.sign(&message.bytes, noon()).unwrap(), "the same bytes, whenever they are made");
            let file = folder.path().join("message");
            fs::write(&file, &whole).unwrap();
            assert_eq!(second_opinion(Some(&record), &[&file]), "", "{algorithm}");
            verified += 1;

            let text = String::from_utf8(whole).unwrap();
            for (from, to) in [
                ("Subject: ", "Subject: not "),
                ("\r\n\r\n", "\r\n\r\nx"),
                ("\r\nFrom: ", "\r\nFrom: <eve@evil.example>\r\nFrom: "),
            ] {
                fs::write(&file, text.replacen(from, to, 1)).unwrap();
                let said = second_opinion(Some(&record), &[&file]);
                assert!(said.contains("does not hold"), "{algorithm}, {to}: {said}");
            }
        }
    }
    println!("D14 | signatures that dkimpy finds good | {verified}/{verified}");
}

#[test]
fn what_is_no_key_is_refused_and_not_shown() {
    for key in ["c4n4ry", "-----BEGIN PRIVATE KEY-----\nYzRuNHJ5\n-----END PRIVATE KEY-----\n", ""] {
        let dkim = Dkim { domain: "example.test".into(), selector: "farol".into(), key: Secret::new(key.into()) };
        let failure = Signer::new(&dkim).unwrap_err();
        assert_eq!(failure.exit, Exit::Config);
        let told = failure.to_string();
        assert!(told.contains("error[dkim-key]") && !told.contains("c4n4ry") && !told.contains("YzRu"), "{told}");
        assert!(!format!("{dkim:?}").contains("c4n4ry"));
    }
}
