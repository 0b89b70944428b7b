//! Firefox: preferences, and the id an extension names itself.

use super::{Home, Launch, Process};
use crate::paths;
use crate::stand_ins::StandIns;
use anyhow::{Context, Result, anyhow};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use std::process::Command;

pub(super) fn driver(home: &Home) -> Result<Process> {
    let mut command = Command::new(paths::tool("PROMPTGATE_GECKODRIVER", &["geckodriver"])?);
    command.args(["--port", "0", "--websocket-port", "0", "--log", "info", "--allow-system-access"]);
    Process::start(command, home, |line| {
        line.split_once("Listening on ")?.1.rsplit_once(':')?.1.trim().parse().ok()
    })
}

/// Under which host Firefox serves the extension's own pages. It would make one up for each profile.
pub(super) const PAGES: &str = "5f0c9a52-7b1e-4d7c-9a53-0e6d8a4f2b11";

/// What keeps the browser on this machine.
const ONLY_STAND_INS: [&str; 5] = [
    "network.dns.forceResolve",
    "network.socket.forcePort",
    "network.proxy.type",
    "network.trr.mode",
    "security.cert_pinning.enforcement_level",
];

pub(super) fn capabilities(launch: &Launch, home: &Home, stand_ins: &StandIns) -> Result<Value> {
    let mut args = if launch.headless { vec!["-headless".to_owned()] } else { Vec::new() };
    if launch.lasting {
        args.extend(["-profile".to_owned(), home.profile().display().to_string()]);
    }
    let pages = match &launch.extension {
        Some(extension) => json!({ extension_id(extension)?: PAGES }),
        None => json!({}),
    };
    let mut capabilities = json!({
        "browserName": "firefox",
        "acceptInsecureCerts": !launch.real,
        "moz:firefoxOptions": {
            "binary": paths::tool("FIREFOX", &["firefox-esr", "firefox"])?,
            "args": args,
            "prefs": {
                // Every name leads to the loopback and port 443 to the stand-ins: nothing leaves the machine.
                "network.dns.forceResolve": "127.0.0.1",
                "network.socket.forcePort": format!("443={}", stand_ins.address().port()),
                "ui.systemUsesDarkTheme": u8::from(launch.dark),
                "network.proxy.type": 0,
                // Two peers of one page find each other.
                "media.peerconnection.ice.obfuscate_host_addresses": false,
                "media.peerconnection.ice.loopback": true,
                "network.trr.mode": 5,
                "network.captive-portal-service.enabled": false,
                "network.connectivity-service.enabled": false,
                "security.cert_pinning.enforcement_level": 0,
                "app.update.auto": false,
                "browser.aboutwelcome.enabled": false,
                "browser.startup.page": 0,
                "browser.shell.checkDefaultBrowser": false,
                "datareporting.policy.dataSubmissionEnabled": false,
                // A page's clock to the hundredth of a millisecond.
                "privacy.reduceTimerPrecision": false,
                "devtools.console.stdout.content": true,
                "extensions.getAddons.cache.enabled": false,
                "extensions.webextensions.uuids": pages.to_string(),
                "services.settings.server": "data:,#remote-settings-dummy/v1",
            },
        },
    });
    if launch.real
        && let Some(prefs) = capabilities["moz:firefoxOptions"]["prefs"].as_object_mut()
    {
        prefs.retain(|name, _| !ONLY_STAND_INS.contains(&name.as_str()));
    }
    if launch.lasting {
        // What is installed for good has to be signed by Mozilla, or be let in.
        capabilities["moz:firefoxOptions"]["prefs"]["xpinstall.signatures.required"] = json!(false);
    }
    if let Some(language) = launch.language {
        capabilities["moz:firefoxOptions"]["prefs"]["intl.accept_languages"] = json!(language);
    }
    Ok(capabilities)
}

/// The id in the manifest's `browser_specific_settings`.
pub(crate) fn extension_id(extension: &Path) -> Result<String> {
    let path = extension.join("manifest.json");
    let text = fs::read(&path).with_context(|| format!("no extension at {}", extension.display()))?;
    let manifest: Value = serde_json::from_slice(&text)?;
    let id = manifest.pointer("/browser_specific_settings/gecko/id").and_then(Value::as_str);
    id.map(str::to_owned).ok_or_else(|| anyhow!("{} names no gecko id", path.display()))
}
