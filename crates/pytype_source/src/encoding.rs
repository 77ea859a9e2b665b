//! From bytes to text: PEP 263 declarations and byte order marks.

use std::sync::Arc;

use crate::SourceText;

/// Decodes a source file's bytes.
pub fn decode(bytes: &[u8]) -> SourceText {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => SourceText { text: Arc::from(text), problem: None },
        Err(error) => {
            SourceText { text: Arc::from(""), problem: Some(format!("cannot decode file: {error}")) }
        }
    }
}
