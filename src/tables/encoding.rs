//! Bytes of a text file as UTF-8: byte-order marks, pinned encodings, and Windows-1252 where nothing else fits.
//!
//! Knows no delimiter and no column.

use std::path::Path;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use crate::diagnostic::{Diagnostic, Place};

/// A file's text.
#[derive(Debug)]
pub(crate) struct Decoded {
    /// UTF-8 without a byte-order mark.
    pub(crate) text: String,
    /// WHATWG label of what it was.
    pub(crate) label: &'static str,
    /// Whether the encoding was neither pinned nor marked nor UTF-8, but concluded.
    pub(crate) concluded: bool,
}

/// The encoding of a label, if it is one.
pub(crate) fn named(label: &str) -> Option<&'static Encoding> {
    // WHATWG takes "latin-1" spelt three ways; people spell it a fourth.
    Encoding::for_label(label.as_bytes()).or_else(|| (label.eq_ignore_ascii_case("latin-1")).then_some(WINDOWS_1252))
}

/// Decodes a file. A byte-order mark wins over nothing but agrees with a pin or is a fault.
pub(crate) fn decode(bytes: Vec<u8>, pinned: Option<&str>, path: &Path) -> Result<Decoded, Diagnostic> {
    let pinned = match pinned {
        None => None,
        Some(label) => Some(named(label).ok_or_else(|| {
            Diagnostic::error("unknown-encoding", format!("`{label}` is no encoding"))
                .at(Place::file(path))
                .help("write a WHATWG label, such as utf-8, windows-1252 or utf-16le")
        })?),
    };
    match (Encoding::for_bom(&bytes), pinned) {
        (Some((encoding, length)), pinned) => {
            let rest = bytes.get(length..).unwrap_or(&[]).to_vec();
            let decoded = strictly(rest, encoding, path).map_err(|fault| belied(fault, encoding, length))?;
            match pinned.filter(|pinned| *pinned != encoding) {
                None => Ok(decoded),
                Some(pinned) => {
                    let message = format!("the file says that it is {}, not {}", encoding.name(), pinned.name());
                    Err(Diagnostic::error("wrong-encoding", message)
                        .at(Place::file(path))
                        .help("leave `encoding:` out: the file begins with a byte-order mark"))
                }
            }
        }
        (None, Some(encoding)) => strictly(bytes, encoding, path),
        (None, None) => match String::from_utf8(bytes) {
            Ok(text) => Ok(Decoded { text, label: "utf-8", concluded: false }),
            Err(error) => conclude(error.as_bytes(), error.utf8_error().valid_up_to(), path),
        },
    }
}

/// Decodes by a known encoding; any byte that it does not know is a fault.
fn strictly(bytes: Vec<u8>, encoding: &'static Encoding, path: &Path) -> Result<Decoded, Diagnostic> {
    if encoding == UTF_8 {
        return String::from_utf8(bytes)
            .map(|text| Decoded { text, label: "utf-8", concluded: false })
            .map_err(|error| undecodable(error.as_bytes(), error.utf8_error().valid_up_to(), "UTF-8", path));
    }
    let (text, had_errors) = encoding.decode_without_bom_handling(&bytes);
    // windows-1252 maps its five holes to control characters; a replacement character stands for any other hole.
    let is_hole = |c: char| (had_errors && c == '\u{fffd}') || ('\u{80}'..'\u{a0}').contains(&c);
    if let Some(at) = text.find(is_hole) {
        return Err(undecodable(text.as_bytes(), at, encoding.name(), path));
    }
    Ok(Decoded { text: text.into_owned(), label: label(encoding), concluded: false })
}

/// Neither marked, nor pinned, nor UTF-8: Windows-1252 if that gives Western text and nothing else, and says so.
fn conclude(bytes: &[u8], bad_at: usize, path: &Path) -> Result<Decoded, Diagnostic> {
    let has_utf8_too = bytes.get(..bad_at).is_some_and(|before| !before.is_ascii());
    let has_nul = bytes.contains(&0);
    let (text, _) = WINDOWS_1252.decode_without_bom_handling(bytes);
    if has_utf8_too || has_nul || !text.chars().all(is_western) {
        return Err(undecodable(bytes, bad_at, "UTF-8", path));
    }
    Ok(Decoded { text: text.into_owned(), label: label(WINDOWS_1252), concluded: true })
}

/// Characters of Western European text; Windows-1252's rarer ones betray another encoding.
fn is_western(c: char) -> bool {
    c.is_ascii()
        || matches!(c, 'À'..='Ö' | 'Ø'..='ö' | 'ø'..='ÿ' | 'Œ' | 'œ' | 'Ÿ')
        || matches!(
            c,
            '\u{a0}'
                | '¡'
                | '¿'
                | 'ª'
                | 'º'
                | '°'
                | '§'
                | '·'
                | '«'
                | '»'
                | '´'
                | '²'
                | '³'
                | '½'
                | '€'
                | '£'
                | '®'
                | '©'
        )
        || matches!(c, '‘' | '’' | '“' | '”' | '–' | '—' | '…' | '•' | '™')
}

