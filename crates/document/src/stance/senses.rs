//! Words that give a heading, a parent or a label its sense, each list with its meaning. Lower case, hyphens as spaces.

/// What is half there.
pub(super) const PARTIAL: &[&str] = &[
    "partial", "partially", "partially met", "partial compliance", "not fully met", "not fully",
    "not fully implemented", "in progress", "work in progress", "pending", "ongoing", "doing", "in flight", "in arbeit", "teilweise", "en cours",
    "parcial", "partiel", "partiels",
];

/// What lacks.
pub(super) const GAP: &[&str] = &[
    "missing", "what's missing", "whats missing", "what is missing", "gap", "gaps", "weakness", "weaknesses",
    "not implemented", "not yet implemented", "not configured", "not in place", "not enabled", "not met", "not done",
    "blocking", "blocker", "blockers", "outstanding", "deficiency", "deficiencies", "omission", "omissions", "lacking",
    "non compliant", "non compliance", "fail", "failed", "failing", "needs improvement", "shortcoming", "shortcomings",
    "open issues", "open findings", "unresolved", "absent", "not covered", "not addressed", "what does not work",
    "what doesn't work", "what's broken", "the bad", "the ugly", "cons", "requires improvement", "nonconformities",
    "schwächen", "lücken", "fehlend", "mängel", "lacunes", "manques", "faiblesses", "points faibles", "carencias",
    "debilidades", "brechas", "faltantes", "lacunas", "carenze", "tekortkomingen", "red flags", "unmet",
    "negative findings", "negatives",
];

/// What may go wrong.
pub(super) const RISK: &[&str] = &[
    "issue", "issues", "risks", "risk register", "security risks", "finding", "findings", "concerns", "concern",
    "vulnerabilities", "vulnerability", "violations", "high risk", "critical risk", "medium risk", "low risk",
    "critical severity", "high severity", "medium severity", "low severity", "problems", "pain points",
    "technical debt", "tech debt", "limitations", "known issues", "anti patterns", "threats", "risiken", "probleme",
    "risques", "problèmes", "riesgos", "problemas", "rischi", "areas for improvement", "areas of improvement",
    "improvement areas", "challenges", "single points of failure",
];

/// What is good.
pub(super) const GOOD: &[&str] = &[
    "strength", "strengths", "implemented", "achieved", "achievements", "in place", "what works", "what works well",
    "what's working", "works well", "working well", "working", "what went well", "what is good", "positive",
    "positives", "positive findings", "positive observations", "pass", "passed", "passing", "compliant", "completed",
    "complete", "done", "accomplishments", "accomplished", "met", "fully met", "the good", "pros", "well done", "good",
    "excellent", "existing controls", "current controls", "controls in place", "mitigations in place", "ready",
    "benefits", "value added", "good practices observed", "stärken", "umgesetzt", "vorhanden", "erledigt",
    "points forts", "forces", "en place", "fortalezas", "implementado", "punti di forza", "pontos fortes",
    "sterke punten", "enabled", "active",
];

/// Gaps that were closed.
pub(super) const CLOSED: &[&str] = &[
    "fixed", "resolved", "closed", "remediated", "addressed", "mitigated", "solved", "issues fixed", "fixes applied",
    "improvements made", "what we fixed", "completed", "completed action items", "implemented recommendations",
    "behoben", "résolus", "resueltos",
];

/// What is to be done.
pub(super) const PLAN: &[&str] = &[
    "recommendation", "recommendations", "recommended", "recommended practices", "recommended actions", "next step",
    "next steps", "next phase", "roadmap", "action item", "action items", "action", "actions", "action plan",
    "immediate actions", "immediate action", "to do", "to dos", "todo", "todos", "remediation", "remediations",
    "remediation plan", "remediation required", "mitigation", "mitigation plan", "future", "future work",
    "future improvements", "priority", "opportunities", "opportunity", "improvement", "improvements",
    "improvement plan", "goals", "short term", "long term", "medium term", "mid term", "immediate focus", "objectives",
    "planned", "planned improvements", "proposed", "proposal", "proposals", "backlog", "quick wins", "quick win",
    "requires attention", "needs attention", "attention required", "target state", "to be", "wishlist", "wish list",
    "suggestions", "suggestion", "suggested", "consideration", "considerations", "follow up", "follow ups", "upcoming",
    "optional", "plan of action", "corrective action", "corrective actions", "should have", "nice to have",
    "could have", "must have", "must haves", "implementation plan", "migration plan", "what to do", "what's next",
    "whats next", "proposed changes", "hardening steps", "empfehlung", "empfehlungen", "maßnahmen", "massnahmen",
    "nächste schritte", "offene aufgaben", "geplant", "recommandation", "recommandations", "prochaines étapes",
    "actions à mener", "à faire", "recomendaciones", "recomendación", "próximos pasos", "acciones", "recomendações",
    "próximos passos", "raccomandazioni", "prossimi passi", "aanbevelingen", "volgende stappen", "before launch",
    "before go live", "before going live", "pre launch", "vor dem start", "offene punkte", "open points", "open items",
    "up next", "still to do", "next", "later", "someday", "not started", "remaining work", "left to do", "noch offen", "zu erledigen", "pendientes", "à traiter",
    "restant", "massnahmenplan", "maßnahmenplan",
];

