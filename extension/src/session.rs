//! The session: what the extension does about everything that happens, as a pure state machine.
//!
//! One event in, effects out, in order. INVARIANT: no clock, no I/O, no randomness: the worker hands in the
//! time and performs the effects; the same events give the same effects.
//! INVARIANT: every hold ends, and a request is let go only by a [`hold::Permit`]: the host's verdict, its
//! word that an answer is on record, or a fail setting that allows it. Of a file in pieces these are about the file
//! ([`pieces`]).
//! INVARIANT: no text but in memory, and there only while a request is held, its answer is read, the host is about to
//! be asked about a composer's text, or it may yet be given back ([`names`], [`reading`]), or the name of a file that may
//! have further pieces ([`pieces`]); bounded, and gone with its tab.
//! A session that is lost is built again from the last settings, the late entries and what the relays resend.

mod answering;
mod asking;
mod backlog;
mod cards;
mod checking;
mod copy;
mod drift;
mod effect;
mod ending;
mod event;
mod files;
mod first;
mod handles;
mod hold;
mod holding;
mod hosting;
mod late;
mod leaving;
mod link;
mod names;
mod net;
mod pieces;
mod preview;
mod proving;
mod reading;
mod repair;
mod stored;
mod threads;
mod unexplained;
mod verifying;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use shared_protocol::{App, Browser, EventId, Millis, Mine, Preview, Settings, ToHost};
use shared_sites::{SiteError, Sites};

pub use self::effect::{Badge, Effect, HookConfig, OnDeadline, Shape, ToPort, ToRelay};
pub use self::event::{AtOnce, CopyEnd, Event, FromRelay, Head, InstalledBy, PortId, PortName, Seen, Start};
pub use self::names::Table;
use crate::ui::model::{FromPopup, HostLink, PopupState, ToPopup};

/// Time the host has beyond its own deadline before this session gives up on it; the hook's is longer still.
const GRACE_MS: Millis = 500;
const HOOK_GRACE_MS: u32 = 1_000;
/// How long a host that was never met has to start and say which settings hold.
const FIRST_MS: u32 = 15_000;
/// Most bytes of a body the hook copies, whatever the settings say: what one message may hold.
const MOST_COPIED: u32 = 20 << 20;

/// The session.
pub struct Session {
    sites: Sites,
    browser: Browser,
    language: Option<String>,
    version: String,
    managed: bool,
    settings: Option<Settings>,
    /// What the person chose of reading ahead.
    chosen: Option<Preview>,
    /// The first page waits for the word whether anybody manages this machine.
    first_page: bool,
    /// The texts that `sites` was made from besides what is compiled in.
    repaired: BTreeMap<String, String>,
    link: link::Link,
    late: late::Late,
    pages: BTreeMap<PortId, Page>,
    popups: Vec<PortId>,
    holds: BTreeMap<EventId, hold::Hold>,
    copies: BTreeMap<EventId, copy::Copy>,
    /// Requests that carry another one's answer on.
    continued: BTreeMap<EventId, EventId>,
    cards: cards::Cards,
    files: files::Files,
    handles: handles::Handles,
    pieces: pieces::Pieces,
    checking: checking::Checking,
    previews: preview::Previews,
    names: names::Names,
    readings: reading::Readings,
    threads: threads::Threads,
    net: net::Net,
    told_drift: drift::Told,
    asked: unexplained::Asked,
    wake: Option<Millis>,
    told_popup: Option<PopupState>,
    /// What is on record about the person, as it was told last.
    mine: Option<Mine>,
    /// The guarded site that the popup is open beside.
    beside: Option<App>,
    badge: Badge,
}

/// One page's relay.
struct Page {
    tab: Option<i64>,
    private: bool,
    top: bool,
    sockets: copy::Sockets,
}

impl Session {
    /// A session that has seen nothing yet.
    ///
    /// # Errors
    /// When the sites' data that is compiled in does not parse.
    pub fn new(start: Start) -> Result<Self, SiteError> {
        // What an earlier background took is taken again.
        let (sites, _) = Sites::repaired(&start.sites)?;
        Ok(Self {
            sites,
            repaired: start.sites,
            browser: start.browser,
            language: start.language,
            version: start.version,
            managed: start.managed,
            settings: start.settings,
            chosen: start.preview,
            first_page: false,
            link: link::Link::default(),
            late: late::Late::new(start.late),
            pages: BTreeMap::new(),
            popups: Vec::new(),
            holds: BTreeMap::new(),
            copies: BTreeMap::new(),
            continued: BTreeMap::new(),
            cards: cards::Cards::default(),
            files: files::Files::default(),
            handles: handles::Handles::default(),
            pieces: pieces::Pieces::default(),
            checking: checking::Checking::default(),
            previews: preview::Previews::default(),
            names: names::Names::new(start.names),
            readings: reading::Readings::default(),
            threads: threads::Threads::default(),
            net: net::Net::default(),
            told_drift: drift::Told::default(),
            asked: unexplained::Asked::default(),
            wake: None,
            told_popup: None,
            mine: None,
            beside: None,
            badge: Badge::default(),
        })
    }

