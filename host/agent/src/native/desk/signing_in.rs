//! A sign-in that the person starts from the browser, at the popup or at a card: the provider's page opens in a tab of
//! that browser.
//!
//! INVARIANT: one at a time for each browser; its thread waits, and no judgement does. Asked for again, its page opens
//! again; one of another kind takes its place. INVARIANT: the extension hears of an address to open and of how it stands,
//! and of no token.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, MutexGuard, PoisonError};
use std::thread;

use anyhow::{Context, Result};
use shared_protocol::{EventId, Identity, Millis, SignIn, ToExtension};

use super::Desk;
use crate::identity::Signing;
use crate::keys::Kept;
use crate::out;

/// A sign-in that is under way.
pub(super) struct Waiting {
    what: SignIn,
    /// What was opened, once it is known.
    url: Option<String>,
    /// Nobody waits for it any more.
    over: Arc<AtomicBool>,
    /// The requests that wait for it, and when each person said so.
    events: Vec<(EventId, Millis)>,
}

impl Desk {
    /// Starts it, or opens its page again; `event`: a request that waits for it.
    pub(super) fn sign_in(self: &Arc<Self>, what: SignIn, event: Option<(EventId, Millis)>) {
        let mut waiting = self.waiting();
        if let Some(now) = waiting.as_mut().filter(|now| now.what == what) {
            // A request that is said again waits once.
            let is_new = |one: &(EventId, Millis)| now.events.iter().all(|(other, _)| *other != one.0);
            let new = event.filter(is_new);
            now.events.extend(new);
            if let Some(url) = now.url.clone() {
                drop(waiting);
                self.send(ToExtension::OpenPage { url });
            }
            return;
        }
        let over = Arc::new(AtomicBool::new(false));
        let first = event.as_ref().map(|(event, _)| event.clone());
        let new = Waiting { what, url: None, over: Arc::clone(&over), events: event.into_iter().collect() };
        let before = waiting.replace(new);
        drop(waiting);
        let left = before.map(|before| {
            before.over.store(true, Ordering::Release);
            before.events
        });
        let desk = Arc::clone(self);
        thread::spawn(move || {
            desk.unproved(left.unwrap_or_default());
            let done = desk.signed_in(what, first.as_ref(), &over);
            let proved = done.is_ok();
            match done {
                // The browser's page says it too.
                Err(fault) => out::note(&format!("sign-in: {fault:#}")),
                Ok(Kept::FellBack(why)) => out::note(&format!("the platform's key store is not used: {why}")),
                Ok(Kept::Platform | Kept::File) => {}
            }
            let events = desk.ended_sign_in(&over);
            // What holds from now on, and then who that is.
            desk.settings.refresh();
            if proved {
                desk.proved(events)
            } else {
                desk.unproved(events)
            }
            desk.tell_status();
        });
    }

    /// The page was closed.
    pub(super) fn sign_in_closed(&self) {
        if let Some(now) = self.waiting().as_ref() {
            now.over.store(true, Ordering::Release);
        }
    }

    /// The requests that waited for this one, which is under way no longer.
    fn ended_sign_in(&self, over: &Arc<AtomicBool>) -> Vec<(EventId, Millis)> {
        let mut waiting = self.waiting();
        let is_it = waiting.as_ref().is_some_and(|now| Arc::ptr_eq(&now.over, over));
        if is_it { waiting.take().map(|now| now.events).unwrap_or_default() } else { Vec::new() }
    }

    fn signed_in(&self, what: SignIn, event: Option<&EventId>, over: &Arc<AtomicBool>) -> Result<Kept> {
        let active = self.live.active();
        let env = self.live.env();
        let settings = active.configured.identity.as_ref().context("no provider is configured")?;
        let data = env.data().context("no home folder is known; set HOME")?;
        let signing = Signing {
            settings,
            data: &data,
            machine: env.machine(),
            known: active.known(),
            recorder: &self.recorder,
            event,
            travel: active.configured.risk.travel.as_ref(),
            is_over: &|| over.load(Ordering::Acquire),
        };
        signing.run(what, |url| {
            if let Some(now) = self.waiting().as_mut().filter(|now| Arc::ptr_eq(&now.over, over)) {
                now.url = Some(url.to_owned());
            }
            self.send(ToExtension::OpenPage { url: url.to_owned() });
            self.tell_status();
        })
    }

    fn tell_status(&self) {
        if let Err(code) = self.status() {
            self.send(ToExtension::Error { code, event: None });
        }
    }

    /// Who is at the keyboard, for the popup; none where no provider is configured.
    pub(super) fn identity(&self) -> Option<Identity> {
        let active = self.live.active();
        let settings = active.configured.identity.as_ref()?;
        let facts = &active.known().facts;
        let is_known = active.known().session.is_some();
        let next = if !is_known {
            Some(if settings.enrol.is_some() { SignIn::Enrol } else { SignIn::Login })
        } else if !facts.enrolled {
            Some(SignIn::Enrol)
        } else if facts.verified_at.is_some() && !facts.verified {
            Some(SignIn::StepUp)
        } else {
            None
        };
        Some(Identity {
            person: is_known.then(|| facts.email.clone().unwrap_or_else(|| facts.id.clone())),
            next,
            waiting: self.waiting().is_some(),
        })
    }

    fn waiting(&self) -> MutexGuard<'_, Option<Waiting>> {
        self.signing_in.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
