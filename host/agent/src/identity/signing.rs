//! A sign-in from its beginning to what it leaves behind, whoever asked for it.
//!
//! INVARIANT: what changes who counts as whom is on record before it takes effect, and so is what a sign-in fell short of.
//! INVARIANT: nobody is bound or verified by a sign-in that fell short in anything; whoever was stays so.

use std::path::Path;

use anyhow::{Context, Result};
use host_identity::{Demand, Discovered, IdentityError, Person, Unmet};
use host_journal::{Audit, Change, SiteWord};
use shared_protocol::{EventId, SignIn};

use super::renew::seconds;
use super::{Known, Vault, change};
use crate::keys::Kept;
use crate::record::Recorder;
use crate::settings::IdentitySettings;

/// What a sign-in works with.
pub(crate) struct Signing<'a> {
    /// Where, and what is asked.
    pub(crate) settings: &'a IdentitySettings,
    /// Where what it leaves behind lies.
    pub(crate) data: &'a Path,
    /// This machine.
    pub(crate) machine: Option<&'a str>,
    /// Who is there so far.
    pub(crate) known: &'a Known,
    /// Where it goes on record.
    pub(crate) recorder: &'a Recorder,
    /// The request that it is for, where a card asked.
    pub(crate) event: Option<&'a EventId>,
    /// Whether nobody waits for it any more.
    pub(crate) is_over: &'a dyn Fn() -> bool,
}

impl Signing<'_> {
    /// Hands the address to `open`, waits for the person, checks, keeps. Where the key of their tokens lies then.
    pub(crate) fn run(&self, what: SignIn, open: impl FnOnce(&str)) -> Result<Kept> {
        let demand = match what {
            SignIn::Login => Demand::default(),
            SignIn::StepUp => self.settings.verify.clone(),
            SignIn::Enrol => self.settings.enrol.clone().context(
                "the settings ask for no enrolment: `promptgate login` is enough. `[identity.enrol]` says what it takes",
            )?,
        };
        // Whoever steps up is who is signed in already; anybody may sign in anew, and be enrolled.
        let about = self.known.session.as_ref().filter(|_| what == SignIn::StepUp);
        let about = about.map(|session| (session.person.sub.as_str(), session.person.email.as_deref()));
        let found = Discovered::at(self.settings.provider.clone())?;
        let attempt = found.begin(&demand, about)?;
        open(attempt.url());
        let signed_in = match attempt.finish_unless(self.settings.patience, self.is_over) {
            Ok(signed_in) => signed_in,
            Err(fault) => {
                let whose = about.map(|_| self.known.person.as_str());
                self.audit(Change::VerificationFailed, whose, word(&fault))?;
                return Err(fault.into());
            }
        };
        let (person, now) = (signed_in.person.clone(), seconds());
        self.audit(Change::SignedIn, Some(&person.id), &person.issuer)?;
        let vault = Vault::new(self.data, self.settings.key_store);
        let kept = change::signed_in(self.data, &vault, signed_in, now)?;
        self.proved(what, &person, now)?;
        Ok(kept)
    }

    fn proved(&self, what: SignIn, person: &Person, now: i64) -> Result<()> {
        let (change, enrols) = match what {
            SignIn::Login => return Ok(()),
            SignIn::StepUp => (Change::Verified, false),
            SignIn::Enrol => (Change::Enrolled, true),
        };
        let audit = self.said(change, Some(&person.id), &person.issuer);
        self.recorder.verified(self.event, &person.id, audit)?;
        change::verified(self.data, person, self.machine, enrols, now)
    }

    fn audit(&self, what: Change, whose: Option<&str>, name: &str) -> Result<()> {
        self.recorder.audit(self.event, self.said(what, whose, name))
    }

    fn said(&self, what: Change, whose: Option<&str>, name: &str) -> Audit {
        let mut audit = Audit::new(what, self.recorder.by());
        audit.whose = whose.map(SiteWord::from);
        audit.name = Some(SiteWord::from(name));
        audit
    }
}

/// What a sign-in fell short of, for the record.
fn word(fault: &IdentityError) -> &'static str {
    match fault {
        IdentityError::Unmet(unmet) => match unmet {
            Unmet::Acr { .. } => "acr",
            Unmet::Amr { .. } => "amr",
            Unmet::Claim { .. } => "claim",
            Unmet::NoAuthTime | Unmet::Stale { .. } | Unmet::Ahead { .. } => "auth-time",
            Unmet::OtherPerson => "other-person",
        },
        IdentityError::MixedUp { .. } => "mixed-up",
        IdentityError::Token(_) => "token",
        IdentityError::OtherPerson => "other-person",
        IdentityError::Claim { .. } => "claim",
        IdentityError::Refused { .. } | IdentityError::Ended => "refused",
        IdentityError::TimedOut => "timed-out",
        IdentityError::GivenUp => "closed",
        IdentityError::Disturbed => "disturbed",
        IdentityError::Net { .. }
        | IdentityError::Discovery { .. }
        | IdentityError::Insecure(_)
        | IdentityError::Listen(_)
        | IdentityError::Exchange(_) => "fault",
    }
}
