//! Words that are verdicts when they stand alone or first: in a status cell, or as the value of a pair.

use std::sync::LazyLock;

use super::lexicon::Lexicon;
use super::saying::{self, Said};
use super::tokens::{Before, tokens};

/// What a status word says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    /// The thing is as it should be.
    Pass,
    /// The thing is not as it should be.
    Fail,
    /// The thing is there: yes, on.
    Yes,
    /// The thing is not there: no, off.
    No,
    /// In part, or begun.
    Partial,
    /// To be done.
    Planned,
    /// Left out on purpose.
    Off,
}

/// The thing is as it should be.
const PASS: &[&str] = &[
    "pass",
    "passed",
    "passing",
    "passes",
    "ok",
    "okay",
    "good",
    "green",
    "compliant",
    "fully compliant",
    "conformant",
    "conforming",
    "met",
    "fully met",
    "satisfied",
    "fulfilled",
    "done",
    "complete",
    "completed",
    "closed",
    "resolved",
    "fixed",
    "remediated",
    "mitigated",
    "implemented",
    "fully implemented",
    "in place",
    "achieved",
    "verified",
    "success",
    "successful",
    "successfully",
    "ready",
    "approved",
    "excellent",
    "healthy",
    "covered",
    "addressed",
    "operational",
    "effective",
    "live",
    "shipped",
    "strong",
    "adequate",
    "sufficient",
    "low risk",
    "conform",
    "covered by",
    "true positive",
    "erfüllt",
    "umgesetzt",
    "erledigt",
    "konform",
    "vollständig",
    "conforme",
    "fait",
    "réalisé",
    "terminé",
    "cumple",
    "hecho",
    "completado",
    "cumplido",
    "concluído",
    "fatto",
    "voldoet",
    "gereed",
];

/// The thing is not as it should be.
const FAIL: &[&str] = &[
    "fail",
    "failed",
    "failing",
    "fails",
    "red",
    "non compliant",
    "noncompliant",
    "not compliant",
    "not conformant",
    "not met",
    "unmet",
    "gap",
    "gaps",
    "open",
    "opened",
    "missing",
    "absent",
    "not implemented",
    "not in place",
    "not addressed",
    "not covered",
    "not done",
    "not started",
    "outstanding",
    "unresolved",
    "deficient",
    "deficiency",
    "finding",
    "violation",
    "ineffective",
    "not effective",
    "critical",
    "high risk",
    "at risk",
    "weak",
    "insufficient",
    "inadequate",
    "lacking",
    "blocked",
    "blocker",
    "overdue",
    "not tested",
    "poor",
    "bad",
    "warning",
    "nicht erfüllt",
    "offen",
    "fehlt",
    "nicht umgesetzt",
    "non conforme",
    "manquant",
    "manque",
    "non fait",
    "no cumple",
    "falta",
    "faltante",
    "abierto",
    "não conforme",
    "mancante",
    "voldoet niet",
    "ontbreekt",
    "not documented",
    "not monitored",
    "not verified",
];

/// The thing is there.
const YES: &[&str] = &[
    "yes",
    "y",
    "true",
    "enabled",
    "on",
    "active",
    "activated",
    "present",
    "available",
    "configured",
    "exists",
    "all",
    "set",
    "required",
    "enforced",
    "encrypted",
    "automatic",
    "automated",
    "always",
    "yes all",
    "all enabled",
    "set up",
    "deployed",
    "installed",
    "in use",
    "running",
    "up",
    "correct",
    "ja",
    "oui",
    "sí",
    "si",
    "sim",
    "vorhanden",
    "aktiv",
    "aktiviert",
    "eingerichtet",
    "activé",
    "activée",
    "actif",
    "présent",
    "activado",
    "activada",
    "habilitado",
    "habilitada",
    "ativado",
    "attivo",
    "abilitato",
    "ingeschakeld",
    "aan",
];

/// The thing is not there.
const NO: &[&str] = &[
    "no",
    "n",
    "false",
    "disabled",
    "off",
    "inactive",
    "deactivated",
    "none",
    "never",
    "not enabled",
    "not configured",
    "not present",
    "not available",
    "not set",
    "not set up",
    "not deployed",
    "not included",
    "not used",
    "not in use",
    "not encrypted",
    "not explicitly configured",
    "not attached",
    "not activated",
    "removed",
    "nil",
    "null",
    "zero",
    "unset",
    "not supported",
    "no none",
    "nein",
    "non",
    "não",
    "nee",
    "keine",
    "kein",
    "aucun",
    "aucune",
    "ninguno",
    "nessuno",
    "deaktiviert",
    "inaktiv",
    "nicht vorhanden",
    "désactivé",
    "désactivée",
    "inactif",
    "absente",
    "desactivado",
    "desactivada",
    "deshabilitado",
    "desativado",
    "disattivato",
    "uitgeschakeld",
    "uit",
    "not yet",
    "unencrypted",
    "unavailable",
    "destroy",
];

