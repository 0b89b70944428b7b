//! Signed bundles: bytes of an archive in, verified files out; and the same way back.
//!
//! A bundle is a gzip-compressed tar archive in the Open Policy Agent layout: `.signatures.json` with tokens over the
//! SHA-256 of every file's raw bytes (of `.manifest` too), `.manifest`, and the files.
//!
//! INVARIANT: archive, signatures, hashes, manifest, in this order; nothing is parsed that was not verified before.
//! INVARIANT: a signature is never optional, and its algorithm is the trusted key's.
//! Deliberately pure: it fetches nothing, keeps nothing, knows no clock; and it does not read the files.

mod archive;
pub(crate) mod json;
mod keys;
mod manifest;
mod refused;
mod token;

use std::collections::BTreeMap;

use sha2::{Digest as _, Sha256};

pub use json::JsonError;
pub use keys::{Algorithm, KeyError, PublicKey, SecretKey, SignError, Signer};
pub use manifest::{MAX_KEYS, MAX_NAME, MAX_VERSION, Manifest, ManifestError};
pub use refused::{ArchiveFault, Refused};
pub use token::MAX_SIGNATURES;

/// Path (`policy/start.cedar`) to bytes; paths are relative, with `/` between names, of ASCII letters, digits, `.`, `_`
/// and `-`, at most [`MAX_PATH`] bytes long.
pub type Files = BTreeMap<String, Vec<u8>>;

/// Most bytes of an archive.
pub const MAX_ARCHIVE: usize = 8 * 1024 * 1024;
/// Most bytes that an archive inflates to, headers included.
pub const MAX_INFLATED: usize = 32 * 1024 * 1024;
/// Most bytes of one file.
pub const MAX_FILE: usize = 4 * 1024 * 1024;
/// Most members of an archive: files and folders.
pub const MAX_MEMBERS: usize = 4_000;
/// Most bytes of a path.
pub const MAX_PATH: usize = 100;

/// How far this machine's clock may be behind a bundle's issue, in seconds.
const CLOCK: i64 = 86_400;

/// What a machine trusts and knows.
#[derive(Clone, Copy, Debug)]
pub struct Trust<'a> {
    /// Who may sign.
    pub keys: &'a [PublicKey],
    /// Who this machine is. Where it says, only bundles for the same audience are taken; else all of trusted keys.
    pub audience: Option<&'a str>,
    /// The version of the program, as `0.1.0`.
    pub agent: &'a str,
    /// The newest bundle that was ever active here.
    pub newest: Option<Seen>,
    /// Seconds since 1970.
    pub now: i64,
}

/// What is remembered of a bundle for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Its version.
    pub version: u64,
    /// SHA-256 over the sorted lines `<hash>  <path>\n` of its files and `.manifest`: the content, whoever signed it and
    /// however it was packed.
    pub digest: [u8; 32],
}

/// A bundle whose signature, files and manifest hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// What it says of itself.
    pub manifest: Manifest,
    /// Its files, without `.manifest` and `.signatures.json`.
    pub files: Files,
    /// The id of the key that signed.
    pub key: String,
    /// What to remember of it once it is active.
    pub seen: Seen,
    /// It has expired, or was issued more than a day in this machine's future, so that nothing says whether it has.
    pub stale: bool,
}

/// Opens a bundle that arrives. An expired one is refused, an older version too, and the same version with another
/// content; the very same again is fine.
///
/// # Errors
/// When it is not taken; the last good one stays.
pub fn open(archive: &[u8], trust: &Trust<'_>) -> Result<Opened, Refused> {
    let opened = verified(archive, trust)?;
    let (expires, now) = (opened.manifest.expires, trust.now);
    if now >= expires { Err(Refused::Expired { expires, now }) } else { Ok(opened) }
}

/// Opens the last good bundle again at a start: as [`open`], but expiry makes it stale.
///
/// # Errors
/// When it is not taken.
pub fn reopen(archive: &[u8], trust: &Trust<'_>) -> Result<Opened, Refused> {
    verified(archive, trust)
}

