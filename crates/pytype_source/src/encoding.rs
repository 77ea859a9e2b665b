//! From bytes to text: byte order marks and PEP 263 declarations.

use std::borrow::Cow;

use crate::{SourceText, Text};

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Decodes a source file's bytes. Line ends and form feeds stay as they are.
pub fn decode(bytes: Cow<'static, [u8]>) -> SourceText {
    match decode_text(bytes) {
        Ok(text) => SourceText { text, problem: None },
        Err(problem) => {
            SourceText { text: Text::from(""), problem: Some(format!("Cannot decode file: {problem}")) }
        }
    }
}

fn decode_text(bytes: Cow<'static, [u8]>) -> Result<Text, String> {
    if let Some(rest) = bytes.strip_prefix(BYTE_ORDER_MARK) {
        return match std::str::from_utf8(rest) {
            Ok(text) => Ok(Text::from(text.to_owned())),
            Err(error) => Err(not_utf8(rest, &error)),
        };
    }
    match declared_encoding(&bytes) {
        None => decode_utf8(bytes),
        Some(name) => match Encoding::named(&name) {
            Some(Encoding::Utf8) => decode_utf8(bytes),
            Some(Encoding::Ascii) => match bytes.iter().position(|byte| !byte.is_ascii()) {
                None => decode_utf8(bytes),
                Some(at) => Err(format!("byte 0x{:02x} at position {at} is not ASCII", bytes[at])),
            },
            Some(Encoding::Latin1) => {
                Ok(Text::from(bytes.iter().map(|&byte| char::from(byte)).collect::<String>()))
            }
            Some(Encoding::Other(encoding)) => {
                match encoding.decode_without_bom_handling_and_without_replacement(&bytes) {
                    Some(text) => Ok(Text::from(text.into_owned())),
                    None => Err(format!("it is not valid {name}")),
                }
            }
            None => Err(format!("unknown encoding `{name}`")),
        },
    }
}

fn decode_utf8(bytes: Cow<'static, [u8]>) -> Result<Text, String> {
    match bytes {
        Cow::Borrowed(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) => Ok(Text::from(text)),
            Err(error) => Err(not_utf8(bytes, &error)),
        },
        Cow::Owned(bytes) => match String::from_utf8(bytes) {
            Ok(text) => Ok(Text::from(text)),
            Err(error) => Err(not_utf8(error.as_bytes(), &error.utf8_error())),
        },
    }
}

fn not_utf8(bytes: &[u8], error: &std::str::Utf8Error) -> String {
    let at = error.valid_up_to();
    match bytes.get(at) {
        Some(byte) => {
            format!("byte 0x{byte:02x} at position {at} is not UTF-8, and no other encoding is declared")
        }
        None => "it is not UTF-8".to_owned(),
    }
}

