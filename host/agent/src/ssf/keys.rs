//! The files of signing keys: the current one, the next one while receivers learn of it, the old one until they forgot it.
//!
//! INVARIANT: a private key that others on this machine could read is refused. INVARIANT: no file is written over another one.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use host_risk::set::key::{self, SigningKey};
use zeroize::Zeroizing;

/// Where the key stands that takes over.
pub(crate) fn next(key_file: &Path) -> PathBuf {
    beside(key_file, "next")
}

/// Where the key stands that was taken over from.
pub(crate) fn old(key_file: &Path) -> PathBuf {
    beside(key_file, "old")
}

fn beside(key_file: &Path, end: &str) -> PathBuf {
    let mut name = key_file.as_os_str().to_owned();
    name.push(format!(".{end}"));
    PathBuf::from(name)
}

/// The key in a file.
///
/// # Errors
/// With what to do.
pub(crate) fn signing(path: &Path) -> Result<SigningKey> {
    let shown = path.display();
    let meta = fs::metadata(path)
        .with_context(|| format!("the key {shown} cannot be read: make one with `promptgate ssf keygen`"))?;
    #[cfg(unix)]
    if std::os::unix::fs::PermissionsExt::mode(&meta.permissions()) & 0o077 != 0 {
        bail!("the key {shown} is readable for others on this machine: chmod 600 it, or make a new one");
    }
    #[cfg(not(unix))]
    let _ = meta;
    let text =
        Zeroizing::new(fs::read_to_string(path).with_context(|| format!("the key {shown} cannot be read"))?);
    SigningKey::from_pem(&text).with_context(|| format!("the key {shown} is of no use"))
}

/// Every key that is to be hosted: the next one, the current one, the old one, as far as they are there.
///
/// # Errors
/// When the current one cannot be read, or another one is there and cannot.
pub(crate) fn hosted(key_file: &Path) -> Result<Vec<SigningKey>> {
    let mut keys = vec![signing(key_file)?];
    for path in [next(key_file), old(key_file)] {
        if path.symlink_metadata().is_ok() {
            keys.push(signing(&path)?);
        }
    }
    Ok(keys)
}

/// Makes a key.
///
/// # Errors
/// When there is a file already, or none can be made.
pub(crate) fn make(path: &Path) -> Result<SigningKey> {
    if path.symlink_metadata().is_ok() {
        bail!("{} is there already and stays as it is", path.display());
    }
    let text = key::generate()?;
    let made = SigningKey::from_pem(&text)?;
    if !crate::keys::write_new(path, &text)? {
        bail!("{} is there already and stays as it is", path.display());
    }
    Ok(made)
}
