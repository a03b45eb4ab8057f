//! Repairs text that was UTF-8 and was read as Windows-1252 or Latin-1, once or more often.
//!
//! Every byte of such a character became one character from U+0080 up, so the damage is in runs of them. The bytes that
//! Windows-1252 does not define may have got lost on the way, and the byte of the no-break space may have become a space: where
//! a sequence misses one of them, it is put back if that gives a sign that documents use.

use std::ops::Range;

/// How often text may have been damaged.
const ROUNDS: usize = 3;

/// The bytes that Windows-1252 does not define.
const UNDEFINED: [u8; 5] = [0x9D, 0x8F, 0x8D, 0x90, 0x81];

/// The characters of bytes 0x80 to 0x9F in Windows-1252; an undefined one is its control character.
const HIGH_CONTROLS: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8D}', 'Ž', '\u{8F}', '\u{90}', '‘', '’',
    '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9D}', 'ž', 'Ÿ',
];

/// The damaged runs of a line and what they should say.
pub(super) fn repairs(line: &str) -> Vec<(Range<usize>, String)> {
    if line.is_ascii() {
        return Vec::new();
    }
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = line[at..].find(|c: char| !c.is_ascii()).map(|offset| at + offset) {
        let end = run_end(line, start);
        if let Some(repaired) = repair(&line[start..end]) {
            found.push((start..end, repaired));
        }
        at = end;
    }
    found
}

/// Where a run of characters beyond ASCII ends; a single space inside it may be a byte 0xA0.
fn run_end(line: &str, start: usize) -> usize {
    let mut end = start;
    let mut characters = line[start..].char_indices().peekable();
    while let Some((offset, c)) = characters.next() {
        let at = start + offset;
        if !c.is_ascii() {
            end = at + c.len_utf8();
        } else if c == ' ' && awaits_space(&line[start..at]) && characters.peek().is_none_or(|(_, next)| *next != ' ') {
            end = at + 1;
        } else {
            break;
        }
    }
    end
}

/// Whether a run ends in the beginning of a sign whose last byte is 0xA0: the warning sign and the orange circle.
fn awaits_space(run: &str) -> bool {
    run.ends_with("âš") || run.ends_with("ðŸŸ")
}

fn repair(run: &str) -> Option<String> {
    let mut text = run.to_owned();
    let mut changed = false;
    for _ in 0..ROUNDS {
        match round(&text) {
            Some(better) => text = better,
            None => break,
        }
        changed = true;
    }
    changed.then_some(text)
}

/// One decoding of a run; nothing where no sequence of it is damaged.
fn round(run: &str) -> Option<String> {
    let characters: Vec<char> = run.chars().collect();
    if characters.len() < 2 {
        return None;
    }
    let foreign = foreign_pairs(&characters);
    let mut text = String::with_capacity(run.len());
    let mut repaired = false;
    let mut at = 0;
    while at < characters.len() {
        match sequence(&characters[at..], foreign) {
            Some((c, width)) => {
                text.push(c);
                at += width;
                repaired = true;
            }
            None => {
                text.push(characters[at]);
                at += 1;
            }
        }
    }
    repaired.then_some(text)
}

/// Whether a run holds two or more two-byte sequences of Greek, Cyrillic or extended Latin: one alone may be two real letters.
fn foreign_pairs(characters: &[char]) -> bool {
    let pair = |pair: &&[char]| matches!((byte(pair[0]), byte(pair[1])), (Some(0xC4..=0xD3), Some(0x80..=0xBF)));
    characters.windows(2).filter(pair).nth(1).is_some()
}

