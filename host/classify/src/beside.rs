//! What a prompt is read with.

use std::sync::Arc;

use crate::scanned::Scanned;

/// What is known of a prompt beside itself.
pub struct Beside<'a> {
    /// What [`Engine::look_through`](crate::Engine::look_through) has said of the very same text before, where that is
    /// still there.
    pub known: &'a dyn Fn(&str) -> Option<Arc<Scanned>>,
    /// How what the person sent before in the same conversation ends. A value may begin there.
    pub before: &'a str,
    /// The encoder reads no further then.
    pub is_over: &'a dyn Fn() -> bool,
}

impl Default for Beside<'_> {
    fn default() -> Self {
        Self { known: &|_| None, before: "", is_over: &|| false }
    }
}
