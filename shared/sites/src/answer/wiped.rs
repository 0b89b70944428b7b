//! JSON that wipes its strings when it is dropped.
//!
//! INVARIANT: what is parsed from an answer lives in here for as long as it lives.
//! Does not promise that no copy is left by a string that grew; keys are not wiped, only values.

use std::ops::{Deref, DerefMut};

use serde_json::Value;
use zeroize::Zeroize;

#[derive(Clone, Default)]
pub(super) struct Json(Value);

impl Json {
    pub(super) fn parse(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok().map(Self)
    }

    /// Hands the value on; whoever takes it wipes it.
    pub(super) fn take(mut self) -> Value {
        self.0.take()
    }
}

impl From<Value> for Json {
    fn from(value: Value) -> Self {
        Self(value)
    }
}

impl Deref for Json {
    type Target = Value;

    fn deref(&self) -> &Value {
        &self.0
    }
}

impl DerefMut for Json {
    fn deref_mut(&mut self) -> &mut Value {
        &mut self.0
    }
}

impl Drop for Json {
    fn drop(&mut self) {
        wipe(&mut self.0);
    }
}

fn wipe(value: &mut Value) {
    match value {
        Value::String(text) => text.zeroize(),
        Value::Array(items) => items.iter_mut().for_each(wipe),
        Value::Object(fields) => fields.values_mut().for_each(wipe),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