fn verified(archive: &[u8], trust: &Trust<'_>) -> Result<Opened, Refused> {
    let mut files = archive::read(archive)?;
    let list = files.remove(token::NAME).ok_or(Refused::NoSignature)?;
    let (signed, key) = token::verify(&list, trust.keys)?;
    let digest = compare(&token::hashes(&files), &signed)?;
    let none = || Refused::Manifest { reason: "there is none".to_owned() };
    let manifest = files.remove(manifest::NAME).ok_or_else(none)?;
    if let Some(needs) = manifest::needs_newer(&manifest, trust.agent) {
        return Err(Refused::NewerAgent { needs, have: trust.agent.to_owned() });
    }
    let manifest =
        Manifest::from_bytes(&manifest).map_err(|error| Refused::Manifest { reason: error.to_string() })?;
    if let Some(machine) = trust.audience
        && manifest.audience.as_deref() != Some(machine)
    {
        return Err(Refused::Audience { bundle: manifest.audience, machine: machine.to_owned() });
    }
    let seen = Seen { version: manifest.version, digest };
    if let Some(newest) = trust.newest {
        if seen.version < newest.version {
            return Err(Refused::Older { version: seen.version, newest: newest.version });
        }
        if seen.version == newest.version && seen.digest != newest.digest {
            return Err(Refused::SameVersion { version: seen.version });
        }
    }
    let early = manifest.issued.saturating_sub(trust.now) > CLOCK;
    let stale = early || trust.now >= manifest.expires;
    Ok(Opened { manifest, files, key, seen, stale })
}

/// Compares what is there with what was signed, both ways; gives the digest of the whole.
fn compare(there: &token::Hashes, signed: &token::Hashes) -> Result<[u8; 32], Refused> {
    let mut digest = Sha256::new();
    for (path, hash) in there {
        match signed.get(path) {
            None => return Err(Refused::FileAdded { path: path.clone() }),
            Some(other) if other != hash => return Err(Refused::FileChanged { path: path.clone() }),
            Some(_) => digest.update(format!("{}  {path}\n", hex(hash))),
        }
    }
    match signed.keys().find(|path| !there.contains_key(*path)) {
        Some(path) => Err(Refused::FileMissing { path: path.clone() }),
        None => Ok(digest.finalize().into()),
    }
}

/// Takes an archive apart, its own two files included, and verifies nothing: for programs that show what is in one.
///
/// INVARIANT: nothing that decides comes from here.
///
/// # Errors
/// When the archive plays a trick, is broken or is too large.
pub fn unverified(archive: &[u8]) -> Result<Files, Refused> {
    archive::read(archive)
}

/// The bundle could not be built.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BuildError {
    /// A path or a size that no machine would take.
    #[error("{0}")]
    Refused(#[from] Refused),
    /// The manifest says something that cannot be.
    #[error("`bundle.toml`: {0}")]
    Manifest(#[from] ManifestError),
    /// The key did not sign.
    #[error("{0}")]
    Sign(#[from] SignError),
}

/// Builds a bundle. The same files, manifest and answer of the signer give the same bytes, always.
///
/// # Errors
/// When a machine would refuse it, or the key does not sign.
pub fn build(files: &Files, manifest: &Manifest, signer: &dyn Signer) -> Result<Vec<u8>, BuildError> {
    if let Some(own) = [manifest::NAME, token::NAME].into_iter().find(|own| files.contains_key(*own)) {
        let path = Some(own.to_owned());
        return Err(Refused::Archive { why: ArchiveFault::Duplicate, path }.into());
    }
    let mut files = files.clone();
    files.insert(manifest::NAME.to_owned(), manifest.to_bytes()?);
    let signatures = token::sign(&token::hashes(&files), manifest.issued, signer)?;
    files.insert(token::NAME.to_owned(), signatures);
    let archive = archive::write(&files)?;
    // What no machine would take must not leave here: a signer that answers for another key, say.
    let keys = [signer.key().clone()];
    let (now, agent) = (manifest.issued, manifest.agent.as_deref().unwrap_or_default());
    verified(&archive, &Trust { keys: &keys, audience: None, agent, newest: None, now })?;
    Ok(archive)
}

/// Bytes as lower-case hex digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// 32 bytes of 64 lower-case hex digits.
pub(crate) fn unhex(text: &str) -> Option<[u8; 32]> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte.wrapping_sub(b'0')),
        b'a'..=b'f' => Some(byte.wrapping_sub(b'a').wrapping_add(10)),
        _ => None,
    };
    let mut out = [0; 32];
    if text.len() != 64 {
        return None;
    }
    for (byte, pair) in out.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        let [high, low] = pair else { return None };
        *byte = digit(*high)? << 4 | digit(*low)?;
    }
    Some(out)
}
