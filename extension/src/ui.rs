//! The extension's own pages: card and hint beside the composer, and the popup.
//!
//! INVARIANT: what is drawn is decided by pure functions over [`model`]; the web-sys side only draws it and
//! hands presses back. No policy, no site format, no storage here.

mod answers;
mod browser;
mod card;
mod card_page;
#[cfg(test)]
mod cases;
#[cfg(test)]
mod contrast;
mod desk;
mod element;
mod gate;
mod hint;
mod hint_page;
mod icon;
mod label;
mod lately;
pub mod model;
mod pages;
mod popup;
mod popup_page;
mod reader;
mod reader_page;
mod render;
mod watch;
mod words;

use wasm_bindgen::prelude::*;

use self::render::{Drawing, Renderer};

/// Starts the card in the document of `ui/card.html`.
#[wasm_bindgen]
pub fn card_start() {
    card_page::start();
}

/// Starts the hint in the document of `ui/hint.html`.
#[wasm_bindgen]
pub fn hint_start() {
    hint_page::start();
}

/// Starts the view of an answer in the document of `ui/reader.html`.
#[wasm_bindgen]
pub fn reader_start() {
    reader_page::start();
}

/// Starts the popup in the document of `ui/popup.html`.
#[wasm_bindgen]
pub fn popup_start() {
    popup_page::start(popup_page::Shown::Popup);
}

/// Starts the options page in the document of `ui/options.html`.
#[wasm_bindgen]
pub fn options_start() {
    popup_page::start(popup_page::Shown::Options);
}

/// Starts the first page in the document of `ui/welcome.html`.
#[wasm_bindgen]
pub fn welcome_start() {
    popup_page::start(popup_page::Shown::Welcome);
}

/// Draws the gate in the document of `ui/gate.html`, from a `gate::GateState`.
///
/// # Errors
/// When the state has another shape.
#[wasm_bindgen]
pub fn gate_draw(state: JsValue) -> Result<(), JsError> {
    let state: gate::GateState = serde_wasm_bindgen::from_value(state)?;
    if let Some(document) = web_sys::window().and_then(|window| window.document()) {
        Renderer::new(document, Drawing::Plain).fill_id("gate", [gate::gate(&state).into()]);
    }
    Ok(())
}
