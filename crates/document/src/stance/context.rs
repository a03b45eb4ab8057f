//! What the headings and parents of a statement make of it.

use std::sync::LazyLock;

use super::lexicon::{Found, Lexicon};
use super::saying::{self, Said};
use super::tokens::tokens;
use crate::Statement;

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
    /// Switched off on purpose.
    Off,
}

/// What is half there.
const PARTIAL: &[&str] = &[
    "partial",
    "partially",
    "partially met",
    "partial compliance",
    "not fully met",
    "not fully",
    "not fully implemented",
    "in progress",
    "work in progress",
    "pending",
    "ongoing",
    "teilweise",
    "en cours",
    "parcial",
    "partiel",
    "partiels",
];

/// What lacks.
const GAP: &[&str] = &[
    "missing",
    "what's missing",
    "whats missing",
    "what is missing",
    "gap",
    "gaps",
    "weakness",
    "weaknesses",
    "not implemented",
    "not yet implemented",
    "not configured",
    "not in place",
    "not enabled",
    "not met",
    "not done",
    "blocking",
    "blocker",
    "blockers",
    "outstanding",
    "deficiency",
    "deficiencies",
    "omission",
    "omissions",
    "lacking",
    "non compliant",
    "non compliance",
    "fail",
    "failed",
    "failing",
    "needs improvement",
    "shortcoming",
    "shortcomings",
    "open issues",
    "open items",
    "open points",
    "open findings",
    "unresolved",
    "absent",
    "not covered",
    "not addressed",
    "what does not work",
    "what doesn't work",
    "what's broken",
    "the bad",
    "the ugly",
    "cons",
    "requires improvement",
    "nonconformities",
    "schwächen",
    "lücken",
    "fehlend",
    "mängel",
    "offene punkte",
    "lacunes",
    "manques",
    "faiblesses",
    "points faibles",
    "carencias",
    "debilidades",
    "brechas",
    "faltantes",
    "lacunas",
    "carenze",
    "tekortkomingen",
    "red flags",
    "unmet",
    "negative findings",
    "negatives",
];

/// What may go wrong.
const RISK: &[&str] = &[
    "issue",
    "issues",
    "risks",
    "risk register",
    "security risks",
    "finding",
    "findings",
    "concerns",
    "concern",
    "vulnerabilities",
    "vulnerability",
    "violations",
    "high risk",
    "critical risk",
    "medium risk",
    "low risk",
    "critical severity",
    "high severity",
    "medium severity",
    "low severity",
    "problem",
    "problems",
    "pain points",
    "technical debt",
    "tech debt",
    "limitations",
    "known issues",
    "anti patterns",
    "threats",
    "risiken",
    "probleme",
    "risques",
    "problèmes",
    "riesgos",
    "problemas",
    "rischi",
    "areas for improvement",
    "areas of improvement",
    "improvement areas",
    "challenges",
    "single points of failure",
];

/// What is good.
const GOOD: &[&str] = &[
    "strength",
    "strengths",
    "implemented",
    "achieved",
    "achievements",
    "in place",
    "what works",
    "what works well",
    "what's working",
    "works well",
    "working well",
    "working",
    "what went well",
    "what is good",
    "positive",
    "positives",
    "positive findings",
    "positive observations",
    "pass",
    "passed",
    "passing",
    "compliant",
    "completed",
    "complete",
    "done",
    "accomplishments",
    "accomplished",
    "met",
    "fully met",
    "the good",
    "pros",
    "well done",
    "good",
    "excellent",
    "existing controls",
    "current controls",
    "controls in place",
    "mitigations in place",
    "ready",
    "benefits",
    "value added",
    "good practices observed",
    "stärken",
    "umgesetzt",
    "vorhanden",
    "erledigt",
    "points forts",
    "forces",
    "en place",
    "fortalezas",
    "implementado",
    "punti di forza",
    "pontos fortes",
    "sterke punten",
    "enabled",
    "active",
];

/// Gaps that were closed.
const CLOSED: &[&str] = &[
    "fixed",
    "resolved",
    "closed",
    "remediated",
    "addressed",
    "mitigated",
    "solved",
    "issues fixed",
    "fixes applied",
    "improvements made",
    "what we fixed",
    "completed",
    "completed action items",
    "implemented recommendations",
    "behoben",
    "résolus",
    "resueltos",
];

