//! What an audit found: typed resources, how complete each listing was, and what could not be read.
//! Knows neither how it was collected nor what is checked.

mod found;
mod gap;
mod naming;
mod operation;
mod record;
mod schema;
mod value;

pub use found::{Inventory, Listing, Place, Resource};
pub use gap::{Gap, GapKind};
pub use naming::may_mean;
pub use operation::Operation;
pub use record::{Record, field_name};
pub use schema::{Field, RecordType, ResourceInfo, Type};
pub use value::{AsJson, Attribute, List, Observed, UnobservedJson, Value};
