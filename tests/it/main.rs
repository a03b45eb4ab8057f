//! What needs more than one module: the program as a user runs it, against real parts.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test says what it means by failing"
)]

mod accounts;
mod alerts;
mod answers;
mod architecture;
mod attest;
mod bucket;
mod claims;
mod cli;
mod crash;
mod daemon;
mod denied;
mod deploy;
mod dice;
mod emulated;
mod emulator;
mod gate;
mod generated;
mod inbox;
mod organizations;
mod program;
mod remote;
mod shards;
mod small_account;
mod wire;
mod written;
