//! What a digest tells of: findings and claims that changed, and attestations that end.

use std::ops::Not;

use jiff::Timestamp;
use plumbline_document::{Lines, Stance};
use serde::{Deserialize, Serialize};

use crate::claim::Outcome;
use crate::finding::Severity;
use crate::text;

/// One finding that changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// The check's id.
    pub check: String,
    /// The good state that the check looks for.
    pub title: String,
    /// How bad a fail is.
    pub severity: Severity,
    /// The twelve-digit account id.
    pub account_id: String,
    /// The name that the configuration gives the account.
    pub account_name: Option<String>,
    /// The Region's code, or `global`.
    pub region: String,
    /// The CloudFormation type name.
    pub resource_type: String,
    /// The resource's id.
    pub resource_id: String,
    /// The resource's ARN.
    pub resource_arn: String,
    /// What was seen, in a sentence.
    pub message: String,
    /// What to do: a command for this very resource. Empty for what is closed.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub remediation: String,
    /// Since when it fails, or failed.
    pub since: Timestamp,
    /// Whether it closed because the resource is no longer there.
    #[serde(default, skip_serializing_if = "Not::not")]
    pub resource_gone: bool,
}

/// One claim of a document whose outcome changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimChange {
    /// How much it matters.
    pub severity: Severity,
    /// The twelve-digit account id.
    pub account_id: String,
    /// The name that the configuration gives the account.
    pub account_name: Option<String>,
    /// The document's name.
    pub document: String,
    /// The claim's id.
    pub claim: String,
    /// Where it stands: pairs of the first line and the last.
    pub lines: Vec<Lines>,
    /// What it says.
    pub text: String,
    /// What the document says of it.
    pub verdict: Stance,
    /// What the audit makes of it.
    pub outcome: Outcome,
    /// What was established before; null for a claim that is new.
    pub was: Option<Outcome>,
    /// Whether the document says otherwise than before.
    #[serde(default, skip_serializing_if = "Not::not")]
    pub reworded: bool,
    /// What was seen, in a sentence.
    pub reason: String,
    /// What to do in the account. Empty where nothing is.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub remediation: String,
    /// Since when it is so; of a claim that was mended, since when it had been contradicted.
    pub since: Timestamp,
}

/// One attestation that has ended, or ends soon.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttestationChange {
    /// Its number.
    pub id: i64,
    /// How much it matters.
    pub severity: Severity,
    /// The twelve-digit account id; null for every account.
    pub account_id: Option<String>,
    /// The name that the configuration gives the account.
    pub account_name: Option<String>,
    /// The document's name; null for every document.
    pub document: Option<String>,
    /// What is vouched for: a claim's id, or a kind of attestation.
    pub subject: String,
    /// Who vouched.
    pub by: String,
    /// Where the evidence is.
    pub evidence: String,
    /// When it ends, or ended.
    pub until: Timestamp,
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// The account is otherwise than a document says.
    Contradicted,
    /// It fails and never did before.
    Opened,
    /// It fails again after it had been closed.
    CameBack,
    /// Nobody vouches for it any more.
    AttestationsExpired,
    /// Soon nobody vouches for it any more.
    AttestationsExpiring,
    /// It fails no more.
    Closed,
    /// What a document calls missing, planned or half done is there.
    ClaimsClosed,
    /// It is no longer contradicted.
    Mended,
}

