//! Reports and mails as Chromium shows them, against pictures that were looked at: in three languages and where the layout is
//! hard, at every width, light and dark.
//!
//! The pictures in `tests/visual` are small, one pixel for sixteen by sixteen, so that a changed anti-aliasing is no
//! difference and a moved card is. After a change that is meant: look at the pages under `target/tmp/visual`, then
//! `FAROL_VISUAL=accept cargo test --test visual`.

#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test that cannot go on has failed, and one variable says to accept"
)]

#[path = "report/company.rs"]
mod company;
#[path = "report/hard.rs"]
mod hard;

use std::path::{Path, PathBuf};
use std::process::Command;

use farol::locale::Locale;
use farol::report::{build, render_email, render_html};
use serde_json::json;

/// A channel of a pixel that differs by more is another colour.
const OTHER_COLOUR: u8 = 40;
/// The share of such pixels that a picture may have.
const MOST_OTHERS: f64 = 0.004;

/// Every page: its name, and what it shows in which language.
fn cases() -> Vec<(&'static str, company::Made, &'static str)> {
    vec![
        ("en", company::aurora(), "en"),
        ("pt-BR", company::aurora(), "pt-BR"),
        ("es", company::aurora(), "es"),
        ("long-names", hard::named(hard::LONG), "pt-BR"),
        ("forty-segments", hard::many_segments(), "en"),
        ("restated", hard::restated(), "pt-BR"),
        ("nothing", hard::nothing(), "es"),
        ("one-customer", hard::one_customer(), "en"),
        ("nine-digits", hard::nine_digits(), "pt-BR"),
        ("hostile-names", hard::named(hard::HOSTILE), "en"),
    ]
}

/// Writes a case's report and mail, and says of each what pictures to take.
fn publish(folder: &Path, name: &str, made: &company::Made, tag: &str) -> Vec<serde_json::Value> {
    let view = build(&made.input(), &Locale::load(tag, None).unwrap());
    let own = folder.join(name);
    std::fs::create_dir_all(&own).unwrap();
    std::fs::write(own.join("report.html"), render_html(&view).unwrap()).unwrap();
    let email = render_email(&view).unwrap();
    let mut mail = email.html;
    for image in &email.images {
        let file = format!("{}.png", image.cid.replace('@', "-"));
        std::fs::write(own.join(&file), &image.png).unwrap();
        mail = mail.replace(&format!("cid:{}", image.cid), &file);
    }
    std::fs::write(own.join("email.html"), mail).unwrap();
    let font = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates/fonts/Inter-400Regular.woff2");
    vec![
        json!({ "page": own.join("report.html"), "base": folder.join(format!("{name}-report")), "widths": [1280, 640, 375] }),
        json!({ "page": own.join("email.html"), "base": folder.join(format!("{name}-mail")), "widths": [640, 375], "font": font }),
    ]
}

/// A picture: pixels across and down, red, green and blue of each.
struct Picture {
    size: (u32, u32),
    pixels: Vec<[u8; 3]>,
}

fn read(path: &Path) -> Picture {
    let file = std::io::BufReader::new(std::fs::File::open(path).unwrap());
    let mut decoder = png::Decoder::new(file);
    decoder.set_transformations(png::Transformations::EXPAND);
    let mut reader = decoder.read_info().unwrap();
    let mut bytes = vec![0; reader.output_buffer_size().unwrap()];
    let frame = reader.next_frame(&mut bytes).unwrap();
    let channels = frame.color_type.samples();
    let pixels = bytes.chunks_exact(channels).map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect();
    Picture { size: (frame.width, frame.height), pixels }
}

/// Keeps a picture in few bytes: sixteen shades of each colour, which is finer than any difference that counts.
fn store(path: &Path, picture: &Picture) {
    let mut encoder = png::Encoder::new(std::fs::File::create(path).unwrap(), picture.size.0, picture.size.1);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_compression(png::Compression::High);
    let bytes: Vec<u8> = picture.pixels.iter().flatten().map(|shade| shade / 16 * 17).collect();
    encoder.write_header().unwrap().write_image_data(&bytes).unwrap();
}

/// What is different, if anything is.
fn difference(expected: &Picture, found: &Picture) -> Option<String> {
    if expected.size != found.size {
        return Some(format!("{:?} pixels, {:?} expected", found.size, expected.size));
    }
    let is_other = |(a, b): &(&[u8; 3], &[u8; 3])| a.iter().zip(*b).any(|(a, b)| a.abs_diff(*b) > OTHER_COLOUR);
    let others: Vec<usize> = expected
        .pixels
        .iter()
        .zip(&found.pixels)
        .enumerate()
        .filter(|(_, pair)| is_other(pair))
        .map(|(at, _)| at)
        .collect();
    #[expect(clippy::cast_precision_loss, reason = "some thousand pixels")]
    let share = others.len() as f64 / expected.pixels.len() as f64;
    let line = others.first().map_or(0, |at| at / expected.size.0 as usize * 16);
    (share > MOST_OTHERS).then(|| format!("{:.1} % of it has another colour, from {line} px down", 100.0 * share))
}

/// The file names of a folder's pictures.
fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.retain(|name| Path::new(name).extension().is_some_and(|extension| extension == "png"));
    names.sort();
    names
}

#[test]
fn every_page_looks_as_approved() {
    let approved = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/visual");
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("visual");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    let list: Vec<_> =
        cases().iter().flat_map(|(name, made, language)| publish(&folder, name, made, language)).collect();
    std::fs::write(folder.join("list.json"), serde_json::to_string(&list).unwrap()).unwrap();
    let output = Command::new("node")
        .arg("tests/tools/thumbnails.mjs")
        .arg(folder.join("list.json"))
        .output()
        .expect("run tests/tools/install.sh");
    let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    if std::env::var("FAROL_VISUAL").is_ok_and(|wish| wish == "accept") {
        let _ = std::fs::remove_dir_all(&approved);
        std::fs::create_dir_all(&approved).unwrap();
        for name in names(&folder) {
            store(&approved.join(&name), &read(&folder.join(&name)));
        }
    }
    assert_eq!(names(&folder), names(&approved));
    let differences: Vec<String> = names(&folder)
        .iter()
        .filter_map(|name| {
            let what = difference(&read(&approved.join(name)), &read(&folder.join(name)))?;
            Some(format!("{}: {what}", folder.join(name).display()))
        })
        .collect();
    assert!(differences.is_empty(), "look at the pages, then accept or mend:\n{}", differences.join("\n"));
}

/// A card in another colour, a line that moved, a page that grew: each is seen. A shade is not.
#[test]
fn a_real_difference_is_seen() {
    let plain = || Picture { size: (80, 100), pixels: vec![[250, 250, 250]; 8000] };
    assert_eq!(difference(&plain(), &plain()), None);
    let mut shade = plain();
    shade.pixels.iter_mut().for_each(|pixel| pixel[0] -= 20);
    assert_eq!(difference(&plain(), &shade), None);
    let mut card = plain();
    for row in 40..44 {
        for column in 10..20 {
            card.pixels[row * 80 + column] = [200, 40, 40];
        }
    }
    let told = difference(&plain(), &card).unwrap();
    assert_eq!(told, "0.5 % of it has another colour, from 640 px down");
    let longer = Picture { size: (80, 101), pixels: vec![[250, 250, 250]; 8080] };
    assert!(difference(&plain(), &longer).is_some());
}
