//! What the popup looks like: how protection stands, what to do about it, what is recorded, in plain words.
//!
//! INVARIANT: pure. It never says "protected" unless a host answers, the sites are permitted and the policy in
//! force can refuse.

pub(super) mod ahead;
mod notes;
mod person;

use shared_protocol::{Capture, PolicySource, PolicyState, Preview, Settings, UnreachableAction};

use super::element::{Element, Node, el};
use super::icon::Icon;
use super::lately::{lately, lately_on};
use super::model::{HostLink, PopupState};
use super::words::{Fill, Key, Words};

/// What the popup knows from the browser itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Around {
    /// The extension's version.
    pub(crate) version: String,
    /// Whether the browser lets the extension see the sites.
    pub(crate) sites_permitted: bool,
}

/// How protection stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// A host answers and its policy is carried out for an organisation.
    Protected,
    /// A host answers; nobody manages this machine.
    Trial(PolicySource),
    /// A host answers, and its rules are switched to watching.
    Paused,
    /// Managed, and no policy has arrived.
    Waiting,
    /// The host was asked and has not answered yet.
    Connecting,
    /// No host.
    Unconnected(HostLink),
    /// The browser keeps the sites from the extension.
    Sites,
}

/// The popup.
pub(crate) fn popup(state: &PopupState, around: &Around) -> Element {
    let standing = standing(state, around);
    el("main", "popup")
        .attr("data-tone", tone(standing))
        .attr("data-standing", word(standing))
        .with(head(standing))
        .maybe(fix(state, standing))
        .maybe(settings(state).and_then(|settings| settings.policy.as_ref()).and_then(notes::notes))
        .maybe(state.status.as_ref().and_then(|status| status.identity.as_ref()).map(person::person))
        .maybe(state.mine.as_ref().map(|mine| match &state.site {
            Some(site) => lately_on(mine, site, FEW),
            None => lately(mine, FEW),
        }))
        .with(rows(state, around))
        .maybe(recorded(state))
        .with(links())
}

/// Most interactions in the popup.
const FEW: usize = 3;

/// The ways to the pages that say more.
fn links() -> Element {
    let link = |to: &'static str, key: Key| {
        el("a", "").attr("href", to).attr("target", "_blank").attr("rel", "noopener").with(key)
    };
    el("p", "links").with(link("options.html", Key::LinkRecord)).with(link("welcome.html", Key::LinkWelcome))
}

/// The tone and the word of a standing.
pub(super) fn named_tone(standing: Standing) -> (&'static str, &'static str) {
    (tone(standing), word(standing))
}

pub(super) fn settings(state: &PopupState) -> Option<&Settings> {
    state.status.as_ref().map(|status| &status.settings).or(state.settings.as_ref())
}

pub(super) fn standing(state: &PopupState, around: &Around) -> Standing {
    if !around.sites_permitted {
        return Standing::Sites;
    }
    match (state.link, settings(state)) {
        (HostLink::Connected, Some(settings)) => match settings.source {
            _ if settings.policy.as_ref().is_some_and(|policy| policy.monitor) => Standing::Paused,
            PolicySource::ManagedWithoutBundle => Standing::Waiting,
            PolicySource::Bundle => Standing::Protected,
            PolicySource::BuiltinEnforce if settings.managed => Standing::Protected,
            source @ (PolicySource::BuiltinMonitor
            | PolicySource::BuiltinEnforce
            | PolicySource::DeveloperFile) => Standing::Trial(source),
        },
        (HostLink::Connected | HostLink::Connecting, _) => Standing::Connecting,
        (link @ (HostLink::Missing | HostLink::Lost | HostLink::Version), _) => Standing::Unconnected(link),
    }
}

fn tone(standing: Standing) -> &'static str {
    match standing {
        Standing::Protected => "good",
        Standing::Trial(_) | Standing::Paused | Standing::Connecting => "calm",
        Standing::Waiting => "care",
        Standing::Unconnected(_) | Standing::Sites => "stop",
    }
}

