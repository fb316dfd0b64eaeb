//! The sample's report and mails as a browser, an HTML validator and a list of mail programs' abilities see them.
//!
//! Whether they look well is for eyes: `node tests/tools/screenshot.mjs FILE BASE` leaves pictures to look at.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on has failed")]

#[path = "report/company.rs"]
mod company;
#[path = "report/hard.rs"]
mod hard;

use std::path::{Path, PathBuf};
use std::process::Command;

use farol::locale::Locale;
use farol::report::{build, render_email, render_html};

const TOOLS: &str = "tests/tools";

/// The executive report of the sample, made into a folder.
fn made(home: &Path) -> PathBuf {
    let out = home.join("out");
    let output = Command::new(env!("CARGO_BIN_EXE_farol"))
        .args(["run", "--report", "executive", "--quiet", "--out"])
        .arg(&out)
        .arg("--state")
        .arg(home.join("state"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    out.join("executive/2026-10")
}

/// Pages of a folder whose names begin and end like this: one in each form.
fn pages(folder: &Path, name: &str) -> Vec<PathBuf> {
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let is_page = |path: &PathBuf| {
        path.file_name().unwrap().to_string_lossy().starts_with(&format!("{name}."))
            && path.extension().is_some_and(|extension| extension == "html")
    };
    let mut pages: Vec<PathBuf> = files.filter(is_page).collect();
    pages.sort();
    assert_eq!(pages.len(), 3, "Portuguese with names, English, Spanish of one region: {pages:?}");
    pages
}

/// Runs a tool and fails with what it says.
fn hold(program: &str, arguments: &[&Path]) {
    let output = Command::new(program).args(arguments).output().expect("run tests/tools/install.sh");
    let said = [output.stdout, output.stderr].concat();
    assert!(output.status.success(), "{program} {arguments:?}\n{}", String::from_utf8_lossy(&said));
}

fn screenshots(page: &Path, pictures: &Path, widths: &str) {
    hold("node", &[&Path::new(TOOLS).join("screenshot.mjs"), page, pictures, Path::new(widths)]);
}

/// Runs the validator over pages.
fn validate(pages: &[PathBuf]) {
    let validator = Path::new(TOOLS).join("node_modules/vnu-jar/build/dist/vnu.jar");
    let mut arguments: Vec<&Path> = vec![Path::new("-jar"), &validator, Path::new("--errors-only")];
    arguments.extend(pages.iter().map(PathBuf::as_path));
    hold("java", &arguments);
}

/// At every width, light and dark: nothing overflows, and axe finds nothing against WCAG 2.2 AA.
#[test]
fn reports_and_mails_fit_every_screen_and_every_reader() {
    let home = tempfile::tempdir().unwrap();
    let folder = made(home.path());
    // One after the other: a browser that has to share its processors runs into its own time limits.
    for page in pages(&folder, "report") {
        screenshots(&page, &home.path().join("report"), "1280,375");
    }
    for page in pages(&folder, "email") {
        screenshots(&page, &home.path().join("mail"), "640,375");
    }
}

#[test]
fn reports_and_mails_are_valid_and_mail_programs_show_them() {
    let home = tempfile::tempdir().unwrap();
    let folder = made(home.path());
    let (reports, mails) = (pages(&folder, "report"), pages(&folder, "email"));
    validate(&[reports, mails.clone()].concat());
    for mail in &mails {
        hold("node", &[&Path::new(TOOLS).join("mail-gate.mjs"), mail]);
        let bytes = std::fs::metadata(mail).unwrap().len();
        assert!(bytes <= 90 * 1024, "{} has {bytes} bytes: Gmail cuts at 102 kB", mail.display());
    }
}

/// What the sample has not: figures that are no longer as they were told, dozens of segments, names that would be markup,
/// no figure at all.
#[test]
fn hard_reports_are_valid_and_fit_every_reader() {
    let home = tempfile::tempdir().unwrap();
    let cases = [
        ("restated", hard::restated(), "pt-BR"),
        ("segments", hard::many_segments(), "en"),
        ("hostile", hard::named(hard::HOSTILE), "es"),
        ("nothing", hard::nothing(), "en"),
        ("one", hard::one_customer(), "pt-BR"),
        ("money", hard::nine_digits(), "es"),
        ("long", hard::named(hard::LONG), "pt-BR"),
    ];
    let mut pages = Vec::new();
    for (name, made, tag) in cases {
        let view = build(&made.input(), &Locale::load(tag, None).unwrap());
        assert_eq!(view.restated.rows.is_empty(), name != "restated");
        let documents = [("report", render_html(&view).unwrap()), ("email", render_email(&view).unwrap().html)];
        for (kind, html) in documents {
            let page = home.path().join(format!("{kind}-{name}.html"));
            std::fs::write(&page, html).unwrap();
            pages.push(page);
        }
    }
    validate(&pages);
    screenshots(&home.path().join("report-restated.html"), &home.path().join("restated"), "1280,375");
    screenshots(&home.path().join("report-segments.html"), &home.path().join("segments"), "1280,375");
}

/// Printed, the pages are A4, and nothing is beyond their edge or taller than one of them, whatever the names.
#[test]
fn reports_print_on_a4_with_nothing_cut() {
    let home = tempfile::tempdir().unwrap();
    let folder = made(home.path());
    let long = home.path().join("long.html");
    let view = build(&hard::named(hard::LONG).input(), &Locale::load("pt-BR", None).unwrap());
    std::fs::write(&long, render_html(&view).unwrap()).unwrap();
    for page in pages(&folder, "report").into_iter().chain([long]) {
        hold("node", &[&Path::new(TOOLS).join("print.mjs"), &page, &home.path().join("report.pdf")]);
    }
}

/// The tools see what they are meant to see: a picture without a text, and a style that mail programs do not know.
#[test]
fn a_bad_page_would_be_found() {
    let home = tempfile::tempdir().unwrap();
    let page = home.path().join("bad.html");
    std::fs::write(&page, "<!doctype html><title>x</title><img src=\"x.png\"><p style=\"position:fixed\">x").unwrap();
    let fails = |program: &str, arguments: &[&Path]| {
        !Command::new(program).args(arguments).output().expect("run tests/tools/install.sh").status.success()
    };
    let tool = |name: &str| Path::new(TOOLS).join(name);
    assert!(fails("node", &[&tool("screenshot.mjs"), &page, &home.path().join("bad"), Path::new("375")]));
    assert!(fails("node", &[&tool("mail-gate.mjs"), &page]));
    let wide = home.path().join("wide.html");
    std::fs::write(&wide, "<!doctype html><title>x</title><table style=\"width:1200px\"><tr><td>x</table>").unwrap();
    assert!(fails("node", &[&tool("print.mjs"), &wide, &home.path().join("wide.pdf")]));
    let validator = tool("node_modules/vnu-jar/build/dist/vnu.jar");
    assert!(fails("java", &[Path::new("-jar"), &validator, Path::new("--errors-only"), &page]));
}
