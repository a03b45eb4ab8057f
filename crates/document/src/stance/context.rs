//! What the headings and parents of a statement make of it.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::LazyLock;

use super::lexicon::{Found, Lexicon};
use super::saying;
use super::senses::{
    CLOSED, DEMAND, DESCRIPTION, GAP, GOOD, MANUAL, NOTHING, OFF, PARTIAL, PLAN, PRESENT, PROCEDURE, REVIEW, RISK,
};
use super::tokens::{clip, tokens};
use crate::{Form, Statement};

/// The sense of a heading, a parent, or the label before a colon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sense {
    /// What is half there.
    Partial,
    /// What lacks.
    Gap,
    /// What may go wrong: a gap unless the words say otherwise.
    Risk,
    /// What is good.
    Good,
    /// What is to be done.
    Plan,
    /// What is there now.
    Present,
    /// What is demanded of any system.
    Demand,
    /// How something is set up: values.
    Description,
    /// The steps of a procedure: its orders are no plans.
    Procedure,
    /// Switched off on purpose.
    Off,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Sense(Sense),
    Closed,
    Manual,
    Review,
    Nothing,
}

static SENSES: LazyLock<Lexicon<Kind>> = LazyLock::new(|| {
    Lexicon::new(&[
        (Kind::Nothing, NOTHING),
        (Kind::Sense(Sense::Off), OFF),
        (Kind::Sense(Sense::Partial), PARTIAL),
        (Kind::Closed, CLOSED),
        (Kind::Sense(Sense::Gap), GAP),
        (Kind::Sense(Sense::Plan), PLAN),
        (Kind::Sense(Sense::Risk), RISK),
        (Kind::Sense(Sense::Good), GOOD),
        (Kind::Sense(Sense::Present), PRESENT),
        (Kind::Sense(Sense::Demand), DEMAND),
        (Kind::Manual, MANUAL),
        (Kind::Review, REVIEW),
        (Kind::Sense(Sense::Procedure), PROCEDURE),
        (Kind::Sense(Sense::Description), DESCRIPTION),
    ])
});

/// The sense that surrounds a statement, and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Context {
    /// The sense.
    pub(super) sense: Sense,
    /// `` `missing` in the heading `Gaps` ``.
    pub(super) by: String,
    /// Whether a sign in the heading says it.
    pub(super) sign: bool,
    /// Whether only the document's title says it.
    pub(super) title: bool,
}

/// The nearest heading or parent with a sense. Descriptions count only where nothing farther judges.
pub(super) fn of(statement: &Statement) -> Option<Context> {
    let parents = statement.parents.iter().rev().take(NEAR).map(|text| (text, "parent"));
    let title = statement.headings.first();
    let headings = statement.headings.iter().skip(1).rev().map(|text| (text, "heading"));
    let mut description = None;
    let steps = matches!(statement.form, Form::Branch | Form::Leaf)
        || statement
            .headings
            .iter()
            .any(|heading| sense(heading, false).is_some_and(|(sense, _, _)| sense == Sense::Procedure));
    for (text, what) in parents.chain(headings) {
        let Some((sense, word, sign)) = sense(text, what == "parent") else { continue };
        if what == "parent" && steps && sense == Sense::Plan && ordered(text).is_some() {
            continue;
        }
        let context = Context { sense, by: by(&word, what, text), sign, title: false };
        if !matches!(sense, Sense::Description | Sense::Procedure) {
            return Some(context);
        }
        description.get_or_insert(context);
    }
    description_or(title.and_then(|title| of_only_heading(statement, title).or_else(|| of_title(title))), description)
}

/// What a title demands outweighs a description in a heading; a title that describes does not.
fn description_or(title: Option<Context>, description: Option<Context>) -> Option<Context> {
    match title {
        Some(title) if !matches!(title.sense, Sense::Description | Sense::Procedure) => Some(title),
        other => description.or(other),
    }
}

fn by(word: &str, what: &str, text: &str) -> String {
    let text: String = text.chars().take(60).collect();
    if word.is_empty() {
        format!("the sign in the {what} `{text}`")
    } else {
        format!("`{word}` in the {what} `{text}`")
    }
}

/// What the title of the document makes of all statements: a checklist or a standard demands.
fn of_title(title: &str) -> Option<Context> {
    let tokens = tokens(title);
    let found = SENSES.scan(&tokens);
    let has = |kind: Kind| found.iter().find(|found| found.kind == kind);
    let context = |sense, found: &Found<Kind>| {
        let word = word_of(title, &tokens, found);
        Some(Context { sense, by: format!("`{word}` in the title"), sign: false, title: true })
    };
    if has(Kind::Review).is_some() && has(Kind::Sense(Sense::Plan)).is_none() {
        return None;
    }
    if let Some(found) = has(Kind::Sense(Sense::Demand)).or_else(|| has(Kind::Manual)) {
        return context(Sense::Demand, found);
    }
    if let Some(found) = has(Kind::Sense(Sense::Plan)) {
        return context(Sense::Plan, found);
    }
    if let Some(found) = has(Kind::Sense(Sense::Gap)) {
        return context(Sense::Gap, found);
    }
    has(Kind::Sense(Sense::Description)).and_then(|found| context(Sense::Description, found))
}

/// A document that begins with `## Strengths` has no title: its first heading is one like others.
fn of_only_heading(statement: &Statement, heading: &str) -> Option<Context> {
    if tokens(heading).len() > 4 {
        return None;
    }
    let (sense, word, sign) = sense(heading, false)
        .filter(|(sense, _, _)| !matches!(sense, Sense::Description | Sense::Procedure | Sense::Demand))?;
    (statement.headings.len() == 1).then(|| Context { sense, by: by(&word, "heading", heading), sign, title: false })
}

