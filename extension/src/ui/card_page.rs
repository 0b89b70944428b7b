//! The card's frame, live: port, presses, keys, what is in view, its size.
//!
//! INVARIANT: every press goes through the desk, which alone makes an answer. Nothing typed is kept anywhere
//! but in the field itself and, once, in the answer.

use std::cell::RefCell;
use std::rc::Rc;

use shared_protocol::Text;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;
use web_sys::{Element as DomElement, Event, HtmlElement, HtmlTextAreaElement, KeyboardEvent, Window};

use super::answers::{Press, enter, escape};
use super::browser::{self, Port};
use super::card;
use super::desk::{Desk, Step};
use super::element::Node;
use super::model::{CARD_PORT, CardModel, FromCard, Rejected, Stage, ToCard};
use super::render::{Drawing, Renderer, press_word};
use super::watch;
use super::words::Key;

/// The transparent rim of the frame in which the card's shadow falls: `--rim` in the style sheet, both sides.
const RIMS: u32 = 24;
const TICK_MS: i32 = 500;
const RECONNECT_MS: i32 = 250;
const RECONNECTS: u32 = 20;

/// The frame.
struct Page {
    window: Window,
    renderer: Renderer,
    token: String,
    port: Option<Port>,
    lost: u32,
    desk: Option<Desk>,
    in_view: bool,
    pointed_at: bool,
    height: u32,
    until: Option<Node>,
}

/// The page, as its callbacks share it.
#[derive(Clone)]
struct Shared(Rc<RefCell<Page>>);