    /// Takes one event at this time.
    pub fn handle(&mut self, now: Millis, event: Event) -> Vec<Effect> {
        let mut out = Vec::new();
        self.expire(now, &mut out);
        self.take(now, event, &mut out);
        self.files_over(now, &mut out);
        self.pieces_on(now, &mut out);
        self.show_progress(now, &mut out);
        self.settle(now, &mut out);
        out
    }

    fn take(&mut self, now: Millis, event: Event, out: &mut Vec<Effect>) {
        match event {
            Event::Started => {
                out.push(Effect::Config { config: Box::new(self.config()) });
                if !self.late.entries().is_empty() {
                    self.want_host(now, out);
                }
            }
            Event::Opened { port, name, tab, private, top } => {
                let page = Page { tab, private, top, sockets: copy::Sockets::default() };
                self.opened(now, port, name, page, out);
            }
            Event::Closed { port } => self.closed(now, port, out),
            Event::Relay { port, said } => self.relay_said(now, port, said, out),
            Event::Card { port, said } => self.card_said(now, port, said, out),
            Event::Hint { port, said } => self.hint_said(port, said, out),
            Event::Reader { port, said } => self.reader_said(port, said, out),
            Event::TabGone { tab } => self.tab_gone(tab),
            Event::Popup { port: _, said: FromPopup::Check } => self.ask_status(now, out),
            Event::Popup { port: _, said: FromPopup::SignIn { what } } => self.sign_in(now, what, out),
            Event::Popup { port: _, said: FromPopup::Mine { limit } } => {
                self.want_host(now, out);
                self.link.say_now(&ToHost::Mine { limit }, out);
            }
            Event::Popup { port: _, said: FromPopup::Preview { when } } => self.choose_preview(when, out),
            Event::Popup { port: _, said: FromPopup::Beside { url } } => self.beside = self.sites.app(&url),
            Event::Garbled { port, event } => self.garbled(now, port, event, out),
            Event::Installed { by } => self.installed(now, by, out),
            Event::SignInClosed => self.sign_in_closed(out),
            Event::NoWindow { token } => self.dismissed(now, &token, out),
            Event::HostOpened => self.link.hello(self.hello(), out),
            Event::HostSaid { frame } => self.host_said(now, &frame, out),
            Event::HostLost { missing } => {
                let shown = if missing { HostLink::Missing } else { HostLink::Lost };
                self.host_lost(now, shown, out);
            }
            // Woken early, by a clock that was set back: it is asked for again.
            Event::Woke => self.wake = None,
            Event::Seen(request) => self.seen(now, *request, out),
        }
    }

    fn opened(&mut self, now: Millis, port: PortId, name: PortName, page: Page, out: &mut Vec<Effect>) {
        match name {
            PortName::Relay => {
                self.pages.insert(port, page);
                self.say(port, ToRelay::Config(Box::new(self.config())), out);
                self.tell_preview(port, out);
                // A guarded page is open: the host should be warm when the first prompt comes.
                self.want_host(now, out);
            }
            PortName::Card => self.cards.port(port, page.top),
            PortName::Hint | PortName::Reader => {}
            PortName::Popup => {
                self.popups.push(port);
                self.told_popup = None;
                self.net.said();
                // What was told before may be of somebody else. A page beside it keeps what it has until the next answer.
                if self.popups.len() == 1 {
                    self.mine = None;
                    self.beside = None;
                }
                self.ask_status(now, out);
            }
        }
    }

    fn closed(&mut self, now: Millis, port: PortId, out: &mut Vec<Effect>) {
        self.popups.retain(|open| *open != port);
        if let Some(event) = self.cards.port_gone(port) {
            self.dismissed(now, &event, out);
        }
        self.previews.port_gone(port);
        if self.pages.remove(&port).is_some() {
            self.cards.page_gone(port);
            self.readings.page_gone(port);
            self.pieces.page_gone(port);
            self.holds_gone(now, port, out);
            self.copies_gone(now, port, out);
        }
    }

    /// Ends what is due.
    fn expire(&mut self, now: Millis, out: &mut Vec<Effect>) {
        if self.link.is_overdue(now) {
            out.push(Effect::CloseHost);
            self.host_lost(now, HostLink::Lost, out);
        }
        self.holds_due(now, out);
        self.copies_due(now, out);
        if self.link.is_idle_due(now, !self.late.entries().is_empty()) {
            self.want_host(now, out);
        }
    }

