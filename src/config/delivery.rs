//! How mail leaves: sender, operators, allowed domains, and a maildir or a mail server.
//!
//! Opens no connection. Nothing under `transport` is repeated in a fault: a password may have slipped into any of it.

use std::net::IpAddr;
use std::path::{Path, PathBuf};

use super::address::{address, domain_of, is_domain, organisation, recipient};
use super::codes;
use super::page::{Fields, Spot, shortened};
use super::secrets::{Literal, Secret, document, secret};
use super::surroundings::{Surroundings, resolve};
use crate::error::Result;

/// How mail leaves.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// Sender, `Name <address>`.
    pub from: String,
    /// Who hears of faults.
    pub operators: Vec<String>,
    /// Domains that may receive mail, in lower case; empty: any.
    pub allowed_domains: Vec<String>,
    /// Hours after a run in which its mail is tried.
    pub deliver_by_hours: i64,
    /// What to do about a mail that left without a verdict.
    pub on_unknown: OnUnknown,
    /// Where readers ask to be left out, as a header says it: `<mailto:…>` or `<https:…>`.
    pub list_unsubscribe: Option<String>,
    /// How mail is signed.
    pub dkim: Option<Dkim>,
    /// The way.
    pub transport: Transport,
}

/// What to do about a mail that left without a verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnUnknown {
    /// Send it once more, the same bytes.
    ResendOnce,
    /// Wait until somebody decides.
    Hold,
}

/// A signature of the domain (RFC 6376).
#[derive(Clone, Debug)]
pub struct Dkim {
    /// The domain that signs.
    pub domain: String,
    /// Under which name its public key stands: `SELECTOR._domainkey.DOMAIN`.
    pub selector: String,
    /// The private key, PEM.
    pub key: Secret,
}

/// The way mail leaves.
#[derive(Clone, Debug)]
pub enum Transport {
    /// Files in a maildir; needs no server.
    Maildir(PathBuf),
    /// A mail server.
    Smtp(Smtp),
}

/// A mail server.
#[derive(Clone, Debug)]
pub struct Smtp {
    /// Host name, as its certificate says it.
    pub host: String,
    /// Port.
    pub port: u16,
    /// How the connection is protected.
    pub tls: Tls,
    /// PEM file of the CA to trust besides the public ones.
    pub tls_ca_file: Option<PathBuf>,
    /// Who logs in, and by what.
    pub login: Option<Login>,
    /// Most conversations that are begun in a minute.
    pub max_per_minute: Option<u32>,
}

/// Who logs in, and by what.
#[derive(Clone, Debug)]
pub struct Login {
    /// The user.
    pub user: Secret,
    /// What proves it.
    pub proof: Proof,
}

/// What proves a user.
#[derive(Clone, Debug)]
pub enum Proof {
    /// A password, for PLAIN or LOGIN.
    Password(Secret),
    /// An access token of OAuth 2, for XOAUTH2.
    Token(Secret),
}

/// How the connection is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tls {
    /// TLS from the first byte (port 465).
    Implicit,
    /// STARTTLS, required (port 587).
    Starttls,
    /// None: only to a loopback address.
    None,
}

impl Transport {
    /// Whether what it takes to log in is known.
    ///
    /// # Errors
    /// [`crate::error::Exit::Config`] if a reference to it leads nowhere.
    pub fn ready(&self) -> Result<()> {
        let Self::Smtp(Smtp { login: Some(login), .. }) = self else { return Ok(()) };
        let (Proof::Password(proof) | Proof::Token(proof)) = &login.proof;
        login.user.reveal()?;
        proof.reveal().map(|_| ())
    }
}

impl Tls {
    /// The port that a server listens on unless told otherwise.
    fn usual_port(self) -> u16 {
        match self {
            Self::Implicit => 465,
            Self::Starttls => 587,
            Self::None => 25,
        }
    }
}

impl Delivery {
    /// A maildir beside the reports, and a sender that no mail server would take.
    pub(super) fn unconfigured(surroundings: &Surroundings<'_>) -> Self {
        Self {
            from: "Farol <farol@localhost>".to_owned(),
            operators: Vec::new(),
            allowed_domains: Vec::new(),
            deliver_by_hours: 72,
            on_unknown: OnUnknown::ResendOnce,
            list_unsubscribe: None,
            dkim: None,
            transport: Transport::Maildir(resolve(surroundings.folder, Path::new("../out/maildir"))),
        }
    }
}

