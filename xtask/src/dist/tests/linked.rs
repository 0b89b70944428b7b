//! Bills of materials and notices, of this very workspace.

use std::collections::BTreeSet;

use serde_json::Value;

use super::release;
use crate::dist::crates::Crates;
use crate::dist::{licences, sbom};
use crate::{paths, setup};

#[test]
fn a_bill_names_what_is_linked_and_nothing_else() {
    let crates = Crates::of("host-agent", &setup::toolchain::native().unwrap()).unwrap();
    let text = sbom::write("promptgate-host", &crates, release("7.8.9").moment).unwrap();
    assert_eq!(text, sbom::write("promptgate-host", &crates, release("7.8.9").moment).unwrap());
    assert!(!text.contains(&paths::root().display().to_string()), "no path of this machine");
    let bill: Value = serde_json::from_str(&text).unwrap();
    assert_eq!((&bill["bomFormat"], &bill["specVersion"]), (&"CycloneDX".into(), &"1.6".into()));
    assert_eq!(bill["metadata"]["timestamp"], "2026-09-21T14:13:21Z");
    assert_eq!(bill["metadata"]["component"]["name"], "promptgate-host");
    let components = bill["components"].as_array().unwrap();
    let names: Vec<&str> = components.iter().map(|component| component["name"].as_str().unwrap()).collect();
    assert!(names.is_sorted());
    for linked in ["host-policy", "libsqlite3-sys", "rustls", "serde_json"] {
        assert!(names.contains(&linked), "{linked}");
    }
    // For tests, for building, for another system, for the extension.
    for other in ["proptest", "cc", "clap_derive", "windows-sys", "wasm-bindgen"] {
        assert!(!names.contains(&other), "{other}");
    }
    let mut references: BTreeSet<&str> = BTreeSet::new();
    for component in components {
        let purl = component["purl"].as_str().unwrap();
        assert!(references.insert(component["bom-ref"].as_str().unwrap()), "{purl} twice");
        assert!(component["licenses"][0]["expression"].is_string(), "{purl} has no licence");
        let is_ours = component["version"] == env!("CARGO_PKG_VERSION") && component["hashes"].is_null();
        assert!(is_ours || component["hashes"][0]["content"].as_str().unwrap().len() == 64, "{purl}");
    }
    references.insert(bill["metadata"]["component"]["bom-ref"].as_str().unwrap());
    for dependency in bill["dependencies"].as_array().unwrap() {
        assert!(references.contains(dependency["ref"].as_str().unwrap()));
        for used in dependency["dependsOn"].as_array().unwrap() {
            assert!(references.contains(used.as_str().unwrap()), "{used}");
        }
    }
    let serial = bill["serialNumber"].as_str().unwrap().strip_prefix("urn:uuid:").unwrap();
    let lengths: Vec<usize> = serial.split('-').map(str::len).collect();
    assert_eq!(lengths, [8, 4, 4, 4, 12]);
    let later = sbom::write("promptgate-host", &crates, jiff::Timestamp::UNIX_EPOCH).unwrap();
    assert!(!later.contains(serial), "another bill has another number");
}

#[test]
fn notices_name_every_foreign_crate_of_the_extension() {
    let crates = Crates::of("extension", setup::toolchain::WASM).unwrap();
    let text = licences::write(&crates).unwrap();
    assert!(!text.contains(&paths::root().display().to_string()));
    for ((name, version), found) in &crates.all {
        let named = text.contains(&format!("{name} {version}: {}", found.licence));
        assert_eq!(named, found.package_hash.is_some(), "{name}");
    }
    assert!(text.contains("Permission is hereby granted"), "the texts themselves");
}
