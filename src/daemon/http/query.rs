//! The parameters of a request: each known, each given once, each with a value that makes sense.

use std::collections::BTreeMap;
use std::str::FromStr;

use http::StatusCode;

use super::answer::Refusal;
use crate::store::Glob;
use crate::suggest::nearest;

/// Items of a page where nothing is said.
const DEFAULT_LIMIT: usize = 100;

/// Items of a page at most.
const MOST: usize = 1000;

/// The parameters.
#[derive(Debug)]
pub struct Query(BTreeMap<String, String>);

/// Which page of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageRequest {
    /// How many items at most.
    pub limit: usize,
    /// The number behind which it begins.
    pub after: Option<i64>,
}

impl Query {
    /// Reads what stands behind the `?`, if it has only these parameters.
    pub fn read(text: &str, known: &[&str]) -> Result<Query, Refusal> {
        let mut parameters = BTreeMap::new();
        for (name, value) in form_urlencoded::parse(text.as_bytes()) {
            if !known.contains(&&*name) {
                let all = format!("there are: {}", known.join(", "));
                let help = nearest(&name, known.iter().copied()).unwrap_or(all);
                return Err(wrong(format!("there is no parameter `{name}`")).help(help));
            }
            if parameters.insert(name.to_string(), value.into_owned()).is_some() {
                return Err(wrong(format!("the parameter `{name}` is given twice")));
            }
        }
        Ok(Query(parameters))
    }

    /// A value; none where it is not given.
    pub fn value<T: FromStr>(&self, name: &str) -> Result<Option<T>, Refusal>
    where
        T::Err: std::fmt::Display,
    {
        let Some(text) = self.0.get(name) else { return Ok(None) };
        text.parse().map(Some).map_err(|error| wrong(format!("`{name}`: {error}")))
    }

    /// `true` or `false`; none where it is not given.
    pub fn flag(&self, name: &str) -> Result<Option<bool>, Refusal> {
        self.value::<bool>(name).map_err(|_| wrong(format!("`{name}` is `true` or `false`")))
    }

    /// A pattern; everything where none is given.
    pub fn glob(&self, name: &str) -> Result<Glob, Refusal> {
        Ok(self.value::<Glob>(name)?.unwrap_or_default())
    }

    /// `limit` and `after`.
    pub fn page(&self) -> Result<PageRequest, Refusal> {
        let limit = match self.value::<usize>("limit") {
            Ok(None) => DEFAULT_LIMIT,
            Ok(Some(limit @ 1..=MOST)) => limit,
            _ => return Err(wrong(format!("`limit` is a number from 1 to {MOST}"))),
        };
        let after = self.value::<i64>("after").ok().filter(|after| after.is_none_or(|after| after >= 0));
        let after = after.ok_or_else(|| wrong("`after` is the `next` of the page before".to_owned()))?;
        Ok(PageRequest { limit, after })
    }
}

fn wrong(error: String) -> Refusal {
    Refusal::new(StatusCode::BAD_REQUEST, error)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: [&str; 4] = ["limit", "after", "check", "open"];

    #[test]
    fn parameters_are_decoded() {
        let query = Query::read("check=rds-*%2Fx+y&limit=5&after=17&open=true", &KNOWN).unwrap();
        assert_eq!(query.glob("check").unwrap().as_str(), "rds-*/x y");
        assert_eq!(query.page().unwrap(), PageRequest { limit: 5, after: Some(17) });
        assert_eq!(query.flag("open").unwrap(), Some(true));
        assert_eq!(Query::read("", &KNOWN).unwrap().page().unwrap(), PageRequest { limit: 100, after: None });
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for (text, said) in [
            ("chek=x", "did you mean `check`?"),
            ("open=true&open=true", "twice"),
            ("open=yes", "`true` or `false`"),
            ("limit=0", "from 1 to 1000"),
            ("limit=1001", "from 1 to 1000"),
            ("limit=-1", "from 1 to 1000"),
            ("after=x", "`next`"),
            ("after=-1", "`next`"),
            ("after=99999999999999999999", "`next`"),
            ("check=", "empty pattern"),
        ] {
            let read = Query::read(text, &KNOWN)
                .and_then(|query| query.flag("open").and(query.glob("check")).and(query.page()));
            let error = format!("{:?}", read.unwrap_err());
            assert!(error.contains(said), "{text}: {error}");
        }
    }
}
