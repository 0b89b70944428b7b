//! Signing in and out, being bound to this device, and who is at the keyboard.
//!
//! INVARIANT: what changes who counts as whom is on record before it takes effect. What a sign-in leaves behind is the
//! same as when the extension starts it.

pub(super) mod enrol;
mod flow;
pub(super) mod login;
pub(super) mod logout;
pub(super) mod whoami;

use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use crate::identity::Vault;
use crate::live::{self, Active};
use crate::os::Env;
use crate::record::Recorder;
use crate::settings::IdentitySettings;

/// What these commands work with.
struct Desk<'a> {
    env: &'a Env,
    data: PathBuf,
    active: Active,
    settings: IdentitySettings,
    recorder: Recorder,
}

impl<'a> Desk<'a> {
    /// As the settings say.
    fn open(env: &'a Env) -> Result<Self> {
        let data = env.data().context("no home folder is known; set HOME")?;
        let active = Active::load(env);
        if let Some(fault) = &active.configured.fault {
            bail!("settings: {fault}");
        }
        let settings = active.configured.identity.clone().context(
            "no provider is configured: write `[identity]` with `issuer` and `client_id` into the settings",
        )?;
        let holders = Active::load(env);
        let person = active.known().person.clone();
        // Receivers hear of a proof, and of the end of all sessions, whoever asked for it.
        let scoring = active.scoring();
        let recorder =
            Recorder::new(Some(data.clone()), live::person(env), Box::new(move || holders.holders()))
                .naming(Box::new(move || person.clone()))
                .scoring(Box::new(move || scoring.clone()));
        Ok(Self { env, data, active, settings, recorder })
    }

    fn vault(&self) -> Vault {
        Vault::new(&self.data, self.settings.key_store)
    }
}
