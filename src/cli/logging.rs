//! Log lines: on stderr, as text or JSON. Results go to stdout and are never mixed with them.

use clap::ValueEnum;
use tracing_subscriber::EnvFilter;

use super::Global;

/// How log lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// Starts logging. `RUST_LOG` overrules the verbosity. What runs unwatched says by itself what it does.
pub fn start(global: &Global, unwatched: bool) {
    if global.no_color {
        anstream::ColorChoice::Never.write_global();
    }
    let level = match (global.quiet, global.verbose.saturating_add(u8::from(unwatched))) {
        (true, _) => "plumbline=error,off",
        // The SDK warns of much that plumbline goes on to explain.
        (false, 0) => "plumbline=warn,error",
        (false, 1) => "plumbline=info,warn",
        (false, _) => "plumbline=debug,warn",
    };
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(level));
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false);
    match global.log_format {
        LogFormat::Text => builder.with_ansi(output_is_coloured()).init(),
        LogFormat::Json => builder.json().init(),
    }
}

fn output_is_coloured() -> bool {
    anstream::AutoStream::choice(&std::io::stderr()) != anstream::ColorChoice::Never
}
