//! The operating system and the environment, read once at the edge and passed on as values, so that the
//! tables of every system are tested on each.

use std::collections::BTreeMap;
use std::path::PathBuf;

use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

/// An operating system that Promptgate knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Os {
    /// Linux and what behaves like it.
    Linux,
    /// macOS.
    Macos,
    /// Windows.
    Windows,
}

impl Os {
    /// Every system, for the tables' tests.
    #[cfg(test)]
    pub(crate) const ALL: [Self; 3] = [Self::Linux, Self::Macos, Self::Windows];

    /// The one this runs on.
    pub(crate) const fn current() -> Self {
        if cfg!(windows) {
            Self::Windows
        } else if cfg!(target_os = "macos") {
            Self::Macos
        } else {
            Self::Linux
        }
    }
}

/// The variables that are used, and no others.
const NAMES: [&str; 12] = [
    "APPDATA",
    "AWS_ENDPOINT_URL",
    "AWS_REGION",
    "CHROME_CONFIG_HOME",
    "HOME",
    "LOCALAPPDATA",
    "LOGNAME",
    "PATH",
    "PROGRAMDATA",
    "USER",
    "USERNAME",
    "XDG_CONFIG_HOME",
];

/// The variable that holds a passphrase.
pub(crate) const PASSPHRASE: &str = "PROMPTGATE_PASSPHRASE";

/// The environment.
#[derive(Clone, Debug)]
pub(crate) struct Env {
    /// Which system.
    pub(crate) os: Os,
    vars: BTreeMap<String, String>,
    /// The name of the account that this process runs as, as the system knows it.
    account: Option<String>,
    /// A name for this machine that says nothing else, where the system has one.
    machine: Option<String>,
    /// Where the system's folders lie, if the system that is meant does not run yet: an image.
    root: Option<PathBuf>,
}

/// The passphrase of private keys, for scripts. Not kept with the other variables, which can be shown.
pub(crate) fn passphrase() -> Option<Zeroizing<String>> {
    secret(PASSPHRASE)
}

/// A variable that holds a secret, read when it is needed and kept nowhere.
pub(crate) fn secret(name: &str) -> Option<Zeroizing<String>> {
    std::env::var(name).ok().filter(|value| !value.is_empty()).map(Zeroizing::new)
}

impl Env {
    /// Of this process.
    pub(crate) fn current() -> Self {
        let names = NAMES.into_iter().chain(["XDG_DATA_HOME"]);
        let vars = names.filter_map(|name| Some((name, std::env::var(name).ok()?)));
        let machine = std::fs::read_to_string("/etc/machine-id").ok();
        Self {
            account: whoami::username().ok(),
            machine: machine.as_deref().and_then(machine_name),
            ..Self::new(Os::current(), vars)
        }
    }

