//! `plumbline notify`: try the channels, and send what is still to be sent.

use std::fmt::Write as _;

use clap::Subcommand;
use jiff::Timestamp;

use super::exit::{CliError, Exit};
use super::scope::config;
use super::store::StoreArguments;
use super::{Global, block_on, output};
use crate::aws::Fleet;
use crate::deliver;
use crate::keep::Keeper;
use crate::notify::sample;

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Send a sample to every channel of the configuration
    Test {
        /// Only this channel
        channel: Option<String>,
        /// The profile of the AWS configuration
        #[arg(long, value_name = "NAME")]
        profile: Option<String>,
    },
    /// Send what earlier audits could not send, without waiting for its turn
    Retry {
        #[command(flatten)]
        store: StoreArguments,
        /// The profile of the AWS configuration
        #[arg(long, value_name = "NAME")]
        profile: Option<String>,
    },
}

pub fn run(command: &Command, global: &Global) -> Result<Exit, CliError> {
    let config = config(global)?;
    let fleet = Fleet::new(config.limits());
    let usage = |error: crate::notify::ChannelError| CliError::Usage(error.to_string());
    match command {
        Command::Test { channel, profile } => {
            if config.notify.is_empty() {
                return Err(CliError::Usage("the configuration has no channel: add a [notify.NAME] table".to_owned()));
            }
            block_on(async {
                let mut channels =
                    deliver::channels(&config.notify, &fleet, profile.as_deref()).await.map_err(usage)?;
                if let Some(name) = channel {
                    channels.retain(|channel| channel.name() == name);
                    if channels.is_empty() {
                        let help = crate::suggest::nearest(name, config.notify.keys().map(String::as_str));
                        let help = help.map(|help| format!("; {help}")).unwrap_or_default();
                        return Err(CliError::Usage(format!("the configuration has no channel `{name}`{help}")));
                    }
                }
                let digest = sample(Timestamp::now());
                let mut failed = String::new();
                for channel in &channels {
                    match channel.send(&digest).await {
                        Ok(()) => anstream::println!("sent a sample to {channel}"),
                        Err(error) => {
                            let help =
                                error.help.as_deref().map(|help| format!("\n  help: {help}")).unwrap_or_default();
                            let _ = write!(failed, "{}{error}{help}", if failed.is_empty() { "" } else { "\nerror: " });
                        }
                    }
                }
                if failed.is_empty() { Ok(Exit::Success) } else { Err(CliError::Failed(failed)) }
            })
        }
        Command::Retry { store, profile } => block_on(async {
            let channels = deliver::channels(&config.notify, &fleet, profile.as_deref()).await.map_err(usage)?;
            let mut keeper = Keeper::open(&store.place(&config)?, &fleet, profile.as_deref()).await?;
            let delivered = deliver::deliver_all(&mut keeper, &channels).await?;
            let deliver::Delivered { sent, failed, waiting } = delivered;
            output::print(&format!("alerts: {sent} sent, {failed} failed, {waiting} wait behind them\n"))?;
            if delivered.failed == 0 { Ok(Exit::Success) } else { Err(CliError::Failed("not all was sent".to_owned())) }
        }),
    }
}
