//! Where a passphrase comes from: a file, a variable, or the terminal, without echo.
//!
//! INVARIANT: wiped when dropped, in no message, and never on the command line, which other users can read.

use std::fs;
use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow};
use zeroize::Zeroizing;

use crate::os;

/// Fewest characters of a new one.
const SHORTEST: usize = 8;

/// Where passphrases come from.
#[derive(Clone)]
pub(crate) struct Passphrases {
    file: Option<PathBuf>,
    variable: Option<Zeroizing<String>>,
}

impl Passphrases {
    /// The named file counts first, then the variable's value, then whoever sits at the terminal.
    pub(crate) fn new(file: Option<&Path>, variable: Option<Zeroizing<String>>) -> Self {
        Self { file: file.map(Path::to_owned), variable }
    }

    /// For a key that exists.
    pub(crate) fn known(&self, what: &str) -> Result<Zeroizing<String>> {
        match self.given()? {
            Some(given) => Ok(given),
            None => ask(&format!("Passphrase for {what}: ")),
        }
    }

    /// For a new key: asked twice.
    pub(crate) fn fresh(&self, what: &str) -> Result<Zeroizing<String>> {
        let passphrase = match self.given()? {
            Some(given) => given,
            None => {
                let first = ask(&format!("New passphrase for {what}: "))?;
                if *first != *ask("The same again: ")? {
                    return Err(anyhow!("the two passphrases differ; nothing was written, try again"));
                }
                first
            }
        };
        if passphrase.chars().count() < SHORTEST {
            return Err(anyhow!("a passphrase has at least {SHORTEST} characters; nothing was written"));
        }
        Ok(passphrase)
    }

    fn given(&self) -> Result<Option<Zeroizing<String>>> {
        if let Some(path) = &self.file {
            let text = fs::read_to_string(path).map(Zeroizing::new);
            let text =
                text.with_context(|| format!("the passphrase file {} cannot be read", path.display()))?;
            return Ok(Some(Zeroizing::new(text.lines().next().unwrap_or_default().to_owned())));
        }
        Ok(self.variable.clone())
    }
}

fn ask(prompt: &str) -> Result<Zeroizing<String>> {
    // A script that nobody watches must not wait for ever.
    if !std::io::stdin().is_terminal() {
        return Err(anyhow!(
            "a passphrase is needed and nobody sits at a terminal; give it with --passphrase-file FILE or in {}",
            os::PASSPHRASE
        ));
    }
    rpassword::prompt_password(prompt).map(Zeroizing::new).context("the passphrase cannot be asked for")
}