/// The character that a sequence of damaged ones stands for, and how many they are.
fn sequence(characters: &[char], foreign: bool) -> Option<(char, usize)> {
    let first = byte(*characters.first()?)?;
    let length = match first {
        0xC2..=0xDF => 2,
        0xE0..=0xEF => 3,
        0xF0..=0xF4 => 4,
        _ => return None,
    };
    let mut bytes = [first, 0, 0, 0];
    let mut known = 1;
    let mut width = 1;
    for c in characters.iter().skip(1).take(length - 1) {
        match byte(*c) {
            Some(next @ 0x80..=0xBF) => {
                bytes[known] = next;
                known += 1;
                width += 1;
            }
            _ => break,
        }
    }
    if known == length {
        return decoded(&bytes[..length]).filter(|c| is_likely(*c, first, foreign)).map(|c| (c, width));
    }
    // One byte is lost, or stands there as the sign of a lost character.
    let lost_sign = characters.get(width) == Some(&'\u{FFFD}');
    if known + 1 != length && !lost_sign {
        return None;
    }
    if lost_sign {
        return with_lost_sign(characters, length).or_else(|| inserted(&bytes[..known], length).map(|c| (c, width)));
    }
    (length > 2).then(|| inserted(&bytes[..known], length)).flatten().map(|c| (c, width))
}

/// A sequence in which U+FFFD stands for an undefined byte.
fn with_lost_sign(characters: &[char], length: usize) -> Option<(char, usize)> {
    let window = characters.get(..length)?;
    UNDEFINED.iter().find_map(|lost| {
        let bytes: Option<Vec<u8>> =
            window.iter().map(|c| if *c == '\u{FFFD}' { Some(*lost) } else { byte(*c) }).collect();
        decoded(&bytes?).filter(|c| is_sign(*c)).map(|c| (c, length))
    })
}

/// The sign that comes of putting one undefined byte, or the no-break space's, back into a sequence that misses one.
fn inserted(bytes: &[u8], length: usize) -> Option<char> {
    if bytes.len() + 1 != length {
        return None;
    }
    (1..length).rev().find_map(|place| {
        UNDEFINED.iter().find_map(|lost| {
            let mut whole = [0; 4];
            whole[..place].copy_from_slice(&bytes[..place]);
            whole[place] = *lost;
            whole[place + 1..length].copy_from_slice(&bytes[place..]);
            decoded(&whole[..length]).filter(|c| is_sign(*c))
        })
    })
}

fn decoded(bytes: &[u8]) -> Option<char> {
    std::str::from_utf8(bytes).ok()?.chars().next()
}

/// Whether a decoded character is one that documents use rather than an accident of two letters side by side.
fn is_likely(c: char, first: u8, foreign: bool) -> bool {
    match first {
        0xC2 | 0xC3 => c >= '\u{A0}' || first == 0xC2,
        0xC4..=0xC5 => foreign || HIGH_CONTROLS.contains(&c),
        0xC6..=0xDF => (foreign && ('\u{370}'..='\u{4FF}').contains(&c)) || HIGH_CONTROLS.contains(&c),
        _ => !c.is_control(),
    }
}

/// Punctuation, arrows, boxes and pictures that documents use: only these come of a sequence that lost a byte.
fn is_sign(c: char) -> bool {
    matches!(c,
        '\u{2010}'..='\u{2027}' | '\u{20AC}' | '\u{2122}' | '\u{2190}'..='\u{21FF}' | '\u{23E9}'..='\u{23FA}' | '\u{2500}'..='\u{25FF}'
        | '\u{2610}'..='\u{2612}' | '\u{26A0}' | '\u{26D4}' | '\u{2705}' | '\u{2713}'..='\u{2718}' | '\u{274C}' | '\u{274E}' | '\u{2757}'
        | '\u{FE0F}' | '\u{1F44C}'..='\u{1F44E}' | '\u{1F4C5}' | '\u{1F500}'..='\u{1F5FF}' | '\u{1F6A7}'..='\u{1F6AB}' | '\u{1F7E0}'..='\u{1F7EB}')
}

/// The byte that a character was read from.
fn byte(c: char) -> Option<u8> {
    match c {
        ' ' => Some(0xA0),
        '\u{80}'..='\u{FF}' => u8::try_from(u32::from(c)).ok(),
        _ => HIGH_CONTROLS.iter().position(|high| *high == c).and_then(|at| u8::try_from(at + 0x80).ok()),
    }
}
