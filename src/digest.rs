//! sha256 as text: how files, messages and rows are recognised again.
//!
//! Recognition, not secrecy: nothing here hides anything.

use std::fmt::Write;

use sha2::{Digest, Sha256};

/// A sha256 as bytes, under which something is kept.
pub type Key = [u8; 32];

/// sha256 of several pieces of bytes, one after the other (FIPS 180-4).
pub fn digest(pieces: &[&[u8]]) -> Key {
    let mut hasher = Sha256::new();
    for piece in pieces {
        hasher.update(piece);
    }
    hasher.finalize().into()
}

/// sha256 of bytes, 64 lower-case hexadecimal digits (FIPS 180-4).
pub fn sha256(bytes: &[u8]) -> String {
    hexadecimal(&Sha256::digest(bytes))
}

/// Two lower-case hexadecimal digits for each byte.
pub fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        // Writing into a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Any text as a part of a file name: letters and digits of it for the reader, and eight digits of its digest, by which it differs
/// from another that looks the same.
pub fn file_part(text: &str) -> String {
    let readable: String = text.chars().filter(char::is_ascii_alphanumeric).take(24).collect();
    format!("{readable}-{}", &sha256(text.as_bytes())[..8])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_that_look_the_same_have_other_file_names() {
        assert_eq!(file_part("abc"), "abc-ba7816bf");
        assert_ne!(file_part("../é"), file_part("../è"));
        assert!(file_part("../é").starts_with('-'));
    }

    /// The first example of FIPS 180-4's test vectors.
    #[test]
    fn the_digest_of_abc_is_the_standard_s() {
        assert_eq!(sha256(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
