//! Runs the program in an environment of its own: no credentials, no configuration and no store but
//! those of the test.

use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

/// A working directory with nothing in it, and the program in it.
pub struct Program {
    pub directory: TempDir,
    endpoint: Option<String>,
}

/// What the program did.
pub struct Ran {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Program {
    pub fn new() -> Program {
        Program { directory: TempDir::new().unwrap(), endpoint: None }
    }

    /// All of AWS is at this address.
    pub fn at(endpoint: &str) -> Program {
        Program { endpoint: Some(endpoint.to_owned()), ..Program::new() }
    }

    /// Writes a file into the working directory.
    pub fn file(&self, name: &str, text: &str) -> &Program {
        let path = self.directory.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
        self
    }

    /// Where all of AWS is.
    pub fn endpoint(&self) -> &str {
        self.endpoint.as_deref().unwrap()
    }

    pub fn path(&self) -> &Path {
        self.directory.path()
    }

    /// The program, ready to run.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_plumbline"));
        command.args(arguments).current_dir(self.directory.path()).env_clear();
        let home = self.directory.path();
        command.env("HOME", home).env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.env("AWS_EC2_METADATA_DISABLED", "true").env("AWS_REGION", "us-east-1").env("COLUMNS", "100");
        if let Some(endpoint) = &self.endpoint {
            command.env("AWS_ENDPOINT_URL", endpoint);
            command.env("AWS_ACCESS_KEY_ID", "testing").env("AWS_SECRET_ACCESS_KEY", "testing");
        }
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Ran {
        Ran::of(self.command(arguments).output().unwrap())
    }
}

impl Ran {
    pub fn of(output: Output) -> Ran {
        Ran {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// What was printed, as JSON.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| {
            panic!("no JSON: {error}\nexit {}\nstdout: {}\nstderr: {}", self.code, self.stdout, self.stderr)
        })
    }

    /// Fails unless the program ended with this code.
    pub fn exits(self, code: i32) -> Ran {
        assert_eq!(self.code, code, "stdout: {}\nstderr: {}", self.stdout, self.stderr);
        self
    }
}
