//! For Firefox: the xpi, and the updates.json by which an organisation's own server tells of newer ones.
//!
//! A release of Firefox takes an xpi only with Mozilla's signature, which changes its bytes: updates.json then names the
//! signed file, which is handed in (`--signed-xpi`). extension/REVIEWERS.md has the steps.

use anyhow::{Context, Result, bail};
use serde_json::json;

use super::archive;
use super::manifest::Manifest;
use super::{Inputs, Release, sha256};

/// The xpi to be signed, and with the address that it will lie at, updates.json.
pub fn pack(
    inputs: &Inputs,
    release: &Release,
    base: Option<&str>,
    signed: Option<&[u8]>,
) -> Result<Vec<(String, Vec<u8>)>> {
    // Firefox asks for updates over TLS only, also on this machine.
    let base = base.filter(|base| base.starts_with("https://"));
    let mut entries = inputs.firefox.clone();
    let mut manifest = Manifest::of(&entries)?;
    manifest.take_key();
    if let Some(base) = base {
        manifest.update_from_firefox(&format!("{base}/updates.json"))?;
    }
    manifest.put_into(&mut entries)?;
    let version = manifest.version()?;
    let (unsigned_name, signed_name) =
        (format!("promptgate-{version}-unsigned.xpi"), format!("promptgate-{version}.xpi"));
    let xpi = archive::zip(&entries, release)?;
    let mut files = vec![];
    if let Some(base) = base {
        let (name, bytes) = signed.map_or((&unsigned_name, xpi.as_slice()), |signed| (&signed_name, signed));
        let updates = updates_json(&manifest, &format!("{base}/{name}"), bytes)?;
        files.push(("updates.json".to_owned(), updates.into_bytes()));
    }
    if let Some(signed) = signed {
        check_signed(signed, &manifest)?;
        files.push((signed_name, signed.to_vec()));
    }
    files.push((unsigned_name, xpi));
    Ok(files)
}

/// A file of another version, or without a signature, would be offered to every browser and refused by each.
fn check_signed(xpi: &[u8], wanted: &Manifest) -> Result<()> {
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(xpi)).context("--signed-xpi is no xpi")?;
    if !["META-INF/mozilla.rsa", "META-INF/cose.sig"].iter().any(|name| zip.by_name(name).is_ok()) {
        bail!("--signed-xpi has no signature of Mozilla's; extension/REVIEWERS.md says how to get one");
    }
    let manifest = std::io::read_to_string(zip.by_name("manifest.json").context("--signed-xpi")?)?;
    let manifest = Manifest::read(manifest.as_bytes()).context("--signed-xpi")?;
    let (is, should) = (manifest.version()?, wanted.version()?);
    if is != should {
        bail!("--signed-xpi is version {is}, and this tree is {should}");
    }
    Ok(())
}

fn updates_json(manifest: &Manifest, address: &str, xpi: &[u8]) -> Result<String> {
    let update = json!({
        "version": manifest.version()?,
        "update_link": address,
        "update_hash": format!("sha256:{}", sha256(xpi)),
        "applications": {"gecko": {"strict_min_version": manifest.oldest_firefox()?}},
    });
    let updates = json!({"addons": {manifest.firefox_id()?: {"updates": [update]}}});
    Ok(serde_json::to_string_pretty(&updates)? + "\n")
}
