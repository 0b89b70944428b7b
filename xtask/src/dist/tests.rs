//! Packages are the same bytes each time, open again with other tools, and prove what they claim; a Debian package goes
//! through its life with the real dpkg.

mod crx;
mod deb;
mod extension;
mod host;
mod linked;
mod reviewers;

use std::fs;
use std::path::PathBuf;

use flate2::Compression;
use jiff::Timestamp;

use super::entries::Entries;
use super::{Host, Inputs, Release};
use crate::paths;
use crate::setup::system;

/// The manifest of the extension as it is, before the build fills it in.
const MANIFEST: &str = include_str!("../../../extension/manifest/manifest.json");

fn release(version: &str) -> Release {
    Release {
        version: version.to_owned(),
        moment: Timestamp::from_second(1_790_000_001).unwrap(),
        maintainer: "Ada <ada@example.org>".to_owned(),
        level: Compression::fast(),
    }
}

/// The host that was built for the tests, or where a person has one; `None` with a word where there is none.
fn program() -> Option<PathBuf> {
    let named = std::env::var_os("PROMPTGATE_BIN").map(PathBuf::from);
    let path = named.unwrap_or_else(|| paths::target().join("debug/promptgate"));
    if !path.is_file() {
        println!("skipped: no host is built; `cargo xtask test` builds one");
        return None;
    }
    Some(path)
}

/// Whether a program is there. `cargo xtask test` installs what is needed and names the folder of tools: there it must be.
fn tool(name: &str) -> bool {
    let found = system::find(name).is_some();
    assert!(found || std::env::var_os("PROMPTGATE_TOOLS").is_none(), "{name} is missing");
    if !found {
        println!("skipped: no {name}");
    }
    found
}

/// A key whose secret half is no secret.
fn p256_key() -> String {
    use p256::pkcs8::EncodePrivateKey as _;
    let key = p256::ecdsa::SigningKey::from_slice(&[7; 32]).unwrap();
    key.to_pkcs8_pem(p256::pkcs8::LineEnding::LF).unwrap().to_string()
}

/// A small extension, and the shell as the host: what is packed does not matter for how.
fn inputs() -> Inputs {
    let mut extension = Entries::default();
    let manifest = MANIFEST.replace("<version>", "7.8.9").replace("<sites>", "https://site.example/*");
    extension.put("manifest.json", manifest);
    extension.put("page/worker.js", "// works\n");
    extension.put("wasm/promptgate_bg.wasm", vec![0; 4096]);
    Inputs { chromium: extension.clone(), firefox: extension, host: Some(host()), windows: Some(host()) }
}

fn host() -> Host {
    Host {
        program: fs::read(system::find("sh").unwrap()).unwrap(),
        help: "Reads.\n\n.hidden\n  -V, --version\n".to_owned(),
        papers: vec![("CHANGELOG.md", "# Changes\n".to_owned()), ("LICENSE", "free\n".to_owned())],
        notices: "a 1.0.0: MIT\n\nPermission\n".to_owned(),
    }
}
