//! What holds because of a bundle, laid over the settings of the machine.
//!
//! INVARIANT: a machine whose settings name a bundle follows one that holds, or is closed; there is no third.
//! INVARIANT: an expired bundle keeps its policies, and each judgement gets the setting `expired` at least.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

use host_policy::Guardrails;
use host_policy::bundle::{Manifest, PublicKey};
use shared_protocol::{Capture, FailSettings, PolicySource, PolicyState, Settings};

use super::developer::{unsigned, walk};
use super::keep::Keep;
use super::kept::Kept;
use crate::settings::{Configured, Stamp, risk_in_bundle};

/// How far a clock may be behind a bundle's issue before nothing says whether it has expired, in seconds; as
/// [`host_policy::bundle`] has it.
const CLOCK: i64 = 86_400;

/// What holds.
pub(crate) struct InForce {
    /// The organisation's rules.
    pub(crate) rules: Rules,
    /// Whose one-time codes are taken.
    pub(crate) grant_keys: Vec<PublicKey>,
    /// It has expired.
    pub(crate) stale: bool,
    /// Why the machine is closed though there is, or was, a bundle.
    pub(crate) fault: Option<Fault>,
    /// From when on and until when it is not stale, in seconds since 1970; none where time changes nothing.
    pub(super) fresh: Option<Range<i64>>,
    pub(super) seen: Vec<(PathBuf, Option<Stamp>)>,
}

/// Rules.
pub(crate) enum Rules {
    /// Those that are compiled in, as the settings name them.
    Compiled,
    /// Nothing with text leaves.
    Closed,
    /// The organisation's.
    Theirs(Box<Guardrails>),
}

/// Why nothing holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    /// A word that stays the same.
    pub(crate) code: String,
    /// What is wrong.
    pub(crate) what: String,
}

impl InForce {
    /// Looks at what the settings name, and lays it over them. `now` is in seconds since 1970.
    pub(crate) fn over(configured: &mut Configured, data: Option<&Path>, now: i64) -> Self {
        // Before reading: a change meanwhile is then seen the next time.
        let seen = stamps(configured, data);
        let found = match (configured.bundle.clone(), configured.developer.clone(), data) {
            (Some(bundle), _, Some(data)) => kept(configured, &Keep::of(data), &bundle, now),
            (Some(_), _, None) => closed(configured, None, None),
            // A slip in the settings does not put what is compiled in into the place of a bundle.
            (None, None, Some(data)) if configured.fault.is_some() && Keep::of(data).is_there() => {
                closed(configured, None, None)
            }
            (None, Some(folder), _) => unsigned(configured, &folder),
            (None, None, _) => Self {
                rules: Rules::Compiled,
                grant_keys: Vec::new(),
                stale: false,
                fault: None,
                fresh: None,
                seen: Vec::new(),
            },
        };
        Self { seen, ..found }
    }

    /// Whether a file came, went or changed since, or its time is over.
    pub(crate) fn is_stale(&self, configured: &Configured, data: Option<&Path>, now: i64) -> bool {
        self.fresh.as_ref().is_some_and(|fresh| fresh.contains(&now) == self.stale)
            || self.seen != stamps(configured, data)
    }

    /// Repaired data of known sites, whole.
    pub(crate) fn sites(&self) -> BTreeMap<String, String> {
        match &self.rules {
            Rules::Compiled | Rules::Closed => BTreeMap::new(),
            Rules::Theirs(guardrails) => guardrails.sites.clone(),
        }
    }
}

fn stamps(configured: &Configured, data: Option<&Path>) -> Vec<(PathBuf, Option<Stamp>)> {
    if let (Some(_), Some(data)) = (&configured.bundle, data) {
        let keep = Keep::of(data);
        return keep.stamps().into_iter().map(|stamp| (PathBuf::new(), stamp)).collect();
    }
    let Some(folder) = &configured.developer else { return Vec::new() };
    let mut seen = Vec::new();
    walk(folder, 2, &mut seen);
    seen.sort_by(|one, other| one.0.cmp(&other.0));
    seen
}

