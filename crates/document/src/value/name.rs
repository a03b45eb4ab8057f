//! Names of resources in a text.

use indexmap::IndexSet;

use super::read::stated;

/// What marks a run of characters as an AWS id: `vpc-0a1b2c3d`.
fn is_id(word: &str) -> bool {
    word.rsplit_once('-').is_some_and(|(prefix, hex)| {
        (2..=12).contains(&prefix.len())
            && hex.len() >= 8
            && hex.chars().all(|c| c.is_ascii_hexdigit())
            && hex.chars().any(|c| c.is_ascii_digit())
    })
}

/// The names, ids and ARNs of resources that a text holds, in its order, each once. `spans` are the texts of code spans and
/// of values, in which any word with a joint may be a name; elsewhere only ids and ARNs are.
pub fn names<'a>(text: &'a str, spans: &[&'a str]) -> Vec<String> {
    let mut found: IndexSet<&str> = IndexSet::new();
    for word in words(text) {
        if word.starts_with("arn:aws") || is_id(word) {
            found.insert(word);
        }
    }
    for span in spans {
        let all: Vec<&str> = words(span).collect();
        if let [word] = all.as_slice()
            && is_name(word)
        {
            found.insert(word);
        }
    }
    found.into_iter().map(str::to_owned).collect()
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    let edge = |c: char| matches!(c, '`' | '"' | '\'' | ',' | ';' | '(' | ')' | '[' | ']' | '.' | ':');
    text.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '(' | ')' | '`'))
        .map(move |word| word.trim_matches(edge))
        .filter(|word| !word.is_empty())
}

/// Whether a word may name a resource: letters with a joint, and no value of another kind.
fn is_name(word: &str) -> bool {
    let joined = word.contains(['-', '/', '_']) || word.starts_with("arn:");
    let plain = word.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '/' | '.' | ':' | '*'));
    let path = word.starts_with('/') && word.matches('/').count() < 2;
    let url = word.contains("://") || word.starts_with("http");
    let upper = word.chars().any(char::is_lowercase);
    joined && plain && upper && !path && !url && word.len() >= 5 && stated(word).is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_in_code_and_ids_anywhere() {
        let text = "VPC created: clubapp-dev-vpc (vpc-0a1b2c3d4e5f) multi-az";
        assert_eq!(names(text, &["clubapp-dev-vpc"]), ["vpc-0a1b2c3d4e5f", "clubapp-dev-vpc"]);
    }

    #[test]
    fn values_are_no_names() {
        for word in ["us-east-1a", "/health", "10.0.0.0/16", "db.t4g.medium", "https://x.example/a", "AES-256"] {
            assert!(names("", &[word]).is_empty(), "{word}");
        }
    }
}
