//! Refuses answers that did not come whole. The SDK takes an empty body for an answer without members, and XML that
//! breaks off for one that has no more of them: a listing would look complete, and what it lacks would be gone.

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::context::AfterDeserializationInterceptorContextRef;
use aws_smithy_runtime_api::client::interceptors::{Intercept, dyn_dispatch_hint};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;

/// Why an answer is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum CutAnswer {
    /// There is no body. No operation that we call answers with none.
    #[error("it is empty")]
    Empty,
    /// The XML ends before its outermost element does.
    #[error("it breaks off")]
    Unfinished,
    /// All that AWS answers is XML or JSON, the policies of buckets included, which the SDK takes as they come.
    #[error("it is neither XML nor JSON")]
    Foreign,
}

/// Fails a call whose answer is a success, and is not whole.
#[derive(Debug)]
pub struct RefuseCutAnswers;

#[dyn_dispatch_hint]
impl Intercept for RefuseCutAnswers {
    fn name(&self) -> &'static str {
        "RefuseCutAnswers"
    }

    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let response = context.response();
        match response.body().bytes() {
            Some(body) if response.status().is_success() => Ok(check(body)?),
            _ => Ok(()),
        }
    }
}

fn check(body: &[u8]) -> Result<(), CutAnswer> {
    let body = String::from_utf8_lossy(body);
    let body = body.trim();
    if body.is_empty() {
        return Err(CutAnswer::Empty);
    }
    match body.chars().next() {
        Some('<') if ends_with_its_root(body) => Ok(()),
        Some('<') => Err(CutAnswer::Unfinished),
        // JSON that breaks off is refused by the SDK itself.
        Some('{' | '[') => Ok(()),
        _ => Err(CutAnswer::Foreign),
    }
}

/// Whether XML ends with the end of the element that it begins with.
fn ends_with_its_root(xml: &str) -> bool {
    let tags = xml.match_indices('<').map(|(at, _)| &xml[at + 1..]);
    let Some(root) = tags.into_iter().find(|tag| !tag.starts_with(['?', '!'])) else { return false };
    let name = root.split(|c: char| c.is_whitespace() || c == '>' || c == '/').next().unwrap_or_default();
    let is_closed = xml.strip_suffix('>').is_some_and(|xml| xml.trim_end().ends_with(&format!("</{name}")));
    let is_one_tag = root.find('>').is_some_and(|end| end + 1 == root.len()) && root.ends_with("/>");
    is_closed || is_one_tag
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_answers_pass() {
        for body in [
            "{}",
            "<A></A>",
            "<A xmlns=\"http://a/\"><B>1</B></A>\n",
            "<?xml version=\"1.0\"?>\n<!-- made by hand --><A/>",
            "<LocationConstraint xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"/>",
            "<n:A><B/></n:A >",
        ] {
            assert_eq!(check(body.as_bytes()), Ok(()), "{body}");
        }
    }

    #[test]
    fn answers_that_break_off_are_refused() {
        assert_eq!(check(b""), Err(CutAnswer::Empty));
        assert_eq!(check(b"\r\n "), Err(CutAnswer::Empty));
        assert_eq!(check(b"\x00\x01<<<<{{{{noise"), Err(CutAnswer::Foreign));
        for body in ["<A>", "<A><B/>", "<A><B></B>", "<A", "<A><B>1</B></", "<?xml version=\"1.0\"?>", "<!-- cut"] {
            assert_eq!(check(body.as_bytes()), Err(CutAnswer::Unfinished), "{body}");
        }
    }
}
