//! What is in force now: settings, policy, classifier and recipients, who is at the keyboard, swapped whole when a settings
//! file, the kept bundle or the identity changes.
//!
//! INVARIANT: one judgement sees one [`Active`]. Whoever starts first does not wait for the classifier: it is made
//! when it is first needed.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};

use anyhow::{Context, Result};
use host_classify::Engine;
use host_policy::bundle::PublicKey;
use host_policy::{BundleSettings, Guardrails, Messages, Policy};
use shared_protocol::{Capture, Level, Mode, PolicySource, Settings};

use crate::bundles::{InForce, Rules};
use crate::identity::Known;
use crate::identity::renew::seconds;
use crate::judge::Snapshot;
use crate::keys::{self, Recipient};
use crate::os::Env;
use crate::preview::Previews;
use crate::risk::Scoring;
use crate::settings::Configured;

/// One state of things.
pub(crate) struct Active {
    /// The settings and where they come from.
    pub(crate) configured: Configured,
    /// What was read ahead of Send.
    pub(crate) previews: Previews,
    known: Known,
    snapshot: OnceLock<Result<Snapshot, String>>,
    recipients: Mutex<Option<Vec<Recipient>>>,
    data: Option<PathBuf>,
    /// What a bundle says, where the settings name one.
    pub(crate) in_force: InForce,
}

/// The current state of things.
pub(crate) struct Live {
    env: Env,
    active: RwLock<Arc<Active>>,
    /// Held by who makes the next one, so that nobody waits who may go on with the one of now.
    making: Mutex<()>,
}

impl Live {
    /// Reads the settings.
    pub(crate) fn load(env: &Env) -> Self {
        Self::of(env, Active::load(env))
    }

    fn of(env: &Env, active: Active) -> Self {
        Self { env: env.clone(), active: RwLock::new(Arc::new(active)), making: Mutex::default() }
    }

    /// The same, with keys that sign one-time codes.
    #[cfg(test)]
    pub(crate) fn trusting(env: &Env, keys: Vec<PublicKey>) -> Self {
        let mut active = Active::load(env);
        active.in_force.grant_keys = keys;
        Self::of(env, active)
    }

    /// The environment.
    pub(crate) fn env(&self) -> &Env {
        &self.env
    }

    /// What is in force now.
    pub(crate) fn active(&self) -> Arc<Active> {
        Arc::clone(&self.active.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Whether a settings file, the kept bundle or who is at the keyboard changed.
    pub(crate) fn is_stale(&self) -> bool {
        self.active().is_stale(&self.env)
    }

    /// What is in force after such a change.
    pub(crate) fn refresh(&self) -> Option<Arc<Active>> {
        if !self.is_stale() {
            return None;
        }
        let _making = self.making.lock().unwrap_or_else(PoisonError::into_inner);
        // Two threads may have seen the same change.
        if !self.is_stale() {
            return None;
        }
        let fresh = Arc::new(Active::load(&self.env));
        *self.active.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&fresh);
        Some(fresh)
    }
}

impl Active {
    /// Reads the settings, and what they name.
    pub(crate) fn load(env: &Env) -> Self {
        let (mut configured, data) = (Configured::load(env), env.data());
        let in_force = InForce::over(&mut configured, data.as_deref(), seconds());
        Self {
            known: Known::load(configured.identity.as_ref(), env, seconds()),
            configured,
            previews: Previews::new(),
            snapshot: OnceLock::new(),
            recipients: Mutex::new(None),
            data,
            in_force,
        }
    }

    /// Whether it is not what holds any more.
    fn is_stale(&self, env: &Env) -> bool {
        let (data, now) = (self.data.as_deref(), seconds());
        self.configured.is_stale(env)
            || self.in_force.is_stale(&self.configured, data, now)
            || self.known.is_stale(data, now)
    }

    /// Who is at the keyboard.
    pub(crate) fn known(&self) -> &Known {
        &self.known
    }

    /// The settings.
    pub(crate) fn settings(&self) -> &Settings {
        &self.configured.settings
    }

    /// The keys whose one-time codes are taken: those that sign bundles here.
    pub(crate) fn grant_keys(&self) -> &[PublicKey] {
        &self.in_force.grant_keys
    }

    /// The organisation's repaired data of known sites.
    pub(crate) fn sites(&self) -> BTreeMap<String, String> {
        self.in_force.sites()
    }

    /// What a proof of who the person is takes their risk down to; none where nobody is signed in who could prove it.
    fn proves_to(&self) -> Option<Level> {
        let _known = self.configured.identity.as_ref().and(self.known.session.as_ref())?;
        Some(self.scoring().map_or(Level::High, |scoring| scoring.rules.proves_to()))
    }

