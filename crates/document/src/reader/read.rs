//! Reading: statements to claims, and every line to its use.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::answer::answered;
use super::cell::{cells, is_matrix};
use super::parameter::parameters;
use super::selector::selector;
use crate::claim::{Because, Claim, Observable, Selector};
use crate::knowledge::{Knowledge, Subject};
use crate::matching::{Above, Match, Said, Surroundings, Where, rank, sections};
use crate::stance::{Judged, is_judged, stance};
use crate::statement::{Form, Line, LineUse, NotAClaim, Statement};
use crate::structure::{LineStructure, structure};
use crate::text::Text;

/// What was read of a document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Reading {
    /// The document's name.
    pub document: String,
    /// Its title, where it has one.
    pub title: Option<String>,
    /// The SHA-256 of its text in UTF-8.
    pub digest: String,
    /// Its claims, in its order.
    pub claims: Vec<Claim>,
    /// What every line is.
    pub lines: Vec<Line>,
}

/// Reads a document.
pub fn read(document: &str, text: &Text, knowledge: &Knowledge) -> Reading {
    let structure = structure(text);
    let mut claims = Vec::new();
    let mut of_statement: Vec<Range<usize>> = Vec::with_capacity(structure.statements.len());
    let said: Vec<Said> = structure.statements.iter().map(|one| Said::of(&one.text, knowledge)).collect();
    let sections = sections(&structure.statements, &said, knowledge);
    let mut above = Above::default();
    for (at, ((statement, said), section)) in structure.statements.iter().zip(&said).zip(&sections).enumerate() {
        let from = claims.len();
        let surroundings = Surroundings::of(statement, said, section, &mut above, knowledge);
        let matches = rank(&surroundings, knowledge);
        let mut of_row = claims_of(document, statement, said, &surroundings, &matches, knowledge);
        if let Some(judged) = answered(statement, structure.statements.get(at + 1)) {
            of_row.iter_mut().for_each(|claim| judge_anew(claim, &judged));
        }
        let of_cells = claims_of_cells(document, statement, &mut above, knowledge);
        claims.extend(joined(of_row, of_cells, knowledge));
        of_statement.push(from..claims.len());
    }
    let lines = structure
        .lines
        .iter()
        .enumerate()
        .map(|(at, line)| Line { line: at + 1, is: line_use(line, &structure.statements, &of_statement) });
    Reading {
        document: document.to_owned(),
        title: structure.title.clone(),
        digest: hex(text.as_str()),
        lines: lines.collect(),
        claims,
    }
}

/// The claims of one statement: one for each of its clauses that speaks of something that a check or an attestation decides.
fn claims_of(
    document: &str,
    statement: &Statement,
    said: &Said,
    surroundings: &Surroundings,
    matches: &[Match],
    knowledge: &Knowledge,
) -> Vec<Claim> {
    let mut by_clause: BTreeMap<usize, Vec<&Match>> = BTreeMap::new();
    for found in matches {
        by_clause.entry(found.clause).or_default().push(found);
    }
    if by_clause.is_empty() {
        return unmapped(document, statement).into_iter().collect();
    }
    let whole = by_clause.len() == 1;
    let claims = by_clause.into_iter().map(|(at, found)| {
        let part = surroundings.clauses.get(at).filter(|_| !whole).cloned().unwrap_or(0..statement.text.len());
        let clause = &statement.text[part.clone()];
        let mut because: Vec<Because> =
            found.iter().map(|found| explain(found, surroundings, statement, knowledge)).collect();
        let judged = stance(statement, clause);
        because.push(Because { decided: "verdict".to_owned(), why: judged.because });
        let subjects: Vec<&Subject> =
            found.iter().filter_map(|found| knowledge.subjects().get(found.subject)).collect();
        let spoken: Vec<(&Subject, usize)> = found
            .iter()
            .filter_map(|found| {
                Some((knowledge.subjects().get(found.subject)?, surroundings.own.get(found.anchor)?.span.start))
            })
            .collect();
        let (params, reasons) = parameters(&spoken, &statement.text, &said.stated, &part);
        because.extend(reasons.into_iter().map(|why| Because { decided: "params".to_owned(), why }));
        let (selector, reason) = selector(statement, clause, whole, &found);
        because.extend(reason.map(|why| Because { decided: "selector".to_owned(), why }));
        let checks: Vec<String> = subjects.iter().map(|subject| subject.id.clone()).collect();
        Claim {
            id: claim_id(document, &checks, &selector, clause),
            lines: statement.lines,
            headings: statement.headings.clone(),
            text: clause.to_owned(),
            verdict: judged.stance,
            observable: observable(&subjects),
            checks,
            selector,
            params,
            because,
        }
    });
    claims.collect()
}

