//! The extension's built manifest, and what differs in it from one road to people to another.

use anyhow::{Context, Result};
use serde_json::Value;

use super::entries::Entries;

const NAME: &str = "manifest.json";

/// A manifest.
pub struct Manifest(Value);

impl Manifest {
    /// That of a built extension.
    pub fn of(entries: &Entries) -> Result<Self> {
        Self::read(entries.get(NAME).context("the extension has no manifest.json")?)
    }

    /// From its text.
    pub fn read(text: &[u8]) -> Result<Self> {
        Ok(Self(serde_json::from_slice(text).context(NAME)?))
    }

    /// Writes it among the extension's files.
    pub fn put_into(&self, entries: &mut Entries) -> Result<()> {
        entries.put(NAME, serde_json::to_string_pretty(&self.0)? + "\n");
        Ok(())
    }

    /// Takes away what gives unpacked builds their id: whoever signs gives the id.
    pub fn take_key(&mut self) {
        if let Some(members) = self.0.as_object_mut() {
            members.remove("key");
        }
    }

    /// Says where browsers of the Chromium family look for newer versions.
    pub fn update_from_chromium(&mut self, address: &str) {
        self.0["update_url"] = address.into();
    }

    /// Says where Firefox looks for newer versions.
    pub fn update_from_firefox(&mut self, address: &str) -> Result<()> {
        let gecko = self.0.pointer_mut("/browser_specific_settings/gecko");
        gecko.context("the manifest names no id for Firefox")?["update_url"] = address.into();
        Ok(())
    }

    /// The extension's version.
    pub fn version(&self) -> Result<&str> {
        self.text("/version")
    }

    /// The oldest browser of the Chromium family that it runs in.
    pub fn oldest_chromium(&self) -> Result<&str> {
        self.text("/minimum_chrome_version")
    }

    /// The oldest Firefox that it runs in.
    pub fn oldest_firefox(&self) -> Result<&str> {
        self.text("/browser_specific_settings/gecko/strict_min_version")
    }

    /// Its id in Firefox.
    pub fn firefox_id(&self) -> Result<&str> {
        self.text("/browser_specific_settings/gecko/id")
    }

    fn text(&self, pointer: &str) -> Result<&str> {
        let value = self.0.pointer(pointer).and_then(Value::as_str);
        value.with_context(|| format!("{NAME} has no {pointer}"))
    }
}
