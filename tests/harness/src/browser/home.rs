//! A home for one browser: profile, native host manifest, settings and records, apart from all others.
//!
//! The environment goes driver, browser, host: so the host's records land in here too.

use super::{Browser, Launch};
use anyhow::{Context, Result};
use serde_json::json;
use std::path::{Path, PathBuf};
use std::{env, fs, process};
use tempfile::TempDir;

/// The name under which browsers know the native host.
const HOST: &str = "io.promptgate.host";

/// Marks every process that was started from a home, so that none is left behind.
pub(crate) const MARK: &str = "PROMPTGATE_TEST_HOME";

/// A temporary home; gone when dropped.
pub struct Home {
    dir: TempDir,
}

impl Home {
    /// An empty home with what `launch` asks for put in place.
    pub(crate) fn new(launch: &Launch) -> Result<Home> {
        let dir = tempfile::Builder::new().prefix("promptgate-home-").tempdir()?;
        let home = Home { dir };
        for folder in ["profile", "tmp", ".config", ".cache", ".local/share"] {
            fs::create_dir_all(home.path().join(folder))?;
        }
        if let Some(settings) = &launch.settings {
            home.set(settings)?;
        }
        if launch.managed {
            home.manage()?;
        }
        if let (Some(host), Some(extension)) = (&launch.host, &launch.extension) {
            home.register(launch.browser, host, extension)?;
        }
        Ok(home)
    }

    /// The managed storage of an organisation that says nothing else (Firefox's native manifests of type `storage`).
    fn manage(&self) -> Result<()> {
        let id = "promptgate@promptgate.io";
        let folder = self.path().join(".mozilla/managed-storage");
        fs::create_dir_all(&folder)?;
        let manifest =
            json!({"name": id, "description": "managed", "type": "storage", "data": {"managed": true}});
        Ok(fs::write(folder.join(format!("{id}.json")), manifest.to_string())?)
    }

    /// Writes the host's `settings.toml`, at once and whole.
    pub fn set(&self, settings: &str) -> Result<()> {
        let folder = self.path().join(".config/promptgate");
        fs::create_dir_all(&folder)?;
        let new = folder.join("new");
        fs::write(&new, settings)?;
        Ok(fs::rename(new, folder.join("settings.toml"))?)
    }

    /// Its folder.
    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    /// Where Chromium keeps its profile.
    pub(crate) fn profile(&self) -> PathBuf {
        self.path().join("profile")
    }

    /// Makes `command` and what it starts live here.
    pub fn enter(&self, command: &mut process::Command) {
        let inside = |folder: &str| self.path().join(folder);
        command
            .env("HOME", self.path())
            .env("XDG_CONFIG_HOME", inside(".config"))
            .env("XDG_CACHE_HOME", inside(".cache"))
            .env("XDG_DATA_HOME", inside(".local/share"))
            .env("TMPDIR", inside("tmp"))
            .env(MARK, self.path())
            .env_remove("DBUS_SESSION_BUS_ADDRESS");
        for proxy in ["http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"] {
            command.env_remove(proxy);
        }
        if env::var_os("DISPLAY").is_none() && env::var_os("WAYLAND_DISPLAY").is_none() {
            command.env_remove("XDG_RUNTIME_DIR");
        }
    }

    /// Takes the native host's manifest away, or puts it back: without it the browser finds no host.
    pub fn hide_host(&self, hidden: bool) -> Result<()> {
        let name = format!("{HOST}.json");
        for folder in
            [self.profile().join("NativeMessagingHosts"), self.path().join(".mozilla/native-messaging-hosts")]
        {
            let (there, away) = (folder.join(&name), folder.join("hidden"));
            let (from, to) = if hidden { (there, away) } else { (away, there) };
            if from.exists() {
                fs::rename(from, to)?;
            }
        }
        Ok(())
    }

    /// Writes the manifest that lets `extension` start `host`.
    fn register(&self, browser: Browser, host: &Path, extension: &Path) -> Result<()> {
        let path = host.canonicalize().with_context(|| format!("no native host at {}", host.display()))?;
        let mut manifest = json!({"name": HOST, "description": "Promptgate", "path": path, "type": "stdio"});
        let folder = match browser {
            Browser::Chromium => {
                let id = super::chromium::extension_id(extension)?;
                manifest["allowed_origins"] = json!([format!("chrome-extension://{id}/")]);
                self.profile().join("NativeMessagingHosts")
            }
            Browser::Firefox => {
                manifest["allowed_extensions"] = json!([super::firefox::extension_id(extension)?]);
                self.path().join(".mozilla/native-messaging-hosts")
            }
        };
        fs::create_dir_all(&folder)?;
        fs::write(folder.join(format!("{HOST}.json")), manifest.to_string())?;
        Ok(())
    }
}
