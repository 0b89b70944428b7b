//! The view of an answer, live: it asks what to draw and draws it.
//!
//! INVARIANT: says nothing but which answer; what it drew stays until its window is closed or the page in it is left.

use shared_protocol::EventId;
use wasm_bindgen::prelude::*;

use super::browser;
use super::model::{FromReader, READER_PORT, ToReader};
use super::reader::reader;
use super::render::{Drawing, Renderer};

/// Starts the view in this document.
pub(crate) fn start() {
    let Some(window) = web_sys::window() else { return };
    let Some(document) = window.document() else { return };
    let token = window.location().hash().unwrap_or_default().trim_start_matches('#').to_owned();
    let renderer = Renderer::new(document, Drawing::Plain);
    let Ok(token) = EventId::try_from(token) else {
        return renderer.fill_id("reader", [reader(None).into()]);
    };
    let draw = move |ToReader::Model { reader: model }: ToReader| {
        renderer.fill_id("reader", [reader(model.as_deref()).into()]);
    };
    if let Some(port) = browser::connect(READER_PORT, draw, || {}) {
        browser::say(&port, &FromReader::Open { token });
        // Open as long as the document is.
        let _kept: JsValue = port.into();
    }
}
