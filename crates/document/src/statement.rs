//! What the structure of a document gives: statements with their surroundings, and the use of every line.

use std::ops::Range;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::claim::Lines;

/// A sign by which authors judge: a task's box, a tick, a cross.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mark {
    /// `[x]`
    Ticked,
    /// `[ ]`
    Unticked,
    /// A check mark, a green circle, a thumb up.
    Good,
    /// A warning sign, a yellow circle.
    Warning,
    /// A cross, a red circle, a no-entry sign.
    Bad,
    /// An hourglass, a construction sign, arrows that turn.
    Waiting,
}

/// How a statement is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Form {
    /// An item of a task list.
    Task,
    /// An item of another list.
    Bullet,
    /// A row of a table.
    Row,
    /// A branch of a tree drawn in a code block.
    Branch,
    /// A `key: value` or `**Key:** value` line, in prose or in a code block, or a question with its answer.
    Pair,
    /// A leaf of a YAML or JSON block (or TOML, HCL: `key = value`).
    Leaf,
    /// A sentence of prose.
    Sentence,
    /// A heading that says something itself (`### Status: READY FOR DEPLOYMENT`).
    Heading,
}

/// One statement with its surroundings. All texts are plain: markup, list markers, box-drawing and marks are removed, damage by
/// a wrong encoding is repaired, white space is single.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    /// How it is written.
    pub form: Form,
    /// Where it stands.
    pub lines: Lines,
    /// The bytes of the document that its own text spans, from its first character to behind its last: an annotation may be
    /// put at the end. Inside one line for rows of Markdown, branches and leaves; a pair of prose may go on over lines, as may
    /// a row of HTML. Ends before the line's break.
    pub span: Range<usize>,
    /// The headings above it, the outermost first (the document's title is the first). A line that is wholly bold and
    /// introduces what follows (`**Missing**:`, `**Bucket 1: x**`) counts as a heading, as does a `PASS:` line before a list.
    pub headings: Vec<String>,
    /// Within the headings: the list items, branches, keys, or group rows of a table that it hangs on, the outermost first;
    /// also the name of an alert (`Warning`), a question that it answers, a lead such as `Finding 3`. Long ones are clipped.
    pub parents: Vec<String>,
    /// What it says: the sentence, the item, the row's cells joined with ` | `, the pair.
    pub text: String,
    /// `Multi-AZ` in `Multi-AZ: Yes (automatic failover)`, the first cell of a row. Empty where it has no such part.
    pub key: String,
    /// `Yes (automatic failover)`: what follows the key. Empty where it has no such part.
    pub value: String,
    /// The cells of a row with the headers of their columns, empty cells too. A cell that holds nothing but a sign keeps it.
    pub cells: Vec<(String, String)>,
    /// The signs in it, in their order; for a task its box first.
    pub marks: Vec<Mark>,
    /// For a task: whether any item of the same list is ticked. Then an unticked one is a gap, else the list is a plan.
    pub siblings_ticked: bool,
    /// The texts of code spans in it.
    pub code: Vec<String>,
    /// Whether its author struck it through.
    pub struck: bool,
}

/// One line of a document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Line {
    /// The line's number, from 1.
    pub line: usize,
    /// What it is.
    pub is: LineUse,
}

/// What a line of a document is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LineUse {
    /// Nothing but white space.
    Blank,
    /// A claim begins here: their positions in the list of claims.
    Claim(Vec<usize>),
    /// It belongs to claims that begin above: their positions.
    Part(Vec<usize>),
    /// A statement that no phrase of any check or attestation matches: worth a look.
    Unmapped,
    /// No claim, for this reason.
    NotAClaim(NotAClaim),
}

/// Why a line is no claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum NotAClaim {
    /// A heading, or a line that introduces what follows.
    Heading,
    /// The item, branch or key on which others hang.
    Parent,
    /// The header or the delimiter row of a table, or a row that only groups others.
    TableHeader,
    /// A thematic break, or a line drawn by hand.
    Rule,
    /// The fence of a code block, or brackets alone on their line.
    Fence,
    /// A drawing: arrows, boxes.
    Diagram,
    /// A command, its output or a comment on it.
    Command,
    /// Source code that states nothing of an account.
    Code,
    /// Front matter, or what is said of the document itself: author, date, version.
    Metadata,
    /// A link or an image only, or the definition of a reference or a footnote.
    Link,
    /// A comment or other HTML.
    Html,
    /// Prose that neither asserts nor denies anything of an account.
    Prose,
}
