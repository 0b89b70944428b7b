//! The extension's Rust: the session in the background and the views of its own pages, compiled to WASM.
//!
//! This file is the thin skin that the browser sees; all that is decided is decided in [`session`], which
//! knows no browser.

pub mod session;
pub mod ui;

use serde::Serialize as _;
use shared_protocol::EventId;
use wasm_bindgen::prelude::*;

use session::{Event, PortId};

/// The session, for worker.js.
#[wasm_bindgen(js_name = Session)]
pub struct BackgroundSession {
    inner: session::Session,
}

#[wasm_bindgen(js_class = Session)]
impl BackgroundSession {
    /// From `session::Start`.
    ///
    /// # Errors
    /// When it has another shape, or the sites' data does not parse.
    #[wasm_bindgen(constructor)]
    pub fn new(start: JsValue) -> Result<BackgroundSession, JsError> {
        let start = serde_wasm_bindgen::from_value(start)?;
        Ok(Self { inner: session::Session::new(start)? })
    }

    /// Takes one `session::Event`; gives back the list of `session::Effect`.
    ///
    /// # Errors
    /// When an effect cannot be written as a JavaScript value.
    pub fn handle(&mut self, now: f64, event: JsValue) -> Result<JsValue, JsError> {
        // Dates are whole and far below 2^53.
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a date is a whole number"
        )]
        let now = now as u64;
        let effects = match read_event(event) {
            Some(event) => self.inner.handle(now, event),
            None => Vec::new(),
        };
        let as_json = serde_wasm_bindgen::Serializer::json_compatible();
        Ok(effects.serialize(&as_json)?)
    }
}

/// What a page could have sent in place of an event still names the request it means.
#[derive(serde::Deserialize)]
struct Garbled {
    port: PortId,
    said: Option<Named>,
}

#[derive(serde::Deserialize)]
struct Named {
    event: Option<EventId>,
}

fn read_event(event: JsValue) -> Option<Event> {
    if let Ok(event) = serde_wasm_bindgen::from_value(event.clone()) {
        return Some(event);
    }
    let Garbled { port, said } = serde_wasm_bindgen::from_value(event).ok()?;
    Some(Event::Garbled { port, event: said.and_then(|said| said.event) })
}
