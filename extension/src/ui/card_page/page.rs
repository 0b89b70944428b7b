//! What the frame holds and does: it draws a model, hands presses to the desk, says what comes of them.

use shared_protocol::{CodeFault, Text};
use wasm_bindgen::JsCast;
use web_sys::{
    Document, Element as DomElement, Event, HtmlElement, HtmlTextAreaElement, KeyboardEvent, Window,
};

use super::super::answers::{Press, Written, enter, escape};
use super::super::browser::{self, Port};
use super::super::card;
use super::super::desk::{Desk, Step, View};
use super::super::element::Node;
use super::super::model::{CardModel, FromCard, Rejected};
use super::super::render::{Drawing, Renderer};
use super::super::words::Key;

/// The transparent rim of the frame in which the card's shadow falls: `--rim` in the style sheet, both sides.
const RIMS: u32 = 24;

/// How high a window of the card gets; what is longer scrolls.
const MOST_HIGH: f64 = 720.0;

/// The frame.
pub(super) struct Page {
    pub(super) window: Window,
    pub(super) renderer: Renderer,
    pub(super) token: String,
    pub(super) port: Option<Port>,
    pub(super) lost: u32,
    desk: Option<Desk>,
    pub(super) view: View,
    /// In a frame of somebody's page; else in a window of its own.
    pub(super) framed: bool,
    pub(super) pointed_at: bool,
    height: u32,
    until: Option<Node>,
}

impl Page {
    /// Nothing drawn yet, no port.
    pub(super) fn new(window: Window, document: Document) -> Self {
        let framed = window.parent().ok().flatten().is_none_or(|parent| parent != window);
        let token = window.location().hash().unwrap_or_default().trim_start_matches('#').to_owned();
        Self {
            renderer: Renderer::new(document, Drawing::Hidden),
            window,
            token,
            port: None,
            lost: 0,
            desk: None,
            view: View::Away,
            framed,
            pointed_at: false,
            height: 0,
            until: None,
        }
    }

    /// Says something to the background; false when there is no port.
    pub(super) fn say(&self, said: &FromCard) -> bool {
        self.port.as_ref().is_some_and(|port| browser::say(port, said))
    }

    /// Draws `model`, unless it is what stands there already; then only repeats what the background may have
    /// lost. True when it was drawn.
    pub(super) fn show(&mut self, model: CardModel) -> bool {
        if let Some(desk) = self.desk.as_mut()
            && desk.renew(&model)
        {
            let working = desk.is_answered().then(|| working(desk).into());
            let repeat = desk.repeat();
            self.renderer.fill_id("status", working);
            self.renderer.fill_id("progress", card::bar(&model));
            self.say(&FromCard::Size { height: self.height });
            for said in repeat {
                self.say(&said);
            }
            return false;
        }
        let advice = !model.stage.interrupts();
        let (place, other) = if advice { ("advice", "dialog") } else { ("dialog", "advice") };
        self.renderer.fill_id(other, []);
        self.renderer.fill_id(place, [card::card(&model).into()]);
        self.desk = Some(Desk::new(model));
        self.view = View::Away;
        self.until = None;
        self.tick();
        if !advice && let Some((card, _)) = self.drawn() {
            let _ = self.window.focus();
            let _ = card.unchecked_into::<HtmlElement>().focus();
        }
        true
    }

    /// The card and what is inside it, as they stand in the document.
    pub(super) fn drawn(&self) -> Option<(DomElement, DomElement)> {
        let find = |selectors| self.renderer.document().query_selector(selectors).ok().flatten();
        Some((find(".card")?, find(".inner")?))
    }

    fn now(&self) -> u64 {
        whole(self.window.performance().map_or(0.0, |performance| performance.now()))
    }

    /// Takes note whether a person can see the card now.
    pub(super) fn look(&mut self) {
        let now = self.now();
        let view = if self.renderer.document().hidden() { View::Away } else { self.view };
        if self.desk.as_mut().is_some_and(|desk| desk.see(view, now)) {
            self.say(&FromCard::Shown);
        }
    }

    /// Tells how high the card is, if that changed.
    pub(super) fn measure(&mut self) {
        let Some((_, inner)) = self.drawn() else { return };
        let height = u32::try_from(inner.client_height()).unwrap_or_default() + RIMS;
        if height != self.height {
            self.height = height;
            self.say(&FromCard::Size { height });
            self.fit();
        }
    }

    /// A window of its own is made as high as the card, if the browser lets it.
    fn fit(&self) {
        let inner = |size: Result<wasm_bindgen::JsValue, _>| size.ok().and_then(|size| size.as_f64());
        if self.framed {
            return;
        }
        if let (Ok(width), Ok(outer), Some(now)) =
            (self.window.outer_width(), self.window.outer_height(), inner(self.window.inner_height()))
            && let Some((width, outer)) = width.as_f64().zip(outer.as_f64())
        {
            let height = outer - now + f64::from(self.height);
            #[expect(clippy::cast_possible_truncation, reason = "a window's size on a screen")]
            let _ = self.window.resize_to(width as i32, height.min(MOST_HIGH) as i32);
        }
    }

    fn field(&self, id: &str) -> Option<HtmlTextAreaElement> {
        self.renderer.document().get_element_by_id(id)?.dyn_into().ok()
    }

