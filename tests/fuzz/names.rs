//! Two texts on two lines, as names of files, of periods, and as cells of a CSV file.

use chrono_tz::Tz;
use farol::calendar::Calendar;
use farol::delivery::address::{identity, mailbox, masked, without_addresses};
use farol::digest::file_part;
use farol::formula::{harmless, is_one};

use super::{is_one_line, texts};

pub(super) fn run(bytes: &[u8]) {
    let [text, other] = texts(bytes, '\n');
    let part = file_part(&text);
    assert!(part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') && (9..40).contains(&part.len()), "{part}");
    assert_eq!(part == file_part(&other), text == other);

    assert!(!is_one(&harmless(&text)));
    assert!(harmless(&text).ends_with(&text));

    for fiscal_year_start in [1, 4] {
        let calendar = Calendar { zone: Tz::America__Sao_Paulo, fiscal_year_start };
        let Some(period) = calendar.parse(&text) else { continue };
        assert!(text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.')) && !text.starts_with('.'));
        assert!(period.id == text && period.first < period.end && period.days() > 0);
        let before = calendar.previous(&period).unwrap();
        assert_eq!(before.end, period.first);
        assert!(calendar.next(&period).unwrap().end > period.end);
    }

    if let Ok(address) = mailbox(&text) {
        assert!(address.name.as_deref().is_none_or(is_one_line));
        let bare = address.email.to_string();
        assert!(is_one_line(&bare) && !bare.contains(' ') || bare.contains('"'), "{bare:?}");
        let lower = identity(&text).unwrap();
        assert_eq!(identity(&lower).unwrap(), lower);
        let hidden = without_addresses(&format!("to {bare}: no"));
        assert!(!hidden.contains(&bare), "{hidden:?}");
    }
    let shown = masked(&text);
    assert!(shown.chars().count() <= text.chars().count().max(1) + 1, "{shown:?}");
}
