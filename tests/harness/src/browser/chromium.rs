//! Chromium: flags, and the id it gives to an unpacked extension.

use super::{Home, Launch, Process};
use crate::ledger::decode_base64;
use crate::paths;
use crate::stand_ins::StandIns;
use anyhow::{Context, Result, anyhow};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use std::process::Command;
use tokio_rustls::rustls::SupportedCipherSuite;
use tokio_rustls::rustls::crypto::aws_lc_rs::cipher_suite::TLS13_AES_128_GCM_SHA256;

/// The system gives chromedriver a port of IPv6, and the same number of IPv4 may be taken: then it ends, and is started anew.
const STARTS: usize = 4;

pub(super) fn driver(home: &Home) -> Result<Process> {
    let program = paths::tool("CHROMEDRIVER", &["chromedriver"])?;
    let start = || {
        let mut command = Command::new(&program);
        command.args(["--port=0", "--enable-chrome-logs"]);
        Process::start(command, home, |line| {
            line.split_once("started successfully on port ")?.1.trim_end_matches('.').parse().ok()
        })
    };
    let is_taken = |started: &Result<Process>| {
        started.as_ref().is_err_and(|fault| format!("{fault:#}").contains("Address already in use"))
    };
    let mut started = start();
    for _ in 1..STARTS {
        if !is_taken(&started) {
            break;
        }
        started = start();
    }
    started
}

pub(super) fn capabilities(launch: &Launch, home: &Home, stand_ins: &StandIns) -> Result<Value> {
    let port = stand_ins.address().port();
    let rules =
        StandIns::hosts().iter().map(|host| format!("MAP {host}:443 127.0.0.1:{port}")).collect::<Vec<_>>();
    let rules = format!("{},MAP * ~NOTFOUND,EXCLUDE 127.0.0.1,EXCLUDE localhost", rules.join(","));
    let mut flags = vec![
        format!("--user-data-dir={}", home.profile().display()),
        format!("--window-size={},{}", launch.size.0, launch.size.1),
    ];
    if !launch.real {
        flags.extend([format!("--host-resolver-rules={rules}"), "--no-proxy-server".to_owned()]);
        // What no tab shows asks no driver whether a certificate will do: service workers, pages that are rendered ahead.
        flags.push("--ignore-certificate-errors".to_owned());
    }
    if launch.headless {
        flags.push("--headless".to_owned());
    }
    if launch.dark {
        flags.push("--force-dark-mode".to_owned());
        flags.push("--blink-settings=preferredColorScheme=0".to_owned());
    }
    if let Some(language) = launch.language {
        flags.push(format!("--accept-lang={language}"));
    }
    if let Some(extension) = &launch.extension {
        flags.push(format!("--load-extension={}", extension.canonicalize()?.display()));
    }
    flags.extend(FLAGS.map(str::to_owned));
    Ok(json!({
        "browserName": "chrome",
        "acceptInsecureCerts": !launch.real,
        "goog:loggingPrefs": {"browser": "ALL"},
        "goog:chromeOptions": {
            "binary": paths::tool("CHROMIUM", &["chromium", "chromium-browser", "google-chrome-stable"])?,
            "args": flags,
            // Drivers switch extensions off unless told not to.
            "excludeSwitches": ["disable-extensions", "enable-automation"],
            // A window that the extension opens is one like the others.
            "enableExtensionTargets": true,
        },
    }))
}

const FLAGS: [&str; 13] = [
    "--no-sandbox",
    "--disable-gpu",
    // Two peers of one page find each other.
    "--disable-features=WebRtcHideLocalIpsWithMdns",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--password-store=basic",
    "--enable-logging=stderr",
    "--log-level=0",
];

/// The id that follows from the manifest's public `key`: the first half of its SHA-256, in letters from a to p.
pub(crate) fn extension_id(extension: &Path) -> Result<String> {
    let path = extension.join("manifest.json");
    let text = fs::read(&path).with_context(|| format!("no extension at {}", extension.display()))?;
    let manifest: Value = serde_json::from_slice(&text)?;
    let key = manifest["key"].as_str().ok_or_else(|| anyhow!("{} has no key", path.display()))?;
    Ok(sha256(&decode_base64(key))?.iter().take(16).flat_map(|b| [b >> 4, b & 15]).map(letter).collect())
}

fn letter(half: u8) -> char {
    char::from(b'a' + half)
}

/// Borrowed from the TLS library, which is here anyway.
fn sha256(bytes: &[u8]) -> Result<Vec<u8>> {
    match TLS13_AES_128_GCM_SHA256 {
        SupportedCipherSuite::Tls13(suite) => Ok(suite.common.hash_provider.hash(bytes).as_ref().to_vec()),
        _ => Err(anyhow!("the suite is no TLS 1.3 suite")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_id_follows_from_the_key() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("manifest.json"), r#"{"key": "YWJj"}"#).unwrap();
        // "YWJj" is "abc", whose SHA-256 begins ba7816bf8f01cfea414140de5dae2223.
        assert_eq!(extension_id(folder.path()).unwrap(), "lkhibglpipabmpokebebeanofnkocccd");
    }
}
