//! `promptgate ssf`: the key and the registration that sharing risk needs, and what became of the messages.
//!
//! INVARIANT: a private key is shown nowhere. What is printed for others to host or to paste is whole.

mod hosted;
mod keys;
mod outbox;
mod poll;
mod register;
mod test;

use anyhow::{Context, Result, bail};
use clap::Subcommand;

use crate::exit::Exit;
use crate::os::Env;
use crate::settings::{Configured, SsfSettings};

/// What to do.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Makes the key that signs messages.
    Keygen(keys::Keygen),
    /// Prints the public keys, as they are to be hosted.
    Jwks,
    /// Prints the transmitter's metadata, and where it is to be hosted.
    WellKnown,
    /// Prints what registers this issuer at Okta: API body, Terraform block, console steps.
    Register,
    /// Compares what is hosted with the keys here, and shows where each receiver stands.
    Status,
    /// Tells a receiver the level of this person once more, now, and shows its answer.
    SendTest(test::Args),
    /// Shows the messages, and what to do about those that are parked.
    Outbox(outbox::Args),
    /// Asks the transmitters of the settings for signals about this person, now.
    Poll(poll::Args),
    /// Makes the next key, then lets it take over, then forgets the old one: one step each time.
    Rotate(keys::Rotate),
}

pub(super) fn run(command: &Command, env: &Env, json: bool) -> Result<Exit> {
    let configured = Configured::load(env);
    if let Some(fault) = &configured.fault {
        bail!("the settings are not understood: {fault}");
    }
    let wanted = || {
        configured.ssf.clone().context(
            "nothing is shared: add [ssf] with issuer, key_file and person to the settings (`promptgate doctor` says \
             which file)",
        )
    };
    match command {
        Command::Keygen(args) => keys::keygen(args, configured.ssf.as_ref(), json),
        Command::Jwks => keys::jwks(&wanted()?, json),
        Command::WellKnown => keys::well_known(&wanted()?, json),
        Command::Register => register::run(&wanted()?, json),
        Command::Status => hosted::status(&wanted()?, env, json),
        Command::SendTest(args) => test::run(args, &wanted()?, env, json),
        Command::Outbox(args) => outbox::run(args, env, json),
        Command::Poll(args) => poll::run(args, env, json),
        Command::Rotate(args) => keys::rotate(args, &wanted()?, env, json),
    }
}

/// The receiver of this name, or the only one.
fn receiver<'a>(ssf: &'a SsfSettings, name: Option<&str>) -> Result<&'a crate::settings::ReceiverSettings> {
    let names = || ssf.receivers.iter().map(|one| one.name.as_str()).collect::<Vec<_>>().join(", ");
    match (name, ssf.receivers.as_slice()) {
        (_, []) => bail!("no receiver is named: add [[ssf.receiver]] to the settings"),
        (None, [one]) => Ok(one),
        (None, _) => bail!("name one of the receivers: {}", names()),
        (Some(name), all) => all
            .iter()
            .find(|one| one.name == name)
            .with_context(|| format!("no receiver is called `{name}`; the settings have {}", names())),
    }
}
