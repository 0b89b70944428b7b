//! A sign-in that the person starts from the browser: the provider's page opens in a tab of that browser.
//!
//! INVARIANT: one at a time for each browser; its thread waits, and no judgement does. INVARIANT: the extension hears of
//! an address to open and of how it stands, and of no token.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread;

use anyhow::{Context, Result};
use shared_protocol::{Identity, SignIn, ToExtension};

use super::Desk;
use crate::identity::{Kept, Signing};
use crate::out;

impl Desk {
    /// Starts it, unless one is under way.
    pub(super) fn sign_in(self: &Arc<Self>, what: SignIn) {
        if self.signing_in.swap(true, Ordering::AcqRel) {
            return;
        }
        let desk = Arc::clone(self);
        thread::spawn(move || {
            let done = desk.signed_in(what);
            desk.signing_in.store(false, Ordering::Release);
            match done {
                // The browser's page says it too.
                Err(fault) => out::note(&format!("sign-in: {fault:#}")),
                Ok(Kept::FellBack(why)) => out::note(&format!("the platform's key store is not used: {why}")),
                Ok(Kept::Platform | Kept::File) => {}
            }
            // What holds from now on, and then who that is.
            desk.settings.refresh();
            if let Err(code) = desk.status() {
                desk.send(ToExtension::Error { code, event: None });
            }
        });
    }

    fn signed_in(&self, what: SignIn) -> Result<Kept> {
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
        };
        signing.run(what, |url| self.send(ToExtension::OpenPage { url: url.to_owned() }))
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
            waiting: self.signing_in.load(Ordering::Acquire),
        })
    }
}
