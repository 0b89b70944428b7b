//! The writing half of the wire: one thread, so that frames never mix.
//!
//! INVARIANT: the queue is bounded; who is faster than the browser waits.
//! It deliberately ends quietly when the browser is gone: the reading half sees the same.

use std::io::Write;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};

use native_messaging::host::{encode_message, send_frame};
use serde_json::value::RawValue;
use shared_protocol::ToExtension;
use shared_protocol::frame::split;

/// Messages that wait for the writer at most.
const QUEUE: usize = 256;

/// Starts the writer. It ends when every sender is dropped or the browser is gone.
pub(super) fn spawn(to: impl Write + Send + 'static) -> (SyncSender<ToExtension>, JoinHandle<()>) {
    let (sender, receiver) = sync_channel(QUEUE);
    (sender, thread::spawn(move || write_all(&receiver, to)))
}

fn write_all(from: &Receiver<ToExtension>, mut to: impl Write) {
    let mut id: u32 = 0;
    for message in from {
        id = id.wrapping_add(1);
        // Our own types always have a JSON text; a piece of it is well below the browser's limit.
        let Ok(text) = serde_json::to_string(&message) else { continue };
        for piece in split(id, &text) {
            let Ok(raw) = RawValue::from_string(piece) else { continue };
            let Ok(frame) = encode_message(&raw) else { continue };
            if send_frame(&mut to, &frame).is_err() {
                return;
            }
        }
    }
}
