//! Where each browser looks for native-messaging hosts, as one table for every system.
//!
//! Sources: the browsers' own documentation of native messaging. The tests compare it with the table of the
//! `native_messaging` crate. Adding a browser is adding a row.
//! It deliberately touches no file and no registry.

use std::path::PathBuf;

use crate::origin::HOST_NAME;
use crate::os::{Env, Os};

/// The two forms of manifest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Family {
    /// `allowed_origins`.
    Chromium,
    /// `allowed_extensions`.
    Firefox,
}

/// For whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    /// This person.
    User,
    /// Everybody on this machine.
    System,
}

/// One browser.
#[derive(Debug)]
pub(crate) struct Row {
    /// As on the command line, and as the `native_messaging` crate calls it.
    pub(crate) name: &'static str,
    /// As people call it.
    pub(crate) title: &'static str,
    /// Its form of manifest.
    pub(crate) family: Family,
    /// Linux: below the configuration folder (Chromium family) or the home folder (Firefox).
    linux_user: &'static str,
    linux_system: &'static str,
    /// macOS: below the person's `Library/Application Support`.
    macos_user: &'static str,
    /// Absent where the browser documents none.
    macos_system: Option<&'static str>,
    /// Windows: below `HKEY_CURRENT_USER` or `HKEY_LOCAL_MACHINE`.
    windows_key: &'static str,
    /// Linux: programs whose presence says that the browser is there.
    programs: &'static [&'static str],
    /// macOS: the application's bundle.
    bundle: &'static str,
    /// Windows: the program's file name, as registered under `App Paths`.
    windows_program: &'static str,
}

/// The browsers, in the order they are shown.
pub(crate) const ROWS: [Row; 5] = [
    Row {
        name: "chrome",
        title: "Google Chrome",
        family: Family::Chromium,
        linux_user: "google-chrome/NativeMessagingHosts",
        linux_system: "/etc/opt/chrome/native-messaging-hosts",
        macos_user: "Google/Chrome/NativeMessagingHosts",
        macos_system: Some("/Library/Google/Chrome/NativeMessagingHosts"),
        windows_key: "Software\\Google\\Chrome\\NativeMessagingHosts",
        programs: &["google-chrome", "google-chrome-stable"],
        bundle: "Google Chrome.app",
        windows_program: "chrome.exe",
    },
    Row {
        name: "chromium",
        title: "Chromium",
        family: Family::Chromium,
        linux_user: "chromium/NativeMessagingHosts",
        linux_system: "/etc/chromium/native-messaging-hosts",
        macos_user: "Chromium/NativeMessagingHosts",
        macos_system: Some("/Library/Application Support/Chromium/NativeMessagingHosts"),
        windows_key: "Software\\Chromium\\NativeMessagingHosts",
        programs: &["chromium", "chromium-browser"],
        bundle: "Chromium.app",
        windows_program: "chromium.exe",
    },
    Row {
        name: "edge",
        title: "Microsoft Edge",
        family: Family::Chromium,
        linux_user: "microsoft-edge/NativeMessagingHosts",
        linux_system: "/etc/opt/edge/native-messaging-hosts",
        macos_user: "Microsoft Edge/NativeMessagingHosts",
        macos_system: Some("/Library/Microsoft/Edge/NativeMessagingHosts"),
        windows_key: "Software\\Microsoft\\Edge\\NativeMessagingHosts",
        programs: &["microsoft-edge", "microsoft-edge-stable"],
        bundle: "Microsoft Edge.app",
        windows_program: "msedge.exe",
    },
    Row {
        name: "brave",
        title: "Brave",
        family: Family::Chromium,
        linux_user: "BraveSoftware/Brave-Browser/NativeMessagingHosts",
        linux_system: "/etc/brave/native-messaging-hosts",
        macos_user: "BraveSoftware/Brave-Browser/NativeMessagingHosts",
        macos_system: None,
        windows_key: "Software\\BraveSoftware\\Brave-Browser\\NativeMessagingHosts",
        programs: &["brave-browser", "brave"],
        bundle: "Brave Browser.app",
        windows_program: "brave.exe",
    },
    Row {
        name: "firefox",
        title: "Mozilla Firefox",
        family: Family::Firefox,
        linux_user: ".mozilla/native-messaging-hosts",
        linux_system: "/usr/lib/mozilla/native-messaging-hosts",
        macos_user: "Mozilla/NativeMessagingHosts",
        macos_system: Some("/Library/Application Support/Mozilla/NativeMessagingHosts"),
        windows_key: "Software\\Mozilla\\NativeMessagingHosts",
        programs: &["firefox", "firefox-esr"],
        bundle: "Firefox.app",
        windows_program: "firefox.exe",
    },
];