fn word(standing: Standing) -> &'static str {
    match standing {
        Standing::Protected => "protected",
        Standing::Trial(_) => "trial",
        Standing::Paused => "paused",
        Standing::Connecting => "connecting",
        Standing::Waiting => "waiting",
        Standing::Unconnected(_) => "unconnected",
        Standing::Sites => "sites",
    }
}

pub(super) fn head(standing: Standing) -> Element {
    let (icon, title, about) = match standing {
        Standing::Protected => (Icon::Shield, Key::StateProtected, Key::AboutProtected),
        Standing::Trial(PolicySource::BuiltinMonitor) => (Icon::Eye, Key::StateTrial, Key::AboutWatching),
        Standing::Trial(_) => (Icon::Shield, Key::StateTrial, Key::AboutTrial),
        Standing::Paused => (Icon::Eye, Key::StatePaused, Key::AboutPaused),
        Standing::Waiting => (Icon::Gap, Key::StateWaiting, Key::AboutWaiting),
        Standing::Connecting => (Icon::Shield, Key::StateConnecting, Key::AboutConnecting),
        Standing::Unconnected(HostLink::Version) => (Icon::Gap, Key::StateUnconnected, Key::AboutVersion),
        Standing::Unconnected(HostLink::Lost) => (Icon::Gap, Key::StateUnconnected, Key::AboutLost),
        Standing::Unconnected(HostLink::Missing | HostLink::Connecting | HostLink::Connected) => {
            (Icon::Gap, Key::StateUnconnected, Key::AboutMissing)
        }
        Standing::Sites => (Icon::Gap, Key::StateSites, Key::AboutSites),
    };
    let titles = el("div", "titles")
        .attr("role", "status")
        .with(el("h1", "").with(title))
        .with(el("p", "state").with(about));
    el("header", "").with(el("span", "badge").attr("aria-hidden", "true").with(icon)).with(titles)
}

pub(super) fn fix(state: &PopupState, standing: Standing) -> Option<Element> {
    let section = || el("section", "fix").attr("aria-labelledby", "fix").with(heading("fix", Key::Fix));
    match standing {
        Standing::Protected
        | Standing::Trial(_)
        | Standing::Paused
        | Standing::Waiting
        | Standing::Connecting => None,
        Standing::Sites => Some(section().with(press("allow-sites", Key::AllowSites))),
        Standing::Unconnected(link) => {
            let without = state.settings.as_ref().map(|settings| match settings.fail.unreachable {
                UnreachableAction::Allow => Key::WithoutAllow,
                UnreachableAction::Warn => Key::WithoutWarn,
                UnreachableAction::Block => Key::WithoutBlock,
            });
            let install = (link == HostLink::Missing).then(|| step(Key::FixInstall, "promptgate install"));
            let steps = el("ol", "").maybe(install).with(step(Key::FixDoctor, "promptgate doctor"));
            let without = without.map(|key| el("p", "").with(key));
            Some(section().maybe(without).with(steps).with(press("check", Key::CheckAgain)))
        }
    }
}

fn heading(id: &'static str, key: Key) -> Element {
    el("h2", "").attr("id", id).with(key)
}

fn step(key: Key, command: &'static str) -> Element {
    let command = el("code", "").attr("translate", "no").with(Words::Given(command.to_owned()));
    el("li", "").with(el("span", "").with(key)).with(command)
}

fn press(word: &'static str, key: Key) -> Element {
    el("button", "first").attr("type", "button").attr("data-press", word).with(key)
}

