//! Whether Promptgate is in every profile of every browser, and the browser's own policies that keep it there.
//!
//! INVARIANT: a policy is shown, never written: who may write it decides for the whole machine.

use serde::Serialize;
use serde_json::Value;

use super::policies::Policies;
use super::{Check, State};
use crate::browsers::{Family, ROWS, Row};
use crate::cli::fleet::browser::{Extension, place};
use crate::origin::ids;
use crate::os::{Env, Os};
use crate::profiles::{self, State as Found};

/// A policy that keeps the extension in every profile and window of a browser.
#[derive(Debug, Serialize)]
pub(super) struct Policy {
    browser: &'static str,
    place: String,
    policy: Value,
}

/// A check for each profile.
pub(super) fn checks(env: &Env, development: &[String]) -> Vec<Check> {
    let of = |row: &'static Row| {
        let closed = Policies::read(row, env).closes_private(row);
        let found = profiles::profiles(row, env, &ids(row.family, development)).into_iter();
        found.map(move |profile| check(row, &profile.folder, profile.state, closed))
    };
    ROWS.iter().flat_map(of).collect()
}

/// The policies of the browsers that have a profile where the extension is not everywhere.
pub(super) fn policies(env: &Env, development: &[String]) -> Vec<Policy> {
    let has_gap = |row: &&Row| {
        let closed = Policies::read(row, env).closes_private(row);
        let is_gap = |state: Found| state != Found::On && !(closed && state == Found::NotInPrivate);
        profiles::profiles(row, env, &ids(row.family, development))
            .iter()
            .any(|profile| is_gap(profile.state))
    };
    ROWS.iter().filter(has_gap).map(|row| policy(row, env.os)).collect()
}

/// `closed`: whether nobody can open private windows in it.
fn check(row: &Row, folder: &str, state: Found, closed: bool) -> Check {
    let name = format!("{} profile", row.name);
    let wrong = |what: &str, fix: &str| Check::wrong(&name, format!("`{folder}`: {what}"), fix);
    match state {
        Found::On => {
            Check::new(&name, State::Ok, format!("`{folder}`: the extension is on, private windows too"))
        }
        Found::NotInPrivate if closed => {
            let what = format!("`{folder}`: the extension is on, private windows are closed by policy");
            Check::new(&name, State::Ok, what)
        }
        Found::NotInPrivate => {
            let what = format!("`{folder}`: the extension is on, but not in private windows");
            Check::note(&name, what, private(row.family))
        }
        Found::Withheld => {
            wrong("the extension is on, but may not look at every guarded site", permissions(row.family))
        }
        Found::Off => wrong("the extension is switched off", "switch it on, or force it by the policy below"),
        Found::Absent => wrong("the extension is not there", "install it, or force it by the policy below"),
        Found::Unreadable => {
            wrong("its files are not understood", "look at the browser's list of extensions")
        }
    }
}

/// How a person lets it into private windows.
fn private(family: Family) -> &'static str {
    match family {
        Family::Chromium => {
            "on the browser's page of extensions, Promptgate, Details: allow it in private windows"
        }
        Family::Firefox => "about:addons, Promptgate: run in private windows, allow",
    }
}

/// How a person gives back what the extension may look at.
fn permissions(family: Family) -> &'static str {
    match family {
        Family::Chromium => {
            "on the browser's page of extensions, Promptgate, Details, Site access: on all sites; or its popup asks"
        }
        Family::Firefox => "about:addons, Promptgate, Permissions: switch every site on; or its popup asks",
    }
}

/// The policy for one browser.
fn policy(row: &Row, os: Os) -> Policy {
    let place = match os {
        Os::Macos => format!("managed preferences of {}", place(row.name, os)),
        Os::Linux | Os::Windows => place(row.name, os),
    };
    Policy { browser: row.name, place, policy: Extension::default().policy(row) }
}

impl Policy {
    /// For people.
    pub(super) fn lines(&self) -> Vec<String> {
        let text = serde_json::to_string_pretty(&self.policy).unwrap_or_default();
        let head = format!("to keep it in every profile of {}, in {}:", self.browser, self.place);
        std::iter::once(head).chain(text.lines().map(|line| format!("  {line}"))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{ROWS, place, policy};
    use crate::os::Os;

    #[test]
    fn every_browser_has_a_policy_on_every_system() {
        for row in &ROWS {
            for os in Os::ALL {
                let policy = policy(row, os);
                let text = policy.policy.to_string();
                assert!(text.contains("force_installed"), "{}", row.name);
                assert!(
                    text.contains("private_browsing") || text.contains("ModeAvailability\":1"),
                    "{}",
                    row.name
                );
                assert!(policy.place.ends_with(&place(row.name, os)));
            }
        }
        assert_eq!(place("chromium", Os::Linux), "/etc/chromium/policies/managed/promptgate.json");
        assert_eq!(place("firefox", Os::Linux), "/etc/firefox/policies/policies.json");
        assert_eq!(place("edge", Os::Windows), "HKEY_LOCAL_MACHINE\\Software\\Policies\\Microsoft\\Edge");
    }
}
