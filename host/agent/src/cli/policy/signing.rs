//! Keys that sign: a file with the key in it, or one that says in which token it lies.
//!
//! INVARIANT: a secret is in memory while something is signed, and wiped after. A file whose public half is not that of
//! its secret is refused.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use host_policy::bundle::{SecretKey, Signer};
use shared_seal::SigningFile;
use zeroize::Zeroizing;

use super::token;
use crate::keys::Passphrases;
use crate::os;

/// The key, and where its passphrase comes from.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Given {
    /// The signing key's file, as `policy keygen` wrote it.
    #[arg(long = "key", value_name = "FILE")]
    pub(super) key: PathBuf,
    /// A file whose first line is the key's passphrase, or the token's PIN; else PROMPTGATE_PASSPHRASE, else it is asked
    /// for.
    #[arg(long, value_name = "FILE")]
    pub(super) passphrase_file: Option<PathBuf>,
}

impl Given {
    /// Of what a command was given.
    pub(super) fn new(key: Option<&Path>, passphrase_file: Option<&Path>) -> Result<Self> {
        let key = key.context("name the signing key with --key FILE")?.to_owned();
        Ok(Self { key, passphrase_file: passphrase_file.map(Path::to_owned) })
    }

    /// The key, ready to sign.
    pub(super) fn open(&self) -> Result<Box<dyn Signer>> {
        let passphrases = Passphrases::new(self.passphrase_file.as_deref(), os::passphrase());
        open(&self.key, &passphrases)
    }
}

fn open(path: &Path, passphrases: &Passphrases) -> Result<Box<dyn Signer>> {
    let text = fs::read_to_string(path)
        .map(Zeroizing::new)
        .with_context(|| format!("the signing key {} cannot be read", path.display()))?;
    if let Some(reference) = token::Reference::parse(&text) {
        let reference = reference.with_context(|| path.display().to_string())?;
        let pin = passphrases.known(&format!("the token `{}` (its PIN)", reference.token))?;
        return Ok(Box::new(token::open(&reference, &pin)?));
    }
    let file = SigningFile::parse(&text).with_context(|| path.display().to_string())?;
    let secret = match &file {
        SigningFile::Plain { secret, .. } => secret.clone(),
        SigningFile::Protected(key) => {
            let passphrase = passphrases.known(&format!("the signing key in {}", path.display()))?;
            key.unlock(&passphrase).with_context(|| path.display().to_string())?
        }
    };
    let key = SecretKey::from_seed(*secret)?;
    if key.key().to_string() != file.public() {
        bail!(
            "{}: the public key in it is not that of the secret one; restore it from a copy",
            path.display()
        );
    }
    Ok(Box::new(key))
}

/// Fresh randomness from the machine.
pub(super) fn random<const N: usize>() -> Result<Zeroizing<[u8; N]>> {
    let mut bytes = Zeroizing::new([0_u8; N]);
    getrandom::fill(bytes.as_mut_slice()).map_err(|_| anyhow!("the machine gives no randomness"))?;
    Ok(bytes)
}
