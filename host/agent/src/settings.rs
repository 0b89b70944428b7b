//! The settings snapshot: the organisation's file when it exists, else the person's own, else the trial.
//!
//! INVARIANT: a file that cannot be read or understood never loosens anything: a managed machine is closed
//! (everything with text refused, no text kept), another one enforces with the closed fail settings.
//! It deliberately knows no policy text: `policy` names a compiled-in one, `[bundle]` and `[developer]` say where another
//! comes from.

mod bundle;
mod file;
mod identity;
mod pictures;
mod risk;
mod signal;
mod sink;
mod ssf;

use std::fs::{self, Metadata};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use shared_protocol::{Capture, FailSettings, PolicySource, Settings};

pub(crate) use bundle::{BundleSettings, From as BundlesFrom, Web as BundlesWeb};
pub(crate) use file::FileError;
pub(crate) use identity::{IdentitySettings, KeyStore};
pub(crate) use pictures::PicturesSettings;
pub(crate) use risk::{RiskSettings, TravelSettings, in_bundle as risk_in_bundle};
pub(crate) use signal::{Named, SignalSettings};
pub(crate) use sink::SinkSettings;
pub(crate) use ssf::{ReceiverSettings, SsfSettings};

use crate::os::Env;
use crate::retention::Keep;

/// Where the settings came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// No file at all.
    Trial,
    /// The person's own file.
    Own(PathBuf),
    /// The organisation's file.
    Managed(PathBuf),
}

/// Settings, and what of the file does not concern the extension.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Configured {
    /// What the extension gets too.
    pub(crate) settings: Settings,
    /// Where it comes from.
    pub(crate) source: Source,
    /// The public keys that text is sealed to, as the file names them.
    pub(crate) recipients: Vec<String>,
    /// What the file wants kept of text, when nothing is because it names nobody who could open it.
    pub(crate) unsealable: Option<Capture>,
    /// How long and how much the record keeps.
    pub(crate) keep: Keep,
    /// Ids of extensions under development that may call.
    pub(crate) extensions: Vec<String>,
    /// Who says who is at the keyboard.
    pub(crate) identity: Option<IdentitySettings>,
    /// Where rows go besides this machine.
    pub(crate) sinks: Vec<SinkSettings>,
    /// What reads text in pictures.
    pub(crate) pictures: Option<PicturesSettings>,
    /// Where bundles come from.
    pub(crate) bundle: Option<BundleSettings>,
    /// A folder of guardrails that nobody signed, in place of a bundle.
    pub(crate) developer: Option<PathBuf>,
    /// How risk is scored.
    pub(crate) risk: RiskSettings,
    /// Who is told of changes of risk.
    pub(crate) ssf: Option<SsfSettings>,
    /// Who tells of this person.
    pub(crate) signals: Vec<SignalSettings>,
    /// Why the file is not followed.
    pub(crate) fault: Option<FileError>,
    /// How the file looked when it was read.
    seen: Vec<Option<Stamp>>,
}

/// What changes when a file is replaced or written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stamp {
    modified: Option<SystemTime>,
    length: u64,
}

impl Stamp {
    /// How a file looks now; `None` when there is none.
    pub(crate) fn of(path: &Path) -> Option<Self> {
        let shape = |meta: Metadata| Self { modified: meta.modified().ok(), length: meta.len() };
        fs::metadata(path).ok().map(shape)
    }
}

/// The settings that a file with this text would give.
pub(crate) fn understood(text: &str, managed: bool) -> Result<Settings, FileError> {
    file::parse(text, managed).map(|file| file.settings)
}

impl Configured {
    /// Whether text may be kept: there is somebody who could open it. Whatever a policy says.
    pub(crate) fn may_keep_text(&self) -> bool {
        let is_theirs = self.settings.managed || self.bundle.is_some();
        !is_theirs || !self.recipients.is_empty()
    }

    /// Loads in the documented order.
    pub(crate) fn load(env: &Env) -> Self {
        Self::load_from(&env.managed_settings(), env.own_settings().as_deref())
    }

    /// Whether a file came, went or changed since.
    pub(crate) fn is_stale(&self, env: &Env) -> bool {
        self.seen != stamps(&env.managed_settings(), env.own_settings().as_deref())
    }

