//! `ARCHITECTURE.md` says which module uses which; the code must agree.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

fn rust_files(folder: &Path, files: &mut Vec<std::path::PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            rust_files(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

/// The rows of the module table: name, and what it uses; `None` for "everything".
fn documented() -> BTreeMap<String, Option<BTreeSet<String>>> {
    let page = include_str!("../../ARCHITECTURE.md");
    let names = |cell: &str| cell.split('`').skip(1).step_by(2).map(str::to_owned).collect::<BTreeSet<String>>();
    page.lines()
        .filter(|line| line.starts_with("| `"))
        .map(|line| {
            let cells: Vec<&str> = line.trim_matches('|').split('|').collect();
            let name = names(cells[0]).into_iter().next().unwrap();
            let uses = (!cells[2].contains("everything")).then(|| names(cells[2]));
            (name, uses)
        })
        .collect()
}

#[test]
fn each_module_uses_only_those_that_the_page_names() {
    let documented = documented();
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    rust_files(&source, &mut files);
    for file in files {
        let relative = file.strip_prefix(&source).unwrap();
        let module = relative.iter().next().unwrap().to_str().unwrap().trim_end_matches(".rs").to_owned();
        if module == "lib" || module == "main" {
            continue;
        }
        let uses = documented.get(&module).unwrap_or_else(|| panic!("ARCHITECTURE.md does not name `{module}`"));
        let Some(uses) = uses else { continue };
        let text = std::fs::read_to_string(&file).unwrap();
        // Tests may look anywhere.
        let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
        for line in code.lines().filter(|line| !line.trim_start().starts_with("//")) {
            for part in line.split("crate::").skip(1) {
                let used: String = part.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                let known = documented.contains_key(&used) && used != module;
                let is_test = relative.iter().any(|part| part == "tests" || part == "tests.rs" || part == "hiding.rs");
                assert!(!known || is_test || uses.contains(&used), "{}: `{module}` uses `{used}`", relative.display());
            }
        }
    }
}

#[test]
fn the_page_names_only_modules_that_exist() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for module in documented().keys() {
        let exists = source.join(module).is_dir() || source.join(format!("{module}.rs")).is_file();
        assert!(exists, "ARCHITECTURE.md names `{module}`, which is not there");
    }
}
