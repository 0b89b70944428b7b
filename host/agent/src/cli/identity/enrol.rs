//! `promptgate enrol`: a person and this device are bound to each other, after a sign-in that is what the settings ask.
//!
//! INVARIANT: what a provider was asked for counts for nothing; what its ID token says does. INVARIANT: nobody is bound
//! by a sign-in that fell short in anything, and whoever was bound before stays so.

use anyhow::{Context, Result};
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
    #[command(flatten)]
    way: Way,
}

pub(in crate::cli) fn run(args: &Args, env: &Env, json: bool) -> Result<Exit> {
    let desk = Desk::open(env)?;
    let demand = desk.settings.enrol.clone().context(
        "the settings ask for no enrolment: `promptgate login` is enough. `[identity.enrol]` says what it takes",
    )?;
    let signed_in = desk.sign_in(&demand, None, &args.way, json)?;
    let (person, now) = (signed_in.person.clone(), seconds());
    desk.keep(signed_in, now)?;
    desk.audit(Change::Enrolled, Some(&person.id), &person.issuer)?;
    identity::verified(&desk.data, &person, env.machine(), true, now)?;
    whoami::tell(env, json)
}