/// Reads `delivery:`.
pub(super) fn read(spot: Spot<'_>, surroundings: &Surroundings<'_>) -> Delivery {
    let mut delivery = Delivery::unconfigured(surroundings);
    let fields = spot.fields(&[
        "from",
        "operators",
        "allowed_domains",
        "deliver_by",
        "on_unknown",
        "list_unsubscribe",
        "dkim",
        "transport",
    ]);
    if let Some(hours) = fields.get("deliver_by").and_then(|spot| spot.counted('h', "a number of hours", 1..=8_784)) {
        delivery.deliver_by_hours = hours;
    }
    let words = [("resend_once", OnUnknown::ResendOnce), ("hold", OnUnknown::Hold)];
    if let Some(chosen) = fields.get("on_unknown").and_then(|spot| spot.choice(&words)) {
        delivery.on_unknown = chosen;
    }
    delivery.list_unsubscribe = fields.get("list_unsubscribe").and_then(|spot| list_unsubscribe(spot, surroundings));
    delivery.dkim = fields.get("dkim").and_then(|spot| dkim(spot, surroundings));
    if let Some(list) = fields.bound("allowed_domains") {
        delivery.allowed_domains =
            list.nonempty_list().into_iter().filter_map(|item| domain(item, surroundings)).collect();
    }
    if let Some(list) = fields.get("operators") {
        let allowed = &delivery.allowed_domains;
        delivery.operators =
            list.list().into_iter().filter_map(|item| recipient(item, surroundings, allowed)).collect();
    }
    if let Some(chosen) = fields.get("transport").and_then(|spot| transport(spot, surroundings)) {
        delivery.transport = chosen;
    }
    let from = match delivery.transport {
        Transport::Smtp(_) => fields.required("from", "write `from: \"Name <address>\"`: a mail server wants a sender"),
        Transport::Maildir(_) => fields.get("from"),
    };
    if let Some(sender) = from.and_then(|spot| address(spot, surroundings)) {
        delivery.from = sender;
    }
    if let (Some(spot), Some(dkim)) = (fields.get("dkim"), &delivery.dkim) {
        warn_if_unaligned(spot, &dkim.domain, &domain_of(&delivery.from));
    }
    delivery
}

/// A signature that DMARC does not count: of another organisation than the sender's.
fn warn_if_unaligned(spot: Spot<'_>, signer: &str, sender: &str) {
    if organisation(signer) != organisation(sender) {
        let message =
            format!("`{signer}` signs for a sender of `{sender}`: such a signature counts for nothing in DMARC");
        let help = format!("sign as `{}`, or send from an address of `{signer}`", organisation(sender));
        spot.warn(codes::DKIM_UNALIGNED, message, help);
    }
}

fn domain(spot: Spot<'_>, surroundings: &Surroundings<'_>) -> Option<String> {
    let text = surroundings.text(spot)?;
    if is_domain(&text) {
        return Some(text.to_lowercase());
    }
    let written = spot.text().map(shortened).unwrap_or_default();
    let help = "write the part after the `@`, without wildcards: `aurora.example`";
    spot.fault(codes::BAD_ADDRESS, format!("`{written}` is not a domain"), help);
    None
}

/// A link that a header can hold.
fn list_unsubscribe(spot: Spot<'_>, surroundings: &Surroundings<'_>) -> Option<String> {
    let link = surroundings.text(spot)?;
    let is_plain = link.chars().all(|c| c.is_ascii_graphic() && !matches!(c, '<' | '>' | ',')) && link.len() <= 500;
    if is_plain && ["mailto:", "https://"].iter().any(|start| link.len() > start.len() && link.starts_with(start)) {
        return Some(format!("<{link}>"));
    }
    let message = "`list_unsubscribe` is no link that a mail program could follow";
    spot.fault(codes::BAD_ADDRESS, message, "write `mailto:…` or `https://…`");
    None
}

fn dkim(spot: Spot<'_>, surroundings: &Surroundings<'_>) -> Option<Dkim> {
    let fields = spot.fields(&["domain", "selector", "key"]);
    let name = |key: &str, help: &str| {
        let spot = fields.required(key, help)?;
        let text = surroundings.text(spot)?;
        if is_domain(&text) {
            return Some(text.to_lowercase());
        }
        let written = spot.text().map(shortened).unwrap_or_default();
        spot.fault(codes::BAD_ADDRESS, format!("`{written}` is not a name of the domain name system"), help);
        None
    };
    let domain = name("domain", "write `domain:`, the part of the sender's address after the `@`");
    let selector =
        name("selector", "write `selector:`, the name before `._domainkey` under which the public key stands");
    let key = fields
        .required("key", "write `key: file:/run/secrets/dkim.pem`, the private key")
        .and_then(|spot| document(spot, surroundings));
    Some(Dkim { domain: domain?, selector: selector?, key: key? })
}

