//! What an audit found, written for people and for programs. Functions of a report and nothing else: the same
//! report gives the same bytes.

mod claims;
mod command;
mod json;
mod markdown;
mod missing;
mod paint;
mod resources;
mod summary;
mod table;

#[cfg(test)]
mod testing;

pub use claims::{
    ClaimsOptions, DocumentReport, JsonClaim, JsonDocument, ReadingOptions, Scorecard, reading_schema,
    schema as claims_schema, write_claims_json, write_claims_markdown, write_claims_ndjson, write_claims_table,
    write_reading_table, write_readings_json,
};
pub use json::{schema, write_json, write_ndjson};
pub use markdown::{MarkdownOptions, write_markdown};
pub use table::{TableOptions, write_table};
