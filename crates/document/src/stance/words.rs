//! The words by which authors judge, each list with its meaning. Everything is lower case; hyphens count as spaces. At any
//! place of a text the longest entry of all lists wins, so a longer entry may take the sense from a shorter one
//! (`not only` is no negation).

/// What a word or a group of words does in a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Word {
    /// Denies what follows.
    No,
    /// Denies the verb or adjective that follows.
    Not,
    /// Says that something is not there: before its object (`lacks X`) or behind its subject (`X is absent`).
    Lack,
    /// Like `Lack`, but its subject is there: `S3 buckets lack versioning` speaks of buckets that exist.
    LackOf,
    /// Switched off or taken away.
    Disabled,
    /// Says that an absence is wanted; alone it says nothing.
    Deliberate,
    /// Says by itself that the thing is left out on purpose.
    Needless,
    /// Begun, or true of a part.
    Partly,
    /// A faint praise: a part, unless the author counts it among the good.
    Weakly,
    /// Announced, wanted or demanded.
    Planned,
    /// May be there or not.
    Optional,
    /// In place.
    Done,
    /// In place, and said with emphasis: holds even among recommendations.
    Already,
    /// Bad by itself: a stated gap, and its absence is the good state.
    Bad,
    /// Its absence is the good state; naming it says nothing.
    Unwanted,
    /// Turns a bad thing into a good one: who blocks, detects or reviews it.
    Against,
    /// Begins a clause of the opposite sense.
    But,
    /// Ends the reach of a negation.
    Preposition,
    /// A verb in a finite form: a whole sentence speaks.
    Finite,
    /// Has no sense, and takes it from the words within.
    Nothing,
}

/// All lists.
pub(super) const LISTS: &[(Word, &[&str])] = &[
    (Word::No, NO),
    (Word::Not, NOT),
    (Word::Lack, LACK),
    (Word::LackOf, LACK_OF),
    (Word::Disabled, DISABLED),
    (Word::Deliberate, DELIBERATE),
    (Word::Needless, NEEDLESS),
    (Word::Partly, PARTLY),
    (Word::Weakly, WEAKLY),
    (Word::Planned, PLANNED),
    (Word::Optional, OPTIONAL),
    (Word::Done, DONE),
    (Word::Already, ALREADY),
    (Word::Bad, BAD),
    (Word::Unwanted, UNWANTED),
    (Word::Against, AGAINST),
    (Word::But, BUT),
    (Word::Preposition, PREPOSITION),
    (Word::Finite, FINITE),
    (Word::Nothing, NOTHING),
];

/// Denies the noun that follows, up to the next preposition or the end of the clause.
const NO: &[&str] = &[
    "no", "without", "never", "none of", "none", "neither", "nor", "zero", "nothing", "nobody", "no one",
    "not a single", "not any", "there is no", "there are no", "there was no", "no mention of", "no guidance on",
    "no evidence of", "no sign of", "kein", "keine", "keinen", "keiner", "keinerlei", "ohne", "aucun", "aucune", "sans",
    "pas de", "sin", "ningun", "ningún", "ninguna", "sem", "nessun", "nessuna", "senza", "geen", "zonder", "w/o",
    "there's no", "keines", "keinem", "es gibt keine", "es gibt kein", "il n'y a pas de", "il n'y a pas d'alarme",
    "no hay", "niets", "niemand", "personne", "nope", "nah",
];

/// Denies the verb, participle or adjective that follows.
const NOT: &[&str] = &[
    "not", "isn't", "aren't", "wasn't", "weren't", "hasn't", "haven't", "hadn't", "doesn't", "don't", "didn't",
    "cannot", "can't", "can not", "couldn't", "won't", "not yet", "nicht", "noch nicht", "n'est pas", "ne sont pas",
    "pas", "não", "niet", "could not", "did not", "does not", "do not", "was not able to", "were not able to",
    "unable to",
];

