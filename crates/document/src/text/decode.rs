//! Which encoding the bytes are in, and which bytes are no document.

use encoding_rs::{UTF_16BE, UTF_16LE, WINDOWS_1252};
use thiserror::Error;

use super::Text;

/// The encoding that a document was read in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// UTF-8.
    Utf8,
    /// UTF-8 behind a byte order mark, which is no part of the text.
    Utf8WithMark,
    /// UTF-16, the low byte first, behind a byte order mark.
    Utf16Le,
    /// UTF-16, the high byte first, behind a byte order mark.
    Utf16Be,
    /// Windows-1252: what is left when bytes are no UTF-8.
    Windows1252,
}

/// Why bytes are no document.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DecodeError {
    /// More bytes than [`Text::LIMIT`].
    #[error(
        "the document has {size} bytes, more than the {} that are read; split it, or take out what is pasted into it",
        Text::LIMIT
    )]
    TooLarge {
        /// Its size in bytes.
        size: usize,
    },
    /// A NUL byte.
    #[error(
        "byte {byte} (line {line}) is NUL: this is no text, or UTF-16 without a byte order mark; save it as Markdown in UTF-8"
    )]
    Nul {
        /// Its position, from 0.
        byte: usize,
        /// Its line, from 1.
        line: usize,
    },
    /// Many control characters.
    #[error(
        "{controls} of {size} bytes are control characters, the first is byte {byte} (line {line}): this is no text; save it as Markdown in UTF-8"
    )]
    Binary {
        /// How many there are.
        controls: usize,
        /// The document's size in bytes.
        size: usize,
        /// The position of the first, from 0.
        byte: usize,
        /// Its line, from 1.
        line: usize,
    },
}

/// One control character in this many bytes makes a document binary.
const BYTES_A_CONTROL: usize = 10;

pub(crate) fn decode(bytes: &[u8]) -> Result<(String, Encoding), DecodeError> {
    if bytes.len() > Text::LIMIT {
        return Err(DecodeError::TooLarge { size: bytes.len() });
    }
    let (text, encoding) = match bytes {
        [0xEF, 0xBB, 0xBF, rest @ ..] => match std::str::from_utf8(rest) {
            Ok(text) => (text.to_owned(), Encoding::Utf8WithMark),
            Err(_) => (WINDOWS_1252.decode_without_bom_handling(rest).0.into_owned(), Encoding::Windows1252),
        },
        [0xFF, 0xFE, rest @ ..] => (UTF_16LE.decode_without_bom_handling(rest).0.into_owned(), Encoding::Utf16Le),
        [0xFE, 0xFF, rest @ ..] => (UTF_16BE.decode_without_bom_handling(rest).0.into_owned(), Encoding::Utf16Be),
        _ => match std::str::from_utf8(bytes) {
            Ok(text) => (text.to_owned(), Encoding::Utf8),
            Err(_) => (WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned(), Encoding::Windows1252),
        },
    };
    refuse_binary(text.as_bytes())?;
    Ok((text, encoding))
}

fn refuse_binary(bytes: &[u8]) -> Result<(), DecodeError> {
    if let Some(byte) = bytes.iter().position(|byte| *byte == 0) {
        return Err(DecodeError::Nul { byte, line: line_of(bytes, byte) });
    }
    let mut controls = bytes.iter().enumerate().filter(|(_, byte)| is_control(**byte)).map(|(position, _)| position);
    let Some(byte) = controls.next() else { return Ok(()) };
    let controls = 1 + controls.count();
    if controls > bytes.len() / BYTES_A_CONTROL {
        return Err(DecodeError::Binary { controls, size: bytes.len(), byte, line: line_of(bytes, byte) });
    }
    Ok(())
}

/// A control character that no text needs: not a tab, a line's end, a page's end or the escape of colours.
fn is_control(byte: u8) -> bool {
    (byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x0C | 0x1B)) || byte == 0x7F
}

fn line_of(bytes: &[u8], position: usize) -> usize {
    let before = &bytes[..position];
    let breaks = before
        .iter()
        .enumerate()
        .filter(|(at, byte)| **byte == b'\n' || (**byte == b'\r' && bytes.get(at + 1) != Some(&b'\n')))
        .count();
    breaks + 1
}