fn word_of(text: &str, tokens: &[super::tokens::Token], found: &Found<Kind>) -> String {
    let at = tokens.get(found.first).zip(tokens.get(found.last));
    at.and_then(|(first, last)| text.get(first.at.start..last.at.end)).unwrap_or_default().to_owned()
}

thread_local! {
    /// The senses of headings and parents: statements share them.
    static KNOWN: RefCell<HashMap<String, [Option<Given>; 2]>> = RefCell::new(HashMap::new());
}

/// A sense, the word that gives it, and whether a sign does.
type Given = Option<(Sense, String, bool)>;

/// How many parents may give a sense: the nearest.
const NEAR: usize = 20;

/// How many texts are remembered.
const REMEMBERED: usize = 2_000;

/// The sense of one heading or parent.
fn sense(text: &str, parent: bool) -> Given {
    let text = clip(text, 0);
    let known = KNOWN.with_borrow(|known| known.get(text).and_then(|known| known[usize::from(parent)].clone()));
    if let Some(known) = known {
        return known;
    }
    let found = read_sense(text, parent);
    KNOWN.with_borrow_mut(|known| {
        if known.len() >= REMEMBERED {
            known.clear();
        }
        known.entry(text.to_owned()).or_default()[usize::from(parent)] = Some(found.clone());
    });
    found
}

/// The sense of one heading: its sign, else its strongest word. An empty word stands for the sign.
fn read_sense(text: &str, parent: bool) -> Given {
    let tokens = tokens(text);
    let found = SENSES.scan(&tokens);
    if let Some(sense) = sign(text) {
        // `🟢 Priority 3`: the colour tells how urgent the plan is.
        let says = |sense: Sense| found.iter().any(|found| found.kind == Kind::Sense(sense));
        if !says(Sense::Plan) || says(sense) {
            return Some((sense, String::new(), true));
        }
    }
    let has = |kind: Kind| found.iter().find(|found| found.kind == kind).map(|found| word_of(text, &tokens, found));
    let review = found.iter().any(|found| found.kind == Kind::Review);
    let order = [
        (Kind::Sense(Sense::Off), Sense::Off),
        (Kind::Sense(Sense::Partial), Sense::Partial),
        (Kind::Closed, Sense::Good),
        (Kind::Sense(Sense::Gap), Sense::Gap),
        (Kind::Sense(Sense::Plan), Sense::Plan),
        (Kind::Sense(Sense::Risk), Sense::Risk),
        (Kind::Sense(Sense::Present), Sense::Present),
        (Kind::Sense(Sense::Good), Sense::Good),
        (Kind::Sense(Sense::Demand), Sense::Demand),
        (Kind::Sense(Sense::Procedure), Sense::Procedure),
        (Kind::Sense(Sense::Description), Sense::Description),
    ];
    // A parent in a sentence's length is a statement; only what it tells to do passes on.
    let long = parent && tokens.len() > 8;
    for (kind, sense) in order {
        if long || (sense == Sense::Demand && review) {
            continue;
        }
        if let Some(word) = has(kind) {
            if matches!(sense, Sense::Description | Sense::Procedure)
                && let Some(order) = ordered(text)
            {
                return Some((Sense::Plan, order, false));
            }
            return Some((sense, word, false));
        }
    }
    if let Some(order) = ordered(text) {
        return Some((Sense::Plan, order, false));
    }
    None
}

/// `Implement Secrets Rotation`: a heading that orders.
fn ordered(text: &str) -> Option<String> {
    saying::order(strip_number(text))
}

/// `3. Configure ...` or `Step 3: ...` without its number.
fn strip_number(text: &str) -> &str {
    let rest = text.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.' || c == ')' || c.is_whitespace());
    if rest.is_empty() { text } else { rest }
}

/// The sign at the front of a heading.
fn sign(text: &str) -> Option<Sense> {
    text.chars().find_map(|c| match c {
        '✅' | '☑' | '✔' | '✓' | '🟢' | '👍' | '💚' => Some(Sense::Good),
        '❌' | '✗' | '✘' | '✖' | '🔴' | '⛔' | '🚫' | '👎' => Some(Sense::Gap),
        '⏳' | '⌛' | '🚧' | '🔜' | '📅' => Some(Sense::Plan),
        '⚠' | '🟡' | '🟠' | '🔶' => Some(warned(text)),
        _ => None,
    })
}

/// A warning sign: its words say of what.
fn warned(text: &str) -> Sense {
    let tokens = tokens(text);
    let found = SENSES.scan(&tokens);
    if found.iter().any(|found| found.kind == Kind::Sense(Sense::Gap)) {
        Sense::Gap
    } else if found.iter().any(|found| found.kind == Kind::Sense(Sense::Plan)) {
        Sense::Plan
    } else {
        Sense::Partial
    }
}

/// The sense of a label before a colon: `Risk: ...`, `Recommendation: ...`, `Current state: ...`. The label must be one, as a
/// whole or as its first or last word.
pub(super) fn of_label(label: &str) -> Option<Context> {
    let tokens = tokens(label);
    if tokens.len() > 3 || tokens.is_empty() {
        return None;
    }
    if let [one] = tokens.as_slice()
        && ["risk", "weakness", "gap", "problem"].contains(&one.word.as_str())
    {
        return Some(Context { sense: Sense::Risk, by: format!("the label `{label}`"), sign: false, title: false });
    }
    let found = SENSES.scan(&tokens);
    let whole = found.iter().find(|found| found.first == 0 && found.last + 1 == tokens.len())?;
    let Kind::Sense(sense) = whole.kind else { return None };
    Some(Context { sense, by: format!("the label `{label}`"), sign: false, title: false })
}