/// Anything that a digest tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum News<'a> {
    /// A finding.
    Finding(&'a Change),
    /// A claim.
    Claim(&'a ClaimChange),
    /// An attestation.
    Attestation(&'a AttestationChange),
}

/// Changes that did not fit into a message, counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOut {
    /// Of those that opened.
    pub opened: u64,
    /// Of those that came back.
    pub came_back: u64,
    /// Of those that closed.
    pub closed: u64,
    /// Of claims that are contradicted.
    #[serde(default, skip_serializing_if = "is_nought")]
    pub contradicted: u64,
    /// Of claims that closed.
    #[serde(default, skip_serializing_if = "is_nought")]
    pub claims_closed: u64,
    /// Of claims that are no longer contradicted.
    #[serde(default, skip_serializing_if = "is_nought")]
    pub mended: u64,
    /// Of attestations that have expired.
    #[serde(default, skip_serializing_if = "is_nought")]
    pub attestations_expired: u64,
    /// Of attestations that expire soon.
    #[serde(default, skip_serializing_if = "is_nought")]
    pub attestations_expiring: u64,
}

fn is_nought(number: &u64) -> bool {
    *number == 0
}

impl ChangeKind {
    /// All of them, in the order in which they are told.
    pub const ALL: [ChangeKind; 8] = [
        ChangeKind::Contradicted,
        ChangeKind::Opened,
        ChangeKind::CameBack,
        ChangeKind::AttestationsExpired,
        ChangeKind::AttestationsExpiring,
        ChangeKind::Closed,
        ChangeKind::ClaimsClosed,
        ChangeKind::Mended,
    ];

    /// The name in JSON and in message attributes.
    pub fn as_str(self) -> &'static str {
        match self {
            ChangeKind::Contradicted => "contradicted",
            ChangeKind::Opened => "opened",
            ChangeKind::CameBack => "came_back",
            ChangeKind::AttestationsExpired => "attestations_expired",
            ChangeKind::AttestationsExpiring => "attestations_expiring",
            ChangeKind::Closed => "closed",
            ChangeKind::ClaimsClosed => "claims_closed",
            ChangeKind::Mended => "mended",
        }
    }

    /// The name as people say it, behind a number or a severity.
    pub fn words(self) -> &'static str {
        match self {
            ChangeKind::Contradicted => "contradicted",
            ChangeKind::Opened => "opened",
            ChangeKind::CameBack => "came back",
            ChangeKind::AttestationsExpired => "attestations expired",
            ChangeKind::AttestationsExpiring => "attestations expiring soon",
            ChangeKind::Closed => "closed",
            ChangeKind::ClaimsClosed => "stated gaps closed",
            ChangeKind::Mended => "no longer contradicted",
        }
    }

    /// So many of what is no finding, in words: `2 claims contradicted`.
    pub(super) fn counted(self, number: u64) -> String {
        match self {
            ChangeKind::Contradicted => format!("{} contradicted", text::count(number, "claim")),
            ChangeKind::AttestationsExpired => format!("{} expired", text::count(number, "attestation")),
            ChangeKind::AttestationsExpiring => format!("{} expiring soon", text::count(number, "attestation")),
            ChangeKind::ClaimsClosed => format!("{} closed", text::count(number, "stated gap")),
            ChangeKind::Mended => format!("{} no longer contradicted", text::count(number, "claim")),
            ChangeKind::Opened | ChangeKind::CameBack | ChangeKind::Closed => format!("{number} {}", self.words()),
        }
    }

    /// The command that shows all of this kind.
    fn command(self) -> &'static str {
        match self {
            ChangeKind::Opened | ChangeKind::CameBack | ChangeKind::Closed => "`plumbline findings list`",
            ChangeKind::Contradicted | ChangeKind::ClaimsClosed | ChangeKind::Mended => "`plumbline claims list`",
            ChangeKind::AttestationsExpired | ChangeKind::AttestationsExpiring => "`plumbline attest list`",
        }
    }

    /// How early it is told: what contradicts a document, what fails, what nobody vouches for, and then what is good.
    fn band(self) -> u8 {
        match self {
            ChangeKind::Contradicted => 0,
            ChangeKind::Opened | ChangeKind::CameBack => 1,
            ChangeKind::AttestationsExpired | ChangeKind::AttestationsExpiring => 2,
            ChangeKind::Closed | ChangeKind::ClaimsClosed | ChangeKind::Mended => 3,
        }
    }
}

impl LeftOut {
    /// All of them.
    pub fn total(&self) -> u64 {
        ChangeKind::ALL.into_iter().map(|kind| self.of(kind)).sum()
    }

    pub(super) fn is_nothing(&self) -> bool {
        self.total() == 0
    }

    pub(super) fn add(&mut self, kind: ChangeKind) {
        *match kind {
            ChangeKind::Contradicted => &mut self.contradicted,
            ChangeKind::Opened => &mut self.opened,
            ChangeKind::CameBack => &mut self.came_back,
            ChangeKind::AttestationsExpired => &mut self.attestations_expired,
            ChangeKind::AttestationsExpiring => &mut self.attestations_expiring,
            ChangeKind::Closed => &mut self.closed,
            ChangeKind::ClaimsClosed => &mut self.claims_closed,
            ChangeKind::Mended => &mut self.mended,
        } += 1;
    }

    /// `and 42 more: 40 opened, 2 closed`, or nothing.
    pub(super) fn words(&self) -> Option<String> {
        let kinds = text::counts(ChangeKind::ALL.map(|kind| (self.of(kind), kind.words())));
        (!self.is_nothing()).then(|| format!("and {} more: {kinds}", self.total()))
    }

