//! What became of the claims of documents: a scorecard, each claim in the document's order, and what clashes.

mod advice;
mod document;
mod json;
mod markdown;
mod reading;
mod scorecard;
mod summary;
mod table;
#[cfg(test)]
mod tests;

pub use document::DocumentReport;
pub use json::{
    JsonClaim, JsonDocument, reading_schema, schema, write_claims_json, write_claims_ndjson, write_readings_json,
};
pub use markdown::write_claims_markdown;
pub use reading::{ReadingOptions, write_reading_table};
pub use scorecard::Scorecard;
pub use table::{ClaimsOptions, write_claims_table};

pub(super) use markdown::write_summary as write_markdown_summary;
pub(super) use summary::write_summary as write_table_summary;
