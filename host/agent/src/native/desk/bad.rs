//! What comes in and is no message.

use std::sync::{Arc, PoisonError};

use shared_protocol::{App, Code, Drift, DriftKind, EventId, Judge, Reading, ToExtension};

use super::{Desk, now, unwritten};
use crate::native::incoming::Named;
use crate::native::queue::Pool;

/// Drift rows for malformed messages that name no event, for one connection.
const BAD_ROWS: usize = 16;

impl Desk {
    /// Takes what is no message: the named request gets its fail setting, everything else a coded error.
    pub(in crate::native) fn bad(self: &Arc<Self>, code: Code, named: Named, pool: &Pool<EventId>) {
        let is_judge = named.kind.as_deref() == Some("judge") && self.settings.is_greeted();
        match (is_judge, named.event, named.app) {
            (true, Some(event), Some(app)) => {
                let reading = nameless(code);
                let ask = Judge {
                    event,
                    app,
                    at: now(),
                    reading,
                    private_window: false,
                    page: None,
                    placeholders: Vec::new(),
                };
                self.hold(ask, 0, Some(code), pool);
            }
            (_, event, app) => {
                self.send(ToExtension::Error { code, event });
                self.note_bad(app.as_ref(), code);
            }
        }
    }

    fn note_bad(&self, app: Option<&App>, code: Code) {
        let mut rows = self.bad_rows.lock().unwrap_or_else(PoisonError::into_inner);
        if *rows >= BAD_ROWS {
            return;
        }
        *rows += 1;
        drop(rows);
        let what = match code {
            Code::Oversize => DriftKind::Oversize,
            _ => DriftKind::Encoding,
        };
        let path = "native-messaging".to_owned();
        let drift = Drift { what, operation: None, path, place: None, size: None };
        let row = host_journal::Entry::Drift(host_journal::Drifted { drift });
        if let Err(fault) = self.recorder.note(app, now(), row) {
            unwritten(&fault);
        }
    }
}

/// What is left to judge of a message that was no message.
fn nameless(code: Code) -> Reading {
    let what = if code == Code::Oversize { DriftKind::Oversize } else { DriftKind::Shape };
    Reading::Unread(Drift { what, operation: None, path: String::new(), place: None, size: None })
}
