//! Who calls: the extension's identity as browsers put it on our command line.
//!
//! INVARIANT: only Promptgate's own extension is answered. Browsers check the same against the manifest; this
//! holds also when somebody else's manifest names our binary.

use crate::browsers::Family;

/// Name of the native-messaging host.
pub(crate) const HOST_NAME: &str = "io.promptgate.host";

/// Chromium's id of the extension: follows from the `key` in its manifest.
pub(crate) const CHROMIUM_ID: &str = "opcjljmeemjdjidbhgdoofdfkopfmldn";

/// Firefox's id of the extension.
pub(crate) const FIREFOX_ID: &str = "promptgate@promptgate.io";

const SCHEME: &str = "chrome-extension://";

/// What the command line says about the caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Caller {
    /// An extension with this id.
    Extension(String),
    /// No browser: a person at a terminal.
    Person,
}

/// Chromium: `chrome-extension://ID/` first (on Windows `--parent-window=N` follows). Firefox: the path of
/// the manifest, then the extension's id.
pub(crate) fn caller(args: &[String]) -> Caller {
    let [first, rest @ ..] = args else { return Caller::Person };
    if let Some(id) = first.strip_prefix(SCHEME) {
        return Caller::Extension(id.strip_suffix('/').unwrap_or(id).to_owned());
    }
    match rest {
        [id] if first.ends_with(&format!("{HOST_NAME}.json")) => Caller::Extension(id.clone()),
        _ => Caller::Person,
    }
}

/// Whether this extension is ours, or one that the settings name for development.
pub(crate) fn known(id: &str, development: &[String]) -> bool {
    id == CHROMIUM_ID || id == FIREFOX_ID || development.iter().any(|known| known == id)
}

/// The `allowed_origins` of a Chromium manifest.
pub(crate) fn chromium_origins(development: &[String]) -> Vec<String> {
    chromium_ids(development).iter().map(|id| format!("{SCHEME}{id}/")).collect()
}

/// The ids that may call in the Chromium family.
pub(crate) fn chromium_ids(development: &[String]) -> Vec<String> {
    let shaped = |id: &&String| id.len() == 32 && id.bytes().all(|b| (b'a'..=b'p').contains(&b));
    let ids = [CHROMIUM_ID.to_owned()];
    ids.iter().chain(development.iter().filter(shaped)).cloned().collect()
}

/// The ids that may call in a browser of this family.
pub(crate) fn ids(family: Family, development: &[String]) -> Vec<String> {
    match family {
        Family::Chromium => chromium_ids(development),
        Family::Firefox => firefox_ids(development),
    }
}

/// The `allowed_extensions` of a Firefox manifest.
pub(crate) fn firefox_ids(development: &[String]) -> Vec<String> {
    let shaped = |id: &&String| id.contains('@') || id.starts_with('{');
    let ids = [FIREFOX_ID.to_owned()];
    ids.iter().chain(development.iter().filter(shaped)).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::{CHROMIUM_ID, Caller, FIREFOX_ID, caller, known};

    fn args(args: &[&str]) -> Vec<String> {
        args.iter().map(|&arg| arg.to_owned()).collect()
    }

    #[test]
    fn callers_are_told_by_their_arguments() {
        let chromium = args(&[&format!("chrome-extension://{CHROMIUM_ID}/"), "--parent-window=0"]);
        assert_eq!(caller(&chromium), Caller::Extension(CHROMIUM_ID.to_owned()));
        let firefox = args(&["/home/a/.mozilla/native-messaging-hosts/io.promptgate.host.json", FIREFOX_ID]);
        assert_eq!(caller(&firefox), Caller::Extension(FIREFOX_ID.to_owned()));
        for person in [args(&[]), args(&["doctor"]), args(&["scan", "a.json"])] {
            assert_eq!(caller(&person), Caller::Person);
        }
    }

    #[test]
    fn the_ids_are_those_of_the_manifest() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../extension/manifest");
        let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
        // The id follows from the `key` beside which it is written down; browsers in the tests prove it.
        assert!(read("README.md").contains(CHROMIUM_ID));
        let manifest: serde_json::Value = serde_json::from_str(&read("manifest.json")).unwrap();
        assert_eq!(manifest["browser_specific_settings"]["gecko"]["id"], FIREFOX_ID);
    }

    #[test]
    fn strangers_are_not_known() {
        assert!(known(CHROMIUM_ID, &[]) && known(FIREFOX_ID, &[]));
        let other = "abcdefghijklmnopabcdefghijklmnop";
        assert!(!known(other, &[]));
        assert!(known(other, &[other.to_owned()]));
    }
}