/// What is to be done.
const PLAN: &[&str] = &[
    "recommendation",
    "recommendations",
    "recommended",
    "recommended practices",
    "recommended actions",
    "next step",
    "next steps",
    "next phase",
    "roadmap",
    "action item",
    "action items",
    "action",
    "actions",
    "action plan",
    "immediate actions",
    "immediate action",
    "to do",
    "to dos",
    "todo",
    "todos",
    "remediation",
    "remediations",
    "remediation plan",
    "remediation required",
    "mitigation",
    "mitigation plan",
    "future",
    "future work",
    "future improvements",
    "priority",
    "opportunities",
    "opportunity",
    "improvement",
    "improvements",
    "improvement plan",
    "goals",
    "short term",
    "long term",
    "medium term",
    "mid term",
    "immediate focus",
    "objectives",
    "planned",
    "planned improvements",
    "proposed",
    "proposal",
    "proposals",
    "backlog",
    "quick wins",
    "quick win",
    "requires attention",
    "needs attention",
    "attention required",
    "target state",
    "to be",
    "wishlist",
    "wish list",
    "suggestions",
    "suggestion",
    "suggested",
    "consideration",
    "considerations",
    "follow up",
    "follow ups",
    "upcoming",
    "optional",
    "plan of action",
    "corrective action",
    "corrective actions",
    "should have",
    "nice to have",
    "could have",
    "must have",
    "must haves",
    "implementation plan",
    "migration plan",
    "what to do",
    "what's next",
    "whats next",
    "proposed changes",
    "hardening steps",
    "empfehlung",
    "empfehlungen",
    "maßnahmen",
    "massnahmen",
    "nächste schritte",
    "offene aufgaben",
    "geplant",
    "recommandation",
    "recommandations",
    "prochaines étapes",
    "actions à mener",
    "à faire",
    "recomendaciones",
    "recomendación",
    "próximos pasos",
    "acciones",
    "recomendações",
    "próximos passos",
    "raccomandazioni",
    "prossimi passi",
    "aanbevelingen",
    "volgende stappen",
];

/// What is there now.
const PRESENT: &[&str] = &[
    "current",
    "currently",
    "current state",
    "current status",
    "current implementation",
    "existing",
    "as is",
    "today",
    "actual",
    "observed",
    "status quo",
    "ist zustand",
    "état actuel",
    "estado actual",
    "stato attuale",
];

/// What is demanded of any system.
const DEMAND: &[&str] = &[
    "checklist",
    "check list",
    "requirement",
    "requirements",
    "guideline",
    "guidelines",
    "standard",
    "standards",
    "baseline",
    "acceptance criteria",
    "criteria",
    "definition of done",
    "control objectives",
    "prerequisites",
    "rules of thumb",
    "principles",
    "policy statements",
    "conventions",
    "expectations",
    "user stories",
    "anforderungen",
    "vorgaben",
    "exigences",
    "requisitos",
    "eisen",
];

/// A whole document that tells how to do things.
const MANUAL: &[&str] =
    &["guide", "handbook", "playbook", "best practices", "blueprint", "leitfaden", "handbuch", "guía", "guida"];

/// A document that judges: what it lists as requirements it also rates.
const REVIEW: &[&str] = &[
    "review",
    "audit",
    "assessment",
    "report",
    "analysis",
    "evaluation",
    "vs",
    "versus",
    "status",
    "results",
    "findings",
    "validation",
    "compliance",
    "inventory",
    "prüfbericht",
    "rapport",
    "informe",
];

/// How something is set up.
const DESCRIPTION: &[&str] = &[
    "configuration",
    "configurations",
    "config",
    "architecture",
    "detail",
    "details",
    "detailed",
    "overview",
    "inventory",
    "topology",
    "settings",
    "specification",
    "specifications",
    "environment",
    "outputs",
    "summary",
    "reference",
    "procedure",
    "procedures",
    "flow",
    "diagram",
    "costs",
    "cost",
    "parameters",
    "resources",
    "resource",
    "attributes",
    "properties",
    "facts",
    "infrastructure",
    "components",
    "setup",
    "dashboard",
    "metrics",
    "alarms",
    "network",
    "networking",
    "rules",
    "tags",
    "listeners",
    "konfiguration",
    "übersicht",
    "architektur",
    "vue d'ensemble",
    "configuración",
    "inventario",
    "resumen",
    "architettura",
];

