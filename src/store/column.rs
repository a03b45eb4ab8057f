//! How our types lie in columns: times as sortable text, names as text, the rest as JSON.

use std::fmt::Display;
use std::str::FromStr;

use jiff::Timestamp;
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A time, in UTC with six decimals: texts of one length, which sort as the times do.
#[derive(Debug, Clone, Copy)]
pub(super) struct Time(pub Timestamp);

impl ToSql for Time {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(format!("{:.6}", self.0)))
    }
}

impl FromSql for Time {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Time> {
        value.as_str()?.parse().map(Time).map_err(FromSqlError::other)
    }
}

/// One of a few names, as its `Display` and `FromStr` spell it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Name<T>(pub T);

impl<T: Display> ToSql for Name<T> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(self.0.to_string()))
    }
}

impl<T: FromStr> FromSql for Name<T>
where
    T::Err: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Name<T>> {
        value.as_str()?.parse().map(Name).map_err(|error: T::Err| FromSqlError::Other(error.into()))
    }
}

/// Anything else, as JSON.
#[derive(Debug, Clone)]
pub(super) struct Json<T>(pub T);

impl<T: Serialize> ToSql for Json<T> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        serde_json::to_string(&self.0).map(ToSqlOutput::from).map_err(to_sql_failure)
    }
}

impl<T: DeserializeOwned> FromSql for Json<T> {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Json<T>> {
        serde_json::from_str(value.as_str()?).map(Json).map_err(FromSqlError::other)
    }
}

/// A value that could not be made into a column.
pub(super) fn to_sql_failure(error: impl std::error::Error + Send + Sync + 'static) -> rusqlite::Error {
    rusqlite::Error::ToSqlConversionFailure(Box::new(error))
}

/// A count. SQLite's integers end at 2^63 - 1, which no count of ours comes near.
pub(super) fn count(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
