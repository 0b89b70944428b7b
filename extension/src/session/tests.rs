//! The session told as scripts: what happens on the left, what must come of it.
//!
//! The script plays worker, relay and host with real requests, the sites' own data and the protocol's own
//! frames; nothing of ours is replaced.

mod answer_mutants;
mod answers;
mod at_once;
mod cards;
mod drift;
mod faults;
mod files;
mod first;
mod invariants;
mod life;
mod names;
mod net;
mod pieces;
mod popups;
mod preview;
mod proving;
mod repair;
mod unreachable;
mod verifying;
mod words;

use std::collections::BTreeMap;

use shared_protocol::{
    Action, Browser, Card, Choice, Edit, EventId, LateEntry, Millis, Mode, Obligation, Outcome, Settings,
    Status, ToExtension, ToHost, Verdict, Welcome, frame,
};
use shared_sites::{Api, Body, Request};

use super::{
    AtOnce, CopyEnd, Effect, Event, FromRelay, Head, PortId, PortName, Session, Start, ToPort, ToRelay,
};
use crate::ui::model::{CardModel, FromCard, Stage, ToCard};

const PAGE: PortId = 1;
const CARD: PortId = 100;

/// Plays everybody but the session.
struct Script {
    session: Session,
    now: Millis,
    joiner: frame::Joiner,
    effects: Vec<Effect>,
}

impl Script {
    /// A session with a page, and no host yet.
    fn new(settings: Option<Settings>, late: Vec<LateEntry>) -> Self {
        Self::starting(Start {
            browser: Browser::Chromium,
            names: Vec::new(),
            version: "0.1.0".to_owned(),
            managed: false,
            settings,
            preview: None,
            late,
            language: Some("de".to_owned()),
            sites: BTreeMap::new(),
        })
    }

    fn starting(start: Start) -> Self {
        let session = Session::new(start).unwrap();
        let mut script =
            Self { session, now: 1_000_000, joiner: frame::Joiner::default(), effects: Vec::new() };
        script.happen(Event::Started);
        script.happen(Event::Opened {
            port: PAGE,
            name: PortName::Relay,
            tab: Some(7),
            private: false,
            top: true,
        });
        script
    }

    /// The same with a host that said welcome.
    fn with_host(settings: Settings) -> Self {
        let mut script = Self::new(None, Vec::new());
        script.host_comes(settings);
        script
    }

    fn host_comes(&mut self, settings: Settings) {
        self.happen(Event::HostOpened);
        self.host(&ToExtension::Welcome(Welcome { protocol: 1, host: "0.1.0".to_owned(), settings }));
    }

    fn happen(&mut self, event: Event) -> Vec<Effect> {
        let effects = self.session.handle(self.now, event);
        self.effects.extend(effects.iter().cloned());
        effects
    }

    fn host(&mut self, message: &ToExtension) -> Vec<Effect> {
        let json = serde_json::to_string(message).unwrap();
        let mut effects = Vec::new();
        for frame in frame::split(9, &json) {
            effects.extend(self.happen(Event::HostSaid { frame }));
        }
        effects
    }

    fn relay(&mut self, said: FromRelay) -> Vec<Effect> {
        self.happen(Event::Relay { port: PAGE, said })
    }

    fn hold(&mut self, event: &EventId, request: Request) -> Vec<Effect> {
        self.hold_at_once(event, request, None)
    }

    fn hold_at_once(&mut self, event: &EventId, request: Request, at_once: Option<AtOnce>) -> Vec<Effect> {
        let request = Box::new(request);
        self.relay(FromRelay::Hold { event: event.clone(), request, again: false, at_once })
    }

    fn card(&mut self, said: FromCard) -> Vec<Effect> {
        self.happen(Event::Card { port: CARD, said })
    }

    /// Opens the card of `event` as its frame does, and gives back what it is to draw.
    fn card_opens(&mut self, event: &EventId) -> CardModel {
        self.happen(Event::Opened {
            port: CARD,
            name: PortName::Card,
            tab: Some(7),
            private: false,
            top: false,
        });
        let effects = self.card(FromCard::Open { token: event.as_str().to_owned() });
        let model = effects.into_iter().find_map(|effect| match effect {
            Effect::ToPort { port: CARD, message: ToPort::Card(ToCard::Model { model }) } => Some(*model),
            _ => None,
        });
        model.unwrap()
    }

    /// An answer on a card that could be seen, as the relay says when it is asked.
    fn choose(&mut self, choice: Choice) -> Vec<Effect> {
        let mut effects = self.card(FromCard::Choice { choice });
        if let Some(token) = looked_for(&effects) {
            effects.extend(self.relay(FromRelay::CardSeen { token, ms: 700 }));
        }
        effects
    }

    fn wait(&mut self, ms: Millis) -> Vec<Effect> {
        self.now += ms;
        self.happen(Event::Woke)
    }

    fn chunk(&mut self, event: &EventId, text: &str) -> Vec<Effect> {
        self.relay(FromRelay::Chunk { event: event.clone(), text: text.into() })
    }

