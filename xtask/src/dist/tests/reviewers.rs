//! extension/REVIEWERS.md has a sentence for each thing that the manifest asks for, and for nothing that it does not.

use std::collections::BTreeMap;
use std::fs;

use serde_json::Value;
use shared_sites::Sites;

use crate::{build, paths};

fn read(path: &str) -> String {
    fs::read_to_string(paths::root().join(path)).unwrap()
}

fn manifest() -> Value {
    serde_json::from_str(&build::extension_manifest(&Sites::builtin().unwrap()).unwrap()).unwrap()
}

fn words(value: &Value) -> Vec<String> {
    value.as_array().unwrap().iter().map(|word| word.as_str().unwrap().to_owned()).collect()
}

/// The rows of the tables below a heading, up to the next one: what stands in the first cell, and the rest.
fn rows(text: &str, heading: &str) -> BTreeMap<String, String> {
    let (_, below) =
        text.split_once(&format!("\n## {heading}\n")).unwrap_or_else(|| panic!("no `{heading}`"));
    let below = below.split("\n## ").next().unwrap();
    let rows = below.lines().filter_map(|line| line.strip_prefix("| `")?.split_once("` | "));
    rows.map(|(first, rest)| (first.to_owned(), rest.trim_end_matches(" |").to_owned())).collect()
}

fn explains(wanted: &[String], rows: &BTreeMap<String, String>) {
    let mut wanted = wanted.to_vec();
    wanted.sort();
    assert_eq!(rows.keys().cloned().collect::<Vec<_>>(), wanted);
    for (name, sentence) in rows {
        assert!(
            sentence.ends_with('.') && sentence.split(' ').count() >= 8,
            "{name}: `{sentence}` is no sentence"
        );
    }
}

#[test]
fn every_permission_has_its_sentence() {
    let reviewers = read("extension/REVIEWERS.md");
    explains(&words(&manifest()["permissions"]), &rows(&reviewers, "Permissions"));
    // The developers' table beside the manifest knows the same ones.
    let beside = read("extension/manifest/README.md");
    let named: Vec<&str> =
        beside.split("| `permissions.").skip(1).filter_map(|rest| rest.split('`').next()).collect();
    assert_eq!(named, words(&manifest()["permissions"]));
}

#[test]
fn every_host_has_its_sentence_and_is_asked_for_everywhere_alike() {
    let manifest = manifest();
    let hosts = words(&manifest["host_permissions"]);
    explains(&hosts, &rows(&read("extension/REVIEWERS.md"), "Hosts"));
    for script in manifest["content_scripts"].as_array().unwrap() {
        assert_eq!(words(&script["matches"]), hosts);
    }
    assert!(
        hosts.iter().all(|host| host.starts_with("https://") && !host.starts_with("https://*/")),
        "{hosts:?}"
    );
}

#[test]
fn nothing_is_optional_and_no_script_comes_from_elsewhere() {
    let manifest = manifest();
    for entry in ["optional_permissions", "optional_host_permissions", "externally_connectable", "sandbox"] {
        assert!(manifest.get(entry).is_none(), "{entry}");
    }
    let policy = manifest["content_security_policy"]["extension_pages"].as_str().unwrap();
    let (_, scripts) = policy.split_once("script-src ").unwrap();
    assert_eq!(scripts.split(';').next().unwrap(), "'self' 'wasm-unsafe-eval'", "no script from elsewhere");
}
