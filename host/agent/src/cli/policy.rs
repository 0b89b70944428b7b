//! `promptgate policy`: guardrails from the first file to the machine that follows them.
//!
//! INVARIANT: nothing here changes what is in force on this machine: bundles arrive the way the settings say. What
//! `check` refuses is neither tried nor built.

mod build;
mod check;
mod confirm;
mod explain;
mod grant;
mod init;
mod keygen;
mod push;
mod serve;
mod shown;
mod signing;
mod simulate;
mod status;
mod test;
mod token;
mod told;
mod weighed;

use anyhow::Result;

use crate::bundles::{folder, looked, place};
use crate::exit::Exit;
use crate::os::Env;

/// What to do.
#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Makes a bundle folder to begin with: policies, messages, stories, schema.
    Init(init::Args),
    /// Says what is wrong in a bundle folder or in one file of it, and what to write instead.
    Check(check::Args),
    /// Runs the stories of a bundle folder, and names the policies that none of them touches.
    Test(test::Args),
    /// Replays a folder's policies over what is on record, and shows what would change.
    Simulate(simulate::Args),
    /// Says why a text, or an interaction on record, gets its decision, policy by policy.
    Explain(explain::Args),
    /// Makes a signed archive of a bundle folder.
    Build(build::Args),
    /// Makes a key that signs bundles and grants.
    Keygen(keygen::Args),
    /// Puts a bundle where machines get it: a folder, a web server, an S3-compatible store.
    Push(push::Args),
    /// Serves bundles to machines, with waiting, TLS and an access token.
    Serve(serve::Args),
    /// Makes a one-time code that lets one person past what stands in the way, once and for a while.
    Grant(grant::Args),
    /// Agrees with a report that a verdict was a mistake, so that prompts like it are corrected; or lists the reports.
    Confirm(confirm::Args),
    /// Shows what is in force here, where it comes from, its version and age, and what was refused last.
    Status(status::Args),
}

pub(super) fn run(command: &Command, env: &Env, json: bool) -> Result<Exit> {
    match command {
        Command::Init(args) => init::run(args, json),
        Command::Check(args) => check::run(args, json),
        Command::Test(args) => test::run(args, json),
        Command::Simulate(args) => simulate::run(args, env, json),
        Command::Explain(args) => explain::run(args, env, json),
        Command::Build(args) => build::run(args, json),
        Command::Keygen(args) => keygen::run(args, json),
        Command::Push(args) => push::run(args, env, json),
        Command::Serve(args) => serve::run(args, json),
        Command::Grant(args) => grant::run(args, json),
        Command::Confirm(args) => confirm::run(args, env, json),
        Command::Status(args) => status::run(args, env, json),
    }
}