    fn end(&mut self, event: &EventId, reason: CopyEnd) -> Vec<Effect> {
        self.relay(FromRelay::End { event: event.clone(), reason })
    }

    fn head(&mut self, event: &EventId, status: u16) {
        let head = Head { status, content_type: "text/event-stream".to_owned() };
        self.relay(FromRelay::Head { event: event.clone(), head });
    }

    /// The messages in these effects that go to the host.
    fn host_hears(&mut self, effects: &[Effect]) -> Vec<ToHost> {
        let frames = effects.iter().filter_map(|effect| match effect {
            Effect::ToHost { frame } => Some(frame),
            _ => None,
        });
        let whole = frames.filter_map(|frame| self.joiner.push(frame).unwrap());
        whole.map(|json| serde_json::from_str(&json).unwrap()).collect()
    }
}

/// What the page's relay is told, but for settings and cards.
fn words(effects: &[Effect]) -> Vec<ToRelay> {
    let said = effects.iter().filter_map(|effect| match effect {
        Effect::ToPort { port: PAGE, message: ToPort::Relay(message) } => Some(message.clone()),
        _ => None,
    });
    let of_requests = |word: &ToRelay| {
        matches!(
            word,
            ToRelay::Send { .. } | ToRelay::SendThis { .. } | ToRelay::Refuse { .. } | ToRelay::Wait { .. }
        )
    };
    said.filter(of_requests).collect()
}

/// The card that the relay is to look for, if it is.
fn looked_for(effects: &[Effect]) -> Option<EventId> {
    effects.iter().find_map(|effect| match effect {
        Effect::ToPort { port: PAGE, message: ToPort::Relay(ToRelay::CardLook { token }) } => {
            EventId::try_from(token.clone()).ok()
        }
        _ => None,
    })
}

/// The stage of the card that is put on the page, if one is.
fn card_shown(effects: &[Effect]) -> bool {
    effects.iter().any(|effect| {
        matches!(effect, Effect::ToPort { port: PAGE, message: ToPort::Relay(ToRelay::Card { .. }) })
    })
}

fn event(n: u64) -> EventId {
    EventId::try_from(format!("00000000-0000-4000-8000-{n:012x}")).unwrap()
}

fn request(method: &str, path: &str, body: Body) -> Request {
    Request {
        api: Api::Fetch,
        method: method.to_owned(),
        url: format!("https://chatgpt.com{path}"),
        page_url: "https://chatgpt.com/".to_owned(),
        headers: vec![("content-type".to_owned(), "application/json".to_owned())],
        body,
    }
}

fn json(value: &serde_json::Value) -> Body {
    Body::Text { text: value.to_string().into() }
}

/// A prompt on the way to its site.
fn send(text: &str) -> Request {
    send_after(text, None, "client-created-root")
}

fn send_after(text: &str, conversation: Option<&str>, parent: &str) -> Request {
    let mut body = serde_json::json!({
        "action": "next",
        "messages": [{
            "id": "aaaaaaaa-0000-4000-8000-000000000001",
            "author": {"role": "user"},
            "content": {"content_type": "text", "parts": [text]},
        }],
        "parent_message_id": parent,
        "model": "auto",
    });
    if let Some(conversation) = conversation {
        body["conversation_id"] = conversation.into();
    }
    request("POST", "/backend-api/f/conversation", json(&body))
}

fn card(action: Action) -> Card {
    Card {
        action,
        policies: Vec::new(),
        findings: Vec::new(),
        may_edit: true,
        may_redact: action == Action::Redact,
        may_justify: action == Action::Justify,
        may_send: action == Action::Warn,
        may_code: action == Action::Block,
        may_verify: false,
        may_report: action == Action::Block,
        files: Vec::new(),
    }
}

fn verdict(event: &EventId, outcome: Outcome, action: Action) -> Verdict {
    let obligations = match action {
        Action::Allow | Action::Block => Vec::new(),
        Action::Coach => vec![Obligation::Coach],
        Action::Warn => vec![Obligation::Warn],
        Action::Justify => vec![Obligation::Justify],
        Action::Redact => vec![Obligation::Redact],
    };
    let card = (action != Action::Allow).then(|| card(action));
    let event = event.clone();
    Verdict { event, outcome, action, obligations, mode: Mode::Enforce, edits: Vec::new(), card, fault: None }
}

fn says(verdict: Verdict) -> ToExtension {
    ToExtension::Verdict(Box::new(verdict))
}

fn redact(event: &EventId, start: usize, end: usize) -> ToExtension {
    let edits = vec![Edit { part: 0, start, end, replacement: "[CARD_1]".to_owned() }];
    says(Verdict { edits, ..verdict(event, Outcome::Ask, Action::Redact) })
}

fn enforcing() -> Settings {
    use shared_protocol::{FailSettings, PolicySource};

    Settings { source: PolicySource::BuiltinEnforce, fail: FailSettings::CLOSED, ..Settings::TRIAL }
}

fn status() -> ToExtension {
    let settings = enforcing();
    ToExtension::Status(Status {
        host: "0.1.0".to_owned(),
        settings,
        rows: 0,
        drift: 0,
        uncovered: 0,
        identity: None,
    })
}