/// The fault of a byte that the encoding does not know.
fn undecodable(bytes: &[u8], at: usize, encoding: &str, path: &Path) -> Diagnostic {
    let before = bytes.get(..at).unwrap_or(&[]);
    let line = before.split(|b| *b == b'\n').count();
    let line_start = before.iter().rposition(|b| *b == b'\n').map_or(0, |newline| newline + 1);
    let column = 1 + String::from_utf8_lossy(before.get(line_start..).unwrap_or(&[])).chars().count();
    Diagnostic::error("wrong-encoding", format!("a character here is not {encoding}"))
        .at(Place::at(path, line, column))
        .help("pin the file's real encoding with `csv: { encoding: windows-1252 }`, or export it as UTF-8")
}

/// The fault of a file whose bytes are not what its mark says. Another `encoding:` would be held against the mark, so none is advised
/// as long as the mark is there.
fn belied(fault: Diagnostic, encoding: &'static Encoding, length: usize) -> Diagnostic {
    let name = encoding.name();
    let message = format!("the file begins with the byte-order mark of {name}, and a character here is not {name}");
    Diagnostic { message, ..fault }.help(format!(
        "export it again as UTF-8; if that cannot be, take the mark away, the file's first {length} bytes, and pin its real encoding: \
         `csv: {{ encoding: windows-1252 }}`"
    ))
}

/// The label as configuration files write it.
fn label(encoding: &'static Encoding) -> &'static str {
    if encoding == WINDOWS_1252 {
        "windows-1252"
    } else if encoding == UTF_16LE {
        "utf-16le"
    } else if encoding == UTF_16BE {
        "utf-16be"
    } else {
        encoding.name()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8], pinned: Option<&str>) -> Result<(String, &'static str), String> {
        decode(bytes.to_vec(), pinned, Path::new("f.csv"))
            .map(|decoded| (decoded.text, decoded.label))
            .map_err(|fault| fault.to_string().lines().next().unwrap_or_default().to_owned())
    }

    #[test]
    fn marks_pins_and_conclusions_give_the_same_text() {
        let text = "nome;São João\n";
        let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let latin: Vec<u8> = text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
        let marked = |mark: &[u8], bytes: &[u8]| [mark, bytes].concat();
        for (bytes, pinned, label) in [
            (text.as_bytes().to_vec(), None, "utf-8"),
            (marked(b"\xef\xbb\xbf", text.as_bytes()), None, "utf-8"),
            (marked(b"\xef\xbb\xbf", text.as_bytes()), Some("utf-8"), "utf-8"),
            (marked(b"\xff\xfe", &utf16), None, "utf-16le"),
            (utf16, Some("utf-16le"), "utf-16le"),
            (latin.clone(), None, "windows-1252"),
            (latin.clone(), Some("latin1"), "windows-1252"),
            (latin, Some("iso-8859-1"), "windows-1252"),
        ] {
            assert_eq!(read(&bytes, pinned), Ok((text.to_owned(), label)));
        }
    }

    /// No `encoding:` leads on as long as the mark is there: whatever is pinned, the same is said, and what it advises works.
    #[test]
    fn a_mark_that_the_bytes_belie_is_what_is_wrong() {
        let latin = b"nome;S\xe3o Jo\xe3o\n";
        let marked = [b"\xef\xbb\xbf", &latin[..]].concat();
        for pinned in [None, Some("utf-8"), Some("windows-1252"), Some("utf-16le")] {
            let fault = decode(marked.clone(), pinned, Path::new("f.csv")).unwrap_err().to_string();
            let says = "f.csv:1:7: error[wrong-encoding]: the file begins with the byte-order mark of UTF-8, and a character here is not UTF-8\n";
            assert!(fault.starts_with(says) && fault.contains("the file's first 3 bytes"), "{pinned:?}: {fault}");
        }
        assert_eq!(read(&marked[3..], Some("windows-1252")), Ok(("nome;São João\n".to_owned(), "windows-1252")));
        let fault = read(b"\xff\xfea\0\x00\xd8", Some("windows-1252")).unwrap_err();
        assert!(fault.contains("the byte-order mark of UTF-16LE, and a character here is not UTF-16LE"), "{fault}");
    }

    #[test]
    fn what_does_not_fit_its_encoding_is_placed() {
        let fault =
            |encoding: &str| Err(format!("f.csv:2:3: error[wrong-encoding]: a character here is not {encoding}"));
        assert_eq!(read(b"a\nb,\xe9\n", Some("utf-8")), fault("UTF-8"));
        assert_eq!(read(b"a\nb,\x81\n", Some("windows-1252")), fault("windows-1252"));
        // A file that is mostly UTF-8, with one broken byte, is not taken for Windows-1252.
        assert_eq!(read(b"\xc3\xa9\nb,\xe9\n", None), fault("UTF-8"));
        // "Ў" of Windows-1251 would be "¡" followed by letters; "ћ" (0x9E) gives "ž", which betrays it.
        assert_eq!(read(b"a\nb,\x9e\n", None), fault("UTF-8"));
        assert!(read(b"\xff\xfea\0", Some("utf-8")).unwrap_err().contains("the file says that it is UTF-16LE"));
        assert!(read(b"a", Some("klingon")).unwrap_err().contains("unknown-encoding"));
    }
}
