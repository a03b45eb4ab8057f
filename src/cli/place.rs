//! Where files of audits lie: a folder, or below a prefix in S3.

use std::convert::Infallible;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use tempfile::TempDir;

use super::exit::CliError;
use crate::audit::AuditReport;
use crate::aws::Fleet;
use crate::exchange::{self, EXTENSION, Header};
use crate::keep::KeepError;
use crate::remote::{Objects, S3Place};

/// Where files of audits lie.
#[derive(Debug, Clone)]
pub enum AuditPlace {
    /// A folder, or one file.
    Local(PathBuf),
    /// The objects below a prefix, or one object; or why the name is none.
    Remote(Result<S3Place, String>),
}

/// A file of an audit, as it can be read here.
#[derive(Debug)]
pub struct AuditFile {
    /// What people call it.
    pub name: String,
    /// Where it can be read.
    pub path: PathBuf,
}

/// The files of some places.
#[derive(Debug, Default)]
pub struct AuditFiles {
    /// The files, in the order of their names.
    pub files: Vec<AuditFile>,
    /// Copies of those that lie in S3.
    copies: Vec<TempDir>,
}

impl FromStr for AuditPlace {
    type Err = Infallible;

    fn from_str(name: &str) -> Result<AuditPlace, Infallible> {
        if !S3Place::is_meant_by(name) {
            return Ok(AuditPlace::Local(PathBuf::from(name)));
        }
        let place = name.parse::<S3Place>().map_err(|error| error.to_string());
        Ok(AuditPlace::Remote(place.map(|place| match place.is_prefix() || place.key.ends_with(EXTENSION) {
            true => place,
            false => place.with_key(&format!("{}/", place.key)),
        })))
    }
}

impl AuditPlace {
    /// Writes an audit there, and says under which name.
    pub async fn put(
        &self,
        fleet: &Fleet,
        profile: Option<&str>,
        header: &Header,
        report: &AuditReport,
    ) -> Result<String, CliError> {
        let unwritten = |place: &dyn std::fmt::Display, error: &std::io::Error| {
            CliError::Failed(format!(
                "cannot write the audit to `{place}`\n  cause: {error}\n  effect: the audit is lost, and nothing half \
                 written is there\n  help: check that there is room and the right to write, and audit again"
            ))
        };
        match self {
            AuditPlace::Local(folder) => {
                let path = exchange::into_folder(folder, header, report);
                Ok(path.map_err(|error| unwritten(&folder.display(), &error))?.display().to_string())
            }
            AuditPlace::Remote(place) => {
                let place = place.as_ref().map_err(|error| CliError::Usage(error.clone()))?;
                let file = exchange::to_temporary(header, report);
                let file = file.map_err(|error| unwritten(&std::env::temp_dir().display(), &error))?;
                let mut objects = Objects::connect(fleet, profile, place).await;
                let key = format!("{}{}", place.key, header.file_name());
                let name = objects.place(&key).to_string();
                if !objects.put_new(&key, file.path()).await.map_err(KeepError::from)? {
                    return Err(CliError::Failed(format!("there is another object `{name}` already")));
                }
                Ok(name)
            }
        }
    }
}

impl AuditFiles {
    /// The files of these places. Those in S3 are fetched.
    pub async fn gather(places: &[AuditPlace], fleet: &Fleet, profile: Option<&str>) -> Result<AuditFiles, CliError> {
        let mut gathered = AuditFiles::default();
        for place in places {
            match place {
                AuditPlace::Local(path) if path.is_dir() => gathered.add_folder(path)?,
                AuditPlace::Local(path) => {
                    let file = AuditFile { name: path.display().to_string(), path: path.clone() };
                    gathered.files.push(file);
                }
                AuditPlace::Remote(place) => {
                    let place = place.as_ref().map_err(|error| CliError::Usage(error.clone()))?;
                    gathered.add_objects(place, fleet, profile).await?;
                }
            }
        }
        Ok(gathered)
    }

    fn add_folder(&mut self, folder: &Path) -> Result<(), CliError> {
        let failed = |error: &std::io::Error| CliError::failed(&format!("cannot list `{}`", folder.display()), error);
        let mut paths = Vec::new();
        for entry in std::fs::read_dir(folder).map_err(|error| failed(&error))? {
            let path = entry.map_err(|error| failed(&error))?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            // What begins with a dot is just being written.
            if name.ends_with(EXTENSION) && !name.starts_with('.') {
                paths.push(path);
            }
        }
        paths.sort();
        self.files.extend(paths.into_iter().map(|path| AuditFile { name: path.display().to_string(), path }));
        Ok(())
    }

    async fn add_objects(&mut self, place: &S3Place, fleet: &Fleet, profile: Option<&str>) -> Result<(), CliError> {
        let mut objects = Objects::connect(fleet, profile, place).await;
        let keys = match place.is_prefix() {
            false => vec![place.key.clone()],
            true => {
                let mut keys = objects.list(&place.key).await.map_err(KeepError::from)?;
                keys.retain(|key| key.ends_with(EXTENSION));
                keys
            }
        };
        let folder = tempfile::Builder::new().prefix("plumbline-").tempdir();
        let folder = folder.map_err(|error| CliError::failed("there is no place for copies of audits", &error))?;
        for (number, key) in keys.iter().enumerate() {
            let path = folder.path().join(number.to_string());
            let name = objects.place(key).to_string();
            if !objects.get(key, &path).await.map_err(KeepError::from)? {
                return Err(CliError::Failed(format!("there is no object `{name}`\n  help: check its name")));
            }
            self.files.push(AuditFile { name, path });
        }
        self.copies.push(folder);
        Ok(())
    }
}
