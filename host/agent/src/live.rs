//! What is in force now: settings, policy, classifier and recipients, swapped whole when a settings file changes.
//!
//! INVARIANT: one judgement sees one [`Active`]. Whoever starts first does not wait for the policy: it is made
//! when it is first needed.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};

use anyhow::{Context, Result};
use host_classify::Engine;
use host_policy::bundle::PublicKey;
use host_policy::{Policy, UserFacts};
use shared_protocol::{Capture, Mode, PolicySource, Settings};

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
    user: UserFacts,
    snapshot: OnceLock<Result<Snapshot, String>>,
    recipients: Mutex<Option<Vec<Recipient>>>,
    data: Option<PathBuf>,
    grant_keys: Vec<PublicKey>,
}

/// The current state of things.
pub(crate) struct Live {
    env: Env,
    active: RwLock<Arc<Active>>,
}

impl Live {
    /// Reads the settings.
    pub(crate) fn load(env: &Env) -> Self {
        Self { env: env.clone(), active: RwLock::new(Arc::new(Active::load(env))) }
    }

    /// The same, with keys that sign one-time codes.
    #[cfg(test)]
    pub(crate) fn trusting(env: &Env, keys: Vec<PublicKey>) -> Self {
        let active = Active { grant_keys: keys, ..Active::load(env) };
        Self { env: env.clone(), active: RwLock::new(Arc::new(active)) }
    }

    /// What is in force now.
    pub(crate) fn active(&self) -> Arc<Active> {
        Arc::clone(&self.active.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Looks whether a settings file changed; what is then in force.
    pub(crate) fn refresh(&self) -> Option<Arc<Active>> {
        if !self.active().configured.is_stale(&self.env) {
            return None;
        }
        let mut active = self.active.write().unwrap_or_else(PoisonError::into_inner);
        // Two threads may have seen the same change.
        if !active.configured.is_stale(&self.env) {
            return None;
        }
        *active = Arc::new(Active::load(&self.env));
        Some(Arc::clone(&active))
    }
}

impl Active {
    /// Reads the settings.
    pub(crate) fn load(env: &Env) -> Self {
        Self {
            configured: Configured::load(env),
            previews: Previews::new(),
            user: UserFacts { id: person(env), ..UserFacts::default() },
            snapshot: OnceLock::new(),
            recipients: Mutex::new(None),
            data: env.data(),
            grant_keys: Vec::new(),
        }
    }

    /// The settings.
    pub(crate) fn settings(&self) -> &Settings {
        &self.configured.settings
    }

    /// The keys whose one-time codes are taken: those that sign bundles here.
    pub(crate) fn grant_keys(&self) -> &[PublicKey] {
        &self.grant_keys
    }

    /// How risk is scored and who is told of it; none where it is switched off.
    pub(crate) fn scoring(&self) -> Option<Scoring> {
        Scoring::of(&self.configured)
    }

    /// Policy and classifier.
    pub(crate) fn snapshot(&self) -> Result<&Snapshot> {
        let made = self.snapshot.get_or_init(|| {
            let settings = self.configured.settings.clone();
            let may_keep_text = self.configured.may_keep_text();
            // Compiled in, and parsed by its own tests: a fault here is one of the build.
            let engine = Engine::builtin().map(Arc::new).map_err(|fault| fault.to_string())?;
            let policy = policy(&settings);
            let takes_codes = !self.grant_keys().is_empty();
            Ok(Snapshot { settings, policy, engine, user: self.user.clone(), may_keep_text, takes_codes })
        });
        made.as_ref().map_err(|fault| anyhow::anyhow!("{fault}"))
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

/// The name rows and policies know this person by.
pub(crate) fn person(env: &Env) -> String {
    env.user().unwrap_or("unknown").to_owned()
}

fn policy(settings: &Settings) -> Policy {
    match settings.source {
        PolicySource::BuiltinMonitor => Policy::builtin(Mode::Monitor),
        PolicySource::BuiltinEnforce => Policy::builtin(Mode::Enforce),
        // The other two cannot be set yet; until they can, nothing looser than closed stands for them.
        PolicySource::ManagedWithoutBundle | PolicySource::DeveloperFile | PolicySource::Bundle => {
            Policy::closed()
        }
    }
}
