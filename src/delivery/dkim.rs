//! A domain's signature on a message (DKIM, RFC 6376; Ed25519 by RFC 8463), relaxed in header and body.
//!
//! The algorithms are those of the TLS library; this file only says what is signed.

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use chrono::{DateTime, Utc};
use rustls::crypto::ring::sign::any_supported_type;
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject;
use rustls::sign::Signer as Algorithm;
use rustls::{SignatureAlgorithm, SignatureScheme};
use sha2::{Digest, Sha256};

use crate::config::Dkim;
use crate::diagnostic::Diagnostic;
use crate::error::{Exit, Failure, Result};

/// The headers that are signed, where they are there. `From` is named once more than it is there: nobody can add a second.
const SIGNED: [&str; 11] = [
    "from",
    "to",
    "subject",
    "date",
    "message-id",
    "in-reply-to",
    "references",
    "auto-submitted",
    "list-unsubscribe",
    "mime-version",
    "content-type",
];

/// Signs messages in a domain's name.
#[derive(Debug)]
pub struct Signer {
    domain: String,
    selector: String,
    algorithm: Box<dyn Algorithm>,
    is_rsa: bool,
}

impl Signer {
    /// A signer with the configuration's key.
    ///
    /// # Errors
    /// [`Exit::Config`] if the key is not known, or is not an RSA (2048 bits or more) or Ed25519 key in PEM.
    pub fn new(dkim: &Dkim) -> Result<Self> {
        let refuse = |why: &str| {
            let fault = Diagnostic::error("dkim-key", format!("`delivery.dkim.key` cannot sign: {why}"));
            let help =
                "make one with `openssl genrsa -out dkim.pem 2048` and publish its public key under the selector";
            Failure::new(Exit::Config, fault.help(help))
        };
        let key = PrivateKeyDer::from_pem_slice(dkim.key.reveal()?.as_bytes())
            .map_err(|_| refuse("it is no private key in PEM"))?;
        let key = any_supported_type(&key).map_err(|_| refuse("it is no RSA or Ed25519 key that is long enough"))?;
        let is_rsa = match key.algorithm() {
            SignatureAlgorithm::RSA => true,
            SignatureAlgorithm::ED25519 => false,
            _ => return Err(refuse("it is neither RSA nor Ed25519")),
        };
        let scheme = if is_rsa { SignatureScheme::RSA_PKCS1_SHA256 } else { SignatureScheme::ED25519 };
        let algorithm = key.choose_scheme(&[scheme]).ok_or_else(|| refuse("it does not sign as DKIM wants"))?;
        Ok(Self { domain: dkim.domain.clone(), selector: dkim.selector.clone(), algorithm, is_rsa })
    }

    /// The message with its signature before it.
    ///
    /// # Errors
    /// [`Exit::Internal`] if the message has no header or the key fails.
    pub fn sign(&self, message: &[u8], at: DateTime<Utc>) -> Result<Vec<u8>> {
        let bug =
            |what: &str| Failure::new(Exit::Internal, Diagnostic::error("dkim", what).help("report this as a bug"));
        let end =
            message.windows(4).position(|four| four == b"\r\n\r\n").ok_or_else(|| bug("a mail without a body"))?;
        let (header, body) = (&message[..end + 2], &message[end + 4..]);
        let header = std::str::from_utf8(header).map_err(|_| bug("a header that is not UTF-8"))?;
        let fields = fields(header);
        let present = |name: &&str| fields.iter().any(|field| field.name == **name);
        let mut names: Vec<&str> = SIGNED.iter().copied().filter(present).collect();
        let mut data: String = names
            .iter()
            .filter_map(|name| fields.iter().rfind(|field| field.name == *name))
            .map(Field::relaxed)
            .collect();
        names.push("from");
        let unsigned = Field {
            name: "dkim-signature".to_owned(),
            value: format!(
                " v=1; a={}-sha256; c=relaxed/relaxed; d={}; s={};\r\n t={}; h={};\r\n bh={};\r\n b=",
                if self.is_rsa { "rsa" } else { "ed25519" },
                self.domain,
                self.selector,
                at.timestamp(),
                names.join(":\r\n  "),
                BASE64.encode(Sha256::digest(relaxed_body(body))),
            ),
        };
        // The signature's own header is signed without its last line end.
        data.push_str(unsigned.relaxed().trim_end());
        // Ed25519 signs the digest, RSA makes it itself.
        let signature = if self.is_rsa {
            self.algorithm.sign(data.as_bytes())
        } else {
            self.algorithm.sign(&Sha256::digest(data.as_bytes()))
        };
        let signature = BASE64.encode(signature.map_err(|_| bug("the key does not sign"))?);
        let mut signed = format!("DKIM-Signature:{}", unsigned.value).into_bytes();
        for (number, line) in signature.as_bytes().chunks(72).enumerate() {
            if number > 0 {
                signed.extend_from_slice(b"\r\n  ");
            }
            signed.extend_from_slice(line);
        }
        signed.extend_from_slice(b"\r\n");
        signed.extend_from_slice(message);
        Ok(signed)
    }
}

