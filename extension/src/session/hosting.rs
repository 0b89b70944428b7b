//! What the host says, and what happens when it comes and goes.

use shared_protocol::{Code, EventId, Hello, Millis, PROTOCOL, Settings, SignIn, ToExtension, ToHost};

use super::Session;
use super::effect::{Effect, ToRelay};
use super::hold::State;
use crate::ui::model::HostLink;

impl Session {
    pub(super) fn want_host(&mut self, now: Millis, out: &mut Vec<Effect>) {
        let patience = Millis::from(self.deadline_ms());
        self.link.want(now, patience, out);
    }

    pub(super) fn hello(&self) -> Hello {
        Hello {
            protocol: PROTOCOL,
            extension: self.version.clone(),
            browser: self.browser,
            language: self.language.clone(),
        }
    }

    pub(super) fn host_said(&mut self, now: Millis, frame: &str, out: &mut Vec<Effect>) {
        // What is no message of ours is dropped; what waits for an answer has its deadline.
        let Some(json) = self.link.join(frame) else { return };
        let Ok(message) = serde_json::from_str::<ToExtension>(&json) else { return };
        match message {
            ToExtension::Welcome(welcome) => {
                if self.link.welcome(welcome.protocol, out) {
                    self.set_settings(welcome.settings, out);
                    self.show_first_page(out);
                    self.ask_again(now, out);
                    self.deliver_late(out);
                    self.next_preview(now, out);
                    self.tell_popups_anew(out);
                } else if !self.link.is_up() {
                    out.push(Effect::CloseHost);
                    self.host_lost(now, HostLink::Version, out);
                }
            }
            ToExtension::Verdict(verdict) => self.verdict(now, *verdict, out),
            ToExtension::Go { event, outcome } => {
                self.link.confirmed(&event);
                self.go(&event, outcome, out);
            }
            ToExtension::Noted { event } => self.link.confirmed(&event),
            ToExtension::Settings(settings) => {
                self.set_settings(*settings, out);
                // Who is signed in may be another one, too.
                self.tell_popups_anew(out);
            }
            ToExtension::Status(status) => {
                self.link.set_status(status);
                if self.late.taken() {
                    out.push(Effect::SaveLate { entries: self.late.entries().to_vec() });
                }
                // What came meanwhile, and what the host could not write down before.
                self.deliver_late(out);
            }
            ToExtension::Previewed { round, card } => self.previewed(now, round, card, out),
            ToExtension::CodeRefused { event, why } => self.code_refused(&event, why, out),
            ToExtension::Reported { event } => {
                self.link.reported(&event);
                self.cards.reported(&event, out);
            }
            ToExtension::Noticed { event, card } => self.noticed(&event, card, out),
            ToExtension::Mine(mine) => self.mine = Some(mine),
            ToExtension::Sites { sites } => self.repair(sites, out),
            ToExtension::FileTaken { file, up_to } => self.file_taken(now, &file, up_to, out),
            ToExtension::FileFault { file, code } => self.file_fault(now, &file, code, out),
            // Nothing else is opened at a host's word.
            ToExtension::OpenPage { url } if url.starts_with("https://") => {
                out.push(Effect::OpenTab { url });
            }
            ToExtension::OpenPage { url: _ } => {}
            ToExtension::Error { code, event: Some(event) } => {
                // What could not be written down now is said again to the next host.
                if code != Code::NotRecorded {
                    self.link.confirmed(&event);
                    self.link.reported(&event);
                }
                self.fault(now, &event, code, out);
            }
            ToExtension::Error { code: Code::BadVersion, event: None } if !self.link.is_up() => {
                out.push(Effect::CloseHost);
                self.host_lost(now, HostLink::Version, out);
            }
            // A question about where the host stands has no answer; so late entries may not be on record.
            ToExtension::Error { code: _, event: None } => self.late.failed(),
        }
    }

    /// The native port is gone: what waits is asked again at once, or falls back.
    pub(super) fn host_lost(&mut self, now: Millis, shown: HostLink, out: &mut Vec<Effect>) {
        self.link.lost(now, shown);
        self.show_first_page(out);
        self.late.lost();
        self.previews.lost();
        self.verifying_lost(now, out);
        let waiting = self.waiting();
        for event in &waiting {
            if let Some(hold) = self.holds.get_mut(event) {
                hold.told = false;
                hold.losses += 1;
            }
        }
        self.files.host_lost(&waiting);
        if !waiting.is_empty() {
            self.want_host(now, out);
        }
        for event in waiting {
            self.ask_host(now, &event, out);
        }
    }

    fn ask_again(&mut self, now: Millis, out: &mut Vec<Effect>) {
        for event in self.waiting() {
            self.ask_host(now, &event, out);
        }
    }

    /// Holds that wait for the host, oldest first.
    fn waiting(&self) -> Vec<EventId> {
        let waits = |state: &State| match state {
            State::Judging | State::Answering { .. } | State::Proving(_) => true,
            State::Asking(_) | State::Verifying(_) => false,
        };
        let mut waiting: Vec<_> = self.holds.iter().filter(|(_, hold)| waits(&hold.state)).collect();
        waiting.sort_by_key(|(_, hold)| hold.at);
        waiting.into_iter().map(|(event, _)| event.clone()).collect()
    }

    fn set_settings(&mut self, settings: Settings, out: &mut Vec<Effect>) {
        if self.settings.as_ref() == Some(&settings) {
            return;
        }
        self.settings = Some(settings.clone());
        out.push(Effect::SaveSettings { settings: Box::new(settings) });
        self.tell_config(out);
        self.tell_previews(out);
    }

    /// Tells every hook what it may know now.
    pub(super) fn tell_config(&self, out: &mut Vec<Effect>) {
        let config = self.config();
        out.push(Effect::Config { config: Box::new(config.clone()) });
        for port in self.pages.keys() {
            self.say(*port, ToRelay::Config(Box::new(config.clone())), out);
        }
    }

    /// Hands over the late entries; the answer to the question after them says that they arrived.
    pub(super) fn deliver_late(&mut self, out: &mut Vec<Effect>) {
        if self.late.is_handed() || self.late.entries().is_empty() || !self.link.is_up() {
            return;
        }
        let entries = self.late.hand_over();
        self.link.say_now(&ToHost::Late { entries }, out);
        self.say_status(out);
    }

    /// The question where the host stands, counted: an answer may be one to a question before the late entries.
    fn say_status(&mut self, out: &mut Vec<Effect>) {
        if self.link.say_now(&ToHost::Status, out) {
            self.late.asked();
        }
    }

    /// The person wants to sign in.
    pub(super) fn sign_in(&mut self, now: Millis, what: SignIn, out: &mut Vec<Effect>) {
        self.want_host(now, out);
        self.link.say_now(&ToHost::SignIn { what }, out);
        self.say_status(out);
    }

    /// The provider's page was closed. Where its answer came back before, this changes nothing.
    pub(super) fn sign_in_closed(&mut self, out: &mut Vec<Effect>) {
        self.link.say_now(&ToHost::SignInClosed, out);
    }

    /// Asks where the host stands, for whoever looks at it now.
    fn tell_popups_anew(&mut self, out: &mut Vec<Effect>) {
        if !self.popups.is_empty() {
            self.say_status(out);
        }
    }

    pub(super) fn ask_status(&mut self, now: Millis, out: &mut Vec<Effect>) {
        self.want_host(now, out);
        self.say_status(out);
    }
}
