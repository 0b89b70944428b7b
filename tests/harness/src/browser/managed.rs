//! A profile that an organisation manages: the browser's own managed storage says so, and nothing else.
//!
//! Firefox reads it from the person's home. Chromium reads policies of the machine, so the extension goes under an id of
//! its own there, and no other browser of the tests hears of it. That folder belongs to the administrator.

use super::{Browser, Launch, chromium};
use anyhow::{Context, Result};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::{fs, io, process};
use tempfile::TempDir;

/// Where Debian's Chromium reads what an administrator decides.
const POLICIES: &str = "/etc/chromium/policies/managed";

/// How such a profile is started; what was written for it goes when this is dropped.
pub struct Managed {
    launch: Launch,
    _extension: Option<TempDir>,
    policy: Option<PathBuf>,
}

impl Managed {
    /// `None` where only an administrator may write what Chromium reads, and this is none.
    pub fn new(launch: &Launch) -> Result<Option<Managed>> {
        // A managed browser gets no tab that nobody asked for.
        let launch = Launch { close_first_page: false, ..launch.clone() };
        if launch.browser == Browser::Firefox {
            let launch = Launch { managed: true, ..launch };
            return Ok(Some(Managed { launch, _extension: None, policy: None }));
        }
        let folder = tempfile::Builder::new().prefix("promptgate-managed-").tempdir()?;
        copy(launch.extension.as_deref().context("no extension")?, folder.path())?;
        let file = folder.path().join("manifest.json");
        let mut manifest: Value = serde_json::from_slice(&fs::read(&file)?)?;
        let key = manifest["key"].as_str().context("no key")?;
        manifest["key"] = json!(another(key, process::id()));
        fs::write(file, manifest.to_string())?;
        let id = chromium::extension_id(folder.path())?;
        let policy = Path::new(POLICIES).join(format!("promptgate-test-{id}.json"));
        let text = json!({"3rdparty": {"extensions": {id: {"managed": true}}}}).to_string();
        let written = fs::create_dir_all(POLICIES).and_then(|()| fs::write(&policy, text));
        if written.as_ref().is_err_and(|fault| fault.kind() == io::ErrorKind::PermissionDenied) {
            return Ok(None);
        }
        written.with_context(|| format!("{} cannot be written", policy.display()))?;
        let launch = Launch { extension: Some(folder.path().to_owned()), ..launch };
        Ok(Some(Managed { launch, _extension: Some(folder), policy: Some(policy) }))
    }

    /// How it is started.
    pub fn launch(&self) -> &Launch {
        &self.launch
    }
}

impl Drop for Managed {
    fn drop(&mut self) {
        if let Some(policy) = &self.policy {
            let _gone = fs::remove_file(policy);
        }
    }
}

/// A key of the same form for another id: only its last letters, which stand for a number, are others.
fn another(key: &str, number: u32) -> String {
    let letters = format!("{number:08}");
    let at = key.len().saturating_sub(40);
    let (head, rest) = key.split_at_checked(at).unwrap_or((key, ""));
    let tail: String = rest.chars().skip(letters.len()).collect();
    format!("{head}{letters}{tail}")
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let to = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &to)?;
        } else {
            fs::copy(entry.path(), to)?;
        }
    }
    Ok(())
}
