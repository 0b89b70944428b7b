//! Ready-made guardrails to begin with: whole folders, each of which is read and told in the tests.

use crate::Files;

/// A ready-made folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pack {
    /// Its name, as `policy init --pack` takes it.
    pub name: &'static str,
    /// What it is for, in a line.
    pub about: &'static str,
    files: &'static [(&'static str, &'static str)],
}

impl Pack {
    /// Its files, `bundle.toml` included.
    #[must_use]
    pub fn files(&self) -> Files {
        self.files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect()
    }
}

/// The packs, the one to begin with first.
#[must_use]
pub fn packs() -> &'static [Pack] {
    &[]
}
