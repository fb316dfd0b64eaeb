//! Digests: how files, messages and rows are recognised again.
//!
//! Recognition, not secrecy: nothing here hides anything. What people may check with other tools is told by sha256; what farol
//! keeps for itself is known by BLAKE3, which is as safe and several times as fast.

use std::fmt::Write;

use sha2::{Digest, Sha256};

/// Which farol this is: its version, and the number of its code. What one keeps for its next run is of no use to another.
pub const MAKING: &str = concat!("farol ", env!("CARGO_PKG_VERSION"), ", making ", env!("FAROL_MAKING"));

/// A digest as bytes, under which something is kept.
pub type Key = [u8; 32];

/// BLAKE3 of several pieces of bytes, one after the other (O'Connor, Aumasson, Neves & Wilcox-O'Hearn 2020).
pub fn digest(pieces: &[&[u8]]) -> Key {
    let mut hasher = blake3::Hasher::new();
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

    /// The digests of nothing and of abc in BLAKE3's own test vectors and its tool `b3sum`.
    #[test]
    fn what_is_kept_is_known_by_blake3() {
        let expected = [
            (&b""[..], "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262"),
            (b"abc", "6437b3ac38465133ffb63b75273a8db548c558465d79db03fd359c6cd5bd9d85"),
        ];
        for (bytes, expected) in expected {
            assert_eq!(hexadecimal(&digest(&[bytes])), expected);
        }
        assert_eq!(digest(&[b"a", b"bc"]), digest(&[b"abc"]));
    }

    /// The first example of FIPS 180-4's test vectors.
    #[test]
    fn the_digest_of_abc_is_the_standard_s() {
        assert_eq!(sha256(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
