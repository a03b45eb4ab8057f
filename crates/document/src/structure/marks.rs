//! The signs by which authors judge.

use crate::statement::Mark;

/// What a character says as a sign.
pub(crate) fn sign(c: char) -> Option<Mark> {
    Some(match c {
        '✅' | '☑' | '✔' | '✓' | '🗸' | '🗹' | '🟢' | '🟩' | '👍' | '💚' | '👌' | '🆗' | '💯' => {
            Mark::Good
        }
        '❌' | '❎' | '✗' | '✘' | '✖' | '✕' | '🗙' | '☒' | '🔴' | '🟥' | '⛔' | '🚫' | '👎' | '🛑' => {
            Mark::Bad
        }
        '⚠' | '🟡' | '🟠' | '🟨' | '🟧' | '🔶' | '🔸' | '❗' | '❕' | '‼' | '🚨' => Mark::Warning,
        '⏳' | '⌛' | '🚧' | '🔄' | '🔁' | '🔃' | '🔜' | '📅' | '📆' | '🗓' | '⏰' | '⏱' | '⏲' | '⏸' | '🏗' => {
            Mark::Waiting
        }
        '\u{1F550}'..='\u{1F567}' => Mark::Waiting,
        '☐' | '⬜' | '🔲' => Mark::Unticked,
        _ => return None,
    })
}

/// What the name in a shortcode such as `:x:` says.
pub(crate) fn shortcode(name: &str) -> Option<Mark> {
    Some(match name {
        "white_check_mark"
        | "heavy_check_mark"
        | "check_mark"
        | "check"
        | "ballot_box_with_check"
        | "green_circle"
        | "large_green_circle"
        | "green_heart"
        | "+1"
        | "thumbsup"
        | "ok_hand"
        | "ok"
        | "tick"
        | "100" => Mark::Good,
        "x"
        | "cross_mark"
        | "heavy_multiplication_x"
        | "negative_squared_cross_mark"
        | "red_circle"
        | "large_red_circle"
        | "no_entry"
        | "no_entry_sign"
        | "-1"
        | "thumbsdown"
        | "stop_sign"
        | "octagonal_sign" => Mark::Bad,
        "warning"
        | "exclamation"
        | "heavy_exclamation_mark"
        | "yellow_circle"
        | "large_yellow_circle"
        | "orange_circle"
        | "large_orange_circle"
        | "large_orange_diamond"
        | "small_orange_diamond"
        | "rotating_light"
        | "bangbang" => Mark::Warning,
        "hourglass"
        | "hourglass_flowing_sand"
        | "construction"
        | "arrows_counterclockwise"
        | "arrows_clockwise"
        | "soon"
        | "clock"
        | "clock3"
        | "calendar"
        | "date"
        | "alarm_clock"
        | "building_construction" => Mark::Waiting,
        "white_large_square" | "white_square_button" => Mark::Unticked,
        _ => return None,
    })
}

/// The box that a text begins with, and its length in bytes: `[x]`, `[ ]`, `[-]`, `[~]`.
pub(crate) fn task_box(text: &str) -> Option<(Mark, usize)> {
    let inner = text.strip_prefix('[')?;
    let mut characters = inner.chars();
    let within = characters.next()?;
    let mark = match within {
        'x' | 'X' => Mark::Ticked,
        ' ' | '_' | '\u{A0}' => Mark::Unticked,
        '-' | '~' | '/' | '…' => Mark::Waiting,
        ']' => return is_apart(characters.next()).then_some((Mark::Unticked, 2)),
        other => match sign(other)? {
            Mark::Good => Mark::Ticked,
            other => other,
        },
    };
    let mut length = 1 + within.len_utf8();
    let mut next = characters.next()?;
    if next == '\u{FE0F}' {
        length += next.len_utf8();
        next = characters.next()?;
    }
    (next == ']' && is_apart(characters.next())).then_some((mark, length + 1))
}

/// Whether a box may stand before this character: otherwise it is a link or an index.
fn is_apart(next: Option<char>) -> bool {
    next.is_none_or(|c| c.is_whitespace() || matches!(c, '|' | ',' | ';' | '.' | '<' | '*' | '\u{FE0F}'))
}

/// What stands behind a sign and belongs to it: selectors of its look, tones of skin, joiners.
pub(crate) fn is_modifier(c: char) -> bool {
    matches!(c, '\u{FE0E}' | '\u{FE0F}' | '\u{200D}' | '\u{20E3}' | '\u{1F3FB}'..='\u{1F3FF}')
}
