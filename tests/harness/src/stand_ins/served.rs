//! Files of a test's own, which every site's host serves beside its stand-in's.

use super::exchange::Reply;
use super::pieces::Pieces;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

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

/// An event stream at a pace, for measures of time. `@written-at@` in a piece becomes the time at which that piece is
/// written, in milliseconds since 1970.
#[derive(Clone, Debug)]
pub struct Paced {
    /// Between two pieces.
    pub pace: Duration,
    /// What is written, one piece at a time.
    pub pieces: Vec<String>,
}

#[derive(Clone)]
enum Content {
    Whole(Served),
    Kept(Served),
    Paced(Paced),
}

/// All of them, by path.
#[derive(Default)]
pub(super) struct Files(Mutex<HashMap<String, Content>>);

impl Files {
    pub(super) fn put(&self, path: &str, file: Served) {
        self.lock().insert(path.to_owned(), Content::Whole(file));
    }

    /// A browser may keep this one, and show it again without a question.
    pub(super) fn put_kept(&self, path: &str, file: Served) {
        self.lock().insert(path.to_owned(), Content::Kept(file));
    }

    pub(super) fn put_paced(&self, path: &str, stream: Paced) {
        self.lock().insert(path.to_owned(), Content::Paced(stream));
    }

    pub(super) fn reply(&self, path: &str) -> Option<Reply> {
        let (file, kept) = match self.lock().get(path).cloned()? {
            Content::Whole(file) => (file, false),
            Content::Kept(file) => (file, true),
            Content::Paced(Paced { pace, pieces }) => {
                let pieces = Pieces::paced(pieces, pace);
                return Some(Reply::Streamed { content_type: "text/event-stream; charset=utf-8", pieces });
            }
        };
        let mut headers =
            vec![("content-type", file.content_type.to_owned()), ("service-worker-allowed", "/".to_owned())];
        if !kept {
            headers.push(("cache-control", "no-store".to_owned()));
        }
        headers.extend(file.policy.map(|policy| ("content-security-policy", policy)));
        Some(Reply::Whole { status: 200, headers, body: file.body.into_bytes() })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Content>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
