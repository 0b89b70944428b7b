//! For Chrome, Chromium, Edge and Brave: a zip for their stores; for an organisation's own server a signed crx with the
//! update.xml by which browsers find newer ones.

use anyhow::Result;

use super::archive;
use super::crx::{self, Key};
use super::manifest::Manifest;
use super::{Inputs, Release, sha256};

/// What a store takes: it adds the key itself, and where updates are.
pub fn zip(inputs: &Inputs, release: &Release) -> Result<(String, Vec<u8>)> {
    let mut entries = inputs.chromium.clone();
    let mut manifest = Manifest::of(&entries)?;
    manifest.take_key();
    manifest.put_into(&mut entries)?;
    let name = format!("promptgate-chromium-{}.zip", manifest.version()?);
    Ok((name, archive::zip(&entries, release)?))
}

/// The crx, and with the address that it will lie at, update.xml.
pub fn signed(
    inputs: &Inputs,
    release: &Release,
    key: &Key,
    base: Option<&str>,
) -> Result<Vec<(String, Vec<u8>)>> {
    let mut entries = inputs.chromium.clone();
    let mut manifest = Manifest::of(&entries)?;
    // The browser takes the key from the crx; one that disagrees would be wrong beside it.
    manifest.take_key();
    if let Some(base) = base {
        manifest.update_from_chromium(&format!("{base}/update.xml"));
    }
    manifest.put_into(&mut entries)?;
    let version = manifest.version()?;
    let name = format!("promptgate-{version}.crx");
    let crx = crx::sign(&archive::zip(&entries, release)?, key)?;
    let update = base.map(|base| {
        let update = update_xml(&key.extension_id()?, &format!("{base}/{name}"), &manifest, &crx)?;
        Ok::<_, anyhow::Error>(("update.xml".to_owned(), update.into_bytes()))
    });
    let update = update.transpose()?;
    Ok([(name, crx)].into_iter().chain(update).collect())
}

fn update_xml(id: &str, address: &str, manifest: &Manifest, crx: &[u8]) -> Result<String> {
    let version = manifest.version()?;
    let browser = manifest.oldest_chromium()?;
    let (hash, size) = (sha256(crx), crx.len());
    Ok(format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <gupdate xmlns=\"http://www.google.com/update2/response\" protocol=\"2.0\">\n  \
         <app appid=\"{id}\">\n    \
         <updatecheck codebase=\"{address}\" version=\"{version}\" prodversionmin=\"{browser}\" \
         hash_sha256=\"{hash}\" size=\"{size}\"/>\n  \
         </app>\n</gupdate>\n"
    ))
}
