//! Sealed text, opened in the tab of the record's viewer: `shared/seal` as WASM, with the key in the tab's memory.
//!
//! INVARIANT: it reaches nothing but its own memory: no network, no storage, no clock. INVARIANT: the key is wiped when
//! the opener is freed; a text that says it belongs to another event is not shown as this one's.
//! It does not find sealed texts, and keeps none that it opened.

mod key_file;
mod plain;
mod wiped;

use shared_seal::PrivateKey;
use wasm_bindgen::prelude::{JsError, wasm_bindgen};

pub use key_file::KeyFileError;
pub use plain::PlainError;

/// A private key at work.
#[wasm_bindgen]
pub struct Opener {
    key: PrivateKey,
}

/// Why a text stays closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Closed {
    /// The seal.
    #[error(transparent)]
    Seal(#[from] shared_seal::OpenError),
    /// What was inside.
    #[error(transparent)]
    Plain(#[from] PlainError),
}

impl Opener {
    /// Reads a key file.
    ///
    /// # Errors
    /// When it is none; the text says what is.
    pub fn read(file: &str) -> Result<Self, KeyFileError> {
        key_file::read(file).map(|key| Self { key })
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
    /// From a key file's text.
    ///
    /// # Errors
    /// When it is no key file.
    #[wasm_bindgen(constructor)]
    pub fn from_file(file: String) -> Result<Opener, JsError> {
        // The copy that was made for us is ours to wipe.
        let file = zeroize::Zeroizing::new(file);
        Ok(Self::read(&file)?)
    }

    /// The key's short name, as it stands beside sealed texts.
    #[must_use]
    pub fn id(&self) -> String {
        self.key.public().id().to_string()
    }

    /// As [`Opener::open`], for the page.
    ///
    /// # Errors
    /// As there.
    #[wasm_bindgen(js_name = open)]
    pub fn open_for_page(&self, blob: &str, event: &str) -> Result<String, JsError> {
        Ok(self.open(blob, event)?)
    }
}
