//! Whom the record's text is sealed to: the configured recipient, else a key pair made on this machine.
//!
//! INVARIANT: a key that is there is never overwritten, also when it cannot be read: text sealed to it would
//! be lost. INVARIANT: private keys are files of this person alone.
//! It deliberately keeps no key in the record's file.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow};
use shared_seal::{KeyId, KeyPair, PrivateKey, PublicKey, Seed};
use zeroize::Zeroizing;

/// The key pair of a trial.
const TRIAL: &str = "trial.key";

/// Whom text is sealed to.
#[derive(Clone, Debug)]
pub(crate) struct Recipient {
    /// Seals.
    pub(crate) key: PublicKey,
    /// Stands beside every sealed text.
    pub(crate) id: KeyId,
}

/// Fresh randomness from the machine.
pub(crate) fn seed() -> Result<Seed> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes).map_err(|_| anyhow!("the machine gives no randomness"))?;
    Ok(Seed::new(bytes))
}

/// The recipient; makes this machine's key pair when none is configured and none is there.
pub(crate) fn recipient(data: &Path, configured: Option<&str>) -> Result<Recipient> {
    let key = match configured {
        Some(text) => PublicKey::parse(text).context("`recipient` in the settings is no key")?,
        None => own(data)?.public(),
    };
    Ok(Recipient { id: key.id(), key })
}

fn own(data: &Path) -> Result<PrivateKey> {
    let folder = folder(data);
    let path = folder.join(TRIAL);
    if let Some(key) = read(&path)? {
        return Ok(key);
    }
    make_folder(&folder)?;
    let pair = KeyPair::derive(seed()?);
    write_new(&folder, &path, &pair.private)?;
    // Another browser's host may have been first: its key counts.
    read(&path)?.with_context(|| format!("{} is gone again", path.display()))
}

/// Every private key on this machine.
pub(crate) fn private_keys(data: &Path) -> Result<Vec<PrivateKey>> {
    let entries = match fs::read_dir(folder(data)) {
        Ok(entries) => entries,
        Err(fault) if fault.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(fault) => return Err(fault).context("the key folder cannot be read"),
    };
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "key"));
    paths.sort();
    paths.iter().filter_map(|path| read(path).transpose()).collect()
}

/// The private key in a file; `None` when there is no such file.
pub(crate) fn read(path: &Path) -> Result<Option<PrivateKey>> {
    let text = match fs::read_to_string(path) {
        Ok(text) => Zeroizing::new(text),
        Err(fault) if fault.kind() == ErrorKind::NotFound => return Ok(None),
        Err(fault) => return Err(fault).with_context(|| format!("{} cannot be read", path.display())),
    };
    let key = PrivateKey::parse(text.trim());
    let advice = || format!("{} holds no key; restore it from a copy, or move it away", path.display());
    key.map(Some).with_context(advice)
}

fn folder(data: &Path) -> PathBuf {
    data.join("keys")
}

/// Makes a folder of this person alone.
pub(crate) fn make_folder(folder: &Path) -> Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).with_context(|| format!("the folder {} cannot be made", folder.display()))
}

/// Writes the key under a name of its own, then links it to `path`: whole, and never over another one.
fn write_new(folder: &Path, path: &Path, key: &PrivateKey) -> Result<()> {
    let new = folder.join(format!("{TRIAL}.{}.{:?}.new", std::process::id(), std::thread::current().id()));
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let text = Zeroizing::new(format!("{}\n", key.to_base64().as_str()));
    let written = options
        .open(&new)
        .and_then(|mut file| file.write_all(text.as_bytes()).and_then(|()| file.sync_all()))
        .and_then(|()| fs::hard_link(&new, path));
    // The linked name stays; the other one has done its work either way.
    let _gone = fs::remove_file(&new);
    match written {
        Err(fault) if fault.kind() != ErrorKind::AlreadyExists => {
            Err(fault).with_context(|| format!("{} cannot be written", path.display()))
        }
        Ok(()) | Err(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;

    use super::{TRIAL, folder, private_keys, recipient};

    #[test]
    fn the_first_start_makes_a_key_and_later_ones_keep_it() {
        let data = tempfile::tempdir().unwrap();
        let first = recipient(data.path(), None).unwrap();
        assert_eq!(recipient(data.path(), None).unwrap().id, first.id);
        assert_eq!(private_keys(data.path()).unwrap().len(), 1);
        assert_eq!(fs::read_dir(folder(data.path())).unwrap().count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn a_key_is_this_persons_alone() {
        use std::os::unix::fs::PermissionsExt as _;
        let data = tempfile::tempdir().unwrap();
        recipient(data.path(), None).unwrap();
        let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&folder(data.path())), 0o700);
        assert_eq!(mode(&folder(data.path()).join(TRIAL)), 0o600);
    }

    #[test]
    fn many_first_starts_agree() {
        let data = tempfile::tempdir().unwrap();
        let start = || recipient(data.path(), None).unwrap().id;
        let ids: BTreeSet<_> = std::thread::scope(|scope| {
            let starts: Vec<_> = (0..8).map(|_| scope.spawn(start)).collect();
            starts.into_iter().map(|start| start.join().unwrap()).collect()
        });
        assert_eq!(ids.len(), 1);
    }

    #[test]
    fn a_broken_key_is_never_overwritten() {
        let data = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder(data.path())).unwrap();
        fs::write(folder(data.path()).join(TRIAL), "half a k").unwrap();
        assert!(recipient(data.path(), None).is_err());
        assert_eq!(fs::read_to_string(folder(data.path()).join(TRIAL)).unwrap(), "half a k");
    }

    #[test]
    fn a_configured_recipient_makes_no_key() {
        let data = tempfile::tempdir().unwrap();
        let other = tempfile::tempdir().unwrap();
        let key = recipient(other.path(), None).unwrap().key.to_base64();
        assert_eq!(recipient(data.path(), Some(&key)).unwrap().key.to_base64(), key);
        assert!(recipient(data.path(), Some("nonsense")).is_err());
        assert_eq!(private_keys(data.path()).unwrap().len(), 0);
    }
}
