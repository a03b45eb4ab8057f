//! Whether files have changed. They are looked at rather than watched: that works on every file system, and where a volume of
//! secrets or configuration is exchanged as a whole.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// More files than anyone has checks.
const MOST_FILES: usize = 20_000;

/// Folders within folders.
const MOST_LEVELS: usize = 16;

/// How some files and folders are.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Fingerprint(BTreeMap<PathBuf, Option<Look>>);

/// What tells that a file is another than before.
#[derive(Debug, PartialEq, Eq)]
struct Look {
    length: u64,
    modified: Option<SystemTime>,
    number: u64,
}

impl Fingerprint {
    /// Looks at files, and at all files in folders.
    pub fn of(paths: &[PathBuf]) -> Fingerprint {
        let mut fingerprint = Fingerprint::default();
        for path in paths {
            fingerprint.add(path, MOST_LEVELS);
        }
        fingerprint
    }

    fn add(&mut self, path: &Path, levels: usize) {
        if self.0.len() >= MOST_FILES {
            return;
        }
        let metadata = std::fs::metadata(path).ok();
        let is_folder = metadata.as_ref().is_some_and(std::fs::Metadata::is_dir);
        let look = metadata.map(|metadata| Look {
            length: metadata.len(),
            modified: metadata.modified().ok(),
            number: number(&metadata),
        });
        self.0.insert(path.to_owned(), look);
        if is_folder && levels > 0 {
            let Ok(entries) = std::fs::read_dir(path) else { return };
            for entry in entries.flatten() {
                self.add(&entry.path(), levels - 1);
            }
        }
    }
}

#[cfg(unix)]
fn number(metadata: &std::fs::Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(metadata)
}

#[cfg(not(unix))]
fn number(_: &std::fs::Metadata) -> u64 {
    0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_written_replaced_added_or_removed_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("checks/a.yaml");
        std::fs::create_dir(folder.path().join("checks")).unwrap();
        std::fs::write(&file, "one").unwrap();
        let look = || Fingerprint::of(&[folder.path().join("checks"), folder.path().join("plumbline.toml")]);
        let mut before = look();
        assert_eq!(before, look());
        let changes: [&dyn Fn(); 4] = [
            &|| std::fs::write(&file, "other").unwrap(),
            &|| {
                std::fs::write(folder.path().join("new"), "there").unwrap();
                std::fs::rename(folder.path().join("new"), &file).unwrap();
            },
            &|| std::fs::write(folder.path().join("plumbline.toml"), "").unwrap(),
            &|| std::fs::remove_file(&file).unwrap(),
        ];
        for (number, change) in changes.iter().enumerate() {
            change();
            let after = look();
            assert_ne!(before, after, "change {number}");
            before = after;
        }
    }
}