/// Says that something is not there; the subject before it or the object behind it is what lacks.
const LACK: &[&str] = &[
    "missing", "absent", "absence of", "absence", "lack of", "there is a lack of", "omitted", "left out", "unavailable",
    "nonexistent", "non existent", "unaddressed", "not met", "not addressed", "not covered", "not discussed",
    "not described", "not documented", "not provided", "not mentioned", "not defined", "not specified", "not in place",
    "not there", "yet to be", "remains to be", "remain to be", "has to be done", "fell through", "unimplemented",
    "unconfigured", "not set", "missed", "gap in", "gap", "gaps", "no such", "nowhere to be found", "was forgotten",
    "forgotten", "unknown", "unclear", "fehlt", "fehlen", "fehlend", "fehlende", "nicht vorhanden", "manque",
    "manquant", "manquante", "absente", "falta", "faltan", "ausente", "manca", "mancante", "ontbreekt", "forgot",
    "forgot to", "require explicit", "requires explicit", "require documentation", "requires documentation",
    "require explanation", "requires explanation", "requires clarification", "require clarification",
    "needs clarification", "needs documentation", "need clarification", "needs explanation",
];

/// Says that what follows is not there, of a subject that is.
const LACK_OF: &[&str] = &[
    "lacks", "lack", "lacking", "lacked", "omits", "omit", "ignores", "ignore", "neglects", "neglect", "fails to",
    "fail to", "failed to", "misses", "miss", "skips", "does not have", "do not have", "doesn't have", "don't have",
    "does not include", "do not include", "doesn't include", "does not create", "does not cover", "does not configure",
    "does not define", "does not support", "has no", "have no", "had no", "with no", "suffers from", "stops short of",
];

/// Switched off, taken away, or never switched on by choice.
const DISABLED: &[&str] = &[
    "disabled", "disabling", "turned off", "switched off", "is off", "are off", "protection off", "encryption off",
    "versioning off", "logging off", "logs off", "rotation off", "backups off", "backup off", "monitoring off",
    "insights off", "multi az off", "mfa off", "scanning off", "failover off", "autoscaling off", "tracing off",
    "killed", "ripped out", "thrown out", "shut down for good", "destroy removal policies", "destroy removal policy", "to destroy", "destroy policy", "set to destroy", "deactivated", "removed", "dropped",
    "disables", "turned it off", "suspended", "retired", "decommissioned", "deaktiviert", "abgeschaltet",
    "ausgeschaltet", "désactivé", "désactivée", "desactivado", "desactivada", "desativado", "disattivato",
    "uitgeschakeld", "left off", "kept out of", "excluded from", "taken out of", "tried and later removed", "torn down",
];

/// The reasons of a chosen absence.
const DELIBERATE: &[&str] = &[
    "by design", "on purpose", "intentionally", "intentional", "deliberately", "deliberate", "by choice",
    "for cost reasons", "due to cost", "because of cost", "to save cost", "to save costs", "to save money",
    "to reduce cost", "to reduce costs", "for cost", "for simplicity", "to keep it simple", "for now", "to avoid",
    "trade off", "conscious decision", "conscious choice", "accepted", "architectural decision", "bewusst",
    "absichtlich", "volontairement", "a propósito", "too expensive", "too dear", "too costly", "for its price",
    "to cut costs", "because of noise", "délibérément", "voluntarily", "wissentlich", "de manière délibérée",
    "intencionadamente",
];

/// Left out on purpose, without further words.
const NEEDLESS: &[&str] = &[
    "not needed", "not required", "not necessary", "unnecessary", "no need for", "no need to", "no need",
    "not applicable", "n/a", "out of scope", "not in scope", "opted out", "opt out", "won't do", "wont do", "won't fix",
    "will not be", "risk accepted", "accepted risk", "intentionally left out", "deliberately left out",
    "deliberately not", "intentionally not", "superfluous", "overkill", "not relevant", "not planned", "don't need",
    "do not need", "doesn't need", "does not need", "decided against", "decided not to", "chose not to",
    "nicht erforderlich", "nicht nötig", "nicht notwendig", "entfällt", "sans objet", "no aplica", "niet nodig",
    "will not run", "will not use", "will not have", "will not do", "will not add", "will not enable",
    "will not deploy", "won't be", "won't use", "won't have", "won't run", "not worth", "nobody asked for",
    "there is no need", "there was no need", "not licensed", "wird verzichtet", "bewusst verzichtet", "no es necesario",
    "pas nécessaire", "non nécessaire", "are sufficient", "is sufficient", "considered sufficient", "not now",
];