/// What was left out on purpose.
const OFF: &[&str] = &[
    "out of scope",
    "not applicable",
    "accepted risks",
    "accepted risk",
    "risk acceptance",
    "risks accepted",
    "won't do",
    "non goals",
    "not needed",
    "intentionally disabled",
    "deliberately omitted",
    "intentionally omitted",
    "exceptions",
    "nicht im umfang",
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Sense(Sense),
    Closed,
    Manual,
    Review,
    Nothing,
}

/// Names of things that hold a word of the lists above.
const NOTHING: &[&str] = &[
    "key findings",
    "security hub findings",
    "cloudtrail findings",
    "guardduty findings",
    "risk assessment",
    "risk level",
    "risk rating",
    "root cause",
    "default action",
    "good practices",
    "github actions",
    "missing data",
    "actions taken",
    "failed logins",
    "target group",
    "change management",
    "action required by",
    "issue tracking",
    "priority class",
    "as is basis",
    "data at rest",
    "complete control",
    "high availability",
    "recovery time objective",
    "recovery time objectives",
    "recovery point objective",
    "recovery point objectives",
    "service level objectives",
    "rto",
    "technical requirements met",
    "low impact",
    "high impact",
    "medium impact",
    "alarm action",
    "alarm actions",
    "active directory",
    "active active",
    "active passive",
    "lifecycle actions",
    "open source",
    "done by",
    "password policy",
];

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
    let parents = statement.parents.iter().rev().map(|text| (text, "parent"));
    let title = statement.headings.first();
    let headings = statement.headings.iter().skip(1).rev().map(|text| (text, "heading"));
    let mut description = None;
    for (text, what) in parents.chain(headings) {
        let Some((sense, word, sign)) = sense(text, what == "parent") else { continue };
        let context = Context { sense, by: by(&word, what, text), sign, title: false };
        if sense != Sense::Description {
            return Some(context);
        }
        description.get_or_insert(context);
    }
    title.and_then(|title| of_title(title).or_else(|| of_only_heading(statement, title))).or(description)
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
    has(Kind::Sense(Sense::Gap)).and_then(|found| context(Sense::Gap, found))
}

/// A document that begins with `## Strengths` has no title: its first heading is one like others.
fn of_only_heading(statement: &Statement, heading: &str) -> Option<Context> {
    if tokens(heading).len() > 4 {
        return None;
    }
    let (sense, word, sign) = sense(heading, false)?;
    (statement.headings.len() == 1).then(|| Context { sense, by: by(&word, "heading", heading), sign, title: false })
}

fn word_of(text: &str, tokens: &[super::tokens::Token], found: &Found<Kind>) -> String {
    let at = tokens.get(found.first).zip(tokens.get(found.last));
    at.and_then(|(first, last)| text.get(first.at.start..last.at.end)).unwrap_or_default().to_owned()
}

/// The sense of one heading: its sign, else its strongest word. An empty word stands for the sign.
fn sense(text: &str, parent: bool) -> Option<(Sense, String, bool)> {
    if let Some(sense) = sign(text) {
        return Some((sense, String::new(), true));
    }
    let tokens = tokens(text);
    let found = SENSES.scan(&tokens);
    let has = |kind: Kind| found.iter().find(|found| found.kind == kind).map(|found| word_of(text, &tokens, found));
    let review = has(Kind::Review).is_some();
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
        (Kind::Sense(Sense::Description), Sense::Description),
    ];
    // A parent in a sentence's length is a statement; only what it tells to do passes on.
    let long = parent && tokens.len() > 8;
    for (kind, sense) in order {
        if long || (sense == Sense::Demand && review) {
            continue;
        }
        if let Some(word) = has(kind) {
            if sense == Sense::Description
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
    let said = saying::say(strip_number(text))?;
    (said.said == Said::Ordered).then(|| said.by.replace('`', "").replace("the order ", ""))
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
    let found = SENSES.scan(&tokens);
    let whole = found.iter().find(|found| found.first == 0 && found.last + 1 == tokens.len())?;
    let Kind::Sense(sense) = whole.kind else { return None };
    Some(Context { sense, by: format!("the label `{label}`"), sign: false, title: false })
}
