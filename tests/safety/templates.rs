//! What templates may and may not do. The program's own are built in, and no configuration brings others; the library's
//! caller may give a folder of them, of which `tests/report.rs` holds that a name that would not be escaped is refused.

use std::fs;
use std::path::{Path, PathBuf};

/// Markup of our own that passes as it is: the style sheet of the charts and their SVG.
const SAFE: [(&str, &str); 3] = [
    ("report.html", "chart_css | safe"),
    ("parts/charts.html", "drawings[loop.index0] | safe"),
    ("parts/cards.html", "sparks[loop.index0] | safe"),
];

/// What is filled in within a style: our own fonts and style sheet, and numbers.
const IN_STYLE: [&str; 5] = ["face.weight", "face.base64", "chart_css | safe", "part.count", "cell.bar"];

/// Addresses that are filled in go to a place of the page, or to a picture of the mail.
const ADDRESSES: [&str; 2] = ["#", "cid:"];

/// What is wrong with a template, by its name and text.
fn faults(name: &str, text: &str) -> Vec<String> {
    let mut faults = Vec::new();
    if !name.ends_with(".html") && !name.ends_with(".txt") {
        faults.push(format!("{name} would not be escaped"));
    }
    for (at, _) in text.match_indices("{{") {
        let inside = text[at + 2..].split("}}").next().unwrap().trim();
        if inside.contains("safe") && !SAFE.contains(&(name, inside)) {
            faults.push(format!("{name}: `{inside}` passes as it is"));
        }
        if name.ends_with(".html") && !inside.starts_with('<') {
            let before = without_statements(&text[..at]);
            faults.extend(misplaced(&before, inside).map(|why| format!("{name}: `{inside}` {why}")));
        }
    }
    for word in ["{% raw", "get_env", "javascript:", "<script", "srcdoc", "<base", "<object", "<iframe"] {
        if text.contains(word) {
            faults.push(format!("{name} has {word}"));
        }
    }
    faults
}

/// A template without its `{% … %}`, in which signs of comparison stand that open and close no tag.
fn without_statements(text: &str) -> String {
    let mut pieces = text.split("{%");
    let first = pieces.next().unwrap_or_default();
    std::iter::once(first).chain(pieces.map(|piece| piece.split_once("%}").map_or("", |(_, after)| after))).collect()
}

/// Why a value may not stand after this text.
fn misplaced(before: &str, inside: &str) -> Option<&'static str> {
    let is_open = |tag: &str| before.rfind(&format!("<{tag}")) > before.rfind(&format!("</{tag}"));
    if is_open("script") {
        return Some("stands in a script");
    }
    if (is_open("style") || before.ends_with("flex-grow:")) && !IN_STYLE.contains(&inside) {
        return Some("stands in a style");
    }
    // What stands before an attribute's value within its tag; other values of the tag are closed.
    let tag = &before[before.rfind('<')?..];
    if tag.contains('>') && tag.matches('"').count().is_multiple_of(2) {
        return None;
    }
    let (name, value) = tag.rsplit_once("=\"").unwrap_or((tag, ""));
    if tag.matches('"').count().is_multiple_of(2) {
        return Some("stands in a tag, outside of quotes");
    }
    let name = name.rsplit(char::is_whitespace).next().unwrap_or_default();
    match name {
        "href" | "src" if !ADDRESSES.iter().any(|start| value.starts_with(start)) => Some("is an address"),
        "style" if !IN_STYLE.contains(&inside) => Some("stands in a style"),
        name if name.starts_with("on") => Some("is run"),
        _ => None,
    }
}

fn templates() -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![PathBuf::from("templates")];
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() && !path.ends_with("locales") && !path.ends_with("fonts") {
                folders.push(path);
            } else if path.is_file() {
                found.push(path);
            }
        }
    }
    found
}

#[test]
fn our_templates_place_text_only_where_it_is_text() {
    let paths = templates();
    assert!(paths.len() >= 19, "{paths:?}");
    let of = |path: &PathBuf| {
        let name = path.strip_prefix(Path::new("templates")).unwrap().to_string_lossy().into_owned();
        faults(&name, &fs::read_to_string(path).unwrap())
    };
    assert_eq!(paths.iter().flat_map(of).collect::<Vec<_>>(), [""; 0]);

    let bad = [
        ("a.HTML", "x"),
        ("a.html.tera", "x"),
        ("a.html", "<p>{{ name | safe }}</p>"),
        ("a.html", "<p class={{ name }}>x</p>"),
        ("a.html", "<p {{ name }}>x</p>"),
        ("a.html", "<script>let x = '{{ name }}'</script>"),
        ("a.html", "<style>p { color: {{ name }} }</style>"),
        ("a.html", "<p style=\"color:{{ name }}\">x</p>"),
        ("a.html", "<p id=\"a\" onclick=\"f('{{ name }}')\">x</p>"),
        ("a.html", "<a title=\"x\" href=\"{{ address }}\">x</a>"),
        ("a.html", "{% raw %}<b>{% endraw %}"),
    ];
    let missed: Vec<_> = bad.iter().filter(|(name, text)| faults(name, text).is_empty()).collect();
    assert_eq!(missed, Vec::<&(&str, &str)>::new());
    println!("X2 | templates, faults; bad ones that are found | {}, 0; {}/{}", paths.len(), bad.len(), bad.len());
}
