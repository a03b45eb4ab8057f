//! From places in a decoded text to places in the bytes of the document, whatever its encoding. What is not changed stays as it
//! is, byte for byte, even what could not be decoded.

use std::borrow::Cow;

use super::mark::marks;
use crate::text::{DecodeError, Encoding, decode};

const UTF8_MARK: &[u8] = &[0xEF, 0xBB, 0xBF];

/// The document without its marks.
///
/// # Errors
///
/// Bytes that are no document.
pub fn strip_bytes(bytes: &[u8]) -> Result<Cow<'_, [u8]>, DecodeError> {
    let (text, encoding) = decode(bytes)?;
    let marks = marks(&text);
    if marks.is_empty() {
        return Ok(Cow::Borrowed(bytes));
    }
    let places: Vec<usize> = marks.iter().flat_map(|mark| [mark.start, mark.end]).collect();
    let mut rest = Vec::with_capacity(bytes.len());
    let mut done = 0;
    for pair in offsets(bytes, &text, encoding, &places).chunks_exact(2) {
        if let &[start, end] = pair {
            rest.extend_from_slice(bytes.get(done..start).unwrap_or_default());
            done = end;
        }
    }
    rest.extend_from_slice(bytes.get(done..).unwrap_or_default());
    Ok(Cow::Owned(rest))
}

/// Where places of the text, in order, are in its bytes.
pub(super) fn offsets(bytes: &[u8], text: &str, encoding: Encoding, places: &[usize]) -> Vec<usize> {
    let start = match encoding {
        Encoding::Utf16Le | Encoding::Utf16Be => 2,
        _ if bytes.starts_with(UTF8_MARK) => UTF8_MARK.len(),
        _ => 0,
    };
    let width = |text: &str| match encoding {
        Encoding::Utf8 | Encoding::Utf8WithMark => text.len(),
        Encoding::Windows1252 => text.chars().count(),
        Encoding::Utf16Le | Encoding::Utf16Be => text.encode_utf16().count() * 2,
    };
    // An odd byte at the end of UTF-16 is shown as a character, and is none: nothing goes behind it.
    let end = if start == 2 { bytes.len() & !1 } else { bytes.len() };
    let (mut done, mut at) = (0, start);
    let offset = places.iter().map(|place| {
        at += width(text.get(done..*place).unwrap_or_default());
        done = *place;
        at.min(end)
    });
    offset.collect()
}

/// A mark in the document's encoding. Marks hold only what each of them has.
pub(super) fn encode(mark: &str, encoding: Encoding) -> Vec<u8> {
    match encoding {
        Encoding::Utf8 | Encoding::Utf8WithMark => mark.as_bytes().to_vec(),
        Encoding::Windows1252 => mark.chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?')).collect(),
        Encoding::Utf16Le => mark.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        Encoding::Utf16Be => mark.encode_utf16().flat_map(u16::to_be_bytes).collect(),
    }
}