pub(super) fn rows(state: &PopupState, around: &Around) -> Element {
    let version = |version: &str| Words::with(Key::HostVersion, Fill::Name(version.to_owned()));
    let host = match &state.status {
        Some(status) => version(&status.host),
        None if state.link == HostLink::Connecting => Key::StateConnecting.into(),
        None => Key::StateUnconnected.into(),
    };
    let policy = match settings(state).map(|settings| settings.source) {
        Some(PolicySource::BuiltinMonitor) => Key::PolicyMonitor,
        Some(PolicySource::BuiltinEnforce) => Key::PolicyEnforce,
        Some(PolicySource::DeveloperFile) => Key::PolicyFile,
        Some(PolicySource::Bundle) => Key::PolicyBundle,
        Some(PolicySource::ManagedWithoutBundle) | None => Key::PolicyNone,
    };
    let ahead = settings(state).map(|settings| ahead::word(ahead::holds(state, settings)));
    let drift = state.status.as_ref().map(|status| status.drift);
    let hint = drift.filter(|rows| *rows > 0).map(|_| el("p", "hint").with(Key::FixDrift));
    let uncovered = state.status.as_ref().map(|status| status.uncovered).filter(|rows| *rows > 0);
    let reload = uncovered.map(|_| el("p", "hint").with(Key::FixUncovered));
    el("section", "rows")
        .with(
            el("dl", "")
                .with(row(Key::RowPolicy, policy.into()))
                .maybe(settings(state).and_then(|settings| settings.policy.as_ref()).and_then(named))
                .maybe(ahead.map(|ahead| row(Key::RowPreview, ahead.into())))
                .with(row(Key::RowHost, host))
                .with(row(Key::RowExtension, version(&around.version)))
                .maybe(state.status.as_ref().map(|status| row(Key::RowRows, Words::Number(status.rows))))
                .maybe(drift.map(|rows| row(Key::RowDrift, Words::Number(rows))))
                .maybe(uncovered.map(|rows| row(Key::RowUncovered, Words::Number(rows))))
                .maybe((state.late > 0).then(|| row(Key::RowLate, Words::Number(state.late)))),
        )
        .maybe(hint)
        .maybe(reload)
}

/// Which bundle it is; nothing while there is none.
fn named(policy: &PolicyState) -> Option<Element> {
    let fills = vec![Fill::Name(policy.name.clone()), Fill::Number(policy.version)];
    (!policy.name.is_empty()).then(|| row(Key::RowNamed, Words::Ours(Key::PolicyNamed, fills)))
}

fn row(name: Key, value: Words) -> Element {
    el("div", "").with(el("dt", "").with(name)).with(el("dd", "").with(value))
}

/// What is recorded, as the settings in force have it. Nothing is said when none are known.
pub(super) fn recorded(state: &PopupState) -> Option<Element> {
    let settings = settings(state)?;
    let text = match settings.capture {
        Capture::Full => Key::RecordedFull,
        Capture::Matches => Key::RecordedMatches,
        Capture::Masked => Key::RecordedMasked,
        Capture::Metadata => Key::RecordedMetadata,
    };
    // Until a bundle brings the organisation's key, the key pair was made on this machine.
    let key = match (settings.capture, settings.source) {
        (Capture::Metadata, _) => None,
        (Capture::Full | Capture::Matches | Capture::Masked, PolicySource::Bundle) => {
            Some(Key::RecordedKeyOrganisation)
        }
        (
            Capture::Full | Capture::Matches | Capture::Masked,
            PolicySource::BuiltinMonitor
            | PolicySource::BuiltinEnforce
            | PolicySource::DeveloperFile
            | PolicySource::ManagedWithoutBundle,
        ) => Some(Key::RecordedKeyHere),
    };
    let item = |key: Key| -> Node { el("li", "").with(key).into() };
    let ahead = match ahead::holds(state, settings) {
        Preview::Off => None,
        Preview::Paste => Some(Key::RecordedPreviewPaste),
        Preview::Typing => Some(Key::RecordedPreviewTyping),
    };
    let items = [Some(Key::RecordedEach), Some(text), key, ahead, Some(Key::RecordedElse)];
    Some(
        el("section", "recorded")
            .attr("aria-labelledby", "recorded")
            .with(heading("recorded", Key::Recorded))
            .with(el("ul", "").each(items.into_iter().flatten().map(item))),
    )
}
