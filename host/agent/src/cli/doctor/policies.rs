//! What the machine's own policies of each browser do with the extension and the host: let them in, keep them there, and close
//! what the extension cannot see.
//!
//! Linux only, where policies are files: on other systems the browser's own page of policies says it.
//! INVARIANT: the files are others' and are read only; what is not understood closes nothing.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use super::{Check, State};
use crate::browsers::{Family, ROWS, Row, Scope};
use crate::cli::fleet::browser::{PRIVATE_WITH, place};
use crate::install;
use crate::origin::{HOST_NAME, ids};
use crate::os::{Env, Os};

/// Where Firefox reads policies when `/etc/firefox/policies` has none.
const BESIDE_FIREFOX: [&str; 4] =
    ["/usr/lib/firefox-esr", "/usr/lib/firefox", "/usr/lib64/firefox", "/opt/firefox"];

const FIX: &str = "`promptgate fleet DIR` writes the policies that do, for whoever administers this machine";

/// The policies of one browser.
#[derive(Debug, Default)]
pub(super) struct Policies {
    all: Map<String, Value>,
    /// Files that are there and not understood.
    broken: Vec<PathBuf>,
}

/// The checks for each browser that is here or has policies.
pub(super) fn checks(env: &Env, development: &[String]) -> Vec<Check> {
    if env.os != Os::Linux {
        return Vec::new();
    }
    ROWS.iter().flat_map(|row| of(row, env, &ids(row.family, development))).collect()
}

fn of(row: &Row, env: &Env, ids: &[String]) -> Vec<Check> {
    let policies = Policies::read(row, env);
    if !install::is_present(row, env) && policies.all.is_empty() && policies.broken.is_empty() {
        return Vec::new();
    }
    let name = format!("{} policies", row.name);
    let broken = policies.broken.iter().map(|path| {
        let what = format!("{} is not understood, and the browser passes it over", path.display());
        Check::wrong(&name, what, "correct it; `promptgate fleet DIR` writes such files anew")
    });
    let mut checks: Vec<Check> = broken.collect();
    checks.extend(policies.shut_out(row, env, ids).map(|(what, fix)| Check::wrong(&name, what, fix)));
    if checks.is_empty() {
        let open = policies.open(row, ids);
        checks.push(if open.is_empty() {
            let closed = "the extension is forced, and what it cannot see is closed";
            Check::new(&name, State::Ok, closed)
        } else {
            let what = format!("none of this machine closes: {}", open.join(", "));
            Check::note(&name, what, FIX)
        });
    }
    checks
}

impl Policies {
    /// Every file that this browser reads.
    pub(super) fn read(row: &Row, env: &Env) -> Self {
        if env.os != Os::Linux {
            return Self::default();
        }
        let place = env.system(&place(row.name, Os::Linux));
        let mut found = Self::default();
        match row.family {
            Family::Chromium => {
                let folder = place.parent().unwrap_or(&place);
                let entries = std::fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
                let mut files: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
                files.retain(|path| path.extension().is_some_and(|end| end == "json"));
                // Of two that say something of the same, the last one holds.
                files.sort();
                files.iter().for_each(|path| found.take(path, Some));
            }
            Family::Firefox => {
                let beside = BESIDE_FIREFOX
                    .map(|folder| env.system(folder).join("distribution").join("policies.json"));
                let policies = |value: Value| value.get("policies").cloned();
                let first = std::iter::once(place).chain(beside).find(|path| path.exists());
                first.iter().for_each(|path| found.take(path, policies));
            }
        }
        found
    }

    fn take(&mut self, path: &Path, policies: impl Fn(Value) -> Option<Value>) {
        let text = std::fs::read_to_string(path).ok();
        match text.and_then(|text| serde_json::from_str(&text).ok()).and_then(policies) {
            Some(Value::Object(policies)) => self.all.extend(policies),
            Some(_) | None => self.broken.push(path.to_owned()),
        }
    }

    /// Whether people cannot open private windows.
    pub(super) fn closes_private(&self, row: &Row) -> bool {
        match row.family {
            Family::Chromium => self.number(private(row)) == Some(1),
            Family::Firefox => self.is("DisablePrivateBrowsing", true),
        }
    }