fn kept(
    configured: &mut Configured,
    keep: &Keep,
    bundle: &crate::settings::BundleSettings,
    now: i64,
) -> InForce {
    let kept = Kept::read(keep, bundle, now);
    let refused = kept.state.refused.as_ref().map(|refused| refused.code.clone());
    let opened = match kept.bundle {
        Ok(None) => return closed(configured, None, refused),
        Err(why) => {
            let fault = Fault { code: why.code().to_owned(), what: why.to_string() };
            return closed(configured, Some(fault), refused);
        }
        Ok(Some(opened)) => opened,
    };
    let manifest = &opened.manifest;
    let guardrails = match Guardrails::read(&opened.files, manifest.monitor) {
        Ok(guardrails) => guardrails,
        // It was understood by the version that took it.
        Err(fault) => {
            let fault = Fault { code: "content".to_owned(), what: fault.to_string() };
            return closed(configured, Some(fault), refused);
        }
    };
    let state = PolicyState {
        name: manifest.name.clone(),
        version: manifest.version,
        stale: opened.stale,
        refused,
        unsigned: false,
        monitor: manifest.monitor,
    };
    lay(configured, PolicySource::Bundle, &guardrails, state);
    InForce {
        rules: Rules::Theirs(Box::new(guardrails)),
        grant_keys: if opened.stale { Vec::new() } else { kept.eras.now().to_vec() },
        stale: opened.stale,
        fault: None,
        fresh: Some(fresh(manifest)),
        seen: Vec::new(),
    }
}

/// When a bundle is not stale, as [`host_policy::bundle`] has it: also once a clock that was ahead is set right.
fn fresh(manifest: &Manifest) -> Range<i64> {
    manifest.issued.saturating_sub(CLOCK)..manifest.expires
}

/// The organisation's settings over the machine's.
pub(super) fn lay(
    configured: &mut Configured,
    source: PolicySource,
    guardrails: &Guardrails,
    state: PolicyState,
) {
    let theirs = &guardrails.settings;
    let fail = theirs.fail.over(configured.settings.fail);
    // The kill switch opens what a fault would close; how long things take stays.
    let fail = if state.monitor { with_numbers(FailSettings::OPEN, fail) } else { fail };
    if !theirs.recipients.is_empty() {
        configured.recipients.clone_from(&theirs.recipients);
    }
    let own = configured.unsealable.unwrap_or(configured.settings.capture);
    let chosen = theirs.capture.unwrap_or(own);
    let capture = if configured.may_keep_text() { chosen } else { Capture::Metadata };
    configured.unsealable = (capture != chosen).then_some(chosen);
    // What is wrong in it was told when it came. Who switched scoring off has it off.
    let rules = guardrails.risk.as_deref().and_then(|text| risk_in_bundle(text).ok());
    if let (Some(own), Some(theirs)) = (&mut configured.risk.rules, rules) {
        *own = theirs;
    }
    configured.settings = Settings {
        source,
        managed: configured.settings.managed,
        fail,
        preview: theirs.preview.unwrap_or(configured.settings.preview),
        capture,
        policy: Some(state),
    };
}

/// As a managed machine without a bundle.
pub(super) fn closed(configured: &mut Configured, fault: Option<Fault>, refused: Option<String>) -> InForce {
    let (managed, fail) = (configured.settings.managed, configured.settings.fail);
    // Another thing than one that came and was refused.
    let refused = fault.as_ref().map(|fault| format!("kept-{}", fault.code)).or(refused);
    let policy = refused.map(|refused| PolicyState { refused: Some(refused), ..PolicyState::default() });
    let fail = with_numbers(FailSettings::CLOSED, fail);
    configured.settings = Settings { managed, fail, policy, ..Settings::MANAGED };
    configured.unsealable = None;
    InForce {
        rules: Rules::Closed,
        grant_keys: Vec::new(),
        stale: false,
        fault,
        fresh: None,
        seen: Vec::new(),
    }
}

/// The actions of one, and the times and sizes of the other.
fn with_numbers(actions: FailSettings, numbers: FailSettings) -> FailSettings {
    let FailSettings { deadline_ms, answer_ms, file_deadline_ms, oversize_bytes, .. } = numbers;
    FailSettings { deadline_ms, answer_ms, file_deadline_ms, oversize_bytes, ..actions }
}
