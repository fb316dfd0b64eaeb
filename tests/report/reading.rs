//! What a reader would stumble over: numbers that contradict each other, days counted from another day, words for nothing.

use std::collections::BTreeSet;

use farol::report::{View, render_email};

use crate::company::{self, Made};
use crate::view;

/// As a reader sees it: no-break blanks are blanks.
fn plain(text: &str) -> String {
    text.replace(['\u{a0}', '\u{202f}'], " ")
}

/// The narrative, sentence by sentence.
fn narrative(view: &View) -> Vec<String> {
    view.narrative.iter().map(|sentence| plain(&sentence.text)).collect()
}

/// October ends with the 31st: 0 days on is 1 November, 23 days are the 24th, and 4 days before is 28 October.
#[test]
fn renewals_are_days_of_the_calendar() {
    let mut made = company::aurora();
    made.customers[1].days_to_renewal = Some(0);
    for (tag, written) in [
        ("en", ["Nov 24, 2026", "Nov 1, 2026", "", "overdue since Oct 28, 2026"]),
        ("pt-BR", ["24/11/2026", "01/11/2026", "", "vencida desde 28/10/2026"]),
        ("es", ["24/11/2026", "1/11/2026", "", "vencida desde el 28/10/2026"]),
    ] {
        let view = view(&made, tag);
        let renewals: Vec<String> = view.calls.lists[0].rows.iter().map(|row| plain(&row.renewal)).collect();
        assert_eq!(renewals, written, "{tag}");
        let email = render_email(&view).unwrap();
        for document in [email.html.replace("&nbsp;", " "), email.text] {
            assert!(plain(&document).contains(written[0]), "{tag}");
        }
    }
}
