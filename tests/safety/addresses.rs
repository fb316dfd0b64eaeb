//! Mail that would go to the wrong people: outside of the allowed domains, or with a part that means nobody in particular.

use crate::home::Home;

const TO: &str = "to: \"head@example.com\"";

/// Addresses outside of `allowed_domains: [example.com]`, some of which look as if they were inside.
const OUTSIDE: [&str; 9] = [
    "head@example.org",
    "head@mail.example.com",
    "head@example.com.evil.example",
    "head@evilexample.com",
    "head@example.co",
    "Head of example.com <head@evil.example>",
    "head@еxample.com",
    "head@example.com, eve@evil.example",
    "\\\"head@example.com\\\"@evil.example",
];

/// Addresses inside.
const INSIDE: [&str; 3] = ["head@example.com", "Head <HEAD@EXAMPLE.COM>", "head+farol@Example.com"];

/// Parts that a slip could make of one, and that must not mean all customers.
const PARTS: [&str; 6] = ["{}", "{ plan: }", "{ plan: ~ }", "{ plan: [] }", "{ plan: [S, E] }", "{ plan: \"s\\0\" }"];

#[test]
fn nobody_outside_is_written_to_and_no_part_is_everybody() {
    let home = Home::tiny();
    home.edit("config/farol.yaml", "data:", "as_of: 2026-11-05\ndata:");
    home.edit("config/farol.yaml", "../data/customers.csv }", "../data/customers.csv, columns: { plan: plan } }");
    let said = |to: &str| {
        home.edit("config/reports.yaml", TO, to);
        let ended = home.farol(&["run", "--send"]);
        home.edit("config/reports.yaml", to, TO);
        assert_eq!(home.letters().len(), 0, "{to}");
        ended
    };
    for address in OUTSIDE {
        let ended = said(&format!("to: \"{address}\""));
        assert_eq!(ended.code, Some(78), "{address}: {}", ended.stderr);
        let is_told = ["recipient-not-allowed", "bad-address"].iter().any(|code| ended.stderr.contains(code));
        assert!(is_told, "{address}: {}", ended.stderr);
        home.is_untouched();
    }
    for part in PARTS {
        let ended = said(&format!("{TO}, only: {part}"));
        assert!(matches!(ended.code, Some(78 | 65)), "{part}: {:?} {}", ended.code, ended.stderr);
    }
    for address in INSIDE {
        home.edit("config/reports.yaml", TO, &format!("to: \"{address}\""));
        assert_eq!(home.farol(&["check"]).code, Some(0), "{address}");
        home.edit("config/reports.yaml", &format!("to: \"{address}\""), TO);
    }
    println!(
        "X12 | addresses outside refused, inside taken, parts of nobody refused | {0}/{0}, {1}/{1}, {2}/{2}",
        OUTSIDE.len(),
        INSIDE.len(),
        PARTS.len()
    );
}
