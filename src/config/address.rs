//! Mail addresses, as far as a configuration can be sure of them.
//!
//! Checks form and domain; whether anybody reads there is the mail server's to say.

use super::codes;
use super::page::{Spot, shortened};
use super::surroundings::Surroundings;

/// An address: `name@domain`, or `Name <name@domain>`.
pub(super) fn address(spot: Spot<'_>, surroundings: &Surroundings<'_>) -> Option<String> {
    let text = surroundings.text(spot)?;
    match bare(&text) {
        Ok(_) => Some(text),
        Err(why) => {
            let written = spot.text().map(shortened).unwrap_or_default();
            let message = format!("`{written}` is not a mail address: {why}");
            spot.fault(codes::BAD_ADDRESS, message, "write `name@domain` or `Name <name@domain>`");
            None
        }
    }
}

/// An address whose domain may receive mail; no domains at all: any may.
pub(super) fn recipient(spot: Spot<'_>, surroundings: &Surroundings<'_>, allowed: &[String]) -> Option<String> {
    let text = address(spot, surroundings)?;
    let domain = domain_of(&text);
    if allowed.is_empty() || allowed.contains(&domain) {
        return Some(text);
    }
    let written = spot.text().map(shortened).unwrap_or_default();
    let message = format!("`{written}` is outside `allowed_domains`");
    let help =
        format!("correct the address, or add its domain to `allowed_domains` in farol.yaml: {}", allowed.join(", "));
    spot.fault(codes::RECIPIENT_NOT_ALLOWED, message, help);
    None
}

/// The address in lower case, without a name; to tell whether two are one.
pub(super) fn folded(text: &str) -> String {
    bare(text).map(str::to_lowercase).unwrap_or_default()
}

/// The domain in lower case.
pub(super) fn domain_of(text: &str) -> String {
    folded(text).rsplit('@').next().unwrap_or_default().to_owned()
}

/// Second labels under which countries register names: `com.br`, `co.uk`.
const UNDER_COUNTRIES: [&str; 13] =
    ["ac", "co", "com", "edu", "gob", "gouv", "gov", "mil", "ne", "net", "nom", "or", "org"];

/// The domain that somebody has registered, as DMARC's relaxed alignment compares them: the last two labels, or three under a
/// country's second label. The list of all such endings changes weekly and is not built in; this holds for nearly all companies,
/// and decides on a warning only.
pub(super) fn organisation(domain: &str) -> &str {
    let starts: Vec<usize> = std::iter::once(0).chain(domain.match_indices('.').map(|(dot, _)| dot + 1)).collect();
    let label = |from_end: usize| {
        let start = *starts.get(starts.len().checked_sub(from_end)?)?;
        domain[start..].split('.').next()
    };
    let is_under_country = label(1).is_some_and(|last| last.len() == 2)
        && label(2).is_some_and(|second| UNDER_COUNTRIES.contains(&second));
    let labels = if is_under_country { 3 } else { 2 };
    &domain[starts.len().checked_sub(labels).map_or(0, |at| starts[at])..]
}

/// The address between the angle brackets, or the whole text; or why it is none.
fn bare(text: &str) -> Result<&str, &'static str> {
    if text.chars().any(char::is_control) {
        return Err("it has a line break or another control character");
    }
    let bare = match text.split_once('<') {
        None => text.trim(),
        Some((name, rest)) => {
            if name.contains([',', ';', '>', '@']) && !is_quoted(name.trim()) {
                return Err("quote the name, or write one address");
            }
            rest.trim_end().strip_suffix('>').ok_or("`<` is not closed")?
        }
    };
    let (local, domain) = bare.rsplit_once('@').ok_or("it has no `@`")?;
    if !is_local_part(local) {
        return Err("what stands before the `@` is not a mailbox");
    }
    if !is_domain(domain) {
        return Err("what stands after the `@` is not a domain");
    }
    Ok(bare)
}

fn is_quoted(name: &str) -> bool {
    name.len() >= 2 && name.starts_with('"') && name.ends_with('"')
}

/// RFC 5321 `Dot-string`, 64 octets at most; quoted local parts are refused: nobody has one on purpose.
fn is_local_part(local: &str) -> bool {
    let is_atom = |atom: &str| {
        !atom.is_empty() && atom.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&b))
    };
    local.len() <= 64 && local.split('.').all(is_atom)
}

/// A host name of letters, digits and hyphens, 253 octets at most.
pub(super) fn is_domain(domain: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    domain.len() <= 253 && domain.split('.').all(is_label)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Who has registered what, as the Public Suffix List has it.
    #[test]
    fn an_organisation_is_what_somebody_has_registered() {
        for (domain, registered) in [
            ("example.com", "example.com"),
            ("mail.eu.example.com", "example.com"),
            ("aurora.com.br", "aurora.com.br"),
            ("news.aurora.com.br", "aurora.com.br"),
            ("com.br", "com.br"),
            ("a.b.co.uk", "b.co.uk"),
            ("banco.gob.mx", "banco.gob.mx"),
            ("x.tienda.es", "tienda.es"),
            ("com.example.org", "example.org"),
            ("localhost", "localhost"),
        ] {
            assert_eq!(organisation(domain), registered, "{domain}");
        }
    }

    #[test]
    fn addresses_are_told_from_other_text() {
        for good in ["a@b.example", "Ana <ana.b+c@x-y.example>", "root@localhost", "\"Souza, Ana\" <ana@b.example>"] {
            assert!(bare(good).is_ok(), "{good}");
        }
        for bad in [
            "a",
            "@b",
            "a@",
            "a@b@c d",
            "a b@c",
            "a@b..c",
            "a@-b.c",
            ".a@b",
            "a@b, c@d",
            "A <a@b",
            "A, B <a@b>",
            "a@b\n",
            "a@b\r\nBcc: x@y",
            "ação@b.example",
            "<>",
            "",
        ] {
            assert!(bare(bad).is_err(), "{bad}");
        }
    }

    /// What passes here is an address to the library that sends.
    #[test]
    fn what_passes_is_an_address_to_lettre() {
        for good in
            ["a@b.example", "Ana Souza <ana.b+c@x-y.example>", "root@localhost", "\"Souza, Ana\" <ana@b.example>"]
        {
            assert!(good.parse::<lettre::message::Mailbox>().is_ok(), "{good}");
        }
    }

    #[test]
    fn the_domain_is_compared_without_case() {
        assert_eq!(domain_of("Ana <Ana@Aurora.Example>"), "aurora.example");
    }
}
