//! The progress bar: on stderr, only where that is a terminal, and only for work that takes a while.

use std::io::IsTerminal;
use std::sync::Arc;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use super::Global;
use crate::auditor::Progress;
use crate::aws::Fleet;

/// Draws until it is dropped.
pub struct Bar {
    bar: ProgressBar,
    task: tokio::task::JoinHandle<()>,
}

impl Bar {
    /// Draws the progress of an audit; must be called on the runtime.
    pub fn start(global: &Global, progress: Arc<Progress>, fleet: &Fleet) -> Option<Bar> {
        if global.quiet || !std::io::stderr().is_terminal() {
            return None;
        }
        let style = ProgressStyle::with_template("{spinner} {msg} [{wide_bar}] {pos}/{len}{prefix}  {elapsed}").ok()?;
        let bar = ProgressBar::new(0).with_style(style.progress_chars("=> "));
        let (drawn, stats) = (bar.clone(), fleet.stats().clone());
        let task = tokio::spawn(async move {
            loop {
                tokio::time::sleep(Duration::from_millis(120)).await;
                let runs = progress.runs();
                let message = if runs.1 == 0 {
                    "reaching accounts".to_owned()
                } else {
                    format!("reading, {} calls", stats.total().calls)
                };
                // With many accounts collector runs come as accounts go: their end is not in sight.
                let accounts = Some(progress.accounts()).filter(|(_, planned)| *planned > 1);
                let (finished, planned) = accounts.unwrap_or(runs);
                drawn.set_prefix(if accounts.is_some() { " accounts" } else { "" });
                drawn.set_message(message);
                drawn.set_length(planned as u64);
                drawn.set_position(finished as u64);
                drawn.tick();
            }
        });
        Some(Bar { bar, task })
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.task.abort();
        self.bar.finish_and_clear();
    }
}
