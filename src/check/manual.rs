//! The manual of the checks: Markdown pages, one for each service, and an overview.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::compiled::{Check, FRAMEWORKS};
use super::library::Library;

/// The pages, by file name.
pub fn manual(library: &Library) -> BTreeMap<String, String> {
    let mut services: BTreeMap<String, Vec<&Check>> = BTreeMap::new();
    for check in library.all() {
        let service = check.source.path.split('/').nth(1).unwrap_or("own").to_owned();
        services.entry(service).or_default().push(check);
    }
    let mut pages = BTreeMap::new();
    let mut overview = String::from(
        "# Checks\n\nGenerated from the check files by `make docs`.\n\n| check | severity | what passes |\n|---|---|---|\n",
    );
    for (service, checks) in &services {
        let mut page = format!("# Checks of {service}\n\nGenerated from the check files by `make docs`.\n");
        for check in checks {
            let _ = writeln!(
                overview,
                "| [{id}]({service}.md#{id}) | {} | {} |",
                check.severity,
                check.title,
                id = check.id
            );
            describe(check, &mut page);
        }
        pages.insert(format!("{service}.md"), page);
    }
    pages.insert("README.md".to_owned(), overview);
    pages
}

fn describe(check: &Check, page: &mut String) {
    let file = &check.file;
    let types = file.resource.all().iter().map(|t| format!("`{t}`")).collect::<Vec<_>>().join(", ");
    let themes = file.themes.iter().map(|theme| theme.value.as_str()).collect::<Vec<_>>().join(", ");
    let _ = write!(page, "\n## {}\n\n**{}.**\n\n{}\n\n", check.id, check.title, paragraph(&file.why));
    let _ = writeln!(
        page,
        "| | |\n|---|---|\n| severity | {} |\n| judges | {types} |\n| themes | {themes} |",
        check.severity
    );
    for (name, controls) in &file.frameworks {
        let title = FRAMEWORKS.iter().find(|(key, _)| key == name).map_or(name.as_str(), |(_, title)| *title);
        let _ = writeln!(page, "| {title} | {} |", controls.join(", "));
    }
    for (name, param) in &check.params {
        let _ = writeln!(page, "| parameter `{name}`, default `{}` | {} |", param.default, paragraph(&param.doc));
    }
    let mut expressions = String::new();
    for (name, related) in &file.related {
        let on = related.on.iter().map(|(key, text)| format!("{key} == {}", paragraph(&text.value)));
        let on = on.collect::<Vec<_>>().join(" && ");
        let _ = writeln!(
            expressions,
            "{name}: {} {}",
            related.resource_type.value,
            if on.is_empty() { "(all)" } else { &on }
        );
    }
    if let Some(when) = &file.when {
        let _ = writeln!(expressions, "when: {}", paragraph(&when.value));
    }
    let _ = writeln!(expressions, "pass: {}", paragraph(&file.pass.value));
    fenced(page, "", "", &expressions);
    let remediation = &file.remediation;
    for (what, language, how) in [
        ("AWS CLI", "sh", remediation.cli.as_ref().map(|cli| cli.value.replace("{{", "{").replace("}}", "}"))),
        ("Terraform", "hcl", remediation.terraform.clone()),
        ("CloudFormation", "yaml", remediation.cloudformation.clone()),
    ] {
        if let Some(how) = how {
            fenced(page, what, language, &how);
        }
    }
}

fn paragraph(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn fenced(page: &mut String, what: &str, language: &str, text: &str) {
    let heading = if what.is_empty() { String::new() } else { format!("{what}:\n\n") };
    let _ = write!(page, "\n{heading}```{language}\n{}\n```\n", text.trim_end());
}
