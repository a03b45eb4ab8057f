//! Results: to stdout or into a file.

use std::fs::File;
use std::io::{BufWriter, ErrorKind, Write};
use std::path::Path;

use super::exit::{CliError, Exit};

/// Prints a result.
pub fn print(text: &str) -> Result<Exit, CliError> {
    write(None, text)?;
    Ok(Exit::Success)
}

/// Prints bytes as they are, whatever they hold: what is printed is to be a file again.
pub fn raw(bytes: &[u8]) -> Result<(), CliError> {
    let mut stdout = std::io::stdout().lock();
    written(stdout.write_all(bytes).and_then(|()| stdout.flush()))
}

/// Writes a result to stdout, or whole into a file: a reader of the file never sees half of it.
pub fn write(file: Option<&Path>, text: &str) -> Result<(), CliError> {
    stream(file, |out| out.write_all(text.as_bytes()))
}

/// The same for a result that is better not held in memory.
pub fn stream(file: Option<&Path>, result: impl FnOnce(&mut dyn Write) -> std::io::Result<()>) -> Result<(), CliError> {
    match file {
        Some(path) => stream_to_file(path, result),
        None => {
            let mut stdout = BufWriter::new(anstream::stdout().lock());
            written(result(&mut stdout).and_then(|()| stdout.flush()))
        }
    }
}

fn written(written: std::io::Result<()>) -> Result<(), CliError> {
    written.map_err(|error| match error.kind() {
        ErrorKind::BrokenPipe => CliError::PipeClosed,
        _ => CliError::failed("cannot write the result", &error),
    })
}

fn stream_to_file(path: &Path, result: impl FnOnce(&mut dyn Write) -> std::io::Result<()>) -> Result<(), CliError> {
    let failed = |error: &std::io::Error| CliError::failed(&format!("cannot write `{}`", path.display()), error);
    // Devices and pipes cannot be replaced, only written to.
    let replaced = !path.metadata().is_ok_and(|metadata| !metadata.is_file());
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.part", std::process::id()));
    let partial = if replaced { path.with_file_name(name) } else { path.to_owned() };
    let written = File::create(&partial).and_then(|file| {
        let mut out = BufWriter::new(file);
        result(&mut out)?;
        out.flush()?;
        if replaced { std::fs::rename(&partial, path) } else { Ok(()) }
    });
    written.map_err(|error| {
        if replaced {
            let _ = std::fs::remove_file(&partial);
        }
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
