//! Resource policies: the JSON that AWS stores, normalised so that a check can reason about it.

use serde_json::Value as Json;

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

fn statement(json: &Json) -> PolicyStatement {
    PolicyStatement {
        sid: json.get("Sid").and_then(Json::as_str).map(str::to_owned),
        effect: json.get("Effect").and_then(Json::as_str).unwrap_or("Allow").to_owned(),
        principals: principals(json.get("Principal")),
        not_principals: principals(json.get("NotPrincipal")),
        actions: texts(json.get("Action")),
        not_actions: texts(json.get("NotAction")),
        resources: texts(json.get("Resource")),
        conditions: conditions(json.get("Condition")),
    }
}

fn principals(json: Option<&Json>) -> Vec<String> {
    match json {
        Some(Json::Object(kinds)) => kinds.values().flat_map(|names| texts(Some(names))).collect(),
        other => texts(other),
    }
}

fn conditions(json: Option<&Json>) -> Vec<PolicyCondition> {
    let Some(Json::Object(operators)) = json else { return Vec::new() };
    operators
        .iter()
        .flat_map(|(operator, keys)| {
            let keys = keys.as_object().into_iter().flatten();
            keys.map(move |(key, values)| PolicyCondition {
                operator: operator.clone(),
                key: key.to_ascii_lowercase(),
                values: texts(Some(values)),
            })
        })
        .collect()
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
    fn a_text_that_is_no_policy_is_refused() {
        assert!(PolicyDocument::parse("{").unwrap_err().contains("not JSON"));
        assert!(PolicyDocument::parse("{}").unwrap_err().contains("no Statement"));
    }
}
