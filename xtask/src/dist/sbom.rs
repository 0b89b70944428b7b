//! What a shipped thing is made of, as a CycloneDX 1.6 bill of materials.
//!
//! INVARIANT: the same lock file gives the same bytes: the serial number is made from the contents, the time is the
//! release's, and no path of a machine is in it.

use anyhow::Result;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::crates::{Crate, Crates, Id};
use super::sha256;

/// The bill of one shipped thing, which people know as `name`.
pub fn write(name: &str, crates: &Crates, moment: Timestamp) -> Result<String> {
    let components: Vec<Value> = crates
        .all
        .iter()
        .filter(|(id, _)| **id != crates.root)
        .map(|(id, found)| component("library", id, found))
        .collect();
    let dependencies: Vec<Value> = crates
        .all
        .iter()
        .map(|(id, found)| json!({"ref": purl(id), "dependsOn": found.uses.iter().map(purl).collect::<Vec<_>>()}))
        .collect();
    let mut root = crates.all.get(&crates.root).map(|found| component("application", &crates.root, found));
    if let Some(root) = &mut root {
        root["name"] = name.into();
    }
    let contents = json!([name, root, components, dependencies, moment.as_second()]);
    let mut bill = json!({
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": format!("urn:uuid:{}", uuid(&sha256(contents.to_string().as_bytes()))),
        "version": 1,
        "metadata": {"timestamp": moment.to_string(), "component": root},
        "components": components,
        "dependencies": dependencies,
    });
    if bill["metadata"]["component"].is_null() {
        bill["metadata"]["component"] = json!({"type": "application", "name": name});
    }
    Ok(serde_json::to_string_pretty(&bill)? + "\n")
}

fn component(kind: &str, id: &Id, found: &Crate) -> Value {
    let mut component = json!({
        "type": kind,
        "bom-ref": purl(id),
        "name": id.0,
        "version": id.1,
        "purl": purl(id),
    });
    if !found.description.is_empty() {
        component["description"] = found.description.as_str().into();
    }
    if !found.licence.is_empty() {
        component["licenses"] = json!([{"expression": found.licence}]);
    }
    if let Some(hash) = &found.package_hash {
        component["hashes"] = json!([{"alg": "SHA-256", "content": hash}]);
    }
    if let Some(repository) = &found.repository {
        component["externalReferences"] = json!([{"type": "vcs", "url": repository}]);
    }
    component
}

fn purl((name, version): &Id) -> String {
    // `+` of a version's build part means a space in an address.
    format!("pkg:cargo/{name}@{}", version.replace('+', "%2B"))
}

/// A hash in the form of a UUID of version 8, which is for such uses.
fn uuid(hash: &str) -> String {
    format!("{}-{}-8{}-a{}-{}", &hash[..8], &hash[8..12], &hash[13..16], &hash[17..20], &hash[20..32])
}
