//! `promptgate logout`: nobody is signed in any more, here and at the provider.
//!
//! INVARIANT: a provider that cannot be reached keeps nobody signed in here.

use std::thread;
use std::time::{Duration, Instant};

use anyhow::Result;
use host_identity::Discovered;
use host_journal::{Audit, Change, SiteWord};
use host_risk::set::Kind;
use host_store::OutboxState;
use serde_json::json;

use super::Desk;
use crate::cli::way_in;
use crate::exit::Exit;
use crate::identity;
use crate::native::now;
use crate::os::Env;
use crate::out;
use crate::risk::EVERYWHERE;
use crate::ssf::{self, Sender, Step};

/// How long a browser's host is waited for that tells receivers.
const PATIENCE: Duration = Duration::from_secs(10);
/// Between two looks at what became of the messages.
const LOOK: Duration = Duration::from_millis(200);
/// How many of the newest messages are looked at.
const NEWEST: u32 = 64;

/// How.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// Prints the address that ends the browser's session at the provider instead of opening it.
    #[arg(long)]
    no_browser: bool,
    /// Tells receivers of shared signals, too, that the person's sessions are over everywhere.
    #[arg(long)]
    everywhere: bool,
}

pub(in crate::cli) fn run(args: &Args, env: &Env, json: bool) -> Result<Exit> {
    let desk = Desk::open(env)?;
    if let Some(session) = &desk.active.known().session {
        let mut audit = Audit::new(Change::SignedOut, desk.recorder.by());
        audit.whose = Some(SiteWord::from(&session.person.id));
        let everywhere = args.everywhere.then(|| SiteWord::from(EVERYWHERE));
        audit.name = everywhere.or_else(|| Some(SiteWord::from(&session.person.issuer)));
        desk.recorder.audit(None, audit)?;
        if args.everywhere && !tell(&desk).unwrap_or_default() {
            out::note("no receiver was told that your sessions are over: `promptgate ssf status` says why");
        }
    }
    let Some((session, tokens)) = identity::signed_out(&desk.data, &desk.vault())? else {
        if json {
            out::line(&json!({ "signed_out": null }).to_string());
        } else {
            out::line("Nobody is signed in.");
        }
        return Ok(Exit::Done);
    };
    let at_provider = tokens.map(|tokens| {
        let found = Discovered::at(desk.settings.provider.clone())?;
        found.revoke(&tokens).map(|_| found.end_session(&tokens))
    });
    let end = match at_provider {
        Some(Ok(end)) => end,
        Some(Err(fault)) => {
            out::note(&format!("you are signed out here, and the provider was not told: {fault}"));
            None
        }
        None => None,
    };
    if json {
        out::line(&json!({ "signed_out": session.person.id, "open": end }).to_string());
        return Ok(Exit::Done);
    }
    out::line(&format!("{} is signed out.", session.person.email.as_ref().unwrap_or(&session.person.id)));
    if let Some(end) = end {
        let opened = !args.no_browser && way_in::shown(env, &desk.data, "logout.html", &end);
        if !opened {
            out::line("To end your browser's session at the provider, open:");
            out::line(&end);
        }
    }
    Ok(Exit::Done)
}

/// Receivers hear of it before the person is gone: nothing is told of who is not signed in. `false` where some did not.
fn tell(desk: &Desk<'_>) -> Result<bool> {
    let Some(sharing) = &desk.active.configured.ssf else { return Ok(true) };
    let Ok(whom) = ssf::may_speak(&desk.active) else { return Ok(false) };
    // Without it a browser's host sends at this moment, and takes it within seconds.
    if let Some(_lease) = ssf::lease(&desk.data)? {
        ssf::mark(&desk.recorder, Some(sharing))?;
        for receiver in &sharing.receivers {
            let mut sender = Sender::new(sharing.clone(), receiver.clone());
            while let Step::Sent(_) = sender.step(&desk.recorder, &whom, now())? {}
        }
    }
    let until = Instant::now() + PATIENCE;
    loop {
        let rows = desk.recorder.look(|view| view.outbox(NEWEST))?;
        let over = rows.iter().filter(|row| row.event == Kind::SessionRevoked.as_str());
        let states: Vec<OutboxState> = over.map(|row| row.state).collect();
        let waits = states.contains(&OutboxState::Waiting);
        if !waits || Instant::now() >= until {
            return Ok(!waits && states.first().is_none_or(|newest| *newest == OutboxState::Sent));
        }
        thread::sleep(LOOK);
    }
}