    fn written(&self) -> Written {
        let text = |id| self.field(id).map(|field| Text::from(field.value())).unwrap_or_default();
        Written { reason: text("reason"), code: text("code-text") }
    }

    /// Gives the focus to what has this id.
    fn focus(&self, id: &str) {
        let found = self.renderer.document().get_element_by_id(id);
        if let Some(element) = found.and_then(|found| found.dyn_into::<HtmlElement>().ok()) {
            let _ = element.focus();
        }
    }

    /// A press, or a key that stands for one.
    pub(super) fn press(&mut self, press: Press, event: &Event) {
        let now = self.now();
        let written = self.written();
        let Some(desk) = self.desk.as_mut() else { return };
        match desk.press(press, &written, event.is_trusted(), now) {
            Step::Ignore => {}
            Step::Say(said) => {
                let words = working(desk);
                self.say(&said);
                self.busy(true);
                self.renderer.fill_id("status", [words.into()]);
            }
            Step::ReasonNeeded => self.ask_reason(),
            Step::OpenCode => {
                self.renderer.fill_id("code", [card::code_field()]);
                self.focus("code-text");
            }
            Step::Fill(reason) => {
                if let Some(field) = self.field("reason") {
                    field.set_value(&browser::text(card::reason_key(reason).name(), []));
                    self.renderer.fill_id("reason-needed", []);
                }
                self.focus("reason");
            }
            Step::Copy => {
                let copied =
                    self.desk.as_ref().and_then(|desk| desk.model().text.as_ref()).is_some_and(browser::copy);
                let words = if copied { Key::Copied } else { Key::NotCopied };
                self.renderer.fill_id("status", [words.into()]);
            }
            Step::CodeNeeded => self.say_of_code(card::code_needed()),
            Step::Report => {
                self.say(&FromCard::Report);
                self.renderer.fill_id("report", [card::reported(false)]);
                self.focus("reported");
            }
        }
    }

    /// The code does not let go; what was typed stays.
    pub(super) fn code_refused(&mut self, why: CodeFault) {
        self.rejected_quietly();
        self.say_of_code(card::code_fault(why));
    }

    fn say_of_code(&self, words: Node) {
        self.renderer.fill_id("code-fault", [words]);
        self.focus("code-text");
    }

    /// The report is on record.
    pub(super) fn reported(&mut self) {
        if let Some(desk) = self.desk.as_mut() {
            desk.reported();
        }
        // The focus stays where the person has gone meanwhile, or goes to the words that take the place of others.
        let document = self.renderer.document();
        let here = document.active_element().is_some_and(|at| at.id() == "reported");
        self.renderer.fill_id("report", [card::reported(true)]);
        if here {
            self.focus("reported");
        }
    }

    fn ask_reason(&self) {
        self.renderer.fill_id("reason-needed", [card::reason_needed()]);
        self.focus("reason");
    }

    /// The background did not take the choice.
    pub(super) fn rejected(&mut self, why: Rejected) {
        self.rejected_quietly();
        match why {
            Rejected::Reason => self.ask_reason(),
            Rejected::NotOffered => self.renderer.fill_id("status", [Key::NotTaken.into()]),
            Rejected::NotSeen => self.renderer.fill_id("status", [Key::NotSeen.into()]),
        }
    }

    fn rejected_quietly(&mut self) {
        if let Some(desk) = self.desk.as_mut() {
            desk.rejected();
        }
        self.busy(false);
        self.renderer.fill_id("status", []);
    }

    fn busy(&self, busy: bool) {
        if let Some((card, _)) = self.drawn() {
            let _ = card.set_attribute("aria-busy", if busy { "true" } else { "false" });
        }
    }

    /// A key went down somewhere in the frame.
    pub(super) fn key(&mut self, event: &KeyboardEvent) {
        let Some(model) = self.desk.as_ref().map(Desk::model) else { return };
        // An Enter or Escape that ends the composition of a character is not a press. Some input methods say so by the
        // key's number alone (UI Events, section 5.5.1: 229).
        if event.is_composing() || event.key_code() == 229 {
            return;
        }
        let field = event.target().and_then(|target| target.dyn_into::<HtmlTextAreaElement>().ok());
        let enter = |field: HtmlTextAreaElement| match field.id().as_str() {
            "code-text" => Some(Press::Code),
            _ => enter(model),
        };
        let press = match event.key().as_str() {
            "Escape" => Some(escape(model)),
            "Enter" if !event.shift_key() => field.and_then(enter),
            "Tab" if model.stage.interrupts() => {
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
        let Ok(stops) =
            document.query_selector_all(".card a[href], .card button, .card textarea, .card [tabindex='0']")
        else {
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

    /// Time passed.
    pub(super) fn tick(&mut self) {
        let now = self.now();
        let held = self.pointed_at || self.renderer.document().has_focus().unwrap_or(false);
        let Some(desk) = self.desk.as_mut() else { return };
        let said = desk.tick(held, now);
        let until = card::until(desk.model(), whole(js_sys::Date::now()));
        if until != self.until {
            self.renderer.fill_id("until", until.clone());
            self.until = until;
        }
        if let Some(said) = said {
            self.say(&said);
        }
    }
}

/// What is said while an answer is on its way.
fn working(desk: &Desk) -> Key {
    if desk.is_verifying() { Key::Verifying } else { Key::Working }
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
