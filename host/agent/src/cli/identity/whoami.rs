//! `promptgate whoami`: who is at the keyboard, as policies and rows are told.

use anyhow::{Context, Result};
use jiff::Timestamp;
use serde_json::json;

use super::Desk;
use crate::exit::Exit;
use crate::identity::renew::{self, Renewed};
use crate::identity::{State, Vault};
use crate::live::{self, Active};
use crate::os::Env;
use crate::out;

/// How.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// Asks the provider now, as happens every so often by itself: groups may have changed.
    #[arg(long)]
    refresh: bool,
}

pub(in crate::cli) fn run(args: &Args, env: &Env, json: bool) -> Result<Exit> {
    if args.refresh {
        let desk = Desk::open(env)?;
        let session = desk.active.known().session.clone();
        let session = session.context("nobody is signed in; run `promptgate login`")?;
        match renew::renew(&desk.settings, &session, &desk.data, &desk.recorder)? {
            Renewed::Still => {}
            Renewed::Ended => out::note("the provider has ended the sign-in; run `promptgate login`"),
            Renewed::Meanwhile => out::note("another process is asking; what it said last follows"),
        }
    }
    tell(env, json)
}

/// Says it; [`Exit::NotFound`] when somebody should be signed in and nobody is.
pub(super) fn tell(env: &Env, json: bool) -> Result<Exit> {
    let active = Active::load(env);
    let (known, account) = (active.known(), live::person(env));
    let settings = active.configured.identity.as_ref();
    let data = env.data().context("no home folder is known; set HOME")?;
    let tokens = settings.and_then(|settings| Vault::new(&data, settings.key_store).place());
    let session = known.session.as_ref();
    let damaged = State::load(&data).err().filter(|_| settings.is_some());
    if let Some(fault) = &damaged {
        out::note(&format!("{fault:#}"));
    }
    let exit = if session.is_some() || settings.is_none() { Exit::Done } else { Exit::NotFound };
    if json {
        let told = json!({
            "account": account,
            "provider": settings.map(|settings| &settings.provider.issuer),
            "person": session.map(|session| &session.person.id),
            "email": known.facts.email,
            "department": known.facts.department,
            "groups": known.facts.groups,
            "enrolled": known.facts.enrolled,
            "verified": known.facts.verified,
            "verified_at": known.facts.verified_at,
            "signed_in_at": session.map(|session| session.signed_in_at),
            "refreshed_at": session.map(|session| session.refreshed_at),
            "acr": session.and_then(|session| session.person.acr.as_ref()),
            "amr": session.map(|session| &session.person.amr),
            "auth_time": session.and_then(|session| session.person.auth_time),
            "tokens": tokens,
        });
        out::line(&told.to_string());
        return Ok(exit);
    }
    let Some(session) = session else {
        out::line(&match settings {
            None => format!("{account}, by the name of the account: no provider is configured."),
            Some(_) => {
                "Somebody unknown: nobody is signed in, or the provider said nothing for too long. Run \
                        `promptgate login`."
                    .to_owned()
            }
        });
        return Ok(exit);
    };
    let when = |at: i64| Timestamp::from_second(at).map_or_else(|_| at.to_string(), |at| at.to_string());
    let facts = &known.facts;
    out::line(&format!("{} ({})", facts.email.as_ref().unwrap_or(&facts.id), session.person.issuer));
    let line = |name: &str, text: String| out::line(&format!("  {name:<12}{text}"));
    line("person", facts.id.clone());
    line("account", account);
    line("department", facts.department.clone().unwrap_or_else(|| "not told".to_owned()));
    line("groups", if facts.groups.is_empty() { "none".to_owned() } else { joined(&facts.groups) });
    line("enrolled", if facts.enrolled { "yes".to_owned() } else { "no; run `promptgate enrol`".to_owned() });
    let verified = match (facts.verified, facts.verified_at) {
        (true, Some(at)) => format!("at {}", when(at)),
        (false, Some(at)) => format!("too long ago, at {}; run `promptgate login --step-up`", when(at)),
        (_, None) => "no".to_owned(),
    };
    line("verified", verified);
    line("signed in", when(session.signed_in_at));
    line("heard of", when(session.refreshed_at));
    line(
        "tokens",
        tokens
            .map_or("none", |place| if place == "file" { "in a file" } else { "in the key store" })
            .to_owned(),
    );
    Ok(exit)
}

fn joined(names: &std::collections::BTreeSet<String>) -> String {
    names.iter().map(String::as_str).collect::<Vec<_>>().join(", ")
}