/// In part, or begun.
const PARTIAL: &[&str] = &[
    "partial",
    "partially",
    "partly",
    "partially met",
    "partially implemented",
    "partially compliant",
    "partial pass",
    "amber",
    "yellow",
    "orange",
    "in progress",
    "wip",
    "ongoing",
    "under way",
    "underway",
    "started",
    "pending",
    "being implemented",
    "mostly",
    "some",
    "incomplete",
    "needs work",
    "needs improvement",
    "limited",
    "inconsistent",
    "varies",
    "mixed",
    "in review",
    "under review",
    "in flight",
    "setup in progress",
    "half",
    "rolling out",
    "teilweise",
    "in arbeit",
    "in bearbeitung",
    "teilweise erfüllt",
    "partiel",
    "partielle",
    "partiellement",
    "en cours",
    "parcial",
    "parcialmente",
    "en curso",
    "en progreso",
    "pendiente",
    "em andamento",
    "parziale",
    "in corso",
    "gedeeltelijk",
    "deels",
    "bezig",
    "info",
];

/// To be done.
const PLANNED: &[&str] = &[
    "planned",
    "todo",
    "to do",
    "tbd",
    "tbc",
    "scheduled",
    "deferred",
    "postponed",
    "recommended",
    "optional",
    "proposed",
    "backlog",
    "future",
    "roadmap",
    "upcoming",
    "to be done",
    "to be implemented",
    "to be confirmed",
    "to be defined",
    "to be decided",
    "not yet planned",
    "later",
    "next",
    "next quarter",
    "consider",
    "suggested",
    "on roadmap",
    "on hold",
    "requires verification",
    "require verification",
    "to verify",
    "to be verified",
    "q1",
    "q2",
    "q3",
    "q4",
    "requires attention",
    "needs attention",
    "geplant",
    "vorgesehen",
    "prévu",
    "prévue",
    "planifié",
    "à faire",
    "planificado",
    "planificada",
    "previsto",
    "por hacer",
    "planejado",
    "pianificato",
    "da fare",
    "gepland",
];

/// Left out on purpose.
const OFF: &[&str] = &[
    "n/a",
    "na",
    "not applicable",
    "not needed",
    "not required",
    "not necessary",
    "out of scope",
    "accepted risk",
    "risk accepted",
    "accepted",
    "accept",
    "won't do",
    "wont do",
    "won't fix",
    "wontfix",
    "waived",
    "exempt",
    "excluded",
    "exception granted",
    "not relevant",
    "optional not needed",
    "intentionally disabled",
    "disabled by design",
    "intentionally not",
    "by design",
    "entfällt",
    "nicht anwendbar",
    "nicht erforderlich",
    "sans objet",
    "no aplica",
    "não aplicável",
    "non applicabile",
    "n.v.t",
    "n.a",
];

static STATUSES: LazyLock<Lexicon<Status>> = LazyLock::new(|| {
    Lexicon::new(&[
        (Status::Off, OFF),
        (Status::Pass, PASS),
        (Status::Fail, FAIL),
        (Status::Yes, YES),
        (Status::No, NO),
        (Status::Partial, PARTIAL),
        (Status::Planned, PLANNED),
    ])
});

/// A status and the words that say it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Stated {
    /// What they say, remarks behind them heard.
    pub(super) status: Status,
    /// The words.
    pub(super) by: String,
    /// Whether nothing but a remark follows them.
    pub(super) alone: bool,
}

