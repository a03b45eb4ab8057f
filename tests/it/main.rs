//! What needs more than one module: the program as a user runs it, against real parts.

mod answers;
mod architecture;
mod cli;
mod denied;
mod emulated;
mod emulator;
mod gate;
mod generated;
mod program;
mod wire;
mod written;