    /// The same with the commands that show them, or nothing.
    pub(super) fn words_and_commands(&self) -> Option<String> {
        let mut commands: Vec<&str> = Vec::new();
        for kind in ChangeKind::ALL.into_iter().filter(|kind| self.of(*kind) > 0) {
            if !commands.contains(&kind.command()) {
                commands.push(kind.command());
            }
        }
        let verb = if commands.len() == 1 { "shows" } else { "show" };
        self.words().map(|words| format!("{words}. {} {verb} all.", commands.join(" and ")))
    }

    fn of(&self, kind: ChangeKind) -> u64 {
        match kind {
            ChangeKind::Contradicted => self.contradicted,
            ChangeKind::Opened => self.opened,
            ChangeKind::CameBack => self.came_back,
            ChangeKind::AttestationsExpired => self.attestations_expired,
            ChangeKind::AttestationsExpiring => self.attestations_expiring,
            ChangeKind::Closed => self.closed,
            ChangeKind::ClaimsClosed => self.claims_closed,
            ChangeKind::Mended => self.mended,
        }
    }
}

impl Change {
    /// The account as people call it.
    pub fn account(&self) -> String {
        text::account(&self.account_id, self.account_name.as_deref())
    }
}

impl ClaimChange {
    /// The account as people call it.
    pub fn account(&self) -> String {
        text::account(&self.account_id, self.account_name.as_deref())
    }

    /// Where it stands first: `club-app.md:66`.
    pub fn place(&self) -> String {
        let line = self.lines.first().map(|lines| format!(":{lines}")).unwrap_or_default();
        format!("{}{line}", text::line(&self.document))
    }

    /// What was seen, or what was done about it.
    pub(super) fn seen(&self) -> String {
        let reason = text::line(&self.reason);
        if self.reworded { format!("the document now says {}; {reason}", self.verdict) } else { reason.into_owned() }
    }
}

impl AttestationChange {
    /// What it vouches for, and where: `att-dr-plan, club-app.md, production (111122223333)`.
    pub(super) fn scope(&self) -> String {
        let document = self.document.as_deref().map_or("every document".into(), text::line);
        let account = self
            .account_id
            .as_deref()
            .map_or("every account".to_owned(), |account_id| text::account(account_id, self.account_name.as_deref()));
        format!("{document}, {account}")
    }

    /// The command that renews it.
    pub(super) fn renewal(&self) -> String {
        let mut command = format!("plumbline attest {} --by NAME --evidence LINK", quoted(&self.subject));
        for (option, value) in [("--account", &self.account_id), ("--document", &self.document)] {
            if let Some(value) = value {
                command.push_str(&format!(" {option} {}", quoted(value)));
            }
        }
        command
    }
}

/// A word of a command line.
fn quoted(word: &str) -> String {
    let word = text::line(word);
    let is_plain = !word.is_empty() && word.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_./:@+".contains(&b));
    if is_plain { word.into_owned() } else { format!("'{}'", word.replace('\'', r"'\''")) }
}

impl<'a> News<'a> {
    /// How much it matters.
    pub fn severity(self) -> Severity {
        match self {
            News::Finding(change) => change.severity,
            News::Claim(change) => change.severity,
            News::Attestation(change) => change.severity,
        }
    }

    /// The account that it is about; none for every account.
    pub fn account_id(self) -> Option<&'a str> {
        match self {
            News::Finding(change) => Some(&change.account_id),
            News::Claim(change) => Some(&change.account_id),
            News::Attestation(change) => change.account_id.as_deref(),
        }
    }

    /// What it is about, in an order that keeps together what is told together.
    fn place(self) -> (&'a str, &'a str, &'a [Lines], &'a str, &'a str, &'a str) {
        match self {
            News::Finding(c) => (&c.check, &c.account_id, &[], &c.region, &c.resource_type, &c.resource_id),
            News::Claim(c) => (&c.document, &c.account_id, &c.lines, &c.claim, "", ""),
            News::Attestation(c) => {
                let account_id = c.account_id.as_deref().unwrap_or_default();
                (&c.subject, account_id, &[], c.document.as_deref().unwrap_or_default(), "", "")
            }
        }
    }

    /// What matters most comes first.
    pub(super) fn rank(self, kind: ChangeKind) -> impl Ord + use<'a> {
        (kind.band(), std::cmp::Reverse(self.severity()), kind, self.place())
    }
}