    fn load_from(managed: &Path, own: Option<&Path>) -> Self {
        // Before reading: a change during the reading is then seen the next time.
        let seen = stamps(managed, own);
        let trial = Self {
            settings: Settings::TRIAL,
            source: Source::Trial,
            recipients: Vec::new(),
            unsealable: None,
            keep: Keep::default(),
            extensions: Vec::new(),
            identity: None,
            sinks: Vec::new(),
            pictures: None,
            bundle: None,
            developer: None,
            risk: RiskSettings::default(),
            ssf: None,
            signals: Vec::new(),
            fault: None,
            seen,
        };
        let found = match read(managed) {
            Some(text) => Some((Source::Managed(managed.to_owned()), text)),
            None => own.and_then(|own| Some((Source::Own(own.to_owned()), read(own)?))),
        };
        let Some((source, text)) = found else { return trial };
        let is_managed = matches!(source, Source::Managed(_));
        match text.and_then(|text| file::parse(&text, is_managed)) {
            Ok(file) => Self {
                settings: file.settings,
                source,
                recipients: file.recipients,
                unsealable: file.unsealable,
                keep: file.keep,
                extensions: file.extensions,
                identity: file.identity,
                sinks: file.sinks,
                pictures: file.pictures,
                bundle: file.bundle,
                developer: file.developer,
                risk: file.risk,
                ssf: file.ssf,
                signals: file.signals,
                ..trial
            },
            Err(fault) => Self { settings: broken(is_managed), source, fault: Some(fault), ..trial },
        }
    }
}

/// What holds while the file is broken.
fn broken(managed: bool) -> Settings {
    if managed {
        return Settings::MANAGED;
    }
    Settings {
        source: PolicySource::BuiltinEnforce,
        fail: FailSettings::CLOSED,
        capture: Capture::Full,
        ..Settings::TRIAL
    }
}

