//! Sealed text, opened in the tab of the record's viewer: `shared/seal` as WASM, with the key in the tab's memory.
//!
//! INVARIANT: it reaches nothing but its own memory: no network, no storage, no clock. INVARIANT: the key is wiped when
//! the opener is freed; a text that says it belongs to another event is not shown as this one's.
//! It does not find sealed texts, and keeps none that it opened. What went wrong is a word; the page has the sentences.

mod plain;
mod wiped;

use shared_seal::{KeyFile, KeyFileError, OpenError, PrivateKey};
use wasm_bindgen::prelude::{JsError, wasm_bindgen};
use zeroize::Zeroizing;

pub use plain::PlainError;

/// A private key at work.
#[wasm_bindgen]
pub struct Opener {
    key: PrivateKey,
}

/// Why a key file opens nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoKey {
    /// It is none.
    #[error(transparent)]
    File(#[from] KeyFileError),
    /// It is protected, and this is not its passphrase.
    #[error("the passphrase does not open this key, or the file was changed")]
    Passphrase,
}

impl NoKey {
    /// A word for the page.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::File(KeyFileError::NoKey) => "no-key",
            Self::File(KeyFileError::Halves) => "halves",
            Self::File(KeyFileError::Version) => "version",
            Self::File(KeyFileError::Line(_)) => "line",
            Self::Passphrase => "passphrase",
        }
    }
}

/// Why a text stays closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Closed {
    /// The seal.
    #[error(transparent)]
    Seal(#[from] OpenError),
    /// What was inside.
    #[error(transparent)]
    Plain(#[from] PlainError),
}

impl Closed {
    /// A word for the page.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Seal(OpenError::Base64 | OpenError::Cut | OpenError::Trailing) => "cut",
            Self::Seal(OpenError::Refused) => "changed",
            Self::Seal(OpenError::TooLarge) => "too-large",
            Self::Seal(OpenError::Version(_)) => "version",
            Self::Plain(PlainError::Foreign) => "foreign",
            Self::Plain(PlainError::Unreadable) => "unreadable",
        }
    }
}

impl Opener {
    /// Reads a key file, with its passphrase where it has one.
    ///
    /// # Errors
    /// When it is none, or the passphrase is another one.
    pub fn read(file: &str, passphrase: &str) -> Result<Self, NoKey> {
        let key = match KeyFile::parse(file.trim_start_matches('\u{feff}'))? {
            KeyFile::Plain(key) => key,
            KeyFile::Protected(protected) => protected.unlock(passphrase).map_err(|_| NoKey::Passphrase)?,
        };
        Ok(Self { key })
    }

    /// Opens the text of an event: `{"prompt": {"parts": ["…"], "attachments": ["…"]}}`, `{"answer": "…"}` or
    /// `{"reason": "…"}`.
    ///
    /// # Errors
    /// When the key does not open it, or it is another event's.
    pub fn open(&self, blob: &str, event: &str) -> Result<String, Closed> {
        let bytes = shared_seal::open(&self.key, blob)?;
        Ok(plain::content(&bytes, event)?)
    }
}

#[wasm_bindgen]
impl Opener {
    /// From a key file's text, and its passphrase where it has one.
    ///
    /// # Errors
    /// A word: `no-key`, `halves`, `version`, `line`, `passphrase`.
    #[wasm_bindgen(constructor)]
    pub fn from_file(file: String, passphrase: String) -> Result<Opener, JsError> {
        // The copies that were made for us are ours to wipe.
        let (file, passphrase) = (Zeroizing::new(file), Zeroizing::new(passphrase));
        Self::read(&file, &passphrase).map_err(|fault| JsError::new(fault.word()))
    }

    /// The key's short name, as it stands beside sealed texts.
    #[must_use]
    pub fn id(&self) -> String {
        self.key.public().id().to_string()
    }

    /// As [`Opener::open`], for the page.
    ///
    /// # Errors
    /// A word: `cut`, `changed`, `too-large`, `version`, `foreign`, `unreadable`.
    #[wasm_bindgen(js_name = open)]
    pub fn open_for_page(&self, blob: &str, event: &str) -> Result<String, JsError> {
        self.open(blob, event).map_err(|fault| JsError::new(fault.word()))
    }
}

/// Whether a key file is one that a passphrase protects.
#[wasm_bindgen(js_name = isProtected)]
#[must_use]
pub fn is_protected(file: String) -> bool {
    let file = Zeroizing::new(file);
    matches!(KeyFile::parse(file.trim_start_matches('\u{feff}')), Ok(KeyFile::Protected(_)))
}
