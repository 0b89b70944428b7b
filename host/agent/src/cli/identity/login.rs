//! `promptgate login`: who is at the keyboard signs in at the organisation's provider.

use anyhow::Result;
use host_identity::Demand;
use host_journal::Change;

use super::flow::Way;
use super::{Desk, whoami};
use crate::exit::Exit;
use crate::identity;
use crate::identity::renew::seconds;
use crate::os::Env;

/// How.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// Prove again who you are, as `[identity.verify]` in the settings asks.
    #[arg(long)]
    step_up: bool,
    #[command(flatten)]
    way: Way,
}

pub(in crate::cli) fn run(args: &Args, env: &Env, json: bool) -> Result<Exit> {
    let desk = Desk::open(env)?;
    // Whoever steps up is who is signed in already; anybody may sign in anew.
    let about = desk.active.known().session.clone().filter(|_| args.step_up);
    let demand = if args.step_up { desk.settings.verify.clone() } else { Demand::default() };
    let signed_in = desk.sign_in(&demand, about.as_ref(), &args.way, json)?;
    let (person, now) = (signed_in.person.clone(), seconds());
    desk.keep(signed_in, now)?;
    if args.step_up {
        desk.audit(Change::Verified, Some(&person.id), &person.issuer)?;
        identity::verified(&desk.data, &person, env.machine(), false, now)?;
    }
    whoami::tell(env, json)
}
