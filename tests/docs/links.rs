//! Links within the repository.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::markdown::{pages, prose};

/// What a heading is called in an address: small letters, blanks as hyphens, no punctuation.
fn anchors(page: &Path) -> BTreeSet<String> {
    let text = prose(page);
    let headings = text.lines().filter(|line| line.starts_with('#')).map(|line| line.trim_start_matches('#').trim());
    let anchor = |heading: &str| {
        let kept = heading
            .to_lowercase()
            .chars()
            .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'))
            .collect::<String>();
        kept.replace(' ', "-")
    };
    headings.map(anchor).collect()
}

/// Targets of `[text](target)`, `![text](target)` and `src="target"`.
fn targets(text: &str) -> Vec<String> {
    let ended = |end: char| move |rest: &str| rest.split(end).next().unwrap_or_default().to_owned();
    let links = text.split("](").skip(1).map(ended(')'));
    links.chain(text.split("src=\"").skip(1).map(ended('"'))).collect()
}

#[test]
fn every_link_leads_somewhere() {
    let mut seen = 0;
    let mut broken = Vec::new();
    for page in pages() {
        for target in targets(&prose(&page)) {
            if target.contains("://") || target.starts_with("mailto:") {
                continue;
            }
            seen += 1;
            let (path, anchor) = target.split_once('#').unwrap_or((&target, ""));
            let to = if path.is_empty() { page.clone() } else { page.parent().unwrap().join(path) };
            let is_right = to.exists() && (anchor.is_empty() || anchors(&to).contains(anchor));
            if !is_right {
                broken.push(format!("{}: {target}", page.display()));
            }
        }
    }
    assert!(seen > 20, "{seen}");
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

/// A README is opened over slow lines too.
#[test]
fn pictures_are_small() {
    for entry in fs::read_dir("docs/pictures").unwrap() {
        let entry = entry.unwrap();
        assert!(entry.metadata().unwrap().len() < 250_000, "{:?}", entry.path());
    }
}

#[test]
fn a_broken_link_would_be_found() {
    assert_eq!(targets("a [b](c.md#d) ![e](f.png) <img src=\"g.png\">"), ["c.md#d", "f.png", "g.png"]);
    assert!(anchors(Path::new("docs/how-we-count.md")).contains("is-a-change-real"));
}
