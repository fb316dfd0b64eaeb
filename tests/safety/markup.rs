//! Names that would be markup, a script, a template or a link, in every place where a name can stand, as a browser reads
//! them: the page has the elements that it has under a name that says nothing, and no other.

use std::path::{Path, PathBuf};
use std::process::Command;

use farol::locale::Locale;
use farol::report::{Renderer, build};

use crate::hard;

/// From the lists that testers of web pages use, and what this program's own templates and charts could trip over.
const PAYLOADS: [&str; 40] = [
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "</style><script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "</textarea><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "\"><img src=x onerror=alert(1)>",
    "'><img src=x onerror=alert(1)>",
    "\" onmouseover=\"alert(1)",
    "' onmouseover='alert(1)",
    "\" autofocus onfocus=alert(1) x=\"",
    "` onmouseover=`alert(1)",
    "<svg onload=alert(1)>",
    "</svg><script>alert(1)</script>",
    "</text></svg><img src=x onerror=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "]]><script>alert(1)</script>",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<!--<script>alert(1)</script>-->",
    "--><script>alert(1)</script>",
    "<iframe src=javascript:alert(1)>",
    "<a href=\"javascript:alert(1)\">x</a>",
    "javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "<base href=https://evil.example/>",
    "<meta http-equiv=refresh content=0;url=https://evil.example>",
    "<link rel=stylesheet href=https://evil.example/x.css>",
    "<form action=https://evil.example><input name=x></form>",
    "</td></tr></table><b>out</b>",
    "<table><tr><td>x",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;alert(1)&#60;/script&#62;",
    "&amp;lt;b&amp;gt;",
    "{{ 7 * 7 }}{% raw %}{# x #}",
    "{{ <icon name=\"green\"/> }}",
    "${alert(1)}#{alert(1)}",
    "<<SCRIPT>alert(1)//<</SCRIPT>",
    "<scr\0ipt>alert(1)</scr\0ipt>",
    "\u{202e}<b>x</b>\u{2066}",
    "+ADw-script+AD4-alert(1)+ADw-/script+AD4-",
];

/// The same length, and nothing that could be markup.
fn benign(payload: &str) -> String {
    payload.chars().map(|c| if "<>\"'`&{}%#=;/".contains(c) { 'x' } else { c }).collect()
}

/// The page and the mail of a company in which everything has one name.
fn write(renderer: &Renderer, name: &str, tag: &str, folder: &Path, file: &str) -> [PathBuf; 2] {
    let view = build(&hard::named(name).input(), &Locale::load(tag, None).unwrap());
    let (mail, page) = renderer.documents(view, true).unwrap();
    let (_, page) = page.unwrap();
    [("report", page), ("email", mail.html)].map(|(kind, html)| {
        let path = folder.join(format!("{kind}-{file}.html"));
        std::fs::write(&path, html).unwrap();
        path
    })
}

#[test]
fn no_name_becomes_markup_anywhere() {
    let home = tempfile::tempdir().unwrap();
    let renderer = Renderer::new(None).unwrap();
    let mut pairs = Vec::new();
    for (at, payload) in PAYLOADS.into_iter().enumerate() {
        let tag = ["en", "pt-BR", "es"][at % 3];
        let twins = write(&renderer, &benign(payload), tag, home.path(), &format!("{at}-benign"));
        let hostile = write(&renderer, payload, tag, home.path(), &format!("{at}-hostile"));
        pairs.extend(twins.into_iter().zip(hostile).flat_map(<[PathBuf; 2]>::from));
    }
    let run = |files: &[PathBuf]| {
        let output = Command::new("node").arg("tests/tools/skeleton.mjs").args(files).output().unwrap();
        let said = [output.stdout, output.stderr].concat();
        (output.status.success(), String::from_utf8_lossy(&said).into_owned())
    };
    let (is_same, said) = run(&pairs);
    assert!(is_same, "{said}");
    println!("X1 | payloads, documents, documents of another shape | {}, {}, 0", PAYLOADS.len(), pairs.len() / 2);

    // The comparison finds one element too many.
    let [benign, bad] = [home.path().join("a.html"), home.path().join("b.html")];
    std::fs::write(&benign, "<!doctype html><title>x</title><p>bxbx").unwrap();
    std::fs::write(&bad, "<!doctype html><title>x</title><p><b>x").unwrap();
    assert!(!run(&[benign, bad]).0);
}