/// True of a part, or on its way.
const PARTLY: &[&str] = &[
    "partially", "partial", "partly", "in part", "in progress", "work in progress", "wip", "ongoing", "under way",
    "underway", "pending", "being rolled out", "being", "rolling out", "half", "halfway", "half done", "incomplete",
    "incompletely", "not fully", "not yet fully", "not completely", "not entirely", "not all", "not every",
    "not everywhere", "not always", "not consistently", "inconsistent", "inconsistently", "some of", "most of",
    "but not all", "only some", "only a few", "only part", "only in", "only partially", "only partly", "except",
    "excluding", "apart from", "with the exception of", "other than in", "aside from", "has started", "have started",
    "has begun", "begun", "just started", "mostly", "largely", "to some extent", "sporadic", "sporadically",
    "only for prod", "only for production", "only on prod", "only on production", "prod only", "production only",
    "in production only", "in prod only", "half of", "a few", "several but", "patchy", "varies", "awaiting",
    "waiting for", "teilweise", "zum teil", "in arbeit", "partiellement", "partiel", "en cours", "parcialmente",
    "parcial", "en curso", "em andamento", "parziale", "parzialmente", "gedeeltelijk", "deels", "so far", "but only",
    "only counts", "count mode", "that nobody", "not yet on", "not yet in", "not yet for", "not yet across",
    "noch nicht überall", "nur teilweise", "pas encore partout",
];

/// Praise that holds back.
const WEAKLY: &[&str] = &[
    "basic", "limited", "rudimentary", "ad hoc", "some", "few", "somewhat", "insufficient", "inadequate",
    "insufficiently", "immature", "minimal coverage", "manually", "best effort", "weak",
];

/// Announced, wanted, demanded.
const PLANNED: &[&str] = &[
    "should", "must", "shall", "need to", "needs to", "needs", "need", "needed", "ought to", "has to", "have to",
    "recommend", "recommends", "recommended", "recommendation", "we recommend", "it is recommended", "consider",
    "considering", "to be", "will", "will be", "would", "could", "might", "plan to", "plans to", "planned",
    "planning to", "is planned", "scheduled for", "to do", "todo", "tbd", "fixme", "roadmap", "backlog", "upcoming", "in the works", "in the making", "when we can",
    "future", "in the future", "next quarter", "next month", "next sprint", "next year", "next step", "next steps",
    "aim to", "aims to", "intend to", "intends to", "intended", "propose", "proposed", "proposes", "suggest",
    "suggested", "advise", "advised", "going to", "targeted for", "by q1", "by q2", "by q3", "by q4", "in q1", "in q2",
    "in q3", "in q4", "for q1", "for q2", "for q3", "for q4", "require", "requires", "require verification",
    "requires verification", "required for", "required in", "required to", "required before", "required by",
    "is needed", "are needed", "should be", "must be", "to be done", "to be defined", "to be decided",
    "to be determined", "to be implemented", "can be added", "could be added", "can be performed",
    "can be enabled later", "can be implemented", "can be configured later", "would benefit", "benefit from",
    "encouraged", "desired state", "eventually", "soon", "later", "i want", "worth", "it is advisable", "advisable",
    "want to", "wants to", "would like", "looking at", "evaluate", "follow up", "deferred", "postponed", "next phase",
    "phase 2", "soll", "sollte", "sollten", "muss", "müssen", "geplant", "vorgesehen", "empfohlen", "wird empfohlen",
    "künftig", "prévu", "prévue", "devrait", "doit", "doivent", "recommandé", "debe", "debería", "deben", "planificado",
    "previsto", "recomendado", "deve", "devem", "dovrebbe", "moet", "gepland", "up next", "the next", "il faut",
    "il faudra", "se recomienda", "hay que", "is foreseen", "are foreseen", "foreseen", "est prévue", "sont prévus",
    "once", "pendiente", "ought", "please", "zu prüfen", "noch zu", "moeten", "à prévoir",
];