/// Gives a claim the verdict of the answer to it.
fn judge_anew(claim: &mut Claim, judged: &Judged) {
    claim.verdict = judged.stance;
    for because in claim.because.iter_mut().filter(|because| because.decided == "verdict") {
        because.why.clone_from(&judged.because);
    }
}

/// The claims of a row's cells, where the columns' headers name aspects: `| function | memory | tracing |`.
fn claims_of_cells(document: &str, row: &Statement, above: &mut Above, knowledge: &Knowledge) -> Vec<Claim> {
    let mut claims = Vec::new();
    // A row that is judged as a whole is one statement, whatever its cells explain.
    if row.form != Form::Row || is_judged(row) && !is_matrix(row) {
        return claims;
    }
    for cell in cells(row) {
        let said = Said::of(&cell.text, knowledge);
        let surroundings = Surroundings::of(&cell, &said, &[], above, knowledge);
        let mut matches = rank(&surroundings, knowledge);
        // What the cell says by itself the row says already.
        let in_header = |at: &usize| surroundings.own.get(*at).is_some_and(|word| word.span.start < cell.key.len());
        let of_header = |found: &Match| found.own.iter().any(in_header);
        matches.retain(of_header);
        if !matches.is_empty() {
            claims.extend(claims_of(document, &cell, &said, &surroundings, &matches, knowledge));
        }
    }
    claims
}

/// The claims of a row and of its cells: what a cell says more exactly the row does not say too.
fn joined(mut row: Vec<Claim>, cells: Vec<Claim>, knowledge: &Knowledge) -> Vec<Claim> {
    if cells.is_empty() {
        return row;
    }
    let exact: BTreeSet<&str> = cells.iter().flat_map(|claim| &claim.checks).map(String::as_str).collect();
    for claim in &mut row {
        claim.checks.retain(|check| !exact.contains(check.as_str()));
        let subjects: Vec<&Subject> = claim.checks.iter().filter_map(|check| knowledge.subject(check)).collect();
        claim.observable = observable(&subjects);
    }
    row.retain(Claim::is_mapped);
    row.into_iter().chain(cells).collect()
}

/// A statement that judges something of which no check and no attestation knows; prose that judges nothing is no claim.
fn unmapped(document: &str, statement: &Statement) -> Option<Claim> {
    let judged = stance(statement, &statement.text);
    let is_claim = match statement.form {
        Form::Task | Form::Row | Form::Branch | Form::Pair | Form::Leaf => true,
        Form::Bullet | Form::Heading => judged.explicit,
        Form::Sentence => false,
    };
    is_claim.then(|| Claim {
        id: claim_id(document, &[], &Selector::default(), &statement.text),
        lines: statement.lines,
        headings: statement.headings.clone(),
        text: statement.text.clone(),
        verdict: judged.stance,
        observable: None,
        checks: Vec::new(),
        selector: Selector::default(),
        params: serde_json::Map::new(),
        because: vec![
            Because { decided: "checks".to_owned(), why: "no phrase of any check or attestation fits it".to_owned() },
            Because { decided: "verdict".to_owned(), why: judged.because },
        ],
    })
}