/// The encodings a source file can declare.
#[derive(Clone, Copy)]
enum Encoding {
    Utf8,
    Ascii,
    /// Each byte is the code point of the same number.
    Latin1,
    Other(&'static encoding_rs::Encoding),
}

impl Encoding {
    /// Looks an encoding up by the names Python gives it.
    fn named(name: &str) -> Option<Encoding> {
        let name = name.to_ascii_lowercase().replace('_', "-");
        match &*name {
            "utf-8" | "utf8" | "u8" | "utf" | "utf-8-sig" | "cp65001" => return Some(Encoding::Utf8),
            "ascii" | "us-ascii" | "646" | "ansi-x3.4-1968" => return Some(Encoding::Ascii),
            "latin-1" | "latin1" | "latin" | "l1" | "iso-8859-1" | "iso8859-1" | "8859" | "cp819"
            | "iso-latin-1" => {
                return Some(Encoding::Latin1);
            }
            _ => {}
        }
        if name.starts_with("utf-8-") {
            return Some(Encoding::Utf8);
        }
        if ["latin-1-", "iso-latin-1-", "iso-8859-1-"].iter().any(|prefix| name.starts_with(prefix)) {
            return Some(Encoding::Latin1);
        }
        let label = match &*name {
            "cp932" | "ms932" | "mskanji" | "ms-kanji" => "shift_jis",
            "cp936" | "ms936" | "936" => "gbk",
            "cp949" | "949" | "ms949" | "uhc" => "euc-kr",
            "cp950" | "950" | "ms950" => "big5",
            "eucjp" | "ujis" | "u-jis" => "euc-jp",
            "euckr" => "euc-kr",
            "koi8-r" | "koi8r" => "koi8-r",
            "mac-roman" | "macintosh" => "macintosh",
            "tis-620" | "cp874" => "windows-874",
            other => other,
        };
        let windows = label.strip_prefix("cp").map(|page| format!("windows-{page}"));
        let dashed = label.strip_prefix("iso8859-").map(|part| format!("iso-8859-{part}"));
        let found = [Some(label.to_owned()), windows, dashed]
            .into_iter()
            .flatten()
            .find_map(|label| encoding_rs::Encoding::for_label_no_replacement(label.as_bytes()))?;
        // Python refuses source files in encodings that do not keep ASCII as it is.
        found.is_ascii_compatible().then_some(Encoding::Other(found))
    }
}

/// The name in a `coding:` comment on the first line, or on the second when the first has no code.
fn declared_encoding(bytes: &[u8]) -> Option<String> {
    let mut lines = bytes.split_inclusive(|&byte| byte == b'\n' || byte == b'\r');
    let first = lines.next()?;
    if let Some(name) = coding_name(comment_of(first)?) {
        return Some(name);
    }
    let mut second = lines.next()?;
    if first.ends_with(b"\r") && second == b"\n" {
        second = lines.next()?;
    }
    coding_name(comment_of(second)?)
}

/// The comment on a line (empty on a blank one); `None` if the line has code.
fn comment_of(line: &[u8]) -> Option<&[u8]> {
    let start = line.iter().position(|byte| !matches!(byte, b' ' | b'\t' | b'\x0b' | b'\x0c'));
    match start.map_or(&[][..], |start| &line[start..]) {
        [] | [b'\r' | b'\n', ..] => Some(&[]),
        comment @ [b'#', ..] => Some(comment),
        _ => None,
    }
}

/// The name behind `coding:` or `coding=`.
fn coding_name(comment: &[u8]) -> Option<String> {
    let key = b"coding";
    let positions = comment.windows(key.len() + 1).enumerate();
    for (at, window) in positions {
        if !window.starts_with(key) || !matches!(window[key.len()], b':' | b'=') {
            continue;
        }
        let rest = &comment[at + window.len()..];
        let blank = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        let name: String = rest[blank..]
            .iter()
            .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
            .map(|&byte| char::from(byte))
            .collect();
        if !name.is_empty() {
            return Some(name);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(bytes: &[u8]) -> Result<String, String> {
        let decoded = decode(Cow::Owned(bytes.to_vec()));
        decoded.problem.map_or_else(|| Ok(decoded.text.to_string()), Err)
    }

    #[test]
    fn utf8_is_the_default() {
        assert_eq!(text("x = 'ä'\r\n\x0c".as_bytes()).unwrap(), "x = 'ä'\r\n\x0c");
        assert_eq!(text(b"\xef\xbb\xbfx = 1").unwrap(), "x = 1");
        assert!(text(b"x = '\xe4'").unwrap_err().contains("0xe4 at position 5"));
        assert_eq!(text(b"").unwrap(), "");
    }

    #[test]
    fn embedded_text_is_not_copied() {
        let bytes: &'static [u8] = b"x: int";
        let decoded = decode(Cow::Borrowed(bytes));
        assert_eq!(decoded.text.as_ptr(), bytes.as_ptr());
    }

    #[test]
    fn declarations_stand_on_the_first_two_lines() {
        assert_eq!(
            text(b"# -*- coding: latin-1 -*-\nx = '\xe4\x80'").unwrap().lines().last(),
            Some("x = 'ä\u{80}'")
        );
        assert_eq!(
            text(b"#!/bin/python\r\n# vim: set fileencoding=iso-8859-15 :\n'\xa4'").unwrap().lines().last(),
            Some("'€'")
        );
        assert!(text(b"\n# coding: cp1252\n'\x80'").unwrap().ends_with("'€'"));
        assert!(text(b"x = 1\n# coding: latin-1\n'\xe4'").is_err());
        assert!(text(b"#\n#\n# coding: latin-1\n'\xe4'").is_err());
        assert_eq!(declared_encoding(b"# encoding=koi8-r").as_deref(), Some("koi8-r"));
        assert_eq!(declared_encoding(b"# decoding: \n"), None);
    }

    #[test]
    fn wrong_declarations_are_problems() {
        assert!(text(b"# coding: klingon\n").unwrap_err().contains("unknown encoding `klingon`"));
        assert!(text(b"# coding: ascii\n'\xe4'").unwrap_err().contains("not ASCII"));
        assert!(text(b"# coding: utf-16\n").is_err());
        assert!(text(b"# coding: gbk\n'\x81'").is_err());
    }
}
