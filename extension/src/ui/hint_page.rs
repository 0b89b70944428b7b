//! The hint's frame, live: it asks what to draw and draws it.
//!
//! INVARIANT: says nothing but who it is; it hears no press and no key.

use std::cell::RefCell;
use std::rc::Rc;

use shared_protocol::EventId;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;
use web_sys::Window;

use super::browser::{self, Port};
use super::hint::hint;
use super::model::{FromHint, HINT_PORT, ToHint};
use super::render::{Drawing, Renderer};

const RECONNECT_MS: i32 = 1_000;

/// The frame.
struct Page {
    window: Window,
    renderer: Renderer,
    token: EventId,
    port: RefCell<Option<Port>>,
}

/// Starts the hint in this document.
pub(crate) fn start() {
    let Some(window) = web_sys::window() else { return };
    let Some(document) = window.document() else { return };
    let token = window.location().hash().unwrap_or_default().trim_start_matches('#').to_owned();
    let Ok(token) = EventId::try_from(token) else { return };
    let renderer = Renderer::new(document, Drawing::Hidden);
    connect(&Rc::new(Page { window, renderer, token, port: RefCell::default() }));
}

fn connect(page: &Rc<Page>) {
    let (heard, lost) = (Rc::clone(page), Rc::clone(page));
    let draw = move |ToHint::Model { hint: model }: ToHint| {
        heard.renderer.fill_id("hint", model.map(|model| hint(&model).into()));
    };
    let port = browser::connect(HINT_PORT, draw, move || lose(&lost));
    if let Some(port) = &port {
        browser::say(port, &FromHint::Open { token: page.token.clone() });
    }
    page.port.replace(port);
}

/// The background went away: what it knew is gone, and the next one says what there is.
fn lose(page: &Rc<Page>) {
    page.port.replace(None);
    page.renderer.fill_id("hint", []);
    let again = Rc::clone(page);
    let again = Closure::once_into_js(move || connect(&again));
    let _ = page
        .window
        .set_timeout_with_callback_and_timeout_and_arguments_0(again.unchecked_ref(), RECONNECT_MS);
}
