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

#[cfg(test)]
mod tests {
    use super::*;

    /// The first example of FIPS 180-4's test vectors.
    #[test]
    fn the_digest_of_abc_is_the_standard_s() {
        assert_eq!(sha256(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
