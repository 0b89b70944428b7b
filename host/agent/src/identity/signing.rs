//! A sign-in from its beginning to what it leaves behind, whoever asked for it.
//!
//! INVARIANT: what changes who counts as whom is on record before it takes effect, and so is what a sign-in fell short of.
//! INVARIANT: nobody is bound or verified by a sign-in that fell short in anything; whoever was stays so.
//! INVARIANT: an enrolment is a proof as well only where it meets what a proof asks for.

use std::net::IpAddr;
use std::path::Path;

use anyhow::{Context, Result};
use host_identity::{Demand, Discovered, IdentityError, Person, Unmet};
use host_journal::{Audit, Change, SiteWord};
use host_risk::arrive::Arrival;
use shared_protocol::{EventId, SignIn};

use super::renew::seconds;
use super::{Known, Vault, change};
use crate::keys::Kept;
use crate::out;
use crate::record::{Recorder, uuid};
use crate::risk;
use crate::settings::{IdentitySettings, TravelSettings};

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
    /// How an address becomes a place; none where places are not looked at.
    pub(crate) travel: Option<&'a TravelSettings>,
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
        let attempt = found.begin(&demand, about)?.also(self.settings.verify.clone());
        open(attempt.url());
        let signed_in = match attempt.finish_unless(self.settings.patience, self.is_over) {
            Ok(signed_in) => signed_in,
            Err(fault) => {
                let whose = about.map(|_| self.known.person.as_str());
                self.audit(Change::VerificationFailed, whose, word(&fault))?;
                return Err(fault.into());
            }
        };
        let (person, address, now) = (signed_in.person.clone(), signed_in.address, seconds());
        let proves = signed_in.meets_also;
        // What follows from where they were seen points at this row.
        let event = self.event.cloned().map_or_else(|| Ok::<_, anyhow::Error>(uuid()?.try_into()?), Ok)?;
        self.recorder.audit(Some(&event), self.said(Change::SignedIn, Some(&person.id), &person.issuer))?;
        let vault = Vault::new(self.data, self.settings.key_store);
        let kept = change::signed_in(self.data, &vault, signed_in, now)?;
        if let Some(address) = address {
            self.seen_at(address, &person, event, now)?;
        }
        self.proved(what, &person, proves, now)?;
        Ok(kept)
    }

    /// Where the provider saw them prove who they are. The answer came back to this machine, so it was with this device.
    fn seen_at(&self, address: IpAddr, person: &Person, event: EventId, now: i64) -> Result<()> {
        let Some(travel) = self.travel else { return Ok(()) };
        let spot = risk::spot(travel, address).unwrap_or_else(|fault| {
            // Nobody is kept out for a file that is of no use.
            out::note(&format!("risk: {fault:#}"));
            None
        });
        let proof = person.auth_time.map_or(now, |at| at.min(now));
        let at = u64::try_from(proof).unwrap_or_default().saturating_mul(1_000);
        let arrival = |device: &str| Arrival {
            at,
            device: device.to_owned(),
            is_device: true,
            spot,
            shared: travel.shared.iter().any(|network| network.holds(address)),
            event: Some(event),
            signal: None,
        };
        self.recorder.signed_in_at(&person.id, arrival)
    }

    /// `proves`: it met what `[identity.verify]` asks for.
    fn proved(&self, what: SignIn, person: &Person, proves: bool, now: i64) -> Result<()> {
        let (change, enrols) = match what {
            SignIn::Login => return Ok(()),
            SignIn::StepUp => (Change::Verified, false),
            SignIn::Enrol => (Change::Enrolled, true),
        };
        let audit = self.said(change, Some(&person.id), &person.issuer);
        if proves {
            self.recorder.verified(self.event, &person.id, audit)?;
        } else {
            self.recorder.audit(self.event, audit)?;
        }
        change::bound(self.data, person, self.machine, (enrols, proves), now)
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
        IdentityError::Net { .. }
        | IdentityError::Discovery { .. }
        | IdentityError::Insecure(_)
        | IdentityError::Listen(_)
        | IdentityError::Exchange(_) => "fault",
    }
}
