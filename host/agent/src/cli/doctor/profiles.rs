//! Whether Promptgate is in every profile of every browser, and the browser's own policies that keep it there.
//!
//! INVARIANT: a policy is shown, never written: who may write it decides for the whole machine.

use serde::Serialize;
use serde_json::{Value, json};

use super::{Check, State};
use crate::browsers::{Family, ROWS, Row};
use crate::origin::{CHROMIUM_ID, FIREFOX_ID};
use crate::os::{Env, Os};
use crate::profiles::{self, State as Found};

/// Where an organisation puts the extension; the browser asks there for new versions.
const SOURCE: &str = "https://extensions.example.com";

/// A policy that keeps the extension in every profile and window of a browser.
#[derive(Debug, Serialize)]
pub(super) struct Policy {
    browser: &'static str,
    place: String,
    policy: Value,
}

/// A check for each profile.
pub(super) fn checks(env: &Env) -> Vec<Check> {
    let of = |row: &'static Row| {
        profiles::profiles(row, env)
            .into_iter()
            .map(move |profile| check(row, &profile.folder, profile.state))
    };
    ROWS.iter().flat_map(of).collect()
}

/// The policies of the browsers that have a profile where the extension is not everywhere.
pub(super) fn policies(env: &Env) -> Vec<Policy> {
    let has_gap = |row: &&Row| profiles::profiles(row, env).iter().any(|profile| profile.state != Found::On);
    ROWS.iter().filter(has_gap).map(|row| policy(row, env.os)).collect()
}

fn check(row: &Row, folder: &str, state: Found) -> Check {
    let name = format!("{} profile", row.name);
    let wrong = |what: &str, fix: &str| Check::wrong(&name, format!("`{folder}`: {what}"), fix);
    match state {
        Found::On => {
            Check::new(&name, State::Ok, format!("`{folder}`: the extension is on, private windows too"))
        }
        Found::NotInPrivate => {
            let what = format!("`{folder}`: the extension is on, but not in private windows");
            Check::new(&name, State::Note, what)
        }
        Found::Off => wrong("the extension is switched off", "switch it on, or force it by the policy below"),
        Found::Absent => wrong("the extension is not there", "install it, or force it by the policy below"),
        Found::Unreadable => {
            wrong("its files are not understood", "look at the browser's list of extensions")
        }
    }
}

/// The policy for one browser.
fn policy(row: &Row, os: Os) -> Policy {
    let forced = match row.family {
        Family::Chromium => {
            let source = format!("{SOURCE}/promptgate.xml");
            json!({ CHROMIUM_ID: { "installation_mode": "force_installed", "update_url": source } })
        }
        Family::Firefox => {
            let source = format!("{SOURCE}/promptgate.xpi");
            let own = json!({ "installation_mode": "force_installed", "install_url": source, "private_browsing": true });
            json!({ FIREFOX_ID: own })
        }
    };
    let policy = match row.name {
        "firefox" => json!({ "policies": {
            "ExtensionSettings": forced, "BlockAboutProfiles": true, "DisableSafeMode": true,
        } }),
        "edge" => json!({
            "ExtensionSettings": forced, "InPrivateModeAvailability": 1, "BrowserAddProfileEnabled": false,
            "BrowserGuestModeEnabled": false,
        }),
        "brave" => json!({
            "ExtensionSettings": forced, "IncognitoModeAvailability": 1, "BrowserAddPersonEnabled": false,
            "BrowserGuestModeEnabled": false, "TorDisabled": true,
        }),
        _ => json!({
            "ExtensionSettings": forced, "IncognitoModeAvailability": 1, "BrowserAddPersonEnabled": false,
            "BrowserGuestModeEnabled": false,
        }),
    };
    Policy { browser: row.name, place: place(row.name, os), policy }
}

/// Where the browser reads policies.
fn place(browser: &str, os: Os) -> String {
    let (linux, macos, windows) = match browser {
        "chrome" => ("/etc/opt/chrome/policies/managed", "com.google.Chrome", "Google\\Chrome"),
        "edge" => ("/etc/opt/edge/policies/managed", "com.microsoft.Edge", "Microsoft\\Edge"),
        "brave" => ("/etc/brave/policies/managed", "com.brave.Browser", "BraveSoftware\\Brave"),
        "firefox" => ("/etc/firefox/policies/policies.json", "org.mozilla.firefox", "Mozilla\\Firefox"),
        _ => ("/etc/chromium/policies/managed", "org.chromium.Chromium", "Chromium"),
    };
    match (os, browser) {
        (Os::Linux, "firefox") => linux.to_owned(),
        (Os::Linux, _) => format!("{linux}/promptgate.json"),
        (Os::Macos, _) => format!("managed preferences of {macos}"),
        (Os::Windows, _) => format!("HKLM\\Software\\Policies\\{windows}"),
    }
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
                assert_eq!(policy.place, place(row.name, os));
            }
        }
        assert_eq!(place("chromium", Os::Linux), "/etc/chromium/policies/managed/promptgate.json");
        assert_eq!(place("firefox", Os::Linux), "/etc/firefox/policies/policies.json");
        assert_eq!(place("edge", Os::Windows), "HKLM\\Software\\Policies\\Microsoft\\Edge");
    }
}
