//! The card's frame, live: port, presses, keys, what is in view, its size.
//!
//! INVARIANT: every press goes through the desk, which alone makes an answer. Nothing typed is kept anywhere
//! but in the field itself and, once, in the answer.

mod page;

use std::cell::RefCell;
use std::rc::Rc;

use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;
use web_sys::{Event, KeyboardEvent};

use self::page::Page;
use super::answers::Press;
use super::browser;
use super::model::{CARD_PORT, FromCard, ToCard};
use super::render::press_word;
use super::watch;
use super::words::Key;

const TICK_MS: i32 = 500;
const RECONNECT_MS: i32 = 250;
const RECONNECTS: u32 = 20;

/// The page, as its callbacks share it.
#[derive(Clone)]
struct Shared(Rc<RefCell<Page>>);

/// Starts the card in this document.
pub(crate) fn start() {
    let Some(window) = web_sys::window() else { return };
    let Some(document) = window.document() else { return };
    let page = Page::new(window, document);
    let shared = Shared(Rc::new(RefCell::new(page)));
    shared.listen();
    shared.connect();
}

impl Shared {
    /// Runs `act` on the page. A callback inside a callback finds it taken and does nothing.
    fn with<T>(&self, act: impl FnOnce(&mut Page) -> T) -> Option<T> {
        self.0.try_borrow_mut().ok().map(|mut page| act(&mut page))
    }

    fn connect(&self) {
        let (heard, lost) = (self.clone(), self.clone());
        let port = browser::connect(CARD_PORT, move |said| heard.hear(said), move || lost.lose());
        let open = self.with(|page| {
            page.port = port;
            page.say(&FromCard::Open { token: page.token.clone() })
        });
        if open == Some(false) {
            self.lose();
        }
    }

    /// The background went away: it is asked again, the same question.
    fn lose(&self) {
        let again = self.with(|page| {
            page.port = None;
            page.lost += 1;
            if page.lost > 2 {
                page.renderer.fill_id("status", [Key::Reconnecting.into()]);
            }
            (page.lost <= RECONNECTS).then(|| page.window.clone())
        });
        let Some(Some(window)) = again else { return };
        let shared = self.clone();
        let again = Closure::once_into_js(move || shared.connect());
        let _ =
            window.set_timeout_with_callback_and_timeout_and_arguments_0(again.unchecked_ref(), RECONNECT_MS);
    }

    fn hear(&self, said: ToCard) {
        let drawn = self.with(|page| {
            page.lost = 0;
            match said {
                ToCard::Model { model } => page.show(*model),
                ToCard::Rejected { why } => {
                    page.rejected(why);
                    false
                }
                ToCard::CodeRefused { why } => {
                    page.code_refused(why);
                    false
                }
                ToCard::Reported => {
                    page.reported();
                    false
                }
            }
        });
        if drawn == Some(true) {
            self.observe();
        }
    }

    /// Watches what was just drawn: whether it is in view, how high it is.
    fn observe(&self) {
        let Some(Some((card, inner))) = self.with(|page| page.drawn()) else { return };
        let (shared, framed) = (self.clone(), self.with(|page| page.framed).unwrap_or(true));
        watch::in_view(&card, framed, move |view| {
            shared.with(|page| {
                page.view = view;
                page.look();
            });
        });
        let shared = self.clone();
        watch::size(&inner, move || {
            shared.with(Page::measure);
        });
    }

    fn listen(&self) {
        self.on("click", |page, event| {
            if let Some(press) = press_word(event).as_deref().and_then(Press::from_word) {
                page.press(press, event);
            }
        });
        self.on("keydown", |page, event| {
            if let Some(event) = event.dyn_ref::<KeyboardEvent>() {
                page.key(event);
            }
        });
        self.on("input", |page, _| {
            page.renderer.fill_id("reason-needed", []);
            page.renderer.fill_id("code-fault", []);
        });
        self.on("visibilitychange", |page, _| page.look());
        self.on("pointerover", |page, _| page.pointed_at = true);
        self.on("pointerleave", |page, _| page.pointed_at = false);
        let shared = self.clone();
        let tick = Closure::<dyn Fn()>::new(move || {
            shared.with(Page::tick);
        });
        self.with(|page| {
            let tick = tick.into_js_value();
            page.window
                .set_interval_with_callback_and_timeout_and_arguments_0(tick.unchecked_ref(), TICK_MS)
                .ok()
        });
    }

    fn on(&self, name: &str, act: impl Fn(&mut Page, &Event) + 'static) {
        let shared = self.clone();
        let act = Closure::<dyn Fn(Event)>::new(move |event: Event| {
            shared.with(|page| act(page, &event));
        });
        let act = act.into_js_value();
        self.with(|page| {
            let document = page.renderer.document();
            document.add_event_listener_with_callback_and_bool(name, act.unchecked_ref(), true)
        });
    }
}
