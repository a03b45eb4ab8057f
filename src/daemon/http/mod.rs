//! HTTP/1.1: health, readiness, metrics, and read-only JSON of what the store remembers.

mod access;
mod answer;
mod api;
mod app;
mod openapi;
mod query;
mod server;

pub use app::App;
pub use server::serve;