/// May be there or not.
const OPTIONAL: &[&str] = &[
    "optional", "optionally", "if needed", "if required", "if necessary", "if using", "if applicable", "if managing",
    "as needed", "when needed", "nice to have", "where needed", "where possible", "facultatif", "opcional", "opzionale",
    "optioneel",
];

/// In place.
const DONE: &[&str] = &[
    "enabled", "configured", "in place", "not public", "is not public", "are not public", "isn't public",
    "aren't public", "is private", "are private", "implemented", "deployed", "encrypted", "active", "activated",
    "available", "achieved", "verified", "enforced", "enforces", "created", "provisioned", "exists", "exist", "present",
    "set up", "setup complete", "up and running", "complete", "completed", "done", "met", "covered", "covers",
    "protected", "protects", "secured", "hardened", "automated", "fixed", "resolved", "eliminated", "working",
    "operational", "running", "runs", "run in", "we use", "we have", "uses", "integrated", "attached", "blocked",
    "restricted", "restricts", "restrict access", "rotated", "rotates", "auto rotating", "versioned", "replicated",
    "monitored", "monitors", "tagged", "applied", "passed", "passing", "compliant", "is on", "are on", "turned on",
    "switched on", "successful", "successfully", "success", "follows", "follow least", "follow the", "supports",
    "allows", "grants", "installed", "registered", "issued", "validated", "validates", "tested", "documented",
    "reviewed", "managed by", "managed with", "managed through", "stored in", "stored", "retained", "kept", "backed up",
    "backed by", "spread", "spans", "distributed across", "logged", "scans", "scanned", "alerts", "delivers",
    "delivered", "limited to", "isolated", "segmented", "separated", "approved", "ready", "healthy", "excellent",
    "comprehensive", "satisfied", "fulfilled", "adheres", "maintained", "guaranteed", "ensures", "provides", "provided",
    "served", "terminates", "terminated at", "redirects", "redirected", "aktiviert", "eingerichtet", "vorhanden",
    "umgesetzt", "verschlüsselt", "aktiv", "konfiguriert", "erledigt", "erfüllt", "activé", "activée", "activés",
    "configuré", "configurée", "chiffré", "chiffrée", "chiffrés", "en place", "mis en place", "habilitado",
    "habilitada", "activado", "activada", "configurado", "configurada", "cifrado", "cifrada", "implementado", "ativado",
    "ativada", "criptografado", "attivo", "abilitato", "cifrato", "ingeschakeld", "versleuteld", "meets", "met by",
    "works", "work", "pflicht", "obligatoire", "obligatorio", "verpflichtend", "protokolliert", "rotiert", "überwacht",
    "gesichert", "getestet", "geprobt", "centralisés", "renouvelées",
];

/// In place, with emphasis.
const ALREADY: &[&str] = &[
    "already", "has been", "have been", "is now", "are now", "now", "currently", "today", "as of now", "is in place",
    "are in place", "bereits", "déjà", "ya está", "já", "never logged", "never leave", "never leaves", "impossible to",
];