fn transport(spot: Spot<'_>, surroundings: &Surroundings<'_>) -> Option<Transport> {
    if !spot.is_map() {
        spot.wrong_secret_type("a map", "write `transport: { maildir: PATH }` or `transport: { smtp: { host: … } }`");
        return None;
    }
    let ways = spot.entries();
    let mut chosen = None;
    for (i, (key, way)) in ways.iter().enumerate() {
        if !key.is_one_of(&["maildir", "smtp"], codes::UNKNOWN_TRANSPORT, "transport") {
            continue;
        }
        if i > 0 && chosen.is_some() {
            key.fault(codes::KEY_CONFLICT, "mail leaves by one transport, and this is a second", "keep one of them");
        }
        chosen = match key.text() {
            "maildir" => surroundings.path(*way).map(Transport::Maildir),
            _ => smtp(*way, surroundings).map(Transport::Smtp),
        };
    }
    chosen
}

fn smtp(spot: Spot<'_>, surroundings: &Surroundings<'_>) -> Option<Smtp> {
    let fields =
        spot.fields(&["host", "port", "tls", "tls_ca_file", "username", "password", "oauth2_token", "max_per_minute"]);
    let words = [("implicit", Tls::Implicit), ("starttls", Tls::Starttls), ("none", Tls::None)];
    let tls = match fields.get("tls") {
        Some(spot) => spot.choice(&words),
        None => Some(Tls::Implicit),
    };
    let port = fields.get("port").map(|port| port.whole(1..=65_535));
    let login = login(fields, surroundings);
    let most = fields.get("max_per_minute").and_then(|spot| spot.whole(1..=6_000));
    let ca_file = fields.get("tls_ca_file").and_then(|file| surroundings.path(file));
    let host = fields.required("host", "write `host:`, the server's name as its certificate says it")?;
    let host_name = host_name(host, surroundings)?;
    let tls = tls?;
    if tls == Tls::None && !is_loopback(&host_name) {
        let at = fields.get("tls").unwrap_or(host);
        let message = "`tls: none` would send mail in the clear to another machine";
        at.fault(codes::TLS_REQUIRED, message, "write `implicit` (port 465) or `starttls` (port 587)");
    }
    let port = match port {
        Some(port) => u16::try_from(port?).ok()?,
        None => tls.usual_port(),
    };
    Some(Smtp {
        host: host_name,
        port,
        tls,
        tls_ca_file: ca_file,
        login,
        max_per_minute: most.and_then(|most| u32::try_from(most).ok()),
    })
}

fn host_name(spot: Spot<'_>, surroundings: &Surroundings<'_>) -> Option<String> {
    spot.secret_text()?;
    let name = surroundings.text(spot)?;
    if is_domain(&name) || name.parse::<IpAddr>().is_ok() {
        return Some(name);
    }
    let message = "`host` is not a host name or an IP address";
    spot.fault(codes::BAD_HOST, message, "write the name alone: port, user and password have keys of their own");
    None
}

fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost") || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// The user and one proof, or none of it.
fn login(fields: Fields<'_>, surroundings: &Surroundings<'_>) -> Option<Login> {
    let (username, password, token) = (fields.get("username"), fields.get("password"), fields.get("oauth2_token"));
    if let (Some(_), Some(second)) = (password, token) {
        let help = "keep one of them";
        second.fault(codes::KEY_CONFLICT, "`password` and `oauth2_token` are two ways to log in", help);
    }
    let proof = password.or(token);
    if let (Some(alone), None) | (None, Some(alone)) = (username, proof) {
        let missing = if username.is_some() { "password" } else { "username" };
        let message = format!("`{}` stands without `{missing}`", alone.name);
        alone.fault(codes::CREDENTIALS_INCOMPLETE, message, format!("write `{missing}` too, or neither"));
    }
    let user = username.map(|spot| secret(spot, surroundings, Literal::Allowed));
    let password = password.map(|spot| secret(spot, surroundings, Literal::Refused));
    let token = token.map(|spot| secret(spot, surroundings, Literal::Refused));
    let proof = match password {
        Some(password) => Proof::Password(password?),
        None => Proof::Token(token??),
    };
    Some(Login { user: user??, proof })
}
