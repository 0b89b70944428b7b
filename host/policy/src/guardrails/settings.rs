//! `settings.toml`: what holds beside the policies.
//!
//! INVARIANT: text is kept only where somebody is named who can open it.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use shared_protocol::{App, Capture, FailAction, FailSettings, Preview, UnreachableAction};

use super::reader::{Reader, Table, parse};
use crate::Facts;
use crate::problem::Problem;

const CAPTURES: [(&str, Capture); 4] = [
    ("full", Capture::Full),
    ("matches", Capture::Matches),
    ("masked", Capture::Masked),
    ("metadata", Capture::Metadata),
];
const PREVIEWS: [(&str, Preview); 3] =
    [("off", Preview::Off), ("paste", Preview::Paste), ("typing", Preview::Typing)];
const UNREACHABLE: [(&str, UnreachableAction); 3] = [
    ("allow", UnreachableAction::Allow),
    ("warn", UnreachableAction::Warn),
    ("block", UnreachableAction::Block),
];
const FAILS: [(&str, FailAction); 4] = [
    ("allow", FailAction::Allow),
    ("warn", FailAction::Warn),
    ("justify", FailAction::Justify),
    ("block", FailAction::Block),
];

/// Most recipients: every text is sealed once for each.
const RECIPIENTS: usize = 8;

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

/// Fail settings that differ from those they are laid over: of a bundle, or of a machine's settings file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
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

/// The settings of a file.
pub(super) fn read(file: &str, text: &str, problems: &mut Vec<Problem>) -> BundleSettings {
    let Some(tree) = parse(file, text, problems) else { return BundleSettings::default() };
    let mut reader = Reader::new(file, text, problems);
    let whole = Table::of(&tree);
    reader.only(&whole, &["capture", "preview", "recipients", "fail", "app"]);
    let capture = reader.one_of(&whole, "capture", &CAPTURES);
    let recipients = recipients(&mut reader, &whole);
    if capture.is_some_and(|capture| capture != Capture::Metadata) && recipients.is_empty() {
        let help =
            "name a public key in `recipients` (`promptgate log keygen` makes one), or write `metadata`";
        reader.error(whole.place("capture"), "text would be kept that nobody could open", help);
    }
    let preview = reader.one_of(&whole, "preview", &PREVIEWS);
    let fail = reader.table(&whole, "fail").map(|table| fail(&mut reader, &table)).unwrap_or_default();
    let mut apps = BTreeMap::new();
    if let Some(table) = reader.table(&whole, "app") {
        for (name, value) in table.entries() {
            let Some(table) = reader.table_of(value, name.get_ref()) else { continue };
            apps.insert(App::new(*name.get_ref()), app(&mut reader, &table));
        }
    }
    BundleSettings { fail, capture, preview, recipients, apps }
}

fn recipients(reader: &mut Reader<'_>, whole: &Table<'_, '_>) -> Vec<String> {
    let mut keys = Vec::new();
    for key in reader.strings(whole, "recipients") {
        // Whether it is a point of the curve is found by whoever seals.
        let digits = key.get_ref().strip_suffix('=').unwrap_or_default();
        if digits.len() != 43 || !digits.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'+' || b == b'/')
        {
            let help = "write the 44 characters that `promptgate log keygen` printed";
            reader.error(key.span(), "this is no public key", help);
        }
        keys.push(key.into_inner());
    }
    if keys.len() > RECIPIENTS {
        let message = format!("there are {} recipients", keys.len());
        reader.error(whole.place("recipients"), message, format!("name {RECIPIENTS} at most"));
    }
    keys
}

fn fail(reader: &mut Reader<'_>, table: &Table<'_, '_>) -> FailOverrides {
    let times = [
        // Below a quarter of a second no prompt is judged; beyond half a minute nobody waits.
        ("deadline_ms", 250..=30_000),
        ("answer_ms", 5_000..=3_600_000),
        ("file_deadline_ms", 1_000..=600_000),
        ("oversize_bytes", 1_024..=67_108_864),
    ];
    let words = ["unreachable", "unread", "deadline", "oversize", "unread_file", "expired"];
    reader.only(table, &[times.clone().map(|(name, _)| name).as_slice(), words.as_slice()].concat());
    let [deadline_ms, answer_ms, file_deadline_ms, oversize_bytes] = times
        .map(|(name, range)| reader.number(table, name, range).and_then(|number| u32::try_from(number).ok()));
    let mut word = |name| reader.one_of(table, name, &FAILS);
    FailOverrides {
        deadline_ms,
        answer_ms,
        file_deadline_ms,
        oversize_bytes,
        unread: word("unread"),
        deadline: word("deadline"),
        oversize: word("oversize"),
        unread_file: word("unread_file"),
        expired: word("expired"),
        // Nobody is there to keep a reason.
        unreachable: reader.one_of(table, "unreachable", &UNREACHABLE),
    }
}

fn app(reader: &mut Reader<'_>, table: &Table<'_, '_>) -> AppSettings {
    reader.only(table, &["category", "sanctioned", "workspaces"]);
    AppSettings {
        category: reader.string(table, "category").map(toml::Spanned::into_inner).unwrap_or_default(),
        sanctioned: reader.flag(table, "sanctioned").unwrap_or_default(),
        workspaces: reader.set(table, "workspaces"),
    }
}
