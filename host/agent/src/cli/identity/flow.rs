//! One sign-in from the command line: the address in the person's browser, and what came back.

use std::io::IsTerminal as _;

use anyhow::Result;
use host_identity::{Demand, Discovered, IdentityError, SignedIn, Unmet};
use host_journal::Change;
use serde_json::json;

use super::Desk;
use crate::cli::way_in;
use crate::identity::{Kept, Session};
use crate::out;

/// How the person gets to the provider.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Way {
    /// Prints the address instead of opening a browser. What opens it must run on this machine, or reach its 127.0.0.1.
    #[arg(long)]
    no_browser: bool,
}

impl Desk<'_> {
    /// Sends the person to the provider, and waits. What the sign-in fell short of is on record when this fails.
    pub(super) fn sign_in(
        &self,
        demand: &Demand,
        about: Option<&Session>,
        way: &Way,
        json: bool,
    ) -> Result<SignedIn> {
        let found = Discovered::at(self.settings.provider.clone())?;
        let about = about.map(|session| &session.person);
        let about = about.map(|person| (person.sub.as_str(), person.email.as_deref()));
        let attempt = found.begin(demand, about)?;
        let way_in = if way.no_browser {
            None
        } else {
            way_in::browser(self.env, &self.data, "login.html", attempt.url())
        };
        if json {
            out::line(&json!({ "open": attempt.url() }).to_string());
        } else if way_in.is_none() {
            out::line("Open this address in a browser on this machine:");
            out::line(attempt.url());
        } else {
            out::line("Sign in in your browser. If no page opened, open this address:");
            out::line(attempt.url());
        }
        if std::io::stdout().is_terminal() {
            out::progress("waiting for the browser …");
        }
        let finished = attempt.finish(self.settings.patience);
        out::progress("");
        drop(way_in);
        if let Err(fault) = &finished {
            let whose = about.map(|_| self.active.known().person.as_str());
            self.audit(Change::VerificationFailed, whose, word(fault))?;
        }
        Ok(finished?)
    }

    /// Keeps who signed in, and says where their tokens lie.
    pub(super) fn keep(&self, signed_in: SignedIn, now: i64) -> Result<()> {
        let person = &signed_in.person;
        self.audit(Change::SignedIn, Some(&person.id), &person.issuer)?;
        if let Kept::FellBack(why) = crate::identity::signed_in(&self.data, &self.vault(), signed_in, now)? {
            out::note(&format!(
                "the platform's key store is not used: {why}. The key of your tokens is a file that only your account \
                 can read; `key_store = \"file\"` says that this is meant"
            ));
        }
        Ok(())
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
        IdentityError::Disturbed => "disturbed",
        IdentityError::Net { .. }
        | IdentityError::Discovery { .. }
        | IdentityError::Insecure(_)
        | IdentityError::Listen(_)
        | IdentityError::Exchange(_) => "fault",
    }
}