    /// From values.
    pub(crate) fn new(os: Os, vars: impl IntoIterator<Item = (&'static str, String)>) -> Self {
        let vars = vars.into_iter().filter(|(_, value)| !value.is_empty());
        let vars = vars.map(|(name, value)| (name.to_owned(), value)).collect();
        Self { os, vars, account: None, machine: None, root: None }
    }

    /// The same for a system whose root is a folder of this one.
    pub(crate) fn under(self, root: PathBuf) -> Self {
        Self { root: Some(root), ..self }
    }

    /// A place of the whole system.
    pub(crate) fn system(&self, path: &str) -> PathBuf {
        match &self.root {
            None => PathBuf::from(path),
            Some(root) => root.join(path.trim_start_matches('/')),
        }
    }

    /// A variable that is set and not empty.
    pub(crate) fn var(&self, name: &str) -> Option<&str> {
        self.vars.get(name).map(String::as_str)
    }

    /// A variable that holds an absolute folder; the XDG specification says to leave out relative ones.
    fn folder(&self, name: &str) -> Option<PathBuf> {
        let path = PathBuf::from(self.var(name)?);
        (self.os == Os::Windows || path.is_absolute()).then_some(path)
    }

    fn home(&self, below: &str) -> Option<PathBuf> {
        Some(self.folder("HOME")?.join(below))
    }

    /// Where the record and the keys are: one folder for all browsers of this person.
    pub(crate) fn data(&self) -> Option<PathBuf> {
        match self.os {
            Os::Linux => {
                Some(self.folder("XDG_DATA_HOME").or_else(|| self.home(".local/share"))?.join("promptgate"))
            }
            Os::Macos => self.home("Library/Application Support/Promptgate"),
            Os::Windows => Some(self.folder("LOCALAPPDATA")?.join("Promptgate")),
        }
    }

    /// The person's own settings file.
    pub(crate) fn own_settings(&self) -> Option<PathBuf> {
        let folder = match self.os {
            Os::Linux => self.config()?.join("promptgate"),
            Os::Macos => self.home("Library/Application Support/Promptgate")?,
            Os::Windows => self.folder("APPDATA")?.join("Promptgate"),
        };
        Some(folder.join("settings.toml"))
    }

    /// The organisation's settings file: when it exists it wins. Deliberately no variable moves it on Linux
    /// and macOS: whoever starts the browser must not be able to step out of it.
    pub(crate) fn managed_settings(&self) -> PathBuf {
        match self.os {
            Os::Linux => self.system("/etc/promptgate/settings.toml"),
            Os::Macos => self.system("/Library/Application Support/Promptgate/settings.toml"),
            Os::Windows => self
                .folder("PROGRAMDATA")
                .unwrap_or_else(|| PathBuf::from("C:\\ProgramData"))
                .join("Promptgate")
                .join("settings.toml"),
        }
    }

    /// A name for this machine, so that what was copied to another one is known as a copy.
    pub(crate) fn machine(&self) -> Option<&str> {
        self.machine.as_deref()
    }

    /// `XDG_CONFIG_HOME`.
    pub(crate) fn config(&self) -> Option<PathBuf> {
        self.folder("XDG_CONFIG_HOME").or_else(|| self.home(".config"))
    }

    /// The person's name on this machine, until somebody is enrolled. The system's word comes first: who starts the
    /// browser chooses the variables.
    pub(crate) fn user(&self) -> Option<&str> {
        let named = || ["USER", "LOGNAME", "USERNAME"].into_iter().find_map(|name| self.var(name));
        self.account.as_deref().or_else(named)
    }
}

/// machine-id(5) asks not to hand the id itself around, but a hash of it for each use.
fn machine_name(id: &str) -> Option<String> {
    let id = id.trim();
    let hash = Sha256::new().chain_update("promptgate device").chain_update(id).finalize();
    (!id.is_empty()).then(|| hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use super::{Env, Os};

    #[test]
    fn folders_follow_xdg() {
        let env = |vars: &[(&'static str, &str)]| {
            Env::new(Os::Linux, vars.iter().map(|(name, value)| (*name, (*value).to_owned())))
        };
        let plain = env(&[("HOME", "/h")]);
        assert_eq!(plain.data().unwrap().to_str().unwrap(), "/h/.local/share/promptgate");
        assert_eq!(plain.own_settings().unwrap().to_str().unwrap(), "/h/.config/promptgate/settings.toml");
        let moved = env(&[("HOME", "/h"), ("XDG_DATA_HOME", "/d"), ("XDG_CONFIG_HOME", "/c")]);
        assert_eq!(moved.data().unwrap().to_str().unwrap(), "/d/promptgate");
        assert_eq!(moved.own_settings().unwrap().to_str().unwrap(), "/c/promptgate/settings.toml");
        let relative = env(&[("HOME", "/h"), ("XDG_DATA_HOME", "d")]);
        assert_eq!(relative.data().unwrap().to_str().unwrap(), "/h/.local/share/promptgate");
        assert_eq!(env(&[("HOME", "")]).data(), None);
    }

    #[test]
    fn no_variable_moves_the_managed_file_on_linux() {
        let vars = ["HOME", "XDG_CONFIG_HOME", "PROGRAMDATA"].map(|name| (name, "/elsewhere".to_owned()));
        let managed = Env::new(Os::Linux, vars).managed_settings();
        assert_eq!(managed.to_str().unwrap(), "/etc/promptgate/settings.toml");
    }
}