/// Starts the card in this document.
pub(crate) fn start() {
    let Some(window) = web_sys::window() else { return };
    let Some(document) = window.document() else { return };
    let token = window.location().hash().unwrap_or_default().trim_start_matches('#').to_owned();
    let page = Page {
        renderer: Renderer::new(document, Drawing::Hidden),
        window,
        token,
        port: None,
        lost: 0,
        desk: None,
        in_view: false,
        pointed_at: false,
        height: 0,
        until: None,
    };
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
            }
        });
        if drawn == Some(true) {
            self.observe();
        }
    }

    /// Watches what was just drawn: whether it is in view, how high it is.
    fn observe(&self) {
        let Some(Some((card, inner))) = self.with(|page| page.drawn()) else { return };
        let shared = self.clone();
        watch::in_view(&card, move |in_view| {
            shared.with(|page| {
                page.in_view = in_view;
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
        self.on("input", |page, _| page.renderer.fill_id("reason-needed", []));
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

impl Page {
    fn say(&self, said: &FromCard) -> bool {
        self.port.as_ref().is_some_and(|port| browser::say(port, said))
    }

    /// Draws `model`, unless it is what stands there already; then only repeats what the background may have
    /// lost. True when it was drawn.
    fn show(&mut self, model: CardModel) -> bool {
        if let Some(desk) = self.desk.as_ref().filter(|desk| *desk.model() == model) {
            self.renderer.fill_id("status", desk.is_answered().then(|| Key::Working.into()));
            for said in desk.repeat() {
                self.say(&said);
            }
            self.say(&FromCard::Size { height: self.height });
            return false;
        }
        let advice = model.stage == Stage::Sent;
        let (place, other) = if advice { ("advice", "dialog") } else { ("dialog", "advice") };
        self.renderer.fill_id(other, []);
        self.renderer.fill_id(place, [card::card(&model).into()]);
        self.desk = Some(Desk::new(model));
        self.in_view = false;
        self.until = None;
        self.tick();
        if !advice && let Some((card, _)) = self.drawn() {
            let _ = self.window.focus();
            let _ = card.unchecked_into::<HtmlElement>().focus();
        }
        true
    }

    fn drawn(&self) -> Option<(DomElement, DomElement)> {
        let find = |selectors| self.renderer.document().query_selector(selectors).ok().flatten();
        Some((find(".card")?, find(".inner")?))
    }

    fn now(&self) -> u64 {
        whole(self.window.performance().map_or(0.0, |performance| performance.now()))
    }

    /// Takes note whether a person can see the card now.
    fn look(&mut self) {
        let now = self.now();
        let visible = self.in_view && !self.renderer.document().hidden();
        if self.desk.as_mut().is_some_and(|desk| desk.see(visible, now)) {
            self.say(&FromCard::Shown);
        }
    }

    fn measure(&mut self) {
        let Some((_, inner)) = self.drawn() else { return };
        let height = u32::try_from(inner.client_height()).unwrap_or_default() + RIMS;
        if height != self.height {
            self.height = height;
            self.say(&FromCard::Size { height });
        }
    }

    fn reason(&self) -> Option<HtmlTextAreaElement> {
        self.renderer.document().get_element_by_id("reason")?.dyn_into().ok()
    }

    fn press(&mut self, press: Press, event: &Event) {
        let now = self.now();
        let reason = self.reason().map(|field| Text::from(field.value())).unwrap_or_default();
        let Some(desk) = self.desk.as_mut() else { return };
        match desk.press(press, &reason, event.is_trusted(), now) {
            Step::Ignore => {}
            Step::Say(said) => {
                self.say(&said);
                self.busy(true);
                self.renderer.fill_id("status", [Key::Working.into()]);
            }
            Step::ReasonNeeded => self.ask_reason(),
        }
    }

    fn ask_reason(&self) {
        self.renderer.fill_id("reason-needed", [card::reason_needed()]);
        if let Some(field) = self.reason() {
            let _ = field.focus();
        }
    }

    fn rejected(&mut self, why: Rejected) {
        if let Some(desk) = self.desk.as_mut() {
            desk.rejected();
        }
        self.busy(false);
        self.renderer.fill_id("status", []);
        match why {
            Rejected::Reason => self.ask_reason(),
            Rejected::NotOffered => self.renderer.fill_id("status", [Key::NotTaken.into()]),
        }
    }

    fn busy(&self, busy: bool) {
        if let Some((card, _)) = self.drawn() {
            let _ = card.set_attribute("aria-busy", if busy { "true" } else { "false" });
        }
    }

    fn key(&mut self, event: &KeyboardEvent) {
        let Some(model) = self.desk.as_ref().map(Desk::model) else { return };
        // An Enter or Escape that ends the composition of a character is not a press.
        if event.is_composing() {
            return;
        }
        let in_reason = event.target().is_some_and(|target| target.is_instance_of::<HtmlTextAreaElement>());
        let press = match event.key().as_str() {
            "Escape" => Some(escape(model)),
            "Enter" if in_reason && !event.shift_key() => enter(model),
            "Tab" if model.stage != Stage::Sent => {
                self.keep_focus(event);
                None
            }
            _ => None,
        };
        if let Some(press) = press {
            event.prevent_default();
            if !event.repeat() {
                self.press(press, event);
            }
        }
    }

    /// The dialog keeps the focus: after its last stop comes its first.
    fn keep_focus(&self, event: &KeyboardEvent) {
        let document = self.renderer.document();
        let Ok(stops) = document.query_selector_all(".card a[href], .card button, .card textarea") else {
            return;
        };
        let (first, last) = (stops.get(0), stops.get(stops.length().saturating_sub(1)));
        let at = document.active_element().map(JsCast::unchecked_into::<web_sys::Node>);
        let on_card = at
            .as_ref()
            .and_then(|at| at.dyn_ref::<DomElement>())
            .is_some_and(|at| at.matches(".card").unwrap_or(false));
        let next = match (event.shift_key(), at) {
            (true, at) if on_card || at == first => last,
            (false, at) if at == last => first,
            _ => return,
        };
        if let Some(next) = next {
            event.prevent_default();
            let _ = next.unchecked_into::<HtmlElement>().focus();
        }
    }

    fn tick(&mut self) {
        let now = self.now();
        let held = self.pointed_at || self.renderer.document().has_focus().unwrap_or(false);
        let Some(desk) = self.desk.as_mut() else { return };
        let close = desk.tick(held, now);
        let until = card::until(desk.model(), whole(js_sys::Date::now()));
        if until != self.until {
            self.renderer.fill_id("until", until.clone());
            self.until = until;
        }
        if let Some(close) = close {
            self.say(&close);
        }
    }
}

/// Milliseconds of a browser clock without their fraction.
fn whole(milliseconds: f64) -> u64 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a clock's value, never negative, below 2^53"
    )]
    let whole = milliseconds.max(0.0) as u64;
    whole
}