fn explain(found: &Match, surroundings: &Surroundings, statement: &Statement, knowledge: &Knowledge) -> Because {
    let id = knowledge.subjects().get(found.subject).map(|subject| subject.id.as_str()).unwrap_or_default();
    let phrase = knowledge.phrases().get(found.phrase).map(|phrase| phrase.text.as_str()).unwrap_or_default();
    let own: Vec<&str> = found
        .own
        .iter()
        .filter_map(|at| surroundings.own.get(*at))
        .map(|word| &statement.text[word.span.clone()])
        .collect();
    let mut why = format!("{id}: the phrase `{phrase}` by `{}`", own.join(" "));
    let mut places: Vec<Where> = found.around.iter().map(|(_, place)| *place).collect();
    places.sort();
    places.dedup();
    let texts: Vec<String> = places
        .iter()
        .filter_map(|place| match place {
            Where::Parent(distance) => statement.parents.iter().rev().nth(*distance),
            Where::Heading(distance) => statement.headings.iter().rev().nth(*distance),
            Where::Beside => None,
        })
        .map(|text| format!("`{text}`"))
        .collect();
    if places.contains(&Where::Beside) {
        why += " beside others that name the service";
    }
    if !texts.is_empty() {
        why += &format!(" under {}", texts.join(" and "));
    }
    why += &format!(" ({:.0} % of it)", found.coverage * 100.0);
    Because { decided: "checks".to_owned(), why }
}

/// An attestation that comes first asks for a person, whatever supports it.
fn observable(subjects: &[&Subject]) -> Option<Observable> {
    match subjects.first().map(|subject| subject.observable) {
        Some(Observable::Attest) => Some(Observable::Attest),
        _ => subjects.iter().map(|subject| subject.observable).filter(|one| *one != Observable::Attest).max(),
    }
}

fn hex(text: &str) -> String {
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What names a claim within its document: its first check, and four digits made of the document's name, its checks and its
/// selector; of its text where nothing decides it.
pub fn claim_id(document: &str, checks: &[String], selector: &Selector, text: &str) -> String {
    let mut sorted: Vec<&str> = checks.iter().map(String::as_str).collect();
    sorted.sort_unstable();
    let mut hash = Sha256::new();
    hash.update(document);
    for part in sorted.iter().copied().chain(selector.resources.iter().chain(&selector.regions).map(String::as_str)) {
        hash.update([0]);
        hash.update(part);
    }
    if checks.is_empty() {
        hash.update(text);
    }
    let mark: String = hash.finalize().iter().take(3).map(|byte| format!("{byte:02x}")).collect();
    match checks.first() {
        Some(first) => format!("{first}~{}", &mark[..4]),
        None => format!("unmapped~{mark}"),
    }
}

/// What a line is, once the claims of its statements are known.
fn line_use(line: &LineStructure, statements: &[Statement], of_statement: &[Range<usize>]) -> LineUse {
    let (begin, part) = match line {
        LineStructure::Blank => return LineUse::Blank,
        LineStructure::NotAClaim(why) => return LineUse::NotAClaim(*why),
        LineStructure::Statements { begin, part } => (begin, part),
    };
    let claims = |of: &[usize]| of.iter().filter_map(|at| of_statement.get(*at).cloned()).flatten().collect::<Vec<_>>();
    let mut forms = begin.iter().chain(part).filter_map(|at| statements.get(*at)).map(|statement| statement.form);
    let (begun, parts) = (claims(begin), claims(part));
    match (begun.is_empty(), parts.is_empty()) {
        (false, _) => LineUse::Claim(begun),
        (true, false) => LineUse::Part(parts),
        (true, true) if forms.any(|form| form == Form::Bullet) => LineUse::Unmapped,
        (true, true) => LineUse::NotAClaim(NotAClaim::Prose),
    }
}
