//! Resource policies: the JSON that AWS stores, normalised so that a check can reason about it.

use std::net::IpAddr;
use std::sync::Arc;

use serde_json::Value as Json;

use crate::aws::Failure;
use crate::inventory::{Observed, Operation};
use crate::record;

record! {
    /// A resource policy, its lists normalised.
    pub struct PolicyDocument {
        /// The statements, in their order.
        statements: Vec<PolicyStatement>,
    }
}

record! {
    /// One statement of a policy.
    pub struct PolicyStatement {
        /// The statement's id.
        sid: Option<String>,
        /// `Allow` or `Deny`.
        effect: String,
        /// The principals: `*` for everybody (`"*"` and `{"AWS": "*"}` alike), else the ARN, account id, service or other name as written. Empty with `NotPrincipal`.
        principals: Vec<String>,
        /// The principals that are excepted by `NotPrincipal`.
        not_principals: Vec<String>,
        /// The actions. Empty with `NotAction`.
        actions: Vec<String>,
        /// The actions that are excepted by `NotAction`.
        not_actions: Vec<String>,
        /// The resources. Empty with `NotResource`, and in policies that name none.
        resources: Vec<String>,
        /// The conditions, one for each operator and key.
        conditions: Vec<PolicyCondition>,
    }
}

record! {
    /// One condition of a statement.
    pub struct PolicyCondition {
        /// The operator, such as `StringEquals`.
        operator: String,
        /// The condition key in lower case, as AWS compares it: `aws:sourceaccount`.
        key: String,
        /// The values.
        values: Vec<String>,
        /// Computed: whether the statement leaves requests alone but for those with one of these values (in an `Allow`) or without them (in a `Deny`), and the values are fixed: no wildcard for the account, no network wider than /8 (IPv6: /32).
        restricts: bool,
    }
}

impl PolicyDocument {
    /// Reads a policy.
    ///
    /// # Errors
    ///
    /// Says what makes the text no policy.
    pub fn parse(text: &str) -> Result<PolicyDocument, String> {
        let json: Json = serde_json::from_str(text).map_err(|error| format!("the policy is not JSON: {error}"))?;
        let statements = match json.get("Statement") {
            Some(Json::Array(statements)) => statements.iter().map(statement).collect(),
            Some(one @ Json::Object(_)) => vec![statement(one)],
            _ => return Err("the policy has no Statement".to_owned()),
        };
        Ok(PolicyDocument { statements })
    }
}

/// The policy that an operation answered with, as text.
pub fn read_policy(text: Observed<Option<String>>, operation: &Operation) -> Observed<Option<PolicyDocument>> {
    let parsed = text?.as_deref().map(PolicyDocument::parse).transpose();
    parsed.map_err(|error| Arc::new(Failure::broken(error).gap(operation)))
}

fn statement(json: &Json) -> PolicyStatement {
    let effect = json.get("Effect").and_then(Json::as_str).unwrap_or("Allow");
    PolicyStatement {
        sid: json.get("Sid").and_then(Json::as_str).map(str::to_owned),
        effect: effect.to_owned(),
        principals: principals(json.get("Principal")),
        not_principals: principals(json.get("NotPrincipal")),
        actions: texts(json.get("Action")),
        not_actions: texts(json.get("NotAction")),
        resources: texts(json.get("Resource")),
        conditions: conditions(json.get("Condition"), effect),
    }
}

fn principals(json: Option<&Json>) -> Vec<String> {
    match json {
        Some(Json::Object(kinds)) => kinds.values().flat_map(|names| texts(Some(names))).collect(),
        other => texts(other),
    }
}

fn conditions(json: Option<&Json>, effect: &str) -> Vec<PolicyCondition> {
    let Some(Json::Object(operators)) = json else { return Vec::new() };
    operators
        .iter()
        .flat_map(|(operator, keys)| {
            let keys = keys.as_object().into_iter().flatten();
            keys.map(move |(key, values)| {
                let values = texts(Some(values));
                PolicyCondition {
                    operator: operator.clone(),
                    key: key.to_ascii_lowercase(),
                    restricts: restricts(effect, operator, &values),
                    values,
                }
            })
        })
        .collect()
}

/// Operators that let requests through which have one of the values. Those that end in `IfExists` or begin
/// with `ForAllValues:` are not among them: they let through what lacks the key.
const POSITIVE: [&str; 6] =
    ["stringequals", "stringequalsignorecase", "stringlike", "arnequals", "arnlike", "ipaddress"];

/// Their opposites. They match what lacks the key, so a `Deny` with them keeps that out too.
const NEGATIVE: [&str; 6] =
    ["stringnotequals", "stringnotequalsignorecase", "stringnotlike", "arnnotequals", "arnnotlike", "notipaddress"];