/// Bad by itself: who says it states a gap.
const BAD: &[&str] = &[
    "publicly accessible", "publicly", "publicly readable", "publicly writable", "is public", "are public",
    "open to the internet", "open to the world", "open to anyone", "open to everyone", "open from anywhere",
    "open from", "exposed", "exposes", "reachable from the internet", "accessible from the internet",
    "accessible from anywhere", "wide open", "world readable", "internet accessible", "hard coded", "hardcoded",
    "in plaintext", "in plain text", "in clear text", "in cleartext", "in the clear", "overly permissive",
    "too permissive", "overly broad", "overprivileged", "over privileged", "excessive permissions", "unencrypted",
    "insecure", "unprotected", "unmonitored", "untagged", "unpatched", "unrestricted", "unrotated", "unversioned",
    "untested", "undocumented", "orphaned", "stale", "expired", "outdated", "out of date", "end of life", "vulnerable",
    "drifted", "single point of failure", "single points of failure", "spof", "is failing", "are failing", "failed",
    "fails", "broken", "violates", "violated", "self signed", "at risk", "overdue", "unrealistic", "leaked",
    "compromised", "never tested", "never been tested", "never rotated", "never expire", "shared by all",
    "shared credentials", "shared accounts", "root is used", "öffentlich erreichbar", "unverschlüsselt",
    "unverschlüsselte", "unverschlüsselten", "non chiffré", "non chiffrés", "sin cifrar", "anyone can", "anybody can",
    "everyone can", "everybody can", "anyone in the", "anyone with", "fallen behind", "lags behind", "lag behind",
    "full rights", "whole internet", "entire internet", "had been switched off", "had been disabled", "for ever",
    "forever", "für immer", "still active", "still in use", "still open", "still reachable", "ungepatcht", "veraltet",
    "abgelaufen", "plain env", "plain env vars", "plain environment variable", "plain environment variables",
    "ordinary environment variable", "has a public ip", "have a public ip", "has public ip", "is administratoraccess", "has administratoraccess",
    "have administratoraccess", "with administratoraccess", "has administrator access", "single az",
    "single availability zone", "one availability zone", "one az only",
    "runs in one zone", "in public subnets", "in the public subnets", "with public ips", "with public ip addresses",
    "has public ips", "have public ips", "has access keys", "have access keys", "has an access key",
    "has active access keys", "has wildcard", "have wildcard", "wildcard policies", "wildcard permissions",
    "wildcard actions", "wildcard resources", "ssh is open", "ssh open", "rdp is open", "rdp open", "port 22 is open",
    "port 22 open", "port 3389 is open", "port 3389 open", "plain http only", "http only", "only http",
];

/// Things whose absence is the good state, though naming them says nothing.
const UNWANTED: &[&str] = &[
    "public access", "public accessibility", "public read", "public write", "public ip", "public ips",
    "public ip address", "public ip addresses", "public buckets", "public bucket", "public s3", "public snapshots",
    "public snapshot", "public ami", "public amis", "public exposure", "publicly_accessible", "direct internet access",
    "internet access", "open to all", "open ports", "open port", "exposure", "from anywhere", "from the internet",
    "0.0.0.0/0", "::/0", "root access key", "root access keys", "root keys", "root user keys", "root usage",
    "root user access keys", "root account access keys", "root logins", "root login", "access keys", "long lived",
    "static credentials", "static keys", "plaintext", "plain text", "clear text", "cleartext", "shared users",
    "default credentials", "default password", "default passwords", "default vpc", "wildcard", "wildcards", "excessive",
    "administrator access", "administratoraccess", "admin rights", "full admin", "admin access", "anonymous",
    "unauthenticated", "anonymous access", "unused", "unattached", "orphan", "idle", "deprecated", "eol", "obsolete",
    "vulnerability", "vulnerabilities", "drift", "circular dependencies", "circular dependency", "dependencies",
    "dependency", "downtime", "data loss", "service interruption", "interruption", "manual intervention",
    "intervention", "manual steps", "errors", "failures", "incidents", "breach", "breaches", "violations", "findings",
    "issues", "problems", "exceptions", "deviations", "discrepancies", "anomalies", "gaps", "inbound ssh", "ssh access",
    "ssh keys", "ssh", "rdp", "rdp access", "bastion", "inline policies", "inline policy", "secrets in code",
    "secrets in environment variables", "sensitive data", "pii", "imdsv1", "other inbound rules", "other inbound",
    "inbound rules", "ip whitelist", "whitelist", "additional grants", "additional permissions", "constraints",
    "placement constraints", "action", "unhealthy", "bottleneck", "weak ciphers", "weak cipher", "tls 1.0", "tls 1.1",
    "sslv3", "cross account access", "external access", "standing access", "shared keys", "privileged containers",
    "privileged mode", "öffentlich", "öffentlicher zugriff", "öffentlichen zugriff", "accès public", "acceso público",
    "acesso público", "accesso pubblico", "leave", "leak", "leaks", "expose", "public address", "public addresses",
    "public endpoint", "public endpoints", "public network access", "programmatic keys", "programmatic access",
    "personal iam user", "personal iam users", "local users", "local user", "static key", "static credential",
    "access key", "root key", "shared key", "shared user", "human help", "human intervention", "human hands",
    "manual step", "by hand", "skip final snapshot", "force destroy", "map public ip on launch", "open to world",
    "open to internet", "credentials in code", "credentials in the code", "secrets in git", "keys in code",
    "shared with other accounts", "shared with everyone", "shared with anyone", "interrupt", "interrupts", "port 22",
    "port 3389", "listens", "can anyone", "single point of failure", "hard coded credentials", "öffentlich erreichbar",
    "öffentliche ip", "accessible publiquement", "passwords in", "in env", "in the env", "in environment variables", "in env vars", "data leave", "by accident", "accidentally",
    "accidental deletion", "by mistake",
];

