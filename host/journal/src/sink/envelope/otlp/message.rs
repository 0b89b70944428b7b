//! The messages of OTLP that we write and read, one definition for both encodings: field numbers as in opentelemetry-proto
//! 1.x (`logs/v1/logs.proto`, `common/v1/common.proto`, `collector/logs/v1/logs_service.proto`,
//! <https://github.com/open-telemetry/opentelemetry-proto>), names in JSON as the protocol says
//! (<https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding>: lower camel case, 64-bit integers as strings).

use prost::{Message, Oneof};
use serde::{Serialize, Serializer};

/// `ExportLogsServiceRequest`.
#[derive(Clone, PartialEq, Message, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Logs {
    #[prost(message, repeated, tag = "1")]
    pub(super) resource_logs: Vec<OfResource>,
}

/// `ResourceLogs`.
#[derive(Clone, PartialEq, Message, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct OfResource {
    #[prost(message, optional, tag = "1")]
    pub(super) resource: Option<Resource>,
    #[prost(message, repeated, tag = "2")]
    pub(super) scope_logs: Vec<OfScope>,
}

/// `Resource`.
#[derive(Clone, PartialEq, Message, Serialize)]
pub(super) struct Resource {
    #[prost(message, repeated, tag = "1")]
    pub(super) attributes: Vec<Attribute>,
}

/// `ScopeLogs`.
#[derive(Clone, PartialEq, Message, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct OfScope {
    #[prost(message, optional, tag = "1")]
    pub(super) scope: Option<Scope>,
    #[prost(message, repeated, tag = "2")]
    pub(super) log_records: Vec<LogRecord>,
}

/// `InstrumentationScope`.
#[derive(Clone, PartialEq, Message, Serialize)]
pub(super) struct Scope {
    #[prost(string, tag = "1")]
    pub(super) name: String,
    #[prost(string, tag = "2")]
    pub(super) version: String,
}

/// `LogRecord`.
#[derive(Clone, PartialEq, Message, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct LogRecord {
    #[prost(fixed64, tag = "1")]
    #[serde(serialize_with = "as_text")]
    pub(super) time_unix_nano: u64,
    #[prost(fixed64, tag = "11")]
    #[serde(serialize_with = "as_text")]
    pub(super) observed_time_unix_nano: u64,
    /// An enumeration, which protobuf writes as an int32 does.
    #[prost(int32, tag = "2")]
    pub(super) severity_number: i32,
    #[prost(string, tag = "3")]
    pub(super) severity_text: String,
    #[prost(string, tag = "12")]
    pub(super) event_name: String,
    #[prost(message, optional, tag = "5")]
    pub(super) body: Option<Any>,
    #[prost(message, repeated, tag = "6")]
    pub(super) attributes: Vec<Attribute>,
}

/// `KeyValue`.
#[derive(Clone, PartialEq, Message, Serialize)]
pub(super) struct Attribute {
    #[prost(string, tag = "1")]
    pub(super) key: String,
    #[prost(message, optional, tag = "2")]
    pub(super) value: Option<Any>,
}

/// `AnyValue`, of which we write three kinds.
#[derive(Clone, PartialEq, Message, Serialize)]
pub(super) struct Any {
    #[prost(oneof = "Value", tags = "1, 3, 5")]
    #[serde(flatten)]
    pub(super) value: Option<Value>,
}

/// Its value.
#[derive(Clone, PartialEq, Oneof, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::enum_variant_names, reason = "these are their names in JSON")]
pub(super) enum Value {
    #[prost(string, tag = "1")]
    StringValue(String),
    #[prost(int64, tag = "3")]
    IntValue(#[serde(serialize_with = "as_text")] i64),
    #[prost(message, tag = "5")]
    ArrayValue(ArrayOf),
}

/// `ArrayValue`.
#[derive(Clone, PartialEq, Message, Serialize)]
pub(super) struct ArrayOf {
    #[prost(message, repeated, tag = "1")]
    pub(super) values: Vec<Any>,
}

/// `ExportLogsServiceResponse`.
#[derive(Clone, PartialEq, Message)]
pub(super) struct Response {
    #[prost(message, optional, tag = "1")]
    pub(super) partial_success: Option<Partial>,
}

/// `ExportLogsPartialSuccess`.
#[derive(Clone, PartialEq, Message)]
pub(super) struct Partial {
    #[prost(int64, tag = "1")]
    pub(super) rejected_log_records: i64,
    #[prost(string, tag = "2")]
    pub(super) error_message: String,
}

fn as_text<S: Serializer>(number: &impl ToString, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&number.to_string())
}
