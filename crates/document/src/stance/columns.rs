//! Headers of columns, each list with what such a column says.

/// Columns that judge the row.
pub(super) const STATUS: &[&str] = &[
    "status", "result", "results", "state", "verdict", "assessment", "rag", "rag status", "coverage", "pass/fail",
    "pass", "outcome", "conclusion", "rating", "evaluation", "finding status", "compliance", "compliance status",
    "test result", "score", "answer", "response", "implementation status", "current status", "maturity", "health",
    "check", "ok", "done", "done?", "✓", "ergebnis", "stand", "bewertung", "erfüllt", "antwort", "statut", "état",
    "résultat", "réponse", "estado", "resultado", "cumple", "respuesta", "situação", "stato", "esito",
    "statuskennzeichen", "gereed", "oordeel",
];

/// Columns in which yes and no say whether the row's demand is met.
pub(super) const MET: &[&str] = &[
    "compliant", "compliant?", "compliance?", "met", "met?", "implemented", "implemented?", "present", "present?",
    "in place", "in place?", "enabled", "enabled?", "exists", "exists?", "configured", "configured?", "covered",
    "covered?", "satisfied", "satisfied?", "y/n", "yes/no", "fulfilled", "konform", "conforme", "vorhanden",
    "umgesetzt", "addressed", "addressed?", "live", "live?", "active", "deployed",
];

/// Columns that say what is so now.
pub(super) const ACTUAL: &[&str] = &[
    "actual", "after", "current", "now", "today", "as is", "as-is", "current state", "observed", "current value",
    "actual value", "current setting", "found", "reality", "ist", "actuel", "actual state", "live value", "to date",
];

/// Columns that say what should be.
pub(super) const WANTED: &[&str] = &[
    "expected", "target", "required", "desired", "recommended", "recommendation", "should be", "to be", "to-be", "goal",
    "soll", "cible", "objetivo", "expected value", "target state", "desired state", "action", "actions", "remediation",
    "mitigation", "next step", "next steps", "plan", "proposed", "suggested", "fix", "todo", "requirement",
    "requirements", "maßnahme", "empfehlung", "recommandation", "recomendación",
];

/// Columns that explain and judge nothing.
pub(super) const REMARKS: &[&str] = &[
    "notes", "note", "comment", "comments", "remark", "remarks", "impact", "rationale", "reason", "why", "owner", "due",
    "due date", "reference", "references", "ref", "severity", "priority", "likelihood", "probability", "date", "id",
    "#", "no", "no.", "nr", "nr.", "source", "link", "ticket", "effort", "savings", "bemerkung", "bemerkungen",
    "kommentar", "commentaire", "remarque", "responsible", "risk level", "category", "details", "description", "review",
    "next review", "last review", "reviewed", "tier", "weight", "deadline",
];

/// Columns by which a table is known as a register of risks.
pub(super) const REGISTER: &[&str] = &[
    "likelihood", "probability", "risk", "threat", "severity", "wahrscheinlichkeit", "probabilité", "finding", "issue",
    "gap", "vulnerability",
];

/// First or last words of headers of columns that judge: `Retest result`, `Status in May`.
pub(super) const STATUS_WORDS: &[&str] = &[
    "status", "result", "state", "verdict", "outcome", "conclusion", "ergebnis", "statut", "estado", "stato",
];

/// Columns in which a plain no says that the thing is left out.
pub(super) const APPLICABLE: &[&str] = &[
    "applicable", "applicable?", "in scope", "in scope?", "in use", "in use?", "used", "used?", "needed", "needed?",
    "anwendbar", "applicable ?", "aplicable", "genutzt",
];

/// Columns of a register of risks that say what is done about the risk.
pub(super) const TREATMENT: &[&str] = &[
    "treatment", "response", "controls", "existing controls", "current controls", "safeguards", "behandlung",
    "traitement", "tratamiento",
];
