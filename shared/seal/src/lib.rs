//! Sealing text so that only the holder of a private key can read it.
//!
//! HPKE (RFC 9180) base mode, DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20-Poly1305, in the framing of
//! Cloudflare's public `matched-data-cli`, version 3, so that a customer can open a record with that tool too.
//! Private keys are read from files in that tool's forms, and from one of our own that a passphrase protects. Keys for
//! signing bundles lie in files of the same kind ([`SigningFile`]).
//!
//! INVARIANT: pure and portable; randomness is an argument ([`Seed`]), nothing here asks the machine for it.
//! INVARIANT: no error, `Debug` or panic carries key or plain text.
//! It does not store keys, choose recipients or know what is inside the text.

mod key;
mod key_file;
mod locked;
mod matched_data;
mod protected;
mod signing;

pub use key::{KeyError, KeyId, KeyPair, PrivateKey, PublicKey, Seed};
pub use key_file::{KeyFile, KeyFileError};
pub use locked::{Cost, ProtectError, UnlockError};
pub use matched_data::{OVERHEAD, OpenError, SealError, TOO_LARGE, open, seal};
pub use protected::{Protected, protect};
pub use signing::{ProtectedSigning, SigningFile, SigningFileError, plain_signing, protect_signing};
