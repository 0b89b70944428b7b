//! The settings snapshot: the organisation's file when it exists, else the person's own, else the trial.
//!
//! INVARIANT: a file that cannot be read or understood never loosens anything: a managed machine is closed
//! (everything with text refused, no text kept), another one enforces with the closed fail settings.
//! It deliberately knows no policy text: `policy` names a compiled-in one.

mod file;
mod sink;

use std::fs::{self, Metadata};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use shared_protocol::{Capture, FailSettings, PolicySource, Settings};

pub(crate) use file::FileError;
pub(crate) use sink::SinkSettings;

use crate::os::Env;

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
    /// The public key that text is sealed to, when the file names one.
    pub(crate) recipient: Option<String>,
    /// Ids of extensions under development that may call.
    pub(crate) extensions: Vec<String>,
    /// Where rows go besides this machine.
    pub(crate) sinks: Vec<SinkSettings>,
    /// Why the file is not followed.
    pub(crate) fault: Option<FileError>,
    /// How the file looked when it was read.
    seen: Vec<Option<Stamp>>,
}

/// What changes when a file is replaced or written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stamp {
    modified: Option<SystemTime>,
    length: u64,
}

impl Configured {
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
            recipient: None,
            extensions: Vec::new(),
            sinks: Vec::new(),
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
                recipient: file.recipient,
                extensions: file.extensions,
                sinks: file.sinks,
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
    let stamp = |path: &Path| {
        let shape = |meta: Metadata| Stamp { modified: meta.modified().ok(), length: meta.len() };
        fs::metadata(path).ok().map(shape)
    };
    std::iter::once(managed).chain(own).map(stamp).collect()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use shared_protocol::{Action, Capture, FailSettings, PolicySource, Preview, Settings};

    use super::{Configured, Source};

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