/// Works against a bad thing, or is about it without having it.
const AGAINST: &[&str] = &[
    "block", "blocks", "blocked", "blocking", "prevent", "prevents", "prevented", "prevention", "prevents public",
    "restrict", "restricts", "restricted", "restriction", "restrictions", "protection", "protect", "protects",
    "detection", "detect", "detects", "deny", "denies", "denied", "disallow", "disallows", "forbid", "forbids",
    "prohibit", "prohibits", "prohibited", "avoid", "avoids", "avoided", "eliminate", "eliminates", "eliminated",
    "monitor", "monitors", "monitoring", "alert on", "alerts on", "alarm", "alarms", "alerting", "scan", "scans",
    "scanning", "scanner", "review", "reviews", "reviewed", "cleanup", "clean up", "audit", "audited", "alert",
    "alerts", "limit", "limits", "rotation", "rollback", "roll back", "rolls back", "mitigation", "mitigates", "mitigated", "management", "handling",
    "tracking", "response", "analysis", "rate", "count", "metric", "metrics", "threshold", "subnet", "subnets",
    "hosted zone", "zone", "zones", "facing", "route table", "load balancer", "fixed", "resolved", "scanned",
    "checked for", "tested for", "searched for", "watched for",
];

/// Begins a clause of the opposite sense.
const BUT: &[&str] = &[
    "but", "however", "although", "though", "yet", "whereas", "while", "despite", "nevertheless", "unfortunately",
    "even though", "in spite of", "aber", "jedoch", "mais", "cependant", "pero", "mas", "ma", "maar",
];

/// Ends the reach of a negation: `no alarm on public buckets` denies the alarm.
const PREPOSITION: &[&str] = &[
    "for", "to", "of", "on", "in", "against", "about", "that", "which", "by", "when", "if", "during", "at", "between",
    "across", "because", "since", "so", "für", "zu", "pour", "para", "per", "voor",
];

/// Finite verbs: the statement is a sentence about what is.
const FINITE: &[&str] = &[
    "is", "are", "was", "were", "has", "have", "been", "ist", "sind", "wird", "werden", "wurde", "est", "sont", "está",
    "están", "son", "é", "são", "è", "sono", "zijn",
];