    /// What keeps the extension or the host out, and what to do.
    fn shut_out(&self, row: &Row, env: &Env, ids: &[String]) -> Option<(String, String)> {
        let modes = || self.own(ids).filter_map(|own| own.get("installation_mode")?.as_str());
        let is_named = |name: &str| ids.iter().any(|id| self.names(name, id));
        let is_shut = |mode: &str| matches!(mode, "blocked" | "removed");
        let others = self.extension("*").and_then(|all| all.get("installation_mode")).and_then(Value::as_str);
        let is_allowed = modes().any(|mode| !is_shut(mode))
            || is_named("ExtensionInstallAllowlist")
            || is_named("ExtensionInstallForcelist");
        let is_blocked = modes().any(is_shut)
            || others == Some("blocked")
            || self.names("ExtensionInstallBlocklist", "*")
            || is_named("ExtensionInstallBlocklist");
        if is_blocked && !is_allowed {
            let what = "the extension is blocked by this machine's policies".to_owned();
            return Some((what, format!("allow it in `ExtensionSettings`; {FIX}")));
        }
        let is_kept = ["*", HOST_NAME].iter().any(|one| self.names("NativeMessagingBlocklist", one));
        if is_kept && !self.names("NativeMessagingAllowlist", HOST_NAME) {
            let what = "`NativeMessagingBlocklist` keeps the extension from starting the host".to_owned();
            return Some((what, format!("add `{HOST_NAME}` to `NativeMessagingAllowlist`")));
        }
        let has_system = || row.manifest(env, Scope::System).is_some_and(|path| path.is_file());
        if self.is("NativeMessagingUserLevelHosts", false) && !has_system() {
            let what = "`NativeMessagingUserLevelHosts` is off: the browser takes hosts of the machine only";
            return Some((what.to_owned(), "promptgate install --system".to_owned()));
        }
        None
    }

    /// What people can do to be without the extension.
    fn open(&self, row: &Row, ids: &[String]) -> Vec<&'static str> {
        let is_forced =
            self.own(ids).any(|own| own.get("installation_mode") == Some(&"force_installed".into()))
                || ids.iter().any(|id| self.names("ExtensionInstallForcelist", id));
        let sees_private = ids.iter().any(|id| self.names(PRIVATE_WITH, id))
            || self.own(ids).any(|own| own.get("private_browsing") == Some(&true.into()));
        let mut open = Vec::new();
        let mut note = |is_closed: bool, what| {
            if !is_closed {
                open.push(what);
            }
        };
        note(is_forced, "switching the extension off");
        note(sees_private || self.closes_private(row), "private windows");
        match row.family {
            Family::Chromium => {
                let add =
                    if row.name == "edge" { "BrowserAddProfileEnabled" } else { "BrowserAddPersonEnabled" };
                note(self.is("BrowserGuestModeEnabled", false), "guest windows");
                note(self.is(add, false), "further profiles");
            }
            Family::Firefox => {
                note(self.is("BlockAboutProfiles", true), "further profiles");
                note(self.is("DisableSafeMode", true), "starting without extensions");
            }
        }
        open
    }

    /// What is said of the extension, under whichever id.
    fn own(&self, ids: &[String]) -> impl Iterator<Item = &Value> {
        ids.iter().filter_map(|id| self.extension(id))
    }

    fn extension(&self, id: &str) -> Option<&Value> {
        self.all.get("ExtensionSettings")?.get(id)
    }

    fn is(&self, name: &str, wanted: bool) -> bool {
        self.all.get(name).and_then(Value::as_bool) == Some(wanted)
    }

    fn number(&self, name: &str) -> Option<i64> {
        self.all.get(name).and_then(Value::as_i64)
    }

    /// Whether a list names it; `ID;ADDRESS` names the id.
    fn names(&self, name: &str, wanted: &str) -> bool {
        let list = self.all.get(name).and_then(Value::as_array);
        let said = |one: &Value| one.as_str().and_then(|one| one.split(';').next()) == Some(wanted);
        list.is_some_and(|list| list.iter().any(said))
    }
}

fn private(row: &Row) -> &'static str {
    if row.name == "edge" { "InPrivateModeAvailability" } else { "IncognitoModeAvailability" }
}

#[cfg(test)]
mod tests;
