//! The report as its readers get it: from figures made by hand to HTML, mail and CSV.

#[path = "report/company.rs"]
mod company;

use std::path::{Path, PathBuf};

use farol::locale::Locale;
use farol::report::{View, build, render_email, render_html};

/// Writes what a reader would open, for browsers and eyes: `target/tmp/report/NAME/`.
fn publish(name: &str, view: &View) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("report").join(name);
    std::fs::create_dir_all(&folder).unwrap();
    let html = render_html(view).unwrap();
    let email = render_email(view).unwrap();
    std::fs::write(folder.join("report.html"), html).unwrap();
    std::fs::write(folder.join("report.json"), view.to_json().unwrap()).unwrap();
    let mut preview = email.html.clone();
    for image in &email.images {
        let file = format!("{}.png", image.cid.replace('@', "-"));
        std::fs::write(folder.join(&file), &image.png).unwrap();
        preview = preview.replace(&format!("cid:{}", image.cid), &file);
    }
    std::fs::write(folder.join("email.html"), preview).unwrap();
    std::fs::write(folder.join("email.txt"), &email.text).unwrap();
    std::fs::write(folder.join("subject.txt"), &email.subject).unwrap();
    folder
}

fn view(made: &company::Made, tag: &str) -> View {
    let locale = Locale::load(tag, None).unwrap();
    let view = build(&made.input(), &locale);
    assert_eq!(locale.faults(), [], "every word exists");
    view
}

#[test]
fn every_language_renders() {
    let made = company::aurora();
    for tag in ["en", "pt-BR", "es"] {
        publish(tag, &view(&made, tag));
    }
}
