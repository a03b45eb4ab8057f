//! Words that are verdicts when they stand alone or first in a cell or a value, each list with its meaning.

/// The thing is as it should be.
pub(super) const PASS: &[&str] = &[
    "pass", "passed", "passing", "passes", "ok", "okay", "good", "green", "compliant", "fully compliant", "conformant",
    "conforming", "met", "fully met", "satisfied", "fulfilled", "done", "complete", "completed", "closed", "resolved",
    "fixed", "remediated", "mitigated", "implemented", "fully implemented", "in place", "achieved", "verified",
    "success", "successful", "successfully", "ready", "approved", "excellent", "healthy", "covered", "addressed",
    "operational", "effective", "live", "shipped", "strong", "adequate", "sufficient", "low risk", "conform",
    "covered by", "true positive", "erfüllt", "umgesetzt", "erledigt", "konform", "vollständig", "conforme", "fait",
    "réalisé", "terminé", "cumple", "hecho", "completado", "cumplido", "concluído", "fatto", "voldoet", "gereed",
    "active", "available", "running", "adopted", "in operation", "operating", "compliant with", "umgesetzt und geprüft",
    "mis en œuvre", "en conformité",
];

/// The thing is not as it should be.
pub(super) const FAIL: &[&str] = &[
    "fail", "failed", "failing", "fails", "red", "non compliant", "noncompliant", "not compliant", "not conformant",
    "not met", "unmet", "gap", "gaps", "open", "opened", "missing", "absent", "not implemented", "not in place",
    "not addressed", "not covered", "not done", "outstanding", "unresolved", "deficient", "deficiency", "finding",
    "violation", "ineffective", "not effective", "critical", "high risk", "at risk", "weak", "insufficient",
    "inadequate", "lacking", "blocked", "blocker", "overdue", "not tested", "poor", "bad", "warning", "nicht erfüllt",
    "offen", "fehlt", "nicht umgesetzt", "non conforme", "manquant", "manque", "non fait", "no cumple", "falta",
    "faltante", "abierto", "não conforme", "mancante", "voldoet niet", "ontbreekt", "not documented", "not monitored",
    "not verified", "not fixed", "still open", "reproduced", "not remediated", "not resolved", "unfixed",
];

/// The thing is there.
pub(super) const YES: &[&str] = &[
    "yes", "y", "true", "enabled", "on", "activated", "present", "configured", "exists", "all", "set", "required",
    "enforced", "encrypted", "automatic", "automated", "always", "yes all", "all enabled", "set up", "deployed",
    "installed", "in use", "up", "correct", "ja", "oui", "sí", "si", "sim", "vorhanden", "aktiv", "aktiviert",
    "eingerichtet", "activé", "activée", "actif", "présent", "activado", "activada", "habilitado", "habilitada",
    "ativado", "attivo", "abilitato", "ingeschakeld", "aan", "ein", "yep", "yeah", "attivato",
];

/// The thing is not there.
pub(super) const NO: &[&str] = &[
    "no", "n", "false", "disabled", "off", "inactive", "deactivated", "none", "never", "not enabled", "not configured",
    "not present", "not available", "not set", "not set up", "not deployed", "not included", "not used", "not in use",
    "not encrypted", "not explicitly configured", "not attached", "not activated", "removed", "nil", "null", "zero",
    "unset", "not supported", "no none", "nein", "non", "não", "nee", "keine", "kein", "aucun", "aucune", "ninguno",
    "nessuno", "deaktiviert", "inaktiv", "nicht vorhanden", "désactivé", "désactivée", "inactif", "absente",
    "desactivado", "desactivada", "deshabilitado", "desativado", "disattivato", "uitgeschakeld", "uit", "not yet",
    "unencrypted", "unavailable", "destroy", "aus", "keines", "keiner", "nope", "nah", "not subscribed", "not licensed",
    "suspended", "not at present", "not currently", "no longer", "fehlend", "ninguna", "nessuna", "geen", "disattivata",
    "désactivés",
];

/// In part, or begun.
pub(super) const PARTIAL: &[&str] = &[
    "partial", "partially", "partly", "partially met", "partially implemented", "partially compliant", "partial pass",
    "amber", "yellow", "orange", "in progress", "wip", "ongoing", "under way", "underway", "started", "pending",
    "being implemented", "mostly", "some", "incomplete", "needs work", "needs improvement", "limited", "inconsistent",
    "varies", "mixed", "in review", "under review", "in flight", "setup in progress", "half", "rolling out",
    "teilweise", "in arbeit", "in bearbeitung", "teilweise erfüllt", "partiel", "partielle", "partiellement",
    "en cours", "parcial", "parcialmente", "en curso", "en progreso", "em andamento", "parziale", "in corso",
    "gedeeltelijk", "deels", "bezig", "info", "largely implemented", "largely", "mostly implemented", "partially fixed",
    "partly fixed", "partly implemented", "in part", "designed", "parcialmente implementado", "zum teil",
];

/// To be done.
pub(super) const PLANNED: &[&str] = &[
    "planned", "todo", "to do", "tbd", "tbc", "scheduled", "deferred", "postponed", "recommended", "optional",
    "proposed", "backlog", "future", "roadmap", "upcoming", "to be done", "to be implemented", "to be confirmed",
    "to be defined", "to be decided", "not yet planned", "later", "next", "next quarter", "consider", "suggested",
    "on roadmap", "on hold", "requires verification", "require verification", "to verify", "to be verified", "q1", "q2",
    "q3", "q4", "requires attention", "needs attention", "geplant", "vorgesehen", "prévu", "prévue", "planifié",
    "à faire", "planificado", "planificada", "previsto", "por hacer", "planejado", "pianificato", "da fare", "gepland",
    "not started", "not yet started", "in planning", "pendiente", "ausstehend", "por iniciar", "not begun", "wanted",
    "to start", "en attente", "non commencé", "prévus", "in planung",
];

/// Left out on purpose.
pub(super) const OFF: &[&str] = &[
    "n/a", "na", "not applicable", "not needed", "not required", "not necessary", "out of scope", "accepted risk",
    "risk accepted", "accepted", "accept", "won't do", "wont do", "won't fix", "wontfix", "waived", "exempt",
    "excluded", "exception granted", "not relevant", "optional not needed", "intentionally disabled",
    "disabled by design", "intentionally not", "by design", "entfällt", "nicht anwendbar", "nicht erforderlich",
    "sans objet", "no aplica", "não aplicável", "non applicabile", "n.v.t", "n.a",
];

/// Settings that are neither good nor bad: off is a value of them.
pub(super) const NEUTRAL: &[&str] = &[
    "stickiness", "sticky", "forward", "constraint", "gpu", "proxy_protocol", "proxy protocol", "client_ip",
    "client ip", "slow_start", "slow start", "connection_termination", "connection termination", "ipv6", "debug",
    "requester", "cors", "spot", "default", "website", "source_dest", "ebs_optimized", "swap", "privileged",
    "host_network", "interactive", "readonly_override",
];

/// Words of a machine's key with which a zero switches something off (`monitoring_interval: 0`).
pub(super) const COUNTING: &[&str] = &[
    "interval", "retention", "period", "days", "replica", "replicas", "readers", "standby", "copies", "backups",
    "backup", "snapshots", "ssl", "tls", "monitoring", "alarms", "rotation",
];
