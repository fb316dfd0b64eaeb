//! Names and numbers that turn up nowhere by chance, and the search for them in everything that a letter holds.

use std::collections::BTreeSet;
use std::io::{Cursor, Read};

use mail_parser::{Message, MimeHeaders};

/// How every sentinel name begins; no word of a report, a file or a template has it.
const MARK: &str = "zq";

/// A number below a limit, always the same for one text.
pub(crate) fn number(of: &str, below: u64) -> u64 {
    u64::from_str_radix(&farol::digest::sha256(of.as_bytes())[..12], 16).unwrap() % below
}

/// A name that stands for one thing: the mark and eight letters.
pub(crate) fn name(of: &str) -> String {
    let digest = farol::digest::sha256(of.as_bytes());
    let letters = digest.bytes().take(8).map(|digit| char::from(b'a' + (digit % 16)));
    format!("Zq{}", letters.collect::<String>())
}

/// What was found in a letter.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// Sentinel names, whole or cut, in small letters.
    pub(crate) names: BTreeSet<String>,
    /// Whole numbers of seven digits or more, whatever stands between their thousands.
    pub(crate) numbers: BTreeSet<u64>,
}

/// Headers, bodies and attachments; of a workbook every file in it, so that hidden sheets and properties are seen too.
pub(crate) fn search(letter: &Message<'_>) -> Found {
    let mut found = Found::default();
    let root = letter.parts.first().unwrap();
    let headers = &letter.raw_message[..usize::try_from(root.raw_body_offset()).unwrap()];
    found.read(&String::from_utf8_lossy(headers));
    found.read(letter.subject().unwrap());
    for part in &letter.parts {
        let name = part.attachment_name().unwrap_or_default();
        found.read(name);
        if name.ends_with(".xlsx") {
            let mut book = zip::ZipArchive::new(Cursor::new(part.contents())).unwrap();
            for at in 0..book.len() {
                let mut text = String::new();
                book.by_index(at).unwrap().read_to_string(&mut text).unwrap();
                found.read(&text);
            }
        } else if !name.ends_with(".png") && part.is_text() {
            found.read(&String::from_utf8_lossy(part.contents()));
        }
    }
    found
}

impl Found {
    fn read(&mut self, text: &str) {
        // In fonts anything can turn up.
        for line in text.lines().filter(|line| !line.contains("base64,")) {
            let line = line.to_lowercase();
            for (at, _) in line.match_indices(MARK) {
                let name: String = line[at..].chars().take_while(char::is_ascii_lowercase).collect();
                self.names.insert(name);
            }
            // Thousands stand apart by a comma, in HTML and text by nothing else in English.
            for run in line.split(|c: char| !c.is_ascii_digit() && c != ',').filter(|run| run.len() >= 7) {
                let groups: Vec<&str> = run.split(',').collect();
                for first in 0..groups.len() {
                    let thousands = groups[first + 1..].iter().take_while(|group| group.len() == 3).count();
                    let number: String = groups[first..=first + thousands].concat();
                    self.numbers.extend(number.parse::<u64>().ok().filter(|number| *number >= 1_000_000));
                    self.numbers.extend(groups[first].parse::<u64>().ok().filter(|number| *number >= 1_000_000));
                }
            }
        }
    }

    /// Names that are not, or not the beginning of, one of these.
    pub(crate) fn foreign_names<'f>(&'f self, own: &'f BTreeSet<String>) -> impl Iterator<Item = &'f String> {
        self.names.iter().filter(|name| !own.iter().any(|own| own.to_lowercase().starts_with(name.as_str())))
    }
}

#[test]
fn the_search_sees_what_is_there() {
    let mut found = Found::default();
    found.read("<td>US$ 12,345,678</td><b title=\"Zqabc…\">2,1234567,9</b>\nurl(data:x;base64,zqzqzq");
    assert_eq!(found.names, BTreeSet::from(["zqabc".to_owned()]));
    assert_eq!(found.numbers, BTreeSet::from([12_345_678, 1_234_567]));
    let own = |name: &str| BTreeSet::from([name.to_owned()]);
    assert_eq!(found.foreign_names(&own("Zqabcdefgh")).count(), 0);
    assert_eq!(found.foreign_names(&own("Zqxbcdefgh")).count(), 1);
}
