//! Prometheus's text format, version 0.0.4.

use std::fmt::Write as _;

/// The type under which it is served.
pub const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// A text that grows family by family.
#[derive(Debug, Default)]
pub struct Exposition(String);

/// The samples of one metric.
pub struct Family<'e> {
    text: &'e mut String,
    name: &'static str,
}

impl Exposition {
    /// Begins a metric of a kind: `counter`, `gauge` or `histogram`.
    pub fn family(&mut self, name: &'static str, kind: &str, help: &str) -> Family<'_> {
        let _ = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}");
        Family { text: &mut self.0, name }
    }

    /// A metric of one sample.
    pub fn single(&mut self, name: &'static str, kind: &str, help: &str, value: f64) {
        self.family(name, kind, help).sample("", &[], value);
    }

    /// The whole text.
    pub fn into_text(self) -> String {
        self.0
    }
}

impl Family<'_> {
    /// Adds a sample. `suffix` is what histograms put behind the name.
    pub fn sample(&mut self, suffix: &str, labels: &[(&str, &str)], value: f64) {
        let _ = write!(self.text, "{}{suffix}", self.name);
        for (number, (name, value)) in labels.iter().enumerate() {
            let _ = write!(self.text, "{}{name}=\"{}\"", if number == 0 { '{' } else { ',' }, escaped(value));
        }
        if !labels.is_empty() {
            self.text.push('}');
        }
        let _ = writeln!(self.text, " {value}");
    }
}

fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_escaped() {
        let mut exposition = Exposition::default();
        exposition.family("a", "gauge", "Help.").sample("", &[("document", "a \"b\\c\n"), ("x", "y")], 1.5);
        exposition.single("b", "counter", "Help.", 3.0);
        assert_eq!(
            exposition.into_text(),
            "# HELP a Help.\n# TYPE a gauge\na{document=\"a \\\"b\\\\c\\n\",x=\"y\"} 1.5\n# HELP b Help.\n# TYPE b counter\nb 3\n"
        );
    }
}
