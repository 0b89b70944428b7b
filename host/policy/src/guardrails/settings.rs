//! `settings.toml`: what holds beside the policies.

use std::collections::{BTreeMap, BTreeSet};

use shared_protocol::{App, Capture, FailAction, FailSettings, Preview, UnreachableAction};

use crate::Facts;

/// The settings of a bundle. What it leaves out stays as the machine has it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BundleSettings {
    /// `[fail]`.
    pub fail: FailOverrides,
    /// What is kept of text. Anything but metadata has at least one of [`Self::recipients`].
    pub capture: Option<Capture>,
    /// Reading ahead.
    pub preview: Option<Preview>,
    /// The public keys that text is sealed to, in base64; not empty when text is kept.
    pub recipients: Vec<String>,
    /// `[app.<site>]`.
    pub apps: BTreeMap<App, AppSettings>,
}

/// What the organisation says of a site.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AppSettings {
    /// What kind of site it calls it; empty when it says nothing.
    pub category: String,
    /// Approved.
    pub sanctioned: bool,
    /// The ids of the approved workspaces, as the site writes them.
    pub workspaces: BTreeSet<String>,
}

/// Fail settings that differ from those of a managed machine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FailOverrides {
    /// See [`FailSettings::deadline_ms`].
    pub deadline_ms: Option<u32>,
    /// See [`FailSettings::answer_ms`].
    pub answer_ms: Option<u32>,
    /// See [`FailSettings::file_deadline_ms`].
    pub file_deadline_ms: Option<u32>,
    /// See [`FailSettings::oversize_bytes`].
    pub oversize_bytes: Option<u32>,
    /// See [`FailSettings::unreachable`].
    pub unreachable: Option<UnreachableAction>,
    /// See [`FailSettings::unread`].
    pub unread: Option<FailAction>,
    /// See [`FailSettings::deadline`].
    pub deadline: Option<FailAction>,
    /// See [`FailSettings::oversize`].
    pub oversize: Option<FailAction>,
    /// See [`FailSettings::unread_file`].
    pub unread_file: Option<FailAction>,
    /// See [`FailSettings::expired`].
    pub expired: Option<FailAction>,
}

impl BundleSettings {
    /// Puts what the organisation says of the site into `facts`.
    pub fn about(&self, facts: &mut Facts) {
        let said = self.apps.get(&facts.app.id);
        facts.app.category = said.map(|app| app.category.clone()).unwrap_or_default();
        facts.app.sanctioned = said.is_some_and(|app| app.sanctioned);
        let workspace = facts.account.workspace.as_ref();
        facts.workspace_sanctioned =
            said.zip(workspace).is_some_and(|(app, workspace)| app.workspaces.contains(workspace));
    }
}

impl FailOverrides {
    /// These, and `base` where nothing is said.
    #[must_use]
    pub fn over(self, base: FailSettings) -> FailSettings {
        FailSettings {
            deadline_ms: self.deadline_ms.unwrap_or(base.deadline_ms),
            answer_ms: self.answer_ms.unwrap_or(base.answer_ms),
            file_deadline_ms: self.file_deadline_ms.unwrap_or(base.file_deadline_ms),
            oversize_bytes: self.oversize_bytes.unwrap_or(base.oversize_bytes),
            unreachable: self.unreachable.unwrap_or(base.unreachable),
            unread: self.unread.unwrap_or(base.unread),
            deadline: self.deadline.unwrap_or(base.deadline),
            oversize: self.oversize.unwrap_or(base.oversize),
            unread_file: self.unread_file.unwrap_or(base.unread_file),
            expired: self.expired.unwrap_or(base.expired),
        }
    }
}