/// Groups whose words would mislead.
const NOTHING: &[&str] = &[
    "not only", "not just", "not merely", "not least", "no later than", "no more than", "no less than",
    "no earlier than", "no fewer than", "whether or not", "if not", "or not", "without downtime",
    "without interruption", "without exception", "without any issues", "without issues", "no doubt", "no exceptions",
    "no matter", "number of", "no problem", "no problems", "no issues", "no issue", "no findings", "no errors",
    "no gaps", "no deviations", "no action required", "no action needed", "not mocked", "rather than", "instead of",
    "yes and no", "point of no return", "zero downtime", "zero trust", "time to live", "no charge", "may be",
    "must have", "must haves", "as needed basis", "in order to be", "in use", "public subnet", "public subnets",
    "public zone", "public zones", "public hosted zone", "public hosted zones", "public facing", "public key",
    "public keys", "public route table", "public private", "public cloud", "public certificate", "public certificates",
    "public load balancer", "public alb", "public dns", "public api", "public website", "access keys rotated",
    "access key rotation", "error rate", "error rates", "unused keys", "partial index", "state backend", "secure state",
    "missing data", "treat missing", "unhealthy threshold", "unhealthy hosts", "unhealthy targets", "failed logins",
    "failed deployments", "failed jobs", "disabled user", "issues certificates", "no op", "nothing else",
    "except necessary", "except where necessary", "except where needed", "unless necessary", "unless needed",
    "grants needed", "permissions needed", "we consider", "considered adequate", "considered sufficient",
    "is considered", "are considered", "that needs", "that requires", "which needs", "which requires", "that need",
    "that require", "once a", "once per", "once every", "once in", "at once", "more than once", "was not needed",
    "was not required", "will not fail", "on the next", "in the next zone", "not later than", "as proposed",
    "as recommended", "as intended", "works as intended", "as required",
];

/// Verbs that, first in a statement, tell somebody to do something. Those that are as often nouns stand in
/// [`DOUBTFUL_ORDERS`].
pub(super) const ORDERS: &[&str] = &[
    "add", "enable", "implement", "configure", "create", "set up", "deploy", "encrypt", "restrict", "enforce", "ensure",
    "rotate", "remove", "delete", "disable", "migrate", "move", "upgrade", "define", "establish", "verify", "integrate",
    "attach", "apply", "automate", "introduce", "adopt", "replace", "reduce", "consolidate", "optimize", "optimise",
    "prefer", "provision", "activate", "extend", "evaluate", "investigate", "include", "keep", "avoid", "do not",
    "don't", "never", "separate", "centralize", "centralise", "conduct", "perform", "develop", "improve", "increase",
    "expand", "harden", "fix", "resolve", "address", "close", "raise", "lower", "use", "consider", "switch", "turn on",
    "turn off", "switch on", "make", "put", "get", "regularly", "periodically", "optionally", "adjust", "validate",
    "check", "complete", "ensure that", "make sure", "prune", "split", "convert", "require", "standardize",
    "standardise", "formalize", "formalise", "promote", "refactor", "simplify", "store", "aggregate", "collect",
    "capture", "publish", "send", "route traffic", "redirect", "terminate", "isolate", "segment", "scope", "grant",
    "revoke", "deny", "prohibit", "prevent", "protect", "secure", "assess", "analyze", "analyse", "identify",
    "determine", "decide", "choose", "select", "assign", "register", "subscribe", "bring", "start", "stop", "begin",
    "finish", "archive", "request", "instrument", "replicate", "copy", "restore", "leverage", "utilize", "utilise",
    "maintain", "onboard", "offboard", "train", "educate", "communicate", "coordinate", "tighten", "strengthen",
    "minimize", "minimise", "maximize", "reserve", "purchase", "buy", "right size", "rightsize", "work with",
    "look into", "roll out", "eliminate", "retire", "decommission", "specify", "confirm", "aktivieren", "einrichten",
    "einführen", "prüfen", "ergänzen", "umstellen", "activer", "mettre en place", "configurer", "ajouter", "vérifier",
    "habilitar", "activar", "configurar", "añadir", "implementar", "ativar", "abilitare", "ask for", "ask", "talk to",
    "pin", "tell", "clean up", "hand over", "sort out", "einschalten", "ausschalten",
];