impl Row {
    /// The manifest's path; `None` where this browser has no such place or the environment names no home.
    pub(crate) fn manifest(&self, env: &Env, scope: Scope) -> Option<PathBuf> {
        let home = || env.var("HOME").map(PathBuf::from);
        let folder = match (env.os, scope) {
            (Os::Linux, Scope::User) => match self.family {
                Family::Chromium => self.linux_config(env)?.join(self.linux_user),
                Family::Firefox => home()?.join(self.linux_user),
            },
            (Os::Linux, Scope::System) => env.system(self.linux_system),
            (Os::Macos, Scope::User) => home()?.join("Library/Application Support").join(self.macos_user),
            (Os::Macos, Scope::System) => env.system(self.macos_system?),
            // Windows looks the path up in the registry; a folder of our own keeps the browsers apart.
            (Os::Windows, Scope::User) => own_folder(env, "LOCALAPPDATA")?.join(self.name),
            (Os::Windows, Scope::System) => own_folder(env, "PROGRAMDATA")?.join(self.name),
        };
        Some(folder.join(format!("{HOST_NAME}.json")))
    }

    /// The folders that may hold the browser's profiles; none where the environment names no home.
    pub(crate) fn profiles(&self, env: &Env) -> Vec<PathBuf> {
        let home = || env.var("HOME").map(PathBuf::from);
        let found = match (env.os, self.family) {
            // Firefox begins new ones in the second place since version 147, and goes on with what is in the first.
            (Os::Linux, Family::Firefox) => [
                home().map(|home| home.join(".mozilla/firefox")),
                env.config().map(|config| config.join("mozilla/firefox")),
            ],
            (Os::Macos, Family::Firefox) => {
                [home().map(|home| home.join("Library/Application Support/Firefox")), None]
            }
            (Os::Windows, Family::Firefox) => {
                [env.var("APPDATA").map(|data| PathBuf::from(data).join("Mozilla").join("Firefox")), None]
            }
            // The manifests of a person's Chromium lie among its profiles.
            (Os::Linux | Os::Macos, Family::Chromium) => {
                let manifest = self.manifest(env, Scope::User);
                [manifest.and_then(|path| Some(path.parent()?.parent()?.to_owned())), None]
            }
            (Os::Windows, Family::Chromium) => {
                let vendor =
                    self.windows_key.split('\\').skip(1).take_while(|part| *part != "NativeMessagingHosts");
                let local = env.var("LOCALAPPDATA").map(PathBuf::from);
                let folder = |local| vendor.fold(local, |path: PathBuf, part| path.join(part));
                [local.map(|local| folder(local).join("User Data")), None]
            }
        };
        found.into_iter().flatten().collect()
    }

    /// The registry key that names the manifest, on Windows.
    pub(crate) fn registry_key(&self, env: &Env, scope: Scope) -> Option<String> {
        let root = match scope {
            Scope::User => "HKCU",
            Scope::System => "HKLM",
        };
        (env.os == Os::Windows).then(|| format!("{root}\\{}\\{HOST_NAME}", self.windows_key))
    }

    /// Places whose existence says that the browser is on this machine.
    pub(crate) fn traces(&self, env: &Env) -> Vec<PathBuf> {
        let path = env.var("PATH").unwrap_or_default();
        let mut traces: Vec<PathBuf> = match env.os {
            Os::Linux => std::env::split_paths(path)
                .flat_map(|folder| self.programs.iter().map(move |program| folder.join(program)))
                .collect(),
            Os::Macos => vec![PathBuf::from("/Applications").join(self.bundle)],
            Os::Windows => Vec::new(),
        };
        // The profile folder: the manifest's folder lies in it.
        if env.os != Os::Windows {
            let manifest = self.manifest(env, Scope::User);
            traces.extend(manifest.and_then(|path| Some(path.parent()?.parent()?.to_owned())));
        }
        traces
    }

    /// The registry key whose existence says that the browser is on this machine, on Windows.
    pub(crate) fn program_key(&self, env: &Env) -> Option<String> {
        let paths = "HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\App Paths";
        (env.os == Os::Windows).then(|| format!("{paths}\\{}", self.windows_program))
    }

    /// Chromium on Linux takes `CHROME_CONFIG_HOME` before `XDG_CONFIG_HOME`.
    fn linux_config(&self, env: &Env) -> Option<PathBuf> {
        env.var("CHROME_CONFIG_HOME").map(PathBuf::from).or_else(|| env.config())
    }
}

fn own_folder(env: &Env, variable: &str) -> Option<PathBuf> {
    Some(PathBuf::from(env.var(variable)?).join("Promptgate").join("NativeMessagingHosts"))
}

#[cfg(test)]
mod tests;