    /// How risk is scored and who is told of it; none where it is switched off.
    pub(crate) fn scoring(&self) -> Option<Scoring> {
        Scoring::of(&self.configured, &self.known)
    }

    /// Policy and classifier.
    pub(crate) fn snapshot(&self) -> Result<&Snapshot> {
        let made = self.snapshot.get_or_init(|| self.made());
        made.as_ref().map_err(|fault| anyhow::anyhow!("{fault}"))
    }

    /// Whether policy and classifier are there, so that nobody waits for them.
    pub(crate) fn is_ready(&self) -> bool {
        self.snapshot.get().is_some()
    }

    /// Makes policy and classifier, and is not done before `wait` is.
    #[cfg(test)]
    pub(crate) fn make_slowly(&self, wait: impl FnOnce()) {
        let _made = self.snapshot.get_or_init(|| {
            wait();
            self.made()
        });
    }

    fn made(&self) -> Result<Snapshot, String> {
        // Compiled in, and parsed by its own tests: a fault here is one of the build.
        let builtin = || Engine::builtin().map_err(|fault| fault.to_string());
        let settings = self.configured.settings.clone();
        let compiled = |policy| (policy, Messages::default(), BundleSettings::default());
        let (engine, (policy, messages, theirs)) = match &self.in_force.rules {
            Rules::Compiled => (builtin()?, compiled(policy(&settings))),
            Rules::Closed => (builtin()?, compiled(Policy::closed())),
            Rules::Theirs(theirs) => {
                let files = theirs.detectors.iter().map(|(file, text)| (file.as_str(), text.as_str()));
                let tables = theirs.tables.iter().map(|(file, bytes)| (file.as_str(), &**bytes));
                let engine = Engine::with(files).ok().and_then(|own| own.with_exact(tables).ok());
                match engine {
                    Some(engine) => {
                        let Guardrails { policy, messages, settings, .. } = &**theirs;
                        let engine = engine.with_examples(&theirs.examples);
                        (engine, (policy.clone(), messages.clone(), settings.clone()))
                    }
                    // They were understood by the version that took them: nothing that rests on them goes.
                    None => (builtin()?, compiled(Policy::closed())),
                }
            }
        };
        Ok(Snapshot {
            settings,
            policy,
            engine: Arc::new(engine),
            user: self.known.facts.clone(),
            may_keep_text: self.configured.may_keep_text(),
            takes_codes: !self.grant_keys().is_empty(),
            proves_to: self.proves_to(),
            messages,
            theirs,
            stale: self.in_force.stale,
        })
    }

    /// Makes the key ahead of the first row, where text is to be sealed at all.
    pub(crate) fn warm_recipients(&self) -> Result<()> {
        match self.settings().capture {
            Capture::Metadata => Ok(()),
            Capture::Full | Capture::Masked | Capture::Matches => self.recipients().map(drop),
        }
    }

    /// Whom the record's keys are sealed to; none where nobody is named and no key is to be made.
    pub(crate) fn holders(&self) -> Option<Vec<Recipient>> {
        if self.configured.recipients.is_empty() && self.settings().capture == Capture::Metadata {
            return None;
        }
        self.recipients().ok()
    }

    /// Whom text is sealed to; asked for again after a fault. Nobody on a managed machine whose settings name nobody: a
    /// person's reason is then not kept either.
    pub(crate) fn recipients(&self) -> Result<Vec<Recipient>> {
        let mut known = self.recipients.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(recipients) = &*known {
            return Ok(recipients.clone());
        }
        if !self.configured.may_keep_text() {
            return Ok(Vec::new());
        }
        let data = self.data.as_deref().context("no home folder is known; set HOME")?;
        let recipients = keys::recipients(data, &self.configured.recipients)?;
        *known = Some(recipients.clone());
        Ok(recipients)
    }
}

/// The name of the account.
pub(crate) fn person(env: &Env) -> String {
    env.user().unwrap_or("unknown").to_owned()
}

fn policy(settings: &Settings) -> Policy {
    match settings.source {
        PolicySource::BuiltinMonitor => Policy::builtin(Mode::Monitor),
        PolicySource::BuiltinEnforce => Policy::builtin(Mode::Enforce),
        // Those bring their own; nothing looser than closed stands for them.
        PolicySource::ManagedWithoutBundle | PolicySource::DeveloperFile | PolicySource::Bundle => {
            Policy::closed()
        }
    }
}
