//! The policies of one browser that keep the extension in every profile and window, and where it reads them.
//!
//! Sources: the policy lists of Chrome Enterprise, Microsoft Edge and Brave, and Mozilla's policy templates.

use serde_json::{Value, json};

use crate::browsers::{Family, Row};
use crate::origin::{CHROMIUM_ID, FIREFOX_ID};
use crate::os::Os;

/// Where an organisation puts the extension; the browser asks there for new versions.
pub(in crate::cli) const SOURCE: &str = "https://extensions.example.com";

/// Firefox's package of this version, as `cargo xtask dist` names it; newer ones are found by the address in it.
const XPI: &str = concat!("promptgate-", env!("CARGO_PKG_VERSION"), ".xpi");

/// Private windows show no page before a person lets these extensions into them.
pub(in crate::cli) const PRIVATE_WITH: &str = "MandatoryExtensionsForIncognitoNavigation";

/// What is handed out, and how strictly.
#[derive(Clone, Copy, Debug)]
pub(in crate::cli) struct Extension<'a> {
    pub(in crate::cli) source: &'a str,
    pub(in crate::cli) chromium_id: &'a str,
    /// Private windows are closed where the extension is not in them.
    pub(in crate::cli) closes_private: bool,
}

impl Default for Extension<'_> {
    fn default() -> Self {
        Self { source: SOURCE, chromium_id: CHROMIUM_ID, closes_private: true }
    }
}

impl Extension<'_> {
    /// The id in a browser of this family.
    pub(super) fn id(&self, family: Family) -> &str {
        match family {
            Family::Chromium => self.chromium_id,
            Family::Firefox => FIREFOX_ID,
        }
    }

    /// The policies by their names, without what the extension itself reads.
    pub(super) fn switches(&self, row: &Row) -> Vec<(&'static str, Value)> {
        let forced = match row.family {
            Family::Chromium => json!({ self.chromium_id: {
                "installation_mode": "force_installed", "update_url": format!("{}/update.xml", self.source),
            } }),
            Family::Firefox => json!({ FIREFOX_ID: {
                "installation_mode": "force_installed", "install_url": format!("{}/{XPI}", self.source),
                "private_browsing": true,
            } }),
        };
        let mut switches = vec![("ExtensionSettings", forced)];
        match row.family {
            Family::Firefox => {
                switches.extend([("BlockAboutProfiles", json!(true)), ("DisableSafeMode", json!(true))])
            }
            Family::Chromium => {
                let is_edge = row.name == "edge";
                if self.closes_private {
                    let name =
                        if is_edge { "InPrivateModeAvailability" } else { "IncognitoModeAvailability" };
                    switches.push((name, json!(1)));
                } else if !is_edge {
                    // Edge documents no such policy.
                    switches.push((PRIVATE_WITH, json!([self.chromium_id])));
                }
                let add = if is_edge { "BrowserAddProfileEnabled" } else { "BrowserAddPersonEnabled" };
                switches.extend([(add, json!(false)), ("BrowserGuestModeEnabled", json!(false))]);
                if row.name == "brave" {
                    switches.push(("TorDisabled", json!(true)));
                }
            }
        }
        switches
    }

    /// The whole file as Linux has it.
    pub(in crate::cli) fn policy(&self, row: &Row) -> Value {
        let mut policy: serde_json::Map<_, _> =
            self.switches(row).into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let own = json!({ self.id(row.family): { "managed": true } });
        match row.family {
            Family::Chromium => {
                policy.insert("3rdparty".to_owned(), json!({ "extensions": own }));
                Value::Object(policy)
            }
            Family::Firefox => {
                policy.insert("3rdparty".to_owned(), json!({ "Extensions": own }));
                json!({ "policies": policy })
            }
        }
    }
}

/// Where the browser reads policies.
pub(in crate::cli) fn place(browser: &str, os: Os) -> String {
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
        (Os::Macos, _) => macos.to_owned(),
        (Os::Windows, _) => format!("HKEY_LOCAL_MACHINE\\Software\\Policies\\{windows}"),
    }
}