/// A header field, unfolded or not.
struct Field {
    /// In lower case.
    name: String,
    value: String,
}

impl Field {
    /// On one line, with single spaces.
    fn relaxed(&self) -> String {
        let value: Vec<&str> = self.value.split([' ', '\t', '\r', '\n']).filter(|word| !word.is_empty()).collect();
        format!("{}:{}\r\n", self.name, value.join(" "))
    }
}

/// The fields of a header.
fn fields(header: &str) -> Vec<Field> {
    let mut fields: Vec<Field> = Vec::new();
    for line in header.split_inclusive("\r\n") {
        match (line.starts_with([' ', '\t']), fields.last_mut()) {
            (true, Some(field)) => field.value.push_str(line),
            _ => {
                if let Some((name, value)) = line.split_once(':') {
                    fields.push(Field { name: name.trim_end().to_ascii_lowercase(), value: value.to_owned() });
                }
            }
        }
    }
    fields
}

/// A body with single spaces, none at a line's end, and no empty lines at its end.
fn relaxed_body(body: &[u8]) -> Vec<u8> {
    let mut relaxed = Vec::with_capacity(body.len());
    // What ends the body's last line is no line of its own.
    let body = body.strip_suffix(b"\r\n").unwrap_or(body);
    for line in lines(body) {
        let mut space = false;
        for byte in line {
            if matches!(byte, b' ' | b'\t') {
                space = true;
                continue;
            }
            if std::mem::take(&mut space) {
                relaxed.push(b' ');
            }
            relaxed.push(*byte);
        }
        relaxed.extend_from_slice(b"\r\n");
    }
    while relaxed.ends_with(b"\r\n\r\n") {
        relaxed.truncate(relaxed.len() - 2);
    }
    if relaxed == b"\r\n" { Vec::new() } else { relaxed }
}

/// The lines of a body, which end in CRLF.
fn lines(body: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = Some(body);
    std::iter::from_fn(move || {
        let body = rest?;
        if let Some(end) = body.windows(2).position(|two| two == b"\r\n") {
            rest = Some(&body[end + 2..]);
            return Some(&body[..end]);
        }
        rest = None;
        Some(body)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The examples of RFC 6376, section 3.4.5, and the empty body of 3.4.4.
    #[test]
    fn header_and_body_are_relaxed_as_the_standard_shows() {
        let header = "A: X\r\nB : Y\t\r\n\tZ  \r\n";
        let relaxed: String = fields(header).iter().map(Field::relaxed).collect();
        assert_eq!(relaxed, "a:X\r\nb:Y Z\r\n");
        assert_eq!(relaxed_body(b" C \r\nD \t E\r\n\r\n\r\n"), b" C\r\nD E\r\n");
        assert_eq!(relaxed_body(b""), b"");
        assert_eq!(relaxed_body(b"\r\n\r\n"), b"");
        assert_eq!(relaxed_body(b"a"), b"a\r\n");
    }
}
