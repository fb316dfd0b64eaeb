//! Logging in: PLAIN or LOGIN with a password, XOAUTH2 with a token.
//!
//! Replies are told by their codes alone: a text may repeat what proves the user.

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;

use super::super::address::one_line;
use super::wire::Wire;
use super::{Offers, Outcome, Smtp, Step, Steps};
use crate::config::{Login, Proof, Secret};

impl Smtp {
    /// Logs in by what the server offers and the user has.
    pub(super) fn log_in(&self, wire: &mut Wire, offers: &Offers, login: &Login) -> Steps<()> {
        let mechanisms = offers.words("AUTH").unwrap_or_default();
        let user = known(&login.user)?;
        match &login.proof {
            Proof::Password(password) if mechanisms.contains(&"PLAIN") => {
                let both = BASE64.encode(format!("\0{user}\0{}", known(password)?));
                self.ask(wire, Step::Login, &format!("AUTH PLAIN {both}\r\n"), 235)?;
            }
            Proof::Password(password) if mechanisms.contains(&"LOGIN") => {
                self.ask(wire, Step::Login, "AUTH LOGIN\r\n", 334)?;
                self.ask(wire, Step::Login, &format!("{}\r\n", BASE64.encode(user)), 334)?;
                self.ask(wire, Step::Login, &format!("{}\r\n", BASE64.encode(known(password)?)), 235)?;
            }
            // A refusal comes as 334 with the reason, or as 535; only 235 is a welcome.
            Proof::Token(token) if mechanisms.contains(&"XOAUTH2") => {
                let bearer = format!("user={user}\u{1}auth=Bearer {}\u{1}\u{1}", known(token)?);
                self.ask(wire, Step::Login, &format!("AUTH XOAUTH2 {}\r\n", BASE64.encode(bearer)), 235)?;
            }
            proof => {
                let offered = if mechanisms.is_empty() { "nothing" } else { &one_line(&mechanisms.join(" "), 100) };
                let wanted = match proof {
                    Proof::Password(_) => "PLAIN or LOGIN",
                    Proof::Token(_) => "XOAUTH2",
                };
                let reason = format!("no way to log in by {wanted}: the server offers {offered}");
                return Err(Outcome::Unreachable(reason));
            }
        }
        Ok(())
    }
}

/// A secret's value. Without it no conversation is possible; whoever means to send has asked for it before.
fn known(secret: &Secret) -> Steps<&str> {
    secret.reveal().map_err(|failure| {
        let why = failure.diagnostics.into_iter().next().map(|fault| fault.message);
        Outcome::Unreachable(why.unwrap_or_default())
    })
}
