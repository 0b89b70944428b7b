//! `promptgate enrol`: a person and this device are bound to each other, after a sign-in that is what the settings ask.

use anyhow::Result;
use shared_protocol::SignIn;

use super::flow::Way;
use super::{Desk, whoami};
use crate::exit::Exit;
use crate::os::Env;

/// How.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    #[command(flatten)]
    way: Way,
}

pub(in crate::cli) fn run(args: &Args, env: &Env, json: bool) -> Result<Exit> {
    Desk::open(env)?.sign_in(SignIn::Enrol, &args.way, json)?;
    whoami::tell(env, json)
}
