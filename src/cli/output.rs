//! Results: to stdout or into a file.

use std::io::{ErrorKind, Write};
use std::path::Path;

use super::exit::{CliError, Exit};

/// Prints a result.
pub fn print(text: &str) -> Result<Exit, CliError> {
    write(None, text)?;
    Ok(Exit::Success)
}

/// Writes a result to stdout, or whole into a file: a reader of the file never sees half of it.
pub fn write(file: Option<&Path>, text: &str) -> Result<(), CliError> {
    match file {
        Some(path) => write_file(path, text),
        None => {
            let mut stdout = anstream::stdout().lock();
            let written = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush());
            written.map_err(|error| match error.kind() {
                ErrorKind::BrokenPipe => CliError::PipeClosed,
                _ => CliError::failed("cannot write the result", &error),
            })
        }
    }
}

fn write_file(path: &Path, text: &str) -> Result<(), CliError> {
    let failed = |error: &std::io::Error| CliError::failed(&format!("cannot write `{}`", path.display()), error);
    // Devices and pipes cannot be replaced, only written to.
    if path.metadata().is_ok_and(|metadata| !metadata.is_file()) {
        return std::fs::write(path, text).map_err(|error| failed(&error));
    }
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.part", std::process::id()));
    let partial = path.with_file_name(name);
    let written = std::fs::write(&partial, text).and_then(|()| std::fs::rename(&partial, path));
    written.map_err(|error| {
        let _ = std::fs::remove_file(&partial);
        failed(&error)
    })
}

/// Whether results are coloured: stdout is a terminal, or colours are forced, and nobody said `--no-color`.
pub fn coloured() -> bool {
    anstream::AutoStream::choice(&std::io::stdout()) != anstream::ColorChoice::Never
}

/// The width for what goes to the terminal; 100 columns where there is none.
pub fn width() -> usize {
    let columns = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    columns.or_else(|| terminal_size::terminal_size().map(|(width, _)| usize::from(width.0))).unwrap_or(100).max(20)
}
