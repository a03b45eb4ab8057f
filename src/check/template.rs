//! Messages with expressions in braces.

use super::expression::{Bindings, CompileError, Expression, Facts, Reads, Variables, compile};

/// A text with expressions in it.
#[derive(Debug, Clone, Default)]
pub struct Template {
    parts: Vec<Part>,
}

#[derive(Debug, Clone)]
enum Part {
    Text(String),
    Expression(Expression),
}

impl Template {
    /// Compiles a template.
    ///
    /// # Errors
    ///
    /// The first expression that is wrong, its place counted from the start of the template.
    pub fn compile(source: &str, variables: &Variables, facts: &Facts) -> Result<Template, CompileError> {
        let chars: Vec<char> = source.chars().collect();
        let mut parts = Vec::new();
        let mut text = String::new();
        let mut at = 0;
        while at < chars.len() {
            match (chars[at], chars.get(at + 1)) {
                ('{', Some('{')) | ('}', Some('}')) => {
                    text.push(chars[at]);
                    at += 2;
                }
                ('{', _) => {
                    let Some(length) = chars[at..].iter().position(|c| *c == '}') else {
                        return Err(CompileError {
                            start: at,
                            end: at + 1,
                            message: "this brace is not closed".to_owned(),
                            help: Some("write `{{` for a brace".to_owned()),
                        });
                    };
                    parts.push(Part::Text(std::mem::take(&mut text)));
                    let inner: String = chars[at + 1..at + length].iter().collect();
                    let expression = compile(&inner, variables, facts).map_err(|error| CompileError {
                        start: error.start + at + 1,
                        end: error.end + at + 1,
                        ..error
                    })?;
                    parts.push(Part::Expression(expression));
                    at += length + 1;
                }
                (other, _) => {
                    text.push(other);
                    at += 1;
                }
            }
        }
        parts.push(Part::Text(text));
        Ok(Template { parts })
    }

    /// The text, its expressions replaced by their values; one that cannot be read becomes `unknown`.
    pub fn render<'a>(&'a self, bindings: &mut Bindings<'a>) -> String {
        let mut text = String::new();
        for part in &self.parts {
            match part {
                Part::Text(plain) => text.push_str(plain),
                Part::Expression(expression) => match expression.evaluate(bindings) {
                    Ok(value) => text.push_str(&value.render()),
                    Err(_) => text.push_str("unknown"),
                },
            }
        }
        text.trim().to_owned()
    }

    /// What its expressions look at.
    pub fn reads(&self) -> Reads {
        let mut reads = Reads::default();
        for part in &self.parts {
            if let Part::Expression(expression) = part {
                reads.extend(&expression.reads);
            }
        }
        reads
    }
}
