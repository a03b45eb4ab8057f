//! The phrases of the built-in checks, read from their folder.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use plumbline_document::{Knowledge, KnowledgeFiles};

/// The phrases of the built-in checks, read once.
pub fn knowledge() -> &'static Knowledge {
    static KNOWLEDGE: LazyLock<Knowledge> =
        LazyLock::new(|| load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../checks")));
    &KNOWLEDGE
}

/// The phrases of the checks in a folder.
pub fn load(folder: &Path) -> Knowledge {
    let mut files = KnowledgeFiles::default();
    add(folder, &mut files);
    Knowledge::new(files)
}

fn add(folder: &Path, files: &mut KnowledgeFiles) {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            add(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "yaml") {
            files.add(path.to_str().unwrap(), &std::fs::read_to_string(&path).unwrap()).unwrap();
        }
    }
}