/// `None` when there is no such file; a file that is there and cannot be read is a fault.
fn read(path: &Path) -> Option<Result<String, FileError>> {
    match fs::read_to_string(path) {
        Ok(text) => Some(Ok(text)),
        Err(fault) if matches!(fault.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => None,
        Err(fault) => Some(Err(FileError::Unreadable(fault.kind().to_string()))),
    }
}

fn stamps(managed: &Path, own: Option<&Path>) -> Vec<Option<Stamp>> {
    std::iter::once(managed).chain(own).map(Stamp::of).collect()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use shared_protocol::{Action, Capture, FailSettings, PolicySource, Preview, Settings};

    use super::{Configured, Keep, Source};

    fn load(managed: Option<&str>, own: Option<&str>) -> Configured {
        let folder = tempfile::tempdir().unwrap();
        let paths = [folder.path().join("managed.toml"), folder.path().join("own.toml")];
        for (path, text) in paths.iter().zip([managed, own]) {
            if let Some(text) = text {
                fs::write(path, text).unwrap();
            }
        }
        Configured::load_from(&paths[0], Some(&paths[1]))
    }

    #[test]
    fn nothing_is_a_trial() {
        let loaded = load(None, None);
        assert_eq!(loaded.settings, Settings::TRIAL);
        assert_eq!(loaded.source, Source::Trial);
    }

    #[test]
    fn the_managed_file_wins_and_closes() {
        let loaded = load(Some("policy = \"builtin-monitor\""), Some("policy = \"builtin-enforce\""));
        assert!(loaded.settings.managed);
        assert_eq!(loaded.settings.source, PolicySource::BuiltinMonitor);
        assert_eq!(loaded.settings.fail, FailSettings::CLOSED);
        assert_eq!(load(Some(""), None).settings, Settings::MANAGED);
    }

    /// Full capture on a managed machine needs somebody who can open it, and is nobody's default there.
    #[test]
    fn a_managed_machine_keeps_text_only_for_a_named_key() {
        let key = "recipients = [\"Ycig/Zr/pZmklmFUN99nr+taURlYItL91g+NcHGYpB8=\"]\n";
        let old = key.replace("recipients = [", "recipient = ").replace(']', "");
        let policy = "policy = \"builtin-enforce\"\n";
        let full = "capture = \"full\"\n";
        for (text, kept, unsealable) in [
            (policy.to_owned(), Capture::Metadata, None),
            (format!("{policy}{key}"), Capture::Metadata, None),
            (format!("{policy}{full}"), Capture::Metadata, Some(Capture::Full)),
            (format!("{policy}capture = \"matches\""), Capture::Metadata, Some(Capture::Matches)),
            (format!("{policy}{full}{key}"), Capture::Full, None),
            (format!("{policy}{full}{old}"), Capture::Full, None),
        ] {
            let loaded = load(Some(&text), None);
            assert_eq!((loaded.settings.capture, loaded.unsealable), (kept, unsealable), "{text}");
            assert_eq!(loaded.may_keep_text(), loaded.recipients.len() == 1, "{text}");
        }
        // A person's own machine keeps its text for the key pair that is made there.
        let own = load(None, Some(policy));
        assert_eq!((own.settings.capture, own.may_keep_text()), (Capture::Full, true));
        let two = load(None, Some(&format!("{old}{}", key.replace("Ycig", "Xcig"))));
        assert_eq!(two.recipients.len(), 2);
    }

    #[test]
    fn own_settings_are_followed() {
        let loaded = load(
            None,
            Some(
                "policy = \"builtin-enforce\"\npreview = \"off\"\ncapture = \"masked\"\n[fail]\nunread = \"warn\"\n",
            ),
        );
        assert_eq!(loaded.settings.source, PolicySource::BuiltinEnforce);
        assert_eq!(loaded.settings.preview, Preview::Off);
        assert_eq!(loaded.settings.capture, Capture::Masked);
        assert_eq!(loaded.settings.fail.unread.action(), Action::Warn);
        assert_eq!(loaded.settings.fail.deadline.action(), Action::Block);
        assert_eq!(loaded.keep, Keep::default());
        let kept = load(None, Some("retention_days = 90\nmax_bytes = 1000000000"));
        assert_eq!(kept.keep, Keep { days: Some(90), bytes: Some(1_000_000_000) });
        // Nothing for less than a day.
        assert!(load(None, Some("retention_days = 0")).fault.is_some());
    }

    /// Whoever names a bundle is closed until it is there, managed or not, and whatever else the file leaves out.
    #[test]
    fn a_bundle_is_waited_for_closed() {
        let key = "ed25519:iojj3XQJ8ZX9UtstPLpdcspnCb8dlBIb83SIAbQPb1w=";
        let bundle = format!("[bundle]\nfolder = \"/srv/policy\"\nkeys = [\"{key}\"]\n");
        let loaded = load(Some(&bundle), None);
        assert_eq!((&loaded.settings, &loaded.fault), (&Settings::MANAGED, &None));
        let own = load(None, Some(&bundle));
        assert_eq!(own.settings, Settings { managed: false, ..Settings::MANAGED });
        // No key of this machine stands in for the organisation's.
        let full = load(None, Some(&format!("capture = \"full\"\n{bundle}")));
        assert_eq!((full.settings.capture, full.unsealable), (Capture::Metadata, Some(Capture::Full)));
        assert!(!full.may_keep_text());
    }

    #[test]
    fn a_broken_file_tightens() {
        for text in
            ["policy = \"builtin-enforc\"", "polcy = 1", "[fail]\nunread = \"open\"", "=", "capture = 3"]
        {
            let own = load(None, Some(text));
            assert_eq!(own.settings.source, PolicySource::BuiltinEnforce, "{text}");
            assert_eq!(own.settings.fail, FailSettings::CLOSED, "{text}");
            let told = own.fault.unwrap().to_string();
            assert!(told.contains("line "), "{told}");
            assert_eq!(load(Some(text), None).settings, Settings::MANAGED, "{text}");
        }
    }

    #[test]
    fn a_changed_file_is_seen() {
        let folder = tempfile::tempdir().unwrap();
        let vars = [("HOME", folder.path().to_str().unwrap().to_owned())];
        let env = crate::os::Env::new(crate::os::Os::Linux, vars);
        let loaded = Configured::load(&env);
        assert!(!loaded.is_stale(&env));
        let path = env.own_settings().unwrap();
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "policy = \"builtin-enforce\"").unwrap();
        assert!(loaded.is_stale(&env));
        assert!(!Configured::load(&env).is_stale(&env));
    }
}
