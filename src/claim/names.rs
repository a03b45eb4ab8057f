//! `{names}` in a claims file, and what they stand for.

use serde_json::Value as Json;

use super::file::{ClaimsFile, Params};

/// The names in a text, each with its braces' places: `prefix` in `{prefix}-postgres`. Other braces stand for themselves.
fn names(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.match_indices('{').filter_map(move |(at, _)| {
        let rest = &text[at + 1..];
        let name = &rest[..rest.find('}')?];
        let is_name = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        is_name.then_some((at, name))
    })
}

/// The names in a text that `params` do not give.
pub fn unnamed<'t>(text: &'t str, params: &Params) -> Option<&'t str> {
    names(text).map(|(_, name)| name).find(|name| !params.contains_key(*name))
}

/// A text with its names replaced. One that nothing gives stays.
pub fn fill(text: &str, params: &Params) -> String {
    let mut filled = String::new();
    let mut done = 0;
    for (at, name) in names(text) {
        let Some(value) = params.get(name) else { continue };
        filled.push_str(&text[done..at]);
        match value {
            Json::String(value) => filled.push_str(value),
            other => filled.push_str(&other.to_string()),
        }
        done = at + name.len() + 2;
    }
    filled.push_str(&text[done..]);
    filled
}

/// A value with the names in its texts replaced. A text that is nothing but one name becomes that value, whatever its type.
pub fn fill_value(value: &Json, params: &Params) -> Json {
    match value {
        Json::String(text) => {
            let whole =
                text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).and_then(|name| params.get(name));
            whole.cloned().unwrap_or_else(|| Json::String(fill(text, params)))
        }
        Json::Array(items) => Json::Array(items.iter().map(|item| fill_value(item, params)).collect()),
        other => other.clone(),
    }
}

impl ClaimsFile {
    /// The file with its `{names}` replaced: by `params` of the configuration, else by its own.
    pub fn filled(&self, params: &Params) -> ClaimsFile {
        let mut file = self.clone();
        file.params.extend(params.clone());
        let params = file.params.clone();
        let fill_all = |texts: &mut Vec<String>| texts.iter_mut().for_each(|text| *text = fill(text, &params));
        file.account = file.account.map(|account| fill(&account, &params));
        for scope in &mut file.scope {
            fill_all(&mut scope.selector.resources);
            fill_all(&mut scope.selector.regions);
        }
        for claim in &mut file.claims {
            fill_all(&mut claim.selector.resources);
            fill_all(&mut claim.selector.regions);
            claim.params.iter_mut().for_each(|(_, value)| *value = fill_value(value, &params));
        }
        file
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn params() -> Params {
        Params::from_iter([("prefix".to_owned(), json!("clubapp-dev")), ("days".to_owned(), json!(7))])
    }

    #[test]
    fn names_are_replaced_and_other_braces_stay() {
        for (text, expected) in [
            ("{prefix}-postgres", "clubapp-dev-postgres"),
            ("{prefix}/{prefix}", "clubapp-dev/clubapp-dev"),
            ("{days} days", "7 days"),
            ("{other}-x", "{other}-x"),
            ("${}{a b}{", "${}{a b}{"),
            ("{{prefix}}", "{clubapp-dev}"),
        ] {
            assert_eq!(fill(text, &params()), expected);
        }
        assert_eq!(unnamed("{prefix}-{other}", &params()), Some("other"));
    }

    #[test]
    fn a_text_that_is_one_name_takes_the_type_of_its_value() {
        assert_eq!(fill_value(&json!(["{days}", "{prefix}"]), &params()), json!([7, "clubapp-dev"]));
    }
}