    /// What follows from any event: the next wake, the popup, the mark on the button.
    fn settle(&mut self, now: Millis, out: &mut Vec<Effect>) {
        let holds = self.holds.values().map(|hold| hold.due);
        let copies = self.copies.values().filter_map(copy::Copy::due);
        let files = self.progress_due(now);
        let wake =
            holds.chain(copies).chain(self.link.due(!self.late.entries().is_empty())).chain(files).min();
        if wake != self.wake {
            self.wake = wake;
            out.push(Effect::Wake { at: wake });
        }
        let badge = self.standing();
        if badge != self.badge {
            self.badge = badge;
            out.push(Effect::Badge { badge });
        }
        self.stand_net(out);
        out.extend(self.names.changed().map(|names| Effect::SaveNames { names }));
        self.tell_popups(out);
    }

    /// What the mark on the button says: nothing where all is well or nothing is known yet.
    fn standing(&self) -> Badge {
        use shared_protocol::PolicySource;

        match (self.link.shown(), &self.settings) {
            (HostLink::Missing | HostLink::Lost | HostLink::Version, _) => Badge::Unprotected,
            (HostLink::Connecting | HostLink::Connected, _) if self.net.is_unsaid() => Badge::Degraded,
            (HostLink::Connecting, _) | (HostLink::Connected, None) => Badge::Unknown,
            (HostLink::Connected, Some(settings)) => {
                let policy = settings.policy.as_ref();
                let is_off = |policy: &shared_protocol::PolicyState| policy.stale || policy.refused.is_some();
                match settings.source {
                    PolicySource::ManagedWithoutBundle => Badge::Degraded,
                    _ if policy.is_some_and(is_off) => Badge::Degraded,
                    PolicySource::Bundle => Badge::Protected,
                    PolicySource::BuiltinEnforce if settings.managed => Badge::Protected,
                    PolicySource::BuiltinMonitor
                    | PolicySource::BuiltinEnforce
                    | PolicySource::DeveloperFile => Badge::Trial,
                }
            }
        }
    }

    fn tell_popups(&mut self, out: &mut Vec<Effect>) {
        if self.popups.is_empty() {
            return;
        }
        let state = PopupState {
            link: self.link.shown(),
            settings: self.settings.clone(),
            status: self.link.status().cloned(),
            late: u64::try_from(self.late.entries().len()).unwrap_or(u64::MAX),
            mine: self.mine.clone(),
            site: self.beside.clone(),
            preview: self.chosen,
        };
        if self.told_popup.as_ref() == Some(&state) {
            return;
        }
        for port in &self.popups {
            let message = ToPort::Popup(ToPopup::State { state: Box::new(state.clone()) });
            out.push(Effect::ToPort { port: *port, message });
        }
        self.told_popup = Some(state);
    }

    /// The settings that hold now. Before any were received: closed where the browser says that an organisation
    /// manages it, else a trial.
    fn current(&self) -> Settings {
        self.settings.clone().unwrap_or(if self.managed { Settings::MANAGED } else { Settings::TRIAL })
    }

    /// Machine time for one verdict. A host that was never met may enforce: it is given time to say so.
    fn deadline_ms(&self) -> u32 {
        let known = self.current().fail.deadline_ms;
        if self.settings.is_some() { known } else { known.max(FIRST_MS) }
    }

    fn config(&self) -> HookConfig {
        use shared_protocol::{FailAction, PolicySource, UnreachableAction};

        let fail = self.current().fail;
        let watches = self.current().source == PolicySource::BuiltinMonitor;
        let open = fail.deadline == FailAction::Allow && fail.unreachable == UnreachableAction::Allow;
        HookConfig {
            data: self.sites.hook(),
            // A prompt is longer in the site's own encoding.
            limit: fail.oversize_bytes.saturating_mul(2).min(MOST_COPIED),
            deadline_ms: self.deadline_ms().saturating_add(HOOK_GRACE_MS),
            on_deadline: if open { OnDeadline::Send } else { OnDeadline::Refuse },
            // Where nothing is ever stopped, what cannot wait is not stopped either.
            at_once: if watches { OnDeadline::Send } else { OnDeadline::Refuse },
        }
    }

    fn machine_ms(&self) -> Millis {
        Millis::from(self.deadline_ms()) + GRACE_MS
    }

    fn say(&self, port: PortId, message: ToRelay, out: &mut Vec<Effect>) {
        out.push(Effect::ToPort { port, message: ToPort::Relay(message) });
    }
}
