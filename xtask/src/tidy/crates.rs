//! Who may depend on whom: the directions between our crates, and one owner for each outside crate.

use std::collections::{BTreeMap, BTreeSet};

use super::File;

/// Our crates and which of ours each may use. What is not here may not be.
///
/// INVARIANT: libraries in `host/` do not know each other; only `store` and `net` may be used by another one.
const DIRECTIONS: &[(&str, &[&str])] = &[
    ("extension", &["shared-protocol", "shared-sites"]),
    (
        "host/agent",
        &[
            "host-classify",
            "host-identity",
            "host-journal",
            "host-net",
            "host-policy",
            "host-risk",
            "host-store",
            "shared-protocol",
            "shared-seal",
            "shared-sites",
        ],
    ),
    ("host/classify", &["shared-protocol"]),
    ("host/identity", &["host-net"]),
    ("host/journal", &["host-store", "shared-protocol"]),
    ("host/net", &[]),
    ("host/policy", &["shared-protocol"]),
    ("host/risk", &["host-store", "shared-protocol"]),
    ("host/store", &[]),
    ("models/eval", &["host-classify", "models-train", "shared-protocol"]),
    ("models/train", &["host-classify", "shared-protocol"]),
    ("shared/opener", &["shared-seal"]),
    ("shared/protocol", &[]),
    ("shared/seal", &[]),
    ("shared/sites", &["shared-protocol"]),
    (
        "tests/corpus",
        &[
            "host-agent",
            "host-classify",
            "host-journal",
            "host-policy",
            "host-risk",
            "host-store",
            "shared-protocol",
            "shared-seal",
            "shared-sites",
        ],
    ),
    ("tests/e2e", &["tests-harness"]),
    // INVARIANT: the stand-in sites share neither code nor data with the crate that reads the sites.
    ("tests/harness", &[]),
    ("xtask", &["shared-sites"]),
];

/// An outside crate and who uses it.
struct Outside {
    name: &'static str,
    owners: &'static [&'static str],
}

