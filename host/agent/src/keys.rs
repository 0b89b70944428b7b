//! Whom the record's text is sealed to: the configured recipients, else a key pair made on this machine.
//!
//! INVARIANT: a key that is there is never overwritten, also when it cannot be read: text sealed to it would
//! be lost. INVARIANT: private keys are files of this person alone.
//! It deliberately keeps no key in the record's file.

mod at_hand;
mod device;
mod file;
mod passphrase;

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, anyhow};
use shared_seal::{KeyFile, KeyId, KeyPair, PublicKey, Seed};
use zeroize::Zeroizing;

pub(crate) use at_hand::{Given, Keys, Unopened};
pub(crate) use device::{DeviceKey, Kept};
pub(crate) use file::{key_files, make_folder, write_new, write_private};
pub(crate) use passphrase::Passphrases;

/// The key pair of a trial.
const TRIAL: &str = "trial.key";

/// Most recipients: every text is sealed once for each.
pub(crate) const MOST: usize = 8;

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

/// The configured keys, each once and in their order.
pub(crate) fn configured(texts: &[String]) -> Result<Vec<Recipient>> {
    let mut all: Vec<Recipient> = Vec::new();
    for text in texts {
        let key = PublicKey::parse(text).context("a recipient in the settings is no key")?;
        let id = key.id();
        if all.iter().all(|other| other.id != id) {
            all.push(Recipient { key, id });
        }
    }
    if all.len() > MOST {
        return Err(anyhow!("the settings name {} recipients; at most {MOST} are possible", all.len()));
    }
    Ok(all)
}

/// The recipients; makes this machine's key pair when none is configured and none is there.
pub(crate) fn recipients(data: &Path, texts: &[String]) -> Result<Vec<Recipient>> {
    let all = configured(texts)?;
    if !all.is_empty() {
        return Ok(all);
    }
    let key = own(data)?;
    Ok(vec![Recipient { id: key.id(), key }])
}

fn own(data: &Path) -> Result<PublicKey> {
    let folder = folder(data);
    let path = folder.join(TRIAL);
    if let Some(key) = file::read(&path)? {
        return Ok(key.public());
    }
    make_folder(&folder)?;
    let pair = KeyPair::derive(seed()?);
    let text = Zeroizing::new(format!("{}\n", pair.private.to_base64().as_str()));
    // Another browser's host may have been first: its key counts.
    write_new(&path, &text)?;
    let read: Option<KeyFile> = file::read(&path)?;
    Ok(read.with_context(|| format!("{} is gone again", path.display()))?.public())
}

/// How many private keys lie in this machine's key folder.
///
/// # Errors
/// When one of them cannot be read.
pub(crate) fn count(data: &Path) -> Result<usize> {
    match fs::exists(folder(data)) {
        Ok(false) => Ok(0),
        Ok(true) | Err(_) => {
            let files = key_files(&folder(data))?;
            files.iter().try_for_each(|path| file::read(path).map(drop))?;
            Ok(files.len())
        }
    }
}

fn folder(data: &Path) -> std::path::PathBuf {
    data.join("keys")
}

#[cfg(test)]
mod tests;