fn restricts(effect: &str, operator: &str, values: &[String]) -> bool {
    let operator = operator.to_ascii_lowercase();
    let keeps_others_out = match effect {
        "Allow" => POSITIVE.contains(&operator.strip_prefix("foranyvalue:").unwrap_or(&operator)),
        _ => NEGATIVE.contains(&operator.strip_suffix("ifexists").unwrap_or(&operator)),
    };
    keeps_others_out && !values.is_empty() && values.iter().all(|value| is_fixed(value))
}

/// Whether a value names somebody or some place, and not everybody.
fn is_fixed(value: &str) -> bool {
    const WILDCARDS: [char; 2] = ['*', '?'];
    let is_named = |part: &str| !part.is_empty() && !part.contains(WILDCARDS) && !part.contains("${");
    if value.starts_with("arn:") {
        let mut parts = value.splitn(6, ':').skip(4);
        let account = parts.next().unwrap_or_default();
        // Buckets have no account in their ARN; their names are unique.
        return is_named(if account.is_empty() { parts.next().unwrap_or_default() } else { account });
    }
    if let Some((Ok(address), prefix)) = value.split_once('/').map(|(address, prefix)| (address.parse(), prefix)) {
        let narrowest_wide = if matches!(address, IpAddr::V4(_)) { 8 } else { 32 };
        return prefix.parse::<u8>().is_ok_and(|prefix| prefix >= narrowest_wide);
    }
    // `o-a1b2c3d4e5/*` of an organization, `AROAEXAMPLE:*` of a role's sessions.
    is_named(value.split(['/', ':']).next().unwrap_or_default()) || value.parse::<IpAddr>().is_ok()
}

fn texts(json: Option<&Json>) -> Vec<String> {
    match json {
        None | Some(Json::Null) => Vec::new(),
        Some(Json::String(text)) => vec![text.clone()],
        Some(Json::Array(items)) => items.iter().flat_map(|item| texts(Some(item))).collect(),
        Some(other) => vec![other.to_string()],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_statement_and_single_texts_read_like_lists() {
        let policy = PolicyDocument::parse(
            r#"{"Statement": {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "kms:*", "Resource": "*",
                "Condition": {"StringEquals": {"kms:CallerAccount": "111122223333"}, "Bool": {"aws:SecureTransport": true}}}}"#,
        )
        .unwrap();
        let statement = &policy.statements[0];
        assert_eq!(statement.principals, ["*"]);
        assert_eq!(statement.actions, ["kms:*"]);
        let keys: Vec<&str> = statement.conditions.iter().map(|condition| condition.key.as_str()).collect();
        assert_eq!(keys, ["kms:calleraccount", "aws:securetransport"]);
        assert_eq!(statement.conditions[1].values, ["true"]);
    }

    #[test]
    fn a_condition_restricts_if_it_leaves_out_all_but_named_values() {
        for (effect, operator, value, expected) in [
            ("Allow", "StringEquals", "111122223333", true),
            ("Allow", "StringLike", "111122223333", true),
            ("Allow", "StringLike", "*", false),
            ("Allow", "StringLike", "o-*", false),
            ("Allow", "ForAnyValue:StringLike", "o-a1b2c3d4e5/*", true),
            ("Allow", "ForAllValues:StringLike", "o-a1b2c3d4e5/*", false),
            ("Allow", "StringEqualsIfExists", "111122223333", false),
            ("Allow", "StringNotEquals", "111122223333", false),
            ("Allow", "StringLike", "AROAEXAMPLEID:*", true),
            ("Allow", "StringEquals", "${aws:PrincipalAccount}", false),
            ("Allow", "ArnLike", "arn:aws:sns:*:111122223333:*", true),
            ("Allow", "ArnLike", "arn:aws:iam::*:role/reader", false),
            ("Allow", "ArnLike", "arn:aws:s3:::example-bucket", true),
            ("Allow", "ArnLike", "arn:aws:s3:::*", false),
            ("Allow", "IpAddress", "198.51.100.0/24", true),
            ("Allow", "IpAddress", "198.51.100.7", true),
            ("Allow", "IpAddress", "2001:db8::7", true),
            ("Allow", "IpAddress", "0.0.0.0/0", false),
            ("Allow", "IpAddress", "0.0.0.0/1", false),
            ("Allow", "IpAddress", "::/0", false),
            ("Allow", "Bool", "true", false),
            ("Allow", "Null", "false", false),
            ("Deny", "StringNotEquals", "o-a1b2c3d4e5", true),
            ("Deny", "StringNotEqualsIfExists", "o-a1b2c3d4e5", true),
            ("Deny", "StringEquals", "o-a1b2c3d4e5", false),
        ] {
            let found = restricts(effect, operator, &[value.to_owned()]);
            assert_eq!(found, expected, "{effect} if {operator} {value}");
        }
        assert!(!restricts("Allow", "StringEquals", &[]));
    }

    #[test]
    fn a_text_that_is_no_policy_is_refused() {
        assert!(PolicyDocument::parse("{").unwrap_err().contains("not JSON"));
        assert!(PolicyDocument::parse("{}").unwrap_err().contains("no Statement"));
    }
}