const fn outside(name: &'static str, owners: &'static [&'static str]) -> Outside {
    Outside { name, owners }
}

/// Any crate of ours may use it.
const ANY: &[&str] = &["*"];

/// INVARIANT: a crate enters with the work that needs it.
const OUTSIDE: &[Outside] = &[
    outside("anyhow", &["host/agent", "models/eval", "models/train", "tests/e2e", "tests/harness", "xtask"]),
    outside("ar", &["xtask"]),
    outside("argon2", &["shared/seal"]),
    outside("aws-lc-rs", &["host/policy", "host/risk", "shared/seal"]),
    outside(
        "base64",
        &[
            "host/agent",
            "host/policy",
            "host/risk",
            "shared/seal",
            "shared/sites",
            "tests/corpus",
            "tests/harness",
        ],
    ),
    outside("cedar-policy", &["host/policy"]),
    outside("cfb", &["host/agent"]),
    outside("chacha20poly1305", &["shared/seal"]),
    outside("chardetng", &["host/agent"]),
    outside("clap", &["host/agent"]),
    outside("cryptoki", &["host/agent"]),
    outside("encoding_rs", &["host/agent"]),
    outside("expect-test", ANY),
    outside("flate2", &["host/agent", "host/net", "host/policy", "tests/corpus", "xtask"]),
    outside("form_urlencoded", &["host/agent", "shared/sites"]),
    outside("futures-util", &["tests/harness"]),
    outside("getrandom", &["host/agent"]),
    outside("half", &["host/classify"]),
    outside("hmac", &["host/agent", "host/journal"]),
    outside("hpke", &["shared/seal"]),
    outside("http-body-util", &["host/agent", "tests/harness"]),
    outside("hyper", &["host/agent", "tests/harness"]),
    outside("hyper-util", &["host/agent", "tests/harness"]),
    outside("image", &["host/agent"]),
    outside("jiff", &["host/agent", "host/journal", "host/policy", "xtask"]),
    outside("js-sys", &["extension"]),
    outside("jsonwebtoken", &["host/policy", "host/risk"]),
    outside("keyring", &["host/agent"]),
    outside("libc", &["host/agent"]),
    outside("mail-parser", &["host/agent"]),
    outside("maxminddb", &["host/risk"]),
    outside("md5", &["xtask"]),
    outside("native_messaging", &["host/agent"]),
    outside("object", &["xtask"]),
    outside("openidconnect", &["host/identity"]),
    outside("p256", &["xtask"]),
    outside("parquet", &["host/agent"]),
    outside("pdf-extract", &["host/agent"]),
    outside("percent-encoding", &["shared/sites"]),
    outside("proptest", ANY),
    outside("prost", &["host/journal", "xtask"]),
    outside("quick-xml", &["host/agent"]),
    outside("rcgen", &["tests/harness"]),
    outside("regex", &["host/classify"]),
    outside("regex-syntax", &["host/classify"]),
    outside("reqwest", &["host/net"]),
    outside("rlimit", &["host/agent"]),
    outside("rpassword", &["host/agent"]),
    outside("rsa", &["xtask"]),
    outside("rusqlite", &["host/store"]),
    outside("rustix", &["host/agent"]),
    outside("rustls", &["host/net"]),
    outside("rustls-platform-verifier", &["host/net"]),
    outside("rusty-s3", &["host/agent"]),
    outside("seccompiler", &["host/agent"]),
    outside("serde", ANY),
    outside("serde-wasm-bindgen", &["extension"]),
    outside("serde_json", ANY),
    outside("sha2", &["host/agent", "host/classify", "host/journal", "host/policy", "shared/seal", "xtask"]),
    outside("tar", &["host/agent", "host/policy", "tests/corpus", "xtask"]),
    outside("tempfile", ANY),
    outside("thirtyfour", &["tests/e2e", "tests/harness"]),
    outside("thiserror", ANY),
    outside("tokio", &["host/agent", "tests/e2e", "tests/harness"]),
    outside("tokio-rustls", &["host/agent", "tests/harness"]),
    outside("tokio-tungstenite", &["tests/harness"]),
    outside("toml", ANY),
    outside("unicode-normalization", &["host/classify"]),
    outside("wasm-bindgen", &["extension", "shared/opener"]),
    outside("wasm-bindgen-cli-support", &["xtask"]),
    outside("wasm-bindgen-futures", &["extension"]),
    outside("web-sys", &["extension"]),
    outside("whoami", &["host/agent"]),
    outside("zeroize", ANY),
    outside("zip", &["host/agent", "xtask"]),
];

/// Complaints about manifests.
pub fn check(files: &[File]) -> Vec<String> {
    let mut complaints = Vec::new();
    let mut used = BTreeSet::new();
    let manifests = files.iter().filter(|file| file.path.ends_with("/Cargo.toml"));
    // Workspaces of their own, so that no other build pays for them.
    let apart = ["tests/fuzz/", "tests/ssf-peer/"];
    for manifest in manifests.filter(|file| !apart.iter().any(|folder| file.path.starts_with(folder))) {
        let folder = manifest.path.trim_end_matches("/Cargo.toml");
        let Ok(table) = manifest.text.parse::<toml::Table>() else {
            complaints.push(format!("{}: does not parse", manifest.path));
            continue;
        };
        let directions = DIRECTIONS.iter().find(|(name, _)| *name == folder).map(|(_, to)| *to);
        if directions.is_none() {
            complaints
                .push(format!("{folder}: a new crate; add it to DIRECTIONS in xtask/src/tidy/crates.rs"));
        }
        complaints.extend(name_matches(folder, &table));
        for (dependency, is_dev) in dependencies(&table) {
            used.insert(dependency.clone());
            complaints.extend(may_use(folder, directions.unwrap_or(&[]), &dependency, is_dev));
            complaints.extend(decorative(folder, &dependency, files));
        }
    }
    complaints.extend(root_manifest(files, &used));
    complaints
}

fn name_matches(folder: &str, manifest: &toml::Table) -> Option<String> {
    let name = manifest.get("package")?.get("name")?.as_str()?;
    let wanted = folder.replace('/', "-");
    (name != wanted).then(|| format!("{folder}/Cargo.toml: the crate's name is its path: `{wanted}`"))
}

/// Every dependency with whether it is for tests only.
fn dependencies(manifest: &toml::Table) -> BTreeMap<String, bool> {
    let mut all = BTreeMap::new();
    let mut tables = vec![manifest];
    let targets = manifest.get("target").and_then(toml::Value::as_table);
    tables.extend(targets.into_iter().flat_map(|targets| targets.values().filter_map(toml::Value::as_table)));
    for table in tables {
        for (section, is_dev) in [("dev-dependencies", true), ("dependencies", false)] {
            let section = table.get(section).and_then(toml::Value::as_table);
            all.extend(section.into_iter().flat_map(|names| names.keys().map(|name| (name.clone(), is_dev))));
        }
    }
    all
}

fn may_use(folder: &str, directions: &[&str], dependency: &str, is_dev: bool) -> Option<String> {
    let is_ours = DIRECTIONS.iter().any(|(name, _)| name.replace('/', "-") == dependency);
    if is_ours {
        let allowed = directions.contains(&dependency);
        return (!allowed).then(|| format!("{folder}: may not depend on {dependency} (DIRECTIONS)"));
    }
    let Some(row) = OUTSIDE.iter().find(|row| row.name == dependency) else {
        return Some(format!("{folder}: {dependency} has no owner; add it to OUTSIDE with its reason"));
    };
    let is_owner = row.owners == ANY || row.owners.contains(&folder);
    // A test may use what another crate owns: it ships nowhere.
    (!is_owner && !is_dev).then(|| format!("{folder}: {dependency} belongs to {}", row.owners.join(", ")))
}

/// A dependency that no source of the crate names does no work there.
fn decorative(folder: &str, dependency: &str, files: &[File]) -> Option<String> {
    let word = dependency.replace('-', "_");
    let mut sources = files.iter().filter(|file| {
        file.path.ends_with(".rs") && file.path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
    });
    let named = |file: &File| {
        [format!("{word}::"), format!("use {word};"), format!("{word} as ")]
            .iter()
            .any(|use_| file.text.contains(use_))
    };
    (!sources.any(named)).then(|| format!("{folder}: {dependency} is declared and not used"))
}

fn root_manifest(files: &[File], used: &BTreeSet<String>) -> Vec<String> {
    let root = files
        .iter()
        .find(|file| file.path == "Cargo.toml")
        .and_then(|file| file.text.parse::<toml::Table>().ok());
    let Some(root) = root else { return vec!["Cargo.toml: missing or does not parse".to_owned()] };
    let shared = root
        .get("workspace")
        .and_then(|workspace| workspace.get("dependencies"))
        .and_then(toml::Value::as_table);
    let unused = shared.into_iter().flat_map(toml::Table::keys).filter(|name| !used.contains(*name));
    unused.map(|name| format!("Cargo.toml: nobody uses {name}")).collect()
}
