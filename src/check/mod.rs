//! Checks: declarative files, the engine that evaluates them, and the examples that test them.

pub mod expression;
