//! `promptgate login`: who is at the keyboard signs in at the organisation's provider.

use anyhow::Result;
use shared_protocol::SignIn;

use super::flow::Way;
use super::{Desk, whoami};
use crate::exit::Exit;
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
    let what = if args.step_up { SignIn::StepUp } else { SignIn::Login };
    Desk::open(env)?.sign_in(what, &args.way, json)?;
    whoami::tell(env, json)
}
