//! Files of a test's own, which every site's host serves beside its stand-in's.

use super::exchange::Reply;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// One file.
#[derive(Clone, Debug)]
pub struct Served {
    /// Its media type.
    pub content_type: &'static str,
    /// Its content security policy, if any.
    pub policy: Option<String>,
    /// What is in it.
    pub body: String,
}

/// All of them, by path.
#[derive(Default)]
pub(super) struct Files(Mutex<HashMap<String, Served>>);

impl Files {
    pub(super) fn put(&self, path: &str, file: Served) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(path.to_owned(), file);
    }

    pub(super) fn reply(&self, path: &str) -> Option<Reply> {
        let file = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(path).cloned()?;
        let mut headers = vec![
            ("content-type", file.content_type.to_owned()),
            ("cache-control", "no-store".to_owned()),
            ("service-worker-allowed", "/".to_owned()),
        ];
        headers.extend(file.policy.map(|policy| ("content-security-policy", policy)));
        Some(Reply::Whole { status: 200, headers, body: file.body.into_bytes() })
    }
}
