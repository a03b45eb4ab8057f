//! Recognises texts that have the form of a credential, so that the text itself need not be kept.

/// Beginnings that services give their keys and tokens, so that scanners can find them.
const TOKEN_PREFIXES: &[&str] = &[
    "dop_v1_",
    "ghp_",
    "gho_",
    "ghs_",
    "ghu_",
    "github_pat_",
    "glpat-",
    "hvs.",
    "npm_",
    "pypi-",
    "rk_live_",
    "rk_test_",
    "SG.",
    "shpat_",
    "sk-ant-",
    "sk-proj-",
    "sk_live_",
    "sk_test_",
    "whsec_",
    "xapp-",
    "xoxb-",
    "xoxp-",
];

/// A token is at least this long, and has digits in it; other texts with such a beginning are words.
const SHORTEST_TOKEN: usize = 20;

/// Whether a text has the form of a key, token, private key, or an address or connection string with a
/// password in it. It errs on the side of false: a name can say what a form does not.
pub fn looks_like_credential(text: &str) -> bool {
    let text = text.trim();
    is_token(text)
        || is_aws_access_key_id(text)
        || is_aws_secret_access_key(text)
        || is_json_web_token(text)
        || text.contains("-----BEGIN ") && text.contains("PRIVATE KEY-----")
        || has_password_in_url(text)
        || has_password_in_connection_string(text)
}

fn is_token(text: &str) -> bool {
    text.len() >= SHORTEST_TOKEN
        && TOKEN_PREFIXES.iter().any(|prefix| text.starts_with(prefix))
        && text.contains(|character: char| character.is_ascii_digit())
        && !text.contains(char::is_whitespace)
}

fn is_aws_access_key_id(text: &str) -> bool {
    text.len() == 20
        && (text.starts_with("AKIA") || text.starts_with("ASIA"))
        && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

/// Forty characters of base64. Hashes are as long, but are written in one case.
fn is_aws_secret_access_key(text: &str) -> bool {
    text.len() == 40
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'/' || byte == b'+')
        && text.bytes().any(|byte| byte.is_ascii_uppercase())
        && text.bytes().any(|byte| byte.is_ascii_lowercase())
        && text.bytes().any(|byte| byte.is_ascii_digit())
}

fn is_json_web_token(text: &str) -> bool {
    text.starts_with("eyJ") && text.split('.').count() == 3 && !text.contains(char::is_whitespace)
}

/// `scheme://user:password@host`.
fn has_password_in_url(text: &str) -> bool {
    let Some((_, rest)) = text.split_once("://") else { return false };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    let user_info = authority.rsplit_once('@').map(|(user_info, _)| user_info);
    user_info.and_then(|user_info| user_info.split_once(':')).is_some_and(|(_, password)| !password.is_empty())
}

/// `Server=db;Password=...` as .NET and ODBC write it, and `AccountKey=...` as Azure does.
fn has_password_in_connection_string(text: &str) -> bool {
    let parts = || text.split(';').filter_map(|part| part.split_once('='));
    parts().count() > 1
        && parts().any(|(key, value)| {
            let key = key.trim().to_ascii_lowercase();
            matches!(key.as_str(), "password" | "pwd" | "accountkey" | "sharedaccesskey") && !value.trim().is_empty()
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_recognised_by_their_form() {
        for text in [
            "AKIAIOSFODNN7EXAMPLE",
            "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
            "ghp_abcdefghijklmnopqrstuvwxyz0123456789",
            "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
            "-----BEGIN RSA PRIVATE KEY-----\nMIIE...",
            "postgres://app:hunter2@db.example.com:5432/app",
            "redis://:hunter2@cache.example.com:6379",
            "Server=db.example.com;User Id=app;Password=hunter2;",
        ] {
            assert!(looks_like_credential(text), "{text}");
        }
    }

    #[test]
    fn addresses_names_and_hashes_are_no_credentials() {
        for text in [
            "",
            "production",
            "3000",
            "2fd4e1c67a2d28fced849ee1bb76e7391b93eb12",
            "6f1ed002-ab54-4b1d-9c5c-9a1f0d2f3c4b",
            "arn:aws:secretsmanager:eu-west-1:111122223333:secret:app/db-AbCdEf",
            "https://api.example.com/v1?redirect=user:pass@elsewhere",
            "postgres://app@db.example.com:5432/app",
            "redis://cache.example.com:6379",
            "npm_config_fetch_retries",
            "Server=db.example.com;Password=",
        ] {
            assert!(!looks_like_credential(text), "{text}");
        }
    }
}