/// What is there now.
pub(super) const PRESENT: &[&str] = &[
    "current", "currently", "current state", "current status", "current implementation", "existing", "as is", "today",
    "actual", "observed", "status quo", "ist zustand", "état actuel", "estado actual", "stato attuale",
];

/// What is demanded of any system.
pub(super) const DEMAND: &[&str] = &[
    "checklist", "check list", "requirement", "requirements", "guideline", "guidelines", "standard", "standards",
    "baseline", "acceptance criteria", "criteria", "definition of done", "control objectives", "prerequisites",
    "rules of thumb", "principles", "policy statements", "conventions", "expectations", "user stories", "anforderungen",
    "vorgaben", "exigences", "requisitos", "eisen",
];

/// A whole document that tells how to do things.
pub(super) const MANUAL: &[&str] = &[
    "guide", "handbook", "playbook", "best practices", "blueprint", "leitfaden", "handbuch", "guía", "guida",
];

/// A document that judges: what it lists as requirements it also rates.
pub(super) const REVIEW: &[&str] = &[
    "review", "audit", "assessment", "report", "analysis", "evaluation", "vs", "versus", "status", "results",
    "findings", "validation", "compliance", "inventory", "prüfbericht", "rapport", "informe",
];

/// How something is set up.
pub(super) const DESCRIPTION: &[&str] = &[
    "configuration", "configurations", "config", "architecture", "detail", "details", "detailed", "overview",
    "inventory", "topology", "settings", "specification", "specifications", "environment", "outputs", "reference",
    "diagram", "costs", "cost", "parameters", "resources", "resource", "attributes", "properties", "facts",
    "components", "setup", "dashboard", "metrics", "alarms", "network", "networking", "rules", "tags", "listeners",
    "konfiguration", "übersicht", "architektur", "vue d'ensemble", "configuración", "inventario", "resumen",
    "architettura", "bestandsauszug", "bestand", "netzwerk", "inventaire", "infra",
];

/// Steps: what they tell to do is done whenever the procedure runs.
pub(super) const PROCEDURE: &[&str] = &[
    "procedure", "procedures", "steps", "runbook", "runbooks", "flow", "how to", "how it works", "walkthrough",
    "troubleshooting", "diagnosis", "workflow", "pipeline stages", "instructions", "commands", "ablauf", "procédure",
    "procedimiento",
];

/// What was left out on purpose.
pub(super) const OFF: &[&str] = &[
    "out of scope", "not applicable", "accepted risks", "accepted risk", "risk acceptance", "risks accepted",
    "won't do", "non goals", "not needed", "intentionally disabled", "deliberately omitted", "intentionally omitted",
    "exceptions", "nicht im umfang",
];

/// Names of things that hold a word of the lists above.
pub(super) const NOTHING: &[&str] = &[
    "key findings", "security hub findings", "cloudtrail findings", "guardduty findings", "risk assessment",
    "risk level", "risk rating", "root cause", "default action", "good practices", "github actions", "missing data",
    "actions taken", "failed logins", "target group", "change management", "action required by", "issue tracking",
    "priority class", "as is basis", "data at rest", "complete control", "high availability", "recovery time objective",
    "recovery time objectives", "recovery point objective", "recovery point objectives", "service level objectives",
    "rto", "technical requirements met", "low impact", "high impact", "medium impact", "alarm action", "alarm actions",
    "active directory", "active active", "active passive", "lifecycle actions", "open source", "done by",
    "password policy", "technische und organisatorische massnahmen", "technische und organisatorische maßnahmen",
    "technical and organisational measures", "technical and organizational measures", "accepted risk level",
];

/// Labels whose text explains another statement and is not judged by the headings.
pub(super) const EXPLAINING: &[&str] = &[
    "rationale", "reason", "justification", "impact", "purpose", "note", "notes", "background", "context", "evidence",
    "why", "cost", "saves", "savings", "begründung", "motivo",
];