/// The status that a cell or a value begins with: `Yes (automatic failover)`, `No - planned`, `Enabled for CloudFront`.
pub(super) fn stated(text: &str) -> Option<Stated> {
    let tokens = tokens(text);
    let found = STATUSES.at(&tokens, 0)?;
    let last = tokens.get(found.last)?;
    let next = tokens.get(found.last + 1);
    let bounded = next.is_none_or(|next| next.before >= Before::Comma || next.depth > last.depth);
    let short = matches!(
        last.word.as_str(),
        "yes"
            | "y"
            | "no"
            | "n"
            | "na"
            | "on"
            | "off"
            | "all"
            | "none"
            | "ja"
            | "si"
            | "non"
            | "some"
            | "limited"
            | "up"
            | "set"
            | "open"
            | "good"
            | "critical"
            | "future"
            | "next"
            | "available"
            | "finding"
            | "weak"
            | "strong"
            | "ready"
            | "automatic"
            | "automated"
            | "always"
            | "aan"
            | "uit"
            | "live"
            | "warning"
            | "required"
            | "half"
            | "zero"
            | "correct"
            | "info"
            | "never"
    );
    let trailing = next.is_some_and(|next| {
        [
            "for", "on", "in", "by", "with", "at", "to", "via", "from", "and", "since", "through", "per", "until",
            "as", "due", "across", "required",
        ]
        .contains(&next.word.as_str())
    });
    if !bounded && (short && !(last.word == "none" && trailing) || !trailing) {
        return None;
    }
    let by = tokens.first().and_then(|first| text.get(first.at.start..last.at.end)).unwrap_or_default().to_owned();
    let rest = text.get(last.at.end..).unwrap_or_default();
    Some(Stated { status: remarked(found.kind, rest), by, alone: bounded })
}

/// A status as the remark behind it changes it: `Yes, except staging`, `No - planned for spring`, `Disabled (not needed)`.
fn remarked(status: Status, rest: &str) -> Status {
    let rest = rest.trim_matches(|c: char| !c.is_alphanumeric());
    let Some(remark) = saying::say(rest) else { return status };
    match (status, remark.said) {
        (Status::No | Status::Planned | Status::Fail, Said::Off) => Status::Off,
        (Status::Yes | Status::Pass, Said::Partly) => Status::Partial,
        (Status::Yes | Status::Pass, Said::Denied | Said::Lacking | Said::Disabled | Said::Bad) if remark.turns => {
            Status::Partial
        }
        (Status::No | Status::Fail, Said::Planned | Said::Ordered) => Status::Planned,
        (Status::No | Status::Fail, Said::Partly) => Status::Partial,
        (Status::Planned, Said::Lacking | Said::Denied) => Status::No,
        _ => status,
    }
}

/// A score in a status cell: `100 %`, `0/5`, `3 of 4`.
pub(super) fn score(text: &str) -> Option<Stated> {
    let text = text.trim();
    let digits: String = text.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
    let reached: f64 = digits.parse().ok()?;
    let rest = text.get(digits.len()..)?.trim_start();
    let (whole, by) = if rest.starts_with('%') {
        (100.0, format!("{digits} %"))
    } else {
        let rest =
            rest.strip_prefix('/').or_else(|| rest.strip_prefix("of ")).or_else(|| rest.strip_prefix("out of "))?;
        let of: String = rest.trim_start().chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
        (of.parse().ok()?, format!("{digits} of {of}"))
    };
    let status = if reached >= whole {
        Status::Pass
    } else if reached == 0.0 {
        Status::Fail
    } else {
        Status::Partial
    };
    Some(Stated { status, by, alone: true })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_may_carry_a_remark() {
        for (text, status) in [
            ("Yes (automatic failover to standby)", Status::Yes),
            ("Yes, except for staging", Status::Partial),
            ("No - planned for Q3", Status::Planned),
            ("Disabled (not needed for logs)", Status::Off),
            ("NON-COMPLIANT", Status::Fail),
            ("Not implemented (simplified)", Status::Fail),
            ("Enabled for CloudFront", Status::Yes),
            ("N/A", Status::Off),
            ("Nein", Status::No),
            ("En cours", Status::Partial),
        ] {
            assert_eq!(stated(text).map(|stated| stated.status), Some(status), "{text}");
        }
    }

    #[test]
    fn a_sentence_is_no_status() {
        assert_eq!(stated("No other rules apply"), None);
        assert_eq!(stated("Open source scanner in the pipeline"), None);
        assert_eq!(stated("Encrypted volumes"), None);
    }

    #[test]
    fn scores_are_whole_nothing_or_a_part() {
        assert_eq!(score("100%").map(|s| s.status), Some(Status::Pass));
        assert_eq!(score("0/5").map(|s| s.status), Some(Status::Fail));
        assert_eq!(score("3 of 4").map(|s| s.status), Some(Status::Partial));
        assert_eq!(score("7 days"), None);
    }
}
