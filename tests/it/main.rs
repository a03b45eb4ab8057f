//! What needs more than one module: the program as a user runs it, against real parts.

mod alerts;
mod architecture;
mod cli;
mod crash;
mod denied;
mod emulated;
mod emulator;
mod gate;
mod generated;
mod inbox;
mod program;
mod small_account;