/// Orders that are as often nouns: they tell to do something where a thing follows and no other verb does.
pub(super) const DOUBTFUL_ORDERS: &[&str] = &[
    "test", "audit", "backup", "log", "monitor", "patch", "review", "document", "block", "plan", "schedule", "tag",
    "track", "run", "build", "update", "limit", "allow", "export", "set", "release", "scale", "design", "manage",
    "change", "lock", "report", "alert", "filter", "deliver", "invest", "budget", "benchmark", "back up", "write",
    "ship",
];

/// What follows a doubtful order where it is a noun (`audit trail`).
pub(super) const NOUN_TAILS: &[&str] = &[
    "of", "trail", "trails", "logging", "logs", "log", "coverage", "policy", "policies", "plan", "plans", "compliance",
    "date", "group", "groups", "storage", "port", "status", "window", "windows", "results", "environment",
    "environments", "account", "accounts", "data", "files", "file", "table", "tables", "zone", "zones", "retention",
    "encryption", "control", "controls", "list", "lists", "management", "manager", "procedure", "procedures", "process",
    "processes", "schedule", "schedules", "id", "name", "type", "location", "key", "keys", "for", "is", "are", "in",
    "on", "with", "at", "from", "to", "and", "or", "insights", "stream", "driver", "level", "mode", "rate", "rates",
    "metrics", "metric", "count", "fixtures", "suite", "suites", "case", "cases", "report", "reports", "server",
    "servers", "pipeline", "pipelines", "time", "times", "header", "headers", "public", "rotation", "versioning",
    "replication", "monitoring", "automation", "vault", "vaults", "balancing", "balancer", "out", "up", "down", "set",
    "sets", "job", "jobs", "role", "roles", "user", "users", "sizing", "system", "systems", "service", "team",
    "manifest", "tests", "settings", "strategy", "configuration", "scaling", "points", "point", "creation", "throttle",
    "records", "buckets", "bucket",
];

/// Words behind which a number is part of a name and no value.
pub(super) const NAMES_WITH_NUMBERS: &[&str] = &[
    "route", "soc", "cis", "phase", "priority", "step", "section", "line", "lines", "tier", "iso", "item", "top",
    "chapter", "appendix", "figure", "table", "control", "version control", "p", "req", "requirement", "finding",
    "risk", "issue", "ticket", "sprint", "iteration", "http", "aes", "sha", "sha-", "rsa", "ip", "ipv", "layer",
    "bucket", "article", "page", "pci", "nist", "q", "week", "day", "x", "all", "shows", "returns", "returned",
];

/// Units and things that are counted: with a number before them, a value.
pub(super) const COUNTED: &[&str] = &[
    "day", "days", "hour", "hours", "minute", "minutes", "min", "mins", "second", "seconds", "sec", "secs", "week",
    "weeks", "month", "months", "year", "years", "node", "nodes", "az", "azs", "zone", "zones", "subnet", "subnets",
    "task", "tasks", "instance", "instances", "replica", "replicas", "nat", "gateway", "gateways", "gb", "gib", "mb",
    "tb", "tib", "mib", "vcpu", "vcpus", "acu", "acus", "iops", "usd", "eur", "percent", "bucket", "buckets", "account",
    "accounts", "region", "regions", "vpc", "vpcs", "key", "keys", "user", "users", "role", "roles", "copy", "copies",
    "image", "images", "shard", "shards", "cluster", "clusters", "volume", "volumes", "alarm", "alarms", "queue",
    "queues", "topic", "topics", "function", "functions", "service", "services", "container", "containers", "server",
    "servers", "availability", "mount", "public", "private", "stack", "stacks", "times", "x", "ms", "kb", "tage",
    "tagen", "jours", "heures", "días", "dias", "stunden", "mois", "monate", "jahre", "ans", "giorni", "dagen",
];

/// Numbers in letters that count something.
pub(super) const NUMERALS: &[&str] = &[
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "twelve", "single", "dual", "triple",
];
