//! The popup and the pages that say the same in a tab, live: port, presses, what the browser itself knows.

use std::cell::RefCell;
use std::rc::Rc;

use shared_protocol::SignIn;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;
use web_sys::Event;

use super::browser::{self, Port};
use super::model::{FromPopup, HostLink, POPUP_PORT, PopupState, ToPopup};
use super::pages::{options, welcome};
use super::popup::{Around, ahead, popup};
use super::render::{Drawing, Renderer, press_word};

/// Interactions that are asked for: by the popup as many as by the options page, since both hear the same answer.
const MANY: u32 = 50;

/// Which page it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shown {
    /// The popup.
    Popup,
    /// What is recorded.
    Options,
    /// What the product does.
    Welcome,
}

/// The page.
struct Page {
    shown: Shown,
    /// What is on record was asked for on this connection.
    asked: bool,
    /// The address of the tab beside the popup, where the browser tells it.
    beside: Option<String>,
    renderer: Renderer,
    port: Option<Port>,
    state: PopupState,
    around: Around,
}

/// The page, as its callbacks share it.
#[derive(Clone)]
struct Shared(Rc<RefCell<Page>>);

/// Starts the popup in this document.
pub(crate) fn start(shown: Shown) {
    let Some(document) = web_sys::window().and_then(|window| window.document()) else { return };
    let page = Page {
        shown,
        asked: false,
        beside: None,
        renderer: Renderer::new(document, Drawing::Plain),
        port: None,
        state: PopupState {
            link: HostLink::Connecting,
            settings: None,
            status: None,
            late: 0,
            mine: None,
            site: None,
            preview: None,
        },
        around: Around { version: browser::version(), sites_permitted: true },
    };
    let shared = Shared(Rc::new(RefCell::new(page)));
    shared.listen();
    shared.connect();
    shared.look();
}

impl Shared {
    fn with(&self, act: impl FnOnce(&mut Page)) {
        if let Ok(mut page) = self.0.try_borrow_mut() {
            act(&mut page);
        }
    }

    fn connect(&self) {
        let (heard, lost) = (self.clone(), self.clone());
        let port = browser::connect(
            POPUP_PORT,
            move |ToPopup::State { state }| {
                heard.with(|page| {
                    page.state = *state;
                    page.ask();
                    page.draw();
                });
            },
            move || {
                lost.with(|page| {
                    page.port = None;
                    page.asked = false;
                });
            },
        );
        self.with(|page| {
            page.port = port;
            page.tell();
            page.draw();
        });
    }

    /// Asks the browser whether the sites are permitted, and where the popup is.
    fn look(&self) {
        let shared = self.clone();
        wasm_bindgen_futures::spawn_local(async move {
            let beside = browser::address_beside().await;
            shared.with(|page| {
                page.beside = beside.filter(|_| page.shown == Shown::Popup);
                page.tell();
            });
        });
        let shared = self.clone();
        wasm_bindgen_futures::spawn_local(async move {
            shared.permitted(browser::sites_permitted().await);
        });
    }

    fn permitted(&self, permitted: bool) {
        self.with(|page| {
            page.around.sites_permitted = permitted;
            page.draw();
        });
    }

    fn listen(&self) {
        let shared = self.clone();
        let act = Closure::<dyn Fn(Event)>::new(move |event: Event| match press_word(&event).as_deref() {
            Some("check") => shared.check(),
            Some("login") => shared.say(&FromPopup::SignIn { what: SignIn::Login }),
            Some("enrol") => shared.say(&FromPopup::SignIn { what: SignIn::Enrol }),
            Some("step-up") => shared.say(&FromPopup::SignIn { what: SignIn::StepUp }),
            Some("allow-sites") => {
                let shared = shared.clone();
                wasm_bindgen_futures::spawn_local(async move {
                    if browser::permit_sites().await {
                        shared.permitted(true);
                    }
                });
            }
            Some(word) => {
                if let Some(when) = ahead::pressed(word) {
                    shared.say(&FromPopup::Preview { when });
                }
            }
            None => {}
        });
        let act = act.into_js_value();
        self.with(|page| {
            let _ = page.renderer.document().add_event_listener_with_callback("click", act.unchecked_ref());
        });
    }

    fn say(&self, message: &FromPopup) {
        self.with(|page| {
            // Without a background the next drawing says that nothing answers.
            let _said = page.port.as_ref().is_some_and(|port| browser::say(port, message));
        });
    }

    fn check(&self) {
        let mut asked = false;
        self.with(|page| {
            page.state.link = HostLink::Connecting;
            page.draw();
            asked = page.port.as_ref().is_some_and(|port| browser::say(port, &FromPopup::Check));
        });
        if !asked {
            self.connect();
        }
    }
}

impl Page {
    /// Says where the popup is, on each connection.
    fn tell(&self) {
        if let (Some(port), Some(url)) = (&self.port, &self.beside) {
            let _said = browser::say(port, &FromPopup::Beside { url: url.clone() });
        }
    }

    /// Asks what is on record about the person, once a host is there to say it.
    fn ask(&mut self) {
        if !self.asked && self.shown != Shown::Welcome && self.state.link == HostLink::Connected {
            let asks = FromPopup::Mine { limit: MANY };
            self.asked = self.port.as_ref().is_some_and(|port| browser::say(port, &asks));
        }
    }

    fn draw(&self) {
        let page = match self.shown {
            Shown::Popup => popup(&self.state, &self.around),
            Shown::Options => options(&self.state, &self.around),
            Shown::Welcome => welcome(&self.state, &self.around),
        };
        // Whoever is at something by the keyboard stays there when it is drawn anew.
        let at = browser::focused_press(self.renderer.document());
        self.renderer.fill_id("popup", [page.into()]);
        if let Some(word) = at {
            browser::focus_press(self.renderer.document(), &word);
        }
    }
}
